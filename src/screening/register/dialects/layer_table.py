"""Map layers read through GDAL, in pieces: as Arrow where that is sound, else feature by feature."""

from __future__ import annotations

import contextlib
import struct
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyogrio.raw import open_arrow

from screening.errors import InputFileError
from screening.register.dialects.label_columns import is_register_table
from screening.register.dialects.typed_table import TypedTable
from screening.register.dialects.vocabulary import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["layer_table", "undeclared"]

_BATCH_ROWS = 1 << 16
# GDAL's Arrow stream of a FlatGeobuf with missing shapes is broken (3.12); of the others little is known.
_SOUND_ARROW = {"GeoPackage", "shapefile", "GeoJSON"}
_SHAPE_HEAD_BYTES = 100
_TABLE_HEAD_BYTES = 32
_BYTES = "ISO-8859-1"  # one character per byte
_READ_ERRORS = (DataSourceError, DataLayerError, FieldError, pa.ArrowException, OSError, RuntimeError)


@dataclass(frozen=True)
class _Layer:
    """A layer of a file, as GDAL tells of it."""

    path: Path
    kind: str
    what: str
    name: str
    fields: tuple[str, ...]
    crs: str | None
    has_geometry: bool
    count: int
    encoding: str | None


def layer_table(path: Path, kind: str, what: str) -> TypedTable:
    """Prepare to read the layer with the register's columns.

    Parameters
    ----------
    path
        A file or folder that GDAL opens.
    kind
        From ``table_source.kind_of``.
    what
        The source's name, for error texts.

    Returns
    -------
    TypedTable
        The layer.

    Raises
    ------
    InputFileError
        If it cannot be opened, does not say its reference system, or not one layer fits.
    """
    if kind == "shapefile":
        path = _whole_shapefile(path, what)
    with _told(what, kind):
        layers = {str(name): _open(path, kind, what, str(name)) for name, _ in pyogrio.list_layers(path)}
    layer = layers[_one_layer({name: list(layer.fields) for name, layer in layers.items()}, what)]
    if layer.has_geometry and not layer.crs:
        raise undeclared(what)
    crs = layer.crs if layer.has_geometry else None
    name = kind[0].upper() + kind[1:]

    def read(names: list[str], geometry: bool) -> Iterator[pa.Table]:
        rows = 0
        pieces = _as_arrow if kind in _SOUND_ARROW else _by_feature
        with _told(what, kind):
            for piece in pieces(layer, names, geometry):
                rows += piece.num_rows
                yield piece
        if rows != layer.count >= 0:
            raise InputFileError(
                f"{what} is damaged: {rows} of its {layer.count} rows can be read; make or download it again."
            )

    return TypedTable(name, what, layer.fields, read, layer.has_geometry, crs)


def undeclared(what: str) -> InputFileError:
    """Say that a source does not tell its reference system."""
    return InputFileError(
        f"{what} does not say its coordinate reference system; set it to EPSG:25832 where it was made (a"
        " shapefile says it in its .prj)."
    )


def _open(path: Path, kind: str, what: str, name: str) -> _Layer:
    """Look at a layer; names that are cut in the middle of an æ, ø or å are read by byte."""
    encoding = None
    try:
        info = pyogrio.read_info(path, layer=name, force_feature_count=True)
    except UnicodeDecodeError:
        encoding = _BYTES
        info = pyogrio.read_info(path, layer=name, force_feature_count=True, encoding=encoding)
    fields = tuple(str(field) for field in info["fields"])
    if encoding:
        fields = tuple(field.encode(_BYTES).decode("utf-8", "ignore") for field in fields)
    has_geometry = info["geometry_type"] not in {None, "None"}
    return _Layer(path, kind, what, name, fields, info["crs"], has_geometry, int(info["features"]), encoding)


def _as_arrow(layer: _Layer, names: list[str], geometry: bool) -> Iterator[pa.Table]:
    # GeoJSON has no times: GDAL guesses them, and would write them in its own way.
    options: dict[str, Any] = {"DATE_AS_STRING": "YES"} if layer.kind == "GeoJSON" else {}
    if layer.encoding is None:
        options["columns"] = names
    else:
        options["encoding"] = layer.encoding
    with open_arrow(
        layer.path,
        layer=layer.name,
        read_geometry=geometry,
        batch_size=_BATCH_ROWS,
        use_pyarrow=True,
        datetime_as_string=True,
        **options,
    ) as (meta, batches):
        drawn = meta["geometry_name"] or "wkb_geometry"
        kinds = dict(zip(meta["fields"], meta["ogr_types"], strict=True))
        for batch in batches:
            piece = pa.Table.from_batches([batch])
            for name in [n for n, kind in kinds.items() if kind == "OFTDateTime" and n in piece.column_names]:
                piece = _replace(piece, name, _plain_times(piece.column(name)))
            if geometry:
                piece = piece.rename_columns(["geometry" if n == drawn else n for n in piece.column_names])
            if layer.encoding:
                piece = _as_utf8(piece)
            yield piece.select([*names, "geometry"] if geometry else names)


