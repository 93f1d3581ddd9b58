"""A length that no network can be below: Wong's dual ascent.

Every building not yet joined to the root bids for the arcs that lead into its part, all by the same amount,
until one of them is paid in full; the part then grows by what lies behind it. What has been paid in all is a
lower bound, and the arcs paid in full are where a short tree is to be looked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Ascent", "ascend"]

_GOLDEN = 0.6180339887498949
_NOTHING = 1e-9  # what rounding leaves of an arc that is paid


@dataclass
class Ascent:
    """What the bids came to.

    Parameters
    ----------
    bound
        Lower bound. [m]
    left
        Of each node, by node that an arc comes from: what is still unpaid. [m]
    """

    bound: float = 0.0
    left: dict[int, dict[int, float]] = field(default_factory=dict)


def ascend(
    arcs: Iterable[tuple[int, int, float]], root: int, wanted: Iterable[int], order: int = 0
) -> Ascent:
    """Raise a lower bound for a tree from a root to all nodes wanted.

    Parameters
    ----------
    arcs
        Directed: from, to, cost.
    root
        Where the tree begins.
    wanted
        Nodes it has to reach.
    order
        0 lets the smallest part bid first; every other number mixes the order in its own way, which gives
        another bound and other arcs.

    Returns
    -------
    Ascent
        Bound and unpaid rest; the same for the same order of arcs and nodes.
    """
    ascent = Ascent()
    for tail, head, cost in arcs:
        ascent.left.setdefault(head, {})[tail] = cost
    active = {node: {node} for node in wanted if node != root}
    # Multiples of the golden ratio spread evenly, and are the same everywhere.
    turn = {node: 1 + (node * order * _GOLDEN) % 1 for node in active}
    queue = [(turn[node], 1, node) for node in active]
    heapify(queue)
    while queue:
        _, size, node = heappop(queue)
        part = active[node]
        _take_in(part, ascent.left)
        if root in part or any(other in active for other in part if other != node):
            del active[node]  # who reaches the other one reaches this one
        elif len(part) > size:
            heappush(queue, (len(part) * turn[node], len(part), node))
        else:
            ascent.bound += _raise(part, ascent.left)
            _take_in(part, ascent.left)
            heappush(queue, (len(part) * turn[node], len(part), node))
    return ascent


def _take_in(part: set[int], left: dict[int, dict[int, float]]) -> None:
    """Add all from which the part is reached by paid arcs."""
    stack = list(part)
    while stack:
        for tail, rest in left.get(stack.pop(), {}).items():
            if rest <= _NOTHING and tail not in part:
                part.add(tail)
                stack.append(tail)


def _raise(part: set[int], left: dict[int, dict[int, float]]) -> float:
    """Bid for all arcs into the part until one is paid."""
    into = [(near, tail) for node in part if (near := left.get(node)) for tail in near if tail not in part]
    least = min(near[tail] for near, tail in into)
    for near, tail in into:
        near[tail] -= least
    return least
