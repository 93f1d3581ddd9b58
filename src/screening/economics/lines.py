"""The lines of the ledger: who pays whom what in the project, and in the individual alternative."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.assumptions import entry
from screening.economics.cash_flow import (
    BANK,
    COMPANY,
    CUSTOMERS,
    ENVIRONMENT,
    STATE,
    SUPPLIERS,
    Line,
    Term,
)
from screening.economics.timeline import loan_payments, owned_at_end, replaced
from screening.finance import annuity_factor
from screening.supply import INVESTMENTS, electricity_use, individual_heat_pump_price
from screening.units import GJ_PER_MWH, KWH_PER_MWH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screening.assumptions import Assumptions, Draws
    from screening.economics.timeline import Timeline
    from screening.supply import Customers, Supply

__all__ = ["alternative_lines", "contribution_lines", "electricity_mwh", "project_lines", "with_vat"]

FloatArray = npt.NDArray[np.float64]

_FUELS = {
    "gas": {
        "paid": "gas_price_incl_vat_dkk_per_mwh",
        "tax": "gas_tax_dkk_per_mwh",
        "worth": "gas_factor_price_dkk_per_mwh",
        "co2": "gas_kg_co2_per_mwh",
    },
    "oil": {
        "paid": "oil_price_incl_vat_dkk_per_mwh",
        "tax": "oil_tax_dkk_per_mwh",
        "worth": "oil_factor_price_dkk_per_mwh",
        "co2": "oil_kg_co2_per_mwh",
    },
}
_OF_ELECTRICITY = {
    "so2": "electricity_so2_g_per_mwh",
    "nox": "electricity_nox_g_per_mwh",
    "pm25": "electricity_pm25_g_per_mwh",
}
_G_PER_KG, _KG_PER_TONNE = 1000.0, 1000.0


def project_lines(
    customers: Customers, supply: Supply, granted_share: npt.ArrayLike, timeline: Timeline
) -> list[Line]:
    """Everything that is paid when the town gets local heating, but for the construction contribution.

    Parameters
    ----------
    customers
        Who connects.
    supply
        Plant and network.
    granted_share
        Share of the customers for whom the grant is paid. [1]
    timeline
        Years and assumptions.

    Returns
    -------
    list of Line
        Payments between company, customers, state, suppliers and bank, and harm to the environment.
    """
    a, t, c = timeline.assumptions, timeline, customers
    lines: list[Line] = []
    for item in INVESTMENTS:
        bought = (Term(supply.investment_dkk[item], t.start),)
        lines += _bought(item, COMPANY, bought, entry(a, "technical_lifetime_years", item))
    lines += _loans(lines, t)
    made = (*_served(c.oil_heat_mwh, c.gas_heat_mwh, t), Term(supply.heat_loss_mwh, t.running))
    lines += _heat_production(made, c, t)
    pipes = sum(supply.investment_dkk[item] for item in ("network", "transmission", "service_lines"))
    kept_up = (Term(np.asarray(a.network_operation_rate * pipes), t.running),)
    lines.append(Line("network_operation", "operation", COMPANY, SUPPLIERS, kept_up))
    lines += with_vat(_tariffs(c, t), t)
    grant = np.asarray(granted_share, float) * a.grant_dkk_per_customer
    lines.append(
        Line("grant", "grant", STATE, COMPANY, _joining(c.oil_count * grant, c.gas_count * grant, t),
             is_indexed=False)
    )  # fmt: skip
    price = a.substation_dkk_per_customer
    units = _bought(
        "substation",
        CUSTOMERS,
        _joining(c.oil_count * price, c.gas_count * price, t),
        entry(a, "technical_lifetime_years", "substation"),
    )
    yearly = a.substation_operation_dkk_per_customer_year
    upkeep = _served(c.oil_count * yearly, c.gas_count * yearly, t)
    units.append(Line("substation_operation", "operation", CUSTOMERS, SUPPLIERS, upkeep))
    return lines + with_vat(units, t) + _remaining_fuel(c, t)


def alternative_lines(customers: Customers, timeline: Timeline) -> list[Line]:
    """Everything that is paid when each customer gets a heat pump in the year the project would connect him.

    Parameters
    ----------
    customers
        Whose boilers are replaced.
    timeline
        Years and assumptions.

    Returns
    -------
    list of Line
        Payments between customers, state and suppliers, and harm to the environment.
    """
    a, t, c = timeline.assumptions, timeline, customers
    bought = _joining(
        _heat_pumps(c.oil_count, c.oil_heat_mwh, a), _heat_pumps(c.gas_count, c.gas_heat_mwh, a), t
    )
    own = _bought(
        "individual_heat_pump",
        CUSTOMERS,
        bought,
        entry(a, "technical_lifetime_years", "individual_heat_pump"),
    )
    yearly = a.individual_heat_pump_operation_dkk_per_year
    upkeep = _served(c.oil_count * yearly, c.gas_count * yearly, t)
    own.append(Line("heat_pump_operation", "operation", CUSTOMERS, SUPPLIERS, upkeep))
    per_heat = 1.0 / np.asarray(a.individual_heat_pump_cop, float)
    used = _served(c.oil_heat_mwh * per_heat, c.gas_heat_mwh * per_heat, t)
    tax = t.price("household_electricity_tax_dkk_per_mwh")
    paid = t.price("electricity_price_excl_vat_dkk_per_mwh") - tax
    worth = t.price("electricity_spot_dkk_per_mwh") + t.price("electricity_household_addition_dkk_per_mwh")
    own += [
        Line("electricity", "energy", CUSTOMERS, SUPPLIERS, _priced(used, paid), _priced(used, worth)),
        Line("electricity_tax", "tax", CUSTOMERS, STATE, _priced(used, tax)),
    ]
    return with_vat(own, t) + _electricity_harm(used, CUSTOMERS, t) + _remaining_fuel(c, t)


def contribution_lines(each_dkk: npt.ArrayLike, customers: Customers, timeline: Timeline) -> list[Line]:
    """Let every customer pay the construction contribution on joining, with VAT.

    Parameters
    ----------
    each_dkk
        By area, without VAT. [DKK/customer]
    customers
        Who pays.
    timeline
        Years and assumptions.

    Returns
    -------
    list of Line
        The contribution and its VAT.
    """
    each = np.asarray(each_dkk, float)
    paid = _joining(customers.oil_count * each, customers.gas_count * each, timeline)
    line = Line("anlaegsbidrag", "payment", CUSTOMERS, COMPANY, paid, is_indexed=False)
    return with_vat([line], timeline)


def with_vat(lines: Iterable[Line], timeline: Timeline) -> list[Line]:
    """Add to each payment of the customers the VAT on it; to them it is a cost.

    Parameters
    ----------
    lines
        Payments without VAT.
    timeline
        Years and assumptions.

    Returns
    -------
    list of Line
        Each line, followed by its VAT where money is paid.
    """
    share, found = np.asarray(timeline.assumptions.vat_share, float), []
    for line in lines:
        found.append(line)
        if line.money:
            money = tuple(Term(np.asarray(amount) * share, profile) for amount, profile in line.money)
            found.append(replace(line, item="vat", kind="vat", payee=STATE, money=money, worth=None))
    return found


def electricity_mwh(customers: Customers, supply: Supply, timeline: Timeline) -> tuple[Term, ...]:
    """Electricity of the plant by year.

    Parameters
    ----------
    customers
        Who connects.
    supply
        Plant and network.
    timeline
        Years and assumptions.

    Returns
    -------
    tuple of Term
        In MWh.
    """
    per_heat = electricity_use(1.0, timeline.assumptions)
    made = (
        *_served(customers.oil_heat_mwh, customers.gas_heat_mwh, timeline),
        Term(supply.heat_loss_mwh, timeline.running),
    )
    return tuple(Term(np.asarray(amount) * per_heat, profile) for amount, profile in made)


def _heat_pumps(count: FloatArray, heat_mwh: FloatArray, assumptions: Assumptions | Draws) -> FloatArray:
    """Price of a heat pump of the customers' mean size for each."""
    hours = np.asarray(assumptions.individual_heat_pump_full_load_hours, float)
    each = np.divide(heat_mwh, count, out=np.zeros(np.broadcast_shapes(heat_mwh.shape, count.shape)),
                     where=count > 0)  # fmt: skip
    return individual_heat_pump_price(each * KWH_PER_MWH / hours, assumptions) * count


