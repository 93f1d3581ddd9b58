"""Draws, probabilities, both ends and the turn: each against the plain calculation of one set."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import triang

from screening import assumptions
from screening.assumptions import Draws
from screening.economics import break_even, screen_areas, sensitivity, simulate, uncertainty
from screening.economics.doubts import PARAMETERS, at_positions, scaled
from screening.economics.uncertainty import draw_positions
from screening.errors import AssumptionError

SETS = {name: assumptions.load(name) for name in ("cowi-2022", "dea-2026")}
COWI = SETS["cowi-2022"]
_DH = "user_price_district_heating_dkk_per_year"


def _margins(found):
    cheapest = found[["user_price_heat_pump_dkk_per_year", "user_price_gas_dkk_per_year"]].min(axis=1)
    return cheapest - found[_DH], found["npv_alternative_dkk"] - found["npv_project_dkk"]


@settings(max_examples=10)
@given(st.sampled_from(sorted(SETS)), st.integers(0, 10_000))
def test_every_draw_is_the_plain_calculation_of_its_values(table_1, name, seed):
    found = simulate(table_1, SETS[name], draw_count=3, seed=seed)
    draws = at_positions(SETS[name], {n: found.positions[n].to_numpy() for n in found.positions})
    for row in range(3):
        plain = screen_areas(table_1, draws.single(row))
        saving, gain = _margins(plain)
        assert found.user_price_dkk_per_year[row] == pytest.approx(plain[_DH].to_numpy(), rel=1e-9)
        assert found.user_saving_dkk_per_year[row] == pytest.approx(saving.to_numpy(), rel=1e-9, abs=1e-4)
        assert found.society_gain_dkk[row] == pytest.approx(gain.to_numpy(), rel=1e-9, abs=1e-2)


def test_pieces_of_the_draws_give_the_same(table_1, monkeypatch):
    whole = simulate(table_1, COWI, draw_count=50)
    monkeypatch.setattr(sys.modules[simulate.__module__], "_CELLS", 30)  # two draws at a time
    pieces = simulate(table_1, COWI, draw_count=50)
    assert np.array_equal(whole.society_gain_dkk, pieces.society_gain_dkk)


@settings(max_examples=10)
@given(st.permutations(range(15)))
def test_the_order_of_the_areas_changes_nothing(table_1, order):
    whole = uncertainty(table_1, COWI, draw_count=64)
    mixed = uncertainty(table_1.iloc[list(order)], COWI, draw_count=64)
    pd.testing.assert_frame_equal(mixed.loc[whole.index], whole)


def test_the_same_seed_gives_the_same_and_another_another(table_1):
    one, same, other = (uncertainty(table_1, COWI, draw_count=64, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)


@pytest.mark.parametrize("name", ["network_dkk_per_km2", "loan_rate", "connection_rate_share"])
def test_values_are_triangular_between_the_ends(name):
    # Oracle: scipy's own triangular distribution, mode at the value.
    low, value, high = (float(end[0]) for end in COWI.ends(name))
    positions = draw_positions(COWI, 2000, 5)
    drawn = getattr(at_positions(COWI, {name: positions[name].to_numpy()}), name)[:, 0]
    oracle = triang((value - low) / (high - low), loc=low, scale=high - low)
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert np.quantile(drawn, share) == pytest.approx(oracle.ppf(share), abs=0.002 * (high - low))


def test_probability_counts_the_draws_that_win(table_1):
    found = simulate(table_1, COWI, draw_count=512)
    table = found.summary()
    won = (found.user_saving_dkk_per_year > 0) & (found.society_gain_dkk > 0)
    assert table["viable_probability_share"].tolist() == (won.sum(axis=0) / 512).tolist()
    assert (table["viable_probability_share"] <= table["user_cheaper_probability_share"]).all()
    # The note's clear cases: Havreholm and Langesø can hardly win, Hellebæk and Ålsgårde2 mostly do.
    assert table.loc[["Havreholm", "Langesø"], "viable_probability_share"].max() < 0.01
    assert table.loc[["Hellebæk", "Ålsgårde2"], "viable_probability_share"].min() > 0.6
    assert (table["user_price_p10_dkk_per_year"] <= table["user_price_p90_dkk_per_year"]).all()


def test_an_area_without_customers_wins_never(one_area):
    figures = pd.concat([one_area(0, 0, 0.0, area="none"), one_area(120, 2400, 0.15, area="some")])
    table = uncertainty(figures, COWI, draw_count=16)
    assert table.loc["none", "viable_probability_share"] == 0
    assert np.isnan(table.loc["none", "society_gain_p50_dkk"])
    assert np.isfinite(table.loc["some"]).all()
    assert set(break_even(figures, COWI)["area"]) == {"some"}
    assert (uncertainty(one_area(0, 0, 0.0), COWI, draw_count=4)["viable_probability_share"] == 0).all()
    assert break_even(one_area(0, 0, 0.0), COWI).empty


def test_what_moves_the_outcome_most_is_found(table_1):
    drivers = simulate(table_1, COWI, draw_count=512).drivers().set_index(["area", "parameter"])
    own = drivers.loc["Ålsgårde3"]
    # More customers help; dearer pipes and loans do not; a dearer heat pump helps society's comparison.
    assert own.loc["connection_rate_share", "user_rank_correlation"] > 0.3
    assert own.loc["network_dkk_per_km2", "society_rank_correlation"] < -0.2
    assert own.loc["individual_heat_pump_dkk", "society_rank_correlation"] > 0.2
    assert own.abs().max().max() <= 1


def test_a_price_takes_along_what_follows_it():
    # Spot up by 100: the user pays 100 more before VAT; heat needs 0.93/2.95 + 0.07/0.99 = 0.38596 MWh of
    # electricity at 85 % of the spot price: 32.81 more.
    spot = COWI.lookup("electricity_spot_dkk_per_mwh").iloc[0]
    moved = scaled(COWI, {"electricity_spot_dkk_per_mwh": [(spot + 100) / spot]}).single(0)
    paid = "electricity_price_excl_vat_dkk_per_mwh"
    assert moved.lookup(paid).iloc[0] == pytest.approx(COWI.lookup(paid).iloc[0] + 100)
    assert moved.heat_production_dkk_per_mwh == pytest.approx(340 + 32.807, abs=0.001)
    # Gas up by 80 without VAT is 100 with it.
    gas = COWI.lookup("gas_factor_price_dkk_per_mwh").iloc[0]
    moved = scaled(COWI, {"gas_factor_price_dkk_per_mwh": [(gas + 80) / gas]}).single(0)
    assert moved.lookup("gas_price_incl_vat_dkk_per_mwh").iloc[0] == pytest.approx(948)
    assert moved.heat_production_dkk_per_mwh == 340


@pytest.mark.parametrize("name", sorted(SETS))
def test_each_end_is_the_plain_calculation_with_it(table_1, name):
    base = SETS[name]
    found = sensitivity(table_1, base).set_index(["parameter", "case"])
    for parameter in ("network_dkk_per_km2", "loan_rate", "grant_dkk_per_customer", "user_rate"):
        low, _, high = (float(end[0]) for end in base.ends(parameter))
        for case, value in (("low", low), ("high", high)):
            if (parameter, case) not in found.index:
                assert value == getattr(base, parameter)
                continue
            plain = screen_areas(table_1, base.replace(**{parameter: value}))
            rows = found.loc[(parameter, case)].set_index("area")
            assert rows[_DH].to_numpy() == pytest.approx(plain[_DH].to_numpy())
            assert rows["npv_project_dkk"].to_numpy() == pytest.approx(plain["npv_project_dkk"].to_numpy())
            assert rows["is_viable"].tolist() == plain["is_viable"].tolist()
            assert (rows["value"] == value).all()


@pytest.mark.parametrize("name", sorted(SETS))
def test_the_verdict_turns_at_the_break_even(table_1, name):
    base = SETS[name]
    plain = ("connection_rate_share", "network_dkk_per_km2", "reserve_dkk", "loan_rate", "heat_demand_factor")
    found = break_even(table_1, base, plain)
    turned = found[found["direction"] != "none"]
    assert len(turned) >= 10
    for row in turned.itertuples():
        low, _, high = (float(end[0]) for end in base.ends(row.parameter))
        step = 1e-3 * max(high - low, 4 * row.value)
        yes, no = (row.value + step, row.value - step) if row.direction == "at_least" else (
            row.value - step, row.value + step)  # fmt: skip
        parameter = base.parameter(row.parameter)
        for value, verdict in ((yes, True), (no, False)):
            tried = min(max(value, parameter.minimum), parameter.maximum)
            result = screen_areas(table_1, base.replace(**{row.parameter: tried}))
            assert result.loc[row.area, "is_viable"] == verdict, (row.area, row.parameter, value)
        assert row.change_share == pytest.approx(row.value / getattr(base, row.parameter) - 1)
        assert row.is_within_range == (low <= row.value <= high)


def test_no_turn_is_said(table_1):
    found = break_even(table_1[table_1["area"] == "Langesø"], COWI, ("loan_rate", "reserve_dkk"))
    assert found["direction"].tolist() == ["none", "none"]
    assert found["value"].isna().all()


def test_break_even_of_connection_answers_the_first_question(table_1):
    # "Ja, hvis mindst ... tilslutter sig": all areas that are Ja with all customers have a least share.
    found = break_even(table_1, COWI, ("connection_rate_share",)).set_index("area")
    yes = screen_areas(table_1, COWI)["is_viable"]
    assert (found.loc[yes[yes].index, "direction"] == "at_least").all()
    assert found.loc["Hellebæk", "value"] < found.loc["Ålsgårde3", "value"] < 1


@pytest.mark.parametrize(
    ("numbers", "tables", "message"),
    [
        ({"loan_rat": [0.1]}, {}, "loan_rate"),
        ({"loan_rate": [0.1], "user_rate": [0.1, 0.2]}, {}, "equal number"),
        ({"loan_rate": [0.5]}, {}, r"loan_rate is drawn from 0.5 to 0.5 1/year; allowed is 0 to 0.15"),
        ({"plant_dkk": [1.0]}, {}, "plant_dkk is a table"),
        ({}, {"plant_dkk": [[1.0]]}, "plant_dkk has 6 rows"),
        ({"loan_rate": [np.nan]}, {}, "loan_rate"),
    ],
)
def test_draws_that_cannot_be_are_refused(numbers, tables, message):
    with pytest.raises(AssumptionError, match=message):
        Draws(COWI, numbers, tables)


def test_every_doubt_is_an_assumption_with_a_range_in_some_set():
    for name in PARAMETERS:
        assert any(((low < value) | (high > value)).any() for low, value, high in
                   (chosen.ends(name) for chosen in SETS.values())), name  # fmt: skip


def test_the_network_laid_out_is_in_doubt_where_it_counts(table_1):
    """Each draw is the plain calculation; the rates per km2 are idle then, as the factors are else."""
    by_pipes = COWI.replace(is_network_by_pipes=1)
    figures = table_1.assign(
        network_dkk=table_1["area_km2"] * 50e6, network_heat_loss_mwh=table_1["area_km2"] * 900
    )
    found = simulate(figures, by_pipes, draw_count=3, seed=5)
    factors = {"network_pipes_price_factor", "network_pipes_heat_loss_factor"}
    rates = {"network_dkk_per_km2", "network_heat_loss_mwh_per_km2_year"}
    assert factors <= set(found.positions)
    assert not rates & set(found.positions)
    usual = set(simulate(table_1, COWI, draw_count=3, seed=5).positions)
    assert rates <= usual
    assert not factors & usual
    draws = at_positions(by_pipes, {n: found.positions[n].to_numpy() for n in found.positions})
    for row in range(3):
        saving, gain = _margins(screen_areas(figures, draws.single(row)))
        assert found.user_saving_dkk_per_year[row] == pytest.approx(saving.to_numpy(), rel=1e-9, abs=1e-4)
        assert found.society_gain_dkk[row] == pytest.approx(gain.to_numpy(), rel=1e-9, abs=1e-2)


def test_an_areas_own_price_of_heat_is_in_as_much_doubt_as_the_sets(table_1):
    """Typing in what the set says anyway changes nothing, in no draw."""
    typed = table_1.assign(heat_production_dkk_per_mwh=COWI.heat_production_dkk_per_mwh)
    plain, own = (simulate(table, COWI, draw_count=64) for table in (table_1, typed))
    assert own.user_price_dkk_per_year == pytest.approx(plain.user_price_dkk_per_year, rel=1e-12)
    assert np.ptp(plain.user_price_dkk_per_year, axis=0).min() > 0
    pd.testing.assert_frame_equal(own.summary(), plain.summary())


def test_no_draws_are_refused(table_1):
    with pytest.raises(AssumptionError, match="draw_count is 0"):
        simulate(table_1, COWI, draw_count=0)


def test_the_nearest_turn_is_the_nearest_in_value():
    """Up it turns at the fifth short step (105), down at the second long one (80)."""
    inside = sys.modules[break_even.__module__]
    count = inside._GRID
    up, down = 100.0 + np.arange(count), 100.0 - 10.0 * np.arange(1, count)
    grid = np.concatenate([down[::-1], up])[None, :]
    yes = ((grid < 105) & (grid > 80))[:, :, None]
    last, first, is_up = inside._nearest(grid, yes)
    assert (float(last[0, 0]), float(first[0, 0]), bool(is_up[0, 0])) == (104.0, 105.0, True)
