"""Neighbours are the pairs of trimmed outlines within the stated distance, and no others."""

from __future__ import annotations

import itertools
import math

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from screening import assumptions
from screening.areas import neighbours
from screening.errors import TableError

SET = assumptions.load("cowi-2022")
LIMIT_M = SET.neighbour_distance_m


def areas(*boxes: tuple[float, float, float, float] | None) -> gpd.GeoDataFrame:
    shapes = [shapely.box(*box) if box else shapely.Polygon() for box in boxes]
    return gpd.GeoDataFrame({"area": [f"N{i}" for i in range(len(boxes))]}, geometry=shapes, crs="EPSG:25832")


def gap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Distance of two upright boxes by hand."""
    east = max(one[0] - other[2], other[0] - one[2], 0)
    north = max(one[1] - other[3], other[1] - one[3], 0)
    return math.hypot(east, north)


def found(table: gpd.GeoDataFrame) -> dict[tuple[str, str], float]:
    pairs = neighbours(table, SET)
    return dict(
        zip(zip(pairs["area"], pairs["neighbour"], strict=True), pairs["gap_m"].tolist(), strict=True)
    )


BOX = st.tuples(
    st.integers(0, 1500), st.integers(0, 1500), st.integers(1, 200), st.integers(1, 200)
).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))  # fmt: skip


@given(st.lists(BOX, max_size=8))
def test_exactly_the_pairs_within_the_distance_by_hand(boxes):
    expected = {
        (f"N{i}", f"N{j}"): gap(boxes[i], boxes[j])
        for i, j in itertools.combinations(range(len(boxes)), 2)
        if gap(boxes[i], boxes[j]) <= LIMIT_M
    }
    assert found(areas(*boxes)) == pytest.approx(expected)


def test_the_limit_itself_counts_and_a_metre_more_does_not():
    assert found(areas((0, 0, 10, 10), (10 + LIMIT_M, 0, 999, 10))) == {("N0", "N1"): LIMIT_M}
    assert found(areas((0, 0, 10, 10), (11 + LIMIT_M, 0, 999, 10))) == {}


def test_areas_that_touch_or_overlap_have_no_gap():
    assert found(areas((0, 0, 10, 10), (10, 0, 20, 10), (5, 5, 15, 15))) == {
        ("N0", "N1"): 0.0,
        ("N0", "N2"): 0.0,
        ("N1", "N2"): 0.0,
    }


def test_an_area_without_outline_has_no_neighbours():
    assert found(areas((0, 0, 10, 10), None, (20, 0, 30, 10))) == {("N0", "N2"): 10.0}


def test_no_pairs_is_a_table_with_the_same_columns():
    pairs = neighbours(areas((0, 0, 10, 10)), SET)
    assert list(pairs.columns) == ["area", "neighbour", "gap_m"]
    assert pairs.empty
    assert pairs["gap_m"].dtype == float


def test_areas_of_one_name_are_refused():
    twice = areas((0, 0, 10, 10), (20, 0, 30, 10)).assign(area="Nordby")
    with pytest.raises(TableError, match="Nordby"):
        neighbours(twice, SET)
