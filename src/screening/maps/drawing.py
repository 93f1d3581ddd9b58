"""Roads and polygons on a static map, as every map draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from screening.maps.style import COLORS

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from screening.views import Town

__all__ = ["MANY", "draw_polygons", "draw_roads"]

# From this many shapes on a layer is drawn as a picture also in SVG: it would weigh megabytes.
MANY = 600


def draw_polygons(
    axes: Axes,
    table: gpd.GeoDataFrame,
    *,
    fill: str = "",
    alpha: float = 1.0,
    edge: str = "",
    width: float = 0.0,
    line: object = "-",
    hatch: str = "",
    zorder: float = 2,
) -> None:
    """Draw polygons as one collection per look: first the ground, then the line with its hatching.

    Parameters
    ----------
    axes
        The map.
    table
        What is no polygon in it is passed over.
    fill, alpha
        Colour of the ground and how much it covers; none where empty. [1]
    edge, width, line
        Colour of the line, its width in points and its dashes; none where empty.
    hatch
        Pattern in the colour of the line.
    zorder
        What lies on top of what.
    """
    parts = shapely.get_parts(table.geometry.to_numpy())
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    patches = [PathPatch(_outline(part)) for part in parts]
    if not patches:
        return
    options: dict[str, Any] = {"zorder": zorder, "rasterized": len(patches) > MANY}
    if fill:
        ground = PatchCollection(patches, facecolor=fill, edgecolor="none", alpha=alpha, **options)
        axes.add_collection(ground, autolim=False)
    if edge:
        drawn = PatchCollection(
            patches,
            facecolor="none",
            edgecolor=edge,
            linewidth=width,
            linestyle=line,
            hatch=hatch or None,
            **options,
        )
        axes.add_collection(drawn, autolim=False)


def _outline(polygon: Any) -> Outline:
    """Path of a polygon with its holes."""
    rings = shapely.get_rings(polygon)
    return Outline.make_compound_path(
        *(Outline(shapely.get_coordinates(ring), closed=True) for ring in rings)
    )


def draw_roads(axes: Axes, town: Town, color: str = COLORS["road_major"], zorder: float = 1) -> None:
    """Draw the roads of an area.

    Parameters
    ----------
    axes
        The map.
    town
        The area's view.
    color
        Of the lines.
    zorder
        What lies on top of what.
    """
    lines = shapely.get_parts(town.roads.geometry.to_numpy())
    lines = lines[shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING]
    paths = [shapely.get_coordinates(line) for line in lines]
    axes.add_collection(
        LineCollection(paths, colors=color, linewidths=0.8, zorder=zorder, rasterized=len(paths) > MANY),
        autolim=False,
    )
