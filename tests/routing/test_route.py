"""The trench network against lengths worked out by hand, and what must hold for any town."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

from routing_towns import EAST, NORTH, houses, roads, spot
from screening import assumptions
from screening.errors import TableError
from screening.routing import route, street_graph

A = assumptions.load("cowi-2022")


def test_three_houses_on_a_street():
    # Corners 15 m from the street at 50, 100 and 150 m: 100 m of street, three lines of 15 m.
    found = route(houses([(50, 20), (100, 20), (150, -20)]), roads([[(0, 0), (200, 0)]]), A)
    assert found.length_m.to_dict() == pytest.approx({"street": 100, "service": 45})
    assert found.plant_source == "suggested"
    assert found.plant.distance(spot(100, 0)) < 0.01  # the middle one
    assert found.unreachable.empty
    service = found.edges[found.edges["kind"] == "service"]
    assert sorted(service["building_id"]) == ["b0000", "b0001", "b0002"]
    assert service.length.tolist() == pytest.approx([15, 15, 15])  # to the wall, 20 m to the middle
    assert set(found.edges.loc[found.edges["kind"] == "street", "surface"]) == {"Lokalvej"}


def test_from_a_given_plant_outward():
    found = route(
        houses([(50, 20), (150, 20)], heat=[10, 30]), roads([[(0, 0), (200, 0)]]), A, plant=spot(0, -30)
    )
    edges = found.edges
    # 30 m to the street, 50 m to the first house, 100 m on to the second.
    assert edges.loc[edges["kind"] == "street", "length_m"].tolist() == pytest.approx([30, 50, 100])
    assert edges.loc[edges["kind"] == "street", "heat_demand_mwh"].tolist() == [40, 40, 30]
    assert edges.loc[edges["kind"] == "street", "building_count"].tolist() == [2, 2, 1]
    assert edges["parent_edge_id"].iloc[0] == -1
    assert shapely.get_point(edges.geometry.iloc[0], 0).distance(spot(0, -30)) < 1e-6
    assert found.plant_source == "given"
    assert_tree(found)


def assert_tree(found):
    """Every edge begins where its parent ends, and every building hangs on the root."""
    edges = found.edges.set_index("edge_id")
    tail = shapely.get_point(edges.geometry.to_numpy(), 0)
    head = pd.Series(shapely.get_point(edges.geometry.to_numpy(), -1), index=edges.index)
    inner = (edges["parent_edge_id"] >= 0).to_numpy()
    above = head.loc[edges.loc[inner, "parent_edge_id"]].to_numpy()
    assert (shapely.distance(tail[inner], above) < 0.05).all()
    depth = edges["parent_edge_id"].copy()
    for _ in range(len(edges)):
        depth = depth.where(depth < 0, edges["parent_edge_id"].reindex(depth).to_numpy())
    assert (depth == -1).all()


def test_a_crossing_is_a_node_but_a_bridge_is_not():
    cross = [[(0, 0), (200, 0)], [(100, -100), (100, 100)]]
    assert len(street_graph(roads(cross), A).lines) == 4
    apart = roads(cross, level=["0", "1"])
    graph = street_graph(apart, A.replace(routing_link_m=0))
    assert len(graph.lines) == 2
    assert sorted(graph.component.tolist()) == [0, 1]


@pytest.mark.parametrize(("gap", "joined"), [(2.5, True), (3.5, False)])
def test_a_road_end_that_nearly_touches_is_joined(gap, joined):
    lines = roads([[(0, 0), (200, 0)], [(100, gap), (100, 80)]])
    found = route(houses([(50, 20), (120, 70)]), lines, A.replace(routing_link_m=0))
    assert found.snapped["gap_m"].tolist() == pytest.approx([gap] if joined else [])
    assert found.unreachable["reason"].tolist() == ([] if joined else ["road_not_connected"])
    linked = route(houses([(50, 20), (120, 70)]), lines, A)
    assert linked.unreachable.empty
    assert linked.snapped["kind"].tolist() == ["end" if joined else "link"]


@pytest.mark.parametrize(("gap", "joined"), [(9, True), (11, False)])
def test_two_road_ends_that_face_each_other_are_joined(gap, joined):
    lines = roads([[(0, 0), (100, 0)], [(100 + gap, 0), (200 + gap, 0)]])
    found = route(houses([(50, 20), (150, 20)]), lines, A.replace(routing_link_m=0))
    assert found.snapped["gap_m"].tolist() == pytest.approx([gap] if joined else [])
    assert len(found.unreachable) == (0 if joined else 1)


def test_every_building_is_reached_or_named():
    town = houses([(50, 20), (50, 300), (900, 20), (120, 20)])
    town.loc["b0003", "geometry"] = None
    lines = roads([[(0, 0), (200, 0)], [(850, 0), (1000, 0)]])
    found = route(town, lines, A)
    reasons = found.unreachable.set_index("building_id")["reason"].to_dict()
    assert reasons == {"b0001": "no_road_near", "b0002": "road_not_connected", "b0003": "no_shape"}
    assert found.unreachable.set_index("building_id")["distance_m"]["b0001"] == pytest.approx(295)
    assert found.components["building_count"].tolist() == [1, 1]


def test_motorways_are_left_out_and_unnamed_classes_are_kept():
    lines = [[(0, 0), (200, 0)], [(0, 40), (200, 40)], [(0, 80), (200, 80)]]
    classes = ["Motorvej", None, "Stikvej til kolonihave"]
    graph = street_graph(roads(lines, classes), A)
    assert sorted(set(graph.road[graph.road >= 0].tolist())) == [1, 2]
    graph = street_graph(roads(lines, classes), A.replace(routing_motorway_is_allowed=1))
    assert sorted(set(graph.road[graph.road >= 0].tolist())) == [0, 1, 2]


def test_the_line_goes_round_a_neighbour():
    # 45 m to the first street, through the house in front; 55 m to the second one.
    town = houses([(100, 20), (100, 50)])
    lines = roads([[(0, 0), (200, 0)], [(160, 0), (160, 100)]])
    found = route(town, lines, A.replace(routing_service_detour_m=10))
    assert not found.edges["is_through_building"].any()
    line = found.edges.set_index("building_id").geometry["b0001"]
    assert line.length == pytest.approx(55)
    # With the first street alone the line slants past the house in front; a long wall it cannot pass.
    alone = route(town, roads([[(0, 0), (200, 0)]]), A).edges.set_index("building_id")
    assert 45 < alone.geometry["b0001"].length < 70
    assert not alone.geometry["b0001"].intersects(town.geometry["b0000"])
    wall = town.iloc[[0]].set_geometry([shapely.box(EAST, NORTH + 30, EAST + 200, NORTH + 35)])
    wall.index = ["wall"]
    shut_in = route(town, roads([[(0, 0), (200, 0)]]), A, obstacles=wall).edges
    assert shut_in.loc[shut_in["is_through_building"], "building_id"].tolist() == ["b0001"]


def test_no_line_crosses_a_street():
    # The house stands 15 m from the near street; the far one is 25 m off, behind it, and would be as good.
    town = houses([(100, 20), (100, -30)])
    found = route(town, roads([[(0, 0), (200, 0)], [(0, -10), (200, -10)], [(0, -10), (0, 0)]]), A)
    service = found.edges[found.edges["kind"] == "service"]
    assert sorted(service.length) == pytest.approx([15, 15])


def test_no_customers_and_no_roads():
    found = route(houses([]), roads([[(0, 0), (200, 0)]]), A)
    assert len(found.edges) == 0
    assert found.total_m == 0
    found = route(houses([(50, 20)]), roads([]), A)
    assert found.unreachable["reason"].tolist() == ["no_road_near"]


def test_faults_are_named():
    town, lines = houses([(50, 20)]), roads([[(0, 0), (200, 0)]])
    with pytest.raises(TableError, match="coordinates"):
        route(town.to_crs(4326), lines, A)
    with pytest.raises(TableError, match="obstacles: set or reproject"):
        route(town, lines, A, obstacles=town.to_crs(4326))
    with pytest.raises(TableError, match="heat_demand_mwh"):
        route(town.drop(columns="heat_demand_mwh"), lines, A)
    with pytest.raises(TableError, match="twice"):
        route(pd.concat([town, town]), lines, A)
    with pytest.raises(TableError, match="above zero"):
        route(town, lines, A, weights={"Lokalvej": 0.0})
