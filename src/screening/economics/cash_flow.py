"""One ledger of yearly payments between five parties, from which company, user and society are read.

Every line is a sum of terms, amount by area times profile by year, so that present values need no table
of area x year: a profile is discounted once, and thousands of draws of the assumptions cost one product
each. The table is only unrolled to be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "BANK",
    "COMPANY",
    "CUSTOMERS",
    "ENVIRONMENT",
    "PARTIES",
    "STATE",
    "SUPPLIERS",
    "Line",
    "Term",
    "long_table",
    "present",
    "yearly",
]

FloatArray = npt.NDArray[np.float64]

COMPANY, CUSTOMERS, STATE, SUPPLIERS, BANK = "company", "customers", "state", "suppliers", "bank"
PARTIES = (COMPANY, CUSTOMERS, STATE, SUPPLIERS, BANK)
ENVIRONMENT = "environment"  # bears harm, receives no money


class Term(NamedTuple):
    """Amount by area and its share in every year.

    Parameters
    ----------
    amount
        (area,) or (draw, area). [DKK]
    profile
        (year,) or (draw, year). [1]
    """

    amount: npt.ArrayLike
    profile: npt.ArrayLike


@dataclass(frozen=True)
class Line:
    """One kind of payment from one party to another.

    Parameters
    ----------
    item
        What for: "plant", "electricity", "income_variable" ...
    kind
        "investment", "reinvestment", "energy", "operation", "tax", "vat", "grant", "payment" (of customers
        to the company), "finance", "scrap_value" or "harm".
    payer, payee
        Of ``PARTIES``; the payee of harm is ``ENVIRONMENT``.
    money
        What is paid, in the prices of year 0 or, where not indexed, as it is.
    worth
        What it costs society at factor prices; the money itself where nothing else is said.
    is_indexed
        Whether the payment follows the price level.
    is_market_price
        Whether ``worth`` is a market price already and takes no net tax factor.
    """

    item: str
    kind: str
    payer: str
    payee: str
    money: tuple[Term, ...] = ()
    worth: tuple[Term, ...] | None = None
    is_indexed: bool = True
    is_market_price: bool = False

    def nominal(self, level: FloatArray) -> tuple[Term, ...]:
        """Payments in the money of their year.

        Parameters
        ----------
        level
            Price level by year. [1]

        Returns
        -------
        tuple of Term
            Indexed payments times the level.
        """
        if not self.is_indexed:
            return self.money
        return tuple(Term(amount, np.asarray(profile) * level) for amount, profile in self.money)


def present(terms: Iterable[Term], factors: FloatArray) -> FloatArray:
    """Present value of terms.

    Parameters
    ----------
    terms
        Of one line or several.
    factors
        Discount factors by year. [1]

    Returns
    -------
    numpy.ndarray
        (area,) or (draw, area); 0 where there are no terms. [DKK]

    Examples
    --------
    >>> present([Term([100.0, 200.0], [0.0, 1.0, 1.0])], np.array([1.0, 0.5, 0.25])).tolist()
    [75.0, 150.0]
    """
    total: FloatArray = np.zeros(())
    for amount, profile in terms:
        weight = (np.asarray(profile) * factors).sum(axis=-1, keepdims=True)
        total = total + np.asarray(amount, float) * weight
    return np.asarray(total, float)


def yearly(terms: Iterable[Term], areas: int, years: int) -> FloatArray:
    """Unroll terms of a single set into a table.

    Parameters
    ----------
    terms
        With (area,) amounts and (year,) profiles.
    areas, years
        Shape. [1]

    Returns
    -------
    numpy.ndarray
        Area x year. [DKK]
    """
    total = np.zeros((areas, years))
    for amount, profile in terms:
        total += np.multiply.outer(np.broadcast_to(np.asarray(amount, float), (areas,)), profile)
    return total


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
