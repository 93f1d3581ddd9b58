"""A plant without a profile of its own gets the fitted one, with its own loss where it names it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from screening import assumptions
from screening.demand import heat_profile
from screening.operation import load_plant


@pytest.mark.parametrize(
    ("name", "shares", "heat", "peak"),
    [
        ("small-town", {}, 6_000, None),
        # 15 % loss as published; hot water is 15 % of the 85 % that reach the customers.
        ("chip-reference", {"loss_share": 0.15, "hot_water_share": 0.1275}, 55_000, 13.38),
    ],
)
def test_demand_is_the_fitted_profile(name, shares, heat, peak):
    plant = load_plant(name)
    air = pd.Series(plant.series["weather.temperature_c"], plant.hours)
    expected = heat * heat_profile(air, assumptions.load(), **shares).to_numpy()
    demand = plant.demand_mw
    assert demand.sum() == pytest.approx(heat)
    if peak is None:
        assert demand == pytest.approx(expected)
        return
    assert demand.max() == pytest.approx(peak)
    mean = heat / len(demand)
    assert np.ptp((demand - mean) / (expected - mean)) < 1e-9  # one stretch about the mean for all hours


def test_scenarios_with_and_without_collectors_have_the_same_demand():
    demands = [load_plant(name).demand_mw for name in ("chip-reference", "solar-alternative")]
    assert demands[0] == pytest.approx(demands[1], rel=1e-12)
