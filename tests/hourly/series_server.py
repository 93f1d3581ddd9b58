"""Energi Data Service and Open-Meteo on this machine, answering as their documentation says."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pandas as pd

from loopback_server import LoopbackServer

SWITCH = pd.Timestamp("2025-10-01", tz="Europe/Copenhagen")


class SeriesServer(LoopbackServer):
    """Both services; ``faults`` are used up one per question, ``limit`` caps the rows of a page."""

    def __init__(self):
        self.faults, self.requests, self.limit = [], [], 100_000
        self.lacking = []  # stamps that the price service does not have
        self.weather = None  # answer of the weather service; None makes a true one
        super().__init__()

    def handle(self, handler):
        parts = urlsplit(handler.path)
        asked = dict(parse_qsl(parts.query))
        self.requests.append((parts.path, asked))
        if self.faults:
            fault = self.faults.pop(0)
            if fault is not None:
                fault(handler)
                return
        if parts.path.startswith("/dataset/"):
            reply(handler, 200, self.prices(parts.path.removeprefix("/dataset/"), asked))
        elif parts.path == "/v1/archive":
            reply(handler, 200, self.weather or true_weather(asked))
        else:
            reply(handler, 404, {"message": "no such path"})

    def prices(self, dataset, asked):
        """A page of records: start and end are Danish time, end is left out; offset, then limit."""
        is_hourly = dataset == "Elspotprices"
        start, end = (pd.Timestamp(asked[k], tz="Europe/Copenhagen") for k in ("start", "end"))
        areas = json.loads(asked["filter"])["PriceArea"]
        if is_hourly:
            stamps = pd.date_range(start, min(end, SWITCH), freq="h", inclusive="left")
        else:
            stamps = pd.date_range(max(start, SWITCH), end, freq="15min", inclusive="left")
        stamp, dkk, eur = (
            ("Hour", "SpotPriceDKK", "SpotPriceEUR")
            if is_hourly
            else ("Time", "DayAheadPriceDKK", "DayAheadPriceEUR")
        )
        assert asked["sort"] == f"{stamp}UTC asc"
        utc = stamps.tz_convert("UTC")
        utc = utc[~utc.isin(pd.DatetimeIndex(self.lacking, tz="UTC"))]
        local = utc.tz_convert("Europe/Copenhagen")
        price = price_at(utc)
        offset, limit = int(asked["offset"]), min(int(asked["limit"]), self.limit)
        records = [
            {
                f"{stamp}UTC": f"{u:%Y-%m-%dT%H:%M:%S}",
                f"{stamp}DK": f"{d:%Y-%m-%dT%H:%M:%S}",
                "PriceArea": areas[0],
                dkk: float(p),
                eur: float(p) / 7.46,
            }
            for u, d, p in list(zip(utc, local, price, strict=True))[offset : offset + limit]
        ]
        return {
            "total": len(utc),
            "filters": asked["filter"],
            "sort": asked["sort"],
            "limit": limit,
            "dataset": dataset,
            "records": records,
        }


def price_at(utc):
    """The price of a stamp: its hour and its quarter can be read off it."""
    return utc.day_of_year * 100 + utc.hour + utc.minute / 100


def true_weather(asked):
    """An answer of the archive: radiation is the mean of the hour before the stamp."""
    utc = pd.date_range(
        asked["start_date"], pd.Timestamp(asked["end_date"]) + pd.Timedelta(days=1), freq="h"
    )[:-1]
    names = asked["hourly"].split(",")
    count = np.arange(len(utc), dtype=float)
    units = {"temperature_2m": "°C", "wind_speed_10m": "m/s" if asked["wind_speed_unit"] == "ms" else "km/h"}
    return {
        "latitude": float(asked["latitude"]) + 0.01,
        "longitude": float(asked["longitude"]),
        "elevation": 12.0,
        "utc_offset_seconds": 0,
        "timezone": asked["timezone"],
        "hourly_units": {"time": "iso8601", **{n: units.get(n, "W/m²") for n in names}},
        "hourly": {"time": [f"{t:%Y-%m-%dT%H:%M}" for t in utc], **{n: count.tolist() for n in names}},
    }


def reply(handler, code, content=None, headers=None, body=None, length=None):
    body = json.dumps(content).encode() if body is None else body
    handler.send_response(code)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


def status(code, content=None, headers=None):
    return lambda handler: reply(handler, code, content or {}, headers)


def cut(handler):
    """Promise more than comes."""
    reply(handler, 200, body=b'{"total": 3, "rec', length=5000)


def page(handler):
    reply(handler, 200, body=b"<html>Log ind</html>")
