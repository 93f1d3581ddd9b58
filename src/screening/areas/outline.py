"""Draw the outline round buildings that lie within a distance of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from screening.areas.mesh import link, split_by_label

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from screening.areas.mesh import Mesh

    ShapeArray = npt.NDArray[np.object_]
    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["draw_settlements", "fill_holes", "keep_polygons", "outline"]

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
    distance, and by the sides of other triangles that are (among them the shortest tree within the
    settlement, which alone remains where points stand in a row). The union is widened by twice the margin
    and narrowed by once, so that corners that point inwards are round too. A hole smaller than a circle
    with the join distance as diameter is filled: nobody would draw it.

    Examples
    --------
    >>> import numpy as np
    >>> row = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0], [900.0, 0.0]])
    >>> shape = outline(row, join_distance_m=150.0, margin_m=30.0, min_count=3)
    >>> [round(float(edge)) for edge in shape.bounds]  # the fourth stands alone
    [-30, -30, 230, 30]
    """
    mesh = link(points, join_distance_m)
    size = np.bincount(mesh.settlement[mesh.place], minlength=mesh.settlement_count)
    shapes = draw_settlements(mesh, margin_m, np.flatnonzero(size >= min_count))
    return keep_polygons(fill_holes(shapely.union_all(shapes), join_distance_m))


def draw_settlements(mesh: Mesh, margin_m: float, wanted: IntArray) -> ShapeArray:
    """Draw the triangles and lines of each settlement with the margin round them.

    Parameters
    ----------
    mesh
        The linked buildings.
    margin_m
        As for ``outline``. [m]
    wanted
        Numbers of the settlements to draw. [1]

    Returns
    -------
    numpy.ndarray
        One polygon for each; holes as they come.
    """
    home, count = mesh.settlement, mesh.settlement_count
    members = split_by_label(np.arange(len(mesh.places)), home, count)
    sides = split_by_label(mesh.sides, home[mesh.sides[:, 0]], count)
    triangles = split_by_label(mesh.triangles, home[mesh.triangles[:, 0]], count)
    shapes = np.empty(len(wanted), dtype=object)
    for position, label in enumerate(wanted):
        shapes[position] = _draw(mesh.places, members[label], sides[label], triangles[label], margin_m)
    return shapes


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


def fill_holes(geometry: BaseGeometry, join_distance_m: float) -> BaseGeometry:
    """Fill each hole smaller than a circle with the join distance as diameter."""
    largest_m2 = np.pi * (join_distance_m / 2) ** 2
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    return shapely.union_all(
        [
            shapely.Polygon(
                part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area >= largest_m2]
            )
            for part in parts
        ]
    )
