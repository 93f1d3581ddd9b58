"""Check the tables that the areas stage takes, so that one error names all faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandera.pandas as pa
import shapely

from screening import tables
from screening.errors import TableError
from screening.register import is_relevant

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt

__all__ = ["check_areas", "check_buildings", "is_relevant_oil_gas"]

_AREA_SCHEMA = tables.AREAS.remove_columns(["town"])


def check_buildings(buildings: gpd.GeoDataFrame, columns: Iterable[str]) -> gpd.GeoDataFrame:
    """Check the named columns of a building table and its points.

    Parameters
    ----------
    buildings
        Columns as in ``tables.BUILDINGS_WITH_HEAT``, points in EPSG:25832.
    columns
        The columns that the caller reads.

    Returns
    -------
    geopandas.GeoDataFrame
        The table with the schema's types.

    Raises
    ------
    TableError
        Naming a missing column, a value that breaks its rule, a repeated row, a missing point, a wrong CRS.
    """
    schema = pa.DataFrameSchema({name: tables.BUILDINGS_WITH_HEAT.columns[name] for name in columns})
    checked = tables.check(buildings, schema, "buildings")
    repeated = checked.index.duplicated()
    if repeated.any():
        raise TableError(
            f"buildings: {int(repeated.sum())} rows appear more than once (rows {_first(checked, repeated)});"
            " expected one row per building, for none may count twice."
        )
    geometry = checked.geometry.to_numpy()
    faulty = shapely.is_missing(geometry) | shapely.is_empty(geometry) | (shapely.get_type_id(geometry) != 0)
    if faulty.any():
        raise TableError(
            f"buildings: {int(faulty.sum())} rows have no point (rows {_first(checked, faulty)}); expected"
            " one point per building: drop or place them before this step."
        )
    return checked


def check_areas(areas: gpd.GeoDataFrame, *, may_be_empty: bool = False) -> gpd.GeoDataFrame:
    """Check a table of area polygons.

    Parameters
    ----------
    areas
        Column ``area`` (unique) and polygons in EPSG:25832.
    may_be_empty
        Whether an empty polygon is allowed, as in a trimmed table.

    Returns
    -------
    geopandas.GeoDataFrame
        The table with the schema's types.

    Raises
    ------
    TableError
        Naming areas that share a name or have a missing, invalid or non-polygon geometry.
    """
    checked = tables.check(areas, _AREA_SCHEMA, "areas")
    geometry = checked.geometry.to_numpy()
    faults = []
    empty = shapely.is_missing(geometry) | (shapely.is_empty(geometry) & (not may_be_empty))
    if empty.any():
        faults.append(f"{_names(checked, empty)} have no polygon: draw one or drop the row")
    other = ~shapely.is_missing(geometry) & ~_is_polygonal(geometry)
    if other.any():
        faults.append(f"{_names(checked, other)} are no polygons: close the lines to polygons")
    invalid = ~shapely.is_missing(geometry) & ~shapely.is_valid(geometry)
    if invalid.any():
        reason = shapely.is_valid_reason(geometry[invalid][0])
        faults.append(
            f"{_names(checked, invalid)} are invalid polygons ({reason}): redraw them or mend them with"
            " make_valid"
        )
    if faults:
        raise TableError("areas: " + "; ".join(faults) + ".")
    return checked


def is_relevant_oil_gas(buildings: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Tell which rows have an oil or gas boiler and are neither summer house nor outbuilding.

    Parameters
    ----------
    buildings
        Columns use_code, is_oil, is_gas.

    Returns
    -------
    numpy.ndarray
        Booleans, one per row. [1]
    """
    relevant = is_relevant(buildings["use_code"])
    mask: npt.NDArray[np.bool_] = ((buildings["is_oil"] | buildings["is_gas"]) & relevant).to_numpy()
    return mask


def _is_polygonal(geometry: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    kinds = shapely.get_type_id(geometry)
    polygonal: npt.NDArray[np.bool_] = (kinds == shapely.GeometryType.POLYGON) | (
        kinds == shapely.GeometryType.MULTIPOLYGON
    )
    return polygonal


def _first(table: gpd.GeoDataFrame, mask: npt.NDArray[np.bool_]) -> str:
    return ", ".join(str(row) for row in table.index[mask][:3])


def _names(areas: gpd.GeoDataFrame, mask: npt.NDArray[np.bool_]) -> str:
    return ", ".join(repr(name) for name in areas.loc[mask, "area"].head(5))
