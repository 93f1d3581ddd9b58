"""What both tables of the old register (OIS 1.x) share: how a header and how a value is written."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from screening.errors import InputFileError
from screening.register.dialects.csv_text import header_columns, separator_of

if TYPE_CHECKING:
    import pandas as pd

    from screening.register.dialects.vocabulary import Match

__all__ = [
    "HEADER_BYTES",
    "SHORTEST_CUT",
    "Header",
    "after",
    "coordinate",
    "is_xml",
    "plain_code",
    "plain_id",
    "refuse_repeated",
    "take_header",
    "without_decimals",
    "without_never",
]

HEADER_BYTES = 1 << 16
SHORTEST_CUT = 8  # "BYG_ARL_SA", as a shapefile cuts it, without its underscores
_UTF8_BOM = b"\xef\xbb\xbf"
_NEVER = r"(?:1753-01-01|01-01-1753)(?:[T ].*)?"
_NO_ID = "00000000-0000-0000-0000-000000000000"
_DECIMAL = r"-?\d+(?:[.,]\d*)?"


def is_xml(head: bytes) -> bool:
    """Tell XML from separated text."""
    return head.removeprefix(_UTF8_BOM).lstrip()[:1] == b"<"


def coordinate(text: pd.Series) -> pd.Series:
    """Write a decimal point where a spreadsheet wrote a comma."""
    is_number = text.str.fullmatch(_DECIMAL).fillna(value=False)
    return text.where(~is_number, text.str.replace(",", ".", regex=False))


def plain_id(text: pd.Series) -> pd.Series:
    """Give an id without braces; missing when it is all zeros."""
    plain = text.str.strip(" {}")
    return plain.where(plain != _NO_ID)


def without_decimals(text: pd.Series) -> pd.Series:
    """Give a code as text where a program made it a decimal number."""
    return text.str.replace(r"^(\d+)[.,]0+$", r"\1", regex=True)


def plain_code(text: pd.Series) -> pd.Series:
    """Give a code as today's lists have it: no decimals, no zeros before it."""
    return without_decimals(text).str.replace(r"^0+(?=\d)", "", regex=True)


def without_never(text: pd.Series) -> pd.Series:
    """Make the first day of SQL Server's calendar missing: it stands for no time."""
    return text.where(~text.str.fullmatch(_NEVER).fillna(value=False))


class _Chain(io.RawIOBase):
    """Bytes, then the rest of a stream."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._first = first
        self._rest = rest

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; 0 at the end."""
        part = self._first[: len(buffer)] or self._rest.read(len(buffer))
        self._first = self._first[len(part) :]
        buffer[: len(part)] = part
        return len(part)


def after(first: bytes, rest: BinaryIO) -> BinaryIO:
    """Give a stream of some bytes and then the rest of another stream."""
    return io.BufferedReader(_Chain(first, rest), 1 << 20)


@dataclass(frozen=True)
class Header:
    """The first line of separated text, taken off its stream.

    Parameters
    ----------
    names
        Column names.
    separator
        Sign that parts them.
    line_end
        How the line ends.
    """

    names: list[str]
    separator: str
    line_end: bytes


def take_header(stream: BinaryIO, what: str) -> tuple[Header, BinaryIO]:
    """Read the first line; give it and the stream after it."""
    head = stream.read(HEADER_BYTES).removeprefix(_UTF8_BOM)
    line, end = re.match(rb"([^\r\n]*)(\r\n|\n|\r)?", head).groups(b"")  # type: ignore[union-attr]
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputFileError(f"{what} is not UTF-8 text in its header; save it as 'CSV UTF-8'.") from error
    rest = after(head[len(line) + len(end) :], stream)
    return Header(header_columns(text), separator_of(text), end or b"\n"), rest


def refuse_repeated(header: Header, found: Match, what: str) -> None:
    """Refuse a field that two columns have."""
    if twice := sorted({name for name in found.columns.values() if header.names.count(name) > 1}):
        raise InputFileError(f"{what} has the column {', '.join(twice)} more than once; keep one.")
