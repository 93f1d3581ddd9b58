"""Communities among made-up outlines and points: ours against buffers dissolved in geopandas, in one run.

The peer is what an analyst would write: buffer each outline by its reach, dissolve, explode, join back, count
and keep groups of five. It is timed stage by stage. Its buffers have corners in place of arcs, so that a pair
close to the limit may differ from the exact distance; the number of buildings with other company is printed.
Then ours alone on a million and on three million outlines, each in a process of its own, beside the time that
geopandas needs to read them. Ours draws on all cores: processor seconds count all threads and hold on a
shared machine too, seconds on the wall are what a user waits on an idle one (20 minutes, 6 GB of memory):

    .venv/bin/python benchmarks/communities.py [--sizes 10000 100000] [--large 1000000 3000000] [--runs 2]
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


class Clock:
    """Seconds on the wall and of the processors (all threads of this process) since the last look."""

    def __init__(self) -> None:
        self.last = time.perf_counter(), time.process_time()

    def look(self) -> np.ndarray:
        now = time.perf_counter(), time.process_time()
        passed = np.subtract(now, self.last)
        self.last = now
        return passed


def analyst(
    buildings: gpd.GeoDataFrame, chosen: Assumptions, method: str
) -> tuple[pd.Series, list[np.ndarray]]:
    """Group of each building in one of five or more, missing elsewhere; seconds of each stage."""
    clock, seconds = Clock(), []
    wide = buildings.assign(geometry=buildings.buffer(max_distance(buildings["heat_demand_mwh"], chosen)))
    seconds.append(clock.look())
    whole = gpd.GeoDataFrame(geometry=[wide.geometry.union_all(method=method)], crs=wide.crs)
    seconds.append(clock.look())
    groups = whole.explode(ignore_index=True)
    groups["group"] = groups.index
    joined = gpd.sjoin(buildings, groups, predicate="intersects")
    size = joined.groupby("group")["heat_demand_mwh"].agg(["size", "sum"])
    kept = groups.merge(size[size["size"] >= 5], on="group")
    member = joined["group"].where(joined["group"].isin(kept["group"]))
    seconds.append(clock.look())
    return member, seconds


def differing(ours: pd.Series, theirs: pd.Series) -> int:
    """Buildings that do not have the same companions both ways."""
    theirs = theirs[~theirs.index.duplicated()].reindex(ours.index)
    pairs = pd.DataFrame({"ours": ours.astype(float).fillna(-1), "theirs": theirs.astype(float).fillna(-1)})
    most = pairs.groupby("ours")["theirs"].agg(lambda group: group.mode().iloc[0])
    return int((pairs["theirs"] != pairs["ours"].map(most)).sum())


def compare(count: int, kind: str, chosen: Assumptions, runs: int) -> float:
    """Time both ways on the same layout in turn; print, and give the ratio of processor seconds."""
    buildings = town_outlines(count)
    if kind == "points":
        buildings = buildings.set_geometry(buildings.centroid)
    ours, theirs, quicker = [], [], []
    for _ in range(runs):
        for _ in range(3):
            clock = Clock()
            members, communities = find_communities(buildings, chosen)
            ours.append(clock.look())
        group, stages = analyst(buildings, chosen, "unary")
        theirs.append(stages)
        quicker.append(np.sum(analyst(buildings, chosen, "disjoint_subset")[1], axis=0))
    best, subsets = np.min(ours, axis=0), np.min(quicker, axis=0)
    stages = np.min(theirs, axis=0)
    whole = np.sum(stages, axis=0)
    print(f"{count:,} {kind}: {len(communities):,} communities of {members.notna().sum():,} buildings")
    print(f"  {'':32s} {'processor':>10s} {'wall':>10s}")
    for name, (wall, cpu) in (
        ("ours", best),
        ("geopandas", whole),
        *zip(("    buffer", "    union", "    join and count"), stages, strict=True),
        ("geopandas, disjoint subsets", subsets),
    ):
        print(f"  {name:32s} {cpu:8.3f} s {wall:8.3f} s")
    ratios = whole / best, subsets / best
    for name, (wall, cpu) in zip(("times as long", "disjoint subsets"), ratios, strict=True):
        print(f"  {name:32s} {cpu:10.1f} {wall:10.1f}")
    print(f"  {differing(members, group)} buildings have other company in geopandas", flush=True)
    return float(ratios[0][1])


def alone(path: Path) -> None:
    """Read one file, find the communities, print seconds and peak memory; in a process of its own."""
    clock = Clock()
    buildings = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    read = clock.look()
    if "building_id" in buildings:
        buildings = buildings.set_index("building_id")
    chosen = assumption_sets.load("cowi-2022")
    clock.look()
    members, communities = find_communities(buildings, chosen)
    found = clock.look()
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    numbers = [len(buildings), *read, *found, peak_gb, len(communities), int(members.notna().sum())]
    print(json.dumps(numbers))


def large(count: int, folder: Path, runs: int) -> tuple[float, float]:
    """Time reading and ours in turn for each format; give ours and its ratio to reading the GeoPackage."""
    buildings = town_outlines(count)
    paths = [folder / f"towns.{suffix}" for suffix in ("gpkg", "parquet")]
    buildings.reset_index().to_file(paths[0])
    buildings.to_parquet(paths[1])
    del buildings
    read, found, peak = {path.suffix: np.full(2, np.inf) for path in paths}, np.full(2, np.inf), 0.0
    for path in paths * runs:
        command = [sys.executable, __file__, "--alone", str(path)]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        *seconds, gigabytes, communities, members = json.loads(run.stdout)[1:]
        read[path.suffix] = np.minimum(read[path.suffix], seconds[:2])
        found = np.minimum(found, seconds[2:])
        peak = max(peak, gigabytes)
    print(f"{count:,} outlines: {communities:,} communities of {members:,} buildings, peak {peak:.2f} GB")
    rows = (("ours", found), ("reading GeoPackage", read[".gpkg"]), ("reading Parquet", read[".parquet"]))
    print(f"  {'':32s} {'processor':>10s} {'wall':>10s}  ours against it")
    for name, (wall, cpu) in rows:
        print(f"  {name:32s} {cpu:8.2f} s {wall:8.2f} s {found[1] / cpu:8.2f} {found[0] / wall:6.2f}")
    if peak > MEMORY_TARGET_GB:
        print(f"  target {MEMORY_TARGET_GB:g} GB: missed")
    return float(found[1]), float(found[0] / read[".gpkg"][0])


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--large", type=int, nargs="*", default=[1_000_000, 3_000_000])
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        alone(options.alone)
        return
    chosen = assumption_sets.load("cowi-2022")
    find_communities(town_outlines(2_000), chosen)  # imports and caches are nobody's merit
    for kind, target in TARGETS.items():
        ratios = [compare(count, kind, chosen, options.runs) for count in options.sizes]
        if ratios:
            print(f"  target {target:g} times: {'met' if ratios[-1] >= target else 'missed'}")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        results = [large(count, Path(folder), options.runs) for count in options.large]
    for _, ratio in results:
        print(f"  target {READ_TARGET:g} times reading: {'met' if ratio <= READ_TARGET else 'missed'}")
    if len(results) > 1:
        (one, _), (other, _) = results[0], results[-1]
        exponent = np.log(other / one) / np.log(options.large[-1] / options.large[0])
        met = "met" if exponent <= EXPONENT_TARGET else "missed"
        print(f"  scaling exponent {exponent:.2f}, target {EXPONENT_TARGET:g}: {met}")


if __name__ == "__main__":
    main()
