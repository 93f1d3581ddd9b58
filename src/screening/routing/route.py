"""The trench network of a town: which streets are dug up, and where each service line goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from screening.errors import TableError
from screening.routing.connections import Connections, connections
from screening.routing.faults import check_buildings, check_roads, set_right
from screening.routing.instance import Instance, Network, network
from screening.routing.steiner import Tree, solve
from screening.routing.streets import Streets, labels, street_graph
from screening.routing.tree import edge_table, median_node
from screening.tables import CRS, ROADS, check

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy.typing as npt

    from screening.assumptions import Assumptions

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]

__all__ = ["REASONS", "Route", "route"]

# Why a building is not reached: it has no shape, no road is near enough, or its road does not hang together
# with the plant's.
REASONS = ("no_shape", "no_road_near", "road_not_connected")


@dataclass(frozen=True)
class Route:
    """A trench network.

    Parameters
    ----------
    edges
        Table of edges from the plant outward: edge_id, kind ("street" or "service"), parent_edge_id (-1 at
        the plant or at a pipe laid already), length_m, surface (the road's class as in the source; missing
        for service lines and off the road), road_id, building_id (service lines only), building_count and
        heat_demand_mwh of all buildings supplied through the edge (an unknown demand counts as nothing),
        is_through_building (a service line that no way round another building was found for), geometry.
    unreachable
        Buildings left out: building_id, reason (one of ``REASONS``), distance_m to the nearest road.
    snapped
        Where roads were joined: kind ("end": a road end that just misses another road; "link": over ground
        without a road, between parts that hang together no other way), road_id, joined_road_id, gap_m, line.
    components
        Connected parts of the roads: component (0 is the longest), length_m, building_count (buildings whose
        nearest service line leaves there), is_supplied.
    plant
        The plant's point; missing when only pipes laid already supply.
    plant_source
        "given", "suggested" or "existing".
    length_m
        Trench length by kind: street, service. [m]
    bound_m
        No network that reaches the same buildings by the same candidates is shorter than this; with weights
        in weighted metres. [m]
    gap_share
        How far the network is above that bound at most. [1]
    """

    edges: gpd.GeoDataFrame
    unreachable: pd.DataFrame
    snapped: gpd.GeoDataFrame
    components: pd.DataFrame
    plant: shapely.Point | None
    plant_source: str
    length_m: pd.Series
    bound_m: float
    gap_share: float

    @property
    def total_m(self) -> float:
        """All trench, streets and service lines [m]."""
        return float(self.length_m.sum())


@dataclass(frozen=True)
class _Case:
    """What is routed, in the order of the building ids."""

    buildings: gpd.GeoDataFrame
    heat_mwh: Floats
    streets: Streets
    candidates: Connections
    surface: npt.NDArray[np.object_]
    road_id: npt.NDArray[np.object_]
    weight: Floats


def route(
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    assumptions: Assumptions,
    plant: shapely.Geometry | None = None,
    existing: gpd.GeoDataFrame | None = None,
    obstacles: gpd.GeoDataFrame | None = None,
    weights: Mapping[str, float] | None = None,
) -> Route:
    """Lay trenches along roads so that every building is reached with as little trench as possible.

    Parameters
    ----------
    buildings
        Customers: index building_id, outlines (or points), ``heat_demand_mwh``. An outline that crosses
        itself is set right first, as in ``obstacles``.
    roads
        ``ROADS``, with ``road_id`` and ``level`` where the source has them; with a margin round the
        buildings, since the way may lie outside the area.
    assumptions
        The set: the rows of routing.
    plant
        The plant's place; suggested in the heat's middle of the network when none is given.
    existing
        Pipes laid already: a street within reach of them costs no trench to begin at.
    obstacles
        Outlines of other buildings that service lines should go round; customers count in any case.
    weights
        Cost of a metre by road class relative to the others (1 where none is given), e.g. {"Trafikvej": 2}.
        [1]

    Returns
    -------
    Route
        The network; the same for any order of the rows.

    Raises
    ------
    TableError
        If a table is not in EPSG:25832, a column is missing, building ids are missing, twice there or partly
        text and partly numbers, a heat demand is no number, negative or infinite, a road is no line, or a
        weight is not above zero.
    """
    tables = {"buildings to be reached": buildings, "pipes": existing, "obstacles": obstacles}
    for name, table in tables.items():
        if table is not None and (table.crs is None or table.crs.to_epsg() != 25832):
            raise TableError(f"{name}: set or reproject the coordinates to {CRS}.")
    case = _case(buildings, roads, assumptions, obstacles, weights)
    main = _main_component(case)
    in_main = case.streets.component[case.candidates.piece] == main
    net, roots, link = _network(case, in_main, plant, existing, main, assumptions)
    cost = net.length_m * case.weight[case.streets.road[net.piece]]
    instance = Instance(
        net.node_count,
        net.start,
        net.end,
        cost,
        case.candidates.building[in_main],
        net.taps[: int(in_main.sum())],
        case.candidates.length_m[in_main],
        roots,
    )
    tree = solve(instance)
    return _result(case, net, in_main, instance, tree, link, plant, existing)


def _case(
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    assumptions: Assumptions,
    obstacles: gpd.GeoDataFrame | None,
    weights: Mapping[str, float] | None,
) -> _Case:
    check_buildings(buildings)
    roads = check(roads, ROADS, "roads")
    check_roads(roads)
    buildings = set_right(buildings.sort_index())
    obstacles = None if obstacles is None else set_right(obstacles)
    near = _with_margin(roads, buildings, assumptions.routing_road_margin_m)
    weight = _weight(near["road_class"], weights)
    streets = street_graph(near, assumptions, weight)
    candidates = connections(buildings, streets, assumptions, obstacles)
    heat = pd.to_numeric(buildings["heat_demand_mwh"]).fillna(0.0).to_numpy(float)
    surface = near["road_class"].astype(object)
    # The last element is for links over ground without a road: row -1.
    return _Case(
        buildings,
        heat,
        streets,
        candidates,
        np.r_[surface.where(surface.notna(), None).to_numpy(object), None],
        np.r_[labels(near), None],
        np.r_[weight, 1.0],
    )


def _with_margin(roads: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, margin_m: float) -> gpd.GeoDataFrame:
    """Whole roads within the margin of the buildings' box; none is cut off at its border."""
    bounds = buildings.total_bounds
    if not np.isfinite(bounds).all():
        return roads.iloc[:0]
    box = shapely.box(*(bounds + margin_m * np.array([-1, -1, 1, 1])))
    return roads[shapely.intersects(roads.geometry.to_numpy(), box)]


