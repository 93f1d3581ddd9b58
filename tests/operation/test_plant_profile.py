"""A plant without a profile of its own gets the fitted one, with its own loss where it names it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

from screening import assumptions
from screening.demand import heat_profile
from screening.errors import InputFileError
from screening.operation import example_plants, load_plant


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
    below = expected < 0.99 * expected.max()  # near the top both logarithms vanish
    power = np.log(demand[below] / demand.max()) / np.log(expected[below] / expected.max())
    assert np.ptp(power) < 1e-9  # one power for all hours
    assert demand.min() > 0


def test_scenarios_with_and_without_collectors_have_the_same_demand():
    demands = [load_plant(name).demand_mw for name in ("chip-reference", "solar-alternative")]
    assert demands[0] == pytest.approx(demands[1], rel=1e-12)


def profile_plant(tmp_path, values, demand):
    """The small town with a profile from a file."""
    stamps = pd.date_range("2025-01-01", periods=len(values), freq="h", tz="UTC", name="utc")
    pd.Series(values, stamps, name="heat_mw").to_csv(tmp_path / "heat.csv", date_format="%Y-%m-%dT%H:%MZ")
    raw = yaml.safe_load(example_plants()["small-town"].read_text(encoding="utf-8"))
    raw["demand"] = {"supply_c": 70, "return_c": 40, "profile": "heat.csv", **demand}
    path = tmp_path / "plant.yaml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    return path


def test_a_peak_far_above_that_of_a_file_leaves_no_hour_below_zero(tmp_path):
    # A third of the hours at 1, the rest at 0.1: a stretch about the mean would take heat out of those.
    values = np.where(np.arange(8760) % 3 == 0, 1.0, 0.1)
    demand = load_plant(
        profile_plant(tmp_path, values, {"heat_mwh_per_year": 8760, "peak_mw": 2.8})
    ).demand_mw
    assert demand.max() == pytest.approx(2.8)
    assert demand.sum() == pytest.approx(8760)
    assert demand[1] == pytest.approx((3 - 2.8) / 2)  # what the two others share
    with pytest.raises(InputFileError, match=r"demand.peak_mw is 3.1; allowed is .* 1, and at most 3 \[MW\]"):
        load_plant(profile_plant(tmp_path, values, {"heat_mwh_per_year": 8760, "peak_mw": 3.1}))


def test_a_profile_without_any_heat_is_refused(tmp_path):
    with pytest.raises(InputFileError, match=r"demand\.profile is 0 in all hours"):
        load_plant(profile_plant(tmp_path, np.zeros(8760), {"heat_mwh_per_year": 8760}))
