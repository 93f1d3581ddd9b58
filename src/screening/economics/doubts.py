"""Which assumptions are in doubt, how far, and what follows when one of them moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.assumptions import Draws, between
from screening.economics.timeline import Timeline
from screening.supply import electricity_use

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.assumptions import Assumptions

__all__ = ["DRAWN", "PARAMETERS", "at_positions", "is_table", "ranged", "scaled"]

FloatArray = npt.NDArray[np.float64]

# What nobody knows yet. Ranges stand with the assumptions; connection comes first, as it decides most.
DRAWN = (
    "connection_rate_share",
    "heat_demand_factor",
    "network_dkk_per_km2",
    "network_dkk_per_m",
    "network_heat_loss_mwh_per_km2_year",
    "network_heat_loss_mwh_per_m_year",
    "network_pipes_price_factor",
    "network_pipes_heat_loss_factor",
    "network_full_load_hours",
    "service_line_dkk",
    "transmission_m",
    "plant_dkk",
    "reserve_dkk",
    "plant_heat_pump_cop",
    "plant_spot_price_share",
    "plant_operation_dkk_per_mwh",
    "electricity_spot_dkk_per_mwh",
    "electricity_plant_addition_dkk_per_mwh",
    "electricity_household_addition_dkk_per_mwh",
    "gas_factor_price_dkk_per_mwh",
    "oil_factor_price_dkk_per_mwh",
    "co2_price_dkk_per_tonne",
    "individual_heat_pump_dkk",
    "individual_heat_pump_cop",
    "individual_heat_pump_operation_dkk_per_year",
    "individual_heat_pump_full_load_hours",
    "gas_boiler_dkk",
    "technical_lifetime_years",
    "gas_conversion_years",
    "loan_rate",
    "price_growth_rate",
)
# What is decided or agreed rather than unknown: tried at both ends, but not drawn.
_CHOSEN = (
    "heat_production_dkk_per_mwh",
    "electricity_price_excl_vat_dkk_per_mwh",
    "gas_price_incl_vat_dkk_per_mwh",
    "tariff_variable_dkk_per_mwh",
    "substation_dkk_per_customer",
    "grant_dkk_per_customer",
    "user_rate",
    "calculation_rate",
)
PARAMETERS = DRAWN + _CHOSEN

_PLANT = {
    "plant_heat_pump_cop",
    "plant_spot_price_share",
    "plant_operation_dkk_per_mwh",
    "electricity_spot_dkk_per_mwh",
    "electricity_plant_addition_dkk_per_mwh",
}
# A price that users pay follows the part of it that is drawn: leader, follower, whether VAT comes on top.
_FOLLOWERS = (
    ("electricity_spot_dkk_per_mwh", "electricity_price_excl_vat_dkk_per_mwh", False),
    ("electricity_household_addition_dkk_per_mwh", "electricity_price_excl_vat_dkk_per_mwh", False),
    ("gas_factor_price_dkk_per_mwh", "gas_price_incl_vat_dkk_per_mwh", True),
    ("oil_factor_price_dkk_per_mwh", "oil_price_incl_vat_dkk_per_mwh", True),
)
_CONVERSION = ("oil_conversion_years", "gas_conversion_years")
# What counts only where the network goes by area, by trench or by the pipes laid out.
_BY_AREA = ("network_dkk_per_km2", "network_heat_loss_mwh_per_km2_year")
_BY_TRENCH = ("network_dkk_per_m", "network_heat_loss_mwh_per_m_year")
_BY_PIPES = ("network_pipes_price_factor", "network_pipes_heat_loss_factor")


def is_table(assumptions: Assumptions, name: str) -> bool:
    """Tell whether a parameter has many values; they are moved together.

    Parameters
    ----------
    assumptions
        The set.
    name
        Of the parameter.

    Returns
    -------
    bool
        True for a table.
    """
    return assumptions.parameter(name).kind == "table"


def ranged(assumptions: Assumptions, names: tuple[str, ...] = DRAWN) -> list[str]:
    """Keep the parameters that have a range and count in this set.

    Parameters
    ----------
    assumptions
        The set.
    names
        Parameters to choose from.

    Returns
    -------
    list of str
        In the order given.
    """
    used = _BY_TRENCH if assumptions.is_network_by_trench else _BY_AREA
    used = _BY_PIPES if assumptions.is_network_by_pipes else used
    idle = {*_BY_AREA, *_BY_TRENCH, *_BY_PIPES} - {*used}
    found = []
    for name in names:
        low, value, high = assumptions.ends(name)
        if name not in idle and ((low < value) | (high > value)).any():
            found.append(name)
    return found


def at_positions(assumptions: Assumptions, positions: Mapping[str, npt.ArrayLike]) -> Draws:
    """Draw parameters at positions in their ranges, with all that follows from them.

    Parameters
    ----------
    assumptions
        The set.
    positions
        By name, -1 the low end, 0 the value, 1 the high end, one per draw. [1]

    Returns
    -------
    Draws
        The parameters and the prices that follow them.
    """
    moved = {
        name: _bounded(assumptions, name, between(assumptions, name, place))
        for name, place in positions.items()
    }
    return _linked(assumptions, moved)


def scaled(assumptions: Assumptions, values: Mapping[str, npt.ArrayLike]) -> Draws:
    """Draw numbers at values, and tables with all rows times a factor, with all that follows.

    Parameters
    ----------
    assumptions
        The set.
    values
        By name: the value of a number (in its unit), the factor of a table, one per draw. [1]

    Returns
    -------
    Draws
        The parameters and the prices that follow them; nothing leaves its bounds.
    """
    moved = {}
    for name, wanted in values.items():
        given = np.asarray(wanted, float)
        if is_table(assumptions, name):
            given = given[:, None] * assumptions.column(name)[1]
        moved[name] = _bounded(assumptions, name, given)
    return _linked(assumptions, moved)


def _linked(assumptions: Assumptions, moved: dict[str, FloatArray]) -> Draws:
    """Pass a moved price on: to the user's price by what it moved, to heat by what it costs the plant."""
    numbers = {name: values for name, values in moved.items() if values.ndim == 1}
    tables = {name: values for name, values in moved.items() if values.ndim > 1}
    for leader, follower, with_vat in _FOLLOWERS:
        if leader in moved:
            keys, base = assumptions.column(leader)
            own_keys, own = assumptions.column(follower)
            factor = 1.0 + assumptions.vat_share if with_vat else 1.0
            # Interpolation as a matrix: both tables are keyed by year, but not by the same ones.
            weights = np.stack([np.interp(own_keys, keys, row) for row in np.eye(len(keys))])
            price = tables.get(follower, own) + factor * ((moved[leader] - base) @ weights)
            tables[follower] = _bounded(assumptions, follower, price)
    if _PLANT & moved.keys():
        plain = Draws(assumptions, numbers, tables)
        # Weighted as in the set itself: a moved rate must not change a price that did not move.
        t = Timeline(assumptions)
        weight = t.company * t.level * t.running
        change = (_heat_cost(plain, weight) - _heat_cost(assumptions, weight))[:, 0]
        heat = numbers.get("heat_production_dkk_per_mwh", assumptions.heat_production_dkk_per_mwh)
        name = "heat_production_dkk_per_mwh"
        numbers[name] = _bounded(assumptions, name, np.asarray(heat + change, float))
    return Draws(assumptions, numbers, tables)


def _heat_cost(assumptions: Assumptions | Draws, weight: FloatArray) -> FloatArray:
    """Price a MWh of heat in electricity and operation of the plant, a mean over the years."""
    t = Timeline(assumptions)
    price = (
        t.price("electricity_spot_dkk_per_mwh") * assumptions.plant_spot_price_share
        + t.price("electricity_plant_addition_dkk_per_mwh")
        + t.price("plant_electricity_tax_dkk_per_mwh")
    )
    mean = (price * weight).sum(axis=-1, keepdims=True) / weight.sum(axis=-1, keepdims=True)
    cost = mean * electricity_use(1.0, assumptions) + assumptions.plant_operation_dkk_per_mwh
    return np.atleast_2d(np.asarray(cost, float))


def _bounded(assumptions: Assumptions, name: str, values: FloatArray) -> FloatArray:
    """Keep to what the parameter allows; a conversion also ends within the period."""
    parameter = assumptions.parameter(name)
    most = min(parameter.maximum, assumptions.horizon_years) if name in _CONVERSION else parameter.maximum
    return np.clip(values, parameter.minimum, most)
