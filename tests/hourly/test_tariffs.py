"""Tariffs and taxes by the hour, checked against the published sheets by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from screening import assumptions, hourly
from screening.errors import AssumptionError, UnknownNameError
from screening.hourly.tariffs import holidays, schedules


@pytest.fixture(scope="module")
def rates():
    return assumptions.load()


def danish(*stamps: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(stamps, tz="Europe/Copenhagen").tz_convert("UTC")


def test_the_plant_of_the_published_analysis_pays_its_2020_rates(rates):
    spot = pd.Series([300.0, -50.0], danish("2025-01-06 12:00", "2025-07-06 12:00"))
    told = hourly.electricity_price(spot, rates, "published-2020 B-lav", rates_of=2020)
    added = 44.0 + 53.0 + 1.87 + 96.5 + 201.0
    assert told["price_dkk_per_mwh"].tolist() == pytest.approx([300 + added, -50 + added])
    after = hourly.electricity_price(spot, rates, "published-2020 B-lav", rates_of=2021)
    assert after["tax_dkk_per_mwh"].tolist() == [4, 4]
    kept = hourly.electricity_price(spot, rates, "published-2020 B-lav", rates_of=2021, tax_of=2020)
    assert kept["tax_dkk_per_mwh"].tolist() == [201, 201]


def test_rates_change_at_danish_new_year_not_at_utc(rates):
    index = pd.date_range("2024-12-31 22:00", periods=2, freq="h", tz="UTC")
    told = hourly.electricity_price(pd.Series(0.0, index), rates)
    assert told["system_dkk_per_mwh"].tolist() == [51, 74]


def test_a_later_year_takes_the_last_rate_and_an_earlier_one_is_refused(rates):
    later = hourly.electricity_price(pd.Series(0.0, danish("2039-06-01 12:00")), rates)
    assert later["system_dkk_per_mwh"].iloc[0] == 72
    with pytest.raises(
        AssumptionError, match=r"no system_tariff_dkk_per_mwh for 2014: the first row is of 2015"
    ):
        hourly.electricity_price(pd.Series(0.0, danish("2014-06-01 12:00")), rates)


@pytest.mark.parametrize(
    ("stamp", "level"),
    [
        ("2025-01-13 05:59", "low"),  # a Monday in winter
        ("2025-01-13 06:00", "peak"),
        ("2025-01-13 20:59", "peak"),
        ("2025-01-13 21:00", "high"),
        ("2025-01-11 05:00", "low"),  # a Saturday in winter
        ("2025-01-11 12:00", "high"),
        ("2025-07-14 05:00", "low"),  # a Monday in summer
        ("2025-07-14 06:00", "high"),
        ("2025-07-12 12:00", "low"),  # a Saturday in summer
        ("2025-03-31 20:30", "peak"),  # the last day of winter
        ("2025-04-01 20:30", "high"),
        ("2025-12-25 12:00", "high"),  # Christmas, a Thursday
        ("2025-04-21 12:00", "low"),  # Easter Monday
        ("2025-10-26 02:30", "low"),
    ],
)
def test_load_levels_of_business_customers(stamp, level):
    index = pd.DatetimeIndex([stamp]).tz_localize("Europe/Copenhagen", ambiguous=True).tz_convert("UTC")
    assert hourly.load_levels(index, "A-B").tolist() == [level]


@pytest.mark.parametrize(
    ("stamp", "dkk_per_mwh"),
    [
        ("2025-01-13 16:59", 292.9),
        ("2025-01-13 17:00", 878.8),
        ("2025-01-12 17:00", 878.8),  # Sundays too
        ("2025-01-13 03:00", 97.6),
        ("2025-07-13 18:00", 380.8),
        ("2025-07-13 22:00", 146.5),
    ],
)
def test_the_sheet_of_small_customers(rates, stamp, dkk_per_mwh):
    assert hourly.distribution_tariff(danish(stamp), rates, "radius-2025 C").tolist() == [dkk_per_mwh]


def test_the_clock_moves_the_level_by_an_hour_of_utc(rates):
    # 06:00 on a weekday is 05:00 UTC in winter time and 04:00 UTC in summer time, both within summer tariff.
    winter = hourly.load_levels(pd.date_range("2025-10-27 04:00", periods=2, freq="h", tz="UTC"), "A-B")
    summer = hourly.load_levels(pd.date_range("2025-10-24 03:00", periods=2, freq="h", tz="UTC"), "A-B")
    assert winter.tolist() == summer.tolist() == ["low", "peak"]


@pytest.mark.parametrize("schedule", sorted(set(schedules()["schedule"])))
def test_every_hour_of_a_schedule_has_one_level(schedule):
    index = hourly.hours_of(2024).append(hourly.hours_of(2025))
    assert (hourly.load_levels(index, schedule) != "").all()
    rows = schedules().query("schedule == @schedule")
    days = {"weekday", "holiday"} if set(rows["day_type"]) != {"all"} else {"all"}
    hours = (rows["hour_to"] - rows["hour_from"]).groupby([rows["first_month"], rows["day_type"]]).sum()
    assert hours.tolist() == [24] * (2 * len(days))


def test_a_varying_tariff_keeps_the_yearly_mean(rates):
    index = hourly.hours_of(2025)
    told = hourly.distribution_tariff(
        index, rates, "radius-2021 B-lav", schedule="published-2020", mean_dkk_per_mwh=96.5
    )
    assert told.mean() == pytest.approx(96.5)
    by_level = told.groupby(hourly.load_levels(index, "published-2020")).first()
    assert (by_level / by_level["low"]).to_dict() == pytest.approx(
        {"low": 1, "high": 126.8 / 64, "peak": 193.9 / 64}
    )
    # Winter is October to March: 182 days with 13 hours of peak; the one switch each way is at night.
    assert (told == by_level["peak"]).sum() == 182 * 13
    assert (told == by_level["high"]).sum() == 183 * 16


def test_an_unknown_tariff_names_the_near_ones(rates):
    with pytest.raises(UnknownNameError, match="radius-2025 B-lav"):
        hourly.distribution_tariff(hourly.hours_of(2025), rates, "radius-2025 B-low")
    with pytest.raises(UnknownNameError, match="A-B"):
        hourly.load_levels(hourly.hours_of(2025), "A")
    with pytest.raises(AssumptionError, match=r"no rate for summer high.*it has low, high, peak"):
        hourly.distribution_tariff(hourly.hours_of(2025), rates, "radius-2025 B-lav", schedule="C")


def test_danish_holidays():
    days = pd.date_range("2023-01-01", "2025-12-31", freq="D", tz="Europe/Copenhagen")
    told = {str(d.date()) for d in days[holidays(days)]}
    assert {d for d in told if d.startswith("2025")} == {
        "2025-01-01", "2025-04-17", "2025-04-18", "2025-04-21", "2025-05-29", "2025-06-09", "2025-12-25",
        "2025-12-26",
    }  # fmt: skip
    assert "2023-05-05" in told  # the prayer day, for the last time
    assert "2024-04-26" not in told


def test_fuel_taxes_by_date(rates):
    # 1.369 + 1.922 DKK per Nm3 of 11 kWh; before 2025 the energy tax was the greater part.
    now = hourly.fuel_taxes(rates, "gas", 2027)
    assert now[["energy_dkk_per_mwh", "co2_dkk_per_mwh"]].tolist() == pytest.approx(
        [124.45, 174.73], abs=0.01
    )
    assert hourly.fuel_taxes(rates, "gas", 2024)["energy_dkk_per_mwh"] == pytest.approx(247.8, abs=0.05)
    assert hourly.fuel_taxes(rates, "wood_chips", 2020).tolist() == [0, 0, 1.8]
    with pytest.raises(UnknownNameError, match="gas, oil, wood_chips"):
        hourly.fuel_taxes(rates, "peat", 2025)
    with pytest.raises(AssumptionError, match="energy tax on oil for 2020"):
        hourly.fuel_taxes(rates, "oil", 2020)


def test_the_taxes_agree_with_those_of_the_economy():
    rates = assumptions.load("dea-2026")
    told = hourly.fuel_taxes(rates, "gas", 2025)[["energy_dkk_per_mwh", "co2_dkk_per_mwh"]].sum()
    assert told == pytest.approx(rates.lookup("gas_tax_dkk_per_mwh")[2025], abs=0.1)
    oil = hourly.fuel_taxes(rates, "oil", 2025).sum()
    assert oil == pytest.approx(rates.lookup("oil_tax_dkk_per_mwh")[2025], abs=0.1)


def test_capacity_and_subscription(rates):
    assert hourly.yearly_grid_payment(rates, "radius-2025 B-høj", 1500) == pytest.approx(63.35 * 1500 + 3173)
    assert hourly.yearly_grid_payment(rates, "published-2020 B-lav", 1500) == 0


def test_a_missing_spot_price_leaves_the_price_missing(rates):
    index = danish("2025-01-06 12:00", "2025-01-06 13:00")
    told = hourly.electricity_price(pd.Series([100.0, np.nan], index), rates)
    assert told["price_dkk_per_mwh"].isna().tolist() == [False, True]


def test_rates_agree_with_the_source_files(rates, real_data):
    sheet = pd.read_csv(real_data / "econ" / "energinet_tariffs.csv").set_index("year")
    for name, column in (
        ("system_tariff_dkk_per_mwh", "systemtarif_ore_kwh"),
        ("transmission_tariff_dkk_per_mwh", "transmission_nettarif_ore_kwh"),
        ("balance_tariff_dkk_per_mwh", "balancetarif_ore_kwh"),
    ):
        assert rates.lookup(name).to_dict() == pytest.approx((sheet[column] * 10).to_dict())
    grid = pd.read_csv(real_data / "econ" / "dso_tariffs.csv").query(
        "dso == 'Radius' and valid_from == '2025-01-01'"
    )
    index = hourly.hours_of(2025)
    for category in ("A-høj", "B-høj", "B-lav", "C"):
        told = set(hourly.distribution_tariff(index, rates, f"radius-2025 {category}").round(3))
        of = grid[(grid["category"] == category) & (grid["unit"] == "øre/kWh")]
        assert told == set((of["value"].astype(float) * 10).round(3))
