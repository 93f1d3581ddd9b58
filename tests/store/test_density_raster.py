"""The GeoTIFF of the density read back with rasterio: bounds, unit, windows, overviews, sums."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.windows import Window, from_bounds

from screening import store
from screening.errors import InputFileError, ScreeningError
from screening.views import Density

CELL_M = 33.3
WEST, NORTH = 700_000.123, 6_200_000.456


def made(rows, columns, cell_m=CELL_M):
    rng = np.random.default_rng(rows * columns)
    heat = rng.gamma(0.5, 40.0, (rows, columns)) * (rng.random((rows, columns)) < 0.3)
    return Density(heat, Affine(cell_m, 0, WEST, 0, -cell_m, NORTH), cell_m)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Odd numbers of rows and columns at every level."""
    density = made(777, 1533)
    return density, store.write_density(tmp_path_factory.mktemp("raster") / "large.tif", density)


def test_the_file_is_cloud_optimised(large):
    _, path = large
    with rasterio.open(path) as raster:
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert raster.block_shapes == [(256, 256)]
        assert raster.overviews(1) == [2, 4, 8]
        assert raster.crs.to_epsg() == 25832
        assert raster.units == ("MWh",)
        assert raster.descriptions == ("heat demand, MWh per cell and year",)
        assert np.isnan(raster.nodata)


def test_bounds_are_right_to_the_millimetre_and_numbers_to_the_last_bit(large):
    density, path = large
    with rasterio.open(path) as raster:
        expected = (WEST, NORTH - 777 * CELL_M, WEST + 1533 * CELL_M, NORTH)
        assert raster.bounds == pytest.approx(expected, abs=1e-4, rel=0)
        np.testing.assert_array_equal(raster.read(1), density.heat_mwh)
        # Zero is a number, not "no data".
        assert raster.read_masks(1).all()
    again = store.read_density(path)
    assert again.transform == density.transform
    assert again.cell_m == CELL_M
    np.testing.assert_array_equal(again.heat_mwh, density.heat_mwh)


def test_a_window_across_blocks_holds_its_cells(large):
    density, path = large
    with rasterio.open(path) as raster:
        # Named by ground: the cells from row 250 and column 500 on.
        west, north = WEST + 500 * CELL_M, NORTH - 250 * CELL_M
        window = from_bounds(west, north - 20 * CELL_M, west + 30 * CELL_M, north, raster.transform)
        rounded = window.round_offsets().round_lengths()
        assert rounded == Window(500, 250, 30, 20)
        np.testing.assert_array_equal(raster.read(1, window=rounded), density.heat_mwh[250:270, 500:530])


@pytest.mark.parametrize("level", [0, 1, 2])
def test_an_overview_holds_means_that_add_up_to_the_same_heat(large, level):
    density, path = large
    with rasterio.open(path, overview_level=level) as raster:
        values = raster.read(1)
        cells = abs(raster.transform.determinant) / CELL_M**2  # of the full grid in one of the overview
        assert raster.bounds == pytest.approx((WEST, NORTH - 777 * CELL_M, WEST + 1533 * CELL_M, NORTH))
    assert cells > 3.9 * 4**level
    assert values.sum() * cells == pytest.approx(density.heat_mwh.sum(), rel=1e-12)


def test_the_smoothed_grid_tells_kwh_on_a_square_metre(tmp_path):
    density = Density(np.array([[0.0, 25.0]]), Affine(50, 0, 0, 0, -50, 50), 50.0)
    path = store.write_density(tmp_path / "smooth.tif", density, per_m2=True)
    with rasterio.open(path) as raster:
        assert raster.read(1).tolist() == [[0.0, 10.0]]
        assert raster.units == ("kWh/m2",)
        assert raster.descriptions == ("heat density, kWh per m2 of ground and year",)
    assert store.read_density(path).heat_mwh.tolist() == [[0.0, 25.0]]


def test_writing_leaves_one_file_or_the_old_one(tmp_path, monkeypatch):
    path = store.write_density(tmp_path / "a.tif", made(300, 300))
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]
    old = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        store.write_density(path, made(20, 20))
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]


def test_a_grid_without_a_cell_is_refused(tmp_path):
    with pytest.raises(ScreeningError, match="without a cell"):
        store.write_density(tmp_path / "a.tif", Density(np.zeros((0, 0)), Affine.identity(), 1.0))


def test_another_raster_is_no_density(tmp_path):
    path = tmp_path / "height.tif"
    profile = {"driver": "GTiff", "width": 2, "height": 2, "count": 1, "dtype": "float64"}
    with rasterio.open(path, "w", **profile, transform=Affine(2, 0, 0, 0, -2, 0)) as raster:
        raster.write(np.ones((2, 2)), 1)
    with pytest.raises(InputFileError, match="no heat density grid: its unit is not given"):
        store.read_density(path)


def test_a_file_that_cannot_be_read_costs_nobody_his_folder(tmp_path):
    """A file of the user's own may lie anywhere: nothing beside it is to be removed."""
    path = tmp_path / "density.tif"
    with pytest.raises(InputFileError, match=r"density\.tif does not exist\. Write it again\.$"):
        store.read_density(path)
    path.write_bytes(b"II*\x00 cut short")
    with pytest.raises(InputFileError, match=r"density\.tif is damaged, or no GeoTIFF\. Write it again\.$"):
        store.read_density(path)
    with pytest.raises(InputFileError, match=r"damaged, or no GeoTIFF\. Remove the folder X and run Y\.$"):
        store.read_density(path, "Remove the folder X and run Y")
