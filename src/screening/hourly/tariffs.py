"""What electricity and fuel cost a heating plant by the hour: spot, tariffs and taxes, without VAT.

Rates are assumption rows with a date. An hour takes the rates of its Danish calendar year; a year without a
row of its own takes the latest row before it. The hours of the load levels (low, high, peak) are Danish clock
time and holidays are Denmark's, so both switches of the clock are in place.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from screening.errors import AssumptionError, UnknownNameError
from screening.hourly.timeline import danish_time

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from screening.assumptions import Assumptions

__all__ = [
    "PUBLISHED_TARIFF",
    "dated",
    "distribution_tariff",
    "electricity_price",
    "fuel_taxes",
    "holidays",
    "load_levels",
    "schedules",
    "tariffs",
    "yearly_grid_payment",
]

PUBLISHED_TARIFF = "published-2020 B-lav"
_FLAT = "flat"
_LAST_PRAYER_DAY = 2023  # store bededag was abolished with effect from 2024
_SATURDAY = 5


def electricity_price(
    spot: pd.Series,
    assumptions: Assumptions,
    tariff: str = "radius-2025 B-lav",
    *,
    rates_of: int | None = None,
    tax_of: int | None = None,
    schedule: str | None = None,
    distribution_mean_dkk_per_mwh: float | None = None,
) -> pd.DataFrame:
    """Price the electricity that a heating plant buys, hour by hour.

    Parameters
    ----------
    spot
        Day-ahead price by UTC hour. [DKK/MWh]
    assumptions
        The set with the rates.
    tariff
        Price sheet and customer category, one of ``tariffs``.
    rates_of
        Calendar year whose tariffs and taxes count in all hours; None takes each hour's own.
    tax_of
        The same for the electric heating tax alone, e.g. 2020 for "the tax was never cut".
    schedule
        Hours of the load levels, one of ``schedules``; None takes the category's own.
    distribution_mean_dkk_per_mwh
        Scale the distribution tariff to this mean over the given hours. [DKK/MWh]

    Returns
    -------
    pandas.DataFrame
        By UTC hour: ``spot``, ``system``, ``transmission``, ``balance``, ``distribution``, ``tax`` and their
        sum ``price``, each ending in ``_dkk_per_mwh``. [DKK/MWh]

    Raises
    ------
    AssumptionError, UnknownNameError
        If there is no such tariff or schedule, or no rate as early as the hours.
    """
    index = pd.DatetimeIndex(spot.index)
    local = danish_time(index).year.to_numpy()
    years = local if rates_of is None else np.full(len(index), rates_of)
    tax_years = years if tax_of is None else np.full(len(index), tax_of)
    priced = pd.DataFrame(
        {
            "spot_dkk_per_mwh": spot.astype(float),
            "system_dkk_per_mwh": dated(assumptions, "system_tariff_dkk_per_mwh", years),
            "transmission_dkk_per_mwh": dated(assumptions, "transmission_tariff_dkk_per_mwh", years),
            "balance_dkk_per_mwh": dated(assumptions, "balance_tariff_dkk_per_mwh", years),
            "distribution_dkk_per_mwh": distribution_tariff(
                index,
                assumptions,
                tariff,
                schedule=schedule,
                mean_dkk_per_mwh=distribution_mean_dkk_per_mwh,
            ),
            "tax_dkk_per_mwh": dated(assumptions, "plant_electric_heating_tax_dkk_per_mwh", tax_years),
        },
        index=index,
    )
    return priced.assign(price_dkk_per_mwh=priced.sum(axis=1, skipna=False))


def distribution_tariff(
    index: pd.DatetimeIndex,
    assumptions: Assumptions,
    tariff: str = "radius-2025 B-lav",
    *,
    schedule: str | None = None,
    mean_dkk_per_mwh: float | None = None,
) -> pd.Series:
    """Give the distribution tariff of each hour, flat or by load level.

    Parameters
    ----------
    index
        Hours in UTC.
    assumptions
        The set with the rates.
    tariff
        Price sheet and customer category, one of ``tariffs``.
    schedule
        Hours of the load levels, one of ``schedules``; None takes the category's own (C, or A and B).
    mean_dkk_per_mwh
        Scale the levels to this mean over the given hours, as when a flat tariff is made to vary. [DKK/MWh]

    Returns
    -------
    pandas.Series
        By UTC hour. [DKK/MWh]

    Raises
    ------
    UnknownNameError
        If there is no such tariff or schedule.
    AssumptionError
        If the schedule has levels that the tariff has no rate for.

    Examples
    --------
    >>> from screening import assumptions
    >>> winter_monday = pd.date_range("2025-01-13 04:00", periods=2, freq="h", tz="UTC")  # 5 and 6 in Denmark
    >>> distribution_tariff(winter_monday, assumptions.load(), "radius-2025 B-lav").tolist()
    [41.2, 247.3]
    """
    rates = _rates(assumptions, tariff)
    if list(rates.index) == [_FLAT]:
        values = np.full(len(index), rates[_FLAT])
    else:
        levels = load_levels(index, schedule or ("C" if tariff.endswith(" C") else "A-B"))
        lacking = sorted(set(levels) - set(rates.index))
        if lacking:
            raise AssumptionError(
                f"The distribution tariff {tariff!r} has no rate for {', '.join(lacking)}; it has"
                f" {', '.join(rates.index)}. Choose the schedule that belongs to the tariff."
            )
        values = levels.map(rates).to_numpy(float)
    if mean_dkk_per_mwh is not None and len(values):
        values = values * (mean_dkk_per_mwh / values.mean())
    return pd.Series(values, index=index, name="distribution_dkk_per_mwh")


def load_levels(index: pd.DatetimeIndex, schedule: str) -> pd.Series:
    """Name the load level of each hour.

    Parameters
    ----------
    index
        Hours in UTC.
    schedule
        One of ``schedules``.

    Returns
    -------
    pandas.Series
        "low", "high" or "peak" (of category C with "winter" or "summer" before it), by UTC hour.

    Raises
    ------
    UnknownNameError
        If there is no such schedule.

    Examples
    --------
    >>> summer = pd.date_range("2025-07-01 03:00", periods=3, freq="h", tz="UTC")  # 05, 06 and 07 in Denmark
    >>> load_levels(summer, "A-B").tolist()
    ['low', 'high', 'high']
    """
    rows = schedules()
    if schedule not in set(rows["schedule"]):
        raise UnknownNameError("schedule of load levels", schedule, rows["schedule"])
    local = danish_time(pd.DatetimeIndex(index))
    is_free = holidays(local) | (local.day_of_week >= _SATURDAY)
    month, hour = local.month.to_numpy(), local.hour.to_numpy()
    levels = np.full(len(index), "", dtype=object)
    for row in rows[rows["schedule"] == schedule].to_dict("records"):
        first, last = row["first_month"], row["last_month"]
        is_season = (month >= first) & (month <= last)
        if first > last:  # over the new year
            is_season = (month >= first) | (month <= last)
        is_day = {"all": np.ones(len(index), bool), "holiday": is_free, "weekday": ~is_free}[row["day_type"]]
        levels[is_season & is_day & (hour >= row["hour_from"]) & (hour < row["hour_to"])] = row["level"]
    return pd.Series(levels, index=index, name="load_level", dtype="str")


def fuel_taxes(assumptions: Assumptions, fuel: str, year: int) -> pd.Series:
    """Give the taxes on a MWh of fuel, lower heating value, used for heat.

    Parameters
    ----------
    assumptions
        The set with the rates.
    fuel
        "gas", "oil" or "wood_chips".
    year
        Calendar year; without a row of its own the latest before it counts.

    Returns
    -------
    pandas.Series
        ``energy``, ``co2`` and ``nox``, each ending in ``_dkk_per_mwh``; 0 where the fuel bears no such tax.
        [DKK/MWh]

    Raises
    ------
    UnknownNameError, AssumptionError
        If there is no such fuel, or no rate as early as the year.

    Examples
    --------
    >>> from screening import assumptions
    >>> fuel_taxes(assumptions.load(), "gas", 2025).round(1).tolist()
    [124.5, 174.7, 0.7]
    """
    rows = assumptions.lookup("fuel_tax_dkk_per_mwh")
    parts = pd.Series(rows.index, index=rows.index).astype(str).str.split(" ", expand=True)
    fuels = parts[0].unique()
    if fuel not in set(fuels):
        raise UnknownNameError("taxed fuel", fuel, fuels)
    found = {}
    for tax in ("energy", "co2", "nox"):
        of_tax = rows[(parts[0] == fuel) & (parts[1] == tax)]
        years = parts.loc[of_tax.index, 2].astype(int)
        found[f"{tax}_dkk_per_mwh"] = (
            _latest(years.to_numpy(), of_tax.to_numpy(float), np.array([year]), f"{tax} tax on {fuel}")[0]
            if len(of_tax)
            else 0.0
        )
    return pd.Series(found, name=fuel)


def yearly_grid_payment(assumptions: Assumptions, tariff: str, capacity_kw: float) -> float:
    """Give what the distribution company takes per year, however little is used.

    Parameters
    ----------
    assumptions
        The set with the rates.
    tariff
        Price sheet and customer category, one of ``tariffs``.
    capacity_kw
        Largest draw of electricity. [kW]

    Returns
    -------
    float
        Payment for capacity and subscription; 0 where the sheet has none. [DKK/year]
    """
    _rates(assumptions, tariff)
    per_kw = assumptions.lookup("distribution_capacity_dkk_per_kw_year").get(tariff, 0.0)
    subscription = assumptions.lookup("distribution_subscription_dkk_per_year").get(tariff, 0.0)
    return float(per_kw * capacity_kw + subscription)


def tariffs(assumptions: Assumptions) -> list[str]:
    """List the distribution tariffs: price sheet and customer category."""
    return sorted({key.rsplit(" ", 2 if " C " in key else 1)[0] for key in _all_rates(assumptions).index})


@functools.cache
def schedules() -> pd.DataFrame:
    """Give the hours of the load levels by schedule, months and type of day, with their sources."""
    entry = resources.files("screening.hourly") / "tariff_schedules.csv"
    with resources.as_file(entry) as path:
        return pd.read_csv(path)


def dated(assumptions: Assumptions, name: str, years: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Look up a rate by calendar year; a year without a row of its own takes the latest before it.

    Parameters
    ----------
    assumptions
        The set with the rates.
    name
        A table whose keys are calendar years.
    years
        Calendar years, one per hour. [calendar year]

    Returns
    -------
    numpy.ndarray
        In the unit of the table. [DKK/MWh]

    Raises
    ------
    AssumptionError
        If a year is before the first row.
    """
    keys, values = assumptions.column(name)
    return _latest(keys, values, np.asarray(years), name)


