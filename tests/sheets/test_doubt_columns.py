"""A typed table gets its doubt: columns in the file, lines on screen, and the draws asked for."""

from __future__ import annotations

import pandas as pd
import pytest

from screening import economics, sheets, workbench
from screening.cli import main
from screening.errors import InputFileError


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return sheets.write_example(tmp_path_factory.mktemp("doubt") / "table1.csv")


def run(monkeypatch, capsys, *arguments) -> tuple[int, str]:
    monkeypatch.setattr("sys.argv", ["screening", "economics", *map(str, arguments)])
    code = 0
    try:
        main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    told = capsys.readouterr()
    return code, told.out + told.err


def test_no_draws_unless_asked_for(table, cowi):
    found = workbench.screen_typed_table(table, cowi)
    assert list(found.doubt) == []
    assert not {"draw_count", "break_even_connection_share"} & set(found.table())


def test_the_columns_are_those_of_the_economics(table, cowi):
    found = workbench.screen_typed_table(table, cowi, draw_count=64, seed=7)
    out = found.table().set_index("area")
    figures = found.inputs.reset_index()
    drawn = economics.uncertainty(figures, cowi, draw_count=64, seed=7)
    pd.testing.assert_frame_equal(out[list(drawn)], drawn, check_names=False)
    # At the share told the verdict is Ja, a hair below it is not: the plain calculation with that share.
    share = out.loc["Hellebæk", "break_even_connection_share"]
    for moved, verdict in ((share + 1e-4, True), (share - 1e-4, False)):
        plain = economics.screen_areas(figures, cowi.replace(connection_rate_share=moved))
        assert bool(plain.loc["Hellebæk", "is_viable"]) is verdict
    assert out.loc["Havreholm", "break_even_connection_direction"] == "none"


def test_the_shell_writes_the_columns_and_tells_the_chance(table, tmp_path, monkeypatch, capsys):
    written = tmp_path / "result.csv"
    code, told = run(monkeypatch, capsys, table, "--draws", 64, "--seed", 7, "--out", written)
    assert code == 0
    out = pd.read_csv(written).set_index("area")
    assert (out["draw_count"] == 64).all()
    chance = out.loc["Hellebæk", "viable_probability_share"]
    assert f"{chance:4.0%} Hellebæk (the customer" in told
    assert "(64 draws, seed 7; docs/doubt.md)" in told
    assert "Ja if at least 57% connect" in told
    assert "<1% Havreholm" in told


def test_the_shell_can_leave_the_draws_out(table, tmp_path, monkeypatch, capsys):
    written = tmp_path / "result.csv"
    code, told = run(monkeypatch, capsys, table, "--draws", 0, "--out", written)
    assert code == 0
    assert "Chance of Ja" not in told
    assert "draw_count" not in pd.read_csv(written)


def test_a_negative_number_of_draws_is_refused(table, monkeypatch, capsys):
    code, told = run(monkeypatch, capsys, table, "--draws", -1)
    assert code == 2
    assert "--draws" in told


def test_faults_of_the_table_are_told_as_before(tmp_path, cowi):
    path = tmp_path / "bad.csv"
    path.write_text("area,n_og\nA,3\n", encoding="utf-8")
    with pytest.raises(InputFileError):
        workbench.screen_typed_table(path, cowi, draw_count=16)
