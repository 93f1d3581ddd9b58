"""Tables as a spreadsheet writes and reads them: the user's own key figures in, results out."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from screening.errors import InputFileError, UnknownNameError
from screening.register import check_list
from screening.register.checks.corrections import REMOVE
from screening.store import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_key_figures", "write_corrections", "write_table"]

_CORRECTION_HEADERS = {
    "da": {
        "building_id": "Bygnings-id (id_lokalId)",
        "field": "BBR-felt",
        "registered_value": "Registreret værdi",
        "proposed_value": "Foreslået værdi",
        "reason_da": "Begrundelse",
        "check_name": "Kontrol",
        "heat_demand_mwh": "Varmebehov (MWh/år)",
    },
    "en": {
        "building_id": "Building id (id_lokalId)",
        "field": "BBR field",
        "registered_value": "Registered value",
        "proposed_value": "Proposed value",
        "reason_en": "Reason",
        "check_name": "Check",
        "heat_demand_mwh": "Heat demand (MWh/year)",
    },
}
_REMOVED = {"da": "(slettes)", "en": "(remove)"}
_NUMBER = r"-?\d+(?:\.\d+)?"


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
        layer = path.stem  # not the name of the partial file
        writers[".gpkg"] = lambda p: table.to_file(p, layer=layer, driver="GPKG", engine="pyogrio")
    if path.suffix.lower() not in writers:
        raise InputFileError(f"{path}: this table can be written as {', '.join(writers)}.")
    return write_whole(path, writers[path.suffix.lower()])


def write_corrections(table: pd.DataFrame, path: str | Path, language: str = "da") -> Path:
    """Write proposed corrections as a Danish spreadsheet opens them, whole or not at all.

    UTF-8 with a byte order mark, semicolons between the columns, decimal commas; text that a spreadsheet
    would take for a formula gets an apostrophe before it.

    Parameters
    ----------
    table
        From ``register.propose_corrections``.
    path
        The CSV file.
    language
        "da" or "en": headers, names of the checks and reasons.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    UnknownNameError
        For another language.
    """
    if language not in _CORRECTION_HEADERS:
        raise UnknownNameError("language", language, _CORRECTION_HEADERS)
    headers = _CORRECTION_HEADERS[language]
    told = table[list(headers)].copy()
    labels = check_list().set_index("check_name")[f"label_{language}"]
    told["check_name"] = told["check_name"].map(labels).fillna(told["check_name"])
    for column in ("registered_value", "proposed_value"):
        text = told[column].astype(object).replace(REMOVE, _REMOVED[language])
        is_number = text.str.fullmatch(_NUMBER).eq(True)
        is_formula = text.str.match(r"[=+\-@\t\r]").eq(True) & ~is_number
        text = text.mask(is_number, text.str.replace(".", ",", regex=False))
        told[column] = text.mask(is_formula, "'" + text)
    told = told.rename(columns=headers)
    return write_whole(
        Path(path),
        lambda p: told.to_csv(
            p, index=False, sep=";", decimal=",", float_format="%.2f", encoding="utf-8-sig"
        ),
    )


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
    table = _rows(path, text.splitlines())
    texts = table.drop(columns=["area", "town"], errors="ignore")
    has_decimal_comma = bool(texts.apply(lambda c: c.str.contains(",", regex=False)).any(axis=None))
    for column in texts:
        numbers = _numbers(table[column], has_decimal_comma)
        wrong = table.index[numbers.isna() & table[column].ne("")]
        if len(wrong):
            raise InputFileError(
                f"{path}: row {wrong[0]}, column {column}: {table[column].loc[wrong[0]]!r} is no number;"
                " write it without thousands separators and units, e.g. 1234.5 or, with semicolons, 1234,5."
            )
        table[column] = numbers
    return table


def _rows(path: Path, lines: list[str]) -> pd.DataFrame:
    """Text as it stands, the index being the row's number in the file."""
    separator = ";" if lines[0].count(";") > lines[0].count(",") else ","
    header, *rows = [[value.strip() for value in row] for row in csv.reader(lines, delimiter=separator)]
    numbered = {number: row for number, row in enumerate(rows, start=2) if any(row)}
    if not numbered:
        raise InputFileError(f"{path} has a header but no rows.")
    for number, row in numbered.items():
        if len(row) != len(header):
            raise InputFileError(
                f"{path}: row {number} has {len(row)} values, the header has {len(header)} columns. A decimal"
                " comma needs semicolons between the columns; or write decimal points."
            )
    names = [name.casefold() for name in header]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputFileError(f"{path} has more than one column named {', '.join(map(repr, twice))}.")
    return pd.DataFrame.from_dict(numbered, orient="index", columns=names, dtype=object)


def _numbers(texts: pd.Series, has_decimal_comma: bool) -> pd.Series:
    """Numbers; missing where the text is empty, none, or has a point that could mean thousands."""
    is_ambiguous = texts.str.contains(".", regex=False) & has_decimal_comma
    plain = texts.str.replace(",", ".", regex=False).mask(is_ambiguous | texts.eq(""))
    return pd.to_numeric(plain, errors="coerce")
