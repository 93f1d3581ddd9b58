"""Building outlines of a whole country, read in pieces: only those of the buildings asked for."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import pyproj
import shapely
from pyarrow import parquet
from pyogrio.errors import DataLayerError, DataSourceError
from pyogrio.raw import open_arrow

from screening.errors import InputFileError
from screening.register.footprints import ID_NAMES, as_ids, outline_parts
from screening.register.layers import find_column, in_crs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["outline_files", "stream_outlines"]

_ENDINGS = {".gpkg", ".parquet", ".geojson", ".fgb", ".shp"}
_BATCH_ROWS = 65_536


def outline_files(source: str | Path) -> list[Path]:
    """Give the files of outlines in a folder, or the one file.

    Parameters
    ----------
    source
        A file, or a folder with several (of municipalities, say): .gpkg, .parquet, .geojson, .fgb, .shp.

    Returns
    -------
    list of pathlib.Path
        Sorted by name.

    Raises
    ------
    InputFileError
        If there is none.
    """
    path = Path(source)
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputFileError(f"Outlines {path} do not exist; check the path.")
    found = sorted(item for item in path.iterdir() if item.suffix.lower() in _ENDINGS and item.is_file())
    if not found:
        raise InputFileError(f"The folder {path} has no outlines; expected {', '.join(sorted(_ENDINGS))}.")
    return found


def stream_outlines(
    paths: Iterable[Path],
    wanted: pd.Index,
    *,
    batch_rows: int = _BATCH_ROWS,
    on_rows: Callable[[int], None] = lambda _count: None,
) -> Iterator[gpd.GeoDataFrame]:
    """Read outlines piece by piece; only those of the wanted buildings are made to shapes.

    Parameters
    ----------
    paths
        Files as for ``read_outlines``, GeoParquet too.
    wanted
        Ids of buildings, lower case.
    batch_rows
        Rows of a piece. [1]
    on_rows
        Called with the rows read so far.

    Yields
    ------
    geopandas.GeoDataFrame
        As ``outline_parts``, in the order of the files; ``join_parts`` puts those of a building together.

    Raises
    ------
    InputFileError
        As ``read_outlines``; a file with no building that is wanted is none.
    """
    read = 0
    for path in paths:
        with _open(path, batch_rows) as (reader, geometry, crs):
            names = [name for name in reader.schema.names if name != geometry]
            column = find_column(pd.DataFrame(columns=names), ID_NAMES, path, "the BBR id of each building")
            for batch in reader:
                read += batch.num_rows
                yield from _parts(batch, column, geometry, crs, path, wanted)
                on_rows(read)


def _parts(
    batch: pa.RecordBatch, column: str, geometry: str, crs: Any, path: Path, wanted: pd.Index
) -> Iterator[gpd.GeoDataFrame]:
    """Make the wanted rows of a piece to parts of outlines."""
    ids = as_ids(batch.column(column).to_pandas())
    here = batch.filter(pa.array(ids.isin(wanted).to_numpy()))
    shapes = shapely.from_wkb(here.column(geometry).to_numpy(zero_copy_only=False))
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not drawn.any():
        return
    table = gpd.GeoDataFrame(
        {column: here.column(column).to_pandas().to_numpy()[drawn]}, geometry=shapes[drawn], crs=crs
    )
    yield outline_parts(in_crs(table, path, reproject=False), column, path)


@contextmanager
def _open(path: Path, batch_rows: int) -> Iterator[tuple[Any, str, Any]]:
    """Open a file as pieces of Arrow with shapes as WKB; also the name of the shapes and their CRS."""
    if not path.is_file():
        raise InputFileError(f"File with building outlines {path} does not exist; check the path.")
    try:
        if path.suffix.lower() == ".parquet":
            yield _open_parquet(path, batch_rows)
            return
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        if len(layers) != 1:
            raise InputFileError(
                f"{path.name} has {len(layers)} layers with shapes ({', '.join(layers)}); save the one with"
                " building outlines alone."
            )
        with open_arrow(path, layer=layers[0], batch_size=batch_rows, use_pyarrow=True) as (facts, reader):
            yield reader, facts["geometry_name"] or "wkb_geometry", facts["crs"]
    except (DataSourceError, DataLayerError, pa.ArrowInvalid) as error:
        raise InputFileError(
            f"{path.name} is no map file that can be read ({error}); expected building outlines as"
            " GeoPackage or GeoParquet."
        ) from error


def _open_parquet(path: Path, batch_rows: int) -> tuple[pa.RecordBatchReader, str, Any]:
    file = parquet.ParquetFile(path)
    facts = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
    name = facts.get("primary_column", "")
    shapes = facts.get("columns", {}).get(name, {})
    if shapes.get("encoding") != "WKB":
        raise InputFileError(f"{path.name} is no GeoParquet with shapes as WKB; write it with geopandas.")
    crs = shapes.get("crs", "OGC:CRS84")  # the standard's default
    batches = file.iter_batches(batch_size=batch_rows)
    reader = pa.RecordBatchReader.from_batches(file.schema_arrow, batches)
    return reader, name, None if crs is None else pyproj.CRS.from_user_input(crs)