def _bought(item: str, payer: str, first: tuple[Term, ...], life: FloatArray) -> list[Line]:
    """Buy, buy again at the end of the life, and own the rest at the horizon."""
    again, left = [], []
    for amount, share in first:
        profile = np.asarray(share, float)
        bought = replaced(profile, life)
        last = np.zeros(bought.shape[-1])
        last[-1] = 1.0
        again.append(Term(amount, bought - profile))
        left.append(Term(-np.asarray(amount), last * owned_at_end(bought, life)))
    return [
        Line(item, "investment", payer, SUPPLIERS, first),
        Line(item, "reinvestment", payer, SUPPLIERS, tuple(again)),
        Line(item, "scrap_value", payer, SUPPLIERS, (), tuple(left)),
    ]


def _loans(lines: Iterable[Line], timeline: Timeline) -> list[Line]:
    """Borrow every investment of the company, and every later one, on the same terms."""
    a = timeline.assumptions
    payment = annuity_factor(a.loan_rate, timeline.horizon)
    taken = {
        kind: tuple(
            Term(amount, np.asarray(profile) * timeline.level)
            for line in lines
            if line.kind == kind
            for amount, profile in line.money
        )
        for kind in ("investment", "reinvestment")
    }
    repaid = taken["investment"] + (taken["reinvestment"] if a.is_replacement_loan_repaid else ())
    paid = tuple(
        Term(amount, loan_payments(profile, payment, timeline.horizon)) for amount, profile in repaid
    )
    return [
        Line("loan", "finance", BANK, COMPANY, sum(taken.values(), ()), is_indexed=False),
        Line("loan_payment", "finance", COMPANY, BANK, paid, is_indexed=False),
    ]


