"""A network made shorter step by step: branches dropped, paths exchanged, streets tried out."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from screening.routing.plan import Plan

__all__ = ["improve", "prune"]

_GAIN = 1e-7  # a smaller gain is rounding [m]
_ROUNDS = 30
_LOOK = 80  # street nodes looked at for a way back to the tree


def improve(plan: Plan) -> None:
    """Try changes until none of them makes the network shorter.

    Parameters
    ----------
    plan
        Changed in place.
    """
    prune(plan, list(plan.tree))
    todo = plan.problem.nodes()
    for _ in range(_ROUNDS):
        mark = plan.mark()
        for node in todo:
            for other in sorted(plan.tree.get(node, ())):
                if other in plan.tree.get(node, ()):
                    _keep_if_shorter(plan, _take_out_path, node, other)
        for node in todo:
            _keep_if_shorter(plan, _take_out_node if node in plan.tree else _try_out, node)
        todo = _around(plan, plan.touched(mark))
        if not todo:
            return


def _around(plan: Plan, nodes: set[int]) -> list[int]:
    """Nodes and what lies next to them: only there can a change have opened the way for another."""
    near = {other for node in nodes for other in plan.problem.street[node]}
    return sorted(nodes | near | {other for node in near for other in plan.problem.street[node]})


def prune(plan: Plan, around: Iterable[int]) -> None:
    """Drop branches that cost more than what they save.

    Parameters
    ----------
    plan
        Changed in place.
    around
        Nodes that may have become the end of such a branch.
    """
    queue = sorted(set(around), reverse=True)
    while queue:
        node = queue.pop()
        if node in plan.tree and len(plan.tree[node]) == 1 and node not in plan.problem.must:
            queue += _drop_branch(plan, node)


def _drop_branch(plan: Plan, leaf: int) -> list[int]:
    """Drop the most rewarding stretch from a dead end; gives the nodes to look at next."""
    gone: list[int] = []
    length, best, best_count = 0.0, _GAIN, 0
    node, before = leaf, -1
    while node not in plan.problem.must and len(plan.tree[node]) <= 2:
        onward = [n for n in plan.tree[node] if n != before]
        if not onward:
            break
        gone.append(node)
        length += plan.problem.street[node][onward[0]][0]
        extra = _extra(plan, gone)
        if extra is None:
            break
        if length - extra > best:
            best, best_count = length - extra, len(gone)
        before, node = node, onward[0]
    gone = gone[:best_count]
    return _take_away(plan, gone)


def _extra(plan: Plan, gone: list[int]) -> float | None:
    """Give what the buildings of some nodes cost more elsewhere; nothing if one of them has no elsewhere."""
    extra = 0.0
    for node in gone:
        for building in plan.load[node]:
            other = plan.best(building, gone)
            if other is None:
                return None
            choices = plan.problem.wish[building]
            extra += choices[other][0] - choices[node][0]
    return extra


def _take_away(plan: Plan, gone: list[int]) -> list[int]:
    """Take nodes and their edges out of the tree; gives the nodes they were linked to."""
    for node in gone:
        for building in sorted(plan.load[node]):
            other = plan.best(building, gone)
            if other is not None:
                plan.hang(building, other)
    beside = []
    for node in gone:
        for other in sorted(plan.tree[node]):
            plan.unlink(node, other)
            if other not in gone:
                beside.append(other)
        plan.leave(node)
    return beside


def _keep_if_shorter(plan: Plan, change: Callable[..., bool], *nodes: int) -> None:
    """Try a change, and take it back if it does not pay."""
    mark, before = plan.mark(), plan.cost
    if not (change(plan, *nodes) and plan.cost < before - _GAIN):
        plan.undo(mark)
        plan.cost = before  # to the last digit


def _idle(plan: Plan, node: int) -> bool:
    """Whether a node of the tree only passes on."""
    return node not in plan.problem.must and len(plan.tree[node]) == 2 and not plan.load[node]


def _take_out_path(plan: Plan, a: int, b: int) -> bool:
    """Take out a path up to where more happens than passing on, and tie both sides together anew."""
    if _idle(plan, a):
        return False  # the path is tried from its end
    gone: list[int] = []
    before, node = a, b
    while _idle(plan, node):
        gone.append(node)
        before, node = node, next(n for n in plan.tree[node] if n != before)
    if node < a:
        return False  # and from one of its ends only
    length = plan.cost
    if not gone:
        plan.unlink(a, b)
    else:
        _take_away(plan, gone)
    return _tie(plan, [a, node], length - plan.cost)


def _take_out_node(plan: Plan, node: int) -> bool:
    """Take out a node whose buildings can hang elsewhere, and tie what it held together anew."""
    if node in plan.problem.must or _extra(plan, [node]) is None:
        return False
    length = plan.cost
    sides = _take_away(plan, [node])
    gone_on = []
    for side in sides:
        at = side
        # What only led to the node goes with it.
        while (
            at in plan.tree and at not in plan.problem.must and len(plan.tree[at]) == 1 and not plan.load[at]
        ):
            (at,) = _take_away(plan, [at])
        gone_on.append(at)
    return _tie(plan, gone_on, length - plan.cost)


def _try_out(plan: Plan, node: int) -> bool:
    """Take a street node in, with the buildings that it serves more cheaply."""
    path = _way(plan, {node}, set(), float("inf"))
    if path is None:
        return False
    left = _lay(plan, path)
    prune(plan, left)
    for other in sorted(left):
        if other in plan.tree and other not in plan.problem.must and len(plan.tree[other]) == 2:
            _keep_if_shorter(plan, _take_out_node, other)
    return True


def _tie(plan: Plan, ends: list[int], worth: float) -> bool:
    """Tie parts of the tree together by shortest ways, as long as that is worth it."""
    left: set[int] = set()
    ends = [n for n in ends if n in plan.tree]
    while len(ends) > 1:
        parts = _smaller_parts(plan, ends)
        if parts is None:
            break
        part, ends = parts
        path = _way(plan, part, part, worth)
        if path is None:
            return False
        worth -= sum(plan.problem.street[a][b][0] for a, b in pairwise(path))
        left |= _lay(plan, path)
    prune(plan, left | set(ends))
    return True


def _smaller_parts(plan: Plan, ends: list[int]) -> tuple[set[int], list[int]] | None:
    """Walk the parts side by side; gives the first that is walked through, and the ends of the others."""
    walks = {end: ({end}, [end]) for end in ends}
    while True:
        for seen, front in walks.values():
            if not front:
                others = [n for n in ends if n not in seen]
                return (seen, others) if others else None
            for other in plan.tree[front.pop()]:
                if other not in seen:
                    seen.add(other)
                    front.append(other)


def _way(plan: Plan, sources: set[int], avoid: set[int], worth: float) -> list[int] | None:
    """Shortest way from some nodes to the rest of the tree, if it costs less than it is worth."""
    far = dict.fromkeys(sources, 0.0)
    before: dict[int, int] = {}
    queue = [(0.0, node) for node in sorted(sources)]
    looked = 0
    while queue:
        here, at = heappop(queue)
        if here > far[at]:
            continue
        if at in plan.tree and at not in avoid:
            return _back(at, before)
        if at not in sources:
            looked += 1
            if looked > _LOOK:
                return None
        for other, (cost, _) in plan.problem.street[at].items():
            there = here + cost
            if there < worth and there < far.get(other, float("inf")):
                far[other] = there
                before[other] = at
                heappush(queue, (there, other))
    return None


def _back(at: int, before: dict[int, int]) -> list[int]:
    path = [at]
    while at in before:
        at = before[at]
        path.append(at)
    return path


def _lay(plan: Plan, path: list[int]) -> set[int]:
    """Lay a way; gives the nodes that lost buildings to it and its own."""
    for node in path:
        plan.enter(node)
    for a, b in pairwise(path):
        plan.link(a, b)
    left = set(path)
    for node in path:
        left |= plan.gather(node)
    return left
