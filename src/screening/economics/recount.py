"""The same payments counted a second time: quantities of every year times unit prices, without the ledger.

What both ways share is what is no payment: the customers, the sizes and prices of plant and network, the
years, the contribution, and the formula of the annuity.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from screening.assumptions import entry
from screening.economics import user
from screening.economics.cash_flow import BANK, COMPANY, CUSTOMERS, STATE, SUPPLIERS
from screening.finance import annual_payment, annuity_factor
from screening.supply import INVESTMENTS, electricity_use, individual_heat_pump_price
from screening.units import GJ_PER_MWH, KWH_PER_MWH

if TYPE_CHECKING:
    from screening.economics.evaluate import Result

__all__ = ["Count", "Paid", "count_alternative", "count_project", "outstanding_debt"]

FloatArray = npt.NDArray[np.float64]

_PIPES = {"network", "transmission", "service_lines"}
_EMISSIONS = ("so2", "nox", "pm25")
_G_PER_KG, _KG_PER_TONNE = 1000.0, 1000.0


class Paid(NamedTuple):
    """Who pays whom for what kind of thing."""

    payer: str
    payee: str
    kind: str


@dataclass
class Count:
    """Payments and costs, area x year.

    Parameters
    ----------
    money
        In the money of the year. [DKK]
    worth
        Cost to society at factor prices, damage at market prices, by item of ``society.ITEMS``; prices of
        year 0. [DKK]
    left
        Value left at the horizon of what each payer bought, by area, prices of year 0. [DKK]
    """

    money: dict[Paid, FloatArray] = field(default_factory=dict)
    worth: dict[str, FloatArray] = field(default_factory=dict)
    left: dict[str, FloatArray] = field(default_factory=dict)

    def pay(self, payer: str, payee: str, kind: str, money: FloatArray) -> None:
        """Add a payment in the money of the year."""
        key = Paid(payer, payee, kind)
        self.money[key] = self.money.get(key, np.zeros_like(money)) + money

    def use(self, item: str, worth: FloatArray) -> None:
        """Add what society uses up, in the prices of year 0."""
        self.worth[item] = self.worth.get(item, np.zeros_like(worth)) + worth

    def keep(self, payer: str, left: FloatArray) -> None:
        """Add what is left at the horizon of what somebody bought, in the prices of year 0."""
        self.left[payer] = self.left.get(payer, np.zeros_like(left)) + left


@dataclass(frozen=True)
class _Years:
    """Quantities of every year, area x year."""

    found: Result

    def spread(self, amount: npt.ArrayLike, share: FloatArray) -> FloatArray:
        """Amounts of the areas times shares of the years."""
        whole = np.broadcast_to(np.asarray(amount, float), (len(self.found.customers.areas),))
        return np.asarray(whole[:, None] * share[None, :], float)

    @cached_property
    def served(self) -> FloatArray:
        c, t = self.found.customers, self.found.timeline
        return self.spread(c.oil_count, t.oil) + self.spread(c.gas_count, t.gas)

    @cached_property
    def joined(self) -> FloatArray:
        return np.diff(self.served, axis=1, prepend=0.0)

    @cached_property
    def heat_mwh(self) -> FloatArray:
        c, t = self.found.customers, self.found.timeline
        return self.spread(c.oil_heat_mwh, t.oil) + self.spread(c.gas_heat_mwh, t.gas)

    @cached_property
    def fuel_mwh(self) -> dict[str, FloatArray]:
        """Fuel of the boilers that still stand, from year 1."""
        c, t, a = self.found.customers, self.found.timeline, self.found.timeline.assumptions
        heat = {"gas": (c.gas_heat_mwh, t.gas), "oil": (c.oil_heat_mwh, t.oil)}
        left = {}
        for fuel, (whole, share) in heat.items():
            standing = np.where(t.year >= 1, 1.0 - share, 0.0)
            left[fuel] = self.spread(whole / entry(a, "existing_boiler_efficiency", fuel), standing)
        return left


def count_project(found: Result) -> Count:
    """Count the payments of the project.

    Parameters
    ----------
    found
        Of a single set.

    Returns
    -------
    Count
        Payments, costs and what is left.
    """
    years, count = _Years(found), Count()
    a, t, supply = found.timeline.assumptions, found.timeline, found.supply
    for item in INVESTMENTS:
        life = float(entry(a, "technical_lifetime_years", item))
        first = years.spread(supply.investment_dkk[item], t.start)
        _buy(count, COMPANY, "network" if item in _PIPES else "plant", first, life, t.level)
    _borrow(count, found)
    _make_heat(count, years)
    pipes = sum(supply.investment_dkk[item] for item in sorted(_PIPES))
    kept_up = years.spread(a.network_operation_rate * np.asarray(pipes), t.running)
    count.pay(COMPANY, SUPPLIERS, "operation", kept_up * t.level)
    count.use("operation", kept_up)
    _bill(count, years)
    granted = years.joined * np.broadcast_to(found.granted_share, (len(years.joined),))[:, None]
    count.pay(STATE, COMPANY, "grant", granted * a.grant_dkk_per_customer)
    unit_life = float(entry(a, "technical_lifetime_years", "substation"))
    bought = years.joined * a.substation_dkk_per_customer
    _buy(count, CUSTOMERS, "network", bought, unit_life, t.level)
    upkeep = years.served * a.substation_operation_dkk_per_customer_year
    count.pay(CUSTOMERS, SUPPLIERS, "operation", upkeep * t.level)
    count.use("operation", upkeep)
    _burn(count, years)
    return _taxed(count, found)


def count_alternative(found: Result) -> Count:
    """Count the payments of the alternative.

    Parameters
    ----------
    found
        Of a single set.

    Returns
    -------
    Count
        Payments, costs and what is left.
    """
    years, count = _Years(found), Count()
    a, t, c = found.timeline.assumptions, found.timeline, found.customers
    groups = ((c.oil_count, c.oil_heat_mwh, t.oil), (c.gas_count, c.gas_heat_mwh, t.gas))
    bought = np.zeros_like(years.served)
    for number, heat, share in groups:
        mean = np.divide(heat, number, out=np.zeros_like(heat), where=number > 0)
        kw = mean * KWH_PER_MWH / a.individual_heat_pump_full_load_hours
        price = individual_heat_pump_price(kw, a)
        bought += years.spread(price * number, np.diff(share, prepend=0.0))
    life = float(entry(a, "technical_lifetime_years", "individual_heat_pump"))
    _buy(count, CUSTOMERS, "plant", bought, life, t.level)
    upkeep = years.served * a.individual_heat_pump_operation_dkk_per_year
    count.pay(CUSTOMERS, SUPPLIERS, "operation", upkeep * t.level)
    count.use("operation", upkeep)
    used = years.heat_mwh / a.individual_heat_pump_cop
    _consume(count, "heat_pump", used, found)
    worth = t.price("electricity_spot_dkk_per_mwh") + t.price("electricity_household_addition_dkk_per_mwh")
    count.use("electricity", used * worth)
    _harm(count, used, t.price("electricity_kg_co2_per_mwh"), _power_damage(found), found)
    _burn(count, years)
    return _taxed(count, found)


def outstanding_debt(found: Result, lent: dict[str, FloatArray]) -> FloatArray:
    """Debt at the horizon: the value then of all payments that are still to come.

    Parameters
    ----------
    found
        Of a single set.
    lent
        Money borrowed by area and year, by kind: "investment", "reinvestment". [DKK]

    Returns
    -------
    numpy.ndarray
        By area; replacement loans that are only repaid after it are owed with all their interest. [DKK]
    """
    a, t = found.timeline.assumptions, found.timeline
    rate, last = float(a.loan_rate), t.horizon
    # A loan of year y has y payments left of as many as there are years.
    whole = annuity_factor(rate, last)
    to_come = [whole / annuity_factor(rate, left) if left else 0.0 for left in range(last + 1)]
    with_interest = (1.0 + rate) ** (last - t.year)
    later = to_come if a.is_replacement_loan_repaid else with_interest
    return np.asarray(lent["investment"] @ np.asarray(to_come) + lent["reinvestment"] @ np.asarray(later))


def _buy(
    count: Count, payer: str, item: str, first: FloatArray, life_years: float, level: FloatArray
) -> None:
    """Follow what is bought in each year through its replacements; none is replaced in the last year."""
    last, life = first.shape[1] - 1, max(round(life_years), 1)
    again, left = np.zeros_like(first), np.zeros(len(first))
    for year in range(last + 1):
        at = year
        while at + life < last:
            at += life
            again[:, at] += first[:, year]
        left += first[:, year] * max(0.0, 1.0 - (last - at) / life)
    count.pay(payer, SUPPLIERS, "investment", first * level)
    count.pay(payer, SUPPLIERS, "reinvestment", again * level)
    count.use(item, first + again)
    count.keep(payer, left)


def _borrow(count: Count, found: Result) -> None:
    """Lend what is bought, loan by loan, and collect equal payments."""
    a, last = found.timeline.assumptions, found.timeline.horizon
    first = count.money[Paid(COMPANY, SUPPLIERS, "investment")]
    later = count.money[Paid(COMPANY, SUPPLIERS, "reinvestment")]
    repaid = first + later if a.is_replacement_loan_repaid else first
    paid = np.zeros_like(first)
    for year in range(last):
        paid[:, year + 1 : year + 1 + last] += annual_payment(repaid[:, [year]], a.loan_rate, last)
    count.pay(BANK, COMPANY, "finance", first + later)
    count.pay(COMPANY, BANK, "finance", paid)


def _make_heat(count: Count, years: _Years) -> None:
    """Pay for the heat that is sent out at its price by MWh: electricity, its tax, operation."""
    found = years.found
    a, t, c = found.timeline.assumptions, found.timeline, found.customers
    made = years.heat_mwh + years.spread(found.supply.heat_loss_mwh, t.running)
    given = c.heat_production_dkk_per_mwh
    price = np.where(np.isnan(given), a.heat_production_dkk_per_mwh, given)[:, None]
    used = electricity_use(made, a)
    tax = used * t.price("plant_electricity_tax_dkk_per_mwh")
    upkeep = made * a.plant_operation_dkk_per_mwh
    count.pay(COMPANY, SUPPLIERS, "energy", (made * price - upkeep - tax) * t.level)
    count.pay(COMPANY, STATE, "tax", tax * t.level)
    count.pay(COMPANY, SUPPLIERS, "operation", upkeep * t.level)
    count.use("operation", upkeep)
    spot = t.price("electricity_spot_dkk_per_mwh") * a.plant_spot_price_share
    count.use("electricity", used * (spot + t.price("electricity_plant_addition_dkk_per_mwh")))
    _harm(count, used, t.price("electricity_kg_co2_per_mwh"), _power_damage(found), found)


def _bill(count: Count, years: _Years) -> None:
    """Pay the company what a customer's bill says for each MWh, m2 and house, times all of them."""
    found = years.found
    a, t, c = found.timeline.assumptions, found.timeline, found.customers
    houses = {"none": (0.0, 0.0), "mwh": (1.0, 0.0), "m2": (0.0, 1.0)}
    bills = {name: found.bills_of(user.House(*house)) for name, house in houses.items()}

    def unit(name: str, component: str) -> FloatArray:
        """Read from the bill what it asks without VAT for nothing ("none"), or for one unit more."""
        whole = bills[name]["district_heating", component]
        base = 0.0 if name == "none" else bills["none"]["district_heating", component]
        return np.asarray((whole - base) / (1.0 + a.vat_share))[..., None]

    per_house = unit("none", "fixed") - a.substation_operation_dkk_per_customer_year
    m2 = years.served * np.divide(
        c.heated_area_m2, c.count, out=np.zeros_like(c.count), where=c.count > 0
    )[:, None]  # fmt: skip
    substation = annual_payment(
        a.substation_dkk_per_customer, a.user_rate, entry(a, "technical_lifetime_years", "substation")
    )
    one_off = (unit("none", "investment") - substation) / annuity_factor(
        a.user_rate, a.contribution_term_years
    )
    count.pay(CUSTOMERS, COMPANY, "variable", unit("mwh", "energy") * years.heat_mwh * t.level)
    count.pay(CUSTOMERS, COMPANY, "fixed", (unit("m2", "fixed") * m2 + per_house * years.served) * t.level)
    count.pay(CUSTOMERS, COMPANY, "one_off", one_off * years.joined)


