"""The network of each area along its roads, beside the one priced by area."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from routing_towns import CRS, houses, roads
from screening import assumptions
from screening.economics import screen_areas
from screening.networks import add_network, lay_networks, networks_to_show, pipes_to_show
from screening.supply import PipeSizeError

COWI = assumptions.load("cowi-2022")


def figures(areas, counts, heat):
    km2, count, heat = 0.05, np.array(counts), np.array(heat, float)
    return pd.DataFrame(
        {
            "area": areas,
            "individual_count": count,
            "oil_gas_count": count,
            "individual_heat_mwh": heat,
            "oil_gas_heat_mwh": heat,
            "area_km2": km2,
            "density_kwh_per_m2": heat / km2 / 1000,
            "oil_gas_share": 1.0,
            "heat_pump_count": 0,
            "heat_pump_share": 0.0,
        }
    )


@pytest.fixture(scope="module")
def street():
    """Ten houses, 20 m each side of a street of 400 m; one is no customer, one far from any road."""
    where = [(40.0 * n + 20.0, 20.0 if n % 2 else -20.0) for n in range(10)]
    where[9] = (2000.0, 900.0)
    homes = houses(where, heat=18.1)
    buildings = gpd.GeoDataFrame(
        {
            "area": "Nord",
            "is_in_trimmed": True,
            "is_oil_gas": [n != 4 for n in range(10)],
            "heat_demand_mwh": 18.1,
            "heat_demand_source": "model",
        },
        index=homes.index,
        geometry=homes.centroid,
        crs=CRS,
    )
    lines = roads([[(0, 0), (400, 0)]], ["Lokalvej-Tertiær"])
    return buildings, homes[["geometry"]], lines


def test_it_is_the_trench_of_those_reached_with_the_price_of_all(street):
    buildings, outlines, lines = street
    key = figures(["Nord"], [9], [9 * 18.1])
    found = lay_networks(buildings, outlines, lines, key, COWI)
    row = found.networks.iloc[0]
    assert (row["customer_count"], row["reached_count"]) == (9, 8)
    # From the house at 20 m to the one at 340 m; each wall stands 15 m from the street.
    assert row["street_m"] == pytest.approx(320.0)
    assert row["service_m"] == pytest.approx(8 * 15.0)
    pipes = found.pipes
    street_dkk = pipes.loc[pipes["kind"] == "street", "price_dkk"].sum()
    assert row["network_dkk"] == pytest.approx(street_dkk * 9 / 8)
    assert row["area_network_dkk"] == pytest.approx(0.05 * 65e6)
    assert row["area_network_heat_loss_mwh"] == pytest.approx(0.05 * 1125)
    assert found.unreachable["building_id"].tolist() == ["b0009"]
    assert found.sizes["length_m"].sum() == pytest.approx(440.0)


def test_verdicts_are_those_of_the_two_sets(street):
    buildings, outlines, lines = street
    key = figures(["Nord"], [9], [9 * 18.1])
    found = lay_networks(buildings, outlines, lines, key, COWI).networks
    by_area = screen_areas(key, COWI).iloc[0]
    by_pipes = screen_areas(add_network(key, found, COWI), COWI.replace(is_network_by_pipes=1)).iloc[0]
    price = "user_price_district_heating_dkk_per_year"
    assert found.loc[0, "area_user_price_dkk_per_year"] == by_area[price]
    assert found.loc[0, "user_price_dkk_per_year"] == by_pipes[price] != by_area[price]
    assert bool(found.loc[0, "is_viable"]) == by_pipes["is_viable"]
    assert found.loc[0, "npv_project_dkk"] == by_pipes["npv_project_dkk"]


def test_without_roads_nobody_is_reached_and_the_area_keeps_its_price(street):
    buildings, outlines, lines = street
    key = figures(["Nord"], [9], [9 * 18.1])
    found = lay_networks(buildings, outlines, lines.iloc[:0], key, COWI)
    row = found.networks.iloc[0]
    assert row["reached_count"] == 0
    assert np.isnan(row["network_dkk"])
    assert row["is_viable"] is pd.NA
    assert len(found.unreachable) == 9
    kept = add_network(key, found.networks, COWI).iloc[0]
    assert kept["network_dkk"] == pytest.approx(0.05 * 65e6)
    assert kept["network_heat_loss_mwh"] == pytest.approx(0.05 * 1125)


def test_an_area_without_customers_keeps_its_row(street):
    buildings, outlines, lines = street
    key = figures(["Nord", "Tom"], [9, 0], [9 * 18.1, 0.0])
    key.loc[1, ["density_kwh_per_m2", "oil_gas_share", "heat_pump_share"]] = np.nan
    found = lay_networks(buildings, outlines, lines, key, COWI).networks.set_index("area")
    assert found.loc["Tom", "customer_count"] == 0
    assert found.loc["Nord", "reached_count"] == 8


def test_no_pipe_tells_a_measured_demand(street):
    buildings, outlines, lines = street
    pipes = lay_networks(buildings, outlines, lines, figures(["Nord"], [9], [9 * 18.1]), COWI).pipes
    assert pipes_to_show(pipes, buildings) is pipes
    measured = buildings.assign(heat_demand_source=["measured", *["model"] * 9])
    shown = pipes_to_show(pipes, measured)
    # Whatever follows the demand to the kWh would give it away.
    assert not {c for c in shown if c.endswith(("_mwh", "_kw", "_c", "_s", "_w_per_m", "_per_year"))}
    assert len(shown) == len(pipes)


def test_no_sum_of_a_single_pipe_tells_a_measured_demand(street):
    buildings, outlines, lines = street
    found = lay_networks(buildings, outlines, lines, figures(["Nord"], [9], [9 * 18.1]), COWI)
    whole = networks_to_show(found.networks, found.sizes, buildings)
    assert whole == (found.networks, found.sizes)
    measured = buildings.assign(heat_demand_source=["measured", *["model"] * 9])
    networks, sizes = networks_to_show(found.networks, found.sizes, measured)
    assert "lowest_supply_c" not in networks
    assert "heat_loss_mwh_per_year" not in sizes
    assert len(sizes) == len(found.sizes)


def test_a_town_too_large_for_the_pipes_stays_by_area_unless_the_accounts_rest_on_them(street):
    buildings, outlines, lines = street
    large = buildings.assign(heat_demand_mwh=40_000.0)
    key = figures(["Nord"], [9], [9 * 2000.0])
    found = lay_networks(large, outlines, lines, key, COWI)
    row = found.networks.iloc[0]
    assert (row["customer_count"], row["reached_count"]) == (9, 0)
    assert found.unreachable["reason"].value_counts().to_dict() == {"no_pipe_size": 8, "no_road_near": 1}
    assert add_network(key, found.networks, COWI).loc[0, "network_dkk"] == pytest.approx(0.05 * 65e6)
    with pytest.raises(PipeSizeError, match=r"Nord: edges: .* is more than DN 300 carries"):
        lay_networks(large, outlines, lines, key, COWI.replace(is_network_by_pipes=1))


@pytest.mark.parametrize("unknown", [np.nan, 0.0])
def test_a_customer_of_unknown_demand_has_a_warm_pipe(street, unknown):
    """All houses are alike, so the mean is the truth."""
    buildings, outlines, lines = street
    key = figures(["Nord"], [9], [9 * 18.1])
    heat = buildings["heat_demand_mwh"].copy()
    heat.iloc[7] = unknown
    one, other = (
        lay_networks(b, outlines, lines, key, COWI).networks.iloc[0]
        for b in (buildings, buildings.assign(heat_demand_mwh=heat))
    )
    for name in ("network_heat_loss_mwh", "lowest_supply_c", "network_dkk"):
        assert other[name] == pytest.approx(one[name])
