"""Made-up building outlines that lie together as in Danish towns, for the benchmarks; seeded.

Quarters of 260 m at their own angle: terraces, linked and detached houses, slabs, streets of shops, schools
with a yard. Twenty-five quarters make a town. Not every building of a row burns oil or gas, so rows are
thinned. The shares follow the selected buildings of a real extract of 2020: the middle one needs 15 MWh, one
in twenty 40 or more, an outline has 7 points (there 8), a quarter is in a community (there a third).
"""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

QUARTER_M, TOWN_QUARTERS, TOWN_STEP_M = 260.0, 5, 2_000.0
EAST, NORTH = 450_000.0, 6_050_000.0


class Kind(NamedTuple):
    """One kind of quarter: rows of ``length`` buildings, their size, gap, demand and the share kept."""

    share: float
    columns: int
    rows: int
    length: tuple[int, int]
    width_m: tuple[float, float]
    depth_m: tuple[float, float]
    gap_m: float  # between the buildings of a row; 0 is wall to wall
    demand_mwh: tuple[float, float]  # median, spread of the logarithm
    kept: tuple[float, float]
    templates: tuple[int, ...]


KINDS = (
    Kind(0.34, 3, 8, (3, 11), (5.5, 7.5), (8, 12), 0.0, (14, 0.25), (0.1, 0.9), (0, 0, 1, 2)),  # terraces
    Kind(0.22, 2, 8, (3, 6), (8, 11), (8, 12), 5.0, (16, 0.3), (0.1, 0.8), (0, 1, 2)),  # linked houses
    Kind(0.30, 1, 9, (9, 11), (10, 16), (8, 12), 9.0, (18, 0.3), (0.1, 0.5), (0, 1, 2, 3)),  # detached
    Kind(0.08, 2, 7, (1, 3), (25, 38), (10, 12), 9.0, (70, 0.6), (0.3, 1.0), (0, 0, 2, 3)),  # slabs
    Kind(0.04, 1, 7, (8, 14), (9, 16), (10, 14), 0.0, (40, 0.7), (0.2, 0.9), (0, 1, 2, 3)),  # shops
    Kind(0.02, 1, 3, (2, 3), (40, 70), (30, 45), 12.0, (220, 0.6), (0.5, 1.0), (3, 4)),  # schools
)

# Corners on the unit square, against the clock: rectangle, L, T, a comb, and a square that gets a yard.
TEMPLATES = tuple(
    np.array(corners, dtype=float)
    for corners in (
        [(0, 0), (1, 0), (1, 1), (0, 1)],
        [(0, 0), (1, 0), (1, 0.6), (0.55, 0.6), (0.55, 1), (0, 1)],
        [(0, 0), (1, 0), (1, 0.7), (0.7, 0.7), (0.7, 1), (0.2, 1), (0.2, 0.7), (0, 0.7)],
        [
            *[(0, 0), (1, 0), (1, 1), (0.8, 1), (0.8, 0.5), (0.6, 0.5)],
            *[(0.6, 0.9), (0.4, 0.9), (0.4, 0.5), (0.2, 0.5), (0.2, 1), (0, 1)],
        ],
        [(0, 0), (1, 0), (1, 1), (0, 1)],
    )
)
YARD = np.array([(0.3, 0.3), (0.3, 0.7), (0.7, 0.7), (0.7, 0.3)])


