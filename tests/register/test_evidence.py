"""What the reader keeps for the checks: history, notes and the distance to the building's own outline."""

from __future__ import annotations

import csv

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from screening import register

FILE = "BBR_Bygning_2020-04-18.csv"


def first(write, records, **options):
    buildings, _ = register.read_buildings(write(records, "json list", "Bygning.json"), **options)
    return buildings.iloc[0]


def test_how_long_an_entry_has_been_untouched(write, row):
    old = row(1, registreringFra="2017-06-02T12:00:00Z", virkningFra="2012-01-01T00:00:00Z")
    new = row(2, registreringFra="2020-01-01T00:00:00Z", virkningFra="2020-01-01T00:00:00Z")
    house = first(write, [old, new])
    assert house["untouched_years"] == pytest.approx(8.0, abs=0.01)
    assert not house["is_effective_later"]
    without = first(write, [old | {"virkningFra": None}, new])
    assert without["untouched_years"] == pytest.approx(2.58, abs=0.01)  # June 2017 to the end of 2019


def test_effective_after_the_register(write, row):
    later = row(1, registreringFra="2019-01-01T00:00:00Z", virkningFra="2020-01-02T00:00:00Z")
    newest = row(2, virkningFra="2020-01-01T00:00:00Z")
    buildings, _ = register.read_buildings(write([later, newest], "json list", "Bygning.json"))
    assert buildings["is_effective_later"].tolist() == [True, False]
    assert buildings["untouched_years"].tolist() == [0, 0]
    flags = register.flag_buildings(buildings)
    assert flags["effective_later"].tolist() == [True, False]


def test_notes_are_kept_as_they_are(write, row):
    house = first(
        write,
        [
            row(
                1,
                byg135SupplerendeOplysningOmKoordinatsæt="32",
                byg131DispensationFritagelseIftKollektivVarmeforsyning="2",
                grund="p-1",
                virkningFra="2020-01-01T00:00:00Z",
            )
        ],
    )
    assert house[["coordinate_note_code", "dispensation_code", "plot_id"]].tolist() == ["32", "2", "p-1"]


def test_distance_and_area_of_the_own_outline(write, row):
    shapes = [box(720_010.5, 6_215_000, 720_020.5, 6_215_012), box(0, 0, 1, 1)]
    outlines = gpd.GeoDataFrame(
        {"outline_source": ["mapped"] * 2},
        geometry=shapes,
        index=["00000000-0000-4000-8000-000000000001", "another"],
        crs="EPSG:25832",
    )
    near = first(write, [row(1)], outlines=outlines)
    assert near["outline_distance_m"] == 10.0
    assert near["outline_area_m2"] == 120.0
    unplaced = first(write, [row(1, point=None)], outlines=outlines)
    assert pd.isna(unplaced["outline_distance_m"])  # its point was taken from the outline
    without = first(write, [row(2)], outlines=outlines)
    assert pd.isna(without["outline_distance_m"])
    assert pd.isna(without["outline_area_m2"])
    assert "outline_area_m2" not in first(write, [row(1)])


def test_real_counts_by_hand(real_data):
    """The checks on the real cut, against counts made here with nothing but the csv module."""
    with (real_data / "bbr" / FILE).open(encoding="utf-8-sig") as stream:
        rows = [r for r in csv.DictReader(stream) if r["status"] == "6" and not r["registreringTil"]]

    def number(row, start):
        return next(float(v) if v else None for name, v in row.items() if name.startswith(start))

    houses = [r for r in rows if not is_left_out(r)]
    areas = [[number(r, f"byg0{field}") for field in (38, 39, 40)] for r in houses]
    stated = [[area for area in house if area is not None] for house in areas]
    years = [number(r, "byg026") for r in houses]
    notes = [r["byg135SupplerendeOplysningOmKoordinatsæt"] for r in houses]
    expected = {
        "area_missing": sum(not house for house in stated),
        "area_zero": sum(bool(house) and set(house) == {0} for house in stated),
        "area_negative": sum(any(area < 0 for area in house) for house in stated),
        "floors_missing": sum(not number(r, "byg054") for r in houses),
        "year_placeholder": sum(year in {0, 1000} for year in years),
        "point_on_parcel": sum(note in {"31", "32"} for note in notes),
        "dwelling_exceeds_total": sum(
            bool(total) and (dwelling or 0) > total + (number(r, "byg041") or 0)
            for r, (total, dwelling, _) in zip(houses, areas, strict=True)
        ),
        "district_heating_with_fuel": sum(
            r["byg056Varmeinstallation"] == "1" and r["byg057Opvarmningsmiddel"] != "" for r in rows
        ),
        "heating_on_units": sum(r["byg056Varmeinstallation"] == "99" for r in rows),
    }
    buildings, _ = register.read_buildings(real_data / "bbr" / FILE)
    found = register.check_register(buildings).set_index("check_name")["building_count"]
    assert found[list(expected)].to_dict() == expected
    assert sum(expected.values()) > 200