def _heat_production(made: tuple[Term, ...], customers: Customers, timeline: Timeline) -> list[Line]:
    """Electricity, its tax and operation of the plant: together the price of making heat."""
    a, t = timeline.assumptions, timeline
    given = customers.heat_production_dkk_per_mwh
    whole = np.where(np.isnan(given), a.heat_production_dkk_per_mwh, given)
    upkeep = np.asarray(a.plant_operation_dkk_per_mwh, float)
    used = tuple(Term(np.asarray(amount) * electricity_use(1.0, a), profile) for amount, profile in made)
    tax = t.price("plant_electricity_tax_dkk_per_mwh")
    worth = t.price("electricity_spot_dkk_per_mwh") * a.plant_spot_price_share + t.price(
        "electricity_plant_addition_dkk_per_mwh"
    )
    bought = tuple(Term(np.asarray(amount) * (whole - upkeep), profile) for amount, profile in made)
    return [
        Line("electricity", "energy", COMPANY, SUPPLIERS, bought + _priced(used, -tax), _priced(used, worth)),
        Line("electricity_tax", "tax", COMPANY, STATE, _priced(used, tax)),
        Line("plant_operation", "operation", COMPANY, SUPPLIERS, _priced(made, upkeep)),
        *_electricity_harm(used, COMPANY, t),
    ]


