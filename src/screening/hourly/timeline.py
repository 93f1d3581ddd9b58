"""Hours of a year in UTC: Danish stamps and quarter-hours brought there, and nothing missing.

An hour is named by its start, in UTC. What is not whole is refused, not mended: a missing hour is filled
only where the caller says how and how long a gap may be, and then the hours that were filled stand in the
series' ``attrs``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from screening.errors import ScreeningError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = [
    "TIME_ZONE",
    "Fill",
    "SeriesError",
    "danish_time",
    "fill_told",
    "from_danish_time",
    "gaps",
    "hours_of",
    "moved_to_year",
    "one_year",
    "to_hours",
]

TIME_ZONE = "Europe/Copenhagen"
Fill = Literal["interpolate", "previous year"]
_HOUR = pd.Timedelta(hours=1)
_SHOWN = 5  # hours that a message names
_WEEKS_BACK = 52  # a year earlier on the same day of the week
_DAYS_PER_WEEK = 7
_HOURS_PER_DAY = 24
_LEAP_DAY = 31 + 28  # 29 February, counted from 0


class SeriesError(ScreeningError):
    """A series has gaps, doubled or impossible hours, or another step than promised."""


def hours_of(year: int) -> pd.DatetimeIndex:
    """Give the hours of a calendar year in UTC.

    Parameters
    ----------
    year
        Calendar year.

    Returns
    -------
    pandas.DatetimeIndex
        8,760 starts of hours, 8,784 in a leap year; named ``utc``.

    Examples
    --------
    >>> len(hours_of(2025)), len(hours_of(2024))
    (8760, 8784)
    """
    return pd.date_range(
        f"{year}-01-01", f"{year + 1}-01-01", freq="h", inclusive="left", tz="UTC", name="utc", unit="us"
    )


def danish_time(index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Tell which local time it is in Denmark at each hour of a UTC index."""
    return _in_utc(index).tz_convert(TIME_ZONE)


def from_danish_time(stamps: pd.DatetimeIndex | pd.Series) -> pd.DatetimeIndex:
    """Turn local Danish time, written without a zone, into UTC.

    Parameters
    ----------
    stamps
        In rising or falling order, so that the two times 02 to 03 of the autumn night can be told apart.

    Returns
    -------
    pandas.DatetimeIndex
        The same stamps, in the same order, in UTC; named ``utc``.

    Raises
    ------
    SeriesError
        Naming stamps that do not exist (the spring night), occur once where the clock showed them twice
        (the autumn night), or stand out of order.

    Examples
    --------
    >>> from_danish_time(pd.DatetimeIndex(["2025-07-01 12:00"]))[0]
    Timestamp('2025-07-01 10:00:00+0000', tz='UTC')
    """
    local = pd.DatetimeIndex(stamps).as_unit("us")
    if local.tz is not None:
        raise SeriesError(
            "The stamps have a time zone already; only stamps without one are local Danish time."
        )
    existing = local.tz_localize(TIME_ZONE, ambiguous=np.ones(len(local), bool), nonexistent="NaT")
    if existing.isna().any():
        raise SeriesError(
            f"The clock in Denmark never showed {_named(local[existing.isna()])}: in the spring night it went"
            " from 02 to 03. Is the column UTC or winter time all year? Then say so."
        )
    once = local.tz_localize(TIME_ZONE, ambiguous="NaT", nonexistent="NaT")
    doubled = np.asarray(once.isna())
    is_falling = len(local) > 1 and local[0] > local[-1]
    is_summer = ~local.duplicated(keep="last" if is_falling else "first")
    count = local[doubled].value_counts()
    if (count != 2).any():
        raise SeriesError(
            f"The clock in Denmark showed {_named(count.index[count != 2].sort_values())} twice (summer time,"
            " then winter time); the series has it another number of times, so the hour is not known. Use a"
            " column in UTC."
        )
    utc = local.tz_localize(TIME_ZONE, ambiguous=is_summer, nonexistent="NaT").tz_convert("UTC")
    if doubled.any():
        ordered = utc[::-1] if is_falling else utc
        if not ordered.is_monotonic_increasing or local[0] == local[-1]:
            placed = _named(_out_of_order(ordered)) or "all the same"
            raise SeriesError(
                f"The stamps are in no order ({placed}), so which of the two times 02 to 03 in the autumn"
                " night comes first is not known. Sort the file, or use UTC."
            )
    return utc.rename("utc")


