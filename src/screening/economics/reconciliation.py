"""Prove that customers, company, bank, state and society tell of the same money, to the last krone.

Every figure is counted twice: added up from the ledger's lines, and from quantities times unit prices
(``recount``) or as company, user and society give it. No figure is the difference of others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.economics import company, society
from screening.economics.cash_flow import BANK, COMPANY, CUSTOMERS, PARTIES, STATE, SUPPLIERS
from screening.economics.payments import PROJECT, SCENARIOS, Key, flows, with_customers
from screening.economics.recount import Count, count_alternative, count_project, outstanding_debt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.assumptions import Assumptions
    from screening.economics.evaluate import Result

__all__ = ["reconciliation"]

FloatArray = npt.NDArray[np.float64]

_BILLED = {
    "income_variable": "variable",
    "income_area": "fixed",
    "income_subscription": "fixed",
    "connection_contribution": "one_off",
    "anlaegsbidrag": "one_off",
}
_NETWORK = {"network", "transmission", "service_lines", "substation"}
_ENERGY = ("electricity", "gas", "oil")
_RESOURCES = ("plant", "network", *_ENERGY, "operation")
# What leads from what customers pay to what suppliers are paid.
_TO_SUPPLIERS = ("customers_pay", "vat", "tax", "grant", "loan_payment", "investment", "reinvestment",
                 "account")  # fmt: skip
_TOTAL = "total"


@dataclass
class _Sheet:
    """Rows of one scenario; every amount is one value per area."""

    scenario: str
    rows: list[tuple[str, str, str, FloatArray, FloatArray, FloatArray]] = field(default_factory=list)

    def state(self, section: str, step: str, item: str, amount: npt.ArrayLike, other: npt.ArrayLike) -> None:
        """Set two amounts beside one another."""
        one, two = np.asarray(amount, float), np.asarray(other, float)
        self.rows.append((section, step, item, one, two, one - two))

    def years(
        self, section: str, step: str, item: str, one: FloatArray, two: FloatArray, weight: FloatArray
    ) -> None:
        """Set two tables of area x year beside one another: their sums, and the year that differs most."""
        apart = one - two
        worst = np.abs(apart).argmax(axis=1)[:, None]
        self.rows.append(
            (section, step, item, one @ weight, two @ weight, np.take_along_axis(apart, worst, 1)[:, 0])
        )

    def table(self, areas: pd.Index) -> pd.DataFrame:
        """Write the rows area by area."""
        parts = [
            pd.DataFrame(
                {
                    "area": areas.to_numpy(),
                    "scenario": self.scenario,
                    "section": section,
                    "step": step,
                    "item": item,
                    **{
                        name: np.broadcast_to(values, (len(areas),))
                        for name, values in zip(
                            ("amount_dkk", "other_dkk", "check_dkk"), amounts, strict=True
                        )
                    },
                }
            )
            for section, step, item, *amounts in self.rows
        ]
        return pd.concat(parts, ignore_index=True)


def reconciliation(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Count the money of customers, company, bank, state and society twice and compare.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        area, scenario ("project" | "alternative"), section, step, item, amount_dkk (from the ledger),
        other_dkk (the same, found in another way), check_dkk: their difference, and where both are known
        year by year the difference of the year that differs most, in the money of that year. All must be
        zero but for rounding. Areas where nobody connects have no rows.

        Sections: "customers_company", "double_entry", "bank", "company", "state", "who_pays_whom" (step
        payer, item payee), "transfers", "waterfall" (what customers pay, step by step to society's cost)
        and "society_items". Present values of "state", "who_pays_whom", "transfers" and "waterfall" are in
        the prices of year 0 at society's rates; of "bank" and "company" at the loan's rate.
    """
    found = with_customers(key_figures, assumptions)
    areas = found.customers.areas
    parts = [_reconciled(found, scenario).table(areas) for scenario in SCENARIOS]
    table = pd.concat(parts, ignore_index=True)
    rank = pd.Index(areas).get_indexer(table["area"])
    return table.iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)


