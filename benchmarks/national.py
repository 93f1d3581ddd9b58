"""The national run against all buildings in one table: seconds and memory, one worker and two.

A made-up country: terraces, blocks of flats and schools in towns, all with gas and of a use that may take
part, shared out to 98 municipalities whose borders cut through terraces; outlines in one GeoParquet. Each way
runs in a process of its own. The peer is what one would do without tiles: the same store read into one table,
the same outlines, ``find_communities``. Checked: the same members, ids, counts and sums to the last bit, and
the same shapes. Run it on an otherwise idle machine:

    .venv/bin/python benchmarks/national.py [--buildings 100000] [--workers 1 2] [--folder DIR]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import psutil
import shapely

from screening import assumptions, communities, pipeline, register, workbench

SET = assumptions.load("cowi-2022")
MUNICIPALITIES = 98
TERRACE = 12  # houses in a row, on average
TOWN = 2_000  # buildings
USES = np.array(["131", "140", "421"])
AREA_M2 = np.array([95.0, 700.0, 3000.0])
WIDTH_M, DEPTH_M = np.array([6.0, 25.0, 60.0]), np.array([10.0, 12.0, 40.0])


def make_country(folder: Path, count: int) -> Path:
    """Write the store and the outlines; give the file of the outlines."""
    random = np.random.default_rng(1)
    first = random.random(count) < 1 / TERRACE
    first[0] = True
    row = np.cumsum(first) - 1
    step = np.arange(count) - np.flatnonzero(first)[row]
    kind = random.choice(3, size=row[-1] + 1, p=[0.8, 0.19, 0.01])[row]
    town = (np.arange(count) // TOWN)[np.flatnonzero(first)]  # of each row
    middle = np.stack(
        [random.uniform(460_000, 880_000, town[-1] + 1), random.uniform(6_070_000, 6_390_000, town[-1] + 1)]
    )
    corner = middle[:, town] + random.normal(0, 500, (2, row[-1] + 1))
    turn = random.uniform(0, np.pi, row[-1] + 1)[row]
    gap_m = random.choice([0.0, 3.0, 8.0], size=row[-1] + 1)[row]
    along = np.stack([np.cos(turn), np.sin(turn)]) * (WIDTH_M[kind] + gap_m) * step
    side, depth = (
        np.stack([np.cos(turn), np.sin(turn)]) * WIDTH_M[kind],
        np.stack([-np.sin(turn), np.cos(turn)]) * DEPTH_M[kind],
    )
    start = corner[:, row] + along
    ring = np.stack([start, start + side, start + side + depth, start + depth], axis=-1)
    shapes = shapely.polygons(np.moveaxis(ring, 0, -1))
    ids = np.array([hashlib.md5(str(n).encode(), usedforsecurity=False).hexdigest() for n in range(count)])
    outlines = gpd.GeoDataFrame({"BBRUUID": ids}, geometry=shapes, crs="EPSG:25832")
    path = folder / "outlines.parquet"
    outlines.sample(frac=1, random_state=2).to_parquet(path, row_group_size=65_536)
    points = shapely.centroid(shapes)
    west_to_east = np.argsort(shapely.get_x(points))
    part = np.empty(count, dtype=int)
    part[west_to_east] = np.arange(count) * MUNICIPALITIES // count  # strips: borders anywhere
    table = gpd.GeoDataFrame(
        {
            "use_code": USES[kind],
            "year_built": 1965.0,
            "area_m2": AREA_M2[kind] * random.uniform(0.8, 1.2, count),
            "area_source": "total",
            "dwelling_area_m2": 0.0,
            "business_area_m2": 0.0,
            "footprint_area_m2": WIDTH_M[kind] * DEPTH_M[kind],
            "floor_count": 1.0,
            "heating_installation_code": "2",
            "heating_fuel_code": "7",
            "supplementary_heating_code": None,
            "is_oil": False,
            "is_gas": True,
        },
        geometry=points,
        crs="EPSG:25832",
        index=pd.Index(ids, name="building_id", dtype=object),
    )
    store = workbench.building_store(folder)
    for number in range(MUNICIPALITIES):
        store.replace(f"{101 + number:04d}", table[part == number], {"register_date": "2026-01-01"})
    return path


class Peak(threading.Thread):
    """Looks ten times a second at the memory of this process and its children."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.own_mb = self.child_mb = self.sum_mb = 0.0

    def run(self) -> None:
        """Look until the process ends."""
        me = psutil.Process()
        while True:
            own, children = me.memory_info().rss / 1e6, [0.0]
            for child in me.children(recursive=True):
                try:
                    children.append(child.memory_info().rss / 1e6)
                except psutil.Error:
                    continue
            self.own_mb, self.child_mb = max(self.own_mb, own), max(self.child_mb, *children)
            self.sum_mb = max(self.sum_mb, own + sum(children))
            time.sleep(0.1)


