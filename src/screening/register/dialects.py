"""The dialects that BBR building files come in, recognised by content; each gives the same text table.

A dialect is a name, a recogniser of the file's first bytes and a reader of the stream. A further one needs
an entry in ``DIALECTS`` and nothing else: what follows sees only ``RawTable``.
"""

from __future__ import annotations

import csv
import difflib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from screening.errors import InputFileError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DIALECTS", "Dialect", "RawTable", "recognise"]

# Canonical column -> field name in the REST, CSV and Filudtræk spelling.
FIELDS = {
    "building_id": "id_lokalId",
    "status_code": "status",
    "use_code": "byg021BygningensAnvendelse",
    "year_built": "byg026Opførelsesår",
    "total_area_m2": "byg038SamletBygningsareal",
    "dwelling_area_m2": "byg039BygningensSamledeBoligAreal",
    "business_area_m2": "byg040BygningensSamledeErhvervsAreal",
    "footprint_area_m2": "byg041BebyggetAreal",
    "floor_count": "byg054AntalEtager",
    "heating_installation_code": "byg056Varmeinstallation",
    "heating_fuel_code": "byg057Opvarmningsmiddel",
    "point": "byg404Koordinat",
    "municipality_code": "kommunekode",
    "registered_from": "registreringFra",
    "registered_to": "registreringTil",
    "effective_to": "virkningTil",
    "supplementary_heating_code": "byg058SupplerendeVarme",
    "coordinate_system_code": "byg406Koordinatsystem",
    "coordinate_quality_code": "byg134KvalitetAfKoordinatsæt",
    "coordinate_note_code": "byg135SupplerendeOplysningOmKoordinatsæt",
    "effective_from": "virkningFra",
    "plot_id": "grund",
    "dispensation_code": "byg131DispensationFritagelseIftKollektivVarmeforsyning",
}
# Without these the file cannot be screened. The rest are told of when absent.
_REQUIRED = list(FIELDS)[:12]
# JSON leaves empty fields out of a record, so only these must occur in some record.
_REQUIRED_IN_JSON = ["building_id", "status_code"]
_NULLS = ["", "null", "NULL"]
_UTF8_BOM = b"\xef\xbb\xbf"
# First bytes in lower case -> what the file is instead, and the remedy; the first that fits is told.
_NO_DIALECT: tuple[tuple[tuple[bytes, ...], str], ...] = (
    (
        (b"<!doctype html", b"<html"),
        "is a web page, not data (a failed download or an expired key): download the file again.",
    ),
    ((b"<",), "is XML, which is not read: download BBR Bygning as CSV or JSON instead."),
    ((b"{", b"["), "is JSON, but neither a list of buildings nor an object with the list 'BygningList'."),
    ((b"pk\x03\x04",), "is a damaged zip file: download it again."),
    ((b"\xff\xfe", b"\xfe\xff"), "is UTF-16 text: save it as 'CSV UTF-8'."),
)


@dataclass(frozen=True)
class RawTable:
    """What every dialect gives: text, nothing judged yet.

    Parameters
    ----------
    rows
        One column of text per key of ``FIELDS``, missing where the file has nothing; the index is the row
        number in the file, the first row of data being 1.
    malformed
        Why a row could not be taken apart, by row number.
    absent
        Field names that the file does not have at all.
    """

    rows: pd.DataFrame
    malformed: pd.Series
    absent: tuple[str, ...]


@dataclass(frozen=True)
class Dialect:
    """One way to write the register.

    Parameters
    ----------
    name
        As shown in the register report.
    fits
        Tells from the first bytes whether the file is in this dialect.
    read
        Reads the stream; the text names the file in errors.
    """

    name: str
    fits: Callable[[bytes], bool]
    read: Callable[[BinaryIO, str], RawTable]


def recognise(head: bytes, what: str) -> Dialect:
    """Find the dialect of a file from its first bytes.

    Parameters
    ----------
    head
        The first 64 kB or so.
    what
        The file's name, for the error text.

    Returns
    -------
    Dialect
        The first of ``DIALECTS`` that fits.

    Raises
    ------
    InputFileError
        If none fits: says what the file looks like and which columns came nearest.
    """
    if not head.strip():
        raise InputFileError(f"{what} is empty; expected a BBR building file (Bygning) with data.")
    for dialect in DIALECTS:
        if dialect.fits(head):
            return dialect
    raise InputFileError(f"{what} {_diagnosis(head)} Readable are: {_names()}.")


def _names() -> str:
    return ", ".join(dialect.name for dialect in DIALECTS) + " (each also as the one file in a .zip)"


def _diagnosis(head: bytes) -> str:
    """Say what an unreadable file seems to be, and the remedy."""
    start = head.removeprefix(_UTF8_BOM).lstrip()[:200].lower()
    for signs, diagnosis in _NO_DIALECT:
        if start.startswith(signs):
            return diagnosis
    if b"\0" in head:
        return "is no text file."
    header = _header(head)
    separator = max(";\t|", key=header.count)
    if header.count(separator) > header.count(","):
        sign = {";": "semicolons", "\t": "tabs", "|": "bars"}[separator]
        return f"has columns parted by {sign} (saved from a spreadsheet?): use the comma-separated download."
    return _compare_columns(_columns(header))


def _header(head: bytes) -> str:
    return re.split(rb"[\r\n]", head.removeprefix(_UTF8_BOM), maxsplit=1)[0].decode("utf-8", "replace")


def _columns(header: str) -> list[str]:
    return next(csv.reader([header]), [])


