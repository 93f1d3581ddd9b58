"""The Steiner problem made smaller, without losing its best solution.

Each step is an exchange argument: whatever tree uses the thing that is taken away, another one that costs no
more does without it. A building is only ever the end of a branch, so no path leads through it.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from screening.routing.instance import Instance

__all__ = ["Reduced", "expand"]

# What an edge or candidate consists of: an edge of the instance, or a pair of such things, or nothing.
Parts = Any


def expand(parts: Parts) -> list[int]:
    """List the edges of the instance that an edge was joined of.

    Parameters
    ----------
    parts
        A number, nested pairs of numbers, or nothing.

    Returns
    -------
    list of int
        Edge numbers.
    """
    found, stack = [], [parts]
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(part)
        elif part is not None:
            found.append(part)
    return found


class Reduced:
    """A Steiner problem that shrinks.

    Parameters
    ----------
    instance
        The problem; the roots and every building's only candidate have to be in the tree.

    Attributes
    ----------
    street
        Of each node that is left: neighbour, and the cost and parts of the edge to it.
    wish
        Of each building that has a choice: street node, and cost, candidate and parts of the way from there.
    taps
        Of each node: buildings that have a candidate there.
    must
        Nodes that have to be in the tree.
    edges, candidates
        What is in the tree already.
    cost
        What that costs. [m]
    """

    def __init__(self, instance: Instance) -> None:
        self.street: list[dict[int, tuple[float, Parts]]] = [{} for _ in range(instance.node_count)]
        self.wish: dict[int, dict[int, tuple[float, int, Parts]]] = {}
        self.taps: list[set[int]] = [set() for _ in range(instance.node_count)]
        self.must: set[int] = set()
        self.edges: list[int] = []
        self.candidates: dict[int, int] = {}
        self.cost = 0.0
        self._todo: set[int] = set(range(instance.node_count))
        rows = (instance.start.tolist(), instance.end.tolist(), instance.cost.tolist())
        for number, (a, b, cost) in enumerate(zip(*rows, strict=True)):
            self._add_edge(a, b, cost, number)
        wishes = (instance.building.tolist(), instance.tap.tolist(), instance.service_cost.tolist())
        for number, (building, node, cost) in enumerate(zip(*wishes, strict=True)):
            self._add_wish(building, node, cost, number, None)
        roots = list(dict.fromkeys(instance.roots.tolist()))
        self.must.update(roots[:1])
        for root in roots[1:]:
            self._contract(roots[0], root)
        for building in sorted(self.wish):
            self._drop_dominated(building)
        for building in sorted(self.wish):
            if building in self.wish:
                self._settle(building)

    def shrink(self) -> None:
        """Take away all that can be, until nothing can."""
        while True:
            self._work_off()
            if not self._drop_long_edges():
                return

    def arcs(self) -> list[tuple[int, int, float, Parts]]:
        """List the edges left, each once."""
        return [(a, b, *edge) for a, near in enumerate(self.street) for b, edge in near.items() if a < b]

    def nodes(self) -> list[int]:
        """List the street nodes left."""
        return [n for n, near in enumerate(self.street) if near or n in self.must or self.taps[n]]

    def _add_edge(self, a: int, b: int, cost: float, parts: Parts) -> None:
        if a != b and cost < self.street[a].get(b, (float("inf"), None))[0]:
            self.street[a][b] = self.street[b][a] = (cost, parts)

    def _add_wish(self, building: int, node: int, cost: float, candidate: int, parts: Parts) -> None:
        choices = self.wish.setdefault(building, {})
        if cost < choices.get(node, (float("inf"), 0, None))[0]:
            choices[node] = (cost, candidate, parts)
            self.taps[node].add(building)

    def _drop_wish(self, building: int, node: int) -> None:
        del self.wish[building][node]
        self.taps[node].discard(building)
        self._todo.add(node)

    def _drop_edge(self, a: int, b: int) -> None:
        del self.street[a][b], self.street[b][a]
        self._todo.update((a, b))

    def _drop_dominated(self, building: int) -> None:
        """Drop candidates that cost as much as going on along the street to a nearer one."""
        choices = self.wish[building]
        for node in sorted(choices, key=lambda n: (choices[n][0], choices[n][1])):
            if node not in choices or len(choices) == 1:
                continue
            reach = max(choice[0] for choice in choices.values()) - choices[node][0]
            far = self._within(node, reach)
            for other in [n for n in choices if n != node and n in far]:
                if choices[node][0] + far[other] <= choices[other][0]:
                    self._drop_wish(building, other)

    def _within(self, node: int, reach: float) -> dict[int, float]:
        """Street distances up to a reach."""
        far = {node: 0.0}
        queue = [(0.0, node)]
        while queue:
            here, at = heappop(queue)
            if here > far[at]:
                continue
            for other, (cost, _) in self.street[at].items():
                there = here + cost
                if there <= reach and there < far.get(other, float("inf")):
                    far[other] = there
                    heappush(queue, (there, other))
        return far

    def _settle(self, building: int) -> None:
        """Take a building's candidate if there is no choice, or none better from what is in the tree."""
        choices = self.wish[building]
        fixed = [(choices[n][0], n) for n in choices if n in self.must]
        if fixed:
            least = min(fixed)
            for node in [n for n in choices if (choices[n][0], n) > least]:
                self._drop_wish(building, node)
        if len(choices) == 1:
            ((node, (cost, candidate, parts)),) = choices.items()
            self.candidates[building] = candidate
            self.edges += expand(parts)
            self.cost += cost
            del self.wish[building]
            self.taps[node].discard(building)
            self._require(node)

    def _require(self, node: int) -> None:
        self._todo.add(node)
        if node not in self.must:
            self.must.add(node)
            for building in sorted(self.taps[node]):
                if building in self.wish:
                    self._settle(building)

    def _contract(self, keep: int, gone: int) -> None:
        """Make two nodes of the tree one; the edge between them is paid."""
        if gone in self.street[keep]:
            del self.street[keep][gone], self.street[gone][keep]
        for other, (cost, parts) in self.street[gone].items():
            del self.street[other][gone]
            self._add_edge(keep, other, cost, parts)
            self._todo.add(other)
        self.street[gone] = {}
        self.must.discard(gone)
        self._todo.discard(gone)
        moved = sorted(self.taps[gone])
        for building in moved:
            cost, candidate, parts = self.wish[building][gone]
            self._drop_wish(building, gone)
            self._add_wish(building, keep, cost, candidate, parts)
        self._todo.discard(gone)
        self._require(keep)
        for building in moved:
            if building in self.wish:
                self._settle(building)

    def _take(self, keep: int, gone: int) -> None:
        cost, parts = self.street[keep][gone]
        self.cost += cost
        self.edges += expand(parts)
        self._contract(keep, gone)

    def _work_off(self) -> None:
        """Look at every node whose surroundings changed."""
        while self._todo:
            batch = sorted(self._todo)
            self._todo.clear()
            for node in batch:
                if node in self.must:
                    self._shrink_must(node)
                elif len(self.street[node]) <= 2:
                    self._shrink_other(node)

    def _shrink_must(self, node: int) -> None:
        """Take the shortest edge of a node that has to be in, if it is the only one or leads to another."""
        near = self.street[node]
        if not near:
            return
        _, other = min((edge[0], n) for n, edge in near.items())
        alone = len(near) == 1 and self._has_business_elsewhere(node)
        if other in self.must:
            self._take(min(node, other), max(node, other))
        elif alone:
            self.must.add(other)
            self._take(other, node)

    def _has_business_elsewhere(self, node: int) -> bool:
        return len(self.must) > 1 or any(node not in choices for choices in self.wish.values())

    def _shrink_other(self, node: int) -> None:
        """Drop a dead end, move a wish out of it, or join the two edges of a node between."""
        near, taps = self.street[node], self.taps[node]
        if not taps and len(near) == 1:
            self._drop_edge(node, next(iter(near)))
        elif not taps and len(near) == 2:
            (a, (first, here)), (b, (second, there)) = near.items()
            self._drop_edge(node, a)
            self._drop_edge(node, b)
            self._add_edge(a, b, first + second, (here, there))
        elif len(taps) == 1 and len(near) == 1:
            ((other, (cost, parts)),) = near.items()
            (building,) = taps
            price, candidate, way = self.wish[building][node]
            self._drop_wish(building, node)
            self._drop_edge(node, other)
            self._add_wish(building, other, price + cost, candidate, (parts, way))
            self._drop_worse(building)
            self._settle(building)

    def _drop_worse(self, building: int) -> None:
        if len(self.wish[building]) > 1:
            self._drop_dominated(building)

    def _drop_long_edges(self) -> bool:
        """Drop edges that a way with no stretch between fixed nodes longer than the edge can replace."""
        dropped = False
        for a, b, cost, _ in sorted(self.arcs(), key=lambda arc: (-arc[2], arc[0], arc[1])):
            if self._is_bridged(a, b, cost):
                self._drop_edge(a, b)
                dropped = True
        return dropped

    def _is_bridged(self, a: int, b: int, cost: float) -> bool:
        stretch = {a: 0.0}
        queue = [(0.0, a)]
        while queue:
            here, at = heappop(queue)
            if here > stretch[at]:
                continue
            for other, (step, _) in self.street[at].items():
                there = here + step
                if there > cost or (at == a and other == b):
                    continue
                if other == b:
                    return True
                there = 0.0 if other in self.must else there
                if there < stretch.get(other, float("inf")):
                    stretch[other] = there
                    heappush(queue, (there, other))
        return False
