"""A plant's year: build and solve, ours against bare HiGHS, scipy, PyPSA and oemof.solph in one run.

Plain: the shipped small town (heat pump, two boilers, a tank of two layers, here without loss). Layered:
the published plant with internal operation of its heat pump and extra condensation, three layers. "As first
written" is the layered year hour after hour with a column for every quantity: the heat and the water of
every stream, all layers, and their sum as a row. "Bare HiGHS" is handed our own matrix, with the solver's
own settings. Every way must reach the same optimum to 1e-6. The ways take turns; the best of each counts.
PyPSA and oemof.solph run in an environment of their own (`make test` sets up .venv-peers), their imports
not counted. On an idle machine:

    .venv/bin/python benchmarks/dispatch.py [--runs 3] [--peers .venv-peers/bin/python] [--solar]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from screening.operation import load_plant, problem_of, solve
from screening.operation.matrix import Matrix, build

if TYPE_CHECKING:
    from collections.abc import Callable

    from screening.operation import Problem

SCRIPT = Path(__file__).parents[1] / "tests" / "operation_peers.py"
EQUAL = 1e-6


def bare_highs(program: Matrix) -> float:
    """Hand a program to HiGHS with its own settings."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.cost), len(program.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = program.rows.indptr, program.rows.indices
    lp.a_matrix_.value_ = program.rows.data
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(lp)
    solver.run()
    return float(solver.getInfo().objective_function_value)


def by_scipy(program: Matrix) -> float:
    """Hand a program to scipy."""
    equal = program.row_lower == program.row_upper
    rows = program.rows
    found = linprog(
        program.cost,
        A_ub=rows[~equal],
        b_ub=program.row_upper[~equal],
        A_eq=rows[equal],
        b_eq=program.row_upper[equal],
        bounds=np.column_stack([program.lower, program.upper]),
        method="highs",
    )
    return float(found.fun)


class Written:
    """A program written down quantity by quantity."""

    def __init__(self, hours: int) -> None:
        self.hours, self.hour = hours, np.arange(hours)
        self.cost, self.lower, self.upper = [], [], []
        self.parts, self.low, self.high = [], [], []

    def column(self, cost: object = 0.0, upper: object = np.inf) -> int:
        """Add a quantity of every hour."""
        for kept, value in ((self.cost, cost), (self.lower, 0.0), (self.upper, upper)):
            kept.append(np.broadcast_to(np.asarray(value, float), self.hours).copy())
        return len(self.cost) - 1

    def row(self, terms: list[tuple[int, object, int]], low: object, high: object) -> None:
        """Add a row for every hour: quantity, factor, and how many hours earlier it stands."""
        number = len(self.low)
        for column, factor, earlier in terms:
            values = np.broadcast_to(np.asarray(factor, float), self.hours)[earlier:]
            rows = number * self.hours + self.hour[earlier:]
            self.parts.append((rows, column * self.hours + self.hour[: self.hours - earlier], values))
        self.low.append(np.broadcast_to(np.asarray(low, float), self.hours))
        self.high.append(np.broadcast_to(np.asarray(high, float), self.hours))

    def program(self) -> Matrix:
        """Give it as a matrix."""
        rows, columns, values = (np.concatenate(part) for part in zip(*self.parts, strict=True))
        wide, high = len(self.cost), len(self.low)
        columns = columns % self.hours * wide + columns // self.hours  # hour after hour
        rows = rows % self.hours * high + rows // self.hours
        matrix = sparse.csr_matrix((values, (rows, columns)), shape=(high * self.hours, wide * self.hours))
        bounds = [np.stack(p, axis=1).ravel() for p in (self.cost, self.lower, self.upper)]
        limits = [np.stack(p, axis=1).ravel() for p in (self.low, self.high)]
        return Matrix(*bounds, matrix, *limits, 0, 0, [], 1.0)


def first_written(problem: Problem) -> Matrix:
    """Write every heat, every flow and every layer as a quantity of its own."""
    paper, tank = Written(problem.hours), problem.tank
    volume = [paper.column(upper=tank.volume_m3) for _ in tank.temperatures_c]
    into: dict[float, list[tuple[int, float, int]]] = {t: [] for t in tank.temperatures_c}

    def flow(heat: int, from_c: float, to_c: float) -> None:
        water = paper.column()
        paper.row([(water, 1.0, 0), (heat, -problem.volume_m3_per_mwh(from_c, to_c), 0)], 0.0, 0.0)
        into[to_c].append((water, -1.0, 0))
        into[from_c].append((water, 1.0, 0))

    number = {}
    for mode in problem.modes:
        number[mode.name] = paper.column(mode.cost_dkk_per_mwh, mode.maximum_mw)
        for stream in mode.streams:
            heat = paper.column()
            paper.row([(heat, 1.0, 0), (number[mode.name], -np.asarray(stream.heat_mwh), 0)], 0.0, 0.0)
            flow(heat, stream.from_c, stream.to_c)
    demand = paper.column()
    paper.row([(demand, 1.0, 0)], problem.demand_mw, problem.demand_mw)
    flow(demand, problem.supply_c, problem.return_c)
    for place, temperature in enumerate(tank.temperatures_c):
        begin = np.zeros(problem.hours)
        begin[0] = tank.start_share[place] * tank.volume_m3
        terms = [(volume[place], 1.0, 0), (volume[place], -1.0, 1), *into[temperature]]
        paper.row(terms, begin, begin)
        paper.lower[volume[place]][-1] = paper.upper[volume[place]][-1] = begin[0]
    paper.row([(column, 1.0, 0) for column in volume], tank.volume_m3, tank.volume_m3)
    for limit in problem.limits:
        paper.row([(number[n], share, 0) for n, share in limit.shares.items()], -np.inf, limit.maximum)
    return paper.program()


