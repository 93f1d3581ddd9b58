"""A made-up country for tests of the national run, and what a killed process of its own does."""

from __future__ import annotations

import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from screening import assumptions, communities, pipeline, register, workbench
from screening.communities import Tiling
from screening.workbench.national import result, tasks

SET = assumptions.load("cowi-2022")
EAST, NORTH = 700_000.0, 6_200_000.0
WAIT_S = 60.0


def made_buildings(code: str, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Register rows of columns id, x, y, width, depth, area_m2, use_code, is_gas; built in 1965."""
    points = gpd.points_from_xy(EAST + rows["x"] + rows["width"] / 2, NORTH + rows["y"] + rows["depth"] / 2)
    return gpd.GeoDataFrame(
        {
            "municipality_code": code,
            "use_code": rows["use_code"],
            "year_built": 1965.0,
            "area_m2": rows["area_m2"].astype(float),
            "area_source": np.where(rows["area_m2"].isna(), "unknown", "total"),
            "dwelling_area_m2": 0.0,
            "business_area_m2": 0.0,
            "footprint_area_m2": (rows["width"] * rows["depth"]).astype(float),
            "floor_count": 1.0,
            "heating_installation_code": "2",
            "heating_fuel_code": "7",
            "supplementary_heating_code": None,
            "is_oil": False,
            "is_gas": rows["is_gas"].astype(bool),
        },
        geometry=points,
        crs="EPSG:25832",
    ).set_index(pd.Index(rows["id"], name="building_id", dtype=object))


def made_outlines(rows: pd.DataFrame, path: Path) -> Path:
    """Write the outlines of the buildings as a map file, ids in capitals as GeoDanmark has them."""
    shapes = box(
        EAST + rows["x"],
        NORTH + rows["y"],
        EAST + rows["x"] + rows["width"],
        NORTH + rows["y"] + rows["depth"],
    )
    table = gpd.GeoDataFrame(
        {"BBRUUID": rows["id"].str.upper()}, geometry=np.asarray(shapes), crs="EPSG:25832"
    )
    if path.suffix == ".parquet":
        table.to_parquet(path)
    else:
        table.to_file(path, engine="pyogrio")
    return path


def store_country(folder: Path, rows: pd.DataFrame, dates: dict[str, str] | None = None) -> None:
    """Put rows into the building store by their column code."""
    store = workbench.building_store(folder)
    for code, own in rows.groupby("code"):
        store.replace(
            code, made_buildings(code, own), {"register_date": (dates or {}).get(code, "2026-01-01")}
        )


def at_once(folder: Path, outlines: Path | None, chosen=SET, codes=None):
    """All chosen buildings of the store in one table, on one machine: members, communities, density."""
    buildings = pipeline.add_heat(workbench.building_store(folder).read_many(codes), chosen)
    selected = communities.select(buildings, chosen)
    selected = selected[selected["heat_demand_mwh"].notna()]
    mapped = register.read_outlines(outlines) if outlines is not None else None
    return communities.find_communities(register.attach_outlines(selected, mapped, chosen), chosen)


def assert_same(run: workbench.NationalRun, expected) -> None:
    """Members, ids, counts and sums to the last bit, shapes to the last corner."""
    members, found = expected
    got = run.members()
    assert set(got.index) == set(members.index)
    assert got["community_id"].astype("Int64").reindex(members.index).tolist() == members.tolist()
    plain = ["id", "building_count", "heat_demand_mwh", "capacity_kw", "is_collective_supply"]
    pd.testing.assert_frame_equal(pd.DataFrame(run.communities[plain]), pd.DataFrame(found[plain]))
    assert run.communities.geometry.geom_equals_exact(found.geometry, 0).all()


def terrace_country(count: int = 60) -> pd.DataFrame:
    """Rows of houses wall to wall through three municipalities, some buildings apart, one school."""
    numbers = np.arange(count)
    return pd.DataFrame(
        {
            "id": [f"a{n:04d}" for n in (numbers * 7919) % 10_007],
            "x": 8.0 * (numbers % 20),
            "y": 140.0 * (numbers // 20),
            "width": 8.0,
            "depth": 10.0,
            "area_m2": np.where(numbers % 20 == 9, 2500.0, 90.0),
            "use_code": np.where(numbers % 20 == 9, "421", "131"),
            "is_gas": numbers % 11 != 10,
            "code": np.array(["0101", "0253", "0217"])[(numbers % 20) // 7],
        }
    )


def hang_in_run(folder: str, outlines: str, moment: str, signal: str) -> None:
    """Run, and stop in the middle: in the third tile, or when the result is written and not in place."""
    make, swap, seen = tasks.Label.make, result.swap_in, []

    def wait() -> None:
        Path(signal).touch()
        time.sleep(WAIT_S)

    def third(self, target):
        seen.append(self)
        if len(seen) == 3:
            wait()
        make(self, target)

    def before(made, target):
        wait()
        return swap(made, target)

    if moment == "in a tile":
        tasks.Label.make = third
    else:
        result.swap_in = before
    workbench.national_communities(
        data_dir=folder, outlines=outlines, assumptions=SET, tiling=Tiling(50.0, EAST, NORTH)
    )
