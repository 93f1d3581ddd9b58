"""Years one after the other: the same numbers warm or cold, in one go or resumed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from operation_plants import hours_of, layered
from screening.operation import solve
from screening.operation.years import run_years

COUNT = 96
PRICES = {2020: 1.0, 2021: 0.7, 2022: 1.4, 2023: 0.9}


def problem_in(year):
    problem = layered(COUNT, seed=5)
    modes = tuple(
        dataclasses.replace(m, cost_dkk_per_mwh=np.asarray(m.cost_dkk_per_mwh) * PRICES[year])
        if m.unit == "pump"
        else m
        for m in problem.modes
    )
    modes = tuple(
        dataclasses.replace(m, electricity_mwh=1 / hours_of(COUNT, 5)["cop"])
        if m.name == "outside"
        else dataclasses.replace(m, electricity_mwh=1.0)
        if m.name == "inside"
        else m
        for m in modes
    )
    return dataclasses.replace(problem, modes=modes)


class Memory:
    """Keeps years, and stops the run after some."""

    def __init__(self, stop_after=99):
        self.kept, self.stop_after = {}, stop_after

    def load(self, year):
        return self.kept.get(year)

    def save(self, year):
        if len(self.kept) == self.stop_after:
            raise KeyboardInterrupt
        self.kept[year.year] = year


def test_every_year_has_the_cost_of_that_year_alone():
    found = run_years(problem_in, list(PRICES))
    for year in PRICES:
        assert found.totals.loc[year, "operation_dkk"] == pytest.approx(
            solve(problem_in(year)).objective_dkk, rel=1e-9
        )
    assert found.totals["operation_dkk"].nunique() == len(PRICES)


def test_shares_sum_to_one_and_internal_operation_counts_its_water():
    found = run_years(problem_in, list(PRICES), cold=hours_of(COUNT, 5)["temperature"] < 5)
    assert found.heat_shares.sum(axis=1).to_numpy() == pytest.approx(1.0)
    inside = found.modes.xs("inside", level="mode")
    assert inside["cooled_m3"].sum() > 0
    # 4.6 MWh of cooling over 20 K per MWh of electricity
    assert inside["cooled_m3"].to_numpy() == pytest.approx(
        inside["electricity_mwh"].to_numpy() * 4.6 / (20 * 1.163 / 1000)
    )
    outside = found.modes.xs("outside", level="mode")
    assert (outside["cold_electricity_mwh"] < outside["electricity_mwh"]).all()
    assert (outside["cooled_m3"] == 0).all()


def test_a_stopped_run_goes_on_to_the_same_numbers():
    whole = run_years(problem_in, list(PRICES), keeper=Memory())
    memory = Memory(stop_after=2)
    with pytest.raises(KeyboardInterrupt):
        run_years(problem_in, list(PRICES), keeper=memory)
    assert list(memory.kept) == [2020, 2021]
    memory.stop_after, told = 99, []
    resumed = run_years(problem_in, list(PRICES), keeper=memory, on_year=told.append)
    pd.testing.assert_frame_equal(resumed.modes, whole.modes, check_exact=True)
    pd.testing.assert_frame_equal(resumed.totals, whole.totals, check_exact=True)
    pd.testing.assert_frame_equal(resumed.last, whole.last, check_exact=True)
    assert told == list(PRICES)


def test_a_kept_year_is_not_made_again():
    memory = Memory()
    run_years(problem_in, list(PRICES), keeper=memory)
    again = run_years(lambda year: pytest.fail(f"{year} was made again"), list(PRICES), keeper=memory)
    assert again.totals.index.tolist() == list(PRICES)
