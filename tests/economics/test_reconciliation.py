"""Customers, company, bank, state and society tell of the same money, under every set and every change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import assumptions
from screening.economics import (
    cash_flow,
    company_economy,
    reconciliation,
    screen_areas,
    society_economy,
    user_economy,
)
from screening.economics import evaluate as evaluating
from screening.economics.timeline import Timeline

SETS = {name: assumptions.load(name) for name in ("cowi-2022", "dea-2026")}
SHARE = 1e-6  # of the turnover; rounding is a million times smaller

CHANGES: dict[str, dict[str, object]] = {
    "nothing": {},
    "no interest": {"loan_rate": 0.0},
    "no grant": {"grant_dkk_per_customer": 0.0},
    "replacements repaid": {"is_replacement_loan_repaid": 1.0},
    "replacements not repaid": {"is_replacement_loan_repaid": 0.0},
    "surplus returned": {"is_surplus_returned": 1.0},
    "surplus kept": {"is_surplus_returned": 0.0},
    "no price growth": {"price_growth_rate": 0.0},
    "distortion": {"is_tax_distortion_included": 1.0, "tax_distortion_share": 0.2},
    "no VAT": {"vat_share": 0.0},
    "one-off payment": {"connection_contribution_dkk_per_customer": 20000.0},
    "substation": {
        "substation_dkk_per_customer": 16100.0,
        "substation_operation_dkk_per_customer_year": 412.0,
    },
    "tax on the plant": {"plant_electricity_tax_dkk_per_mwh": 200.0},
    "few connect": {"connection_rate_share": 0.4},
    "short": {"horizon_years": 12},
    "gas in the last year": {"horizon_years": 5, "gas_conversion_years": 5},
    "conversion in year 0": {"oil_conversion_years": 0},
    "user without interest": {"user_rate": 0.0},
}


def _turnover(table: pd.DataFrame) -> pd.Series:
    rows = table[(table["section"] == "double_entry") & (table["step"] == "turnover")]
    return rows.groupby("area")["amount_dkk"].max()


def _largest(table: pd.DataFrame) -> float:
    """Largest difference as a share of the area's turnover."""
    return float((table["check_dkk"].abs() / table["area"].map(_turnover(table))).max())


def _value(table: pd.DataFrame, scenario: str, section: str, step: str, column: str = "amount_dkk") -> float:
    rows = table[(table["scenario"] == scenario) & (table["section"] == section) & (table["step"] == step)]
    return float(rows[column].iloc[0])


@pytest.mark.parametrize("chosen", SETS)
@pytest.mark.parametrize("change", CHANGES)
def test_all_figures_agree(table_1, chosen, change):
    found = reconciliation(table_1, SETS[chosen].replace(**CHANGES[change]))
    assert found["area"].unique().tolist() == table_1["area"].tolist()
    assert found[["amount_dkk", "other_dkk", "check_dkk"]].notna().all(axis=None)
    assert _largest(found) < SHARE


@settings(max_examples=25, deadline=None)
@given(
    chosen=st.sampled_from(sorted(SETS)),
    change=st.sampled_from(sorted(CHANGES)),
    count=st.integers(1, 900),
    each=st.floats(5.0, 120.0),
    density=st.floats(1.0, 40.0),
    oil=st.floats(0.0, 1.0),
)
def test_all_figures_agree_for_any_town(one_area, chosen, change, count, each, density, oil):
    heat = count * each
    by_oil = round(oil * count)
    figures = one_area(count, heat, heat / density / 1000, oil_count=by_oil, gas_count=count - by_oil)
    assert _largest(reconciliation(figures, SETS[chosen].replace(**CHANGES[change]))) < SHARE


def test_the_waterfall_ends_at_the_figures_of_the_verdict(table_1):
    for chosen in SETS.values():
        verdict = screen_areas(table_1, chosen)
        found = reconciliation(table_1, chosen)
        for scenario in ("project", "alternative"):
            steps = found[(found["scenario"] == scenario) & (found["section"] == "waterfall")]
            moved = steps[steps["item"].isin(["start", "step"])].groupby("area")["amount_dkk"].sum()
            expected = verdict[f"npv_{scenario}_dkk"]
            assert moved[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)


