"""Map layers and Parquet files as register sources: GeoPackage, shapefile, GeoJSON, FlatGeobuf and the like.

A file is told by its content. It is read through Arrow in pieces; what comes out is text, as from a CSV.
"""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import parquet

from screening.errors import InputFileError
from screening.register.dialects.layer_table import layer_table, undeclared
from screening.register.dialects.typed_table import TypedReading, TypedTable
from screening.register.dialects.vocabulary import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["kind_of", "open_table"]

_HEAD_BYTES = 1 << 16
_BATCH_ROWS = 1 << 16
_OF_SHAPEFILE = {".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".qmd", ".fix"}
_OF_MAPINFO = {".tab", ".dat", ".map", ".id", ".ind"}
_PARQUET = "Parquet"


def kind_of(path: Path) -> str | None:
    """Tell from the content which kind of table a file or folder is.

    Parameters
    ----------
    path
        A file, or a folder.

    Returns
    -------
    str or None
        "GeoPackage", "shapefile", "GeoJSON", "FlatGeobuf", "MapInfo", "file geodatabase" or "Parquet",
        "zipped ..." for a zip with one of them; None for anything else.
    """
    if path.is_dir():
        return "file geodatabase" if any(path.glob("*.gdbtable")) else None
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        kinds = _zipped(path).values()
        return f"zipped {next(iter(kinds))}" if kinds else None
    return _kind_of_head(head, path.suffix.lower())


@contextlib.contextmanager
def open_table(path: Path) -> Iterator[TypedReading]:
    """Open a table that ``kind_of`` knows, and begin to read it.

    Parameters
    ----------
    path
        The file, zip or folder.

    Yields
    ------
    TypedReading
        The rows in pieces; read it before the block ends.

    Raises
    ------
    InputFileError
        If the table is damaged, has no geometry, no reference system or no register columns, or if several
        layers fit.
    """
    kind = kind_of(path) or ""
    if not kind.startswith("zipped "):
        yield _begin(path, kind, path.name)
        return
    members = _zipped(path)
    if len(members) > 1:
        raise InputFileError(
            f"{path.name} holds {len(members)} tables ({', '.join(list(members)[:5])}); expected one: unpack"
            " it and give the one with the buildings."
        )
    # Table files are read here and there, which a compressed member does not allow.
    with tempfile.TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(folder)
        except (RuntimeError, zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
            raise InputFileError(f"{path.name} cannot be unpacked ({error}); download it again.") from error
        yield _begin(Path(folder) / next(iter(members)), kind.removeprefix("zipped "), path.name)


def _kind_of_head(head: bytes, suffix: str) -> str | None:
    signs = (
        (head.startswith(b"SQLite format 3\0") and head[68:72] in {b"GPKG", b"GP10", b"GP11"}, "GeoPackage"),
        (head.startswith(b"PAR1"), _PARQUET),
        (head.startswith(b"\0\0\x27\x0a"), "shapefile"),
        (suffix == ".dbf" and head[:1] in {b"\x03", b"\x83", b"\x8b"}, "shapefile"),
        (head.startswith(b"fgb\x03"), "FlatGeobuf"),
        (head.lstrip().lower().startswith(b"!table"), "MapInfo"),
        (_is_geojson(head), "GeoJSON"),
    )
    return next((kind for fits, kind in signs if fits), None)


def _is_geojson(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") and re.search(rb'"type"\s*:\s*"FeatureCollection"', start) is not None


def _zipped(path: Path) -> dict[str, str]:
    """Kind of each table in a zip, by name of the member; the parts of a shapefile count as one."""
    found: dict[str, str] = {}
    with (
        contextlib.suppress(zipfile.BadZipFile, zlib.error, RuntimeError, OSError),
        zipfile.ZipFile(path) as archive,
    ):
        for name in archive.namelist():
            suffix = Path(name).suffix.lower()
            is_part = suffix in (_OF_SHAPEFILE | _OF_MAPINFO) - {".shp", ".tab"}
            if is_part or name.endswith("/") or Path(name).name.startswith(".") or "__MACOSX" in name:
                continue
            with archive.open(name) as member:
                if kind := _kind_of_head(member.read(_HEAD_BYTES), suffix):
                    found[name] = kind
    return found


def _begin(path: Path, kind: str, what: str) -> TypedReading:
    table = _parquet(path, what) if kind == _PARQUET else layer_table(path, kind, what)
    _refuse_own_file(table)
    return TypedReading(table)


def _refuse_own_file(table: TypedTable) -> None:
    """Refuse buildings that have been read and judged already: their codes and areas are no register rows."""
    names = set(table.columns)
    if {"use_code", "heating_fuel_code"} <= names and FIELDS["use_code"] not in names:
        raise InputFileError(
            f"{table.what} is a file of this program's own store, not a register extract: its buildings are"
            " judged already. Name them as register:<municipality code> instead."
        )


def _parquet(path: Path, what: str) -> TypedTable:
    try:
        schema = parquet.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise InputFileError(
            f"{what} looks like a Parquet file but cannot be read ({error}); make or download it again."
        ) from error
    geometry, crs = _geoparquet(schema, what)
    fields = tuple(name for name in schema.names if name != geometry)

    def read(names: list[str], drawn: bool) -> Iterator[pa.Table]:
        try:
            with parquet.ParquetFile(path) as file:
                wanted = [*names, *([geometry] if drawn else [])]
                for batch in file.iter_batches(_BATCH_ROWS, columns=wanted):
                    piece = pa.Table.from_batches([batch]).select(wanted)
                    yield piece.rename_columns([*names, "geometry"] if drawn else names)
        except (pa.ArrowException, OSError) as error:
            raise InputFileError(f"{what} is damaged ({error}); make or download it again.") from error

    return TypedTable("GeoParquet" if geometry else _PARQUET, what, fields, read, geometry is not None, crs)


def _geoparquet(schema: pa.Schema, what: str) -> tuple[str | None, str | None]:
    """Geometry column and reference system of a Parquet file, if its metadata name them."""
    content = (schema.metadata or {}).get(b"geo")
    if content is None:
        return None, None
    try:
        geo = json.loads(content)
        name = geo["primary_column"]
        column = geo["columns"][name]
    except (ValueError, KeyError, TypeError) as error:
        raise InputFileError(f"{what} has broken GeoParquet metadata ({error}); make it again.") from error
    if column.get("encoding") != "WKB":
        raise InputFileError(
            f"{what} has geometry in the encoding {column.get('encoding')}; save it with WKB geometry."
        )
    # The format's own default is longitude and latitude; null says that nobody knows.
    crs = column.get("crs", "OGC:CRS84")
    if crs is None:
        raise undeclared(what)
    return name, crs if isinstance(crs, str) else json.dumps(crs)
