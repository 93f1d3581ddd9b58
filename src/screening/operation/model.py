"""The cheapest hours of a plant: a linear program, or a mixed one where a unit has a minimum.

Why it is written so: one layer's volume is what the others leave of the tank, so it is no variable; a shared
capacity of one mode is a bound, not a row; and volumes are counted in the heat that they carry between supply
and return, so that the numbers of the matrix lie near one. Minimum loads and start costs are first left out;
``minimums`` brings them in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import pandas as pd

from screening.errors import ScreeningError
from screening.operation.matrix import Matrix, build
from screening.operation.minimums import TOLERANCE_MW, Found, Search, decide, loads, needs_decisions
from screening.operation.problem import Mode, Stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from screening.operation.problem import Problem

__all__ = ["PlantShortageError", "Solution", "solve"]

_SHORTAGE = "shortage"
_HALVINGS = 12  # of the span in which the least highest shortage lies
_DUAL, _PRIMAL = 1, 4  # HiGHS' numbers of its ways through the simplex


class PlantShortageError(ScreeningError):
    """The plant cannot meet the demand in some hours.

    Attributes
    ----------
    missing_mw
        One row per hour that lacks heat: its number from 0, and the missing heat. [MW]
    """

    def __init__(self, missing_mw: pd.Series) -> None:
        """Name the hours.

        Parameters
        ----------
        missing_mw
            Missing heat by number of the hour. [MW]
        """
        self.missing_mw = missing_mw
        first = ", ".join(f"hour {hour}: {mw:.2f} MW" for hour, mw in missing_mw.head(5).items())
        more = f" and {len(missing_mw) - 5} more" if len(missing_mw) > 5 else ""
        super().__init__(
            f"The plant cannot meet the demand in {len(missing_mw)} hours; "
            f"{missing_mw.sum():.1f} MWh are missing, at most {missing_mw.max():.2f} MW ({first}{more}). "
            "Give it more capacity or a larger tank, or lower the demand."
        )

    def at(self, hours: pd.DatetimeIndex) -> PlantShortageError:
        """Name the hours by their time.

        Parameters
        ----------
        hours
            Start of each hour in UTC.

        Returns
        -------
        PlantShortageError
            The same with times in the place of numbers.
        """
        told = [f"{hours[int(hour)]:%Y-%m-%d %H:%M} UTC" for hour in self.missing_mw.index]
        return PlantShortageError(self.missing_mw.set_axis(pd.Index(told, name="hour")))

    def __reduce__(self) -> tuple[type[PlantShortageError], tuple[pd.Series]]:
        """Come whole from another process."""
        return PlantShortageError, (self.missing_mw,)


@dataclass(frozen=True)
class Solution:
    """The cheapest hours of a plant.

    Attributes
    ----------
    throughput_mw
        One row per hour, one column per mode. [MW]
    layers_m3
        Water in each layer at the end of each hour; one row per hour, one column per temperature. [m3]
    running
        Of the units with a minimum: whether they run; one row per hour, one column per unit.
    marginal_price_dkk_per_mwh
        What one MWh more of demand would cost in each hour; NaN where whole numbers were needed. [DKK/MWh]
    objective_dkk
        Cost of all hours, starts in. [DKK]
    gap
        How far the cost may lie above the best possible; 0 for a linear program. [1]
    whole_numbers
        How many hours were decided by yes or no. [1]
    basis
        Where the solver ended: a start for the same plant with other prices.
    """

    throughput_mw: pd.DataFrame
    layers_m3: pd.DataFrame
    running: pd.DataFrame
    marginal_price_dkk_per_mwh: NDArray[np.float64]
    objective_dkk: float
    gap: float = 0.0
    whole_numbers: int = 0
    basis: Any = field(default=None, repr=False, compare=False)


def solve(
    problem: Problem,
    *,
    start: Solution | None = None,
    is_start_of_other_size: bool = False,
    gap: float = 1e-4,
    time_limit_s: float = 600.0,
    threads: int = 1,
) -> Solution:
    """Find the hours of lowest cost, with full foresight over all of them.

    Parameters
    ----------
    problem
        The plant's year.
    start
        Solution of the same plant with other prices, to start from.
    is_start_of_other_size
        Whether the start has these prices and another capacity, tank or demand instead: no answer depends on
        it, only how soon it is found.
    gap
        With whole numbers: how far from the best possible the search may end. [1]
    time_limit_s
        With whole numbers: when the search ends anyway; the solution tells the gap that is left. [s]
    threads
        Of the solver. [1]

    Returns
    -------
    Solution
        All hours.

    Raises
    ------
    PlantShortageError
        If the plant cannot meet the demand; names the hours and the missing MW.
    ScreeningError
        If a cost or a bound is not a finite number, or no operation brings the tank back to its start.
    """
    matrix = build(problem)
    _check(problem, matrix)
    solver = _solver(matrix, threads)
    if start is not None and start.basis is not None:
        solver.setBasis(start.basis)
        # With other prices the old hours are still possible, with other sizes they are still priced right.
        solver.setOptionValue("simplex_strategy", _DUAL if is_start_of_other_size else _PRIMAL)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise _why_not(problem, threads)
    found = Found(np.asarray(solver.getSolution().col_value), solver.getInfo().objective_function_value)
    supply_row = matrix.kept.index(problem.tank.temperatures_c.index(problem.supply_c))
    prices = -np.asarray(solver.getSolution().row_dual)[supply_row :: matrix.rows_per_hour]
    basis = solver.getBasis()
    if needs_decisions(problem, matrix, found.columns):
        found = decide(problem, matrix, solver, found, Search(gap, time_limit_s, solve))
        prices = np.full(problem.hours, np.nan)
    return _solution(problem, matrix, found, prices, basis)


def _check(problem: Problem, matrix: Matrix) -> None:
    """Refuse what no solver can work with, by name."""
    for name, mode in ((mode.name, mode) for mode in problem.modes):
        for what, given in (("cost", mode.cost_dkk_per_mwh), ("largest load", mode.maximum_mw)):
            wrong = ~np.isfinite(np.broadcast_to(np.asarray(given, float), problem.hours))
            if wrong.any():
                raise ScreeningError(
                    f"{name} has no finite {what} in {wrong.sum()} hours, first in hour {wrong.argmax()}."
                )
    wrong = ~(np.isfinite(problem.demand_mw) & (problem.demand_mw >= 0))
    if wrong.any():
        raise ScreeningError(
            f"The demand is missing or negative in {wrong.sum()} hours, first in hour {int(wrong.argmax())}."
        )
    if not np.isfinite(matrix.row_upper).all():
        raise ScreeningError("A shared limit is not a finite number in every hour.")


def _solver(matrix: Matrix, threads: int) -> highspy.Highs:
    """Hand the matrix to HiGHS: simplex from the start, because presolve takes longer here than it saves."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(matrix.cost), len(matrix.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = matrix.cost, matrix.lower, matrix.upper
    lp.row_lower_, lp.row_upper_ = matrix.row_lower, matrix.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = matrix.rows.indptr
    lp.a_matrix_.index_ = matrix.rows.indices
    lp.a_matrix_.value_ = matrix.rows.data
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    options: dict[str, bool | int | str] = {
        "output_flag": False,
        "threads": threads,
        "solver": "simplex",
        "presolve": "off",
    }
    for option, value in options.items():
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    return solver


