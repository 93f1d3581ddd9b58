"""Heat density grid: the heat of every building in the cells that it stands in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import shapely

from screening import tables
from screening.areas.inputs import check_columns, check_outlines
from screening.areas.lattice import Lattice, cell_number, check_cell, last_cell_number
from screening.areas.shares import cell_shares
from screening.errors import ScreeningError
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import numpy.typing as npt
    from affine import Affine

    FloatArray = npt.NDArray[np.float64]

T = TypeVar("T")

__all__ = ["density_grid", "kwh_per_m2"]

_POINTS_AT_ONCE = 65_536  # so many fit the processor's cache
_THREADS = 2  # shapely and numpy let each other work while they count


def density_grid(
    buildings: gpd.GeoDataFrame,
    cell_m: float = 100.0,
    bounds: tuple[float, float, float, float] | None = None,
) -> tuple[FloatArray, Affine, str]:
    """Sum the heat demand of buildings in square cells; the sum of the grid is that of the buildings.

    A building given as a point has its heat in one cell, one given as an outline in all cells that the
    outline lies in, by their exact shares of its ground. Both may stand in one table.

    Cells lie at multiples of the cell size, so that grids of different towns and years fit each other.
    A cell holds its west and south side but not its east and north side: a point on a corner is in
    exactly one cell. Choose the buildings before (only those with oil and gas, say): all that are given
    count. A building with unknown demand adds nothing; count these beside the map.

    Parameters
    ----------
    buildings
        Column heat_demand_mwh and points or outlines (polygons) in EPSG:25832.
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
        If the column or a geometry is missing, an outline is invalid, or a demand negative.
    ScreeningError
        If there is neither a building nor bounds, or the cell size is not above zero or absurdly small.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> houses = gpd.GeoDataFrame({"heat_demand_mwh": [18.0, 20.0, 30.0]}, crs="EPSG:25832",
    ...     geometry=[Point(700100, 6200050), Point(700199, 6200099), Point(700050, 6200100)])
    >>> array, transform, crs = density_grid(houses, cell_m=100)
    >>> array.tolist()  # north up: the third house stands north-west of the others
    [[30.0, 0.0], [0.0, 38.0]]
    >>> transform.c, transform.f  # the north-west corner
    (700000.0, 6200200.0)

    A school of which three quarters stand in the western cell:

    >>> school = gpd.GeoDataFrame({"heat_demand_mwh": [400.0]}, crs="EPSG:25832",
    ...     geometry=[box(700070, 6200010, 700110, 6200030)])
    >>> density_grid(school)[0].round(9).tolist()
    [[300.0, 100.0]]
    """
    check_cell(cell_m)
    buildings = check_columns(buildings, ["heat_demand_mwh"])
    if buildings.empty and bounds is None:
        raise ScreeningError(
            "The density grid has neither a building nor bounds to cover; give bounds for a grid of zeros."
        )
    geometry = np.asarray(buildings.geometry.array)
    known_mwh = _known(buildings["heat_demand_mwh"].to_numpy(dtype=float))
    columns, rows, points_m = _point_cells(geometry, cell_m)
    other = np.flatnonzero(np.isnan(columns))
    check_outlines(buildings, other)
    lattice = Lattice.covering(cell_m, _extent(points_m, geometry[other], bounds, cell_m))
    outline_mwh = known_mwh[other]
    if len(other):
        columns, rows, known_mwh = (np.delete(values, other) for values in (columns, rows, known_mwh))
    sums: FloatArray = np.bincount(
        _places(lattice, columns, rows), weights=known_mwh, minlength=lattice.cell_count
    ).astype(np.float64, copy=False)  # without a point bincount counts in integers
    for part in cell_shares(geometry[other], cell_m) if len(other) else ():
        np.add.at(sums, lattice.flat(part.column, part.row), outline_mwh[part.owner] * part.share)
    return sums.reshape(lattice.row_count, lattice.column_count), lattice.transform, tables.CRS


def kwh_per_m2(array: FloatArray, transform: Affine) -> FloatArray:
    """Turn heat per cell into heat per square metre of ground.

    Parameters
    ----------
    array
        Heat demand. [MWh/year per cell]
    transform
        From column and row to easting and northing. [m]

    Returns
    -------
    numpy.ndarray
        Heat density. [kWh/m2 per year]
    """
    density: FloatArray = array * (KWH_PER_MWH / abs(transform.determinant))
    return density


def _known(demand_mwh: FloatArray) -> FloatArray:
    unknown = np.isnan(demand_mwh)
    return np.where(unknown, 0.0, demand_mwh) if unknown.any() else demand_mwh


def _point_cells(
    geometry: npt.NDArray[np.object_], cell_m: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Column and row of each point, and the outermost coordinates: west, south, east, north, a row per block.

    No number where the geometry is no point with two coordinates.
    """
    columns, rows = np.empty((2, len(geometry)))

    def place(block: slice) -> FloatArray:
        x, y = _coordinates(geometry[block])
        outermost = np.array([x.min(), y.min(), x.max(), y.max()])
        if not np.isfinite(outermost).all():
            unplaced = ~(np.isfinite(x) & np.isfinite(y))
            x[unplaced] = y[unplaced] = np.nan
            outermost = np.array([*(np.fmin.reduce(v) for v in (x, y)), *(np.fmax.reduce(v) for v in (x, y))])
        columns[block], rows[block] = cell_number(x, cell_m), cell_number(y, cell_m)
        return outermost

    outermost = _by_block(place, len(geometry))
    return columns, rows, np.array(outermost).reshape(-1, 4)


