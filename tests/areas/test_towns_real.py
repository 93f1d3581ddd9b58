"""Towns of the real register cut, found without polygons, against those drawn by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from screening import assumptions
from screening.areas import assign, survey_areas
from screening.demand import heat_demand
from screening.register import read_buildings

SET = assumptions.load("cowi-2022")
TOWNS = ["Karlslunde", "Greve Strand", "Dragør", "Søvang"]


@pytest.fixture(scope="module")
def buildings(real_data):
    read, _ = read_buildings(real_data / "bbr" / "BBR_Bygning_2020-04-18.csv")
    demand, _ = heat_demand(read, SET)
    return read.join(demand)


@pytest.fixture(scope="module")
def drawn(real_data):
    return gpd.read_file(real_data / "bbr" / "sample_areas.gpkg")


def shares(buildings, drawn, method):
    """Share of each drawn town's oil and gas heat in the one area found that holds most of it."""
    found = survey_areas(buildings, SET, method=method)
    chosen = buildings.loc[found.home.index]
    table = chosen.assign(drawn=assign(chosen, drawn), found=found.home)
    heat = table.groupby(["drawn", "found"])["heat_demand_mwh"].sum()
    whole = table.groupby("drawn")["heat_demand_mwh"].sum()
    return (heat.groupby("drawn").max() / whole).reindex(TOWNS).fillna(0.0), found


@pytest.mark.parametrize("method", ["triangles", "circles"])
def test_the_drawn_towns_are_found_with_nearly_all_their_heat(buildings, drawn, method):
    share, found = shares(buildings, drawn, method)
    assert (share > 0.9).all()
    # No area found holds two of the drawn ones.
    placed = found.home.dropna()
    home = assign(buildings, drawn)[placed.index]
    assert placed.groupby(home).agg(lambda names: names.mode().iloc[0]).loc[TOWNS].is_unique
    oil_gas = int(found.areas["building_count"].sum() + found.left_out["building_count"].sum())
    assert oil_gas == len(found.home)


def test_density_loses_the_thin_edge_of_the_drawn_towns(buildings, drawn):
    share, found = shares(buildings, drawn, "density")
    whole, _ = shares(buildings, drawn, "triangles")
    assert (share < whole).all()
    assert found.left_out["reason"].eq("below_density").any()


def test_taking_a_real_building_away_leaves_names_and_the_other_towns(buildings):
    before = survey_areas(buildings, SET)
    outlines = before.areas.set_index("area").geometry
    rng = np.random.default_rng(7)
    for goes in rng.choice(before.home.dropna().index.to_numpy(), 12, replace=False):
        after = survey_areas(buildings.drop(index=goes), SET)
        town = before.home[goes]
        others = after.areas[after.areas["area"] != town].set_index("area").geometry
        assert list(others.index) == [name for name in outlines.index if name != town]
        assert others.geom_equals_exact(outlines[others.index], 1e-6).all()
        now = after.areas.set_index("area").geometry[town]
        moved = shapely.buffer(shapely.symmetric_difference(outlines[town], now), -0.5)
        point = buildings.geometry[goes]
        assert moved.difference(point.buffer(450)).area == pytest.approx(0, abs=1e-6)
