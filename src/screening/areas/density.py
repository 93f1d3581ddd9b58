"""Heat density grid: the heat of every building in the one cell it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from affine import Affine

from screening import tables
from screening.areas.inputs import check_buildings
from screening.errors import ScreeningError

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["cell_of", "density_grid"]

_MAX_CELLS = 50_000_000  # 400 MB of numbers: more is a cell size in the wrong unit, not a map


def density_grid(
    buildings: gpd.GeoDataFrame,
    cell_m: float = 100.0,
    bounds: tuple[float, float, float, float] | None = None,
) -> tuple[FloatArray, Affine, str]:
    """Sum the heat demand of buildings in square cells; the sum of the grid is that of the buildings.

    Cells lie at multiples of the cell size, so that grids of different towns and years fit each other.
    A cell holds its west and south side but not its east and north side: a building on a corner is in
    exactly one cell. Choose the buildings before (only those with oil and gas, say): all that are given
    count. A building with unknown demand adds nothing; count these beside the map.

    Parameters
    ----------
    buildings
        Column heat_demand_mwh and points in EPSG:25832.
    cell_m
        Side of a cell. [m]
    bounds
        West, south, east and north of what the grid must cover at least, so that an area without
        buildings has a grid of zeros; the buildings alone when None. [m]

    Returns
    -------
    array : numpy.ndarray
        Heat demand, rows from north to south. [MWh/year per cell]
    transform : affine.Affine
        From column and row to easting and northing. [m]
    crs : str
        "EPSG:25832".

    Raises
    ------
    TableError
        If the column or a point is missing, or a demand negative.
    ScreeningError
        If there is neither a building nor bounds, or the cell size is not above zero or absurdly small.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> houses = gpd.GeoDataFrame({"heat_demand_mwh": [18.0, 20.0, 30.0]}, crs="EPSG:25832",
    ...     geometry=[Point(700100, 6200050), Point(700199, 6200099), Point(700050, 6200100)])
    >>> array, transform, crs = density_grid(houses, cell_m=100)
    >>> array.tolist()  # north up: the third house stands north-west of the others
    [[30.0, 0.0], [0.0, 38.0]]
    >>> transform.c, transform.f  # the north-west corner
    (700000.0, 6200200.0)
    """
    if not (np.isfinite(cell_m) and cell_m > 0):
        raise ScreeningError(f"The density grid needs a cell size above 0 m; got {cell_m:g}.")
    buildings = check_buildings(buildings, ["heat_demand_mwh"])
    if buildings.empty and bounds is None:
        raise ScreeningError(
            "The density grid has neither a building nor bounds to cover; give bounds for a grid of zeros."
        )
    coordinates = shapely.get_coordinates(buildings.geometry.to_numpy())
    cells = cell_of(coordinates, cell_m)
    extent = cells
    if bounds is not None:
        corners = np.array(bounds, dtype=float).reshape(2, 2)
        # The east and north bound is covered by the cell that ends there.
        covered = np.stack([cell_of(corners[0], cell_m), -cell_of(-corners[1], cell_m) - 1])
        extent = np.concatenate([cells, np.maximum(covered, covered[0])])
    west, south = extent.min(axis=0)
    column_count, row_count = extent.max(axis=0) - (west, south) + 1
    if int(column_count) * int(row_count) > _MAX_CELLS:
        raise ScreeningError(
            f"A density grid of {cell_m:g} m cells would have {row_count} x {column_count} cells;"
            " choose larger cells or a smaller area."
        )
    north = south + row_count
    known_mwh = buildings["heat_demand_mwh"].fillna(0.0).to_numpy(dtype=float)
    flat = (north - 1 - cells[:, 1]) * column_count + (cells[:, 0] - west)
    sums = np.bincount(flat, weights=known_mwh, minlength=row_count * column_count)
    transform = Affine(cell_m, 0.0, west * cell_m, 0.0, -cell_m, north * cell_m)
    return np.asarray(sums, dtype=float).reshape(row_count, column_count), transform, tables.CRS


def cell_of(coordinates: FloatArray, cell_m: float) -> IntArray:
    """Find the half-open cell, from n * cell_m to (n + 1) * cell_m, also where the quotient rounds."""
    number = np.floor(coordinates / cell_m)
    number -= number * cell_m > coordinates
    number += (number + 1) * cell_m <= coordinates
    return number.astype(np.int64)
