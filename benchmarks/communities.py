"""Communities among made-up outlines and points: ours against buffers dissolved in geopandas, in one run.

The peer is what an analyst would write: buffer each outline by its reach, dissolve, explode, join back, count
and keep groups of five. It is timed stage by stage. Its buffers have corners in place of arcs, so that a pair
close to the limit may differ from the exact distance; the number of buildings with other company is printed.
Then ours alone on a million and on three million outlines, each in a process of its own, beside the time that
geopandas needs to read them. Run it on an otherwise idle machine (about 20 minutes, 6 GB of memory):

    .venv/bin/python benchmarks/communities.py [--sizes 10000 100000] [--large 1000000 3000000] [--folder DIR]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from screening import assumptions as assumption_sets
from screening.communities import find_communities, max_distance
from town_layouts import town_outlines

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

TARGETS = {"outlines": 25.0, "points": 100.0}
READ_TARGET, MEMORY_TARGET_GB, EXPONENT_TARGET = 3.0, 8.0, 1.1


def analyst(buildings: gpd.GeoDataFrame, chosen: Assumptions, method: str) -> tuple[pd.Series, list[float]]:
    """Group of each building in one of five or more, missing elsewhere; seconds of each stage."""
    clock = [time.perf_counter()]
    wide = buildings.assign(geometry=buildings.buffer(max_distance(buildings["heat_demand_mwh"], chosen)))
    clock.append(time.perf_counter())
    whole = gpd.GeoDataFrame(geometry=[wide.geometry.union_all(method=method)], crs=wide.crs)
    clock.append(time.perf_counter())
    groups = whole.explode(ignore_index=True)
    groups["group"] = groups.index
    joined = gpd.sjoin(buildings, groups, predicate="intersects")
    size = joined.groupby("group")["heat_demand_mwh"].agg(["size", "sum"])
    kept = groups.merge(size[size["size"] >= 5], on="group")
    member = joined["group"].where(joined["group"].isin(kept["group"]))
    clock.append(time.perf_counter())
    return member, np.diff(clock).tolist()


def differing(ours: pd.Series, theirs: pd.Series) -> int:
    """Buildings that do not have the same companions both ways."""
    theirs = theirs[~theirs.index.duplicated()].reindex(ours.index)
    pairs = pd.DataFrame({"ours": ours.astype(float).fillna(-1), "theirs": theirs.astype(float).fillna(-1)})
    most = pairs.groupby("ours")["theirs"].agg(lambda group: group.mode().iloc[0])
    return int((pairs["theirs"] != pairs["ours"].map(most)).sum())


def compare(count: int, kind: str, chosen: Assumptions) -> float:
    """Time both ways on the same layout; print and give the ratio to the peer's default way."""
    buildings = town_outlines(count)
    if kind == "points":
        buildings = buildings.set_geometry(buildings.centroid)
    ours, theirs, quicker = [], [], []
    for _ in range(2 if count >= 100_000 else 4):
        for _ in range(4):
            start = time.perf_counter()
            members, communities = find_communities(buildings, chosen)
            ours.append(time.perf_counter() - start)
        group, seconds = analyst(buildings, chosen, "unary")
        theirs.append(seconds)
        quicker.append(sum(analyst(buildings, chosen, "disjoint_subset")[1]))
    best, stages = min(ours), min(theirs, key=sum)
    ratio = sum(stages) / best
    print(
        f"{count:>9,} {kind:8s}  ours {best:7.3f} s   geopandas {sum(stages):7.2f} s"
        f" (buffer {stages[0]:.2f}, union {stages[1]:.2f}, join {stages[2]:.2f}), {ratio:.1f} times;"
        f" with disjoint subsets {min(quicker):.2f} s, {min(quicker) / best:.1f} times;"
        f" {len(communities):,} communities of {members.notna().sum():,} buildings,"
        f" {differing(members, group)} buildings differ",
        flush=True,
    )
    return ratio


def alone(path: Path) -> None:
    """Read one file, find the communities, print seconds and peak memory; in a process of its own."""
    start = time.perf_counter()
    buildings = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    read = time.perf_counter() - start
    if "building_id" in buildings:
        buildings = buildings.set_index("building_id")
    chosen = assumption_sets.load("cowi-2022")
    start = time.perf_counter()
    members, communities = find_communities(buildings, chosen)
    found = time.perf_counter() - start
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    numbers = [len(buildings), read, found, peak_gb, len(communities), int(members.notna().sum())]
    print(json.dumps(numbers))


def large(count: int, folder: Path) -> tuple[float, float]:
    """Time reading and ours in turn, twice for each format; give the seconds and their ratio to reading."""
    buildings = town_outlines(count)
    paths = [folder / f"towns.{suffix}" for suffix in ("gpkg", "parquet")]
    buildings.reset_index().to_file(paths[0])
    buildings.to_parquet(paths[1])
    del buildings
    read, found, peak = {}, [], []
    for path in [*paths, *paths]:
        command = [sys.executable, __file__, "--alone", str(path)]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        rows, seconds, ours, gigabytes, communities, members = json.loads(run.stdout)
        read[path.suffix] = min(seconds, read.get(path.suffix, np.inf))
        found.append(ours)
        peak.append(gigabytes)
    best = min(found)
    print(
        f"{rows:>9,} outlines  ours {best:6.2f} s, peak {max(peak):.2f} GB;"
        f" reading the GeoPackage {read['.gpkg']:.2f} s ({best / read['.gpkg']:.2f} of it),"
        f" the Parquet file {read['.parquet']:.2f} s ({best / read['.parquet']:.2f} of it);"
        f" {communities:,} communities of {members:,} buildings",
        flush=True,
    )
    if max(peak) > MEMORY_TARGET_GB:
        print(f"  target {MEMORY_TARGET_GB:g} GB: missed")
    return best, best / read[".gpkg"]


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--large", type=int, nargs="*", default=[1_000_000, 3_000_000])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        alone(options.alone)
        return
    chosen = assumption_sets.load("cowi-2022")
    find_communities(town_outlines(2_000), chosen)  # imports and caches are nobody's merit
    for kind, target in TARGETS.items():
        ratios = [compare(count, kind, chosen) for count in options.sizes]
        if ratios:
            print(f"  target {target:g} times: {'met' if ratios[-1] >= target else 'missed'}")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        results = [large(count, Path(folder)) for count in options.large]
    for _, ratio in results:
        print(f"  target {READ_TARGET:g} times reading: {'met' if ratio <= READ_TARGET else 'missed'}")
    if len(results) > 1:
        (one, _), (other, _) = results[0], results[-1]
        exponent = np.log(other / one) / np.log(options.large[-1] / options.large[0])
        met = "met" if exponent <= EXPONENT_TARGET else "missed"
        print(f"  scaling exponent {exponent:.2f}, target {EXPONENT_TARGET:g}: {met}")


if __name__ == "__main__":
    main()
