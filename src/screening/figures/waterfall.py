"""Steps from one amount to another: each bar begins where the one above it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from screening.figures.canvas import INK, MUTED, Frame, finish_value_axis, render, row_labels

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["waterfall"]


def waterfall(amounts: pd.Series, frame: Frame, *, totals: Collection[str], colours: tuple[str, str]) -> str:
    """Draw steps one under the other, with the totals they lead from and to.

    Parameters
    ----------
    amounts
        Changes and totals by label, in order; a total is what the rows above it add up to. [unit of the axis]
    frame
        Title, description, axis.
    totals
        Labels of the rows that are totals, drawn from zero in ink.
    colours
        Of what adds and of what takes away.

    Returns
    -------
    str
        HTML.
    """
    labels = [str(label) for label in amounts.index]
    sizes = np.nan_to_num(amounts.to_numpy(float))
    is_total = np.array([label in totals for label in labels])
    starts, ends = _ends(sizes, is_total)

    def draw(ax: Axes, narrow: bool) -> None:
        rows = np.arange(len(sizes))
        shades = [
            INK if total else colours[0] if size >= 0 else colours[1]
            for size, total in zip(sizes, is_total, strict=True)
        ]
        height = 0.42 if narrow else 0.62
        ax.barh(rows, ends - starts, left=starts, height=height, color=shades)
        for row in rows[:-1]:
            ax.plot([ends[row]] * 2, [row + height / 2, row + 1 - height / 2], color=MUTED, linewidth=0.8)
        for row in rows:
            is_known = is_total[row] or sizes[row] < 0
            sign = "" if is_known else "+"
            ax.annotate(
                sign + frame.label(float(sizes[row])),
                (max(starts[row], ends[row]), row),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
            )
        low, high = min(starts.min(), ends.min(), 0.0), max(starts.max(), ends.max(), 0.0)
        reach = (high - low) or 1.0
        ax.set_xlim(low - 0.02 * reach * (low < 0), high + reach * (0.2 if narrow else 0.12))
        ax.axvline(0, color=MUTED, linewidth=0.9)
        row_labels(ax, labels, narrow=narrow)
        finish_value_axis(ax, frame, narrow=narrow)

    return render(frame, draw, 0.55 + 0.3 * len(sizes), 0.6 + 0.46 * len(sizes))


def _ends(sizes: np.ndarray, is_total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give where each bar begins and ends."""
    starts, ends, reached = np.zeros(len(sizes)), np.zeros(len(sizes)), 0.0
    for row, size in enumerate(sizes):
        starts[row] = 0.0 if is_total[row] else reached
        ends[row] = reached = starts[row] + size
    return starts, ends
