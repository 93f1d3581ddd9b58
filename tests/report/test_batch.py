"""Reports in batches: only what changed, one failure stops no other, every file beside the page."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3

import nbformat
import openpyxl
import pandas as pd
import papermill
import pytest
from typer.testing import CliRunner

from screening import cli, report, workbench
from screening.errors import ParameterMismatchError, ScreeningError
from screening.report import batch
from screening.report.engine import register_engine
from screening.report.notebook import MunicipalityReport, TownReport, check_parameters, notebook_file
from small_municipality import write_folder


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    workbench.import_register(write_folder(folder / "kilde"), data_dir=folder / "data", name="To Byer")
    return folder / "data"


@pytest.fixture(scope="module")
def made(data):
    target = data.parent / "reports"
    outcomes = report.make_reports("to-byer", data_dir=data, reports_dir=target)
    return target / "to-byer", outcomes


def test_every_area_gets_all_its_files(made):
    folder, outcomes = made
    assert [(o.area, o.status) for o in outcomes] == [("Nordby", "made"), ("Sydby", "made")]
    promised = {
        "index.html",
        "kort.html",
        "rapport.ipynb",
        "data.gpkg",
        "data.xlsx",
        "rettelser.csv",
        "run.json",
    }
    for area in ("nordby", "sydby"):
        assert {p.name for p in (folder / area).iterdir()} == promised
    assert {"index.html", "kort.html", "oversigt.ipynb", "run.json"} <= {p.name for p in folder.iterdir()}
    assert not [p for p in folder.iterdir() if p.name.startswith(".")]


def test_an_area_without_oil_and_gas_has_a_report_that_says_so(made):
    text = (made[0] / "sydby" / "index.html").read_text(encoding="utf-8")
    assert "Sydby" in text
    shown = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", text.split("<body", 1)[1], flags=re.DOTALL)
    assert not re.search(r"\b(nan|inf|None)\b", shown)


def test_the_files_hold_the_same_numbers_as_the_tables(made, data):
    town = workbench.load_town("Nordby", "to-byer", data_dir=data)
    book = pd.read_excel(made[0] / "nordby" / "data.xlsx", sheet_name="key_figures").set_index("name")[
        "value"
    ]
    assert float(book["oil_gas_heat_mwh"]) == pytest.approx(town.key_figures["oil_gas_heat_mwh"])
    with sqlite3.connect(made[0] / "nordby" / "data.gpkg") as connection:
        assert connection.execute("select count(*) from buildings").fetchone()[0] == len(town.buildings)
        about = dict(connection.execute("select name, value from about").fetchall())
    assert about["synthetic_data"] == "nej / no"
    sheets = openpyxl.load_workbook(made[0] / "nordby" / "data.xlsx", read_only=True).sheetnames
    assert {"about", "assumptions", "company", "register_counts"} <= set(sheets)


def test_the_run_record_lets_a_reader_make_it_again(made, data):
    record = json.loads((made[0] / "nordby" / "run.json").read_text(encoding="utf-8"))
    assert set(record["raw_files"]) == {"BBR_Bygning.csv", "areas.gpkg", "omrids.gpkg", "veje.gpkg"}
    assert record["parameters"] == {"area": "Nordby", "municipality": "to-byer", "language": "da"}
    assert record["assumption_digest"] == workbench.load("to-byer", data_dir=data).assumptions.digest()
    assert record["packages"]["papermill"] == papermill.__version__


def test_a_second_run_makes_nothing(made, data):
    page = made[0] / "index.html"
    before = page.stat().st_mtime_ns
    outcomes = report.make_reports("to-byer", data_dir=data, reports_dir=made[0].parent)
    assert {o.status for o in outcomes} == {"unchanged"}
    assert page.stat().st_mtime_ns == before


def test_a_second_run_starts_no_workers(made, data, monkeypatch):
    monkeypatch.setattr(batch, "_client", None)
    outcomes = report.make_reports("to-byer", data_dir=data, reports_dir=made[0].parent, workers=2)
    assert [(o.area, o.status) for o in outcomes] == [("Nordby", "unchanged"), ("Sydby", "unchanged")]


def test_a_report_with_a_file_removed_is_made_again(made, data, tmp_path):
    shutil.copytree(made[0].parent, tmp_path / "reports")
    (tmp_path / "reports" / "to-byer" / "nordby" / "data.xlsx").unlink()
    outcomes = report.make_reports("to-byer", data_dir=data, reports_dir=tmp_path / "reports")
    assert [o.status for o in outcomes] == ["made", "unchanged"]


def test_the_overview_links_only_to_reports_that_are_there(data, tmp_path):
    report.make_reports("to-byer", ["Nordby"], data_dir=data, reports_dir=tmp_path)
    text = (tmp_path / "to-byer" / "index.html").read_text(encoding="utf-8")
    assert 'href="nordby/index.html"' in text
    assert "sydby/index.html" not in text
    assert "Der er ikke bedt om den endnu." in text


def test_only_the_town_that_changed_is_made_again(made, data, tmp_path):
    shutil.copytree(made[0].parent, tmp_path / "reports")
    (tmp_path / "reports" / "to-byer" / "nordby" / "run.json").unlink()
    outcomes = report.make_reports("to-byer", data_dir=data, reports_dir=tmp_path / "reports")
    assert [o.status for o in outcomes] == ["made", "unchanged"]


def test_one_failure_stops_no_other_and_is_told(data, tmp_path, monkeypatch):
    run = batch.run_notebook

    def fail_in_nordby(parameters, output):
        if getattr(parameters, "area", "") == "Nordby":
            raise ScreeningError("the roof fell in")
        return run(parameters, output)

    monkeypatch.setattr(batch, "run_notebook", fail_in_nordby)
    arguments = ["report", "to-byer", "--all", "--data-dir", str(data), "--reports-dir", str(tmp_path)]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 1
    assert "Nordby: the roof fell in" in result.output
    assert (tmp_path / "to-byer" / "sydby" / "index.html").is_file()
    assert not (tmp_path / "to-byer" / "nordby").exists()
    assert "the roof fell in" in (tmp_path / "to-byer" / "index.html").read_text(encoding="utf-8")


def test_two_workers_give_the_same_reports(made, data, tmp_path):
    outcomes = report.make_reports("to-byer", data_dir=data, reports_dir=tmp_path, workers=2)
    assert [(o.area, o.status) for o in outcomes] == [("Nordby", "made"), ("Sydby", "made")]
    one, other = (
        json.loads((f / "nordby" / "run.json").read_text()) for f in (made[0], tmp_path / "to-byer")
    )
    assert one["key"] == other["key"]


def test_the_english_report_is_english(data, tmp_path):
    report.make_reports("to-byer", ["Nordby"], data_dir=data, reports_dir=tmp_path, language="en")
    text = (tmp_path / "to-byer" / "nordby" / "index.html").read_text(encoding="utf-8")
    assert '<html lang="en"' in text


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"aera": "Nordby"}, "Did you mean area"),
        ({"area": 7}, "area"),
        ({"area": "Nordby", "language": "tysk"}, "language"),
    ],
)
def test_a_misspelled_or_wrong_parameter_is_refused_before_running(values, told):
    with pytest.raises(ParameterMismatchError, match=told):
        check_parameters(TownReport, values)


def test_defaults_stand_the_same_in_cell_and_model():
    for model, name in ((TownReport, "town_report.ipynb"), (MunicipalityReport, "municipality_report.ipynb")):
        found = papermill.inspect_notebook(notebook_file(name))
        assert set(found) == set(model.model_fields)
        for key, field in model.model_fields.items():
            assert found[key]["default"].strip('"') == str(field.default)


def test_the_in_process_engine_gives_what_a_kernel_gives(tmp_path):
    source = nbformat.v4.new_notebook()
    source.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    source.cells = [
        nbformat.v4.new_code_cell("count: int = 1  # [1]", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import pandas as pd\nprint('hej', count)\npd.DataFrame({'æ': [count]})"),
        nbformat.v4.new_code_cell(
            "from IPython.display import HTML, display\ndisplay(HTML('<b>a</b>'))\nHTML('<i>b</i>')"
        ),
    ]
    nbformat.write(source, tmp_path / "in.ipynb")
    results = [
        papermill.execute_notebook(
            tmp_path / "in.ipynb",
            tmp_path / f"{engine}.ipynb",
            parameters={"count": 3},
            engine_name=engine,
            progress_bar=False,
        )
        for engine in (register_engine(), "nbclient")
    ]
    shown = [
        [
            (o.get("text"), o.get("data", {}).get("text/html"))
            for cell in notebook.cells
            for o in cell.get("outputs", [])
        ]
        for notebook in results
    ]
    assert shown[0] == shown[1]


def test_an_error_in_a_cell_reaches_the_reader_as_text(tmp_path, monkeypatch, data):
    notebook = nbformat.read(notebook_file("town_report.ipynb"), as_version=4)
    notebook.cells.insert(3, nbformat.v4.new_code_cell("raise ValueError('no such luck')"))
    nbformat.write(notebook, tmp_path / "town_report.ipynb")
    monkeypatch.setattr("screening.report.notebook.notebook_file", lambda name: tmp_path / name)
    parameters = check_parameters(
        TownReport, {"area": "Nordby", "municipality": "to-byer", "data_dir": str(data)}
    )
    with pytest.raises(ScreeningError, match="ValueError: no such luck"):
        batch.run_notebook(parameters, tmp_path / "out.ipynb")