def _reconciled(found: Result, scenario: str) -> _Sheet:
    ledger = _from_ledger(found, scenario)
    is_project = scenario == PROJECT
    again = count_project(found) if is_project else count_alternative(found)
    sheet = _Sheet(scenario)
    if is_project:
        _customers_and_company(sheet, ledger, again, found)
    _double_entry(sheet, ledger, again, found)
    if is_project:
        _bank(sheet, ledger, again, found)
        _company(sheet, ledger, found)
    _state(sheet, ledger, again, found)
    _who_pays_whom(sheet, ledger, again, found)
    _transfers(sheet, ledger, again, found)
    _waterfall(sheet, ledger, again, found)
    _society_items(sheet, ledger, found)
    return sheet


def _from_ledger(found: Result, scenario: str) -> Count:
    """Add up the lines of the ledger."""
    count = Count()
    for key, flow in flows(found, scenario).items():
        if key.payee in PARTIES:
            count.pay(key.payer, key.payee, _BILLED.get(key.item, key.kind), flow.nominal)
        if not flow.is_transfer:
            count.use(_society_item(key), flow.society)
        if key.kind == "scrap_value":
            count.keep(key.payer, -flow.society[:, -1])
    return count


def _society_item(key: Key) -> str:
    if key.kind in {"scrap_value", "operation"}:
        return key.kind
    if key.kind in {"energy", "harm"}:
        return key.item
    return "network" if key.item in _NETWORK else "plant"


def _sum(count: Count, found: Result, *, payer: str = "", payee: str = "", kind: str = "") -> FloatArray:
    """Add up payments in the money of the year; an empty name stands for all."""
    total = np.zeros((len(found.customers.areas), found.timeline.horizon + 1))
    for key, money in count.money.items():
        if payer in {"", key.payer} and payee in {"", key.payee} and kind in {"", key.kind}:
            total += money
    return total


def _net(count: Count, party: str, found: Result) -> FloatArray:
    """Take what a party pays from what it receives, in the money of the year."""
    return _sum(count, found, payee=party) - _sum(count, found, payer=party)


def _real_present(found: Result) -> FloatArray:
    """Weights that give society's present value of payments in the money of the year."""
    return np.asarray(found.timeline.society / found.timeline.level, float)


def _customers_and_company(sheet: _Sheet, ledger: Count, again: Count, found: Result) -> None:
    """Compare what customers pay by their bills with what the company gets by its books."""
    section, plain = "customers_company", np.ones(found.timeline.horizon + 1)
    for kind in ("variable", "fixed", "one_off"):
        books, bills = (_sum(count, found, kind=kind) for count in (ledger, again))
        sheet.years(section, kind, "sum_of_years", books, bills, plain)
        sheet.years(section, kind, "present_value", books, bills, found.timeline.company)
    shown = company.account(found.project, found.timeline, len(found.customers.areas))
    income = np.asarray(sum(shown[item] for item in _BILLED), float)
    bills = _sum(again, found, payer=CUSTOMERS, payee=COMPANY)
    sheet.years(section, _TOTAL, "sum_of_years", income, bills, plain)
    sheet.years(section, _TOTAL, "present_value", income, bills, found.timeline.company)


def _double_entry(sheet: _Sheet, ledger: Count, again: Count, found: Result) -> None:
    """Add up all parties: what one pays another receives, by the ledger and by the second count."""
    section, plain = "double_entry", np.ones(found.timeline.horizon + 1)
    nets = {party: (_net(ledger, party, found), _net(again, party, found)) for party in PARTIES}
    for party, (one, two) in nets.items():
        sheet.years(section, party, "net_payment", one, two, plain)
    nothing = np.zeros_like(nets[COMPANY][0])
    for which, item in enumerate(("ledger", "recount")):
        summed = np.asarray(sum(pair[which] for pair in nets.values()), float)
        sheet.years(section, _TOTAL, item, summed, nothing, plain)
    one, two = (_sum(count, found) for count in (ledger, again))
    sheet.years(section, "turnover", "sum_of_years", one, two, plain)


