"""The tables of a plant's hours: sums close, units are told apart from modes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operation_plants import layered, plain
from screening.operation import PlantShortageError, load_plant, optimise, solve, tell


@settings(max_examples=15)
@given(seed=st.integers(0, 1000), loss=st.sampled_from([0.0, 0.005]))
def test_heat_of_the_units_is_demand_loss_and_what_the_tank_took(seed, loss):
    for problem in (plain(96, seed, loss=loss), layered(96, seed, loss=loss)):
        result = tell(problem, solve(problem))
        heat = result.hourly.filter(regex="_heat_mw$").sum(axis=1)
        start = (
            np.array(problem.tank.start_share)
            @ (np.array(problem.tank.temperatures_c) - min(problem.tank.temperatures_c))
            * problem.tank.volume_m3
            * 1.163e-3
        )
        took = np.diff(np.concatenate([[start], result.hourly["stored_mwh"]]))
        off = heat - result.hourly["demand_mw"] - result.hourly["loss_mw"] - took
        assert np.abs(off).max() < 1e-6
        assert (result.hourly["loss_mw"] >= 0).all()
        assert result.hourly["loss_mw"].any() == (loss > 0)
        assert result.units["heat_share"].sum() == pytest.approx(1.0)
        assert result.units["cost_dkk"].sum() == pytest.approx(result.summary["objective_dkk"])
        assert result.modes["heat_mwh"].sum() == pytest.approx(result.units["heat_mwh"].sum())


def test_internal_operation_brings_only_its_electricity():
    problem = layered(240, 4)
    result = tell(problem, solve(problem))
    inside = result.modes.loc["inside"]
    assert inside["throughput_mwh"] > 0
    assert inside["heat_mwh"] == pytest.approx(inside["throughput_mwh"])
    assert inside["full_load_hours"] == pytest.approx(inside["throughput_mwh"] / 1.0)
    # Every MWh of electricity cools 4.6 MWh / (20 K) of water, which condensation warms again.
    m3 = inside["throughput_mwh"] * 4.6 / 1.163e-3 / 20
    assert result.modes.loc["condensation", "throughput_mwh"] == pytest.approx(m3 * 20 * 1.163e-3)
    assert "inside_mw" in result.hourly
    assert "gas_mw" not in result.hourly  # a unit of one mode has its heat only


def test_hours_carry_the_index_and_the_volumes_sum_to_the_tank():
    problem = layered(48, 2)
    index = pd.date_range("2024-01-01", periods=48, freq="h", tz="UTC", name="utc")
    hourly = tell(problem, solve(problem), index).hourly
    assert hourly.index.equals(index)
    assert np.allclose(hourly.filter(regex="^layer_").sum(axis=1), 500.0)
    assert hourly["layer_80_c_m3"].iloc[-1] == pytest.approx(250.0)


def test_starts_count_the_year_as_a_ring():
    problem = plain(4, volume_m3=0.0, demand=np.array([3.0, 0.0, 3.0, 3.0]))
    units = tell(problem, solve(problem)).units
    running = units["running_hours"].sum()
    assert running == 3
    assert units["starts"].sum() >= 1
    on_all = units.loc[units["running_hours"] == 3, "starts"]
    assert on_all.empty or (on_all == 1).all()  # hours 2, 3 and 0 are one run


def test_a_shipped_plant_is_optimised_from_its_file():
    plant = load_plant("chip-alternative").cut(0, 240)
    result = optimise(plant)
    assert result.hourly.index.equals(plant.hours)
    assert result.summary["demand_mwh"] == pytest.approx(result.hourly["demand_mw"].sum())
    price = result.summary["objective_dkk"] / result.summary["demand_mwh"]
    assert result.summary["heat_price_dkk_per_mwh"] == pytest.approx(price)
    again = optimise(plant, start=result)
    assert again.summary["objective_dkk"] == pytest.approx(result.summary["objective_dkk"], rel=1e-9)


def test_a_plant_that_is_too_small_is_told_when():
    plant = load_plant("small-town").cut(0, 48)
    gone = {"units.gas_boiler": None, "units.electric_boiler": None}
    small = plant.changed({**gone, "units.heat_pump.electric_capacity_mw": 0.2}).cut(0, 48)
    with pytest.raises(PlantShortageError, match=r"MWh are missing.*\(hour 20\d\d-01-0[12] \d\d:00 UTC: \d"):
        optimise(small)


def test_full_load_hours_of_a_pump_are_those_of_its_motor():
    problem = layered(240, 4)
    result = tell(problem, solve(problem))
    outside = result.modes.loc["outside"]  # 1 MW of electricity, its heat by the hour's COP
    cop = np.asarray(problem.modes[3].maximum_mw)
    electricity = (result.solution.throughput_mw["outside"] / cop).sum()
    assert np.ptp(cop) > 0.1
    assert outside["electricity_mwh"] == pytest.approx(electricity)
    assert outside["full_load_hours"] == pytest.approx(electricity / 1.0)
    gas = result.modes.loc["gas"]
    assert gas["full_load_hours"] == pytest.approx(gas["heat_mwh"] / 12.0)
