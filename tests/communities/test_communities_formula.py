"""The distance formula and its constants against the published checks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import assumptions
from screening.communities import derived_constants, max_distance, shared_capacity
from screening.errors import AssumptionError, TableError

SET = assumptions.load("cowi-2022")


def test_the_published_checks_hold():
    # The note: 10.5 MWh gives 1.8 m, 515 MWh gives 87 m.
    assert max_distance([10.5, 515.0], SET).round(1).tolist() == [1.8, 87.0]


def test_the_formula_by_hand():
    # 37.5 MWh: 25 kW own, 18.75 kW shared. A is 8946 + (kW - 7) * 60254/153: 16,034.7 and 13,573.2 kr/yr.
    # (2,461.4 + 1.92 * 37.5) / 400 = (2461.4 + 72) / 400 = 6.3336 m.
    assert max_distance([37.5], SET)[0] == pytest.approx(6.3336, abs=5e-4)
    assert max_distance(37.5, SET).shape == (1,)


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=20))
def test_the_reach_is_proportional_to_demand(demand_mwh):
    # A straight line leaves no constant in the difference of two payments.
    reach_m = max_distance(demand_mwh, SET)
    assert reach_m == pytest.approx(np.array(demand_mwh) * max_distance([1.0], SET)[0], rel=1e-9, abs=1e-12)


def test_no_demand_reaches_nowhere_and_no_row_gives_no_row():
    assert max_distance([0.0], SET).tolist() == [0.0]
    assert max_distance([], SET).tolist() == []


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_a_demand_that_is_none_is_an_error(bad):
    with pytest.raises(TableError, match="1 of 2 values"):
        max_distance([10.0, bad], SET)


def test_assumptions_move_the_reach():
    reach_m = max_distance([100.0], SET)[0]
    assert max_distance([100.0], SET.replace(community_simultaneity_factor=0.65))[0] > reach_m
    assert max_distance([100.0], SET.replace(community_service_line_dkk_per_m_year=720))[0] < reach_m
    with pytest.raises(AssumptionError, match="a free pipe"):
        max_distance(
            [1.0], SET.replace(community_service_line_dkk_per_m_year=0, community_loss_dkk_per_m_year=0)
        )
    with pytest.raises(AssumptionError, match="falls from 7 to 160 kW"):
        max_distance([1.0], SET.replace(community_heat_pump_payment_dkk_per_year={160: 100}))


def test_a_third_size_is_refused(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("base: cowi-2022\ncommunity_heat_pump_payment_dkk_per_year: {50: 30000}\n", "utf-8")
    with pytest.raises(AssumptionError, match="has no key 50"):  # the loader stops it
        max_distance([1.0], assumptions.load(path))


# The note's table: MWh and kW of the five communities above 250 kW, and the largest one below.
@pytest.mark.parametrize(
    ("mwh", "kw"), [(675, 338), (777, 389), (3024, 1512), (515, 257), (2493, 1246), (491, 246)]
)
def test_capacity_is_half_a_kilowatt_for_each_mwh(mwh, kw):
    assert float(shared_capacity(mwh, SET)) == pytest.approx(kw, abs=0.6)  # the note truncates some


def test_derived_constants_stand_beside_the_published():
    table = derived_constants(SET).set_index("name")
    payment = table.loc["community_heat_pump_payment_dkk_per_year"]
    # 4 % over 16 and 20 years, over 15 years; 0.09 * 1230 / 3; (852 - 288.33) / 229.5 * 0.75.
    assert payment["used"].tolist() == [8946, 69200]
    assert payment["derived"].tolist() == pytest.approx([8946, 69200], abs=1)
    rest = table.drop("community_heat_pump_payment_dkk_per_year")
    assert rest["used"].tolist() == [360, 40, 1.92]
    assert rest["derived"].tolist() == pytest.approx([359.8, 36.9, 1.842], rel=3e-4)
    assert (table["remark_da"] == "Stemmer").tolist() == [True, True, True, False, False]
    assert table["unit"].notna().all()


def test_derived_constants_follow_their_inputs():
    table = derived_constants(SET.replace(community_cop=2.5)).set_index("name")
    assert table.loc["community_loss_dkk_per_m_year", "derived"] == pytest.approx(0.09 * 1230 / 2.5)