def test_society_is_the_sum_of_the_table_item_by_item(table_1):
    names = {"investment": "plant", "reinvestment": "plant"}
    pipes = ("network", "transmission", "service_lines", "substation")
    for chosen in SETS.values():
        paid = cash_flow(table_1, chosen)
        factors = pd.Series(Timeline(chosen).society)
        item = paid["kind"].map(names).where(~paid["item"].isin(pipes), "network")
        item = item.where(paid["kind"].isin(["investment", "reinvestment"]), paid["item"])
        item = item.where(~paid["kind"].isin(["operation", "scrap_value"]), paid["kind"])
        factor = np.where(paid["item"] == "air_pollution", 1.0, chosen.net_tax_factor)
        cost = paid["society_dkk"] * paid["year"].map(factors) * factor
        summed = cost.groupby([paid["area"], item, paid["scenario"]]).sum()
        society = society_economy(table_1, chosen).set_index(["area", "item"])
        society = society.drop(index="tax_distortion", level="item")
        for scenario in ("project", "alternative"):
            known = society[f"{scenario}_dkk"]
            again = summed.xs(scenario, level=2).reindex(known.index).fillna(0.0)
            assert again.to_numpy() == pytest.approx(known.to_numpy(), rel=1e-9, abs=1e-3)


def test_only_what_is_used_up_costs_society(table_1, cowi):
    paid = cash_flow(table_1, cowi)
    used = paid["payee"].isin(["suppliers", "environment"])
    assert (paid["is_transfer"] == ~used).all()
    assert (paid.loc[paid["is_transfer"], "society_dkk"] == 0).all()
    assert set(paid.loc[~used, "kind"]) == {"payment", "vat", "tax", "grant", "finance"}
    # Nobody receives the harm.
    assert (paid.loc[paid["payee"] == "environment", "payment_dkk"] == 0).all()


def test_payments_follow_prices_but_for_those_fixed_in_kroner(table_1, cowi):
    paid = cash_flow(table_1, cowi.replace(price_growth_rate=0.03))
    at_once = cash_flow(table_1, cowi.replace(price_growth_rate=0.0))
    keys = ["area", "scenario", "year", "payer", "payee", "kind", "item"]
    both = paid.merge(at_once, on=keys, suffixes=("", "_flat"))
    assert both["nominal_dkk"].to_numpy() == pytest.approx(
        (both["payment_dkk"] * 1.03 ** both["year"]).to_numpy()
    )
    grants = both[both["kind"] == "grant"]
    assert grants["nominal_dkk"].to_numpy() == pytest.approx(grants["nominal_dkk_flat"].to_numpy())
    tariffs = both[both["item"].isin(["income_variable", "income_area", "income_subscription"])]
    assert tariffs["payment_dkk"].to_numpy() == pytest.approx(tariffs["nominal_dkk_flat"].to_numpy())


def test_the_companys_rows_are_its_account(table_1, cowi):
    paid = cash_flow(table_1, cowi)
    net = paid.loc[paid["payee"] == "company"].groupby(["area", "year"])["nominal_dkk"].sum()
    net = net.sub(
        paid.loc[paid["payer"] == "company"].groupby(["area", "year"])["nominal_dkk"].sum(), fill_value=0
    )
    account = company_economy(table_1, cowi)
    moved = account[account["item"] != "balance"].groupby(["area", "year"])["payment_dkk"].sum()
    assert net.reindex(moved.index).fillna(0.0).to_numpy() == pytest.approx(moved.to_numpy(), abs=1e-3)