def _tariffs(customers: Customers, timeline: Timeline) -> list[Line]:
    """Let customers pay the company by its price sheet, without VAT."""
    a, t, c = timeline.assumptions, timeline, customers
    oil = np.divide(c.oil_count, c.count, out=np.zeros_like(c.count), where=c.count > 0)
    parts = {
        "income_variable": (c.oil_heat_mwh, c.gas_heat_mwh, a.tariff_variable_dkk_per_mwh),
        "income_area": (
            c.heated_area_m2 * oil,
            c.heated_area_m2 * (1.0 - oil),
            a.tariff_area_dkk_per_m2_year,
        ),
        "income_subscription": (c.oil_count, c.gas_count, a.tariff_subscription_dkk_per_customer_year),
    }
    lines = [
        Line(item, "payment", CUSTOMERS, COMPANY, _served(by_oil * price, by_gas * price, t))
        for item, (by_oil, by_gas, price) in parts.items()
    ]
    each = a.connection_contribution_dkk_per_customer
    joined = _joining(c.oil_count * each, c.gas_count * each, t)
    return [*lines, Line("connection_contribution", "payment", CUSTOMERS, COMPANY, joined, is_indexed=False)]


def _remaining_fuel(customers: Customers, timeline: Timeline) -> list[Line]:
    """Fuel of the boilers that are not yet replaced, the same in both alternatives."""
    a, t, lines = timeline.assumptions, timeline, []
    heat = {"gas": customers.gas_heat_mwh, "oil": customers.oil_heat_mwh}
    left = {"gas": t.running - t.gas, "oil": t.running - t.oil}
    for fuel, tables in _FUELS.items():
        used = (Term(heat[fuel] / entry(a, "existing_boiler_efficiency", fuel), left[fuel]),)
        whole, tax = t.price(tables["paid"]), t.price(tables["tax"])
        paid = whole / (1.0 + np.asarray(a.vat_share)) - tax
        worth = t.price(tables["worth"])
        lines += with_vat(
            [
                Line(fuel, "energy", CUSTOMERS, SUPPLIERS, _priced(used, paid), _priced(used, worth)),
                Line(f"{fuel}_tax", "tax", CUSTOMERS, STATE, _priced(used, tax)),
            ],
            t,
        )
        emission = t.price(tables["co2"])
        damage = sum(
            entry(a, "boiler_emission_g_per_gj", f"{fuel}:{name}")
            * (GJ_PER_MWH / _G_PER_KG)
            * entry(a, "damage_cost_dkk_per_kg", f"home:{name}")
            for name in _OF_ELECTRICITY
        )
        lines += _harm(used, CUSTOMERS, emission, np.asarray(damage), t)
    return lines


def _electricity_harm(used: tuple[Term, ...], payer: str, timeline: Timeline) -> list[Line]:
    a, t = timeline.assumptions, timeline
    damage = sum(
        t.price(table) / _G_PER_KG * entry(a, "damage_cost_dkk_per_kg", f"power:{name}")
        for name, table in _OF_ELECTRICITY.items()
    )
    return _harm(used, payer, t.price("electricity_kg_co2_per_mwh"), np.asarray(damage), t)


def _harm(
    used: tuple[Term, ...], payer: str, emission: FloatArray, damage: FloatArray, timeline: Timeline
) -> list[Line]:
    """CO2e at its factor price, and air pollution at market prices; no money changes hands."""
    carbon = emission * timeline.price("co2_price_dkk_per_tonne") / _KG_PER_TONNE
    return [
        Line("co2", "harm", payer, ENVIRONMENT, (), _priced(used, carbon)),
        Line("air_pollution", "harm", payer, ENVIRONMENT, (), _priced(used, damage), is_market_price=True),
    ]


def _served(by_oil: npt.ArrayLike, by_gas: npt.ArrayLike, timeline: Timeline) -> tuple[Term, ...]:
    return Term(by_oil, timeline.oil), Term(by_gas, timeline.gas)


def _joining(by_oil: npt.ArrayLike, by_gas: npt.ArrayLike, timeline: Timeline) -> tuple[Term, ...]:
    return Term(by_oil, timeline.oil_joining), Term(by_gas, timeline.gas_joining)


def _priced(terms: tuple[Term, ...], price: FloatArray) -> tuple[Term, ...]:
    """Quantities times a price: one number, one by draw, or one by year."""
    return tuple(Term(amount, np.asarray(profile) * price) for amount, profile in terms)
