"""Smoothed heat density: the heat within a distance of each place, with nothing lost at the edge."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine
from scipy import ndimage

from screening import tables
from screening.areas.lattice import MAX_CELLS
from screening.errors import ScreeningError

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

__all__ = ["disc_shares", "smooth_density"]

_MAX_RADIUS_CELLS = 400  # half a million shares of a circle: more is a radius in the wrong unit


def smooth_density(array: FloatArray, transform: Affine, radius_m: float) -> tuple[FloatArray, Affine, str]:
    """Spread the heat of each cell evenly over a circle; the sum stays that of the grid.

    Seen the other way round: the density of a cell becomes that of the circle round its centre. A cell that
    the circle covers in part gets that part, so that also a radius of half a cell or of five and a half does
    what it says. The result is larger than the grid: what spreads beyond its edge is kept in cells put round
    it. All steps add numbers that are not negative, so that the result is nowhere negative, and exactly zero
    farther from all heat than the radius.

    Parameters
    ----------
    array
        Heat demand, rows from north to south. [MWh/year per cell]
    transform
        From column and row to easting and northing, square cells. [m]
    radius_m
        Radius of the circle; below half a cell nothing changes. [m]

    Returns
    -------
    array : numpy.ndarray
        Heat demand, with as many rows and columns more on each side as the circle reaches.
        [MWh/year per cell]
    transform : affine.Affine
        From column and row to easting and northing. [m]
    crs : str
        "EPSG:25832".

    Raises
    ------
    ScreeningError
        If the radius is not above zero or absurdly large, the cells are not square, or a cell is negative or
        unknown.

    Examples
    --------
    >>> smoothed, transform, _ = smooth_density(np.array([[8.0]]), Affine(100, 0, 0, 0, -100, 100), 100.0)
    >>> smoothed.shape, round(float(smoothed.sum()), 9), transform.c
    ((3, 3), 8.0, -100.0)
    >>> round(8.0 * 100 * 100 / (np.pi * 100**2), 9) == round(float(smoothed[1, 1]), 9)
    True
    """
    cell_m = float(transform.a)
    _check(array, transform, radius_m)
    reach = _reach(radius_m / cell_m)
    if (array.shape[0] + 2 * reach) * (array.shape[1] + 2 * reach) > MAX_CELLS:
        raise ScreeningError(
            f"Smoothing over {radius_m:g} m would take {array.shape[0] + 2 * reach} x"
            f" {array.shape[1] + 2 * reach} cells; choose larger cells or a smaller radius."
        )
    disc = disc_shares(radius_m / cell_m)
    wider = np.pad(array, ((0, 0), (reach, reach)))
    smoothed = np.zeros((array.shape[0] + 2 * reach, wider.shape[1]))
    row_count = len(array)
    # Rows equally far above and below the middle are alike: each is spread sideways once and added twice.
    for distance in range(reach + 1):
        sideways = ndimage.convolve1d(wider, disc[reach + distance], axis=1, mode="constant")
        for shift in {reach - distance, reach + distance}:
            smoothed[shift : shift + row_count] += sideways
    moved = transform @ Affine.translation(-reach, -reach)
    return smoothed, moved, tables.CRS


def disc_shares(radius_cells: float) -> FloatArray:
    """Give the share of a circle, centred on the middle of a cell, that lies in each cell round it; exact.

    Parameters
    ----------
    radius_cells
        Radius in sides of a cell. [1]

    Returns
    -------
    numpy.ndarray
        Square with an odd number of cells, adding up to one. [1]

    Examples
    --------
    >>> disc_shares(0.4)
    array([[1.]])
    >>> disc_shares(1.0).round(4)
    array([[0.0251, 0.1453, 0.0251],
           [0.1453, 0.3183, 0.1453],
           [0.0251, 0.1453, 0.0251]])
    """
    reach = _reach(radius_cells)
    if not reach:
        return np.ones((1, 1))
    # A quarter is enough; the cell in the middle has its half there.
    borders = np.append(0.0, np.arange(reach + 1) + 0.5)
    west, east = borders[:-1], borders[1:]
    below = _area_under(west, east, borders[1:][:, None], radius_cells)
    quarter = np.diff(below, axis=0, prepend=0.0)
    quarter = np.maximum(quarter + quarter.T, 0.0)  # below zero in rounding, just beyond the circle
    quarter[0] *= 2.0
    quarter[:, 0] *= 2.0
    right = np.concatenate([quarter[:, :0:-1], quarter], axis=1)
    disc: FloatArray = np.concatenate([right[:0:-1], right])
    disc /= disc.sum()
    return disc


def _reach(radius_cells: float) -> int:
    """Cells that the circle reaches beyond the one in its middle."""
    return max(math.ceil(radius_cells - 0.5), 0)


def _area_under(west: FloatArray, east: FloatArray, height: FloatArray, radius: float) -> FloatArray:
    """Area between two eastings, from the axis up to a height or the circle, whichever is lower."""
    cut = np.sqrt(np.maximum(radius**2 - height**2, 0.0))  # as far the circle is above the height
    low, high = np.minimum(west, radius), np.minimum(east, radius)
    flat = np.clip(cut, low, high)
    area: FloatArray = height * (flat - low) + _segment(high, radius) - _segment(flat, radius)
    return area


def _segment(x: FloatArray, radius: float) -> FloatArray:
    """Area under the circle from 0 to x."""
    above = np.sqrt(np.maximum(radius**2 - x**2, 0.0))
    area: FloatArray = 0.5 * (x * above + radius**2 * np.arcsin(np.clip(x / radius, -1.0, 1.0)))
    return area


def _check(array: FloatArray, transform: Affine, radius_m: float) -> None:
    if not (np.isfinite(radius_m) and radius_m > 0):
        raise ScreeningError(f"Smoothing needs a radius above 0 m; got {radius_m:g}.")
    if radius_m > _MAX_RADIUS_CELLS * transform.a:
        raise ScreeningError(
            f"Smoothing over {radius_m:g} m with cells of {transform.a:g} m would take very long;"
            f" choose cells of at least {radius_m / _MAX_RADIUS_CELLS:g} m, or a smaller radius."
        )
    if transform.a <= 0 or transform.e != -transform.a or transform.b or transform.d:
        raise ScreeningError("Smoothing needs square cells with north up; make the grid with density_grid.")
    if not (np.isfinite(array).all() and (array >= 0).all()):
        raise ScreeningError("Smoothing needs a grid without negative, infinite or unknown cells.")
