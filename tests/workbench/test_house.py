"""The house's bill from the shell and from Python, on the default municipality."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from typer.testing import CliRunner

from screening import economics, workbench
from screening.cli import app
from screening.errors import TableError, UnknownNameError


@pytest.fixture
def shell(default_data, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")

    def run(*words: str):
        return CliRunner().invoke(app, ["house", *words, "--data-dir", str(default_data)])

    return run


def rows(text: str) -> dict[str, list[str]]:
    """Numbers of each row of the table, by name."""
    found = re.findall(r"^ *(local heating|own heat pump|gas boiler|oil boiler) +(.*)$", text, re.MULTILINE)
    return {name: numbers.split() for name, numbers in found}


def test_the_shell_tells_the_bills_of_house_economy(shell, default_data):
    told = shell("Havreholm", "--area-m2", "150", "--heat-mwh", "20,5")
    assert told.exit_code == 0
    work = workbench.run_screening(data_dir=default_data)
    figures = work.screening.key_figures.query("area == 'Havreholm'")
    house = pd.DataFrame({"house": ["mit"], "area_m2": [150.0], "heat_mwh": [20.5]})
    sums = (
        economics.house_economy(figures, work.assumptions, house)
        .groupby("alternative")["payment_dkk_per_year"]
        .sum()
    )
    table = rows(told.output)
    names = {
        "local heating": "district_heating",
        "own heat pump": "heat_pump",
        "gas boiler": "gas",
        "oil boiler": "oil",
    }
    for name, alternative in names.items():
        assert table[name][3] == f"{sums[alternative]:,.0f}"
        assert table[name][4] == f"{round(sums[alternative]) / 12:,.0f}"
    above = round(sums["district_heating"]) - round(min(sums["gas"], sums["heat_pump"]))
    assert f"Local heating is not cheapest: {above:,} DKK a year above" in told.output
    contribution = work.screening.economics.loc["Havreholm", "anlaegsbidrag_dkk"]
    assert f"Anlægsbidrag: {contribution:,.0f} DKK" in told.output
    assert "not an offer" in told.output


def test_what_is_not_given_is_filled_and_said(shell):
    told = shell("Hellebæk", "--area-m2", "260").output
    assert "260 m2, 36.2 MWh a year" in told  # the standard consumer: 18.1 MWh in 130 m2
    assert "The heat was not given" in told
    small = shell("Hellebæk", "--heat-mwh", "18.1").output
    assert "130 m2, 18.1 MWh a year" in small
    assert "The area was not given" in small
    assert "Local heating is cheapest" in small


@pytest.mark.parametrize(
    ("words", "error", "text"),
    [
        (("Helebæk", "--area-m2", "150"), UnknownNameError, "Did you mean Hellebæk"),
        (("Hellebæk",), TableError, "neither area_m2 nor heat_mwh"),
        (("Hellebæk", "--heat-mwh", "18100"), TableError, "is it in kWh"),
        (
            ("Hellebæk", "--area-m2", "150", "--municipality", "helsingor"),
            UnknownNameError,
            "helsingor-replica",
        ),
    ],
)
def test_errors_the_user_can_mend(shell, words, error, text):
    told = shell(*words)
    assert isinstance(told.exception, error)
    assert text in str(told.exception)


def test_text_for_a_number_is_refused_with_an_example(shell):
    told = shell("Hellebæk", "--heat-mwh", "tyve")
    assert told.exit_code == 2
    assert "write e.g. 150 or 18,1" in told.output