def test_a_bill_times_the_customers_is_what_the_company_gets(one_area, cowi):
    # Ten gas customers like the standard consumer, all connected from year 1, no price growth.
    heat, m2 = cowi.standard_consumer_heat_mwh, cowi.standard_consumer_area_m2
    chosen = cowi.replace(connection_rate_share=1.0, gas_conversion_years=1, price_growth_rate=0.0)
    figures = one_area(10, 10 * heat, 0.02, gas_count=10, heated_area_m2=10 * m2)
    bill = user_economy(figures, chosen).set_index(["alternative", "component"])["payment_dkk_per_year"]
    yearly = 10 * (bill["district_heating", "energy"] + bill["district_heating", "fixed"]) / 1.25
    paid = cash_flow(figures, chosen)
    got = paid[(paid["payee"] == "company") & paid["item"].str.startswith("income")]
    assert got.groupby("year")["nominal_dkk"].sum().to_numpy() == pytest.approx(np.full(30, yearly))


def test_a_loan_by_hand(one_area, cowi):
    # Everything bought in year 0 is paid in 30 equal amounts; at 0 % a thirtieth each.
    chosen = cowi.replace(loan_rate=0.0, is_replacement_loan_repaid=0.0, price_growth_rate=0.0)
    figures = one_area(50, 1000.0, 0.05)
    found = reconciliation(figures, chosen)
    paid = cash_flow(figures, chosen)
    bought = paid[(paid["payer"] == "company") & (paid["kind"] == "investment")]["payment_dkk"].sum()
    again = paid[(paid["payer"] == "company") & (paid["kind"] == "reinvestment")]["payment_dkk"].sum()
    paid_back = paid[paid["item"] == "loan_payment"]
    assert paid_back["nominal_dkk"].to_numpy() == pytest.approx(np.full(30, bought / 30))
    assert again > 0
    assert _value(found, "project", "bank", "debt") == pytest.approx(again)
    assert _value(found, "project", "bank", "borrowed") == pytest.approx(bought + again)


def test_a_replacement_loan_is_owed_for_the_years_that_are_left(one_area, cowi):
    # The plant (25 years) is bought again in year 25 on a loan of 30 years: 25 of 30 payments are left.
    chosen = cowi.replace(loan_rate=0.0, is_replacement_loan_repaid=1.0, price_growth_rate=0.0)
    figures = one_area(50, 1000.0, 0.05)
    paid = cash_flow(figures, chosen)
    again = paid[(paid["payer"] == "company") & (paid["kind"] == "reinvestment")]
    assert again["year"].unique().tolist() == [25]
    owed = again["payment_dkk"].sum() * 25 / 30
    assert _value(reconciliation(figures, chosen), "project", "bank", "debt") == pytest.approx(owed)


def test_transfers_cancel_and_the_state_takes_what_is_paid_to_it(table_1):
    for chosen in SETS.values():
        found = reconciliation(table_1, chosen)
        gains = found[(found["section"] == "transfers") & (found["step"] != "total")]
        summed = gains.groupby(["area", "scenario"])["amount_dkk"].sum()
        moved = gains["amount_dkk"].abs().groupby([gains["area"], gains["scenario"]]).sum()
        assert (moved > 0).all()
        assert (summed.abs() / moved).max() < SHARE
        state = found[(found["section"] == "state") & (found["step"] != "total")]
        net = state.groupby(["area", "scenario"])["amount_dkk"].sum()
        received = gains[gains["step"] == "state"].set_index(["area", "scenario"])["amount_dkk"]
        assert net[received.index].to_numpy() == pytest.approx(received.to_numpy())


BROKEN = {
    "income_variable": ("customers_company", "variable"),
    "anlaegsbidrag": ("customers_company", "one_off"),
    "grant": ("state", "grant"),
    "loan": ("bank", "borrowed"),
    "loan_payment": ("bank", "repaid"),
    "electricity_tax": ("state", "tax"),
    "vat": ("state", "vat"),
    "network": ("waterfall", "investment"),
    "electricity": ("waterfall", "price_base"),
    "plant_operation": ("double_entry", "suppliers"),
    "gas": ("double_entry", "customers"),
    "co2": ("waterfall", "co2"),
}


