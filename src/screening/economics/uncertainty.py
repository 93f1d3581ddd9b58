"""How sure the answer is: thousands of draws of all doubtful assumptions at once, for all areas at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import qmc, rankdata

from screening.economics.doubts import DRAWN, at_positions, ranged
from screening.economics.evaluate import Result, evaluate
from screening.economics.inputs import customers, read_key_figures
from screening.errors import AssumptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.assumptions import Assumptions, Draws

__all__ = ["DRAW_COUNT", "SEED", "Simulation", "draw_positions", "simulate", "uncertainty"]

FloatArray = npt.NDArray[np.float64]

DRAW_COUNT, SEED = 4096, 2022
_CELLS = 16_384  # draws x areas worked on at once: arrays that stay in the processor's cache
_OUTCOMES = (
    "user_price_dkk_per_year",
    "heat_pump_price_dkk_per_year",
    "gas_price_dkk_per_year",
    "user_saving_dkk_per_year",
    "society_gain_dkk",
)
_PERCENTILES = {"p10": 10.0, "p50": 50.0, "p90": 90.0}


@dataclass(frozen=True)
class Simulation:
    """Outcome of every draw.

    Parameters
    ----------
    areas
        All areas, in the order given.
    positions
        Column per drawn assumption, row per draw: -1 the low end of its range, 0 its value, 1 the high end.
    user_price_dkk_per_year
        Standard consumer's price of district heating, draw x area. [DKK/year]
    heat_pump_price_dkk_per_year, gas_price_dkk_per_year
        His price with a heat pump or gas instead, draw x area. [DKK/year]
    user_saving_dkk_per_year
        Against the cheaper of heat pump and gas, draw x area; missing where there are no customers.
        [DKK/year]
    society_gain_dkk
        Against the alternative, draw x area. [DKK]
    """

    areas: pd.Index
    positions: pd.DataFrame
    user_price_dkk_per_year: FloatArray
    heat_pump_price_dkk_per_year: FloatArray
    gas_price_dkk_per_year: FloatArray
    user_saving_dkk_per_year: FloatArray
    society_gain_dkk: FloatArray

    def summary(self) -> pd.DataFrame:
        """Tell probabilities and percentiles.

        Returns
        -------
        pandas.DataFrame
            Index area; draw_count; viable_probability_share, user_cheaper_probability_share,
            society_better_probability_share (0 without customers), probability_error_share (standard error
            of the first); 10, 50 and 90 % percentiles of the user's three prices, of his saving and of
            society's gain.
        """
        saves, gains = self.user_saving_dkk_per_year > 0, self.society_gain_dkk > 0
        draws = len(self.positions)
        probability = (saves & gains).mean(axis=0)
        table = pd.DataFrame(
            {
                "draw_count": draws,
                "viable_probability_share": probability,
                "user_cheaper_probability_share": saves.mean(axis=0),
                "society_better_probability_share": gains.mean(axis=0),
                "probability_error_share": np.sqrt(probability * (1.0 - probability) / draws),
            },
            index=self.areas,
        )
        outcomes = {
            "user_price_{}_dkk_per_year": self.user_price_dkk_per_year,
            "heat_pump_price_{}_dkk_per_year": self.heat_pump_price_dkk_per_year,
            "gas_price_{}_dkk_per_year": self.gas_price_dkk_per_year,
            "user_saving_{}_dkk_per_year": self.user_saving_dkk_per_year,
            "society_gain_{}_dkk": self.society_gain_dkk,
        }
        for name, values in outcomes.items():
            for word, percent in _PERCENTILES.items():
                table[name.format(word)] = np.percentile(values, percent, axis=0)
        return table

    def drivers(self) -> pd.DataFrame:
        """Tell which doubts the outcome follows: rank correlation with each drawn assumption.

        Returns
        -------
        pandas.DataFrame
            area, parameter, user_rank_correlation, society_rank_correlation (-1 to 1; above 0: a higher
            value helps local heating); areas without customers are left out.
        """
        known = ~np.isnan(self.user_saving_dkk_per_year).any(axis=0)
        places = _standard_ranks(self.positions.to_numpy(float))
        names: list[pd.Index] = [pd.Index(self.areas.to_numpy()[known]), self.positions.columns]
        index = pd.MultiIndex.from_product(names, names=["area", "parameter"])
        columns = {
            name: (_standard_ranks(values[:, known]).T @ places / len(places)).reshape(-1)
            for name, values in (
                ("user_rank_correlation", self.user_saving_dkk_per_year),
                ("society_rank_correlation", self.society_gain_dkk),
            )
        }
        return pd.DataFrame(columns, index=index).reset_index()


def uncertainty(
    key_figures: pd.DataFrame, assumptions: Assumptions, *, draw_count: int = DRAW_COUNT, seed: int = SEED
) -> pd.DataFrame:
    """Tell how probable it is that local heating beats the alternative, for the user and for society.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set, with the ranges of its rows.
    draw_count
        Number of draws. [1]
    seed
        The same seed gives the same draws. [1]

    Returns
    -------
    pandas.DataFrame
        Of ``Simulation.summary``.
    """
    return simulate(key_figures, assumptions, draw_count=draw_count, seed=seed).summary()


def simulate(
    key_figures: pd.DataFrame, assumptions: Assumptions, *, draw_count: int = DRAW_COUNT, seed: int = SEED
) -> Simulation:
    """Draw all doubtful assumptions and calculate every area with every draw.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set, with the ranges of its rows.
    draw_count
        Number of draws. [1]
    seed
        The same seed gives the same draws. [1]

    Returns
    -------
    Simulation
        The draws, the same for all areas, and what each gives.
    """
    positions = draw_positions(assumptions, draw_count, seed)
    areas = read_key_figures(key_figures, assumptions)
    served = areas[areas["is_served"]]
    outcomes = {name: np.full((draw_count, len(areas)), np.nan) for name in _OUTCOMES}
    columns = np.flatnonzero(areas["is_served"].to_numpy(bool))
    if len(columns):
        for rows, draws in _pieces(assumptions, positions, len(columns)):
            found = evaluate(customers(served, draws), draws, needs_minimum=False)
            for name, values in _outcome(found).items():
                outcomes[name][rows.start : rows.stop, columns] = values
    return Simulation(areas.index, positions, **outcomes)


def draw_positions(assumptions: Assumptions, draw_count: int, seed: int) -> pd.DataFrame:
    """Draw positions in the ranges by Latin hypercube, triangular with the value as the likeliest.

    Parameters
    ----------
    assumptions
        The set.
    draw_count
        Number of draws, at least 1. [1]
    seed
        Of the random numbers. [1]

    Returns
    -------
    pandas.DataFrame
        Column per assumption of ``DRAWN`` that has a range, row per draw. [1]
    """
    if draw_count < 1:
        raise AssumptionError(f"draw_count is {draw_count}; at least one draw is needed.")
    names = ranged(assumptions, DRAWN)
    uniform = qmc.LatinHypercube(d=max(len(names), 1), rng=seed).random(draw_count)
    return pd.DataFrame(
        {name: _triangular(uniform[:, i], *_sides(assumptions, name)) for i, name in enumerate(names)}
    )


def _pieces(assumptions: Assumptions, positions: pd.DataFrame, areas: int) -> Iterator[tuple[range, Draws]]:
    step = max(_CELLS // areas, 1)
    for first in range(0, len(positions), step):
        part = positions.iloc[first : first + step]
        yield (
            range(first, first + len(part)),
            at_positions(assumptions, {str(n): part[n].to_numpy() for n in part}),
        )


def _outcome(found: Result) -> dict[str, FloatArray]:
    return {
        "user_price_dkk_per_year": found.prices["district_heating"],
        "heat_pump_price_dkk_per_year": found.prices["heat_pump"],
        "gas_price_dkk_per_year": found.prices["gas"],
        "user_saving_dkk_per_year": found.user_saving_dkk_per_year,
        "society_gain_dkk": found.society_gain_dkk,
    }


def _sides(assumptions: Assumptions, name: str) -> tuple[float, float]:
    """How far a parameter may go down and up, of a table all rows together."""
    low, value, high = assumptions.ends(name)
    return float((value - low).sum()), float((high - value).sum())


def _triangular(uniform: FloatArray, down: float, up: float) -> FloatArray:
    """Position of a triangular draw: the mode is 0, the ends are -1 and 1."""
    mode = down / (down + up)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.sqrt(uniform / mode) - 1.0
        above = 1.0 - np.sqrt((1.0 - uniform) / (1.0 - mode))
    return np.asarray(np.where(uniform < mode, below, above), float)


def _standard_ranks(values: FloatArray) -> FloatArray:
    """Ranks by column with mean 0 and spread 1; 0 where nothing varies."""
    ranks = rankdata(values, axis=0)
    ranks = ranks - ranks.mean(axis=0)
    spread = ranks.std(axis=0)
    return np.asarray(np.divide(ranks, spread, out=np.zeros_like(ranks), where=spread > 0), float)
