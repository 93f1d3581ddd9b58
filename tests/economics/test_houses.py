"""What any house pays: by hand, by year, by type of building, from points; and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import assumptions, economics
from screening.economics import (
    bills_by_year,
    house_economy,
    house_prices,
    house_summary,
    present_bills,
    typical_houses,
    user_economy,
)
from screening.errors import TableError

SETS = ("cowi-2022", "dea-2026")
ALTERNATIVES = ("district_heating", "heat_pump", "gas", "oil")


@pytest.fixture(scope="module")
def dea():
    return assumptions.load("dea-2026")


@pytest.fixture(scope="module")
def towns(one_area) -> pd.DataFrame:
    """A town so small that it pays a contribution, one with a surplus, one without customers."""
    return pd.concat(
        [
            one_area(9, 303.0, 0.03, "Lille"),
            one_area(191, 5884.0, 0.33, "Stor"),
            one_area(0, 0.0, 0.0, "Tom"),
        ],
        ignore_index=True,
    )


@pytest.fixture(scope="module")
def prices(towns) -> dict[str, pd.DataFrame]:
    return {name: house_prices(towns, assumptions.load(name)) for name in SETS}


def house(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"house": ["mit"]} | {name: [value] for name, value in columns.items()})


def bill(table: pd.DataFrame, area: str) -> pd.Series:
    rows = table[table["area"] == area]
    return rows.set_index(["alternative", "component"])["payment_dkk_per_year"]


def totals(table: pd.DataFrame) -> pd.Series:
    return table.groupby(["area", "house", "alternative"])["payment_dkk_per_year"].sum()


def test_the_bill_of_a_house_by_hand(towns, cowi):
    found = bill(house_economy(towns, cowi, house(area_m2=150.0, heat_mwh=20.0)), "Stor")
    # 595 x 20 x 1.25 = 14,875; (24.15 x 150 + 800) x 1.25 = 5,528.125; the town has a surplus.
    assert found["district_heating"].tolist() == pytest.approx([14875, 5528.125, 0.0])
    # 20 / 0.97 x 848 = 17,484.54; 1,740 x 1.25; 9.39 kW is the smallest boiler: as for 18.1 MWh 2,428.20.
    assert found["gas"].tolist() == pytest.approx([17484.54, 2175, 2428.20], abs=0.01)
    # 20 / 3.35 x 1,230 x 1.25 = 9,179.10; 7.73 kW by 5,465 DKK/kW from 104,238 at 7 kW; 16 years at 4 %.
    pump = 104238 + (7 * 20 / 18.1 - 7) * (940445 - 104238) / 153
    assert found["heat_pump"].tolist() == pytest.approx([9179.10, 2937.5, pump / 11.652296 * 1.25], abs=0.05)


@pytest.mark.parametrize("name", SETS)
def test_the_standard_consumer_pays_what_the_users_table_says(towns, name):
    a = assumptions.load(name)
    given_house = house(area_m2=a.standard_consumer_area_m2, heat_mwh=a.standard_consumer_heat_mwh)
    keys = ["area", "alternative", "component"]
    found = house_economy(towns, a, given_house).set_index(keys)["payment_dkk_per_year"]
    expected = user_economy(towns, a).set_index(keys)["payment_dkk_per_year"]
    pd.testing.assert_series_equal(found, expected, rtol=1e-12)


def test_what_is_missing_is_the_standard_consumers_and_said(towns, cowi):
    two = pd.DataFrame(
        {"house": ["a", "b", "c"], "area_m2": [260.0, None, 130], "heat_mwh": [None, 9.05, 18.1]}
    )
    found = house_economy(towns, cowi, two).drop_duplicates("house").set_index("house")
    # 18.1 MWh go with 130 m2.
    assert found["heat_mwh"].tolist() == pytest.approx([36.2, 9.05, 18.1])
    assert found["area_m2"].tolist() == pytest.approx([260, 65, 130])
    assert found["filled"].tolist() == ["heat_mwh", "area_m2", ""]
    only_heat = house_economy(towns, cowi, house(heat_mwh=9.05))
    assert only_heat["area_m2"].unique() == pytest.approx([65])


def test_the_summary_names_the_cheapest_and_never_oil(towns, cowi):
    dear_gas = cowi.replace(gas_boiler_efficiency=0.5)
    one = house(area_m2=130.0, heat_mwh=18.1)
    for a in (cowi, dear_gas):
        bills = house_economy(towns, a, one)
        line = house_summary(bills).set_index("area")
        sums = totals(bills).droplevel("house")
        for area in ("Lille", "Stor"):
            prices = {name: sums[area, name] for name in ("district_heating", "heat_pump", "gas")}
            assert line.loc[area, "cheapest_alternative"] == min(prices, key=prices.get)
            own = prices.pop("district_heating")
            assert line.loc[area, "saving_dkk_per_year"] == pytest.approx(min(prices.values()) - own)
            assert line.loc[area, "oil_dkk_per_year"] == pytest.approx(sums[area, "oil"])
    cheap_oil = cowi.replace(oil_boiler_efficiency=1.1, oil_boiler_operation_dkk_per_year=0)
    assert "oil" not in set(house_summary(house_economy(towns, cheap_oil, one))["cheapest_alternative"])


def test_who_gets_the_vat_back_pays_a_fifth_less(towns, dea):
    two = pd.DataFrame({"house": ["with", "without"], "heat_mwh": 30.0, "is_vat_deducted": [False, True]})
    sums = house_economy(towns, dea, two).groupby("house")["payment_dkk_per_year"].sum()
    assert sums["without"] == pytest.approx(sums["with"] * 0.8)  # VAT is 25 %
    years = bills_by_year(towns, dea, two)
    assert (years.loc[(years["house"] == "without") & (years["part"] == "vat"), "payment_dkk"] == 0).all()
    paid = years.groupby("house")["payment_dkk"].sum()
    assert paid["without"] == pytest.approx(paid["with"] * 0.8)


def test_all_faults_are_named_at_once(towns, cowi):
    wrong = pd.DataFrame(
        {
            "house": ["nul", "minus", "kwh", "tom", "tekst", "stor", "gwh", "dobbelt", "dobbelt", "uen"],
            "area_m2": [0, 120, 140, None, "hundrede", 90000, 150, 100, 100, 100],
            "heat_mwh": [10, -4, 18100, None, 10, 2000, 0.02, 10, 10, np.inf],
        }
    )
    with pytest.raises(TableError) as error:
        house_economy(towns, cowi, wrong)
    text = str(error.value)
    for fault in (
        "zero or below (house nul, minus)",
        "is it in kWh? (house kwh)",
        "neither area_m2 nor heat_mwh (house tom)",
        "is no number (house tekst, uen)",
        "above 50000 m2 (house stor)",
        "is it in GWh? (house gwh)",
        "given twice (house dobbelt, dobbelt)",
    ):
        assert fault in text
    with pytest.raises(TableError, match="column area_m2 and column heat_mwh missing"):
        house_economy(towns, cowi, pd.DataFrame({"house": ["a"]}))
    with pytest.raises(TableError, match="column house missing"):
        house_economy(towns, cowi, pd.DataFrame({"heat_mwh": [10.0]}))


def test_a_flat_whose_kwh_are_below_the_largest_mwh_is_refused_by_its_area(towns, cowi):
    with pytest.raises(TableError, match="is it in kWh"):
        house_economy(towns, cowi, house(area_m2=40.0, heat_mwh=2400.0))


def test_no_customers_no_rows(towns, cowi, one_area):
    empty = one_area(0, 0.0, 0.0)
    one = house(heat_mwh=18.1)
    for table in (
        house_economy(empty, cowi, one),
        bills_by_year(empty, cowi, one),
        house_prices(empty, cowi),
        house_summary(house_economy(empty, cowi, one)),
        present_bills(bills_by_year(empty, cowi), cowi),
    ):
        assert table.empty
    assert set(house_economy(towns, cowi, one)["area"]) == {"Lille", "Stor"}


@pytest.mark.parametrize("name", SETS)
def test_the_levelised_bill_is_the_yearly_cost_over_the_plants_life(towns, name):
    a = assumptions.load(name)
    one = house(area_m2=140.0, heat_mwh=22.0)
    yearly = totals(house_economy(towns, a, one))
    years = bills_by_year(towns, a, one)
    by_year = years.groupby(["area", "alternative", "year"])["payment_dkk"].sum()
    life = a.lookup("technical_lifetime_years")
    of = {"heat_pump": life["individual_heat_pump"], "gas": life["gas_boiler"], "oil": life["oil_boiler"],
          "district_heating": a.contribution_term_years}  # fmt: skip
    for area in ("Lille", "Stor"):
        for alternative in ALTERNATIVES:
            paid = by_year[area, alternative].sort_index().iloc[: int(of[alternative])]
            weight = (1 + a.user_rate) ** -np.arange(1.0, len(paid) + 1)
            levelised = (paid.to_numpy() * weight).sum() / weight.sum()
            assert levelised == pytest.approx(yearly[area, "mit", alternative], rel=1e-12)


def test_years_are_calendar_years_and_parts_add_up(towns, dea):
    years = bills_by_year(towns, dea)
    assert set(years["house"]) == {"standard"}
    start = int(dea.calculation_start_year)
    assert sorted(years["year"].unique()) == list(range(start + 1, start + 31))
    # The VAT is a quarter of everything else.
    sums = years[years["area"] == "Stor"].pivot_table(
        index=["alternative", "year"], columns="part", values="payment_dkk", aggfunc="sum"
    )
    others = sums[["energy", "tax", "operation", "investment"]].sum(axis=1)
    assert sums["vat"].to_numpy() == pytest.approx(0.25 * others.to_numpy())
    assert (sums.loc["district_heating", "tax"] == 0).all()


def test_gas_follows_its_price_path(towns, dea):
    years = bills_by_year(towns, dea).query("area == 'Stor' and alternative == 'gas'")
    paid = years.groupby("year")["payment_dkk"].sum()
    table = dea.lookup("gas_price_incl_vat_dkk_per_mwh")
    heat = dea.standard_consumer_heat_mwh / dea.gas_boiler_efficiency
    assert paid[2035] - paid[2030] == pytest.approx((table[2035] - table[2030]) * heat, rel=1e-9)
    assert paid[2035] > paid[2030] * 1.2  # the step of the price path


def test_the_contribution_ends_with_its_term(towns, cowi):
    short = cowi.replace(contribution_term_years=10)
    paid = bills_by_year(towns, short).query("area == 'Lille' and alternative == 'district_heating'")
    investment = paid[paid["part"] == "investment"].set_index("year")["payment_dkk"].sort_index()
    contribution = economics.screen_areas(towns, short).loc["Lille", "anlaegsbidrag_dkk"]
    # 4 % over 10 years: 1 / 8.110896.
    assert investment.iloc[:10].to_numpy() == pytest.approx(contribution / 8.110896, rel=1e-6)
    assert investment.iloc[10:].to_numpy() == pytest.approx(0.0, abs=1e-9)


def test_present_value_by_hand(cowi):
    bills = pd.DataFrame(
        {
            "area": "A",
            "house": "mit",
            "alternative": "gas",
            "part": ["energy", "vat", "energy"],
            "year": int(cowi.calculation_start_year) + np.array([1, 1, 2]),
            "payment_dkk": [1040.0, 104.0, 1081.6],
        }
    )
    row = present_bills(bills, cowi).iloc[0]
    # 4 %: 1,144 / 1.04 + 1,081.6 / 1.0816.
    assert (row["first_year_dkk"], row["present_value_dkk"]) == pytest.approx((1144.0, 2100.0))


@pytest.mark.parametrize("name", SETS)
@settings(max_examples=15)
@given(heat=st.floats(0.5, 1500.0), specific=st.floats(10.0, 900.0))
def test_the_points_give_the_bill_of_any_house(towns, prices, name, heat, specific):
    area = min(heat * 1000 / specific, 49_000.0)
    expected = totals(house_economy(towns, assumptions.load(name), house(area_m2=area, heat_mwh=heat)))
    for (town, alternative), points in prices[name].groupby(["area", "alternative"]):
        x, y = points["heat_mwh"].to_numpy(), points["payment_dkk_per_year"].to_numpy()
        slope = (y[-1] - y[-2]) / (x[-1] - x[-2])
        at = np.interp(heat, x, y) + max(heat - x[-1], 0.0) * slope
        got = at + points["payment_dkk_per_m2_year"].iloc[0] * area
        assert got == pytest.approx(expected[town, "mit", alternative], rel=1e-9)


def _buildings(rows: list[tuple[str, int, float, float]], area: str = "Stor") -> pd.DataFrame:
    """So many buildings of a use, of 100, 110, ... m2 and so many MWh."""
    made = [
        {"use_code": use, "area_m2": size + 10.0 * i, "heat_demand_mwh": heat + i}
        for use, count, size, heat in rows
        for i in range(count)
    ]
    return pd.DataFrame(made).assign(area=area, is_oil_gas=True, is_in_trimmed=True)


def test_types_have_medians_counts_and_bills(towns, cowi):
    buildings = _buildings([("120", 7, 100, 10), ("131", 5, 80, 8), ("140", 5, 900, 80), ("322", 6, 500, 40)])
    found = typical_houses(buildings, towns, cowi)
    stor = found[found["area"] == "Stor"].set_index("building_type")
    assert list(stor.index) == ["standard", "detached", "terraced", "apartment", "business"]
    assert stor.loc["detached", ["building_count", "area_m2", "heat_mwh"]].tolist() == [7, 130, 13]
    assert stor.loc["standard", ["area_m2", "heat_mwh"]].tolist() == [130, 18.1]
    assert stor["is_vat_deducted"].tolist() == [False, False, False, False, True]
    # Without VAT: 595 x 42.5 + 24.15 x 525 + 800; the town has a surplus, so no contribution.
    assert stor.loc["business", "district_heating_dkk_per_year"] == pytest.approx(
        595 * 42.5 + 24.15 * 525 + 800
    )
    one = house(area_m2=130.0, heat_mwh=13.0)
    assert stor.loc["detached", "gas_dkk_per_year"] == pytest.approx(
        totals(house_economy(towns, cowi, one))["Stor", "mit", "gas"]
    )
    assert found.loc[found["area"] == "Lille", "building_type"].tolist() == ["standard"]
    assert "Tom" not in set(found["area"])


def test_rare_types_are_told_together_or_not_at_all(towns, cowi):
    together = _buildings([("120", 7, 100, 10), ("110", 4, 200, 30), ("421", 2, 900, 90)])
    types = typical_houses(together, towns, cowi).query("area == 'Stor'").set_index("building_type")
    assert types["building_count"].dropna().to_dict() == {"detached": 7, "other": 6}
    assert not types.loc["other", "is_vat_deducted"]
    few = _buildings([("120", 7, 100, 10), ("110", 4, 200, 30)])
    types = typical_houses(few, towns, cowi).query("area == 'Stor'")
    assert types["building_type"].tolist() == ["standard", "detached"]


def test_only_the_areas_known_oil_and_gas_customers_count(towns, cowi):
    buildings = _buildings([("120", 12, 100, 10)])
    buildings.loc[0, "is_oil_gas"] = False
    buildings.loc[1, "is_in_trimmed"] = False
    buildings.loc[2, "area"] = None
    buildings.loc[3, "heat_demand_mwh"] = np.nan
    buildings.loc[4, "area_m2"] = 0.0
    types = typical_houses(buildings, towns, cowi).query("area == 'Stor'").set_index("building_type")
    # Left are 150, 160, ... 210 m2 and 15 to 21 MWh.
    assert types.loc["detached", ["building_count", "area_m2", "heat_mwh"]].tolist() == [7, 180, 18]
