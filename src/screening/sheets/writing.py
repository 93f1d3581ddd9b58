"""Results as spreadsheets open them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from screening.errors import InputFileError, UnknownNameError
from screening.register import check_list
from screening.register.checks.corrections import REMOVE
from screening.store import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["write_corrections", "write_table"]

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
_FORMULA = r"[=+\-@\t\r]"  # text that a spreadsheet would run
_DANISH_DECIMALS = 4


def write_table(
    table: pd.DataFrame,
    path: str | Path,
    layers: Mapping[str, gpd.GeoDataFrame] | None = None,
    *,
    danish: bool = False,
) -> Path:
    """Write a table whole or not at all, in the format of the file's ending.

    Parameters
    ----------
    table
        A table, with geometry for .gpkg.
    path
        Ends in .csv, .xlsx, .parquet or .gpkg.
    layers
        Further layers of a .gpkg by name; empty ones are left out.
    danish
        For .csv: semicolons, decimal commas (4 decimals) and a byte order mark, as a Danish spreadsheet opens
        it, instead of commas and decimal points.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputFileError
        For another ending, .gpkg without geometry, further layers for anything but .gpkg, or the Danish way
        for anything but .csv.
    """
    path = Path(path)
    if danish and path.suffix.lower() != ".csv":
        raise InputFileError(f"{path}: the Danish way is for .csv; other formats look the same everywhere.")
    further = {name: part for name, part in (layers or {}).items() if len(part)}
    if layers and path.suffix.lower() != ".gpkg":
        raise InputFileError(f"{path}: {', '.join(layers)} can be written to a .gpkg only.")
    plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    writers: dict[str, Callable[[Path], object]] = {
        ".csv": lambda p: _write_danish(plain, p) if danish else plain.to_csv(p, index=False),
        ".xlsx": lambda p: plain.to_excel(p, index=False, engine="xlsxwriter"),
        ".parquet": table.to_parquet,
    }
    if isinstance(table, gpd.GeoDataFrame):
        layer = path.stem  # not the name of the partial file
        every = {layer: table} | further
        writers[".gpkg"] = lambda p: [
            part.to_file(p, layer=name, driver="GPKG", engine="pyogrio") for name, part in every.items()
        ]
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
        is_formula = text.str.match(_FORMULA).eq(True) & ~is_number
        text = text.mask(is_number, text.str.replace(".", ",", regex=False))
        told[column] = text.mask(is_formula, "'" + text)
    told = told.rename(columns=headers)
    return write_whole(
        Path(path),
        lambda p: told.to_csv(
            p, index=False, sep=";", decimal=",", float_format="%.2f", encoding="utf-8-sig"
        ),
    )


def _write_danish(table: pd.DataFrame, path: Path) -> None:
    told = table.round(_DANISH_DECIMALS)
    for column in told.select_dtypes(["object", "string"]):
        text = told[column]
        told[column] = text.mask(text.astype(str).str.match(_FORMULA), "'" + text.astype(str))
    told.to_csv(path, index=False, sep=";", decimal=",", encoding="utf-8-sig")