def all_at_once(folder: Path, outlines: Path) -> tuple[pd.Series, gpd.GeoDataFrame]:
    """One table, one machine."""
    buildings = pipeline.add_heat(workbench.building_store(folder).read_many(), SET)
    selected = communities.select(buildings, SET)
    mapped = register.join_parts(
        pd.concat(register.stream_outlines([outlines], selected.index), ignore_index=True)
    )
    return communities.find_communities(register.attach_outlines(selected, mapped, SET), SET)


def cpu_seconds() -> float:
    """Seconds of a processor used by this process and its finished children: steadier on a busy machine."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def digest(members: pd.Series, found: gpd.GeoDataFrame) -> str:
    """Tell one result from another."""
    whole = hashlib.sha256()
    plain = members.sort_index().astype("Int64").fillna(-1).to_numpy(dtype=np.int64)
    columns = ["id", "building_count", "heat_demand_mwh", "capacity_kw", "is_collective_supply"]
    for part in (plain, *(found[name].to_numpy() for name in columns)):
        whole.update(np.ascontiguousarray(part).tobytes())
    for shape in shapely.to_wkb(found.geometry.to_numpy()):
        whole.update(shape)
    return whole.hexdigest()


def one(way: str, folder: Path, outlines: Path) -> None:
    """Run one way in this process and print what was measured."""
    peak = Peak()
    peak.start()
    stages: list[tuple[str, float]] = []
    start = time.perf_counter()
    if way == "at once":
        members, found = all_at_once(folder, outlines)
        seconds = time.perf_counter() - start
    else:
        shutil.rmtree(folder / "processed" / "national", ignore_errors=True)
        run = workbench.national_communities(
            data_dir=folder,
            outlines=outlines,
            assumptions=SET,
            workers=int(way),
            on_stage=lambda name, _count: stages.append((name, time.perf_counter() - start)),
        )
        seconds = time.perf_counter() - start
        members, found = run.members()["community_id"], run.communities
    begins = [begin for _, begin in stages] + [seconds]
    told = {
        "way": way,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu_seconds(), 1),
        "own_mb": round(peak.own_mb),
        "worker_mb": round(peak.child_mb),
        "sum_mb": round(peak.sum_mb),
        "communities": len(found),
        "members": int(members.notna().sum()),
        "stages": {
            name: round(end - begin, 1) for (name, begin), end in zip(stages, begins[1:], strict=True)
        },
        "digest": digest(members, found),
    }
    print(json.dumps(told))


def main() -> None:
    """Measure every way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--buildings", type=int, default=100_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--tiles-only", action="store_true", help="leave the peer out")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.folder, options.folder / "outlines.parquet")
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        make_country(folder, options.buildings)
        digests = set()
        ways = [] if options.tiles_only else ["at once"]
        for way in [*ways, *map(str, options.workers)]:
            command = [sys.executable, __file__, "--one", way, "--folder", str(folder)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            told = json.loads(done.stdout.splitlines()[-1])
            digests.add(told.pop("digest"))
            print(json.dumps(told), flush=True)
        print("same result" if len(digests) == 1 else "DIFFERENT RESULTS")


if __name__ == "__main__":
    main()
