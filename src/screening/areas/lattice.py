"""The lattice of square cells that all density grids lie on, and the block of it that one grid covers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from affine import Affine

from screening.errors import ScreeningError

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

__all__ = ["MAX_CELLS", "Lattice", "cell_number", "check_cell", "last_cell_number"]

MAX_CELLS = 50_000_000  # 400 MB of numbers; Denmark in 100 m cells has 17 million


@dataclass(frozen=True)
class Lattice:
    """A block of cells; cell (column, row) begins at (column, row) times the cell size.

    Parameters
    ----------
    cell_m
        Side of a cell. [m]
    west, south
        Numbers of the first column and the southernmost row. [1]
    column_count, row_count
        Cells in each direction. [1]
    """

    cell_m: float
    west: int
    south: int
    column_count: int
    row_count: int

    @classmethod
    def covering(cls, cell_m: float, numbers: FloatArray) -> Lattice:
        """Cover all cells between the least and the greatest column and row.

        Parameters
        ----------
        cell_m
            Side of a cell. [m]
        numbers
            West, south, east and north cell numbers, whole but not yet integers: they may be absurdly large.

        Returns
        -------
        Lattice
            The block.

        Raises
        ------
        ScreeningError
            If it has more cells than a computer can hold.
        """
        west, south, east, north = numbers
        columns, rows = east - west + 1.0, north - south + 1.0
        if not columns * rows <= MAX_CELLS:
            raise ScreeningError(
                f"A density grid of {cell_m:g} m cells would have {rows:.0f} x {columns:.0f} cells;"
                " choose larger cells or a smaller area."
            )
        return cls(cell_m, int(west), int(south), int(columns), int(rows))

    @property
    def cell_count(self) -> int:
        """Number of cells."""
        return self.column_count * self.row_count

    @property
    def transform(self) -> Affine:
        """From column and row, north up, to easting and northing."""
        north = self.south + self.row_count
        return Affine(self.cell_m, 0.0, self.west * self.cell_m, 0.0, -self.cell_m, north * self.cell_m)

    def flat(self, columns: npt.NDArray[Any], rows: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
        """Place of cells in the grid as one row of numbers, north up.

        Parameters
        ----------
        columns, rows
            Numbers on the lattice.

        Returns
        -------
        numpy.ndarray
            Index into the flattened grid.
        """
        north = float(self.south + self.row_count - 1)
        # All whole numbers below 2^53, so that floats hold them exactly.
        places: npt.NDArray[np.intp] = ((north - rows) * self.column_count + (columns - self.west)).astype(
            np.intp
        )
        return places


def check_cell(cell_m: float) -> None:
    """Refuse a cell without a size.

    Raises
    ------
    ScreeningError
        If the side is not a number above zero.
    """
    if not (np.isfinite(cell_m) and cell_m > 0):
        raise ScreeningError(f"The density grid needs a cell size above 0 m; got {cell_m:g}.")


def cell_number(values: FloatArray, cell_m: float) -> FloatArray:
    """Find the half-open cell, from n * cell_m to (n + 1) * cell_m, also where the quotient rounds.

    Parameters
    ----------
    values
        Eastings or northings. [m]
    cell_m
        Side of a cell. [m]

    Returns
    -------
    numpy.ndarray
        Whole numbers n, as floats. [1]
    """
    number: FloatArray = np.floor(values / cell_m)
    number -= number * cell_m > values
    number += (number + 1.0) * cell_m <= values
    return number


def last_cell_number(values: FloatArray, cell_m: float) -> FloatArray:
    """Find the cell that ends at or after an east or north bound; a bound on a border begins no cell.

    Parameters
    ----------
    values
        Eastings or northings. [m]
    cell_m
        Side of a cell. [m]

    Returns
    -------
    numpy.ndarray
        Whole numbers n, as floats. [1]
    """
    return -cell_number(-values, cell_m) - 1.0
