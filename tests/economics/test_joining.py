"""Neighbours together: the note's advice, and the proposal against every grouping looked at one by one."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import assumptions
from screening.economics import join_areas, joining, screen_areas
from screening.economics.grouping import best_partition, greedy_partition, spanning_links
from screening.errors import TableError, UnknownNameError

SET = assumptions.load("cowi-2022")
PRICE = "user_price_district_heating_dkk_per_year"
# The note's maps: the four parts of Kvistgård border on each other, Ålsgårde lies in a row along the coast.
NOTE_PAIRS = [
    *itertools.combinations(["Kvistgård1", "Kvistgård2", "Kvistgård3", "Kvistgård4"], 2),
    ("Ålsgårde1", "Ålsgårde2"),
    ("Ålsgårde2", "Ålsgårde3"),
]


def pairs_table(pairs, gaps=None):
    gaps = gaps or [20.0] * len(pairs)
    table = pd.DataFrame(pairs, columns=["area", "neighbour"])
    return table.assign(gap_m=np.array(gaps, dtype=float))


def town(rows):
    """Key figures from (customers, MWh, km2) per area, named A, B, C ..."""
    count, heat, km2 = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return pd.DataFrame(
        {
            "area": [chr(65 + i) for i in range(len(rows))],
            "individual_count": count.astype(int) + 2,
            "oil_gas_count": count.astype(int),
            "individual_heat_mwh": heat + 30,
            "oil_gas_heat_mwh": heat,
            "area_km2": km2,
            "density_kwh_per_m2": np.divide(heat, km2 * 1000, out=np.full_like(heat, np.nan), where=km2 > 0),
            "oil_gas_share": heat / (heat + 30),
            "heat_pump_count": 1,
            "heat_pump_share": 1 / (count + 2),
        }
    )


def summed(figures, names):
    """The areas as one, added up row by row."""
    part = figures[figures["area"].isin(names)]
    row = part.select_dtypes("number").sum()
    row["density_kwh_per_m2"] = row["oil_gas_heat_mwh"] / row["area_km2"] / 1000
    row["oil_gas_share"] = row["oil_gas_heat_mwh"] / row["individual_heat_mwh"]
    row["heat_pump_share"] = row["heat_pump_count"] / row["individual_count"]
    counts = {n: int(row[n]) for n in ("individual_count", "oil_gas_count", "heat_pump_count")}
    return pd.DataFrame([row.to_dict() | counts | {"area": "+".join(names)}])


def shortest_links(names, pairs, gaps):
    """Grow the group from its first area, each time over the shortest gap."""
    inside, length = {names[0]}, 0.0
    while inside != set(names):
        ways = [
            (gap, b if a in inside else a)
            for (a, b), gap in zip(pairs, gaps, strict=True)
            if {a, b} <= set(names) and len({a, b} & inside) == 1
        ]
        gap, area = min(ways)
        inside.add(area)
        length += gap
    return length


def hangs_together(names, pairs):
    reached, names = {min(names)}, set(names)
    while True:
        more = {b for a, b in [*pairs, *(p[::-1] for p in pairs)] if a in reached and b in names}
        if more <= reached:
            return reached == names
        reached |= more


def partitions(items):
    """All ways to part a list."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for size in range(len(rest) + 1):
        for others in itertools.combinations(rest, size):
            left = [item for item in rest if item not in others]
            for more in partitions(left):
                yield [(first, *others), *more]


def members(table):
    return [tuple(text.split(joining.MEMBER_SEPARATOR)) for text in table["members"]]


# --- the note -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def note(table_1):
    return join_areas(table_1, pairs_table(NOTE_PAIRS, [30] * len(NOTE_PAIRS)), SET)


def test_kvistgaard_2_and_4_are_joined_to_groups_of_a_hundred_customers(note):
    """The note: they have fewer than 100 customers, but border on Kvistgård 1 and 3."""
    proposal = note[1].set_index("area")
    for area in ("Kvistgård2", "Kvistgård4"):
        assert proposal.loc[area, "customer_count"] < 100
        assert {"Kvistgård1", "Kvistgård3"} & set(proposal.loc[area, "members"].split("\n"))
    joined = proposal.loc[proposal["advice"] == "join"]
    assert set(joined.index) == {"Kvistgård1", "Kvistgård2", "Kvistgård3", "Kvistgård4",
                                 "Ålsgårde1", "Ålsgårde2", "Ålsgårde3"}  # fmt: skip
    assert (joined["group_customer_count"] >= 100).all()
    assert joined["group_is_viable"].all()
    # Table 1's counts: 142 + 61 + 104 + 58 and 368 + 613 + 128.
    assert sorted(set(joined["group_customer_count"])) == [365, 1109]