def _main_component(case: _Case) -> int:
    """Component with the most heat within reach, then the most buildings, then the longest."""
    pairs = pd.DataFrame(
        {"component": case.streets.component[case.candidates.piece], "row": case.candidates.building}
    ).drop_duplicates()
    if pairs.empty:
        return 0
    pairs["heat"] = case.heat_mwh[pairs["row"]]
    sums = pairs.groupby("component").agg(heat=("heat", "sum"), count=("row", "size")).reset_index()
    best = sums.sort_values(["heat", "count", "component"], ascending=[False, False, True])
    return int(best["component"].iloc[0])


def _network(
    case: _Case,
    in_main: npt.NDArray[np.bool_],
    plant: shapely.Geometry | None,
    existing: gpd.GeoDataFrame | None,
    main: int,
    assumptions: Assumptions,
) -> tuple[Network, Ints, shapely.LineString | None]:
    """Cut the streets at all service lines and at the plant's link; say where a network may begin."""
    piece, position = case.candidates.piece[in_main], case.candidates.position_m[in_main]
    link = None
    ours = np.flatnonzero(case.streets.component == main)
    if plant is not None and len(ours):
        nearest = ours[np.argmin(shapely.distance(case.streets.lines[ours], plant))]
        link = shapely.shortest_line(plant, case.streets.lines[nearest])
        where = shapely.line_locate_point(case.streets.lines[nearest], shapely.get_point(link, -1))
        piece, position = np.r_[piece, nearest], np.r_[position, where]
    taps = len(piece)
    reach_m = assumptions.routing_existing_reach_m
    if existing is not None and len(existing):
        more = _beside(case, existing, reach_m)
        piece, position = np.r_[piece, more[0]], np.r_[position, more[1]]
    net = network(case.streets, piece.astype(np.intp), position.astype(float))
    roots = net.taps[int(in_main.sum()) : taps]
    if existing is not None and len(existing):
        roots = np.r_[roots, _nodes_near(net, case, existing, main, reach_m)]
    return net, roots, link


