"""The grid holds all heat once, each building in one half-open cell."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from screening import tables
from screening.areas import density_grid
from screening.errors import ScreeningError, TableError

EAST, NORTH = 700_000.0, 6_200_000.0


def houses(coordinates, demand_mwh):
    return gpd.GeoDataFrame(
        {"heat_demand_mwh": np.asarray(demand_mwh, dtype=float)},
        geometry=shapely.points(np.asarray(coordinates, dtype=float).reshape(-1, 2)),
        crs=tables.CRS,
    )


cell_sizes = st.one_of(st.sampled_from([0.1, 1.0, 33.3, 100.0, 1e5]), st.floats(5.0, 500.0))


@given(st.data(), cell_sizes)
def test_heat_is_conserved_with_points_on_corners_and_edges(data, cell_m):
    first = np.floor(np.array([EAST, NORTH]) / cell_m)
    offset = st.one_of(st.integers(0, 20), st.floats(0, 20))
    rows = data.draw(st.lists(st.tuples(offset, offset, st.floats(0, 1e4)), min_size=1, max_size=30))
    points = (first + np.array([(x, y) for x, y, _ in rows])) * cell_m
    demand_mwh = np.array([mwh for *_, mwh in rows])
    array, transform, crs = density_grid(houses(points, demand_mwh), cell_m=cell_m)
    assert array.sum() == pytest.approx(demand_mwh.sum(), rel=1e-9)
    assert crs == "EPSG:25832"
    # Cells lie at multiples of the size, and none of the sides is without a building.
    assert transform.c / cell_m == pytest.approx(round(transform.c / cell_m), abs=1e-6)
    assert transform.f / cell_m == pytest.approx(round(transform.f / cell_m), abs=1e-6)
    # Brute force: each building in the cell that holds its west and south side.
    expected = np.zeros_like(array)
    numbers = [(_cell(x, cell_m), _cell(y, cell_m)) for x, y in points]
    west, north = min(n[0] for n in numbers), max(n[1] for n in numbers)
    for (column, row), mwh in zip(numbers, demand_mwh, strict=True):
        expected[north - row, column - west] += mwh
    np.testing.assert_allclose(array, expected, rtol=1e-12)


def _cell(value, cell_m):
    """Slow and sure: the number n with n * cell <= value < (n + 1) * cell."""
    number = int(value // cell_m) - 1
    while (number + 1) * cell_m <= value:
        number += 1
    return number


def test_a_corner_belongs_to_the_cell_north_east_of_it():
    array, transform, _ = density_grid(houses([(EAST, NORTH)], [7.0]))
    assert array.tolist() == [[7.0]]
    assert (transform.c, transform.f, transform.a, transform.e) == (EAST, NORTH + 100, 100, -100)


def test_unknown_demand_adds_nothing():
    array, _, _ = density_grid(houses([(EAST, NORTH), (EAST + 1, NORTH)], [7.0, np.nan]))
    assert array.sum() == 7.0


def test_bounds_are_covered_and_nothing_outside_them_is_lost():
    bounds = (EAST, NORTH, EAST + 300, NORTH + 200)
    empty, transform, _ = density_grid(houses([], []), bounds=bounds)
    assert empty.shape == (2, 3)
    assert empty.sum() == 0
    assert (transform.c, transform.f) == (EAST, NORTH + 200)
    array, _, _ = density_grid(houses([(EAST - 50, NORTH)], [7.0]), bounds=bounds)
    assert array.shape == (2, 4)
    assert array[1, 0] == 7.0


@pytest.mark.parametrize("cell_m", [0.0, -100.0, np.nan])
def test_a_cell_has_a_size(cell_m):
    with pytest.raises(ScreeningError, match="cell size above 0 m"):
        density_grid(houses([(EAST, NORTH)], [7.0]), cell_m=cell_m)


def test_no_building_and_no_bounds_is_an_error():
    with pytest.raises(ScreeningError, match="neither a building nor bounds"):
        density_grid(houses([], []))


def test_a_grid_too_large_to_hold_is_refused():
    with pytest.raises(ScreeningError, match="choose larger cells"):
        density_grid(houses([(EAST, NORTH), (EAST + 1e5, NORTH + 1e5)], [1.0, 1.0]), cell_m=1.0)


def test_negative_demand_is_named():
    with pytest.raises(TableError, match="heat_demand_mwh: 1 rows"):
        density_grid(houses([(EAST, NORTH)], [-7.0]))


def test_many_points_are_added_in_the_order_of_the_rows_to_the_last_bit():
    """So many that several threads share them; expected is what one adds up, cell by cell, in whole cm."""
    rng = np.random.default_rng(5)
    count = 150_000
    centimetres = rng.integers(0, 200_000, (count, 2))
    heat = rng.gamma(2.0, 9.0, count)
    points = gpd.points_from_xy(EAST + centimetres[:, 0] / 100, NORTH + centimetres[:, 1] / 100)
    table = gpd.GeoDataFrame({"heat_demand_mwh": heat}, geometry=points, crs="EPSG:25832")
    expected: dict[tuple[int, int], float] = {}
    for (x, y), mwh in zip((centimetres // 10_000).tolist(), heat.tolist(), strict=True):
        expected[19 - y, x] = expected.get((19 - y, x), 0.0) + mwh
    grid, transform, _ = density_grid(table)
    assert grid.shape == (20, 20)
    assert (transform.c, transform.f) == (EAST, NORTH + 2000)
    assert {place: grid[place] for place in expected} == expected


@pytest.mark.parametrize("broken", [shapely.Point(EAST, np.nan), shapely.Point(np.inf, NORTH), None])
def test_a_point_without_a_place_is_named_among_many(broken):
    points = gpd.points_from_xy(np.full(140_000, EAST), np.full(140_000, NORTH)).astype(object)
    points[139_000] = broken
    table = gpd.GeoDataFrame(
        {"heat_demand_mwh": 1.0}, geometry=points, index=range(140_000), crs="EPSG:25832"
    )
    with pytest.raises(TableError, match=r"1 rows have neither point nor outline \(rows 139000\)"):
        density_grid(table)
