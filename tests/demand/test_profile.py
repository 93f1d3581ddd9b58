"""The heat profile: hand calculations, invariants, refusals, and measured heat it was not fitted to."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import assumptions
from screening.demand.profile import HeatShape, heat_demand_mw, heat_parts, heat_profile, usual_radiation
from screening.demand.seasons import seasonal_temperature
from screening.errors import ScreeningError

SET = assumptions.load()
SHAPE = HeatShape.from_assumptions(SET)
PLAIN = replace(
    SHAPE,
    room_rhythm=np.ones(24),
    weekday_rhythm=np.ones(24),
    weekend_rhythm=np.ones(24),
    ground_amplitude_k=0.0,
)


def hours(start, count):
    return pd.date_range(start, periods=count, freq="h", tz="UTC")


def constant(value, index):
    return pd.Series(float(value), index)


def test_steady_cold_is_the_gap_to_the_limit():
    index = hours("2025-01-06", 72)
    parts = heat_parts(constant(-5, index), constant(0, index), PLAIN)
    assert parts["room_k"].to_numpy() == pytest.approx(SHAPE.limit_c + 5)
    assert parts["hot_water_k"].to_numpy() == pytest.approx(SHAPE.hot_water_k)
    assert parts["loss_k"].to_numpy() == pytest.approx(SHAPE.loss_k)


def test_no_room_heating_in_heat():
    index = hours("2025-07-07", 48)
    parts = heat_parts(constant(29, index), constant(0, index), SHAPE)
    assert (parts["room_k"] == 0).all()
    assert (parts["hot_water_k"] > 0).all()


@pytest.mark.parametrize("gap", [-6.0, -5.0, -2.5, 0.0, 3.0, 5.0, 9.0])
def test_limits_of_many_houses(gap):
    # A thousand houses whose limits lie evenly within 5 K of the mean, added up one by one.
    houses = np.linspace(-5, 5, 1001)
    expected = np.maximum(gap + houses, 0).mean()
    index = hours("2025-01-06", 24)
    shape = replace(PLAIN, spread_k=5.0)
    parts = heat_parts(constant(shape.limit_c - gap, index), constant(0, index), shape)
    assert parts["room_k"].iloc[0] == pytest.approx(expected, abs=0.006)
    sharp = heat_parts(constant(shape.limit_c - gap, index), constant(0, index), replace(shape, spread_k=0.0))
    assert sharp["room_k"].iloc[0] == pytest.approx(max(gap, 0.0), abs=1e-12)


def test_walls_and_sun_follow_slowly():
    # The same recursion hour by hour: what is felt of the past fades with exp(-1 / inertia).
    index = hours("2025-01-06", 200)
    rng = np.random.default_rng(1)
    air, sun = rng.uniform(-10, 5, 200), rng.uniform(0, 100, 200)
    stays = math.exp(-1 / SHAPE.inertia_hours)
    slow = (1 - SHAPE.direct_share) * air + SHAPE.sun_k_m2_per_w * sun
    kept, expected = slow[:24].mean(), []
    for now, step in zip(air, slow, strict=True):
        kept = stays * kept + (1 - stays) * step
        expected.append(SHAPE.limit_c - SHAPE.direct_share * now - kept)
    parts = heat_parts(pd.Series(air, index), pd.Series(sun, index), replace(PLAIN, spread_k=0.0))
    assert parts["room_k"].to_numpy() == pytest.approx(np.array(expected), rel=1e-12)


def test_rhythms_are_in_danish_time_through_both_changes_of_the_clock():
    for start in ("2025-03-28", "2025-10-24"):  # Friday to Monday, the clock changes on Sunday
        index = hours(start, 96)
        parts = heat_parts(constant(0, index), constant(0, index), SHAPE)
        local = index.tz_convert("Europe/Copenhagen")
        for moment, hot_water in zip(local, parts["hot_water_k"], strict=True):
            rhythm = SHAPE.weekend_rhythm if moment.isoweekday() >= 6 else SHAPE.weekday_rhythm
            assert hot_water == pytest.approx(SHAPE.hot_water_k * rhythm[moment.hour])


def test_rhythms_have_mean_one_and_are_never_negative():
    for rhythm in (SHAPE.room_rhythm, SHAPE.weekday_rhythm, SHAPE.weekend_rhythm):
        assert rhythm.shape == (24,)
        assert rhythm.mean() == pytest.approx(1.0, abs=1e-3)
        assert rhythm.min() > 0


def test_loss_is_greatest_when_the_ground_is_coldest():
    # Pipes 50 C, ground 8 -+ 4 C, coldest in the middle of February: 46/42 and 38/42 of the mean.
    index = hours("2025-01-01", 8760)
    loss = heat_parts(constant(10, index), constant(0, index), SHAPE)["loss_k"] / SHAPE.loss_k
    assert (loss.max(), loss.min()) == (pytest.approx(46 / 42, abs=1e-4), pytest.approx(38 / 42, abs=1e-4))
    assert f"{loss.idxmax():%m-%d}" in {"02-14", "02-15", "02-16"}
    assert loss.mean() == pytest.approx(1.0, abs=1e-3)


def test_season_of_leap_and_common_years_closes():
    for year in (2023, 2024):
        ends = pd.DatetimeIndex([f"{year}-01-01", f"{year}-12-31 23:00"], tz="UTC")
        first, last = seasonal_temperature(ends, 8, 4, 2)
        assert first == pytest.approx(last, abs=0.01)


@given(
    st.lists(st.floats(-20, 32), min_size=1, max_size=60),
    st.integers(0, 8760),
    st.booleans(),
    st.tuples(st.floats(0.01, 0.5), st.floats(0.01, 0.4)),
)
def test_shares_of_any_number_of_hours(temperatures, start, with_shares, shares):
    index = hours("2024-01-01", 8784 + 60)[start : start + len(temperatures)]
    air = pd.Series(temperatures, index)
    chosen = {"hot_water_share": shares[0], "loss_share": shares[1]} if with_shares else {}
    if with_shares and (heat_parts(air, usual_radiation(index, SET), SHAPE)["room_k"].sum()) == 0:
        with pytest.raises(ScreeningError, match="zero in all these hours"):
            heat_profile(air, SET, **chosen)
        return
    profile = heat_profile(air, SET, **chosen)
    assert profile.sum() == pytest.approx(1.0, abs=1e-12)
    assert (profile >= 0).all()
    assert profile.index.equals(index)


@given(st.floats(-15, 20), st.integers(30, 70), st.floats(0.5, 10))
def test_a_colder_hour_never_needs_less(base, hour, colder):
    index = hours("2025-01-06", 100)
    air = constant(base, index)
    cold = air.copy()
    cold.iloc[hour] -= colder
    sun = constant(0, index)
    change = heat_parts(cold, sun, SHAPE).sum(axis=1) - heat_parts(air, sun, SHAPE).sum(axis=1)
    assert (change >= -1e-12).all()
    assert change.iloc[hour] == change.max()
    assert (change.iloc[:hour] == 0).all()


def test_shares_given_by_the_user_hold():
    index = hours("2025-01-01", 8760)
    wave = 8 - 8 * np.cos(2 * np.pi * (np.arange(8760) / 8760 - 0.05))
    air = pd.Series(wave, index)
    loss_only = heat_profile(air, SET, hot_water_share=0.0, loss_share=1.0)
    water_only = heat_profile(air, SET, hot_water_share=1.0, loss_share=0.0)
    room_only = heat_profile(air, SET, hot_water_share=0.0, loss_share=0.0)
    mixed = heat_profile(air, SET, hot_water_share=0.2, loss_share=0.15)
    assert mixed.to_numpy() == pytest.approx(
        (0.65 * room_only + 0.2 * water_only + 0.15 * loss_only).to_numpy()
    )
    assert loss_only.max() < 1.1 / 8760
    assert room_only[index.month == 7].sum() < 0.03  # of a flat year 0.085


def test_usual_radiation_is_that_of_a_danish_year():
    index = hours("2025-01-01", 8760)
    sun = usual_radiation(index, SET)
    assert sun.sum() / 1000 == pytest.approx(1046, rel=0.001)
    # Midsummer: 90 - 56 + 23.45 = 57.45 degrees high when it is south, 12 h less 40 minutes UTC.
    top = SET.radiation_reaching_ground_share * 1361 * math.sin(math.radians(57.45))
    assert sun[hours("2025-06-21", 24)].max() == pytest.approx(top, rel=0.003)
    assert sun[hours("2025-06-21", 24)].idxmax().hour in {10, 11}
    assert sun[hours("2025-12-21", 24)].gt(0).sum() in {7, 8}


@given(st.lists(st.floats(0.05, 1.0), min_size=3, max_size=40), st.floats(0.02, 0.98), st.floats(1, 1e5))
def test_a_given_peak_keeps_heat_and_order(values, place, heat):
    shape = np.array([*values, 2.0])
    profile = pd.Series(shape / shape.sum(), hours("2025-01-01", len(shape)))
    mean = heat / len(shape)
    own = heat * profile.max()
    peak = mean + place * (own - mean)
    demand = heat_demand_mw(profile, heat, peak)
    assert demand.max() == pytest.approx(peak, rel=1e-6)
    assert demand.sum() == pytest.approx(heat, rel=1e-9)
    assert (np.diff(demand.to_numpy()[np.argsort(profile.to_numpy(), kind="stable")]) >= -1e-9 * heat).all()
    assert heat_demand_mw(profile, heat).to_numpy() == pytest.approx(heat * profile.to_numpy())


def test_a_steeper_peak_lowers_the_summer():
    index = hours("2025-01-01", 8760)
    profile = pd.Series(2 + np.cos(2 * np.pi * np.arange(8760) / 8760), index)
    profile /= profile.sum()
    flat, own, steep = (heat_demand_mw(profile, 55_000, peak) for peak in (8.0, None, 13.38))
    assert (flat.max(), steep.max()) == (pytest.approx(8.0), pytest.approx(13.38))
    assert flat.min() > own.min() > steep.min() > 0
    assert [x.sum() for x in (flat, own, steep)] == pytest.approx([55_000] * 3)


@pytest.mark.parametrize("peak", [0.9, 1.0, 400.0])
def test_an_impossible_peak_is_refused(peak):
    profile = pd.Series([0.1, 0.2, 0.3, 0.4], hours("2025-01-01", 4))
    with pytest.raises(ScreeningError, match=f"Peak {peak:g} MW does not go with 4 MWh in 4 hours"):
        heat_demand_mw(profile, 4.0, peak)


def test_refusals_name_the_first_hour():
    index = hours("2025-01-01", 30)
    air = constant(5, index)
    with pytest.raises(ScreeningError, match="1 steps are not one hour, the first after 2025-01-01 09:00"):
        heat_profile(air.drop(index[10]), SET)
    with pytest.raises(ScreeningError, match="missing in 1 hours, the first 2025-01-01 03:00"):
        heat_profile(air[:24].where(index[:24].hour != 3), SET)
    with pytest.raises(ScreeningError, match="time zone"):
        heat_profile(air.tz_localize(None), SET)
    with pytest.raises(ScreeningError, match="different hours"):
        heat_profile(air, SET, ghi_w_m2=air[:-1])
    with pytest.raises(ScreeningError, match="both, or neither"):
        heat_profile(air, SET, loss_share=0.2)
    with pytest.raises(ScreeningError, match="no shares"):
        heat_profile(air, SET, hot_water_share=0.7, loss_share=0.5)


def read(folder, name):
    table = pd.read_csv(folder / "series" / name)
    return table.set_index(pd.DatetimeIndex(pd.to_datetime(table.pop("utc"), utc=True)))


def r2(measured, profile):
    error = profile / profile.sum() * measured.sum() - measured
    return 1 - (error**2).sum() / ((measured - measured.mean()) ** 2).sum()


@pytest.fixture(scope="module")
def billund(request):
    """Measured heat, mean weather of the two areas (gaps bridged), hours with weather, second half."""
    folder = request.getfixturevalue("real_data")
    heat = read(folder, "heat_billund_2025_2026.csv.gz")["heat_mw"]
    areas = [
        read(folder, f"weather_dmi_{a}_2023_2026.csv.gz")[["temp_c", "ghi_w_m2"]] for a in ("vestkyst", "fyn")
    ]
    weather = pd.concat(areas).groupby(level=0).mean().reindex(heat.index)
    known = weather.notna().all(axis=1).to_numpy()
    return heat, weather.interpolate(), known


@pytest.mark.real_data
@pytest.mark.parametrize("with_sun", [True, False])
def test_the_half_that_was_not_fitted(billund, with_sun):
    heat, weather, known = billund
    second = (np.arange(len(heat)) >= len(heat) // 2) & known
    profile = heat_profile(weather["temp_c"], SET, ghi_w_m2=weather["ghi_w_m2"] if with_sun else None)
    measured, ours = heat[second], profile[second]
    assert r2(measured, ours) > 0.925
    # The peer in the same hours: degrees below 17 C and a quarter flat, published as 0.888 on all hours.
    for degrees in (17 - weather["temp_c"], 17 - weather["temp_c"].resample("D").transform("mean")):
        shape = degrees.clip(lower=0)[second]
        assert r2(measured, 0.75 * shape / shape.sum() + 0.25 / len(shape)) < r2(measured, ours) - 0.05
    assert ours.max() / ours.sum() == pytest.approx(measured.max() / measured.sum(), rel=0.1)


@pytest.mark.real_data
def test_the_half_that_was_fitted(billund):
    heat, weather, known = billund
    first = (np.arange(len(heat)) < len(heat) // 2) & known
    profile = heat_profile(weather["temp_c"], SET, ghi_w_m2=weather["ghi_w_m2"])[first]
    assert r2(heat[first], profile) > 0.955
    july = heat[first].index.month == 7
    assert profile[july].sum() / profile.sum() == pytest.approx(
        heat[first][july].sum() / heat[first].sum(), rel=0.05
    )


@pytest.mark.real_data
def test_another_town(real_data):
    table = read(real_data, "copenhagen_2020_heat_temp_price_co2.csv.gz")
    profile = heat_profile(table["air_temp_c"].interpolate(limit_direction="both"), SET)
    known = table[["heat_ctr_veks_mw", "air_temp_c"]].notna().all(axis=1)
    assert r2(table["heat_ctr_veks_mw"][known], profile[known]) > 0.92
