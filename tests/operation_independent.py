"""The same plant's year written another way: no volumes as variables, only what has flowed so far."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

WATER = 1.163


def flow_optimum(problem) -> float:
    """Cost of the cheapest hours, by sums of all flows since the start; without loss and minimum loads."""
    hours, modes = problem.hours, problem.modes
    layers = problem.tank.temperatures_c
    full = [np.broadcast_to(np.asarray(m.maximum_mw, float), hours) for m in modes]
    cost = np.concatenate([np.broadcast_to(np.asarray(m.cost_dkk_per_mwh, float), hours) for m in modes])
    so_far = np.tril(np.ones((hours, hours)))
    upper_rows, upper, equal_rows, equal = [], [], [], []
    for place, layer in enumerate(layers):
        flows = np.zeros((hours, len(modes) * hours))
        for number, mode in enumerate(modes):
            per_mwh = np.zeros(hours)
            for stream in mode.streams:
                m3 = np.asarray(stream.heat_mwh) * 1000 / (WATER * abs(stream.to_c - stream.from_c))
                per_mwh = per_mwh + m3 * (stream.to_c == layer) - m3 * (stream.from_c == layer)
            flows[:, number * hours : (number + 1) * hours] = so_far * per_mwh[None, :]
        drawn = problem.demand_mw * 1000 / (WATER * (problem.supply_c - problem.return_c))
        drawn = drawn * ((layer == problem.return_c) * 1.0 - (layer == problem.supply_c) * 1.0)
        stock = problem.tank.start_share[place] * problem.tank.volume_m3 + np.cumsum(drawn)
        upper_rows.append(-flows)  # the layer never runs dry
        upper.append(stock)
        equal_rows.append(flows[-1:])
        equal.append([-np.cumsum(drawn)[-1]])
    for limit in problem.limits:
        row = np.zeros((hours, len(modes) * hours))
        for number, mode in enumerate(modes):
            if mode.name in limit.shares:
                share = np.broadcast_to(np.asarray(limit.shares[mode.name], float), hours)
                row[:, number * hours : (number + 1) * hours] = np.diag(share)
        upper_rows.append(row)
        upper.append(np.broadcast_to(np.asarray(limit.maximum, float), hours))
    bounds = [(0.0, top) for tops in full for top in tops]
    found = linprog(
        cost,
        A_ub=np.vstack(upper_rows),
        b_ub=np.concatenate(upper),
        A_eq=np.vstack(equal_rows),
        b_eq=np.concatenate(equal),
        bounds=bounds,
        method="highs",
    )
    assert found.status == 0, found.message
    return float(found.fun)
