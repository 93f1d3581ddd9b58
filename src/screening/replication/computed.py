"""Every published number computed with the product's own functions; nothing is copied from the note.

The note's counts are laid out as made-up buildings, so that key figures and communities go through the same
functions as a register does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from screening import areas as area_stage
from screening import communities, economics, tables
from screening.replication.fit import fitted_lines
from screening.replication.published import published, table_1
from screening.supply import plant
from screening.units import KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.assumptions import Assumptions

__all__ = ["computed"]

Number = tuple[str, str, float]  # quantity, area, value

_GAS_BOILER, _HEAT_PUMP, _ELECTRIC = "2", "5", "7"  # heating installation byg056
_HOUSE_M, _APART_M = 8.0, 10_000.0  # side of a made-up building, distance between made-up places
_TOWN_HALL, _SOUTH = 700_000.0, 6_200_000.0  # anywhere in Denmark
_RULES = {  # published rule -> assumption row
    "density_criterion_kwh_per_m2": "density_criterion_kwh_per_m2",
    "reserve_dkk": "reserve_dkk",
    "heat_pump_heat_share": "heat_pump_heat_share",
    "heat_production_dkk_per_mwh": "heat_production_dkk_per_mwh",
    "oil_conversion_years": "oil_conversion_years",
    "gas_conversion_years": "gas_conversion_years",
    "loan_rate": "loan_rate",
    "horizon_years": "horizon_years",
    "network_dkk_per_km2": "network_dkk_per_km2",
    "grant_dkk_per_customer": "grant_dkk_per_customer",
    "gas_price_dkk_per_mwh": "gas_price_incl_vat_dkk_per_mwh",
    "electricity_price_dkk_per_mwh": "electricity_price_excl_vat_dkk_per_mwh",
    "standard_consumer_heat_mwh": "standard_consumer_heat_mwh",
    "standard_consumer_area_m2": "standard_consumer_area_m2",
    "user_rate": "user_rate",
    "net_tax_factor": "net_tax_factor",
    "calculation_rate": "calculation_rate",
    "tax_distortion_share": "tax_distortion_share",
    "min_customer_count": "min_customer_count",
    "community_rate": "community_rate",
    "community_simultaneity_factor": "community_simultaneity_factor",
    "community_service_line_price_dkk_per_m": "community_service_line_price_dkk_per_m",
    "community_service_line_life_years": "community_service_line_life_years",
    "community_loss_mwh_per_m_year": "community_loss_mwh_per_m_year",
    "community_cop": "community_cop",
    "community_electricity_price_dkk_per_mwh": "community_electricity_price_dkk_per_mwh",
    "community_min_buildings_count": "community_min_buildings_count",
    "community_collective_supply_kw": "community_collective_supply_kw",
}
_SERVICE_LINES = {"bolig": "dwelling", "erhverv": "business", "offentlig": "public"}
_RESULTS = (
    "customer_count",
    "user_price_district_heating_dkk_per_year",
    "npv_project_dkk",
    "npv_alternative_dkk",
    "is_viable",
)


def computed(assumptions: Assumptions) -> pd.DataFrame:
    """Compute every published number.

    Parameters
    ----------
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        quantity, area, computed (in the unit of the quantity); no row for what is only stated.
    """
    numbers = [
        *_rules(assumptions),
        *_key_figures(assumptions),
        *_plant(assumptions),
        *_economics(assumptions),
        *_community_formula(assumptions),
        *_communities(assumptions),
    ]
    return pd.DataFrame(numbers, columns=["quantity", "area", "computed"]).astype({"computed": float})


def _rules(a: Assumptions) -> Iterator[Number]:
    for quantity, name in _RULES.items():
        is_table = a.parameter(name).kind == "table"  # by calendar year: the first one
        yield quantity, "", float(a.lookup(name).sort_index().iloc[0] if is_table else getattr(a, name))
    yield "electric_boiler_heat_share", "", 1.0 - a.heat_pump_heat_share
    for kind, key in _SERVICE_LINES.items():
        yield "service_line_kw", kind, float(a.lookup("service_line_kw")[key])
        yield "service_line_dkk", kind, float(a.lookup("service_line_dkk")[key])
    dwelling_kw = float(a.lookup("service_line_kw")["dwelling"])
    yield "customer_full_load_hours", "", a.standard_consumer_heat_mwh * KWH_PER_MWH / dwelling_kw


def _key_figures(a: Assumptions) -> Iterator[Number]:
    """Lay the counts of table 1 out as buildings in a square of the area, and count them again."""
    given = table_1()
    side_m = np.sqrt(given["area_km2"].to_numpy() * M2_PER_KM2)
    west = _TOWN_HALL + np.arange(len(given)) * _APART_M
    squares = [
        box(x, _SOUTH, x + side, _SOUTH + side)
        for x, side in zip(west.tolist(), side_m.tolist(), strict=True)
    ]
    trimmed = gpd.GeoDataFrame({"area": given["area"]}, geometry=squares, crs=tables.CRS)
    row = np.repeat(np.arange(len(given)), given["individual_count"])
    number = np.arange(len(row)) - np.searchsorted(row, row)  # of the building in its area
    fossil, pumps = (given[name].to_numpy()[row] for name in ("oil_gas_count", "heat_pump_count"))
    is_fossil, is_pump = number < fossil, (number >= fossil) & (number < fossil + pumps)
    heat_mwh = given["oil_gas_heat_mwh"].to_numpy()
    others = (given["individual_count"] - given["oil_gas_count"]).to_numpy()
    rest_mwh = (given["individual_heat_mwh"] - given["oil_gas_heat_mwh"]).to_numpy()
    middle_m = side_m[row] / 2
    buildings = gpd.GeoDataFrame(
        {
            "use_code": "120",
            "heating_installation_code": np.select(
                [is_fossil, is_pump], [_GAS_BOILER, _HEAT_PUMP], default=_ELECTRIC
            ),
            "is_oil": False,
            "is_gas": is_fossil,
            "heat_demand_mwh": np.where(is_fossil, heat_mwh[row] / fossil, rest_mwh[row] / others[row]),
        },
        index=pd.Index([f"b{i}" for i in range(len(row))], name="building_id"),
        geometry=gpd.points_from_xy(west[row] + middle_m, _SOUTH + middle_m),
        crs=tables.CRS,
    )
    found = area_stage.key_figures(buildings, trimmed, a)
    for quantity in [str(name) for name in given if name not in {"area", "area_km2"}]:
        yield from ((quantity, area, x) for area, x in zip(found["area"], found[quantity], strict=True))


def _plant(a: Assumptions) -> Iterator[Number]:
    sizes = a.lookup("plant_dkk").sort_index().index.to_numpy(float)
    units, price = plant.plant_units(sizes, a), plant.plant_price(sizes, a)
    module_kw = units["heat_pump_kw"].iloc[0]
    found = {
        "plant_heat_pump_kw": units["heat_pump_kw"],
        "plant_electric_boiler_kw": units["electric_boiler_kw"],
        "plant_tank_m3": units["tank_m3"],
        "plant_heat_pump_count": units["heat_pump_kw"] / module_kw,
        "plant_dkk": price,
    }
    for quantity, values in found.items():
        yield from ((quantity, f"{size:g} kW", x) for size, x in zip(sizes, values, strict=True))
    below_kw = sizes[0] / 2
    yield "plant_dkk_per_kw", "under 500 kW", float(plant.plant_price(below_kw, a)) / below_kw


def _economics(a: Assumptions) -> Iterator[Number]:
    found = economics.screen_areas(table_1(), a)
    table = published()
    told = table.loc[table["quantity"] == "npv_project_dkk", "area"]
    for quantity in _RESULTS:
        yield from ((quantity, area, float(found.loc[area, quantity])) for area in told)
    for quantity in ("user_price_heat_pump_dkk_per_year", "user_price_gas_dkk_per_year"):
        yield quantity, "", float(found[quantity].iloc[0])
    lines = fitted_lines()
    lines = lines[(lines["weighting"] == "kroner") & (lines["left_out"] == "")].set_index("side")
    project, alternative = lines.loc["project"].to_dict(), lines.loc["alternative"].to_dict()
    yield "line_alternative_dkk_per_customer", "", alternative["dkk_per_customer"]
    yield "line_alternative_dkk_per_mwh_year", "", alternative["dkk_per_mwh_year"]
    yield "line_project_dkk", "", project["fixed_dkk"]
    yield "line_project_dkk_per_mwh_year", "", project["dkk_per_mwh_year"]
    yield "line_project_dkk_per_km2", "", project["dkk_per_km2"]
    yield "line_project_residual_share", "Ålsgårde3", project["Ålsgårde3"]


def _community_formula(a: Assumptions) -> Iterator[Number]:
    derived = communities.derived_constants(a).set_index(["name", "key"])["derived"]
    hours = a.community_full_load_hours_per_year
    for name in ("community_heat_pump_price_dkk", "community_heat_pump_life_years"):
        table = a.lookup(name)
        yield from ((name, f"{size:g} kW", x) for size, x in zip(table.index, table, strict=True))
    payments = a.lookup("community_heat_pump_payment_dkk_per_year")
    for size, payment in zip(payments.index, payments, strict=True):
        heat_mwh = size * hours / KWH_PER_MWH
        name = "community_heat_pump_payment_dkk_per_year"
        yield name, f"{size:g} kW", derived[name, f"{size:g}"]
        yield "community_full_load_hours", f"{size:g} kW", hours
        yield "community_heat_mwh", f"{size:g} kW", heat_mwh
        yield "community_payment_dkk_per_mwh", f"{size:g} kW", payment / heat_mwh
    for name in (
        "community_scale_saving_dkk_per_mwh",
        "community_service_line_dkk_per_m_year",
        "community_loss_dkk_per_m_year",
    ):
        yield name, "", derived[name, ""]
    yield (
        "community_shared_kw_of_10_kw",
        "",
        float(communities.shared_capacity(10.0 * hours / KWH_PER_MWH, a)),
    )
    yield "community_capacity_kw_per_mwh", "", float(communities.shared_capacity(1.0, a))
    for label, demand_mwh in (("10,5 MWh", 10.5), ("515 MWh", 515.0)):
        yield "community_max_distance_m", label, float(communities.max_distance(demand_mwh, a)[0])


def _communities(a: Assumptions) -> Iterator[Number]:
    """Lay the published communities out as rows of houses wall to wall, and find them again."""
    table = published()
    counts = table[table["quantity"] == "community_building_count"].set_index("area")["value"].astype(int)
    heat_mwh = table[table["quantity"] == "community_heat_demand_mwh"].set_index("area")["value"]
    row = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(row)) - np.searchsorted(row, row)
    west, south = _TOWN_HALL + number * _HOUSE_M, _SOUTH + row * _APART_M
    houses = gpd.GeoDataFrame(
        {"heat_demand_mwh": (heat_mwh / counts).to_numpy()[row]},
        index=pd.Index([f"b{i}" for i in range(len(row))], name="building_id"),
        geometry=box(west, south, west + _HOUSE_M, south + _HOUSE_M),
        crs=tables.CRS,
    )
    members, found = communities.find_communities(houses, a)
    published_id = pd.Series(counts.index[row], index=members.to_numpy()).groupby(level=0).first()
    found = found.set_index("id").rename(index=published_id)
    for quantity in ("building_count", "heat_demand_mwh", "capacity_kw", "is_collective_supply"):
        yield from ((f"community_{quantity}", str(name), float(x)) for name, x in found[quantity].items())
    for place in ("i teksten", "i tabellen"):
        yield "community_count", place, len(found)
        yield "community_largest_count", place, found["building_count"].max()
