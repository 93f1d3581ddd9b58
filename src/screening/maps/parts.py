"""Static map of the communities that can be divided: parts by colour and number, links cut dashed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from screening.maps.drawing import draw_polygons, draw_roads
from screening.maps.furniture import WIDTH_IN, finish, metres_per_point, new_map, tag
from screening.maps.labels import place_names
from screening.maps.part_layers import divided
from screening.maps.static import BASEMAP_TIMEOUT_S
from screening.maps.style import COLORS, PART_COLORS, format_number
from screening.maps.words import words

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from screening.views import Town

__all__ = ["split_map"]

_MARGIN_M = 25.0
_LETTER_POINTS = 5.4


def split_map(
    town: Town,
    language: str = "da",
    basemap: str | Path | None = None,
    timeout_s: float = BASEMAP_TIMEOUT_S,
    width_in: float = WIDTH_IN,
) -> Figure:
    """Map of the communities divided into parts, cut to them.

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
        The map; of the whole area where nothing is divided.
    """
    w = words(language)
    parts = divided(town, town.community_parts)
    cut = divided(town, town.cut_links)
    figure, axes = new_map(_bounds(town, parts), width_in)
    draw_roads(axes, town)
    place = town.part_members["part"].reindex(town.outlines.index)
    is_left_out = town.outlines.index.isin(
        town.part_members.index[town.part_members["part"].isna() & town.part_members["id"].isin(parts["id"])]
    )
    draw_polygons(
        axes, town.outlines[place.isna().to_numpy() & ~is_left_out], fill=COLORS["outline"], zorder=3
    )
    look: dict[str, Any] = {"edge": COLORS["ink"], "width": 1.0, "zorder": 5}
    draw_polygons(axes, town.outlines[is_left_out], fill="white", hatch="xxxx", **look)
    for number, color in enumerate(PART_COLORS):
        of_color = (parts["part"] - 1) % len(PART_COLORS) == number
        draw_polygons(axes, parts[of_color], fill=color, alpha=0.22, zorder=4)
        draw_polygons(axes, parts[of_color], edge=color, width=1.3, zorder=4)
        inside = ((place - 1) % len(PART_COLORS)).eq(number).fillna(value=False).to_numpy(bool)
        draw_polygons(axes, town.outlines[inside], fill=color, edge="white", width=0.4, zorder=5)
    paths = [shapely.get_coordinates(line) for line in cut.geometry]
    dashes: dict[str, Any] = {
        "colors": COLORS["ink"],
        "linewidths": 1.8,
        "linestyles": [(0, (2.2, 1.2))],
        "zorder": 6,
    }
    axes.add_collection(LineCollection(paths, **dashes), autolim=False)
    _numbers(axes, parts)
    limit = format_number(float(town.assumptions.community_collective_supply_kw), 0, language)
    handles: list[Artist] = [
        Patch(fc=PART_COLORS[0], alpha=0.6, label=w["part"].format(limit=limit)),
        Line2D([], [], color=COLORS["ink"], lw=1.8, ls=(0, (2.2, 1.2)), label=w["cut_link"]),
    ]
    if is_left_out.any():
        handles.append(Patch(fc="white", ec=COLORS["ink"], hatch="xxxx", label=w["left_out"]))
    finish(axes, handles, town.municipality, language, basemap, timeout_s)
    return figure


def _bounds(town: Town, parts: gpd.GeoDataFrame) -> np.ndarray:
    shapes = town.communities[town.communities["id"].isin(parts["id"])]
    if shapes.empty:
        return np.asarray(town.original.total_bounds, dtype=float)
    return np.asarray(shapes.total_bounds + _MARGIN_M * np.array([-1, -1, 1, 1]), dtype=float)


def _numbers(axes: Axes, parts: gpd.GeoDataFrame) -> None:
    """Write "community.part" beside each part."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    per_point = metres_per_point(axes)
    names = [f"{row.id}.{row.part}" for row in parts.itertuples()]
    sizes = [((_LETTER_POINTS * len(name) + 6) * per_point, 13 * per_point) for name in names]
    places = place_names(sizes, parts.geometry.tolist(), shapely.box(west, south, east, north))
    for name, number, spot in zip(names, parts["part"], places, strict=True):
        tag(axes, name, *spot, PART_COLORS[(int(number) - 1) % len(PART_COLORS)], is_filled=True)
