"""The shortest tree exactly: a mixed-integer program whose cuts are found as they are broken.

The solver shares nothing with the product: arcs may be used or not (HiGHS decides), and whenever a building
cannot be reached from the root over the arcs used, the cut round the part that cannot be left is added.
"""

from __future__ import annotations

import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, dijkstra, maximum_flow

from screening.routing import street_graph
from screening.routing.connections import connections
from screening.routing.instance import Instance, network

SCALE = 1_000_000
NONE = np.empty(0, np.intp)


def instance_of(town, lines, chosen, roots=NONE, obstacles=None):
    """The problem as the product poses it: all candidates on one graph."""
    streets = street_graph(lines, chosen)
    options = connections(town, streets, chosen, obstacles)
    main = np.bincount(streets.component[options.piece]).argmax()
    ours = np.flatnonzero(streets.component[options.piece] == main)
    net = network(streets, options.piece[ours], options.position_m[ours])
    service = (options.building[ours], net.taps, options.length_m[ours])
    return Instance(net.node_count, net.start, net.end, net.length_m, *service, roots)


def arcs_of(instance):
    """Arcs of an instance: streets both ways, candidates only towards their building."""
    first = instance.node_count
    tail = np.r_[instance.start, instance.end, instance.tap]
    head = np.r_[instance.end, instance.start, first + instance.building]
    cost = np.r_[instance.cost, instance.cost, instance.service_cost]
    return tail, head, cost, np.unique(first + instance.building)


def shortest_tree(instance, seconds=60.0):
    """Least cost to reach every building, and the roots if there are any; None when time is out."""
    tail, head, cost, wanted = arcs_of(instance)
    size = int(max(tail.max(), head.max())) + 2
    root = size - 1
    # A root of its own leads to all nodes given, or takes one of the first building's service lines: that
    # building is then reached.
    first = instance.building == instance.building[0]
    begin = instance.roots if len(instance.roots) else instance.tap[first]
    price = np.zeros(len(begin)) if len(instance.roots) else instance.service_cost[first]
    tail, head = np.r_[tail, np.full(len(begin), root)], np.r_[head, begin]
    cost = np.r_[cost, price]
    if len(instance.roots):
        wanted = np.unique(np.r_[wanted, instance.roots])
    else:
        wanted = wanted[wanted != instance.node_count + instance.building[0]]
    return _solve(tail, head, cost, wanted, root, size, not len(instance.roots), seconds)


def _solve(tail, head, cost, wanted, root, size, one_start, seconds):
    arcs = np.arange(len(tail))
    ends = time.monotonic() + seconds
    rows = [(arcs[head == w], 1.0) for w in wanted]
    base = _node_rules(tail, head, wanted, root, size)
    if one_start:
        base.append((arcs[tail == root], -np.ones((tail == root).sum()), -1.0))
    seen = set()
    whole = np.zeros(len(tail))
    while time.monotonic() < ends:
        constraints = _matrix(rows, base, len(tail))
        limits = {"time_limit": max(1.0, ends - time.monotonic()), "mip_rel_gap": 1e-9}
        found = milp(cost, constraints=constraints, bounds=Bounds(0, 1), integrality=whole, options=limits)
        if found.x is None or found.status == 1:
            return None
        cuts = _broken(found.x, tail, head, wanted, root, size)
        cuts = [c for c in cuts if c.tobytes() not in seen]
        if cuts:
            seen |= {c.tobytes() for c in cuts}
            rows += [(c, 1.0) for c in cuts]
        elif whole.any() or (np.minimum(found.x, 1 - found.x) < 1e-6).all():
            return float(found.fun)
        else:
            whole = np.ones(len(tail))
    return None


def _node_rules(tail, head, wanted, root, size):
    """At most one arc into a node, and none out of it (but back) without one into it."""
    rules = []
    into = [np.flatnonzero(head == v) for v in range(size)]
    inner = np.setdiff1d(np.unique(tail), [*wanted, root])
    rules += [(into[v], -np.ones(len(into[v])), -1.0) for v in inner]
    for a in np.flatnonzero(np.isin(tail, inner)):
        others = into[tail[a]][tail[into[tail[a]]] != head[a]]
        rules.append((np.r_[others, a], np.r_[np.ones(len(others)), -1.0], 0.0))
    return rules


def _matrix(rows, base, width):
    every = [(c, np.ones(len(c)), low) for c, low in rows] + base
    column = np.concatenate([c for c, _, _ in every])
    value = np.concatenate([v for _, v, _ in every])
    row = np.repeat(np.arange(len(every)), [len(c) for c, _, _ in every])
    matrix = coo_array((value, (row, column)), shape=(len(every), width)).tocsr()
    return LinearConstraint(matrix, np.array([low for _, _, low in every]), np.inf)


def _broken(x, tail, head, wanted, root, size):
    """Arcs of cuts between root and a wanted node that carry less than one."""
    capacity = np.round(np.clip(x, 0, 1) * SCALE).astype(np.int64)
    capacity[capacity < 20] = 0
    graph = csr_array(coo_array((capacity, (tail, head)), shape=(size, size)))
    graph.data = graph.data.astype(np.int32)
    cuts = []
    for node in wanted:
        flow = maximum_flow(graph, root, int(node))
        if flow.flow_value > SCALE * 0.9999:
            continue
        left = graph - flow.flow
        left.eliminate_zeros()
        side = np.zeros(size, bool)
        side[breadth_first_order(left, root, return_predecessors=False)] = True
        cuts.append(np.flatnonzero(side[tail] & ~side[head]))
    return cuts


def union_of_shortest_paths(instance, root):
    """Cost of all that lies on a shortest path from a street node to some building."""
    tail, head, cost, wanted = arcs_of(instance)
    size = int(max(tail.max(), head.max())) + 1
    order = np.argsort(-cost, kind="stable")  # of parallel arcs the last one, the cheapest, stays
    best = {
        (a, b): c
        for a, b, c in zip(tail[order].tolist(), head[order].tolist(), cost[order].tolist(), strict=True)
    }
    pairs = np.array(list(best))
    graph = csr_array((np.array(list(best.values())), pairs.T), shape=(size, size))
    _, before = dijkstra(graph, indices=int(root), return_predecessors=True)
    used = set()
    for node in wanted.tolist():
        at = node
        while at != root:
            used.add((int(before[at]), at))
            at = int(before[at])
    return sum(best[arc] for arc in used)