def test_areas_without_neighbour_keep_their_own_answer(note, table_1):
    proposal, alone = note[1].set_index("area"), screen_areas(table_1, SET)
    lonely = ["Havreholm", "Hellebæk", "Horserød", "Langesø", "Nygård", "Saunte", "Skibstrup", "Stenstrup"]
    assert (proposal.loc[lonely, "group_area_count"] == 1).all()
    assert proposal.loc[lonely, "group_is_viable"].tolist() == alone.loc[lonely, "is_viable"].tolist()
    assert proposal.loc["Hellebæk", "advice"] == "alone"
    assert proposal.loc["Saunte", "advice"] == "not_viable"


def test_a_pair_alone_is_enough_for_the_note(note):
    """Kvistgård 1 and 2 together: 142 + 61 customers, 9,777 MWh on the sum of their areas."""
    groups = note[0].set_index("group")
    pair = groups.loc["Kvistgård1+Kvistgård2"]
    assert pair["customer_count"] == 203
    assert pair["oil_gas_heat_mwh"] == 3337 + 6440
    assert pair["density_kwh_per_m2"] == pytest.approx(9777 / (3337 / 15.2 + 6440 / 17.6))
    # Less than the two apart would cost: one reserve of 2.5 million is bought in place of two.
    apart = groups.loc[["Kvistgård1", "Kvistgård2"], "npv_project_dkk"].sum()
    assert apart - pair["npv_project_dkk"] > 2_500_000


def test_a_group_of_a_whole_town_carries_its_name(table_1):
    named = table_1.assign(town=table_1["area"].str.rstrip("1234"))
    proposal = join_areas(named, pairs_table(NOTE_PAIRS), SET)[1].set_index("area")
    assert proposal.loc["Ålsgårde2", "group"] == "Ålsgårde (Ålsgårde1+Ålsgårde2+Ålsgårde3)"
    part = join_areas(named, pairs_table(NOTE_PAIRS[-1:]), SET)[1].set_index("area")
    assert part.loc["Ålsgårde2", "group"] == "Ålsgårde2+Ålsgårde3"
    assert part.loc["Hellebæk", "group"] == "Hellebæk"


def test_the_document_shows_what_is_computed(note):
    """Within a hundredth: the page rounds, and small changes of the economy do not change what it says."""
    page = (Path(__file__).parents[2] / "docs" / "joining.md").read_text(encoding="utf-8")
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in page.splitlines() if "+" in line]
    shown = {c[0]: [float(n.replace(",", "")) for n in c[1:]] for c in cells if len(c) == 5}
    groups = note[0].set_index("group")
    assert len(shown) == 3
    for name, (customers, price, together, apart) in shown.items():
        group = groups.loc[name]
        assert group["customer_count"] == customers
        assert group[PRICE] == pytest.approx(price, rel=0.01)
        assert group["society_gain_dkk"] / 1e6 == pytest.approx(together, rel=0.01)
        assert group["society_gain_apart_dkk"] / 1e6 == pytest.approx(apart, rel=0.01)


# --- the best grouping ----------------------------------------------------------------------------------


@st.composite
def graphs(draw, largest=6):
    count = draw(st.integers(1, largest))
    rows = draw(
        st.lists(
            st.tuples(st.integers(1, 130), st.floats(8, 40), st.floats(4, 25)), min_size=count, max_size=count
        )
    )
    rows = [(n, n * each, n * each / dense / 1000) for n, each, dense in rows]
    possible = list(itertools.combinations([chr(65 + i) for i in range(count)], 2))
    chosen = draw(st.lists(st.booleans(), min_size=len(possible), max_size=len(possible)))
    pairs = [pair for pair, is_in in zip(possible, chosen, strict=True) if is_in]
    gaps = draw(st.lists(st.integers(0, 150), min_size=len(pairs), max_size=len(pairs)))
    return rows, pairs, [float(gap) for gap in gaps]


