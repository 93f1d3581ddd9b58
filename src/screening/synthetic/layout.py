"""Plots along the streets of an area, and which building stands on which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from screening.synthetic.sites import Site
from screening.synthetic.streets import HALF_ROAD_M, LANE, Bend, Street, draw_streets, main_street_offset

if TYPE_CHECKING:
    from screening.synthetic.plan import AreaPlan

__all__ = ["Layout", "lay_out"]

FloatArray = npt.NDArray[np.float64]

_NORM = 3.0  # towns are rounder than a square and squarer than an ellipse


@dataclass(frozen=True)
class Layout:
    """Where everything of an area stands, in the area's own frame.

    Parameters
    ----------
    plots
        ``u``, ``v`` of the middle of the plot's street side, bent; ``angle`` of the street there, ``side`` (1 left of
        the street, -1 right), ``width_m``, ``depth_m``, ``site`` (number of the site, -1 for a house), ``rank``.
    roads
        Bent road lines.
    road_classes
        Their GeoDanmark classes.
    """

    plots: pd.DataFrame
    roads: list[FloatArray]
    road_classes: list[str]


def lay_out(
    plan: AreaPlan,
    sites: list[Site],
    counts: tuple[int, int],
    plot_m2: float,
    shore: tuple[FloatArray, FloatArray] | None,
    rng: np.random.Generator,
) -> Layout:
    """Lay out streets, sites and plots for so many houses.

    Parameters
    ----------
    plan
        Direction, aspect and quadrant of the area.
    sites
        Rows, estates and businesses that need a place of their own.
    counts
        Plots wanted for single houses: in the built-up part, and in a quarter on its outer side. [1]
    plot_m2
        Ground for each house with its share of the street. [m2]
    shore
        How far the coast lies across (second) at places along the main street (first). [m]
    rng
        Source of randomness.

    Returns
    -------
    Layout
        As many plots with site -1 as counted, the nearest to the middle first, and one per site.
    """
    house_count = sum(counts)
    depth = float(np.clip(np.sqrt(1.2 * plot_m2), 24.0, 95.0))
    frontage = float(plot_m2 / (depth + HALF_ROAD_M) / 1.06)
    lane = max(4.0 * frontage, 60.0) + 8.0
    ground = plot_m2 * house_count + sum(
        1.5 * s.length_m * max(s.depth_m, depth + HALF_ROAD_M) for s in sites
    )
    folds = (1 if plan.quadrant[0] else 2) * (1 if plan.quadrant[1] else 2)
    across = float(np.sqrt(ground / (0.883 * folds * plan.aspect)))
    for widen in (1.25, 1.6, 2.2, 3.0, 4.5):
        reach_v = max(across * widen, 2.2 * (depth + HALF_ROAD_M))
        reach_u = max(across * plan.aspect * widen, 3.0 * frontage + 20)
        try:
            return _attempt(plan, sites, counts, (depth, frontage, lane), (reach_u, reach_v), shore, rng)
        except _TooSmallError:
            continue
    raise RuntimeError(f"No layout of {plan.name} has room for {house_count} houses.")


class _TooSmallError(Exception):
    """The streets drawn have too few plots."""


def _attempt(
    plan: AreaPlan,
    sites: list[Site],
    counts: tuple[int, int],
    sizes: tuple[float, float, float],
    reach: tuple[float, float],
    shore: tuple[FloatArray, FloatArray] | None,
    rng: np.random.Generator,
) -> Layout:
    depth, frontage, lane = sizes
    along_main, beside_road, on_lane = _sort_sites(sites, depth, lane, reach[0])
    blocked, rows = _place_large(along_main, plan, depth, reach)
    streets = draw_streets(reach[0], reach[1], plan.quadrant, depth, lane, blocked, rng)
    streets = _cut_all(streets, blocked)
    roads = [s for s in streets if s.road_class != LANE]
    rows += _place_beside(beside_road, roads, roads, plan, rows, sites, rng)
    streets = _cut_all(streets, [_box(r) for r in rows[len(along_main) :]])
    rows += _place_beside(on_lane, streets, streets, plan, rows, sites, rng)
    taken = shapely.polygons([_corners(r) for r in rows]) if rows else np.array([], dtype=object)
    houses = _house_plots(streets, depth, frontage, taken, reach, plan.quadrant, rng)
    if len(houses) < sum(counts):
        raise _TooSmallError
    houses = _choose(houses, counts, plan, rng)
    plots = (
        pd.concat([pd.DataFrame(rows), houses], ignore_index=True) if rows else houses.reset_index(drop=True)
    )
    lines, classes = _used(streets, plots)
    return _bend(plan, plots, lines, classes, reach, shore, rng)


def _choose(
    houses: pd.DataFrame, counts: tuple[int, int], plan: AreaPlan, rng: np.random.Generator
) -> pd.DataFrame:
    """The plots nearest to the middle, and beyond them a quarter on the outer side."""
    middle = houses[["mid_u", "mid_v"]].to_numpy()
    houses["rank"] = _rank(middle, plan) * rng.uniform(0.93, 1.07, len(houses))
    houses = houses.sort_values("rank")
    core, rest = houses.head(counts[0]), houses.iloc[counts[0] :]
    outward = np.array(plan.quadrant, dtype=float)
    if not outward.any():
        angle = rng.uniform(0, 2 * np.pi)
        outward = np.array([np.cos(angle), np.sin(angle)])
    along = rest[["mid_u", "mid_v"]].to_numpy() @ (outward / np.hypot(*outward))
    rest = rest.assign(rank=rest["rank"] - 0.75 * along).sort_values("rank").head(counts[1])
    return pd.concat([core.assign(is_core=True), rest.assign(is_core=False)])


def _rank(points: FloatArray, plan: AreaPlan) -> FloatArray:
    scaled = np.abs(points) / np.array([plan.aspect, 1.0])
    return np.asarray((scaled**_NORM).sum(axis=1) ** (1 / _NORM))


def _place_large(
    sites: list[Site], plan: AreaPlan, depth: float, reach: tuple[float, float]
) -> tuple[list[tuple[float, float, float, float]], list[dict[str, float]]]:
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
        v0, v1 = sorted((spine + side * HALF_ROAD_M, spine + side * (HALF_ROAD_M + site.depth_m)))
        blocked.append((u0 - 4, v0, u1 + 4, v1 + 4 if side > 0 else v1))
        rows.append(_row(site.number, 0.5 * (u0 + u1), spine, (1.0, 0.0), side, site.length_m, site.depth_m))
    return blocked, rows


def _sort_sites(
    sites: list[Site], depth: float, lane: float, reach_u: float
) -> tuple[list[Site], list[Site], list[Site]]:
    """Large estates go along the main street, deep or long sites beside a road, rows on a cul-de-sac."""
    big = sorted(
        (s for s in sites if s.depth_m > depth + 2 or s.length_m > lane - 12), key=lambda s: -s.length_m
    )
    along_main = [s for s in big if s.length_m > 1.3 * lane and s.length_m < 0.8 * reach_u][:2]
    beside_road = [s for s in big if s not in along_main]
    return along_main, beside_road, [s for s in sites if s not in big]


def _place_beside(
    sites: list[Site],
    candidates: list[Street],
    streets: list[Street],
    plan: AreaPlan,
    placed: list[dict[str, float]],
    everyone: list[Site],
    rng: np.random.Generator,
) -> list[dict[str, float]]:
    """Each along a street of its own choice, clear of other sites and of other streets."""
    rows: list[dict[str, float]] = []
    lines = shapely.linestrings([[s.start, s.end] for s in streets])
    margins = {site.number: site.margin_m for site in everyone}
    nearest = sorted(range(len(candidates)), key=lambda n: _rank(_middle(candidates[n]), plan)[0])
    usable = nearest[: max(3, int(0.6 * len(nearest)))]
    for site in sorted(sites, key=lambda s: -s.length_m * s.depth_m):
        for number in [*rng.permutation(usable), *rng.permutation(usable), *nearest, *nearest]:
            street = candidates[number]
            slack = street.length_m - site.length_m - 12
            if slack < 0:
                continue
            u, v = street.at(8.0 + 0.5 * site.length_m + rng.uniform(0, slack))
            side = int(rng.choice([-1, 1]))
            row = _row(site.number, u, v, tuple(street.direction), side, site.length_m, site.depth_m)
            shape = shapely.Polygon(_corners(row))
            others = shapely.polygons([_corners(r) for r in placed + rows]) if placed or rows else []
            gaps = [site.margin_m + margins[int(r["site"])] for r in placed + rows]
            is_clear = not len(gaps) or bool((shapely.distance(shape, others) >= gaps).all())
            off_road = bool((shapely.distance(shape, lines) >= HALF_ROAD_M - 1.0).all())
            if is_clear and off_road and _in_quadrant(shape, plan.quadrant):
                rows.append(row)
                break
        else:
            raise _TooSmallError
    return rows


def _box(row: dict[str, float]) -> tuple[float, float, float, float]:
    u0, v0, u1, v1 = shapely.Polygon(_corners(row)).bounds
    return u0 - 4, v0 - 4, u1 + 4, v1 + 4


def _cut_all(streets: list[Street], blocked: list[tuple[float, float, float, float]]) -> list[Street]:
    """Cul-de-sacs end where a site begins."""
    return [cut for s in streets if (cut := _cut(s, blocked) if s.road_class == LANE else s) is not None]


def _in_quadrant(shape: shapely.Polygon, quadrant: tuple[int, int]) -> bool:
    u0, v0, u1, v1 = shape.bounds
    low = (u0, v0), (u1, v1)
    return all(
        sign == 0 or (low[0][axis] > 4 if sign > 0 else low[1][axis] < -4)
        for axis, sign in enumerate(quadrant)
    )


def _middle(street: Street) -> FloatArray:
    return street.at(np.array([0.5 * street.length_m]))


def _house_plots(
    streets: list[Street],
    depth: float,
    frontage: float,
    taken: npt.NDArray[np.object_],
    reach: tuple[float, float],
    quadrant: tuple[int, int],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """All plots that fit along the streets, without overlap; earlier streets have the first choice."""
    rows: list[dict[str, float]] = []
    for number, street in enumerate(streets):
        for side in (-1, 1):
            along = HALF_ROAD_M + 3.0 + rng.uniform(0, 3)
            while True:
                width = frontage * rng.uniform(0.88, 1.14)
                if along + width > street.length_m + 0.35 * frontage:
                    break
                u, v = street.at(along + 0.5 * width)
                row = _row(-1, u, v, tuple(street.direction), side, width, depth * rng.uniform(0.97, 1.0))
                row |= {"street": number, "along": along + width}
                rows.append(row)
                along += width
    plots = pd.DataFrame(rows)
    shapes = shapely.polygons([_corners(r) for r in rows])
    roads = shapely.linestrings([[s.start, s.end] for s in streets])
    cores = shapely.buffer(shapes, -1.5)
    free = np.ones(len(plots), dtype=bool)
    hit, _ = shapely.STRtree(roads).query(cores, predicate="dwithin", distance=HALF_ROAD_M - 0.5)
    free[hit] = False
    if len(taken):
        hit, _ = shapely.STRtree(taken).query(cores, predicate="dwithin", distance=3.0)
        free[hit] = False
    bounds = shapely.bounds(shapes)
    for axis, sign in enumerate(quadrant):
        if sign > 0:
            free &= bounds[:, axis] > 2
        if sign < 0:
            free &= bounds[:, axis + 2] < -2
    free &= (np.abs(plots["u"]) < reach[0]) & (np.abs(plots["v"]) < reach[1])
    first, second = shapely.STRtree(cores).query(cores, predicate="intersects")
    for one, other in zip(first[first > second], second[first > second], strict=True):
        free[one] &= not free[other]
    return plots[free].copy()


def _row(
    site: int, u: float, v: float, direction: tuple[float, float], side: int, width: float, depth: float
) -> dict[str, float]:
    """A plot: middle of its street side on the centre line, and its own middle."""
    normal = (-direction[1] * side, direction[0] * side)
    away = HALF_ROAD_M + 0.5 * depth
    return {
        "site": site, "u": u, "v": v, "du": direction[0], "dv": direction[1], "side": side, "width_m": width,
        "depth_m": depth, "mid_u": u + away * normal[0], "mid_v": v + away * normal[1], "street": -1, "along": 0.0,
        "rank": 0.0,
    }  # fmt: skip


def _corners(row: dict[str, float]) -> FloatArray:
    along = 0.5 * row["width_m"] * np.array([row["du"], row["dv"]])
    across = 0.5 * row["depth_m"] * np.array([-row["dv"], row["du"]])
    middle = np.array([row["mid_u"], row["mid_v"]])
    return middle + np.array(
        [-along - across, along - across, along + across, -along + across, -along - across]
    )


def _cut(street: Street, blocked: list[tuple[float, float, float, float]]) -> Street | None:
    """The part of the street before it meets a large site."""
    line = shapely.LineString([street.start, street.end])
    for box in blocked:
        line_left = line.difference(shapely.box(*box))
        parts = [p for p in shapely.get_parts(line_left) if p.distance(shapely.Point(street.start)) < 1e-6]
        if not parts:
            return None
        line = parts[0]
    ends = shapely.get_coordinates(line)
    if shapely.length(line) < 15:
        return None
    return Street(tuple(ends[0]), tuple(ends[-1]), street.road_class)


def _used(streets: list[Street], plots: pd.DataFrame) -> tuple[list[Street], list[str]]:
    """Streets as far as they have plots; those with later streets on them as far as these."""
    tips = plots[plots["street"] >= 0].groupby("street")["along"].max()
    sited = [shapely.Point(r.u, r.v) for r in plots[plots["site"] >= 0].itertuples()]
    lengths = np.array([tips.get(n, 0.0) for n in range(len(streets))])
    for n in reversed(range(len(streets))):
        line = shapely.LineString([streets[n].start, streets[n].end])
        for point in sited:
            if line.distance(point) < 0.5:
                lengths[n] = max(lengths[n], line.project(point) + 45)
        if lengths[n] > 0:
            start = shapely.Point(streets[n].start)
            for m in range(n):
                earlier = shapely.LineString([streets[m].start, streets[m].end])
                if earlier.distance(start) < 0.5:
                    lengths[m] = max(lengths[m], earlier.project(start))
    kept = [n for n in range(len(streets)) if lengths[n] > 0]
    cut = []
    for n in kept:
        end = streets[n].at(min(lengths[n] + 4, streets[n].length_m))
        begin = streets[n].start
        if n == 0:
            begin = tuple(streets[0].at(max(_first_along(plots) - 30, 0)))
        cut.append(Street(begin, tuple(end), streets[n].road_class))
    return cut, [s.road_class for s in cut]


def _first_along(plots: pd.DataFrame) -> float:
    main = plots[plots["street"] == 0]
    return float((main["along"] - main["width_m"]).min()) if len(main) else 0.0


def _bend(
    plan: AreaPlan,
    plots: pd.DataFrame,
    streets: list[Street],
    classes: list[str],
    reach: tuple[float, float],
    shore: tuple[FloatArray, FloatArray] | None,
    rng: np.random.Generator,
) -> Layout:
    size = max(reach)
    bend = Bend(
        plan.quadrant,
        tuple(rng.uniform(0, 2 * np.pi, 4)),
        float(np.clip(0.05 * size, 4, 22)),
        float(np.clip(1.1 * size, 260, 800)),
        shore,
    )
    direction = plots[["du", "dv"]].to_numpy()
    middle = plots[["mid_u", "mid_v"]].to_numpy()
    placed = plots.assign(angle=bend.angle(middle, direction))
    bent = bend(middle)
    # The plot hangs on its own middle: the street side follows from the angle there.
    placed["mid_u"], placed["mid_v"] = bent[:, 0], bent[:, 1]
    roads = [bend(s.at(np.linspace(0, s.length_m, max(2, int(s.length_m / 12) + 1)))) for s in streets]
    return Layout(placed, roads, classes)
