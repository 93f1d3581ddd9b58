"""The door for files of series: prices, weather and heat by stamp, in the dialects that users have.

What a file says is told by its columns, never by its name: Energi Data Service's own downloads (CSV with
semicolons and decimal commas, or JSON), Open-Meteo's JSON, and CSV with a column ``utc`` or ``danish_time``
and one column per series. Packed with gzip or not.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from screening.errors import InputFileError
from screening.hourly.timeline import SeriesError, from_danish_time

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "OPEN_METEO",
    "hour_before",
    "read_heat",
    "read_prices",
    "read_table",
    "read_weather",
    "records_table",
    "weather_table",
]

_UTC = ("utc", "hourutc", "timeutc", "time_utc", "timestamp_utc")
_DANISH = ("danish_time", "hourdk", "timedk", "dansk_tid")
_AREA = "pricearea"
_PRICES = ("spot_dkk_per_mwh", "dayaheadpricedkk", "spotpricedkk", "{area}_dkk_mwh", "value")
_HEAT = ("heat_mw", "heat_mwh", "value")
OPEN_METEO = {  # our column: the service's
    "temperature_c": "temperature_2m",
    "ghi_w_m2": "shortwave_radiation",
    "dni_w_m2": "direct_normal_irradiance",
    "dhi_w_m2": "diffuse_radiation",
    "wind_m_s": "wind_speed_10m",
}
_TEMPERATURE = ("temperature_c", "temp_c", "temperature_2m", "air_temp_c")
_UNITS = {"temperature_2m": "°C", "wind_speed_10m": "m/s"}
_PRECEDING = (
    "shortwave_radiation",
    "direct_normal_irradiance",
    "diffuse_radiation",
)  # mean of the hour before
_MOVED = "is_radiation_moved"  # in attrs: to the hour that it belongs to
_SHOWN = 5
_GZIP = b"\x1f\x8b"


def read_prices(path: str | Path, area: str = "DK1", column: str | None = None) -> pd.Series:
    """Read day-ahead prices of one price area.

    Parameters
    ----------
    path
        CSV or JSON file, gzip or not.
    area
        Price area where the file has several: "DK1" (west of the Great Belt) or "DK2".
    column
        Column with the price in DKK/MWh; None takes the one that the dialect has.

    Returns
    -------
    pandas.Series
        ``spot_dkk_per_mwh`` by rising UTC stamp, steps as in the file (hours or quarters). [DKK/MWh]

    Raises
    ------
    InputFileError
        One sentence with file, rows, column and what to do.
    """
    table = read_table(path, area)
    names = [name.format(area=area.lower()) for name in _PRICES]
    return _column(table, column, names, Path(path)).rename("spot_dkk_per_mwh")


def read_heat(path: str | Path, column: str | None = None) -> pd.Series:
    """Read heat by the hour.

    Parameters
    ----------
    path
        CSV file, gzip or not.
    column
        Column with the heat in MW; None takes ``heat_mw`` or ``value``.

    Returns
    -------
    pandas.Series
        ``heat_mw`` by rising UTC stamp. [MW]

    Raises
    ------
    InputFileError
        One sentence with file, rows, column and what to do.
    """
    return _column(read_table(path), column, _HEAT, Path(path)).rename("heat_mw")


def read_weather(path: str | Path) -> pd.DataFrame:
    """Read weather by the hour.

    Parameters
    ----------
    path
        CSV or JSON file, gzip or not.

    Returns
    -------
    pandas.DataFrame
        By rising UTC stamp: ``temperature_c`` [C] and, where the file has them, ``ghi_w_m2``, ``dni_w_m2``,
        ``dhi_w_m2``, each the mean over the hour that begins at the stamp [W/m2], and ``wind_m_s`` [m/s].

    Raises
    ------
    InputFileError
        If there is no temperature, or the file cannot be read.
    """
    table = read_table(path)
    lower = {str(name).lower(): str(name) for name in table.columns}
    names = {**{name: (name, theirs) for name, theirs in OPEN_METEO.items()}, "temperature_c": _TEMPERATURE}
    found = {
        ours: next(lower[n] for n in known if n in lower)
        for ours, known in names.items()
        if lower.keys() & set(known)
    }
    if "temperature_c" not in found:
        raise InputFileError(
            f"{Path(path).name} has no column with the temperature ({', '.join(_TEMPERATURE)}); it has"
            f" {', '.join(lower.values())}. Rename the column."
        )
    for column in found.values():
        if told := hour_before(table[column]):
            raise InputFileError(f"{Path(path).name}, column {column} {told}.")
    return table[list(found.values())].set_axis(list(found), axis=1)


def hour_before(series: pd.Series) -> str:
    """Say why a series may stand an hour late.

    Parameters
    ----------
    series
        A column as ``read_table`` gives it.

    Returns
    -------
    str
        Why, and what to do; empty unless it has a name of Open-Meteo's whose values are the mean of the hour
        before, and did not come in the service's own document, from which it is moved.
    """
    ours = next((ours for ours, theirs in OPEN_METEO.items() if theirs == str(series.name).lower()), "")
    if str(series.name).lower() not in _PRECEDING or series.attrs.get(_MOVED):
        return ""
    return (
        "has Open-Meteo's name, which is the mean of the hour before its stamp: read the service's own JSON,"
        f" or move the values to the start of their hour and call the column {ours}"
    )


def read_table(path: str | Path, area: str | None = None) -> pd.DataFrame:
    """Read every series of a file as numbers by UTC stamp.

    Parameters
    ----------
    path
        CSV or JSON file, gzip or not.
    area
        Price area to keep, where the file has a column for it.

    Returns
    -------
    pandas.DataFrame
        By rising UTC stamp ``utc``, each stamp once; a column per series, NaN where the cell is empty.

    Raises
    ------
    InputFileError
        One sentence with file, rows, column and what to do.
    """
    path = Path(path)
    text = _text(path)
    if text.lstrip()[:1] in {"{", "["}:
        return _json_table(text, path.name, area)
    if not text.strip():
        raise InputFileError(f"{path.name} is empty.")
    first = text.lstrip("\n").split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    try:
        rows = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, csv.Error) as error:
        told = str(error).splitlines()[0].removeprefix("Error tokenizing data. C error: ")
        raise InputFileError(
            f"{path.name} is no table with {separator!r} between its columns: {told}"
        ) from None
    return records_table(rows, path.name, area, has_decimal_comma=separator != ",")


def records_table(
    rows: pd.DataFrame,
    name: str,
    area: str | None = None,
    *,
    has_decimal_comma: bool = False,
    first_row: int = 2,
) -> pd.DataFrame:
    """Turn rows with a stamp and values into numbers by UTC stamp.

    Parameters
    ----------
    rows
        As the source wrote them.
    name
        What messages call the source.
    area
        Price area to keep, where there is a column for it.
    has_decimal_comma
        Whether "1.234,5" is a number.
    first_row
        Number of the first row in the source. [1]

    Returns
    -------
    pandas.DataFrame
        By rising UTC stamp ``utc``, each stamp once.

    Raises
    ------
    InputFileError
        Naming rows and column.
    """
    rows = rows.set_axis(pd.RangeIndex(first_row, first_row + len(rows)))
    rows.columns = [str(column).strip().lstrip("\ufeff") for column in rows.columns]
    lower = {column.lower(): column for column in rows.columns}
    if _AREA in lower:
        rows = _of_area(rows, lower[_AREA], area, name)
    stamps = _stamps(rows, lower, name)
    values = rows.drop(columns=[c for key, c in lower.items() if key in {*_UTC, *_DANISH, _AREA}])
    numbers = {str(c): _numbers(values[c], name, has_decimal_comma=has_decimal_comma) for c in values}
    kept = {column: found for column, found in numbers.items() if found is not None}
    if not kept:
        raise InputFileError(
            f"{name} has no column of numbers beside the stamps; it has {', '.join(map(str, rows))}."
        )
    table = pd.DataFrame({c: found.to_numpy() for c, found in kept.items()}, index=stamps)
    if stamps.has_duplicates:
        again = stamps.duplicated()
        raise InputFileError(
            f"{name} has {_listed(stamps[again])} more than once (rows {_listed(rows.index[again])}). Keep"
            " one row per stamp; are there two price areas, or is it Danish time in a column called UTC?"
        )
    return table.sort_index()


def weather_table(content: dict[str, Any], name: str) -> pd.DataFrame:
    """Read an answer of Open-Meteo; its radiation is the mean of the hour before, ours of the hour after.

    Parameters
    ----------
    content
        The JSON document.
    name
        What messages call the source.

    Returns
    -------
    pandas.DataFrame
        By UTC hour, under the service's column names. The last hour has no radiation: it would stand in the
        hour after.

    Raises
    ------
    InputFileError
        If the document is not in UTC, has other units, or its columns differ in length.
    """
    hourly, units = content.get("hourly"), content.get("hourly_units") or {}
    if not isinstance(hourly, dict) or "time" not in hourly:
        raise InputFileError(
            f"{name} has no part 'hourly' with 'time': it is no hourly answer of Open-Meteo."
        )
    if content.get("utc_offset_seconds", 0):
        raise InputFileError(f"{name} is in {content.get('timezone', 'local time')}; ask for timezone=GMT.")
    wrong = [f"{key} in {units[key]}" for key, unit in _UNITS.items() if units.get(key, unit) != unit]
    if wrong:
        raise InputFileError(f"{name} has {', '.join(wrong)}; ask for °C and wind_speed_unit=ms.")
    counts = {key: len(values) for key, values in hourly.items()}
    if len(set(counts.values())) > 1:
        raise InputFileError(f"{name} has columns of different length: {counts}.")
    rows = pd.DataFrame(hourly).rename(columns={"time": "utc"})
    table = records_table(rows, name, first_row=1)
    shifted = [column for column in _PRECEDING if column in table]
    table[shifted] = table[shifted].shift(-1)
    table.attrs[_MOVED] = True
    return table


def _text(path: Path) -> str:
    if not path.is_file():
        raise InputFileError(f"There is no file {path}.")
    content = path.read_bytes()
    try:
        content = gzip.decompress(content) if content[:2] == _GZIP else content
        return content.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputFileError(
            f"{path.name} cannot be read ({error}). Save it as text in UTF-8, packed with gzip or not."
        ) from None


def _json_table(text: str, name: str, area: str | None) -> pd.DataFrame:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InputFileError(f"{name} begins as JSON but is none: {error}.") from None
    if isinstance(content, dict) and "hourly" in content:
        return weather_table(content, name)
    records = content.get("records") if isinstance(content, dict) else content
    if not isinstance(records, list) or not records or not all(isinstance(r, dict) for r in records):
        raise InputFileError(f"{name} has no list of records with a stamp and values each.")
    return records_table(pd.DataFrame(records), name, area, first_row=1)


def _of_area(rows: pd.DataFrame, column: str, area: str | None, name: str) -> pd.DataFrame:
    areas = sorted(rows[column].unique())
    if area is None and len(areas) == 1:
        return rows
    if area is None or area.upper() not in areas:
        asked = f"not {area}" if area else "and none was chosen"
        raise InputFileError(f"{name} has the price areas {', '.join(areas)}, {asked}. Choose one of them.")
    return rows[rows[column] == area.upper()]


def _stamps(rows: pd.DataFrame, lower: dict[str, str], name: str) -> pd.DatetimeIndex:
    """Read the column of stamps: UTC where there is one, else Danish time."""
    utc = next((lower[key] for key in _UTC if key in lower), None)
    danish = next((lower[key] for key in _DANISH if key in lower), None)
    column = utc or danish
    if column is None:
        raise InputFileError(
            f"{name} has no column of stamps; it has {', '.join(map(str, rows.columns))}. Call the column utc"
            " (start of the hour in UTC, as 2025-01-31T13:00) or danish_time."
        )
    text = rows[column].astype("str").str.strip()
    parsed = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
    wrong = parsed.isna()
    if wrong.any():
        raise InputFileError(
            f"{name}, column {column}: {int(wrong.sum()):,} stamps cannot be read, as"
            f" {text[wrong].iloc[0]!r} (rows {_listed(rows.index[wrong])}). Write them as 2025-01-31T13:00."
        )
    stamps = pd.DatetimeIndex(parsed, name="utc").as_unit("us")
    if utc or text.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True).all():
        return stamps
    try:
        return from_danish_time(stamps.tz_localize(None))
    except SeriesError as error:
        raise InputFileError(f"{name}, column {column}: {error}") from None


def _numbers(cells: pd.Series, name: str, *, has_decimal_comma: bool) -> pd.Series | None:
    """Read a column of numbers; None where it is a column of words."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells.astype(float)
    text = cells.astype("str").str.strip().mask(cells.isna(), "")
    if has_decimal_comma:
        is_comma = text.str.contains(",", regex=False)
        text = text.mask(is_comma, text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False))
    is_empty = text.str.lower().isin(["", "nan", "null", "none"])
    numbers = pd.to_numeric(text.mask(is_empty, "nan"), errors="coerce")
    is_wrong = (numbers.isna() & ~is_empty) | np.isinf(numbers)
    if is_wrong.sum() > (~is_empty).sum() / 2:
        return None
    if is_wrong.any():
        raise InputFileError(
            f"{name}, column {cells.name}: {int(is_wrong.sum()):,} cells are no numbers, as"
            f" {cells[is_wrong].iloc[0]!r} (rows {_listed(cells.index[is_wrong])}). Correct them, or leave"
            " them empty."
        )
    return numbers.astype(float)


def _column(table: pd.DataFrame, column: str | None, names: Iterable[str], path: Path) -> pd.Series:
    """Choose a column: the one asked for, else the first of the dialects' names, else the only one."""
    lower = {str(name).lower(): str(name) for name in table.columns}
    wanted = [column.lower()] if column else list(names)
    found = next((lower[name] for name in wanted if name in lower), None)
    if found is None:
        raise InputFileError(
            f"{path.name} has no column {' or '.join(wanted)}; it has {', '.join(table.columns)}."
            " Name the column to take."
        )
    return table[found]


def _listed(items: Iterable[object]) -> str:
    listed = list(items)
    shown = [
        i.strftime("%Y-%m-%d %H:%M UTC") if isinstance(i, pd.Timestamp) else str(i) for i in listed[:_SHOWN]
    ]
    return ", ".join(shown) + (f" and {len(listed) - _SHOWN:,} more" if len(listed) > _SHOWN else "")
