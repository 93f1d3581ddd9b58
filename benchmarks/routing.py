"""Length and time of the trench network, against an exact solver and against digging all shortest paths.

Buildings of the default municipality round its areas' middles; all ways get the same streets and the same
candidate service lines. Exact is a mixed-integer program (HiGHS, cuts added as they are broken), with a time
limit. The shortest paths lead from one place to every building; "nearest" joins one building after another
to the network so far (Takahashi and Matsuyama). Both peers may begin at 20 places, and the best counts.
Times are the processor's, best of three, interleaved: route_s of everything, solve_s and paths_s of the tree.

    .venv/bin/python benchmarks/routing.py [--seconds 120]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from screening import assumptions, register, workbench
from screening.demand import annual_heat_demand
from screening.routing import route
from screening.routing.growing import grow
from screening.routing.steiner import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from screening.routing.instance import Instance

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from routing_exact import instance_of, shortest_tree, union_of_shortest_paths

REPEATS = 3
PLACES = 20


def read() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoSeries, assumptions.Assumptions]:
    """Heated buildings with outlines, roads and the areas' middles of the default municipality."""
    chosen = assumptions.load("cowi-2022")
    data = Path("data").resolve()
    workbench.make_default(data)
    folder = data / "raw" / workbench.DEFAULT_MUNICIPALITY
    outlines = register.read_outlines(folder / "GeoDanmark_Bygning.gpkg")
    buildings, _ = register.read_buildings(folder / "BBR_Bygning.csv", outlines=outlines, assumptions=chosen)
    buildings["heat_demand_mwh"] = annual_heat_demand(buildings, assumptions=chosen)
    heated = buildings[buildings["heat_demand_mwh"] > 0]
    towns = register.attach_outlines(heated, outlines, chosen)
    middles = register.read_areas(folder / "areas.gpkg").set_index("area").representative_point()
    return towns, register.read_roads(folder / "GeoDanmark_Vejmidte.gpkg"), middles, chosen


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds and result of one call."""
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def nearest_first(instance: Instance, root: int) -> float:
    """Cost of a network to which the nearest building left is joined, one after another."""
    near = {node: [] for node in range(instance.node_count)}
    rows = (instance.start.tolist(), instance.end.tolist(), instance.cost.tolist())
    for number, (a, b, cost) in enumerate(zip(*rows, strict=True)):
        near[a].append((b, cost, number))
        near[b].append((a, cost, number))
    targets: dict = {}
    wishes = (instance.building.tolist(), instance.tap.tolist(), instance.service_cost.tolist())
    for number, (building, tap, cost) in enumerate(zip(*wishes, strict=True)):
        targets.setdefault(tap, []).append((building, cost, number))
    edges, chosen = grow(near, [root], targets, set())
    return float(instance.cost[edges].sum() + instance.service_cost[list(chosen.values())].sum())


def measure(
    towns: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    chosen: assumptions.Assumptions,
    middle: shapely.Point,
    count: int,
    seconds: float,
) -> dict[str, float]:
    """All ways on the buildings nearest to a point."""
    near = towns.loc[towns.distance(middle).sort_values(kind="stable").index[:count]]
    best = dict.fromkeys(("route_s", "solve_s", "paths_s"), np.inf)
    for _ in range(REPEATS):
        took, found = timed(lambda: route(near, roads, chosen))
        best["route_s"] = min(best["route_s"], took)
        box = shapely.box(*near.total_bounds).buffer(chosen.routing_road_margin_m, join_style="mitre")
        free = instance_of(near.sort_index(), roads[roads.intersects(box)], chosen)
        begins = free.tap[:: max(1, len(free.tap) // PLACES)]
        took, _ = timed(lambda free=free: solve(free))
        best["solve_s"] = min(best["solve_s"], took)
        took, paths_m = timed(lambda free=free, begins=begins: union_of_shortest_paths(free, begins[0]))
        best["paths_s"] = min(best["paths_s"], took)
    took, exact_m = timed(lambda: shortest_tree(free, seconds)) if seconds else (np.nan, None)
    return best | {
        "count": count,
        "ours_m": found.total_m,
        "bound_m": found.bound_m,
        "paths_m": min(paths_m, *(union_of_shortest_paths(free, n) for n in begins)),
        "nearest_m": min(nearest_first(free, int(n)) for n in begins),
        "exact_m": np.nan if exact_m is None else exact_m,
        "exact_s": took,
    }


def main() -> None:
    """Measure 25 buildings in every area, and 250 and 2,500 round one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    options = parser.parse_args()
    towns, roads, middles, chosen = read()
    rows = [measure(towns, roads, chosen, middles[a], 25, options.seconds) for a in middles.index]
    for count, seconds in ((250, options.seconds), (2500, 0.0)):
        rows.append(measure(towns, roads, chosen, middles.iloc[0], count, seconds))
    table = pd.DataFrame(rows)
    for peer in ("exact", "bound", "nearest", "paths"):
        table[f"{peer}_ratio"] = table["ours_m"] / table[f"{peer}_m"]
    sys.stdout.write(table.round(4).to_string(index=False) + "\n")
    small = table[table["count"] == 25]
    sys.stdout.write(f"25 buildings, {len(small)} areas: worst {small['exact_ratio'].max():.4f} of exact\n")


if __name__ == "__main__":
    main()
