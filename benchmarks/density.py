"""Heat density of the whole country: 3 million buildings on the 100 m grid against what one would else use.

Made-up buildings (seeded) stand as in real towns: 4,000 of them from hamlet to city, along streets, and
farms between. The public function with all its checks is timed against

- a spatial join of geopandas to the net of cells, and a sum by cell, as a user would begin; the net in
  strips, for it does not fit the memory;
- the same join to those cells only that hold a building, made beforehand: what nobody knows before;
- rasterio's ``rasterize`` with addition;
- reading the three columns from Parquet, the least that any program must do.

Ours and the reading take turns, of the slow ones the best of two counts (the net runs once): seconds that
passed, and seconds of work of the processors, which other programs on the machine disturb less. That all give
the same grid is checked in the same run. It takes about 4 GB:

    .venv/bin/python benchmarks/density.py [--buildings 3000000]
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from rasterio import features

from screening.areas import density_contours, density_grid, smooth_density
from screening.store import write_density
from screening.tables import CRS
from screening.views import Density

if TYPE_CHECKING:
    from collections.abc import Callable

    from affine import Affine

WEST, SOUTH, EAST, NORTH = 441_000.0, 6_049_000.0, 892_000.0, 6_419_000.0  # Denmark, with sea
CELL_M = 100.0
TARGET_JOIN, TARGET_READING = 80.0, 3.0


def country(count: int) -> pd.DataFrame:
    """Buildings of towns of all sizes: on streets, 20 m apart, with ids, coordinates and demand."""
    rng = np.random.default_rng(2026)
    size = 1.0 / np.arange(3, 4003) ** 0.9
    town = rng.choice(4000, count, p=size / size.sum())
    middle = rng.uniform((WEST + 2e4, SOUTH + 2e4), (EAST - 2e4, NORTH - 2e4), (4000, 2))
    reach_m = 40.0 * np.sqrt(np.bincount(town, minlength=4000) / 4 + 1)
    offset = rng.normal(0.0, 0.5, (count, 2)) * reach_m[town, None]
    street = np.round(offset / 60.0) * 60.0  # houses line up on a net of streets
    along = rng.random(count) < 0.5
    offset[along, 0], offset[~along, 1] = street[along, 0], street[~along, 1]
    place = middle[town] + offset
    farm = rng.random(count) < 0.08
    place[farm] = rng.uniform((WEST, SOUTH), (EAST, NORTH), (int(farm.sum()), 2))
    place = np.clip(np.round(place, 2), (WEST, SOUTH), (EAST - 0.01, NORTH - 0.01))
    ids = [f"{a:08x}-{b:04x}-4000-8000-{c:012x}" for a, b, c in rng.integers(0, 2**16, (count, 3))]
    heat = rng.gamma(2.0, 9.0, count)
    table = pd.DataFrame({"easting": place[:, 0], "northing": place[:, 1], "heat_demand_mwh": heat})
    return table.assign(building_id=pd.Series(ids, dtype="str")).drop_duplicates("building_id")


def timed(work: Callable[[], Any]) -> tuple[np.ndarray, Any]:
    """Seconds that one call took and worked, and what it gives."""
    wall, worked = time.perf_counter(), time.process_time()
    result = work()
    return np.array([time.perf_counter() - wall, time.process_time() - worked]), result


def best_of(works: dict[str, Callable[[], Any]], turns: int) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Best seconds of each, taking turns, and what each gives."""
    best, results = {name: np.full(2, np.inf) for name in works}, {}
    for _ in range(turns):
        for name, work in works.items():
            seconds, results[name] = timed(work)
            best[name] = np.minimum(best[name], seconds)
    return best, results


def told(best: dict[str, np.ndarray], ours: np.ndarray) -> None:
    """Print a line for each way."""
    for name, (wall, worked) in best.items():
        ratios = f"{wall / ours[0]:7.1f} and {worked / ours[1]:.1f} times ours"
        print(f"  {name:32s} {wall:8.3f} s passed {worked:8.3f} s worked {ratios}")


