"""Contours enclose the ground at or above a level: known fields, closed at the edge, nothing lost."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from screening.areas import density_contours, smooth_density
from screening.errors import ScreeningError

CELL_M = 100.0
TRANSFORM = Affine(CELL_M, 0, 700_000, 0, -CELL_M, 6_200_000)


def mwh(density_kwh_per_m2, cell_m=CELL_M):
    return np.asarray(density_kwh_per_m2, dtype=float) * cell_m**2 / 1000


def test_a_cone_has_the_area_that_geometry_gives_it():
    """Density 40 in the middle, falling to 0 at 1000 m: at least L within 1000 * (1 - L / 40) metres."""
    cell_m, size = 5.0, 500
    centre = (np.arange(size) - (size - 1) / 2) * cell_m
    distance = np.hypot(centre, centre[:, None])
    transform = Affine(cell_m, 0, 700_000, 0, -cell_m, 6_200_000)
    field = mwh(np.maximum(40 * (1 - distance / 1000), 0), cell_m)
    found = density_contours(field, transform, [5.0, 10.0, 20.0])
    assert found["level_kwh_per_m2"].tolist() == [5.0, 10.0, 20.0]
    radius_m = 1000 * (1 - np.array([5.0, 10.0, 20.0]) / 40)
    np.testing.assert_allclose(found["area_km2"], np.pi * radius_m**2 / 1e6, rtol=1e-4)
    # Heat within: 2 pi times the integral of 40 (1 - r / 1000) r, in kWh on square metres.
    kwh = 2 * np.pi * 40 * (radius_m**2 / 2 - radius_m**3 / 3000)
    np.testing.assert_allclose(found["heat_mwh"], kwh / 1000, rtol=1e-3)
    middle = shapely.Point(700_000 + size * cell_m / 2, 6_200_000 - size * cell_m / 2)
    assert found.distance(middle).max() == 0.0
    np.testing.assert_allclose(found.geometry.centroid.distance(middle), 0.0, atol=0.01)


def test_a_ring_of_houses_round_a_lake_has_a_hole():
    centre = np.arange(61) - 30.0
    distance = np.hypot(centre, centre[:, None])
    field = mwh(np.where((distance > 10) & (distance < 20), 30.0, 0.0))
    found = density_contours(field, TRANSFORM, [10.0])
    assert len(found) == 1
    assert len(found.geometry.iloc[0].interiors) == 1
    assert found["area_km2"].iloc[0] == pytest.approx(np.pi * (20**2 - 10**2) / 100, rel=0.03)


def test_the_ground_at_exactly_the_criterion_is_within():
    """The criterion is met from exactly 10 on: a plain of 10 and no more is all within."""
    field = mwh(np.full((4, 6), 10.0))
    assert density_contours(field, TRANSFORM, [10.0])["area_km2"].sum() == pytest.approx(3 * 5 / 100)
    assert density_contours(field, TRANSFORM, [10.0 + 1e-6]).empty


@pytest.mark.parametrize("radius_m", [31.9, 17.3, 44.4, 52.1, 75.0])
def test_smoothing_takes_no_plain_below_its_own_level(radius_m):
    cell_m = 10.0
    transform = Affine(cell_m, 0, 700_000, 0, -cell_m, 6_200_000)
    smoothed, moved, _ = smooth_density(mwh(np.full((60, 60), 10.0), cell_m), transform, radius_m)
    found = density_contours(smoothed, moved, [10.0])
    inner_m = 590 - 2 * radius_m  # where the circle lies in the plain; between the middles of cells
    assert found["area_km2"].sum() == pytest.approx((inner_m / 1000) ** 2, rel=0.1)


def test_a_plain_that_reaches_the_edge_is_closed_there():
    field = mwh(np.full((4, 6), 20.0))
    found = density_contours(field, TRANSFORM, [10.0])
    shape = found.geometry.iloc[0]
    assert shape.exterior.is_closed
    # Halfway from the outermost centres to the centres beyond, where there is none: just the edge.
    assert shape.bounds == pytest.approx((700_000, 6_200_000 - 400, 700_600, 6_200_000), abs=1e-6)
    # 24 cells but for the four corners, where 20 at one centre meets three of 0.
    assert 0.22 < found["area_km2"].iloc[0] < 0.24


def test_no_ground_reaches_the_level():
    found = density_contours(mwh(np.full((3, 3), 5.0)), TRANSFORM, [10.0])
    assert found.empty
    assert list(found.columns) == ["level_kwh_per_m2", "area_km2", "heat_mwh", "geometry"]
    assert found.crs == "EPSG:25832"
    assert density_contours(np.zeros((0, 0)), TRANSFORM, [10.0]).empty


@given(
    arrays.arrays(float, st.tuples(st.integers(1, 8), st.integers(1, 8)), elements=st.integers(0, 40)),
    st.lists(st.sampled_from([0.5, 5.0, 10.0, 20.0, 39.0]), min_size=1, max_size=4),
    st.sampled_from([0.0, 120.0, 310.0]),
)
def test_pieces_are_valid_and_part_the_cells_rightly(density, levels, radius_m):
    field, transform = mwh(density), TRANSFORM
    if radius_m:
        field, transform, _ = smooth_density(field, transform, radius_m)
    found = density_contours(field, transform, levels)
    assert found.geometry.is_valid.all()
    assert (found.geom_type == "Polygon").all()
    assert found["level_kwh_per_m2"].is_monotonic_increasing
    rows, columns = np.indices(field.shape)
    centres = shapely.points(transform.c + (columns + 0.5) * CELL_M, transform.f - (rows + 0.5) * CELL_M)
    values = field / CELL_M**2 * 1000
    total_mwh = field.sum()
    for level in set(levels):
        ground = found.loc[found["level_kwh_per_m2"] == level].geometry.union_all()
        # A centre clearly above lies within, one clearly below outside, whatever runs between.
        assert shapely.distance(centres[values > level * (1 + 1e-6)], ground).max(initial=0.0) < 1e-6
        below = centres[values < level * (1 - 1e-6)]
        assert not shapely.contains(shapely.buffer(ground, -1e-6), below).any()
        heat = found.loc[found["level_kwh_per_m2"] == level, "heat_mwh"].sum()
        assert 0 <= heat <= total_mwh * (1 + 1e-9)


def test_levels_follow_one_another_inwards():
    rng = np.random.default_rng(5)
    field, transform, _ = smooth_density(mwh(rng.uniform(0, 60, (30, 30))), TRANSFORM, 250.0)
    found = density_contours(field, transform, [35.0, 10.0, 20.0, 20.0])
    ground = [found[found["level_kwh_per_m2"] == level].geometry.union_all() for level in (10, 20, 35)]
    assert not ground[-1].is_empty
    assert all(shapely.covers(low.buffer(1e-6), high) for low, high in itertools.pairwise(ground))


@pytest.mark.parametrize("level", [0.0, -1.0, np.nan])
def test_a_level_is_above_zero(level):
    with pytest.raises(ScreeningError, match="level above 0 kWh/m2"):
        density_contours(np.ones((2, 2)), TRANSFORM, [10.0, level])
