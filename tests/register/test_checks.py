"""Register checks: each finds what it is named for, and nothing in a clean table."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from screening import assumptions
from screening.register import (
    attach_outlines,
    check_list,
    check_register,
    code_list,
    flag_buildings,
    read_buildings,
)
from screening.register.checks.table import CHECK_COLUMNS, heat_at_stake

ELSEWHERE = "POINT (720200 6215000)"

# A gas-heated house that nothing is wrong with, with every column that a check looks at.
CLEAN = {
    "municipality_code": "0217",
    "use_code": "120",
    "year_built": 1970.0,
    "area_m2": 130.0,
    "area_source": "dwelling_business",
    "dwelling_area_m2": 130.0,
    "business_area_m2": 0.0,
    "footprint_area_m2": 150.0,
    "floor_count": 1.0,
    "heating_installation_code": "2",
    "heating_fuel_code": "7",
    "supplementary_heating_code": None,
    "is_oil": False,
    "is_gas": True,
    "registered_total_area_m2": 140.0,
    "registered_dwelling_area_m2": 130.0,
    "registered_business_area_m2": 0.0,
    "registered_footprint_area_m2": 150.0,
    "registered_floor_count": 1.0,
    "registered_year": 1970.0,
    "coordinate_source": "register",
    "coordinate_quality_code": "1",
    "coordinate_note_code": "11",
    "dispensation_code": None,
    "version_count": 1.0,
    "is_effective_later": False,
    "untouched_years": 2.0,
    "outline_area_m2": 160.0,
    "outline_distance_m": 0.0,
    "outline_source": "mapped",
    "heating_source": "building",
    "has_unit_disagreement": False,
    "has_unit_on_oil_or_gas": False,
    "has_year_round_unit": False,
    "oil_tank": "closed",
    "has_oil_burner": False,
    "has_gas_burner": True,
    "has_ground_heat": False,
    "has_biomass_burner": False,
    "is_in_gas_area": True,
    "heat_demand_mwh": 15.0,
    "heat_demand_source": "model",
}
OIL = {"heating_fuel_code": "3", "is_oil": True, "is_gas": False, "oil_tank": "in_use"}
PUMP = {"heating_installation_code": "5", "heating_fuel_code": "1", "is_gas": False}
UNSTATED = {
    "registered_total_area_m2": np.nan,
    "registered_dwelling_area_m2": np.nan,
    "registered_business_area_m2": np.nan,
}
ZERO = dict.fromkeys(UNSTATED, 0.0)
UNKNOWN = {"heating_installation_code": "4", "is_gas": False}
SUMMER = {"use_code": "510"}


def table(*changes, without=()):
    """Clean neighbours 60 m apart, the first ones changed."""
    rows = [CLEAN | change for change in [*changes, *[{}] * 12]]
    frame = pd.DataFrame(rows).drop(columns=list(without))
    frame.index = pd.Index([f"house-{n:02d}" for n in range(len(rows))], name="building_id", dtype=object)
    shape = frame.pop("geometry") if "geometry" in frame else pd.Series(index=frame.index, dtype=object)
    points = [s if isinstance(s, Point) else Point(720_000 + 60 * n, 6_215_000) for n, s in enumerate(shape)]
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:25832")


def found(checks):
    counts = checks.set_index("check_name")["building_count"]
    return counts[counts > 0].to_dict()


# Check -> what makes it find the building, what just does not.
CASES = {
    "area_unknown": ({"area_m2": np.nan}, {"area_m2": 40.0}),
    "area_from_outline": ({"area_source": "outline"}, {"area_source": "total"}),
    "area_absurd": ({"area_m2": 451.0}, {"area_m2": 450.0}),  # 3 x 150 m2 x 1 floor
    "area_missing": (UNSTATED, UNSTATED | {"registered_total_area_m2": 0.0}),
    "total_area_missing": ({"registered_total_area_m2": 0.0}, UNSTATED),
    "area_zero": (ZERO, UNSTATED),
    "area_negative": ({"registered_floor_count": -1.0}, {"registered_floor_count": 0.0}),
    "area_sum_differs": ({"registered_total_area_m2": 64.0}, {"registered_total_area_m2": 66.0}),
    "dwelling_exceeds_total": (
        {"registered_dwelling_area_m2": 291.0},  # 140 + an attic of 150
        {"registered_dwelling_area_m2": 290.0},
    ),
    "footprint_differs_from_outline": ({"outline_area_m2": 74.0}, {"outline_area_m2": 76.0}),
    "floors_missing": ({"floor_count": np.nan, "registered_floor_count": 0.0}, {"floor_count": 1.5}),
    "floors_absurd": ({"floor_count": 31.0}, {"floor_count": 30.0}),
    "year_unknown": ({"year_built": np.nan}, {"year_built": 1001.0}),
    "year_placeholder": ({"registered_year": 1000.0}, {"registered_year": 1001.0}),
    "year_absurd": (
        {"year_built": np.nan, "registered_year": 2999.0},
        {"year_built": np.nan, "registered_year": 1000.0},
    ),
    "use_unknown": ({"use_code": "777"}, {"use_code": "190"}),
    "use_phased_out": ({"use_code": "130"}, {"use_code": "131"}),
    "heating_unknown": (UNKNOWN, {"heating_installation_code": "9"}),
    "heating_on_units": (UNKNOWN | {"heating_installation_code": "99"}, UNKNOWN),
    "heating_from_units": ({"heating_source": "units"}, {"heating_source": "building"}),
    "units_disagree_counted": (
        {"has_unit_disagreement": True},
        {"has_unit_disagreement": True, "has_unit_on_oil_or_gas": True} | PUMP,
    ),
    "units_disagree_left_out": (
        {"has_unit_disagreement": True, "has_unit_on_oil_or_gas": True} | PUMP,
        {"has_unit_disagreement": True} | PUMP,
    ),
    "boiler_without_fuel": ({"heating_fuel_code": None, "is_gas": False}, PUMP),
    "boiler_on_electricity": ({"heating_fuel_code": "1", "is_gas": False}, PUMP),
    "district_heating_with_fuel": (
        {"heating_installation_code": "1", "is_gas": False},
        {"heating_installation_code": "1", "heating_fuel_code": None, "is_gas": False},
    ),
    "no_heating_with_fuel": (
        {"heating_installation_code": "9", "is_gas": False},
        {"heating_installation_code": "9", "heating_fuel_code": None, "is_gas": False},
    ),
    "heat_pump_with_fuel": (PUMP | {"heating_fuel_code": "3"}, PUMP),
    "electric_heating_with_fuel": (
        {"heating_installation_code": "7", "is_gas": False},
        {"heating_installation_code": "7", "heating_fuel_code": "1", "is_gas": False},
    ),
    "dwelling_without_heating": (
        UNKNOWN | {"heating_installation_code": "9"},
        UNKNOWN | {"heating_installation_code": "9", "use_code": "323"},
    ),
    "outbuilding_with_heating": ({"use_code": "910"}, {"use_code": "910", "heating_installation_code": "9"}),
    "summer_house_with_boiler": (SUMMER, SUMMER | PUMP),
    "summer_house_lived_in": (SUMMER | {"has_year_round_unit": True}, {"has_year_round_unit": True}),
    "fossil_without_boiler": (
        UNKNOWN | {"heating_installation_code": "8"},
        {"heating_installation_code": "2"},
    ),
    "heat_pump_beside_boiler": (
        {"supplementary_heating_code": "1"},
        {"supplementary_heating_code": "1"} | PUMP,
    ),
    "oil_tank_without_oil": ({"oil_tank": "in_use"} | PUMP, {"oil_tank": "shared"} | PUMP),
    "oil_tank_beside_gas": ({"oil_tank": "in_use"}, OIL),
    "oil_boiler_without_tank": (OIL | {"oil_tank": "none"}, OIL | {"oil_tank": "shared"}),
    "oil_boiler_tank_closed": (OIL | {"oil_tank": "closed"}, OIL),
    "oil_burner_left_out": ({"has_oil_burner": True} | PUMP, {"has_oil_burner": True} | OIL),
    "gas_burner_left_out": (PUMP, {"has_gas_burner": False} | PUMP),
    "ground_heat_beside_boiler": ({"has_ground_heat": True}, {"has_ground_heat": True} | PUMP),
    "biomass_beside_boiler": ({"has_biomass_burner": True}, {"has_biomass_burner": True} | PUMP),
    "gas_without_network": ({"is_in_gas_area": False}, {"is_in_gas_area": False} | OIL),
    "boiler_long_untouched": ({"untouched_years": 8.1}, {"untouched_years": 8.0}),
    "exempt_from_supply": ({"dispensation_code": "2"}, {"dispensation_code": "2"} | PUMP),
    "large_share_not_measured": (
        {"heat_demand_mwh": 21.0},  # of 21 + 12 x 15
        {"heat_demand_mwh": 21.0, "heat_demand_source": "measured"},
    ),
    "several_versions": ({"version_count": 2.0}, {"version_count": np.nan}),
    "effective_later": ({"is_effective_later": True}, {"is_effective_later": False}),
    "other_municipality": ({"municipality_code": "0253"}, {"municipality_code": None}),
    "point_doubtful": ({"coordinate_quality_code": "3"}, {"coordinate_quality_code": "2"}),
    "point_on_parcel": ({"coordinate_note_code": "32"}, {"coordinate_note_code": "21"}),
    "point_outside_outline": ({"outline_distance_m": 10.1}, {"outline_distance_m": 10.0}),
    "outline_estimated": ({"outline_source": "estimated"}, {"outline_source": "mapped"}),
}
PAIRED = {"same_point", "likely_same_building"}


def test_every_check_has_a_case():
    assert set(CASES) | PAIRED == set(check_list()["check_name"])
    assert len(check_list()) >= 30


def test_a_clean_street_passes_every_check():
    checks = check_register(table())
    assert checks.columns.tolist() == CHECK_COLUMNS
    assert found(checks) == {}


@pytest.mark.parametrize("name", CASES)
def test_each_check_finds_its_fault_and_not_the_neighbours(name):
    guilty, innocent = CASES[name]
    flags = flag_buildings(table(guilty))[name]
    assert flags.index[flags].tolist() == ["house-00"]
    assert not flag_buildings(table(innocent))[name].any()


def test_a_fault_of_the_register_is_told_once_where_one_check_says_it_all():
    assert found(check_register(table({"heating_fuel_code": "1", "is_gas": False}))) == {
        "boiler_on_electricity": 1,
        "gas_burner_left_out": 1,
    }
    assert found(check_register(table(OIL | {"oil_tank": "none"}))) == {"oil_boiler_without_tank": 1}
    assert found(check_register(table({"registered_year": 0.0, "year_built": np.nan}))) == {
        "year_placeholder": 1,
        "year_unknown": 1,
    }


def test_outbuildings_and_summer_houses_do_not_hide_the_houses():
    faulty = {"area_m2": np.nan, "year_built": np.nan, "floor_count": np.nan, "coordinate_note_code": "31"}
    shed = faulty | UNSTATED | {"use_code": "910", "heating_installation_code": None, "is_gas": False}
    assert found(check_register(table(shed))) == {}


def test_same_point_and_same_building():
    place = {"geometry": Point(719_000, 6_215_000)}
    near = {"geometry": Point(719_001.9, 6_215_000)}
    far = {"geometry": Point(719_002.1, 6_215_000)}
    two = flag_buildings(table(place, place))
    assert two.index[two["same_point"]].tolist() == ["house-00", "house-01"]
    assert two.index[two["likely_same_building"]].tolist() == ["house-01"]  # one of the two stays
    assert flag_buildings(table(place, near))["likely_same_building"].sum() == 1
    assert flag_buildings(table(place, place, place))["likely_same_building"].sum() == 2
    assert flag_buildings(table(place, near))["same_point"].sum() == 0
    assert flag_buildings(table(place, far))["likely_same_building"].sum() == 0
    other_year = flag_buildings(table(place, place | {"year_built": 1971.0}))
    assert other_year["likely_same_building"].sum() == 0
    unknown = {"year_built": np.nan}
    assert flag_buildings(table(place | unknown, place | unknown))["likely_same_building"].sum() == 1


def test_without_gas_areas_distance_to_other_gas_decides():
    def lonely(metres):
        far = {"geometry": Point(720_060 - metres, 6_215_000)}
        return flag_buildings(table(far, without=["is_in_gas_area"]))["gas_without_network"].tolist()

    assert lonely(501) == [True] + [False] * 12
    assert lonely(499) == [False] * 13
    # As read, a house knows its neighbours beyond the area that is looked at.
    known = table(without=["is_in_gas_area"]).assign(gas_distance_m=60.0)
    assert not flag_buildings(known.iloc[:1])["gas_without_network"].any()
    assert flag_buildings(known.drop(columns="gas_distance_m").iloc[:1])["gas_without_network"].all()
    only = table({}, *[PUMP] * 12).iloc[:13].drop(columns="is_in_gas_area")
    assert flag_buildings(only)["gas_without_network"].tolist() == [True] + [False] * 12


def test_municipality_code_needs_a_majority():
    half = [{"municipality_code": "0253"}] * 12
    assert flag_buildings(table(*half))["other_municipality"].sum() == 0
    assert flag_buildings(table(*half[:11]))["other_municipality"].sum() == 11


def test_optional_columns_may_be_missing():
    required = list(CLEAN)[: list(CLEAN).index("registered_total_area_m2")]
    bare = table()[[*required, "geometry"]]
    checks = check_register(bare)
    assert found(checks) == {}
    assert checks[["heat_demand_mwh", "at_stake_mwh", "at_stake_dkk"]].isna().all(axis=None)


def test_no_buildings_give_zeros():
    checks = check_register(table().iloc[:0])
    assert found(checks) == {}
    assert checks["share"].eq(0).all()
    assert checks["at_stake_mwh"].eq(0).all()


# ---- from the file ----


def test_a_clean_house_from_a_file(write, row):
    buildings, _ = read_buildings(write([row()]))
    assert found(check_register(buildings)) == {"gas_without_network": 1}


@pytest.mark.parametrize(
    ("changes", "checks"),
    [
        ({"dwelling": "", "total": "", "business": "", "footprint": ""}, {"area_unknown", "area_missing"}),
        ({"dwelling": "0", "total": "0"}, {"area_from_outline", "area_zero"}),
        ({"dwelling": "-130", "total": ""}, {"area_from_outline", "area_negative"}),
        ({"total": ""}, {"total_area_missing"}),
        ({"floors": "-1"}, {"area_negative"}),
        ({"floors": "0"}, {"floors_missing"}),
        ({"floors": ""}, {"floors_missing"}),
        ({"dwelling": "449", "total": "400"}, set()),
        ({"year": "1000"}, {"year_unknown", "year_placeholder"}),
        ({"year": ""}, {"year_unknown"}),
        ({"year": "2025"}, {"year_unknown", "year_absurd"}),
        ({"year": "-5"}, {"year_unknown", "year_absurd"}),
        ({"heating": "1", "fuel": ""}, set()),
        ({"heating": "7", "fuel": "1"}, set()),
        ({"use": "910", "heating": "", "fuel": "", "year": "1000", "dwelling": "", "total": ""}, set()),
    ],
)
def test_numbers_reach_the_checks_as_registered(write, row, changes, checks):
    neighbours = [row(2, point=ELSEWHERE), row(3, point="POINT (720250 6215000)")]
    buildings, _ = read_buildings(write([row(1, **changes), *neighbours]))
    assert found(check_register(buildings)) == dict.fromkeys(checks, 1)


def test_registered_numbers_are_kept_beside_what_is_used(write, row):
    buildings, _ = read_buildings(write([row(1, dwelling="-130", total="0", floors="-1", year="1000")]))
    kept = buildings.filter(like="registered_").iloc[0].to_dict()
    assert kept == {
        "registered_total_area_m2": 0.0,
        "registered_dwelling_area_m2": -130.0,
        "registered_business_area_m2": 0.0,
        "registered_footprint_area_m2": 150.0,
        "registered_floor_count": -1.0,
        "registered_year": 1000.0,
    }
    assert buildings["floor_count"].isna().all()


def test_estimated_outlines(write, row):
    buildings, _ = read_buildings(write([row(1), row(2, point=ELSEWHERE)]))
    assert found(check_register(attach_outlines(buildings, None))) == {"outline_estimated": 2}


# ---- what is at stake ----


def test_heat_at_stake_takes_the_mean_of_those_alike():
    demand = [10.0, np.nan, 20.0, 7.0, np.nan, np.nan]
    uses = ["120", "120", "120", "140", "131", "322"]  # a terraced house and a shop, alone of their kind
    filled = heat_at_stake(pd.DataFrame({"use_code": uses, "heat_demand_mwh": demand}))
    assert filled.tolist() == [10, 15, 20, 7, pytest.approx(37 / 3), pytest.approx(37 / 3)]


def test_checks_tell_the_heat_and_the_money_at_stake():
    a = assumptions.load("cowi-2022")
    rows = table({"year_built": np.nan, "heat_demand_mwh": np.nan, "area_m2": np.nan})
    checks = check_register(rows, a).set_index("check_name")
    assert checks.loc["year_unknown", "heat_demand_mwh"] == 0
    assert checks.loc["year_unknown", "at_stake_mwh"] == 15
    price = 595 + (24.15 * 130 + 800) / 18.1  # tariff sheet of the neighbour, standard house of 18.1 MWh
    assert checks.loc["year_unknown", "at_stake_dkk"] == pytest.approx(15 * price)
    doubled = check_register(rows.assign(heat_demand_mwh=rows["heat_demand_mwh"] * 2), a)
    assert doubled.set_index("check_name").loc["year_unknown", "at_stake_mwh"] == 30


# ---- properties ----

FAULTS = st.sampled_from([change for pair in CASES.values() for change in pair])


@settings(max_examples=15)
@given(st.lists(FAULTS, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_buildings_does_not_matter(faults, random):
    rows = table(*faults)
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = flag_buildings(rows.iloc[order])
    pd.testing.assert_frame_equal(shuffled.loc[rows.index], flag_buildings(rows))


@settings(max_examples=15)
@given(st.lists(FAULTS, min_size=1, max_size=8), st.integers(1, 19))
def test_what_looks_at_one_building_says_the_same_of_a_part(faults, size):
    rows = table(*faults)
    scope = code_list("check")["scope"]
    local = scope.index[scope == "row"].tolist()
    whole, part = flag_buildings(rows), flag_buildings(rows.iloc[:size])
    pd.testing.assert_frame_equal(part[local], whole.iloc[:size][local])


@settings(max_examples=15)
@given(st.lists(FAULTS, min_size=1, max_size=8), st.integers(0, 3))
def test_counts_and_stakes_are_bounded_and_scale(faults, power):
    rows = table(*faults)
    before = rows.copy()
    checks = check_register(rows)
    assert (checks["building_count"] <= len(rows)).all()
    assert checks["share"].between(0, 1).all()
    assert (checks["at_stake_mwh"] >= checks["heat_demand_mwh"]).all()
    assert (checks["at_stake_mwh"] <= heat_at_stake(rows).sum() + 1e-9).all()
    scaled = check_register(rows.assign(heat_demand_mwh=rows["heat_demand_mwh"] * 2**power))
    np.testing.assert_allclose(scaled["at_stake_mwh"], checks["at_stake_mwh"] * 2**power)
    pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.DataFrame(before))


def test_the_list_of_checks_tells_how_each_could_change_the_answer():
    checks = check_list()
    assert checks.columns.tolist() == ["check_name", "label_da", "label_en", "severity", "effect"]
    assert checks["check_name"].is_unique
    assert (checks[["label_da", "label_en"]] != "").all(axis=None)
    assert set(checks["severity"]) == {"error", "warning", "note"}
    assert set(checks["effect"]) == {"may_leave", "may_join", "demand", "none"}


@pytest.mark.parametrize("effect", ["may_leave", "may_join"])
def test_who_may_leave_is_counted_and_who_may_join_is_not(effect):
    checks = check_list().set_index("check_name")
    for name in checks.index[checks["effect"] == effect]:
        if name in PAIRED | {
            "effective_later",
            "other_municipality",
            "summer_house_with_boiler",
            "summer_house_lived_in",
        }:
            continue  # customers and others alike; summer houses are left out by their use
        row = table(CASES[name][0]).iloc[0]
        assert bool(row["is_oil"] or row["is_gas"]) == (effect == "may_leave"), name


def test_the_manual_lists_every_check_as_it_is():
    page = (Path(__file__).parents[2] / "docs" / "register-checks.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    told = [(row[0].strip("`"), *row[1:4]) for row in rows]
    checks = check_list()[["check_name", "label_en", "severity", "effect"]]
    assert told == list(checks.itertuples(index=False, name=None))
    limits = {name for row in rows for name in re.findall(r"`(\w+)`", row[4])} - {"area_source"}
    assert limits <= set(assumptions.load("cowi-2022").table()["name"])
