"""Corrections to propose: a value only on evidence, the greatest heat first, nothing changed."""

from __future__ import annotations

import csv

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import from_wkt
from shapely.geometry import Point, box

from screening import register
from screening.register.checks.corrections import CORRECTION_COLUMNS, REMOVE

TOTAL = "byg038SamletBygningsareal"
HOUSE = {
    "municipality_code": "0217",
    "use_code": "120",
    "year_built": 1970.0,
    "area_m2": 130.0,
    "area_source": "dwelling_business",
    "dwelling_area_m2": 130.0,
    "business_area_m2": 0.0,
    "footprint_area_m2": 150.0,
    "floor_count": 2.0,
    "heating_installation_code": "2",
    "heating_fuel_code": "7",
    "supplementary_heating_code": None,
    "is_oil": False,
    "is_gas": True,
    "registered_total_area_m2": 240.0,
    "registered_dwelling_area_m2": 130.0,
    "registered_business_area_m2": 0.0,
    "registered_footprint_area_m2": 150.0,
    "registered_floor_count": 2.0,
    "registered_year": 1970.0,
    "coordinate_source": "register",
    "coordinate_quality_code": "1",
    "coordinate_note_code": "11",
    "plot_id": "plot",
    "outline_area_m2": 160.0,
    "outline_distance_m": 0.0,
    "is_in_gas_area": True,
    "heat_demand_mwh": 15.0,
    "heat_demand_source": "measured",
}
NO_AREA = {
    "registered_total_area_m2": np.nan,
    "registered_dwelling_area_m2": np.nan,
    "registered_business_area_m2": np.nan,
}


def table(*changes):
    rows = [HOUSE | change for change in changes]
    frame = pd.DataFrame(rows)
    frame.index = pd.Index([f"house-{n}" for n in range(len(rows))], name="building_id", dtype=object)
    points = [Point(720_000 + 60 * n, 6_215_000) for n in range(len(rows))]
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:25832")


def proposals(corrections):
    return {
        (row.check_name, row.field): (row.registered_value, row.proposed_value)
        for row in corrections.itertuples()
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        (
            {"registered_total_area_m2": np.nan, "registered_business_area_m2": 25.0},
            {("total_area_missing", TOTAL): ("", "155")},
        ),
        ({"registered_total_area_m2": 0.0}, {("total_area_missing", TOTAL): ("0", "130")}),
        ({"registered_total_area_m2": -240.0}, {("area_negative", TOTAL): ("-240", "130")}),
        (NO_AREA, {("area_missing", TOTAL): ("", "320")}),  # 160 m2 of outline, two floors
        (NO_AREA | {"outline_area_m2": np.nan}, {("area_missing", TOTAL): ("", "")}),
        (
            {"registered_floor_count": -2.0, "floor_count": np.nan},
            {("area_negative", "byg054AntalEtager"): ("-2", "")},
        ),
        (
            {"outline_area_m2": 50.4},
            {("footprint_differs_from_outline", "byg041BebyggetAreal"): ("150", "50")},
        ),
        ({"use_code": "440"}, {("use_phased_out", "byg021BygningensAnvendelse"): ("440", "441")}),
        ({"use_code": "130"}, {("use_phased_out", "byg021BygningensAnvendelse"): ("130", "")}),
        (
            {"heating_installation_code": "1", "is_gas": False},
            {("district_heating_with_fuel", "byg057Opvarmningsmiddel"): ("7", REMOVE)},
        ),
        (
            {"heating_installation_code": "9", "is_gas": False, "use_code": "323"},
            {("no_heating_with_fuel", "byg057Opvarmningsmiddel"): ("7", REMOVE)},
        ),
        (
            {"heating_installation_code": "9", "is_gas": False},
            {
                ("no_heating_with_fuel", "byg057Opvarmningsmiddel"): ("7", ""),
                ("dwelling_without_heating", "byg056Varmeinstallation"): ("9", ""),
            },
        ),
        (
            {"year_built": np.nan, "registered_year": 0.0},
            {("year_placeholder", "byg026Opførelsesår"): ("0", "")},
        ),
        (
            {"heating_fuel_code": None, "is_gas": False, "oil_tank": "in_use"},
            {
                ("boiler_without_fuel", "byg057Opvarmningsmiddel"): ("", "3"),
            },
        ),
        (
            {"heating_fuel_code": None, "is_gas": False, "oil_tank": "closed", "has_gas_burner": True},
            {("boiler_without_fuel", "byg057Opvarmningsmiddel"): ("", "7")},
        ),
        (
            {"heating_fuel_code": None, "is_gas": False, "oil_tank": "in_use", "has_gas_burner": True},
            {("boiler_without_fuel", "byg057Opvarmningsmiddel"): ("", "")},
        ),
    ],
)
def test_a_value_is_proposed_only_on_evidence(changes, expected):
    assert proposals(register.propose_corrections(table(changes))) == expected


