"""Cut a large town into parts along its weakest necks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from screening.areas.mesh import connect, shortest_tree, side_length, triangulate
from screening.areas.outline import keep_polygons

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from screening.assumptions import Assumptions

    BoolArray = npt.NDArray[np.bool_]
    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    ShapeArray = npt.NDArray[np.object_]

__all__ = ["PLACE_DECIMALS", "cut_town", "large_roads", "share_ground"]

PLACE_DECIMALS = 3  # of a metre: nearer than this, places are one
_DIRECTIONS = 12  # across which a cut is looked for, every 15 degrees
_SHORTEST_M = 10.0  # nearer than this, buildings are as good as joined
_GRID_M = 10.0**-PLACE_DECIMALS  # on which cells are joined whose borders cross
_UNITS = 100  # the flow is counted in whole numbers; this many for a link as long as the join distance
# Roads that part a town: how GeoDanmark's VEJKLASSE and OpenStreetMap's highway begin for them.
_LARGE_ROADS = ("motor", "trafikvej", "trunk", "primary", "secondary")


def cut_town(
    places: FloatArray,
    heat_mwh: FloatArray,
    building_count: IntArray,
    assumptions: Assumptions,
    roads: ShapeArray | None = None,
) -> IntArray:
    """Part the places of a town until no part is large, each time where the town holds together least.

    Parameters
    ----------
    places
        Coordinates without repetition, sorted by easting and northing. [m]
    heat_mwh
        Heat demand at each. [MWh/year]
    building_count
        Buildings at each. [1]
    assumptions
        The set to use: ``cut_large_heat_mwh_per_year``, ``cut_least_share``, ``cut_road_strength_share``,
        ``trim_join_distance_m``; ``found_min_buildings_count`` and ``trim_min_buildings_count``, of which
        the larger is the fewest buildings of a part.
    roads
        Lines of the large roads; None for none.

    Returns
    -------
    numpy.ndarray
        Number of the part of each place, 0 for the part of the first place, and so on. [1]

    Notes
    -----
    Neighbouring buildings (Delaunay, at most the join distance apart) hold together with a strength of one
    over their distance squared, a share of it where a large road runs between them. For each of twelve
    directions the least sum of strengths is found that must be cut to part the two ends that hold
    ``cut_least_share`` of the heat each (maximum flow, minimum cut: exact). A piece that a cut leaves by
    itself with less than that, or with too few buildings, joins the part it holds on to most. Of the cuts
    that still part the town the one with the least strength for the product of the heat on both sides is
    made (of more than two pieces: for the sum of the products of each two). Where none does, the town stays
    larger than it should be.
    """
    sides = _links(places, assumptions.trim_join_distance_m)
    strength = _strength(places, sides, roads, assumptions)
    part = np.zeros(len(places), dtype=np.int64)
    waiting, done = [np.arange(len(places))], 0
    while waiting:
        members = waiting.pop()
        halves = _halve(places, (heat_mwh, building_count), sides, strength, members, assumptions)
        if len(halves) > 1:
            waiting += halves
        else:
            part[members] = done
            done += 1
    return _in_order(part)


def share_ground(places: FloatArray, part: IntArray, ground: BaseGeometry) -> ShapeArray:
    """Share out a town's ground: each square metre to the part of the building nearest to it.

    Parameters
    ----------
    places
        Coordinates; those within a millimetre are taken for one. [m]
    part
        Number of the part of each place, 0 and up without a gap. [1]
    ground
        The town's polygon, which holds all places.

    Returns
    -------
    numpy.ndarray
        One polygon per part: together the ground, and none overlaps another.
    """
    count = int(part.max()) + 1
    if count == 1:
        return np.array([ground], dtype=object)
    # Cells of places that nearly coincide cross by rounding.
    places, first = np.unique(places.round(PLACE_DECIMALS), axis=0, return_index=True)
    part = part[first]
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(places), extend_to=ground, ordered=True)
    )
    try:
        shares = _shares([shapely.coverage_union_all(cells[part == k]) for k in range(count - 1)], ground)
    except shapely.GEOSException:  # cells round off to crossing borders
        cells = shapely.make_valid(cells)
        snapped = [shapely.union_all(cells[part == k], grid_size=_GRID_M) for k in range(count - 1)]
        shares = _shares(snapped, shapely.make_valid(ground))
    return _without_strays(shares, places, part)


def large_roads(roads: gpd.GeoDataFrame | None) -> ShapeArray | None:
    """Lines of the roads that part a town: motorways and traffic roads (GeoDanmark's Trafikvej).

    Parameters
    ----------
    roads
        Column ``road_class`` and lines in EPSG:25832; None for none. Without the column none is large.

    Returns
    -------
    numpy.ndarray or None
        Their lines; None where there is none.
    """
    if roads is None or roads.empty or "road_class" not in roads:
        return None
    kind = roads["road_class"].astype("str").str.casefold()
    lines = roads.geometry.to_numpy()[kind.str.startswith(_LARGE_ROADS).to_numpy(bool)]
    return np.asarray(lines, dtype=object) if len(lines) else None


def _shares(wholes: list[BaseGeometry], ground: BaseGeometry) -> ShapeArray:
    """Take from the ground what each covers, in turn; the last share is what is left."""
    shares = np.empty(len(wholes) + 1, dtype=object)
    left = ground
    for number, whole in enumerate(wholes):
        shares[number] = keep_polygons(shapely.intersection(left, whole))
        left = shapely.difference(left, whole)
    shares[-1] = keep_polygons(left)
    return shares


def _links(places: FloatArray, join_distance_m: float) -> IntArray:
    """Sides up to the join distance, and those that it takes to hold the town together."""
    sides, _ = triangulate(places)
    short = sides[side_length(places, sides) <= join_distance_m]
    return np.unique(np.concatenate([short, shortest_tree(places, sides)]), axis=0)


def _strength(
    places: FloatArray, sides: IntArray, roads: ShapeArray | None, assumptions: Assumptions
) -> IntArray:
    length_m = np.maximum(side_length(places, sides), _SHORTEST_M)
    strength = _UNITS * (assumptions.trim_join_distance_m / length_m) ** 2
    if roads is not None and len(sides):
        lines = shapely.linestrings(places[sides])
        crossed, _ = shapely.STRtree(roads).query(lines, predicate="intersects")
        strength[np.unique(crossed)] *= assumptions.cut_road_strength_share
    return np.maximum(np.rint(strength), 1).astype(np.int64)


def _halve(
    places: FloatArray,
    load: tuple[FloatArray, IntArray],
    sides: IntArray,
    strength: IntArray,
    members: IntArray,
    assumptions: Assumptions,
) -> list[IntArray]:
    """Cut once where it costs least; members that are not large, or that no cut parts, stay together."""
    heat, count = load[0][members], load[1][members]
    if heat.sum() <= assumptions.cut_large_heat_mwh_per_year or len(members) < 2:
        return [members]
    inside = np.full(len(places), -1)
    inside[members] = np.arange(len(members))
    own = (inside[sides] >= 0).all(axis=1)
    near, weight = inside[sides[own]], strength[own]
    least = (
        assumptions.cut_least_share * heat.sum(),
        max(assumptions.found_min_buildings_count, assumptions.trim_min_buildings_count),
    )
    best_score, best = np.inf, np.zeros(len(members), dtype=np.int64)
    for angle in np.arange(_DIRECTIONS) * np.pi / _DIRECTIONS:
        along = places[members] @ np.array([np.cos(angle), np.sin(angle)])
        is_first = _least_cut(along, heat, near, weight, assumptions.cut_least_share)
        if is_first is None:
            continue
        label = _join_strays(is_first, (heat, count), near, weight, least)
        if not label.any():
            continue  # all joined again
        cost = weight[label[near[:, 0]] != label[near[:, 1]]].sum()
        score = cost / (heat.sum() ** 2 - (np.bincount(label, weights=heat) ** 2).sum())
        if score < best_score:
            best_score, best = score, label
    return [members[best == number] for number in range(best.max() + 1)]


def _least_cut(
    along: FloatArray, heat: FloatArray, near: IntArray, weight: IntArray, least_share: float
) -> BoolArray | None:
    """Part the two ends, each with the least share of the heat, by the least strength between them."""
    order = np.argsort(along, kind="stable")
    reached = np.cumsum(heat[order]) / heat.sum()
    first, last = np.zeros(len(along), bool), np.zeros(len(along), bool)
    first[order[: int(np.searchsorted(reached, least_share)) + 1]] = True
    last[order[int(np.searchsorted(reached, 1 - least_share)) :]] = True
    if (first & last).any() or (first | last).sum() < 2:
        return None  # one building holds more than the middle: no cut leaves both ends their share
    node = np.full(len(along), -1)
    node[first], node[last] = 0, 1
    middle = node < 0
    node[middle] = np.arange(2, 2 + middle.sum())
    ends = node[near]
    used = ends[:, 0] != ends[:, 1]
    ends, capacity = ends[used], weight[used]
    size = int(middle.sum()) + 2
    both_ways = (np.tile(capacity, 2), (ends.T.reshape(-1), ends[:, ::-1].T.reshape(-1)))
    graph = coo_matrix(both_ways, shape=(size, size)).tocsr().astype(np.int32)
    rest = graph - maximum_flow(graph, 0, 1).flow
    rest.eliminate_zeros()
    reached_nodes = breadth_first_order(rest, 0, return_predecessors=False)
    is_reached = np.zeros(size, bool)
    is_reached[reached_nodes] = True
    return np.asarray(is_reached[node], dtype=bool)


def _join_strays(
    is_first: BoolArray,
    load: tuple[FloatArray, IntArray],
    near: IntArray,
    weight: IntArray,
    least: tuple[float, float],
) -> IntArray:
    """Label the connected pieces of both halves; one below the least joins where it holds on most."""
    same = is_first[near[:, 0]] == is_first[near[:, 1]]
    count, label = connect(len(is_first), near[same])
    while count > 1:
        heat, buildings = (np.bincount(label, weights=values, minlength=count) for values in load)
        small = np.flatnonzero((heat < least[0]) | (buildings < least[1]))
        if not len(small):
            break
        smallest = int(small[np.argmin(heat[small])])
        ends = label[near]
        touches = (ends == smallest).any(axis=1) & (ends[:, 0] != ends[:, 1])
        others = ends[touches].sum(axis=1) - smallest
        hold = np.bincount(others, weights=weight[touches], minlength=count)
        label[label == smallest] = int(np.argmax(hold))
        _, label = np.unique(label, return_inverse=True)
        count -= 1
    return np.asarray(label, dtype=np.int64)


def _in_order(part: IntArray) -> IntArray:
    """Give parts the numbers 0, 1, ... by their first place."""
    _, first, label = np.unique(part, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[label.reshape(-1)]


def _without_strays(shares: ShapeArray, places: FloatArray, part: IntArray) -> ShapeArray:
    """Give a piece of ground without a building of its part to the part it borders on most."""
    pieces = [shapely.get_parts(share) for share in shares]
    owner = np.repeat(np.arange(len(shares)), [len(group) for group in pieces])
    piece = np.concatenate(pieces)
    held, point = shapely.STRtree(shapely.points(places)).query(piece, predicate="intersects")
    has_own = np.zeros(len(piece), bool)
    has_own[held[owner[held] == part[point]]] = True
    if has_own.all():
        return shares
    tree = shapely.STRtree(piece)
    for stray in np.flatnonzero(~has_own):
        touching = tree.query(piece[stray], predicate="intersects")
        touching = touching[has_own[touching]]
        shared_m = shapely.length(shapely.intersection(piece[touching], piece[stray]))
        if len(touching) and shared_m.max() > 0:
            owner[stray] = owner[touching[np.argmax(shared_m)]]
    whole = np.empty(len(shares), dtype=object)
    for number in range(len(shares)):
        whole[number] = keep_polygons(shapely.union_all(piece[owner == number]))
    return whole
