"""Edges, bad input and independence of the areas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import assumptions
from screening.economics import (
    cash_flow,
    company_economy,
    investments,
    screen_areas,
    sensitivity,
    society_economy,
    user_economy,
)
from screening.economics.cash_flow import Term, present
from screening.economics.timeline import factors_of
from screening.errors import AssumptionError, TableError
from screening.supply import site_needs

COWI = assumptions.load("cowi-2022")
PRICES = [
    "anlaegsbidrag_dkk",
    "user_price_district_heating_dkk_per_year",
    "npv_project_dkk",
    "npv_alternative_dkk",
]


@settings(max_examples=15)
@given(st.permutations(range(15)), st.integers(1, 15))
def test_areas_do_not_depend_on_one_another(table_1, order, count):
    whole = screen_areas(table_1, COWI)
    some = screen_areas(table_1.iloc[list(order)[:count]], COWI)
    assert some.index.tolist() == table_1["area"].iloc[list(order)[:count]].tolist()
    pd.testing.assert_frame_equal(some, whole.loc[some.index])


@pytest.mark.parametrize("name", ["cowi-2022", "dea-2026"])
def test_an_area_without_oil_and_gas_has_a_defined_result(one_area, name):
    figures = pd.concat([one_area(0, 0, 0.0, area="none"), one_area(20, 400, 0.03, area="some")])
    found = screen_areas(figures, assumptions.load(name))
    row = found.loc["none"]
    assert row["advice"] == "no_oil_gas"
    assert not row["is_viable"]
    assert found.loc["none", PRICES].isna().all()
    assert row["customer_count"] == row["investment_dkk"] == row["co2_saved_tonne_per_year"] == 0
    assert np.isfinite(found.loc["some", PRICES].astype(float)).all()
    for table in (investments, company_economy, user_economy, society_economy):
        assert set(table(figures, assumptions.load(name))["area"]) == {"some"}


def test_only_areas_without_oil_and_gas(one_area):
    figures = one_area(0, 0, 0.0)
    assert screen_areas(figures, COWI)["advice"].tolist() == ["no_oil_gas"]
    assert not sensitivity(figures, COWI)["flips"].any()
    assert investments(figures, COWI).empty


def test_no_area_at_all(one_area):
    empty = one_area(1, 20, 0.01).iloc[:0]
    assert screen_areas(empty, COWI).empty
    assert society_economy(empty, COWI).empty


def test_unknown_demand_is_said(one_area):
    found = screen_areas(one_area(2, 0, 0.0), COWI).loc["A"]
    assert found["advice"] == "no_heat_demand"
    assert not found["is_viable"]


def test_one_customer_has_finite_prices(one_area):
    found = screen_areas(one_area(1, 18.1, 0.002), COWI)
    assert np.isfinite(found[PRICES].to_numpy(float)).all()
    assert not found.loc["A", "is_viable"]


def test_oil_only_and_gas_only_areas_work(one_area):
    for count in ("oil_count", "gas_count"):
        found = screen_areas(one_area(150, 3000, 0.2, **{count: 150}), COWI)
        assert np.isfinite(found[PRICES].to_numpy(float)).all()


def test_area_as_index_gives_the_same(table_1):
    pd.testing.assert_frame_equal(screen_areas(table_1.set_index("area"), COWI), screen_areas(table_1, COWI))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"area_km2": -0.1}, "area_km2"),
        ({"oil_gas_heat_mwh": -5.0}, "oil_gas_heat_mwh"),
        ({"area_km2": 0.0}, "area of 0 km2"),
        ({"oil_gas_heat_mwh": 899_000.0, "density_kwh_per_m2": 13700.0}, "in kWh"),
        ({"area_km2": 6.6}, "is area_km2 in km2"),
        ({"oil_gas_count": 0}, "without oil or gas buildings"),
        ({"oil_gas_heat_mwh": np.inf}, "infinite"),
        ({"oil_count": 20, "gas_count": 20}, "oil_count . gas_count"),
        ({"oil_count": 40}, "above oil_gas_count"),
        ({"business_count": 20, "public_count": 20}, "business_count . public_count"),
        ({"heated_area_m2": -1.0}, "below zero"),
        ({"heated_area_m2": "8.000,5"}, "no number"),
        ({"heated_area_m2": np.inf}, "infinite"),
        ({"oil_count": 0, "oil_heat_mwh": 20.0}, "customers where there are none"),
        ({"gas_count": 32, "gas_heat_mwh": 800.0}, "customers where there are none"),
        ({"heat_production_dkk_per_mwh": 0.34}, "is it in kr/kWh"),
        ({"heat_production_dkk_per_mwh": 340_000.0}, "is it in kr/kWh"),
    ],
)
def test_bad_key_figures_are_named_with_their_area(table_1, change, message):
    figures = table_1[table_1["area"].isin(["Nygård", "Hellebæk"])].reset_index(drop=True)
    figures = figures.astype({name: object for name in change if name in figures})
    for name, value in change.items():
        figures.loc[figures["area"] == "Nygård", name] = value
    with pytest.raises(TableError, match=message) as caught:
        screen_areas(figures, COWI)
    # The schema's own faults name the row, the others the area.
    assert "Nygård" in str(caught.value) or "rows 1" in str(caught.value)
    assert "Hellebæk" not in str(caught.value)


def test_a_missing_column_is_named(table_1):
    with pytest.raises(TableError, match="area_km2"):
        screen_areas(table_1.drop(columns="area_km2"), COWI)


def test_lower_connection_makes_it_dearer(table_1):
    fewer = screen_areas(table_1, COWI.replace(connection_rate_share=0.6))
    base = screen_areas(table_1, COWI)
    price = "user_price_district_heating_dkk_per_year"
    assert (fewer[price] >= base[price]).all()
    assert fewer["customer_count"].to_numpy() == pytest.approx(0.6 * table_1["oil_gas_count"].to_numpy())


def test_too_few_customers_means_that_more_would_do(table_1):
    found = screen_areas(table_1, COWI)
    few = table_1[table_1["area"].isin(found.index[found["advice"] == "too_few_customers"])]
    assert len(few) > 0
    factor = 100 / few["oil_gas_count"]
    larger = few.assign(
        oil_gas_count=100,
        oil_gas_heat_mwh=few["oil_gas_heat_mwh"] * factor,
        area_km2=few["area_km2"] * factor,
    )
    assert screen_areas(larger, COWI)["is_viable"].all()


def test_sensitivity_moves_the_right_way(table_1):
    found = sensitivity(table_1, COWI).set_index(["parameter", "case", "area"]).sort_index()
    base = screen_areas(table_1, COWI)
    price = "user_price_district_heating_dkk_per_year"
    for parameter in ("network_dkk_per_km2", "heat_production_dkk_per_mwh", "loan_rate"):
        low, high = (found.loc[(parameter, case)].loc[base.index, price] for case in ("low", "high"))
        assert (low <= base[price]).all()
        assert (base[price] <= high).all()
        assert (low < high).any()
    electricity = found.loc["electricity_price_excl_vat_dkk_per_mwh"]["user_price_heat_pump_dkk_per_year"]
    assert (electricity["low"] < electricity["high"]).all()
    flips = found["flips"]
    assert (flips == (found["is_viable"] != base["is_viable"].reindex(found.index, level="area"))).all()
    assert flips.any()
    assert not flips.all()


@pytest.mark.parametrize("name", ["cowi-2022", "dea-2026"])
def test_tables_carry_the_totals_of_the_answer(table_1, name):
    chosen = assumptions.load(name)
    found = screen_areas(table_1, chosen)
    bought = investments(table_1, chosen).groupby("area")["investment_dkk"].sum()
    assert bought.loc[found.index].to_numpy() == pytest.approx(found["investment_dkk"].to_numpy())
    prices = user_economy(table_1, chosen).groupby(["alternative", "area"])["payment_dkk_per_year"].sum()
    for alternative in ("district_heating", "heat_pump", "gas"):
        column = found[f"user_price_{alternative}_dkk_per_year"]
        assert prices[alternative].loc[found.index].to_numpy() == pytest.approx(column.to_numpy())
    account = company_economy(table_1, chosen)
    assert sorted(account["year"].unique()) == list(range(31))
    granted = account[account["item"] == "grant"].groupby("area")["payment_dkk"].sum()
    assert granted.loc[found.index].to_numpy() == pytest.approx(found["grant_dkk"].to_numpy())


@pytest.mark.parametrize("name", ["cowi-2022", "dea-2026"])
def test_without_tariffs_the_contribution_carries_all(one_area, name):
    free = assumptions.load(name).replace(
        tariff_variable_dkk_per_mwh=0,
        tariff_area_dkk_per_m2_year=0,
        tariff_subscription_dkk_per_customer_year=0,
    )
    found = screen_areas(one_area(20, 400, 0.03), free).loc["A"]
    assert found["anlaegsbidrag_dkk"] > 0
    assert found["surplus_dkk"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", ["oil_conversion_years", "gas_conversion_years"])
def test_boilers_that_outlive_the_period_are_refused(one_area, name):
    with pytest.raises(AssumptionError, match=r"is 30, longer than horizon_years \(20\)"):
        screen_areas(one_area(20, 400, 0.03), COWI.replace(horizon_years=20, **{name: 30}))


def test_counts_are_whole_numbers(one_area):
    # 191 x 0.8 from a spreadsheet would be cut to 152.
    with pytest.raises(TableError, match=r"oil_gas_count: 1 rows are no whole number, got 152\.8"):
        screen_areas(one_area(200, 4000, 0.3).assign(oil_gas_count=152.8), COWI)


@pytest.mark.parametrize("name", ["cowi-2022", "dea-2026"])
def test_nobody_connects(table_1, name):
    found = screen_areas(table_1, assumptions.load(name).replace(connection_rate_share=0))
    assert (found["advice"] == "nobody_connects").all()
    assert not found["is_viable"].any()
    assert (found["customer_count"] == 0).all()
    assert found["anlaegsbidrag_dkk"].isna().all()
    assert np.isfinite(found["npv_project_dkk"]).all()  # what the network would cost all the same


def test_heat_by_fuel_is_kept_apart(one_area):
    # All oil burns 267 kg/MWh at 92 %, gas 210 at 97 %: the whole heat on oil saves more CO2.
    on_oil, on_gas = (
        screen_areas(one_area(10, 200.0, 0.02, oil_count=5, oil_heat_mwh=heat), COWI).loc["A"]
        for heat in (199.0, 1.0)
    )
    saved = on_oil["co2_saved_tonne_per_year"] - on_gas["co2_saved_tonne_per_year"]
    assert saved == pytest.approx(198.0 * (267 / 0.92 - 210 / 0.97) / 1000)
    # One of the two given is enough.
    rest = screen_areas(one_area(10, 200.0, 0.02, oil_count=5, gas_heat_mwh=1.0), COWI).loc["A"]
    assert rest["npv_project_dkk"] == on_oil["npv_project_dkk"]


def test_network_by_trench_where_it_is_chosen(one_area):
    by_trench = COWI.replace(is_network_by_trench=1)
    figures = one_area(50, 1000.0, 0.1, trench_m=1250.0)
    # 12.5 km/km2: 0.1 km2 has 1,250 m, so both ways cost the same.
    one, other = (screen_areas(figures, chosen).loc["A"] for chosen in (COWI, by_trench))
    assert one["investment_dkk"] == pytest.approx(other["investment_dkk"])
    assert one["heat_loss_mwh"] == pytest.approx(other["heat_loss_mwh"])
    longer = screen_areas(figures.assign(trench_m=2500.0), by_trench).loc["A"]
    assert longer["npv_project_dkk"] > other["npv_project_dkk"]
    with pytest.raises(TableError, match="trench_m is missing for areas A"):
        screen_areas(one_area(50, 1000.0, 0.1), by_trench)


def test_network_by_the_pipes_laid_out_where_it_is_chosen(one_area):
    by_pipes = COWI.replace(is_network_by_pipes=1)
    # What the area's 0.1 km2 costs and loses by the published rates.
    figures = one_area(50, 1000.0, 0.1, network_dkk=6.5e6, network_heat_loss_mwh=112.5)
    one, other = (screen_areas(figures, chosen).loc["A"] for chosen in (COWI, by_pipes))
    for column in ("investment_dkk", "heat_loss_mwh", "npv_project_dkk"):
        assert one[column] == pytest.approx(other[column])
    half = screen_areas(figures.assign(network_dkk=3.25e6), by_pipes).loc["A"]
    assert other["investment_dkk"] - half["investment_dkk"] == pytest.approx(3.25e6)
    # The network stays as long when fewer connect: only service lines, plant and pipe follow them.
    few = by_pipes.replace(connection_rate_share=0.5)
    networks = [
        investments(figures, a).set_index("item")["investment_dkk"]["network"] for a in (by_pipes, few)
    ]
    assert networks == pytest.approx([6.5e6, 6.5e6])
    dearer = by_pipes.replace(network_pipes_price_factor=1.2, network_pipes_heat_loss_factor=2)
    moved = screen_areas(figures, dearer).loc["A"]
    assert moved["heat_loss_mwh"] - other["heat_loss_mwh"] == pytest.approx(112.5)
    assert investments(figures, dearer).set_index("item")["investment_dkk"]["network"] == pytest.approx(7.8e6)


def test_a_network_that_cannot_be_priced_by_its_pipes_is_told(one_area):
    by_pipes = COWI.replace(is_network_by_pipes=1)
    with pytest.raises(TableError, match="network_dkk is missing for areas A"):
        screen_areas(one_area(50, 1000.0, 0.1), by_pipes)
    with pytest.raises(TableError, match="network_heat_loss_mwh is missing for areas A"):
        screen_areas(one_area(50, 1000.0, 0.1, network_dkk=1e6), by_pipes)
    with pytest.raises(TableError, match="two ways at once"):
        screen_areas(one_area(50, 1000.0, 0.1), by_pipes.replace(is_network_by_trench=1))


def test_pipes_that_are_not_chosen_change_nothing(one_area):
    plain = screen_areas(one_area(50, 1000.0, 0.1), COWI)
    given = screen_areas(one_area(50, 1000.0, 0.1, network_dkk=1.0, network_heat_loss_mwh=1.0), COWI)
    pd.testing.assert_frame_equal(plain, given)


def test_pipes_and_heat_price_of_the_area_itself(one_area):
    base = screen_areas(one_area(50, 1000.0, 0.1), COWI).loc["A"]
    farther, linked, cheaper = (
        screen_areas(one_area(50, 1000.0, 0.1, **more), COWI).loc["A"]
        for more in ({"transmission_m": 1300.0}, {"link_m": 1000.0}, {"heat_production_dkk_per_mwh": 240.0})
    )
    # 1,000 m more than the table's 300 m, whichever pipe it is.
    assert farther["investment_dkk"] == pytest.approx(linked["investment_dkk"])
    assert farther["investment_dkk"] > base["investment_dkk"] + 3_000_000
    assert cheaper["anlaegsbidrag_dkk"] < base["anlaegsbidrag_dkk"]
    assert cheaper["npv_project_dkk"] == base["npv_project_dkk"]


def test_site_and_noise_have_their_line(table_1):
    found = screen_areas(table_1, COWI)
    needs = site_needs(found["capacity_kw"].to_numpy(float), COWI)
    assert found["site_m2"].tolist() == needs["site_m2"].tolist()
    assert found["noise_distance_m"].tolist() == needs["noise_distance_m"].tolist()
    assert found.loc["Hellebæk", "noise_distance_m"] > found.loc["Saunte", "noise_distance_m"] > 0


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.floats(-1e6, 1e6), st.lists(st.floats(-1, 1), min_size=6, max_size=6)),
        min_size=1,
        max_size=6,
    ),
    st.floats(0, 0.2),
)
def test_the_present_value_of_the_sum_is_the_sum_of_present_values(payments, rate):
    # Oracle: each payment discounted by hand.
    terms = [Term(np.array([amount]), np.array(profile)) for amount, profile in payments]
    factors = factors_of(rate, 5)
    by_hand = sum(a * p / (1 + rate) ** year for a, profile in payments for year, p in enumerate(profile))
    assert present(terms, factors)[0] == pytest.approx(by_hand, abs=1e-6)
    assert sum(present([term], factors)[0] for term in terms) == pytest.approx(by_hand, abs=1e-6)


@settings(max_examples=15)
@given(
    st.sampled_from(["network_dkk_per_km2", "service_line_dkk", "transmission_dkk_per_m", "transmission_m"]),
    st.floats(1.0, 1.9),
    st.integers(1, 600),
    st.floats(2, 40),
    st.sampled_from(["cowi-2022", "dea-2026"]),
)
def test_dearer_pipes_never_improve_a_project(one_area, name, factor, customers, density, base):
    chosen = assumptions.load(base)
    figures = one_area(customers, customers * 20.0, customers * 0.02 / density)
    value = getattr(chosen, name) if name == "network_dkk_per_km2" else chosen.lookup(name)
    dearer = chosen.replace(
        **{name: value * factor if isinstance(value, float) else (value * factor).to_dict()}
    )
    before, after = (screen_areas(figures, a).loc["A"] for a in (chosen, dearer))
    assert after["npv_project_dkk"] >= before["npv_project_dkk"]
    assert after["npv_alternative_dkk"] == before["npv_alternative_dkk"]
    price = "user_price_district_heating_dkk_per_year"
    assert after[price] >= before[price] - 1e-6
    assert before["is_viable"] or not after["is_viable"]


def test_gas_customers_who_join_in_the_last_year_still_buy(one_area):
    """Five years, gas joins by a fifth each year: the last fifth buys its substations and heat pumps too."""
    chosen = COWI.replace(
        horizon_years=5, gas_conversion_years=5, substation_dkk_per_customer=10_000, price_growth_rate=0.0
    )
    paid = cash_flow(one_area(10, 200, 0.02, oil_count=0, gas_count=10), chosen)
    units = paid[(paid["scenario"] == "project") & (paid["item"] == "substation")]
    bought = units[(units["kind"] == "investment")].groupby("year")["payment_dkk"].sum()
    assert bought.loc[1:5].to_numpy() == pytest.approx([20_000.0] * 5)


def test_a_boiler_that_outlives_the_period_is_paid_with_the_prices_of_its_whole_life(one_area):
    """A user's price is of the boiler, so a shorter period of the company does not move it."""
    gas = "user_price_gas_dkk_per_year"
    dea = assumptions.load("dea-2026")
    long, short = (screen_areas(one_area(80, 1600, 0.1), dea.replace(horizon_years=n)) for n in (30, 10))
    assert np.ptp(dea.lookup("gas_price_incl_vat_dkk_per_mwh")) > 0
    assert short.loc["A", gas] == pytest.approx(long.loc["A", gas])


def test_co2_is_of_the_years_with_everybody_connected(one_area):
    figures = one_area(10, 200, 0.02, oil_count=0, gas_count=10)
    found = [
        screen_areas(figures, COWI.replace(gas_conversion_years=years)).loc["A", "co2_saved_tonne_per_year"]
        for years in (4.5, 5)
    ]
    assert found[0] == pytest.approx(found[1])


def test_periods_are_whole_years(one_area):
    with pytest.raises(AssumptionError, match=r"horizon_years is 20\.5; give whole years"):
        screen_areas(one_area(20, 400, 0.03), COWI.replace(horizon_years=20.5))


def test_the_criterion_is_met_at_exactly_its_value(one_area):
    """98 customers of 8 MWh at 10 kWh/m2: the quotient's last digit may say 9.999999999999998."""
    for heat in range(7, 2000, 13):
        assert screen_areas(one_area(100, heat * 10, heat / 1000), COWI).loc["A", "is_dense_enough"], heat
