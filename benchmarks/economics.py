"""Monte Carlo of the economy: all draws and areas in one pass against the single-area function in a loop.

Both calculate the 15 areas of the 2022 note with the same draws of all doubtful assumptions. The loop makes
a plain assumption set of a draw and calls the economy for one area with it, in its leanest form (no checks,
no tables: key figures are read beforehand). A sample of the calls is timed, spread over draws and areas; the
numbers of every sampled call are compared with those of the pass. `screen_areas`, which a user would call,
is timed beside it. Run it on an otherwise idle machine:

    .venv/bin/python benchmarks/economics.py [--draws 10000] [--calls 600] [--set dea-2026]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from screening import assumptions as assumption_sets
from screening import sheets
from screening.economics import screen_areas, simulate
from screening.economics.doubts import at_positions
from screening.economics.evaluate import evaluate
from screening.economics.inputs import customers, read_key_figures

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

TARGET = 200.0


def key_figures() -> pd.DataFrame:
    """Table 1 of the note, as shipped for those who type one by hand."""
    with tempfile.TemporaryDirectory() as folder:
        path = sheets.write_example(Path(folder) / "table1.csv")
        return sheets.read_typed_table(path, assumption_sets.load()).key_figures


def one_by_one(
    figures: pd.DataFrame, sets: list[Assumptions], areas: list[int]
) -> tuple[float, float, list[tuple[float, float, float]]]:
    """Seconds of making the sets' single-area calls, of `screen_areas` for the same, and what they give."""
    read = [read_key_figures(figures.iloc[[area]], chosen) for chosen, area in zip(sets, areas, strict=True)]
    start = time.perf_counter()
    found = [
        evaluate(customers(table, chosen), chosen, needs_minimum=False)
        for table, chosen in zip(read, sets, strict=True)
    ]
    values = [
        (
            float(r.prices["district_heating"][0]),
            float(r.user_saving_dkk_per_year[0]),
            float(r.society_gain_dkk[0]),
        )
        for r in found
    ]
    lean = time.perf_counter() - start
    start = time.perf_counter()
    for chosen, area in zip(sets[::10], areas[::10], strict=True):
        screen_areas(figures.iloc[[area]], chosen)
    return lean, (time.perf_counter() - start) * len(sets) / len(sets[::10]), values


def main() -> None:
    """Measure both ways in one run, compare the numbers, print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--calls", type=int, default=600)
    parser.add_argument("--set", default="cowi-2022")
    options = parser.parse_args()
    base, figures = assumption_sets.load(options.set), key_figures()
    simulate(figures, base, draw_count=16)  # imports and caches are nobody's merit
    times = []
    for _ in range(3):
        start = time.perf_counter()
        found = simulate(figures, base, draw_count=options.draws)
        times.append(time.perf_counter() - start)
    ours = float(np.median(times))

    rng = np.random.default_rng(1)
    rows = rng.integers(options.draws, size=options.calls)
    areas = rng.integers(len(figures), size=options.calls).tolist()
    picked = found.positions.iloc[rows]
    draws = at_positions(base, {str(name): picked[name].to_numpy() for name in picked})
    sets = [draws.single(row) for row in range(options.calls)]
    lean, whole, values = one_by_one(figures, sets, areas)
    expected = np.array(values)
    passed = np.stack(
        [
            found.user_price_dkk_per_year[rows, areas],
            found.user_saving_dkk_per_year[rows, areas],
            found.society_gain_dkk[rows, areas],
        ],
        axis=1,
    )
    scale = np.abs(expected[:, :1]) + np.array([[1.0, 1.0, 1e4]])
    worst = float(np.max(np.abs(passed - expected) / scale))
    calls = options.draws * len(figures)
    print(f"{options.set}: {options.draws:,} draws x {len(figures)} areas, {calls:,} calculations")
    print(f"  one pass                       {ours:9.2f} s (median of 3)")
    for name, seconds in (("single-area function in a loop", lean), ("screen_areas in a loop", whole)):
        total = seconds / options.calls * calls
        print(f"  {name:30s} {total:9.0f} s (from {options.calls} calls), {total / ours:,.0f} times as long")
    print(f"  largest difference of any sampled number: {worst:.1e} of it")
    ratio = lean / options.calls * calls / ours
    if worst > 1e-9:
        raise SystemExit("The two ways do not give the same numbers.")
    print(f"  target {TARGET:g} times: {'met' if ratio >= TARGET else 'missed'}")


if __name__ == "__main__":
    main()
