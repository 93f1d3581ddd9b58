"""The rows and columns of a plant's year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from screening.operation.problem import Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from screening.operation.problem import Hourly, Problem

__all__ = ["Matrix", "build", "demand_change", "layer_transition", "volume_change"]


@dataclass
class Matrix:
    """A linear program, hour after hour.

    Attributes
    ----------
    cost, lower, upper
        Of the columns: per hour the modes, then the kept layers.
    rows
        The matrix, one block of rows per hour.
    row_lower, row_upper
        Bounds of the rows.
    modes, layers
        Columns per hour of each kind. [1]
    kept
        Which layers have a column.
    volume_m3_per_unit
        Size of a layer column's unit. [m3]
    """

    cost: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    rows: sparse.csr_matrix
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    modes: int
    layers: int
    kept: list[int]
    volume_m3_per_unit: float

    @property
    def columns_per_hour(self) -> int:
        """Modes and kept layers. [1]."""
        return self.modes + self.layers

    @property
    def rows_per_hour(self) -> int:
        """Balances of the kept layers first. [1]."""
        return len(self.row_lower) * self.columns_per_hour // len(self.cost)


def build(problem: Problem) -> Matrix:
    """Write a plant's year as a linear program, minimum loads left out.

    Parameters
    ----------
    problem
        The plant's year.

    Returns
    -------
    Matrix
        With a column per hour for every mode and for every layer but the return's, whose volume is what the
        others leave of the tank.
    """
    hours, modes = problem.hours, len(problem.modes)
    kept = _kept_layers(problem)
    unit = problem.volume_m3_per_mwh(problem.supply_c, problem.return_c)
    size = problem.tank.volume_m3 / unit
    upper = np.column_stack(
        [np.broadcast_to(np.asarray(mode.maximum_mw, float), hours) for mode in problem.modes]
        + [np.full(hours, size) for _ in kept]
    )
    cost = np.zeros_like(upper)
    for number, mode in enumerate(problem.modes):
        cost[:, number] = mode.cost_dkk_per_mwh
    shared = _shared(problem)
    number_of = {mode.name: number for number, mode in enumerate(problem.modes)}
    alone = [limit for limit in shared if len(limit.shares) == 1]
    for limit in alone:
        ((name, share),) = limit.shares.items()
        column = number_of[name]
        upper[:, column] = np.minimum(upper[:, column], _ratio(limit.maximum, share))
    together = [limit for limit in shared if len(limit.shares) > 1]

    balances, low, high = _balances(problem, kept, unit)
    blocks = [balances]
    lows, highs = [low], [high]
    if len(kept) > 1:
        blocks.append(
            _per_hour(hours, modes + len(kept), dict.fromkeys(range(modes, modes + len(kept)), 1.0))
        )
        lows.append(np.full(hours, -np.inf))
        highs.append(np.full(hours, size))
    for limit in together:
        shares = {number_of[name]: share for name, share in limit.shares.items()}
        blocks.append(_per_hour(hours, modes + len(kept), shares))
        lows.append(np.full(hours, -np.inf))
        highs.append(np.broadcast_to(np.asarray(limit.maximum, float), hours))

    lower = np.zeros_like(upper)
    end = np.array([(problem.tank.end_share or problem.tank.start_share)[layer] * size for layer in kept])
    lower[-1, modes:] = upper[-1, modes:] = end
    lows = [np.asarray(low).reshape(-1) for low in lows]
    order = np.arange(sum(map(len, lows))).reshape(-1, hours).T.ravel()  # hour after hour, as the columns
    return Matrix(
        cost=cost.ravel(),
        lower=lower.ravel(),
        upper=upper.ravel(),
        rows=sparse.vstack(blocks, format="csr")[order],
        row_lower=np.concatenate(lows)[order],
        row_upper=np.concatenate([np.asarray(high).reshape(-1) for high in highs])[order],
        modes=modes,
        layers=len(kept),
        kept=kept,
        volume_m3_per_unit=unit,
    )


def _kept_layers(problem: Problem) -> list[int]:
    """Give all layers but the return's, through which most water passes."""
    temperatures = problem.tank.temperatures_c
    return [number for number, t in enumerate(temperatures) if t != problem.return_c]


def _shared(problem: Problem) -> list[Limit]:
    """Join the limits and the largest loads of units with a minimum; those that cannot reach it stand."""
    tops = [
        Limit(r.name, r.shares, np.where(np.asarray(r.minimum) > np.asarray(r.maximum), 0.0, r.maximum))
        for r in problem.running
    ]
    return [*problem.limits, *tops]


