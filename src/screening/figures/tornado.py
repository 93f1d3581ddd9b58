"""How far a result moves when one assumption at a time is low or high."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Patch

from screening.figures.canvas import INK, MUTED, Frame, finish_value_axis, render, row_labels, row_lines

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["tornado"]


def tornado(
    table: pd.DataFrame,
    base: float,
    frame: Frame,
    *,
    names: tuple[str, str],
    colours: tuple[str, str],
    marked: Collection[str] = (),
) -> str:
    """Draw for each row the stretch from the low to the high case, with the base as a line.

    Parameters
    ----------
    table
        Columns low and high by label: the result in the two cases. [unit of the axis]
    base
        Result with no change. [unit of the axis]
    frame
        Title, description, axis.
    names
        What the low and the high case are called.
    colours
        Of the low and the high case.
    marked
        Labels to set in bold.

    Returns
    -------
    str
        HTML, widest stretch on top.
    """
    span = (table[["low", "high"]].max(axis=1) - table[["low", "high"]].min(axis=1)).fillna(0)
    rows = table.loc[span.sort_values(ascending=False, kind="stable").index]
    labels = [str(label) for label in rows.index]

    def draw(ax: Axes, narrow: bool) -> None:
        for case, colour in zip(("low", "high"), colours, strict=True):
            ends = np.nan_to_num(rows[case].to_numpy(float), nan=base)
            ax.barh(
                np.arange(len(rows)), ends - base, left=base, height=0.4 if narrow else 0.58, color=colour
            )
        every = np.append(np.nan_to_num(rows[["low", "high"]].to_numpy(float).ravel(), nan=base), [base, 0.0])
        reach = float(np.ptp(every)) or 1.0
        ax.set_xlim(every.min() - 0.06 * reach, every.max() + 0.06 * reach)
        ax.axvline(base, color=INK, linewidth=1.1)
        ax.axvline(0, color=MUTED, linewidth=1.1, linestyle=(0, (3, 2)))
        row_labels(ax, labels, narrow=narrow, marked=marked)
        finish_value_axis(ax, frame, narrow=narrow)
        handles = [Patch(color=colour, label=name) for colour, name in zip(colours, names, strict=True)]
        ax.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=2,
            borderaxespad=0.2,
            handlelength=1.0,
            handleheight=1.0,
        )

    row_in = 0.3 + 0.16 * row_lines(labels)
    return render(frame, draw, 0.95 + 0.36 * len(rows), 0.95 + row_in * len(rows))