def peer(tool: str, python: Path, problem: Problem) -> tuple[float, float]:
    """Run another tool: seconds to build and solve, and its optimum."""
    size = problem.tank.volume_m3 / problem.volume_m3_per_mwh(problem.supply_c, problem.return_c)
    units = [
        {
            "name": mode.name,
            "maximum_mw": np.broadcast_to(np.asarray(mode.maximum_mw, float), problem.hours).tolist(),
            "cost_dkk_per_mwh": np.broadcast_to(
                np.asarray(mode.cost_dkk_per_mwh, float), problem.hours
            ).tolist(),
        }
        for mode in problem.modes
    ]
    plant = {
        "demand_mw": problem.demand_mw.tolist(),
        "tank_mwh": size,
        "start_share": problem.tank.start_share[0],
        "units": units,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plant.json"
        file.write_text(json.dumps(plant), encoding="utf-8")
        done = subprocess.run([python, SCRIPT, tool, file], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return told["seconds"], told["objective"]


def timed(work: Callable[[], float]) -> tuple[float, float]:
    """Give seconds and optimum."""
    begin = time.perf_counter()
    found = work()
    return time.perf_counter() - begin, found


def compare(title: str, ways: dict[str, Callable[[], tuple[float, float]]], runs: int) -> dict[str, float]:
    """Let the ways take turns; print the best of each."""
    best: dict[str, float] = dict.fromkeys(ways, np.inf)
    optimum: dict[str, float] = {}
    for _ in range(runs):
        for name, way in ways.items():
            seconds, found = way()
            best[name] = min(best[name], seconds)
            optimum[name] = found
    ours = next(iter(ways))
    sys.stdout.write(f"{title}: optimum {optimum[ours]:,.2f} DKK\n")
    for name, seconds in best.items():
        off = abs(optimum[name] / optimum[ours] - 1)
        told = "" if off <= EQUAL else f"  OTHER OPTIMUM, off {off:.1e}"
        sys.stdout.write(f"  {name:<52s} {seconds:8.2f} s {seconds / best[ours]:7.1f} times ours{told}\n")
    sys.stdout.flush()
    return best


def main() -> None:
    """Run all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", type=Path, default=Path(".venv-peers/bin/python"))
    parser.add_argument("--solar", action="store_true", help="also the year with a collector's minimum flow")
    given = parser.parse_args()

    plain = problem_of(load_plant("small-town"))
    plain = replace(plain, tank=replace(plain.tank, loss_share_per_hour=0.0))  # the others lose another way
    matrix = build(plain)
    ways: dict[str, Callable[[], tuple[float, float]]] = {
        "ours": lambda: timed(lambda: solve(plain).objective_dkk),
        "bare HiGHS, our matrix ready made": lambda: timed(lambda: bare_highs(matrix)),
        "scipy linprog, our matrix ready made": lambda: timed(lambda: by_scipy(matrix)),
    }
    if given.peers.is_file():
        ways["PyPSA"] = lambda: peer("pypsa", given.peers, plain)
        ways["oemof.solph"] = lambda: peer("solph", given.peers, plain)
    compare("Plain year", ways, given.runs)

    layered = problem_of(load_plant("chip-alternative"))
    known, ready = solve(layered), build(layered)
    dearer = replace(
        layered,
        modes=tuple(
            replace(m, cost_dkk_per_mwh=np.asarray(m.cost_dkk_per_mwh) + 30 * np.asarray(m.electricity_mwh))
            for m in layered.modes
        ),
    )
    compare(
        "Layered year",
        {
            "ours": lambda: timed(lambda: solve(layered).objective_dkk),
            "as first written, built and solved by HiGHS": lambda: timed(
                lambda: bare_highs(first_written(layered))
            ),
            "as first written, built and solved through scipy": lambda: timed(
                lambda: by_scipy(first_written(layered))
            ),
            "bare HiGHS, our matrix ready made": lambda: timed(lambda: bare_highs(ready)),
        },
        given.runs,
    )
    compare(
        "Layered year, electricity 30 DKK/MWh dearer",
        {
            "ours from the year before": lambda: timed(lambda: solve(dearer, start=known).objective_dkk),
            "ours from nothing": lambda: timed(lambda: solve(dearer).objective_dkk),
        },
        given.runs,
    )
    if given.solar:
        for name in ("solar-reference", "solar-alternative"):
            year = problem_of(load_plant(name))
            seconds, found = timed(lambda year=year: solve(year).objective_dkk)
            sys.stdout.write(f"{name} with minimum flow: {found:,.2f} DKK in {seconds:.1f} s\n")


if __name__ == "__main__":
    main()
