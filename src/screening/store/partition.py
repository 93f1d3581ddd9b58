"""One municipality's buildings as a GeoParquet file: what is written, what is checked when read."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from screening.errors import InputFileError, TableError, UnknownNameError
from screening.store.whole import flush
from screening.tables import BUILDINGS, CRS, check

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["damaged", "decode", "empty_buildings", "prepare", "write_partition"]

_INDEX = "building_id"
_GEOMETRY = "geometry"


def prepare(code: str, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Check a municipality's buildings and bring them into the order and types of the file.

    Parameters
    ----------
    code
        Municipality code, four digits.
    buildings
        ``BUILDINGS`` in any order; a missing ``municipality_code`` is taken as ``code``.

    Returns
    -------
    geopandas.GeoDataFrame
        Sorted by id, texts as text, geometry last.

    Raises
    ------
    TableError
        If the table breaks its schema, holds buildings of another municipality or has no points.
    """
    what = f"Buildings of municipality {code}"
    if not isinstance(buildings, gpd.GeoDataFrame):
        raise TableError(f"{what}: no geometry; expected a GeoDataFrame of points in {CRS}.")
    own = buildings.reindex(columns=["municipality_code"])["municipality_code"]
    other = own[own.notna() & (own != code)]
    if len(other):
        raise TableError(
            f"{what}: {len(other)} rows belong elsewhere, e.g. {other.iloc[0]!r} in row {other.index[0]};"
            " write each municipality to its own partition."
        )
    table: Any = check(buildings.assign(municipality_code=code), BUILDINGS, what)
    points = table.geometry
    broken = points.isna() | points.is_empty | (points.geom_type != "Point")
    if broken.any():
        raise TableError(
            f"{what}: {int(broken.sum())} rows have no point, e.g. {broken.index[broken][0]}; leave them out."
        )
    if points.name != _GEOMETRY:
        table = table.rename_geometry(_GEOMETRY)
    table = table.sort_index(kind="stable")
    table.index = table.index.astype("str")
    plain = [column for column in table.columns if column != _GEOMETRY]
    texts = {c: "str" for c in plain if _is_text(table[c])}
    return table[[*plain, _GEOMETRY]].astype(texts)


def write_partition(buildings: gpd.GeoDataFrame, path: Path) -> str:
    """Write a prepared table as GeoParquet with WKB points, down to the disk, and give its digest.

    Parameters
    ----------
    buildings
        From ``prepare``.
    path
        File to write.

    Returns
    -------
    str
        SHA-256 of the file in hex.
    """
    buffer = io.BytesIO()
    buildings.to_parquet(buffer, index=True, geometry_encoding="WKB", compression="zstd")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getbuffer())
    flush(path)
    return hashlib.sha256(buffer.getbuffer()).hexdigest()


def decode(
    content: bytes, path: Path, digest: str, columns: Sequence[str] | None = None
) -> gpd.GeoDataFrame | pd.DataFrame:
    """Read a partition from the bytes of its file, if they are the bytes that were written.

    Parameters
    ----------
    content
        The whole file.
    path
        Its name, for the error text.
    digest
        SHA-256 that the catalogue names.
    columns
        Columns to read; all when None. Without ``geometry`` a plain DataFrame results.

    Returns
    -------
    geopandas.GeoDataFrame or pandas.DataFrame
        Index ``building_id``, sorted.

    Raises
    ------
    InputFileError
        If the file was damaged.
    UnknownNameError
        If a column does not exist.
    """
    if hashlib.sha256(content).hexdigest() != digest:
        raise damaged(path)
    known = [name for name in parquet.read_schema(pa.BufferReader(content)).names if name != _INDEX]
    for column in columns or ():
        if column not in known:
            raise UnknownNameError("column", column, known)
    wanted = None if columns is None else list(columns)
    if wanted is None or _GEOMETRY in wanted:
        return gpd.read_parquet(io.BytesIO(content), columns=wanted)
    return pd.read_parquet(io.BytesIO(content), columns=wanted)


def damaged(path: Path) -> InputFileError:
    """Say that a partition cannot be used."""
    return InputFileError(
        f"{path} is missing or damaged: it is not the file that the catalogue names. Import the municipality"
        " again from its register file."
    )


def empty_buildings() -> gpd.GeoDataFrame:
    """Give buildings with no rows, with the columns and types of a partition."""
    kinds = {name: str(column.dtype) for name, column in BUILDINGS.columns.items()}
    frame = pd.DataFrame({n: pd.Series(dtype="str" if k == "object" else k) for n, k in kinds.items()})
    frame.index = pd.Index([], dtype="str", name=_INDEX)
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], index=frame.index, crs=CRS))


def _is_text(column: pd.Series) -> bool:
    """Tell whether a column holds texts only; one without values counts as text, as the codes do."""
    return pd.api.types.infer_dtype(column, skipna=True) in {"string", "empty"} and column.dtype != float
