"""The tree as a table: every edge away from the plant, with what hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from screening.tables import CRS

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]
    Lines = npt.NDArray[np.object_]

__all__ = ["edge_table", "median_node", "orient"]

_DTYPES = {
    "edge_id": np.int64,
    "kind": object,
    "parent_edge_id": np.int64,
    "length_m": float,
    "surface": object,
    "road_id": object,
    "building_id": object,
    "building_count": np.int64,
    "heat_demand_mwh": float,
    "is_through_building": bool,
}


def orient(start: Ints, end: Ints, roots: Ints, node_count: int) -> tuple[Ints, Ints]:
    """Find the way from the roots through a tree.

    Parameters
    ----------
    start, end
        Nodes of the tree's edges.
    roots
        Where it begins; one, or all that is laid already.
    node_count
        Number of nodes.

    Returns
    -------
    tuple of numpy.ndarray
        Edges in order from the roots, and the node that each begins at. Edges that cannot be reached are
        left out, and so are edges between roots.
    """
    top = node_count
    tail, head = np.r_[start, np.full(len(roots), top)], np.r_[end, roots]
    number = np.r_[np.arange(len(start)), np.full(len(roots), -1)]
    graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(top + 1, top + 1)).tocsr()
    order, before = breadth_first_order(graph, top, directed=False)
    edge_of = {(int(a), int(b)): int(n) for a, b, n in zip(tail, head, number, strict=True)}
    edges, begins = [], []
    for node in order[1:].tolist():
        parent = int(before[node])
        edge = edge_of.get((parent, node), edge_of.get((node, parent), -1))
        if edge >= 0:
            edges.append(edge)
            begins.append(parent)
    return np.asarray(edges, np.intp), np.asarray(begins, np.intp)


def median_node(start: Ints, end: Ints, heat_mwh: Floats) -> int:
    """Node of a tree with the least heat times distance.

    Parameters
    ----------
    start, end
        Nodes of the tree's edges.
    heat_mwh
        Heat demand at each node of the graph; all equal where none is known. [MWh]

    Returns
    -------
    int
        The node; the first of equals on the way from the tree's first node.

    Notes
    -----
    Moving over an edge brings the heat behind it nearer and the rest farther, so the best node is the last
    one on the way down that has at least half of all heat at or behind it.
    """
    order, begins = orient(start, end, start[:1], len(heat_mwh))
    behind = heat_mwh.astype(float).copy()
    far = np.where(start[order] == begins, end[order], start[order])
    for node, parent in zip(far[::-1].tolist(), begins[::-1].tolist(), strict=True):
        behind[parent] += behind[node]
    best = int(start[0])
    half = behind[best] / 2
    for node, parent in zip(far.tolist(), begins.tolist(), strict=True):
        if parent == best and behind[node] > half:
            best = node
    return best


def edge_table(
    lines: Lines,
    start: Ints,
    end: Ints,
    facts: pd.DataFrame,
    roots: Ints,
    node_count: int,
) -> gpd.GeoDataFrame:
    """Make the table of edges.

    Parameters
    ----------
    lines
        Geometry of each edge of the tree, from start to end or the other way.
    start, end
        Nodes; a service line ends at a node of its own.
    facts
        By edge kind, surface, road_id, building_id, building_count and heat_demand_mwh of itself, and
        is_through_building.
    roots
        Nodes that the tree hangs on.
    node_count
        Number of nodes.

    Returns
    -------
    geopandas.GeoDataFrame
        As ``Route.edges``; consecutive parts of one road with nothing between them are one edge.
    """
    order, begins = orient(start, end, roots, node_count)
    facts, lines = facts.iloc[order].reset_index(drop=True), lines[order]
    flip = start[order] != begins
    lines = np.where(flip, shapely.reverse(lines), lines)
    far = np.where(flip, start[order], end[order])
    parent = _parents(begins, far)
    for column in ("building_count", "heat_demand_mwh"):
        facts[column] = _downstream(facts[column].to_numpy(), parent)
    group = _chains(parent, facts)
    return _merged(lines, facts, parent, group)


def _parents(begins: Ints, far: Ints) -> Ints:
    """Row of the edge that ends where each begins; -1 at the root."""
    edge_to = {node: row for row, node in enumerate(far.tolist())}
    return np.asarray([edge_to.get(node, -1) for node in begins.tolist()], np.intp)


def _downstream(own: npt.NDArray[np.generic], parent: Ints) -> npt.NDArray[np.generic]:
    """Sum of an edge and all behind it; parents stand before their children."""
    total = own.tolist()
    for row in range(len(total) - 1, -1, -1):
        if parent[row] >= 0:
            total[parent[row]] += total[row]
    return np.asarray(total)


def _chains(parent: Ints, facts: pd.DataFrame) -> Ints:
    """First edge of the chain that each belongs to: the same road and nothing leaving on the way."""
    only_child = np.bincount(parent[parent >= 0], minlength=len(parent)) == 1
    key = pd.factorize(facts["road_id"].astype(object), use_na_sentinel=False)[0]
    street = (facts["kind"] == "street").to_numpy()
    joins = (parent >= 0) & only_child[parent] & street & street[parent] & (key == key[parent])
    group = np.arange(len(parent))
    for row in np.flatnonzero(joins).tolist():
        group[row] = group[parent[row]]
    return group


def _merged(lines: Lines, facts: pd.DataFrame, parent: Ints, group: Ints) -> gpd.GeoDataFrame:
    first, edge_id = np.unique(group, return_inverse=True)
    xy, row = shapely.get_coordinates(lines, return_index=True)
    order = np.lexsort((np.arange(len(row)), row, edge_id[row]))
    shapes = shapely.linestrings(xy[order], indices=edge_id[row][order]) if len(lines) else []
    table = facts.iloc[first].reset_index(drop=True)
    above = parent[first]
    table["edge_id"] = np.arange(len(first))
    table["parent_edge_id"] = np.where(above >= 0, edge_id[above], -1) if len(first) else []
    edges = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=CRS), crs=CRS)
    edges["length_m"] = edges.length
    edges = edges.astype(_DTYPES)
    return edges[[*_DTYPES, "geometry"]]
