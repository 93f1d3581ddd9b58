"""A network under change: a street tree and who hangs where, with every change undone on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from screening.routing.reducing import Reduced

__all__ = ["Plan"]


class Plan:
    """A tree on the streets left, and the node that each building with a choice hangs on.

    Parameters
    ----------
    problem
        The reduced problem.
    links
        Node pairs of the tree's edges.
    nodes
        Nodes of the tree.

    Attributes
    ----------
    tree
        Neighbours of each node in the tree.
    serve
        Node of each building.
    load
        Buildings of each node in the tree.
    cost
        Of tree and service lines. [m]
    """

    def __init__(self, problem: Reduced, links: Iterable[tuple[int, int]], nodes: Iterable[int]) -> None:
        self.problem = problem
        self.tree: dict[int, set[int]] = {}
        self.load: dict[int, set[int]] = {}
        self.serve: dict[int, int] = {}
        self.cost = 0.0
        self._log: list[tuple[str, int, int]] = []
        for node in nodes:
            self.enter(node)
        for a, b in links:
            self.link(a, b)
        for building in sorted(problem.wish):
            best = self.best(building)
            if best is not None:
                self.serve[building] = best
                self.load[best].add(building)
                self.cost += problem.wish[building][best][0]
        self._log.clear()

    def best(self, building: int, without: Collection[int] = ()) -> int | None:
        """Node of the tree that a building hangs on most cheaply; none if there is none."""
        choices = self.problem.wish[building]
        there = [(choices[n][0], n) for n in choices if n in self.tree and n not in without]
        return min(there)[1] if there else None

    def mark(self) -> int:
        """Give the point to come back to."""
        return len(self._log)

    def touched(self, mark: int) -> set[int]:
        """Give the nodes that changed since a mark."""
        nodes = set()
        for what, a, b in self._log[mark:]:
            nodes |= {b, self.serve[a]} if what == "hang" else {a, b} if what.endswith("link") else {a}
        return nodes

    def undo(self, mark: int) -> None:
        """Take back all changes since a mark."""
        while len(self._log) > mark:
            what, a, b = self._log.pop()
            if what == "link":
                self._unlink(a, b)
            elif what == "unlink":
                self._link(a, b)
            elif what == "enter":
                del self.tree[a], self.load[a]
            elif what == "leave":
                self.tree[a], self.load[a] = set(), set()
            else:
                self._hang(a, b)

    def enter(self, node: int) -> None:
        """Take a node in."""
        if node not in self.tree:
            self.tree[node], self.load[node] = set(), set()
            self._log.append(("enter", node, 0))

    def leave(self, node: int) -> None:
        """Leave out a node that has neither edges nor buildings."""
        del self.tree[node], self.load[node]
        self._log.append(("leave", node, 0))

    def link(self, a: int, b: int) -> None:
        """Lay a street edge."""
        self._link(a, b)
        self._log.append(("link", a, b))

    def unlink(self, a: int, b: int) -> None:
        """Take up a street edge."""
        self._unlink(a, b)
        self._log.append(("unlink", a, b))

    def hang(self, building: int, node: int) -> None:
        """Move a building to another node."""
        self._log.append(("hang", building, self.serve[building]))
        self._hang(building, node)

    def gather(self, node: int) -> set[int]:
        """Move to a node the buildings that it serves more cheaply; gives the nodes they leave."""
        left = set()
        for building in sorted(self.problem.taps[node]):
            choices, now = self.problem.wish[building], self.serve[building]
            if choices[node][0] < choices[now][0]:
                self.hang(building, node)
                left.add(now)
        return left

    def _link(self, a: int, b: int) -> None:
        self.tree[a].add(b)
        self.tree[b].add(a)
        self.cost += self.problem.street[a][b][0]

    def _unlink(self, a: int, b: int) -> None:
        self.tree[a].discard(b)
        self.tree[b].discard(a)
        self.cost -= self.problem.street[a][b][0]

    def _hang(self, building: int, node: int) -> None:
        choices, now = self.problem.wish[building], self.serve[building]
        self.load[now].discard(building)
        self.load[node].add(building)
        self.serve[building] = node
        self.cost += choices[node][0] - choices[now][0]
