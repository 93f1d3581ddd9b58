"""The cheapest hours: against other formulations, and what every solution must keep."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operation_independent import flow_optimum
from operation_plants import WATER, hours_of, layered, plain
from screening.errors import ScreeningError
from screening.operation import Mode, PlantShortageError, Running, Stream, solve

seeds = st.integers(0, 10_000)
tanks = st.sampled_from([0.0, 50.0, 300.0, 1000.0])


def volumes(problem, solution):
    """Each layer's water hour by hour, from the flows alone."""
    layers = list(problem.tank.temperatures_c)
    stock = np.array(problem.tank.start_share) * problem.tank.volume_m3
    loss = problem.tank.loss_share_per_hour
    told = []
    for hour in range(problem.hours):
        cooled = stock * loss * (np.array(layers) > problem.return_c)
        stock = stock - cooled + np.roll(cooled, 1)
        for mode in problem.modes:
            load = solution.throughput_mw[mode.name].iloc[hour]
            for stream in mode.streams:
                heat = np.broadcast_to(np.asarray(stream.heat_mwh, float), problem.hours)[hour] * load
                m3 = heat * 1000 / (WATER * abs(stream.to_c - stream.from_c))
                stock[layers.index(stream.to_c)] += m3
                stock[layers.index(stream.from_c)] -= m3
        m3 = problem.demand_mw[hour] * 1000 / (WATER * (problem.supply_c - problem.return_c))
        stock[layers.index(problem.return_c)] += m3
        stock[layers.index(problem.supply_c)] -= m3
        told.append(stock.copy())
    return np.array(told)


def mwh(volume_m3, problem):
    """Heat of the layers above the coldest."""
    temperatures = np.array(problem.tank.temperatures_c)
    return volume_m3 @ (temperatures - temperatures.min()) * WATER / 1000


def assert_kept(problem, solution):
    """Energy and water close in every hour; nothing is negative or above its bound; the end is the start."""
    layers = solution.layers_m3.to_numpy()
    assert np.abs(layers - volumes(problem, solution)).max() * 60 * WATER / 1000 < 1e-6
    assert layers.min() > -1e-5
    assert np.allclose(layers.sum(axis=1), problem.tank.volume_m3, atol=1e-6)
    start = np.array(problem.tank.start_share) * problem.tank.volume_m3
    assert np.allclose(layers[-1], start, atol=1e-5)
    heat = sum(
        np.asarray(mode.net_heat_mwh) * solution.throughput_mw[mode.name].to_numpy() for mode in problem.modes
    )
    stock = np.concatenate([[mwh(start, problem)], mwh(layers, problem)])
    if problem.tank.loss_share_per_hour == 0:
        assert np.abs(heat - problem.demand_mw - np.diff(stock)).max() < 1e-6
    for mode in problem.modes:
        load = solution.throughput_mw[mode.name].to_numpy()
        assert load.min() > -1e-6
        assert (load - mode.maximum_mw).max() < 1e-6
    for limit in problem.limits:
        taken = sum(np.asarray(share) * solution.throughput_mw[name] for name, share in limit.shares.items())
        assert (taken - limit.maximum).max() < 1e-6


@settings(max_examples=25)
@given(seed=seeds, volume_m3=tanks)
def test_the_optimum_is_that_of_another_formulation(seed, volume_m3):
    for problem in (plain(48, seed, volume_m3), layered(48, seed, volume_m3)):
        found = solve(problem)
        assert found.objective_dkk == pytest.approx(flow_optimum(problem), rel=1e-6)
        assert found.gap == 0
        assert found.whole_numbers == 0


@settings(max_examples=25)
@given(seed=seeds, volume_m3=tanks, loss=st.sampled_from([0.0, 0.01]))
def test_energy_and_water_close_in_every_hour(seed, volume_m3, loss):
    for problem in (plain(96, seed, volume_m3, loss=loss), layered(96, seed, volume_m3, loss=loss)):
        solution = solve(problem)
        assert_kept(problem, solution)
        cost = sum(
            (np.asarray(mode.cost_dkk_per_mwh) * solution.throughput_mw[mode.name]).sum()
            for mode in problem.modes
        )
        assert cost == pytest.approx(solution.objective_dkk, rel=1e-9)


