"""What every static map has round its drawing: frame, north arrow, scale bar, legend, credit, basemap."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from screening.errors import InputFileError
from screening.maps.interactive import source_line
from screening.maps.style import COLORS, FONT, format_number, use_typeface
from screening.maps.words import words
from screening.tables import CRS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from screening.views import Municipality

__all__ = ["WIDTH_IN", "add_basemap", "finish", "metres_per_point", "new_map", "scale_length_m", "tag"]

WIDTH_IN, _DPI = 7.4, 160
_MARGIN = 0.03  # of the longer side, round the given extent
_FLATTEST, _TALLEST = 0.5, 0.95  # height of the drawing over its width
_SCALE_BAR_ROOM = 0.06  # of the width, free under the given extent
_LEGEND_COLUMN_IN = 2.4
_SCALE_MIDDLE_POINTS = 70  # a shorter scale bar has no number in its middle


def new_map(bounds_m: npt.NDArray[np.float64], width_in: float = WIDTH_IN) -> tuple[Figure, Axes]:
    """Open a figure with an empty map of an extent.

    Parameters
    ----------
    bounds_m
        West, south, east, north in EPSG:25832. [m]
    width_in
        Width of the figure. [in]

    Returns
    -------
    matplotlib.figure.Figure
        The figure; its text is set in the shared typeface.
    matplotlib.axes.Axes
        Equal scales, no ticks.
    """
    use_typeface()
    west, south, east, north = bounds_m
    margin = _MARGIN * max(east - west, north - south)
    width = max(east - west, (north - south) / _TALLEST) + 2 * margin
    height = max(north - south, (east - west) * _FLATTEST) + 2 * margin + _SCALE_BAR_ROOM * width
    figure = Figure(figsize=(width_in, width_in * height / width), dpi=_DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.002, 0.002, 0.996, 0.996))
    axes.set_aspect("equal")
    axes.set_facecolor(COLORS["paper"])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_autoscale_on(False)
    middle_x, middle_y = (west + east) / 2, (south + north - _SCALE_BAR_ROOM * width) / 2
    axes.set_xlim(middle_x - width / 2, middle_x + width / 2)
    axes.set_ylim(middle_y - height / 2, middle_y + height / 2)
    for side in axes.spines.values():
        side.set_color("#c9ced2")
    return figure, axes


def metres_per_point(axes: Axes) -> float:
    """How far a typographic point reaches on the map.

    Parameters
    ----------
    axes
        The map.

    Returns
    -------
    float
        Metres on the ground per point on the paper. [m]
    """
    west, east = axes.get_xlim()
    return float(east - west) / _points(axes)[0]


def scale_length_m(width_m: float) -> float:
    """Longest round length that fits in a quarter of the map's width.

    Parameters
    ----------
    width_m
        Width of the map. [m]

    Returns
    -------
    float
        1, 2 or 5 times a power of ten. [m]

    Examples
    --------
    >>> scale_length_m(1000.0), scale_length_m(900.0), scale_length_m(21_000.0)
    (200.0, 200.0, 5000.0)
    """
    room = width_m / 4
    power = 10.0 ** np.floor(np.log10(room))
    return float(max(step * power for step in (1, 2, 5) if step * power <= room))


def tag(axes: Axes, text: str, x: float, y: float, color: str, *, is_filled: bool = False) -> None:
    """Write a short label in a rounded box.

    Parameters
    ----------
    axes
        The map.
    text
        The label.
    x, y
        Middle of the label, EPSG:25832. [m]
    color
        Of edge and text, or of the box when it is filled.
    is_filled
        Whether the box is filled and its text white.
    """
    box = {"boxstyle": "round,pad=0.22,rounding_size=0.6", "fc": color if is_filled else "white", "lw": 1.0}
    axes.annotate(
        text,
        (x, y),
        ha="center",
        va="center",
        fontsize=8,
        weight=600,
        color="white" if is_filled else color,
        bbox=box | {"ec": "white" if is_filled else color},
        zorder=8,
    )


def add_basemap(axes: Axes, source: str | Path, timeout_s: float) -> bool:
    """Draw a basemap under the map, if it can be had in time.

    Parameters
    ----------
    axes
        The map.
    source
        Path of a GeoTIFF, or address of a tile service with {z}, {x}, {y}.
    timeout_s
        How long the tile service may take to answer. [s]

    Returns
    -------
    bool
        Whether it was drawn; the map stands without it too.

    Raises
    ------
    InputFileError
        If a file is named that cannot be read.
    """
    import contextily  # noqa: PLC0415  a second of import that a map without basemap does not need
    from rasterio.errors import RasterioIOError  # noqa: PLC0415  see above
    from requests import RequestException  # noqa: PLC0415  see above

    is_service = "{z}" in str(source)
    if not is_service and not Path(source).is_file():
        raise InputFileError(
            f"Basemap {source} does not exist; give a GeoTIFF or a tile address with {{z}}/{{x}}/{{y}}."
        )
    try:
        contextily.add_basemap(
            axes,
            crs=CRS,
            source=str(source),
            attribution=False,
            timeout=timeout_s,
            alpha=0.75,
            zorder=0,
        )
    except RasterioIOError as error:
        raise InputFileError(f"Basemap {source} is no image with a place on earth: {error}.") from error
    except (RequestException, OSError):  # no network, no answer: the credit line says so
        return False
    return True


def finish(
    axes: Axes,
    handles: Sequence[Artist],
    municipality: Municipality,
    language: str,
    basemap: str | Path | None,
    timeout_s: float,
    *,
    title: str = "",
) -> None:
    """Add basemap, north arrow, scale bar, legend under the map and credit line.

    Parameters
    ----------
    axes
        The map.
    handles
        Lines of the legend.
    municipality
        For the credit.
    language
        "da" or "en".
    basemap
        See ``add_basemap``; None for none.
    timeout_s
        How long a tile service may take. [s]
    title
        Heading of the legend.
    """
    w = words(language)
    drawn = add_basemap(axes, basemap, timeout_s) if basemap else False
    credit = [source_line(municipality, language)]
    if not drawn:
        credit.append(w["basemap_missing" if basemap else "no_basemap"])
    _north_arrow(axes, w["north"])
    _scale_bar(axes, language)
    _below(axes, handles, " · ".join(credit), title)


def _north_arrow(axes: Axes, letter: str) -> None:
    """Draw a half-filled needle in the upper right corner, of the same size on every map."""
    x, y = _points(axes)
    left, right, top, bottom = 1 - 26 / x, 1 - 12 / x, 1 - 26 / y, 1 - 52 / y
    middle, waist = (left + right) / 2, bottom + 6 / y
    options: dict[str, Any] = {
        "transform": axes.transAxes,
        "ec": COLORS["ink"],
        "lw": 0.8,
        "zorder": 9,
        "joinstyle": "round",
    }
    axes.add_patch(Polygon([(middle, top), (left, bottom), (middle, waist)], fc=COLORS["ink"], **options))
    axes.add_patch(Polygon([(middle, top), (right, bottom), (middle, waist)], fc="white", **options))
    axes.text(
        middle, top + 4 / y, letter, transform=axes.transAxes, ha="center", va="bottom",
        weight=600, fontsize=9, color=COLORS["ink"], zorder=9,
    )  # fmt: skip


def _scale_bar(axes: Axes, language: str) -> None:
    """Two halves, black and white, with nought, half and whole length."""
    west, east = axes.get_xlim()
    length = scale_length_m(east - west)
    share = length / (east - west)
    x, y = _points(axes)
    left, bottom, thick = 14 / x, 12 / y, 4 / y
    axes.add_patch(
        Rectangle((left - 8 / x, bottom - 6 / y), share + 34 / x, 27 / y, transform=axes.transAxes,
                  fc="white", alpha=0.8, lw=0, zorder=8)
    )  # fmt: skip
    for half, color in ((0, COLORS["ink"]), (1, "white")):
        axes.add_patch(
            Rectangle((left + half * share / 2, bottom), share / 2, thick, transform=axes.transAxes, fc=color,
                      ec=COLORS["ink"], lw=0.8, zorder=9)
        )  # fmt: skip
    unit, per_unit = ("km", 1000.0) if length >= 1000 else ("m", 1.0)
    for part in (0.0, 0.5, 1.0) if share * x > _SCALE_MIDDLE_POINTS else (0.0, 1.0):
        told = part * length / per_unit
        text = format_number(told, 0 if told == round(told) else 1, language) + (
            f" {unit}" if part == 1 else ""
        )
        axes.text(
            left + part * share, bottom + thick + 2.5 / y, text, transform=axes.transAxes,
            ha="center", va="bottom", fontsize=8, color=COLORS["ink"], zorder=9,
        )  # fmt: skip


def _below(axes: Axes, handles: Sequence[Artist], credit: str, title: str) -> None:
    """Legend and credit in a strip of their own, so that they never cover the map."""
    figure = _figure(axes)
    width, height = figure.get_size_inches()
    columns = min(max(int(width // _LEGEND_COLUMN_IN), 1), max(len(handles), 1))
    rows = -(-len(handles) // columns)
    strip = (rows * 15 + 15 * len(title.splitlines()) + 28) / 72
    figure.set_size_inches(width, height + strip)
    share = strip / (height + strip)
    axes.set_position((0.002, share, 0.996, 0.998 - share))
    if handles:
        legend = figure.legend(
            handles=list(handles), title=title or None, loc="upper left", ncols=columns, frameon=False,
            bbox_to_anchor=(0.0, share - 0.05 / (height + strip)), borderaxespad=0, borderpad=0.2,
            prop={"family": [FONT, "DejaVu Sans"], "size": 9}, alignment="left", handlelength=1.9,
            labelcolor=COLORS["ink"], columnspacing=1.6,
        )  # fmt: skip
        legend.get_title().set(fontsize=9, weight=600, color=COLORS["ink"])
    figure.text(
        0.004, 0.04 / (height + strip), credit, fontsize=7.5, color=COLORS["muted"], va="bottom", ha="left"
    )


def _points(axes: Axes) -> tuple[float, float]:
    """Width and height of the axes in typographic points, to set things in the same size on every map."""
    width, height = _figure(axes).get_size_inches()
    box = axes.get_position()
    return float(width * box.width * 72), float(height * box.height * 72)


def _figure(axes: Axes) -> Figure:
    figure = axes.get_figure(root=True)
    if figure is None:
        raise TypeError("The axes stand in no figure.")
    return figure
