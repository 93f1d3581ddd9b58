"""Pairs and groups against all pairs and a plain union-find, on layouts of every awkward kind."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity, box

from outline_layouts import (
    EAST,
    NORTH,
    SET,
    all_pairs,
    as_array,
    demand,
    layouts,
    outlines,
    shape,
    union_find,
    with_yard,
)
from screening.communities import find_communities, linked_groups, linked_pairs, max_distance
from screening.communities.draw import widened

METRES_PER_MWH = float(max_distance([1.0], SET)[0])


def at_the_limit(shapes, mwh, picks):
    """Raise one building's demand until its reach is exactly what is left to another one."""
    for i, j in picks:
        if i < len(shapes) and j < len(shapes) and i != j:
            left_m = shapely.distance(shapes[i], shapes[j]) - max_distance([mwh[j]], SET)[0]
            if left_m > 0:
                mwh[i] = left_m / METRES_PER_MWH
    return mwh


@settings(max_examples=200)
@given(layouts, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=4))
def test_the_answer_of_all_pairs(rows, picks):
    shapes = [one for one, _ in rows]
    mwh = at_the_limit(shapes, [one for _, one in rows], picks)
    buildings = outlines(shapes, mwh)
    reach_m = max_distance(mwh, SET) if rows else np.empty(0)
    expected = all_pairs(shapes, reach_m)
    first, second, distance_m = linked_pairs(as_array(shapes), reach_m)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == sorted(expected)
    assert distance_m.tolist() == [shapes[i].distance(shapes[j]) for i, j in sorted(expected)]

    groups = union_find(len(shapes), expected)
    number = linked_groups(as_array(shapes), reach_m)
    assert {frozenset(np.flatnonzero(number == n).tolist()) for n in range(len(groups))} == groups
    assert list(dict.fromkeys(number.tolist())) == list(range(len(groups)))

    members, _ = find_communities(buildings, SET)
    found = {frozenset(np.flatnonzero(members.eq(n).fillna(value=False)).tolist()) for n in members.dropna()}
    assert found == {group for group in groups if len(group) >= 5}


def test_exactly_at_the_limit_is_a_link_and_the_next_number_below_is_none():
    shapes = as_array([box(0, 0, 1, 1), box(4, 5, 6, 7)])  # 3 m east and 4 m north: 5 m apart
    assert linked_pairs(shapes, np.array([2.5, 2.5]))[2].tolist() == [5.0]
    assert linked_pairs(shapes, np.array([5.0, 0.0]))[2].tolist() == [5.0]
    assert linked_pairs(shapes, np.array([np.nextafter(5, 0), 0.0]))[2].tolist() == []


def test_one_inside_another_is_at_no_distance_and_one_in_a_yard_is():
    shapes = as_array([with_yard(10, 10), box(12, 12, 18, 18), box(1, 1, 2, 2), box(1, 1, 2, 2)])
    pairs = linked_pairs(shapes, np.zeros(4))
    assert list(zip(*(column.tolist() for column in pairs), strict=True)) == [(0, 2, 0), (0, 3, 0), (2, 3, 0)]
    assert linked_groups(shapes, np.array([1.0, 1.0, 0, 0])).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("spread_m", [30.0, 3_000.0, 400_000.0])
def test_reaches_of_every_size_at_every_density(spread_m):
    # Reaches from nothing to half the country, boxes from a point to a hundred metres.
    rng = np.random.default_rng(7)
    corner, size_m = rng.uniform(0, spread_m, (500, 2)), rng.lognormal(2, 1, (500, 2))
    shapes = shapely.box(*corner.T, *(corner + size_m).T)
    reach_m = np.where(rng.random(500) < 0.1, 0, spread_m * rng.lognormal(-7, 2, 500))
    near = shapely.distance(shapes[:, None], shapes[None, :]) <= reach_m[:, None] + reach_m[None, :]
    expected = np.argwhere(np.triu(near, 1))
    first, second, _ = linked_pairs(shapes, reach_m)
    assert np.column_stack([first, second]).tolist() == expected.tolist()
    assert len(expected) > 0


def test_a_pile_of_buildings_is_looked_at_in_pieces(monkeypatch):
    monkeypatch.setattr("screening.communities.grid._PIECE", 50)
    monkeypatch.setattr("screening.communities.grid._SLICE", 7)
    shapes = shapely.points(np.tile([[0.0, 0.0], [1.0, 0.0], [9.0, 9.0]], (20, 1)))
    first, second, distance_m = linked_pairs(shapes, np.full(60, 0.5))
    # 40 at two spots 1 m apart, all linked, and 20 at a third.
    assert len(first) == 40 * 39 / 2 + 20 * 19 / 2
    assert sorted(set(distance_m.tolist())) == [0.0, 1.0]
    assert len(set(zip(first.tolist(), second.tolist(), strict=True))) == len(first)
    assert linked_groups(shapes, np.full(60, 0.5)).tolist() == [0, 0, 1] * 20