@settings(max_examples=15)
@given(seed=seeds, factor=st.sampled_from([0.001, 0.3, 7.0, 1000.0]))
def test_other_money_leaves_the_optimum(seed, factor):
    problem = layered(72, seed)
    dearer = dataclasses.replace(
        problem,
        modes=tuple(
            dataclasses.replace(m, cost_dkk_per_mwh=factor * np.asarray(m.cost_dkk_per_mwh))
            for m in problem.modes
        ),
    )
    assert solve(dearer).objective_dkk == pytest.approx(factor * solve(problem).objective_dkk, rel=1e-7)


@settings(max_examples=15)
@given(seed=seeds)
def test_more_storage_never_costs_more_and_fewer_units_never_cost_less(seed):
    for make in (plain, layered):
        costs = [solve(make(72, seed, volume)).objective_dkk for volume in (0.0, 100.0, 400.0, 1600.0)]
        assert (np.diff(costs) <= 1e-6 * abs(costs[0])).all()
        whole = solve(make(72, seed)).objective_dkk
        for gone in make(72, seed).modes[1:]:
            problem = make(72, seed)
            fewer = dataclasses.replace(
                problem,
                modes=tuple(
                    dataclasses.replace(m, maximum_mw=0.0) if m.name == gone.name else m
                    for m in problem.modes
                ),
            )
            assert solve(fewer).objective_dkk >= whole - 1e-6 * abs(whole)


def test_two_hours_by_hand():
    # Demand 4 and 4 MWh. The pump makes at most 6 MW at 100 and 500 kr; the tank of 60 m3 is half full.
    lift = (Stream(40, 80),)
    problem = dataclasses.replace(
        plain(2, volume_m3=60.0, demand=np.array([4.0, 4.0])),
        modes=(
            Mode("pump", "pump", lift, 6.0, np.array([100.0, 500.0])),
            Mode("gas", "gas", lift, 9.0, 300.0),
        ),
    )
    solution = solve(problem)
    stored = 30 * 40 * WATER / 1000  # the free half
    assert solution.throughput_mw["pump"].tolist() == pytest.approx([4 + stored, 0.0])
    assert solution.throughput_mw["gas"].tolist() == pytest.approx([0.0, 4 - stored])
    assert solution.objective_dkk == pytest.approx(100 * (4 + stored) + 300 * (4 - stored))
    assert solution.marginal_price_dkk_per_mwh.tolist() == pytest.approx([100.0, 300.0])


def test_marginal_price_is_what_one_more_mwh_costs():
    problem = layered(72, 5)
    solution = solve(problem)
    for hour in (10, 40, 60):
        more = problem.demand_mw.copy()
        more[hour] += 1e-4
        extra = solve(dataclasses.replace(problem, demand_mw=more)).objective_dkk - solution.objective_dkk
        assert extra / 1e-4 == pytest.approx(solution.marginal_price_dkk_per_mwh[hour], rel=1e-3)


def test_other_prices_from_an_old_solution_give_the_same_optimum():
    old = solve(layered(96, 3))
    problem = layered(96, 3)
    modes = tuple(
        dataclasses.replace(m, cost_dkk_per_mwh=1.4 * np.asarray(m.cost_dkk_per_mwh) + 9)
        for m in problem.modes
    )
    changed = dataclasses.replace(problem, modes=modes)
    warm = solve(changed, start=old)
    assert warm.objective_dkk == pytest.approx(solve(changed).objective_dkk, rel=1e-9)
    assert_kept(changed, warm)


@settings(max_examples=12)
@given(seed=seeds, start_cost=st.sampled_from([0.0, 300.0]))
def test_a_minimum_load_is_kept_and_never_helps(seed, start_cost):
    free = layered(72, seed)
    bound = dataclasses.replace(free, running=(Running("chips", {"chips": 1.0}, 2.0, 3.0, start_cost),))
    solution = solve(bound)
    load = solution.throughput_mw["chips"].to_numpy()
    assert ((load < 1e-5) | (load > 2.0 - 1e-5)).all()
    assert_kept(bound, solution)
    assert solution.objective_dkk >= solve(free).objective_dkk - 1e-6 * abs(solution.objective_dkk)
    on = solution.running["chips"].to_numpy()
    starts = (on & ~np.roll(on, 1)).sum()
    cost = sum((np.asarray(m.cost_dkk_per_mwh) * solution.throughput_mw[m.name]).sum() for m in bound.modes)
    assert cost + start_cost * starts == pytest.approx(solution.objective_dkk, rel=1e-5)


