"""Files of series in every dialect, and one sentence for each that cannot be read."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import hourly
from screening.errors import InputFileError

EDS = """HourUTC;HourDK;PriceArea;SpotPriceDKK;SpotPriceEUR
2024-10-27 02:00;2024-10-27 03:00;DK1;0;0
2024-10-27 02:00;2024-10-27 03:00;DK2;0;0
2024-10-27 01:00;2024-10-27 02:00;DK1;1.234,56;165,49
2024-10-27 01:00;2024-10-27 02:00;DK2;9,99;1,34
2024-10-27 00:00;2024-10-27 02:00;DK1;-12,5;-1,68
2024-10-27 00:00;2024-10-27 02:00;DK2;8,88;1,19
"""


def write(tmp_path, text, name="series.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def test_energi_data_services_own_csv(tmp_path):
    series = hourly.read_prices(write(tmp_path, "\ufeff" + EDS), "DK1")
    assert series.tolist() == [-12.5, 1234.56, 0]
    assert [str(t) for t in series.index[:2]] == ["2024-10-27 00:00:00+00:00", "2024-10-27 01:00:00+00:00"]


def test_the_same_without_utc_is_read_by_the_danish_clock(tmp_path):
    lines = [";".join(line.split(";")[1:]) for line in EDS.splitlines()]
    series = hourly.read_prices(write(tmp_path, "\n".join(lines)), "dk2")
    assert series.tolist() == [8.88, 9.99, 0]
    assert series.index[0] == pd.Timestamp("2024-10-27 00:00", tz="UTC")


@pytest.mark.parametrize("is_bare", [True, False])
def test_energi_data_services_json_by_the_quarter(tmp_path, is_bare):
    records = [
        {"TimeUTC": f"2025-10-11T12:{m:02d}:00", "TimeDK": f"2025-10-11T14:{m:02d}:00", "PriceArea": "DK1",
         "DayAheadPriceEUR": 1.0, "DayAheadPriceDKK": price}
        for m, price in ((45, 4.0), (30, 3.0), (15, 2.0), (0, None))
    ]  # fmt: skip
    content = records if is_bare else {"total": 4, "dataset": "DayAheadPrices", "records": records}
    series = hourly.read_prices(write(tmp_path, json.dumps(content), "prices.json"))
    assert series.index.minute.tolist() == [0, 15, 30, 45]
    assert np.isnan(series.iloc[0])
    assert hourly.to_hours(series).isna().tolist() == [True]


def test_the_plainest_file(tmp_path):
    text = "utc,value\n2025-01-01T00:00Z,1.5\n2025-01-01T01:00Z,\n2025-01-01T02:00Z,3\n"
    for reader in (hourly.read_prices, hourly.read_heat):
        series = reader(write(tmp_path, text))
        assert series.isna().tolist() == [False, True, False]
        assert hourly.gaps(series).hour.tolist() == [1]


def test_a_packed_file_is_told_by_its_content(tmp_path):
    path = tmp_path / "heat.csv"
    path.write_bytes(gzip.compress(b"utc,heat_mw\n2025-01-01T00:00Z,7\n"))
    assert hourly.read_heat(path).tolist() == [7]


def test_weather_under_any_of_its_names(tmp_path):
    text = "utc;temp_c;ghi_w_m2;rh_pct\n2025-01-01 00:00;-1,5;0;98\n"
    weather = hourly.read_weather(write(tmp_path, text))
    assert weather.iloc[0].to_dict() == {"temperature_c": -1.5, "ghi_w_m2": 0}


def test_stamps_with_an_offset_are_not_danish_time_twice(tmp_path):
    text = "danish_time,value\n2025-07-01T02:00+02:00,1\n2025-07-01T03:00+02:00,2\n"
    assert hourly.read_prices(write(tmp_path, text)).index[0] == pd.Timestamp("2025-07-01", tz="UTC")


@given(st.permutations(list(range(48))))
def test_the_order_of_the_rows_does_not_matter(order):
    from pathlib import Path
    from tempfile import TemporaryDirectory

    stamps = pd.date_range("2025-03-29 12:00", periods=48, freq="h")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_text("utc,value\n" + "".join(f"{stamps[i]:%Y-%m-%dT%H:%M}Z,{i}\n" for i in order), "utf-8")
        assert hourly.read_prices(path).tolist() == list(range(48))


def test_a_column_of_words_is_left_out(tmp_path):
    table = hourly.read_table(write(tmp_path, "utc,value,src\n2025-01-01T00:00Z,1,E1\n"))
    assert list(table) == ["value"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "series.csv is empty"),
        ("hour,value\n1,2\n", r"has no column of stamps; it has hour, value. Call the column utc"),
        (
            "utc,value\n31-01-2025 13:00,2\n",
            r"column utc: 1 stamps cannot be read, as '31-01-2025 13:00' \(rows 2\)",
        ),
        (
            "utc,value\n2025-01-01T00:00Z,1\n2025-01-01T01:00Z,1\n2025-01-01T02:00Z,x\n",
            r"column value: 1 cells are no numbers, as 'x' \(rows 4\)",
        ),
        (
            "utc,value\n2025-01-01T00:00Z,1\n2025-01-01T00:00Z,2\n",
            r"2025-01-01 00:00 UTC more than once \(rows 3\)",
        ),
        ("utc,value\n2025-01-01T00:00Z,word\n", "no column of numbers"),
        (
            "utc,a,b\n2025-01-01T00:00Z,1,2\n",
            "no column spot_dkk_per_mwh.*it has a, b. Name the column to take",
        ),
        (EDS, "has the price areas DK1, DK2, not SE4. Choose one"),
        ("danish_time,value\n2025-03-30 02:00,1\n", "never showed 2025-03-30 02:00"),
        ("danish_time,value\n2025-10-26 02:00,1\n", "2025-10-26 02:00 twice"),
        (
            "utc,value\n2025-01-01T00:00Z,inf\n2025-01-01T01:00Z,1\n2025-01-01T02:00Z,1\n",
            "no numbers, as 'inf'",
        ),
        (
            "utc,value\n2025-01-01T00:00Z,1,2,3\n2025-01-01T01:00Z,1\n2025-01-01T02:00Z,1,3,4,5\n",
            "no table with ','",
        ),
        ("{", "begins as JSON but is none"),
        ('{"records": []}', "no list of records"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, text, told):
    with pytest.raises(InputFileError, match=told):
        hourly.read_prices(write(tmp_path, text), "SE4")


def test_more_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputFileError, match="There is no file"):
        hourly.read_table(tmp_path / "none.csv")
    with pytest.raises(InputFileError, match="Save it as text in UTF-8"):
        hourly.read_table(write(tmp_path, "utc,værdi\n", encoding="latin-1"))
    with pytest.raises(InputFileError, match="and none was chosen"):
        hourly.read_table(write(tmp_path, EDS))
    with pytest.raises(InputFileError, match=r"no column with the temperature.*it has value"):
        hourly.read_weather(write(tmp_path, "utc,value\n2025-01-01T00:00Z,1\n"))
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(b"utc,value\n" * 1000)[:-20])
    with pytest.raises(InputFileError, match="cannot be read"):
        hourly.read_table(path)


def test_a_check_names_gaps_units_and_doubts(tmp_path):
    stamps = pd.date_range("2025-01-01", "2026-01-01", freq="h", inclusive="left")
    table = pd.DataFrame({"spot_dkk_per_mwh": 0.6, "temp_c": 285.0, "load": 1.0}, stamps.tz_localize("UTC"))
    told = hourly.check_series(table.drop(table.index[7])).set_index("series")
    assert told.loc["spot_dkk_per_mwh", "remark"] == (
        "a mean price of 0.60 DKK/MWh looks like DKK/kWh: multiply by 1000"
    )
    assert "outside -40 to 45 °C" in told.loc["temp_c", "remark"]
    assert told.loc["load", ["unit", "missing_hours", "first_missing", "whole_years", "hours"]].tolist() == [
        "", 1, "2025-01-01 07:00", "", 8760,
    ]  # fmt: skip
    assert hourly.check_series(table)["whole_years"].tolist() == ["2025"] * 3
    empty = hourly.check_series(table[["load"]] * np.nan)
    assert empty["remark"].tolist() == ["no value at all"]


SERVICE = {
    "utc_offset_seconds": 0,
    "hourly": {
        "time": ["2025-06-01T10:00", "2025-06-01T11:00", "2025-06-01T12:00"],
        "temperature_2m": [15.0, 16.0, 17.0],
        "shortwave_radiation": [500.0, 600.0, 700.0],
    },
}


def test_the_services_radiation_in_a_table_of_ones_own_is_refused_and_told(tmp_path):
    """Its value at 11 is the mean of 10 to 11: the JSON is moved, of a CSV nobody can tell."""
    document = write(tmp_path, json.dumps(SERVICE), "weather.json")
    assert hourly.read_weather(document)["ghi_w_m2"].tolist()[:2] == [600, 700]
    rows = zip(*SERVICE["hourly"].values(), strict=True)
    text = "utc,temperature_2m,Shortwave_Radiation\n" + "".join(f"{t},{c},{w}\n" for t, c, w in rows)
    table = write(tmp_path, text, "weather.csv")
    told = r"weather.csv, column Shortwave_Radiation has .*hour before its stamp.*call the column ghi_w_m2"
    with pytest.raises(InputFileError, match=told):
        hourly.read_weather(table)
    remarks = [hourly.check_series(hourly.read_table(path))["remark"] for path in (document, table)]
    assert remarks[0].tolist() == ["", ""]
    assert remarks[1][0] == ""
    assert "mean of the hour before its stamp" in remarks[1][1]
    ours = write(tmp_path, text.replace("Shortwave_Radiation", "ghi_w_m2"), "ours.csv")
    assert hourly.read_weather(ours)["ghi_w_m2"].tolist() == [500, 600, 700]


# --- The real files


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("co2_dk2_g_per_kwh_2017_2023", 61344, 1),
        ("copenhagen_2020_heat_temp_price_co2", 8784, 4),
        ("generation_mix_dk_2019", 8760, 28),
        ("heat_billund_2025_2026", 11538, 2),
        ("heat_profile_hotmaps_dk_nuts2_2010", 8760, 5),
        ("meter_cossmic_residential4_2015-10_2016-05", 5783, 9),
        ("prices_dk1_dk2_hourly_2018_2026", 74422, 4),
        ("weather_dmi_fyn_2023_2026", 30599, 7),
        ("weather_etsource_dk_2019", 8760, 4),
        ("weather_openmeteo_aarhus_2024", 8784, 7),
    ],
)
def test_every_real_file_is_read(real_data, name, rows, columns):
    table = hourly.read_table(real_data / "series" / f"{name}.csv.gz")
    assert len(table) == rows
    assert len(table.columns) >= columns


def test_real_gaps_are_refused_and_filled_only_on_demand(real_data):
    folder = real_data / "series"
    weather = hourly.read_weather(folder / "weather_dmi_fyn_2023_2026.csv.gz")
    with pytest.raises(hourly.SeriesError, match=r"temperature_c lacks 4 of the 8,760 hours of 2023"):
        hourly.one_year(weather["temperature_c"], 2023)
    mended = hourly.one_year(weather["temperature_c"], 2023, fill="interpolate", largest_gap_hours=3)
    assert "4 missing hours were filled" in hourly.fill_told(mended)
    dead = hourly.read_weather(folder / "weather_dmi_karup_2023_2026.csv.gz")["ghi_w_m2"]
    with pytest.raises(hourly.SeriesError, match=r"in a row from 2023-03-06 10:00 UTC.*more than the 24"):
        hourly.one_year(dead, 2023, fill="interpolate", largest_gap_hours=24)
    with pytest.raises(hourly.SeriesError, match=r"lacks 24 of the 8,784.*2020-12-31 00:00 UTC"):
        hourly.one_year(
            hourly.read_heat(folder / "copenhagen_2020_heat_temp_price_co2.csv.gz", "heat_ctr_veks_mw"), 2020
        )


def test_real_prices_and_heat(real_data):
    folder = real_data / "series"
    price = hourly.one_year(
        hourly.read_prices(folder / "prices_dk1_dk2_hourly_2018_2026.csv.gz", "DK1"), 2025
    )
    assert len(price) == 8760
    assert price.mean() == pytest.approx(605, abs=1)
    heat = hourly.read_heat(folder / "heat_billund_2025_2026.csv.gz")
    assert hourly.gaps(heat).empty
    assert len(heat) == 11538
