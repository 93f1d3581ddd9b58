"""Years of the published three-layer plant, prices of 2025 on: from nothing, and from the year before."""

from __future__ import annotations

import argparse
import time

from screening.operation import solve
from screening.operation.plant import load_plant
from screening.operation.plant_years import official_prices
from screening.operation.units import problem_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=6)
    parser.add_argument("--plant", default="chip-alternative")
    count, name = (vars(parser.parse_args())[key] for key in ("years", "plant"))
    plant = load_plant(name)
    years = list(range(2025, 2025 + count))
    changes = official_prices(plant, years)
    problems = [problem_of(plant.changed({"year": year, **changes[year]})) for year in years]
    cold, warm, before = [], [], None
    for year, problem in zip(years, problems, strict=True):
        begun = time.process_time()
        alone = solve(problem)
        cold.append(time.process_time() - begun)
        begun = time.process_time()
        before = solve(problem, start=before)
        warm.append(time.process_time() - begun)
        off = abs(before.objective_dkk / alone.objective_dkk - 1)
        told = f"{year}: from nothing {cold[-1]:.2f} s, from the year before {warm[-1]:.2f} s"
        print(f"{told}, optima {off:.0e} apart")
    print(f"later years: {sum(cold[1:]) / sum(warm[1:]):.1f} times faster from the year before")
    print(f"{count} years: {sum(cold):.1f} s and {sum(warm):.1f} s of one processor")


if __name__ == "__main__":
    main()
