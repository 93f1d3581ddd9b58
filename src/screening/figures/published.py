"""Published numbers beside computed ones: a row each, the two as points on a logarithmic axis."""

from __future__ import annotations

import re
import textwrap
from html import escape, unescape
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedLocator, NullLocator

from screening.figures.canvas import GRID, INK, MUTED, Frame, render, row_labels, row_lines, tick_form

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["published_beside_computed", "stand_alone"]

_ROOM = (0.03, 0.0, 0.97, 1.0)  # left free for names in a wider typeface, outside the report's pages
_DASHES = ((4, 2), (1, 1.5))  # of the limits, one after the other
_LINE_PT, _CHARACTER_PT = 12.0, 4.45  # height of a line of a heading, width of its letters in the mean
_MARKS = (1.0, 2.0, 5.0)  # of each decade along the axis


def published_beside_computed(
    table: pd.DataFrame,
    frame: Frame,
    *,
    names: tuple[str, str],
    colour: str,
    lines: Mapping[str, float] | None = None,
) -> str:
    """Draw each pair as an open and a filled point, with the deviation at the right.

    Parameters
    ----------
    table
        Columns published and computed by label, all above zero; the order is kept. [unit of the axis]
    frame
        Title, description, axis.
    names
        What the published and the computed number are called.
    colour
        Of the computed points.
    lines
        Published limits drawn across all rows, by name. [unit of the axis]

    Returns
    -------
    str
        HTML.
    """
    published, computed = (table[name].to_numpy(float) for name in ("published", "computed"))
    labels, limits = [str(label) for label in table.index], dict(lines or {})
    rows = np.arange(len(labels))
    every = np.concatenate([published, computed, list(limits.values())])

    def draw(ax: Axes, narrow: bool) -> None:
        ax.set_xscale("log")
        ax.set_xlim(every.min() / 1.12, every.max() * (2.3 if narrow else 1.5))
        row_labels(ax, labels, narrow=narrow)
        figure = ax.get_figure(root=True)
        engine = figure.get_layout_engine() if figure else None
        if isinstance(engine, ConstrainedLayoutEngine) and not narrow:
            engine.set(rect=_ROOM)
        for place, (name, limit) in enumerate(limits.items()):
            dash = (0, _DASHES[place % len(_DASHES)])
            ax.axvline(limit, color=MUTED, linewidth=1.1, linestyle=dash, label=name, zorder=1)
        ax.hlines(rows, published, computed, color=colour, linewidth=2.2, alpha=0.55, zorder=2)
        ax.scatter(published, rows, s=44, facecolor="white", edgecolor=INK, zorder=3, label=names[0])
        ax.scatter(computed, rows, s=26, color=colour, zorder=4, label=names[1])
        for row, share in enumerate(computed / published - 1.0):
            told = f"{frame.write(100.0 * share, 1)} %".removeprefix("-0.0").removeprefix("-0,0")
            side = ax.get_yaxis_transform()
            ax.annotate(
                f"+{told}" if share > 0 else told,
                (1.0, row),
                xycoords=side,
                va="center",
                ha="right",
                fontsize=9,
            )
        _finish(ax, frame, narrow=narrow)

    height = 0.75 + 0.3 * len(labels)
    return render(frame, draw, height, 0.9 + (0.34 + 0.12 * row_lines(labels)) * len(labels))


def stand_alone(html: str, *, headed: bool = False) -> str:
    """Take the wide drawing out of a figure as an SVG file of its own, on white.

    Parameters
    ----------
    html
        What a function of this package gives.
    headed
        Whether its title and description stand above it, where no page does so.

    Returns
    -------
    str
        The content of an .svg file; its text falls back on any sans-serif typeface.
    """
    svg = html[html.index("<svg") : html.index("</svg>") + len("</svg>")]
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', sans-serif")
    svg = svg.replace("<desc", '<rect width="100%" height="100%" fill="white"/><desc', 1)
    svg = _headed(svg) if headed else svg
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE) + "\n"


def _headed(svg: str) -> str:
    """Write title and description above the drawing, in room of their own."""
    title, told = (re.search(f"<{tag} [^>]*>(.*?)</{tag}>", svg, re.DOTALL) for tag in ("title", "desc"))
    box = re.search(r'viewBox="0 0 (\S+) (\S+)"', svg)
    if title is None or told is None or box is None:
        return svg
    width, height = map(float, box.groups())
    lines = [escape(line) for line in textwrap.wrap(unescape(told.group(1)), int(width / _CHARACTER_PT))]
    room = 2 * _LINE_PT + _LINE_PT * len(lines)
    style = "font-family: 'Inter', 'DejaVu Sans', sans-serif"
    text = f'<text x="6" y="{18 - room:g}" style="{style}; font-size: 11px; font-weight: 600" fill="{INK}">'
    head = f"{text}{title.group(1)}</text>"
    for number, line in enumerate(lines, start=1):
        place = 20 - room + _LINE_PT * number
        head += f'<text x="6" y="{place:g}" style="{style}; font-size: 8.5px" fill="{MUTED}">{line}</text>'
    svg = svg.replace(box.group(), f'viewBox="0 {-room:g} {width:g} {height + room:g}"', 1)
    svg = svg.replace('<rect width="100%"', f'<rect y="{-room:g}" width="100%"', 1)
    return svg.replace("</svg>", f"{head}</svg>")


def _finish(ax: Axes, frame: Frame, *, narrow: bool) -> None:
    low, high = ax.get_xlim()
    decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    marks = np.outer(decades, _MARKS[:1] if narrow and high / low > 50 else _MARKS).ravel()
    ax.xaxis.set_major_locator(FixedLocator(marks[(marks >= low) & (marks <= high)].tolist()))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(tick_form(frame))
    ax.set_xlabel(frame.axis)
    ax.grid(axis="x", color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=2 if narrow else 4,
        borderaxespad=0.2,
        handletextpad=0.5,
        columnspacing=1.4,
    )
