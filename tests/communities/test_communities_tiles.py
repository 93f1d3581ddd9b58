"""Communities tile by tile against all buildings at once: any layout, any tiles."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import box

from screening import assumptions, tables
from screening.communities import (
    Tiling,
    find_communities,
    find_communities_in_tiles,
    label_tile,
    max_distance,
    stitch_tiles,
    touched_tiles,
)
from screening.errors import ScreeningError

SET = assumptions.load("cowi-2022")
EAST, NORTH = 700_000.0, 6_200_000.0


def houses(rows, ids=None):
    """Rectangles from (x, y, width, depth, MWh)."""
    shapes = [box(EAST + x, NORTH + y, EAST + x + w, NORTH + y + d) for x, y, w, d, _ in rows]
    names = [f"b{i:04d}" for i in range(len(rows))] if ids is None else ids
    return gpd.GeoDataFrame(
        {"heat_demand_mwh": np.array([row[-1] for row in rows], dtype=float)},
        geometry=shapes,
        index=pd.Index(names, name="building_id", dtype=object),
        crs=tables.CRS,
    )


def assert_same(found, expected):
    """Members, ids, counts, sums to the last bit; shapes the same."""
    pd.testing.assert_series_equal(found[0], expected[0])
    pd.testing.assert_frame_equal(
        found[1].drop(columns="geometry"), expected[1].drop(columns="geometry"), check_exact=True
    )
    assert found[1].geometry.geom_equals_exact(expected[1].geometry, 0).all()


# On a grid of 5 m so that walls and reaches end on the borders of tiles, and between them.
place = st.one_of(st.integers(0, 50).map(lambda n: 5.0 * n), st.floats(0, 250))
house = st.tuples(
    place,
    place,
    st.one_of(st.just(5.0), st.integers(4, 25), st.just(130.0)),  # the last is larger than most tiles
    st.integers(4, 15),
    st.one_of(st.just(0.0), st.floats(0, 40), st.floats(40, 400), st.just(900.0)),  # the last reaches 150 m
)
tilings = st.builds(
    Tiling,
    st.one_of(st.sampled_from([10.0, 25.0, 50.0, 100.0, 10_000.0]), st.floats(7, 400)),
    st.one_of(st.sampled_from([0.0, EAST, EAST + 5.0]), st.floats(0, 1e6)),
    st.one_of(st.sampled_from([0.0, NORTH, NORTH + 5.0]), st.floats(0, 7e6)),
)


@settings(max_examples=40)
@given(st.lists(house, max_size=25), tilings, st.randoms())
@example([(8.0 * i, 0.0, 8, 10, 12.0) for i in range(20)], Tiling(25.0, EAST, NORTH), None)  # a long terrace
@example(
    [(10.0 * i, 0.0, 10, 10, 0.0) for i in range(9)], Tiling(10.0, EAST, NORTH), None
)  # walls on borders
def test_tiles_give_what_all_buildings_at_once_give(rows, tiling, random):
    buildings = houses(rows)
    if random is not None:
        buildings = buildings.iloc[random.sample(range(len(rows)), len(rows))]
    assert_same(find_communities_in_tiles(buildings, SET, tiling), find_communities(buildings, SET))


def test_a_terrace_through_many_tiles_is_one_community():
    terrace = houses([(8.0 * i, 0.0, 8, 10, 12.0) for i in range(20)])
    tiling = Tiling(25.0, EAST, NORTH)
    _, column, _ = touched_tiles(terrace.geometry.to_numpy(), np.full(20, 2.03), tiling)
    assert column.max() - column.min() == 7  # from -1 to 6: it reaches 2 m beyond both ends
    members, communities = find_communities_in_tiles(terrace, SET, tiling)
    assert set(members) == {0}
    assert communities["building_count"].tolist() == [20]


def test_tiles_smaller_than_a_reach_and_a_building():
    # A school of 515 MWh reaches 87 m; four houses of 2 m reach stand 80 m away.
    rows = [(0, 0, 40, 40, 515.0), *[(120, 20 * i - 20, 8, 8, 12.0) for i in range(4)]]
    members, _ = find_communities_in_tiles(houses(rows), SET, Tiling(10.0))
    assert set(members) == {0}


@settings(max_examples=30)
@given(st.lists(house, min_size=1, max_size=12), tilings)
def test_both_buildings_of_a_link_are_in_a_common_tile(rows, tiling):
    buildings = houses(rows)
    geometry = buildings.geometry.to_numpy()
    reach_m = max_distance(buildings["heat_demand_mwh"], SET)
    position, column, row = touched_tiles(geometry, reach_m, tiling)
    sent = {n: set() for n in range(len(rows))}
    for building, *tile in zip(position.tolist(), column.tolist(), row.tolist(), strict=True):
        sent[building].add(tuple(tile))
    for one in range(len(rows)):
        for other in range(one):
            if geometry[one].distance(geometry[other]) <= reach_m[one] + reach_m[other]:
                assert sent[one] & sent[other]
    assert (np.diff(np.stack([column, row]).astype(float), axis=1)[0] >= 0).all()


def test_a_building_is_sent_no_farther_than_it_reaches():
    tiling = Tiling(100.0)
    square = shapely.box([10.0, 10.0, 10.0], [10.0, 10.0, 10.0], [20.0, 20.0, 20.0], [20.0, 20.0, 20.0])
    position, _, _ = touched_tiles(square, np.array([9.0, 11.0, 90.0]), tiling)
    assert np.bincount(position).tolist() == [1, 4, 9]  # 11 m: west and south too; 90 m: all round


def test_a_tile_tells_only_what_is_linked():
    square = shapely.box(np.array([0.0, 20, 100, 300]), 0.0, np.array([10.0, 30, 110, 310]), 10.0)
    position, label = label_tile(square, np.array([5.0, 5.0, 1.0, 1.0]))
    assert (position.tolist(), label.tolist()) == ([0, 1], [0, 0])
    assert [part.tolist() for part in label_tile(square[:0], np.empty(0))] == [[], []]


def test_groups_join_through_a_chain_of_tiles():
    tiles = [([3, 4], [0, 0]), ([0, 1, 2], [1, 0, 0]), ([4, 0], [0, 0]), ([], [])]
    group = stitch_tiles(6, [(np.array(p, dtype=int), np.array(g, dtype=int)) for p, g in tiles])
    assert group.tolist() == [0, 1, 1, 0, 0, 2]


@pytest.mark.parametrize("tiling", [(0.0,), (-5.0,), (np.nan,), (10.0, np.inf)])
def test_tiles_that_are_none_are_refused(tiling):
    with pytest.raises(ScreeningError, match="size above 0 m"):
        Tiling(*tiling)


def test_absurdly_small_tiles_are_refused():
    with pytest.raises(ScreeningError, match="larger tiles"):
        touched_tiles(shapely.box([0.0], [0.0], [2000.0], [2000.0]), np.zeros(1), Tiling(0.5))