def _why_not(problem: Problem, threads: int) -> ScreeningError:
    """Find the hours that lack heat, and no more MW in any of them than must be."""
    free = tuple(replace(mode, cost_dkk_per_mwh=0.0) for mode in problem.modes)
    lift = (Stream(problem.return_c, problem.supply_c),)
    lacking = replace(problem, modes=(*free, Mode(_SHORTAGE, _SHORTAGE, lift, problem.demand_mw, 1.0)))
    matrix = build(lacking)
    solver = _solver(matrix, threads)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return ScreeningError(
            "No operation of the plant brings each layer of the tank back to where it started; "
            "compare the tank's start with what the units can heat and cool."
        )
    missing = _missing(solver, matrix)
    least_mwh, low, high = missing.sum(), 0.0, float(missing.max())
    columns = np.arange(problem.hours, dtype=np.int32) * matrix.columns_per_hour + matrix.modes - 1
    for _ in range(_HALVINGS):  # with a tank the same heat may be missing in other hours, less in each
        most = (low + high) / 2
        top = np.minimum(problem.demand_mw, most)
        solver.changeColsBounds(problem.hours, columns, np.zeros(problem.hours), top)
        solver.run()
        is_enough = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        spread = _missing(solver, matrix) if is_enough else missing
        if is_enough and spread.sum() <= least_mwh * (1 + TOLERANCE_MW) + TOLERANCE_MW:
            high, missing = most, spread
        else:
            low = most
    told = pd.Series(missing, name="missing_mw").rename_axis("hour")
    return PlantShortageError(told[told > TOLERANCE_MW])


def _missing(solver: highspy.Highs, matrix: Matrix) -> NDArray[np.float64]:
    """Heat that comes from nowhere, the last of the modes. [MW]."""
    values = np.asarray(solver.getSolution().col_value).reshape(-1, matrix.columns_per_hour)
    missing: NDArray[np.float64] = values[:, matrix.modes - 1]
    return missing


def _solution(
    problem: Problem, matrix: Matrix, found: Found, prices: NDArray[np.float64], basis: Any
) -> Solution:
    """Read the hours from the columns; the left-out layer is what the others leave."""
    table = found.columns[: problem.hours * matrix.columns_per_hour].reshape(problem.hours, -1)
    layers = np.empty((problem.hours, matrix.layers + 1))
    layers[:, matrix.kept] = table[:, matrix.modes :] * matrix.volume_m3_per_unit
    out = next(n for n in range(matrix.layers + 1) if n not in matrix.kept)
    layers[:, out] = problem.tank.volume_m3 - layers[:, matrix.kept].sum(axis=1)
    on = {u.name: loads(u, problem, matrix, found.columns) > TOLERANCE_MW for u in problem.running}
    return Solution(
        throughput_mw=pd.DataFrame(table[:, : matrix.modes], columns=[mode.name for mode in problem.modes]),
        layers_m3=pd.DataFrame(layers, columns=list(problem.tank.temperatures_c)),
        running=pd.DataFrame(on, index=range(problem.hours)),
        marginal_price_dkk_per_mwh=prices,
        objective_dkk=found.objective,
        gap=found.gap,
        whole_numbers=found.whole_numbers,
        basis=basis,
    )
