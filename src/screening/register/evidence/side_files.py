"""The door to the register's other files, units and technical installations: every row accounted for."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from screening.errors import InputFileError, near_misses
from screening.register.codes import code_list

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SideReport", "read_standing", "side_file_kind"]

_NULLS = ("", "null", "NULL")
# What both entities have; the rest is told by the caller.
_COMMON = {
    "status_code": "status",
    "registered_from": "registreringFra",
    "registered_to": "registreringTil",
    "effective_to": "virkningTil",
}
_ASCII = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_CSV_FIELD_BYTES = 1 << 24
_HEAD_BYTES = 1 << 16
# A field that only files of this kind have, the same in every spelling.
_SIGNS = {b"enh020EnhedensAnvendelse": "units", b"tek020Klassifikation": "installations"}
_REASONS = (
    "dropped_malformed",
    "dropped_status_not_standing",
    "dropped_version_ended",
    "dropped_duplicate",
)


@dataclass(frozen=True)
class SideReport:
    """What happened to every row of a file of units or installations.

    Parameters
    ----------
    counts
        "rows_read", "kept" and one "dropped_..." per reason; rows_read = kept + all dropped. [1]
    gaps
        How many kept rows lack what they could have: "building_missing", those that name no building. [1]
    source
        Name of the file.
    """

    counts: pd.Series
    gaps: pd.Series
    source: str


def read_standing(
    path: str | Path, fields: dict[str, str], key: str, required: Iterable[str]
) -> tuple[pd.DataFrame, SideReport]:
    """Read the rows that stand today: status 6, no end, once per id (the newest).

    Parameters
    ----------
    path
        CSV, JSON list, JSON object with one list (Filudtræk, GraphQL), or a .zip that holds one of them.
    fields
        Canonical column -> field name in the register's own spelling; the ASCII spelling is known too.
    key
        The canonical column that holds the id.
    required
        Canonical columns that the file must have.

    Returns
    -------
    tuple of pandas.DataFrame and SideReport
        Text, indexed by id in lower case and sorted; and what happened to every row.

    Raises
    ------
    InputFileError
        If the file is missing, unreadable, empty or lacks a field.
    """
    path = Path(path)
    names = fields | _COMMON
    records, malformed = _records(path)
    table = _canonical(records, names, [*required, "status_code"], path.name)
    table[key] = table[key].str.lower()
    status = code_list("status")
    reason = pd.Series("kept", index=table.index, dtype=object)
    moment = pd.to_datetime(table["registered_from"], utc=True, format="ISO8601", errors="coerce")
    order = table.assign(moment=moment).sort_values(["moment", *names], ascending=False, na_position="last")
    standing = table["status_code"].isin(status.index[status["is_standing"]])
    ended = table["registered_to"].notna() | table["effective_to"].notna()
    candidates = order[(table[key].notna() & standing & ~ended).loc[order.index]]
    superseded = candidates.index[candidates[key].duplicated()]
    reason.loc[superseded] = _REASONS[3]
    reason = reason.mask(ended, _REASONS[2]).mask(~standing, _REASONS[1]).mask(table[key].isna(), _REASONS[0])
    counts = reason.value_counts().reindex(["kept", *_REASONS], fill_value=0)
    counts[_REASONS[0]] += malformed
    counts = pd.concat([pd.Series({"rows_read": len(table) + malformed}), counts]).astype(int).rename("rows")
    kept = table[reason == "kept"].set_index(key).sort_index()
    kept.index = kept.index.astype(object)
    no_building = int(kept["building_id"].isna().sum()) if "building_id" in kept else 0
    gaps = pd.Series({"building_missing": no_building}, name="rows", dtype=int)
    return kept.drop(columns=list(_COMMON)), SideReport(counts, gaps, path.name)


def side_file_kind(path: str | Path) -> str | None:
    """Tell whether a file holds units or installations, from its first bytes.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    str or None
        "units", "installations" or None; also None for a missing file or a folder.
    """
    path = Path(path)
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if zipfile.is_zipfile(path):
        with (
            contextlib.suppress(RuntimeError, zipfile.BadZipFile, zlib.error),
            zipfile.ZipFile(path) as archive,
        ):
            for name in archive.namelist():
                with archive.open(name) as member:
                    head += member.read(_HEAD_BYTES)
    return next((kind for sign, kind in _SIGNS.items() if sign in head), None)


def _records(path: Path) -> tuple[list[dict[str, Any]], int]:
    """Give one dict per row that can be taken apart, and the number of those that cannot."""
    text = _text(path)
    start = text.lstrip()[:1]
    if start in {"[", "{"}:
        found = _json_rows(text, path.name)
        good = [row for row in found if isinstance(row, dict)]
        return good, len(found) - len(good)
    csv.field_size_limit(_CSV_FIELD_BYTES)
    header, *rows = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    rows = [row for row in rows if row]
    good_rows = [dict(zip(header, row, strict=True)) for row in rows if len(row) == len(header)]
    if not good_rows:
        _canonical([dict.fromkeys(header)], {}, [], path.name)
        raise InputFileError(f"{path.name} has a header but no rows that fit it; download the file again.")
    return good_rows, len(rows) - len(good_rows)


def _text(path: Path) -> str:
    if not path.is_file():
        raise InputFileError(f"Register file {path} does not exist; check the path.")
    content = path.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(content)):
        content = _member(content, path.name)
    if not content.strip():
        raise InputFileError(f"{path.name} is empty; download the file again.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputFileError(
            f"{path.name} is not UTF-8 text; give the file as the register delivers it."
        ) from error


def _member(content: bytes, what: str) -> bytes:
    """Give the one data file of a zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith((".csv", ".json"))]
            names = [n for n in names if "metadata" not in n.lower()]
            if len(names) != 1:
                raise InputFileError(f"{what} holds {len(names)} data files; expected one: unpack it.")
            return archive.read(names[0])
    except (RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputFileError(f"{what} cannot be unpacked ({error}); download it again.") from error


def _json_rows(text: str, what: str) -> list[Any]:
    """Find the one list of rows: the content itself, or however deep in an object."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputFileError(f"{what} is not complete JSON ({error}); download it again.") from error
    while isinstance(content, dict):
        inner: list[Any] = [value for value in content.values() if isinstance(value, list)]
        inner = inner or [v for v in content.values() if isinstance(v, dict) and "hasNextPage" not in v]
        if len(inner) != 1:
            raise InputFileError(f"{what} holds {len(inner)} lists of rows; expected one.")
        content = inner[0]
    if not content:
        raise InputFileError(f"{what} holds no rows; download the file again.")
    return list(content)


def _canonical(
    records: list[dict[str, Any]], names: dict[str, str], required: Iterable[str], what: str
) -> pd.DataFrame:
    """Bring the fields to their canonical names: stripped text, missing where nothing stands."""
    found = {_fold(name): name for record in records for name in record}
    present = {column: found[_fold(name)] for column, name in names.items() if _fold(name) in found}
    missing = [names[column] for column in dict.fromkeys(required) if column not in present]
    if missing:
        told = near_misses(missing[0], found.values())
        raise InputFileError(f"{what} lacks the fields {', '.join(missing)}. {told}")
    columns = {column: [_value(record.get(name)) for record in records] for column, name in present.items()}
    return pd.DataFrame(columns, columns=list(names), dtype=object).astype("str")


def _fold(name: str) -> str:
    return name.lstrip("\ufeff").casefold().translate(_ASCII)


def _value(value: Any) -> str | None:
    text = None if value is None else str(value).strip()
    return None if text is None or text in _NULLS else text
