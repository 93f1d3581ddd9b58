"""From a plant to its problem: the published worked numbers, shared capacities, costs worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from screening import assumptions
from screening.errors import InputFileError
from screening.operation import (
    co2_kg_per_mwh,
    example_plants,
    fixed_costs,
    load_plant,
    mode_costs,
    problem_of,
    solve,
    tell,
)
from screening.operation.condensation import flue_gas_heat_share

HOURS = 8760


@pytest.fixture(scope="module")
def plants():
    return {name: load_plant(name) for name in example_plants()}


def mode(problem, name):
    return next(item for item in problem.modes if item.name == name)


def per_hour(value, hours=HOURS):
    return np.broadcast_to(np.asarray(value, float), hours)


@pytest.mark.parametrize(("name", "published_m3"), [("chip-alternative", 298), ("solar-alternative", 595)])
def test_internal_operation_makes_the_published_cold_water(plants, name, published_m3):
    """1.5 MW electric x (5.6 - 1) of heat taken from water that cools by 20 K; published 298 m3/h.

    With 1.163 kWh/(m3 K) it is 296.6, 0.5 % less; the source's 298 fits 4.17 kJ/(kg K).
    """
    problem = problem_of(plants[name].cut(0, 24))
    inside = mode(problem, "heat_pump.internal")
    cooled = next(stream for stream in inside.streams if stream.to_c == 20)
    heat_mw = per_hour(inside.maximum_mw, 24) * per_hour(cooled.heat_mwh, 24)
    volume = heat_mw * problem.volume_m3_per_mwh(40, 20)
    assert volume == pytest.approx(published_m3, rel=0.01)
    electric = per_hour(inside.maximum_mw, 24) * per_hour(inside.electricity_mwh, 24)
    assert volume == pytest.approx(electric * 4.6 * 1000 / (1.163 * 20))


def test_the_only_energy_that_internal_operation_adds_is_electricity(plants):
    inside = mode(problem_of(plants["chip-alternative"].cut(0, 24)), "heat_pump.internal")
    assert inside.net_heat_mwh == pytest.approx(np.asarray(inside.electricity_mwh))


def test_extra_condensation_gives_the_published_heat(plants):
    """About 0.28 MWh per hour from 12 m3/h at full load; the other readings of the source beside it."""
    plant = plants["chip-alternative"]
    extra = "units.chip_boiler.extra_condensation"
    readings = {}
    for key, value in {
        "water_m3_per_hour": 12,
        "heat_share": 0.0486,
        "efficiency_gain": 0.0486,
        "by_flue_gas": True,
    }.items():
        changed = plant.changed({f"{extra}.water_m3_per_hour": None} | {f"{extra}.{key}": value}).cut(0, 24)
        readings[key] = mode(problem_of(changed), "chip_boiler.condensation").maximum_mw
    assert readings["water_m3_per_hour"] == pytest.approx(0.28, rel=0.01)
    assert readings["water_m3_per_hour"] == pytest.approx(12 * 1.163 * 20 / 1000)
    assert readings["heat_share"] == pytest.approx(5.7 * 0.0486)
    assert readings["efficiency_gain"] == pytest.approx(5.0 * 0.0486)
    assert readings["by_flue_gas"] == pytest.approx(5.7 * (1.208 - 0.930) * 0.55 / 2.57)


def test_the_flue_gas_table_gives_5_95_percent_where_the_source_says_4_86():
    a = assumptions.load()
    assert flue_gas_heat_share(40, 20, a) == pytest.approx(0.0595, abs=0.00005)
    assert pytest.approx(0.0486, abs=0.00005) == 0.125 / 2.57
    assert flue_gas_heat_share(40, 40, a) == 0
    shares = [flue_gas_heat_share(40, cold, a) for cold in (35, 30, 25, 20, 10)]
    assert shares == sorted(shares)


def test_the_collectors_least_flow_is_the_published_one(plants):
    plant = plants["solar-alternative"]
    assert plant.units["solar"].minimum_flow_m3_per_hour == pytest.approx(30_000 / 12.56 / 10 * 0.4, abs=0.05)
    problem = problem_of(plant)
    (running,) = problem.running
    assert running.minimum == 95.5
    # A MWh of the lift by 40 K is 21.5 m3, by 60 K 14.3 m3, by 20 K 43.0 m3.
    assert running.shares["solar.40_80"] == pytest.approx(1000 / 1.163 / 40)
    assert running.shares["solar.20_80"] == pytest.approx(1000 / 1.163 / 60)
    assert running.shares["solar.20_40"] == pytest.approx(1000 / 1.163 / 20)
    # Where the best lift has too little flow, nothing can run; elsewhere the maximum is that flow.
    flows = np.array([per_hour(mode(problem, n).maximum_mw) * running.shares[n] for n in running.shares])
    best = flows.max(axis=0)
    assert ((best == 0) | (best >= 95.5)).all()
    assert (best > 0).sum() > 1000
    assert running.maximum == pytest.approx(best, rel=1e-2)


def test_the_lifts_share_the_field(plants):
    problem = problem_of(plants["solar-alternative"])
    (field,) = [limit for limit in problem.limits if limit.name == "solar.field"]
    for name in field.shares:
        most = per_hour(mode(problem, name).maximum_mw)
        share = per_hour(field.shares[name])
        used = most * share
        assert used[most > 0] == pytest.approx(per_hour(field.maximum)[most > 0])  # one lift alone fills it
    half = sum(per_hour(mode(problem, n).maximum_mw) * per_hour(field.shares[n]) / 3 for n in field.shares)
    assert (half <= per_hour(field.maximum) + 1e-9).all()


def test_the_heat_pumps_two_ways_share_one_electric_capacity(plants):
    problem = problem_of(plants["chip-alternative"])
    (shared,) = [limit for limit in problem.limits if limit.name == "heat_pump.electric_capacity"]
    for name in ("heat_pump.external", "heat_pump.internal"):
        one = mode(problem, name)
        assert per_hour(shared.shares[name]) == pytest.approx(per_hour(one.electricity_mwh))
        assert per_hour(one.maximum_mw) * per_hour(one.electricity_mwh) == pytest.approx(1.5)
    assert shared.maximum == 1.5


def test_the_cost_of_heat_from_gas_is_the_one_worked_out_by_hand(plants):
    """160/0.952 for gas, (47.3 + 14.1) x 3.6 per MWh heat, NOx 0.008/11 kr/kWh of fuel, O&M 5."""
    costs = mode_costs(plants["chip-reference"])["gas_boiler"]
    by_hand = 160 / 0.952 + (47.3 + 14.1) * 3.6 + 0.008 / 11 * 1000 / 0.952 + 5
    assert sum(float(np.mean(part)) for part in costs.values()) == pytest.approx(by_hand)
    of_fuel = plants["chip-reference"].changed(
        {
            "units.gas_boiler.taxes.energy tax": {"name": "energy tax", "dkk_per_gj_fuel": 47.3},
            "units.gas_boiler.taxes.CO2 tax": {"name": "CO2 tax", "dkk_per_mwh_fuel": 14.1 * 3.6},
        }
    )
    other = mode_costs(of_fuel)["gas_boiler"]
    assert np.mean(other["energy tax"]) == pytest.approx(47.3 * 3.6 / 0.952)
    assert np.mean(other["CO2 tax"]) == pytest.approx(14.1 * 3.6 / 0.952)


def test_the_cost_of_heat_from_electricity_follows_spot_tariffs_and_cop(plants):
    plant = plants["chip-alternative"]
    problem = problem_of(plant)
    paid = plant.series["electricity.spot"] + 201 + 44 + 53 + 96.5 + 1.87 + 10
    inside, outside = mode(problem, "heat_pump.internal"), mode(problem, "heat_pump.external")
    assert inside.cost_dkk_per_mwh == pytest.approx(paid / 5.6)
    assert outside.cost_dkk_per_mwh == pytest.approx(paid * per_hour(outside.electricity_mwh))
    later = problem_of(plant.changed({"year": 2025}))
    assert mode(later, "heat_pump.internal").cost_dkk_per_mwh == pytest.approx((paid - 201 + 4) / 5.6)


def test_every_cost_is_the_sum_of_its_parts(plants):
    for plant in plants.values():
        parts = mode_costs(plant)
        for one in problem_of(plant).modes:
            total = sum(per_hour(part) for part in parts[one.name].values())
            assert per_hour(one.cost_dkk_per_mwh) == pytest.approx(total)


def test_fixed_costs_and_investments_are_the_published_ones(plants):
    """Gas 18.6 MW and pump 1.5 MW at 15,000, chips 5.7 MW at 77,000, collectors 30,000 m2 at 4.3."""
    chips, solar = fixed_costs(plants["chip-alternative"]), fixed_costs(plants["solar-reference"])
    assert chips["fixed_dkk_per_year"].to_dict() == pytest.approx(
        {"gas_boiler": 279_000, "heat_pump": 22_500, "chip_boiler": 438_900}
    )
    assert chips["investment_dkk"].sum() == 1_000_000
    assert solar.loc["solar", "fixed_dkk_per_year"] == pytest.approx(129_000)


def test_the_published_demand_and_tank(plants):
    plant = plants["chip-reference"]
    assert plant.demand_mw.sum() == pytest.approx(55_000)
    assert plant.demand_mw.max() == pytest.approx(13.38)
    assert plant.demand_mw.min() > 0
    problem = problem_of(plant)
    assert problem.tank.volume_m3 == 6600
    assert problem.tank.start_share == (0.5, 0.5, 0)
    assert set(load_plant("small-town").changed({"tank": None}).content.temperatures_c) == {70, 40}


def test_a_measured_heat_in_megawatts_is_taken_as_it_is(tmp_path):
    hours = pd.date_range("2024-02-28", periods=72, freq="h")
    text = example_plants()["small-town"].read_text(encoding="utf-8")
    text = text.replace("heat_mwh_per_year: 6000", "").replace("profile: default ", "profile: heat.csv ")
    table = pd.DataFrame({"utc": hours, "heat_mw": np.arange(72) / 10})
    table.to_csv(tmp_path / "heat.csv", index=False)
    (tmp_path / "plant.yaml").write_text(text, encoding="utf-8")
    plant = load_plant(tmp_path / "plant.yaml")
    assert plant.demand_mw == pytest.approx(np.arange(72) / 10)
    assert plant.hours[0] == pd.Timestamp("2024-02-28", tz="UTC")
    assert len(problem_of(plant).demand_mw) == 72


def test_own_hours_take_the_place_of_the_default_year():
    hours = pd.date_range("2025-01-01", periods=8760, freq="h", tz="UTC")
    frame = pd.DataFrame({"temperature_c": 0.0, "spot_dkk_per_mwh": 100.0}, index=hours)
    plant = load_plant("small-town", series=frame)
    assert (plant.series["electricity.spot"] == 100).all()
    assert plant.hours.equals(hours.rename("utc")) or plant.hours.equals(hours)
    with pytest.raises(InputFileError, match="spot_dkk_per_mwh"):
        load_plant("small-town", series=frame[["temperature_c"]])


def test_prices_quarter_by_quarter_become_hours(tmp_path):
    quarters = pd.date_range("2025-01-01", periods=4 * 8760, freq="15min")
    table = pd.DataFrame({"utc": quarters, "dk2": 100.0 * (np.arange(len(quarters)) % 4)})
    table.to_csv(tmp_path / "prices.csv", index=False)
    text = example_plants()["small-town"].read_text(encoding="utf-8")
    text = text.replace("spot: default", "spot: {file: prices.csv, column: dk2, factor: 2}")
    (tmp_path / "plant.yaml").write_text(text, encoding="utf-8")
    plant = load_plant(tmp_path / "plant.yaml")
    assert plant.series["electricity.spot"] == pytest.approx(300)  # mean of 0, 100, 200 and 300, twice
    assert len(plant.hours) == 8760


def test_other_sources_of_the_heat_pump(plants):
    def cop(changes):
        pump = mode(problem_of(plants["chip-reference"].changed(changes)), "heat_pump")
        return 1 / per_hour(pump.electricity_mwh)

    own = cop({"units.heat_pump.source": 25, "units.heat_pump.source_cooling_k": 5})
    sink, source = 40 / np.log(353.15 / 313.15), 5 / np.log(298.15 / 293.15)
    assert own == pytest.approx(0.5 * sink / (sink - source))
    assert cop({"units.heat_pump.source": None, "units.heat_pump.cop": 6.0}) == pytest.approx(6)
    assert np.ptp(cop({"units.heat_pump.source": "ground_water"})) == 0
    sea, air = cop({"units.heat_pump.source": "sea_water"}), cop({})
    january, july = slice(0, 744), slice(181 * 24, 212 * 24)
    assert sea[january].mean() < sea[july].mean()
    assert np.ptp(sea) < np.ptp(air)


def test_surplus_heat_and_an_electric_boiler(tmp_path):
    text = example_plants()["small-town"].read_text(encoding="utf-8")
    text += (
        "\n  - {name: surplus, kind: surplus_heat, capacity_mw: 0.3, price_dkk_per_mwh: 150,"
        " fixed_dkk_per_year: 20000}\n"
    )
    (tmp_path / "plant.yaml").write_text(text, encoding="utf-8")
    plant = load_plant(tmp_path / "plant.yaml")
    problem = problem_of(plant)
    assert per_hour(mode(problem, "surplus").cost_dkk_per_mwh) == pytest.approx(150)
    assert per_hour(mode(problem, "surplus").maximum_mw) == pytest.approx(0.3)
    electric = mode(problem, "electric_boiler")
    assert electric.maximum_mw == pytest.approx(0.99)
    paid = sum(per_hour(v) for k, v in mode_costs(plant)["electric_boiler"].items() if k != "operation")
    spot = plant.series["electricity.spot"]
    assert (paid > spot / 0.99).all()
    assert fixed_costs(plant).loc["surplus", "fixed_dkk_per_year"] == 20000


def test_carbon_dioxide_per_mode(plants):
    plant = plants["small-town"]
    problem = problem_of(plant)
    assert co2_kg_per_mwh(plant, mode(problem, "gas_boiler")) == pytest.approx(205.6 / 1.02)
    pump = mode(problem, "heat_pump")
    assert co2_kg_per_mwh(plant, pump) == pytest.approx(42 * per_hour(pump.electricity_mwh))


@pytest.mark.parametrize(("longest", "missing"), [(None, 5), (1, 4), (2, 2)])
def test_only_gaps_that_are_short_enough_are_mended(tmp_path, longest, missing):
    """Gaps of one, two and, at the end, two hours: the last has no neighbour behind it."""
    hours = pd.date_range("2025-01-01", periods=24, freq="h")
    heat = np.arange(24.0)
    heat[[3, 10, 11, 22, 23]] = np.nan
    table = pd.DataFrame({"utc": hours, "heat_mw": heat})
    table.to_csv(tmp_path / "heat.csv", index=False)
    fill = "" if longest is None else f", fill_gap_hours: {longest}"
    text = example_plants()["small-town"].read_text(encoding="utf-8")
    text = text.replace("heat_mwh_per_year: 6000", "")
    text = text.replace("profile: default ", f"profile: {{file: heat.csv{fill}}} ")
    (tmp_path / "plant.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputFileError, match=rf"demand\.profile \(heat.csv\) lacks {missing} of 24 hours"):
        load_plant(tmp_path / "plant.yaml")
    if longest == 2:
        whole = text.replace(
            "year: 2025", "period: {first_day: 2025-01-01, last_day: 2025-01-01}\nyear: 2025"
        )
        table.assign(heat_mw=table["heat_mw"].where(hours.hour < 22, 5.0)).to_csv(
            tmp_path / "heat.csv", index=False
        )
        (tmp_path / "plant.yaml").write_text(whole, encoding="utf-8")
        plant = load_plant(tmp_path / "plant.yaml")
        assert plant.demand_mw[[3, 10, 11]] == pytest.approx([3, 10, 11])
        assert plant.filled_hours == {"demand.profile": 3}


@pytest.mark.parametrize("name", sorted(example_plants()))
def test_a_week_of_each_example_is_solved(plants, name):
    plant = plants[name].cut(24 * 100, 72)
    problem = problem_of(plant)
    result = tell(problem, solve(problem), plant.hours)
    assert result.hourly.index.equals(plant.hours)
    assert set(result.units.index) == set(plant.units)
    assert result.units["heat_mwh"].sum() == pytest.approx(
        plant.demand_mw.sum() + result.summary["loss_mwh"], rel=1e-6
    )


def test_a_change_leaves_the_plant_as_it_was(plants):
    plant = plants["chip-alternative"]
    smaller = plant.changed({"tank.volume_m3": 3300, "units.gas_boiler": None})
    assert (plant.content.tank.volume_m3, smaller.content.tank.volume_m3) == (6600, 3300)
    assert list(smaller.units) == ["heat_pump", "chip_boiler"]
    assert list(plant.units) == ["gas_boiler", "heat_pump", "chip_boiler"]
    with pytest.raises(InputFileError, match="no entry is named 'oil_boiler'"):
        plant.changed({"units.oil_boiler.efficiency": 0.9})
