"""COP from temperatures: hand calculations, published figures, physics' limits."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import assumptions
from screening.errors import ScreeningError
from screening.operation.heat_pump import heat_pump_cop, log_mean_k, lorenz_cop, source_temperature

SET = assumptions.load()
YEAR = pd.date_range("2024-01-01", "2025-01-01", freq="h", inclusive="left", tz="UTC")


def by_hand(source_in, cooling, sink_in, sink_out, efficiency=0.5):
    """Lorenz COP written out for one hour."""

    def mean(a, b):
        return (a - b) / math.log(a / b) if a != b else a

    sink = mean(sink_out + 273.15, sink_in + 273.15)
    source = mean(source_in + 273.15, source_in - cooling + 273.15)
    return efficiency * sink / (sink - source)


@pytest.mark.parametrize(
    ("source", "cooling", "sink_in", "sink_out"),
    [(9, 3, 40, 80), (-10, 5, 40, 70), (20, 0, 35, 60), (40, 20, 40, 80), (15, 0.5, 40, 41)],
)
def test_equals_the_formula_by_hand(source, cooling, sink_in, sink_out):
    assert float(lorenz_cop(source, cooling, sink_in, sink_out)) == pytest.approx(
        by_hand(source, cooling, sink_in, sink_out), rel=1e-6
    )


def test_published_internal_operation():
    # Published: 5.6 at all hours, 40 to 20 C while other water goes from 40 to 80 C, half of Lorenz.
    assert round(float(lorenz_cop(40, 20, 40, 80)), 1) == 5.6


def test_published_ground_water():
    # Published: SCOP 3.19 with 9 C all year. The cooling of 3 K is inferred from it: this only guards it.
    assert round(heat_pump_cop("ground_water", YEAR, 40, 80, SET).mean(), 2) == 3.19


def test_sea_water_is_near_the_published():
    # Published: SCOP 3.40, with a temperature of the sea that is not published; the assumed one is colder.
    cop = heat_pump_cop("sea_water", YEAR, 40, 80, SET)
    assert cop.mean() == pytest.approx(3.40, rel=0.06)
    assert cop.idxmin().month in {1, 2, 3}
    assert cop.idxmax().month in {7, 8, 9}


@pytest.mark.real_data
def test_air_is_near_the_published(real_data):
    # Published: about 2.5 in winter to 5.5 in summer, SCOP 3.25, the weather's year not told.
    weather = pd.read_csv(real_data / "series" / "weather_openmeteo_aarhus_2024.csv.gz")
    hours = pd.DatetimeIndex(pd.to_datetime(weather["utc"], utc=True))
    cop = heat_pump_cop("outdoor_air", hours, 40, 80, SET, outdoor_c=weather["temp_c"])
    assert cop.mean() == pytest.approx(3.25, rel=0.03)
    assert cop.quantile(0.001) == pytest.approx(2.5, abs=0.15)
    assert 4.3 < cop.max() < 5.5  # 5.5 asks for air of 31 C


# PyPSA-Eur's approximation for ammonia, 40 to 70 C, at five outdoor temperatures.
@pytest.mark.parametrize(("air", "peer"), [(-5, 2.71), (0, 2.88), (5, 3.08), (10, 3.31), (15, 3.57)])
def test_is_near_another_tool_where_it_is_cold(air, peer):
    cop = heat_pump_cop("outdoor_air", YEAR[:1], 40, 70, SET, outdoor_c=[air]).iloc[0]
    assert cop == pytest.approx(peer, rel=0.04 if air <= 5 else 0.13)


@given(st.floats(-25, 30), st.floats(0, 10), st.floats(0.1, 30), st.floats(35, 60), st.floats(1, 40))
def test_warmer_source_or_colder_sink_is_never_worse(source, cooling, warmer, sink_in, lift):
    def cop(source_in, sink_out):
        return float(lorenz_cop(source_in, cooling, sink_in, sink_out))

    here = cop(source, sink_in + lift)
    assert here > 0.5  # more than the electricity itself at half of Lorenz: Lorenz is above 1
    assert cop(source - warmer, sink_in + lift) < here
    assert cop(source, sink_in + lift + 1) < here


def test_a_source_hardly_cooled_is_no_numerical_trap():
    # 0.5 x 313.15 / 25: the ends of sink and source nearly meet
    assert float(lorenz_cop(15, 1e-12, 40, 40.0000001)) == pytest.approx(6.263, rel=1e-6)


def test_log_mean_lies_between_the_ends_and_is_symmetric():
    assert log_mean_k(20, 60) == pytest.approx(log_mean_k(60, 20))
    assert 273.15 + 20 < log_mean_k(20, 60) < 273.15 + 40  # below the arithmetic mean
    assert log_mean_k(50, 50) == pytest.approx(323.15)


def test_one_cop_per_hour_of_the_source():
    cop = lorenz_cop([0.0, 5.0, 10.0], 3.0, 40.0, [80.0, 70.0, 60.0])
    assert cop == pytest.approx([by_hand(0, 3, 40, 80), by_hand(5, 3, 40, 70), by_hand(10, 3, 40, 60)])


def test_a_series_of_ones_own():
    surplus = pd.Series(25.0, index=YEAR[:3])
    cop = heat_pump_cop(surplus, YEAR[:3], 40, 80, SET, source_cooling_k=10)
    assert cop.to_numpy() == pytest.approx([by_hand(25, 10, 40, 80)] * 3)
    with pytest.raises(ScreeningError, match="source_cooling_k"):
        heat_pump_cop(surplus, YEAR[:3], 40, 80, SET)
    with pytest.raises(ScreeningError, match="3 hours are not the 4 hours"):
        heat_pump_cop(surplus, YEAR[:4], 40, 80, SET, source_cooling_k=10)


def test_cap_is_stated_and_can_be_changed():
    cop = heat_pump_cop("outdoor_air", YEAR[:2], 20, 40, SET, outdoor_c=[25.0, 0.0])
    assert cop.iloc[0] == SET.heat_pump_largest_cop
    assert cop.iloc[1] == pytest.approx(by_hand(0, 3, 20, 40))
    wider = SET.replace(heat_pump_largest_cop=100)
    assert heat_pump_cop("outdoor_air", YEAR[:1], 20, 40, wider, outdoor_c=[25.0]).iloc[0] == pytest.approx(
        by_hand(25, 3, 20, 40)
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (([30.0, 62.0], 0, 40, 80), "1 hours .number 1.* no heat pump is needed"),
        ((9, -1, 40, 80), "cooling as zero or more"),
        ((9, 3, 80, 40), "outlet is not above"),
        ((9, 3, 40, 40), "outlet is not above"),
        (([1.0, np.nan], 3, 40, 80), "number 1.*missing"),
    ],
)
def test_outside_physics_is_refused(arguments, told):
    with pytest.raises(ScreeningError, match=told):
        lorenz_cop(*arguments)


def test_unknown_source_names_the_near_one():
    with pytest.raises(ScreeningError, match="sea_water"):
        source_temperature("seawater", YEAR, SET)
    with pytest.raises(ScreeningError, match="one outdoor temperature per hour"):
        source_temperature("outdoor_air", YEAR[:2], SET, outdoor_c=[1.0])
