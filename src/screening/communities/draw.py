"""Draw what the members of each community reach: their outlines widened, and all of them as one shape."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Geometries = npt.NDArray[np.object_]

__all__ = ["widened"]

# For the map only: links are found by exact distance.
_ARC_FAULT_M = 0.2  # less than a pixel of the closest map; how far inside its arc a chord may run
_LEAST_SEGMENTS, _MOST_SEGMENTS = 2, 32  # per quarter circle
_MIN_DRAWN_M = 0.01  # a building without demand reaches nowhere, yet is drawn
_PIECE = 2_000  # outlines drawn together
_FEW = 50  # outlines of a group that is joined in one pass


def widened(geometry: Geometries, reach_m: FloatArray, group: IntArray) -> Geometries:
    """Widen the outlines by their reaches and join those of each group.

    Parameters
    ----------
    geometry
        Valid outlines or points.
    reach_m
        Reach of each, 0 or more. [m]
    group
        Number of each one's group, rising from 0 without gaps: 0, 0, 1, 1, 1 ...

    Returns
    -------
    numpy.ndarray
        One polygon (or several) per group; round corners are drawn at most 0.2 m too short.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import box
    >>> houses = np.array([box(0, 0, 8, 10), box(9, 0, 17, 10)])
    >>> (shape,) = widened(houses, np.array([2.0, 3.0]), np.array([0, 0]))
    >>> shape.bounds
    (-2.0, -3.0, 20.0, 13.0)
    """
    if len(geometry) == 0:
        return np.empty(0, dtype=object)
    drawn_m = np.maximum(reach_m, _MIN_DRAWN_M)
    begins = np.searchsorted(group, np.arange(group[-1] + 1))
    first = np.unique(begins[np.searchsorted(begins, np.arange(0, len(group), _PIECE), side="right") - 1])
    pieces = [slice(begin, end) for begin, end in zip(first, [*first[1:], len(group)], strict=True)]

    def draw(piece: slice) -> Geometries:
        return _joined(_widened(geometry[piece], drawn_m[piece]), group[piece] - group[piece.start])

    if len(pieces) == 1:
        return draw(pieces[0])
    with ThreadPoolExecutor() as pool:  # GEOS works without Python's lock
        return np.concatenate(list(pool.map(draw, pieces)))


def _widened(geometry: Geometries, drawn_m: FloatArray) -> Geometries:
    angle = 2 * np.arccos(np.maximum(1 - _ARC_FAULT_M / drawn_m, -1))
    segments = np.clip(np.ceil(np.pi / 2 / angle), _LEAST_SEGMENTS, _MOST_SEGMENTS).astype(int)
    shapes = np.empty(len(geometry), dtype=object)
    for number in np.unique(segments):
        rows = segments == number
        shapes[rows] = shapely.buffer(geometry[rows], drawn_m[rows], quad_segs=int(number))
    return shapes


def _joined(shapes: Geometries, group: IntArray) -> Geometries:
    """Join the shapes of each group.

    A buffer of 0 m counts what covers each spot, all in one pass: quick for a few outlines. Where hundreds
    lie over each other it meets every crossing of them; a large group is therefore joined near by near.
    """
    is_large = np.bincount(group) > _FEW
    joined = np.empty(len(is_large), dtype=object)
    parts, index = shapely.get_parts(shapes, return_index=True)
    few = ~is_large[group[index]]
    place = np.cumsum(~is_large) - 1
    several = shapely.multipolygons(parts[few], indices=place[group[index[few]]])
    joined[~is_large] = shapely.buffer(several, 0.0)
    for number in np.flatnonzero(is_large):
        begin, end = np.searchsorted(group, [number, number + 1])
        joined[number] = shapely.union_all(shapes[begin:end])
    return np.asarray(shapely.normalize(joined), dtype=object)
