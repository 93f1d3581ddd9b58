"""Annuity, present value and scrap value: the three formulas all economy rests on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from screening.errors import ScreeningError

__all__ = ["annual_payment", "annuity_factor", "discount_factors", "present_value", "scrap_value"]

FloatArray = npt.NDArray[np.float64]


def annuity_factor(rate: npt.ArrayLike, term_years: npt.ArrayLike) -> FloatArray:
    """Yearly payment per krone borrowed, paid at the end of each year.

    Parameters
    ----------
    rate
        Interest per year as a share, 0.04 for 4 %; 0 gives 1/term. [1/year]
    term_years
        Number of payments, above zero. [years]

    Returns
    -------
    numpy.ndarray
        rate / (1 - (1 + rate)**-term). [1/year]

    Raises
    ------
    ScreeningError
        If the term is not above zero or the rate is at or below -1.

    Examples
    --------
    >>> round(float(annuity_factor(0.04, 15)) * 4000, 1)
    359.8
    >>> float(annuity_factor(0.0, 20))
    0.05
    >>> round(float(annuity_factor(0.04, 1)), 10)
    1.04
    """
    rate, term = np.broadcast_arrays(np.asarray(rate, float), np.asarray(term_years, float))
    if not (np.all(term > 0) and np.all(rate > -1)):
        raise ScreeningError(
            f"An annuity needs a term above 0 years and a rate above -1 (as a share, 0.04 for 4 %);"
            f" got rate {rate.min():g} and term {term.min():g}."
        )
    # expm1/log1p keep precision for rates near zero, where the quotient tends to 1/term.
    small = np.abs(rate) < 1e-12
    safe = np.where(small, 1.0, rate)
    factor = safe / -np.expm1(-term * np.log1p(safe))
    return np.asarray(np.where(small, 1.0 / term, factor), float)


def annual_payment(
    investment_dkk: npt.ArrayLike, rate: npt.ArrayLike, term_years: npt.ArrayLike
) -> FloatArray:
    """Equal yearly payment of an annuity loan.

    Parameters
    ----------
    investment_dkk
        Amount borrowed. [DKK]
    rate
        Interest per year as a share. [1/year]
    term_years
        Number of payments. [years]

    Returns
    -------
    numpy.ndarray
        Payment at the end of every year. [DKK/year]

    Examples
    --------
    >>> round(float(annual_payment(104_238, 0.04, 16)))
    8946
    """
    return np.asarray(investment_dkk, float) * annuity_factor(rate, term_years)


def discount_factors(rate: npt.ArrayLike, years: int) -> FloatArray:
    """Present value of one krone at the end of year 0, 1, ... ``years``.

    Parameters
    ----------
    rate
        One rate, or the rate of each year from year 1 on (a stepped calculation rate). [1/year]
    years
        Last year. [years]

    Returns
    -------
    numpy.ndarray
        Length ``years + 1``, first value 1. [1]

    Examples
    --------
    >>> discount_factors(0.25, 2).round(6).tolist()
    [1.0, 0.8, 0.64]
    """
    steps = np.broadcast_to(np.asarray(rate, float), (years,))
    return np.concatenate([[1.0], np.cumprod(1.0 / (1.0 + steps))])


def present_value(payments_dkk: npt.ArrayLike, rate: npt.ArrayLike) -> FloatArray:
    """Present value of payments at the end of year 0, 1, 2 ... (last axis).

    Parameters
    ----------
    payments_dkk
        Payments; the last axis is the year and begins with year 0. [DKK]
    rate
        One rate, or the rate of each year from year 1 on. [1/year]

    Returns
    -------
    numpy.ndarray
        Value in year 0. [DKK]

    Examples
    --------
    >>> round(float(present_value([-80.0, 100.0], 0.25)), 6)
    0.0
    """
    payments = np.asarray(payments_dkk, float)
    return np.asarray(payments @ discount_factors(rate, payments.shape[-1] - 1), float)


def scrap_value(
    investment_dkk: npt.ArrayLike, lifetime_years: npt.ArrayLike, age_years: npt.ArrayLike
) -> FloatArray:
    """Value left of an investment by straight-line depreciation.

    Parameters
    ----------
    investment_dkk
        What it cost. [DKK]
    lifetime_years
        Technical life. [years]
    age_years
        Age at the end of the period. [years]

    Returns
    -------
    numpy.ndarray
        Never below zero. [DKK]

    Examples
    --------
    >>> float(scrap_value(100.0, 40.0, 30.0))
    25.0
    """
    investment, lifetime, age = (np.asarray(x, float) for x in (investment_dkk, lifetime_years, age_years))
    return np.asarray(investment * np.clip(1.0 - age / lifetime, 0.0, 1.0), float)
