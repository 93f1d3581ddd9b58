"""Hours: both switches of the clock, quarter-hours, gaps and years."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import hourly
from screening.hourly import SeriesError

AUTUMN_2025 = ["2025-10-26 01:00", "2025-10-26 02:00", "2025-10-26 02:00", "2025-10-26 03:00"]


def by_hour(start: str, values) -> pd.Series:
    values = np.asarray(values, float)
    return pd.Series(values, pd.date_range(start, periods=len(values), freq="h", tz="UTC"), name="price")


@pytest.mark.parametrize(("year", "hours"), [(2023, 8760), (2024, 8784), (2100, 8760), (2000, 8784)])
def test_a_year_has_its_hours_whatever_the_clock_does(year, hours):
    index = hourly.hours_of(year)
    assert len(index) == hours
    assert (str(index[0]), str(index[-1])) == (f"{year}-01-01 00:00:00+00:00", f"{year}-12-31 23:00:00+00:00")


def test_danish_winter_and_summer_time_become_utc():
    told = hourly.from_danish_time(pd.DatetimeIndex(["2025-01-15 12:00", "2025-07-15 12:00"]))
    assert [str(t) for t in told] == ["2025-01-15 11:00:00+00:00", "2025-07-15 10:00:00+00:00"]


@pytest.mark.parametrize("is_falling", [False, True])
def test_the_doubled_hour_is_summer_time_first(is_falling):
    stamps = pd.DatetimeIndex(AUTUMN_2025)
    utc = hourly.from_danish_time(stamps[::-1] if is_falling else stamps)
    hours = [t.hour + 24 * t.day for t in (utc[::-1] if is_falling else utc)]
    assert hours == [25 * 24 + 23, 26 * 24, 26 * 24 + 1, 26 * 24 + 2]  # 23 UTC, then 0, 1, 2: none lost


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_a_whole_danish_year_of_quarters_comes_through_without_a_hole(year):
    true = pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="15min", inclusive="left", tz="UTC")
    local = true.tz_convert("Europe/Copenhagen").tz_localize(None)
    assert local.has_duplicates
    assert hourly.from_danish_time(local).equals(true.as_unit("us"))


def test_an_hour_that_the_clock_never_showed_is_named():
    with pytest.raises(SeriesError, match=r"never showed 2025-03-30 02:00, 2025-03-30 02:15.*from 02 to 03"):
        hourly.from_danish_time(pd.DatetimeIndex(["2025-03-30 02:00", "2025-03-30 02:15"]))


def test_a_doubled_hour_given_once_is_named():
    once = pd.DatetimeIndex(["2025-10-26 01:00", "2025-10-26 02:00", "2025-10-26 03:00"])
    with pytest.raises(SeriesError, match=r"2025-10-26 02:00 twice.*Use a column in UTC"):
        hourly.from_danish_time(once)


def test_the_doubled_hour_in_a_shuffled_file_is_refused():
    shuffled = pd.DatetimeIndex([AUTUMN_2025[i] for i in (0, 3, 1, 2)])
    with pytest.raises(SeriesError, match="are in no order"):
        hourly.from_danish_time(shuffled)
    with pytest.raises(SeriesError, match="all the same"):
        hourly.from_danish_time(pd.DatetimeIndex(AUTUMN_2025[1:3]))


def test_stamps_with_a_zone_are_not_taken_for_danish_time():
    with pytest.raises(SeriesError, match="have a time zone already"):
        hourly.from_danish_time(pd.date_range("2025-01-01", periods=2, freq="h", tz="UTC"))


def test_hours_until_september_and_quarters_after_become_hours():
    hours = by_hour("2025-09-30 20:00", [100, 200])
    quarters = pd.Series(
        [1.0, 2, 3, 6, 10, 10, 10, 30],
        pd.date_range("2025-09-30 22:00", periods=8, freq="15min", tz="UTC"),
    )
    told = hourly.to_hours(pd.concat([hours, quarters]))
    assert told.tolist() == [100, 200, 3, 15]
    assert [t.hour for t in told.index] == [20, 21, 22, 23]


@pytest.mark.parametrize("place", range(12))
def test_an_hour_without_one_of_its_quarters_is_missing_not_averaged(place):
    quarters = pd.Series(
        np.arange(12.0), pd.date_range("2025-11-01", periods=12, freq="15min", tz="UTC")
    ).drop(pd.Timestamp("2025-11-01", tz="UTC") + place * pd.Timedelta(minutes=15))
    told = hourly.to_hours(quarters)
    assert np.flatnonzero(told.isna()).tolist() == [place // 4]


def test_a_series_cut_off_after_the_first_quarter_has_no_last_hour():
    quarters = pd.Series(1.0, pd.date_range("2025-11-01", periods=9, freq="15min", tz="UTC"))
    assert hourly.to_hours(quarters).isna().tolist() == [False, False, True]
    assert hourly.to_hours(quarters.iloc[[0, *range(4, 9)]]).isna().tolist() == [True, False, True]


@given(st.lists(st.floats(-5000, 5000), min_size=1, max_size=60), st.sampled_from([2, 4, 6, 12]))
def test_averaging_keeps_the_sum(values, parts):
    fine = pd.Series(
        np.repeat(values, parts) + np.tile(np.arange(parts) - (parts - 1) / 2, len(values)),
        pd.date_range("2025-03-30", periods=len(values) * parts, freq=f"{60 // parts}min", tz="UTC"),
    )
    told = hourly.to_hours(fine)
    assert told.tolist() == pytest.approx(values, abs=1e-6)
    assert told.sum() * parts == pytest.approx(fine.sum(), abs=1e-5)


@pytest.mark.parametrize(
    ("stamps", "message"),
    [
        (["2025-01-01 00:00", "2025-01-01 00:00"], "2025-01-01 00:00 UTC stand more than once"),
        (["2025-01-01 01:00", "2025-01-01 00:00"], "2025-01-01 00:00 UTC come too late"),
        (["2025-01-01 00:00", "2025-01-01 00:07"], "2025-01-01 00:07 UTC fit no step"),
        (["2025-01-01 00:00", "NaT"], "1 stamps of the series are empty"),
    ],
)
def test_a_faulty_index_is_refused_by_name(stamps, message):
    with pytest.raises(SeriesError, match=message):
        hourly.to_hours(pd.Series([1.0, 2.0], pd.DatetimeIndex(stamps, tz="UTC")))


def test_stamps_without_a_zone_are_refused():
    with pytest.raises(SeriesError, match="no time zone"):
        hourly.to_hours(pd.Series([1.0], pd.DatetimeIndex(["2025-01-01"])))


def test_missing_hours_of_a_year_are_named_and_counted():
    whole = pd.Series(1.0, hourly.hours_of(2025), name="dk1")
    lacking = whole.drop(whole.index[100:107])
    with pytest.raises(
        SeriesError,
        match=r"dk1 lacks 7 of the 8,760 hours of 2025: 2025-01-05 04:00 UTC, .*08:00 UTC and 2 more",
    ):
        hourly.one_year(lacking, 2025)
    lacking.iloc[10] = np.nan
    assert len(hourly.gaps(lacking)) == 8


def test_a_part_of_a_year_is_no_year():
    half = pd.Series(1.0, hourly.hours_of(2025)[:4380])
    with pytest.raises(
        SeriesError, match=r"lacks 4,380 of the 8,760 .*from 2025-01-01 00:00 UTC to 2025-07-02"
    ):
        hourly.one_year(half, 2025)
    with pytest.raises(SeriesError, match=r"no hour of 2026"):
        hourly.one_year(half, 2026)


def test_a_gap_is_filled_only_on_demand_and_told():
    values = pd.Series(np.arange(8760.0), hourly.hours_of(2025)).drop(hourly.hours_of(2025)[[50, 51, 900]])
    mended = hourly.one_year(values, 2025, fill="interpolate", largest_gap_hours=2)
    assert mended.tolist() == pytest.approx(list(range(8760)))
    assert len(mended.attrs["filled"]) == 3
    assert hourly.fill_told(mended) == (
        "3 missing hours were filled by a line between the neighbours: 2025-01-03 02:00 UTC, 2025-01-03 03:00"
        " UTC, 2025-02-07 12:00 UTC."
    )
    with pytest.raises(
        SeriesError, match=r"lacks 2 hours in a row from 2025-01-03 02:00 UTC, more than the 1"
    ):
        hourly.one_year(values, 2025, fill="interpolate", largest_gap_hours=1)
    with pytest.raises(SeriesError, match="largest_gap_hours must say"):
        hourly.one_year(values, 2025, fill="interpolate")


def test_a_whole_year_has_nothing_to_tell():
    whole = hourly.one_year(pd.Series(1.0, hourly.hours_of(2024)), 2024)
    assert hourly.fill_told(whole) == ""


def test_a_gap_at_the_end_is_not_drawn_from_one_side():
    values = pd.Series(1.0, hourly.hours_of(2025)[:-1])
    with pytest.raises(
        SeriesError, match=r"cannot be filled at 2025-12-31 23:00 UTC: there is no hour on both"
    ):
        hourly.one_year(values, 2025, fill="interpolate", largest_gap_hours=24)


def test_the_year_before_fills_with_the_same_day_of_the_week():
    index = hourly.hours_of(2024).append(hourly.hours_of(2025))
    values = pd.Series(index.day_of_week * 100.0 + index.hour, index).drop(hourly.hours_of(2025)[1000:1030])
    mended = hourly.one_year(values, 2025, fill="previous year", largest_gap_hours=30)
    new = hourly.hours_of(2025)
    assert mended.tolist() == (new.day_of_week * 100.0 + new.hour).tolist()
    days = pd.Series(np.arange(len(index)) // 24, index).drop(hourly.hours_of(2025)[1000:1030])
    mended = hourly.one_year(days, 2025, fill="previous year", largest_gap_hours=30)
    assert mended.iloc[1000] == 366 + 1000 // 24 - 364
    with pytest.raises(SeriesError, match="52 weeks earlier is missing too"):
        hourly.one_year(values.loc["2025"], 2025, fill="previous year", largest_gap_hours=30)


def test_the_leap_day_goes_and_comes():
    leap = hourly.hours_of(2024)
    days = pd.Series(leap.strftime("%m-%d %H"), leap)
    common = hourly.moved_to_year(days, 2025)
    assert common.tolist() == hourly.hours_of(2025).strftime("%m-%d %H").tolist()
    back = hourly.moved_to_year(common, 2028)
    assert back.loc["2028-02-29"].tolist() == [f"02-28 {h:02d}" for h in range(24)]
    assert back.loc["2028-03-01"].tolist() == [f"03-01 {h:02d}" for h in range(24)]


@pytest.mark.parametrize("given_year", [2019, 2020, 2024])
@pytest.mark.parametrize("year", range(2025, 2032))
def test_a_monday_stays_a_monday(given_year, year):
    old = hourly.hours_of(given_year)
    new = hourly.hours_of(year)
    moved = hourly.moved_to_year(pd.Series(old.day_of_week, old), year, keep="weekday")
    assert moved.tolist() == new.day_of_week.tolist()
    at = hourly.moved_to_year(pd.Series(old.day_of_year + old.hour / 100, old), year, keep="weekday")
    assert (at - new.day_of_year - new.hour / 100).abs().max() <= 7
    assert (at - new.day_of_year - new.hour / 100).abs().median() <= 4


def test_a_piece_of_a_year_is_not_moved():
    with pytest.raises(SeriesError, match="Only a whole calendar year"):
        hourly.moved_to_year(by_hour("2025-01-01", [1, 2, 3]), 2026)
