"""Several amounts over the years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from screening.figures.canvas import GRID, Frame, render, tick_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["year_lines"]

_DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 1.5, 1, 1.5)))  # told apart without colour too


def year_lines(table: pd.DataFrame, frame: Frame, *, year_axis: str, colours: Sequence[str]) -> str:
    """Draw one line per column over the years, from zero up.

    Parameters
    ----------
    table
        Amounts by year (index) and name (columns), none below zero. [unit of the axis]
    frame
        Title, description, value axis.
    year_axis
        Name of the year axis.
    colours
        One per column.

    Returns
    -------
    str
        HTML.
    """

    def draw(ax: Axes, narrow: bool) -> None:
        years = table.index.to_numpy(float)
        amounts = np.nan_to_num(table.to_numpy(float))
        for column, colour in enumerate(colours):
            ax.plot(
                years,
                amounts[:, column],
                color=colour,
                linewidth=2.6 if column == 0 else 1.7,
                linestyle=_DASHES[column % len(_DASHES)],
                label=str(table.columns[column]),
            )
        ax.set_ylim(0, (float(amounts.max(initial=0.0)) or 1.0) * 1.08)
        ax.set_xlim(years[0] - 0.3, years[-1] + 0.3)
        ax.xaxis.set_major_locator(MaxNLocator(4 if narrow else 7, integer=True))
        ax.xaxis.set_major_formatter("{x:.0f}")
        ax.yaxis.set_major_locator(MaxNLocator(5))
        ax.yaxis.set_major_formatter(tick_form(frame))
        ax.set_xlabel(year_axis)
        ax.set_ylabel(frame.axis)
        ax.grid(axis="y", color=GRID, linewidth=0.8)
        ax.set_axisbelow(True)
        ax.tick_params(length=0)
        for side in ("left", "bottom"):
            ax.spines[side].set_visible(False)
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=2 if narrow else len(colours),
            borderaxespad=0.2,
            handlelength=1.9,
            columnspacing=1.4,
            handletextpad=0.5,
        )

    return render(frame, draw, 3.0, 3.2)
