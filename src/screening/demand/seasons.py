"""The year's slow temperatures, of ground and sea, as one wave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["seasonal_temperature"]

_HOURS_PER_DAY = 24.0
_MONTHS = 12.0


def seasonal_temperature(
    index: pd.DatetimeIndex, mean_c: float, amplitude_k: float, coldest_month: float
) -> NDArray[np.float64]:
    """Temperature that follows one wave over the year.

    mean - amplitude x cos(2 pi (month - coldest) / 12), the month running through the year, 1.0 in the
    middle of January and 2.0 in the middle of February.

    Parameters
    ----------
    index
        Hours, with a time zone.
    mean_c
        Mean of the year. [C]
    amplitude_k
        From the mean to the warmest, zero or more. [K]
    coldest_month
        Middle of the coldest time, 1.5 is the turn of January. [month]

    Returns
    -------
    numpy.ndarray
        Temperature in each hour. [C]

    Examples
    --------
    >>> import pandas as pd
    >>> hours = pd.DatetimeIndex(["2025-02-15T00:00Z", "2025-08-16T12:00Z"])
    >>> seasonal_temperature(hours, 9.0, 4.0, 2.0).round(1).tolist()
    [5.0, 13.0]
    """
    utc = index.tz_convert("UTC")
    days = np.where(utc.is_leap_year, 366.0, 365.0)
    passed = (utc.day_of_year.to_numpy() - 1 + utc.hour.to_numpy() / _HOURS_PER_DAY) / days
    month = passed * _MONTHS + 0.5
    wave = np.cos(2 * np.pi * (month - coldest_month) / _MONTHS)
    return np.asarray(mean_c - amplitude_k * wave, dtype=np.float64)
