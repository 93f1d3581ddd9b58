"""Static maps for print: readable in greyscale, with north arrow, scale bar, legend and credit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from screening.maps.drawing import MANY, draw_polygons, draw_roads
from screening.maps.furniture import WIDTH_IN, finish, metres_per_point, new_map, tag
from screening.maps.labels import place_names
from screening.maps.layers import at_criterion, building_kind, class_names, contour_name
from screening.maps.style import COLORS, DENSITY_COLORS, density_limits, format_number
from screening.maps.words import words
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from screening.views import Density, Overview, Town

__all__ = ["BASEMAP_TIMEOUT_S", "community_map", "density_map", "overview_figure", "static_map"]

BASEMAP_TIMEOUT_S = 5.0
_MARKERS = {"gas": "o", "oil": "s", "heat_pump": "^", "other": "D"}
_SMALL_POINTS = 12  # an area smaller than this on the paper gets a mark of its own
_LETTER_POINTS = 5.4  # width of a letter in the names of areas, on average
_DOTTED = (0, (1, 1.5))
_DASH_DOT = (0, (6, 2, 1, 2))
_TRIMMED_GROUND = "#f7dd94"  # the trimmed area's half-transparent fill as it comes out on the map's ground


def static_map(
    town: Town,
    language: str = "da",
    basemap: str | Path | None = None,
    timeout_s: float = BASEMAP_TIMEOUT_S,
    width_in: float = WIDTH_IN,
) -> Figure:
    """Map of the area: given polygon grey, trimmed yellow, oil and gas buildings red.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".
    basemap
        Path of a GeoTIFF or address of a tile service; none by default.
    timeout_s
        How long a tile service may take; then the map is drawn without and says so. [s]
    width_in
        Width of the figure; the text keeps its size. [in]

    Returns
    -------
    matplotlib.figure.Figure
        The map.
    """
    w = words(language)
    figure, axes = new_map(_extent(town), width_in)
    draw_roads(axes, town)
    _areas(axes, town)
    draw_polygons(axes, town.outlines, fill=COLORS["outline"], zorder=3)
    handles: list[Artist] = [*_area_handles(axes, town, w)]
    handles += _building_marks(axes, town, w)
    finish(axes, handles, town.municipality, language, basemap, timeout_s)
    return figure


def community_map(
    town: Town,
    language: str = "da",
    basemap: str | Path | None = None,
    timeout_s: float = BASEMAP_TIMEOUT_S,
    width_in: float = WIDTH_IN,
) -> Figure:
    """Map of the energy communities with their numbers; those above the limit hatched with a full line.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".
    basemap
        Path of a GeoTIFF or address of a tile service; none by default.
    timeout_s
        How long a tile service may take; then the map is drawn without and says so. [s]
    width_in
        Width of the figure; the text keeps its size. [in]

    Returns
    -------
    matplotlib.figure.Figure
        The map.
    """
    w = words(language)
    figure, axes = new_map(_extent(town), width_in)
    draw_roads(axes, town)
    _areas(axes, town)
    joined = town.outlines.index.isin(town.members.dropna().index)
    draw_polygons(axes, town.outlines[~joined], fill=COLORS["outline"], zorder=3)
    draw_polygons(axes, town.outlines[joined], fill=COLORS["gas"], zorder=5)
    handles: list[Artist] = [Patch(fc=COLORS["gas"], label=w["members"])]
    limit = format_number(float(town.assumptions.community_collective_supply_kw), 0, language)
    for is_large, key in ((True, "community_large"), (False, "community_small")):
        chosen = town.communities[town.communities["is_collective_supply"].astype(bool) == is_large]
        if chosen.empty:
            continue
        look: dict[str, Any] = {"edge": COLORS[key], "width": 1.7, "line": "-" if is_large else (0, (3, 2))}
        hatch = "////" if is_large else ""
        draw_polygons(axes, chosen, fill=COLORS[key], alpha=0.14, zorder=4)
        draw_polygons(axes, chosen, hatch=hatch, zorder=6, **look)
        handles.append(
            Patch(
                fc="none",
                ec=COLORS[key],
                lw=1.5,
                ls=look["line"],
                hatch=hatch,
                label=w[key].format(limit=limit),
            )
        )
    _numbers(axes, town.communities)
    finish(axes, [*handles, *_area_handles(axes, town, w)], town.municipality, language, basemap, timeout_s)
    return figure


def density_map(
    town: Town,
    language: str = "da",
    basemap: str | Path | None = None,
    timeout_s: float = BASEMAP_TIMEOUT_S,
    width_in: float = WIDTH_IN,
) -> Figure:
    """Map of the heat density in cells, in classes round the criterion, and the contour at the criterion.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".
    basemap
        Path of a GeoTIFF or address of a tile service; none by default.
    timeout_s
        How long a tile service may take; then the map is drawn without and says so. [s]
    width_in
        Width of the figure; the text keeps its size. [in]

    Returns
    -------
    matplotlib.figure.Figure
        The map.
    """
    w = words(language)
    figure, axes = new_map(_extent(town), width_in)
    criterion = float(town.assumptions.density_criterion_kwh_per_m2)
    limits = density_limits(criterion)
    _cells(axes, town.density, limits)
    draw_roads(axes, town, color="#8f989e", zorder=2)
    draw_polygons(axes, town.outlines, fill="#6d777e", alpha=0.55, zorder=3)
    draw_polygons(axes, town.original, edge=COLORS["original"], width=1.3, line=(0, (5, 3)), zorder=4)
    draw_polygons(axes, town.trimmed, edge=COLORS["trimmed_edge"], width=1.8, zorder=4)
    contour: dict[str, Any] = {"width": 1.5, "line": _DASH_DOT}
    met = at_criterion(town)
    draw_polygons(axes, met, edge=COLORS["contour"], zorder=5, **contour)
    names = class_names(limits, language)
    handles: list[Artist] = [
        Patch(fc=color, ec="#9aa3a9", lw=0.5, label=name)
        for color, name in zip(DENSITY_COLORS, names, strict=True)
    ]
    handles += [
        Line2D([], [], color=COLORS["trimmed_edge"], lw=1.8, label=w["trimmed"]),
        Line2D([], [], color=COLORS["original"], lw=1.3, ls=(0, (5, 3)), label=w["original"]),
    ]
    if not met.empty:
        line = Line2D(
            [], [], color=COLORS["contour"], lw=1.5, ls=_DASH_DOT, label=contour_name(town, language)
        )
        handles.append(line)
    told = w["density_criterion"].format(limit=format_number(criterion, 0, language))
    title = f"{w['density']}\n({told[:1].lower()}{told[1:]})"
    finish(axes, handles, town.municipality, language, basemap, timeout_s, title=title)
    return figure


def overview_figure(
    overview: Overview,
    language: str = "da",
    basemap: str | Path | None = None,
    timeout_s: float = BASEMAP_TIMEOUT_S,
    width_in: float = WIDTH_IN,
) -> Figure:
    """Map of all areas by verdict; a yes is filled, a no hatched, and each is named.

    Parameters
    ----------
    overview
        The municipality's view.
    language
        "da" or "en".
    basemap
        Path of a GeoTIFF or address of a tile service; none by default.
    timeout_s
        How long a tile service may take; then the map is drawn without and says so. [s]
    width_in
        Width of the figure; the text keeps its size. [in]

    Returns
    -------
    matplotlib.figure.Figure
        The map.
    """
    w = words(language)
    figure, axes = new_map(_widened(overview.areas.total_bounds), width_in)
    handles: list[Artist] = []
    for is_viable, color, key in ((True, "yes", "is_viable"), (False, "no", "is_not_viable")):
        chosen = overview.areas[overview.areas["is_viable"].astype(bool) == is_viable]
        fill, hatch = (COLORS[color], "") if is_viable else ("", "////")
        draw_polygons(
            axes, chosen, fill=fill, alpha=0.6, edge=COLORS[color], width=1.3, hatch=hatch, zorder=3
        )
        face = COLORS[color] if is_viable else "none"
        handles.append(Patch(fc=face, ec=COLORS[color], hatch=hatch, label=w[key]))
    _names(axes, overview)
    finish(axes, handles, overview.municipality, language, basemap, timeout_s)
    return figure


def _extent(town: Town) -> np.ndarray:
    return np.asarray(town.original.total_bounds, dtype=float)


def _widened(bounds: np.ndarray) -> np.ndarray:
    """Room for the names above and beside the outermost areas."""
    west, south, east, north = bounds
    side, above = 0.07 * (east - west), 0.05 * (north - south)
    return np.array([west - side, south - above / 2, east + side, north + above])


def _numbers(axes: Axes, communities: gpd.GeoDataFrame) -> None:
    """Write the number of every community beside it, so that its buildings stay in sight."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    per_point = metres_per_point(axes)
    numbers = communities["id"].astype(str).tolist()
    sizes = [((_LETTER_POINTS * len(text) + 6) * per_point, 13 * per_point) for text in numbers]
    shapes = communities.geometry.tolist()
    places = place_names(sizes, shapes, shapely.box(west, south, east, north))
    for text, is_large, place in zip(numbers, communities["is_collective_supply"], places, strict=True):
        color = COLORS["community_large" if is_large else "community_small"]
        tag(axes, text, *place, color, is_filled=bool(is_large))


