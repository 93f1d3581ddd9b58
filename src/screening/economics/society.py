"""Society: local heating against individual heat pumps in place of the same boilers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.economics.cash_flow import (
    by_year,
    connected_share,
    heat_pump_price,
    purchases,
    rates,
    remaining_value,
)
from screening.supply import electricity_use
from screening.units import GJ_PER_MWH, KWH_PER_MWH

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = ["ITEMS", "co2_saved", "present_costs"]

FloatArray = npt.NDArray[np.float64]

ITEMS = (
    "plant",
    "network",
    "electricity",
    "operation",
    "gas",
    "oil",
    "co2",
    "air_pollution",
    "tax_distortion",
    "scrap_value",
)
_FUELS = ("gas", "oil")
_FUEL_PRICE = {"gas": "gas_factor_price_dkk_per_mwh", "oil": "oil_factor_price_dkk_per_mwh"}
_FUEL_CO2 = {"gas": "gas_kg_co2_per_mwh", "oil": "oil_kg_co2_per_mwh"}
_ELECTRICITY_EMISSION = {
    "so2": "electricity_so2_g_per_mwh",
    "nox": "electricity_nox_g_per_mwh",
    "pm25": "electricity_pm25_g_per_mwh",
}
_G_PER_KG, _KG_PER_TONNE = 1000.0, 1000.0


@dataclass(frozen=True)
class _Energy:
    """Electricity and fuel of one alternative in MWh, area x year."""

    electricity: FloatArray
    fuel: dict[str, FloatArray]


def present_costs(
    areas: pd.DataFrame, supply: pd.DataFrame, assumptions: Assumptions
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Present value of what each alternative costs society.

    Parameters
    ----------
    areas
        Table of ``inputs.customers`` with granted_share.
    supply
        Table of ``supply.design``.
    assumptions
        The set.

    Returns
    -------
    tuple of dict of numpy.ndarray
        Project and alternative: cost by item of ``ITEMS``, one value per area, positive; gains (scrap
        value, tax revenue) negative. Fixed prices of year 0. [DKK]

    Notes
    -----
    Factor prices times the net tax factor; damage costs of air pollution are market prices already.
    User payments are transfers and left out; taxes and grants count only by ``tax_distortion_share``
    of the public revenue. The same boilers are replaced in the same years in both; those not yet
    replaced burn the same fuel in both. Only customers who connect are counted.
    """
    share = connected_share(areas["oil_share"], assumptions)
    running = np.r_[0.0, np.ones(share.shape[-1] - 1)]
    fuel = _remaining_fuel(areas, running, assumptions)
    project, grant = _project(areas, supply, share, running, assumptions)
    alternative = _alternative(areas, share, assumptions)
    made = _column(areas["heat_mwh"]) * share + _column(supply["heat_loss_mwh"]) * running
    central = _Energy(electricity_use(made, assumptions), fuel)
    single = _Energy(_column(areas["heat_mwh"]) * share / assumptions.individual_heat_pump_cop, fuel)
    spot = by_year("electricity_spot_dkk_per_mwh", assumptions)
    plant_price = spot * assumptions.plant_spot_price_share + by_year(
        "electricity_plant_addition_dkk_per_mwh", assumptions
    )
    own_price = spot + by_year("electricity_household_addition_dkk_per_mwh", assumptions)
    project |= _energy_costs(central, plant_price, "plant", grant, assumptions)
    alternative |= _energy_costs(single, own_price, "household", 0.0 * grant, assumptions)
    return {item: project[item] for item in ITEMS}, {item: alternative[item] for item in ITEMS}


def co2_saved(areas: pd.DataFrame, supply: pd.DataFrame, assumptions: Assumptions) -> FloatArray:
    """CO2e saved a year when all customers are connected: the mean of those years within the horizon.

    One year's factors would mislead where a forecast steps, as gas does when it becomes biogas.

    Parameters
    ----------
    areas
        Table of ``inputs.customers``.
    supply
        Table of ``supply.design``.
    assumptions
        The set.

    Returns
    -------
    numpy.ndarray
        Emission of the replaced boilers less that of the plant's electricity, by area. [t/year]
    """
    last = int(assumptions.horizon_years)
    first = min(int(max(assumptions.gas_conversion_years, assumptions.oil_conversion_years, 1.0)), last)
    years = slice(first, last + 1)
    fuel = _boiler_fuel(areas, assumptions)
    before = sum(fuel[name] * by_year(_FUEL_CO2[name], assumptions)[years].mean() for name in _FUELS)
    electricity = electricity_use(supply["produced_mwh"], assumptions)
    after = electricity * by_year("electricity_kg_co2_per_mwh", assumptions)[years].mean()
    return np.asarray((before - after) / _KG_PER_TONNE, float)


