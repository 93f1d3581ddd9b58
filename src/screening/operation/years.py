"""A plant over its years: weather and demand repeated, prices and taxes of each year, warm starts.

Each year starts from where the solver ended the year before, which takes a fraction of the time of a year
from nothing. Where it ended is kept with a finished year, so that a stopped run goes on to the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import highspy
import numpy as np
import pandas as pd

from screening.operation.model import Solution, solve
from screening.operation.result import Result, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from screening.operation.problem import Hourly, Mode, Problem

__all__ = ["Keeper", "Year", "Years", "run_years"]


@dataclass(frozen=True)
class Year:
    """One finished year.

    Attributes
    ----------
    year
        Calendar year.
    modes
        One row per mode: unit, fuel, throughput_mwh, full_load_hours, heat_mwh, electricity_mwh, fuel_mwh,
        cost_dkk, cold_electricity_mwh (in the hours that were asked for), cooled_m3 (water it cooled),
        co2_tonne.
    operation_dkk
        Cost of all hours. [DKK]
    demand_mwh
        Heat drawn. [MWh]
    gap
        How far the cost may lie above the best possible. [1]
    hourly
        As in ``Result``.
    end
        Where the solver ended: status of columns and rows.
    """

    year: int
    modes: pd.DataFrame
    operation_dkk: float
    demand_mwh: float
    gap: float
    hourly: pd.DataFrame
    end: tuple[NDArray[np.int8], NDArray[np.int8]] | None = None


@dataclass(frozen=True)
class Years:
    """A plant's years.

    Attributes
    ----------
    modes
        Index year and mode; columns as in ``Year.modes``.
    totals
        Index year; operation_dkk, demand_mwh, electricity_mwh, fuel_mwh, co2_tonne, gap.
    first, last
        Hours of the first and the last year.
    """

    modes: pd.DataFrame
    totals: pd.DataFrame
    first: pd.DataFrame
    last: pd.DataFrame

    @property
    def heat_shares(self) -> pd.DataFrame:
        """Of all heat, by unit (columns) and year. [1]."""
        heat = self.modes.pivot_table(
            index="year", columns="unit", values="heat_mwh", aggfunc="sum", sort=False
        )
        return heat.div(heat.sum(axis=1), axis=0)


class Keeper(Protocol):
    """Keeps finished years, each whole or not at all."""

    def load(self, year: int) -> Year | None:
        """Give a year that was kept."""

    def save(self, year: Year) -> None:
        """Keep a year."""


def run_years(
    problem_in: Callable[[int], Problem],
    years: Sequence[int],
    *,
    co2_in: Callable[[int, Mode], Hourly] | None = None,
    index: pd.DatetimeIndex | None = None,
    cold: NDArray[np.bool_] | None = None,
    keeper: Keeper | None = None,
    on_year: Callable[[int], None] | None = None,
    gap: float = 1e-4,
    threads: int = 1,
) -> Years:
    """Run a plant through its years.

    Parameters
    ----------
    problem_in
        Gives the plant's problem in a calendar year; all years have the same hours and units.
    years
        Calendar years in order.
    co2_in
        Carbon dioxide per MWh of a mode's throughput in a calendar year, a number or one per hour. [kg/MWh]
    index
        Start of each hour in UTC.
    cold
        Hours whose electricity is also counted by itself.
    keeper
        Where finished years are kept and found again.
    on_year
        Called with each year that is finished.
    gap
        With whole numbers: how far from the best possible a year may end. [1]
    threads
        Of the solver. [1]

    Returns
    -------
    Years
        All years.

    Raises
    ------
    PlantShortageError
        If the plant cannot meet the demand; names the hours and the missing MW.
    """
    done: list[Year] = []
    first = last = pd.DataFrame()
    before: Solution | None = None
    for number in years:
        year = keeper.load(number) if keeper else None
        if year is None:
            problem = problem_in(number)
            if before is None and done:
                before = _restored(done[-1])
            solution = solve(problem, start=before, gap=gap, threads=threads)
            factors = {m.name: co2_in(number, m) if co2_in else 0.0 for m in problem.modes}
            before, year = solution, _finished(number, problem, solution, index, cold, factors)
            if keeper:
                keeper.save(year)
        else:
            before = None
        first, last = (first if done else year.hourly), year.hourly
        done.append(_without_hours(year))
        if on_year:
            on_year(number)
    return Years(
        modes=pd.concat({y.year: y.modes for y in done}, names=["year", "mode"]),
        totals=pd.DataFrame([_totals(y) for y in done], pd.Index([y.year for y in done], name="year")),
        first=first,
        last=last,
    )


def _without_hours(year: Year) -> Year:
    """Let the hours go: twenty years of them are not needed at once."""
    return Year(
        year.year, year.modes, year.operation_dkk, year.demand_mwh, year.gap, pd.DataFrame(), year.end
    )


def _finished(
    number: int,
    problem: Problem,
    solution: Solution,
    index: pd.DatetimeIndex | None,
    cold: NDArray[np.bool_] | None,
    factors: dict[str, Hourly],
) -> Year:
    """Sum a solved year."""
    told = tell(problem, solution, index)
    return Year(
        year=number,
        modes=_modes(problem, told, cold, factors),
        operation_dkk=float(solution.objective_dkk),
        demand_mwh=float(problem.demand_mw.sum()),
        gap=float(solution.gap),
        hourly=told.hourly,
        end=_end(solution),
    )


def _modes(
    problem: Problem, told: Result, cold: NDArray[np.bool_] | None, factors: dict[str, Hourly]
) -> pd.DataFrame:
    """Add to each mode its fuel, what it used in the cold hours, the water it cooled and its CO2."""
    hours = np.zeros(problem.hours, dtype=bool) if cold is None else cold
    table = told.modes.copy()
    table.insert(1, "fuel", [mode.fuel for mode in problem.modes])
    used = {
        mode.name: told.solution.throughput_mw[mode.name].to_numpy()
        * np.broadcast_to(np.asarray(mode.electricity_mwh, float), problem.hours)
        for mode in problem.modes
    }
    table["cold_electricity_mwh"] = [float(used[mode.name][hours].sum()) for mode in problem.modes]
    table["co2_tonne"] = [
        float((told.solution.throughput_mw[name].to_numpy() * np.asarray(factor)).sum()) / 1000.0
        for name, factor in factors.items()
    ]
    table["cooled_m3"] = [_cooled_m3(problem, told, mode.name) for mode in problem.modes]
    return table


def _cooled_m3(problem: Problem, told: Result, name: str) -> float:
    """Water that a mode moved from a warm to a cold layer. [m3]."""
    mode = next(mode for mode in problem.modes if mode.name == name)
    throughput = told.solution.throughput_mw[name].to_numpy()
    volumes = [
        (throughput * np.asarray(s.heat_mwh)).sum() * problem.volume_m3_per_mwh(s.from_c, s.to_c)
        for s in mode.streams
        if s.to_c < s.from_c
    ]
    return float(sum(volumes))


def _totals(year: Year) -> dict[str, float]:
    return {
        "operation_dkk": year.operation_dkk,
        "demand_mwh": year.demand_mwh,
        "electricity_mwh": float(year.modes["electricity_mwh"].sum()),
        "fuel_mwh": float(year.modes["fuel_mwh"].sum()),
        "co2_tonne": float(year.modes["co2_tonne"].sum()),
        "gap": year.gap,
    }


def _end(solution: Solution) -> tuple[NDArray[np.int8], NDArray[np.int8]] | None:
    """Turn where the solver ended into numbers that can be kept."""
    if solution.basis is None:
        return None
    columns, rows = (
        np.fromiter((status.value for status in statuses), np.int8)
        for statuses in (solution.basis.col_status, solution.basis.row_status)
    )
    return columns, rows


def _restored(year: Year) -> Solution | None:
    """Give a start from what was kept of a year."""
    if year.end is None:
        return None
    basis = highspy.HighsBasis()
    basis.col_status, basis.row_status = (
        [highspy.HighsBasisStatus(int(value)) for value in part] for part in year.end
    )
    basis.valid, basis.alien = True, False
    return Solution(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), np.array([]), 0.0, basis=basis)