@settings(max_examples=20)
@given(graphs())
def test_the_proposal_is_the_best_of_all_groupings(case):
    rows, pairs, gaps = case
    figures = town(rows)
    _, proposal = join_areas(figures, pairs_table(pairs, gaps), SET)
    areas = figures["area"].tolist()
    blocks = [b for n in range(1, len(areas) + 1) for b in itertools.combinations(areas, n)]
    together = [b for b in blocks if hangs_together(b, pairs)]
    found = screen_areas(
        pd.concat(
            [summed(figures, b).assign(link_m=shortest_links(b, pairs, gaps)) for b in together],
            ignore_index=True,
        ),
        SET,
    )
    value = {}
    for block, row in zip(together, found.itertuples(), strict=True):
        served = row.customer_count if row.is_viable and row.customer_count >= 100 else 0
        gain = row.npv_alternative_dkk - row.npv_project_dkk if row.is_viable else 0
        value[block] = (served, gain, 1 - len(block))
    ways = [way for way in partitions(areas) if all(block in value for block in way)]
    totals = [tuple(sum(value[b][i] for b in way) for i in range(3)) for way in ways]
    proposed = [tuple(group) for group in dict.fromkeys(members(proposal))]
    assert sorted(itertools.chain(*proposed)) == areas  # every area once
    got = tuple(sum(value[b][i] for b in proposed) for i in range(3))
    most = max(total[0] for total in totals)
    assert got[0] == most
    best_gain = max(total[1] for total in totals if total[0] == most)
    # Gains are compared in whole kroner, so a group may be one off.
    assert got[1] >= best_gain - len(areas)
    fewest = [t[2] for t in totals if t[0] == most and abs(t[1] - best_gain) < 1e-3]
    if abs(got[1] - best_gain) < 1e-3:
        assert got[2] == max(fewest)


SCORE = st.tuples(*[st.integers(-3, 3)] * 4)


@given(st.integers(1, 6), st.data())
def test_dynamic_programming_equals_brute_force(count, data):
    """Any scores, any set of groups that holds the areas by themselves."""
    every = [b for n in range(1, count + 1) for b in itertools.combinations(range(count), n)]
    groups = [b for b in every if len(b) == 1 or data.draw(st.booleans())]
    scores = [data.draw(SCORE) for _ in groups]
    member = np.array([[i in group for i in range(count)] for group in groups])
    chosen = best_partition(member, scores)
    value = dict(zip(groups, scores, strict=True))
    best = max(
        tuple(map(sum, zip(*(value[b] for b in way), strict=True)))
        for way in partitions(list(range(count)))
        if all(block in value for block in way)
    )
    assert (member[chosen].sum(axis=0) == 1).all()
    assert tuple(map(sum, zip(*(scores[row] for row in chosen), strict=True))) == best


@settings(max_examples=12)
@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_areas_and_of_neighbours_does_not_matter(case, random):
    rows, pairs, gaps = case
    figures, neighbours = town(rows), pairs_table(pairs, gaps)
    groups, proposal = join_areas(figures, neighbours, SET)
    order = random.sample(range(len(figures)), len(figures))
    turned = neighbours.rename(columns={"area": "neighbour", "neighbour": "area"})
    turned = turned.iloc[random.sample(range(len(pairs)), len(pairs))]
    other_groups, other = join_areas(figures.iloc[order], turned, SET)
    assert other["area"].tolist() == figures["area"].iloc[order].tolist()
    again = other.set_index("area").loc[figures["area"]].reset_index()
    pd.testing.assert_frame_equal(again, proposal, rtol=1e-12)
    pd.testing.assert_frame_equal(other_groups, groups, rtol=1e-12)


