"""Register checks: each finds what it is named for, and nothing in a clean table."""

from __future__ import annotations

import pytest

from screening.register import (
    attach_outlines,
    check_list,
    check_register,
    flag_buildings,
    read_buildings,
)
from screening.register.checks import CHECK_COLUMNS

ELSEWHERE = "POINT (721000 6215000)"


def found(table):
    counts = table.set_index("check_name")["building_count"]
    return counts[counts > 0].to_dict()


def test_a_clean_house_passes_every_check(write, row):
    buildings, _ = read_buildings(write([row()]))
    table = check_register(buildings)
    assert table.columns.tolist() == CHECK_COLUMNS
    assert found(table) == {}
    assert table["check_name"].is_unique
    assert set(table["severity"]) == {"error", "warning", "note"}
    assert table["heat_demand_mwh"].isna().all()


@pytest.mark.parametrize(
    ("changes", "checks"),
    [
        ({"dwelling": "", "total": "", "footprint": ""}, {"area_unknown"}),
        ({"dwelling": "", "total": ""}, {"area_from_outline"}),
        ({"dwelling": "460"}, {"area_absurd"}),  # over 3 x 150 m2 x 1 floor
        ({"dwelling": "10"}, {"area_absurd"}),
        ({"dwelling": "449"}, set()),
        ({"year": "1000"}, {"year_unknown"}),
        ({"use": "777"}, {"use_unknown"}),
        ({"use": "130"}, {"use_phased_out"}),
        ({"heating": "", "fuel": ""}, {"heating_unknown"}),
        ({"heating": "4"}, {"heating_unknown"}),
        ({"heating": "99", "fuel": ""}, {"heating_on_units"}),
        ({"fuel": ""}, {"boiler_without_fuel"}),
        ({"fuel": "1"}, {"boiler_on_electricity"}),
        ({"heating": "1", "fuel": "7"}, {"fuel_contradicts_installation"}),
        ({"heating": "1", "fuel": ""}, set()),
        ({"heating": "5", "fuel": "7"}, {"fuel_contradicts_installation"}),
        ({"heating": "7", "fuel": "1"}, set()),
        ({"heating": "9", "fuel": ""}, {"dwelling_without_heating"}),
        ({"use": "323", "heating": "9", "fuel": ""}, set()),
        ({"use": "910", "heating": "2"}, {"outbuilding_with_heating"}),
        ({"use": "910", "heating": "", "fuel": "", "year": "1000", "dwelling": "", "total": ""}, set()),
        ({"use": "510"}, {"summer_house_with_boiler"}),
        ({"heating": "3", "fuel": "3"}, {"fossil_without_boiler"}),
        ({"extra": "1"}, {"heat_pump_beside_boiler"}),
        ({"quality": "3"}, {"point_doubtful"}),
    ],
)
def test_each_check_finds_its_fault(write, row, changes, checks):
    buildings, _ = read_buildings(write([row(1, **changes), row(2, point=ELSEWHERE)]))
    table = check_register(buildings)
    assert found(table) == dict.fromkeys(checks, 1)
    assert table.loc[table["building_count"] > 0, "share"].eq(0.5).all()
    assert flag_buildings(buildings).iloc[1].sum() == 0


def test_same_point_and_estimated_outlines_and_heat(write, row):
    buildings, _ = read_buildings(write([row(1), row(2), row(3, point=ELSEWHERE, year="0")]))
    buildings = attach_outlines(buildings, None).assign(heat_demand_mwh=[10.0, None, 5.0])
    table = check_register(buildings).set_index("check_name")
    assert found(table.reset_index()) == {"same_point": 2, "outline_estimated": 3, "year_unknown": 1}
    assert table.loc["same_point", "heat_demand_mwh"] == 10
    assert table.loc["outline_estimated", "heat_demand_mwh"] == 15
    assert table.loc["area_unknown", "heat_demand_mwh"] == 0


def test_no_buildings_give_zeros(write, row):
    buildings, _ = read_buildings(write([row()]))
    table = check_register(buildings.iloc[:0])
    assert found(table) == {}
    assert table["share"].eq(0).all()


def test_the_list_of_checks_tells_how_each_could_change_the_answer():
    table = check_list()
    assert table.columns.tolist() == ["check_name", "label_da", "label_en", "severity", "effect"]
    assert table["check_name"].is_unique
    assert set(table["effect"]) == {"may_leave", "may_join", "demand", "none"}
    effects = table.set_index("check_name")["effect"]
    assert effects["heat_pump_beside_boiler"] == "may_leave"
    assert effects["boiler_without_fuel"] == "may_join"
    assert effects["area_unknown"] == "demand"