def _burn(count: Count, years: _Years) -> None:
    """Fuel, its taxes and its harm for the boilers that still stand."""
    found = years.found
    a, t = found.timeline.assumptions, found.timeline
    for fuel, used in years.fuel_mwh.items():
        _consume(count, fuel, used, found)
        count.use(fuel, used * t.price(f"{fuel}_factor_price_dkk_per_mwh"))
        damage = sum(
            entry(a, "boiler_emission_g_per_gj", f"{fuel}:{name}")
            * entry(a, "damage_cost_dkk_per_kg", f"home:{name}")
            for name in _EMISSIONS
        )
        per_mwh = np.full_like(t.year, damage * GJ_PER_MWH / _G_PER_KG)
        _harm(count, used, t.price(f"{fuel}_kg_co2_per_mwh"), per_mwh, found)


def _consume(count: Count, name: str, used: FloatArray, found: Result) -> None:
    """Let customers buy energy at the price that the user's view knows."""
    prices = user.prices_by_year(found.timeline)
    count.pay(CUSTOMERS, SUPPLIERS, "energy", used * prices[name, "energy"] * found.timeline.level)
    count.pay(CUSTOMERS, STATE, "tax", used * prices[name, "tax"] * found.timeline.level)


def _taxed(count: Count, found: Result) -> Count:
    """Add the VAT on all that customers pay."""
    net = sum(money for key, money in count.money.items() if key.payer == CUSTOMERS)
    count.pay(CUSTOMERS, STATE, "vat", np.asarray(net * found.timeline.assumptions.vat_share))
    return count


def _power_damage(found: Result) -> FloatArray:
    a, t = found.timeline.assumptions, found.timeline
    damage = sum(
        t.price(f"electricity_{name}_g_per_mwh") * entry(a, "damage_cost_dkk_per_kg", f"power:{name}")
        for name in _EMISSIONS
    )
    return np.asarray(damage / _G_PER_KG, float)


def _harm(
    count: Count, used: FloatArray, kg_per_mwh: FloatArray, damage_dkk_per_mwh: FloatArray, found: Result
) -> None:
    tonnes = used * kg_per_mwh / _KG_PER_TONNE
    count.use("co2", tonnes * found.timeline.price("co2_price_dkk_per_tonne"))
    count.use("air_pollution", used * damage_dkk_per_mwh)
