"""Where most outcomes lie: a bar from the 10 to the 90 % percentile with the middle outcome as a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from screening.figures.canvas import INK, MUTED, Frame, finish_value_axis, render, row_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["percentile_bars"]

_ENDS = ("p10", "p50", "p90")


def percentile_bars(
    table: pd.DataFrame, frame: Frame, *, colours: Sequence[str], gain_loss: tuple[str, str] | None = None
) -> str:
    """Draw for each row the stretch of eight outcomes in ten, with its ends and its middle in numbers.

    Parameters
    ----------
    table
        Columns p10, p50 and p90 by label. [unit of the axis]
    frame
        Title, description, axis.
    colours
        One per row.
    gain_loss
        Colours above and below zero instead; zero is then drawn and always in sight.

    Returns
    -------
    str
        HTML.
    """
    ends = table[list(_ENDS)].to_numpy(float)

    def draw(ax: Axes, narrow: bool) -> None:
        for row, (low, middle, high) in enumerate(ends):
            for left, right, colour in _pieces(low, high, colours[row], gain_loss):
                ax.barh(row, right - left, left=left, height=0.3, color=colour, alpha=0.55, linewidth=0)
            ax.plot([middle], [row], "o", color=INK, markersize=7, markeredgecolor="white", zorder=3)
            _numbers(ax, row, (low, middle, high), frame, narrow=narrow)
        every = np.append(ends.ravel(), 0.0) if gain_loss else ends.ravel()
        reach = float(np.ptp(every)) or abs(float(every[0])) or 1.0
        room = 0.26 if narrow else 0.13
        ax.set_xlim(every.min() - room * reach, every.max() + room * reach)
        if gain_loss:
            ax.axvline(0, color=MUTED, linewidth=1.1, linestyle=(0, (3, 2)))
        row_labels(ax, [str(label) for label in table.index], narrow=narrow)
        bottom, top = ax.get_ylim()
        ax.set_ylim(bottom, top - 0.12)  # room for the number over the first row
        finish_value_axis(ax, frame, narrow=narrow)

    return render(frame, draw, 0.75 + 0.55 * len(table), 0.95 + 0.74 * len(table))


def _pieces(
    low: float, high: float, colour: str, gain_loss: tuple[str, str] | None
) -> list[tuple[float, float, str]]:
    """Cut a stretch at zero where gains and losses have a colour each."""
    if gain_loss is None:
        return [(low, high, colour)]
    middle = min(max(0.0, low), high)
    return [(low, middle, gain_loss[1]), (middle, high, gain_loss[0])]


def _numbers(ax: Axes, row: int, ends: tuple[float, float, float], frame: Frame, *, narrow: bool) -> None:
    low, middle, high = ends
    # The row's name stands above the bar where the space is narrow.
    below = ((0, -8), "center", "top", 9.5)
    above = ((0, 8), "center", "bottom", 9.5)
    for value, offset, side, level, size in (
        (low, (-5, 0), "right", "center", 8.5),
        (high, (5, 0), "left", "center", 8.5),
        (middle, *(below if narrow else above)),
    ):
        number = ax.annotate(
            frame.label(value),
            (value, row),
            xytext=offset,
            textcoords="offset points",
            ha=side,
            va=level,
            fontsize=size,
            color=INK if level != "center" else MUTED,
        )
        number.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.8})
