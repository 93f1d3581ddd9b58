"""A municipality without polygons: imported, screened, told in the report, corrected and given back."""

from __future__ import annotations

import geopandas as gpd
import pytest
import yaml
from shapely.geometry import Point
from typer.testing import CliRunner

from screening import assumptions, cli, workbench
from screening.errors import InputFileError, ScreeningError
from screening.project import discover
from screening.report import chapters
from small_municipality import EAST, NORTH, write_folder


def run(*arguments):
    result = CliRunner().invoke(cli.app, [str(a) for a in arguments])
    if isinstance(result.exception, ScreeningError):
        return 2, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give the two villages without their polygons, with a point that names the northern one."""
    folder = write_folder(tmp_path_factory.mktemp("source") / "Uden")
    (folder / "areas.gpkg").unlink()
    names = gpd.GeoDataFrame({"navn": ["Nordby"]}, geometry=[Point(EAST, NORTH + 400)], crs=25832)
    names.to_file(folder / "stednavne.gpkg")
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory, folder):
    data = tmp_path_factory.mktemp("data")
    workbench.import_register(folder, data_dir=data)
    workbench.run_screening("uden", data_dir=data)
    return data


def test_areas_are_found_named_and_screened(data):
    work = workbench.load("uden", data_dir=data)
    assert work.layers.areas is None
    assert work.screening.areas[["area", "town", "method"]].to_numpy().tolist() == [
        ["Nordby", "Nordby", "triangles"]
    ]
    # Six gas houses and one oil house; the heat pump stands among them.
    figures = work.screening.key_figures.set_index("area").loc["Nordby"]
    assert figures[["oil_gas_count", "individual_count"]].tolist() == [7, 8]
    assert work.screening.left_out.empty
    text = (data / "raw" / "uden" / "municipality.yaml").read_text(encoding="utf-8")
    assert "areas" not in yaml.safe_load(text)


def test_the_report_says_that_the_tool_drew_the_areas(data):
    town = workbench.load_town("Nordby", "uden", data_dir=data)
    overview = workbench.load_overview("uden", data_dir=data)
    assert "afgrænset af værktøjet" in chapters.area_and_density(town).html
    assert "kanten følger trekanterne" in chapters.method_and_reservations(town).html
    assert "afgrænset af værktøjet" in chapters.overview_answer(overview).html
    assert "the edge follows the triangles" in chapters.overview_method(overview, "en").html


def test_drawn_areas_are_not_said_to_be_the_tools(tmp_path):
    source = write_folder(tmp_path / "Med")
    workbench.import_register(source, data_dir=tmp_path / "data")
    workbench.run_screening("med", data_dir=tmp_path / "data")
    town = workbench.load_town("Nordby", "med", data_dir=tmp_path / "data")
    overview = workbench.load_overview("med", data_dir=tmp_path / "data")
    assert "afgrænset af værktøjet" not in chapters.area_and_density(town).html
    assert "trekanterne" not in chapters.method_and_reservations(town).html
    assert "afgrænset af værktøjet" not in chapters.overview_answer(overview).html


def test_the_shell_writes_areas_to_correct_and_takes_them_back(data, tmp_path):
    file = tmp_path / "areas.gpkg"
    code, told = run("areas", "uden", "--out", file, "--data-dir", data)
    assert code == 0
    assert "7 of 7 oil and gas buildings" in told
    drawn = gpd.read_file(file)
    assert drawn["building_count"].tolist() == [7]
    drawn.assign(area="Min by").to_file(file)
    code, told = run("import-register", data / "raw" / "uden", "--areas", file, "--data-dir", data)
    assert code == 0, told
    work = workbench.run_screening("uden", data_dir=data)
    assert work.screening.areas["area"].tolist() == ["Min by"]
    assert "method" not in work.screening.areas
    code, told = run("areas", "uden", "--names-from", file, "--data-dir", data)
    assert "Min by" in told
    code, told = run("areas", "uden", "--compare", "--data-dir", data)
    assert all(method in told for method in ("triangles", "circles", "density"))
    code, told = run("areas", "uden", "--method", "circels", "--data-dir", data)
    assert code == 2
    assert "Did you mean circles?" in told


def test_another_method_or_no_settlement_at_all(folder, tmp_path):
    data = tmp_path / "data"
    workbench.import_register(folder, data_dir=data)
    file = data / "raw" / "uden" / "municipality.yaml"
    text = file.read_text(encoding="utf-8")
    assert "area_method: triangles" in text
    changed = text.replace("triangles", "circles")
    file.write_text(changed, encoding="utf-8")
    work = workbench.run_screening("uden", data_dir=data)
    assert work.screening.areas["method"].tolist() == ["circles"]
    strict = assumptions.load("cowi-2022").replace(found_min_buildings_count=50)
    with pytest.raises(ScreeningError, match="among 7 oil and gas buildings there is no settlement of 50"):
        workbench.run_screening("uden", data_dir=data, assumptions=strict)
    file.write_text(text.replace("triangles", "squares"), encoding="utf-8")
    with pytest.raises(InputFileError, match="area_method"):
        workbench.run_screening("uden", data_dir=data)


def test_place_names_are_recognised_and_refused_as_lines(folder, tmp_path):
    assert discover(folder)["places"].endswith("stednavne.gpkg")
    assert "areas" not in discover(folder)
    roads = folder / "veje.gpkg"
    code, told = run("import-register", folder, "--places", roads, "--data-dir", tmp_path)
    assert code == 2
    assert "no column with the name of each place" in told
