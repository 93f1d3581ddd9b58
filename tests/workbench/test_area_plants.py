"""The plant of an area from the shell."""

from __future__ import annotations

import pandas as pd
import pytest
from typer.testing import CliRunner

from screening import assumptions as assumption_sets
from screening import workbench
from screening.cli import app
from screening.local_plants import run_local_plants


@pytest.fixture(scope="module")
def found():
    row = {
        "area": "Saunte", "individual_count": 100, "oil_gas_count": 100, "individual_heat_mwh": 2000.0,
        "oil_gas_heat_mwh": 2000.0, "area_km2": 0.1, "density_kwh_per_m2": 20.0, "oil_gas_share": 1.0,
        "heat_pump_count": 0, "heat_pump_share": 0.0,
    }  # fmt: skip
    return run_local_plants(pd.DataFrame([row]), assumption_sets.load("cowi-2022"))


def test_the_shell_tells_price_years_and_sizes(found, monkeypatch):
    asked = []
    monkeypatch.setattr(workbench, "operate_areas", lambda *a, **k: asked.append((a, k)) or found)
    told = CliRunner().invoke(
        app, ["operate", "--area", "Saunte", "--assumptions", "cowi-2022"], env={"COLUMNS": "160"}
    )
    assert told.exit_code == 0, told.output
    assert asked[0][0] == (workbench.DEFAULT_MUNICIPALITY, "Saunte")
    price = f"{found.plants.loc[0, 'heat_price_dkk_per_mwh']:.0f}"
    for part in (price, "340", "2023-2052", "package", "best", "synthetic"):
        assert part in told.output, part


def test_plant_files_beside_an_area_are_refused():
    told = CliRunner().invoke(app, ["operate", "small-town", "--area", "Saunte"])
    assert told.exit_code != 0
    assert "leave plant files" in f"{told.output}{told.exception}"