def to_hours(series: pd.Series) -> pd.Series:
    """Average the parts of each hour; what is by the hour already stays.

    Denmark's day-ahead prices are by the hour until 30 September 2025 and by the quarter after, so one series
    may hold both. An hour of which a part is missing is missing: it is not averaged over the rest.

    Parameters
    ----------
    series
        Values by UTC stamp, rising.

    Returns
    -------
    pandas.Series
        One value per hour from first to last; missing hours are NaN.

    Raises
    ------
    SeriesError
        If the index is not UTC, rising and each stamp once, or its steps do not divide an hour.
    """
    series = _sound(series)
    if series.empty:
        return series
    stamps = pd.DatetimeIndex(series.index)
    hour = stamps.floor("h")
    is_within = np.asarray(stamps != hour)
    parts = np.ones(len(series), dtype=int)
    if is_within.any():
        minutes = _step_minutes(stamps[is_within], hour[is_within])
        parts[_in_parts(hour, hour[is_within][[0, -1]])] = 60 // minutes
    expected = pd.Series(parts, index=hour).groupby(level=0).first()
    told = series.groupby(hour).agg(["sum", "count"])
    mean = (told["sum"] / told["count"]).where(told["count"] == expected)
    whole = pd.date_range(hour[0], hour[-1], freq="h", unit="us", name="utc")
    return pd.Series(mean.reindex(whole).to_numpy(), index=whole, name=series.name)


def gaps(series: pd.Series) -> pd.DatetimeIndex:
    """Name the missing hours of an hourly series between its first and its last stamp."""
    hourly = to_hours(series)
    return pd.DatetimeIndex(hourly.index[hourly.isna()], name="utc")


def one_year(
    series: pd.Series, year: int, *, fill: Fill | None = None, largest_gap_hours: int | None = None
) -> pd.Series:
    """Cut a whole calendar year out of a series, or say what is missing.

    Parameters
    ----------
    series
        Values by UTC stamp, rising; by the hour or by parts of it; may be longer than the year.
    year
        Calendar year (UTC).
    fill
        None refuses gaps; "interpolate" draws a line over them; "previous year" takes the same hour 52 weeks
        earlier (the same day of the week), which must be in ``series``.
    largest_gap_hours
        Longest gap that may be filled; must be given with ``fill``. [h]

    Returns
    -------
    pandas.Series
        8,760 or 8,784 values without a gap; ``attrs["filled"]`` lists the hours that were filled.

    Raises
    ------
    SeriesError
        Naming the first missing hours and their number.
    """
    name = f"{series.name or 'The series'}"
    if fill is not None and (fill not in {"interpolate", "previous year"} or largest_gap_hours is None):
        raise SeriesError(
            'fill is "interpolate" or "previous year", and largest_gap_hours must say how long a gap it may'
            " mend."
        )
    hourly = to_hours(series)
    index = hours_of(year)
    values = hourly.reindex(index)
    missing = index[values.isna()]
    if len(missing) == len(index):
        raise SeriesError(f"{name} has no hour of {year}{_span_told(hourly)}.")
    if len(missing) and fill is None:
        raise SeriesError(
            f"{name} lacks {len(missing):,} of the {len(index):,} hours of {year}: {_named(missing)}"
            f"{_span_told(hourly)}. Mend the file, choose another year, or ask for a fill with its largest"
            " gap."
        )
    if len(missing):
        values = _filled(values, hourly, missing, fill or "interpolate", largest_gap_hours or 0)
    values.attrs["filled"] = [stamp.isoformat() for stamp in missing]
    values.attrs["fill"] = fill if len(missing) else None
    return values


def fill_told(series: pd.Series) -> str:
    """Say in a sentence what ``one_year`` filled; empty where nothing was."""
    filled = pd.DatetimeIndex(series.attrs.get("filled", []))
    if filled.empty:
        return ""
    how = {
        "interpolate": "by a line between the neighbours",
        "previous year": "from the same hour 52 weeks before",
    }[series.attrs["fill"]]
    return f"{len(filled):,} missing hours were filled {how}: {_named(filled)}."


