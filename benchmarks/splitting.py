"""How near the division of communities is to the best there is, and how long it takes.

Made-up layouts of buildings on a loose grid, 5 to 400 MWh each. Small ones against every division there is,
larger ones against a MILP (HiGHS), both in tests/split_oracles.py; the largest by time alone.

    python benchmarks/splitting.py
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from screening import assumptions
from screening.communities import split_communities
from split_oracles import Case, by_enumeration, by_milp, case_of, worth

if TYPE_CHECKING:
    from collections.abc import Callable

SET = assumptions.load("cowi-2022")
MILP_SECONDS = 15


def layout(seed: int, count: int) -> gpd.GeoDataFrame:
    draws = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(count)))
    x = 700_000 + 22.0 * (np.arange(count) % side) + draws.uniform(-6, 6, count)
    y = 6_200_000 + 20.0 * (np.arange(count) // side) + draws.uniform(-5, 5, count)
    shapes = box(x, y, x + draws.uniform(8, 25, count), y + draws.uniform(8, 16, count))
    demand = np.exp(draws.normal(3.7, 0.9, count))
    index = pd.Index([f"b{i:05d}" for i in range(count)], name="building_id", dtype=object)
    return gpd.GeoDataFrame({"heat_demand_mwh": demand}, geometry=shapes, index=index, crs="EPSG:25832")


def divide(buildings: gpd.GeoDataFrame, limit_kw: float, min_count: int) -> tuple[list[list[int]], float]:
    chosen = SET.replace(community_collective_supply_kw=limit_kw, community_min_buildings_count=min_count)
    whole = pd.Series(0, index=buildings.index, dtype="Int64")
    start = time.perf_counter()
    split = split_communities(buildings, chosen, whole)
    seconds = time.perf_counter() - start
    rows = pd.Series(range(len(buildings)), index=buildings.index)
    inside = split.members.dropna(subset="part")
    return [rows[group.index].tolist() for _, group in inside.groupby("part")], seconds


def gaps(count: int, cases: int, best_of: Callable[[Case], tuple[int, float] | None], name: str) -> None:
    fewer, lost, unsolved, seconds = [], [], 0, []
    for seed in range(cases):
        buildings, limit_kw, min_count = layout(seed, count), (60.0, 120.0, 250.0)[seed % 3], 3 + seed % 3
        case = case_of(buildings, limit_kw, min_count)
        if sum(case.kw) <= limit_kw:
            continue
        best = best_of(case)
        if best is None:
            unsolved += 1
            continue
        groups, took = divide(buildings, limit_kw, min_count)
        placed, saved = worth(case, groups)
        seconds.append(took)
        fewer.append(best[0] - placed)
        if placed == best[0] and best[1] > 0:
            lost.append(1 - saved / best[1])
    lost = np.array(lost)
    print(
        f"{count:5d} buildings, {len(fewer)} cases against {name} ({unsolved} not solved in time): "
        f"fewer placed in {np.count_nonzero(fewer)} (at most {max(fewer, default=0)}); "
        f"of the others optimal {(lost < 1e-6).mean():.1%}, 95 % within {np.quantile(lost, 0.95):.3%}, "
        f"worst {lost.max():.3%}; {np.mean(seconds):.2f} s each",
        flush=True,
    )


def main() -> None:
    gaps(8, 60, by_enumeration, "every division")
    gaps(10, 60, by_enumeration, "every division")
    gaps(16, 15, lambda case: by_milp(case, MILP_SECONDS), "a MILP")
    gaps(20, 10, lambda case: by_milp(case, MILP_SECONDS), "a MILP")
    for count in (52, 200, 1000, 3000):
        groups, took = divide(layout(1, count), 250.0, 5)
        placed = sum(map(len, groups))
        print(f"{count:5d} buildings: {len(groups)} parts, {placed} placed, {took:.1f} s", flush=True)


if __name__ == "__main__":
    main()
