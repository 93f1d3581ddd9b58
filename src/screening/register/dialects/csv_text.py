"""The register as separated text, in pieces of any length.

A piece ends at a line end outside quotes and is taken apart by Arrow in two threads. A piece in which a row
does not have the header's number of fields is read again line by line, so that one stray quotation mark
costs the row it stands in and not all that follow.
"""

from __future__ import annotations

import csv
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from screening.errors import InputFileError
from screening.register.dialects.raw import NULLS, RawTable, raw_table
from screening.register.dialects.vocabulary import match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.register.dialects.vocabulary import Match

__all__ = ["CsvReading", "header_columns", "separator_of"]

_UTF8_BOM = b"\xef\xbb\xbf"
_SEPARATORS = ",;\t|"
_HEADER_BYTES = 1 << 16
_WORKERS = 2
_AHEAD = 3  # pieces being taken apart at a time
_LONGEST_ROW_LINES = 50  # lines that one row may go over


class CsvReading:
    """The buildings of one CSV text, piece by piece.

    Parameters
    ----------
    stream
        From its first byte.
    what
        The source's name, for error texts.
    piece_bytes
        How much is read at a time. [byte]

    Raises
    ------
    InputFileError
        If the header lacks a column or is no UTF-8.
    """

    name = "Fildownload CSV"

    def __init__(self, stream: BinaryIO, what: str, *, piece_bytes: int = 16 << 20) -> None:
        self._stream = stream
        self._what = what
        self._piece_bytes = piece_bytes
        self._buffer = stream.read(max(piece_bytes, _HEADER_BYTES)).removeprefix(_UTF8_BOM)
        self._line_end = b"\n" if b"\n" in self._buffer or b"\r" not in self._buffer else b"\r"
        header, _, self._buffer = self._buffer.partition(self._line_end)
        try:
            text = header.decode("utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            raise InputFileError(
                f"{what} is not UTF-8 text (æ, ø, å in the header are unreadable; saved as Windows-1252 by a"
                " spreadsheet?): use the original download or save it as 'CSV UTF-8'."
            ) from error
        if "\r" in text:
            raise InputFileError(f"{what} has a damaged header: its line does not end. Download it again.")
        self._separator = separator_of(text)
        self._columns = header_columns(text)
        self._match = _matched(self._columns, what)
        self._row = 1

    @property
    def absent(self) -> tuple[str, ...]:
        """Field names that the header does not have."""
        return self._match.absent

    def __iter__(self) -> Iterator[RawTable]:
        """Give the rows in pieces."""
        waiting: deque[tuple[bytes, Future[pa.Table | None]]] = deque()
        with ThreadPoolExecutor(_WORKERS) as pool:
            while True:
                while len(waiting) < _AHEAD and (piece := self._cut()):
                    waiting.append((piece, pool.submit(self._quickly, piece)))
                if not waiting:
                    return
                piece, future = waiting.popleft()
                table = future.result()
                part = self._line_by_line(piece) if table is None else self._from_table(table)
                self._row += part.row_count
                if part.row_count:
                    yield part

    def _cut(self) -> bytes:
        """Take a piece that ends at a line end outside quotes; what is left at the end; empty when read."""
        done = False
        while len(self._buffer) < self._piece_bytes and not done:
            new = self._stream.read(self._piece_bytes)
            self._buffer += new
            done = not new
        end = len(self._buffer) if done else self._last_line_end()
        piece, self._buffer = self._buffer[:end], self._buffer[end:]
        return piece

    def _last_line_end(self) -> int:
        """Find the last line end outside quotes; where quotes never close, the last line end."""
        last = end = self._buffer.rfind(self._line_end) + 1
        quotes = self._buffer.count(b'"', 0, end)
        for _ in range(_LONGEST_ROW_LINES):
            if quotes % 2 == 0 or end <= 0:
                break
            begin = self._buffer.rfind(self._line_end, 0, end - 1) + 1
            quotes -= self._buffer.count(b'"', begin, end)
            end = begin
        return (end if quotes % 2 == 0 and end > 0 else last) or len(self._buffer)

    def _quickly(self, piece: bytes) -> pa.Table | None:
        """Take a piece apart with Arrow; None when a row of it is not as the header says."""
        faults = []

        def refuse(row: object) -> str:
            faults.append(row)
            return "skip"

        wanted = list(self._match.columns.values())
        if not piece.strip():
            return pa.table({name: pa.array([], pa.string()) for name in wanted})
        if piece.count(b'"') % 2 or not _is_utf8(piece):
            return None
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(piece),
                read_options=arrow_csv.ReadOptions(
                    column_names=self._columns, use_threads=False, block_size=4 << 20
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._separator,
                    newlines_in_values=b'"' in piece,
                    invalid_row_handler=refuse,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=wanted,
                    column_types=dict.fromkeys(wanted, pa.string()),
                    null_values=NULLS,
                    strings_can_be_null=True,
                ),
            )
        except pa.ArrowInvalid:
            return None
        return None if faults else table

    def _from_table(self, table: pa.Table) -> RawTable:
        columns = {column: table.column(name) for column, name in self._match.columns.items()}
        return raw_table(columns, np.arange(self._row, self._row + table.num_rows), {})

    def _line_by_line(self, piece: bytes) -> RawTable:
        lines = piece.split(self._line_end)
        good: list[list[str]] = []
        numbers: list[int] = []
        broken: dict[int, str] = {}
        at, number = 0, self._row
        while at < len(lines):
            if not lines[at].strip(b"\r"):
                at += 1
                continue
            row, taken, fault = self._row_at(lines, at)
            if row is None:
                broken[number] = fault
            else:
                good.append(row)
                numbers.append(number)
            at, number = at + taken, number + 1
        places = {column: self._columns.index(name) for column, name in self._match.columns.items()}
        arrays = {c: pa.array([row[place] for row in good], pa.string()) for c, place in places.items()}
        return raw_table(arrays, np.array(numbers, dtype=np.int64), broken)

    def _row_at(self, lines: list[bytes], at: int) -> tuple[list[str] | None, int, str]:
        """Read one row: of one line, or of several where a text in quotes goes over line ends."""
        fault = ""
        for count in range(1, min(_LONGEST_ROW_LINES, len(lines) - at) + 1):
            whole = self._line_end.join(lines[at : at + count]).rstrip(b"\r")
            if count > 1 and whole.count(b'"') % 2:
                continue
            try:
                rows = list(csv.reader([whole.decode("utf-8")], delimiter=self._separator, strict=True))
            except UnicodeDecodeError:
                return None, 1, "no UTF-8 text"
            except csv.Error:
                fault = fault or "a quotation mark is not closed"
                continue
            if len(rows) == 1 and len(rows[0]) == len(self._columns):
                return rows[0], count, ""
            fields = len(rows[0]) if rows else 0
            fault = fault or f"{fields} fields where the header has {len(self._columns)}"
            if count == 1 and whole.count(b'"') % 2 == 0:
                break
        return None, 1, fault


def _is_utf8(piece: bytes) -> bool:
    if piece.isascii():
        return True
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def separator_of(header: str) -> str:
    """Sign that parts the columns of a header: the one that occurs most."""
    return max(_SEPARATORS, key=header.count)


def header_columns(header: str) -> list[str]:
    """Names in a header."""
    try:
        names = next(csv.reader([header], delimiter=separator_of(header)), [])
    except csv.Error:
        names = header.split(separator_of(header))
    return [name.strip() for name in names]


def _matched(columns: list[str], what: str) -> Match:
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    found = match(list(dict.fromkeys(columns)), what)
    if twice := [name for name in repeated if name in found.columns.values()]:
        raise InputFileError(f"{what} has the column {', '.join(twice)} more than once; keep one.")
    return found