def _project(
    areas: pd.DataFrame,
    supply: pd.DataFrame,
    share: FloatArray,
    running: FloatArray,
    assumptions: Assumptions,
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Capital and operation of plant and network, and the grant as public expense."""
    joining = np.diff(share, axis=-1, prepend=0.0)
    at_start = np.broadcast_to(1.0 - running, share.shape)
    substations = areas["customer_count"] * assumptions.substation_dkk_per_customer
    life = assumptions.lookup("technical_lifetime_years")
    bought = {
        item: (purchases(supply[f"{item}_dkk"], life[item], at_start), life[item])
        for item in ("plant", "grid_connection", "reserve", "network", "transmission", "service_lines")
    }
    bought["substation"] = (purchases(substations, life["substation"], joining), life["substation"])
    groups = {
        "plant": ("plant", "grid_connection", "reserve"),
        "network": ("network", "transmission", "service_lines", "substation"),
    }
    factors, tax = rates(assumptions), assumptions.net_tax_factor
    costs = {
        group: tax * sum((bought[item][0] @ factors for item in items), np.zeros(len(areas)))
        for group, items in groups.items()
    }
    left = sum((remaining_value(*bought[item]) for item in bought), np.zeros(len(areas)))
    costs["scrap_value"] = -tax * factors[-1] * left
    pipes = supply["network_dkk"] + supply["transmission_dkk"] + supply["service_lines_dkk"]
    granted = _column(areas["customer_count"] * areas["granted_share"])
    made = _column(areas["heat_mwh"]) * share + _column(supply["heat_loss_mwh"]) * running
    yearly = (
        assumptions.plant_operation_dkk_per_mwh * made
        + assumptions.network_operation_rate * _column(pipes) * running
        + assumptions.substation_operation_dkk_per_customer_year * _column(areas["customer_count"]) * share
    )
    costs["operation"] = tax * (yearly @ factors)
    return costs, assumptions.grant_dkk_per_customer * granted * joining


def _alternative(areas: pd.DataFrame, share: FloatArray, assumptions: Assumptions) -> dict[str, FloatArray]:
    """Capital and operation of one heat pump for each customer, of the customers' mean size."""
    joining = np.diff(share, axis=-1, prepend=0.0)
    count = areas["customer_count"].to_numpy(float)
    hours = assumptions.individual_heat_pump_full_load_hours
    size_kw = areas["heat_mwh"].to_numpy(float) / count * KWH_PER_MWH / hours
    price = heat_pump_price(size_kw, assumptions) * count
    life = assumptions.lookup("technical_lifetime_years")["individual_heat_pump"]
    bought = purchases(price, life, joining)
    factors, tax = rates(assumptions), assumptions.net_tax_factor
    yearly = assumptions.individual_heat_pump_operation_dkk_per_year * count[:, None] * share
    return {
        "plant": tax * (bought @ factors),
        "network": np.zeros(len(areas)),
        "operation": tax * (yearly @ factors),
        "scrap_value": -tax * factors[-1] * remaining_value(bought, life),
    }


def _boiler_fuel(areas: pd.DataFrame, assumptions: Assumptions) -> dict[str, FloatArray]:
    """Fuel that the customers' boilers burn a year in MWh; oil and gas customers use the same heat each."""
    efficiency = assumptions.lookup("existing_boiler_efficiency")
    heat, oil = areas["heat_mwh"].to_numpy(float), areas["oil_share"].to_numpy(float)
    return {
        "gas": heat * (1.0 - oil) / float(efficiency["gas"]),
        "oil": heat * oil / float(efficiency["oil"]),
    }


def _remaining_fuel(
    areas: pd.DataFrame, running: FloatArray, assumptions: Assumptions
) -> dict[str, FloatArray]:
    """Fuel of the boilers that are not yet replaced in MWh, area x year."""
    burnt, only_oil = _boiler_fuel(areas, assumptions), {"gas": 0.0, "oil": 1.0}
    left = {name: running - connected_share([only_oil[name]], assumptions) for name in _FUELS}
    return {name: _column(burnt[name]) * left[name] for name in _FUELS}


def _energy_costs(
    energy: _Energy, price: FloatArray, user: str, grant: FloatArray, assumptions: Assumptions
) -> dict[str, FloatArray]:
    """Energy, CO2e, air pollution and tax distortion of one alternative, present values."""
    factors, tax = rates(assumptions), assumptions.net_tax_factor
    costs = {"electricity": tax * ((energy.electricity * price) @ factors)}
    emitted = energy.electricity * by_year("electricity_kg_co2_per_mwh", assumptions)
    damage = energy.electricity * _electricity_damage(assumptions)
    revenue = energy.electricity * float(assumptions.lookup("electricity_tax_dkk_per_mwh")[user]) - grant
    for name in _FUELS:
        used = energy.fuel[name]
        costs[name] = tax * ((used * by_year(_FUEL_PRICE[name], assumptions)) @ factors)
        emitted = emitted + used * by_year(_FUEL_CO2[name], assumptions)
        damage = damage + used * _boiler_damage(name, assumptions)
        revenue = revenue + used * float(assumptions.lookup("fuel_tax_dkk_per_mwh")[name])
    co2_price = by_year("co2_price_dkk_per_tonne", assumptions) / _KG_PER_TONNE
    distortion = assumptions.tax_distortion_share * assumptions.is_tax_distortion_included
    return costs | {
        "co2": tax * ((emitted * co2_price) @ factors),
        "air_pollution": damage @ factors,
        "tax_distortion": -distortion * (revenue @ factors),
    }


def _electricity_damage(assumptions: Assumptions) -> FloatArray:
    """Damage cost of the air pollution of electricity in DKK/MWh, by year."""
    cost = assumptions.lookup("damage_cost_dkk_per_kg")
    damage = [
        by_year(table, assumptions) / _G_PER_KG * float(cost[f"power:{name}"])
        for name, table in _ELECTRICITY_EMISSION.items()
    ]
    return np.asarray(np.sum(damage, axis=0), float)


def _boiler_damage(fuel: str, assumptions: Assumptions) -> float:
    """Damage cost of the air pollution of a boiler in DKK per MWh of fuel."""
    cost, emission = (
        assumptions.lookup("damage_cost_dkk_per_kg"),
        assumptions.lookup("boiler_emission_g_per_gj"),
    )
    return sum(
        float(emission[f"{fuel}:{name}"]) * GJ_PER_MWH / _G_PER_KG * float(cost[f"home:{name}"])
        for name in _ELECTRICITY_EMISSION
    )


def _column(values: npt.ArrayLike) -> FloatArray:
    return np.asarray(values, float)[:, None]
