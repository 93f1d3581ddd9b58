"""Two or more measures of every row on one line: points, with a bar or a stem behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from screening.figures.canvas import GRID, MUTED, Frame, finish_value_axis, render, row_labels, row_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["dot_rows"]

_MARKS = ("o", "D", "s", "^")


def dot_rows(
    table: pd.DataFrame,
    frame: Frame,
    *,
    colours: Sequence[str],
    limits: tuple[float, float],
    bar: pd.Series | None = None,
    bar_colour: str = GRID,
) -> str:
    """Draw a point per column on every row.

    Parameters
    ----------
    table
        Rows by label, columns by what the points are called. [unit of the axis]
    frame
        Title, description, axis.
    colours
        One per column.
    limits
        Ends of the axis. [unit of the axis]
    bar
        Named series of the same index, drawn as a bar; without it each row has a stem from zero to its
        points. [unit of the axis]
    bar_colour
        Colour of the bars.

    Returns
    -------
    str
        HTML.
    """
    labels = [str(label) for label in table.index]
    rows = np.arange(len(labels))

    def draw(ax: Axes, narrow: bool) -> None:
        values = table.to_numpy(float)
        if bar is None:
            ends = np.column_stack([values, np.zeros(len(values))])
            ax.hlines(rows, ends.min(axis=1), ends.max(axis=1), color=GRID, linewidth=3)
            ax.axvline(0, color=MUTED, linewidth=0.9)
        else:
            ax.barh(
                rows, bar.to_numpy(float), height=0.5 if narrow else 0.62, color=bar_colour, label=bar.name
            )
        for column, colour, mark in zip(range(values.shape[1]), colours, _MARKS, strict=False):
            ax.plot(
                values[:, column],
                rows,
                mark,
                color=colour,
                markersize=7 if mark == "o" else 5.5,
                markeredgecolor="white",
                markeredgewidth=0.8,
                label=str(table.columns[column]),
                clip_on=False,
                zorder=3,
            )
        row_labels(ax, labels, narrow=narrow)
        finish_value_axis(ax, frame, narrow=narrow)
        ax.set_xlim(*limits)
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=1 if narrow and bar is not None else 3,
            borderaxespad=0.2,
            handlelength=1.0,
            handleheight=1.0,
            columnspacing=1.4,
            handletextpad=0.5,
        )

    row_in = 0.3 + 0.16 * row_lines(labels)
    above = 0.95 if bar is None else 1.35
    return render(frame, draw, 0.95 + 0.3 * len(rows), above + row_in * len(rows))
