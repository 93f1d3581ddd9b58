"""Heat density grids as GeoTIFF that also opens piece by piece over a network (COG), whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.errors import RasterioIOError
from rasterio.io import MemoryFile

from screening.errors import InputFileError, ScreeningError
from screening.store.whole import write_whole
from screening.tables import CRS
from screening.units import KWH_PER_MWH
from screening.views import Density

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_density", "write_density"]

_PER_CELL = ("MWh", "heat demand, MWh per cell and year")
_PER_M2 = ("kWh/m2", "heat density, kWh per m2 of ground and year")
_BLOCK = 256  # pixels; a town is one block, a country some hundred


def write_density(path: Path, density: Density, *, per_m2: bool = False) -> Path:
    """Write a density grid as cloud-optimised GeoTIFF: blocks of 256 cells, overviews, lossless.

    An overview holds means of the cells, so that its numbers keep their unit: MWh per cell of the full grid,
    or kWh per m2. Sums are taken from the full grid, or from an overview times the cells that each of its own
    covers. A cell without buildings is 0, a number; the value for "no data" is NaN, and no cell has it. The
    file has double precision: its sum is that of the buildings.

    Parameters
    ----------
    path
        File to write.
    density
        The grid.
    per_m2
        Write kWh per m2 of ground in place of MWh per cell; for smoothed grids, whose cells are no counts.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    ScreeningError
        If the grid has no cell.
    """
    if not density.heat_mwh.size:
        raise ScreeningError(f"{path}: a density grid without a cell cannot be written.")
    rows, columns = density.heat_mwh.shape
    unit, description = _PER_M2 if per_m2 else _PER_CELL
    values = density.heat_mwh * (KWH_PER_MWH / density.cell_m**2) if per_m2 else density.heat_mwh

    def write(partial: Path) -> None:
        # Made in memory: the driver keeps its overviews beside the target, where a crash would leave them.
        with MemoryFile() as memory:
            with memory.open(
                driver="COG",
                width=columns,
                height=rows,
                count=1,
                dtype="float64",
                crs=CRS,
                transform=density.transform,
                nodata=np.nan,
                compress="deflate",
                predictor="YES",
                blocksize=_BLOCK,
                overview_resampling="average",
            ) as raster:
                raster.write(values, 1)
                raster.set_band_description(1, description)
                raster.set_band_unit(1, unit)
                raster.update_tags(cell_m=repr(density.cell_m), TIFFTAG_SOFTWARE="screening")
            partial.write_bytes(memory.getbuffer())

    return write_whole(path, write)


def read_density(path: Path, remedy: str = "Write it again") -> Density:
    """Read a density grid that ``write_density`` wrote, in MWh per cell whatever the file's unit.

    Parameters
    ----------
    path
        The file.
    remedy
        What to do about a file that is missing or damaged, where the caller knows how it came to be.

    Returns
    -------
    Density
        The grid.

    Raises
    ------
    InputFileError
        If the file is missing or damaged, or its unit is none of the two.
    """
    try:
        with rasterio.open(path) as raster:
            values, transform, unit = raster.read(1), raster.transform, raster.units[0]
    except RasterioIOError as error:
        fault = "is damaged, or no GeoTIFF" if path.is_file() else "does not exist"
        raise InputFileError(f"{path} {fault}. {remedy}.") from error
    if unit not in {_PER_CELL[0], _PER_M2[0]}:
        raise InputFileError(f"{path} is no heat density grid: its unit is {unit or 'not given'}.")
    cell_m = float(transform.a)
    if unit == _PER_M2[0]:
        values = values * (cell_m**2 / KWH_PER_MWH)
    return Density(values, transform, cell_m)
