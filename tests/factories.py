"""Hand-made views of a made-up village, for tests of maps and reports: no register, no stage is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from affine import Affine
from shapely.affinity import rotate, translate
from shapely.geometry import LineString, Point, Polygon, box

from screening import assumptions
from screening.communities import split_communities
from screening.doubt import ALL, COLUMNS
from screening.economics import (
    bills_by_year,
    break_even,
    cash_flow,
    house_prices,
    join_areas,
    reconciliation,
    simulate,
    typical_houses,
)
from screening.supply import site_needs
from screening.views import Density, Municipality, Overview, Town

CRS = "EPSG:25832"
EAST, NORTH = 721_000.0, 6_219_400.0  # near Hellebæk
TILT_DEGREES = 17.0
AREA = "Hellebæk Øst"
ORIGIN = (220.0, 130.0)  # turns everything about the middle of the village

STREETS = {
    "local": [((0, 60), (430, 60)), ((0, 160), (430, 160)), ((90, 0), (90, 260)), ((330, 60), (330, 260))],
    "main": [((-150, -30), (600, 0))],
}
# use, year, heated area, installation, fuel
OIL, GAS, PUMP, ELECTRIC, DISTRICT, NONE = (
    ("2", "3"),
    ("2", "7"),
    ("5", "1"),
    ("7", "1"),
    ("1", None),
    ("9", None),
)


def _place(shape: Any) -> Any:
    turned = rotate(shape, TILT_DEGREES, origin=ORIGIN)
    return translate(turned, EAST, NORTH)


def _house(x: float, y: float, width: float = 13.0, depth: float = 9.0) -> Polygon:
    return box(x - width / 2, y - depth / 2, x + width / 2, y + depth / 2)


def _rows() -> list[dict[str, Any]]:
    """About sixty buildings: houses along two streets, a terrace, flats with a school, a shop, sheds."""
    rows: list[dict[str, Any]] = []

    def add(shape: Polygon, use: str, year: float, area: float, heating: tuple[str, str | None], mwh: float,
            community: int | None = None) -> None:  # fmt: skip
        rows.append(
            {
                "shape": shape,
                "use_code": use,
                "year_built": year,
                "area_m2": area,
                "heating": heating,
                "heat_demand_mwh": mwh,
                "community": community,
            }
        )

    cycle = [GAS, GAS, OIL, GAS, PUMP, GAS, GAS, OIL, ELECTRIC, GAS]
    for number in range(18):
        x, y = 24 + 45 * (number % 9), 38 if number < 9 else 84
        area = 118.0 + 9 * (number % 5)
        add(_house(x, y), "120", 1931 + 4 * number, area, cycle[number % 10], round(area * 0.128, 2))
    for number in range(9):
        area = 132.0 + 6 * (number % 4)
        add(_house(24 + 45 * number, 138), "120", 1962 + number, area, cycle[(number + 3) % 10], area * 0.117)
    for number in range(10):  # a terrace of touching outlines: the first community
        add(_house(105 + 8 * number, 190, 8, 11), "131", 1974, 96.0, GAS, 11.2, 1)
    for number in range(5):  # flats, school and shop: the second, above 250 kW
        add(_house(238 + 30 * number, 205, 27, 14), "140", 1968, 1150.0, GAS, 148.0, 0)
    add(_house(262, 240, 60, 24), "421", 1956, 2900.0, OIL, 352.0, 0)
    add(_house(318, 236, 26, 18), "322", 1989, 540.0, GAS, 61.0, 0)
    add(_house(-70, -62, 16, 12), "110", 1878, 236.0, OIL, 41.5)
    add(_house(-98, -48, 24, 12), "910", float("nan"), float("nan"), NONE, 0.0)
    for number in range(6):
        add(_house(420 + 4 * (number % 2), 40 + 22 * number, 6, 4), "930", 1990, 20.0, NONE, 0.0)
    add(_house(505, 35), "120", float("nan"), 141.0, GAS, 18.9)
    add(_house(545, 38), "120", 2016, 168.0, DISTRICT, 9.8)
    add(_house(585, 42), "120", 2018, 172.0, DISTRICT, 9.9)
    add(_house(24, 112), "120", 1955, 127.0, GAS, 16.3)
    add(_house(70, 112), "510", 1966, 58.0, ELECTRIC, 4.1)
    return rows


def _buildings() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.Series]:
    rows = pd.DataFrame(_rows())
    shapes = gpd.GeoSeries([_place(shape) for shape in rows.pop("shape")], crs=CRS)
    ids = pd.Index([f"00000000-0000-4000-8000-{n:012d}" for n in range(len(rows))], name="building_id")
    heating = pd.DataFrame(rows.pop("heating").tolist(), columns=["installation", "fuel"]).astype(object)
    community = rows.pop("community")
    is_dwelling = rows["use_code"].isin(["110", "120", "131", "140", "510"])
    boiler = heating["installation"].isin(["2", "6"])
    is_relevant = ~rows["use_code"].isin(["510", "910", "930"])
    frame = rows.assign(
        municipality_code="0217",
        area_source=np.where(rows["area_m2"].isna(), "unknown", "dwelling_business"),
        dwelling_area_m2=rows["area_m2"].where(is_dwelling),
        business_area_m2=rows["area_m2"].where(~is_dwelling),
        footprint_area_m2=shapes.area.round(),
        floor_count=np.where(rows["use_code"] == "140", 3.0, 1.0),
        heating_installation_code=heating["installation"],
        heating_fuel_code=heating["fuel"],
        supplementary_heating_code=None,
        is_oil=boiler & (heating["fuel"] == "3"),
        is_gas=boiler & (heating["fuel"] == "7"),
        heat_demand_source="model",
        area=AREA,
        is_in_trimmed=rows["use_code"] != "110",
        is_individual=is_relevant & heating["installation"].isin(["2", "3", "5", "6", "7", "8"]),
    )
    frame["is_oil_gas"] = frame["is_oil"] | frame["is_gas"]
    measured = frame.index == 2
    frame.loc[measured, "heat_demand_source"] = "measured"
    frame.loc[measured, "heat_demand_mwh"] = 23.4567
    frame = frame.set_index(ids)
    buildings = gpd.GeoDataFrame(frame, geometry=shapes.centroid.to_numpy(), crs=CRS)
    outlines = gpd.GeoDataFrame({"outline_source": "mapped"}, geometry=shapes.to_numpy(), index=ids, crs=CRS)
    members = pd.Series(community.to_numpy(), index=ids, name="community").astype("Int64")
    return buildings, outlines, members


def _communities(
    buildings: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame, members: pd.Series
) -> gpd.GeoDataFrame:
    rows = []
    for number in (0, 1):
        ids = members.index[members == number]
        heat = float(buildings.loc[ids, "heat_demand_mwh"].sum())
        capacity = heat / 2000 * 1000 * 0.62  # full-load hours and simultaneity as an example
        shape = outlines.loc[ids].buffer(14).union_all()
        rows.append(
            {"id": number, "building_count": len(ids), "heat_demand_mwh": heat, "capacity_kw": capacity,
             "is_collective_supply": capacity > 250, "geometry": shape, "overlap_share": 1.0 - 0.28 * number,
             "appears_scale": 0.4 * number, "whole_scale": 0.9, "grows_scale": 1.25 + number,
             "merges_scale": np.nan}
        )  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def _community_scales() -> pd.DataFrame:
    """Two communities at scale 1 of the distance, one at half of it, three at twice."""
    rows = [
        (0.5, 1, 8, 90.0, 0, 0),
        (1.0, 2, 20, 900.0, 1, 10),
        (1.5, 3, 27, 1000.0, 1, 12),
        (2.0, 3, 31, 1100.0, 2, 24),
    ]
    names = ["scale", "community_count", "building_count", "heat_demand_mwh"]
    names += ["collective_supply_count", "collective_building_count"]
    table = pd.DataFrame(rows, columns=names)
    table["largest_building_count"] = table["building_count"] // table["community_count"]
    table["largest_heat_demand_mwh"] = table["heat_demand_mwh"] / table["community_count"]
    return table


def _density(buildings: gpd.GeoDataFrame, cell_m: float = 100.0) -> Density:
    used = buildings[buildings["is_individual"]]
    west, north = EAST - 400, NORTH + 700
    columns = np.floor((used.geometry.x - west) / cell_m).astype(int)
    rows = np.floor((north - used.geometry.y) / cell_m).astype(int)
    grid = np.zeros((12, 13))
    np.add.at(grid, (rows.to_numpy(), columns.to_numpy()), used["heat_demand_mwh"].to_numpy())
    return Density(grid, Affine(cell_m, 0, west, 0, -cell_m, north), cell_m)


def _density_contours() -> gpd.GeoDataFrame:
    """Two levels round the middle of the village, the upper with a hole."""
    low = _place(Point(200, 100).buffer(260))
    high = _place(Point(200, 100).buffer(190).difference(Point(200, 100).buffer(40)))
    shapes = gpd.GeoSeries([low, high], crs=CRS)
    return gpd.GeoDataFrame(
        {"level_kwh_per_m2": [5.0, 10.0], "area_km2": shapes.area / 1e6, "heat_mwh": [1_500.0, 1_200.0]},
        geometry=shapes,
    )


def _key_figures(buildings: gpd.GeoDataFrame, trimmed_km2: float) -> pd.Series:
    inside = buildings[buildings["is_in_trimmed"] & buildings["is_individual"]]
    oil_gas = inside[inside["is_oil_gas"]]
    pumps = int((inside["heating_installation_code"] == "5").sum())
    heat = float(oil_gas["heat_demand_mwh"].sum())
    return pd.Series(
        {
            "individual_count": len(inside),
            "oil_gas_count": len(oil_gas),
            "individual_heat_mwh": float(inside["heat_demand_mwh"].sum()),
            "oil_gas_heat_mwh": heat,
            "area_km2": trimmed_km2,
            "density_kwh_per_m2": heat / trimmed_km2 / 1000,
            "oil_gas_share": len(oil_gas) / len(inside),
            "heat_pump_count": pumps,
            "heat_pump_share": pumps / len(inside),
            "oil_count": int(oil_gas["is_oil"].sum()),
            "gas_count": int(oil_gas["is_gas"].sum()),
        }
    )


def make_economics(**changes: Any) -> pd.Series:
    """Economics of one area, every column of the stage; keyword arguments replace values."""
    values = {
        "anlaegsbidrag_dkk": 61_500.0,
        "user_price_district_heating_dkk_per_year": 23_850.0,
        "user_price_heat_pump_dkk_per_year": 22_400.0,
        "user_price_gas_dkk_per_year": 27_900.0,
        "npv_project_dkk": 24_600_000.0,
        "npv_alternative_dkk": 22_900_000.0,
        "is_viable": False,
        "advice": "user_too_expensive",
        "customer_count": 41,
        "capacity_kw": 780.0,
        "investment_dkk": 18_300_000.0,
        "heat_loss_mwh": 402.0,
        "heat_loss_share": 0.21,
        "grant_dkk": 820_000.0,
        "co2_saved_tonne_per_year": 318.0,
        "surplus_dkk": 0.0,
        "is_user_cheaper": False,
        "is_society_better": False,
        "is_dense_enough": True,
    }
    return pd.Series(values | changes)


def _economics_tables() -> dict[str, pd.DataFrame]:
    """Rows of the economics tables for the area; the balance ends at zero."""
    investments = pd.DataFrame(
        [("plant", 7.4e6, 25.0), ("grid_connection", 0.9e6, 40.0), ("reserve", 0.6e6, 25.0),
         ("network", 6.1e6, 40.0), ("service_lines", 3.3e6, 40.0)],
        columns=["item", "investment_dkk", "lifetime_years"],
    )  # fmt: skip
    years = np.arange(31)
    yearly = {
        "loan_payment": -910_000.0,
        "heat_production": -640_000.0,
        "operation": -180_000.0,
        "income_variable": 1_080_000.0,
        "income_area": 420_000.0,
        "income_subscription": 230_000.0,
    }
    flows = {item: np.where(years > 0, amount, 0.0) for item, amount in yearly.items()}
    flows["grant"] = np.where(years == 0, 820_000.0, 0.0)
    flows["anlaegsbidrag"] = np.where(years == 0, 2_521_500.0, 0.0)
    net = sum(flows.values())
    flows["heat_production"] = flows["heat_production"] - np.where(years > 0, net.sum() / 30, 0.0)
    flows["balance"] = np.cumsum(sum(v for k, v in flows.items() if k != "balance"))
    company = pd.concat(
        [pd.DataFrame({"year": years, "item": item, "payment_dkk": pay}) for item, pay in flows.items()],
        ignore_index=True,
    )
    parts = {"district_heating": (11_900.0, 4_200.0, 7_750.0), "heat_pump": (10_300.0, 2_900.0, 9_200.0),
             "gas": (21_800.0, 2_700.0, 3_400.0)}  # fmt: skip
    user = pd.DataFrame(
        [(name, part, amount) for name, amounts in parts.items()
         for part, amount in zip(("energy", "fixed", "investment"), amounts, strict=True)],
        columns=["alternative", "component", "payment_dkk_per_year"],
    )  # fmt: skip
    society = pd.DataFrame(
        [("plant", 6.9e6, 9.8e6), ("network", 8.2e6, 0.0), ("electricity", 6.3e6, 8.1e6), ("gas", 0.0, 2.4e6),
         ("operation", 2.4e6, 2.2e6), ("co2", 0.4e6, 0.9e6), ("air_pollution", 0.1e6, 0.3e6),
         ("tax_distortion", 0.9e6, -0.4e6), ("scrap_value", -0.6e6, -0.4e6)],
        columns=["item", "project_dkk", "alternative_dkk"],
    )  # fmt: skip
    return {"investments": investments, "company": company, "user": user, "society": society}


def _sensitivity() -> pd.DataFrame:
    rows = []
    for parameter, low, high, effect, flips in (
        ("connection_rate_share", 0.6, 0.95, -5_200.0, "high"),
        ("network_dkk_per_km2", 50e6, 85e6, 2_600.0, ""),
        ("electricity_price_excl_vat_dkk_per_mwh", 900.0, 2_000.0, 1_900.0, ""),
        ("loan_rate", 0.015, 0.05, 2_100.0, "low"),
    ):
        for case, value, sign in (("low", low, -0.5), ("high", high, 0.5)):
            rows.append(
                {
                    "parameter": parameter,
                    "case": case,
                    "value": value,
                    "change_share": sign,
                    "user_price_district_heating_dkk_per_year": 23_850.0 + sign * effect,
                    "user_price_heat_pump_dkk_per_year": 22_400.0,
                    "user_price_gas_dkk_per_year": 27_900.0,
                    "npv_project_dkk": 24.6e6 + sign * effect * 500,
                    "npv_alternative_dkk": 22.9e6,
                    "is_viable": case == flips,
                    "flips": case == flips,
                }
            )
    return pd.DataFrame(rows)


def _checks() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "check_name": ["area_unknown", "year_unknown", "heating_unknown"],
            "label_da": ["Opvarmet areal ukendt", "Opførelsesår ukendt", "Varmeinstallation ikke oplyst"],
            "label_en": [
                "Heated area unknown",
                "Year of construction unknown",
                "Heating installation not stated",
            ],
            "building_count": [1, 2, 0],
            "share": [1 / 60, 2 / 60, 0.0],
            "heat_demand_mwh": [0.0, 18.9, 0.0],
            "severity": ["error", "warning", "error"],
            "effect": ["demand", "demand", "may_join"],
        }
    )


def _doubt() -> pd.DataFrame:
    """Two checks that touch the verdict: the first turns it in one direction, the second in none."""
    rows = [
        ("area_unknown", "demand", "lower", 1, 0, 0, 0.0, False, 0.0, 0.0),
        ("area_unknown", "demand", "higher", 1, 1, 0, 16.1, True, 2_100.0, 310_000.0),
        ("year_unknown", "demand", "lower", 2, 1, 0, -3.0, False, -240.0, -61_000.0),
        ("year_unknown", "demand", "higher", 2, 1, 0, 3.6, False, 260.0, 64_000.0),
        (ALL, "demand", "lower", 3, 1, 0, -3.0, False, -240.0, -61_000.0),
        (ALL, "demand", "higher", 3, 2, 0, 19.7, True, 2_360.0, 374_000.0),
    ]
    changing = [
        "check_name", "effect", "scenario", "building_count", "changed_count", "customer_count_change",
        "heat_demand_change_mwh", "verdict_changes", "user_margin_change_dkk_per_year",
        "society_margin_change_dkk",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=changing)
    base = make_economics()
    own = base["user_price_district_heating_dkk_per_year"] - table["user_margin_change_dkk_per_year"]
    table = table.assign(
        area=AREA,
        user_price_district_heating_dkk_per_year=own,
        user_price_heat_pump_dkk_per_year=base["user_price_heat_pump_dkk_per_year"],
        user_price_gas_dkk_per_year=base["user_price_gas_dkk_per_year"],
        npv_project_dkk=base["npv_project_dkk"] - table["society_margin_change_dkk"],
        npv_alternative_dkk=base["npv_alternative_dkk"],
        is_viable=table["verdict_changes"],
        advice=table["verdict_changes"].map({True: "viable", False: "user_too_expensive"}),
    )
    return table[list(COLUMNS)].astype(COLUMNS)


def _corrections() -> pd.DataFrame:
    """Two proposals, one of them without a value."""
    return pd.DataFrame(
        {
            "building_id": ["00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"],
            "field": ["byg038SamletBygningsareal", "byg026Opførelsesår"],
            "registered_value": ["0", ""],
            "proposed_value": ["118", ""],
            "reason_da": ["Arealet er 0. Forslag: bolig- plus erhvervsareal.", "Opførelsesår ukendt."],
            "reason_en": [
                "Area is 0. Proposal: dwelling plus business area.",
                "Year of construction unknown.",
            ],
            "check_name": ["area_zero", "year_unknown"],
            "heat_demand_mwh": [15.1, 14.2],
        }
    )


def _site_candidates() -> gpd.GeoDataFrame:
    """Two places outside the village; the second lies farther off."""
    table = pd.DataFrame(
        {
            "area": AREA,
            "number": [1, 2],
            "easting_m": [0.0, 0.0],
            "northing_m": [0.0, 0.0],
            "dwelling_distance_m": [112.0, 131.0],
            "building_distance_m": [98.0, 131.0],
            "heat_centre_distance_m": [324.0, 391.0],
            "transmission_m": [86.0, 140.0],
            "transmission_dkk": [324_000.0, 527_000.0],
        }
    )
    points = [_place(Point(-260, 60)), _place(Point(180, 460))]
    table["easting_m"], table["northing_m"] = shapely.get_x(points), shapely.get_y(points)
    return gpd.GeoDataFrame(table, geometry=points, crs=CRS)


def _local_plant() -> dict[str, Any]:
    """A plant whose hours follow one another in a simple pattern."""
    utc = pd.date_range("2025-01-01", periods=8760, freq="h", tz="UTC")
    season = 0.5 + 0.5 * np.cos(2 * np.pi * np.arange(8760) / 8760)
    demand = 0.015 + 0.075 * season
    pump = np.minimum(demand, 0.06)
    row = {
        "area": AREA, "error": "", "produced_mwh": 241.0, "capacity_kw": 90.0, "heat_pump_kw": 40.5,
        "electric_boiler_kw": 67.5, "tank_m3": 100.0, "heat_price_dkk_per_mwh": 228.0,
        "set_price_dkk_per_mwh": 340.0, "set_electricity_dkk_per_mwh": 798.0, "heat_pump_heat_share": 0.93,
        "boiler_heat_share": 0.07, "seasonal_cop": 2.88, "electricity_mwh": 95.0,
        "electricity_price_dkk_per_mwh": 514.0, "mean_electricity_dkk_per_mwh": 565.0,
        "heat_pump_full_load_hours": 5900.0, "boiler_full_load_hours": 550.0, "peak_utc": "2025-01-14 05:00",
        "peak_mw": 0.09, "peak_heat_pump_mw": 0.044, "peak_boiler_mw": 0.03, "is_synthetic": True,
        "is_viable": True, "user_price_dkk_per_year": 19_400.0, "npv_project_dkk": 21_000_000.0,
        "set_is_viable": False, "set_user_price_dkk_per_year": 20_900.0, "set_npv_project_dkk": 21_000_000.0,
    }  # fmt: skip
    sizes = pd.DataFrame(
        {
            "area": AREA,
            "kind": ["package", "tried", "best"],
            "heat_pump_kw": [40.5, 54.0, 56.0],
            "electric_boiler_kw": [67.5, 36.0, 34.0],
            "tank_m3": [100.0, 36.0, 44.0],
            "investment_dkk": [710_000.0, 650_000.0, 672_000.0],
            "capital_dkk_per_year": [40_000.0, 37_600.0, 38_500.0],
            "operation_dkk_per_year": [55_000.0, 51_000.0, 49_800.0],
            "yearly_dkk": [95_000.0, 88_600.0, 88_300.0],
        }
    )
    years = np.arange(2023, 2053)
    return {
        "local_plant": pd.Series(row, name=AREA),
        "local_plant_years": pd.DataFrame(
            {
                "area": AREA,
                "year": years,
                "spot_dkk_per_mwh": np.where(years < 2030, 377.0, 300.0),
                "electricity_price_dkk_per_mwh": np.where(years < 2030, 514.0, 440.0),
                "heat_price_dkk_per_mwh": np.where(years < 2030, 240.0, 215.0),
                "heat_pump_heat_share": 0.93,
                "electricity_mwh": 95.0,
            }
        ),
        "local_plant_sizes": sizes,
        "local_plant_hours": pd.DataFrame(
            {
                "area": AREA,
                "demand_mw": demand,
                "heat_pump_mw": pump,
                "electric_boiler_mw": demand - pump,
                "hot_m3": 50.0 + 40.0 * np.sin(2 * np.pi * np.arange(8760) / 24),
                "price_dkk_per_mwh": 565.0 + 200.0 * np.cos(2 * np.pi * np.arange(8760) / 24),
                "utc": utc,
            }
        ),
    }


def _networks() -> dict[str, Any]:
    """A street pipe, a service line and a building that no road leads to."""
    pipes = gpd.GeoDataFrame(
        {
            "area": AREA,
            "edge_id": [0, 1, 2],
            "parent_edge_id": [-1, 0, 0],
            "kind": ["street", "street", "service"],
            "length_m": [300.0, 120.0, 18.0],
            "surface": ["Lokalvej-Tertiær", "Lokalvej-Tertiær", None],
            "road_id": ["r1", "r2", None],
            "building_id": [None, None, "00000000-0000-4000-8000-000000000001"],
            "building_count": [9, 4, 1],
            "heat_demand_mwh": [170.0, 76.0, 19.0],
            "pipe_dn": [50, 32, 25],
            "heat_loss_mwh_per_year": [25.0, 9.0, 1.0],
            "price_dkk": [1_260_000.0, 465_000.0, 40_000.0],
        },
        geometry=[
            _place(LineString([(-150, 0), (150, 0)])),
            _place(LineString([(0, 0), (0, 120)])),
            _place(LineString([(40, 0), (40, 18)])),
        ],
        crs=CRS,
    )
    plant = _place(Point(-150, 0))
    network = pd.Series(
        {
            "customer_count": 10,
            "reached_count": 9,
            "street_m": 420.0,
            "service_m": 162.0,
            "bound_m": 570.0,
            "gap_share": 0.02,
            "through_building_count": 1,
            "plant_easting_m": plant.x,
            "plant_northing_m": plant.y,
            "network_dkk": 1_920_000.0,
            "network_heat_loss_mwh": 38.0,
            "area_network_dkk": 2_400_000.0,
            "area_network_heat_loss_mwh": 42.0,
            "service_pipes_dkk": 360_000.0,
            "service_heat_loss_mwh_per_year": 9.0,
            "heat_loss_share": 0.2,
            "lowest_supply_c": 57.4,
            "largest_pipe_dn": 50,
            "is_viable": True,
            "user_price_dkk_per_year": 19_400.0,
            "npv_project_dkk": 21_000_000.0,
            "area_is_viable": False,
            "area_user_price_dkk_per_year": 20_900.0,
            "area_npv_project_dkk": 22_400_000.0,
        },
        name=AREA,
    )
    sums = ["length_m", "price_dkk", "heat_loss_mwh_per_year"]
    return {
        "network": network,
        "network_pipes": pipes,
        "network_sizes": pipes.groupby(["kind", "pipe_dn"], as_index=False)[sums].sum().assign(area=AREA),
        "network_unreachable": pd.DataFrame(
            {
                "area": [AREA],
                "building_id": ["00000000-0000-4000-8000-000000000007"],
                "reason": ["no_road_near"],
                "distance_m": [140.0],
            }
        ),
    }


def _site() -> pd.Series:
    needs = site_needs(780.0, assumptions.load("cowi-2022")).iloc[0].to_dict()
    return pd.Series({"capacity_kw": 780.0, **needs, "candidate_count": 2, "site_distance_m": 86.0})


def _house_tables(buildings: pd.DataFrame, key_figures: pd.Series) -> dict[str, pd.DataFrame]:
    """Bills of the standard consumer, of each type of building, and the prices behind them."""
    figures = key_figures.to_frame().T.assign(area=AREA).infer_objects()
    chosen = assumptions.load("cowi-2022")
    drawn = simulate(figures, chosen, draw_count=64)
    return {
        "uncertainty": drawn.summary().reset_index(),
        "drivers": drawn.drivers(),
        "break_even": break_even(figures, chosen),
        "bills": bills_by_year(figures, chosen),
        "typical_houses": typical_houses(buildings, figures, chosen),
        "house_prices": house_prices(figures, chosen),
        "cash_flow": cash_flow(figures, chosen),
        "reconciliation": reconciliation(figures, chosen),
    }


def join_in_a_row(key_figures: pd.DataFrame, gap_m: float = 35.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Groups and proposal where every area (column) borders on the next."""
    names = key_figures["area"].to_numpy(object)
    pairs = pd.DataFrame({"area": names[:-1], "neighbour": names[1:], "gap_m": gap_m})
    return join_areas(key_figures, pairs, assumptions.load("cowi-2022"))


