"""Density grids of parts of a country on their common lattice, added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from affine import Affine

from screening.errors import ScreeningError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

__all__ = ["add_grid", "frame_grids"]

_MAX_CELLS = 50_000_000  # 400 MB of numbers; Denmark in 100 m cells has 17 million
_OFF_SHARE = 1e-6  # of a cell: the rounding of a corner divided by the cell size


def frame_grids(frames: Iterable[tuple[tuple[int, int], Affine]]) -> tuple[FloatArray, Affine]:
    """Give the grid of zeros that covers several grids of ``density_grid``.

    Parameters
    ----------
    frames
        Of each grid the shape (rows, columns) and the transform.

    Returns
    -------
    array : numpy.ndarray
        Zeros, for ``add_grid``. [MWh/year per cell]
    transform : affine.Affine
        From column and row to easting and northing. [m]

    Raises
    ------
    ScreeningError
        If there is no grid, the cells do not fit each other, or there are too many.

    Examples
    --------
    >>> import numpy as np
    >>> from affine import Affine
    >>> west = np.array([[1.0, 2.0]]), Affine(100, 0, 700000, 0, -100, 6200200)
    >>> south = np.array([[4.0]]), Affine(100, 0, 700100, 0, -100, 6200100)
    >>> total, transform = frame_grids([(west[0].shape, west[1]), (south[0].shape, south[1])])
    >>> for array, placed in (west, south):
    ...     add_grid(total, transform, array, placed)
    >>> total.tolist()
    [[1.0, 2.0], [0.0, 4.0]]
    """
    known = list(frames)
    if not known:
        raise ScreeningError("There is no density grid to add up: no municipality has a heated building.")
    cell_m = known[0][1].a
    corners = np.array([_corner(transform, cell_m) for _, transform in known])
    shapes = np.array([shape for shape, _ in known])
    west, north = corners[:, 0].min(), corners[:, 1].max()
    columns = int((corners[:, 0] + shapes[:, 1]).max() - west)
    rows = int(north - (corners[:, 1] - shapes[:, 0]).min())
    if rows * columns > _MAX_CELLS:
        raise ScreeningError(
            f"A density grid of {cell_m:g} m cells would have {rows} x {columns} cells; choose larger cells."
        )
    return np.zeros((rows, columns)), Affine(cell_m, 0.0, west * cell_m, 0.0, -cell_m, north * cell_m)


def add_grid(total: FloatArray, transform: Affine, array: FloatArray, placed: Affine) -> None:
    """Add a grid to one that covers it, in place.

    Parameters
    ----------
    total
        From ``frame_grids``. [MWh/year per cell]
    transform
        Its transform.
    array
        The grid to add. [MWh/year per cell]
    placed
        Its transform.

    Raises
    ------
    ScreeningError
        If the cells do not fit.
    """
    west, north = _corner(transform, transform.a)
    left, top = _corner(placed, transform.a)
    row, column = north - top, left - west
    total[row : row + array.shape[0], column : column + array.shape[1]] += array


def _corner(transform: Affine, cell_m: float) -> tuple[int, int]:
    """Give the numbers of the column and the row at whose north-west corner a grid begins."""
    numbers = np.array([transform.c, transform.f]) / cell_m
    whole = np.rint(numbers)
    if transform.a != cell_m or transform.e != -cell_m or (np.abs(numbers - whole) > _OFF_SHARE).any():
        raise ScreeningError(
            f"Density grids on different lattices ({cell_m:g} m and {transform.a:g} m from"
            f" {transform.c:g}, {transform.f:g}) cannot be added; make them with the same cell size."
        )
    return int(whole[0]), int(whole[1])
