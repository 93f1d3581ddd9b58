"""Plant files over years, side by side, with sensitivities; small plants of a few days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml

from screening import assumptions
from screening.errors import ScreeningError, UnknownNameError
from screening.operation import PlantShortageError, fixed_costs, solve
from screening.operation.energy_costs import electricity_costs
from screening.operation.plant import load_plant
from screening.operation.plant_years import first_year, official_prices, plant_years
from screening.operation.scenarios import SCENARIOS, beside_published, published, side_by_side
from screening.operation.sensitivities import apply, compare, sensitivities
from screening.operation.units import problem_of

A = assumptions.load()
COUNT = 96
YEARS = [2020, 2021, 2022]


def few_hours():
    rng = np.random.default_rng(4)
    hour = np.arange(COUNT)
    index = pd.date_range("2024-02-05", periods=COUNT, freq="h", tz="UTC", unit="us", name="utc")
    return pd.DataFrame(
        {
            "temperature_c": 3 + 4 * np.sin(hour / 12) + rng.normal(0, 0.5, COUNT),
            "ghi_w_m2": np.clip(250 * np.sin((hour % 24 - 6) / 12 * np.pi), 0, None),
            "dni_w_m2": np.clip(300 * np.sin((hour % 24 - 6) / 12 * np.pi), 0, None),
            "dhi_w_m2": np.clip(80 * np.sin((hour % 24 - 6) / 12 * np.pi), 0, None),
            "spot_dkk_per_mwh": 450 + 250 * np.sin(hour / 4) + rng.normal(0, 60, COUNT),
            "heat_mw": 8 + 2 * np.cos(hour / 12) + rng.normal(0, 0.2, COUNT),
        },
        index=index,
    )


@pytest.fixture(scope="module", autouse=True)
def four_days_pass_for_a_year():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("screening.operation.plant_years.YEAR_HOURS", (COUNT, 8760, 8784))
        yield


@pytest.fixture(scope="module")
def plants(tmp_path_factory):
    """The published scenarios with a measured demand of four days."""
    folder = tmp_path_factory.mktemp("plants")
    frame = few_hours()
    frame[["heat_mw"]].to_csv(folder / "heat.csv")
    found = {}
    for name, example in SCENARIOS.items():
        raw = yaml.safe_load(load_plant(example).path.read_text(encoding="utf-8"))
        raw["demand"] |= {"profile": {"file": "heat.csv"}}
        del raw["demand"]["heat_mwh_per_year"], raw["demand"]["peak_mw"]
        raw["tank"]["volume_m3"] = 600
        path = folder / f"{example}.yaml"
        path.write_text(yaml.safe_dump(raw), encoding="utf-8")
        found[name] = load_plant(path, frame, A)
    return found


@pytest.fixture(scope="module")
def runs(plants):
    return {n: plant_years(p, YEARS, changes=official_prices(p, YEARS)) for n, p in plants.items()}


def test_payments_are_those_of_the_file(plants, runs):
    run, plant = runs["Alt 1"], plants["Alt 1"]
    heat = float(few_hours()["heat_mw"].sum())
    payments = run.price.payments_dkk
    # 18.6 MW gas and 1.5 MW heat pump at 15,000, 5.7 MW chips at 77,000
    assert payments.loc[1, "fixed"] == pytest.approx(15_000 * (18.6 + 1.5) + 77_000 * 5.7)
    assert payments.loc[0, "investment"] == 1e6
    assert payments.loc[1, "administration_and_distribution"] == pytest.approx(95 * heat)
    assert fixed_costs(plant)["investment_dkk"].sum() == 1e6
    for number, year in enumerate(YEARS, start=1):
        alone = solve(problem_of(plant.changed({"year": year, **official_prices(plant, YEARS)[year]})))
        assert payments.loc[number, "operation"] == pytest.approx(alone.objective_dkk, rel=1e-9)
    assert payments.loc[1, "operation"] > payments.loc[2, "operation"]  # the tax cut of 2021


def test_shares_sum_to_one_and_carbon_is_counted_by_hand(runs):
    run = runs["Ref 1"]
    shares = run.by_year.filter(regex="_share$")
    assert shares.filter(regex="^(?!.*cold).*$").sum(axis=1).to_numpy() == pytest.approx(1.0)
    modes = run.years.modes.loc[2020]
    electricity, gas = (
        float(A.lookup(f"{n}_kg_co2_per_mwh").sort_index().iloc[0]) for n in ("electricity", "gas")
    )
    by_hand = (
        modes.loc["heat_pump", "electricity_mwh"] * electricity + modes.loc["gas_boiler", "fuel_mwh"] * gas
    )
    assert run.by_year.loc[2020, "co2_tonne"] == pytest.approx(by_hand / 1000, rel=1e-6)


def test_internal_operation_never_costs_more_to_run(runs):
    for reference, alternative in (("Ref 1", "Alt 1"), ("Ref 2", "Alt 2")):
        assert (
            runs[alternative].by_year["operation_dkk"] <= runs[reference].by_year["operation_dkk"] + 1.0
        ).all()


def test_side_by_side_and_published_tell_the_same(runs):
    table = side_by_side(runs)
    saved = table.loc["price_dkk_per_mwh", "Ref 1"] - table.loc["price_dkk_per_mwh", "Alt 1"]
    assert table.loc["saving_dkk_per_mwh", "Alt 1"] == pytest.approx(saved)
    assert np.isnan(table.loc["saving_dkk_per_mwh", "Ref 1"])
    beside = beside_published(runs).set_index(["scenario", "quantity"])
    assert len(beside) == len(published())
    assert beside["computed"].notna().all()
    row = beside.loc[("Ref 1", "price_dkk_per_mwh")]
    assert row["computed"] == table.loc["price_dkk_per_mwh", "Ref 1"]
    assert np.isnan(row["deviation_share"])  # three years are not the published twenty
    assert beside.loc[("Alt 1", "cold_water_first_m3"), "computed"] == pytest.approx(
        runs["Alt 1"].by_year["cold_water_m3"].iloc[0]
    )


def test_the_loss_of_the_plant_file_reaches_consumers_and_their_saving(plants, runs):
    lossy = plants["Alt 1"].changed({"demand.network_loss_share": 0.3, "demand.consumers_count": None})
    found = plant_years(lossy, YEARS, changes=official_prices(lossy, YEARS))
    meters = found.price.payments_dkk.loc[1, "maintenance_and_meters"]
    assert meters == pytest.approx(940 * float(few_hours()["heat_mw"].sum()) * 0.7 / 18.1)
    table = side_by_side({"Ref 1": runs["Ref 1"], "Alt 1": found})
    saving = table["Alt 1"]["saving_dkk_per_mwh"] * 18.1 / 0.7 * 1.25
    assert table["Alt 1"]["consumer_saving_dkk_per_year"] == pytest.approx(saving)


def test_one_year_stands_for_all(plants):
    once = plant_years(plants["Ref 1"], [2021])
    assert len(once.price.payments_dkk) == 21
    operation = once.price.payments_dkk["operation"]
    assert (operation.iloc[1:] == operation.iloc[1]).all()


def test_every_sensitivity_changes_what_it_says(plants):
    base, anyway = plants["Alt 1"], official_prices(plants["Alt 1"], YEARS)
    found = {name: apply(name, base, YEARS, anyway) for name in sensitivities()}
    spot = base.values("electricity.spot")
    assert found["electricity_high"][0].values("electricity.spot") == pytest.approx(1.1 * spot)
    assert found["electricity_low"][0].values("electricity.spot") == pytest.approx(0.9 * spot)
    key = "fuels.wood_chips.price_dkk_per_mwh"
    high = [found["chips_high"][1][y][key] / anyway[y][key] for y in YEARS]
    assert high == pytest.approx([1.0, 1.0935, 1.187])
    kept = found["no_tax_cut"][0].changed({"year": 2022})
    assert kept.values("electricity.energy_tax_dkk_per_mwh") == pytest.approx(201)
    assert found["tank_9900"][0].content.tank.volume_m3 == 9900
    low = found["low_60_35"][0].content
    assert (low.demand.supply_c, low.demand.return_c) == (60, 35)
    assert low.tank.temperatures_c == (60, 35, 20)
    assert found["bottom_10"][0].content.tank.temperatures_c == (80, 40, 10)
    assert found["sea_water"][0].units["heat_pump"].source.place == "sea_water"
    tariff = found["tariff_levels"][0]
    by_hour = {m.name: np.asarray(m.cost_dkk_per_mwh) for m in problem_of(tariff).modes}
    flat = {m.name: np.asarray(m.cost_dkk_per_mwh) for m in problem_of(base).modes}
    more = (by_hour["heat_pump.internal"] - flat["heat_pump.internal"]) * 5.6
    assert more.mean() == pytest.approx(0, abs=1e-6)
    assert len(np.unique(more.round(3))) == 2  # February has the levels low and peak


def test_colder_water_condenses_more_and_warmer_less(plants):
    def condensed(name):
        plant = apply(name, plants["Alt 1"], YEARS)[0]
        return next(m for m in problem_of(plant).modes if m.name == "chip_boiler.condensation").maximum_mw

    # Flue gas 3 K above the water, by the source's table: 0.345 kWh/kg at 15 C, 0.278 at 23, 0.166 at 33.
    as_is = 12 * 1.163 * 20 / 1000
    assert condensed("base") == pytest.approx(as_is)
    assert condensed("bottom_10") == pytest.approx(as_is * (1.275 + 0.4 * 0.034 - 0.93) / 0.278)
    assert condensed("bottom_30") == pytest.approx(as_is * (1.096 - 0.93) / 0.278)


def test_internal_cop_follows_the_temperatures(plants):
    plant = apply("low_60_35", plants["Alt 1"], YEARS)[0]
    mode = next(m for m in problem_of(plant).modes if m.name == "heat_pump.internal")
    sink, source = 25 / np.log(333.15 / 308.15), 15 / np.log(308.15 / 293.15)
    assert 1 / mode.electricity_mwh == pytest.approx(0.5 * sink / (sink - source))


def test_sensitivities_stand_under_one_another(plants):
    names = ("base", "tank_3300")
    runs = {
        name: {n: plant_years(apply(name, plants[n], [2021])[0], [2021]) for n in ("Ref 1", "Alt 1")}
        for name in names
    }
    table = compare(runs, {"Alt 1": "Ref 1"})
    assert table["sensitivity"].tolist() == ["base", "base", "tank_3300", "tank_3300"]
    assert (table["price_change_dkk_per_mwh"].iloc[:2] == 0).all()
    assert table["price_change_dkk_per_mwh"].iloc[2] != 0


def test_spot_hours_reach_the_official_mean_of_each_year(plants):
    plant = load_plant(plants["Ref 1"].path, few_hours(), assumptions.load("dea-2026"))
    changes = official_prices(plant, [2026, 2030], with_spot=True)
    for year, mean in ((2026, 580), (2030, 480)):  # table 7 of the edition, DKK/MWh
        spot = plant.changed({"year": year, **changes[year]}).values("electricity.spot")
        assert spot.mean() == pytest.approx(mean)
        assert spot / few_hours()["spot_dkk_per_mwh"].to_numpy() == pytest.approx(
            spot[0] / few_hours().iloc[0, 4]
        )


def test_spot_by_year_reaches_the_official_mean_too(plants):
    own = {"spot": {2020: 300, 2025: 400}, "energy_tax_dkk_per_mwh": 8}
    a = assumptions.load("dea-2026")
    plant = plants["Ref 1"].changed(
        {f"electricity.{key}": value for key, value in own.items()}, assumptions=a
    )
    changes = official_prices(plant, [2022, 2026], with_spot=True)
    path = a.lookup("electricity_spot_dkk_per_mwh").sort_index()
    for year, mean in ((2022, float(path.iloc[0])), (2026, 580)):
        spot = plant.changed({"year": year, **changes[year]}).values("electricity.spot")
        assert spot.mean() == pytest.approx(mean)


def test_spot_that_is_free_is_not_multiplied(plants):
    with pytest.raises(ScreeningError, match=r"mean of electricity\.spot is 0 DKK/MWh"):
        official_prices(plants["Ref 1"].changed({"electricity.spot": 0}), [2026], with_spot=True)


def test_a_dearer_spot_is_dearer_in_years_of_official_spot_too(plants):
    anyway = official_prices(plants["Ref 1"], YEARS, with_spot=True)
    changed, changes = apply("electricity_high", plants["Ref 1"], YEARS, anyway)
    for year in YEARS:
        as_is = plants["Ref 1"].changed(anyway[year]).values("electricity.spot")
        dearer = changed.changed(changes[year]).values("electricity.spot")
        assert dearer == pytest.approx(1.1 * as_is)


def test_what_a_plant_does_not_have_is_named(plants):
    with pytest.raises(ScreeningError, match="burns no wood_chips"):
        apply("chips_high", plants["Ref 2"], YEARS)
    with pytest.raises(ScreeningError, match="no layer of 20 C"):
        apply(
            "bottom_10",
            plants["Ref 1"].changed({"tank.temperatures_c": [80, 40], "tank.start_share": None}),
            YEARS,
        )
    with pytest.raises(UnknownNameError, match="tank_3300"):
        apply("tank_330", plants["Ref 1"], YEARS)


def test_a_plant_that_cannot_meet_the_demand_names_hours_and_mw(plants):
    weak = plants["Ref 1"].changed({"units.gas_boiler": None, "units.chip_boiler.heat_capacity_mw": 2.0})
    with pytest.raises(PlantShortageError, match=r"2024-02-0\d \d\d:00 UTC: \d+\.\d\d MW"):
        plant_years(weak, YEARS)


def own_hours(start, count, zone="UTC"):
    index = pd.date_range(start, periods=count, freq="h", tz=zone).tz_convert("UTC").as_unit("us")
    hour = np.arange(count)
    return pd.DataFrame(
        {"temperature_c": 8 - 7 * np.cos(hour / 1394), "spot_dkk_per_mwh": 500 + 100 * np.sin(hour / 4)},
        index=index.rename("utc"),
    )


@pytest.mark.parametrize(
    ("start", "zone"), [("2023-01-01", "UTC"), ("2023-01-01", "Europe/Copenhagen")], ids=["UTC", "Danish"]
)
def test_a_plant_without_a_year_begins_in_that_of_its_hours(start, zone):
    plant = load_plant("small-town", own_hours(start, 8760, zone))
    assert first_year(plant) == 2025  # as the file says
    assert first_year(plant.changed({"year": None})) == 2023


def test_the_default_hours_alone_begin_in_the_year_of_the_assumptions():
    plant = load_plant("small-town").changed({"year": None})
    assert first_year(plant) == 2020
    assert (
        first_year(plant.changed({"period": {"first_day": "2023-01-01", "last_day": "2023-12-31"}})) == 2023
    )


def test_hours_of_two_years_need_a_year_by_name():
    plant = load_plant("small-town", own_hours("2023-07-01", 8784))
    with pytest.raises(ScreeningError, match=r"2023-07-01 00:00 to 2024-06-30 23:00 UTC lie in several"):
        first_year(plant.changed({"year": None}))


@pytest.mark.parametrize("count", [8759, 17544])
def test_what_is_not_one_year_gets_no_price(count):
    plant = load_plant("small-town", own_hours("2023-01-01", max(count, 8760))).cut(0, count)
    with pytest.raises(ScreeningError, match=rf"the {count:,} hours from .* are not one year"):
        plant_years(plant, [2023])


def test_a_step_of_supply_and_return_runs_only_where_both_are_the_plants_own(plants):
    town = load_plant("small-town")  # 70/40
    for name in ("low_70_35", "low_60_35"):
        with pytest.raises(ScreeningError, match=r"supply and return at 70/40 C, .* 80/40"):
            apply(name, town, YEARS)
    three = plants["Ref 1"].changed(
        {"demand.supply_c": 70, "tank.temperatures_c": [80, 70, 40], "tank.start_share": None}
    )
    with pytest.raises(ScreeningError, match="at 70/40 C"):  # a layer of 80 C is no supply
        apply("low_60_35", three, YEARS)


@pytest.mark.parametrize(
    ("own", "mean"),
    [
        ({"distribution_dkk_per_mwh": 200}, [200, 200]),
        ({"distribution_dkk_per_mwh": {2020: 150, 2021: 60}}, [150, 60]),
    ],
)
def test_three_levels_keep_the_mean_of_the_plants_own_distribution(plants, own, mean):
    plant = plants["Ref 1"].changed({f"electricity.{key}": value for key, value in own.items()})
    changed, changes = apply("tariff_levels", plant, [2020, 2021])
    for year, expected in zip((2020, 2021), mean, strict=True):
        hours = electricity_costs(changed.changed({"year": year, **changes[year]}))["distribution"]
        assert hours.mean() == pytest.approx(expected)
        assert np.ptp(hours) > 0


def test_growth_over_years_needs_several(plants):
    with pytest.raises(ScreeningError, match="needs several years"):
        apply("chips_high", plants["Ref 1"], [2020])


@pytest.mark.parametrize(
    ("years", "prices", "reason"),
    [
        (20, "official", None),
        (20, "file", "20 years, prices of the file, hours of 2024: not comparable"),
        (1, "official", "1 year, official prices, hours of 2024: not comparable"),
        (
            20,
            "official-spot",
            "20 years, official prices, the spot's mean too, hours of 2024: not comparable",
        ),
    ],
)
def test_reasons_stand_only_for_the_run_they_are_written_for(runs, years, prices, reason):
    long = {n: replace(r, by_year=pd.concat([r.by_year] * 20).iloc[:years]) for n, r in runs.items()}
    beside = beside_published(long, prices)
    row = beside.set_index(["scenario", "quantity"]).loc[("Ref 1", "price_dkk_per_mwh")]
    if reason is None:
        assert beside["reason_en"].tolist() == published()["reason_en"].tolist()
        assert row["deviation_share"] == pytest.approx(row["computed"] / 330.8 - 1)
        return
    assert set(beside["reason_en"]) == {reason}
    assert beside["deviation_share"].isna().all()
    synthetic = {
        n: replace(r, plant=replace(r.plant, default_keys=("electricity.spot",))) for n, r in long.items()
    }
    assert "synthetic hours: not comparable" in beside_published(synthetic, prices)["reason_en"].iloc[0]
    assert (
        "syntetiske timer: ikke sammenligneligt" in beside_published(synthetic, prices)["reason_da"].iloc[0]
    )