def make_municipality(**changes: Any) -> Municipality:
    """Give the made-up municipality; keyword arguments replace fields."""
    made = Municipality(
        "proevekommune", "Prøvekommune", "0217", is_synthetic=True, register_date="2022-10-26"
    )
    return replace(made, **changes)


def make_town(**changes: Any) -> Town:
    """Give the view of one village: 57 buildings, two communities, one measured demand (row 2).

    Keyword arguments replace fields of the view.
    """
    buildings, outlines, members = _buildings()
    oil_gas = buildings[buildings["is_oil_gas"] & buildings["is_in_trimmed"]]
    trimmed = oil_gas.buffer(45).union_all().buffer(20).buffer(-30)
    trimmed = max(shapely.get_parts(trimmed), key=lambda part: part.area)
    original = _place(
        Polygon([(-160, -110), (620, -70), (640, 150), (470, 290), (60, 310), (-60, 200), (-170, 60)])
    )
    roads = [(kind, _place(LineString(line))) for kind, lines in STREETS.items() for line in lines]
    economics = make_economics()
    key_figures = _key_figures(buildings, trimmed.area / 1e6)
    parts = (
        pd.concat([key_figures, economics]).to_frame().T.set_axis([AREA]).rename_axis("area").infer_objects()
    )
    tables = {
        **_economics_tables(),
        "sensitivity": _sensitivity(),
        "community_scales": _community_scales(),
    }
    for table in tables.values():
        table.insert(0, "area", AREA)
    area_groups, joining = join_in_a_row(key_figures.to_frame().T.assign(area=AREA).infer_objects())
    with_heat = outlines.join(buildings["heat_demand_mwh"]).loc[members.dropna().index]
    split = split_communities(with_heat, assumptions.load("cowi-2022"), members)
    made = Town(
        municipality=make_municipality(),
        area=AREA,
        town=AREA,
        key_figures=key_figures,
        economics=economics,
        parts=parts,
        buildings=buildings,
        outlines=outlines,
        original=gpd.GeoDataFrame({"area": [AREA], "town": [AREA]}, geometry=[original], crs=CRS),
        trimmed=gpd.GeoDataFrame(
            {"area": [AREA], "area_km2": [trimmed.area / 1e6], "original_km2": [original.area / 1e6]},
            geometry=[trimmed],
            crs=CRS,
        ),
        members=members,
        communities=_communities(buildings, outlines, members),
        splits=split.splits,
        community_parts=split.parts,
        part_members=split.members,
        cut_links=split.cut_links,
        density=_density(buildings),
        density_contours=_density_contours(),
        roads=gpd.GeoDataFrame(
            {"road_class": [kind for kind, _ in roads]}, geometry=[line for _, line in roads], crs=CRS
        ),
        supply_areas=gpd.GeoDataFrame(
            {"supply_name": ["Prøveby Fjernvarme"]},
            geometry=[_place(box(520, -60, 760, 120))],
            crs=CRS,
        ),
        register_counts=pd.Series(
            {"rows_read": 131, "kept": 112, "dropped_status_not_standing": 14, "dropped_version_ended": 5},
            name="rows",
        ),
        register_repairs=pd.Series(
            {"year_unknown": 7, "area_from_outline": 3, "area_unknown": 0}, name="rows"
        ),
        register_checks=_checks(),
        register_doubt=_doubt(),
        **_house_tables(buildings, key_figures),
        area_groups=area_groups,
        joining=joining,
        corrections=_corrections(),
        site=_site(),
        site_candidates=_site_candidates(),
        **_networks(),
        **_local_plant(),
        assumptions=assumptions.load("cowi-2022"),
        **tables,
    )
    return replace(made, **changes)