def _beside(case: _Case, existing: gpd.GeoDataFrame, reach_m: float) -> tuple[Ints, Floats]:
    """Where on the streets the bends and ends of pipes laid already lie: a trench may begin there."""
    bends = shapely.points(shapely.get_coordinates(existing.geometry.to_numpy()))
    tree = shapely.STRtree(case.streets.lines)
    bend, piece = tree.query(bends, predicate="dwithin", distance=reach_m)
    return piece, shapely.line_locate_point(case.streets.lines[piece], bends[bend])


def _nodes_near(net: Network, case: _Case, existing: gpd.GeoDataFrame, main: int, reach_m: float) -> Ints:
    """Street nodes within reach of pipes that are laid already."""
    ours = case.streets.component[net.piece] == main
    points = np.r_[shapely.get_point(net.lines[ours], 0), shapely.get_point(net.lines[ours], -1)]
    nodes = np.r_[net.start[ours], net.end[ours]]
    near = shapely.STRtree(existing.geometry.to_numpy()).query(points, predicate="dwithin", distance=reach_m)
    return np.unique(nodes[near[0]])


def _weight(classes: pd.Series, weights: Mapping[str, float] | None) -> Floats:
    """Cost of a metre of each road by its class."""
    if any(not np.isfinite(w) or w <= 0 for w in (weights or {}).values()):
        raise TableError("weights of road classes: give each class a number above zero.")
    known = classes.astype(object).map(dict(weights or {})).astype(float)
    return np.asarray(known.fillna(1.0), float)


def _result(
    case: _Case,
    net: Network,
    in_main: npt.NDArray[np.bool_],
    instance: Instance,
    tree: Tree,
    link: shapely.LineString | None,
    plant: shapely.Geometry | None,
    existing: gpd.GeoDataFrame | None,
) -> Route:
    candidate = np.flatnonzero(in_main)[tree.candidates]
    row = case.candidates.building[candidate]
    tap = instance.tap[tree.candidates]
    lines = np.r_[net.lines[tree.edges], case.candidates.lines[candidate]]
    start = np.r_[net.start[tree.edges], tap]
    end = np.r_[net.end[tree.edges], net.node_count + np.arange(len(row))]
    facts = _facts(case, net, tree, candidate)
    node_count = net.node_count + len(row)
    roots, place, source = instance.roots, None, "existing"
    if not len(roots) and len(start):
        roots = np.array([_suggested(net, tree, tap, case.heat_mwh[row], start)])
        place, source = _point_of(net, int(roots[0]), start, lines), "suggested"
    if link is not None:
        lines, start, end, facts, roots = _with_link(link, lines, start, end, facts, roots, node_count)
        node_count += 1
    if plant is not None:
        place, source = shapely.Point(shapely.centroid(plant)), "given"
    elif existing is None or not len(existing):
        source = "suggested"
    edges = edge_table(lines, start, end, facts, roots, node_count)
    length = edges.groupby("kind")["length_m"].sum().reindex(["street", "service"], fill_value=0.0)
    fixed = 0.0 if link is None else float(link.length)
    cost = float(instance.cost[tree.edges].sum() + instance.service_cost[tree.candidates].sum()) + fixed
    bound = tree.bound + fixed
    return Route(
        edges,
        _unreachable(case, row),
        case.streets.snapped,
        _components(case, edges),
        place,
        source,
        length,
        bound,
        max(0.0, cost - bound) / bound if bound > 0 else 0.0,
    )


