"""A short tree that reaches every building: the problem made smaller, bounded, grown, then improved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from screening.routing.bound import ascend
from screening.routing.growing import grow
from screening.routing.improving import improve
from screening.routing.plan import Plan
from screening.routing.reducing import Reduced, expand

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.routing.instance import Instance

    Ints = npt.NDArray[np.intp]

__all__ = ["Tree", "solve"]

_PAID = 1e-9  # what rounding leaves of an arc that is paid
# Small problems are begun anew from several sides: about this many nodes are looked at in all.
_WORK = 2500
_MOST_STARTS = 12
_CLOSE = 1e-6  # as near the bound as this is best


@dataclass(frozen=True)
class Tree:
    """A tree in an instance.

    Parameters
    ----------
    edges
        Streets taken.
    candidates
        Candidate of each building reached.
    cost
        What it costs. [m]
    bound
        No tree costs less. [m]
    """

    edges: Ints
    candidates: Ints
    cost: float
    bound: float


def solve(instance: Instance) -> Tree:
    """Find a short tree, and a length that none can be below.

    Parameters
    ----------
    instance
        The problem; its streets must hang together.

    Returns
    -------
    Tree
        The same for the same order of rows.
    """
    if not len(instance.tap):
        return Tree(np.empty(0, np.intp), np.empty(0, np.intp), 0.0, 0.0)
    reduced = Reduced(instance)
    reduced.shrink()
    if not reduced.must:
        return _branch(instance, min(reduced.wish, key=lambda b: (len(reduced.wish[b]), b)))
    plan, bound = _best(reduced)
    edges, candidates = list(reduced.edges), dict(reduced.candidates)
    for a, near in plan.tree.items():
        for b in near:
            if a < b:
                edges += expand(reduced.street[a][b][1])
    for building, node in plan.serve.items():
        _, candidate, parts = reduced.wish[building][node]
        candidates[building] = candidate
        edges += expand(parts)
    chosen = [candidates[building] for building in sorted(candidates)]
    return Tree(
        np.array(sorted(edges), np.intp),
        np.array(chosen, np.intp),
        reduced.cost + plan.cost,
        min(reduced.cost + bound, reduced.cost + plan.cost),
    )


def _branch(instance: Instance, building: int) -> Tree:
    """Try each candidate of one building, where no node has to be in the tree."""
    trees = []
    for row in np.flatnonzero(instance.building == building):
        keep = instance.building != building
        keep[row] = True
        rows = np.flatnonzero(keep)
        one = replace(
            instance,
            building=instance.building[rows],
            tap=instance.tap[rows],
            service_cost=instance.service_cost[rows],
        )
        tree = solve(one)
        trees.append(replace(tree, candidates=rows[tree.candidates]))
    best = min(trees, key=lambda tree: tree.cost)
    return replace(best, bound=min(tree.bound for tree in trees))


def _best(reduced: Reduced) -> tuple[Plan, float]:
    """Try several roots and orders of bidding: the shortest plan, and the highest bound."""
    roots = sorted(reduced.must)
    count = int(np.clip(_WORK // max(len(reduced.nodes()), 1), 1, _MOST_STARTS))
    plan, bound = _improved(reduced, roots[0], 0)
    for order in range(1, count):
        if plan.cost - bound <= _CLOSE * (plan.cost + reduced.cost):
            break
        other, higher = _improved(reduced, roots[order * len(roots) // count], order)
        bound = max(bound, higher)
        plan = other if other.cost < plan.cost - _PAID else plan
    return plan, bound


def _improved(reduced: Reduced, root: int, order: int) -> tuple[Plan, float]:
    """Grow a tree where the dual ascent has paid, and improve it."""
    first = len(reduced.street)  # buildings are nodes behind the streets
    streets = reduced.arcs()
    arcs = [arc for a, b, cost, _ in streets for arc in ((a, b, cost), (b, a, cost))]
    buildings = sorted(reduced.wish)
    arcs += [
        (node, first + building, cost)
        for building in buildings
        for node, (cost, _, _) in sorted(reduced.wish[building].items())
    ]
    ascent = ascend(arcs, root, [*sorted(reduced.must), *(first + b for b in buildings)], order)

    def is_paid(tail: int, head: int) -> bool:
        return ascent.left.get(head, {}).get(tail, 1.0) <= _PAID

    near: dict[int, list[tuple[int, float, int]]] = {node: [] for node in reduced.nodes()}
    for number, (a, b, cost, _) in enumerate(streets):
        if is_paid(a, b) or is_paid(b, a):
            near[a].append((b, cost, number))
            near[b].append((a, cost, number))
    targets: dict[int, list[tuple[int, float, int]]] = {}
    for node, head, cost in arcs[2 * len(streets) :]:
        if is_paid(node, head):
            targets.setdefault(node, []).append((head - first, cost, node))
    edges, _ = grow(near, [root], targets, set(reduced.must))
    links = [streets[number][:2] for number in edges]
    plan = Plan(reduced, links, {root, *(node for link in links for node in link)})
    improve(plan)
    return plan, ascent.bound
