"""Tables as a spreadsheet writes and reads them: the user's own key figures in, results out."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from screening.errors import InputFileError
from screening.store import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_key_figures", "write_table"]


def write_table(table: pd.DataFrame, path: str | Path) -> Path:
    """Write a table whole or not at all, in the format of the file's ending.

    Parameters
    ----------
    table
        A table, with geometry for .gpkg.
    path
        Ends in .csv, .xlsx, .parquet or .gpkg.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputFileError
        For another ending, or .gpkg without geometry.
    """
    path = Path(path)
    plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    writers: dict[str, Callable[[Path], object]] = {
        ".csv": lambda p: plain.to_csv(p, index=False),
        ".xlsx": lambda p: plain.to_excel(p, index=False, engine="xlsxwriter"),
        ".parquet": table.to_parquet,
    }
    if isinstance(table, gpd.GeoDataFrame):
        writers[".gpkg"] = lambda p: table.to_file(p, driver="GPKG", engine="pyogrio")
    if path.suffix.lower() not in writers:
        raise InputFileError(f"{path}: this table can be written as {', '.join(writers)}.")
    return write_whole(path, writers[path.suffix.lower()])


def read_key_figures(path: Path) -> pd.DataFrame:
    """Read key figures from a CSV file as a spreadsheet writes it.

    Parameters
    ----------
    path
        Comma or semicolon between columns; with semicolons the decimal sign may be a comma.

    Returns
    -------
    pandas.DataFrame
        Columns as in the file, numbers as numbers.

    Raises
    ------
    InputFileError
        If the file is missing, empty or holds text where a number belongs (row and column named).
    """
    if not path.is_file():
        raise InputFileError(f"{path} does not exist.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputFileError(f"{path} is not UTF-8 text; save it as CSV UTF-8.") from error
    if not text.strip():
        raise InputFileError(f"{path} is empty.")
    first = text.splitlines()[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    rows = list(csv.DictReader(text.splitlines(), delimiter=separator))
    if rows and None in rows[0]:
        raise InputFileError(
            f"{path}: row 2 has more values than the header has columns. A decimal comma needs"
            " semicolons between the columns; or write decimal points."
        )
    table = pd.DataFrame(rows).rename(columns=lambda c: str(c).strip().casefold())
    for column in table.columns.drop(["area", "town"], errors="ignore"):
        values = table[column].str.strip().str.replace(",", ".", regex=False)
        numbers = pd.to_numeric(values.replace("", None), errors="coerce")
        wrong = table.index[numbers.isna() & values.ne("")]
        if len(wrong):
            raise InputFileError(
                f"{path}: row {wrong[0] + 2}, column {column}: {table[column].iloc[wrong[0]]!r} is no number."
            )
        table[column] = numbers
    return table
