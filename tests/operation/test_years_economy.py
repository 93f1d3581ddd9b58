"""The average heat production price, counted again by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import assumptions
from screening.errors import ScreeningError
from screening.operation.economy import consumer_saving_dkk, consumers, gain, heat_price, overheads_dkk

A = assumptions.load()
YEARS = {
    "operation": [10.0e6 + 0.1e6 * n for n in range(20)],
    "fixed": 0.7e6,
    "administration_and_distribution": 5.2e6,
    "maintenance_and_meters": 2.4e6,
}


def test_the_published_example_to_the_last_digit_printed():
    price = heat_price(YEARS, A, investment_dkk=1.0e6, heat_mwh=55_000)
    assert f"{price.present_value_dkk / 1e6:.2f}" == "260.86"
    assert f"{price.annual_dkk / 1e6:.2f}" == "19.19"
    assert f"{price.price_dkk_per_mwh:.0f}" == "349"


def test_the_sum_counted_year_by_year():
    price = heat_price(YEARS, A, investment_dkk=1.0e6, heat_mwh=55_000)
    by_hand = 1.0e6 + sum((10.0e6 + 0.1e6 * n + 8.3e6) / 1.04 ** (n + 1) for n in range(20))
    assert price.present_value_dkk == pytest.approx(by_hand, rel=1e-12)
    assert price.parts_dkk_per_mwh.sum() == pytest.approx(price.price_dkk_per_mwh, rel=1e-12)
    assert price.parts_dkk_per_mwh["fixed"] == pytest.approx(0.7e6 / 55_000)
    assert price.parts_dkk_per_mwh["investment"] == pytest.approx(1.0e6 * 0.0735817503 / 55_000)


def test_overheads_are_those_of_the_example():
    overheads = overheads_dkk(55_000, A)
    assert consumers(55_000, A) == pytest.approx(2582.87, abs=0.01)
    assert round(overheads["administration_and_distribution"] / 1e6, 1) == 5.2
    assert round(overheads["maintenance_and_meters"] / 1e6, 1) == 2.4


def test_a_difference_reaches_the_consumer_with_loss_and_vat():
    # 330.8 - 329.4 as published rounds to 37 kr; 1.5 gives the published 40 kr.
    assert consumer_saving_dkk(1.4, A) == pytest.approx(1.4 * 18.1 / 0.85 * 1.25)
    assert round(consumer_saving_dkk(1.5, A), -1) == 40


def test_payback_lies_within_the_year_that_reaches_it():
    a = A.replace(plant_calculation_rate=0.1)
    first = heat_price({"operation": [100.0] * 4}, a, investment_dkk=0, heat_mwh=10)
    better = heat_price({"operation": [60.0] * 4}, a, investment_dkk=60, heat_mwh=10)
    found = gain(first, better, a)
    assert found.payback_years == pytest.approx(1.5)
    assert found.payback_with_interest_years == pytest.approx(1 + (60 - 40 / 1.1) / (40 / 1.21))
    assert found.present_value_dkk == pytest.approx(40 / 1.1 + 40 / 1.21 + 40 / 1.331 + 40 / 1.4641 - 60)
    assert gain(better, first, a).payback_years == float("inf")
    assert gain(first, first, a).payback_years == 0
    assert found.yearly_dkk.tolist() == [40.0] * 4


@given(
    st.lists(st.floats(-1e6, 1e7), min_size=1, max_size=30),
    st.floats(0, 1e7),
    st.floats(1, 1e5),
    st.floats(0, 0.15),
)
def test_a_constant_more_every_year_is_the_same_constant_in_the_price(operation, investment, heat, rate):
    a = A.replace(plant_calculation_rate=rate)
    low = heat_price({"operation": operation}, a, investment_dkk=investment, heat_mwh=heat)
    more = {"operation": operation, "more": 5.0 * heat}
    high = heat_price(more, a, investment_dkk=investment, heat_mwh=heat)
    assert high.price_dkk_per_mwh - low.price_dkk_per_mwh == pytest.approx(
        5.0, abs=1e-9 * (1 + abs(low.price_dkk_per_mwh))
    )
    assert gain(low, high, a).present_value_dkk <= 0


def test_faults_are_named():
    with pytest.raises(ScreeningError, match="operation 2, fixed 3"):
        heat_price({"operation": [1.0, 2.0], "fixed": [1.0, 2.0, 3.0]}, A, investment_dkk=0, heat_mwh=1)
    with pytest.raises(ScreeningError, match="one number for all years"):
        heat_price({"fixed": 1.0}, A, investment_dkk=0, heat_mwh=1)
    with pytest.raises(ScreeningError, match="above zero"):
        heat_price({"operation": [1.0]}, A, investment_dkk=0, heat_mwh=0)
    one, two = (heat_price({"operation": [1.0] * n}, A, investment_dkk=0, heat_mwh=1) for n in (1, 2))
    with pytest.raises(ScreeningError, match="the reference has 1, the alternative 2"):
        gain(one, two, A)


def test_payments_are_shown_by_year():
    table = heat_price({"operation": np.array([3.0, 4.0])}, A, investment_dkk=7, heat_mwh=1).payments_dkk
    expected = pd.DataFrame(
        {"investment": [7.0, 0, 0], "operation": [0.0, 3, 4]}, pd.RangeIndex(3, name="year")
    )
    pd.testing.assert_frame_equal(table, expected)
