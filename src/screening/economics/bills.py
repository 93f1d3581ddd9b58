"""A house's bill year by year: what it is for, who gets it, and what it all is worth today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.economics import user
from screening.economics.houses import bills_of_rows, crossed, read_houses
from screening.economics.verdict import evaluated
from screening.finance import annual_payment

if TYPE_CHECKING:
    from screening.assumptions import Assumptions
    from screening.economics.evaluate import Result

__all__ = ["PARTS", "STANDARD", "bills_by_year", "present_bills"]

FloatArray = npt.NDArray[np.float64]

PARTS = ("energy", "tax", "operation", "investment", "vat")
STANDARD = "standard"  # label of the standard consumer
_YIELD = {
    "heat_pump": "individual_heat_pump_cop",
    "gas": "gas_boiler_efficiency",
    "oil": "oil_boiler_efficiency",
}


def bills_by_year(
    key_figures: pd.DataFrame, assumptions: Assumptions, houses: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Work out the bill of every year, in the prices of year 0.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.
    houses
        As for ``house_economy``; by default the standard consumer, labelled "standard".

    Returns
    -------
    pandas.DataFrame
        area, house, alternative, part ("energy": with grid and trade, and with local heating the variable
        tariff; "tax" on the energy, which local heating has in its tariff; "operation": also fixed tariffs;
        "investment"; "vat" of all of it), year (calendar), payment_dkk. Investments are annuities over each
        life and go on with a new plant of the same price, the contribution ends with its term. Areas
        without customers have no rows.

    Raises
    ------
    TableError
        Naming every fault of the houses or of the key figures.
    """
    standard = user.standard_house(assumptions)
    one = pd.DataFrame({"house": [STANDARD], "area_m2": [standard.area_m2], "heat_mwh": [standard.heat_mwh]})
    found = evaluated(key_figures, assumptions)
    rows, at = crossed(read_houses(one if houses is None else houses, assumptions), found)
    values = _values(found, at, rows)
    years = assumptions.calculation_start_year + found.timeline.year[1:]
    index = pd.MultiIndex.from_product(
        [range(len(rows)), user.ALTERNATIVES, PARTS, years.astype(int)],
        names=["row", "alternative", "part", "year"],
    )
    table = pd.DataFrame({"payment_dkk": values.reshape(-1)}, index=index).reset_index()
    names = rows[["area", "house"]].iloc[table.pop("row").to_numpy(int)].reset_index(drop=True)
    return pd.concat([names, table], axis=1)


def present_bills(bills: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Sum bills to what is paid in the first year and the present value of all years.

    Parameters
    ----------
    bills
        Table of ``bills_by_year``.
    assumptions
        The set: ``user_rate`` and the year of construction.

    Returns
    -------
    pandas.DataFrame
        area, house, alternative, first_year_dkk, present_value_dkk (payments of all years at the end of
        each, at the user's rate, in year 0).
    """
    start = assumptions.calculation_start_year
    weight = (1.0 + assumptions.user_rate) ** -(bills["year"] - start).astype(float)
    pay = bills["payment_dkk"]
    weighed = bills.assign(
        first_year_dkk=pay.where(bills["year"] == start + 1, 0.0), present_value_dkk=pay * weight
    )
    keys = ["area", "house", "alternative"]
    sums = weighed.groupby(keys, sort=False)[["first_year_dkk", "present_value_dkk"]].sum()
    return sums.reset_index()


def _values(found: Result, at: npt.NDArray[np.intp], rows: pd.DataFrame) -> FloatArray:
    """Payments by house, alternative, part and year [DKK]."""
    a, timeline = found.timeline.assumptions, found.timeline
    vat = 1.0 + a.vat_share
    deducted = rows["is_vat_deducted"].to_numpy(bool)
    # Taken with VAT whoever pays, and parted again below.
    bills = bills_of_rows(found, at, rows.assign(is_vat_deducted=False))
    price = {key: value[..., 1:] for key, value in user.prices_by_year(timeline).items()}
    heat = rows["heat_mwh"].to_numpy(float)[:, None]
    ones = np.ones((len(rows), timeline.horizon))
    values = np.zeros((len(rows), len(user.ALTERNATIVES), len(PARTS), timeline.horizon))
    for i, name in enumerate(user.ALTERNATIVES):
        net = {part: bills[name, part][:, None] / vat * ones for part in user.COMPONENTS}
        if name in _YIELD:
            bought = heat / getattr(a, _YIELD[name])
            energy, tax = bought * price[name, "energy"], bought * price[name, "tax"]
            investment = net["investment"]
        else:
            energy, tax = net["energy"], 0.0 * ones
            investment = net["investment"] - _contribution(found, at)[:, None] * _is_paid_off(found)
        parts = np.stack([energy, tax, net["fixed"], investment])
        values[:, i, :-1] = parts.swapaxes(0, 1)
        values[:, i, -1] = parts.sum(axis=0) * np.where(deducted, 0.0, a.vat_share)[:, None]
    return values


def _contribution(found: Result, at: npt.NDArray[np.intp]) -> FloatArray:
    """Yearly payment on the contributions, without VAT [DKK/year]."""
    a = found.timeline.assumptions
    one_off = np.broadcast_to(found.settlement.contribution_dkk, (len(found.customers.areas),))[at]
    return annual_payment(
        one_off + a.connection_contribution_dkk_per_customer, a.user_rate, a.contribution_term_years
    )


def _is_paid_off(found: Result) -> FloatArray:
    """1 in the years after the contribution's term [1]."""
    term = found.timeline.assumptions.contribution_term_years
    return np.asarray(found.timeline.year[1:] > term, float)
