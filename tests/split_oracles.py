"""Two other ways to the best division of a community, for tests: every subset looked at, and a MILP.

Neither knows the code under test: they take distances, demands and the published figures.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

# The published figures: kr per kW and year between 7 and 160 kW, kr at 0 kW, kr per m and year.
SLOPE_DKK = (69_200 - 8_946) / (160 - 7)
PUMP_DKK = 8_946 - 7 * SLOPE_DKK
PIPE_DKK = 360 + 40


@dataclass
class Case:
    """Buildings, the links between them and the rule of a part."""

    demand_mwh: list[float]
    pairs: list[tuple[int, int, float]]  # metres last
    limit_kw: float
    min_count: int

    @property
    def kw(self):
        return [mwh / 1.5 * 0.75 for mwh in self.demand_mwh]

    @property
    def gain_dkk(self):
        return [SLOPE_DKK * mwh / 1.5 * 0.25 + 1.92 * mwh for mwh in self.demand_mwh]


def case_of(buildings, limit_kw, min_count):
    """Measure every pair of outlines; ids in the order of the rows."""
    shapes, demand = list(buildings.geometry), list(buildings["heat_demand_mwh"])
    case = Case(demand, [], limit_kw, min_count)
    reach = [gain / PIPE_DKK for gain in case.gain_dkk]
    for one, other in itertools.combinations(range(len(shapes)), 2):
        apart = shapely.distance(shapes[one], shapes[other])
        if apart <= reach[one] + reach[other]:
            case.pairs.append((one, other, float(apart)))
    return case


def tree_m(case, group):
    """Shortest pipes within a group by Kruskal; None where it does not hang together."""
    root = {row: row for row in group}

    def find(row):
        while root[row] != row:
            row = root[row]
        return row

    total, joined = 0.0, 1
    for one, other, apart in sorted(case.pairs, key=lambda pair: pair[2]):
        if one in root and other in root and find(one) != find(other):
            root[find(one)] = find(other)
            total, joined = total + apart, joined + 1
    return total if joined == len(group) else None


def worth(case, groups):
    """Buildings placed, and what the groups save against a heat pump for each building. [DKK/year]"""
    placed = [row for group in groups for row in group]
    gain = sum(case.gain_dkk[row] for row in placed)
    pipes = sum(tree_m(case, group) for group in groups)
    return len(placed), gain + PUMP_DKK * (len(placed) - len(groups)) - PIPE_DKK * pipes


def by_enumeration(case):
    """Best of all divisions: most buildings placed, then the largest saving."""
    count = len(case.demand_mwh)
    parts = []
    for size in range(case.min_count, count + 1):
        for group in itertools.combinations(range(count), size):
            if round(sum(case.kw[row] for row in group), 6) > case.limit_kw:
                continue
            if tree_m(case, group) is not None:
                parts.append((sum(1 << row for row in group), *worth(case, [group])))
    best = {0: (0, 0.0)}
    for mask in range(1, 1 << count):
        low = mask & -mask
        options = [best[mask ^ low]]  # the first building stays outside
        options += [
            (best[mask ^ part][0] + placed, best[mask ^ part][1] + saved)
            for part, placed, saved in parts
            if part & low and part & mask == part
        ]
        best[mask] = max(options)
    return best[(1 << count) - 1]


def by_milp(case, time_limit_s=60):
    """Forests of directed links; heat and heads flow from a root along them. None where not solved in time.

    Variables: link used (both ways), root, placed, heat and heads along each link, heat and heads out of a
    root. First the most buildings, then, at that number, the largest saving.
    """
    count, kw = len(case.demand_mwh), np.array(case.kw)
    ends = np.array([pair[:2] for pair in case.pairs]).reshape(-1, 2)
    tail, head = np.concatenate([ends, ends[:, ::-1]]).T
    apart = np.tile([pair[2] for pair in case.pairs], 2)
    ways = len(tail)
    sizes = [ways, count, count, ways, ways, count, count]
    used, root, placed, heat, heads, heat_out, heads_out = np.split(
        np.arange(sum(sizes)), np.cumsum(sizes)[:-1]
    )
    rows = []

    def rule(columns, factors, low, high):
        rows.append((columns, factors, low, high))

    room = case.limit_kw + 4e-7
    for row in range(count):
        here, away = np.flatnonzero(head == row), np.flatnonzero(tail == row)
        rule([*used[here], root[row], placed[row]], [1] * len(here) + [1, -1], 0, 0)
        for flow, out, need in ((heat, heat_out, kw[row]), (heads, heads_out, 1)):
            signs = [1] * len(here) + [-1] * len(away)
            rule([*flow[here], *flow[away], placed[row], out[row]], [*signs, -need, 1], 0, 0)
        rule([heat_out[row], root[row]], [1, -room], -np.inf, 0)
        rule([heads_out[row], root[row]], [1, -case.min_count], 0, np.inf)
        rule([heads_out[row], root[row]], [1, -count], -np.inf, 0)
    for way in range(ways):
        rule([heat[way], used[way]], [1, -max(room - kw[tail[way]], 0)], -np.inf, 0)
        rule([heat[way], used[way]], [1, -kw[head[way]]], 0, np.inf)
        rule([heads[way], used[way]], [1, 1 - count], -np.inf, 0)
        rule([used[way], placed[tail[way]]], [1, -1], -np.inf, 0)
    at = np.repeat(np.arange(len(rows)), [len(row[0]) for row in rows])
    columns = np.concatenate([row[0] for row in rows])
    factors = np.concatenate([row[1] for row in rows])
    matrix = csr_array((factors, (at, columns)), shape=(len(rows), sum(sizes)))
    rules = LinearConstraint(matrix, [row[2] for row in rows], [row[3] for row in rows])
    binary = np.zeros(sum(sizes))
    binary[: 2 * count + ways] = 1
    high = np.where(binary == 1, 1.0, np.inf)
    high[placed[kw > room]] = 0
    options = {"mip_rel_gap": 0, "time_limit": time_limit_s}
    look = {"integrality": binary, "bounds": Bounds(0, high), "options": options}

    most = np.zeros(sum(sizes))
    most[placed] = -1
    first = milp(most, constraints=[rules], **look)
    if first.status != 0:
        return None
    cost = np.zeros(sum(sizes))
    cost[used], cost[root] = PIPE_DKK * apart, PUMP_DKK
    cost[placed] = -(np.array(case.gain_dkk) + PUMP_DKK)
    as_many = LinearConstraint(-most[None, :], round(-first.fun), round(-first.fun))
    second = milp(cost / 1000, constraints=[rules, as_many], **look)
    return (round(-first.fun), -second.fun * 1000) if second.status == 0 else None
