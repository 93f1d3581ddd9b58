"""Divisions of communities against every subset, against a MILP, and against the rules of a part."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from screening import assumptions, tables
from screening.communities import find_communities, is_collective_supply, split_communities
from screening.errors import TableError
from split_oracles import PIPE_DKK, PUMP_DKK, by_enumeration, by_milp, case_of, tree_m, worth

SET = assumptions.load("cowi-2022")
EAST, NORTH = 700_000.0, 6_200_000.0


def houses(rows):
    """Rectangles from (x, y, width, depth, MWh)."""
    shapes = [box(EAST + x, NORTH + y, EAST + x + w, NORTH + y + d) for x, y, w, d, _ in rows]
    return gpd.GeoDataFrame(
        {"heat_demand_mwh": [float(row[-1]) for row in rows]},
        geometry=shapes,
        index=pd.Index([f"b{i:04d}" for i in range(len(rows))], name="building_id", dtype=object),
        crs=tables.CRS,
    )


def terrace(demand_mwh):
    """Wall to wall, 10 m each: neighbours are 0 m apart."""
    return houses([(10 * i, 0, 10, 8, mwh) for i, mwh in enumerate(demand_mwh)])


def scattered(seed, count):
    """Buildings 8 to 25 m wide on a loose grid, 5 to 250 MWh: near enough for a handful of links each."""
    draws = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(count)))
    rows = []
    for number in range(count):
        x, y = 22 * (number % side) + draws.uniform(-6, 6), 20 * (number // side) + draws.uniform(-5, 5)
        rows.append((x, y, draws.uniform(8, 25), draws.uniform(8, 16), np.exp(draws.normal(3.7, 0.9))))
    return houses(rows)


def one_community(buildings):
    """Take all as one community, whatever hangs together."""
    return pd.Series(0, index=buildings.index, dtype="Int64")


def groups_of(buildings, split):
    place = {key: row for row, key in enumerate(buildings.index)}
    inside = split.members.dropna(subset="part")
    return [[place[key] for key in group.index] for _, group in inside.groupby(["id", "part"])]


def assert_sound(buildings, split, limit_kw=250.0, min_count=5):
    """Every rule of a part, and every sum, worked out from the buildings."""
    case = case_of(buildings, limit_kw, min_count)
    groups = groups_of(buildings, split)
    assert len(groups) == len(split.parts)
    for group, part in zip(groups, split.parts.itertuples(), strict=True):
        assert len(group) == part.building_count >= min_count
        kw = sum(case.kw[row] for row in group)
        assert part.capacity_kw == pytest.approx(kw)
        assert round(kw, 6) <= limit_kw
        pipe_m = tree_m(case, group)
        assert pipe_m is not None, "a part hangs together"
        assert part.pipe_m == pytest.approx(pipe_m)
        expected = sum(case.gain_dkk[row] for row in group) - PIPE_DKK * pipe_m
        assert part.gain_dkk_per_year == pytest.approx(expected)
        assert part.geometry.buffer(1e-6).covers(buildings.geometry.iloc[group].union_all())
    assert (split.members["part"].isna() == (split.members["reason"] != "")).all()
    for row in split.splits.itertuples():
        members = split.members[split.members["id"] == row.id]
        parts = split.parts[split.parts["id"] == row.id]
        cut = split.cut_links[split.cut_links["id"] == row.id]
        assert parts["part"].tolist() == list(range(1, row.part_count + 1))
        assert parts["heat_demand_mwh"].is_monotonic_decreasing
        assert row.building_count == len(members) == parts["building_count"].sum() + row.left_out_count
        assert row.heat_demand_mwh == pytest.approx(parts["heat_demand_mwh"].sum() + row.left_out_mwh)
        assert row.pipe_m == pytest.approx(tree_m(case, buildings.index.get_indexer(members.index).tolist()))
        assert row.parts_gain_dkk_per_year == pytest.approx(parts["gain_dkk_per_year"].sum())
        pumps = len(parts) + row.left_out_count - 1
        assert row.further_pumps_dkk_per_year == pytest.approx(pumps * PUMP_DKK)
        assert row.lost_dkk_per_year == pytest.approx(
            row.gain_dkk_per_year - row.parts_gain_dkk_per_year + row.further_pumps_dkk_per_year, abs=1e-5
        )
        assert len(cut) == pumps
        assert row.detour_m >= 0
        assert row.lost_dkk_per_year == pytest.approx(
            cut["lost_dkk_per_year"].sum() + row.left_out_dkk_per_year + PIPE_DKK * row.detour_m, abs=1e-5
        )
        # Joined by the cut links, nothing is shorter than the shortest tree: all that a cut saves.
        saved_at_most = PIPE_DKK * cut["distance_m"].sum()
        assert row.parts_gain_dkk_per_year <= row.gain_dkk_per_year + saved_at_most + 1e-5


rectangle = st.tuples(
    st.integers(0, 110),
    st.integers(0, 110),
    st.integers(4, 25),
    st.integers(4, 15),
    st.one_of(st.floats(0, 60), st.floats(60, 600)),
)


@settings(max_examples=20)
@given(st.lists(rectangle, min_size=8, max_size=28), st.sampled_from([60.0, 120.0, 250.0]))
def test_every_part_keeps_the_rules_and_every_sum_closes(rows, limit_kw):
    buildings = houses(rows)
    chosen = SET.replace(community_collective_supply_kw=limit_kw)
    members, communities = find_communities(buildings, chosen)
    split = split_communities(buildings, chosen)
    above = communities.loc[communities["capacity_kw"] > limit_kw, "id"]
    assert split.splits["id"].tolist() == above.tolist()
    assert split.members["id"].tolist() == members.loc[split.members.index].tolist()
    assert_sound(buildings, split, limit_kw)


@pytest.mark.parametrize("seed", range(12))
def test_as_good_as_every_subset_looked_at(seed):
    buildings = scattered(seed, 10)
    limit_kw = (60.0, 90.0, 120.0)[seed % 3]
    chosen = SET.replace(community_collective_supply_kw=limit_kw, community_min_buildings_count=3)
    case = case_of(buildings, limit_kw, 3)
    split = split_communities(buildings, chosen, one_community(buildings))
    found = worth(case, groups_of(buildings, split))
    best = by_enumeration(case)
    assert found[0] == best[0]
    assert found[1] == pytest.approx(best[1], abs=1)


def test_a_part_of_exactly_the_limit_is_no_collective_supply():
    assert is_collective_supply([249.9, 250.0, 250.001], SET).tolist() == [False, False, True]
    split = split_communities(terrace([100.0] * 10), SET)
    assert split.parts["capacity_kw"].tolist() == pytest.approx([250.0, 250.0])
    # 500 MWh in five unequal numbers whose sum is not exact.
    odd = [100.1, 100.2, 99.9, 99.8, 100.0]
    split = split_communities(terrace(odd + odd[::-1]), SET)
    assert split.parts["building_count"].tolist() == [5, 5]
    assert split.splits.loc[0, "left_out_count"] == 0
    assert not is_collective_supply(split.parts["capacity_kw"], SET).any()


def test_what_a_cut_costs_worked_out_by_hand():
    # Two terraces of six, 20 m apart: 12 x 60 MWh is 360 kW. The cut link would cost 8,000 kr a year.
    rows = [(10 * i, 0, 10, 8, 60) for i in range(6)] + [(80 + 10 * i, 0, 10, 8, 60) for i in range(6)]
    split = split_communities(houses(rows), SET)
    assert split.parts["building_count"].tolist() == [6, 6]
    gain_each = 60 / 1.5 * 0.25 * (69_200 - 8_946) / 153 + 1.92 * 60
    row = split.splits.iloc[0]
    assert row["gain_dkk_per_year"] == pytest.approx(12 * gain_each - 20 * 400)
    assert row["parts_gain_dkk_per_year"] == pytest.approx(12 * gain_each)
    assert row["lost_dkk_per_year"] == pytest.approx(6_189 - 8_000, abs=1)
    assert split.cut_links[["building_id", "neighbour_id"]].to_numpy().tolist() == [["b0005", "b0006"]]
    assert split.cut_links.loc[0, "distance_m"] == pytest.approx(20)
    assert split.cut_links.loc[0, "lost_dkk_per_year"] == pytest.approx(6_189 - 8_000, abs=1)


def test_no_part_exists_and_the_reason_is_told():
    # One building of 600 MWh (300 kW) between two pairs.
    split = split_communities(terrace([20, 20, 600, 20, 20]), SET)
    row = split.splits.iloc[0]
    assert (row["part_count"], row["left_out_count"]) == (0, 5)
    assert split.parts.empty
    assert split.members["reason"].tolist() == ["cut_off", "cut_off", "too_large", "cut_off", "cut_off"]
    assert row["reason"] == (
        "1 building needs more than 250 kW by itself; 4 buildings are left in groups of fewer than 5"
        " without those that are too large"
    )
    # All five are needed for the least number, and together they are too many kW.
    split = split_communities(terrace([101] * 5), SET)
    assert split.members["reason"].tolist() == ["no_fit"] * 5
    # Eleven in a row: two parts would hold 500 of the 495 kW, yet six of 45 kW are too many for one.
    split = split_communities(terrace([90] * 11), SET)
    assert split.parts["building_count"].tolist() == [5, 5]
    assert split.members["reason"].value_counts().to_dict() == {"": 10, "no_room": 1}
    # Nine of 30 kW are no two parts of five, and one part holds eight.
    split = split_communities(terrace([60] * 9), SET)
    assert split.parts["building_count"].tolist() == [8]
    assert split.members["reason"].value_counts().to_dict() == {"": 8, "too_few": 1}
    assert split.splits.loc[0, "left_out_mwh"] == pytest.approx(60)


def test_one_short_piece_says_nothing_of_another():
    # Nine of 45 kW beyond a building of 300 kW, and a star of a hub and ten leaves of 45 kW each. The row is
    # five and four left out, or nine: one part of 225 kW. The star has only one part, all through the hub.
    row = [(10 * i, 0, 10, 10, 90) for i in range(9)]
    star = [(190, 0, 400, 10, 90), *((200 + 39 * i, 10, 1, 10, 90) for i in range(10))]
    buildings = houses([*row, (90, 0, 100, 10, 600), *star])
    reasons = split_communities(buildings, SET).members["reason"].to_numpy()
    # 9 // 5 parts of 250 kW are too little for 405 kW; 11 // 5 of them would do for the 495 kW of the star.
    assert pd.Series(reasons[:9]).value_counts().to_dict() == {"": 5, "too_few": 4}
    assert reasons[9] == "too_large"
    assert pd.Series(reasons[10:]).value_counts().to_dict() == {"no_room": 6, "": 5}


def test_members_of_other_buildings_are_refused():
    buildings = terrace([60] * 12)
    with pytest.raises(TableError, match=r"members: 12 of 12 ids are not in the index .*\(0, 1, 2\)"):
        split_communities(buildings, SET, pd.Series(0, index=range(12)))
    with pytest.raises(TableError, match="more than once"):
        split_communities(buildings, SET, pd.Series(0, index=buildings.index.repeat(2)))
    with pytest.raises(TableError, match="heat_demand_mwh"):
        split_communities(buildings.drop(columns="heat_demand_mwh"), SET, pd.Series(0, index=buildings.index))


@settings(max_examples=10)
@given(st.lists(st.lists(st.floats(5, 250), min_size=1, max_size=9), min_size=2, max_size=4))
def test_members_given_by_hand_that_do_not_hang_together(rows):
    """Terraces 10 km apart as one community: undivided each needs its own heat pump, and every sum closes."""
    places = [(10 * i, 10_000 * row) for row, row_mwh in enumerate(rows) for i in range(len(row_mwh))]
    flat = [mwh for row_mwh in rows for mwh in row_mwh]
    buildings = houses([(x, y, 10, 8, mwh) for (x, y), mwh in zip(places, flat, strict=True)])
    split = split_communities(buildings, SET, one_community(buildings))
    for row in split.splits.itertuples():
        further = row.part_count + row.left_out_count - len(rows)
        assert row.further_pumps_dkk_per_year == pytest.approx(further * PUMP_DKK)
        assert len(split.cut_links) == further
        parted = split.cut_links["lost_dkk_per_year"].sum() + row.left_out_dkk_per_year
        assert row.lost_dkk_per_year == pytest.approx(parted + PIPE_DKK * row.detour_m, abs=1e-5)
        gained = row.gain_dkk_per_year - row.parts_gain_dkk_per_year
        assert row.lost_dkk_per_year == pytest.approx(gained + row.further_pumps_dkk_per_year, abs=1e-5)


def test_the_order_of_rows_does_not_matter():
    buildings = scattered(3, 40)
    split = split_communities(buildings, SET)
    assert len(split.parts) > 1
    shuffled = split_communities(buildings.sample(frac=1, random_state=5), SET)
    pd.testing.assert_frame_equal(shuffled.splits, split.splits)
    pd.testing.assert_frame_equal(shuffled.members.sort_index(), split.members.sort_index())
    pd.testing.assert_frame_equal(shuffled.cut_links, split.cut_links)
    pd.testing.assert_frame_equal(shuffled.parts, split.parts)


def test_nothing_above_the_limit_gives_empty_tables_of_the_same_columns():
    none = split_communities(terrace([20] * 6), SET)
    some = split_communities(terrace([60] * 12), SET)
    for name in ("splits", "parts", "members", "cut_links"):
        empty, full = getattr(none, name), getattr(some, name)
        assert len(empty) == 0 < len(full)
        assert list(empty.columns) == list(full.columns)
    assert none.parts.crs == none.cut_links.crs == tables.CRS


def test_a_milp_finds_nothing_better():
    buildings = scattered(11, 16)
    case = case_of(buildings, 120.0, 4)
    chosen = SET.replace(community_collective_supply_kw=120.0, community_min_buildings_count=4)
    split = split_communities(buildings, chosen, one_community(buildings))
    placed, saved = worth(case, groups_of(buildings, split))
    best = by_milp(case)
    assert best is not None
    assert placed == best[0]
    assert saved == pytest.approx(best[1], abs=1)
    assert shapely.get_type_id(split.cut_links.geometry.to_numpy()).max() == shapely.GeometryType.LINESTRING
