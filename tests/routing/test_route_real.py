"""The real cut of buildings and roads: every oil or gas building is reached or named."""

from __future__ import annotations

import pytest

from routing_towns import CRS
from screening import assumptions, register
from screening.demand import annual_heat_demand
from screening.routing import route

A = assumptions.load("cowi-2022")


@pytest.fixture(scope="module")
def real(real_data):
    folder = real_data / "bbr"
    outlines = register.read_outlines(folder / "GeoDanmark_Bygning.gpkg")
    buildings, _ = register.read_buildings(
        folder / "BBR_Bygning_2020-04-18.csv", outlines=outlines, assumptions=A
    )
    buildings["heat_demand_mwh"] = annual_heat_demand(buildings, assumptions=A)
    areas = register.read_areas(folder / "sample_areas.gpkg").set_index("area")
    roads = register.read_roads(folder / "GeoDanmark_Vejmidte.gpkg")
    return buildings, outlines, areas, roads


# How many oil and gas buildings stand in each polygon was counted in the file by itself.
@pytest.mark.parametrize(("town", "count"), [("Karlslunde", 176), ("Dragør", 116), ("Greve Strand", 66)])
def test_every_oil_and_gas_building_is_reached_or_named(real, town, count):
    buildings, outlines, areas, roads = real
    inside = buildings[buildings.within(areas.geometry[town])]
    customers = inside[inside["is_oil"] | inside["is_gas"]]
    assert len(customers) == count
    everything = register.attach_outlines(inside, outlines, A)
    found = route(everything.loc[customers.index], roads, A, obstacles=everything)
    served = found.edges["building_id"].dropna()
    assert sorted([*served, *found.unreachable["building_id"]]) == sorted(customers.index)
    assert found.unreachable.empty
    assert found.edges.crs == CRS
    assert found.gap_share < 0.05
    assert 15 < found.total_m / count < 60  # metres of trench for a building in streets of houses


def test_the_source_names_the_roads(real):
    buildings, outlines, areas, roads = real
    assert roads["road_id"].notna().all()
    inside = buildings[buildings.within(areas.geometry["Greve Strand"])]
    found = route(register.attach_outlines(inside, outlines, A), roads, A)
    street = found.edges[found.edges["kind"] == "street"]
    named = dict(zip(roads["road_id"], roads["road_class"], strict=True))
    on_road = street[street["road_id"].notna()]
    assert len(on_road) > 20
    assert (on_road["surface"] == on_road["road_id"].map(named)).all()


def test_without_links_what_is_cut_off_is_named(real):
    buildings, outlines, areas, roads = real
    inside = buildings[buildings.within(areas.geometry["Dragør"])]
    customers = register.attach_outlines(inside[inside["is_oil"] | inside["is_gas"]], outlines, A)
    found = route(customers, roads, A.replace(routing_link_m=0))
    assert set(found.unreachable["reason"]) == {"road_not_connected"}
    assert len(found.edges["building_id"].dropna()) + len(found.unreachable) == len(customers)
    parts = found.components[found.components["building_count"] > 0]
    assert parts["building_count"].sum() == len(customers)
    assert parts["is_supplied"].sum() == 1