def _facts(case: _Case, net: Network, tree: Tree, candidate: Ints) -> pd.DataFrame:
    road = case.streets.road[net.piece[tree.edges]]
    row = case.candidates.building[candidate]
    none = np.full(len(row), None, object)
    return pd.DataFrame(
        {
            "kind": np.repeat(["street", "service"], [len(road), len(row)]).astype(object),
            "surface": np.r_[case.surface[road], none],
            "road_id": np.r_[case.road_id[road], none],
            "building_id": np.r_[
                np.full(len(road), None, object), case.buildings.index.to_numpy(object)[row]
            ],
            "building_count": np.r_[np.zeros(len(road), int), np.ones(len(row), int)],
            "heat_demand_mwh": np.r_[np.zeros(len(road)), case.heat_mwh[row]],
            "is_through_building": np.r_[np.zeros(len(road), bool), case.candidates.is_through[candidate]],
        }
    )


def _suggested(net: Network, tree: Tree, tap: Ints, heat_mwh: Floats, start: Ints) -> int:
    """Node for the plant: the heat's middle along the streets of the tree."""
    if not len(tree.edges):
        return int(start[0])
    weight = heat_mwh if heat_mwh.sum() > 0 else np.ones(len(tap))
    heat = np.bincount(tap, weights=weight, minlength=net.node_count).astype(float)
    return median_node(net.start[tree.edges], net.end[tree.edges], heat)


def _point_of(net: Network, node: int, start: Ints, lines: npt.NDArray[np.object_]) -> shapely.Point:
    for ends, which in ((net.start, 0), (net.end, -1)):
        rows = np.flatnonzero(ends == node)
        if len(rows):
            return shapely.get_point(net.lines[rows[0]], which)
    return shapely.get_point(lines[np.flatnonzero(start == node)[0]], 0)


def _with_link(
    link: shapely.LineString,
    lines: npt.NDArray[np.object_],
    start: Ints,
    end: Ints,
    facts: pd.DataFrame,
    roots: Ints,
    node_count: int,
) -> tuple[npt.NDArray[np.object_], Ints, Ints, pd.DataFrame, Ints]:
    """Put the line from the plant to its street first; the tree then hangs on the plant."""
    own = {"kind": "street", "building_count": 0, "heat_demand_mwh": 0.0, "is_through_building": False}
    first = pd.DataFrame([own | dict.fromkeys(("surface", "road_id", "building_id"))])
    facts = pd.concat([first.astype(facts.dtypes.to_dict()), facts], ignore_index=True)
    return (
        np.r_[np.array([link], object), lines],
        np.r_[node_count, start],
        np.r_[roots[0], end],
        facts,
        np.r_[node_count, roots[1:]],
    )


def _unreachable(case: _Case, reached: Ints) -> pd.DataFrame:
    left = np.setdiff1d(np.arange(len(case.buildings)), reached)
    near = case.candidates.nearest_m[left]
    shape = case.buildings.geometry.iloc[left]
    has_candidate = np.isin(left, case.candidates.building)
    reason = np.select(
        [(shape.isna() | shape.is_empty).to_numpy(), has_candidate],
        ["no_shape", "road_not_connected"],
        "no_road_near",
    )
    return pd.DataFrame(
        {
            "building_id": case.buildings.index.to_numpy(object)[left],
            "reason": reason.astype(object),
            "distance_m": np.where(np.isfinite(near), near, np.nan),
        }
    )


def _components(case: _Case, edges: gpd.GeoDataFrame) -> pd.DataFrame:
    component = case.streets.component
    count = int(component.max(initial=-1)) + 1
    first = pd.DataFrame(
        {"row": case.candidates.building, "component": component[case.candidates.piece]}
    ).drop_duplicates("row")
    supplied = np.zeros(count, bool)
    if len(edges):
        supplied[_main_component(case)] = True
    return pd.DataFrame(
        {
            "component": np.arange(count),
            "length_m": np.bincount(component, weights=case.streets.length_m, minlength=count),
            "building_count": np.bincount(first["component"], minlength=count),
            "is_supplied": supplied,
        }
    )
