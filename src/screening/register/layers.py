"""Doors to the map layers that a planner brings: town polygons, roads, district heating areas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from screening.errors import InputFileError
from screening.tables import (
    AREAS,
    CRS,
    MAX_EASTING_M,
    MAX_NORTHING_M,
    MIN_EASTING_M,
    MIN_NORTHING_M,
    ROADS,
    check,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

__all__ = [
    "PLACE_NAMES",
    "find_column",
    "in_crs",
    "polygons_of",
    "read_areas",
    "read_layer",
    "read_places",
    "read_roads",
    "read_supply_areas",
]

_AREA_NAMES = ("area", "område", "omraade", "navn", "name", "by", "town")
_TOWN_NAMES = ("town", "by", "bynavn")
PLACE_NAMES = frozenset({"name", "navn", "stednavn", "primærtnavn", "navn_1_skrivemaade", "bynavn", "by"})
_ROAD_NAMES = ("road_class", "vejklasse", "highway")
_ROAD_ID_NAMES = ("road_id", "id_lokalid", "osm_id")
_LEVEL_NAMES = ("level", "niveau", "layer")
_SUPPLY_NAMES = ("supply_name", "navn", "name", "plannavn", "plannr")
_WGS84_LIKE = {4326, 4258}  # degrees; what GeoJSON is in


def read_areas(path: str | Path) -> gpd.GeoDataFrame:
    """Read the polygons of the towns or parts of towns to be screened.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON or shapefile in EPSG:25832, or in degrees (then reprojected). The name is taken
        from the first of the columns area, område, navn, name, by, town; the town that a part belongs to
        from town, by or bynavn.

    Returns
    -------
    geopandas.GeoDataFrame
        ``AREAS``: ``area``, ``town`` (the area itself where none is given) and polygon geometry in
        EPSG:25832; further columns are left out.

    Raises
    ------
    InputFileError
        If the file is missing or empty, has no known CRS or no name column, if a name is missing or occurs
        twice, or if a named area has no shape, or one that is no polygon or lies outside Denmark. A row with
        neither name nor shape is no area and is passed over.
    """
    table = read_layer(path, "area polygons", with_shapeless=True)
    column = find_column(table, _AREA_NAMES, path, "the name of each area")
    names = table[column].astype("str").str.strip().replace("", None)
    is_drawn = _has_shape(table)
    if (undrawn := names[~is_drawn].dropna()).any():
        raise InputFileError(
            f"{Path(path).name}: {', '.join(undrawn)} has no polygon; draw it, or delete the row."
        )
    table, names = table[is_drawn].reset_index(drop=True), names[is_drawn].reset_index(drop=True)
    if (unnamed := int(names.isna().sum())) > 0:
        raise InputFileError(
            f"{Path(path).name}: {unnamed} areas have no name in the column {column}; name each one."
        )
    if names.duplicated().any():
        twice = ", ".join(sorted(set(names[names.duplicated()])))
        raise InputFileError(
            f"{Path(path).name}: the column {column} has {twice} more than once; give each area a name of"
            " its own, and the town in a column 'town'."
        )
    shapes, _ = polygons_of(table, path)
    if (flat := names[shapes.area == 0]).any():
        raise InputFileError(f"{Path(path).name}: {', '.join(flat)} has no area; draw the polygon again.")
    town = _first(table, [name for name in _TOWN_NAMES if name != column.casefold()])
    towns = names if town is None else table[town].astype("str").str.strip().replace("", None).fillna(names)
    areas = gpd.GeoDataFrame(
        {"area": names.astype(object), "town": towns.astype(object)}, geometry=shapes, crs=CRS
    )
    return cast("gpd.GeoDataFrame", check(areas, AREAS, str(path)))


def read_roads(path: str | Path) -> gpd.GeoDataFrame:
    """Read road centre lines.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON or shapefile in EPSG:25832 or in degrees; the class is taken from road_class,
        VEJKLASSE or highway, the id from road_id, ID_LOKALID or osm_id, the level from level, NIVEAU or
        layer.

    Returns
    -------
    geopandas.GeoDataFrame
        ``ROADS``: ``road_class`` (missing where the file has none) and lines in EPSG:25832; ``road_id`` and
        ``level`` (above or below the ground, as text) only where the file has them.

    Raises
    ------
    InputFileError
        If the file is missing or empty, has no known CRS or holds shapes other than lines.
    """
    table = read_layer(path, "road centre lines")
    lines = table.geometry.explode()
    kinds = set(lines.geom_type.dropna())
    if not kinds <= {"LineString"}:
        raise InputFileError(
            f"{Path(path).name} has {', '.join(sorted(kinds))} where road centre lines were expected."
        )
    wanted = {"road_class": _ROAD_NAMES, "road_id": _ROAD_ID_NAMES, "level": _LEVEL_NAMES}
    found = {name: _first(table, names) for name, names in wanted.items()}
    columns = {
        name: table[column].astype(object).reindex(lines.index).to_numpy()
        for name, column in found.items()
        if column is not None
    }
    columns.setdefault("road_class", np.full(len(lines), None, object))
    roads = gpd.GeoDataFrame(columns, geometry=lines.to_numpy(), crs=CRS)
    return cast("gpd.GeoDataFrame", check(roads, ROADS, str(path)))


def read_supply_areas(path: str | Path) -> gpd.GeoDataFrame:
    """Read existing or planned district heating areas, e.g. Plandata's forsyningsområder.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON or shapefile in EPSG:25832 or in degrees.

    Returns
    -------
    geopandas.GeoDataFrame
        ``supply_name`` (a number where the file names none) and polygon geometry in EPSG:25832.

    Raises
    ------
    InputFileError
        If the file is missing or empty, has no known CRS or holds shapes other than polygons.
    """
    table = read_layer(path, "district heating areas")
    shapes, _ = polygons_of(table, path)
    numbered = pd.Series([f"Område {n}" for n in range(1, len(table) + 1)], index=table.index, dtype=object)
    column = _first(table, _SUPPLY_NAMES)
    names = numbered if column is None else table[column].astype("str").astype(object).fillna(numbered)
    return gpd.GeoDataFrame({"supply_name": names}, geometry=shapes, crs=CRS)


def read_places(path: str | Path) -> gpd.GeoDataFrame:
    """Read place names for the towns that the tool finds, e.g. the settlements of Danske Stednavne.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON or shapefile in EPSG:25832 or in degrees, points or polygons; the name is taken
        from name, navn, stednavn and the like.

    Returns
    -------
    geopandas.GeoDataFrame
        ``name`` and geometry in EPSG:25832; rows without a name left out.

    Raises
    ------
    InputFileError
        If the file is missing or empty, has no known CRS, no name column, or holds lines.
    """
    table = read_layer(path, "place names")
    column = find_column(table, sorted(PLACE_NAMES), path, "the name of each place")
    if table.geometry.geom_type.str.contains("Line").any():
        raise InputFileError(f"{Path(path).name} has lines where points or polygons were expected.")
    names = table[column].astype("str").str.strip()
    is_named = names.notna() & (names != "")
    shapes = shapely.make_valid(shapely.force_2d(table.geometry[is_named].to_numpy()))
    return gpd.GeoDataFrame({"name": names[is_named].astype(object)}, geometry=shapes, crs=CRS)


def read_layer(
    path: str | Path, what: str, *, reproject: bool = True, with_shapeless: bool = False
) -> gpd.GeoDataFrame:
    """Read the one layer of a map file in EPSG:25832.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON, shapefile: whatever GDAL reads.
    what
        What the file should hold, for the error text.
    reproject
        Whether a file in degrees (EPSG:4326 or 4258) is reprojected; refused otherwise.
    with_shapeless
        Whether rows without geometry stay, for the caller to name.

    Returns
    -------
    geopandas.GeoDataFrame
        All columns; rows without geometry left out unless wanted; index 0, 1, ...

    Raises
    ------
    InputFileError
        If the file is missing, unreadable or empty, has several layers, no CRS or another one, or lies
        outside Denmark.
    """
    path = Path(path)
    if not path.is_file():
        raise InputFileError(f"File with {what} {path} does not exist; check the path.")
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        if len(layers) > 1:
            raise InputFileError(
                f"{path.name} has {len(layers)} layers ({', '.join(layers)}); save the one with {what} alone."
            )
        table = gpd.GeoDataFrame() if not layers else gpd.read_file(path, layer=layers[0], engine="pyogrio")
    except (DataSourceError, DataLayerError) as error:
        raise InputFileError(
            f"{path.name} is no map file that can be read ({error}); expected {what} as GeoPackage or"
            " GeoJSON."
        ) from error
    if not isinstance(table, gpd.GeoDataFrame) or "geometry" not in table or not _has_shape(table).any():
        raise InputFileError(f"{path.name} has no shapes; expected {what}.")
    if not with_shapeless:
        table = table[_has_shape(table)].reset_index(drop=True)
    return in_crs(table, path, reproject=reproject)


def _has_shape(table: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    shapes = table.geometry.to_numpy()
    return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)), bool)


def in_crs(table: gpd.GeoDataFrame, path: Path, *, reproject: bool) -> gpd.GeoDataFrame:
    """Give a layer in EPSG:25832 and inside Denmark; refuse another, as ``read_layer`` does."""
    if table.crs is None:
        raise InputFileError(
            f"{path.name} does not say its coordinate reference system; set it to {CRS} where it was made."
        )
    # Danish files with heights come in EPSG:7416, of which the plane part is EPSG:25832.
    plane = table.crs.sub_crs_list[0] if table.crs.is_compound else table.crs
    code = plane.to_epsg()
    west, south, east, north = table.total_bounds
    if code in _WGS84_LIKE and max(abs(west), abs(east)) > 180:
        raise InputFileError(
            f"{path.name} says degrees ({table.crs.to_string()}) but its coordinates are metres"
            f" (x {west:.0f} to {east:.0f}); save it again with its right reference system."
        )
    if code in _WGS84_LIKE and reproject:
        table = table.to_crs(CRS)
    elif code == 25832:
        table = table.set_crs(CRS, allow_override=True)
    else:
        raise InputFileError(
            f"{path.name} is in {table.crs.to_string()}; expected {CRS} (ETRS89 / UTM 32N): reproject it"
            " first."
        )
    west, south, east, north = table.total_bounds
    inside = (
        west >= MIN_EASTING_M
        and east <= MAX_EASTING_M
        and south >= MIN_NORTHING_M
        and north <= MAX_NORTHING_M
    )
    if not inside:
        raise InputFileError(
            f"{path.name} reaches outside Denmark (x {west:.0f} to {east:.0f}, y {south:.0f} to {north:.0f} m"
            f" in {CRS}); check its reference system and the order of its axes."
        )
    return table


def find_column(table: pd.DataFrame, names: Iterable[str], path: str | Path, what: str) -> str:
    """Find a column by any of its usual names, whatever their case.

    Parameters
    ----------
    table
        The table read.
    names
        Usual names, the preferred first.
    path
        The file, for the error text.
    what
        What the column holds, for the error text.

    Returns
    -------
    str
        The column's name as the file has it.

    Raises
    ------
    InputFileError
        If there is none; lists what the file has.
    """
    names = list(names)
    found = _first(table, names)
    if found is None:
        have = ", ".join(str(column) for column in table.columns if column != "geometry") or "none"
        raise InputFileError(
            f"{Path(path).name} has no column with {what}; looked for {', '.join(names)}, the file has"
            f" {have}."
        )
    return found


def _first(table: pd.DataFrame, names: Iterable[str]) -> str | None:
    folded = {str(column).casefold(): str(column) for column in table.columns}
    return next((folded[name.casefold()] for name in names if name.casefold() in folded), None)


def polygons_of(table: gpd.GeoDataFrame, path: str | Path) -> tuple[gpd.GeoSeries, pd.Series]:
    """Give valid polygons, flat, and which of them had to be repaired.

    Parameters
    ----------
    table
        A layer from ``read_layer``.
    path
        The file, for the error text.

    Returns
    -------
    tuple of geopandas.GeoSeries and pandas.Series
        Polygons or multipolygons, and whether each was invalid before; on the same index.

    Raises
    ------
    InputFileError
        If a shape is no polygon.
    """
    other = sorted(set(table.geometry.geom_type) - {"Polygon", "MultiPolygon"})
    if other:
        raise InputFileError(f"{Path(path).name} has {', '.join(other)} where polygons were expected.")
    shapes = shapely.force_2d(table.geometry.to_numpy())
    invalid = ~shapely.is_valid(shapes)
    shapes[invalid] = shapely.make_valid(shapes[invalid], method="structure", keep_collapsed=False)
    return gpd.GeoSeries(shapes, index=table.index, crs=table.crs), pd.Series(invalid, index=table.index)
