"""Which assumptions change the answer: one at a time, from its low to its high value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.economics.doubts import PARAMETERS, at_positions, is_table, ranged
from screening.economics.evaluate import evaluate
from screening.economics.inputs import customers, read_key_figures
from screening.economics.verdict import screen_areas

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["PARAMETERS", "sensitivity"]

_CASES = ("low", "high")
_SIGN = {"low": -1.0, "high": 1.0}


def sensitivity(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Screen every area again with each doubtful assumption at the ends of its range.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set; a parameter without low and high value is left out.

    Returns
    -------
    pandas.DataFrame
        area, parameter, case ("low" or "high"), value (unit of the parameter; missing for a table, whose
        rows move together), change_share (of the value, of a table's sum; missing where the value is 0),
        the user prices, the two NPVs, is_viable, flips (whether the verdict differs from the base). A
        price of energy takes with it what users and the plant pay for it.
    """
    areas = read_key_figures(key_figures, assumptions)
    served = areas[areas["is_served"]]
    cases = [
        (name, case)
        for name in ranged(assumptions, PARAMETERS)
        for case, end in zip(_CASES, assumptions.ends(name)[::2], strict=True)
        if (end != assumptions.ends(name)[1]).any()
    ]
    base = screen_areas(key_figures, assumptions)
    places = {
        name: np.array([_SIGN[case] if name == own else 0.0 for own, case in cases])
        for name in dict.fromkeys(name for name, _ in cases)
    }
    # Every case is a draw that moves one parameter.
    draws = at_positions(assumptions, places)
    found = evaluate(customers(served, draws), draws, needs_minimum=False)
    shape = (len(cases), len(served))
    columns = {
        **{
            f"user_price_{name}_dkk_per_year": found.prices[name]
            for name in ("district_heating", "heat_pump", "gas")
        },
        "npv_project_dkk": found.npv_project_dkk,
        "npv_alternative_dkk": found.npv_alternative_dkk,
        "is_viable": found.is_viable,
    }
    index = pd.MultiIndex.from_tuples(
        [(*case, area) for case in cases for area in served.index], names=["parameter", "case", "area"]
    )
    table = pd.DataFrame(
        {name: np.broadcast_to(values, shape).reshape(-1) for name, values in columns.items()}, index=index
    )
    whole = pd.MultiIndex.from_tuples(
        [(*case, area) for case in cases for area in areas.index], names=index.names
    )
    table = table.reindex(whole)
    table["is_viable"] = table["is_viable"].eq(True)
    table["flips"] = table["is_viable"].to_numpy() != np.tile(base["is_viable"].to_numpy(), len(cases))
    ends = pd.DataFrame([_end(assumptions, *case) for case in cases], columns=["value", "change_share"])
    table[["value", "change_share"]] = ends.to_numpy().repeat(len(areas), axis=0)
    table = table.reset_index()
    return table[["area", "parameter", "case", "value", "change_share", *columns, "flips"]]


def _end(assumptions: Assumptions, name: str, case: str) -> tuple[float, float]:
    low, value, high = assumptions.ends(name)
    end = low if case == "low" else high
    change = float(end.sum() / value.sum() - 1.0) if value.sum() else float("nan")
    return (float("nan") if is_table(assumptions, name) else float(end[0])), change
