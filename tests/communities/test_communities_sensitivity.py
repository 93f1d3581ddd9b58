"""Communities at every scale of the distances: against all pairs, and against finding them anew."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from outline_layouts import SET, layouts, outlines, union_find
from screening import tables
from screening.communities import distance_sensitivity, find_communities, max_distance
from screening.communities.forest import scale_of
from screening.errors import TableError

SCALES = [0.5, 0.8, 1.0, 1.3, 2.0]


def groups_at(scale, distance_m, reach_m):
    """All pairs at one scale, joined by hand."""
    reach = scale * reach_m
    pairs = np.argwhere(np.triu(distance_m <= reach[:, None] + reach[None, :], 1)).tolist()
    return union_find(len(reach_m), pairs)


def matrix(buildings):
    shapes = buildings.geometry.to_numpy()
    return shapely.distance(shapes[:, None], shapes[None, :])


@settings(max_examples=80)
@given(layouts)
def test_the_table_counts_the_groups_of_all_pairs(rows):
    mwh = np.array([one for _, one in rows], dtype=float)
    buildings = outlines([one for one, _ in rows], mwh)
    table, _ = distance_sensitivity(buildings, SET, SCALES)
    distance_m, reach_m = matrix(buildings), max_distance(mwh, SET) if rows else mwh
    assert table["scale"].tolist() == SCALES
    for row in table.itertuples():
        found = [sorted(g) for g in groups_at(row.scale, distance_m, reach_m) if len(g) >= 5]
        heat = [float(mwh[g].sum()) for g in found]
        above = [len(g) for g, one in zip(found, heat, strict=True) if one / 2 > 250]
        assert row.community_count == len(found)
        assert row.building_count == sum(map(len, found))
        assert row.heat_demand_mwh == pytest.approx(sum(heat))
        assert (row.collective_supply_count, row.collective_building_count) == (len(above), sum(above))
        assert row.largest_building_count == max(map(len, found), default=0)
        assert row.largest_heat_demand_mwh == pytest.approx(max(heat, default=0.0))


@settings(max_examples=50)
@given(layouts)
def test_the_margins_are_those_of_all_pairs(rows):
    mwh = np.array([one for _, one in rows], dtype=float)
    buildings = outlines([one for one, _ in rows], mwh)
    _, margins = distance_sensitivity(buildings, SET, [2.0])
    members, communities = find_communities(buildings, SET)
    assert margins["id"].tolist() == communities["id"].tolist()
    if communities.empty:
        return
    distance_m, reach_m = matrix(buildings), max_distance(mwh, SET)
    one, other = np.triu_indices(len(mwh), 1)
    spans = reach_m[one] + reach_m[other] > 0
    needed = scale_of(distance_m[one, other][spans], reach_m[one][spans], reach_m[other][spans])
    own = {
        n: frozenset(np.flatnonzero(members.eq(n).fillna(value=False)).tolist()) for n in communities["id"]
    }
    first = {key: {} for key in own}
    for scale in sorted({0.0, *needed[needed <= 2.0].tolist()}):
        groups = groups_at(scale, distance_m, reach_m)
        for key, rows_of in own.items():
            inside = [g for g in groups if g & rows_of]
            events = {
                "appears": any(len(g) >= 5 and g <= rows_of for g in inside) or len(inside) == 1,
                "whole": len(inside) == 1,
                "grows": any(g > rows_of for g in inside),
                "merges": any(g & rows_of and g & own[two] for g in inside for two in own if two != key),
            }
            for name, happened in events.items():
                if happened:
                    first[key].setdefault(name, scale)
    for name in ("appears", "whole", "grows", "merges"):
        expected = [first[key].get(name, np.nan) for key in margins["id"]]
        np.testing.assert_array_equal(margins[f"{name}_scale"].to_numpy(dtype=float), expected)
    assert (margins["appears_scale"] <= margins["whole_scale"]).all()
    assert (margins["whole_scale"] <= 1).all()
    assert not (margins["grows_scale"] <= 1).any()


@settings(max_examples=300)
@given(
    *[st.floats(1e-3, 1e4)] * 2,
    st.one_of(st.just(0.0), st.floats(1e-3, 1e4)),
)
def test_the_scale_of_a_pair_is_exact(distance_m, one_m, other_m):
    (scale,) = scale_of(np.array([distance_m]), np.array([one_m]), np.array([other_m]))
    assert distance_m <= scale * one_m + scale * other_m
    below = np.nextafter(scale, 0)
    assert distance_m > below * one_m + below * other_m


def scaled(factor):
    """The set with a pipe so much cheaper that every reach is so many times as long."""
    return SET.replace(
        community_service_line_dkk_per_m_year=SET.community_service_line_dkk_per_m_year / factor,
        community_loss_dkk_per_m_year=SET.community_loss_dkk_per_m_year / factor,
    )


def street():
    """Terraces with gaps of up to 14 m, a block among them now and then; seeded."""
    rng = np.random.default_rng(3)
    shapes, mwh = [], []
    for row in range(12):
        east, north = 700_000.0, 6_200_000.0 + 60 * row
        for _ in range(30):
            is_block = rng.random() < 0.04
            width = 30 if is_block else rng.uniform(6, 10)
            shapes.append(box(east, north, east + width, north + 10))
            mwh.append(rng.uniform(60, 140) if is_block else rng.uniform(9, 20))
            east += width + rng.choice([0.0, rng.uniform(2, 14)], p=[0.6, 0.4])
    return outlines(shapes, mwh)


def test_the_table_is_that_of_finding_them_anew():
    buildings = street()
    table, margins = distance_sensitivity(buildings, SET, SCALES)
    for row in table.itertuples():
        _, found = find_communities(buildings, scaled(row.scale))
        assert row.community_count == len(found)
        assert row.building_count == found["building_count"].sum()
        assert row.heat_demand_mwh == pytest.approx(found["heat_demand_mwh"].sum())
        assert row.collective_supply_count == found["is_collective_supply"].sum()
        assert row.largest_building_count == found["building_count"].max()
    assert table["building_count"].nunique() == len(SCALES)  # the layout tells the scales apart
    members, _ = find_communities(buildings, SET)
    merging = margins[margins["merges_scale"].notna()]
    assert len(merging) >= 3
    for row in merging.itertuples():
        own = members.index[members.eq(row.id).fillna(value=False)]
        for factor, alone in ((row.merges_scale - 1e-6, True), (row.merges_scale + 1e-6, False)):
            now, _ = find_communities(buildings, scaled(factor))
            company = now.index[now.isin(now[own])]
            others = set(members[company].dropna()) - {row.id}
            assert (not others) == alone


def test_each_area_counts_the_communities_that_touch_it():
    # Two terraces of six with 2 m round them; one area is 1.9 m from the first, another 3 m from the second.
    corners = [(8 * i + north, north) for north in (0, 500) for i in range(6)]
    terraces = [box(700_000 + x, 6_200_000 + y, 700_008 + x, 6_200_010 + y) for x, y in corners]
    mwh = [12.0] * 12  # 2.03 m
    buildings = gpd.GeoDataFrame(
        {"heat_demand_mwh": mwh},
        geometry=terraces,
        index=pd.Index([f"b{i}" for i in range(12)], name="building_id"),
        crs=tables.CRS,
    )
    areas = gpd.GeoDataFrame(
        {"area": ["near", "far", "both"]},
        geometry=[
            box(699_990, 6_200_011.9, 700_050, 6_200_020),
            box(700_490, 6_200_513, 700_560, 6_200_520),
            box(699_000, 6_199_000, 701_000, 6_201_000),
        ],
        crs=tables.CRS,
    )
    table, _ = distance_sensitivity(buildings, SET, [0.5, 1.0, 2.0], areas)
    counts = table.pivot_table(index="area", columns="scale", values="community_count", sort=False)
    assert counts.loc[["near", "far", "both"]].to_numpy().tolist() == [[0, 1, 1], [0, 0, 1], [2, 2, 2]]
    whole, _ = distance_sensitivity(buildings, SET, [0.5, 1.0, 2.0])
    both = table[table["area"] == "both"].drop(columns="area").reset_index(drop=True)
    pd.testing.assert_frame_equal(both, whole)


def test_scales_must_be_above_nothing():
    for scales in ([], [0.0], [1.0, -1.0], [np.nan]):
        with pytest.raises(TableError, match="numbers above 0"):
            distance_sensitivity(street(), SET, scales)


def test_the_real_outlines_at_every_scale(real_data):
    mapped = gpd.read_file(real_data / "bbr" / "GeoDanmark_Bygning.gpkg")
    shapes = mapped.drop_duplicates("BBRUUID").set_index("BBRUUID").geometry
    mwh = shapes.area.clip(upper=800) * 0.12
    buildings = gpd.GeoDataFrame({"heat_demand_mwh": mwh}, geometry=shapes, crs=tables.CRS)
    table, _ = distance_sensitivity(buildings, SET, SCALES)
    for row in table.itertuples():
        _, found = find_communities(buildings, scaled(row.scale))
        assert (row.community_count, row.building_count) == (len(found), found["building_count"].sum())
    assert table["community_count"].min() > 20
