"""Made-up streets and houses for tests of the routing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

CRS = "EPSG:25832"
EAST, NORTH = 700_000.0, 6_200_000.0
ORIGIN = np.array([EAST, NORTH])


def roads(lines, classes=None, **columns):
    """Roads from corner lists counted from (EAST, NORTH)."""
    shapes = [shapely.LineString(ORIGIN + line) for line in lines]
    names = ["Lokalvej"] * len(shapes) if classes is None else classes
    table = {"road_class": pd.Series(names, dtype=object), **columns}
    return gpd.GeoDataFrame(table, geometry=shapes, crs=CRS)


def moved_roads(lines, step_m):
    """The same roads, each moved by its own step (east, north), or all by one."""
    steps = np.broadcast_to(step_m, (len(lines), 2))
    shapes = [
        shapely.transform(g, lambda xy, s=s: xy + s) for g, s in zip(lines.geometry, steps, strict=True)
    ]
    return lines.set_geometry(shapes, crs=lines.crs)


def houses(points, heat=10.0, half_m=5.0):
    """Square houses that turn a corner to each side, so that the nearest point of a wall is a corner."""
    around = np.array([[half_m, 0], [0, half_m], [-half_m, 0], [0, -half_m]])
    shapes = [shapely.Polygon(ORIGIN + p + around) for p in points]
    ids = pd.Index([f"b{n:04d}" for n in range(len(points))], name="building_id")
    demand = np.broadcast_to(np.asarray(heat, float), len(points)).copy()
    return gpd.GeoDataFrame({"heat_demand_mwh": demand}, index=ids, geometry=shapes, crs=CRS)


def spot(x, y):
    """Point counted from (EAST, NORTH)."""
    return shapely.Point(EAST + x, NORTH + y)


def grid_town(seed, columns=3, rows=3, house_count=12, step_m=70.0):
    """A crooked street grid with some streets missing, and houses beside the streets."""
    rng = np.random.default_rng(seed)
    corner = {
        (i, j): np.array([i, j]) * step_m + rng.uniform(-12, 12, 2)
        for i in range(columns)
        for j in range(rows)
    }
    pairs = [((i, j), (i + 1, j)) for i in range(columns - 1) for j in range(rows)]
    pairs += [((i, j), (i, j + 1)) for i in range(columns) for j in range(rows - 1)]
    lines = [(corner[a], corner[b]) for a, b in pairs if rng.random() < 0.9]
    places = []
    while len(places) < house_count:
        a, b = lines[rng.integers(len(lines))]
        along, off = rng.uniform(0, 1), rng.uniform(10, 30) * rng.choice([-1, 1])
        across = np.array([-(b - a)[1], (b - a)[0]]) / np.hypot(*(b - a))
        place = a + along * (b - a) + off * across
        if all(np.hypot(*(place - other)) > 9 for other in places):
            places.append(place)
    return houses(places, rng.uniform(8, 40, house_count), half_m=3.0), roads(lines)
