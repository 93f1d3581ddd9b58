"""The same register rows as municipalities keep them: map layers, Parquet, with types or as text."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = (
    "byg026Opførelsesår",
    "byg038SamletBygningsareal",
    "byg039BygningensSamledeBoligAreal",
    "byg040BygningensSamledeErhvervsAreal",
    "byg041BebyggetAreal",
    "byg054AntalEtager",
)
POINT = "byg404Koordinat"
# What the register delivers besides, and nobody reads.
EXTRA = {"registreringsaktør": "BBR", "byg007Bygningsnummer": "æøå, 1", "navn": 'Gård "Ørø"'}


def frame_of(rows) -> pd.DataFrame:
    """Rows of text as a table of text."""
    return pd.DataFrame(rows).astype(object).where(lambda t: t.notna(), None)


def layer_of(frame, *, typed=True, crs="EPSG:25832") -> gpd.GeoDataFrame:
    """Text rows as a layer: whole numbers as numbers, the coordinate as geometry only."""
    shapes = [None if text is None else shapely.from_wkt(text) for text in frame[POINT]]
    shapes = [None if shape is None or shape.is_empty else shape for shape in shapes]
    table = frame.drop(columns=POINT)
    if typed:
        table = table.assign(**{name: pd.to_numeric(table[name]).astype("Int64") for name in WHOLE})
    return gpd.GeoDataFrame(
        table, geometry=gpd.GeoSeries(shapes, crs="EPSG:25832", index=table.index)
    ).to_crs(crs)


def write_layer(table, path: Path, driver: str, **options) -> Path:
    """Write a layer with GDAL; whole numbers that are missing somewhere become decimal ones."""
    numbers = {c: table[c].astype(float) for c in table.columns if str(table[c].dtype) == "Int64"}
    pyogrio.write_dataframe(table.assign(**numbers), path, driver=driver, **options)
    return path


def write_mapinfo(table, path: Path) -> Path:
    """Write a MapInfo table, whose names have no æ ø å and 31 letters at most."""
    letters = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
    return write_layer(
        table.rename(columns=lambda name: name.translate(letters)[:31]),
        path,
        "MapInfo File",
        encoding="UTF-8",
    )


def write_shapefile(table, path: Path) -> Path:
    """Write a shapefile; the library warns of every name it cuts, which is what is wanted."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return write_layer(table, path, "ESRI Shapefile", encoding="UTF-8")


def zip_folder(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return target
