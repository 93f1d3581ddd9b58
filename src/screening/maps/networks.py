"""The network along the roads on a map for print: wider lines for larger pipes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from screening.maps.furniture import WIDTH_IN, finish, new_map
from screening.maps.pipes import pipe_width
from screening.maps.style import COLORS
from screening.maps.words import words

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from screening.views import Town

__all__ = ["network_map"]

_MANY = 600  # from this many shapes on a layer is drawn as a picture also in SVG


def network_map(town: Town, language: str = "da", width_in: float = WIDTH_IN) -> Figure:
    """Map of the trenches: street pipes by size, service lines, customers, those whom no road leads to.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".
    width_in
        Width of the figure. [in]

    Returns
    -------
    matplotlib.figure.Figure
        The map.
    """
    w, pipes = words(language), town.network_pipes
    shapes = [*town.trimmed.geometry, *pipes.geometry]
    figure, axes = new_map(np.asarray(shapely.total_bounds(shapes), float), width_in)
    _fill(axes, town.trimmed.geometry, COLORS["trimmed"], 0.4, 0.5)
    _lines(axes, town.roads.geometry, COLORS["road_major"], 0.8, 1)
    is_customer = town.buildings["is_oil_gas"] & town.buildings["is_in_trimmed"]
    customers = town.outlines.index.isin(town.buildings.index[is_customer])
    _fill(axes, town.outlines.geometry[~customers], COLORS["outline"], 1.0, 3)
    _fill(axes, town.outlines.geometry[customers], COLORS["gas"], 1.0, 4)
    is_street = (pipes["kind"] == "street").to_numpy(bool)
    _lines(axes, pipes.geometry[~is_street], COLORS["pipe"], 0.6, 5)
    widths = pipe_width(pipes.loc[is_street, "pipe_dn"])
    _lines(axes, pipes.geometry[is_street], COLORS["pipe"], widths, 6)
    handles: list[Artist] = [
        Line2D([], [], color=COLORS["pipe"], lw=float(pipe_width(dn)), label=f"{w['pipe_street']} DN {dn}")
        for dn in sorted(pipes.loc[is_street, "pipe_dn"].unique())
    ]
    handles += [
        Line2D([], [], color=COLORS["pipe"], lw=0.6, label=w["pipe_service"]),
        Patch(fc=COLORS["gas"], label=w["pipe_customer"]),
        Patch(fc=COLORS["trimmed"], alpha=0.4, label=w["trimmed"]),
    ]
    handles[:0] = _plant(axes, town, w)
    handles += _unreached(axes, town, w)
    finish(axes, handles, town.municipality, language, None, 0.0)
    return figure


def _plant(axes: Axes, town: Town, w: dict[str, str]) -> list[Artist]:
    x, y = (float(town.network[f"plant_{axis}_m"]) for axis in ("easting", "northing"))
    if not np.isfinite([x, y]).all():
        return []
    look: dict[str, Any] = {"marker": "*", "color": COLORS["site"], "mec": "white", "ls": "", "ms": 13}
    axes.plot(x, y, zorder=8, **look)
    return [Line2D([], [], label=w["pipe_plant"], **look)]


def _unreached(axes: Axes, town: Town, w: dict[str, str]) -> list[Artist]:
    left = town.buildings.index.intersection(town.network_unreachable["building_id"])
    if left.empty:
        return []
    points = shapely.get_coordinates(town.buildings.geometry.loc[left].to_numpy())
    look: dict[str, Any] = {"marker": "X", "color": COLORS["ink"], "mec": "white", "ls": "", "ms": 8}
    axes.plot(points[:, 0], points[:, 1], zorder=9, **look)
    return [Line2D([], [], label=w["pipe_unreached"], **look)]


def _lines(axes: Axes, shapes: gpd.GeoSeries, color: str, width: Any, zorder: float) -> None:
    parts, owner = shapely.get_parts(shapes.to_numpy(), return_index=True)
    is_line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    paths = [shapely.get_coordinates(part) for part in parts[is_line]]
    widths = np.broadcast_to(width, len(shapes))[owner[is_line]]
    drawn = LineCollection(
        paths, colors=color, linewidths=widths, zorder=zorder, rasterized=len(paths) > _MANY, capstyle="round"
    )
    axes.add_collection(drawn, autolim=False)


def _fill(axes: Axes, shapes: gpd.GeoSeries, color: str, alpha: float, zorder: float) -> None:
    parts = shapely.get_parts(shapes.to_numpy())
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_exterior_ring(parts)]
    drawn = PolyCollection(
        rings, facecolors=color, edgecolors="none", alpha=alpha, zorder=zorder, rasterized=len(rings) > _MANY
    )
    axes.add_collection(drawn, autolim=False)
