"""The splitting of a community as a problem of numbers: buildings, links, a limit, and what each costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    BoolArray = npt.NDArray[np.bool_]

__all__ = ["OUTSIDE", "Problem", "components", "shortest_forest"]

OUTSIDE = -1  # label of a building in no part
_SLACK_KW = 4e-7  # below half the milliwatt to which the rule rounds


@dataclass(frozen=True)
class Problem:
    """Which buildings may share a heat pump, and what that saves.

    Attributes
    ----------
    capacity_kw
        What each building asks of a shared heat pump. [kW]
    gain_dkk
        What each building saves by sharing, before pipes. [DKK/year]
    first, second
        Links as row numbers of buildings.
    pipe_dkk
        Yearly cost of the pipe along each link. [DKK/year]
    pump_dkk
        What each further heat pump costs. [DKK/year]
    limit_kw
        Largest capacity of a part. [kW]
    min_count
        Fewest buildings of a part. [1]
    """

    capacity_kw: FloatArray
    gain_dkk: FloatArray
    first: IntArray
    second: IntArray
    pipe_dkk: FloatArray
    pump_dkk: float
    limit_kw: float
    min_count: int

    @property
    def count(self) -> int:
        """Count the buildings [1]."""
        return len(self.capacity_kw)

    @property
    def room_kw(self) -> float:
        """The limit, with the slack of the rounding of a sum [kW]."""
        return self.limit_kw + _SLACK_KW

    @cached_property
    def prize_dkk(self) -> FloatArray:
        """What placing each building is worth: its own heat pump spared, its gain, and more than any cost.

        The last summand puts the number of buildings placed before all money. [DKK/year]
        """
        longest = float(self.pipe_dkk.max(initial=0.0))
        worth = self.gain_dkk + self.pump_dkk
        above_all = 1.0 + float(np.abs(worth).sum()) + self.count * (longest + abs(self.pump_dkk))
        return np.asarray(worth + above_all, dtype=np.float64)

    def value(self, label: IntArray) -> float:
        """Worth of a division: prizes less heat pumps and the shortest pipes of each part [DKK/year]."""
        inside = label >= 0
        parts = len(np.unique(label[inside]))
        pipes = self.pipe_dkk[shortest_forest(self, label)].sum()
        return float(self.prize_dkk[inside].sum() - parts * self.pump_dkk - pipes)

    def part_of(self, rows: IntArray) -> Problem:
        """Cut the problem of some of the buildings; links that leave them fall away."""
        place = np.full(self.count, -1)
        place[rows] = np.arange(len(rows))
        kept = (place[self.first] >= 0) & (place[self.second] >= 0)
        return Problem(
            self.capacity_kw[rows],
            self.gain_dkk[rows],
            place[self.first[kept]],
            place[self.second[kept]],
            self.pipe_dkk[kept],
            self.pump_dkk,
            self.limit_kw,
            self.min_count,
        )


def shortest_forest(
    problem: Problem, label: IntArray | None = None, cost: FloatArray | None = None
) -> IntArray:
    """Find the shortest pipes within each part, as row numbers of links.

    Parameters
    ----------
    problem
        The buildings and links.
    label
        Part of each building, OUTSIDE for none; without it all are one.
    cost
        What to shorten in place of the pipes' cost.

    Returns
    -------
    numpy.ndarray
        Row numbers of the links, rising. Of equal lengths the link named first goes first.

    Notes
    -----
    Plain Kruskal: on the few links of a community it is faster than a sparse matrix.
    """
    cost = problem.pipe_dkk if cost is None else cost
    usable = np.arange(len(cost))
    if label is not None:
        usable = usable[(label[problem.first] == label[problem.second]) & (label[problem.first] >= 0)]
    order = usable[np.argsort(cost[usable], kind="stable")]
    root = list(range(problem.count))
    taken = []
    ends = zip(problem.first[order].tolist(), problem.second[order].tolist(), strict=True)
    for link, (one, other) in zip(order.tolist(), ends, strict=True):
        mine, theirs = _root(root, one), _root(root, other)
        if mine != theirs:
            root[theirs] = mine
            taken.append(link)
    return np.array(sorted(taken), dtype=np.int64)


def _root(root: list[int], row: int) -> int:
    while root[row] != row:
        root[row] = root[root[row]]
        row = root[row]
    return row


def components(problem: Problem, keep: BoolArray) -> IntArray:
    """Tell the connected pieces of the buildings kept apart by number; OUTSIDE for the others."""
    kept = keep[problem.first] & keep[problem.second]
    ends = (problem.first[kept], problem.second[kept])
    graph = coo_matrix((np.ones(int(kept.sum()), dtype=np.int8), ends), (problem.count, problem.count))
    piece = connected_components(graph, directed=False)[1]
    return np.asarray(np.where(keep, piece, OUTSIDE), dtype=np.int64)
