"""Fetching a year of prices (Energi Data Service) or weather (Open-Meteo), whole or not at all.

Both services are open and need no key. Energi Data Service answers one question per minute and data set from
one address, so a year is asked for in as few pages as it takes, a wait that it asks for is kept, and a page
that has come is kept until the year is whole: a run that was ended goes on with the next page.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from screening import web
from screening.errors import InputFileError, ScreeningError
from screening.hourly.readers import OPEN_METEO, records_table, weather_table
from screening.hourly.timeline import hours_of, one_year

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["PRICE_URL", "WEATHER_URL", "Fetched", "fetch_prices", "fetch_weather", "patient"]

PRICE_URL = "https://api.energidataservice.dk"
WEATHER_URL = "https://archive-api.open-meteo.com"
AREAS = ("DK1", "DK2")
_QUARTERS_FROM = pd.Timestamp("2025-09-30 22:00", tz="UTC")  # midnight in Denmark
_FIRST_YEAR = 2000
_PAGE_ROWS = 50_000  # more than the 35,136 quarters of a year
_BODY_BYTES = 1 << 20
_TOLD_LETTERS = 200
_FIRST_WAIT_S = 20.0  # doubles: 20, 40, 80 and 160 s reach beyond the minute that the service asks for


@dataclass(frozen=True)
class _DataSet:
    """A data set of Energi Data Service and its columns."""

    name: str
    stamp: str
    dkk: str
    eur: str


_BY_HOUR = _DataSet("Elspotprices", "HourUTC", "SpotPriceDKK", "SpotPriceEUR")
_BY_QUARTER = _DataSet("DayAheadPrices", "TimeUTC", "DayAheadPriceDKK", "DayAheadPriceEUR")


@dataclass(frozen=True)
class Fetched:
    """A year of a series on disk.

    Parameters
    ----------
    path
        CSV with the column ``utc`` and one column per series.
    sidecar
        JSON beside it: where it is from, when it came, its checksum, and whom to credit.
    is_new
        False where the whole file was there already.
    """

    path: Path
    sidecar: Path
    is_new: bool


class _Service(web.Service):
    """A service that says in the answer what it does not like in the question."""

    handed_on = frozenset({200, 400, 404, 422})

    def __init__(self, name: str, connection: web.Connection) -> None:
        super().__init__(connection)
        self.name = name

    def read(self, path: str, parameters: dict[str, str], doing: str) -> dict[str, Any]:
        """Ask for one JSON document, again where the line breaks."""
        attempts = self.attempts(doing)
        while True:
            with closing(self.ask(path, parameters, attempts)) as answer:
                body = b"".join(iter(lambda: answer.read(_BODY_BYTES), b""))
                status, fault = answer.status, answer.fault
            if fault:
                attempts.again(fault)
                continue
            if status != 200:
                raise attempts.error(f"{self.name} answers {status}: {_said(body)}")
            try:
                content = json.loads(body)
            except ValueError:
                content = None
            if isinstance(content, dict):
                return content
            raise attempts.error(
                "the answer is no JSON but a page or a message. A proxy or a login page of this network may"
                " stand between; open the service's address in a browser, or try again later."
            )


def fetch_prices(
    folder: str | Path,
    area: str,
    year: int,
    *,
    retrieved: str,
    connection: web.Connection | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Fetched:
    """Fetch a year's day-ahead prices of a Danish price area from Energi Data Service.

    Parameters
    ----------
    folder
        Where the CSV and its sidecar go.
    area
        "DK1" (Jutland and Funen) or "DK2" (the islands east of the Great Belt).
    year
        Calendar year (UTC), which must be over.
    retrieved
        The time now, for the sidecar; ISO.
    connection
        Where the service is and how patient to be.
    on_progress
        Called with rows that came and rows in all.

    Returns
    -------
    Fetched
        Steps as the market had them: hours, and quarters from 1 October 2025 (Danish time) on.

    Raises
    ------
    DownloadError
        If the service does not answer, refuses, or its pages do not make a whole.
    SeriesError
        If hours of the year are missing, which are named; nothing is written then.
    """
    area = area.upper()
    if area not in AREAS:
        raise ScreeningError(
            f"There is no price area {area!r} in Denmark; the areas are {' and '.join(AREAS)}."
        )
    _check_year(year)
    target = _Target(Path(folder), f"prices_{area}_{year}")
    service = _Service("Energi Data Service", connection or patient(PRICE_URL))

    def make() -> tuple[pd.DataFrame, dict[str, Any]]:
        tables, addresses = [], []
        for part, start, end in _parts_of(year):
            table, told = _prices(service, target, part, area, (start, end), on_progress)
            tables.append(table)
            addresses.append(told)
        table = pd.concat(tables)
        table = table[(table.index >= hours_of(year)[0]) & (table.index < hours_of(year + 1)[0])]
        one_year(table["spot_dkk_per_mwh"].rename(f"The price of {area}"), year)
        note = {"service": "Energi Data Service", "area": area, "year": year, "urls": addresses}
        return table, note | {
            "credit": "Source: Energinet (www.energidataservice.dk), CC BY 4.0",
            "units": {"spot_dkk_per_mwh": "DKK/MWh", "spot_eur_per_mwh": "EUR/MWh"},
        }

    return target.bring(make, retrieved)


def fetch_weather(
    folder: str | Path,
    latitude_deg: float,
    longitude_deg: float,
    year: int,
    *,
    retrieved: str,
    connection: web.Connection | None = None,
) -> Fetched:
    """Fetch a year's weather at a point from the archive of Open-Meteo (reanalysis, no measurement).

    Parameters
    ----------
    folder
        Where the CSV and its sidecar go.
    latitude_deg, longitude_deg
        The point, WGS84. [deg]
    year
        Calendar year (UTC), which must be over.
    retrieved
        The time now, for the sidecar; ISO.
    connection
        Where the service is and how patient to be.

    Returns
    -------
    Fetched
        Temperature and wind at the stamp; radiation as the mean over the hour that begins at the stamp.

    Raises
    ------
    DownloadError
        If the service does not answer or refuses.
    SeriesError
        If hours of the year are missing, which are named; nothing is written then.
    """
    if not (-90 <= latitude_deg <= 90 and -180 <= longitude_deg <= 180):
        raise ScreeningError(
            f"{latitude_deg:g}, {longitude_deg:g} is no point on earth: latitude is -90 to 90 degrees north,"
            " longitude -180 to 180 east."
        )
    _check_year(year)
    target = _Target(Path(folder), f"weather_{latitude_deg:.3f}_{longitude_deg:.3f}_{year}")
    service = _Service("Open-Meteo", connection or patient(WEATHER_URL))
    parameters = {
        "latitude": f"{latitude_deg:.4f}",
        "longitude": f"{longitude_deg:.4f}",
        "start_date": f"{year}-01-01",
        "end_date": f"{year + 1}-01-01",  # the radiation of the last hour is told at the next midnight
        "hourly": ",".join(OPEN_METEO.values()),
        "wind_speed_unit": "ms",
        "timezone": "GMT",
    }

    def make() -> tuple[pd.DataFrame, dict[str, Any]]:
        content = service.read("v1/archive", parameters, f"Fetching the weather of {year}")
        try:
            table = weather_table(content, "The answer of Open-Meteo")
        except InputFileError as error:
            raise web.DownloadError(f"Fetching the weather of {year} failed: {error}") from None
        lacking = sorted(set(OPEN_METEO.values()) - set(table))
        if lacking:
            raise web.DownloadError(f"Open-Meteo answered without {', '.join(lacking)}.")
        table = table[list(OPEN_METEO.values())].set_axis(list(OPEN_METEO), axis=1)
        table = pd.DataFrame({c: one_year(table[c], year) for c in table})
        note = {
            "service": "Open-Meteo, historical weather (reanalysis)",
            "asked": {"latitude_deg": latitude_deg, "longitude_deg": longitude_deg},
            "grid_cell": {k: content.get(k) for k in ("latitude", "longitude", "elevation")},
            "year": year,
            "urls": [service.address("v1/archive", parameters)],
            "credit": "Weather data by Open-Meteo.com, CC BY 4.0; contains modified Copernicus data",
            "units": {"temperature_c": "°C", "ghi_w_m2, dni_w_m2, dhi_w_m2": "W/m2", "wind_m_s": "m/s"},
        }
        return table, note

    return target.bring(make, retrieved)


class _Target:
    """A file that is to be there whole, with its sidecar, its lock and the pages that have come."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self.path = folder / f"{name}.csv"
        self.sidecar = folder / f"{name}.csv.json"

    def bring(self, make: Callable[[], tuple[pd.DataFrame, dict[str, Any]]], retrieved: str) -> Fetched:
        """Make the file unless it is there whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with web.alone(self._folder / f"{self._name}.lock", self.path.name):
            if self._is_whole():
                return Fetched(self.path, self.sidecar, is_new=False)
            table, note = make()
            text = table.to_csv(date_format="%Y-%m-%dT%H:%MZ", lineterminator="\n")
            self.sidecar.unlink(missing_ok=True)  # while the two do not belong together there is none
            web.write_text(self.path, text)
            digest = hashlib.sha256(text.encode()).hexdigest()
            web.write_json(
                self.sidecar, {**note, "rows": len(table), "sha256": digest, "retrieved": retrieved}
            )
            for page in self._folder.glob(f"{self._name}.*.page.json"):
                page.unlink()
            return Fetched(self.path, self.sidecar, is_new=True)

    def _is_whole(self) -> bool:
        told = _json_file(self.sidecar).get("sha256")
        if not told or not self.path.is_file():
            return False
        return bool(hashlib.sha256(self.path.read_bytes()).hexdigest() == told)

    def page(self, name: str, asked: dict[str, str]) -> dict[str, Any] | None:
        """Give a page that came in an earlier run for the very same question."""
        kept = _json_file(self._page_path(name))
        content = kept.get("content")
        return content if kept.get("asked") == asked and isinstance(content, dict) else None

    def keep(self, name: str, asked: dict[str, str], content: dict[str, Any]) -> None:
        """Keep a page until the file is whole."""
        web.write_json(self._page_path(name), {"asked": asked, "content": content})

    def drop_pages(self) -> None:
        """Throw the pages away: they do not make a whole."""
        for page in self._folder.glob(f"{self._name}.*.page.json"):
            page.unlink()

    def _page_path(self, name: str) -> Path:
        return self._folder / f"{self._name}.{name}.page.json"


def _prices(
    service: _Service,
    target: _Target,
    part: _DataSet,
    area: str,
    period: tuple[str, str],
    on_progress: Callable[[int, int | None], None] | None,
) -> tuple[pd.DataFrame, str]:
    """Ask one data set page by page, and turn its records into columns by stamp."""
    asked = {
        "start": period[0],
        "end": period[1],
        "filter": json.dumps({"PriceArea": [area]}, separators=(",", ":")),
        "sort": f"{part.stamp} asc",
        "limit": str(_PAGE_ROWS),
    }
    doing = f"Fetching {part.name} of {area}"
    records: list[dict[str, Any]] = []
    total = 1
    while len(records) < total:
        question = {**asked, "offset": str(len(records))}
        name = f"{part.name}.{len(records)}"
        content = target.page(name, question)
        if content is None:
            content = service.read(f"dataset/{part.name}", question, doing)
        page = content.get("records")
        counted = content.get("total", len(page) if isinstance(page, list) else None)
        if not isinstance(page, list) or not isinstance(counted, int):
            raise web.DownloadError(f"{doing} failed: the answer has no list of records with their number.")
        if not page and counted:
            target.drop_pages()
            raise web.DownloadError(
                f"{doing} failed: {len(records):,} of {counted:,} rows came. Run it again."
            )
        target.keep(name, question, content)
        records += page
        total = counted
        if on_progress:
            on_progress(len(records), total)
    if not records:
        raise web.DownloadError(
            f"{doing} failed: the service has no price from {period[0]} to {period[1]}. Is the year over?"
        )
    try:
        table = records_table(pd.DataFrame(records), f"The answer about {part.name}", area, first_row=1)
        table = table[[part.dkk, part.eur]]
    except (InputFileError, KeyError) as error:
        target.drop_pages()
        raise web.DownloadError(f"{doing} failed: {error}. Run it again.") from None
    renamed = table.rename(columns={part.dkk: "spot_dkk_per_mwh", part.eur: "spot_eur_per_mwh"})
    is_own = renamed.index < _QUARTERS_FROM if part is _BY_HOUR else renamed.index >= _QUARTERS_FROM
    return renamed[is_own], service.address(f"dataset/{part.name}", asked)


def _parts_of(year: int) -> list[tuple[_DataSet, str, str]]:
    """Which data sets hold a year, and the Danish time to ask them for: a little more than the year."""
    start, end, switch = f"{year}-01-01T00:00", f"{year + 1}-01-01T02:00", "2025-10-01T00:00"
    if year < _QUARTERS_FROM.year:
        return [(_BY_HOUR, start, end)]
    if year > _QUARTERS_FROM.year:
        return [(_BY_QUARTER, start, end)]
    return [(_BY_HOUR, start, switch), (_BY_QUARTER, switch, end)]


def _check_year(year: int) -> None:
    if year < _FIRST_YEAR:
        raise ScreeningError(f"{year} is before {_FIRST_YEAR}; the services have no such year of use here.")


def patient(url: str, proxies: Mapping[str, str] | None = None) -> web.Connection:
    """Make a connection that waits as long as services of one question a minute ask."""
    return web.Connection(base_url=url, first_wait_s=_FIRST_WAIT_S, proxies=proxies or {})


def _said(body: bytes) -> str:
    """Take the reason out of an answer that refuses: one short line of text."""
    text = body.decode("utf-8", errors="replace")
    try:
        content = json.loads(text)
        text = str(next(content[k] for k in ("reason", "message", "detail", "title") if k in content))
    except (ValueError, TypeError, StopIteration):
        text = re.sub(r"<[^>]*>", " ", text)
    return " ".join(text.split())[:_TOLD_LETTERS] or "nothing more."


def _json_file(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