@settings(max_examples=60)
@given(layouts, shape, demand, st.randoms())
def test_a_building_more_never_parts_a_community(rows, new, new_mwh, random):
    shapes, mwh = [one for one, _ in rows], [one for _, one in rows]
    before, _ = find_communities(outlines(shapes, mwh), SET)
    place = random.randint(0, len(rows))  # the ids of the others change too
    after, _ = find_communities(
        outlines([*shapes[:place], new, *shapes[place:]], [*mwh[:place], new_mwh, *mwh[place:]]), SET
    )
    kept = after.drop(after.index[place]).to_numpy(dtype=float, na_value=-1)
    for community in before.dropna().unique():
        now = set(kept[before.eq(community).fillna(value=False)])
        assert len(now) == 1
        assert now != {-1}


@settings(max_examples=60)
@given(layouts, st.randoms())
def test_order_names_and_place_do_not_matter(rows, random):
    shapes, mwh = [one for one, _ in rows], [one for _, one in rows]
    order = random.sample(range(len(rows)), len(rows))
    reach_m = max_distance(mwh, SET) if rows else np.empty(0)
    groups = linked_groups(as_array(shapes), reach_m)
    shuffled = linked_groups(as_array([shapes[i] for i in order]), reach_m[order])
    together = groups[:, None] == groups[None, :]
    assert (together[np.ix_(order, order)] == (shuffled[:, None] == shuffled[None, :])).all()
    # A quarter turn about a whole metre keeps every coordinate, and so every distance.
    turned = as_array([affinity.rotate(one, 90, origin=(EAST, NORTH)) for one in shapes])
    apart = all(abs(one.distance(two) - a - b) > 1e-6 for one, two, a, b in _both(shapes, reach_m))
    if apart:
        assert linked_groups(turned, reach_m).tolist() == groups.tolist()


def _both(shapes, reach_m):
    for i, j in itertools.combinations(range(len(shapes)), 2):
        yield shapes[i], shapes[j], reach_m[i], reach_m[j]


@settings(max_examples=60)
@given(st.lists(st.tuples(shape, demand), min_size=1, max_size=20), st.integers(1, 4))
def test_drawn_are_the_widened_outlines_joined(rows, group_count):
    shapes = as_array([one for one, _ in rows])
    reach_m = np.maximum(max_distance([one for _, one in rows], SET), 0.01)
    group = np.sort(np.arange(len(rows)) % group_count)
    drawn = widened(shapes, reach_m, group)
    assert len(drawn) == group[-1] + 1
    for number, one in enumerate(drawn):
        rows_of = group == number
        true = shapely.union_all(shapely.buffer(shapes[rows_of], reach_m[rows_of], quad_segs=64))
        assert shapely.is_valid(one)
        # Arcs are drawn at most 0.2 m inside, and inner corners may be cut by a hundredth of the reach.
        slack_m = 0.22 + 0.011 * reach_m[rows_of].max()
        assert one.buffer(slack_m).covers(true)
        assert true.buffer(slack_m).covers(one)


def test_many_are_drawn_as_few_are(monkeypatch):
    shapes = shapely.box(np.arange(60) * 8.0, 0, np.arange(60) * 8.0 + 8, 10)
    group = np.repeat(np.arange(12), 5)
    whole = widened(shapes, np.full(60, 2.0), group)
    monkeypatch.setattr("screening.communities.draw._PIECE", 7)
    parts = widened(shapes, np.full(60, 2.0), group)
    assert shapely.equals_exact(whole, parts).all()
    # Five houses wall to wall, 40 m by 10 m, 2 m round them; the four corners make an octagon with a radius
    # of 2 m, whose area is 8 sqrt(2), since a chord of half a quarter errs by less than 0.2 m.
    assert shapely.area(whole) == pytest.approx(np.full(12, 40 * 10 + 2 * 2 * (40 + 10) + 8 * np.sqrt(2)))


def test_large_groups_are_drawn_as_small_ones_are(monkeypatch):
    shapes = shapely.box(np.arange(60) * 8.0, 0, np.arange(60) * 8.0 + 8, 10)
    group = np.repeat(np.arange(4), [5, 40, 3, 12])
    one_pass = widened(shapes, np.full(60, 2.0), group)
    monkeypatch.setattr("screening.communities.draw._FEW", 5)  # the first and the third at once
    drawn = widened(shapes, np.full(60, 2.0), group)
    for one, other in zip(drawn, one_pass, strict=True):
        assert one.symmetric_difference(other).area == pytest.approx(0, abs=1e-6)


def test_eight_hundred_outlines_over_each_other_are_one_shape():
    shapes = np.repeat(shapely.box(EAST, NORTH, EAST + 10, NORTH + 10), 802)
    group = np.repeat(np.arange(3), [1, 800, 1])
    drawn = widened(shapes, np.full(802, 2.0), group)
    assert [one.geom_type for one in drawn] == ["Polygon"] * 3
    assert shapely.area(drawn[1]) == pytest.approx(shapely.area(drawn[0]), rel=1e-9)
    assert drawn[2].equals(drawn[0])
