"""Communities against all pairs, on made-up layouts and on the real outlines."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from screening import assumptions, tables
from screening.communities import find_communities, links, max_distance, overlap, select
from screening.errors import TableError
from screening.register import read_buildings

SET = assumptions.load("cowi-2022")
EAST, NORTH = 700_000.0, 6_200_000.0


def outlines(shapes, demand_mwh):
    return gpd.GeoDataFrame(
        {"heat_demand_mwh": np.asarray(demand_mwh, dtype=float)},
        geometry=[shapely.transform(s, lambda c: np.add(c, (EAST, NORTH))) for s in shapes],
        index=pd.Index([f"b{i:04d}" for i in range(len(shapes))], name="building_id", dtype=object),
        crs=tables.CRS,
    )


def houses(rows):
    """Rectangles from (x, y, width, depth, MWh)."""
    return outlines([box(x, y, x + w, y + d) for x, y, w, d, _ in rows], [row[-1] for row in rows])


def brute_force(buildings, min_count=5):
    """Every pair looked at, groups merged by hand: a set of frozensets of ids."""
    reach_m = dict(zip(buildings.index, max_distance(buildings["heat_demand_mwh"], SET), strict=True))
    group = {key: {key} for key in buildings.index}
    for one, other in itertools.combinations(buildings.index, 2):
        apart_m = buildings.geometry[one].distance(buildings.geometry[other])
        if apart_m <= reach_m[one] + reach_m[other] and group[one] is not group[other]:
            merged = group[one] | group[other]
            for key in merged:
                group[key] = merged
    return {frozenset(g) for g in group.values() if len(g) >= min_count}


def as_sets(members):
    return {frozenset(g.index) for _, g in members.dropna().groupby(members.dropna())}


rectangle = st.tuples(
    st.integers(0, 120),
    st.integers(0, 120),
    st.integers(4, 25),
    st.integers(4, 15),
    st.one_of(st.floats(0, 40), st.floats(40, 400)),
)


@settings(max_examples=120)
@given(st.lists(rectangle, max_size=25))
def test_the_communities_of_all_pairs(rows):
    buildings = houses(rows)
    members, communities = find_communities(buildings, SET)
    expected = brute_force(buildings)
    assert as_sets(members) == expected
    assert members.index.equals(buildings.index)
    assert len(communities) == len(expected)
    for row in communities.itertuples():
        inside = buildings[members.eq(row.id).fillna(value=False)]
        assert row.building_count == len(inside)
        assert row.heat_demand_mwh == pytest.approx(inside["heat_demand_mwh"].sum())
        assert row.capacity_kw == pytest.approx(inside["heat_demand_mwh"].sum() / 2)  # 0.75 / 1.5
        assert row.is_collective_supply == (row.capacity_kw > 250)
        assert row.geometry.buffer(1e-6).covers(inside.geometry.union_all())
    assert communities["id"].tolist() == list(range(len(communities)))
    assert (communities["heat_demand_mwh"].diff().dropna() <= 1e-6).all()


@settings(max_examples=30)
@given(st.lists(rectangle, min_size=5, max_size=25), st.randoms())
def test_the_order_of_rows_does_not_matter(rows, random):
    buildings = houses([*rows, *rows])  # twins: every tie there can be
    members, communities = find_communities(buildings, SET)
    shuffled = buildings.iloc[random.sample(range(len(buildings)), len(buildings))]
    again, same = find_communities(shuffled, SET)
    assert again.reindex(members.index).equals(members)
    pd.testing.assert_frame_equal(same.drop(columns="geometry"), communities.drop(columns="geometry"))
    assert all(a.equals_exact(b, 0) for a, b in zip(same.geometry, communities.geometry, strict=True))


@settings(max_examples=30)
@given(st.lists(rectangle, max_size=25))
def test_links_are_the_pairs_within_reach(rows):
    buildings = houses(rows)
    found = links(buildings, SET)
    pairs = {frozenset(p) for p in zip(found["building_id"], found["neighbour_id"], strict=True)}
    reach_m = max_distance(buildings["heat_demand_mwh"], SET)
    expected = {
        frozenset((buildings.index[i], buildings.index[j]))
        for i, j in itertools.combinations(range(len(rows)), 2)
        if buildings.geometry.iloc[i].distance(buildings.geometry.iloc[j]) <= reach_m[i] + reach_m[j]
    }
    assert pairs == expected
    assert len(found) == len(expected)
    assert (found["distance_m"] <= found["reach_m"]).all()
    np.testing.assert_allclose(found.geometry.length, found["distance_m"], atol=1e-6)


def test_a_terrace_of_five_is_a_community_and_of_four_is_none():
    terrace = [(8 * i, 0, 8, 10, 12.0) for i in range(5)]
    members, communities = find_communities(houses(terrace), SET)
    assert members.tolist() == [0] * 5
    assert communities[["building_count", "heat_demand_mwh", "capacity_kw"]].to_numpy().tolist() == [
        [5, 60, 30]
    ]
    members, communities = find_communities(houses(terrace[:4]), SET)
    assert members.isna().all()
    assert communities.empty
    assert communities.columns.tolist()[:2] == ["id", "building_count"]
    assert communities.crs.to_epsg() == 25832
    assert (
        find_communities(houses(terrace[:4]), SET.replace(community_min_buildings_count=4))[0].notna().all()
    )


def test_touching_reaches_are_a_link_and_a_hair_more_is_none():
    reach_m = float(max_distance([100.0], SET)[0])
    at_reach = [(i * (10 + 2 * reach_m - 1e-6), 0, 10, 10, 100.0) for i in range(5)]
    beyond = [(i * (10 + 2 * reach_m + 1e-6), 0, 10, 10, 100.0) for i in range(5)]
    assert find_communities(houses(at_reach), SET)[0].notna().all()
    assert find_communities(houses(beyond), SET)[0].isna().all()


def test_a_large_building_reaches_its_small_neighbours():
    # A school of 515 MWh reaches 87 m; the houses 2 m each, and they stand 80 m away, 12 m apart.
    rows = [(0, 0, 40, 40, 515.0), *[(120, 20 * i - 20, 8, 8, 12.0) for i in range(4)]]
    members, communities = find_communities(houses(rows), SET)
    assert set(members) == {0}
    assert communities.loc[0, "is_collective_supply"]  # 563 MWh: 281.5 kW


def test_exactly_the_limit_is_not_above_it():
    rows = [(10 * i, 0, 10, 10, 100.0) for i in range(5)]  # 500 MWh: 250 kW
    _, communities = find_communities(houses(rows), SET)
    assert communities.loc[0, ["capacity_kw", "is_collective_supply"]].tolist() == [250.0, False]


def test_points_are_measured_as_points():
    points = outlines([Point(8 * i, 0) for i in range(6)], [12.0] * 6)
    assert find_communities(points, SET)[0].isna().all()  # 8 m between points, 4 m of reach


def test_faults_are_named():
    terrace = houses([(8 * i, 0, 8, 10, 12.0) for i in range(5)])
    cases = {
        r"2 rows have no heat demand.*b0001, b0002": terrace.assign(
            heat_demand_mwh=[1, np.nan, np.nan, 1, 1]
        ),
        r"1 rows have no outline.*b0000": terrace.assign(geometry=[None, *terrace.geometry[1:]]),
        r"1 rows have an invalid outline": terrace.assign(
            geometry=[Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), *terrace.geometry[1:]]
        ),
        r"1 rows appear more than once": terrace.rename(index={"b0001": "b0000"}),
        r"heat_demand_mwh is missing": terrace.drop(columns="heat_demand_mwh"),
        r"heat_demand_mwh: 1 rows break greater": terrace.assign(heat_demand_mwh=[1, -1, 1, 1, 1]),
    }
    for text, table in cases.items():
        with pytest.raises(TableError, match=text):
            find_communities(gpd.GeoDataFrame(table, geometry="geometry", crs=tables.CRS), SET)


def test_overlap_is_the_share_of_ground():
    communities = gpd.GeoDataFrame(
        {"id": [0, 1]}, geometry=[box(0, 0, 4, 1), box(9, 9, 10, 10)], crs=tables.CRS
    )
    trimmed = gpd.GeoDataFrame(
        {"area": ["a", "b", "c"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 9, 1), Polygon()], crs=tables.CRS
    )
    shares = overlap(communities, trimmed)
    # A quarter in a and the rest in b; the second touches nothing, and a shared border is no ground.
    assert shares.to_dict("list") == {"id": [0, 0], "area": ["b", "a"], "overlap_share": [0.75, 0.25]}


def test_the_real_outlines(real_data):
    folder = real_data / "bbr"
    buildings, _ = read_buildings(folder / "BBR_Bygning_2020-04-18.csv")
    buildings = buildings.assign(heat_demand_mwh=buildings["area_m2"] * 0.12)
    mapped = gpd.read_file(folder / "GeoDanmark_Bygning.gpkg")
    mapped = mapped.assign(building_id=mapped["BBRUUID"].str.lower()).drop_duplicates("building_id")
    shapes = mapped.set_index("building_id").geometry
    known = buildings[buildings["heat_demand_mwh"].notna() & buildings.index.isin(shapes.index)]
    chosen = select(known, SET)
    assert len(chosen) > 50
    # All oil and gas buildings too, so that hundreds of pairs are measured.
    for rows in (chosen, known[known["is_oil"] | known["is_gas"]]):
        table = rows.set_geometry(shapes.reindex(rows.index).to_numpy(), crs=tables.CRS)
        members, communities = find_communities(table, SET)
        assert as_sets(members) == brute_force(table)
        assert len(communities) >= 1
    # Each municipality by itself gives its own: nothing hangs on what lies elsewhere.
    whole = as_sets(members)
    town = table[known.loc[table.index, "municipality_code"] == "0155"]
    here = as_sets(find_communities(town, SET)[0])
    assert here == {group for group in whole if group <= set(town.index)}
    assert len(here) >= 5
