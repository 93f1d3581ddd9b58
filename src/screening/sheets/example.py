"""A published table of key figures to start from."""

from __future__ import annotations

import csv
import io
from importlib import resources
from pathlib import Path
from typing import Any

import xlsxwriter

from screening.errors import InputFileError
from screening.store import write_whole

__all__ = ["example_text", "write_example"]


def example_text(*, danish: bool = False) -> str:
    """Give the published table 1 as somebody would type it, with its source on the last line.

    Parameters
    ----------
    danish
        Semicolons and decimal commas instead of commas and decimal points.

    Returns
    -------
    str
        CSV text.

    Examples
    --------
    >>> example_text().splitlines()[1], example_text(danish=True).splitlines()[1]
    ('Havreholm,15,9,492,303,10.3,62%,3,20%', 'Havreholm;15;9;492;303;10,3;62%;3;20%')
    """
    if not danish:
        return (resources.files("screening.sheets") / "example.csv").read_text(encoding="utf-8")
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    records = _records()
    writer.writerow(records[0])
    writer.writerows(
        [
            cell.replace(".", ",") if cell.removesuffix("%").replace(".", "").isdigit() else cell
            for cell in record
        ]
        for record in records[1:]
    )
    return text.getvalue()


def write_example(path: str | Path, *, danish: bool = False) -> Path:
    """Write the published table 1 as a file to start from, whole or not at all.

    Parameters
    ----------
    path
        Ends in .csv or .xlsx.
    danish
        For .csv: semicolons, decimal commas and a byte order mark, as a Danish spreadsheet opens it.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputFileError
        For another ending, or if there is such a file already.
    """
    path = Path(path)
    if path.exists():
        raise InputFileError(f"{path} exists already; give the example another name.")
    if path.suffix.lower() == ".xlsx":
        return write_whole(path, _write_workbook)
    if path.suffix.lower() != ".csv":
        raise InputFileError(f"{path}: the example can be written as .csv or .xlsx.")
    encoding = "utf-8-sig" if danish else "utf-8"
    return write_whole(path, lambda p: p.write_text(example_text(danish=danish), encoding=encoding))


def _write_workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Tabel 1")
        percent = book.add_format({"num_format": "0%"})
        for row, record in enumerate(_records()):
            for column, cell in enumerate(record):
                _write_cell(page, row, column, cell, percent)
        page.autofit()


def _write_cell(page: Any, row: int, column: int, cell: str, percent: Any) -> None:
    number = cell.removesuffix("%")
    if not number.replace(".", "").isdigit():
        page.write_string(row, column, cell)
    elif cell.endswith("%"):
        page.write_number(row, column, float(number) / 100, percent)
    else:
        page.write_number(row, column, float(number))


def _records() -> list[list[str]]:
    return list(csv.reader(example_text().splitlines()))