def is_left_out(row):
    use = row["byg021BygningensAnvendelse"]
    return use in {"510", "540", "585"} or (use.startswith("9") and use != "999")


def rows_of(folder, name):
    with (folder / name).open(encoding="utf-8-sig") as stream:
        return [r for r in csv.DictReader(stream) if r["status"] == "6" and not r["registreringTil"]]


def tanks_by_house(folder):
    """Building id -> whether each of its tanks is in use: the one heated house of address, else of plot."""
    at, by_id = {}, {}
    for r in rows_of(folder, FILE):
        by_id[r["id_lokalId"]] = r
        if not is_left_out(r):
            at.setdefault(("address", r["husnummer"]), []).append(r)
            at.setdefault(("plot", r["grund"]), []).append(r)
    tanks = {}
    for r in rows_of(folder, "BBR_TekniskAnlaeg_2020-04-18.csv"):
        if r["tek020Klassifikation"] != "1110" or r["tek034IndholdOlietank"] not in {"", "10", "11", "12"}:
            continue
        houses = at.get(("address", r["husnummer"])) or at.get(("plot", r["grund"]), [])
        houses = [h for h in houses if h["byg056Varmeinstallation"] not in {"", "9"}] or houses
        if r["bygning"] in by_id:
            houses = [by_id[r["bygning"]]]
        if len(houses) == 1:
            closed = r["tek028SløjfningOlietank"] or float(r["tek072Sløjfningsår"] or 0) > 0
            tanks.setdefault(houses[0]["id_lokalId"], []).append(not closed)
    return by_id, tanks


def test_real_tanks_by_hand(real_data):
    folder = real_data / "bbr"
    buildings, _ = register.read_buildings(folder / FILE)
    buildings, counts = register.add_evidence(
        buildings,
        units=folder / "BBR_Enhed_2020-04-18.csv",
        installations=folder / "BBR_TekniskAnlaeg_2020-04-18.csv",
    )
    assert counts["units_read"] == counts[["units_not_standing", "units_linked", "units_not_linked"]].sum()
    told = ["not_standing", "other", "linked", "shared", "not_linked"]
    assert counts["installations_read"] == counts[[f"installations_{name}" for name in told]].sum() == 591
    by_id, tanks = tanks_by_house(folder)
    fossil = {
        i: r["byg057Opvarmningsmiddel"] if r["byg056Varmeinstallation"] in {"2", "6"} else ""
        for i, r in by_id.items()
    }
    in_use = {i for i, states in tanks.items() if any(states) and not is_left_out(by_id[i])}
    flags = register.flag_buildings(buildings)
    found = {name: set(flags.index[flags[name]]) for name in flags}
    assert found["oil_tank_without_oil"] == {i for i in in_use if fossil[i] not in {"2", "3", "7"}}
    assert found["oil_tank_beside_gas"] == {i for i in in_use if fossil[i] in {"2", "7"}}
    closed = {i for i, states in tanks.items() if not any(states) and fossil[i] == "3"}
    assert found["oil_boiler_tank_closed"] == closed
    assert (len(found["oil_tank_without_oil"]), len(closed)) == (13, 4)