@settings(max_examples=10)
@given(seed=seeds, start_cost=st.sampled_from([0.0, 300.0]), gap=st.sampled_from([1e-6, 0.05]))
def test_part_by_part_keeps_everything_and_tells_its_gap(seed, start_cost, gap):
    free = layered(96, seed)
    bound = dataclasses.replace(free, running=(Running("chips", {"chips": 1.0}, 2.0, 3.0, start_cost),))
    exact = solve(bound, gap=1e-9).objective_dkk
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("screening.operation.minimums._WINDOW_HOURS", 24)
        solution = solve(bound, gap=gap)
    assert_kept(bound, solution)
    load = solution.throughput_mw["chips"].to_numpy()
    assert ((load < 1e-5) | (load > 2.0 - 1e-5)).all()
    assert exact <= solution.objective_dkk * (1 + 1e-8)
    assert solution.objective_dkk * (1 - solution.gap) <= exact * (1 + 1e-8)
    assert solution.gap <= gap
    on = solution.running["chips"].to_numpy()
    cost = sum((np.asarray(m.cost_dkk_per_mwh) * solution.throughput_mw[m.name]).sum() for m in bound.modes)
    starts = (on & ~np.roll(on, 1)).sum()
    assert cost + start_cost * starts == pytest.approx(solution.objective_dkk, rel=1e-5)


def test_minimum_load_against_every_yes_and_no():
    # Six hours: all 64 patterns of standing and running, each a linear program.
    free = layered(6, 11, volume_m3=60.0)
    bound = dataclasses.replace(free, running=(Running("chips", {"chips": 1.0}, 2.5, 3.0, 150.0),))
    best = np.inf
    for pattern in range(64):
        on = np.array([pattern >> hour & 1 for hour in range(6)], float)
        chips = dataclasses.replace(free.modes[1], maximum_mw=3.0 * on)
        at_least = dataclasses.replace(
            free,
            modes=(free.modes[0], chips, *free.modes[2:]),
            limits=(
                *free.limits,
                dataclasses.replace(
                    free.limits[0], name="least", shares={"chips": -1.0, "gas": 0.0}, maximum=-2.5 * on
                ),
            ),
        )
        try:
            cost = flow_optimum(at_least)
        except AssertionError:
            continue
        best = min(best, cost + 150.0 * ((on > 0) & (np.roll(on, 1) == 0)).sum())
    assert solve(bound).objective_dkk == pytest.approx(best, rel=1e-6)


def test_a_plant_that_is_too_small_names_hours_and_megawatts():
    demand = np.full(24, 5.0)
    demand[[7, 18]] = [22.0, 21.0]  # 19 MW at most, and no tank
    with pytest.raises(
        PlantShortageError,
        match=r"2 hours; 5\.0 MWh are missing, at most 3\.00 MW \(hour 7: 3\.00 MW, hour 18: 2",
    ) as told:
        solve(plain(24, volume_m3=0.0, demand=demand))
    assert told.value.missing_mw.round(6).to_dict() == {7: 3.0, 18: 2.0}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (
            {"demand": np.array([1.0, np.nan, 2.0])},
            "demand is missing or negative in 1 hours, first in hour 1",
        ),
        ({"demand": np.array([1.0, -1.0, 2.0])}, "demand is missing or negative"),
    ],
)
def test_bad_hours_are_named(change, match):
    with pytest.raises(ScreeningError, match=match):
        solve(plain(3, **change))


def test_bad_costs_and_streams_are_named():
    problem = plain(3)
    broken = dataclasses.replace(problem.modes[0], cost_dkk_per_mwh=np.array([1.0, 2.0, np.inf]))
    with pytest.raises(ScreeningError, match="gas has no finite cost in 1 hours, first in hour 2"):
        solve(dataclasses.replace(problem, modes=(broken, *problem.modes[1:])))
    with pytest.raises(ScreeningError, match=r"sun moves water from 30 to 80 C, but the layers are 80, 40 C"):
        dataclasses.replace(problem, modes=(*problem.modes, Mode("sun", "sun", (Stream(30, 80),), 1.0, 0.0)))


def test_negative_prices_burn_no_heat():
    problem = layered(48, 2)
    cheap = tuple(
        dataclasses.replace(m, cost_dkk_per_mwh=np.asarray(m.cost_dkk_per_mwh) - 600) for m in problem.modes
    )
    free = dataclasses.replace(problem, modes=cheap)
    assert_kept(free, solve(free))


def test_the_year_of_the_test_series_is_as_stated():
    assert hours_of(72, 1)["demand"].min() >= 0.5
