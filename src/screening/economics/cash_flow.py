"""Years 0 to the horizon: who is connected when, what is bought when, and long tables of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.errors import AssumptionError
from screening.finance import discount_factors, scrap_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.assumptions import Assumptions

__all__ = [
    "by_year",
    "connected_share",
    "growth",
    "heat_pump_price",
    "long_table",
    "purchases",
    "rates",
    "remaining_value",
]

FloatArray = npt.NDArray[np.float64]


def connected_share(oil_share: npt.ArrayLike, assumptions: Assumptions) -> FloatArray:
    """Share of the customers that is served in each year.

    Parameters
    ----------
    oil_share
        Oil boilers' share of the customers, by area. [1]
    assumptions
        The set: oil after a number of years, all at once; gas evenly; horizon.

    Returns
    -------
    numpy.ndarray
        Area x year, year 0 (construction) is 0, later years up to 1. [1]

    Raises
    ------
    AssumptionError
        If boilers remain when the period ends: their owners would be customers who never connect.

    Examples
    --------
    Half oil (after 2 years), half gas (evenly over 5 years):

    >>> from screening import assumptions
    >>> a = assumptions.load("cowi-2022")
    >>> connected_share([0.5], a)[0, :7].round(2).tolist()
    [0.0, 0.1, 0.7, 0.8, 0.9, 1.0, 1.0]
    """
    slowest = max(assumptions.oil_conversion_years, assumptions.gas_conversion_years)
    if slowest > int(assumptions.horizon_years):
        raise AssumptionError(
            f"oil_conversion_years or gas_conversion_years is {slowest:g}, longer than horizon_years"
            f" ({assumptions.horizon_years:g}); all must be connected within the period."
        )
    year = np.arange(int(assumptions.horizon_years) + 1, dtype=float)
    oil = np.asarray(oil_share, float)[..., None]
    oil_done = np.where(year >= max(assumptions.oil_conversion_years, 1.0), 1.0, 0.0)
    gas_done = np.minimum(year / assumptions.gas_conversion_years, 1.0)
    return np.asarray(oil * oil_done + (1.0 - oil) * gas_done, float)


def purchases(
    investment_dkk: npt.ArrayLike, lifetime_years: float, bought_share: npt.ArrayLike
) -> FloatArray:
    """Investment and every replacement until the horizon.

    Parameters
    ----------
    investment_dkk
        Price of the whole, by area. [DKK]
    lifetime_years
        Technical lifetime, rounded to whole years. [years]
    bought_share
        Share that is bought in each year, area x year or year. [1]

    Returns
    -------
    numpy.ndarray
        Payments by area and year; none in the last year, where nothing is served after. [DKK]

    Examples
    --------
    >>> purchases([10.0], 2, [1.0, 0.0, 0.0, 0.0, 0.0]).tolist()
    [[10.0, 0.0, 10.0, 0.0, 0.0]]
    """
    bought = np.asarray(bought_share, float)
    life, last = max(round(lifetime_years), 1), bought.shape[-1] - 1
    total = np.zeros_like(bought)
    for delay in range(0, last, life):
        total[..., delay:] += bought[..., : last + 1 - delay]
    total[..., last] = 0.0
    return np.asarray(np.asarray(investment_dkk, float)[..., None] * total, float)


def remaining_value(payments_dkk: npt.ArrayLike, lifetime_years: float) -> FloatArray:
    """Scrap value at the horizon of everything bought, straight line.

    Parameters
    ----------
    payments_dkk
        Payments by area and year, from ``purchases``. [DKK]
    lifetime_years
        Technical lifetime, rounded to whole years. [years]

    Returns
    -------
    numpy.ndarray
        Value in the last year, by area. [DKK]

    Examples
    --------
    Bought in year 0 and 2 with a life of 3 years; at the end of year 4 a third of the second is left.

    >>> remaining_value([[9.0, 0.0, 9.0, 0.0, 0.0]], 3).round(6).tolist()
    [3.0]
    """
    payments = np.asarray(payments_dkk, float)
    age = np.arange(payments.shape[-1] - 1, -1, -1, dtype=float)
    return np.asarray(scrap_value(payments, max(round(lifetime_years), 1), age).sum(axis=-1), float)


def heat_pump_price(capacity_kw: npt.ArrayLike, assumptions: Assumptions) -> FloatArray:
    """Price of an individual heat pump: linear between the sizes of the table, and beyond them.

    Parameters
    ----------
    capacity_kw
        Heat output. [kW]
    assumptions
        The set: ``individual_heat_pump_dkk``, at least two sizes.

    Returns
    -------
    numpy.ndarray
        Price without VAT; a small one costs less than the smallest of the table, but not in proportion.
        [DKK]

    Examples
    --------
    (940,445 - 104,238) / (160 - 7) = 5,465 DKK for each further kW:

    >>> from screening import assumptions
    >>> heat_pump_price([5.0, 7.0, 160.0], assumptions.load("cowi-2022")).round().tolist()
    [93307.0, 104238.0, 940445.0]
    """
    rows = assumptions.lookup("individual_heat_pump_dkk").sort_index()
    sizes, prices = rows.index.to_numpy(float), rows.to_numpy(float)
    wanted = np.asarray(capacity_kw, float)
    row = np.clip(np.searchsorted(sizes, wanted) - 1, 0, len(sizes) - 2)
    slope = np.diff(prices) / np.diff(sizes)
    return np.asarray(prices[row] + (wanted - sizes[row]) * slope[row], float)


def growth(assumptions: Assumptions) -> FloatArray:
    """Price level of each year against year 0.

    Parameters
    ----------
    assumptions
        The set: ``price_growth_rate``, horizon.

    Returns
    -------
    numpy.ndarray
        Index by year, 1 in year 0. [1]
    """
    year = np.arange(int(assumptions.horizon_years) + 1, dtype=float)
    return np.asarray((1.0 + assumptions.price_growth_rate) ** year, float)


def by_year(table: str, assumptions: Assumptions) -> FloatArray:
    """Values of a table keyed by calendar year, for each year of the calculation.

    Parameters
    ----------
    table
        Name of the assumption table.
    assumptions
        The set: the table, ``calculation_start_year``, horizon.

    Returns
    -------
    numpy.ndarray
        By year 0 to the horizon in the table's unit; linear between the rows, the first or last value
        outside them. [1]
    """
    rows = assumptions.lookup(table).sort_index()
    calendar = assumptions.calculation_start_year + np.arange(int(assumptions.horizon_years) + 1)
    return np.asarray(np.interp(calendar, rows.index.to_numpy(float), rows.to_numpy(float)), float)


def rates(assumptions: Assumptions) -> FloatArray:
    """Discount factor of each year by the stepped calculation rate.

    Parameters
    ----------
    assumptions
        The set: ``calculation_rate`` keyed by the first year it holds in, horizon.

    Returns
    -------
    numpy.ndarray
        Factors by year, 1 in year 0. [1]
    """
    steps = assumptions.lookup("calculation_rate").sort_index()
    years = np.arange(1, int(assumptions.horizon_years) + 1)
    row = np.maximum(np.searchsorted(steps.index.to_numpy(float), years, side="right") - 1, 0)
    return discount_factors(steps.to_numpy(float)[row], len(years))


def long_table(items: Mapping[str, FloatArray], areas: pd.Index, value: str) -> pd.DataFrame:
    """Stack area x year arrays of several items into one long table.

    Parameters
    ----------
    items
        Array by area and year for each item. [DKK]
    areas
        The areas, in the order of the arrays.
    value
        Name of the value column.

    Returns
    -------
    pandas.DataFrame
        area, year, item and the value, by area, then item, then year.
    """
    stacked = np.stack(list(items.values()), axis=1)  # area x item x year
    index = pd.MultiIndex.from_product(
        [areas, list(items), range(stacked.shape[-1])], names=["area", "item", "year"]
    )
    table = pd.DataFrame({value: stacked.reshape(-1)}, index=index).reset_index()
    return table[["area", "year", "item", value]]
