"""Find the buildings within reach of each other: the array core that clusters and parts are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Geometries = npt.NDArray[np.object_]

__all__ = ["linked_groups", "linked_pairs"]

_MARGIN_M = 1e-6  # above any rounding of coordinates


def linked_pairs(geometry: Geometries, reach_m: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """List the pairs whose outlines are at most the sum of their reaches apart, each once.

    Parameters
    ----------
    geometry
        Outlines or points, none missing or empty.
    reach_m
        Reach of each, 0 or more. [m]

    Returns
    -------
    first, second : numpy.ndarray
        Positions, ``first < second``, ordered by first, then second.
    distance_m : numpy.ndarray
        Exact distance between the two outlines, 0 where they touch or one holds the other. [m]

    See Also
    --------
    linked_groups : Only which hang together, without the distances: much quicker.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import points
    >>> first, second, distance_m = linked_pairs(points([0, 5, 9], 0.0), np.array([1.0, 4.0, 0.5]))
    >>> first.tolist(), second.tolist(), distance_m.tolist()
    ([0, 1], [1, 2], [5.0, 4.0])
    """
    if len(geometry) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    low_x, low_y, high_x, high_y = shapely.bounds(geometry).T
    wide_m = reach_m + _MARGIN_M
    boxes = shapely.box(low_x - wide_m, low_y - wide_m, high_x + wide_m, high_y + wide_m)
    first, second = shapely.STRtree(boxes).query(boxes)
    once = first < second
    first, second = first[once], second[once]
    distance_m = shapely.distance(geometry[first], geometry[second])
    near = np.flatnonzero(distance_m <= reach_m[first] + reach_m[second])
    near = near[np.lexsort((second[near], first[near]))]
    return first[near], second[near], distance_m[near]


def linked_groups(geometry: Geometries, reach_m: FloatArray) -> IntArray:
    """Group the outlines that hang together through pairs at most the sum of their reaches apart.

    Parameters
    ----------
    geometry
        Outlines or points, none missing or empty.
    reach_m
        Reach of each, 0 or more. [m]

    Returns
    -------
    numpy.ndarray
        Number of each outline's group, counted from 0 in the order of their first outlines.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import points
    >>> linked_groups(points([0, 50, 9, 5], 0.0), np.array([1.0, 4.0, 0.5, 4.0])).tolist()
    [0, 1, 0, 0]
    """
    first, second, _ = linked_pairs(geometry, reach_m)
    count = len(geometry)
    graph = coo_matrix((np.ones(len(first), dtype=np.int8), (first, second)), shape=(count, count))
    _, group = connected_components(graph, directed=False)
    _, begins, number = np.unique(group, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(begins))[number], dtype=np.int64)
