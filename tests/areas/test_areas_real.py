"""Areas on the real register cut, against a count done row by row from the file."""

from __future__ import annotations

import csv

import geopandas as gpd
import pytest
import shapely

from screening import assumptions
from screening.areas import assign, delineate, density_grid, key_figures
from screening.register import is_relevant, read_buildings

SET = assumptions.load("cowi-2022")
LEFT_OUT = {"510", "540", "585", "910", "920", "930", "940", "950", "960", "970", "990"}


@pytest.fixture(scope="module")
def buildings(real_data):
    read, _ = read_buildings(real_data / "bbr" / "BBR_Bygning_2020-04-18.csv")
    return read.assign(heat_demand_mwh=read["area_m2"] * 0.12)


@pytest.fixture(scope="module")
def areas(real_data):
    return gpd.read_file(real_data / "bbr" / "sample_areas.gpkg")


def count_by_hand(real_data, polygon):
    """Standing buildings with an oil or gas boiler in a polygon, straight from the file."""
    found = set()
    with (real_data / "bbr" / "BBR_Bygning_2020-04-18.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            standing = row["status"] == "6" and not row["virkningTil"] and not row["registreringTil"]
            boiler = row["byg056Varmeinstallation"] in {"2", "6"}
            fossil = row["byg057Opvarmningsmiddel"] in {"2", "3", "7"}
            relevant = row["byg021BygningensAnvendelse"] not in LEFT_OUT
            placed = row["byg404Koordinat"] and shapely.from_wkt(row["byg404Koordinat"]).intersects(polygon)
            if standing and boiler and fossil and relevant and placed:
                found.add(row["id_lokalId"].lower())
    return len(found)


@pytest.mark.parametrize("name", ["Karlslunde", "Greve Strand", "Dragør", "Mannerup", "Slagelse"])
def test_counts_agree_with_a_count_by_hand(real_data, buildings, areas, name):
    trimmed = delineate(buildings, areas, SET)
    figures = key_figures(buildings, trimmed, SET).set_index("area").loc[name]
    outside = trimmed.set_index("area").loc[name, "outside_count"]
    original = areas.set_index("area").loc[name, "geometry"]
    assert figures["oil_gas_count"] + outside == count_by_hand(real_data, original)
    inside = trimmed.set_index("area").loc[name, "geometry"]
    assert figures["oil_gas_count"] == count_by_hand(real_data, inside)


def test_the_real_towns_are_plausible(buildings, areas):
    trimmed = delineate(buildings, areas, SET).set_index("area")
    figures = key_figures(buildings, trimmed.reset_index(), SET).set_index("area")
    # Streets of gas-heated houses, cut as a strip of 200 m: 1,000 to 2,000 m2 for each.
    towns = ["Karlslunde", "Greve Strand", "Dragør"]
    per_building_m2 = figures["area_km2"] * 1e6 / figures["oil_gas_count"]
    assert per_building_m2[towns].between(1000, 2000).all()
    assert figures.loc[towns, "density_kwh_per_m2"].between(9, 15).all()
    assert (trimmed["area_km2"] < trimmed["original_km2"]).all()
    assert figures.loc["Slagelse", "oil_gas_count"] == 0


def test_the_density_grid_conserves_the_heat_of_the_cut(buildings, areas):
    chosen = buildings[is_relevant(buildings["use_code"]) & assign(buildings, areas).eq("Dragør")]
    for cell_m in (100.0, 37.5):
        array, _, _ = density_grid(chosen, cell_m=cell_m)
        assert array.sum() == pytest.approx(chosen["heat_demand_mwh"].sum(), rel=1e-9)
