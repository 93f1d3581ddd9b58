"""Minimum loads and start costs: which hours a unit runs, by yes or no.

Few hours need the question. A unit without start costs is asked only in hours where the relaxed optimum runs
it below its minimum; one with start costs only where the relaxed answer is neither yes nor no. The search
goes fortnight by fortnight between the relaxed optimum's volumes first: that gives a schedule that can be
run, and the relaxed optimum tells how far at most it lies above the best. Only where that is too far the
whole year is searched, from there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import highspy
import numpy as np

from screening.errors import ScreeningError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from screening.operation.matrix import Matrix
    from screening.operation.problem import Hourly, Problem, Running

__all__ = ["TOLERANCE_MW", "Found", "Search", "decide", "loads", "needs_decisions"]

# What an hour may be off a bound and still keep it: the solver's own tolerance is 1e-7. [MW]
TOLERANCE_MW = 1e-6
_WINDOW_HOURS = 336
_YES = 1e-5  # how near to yes or no an answer must be


@dataclass(frozen=True)
class Found:
    """Values of the columns, and how they were reached."""

    columns: NDArray[np.float64]
    objective: float
    gap: float = 0.0
    whole_numbers: int = 0


@dataclass(frozen=True)
class Search:
    """How long and how far to search; ``solve`` is the model's own, for a part of the year."""

    gap: float
    time_limit_s: float
    solve: Callable[..., object]