@settings(max_examples=12)
@given(graphs())
def test_groups_hang_together_add_up_and_equal_their_sum_as_one_area(case):
    rows, pairs, gaps = case
    figures = town(rows)
    groups, proposal = join_areas(figures, pairs_table(pairs, gaps), SET)
    assert all(hangs_together(names, pairs) for names in members(groups))
    counted = groups.loc[groups["is_proposed"], "customer_count"].sum()
    assert proposal["customer_count"].sum() == pytest.approx(counted)
    rows = [summed(figures, n).assign(link_m=shortest_links(n, pairs, gaps)) for n in members(groups)]
    by_hand = pd.concat(rows, ignore_index=True)
    expected = screen_areas(by_hand, SET).reset_index(drop=True)
    got = groups[expected.columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(got, expected, rtol=1e-9, check_index_type=False)
    gain = expected["npv_alternative_dkk"] - expected["npv_project_dkk"]
    assert groups["society_gain_dkk"].to_numpy() == pytest.approx(gain.to_numpy())


def test_a_group_of_one_is_exactly_the_area(table_1):
    groups, proposal = join_areas(table_1, pairs_table([]), SET)
    alone = screen_areas(table_1, SET)
    got = groups.set_index("members").loc[alone.index, alone.columns].rename_axis("area")
    pd.testing.assert_frame_equal(got, alone)
    assert proposal["group"].tolist() == alone.index.tolist()
    assert (proposal["group_link_m"] == 0).all()


def test_optional_columns_are_added_up_with_the_economys_own_defaults():
    """A has its oil count, B takes the set's share; each gives its part of the sum."""
    figures = town([(80, 1600.0, 0.1), (60, 1400.0, 0.1)])
    given_ = figures.assign(
        oil_count=[80.0, np.nan], business_count=[np.nan, 20.0], heated_area_m2=[9000.0, np.nan]
    )
    share = SET.oil_customer_share
    per_heat = SET.standard_consumer_area_m2 / SET.standard_consumer_heat_mwh
    by_hand = summed(figures, ("A", "B")).assign(
        oil_count=80 + 60 * share,
        oil_heat_mwh=1600 + 1400 * share,
        business_count=20.0,
        heated_area_m2=9000 + 1400 * per_heat,
        link_m=20.0,
    )
    groups, _ = join_areas(given_, pairs_table([("A", "B")]), SET)
    expected = screen_areas(by_hand, SET).iloc[0]
    got = groups[groups["area_count"] == 2].iloc[0][expected.index]
    pd.testing.assert_series_equal(got, expected, check_names=False)
    plain = screen_areas(summed(figures, ("A", "B")).assign(link_m=20.0), SET).iloc[0]
    assert got["npv_project_dkk"] != plain["npv_project_dkk"]  # the columns do count


# --- who may join whom ----------------------------------------------------------------------------------


def test_areas_that_are_no_neighbours_are_never_joined():
    figures = town([(60, 1800.0, 0.1), (60, 1800.0, 0.1), (60, 1800.0, 0.1)])
    _, proposal = join_areas(figures, pairs_table([("A", "B")]), SET)
    assert members(proposal) == [("A", "B"), ("A", "B"), ("C",)]
    # Alone C pays for itself, but has no neighbour to reach 100 customers with.
    assert proposal["advice"].tolist() == ["join", "join", "alone_too_few"]


def test_two_small_areas_that_stay_small_are_told_as_too_few():
    _, proposal = join_areas(town([(40, 1800.0, 0.05)] * 2), pairs_table([("A", "B")]), SET)
    assert proposal["advice"].tolist() == ["join_too_few"] * 2
    assert not proposal["group_is_large_enough"].any()


def test_an_area_without_customers_joins_nothing_and_is_no_bridge():
    figures = town([(120, 2400.0, 0.12), (0, 0.0, 0.0), (120, 2400.0, 0.12)])
    _, proposal = join_areas(figures, pairs_table([("A", "B"), ("B", "C")]), SET)
    assert members(proposal) == [("A",), ("B",), ("C",)]
    assert proposal["advice"].tolist() == ["alone", "no_customers", "alone"]
    assert proposal["neighbour_count"].tolist() == [0, 0, 0]
    assert proposal.loc[1, "customer_count"] == 0
    assert np.isnan(proposal.loc[1, "user_price_dkk_per_year"])


def test_nothing_is_joined_where_nothing_becomes_viable():
    figures = town([(5, 90.0, 0.03), (5, 90.0, 0.03)])
    _, proposal = join_areas(figures, pairs_table([("A", "B")]), SET)
    assert proposal["advice"].tolist() == ["not_viable", "not_viable"]
    assert proposal["group"].tolist() == ["A", "B"]


def test_a_thin_neighbour_may_join_for_its_customers_and_the_loss_is_told():
    """A pays with much to spare, B does not: together they still do, and B's customers are served."""
    figures = town([(300, 7500.0, 0.3), (30, 420.0, 0.05)])
    groups, proposal = join_areas(figures, pairs_table([("A", "B")]), SET)
    assert proposal["is_viable"].tolist() == [True, False]
    assert members(proposal) == [("A", "B")] * 2
    one = groups.set_index("group").loc["A+B"]
    assert one["society_gain_apart_dkk"] == pytest.approx(
        groups.set_index("group").loc["A", "society_gain_dkk"]
    )


# --- the pipe between -----------------------------------------------------------------------------------


def test_links_are_the_shortest_that_join_the_group():
    """A square with one diagonal: sides 10, 20, 30, 40, diagonal 25."""
    figures = town([(90, 1800.0, 0.1)] * 4)
    pairs = [("A", "B"), ("B", "C"), ("C", "D"), ("D", "A"), ("A", "C")]
    groups, _ = join_areas(figures, pairs_table(pairs, [10, 20, 30, 40, 25]), SET)
    link_m = groups.set_index("group")["link_m"].to_dict()
    assert link_m["A"] == 0
    assert link_m["A+C"] == 25
    assert link_m["A+B+C"] == 30
    assert link_m["A+C+D"] == 55
    assert link_m["A+B+C+D"] == 60
    assert "B+D" not in link_m


def test_the_shorter_of_two_links_between_the_same_areas_counts():
    twice = pairs_table([("A", "B"), ("B", "A")], [70, 40])
    groups, proposal = join_areas(town([(90, 1800.0, 0.1)] * 2), twice, SET)
    assert groups.set_index("group").loc["A+B", "link_m"] == 40
    assert (proposal["group_link_m"] == 40).all()


def test_the_pipe_between_is_paid_for():
    """Two areas 100 m apart and two that touch: the difference is the price of the pipe."""
    figures = town([(90, 1800.0, 0.1)] * 2)
    far, near = (join_areas(figures, pairs_table([("A", "B")], [gap]), SET)[0].iloc[-1] for gap in (100, 0))
    dearer = far["investment_dkk"] - near["investment_dkk"]
    prices = SET.lookup("transmission_dkk_per_m")
    # The plant's power lies between the table's 250 and 1,000 kW, and it grows a little with nothing else.
    assert 250 < far["capacity_kw"] < 1000
    assert 100 * prices.loc[250] < dearer < 100 * prices.loc[1000]
    assert far["society_gain_dkk"] < near["society_gain_dkk"]


def test_one_plant_serves_the_group():
    """The shortest pipe from the plant, the price of heat by weight; one that is unknown is for all."""
    figures = town([(80, 1600.0, 0.1), (60, 1400.0, 0.1)]).assign(
        transmission_m=[400.0, 150.0], heat_production_dkk_per_mwh=[300.0, 420.0]
    )
    mixed = (300 * 1600 + 420 * 1400) / 3000
    by_hand = summed(figures, ("A", "B")).assign(
        link_m=20.0, transmission_m=150.0, heat_production_dkk_per_mwh=mixed
    )
    expected = screen_areas(by_hand, SET).iloc[0]
    got = join_areas(figures, pairs_table([("A", "B")]), SET)[0].iloc[-1][expected.index]
    pd.testing.assert_series_equal(got, expected, check_names=False)
    unknown = figures.assign(transmission_m=[400.0, np.nan], heat_production_dkk_per_mwh=[300.0, np.nan])
    got = join_areas(unknown, pairs_table([("A", "B")]), SET)[0].iloc[-1]
    without = by_hand.drop(columns=["transmission_m", "heat_production_dkk_per_mwh"])
    assert got["npv_project_dkk"] == pytest.approx(screen_areas(without, SET).iloc[0]["npv_project_dkk"])


def test_links_count_by_hand():
    first, second, gap_m = np.array([0, 1]), np.array([1, 2]), np.array([5.0, 7.0])
    count, length = spanning_links(np.array([[True, True, True], [True, False, True]]), first, second, gap_m)
    assert (count.tolist(), length.tolist()) == ([2, 0], [12.0, 0.0])


# --- many areas -----------------------------------------------------------------------------------------


def test_more_than_twelve_areas_in_a_chain_are_merged_and_said_to_be_so():
    """Each merging saves a reserve, so all fourteen end as one; the thirteenth pair is what makes it long."""
    figures = town([(110, 2200.0, 0.11)] * 14)
    names = figures["area"].tolist()
    groups, proposal = join_areas(figures, pairs_table(list(itertools.pairwise(names))), SET)
    assert set(proposal["members"]) == {"\n".join(names)}
    assert not proposal["is_exact"].any()
    assert proposal["group_link_m"].iloc[0] == 13 * 20
    assert groups["is_proposed"].sum() == 1
    twelve = join_areas(figures.iloc[:12], pairs_table(list(itertools.pairwise(names[:12]))), SET)[1]
    assert twelve["is_exact"].all()


@settings(max_examples=10)
@given(graphs())
def test_merging_two_by_two_is_sound_and_never_beats_the_exact_way(case):
    rows, pairs, gaps = case
    figures, neighbours = town(rows), pairs_table(pairs, gaps)
    exact = join_areas(figures, neighbours, SET)[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "_EXACT_LIMIT", 1)
        greedy = join_areas(figures, neighbours, SET)[1]
    assert all(hangs_together(names, pairs) for names in members(greedy))

    def value(proposal):
        once = proposal.drop_duplicates("members")
        good = once[once["group_is_viable"]]
        enough = good.loc[good["group_is_large_enough"], "group_customer_count"].sum()
        return enough, round(good["group_society_gain_dkk"].sum() / 100)

    alone = join_areas(figures, pairs_table([]), SET)[1]
    assert value(alone) <= value(greedy) <= value(exact)
    linked = {name for pair in pairs for name in pair}
    assert greedy.set_index("area")["is_exact"].to_dict() == {n: n not in linked for n in figures["area"]}


def test_greedy_takes_the_best_pair_first_and_stops_when_none_gains():
    worth = {(0,): 0, (1,): 0, (2,): 0, (3,): 0, (0, 1): 5, (1, 2): 9, (0, 1, 2): 9, (1, 2, 3): 8, (2, 3): 7}

    def score(groups):
        return [(worth[tuple(sorted(group))], 0, 1 - len(group), 0) for group in groups]

    chosen = greedy_partition([0, 1, 2, 3], np.array([0, 1, 2]), np.array([1, 2, 3]), score)
    assert [sorted(group) for group in chosen] == [[0], [1, 2], [3]]


# --- faults ---------------------------------------------------------------------------------------------


def test_faulty_neighbours_are_named():
    figures = town([(90, 1800.0, 0.1)] * 2)
    with pytest.raises(UnknownNameError, match="Nordby"):
        join_areas(figures, pairs_table([("A", "Nordby")]), SET)
    with pytest.raises(TableError, match="gap_m"):
        join_areas(figures, pairs_table([("A", "B")], [-1]), SET)
    with pytest.raises(TableError, match="neighbour is missing"):
        join_areas(figures, pairs_table([("A", "B")]).drop(columns="neighbour"), SET)


def test_the_index_may_hold_the_areas():
    figures = town([(90, 1800.0, 0.1)] * 2)
    by_column = join_areas(figures, pairs_table([("A", "B")]), SET)[1]
    by_index = join_areas(figures.set_index("area"), pairs_table([("A", "B")]), SET)[1]
    pd.testing.assert_frame_equal(by_column, by_index)


def test_networks_laid_out_are_summed():
    by_pipes = SET.replace(is_network_by_pipes=1)
    figures = town([(80, 1600.0, 0.1), (60, 1400.0, 0.1)]).assign(
        network_dkk=[5e6, 4e6], network_heat_loss_mwh=[90.0, 80.0]
    )
    by_hand = summed(figures, ("A", "B")).assign(link_m=20.0, network_dkk=9e6, network_heat_loss_mwh=170.0)
    expected = screen_areas(by_hand, by_pipes).iloc[0]
    got = join_areas(figures, pairs_table([("A", "B")]), by_pipes)[0].iloc[-1][expected.index]
    pd.testing.assert_series_equal(got, expected, check_names=False)
