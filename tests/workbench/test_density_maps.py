"""The density maps of a municipality: same numbers in Python, in the shell and in the files."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from typer.testing import CliRunner

from screening import cli, store, workbench
from screening.errors import ScreeningError
from small_municipality import write_folder


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    source = write_folder(tmp_path_factory.mktemp("source") / "To Byer")
    workbench.import_register(source, data_dir=folder, name="To Byer")
    workbench.run_screening("to-byer", data_dir=folder)
    return folder


@pytest.fixture(scope="module")
def heat_mwh(data):
    buildings = workbench.load("to-byer", data_dir=data).screening.buildings
    return float(buildings.loc[buildings["is_individual"], "heat_demand_mwh"].sum())


def test_all_three_pictures_hold_the_heat_of_the_buildings(data, heat_mwh):
    screening = workbench.load("to-byer", data_dir=data).screening
    assert heat_mwh > 100
    assert screening.density.heat_mwh.sum() == pytest.approx(heat_mwh, rel=1e-9)
    assert screening.density_smoothed.heat_mwh.sum() == pytest.approx(heat_mwh, rel=1e-9)
    assert screening.density_smoothed.cell_m == 25
    assert set(screening.density_contours["level_kwh_per_m2"]) <= {5.0, 10.0, 20.0, 40.0}
    folder = data / "processed" / "to-byer"
    with rasterio.open(folder / "34_density_smoothed.tif") as raster:
        assert raster.units == ("kWh/m2",)
        assert raster.read(1).sum() * 25**2 / 1000 == pytest.approx(heat_mwh, rel=1e-9)
    assert len(gpd.read_parquet(folder / "35_density_contours.parquet")) == len(screening.density_contours)


def test_outlines_move_no_heat_out_of_the_grid(data, heat_mwh):
    by_point = workbench.density_maps("to-byer", data_dir=data, cell_m=10)
    by_outline = workbench.density_maps("to-byer", data_dir=data, cell_m=10, by_outline=True)
    assert by_point.outline_count == 0
    assert by_outline.outline_count > 0
    assert by_outline.density.heat_mwh.sum() == pytest.approx(heat_mwh, rel=1e-9)
    assert np.count_nonzero(by_outline.density.heat_mwh) > np.count_nonzero(by_point.density.heat_mwh)


def test_smoothing_works_in_cells_no_larger_than_the_grid(data):
    assert workbench.density_maps("to-byer", data_dir=data, cell_m=10).smoothed.cell_m == 10
    assert workbench.density_maps("to-byer", data_dir=data, cell_m=100).smoothed.cell_m == 25


def test_a_building_far_off_makes_the_smoothed_grid_coarser_not_too_large(monkeypatch, data):
    monkeypatch.setattr("screening.pipeline._FINE_CELLS", 1000)
    found = workbench.density_maps("to-byer", data_dir=data)
    assert found.smoothed.cell_m == 50
    assert found.smoothed.heat_mwh.sum() == pytest.approx(found.density.heat_mwh.sum(), rel=1e-9)


def test_a_level_that_no_ground_reaches_is_told_as_nothing(data):
    found = workbench.density_maps("to-byer", data_dir=data, radius_m=2000)
    told = found.by_level()
    assert told["level_kwh_per_m2"].tolist() == [10.0]
    assert told[["piece_count", "area_km2", "heat_mwh"]].to_numpy().tolist() == [[0, 0, 0]]
    assert found.radius_m == 2000


@pytest.mark.parametrize(
    ("sizes", "told"), [({"cell_m": 0.0}, "cell size above 0"), ({"radius_m": 0.0}, "radius above 0")]
)
def test_a_size_of_zero_is_refused(data, sizes, told):
    with pytest.raises(ScreeningError, match=told):
        workbench.density_maps("to-byer", data_dir=data, **sizes)


def test_the_shell_writes_what_it_is_asked_for(data, tmp_path, heat_mwh):
    arguments = ["density", "to-byer", "--data-dir", data, "--cell-m", 50, "--radius-m", 60, "--by-outline"]
    arguments += ["--out", tmp_path / "density.tif", "--smoothed", tmp_path / "smoothed.tif"]
    arguments += ["--contours", tmp_path / "contours.gpkg"]
    result = CliRunner().invoke(cli.app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    assert "12 buildings" in result.output
    assert f"{heat_mwh:,.0f} MWh a year" in result.output
    assert "cells of 50 m" in result.output
    assert {path.name for path in tmp_path.iterdir()} == {"density.tif", "smoothed.tif", "contours.gpkg"}
    density = store.read_density(tmp_path / "density.tif")
    assert density.heat_mwh.sum() == pytest.approx(heat_mwh, rel=1e-9)
    assert density.cell_m == 50
    contours = gpd.read_file(tmp_path / "contours.gpkg")
    assert contours.crs.to_epsg() == 25832
    assert (contours.geom_type == "Polygon").all()
    np.testing.assert_allclose(contours["area_km2"], contours.area / 1e6)


def test_the_command_shows_a_worked_example():
    assert "Example: screening density" in CliRunner().invoke(cli.app, ["density", "--help"]).output
