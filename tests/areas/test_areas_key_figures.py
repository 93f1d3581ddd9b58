"""Key figures against sums done by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, Polygon, box

from screening import assumptions, tables
from screening.areas import is_dense_enough, key_figures
from screening.errors import TableError

SET = assumptions.load("cowi-2022")
EAST, NORTH = 700_000.0, 6_200_000.0


@pytest.fixture
def trimmed():
    # 100 m x 80 m = 8,000 m2; the second one is empty.
    return gpd.GeoDataFrame(
        {"area": ["full", "empty"]},
        geometry=[box(EAST, NORTH, EAST + 100, NORTH + 80), Polygon()],
        crs=tables.CRS,
    )


@pytest.fixture
def buildings():
    rows = [
        # use, installation, oil, gas, area, MWh, x
        ("120", "2", True, False, 130.0, 20.0, 0.0),  # on the corner of the area: inside
        ("130", "2", False, True, 100.0, 12.5, 20.0),
        ("421", "6", False, True, 900.0, np.nan, 30.0),  # school, demand unknown
        ("322", "2", False, True, np.nan, 40.0, 40.0),  # shop, area unknown
        ("120", "5", False, False, 140.0, 10.0, 50.0),  # heat pump
        ("120", "7", False, False, 140.0, 7.5, 50.0),  # electric heating
        ("120", "1", False, False, 140.0, 15.0, 60.0),  # district heating: not individual
        ("120", "9", False, False, 140.0, 15.0, 60.0),  # none: not individual
        ("510", "2", True, False, 60.0, 5.0, 70.0),  # summer house
        ("910", "2", True, False, 20.0, 1.0, 70.0),  # garage
        ("120", "2", True, False, 130.0, 20.0, 101.0),  # 1 m outside
    ]
    table = pd.DataFrame(
        rows,
        columns=[
            "use_code",
            "heating_installation_code",
            "is_oil",
            "is_gas",
            "area_m2",
            "heat_demand_mwh",
            "x",
        ],
        index=pd.Index([f"b{i}" for i in range(len(rows))], name="building_id"),
    )
    points = [Point(EAST + x, NORTH) for x in table.pop("x")]
    return gpd.GeoDataFrame(table, geometry=points, crs=tables.CRS)


def test_key_figures_by_hand(buildings, trimmed):
    figures = key_figures(buildings, trimmed, SET).set_index("area")
    expected = {
        "individual_count": 6,
        "oil_gas_count": 4,
        "oil_count": 1,
        "gas_count": 3,
        "individual_heat_mwh": 90.0,  # 20 + 12.5 + 40 + 10 + 7.5
        "oil_gas_heat_mwh": 72.5,  # 20 + 12.5 + 40
        "oil_heat_mwh": 20.0,
        "gas_heat_mwh": 52.5,
        "area_km2": 0.008,
        "density_kwh_per_m2": 9.0625,  # 72,500 kWh over 8,000 m2
        "oil_gas_share": 72.5 / 90.0,
        "heat_pump_count": 1,
        "heat_pump_share": 1 / 6,
        "dwelling_count": 2,
        "business_count": 1,
        "public_count": 1,
        "customer_unknown_count": 0,
        "heated_area_m2": 1130.0,
        "area_unknown_count": 1,
        "demand_unknown_count": 1,
        "individual_demand_unknown_count": 1,
        "is_dense_enough": False,
    }
    assert figures.loc["full", list(expected)].to_dict() == pytest.approx(expected)
    assert set(figures.columns) == set(expected)


def test_an_empty_area_has_no_density(buildings, trimmed):
    empty = key_figures(buildings, trimmed, SET).set_index("area").loc["empty"]
    assert empty[["individual_count", "oil_gas_count", "oil_gas_heat_mwh", "area_km2"]].tolist() == [
        0,
        0,
        0,
        0,
    ]
    assert empty[["density_kwh_per_m2", "oil_gas_share", "heat_pump_share"]].isna().all()
    assert not empty["is_dense_enough"]


def test_unknown_demand_alone_gives_no_density_rather_than_zero(buildings, trimmed):
    row = key_figures(buildings.assign(heat_demand_mwh=np.nan), trimmed, SET).iloc[0]
    assert row["demand_unknown_count"] == row["oil_gas_count"] == 4
    assert np.isnan(row["density_kwh_per_m2"])
    assert np.isnan(row["oil_gas_share"])


def test_order_and_shape(buildings, trimmed):
    figures = key_figures(buildings, trimmed.iloc[::-1], SET)
    assert figures["area"].tolist() == ["empty", "full"]
    assert figures.columns[0] == "area"
    again = key_figures(buildings.iloc[::-1], trimmed, SET)
    pd.testing.assert_frame_equal(again, figures.iloc[::-1].reset_index(drop=True))
    tables.check(figures, tables.KEY_FIGURES, "key figures")


def test_without_areas_of_buildings_all_are_unknown(buildings, trimmed):
    row = key_figures(buildings.drop(columns="area_m2"), trimmed, SET).iloc[0]
    assert row[["area_unknown_count", "heated_area_m2"]].tolist() == [4, 0.0]


def test_areas_that_overlap_count_each_building_once(buildings, trimmed):
    areas = pd.concat([trimmed.iloc[:1], trimmed.iloc[:1].assign(area="again")], ignore_index=True)
    assert key_figures(buildings, areas, SET)["oil_gas_count"].sum() == 4


def test_the_criterion_is_met_from_ten_on():
    # 1,000 MWh on 0.1 km2 is 10 kWh/m2; a rounded last digit is no lower density.
    density = [1000 * 1000 / (0.1 * 1e6), 9.9999999, np.nan]
    dense = is_dense_enough(pd.DataFrame({"density_kwh_per_m2": density}), SET)
    assert dense.tolist() == [True, False, False]
    rounded = pd.DataFrame({"density_kwh_per_m2": [np.nextafter(10.0, 0)]})
    assert is_dense_enough(rounded, SET).tolist() == [True]
    lower = is_dense_enough(
        pd.DataFrame({"density_kwh_per_m2": density}), SET.replace(density_criterion_kwh_per_m2=8)
    )
    assert lower.tolist() == [True, True, False]


def test_faults_are_named(buildings, trimmed):
    with pytest.raises(TableError, match="heat_demand_mwh: 1 rows break greater_than_or_equal_to"):
        key_figures(buildings.assign(heat_demand_mwh=[-1.0] + [1.0] * 10), trimmed, SET)
    with pytest.raises(TableError, match="heating_installation_code is missing"):
        key_figures(buildings.drop(columns="heating_installation_code"), trimmed, SET)


def test_a_building_that_is_given_twice_is_refused(buildings, trimmed):
    twice = pd.concat([buildings, buildings.iloc[:2]])
    with pytest.raises(TableError, match="2 rows appear more than once"):
        key_figures(twice, trimmed, SET)
