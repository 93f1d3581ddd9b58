"""A set of assumptions of which some have many values at once: one per draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from screening.errors import AssumptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.assumptions.model import Assumptions

__all__ = ["Draws", "between", "entry"]

FloatArray = npt.NDArray[np.float64]


class Draws:
    """Assumptions where each drawn number is a column, one row per draw.

    A model that reads numbers as attributes and tables through ``column`` broadcasts over the draws as it
    does over the areas: a drawn number has shape (draw, 1), the areas (area,), so results are (draw, area).

    Parameters
    ----------
    assumptions
        The set that holds all that is not drawn.
    numbers
        Values by name, each of shape (draw,).
    tables
        Values by name, each of shape (draw, row), rows in the order of ``Assumptions.column``.

    Raises
    ------
    AssumptionError
        For an unknown name, a value out of the parameter's bounds, arrays of unequal length.

    Examples
    --------
    >>> from screening import assumptions
    >>> d = Draws(assumptions.load("cowi-2022"), {"loan_rate": [0.03, 0.04]})
    >>> d.loan_rate.tolist(), d.vat_share, len(d)
    ([[0.03], [0.04]], 0.25, 2)
    """

    __slots__ = ("_numbers", "_tables", "base", "count")
    base: Assumptions
    count: int
    _numbers: dict[str, FloatArray]
    _tables: dict[str, FloatArray]

    def __init__(
        self,
        assumptions: Assumptions,
        numbers: Mapping[str, npt.ArrayLike],
        tables: Mapping[str, npt.ArrayLike] | None = None,
    ) -> None:
        drawn = {name: np.asarray(values, float)[:, None] for name, values in numbers.items()}
        rows = {name: np.asarray(values, float) for name, values in (tables or {}).items()}
        lengths = {len(values) for values in [*drawn.values(), *rows.values()]}
        if len(lengths) > 1:
            raise AssumptionError(f"Draws must be of equal number; got {sorted(lengths)}.")
        for name, values in [*drawn.items(), *rows.items()]:
            _check(assumptions, name, values, is_table=name in rows)
        self.base, self.count = assumptions, lengths.pop() if lengths else 1
        self._numbers, self._tables = drawn, rows

    def __len__(self) -> int:
        """Count the draws."""
        return self.count

    def __getattr__(self, name: str) -> Any:
        """Give the drawn column, or the set's own number."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._numbers[name] if name in self._numbers else getattr(self.base, name)

    def column(self, name: str) -> tuple[npt.NDArray[Any], FloatArray]:
        """Keys and values of a table.

        Parameters
        ----------
        name
            Name of the table parameter.

        Returns
        -------
        tuple of numpy.ndarray
            Keys in ascending order, and the values, (row,) or (draw, row).
        """
        keys, values = self.base.column(name)
        return keys, self._tables.get(name, values)

    def part(self, first: int, last: int) -> Draws:
        """Draws from ``first`` up to ``last``, to work on large numbers of them in pieces.

        Parameters
        ----------
        first, last
            As in a slice. [1]

        Returns
        -------
        Draws
            The same set with fewer draws.
        """
        return Draws(
            self.base,
            {name: values[first:last, 0] for name, values in self._numbers.items()},
            {name: values[first:last] for name, values in self._tables.items()},
        )

    def single(self, row: int) -> Assumptions:
        """Make a plain set of one draw.

        Parameters
        ----------
        row
            Number of the draw. [1]

        Returns
        -------
        Assumptions
            The set with the drawn values.

        Examples
        --------
        >>> from screening import assumptions
        >>> Draws(assumptions.load("cowi-2022"), {"loan_rate": [0.03, 0.04]}).single(1).loan_rate
        0.04
        """
        numbers = {name: float(values[row, 0]) for name, values in self._numbers.items()}
        tables: dict[str, Mapping[object, float]] = {
            name: {
                key if isinstance(key, str) else f"{key:g}": float(value)
                for key, value in zip(self.base.column(name)[0], values[row], strict=True)
            }
            for name, values in self._tables.items()
        }
        return self.base.replace(**numbers, **tables)


def between(assumptions: Assumptions, name: str, position: npt.ArrayLike) -> FloatArray:
    """Values of a parameter at positions in its range.

    Parameters
    ----------
    assumptions
        The set.
    name
        A number or a table. A side without a given end stays at the value.
    position
        -1 is the low end, 0 the value, 1 the high end, linear between. [1]

    Returns
    -------
    numpy.ndarray
        (draw,) of a number, (draw, row) of a table: all rows at the same position. Unit of the
        parameter. [1]

    Examples
    --------
    >>> from screening import assumptions
    >>> between(assumptions.load("cowi-2022"), "loan_rate", [-1, 0, 0.5, 1]).round(5).tolist()
    [0.025, 0.035, 0.0425, 0.05]
    """
    low, value, high = assumptions.ends(name)
    place = np.asarray(position, float)[:, None]
    found = value + np.where(place < 0, place * (value - low), place * (high - value))
    return np.asarray(found if assumptions.parameter(name).kind == "table" else found[:, 0], float)


def entry(assumptions: Assumptions | Draws, name: str, key: str) -> FloatArray:
    """Read one value of a table.

    Parameters
    ----------
    assumptions
        The set, or draws of it.
    name
        Name of the table parameter.
    key
        The row.

    Returns
    -------
    numpy.ndarray
        A number, or (draw, 1), in the parameter's unit. [1]

    Examples
    --------
    >>> from screening import assumptions
    >>> float(entry(assumptions.load("cowi-2022"), "service_line_dkk", "dwelling"))
    28000.0
    """
    keys, values = assumptions.column(name)
    found = values[..., int(np.flatnonzero(keys == key)[0])]
    return found[:, None] if found.ndim else found


def _check(assumptions: Assumptions, name: str, values: FloatArray, *, is_table: bool) -> None:
    parameter = assumptions.parameter(name)
    if (parameter.kind == "table") != is_table:
        raise AssumptionError(f"{name} is a {parameter.kind} and cannot be drawn as something else.")
    if is_table and values.shape[1:] != assumptions.column(name)[1].shape:
        raise AssumptionError(
            f"{name} has {len(assumptions.column(name)[1])} rows; its draws have {values.shape[1:]}."
        )
    low, high = parameter.minimum, parameter.maximum
    if not (np.isfinite(values) & (values >= low) & (values <= high)).all():
        raise AssumptionError(
            f"{name} is drawn from {np.min(values):g} to {np.max(values):g} {parameter.unit};"
            f" allowed is {low:g} to {high:g}."
        )
