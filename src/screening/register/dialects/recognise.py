"""The dialects that BBR building files come in, recognised by content; each gives the same text table.

A dialect is told by the first bytes of a stream and read in pieces (``Reading``). A further one needs an
entry in ``DIALECTS`` and nothing else: what follows sees only ``RawTable``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

from screening.errors import InputFileError
from screening.register.dialects.csv_text import CsvReading, header_columns
from screening.register.dialects.json_text import JsonReading
from screening.register.dialects.ois import OisReading
from screening.register.dialects.ois import is_buildings as is_ois
from screening.register.dialects.vocabulary import is_register, match
from screening.register.dialects.xml_text import XmlReading, is_register_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from screening.register.dialects.raw import RawTable

__all__ = ["DIALECTS", "Dialect", "Reading", "is_answer", "recognise"]

_UTF8_BOM = b"\xef\xbb\xbf"
# First bytes in lower case -> what the file is instead, and the remedy; the first that fits is told.
_NO_DIALECT: tuple[tuple[tuple[bytes, ...], str], ...] = (
    (
        (b"<!doctype html", b"<html"),
        "is a web page, not data (a failed download or an expired key): download the file again.",
    ),
    ((b"<",), "is XML, but not a BygningList of the register: download BBR Bygning as CSV or JSON instead."),
    ((b"{", b"["), "is JSON, but neither a list of buildings nor an object with the list 'BygningList'."),
    ((b"pk\x03\x04",), "is a damaged zip file, or a zip within a zip: unpack it, or download it again."),
    ((b"\xff\xfe", b"\xfe\xff"), "is UTF-16 text: save it as 'CSV UTF-8'."),
)


class Reading(Protocol):
    """A source being read, piece by piece."""

    @property
    def name(self) -> str:
        """Dialect, as told in the register report; known when reading has begun."""

    @property
    def absent(self) -> tuple[str, ...]:
        """Field names that the source does not have; known when all has been read."""

    def __iter__(self) -> Iterator[RawTable]:
        """Give the rows in pieces, in the order of the source."""


@dataclass(frozen=True)
class Dialect:
    """One way to write the register.

    Parameters
    ----------
    name
        What it is called.
    fits
        Tells from the first bytes whether the file is in this dialect.
    read
        Begins to read a stream; the text names the file in errors.
    """

    name: str
    fits: Callable[[bytes], bool]
    read: Callable[[BinaryIO, str], Reading]


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
    raise InputFileError(f"{what} {_diagnosis(head, what)} Readable are: {_names()}.")


def _names() -> str:
    text = ", ".join(dialect.name for dialect in DIALECTS)
    return f"{text}, map layers and Parquet files (each also as the one file in a .zip)"


def _diagnosis(head: bytes, what: str) -> str:
    """Say what an unreadable file seems to be, and the remedy."""
    start = head.removeprefix(_UTF8_BOM).lstrip()[:200].lower()
    for signs, diagnosis in _NO_DIALECT:
        if start.startswith(signs):
            return diagnosis
    if b"\0" in head:
        return "is no text file."
    try:
        match(header_columns(_header(head)), what)
    except InputFileError as error:
        return str(error).removeprefix(what).strip()
    return "is not read."


def _header(head: bytes) -> str:
    return re.split(rb"[\r\n]", head.removeprefix(_UTF8_BOM), maxsplit=1)[0].decode("utf-8", "replace")


def _is_csv(head: bytes) -> bool:
    if b"\0" in head or head.removeprefix(_UTF8_BOM).lstrip()[:1] in {b"{", b"[", b"<"}:
        return False
    return is_register(header_columns(_header(head)))


def _is_json_list(head: bytes) -> bool:
    return re.match(rb"(?:\xef\xbb\xbf)?\s*\[\s*[\]{]", head) is not None


def _is_filudtraek(head: bytes) -> bool:
    return re.match(rb'(?:\xef\xbb\xbf)?\s*\{\s*"\w+List"\s*:', head) is not None


def is_answer(head: bytes) -> bool:
    """Tell a GraphQL answer by the first bytes."""
    return re.match(rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:data|errors|extensions)"\s*:', head) is not None


DIALECTS = (
    Dialect("OIS", is_ois, OisReading),
    Dialect("Fildownload CSV", _is_csv, CsvReading),
    Dialect("Fildownload JSON", _is_json_list, JsonReading),
    Dialect("Filudtræk JSON", _is_filudtraek, JsonReading),
    Dialect("GraphQL", is_answer, JsonReading),
    Dialect("Filudtræk XML", is_register_xml, XmlReading),
)
