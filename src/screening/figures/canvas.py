"""From a drawing to SVG inside HTML: once for a wide page, once for a phone."""

from __future__ import annotations

import io
import re
import textwrap
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from matplotlib.axes import Axes

__all__ = [
    "GRID",
    "INK",
    "MUTED",
    "Frame",
    "embed",
    "finish_value_axis",
    "render",
    "row_labels",
    "row_lines",
    "tick_form",
]

INK, MUTED, GRID = "#1d2a33", "#55636d", "#dde3e7"

# Inches at 72 points: text of 9.5 points comes out at 12 to 13 pixels in the page's column and on a phone.
_WIDE_IN, _NARROW_IN = 7.4, 3.55

_WIDE_CHARACTERS, _NARROW_CHARACTERS = 36, 44

_STYLE: Any = {
    "font.family": ["Inter", "DejaVu Sans"],
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 9,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9.5,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}


@dataclass(frozen=True)
class Frame:
    """What every figure has round its drawing.

    Parameters
    ----------
    key
        Unique in the page; begins every id inside the image.
    title
        Short name, read aloud.
    description
        What a reader who cannot see the figure is told.
    axis
        What the value axis shows, with unit.
    write
        Writes a number with so many decimals in the language of the report.
    decimals
        Digits of the numbers beside the bars; the axis shows none where whole numbers do. [1]
    """

    key: str
    title: str
    description: str
    axis: str
    write: Callable[[float, int], str]
    decimals: int = 0

    def label(self, value: float) -> str:
        """Write the number that stands beside a bar or a point."""
        return self.write(value, self.decimals)


def render(
    frame: Frame, draw: Callable[[Axes, bool], None], height_in: float, narrow_height_in: float
) -> str:
    """Draw twice and give HTML with both; the page shows the one that fits.

    Parameters
    ----------
    frame
        Key, title and description.
    draw
        Draws on the axes; its second argument tells whether the space is narrow.
    height_in, narrow_height_in
        Heights of the two drawings. [in]

    Returns
    -------
    str
        A wide and a (hidden) narrow drawing.
    """
    wide = _svg(frame, draw, (_WIDE_IN, height_in), narrow=False)
    narrow = _svg(frame, draw, (_NARROW_IN, narrow_height_in), narrow=True)
    return f'<div class="wide">{wide}</div><div class="narrow" hidden>{narrow}</div>'


def tick_form(frame: Frame) -> FuncFormatter:
    """Form of the numbers along an axis: whole numbers without decimals."""

    def write(value: float, _position: int | None = None) -> str:
        is_whole = abs(value - round(value)) < 1e-9
        return frame.write(value, 0 if is_whole else max(frame.decimals, 1))

    return FuncFormatter(write)


def finish_value_axis(ax: Axes, frame: Frame, *, narrow: bool) -> None:
    """Set a light grid, few numbers in the right form and the axis name for values along x.

    Parameters
    ----------
    ax
        Axes with horizontal bars.
    frame
        Axis name and number form.
    narrow
        Whether the space is narrow.
    """
    ax.xaxis.set_major_locator(MaxNLocator(3 if narrow else 6))
    ax.xaxis.set_major_formatter(tick_form(frame))
    ax.set_xlabel(frame.axis)
    ax.grid(axis="x", color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(length=0)
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_visible(False)


def row_labels(ax: Axes, labels: list[str], *, narrow: bool, marked: Collection[str] = ()) -> None:
    """Name the rows: left of the bars, or above them where the space is narrow; the first row on top.

    Parameters
    ----------
    ax
        Axes with one horizontal bar per row at 0, 1, 2 ...
    labels
        Names from row 0 on.
    narrow
        Whether the space is narrow.
    marked
        Names to set in bold.
    """
    weights = [600 if label in marked else 400 for label in labels]
    told = [textwrap.fill(label, _NARROW_CHARACTERS if narrow else _WIDE_CHARACTERS) for label in labels]
    if not narrow:
        ax.set_ylim(len(labels) - 0.5, -0.5)
        ax.set_yticks(range(len(labels)), told)
        for named, weight in zip(ax.get_yticklabels(), weights, strict=True):
            named.set_fontweight(weight)
        return
    ax.set_yticks([])
    ax.set_ylim(len(labels) - 0.6, -0.3 - 0.35 * row_lines(labels))
    for row, label in enumerate(told):
        named = ax.annotate(
            label, (0, row - 0.24), xycoords=ax.get_yaxis_transform(), va="bottom", ha="left", fontsize=9
        )
        named.set_fontweight(weights[row])
        named.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85})


def row_lines(labels: list[str]) -> int:
    """Lines that the longest name takes above its bar where the space is narrow."""
    return max((len(textwrap.wrap(label, _NARROW_CHARACTERS)) for label in labels), default=1)


def _svg(
    frame: Frame, draw: Callable[[Axes, bool], None], size_in: tuple[float, float], *, narrow: bool
) -> str:
    key = f"{frame.key}-{'n' if narrow else 'w'}"
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size_in, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.add_subplot(), narrow)
        return embed(figure, key, frame.title, frame.description)


def embed(figure: Figure, key: str, title: str, description: str) -> str:
    """Write a finished figure as SVG that stands in a page: real text, ids of its own, a name.

    Parameters
    ----------
    figure
        The figure.
    key
        Unique in the page; begins every id inside the image.
    title
        Short name, read aloud.
    description
        What a reader who cannot see the figure is told.

    Returns
    -------
    str
        The svg element.
    """
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": key}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return _clean(buffer.getvalue(), key, title, description)


def _clean(svg: str, key: str, title: str, description: str) -> str:
    """Cut the file's head away, make ids unique in the page, and name the image."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<style.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{key}-', body)
    body = re.sub(r"url\(#", f"url(#{key}-", body)
    body = re.sub(r'xlink:href="#', f'href="#{key}-', body)
    box = re.search(r'viewBox="[^"]+"', body)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box.group() if box else ""} role="img"'
        f' aria-labelledby="{key}-title {key}-desc" stroke-linejoin="round" stroke-linecap="butt">'
        f'<title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-desc">{escape(description)}</desc>'
    )
    return head + body[body.index(">") + 1 :].strip()
