"""The plant of an area by the hour: price, sizes, what the economy makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from screening import assumptions as assumption_sets
from screening.economics import screen_areas
from screening.errors import ScreeningError
from screening.hourly import default_year
from screening.local_plants import (
    Shares,
    add_heat_price,
    chosen_heat_price,
    conditions,
    price_years,
    run,
    run_local_plants,
    search,
)

COWI = assumption_sets.load("cowi-2022")
DEA = assumption_sets.load("dea-2026")
WEEK = 96
SIZES = ([0.3, 0.6, 0.9], [20.0, 150.0])


def area(name: str, count: int, heat_mwh: float, km2: float) -> dict[str, object]:
    """One row of key figures."""
    return {
        "area": name, "individual_count": count, "oil_gas_count": count, "individual_heat_mwh": heat_mwh,
        "oil_gas_heat_mwh": heat_mwh, "area_km2": km2, "density_kwh_per_m2": heat_mwh / km2 / 1000,
        "oil_gas_share": 1.0, "heat_pump_count": 0, "heat_pump_share": 0.0,
    }  # fmt: skip


FIGURES = pd.DataFrame(
    [area("Small", 20, 400.0, 0.02), area("Large", 250, 5000.0, 0.25), area("None", 0, 0.0, 0.01)]
)


@pytest.fixture(scope="module")
def met():
    """Give a cold January spell of the default year."""
    return short(conditions(COWI))


def short(whole, first: int = 300, hours: int = WEEK):
    part = slice(first, first + hours)
    names = ("demand_mw", "cop", "spot_factor", "grid_factor", "temperature_c")
    return replace(whole, hours=whole.hours[part], **{n: getattr(whole, n)[part] for n in names})


@pytest.fixture(scope="module")
def found():
    return run_local_plants(FIGURES, COWI)


def by_hand(met, price, heat_pump: float, boiler: float, tank_m3: float) -> float:
    """Cost of the hours by energy in the tank alone, in another formulation and through another door."""
    a, n = met.assumptions, len(met.demand_mw)
    upkeep, room = a.plant_operation_dkk_per_mwh, tank_m3 * a.water_heat_capacity_kwh_per_m3_k * 30.0 / 1000
    cost = np.concatenate([price / met.cop + upkeep, price / 0.99 + upkeep, np.zeros(n)])
    # stored now - kept of stored before - made = - demand, with half the tank before the first hour
    kept = 1 - a.local_plant_tank_loss_share_per_hour
    stored = np.eye(n) - kept * np.eye(n, k=-1)
    rows = np.hstack([-np.eye(n), -np.eye(n), stored])
    right = -met.demand_mw.copy()
    right[0] += kept * room / 2
    most = np.concatenate([heat_pump / 2.0 * met.cop, np.full(n, boiler), np.full(n, room)])
    bounds = [(0.0, high) for high in most]
    bounds[-1] = (room / 2, room / 2)
    solved = linprog(cost, A_eq=rows, b_eq=right, bounds=bounds, method="highs")
    assert solved.status == 0
    return float(solved.fun)


def capital(heat_pump: float, boiler: float, tank_m3: float) -> float:
    """Yearly capital of 1 MW, written out: 3.5 %, 25, 25, 40 and 30 years."""
    amps = (heat_pump * 1000 / 2.0 + boiler * 1000 / 0.99) / 0.69
    parts = ((heat_pump * 1000 * 8370 + boiler * 1000 * 1270, 25), (tank_m3 * 1440, 40), (amps * 1145, 30))
    return sum(price * 0.035 / (1 - 1.035**-life) for price, life in parts)


def test_the_search_is_brute_force_on_a_short_horizon(met):
    price = met.price(377.0, 184.0, 4.0)
    table = search(met, price, heat_pumps=SIZES[0], tanks=SIZES[1])
    for row in table[table["is_grid"]].itertuples():
        hours = by_hand(met, price, row.heat_pump_share, row.boiler_share, row.tank_m3) * 8760 / WEEK
        assert row.operation_dkk_per_year == pytest.approx(hours, rel=1e-6)
        own = capital(row.heat_pump_share, row.boiler_share, row.tank_m3)
        assert row.capital_dkk_per_year == pytest.approx(own, rel=1e-3)
        assert row.yearly_dkk == pytest.approx(row.capital_dkk_per_year + row.operation_dkk_per_year)
    best = table[table["is_best"]].iloc[0]
    fine = [
        by_hand(met, price, pump, 1 - pump, tank) * 8760 / WEEK + capital(pump, 1 - pump, tank)
        for pump in np.linspace(0.2, 1.0, 6)
        for tank in (1.0, 30.0, 100.0, 200.0, 400.0)
    ]
    assert best["yearly_dkk"] <= min(fine) * 1.001
    assert best["yearly_dkk"] == table["yearly_dkk"].min()
    assert table["is_best"].sum() == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tank=st.floats(5.0, 300.0),
    times=st.floats(1.0, 4.0),
    pump=st.floats(0.2, 1.0),
    spot=st.floats(50.0, 1500.0),
)
def test_more_lossless_tank_and_more_heat_pump_never_cost_more_to_run(met, tank, times, pump, spot):
    lossless = replace(met, assumptions=COWI.replace(local_plant_tank_loss_share_per_hour=0.0))
    price = met.price(spot, 184.0, 4.0)
    small = run(Shares(pump, 1.0, tank), lossless, price)
    larger = run(Shares(pump, 1.0, tank * times), lossless, price, like=small, is_other_size=True)
    stronger = run(Shares(pump * times, 1.0, tank), lossless, price)
    # A larger tank must end as full as it began, and so gains nothing from what stood in it.
    assert larger.cost_dkk <= small.cost_dkk * (1 + 1e-7)
    assert stronger.cost_dkk <= small.cost_dkk * (1 + 1e-7)


def test_the_start_changes_nothing_but_the_time(met):
    price = met.price(377.0, 184.0, 4.0)
    plain = run(Shares(0.45, 0.55, 100.0), met, price)
    other = run(Shares(0.7, 0.3, 30.0), met, price)
    again = run(Shares(0.45, 0.55, 100.0), met, price, like=other, is_other_size=True)
    dearer = run(Shares(0.45, 0.55, 100.0), met, met.price(600.0, 184.0, 4.0))
    back = run(Shares(0.45, 0.55, 100.0), met, price, like=dearer)
    assert again.cost_dkk == pytest.approx(plain.cost_dkk, rel=1e-9)
    assert back.cost_dkk == pytest.approx(plain.cost_dkk, rel=1e-9)


def test_the_hours_are_the_sets_own():
    whole = conditions(COWI)
    assert whole.demand_mw.max() == pytest.approx(1.0)
    assert whole.demand_mw.sum() == pytest.approx(4110.0)
    assert whole.price(377.0, 184.0, 4.0).mean() == pytest.approx(565.0)
    assert whole.is_synthetic
    # COP 2.0 at -12 C by the set; Lorenz between 35 and 65 C and air cooled by 3 K, worked out here.
    sink = 30.0 / np.log(338.15 / 308.15)
    air = whole.temperature_c + 273.15
    source = 3.0 / np.log(air / (air - 3.0))
    cold = 3.0 / np.log(261.15 / 258.15)
    expected = sink / (sink - source) * 2.0 * (sink - cold) / sink
    np.testing.assert_allclose(whole.cop, expected, rtol=1e-9)


def test_every_area_gets_its_key_figures(found):
    plants = found.plants.set_index("area")
    assert list(plants.index) == ["Small", "Large", "None"]
    large = plants.loc["Large"]
    hours = found.hours[found.hours["area"] == "Large"]
    assert len(hours) == 8760
    heat = hours[["heat_pump_mw", "electric_boiler_mw"]].sum().astype(float)
    assert large["heat_pump_heat_share"] == pytest.approx(heat["heat_pump_mw"] / heat.sum(), rel=1e-4)
    assert large["heat_pump_heat_share"] + large["boiler_heat_share"] == pytest.approx(1.0)
    assert hours["demand_mw"].sum() == pytest.approx(large["produced_mwh"], rel=1e-4)
    assert hours["demand_mw"].max() * 1000 == pytest.approx(large["capacity_kw"], rel=1e-5)
    used = hours["heat_pump_mw"].to_numpy() / conditions(COWI).cop + hours["electric_boiler_mw"] / 0.99
    assert large["electricity_mwh"] == pytest.approx(float(used.sum()), rel=1e-4)
    paid = float((used * hours["price_dkk_per_mwh"]).sum())
    assert large["electricity_price_dkk_per_mwh"] == pytest.approx(paid / float(used.sum()), rel=1e-4)
    price = paid / large["produced_mwh"] + 24.0 * heat.sum() / large["produced_mwh"]
    assert large["heat_price_dkk_per_mwh"] == pytest.approx(price, rel=1e-4)
    assert (
        large["electricity_price_dkk_per_mwh"] < large["mean_electricity_dkk_per_mwh"] == pytest.approx(565)
    )
    needed = 24.0 + large["set_electricity_dkk_per_mwh"] * large["electricity_mwh"] / large["produced_mwh"]
    assert needed == pytest.approx(340.0, rel=1e-6)
    assert hours.set_index("utc")["demand_mw"].idxmax() == pd.Timestamp(large["peak_utc"], tz="UTC")


def test_the_heat_pump_takes_about_the_share_that_the_set_assumes(found):
    # The published note takes 93 % from the heat pump at 45 % of the capacity.
    assert found.plants.set_index("area").loc["Large", "heat_pump_heat_share"] == pytest.approx(
        0.93, abs=0.01
    )


def test_an_area_without_customers_has_no_plant(found):
    none = found.plants.set_index("area").loc["None"]
    assert none["error"] == ""
    assert np.isnan(none["heat_price_dkk_per_mwh"])
    assert none["is_viable"] is pd.NA
    assert "None" not in set(found.years["area"])


def test_a_plant_too_small_is_named_and_stops_no_other():
    weak = COWI.replace(plant_electric_boiler_kw={500: 100.0}, plant_tank_m3={500: 5.0})
    plants = run_local_plants(FIGURES, weak).plants.set_index("area")
    told = plants.loc["Small", "error"]
    assert told.startswith("Small: The plant cannot meet the demand in")
    assert "MW" in told
    assert "2025-0" in told
    assert np.isnan(plants.loc["Small", "heat_price_dkk_per_mwh"])
    assert plants.loc["Large", "error"] == ""
    assert plants.loc["Large", "heat_price_dkk_per_mwh"] > 100


def test_sizes_grow_with_the_area(found):
    def size(name, kind):
        own = found.sizes[(found.sizes["area"] == name) & (found.sizes["kind"] == kind)]
        assert len(own) == 1
        return own.iloc[0]

    best = {name: size(name, "best") for name in ("Small", "Large")}
    plants = found.plants.set_index("area")
    for name, row in best.items():
        capacity = plants.loc[name, "capacity_kw"]
        assert row["heat_pump_kw"] + row["electric_boiler_kw"] == pytest.approx(capacity)
        assert row["yearly_dkk"] < size(name, "package")["yearly_dkk"]
        own = capital(
            row["heat_pump_kw"] / capacity, row["electric_boiler_kw"] / capacity,
            row["tank_m3"] / capacity * 1000,
        )  # fmt: skip
        assert row["capital_dkk_per_year"] == pytest.approx(own * capacity / 1000, rel=1e-3)
    ratio = plants.loc["Large", "capacity_kw"] / plants.loc["Small", "capacity_kw"]
    assert best["Large"]["yearly_dkk"] / best["Small"]["yearly_dkk"] == pytest.approx(ratio)
    package = size("Large", "package")
    assert package["heat_pump_kw"] == pytest.approx(plants.loc["Large", "heat_pump_kw"])


def test_the_price_follows_the_sets_path_of_electricity():
    paths = price_years(DEA)
    assert paths.index[0] == 2027
    assert len(paths) == 30
    assert paths.loc[2028, "spot_dkk_per_mwh"] == 650.0
    assert paths["weight"].sum() == pytest.approx(1.0)
    assert paths.loc[2027, "weight"] / paths.loc[2028, "weight"] == pytest.approx(1.035)
    one = FIGURES[FIGURES["area"] == "Large"]
    found = run_local_plants(one, DEA)
    years = found.years.set_index("year")
    price = years["heat_price_dkk_per_mwh"]
    assert price[2028] > price[2027] > price[2040]
    assert price[2050] == price[2056]  # the path's last year holds after it
    mean = float((price * paths["weight"]).sum())
    assert found.plants.loc[0, "heat_price_dkk_per_mwh"] == pytest.approx(mean)
    # A year started from the one before is the year started from nothing.
    row = found.plants.loc[0]
    capacity = row["capacity_kw"]
    shares = Shares(
        row["heat_pump_kw"] / capacity, row["electric_boiler_kw"] / capacity, row["tank_m3"] / capacity * 1000
    )
    whole = conditions(DEA)
    alone = run(shares, whole, whole.price(*paths.loc[2040, paths.columns[:3]]))
    assert price[2040] == pytest.approx(alone.cost_dkk / whole.demand_mw.sum(), rel=1e-8)


def test_the_economy_takes_the_price_only_when_asked(found):
    on = COWI.replace(is_heat_price_by_hours=1)
    assert chosen_heat_price(FIGURES, found.plants, COWI) is FIGURES
    figures = chosen_heat_price(FIGURES, found.plants, on)
    price = found.plants.set_index("area")["heat_price_dkk_per_mwh"]
    for name in ("Small", "Large"):
        one = FIGURES[FIGURES["area"] == name]
        by_set = screen_areas(one, COWI.replace(heat_production_dkk_per_mwh=price[name])).iloc[0]
        by_hours = screen_areas(figures, on).loc[name]
        key = "user_price_district_heating_dkk_per_year"
        assert by_hours[key] == pytest.approx(by_set[key])
        compared = found.plants.set_index("area").loc[name]
        assert compared["user_price_dkk_per_year"] == pytest.approx(by_hours[key])
        assert compared["set_user_price_dkk_per_year"] == pytest.approx(screen_areas(one, COWI).iloc[0][key])


def test_a_missing_price_leaves_the_sets():
    plants = pd.DataFrame({"area": ["Large"], "heat_price_dkk_per_mwh": [np.nan]})
    one = FIGURES[FIGURES["area"] == "Large"]
    pd.testing.assert_frame_equal(screen_areas(add_heat_price(one, plants), COWI), screen_areas(one, COWI))


def test_hours_of_ones_own_give_the_shape(found):
    year = default_year()
    doubled = year.assign(spot_dkk_per_mwh=2 * year["spot_dkk_per_mwh"])
    one = FIGURES[FIGURES["area"] == "Large"]
    own = run_local_plants(one, COWI, doubled).plants.loc[0]
    synthetic = found.plants.set_index("area").loc["Large"]
    assert own["heat_price_dkk_per_mwh"] == pytest.approx(synthetic["heat_price_dkk_per_mwh"])
    assert not own["is_synthetic"]
    assert synthetic["is_synthetic"]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda y: y.drop(columns="spot_dkk_per_mwh"), "lack spot_dkk_per_mwh"),
        (lambda y: y.iloc[:1000], "hours are 1000"),
        (lambda y: y.assign(spot_dkk_per_mwh=-1.0), "mean above 0"),
        (
            lambda y: y.assign(temperature_c=y["temperature_c"].where(y.index.hour > 2)),
            "missing in 1095 hours",
        ),
    ],
)
def test_hours_that_cannot_be_used_are_refused(spoil, told):
    with pytest.raises(ScreeningError, match=told):
        run_local_plants(FIGURES, COWI, spoil(default_year()))


def test_a_set_without_possible_hours_stops_nothing():
    """A peak that is the mean."""
    plants = run_local_plants(FIGURES, COWI.replace(network_full_load_hours=8760)).plants.set_index("area")
    assert "Peak 1 MW does not go with" in plants.loc["Small", "error"]
    assert plants["heat_price_dkk_per_mwh"].isna().all()
    assert plants["is_viable"].isna().all()