def _ratio(maximum: Hourly, share: Hourly) -> NDArray[np.float64]:
    """Give the throughput at which a limit of one mode is reached; none where it takes nothing."""
    share = np.asarray(share, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(share > 0, np.asarray(maximum, float) / share, np.inf)


def volume_change(problem: Problem) -> NDArray[np.float64]:
    """Water that a MWh of throughput brings to each layer.

    Parameters
    ----------
    problem
        The plant's year.

    Returns
    -------
    numpy.ndarray
        Hours x layers x modes; taken water is negative, and the layers of a mode sum to zero. [m3/MWh]
    """
    place = {t: number for number, t in enumerate(problem.tank.temperatures_c)}
    change = np.zeros((problem.hours, len(place), len(problem.modes)))
    for number, mode in enumerate(problem.modes):
        for stream in mode.streams:
            volume = problem.volume_m3_per_mwh(stream.to_c, stream.from_c) * np.asarray(
                stream.heat_mwh, float
            )
            change[:, place[stream.to_c], number] += volume
            change[:, place[stream.from_c], number] -= volume
    return change


def demand_change(problem: Problem) -> NDArray[np.float64]:
    """Water that the demand brings to each layer in each hour: hours x layers. [m3]."""
    place = {t: number for number, t in enumerate(problem.tank.temperatures_c)}
    volume = problem.volume_m3_per_mwh(problem.supply_c, problem.return_c) * problem.demand_mw
    change = np.zeros((problem.hours, len(place)))
    change[:, place[problem.return_c]] += volume
    change[:, place[problem.supply_c]] -= volume
    return change


def layer_transition(problem: Problem) -> NDArray[np.float64]:
    """Share of each layer's water (columns) that is in each layer (rows) an hour later. [1].

    Layers hotter than the return cool to the next one below; the return's and colder water lie near the
    surroundings' temperature and keep theirs.
    """
    temperatures = problem.tank.temperatures_c
    stays = np.eye(len(temperatures))
    loss = problem.tank.loss_share_per_hour
    for number, temperature in enumerate(temperatures[:-1]):
        if temperature > problem.return_c:
            stays[number, number] -= loss
            stays[number + 1, number] += loss
    return stays


def _balances(
    problem: Problem, kept: list[int], unit: float
) -> tuple[sparse.csr_matrix, NDArray[np.float64], NDArray[np.float64]]:
    """Write how each kept layer's volume follows from the hour before, layer by layer over the hours.

    With all volumes V = T V(before) + change, and the left-out layer what the others leave of the tank.
    """
    hours, modes, width = problem.hours, len(problem.modes), len(problem.modes) + len(kept)
    change, stays = volume_change(problem), layer_transition(problem)
    out = next(n for n in range(len(stays)) if n not in kept)
    size = problem.tank.volume_m3 / unit
    right = demand_change(problem)[:, kept] / unit + stays[kept, out] * size
    start = np.array([problem.tank.start_share[layer] * size for layer in kept])
    before = stays[np.ix_(kept, kept)] - stays[kept, out][:, None]
    right[0] += before @ start
    hour = np.arange(hours)
    rows, columns, values = [], [], []

    def put(row: NDArray[np.int64], column: NDArray[np.int64], value: NDArray[np.float64]) -> None:
        there = value != 0
        rows.append(row[there])
        columns.append(column[there])
        values.append(value[there])

    for place, layer in enumerate(kept):
        row = place * hours + hour
        put(row, hour * width + modes + place, np.ones(hours))
        for other in range(len(kept)):
            follows = np.full(hours - 1, -before[place, other])
            put(row[1:], (hour[1:] - 1) * width + modes + other, follows)
        for mode in range(modes):
            put(row, hour * width + mode, -change[:, layer, mode] / unit)
    shape = (len(kept) * hours, width * hours)
    matrix = sparse.csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape
    )
    return matrix, right.T.copy(), right.T.copy()


def _per_hour(hours: int, width: int, shares: Mapping[int, Hourly]) -> sparse.csr_matrix:
    """Write one row per hour over columns of the same hour."""
    hour = np.arange(hours)
    values = np.concatenate([np.broadcast_to(np.asarray(share, float), hours) for share in shares.values()])
    rows = np.tile(hour, len(shares))
    columns = np.concatenate([hour * width + column for column in shares])
    return sparse.csr_matrix((values, (rows, columns)), shape=(hours, hours * width))
