"""The published plant with a real year: DK1 prices and weather of 2024 as they are, official fuel prices."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from screening.operation.economy import gain
from screening.operation.plant import load_plant
from screening.operation.plant_years import official_prices, plant_years
from screening.operation.scenarios import beside_published
from screening.operation.units import problem_of

YEAR = 2022  # the tax is cut, and the chip price is the path's first


@pytest.fixture(scope="module")
def real_hours(real_data):
    weather = pd.read_csv(real_data / "series" / "weather_openmeteo_aarhus_2024.csv.gz", index_col="utc")
    prices = pd.read_csv(real_data / "series" / "prices_dk1_dk2_hourly_2018_2026.csv.gz", index_col="utc")
    table = weather.rename(columns={"temp_c": "temperature_c"})
    table = table[["temperature_c", "ghi_w_m2", "dni_w_m2", "dhi_w_m2"]].assign(
        spot_dkk_per_mwh=prices["dk1_dkk_mwh"].reindex(weather.index)
    )
    table.index = pd.DatetimeIndex(pd.to_datetime(table.index, utc=True)).as_unit("us").rename("utc")
    assert table.shape == (8784, 5)
    assert table.notna().all(axis=None)
    return table


@pytest.fixture(scope="module")
def runs(real_hours):
    plants = {
        n: load_plant(f, series=real_hours)
        for n, f in (("Ref 1", "chip-reference"), ("Alt 1", "chip-alternative"))
    }
    return {n: plant_years(p, [YEAR], changes=official_prices(p, [YEAR])) for n, p in plants.items()}


@pytest.mark.real_data
def test_shares_lie_near_the_published(runs):
    reference, alternative = (runs[n].by_year.loc[YEAR] for n in ("Ref 1", "Alt 1"))
    assert 0.45 < reference["heat_pump_share"] < 0.60  # published: 54.5 % on average
    assert reference["natural_gas_share"] < 0.01  # published: 0.02 %
    assert 0.021 < alternative["condensation_share"] < 0.034  # published: every year between these
    assert alternative["heat_pump_share"] < reference["heat_pump_share"]  # condensation is at its expense
    assert 150 < alternative["internal_full_load_hours"] < 270  # published: at most 270
    assert 51_000 < alternative["cold_water_m3"] < 81_500  # published: first and last year


@pytest.mark.real_data
def test_internal_operation_runs_when_it_is_cold_not_when_power_is_cheap(runs, real_hours):
    run = runs["Alt 1"]
    shares = run.by_year.loc[YEAR]
    assert shares["internal_cold_share"] > 0.55  # published: about 60 %
    assert shares["internal_cold_share"] > 1.5 * shares["external_cold_share"]  # published: 60 against 34 %
    cop = 1 / next(m for m in problem_of(run.plant).modes if m.name == "heat_pump.external").electricity_mwh
    inside, outside = (
        run.years.first[f"heat_pump.{side}_mw"].to_numpy() for side in ("internal", "external")
    )
    power = real_hours["spot_dkk_per_mwh"].to_numpy()
    assert np.average(cop, weights=inside) < np.average(cop, weights=outside)
    assert np.average(power, weights=inside) > np.average(power, weights=outside)


@pytest.mark.real_data
def test_internal_operation_saves_the_consumer_some_tens_of_kroner(runs):
    a = runs["Ref 1"].plant.assumptions
    found = gain(runs["Ref 1"].price, runs["Alt 1"].price, a)
    assert 20 < found.consumer_dkk_per_year < 200  # published: 40, with prices that vary less by the hour
    assert 2 < found.payback_years < 10  # published: about 7
    assert 70_000 < found.yearly_dkk.mean() < 400_000  # published: 70,000 to 250,000
    beside = beside_published(runs, "official").query("quantity == 'price_dkk_per_mwh'")
    assert (beside["computed"] / beside["published"] - 1).abs().max() < 0.1
    assert set(beside["reason_en"]) == {"1 year, official prices, hours of 2024: not comparable"}
