"""The heuristic against an exact solver, its bound, and what must not change the length."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routing_exact import instance_of, shortest_tree, union_of_shortest_paths
from routing_towns import EAST, NORTH, grid_town, houses, roads, spot
from screening import assumptions
from screening.routing import route
from screening.routing.steiner import solve

A = assumptions.load("cowi-2022")


def check_is_tree(instance, tree):
    """One candidate a building; the streets hang together without a ring and hold every tap."""
    assert sorted(instance.building[tree.candidates]) == sorted(set(instance.building))
    start, end = instance.start[tree.edges], instance.end[tree.edges]
    label = np.arange(instance.node_count)
    for a, b in zip(start, end, strict=True):
        assert label[a] != label[b], "a ring"
        label[label == label[a]] = label[b]
    held = np.unique(np.r_[instance.tap[tree.candidates], instance.roots, start, end])
    assert len(set(label[held])) == 1
    paid = instance.cost[tree.edges].sum() + instance.service_cost[tree.candidates].sum()
    assert tree.cost == pytest.approx(paid)


def test_the_exact_solver_on_a_case_done_by_hand():
    # Two houses at 50 and 150 m, corners 15 m off: 15 + 100 + 15.
    instance = instance_of(houses([(50, 20), (150, 20)]), roads([[(0, 0), (200, 0)]]), A)
    assert shortest_tree(instance) == pytest.approx(130)


@pytest.mark.parametrize(("seed", "count"), [(s, 9) for s in range(4)] + [(7, 25), (11, 25), (18, 12)])
def test_at_most_five_percent_above_the_exact_solution(seed, count):
    town, lines = grid_town(seed, house_count=count)
    instance = instance_of(town, lines, A)
    exact = shortest_tree(instance)
    tree = solve(instance)
    check_is_tree(instance, tree)
    assert exact - 1e-6 <= tree.cost <= 1.05 * exact
    assert tree.bound <= exact + 1e-6
    assert tree.bound >= 0.9 * exact


def test_mostly_the_exact_solution_itself():
    gaps = []
    for seed in range(20, 27):
        instance = instance_of(*grid_town(seed, house_count=8), A)
        gaps.append(solve(instance).cost / shortest_tree(instance) - 1)
    assert np.mean(np.array(gaps) < 1e-9) >= 0.7


@given(seed=st.integers(0, 10_000), count=st.integers(1, 40))
@settings(max_examples=10)
def test_a_tree_above_its_bound_and_never_worse_than_all_shortest_paths(seed, count):
    town, lines = grid_town(seed, 4, 3, count)
    instance = instance_of(town, lines, A)
    root = instance.tap[:1]
    instance = instance_of(town, lines, A, roots=root)
    tree = solve(instance)
    check_is_tree(instance, tree)
    assert tree.bound <= tree.cost + 1e-9
    assert tree.cost <= union_of_shortest_paths(instance, root[0]) + 1e-6


@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False))
@settings(max_examples=5)
def test_the_order_of_rows_does_not_matter(seed, order):
    town, lines = grid_town(seed, house_count=10)
    rows, houses_order = list(range(len(lines))), list(range(len(town)))
    order.shuffle(rows)
    order.shuffle(houses_order)
    one = route(town, lines, A)
    other = route(town.iloc[houses_order], lines.iloc[rows], A)
    assert other.total_m == pytest.approx(one.total_m, abs=1e-6)
    assert one.edges.geometry.geom_equals_exact(other.edges.geometry, 1e-6).all()


@given(seed=st.integers(0, 10_000), east=st.integers(-900, 900), north=st.integers(-900, 900))
@settings(max_examples=5)
def test_moving_the_town_keeps_the_length(seed, east, north):
    town, lines = grid_town(seed, house_count=10)
    moved = [t.set_geometry(t.geometry.translate(east, north)) for t in (town, lines)]
    here, there = route(town, lines, A), route(*moved, A)
    # Equal lengths may be told apart differently by rounding, never by more than the heuristic's gap.
    assert there.bound_m <= here.total_m + 1e-3
    assert there.total_m == pytest.approx(here.total_m, rel=0.05)
    assert there.length_m.index.tolist() == ["street", "service"]


def test_moving_the_town_keeps_every_length():
    for seed in range(5):
        town, lines = grid_town(seed, house_count=10)
        moved = [t.set_geometry(t.geometry.translate(1024, -512)) for t in (town, lines)]
        assert route(*moved, A).total_m == pytest.approx(route(town, lines, A).total_m, abs=1e-3)


@pytest.mark.parametrize("seed", range(4))
def test_another_road_never_makes_the_exact_network_longer(seed):
    town, lines = grid_town(seed, house_count=7)
    # Far round the town from its western to its eastern end, so that it takes no candidate away.
    before = shortest_tree(instance_of(town, lines, A))
    corner = shapely.get_coordinates(lines.geometry.to_numpy()) - [EAST, NORTH]
    west, east = corner[corner[:, 0].argmin()], corner[corner[:, 0].argmax()]
    around = [west + np.array(step) for step in ([0, 0], [-60, 0], [-60, -300])]
    around += [east + np.array(step) for step in ([60, -300], [60, 0], [0, 0])]
    more = roads([around])
    after = shortest_tree(instance_of(town, _together(lines, more), A))
    assert after <= before + 1e-6


def _together(first, second):
    import pandas as pd

    return pd.concat([first, second], ignore_index=True)


def test_a_tree_that_shortest_paths_miss():
    # Round the ring of 400 m from the plant's corner, houses stand at 150, 180, 220 and 380 m. Shortest paths
    # dig both sides, 180 m each; the tree leaves out the longest stretch between two houses, 160 m.
    ring = [[(0, 0), (100, 0)], [(100, 0), (100, 100)], [(100, 100), (0, 100)], [(0, 100), (0, 0)]]
    town = houses([(110, 50), (110, 80), (80, 110), (-10, 20)])
    found = route(town, roads(ring), A.replace(routing_candidate_count=1), plant=spot(0, -5))
    assert found.length_m["street"] == pytest.approx(5 + 240, abs=0.1)
    assert found.length_m["service"] == pytest.approx(4 * 5)


def test_dear_roads_are_gone_round():
    ring = [[(0, 0), (100, 0)], [(0, 0), (0, 30), (100, 30), (100, 0)]]
    classes = ["Trafikvej", "Lokalvej"]
    town = houses([(-10, 0), (110, 0)])
    lines = roads(ring, classes)
    assert route(town, lines, A).length_m["street"] == pytest.approx(100)
    found = route(town, lines, A, weights={"Trafikvej": 2.0})
    assert found.length_m["street"] == pytest.approx(160)
    assert found.bound_m == pytest.approx(170)


def test_pipes_laid_already_cost_no_trench():
    lines = roads([[(0, 0), (300, 0)]])
    town = houses([(50, 20), (250, 20)])
    laid = roads([[(40, 4), (200, 4)]])[["geometry"]]
    found = route(town, lines, A, existing=laid)
    # The pipe passes the first house; the second is 50 m past its end.
    assert found.plant_source == "existing"
    assert found.plant is None
    assert (found.edges.loc[found.edges["parent_edge_id"] == -1, "building_count"] == 1).all()
    assert found.length_m.to_dict() == pytest.approx({"street": 50, "service": 30})


def test_edges_carry_all_that_hangs_on_them():
    town, lines = grid_town(3, house_count=20)
    found = route(town, lines, A)
    edges = found.edges
    top = edges[edges["parent_edge_id"] == -1]
    assert top["building_count"].sum() == 20
    assert top["heat_demand_mwh"].sum() == pytest.approx(town["heat_demand_mwh"].sum())
    below = edges.groupby("parent_edge_id")[["building_count", "heat_demand_mwh"]].sum()
    street = edges[edges["kind"] == "street"].set_index("edge_id")
    assert (street["building_count"] == below["building_count"].reindex(street.index)).all()
    walls = shapely.boundary(town.geometry)
    service = edges[edges["kind"] == "service"].set_index("building_id").geometry
    ends = shapely.get_point(service.to_numpy(), -1)
    assert (shapely.distance(ends, walls.loc[service.index].to_numpy()) < 1e-6).all()


def test_the_suggested_plant_is_the_middle_of_the_heat():
    # On a line the best place is where half of the heat lies on each side: the heavy house.
    town = houses([(20, 20), (60, 20), (180, 20)], heat=[10, 50, 20])
    found = route(town, roads([[(0, 0), (200, 0)]]), A)
    assert found.plant.distance(spot(60, 0)) < 0.01
