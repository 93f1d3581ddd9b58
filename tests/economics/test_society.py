"""Society's costs: by hand, and what may not count."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import assumptions
from screening.economics import screen_areas, society_economy

COWI = assumptions.load("cowi-2022")
TRANSFERS = {
    "tariff_variable_dkk_per_mwh": 300,
    "tariff_area_dkk_per_m2_year": 50,
    "tariff_subscription_dkk_per_customer_year": 2000,
    "grant_dkk_per_customer": 5000,
    "gas_price_incl_vat_dkk_per_mwh": 1500,
    "electricity_price_excl_vat_dkk_per_mwh": 900,
    "heat_production_dkk_per_mwh": 500,
    "loan_rate": 0.06,
    "vat_share": 0.1,
    "oil_price_incl_vat_dkk_per_mwh": 2000,
    "gas_tax_dkk_per_mwh": 900,
    "oil_tax_dkk_per_mwh": 900,
    "household_electricity_tax_dkk_per_mwh": 900,
    "plant_electricity_tax_dkk_per_mwh": 900,
    "connection_contribution_dkk_per_customer": 20000,
    "is_surplus_returned": 1,
    "is_replacement_loan_repaid": 1,
}


def _npv(figures, chosen):
    return screen_areas(figures, chosen).loc["A", ["npv_project_dkk", "npv_alternative_dkk"]].tolist()


@settings(max_examples=25)
@given(st.sampled_from(sorted(TRANSFERS)), st.integers(1, 300))
def test_taxes_grants_and_payments_are_transfers(one_area, name, customers):
    figures = one_area(customers, customers * 20.0, customers * 0.0015)
    base = COWI.replace(is_tax_distortion_included=0)
    assert _npv(figures, base.replace(**{name: TRANSFERS[name]})) == pytest.approx(_npv(figures, base))


def test_a_grant_costs_society_only_its_distortion(one_area):
    figures = one_area(100, 2000.0, 0.15, gas_count=100)
    with_grant, without = (_npv(figures, COWI.replace(grant_dkk_per_customer=g)) for g in (20000, 0))
    # 20 customers in each of the years 1 to 5, 10 % of 20,000 each, 3.5 %: 40,000 x 4.515052 = 180,602.
    assert with_grant[0] - without[0] == pytest.approx(180602, abs=1)
    assert with_grant[1] == without[1]


def test_one_heat_pump_by_hand(one_area):
    # One gas house of 10.5 MWh (7 kW at 1,500 h) converted in year 1, over 10 years without interest,
    # factor 1, electricity 500 + 500, no emissions: pump 104,238 in year 1, 9 of 16 years used at year 10;
    # 10 years of 2,350 and of 10.5/3.35 MWh at 1,000.
    plain = COWI.replace(
        calculation_rate={1: 0.0},
        net_tax_factor=1,
        horizon_years=10,
        gas_conversion_years=1,
        is_tax_distortion_included=0,
        electricity_spot_dkk_per_mwh={2022: 500},
        electricity_household_addition_dkk_per_mwh={2022: 500},
        electricity_kg_co2_per_mwh={2025: 0, 2030: 0, 2050: 0},
        damage_cost_dkk_per_kg={f"{p}:{s}": 0 for p in ("power", "home") for s in ("so2", "nox", "pm25")},
    )
    cost = society_economy(one_area(1, 10.5, 0.001, gas_count=1), plain)
    found = cost.set_index("item")["alternative_dkk"]
    assert found["plant"] == pytest.approx(104238)
    assert found["scrap_value"] == pytest.approx(-104238 * 7 / 16)
    assert found["operation"] == pytest.approx(23500)
    assert found["electricity"] == pytest.approx(10 * 10.5 / 3.35 * 1000)
    assert found[["gas", "oil", "co2", "air_pollution", "network"]].abs().sum() == 0


def test_boilers_burn_the_same_fuel_in_both_until_replaced(table_1, cowi):
    found = society_economy(table_1, cowi).set_index(["item", "area"])
    for fuel in ("gas", "oil"):
        assert (found.loc[fuel, "project_dkk"] == found.loc[fuel, "alternative_dkk"]).all()
        assert (found.loc[fuel, "project_dkk"] > 0).all()


def test_gas_left_in_the_conversion_years_by_hand(one_area):
    # 97 MWh of gas heat burn 100 MWh of gas; left are 80, 60, 40 and 20 % in the years 1 to 4; no interest.
    plain = COWI.replace(calculation_rate={1: 0.0}, net_tax_factor=1, gas_factor_price_dkk_per_mwh={2022: 10})
    found = society_economy(one_area(5, 97.0, 0.01, gas_count=5), plain).set_index("item")
    assert found.loc["gas", "project_dkk"] == pytest.approx(2 * 100 * 10)


def test_items_add_up_to_the_npv(table_1, cowi):
    sums = society_economy(table_1, cowi).groupby("area")[["project_dkk", "alternative_dkk"]].sum()
    found = screen_areas(table_1, cowi).loc[sums.index]
    assert sums["project_dkk"].to_numpy() == pytest.approx(found["npv_project_dkk"].to_numpy())
    assert sums["alternative_dkk"].to_numpy() == pytest.approx(found["npv_alternative_dkk"].to_numpy())


def test_co2_saved_by_hand(one_area):
    # 97 MWh of gas heat: 100 MWh x 210 kg = 21 t. Loss 10.0 + 5 x 0.63 = ... set to zero here; the plant's
    # electricity 97 x (0.93/2.95 + 0.07/0.99) = 37.44 MWh x 100 kg = 3.744 t.
    plain = COWI.replace(
        network_heat_loss_mwh_per_km2_year=0,
        service_line_heat_loss_mwh_per_year=0,
        electricity_kg_co2_per_mwh={2025: 100, 2030: 100, 2050: 100},
    )
    found = screen_areas(one_area(5, 97.0, 0.01, gas_count=5), plain)
    assert found.loc["A", "co2_saved_tonne_per_year"] == pytest.approx(21 - 3.744, abs=0.001)


def test_small_heat_pumps_cost_more_than_their_share(one_area):
    # 7.5 MWh at 1,500 h is 5 kW: 104,238 - 2 x (940,445 - 104,238) / 153 = 93,307 DKK, not 5/7 of 104,238.
    plain = COWI.replace(
        calculation_rate={1: 0.0}, net_tax_factor=1, horizon_years=10, gas_conversion_years=1
    )
    cost = society_economy(one_area(1, 7.5, 0.001, gas_count=1), plain).set_index("item")
    assert cost.loc["plant", "alternative_dkk"] == pytest.approx(93307, abs=1)


def test_the_co2_saved_is_the_mean_of_the_connected_years(one_area):
    # From 2026 all gas customers are connected in year 5 = 2031, the last year at 210.3 kg/MWh; 2032 to 2056
    # have 4.7 kg/MWh: (1 x 210.3 + 25 x 4.7) / 26 = 12.608 kg/MWh.
    dea = assumptions.load("dea-2026")
    clean = dea.replace(
        **{name: dict.fromkeys(dea.lookup(name).index.astype(int), 0.0)
           for name in ("electricity_kg_co2_per_mwh", "oil_kg_co2_per_mwh")}
    )  # fmt: skip
    figures = one_area(100, 2000.0, 0.15)
    saved, level = (
        screen_areas(figures, chosen).loc["A", "co2_saved_tonne_per_year"]
        for chosen in (clean, clean.replace(gas_kg_co2_per_mwh=100.0))
    )
    assert saved / level == pytest.approx(0.12608, abs=1e-5)
