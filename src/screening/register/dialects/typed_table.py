"""Tables with types and geometry, as text: what a map layer, a Parquet file and a database have in common.

Every value becomes the text that the register's CSV would have: 120.0 of a number column is "120", a time is
ISO text, a shape is ``POINT (x y)`` in EPSG:25832 with as many digits as the number has.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from screening.errors import InputFileError
from screening.register.dialects.label_columns import codes_from_labels, find_columns, find_vocabulary
from screening.register.dialects.ois import OIS, translate
from screening.register.dialects.raw import RawTable, clean_text, raw_table
from screening.register.dialects.vocabulary import FIELDS, REQUIRED
from screening.tables import CRS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

__all__ = ["TypedReading", "TypedTable", "as_text"]

_READABLE_POINT = r"(?i)^POINT\s*Z?\s*\(\s*[-+\d.eE]+(?:\s+[-+\d.eE]+){1,2}\s*\)$"
_POINTS = {"Point", "MultiPoint"}
_SHAPES = {"Polygon", "MultiPolygon"}
# Columns that carry what only OIS has to ``ois.translate``.
_OIS_CARRIES = {"created": "coordinate_note_code", "easting": "point", "northing": "effective_to"}
_EXACT = float(2**53)  # whole numbers below are exact in a float


@dataclass(frozen=True)
class TypedTable:
    """A table that can be read more than once, in pieces.

    Parameters
    ----------
    name
        Dialect, as told in the register report.
    what
        The source's name, for error texts.
    columns
        Column names, without the geometry.
    read
        Gives the pieces with the columns asked for and, if asked, the geometry (WKB under the name
        ``geometry``).
    has_geometry
        Whether there are shapes.
    crs
        Reference system of all shapes, or None where each shape says its own (EWKB).
    """

    name: str
    what: str
    columns: tuple[str, ...]
    read: Callable[[list[str], bool], Iterator[pa.Table]]
    has_geometry: bool
    crs: str | None


class TypedReading:
    """The buildings of one typed table, piece by piece.

    Parameters
    ----------
    table
        The table.

    Raises
    ------
    InputFileError
        If a needed column is missing or may be several, or there is neither a geometry nor a coordinate.
    """

    def __init__(self, table: TypedTable) -> None:
        self._table = table
        required = [c for c in REQUIRED if not (c == "point" and table.has_geometry)]
        if find_vocabulary(table.columns) is OIS:
            required = [column for column in required if column != "point"]
            required += [] if table.has_geometry else ["easting", "northing"]
        self._columns = find_columns(table.columns, table.what, required, self._look)
        self._has_polygons = False

    @property
    def name(self) -> str:
        """Dialect, and that points stand for polygons where they do."""
        return self._table.name + (", a point inside each polygon" if self._has_polygons else "")

    @property
    def absent(self) -> tuple[str, ...]:
        """Field names that the table does not have; a geometry is as good as a coordinate."""
        absent = self._columns.match.absent
        return tuple(n for n in absent if not (n == FIELDS["point"] and self._table.has_geometry))

    def __iter__(self) -> Iterator[RawTable]:
        """Give the rows in pieces."""
        columns = self._columns.match.columns
        row = 1
        for piece in self._table.read(list(dict.fromkeys(columns.values())), self._table.has_geometry):
            texts = {c: as_text(piece.column(n), n, self._table.what) for c, n in columns.items()}
            for column in self._columns.labels:
                texts[column] = codes_from_labels(texts[column], column)
            rows = self._rows(texts, np.arange(row, row + piece.num_rows))
            if self._table.has_geometry:
                written = pa.chunked_array([pa.array(rows["point"], pa.string(), from_pandas=True)])
                points = self._points(piece.column("geometry"), written).to_pandas()
                rows["point"] = pd.Series(points.to_numpy(object), rows.index, dtype=rows["point"].dtype)
            yield RawTable(rows, raw_table({}, np.array([], np.int64), {}).malformed)
            row += piece.num_rows

    def _rows(self, texts: dict[str, pa.ChunkedArray], numbers: npt.NDArray[np.int64]) -> pd.DataFrame:
        """Give the rows in today's terms, the coordinate as written."""
        if self._columns.match.vocabulary is not OIS:
            return raw_table(texts, numbers, {}).rows
        carried = {ois_column: texts[name] for name, ois_column in _OIS_CARRIES.items() if name in texts}
        return translate(raw_table(texts | carried, numbers, {}).rows, None)

    def _look(self, names: list[str]) -> Iterator[pa.Table]:
        for piece in self._table.read(names, False):
            yield pa.table({name: as_text(piece.column(name), name, self._table.what) for name in names})

    def _points(self, geometry: pa.ChunkedArray, written: pa.ChunkedArray) -> pa.ChunkedArray:
        """Coordinate as written where that is a point, else of the shape."""
        shapes = _shapes(geometry, self._table.what)
        kinds = _kinds(shapes, self._table.what)
        self._has_polygons |= bool(kinds & _SHAPES)
        drawn = pa.chunked_array([_point_texts(shapes, self._table.crs, self._table.what)])
        text = clean_text(written)
        is_point = pc.fill_null(pc.match_substring_regex(text, _READABLE_POINT), fill_value=False)
        return pc.if_else(pc.or_(is_point, pc.is_null(drawn)), text, drawn)