@pytest.mark.parametrize("item", BROKEN)
def test_a_line_that_is_off_by_a_thousandth_is_found(one_area, monkeypatch, item):
    figures = one_area(20, 400.0, 0.1, oil_count=5, gas_count=15)
    chosen = SETS["cowi-2022"].replace(plant_electricity_tax_dkk_per_mwh=100.0)
    assert _largest(reconciliation(figures, chosen)) < SHARE
    real = evaluating.project_lines

    def wrong(lines):
        scale = [1.001 if line.item == item else 1.0 for line in lines]
        return [
            replace(
                line,
                money=tuple((np.asarray(amount) * by, profile) for amount, profile in line.money),
                worth=line.worth and tuple((np.asarray(a) * by, profile) for a, profile in line.worth),
            )
            for line, by in zip(lines, scale, strict=True)
        ]

    contribution = evaluating.contribution_lines
    monkeypatch.setattr(evaluating, "project_lines", lambda *given: wrong(real(*given)))
    monkeypatch.setattr(evaluating, "contribution_lines", lambda *given: wrong(contribution(*given)))
    found = reconciliation(figures, chosen)
    section, step = BROKEN[item]
    off = found[(found["section"] == section) & (found["step"] == step)]
    assert off["check_dkk"].abs().max() > 0.01
    assert _largest(found) > SHARE


def test_areas_where_nobody_connects_have_no_rows(one_area, table_1, cowi):
    empty = one_area(0, 0.0, 0.1, area="Empty")
    figures = pd.concat([table_1.head(2), empty], ignore_index=True)
    for table in (cash_flow(figures, cowi), reconciliation(figures, cowi)):
        assert table["area"].unique().tolist() == table_1["area"].head(2).tolist()
    for table, full in (
        (cash_flow(empty, cowi), cash_flow(table_1, cowi)),
        (reconciliation(empty, cowi), reconciliation(table_1, cowi)),
    ):
        assert table.empty
        assert table.columns.tolist() == full.columns.tolist()
        kinds = (made.dtypes.drop("area").astype(str).to_dict() for made in (table, full))
        assert next(kinds) == next(kinds)


def test_the_manual_shows_these_numbers():
    # Hellebæk of the published table 1.
    figures = pd.DataFrame(
        {
            "area": ["Hellebæk"],
            "individual_count": [246],
            "oil_gas_count": [191],
            "individual_heat_mwh": [6982.0],
            "oil_gas_heat_mwh": [5884.0],
            "density_kwh_per_m2": [18.0],
            "area_km2": [5884 / 18 / 1000],
            "oil_gas_share": [0.84],
            "heat_pump_count": [10],
            "heat_pump_share": [0.04],
        }
    )
    page = (Path(__file__).parents[2] / "docs" / "reconciliation.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines()]
    told = {row[0]: row[1:] for row in rows}
    sides = [
        (_rows, scenario)
        for _rows in (reconciliation(figures, chosen) for chosen in SETS.values())
        for scenario in ("project", "alternative")
    ]
    steps = sides[0][0].query("section == 'waterfall' and item != 'recount'")["step"].unique()
    for step in steps:
        amounts = [_value(found, scenario, "waterfall", step) / 1e6 for found, scenario in sides]
        assert [float(cell) for cell in told[step]] == pytest.approx(amounts, abs=0.00501), step
    for name, found in zip(SETS, (sides[0][0], sides[2][0]), strict=True):
        left = [_value(found, "project", "bank", step) / 1e6 for step in ("debt", "scrap_value")]
        assert [float(cell) for cell in told[name]] == pytest.approx(left, abs=0.00501)


def test_all_figures_agree_where_more_is_known_of_the_town(one_area):
    figures = one_area(
        80,
        2000.0,
        0.12,
        oil_count=30,
        gas_count=50,
        oil_heat_mwh=400.0,
        gas_heat_mwh=1600.0,
        business_count=5,
        public_count=2,
        heated_area_m2=14000.0,
        trench_m=1500.0,
        network_dkk=7.1e6,
        network_heat_loss_mwh=120.0,
        transmission_m=700.0,
        link_m=300.0,
        heat_production_dkk_per_mwh=333.0,
    )
    for chosen in SETS.values():
        for way in ("is_network_by_trench", "is_network_by_pipes"):
            assert _largest(reconciliation(figures, chosen.replace(**{way: 1.0}))) < SHARE
