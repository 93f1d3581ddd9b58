"""The set dea-2026 against its sources: each path, the taxes, the price level; and what any set must hold."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from screening import assumptions

DEA, COWI = assumptions.load("dea-2026"), assumptions.load("cowi-2022")
YEARS = list(range(2025, 2051))
KWH_PER_NM3 = 39.6 / 3.6  # the gas tax is per Nm3 of this lower heating value (GASAL section 1)
KWH_PER_LITRE = 42.7 * 0.84 / 3.6  # gas oil: GJ/t times kg/l
MWH, VAT = 1000.0, 1.25
GWP_CH4, GWP_N2O = 28.0, 265.0

# name in the set, table and column of the source, what one unit of the source is in the set's unit, decimals
PATHS = [
    ("electricity_spot_dkk_per_mwh", "7", "Rå samfundsøkonomisk pris på el", 1.0, 0),
    ("electricity_household_addition_dkk_per_mwh", "10", "< 20 MWh", 1.0, 0),
    ("electricity_plant_addition_dkk_per_mwh", "10", "2.000-70.000 MWh", 1.0, 0),
    ("gas_factor_price_dkk_per_mwh", "8", "Forbruger | < 6.000 m3", 3.6, 1),
    ("oil_factor_price_dkk_per_mwh", "2", "An forbruger | Gasolie", 3.6, 1),
    ("co2_price_dkk_per_tonne", "15", "CO2 price, inside and outside ETS (central)", 1.0, 0),
    ("electricity_so2_g_per_mwh", "14", "electricity SO2 Forbrug", 1.0, 1),
    ("electricity_nox_g_per_mwh", "14", "electricity NOx Forbrug", 1.0, 1),
    ("electricity_pm25_g_per_mwh", "14", "electricity PM2,5 Forbrug", 1.0, 1),
]
# whose low or high end is another column of the same edition, and in which years
ENDS = [
    ("electricity_plant_addition_dkk_per_mwh", "low", "10", "> 70.000 MWh", 1.0, YEARS),
    ("electricity_plant_addition_dkk_per_mwh", "high", "10", "500-1.000 MWh", 1.0, YEARS),
    ("co2_price_dkk_per_tonne", "high", "15", "CO2 price, high (sensitivity)", 1.0, YEARS),
    ("gas_factor_price_dkk_per_mwh", "high", "9", "Forbruger | < 6.000 m3", 3.6, list(range(2025, 2032))),
]


@pytest.fixture(scope="module")
def source(real_data):
    table = pd.read_csv(real_data / "econ" / "soeb25_long.csv", dtype={"table": str, "year": str})
    return table[["table", "variable", "year", "value"]]


@pytest.fixture(scope="module")
def taxes(real_data):
    table = pd.read_csv(real_data / "econ" / "taxes_dk.csv")
    return table.set_index(["tax", "period"])["value"]


def _path(source, table, variable):
    rows = source[(source["table"] == table) & (source["variable"] == variable)]
    assert len(rows) > 0, f"{variable} is not in table {table}"
    return pd.Series(rows["value"].astype(float).to_numpy(), index=rows["year"].astype(int)).sort_index()


def _index(source, year):
    return float(_path(source, "1", "net price index (2025=1)")[year])


def _row(name, key="", chosen=DEA):
    table = chosen.table()
    found = table[(table["name"] == name) & (table["key"] == str(key))]
    assert len(found) == 1
    return found.iloc[0]


def _yearly(name, column="value"):
    rows = DEA.table().query("name == @name")
    return pd.Series(rows[column].to_numpy(float), index=rows["key"].astype(int)).sort_index()


@pytest.mark.parametrize(("name", "table", "variable", "factor", "decimals"), PATHS)
def test_a_path_has_every_year_of_its_table(source, name, table, variable, factor, decimals):
    expected = _path(source, table, variable) * factor
    assert expected.index.tolist() == YEARS
    found = _yearly(name)
    assert found.index.tolist() == YEARS
    assert np.abs(found - expected).max() <= 0.5001 * 10**-decimals
    assert all(f"tabel {table}" in s for s in DEA.table().query("name == @name")["source"])


@pytest.mark.parametrize(("name", "side", "table", "variable", "factor", "years"), ENDS)
def test_an_end_of_a_range_taken_from_the_source_is_it(source, name, side, table, variable, factor, years):
    expected = _path(source, table, variable).loc[years] * factor
    assert _yearly(name, side).loc[years].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.0501)


def test_gas_becomes_biogas_in_2032_and_not_a_year_before_or_after(source):
    natural, biogas = (_path(source, t, "Forbruger | < 6.000 m3") * 3.6 for t in ("8", "9"))
    price, co2 = _yearly("gas_factor_price_dkk_per_mwh"), _yearly("gas_kg_co2_per_mwh")
    assert price[2032] - price[2031] == pytest.approx(natural[2032] - natural[2031], abs=0.1)
    assert price[2032] > 1.9 * price[2031]
    assert (price.loc[:2031] < 0.8 * biogas.loc[:2031]).all()
    coefficient = _path(source, "13", "CO2-emissionskoefficient")
    methane_and_laughing_gas = 37.5e-3 * GWP_CH4 + 1.0e-3 * GWP_N2O  # kg CO2e/GJ, table 12
    assert co2.to_numpy() == pytest.approx(((coefficient + methane_and_laughing_gas) * 3.6), abs=0.0501)
    assert (co2.loc[:2031] > 200).all()
    assert (co2.loc[2032:] < 5).all()
    user = _yearly("gas_price_incl_vat_dkk_per_mwh")
    assert user[2032] - user[2031] == pytest.approx((price[2032] - price[2031]) * VAT, abs=0.2)


def test_table_12_is_as_quoted(source):
    rows = source[source["table"] == "12"].set_index("variable")["value"]
    quoted = {
        "Ledningsgas": {"CH4": 37.5, "N2O": 1.0, "SO2": 0.4, "NOx": 15.7, "PM2.5": 0.1},
        "Gasolie": {"CO2": 74.1, "CH4": 0.7, "N2O": 0.6, "SO2": 5.7, "NOx": 52.0, "PM2.5": 5.0},
    }
    for fuel, gases in quoted.items():
        for gas, value in gases.items():
            assert float(rows[f"Husholdninger | {fuel} |  | {gas}"]) == value
    oil = (74.1 + 0.7e-3 * GWP_CH4 + 0.6e-3 * GWP_N2O) * 3.6
    assert DEA.lookup("oil_kg_co2_per_mwh").tolist() == pytest.approx([oil], abs=0.0501)
    for fuel, danish in (("gas", "Ledningsgas"), ("oil", "Gasolie")):
        for key, gas in (("so2", "SO2"), ("nox", "NOx"), ("pm25", "PM2.5")):
            assert DEA.lookup("boiler_emission_g_per_gj")[f"{fuel}:{key}"] == quoted[danish][gas]


def test_emissions_of_electricity_are_the_three_gases_together(source):
    co2, methane, laughing_gas = (
        _path(source, "14", f"electricity {gas} Forbrug") for gas in ("CO2", "CH4", "N2O")
    )
    expected = co2 + methane / 1000 * GWP_CH4 + laughing_gas / 1000 * GWP_N2O  # kg, g, g per MWh
    assert _yearly("electricity_kg_co2_per_mwh").to_numpy() == pytest.approx(expected.to_numpy(), abs=0.0501)


def test_taxes_are_the_rates_of_2025_on_the_heating_value_the_law_names(taxes):
    gas = float(taxes["gas energy tax", "2025"]) + float(taxes["gas CO2 tax", "2025"])
    assert DEA.lookup("gas_tax_dkk_per_mwh")[2025] == pytest.approx(gas / KWH_PER_NM3 * MWH, abs=0.0501)
    oil = sum(float(taxes[f"oil {kind} tax", "2024 -> 2025"].split("->")[1]) for kind in ("energy", "CO2"))
    assert DEA.lookup("oil_tax_dkk_per_mwh")[2025] == pytest.approx(oil / KWH_PER_LITRE * MWH, rel=5e-4)
    heating = float(taxes["electricity tax, electric heating", "2021-01-01.."])  # øre/kWh
    assert DEA.lookup("household_electricity_tax_dkk_per_mwh").tolist() == pytest.approx([heating * 10])
    refunded = float(
        taxes["net electricity tax, VAT-registered (incl. DH heat pumps and electric boilers)", "2021-.."]
    )
    assert DEA.lookup("plant_electricity_tax_dkk_per_mwh").tolist() == pytest.approx([refunded * 10])


def test_gas_and_oil_carry_the_same_energy_tax_per_unit_of_heat(taxes):
    """Fuels for heating are taxed alike per GJ, which shows that the heating values are the right ones."""
    gas = float(taxes["gas energy tax", "2025"]) / KWH_PER_NM3
    oil = float(taxes["oil energy tax", "2024 -> 2025"].split("->")[1]) / KWH_PER_LITRE
    assert gas == pytest.approx(oil, rel=2e-3)
    assert float(taxes["gas energy tax", "2025"]) / (38.03 / 3.6) != pytest.approx(oil, rel=2e-2)


def test_taxes_of_the_note_are_the_published_rates_nearest_to_it(taxes):
    gas = float(taxes["gas energy tax", "2023"]) + float(taxes["gas CO2 tax", "2023"])
    assert COWI.lookup("gas_tax_dkk_per_mwh").tolist() == pytest.approx([gas / KWH_PER_NM3 * MWH], abs=0.5)
    oil = sum(float(taxes[f"oil {kind} tax", "2024 -> 2025"].split("->")[0]) for kind in ("energy", "CO2"))
    assert COWI.lookup("oil_tax_dkk_per_mwh").tolist() == pytest.approx([oil / KWH_PER_LITRE * MWH], abs=0.5)


@pytest.mark.parametrize("side", ["value", "low", "high"])
@pytest.mark.parametrize(
    ("user", "factor", "tax"),
    [
        ("gas_price_incl_vat_dkk_per_mwh", "gas_factor_price_dkk_per_mwh", "gas_tax_dkk_per_mwh"),
        ("oil_price_incl_vat_dkk_per_mwh", "oil_factor_price_dkk_per_mwh", "oil_tax_dkk_per_mwh"),
    ],
)
def test_the_user_pays_factor_price_and_tax_with_vat(side, user, factor, tax):
    paid = (_yearly(factor, side) + float(_row(tax, 2025)["value"])) * VAT
    found = _yearly(user, side)
    assert found.index.tolist() == YEARS
    assert found.to_numpy() == pytest.approx(paid.to_numpy(), abs=0.13)


def test_the_user_pays_for_electricity_what_the_source_says_of_a_household(source):
    tax = float(_row("household_electricity_tax_dkk_per_mwh", 2025)["value"])
    expected = _path(source, "7", "< 20 MWh") + tax
    found = _yearly("electricity_price_excl_vat_dkk_per_mwh")
    assert found.index.tolist() == YEARS
    assert found.to_numpy() == pytest.approx(expected.to_numpy(), abs=0.01)
    parts = _yearly("electricity_spot_dkk_per_mwh") + _yearly("electricity_household_addition_dkk_per_mwh")
    assert found.to_numpy() == pytest.approx((parts + tax).to_numpy(), abs=1.0)  # the source rounds each part
    for side in ("low", "high"):
        parts = sum(_yearly(f"electricity_{p}_dkk_per_mwh", side) for p in ("spot", "household_addition"))
        assert _yearly("electricity_price_excl_vat_dkk_per_mwh", side).to_numpy() == pytest.approx(
            parts + tax
        )


def test_investments_and_operation_stand_in_the_prices_of_2025(source):
    ratio = _index(source, 2025) / _index(source, 2022)
    cowi = COWI.table().query("stage in ['economics', 'supply'] and price_year == '2022'")
    own = {
        "electricity",
        "gas_factor",
        "gas_price",
        "gas_tax",
        "oil_factor",
        "oil_price",
        "oil_tax",
        "co2",
        "heat_production",
    }
    own |= {
        "household",
        "plant_electricity",
        "grant",
        "substation",
        "grid_connection",
    }  # of the set's own sources
    lifted = cowi[~cowi["name"].str.startswith(tuple(own))]
    assert len(lifted) > 25
    for row in lifted.itertuples():
        found = _row(row.name, row.key)
        assert found["price_year"] == "2025"
        for side in ("value", "low", "high"):
            assert found[side] == pytest.approx(getattr(row, side) * ratio, rel=5.1e-4, nan_ok=True), row.name
        assert "gange nettoprisindeks 1,0697" in found["note"]
    assert ratio == pytest.approx(1.0697, abs=5e-5)


def test_tariffs_and_units_at_the_customer_are_lifted_from_their_own_year(source, real_data):
    from_2024 = 1.0 / _index(source, 2024)
    sheet = pd.read_csv(real_data / "econ" / "dh_tariff_examples.csv")
    sheet = sheet[sheet["utility"].str.startswith("I/S Norfors")].set_index("item")["value"]
    for name, item in (
        ("tariff_variable_dkk_per_mwh", "variable energy"),
        ("tariff_area_dkk_per_m2_year", "fixed area fee 0-800 m2"),
        ("tariff_subscription_dkk_per_customer_year", "fixed meter fee"),
    ):
        assert getattr(DEA, name) == pytest.approx(float(sheet[item]) * from_2024, rel=5e-3)
    catalogue = pd.read_csv(real_data / "econ" / "dea_individual_heating_2018.csv")
    unit = catalogue[
        catalogue["technology"].str.startswith("Direct district heating substation - One-family")
    ].set_index("parameter")["y2020"]
    level = 8.47 / _index(source, 2022)
    investment = float(unit["Specific investment (1000€/unit)"]) * 1000
    assert DEA.substation_dkk_per_customer == pytest.approx(investment * level, rel=1e-3)
    operation = float(unit["Fixed O&M (€/unit/year)"])
    assert DEA.substation_operation_dkk_per_customer_year == pytest.approx(operation * level, rel=2e-3)


@pytest.mark.parametrize(
    ("name", "starts", "efficiency", "life", "operation"),
    [
        ("gas", "Natural gas boiler - ", 0.97, 20, 204.7),
        ("oil", "Oil boiler (mineral oil fired, < 10 % FAME) - ", 0.92, 20, 243.7),
    ],
)
def test_boilers_are_those_of_the_catalogue(real_data, name, starts, efficiency, life, operation):
    catalogue = pd.read_csv(real_data / "econ" / "dea_individual_heating_2018.csv")
    boilers = catalogue[catalogue["technology"].str.startswith(starts)]
    wide = boilers.pivot_table(index="technology", columns="parameter", values="y2020", aggfunc="first")
    kw = wide["Heat production capacity for one unit (kW)"].astype(float)
    price = wide["Specific investment (1000€/unit)"].astype(float) * 1000 * 8.47
    for size, dkk in COWI.lookup(f"{name}_boiler_dkk").items():
        assert np.isclose(price[kw == size], dkk, rtol=2e-3).any(), size
    house = wide[wide.index.str.contains("One-family house, existing")].iloc[0]
    assert float(house["Heat efficiency, annual average, net (%)"]) / 100 == efficiency
    assert getattr(COWI, f"{name}_boiler_efficiency") == efficiency
    assert float(house["Technical lifetime (years)"]) == life
    assert COWI.lookup("technical_lifetime_years")[f"{name}_boiler"] == life
    assert float(house["Fixed O&M (€/unit/year)"]) == pytest.approx(operation, abs=0.1)
    assert getattr(COWI, f"{name}_boiler_operation_dkk_per_year") == pytest.approx(operation * 8.47, rel=5e-3)


def test_the_transmission_pipe_is_that_of_the_catalogue(real_data):
    network = pd.read_csv(real_data / "econ" / "dea_dh_network.csv")
    rural = network[network["sheet"].str.contains("Rural")].set_index("parameter")["y2015"]
    single = rural[rural.index.str.startswith("Investment costs; single line")]
    classes = {100: "50-250 kW ", 250: "100-250 kW ", 1000: "250 kW - 1 MW", 5000: "1 MW - 5 MW"}
    for size, label in classes.items():
        (euro,) = [float(v) for k, v in single.items() if f"single line, {label}" in k]
        assert COWI.lookup("transmission_dkk_per_m")[size] == pytest.approx(euro * 8.47, abs=1.0)
    whole = COWI.lookup("transmission_dkk_per_m") * COWI.lookup("transmission_m")
    assert whole.to_dict() == pytest.approx(
        {100: 600_000, 250: 939_000, 1000: 1_169_000, 5000: 1_626_000}, rel=2e-3
    )


def test_the_network_costs_the_same_by_area_and_by_trench():
    """65 million DKK per km2 less its 30 % at the note's 4,000 DKK/m: 12.5 km of trench per km2."""
    trench_m = 65e6 / 1.3 / 4000
    for chosen in (COWI, DEA):
        assert chosen.network_dkk_per_m * trench_m == pytest.approx(chosen.network_dkk_per_km2, rel=1e-3)
    assert COWI.network_heat_loss_mwh_per_m_year * trench_m == COWI.network_heat_loss_mwh_per_km2_year


