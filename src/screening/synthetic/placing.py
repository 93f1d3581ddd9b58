"""Where the sites of an area go: estates on the main street, businesses on roads, rows on cul-de-sacs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from screening.synthetic.ground import TooSmallError, corners, make_row, rank
from screening.synthetic.streets import HALF_ROAD_M, Street, main_street_offset

if TYPE_CHECKING:
    from screening.synthetic.ground import Box, Row
    from screening.synthetic.plan import AreaPlan
    from screening.synthetic.sites import Site

__all__ = ["place_beside", "place_large", "sort_sites"]

FloatArray = npt.NDArray[np.float64]

_SETBACK_SHARE = 0.05  # of the length of a straight site, from a street that bends


def sort_sites(
    sites: list[Site], depth: float, lane: float, reach_u: float
) -> tuple[list[Site], list[Site], list[Site]]:
    """Large estates go along the main street, deep or long sites beside a road, rows on a cul-de-sac."""
    big = sorted(
        (s for s in sites if s.depth_m > depth + 2 or s.length_m > lane - 12), key=lambda s: -s.length_m
    )
    along_main = [s for s in big if s.length_m > 1.3 * lane and s.length_m < 0.8 * reach_u][:2]
    beside_road = [s for s in big if s not in along_main]
    return along_main, beside_road, [s for s in sites if s not in big]


def place_large(
    sites: list[Site], plan: AreaPlan, depth: float, reach: tuple[float, float]
) -> tuple[list[Box], list[Row]]:
    """Along the main street from its middle outwards, on alternate sides."""
    spine = plan.quadrant[1] * main_street_offset(depth)
    sides = (plan.quadrant[1],) if plan.quadrant[1] else (1, -1)
    cursor = {(s, w): (0.16 * reach[0] if plan.quadrant[0] else 14.0) for s in sides for w in (-1, 1)}
    blocked, rows = [], []
    ways = (plan.quadrant[0],) if plan.quadrant[0] else (1, -1)
    for n, site in enumerate(sorted(sites, key=lambda s: -s.length_m)):
        side, way = sides[n % len(sides)], ways[(n // len(sides)) % len(ways)]
        begin = cursor[side, way] + site.margin_m
        cursor[side, way] = begin + site.length_m + site.margin_m + 24.0
        u0, u1 = sorted((way * begin, way * (begin + site.length_m)))
        # A long straight site stands back from streets that bend, in front and behind.
        clear = _SETBACK_SHARE * site.length_m
        back = spine + side * clear
        v0, v1 = sorted((back + side * HALF_ROAD_M, back + side * (HALF_ROAD_M + site.depth_m)))
        blocked.append((u0 - 4, v0 - clear, u1 + 4, v1 + clear))
        rows.append(
            make_row(site.number, 0.5 * (u0 + u1), back, (1.0, 0.0), side, site.length_m, site.depth_m)
        )
    return blocked, rows


def place_beside(
    sites: list[Site],
    candidates: list[Street],
    streets: list[Street],
    plan: AreaPlan,
    placed: list[Row],
    everyone: list[Site],
    rng: np.random.Generator,
) -> list[Row]:
    """Each along a street of its own choice, clear of other sites and of other streets."""
    rows: list[Row] = []
    lines = shapely.linestrings([[s.start, s.end] for s in streets])
    margins = {site.number: site.margin_m for site in everyone}
    nearest = sorted(range(len(candidates)), key=lambda n: rank(_middle(candidates[n]), plan)[0])
    usable = nearest[: max(3, int(0.6 * len(nearest)))]
    for site in sorted(sites, key=lambda s: -s.length_m * s.depth_m):
        for number in [*rng.permutation(usable), *rng.permutation(usable), *nearest, *nearest]:
            street = candidates[number]
            slack = street.length_m - site.length_m - 12
            if slack < 0:
                continue
            u, v = street.at(8.0 + 0.5 * site.length_m + rng.uniform(0, slack))
            side = int(rng.choice([-1, 1]))
            row = make_row(site.number, u, v, tuple(street.direction), side, site.length_m, site.depth_m)
            shape = shapely.Polygon(corners(row))
            others = shapely.polygons([corners(r) for r in placed + rows]) if placed or rows else []
            gaps = [site.margin_m + margins[int(r["site"])] for r in placed + rows]
            is_clear = not gaps or bool((shapely.distance(shape, others) >= gaps).all())
            off_road = bool((shapely.distance(shape, lines) >= HALF_ROAD_M - 1.0).all())
            if is_clear and off_road and _in_quadrant(shape, plan.quadrant):
                rows.append(row)
                break
        else:
            raise TooSmallError
    return rows


def _in_quadrant(shape: shapely.Polygon, quadrant: tuple[int, int]) -> bool:
    u0, v0, u1, v1 = shape.bounds
    low = (u0, v0), (u1, v1)
    return all(
        sign == 0 or (low[0][axis] > 4 if sign > 0 else low[1][axis] < -4)
        for axis, sign in enumerate(quadrant)
    )


def _middle(street: Street) -> FloatArray:
    return street.at(np.array([0.5 * street.length_m]))
