"""What the chapters work out themselves, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from screening import assumptions
from screening.report import results
from screening.report.quantities import plain_number, quantity
from screening.report.texts import load_texts

PRICES = pd.DataFrame(
    {
        "user_price_district_heating_dkk_per_year": [19_282.0, 58_719.0, 100.0, np.nan],
        "user_price_heat_pump_dkk_per_year": [22_361.0, 22_361.0, 90.0, np.nan],
        "user_price_gas_dkk_per_year": [20_513.0, 20_513.0, np.nan, np.nan],
        "npv_project_dkk": [93_577e3, 9_295e3, 1.0, np.nan],
        "npv_alternative_dkk": [117_310e3, 6_082e3, 3.0, np.nan],
    }
)


def test_gains_of_the_published_areas():
    # Hellebæk: 20,513 - 19,282 = 1,231 and, in millions as shown, 117.3 - 93.6 = 23.7;
    # Havreholm: -38,206 and 6.1 - 9.3 = -3.2. A difference too small to show keeps its sign.
    told = results.with_results(PRICES)
    assert told["user_saving_dkk_per_year"].tolist()[:3] == [1_231.0, -38_206.0, -10.0]
    assert told["society_saving_dkk"].tolist()[:3] == [23.7e6, -3.2e6, 2.0]
    assert told["cheapest_alternative"].tolist() == ["gas", "gas", "heat_pump", ""]
    assert told.iloc[3][["user_saving_dkk_per_year", "society_saving_dkk"]].isna().all()


def test_a_reader_who_subtracts_gets_the_difference_shown():
    row = PRICES.iloc[[0]].assign(
        user_price_district_heating_dkk_per_year=18_386.4, user_price_gas_dkk_per_year=20_426.6
    )
    assert results.with_results(row)["user_saving_dkk_per_year"].item() == 20_427 - 18_386


def test_density_of_parts_is_that_of_the_sum():
    parts = pd.DataFrame(
        {
            "customer_count": [9, 1], "oil_gas_count": [9, 1], "individual_count": [10, 2],
            "oil_gas_heat_mwh": [300.0, 100.0], "individual_heat_mwh": [400.0, 120.0],
            "area_km2": [0.03, 0.01], "society_saving_dkk": [1.0, np.nan],
            "co2_saved_tonne_per_year": [5.0, 1.0],
        }
    )  # fmt: skip
    whole = results.totals(parts)
    assert whole["density_kwh_per_m2"] == pytest.approx(10.0)  # 400 MWh on 0.04 km2
    assert whole["society_saving_dkk"] == 1.0
    assert np.isnan(results.totals(parts.assign(area_km2=0.0))["density_kwh_per_m2"])


def test_heating_form_puts_oil_and_gas_first():
    rows = [
        ("2", "3", True, False, "oil"),
        ("2", "7", False, True, "gas"),
        ("5", "1", False, False, "heat_pump"),
        ("1", None, False, False, "district_heating"),
        ("7", "1", False, False, "electric"),
        ("3", "4", False, False, "solid"),
        ("2", "6", False, False, "solid"),
        ("9", None, False, False, "none"),
        (None, None, False, False, "other"),
        ("99", "9", False, False, "other"),
    ]
    table = pd.DataFrame(
        rows, columns=["heating_installation_code", "heating_fuel_code", "is_oil", "is_gas", "expected"]
    )
    assert results.heating_form(table).tolist() == table["expected"].tolist()
    assert set(table["expected"]) == set(results.HEATING_FORMS)


def test_use_classes_take_every_group_of_the_register():
    from screening.register import code_list

    groups = code_list("use")
    relevant = groups.loc[groups["is_relevant"], "use_group"]
    told = results.use_class(relevant)
    assert set(told) == set(results.USE_CLASSES)
    assert set(relevant[told == "unknown"]) == {"unknown"}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("loan_rate", 0.035, "3,5 % pr. år"),
        ("network_dkk_per_km2", 65e6, "65.000.000 kr./km²"),
        ("connection_rate_share", 0.85, "85 %"),
        ("horizon_years", 30.0, "30 år"),
        ("calculation_start_year", 2022.0, "2022"),
        ("community_loss_mwh_per_m_year", 0.09, "0,09 MWh/(m år)"),
        ("individual_heat_pump_cop", 3.35, "3,35"),
        ("loan_rate", None, "– pr. år"),
    ],
)
def test_quantities_as_a_reader_knows_them(name, value, expected):
    told = quantity(value, name, assumptions.load("cowi-2022"), load_texts("da"))
    assert told.replace("\N{NO-BREAK SPACE}", " ") == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0, "0"), (1230.0, "1.230"), (1.28, "1,28"), (1 / 3, "0,33333")]
)
def test_numbers_keep_what_counts(value, expected):
    assert plain_number(value, load_texts("da")) == expected
