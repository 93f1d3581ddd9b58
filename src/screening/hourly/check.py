"""What a file of series holds: hours, gaps, means and units, and what looks wrong about it."""

from __future__ import annotations

import pandas as pd

from screening.hourly.readers import hour_before
from screening.hourly.timeline import SeriesError, hours_of, to_hours

__all__ = ["check_series", "doubt"]

_DKK = (-5300.0, 37500.0)  # the exchange's own bounds, -700 and 5,000 EUR/MWh
_UNITS = {  # how a column's name ends: its unit, the range in which hourly values are believed
    "dkk_per_mwh": ("DKK/MWh", _DKK),
    "dkk_mwh": ("DKK/MWh", _DKK),
    "dkk": ("DKK/MWh", _DKK),
    "eur_per_mwh": ("EUR/MWh", (-700.0, 5000.0)),
    "eur_mwh": ("EUR/MWh", (-700.0, 5000.0)),
    "eur": ("EUR/MWh", (-700.0, 5000.0)),
    "w_m2": ("W/m2", (-5.0, 1300.0)),
    "radiation": ("W/m2", (-5.0, 1300.0)),
    "irradiance": ("W/m2", (-5.0, 1300.0)),
    "_m_s": ("m/s", (0.0, 60.0)),
    "_c": ("°C", (-40.0, 45.0)),
    "temperature_2m": ("°C", (-40.0, 45.0)),
    "_mw": ("MW", (-100.0, 10000.0)),
    "_mwh": ("MWh", (-100.0, 10000.0)),
    "_kwh": ("kWh", (-1e6, 1e6)),
    "pct": ("%", (0.0, 102.0)),
}
_HIGH_PRICE = 5000.0  # Denmark's dearest month on the exchange, August 2022, had about 3,500
_LOW_PRICE = 5.0  # a mean size below it is per kWh, or a time nobody has seen


def check_series(table: pd.DataFrame) -> pd.DataFrame:
    """Say of every column what it holds.

    Parameters
    ----------
    table
        Series by UTC stamp, as ``read_table`` gives them.

    Returns
    -------
    pandas.DataFrame
        A row per column: ``series``, ``unit`` (by the name; empty where it tells none), ``hours`` from first
        to last, ``missing_hours``, ``first_missing``, ``first``, ``last`` (UTC), ``step``, ``whole_years``,
        ``mean``, ``minimum``, ``maximum`` (of the hours, in the unit) and ``remark``, empty where nothing
        looks wrong.
    """
    return pd.DataFrame([_checked(table[column].rename(str(column))) for column in table.columns])


def doubt(hourly: pd.Series, name: str) -> str:
    """Say why hourly values are not believed.

    Parameters
    ----------
    hourly
        Values by UTC hour.
    name
        Of the series; its end tells the unit, as in ``spot_dkk_per_mwh``.

    Returns
    -------
    str
        What is found and what is expected; empty where nothing looks wrong.

    Examples
    --------
    >>> hours = pd.date_range("2025-01-01", periods=2, freq="h", tz="UTC")
    >>> doubt(pd.Series([612.4, 598.0], hours), "spot_dkk_per_mwh")
    ''
    >>> doubt(pd.Series([0.6, 0.7], hours), "spot_dkk_per_mwh")
    'a mean price of 0.65 DKK/MWh looks like DKK/kWh: multiply by 1000'
    """
    return _remark(hourly, *_unit_of(name))


def _checked(series: pd.Series) -> dict[str, object]:
    name = str(series.name)
    unit, believed = _unit_of(name)
    found = (
        series.loc[series.first_valid_index() : series.last_valid_index()] if series.notna().any() else None
    )
    if found is None:
        return {"series": name, "unit": unit, "hours": 0, "remark": "no value at all"}
    try:
        hourly = to_hours(found)
    except SeriesError as error:
        return {"series": name, "unit": unit, "hours": 0, "remark": str(error)}
    missing = hourly.index[hourly.isna()]
    return {
        "series": name,
        "unit": unit,
        "hours": len(hourly),
        "missing_hours": len(missing),
        "first_missing": ", ".join(f"{stamp:%Y-%m-%d %H:%M}" for stamp in missing[:5]),
        "first": hourly.index[0],
        "last": hourly.index[-1],
        "step": _step(found),
        "whole_years": ", ".join(_whole_years(hourly)),
        "mean": float(hourly.mean()),
        "minimum": float(hourly.min()),
        "maximum": float(hourly.max()),
        "remark": _remark(hourly, unit, believed) or hour_before(series),
    }


def _unit_of(name: str) -> tuple[str, tuple[float, float]]:
    lower = name.lower()
    return next((found for end, found in _UNITS.items() if lower.endswith(end)), ("", (-1e12, 1e12)))


def _step(series: pd.Series) -> str:
    """Say the steps that the stamps make, hours with a hole left aside."""
    steps = pd.Series(series.index[1:] - series.index[:-1])
    usual = sorted(step for step in steps.unique() if step <= pd.Timedelta(hours=1))
    return ", ".join(f"{step.total_seconds() / 60:.0f} min" for step in usual) or "more than an hour"


def _whole_years(hourly: pd.Series) -> list[str]:
    index = pd.DatetimeIndex(hourly.dropna().index)
    counts = pd.Series(index.year).value_counts().sort_index()
    return [str(year) for year, count in counts.items() if count == len(hours_of(int(str(year))))]


def _remark(hourly: pd.Series, unit: str, believed: tuple[float, float]) -> str:
    """Say in a sentence what looks wrong."""
    odd = hourly[(hourly < believed[0]) | (hourly > believed[1])]
    if len(odd):
        return (
            f"{len(odd):,} hours lie outside {believed[0]:g} to {believed[1]:g} {unit}, first"
            f" {odd.index[0]:%Y-%m-%d %H:%M} with {odd.iloc[0]:g}; check the unit"
        )
    if unit == "DKK/MWh" and 0 < hourly.abs().mean() < _LOW_PRICE:
        return f"a mean price of {hourly.mean():.2f} DKK/MWh looks like DKK/kWh: multiply by 1000"
    if unit == "DKK/MWh" and hourly.mean() > _HIGH_PRICE:
        return f"a mean price of {hourly.mean():,.0f} DKK/MWh is more than any year has had; check the unit"
    return ""