def _compare_columns(found: list[str]) -> str:
    """Say which required fields are missing and what in the file comes nearest."""
    wanted = [FIELDS[column] for column in _REQUIRED]
    missing = [name for name in wanted if name not in found]
    near = [name for field in missing for name in difflib.get_close_matches(field, found, n=1, cutoff=0.6)]
    nearest = ", ".join(dict.fromkeys(near)) or f"none; it has {', '.join(found[:8])}"
    return (
        f"lacks {len(missing)} of the {len(wanted)} columns needed: {', '.join(missing)}."
        f" Nearest in the file: {nearest}."
    )


def _is_csv(head: bytes) -> bool:
    columns = _columns(_header(head))
    return FIELDS["building_id"] in columns and FIELDS["status_code"] in columns


def _read_csv(stream: BinaryIO, what: str) -> RawTable:
    head = stream.read(1 << 16)
    stream.seek(0)
    try:
        head.removeprefix(_UTF8_BOM).split(b"\n", 1)[0].decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputFileError(
            f"{what} is not UTF-8 text (æ, ø, å in the header are unreadable; saved as Windows-1252 by a"
            " spreadsheet?): use the original download or save it as 'CSV UTF-8'."
        ) from error
    found = _columns(_header(head))
    if not set(found).issuperset(FIELDS[column] for column in _REQUIRED):
        raise InputFileError(f"{what} {_compare_columns(found)} Give the file as the register delivers it.")
    present = {column: name for column, name in FIELDS.items() if name in found}
    if not re.search(rb"[\r\n]", head):  # a header alone, which the CSV reader refuses
        return _raw(pd.DataFrame(columns=list(present)), {})
    if repeated := sorted({name for name in present.values() if found.count(name) > 1}):
        raise InputFileError(f"{what} has the column {', '.join(repeated)} more than once; keep one.")
    broken: dict[int, str] = {}

    def skip(row: Any) -> str:
        broken[row.number - 1] = f"{row.actual_columns} fields where the header has {row.expected_columns}"
        return "skip"

    try:
        table = arrow_csv.read_csv(
            stream,
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=8 << 20),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(present.values()),
                column_types=dict.fromkeys(present.values(), pa.string()),
                null_values=_NULLS,
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        raise InputFileError(f"{what} cannot be read as CSV: {error}.") from error
    rows = table.rename_columns(list(present)).to_pandas()
    numbers = np.setdiff1d(np.arange(1, len(rows) + len(broken) + 1), list(broken))
    return _raw(rows.set_axis(numbers, axis=0), broken)


def _is_json_list(head: bytes) -> bool:
    return re.match(rb"(?:\xef\xbb\xbf)?\s*\[\s*[\]{]", head) is not None


def _is_filudtraek(head: bytes) -> bool:
    return re.match(rb'(?:\xef\xbb\xbf)?\s*\{\s*"\w+List"\s*:', head) is not None


def _read_json_list(stream: BinaryIO, what: str) -> RawTable:
    return _from_records(_load_json(stream, what), what)


def _read_filudtraek(stream: BinaryIO, what: str) -> RawTable:
    content = _load_json(stream, what)
    if "BygningList" not in content:
        raise InputFileError(
            f"{what} holds {', '.join(content)} but no BygningList; choose the extract of Bygning."
        )
    return _from_records(content["BygningList"], what)


def _load_json(stream: BinaryIO, what: str) -> Any:
    try:
        return json.loads(stream.read())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputFileError(f"{what} is not complete JSON in UTF-8 ({error}); download it again.") from error


def _from_records(records: Any, what: str) -> RawTable:
    if not isinstance(records, list):
        raise InputFileError(f"{what} has no list of buildings; expected one record per building.")
    broken = {
        number: f"a {type(record).__name__} where a record was expected"
        for number, record in enumerate(records, 1)
        if not isinstance(record, dict)
    }
    good = [record for record in records if isinstance(record, dict)]
    found = list(dict.fromkeys(name for record in good for name in record))
    missing = [FIELDS[column] for column in _REQUIRED_IN_JSON if FIELDS[column] not in found]
    if good and missing:
        raise InputFileError(f"{what}: no record {_compare_columns(found)}")
    _refuse_other_spellings(found, what)
    numbers = [number for number in range(1, len(records) + 1) if number not in broken]
    present = {column: name for column, name in FIELDS.items() if name in found}
    columns = {column: [_text(record.get(name)) for record in good] for column, name in present.items()}
    return _raw(pd.DataFrame(columns, index=numbers, columns=list(present)), broken)


def _refuse_other_spellings(found: list[str], what: str) -> None:
    """Refuse a misspelled field: no record would have the right one, and it would be lost in silence."""
    wanted = {name[:6]: name for name in FIELDS.values() if name.startswith("byg")}
    others = [name for name in found if wanted.get(name[:6]) not in {None, *found}]
    if others:
        pairs = ", ".join(f"{name} where {wanted[name[:6]]} was expected" for name in others[:5])
        raise InputFileError(f"{what} has {pairs}. Give the file as the register delivers it.")


def _text(value: Any) -> str | None:
    return None if value is None or value in _NULLS else str(value)


def _raw(rows: pd.DataFrame, broken: dict[int, str]) -> RawTable:
    """Bring a table to the canonical columns: stripped text, missing where nothing stands."""
    absent = tuple(name for column, name in FIELDS.items() if column not in rows)
    rows = rows.reindex(columns=list(FIELDS)).astype("str")
    rows = rows.apply(lambda column: column.str.strip()).replace("", np.nan)
    rows.index.name = "row"
    return RawTable(rows, pd.Series(broken, dtype=object, name="reason").sort_index(), absent)


DIALECTS = (
    Dialect("Fildownload CSV", _is_csv, _read_csv),
    Dialect("Fildownload JSON", _is_json_list, _read_json_list),
    Dialect("Filudtræk JSON", _is_filudtraek, _read_filudtraek),
)
