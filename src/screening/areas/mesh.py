"""Which buildings lie near each other: the triangles between them, and the settlements they form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, QhullError

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["Mesh", "connect", "link", "split_by_label"]


@dataclass(frozen=True)
class Mesh:
    """Buildings linked with those near them.

    Parameters
    ----------
    places
        Coordinates without repetition, sorted by easting and northing. [m]
    place
        Row of ``places`` of each point given. [1]
    settlement
        Number of the settlement of each place. [1]
    settlement_count
        How many there are. [1]
    sides
        Rows of ``places`` at the ends of each link that is at most the join distance long. [1]
    triangles
        Rows of ``places`` at the corners of each triangle that has only such sides. [1]
    """

    places: FloatArray
    place: IntArray
    settlement: IntArray
    settlement_count: int
    sides: IntArray
    triangles: IntArray


def link(points: FloatArray, join_distance_m: float) -> Mesh:
    """Link points by the sides of their Delaunay triangles that are at most the join distance long.

    The triangulation holds the shortest tree between all points, so that linked points are exactly those
    between which one can go from point to point in steps of the join distance. There are at most three
    sides per point, however dense the town: the work grows as the number of points.

    Parameters
    ----------
    points
        Coordinates, one row per building; several buildings may share a point. [m]
    join_distance_m
        Points at most this far apart belong together. [m]

    Returns
    -------
    Mesh
        The links.
    """
    places, place = np.unique(points, axis=0, return_inverse=True)
    sides, triangles = triangulate(places)
    is_short = side_length(places, sides) <= join_distance_m
    corners = triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    is_close = (side_length(places, corners) <= join_distance_m).reshape(-1, 3).all(axis=1)
    count, settlement = connect(len(places), sides[is_short])
    return Mesh(places, place.reshape(-1), settlement, count, sides[is_short], triangles[is_close])


def triangulate(places: FloatArray) -> tuple[IntArray, IntArray]:
    """Sides and triangles of the Delaunay triangulation; the line through places that stand in a row."""
    row = np.arange(len(places))
    line = np.column_stack([row[:-1], row[1:]])  # the places are sorted along it
    none = np.empty((0, 3), dtype=np.int64)
    if len(places) < 3:
        return line, none
    try:
        # The origin is moved near the points: coordinates of millions of metres cost Qhull its digits.
        made = Delaunay(places - places.mean(axis=0))
    except QhullError:  # all places on one line
        return line, none
    triangles = made.simplices.astype(np.int64)
    # A place that Qhull left out, nearly on top of another, is tied to the one nearest to it.
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    sides = np.concatenate([sides, made.coplanar[:, [0, 2]].astype(np.int64)])
    return np.unique(np.sort(sides, axis=1), axis=0), triangles


def side_length(places: FloatArray, sides: IntArray) -> FloatArray:
    """Measure the sides, in metres."""
    difference = places[sides[:, 0]] - places[sides[:, 1]]
    return np.hypot(difference[:, 0], difference[:, 1])


def shortest_tree(places: FloatArray, sides: IntArray) -> IntArray:
    """Sides of the shortest tree that links all places that the sides link."""
    weights = (side_length(places, sides), (sides[:, 0], sides[:, 1]))
    tree = minimum_spanning_tree(coo_matrix(weights, shape=(len(places), len(places)))).tocoo()
    return np.sort(np.column_stack([tree.row, tree.col]).astype(np.int64), axis=1)


def connect(count: int, sides: IntArray) -> tuple[int, IntArray]:
    """Label the groups that sides link, in the order of their first member."""
    ones = (np.ones(len(sides), dtype=np.int8), (sides[:, 0], sides[:, 1]))
    found, label = connected_components(coo_matrix(ones, shape=(count, count)), directed=False)
    return int(found), label.astype(np.int64)


def split_by_label(rows: IntArray, label: IntArray, count: int) -> list[IntArray]:
    """Part rows by their label, 0 to count - 1, without a pass over all rows for each."""
    order = np.argsort(label, kind="stable")
    return np.split(rows[order], np.searchsorted(label[order], np.arange(1, count)))
