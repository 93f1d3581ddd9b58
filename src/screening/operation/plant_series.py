"""The hours of a plant: series from files beside the plant file, or from the default year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from screening.demand import heat_demand_mw, heat_profile, possible_peaks_mw
from screening.errors import InputFileError, ScreeningError, near_misses
from screening.hourly import danish_time, default_year, doubt, moved_to_year, to_hours
from screening.hourly.readers import hour_before, read_heat, read_prices, read_table, read_weather
from screening.operation.plant_content import PlantContent, named_series
from screening.operation.plant_units import ElectricBoiler, HeatPump, Solar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from screening.assumptions import Assumptions
    from screening.operation.plant_parts import Demand, Series

__all__ = ["HEAT", "calendar_years_of", "resolve"]

HEAT = "heat_mw"  # key of the demand among the resolved series
_DEFAULT_COLUMNS = {
    "electricity.spot": "spot_dkk_per_mwh",
    "weather.temperature_c": "temperature_c",
    "weather.ghi_w_m2": "ghi_w_m2",
    "weather.dni_w_m2": "dni_w_m2",
    "weather.dhi_w_m2": "dhi_w_m2",
}
_PRICE = "electricity.spot"
_YEAR_HOURS = (8760, 8784)
_NAMED_HOURS = 3


def resolve(
    content: PlantContent, folder: Path, label: str, frame: pd.DataFrame | None, assumptions: Assumptions
) -> tuple[pd.DatetimeIndex, dict[str, NDArray[np.float64]], tuple[str, ...], dict[str, int]]:
    """Give every series of a plant by the hour.

    Parameters
    ----------
    content
        The checked plant file.
    folder
        Where the files that it names lie.
    label
        The plant file, for errors.
    frame
        Hours of the caller's own in place of the default year: index UTC, columns as the default year's.
    assumptions
        The set to use, for the demand's profile.

    Returns
    -------
    tuple
        The hours; values by dotted key, the demand as "heat_mw"; the keys that the default year gave (or the
        caller's hours in its place: none then); how many hours were mended, by key.

    Raises
    ------
    InputFileError
        In one line, for a file or column that is not there, hours that are missing, a value that is none.
    """
    if frame is not None:
        frame = _sound(frame)
    used = _used(content)
    named = {key: s for key, s in named_series(content) if s.file is not None or (s.default and key in used)}
    read = {
        key: _read(key, series, folder, label) for key, series in named.items() if series.file is not None
    }
    index = _hours(content, frame, list(read.values()), label)
    mended = {key: _mended(series, named[key].fill_gap_hours) for key, series in read.items()}
    values = {key: _cut(series, index, f"{label}: {key}", named[key].file) for key, series in mended.items()}
    filled = {key: int(read[key].reindex(index).isna().sum()) for key in read}
    for key, series in named.items():
        if series.default and key != "demand.profile":
            values[key] = _default(key, index, frame, label) * series.factor
    for key, given in values.items():
        values[key] = given * (named[key].factor if named[key].file is not None else 1.0)
    years = calendar_years_of(index, content.year)
    for key, series in named_series(content):
        if key in named or series.default:
            continue
        try:
            known = series.known(years)
        except LookupError as error:
            raise InputFileError(
                f"{label}: {key} is {sorted(series.by_year or {})}; allowed is {error}."
            ) from error
        if known is not None:
            values[key] = np.broadcast_to(np.asarray(known, float), len(index))
    for key in sorted(values.keys() & _DEFAULT_COLUMNS.keys()):
        _believe(key, dict(named_series(content))[key], pd.Series(values[key], index), label)
    values[HEAT] = _demand(content.demand, values, index, label, assumptions)
    synthetic = [key for key in values if key in named and named[key].default] if frame is None else []
    return index, values, tuple(synthetic), {key: count for key, count in filled.items() if count}


def calendar_years_of(index: pd.DatetimeIndex, year: int | None) -> NDArray[np.int64]:
    """Give the calendar year whose prices and taxes hold in each hour: the one stated, else Denmark's own."""
    years = danish_time(index).year.to_numpy() if year is None else np.full(len(index), year)
    return np.asarray(years, dtype=np.int64)


def _sound(frame: pd.DataFrame) -> pd.DataFrame:
    """Refuse a caller's own series that are not by the hour in UTC."""
    index = frame.index
    if not isinstance(index, pd.DatetimeIndex) or str(index.tz) != "UTC":
        raise ScreeningError(
            "The series given in place of the default year have no UTC index; give tz-aware hours."
        )
    if len(index) < 1 or not index.equals(pd.date_range(index[0], periods=len(index), freq="h")):
        raise ScreeningError(
            "The series given in place of the default year are not every hour once, in order."
        )
    return frame.rename_axis("utc")


def _believe(key: str, given: Series, values: pd.Series, label: str) -> None:
    """Refuse a price or weather that is in another unit."""
    wrong = doubt(values, _DEFAULT_COLUMNS[key])
    if wrong:
        place = f" ({given.file})" if given.file is not None else ""
        raise InputFileError(
            f"{label}: {key}{place} has a mean of {values.mean():.6g}; expected is {_DEFAULT_COLUMNS[key]}:"
            f" {wrong}. A factor beside file converts."
        )


def _used(content: PlantContent) -> set[str]:
    """Tell which series the plant's units and demand need."""
    used: set[str] = {"demand.profile"}
    electric = any(isinstance(unit, HeatPump | ElectricBoiler) for unit in content.units)
    solar = any(isinstance(unit, Solar) for unit in content.units)
    air = any(
        isinstance(unit, HeatPump) and unit.source is not None and unit.source.place == "outdoor_air"
        for unit in content.units
    )
    if electric:
        used.add(_PRICE)
    if solar or air or content.demand.profile.default:
        used.add("weather.temperature_c")
    if solar:
        used |= {"weather.ghi_w_m2", "weather.dni_w_m2", "weather.dhi_w_m2"}
    known = {"demand.profile", *_DEFAULT_COLUMNS}
    return used | {key for key, _ in named_series(content) if key not in known}


def _read(key: str, series: Series, folder: Path, label: str) -> pd.Series:
    """Read one series of a file by UTC hour, in any of the dialects that the readers know."""
    path = folder / str(series.file)
    if not path.is_file():
        raise InputFileError(
            f"{label}: {key} names {series.file}, which does not exist;"
            " allowed is a file beside the plant file."
        )
    try:
        table = read_table(path, series.area)
    except ScreeningError as error:
        raise InputFileError(f"{label}: {key}: {error}") from error
    columns = [str(column) for column in table.columns]
    if series.column is not None and series.column not in columns:
        raise InputFileError(
            f"{label}: {key}.column is {series.column!r}; allowed is a column of {path.name}."
            f" {near_misses(series.column, columns)}"
        )
    try:
        if series.column is not None or len(columns) == 1:
            found = table[series.column or columns[0]]
        else:
            found = _usual(key, series, path, columns)
        if late := hour_before(found):
            raise InputFileError(f"{path.name}, column {found.name} {late}.")
        return to_hours(found)
    except ScreeningError as error:
        raise InputFileError(f"{label}: {key}: {error}") from error


def _usual(key: str, series: Series, path: Path, columns: list[str]) -> pd.Series:
    """Find a series by the name that its kind usually has."""
    place, _, name = key.rpartition(".")
    if key == _PRICE and series.area is not None:
        return read_prices(path, series.area)
    if key == "demand.profile":
        return read_heat(path)
    if place == "weather" and name in (weather := read_weather(path)).columns:
        return weather[name]
    raise InputFileError(f"column is missing; allowed is one of {', '.join(columns)} in {path.name}.")


def _hours(
    content: PlantContent, frame: pd.DataFrame | None, read: list[pd.Series], label: str
) -> pd.DatetimeIndex:
    """Find the hours: the period, the caller's, those of the first file, or the default year's."""
    if content.period is not None:
        return content.period.hours
    if frame is not None:
        return pd.DatetimeIndex(frame.index)
    if not read:
        return pd.DatetimeIndex(default_year().index)
    if read[0].empty:
        raise InputFileError(f"{label}: a series has no hours.")
    return pd.DatetimeIndex(read[0].index)


def _mended(series: pd.Series, longest_hours: int | None) -> pd.Series:
    """Draw a line over the gaps that are no longer than asked for."""
    missing = series.isna()
    if longest_hours is None or not missing.any():
        return series
    run = (missing != missing.shift()).cumsum()
    short = missing & (missing.groupby(run).transform("size") <= longest_hours)
    line = series.interpolate("time", limit_area="inside")
    return series.where(~short, line)


def _cut(series: pd.Series, index: pd.DatetimeIndex, label: str, file: str | None) -> NDArray[np.float64]:
    """Cut a series to the hours, or name those that are missing."""
    found = series.reindex(index)
    missing = index[found.isna().to_numpy()]
    if len(missing):
        named = ", ".join(f"{hour:%Y-%m-%d %H:%M}" for hour in missing[:_NAMED_HOURS])
        more = f" and {len(missing) - _NAMED_HOURS} more" if len(missing) > _NAMED_HOURS else ""
        raise InputFileError(
            f"{label} ({file}) lacks {len(missing)} of {len(index)} hours: {named}{more} UTC;"
            f" allowed is a value in every hour from {index[0]:%Y-%m-%d %H:%M} to {index[-1]:%Y-%m-%d %H:%M}."
        )
    return found.to_numpy(float)


def _default(
    key: str, index: pd.DatetimeIndex, frame: pd.DataFrame | None, label: str
) -> NDArray[np.float64]:
    """Take a series from the default year, laid over the hours by date, prices by the day of the week."""
    column = _DEFAULT_COLUMNS.get(key)
    if column is None:
        raise InputFileError(
            f"{label}: {key} is 'default'; allowed is a number or a file: the default year has only"
            f" {', '.join(_DEFAULT_COLUMNS)}."
        )
    if frame is not None:
        if column not in frame.columns:
            raise InputFileError(
                f"{label}: {key} needs the column {column}; given are {', '.join(frame.columns)}."
            )
        return _cut(frame[column], index, f"{label}: {key}", "the series given")
    year = default_year()[column]
    keep: Literal["date", "weekday"] = "weekday" if key == _PRICE else "date"
    laid = [moved_to_year(year, int(one), keep=keep) for one in sorted(set(index.year))]
    return _cut(pd.concat(laid), index, f"{label}: {key}", "the default year")


def _demand(
    demand: Demand,
    values: Mapping[str, NDArray[np.float64]],
    index: pd.DatetimeIndex,
    label: str,
    assumptions: Assumptions,
) -> NDArray[np.float64]:
    """Give the heat that the network takes in each hour. [MW]."""
    if demand.profile.default:
        shape = _profile(demand, values["weather.temperature_c"], index, assumptions) * demand.profile.factor
    else:
        shape = values["demand.profile"]
    if (shape < 0).any():
        hour = index[int(np.argmin(shape))]
        raise InputFileError(
            f"{label}: demand.profile is {shape.min():g} at {hour:%Y-%m-%d %H:%M} UTC;"
            " allowed are numbers from 0."
        )
    if demand.heat_mwh_per_year is None:
        return shape
    if len(index) < _YEAR_HOURS[0]:
        raise InputFileError(
            f"{label}: demand.heat_mwh_per_year is {demand.heat_mwh_per_year:g}, but the series cover"
            f" only {len(index)} hours; allowed is a whole year ({_YEAR_HOURS[0]} hours), or a profile in MW"
            " without heat_mwh_per_year."
        )
    if not shape.sum() > 0:
        raise InputFileError(f"{label}: demand.profile is 0 in all hours; allowed is some heat.")
    years = 1.0 if len(index) <= _YEAR_HOURS[1] else len(index) / _YEAR_HOURS[0]
    heat_mwh = demand.heat_mwh_per_year * years
    if demand.peak_mw is not None:
        return _with_peak(pd.Series(shape / shape.sum(), index), heat_mwh, demand.peak_mw, label)
    return np.asarray(shape * (heat_mwh / shape.sum()))


def _profile(
    demand: Demand, temperature_c: NDArray[np.float64], index: pd.DatetimeIndex, assumptions: Assumptions
) -> NDArray[np.float64]:
    """Give the shares of the hours, from the temperature alone: the same with and without collectors."""
    air = pd.Series(temperature_c, index)
    loss = demand.network_loss_share
    if loss is None:
        return heat_profile(air, assumptions).to_numpy(np.float64)
    hot_water = assumptions.hot_water_share * (1.0 - loss)  # of what reaches the customers
    return heat_profile(air, assumptions, hot_water_share=hot_water, loss_share=loss).to_numpy(np.float64)


def _with_peak(profile: pd.Series, heat_mwh: float, peak_mw: float, label: str) -> NDArray[np.float64]:
    """Steepen or flatten the profile until its highest hour is the peak; the heat stays."""
    low, high = possible_peaks_mw(profile, heat_mwh)
    if not low < peak_mw <= high:
        raise InputFileError(
            f"{label}: demand.peak_mw is {peak_mw:g}; allowed is a number above the year's mean, {low:.3g},"
            f" and at most {high:.3g} [MW], where this profile is as steep as is believed."
        )
    return heat_demand_mw(profile, heat_mwh, peak_mw).to_numpy(np.float64)
