"""The Steiner problem: streets with the places where service lines leave, and who wants to be reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from screening.routing.cutting import cut, places_on_lines

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.routing.streets import Streets

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]
    Lines = npt.NDArray[np.object_]

__all__ = ["Instance", "Network", "network"]


@dataclass(frozen=True)
class Network:
    """The street graph cut further where service lines leave.

    Parameters
    ----------
    lines
        Street parts.
    start, end
        Node at each end.
    piece
        Street piece each is part of.
    node_count
        Number of nodes.
    taps
        Node of each position given.
    """

    lines: Lines
    start: Ints
    end: Ints
    piece: Ints
    node_count: int
    taps: Ints

    @property
    def length_m(self) -> Floats:
        """Length of each part [m]."""
        return np.asarray(shapely.length(self.lines), float)


@dataclass(frozen=True)
class Instance:
    """Which nodes and buildings a tree must reach.

    Parameters
    ----------
    node_count
        Number of street nodes.
    start, end, cost
        Streets: nodes and cost.
    building, tap, service_cost
        Candidates: building, street node it leaves, cost. Every building takes one.
    roots
        Street nodes that the tree must hold: the plant, what is laid already. May be empty.
    """

    node_count: int
    start: Ints
    end: Ints
    cost: Floats
    building: Ints
    tap: Ints
    service_cost: Floats
    roots: Ints


def network(streets: Streets, piece: Ints, position_m: Floats) -> Network:
    """Cut street pieces where service lines leave.

    Parameters
    ----------
    streets
        The street graph.
    piece, position_m
        Piece and distance from its start of each service line. [m]

    Returns
    -------
    Network
        Parts and nodes; the nodes of the street graph keep their numbers. Where a piece is so short that a
        service line in its middle makes both its ends one place, they are one node: the lesser number.
    """
    count = len(streets.lines)
    own = np.tile(np.arange(count), 2)
    line = np.r_[own, piece]
    position = np.r_[np.zeros(count), streets.length_m, position_m]
    place, on_line, where = places_on_lines(line, position, streets.length_m)
    nodes = np.r_[streets.start, streets.end]
    first_new = int(nodes.max(initial=-1)) + 1
    ties = (nodes, first_new + place[: 2 * count])
    size = first_new + len(on_line)
    _, label = connected_components(coo_array((np.ones(2 * count), ties), shape=(size, size)), directed=False)
    _, least = np.unique(label, return_index=True)
    node = least[label[first_new:]].astype(np.intp)
    is_new = node >= first_new
    node[is_new] = first_new + np.arange(is_new.sum())
    lines, begins = cut(streets.lines, on_line, where)
    taps = node[place[2 * count :]]
    return Network(
        lines,
        node[begins],
        node[begins + 1],
        on_line[begins],
        first_new + int(is_new.sum()),
        taps,
    )
