"""What the shell tells of the register: no password, and areas that the register does not cover."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from shapely.affinity import translate
from typer.testing import CliRunner

from screening import cli
from screening.cli import register_commands
from screening.workbench.country import Stored
from small_municipality import write_folder

ADDRESS = "postgresql://reader:hemmeligt@gis.example.dk/kommune?table=bbr.bygning"


def test_storing_a_table_prints_its_address_without_the_password(monkeypatch):
    counts = pd.Series({"rows_read": 3, "kept": 3})
    done = Stored(["0217"], [], counts, pd.Series({"year_unknown": 1}), "PostGIS", "2026-10-01")
    monkeypatch.setattr(register_commands.workbench, "store_register", lambda *_args, **_options: done)
    result = CliRunner().invoke(cli.app, ["store-register", ADDRESS])
    printed = "".join(result.output.split())
    assert result.exit_code == 0
    assert "postgresql://reader@gis.example.dk/kommune?table=bbr.bygning" in printed
    assert "hemmeligt" not in printed


def test_an_area_without_any_building_of_the_register_is_named(tmp_path):
    folder = write_folder(tmp_path / "to")
    areas = gpd.read_file(folder / "areas.gpkg")
    elsewhere = areas.iloc[[0]].assign(
        area="Fjernby", geometry=lambda t: [translate(t.geometry.iloc[0], 9e3)]
    )
    pd.concat([areas, elsewhere]).to_file(folder / "areas.gpkg")
    told = import_text(folder, tmp_path / "a")
    assert "No building of the register lies in Fjernby:" in told
    areas.to_file(folder / "areas.gpkg")
    assert "No building" not in import_text(folder, tmp_path / "b")


def import_text(folder, data_dir):
    result = CliRunner().invoke(cli.app, ["import-register", str(folder), "--data-dir", str(data_dir)])
    assert result.exit_code == 0, result.output
    return result.output
