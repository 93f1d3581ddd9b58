"""Demand of the real oil and gas houses, against a count by hand with the csv module."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from screening import assumptions
from screening.demand import annual_heat_demand
from screening.register import is_relevant, read_buildings, use_group

# Vojens 2021, detached houses: last year of the class, kWh/m2.
DETACHED = [(1920, 178), (1962, 154), (1978, 115), (1998, 103), (2006, 93), (2015, 72), (9999, 53)]
AREAS = ["byg039BygningensSamledeBoligAreal", "byg040BygningensSamledeErhvervsAreal"]
FILE = "BBR_Bygning_2020-04-18.csv"


@pytest.fixture(scope="module")
def buildings(real_data):
    table, _ = read_buildings(real_data / "bbr" / FILE)
    return table.assign(heat_demand_mwh=annual_heat_demand(table, assumptions.load("cowi-2022")))


def test_detached_boiler_houses_by_municipality(real_data, buildings):
    expected = defaultdict(lambda: [0, 0.0])
    with (real_data / "bbr" / FILE).open(encoding="utf-8-sig") as stream:
        for row in csv.DictReader(stream):
            boiler = (row["byg056Varmeinstallation"] in {"2", "6"}) and (
                row["byg057Opvarmningsmiddel"] in {"2", "3", "7"}
            )
            if row["status"] != "6" or row["byg021BygningensAnvendelse"] not in {"110", "120"} or not boiler:
                continue
            year = int(row["byg026Opførelsesår"])
            area = sum(int(row[name] or 0) for name in AREAS)
            figure = 121 if year <= 1000 else next(kwh for last, kwh in DETACHED if year <= last)
            entry = expected[row["kommunekode"]]
            entry[0] += 1
            entry[1] += area * figure / 1000
    houses = buildings[
        buildings["use_code"].isin(["110", "120"]) & (buildings["is_oil"] | buildings["is_gas"])
    ]
    found = houses.groupby("municipality_code")["heat_demand_mwh"].agg(["size", "sum"])
    assert set(found.index) == set(expected)
    for code, (count, heat) in expected.items():
        assert found.loc[code, "size"] == count
        assert found.loc[code, "sum"] == pytest.approx(heat)
    assert sum(count for count, _ in expected.values()) > 300


def test_demand_is_plausible_and_nothing_is_lost(buildings):
    boilers = buildings[(buildings["is_oil"] | buildings["is_gas"]) & is_relevant(buildings["use_code"])]
    assert boilers["heat_demand_mwh"].notna().all()
    figure = 1000 * boilers["heat_demand_mwh"].sum() / boilers["area_m2"].sum()
    assert 100 < figure < 150  # metered Danish district heating averages about 120 kWh/m2
    houses = boilers[use_group(boilers["use_code"]) == "detached_house"]
    assert 10 < houses["heat_demand_mwh"].median() < 25  # the standard house is 18.1 MWh
    outbuildings = use_group(buildings["use_code"]) == "unheated"
    assert outbuildings.sum() > 1000
    assert buildings.loc[outbuildings, "heat_demand_mwh"].eq(0).all()
    assert (buildings["heat_demand_mwh"].isna() == buildings["area_m2"].isna()).all()
