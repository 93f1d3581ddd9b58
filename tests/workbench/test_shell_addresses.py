"""What the shell prints of a database's address: never its password."""

from __future__ import annotations

import pandas as pd
from typer.testing import CliRunner

from screening import cli
from screening.cli import register_commands
from screening.workbench.country import Stored

ADDRESS = "postgresql://reader:hemmeligt@gis.example.dk/kommune?table=bbr.bygning"


def test_storing_a_table_prints_its_address_without_the_password(monkeypatch):
    counts = pd.Series({"rows_read": 3, "kept": 3})
    done = Stored(["0217"], counts, pd.Series({"year_unknown": 1}), "PostGIS", "2026-10-01")
    monkeypatch.setattr(register_commands.workbench, "store_register", lambda *_args, **_options: done)
    result = CliRunner().invoke(cli.app, ["store-register", ADDRESS])
    printed = "".join(result.output.split())
    assert result.exit_code == 0
    assert "postgresql://reader@gis.example.dk/kommune?table=bbr.bygning" in printed
    assert "hemmeligt" not in printed
