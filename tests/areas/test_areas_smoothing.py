"""Smoothing loses nothing, at the edge neither; each cell gets the exact part of the circle in it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from screening.areas import smooth_density
from screening.areas.smoothing import disc_shares
from screening.errors import ScreeningError

radii = st.one_of(st.sampled_from([0.01, 0.49, 0.5, 0.51, 1.0, 1.5, 2.0, 7.0]), st.floats(0.05, 9.0))


def transform_of(cell_m, rows):
    return Affine(cell_m, 0, 700_000, 0, -cell_m, 6_200_000 + rows * cell_m)


@given(
    arrays.arrays(
        float,
        st.tuples(st.integers(1, 12), st.integers(1, 12)),
        elements=st.floats(0, 1e6, allow_subnormal=False),
    ),
    radii,
    st.sampled_from([0.5, 33.3, 100.0]),
)
def test_the_heat_is_conserved_also_at_the_edge_and_never_negative(array, radius_cells, cell_m):
    smoothed, _, crs = smooth_density(array, transform_of(cell_m, len(array)), radius_cells * cell_m)
    assert smoothed.sum() == pytest.approx(array.sum(), rel=1e-9, abs=0)
    assert (smoothed >= 0).all()
    assert crs == "EPSG:25832"


@settings(max_examples=40)
@given(radii)
def test_a_cell_gets_the_part_of_the_circle_that_lies_in_it(radius_cells):
    """Expectation: a circle of 40,000 corners, cut by the cells with the geometry library."""
    disc = disc_shares(radius_cells)
    reach = len(disc) // 2
    angle = np.linspace(0, 2 * np.pi, 40_000, endpoint=False)
    # Corners a little outside, so that the many-sided circle has the area of the round one.
    outside = radius_cells * np.sqrt(2 * np.pi / 40_000 / np.sin(2 * np.pi / 40_000))
    circle = shapely.Polygon(outside * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    rows, columns = np.indices(disc.shape) - reach
    cells = shapely.box(columns - 0.5, rows - 0.5, columns + 0.5, rows + 0.5)
    expected = shapely.area(shapely.intersection(cells, circle)) / (np.pi * radius_cells**2)
    np.testing.assert_allclose(disc, expected, atol=1e-7)
    assert disc.sum() == pytest.approx(1.0, rel=1e-12)


@given(radii)
def test_one_building_gives_a_round_hill(radius_cells):
    smoothed, moved, _ = smooth_density(np.array([[50.0]]), transform_of(100.0, 1), radius_cells * 100)
    for turned in (smoothed.T, smoothed[::-1], smoothed[:, ::-1]):
        np.testing.assert_array_equal(smoothed, turned)
    middle = moved @ (smoothed.shape[1] / 2, smoothed.shape[0] / 2)
    assert middle == pytest.approx((700_050, 6_200_050), abs=1e-6)


def test_the_middle_of_an_even_plain_stays_what_it_is():
    array = np.full((21, 21), 8.0)
    smoothed, moved, _ = smooth_density(array, transform_of(100.0, 21), 430.0)
    assert smoothed.shape == (29, 29)
    assert (moved.c, moved.f) == (700_000 - 400, 6_200_000 + 2100 + 400)
    np.testing.assert_allclose(smoothed[8:21, 8:21], 8.0, rtol=1e-12)
    assert smoothed[0, 0] == 0.0


def test_a_cell_farther_than_the_circle_reaches_is_exactly_zero():
    array = np.zeros((1, 9))
    array[0, 4] = 1.0
    smoothed, _, _ = smooth_density(array, transform_of(100.0, 1), 149.0)
    assert np.flatnonzero(smoothed[1]).tolist() == [4, 5, 6]


def test_a_circle_within_the_cell_changes_nothing():
    array = np.array([[1.0, 2.0], [3.0, 4.0]])
    smoothed, moved, _ = smooth_density(array, transform_of(100.0, 2), 50.0)
    np.testing.assert_array_equal(smoothed, array)
    assert moved == transform_of(100.0, 2)


@pytest.mark.parametrize("radius_m", [0.0, -1.0, np.nan, np.inf])
def test_a_circle_has_a_radius(radius_m):
    with pytest.raises(ScreeningError, match="radius above 0 m"):
        smooth_density(np.ones((2, 2)), transform_of(100.0, 2), radius_m)


@pytest.mark.parametrize("value", [np.nan, -1.0, np.inf])
def test_a_cell_without_a_number_is_refused(value):
    with pytest.raises(ScreeningError, match="without negative, infinite or unknown cells"):
        smooth_density(np.array([[1.0, value]]), transform_of(100.0, 1), 100.0)


def test_cells_that_are_not_square_are_refused():
    with pytest.raises(ScreeningError, match="square cells"):
        smooth_density(np.ones((2, 2)), Affine(100, 0, 0, 0, -50, 0), 100.0)


def test_a_radius_absurdly_large_is_refused():
    with pytest.raises(ScreeningError, match="smaller radius"):
        smooth_density(np.ones((2, 2)), transform_of(1.0, 2), 1e5)


@pytest.mark.parametrize("radius_cells", [1e-200, 1e-170, 0.5])
def test_a_circle_far_within_the_cell_changes_nothing(radius_cells):
    array = np.array([[1.0, 0.0], [3.0, 7.0]])
    smoothed, _, _ = smooth_density(array, transform_of(100.0, 2), radius_cells * 100)
    np.testing.assert_array_equal(smoothed, array)


def test_a_circle_of_a_thousand_cells_is_refused():
    with pytest.raises(ScreeningError, match="choose cells of at least 250 m"):
        smooth_density(np.ones((2, 2)), transform_of(100.0, 2), 100_000.0)
