"""Where the answer turns: the value of each assumption at which Ja becomes Nej, or Nej becomes Ja."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.economics.doubts import PARAMETERS, is_table, ranged, scaled
from screening.economics.evaluate import evaluate
from screening.economics.inputs import customers, read_key_figures

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["break_even"]

FloatArray = npt.NDArray[np.float64]

_GRID = 25  # values tried on each side before the turn is closed in
_HALVINGS = 14  # of the step between them: a ten-thousandth of it
_TOGETHER = 16  # areas worked on at once
_REACH = 4.0  # a value is tried from a quarter of itself to four times itself
_COLUMNS = ["area", "parameter", "is_viable", "direction", "value", "change_share", "is_within_range"]


def break_even(
    key_figures: pd.DataFrame, assumptions: Assumptions, parameters: tuple[str, ...] = PARAMETERS
) -> pd.DataFrame:
    """Find for every area and assumption the nearest value at which the verdict turns, all else unchanged.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.
    parameters
        Assumptions to move; those without a range are left out.

    Returns
    -------
    pandas.DataFrame
        area, parameter, is_viable (the verdict now), direction ("at_least": Ja from the value up, "at_most":
        Ja up to the value, "none": the verdict does not turn between a quarter and four times the value,
        within what the assumption allows), value (unit of the parameter; of a table, whose rows move
        together, missing), change_share (from the value now; of a table of all its rows), is_within_range
        (whether the turn lies within the range of doubt). Areas without customers have no rows.

    Notes
    -----
    Each parameter is tried on a grid and the turn nearest to the value closed in by halving, all areas and
    parameters at once. A verdict that turns and turns back between two grid values is not seen.
    """
    areas = read_key_figures(key_figures, assumptions)
    served = areas[areas["is_served"]]
    names = ranged(assumptions, parameters)
    if served.empty or not names:
        return pd.DataFrame(columns=_COLUMNS)
    parts = [
        _turns(served.iloc[first : first + _TOGETHER], assumptions, names)
        for first in range(0, len(served), _TOGETHER)
    ]
    return pd.concat(parts, ignore_index=True)[_COLUMNS]


def _turns(served: pd.DataFrame, assumptions: Assumptions, names: list[str]) -> pd.DataFrame:
    """Find the turns of all parameters in some areas; arrays are (parameter, area) below."""
    reach = np.array([_reach(assumptions, name) for name in names])
    base, low, high = (column[:, None] for column in reach.T)
    rising = np.linspace(0.0, 1.0, _GRID)
    grid = np.concatenate([low + (base - low) * rising, base + (high - base) * rising[1:]], axis=1)
    viable = _viable(served, assumptions, names, grid)  # parameter x value x area
    now = viable[0, _GRID - 1]
    start, end, is_up = _nearest(grid, viable)
    found = ~np.isnan(start)
    inside, outside = np.where(found, start, base), np.where(found, end, base)
    each = np.arange(len(served))
    for _ in range(_HALVINGS if found.any() else 0):
        middle = 0.5 * (inside + outside)
        # Every area is asked with the values of all, and its own answer taken.
        same = _viable(served, assumptions, names, middle)[:, each, each] == now
        inside, outside = np.where(same, middle, inside), np.where(same, outside, middle)
    value = np.where(found, np.where(now, inside, outside), np.nan)
    tables = np.array([is_table(assumptions, name) for name in names])[:, None]
    ends = np.array([[end.sum() for end in assumptions.ends(name)] for name in names])
    lowest, whole, highest = (column[:, None] for column in ends.T)
    told = np.where(tables, value * whole, value)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(base != 0.0, value / base - 1.0, np.nan)
    columns = {
        "is_viable": np.broadcast_to(now, value.shape),
        "direction": np.where(found, np.where(is_up == now, "at_most", "at_least"), "none"),
        "value": np.where(tables, np.nan, value),
        "change_share": change,
        "is_within_range": (told >= lowest) & (told <= highest),
    }
    index: list[pd.Index] = [served.index, pd.Index(names)]
    table = pd.DataFrame(
        {name: values.T.reshape(-1) for name, values in columns.items()},
        index=pd.MultiIndex.from_product(index, names=["area", "parameter"]),
    )
    return table.reset_index()


def _viable(
    served: pd.DataFrame, assumptions: Assumptions, names: list[str], values: FloatArray
) -> npt.NDArray[np.bool_]:
    """Verdict with every value of every parameter, all others at their own: parameter x value x area."""
    count, tried = values.shape
    moved = {}
    for row, name in enumerate(names):
        whole = np.full(values.shape, _reach(assumptions, name)[0])
        whole[row] = values[row]
        moved[name] = whole.reshape(-1)
    draws = scaled(assumptions, moved)
    found = evaluate(customers(served, draws), draws, needs_minimum=False).is_viable
    return np.broadcast_to(found, (count * tried, len(served))).reshape(count, tried, len(served))


def _nearest(
    grid: FloatArray, viable: npt.NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """Last value with the verdict of now and first with the other, on the nearer side; missing if none."""
    middle = _GRID - 1
    differs = viable != viable[:, middle : middle + 1]
    up, down = differs[:, middle:], differs[:, middle::-1]
    far = grid.shape[1]
    steps_up = np.where(up.any(axis=1), up.argmax(axis=1), far)
    steps_down = np.where(down.any(axis=1), down.argmax(axis=1), far)
    # A step down is not as long as a step up.
    base, low, high = (grid[:, place][:, None] for place in (middle, 0, -1))
    far_up, far_down = (
        np.where(steps < far, steps * np.abs(end - base), np.inf)
        for steps, end in ((steps_up, high), (steps_down, low))
    )
    is_up = far_up <= far_down
    steps, sign = np.where(is_up, steps_up, steps_down), np.where(is_up, 1, -1)
    last, first = (
        np.take_along_axis(grid, np.clip(middle + sign * place, 0, far - 1), axis=1)
        for place in (steps - 1, steps)
    )
    return np.where(steps < far, last, np.nan), np.where(steps < far, first, np.nan), is_up


def _reach(assumptions: Assumptions, name: str) -> tuple[float, float, float]:
    """Value and the ends between which it is tried: a factor for a table."""
    parameter = assumptions.parameter(name)
    if is_table(assumptions, name):
        return 1.0, 1.0 / _REACH, _REACH
    low, value, high = (float(ends[0]) for ends in assumptions.ends(name))
    least = max(min(low, value / _REACH), parameter.minimum)
    return value, least, min(max(high, value * _REACH), parameter.maximum)
