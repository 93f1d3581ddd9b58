"""A tree grown from the plant: always the nearest building that is not reached yet."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["grow"]

Arc = tuple[int, float, int]


def grow(
    neighbours: Mapping[int, Sequence[Arc]],
    roots: Sequence[int],
    targets: Mapping[int, Sequence[tuple[int, float, int]]],
    must: set[int],
) -> tuple[list[int], dict[int, int]]:
    """Grow a tree by shortest paths from the tree so far.

    Parameters
    ----------
    neighbours
        Of each node: (other node, cost, edge number).
    roots
        Nodes that the tree begins with.
    targets
        By node the buildings that can be reached from it: (building, cost, candidate).
    must
        Nodes that have to be in the tree.

    Returns
    -------
    tuple of list and dict
        Edge numbers, and the candidate of each building reached.
    """
    cost = dict.fromkeys(roots, 0.0)
    way: dict[int, tuple[int, int]] = {}
    in_tree = set(roots)
    wanted = must - in_tree
    edges: list[int] = []
    chosen: dict[int, int] = {}
    queue: list[tuple[float, int, int, int, int]] = [(0.0, 0, node, -1, -1) for node in roots]
    while queue:
        far, is_building, node, building, candidate = heappop(queue)
        if building in chosen or (not is_building and far > cost[node]):
            continue
        if is_building:
            chosen[building] = candidate
        if is_building or node in wanted:
            for step in _path(node, way, in_tree, edges):
                cost[step] = 0.0
                wanted.discard(step)
                heappush(queue, (0.0, 0, step, -1, -1))
            continue
        for other, length, edge in neighbours[node]:
            if far + length < cost.get(other, float("inf")):
                cost[other] = far + length
                way[other] = (node, edge)
                heappush(queue, (far + length, 0, other, -1, -1))
        for reached, length, row in targets.get(node, ()):
            if reached not in chosen:
                heappush(queue, (far + length, 1, node, reached, row))
    return edges, chosen


def _path(node: int, way: dict[int, tuple[int, int]], in_tree: set[int], edges: list[int]) -> list[int]:
    """Nodes from a node back to the tree; they and their edges become part of it."""
    steps = []
    while node not in in_tree:
        steps.append(node)
        in_tree.add(node)
        node, edge = way[node]
        edges.append(edge)
    return steps