def make_overview(**changes: Any) -> Overview:
    """Give the view of four areas, one of them viable; keyword arguments replace fields."""
    town = make_town()
    shifts = {
        AREA: (0, 0),
        "Ålsgårde": (-1700, 1150),
        "Sønder Kær": (900, -1900),
        "Skibstrup": (-2300, -1300),
    }
    figures = pd.concat([town.key_figures, make_economics()])
    rows, shapes, trimmed = [], [], []
    for number, (name, (east, north)) in enumerate(shifts.items()):
        is_viable = name == "Ålsgårde"
        values = figures.to_dict() | {"area": name, "town": name, "is_viable": is_viable}
        values["oil_gas_count"] = int(values["oil_gas_count"]) + 37 * number
        values["density_kwh_per_m2"] = float(values["density_kwh_per_m2"]) * (
            1.5 if is_viable else 1 - 0.2 * number
        )
        values |= {"site_m2": 999.9, "noise_distance_m": 88.4, "site_distance_m": 86.0 if number else np.nan}
        values["advice"] = "viable" if is_viable else "user_too_expensive"
        rows.append(values)
        shapes.append(translate(town.original.geometry.iloc[0], east, north))
        trimmed.append(translate(town.trimmed.geometry.iloc[0], east, north))
    areas = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs=CRS)
    # The areas' own key figures but for the density, which is made up here.
    area_groups, joining = join_in_a_row(
        areas.drop(columns="geometry").assign(
            density_kwh_per_m2=areas["oil_gas_heat_mwh"] / areas["area_km2"] / 1000,
            oil_gas_count=areas["oil_count"] + areas["gas_count"],
        )
    )
    made = Overview(
        municipality=make_municipality(),
        areas=areas,
        trimmed=gpd.GeoDataFrame(
            {
                "area": list(shifts),
                "area_km2": shapely.area(trimmed) / 1e6,
                "original_km2": shapely.area(shapes) / 1e6,
            },
            geometry=trimmed,
            crs=CRS,
        ),
        communities=town.communities.drop(columns="overlap_share").assign(area=AREA),
        register_counts=town.register_counts,
        register_repairs=town.register_repairs,
        register_checks=town.register_checks,
        register_doubt=town.register_doubt,
        area_groups=area_groups,
        joining=joining,
        **{
            name: pd.concat([getattr(town, name).assign(area=area) for area in shifts], ignore_index=True)
            for name in ("sensitivity", "uncertainty", "break_even")
        },
        assumptions=town.assumptions,
        failures={},
    )
    return replace(made, **changes)
