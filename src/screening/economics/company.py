"""The heating company: it neither earns nor loses; what is missing the customers pay as contribution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.economics.cash_flow import COMPANY, Line, Term, present, yearly

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screening.economics.timeline import Timeline
    from screening.supply import Customers

__all__ = ["TARIFFS", "Settlement", "account", "balance", "balancing_contribution", "present_net", "settle"]

FloatArray = npt.NDArray[np.float64]

TARIFFS = ("income_variable", "income_area", "income_subscription")
# What the account shows for several lines of the ledger. What is borrowed pays what is bought, to the krone.
_SHOWN = {
    "electricity": "heat_production",
    "electricity_tax": "heat_production",
    "plant_operation": "heat_production",
    "network_operation": "operation",
}
_BORROWED = {"investment", "reinvestment"}


@dataclass(frozen=True)
class Settlement:
    """What brings the account of every area to zero.

    Parameters
    ----------
    contribution_dkk
        Construction contribution of each customer, without VAT. [DKK/customer]
    tariff_reduction_share
        How much lower the tariffs are because a surplus is given back. [1]
    surplus_dkk
        What is left on the account in the last year. [DKK]
    """

    contribution_dkk: FloatArray
    tariff_reduction_share: FloatArray
    surplus_dkk: FloatArray

    def lower(self, lines: Iterable[Line]) -> list[Line]:
        """Lower the tariffs, and the VAT on them, by the reduction.

        Parameters
        ----------
        lines
            Of the project.

        Returns
        -------
        list of Line
            The same lines; tariffs reduced.
        """
        kept = 1.0 - self.tariff_reduction_share
        found, is_tariff = [], False
        for line in lines:
            # The VAT on a payment follows the payment.
            is_tariff = line.item in TARIFFS or (is_tariff and line.kind == "vat")
            money = tuple(Term(np.asarray(amount) * kept, profile) for amount, profile in line.money)
            found.append(replace(line, money=money) if is_tariff else line)
        return found


def settle(lines: Sequence[Line], customers: Customers, timeline: Timeline) -> Settlement:
    """Bring the account to zero: a deficit becomes contribution, a surplus may lower the tariffs.

    Parameters
    ----------
    lines
        Of the project, without contribution.
    customers
        Who pays.
    timeline
        Years and assumptions; with ``is_surplus_returned`` the tariffs fall until nothing is left over.

    Returns
    -------
    Settlement
        Contribution, tariff reduction and what is left.
    """
    a, factors = timeline.assumptions, timeline.company
    surplus = present_net(lines, timeline)
    income = present_net([line for line in lines if line.item in TARIFFS], timeline)
    share = np.divide(surplus, income, out=np.zeros_like(surplus), where=income > 0.0)
    reduction = np.clip(share, 0.0, 1.0) * a.is_surplus_returned
    joining = (
        Term(customers.oil_count, timeline.oil_joining),
        Term(customers.gas_count, timeline.gas_joining),
    )
    each = balancing_contribution(surplus, present(joining, factors))
    left = np.maximum(surplus - reduction * income, 0.0)
    # Within rounding of zero is zero.
    left = np.where(left < 1e-9 * np.abs(surplus), 0.0, left) / factors[..., -1:]
    return Settlement(each, np.broadcast_to(reduction, each.shape), left)


def present_net(lines: Iterable[Line], timeline: Timeline) -> FloatArray:
    """Discount all that the company receives and pays at the loan rate.

    Parameters
    ----------
    lines
        Of the project; lines between others do not count.
    timeline
        Years and assumptions.

    Returns
    -------
    numpy.ndarray
        Value in year 0 by area; below zero means that money is missing. [DKK]
    """
    total: FloatArray = np.zeros(())
    for line, sign in _own(lines):
        total = total + sign * present(line.nominal(timeline.level), timeline.company)
    return np.asarray(total, float)


def balancing_contribution(
    present_balance_dkk: npt.ArrayLike, present_customers: npt.ArrayLike
) -> FloatArray:
    """Contribution per customer that brings the account to zero in the last year.

    Parameters
    ----------
    present_balance_dkk
        Income less cost without the contribution, discounted. [DKK]
    present_customers
        Customers by the year in which they connect and pay, discounted like money. [1]

    Returns
    -------
    numpy.ndarray
        Deficit over customers; 0 where there is a surplus, missing where nobody pays. [DKK/customer]

    Examples
    --------
    A deficit of 900 paid by the 3 customers of year 1; without interest, then with 25 %:

    >>> float(balancing_contribution(-900.0, 3.0))
    300.0
    >>> round(float(balancing_contribution(-900.0, 3.0 / 1.25)), 6)
    375.0
    """
    deficit = np.maximum(-np.asarray(present_balance_dkk, float), 0.0)
    paying = np.broadcast_to(np.asarray(present_customers, float), deficit.shape)
    each = np.divide(deficit, paying, out=np.full_like(deficit, np.nan), where=paying > 0.0)
    return np.asarray(each, float)


def account(lines: Iterable[Line], timeline: Timeline, areas: int) -> dict[str, FloatArray]:
    """Show the company's payments year by year, in the money of the year.

    Parameters
    ----------
    lines
        Of the settled project.
    timeline
        Years and assumptions, a single set.
    areas
        Number of areas. [1]

    Returns
    -------
    dict of numpy.ndarray
        Area x year by item, income positive, cost negative. What is bought and the loan that pays it
        cancel and are left out. [DKK]
    """
    found: dict[str, FloatArray] = {}
    for line, sign in _own(lines):
        if line.kind in _BORROWED or line.item == "loan":
            continue
        item = _SHOWN.get(line.item, line.item)
        paid = sign * yearly(line.nominal(timeline.level), areas, timeline.horizon + 1)
        found[item] = found.get(item, np.zeros_like(paid)) + paid
    return found


def balance(flows: dict[str, FloatArray], timeline: Timeline) -> FloatArray:
    """Add up the company's account at the end of each year, with interest.

    Parameters
    ----------
    flows
        Of ``account``. [DKK]
    timeline
        Years and assumptions: the account bears the loan's interest both ways.

    Returns
    -------
    numpy.ndarray
        Area x year; the last is zero or the surplus. [DKK]
    """
    net = np.asarray(np.sum(list(flows.values()), axis=0), float)
    factors = timeline.company
    held = np.cumsum(net * factors, axis=-1) / factors
    # A balanced account ends within rounding of zero; say zero, never minus a millionth.
    tiny = 1e-9 * np.abs(net).sum(axis=-1)
    held[:, -1] = np.where(np.abs(held[:, -1]) < tiny, 0.0, held[:, -1])
    return np.asarray(held, float)


def _own(lines: Iterable[Line]) -> list[tuple[Line, float]]:
    """Lines with the company, and whether it receives or pays."""
    paid = [(line, -1.0) for line in lines if line.payer == COMPANY and line.money]
    return [*paid, *((line, 1.0) for line in lines if line.payee == COMPANY)]
