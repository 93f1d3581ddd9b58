"""The company's account: closed forms by hand and what must hold for any area."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import assumptions
from screening.economics import company_economy, investments, screen_areas, user_economy
from screening.economics.cash_flow import Term, present
from screening.economics.company import balancing_contribution
from screening.economics.timeline import factors_of

COWI = assumptions.load("cowi-2022")
SETS = [COWI, assumptions.load("dea-2026")]

areas = st.tuples(
    st.integers(1, 700), st.floats(5, 120), st.floats(1.5, 40)
)  # customers, MWh each, density kWh/m2


def _figures(make, found):
    customers, each, density = found
    heat = customers * each
    return make(customers, heat, heat / density / 1000)


def test_contribution_by_hand():
    # Pays 300 in years 1 and 2; 2 customers join in year 1 and 2 in year 2; 10 % interest.
    # Deficit 300/1.1 + 300/1.21 = 520.661; customers 2/1.1 + 2/1.21 = 3.47107; each 150.
    factors = factors_of(0.10, 2)
    deficit = present([Term(np.array([-300.0]), np.array([0.0, 1.0, 1.0]))], factors)
    paying = present([Term(np.array([2.0]), np.array([0.0, 1.0, 1.0]))], factors)
    assert balancing_contribution(deficit, paying).tolist() == pytest.approx([150.0])


def test_contribution_without_interest_is_deficit_over_customers():
    assert balancing_contribution([-100.0], [4.0]).tolist() == [25.0]


def test_a_surplus_gives_no_contribution_and_nobody_pays_none():
    assert balancing_contribution([50.0], [4.0]).tolist() == [0.0]
    assert np.isnan(balancing_contribution([-50.0], [0.0])).all()


def test_one_house_by_hand(one_area):
    # No loss, no growth, no interest, no grant, converted in year 1, 10 MWh and 100 m2, over 10 years.
    plain = COWI.replace(
        price_growth_rate=0,
        loan_rate=0,
        horizon_years=10,
        gas_conversion_years=1,
        grant_dkk_per_customer=0,
        network_heat_loss_mwh_per_km2_year=0,
        service_line_heat_loss_mwh_per_year=0,
        network_operation_rate=0,
        heat_production_dkk_per_mwh=100,
        tariff_variable_dkk_per_mwh=300,
        tariff_area_dkk_per_m2_year=10,
        tariff_subscription_dkk_per_customer_year=500,
    )
    figures = one_area(1, 10.0, 0.001, gas_count=1, heated_area_m2=100.0)
    invested = investments(figures, plain)["investment_dkk"].sum()
    # Each year 3,000 + 1,000 + 500 of income, 1,000 of heat: 3,500 over; ten years 35,000.
    found = screen_areas(figures, plain).loc["A"]
    assert found["anlaegsbidrag_dkk"] == pytest.approx(invested - 35000)
    account = company_economy(figures, plain)
    loan = account[(account["item"] == "loan_payment") & (account["year"] > 0)]["payment_dkk"]
    assert loan.to_numpy() == pytest.approx(-invested / 10)


@settings(max_examples=20)
@given(areas, st.sampled_from(SETS), st.sampled_from([0.0, 0.035, 0.08]))
def test_the_account_ends_at_zero_or_in_surplus(one_area, found, base, rate):
    chosen = base.replace(loan_rate=rate)
    figures = _figures(one_area, found)
    account = company_economy(figures, chosen)
    row = screen_areas(figures, chosen).loc["A"]
    last = account[account["year"] == 30].set_index("item")["payment_dkk"]["balance"]
    # Oracle: carry the account forward year by year.
    flows = account[account["item"] != "balance"].groupby("year")["payment_dkk"].sum()
    held = 0.0
    for payment in flows:
        held = held * (1 + rate) + payment
    scale = account["payment_dkk"].abs().sum()
    assert last == pytest.approx(held, abs=1e-9 * scale)
    assert row["surplus_dkk"] == pytest.approx(last)
    assert last >= 0
    assert row["anlaegsbidrag_dkk"] == 0 or last == 0


@settings(max_examples=20)
@given(areas)
def test_what_users_pay_is_what_the_company_receives(one_area, found):
    customers, _, density = found
    heat = customers * COWI.standard_consumer_heat_mwh
    figures = one_area(customers, heat, heat / density / 1000)
    account = company_economy(figures, COWI).set_index(["item", "year"])["payment_dkk"]
    paid = user_economy(figures, COWI).set_index(["alternative", "component"])["payment_dkk_per_year"]
    yearly = paid["district_heating"][["energy", "fixed"]].sum() / (1 + COWI.vat_share)
    income = ["income_variable", "income_area", "income_subscription"]
    level = 1 + COWI.price_growth_rate
    for year in (10, 30):  # all are customers after the conversion
        received = sum(account[item, year] for item in income)
        assert received == pytest.approx(customers * yearly * level**year)
    # 4 % over 30 years with VAT, undone: the contribution of each.
    annuity = 0.04 / (1 - 1.04**-30)
    each = paid["district_heating", "investment"] / (1 + COWI.vat_share) / annuity
    assert account["anlaegsbidrag"].sum() == pytest.approx(customers * each, abs=1e-6)


@settings(max_examples=20)
@given(areas, st.floats(1.0, 2.0))
def test_a_dearer_network_never_improves_a_project(one_area, found, factor):
    figures = _figures(one_area, found)
    dearer = COWI.replace(network_dkk_per_km2=COWI.network_dkk_per_km2 * factor)
    before, after = (screen_areas(figures, chosen).loc["A"] for chosen in (COWI, dearer))
    assert after["npv_project_dkk"] >= before["npv_project_dkk"]
    price = "user_price_district_heating_dkk_per_year"
    assert after[price] >= before[price] - 1e-6
    assert before["is_viable"] or not after["is_viable"]
    assert after["npv_alternative_dkk"] == before["npv_alternative_dkk"]


@settings(max_examples=25)
@given(st.integers(2, 60), st.floats(10, 40), st.floats(2, 40), st.floats(1, 5))
def test_user_price_falls_with_more_customers_at_equal_density(one_area, customers, each, density, factor):
    # Up to 1,500 kW: the note's plant is dearer per kW at 2,000 kW than at 1,500 (4,900 against 4,733).
    more = int(customers * factor)
    figures = pd.concat(
        [_figures(one_area, (n, each, density)).assign(area=n) for n in (customers, more)], ignore_index=True
    ).drop_duplicates("area")
    found = screen_areas(figures, COWI)
    price = found["user_price_district_heating_dkk_per_year"]
    if found["capacity_kw"].max() <= 1500:
        assert price[more] <= price[customers] + 1e-6


def test_gas_converts_evenly_and_oil_after_two_years(one_area):
    figures = one_area(10, 181.0, 0.02, oil_count=5, gas_count=5)
    account = company_economy(figures, COWI)
    grants = account[account["item"] == "grant"].set_index("year")["payment_dkk"] / 20000
    expected = {1: 1, 2: 6, 3: 1, 4: 1, 5: 1}
    assert {y: round(n, 9) for y, n in grants.items() if n > 0} == expected


def test_contribution_is_the_same_for_every_customer(one_area, table_1, cowi):
    found = screen_areas(table_1, cowi)
    account = company_economy(table_1, cowi)
    paid = account[account["item"] == "anlaegsbidrag"].groupby("area")["payment_dkk"].sum()
    each = paid / table_1.set_index("area")["oil_gas_count"]
    assert np.allclose(each, found["anlaegsbidrag_dkk"].loc[each.index])


def test_the_account_balances_at_the_minimum_connection(table_1):
    fewest = screen_areas(table_1, COWI)["minimum_connection_share"]
    found = fewest.dropna()
    assert {"Hellebæk", "Kvistgård1"} <= set(found.index)
    for area, share in found.items():
        figures = table_1[table_1["area"] == area]
        for factor, needs_contribution in ((1.01, False), (0.99, True)):
            fewer = COWI.replace(connection_rate_share=min(share * factor, 1.0))
            row = screen_areas(figures, fewer).loc[area]
            assert (row["anlaegsbidrag_dkk"] > 0) == needs_contribution, (area, factor)
    # Where not even all are enough, all pay a contribution.
    missing = screen_areas(table_1, COWI).loc[fewest.index[fewest.isna()], "anlaegsbidrag_dkk"]
    assert (missing > 0).all()


def test_grant_stops_at_the_minimum_connection(table_1):
    only = COWI.replace(is_grant_for_minimum_connection_only=1)
    found, all_granted = screen_areas(table_1, only), screen_areas(table_1, COWI)
    share = found["minimum_connection_share"].fillna(0.0)
    fewest = np.ceil(share * all_granted["customer_count"])
    assert found["grant_dkk"].to_numpy() == pytest.approx(20000 * fewest.to_numpy())
    assert (found["minimum_connection_count"].fillna(0) == fewest).all()


@settings(max_examples=12)
@given(areas, st.sampled_from(SETS))
def test_the_minimum_connection_is_the_first_number_that_balances(one_area, found, base):
    # Oracle: every number of customers tried in turn, all of them granted.
    figures = _figures(one_area, found)
    chosen = base.replace(connection_rate_share=1, is_grant_for_minimum_connection_only=0)
    fewest = screen_areas(figures, chosen).loc["A", "minimum_connection_count"]
    count = found[0]
    for tried in {1, count // 2 or 1, count, *([int(fewest) - 1, int(fewest)] if fewest > 0 else [])}:
        if not 1 <= tried <= count:
            continue
        part = screen_areas(figures, chosen.replace(connection_rate_share=tried / count)).loc["A"]
        balances = part["anlaegsbidrag_dkk"] <= 1e-6
        assert balances == (fewest > 0 and tried >= fewest), (tried, fewest)


def test_a_returned_surplus_leaves_nothing_and_lowers_the_tariff(table_1):
    kept = screen_areas(table_1, COWI)
    given = screen_areas(table_1, COWI.replace(is_surplus_returned=1))
    price = "user_price_district_heating_dkk_per_year"
    rich = kept.index[kept["surplus_dkk"] > 0]
    assert len(rich) > 0
    assert (given["surplus_dkk"] == 0).all()
    # No unit and no contribution: the whole price is tariff, so it falls by the reduction.
    lower = kept.loc[rich, price] * (1 - given.loc[rich, "tariff_reduction_share"])
    assert given.loc[rich, price].to_numpy() == pytest.approx(lower.to_numpy())
    assert (given.loc[rich, "tariff_reduction_share"] > 0).all()
    poor = kept.index.difference(rich)
    assert given.loc[poor, price].equals(kept.loc[poor, price])
