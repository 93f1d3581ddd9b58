"""Horizontal bars: plain, stacked and to both sides of zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from screening.figures.canvas import INK, MUTED, Frame, finish_value_axis, render, row_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["diverging_bars", "plain_bars", "stacked_bars"]


def plain_bars(values: pd.Series, frame: Frame, *, colour: str) -> str:
    """Draw one bar per row with its number at the end.

    Parameters
    ----------
    values
        Amounts by label, none below zero, in the unit of the axis. [unit of the axis]
    frame
        Title, description, axis.
    colour
        Colour of the bars.

    Returns
    -------
    str
        HTML.
    """

    def draw(ax: Axes, narrow: bool) -> None:
        numbers = values.to_numpy(float)
        rows = np.arange(len(numbers))
        ax.barh(rows, numbers, height=_height(narrow), color=colour)
        _end_labels(ax, rows, numbers, frame)
        ax.set_xlim(0, _reach(numbers) * 1.14)
        _finish(ax, [str(i) for i in values.index], frame, narrow)

    return render(frame, draw, *_heights(len(values)))


def stacked_bars(table: pd.DataFrame, frame: Frame, *, colours: Sequence[str], has_total: bool = True) -> str:
    """Draw one bar per row made of the table's columns.

    Parameters
    ----------
    table
        Rows are bars, columns parts; no part is below zero. [unit of the axis]
    frame
        Title, description, axis.
    colours
        One per column.
    has_total
        Whether the sum stands at the end of the bar.

    Returns
    -------
    str
        HTML.
    """

    def draw(ax: Axes, narrow: bool) -> None:
        parts = np.nan_to_num(table.to_numpy(float))
        totals = parts.sum(axis=1)
        rows = np.arange(len(parts))
        start = np.zeros(len(parts))
        for column, colour in zip(range(parts.shape[1]), colours, strict=True):
            ax.barh(
                rows,
                parts[:, column],
                left=start,
                height=_height(narrow),
                color=colour,
                label=str(table.columns[column]),
                edgecolor="white",
                linewidth=0.8,
            )
            start = start + parts[:, column]
        if has_total:
            _end_labels(ax, rows, totals, frame)
        ax.set_xlim(0, _reach(totals) * 1.14)
        _finish(ax, [str(i) for i in table.index], frame, narrow)
        _legend(ax, narrow, table.shape[1])

    wide, narrow_height = _heights(len(table))
    return render(frame, draw, wide + 0.35, narrow_height + (0.6 if table.shape[1] > 3 else 0.35))


def diverging_bars(values: pd.Series, frame: Frame, *, colours: tuple[str, str], total: str = "") -> str:
    """Draw bars to the right of zero for gains and to the left for losses.

    Parameters
    ----------
    values
        Amounts by label; the order is kept. [unit of the axis]
    frame
        Title, description, axis.
    colours
        Of gains and of losses.
    total
        Label of the row that is the sum of the others, set in ink; empty when there is none.

    Returns
    -------
    str
        HTML.
    """

    def draw(ax: Axes, narrow: bool) -> None:
        numbers = np.nan_to_num(values.to_numpy(float))
        rows = np.arange(len(numbers))
        labels = [str(i) for i in values.index]
        shades = [
            INK if label == total else colours[0] if number >= 0 else colours[1]
            for label, number in zip(labels, numbers, strict=True)
        ]
        ax.barh(rows, numbers, height=_height(narrow), color=shades)
        _end_labels(ax, rows, numbers, frame)
        ax.axvline(0, color=MUTED, linewidth=0.9)
        low, high = min(numbers.min(), 0.0), max(numbers.max(), 0.0)
        room = ((high - low) or 1.0) * (0.17 if narrow else 0.1)
        ax.set_xlim(low - room * (low < 0), high + room * (high > 0 or low == 0))
        _finish(ax, labels, frame, narrow)

    return render(frame, draw, *_heights(len(values)))


def _height(narrow: bool) -> float:
    return 0.42 if narrow else 0.62


def _heights(count: int) -> tuple[float, float]:
    """Heights of the wide and the narrow drawing in inches for a number of bars."""
    return 0.55 + 0.3 * count, 0.6 + 0.46 * count


def _reach(numbers: np.ndarray) -> float:
    """Largest size, never zero, so that an empty axis still has a length."""
    return float(np.max(np.abs(np.nan_to_num(numbers)), initial=0.0)) or 1.0


def _end_labels(ax: Axes, rows: np.ndarray, numbers: np.ndarray, frame: Frame) -> None:
    for row, number in zip(rows, np.nan_to_num(numbers), strict=True):
        ax.annotate(
            frame.label(float(number)),
            (number, row),
            xytext=(4 if number >= 0 else -4, 0),
            textcoords="offset points",
            va="center",
            ha="left" if number >= 0 else "right",
            fontsize=9,
        )


def _finish(ax: Axes, labels: list[str], frame: Frame, narrow: bool) -> None:
    row_labels(ax, labels, narrow=narrow)
    finish_value_axis(ax, frame, narrow=narrow)


def _legend(ax: Axes, narrow: bool, count: int) -> None:
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=min(count, 2 if narrow and count > 3 else 5),
        borderaxespad=0.2,
        handlelength=1.0,
        handleheight=1.0,
        columnspacing=1.4,
        handletextpad=0.5,
    )
