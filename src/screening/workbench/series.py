"""Series by the hour: fetched from public services to the data folder, and checked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import getproxies

from screening import hourly

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from screening.hourly import Fetched
    from screening.web import Connection

__all__ = ["check_series", "fetch_prices", "fetch_weather"]


def fetch_prices(
    area: str,
    year: int,
    *,
    data_dir: str | Path = "data",
    connection: Connection | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Fetched:
    """Fetch a year's day-ahead prices to data/raw/series (Energi Data Service).

    Parameters
    ----------
    area
        "DK1" or "DK2".
    year
        Calendar year that is over.
    data_dir
        The data folder.
    connection
        Where the service is and how patient to be; None is the public one.
    on_progress
        Called with rows that came and rows in all.

    Returns
    -------
    Fetched
        The CSV, its note and whether it is new.
    """
    return hourly.fetch_prices(
        Path(data_dir) / "raw" / "series",
        area,
        year,
        retrieved=_now(),
        connection=connection or hourly.patient(hourly.PRICE_URL, getproxies()),
        on_progress=on_progress,
    )


def fetch_weather(
    latitude_deg: float,
    longitude_deg: float,
    year: int,
    *,
    data_dir: str | Path = "data",
    connection: Connection | None = None,
) -> Fetched:
    """Fetch a year's weather at a point to data/raw/series (Open-Meteo).

    Parameters
    ----------
    latitude_deg, longitude_deg
        The point, WGS84. [deg]
    year
        Calendar year that is over.
    data_dir
        The data folder.
    connection
        Where the service is and how patient to be; None is the public one.

    Returns
    -------
    Fetched
        The CSV, its note and whether it is new.
    """
    return hourly.fetch_weather(
        Path(data_dir) / "raw" / "series",
        latitude_deg,
        longitude_deg,
        year,
        retrieved=_now(),
        connection=connection or hourly.patient(hourly.WEATHER_URL, getproxies()),
    )


def check_series(path: str | Path, area: str | None = None) -> pd.DataFrame:
    """Read a file of series and say what it holds.

    Parameters
    ----------
    path
        CSV or JSON, gzip or not.
    area
        Price area, where the file has several.

    Returns
    -------
    pandas.DataFrame
        A row per series: unit, hours, missing hours, first and last, step, whole years, mean, range, remark.

    Raises
    ------
    InputFileError
        If the file cannot be read.
    """
    return hourly.check_series(hourly.read_table(path, area))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
