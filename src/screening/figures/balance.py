"""The company's cash year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from screening.figures.canvas import GRID, INK, MUTED, Frame, render, tick_form

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["balance_line"]


def balance_line(balance: pd.Series, frame: Frame, *, year_axis: str, colours: tuple[str, str]) -> str:
    """Draw a line over the years, filled above and below zero.

    Parameters
    ----------
    balance
        Cash by year, in the unit of the axis. [unit of the axis]
    frame
        Title, description, value axis.
    year_axis
        Name of the year axis.
    colours
        Of the surface above and below zero.

    Returns
    -------
    str
        HTML.
    """

    def draw(ax: Axes, narrow: bool) -> None:
        years = balance.index.to_numpy(float)
        cash = np.nan_to_num(balance.to_numpy(float))
        above, below = colours
        ax.fill_between(
            years, cash, 0, where=cash >= 0, interpolate=True, color=above, alpha=0.35, linewidth=0
        )
        ax.fill_between(
            years, cash, 0, where=cash <= 0, interpolate=True, color=below, alpha=0.35, linewidth=0
        )
        ax.plot(years, cash, color=INK, linewidth=1.6)
        ax.axhline(0, color=MUTED, linewidth=0.9)
        lowest = int(np.argmin(cash))
        if cash[lowest] < 0:
            _point(ax, years[lowest], cash[lowest], frame, below=True)
        if lowest != len(cash) - 1:
            _point(ax, years[-1], cash[-1], frame, below=False)
        span = float(np.ptp(np.append(cash, 0.0))) or 1.0
        ax.set_ylim(min(cash.min(), 0) - 0.16 * span, max(cash.max(), 0) + 0.16 * span)
        ax.set_xlim(years[0] - 0.3, years[-1] + 0.3)
        ax.xaxis.set_major_locator(MaxNLocator(4 if narrow else 7, integer=True))
        ax.yaxis.set_major_locator(MaxNLocator(5))
        ax.yaxis.set_major_formatter(tick_form(frame))
        ax.set_xlabel(year_axis)
        ax.set_ylabel(frame.axis)
        ax.grid(axis="y", color=GRID, linewidth=0.8)
        ax.set_axisbelow(True)
        ax.tick_params(length=0)
        ax.spines["left"].set_visible(False)
        ax.spines["bottom"].set_visible(False)

    return render(frame, draw, 2.9, 2.8)


def _point(ax: Axes, year: float, amount: float, frame: Frame, *, below: bool) -> None:
    ax.plot([year], [amount], "o", color=INK, markersize=4)
    ax.annotate(
        frame.label(float(amount)),
        (year, amount),
        xytext=(0, -7 if below else 7),
        textcoords="offset points",
        ha="center" if below else "right",
        va="top" if below else "bottom",
        fontsize=9,
    )
