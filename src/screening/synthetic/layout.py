"""Plots along the streets of an area, and which building stands on which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from screening.synthetic.ground import Row, TooSmallError, box_of, corners, cut_lanes, make_row, rank
from screening.synthetic.placing import place_beside, place_large, sort_sites
from screening.synthetic.streets import HALF_ROAD_M, LANE, Bend, Street, draw_streets

if TYPE_CHECKING:
    from screening.synthetic.plan import AreaPlan
    from screening.synthetic.sites import Site

__all__ = ["Layout", "lay_out"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """Where everything of an area stands, in the area's own frame.

    Parameters
    ----------
    plots
        ``mid_u``, ``mid_v`` (the middle, bent), ``angle`` of the street there, ``side`` (1 left of the
        street, -1 right), ``width_m``, ``depth_m``, ``site`` (number of the site, -1 for a house), ``rank``,
        ``is_core``.
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
        except TooSmallError:
            continue
    raise RuntimeError(f"No layout of {plan.name} has room for {house_count} houses.")


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
    along_main, beside_road, on_lane = sort_sites(sites, depth, lane, reach[0])
    blocked, rows = place_large(along_main, plan, depth, reach)
    streets = draw_streets(reach[0], reach[1], plan.quadrant, depth, lane, blocked, rng)
    streets = cut_lanes(streets, blocked)
    roads = [s for s in streets if s.road_class != LANE]
    rows += place_beside(beside_road, roads, roads, plan, rows, sites, rng)
    streets = cut_lanes(streets, [box_of(r) for r in rows[len(along_main) :]])
    rows += place_beside(on_lane, streets, streets, plan, rows, sites, rng)
    taken = shapely.polygons([corners(r) for r in rows]) if rows else np.array([], dtype=object)
    houses = _house_plots(streets, depth, frontage, taken, reach, plan.quadrant, rng)
    if len(houses) < sum(counts):
        raise TooSmallError
    houses = _choose(houses, counts, plan, rng)
    plots = (
        pd.concat([pd.DataFrame(rows), houses], ignore_index=True) if rows else houses.reset_index(drop=True)
    )
    lines, classes = _used(streets, plots)
    return _bend(plan, plots, lines, classes, reach, shore, rng)


def _choose(
    houses: pd.DataFrame, counts: tuple[int, int], plan: AreaPlan, rng: np.random.Generator
) -> pd.DataFrame:
    """Take the plots nearest to the middle, and beyond them a quarter on the outer side."""
    middle = houses[["mid_u", "mid_v"]].to_numpy()
    houses["rank"] = rank(middle, plan) * rng.uniform(0.93, 1.07, len(houses))
    houses = houses.sort_values("rank")
    core, rest = houses.head(counts[0]), houses.iloc[counts[0] :]
    outward = np.array(plan.quadrant, dtype=float)
    if not outward.any():
        angle = rng.uniform(0, 2 * np.pi)
        outward = np.array([np.cos(angle), np.sin(angle)])
    along = rest[["mid_u", "mid_v"]].to_numpy() @ (outward / np.hypot(*outward))
    rest = rest.assign(rank=rest["rank"] - 0.75 * along).sort_values("rank").head(counts[1])
    return pd.concat([core.assign(is_core=True), rest.assign(is_core=False)])


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
    rows: list[Row] = []
    for number, street in enumerate(streets):
        for side in (-1, 1):
            along = HALF_ROAD_M + 3.0 + rng.uniform(0, 3)
            while True:
                width = frontage * rng.uniform(0.88, 1.14)
                if along + width > street.length_m + 0.35 * frontage:
                    break
                u, v = street.at(along + 0.5 * width)
                row = make_row(-1, u, v, tuple(street.direction), side, width, depth * rng.uniform(0.97, 1.0))
                row |= {"street": number, "along": along + width}
                rows.append(row)
                along += width
    plots = pd.DataFrame(rows)
    shapes = shapely.polygons([corners(r) for r in rows])
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
    placed = plots.assign(angle=bend.angle(middle, direction, plots["width_m"].to_numpy()))
    bent = bend(middle)
    # The plot hangs on its own middle: the street side follows from the angle there.
    placed["mid_u"], placed["mid_v"] = bent[:, 0], bent[:, 1]
    roads = [bend(s.at(np.linspace(0, s.length_m, max(2, int(s.length_m / 12) + 1)))) for s in streets]
    return Layout(placed, roads, classes)
