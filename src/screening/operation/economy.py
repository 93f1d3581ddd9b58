"""From yearly payments to the average heat production price, and what a consumer saves by a cheaper plant.

The present value of the investment (year 0) and of every year's net payment is spread over the years as an
annuity and divided by the heat of a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening import finance
from screening.errors import ScreeningError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from screening.assumptions import Assumptions

__all__ = ["Gain", "HeatPrice", "consumer_saving_dkk", "consumers", "gain", "heat_price", "overheads_dkk"]


@dataclass(frozen=True)
class HeatPrice:
    """What a plant's heat costs on average over its years.

    Attributes
    ----------
    payments_dkk
        One row per year from 0 on, one column per kind of payment. [DKK]
    rate
        Of interest. [1/year]
    heat_mwh
        Delivered to the network in a year. [MWh/year]
    """

    payments_dkk: pd.DataFrame
    rate: float
    heat_mwh: float

    @property
    def present_value_dkk(self) -> float:
        """Of all payments, in year 0. [DKK]."""
        return float(finance.present_value(self.payments_dkk.sum(axis=1), self.rate))

    @property
    def annual_dkk(self) -> float:
        """The same value as equal yearly payments. [DKK/year]."""
        return float(finance.annual_payment(self.present_value_dkk, self.rate, len(self.payments_dkk) - 1))

    @property
    def price_dkk_per_mwh(self) -> float:
        """Average heat production price, without VAT. [DKK/MWh]."""
        return self.annual_dkk / self.heat_mwh

    @property
    def parts_dkk_per_mwh(self) -> pd.Series:
        """What each kind of payment adds to the average price; they sum to it. [DKK/MWh]."""
        values = finance.present_value(self.payments_dkk.to_numpy(float).T, self.rate)
        yearly = finance.annual_payment(values, self.rate, len(self.payments_dkk) - 1)
        return pd.Series(yearly / self.heat_mwh, index=self.payments_dkk.columns, name="dkk_per_mwh")


@dataclass(frozen=True)
class Gain:
    """What an alternative brings against a reference.

    Attributes
    ----------
    price_dkk_per_mwh
        How much lower its average heat production price is. [DKK/MWh]
    consumer_dkk_per_year
        What the standard consumer saves, with VAT. [DKK/year]
    present_value_dkk
        The years' savings less the further investment, in year 0. [DKK]
    payback_years, payback_with_interest_years
        When the savings have paid the further investment, without and with interest; infinite if never.
        [years]
    yearly_dkk
        Saving of each year from 1 on. [DKK]
    """

    price_dkk_per_mwh: float
    consumer_dkk_per_year: float
    present_value_dkk: float
    payback_years: float
    payback_with_interest_years: float
    yearly_dkk: pd.Series


def heat_price(
    yearly_dkk: Mapping[str, ArrayLike], a: Assumptions, *, investment_dkk: float, heat_mwh: float
) -> HeatPrice:
    """Work out the average heat production price.

    Parameters
    ----------
    yearly_dkk
        Net payments of year 1, 2 ... by kind (operation, fixed ...): a number for all years or one per year;
        at least one kind has one per year. [DKK/year]
    a
        Gives the calculation rate.
    investment_dkk
        Paid in year 0. [DKK]
    heat_mwh
        Delivered to the network in a year. [MWh/year]

    Returns
    -------
    HeatPrice
        Present value, yearly payment and price.

    Raises
    ------
    ScreeningError
        If the kinds have different numbers of years, or there is no heat.

    Examples
    --------
    >>> from screening import assumptions
    >>> years = {"operation": [10.0e6 + 0.1e6 * n for n in range(20)], "fixed": 0.7e6}
    >>> others = {"administration_and_distribution": 5.2e6, "maintenance_and_meters": 2.4e6}
    >>> price = heat_price(years | others, assumptions.load(), investment_dkk=1.0e6, heat_mwh=55_000)
    >>> round(price.present_value_dkk / 1e6, 2), round(price.annual_dkk / 1e6, 2)
    (260.86, 19.19)
    >>> round(price.price_dkk_per_mwh)
    349
    """
    counts = {name: np.size(amount) for name, amount in yearly_dkk.items() if np.ndim(amount)}
    if len(set(counts.values())) != 1:
        told = ", ".join(f"{name} {count}" for name, count in counts.items()) or "one number for all years"
        raise ScreeningError(f"The yearly payments do not have the same number of years: {told}.")
    if not heat_mwh > 0:
        raise ScreeningError(f"A heat price needs heat above zero in a year; got {heat_mwh:g} MWh.")
    years = pd.RangeIndex(1, next(iter(counts.values())) + 1)
    table = pd.DataFrame(
        {name: np.broadcast_to(np.asarray(v, float), len(years)) for name, v in yearly_dkk.items()}, years
    )
    table = table.reindex(pd.RangeIndex(len(years) + 1, name="year"), fill_value=0.0)
    table.insert(0, "investment", np.where(table.index == 0, float(investment_dkk), 0.0))
    return HeatPrice(table, a.plant_calculation_rate, float(heat_mwh))


def consumers(heat_mwh: float, a: Assumptions) -> float:
    """Count the standard consumers that a plant's heat suffices for, after the loss of the network.

    Parameters
    ----------
    heat_mwh
        Delivered to the network in a year. [MWh/year]
    a
        Gives the loss and the standard consumer's heat.

    Returns
    -------
    float
        Their number. [1]
    """
    return heat_mwh * (1.0 - a.plant_network_loss_share) / a.standard_consumer_heat_mwh


def overheads_dkk(heat_mwh: float, a: Assumptions, consumers_count: int | None = None) -> dict[str, float]:
    """Yearly costs that follow the heat and the consumers, not the way the plant is run.

    Parameters
    ----------
    heat_mwh
        Delivered to the network in a year. [MWh/year]
    a
        Gives the costs.
    consumers_count
        Consumers with a meter; without, as many standard consumers as the heat suffices for. [1]

    Returns
    -------
    dict
        administration_and_distribution, maintenance_and_meters. [DKK/year]
    """
    per_mwh = a.plant_administration_dkk_per_mwh + a.plant_distribution_dkk_per_mwh
    count = consumers(heat_mwh, a) if consumers_count is None else consumers_count
    per_consumer = a.plant_maintenance_and_meter_dkk_per_customer_year
    return {
        "administration_and_distribution": per_mwh * heat_mwh,
        "maintenance_and_meters": per_consumer * count,
    }


def consumer_saving_dkk(difference_dkk_per_mwh: float, a: Assumptions) -> float:
    """Tell how a difference in the heat production price reaches the standard consumer, with VAT.

    Parameters
    ----------
    difference_dkk_per_mwh
        How much lower the average heat production price is. [DKK/MWh]
    a
        Gives the consumer's heat, the network's loss and the VAT.

    Returns
    -------
    float
        Saved in a year. [DKK/year]
    """
    bought = a.standard_consumer_heat_mwh / (1.0 - a.plant_network_loss_share)
    return difference_dkk_per_mwh * bought * (1.0 + a.vat_share)


def gain(reference: HeatPrice, alternative: HeatPrice, a: Assumptions) -> Gain:
    """Compare two ways to make the same heat.

    Parameters
    ----------
    reference, alternative
        Prices over the same years.
    a
        Gives what the consumer's saving needs.

    Returns
    -------
    Gain
        Saving, payback and gain over the period.

    Raises
    ------
    ScreeningError
        If the two do not have the same years.
    """
    if len(reference.payments_dkk) != len(alternative.payments_dkk):
        raise ScreeningError(
            f"Only prices over the same years can be compared; the reference has"
            f" {len(reference.payments_dkk) - 1}, the alternative {len(alternative.payments_dkk) - 1}."
        )
    saved = reference.payments_dkk.sum(axis=1) - alternative.payments_dkk.sum(axis=1)
    today = saved.to_numpy() * finance.discount_factors(reference.rate, len(saved) - 1)
    lower = reference.price_dkk_per_mwh - alternative.price_dkk_per_mwh
    return Gain(
        price_dkk_per_mwh=lower,
        consumer_dkk_per_year=consumer_saving_dkk(lower, a),
        present_value_dkk=float(today.sum()),
        payback_years=_payback(saved.to_numpy()),
        payback_with_interest_years=_payback(today),
        yearly_dkk=saved.iloc[1:],
    )


def _payback(saved: np.typing.NDArray[np.float64]) -> float:
    """Time at which the sum stops being negative, straight within the year; 0 without an investment."""
    total = np.cumsum(saved)
    below = np.flatnonzero(total < 0)
    if not len(below):
        return 0.0
    last = int(below[-1])
    if last + 1 == len(total):
        return float("inf")
    return float(last + -total[last] / saved[last + 1])
