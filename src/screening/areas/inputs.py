"""Check the tables that the areas stage takes, so that one error names all faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import shapely

from screening import tables
from screening.errors import TableError
from screening.register import is_relevant

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

__all__ = [
    "check_areas",
    "check_buildings",
    "check_columns",
    "check_outlines",
    "is_relevant_oil_gas",
    "is_without_repeats",
]

_FEW = 10_000  # so few labels are looked through at once
_WORD = 8  # bytes
_MIXER = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no difference is lost
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
    checked = check_columns(buildings, columns)
    geometry = checked.geometry.to_numpy()
    faulty = shapely.is_missing(geometry) | shapely.is_empty(geometry) | (shapely.get_type_id(geometry) != 0)
    if faulty.any():
        raise TableError(
            f"buildings: {int(faulty.sum())} rows have no point (rows {_first(checked, faulty)}); expected"
            " one point per building: drop or place them before this step."
        )
    return checked


def check_columns(buildings: gpd.GeoDataFrame, columns: Iterable[str]) -> gpd.GeoDataFrame:
    """Check the named columns of a building table and that no row is repeated, at little cost.

    The schema's own way through a table takes a second for three million rows. What can be seen at once to
    keep all its rules is let through, all else goes that way and is told with every fault.

    Parameters
    ----------
    buildings
        Columns as in ``tables.BUILDINGS_WITH_HEAT``, geometry in EPSG:25832.
    columns
        The columns that the caller reads.

    Returns
    -------
    geopandas.GeoDataFrame
        The table with the schema's types.

    Raises
    ------
    TableError
        Naming a missing column, a value that breaks its rule, a repeated row, a wrong CRS.
    """
    columns = list(columns)
    checked = buildings
    if not _is_plainly_sound(buildings, columns):
        schema = pandera.DataFrameSchema({name: tables.BUILDINGS_WITH_HEAT.columns[name] for name in columns})
        checked = tables.check(buildings, schema, "buildings")
    if is_without_repeats(checked.index):
        return checked
    repeated = checked.index.duplicated()
    if repeated.any():
        raise TableError(
            f"buildings: {int(repeated.sum())} rows appear more than once (rows {_first(checked, repeated)});"
            " expected one row per building, for none may count twice."
        )
    return checked


def check_outlines(buildings: gpd.GeoDataFrame, positions: npt.NDArray[np.int64]) -> None:
    """Check that the rows that are no points are outlines whose ground can be measured.

    Parameters
    ----------
    buildings
        Points and outlines.
    positions
        Positions of the rows that are no points.

    Raises
    ------
    TableError
        Naming rows without point or polygon, and invalid polygons.
    """
    if not len(positions):
        return
    rows = buildings.iloc[positions]
    geometry = rows.geometry.to_numpy()
    other = shapely.is_missing(geometry) | shapely.is_empty(geometry) | ~_is_polygonal(geometry)
    if other.any():
        raise TableError(
            f"buildings: {int(other.sum())} rows have neither point nor outline (rows {_first(rows, other)});"
            " expected a point or a polygon per building: drop or place them before this step."
        )
    invalid = ~shapely.is_valid(geometry)
    if invalid.any():
        reason = shapely.is_valid_reason(geometry[invalid][0])
        raise TableError(
            f"buildings: {int(invalid.sum())} outlines are invalid polygons ({reason}; rows"
            f" {_first(rows, invalid)}): redraw them or mend them with make_valid."
        )


def is_without_repeats(index: pd.Index) -> bool:
    """Prove at little cost that all labels differ; False where that would take a closer look.

    Texts of one length, as the register's ids are, become one number each; numbers that all differ prove
    that the texts do.

    Parameters
    ----------
    index
        Labels of rows.

    Returns
    -------
    bool
        True only where no label occurs twice.
    """
    if isinstance(index, pd.RangeIndex):
        return True
    if index.dtype != "str" or len(index) < _FEW:
        return bool(index.is_unique)
    texts = pa.array(index.array, type=pa.large_string())
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    digests = _digests(whole)
    if digests is None:
        return False
    digests.sort()
    return not bool((digests[1:] == digests[:-1]).any())


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


def _is_plainly_sound(buildings: gpd.GeoDataFrame, columns: list[str]) -> bool:
    """Tell whether it can be seen at once that the heat demand, asked for alone, keeps its rules."""
    if columns != ["heat_demand_mwh"] or not isinstance(buildings, gpd.GeoDataFrame):
        return False
    if buildings.crs != tables.CRS or columns[0] not in buildings:
        return False
    demand = buildings[columns[0]]
    if isinstance(demand, pd.DataFrame) or demand.dtype != np.float64:
        return False
    values = demand.to_numpy()
    least, greatest = np.fmin.reduce(values, initial=0.0), np.fmax.reduce(values, initial=0.0)
    return bool(least >= 0.0 and greatest < np.inf)


def _digests(texts: pa.LargeStringArray) -> npt.NDArray[np.uint64] | None:
    """Give equal texts of one length equal numbers; None where lengths differ or a text is missing."""
    if texts.null_count:
        return None
    _, offsets_buffer, letters = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    length = int(offsets[1] - offsets[0])
    if length < _WORD or (offsets[1:] - offsets[:-1] != length).any():
        return None
    digests = np.zeros(len(texts), np.uint64)
    # The last word overlaps the one before it where the length is no multiple of a word's.
    for start in sorted({*range(0, length - _WORD + 1, _WORD), length - _WORD}):
        words = np.ndarray(len(texts), "<u8", letters, int(offsets[0]) + start, (length,))
        digests = (digests ^ words) * _MIXER
        digests ^= digests >> np.uint64(32)
    return digests


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