def _names(axes: Axes, overview: Overview) -> None:
    """Name every area beside it; one too small to be seen gets a mark: a dot for yes, a cross for no."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    per_point = metres_per_point(axes)
    least = _SMALL_POINTS * per_point / 2
    centres = overview.areas.geometry.bounds.to_numpy().reshape(-1, 2, 2).mean(axis=1)
    marked = [shapely.box(x - least, y - least, x + least, y + least) for x, y in centres]
    shapes = [shape.union(mark) for shape, mark in zip(overview.areas.geometry, marked, strict=True)]
    names = [str(name) for name in overview.areas["area"]]
    sizes = [(_LETTER_POINTS * len(name) * per_point, 11 * per_point) for name in names]
    places = place_names(sizes, shapes, shapely.box(west, south, east, north))
    rows = zip(names, overview.areas["is_viable"], overview.areas.geometry, centres, places, strict=True)
    for name, is_viable, shape, (x, y), place in rows:
        left, bottom, right, top = shape.bounds
        if max(right - left, top - bottom) < 2 * least:
            marker, color = ("o", "yes") if is_viable else ("X", "no")
            look: dict[str, Any] = {"color": COLORS[color], "mec": "white", "mew": 0.6, "ms": 8}
            axes.plot(x, y, marker=marker, zorder=4, **look)
        weight = 600 if is_viable else 400
        look = {"fontsize": 8.5, "weight": weight, "color": COLORS["ink"], "zorder": 7}
        axes.text(*place, name, ha="center", va="center", **look)


def _areas(axes: Axes, town: Town) -> None:
    draw_polygons(axes, town.trimmed, fill=COLORS["trimmed"], alpha=0.4, zorder=0.5)
    draw_polygons(axes, town.trimmed, edge=COLORS["trimmed_edge"], width=1.3, zorder=2)
    draw_polygons(axes, town.original, edge=COLORS["original"], width=1.4, line=(0, (5, 3)), zorder=2)
    if town.supply_areas is not None:
        draw_polygons(axes, town.supply_areas, fill=COLORS["supply"], alpha=0.1, zorder=0.5)
        look: dict[str, Any] = {"edge": COLORS["supply"], "width": 1.2, "line": _DOTTED, "hatch": ".."}
        draw_polygons(axes, town.supply_areas, zorder=1.5, **look)


def _area_handles(axes: Axes, town: Town, w: dict[str, str]) -> list[Artist]:
    handles: list[Artist] = [
        Patch(fc=_TRIMMED_GROUND, ec=COLORS["trimmed_edge"], lw=1.3, label=w["trimmed"]),
        Patch(fc="none", ec=COLORS["original"], lw=1.4, ls=(0, (4, 2)), label=w["original"]),
    ]
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    supply = town.supply_areas
    if supply is not None and supply.intersects(shapely.box(west, south, east, north)).any():
        color = COLORS["supply"]
        handles.append(Patch(fc="none", ec=color, lw=1.2, ls=_DOTTED, hatch="..", label=w["supply"]))
    return handles


def _building_marks(axes: Axes, town: Town, w: dict[str, str]) -> list[Artist]:
    """Outlines and marks by heating; a kind that is not there is not in the legend."""
    kinds = building_kind(town.buildings)
    size = float(np.clip(50 / metres_per_point(axes), 4, 22))  # smaller in a larger town
    handles: list[Artist] = []
    for kind, marker in reversed(_MARKERS.items()):
        ids = kinds.index[kinds == kind]
        if not len(ids):
            continue
        draw_polygons(
            axes, town.outlines.loc[town.outlines.index.intersection(ids)], fill=COLORS[kind], zorder=4
        )
        points = shapely.get_coordinates(town.buildings.geometry.loc[ids].to_numpy())
        axes.scatter(
            points[:, 0], points[:, 1], s=size, c=COLORS[kind], marker=marker, linewidths=0.45,
            edgecolors="white", zorder=5, rasterized=len(ids) > MANY,
        )  # fmt: skip
        look: dict[str, Any] = {
            "marker": marker,
            "color": COLORS[kind],
            "mec": "white",
            "mew": 0.5,
            "ms": 6.5,
        }
        handles.insert(0, Line2D([], [], ls="", label=w[kind], **look))
    return handles


def _cells(axes: Axes, density: Density, limits: tuple[float, ...]) -> None:
    rows, columns = density.heat_mwh.shape
    if not rows or not columns:
        return
    per_m2 = np.ma.masked_equal(density.heat_mwh, 0.0) * KWH_PER_MWH / density.cell_m**2
    west, north = density.transform.c, density.transform.f
    axes.imshow(
        per_m2,
        extent=(west, west + columns * density.cell_m, north - rows * density.cell_m, north),
        cmap=ListedColormap(list(DENSITY_COLORS)),
        norm=BoundaryNorm([0.0, *limits, np.inf], len(DENSITY_COLORS)),
        zorder=0.4,
        interpolation="nearest",
        aspect="equal",
    )
    axes.set_autoscale_on(False)
