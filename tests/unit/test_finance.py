"""Closed forms against hand calculations, and the invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import finance
from screening.errors import ScreeningError

rates = st.floats(0.0, 0.2)
terms = st.integers(1, 60)


@given(rates, terms)
def test_payments_pay_the_loan_back(rate, term):
    payment = float(finance.annual_payment(1000.0, rate, term))
    paid = float(finance.present_value([0.0] + [payment] * term, rate))
    assert paid == pytest.approx(1000.0, rel=1e-9)


@given(rates, rates, terms)
def test_a_higher_rate_costs_more(one, other, term):
    low, high = sorted((one, other))
    assert finance.annuity_factor(low, term) <= finance.annuity_factor(high, term) + 1e-15


def test_rate_near_zero_is_continuous():
    assert float(finance.annuity_factor(1e-13, 20)) == pytest.approx(
        float(finance.annuity_factor(1e-9, 20)), rel=1e-7
    )


@pytest.mark.parametrize(("rate", "term"), [(0.04, 0), (-1.0, 10), (0.04, -3)])
def test_nonsense_is_refused(rate, term):
    with pytest.raises(ScreeningError, match="annuity"):
        finance.annuity_factor(rate, term)


def test_published_annuities_of_the_heat_pump_table():
    # 104,238 kr over 16 years and 940,445 kr over 20 years at 4 %.
    assert float(finance.annual_payment(104_238, 0.04, 16)) == pytest.approx(8_946, abs=0.5)
    assert float(finance.annual_payment(940_445, 0.04, 20)) == pytest.approx(69_200, abs=1)


def test_stepped_rate_by_hand():
    # 1/1.035 after one year, then 1/1.025 more after the second.
    assert finance.discount_factors([0.035, 0.025], 2).tolist() == pytest.approx(
        [1, 0.9661836, 0.9426181], rel=1e-6
    )


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40),
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40),
    rates,
)
def test_present_value_is_additive(a, b, rate):
    n = min(len(a), len(b))
    x, y = np.array(a[:n]), np.array(b[:n])
    together = float(finance.present_value(x + y, rate))
    assert together == pytest.approx(
        float(finance.present_value(x, rate) + finance.present_value(y, rate)), abs=1e-3
    )


def test_scrap_value_never_negative():
    assert finance.scrap_value(100.0, 20.0, [0, 10, 20, 30]).tolist() == [100.0, 50.0, 0.0, 0.0]
