"""Trim given areas to where buildings with oil or gas boilers lie near each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from screening import tables
from screening.areas.assign import assign, precedence
from screening.areas.inputs import check_areas, check_buildings, is_relevant_oil_gas
from screening.areas.outline import keep_polygons, outline
from screening.units import M2_PER_KM2

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from screening.assumptions import Assumptions

__all__ = ["delineate", "outside"]

_COLUMNS = ("use_code", "is_oil", "is_gas", "heat_demand_mwh")


def delineate(
    buildings: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, assumptions: Assumptions
) -> gpd.GeoDataFrame:
    """Trim each area to where oil and gas buildings lie within a reasonable distance of each other.

    Buildings at most ``trim_join_distance_m`` apart form a settlement; those with fewer than
    ``trim_min_buildings_count`` fall away; the outline runs ``trim_margin_m`` outside the outermost
    buildings and never outside the given polygon. Where given areas overlap, the ground belongs to the
    smallest of them, as the buildings do in ``assign``: trimmed areas never overlap.

    Parameters
    ----------
    buildings
        Columns use_code, is_oil, is_gas, heat_demand_mwh and points in EPSG:25832. Summer houses and
        outbuildings are left out.
    areas
        Column ``area`` and polygons in EPSG:25832.
    assumptions
        The set to use.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows and columns with the trimmed polygon (empty where no settlement remains), ``area_km2``
        and ``original_km2`` [km2], ``outside_count`` (relevant oil and gas buildings of the area that fell
        outside) [1] and ``outside_heat_mwh`` (the known demand of these) [MWh/year].

    Raises
    ------
    TableError
        If a column is missing, a building has no point, an area no valid polygon.

    See Also
    --------
    outside : The buildings that fell outside.
    """
    buildings = check_buildings(buildings, _COLUMNS)
    areas = check_areas(areas)
    chosen = buildings[is_relevant_oil_gas(buildings)]
    home = assign(chosen, areas).to_numpy()
    points = shapely.get_coordinates(chosen.geometry.to_numpy())
    geometry = np.array(
        [
            _trim(points[home == name], ground, assumptions)
            for name, ground in zip(areas["area"], _ground(areas), strict=True)
        ],
        dtype=object,
    )
    trimmed = areas.copy()
    trimmed.geometry = gpd.GeoSeries(geometry, index=areas.index, crs=areas.crs)
    trimmed["area_km2"] = shapely.area(geometry) / M2_PER_KM2
    trimmed["original_km2"] = shapely.area(areas.geometry.to_numpy()) / M2_PER_KM2
    left = outside(chosen, areas, trimmed).groupby("area")["heat_demand_mwh"]
    trimmed["outside_count"] = trimmed["area"].map(left.size()).fillna(0).astype(int)
    trimmed["outside_heat_mwh"] = trimmed["area"].map(left.sum()).fillna(0.0)
    return tables.check(trimmed, tables.TRIMMED, "trimmed areas")


def outside(
    buildings: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, trimmed: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """List the relevant oil and gas buildings that stand in no trimmed area.

    Parameters
    ----------
    buildings
        As for ``delineate``.
    areas
        The areas as given.
    trimmed
        The areas as trimmed by ``delineate``.

    Returns
    -------
    geopandas.GeoDataFrame
        Their rows, with ``area``: the given area each stands in, None where it stands in none.

    Raises
    ------
    TableError
        As ``delineate``.
    """
    buildings = check_buildings(buildings, _COLUMNS)
    chosen = buildings[is_relevant_oil_gas(buildings)]
    left = chosen[assign(chosen, trimmed).isna()]
    return left.assign(area=assign(left, areas))


def _ground(areas: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """Polygons without overlap: each gives up what an area before it in precedence holds."""
    ground = areas.geometry.to_numpy().copy()
    polygons = areas.geometry.to_numpy()
    order = precedence(areas)
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    for one, other in zip(first, second, strict=True):
        if rank[other] < rank[one] and not shapely.touches(polygons[one], polygons[other]):
            ground[one] = shapely.difference(ground[one], polygons[other])
    return np.asarray(ground, dtype=object)


def _trim(
    points: npt.NDArray[np.float64], ground: BaseGeometry, assumptions: Assumptions
) -> Polygon | MultiPolygon:
    drawn = outline(
        points,
        join_distance_m=assumptions.trim_join_distance_m,
        margin_m=assumptions.trim_margin_m,
        min_count=assumptions.trim_min_buildings_count,
    )
    parts = shapely.get_parts(keep_polygons(shapely.intersection(drawn, ground)))
    # A piece that clipping cut off, across an inlet say, is kept only with a building of its own.
    with_building, _ = shapely.STRtree(shapely.points(points)).query(parts, predicate="intersects")
    return keep_polygons(shapely.union_all(parts[np.unique(with_building)]))
