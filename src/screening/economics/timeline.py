"""Years 0 to the horizon: who is connected when, what is bought when, what prices are then."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.errors import AssumptionError

if TYPE_CHECKING:
    from screening.assumptions import Assumptions, Draws

__all__ = ["Timeline", "factors_of", "loan_payments", "owned_at_end", "replaced"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Timeline:
    """Shares, price levels and discount factors of every year.

    All arrays are (year,) or, where they follow a drawn assumption, (draw, year); year 0 is construction.

    Parameters
    ----------
    assumptions
        The set, or draws of it.

    Raises
    ------
    AssumptionError
        If boilers remain when the period ends: their owners would be customers who never connect.

    Examples
    --------
    Oil after 2 years, gas evenly over 5:

    >>> from screening import assumptions
    >>> t = Timeline(assumptions.load("cowi-2022"))
    >>> t.oil[:4].tolist(), t.gas[:7].round(1).tolist()
    ([0.0, 0.0, 1.0, 1.0], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.0])
    """

    assumptions: Assumptions | Draws

    def __post_init__(self) -> None:
        """Refuse a conversion that outlasts the period."""
        a = self.assumptions
        if a.horizon_years != self.horizon:
            raise AssumptionError(f"horizon_years is {a.horizon_years:g}; give whole years.")
        slowest = max(np.max(a.oil_conversion_years), np.max(a.gas_conversion_years))
        if slowest > self.horizon:
            raise AssumptionError(
                f"oil_conversion_years or gas_conversion_years is {slowest:g}, longer than horizon_years"
                f" ({self.horizon}); all must be connected within the period."
            )

    @property
    def horizon(self) -> int:
        """Last year [years]."""
        return int(self.assumptions.horizon_years)

    @cached_property
    def year(self) -> FloatArray:
        """0, 1, ... to the horizon [years]."""
        return np.arange(self.horizon + 1, dtype=float)

    @cached_property
    def start(self) -> FloatArray:
        """1 in year 0, when plant and network are built [1]."""
        return np.asarray(self.year == 0, float)

    @cached_property
    def running(self) -> FloatArray:
        """1 in all years after construction [1]."""
        return 1.0 - self.start

    @cached_property
    def oil(self) -> FloatArray:
        """Share of the oil customers served: all at once [1]."""
        return np.asarray(self.year >= np.maximum(self.assumptions.oil_conversion_years, 1.0), float)

    @cached_property
    def gas(self) -> FloatArray:
        """Share of the gas customers served: evenly more [1]."""
        return np.asarray(np.minimum(self.year / self.assumptions.gas_conversion_years, 1.0), float)

    @cached_property
    def oil_joining(self) -> FloatArray:
        """Share of the oil customers that connects in the year [1]."""
        return np.diff(self.oil, axis=-1, prepend=0.0)

    @cached_property
    def gas_joining(self) -> FloatArray:
        """Share of the gas customers that connects in the year [1]."""
        return np.diff(self.gas, axis=-1, prepend=0.0)

    @cached_property
    def level(self) -> FloatArray:
        """Price level against year 0 [1]."""
        return np.asarray((1.0 + np.asarray(self.assumptions.price_growth_rate)) ** self.year, float)

    @cached_property
    def company(self) -> FloatArray:
        """Discount factors of the company's account, which bears the loan's interest [1]."""
        return factors_of(self.assumptions.loan_rate, self.horizon)

    @cached_property
    def society(self) -> FloatArray:
        """Discount factors of the stepped calculation rate [1]."""
        first, rates = self.assumptions.column("calculation_rate")
        step = np.maximum(np.searchsorted(first, self.year[1:], side="right") - 1, 0)
        return factors_of(rates[..., step], self.horizon)

    def price(self, table: str, last_year: int | None = None) -> FloatArray:
        """Values of a table keyed by calendar year.

        Parameters
        ----------
        table
            Name of the assumption table.
        last_year
            Where another year than the horizon is wanted. [years]

        Returns
        -------
        numpy.ndarray
            By year in the table's unit; linear between the rows, the first or last value outside them.
            [1]
        """
        keys, values = self.assumptions.column(table)
        year = self.year if last_year is None else np.arange(last_year + 1, dtype=float)
        calendar = self.assumptions.calculation_start_year + year
        # Interpolation as a matrix, so that one pass serves all draws.
        weights = np.stack([np.interp(calendar, keys, row) for row in np.eye(len(keys))])
        return np.asarray(values @ weights, float)


def factors_of(rate: npt.ArrayLike, years: int) -> FloatArray:
    """Present value of one krone at the end of year 0, 1, ... ``years``, also for drawn rates.

    Parameters
    ----------
    rate
        One rate, (draw, 1) rates, or the rate of each year in the last axis. [1/year]
    years
        Last year. [years]

    Returns
    -------
    numpy.ndarray
        (..., years + 1), the first 1. [1]

    Examples
    --------
    >>> factors_of([[0.0], [0.25]], 2).round(6).tolist()
    [[1.0, 1.0, 1.0], [1.0, 0.8, 0.64]]
    """
    steps = np.asarray(rate, float)
    steps = np.broadcast_to(steps, (*steps.shape[:-1], years))
    return np.concatenate([np.ones((*steps.shape[:-1], 1)), np.cumprod(1.0 / (1.0 + steps), axis=-1)], -1)


def replaced(bought_share: npt.ArrayLike, lifetime_years: npt.ArrayLike) -> FloatArray:
    """Purchases with every replacement until the horizon.

    Parameters
    ----------
    bought_share
        What is bought for the first time in each year. [1]
    lifetime_years
        Technical life, rounded to whole years; one, or (draw, 1). [years]

    Returns
    -------
    numpy.ndarray
        All purchases by year; nothing is replaced in the last year, as nothing is served after it. [1]

    Examples
    --------
    >>> replaced([1.0, 0.0, 0.0, 0.0, 0.0], 2).tolist()
    [1.0, 0.0, 1.0, 0.0, 0.0]
    """
    life = np.maximum(np.rint(np.asarray(lifetime_years, float)), 1.0)
    if life.ndim == 0:
        return _replaced(np.asarray(bought_share, float), int(life))
    first = np.broadcast_to(np.asarray(bought_share, float), (len(life), np.shape(bought_share)[-1]))
    found = np.empty_like(first)
    for one in np.unique(life):
        rows = life[:, 0] == one
        found[rows] = _replaced(first[rows], int(one))
    return found


def _replaced(bought: FloatArray, life: int) -> FloatArray:
    last = bought.shape[-1] - 1
    total = bought.copy()
    for delay in range(life, last, life):
        total[..., delay:last] += bought[..., : last - delay]
    return total


def owned_at_end(bought_share: npt.ArrayLike, lifetime_years: npt.ArrayLike) -> FloatArray:
    """Share of the price that is left at the horizon of all that was bought, straight line.

    Parameters
    ----------
    bought_share
        Purchases by year, from ``replaced``. [1]
    lifetime_years
        Technical life, rounded to whole years; one, or (draw, 1). [years]

    Returns
    -------
    numpy.ndarray
        One number, or (draw, 1). [1]

    Examples
    --------
    Bought in year 0 and 2 with a life of 3 years; at the end of year 4 a third of the second is left.

    >>> float(owned_at_end([1.0, 0.0, 1.0, 0.0, 0.0], 3).round(6))
    0.333333
    """
    bought = np.asarray(bought_share, float)
    life = np.maximum(np.rint(np.asarray(lifetime_years, float)), 1.0)
    age = np.arange(bought.shape[-1] - 1, -1, -1, dtype=float)
    left = (bought * np.clip(1.0 - age / life, 0.0, 1.0)).sum(axis=-1, keepdims=True)
    return np.asarray(left if left.ndim > 1 else left[0], float)


def loan_payments(borrowed: npt.ArrayLike, payment_share: npt.ArrayLike, term_years: int) -> FloatArray:
    """Payments within the period on all loans that are taken in it.

    Parameters
    ----------
    borrowed
        Loans taken in each year. [1]
    payment_share
        Yearly payment per krone borrowed; one, or (draw, 1). [1/year]
    term_years
        Number of payments of each loan. [years]

    Returns
    -------
    numpy.ndarray
        Payments by year; those after the horizon are left out. [1]

    Examples
    --------
    >>> loan_payments([10.0, 0.0, 4.0, 0.0], 0.5, 2).tolist()
    [0.0, 5.0, 5.0, 2.0]
    """
    taken = np.asarray(borrowed, float)
    sums = np.cumsum(taken, axis=-1)
    before = np.zeros_like(sums)
    before[..., 1:] = sums[..., :-1]
    done = np.zeros_like(sums)
    done[..., term_years + 1 :] = sums[..., : max(sums.shape[-1] - term_years - 1, 0)]
    return np.asarray((before - done) * np.asarray(payment_share, float), float)
