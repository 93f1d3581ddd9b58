"""The border: import, screen, store, shell; and every kind of wrong input as one clear message."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from screening import assumptions, cli, sheets, store, workbench
from screening.cli import console
from screening.errors import InputFileError, ScreeningError, UnknownNameError
from small_municipality import FIELDS, rows, write_folder, write_register

if TYPE_CHECKING:
    from pathlib import Path

KEY_FIGURES = (
    "area,individual_count,oil_gas_count,individual_heat_mwh,oil_gas_heat_mwh,area_km2,density_kwh_per_m2,"
    "oil_gas_share,heat_pump_count,heat_pump_share\n"
    "Saunte,86,62,2389,1930,0.1678,11.5,0.81,7,0.08\n"
)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("source") / "To Byer")


@pytest.fixture(scope="module")
def data(tmp_path_factory, source):
    folder = tmp_path_factory.mktemp("data")
    workbench.import_register(source, data_dir=folder, name="To Byer")
    workbench.run_screening("to-byer", data_dir=folder)
    return folder


def run(*arguments: str | Path):
    """Run the shell as a user does: an error that can be mended becomes text and an exit code."""
    runner = CliRunner()
    result = runner.invoke(cli.app, [str(a) for a in arguments])
    if isinstance(result.exception, ScreeningError):
        return 2, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_chain_runs_on_a_hand_made_municipality(data):
    work = workbench.load("to-byer", data_dir=data)
    figures = work.screening.key_figures.set_index("area")
    # Six gas houses, one oil house and one heat pump in Nordby; electricity only in Sydby.
    assert figures.loc["Nordby", ["individual_count", "oil_gas_count", "heat_pump_count"]].tolist() == [
        8,
        7,
        1,
    ]
    assert figures.loc["Sydby", "oil_gas_count"] == 0
    assert work.screening.economics.loc["Sydby", "advice"] == "no_oil_gas"
    assert not work.screening.economics["is_viable"].any()
    assert work.layers.register_counts["rows_read"] == work.layers.register_counts["kept"] == 12
    assert work.municipality.register_date == "2022-01-01"


def test_a_municipality_on_district_heating_has_a_plain_no(source, tmp_path):
    folder = shutil.copytree(source, tmp_path / "source")
    heating = {"byg056Varmeinstallation": "1", "byg057Opvarmningsmiddel": ""}
    write_register(folder / "BBR_Bygning.csv", [row | heating for row in rows()])
    workbench.import_register(folder, data_dir=tmp_path, name="Fjernvarme")
    screening = workbench.run_screening("fjernvarme", data_dir=tmp_path).screening
    assert screening.economics["advice"].tolist() == ["no_oil_gas"] * 2
    assert screening.density.heat_mwh.sum() == 0


def test_a_register_in_degrees_is_told_on_import(source, tmp_path):
    folder = shutil.copytree(source, tmp_path / "source")
    (folder / "omrids.gpkg").unlink()  # an outline would give each building its point
    write_register(
        folder / "BBR_Bygning.csv", [row | {"byg404Koordinat": "POINT (12.5 56.0)"} for row in rows()]
    )
    with pytest.raises(InputFileError, match=r"none of the 12 rows .*outside Denmark.*EPSG:25832"):
        workbench.import_register(folder, data_dir=tmp_path, name="Grader")


def test_the_store_gives_back_what_was_written(data, tmp_path):
    work = workbench.load("to-byer", data_dir=data)
    store.write_screening(tmp_path, work.screening, work.assumptions, {"x": 1})
    again = store.read_screening(tmp_path)
    for field in fields(again):
        one, other = getattr(work.screening, field.name), getattr(again, field.name)
        if isinstance(one, pd.DataFrame | pd.Series):
            assert store.digest_table(one) == store.digest_table(other), field.name
    assert np.array_equal(again.density.heat_mwh, work.screening.density.heat_mwh)
    assert again.density.transform == work.screening.density.transform
    assert store.read_assumptions(tmp_path, "x").digest() == work.assumptions.digest()


def test_a_stage_without_manifest_is_refused(data, tmp_path):
    work = workbench.load("to-byer", data_dir=data)
    store.write_screening(tmp_path, work.screening, work.assumptions, {})
    (tmp_path / store.SCREEN_MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(InputFileError, match="no complete screening"):
        store.read_screening(tmp_path)


def test_a_file_removed_by_hand_is_made_again(data, tmp_path):
    folder = shutil.copytree(data, tmp_path / "data")
    processed = folder / "processed" / "to-byer"
    for name in ("10_buildings.parquet", "11_outlines.parquet", "32_key_figures.parquet", "33_density.tif"):
        (processed / name).unlink()
        work = workbench.run_screening("to-byer", data_dir=folder)
        assert (processed / name).is_file()
        assert work.layers.outlines is not None


def test_a_date_written_in_the_municipality_file_is_taken_over(data, tmp_path):
    folder = shutil.copytree(data, tmp_path / "data")
    file = folder / "raw" / "to-byer" / "municipality.yaml"
    text = file.read_text(encoding="utf-8")
    for stated, told in (("2022-02-03", "2022-02-03"), ("", "2022-01-01")):
        file.write_text(text.replace("register_date: ''", f"register_date: '{stated}'"), encoding="utf-8")
        work = workbench.run_screening("to-byer", data_dir=folder)
        assert work.municipality.register_date == told


@pytest.mark.parametrize("name", ["20_heat_demand.parquet", "33_density.tif", "56_assumptions.parquet"])
def test_a_damaged_file_is_named(data, tmp_path, name):
    folder = shutil.copytree(data, tmp_path / "data")
    path = folder / "processed" / "to-byer" / name
    path.write_bytes(path.read_bytes()[:60])
    code, text = run(
        "report", "to-byer", "--all", "--data-dir", folder, "--reports-dir", tmp_path / "reports"
    )
    assert code == 2
    assert f"{name} is damaged" in text


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = store.write_text(tmp_path / "a.txt", "old")

    def fail(partial: Path) -> None:
        partial.write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write_whole(path, fail)
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text(encoding="utf-8") == "old"


def test_the_density_raster_has_the_grid_bounds(data):
    import rasterio

    work = workbench.load("to-byer", data_dir=data)
    heat = work.screening.buildings.query("is_individual")["heat_demand_mwh"].sum()
    with rasterio.open(data / "processed" / "to-byer" / "33_density.tif") as raster:
        assert raster.crs.to_epsg() == 25832
        assert raster.read(1).sum() == pytest.approx(heat, rel=1e-9)
        assert raster.bounds.left % 100 == raster.bounds.top % 100 == 0


def test_what_changed_is_made_anew_and_nothing_else(data):
    manifest = data / "processed" / "to-byer" / store.SCREEN_MANIFEST
    before = manifest.stat().st_mtime_ns
    workbench.run_screening("to-byer", data_dir=data)
    assert manifest.stat().st_mtime_ns == before
    workbench.run_screening("to-byer", data_dir=data, assumptions="dea-2026")
    assert json.loads(manifest.read_text(encoding="utf-8"))["assumption_set"] == "dea-2026"
    workbench.run_screening("to-byer", data_dir=data)


def test_measured_demand_replaces_the_model_and_stays_in_the_house(source, tmp_path):
    from screening.report.files import building_table

    folder = tmp_path / "maalt"
    shutil.copytree(source, folder)
    measured = rows()[0]["id_lokalId"]
    (folder / "maalt.csv").write_text(f"building_id;heat_demand_mwh\n{measured};33,5\n", encoding="utf-8")
    workbench.import_register(folder, data_dir=tmp_path / "data", measured_demand=folder / "maalt.csv")
    workbench.run_screening("maalt", data_dir=tmp_path / "data")
    town = workbench.load_town("Nordby", "maalt", data_dir=tmp_path / "data")
    assert town.buildings.loc[measured, ["heat_demand_mwh", "heat_demand_source"]].tolist() == [
        33.5,
        "measured",
    ]
    assert np.isnan(building_table(town).loc[measured, "heat_demand_mwh"])


def test_misspelled_names_name_the_near_ones(data):
    with pytest.raises(UnknownNameError, match="Did you mean Nordby"):
        workbench.load_town("Nordbi", "to-byer", data_dir=data)
    with pytest.raises(UnknownNameError, match="Did you mean to-byer"):
        workbench.run_screening("to-by", data_dir=data)


def test_shell_economics_on_a_hand_typed_table(tmp_path):
    table = tmp_path / "table1.csv"
    table.write_text(KEY_FIGURES, encoding="utf-8")
    code, _ = run("economics", table, "--assumptions", "cowi-2022", "--out", tmp_path / "result.csv")
    assert code == 0
    result = pd.read_csv(tmp_path / "result.csv")
    assert result["area"].tolist() == ["Saunte"]
    assert {"npv_project_dkk", "is_viable", "advice"} <= set(result.columns)


@pytest.mark.parametrize("suffix", [".gpkg", ".csv", ".xlsx", ".parquet"])
def test_shell_communities_writes_every_format(data, tmp_path, suffix):
    path = tmp_path / "new folder" / f"communities{suffix}"
    code, text = run("communities", "to-byer", "--data-dir", data, "--out", path)
    assert (code, path.is_file()) == (0, True), text
    if suffix == ".gpkg":
        assert gpd.list_layers(path)["name"].tolist() == ["communities"]


def test_shell_divides_communities_and_writes_parts_to_a_geopackage_only(data, tmp_path, monkeypatch):
    monkeypatch.setattr(console.out, "width", 80)
    path = tmp_path / "communities.gpkg"
    code, text = run("communities", "to-byer", "--data-dir", data, "--split", "--out", path)
    assert (code, path.is_file()) == (0, True), text
    assert "Divided communities" in text
    # No word is cut in two to fit the terminal: each stands between blanks and lines.
    words = set(text.replace("┃", " ").split())
    assert words >= {"building", "demand", "capacity", "part", "left", "pipe", "further", "pumps", "saved"}
    code, text = run("communities", "to-byer", "--data-dir", data, "--split", "--out", tmp_path / "c.csv")
    assert code == 2
    assert "community_parts" in text


def test_a_table_of_nine_figures_stands_in_eighty_columns(monkeypatch):
    monkeypatch.setattr(console.out, "width", 80)
    names = ["id", "building_count", "heat_demand_mwh", "capacity_kw", "part_count", "left_out_count"]
    names += ["left_out_mwh", "pipe_m", "parts_pipe_m"]
    figures = [17, 1052, 23_024.4, 11_512.2, 7, 13, 75.0, 5_394.0, 4_113.0]
    table = pd.DataFrame([figures] * 2, columns=names)
    with console.out.capture() as printed:
        console.print_table(table, "Divided")
    rows = [line.strip("│\n").split("│") for line in printed.get().splitlines() if line.startswith("│")]
    told = [[cell.strip() for cell in row] for row in rows]
    assert told == [["17", "1052", "23,024", "11,512", "7", "13", "75", "5,394", "4,113"]] * 2
    assert max(map(len, printed.get().splitlines())) <= 80
    assert {"building", "demand", "capacity"} <= set(printed.get().replace("┃", " ").split())


def test_a_misspelled_municipality_does_not_render_another(data, tmp_path):
    default = workbench.DEFAULT_MUNICIPALITY
    shutil.copytree(data / "raw" / "to-byer", tmp_path / "raw" / default)
    shutil.copytree(data / "raw" / "to-byer", tmp_path / "raw" / "to-byer")
    code, text = run("report", "to-bier", "--all", "--data-dir", tmp_path, "--reports-dir", tmp_path / "r")
    assert code == 2
    assert "'to-bier'. Did you mean to-byer" in text
    shutil.rmtree(tmp_path / "raw" / default)
    code, text = run("report", "to-bier", "Nordby", "--data-dir", tmp_path, "--reports-dir", tmp_path / "r")
    assert (code, "'to-bier'. Did you mean to-byer" in text) == (2, True)
    code, text = run("report", "to-byer", "Nordby", "--all", "--data-dir", tmp_path)
    assert (code, "leave out --all or Nordby" in text) == (2, True)


def test_areas_that_would_share_a_folder_are_refused(source, tmp_path):
    folder = shutil.copytree(source, tmp_path / "source")
    areas = gpd.read_file(folder / "areas.gpkg")
    areas["area"] = ["Nord / Syd", "Nord-Syd"]
    (folder / "areas.gpkg").unlink()
    areas.to_file(folder / "areas.gpkg", driver="GPKG", engine="pyogrio")
    with pytest.raises(InputFileError, match=r"share a folder: 'Nord / Syd' and 'Nord-Syd' \(nord-syd\)"):
        workbench.import_register(folder, data_dir=tmp_path, name="Ens")
    assert workbench.municipalities(tmp_path) == []  # a failed import leaves no municipality behind


@pytest.mark.parametrize("command", [["--reports-dir", "file"], ["--data-dir", "file"]])
def test_a_folder_that_cannot_be_written_is_one_line(data, tmp_path, monkeypatch, capsys, command):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    arguments = ["report", "to-byer", "Nordby", "--data-dir", str(data), *command]
    if command[0] == "--data-dir":
        arguments = ["make-default", *command]
    monkeypatch.setattr("sys.argv", ["screening", *arguments])
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert told[0].startswith("Error: Not a directory: ")


def test_shell_economics_takes_a_spreadsheet_with_decimal_commas(tmp_path):
    plain, danish = tmp_path / "plain.csv", tmp_path / "dansk.csv"
    plain.write_text(KEY_FIGURES, encoding="utf-8")
    danish.write_text(KEY_FIGURES.replace(",", ";").replace(".", ","), encoding="utf-8-sig")
    a = assumptions.load("cowi-2022")
    first, second = (sheets.read_typed_table(path, a).key_figures for path in (plain, danish))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.replace("area_km2,", "areal,"), "areal (ha)"),
        (lambda t: t.replace("0.1678", "-0.1678"), "area_km2"),
        (lambda t: t.replace("1930", "nitten"), "nitten"),
        (lambda t: t.replace("11.5", "11,5"), "decimal"),
        (lambda t: t.replace(",0.08", ""), "row 2: 9 values, but the header has 10 columns"),
        (lambda t: t.splitlines()[0], "no rows"),
        (lambda t: t.replace("heat_pump_count", "Area"), "both are area"),
        (lambda _: "", "empty"),
        (lambda t: t.replace("1930", "1930000").replace("2389", "2389000"), "MWh"),
    ],
)
def test_faulty_key_figures_are_named(tmp_path, change, told):
    table = tmp_path / "table.csv"
    table.write_text(change(KEY_FIGURES), encoding="utf-8")
    code, text = run("economics", table)
    assert code == 2
    assert told in text
    assert "Traceback" not in text


def corrupt(source: Path, folder: Path, name: str) -> Path:
    """Copy the good folder and break one thing in it."""
    shutil.copytree(source, folder)
    register, areas = folder / "BBR_Bygning.csv", folder / "areas.gpkg"
    good = gpd.read_file(areas)
    if name == "empty file":
        register.write_text("", encoding="utf-8")
    elif name == "wrong dialect":
        register.write_text("a;b;c\n1;2;3\n", encoding="utf-8")
    elif name == "missing column":
        write_register(register, rows())
        text = register.read_text(encoding="utf-8")
        register.write_text(text.replace("byg057Opvarmningsmiddel", "opvarmning"), encoding="utf-8")
    elif name == "no register":
        register.unlink()
    elif name == "wrong CRS":
        areas.unlink()
        good.to_crs(3857).to_file(areas)
    elif name == "no CRS":
        areas.unlink()
        good.set_crs(None, allow_override=True).to_file(areas)
    return folder


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("empty file", "empty"),
        ("wrong dialect", "BBR_Bygning.csv"),
        ("missing column", "byg057"),
        ("no register", "building file"),
        ("wrong CRS", "25832"),
        ("no CRS", "25832"),
    ],
)
@pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning")
def test_faulty_files_are_named(source, tmp_path, fault, told):
    folder = corrupt(source, tmp_path / "broken", fault)
    code, text = run("import-register", folder, "--data-dir", tmp_path / "data")
    assert code == 2, text
    assert told in text
    assert "Traceback" not in text


def test_a_missing_folder_is_named(tmp_path):
    code, text = run("import-register", tmp_path / "none", "--data-dir", tmp_path)
    assert (code, "does not exist" in text) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["to-byer", "Nordbi"], "Nordby"),
        (["to-byer"], "--all"),
        (["to-byer", "--all", "--set", "loan_rat=0.04"], "loan_rate"),
        (["to-byer", "--all", "--set", "loan_rate=3,5"], "name=number"),
        (["to-byer", "--all", "--assumptions", "cowi-2002"], "cowi-2022"),
        (["to-byer", "--all", "--language", "tysk"], "language"),
        (["--municipality", "to-by", "--all"], "to-byer"),
    ],
)
def test_shell_report_says_what_is_wrong(data, tmp_path, arguments, told):
    code, text = run("report", *arguments, "--data-dir", data, "--reports-dir", tmp_path)
    assert code == 2, text
    assert told in text


def test_municipality_file_with_an_unknown_key_names_the_near_one(source, tmp_path):
    workbench.import_register(source, data_dir=tmp_path, name="To Byer")
    path = tmp_path / "raw" / "to-byer" / "municipality.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "rods: veje.gpkg\n", encoding="utf-8")
    with pytest.raises(InputFileError, match="roads"):
        workbench.run_screening("to-byer", data_dir=tmp_path)


def test_a_register_row_with_a_decimal_comma_is_counted_not_lost(source, tmp_path):
    folder = tmp_path / "komma"
    shutil.copytree(source, folder)
    records = rows()
    records[0]["byg038SamletBygningsareal"] = records[0]["byg039BygningensSamledeBoligAreal"] = "130,5"
    write_register(folder / "BBR_Bygning.csv", records)
    layers, _ = workbench.import_register(folder, data_dir=tmp_path / "data")
    counts = layers.register_counts
    assert counts["rows_read"] == 12 == counts.drop("rows_read").sum()


def test_a_table_error_names_the_file(tmp_path):
    (tmp_path / "t.csv").write_text(KEY_FIGURES.replace("0.81", "81"), encoding="utf-8")
    with pytest.raises(InputFileError, match=r"t\.csv: row 2, column 'oil_gas_share': 81 is above 1"):
        workbench.economics_table(tmp_path / "t.csv")


def test_the_small_register_has_the_fields_it_promises():
    assert set(rows()[0]) == set(FIELDS)
