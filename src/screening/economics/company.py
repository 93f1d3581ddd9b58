"""The heating company: it neither earns nor loses; what is missing the customers pay as contribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.economics.cash_flow import connected_share, growth
from screening.finance import annual_payment, discount_factors, present_value
from screening.supply import INVESTMENTS

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = [
    "TARIFFS",
    "Settlement",
    "balance",
    "balancing_contribution",
    "flows_without_contribution",
    "joining_customers",
    "present_balance",
    "settle",
]

FloatArray = npt.NDArray[np.float64]

TARIFFS = ("income_variable", "income_area", "income_subscription")


@dataclass(frozen=True)
class Settlement:
    """The account of every area, settled.

    Parameters
    ----------
    flows
        Area x year by item, income positive, cost negative, current prices without VAT. [DKK]
    contribution_dkk
        Construction contribution of each customer, without VAT. [DKK/customer]
    tariff_reduction_share
        How much lower the tariffs are because a surplus is given back. [1]
    """

    flows: dict[str, FloatArray]
    contribution_dkk: FloatArray
    tariff_reduction_share: FloatArray


def settle(areas: pd.DataFrame, supply: pd.DataFrame, assumptions: Assumptions) -> Settlement:
    """Bring the account to zero: a deficit becomes contribution, a surplus may lower the tariffs.

    Parameters
    ----------
    areas
        Table of ``inputs.customers`` with granted_share.
    supply
        Table of ``supply.design``.
    assumptions
        The set; with ``is_surplus_returned`` the tariffs fall until nothing is left over.

    Returns
    -------
    Settlement
        Flows, contribution and tariff reduction.
    """
    flows = flows_without_contribution(areas, supply, assumptions)
    paying, surplus = joining_customers(areas, assumptions), present_balance(flows, assumptions)
    income = present_balance({item: flows[item] for item in TARIFFS}, assumptions)
    share = np.divide(surplus, income, out=np.zeros_like(income), where=income > 0.0)
    reduction = np.clip(share, 0.0, 1.0) * assumptions.is_surplus_returned
    flows |= {item: flows[item] * (1.0 - reduction[:, None]) for item in TARIFFS}
    each = balancing_contribution(_net(flows), paying, assumptions.loan_rate)
    each = np.where(reduction > 0.0, 0.0, each)
    return Settlement(flows | {"anlaegsbidrag": each[:, None] * paying}, each, reduction)


def flows_without_contribution(
    areas: pd.DataFrame, supply: pd.DataFrame, assumptions: Assumptions
) -> dict[str, FloatArray]:
    """List what the company pays and receives before any construction contribution.

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
    dict of numpy.ndarray
        Area x year for each item, income positive, cost negative, current prices without VAT. [DKK]

    Notes
    -----
    The whole investment is borrowed in year 0 and paid back over the horizon in equal amounts. Heat is
    made for those connected, the loss runs from year 1. Tariffs and operation follow
    ``price_growth_rate``; loan, grant and contributions are fixed amounts.
    """
    share, level = connected_share(areas["oil_share"], assumptions), growth(assumptions)
    running = np.r_[0.0, np.ones(share.shape[-1] - 1)]
    joining = joining_customers(areas, assumptions)
    count, heat, heated_m2 = (_column(areas[n]) for n in ("customer_count", "heat_mwh", "heated_area_m2"))
    made = heat * share + _column(supply["heat_loss_mwh"]) * running
    pipes = _column(supply[["network_dkk", "transmission_dkk", "service_lines_dkk"]].sum(axis=1))
    invested = supply[[f"{item}_dkk" for item in INVESTMENTS]].sum(axis=1)
    loan = annual_payment(invested, assumptions.loan_rate, int(assumptions.horizon_years))
    return {
        "loan_payment": -_column(loan) * running,
        "heat_production": -assumptions.heat_production_dkk_per_mwh * made * level,
        "operation": -assumptions.network_operation_rate * pipes * running * level,
        "income_variable": assumptions.tariff_variable_dkk_per_mwh * heat * share * level,
        "income_area": assumptions.tariff_area_dkk_per_m2_year * heated_m2 * share * level,
        "income_subscription": assumptions.tariff_subscription_dkk_per_customer_year * count * share * level,
        "connection_contribution": assumptions.connection_contribution_dkk_per_customer * joining,
        "grant": assumptions.grant_dkk_per_customer * _column(areas["granted_share"]) * joining,
    }


def present_balance(flows: dict[str, FloatArray], assumptions: Assumptions) -> FloatArray:
    """Discount all flows at the loan rate.

    Parameters
    ----------
    flows
        Area x year by item. [DKK]
    assumptions
        The set: ``loan_rate``.

    Returns
    -------
    numpy.ndarray
        Value in year 0 by area; below zero means that money is missing. [DKK]
    """
    return present_value(_net(flows), assumptions.loan_rate)


def balancing_contribution(
    net_dkk: npt.ArrayLike, joining_count: npt.ArrayLike, rate: npt.ArrayLike
) -> FloatArray:
    """Contribution per customer that brings the account to zero in the last year.

    Parameters
    ----------
    net_dkk
        Income less cost without the contribution, area x year. [DKK]
    joining_count
        Customers that connect, and pay, in each year, area x year. [1]
    rate
        Interest of the account; 0 is allowed. [1/year]

    Returns
    -------
    numpy.ndarray
        By area: deficit over customers, both as present value; 0 where there is a surplus.
        [DKK/customer]

    Examples
    --------
    A deficit of 900 paid by the 3 customers of year 1; without interest, then with 25 %:

    >>> float(balancing_contribution([-900.0, 0.0], [0.0, 3.0], 0.0))
    300.0
    >>> round(float(balancing_contribution([-900.0, 0.0], [0.0, 3.0], 0.25)), 6)
    375.0
    """
    net, joining = np.asarray(net_dkk, float), np.asarray(joining_count, float)
    factors = discount_factors(rate, net.shape[-1] - 1)
    return np.asarray(np.maximum(-(net @ factors), 0.0) / (joining @ factors), float)


def balance(flows: dict[str, FloatArray], assumptions: Assumptions) -> FloatArray:
    """Add up the company's account at the end of each year, with interest.

    Parameters
    ----------
    flows
        Of a ``Settlement``. [DKK]
    assumptions
        The set: ``loan_rate``, which the account bears both ways.

    Returns
    -------
    numpy.ndarray
        Area x year; the last is zero or the surplus. [DKK]
    """
    net = _net(flows)
    factors = discount_factors(assumptions.loan_rate, net.shape[-1] - 1)
    account = np.cumsum(net * factors, axis=-1) / factors
    # A balanced account ends within rounding of zero; say zero, never minus a millionth.
    tiny = 1e-9 * np.abs(net).sum(axis=-1)
    account[:, -1] = np.where(np.abs(account[:, -1]) < tiny, 0.0, account[:, -1])
    return np.asarray(account, float)


def _net(flows: dict[str, FloatArray]) -> FloatArray:
    return np.asarray(np.sum(list(flows.values()), axis=0), float)


def joining_customers(areas: pd.DataFrame, assumptions: Assumptions) -> FloatArray:
    """Count the customers that connect in each year.

    Parameters
    ----------
    areas
        Table of ``inputs.customers``.
    assumptions
        The set.

    Returns
    -------
    numpy.ndarray
        Area x year. [1]
    """
    share = connected_share(areas["oil_share"], assumptions)
    return np.asarray(_column(areas["customer_count"]) * np.diff(share, axis=-1, prepend=0.0), float)


def _column(series: npt.ArrayLike) -> FloatArray:
    return np.asarray(series, float)[:, None]
