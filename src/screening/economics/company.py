"""The heating company: it neither earns nor loses; what is missing the customers pay as contribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.economics.cash_flow import connected_share, growth
from screening.finance import annual_payment, discount_factors
from screening.supply import INVESTMENTS

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = ["balance", "balancing_contribution", "payments"]

FloatArray = npt.NDArray[np.float64]


def payments(areas: pd.DataFrame, supply: pd.DataFrame, assumptions: Assumptions) -> dict[str, FloatArray]:
    """All that the company pays and receives, contribution solved for.

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
    dict of numpy.ndarray
        Area x year for each item, income positive, cost negative, current prices without VAT. [DKK]

    Notes
    -----
    The whole investment is borrowed in year 0 and paid back over the horizon in equal amounts. Heat is
    made for those connected, the loss runs from year 1. Tariffs and operation follow
    ``price_growth_rate``; loan, grant and contributions are fixed amounts.
    """
    share = connected_share(areas["oil_share"], assumptions)
    level, running = growth(assumptions), np.r_[0.0, np.ones(share.shape[-1] - 1)]
    joining = np.diff(share, axis=-1, prepend=0.0)
    count, heat, heated_m2 = (_column(areas[n]) for n in ("customer_count", "heat_mwh", "heated_area_m2"))
    loss = _column(supply["heat_loss_mwh"])
    pipes = _column(supply[["network_dkk", "transmission_dkk", "service_lines_dkk"]].sum(axis=1))
    invested = supply[[f"{item}_dkk" for item in INVESTMENTS]].sum(axis=1)
    loan = annual_payment(invested, assumptions.loan_rate, int(assumptions.horizon_years))
    flows = {
        "loan_payment": -_column(loan) * running,
        "heat_production": -assumptions.heat_production_dkk_per_mwh * (heat * share + loss * running) * level,
        "operation": -assumptions.network_operation_rate * pipes * running * level,
        "income_variable": assumptions.tariff_variable_dkk_per_mwh * heat * share * level,
        "income_area": assumptions.tariff_area_dkk_per_m2_year * heated_m2 * share * level,
        "income_subscription": assumptions.tariff_subscription_dkk_per_customer_year * count * share * level,
        "connection_contribution": assumptions.connection_contribution_dkk_per_customer * count * joining,
        "grant": assumptions.grant_dkk_per_customer * count * joining,
    }
    net = sum(flows.values(), np.zeros_like(share))
    each = balancing_contribution(net, count * joining, assumptions.loan_rate)
    flows["anlaegsbidrag"] = each[:, None] * count * joining
    return flows


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
        What ``payments`` gave.
    assumptions
        The set: ``loan_rate``, which the account bears both ways.

    Returns
    -------
    numpy.ndarray
        Area x year; the last is zero or the surplus. [DKK]
    """
    net = sum(flows.values(), np.zeros_like(flows["grant"]))
    factors = discount_factors(assumptions.loan_rate, net.shape[-1] - 1)
    account = np.cumsum(net * factors, axis=-1) / factors
    # A balanced account ends within rounding of zero; say zero, never minus a millionth.
    tiny = 1e-9 * np.abs(net).sum(axis=-1)
    account[:, -1] = np.where(np.abs(account[:, -1]) < tiny, 0.0, account[:, -1])
    return np.asarray(account, float)


def _column(series: npt.ArrayLike) -> FloatArray:
    return np.asarray(series, float)[:, None]