def test_points_are_proposed_inside_the_outline():
    buildings = table({"outline_distance_m": 30.0, "coordinate_note_code": "31"}, {})
    shape = box(720_030, 6_215_000, 720_040, 6_215_016)
    outlines = gpd.GeoDataFrame(
        {"outline_source": ["mapped"]}, geometry=[shape], index=["house-0"], crs="EPSG:25832"
    )
    without = register.propose_corrections(buildings)
    assert proposals(without) == {
        ("point_outside_outline", "byg404Koordinat"): ("POINT (720000 6215000)", "")
    }
    corrections = register.propose_corrections(buildings, outlines=outlines)
    (row,) = corrections.itertuples()
    assert shape.contains(from_wkt(row.proposed_value))
    assert "omrids" in row.reason_da
    assert "outline" in row.reason_en


def test_the_greatest_demand_comes_first_and_unknown_demand_is_that_of_those_alike():
    rows = table({"use_code": "130"}, {"use_code": "130"}, {"use_code": "130"}, {})
    rows["heat_demand_mwh"] = [5.0, 40.0, np.nan, 1000.0]
    corrections = register.propose_corrections(rows)
    assert corrections.columns.tolist() == CORRECTION_COLUMNS
    assert corrections["building_id"].tolist() == ["house-1", "house-2", "house-0"]
    assert corrections["heat_demand_mwh"].tolist() == [40.0, 22.5, 5.0]


def test_installations_are_evidence():
    rows = table({"heating_fuel_code": None, "is_gas": False})
    tank = pd.DataFrame(
        {
            "building_id": [None],
            "address_id": [None],
            "plot_id": ["plot"],
            "evidence": ["oil_tank"],
            "is_closed": [False],
        },
        index=pd.Index(["tank"], name="installation_id"),
    )
    found = proposals(register.propose_corrections(rows, installations=tank))
    assert found["boiler_without_fuel", "byg057Opvarmningsmiddel"] == ("", "3")
    assert "oil_tank" not in rows


def test_heating_from_units_is_not_mended_at_the_building():
    rows = table({"heating_installation_code": "99", "heating_fuel_code": None, "is_gas": False})
    units = pd.DataFrame(
        {
            "building_id": ["house-0"] * 2,
            "dwelling_type_code": ["1", "1"],
            "total_area_m2": [100.0, 40.0],
            "dwelling_area_m2": [100.0, 40.0],
            "business_area_m2": [0.0, 0.0],
            "heating_installation_code": ["2", "7"],
            "heating_fuel_code": [None, "1"],
        },
        index=["a", "b"],
    )
    assert register.propose_corrections(rows, units=units).empty


def test_no_buildings_no_corrections():
    corrections = register.propose_corrections(table({}).iloc[:0])
    assert corrections.empty
    assert corrections.columns.tolist() == CORRECTION_COLUMNS


FAULTS = st.sampled_from(
    [
        {},
        NO_AREA,
        {"use_code": "440"},
        {"heating_installation_code": "1"},
        {"registered_floor_count": -1.0, "floor_count": np.nan},
        {"heat_demand_mwh": np.nan},
        {"outline_distance_m": 99.0},
    ]
)


@settings(max_examples=15)
@given(st.lists(FAULTS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_nothing_is_changed(faults, random):
    rows = table(*faults)
    before = rows.copy()
    order = list(range(len(rows)))
    random.shuffle(order)
    corrections = register.propose_corrections(rows)
    pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.DataFrame(before))
    pd.testing.assert_frame_equal(register.propose_corrections(rows.iloc[order]), corrections)
    assert not corrections.duplicated(["building_id", "field"]).any()
    assert corrections["heat_demand_mwh"].is_monotonic_decreasing
    assert (corrections["proposed_value"] != corrections["registered_value"]).sum() >= (
        corrections["proposed_value"] != ""
    ).sum()


def test_real_corrections_by_hand(real_data):
    """The day-care centres (440) have one successor; nothing else of the real cut does."""
    folder = real_data / "bbr"
    with (folder / "BBR_Bygning_2020-04-18.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    centres = {
        r["id_lokalId"] for r in rows if r["status"] == "6" and r["byg021BygningensAnvendelse"] == "440"
    }
    outlines = register.read_outlines(folder / "GeoDanmark_Bygning.gpkg")
    buildings, _ = register.read_buildings(folder / "BBR_Bygning_2020-04-18.csv", outlines=outlines)
    corrections = register.propose_corrections(buildings, outlines=outlines)
    proposed = corrections[corrections["proposed_value"] == "441"]
    assert set(proposed["building_id"]) == centres
    points = corrections[(corrections["check_name"] == "point_outside_outline")]
    assert len(points) == 16
    inside = [
        outlines.geometry[row.building_id].intersects(from_wkt(row.proposed_value))
        for row in points.itertuples()
    ]
    assert all(inside)
