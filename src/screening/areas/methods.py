"""Ways to find where buildings lie together: each gives outlines, and which building is in which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from screening.areas.lattice import cell_number
from screening.areas.mesh import link
from screening.areas.outline import draw_settlements, fill_holes, keep_polygons
from screening.errors import AssumptionError, UnknownNameError
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from screening.assumptions import Assumptions

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    ShapeArray = npt.NDArray[np.object_]
    Found = tuple[ShapeArray, IntArray]

__all__ = ["DEFAULT_METHOD", "METHODS", "find_settlements"]

DEFAULT_METHOD: Final = "triangles"
NOWHERE = -1
_ARC_SEGMENTS = 16  # per quarter circle


def find_settlements(
    points: FloatArray, heat_mwh: FloatArray, assumptions: Assumptions, method: str = DEFAULT_METHOD
) -> tuple[ShapeArray, IntArray]:
    """Outline every settlement, however small, by one of the methods.

    Parameters
    ----------
    points
        Coordinates, one row per building; several buildings may share a point. [m]
    heat_mwh
        Heat demand of each; unknown counts as none. [MWh/year]
    assumptions
        The set to use.
    method
        "triangles", "circles" or "density" (the notes).

    Returns
    -------
    shapes : numpy.ndarray
        One polygon (or polygon of several parts) per settlement; neighbours share no ground. Only with a
        margin near half the join distance may one fill a bay or hole with another settlement in it.
    settlement : numpy.ndarray
        Position in ``shapes`` of each building's settlement, -1 where it is in none. [1]

    Raises
    ------
    UnknownNameError
        If there is no such method; names the near ones.
    AssumptionError
        If ``trim_margin_m`` is more than half ``trim_join_distance_m``: neighbours would overlap.

    Notes
    -----
    triangles
        Buildings at most ``trim_join_distance_m`` apart belong together; the outline encloses the triangles
        between them without a longer side, ``trim_margin_m`` wider. The outline that ``delineate`` draws.
    circles
        The same settlements; circles of half the join distance round each building, narrowed again until
        the margin is left.
    density
        Square cells of ``found_cell_m`` whose oil and gas heat reaches ``density_criterion_kwh_per_m2``, with
        the gaps between them closed up to the join distance. Buildings in other cells are in no settlement.
    """
    if method not in METHODS:
        raise UnknownNameError("method", method, METHODS)
    if assumptions.trim_margin_m > assumptions.trim_join_distance_m / 2:
        raise AssumptionError(
            f"trim_margin_m is {assumptions.trim_margin_m:g} and trim_join_distance_m"
            f" {assumptions.trim_join_distance_m:g}; give a margin of at most half the join distance, or"
            " neighbouring settlements overlap."
        )
    if not len(points):
        return np.empty(0, dtype=object), np.empty(0, dtype=np.int64)
    return METHODS[method](points, heat_mwh, assumptions)


def _triangles(points: FloatArray, _heat_mwh: FloatArray, assumptions: Assumptions) -> Found:
    mesh = link(points, assumptions.trim_join_distance_m)
    shapes = draw_settlements(mesh, assumptions.trim_margin_m, np.arange(mesh.settlement_count))
    return _tidy(shapes, assumptions), mesh.settlement[mesh.place]


def _circles(points: FloatArray, _heat_mwh: FloatArray, assumptions: Assumptions) -> Found:
    mesh = link(points, assumptions.trim_join_distance_m)
    margin_m = assumptions.trim_margin_m
    radius_m = max(assumptions.trim_join_distance_m / 2, margin_m)
    order = np.argsort(mesh.settlement, kind="stable")
    groups = shapely.multipoints(
        shapely.points(mesh.places[order]), indices=mesh.settlement[order].astype(np.intp)
    )
    wide = shapely.buffer(groups, radius_m, quad_segs=_ARC_SEGMENTS)
    narrow = shapely.buffer(wide, margin_m - radius_m, quad_segs=_ARC_SEGMENTS)
    return _tidy(np.atleast_1d(narrow), assumptions), mesh.settlement[mesh.place]


def _density(points: FloatArray, heat_mwh: FloatArray, assumptions: Assumptions) -> Found:
    cell_m = assumptions.found_cell_m
    cells, cell = np.unique(cell_number(points, cell_m), axis=0, return_inverse=True)
    per_m2 = np.bincount(cell.reshape(-1), weights=heat_mwh) * KWH_PER_MWH / cell_m**2
    west_south = cells[per_m2 >= assumptions.density_criterion_kwh_per_m2] * cell_m
    if not len(west_south):
        return np.empty(0, dtype=object), np.full(len(points), NOWHERE)
    squares = shapely.box(*west_south.T, *(west_south + cell_m).T)
    reach_m = assumptions.trim_join_distance_m / 2
    wide = shapely.get_parts(shapely.union_all(shapely.buffer(squares, reach_m, join_style="mitre")))
    shapes = _tidy(shapely.buffer(wide, -reach_m, join_style="mitre"), assumptions)
    which, found = shapely.STRtree(shapely.points(points)).query(shapes, predicate="intersects")
    settlement = np.full(len(points), NOWHERE)
    settlement[found] = which
    return shapes, settlement


def _tidy(shapes: ShapeArray, assumptions: Assumptions) -> ShapeArray:
    tidied = np.empty(len(shapes), dtype=object)
    for position, shape in enumerate(shapes):
        tidied[position] = keep_polygons(fill_holes(shape, assumptions.trim_join_distance_m))
    return tidied


METHODS: dict[str, Callable[[FloatArray, FloatArray, Assumptions], Found]] = {
    "triangles": _triangles,
    "circles": _circles,
    "density": _density,
}