def test_heat_production_is_the_levelised_cost_of_the_path():
    """Thirty years at the loan's real rate, of this very set: who changes a part must derive it anew."""
    a, start = DEA, int(DEA.calculation_start_year)
    share = a.heat_pump_heat_share
    electricity = share / a.plant_heat_pump_cop + (1 - share) / a.electric_boiler_efficiency
    real_rate = (1 + a.loan_rate) / (1 + a.price_growth_rate) - 1
    spot, addition = (_yearly(f"electricity_{p}_dkk_per_mwh") for p in ("spot", "plant_addition"))
    tax = float(_row("plant_electricity_tax_dkk_per_mwh", 2025)["value"])
    cost = weight = 0.0
    for year in range(1, int(a.horizon_years) + 1):
        at = min(start + year, 2050)
        discount = (1 + real_rate) ** -year
        price = spot[at] * a.plant_spot_price_share + addition[at] + tax
        cost += discount * (electricity * price + a.plant_operation_dkk_per_mwh)
        weight += discount
    assert a.heat_production_dkk_per_mwh == pytest.approx(cost / weight, abs=0.5)


@pytest.mark.parametrize("chosen", [COWI, DEA], ids=lambda a: a.name)
class TestEverySet:
    def test_every_row_has_a_source(self, chosen):
        assert chosen.table()["source"].str.len().gt(4).all()

    def test_low_value_high_stand_in_order(self, chosen):
        table = chosen.table()
        assert (table["low"].fillna(table["value"]) <= table["value"]).all()
        assert (table["high"].fillna(table["value"]) >= table["value"]).all()
        for side in ("low", "high"):
            end = table[side].fillna(table["value"])
            assert end.between(table["minimum"], table["maximum"]).all()

    def test_money_says_which_year_it_is_of(self, chosen):
        table = chosen.table()
        money = table[table["unit"].str.contains("DKK")]
        assert money["price_year"].str.fullmatch(r"20\d\d").all()

    def test_a_range_says_why(self, chosen):
        table = chosen.table().query("stage in ['economics', 'supply']")
        ranged = table[table["low"].notna() | table["high"].notna()]
        reason = re.compile("spænd|lav|høj|antaget|katalog", re.IGNORECASE)
        silent = ranged[[reason.search(note) is None for note in ranged["note"]]]
        assert silent["name"].tolist() == []


