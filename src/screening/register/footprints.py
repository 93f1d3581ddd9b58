"""Building outlines: the mapped one by building id, a square of the built-up area where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from screening import assumptions as sets
from screening.errors import InputFileError
from screening.register.layers import find_column, polygons_of, read_layer
from screening.tables import CRS, OUTLINES, check

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["ID_NAMES", "as_ids", "attach_outlines", "join_parts", "outline_parts", "read_outlines"]

ID_NAMES = ("BBRUUID", "bbr_uuid", "building_id")


def read_outlines(path: str | Path) -> gpd.GeoDataFrame:
    """Read mapped building outlines (GeoDanmark Bygning or alike) that carry the BBR id.

    Several polygons of one building become one shape. Polygons without a BBR id (they belong to
    no building of the register) or without area are left out.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON or shapefile in EPSG:25832 with the column BBRUUID.

    Returns
    -------
    geopandas.GeoDataFrame
        Index building_id (lower case, sorted), ``outline_source`` "mapped", ``part_count`` (polygons that
        were put together), ``is_repaired`` (invalid geometry made valid) and polygon geometry.

    Raises
    ------
    InputFileError
        If the file is missing, empty, not in EPSG:25832, has no id column or no polygon with an id.
    """
    table = read_layer(path, "building outlines", reproject=False)
    column = find_column(table, ID_NAMES, path, "the BBR id of each building")
    parts = outline_parts(table, column, path)
    if parts.empty:
        raise InputFileError(f"{Path(path).name} has no polygon with a BBR id in the column {column}.")
    return cast("gpd.GeoDataFrame", check(join_parts(parts), OUTLINES, str(path)))


def outline_parts(table: gpd.GeoDataFrame, column: str, path: str | Path) -> gpd.GeoDataFrame:
    """Give the valid polygons that have a BBR id and an area.

    Parameters
    ----------
    table
        A layer of outlines in EPSG:25832.
    column
        The column with the BBR id.
    path
        The file, for the error text.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per polygon: ``building_id`` (lower case), ``is_repaired``, ``part_count`` (1) and geometry.

    Raises
    ------
    InputFileError
        If a shape is no polygon.
    """
    shapes, is_repaired = polygons_of(table, path)
    ids = as_ids(table[column])
    parts = gpd.GeoDataFrame(
        {"building_id": ids.astype(object), "is_repaired": is_repaired, "part_count": 1},
        geometry=shapes,
        crs=CRS,
    )
    return parts[ids.notna() & (ids != "") & (shapes.area > 0)]


def as_ids(column: pd.Series) -> pd.Series:
    """Give BBR ids as the register's buildings have them: lower case, without blanks around."""
    return column.astype("str").str.strip().str.lower()


def join_parts(parts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put the polygons of each building together.

    Parameters
    ----------
    parts
        From ``outline_parts``.

    Returns
    -------
    geopandas.GeoDataFrame
        As ``read_outlines``.
    """
    several = parts["building_id"].duplicated(keep=False)
    merged = parts[several].dissolve("building_id", aggfunc={"part_count": "sum", "is_repaired": "max"})
    mapped = pd.concat([parts[~several].set_index("building_id"), merged]).sort_index()
    mapped.index = mapped.index.astype(object)
    mapped.insert(0, "outline_source", "mapped")
    return mapped


def attach_outlines(
    buildings: gpd.GeoDataFrame,
    outlines: gpd.GeoDataFrame | None,
    assumptions: Assumptions | None = None,
) -> gpd.GeoDataFrame:
    """Give every building a polygon: the mapped outline, else a square round its point.

    The square has the built-up area (byg041), else the heated area over the floors, else a small stated
    area; it is marked "estimated".

    Parameters
    ----------
    buildings
        ``BUILDINGS`` with point geometry, further columns are kept.
    outlines
        As read by ``read_outlines``; None when there is no file.
    assumptions
        Set with the register's assumptions; the shipped default set when not given.

    Returns
    -------
    geopandas.GeoDataFrame
        The same index and columns, polygon geometry, plus ``outline_source`` "mapped" or "estimated" and
        ``outline_basis``: "mapped", "footprint", "heated_area" or "fallback".
    """
    settings = assumptions or sets.load()
    by_heated = buildings["area_m2"] / buildings["floor_count"].fillna(settings.default_floor_count)
    ground = buildings["footprint_area_m2"].fillna(by_heated).fillna(settings.fallback_outline_area_m2)
    points = buildings.geometry.array
    half_m = np.sqrt(ground.to_numpy(dtype=float)) / 2
    squares = shapely.box(points.x - half_m, points.y - half_m, points.x + half_m, points.y + half_m)
    basis = np.select(
        [buildings["footprint_area_m2"].notna(), by_heated.notna()],
        ["footprint", "heated_area"],
        default="fallback",
    ).astype(object)
    shapes = np.asarray(squares, dtype=object)
    if outlines is not None:
        known = buildings.index.isin(outlines.index)
        shapes[known] = outlines.geometry.loc[buildings.index[known]].to_numpy()
        basis[known] = "mapped"
    attached = buildings.assign(
        outline_source=np.where(basis == "mapped", "mapped", "estimated"), outline_basis=basis
    )
    return cast(
        "gpd.GeoDataFrame", attached.set_geometry(gpd.GeoSeries(shapes, index=buildings.index, crs=CRS))
    )
