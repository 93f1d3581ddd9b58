"""Find the buildings within reach of each other: the array core that clusters and parts are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from screening.communities.grid import near_boxes

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Geometries = npt.NDArray[np.object_]

__all__ = ["linked_groups", "linked_pairs", "number_groups"]


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
    first, second, distance_m = _linked(geometry, reach_m)
    order = np.lexsort((second, first))
    return first[order], second[order], distance_m[order]


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
    first, second, _ = _linked(geometry, reach_m)
    return number_groups(first, second, len(geometry))


def number_groups(first: IntArray, second: IntArray, count: int) -> IntArray:
    """Give each of so many things the number of the group that the pairs put it in.

    Parameters
    ----------
    first, second
        Positions of the two of each pair.
    count
        How many there are, in pairs or alone. [1]

    Returns
    -------
    numpy.ndarray
        Number of each one's group, counted from 0 in the order of their first members.

    Examples
    --------
    >>> number_groups(np.array([3]), np.array([1]), 4).tolist()
    [0, 1, 2, 1]
    """
    graph = coo_matrix((np.ones(len(first), dtype=np.int8), (first, second)), shape=(count, count))
    group_count, group = connected_components(graph, directed=False)
    begins = np.full(group_count, count)
    np.minimum.at(begins, group, np.arange(count))
    number = np.empty(group_count, dtype=np.int64)
    number[np.argsort(begins)] = np.arange(group_count)
    return np.asarray(number[group], dtype=np.int64)


def _linked(geometry: Geometries, reach_m: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Pairs within reach in the order they are found; boxes near enough miss none, the distance decides."""
    found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
    for one, other in near_boxes(shapely.bounds(geometry), reach_m):
        distance_m = shapely.distance(geometry[one], geometry[other])
        near = distance_m <= reach_m[one] + reach_m[other]
        found.append((one[near], other[near], distance_m[near]))
    one, other, distance_m = (np.concatenate(column) for column in zip(*found, strict=True))
    return np.minimum(one, other), np.maximum(one, other), distance_m
