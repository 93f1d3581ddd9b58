"""Input that is odd or wrong: short pieces, a road that stands there twice, and what is refused."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
import shapely.affinity

from routing_towns import EAST, NORTH, houses, roads
from screening import assumptions
from screening.errors import TableError
from screening.routing import route

A = assumptions.load("cowi-2022")
STREET = [[(0, 0), (200, 0)]]


def moved(shape):
    return shapely.affinity.translate(shape, EAST, NORTH)


@pytest.mark.parametrize("jog_mm", [12, 16, 20, 25, 29, 31])
def test_a_service_line_leaves_in_the_middle_of_a_piece_of_a_few_centimetres(jog_mm):
    # Two side streets meet the main street a jog apart; a roof's tip points at the middle of the jog.
    jog = jog_mm / 1000
    lines = roads([[(-100, 0), (100, 0)], [(0, 0), (0, -80)], [(jog, 0), (jog, 80)]])
    town = houses([(-50, 17), (50, 17), (0, 0)])
    tip = shapely.Polygon([(jog / 2 - 3, -9), (jog / 2, -6), (jog / 2 + 3, -9)])
    town.loc["b0002", "geometry"] = moved(tip)
    found = route(town, lines, A)
    # 100 m between the outer houses, whose corners are 12 m off; 6 m to the tip.
    assert found.length_m.to_dict() == pytest.approx({"street": 100, "service": 30}, abs=0.04)
    assert found.unreachable.empty
    assert found.bound_m <= found.total_m + 1e-6
    edges = found.edges.set_index("edge_id").geometry
    for line, parent in zip(edges, found.edges["parent_edge_id"], strict=True):
        if parent >= 0:
            above = shapely.get_point(edges[parent], -1)
            assert above.distance(shapely.get_point(line, 0)) < 0.05


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]])
def test_of_a_road_that_stands_there_four_times_one_is_used_in_any_order(order):
    classes = [None, "Trafikvej", "Lokalvej", "Lokalvej"]
    lines = roads(STREET * 4, classes, road_id=["1", "2", "4", "3"]).iloc[order]
    streets = route(houses([(50, 20), (150, 20)]), lines, A).edges.query("kind == 'street'")
    assert set(streets["surface"]) == {"Lokalvej"}
    assert set(streets["road_id"]) == {"3"}
    dear = route(houses([(50, 20), (150, 20)]), lines, A, weights={"Lokalvej": 2}).edges
    assert set(dear.loc[dear["kind"] == "street", "road_id"]) == {"2"}


def bow_tie(x, y):
    """Two triangles that meet in a point, 10 m wide and 6 m high, drawn in one stroke."""
    return moved(shapely.Polygon([(x, y), (x + 10, y + 6), (x + 10, y), (x, y + 6)]))


def test_an_outline_that_crosses_itself_is_set_right():
    town = houses([(50, 30)])
    in_front = gpd.GeoDataFrame(geometry=[bow_tie(45, 6)], index=["shed"], crs=town.crs)
    alone = route(town, roads(STREET), A)
    assert alone.length_m["service"] == pytest.approx(25)
    round_it = route(town, roads(STREET), A, obstacles=in_front)
    assert round_it.unreachable.empty
    own = route(town.set_geometry([bow_tie(45, 6)]), roads(STREET), A)
    assert own.length_m["service"] == pytest.approx(6)
    both = houses([(50, 30), (50, 30)])
    both.loc["b0000", "geometry"] = bow_tie(45, 6)
    assert route(both, roads(STREET), A).unreachable.empty


def test_roads_that_are_no_lines_are_named():
    lines = roads(STREET * 3, road_id=["r1", "r2", "r3"])
    lines.loc[1, "geometry"] = lines.geometry[1].buffer(3)
    with pytest.raises(TableError, match=r"roads: 1 rows are no lines but Polygon \(roads r2\)"):
        route(houses([(50, 20)]), lines, A)
    lines.loc[1, "geometry"] = None
    assert route(houses([(50, 20)]), lines, A).unreachable.empty


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("much", r"is no number in 1 rows \(buildings b0001, got much\)"),
        (-3.0, r"is below zero in 1 rows \(buildings b0001, got -3.0\)"),
        (np.inf, r"is infinite in 1 rows \(buildings b0001, got inf\)"),
        (-np.inf, r"is infinite in 1 rows \(buildings b0001, got -inf\)"),
    ],
)
def test_heat_that_is_no_amount_is_named(value, message):
    town = houses([(50, 20), (150, 20)])
    town["heat_demand_mwh"] = town["heat_demand_mwh"].astype(object)
    town.loc["b0001", "heat_demand_mwh"] = value
    with pytest.raises(TableError, match=message):
        route(town, roads(STREET), A)


def test_unknown_heat_is_allowed():
    found = route(houses([(50, 20), (150, 20)], heat=[np.nan, 20]), roads(STREET), A)
    assert found.unreachable.empty
    assert found.edges["heat_demand_mwh"].max() == 20


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([1, "a", 2], r"partly numbers \(1, 2\) and text \(a\)"),
        (["a", None, "b"], "1 rows have no building id"),
        ([1.0, np.nan, 3.0], "1 rows have no building id"),
    ],
)
def test_ids_that_have_no_order_are_named(ids, message):
    town = houses([(50, 20), (100, 20), (150, 20)]).set_axis(ids)
    with pytest.raises(TableError, match=message):
        route(town, roads(STREET), A)


def test_all_faults_are_told_at_once():
    town = houses([(50, 20), (100, 20)], heat=[-1, np.inf]).set_axis([1, "a"])
    with pytest.raises(TableError, match=r"below zero.*infinite.*partly"):
        route(town, roads(STREET), A)
