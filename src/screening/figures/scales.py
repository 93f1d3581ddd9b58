"""Upright bars over a row of steps, in parts, with a count over each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from screening.figures.canvas import GRID, INK, Frame, render, tick_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["step_bars"]


def step_bars(
    table: pd.DataFrame,
    counts: Sequence[float],
    frame: Frame,
    *,
    colours: Sequence[str],
    step_axis: str,
    marked: str,
) -> str:
    """Draw an upright bar per row made of the table's columns, and a number over each.

    Parameters
    ----------
    table
        Rows are steps in rising order, by label; columns parts, none below zero. [unit of the axis]
    counts
        The number over each bar. [1]
    frame
        Title, description, value axis.
    colours
        One per column.
    step_axis
        Name of the axis along the steps.
    marked
        Label of the step to set in bold.

    Returns
    -------
    str
        HTML.
    """
    labels = [str(label) for label in table.index]
    parts = table.to_numpy(float)
    tops = parts.sum(axis=1)
    highest = float(tops.max(initial=0.0)) or 1.0

    def draw(ax: Axes, narrow: bool) -> None:
        places = np.arange(len(labels))
        base = np.zeros(len(labels))
        for column, colour in enumerate(colours):
            ax.bar(
                places,
                parts[:, column],
                bottom=base,
                width=0.72,
                color=colour,
                label=str(table.columns[column]),
            )
            base = base + parts[:, column]
        # Every second step has room for its name on a phone, counted from the marked one.
        start = labels.index(marked) % 2 if narrow else 0
        shown = places[start :: 2 if narrow else 1]
        ax.set_xticks(shown, [labels[place] for place in shown])
        for place, name in zip(shown, ax.get_xticklabels(), strict=True):
            name.set_fontweight(600 if labels[place] == marked else 400)
            ax.annotate(
                frame.write(counts[place], 0),
                (place, tops[place]),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=9,
                color=INK,
                fontweight=600 if labels[place] == marked else 400,
            )
        ax.set_ylim(0, highest * 1.12)
        ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        ax.yaxis.set_major_formatter(tick_form(frame))
        ax.set_xlabel(step_axis)
        ax.set_ylabel(frame.axis)
        ax.grid(axis="y", color=GRID, linewidth=0.8)
        ax.set_axisbelow(True)
        ax.tick_params(length=0)
        ax.spines["left"].set_visible(False)
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=1 if narrow else len(colours),
            borderaxespad=0.2,
            handlelength=1.2,
            columnspacing=1.4,
            handletextpad=0.5,
        )

    return render(frame, draw, 3.0, 3.2)