def town_outlines(count: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Outlines and heat demand of so many buildings, in towns one after another; EPSG:25832."""
    rng = np.random.default_rng(seed)
    parts: list[pd.DataFrame] = []
    have, start = 0, 0
    while have < count:
        quarters = int((count - have) / 25) + 40
        parts.append(_buildings(rng, start, quarters, count))
        have += len(parts[-1])
        start += quarters
    table = pd.concat(parts, ignore_index=True).iloc[:count]
    ids = pd.Index([f"b{row:08d}" for row in rng.permutation(count)], name="building_id")
    return gpd.GeoDataFrame(
        {"heat_demand_mwh": table["demand"].to_numpy()}, geometry=_shapes(table), index=ids, crs="EPSG:25832"
    )


def _buildings(rng: np.random.Generator, start: int, quarters: int, count: int) -> pd.DataFrame:
    """Place, size, form and demand of each building of the quarters from ``start`` on."""
    number = np.arange(start, start + quarters)
    town, place = np.divmod(number, TOWN_QUARTERS**2)
    side = int(np.ceil(np.sqrt(count / 400))) + 1  # towns in a row of the map
    x = EAST + town % side * TOWN_STEP_M + place % TOWN_QUARTERS * QUARTER_M
    y = NORTH + town // side * TOWN_STEP_M + place // TOWN_QUARTERS * QUARTER_M
    angle = rng.uniform(0, np.pi, quarters)
    kind = rng.choice(len(KINDS), quarters, p=[k.share for k in KINDS])
    parts = [_quarter_rows(rng, k, x[kind == i], y[kind == i], angle[kind == i]) for i, k in enumerate(KINDS)]
    table = pd.concat(parts).sort_values(["y0", "x0"], kind="stable", ignore_index=True)
    return table[rng.random(len(table)) < table["kept"]]


def _quarter_rows(
    rng: np.random.Generator,
    kind: Kind,
    x: np.ndarray,
    y: np.ndarray,
    angle: np.ndarray,
) -> pd.DataFrame:
    per_quarter = kind.columns * kind.rows
    quarter = np.repeat(np.arange(len(x)), per_quarter)
    slot = np.tile(np.arange(per_quarter), len(x))
    length = rng.integers(kind.length[0], kind.length[1] + 1, len(slot))
    row = np.repeat(np.arange(len(slot)), length)
    step = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    width = rng.uniform(*kind.width_m, len(slot))[row]  # alike within a row
    depth = rng.uniform(*kind.depth_m, len(slot))[row]
    used_m = QUARTER_M * 0.9
    along = slot[row] % kind.columns * used_m / kind.columns + step * (width + kind.gap_m) - used_m / 2
    across = slot[row] // kind.columns * used_m / kind.rows - used_m / 2
    q = quarter[row]
    return pd.DataFrame(
        {
            "x0": x[q],
            "y0": y[q],
            "angle": angle[q],
            "along": along,
            "across": across + (rng.random(len(row)) < 0.2) * rng.uniform(0, 2, len(row)),
            "width": width,
            "depth": depth,
            "template": rng.choice(kind.templates, len(slot))[row],
            "demand": np.round(kind.demand_mwh[0] * rng.lognormal(0, kind.demand_mwh[1], len(row)), 3),
            "kept": rng.uniform(*kind.kept, len(slot))[row],
        }
    )


def _shapes(table: pd.DataFrame) -> np.ndarray:
    shapes = np.empty(len(table), dtype=object)
    for number, corners in enumerate(TEMPLATES):
        rows = np.flatnonzero(table["template"] == number)
        part = table.iloc[rows]
        shell = shapely.linearrings(_placed(part, corners))
        if number == len(TEMPLATES) - 1:
            yard = shapely.linearrings(_placed(part, YARD))
            shapes[rows] = shapely.polygons(shell, yard[:, None])
        else:
            shapes[rows] = shapely.polygons(shell)
    return shapes


def _placed(part: pd.DataFrame, corners: np.ndarray) -> np.ndarray:
    column = {name: part[name].to_numpy()[:, None] for name in part}
    along = column["along"] + corners[:, 0] * column["width"]
    across = column["across"] + corners[:, 1] * column["depth"]
    cos, sin = np.cos(column["angle"]), np.sin(column["angle"])
    x = column["x0"] + along * cos - across * sin
    y = column["y0"] + along * sin + across * cos
    return np.stack([x, y], axis=-1).round(2)  # as mapped: to the centimetre
