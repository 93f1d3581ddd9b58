"""Tables with shapes between the pieces of work: plain Parquet with WKB.

GeoParquet carries the reference system as a text, which takes longer to parse than a small table to read.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import geopandas as gpd
import pyarrow as pa
import pyproj
import shapely
from pyarrow import parquet

from screening.tables import CRS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Geometries = npt.NDArray[np.object_]

__all__ = ["from_table", "plane", "read_table", "write_shapes"]

_SHAPE = "geometry"


@lru_cache(maxsize=1)
def plane() -> pyproj.CRS:
    """Give the reference system, parsed once."""
    return pyproj.CRS.from_user_input(CRS)


def write_shapes(path: Path, columns: Mapping[str, pa.Array], geometry: Geometries) -> None:
    """Write columns and shapes."""
    table = pa.table({**columns, _SHAPE: pa.array(shapely.to_wkb(geometry), pa.binary())})
    parquet.write_table(table, path, compression="zstd")


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read columns; shapes stay WKB."""
    return parquet.read_table(path, columns=columns)


def from_table(table: pa.Table, index: str | None = None) -> gpd.GeoDataFrame:
    """Give a table with shapes as the stages take it."""
    frame: pd.DataFrame = table.drop_columns([_SHAPE]).to_pandas()
    shapes = shapely.from_wkb(table[_SHAPE].to_numpy())
    if index is not None:
        frame = frame.set_index(index)
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=plane()))
