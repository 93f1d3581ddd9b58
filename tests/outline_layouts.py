"""Layouts of every awkward kind, and the plain ways of grouping them that the tests compare with."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, affinity, box

from screening import assumptions, tables

SET = assumptions.load("cowi-2022")
EAST, NORTH = 700_000.0, 6_200_000.0


def rectangle(w, d):
    return box(0, 0, w, d)


def corner_house(w, d):
    return Polygon([(0, 0), (w, 0), (w, d / 2), (w / 2, d / 2), (w / 2, d), (0, d)])


def with_yard(w, d):
    return Polygon(box(0, 0, 3 * w, 3 * d).exterior, [box(w, d, 2 * w, 2 * d).exterior])


def in_two_parts(w, d):
    return MultiPolygon([box(0, 0, w, d), box(w + 3, 0, 2 * w + 3, d)])


def point(_w, _d):
    return Point(0, 0)


shape = st.builds(
    lambda make, w, d, angle, x, y: affinity.translate(
        affinity.rotate(make(w, d), angle, origin=(0, 0)), EAST + x, NORTH + y
    ),
    st.sampled_from([rectangle, rectangle, corner_house, with_yard, in_two_parts, point]),
    st.integers(3, 20),
    st.integers(3, 20),
    st.one_of(st.just(0), st.sampled_from([90, 45]), st.floats(0, 360)),
    st.integers(0, 150),  # whole metres: walls that touch, shapes in one another and on top of one another
    st.integers(0, 150),
)
# No demand, houses, and the large: reaches from 0 to 100 m.
demand = st.one_of(st.just(0.0), st.floats(5, 30), st.floats(100, 600))
layouts = st.lists(st.tuples(shape, demand), max_size=22)


def union_find(count, pairs):
    """The groups that the pairs make, as a set of frozensets of positions."""
    parent = list(range(count))

    def root(i):
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in pairs:
        parent[root(i)] = root(j)
    groups = {}
    for i in range(count):
        groups.setdefault(root(i), set()).add(i)
    return {frozenset(group) for group in groups.values()}


def all_pairs(shapes, reach_m):
    """Every pair measured by itself."""
    return {
        (i, j)
        for i, j in itertools.combinations(range(len(shapes)), 2)
        if shapely.distance(shapes[i], shapes[j]) <= reach_m[i] + reach_m[j]
    }


def as_array(shapes):
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def outlines(shapes, demand_mwh):
    return gpd.GeoDataFrame(
        {"heat_demand_mwh": np.asarray(demand_mwh, dtype=float)},
        geometry=as_array(shapes),
        index=pd.Index([f"b{i:04d}" for i in range(len(shapes))], name="building_id"),
        crs=tables.CRS,
    )