def _places(lattice: Lattice, columns: FloatArray, rows: FloatArray) -> npt.NDArray[np.intp]:
    """Place of each point in the flattened grid."""
    places = np.empty(len(columns), np.intp)

    def fill(block: slice) -> None:
        places[block] = lattice.flat(columns[block], rows[block])

    _by_block(fill, len(columns))
    return places


def _by_block(work: Callable[[slice], T], count: int) -> list[T]:
    """Do the work block by block, several at once where there are several; the results in their order."""
    blocks = [slice(start, start + _POINTS_AT_ONCE) for start in range(0, count, _POINTS_AT_ONCE)]
    if len(blocks) < _THREADS:
        return [work(block) for block in blocks]
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(work, blocks))


def _coordinates(geometry: npt.NDArray[np.object_]) -> tuple[FloatArray, FloatArray]:
    """Give both coordinates of points, no number for all else."""
    try:
        return shapely.get_x(geometry), shapely.get_y(geometry)
    except shapely.GEOSException:  # an empty point is an error in some versions, no number in others
        filled = geometry.copy()
        filled[shapely.is_empty(geometry)] = None
        return shapely.get_x(filled), shapely.get_y(filled)


def _extent(
    points_m: FloatArray,
    outlines: npt.NDArray[np.object_],
    bounds: tuple[float, float, float, float] | None,
    cell_m: float,
) -> FloatArray:
    """Outermost cell numbers: west, south, east, north."""
    boxes = [np.array(bounds, dtype=float).reshape(1, 4)] if bounds is not None else []
    boxes += [shapely.total_bounds(outlines).reshape(1, 4)] if len(outlines) else []
    covered = np.concatenate(boxes) if boxes else np.empty((0, 4))
    first = cell_number(covered[:, :2], cell_m)
    # An east or north bound is covered by the cell that ends there.
    last = np.maximum(last_cell_number(covered[:, 2:], cell_m), first)
    with np.errstate(invalid="ignore"):
        # The cell number never falls as the coordinate rises: outermost points are in outermost cells.
        numbers = cell_number(points_m, cell_m)
        west, south = np.fmin.reduce(np.concatenate([first, numbers[:, :2]]), initial=np.inf)
        east, north = np.fmax.reduce(np.concatenate([last, numbers[:, 2:]]), initial=-np.inf)
    return np.array([west, south, east, north])
