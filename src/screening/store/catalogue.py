"""The catalogue of the building store: one small file per municipality that names its valid partition."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from screening.errors import InputFileError, TableError
from screening.store.whole import flush, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

__all__ = ["Entry", "list_codes", "patiently", "plain_facts", "read_entry", "to_table", "write_entry"]

T = TypeVar("T")
CODE = re.compile(r"\d{4}")
_FILE = re.compile(r"[0-9a-f]{32}\.parquet")
_TRIES = 50  # of a twentieth of a second each


@dataclass(frozen=True)
class Entry:
    """What the catalogue says of one municipality.

    Parameters
    ----------
    municipality_code
        Four digits.
    file
        Name of the valid file in the partition's folder.
    sha256
        Digest of that file, hex.
    rows
        Buildings in it. [1]
    program
        Fingerprint of the program that wrote it.
    facts
        Where the buildings come from, as the import gave it.
    """

    municipality_code: str
    file: str
    sha256: str
    rows: int
    program: str
    facts: dict[str, Any]


def plain_facts(code: str, facts: Mapping[str, Any], rows: int) -> dict[str, Any]:
    """Give facts as plain JSON values; the count ``kept`` must be the number of rows.

    Raises
    ------
    TableError
        If a value is no JSON value, or ``kept`` does not fit the table.
    """
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(facts), default=_plain, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise TableError(f"Facts of municipality {code} cannot be written as JSON: {error}.") from error
    if plain.get("kept", rows) != rows:
        raise TableError(
            f"Facts of municipality {code} say that {plain['kept']} buildings were kept, but the table has"
            f" {rows}; give the counts of this table."
        )
    return plain


def write_entry(folder: Path, entry: Entry) -> Path:
    """Name a partition's valid file, by one atomic rename."""
    text = json.dumps(asdict(entry), ensure_ascii=False, indent=1) + "\n"

    def write(path: Path) -> None:
        path.write_text(text, encoding="utf-8")
        flush(path)

    return patiently(lambda: write_whole(folder / f"{entry.municipality_code}.json", write))


def read_entry(folder: Path, code: str) -> Entry | None:
    """Read one municipality's entry; None when there is none.

    Raises
    ------
    InputFileError
        If the entry was damaged.
    """
    path = folder / f"{code}.json"
    try:
        entry = Entry(**json.loads(patiently(lambda: path.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        return None
    except (TypeError, ValueError) as error:
        raise _damaged(path, code) from error
    if entry.municipality_code != code or not _FILE.fullmatch(entry.file):
        raise _damaged(path, code)
    return entry


def list_codes(folder: Path) -> list[str]:
    """Give the codes that have an entry, sorted."""
    return sorted(path.stem for path in folder.glob("*.json") if CODE.fullmatch(path.stem))


def to_table(entries: Iterable[Entry]) -> pd.DataFrame:
    """Give one row per municipality, index ``municipality_code``; nested facts become columns ``a_b``."""
    rows = [asdict(entry) for entry in entries]
    facts = pd.json_normalize([row.pop("facts") for row in rows], sep="_")
    columns = ["municipality_code", "file", "sha256", "rows", "program"]
    facts = facts.rename(columns={column: f"facts_{column}" for column in columns})
    return pd.DataFrame(rows, columns=columns).join(facts).set_index("municipality_code")


def patiently(action: Callable[[], T]) -> T:
    """Try again for a while: Windows refuses a file in the moment that another process has it in use."""
    for _ in range(_TRIES):
        try:
            return action()
        except PermissionError:
            time.sleep(0.05)
    return action()


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Series):
        return value.to_dict()
    if hasattr(value, "item"):  # a number of numpy's
        return value.item()
    raise TypeError(f"a {type(value).__name__} is no number, text or list of them")


def _damaged(path: Path, code: str) -> InputFileError:
    return InputFileError(
        f"{path} is damaged. Remove it and import municipality {code} again from its register file."
    )
