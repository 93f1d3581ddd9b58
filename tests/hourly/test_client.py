"""Prices and weather from their services: whole or not at all, politely, and gone on with."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from hourly import series_server as fake
from screening import cli, hourly, web
from screening.errors import ScreeningError
from screening.hourly import SeriesError
from screening.web import DownloadError

NOW = "2026-11-15T10:00:00+00:00"


@pytest.fixture
def service():
    server = fake.SeriesServer()
    yield server
    server.close()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def connection(service, waits):
    return web.Connection(base_url=service.url, first_wait_s=20.0, sleep=waits.append)


@pytest.fixture
def prices(connection, tmp_path):
    return lambda area="DK1", year=2024: hourly.fetch_prices(
        tmp_path, area, year, retrieved=NOW, connection=connection
    )


def test_a_year_by_the_hour_comes_whole_with_its_note(service, prices, tmp_path):
    fetched = prices()
    table = hourly.read_table(fetched.path)
    assert table.index.equals(hourly.hours_of(2024))
    assert table["spot_dkk_per_mwh"].tolist() == fake.price_at(hourly.hours_of(2024)).tolist()
    assert hourly.read_prices(fetched.path).name == "spot_dkk_per_mwh"
    note = json.loads(fetched.sidecar.read_text(encoding="utf-8"))
    assert (note["rows"], note["area"], note["retrieved"]) == (8784, "DK1", NOW)
    assert note["sha256"] == hashlib.sha256(fetched.path.read_bytes()).hexdigest()
    assert "Energinet" in note["credit"]
    assert len(service.requests) == 1
    path, asked = service.requests[0]
    assert path == "/dataset/Elspotprices"
    assert asked["filter"] == '{"PriceArea":["DK1"]}'
    assert {p.name for p in tmp_path.iterdir()} <= {
        "prices_DK1_2024.csv", "prices_DK1_2024.csv.json", "prices_DK1_2024.lock",
    }  # fmt: skip


def test_the_year_of_the_change_is_in_two_data_sets(service, prices):
    series = hourly.read_prices(prices(year=2025).path)
    assert [path for path, _ in service.requests] == ["/dataset/Elspotprices", "/dataset/DayAheadPrices"]
    switch = pd.Timestamp("2025-09-30 22:00", tz="UTC")
    assert (series.index < switch).sum() == (31 + 28 + 31 + 30 + 31 + 30 + 31 + 31 + 30) * 24 - 2
    assert (series.index >= switch).sum() == ((31 + 30 + 31) * 24 + 2) * 4
    year = hourly.one_year(series, 2025)
    # The mean of four quarters that read hour.00, hour.15, hour.30 and hour.45 is hour.225.
    assert year.loc["2025-12-24 12:00"] == pytest.approx(358 * 100 + 12.225)
    assert year.loc["2025-05-01 12:00"] == 121 * 100 + 12


def test_a_year_of_quarters_is_asked_of_the_newer_data_set(service, prices):
    assert len(hourly.read_prices(prices(year=2026).path)) == 35_040
    assert [path for path, _ in service.requests] == ["/dataset/DayAheadPrices"]


def test_a_whole_file_is_not_fetched_again_and_a_damaged_one_is(service, prices):
    first = prices()
    assert first.is_new
    assert not prices().is_new
    assert len(service.requests) == 1
    first.path.write_text(first.path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    assert prices().is_new
    assert len(hourly.read_prices(first.path)) == 8784


def test_pages_are_read_until_the_total(service, prices):
    service.limit = 3000
    prices()
    assert [asked["offset"] for _, asked in service.requests] == ["0", "3000", "6000"]


def test_a_run_that_was_ended_goes_on_with_the_next_page(service, prices, tmp_path):
    service.limit = 3000
    service.faults = [None, fake.status(400, {"message": "enough"})]
    with pytest.raises(DownloadError, match="answers 400: enough"):
        prices()
    assert not (tmp_path / "prices_DK1_2024.csv").exists()
    service.requests.clear()
    prices()
    assert [asked["offset"] for _, asked in service.requests] == ["3000", "6000"]
    assert not list(tmp_path.glob("*.page.json"))


def test_a_page_of_another_question_is_not_built_on(service, prices, tmp_path):
    (tmp_path / "prices_DK1_2024.Elspotprices.0.page.json").write_text(
        '{"asked": {"start": "1999"}, "content": {"total": 0, "records": []}}', encoding="utf-8"
    )
    prices()
    assert len(service.requests) == 1


def test_missing_hours_are_named_and_nothing_is_written(service, prices, tmp_path):
    service.lacking = ["2024-03-31 01:00", "2024-10-27 00:00"]
    with pytest.raises(
        SeriesError,
        match=r"price of DK1 lacks 2 of the 8,784 hours of 2024: 2024-03-31 01:00 UTC, 2024-10-27",
    ):
        prices()
    assert not list(tmp_path.glob("*.csv"))


def test_a_year_that_is_not_over_is_no_year(service, prices):
    service.lacking = pd.date_range("2026-06-28", "2027-01-02", freq="15min").tolist()
    with pytest.raises(SeriesError, match=r"lacks 4,488 of the 8,760 hours of 2026"):
        prices(year=2026)


def test_the_wait_that_the_service_asks_for_is_kept(service, prices, waits):
    service.faults = [fake.status(429, headers={"Retry-After": "60"}), fake.status(429), fake.status(503)]
    prices()
    assert waits == [60.0, 40.0, 80.0]


def test_a_service_that_is_always_busy_is_given_up(service, prices, waits):
    service.faults = [fake.status(429)] * 9
    with pytest.raises(DownloadError, match=r"asked too often \(429\) \(attempt 5\).*Run the command again"):
        prices()
    assert sum(waits) >= 60  # longer than the minute between two questions


def test_a_broken_answer_is_asked_again(service, prices, waits):
    service.faults = [fake.cut]
    assert prices().is_new
    assert waits == [20.0]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (fake.page, "no JSON but a page"),
        (fake.status(404, {"message": "Dataset not found"}), "answers 404: Dataset not found"),
        (fake.status(200, {"total": 5, "records": []}), r"0 of 5 rows came"),
        (
            fake.status(200, {"total": 0, "records": []}),
            "has no price from 2024-01-01T00:00 to 2025-01-01T02:00",
        ),
        (fake.status(200, {"records": "none"}), "no list of records"),
        (
            fake.status(200, {"total": 1, "records": [{"HourUTC": "2024-01-01T00:00:00", "x": 1}]}),
            "Run it again",
        ),
        (fake.status(302, headers={"Location": "http://other.example/"}), "sends on to another host"),
        (fake.status(403), "refuses"),
        (fake.status(418), "status 418"),
    ],
)
def test_an_answer_that_is_none_is_told(service, prices, fault, told, tmp_path):
    service.faults = [fault]
    with pytest.raises(DownloadError, match=told):
        prices()
    assert not list(tmp_path.glob("*.csv"))


def test_the_same_page_twice_is_refused(service, prices):
    service.limit = 5000
    first = service.prices("Elspotprices", {
        "start": "2024-01-01T00:00", "end": "2025-01-01T02:00", "filter": '{"PriceArea":["DK1"]}',
        "sort": "HourUTC asc", "offset": "0", "limit": "5000",
    })  # fmt: skip
    service.faults = [None, fake.status(200, first)]
    with pytest.raises(DownloadError, match="more than once"):
        prices()


def test_what_is_no_area_or_year_is_told_before_anything_is_asked(service, prices, connection, tmp_path):
    with pytest.raises(ScreeningError, match="DK1 and DK2"):
        prices("DK3")
    with pytest.raises(ScreeningError, match="before 2000"):
        prices(year=25)
    with pytest.raises(ScreeningError, match="no point on earth"):
        hourly.fetch_weather(tmp_path, 560.0, 12.0, 2024, retrieved=NOW, connection=connection)
    assert service.requests == []


def test_weather_comes_whole_and_its_radiation_stands_at_the_start_of_the_hour(service, connection, tmp_path):
    fetched = hourly.fetch_weather(tmp_path, 56.03, 12.59, 2023, retrieved=NOW, connection=connection)
    weather = hourly.read_weather(fetched.path)
    assert weather.index.equals(hourly.hours_of(2023))
    # The service's stamp 01:00 (count 1) holds the mean from 00 to 01 of radiation, the temperature of 01:00.
    assert weather["temperature_c"].tolist() == list(range(8760))
    for column in ("ghi_w_m2", "dni_w_m2", "dhi_w_m2"):
        assert weather[column].tolist() == list(range(1, 8761))
    _, asked = service.requests[0]
    assert (asked["latitude"], asked["longitude"]) == ("56.0300", "12.5900")
    assert (asked["start_date"], asked["end_date"], asked["timezone"]) == ("2023-01-01", "2024-01-01", "GMT")
    note = json.loads(fetched.sidecar.read_text(encoding="utf-8"))
    assert note["grid_cell"] == {"latitude": 56.04, "longitude": 12.59, "elevation": 12.0}
    assert not hourly.fetch_weather(tmp_path, 56.03, 12.59, 2023, retrieved=NOW, connection=connection).is_new


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"utc_offset_seconds": 3600, "timezone": "Europe/Copenhagen"}, "is in Europe/Copenhagen"),
        ({"hourly_units": {"wind_speed_10m": "km/h"}}, "wind_speed_10m in km/h"),
        ({"hourly": {"time": ["2023-01-01T00:00"], "temperature_2m": [1.0, 2.0]}}, "different length"),
        ({"hourly": {}}, "no hourly answer"),
        ({"hourly": {"time": ["2023-01-01T00:00"], "temperature_2m": [1.0]}}, "answered without"),
    ],
)
def test_weather_of_another_kind_is_told(service, connection, tmp_path, change, told):
    asked = {
        "latitude": "56", "longitude": "12", "start_date": "2023-01-01", "end_date": "2024-01-01",
        "timezone": "GMT", "wind_speed_unit": "ms", "hourly": "temperature_2m,wind_speed_10m",
    }  # fmt: skip
    service.weather = fake.true_weather(asked) | change
    with pytest.raises(DownloadError, match=told):
        hourly.fetch_weather(tmp_path, 56.0, 12.0, 2023, retrieved=NOW, connection=connection)


def test_the_reason_of_a_refusal_is_told(service, connection, tmp_path):
    service.faults = [fake.status(400, {"error": True, "reason": "end_date is out of allowed range"})]
    with pytest.raises(DownloadError, match="answers 400: end_date is out of allowed range"):
        hourly.fetch_weather(tmp_path, 56.0, 12.0, 2026, retrieved=NOW, connection=connection)


def test_two_fetches_at_once_are_one(tmp_path, connection):
    from filelock import FileLock

    with FileLock(tmp_path / "prices_DK1_2024.lock"), pytest.raises(DownloadError, match="another process"):
        hourly.fetch_prices(tmp_path, "DK1", 2024, retrieved=NOW, connection=connection)


# --- The shell


def run(*arguments):
    result = CliRunner().invoke(cli.app, list(map(str, arguments)), terminal_width=150)
    if isinstance(result.exception, ScreeningError):
        return 2, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_shell_fetches_and_checks_prices(service, monkeypatch, tmp_path):
    monkeypatch.setattr(hourly, "PRICE_URL", service.url)
    code, told = run("fetch-prices", "--area", "DK2", "--year", 2024, "--data-dir", tmp_path)
    path = tmp_path / "raw" / "series" / "prices_DK2_2024.csv"
    assert code == 0, told
    assert f"Fetched: {path}" in told
    code, told = run("check-series", path)
    assert code == 0, told
    assert "spot_dkk_per_mwh: 2024-01-01 00:00 to 2024-12-31 23:00, step 60 min; whole years: 2024; " in told
    assert "18,361" in told  # mean of day x 100 + hour: 183.5 x 100 + 11.5


def test_shell_cuts_nothing_off_in_a_narrow_window_and_names_gaps(tmp_path, monkeypatch):
    monkeypatch.setattr(cli.series_commands.out, "_width", 80)
    path = tmp_path / "long.csv"
    path.write_text(
        "utc,electricity_of_the_plant_kwh,pressure_hpa\n2025-01-01T00:00Z,-1234567.8,1000\n2025-01-01T02:00Z,2,1000\n",
        encoding="utf-8",
    )
    code, told = run("check-series", path)
    assert code == 0, told
    assert "-1,234,567.8" in told
    assert "electricity_of_the_plant_kwh: 2025" in told
    assert "…" not in told
    assert "missing: 2025-01-01 01:00; 1 hours lie outside" in told


def test_shell_fetches_weather(service, monkeypatch, tmp_path):
    monkeypatch.setattr(hourly, "WEATHER_URL", service.url)
    arguments = ("fetch-weather", "--lat", 56.03, "--lon", 12.59, "--year", 2023, "--data-dir", tmp_path)
    assert "Fetched" in run(*arguments)[1]
    assert "There already" in run(*arguments)[1]


@pytest.mark.parametrize("command", ["fetch-prices", "fetch-weather", "check-series"])
def test_help_shows_an_example(command):
    assert f"Example: screening {command}" in run(command, "--help")[1]