def _bank(sheet: _Sheet, ledger: Count, again: Count, found: Result) -> None:
    """Compare what was borrowed with what is paid back with interest or still owed at the horizon."""
    section, t = "bank", found.timeline
    lent, repaid = _sum(ledger, found, payer=BANK), _sum(ledger, found, payee=BANK)
    bought = {kind: _sum(again, found, payer=COMPANY, kind=kind) for kind in ("investment", "reinvestment")}
    sheet.years(section, "borrowed", "present_value", lent, sum(bought.values(), 0.0 * lent), t.company)
    collected = _sum(again, found, payee=BANK)
    sheet.years(section, "repaid", "present_value", repaid, collected, t.company)
    debt = np.zeros(len(lent))
    for year in range(t.horizon + 1):
        debt = debt * (1.0 + found.timeline.assumptions.loan_rate) * (year > 0)
        debt = debt + lent[:, year] - repaid[:, year]
    owed = outstanding_debt(found, bought)
    sheet.state(section, "debt", "end_of_horizon", debt, owed)
    sheet.state(section, "debt", "present_value", owed * t.company[-1], lent @ t.company - repaid @ t.company)
    worth = ledger.left[COMPANY] * t.level[-1]
    sheet.state(section, "scrap_value", "end_of_horizon", worth, again.left[COMPANY] * t.level[-1])


def _company(sheet: _Sheet, ledger: Count, found: Result) -> None:
    """Compare the account with what is received and paid: it ends at zero, or with the surplus."""
    section, t = "company", found.timeline
    net = _net(ledger, COMPANY, found)
    surplus = found.settlement.surplus_dkk
    sheet.state(section, "net", "present_value", net @ t.company, surplus * t.company[-1])
    sheet.years(section, "account", "sum_of_years", _set_aside(found), net, np.ones(t.horizon + 1))
    held = company.balance(company.account(found.project, t, len(net)), t)
    sheet.state(section, "account", "end_of_horizon", held[:, -1], surplus)


def _set_aside(found: Result) -> FloatArray:
    """Read from the balances and their interest what the company puts on its account in each year."""
    t = found.timeline
    held = company.balance(company.account(found.project, t, len(found.customers.areas)), t)
    grown = np.roll(held, 1, axis=1) * (1.0 + found.timeline.assumptions.loan_rate)
    grown[:, 0] = 0.0
    return np.asarray(held - grown, float)


def _state(sheet: _Sheet, ledger: Count, again: Count, found: Result) -> None:
    """Taxes and VAT received, grants paid."""
    weight = _real_present(found)
    for kind in ("tax", "vat", "grant"):
        sign = -1.0 if kind == "grant" else 1.0
        one, two = (sign * _sum(count, found, kind=kind) for count in (ledger, again))
        sheet.years("state", kind, "present_value", one, two, weight)
    one, two = (_net(count, STATE, found) for count in (ledger, again))
    sheet.years("state", _TOTAL, "present_value", one, two, weight)


def _who_pays_whom(sheet: _Sheet, ledger: Count, again: Count, found: Result) -> None:
    """Every payer and payee, all kinds together."""
    weight = _real_present(found)
    for payer, payee in sorted({(k.payer, k.payee) for k in [*ledger.money, *again.money]}):
        one, two = (_sum(count, found, payer=payer, payee=payee) for count in (ledger, again))
        sheet.years("who_pays_whom", payer, payee, one, two, weight)


def _transfers(sheet: _Sheet, ledger: Count, again: Count, found: Result) -> None:
    """Add up what moves without anything being used up: one party's loss is another's gain."""
    weight, total = _real_present(found), np.zeros(len(found.customers.areas))
    for party in PARTIES:
        one, two = (_net(_transfers_of(count), party, found) for count in (ledger, again))
        sheet.years("transfers", party, "present_value", one, two, weight)
        total = total + one @ weight
    sheet.state("transfers", _TOTAL, "present_value", total, np.zeros_like(total))


