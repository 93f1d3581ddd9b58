"""The cells of a table that somebody typed, from CSV or a workbook, with the spreadsheet's row numbers."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl

from screening.errors import InputFileError, near_misses

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Cell", "Grid", "Percent", "read_cells"]


class Percent(float):
    """A cell that the spreadsheet shows as a percentage: 0.62 for 62 %."""


Cell = str | float | date | None

_OLD_EXCEL, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATOR_NAMES = {";": "semicolons", ",": "commas", "\t": "tabs"}


@dataclass(frozen=True)
class Grid:
    """The cells of every row that is not blank.

    Parameters
    ----------
    rows
        Row number in the spreadsheet (the first line is 1) -> cells from the left.
    origin
        How the table was read, to be told to the user.
    widths_matter
        Whether a row of another length than the header betrays a misplaced separator.
    """

    rows: dict[int, list[Cell]]
    origin: str
    widths_matter: bool


def read_cells(path: Path, sheet: str | None = None) -> Grid:
    """Read all cells of a table.

    Parameters
    ----------
    path
        CSV (commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252) or Excel workbook. The content
        decides, not the ending.
    sheet
        Sheet of the workbook; by default the first.

    Returns
    -------
    Grid
        Cells and how they were read.

    Raises
    ------
    InputFileError
        If the file is missing, empty, of another kind, or has no such sheet.
    """
    if not path.is_file():
        raise InputFileError(f"{path} does not exist." if not path.exists() else f"{path} is a folder.")
    content = path.read_bytes()
    if content.startswith(_OLD_EXCEL):
        raise InputFileError(
            f"{path} is a workbook of the old kind, or locked by a password; save it as .xlsx."
        )
    if content.startswith(_ZIP):
        return _from_workbook(path, content, sheet)
    if sheet is not None:
        raise InputFileError(f"{path} is text and has no sheets; leave out --sheet.")
    return _from_text(path, content)


def _from_text(path: Path, content: bytes) -> Grid:
    text, encoding = _decoded(path, content)
    if not text.strip(" \t\r\n;,\ufeff"):
        raise InputFileError(f"{path} is empty.")
    if "\0" in text:
        raise InputFileError(f"{path} is no table; save it as CSV or .xlsx.")
    separator, skipped = _separator(text)
    body = text if not skipped else text.split("\n", 1)[1]
    try:
        records = [
            [_stripped(c) for c in r] for r in csv.reader(io.StringIO(body, newline=""), delimiter=separator)
        ]
    except csv.Error as error:
        raise InputFileError(
            f"{path} cannot be read as CSV ({error}); save it anew as CSV or .xlsx."
        ) from error
    # A spreadsheet does not show the line that names the separator: the next one is its row 1.
    rows = {number: cells for number, cells in enumerate(records, start=1) if any(cells)}
    origin = f"{_SEPARATOR_NAMES[separator]} between the columns, {encoding}"
    return Grid({n: list(cells) for n, cells in rows.items()}, origin, widths_matter=True)


def _decoded(path: Path, content: bytes) -> tuple[str, str]:
    if content.startswith(_UTF_16):
        return content.decode("utf-16", errors="replace"), "UTF-16"
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        raise InputFileError(
            f"{path} is neither UTF-8 nor Windows text; save it as CSV UTF-8 or .xlsx."
        ) from error


def _separator(text: str) -> tuple[str, int]:
    """Find what stands between the columns, and whether the first line says only that (``sep=;``)."""
    first = text.split("\n", 1)[0].strip().strip('"')
    if first.casefold().startswith("sep=") and len(first) == len("sep=;"):
        return first[-1] if first[-1] in _SEPARATOR_NAMES else ",", 1
    # A tab or semicolon is hardly ever part of a header or a number; a comma may be both.
    lines = [line for line in text.splitlines() if line.strip()][:20]
    for separator in ("\t", ";"):
        if sum(separator in line for line in lines) * 2 >= len(lines):
            return separator, 0
    return ",", 0


def _stripped(text: str) -> str:
    return text.strip(" \t\r\n\u00a0\u202f\ufeff")


def _from_workbook(path: Path, content: bytes, sheet: str | None) -> Grid:
    try:
        with warnings.catch_warnings():  # of what openpyxl leaves out: validation, drawings
            warnings.simplefilter("ignore")
            values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
            formulas = openpyxl.load_workbook(io.BytesIO(content))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError) as error:
        raise InputFileError(
            f"{path} is no Excel workbook that can be read; save it as .xlsx or CSV."
        ) from error
    names = [s.title for s in values.worksheets]
    name = _sheet_named(path, names, sheet)
    page, source = values[name], formulas[name]
    rows: dict[int, list[Cell]] = {}
    for record, typed in zip(page.iter_rows(), source.iter_rows(), strict=True):
        cells = [_cell(path, cell, formula) for cell, formula in zip(record, typed, strict=True)]
        if any(cell not in (None, "") for cell in cells):
            rows[record[0].row] = cells
    if not rows:
        raise InputFileError(f"{path}: sheet {name!r} is empty. {_others(names, name)}".rstrip())
    origin = f"sheet {name!r}" + (f" of {len(names)}" if len(names) > 1 else "")
    return Grid(rows, origin, widths_matter=False)


def _sheet_named(path: Path, names: list[str], sheet: str | None) -> str:
    if not names:
        raise InputFileError(f"{path} has no sheet with cells.")
    if sheet is None:
        return names[0]
    found = [name for name in names if name.strip().casefold() == sheet.strip().casefold()]
    if not found:
        raise InputFileError(f"{path} has no sheet {sheet!r}. {near_misses(sheet, names)}")
    return found[0]


def _others(names: list[str], name: str) -> str:
    rest = [repr(other) for other in names if other != name]
    return f"Name another with --sheet: {', '.join(rest)}." if rest else ""


def _cell(path: Path, cell: Any, formula: Any) -> Cell:
    value = cell.value
    if value is None and formula.data_type == "f":
        raise InputFileError(
            f"{path}: cell {formula.coordinate} is a formula whose value is not in the file; open and save it"
            " in the spreadsheet, or type the number."
        )
    if value is None or isinstance(value, str):
        return _stripped(value) if value else None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float):
        return Percent(value) if "%" in str(cell.number_format) else float(value)
    return str(value)
