"""Cut a tree of pipes into parts: the best cuts of a given tree, by working from the leaves to the root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from screening.communities.problem import OUTSIDE

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.communities.problem import FloatArray, IntArray, Problem

__all__ = ["cut_tree"]

_CUT = -1  # the child's side is closed, the pipe to it left out
_MOST_STATES = 128  # open parts remembered at a building; beyond, the best of each step of capacity


@dataclass
class _Front:
    """The open parts at a building worth remembering, and how each came about."""

    kw: FloatArray
    count: IntArray
    value: FloatArray
    own: IntArray  # row of the front before the last child
    child: IntArray  # row of the child's front, or _CUT


@dataclass
class _Node:
    fronts: list[_Front]  # before any child, after the first child ...
    children: list[int]
    closed: float  # best value of the subtree when nothing leaves it upwards
    closed_row: int  # row of the last front that closes, or _CUT: the building stays outside


def cut_tree(problem: Problem, tree: IntArray) -> IntArray:
    """Find the best division of the buildings along the links of a tree.

    A building's front holds every open part that may still grow upwards: less capacity, more buildings (up to
    the fewest a part needs) or more value than any other. Of more than 128 such the best of each step of
    capacity stay: exact on small trees, near on large ones.

    Parameters
    ----------
    problem
        Buildings, links, limit and costs.
    tree
        Row numbers of links that make no circle.

    Returns
    -------
    numpy.ndarray
        Part of each building, numbered from 0, or OUTSIDE.
    """
    order, parent, pipe = _rooted(problem, tree)
    nodes: list[_Node | None] = [None] * problem.count
    children: list[list[int]] = [[] for _ in range(problem.count)]
    for row in order[::-1]:
        nodes[row] = _solve(problem, row, children[row], nodes, pipe)
        if parent[row] >= 0:
            children[parent[row]].append(row)
    return _label(problem, [node for node in nodes if node is not None], order, parent)


def _rooted(problem: Problem, tree: IntArray) -> tuple[list[int], list[int], list[float]]:
    """Order from the roots down; parent of each building and the cost of the pipe to it."""
    near: list[list[tuple[int, float]]] = [[] for _ in range(problem.count)]
    ends = zip(problem.first[tree].tolist(), problem.second[tree].tolist(), strict=True)
    for (one, other), cost in zip(ends, problem.pipe_dkk[tree].tolist(), strict=True):
        near[one].append((other, cost))
        near[other].append((one, cost))
    parent, pipe = [_CUT] * problem.count, [0.0] * problem.count
    seen = [False] * problem.count
    order: list[int] = []
    for root in range(problem.count):
        if seen[root]:
            continue
        seen[root] = True
        start = len(order)
        order.append(root)
        while start < len(order):
            row = order[start]
            start += 1
            for other, cost in near[row]:
                if not seen[other]:
                    seen[other], parent[other], pipe[other] = True, row, cost
                    order.append(other)
    return order, parent, pipe


def _solve(
    problem: Problem, row: int, children: list[int], nodes: list[_Node | None], pipe: list[float]
) -> _Node:
    below = [(child, node) for child in children if (node := nodes[child]) is not None]
    left_out = sum(node.closed for _, node in below)
    own_kw = float(problem.capacity_kw[row])
    if own_kw > problem.room_kw:
        return _Node([], children, left_out, _CUT)
    start = np.zeros(1, dtype=np.int64)
    fronts = [
        _Front(np.array([own_kw]), start + 1, np.array([float(problem.prize_dkk[row])]), start, start + _CUT)
    ]
    for child, node in below:
        fronts.append(_join(problem, fronts[-1], node, pipe[child]))
    last = fronts[-1]
    ready = np.flatnonzero(last.count >= problem.min_count)
    if len(ready):
        best = int(ready[np.argmax(last.value[ready])])
        value = float(last.value[best]) - problem.pump_dkk
        if value > left_out:
            return _Node(fronts, children, value, best)
    return _Node(fronts, children, left_out, _CUT)


def _join(problem: Problem, front: _Front, node: _Node, pipe_dkk: float) -> _Front:
    """Cut the child off, or let its open part and this one be one."""
    rows = np.arange(len(front.kw))
    kw, count, value = [front.kw], [front.count], [front.value + node.closed]
    own, child = [rows], [np.full(len(rows), _CUT)]
    if node.fronts:
        other = node.fronts[-1]
        mine, theirs = np.divmod(np.arange(len(rows) * len(other.kw)), len(other.kw))
        both_kw = front.kw[mine] + other.kw[theirs]
        fits = both_kw <= problem.room_kw
        mine, theirs = mine[fits], theirs[fits]
        kw.append(both_kw[fits])
        count.append(np.minimum(front.count[mine] + other.count[theirs], problem.min_count))
        value.append(front.value[mine] + other.value[theirs] - pipe_dkk)
        own.append(mine)
        child.append(theirs)
    columns = [np.concatenate(column) for column in (kw, count, value, own, child)]
    kept = _worth_keeping(columns[0], columns[1], columns[2], problem.room_kw)
    return _Front(*(column[kept] for column in columns))


def _worth_keeping(kw: FloatArray, count: IntArray, value: FloatArray, room_kw: float) -> IntArray:
    """Rows that no other beats in capacity, buildings and value at once; thinned when there are many."""
    order = np.lexsort((-count, -value, kw))
    kw, count, value = kw[order], count[order], value[order]
    levels = np.unique(count)
    as_many = np.where(count >= levels[:, None], value, -np.inf)
    best = np.full((len(levels), len(order)), -np.inf)  # of as many or more, with no more capacity
    np.maximum.accumulate(as_many[:, :-1], axis=1, out=best[:, 1:])
    kept = value > best[np.searchsorted(levels, count), np.arange(len(order))]
    rows = np.flatnonzero(kept)
    if len(rows) > _MOST_STATES:
        rows = rows[_best_of_steps(kw[rows], count[rows], value[rows], room_kw)]
    return np.asarray(order[rows], dtype=np.int64)


def _best_of_steps(
    kw: FloatArray, count: IntArray, value: FloatArray, room_kw: float
) -> npt.NDArray[np.int64]:
    levels = len(np.unique(count))
    steps = max(_MOST_STATES // levels, 8)
    step = np.minimum((kw / room_kw * steps).astype(np.int64), steps - 1)
    key = count * steps + step
    order = np.lexsort((-value, key))
    first = np.append(True, key[order][1:] != key[order][:-1])
    return np.asarray(np.sort(order[first]), dtype=np.int64)


def _label(problem: Problem, nodes: list[_Node], order: list[int], parent: list[int]) -> IntArray:
    """Follow the choices from the roots down."""
    label = np.full(problem.count, OUTSIDE)
    chosen: dict[int, int] = {}  # building -> row of its last front that its part takes
    parts = 0
    for row in order:
        node = nodes[row]
        if row not in chosen:  # nothing comes from above
            if node.closed_row == _CUT:
                continue
            chosen[row] = node.closed_row
            label[row] = parts
            parts += 1
        else:
            label[row] = label[parent[row]]
        state = chosen[row]
        for child, front in zip(node.children[::-1], node.fronts[:0:-1], strict=True):
            taken = int(front.child[state])
            if taken != _CUT:
                chosen[child] = taken
            state = int(front.own[state])
    return label
