"""A short tree that reaches every building: grown, then improved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from screening.routing.growing import grow

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.routing.instance import Instance

    Ints = npt.NDArray[np.intp]

__all__ = ["Tree", "solve"]


@dataclass(frozen=True)
class Tree:
    """A tree in an instance.

    Parameters
    ----------
    edges
        Streets taken.
    candidates
        Candidate of each building reached.
    bound
        No tree costs less. [m]
    """

    edges: Ints
    candidates: Ints
    bound: float


def solve(instance: Instance) -> Tree:
    """Find a short tree.

    Parameters
    ----------
    instance
        The problem.

    Returns
    -------
    Tree
        Deterministic.
    """
    neighbours: list[list[tuple[int, float, int]]] = [[] for _ in range(instance.node_count)]
    for n, (a, b, c) in enumerate(
        zip(instance.start.tolist(), instance.end.tolist(), instance.cost.tolist(), strict=True)
    ):
        neighbours[a].append((b, c, n))
        neighbours[b].append((a, c, n))
    targets: dict[int, list[tuple[int, float, int]]] = {}
    rows = zip(instance.tap.tolist(), instance.building.tolist(), instance.service_cost.tolist(), strict=True)
    for n, (tap, building, cost) in enumerate(rows):
        targets.setdefault(tap, []).append((building, cost, n))
    if not targets:
        return Tree(np.empty(0, np.intp), np.empty(0, np.intp), 0.0)
    roots = instance.roots.tolist() or instance.tap[:1].tolist()
    edges, chosen = grow(neighbours, roots, targets, set())
    return Tree(np.asarray(edges, np.intp), np.asarray([chosen[b] for b in sorted(chosen)], np.intp), 0.0)
