"""The manual's page on the plant file: its example runs, and it names every key."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from screening.operation import load_plant, mode_costs, problem_of
from screening.operation.plant_content import PlantContent
from screening.operation.plant_parts import (
    Demand,
    Electricity,
    Fuel,
    Lift,
    Period,
    Series,
    TankPart,
    Tax,
    Weather,
)
from screening.operation.plant_units import KINDS, ExtraCondensation, InternalOperation

PAGE = (Path(__file__).parents[2] / "docs" / "plant-file.md").read_text(encoding="utf-8")
PARTS = [PlantContent, Demand, Electricity, Fuel, Lift, Period, Series, TankPart, Tax, Weather]
PARTS += [*KINDS.values(), ExtraCondensation, InternalOperation]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_key_stands_on_the_page(part):
    assert [key for key in part.model_fields if not re.search(rf"\b{key}\b", PAGE)] == []


def test_every_kind_stands_on_the_page():
    assert [kind for kind in KINDS if f"| `{kind}` |" not in PAGE] == []


def test_the_example_is_a_plant_and_its_numbers_are_right(tmp_path):
    text = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL).group(1)
    (tmp_path / "plant.yaml").write_text(text, encoding="utf-8")
    hours = pd.date_range("2025-01-01", periods=8760, freq="h")
    frame = pd.DataFrame({"utc": hours.strftime("%Y-%m-%dT%H:%MZ")})
    frame.assign(spot_dkk_per_mwh=500.0).to_csv(tmp_path / "prices_DK2_2025.csv", index=False)
    frame.assign(temperature_c=5.0, wind_m_s=3.0).to_csv(tmp_path / "weather_2025.csv", index=False)
    plant = load_plant(tmp_path / "plant.yaml")
    assert not plant.is_synthetic
    problem = problem_of(plant)
    pump = next(mode for mode in problem.modes if mode.name == "heat_pump")
    cop = 1 / np.asarray(pump.electricity_mwh)
    assert cop == pytest.approx(3.2, abs=0.01)
    assert np.asarray(pump.maximum_mw) == pytest.approx(0.4 * cop)
    assert problem.volume_m3_per_mwh(70, 40) == pytest.approx(28.7, abs=0.05)
    costs = mode_costs(plant)
    assert np.mean(costs["gas_boiler"]["fuel"]) == pytest.approx(393 / 1.02)
    assert np.mean(costs["heat_pump"]["spot"]) == pytest.approx(500 / cop.mean())
