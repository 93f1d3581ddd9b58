"""The joins by which groups come about when every reach grows: a minimum spanning forest of exact scales."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from screening.communities.pairs import linked_pairs, number_groups

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Geometries = npt.NDArray[np.object_]

__all__ = ["Forest", "grow_forest", "scale_of"]


class Forest(NamedTuple):
    """Pairs that join what was apart until then, ordered by the scale at which they do.

    Attributes
    ----------
    first, second
        Positions of the pair.
    scale
        Smallest factor on all reaches at which the pair is linked. [1]
    size
        How many outlines there are. [1]
    """

    first: IntArray
    second: IntArray
    scale: FloatArray
    size: int

    def groups(self, scale: float) -> IntArray:
        """Group of each outline when all reaches are so many times as long."""
        until = np.searchsorted(self.scale, scale, side="right")
        return number_groups(self.first[:until], self.second[:until], self.size)


def scale_of(distance_m: FloatArray, one_m: FloatArray, other_m: FloatArray) -> FloatArray:
    """Smallest factor on two reaches at which they span a distance, to the last bit.

    Parameters
    ----------
    distance_m
        Distances. [m]
    one_m, other_m
        The two reaches; not both 0 where the distance is not. [m]

    Returns
    -------
    numpy.ndarray
        The smallest number for which ``distance_m <= number * one_m + number * other_m`` holds. [1]

    Examples
    --------
    >>> scale_of(np.array([6.0, 0.0]), np.array([1.0, 0.0]), np.array([3.0, 0.0])).tolist()
    [1.5, 0.0]
    """
    whole_m = one_m + other_m
    scale = np.divide(distance_m, whole_m, out=np.zeros_like(whole_m), where=distance_m > 0)
    while (short := distance_m > scale * one_m + scale * other_m).any():
        scale[short] = np.nextafter(scale[short], np.inf)
    while True:
        below = np.nextafter(scale, 0.0)
        still = (scale > 0) & (distance_m <= below * one_m + below * other_m)
        if not still.any():
            return scale
        scale[still] = below[still]


def grow_forest(geometry: Geometries, reach_m: FloatArray, largest_scale: float) -> Forest:
    """Find the joins up to a scale.

    Parameters
    ----------
    geometry, reach_m
        As for ``linked_pairs``. [m]
    largest_scale
        No pair is looked at that needs a larger one. [1]

    Returns
    -------
    Forest
        At every scale up to the largest it makes the same groups as all pairs do.
    """
    first, second, distance_m = linked_pairs(geometry, reach_m * largest_scale)
    scale = scale_of(distance_m, reach_m[first], reach_m[second])
    # The tree takes 0 for no pair: the place among all scales serves as well.
    scales, place = np.unique(scale, return_inverse=True)
    count = len(geometry)
    weights = coo_matrix((place + 1.0, (first, second)), shape=(count, count))
    tree = minimum_spanning_tree(weights.tocsr()).tocoo()
    order = np.lexsort((tree.col, tree.row, tree.data))
    grown = scales[tree.data[order].astype(np.int64) - 1]
    return Forest(tree.row[order].astype(np.int64), tree.col[order].astype(np.int64), grown, count)
