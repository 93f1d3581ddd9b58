"""Static maps for print: north arrow, scale bar, legend and credit on every one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from screening import register
from screening.maps.style import (
    COLORS,
    DENSITY_COLORS,
    DENSITY_LIMITS_KWH_PER_M2,
    format_number,
    use_typeface,
    words,
)
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from screening.pipeline import Municipality, Overview, Town

__all__ = ["add_basemap", "community_map", "density_map", "overview_figure", "static_map"]

_WIDTH_IN, _DPI = 7.4, 150
_RATIOS = (0.55, 1.05)
_BASEMAP_TIMEOUT_S = 10.0
_ROUND_LENGTHS_M = (50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000)


def static_map(town: Town, language: str = "da", basemap: str | None = None) -> Figure:
    """Map of the area: given polygon grey, trimmed yellow, oil and gas buildings red.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".
    basemap
        Path of a GeoTIFF or address of a tile service; none by default.

    Returns
    -------
    matplotlib.figure.Figure
        The map.
    """
    w = words(language)
    figure, axes = _canvas(town.original.total_bounds)
    _ground(axes, town)
    _polygon(axes, town.original, edge=COLORS["original"], line="--", width=1.4)
    _polygon(axes, town.trimmed, edge=COLORS["trimmed_edge"], fill=COLORS["trimmed"], alpha=0.45, width=1.2)
    _polygon(axes, town.outlines, edge="none", fill="#8d969c", alpha=0.55)
    handles = [
        Line2D([], [], color=COLORS["original"], ls="--", lw=1.4, label=w["original"]),
        Patch(fc=COLORS["trimmed"], ec=COLORS["trimmed_edge"], label=w["trimmed"]),
    ]
    handles += _dots(axes, town, w)
    _furniture(axes, handles, town.municipality, w, basemap)
    return figure


def community_map(town: Town, language: str = "da", basemap: str | None = None) -> Figure:
    """Map of the energy communities, those above 250 kW with a full line and darker.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".
    basemap
        Path of a GeoTIFF or address of a tile service; none by default.

    Returns
    -------
    matplotlib.figure.Figure
        The map.
    """
    w = words(language)
    figure, axes = _canvas(town.original.total_bounds)
    _ground(axes, town)
    _polygon(axes, town.trimmed, edge=COLORS["trimmed_edge"], fill=COLORS["trimmed"], alpha=0.25, width=1.0)
    _polygon(axes, town.outlines, edge="none", fill="#9aa3a9", alpha=0.6)
    joined = town.outlines.loc[town.outlines.index.intersection(town.members.dropna().index)]
    _polygon(axes, joined, edge="none", fill=COLORS["gas"])
    handles: list[Artist] = [
        Patch(fc=COLORS["trimmed"], ec=COLORS["trimmed_edge"], alpha=0.6, label=w["trimmed"]),
        Patch(fc=COLORS["gas"], label=w["buildings"]),
    ]
    for large, kind, line in ((False, "community_small", (0, (3, 2))), (True, "community_large", "-")):
        chosen = town.communities[town.communities["is_collective_supply"] == large]
        _polygon(axes, chosen, edge=COLORS[kind], fill=COLORS[kind], alpha=0.25, line=line, width=1.8)
        handles.append(Patch(fc="none", ec=COLORS[kind], ls=line, lw=1.8, label=w[kind]))
        for number, shape in zip(chosen["id"], chosen.geometry, strict=True):
            at = shape.representative_point()
            axes.annotate(
                str(number),
                (at.x, at.y),
                ha="center",
                va="center",
                fontsize=8,
                weight=600,
                color=COLORS["ink"],
                bbox={"boxstyle": "round,pad=0.18", "fc": "white", "ec": "none", "alpha": 0.8},
            )
    _furniture(axes, handles, town.municipality, w, basemap)
    return figure


def density_map(town: Town, language: str = "da", basemap: str | None = None) -> Figure:
    """Map of the heat density in cells, in classes round the criterion.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".
    basemap
        Path of a GeoTIFF or address of a tile service; none by default.

    Returns
    -------
    matplotlib.figure.Figure
        The map.
    """
    w = words(language)
    figure, axes = _canvas(town.original.total_bounds)
    _ground(axes, town)
    density = town.density
    rows, columns = density.heat_mwh.shape
    if rows and columns:
        per_m2 = np.ma.masked_equal(density.heat_mwh, 0.0) * KWH_PER_MWH / density.cell_m**2
        west, north = density.transform.c, density.transform.f
        limits = [0.0, *DENSITY_LIMITS_KWH_PER_M2, 1e9]
        axes.imshow(
            per_m2,
            extent=(west, west + columns * density.cell_m, north - rows * density.cell_m, north),
            cmap=ListedColormap(list(DENSITY_COLORS)),
            norm=BoundaryNorm(limits, len(DENSITY_COLORS)),
            alpha=0.8,
            zorder=2,
            interpolation="nearest",
        )
        _frame(axes, town.original.total_bounds)
    _polygon(axes, town.trimmed, edge=COLORS["trimmed_edge"], width=1.6)
    bounds = ["", *(f"{limit:g}" for limit in DENSITY_LIMITS_KWH_PER_M2), ""]
    handles: list[Artist] = [
        Patch(fc=color, label=_class_label(low, high))
        for color, low, high in zip(DENSITY_COLORS, bounds[:-1], bounds[1:], strict=True)
    ]
    handles.append(Line2D([], [], color=COLORS["trimmed_edge"], lw=1.6, label=w["trimmed"]))
    _furniture(axes, handles, town.municipality, w, basemap, title=w["per_cell"])
    return figure


def overview_figure(overview: Overview, language: str = "da", basemap: str | None = None) -> Figure:
    """Map of all areas by verdict; a yes is filled, a no hatched.

    Parameters
    ----------
    overview
        The municipality's view.
    language
        "da" or "en".
    basemap
        Path of a GeoTIFF or address of a tile service; none by default.

    Returns
    -------
    matplotlib.figure.Figure
        The map.
    """
    w = words(language)
    figure, axes = _canvas(overview.areas.total_bounds)
    handles: list[Artist] = []
    for viable, kind, hatch in ((True, "yes", None), (False, "no", "////")):
        chosen = overview.areas[overview.areas["is_viable"] == viable]
        fill = COLORS[kind] if viable else "none"
        _polygon(axes, chosen, edge=COLORS[kind], fill=fill, alpha=0.55, width=1.3, hatch=hatch)
        handles.append(Patch(fc=fill, ec=COLORS[kind], hatch=hatch, alpha=0.8, label=w[kind]))
    for name, shape in zip(overview.areas["area"], overview.areas.geometry, strict=True):
        at = shape.representative_point()
        axes.annotate(
            str(name),
            (at.x, at.y),
            ha="center",
            va="center",
            fontsize=8,
            weight=600,
            color=COLORS["ink"],
            bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.75},
        )
    _furniture(axes, handles, overview.municipality, w, basemap)
    return figure


def add_basemap(axes: Axes, source: str) -> bool:
    """Draw a basemap under the map, if it can be had within a few seconds.

    Parameters
    ----------
    axes
        Axes in EPSG:25832.
    source
        Path of a GeoTIFF or address of a tile service.

    Returns
    -------
    bool
        Whether it was drawn; the map stands without it too.
    """
    import contextily  # noqa: PLC0415  heavy, and needed only with a basemap

    try:
        contextily.add_basemap(
            axes,
            crs="EPSG:25832",
            source=source,
            attribution=False,
            timeout=_BASEMAP_TIMEOUT_S,
            reset_extent=True,
        )
    except (OSError, ValueError):  # no network, no file, no answer: said in the credit line
        return False
    return True


def _canvas(bounds: np.ndarray) -> tuple[Figure, Axes]:
    use_typeface()
    west, south, east, north = bounds
    ratio = np.clip((north - south) / max(east - west, 1.0), *_RATIOS)
    figure = Figure(figsize=(_WIDTH_IN, _WIDTH_IN * ratio + 0.3), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_aspect("equal")
    axes.set_facecolor(COLORS["paper"])
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_color("#c9ced2")
    _frame(axes, bounds)
    return figure, axes


def _frame(axes: Axes, bounds: np.ndarray) -> None:
    """Show the bounds with a margin, widened where the map would be a strip."""
    west, south, east, north = bounds
    margin = 0.04 * max(east - west, north - south, 1.0)
    width, height = east - west + 2 * margin, north - south + 2 * margin
    height, width = max(height, width * _RATIOS[0]), max(width, height / _RATIOS[1])
    axes.set_xlim((west + east - width) / 2, (west + east + width) / 2)
    axes.set_ylim((south + north - height) / 2, (south + north + height) / 2)


def _ground(axes: Axes, town: Town) -> None:
    if len(town.roads):
        town.roads.plot(ax=axes, color=COLORS["road_major"], linewidth=0.7, zorder=1, autolim=False)


def _polygon(
    axes: Axes,
    shapes: gpd.GeoDataFrame,
    *,
    edge: str,
    fill: str = "none",
    alpha: float = 1.0,
    line: object = "-",
    width: float = 0.0,
    hatch: str | None = None,
) -> None:
    shown = shapes[~shapes.geometry.is_empty]
    if not len(shown):
        return
    options = {"ax": axes, "zorder": 3, "autolim": False, "aspect": None}
    if fill != "none":
        shown.plot(facecolor=fill, edgecolor="none", alpha=alpha, **options)
    if width or hatch:
        shown.plot(facecolor="none", edgecolor=edge, linestyle=line, linewidth=width, hatch=hatch, **options)


def _dots(axes: Axes, town: Town, w: dict[str, str]) -> list[Line2D]:
    buildings = town.buildings
    burning = buildings["is_oil_gas"]
    pump = register.is_heat_pump(buildings["heating_installation_code"]) & buildings["is_individual"]
    handles = []
    for kind, mask, marker, size in (
        ("heat_pump", pump & ~burning, "^", 13),
        ("gas", burning & ~buildings["is_oil"], "o", 13),
        ("oil", burning & buildings["is_oil"], "s", 13),
    ):
        points = buildings.geometry[mask]
        if len(points):
            axes.scatter(
                points.x, points.y, s=size, c=COLORS[kind], marker=marker, lw=0.4, ec="white", zorder=5
            )
            handles.append(
                Line2D(
                    [],
                    [],
                    ls="",
                    marker=marker,
                    color=COLORS[kind],
                    mec="white",
                    mew=0.4,
                    ms=6,
                    label=w[kind],
                )
            )
    return handles


def _class_label(low: str, high: str) -> str:
    if not low:
        return f"< {high}"
    return f"{low}–{high}" if high else f"> {low}"


def _furniture(
    axes: Axes,
    handles: Sequence[Artist],
    municipality: Municipality,
    w: dict[str, str],
    basemap: str | None,
    title: str | None = None,
) -> None:
    """North arrow, scale bar, legend, credit; and the basemap, or the word that there is none."""
    drawn = add_basemap(axes, basemap) if basemap else False
    axes.set_ylabel("")
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    width, height = east - west, north - south
    length = max(m for m in _ROUND_LENGTHS_M if m <= max(width / 4, _ROUND_LENGTHS_M[0]))
    x, y = west + 0.03 * width, south + 0.03 * height
    white = {"boxstyle": "round,pad=0.2", "fc": "white", "ec": "none", "alpha": 0.8}
    axes.plot([x, x + length], [y, y], color=COLORS["ink"], lw=2.2, solid_capstyle="butt", zorder=8)
    told = f"{length} m" if length < 1000 else f"{format_number(length / 1000, 1 if length % 1000 else 0)} km"
    axes.annotate(
        told,
        (x + length / 2, y),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        fontsize=8,
        zorder=9,
    )
    axes.annotate(
        "N",
        xy=(0.965, 0.985),
        xytext=(0.965, 0.885),
        xycoords="axes fraction",
        textcoords="axes fraction",
        ha="center",
        va="center",
        fontsize=10,
        weight=600,
        zorder=9,
        bbox=white,
        arrowprops={"arrowstyle": "-|>", "color": COLORS["ink"], "lw": 1.4},
    )
    legend = axes.legend(
        handles=handles,
        title=title,
        loc="upper left",
        fontsize=8,
        title_fontsize=8,
        framealpha=0.92,
        edgecolor="#c9ced2",
        borderpad=0.7,
    )
    legend.set_zorder(9)
    credit = [w["source_synthetic"] if municipality.is_synthetic else w["source"], municipality.register_date]
    credit += [] if drawn else [w["no_basemap"]]
    axes.set_xlabel(
        " · ".join(part for part in credit if part), fontsize=7.5, color=COLORS["muted"], loc="right"
    )
