"""The real cut of 18 April 2020, against counts made here with nothing but the csv module."""

from __future__ import annotations

import csv
import json
from collections import Counter

import numpy as np
import pytest

from screening import register

AREAS = ("byg039BygningensSamledeBoligAreal", "byg040BygningensSamledeErhvervsAreal")
TOTAL, FOOTPRINT, FLOORS = "byg038SamletBygningsareal", "byg041BebyggetAreal", "byg054AntalEtager"
HEATING, FUEL = "byg056Varmeinstallation", "byg057Opvarmningsmiddel"


@pytest.fixture(scope="module")
def rows(real_data):
    with (real_data / "bbr" / "BBR_Bygning_2020-04-18.csv").open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def standing(rows):
    return {r["id_lokalId"]: r for r in rows if r["status"] == "6" and not r["registreringTil"]}


@pytest.fixture(scope="module")
def result(real_data):
    return register.read_buildings(real_data / "bbr" / "BBR_Bygning_2020-04-18.csv")


def number(text):
    return float(text or 0)


def test_every_row_is_accounted_for(rows, standing, result):
    buildings, report = result
    assert len(rows) == 2705
    assert len(standing) == 2205
    assert report.counts["rows_read"] == 2705
    assert report.counts["kept"] == len(buildings) == 2205
    assert report.counts["dropped_status_not_standing"] == 500
    assert report.counts.drop("rows_read").sum() == 2705
    assert set(buildings.index) == set(standing)
    assert report.register_date == "2020-04-17" == max(r["registreringFra"] for r in rows)[:10]
    dropped = {rows[i - 1]["id_lokalId"] for i in report.dropped["row"]}
    assert dropped == set(report.dropped["building_id"]) == {r["id_lokalId"] for r in rows} - set(standing)


def test_heated_area_by_hand(standing, result):
    buildings, report = result
    sources = Counter()
    for building_id, r in standing.items():
        stated = sum(number(r[name]) for name in AREAS)
        expected = (
            (stated, "dwelling_business")
            if stated
            else (number(r[TOTAL]), "total")
            if number(r[TOTAL])
            else (number(r[FOOTPRINT]) * (number(r[FLOORS]) or 1), "outline")
        )
        sources[expected[1]] += 1
        assert (buildings.at[building_id, "area_m2"], buildings.at[building_id, "area_source"]) == expected
    assert sources == {"dwelling_business": 1145, "total": 4, "outline": 1056}
    outline = [report.repairs[k] for k in ("area_from_outline", "area_from_outline_outbuilding")]
    assert sum(outline) == 1056
    # 15 standing rows have no total area and no dwelling or business area: outbuildings, by their footprint.
    bare = [i for i, r in standing.items() if r[TOTAL] == "" and not any(number(r[n]) for n in AREAS)]
    assert len(bare) == 15
    assert buildings.loc[bare, "area_source"].eq("outline").all()
    assert not (buildings["area_m2"] == 0).any()


def test_boilers_by_hand(standing, result):
    buildings, report = result
    kinds = Counter()
    for r in standing.values():
        if r[HEATING] in {"2", "6"}:
            kinds["oil" if r[FUEL] == "3" else "gas" if r[FUEL] in {"2", "7"} else "other"] += 1
        elif r[HEATING] in {"3", "8"} and r[FUEL] in {"2", "3", "7"}:
            kinds["edge"] += 1
    assert buildings["is_oil"].sum() == kinds["oil"] == 85
    assert buildings["is_gas"].sum() == kinds["gas"] == 383
    assert report.repairs["oil_or_gas_without_boiler"] == kinds["edge"] == 5


def test_years_and_points_by_hand(standing, result):
    buildings, report = result
    unknown = [i for i, r in standing.items() if number(r["byg026Opførelsesår"]) <= 1000]
    assert report.repairs["year_unknown"] == len(unknown) == 263
    assert buildings.loc[unknown, "year_built"].isna().all()
    for building_id in list(standing)[::50]:
        text = standing[building_id]["byg404Koordinat"]
        x, y = map(float, text[text.index("(") + 1 : -1].split())
        point = buildings.geometry.loc[building_id]
        assert (point.x, point.y) == (x, y)
    assert {r["kommunekode"] for r in standing.values()} == set(buildings["municipality_code"])


@pytest.mark.parametrize(
    ("name", "dialect"), [("dialect_filudtraek.json", "Filudtræk JSON"), ("dialect_graphql.json", "GraphQL")]
)
def test_the_rows_of_another_dialect_equal_the_csv(real_data, result, name, dialect):
    path = real_data / "bbr" / name
    content = json.loads(path.read_text(encoding="utf-8"))
    records = content["BygningList"] if "data" not in content else content["data"]["BBR_Bygning"]["nodes"]
    buildings, report = register.read_buildings(path)
    assert report.dialect == dialect
    assert report.counts["rows_read"] == len(records) == 40
    assert report.counts["kept"] == sum(r["status"] == "6" for r in records) == len(buildings)
    same = result[0].loc[buildings.index]
    # These are told from the whole file: its date, its other buildings.
    of_the_file = ["untouched_years", "is_effective_later", "gas_distance_m"]
    for column in buildings.columns.drop(["geometry", *of_the_file]):
        mine, theirs = buildings[column], same[column]
        assert ((mine == theirs) | (mine.isna() & theirs.isna())).all(), column
    assert buildings.geometry.geom_equals(same.geometry).all()


@pytest.mark.parametrize("name", ["GeoDanmark_Bygning.gpkg", "fields_bygning.csv"])
def test_other_real_files_are_no_register(real_data, name):
    assert not register.is_building_file(real_data / "bbr" / name)


def test_outlines_and_layers(real_data, result):
    outlines = register.read_outlines(real_data / "bbr" / "GeoDanmark_Bygning.gpkg")
    assert outlines["part_count"].sum() == 2100
    attached = register.attach_outlines(result[0], outlines)
    mapped = attached["outline_source"] == "mapped"
    assert mapped.sum() == 2049  # ids of both files in common
    assert attached.is_valid.all()
    # A check on the join: a mapped outline lies at its building's point, and is about as large as registered.
    assert np.median(attached[mapped].distance(result[0][mapped])) == 0
    ratio = attached[mapped].area / result[0].loc[mapped, "footprint_area_m2"]
    assert 0.9 < ratio.median() < 1.3
    assert len(register.read_areas(real_data / "bbr" / "sample_areas.gpkg")) == 11
    roads = register.read_roads(real_data / "bbr" / "GeoDanmark_Vejmidte.gpkg")
    assert len(roads) == 4951
    assert roads["road_class"].notna().all()


def test_checks_of_one_area(real_data, result):
    areas = register.read_areas(real_data / "bbr" / "sample_areas.gpkg").set_index("area")
    inside = result[0][result[0].within(areas.geometry["Karlslunde"])]
    whole, part = register.check_register(result[0]), register.check_register(inside)
    assert (part["building_count"] <= whole["building_count"]).all()
    counts = whole.set_index("check_name")["building_count"]
    assert counts["heating_on_units"] == 1
    assert counts["fossil_without_boiler"] == 5
    assert counts["outbuilding_with_heating"] == 10
    assert counts["summer_house_with_boiler"] == 2