def as_text(column: pa.ChunkedArray, name: str, what: str) -> pa.ChunkedArray:
    """Write typed values as the register's CSV would.

    Parameters
    ----------
    column
        Values of any type that a register field may have.
    name
        The column's name, for the error text.
    what
        The source's name, for the error text.

    Returns
    -------
    pyarrow.ChunkedArray
        Text.

    Raises
    ------
    InputFileError
        If the values are true/false, lists, records or bytes.
    """
    kind = column.type
    if isinstance(kind, pa.ExtensionType):
        column, kind = (
            pa.chunked_array([c.storage for c in column.chunks], kind.storage_type),
            kind.storage_type,
        )
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_decimal(kind):
        column, kind = column.cast(pa.float64()), pa.float64()
    if pa.types.is_floating(kind):
        return _number_text(column)
    if pa.types.is_temporal(kind) and not (pa.types.is_time(kind) or pa.types.is_duration(kind)):
        return _time_text(column)
    if pa.types.is_fixed_size_binary(kind) and kind.byte_width == 16:
        values = [None if v is None else str(uuid.UUID(bytes=v)) for v in column.to_pylist()]
        return pa.chunked_array([pa.array(values, pa.string())])
    if pa.types.is_integer(kind) or _is_text(kind) or pa.types.is_null(kind):
        return column.cast(pa.string())
    told = "true/false values" if pa.types.is_boolean(kind) else f"values of the kind {kind}"
    raise InputFileError(
        f"{what} has {told} in the column {name} where text or numbers were expected; save it as text."
    )


def _is_text(kind: pa.DataType) -> bool:
    return any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def _number_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    numbers = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    is_whole = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), _EXACT))
    whole = pc.if_else(is_whole, numbers, pa.scalar(None, column.type)).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(whole, numbers.cast(pa.string()))


def _time_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write times as ISO text, in UTC where they have a zone, without idle zeros."""
    if pa.types.is_date(column.type):
        return column.cast(pa.date32()).cast(pa.string())
    zone = "Z" if column.type.tz else ""
    text = pc.strftime(column.cast(pa.timestamp("us", column.type.tz and "UTC")), format="%Y-%m-%dT%H:%M:%S")
    text = pc.replace_substring_regex(text, r"(\.\d*?)0+$", r"\1")
    text = pc.replace_substring_regex(text, r"\.$", "")
    return pc.binary_join_element_wise(text, zone, "")


def _shapes(geometry: pa.ChunkedArray, what: str) -> npt.NDArray[Any]:
    values = geometry.to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(values, on_invalid="ignore")
    if (broken := int((shapely.is_missing(shapes) & pd.notna(values)).sum())) > 0:
        raise InputFileError(
            f"{what} has {broken} shapes that cannot be read (curves, or damaged); save it again as plain"
            " points or polygons."
        )
    shapes[shapely.is_empty(shapes)] = None
    return np.asarray(shapes, dtype=object)


def _kinds(shapes: npt.NDArray[Any], what: str) -> set[str]:
    kinds = {
        shapely.GeometryType(int(i)).name.title() for i in np.unique(shapely.get_type_id(shapes)) if i >= 0
    }
    kinds = {kind.replace("Multip", "MultiP") for kind in kinds}
    if other := sorted(kinds - _POINTS - _SHAPES):
        raise InputFileError(
            f"{what} has {', '.join(other)} where a point or polygon per building was expected."
        )
    return kinds


def _point_texts(shapes: npt.NDArray[Any], crs: str | None, what: str) -> pa.Array:
    """Write a point in or at each shape, in EPSG:25832; missing where there is no shape."""
    points = np.full(len(shapes), None, dtype=object)
    given = ~shapely.is_missing(shapes)
    srids = shapely.get_srid(shapes)
    for system in [crs] if crs is not None else np.unique(srids[given]).tolist():
        chosen = given if crs is not None else given & (srids == system)
        points[chosen] = _in_denmark(shapes[chosen], system, what)
    is_point = shapely.get_type_id(points) == shapely.GeometryType.POINT
    points[~is_point & given] = shapely.point_on_surface(points[~is_point & given])
    x, y = (pa.array(f(points), from_pandas=True) for f in (shapely.get_x, shapely.get_y))
    return pc.binary_join_element_wise("POINT (", x.cast(pa.string()), " ", y.cast(pa.string()), ")", "")


def _in_denmark(shapes: npt.NDArray[Any], system: str | int, what: str) -> npt.NDArray[Any]:
    """Reproject shapes to EPSG:25832; those that are in it stay as they are, to the last digit."""
    reference = _reference(system, what)
    plane = reference.sub_crs_list[0] if reference.is_compound else reference
    shapes = shapely.force_2d(shapes)
    if plane.to_epsg() == 25832:
        return np.asarray(shapes, dtype=object)
    west, south, east, north = shapely.total_bounds(shapes)
    if plane.is_geographic and max(abs(west), abs(east), abs(south), abs(north)) > 180:
        raise InputFileError(
            f"{what} says degrees ({plane.name}) but its coordinates are metres (x {west:.0f} to {east:.0f});"
            " save it again with its right reference system."
        )
    return np.asarray(gpd.GeoSeries(shapes, crs=plane).to_crs(CRS).to_numpy(), dtype=object)


def _reference(system: str | int, what: str) -> Any:
    """Make a reference system of a text or an SRID, 0 being none."""
    if not system:
        raise InputFileError(
            f"{what} does not say its coordinate reference system; set it to {CRS} where it was made."
        )
    try:
        return gpd.GeoSeries([], crs=system).crs
    except RuntimeError:  # pyproj's CRSError is one
        raise InputFileError(
            f"{what} has a coordinate reference system that is not known ({str(system)[:80]}); reproject it"
            f" to {CRS}."
        ) from None