def _transfers_of(count: Count) -> Count:
    """Keep the payments for which nothing is used up."""
    return Count({key: money for key, money in count.money.items() if key.payee != SUPPLIERS})


def _waterfall(sheet: _Sheet, ledger: Count, again: Count, found: Result) -> None:
    """Go from what customers pay to what it costs society, each step from its own lines."""
    is_project = sheet.scenario == PROJECT
    aside = _set_aside(found) if is_project else np.zeros_like(_net(again, COMPANY, found))
    one = dict(_steps(ledger, aside, found))
    two = dict(_steps(again, _net(again, COMPANY, found), found))
    npv = found.npv_project_dkk if is_project else found.npv_alternative_dkk
    for step, amount in one.items():
        sheet.state("waterfall", step, "start" if step == "customers_pay" else "step", amount, two[step])
        if step == "account":
            paid = _sum(ledger, found, payee=SUPPLIERS) @ _real_present(found)
            so_far = sum(value for name, value in one.items() if name in _TO_SUPPLIERS)
            sheet.state("waterfall", "suppliers_paid", "subtotal", so_far, paid)
    sheet.state("waterfall", "npv", "end", sum(one.values()), npv)
    sheet.state("waterfall", "npv", "recount", sum(two.values()), npv)


def _steps(count: Count, aside: FloatArray, found: Result) -> Iterator[tuple[str, FloatArray]]:
    """Give the steps from what customers pay to society's cost, present values at society's rates."""
    t, a, weight = found.timeline, found.timeline.assumptions, _real_present(found)

    def paid(payer: str = "", payee: str = "", kind: str = "") -> FloatArray:
        return np.asarray(_sum(count, found, payer=payer, payee=payee, kind=kind) @ weight, float)

    def worth(*items: str) -> FloatArray:
        known = [count.worth[item] for item in items if item in count.worth]
        return np.asarray(sum(known, np.zeros_like(aside)) @ t.society, float)

    tax = paid(kind="tax")
    yield "customers_pay", paid(CUSTOMERS)
    yield "vat", -paid(kind="vat")
    yield "tax", -tax
    yield "grant", paid(kind="grant")
    yield "loan_payment", -paid(payee=BANK)
    yield "investment", paid(COMPANY, kind="investment")
    yield "reinvestment", paid(COMPANY, kind="reinvestment")
    yield "account", -aside @ weight
    yield "price_base", worth(*_ENERGY) - paid(kind="energy")
    yield "net_tax_factor", (a.net_tax_factor - 1.0) * worth(*_RESOURCES)
    yield "co2", a.net_tax_factor * worth("co2")
    yield "air_pollution", worth("air_pollution")
    # As in society's account, a grant counts with its amount in kroner, whatever the year.
    grant = _sum(count, found, kind="grant") @ t.society
    yield "tax_distortion", -(a.tax_distortion_share * a.is_tax_distortion_included) * (tax - grant)
    left = sum(count.left.values(), np.zeros(len(aside)))
    yield "scrap_value", -a.net_tax_factor * t.society[-1] * left


def _society_items(sheet: _Sheet, ledger: Count, found: Result) -> None:
    """Every item of society's account, from the ledger's lines by year."""
    t, a = found.timeline, found.timeline.assumptions
    costs = found.project_costs if sheet.scenario == PROJECT else found.alternative_costs
    nothing = np.zeros((len(found.customers.areas), t.horizon + 1))
    steps = dict(_steps(ledger, nothing, found))
    for item in society.ITEMS:
        factor = 1.0 if item == "air_pollution" else a.net_tax_factor
        amount = factor * (ledger.worth.get(item, nothing) @ t.society)
        # The distortion has no line of its own.
        amount = steps[item] if item == "tax_distortion" else amount
        sheet.state("society_items", item, "present_value", amount, costs[item])