def loads(
    unit: Running, problem: Problem, matrix: Matrix, columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give what a unit's minimum and maximum bound, in each hour."""
    throughput = columns[: problem.hours * matrix.columns_per_hour].reshape(problem.hours, -1)
    number = {mode.name: place for place, mode in enumerate(problem.modes)}
    return sum(
        (np.asarray(share) * throughput[:, number[name]] for name, share in unit.shares.items()),
        np.zeros(problem.hours),
    )


def needs_decisions(problem: Problem, matrix: Matrix, columns: NDArray[np.float64]) -> bool:
    """Tell whether the relaxed optimum breaks a minimum, or starts cost something."""
    starts = any(
        unit.start_cost_dkk > 0 and loads(unit, problem, matrix, columns).max() > TOLERANCE_MW
        for unit in problem.running
    )
    return starts or bool(_broken(problem, matrix, columns))


def _broken(problem: Problem, matrix: Matrix, columns: NDArray[np.float64]) -> dict[int, NDArray[np.int64]]:
    """Hours, by unit, in which it runs below its minimum."""
    hours = {}
    for place, unit in enumerate(problem.running):
        load = loads(unit, problem, matrix, columns)
        slack = TOLERANCE_MW * np.maximum(1.0, np.abs(np.asarray(unit.minimum)))
        below = np.flatnonzero((load > slack) & (load < np.asarray(unit.minimum) - slack))
        if len(below):
            hours[place] = below
    return hours


def decide(problem: Problem, matrix: Matrix, solver: highspy.Highs, relaxed: Found, search: Search) -> Found:
    """Find hours that keep the minimum loads and pay the starts.

    Parameters
    ----------
    problem, matrix
        The plant's year and its program without minimum loads.
    solver
        At the relaxed optimum.
    relaxed
        That optimum.
    search
        When to end.

    Returns
    -------
    Found
        The hours, with the gap that is left.

    Raises
    ------
    ScreeningError
        If no operation was found that keeps the minimum loads.
    """
    year = _Year(problem, matrix, solver)
    for place, unit in enumerate(problem.running):
        if unit.start_cost_dkk > 0:
            year.ask(place, np.arange(problem.hours))
    if year.asked:
        solver.run()
        relaxed = Found(np.asarray(solver.getSolution().col_value), year.objective())
    known = _by_windows(problem, matrix, relaxed, search)
    if known is not None and known.objective - relaxed.objective <= search.gap * abs(known.objective):
        gap = max(known.objective - relaxed.objective, 0.0) / max(abs(known.objective), 1.0)
        return replace(known, gap=gap)
    return _whole_year(year, relaxed, known, search)


def _whole_year(year: _Year, relaxed: Found, known: Found | None, search: Search) -> Found:
    """Search all hours at once, from a known schedule, asking more hours until none is left open."""
    solver = year.solver
    for option, value in {"presolve": "on", "solver": "choose"}.items():
        solver.setOptionValue(option, value)
    solver.setOptionValue("mip_rel_gap", search.gap)
    until = solver.getRunTime() + search.time_limit_s
    solver.setOptionValue("time_limit", until)
    if known is not None:
        solver.setOptionValue("mip_heuristic_effort", 0.0)  # a good schedule is there; the bound is wanted
    found = relaxed
    while new := year.open_hours(found.columns):
        for place, hours in new.items():
            year.ask(place, hours)
            year.make_whole(place, hours)
        if known is not None:
            year.start_from(known)
        solver.run()
        info = solver.getInfo()
        if info.primal_solution_status != highspy.kSolutionStatusFeasible:
            raise _no_answer(year, new, search)
        left = max(float(info.mip_gap), 0.0)
        found = Found(np.asarray(solver.getSolution().col_value), year.objective(), left, year.whole)
        if known is not None and solver.getRunTime() >= until and year.open_hours(found.columns):
            left = max(known.objective - info.mip_dual_bound, 0.0) / max(abs(known.objective), 1.0)
            return replace(known, gap=left, whole_numbers=year.whole)
    return found


def _no_answer(year: _Year, asked: dict[int, NDArray[np.int64]], search: Search) -> ScreeningError:
    """Tell a search that ran out of time from minimum loads that cannot be kept, and name unit and hours."""
    if year.solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
        return ScreeningError(
            f"No hours that keep the minimum loads were found in {search.time_limit_s:g} s; allow more time "
            "or a larger gap."
        )
    place, hours = next(iter(asked.items()))
    unit = year.problem.running[place]
    return ScreeningError(
        f"{unit.name} cannot keep its minimum load of {np.max(unit.minimum):g} MW: without it, it would run "
        f"below in {len(hours)} hours, first in hour {int(hours[0])}, and nothing else can take its place. "
        "Lower the minimum, or give the plant a larger tank or a boiler without minimum."
    )


class _Year:
    """The whole year's program with its questions."""

    def __init__(self, problem: Problem, matrix: Matrix, solver: highspy.Highs) -> None:
        self.problem, self.matrix, self.solver = problem, matrix, solver
        self.asked: dict[int, NDArray[np.int64]] = {}  # by unit: column of each hour's question, or -1
        self.added: list[tuple[str, int, NDArray[np.int64]]] = []  # kind, unit, hours, as the columns stand
        self.is_whole: dict[int, NDArray[np.bool_]] = {}
        self.whole = 0

    def objective(self) -> float:
        """Cost of what the solver found."""
        return float(self.solver.getInfo().objective_function_value)

    def open_hours(self, columns: NDArray[np.float64]) -> dict[int, NDArray[np.int64]]:
        """Hours, by unit, that a solution leaves between yes and no."""
        hours = {
            place: broken[~self.is_whole.get(place, np.zeros(self.problem.hours, bool))[broken]]
            for place, broken in _broken(self.problem, self.matrix, columns).items()
        }
        for place, column in self.asked.items():
            if self.problem.running[place].start_cost_dkk > 0:
                answer = columns[column]
                torn = np.flatnonzero((answer > _YES) & (answer < 1 - _YES) & ~self.is_whole[place])
                hours[place] = np.union1d(hours.get(place, torn), torn)
        return {place: found for place, found in hours.items() if len(found)}

    def ask(self, place: int, hours: NDArray[np.int64]) -> None:
        """Add a question per hour: a load between minimum and maximum, or nothing; and the starts."""
        column = self.asked.setdefault(place, np.full(self.problem.hours, -1))
        self.is_whole.setdefault(place, np.zeros(self.problem.hours, bool))
        hours = hours[column[hours] < 0]
        if not len(hours):
            return
        unit, count = self.problem.running[place], len(hours)
        yes = self._columns(count, 0.0, self._of(unit.minimum, hours) <= self._of(unit.maximum, hours))
        column[hours] = yes
        self.added.append(("yes", place, hours))
        number = {mode.name: at for at, mode in enumerate(self.problem.modes)}
        columns = [hours * self.matrix.columns_per_hour + number[name] for name in unit.shares]
        shares = [self._of(share, hours) for share in unit.shares.values()]
        for bound, low, high in ((unit.minimum, 0.0, np.inf), (unit.maximum, -np.inf, 0.0)):
            self._rows([*columns, yes], [*shares, -self._of(bound, hours)], low, high)
        for limit in self.problem.limits:
            if set(limit.shares) <= set(unit.shares):  # theirs only while the unit runs: a tighter bound
                own = [hours * self.matrix.columns_per_hour + number[name] for name in limit.shares]
                parts = [self._of(share, hours) for share in limit.shares.values()]
                self._rows([*own, yes], [*parts, -self._of(limit.maximum, hours)], -np.inf, 0.0)
        if unit.start_cost_dkk > 0:  # all hours are here
            starts = self._columns(count, unit.start_cost_dkk, np.ones(count, bool))
            self.added.append(("starts", place, hours))
            one = np.ones(count)
            if unit.ran_before is None:
                self._rows([starts, yes, np.roll(yes, 1)], [one, -one, one], 0.0, np.inf)
            else:
                self._rows([starts[1:], yes[1:], yes[:-1]], [one[1:], -one[1:], one[1:]], 0.0, np.inf)
                self._rows([starts[:1], yes[:1]], [one[:1], -one[:1]], -float(unit.ran_before), np.inf)

    def make_whole(self, place: int, hours: NDArray[np.int64]) -> None:
        """Let hours be answered by yes or no only."""
        columns = self.asked[place][hours].astype(np.int32)
        kinds = np.full(len(hours), highspy.HighsVarType.kInteger.value, dtype=np.uint8)
        self.solver.changeColsIntegrality(len(hours), columns, kinds)
        self.is_whole[place][hours] = True
        self.whole += len(hours)

    def start_from(self, known: Found) -> None:
        """Give the solver a schedule that keeps everything."""
        values = [known.columns[: self.problem.hours * self.matrix.columns_per_hour]]
        for kind, place, hours in self.added:
            unit = self.problem.running[place]
            on = loads(unit, self.problem, self.matrix, known.columns) > TOLERANCE_MW
            answer = on if kind == "yes" else on & ~_before(on, unit)
            values.append(answer[hours].astype(float))
        solution = highspy.HighsSolution()
        solution.col_value = np.concatenate(values).tolist()
        self.solver.setSolution(solution)

    def _of(self, value: Hourly, hours: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.broadcast_to(np.asarray(value, float), self.problem.hours)[hours]

    def _columns(self, count: int, cost: float, can: NDArray[np.bool_]) -> NDArray[np.int64]:
        first, none = self.solver.getNumCol(), np.array([], dtype=np.int32)
        costs, lower = np.full(count, cost), np.zeros(count)
        self.solver.addCols(count, costs, lower, can.astype(float), 0, none, none, none.astype(float))
        return first + np.arange(count)

    def _rows(
        self,
        columns: list[NDArray[np.int64]],
        values: list[NDArray[np.float64]],
        low: float,
        high: float,
    ) -> None:
        count, width = len(columns[0]), len(columns)
        self.solver.addRows(
            count,
            np.full(count, low),
            np.full(count, high),
            count * width,
            np.arange(0, count * width, width, dtype=np.int32),
            np.column_stack(columns).ravel().astype(np.int32),
            np.column_stack(values).ravel().astype(float),
        )


def _before(on: NDArray[np.bool_], unit: Running) -> NDArray[np.bool_]:
    """Whether a unit ran in the hour before each."""
    before = np.roll(on, 1)
    if unit.ran_before is not None:
        before[0] = unit.ran_before
    return before


def _by_windows(problem: Problem, matrix: Matrix, relaxed: Found, search: Search) -> Found | None:
    """Search fortnight by fortnight between the relaxed volumes; None where one of them has no answer."""
    if problem.hours <= 2 * _WINDOW_HOURS:
        return None
    table = relaxed.columns[: problem.hours * matrix.columns_per_hour].reshape(problem.hours, -1).copy()
    layers = np.empty((problem.hours + 1, matrix.layers + 1))
    out = next(n for n in range(matrix.layers + 1) if n not in matrix.kept)
    layers[1:, matrix.kept] = table[:, matrix.modes :] * matrix.volume_m3_per_unit
    layers[0, matrix.kept] = np.array(problem.tank.start_share)[matrix.kept] * problem.tank.volume_m3
    layers[:, out] = problem.tank.volume_m3 - layers[:, matrix.kept].sum(axis=1)
    shares = np.clip(layers / max(problem.tank.volume_m3, 1e-9), 0.0, 1.0)
    on = {u.name: loads(u, problem, matrix, relaxed.columns) > TOLERANCE_MW for u in problem.running}
    begins = list(range(0, problem.hours - _WINDOW_HOURS, _WINDOW_HOURS))
    for begin, end in zip(begins, [*begins[1:], problem.hours], strict=True):
        part = cut(problem, begin, end, tuple(shares[begin]), tuple(shares[end]))
        part = replace(
            part, running=tuple(replace(u, ran_before=bool(on[u.name][begin - 1])) for u in part.running)
        )
        small = replace(relaxed, columns=table[begin:end].ravel())
        if not needs_decisions(part, matrix, small.columns):
            continue
        try:
            answer = search.solve(part, gap=search.gap / 2, time_limit_s=search.time_limit_s / len(begins))
        except ScreeningError:
            return None
        table[begin:end, : matrix.modes] = answer.throughput_mw.to_numpy()  # type: ignore[attr-defined]
        volumes = answer.layers_m3.to_numpy()[:, matrix.kept]  # type: ignore[attr-defined]
        table[begin:end, matrix.modes :] = volumes / matrix.volume_m3_per_unit
        for unit in part.running:
            on[unit.name][begin:end] = answer.running[unit.name]  # type: ignore[attr-defined]
    columns = table.ravel()
    if _broken(problem, matrix, columns):
        return None
    starts = sum(
        unit.start_cost_dkk * float((on[unit.name] & ~_before(on[unit.name], unit)).sum())
        for unit in problem.running
    )
    return Found(columns, float(matrix.cost @ columns) + starts)


def cut(
    problem: Problem, begin: int, end: int, start_share: tuple[float, ...], end_share: tuple[float, ...]
) -> Problem:
    """Take some hours of a problem.

    Parameters
    ----------
    problem
        The plant's year.
    begin, end
        First hour, and the hour after the last. [1]
    start_share, end_share
        Share of the tank's water in each layer before the first and after the last. [1]

    Returns
    -------
    Problem
        Those hours alone.
    """

    def part(value: Hourly) -> Hourly:
        return value if np.ndim(value) == 0 else np.asarray(value)[begin:end]

    modes = tuple(
        replace(
            mode,
            streams=tuple(replace(s, heat_mwh=part(s.heat_mwh)) for s in mode.streams),
            maximum_mw=part(mode.maximum_mw),
            cost_dkk_per_mwh=part(mode.cost_dkk_per_mwh),
            electricity_mwh=part(mode.electricity_mwh),
            fuel_mwh=part(mode.fuel_mwh),
        )
        for mode in problem.modes
    )
    return replace(
        problem,
        demand_mw=problem.demand_mw[begin:end],
        modes=modes,
        tank=replace(problem.tank, start_share=start_share, end_share=end_share),
        limits=tuple(
            replace(x, shares={n: part(s) for n, s in x.shares.items()}, maximum=part(x.maximum))
            for x in problem.limits
        ),
        running=tuple(
            replace(
                x,
                shares={n: part(s) for n, s in x.shares.items()},
                minimum=part(x.minimum),
                maximum=part(x.maximum),
            )
            for x in problem.running
        ),
    )