def join(points: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> pd.Series:
    """Sum by cell after a spatial join."""
    found = gpd.sjoin(points, cells, predicate="intersects")
    found = found[~found.index.duplicated()]  # a point on a border is in two cells
    return found.groupby("index_right")["heat_demand_mwh"].sum()


def join_net(points: gpd.GeoDataFrame, bounds: tuple[float, float, float, float]) -> float:
    """Make the net of cells, join and sum, in strips of 200 rows; gives the heat found."""
    northing = points.geometry.y.to_numpy()
    west, south, east, north = bounds
    columns, found = np.arange(west, east, CELL_M), 0.0
    for low in np.arange(south, north, 200 * CELL_M):
        rows = np.arange(low, min(low + 200 * CELL_M, north), CELL_M)
        x, y = (axis.ravel() for axis in np.meshgrid(columns, rows))
        cells = gpd.GeoDataFrame(geometry=shapely.box(x, y, x + CELL_M, y + CELL_M), crs=CRS)
        within = (northing >= low) & (northing < low + 200 * CELL_M)
        found += join(points[within], cells).sum()
    return found


def rasterized(points: gpd.GeoDataFrame, shape: tuple[int, int], transform: Affine) -> np.ndarray:
    """Add the points to a raster of single precision, as rasterio does."""
    pairs = zip(points.geometry, points["heat_demand_mwh"], strict=True)
    return features.rasterize(
        pairs, out_shape=shape, transform=transform, merge_alg=features.MergeAlg.add, dtype="float32"
    )


def outlines(points: gpd.GeoDataFrame) -> None:
    """Part 200,000 outlines over cells of 25 m: ours against cutting each by each cell it may lie in."""
    rng = np.random.default_rng(7)
    places = shapely.get_coordinates(points.geometry)
    near = np.argsort(np.hypot(*(places - places[0]).T))[:200_000]
    some = points.iloc[near]
    turn, size = rng.uniform(0, np.pi, len(some)), rng.uniform((8, 6), (40, 14), (len(some), 2))
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * size[:, None] / 2
    wheel = np.stack([np.cos(turn), np.sin(turn), -np.sin(turn), np.cos(turn)], axis=1).reshape(-1, 2, 2)
    at = np.stack([some.geometry.x, some.geometry.y], axis=1)
    shapes = some.set_geometry(shapely.polygons(corners @ wheel + at[:, None]), crs=CRS)
    (_, ours), (grid, moved, _) = timed(lambda: density_grid(shapes, 25.0))

    def cut() -> np.ndarray:
        first = np.floor(shapes.bounds[["minx", "miny"]].to_numpy() / 25).astype(int)
        size = np.floor(shapes.bounds[["maxx", "maxy"]].to_numpy() / 25).astype(int) - first + 1
        count = size.prod(axis=1)
        owner = np.repeat(np.arange(len(shapes)), count)
        place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        column, row = first[owner, 0] + place % size[owner, 0], first[owner, 1] + place // size[owner, 0]
        boxes = shapely.box(25 * column, 25 * row, 25 * (column + 1), 25 * (row + 1))
        geometry = shapes.geometry.to_numpy()
        share = shapely.area(shapely.intersection(geometry[owner], boxes)) / shapely.area(geometry)[owner]
        west, north = round(moved.c / 25), round(moved.f / 25)
        flat = (north - 1 - row) * grid.shape[1] + column - west
        heat = shapes["heat_demand_mwh"].to_numpy()[owner] * share
        return np.bincount(flat, heat, minlength=grid.size).reshape(grid.shape)

    (_, cutting), expected = timed(cut)
    worst = np.abs(grid - expected).max() / expected.max()
    print(f"200,000 outlines over cells of 25 m: {ours:.2f} s; cut by shapely {cutting:.2f} s,", end=" ")
    print(f"{cutting / ours:.1f} times as long; largest difference {worst:.0e} of the largest cell")


def main() -> None:
    """Measure all ways in one run, compare their grids, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--buildings", type=int, default=3_000_000)
    parser.add_argument("--turns", type=int, default=10)
    options = parser.parse_args()
    made, bounds = country(options.buildings), (WEST, SOUTH, EAST, NORTH)
    columns = ["easting", "northing", "heat_demand_mwh"]
    shapes = shapely.points(made["easting"], made["northing"])
    points = gpd.GeoDataFrame(made[["heat_demand_mwh"]].reset_index(drop=True), geometry=shapes, crs=CRS)
    named = points.set_axis(pd.Index(made["building_id"], name="building_id"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "buildings.parquet"
        made.to_parquet(path, index=False)
        best, results = best_of(
            {
                "density_grid": lambda: density_grid(points, CELL_M, bounds),
                "reading three columns": lambda: pd.read_parquet(path, columns=columns),
                "density_grid, rows named by id": lambda: density_grid(named, CELL_M, bounds),
                "reading the ids too": lambda: pd.read_parquet(path),
            },
            options.turns,
        )
    ours = best["density_grid"]
    grid, transform, _ = results["density_grid"]
    tracemalloc.start()
    density_grid(points, CELL_M, bounds)
    peak_mb = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    rows, columns_count = grid.shape
    print(
        f"{len(points):,} buildings, {rows} x {columns_count} = {grid.size / 1e6:.1f} million cells,", end=" "
    )
    print(f"{np.count_nonzero(grid):,} of them with heat; extra memory {peak_mb:.0f} MB, grid included")
    told(best, ours)
    named_ratio = best["density_grid, rows named by id"][0] / best["reading the ids too"][0]
    print(f"  rows named by id against reading the ids too: {named_ratio:.2f}")

    slow = against(points, grid, transform)
    told(slow, ours)
    further(grid, transform)
    outlines(points)
    ratio = slow["sjoin to the whole net"][1] / ours[1]
    print(f"targets: join at least {TARGET_JOIN:g} times ({ratio:.0f}): {ratio >= TARGET_JOIN};", end=" ")
    reading = ours[0] / best["reading three columns"][0]
    print(f"at most {TARGET_READING:g} times the reading ({reading:.2f}): {reading <= TARGET_READING}")


def against(points: gpd.GeoDataFrame, grid: np.ndarray, transform: Affine) -> dict[str, np.ndarray]:
    """Time the slow ways, and compare what they give with our grid."""
    used = np.flatnonzero(grid)
    row, column = np.divmod(used, grid.shape[1])
    west, north = transform.c + CELL_M * column, transform.f - CELL_M * row
    cells = gpd.GeoDataFrame(geometry=shapely.box(west, north - CELL_M, west + CELL_M, north), crs=CRS)
    join(points.iloc[:1000], cells.iloc[:1000])
    slow, results = best_of(
        {
            "sjoin to the cells in use": lambda: join(points, cells),
            "rasterio.features.rasterize": lambda: rasterized(points, grid.shape, transform),
        },
        2,
    )
    slow["sjoin to the whole net"], net = timed(lambda: join_net(points, (WEST, SOUTH, EAST, NORTH)))
    if abs(net / points["heat_demand_mwh"].sum() - 1) > 1e-9:
        raise SystemExit("The join to the net lost heat.")
    joined = results["sjoin to the cells in use"].reindex(range(len(cells)), fill_value=0.0).to_numpy()
    heat, total = points["heat_demand_mwh"].to_numpy(), points["heat_demand_mwh"].sum()
    burned = results["rasterio.features.rasterize"].sum(dtype=float)
    print(f"  sum of the grid against the buildings: ours {abs(grid.sum() / total - 1):.0e},", end=" ")
    print(f"join {abs(joined.sum() / total - 1):.0e}, rasterize {abs(burned / total - 1):.0e}")
    places = shapely.get_coordinates(points.geometry)
    on_border = (places % CELL_M == 0).any(axis=1)
    if np.abs(joined - grid.ravel()[used]).sum() > 2 * heat[on_border].sum() + 1e-9 * total:
        raise SystemExit("The join and the grid disagree by more than the points on borders.")
    return slow


def further(grid: np.ndarray, transform: Affine) -> None:
    """Time what comes after the grid."""
    smoothing, (smooth, moved, _) = timed(lambda: smooth_density(grid, transform, 500.0))
    drawing, contours = timed(lambda: density_contours(smooth, moved, [10.0]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "density.tif"
        writing, _ = timed(lambda: write_density(path, Density(grid, transform, CELL_M)))
    print(f"smoothed over 500 m {smoothing[1]:.1f} s, sum {abs(smooth.sum() / grid.sum() - 1):.0e};", end=" ")
    print(f"contour at 10 kWh/m2 {drawing[1]:.1f} s, {len(contours):,} pieces; COG {writing[1]:.1f} s")


if __name__ == "__main__":
    main()
