"""Draw the outline round buildings that lie within a distance of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, QhullError, cKDTree

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["keep_polygons", "outline"]

_ARC_SEGMENTS = 32  # per quarter circle: a lone circle is within 0.2 % of its true area
_TOLERANCE_M = 0.02  # vertices closer to the line than this are dropped, to keep maps light


def outline(
    points: FloatArray, join_distance_m: float, margin_m: float, min_count: float
) -> Polygon | MultiPolygon:
    """Outline of the settlements that points form.

    Parameters
    ----------
    points
        Coordinates, one row per building; several buildings may share a point. [m]
    join_distance_m
        Points at most this far apart belong together. [m]
    margin_m
        The outline runs this far outside the outermost points. [m]
    min_count
        Settlements with fewer buildings fall away. [1]

    Returns
    -------
    shapely.Polygon or shapely.MultiPolygon
        One polygon per settlement; an empty polygon when none is large enough.

    Notes
    -----
    Points are joined by the triangles of the Delaunay triangulation whose sides are all at most the join
    distance, by the sides of other triangles that are, and by the shortest tree within the settlement (which
    alone remains where points stand in a row). The union is widened by twice the margin and narrowed by
    once, so that corners that point inwards are round too. A hole smaller than a circle with the
    join distance as diameter is filled: nobody would draw it.

    Examples
    --------
    >>> import numpy as np
    >>> row = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0], [900.0, 0.0]])
    >>> shape = outline(row, join_distance_m=150.0, margin_m=30.0, min_count=3)
    >>> [round(float(edge)) for edge in shape.bounds]  # the fourth stands alone
    [-30, -30, 230, 30]
    """
    if len(points) == 0:
        return shapely.Polygon()
    places, building_count = np.unique(points, axis=0, return_counts=True)
    pairs = cKDTree(places).query_pairs(join_distance_m, output_type="ndarray")
    graph = coo_matrix((_length(places, pairs), (pairs[:, 0], pairs[:, 1])), shape=(len(places), len(places)))
    settlement_count, settlement = connected_components(graph, directed=False)
    tree = minimum_spanning_tree(graph).tocoo()
    sides, triangles = _triangulate(places, join_distance_m)
    sides = np.concatenate([np.column_stack([tree.row, tree.col]), sides])
    size = np.bincount(settlement, weights=building_count, minlength=settlement_count)
    shapes = [
        _draw(
            places,
            np.flatnonzero(settlement == label),
            sides[settlement[sides[:, 0]] == label],
            triangles[settlement[triangles[:, 0]] == label],
            margin_m,
        )
        for label in np.flatnonzero(size >= min_count)
    ]
    hole_m2 = np.pi * (join_distance_m / 2) ** 2
    return keep_polygons(_fill_holes(shapely.union_all(shapes), hole_m2))


def keep_polygons(geometry: BaseGeometry) -> Polygon | MultiPolygon:
    """Drop the points and lines that an intersection may leave; the order of parts is made definite."""
    parts = shapely.get_parts(geometry)
    parts = np.concatenate([shapely.get_parts(part) for part in parts]) if len(parts) else parts
    parts = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)]
    if len(parts) == 0:
        return shapely.Polygon()
    if len(parts) == 1:
        return shapely.normalize(parts[0])
    return shapely.normalize(shapely.MultiPolygon(list(parts)))


def _triangulate(places: FloatArray, join_distance_m: float) -> tuple[IntArray, IntArray]:
    """Sides no longer than the join distance, and the triangles that have only such sides."""
    none = np.empty((0, 2), dtype=np.int64), np.empty((0, 3), dtype=np.int64)
    if len(places) < 3:
        return none
    try:
        # The origin is moved near the points: coordinates of millions of metres cost Qhull its digits.
        triangles = Delaunay(places - places.mean(axis=0)).simplices.astype(np.int64)
    except QhullError:  # all points on one line
        return none
    sides = triangles[:, [[0, 1], [1, 2], [2, 0]]]
    is_short = _length(places, sides.reshape(-1, 2)).reshape(-1, 3) <= join_distance_m
    unique = np.unique(np.sort(sides[is_short], axis=1), axis=0)
    return unique, triangles[is_short.all(axis=1)]


def _length(places: FloatArray, pairs: IntArray) -> FloatArray:
    difference = places[pairs[:, 0]] - places[pairs[:, 1]]
    return np.hypot(difference[:, 0], difference[:, 1])


def _draw(
    places: FloatArray, members: IntArray, sides: IntArray, triangles: IntArray, margin_m: float
) -> BaseGeometry:
    skeleton = shapely.union_all(
        np.concatenate(
            [
                np.atleast_1d(shapely.points(places[members])),
                shapely.linestrings(places[sides]),
                shapely.polygons(places[triangles]),
            ]
        )
    )
    wide = shapely.buffer(skeleton, 2 * margin_m, quad_segs=_ARC_SEGMENTS)
    return shapely.simplify(shapely.buffer(wide, -margin_m, quad_segs=_ARC_SEGMENTS), _TOLERANCE_M)


def _fill_holes(geometry: BaseGeometry, largest_m2: float) -> BaseGeometry:
    parts = shapely.get_parts(geometry)
    return shapely.union_all(
        [
            shapely.Polygon(
                part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area >= largest_m2]
            )
            for part in parts
        ]
    )
