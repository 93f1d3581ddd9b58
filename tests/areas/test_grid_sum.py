"""Density grids of parts, added up, against the grid of all buildings."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.areas import add_grid, density_grid, frame_grids
from screening.errors import ScreeningError

point = st.tuples(
    st.one_of(st.integers(-5, 5).map(lambda n: 100.0 * n), st.floats(-500, 500)),
    st.one_of(st.integers(-5, 5).map(lambda n: 100.0 * n), st.floats(-500, 500)),
    st.integers(0, 500),
    st.integers(0, 3),
)


@settings(max_examples=40)
@given(st.lists(point, min_size=1, max_size=20), st.sampled_from([100.0, 25.0, 30.0]))
def test_parts_add_up_to_the_whole(rows, cell_m):
    x, y, heat_mwh, part = (np.array(column) for column in zip(*rows, strict=True))
    buildings = gpd.GeoDataFrame(
        {"heat_demand_mwh": heat_mwh.astype(float)},
        geometry=gpd.points_from_xy(700_000 + x, 6_200_000 + y),
        crs="EPSG:25832",
    )
    grids = [density_grid(buildings[part == n], cell_m)[:2] for n in np.unique(part)]
    total, transform = frame_grids([(array.shape, placed) for array, placed in grids])
    for array, placed in grids:
        add_grid(total, transform, array, placed)
    expected, expected_transform, _ = density_grid(buildings, cell_m)
    assert transform == expected_transform
    assert np.array_equal(total, expected)  # whole MWh: the order of adding changes nothing


def test_grids_that_do_not_fit_are_refused():
    fit = ((2, 2), Affine(100, 0, 700_000, 0, -100, 6_200_000))
    with pytest.raises(ScreeningError, match="same cell size"):
        frame_grids([fit, ((2, 2), Affine(50, 0, 700_000, 0, -50, 6_200_000))])
    with pytest.raises(ScreeningError, match="same cell size"):
        frame_grids([fit, ((2, 2), Affine(100, 0, 700_030, 0, -100, 6_200_000))])
    with pytest.raises(ScreeningError, match="no density grid"):
        frame_grids([])
    with pytest.raises(ScreeningError, match="larger cells"):
        frame_grids([fit, ((2, 2), Affine(100, 0, 7_700_000, 0, -100, 6_200_000_0))])
