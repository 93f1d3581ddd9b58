"""The building store filled from a register source, and a municipality imported from it."""

from __future__ import annotations

import pytest
from geopandas.testing import assert_geodataframe_equal
from typer.testing import CliRunner

from screening import cli, register, workbench
from screening.errors import InputFileError, UnknownNameError
from small_municipality import write_folder

shell = CliRunner()


@pytest.fixture(scope="module")
def stored(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("country")
    source = real_data / "bbr" / "BBR_Bygning_2020-04-18.csv"
    return folder, source, workbench.store_register(source, data_dir=folder, read_at="2026-11-21")


def test_every_row_of_the_real_file_is_accounted_for(stored):
    folder, source, done = stored
    buildings, report = register.read_buildings(source)
    assert done.counts["rows_read"] == 2705 == report.rows
    assert done.counts[report.counts.index].tolist() == report.counts.tolist()
    assert done.counts["dropped_no_municipality"] == 0
    assert done.repairs.to_dict() == report.repairs[report.repairs > 0].to_dict()
    assert (done.dialect, done.register_date) == (report.dialect, report.register_date)
    store = workbench.building_store(folder)
    assert store.codes() == done.codes == sorted(buildings["municipality_code"].unique())
    for code in ("0155", "0253"):
        part = store.read(code)
        assert part.index.tolist() == buildings.index[buildings["municipality_code"] == code].tolist()
        assert store.entry(code).facts["read_at"] == "2026-11-21"
        assert store.entry(code).facts["kept"] == len(part)


def test_a_municipality_is_imported_from_the_store(stored, real_data, tmp_path):
    folder, source, _ = stored
    areas = real_data / "bbr" / "sample_areas.gpkg"
    layers, slug = workbench.import_register("register:0253", data_dir=folder, name="Greve", areas=areas)
    buildings, _ = register.read_buildings(source)
    own = buildings[buildings["municipality_code"] == "0253"]
    plain = ["use_code", "area_m2", "year_built", "heating_installation_code", "is_gas", "geometry"]
    assert_geodataframe_equal(layers.buildings[plain], own[plain], check_dtype=False, check_index_type=False)
    counts = layers.register_counts
    assert counts["kept"] == len(own)
    assert counts["rows_read"] == counts.drop("rows_read").sum()
    # Nothing changed: the second run reads nothing anew; a changed store is noticed.
    work = workbench.run_screening(slug, data_dir=folder)
    assert work.manifest["files"]["register:0253"] == workbench.building_store(folder).entry("0253").sha256
    with pytest.raises(UnknownNameError, match="0253"):
        workbench.import_register("register:0252", data_dir=folder, name="Nabo", areas=areas)


def test_a_file_without_municipalities_or_buildings_changes_nothing(tmp_path):
    folder = tmp_path / "raw"
    write_folder(folder)
    source = next(folder.glob("*.csv"))
    text = source.read_text(encoding="utf-8")
    done = workbench.store_register(source, data_dir=tmp_path / "data")
    assert done.counts["kept"] > 0
    before = workbench.building_store(tmp_path / "data").catalogue()
    bare = tmp_path / "bare.csv"
    header, *lines = text.splitlines()
    place = header.split(",").index("kommunekode")
    rows = [",".join("" if n == place else v for n, v in enumerate(line.split(","))) for line in lines]
    bare.write_text("\n".join([header, *rows]), encoding="utf-8")
    with pytest.raises(InputFileError, match="names its municipality"):
        workbench.store_register(bare, data_dir=tmp_path / "data")
    assert workbench.building_store(tmp_path / "data").catalogue().equals(before)


def test_outcomes_keep_their_order_and_a_folder_is_told(stored, tmp_path):
    """Also where a municipality has rows that are settled as they come by, and no others."""
    _, source, done = stored
    header, *lines = source.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index("kommunekode")
    status = header.split(",").index("status")
    gone = next(line for line in lines if line.split(",")[status] != "6").split(",")
    gone[place] = "0999"
    few = tmp_path / "few.csv"
    few.write_text("\n".join([header, ",".join(gone), *lines[:200]]), encoding="utf-8")
    told = workbench.store_register(few, data_dir=tmp_path / "data").counts
    assert told.index.tolist() == done.counts.index.tolist()
    assert told["rows_read"] == 201
    with pytest.raises(InputFileError, match="is a folder; give the building file"):
        workbench.store_register(tmp_path, data_dir=tmp_path / "data")


def test_the_shell_keeps_the_register(stored, tmp_path):
    _, source, done = stored
    made = shell.invoke(
        cli.app, ["store-register", str(source), "--data-dir", str(tmp_path), "--workers", "1"]
    )
    assert made.exit_code == 0, made.output
    assert "2,705" in made.output
    assert f"{len(done.codes)} municipalities" in made.output
    missing = shell.invoke(cli.app, ["store-register", str(tmp_path / "no.csv")])
    assert "does not exist" in str(missing.exception)


def test_a_municipality_without_a_standing_building_keeps_what_it_had(tmp_path):
    folder = tmp_path / "raw"
    write_folder(folder)
    source = next(folder.glob("*.csv"))
    header, *lines = source.read_text(encoding="utf-8").splitlines()
    names = header.split(",")
    status, code = names.index("status"), names.index("kommunekode")
    gone = lines[0].split(",")
    gone[status], gone[code] = "10", "0999"
    source.write_text("\n".join([header, *lines, ",".join(gone)]), encoding="utf-8")
    made = shell.invoke(
        cli.app, ["store-register", str(source), "--data-dir", str(tmp_path), "--workers", "1"]
    )
    assert made.exit_code == 0, made.output
    assert "No standing building in the source, so the store is as it was: 0999" in made.output
    assert "0999" not in workbench.building_store(tmp_path).codes()
