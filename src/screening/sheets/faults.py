"""Everything that is wrong with a typed table, told at once with the spreadsheet's own rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.errors import InputFileError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Faults", "named", "numbered"]

_SHOWN = 6


class Faults:
    """Faults from the top of the table down; each says where, what is wrong and what to do."""

    def __init__(self) -> None:
        self.about: set[str] = set()  # what headers that are no column yet may be about
        self._found: dict[str, int] = {}  # text -> first row, 0 for the whole table
        self._cells: set[tuple[int, str]] = set()

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, text: str, rows: Iterable[int] = (), columns: Iterable[str] = ()) -> None:
        """Add a fault.

        Parameters
        ----------
        text
            What is wrong and what to do.
        rows
            Rows of the spreadsheet; the first line is row 1.
        columns
            Headers as the user typed them.
        """
        rows = sorted(rows)
        columns = list(columns)
        names = [repr(name) for name in columns]
        self._cells.update((row, column) for row in rows for column in columns)
        where = [numbered(rows)] if rows else []
        if names:
            where.append(("columns " if len(names) > 1 else "column ") + _listed(names))
        told = f"{', '.join(where)}: {text}" if where else text
        self._found.setdefault(told, rows[0] if rows else 0)

    def has(self, row: int, columns: Iterable[str]) -> bool:
        """Tell whether a cell in one of the columns is a fault already."""
        return any((row, column) in self._cells for column in columns)

    def refuse(self, path: Path) -> None:
        """Raise when there is any fault."""
        texts = sorted(self._found, key=lambda text: self._found[text])
        if len(texts) == 1:
            raise InputFileError(f"{path}: {texts[0]}")
        if texts:
            lines = "\n".join(f"  {text}" for text in texts)
            raise InputFileError(f"{path} has {len(texts)} faults:\n{lines}")


def numbered(rows: Iterable[int]) -> str:
    """Write row numbers: "row 4", "rows 2, 3 and 7".

    Examples
    --------
    >>> numbered([4]), numbered([2, 3, 7]), numbered(range(2, 12))
    ('row 4', 'rows 2, 3 and 7', 'rows 2, 3, 4, 5, 6, 7 and 4 more')
    """
    texts = [str(row) for row in rows]
    return ("row " if len(texts) == 1 else "rows ") + _listed(texts)


def named(names: Iterable[str]) -> str:
    """Write a few names, and how many more there are."""
    return _listed(list(names))


def _listed(texts: list[str]) -> str:
    if len(texts) > _SHOWN:
        return f"{', '.join(texts[:_SHOWN])} and {len(texts) - _SHOWN} more"
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