def test_dea_2026_is_in_one_price_level():
    """Communities keep the published constants of the note, which belong together."""
    table = DEA.table()
    money = table[table["unit"].str.contains("DKK") & ~table["name"].str.startswith("community_")]
    money = money[money["stage"] != "hourly"]  # dated tariffs and taxes: each is of its own year
    assert set(money["price_year"]) == {"2025"}


def test_what_a_planner_doubts_has_a_range():
    doubted = {
        "electricity_spot_dkk_per_mwh",
        "gas_factor_price_dkk_per_mwh",
        "oil_factor_price_dkk_per_mwh",
        "co2_price_dkk_per_tonne",
        "heat_production_dkk_per_mwh",
        "plant_heat_pump_cop",
        "individual_heat_pump_cop",
        "individual_heat_pump_dkk",
        "tariff_variable_dkk_per_mwh",
        "plant_dkk",
        "network_dkk_per_km2",
        "network_dkk_per_m",
        "transmission_m",
        "connection_rate_share",
        "heat_demand_factor",
        "loan_rate",
        "gas_price_incl_vat_dkk_per_mwh",
        "oil_price_incl_vat_dkk_per_mwh",
        "electricity_price_excl_vat_dkk_per_mwh",
        "electricity_kg_co2_per_mwh",
        "substation_dkk_per_customer",
        "calculation_rate",
    }
    for chosen in (COWI, DEA):
        table = chosen.table()
        span = (table["high"] - table["low"]).fillna(0.0).groupby(table["name"]).max()
        bare = {name for name in doubted if span[name] <= 0}
        assert bare <= {"electricity_kg_co2_per_mwh"} if chosen is COWI else not bare