def holidays(days: pd.DatetimeIndex) -> NDArray[np.bool_]:
    """Mark Danish public holidays among local days, weekends apart."""
    found = np.zeros(len(days), dtype=bool)
    year, month, day = days.year.to_numpy(), days.month.to_numpy(), days.day.to_numpy()
    for fixed in ((1, 1), (12, 25), (12, 26)):
        found |= (month == fixed[0]) & (day == fixed[1])
    midnight = days.tz_localize(None).normalize()
    for one in np.unique(year):
        easter = _easter(int(one))
        # Thursday and Friday before, Monday after, (until 2023) the prayer day, Ascension, Whit Monday.
        after = [-3, -2, 1, 39, 50, *([26] if one <= _LAST_PRAYER_DAY else [])]
        found |= np.asarray(midnight.isin([easter + pd.Timedelta(days=n) for n in after]))
    return found


def _easter(year: int) -> pd.Timestamp:
    """Date of Easter Sunday in the Gregorian calendar (the anonymous computus)."""
    moon_year, (century, rest) = year % 19, divmod(year, 100)
    leap_centuries, after_leap = divmod(century, 4)
    drift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * moon_year + century - leap_centuries - drift + 15) % 30
    leaps, since_leap = divmod(rest, 4)
    to_sunday = (32 + 2 * after_leap + 2 * leaps - moon - since_leap) % 7
    late = (moon_year + 11 * moon + 22 * to_sunday) // 451
    month, day = divmod(moon + to_sunday - 7 * late + 114, 31)
    return pd.Timestamp(year=year, month=month, day=day + 1)


def _rates(assumptions: Assumptions, tariff: str) -> pd.Series:
    """Rates of one tariff by load level."""
    every = _all_rates(assumptions)
    own = every[every.index.str.startswith(f"{tariff} ")]
    if own.empty or tariff not in tariffs(assumptions):
        raise UnknownNameError("distribution tariff", tariff, tariffs(assumptions))
    return own.set_axis(own.index.str.slice(len(tariff) + 1))


def _all_rates(assumptions: Assumptions) -> pd.Series:
    return assumptions.lookup("distribution_tariff_dkk_per_mwh")


def _latest(
    keys: NDArray[np.integer[Any]], values: NDArray[np.float64], years: NDArray[np.integer[Any]], name: str
) -> NDArray[np.float64]:
    order = np.argsort(keys)
    place = np.searchsorted(keys[order], years, side="right") - 1
    if len(place) and place.min() < 0:
        raise AssumptionError(
            f"There is no {name} for {int(years.min())}: the first row is of {int(keys.min())}. Add a row, or"
            " name the year whose rates count."
        )
    return np.asarray(values[order][place], dtype=float)
