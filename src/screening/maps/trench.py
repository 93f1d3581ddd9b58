"""Map of the trench network: which streets are dug up, where the service lines go, what is not reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Polygon

from screening.maps.furniture import WIDTH_IN, finish, new_map
from screening.maps.style import COLORS, format_number
from screening.maps.words import words

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from screening.routing import Route
    from screening.views import Municipality

__all__ = ["trench_map"]

_TRENCH, _SERVICE, _SUPPLIED = "#b5340f", "#0b6e52", "#86a9cf"
_DASHED = (0, (3, 1.6))
_MANY = 600  # from this many shapes on a layer is drawn as a picture also in SVG


def trench_map(
    found: Route,
    customers: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    municipality: Municipality,
    others: gpd.GeoDataFrame | None = None,
    language: str = "da",
    width_in: float = WIDTH_IN,
) -> Figure:
    """Draw a trench network over roads and buildings.

    Parameters
    ----------
    found
        The network.
    customers
        Outlines of the buildings to be reached, index building_id.
    roads
        Centre lines.
    municipality
        For the credit.
    others
        Outlines of other buildings.
    language
        "da" or "en".
    width_in
        Width of the figure. [in]

    Returns
    -------
    matplotlib.figure.Figure
        The map; without roads and buildings outside it.
    """
    w = words(language)
    street = found.edges["kind"] == "street"
    off_road = street & found.edges["road_id"].isna()
    missed = customers.index.isin(found.unreachable["building_id"])
    shapes = np.r_[customers.geometry.dropna().to_numpy(), found.edges.geometry.to_numpy()]
    figure, axes = new_map(np.asarray(shapely.total_bounds(shapes), float), width_in)
    _lines(axes, roads.geometry.to_numpy(), COLORS["road_major"], 0.8, 1)
    if others is not None:
        _ground(axes, others[~others.index.isin(customers.index)], COLORS["outline"])
    _ground(axes, customers[~missed], _SUPPLIED)
    _ground(axes, customers[missed], COLORS["ink"])
    _lines(axes, found.edges.geometry[~street].to_numpy(), _SERVICE, 0.9, 4)
    _lines(axes, found.edges.geometry[street & ~off_road].to_numpy(), _TRENCH, 1.9, 5)
    _lines(axes, found.edges.geometry[off_road].to_numpy(), _TRENCH, 1.9, 5, _DASHED)
    street_m, service_m = (format_number(found.length_m[kind], 0, language) for kind in ("street", "service"))
    handles: list[Artist] = [
        Line2D([], [], color=_TRENCH, lw=1.9, label=f"{w['trench']}: {street_m} m"),
        Line2D([], [], color=_SERVICE, lw=0.9, label=f"{w['service_line']}: {service_m} m"),
        Patch(fc=_SUPPLIED, label=f"{w['supplied']}: {(~missed).sum()}"),
    ]
    if off_road.any():
        handles.append(Line2D([], [], color=_TRENCH, lw=1.9, ls=_DASHED, label=w["trench_off_road"]))
    if missed.any():
        handles.append(Patch(fc=COLORS["ink"], label=f"{w['not_reached']}: {missed.sum()}"))
    handles += [*_plant(axes, found, w), *_rest(w, has_others=others is not None)]
    finish(axes, handles, municipality, language, None, 0.0)
    return figure


def _plant(axes: Axes, found: Route, w: dict[str, str]) -> list[Artist]:
    if found.plant is None:
        return []
    look: dict[str, Any] = {"marker": "*", "markersize": 13, "color": COLORS["ink"], "ls": "none"}
    axes.plot(*shapely.get_coordinates(found.plant)[0], zorder=8, mec="white", mew=0.8, **look)
    told = w["plant_suggested" if found.plant_source == "suggested" else "plant"]
    return [Line2D([], [], label=told, **look)]


def _rest(w: dict[str, str], *, has_others: bool) -> list[Artist]:
    road = Line2D([], [], color=COLORS["road_major"], lw=0.8, label=w["road"])
    return [road, Patch(fc=COLORS["outline"], label=w["outline"])] if has_others else [road]


def _lines(axes: Axes, lines: Any, color: str, width: float, zorder: float, line: Any = "-") -> None:
    paths = [shapely.get_coordinates(part) for part in shapely.get_parts(lines)]
    look: dict[str, Any] = {"colors": color, "linewidths": width, "linestyles": [line]}
    many = len(paths) > _MANY
    axes.add_collection(LineCollection(paths, zorder=zorder, rasterized=many, **look), autolim=False)


def _ground(axes: Axes, table: gpd.GeoDataFrame, color: str) -> None:
    parts = shapely.get_parts(table.geometry.dropna().to_numpy())
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    patches = [Polygon(shapely.get_coordinates(shapely.get_exterior_ring(part))) for part in parts]
    many = len(patches) > _MANY
    drawn = PatchCollection(patches, facecolor=color, edgecolor="none", zorder=3, rasterized=many)
    axes.add_collection(drawn, autolim=False)