def moved_to_year(series: pd.Series, year: int, *, keep: Literal["date", "weekday"] = "date") -> pd.Series:
    """Put a whole year's series on the hours of another year.

    Parameters
    ----------
    series
        A whole calendar year in UTC.
    year
        The year wanted.
    keep
        "date": the same date and hour; 29 February is left out, or is a second 28 February. "weekday": a
        Monday stays a Monday, so dates shift by at most four days; the few days that the given year lacks
        at one end are those of a week nearer to its middle.

    Returns
    -------
    pandas.Series
        8,760 or 8,784 values.

    Raises
    ------
    SeriesError
        If the series is not one whole year.
    """
    series = _sound(series)
    given = series.index[0].year if len(series) else year
    if not series.index.equals(hours_of(given)):
        raise SeriesError("Only a whole calendar year of hours in UTC can be moved to another year.")
    index = hours_of(year)
    days = series.to_numpy().reshape(-1, _HOURS_PER_DAY)
    wanted = np.arange(len(index) // _HOURS_PER_DAY)
    if keep == "weekday":
        shift = (index[0].day_of_week - series.index[0].day_of_week) % _DAYS_PER_WEEK
        taken = wanted + shift - (_DAYS_PER_WEEK if shift > _DAYS_PER_WEEK // 2 else 0)
        taken = np.where(taken < 0, taken + _DAYS_PER_WEEK, taken)
        taken = np.where(taken >= len(days), taken - _DAYS_PER_WEEK, taken)
    elif len(days) > len(wanted):
        taken = wanted + (wanted >= _LEAP_DAY)
    else:
        taken = wanted - (wanted >= _LEAP_DAY) * (len(wanted) - len(days))
    return pd.Series(days[taken].ravel(), index=index, name=series.name)


def _filled(
    values: pd.Series, hourly: pd.Series, missing: pd.DatetimeIndex, fill: Fill, largest_gap_hours: int
) -> pd.Series:
    """Mend the gaps of a year as the caller asked, or name the one that is too long."""
    run = np.cumsum(np.diff(missing, prepend=missing[:1]) != _HOUR)
    length = np.bincount(run)
    if length.max() > largest_gap_hours:
        first = missing[int(np.searchsorted(run, length.argmax()))]
        raise SeriesError(
            f"{values.name or 'The series'} lacks {length.max():,} hours in a row from {_stamp(first)}, more"
            f" than the {largest_gap_hours:,} that may be filled."
        )
    if fill == "interpolate":
        mended = hourly.reindex(hourly.index.union(values.index)).interpolate("time", limit_area="inside")
        values = values.fillna(mended)
    else:
        earlier = hourly.reindex(missing - pd.Timedelta(weeks=_WEEKS_BACK))
        values = values.fillna(pd.Series(earlier.to_numpy(), index=missing))
    left = values.index[values.isna()]
    if len(left):
        why = "there is no hour on both sides" if fill == "interpolate" else "52 weeks earlier is missing too"
        raise SeriesError(f"{values.name or 'The series'} cannot be filled at {_named(left)}: {why}.")
    return values


def _sound(series: pd.Series) -> pd.Series:
    """Check that stamps are UTC, rising and each there once; name those that are not."""
    if not isinstance(series.index, pd.DatetimeIndex):
        raise SeriesError("The index of the series must be stamps in UTC.")
    index = _in_utc(series.index)
    if index.hasnans:
        raise SeriesError(f"{int(np.sum(index.isna())):,} stamps of the series are empty.")
    if index.has_duplicates:
        raise SeriesError(
            f"{_named(index[index.duplicated()])} stand more than once in {series.name or 'the series'}."
            " Keep one value per stamp (is it Danish time read as UTC, or are there two price areas?)."
        )
    if not index.is_monotonic_increasing:
        raise SeriesError(
            f"The stamps are not sorted: {_named(_out_of_order(index))} come too late. Sort them."
        )
    return series.set_axis(index.rename("utc"))


def _in_utc(index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    if index.tz is None:
        raise SeriesError(
            "The stamps have no time zone; turn Danish time into UTC with from_danish_time first."
        )
    return index.tz_convert("UTC").as_unit("us")


def _step_minutes(stamps: pd.DatetimeIndex, hour: pd.DatetimeIndex) -> int:
    """Find the step within hours from the stamps that are not on the hour. [min]."""
    seconds = np.unique(((stamps - hour) // pd.Timedelta(seconds=1)).to_numpy())
    step = int(np.gcd.reduce(np.append(seconds, 3600)))
    if step % 60 or step < 5 * 60:
        odd = stamps[((stamps - hour) % pd.Timedelta(minutes=5)) != pd.Timedelta(0)]
        raise SeriesError(
            f"The stamps {_named(odd if len(odd) else stamps)} fit no step that divides an hour (5, 10, 15,"
            " 20, 30 or 60 minutes)."
        )
    return step // 60


def _in_parts(hour: pd.DatetimeIndex, ends: pd.DatetimeIndex) -> NDArray[np.bool_]:
    """Mark the stamps of the time that is written in parts of hours, between its first and last hour.

    One lone hour before or after is an hour cut off, not a change of step.
    """
    unique = hour.unique()
    first, last = (int(place) for place in unique.get_indexer(ends))
    first = 0 if first == 1 else first
    last = len(unique) - 1 if last == len(unique) - 2 else last
    return np.asarray((hour >= unique[first]) & (hour <= unique[last]))


def _out_of_order(index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    return index[1:][np.diff(index.asi8) < 0]


def _span_told(hourly: pd.Series) -> str:
    if hourly.empty:
        return ""
    return f" (it goes from {_stamp(hourly.index[0])} to {_stamp(hourly.index[-1])})"


def _stamp(stamp: pd.Timestamp) -> str:
    return stamp.strftime("%Y-%m-%d %H:%M") + (" UTC" if stamp.tz is not None else "")


def _named(stamps: Iterable[pd.Timestamp]) -> str:
    """Name the first stamps and say how many more there are."""
    listed = list(stamps)
    more = f" and {len(listed) - _SHOWN:,} more" if len(listed) > _SHOWN else ""
    return ", ".join(_stamp(stamp) for stamp in listed[:_SHOWN]) + more
