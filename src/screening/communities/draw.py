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
_SQUARE = 0.1  # largest cosine of a corner that counts as square
_MIN_DRAWN_M = 0.01  # a building without demand reaches nowhere, yet is drawn
_POLYGON, _CLOSED = 3, 5  # GEOS' number of a polygon; coordinates of a ring with four corners
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
    square, corners = _rectangles(geometry)
    for number in np.unique(segments):
        rows = (segments == number) & ~square
        shapes[rows] = shapely.buffer(geometry[rows], drawn_m[rows], quad_segs=int(number))
        rows = (segments == number) & square
        shapes[rows] = _round(corners[rows[square]], drawn_m[rows], int(number))
    return shapes


def _rectangles(geometry: Geometries) -> tuple[npt.NDArray[np.bool_], FloatArray]:
    """Find the outlines of four corners, all nearly square, and give these counterclockwise."""
    square = (shapely.get_type_id(geometry) == _POLYGON) & (shapely.get_num_coordinates(geometry) == _CLOSED)
    corners = shapely.get_coordinates(geometry[square]).reshape(-1, _CLOSED, 2)[:, :-1]
    along = np.roll(corners, -1, axis=1) - corners
    long_m = np.hypot(along[..., 0], along[..., 1])
    next_along, next_long_m = np.roll(along, -1, axis=1), np.roll(long_m, -1, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):  # a side without length is no rectangle's
        turn = (along * next_along).sum(axis=2) / (long_m * next_long_m)
    keeps = (np.abs(turn) <= _SQUARE).all(axis=1)
    square[square] = keeps
    corners = corners[keeps]
    clockwise = along[keeps, 0, 0] * along[keeps, 1, 1] < along[keeps, 0, 1] * along[keeps, 1, 0]
    corners[clockwise] = corners[clockwise, ::-1]
    return square, corners


def _round(corners: FloatArray, drawn_m: FloatArray, segments: int) -> Geometries:
    """Widen rectangles: an arc about each corner, from across the side before it to across the side after.

    Most outlines are rectangles, and all of them at once take a quarter of the time of a general buffer.
    """
    along = np.roll(corners, -1, axis=1) - corners
    after = np.arctan2(along[..., 1], along[..., 0]) - np.pi / 2
    before = np.roll(after, 1, axis=1)
    step = np.remainder(after - before, 2 * np.pi)[..., None] * np.linspace(0.0, 1.0, segments + 1)
    angle = before[..., None] + step
    arcs = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * drawn_m[:, None, None, None]
    points = (corners[:, :, None, :] + arcs).reshape(len(corners), 4 * (segments + 1), 2)
    return np.asarray(shapely.polygons(points), dtype=object)


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
