"""Official paths: the figures of the edition, held outside its years."""

from __future__ import annotations

import pytest

from screening import assumptions
from screening.errors import UnknownNameError
from screening.operation.price_paths import calendar_years, carbon, fuel_price

A = assumptions.load("dea-2026")


def test_twenty_years_from_2020():
    assert calendar_years(A) == list(range(2020, 2040))
    assert calendar_years(A, 2) == [2020, 2021]


def test_fuel_prices_are_the_edition_s_and_held_before_it():
    chips = fuel_price("wood_chips", A, [2020, 2025, 2030, 2050, 2060])
    # DKK/GJ of table 2: 70.1, 62.1 and 66.1
    assert chips == pytest.approx(
        {2020: 70.1 * 3.6, 2025: 70.1 * 3.6, 2030: 62.1 * 3.6, 2050: 66.1 * 3.6, 2060: 66.1 * 3.6}, abs=0.05
    )
    gas = fuel_price("natural_gas", A, [2031, 2032])
    assert gas[2031] == pytest.approx(99.3 * 3.6, abs=0.05)
    assert gas[2032] == pytest.approx(189.1 * 3.6, abs=0.05)


def test_the_whole_path_equals_the_file(real_data):
    import pandas as pd

    rows = pd.read_csv(real_data / "econ" / "soeb25_long.csv", dtype=str)
    for fuel, table, variable in (
        ("wood_chips", "2", "An værk | Træflis"),
        ("natural_gas", "8", "Forsyning, decentral | 300.000-800.000 m3"),
    ):
        own = rows[(rows["table"] == table) & (rows["variable"] == variable)]
        expected = dict(zip(own["year"].astype(int), own["value"].astype(float) * 3.6, strict=True))
        assert fuel_price(fuel, A, sorted(expected)) == pytest.approx(expected, abs=0.06)


def test_gas_loses_its_carbon_when_biogas_is_the_marginal_gas():
    gas = carbon("natural_gas", A, [2031, 2032])
    assert gas[2031] > 200
    assert gas[2032] < 10
    assert carbon("electricity", A, [2020, 2025])[2020] == carbon("electricity", A, [2025])[2025]


def test_an_unknown_fuel_is_named():
    with pytest.raises(UnknownNameError, match="wood_chips"):
        fuel_price("wood_chip", A, [2025])
    with pytest.raises(UnknownNameError, match="gas"):
        carbon("gass", A, [2025])
