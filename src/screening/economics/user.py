"""The user: what heat costs a year with district heating, own heat pump, gas boiler or oil boiler."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from screening.assumptions import entry
from screening.economics.timeline import factors_of
from screening.finance import annual_payment
from screening.supply import boiler_price, individual_heat_pump_price
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from screening.assumptions import Assumptions, Draws
    from screening.economics.timeline import Timeline

__all__ = ["ALTERNATIVES", "COMPONENTS", "House", "prices_by_year", "standard_house", "yearly_cost"]

FloatArray = npt.NDArray[np.float64]

ALTERNATIVES = ("district_heating", "heat_pump", "gas", "oil")
COMPONENTS = ("energy", "fixed", "investment")
_TECHNOLOGY = {"heat_pump": "individual_heat_pump", "gas": "gas_boiler", "oil": "oil_boiler"}


class House(NamedTuple):
    """A consumer.

    Parameters
    ----------
    heat_mwh
        Heat in a year. [MWh/year]
    area_m2
        Heated area. [m2]
    """

    heat_mwh: npt.ArrayLike
    area_m2: npt.ArrayLike


def standard_house(assumptions: Assumptions | Draws) -> House:
    """Give the standard consumer of the set.

    Parameters
    ----------
    assumptions
        The set, or draws of it.

    Returns
    -------
    House
        Heat and area.
    """
    return House(assumptions.standard_consumer_heat_mwh, assumptions.standard_consumer_area_m2)


def yearly_cost(
    house: House,
    contribution_dkk: npt.ArrayLike,
    tariff_reduction_share: npt.ArrayLike,
    timeline: Timeline,
) -> dict[tuple[str, str], FloatArray]:
    """Yearly cost of a consumer, in the prices of year 0, with VAT.

    Parameters
    ----------
    house
        The consumer.
    contribution_dkk
        Construction contribution of each customer, by area, without VAT. [DKK/customer]
    tariff_reduction_share
        How much lower the tariffs are, by area. [1]
    timeline
        Years and assumptions.

    Returns
    -------
    dict of numpy.ndarray
        By (alternative, component), one value per area. [DKK/year]

    Notes
    -----
    Investments are spread at ``user_rate`` over each technology's lifetime, the contribution over
    ``contribution_term_years``; an energy price that changes over the years is the mean over the
    technology's life, weighted with the same rate. Individual plants are sized by the consumer's heat.
    """
    a = timeline.assumptions
    vat = 1.0 + np.asarray(a.vat_share)
    heat, area = np.asarray(house.heat_mwh, float), np.asarray(house.area_m2, float)
    contribution = np.asarray(contribution_dkk, float)
    tariff = 1.0 - np.asarray(tariff_reduction_share, float)
    fixed_dh = (
        a.tariff_area_dkk_per_m2_year * area + a.tariff_subscription_dkk_per_customer_year
    ) * tariff + a.substation_operation_dkk_per_customer_year
    one_off = contribution + a.connection_contribution_dkk_per_customer
    capital_dh = annual_payment(one_off, a.user_rate, a.contribution_term_years) + _capital(
        a.substation_dkk_per_customer, "substation", a
    )
    boiler_kw = heat * KWH_PER_MWH / a.customer_full_load_hours
    heat_pump_kw = a.user_heat_pump_kw * heat / a.standard_consumer_heat_mwh
    price = {name: _mean_price(name, timeline) for name in _TECHNOLOGY}
    own = {
        "heat_pump": (
            individual_heat_pump_price(heat_pump_kw, a),
            a.individual_heat_pump_operation_dkk_per_year,
        ),
        "gas": (boiler_price(boiler_kw, "gas", a), a.gas_boiler_operation_dkk_per_year),
        "oil": (boiler_price(boiler_kw, "oil", a), a.oil_boiler_operation_dkk_per_year),
    }
    yields = {
        "heat_pump": a.individual_heat_pump_cop,
        "gas": a.gas_boiler_efficiency,
        "oil": a.oil_boiler_efficiency,
    }
    costs: dict[tuple[str, str], npt.ArrayLike] = {
        ("district_heating", "energy"): a.tariff_variable_dkk_per_mwh * heat * tariff * vat,
        ("district_heating", "fixed"): fixed_dh * vat,
        ("district_heating", "investment"): capital_dh * vat,
    }
    for name, (bought, upkeep) in own.items():
        costs[name, "energy"] = heat / np.asarray(yields[name]) * price[name]
        costs[name, "fixed"] = np.asarray(upkeep) * vat
        costs[name, "investment"] = _capital(bought, _TECHNOLOGY[name], a) * vat
    shape = np.broadcast_shapes(
        np.shape(heat), np.shape(contribution), *(np.shape(v) for v in costs.values())
    )
    return {key: np.broadcast_to(np.asarray(value, float), shape) for key, value in costs.items()}


def prices_by_year(timeline: Timeline, last_year: int | None = None) -> dict[tuple[str, str], FloatArray]:
    """Price of the energy that a consumer buys, part by part.

    Parameters
    ----------
    timeline
        Years and assumptions.
    last_year
        Where another year than the horizon is wanted. [years]

    Returns
    -------
    dict of numpy.ndarray
        By (alternative, part): "energy" (with grid and trade), "tax", "vat"; by year 0 to the last.
        [DKK/MWh]
    """
    share = np.asarray(timeline.assumptions.vat_share)
    electricity = timeline.price("electricity_price_excl_vat_dkk_per_mwh", last_year)
    tax = timeline.price("household_electricity_tax_dkk_per_mwh", last_year)
    found = {
        ("heat_pump", "energy"): electricity - tax,
        ("heat_pump", "tax"): tax,
        ("heat_pump", "vat"): electricity * share,
    }
    for fuel in ("gas", "oil"):
        whole, tax = (
            timeline.price(f"{fuel}_price_incl_vat_dkk_per_mwh", last_year),
            timeline.price(f"{fuel}_tax_dkk_per_mwh", last_year),
        )
        net = whole / (1.0 + share)
        found |= {(fuel, "energy"): net - tax, (fuel, "tax"): tax, (fuel, "vat"): whole - net}
    return found


def _mean_price(name: str, timeline: Timeline) -> FloatArray:
    """Price of a consumer's energy with VAT over the life of his plant, weighted with his rate."""
    a = timeline.assumptions
    life = np.maximum(np.rint(entry(a, "technical_lifetime_years", _TECHNOLOGY[name])), 1.0)
    last = int(life.max())
    whole = sum(price for (own, _), price in prices_by_year(timeline, last).items() if own == name)
    year = np.arange(last + 1)
    weight = factors_of(a.user_rate, last) * ((year >= 1) & (year <= life))
    found = (whole * weight).sum(axis=-1, keepdims=True) / weight.sum(axis=-1, keepdims=True)
    return np.asarray(found, float)


def _capital(price_dkk: npt.ArrayLike, technology: str, assumptions: Assumptions | Draws) -> FloatArray:
    life = entry(assumptions, "technical_lifetime_years", technology)
    return annual_payment(price_dkk, assumptions.user_rate, life)
