"""A plant on real series: measured heat, prices of DK1, weather of a station, in the files' own dialects."""

from __future__ import annotations

import numpy as np
import pytest

from screening.errors import InputFileError
from screening.operation import load_plant, problem_of, solve, tell

TEXT = """
name: Measured year
period: {{first_day: 2025-06-01, last_day: {last_day}}}
demand:
  profile: {folder}/heat_billund_2025_2026.csv.gz
  supply_c: 80
  return_c: 40
tank: {{volume_m3: 3000, temperatures_c: [80, 40]}}
electricity:
  spot: {{file: {folder}/prices_dk1_dk2_hourly_2018_2026.csv.gz, {which}}}
  tariff: radius-2025 B-lav
fuels:
  natural_gas: {{price_dkk_per_mwh: 393, dated_taxes: gas}}
weather:
  temperature_c: {{file: {folder}/weather_dmi_fyn_2023_2026.csv.gz{fill}}}
units:
  - {{name: pump, kind: heat_pump, electric_capacity_mw: 3, source: outdoor_air}}
  - {{name: gas_boiler, kind: fuel_boiler, fuel: natural_gas, heat_capacity_mw: 40, efficiency: 1.02}}
"""


def write(folder, tmp_path, last_day="2026-05-31", which="area: DK1", fill=", fill_gap_hours: 29"):
    path = tmp_path / "plant.yaml"
    path.write_text(
        TEXT.format(folder=folder / "series", last_day=last_day, which=which, fill=fill), encoding="utf-8"
    )
    return path


@pytest.mark.real_data
def test_a_measured_year_is_read_and_solved(real_data, tmp_path):
    plant = load_plant(write(real_data, tmp_path))
    assert not plant.is_synthetic
    assert len(plant.hours) == 8760
    assert str(plant.hours[0]) == "2025-06-01 00:00:00+00:00"
    # Means of the three files over these hours, taken from them with awk; the weather lacks 32 hours.
    assert plant.demand_mw.mean() == pytest.approx(15.1874, abs=0.005)
    assert plant.values("electricity.spot").mean() == pytest.approx(636.968, abs=0.05)
    assert plant.filled_hours == {"weather.temperature_c": 32}
    assert plant.values("weather.temperature_c").mean() == pytest.approx(9.30, abs=0.03)
    week = plant.cut(24 * 200, 168)
    problem = problem_of(week)
    result = tell(problem, solve(problem), week.hours)
    assert result.units["heat_mwh"].sum() == pytest.approx(week.demand_mw.sum())
    assert np.isfinite(result.summary["objective_dkk"])


@pytest.mark.real_data
def test_gaps_are_refused_and_named_unless_asked_for(real_data, tmp_path):
    with pytest.raises(InputFileError, match=r"temperature_c .*lacks 32 of 8760 hours: 2025-"):
        load_plant(write(real_data, tmp_path, fill=""))


@pytest.mark.real_data
def test_hours_beyond_the_files_are_named(real_data, tmp_path):
    with pytest.raises(InputFileError, match=r"demand\.profile .*lacks .*2026-06-24"):
        load_plant(write(real_data, tmp_path, last_day="2026-06-30"))


@pytest.mark.real_data
def test_a_file_of_two_price_areas_asks_which(real_data, tmp_path):
    with pytest.raises(
        InputFileError, match=r"electricity\.spot: column is missing; allowed is one of .*dk1_dkk_mwh"
    ):
        load_plant(write(real_data, tmp_path, which="factor: 1.0"))
