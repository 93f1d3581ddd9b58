"""What a plant pays at New Year, to the grid and for its meters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from screening import assumptions
from screening.errors import InputFileError
from screening.operation import fixed_costs, load_plant, mode_costs
from screening.operation.plant_years import plant_years

A = assumptions.load()
YEAR = ("2025-01-01", 8760)
TOWN = """
name: A town
demand: {heat_mwh_per_year: null, profile: {file: hours.csv, column: heat_mw}, supply_c: 70, return_c: 40}
electricity: {spot: 300, tariff: radius-2025 B-lav}
fuels: {gas: {price_dkk_per_mwh: 400, dated_taxes: gas}}
units:
  - {name: rod, kind: electric_boiler, electric_capacity_mw: 1.0, efficiency: 1.0}
  - {name: pump, kind: heat_pump, electric_capacity_mw: 0.4, cop: 3.0}
  - {name: gas_boiler, kind: fuel_boiler, fuel: gas, heat_capacity_mw: 9, efficiency: 1.0}
"""


def town(folder, first="2025-03-03", hours=48, text=TOWN):
    stamps = pd.date_range(first, periods=hours, freq="h")
    pd.DataFrame({"utc": stamps, "heat_mw": 2.0}).to_csv(folder / "hours.csv", index=False)
    path = folder / "plant.yaml"
    path.write_text(text.replace("heat_mwh_per_year: null, ", ""), encoding="utf-8")
    return load_plant(path, assumptions=A)


def test_the_year_changes_with_denmarks_clock_in_every_rate(tmp_path):
    """From 23:00 UTC it is 2025 in Denmark: 51 becomes 74, the tax on gas 124.455 in place of 247.818."""
    text = TOWN.replace("price_dkk_per_mwh: 400", "price_dkk_per_mwh: {2024: 400, 2025: 500}").replace(
        "B-lav}", "B-lav, balance_dkk_per_mwh: {2024: 1, 2025: 2}}"
    )
    costs = mode_costs(town(tmp_path, "2024-12-31 21:00", 4, text))
    rod, gas = costs["rod"], costs["gas_boiler"]
    assert np.asarray(rod["system"]).tolist() == [51, 51, 74, 74]
    assert np.asarray(rod["balance"]).tolist() == [1, 1, 2, 2]
    assert np.asarray(gas["fuel"]).tolist() == [400, 400, 500, 500]
    assert np.asarray(gas["energy_tax"]).tolist() == pytest.approx([247.818, 247.818, 124.455, 124.455])


def test_over_the_new_year_the_distribution_sheet_stays_that_of_its_name(tmp_path):
    """Two Mondays at 7 in the morning Danish time, a peak hour of winter, 247.3 in both years."""
    costs = mode_costs(town(tmp_path, "2024-12-30", 15 * 24))["rod"]
    assert costs["distribution"][[6, 14 * 24 + 6]].tolist() == [247.3, 247.3]
    assert costs["system"][[6, 14 * 24 + 6]].tolist() == [51, 74]


@pytest.mark.parametrize(("sheet", "paid"), [("B-høj", 63.35 * 1400 + 3173), ("B-lav", 441), ("C", 441)])
def test_capacity_and_subscription_of_the_tariff_are_paid(tmp_path, sheet, paid):
    """The rod's 1.0 and the pump's 0.4 MW are 1,400 kW."""
    plant = town(tmp_path, *YEAR, text=TOWN.replace("B-lav", sheet))
    costs = fixed_costs(plant)["fixed_dkk_per_year"]
    assert costs["electricity.grid"] == pytest.approx(paid)
    assert costs.drop("electricity.grid").eq(0).all()
    payments = plant_years(plant, [2025]).price.payments_dkk
    assert payments.loc[1:, "grid_by_electric_capacity"].tolist() == pytest.approx([paid] * 20)
    assert payments.loc[0, "grid_by_electric_capacity"] == 0
    assert payments.loc[1, "fixed"] == 0


def test_the_plants_own_grid_payment_takes_the_place_of_the_sheets(tmp_path):
    own = town(tmp_path, text=TOWN.replace("B-lav}", "B-lav, grid_dkk_per_year: 50000}"))
    assert fixed_costs(own).loc["electricity.grid", "fixed_dkk_per_year"] == 50_000
    with pytest.raises(
        InputFileError, match=r"electricity.grid_dkk_per_year is -1; allowed is a number from 0"
    ):
        own.changed({"electricity.grid_dkk_per_year": -1})


def test_without_a_sheet_or_without_electricity_nothing_is_paid_to_the_grid(tmp_path):
    burning = town(tmp_path).changed({"units.rod": None, "units.pump": None})
    for plant in (burning, load_plant("chip-reference", assumptions=A)):
        assert list(fixed_costs(plant).index) == list(plant.units)


def test_the_meters_are_those_of_the_file(tmp_path):
    """700 consumers at 940 DKK; without a count as many as have 18.1 MWh each of the heat less 15 %."""
    plant = town(tmp_path, *YEAR)
    counted = plant.changed({"demand.consumers_count": 700})
    meters = [
        plant_years(one, [2025]).price.payments_dkk.loc[1, "maintenance_and_meters"]
        for one in (counted, plant)
    ]
    assert meters == pytest.approx([940 * 700, 940 * 8760 * 2.0 * 0.85 / 18.1])


@pytest.mark.parametrize(
    ("price", "told"),
    [
        (0.52, r"electricity.spot \(spot.csv\) has a mean of 0.52; expected is .*looks like DKK/kWh"),
        (9e9, r"electricity.spot \(spot.csv\) has a mean of 9e\+09; expected is .*-5300 to 37500 DKK/MWh"),
        (20_000, r"electricity.spot \(spot.csv\) has a mean of 20000; expected is .*more than any year"),
    ],
)
def test_a_price_in_another_unit_is_refused_in_one_line(tmp_path, price, told):
    stamps = pd.date_range("2025-03-03", periods=48, freq="h")
    pd.DataFrame({"utc": stamps, "spot": price}).to_csv(tmp_path / "spot.csv", index=False)
    with pytest.raises(InputFileError, match=told) as caught:
        town(tmp_path, text=TOWN.replace("spot: 300", "spot: spot.csv"))
    assert "\n" not in str(caught.value)
    kwh = town(tmp_path).changed({"electricity.spot": {"file": "spot.csv", "factor": 520 / price}})
    assert kwh.series["electricity.spot"] == pytest.approx(520)


def test_a_price_in_another_unit_is_refused_however_it_is_given(tmp_path):
    plant = town(tmp_path)
    with pytest.raises(InputFileError, match=r"electricity.spot has a mean of 0.3; expected"):
        plant.changed({"electricity.spot": 0.3})
    frame = pd.DataFrame({"spot_dkk_per_mwh": 0.3}, index=plant.hours)
    with pytest.raises(InputFileError, match="DKK/kWh"):
        plant.changed({"electricity.spot": "default"}, series=frame)
    assert plant.changed({"electricity.spot": 0.0}).series["electricity.spot"].max() == 0


def test_air_in_kelvin_is_refused():
    with pytest.raises(InputFileError, match=r"weather.temperature_c has a mean of 281; expected.*45 °C"):
        load_plant("small-town", assumptions=A).changed({"weather.temperature_c": 281})


def test_the_services_radiation_in_a_table_is_refused_by_a_plant_file(tmp_path):
    stamps = pd.date_range("2025-03-03", periods=48, freq="h")
    pd.DataFrame({"utc": stamps, "shortwave_radiation": 100.0}).to_csv(tmp_path / "sun.csv", index=False)
    plant = town(tmp_path)
    with pytest.raises(
        InputFileError, match=r"weather.ghi_w_m2: sun.csv, column shortwave_radiation has .*hour"
    ):
        plant.changed({"weather.ghi_w_m2": {"file": "sun.csv", "column": "shortwave_radiation"}})


def test_the_area_of_collectors_is_told_to_be_aperture():
    """The certificate's curve is per gross area, 13.57 m2 for 12.56 of aperture: so much more heat per m2."""
    with pytest.raises(InputFileError, match=r"area_m2 is -1; allowed is a number above 0: aperture"):
        load_plant("solar-reference", assumptions=A).changed({"units.solar.area_m2": -1})
