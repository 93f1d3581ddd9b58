"""Which heat pump and which tank cost least a year: capital and operation together.

Sizes, heat and prices all grow in proportion to the plant, so that the cheapest shares are the same for every
area of an assumption set: they are looked for once, on a plant of 1 MW.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.finance import annuity_factor
from screening.local_plants.plant import Shares, run
from screening.operation import PlantShortageError
from screening.supply import grid_connection_price

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from screening.local_plants.conditions import Conditions
    from screening.local_plants.plant import Ran

    FloatArray = NDArray[np.float64]

__all__ = ["HEAT_PUMPS", "TANKS", "capital_dkk_per_year", "cheapest", "investment_dkk", "search"]

_KW_PER_MW = 1000.0
# Where the search begins: output of the heat pump over capacity [1], tank over capacity [m3/MW].
HEAT_PUMPS = (0.3, 0.45, 0.6, 0.75, 0.9)
TANKS = (25.0, 50.0, 100.0, 200.0, 400.0)
_STEP, _SMALLEST_STEP = 0.08, 0.015  # of the heat pump's share
_FACTOR = 1.5  # between neighbouring tanks, refined alongside
_LEAST_TANK = 1.0  # [m3/MW]


def investment_dkk(shares: Shares, met: Conditions) -> dict[str, float]:
    """Price a plant of 1 MW by its parts.

    Parameters
    ----------
    shares
        Its sizes.
    met
        Gives the assumptions.

    Returns
    -------
    dict
        heat_pump, boiler, tank and grid_connection, without VAT. [DKK per MW of capacity]
    """
    a, heat_pump, boiler = met.assumptions, shares.heat_pump * _KW_PER_MW, shares.boiler * _KW_PER_MW
    return {
        "heat_pump": heat_pump * a.local_plant_heat_pump_dkk_per_kw,
        "boiler": boiler * a.local_plant_electric_boiler_dkk_per_kw,
        "tank": shares.tank_m3 * a.local_plant_tank_dkk_per_m3,
        "grid_connection": float(grid_connection_price(heat_pump, boiler, a)),
    }


def capital_dkk_per_year(invested: dict[str, float], met: Conditions) -> float:
    """Turn an investment into equal payments over each part's technical life.

    Parameters
    ----------
    invested
        As ``investment_dkk``.
    met
        Gives the assumptions: the company's loan rate, lifetimes.

    Returns
    -------
    float
        Per year. [DKK/year]
    """
    a = met.assumptions
    lives = a.lookup("technical_lifetime_years")
    years = {
        "heat_pump": lives["plant"],
        "boiler": lives["plant"],
        "tank": a.local_plant_tank_lifetime_years,
        "grid_connection": lives["grid_connection"],
    }
    return sum(float(annuity_factor(a.loan_rate, years[part]) * price) for part, price in invested.items())


def search(
    met: Conditions,
    price: FloatArray,
    *,
    heat_pumps: Sequence[float] = HEAT_PUMPS,
    tanks: Sequence[float] = TANKS,
) -> pd.DataFrame:
    """Look for the sizes of the lowest yearly cost: a grid, then ever smaller steps from its best.

    Parameters
    ----------
    met
        Weather, demand and assumptions.
    price
        Of electricity by hour, all in. [DKK/MWh]
    heat_pumps
        Shares of the grid. [1]
    tanks
        Tanks of the grid. [m3/MW]

    Returns
    -------
    pandas.DataFrame
        One row per size tried, per MW of capacity: heat_pump_share, boiler_share [1], tank_m3,
        investment_dkk, capital_dkk_per_year, operation_dkk_per_year, yearly_dkk; ``is_grid``, and
        ``is_best`` for one. Sizes that cannot meet the demand cost infinitely much.

    Notes
    -----
    Boiler and heat pump together always give the whole capacity at the design temperature, so that no size is
    cheaper because it is less safe. The cost is convex in both sizes; each size starts from the hours of its
    neighbour.
    """
    tried = _Tried(met, price)
    for number, heat_pump in enumerate(heat_pumps):
        for tank in tanks if number % 2 == 0 else reversed(tanks):  # back and forth: each beside the last
            tried.cost(heat_pump, tank)
    grid_count = len(tried.rows)
    step = _STEP
    best = tried.best
    while step > _SMALLEST_STEP:
        factor = _FACTOR ** (step / _STEP)
        for heat_pump, tank in _round(best, step, factor):
            tried.cost(heat_pump, tank)
        better = tried.best
        step, best = (step / 2, best) if better == best else (step, better)
    table = pd.DataFrame(tried.rows)
    table["is_grid"] = np.arange(len(table)) < grid_count
    table["is_best"] = np.arange(len(table)) == int(table["yearly_dkk"].to_numpy().argmin())
    return table


def cheapest(table: pd.DataFrame) -> pd.Series:
    """Give the best row of ``search``."""
    return pd.Series(table[table["is_best"]].iloc[0])


@dataclass
class _Tried:
    """Sizes tried so far."""

    met: Conditions
    price: FloatArray

    def __post_init__(self) -> None:
        self.rows: list[dict[str, float]] = []
        self._known: set[tuple[float, float]] = set()
        self._last: Ran | None = None

    def cost(self, heat_pump: float, tank: float) -> None:
        """Price a size, once."""
        key = (round(heat_pump, 4), round(tank, 2))
        if key in self._known:
            return
        self._known.add(key)
        shares = Shares(key[0], max(1.0 - key[0], 0.0), key[1])
        try:
            self._last = run(shares, self.met, self.price, like=self._last, is_other_size=True)
            operation = self._last.cost_dkk * self.met.per_year
        except PlantShortageError:
            operation = np.inf
        invested = investment_dkk(shares, self.met)
        capital = capital_dkk_per_year(invested, self.met)
        self.rows.append(
            {
                "heat_pump_share": shares.heat_pump,
                "boiler_share": shares.boiler,
                "tank_m3": shares.tank_m3,
                "investment_dkk": sum(invested.values()),
                "capital_dkk_per_year": capital,
                "operation_dkk_per_year": operation,
                "yearly_dkk": capital + operation,
            }
        )

    @property
    def best(self) -> tuple[float, float]:
        """Heat pump and tank of the lowest cost so far; the first of equal ones."""
        costs = [row["yearly_dkk"] for row in self.rows]
        row = self.rows[int(np.argmin(np.round(costs, 6)))]
        return row["heat_pump_share"], row["tank_m3"]


def _round(best: tuple[float, float], step: float, factor: float) -> Iterator[tuple[float, float]]:
    """Give the neighbours of a size."""
    heat_pump, tank = best
    for more in (-step, 0.0, step):
        for times in (1 / factor, 1.0, factor):
            beside = min(max(heat_pump + more, step), 1.0), max(tank * times, _LEAST_TANK)
            if beside != best:
                yield beside