def _by_feature(layer: _Layer, names: list[str], geometry: bool) -> Iterator[pa.Table]:
    for start in range(0, max(layer.count, 0), _BATCH_ROWS):
        frame = pyogrio.read_dataframe(
            layer.path,
            layer=layer.name,
            columns=names,
            read_geometry=geometry,
            skip_features=start,
            max_features=_BATCH_ROWS,
            use_arrow=False,
            datetime_as_string=True,
        )
        columns = {name: pa.chunked_array([pa.Array.from_pandas(frame[name])]) for name in names}
        for name in names:
            if pa.types.is_string(columns[name].type) or pa.types.is_large_string(columns[name].type):
                columns[name] = columns[name].cast(pa.string())
        if geometry:
            shapes = shapely.to_wkb(frame.geometry.to_numpy())
            columns["geometry"] = pa.chunked_array([pa.array(shapes, pa.binary())])
        yield pa.table(columns)


def _replace(piece: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    return piece.set_column(piece.column_names.index(name), name, column)


def _plain_times(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write times as the register does: Z for UTC, no idle zeros."""
    text = pc.replace_substring_regex(text, r"(\.\d*?)0+(Z|[-+][\d:]+)?$", r"\1\2")
    text = pc.replace_substring_regex(text, r"\.(Z|[-+][\d:]+)?$", r"\1")
    return pc.replace_substring_regex(text, r"\+00:?(?:00)?$", "Z")


def _as_utf8(piece: pa.Table) -> pa.Table:
    """Put names and texts that were read by byte together again."""
    for name in piece.column_names:
        if pa.types.is_string(piece.column(name).type):
            values = piece.column(name).combine_chunks().dictionary_encode()
            words = [w.encode(_BYTES).decode("utf-8", "replace") for w in values.dictionary.to_pylist()]
            texts = pa.array(words, pa.string()).take(values.indices)
            piece = _replace(piece, name, pa.chunked_array([texts]))
    return piece.rename_columns([n.encode(_BYTES).decode("utf-8", "ignore") for n in piece.column_names])


@contextlib.contextmanager
def _told(what: str, kind: str) -> Iterator[None]:
    """Turn what the map library says into the one error that a user can mend."""
    try:
        yield
    except (*_READ_ERRORS, UnicodeDecodeError) as error:
        if isinstance(error, InputFileError):
            raise
        reason = (str(error) or "no reason told").splitlines()[0].replace(tempfile.gettempdir(), "")
        raise InputFileError(
            f"{what} looks like a {kind} but cannot be read ({reason}); make or download it again."
        ) from error


def _one_layer(layers: dict[str, list[str]], what: str) -> str:
    """Layer whose columns are the register's."""
    if not layers:
        raise InputFileError(f"{what} has no tables; expected BBR buildings (Bygning).")
    fitting = [name for name, columns in layers.items() if is_register_table(columns)]
    if len(layers) == 1 or len(fitting) == 1:
        return (fitting or list(layers))[0]
    if fitting:
        raise InputFileError(
            f"{what} has {len(fitting)} layers with the register's columns ({', '.join(fitting)}); save the"
            " one with the buildings alone."
        )
    raise InputFileError(
        f"{what} has {len(layers)} layers ({', '.join(layers)}), none with the register's columns"
        f" {FIELDS['building_id']} and {FIELDS['use_code']}; save the one with the buildings alone."
    )


def _whole_shapefile(path: Path, what: str) -> Path:
    """Shapefile of a part of it, if its table and its index lie beside it."""
    beside = {p.suffix.lower(): p for p in path.parent.iterdir() if p.stem == path.stem}
    missing = [suffix for suffix in (".shp", ".shx", ".dbf") if suffix not in beside]
    if missing:
        raise InputFileError(
            f"{what} is part of a shapefile, but {', '.join(path.stem + s for s in missing)} is not beside"
            " it; keep the files of a shapefile together, or in one zip."
        )
    if broken := [suffix for suffix in (".shp", ".shx", ".dbf") if _is_short(beside[suffix])]:
        raise InputFileError(
            f"{what} is damaged: {', '.join(path.stem + s for s in broken)} is shorter than it says itself;"
            " make or download it again."
        )
    if ".prj" not in beside:
        raise undeclared(what)
    return beside[".shp"]


def _is_short(part: Path) -> bool:
    """Tell whether a part of a shapefile is cut off, which GDAL does not: rows would be empty or missing."""
    with part.open("rb") as stream:
        head = stream.read(_SHAPE_HEAD_BYTES)
    if part.suffix.lower() == ".dbf":
        if len(head) < _TABLE_HEAD_BYTES:
            return True
        rows, head_bytes, row_bytes = struct.unpack("<IHH", head[4:12])
        stated = head_bytes + rows * row_bytes
    else:
        if len(head) < _SHAPE_HEAD_BYTES:
            return True
        stated = 2 * int.from_bytes(head[24:28], "big")  # in units of two bytes
    return part.stat().st_size < int(stated)
