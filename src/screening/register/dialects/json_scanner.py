"""A cursor in a JSON text that is longer than memory: finds the lists of buildings and cuts records out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from screening.errors import InputFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FILDOWNLOAD", "FILUDTRAEK", "GRAPHQL", "PAD", "Piece", "Scanner", "as_lines"]

FILDOWNLOAD, FILUDTRAEK, GRAPHQL = "Fildownload JSON", "Filudtræk JSON", "GraphQL"
PAD = 4096
_UTF8_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
_TEXT = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_TOKEN = re.compile(_TEXT + rb'|[\[\]{}"]', re.DOTALL)
_STRING = re.compile(_TEXT, re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\]}]+")
_COMMA = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*")
_BETWEEN = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*\{")
_BLANK = re.compile(r"[ \t\r\n]*")
_ANSWER = re.compile(rb'\{\s*"(?:data|errors|extensions)"')
_ANSWERS = re.compile(rb'\[\s*\{\s*"(?:data|errors|extensions)"')
_LONGEST_RECORD_BYTES = 64 << 20
_FIRST_BYTES = 1 << 20  # enough to see how the records are written


@dataclass(frozen=True)
class Piece:
    """Whole records, cut out of a text.

    Parameters
    ----------
    text
        The records, the first perhaps with a comma before it; then at least ``PAD`` bytes of anything.
    size
        Length of the records. [byte]
    """

    text: bytearray
    size: int

    @property
    def records(self) -> bytes:
        """The records alone, as a copy."""
        return bytes(memoryview(self.text)[: self.size])


class Scanner:
    """A cursor in JSON text.

    Parameters
    ----------
    stream
        From its first byte.
    what
        The source's name, for error texts.
    piece_bytes
        How much is read at a time. [byte]
    """

    def __init__(self, stream: BinaryIO, what: str, piece_bytes: int) -> None:
        self._stream = stream
        self._what = what
        self._piece_bytes = piece_bytes
        self._buffer = stream.read(piece_bytes).removeprefix(_UTF8_BOM)
        self._at = 0
        self._done = False
        self._is_first = True
        self._others: list[str] = []
        self._says_more: list[bool] = []  # of each page of an answer
        self.list_ended = True
        self.separator: bytes | None = None

    # Where the lists are

    def lists(self) -> Iterator[str]:
        """Stop inside each list of buildings, after its opening bracket; give the dialect it is in.

        Whoever iterates reads the records to the list's end before going on.
        """
        found = ""
        while first := self._peek():
            if found and not (found == GRAPHQL and self._looks(_ANSWER)):
                raise self._broken("text follows after the end")
            if first == b"[" and not self._looks(_ANSWERS):
                lists = self._inside(FILDOWNLOAD)
            elif first == b"[":
                lists = self._answers()
            elif first == b"{":
                lists = self._object()
            else:
                raise self._broken("it does not begin with a list or an object")
            for found in lists:
                yield found
            if not found:
                held = ", ".join(self._others) or "nothing"
                raise InputFileError(
                    f"{self._what} is JSON that holds {held}, but no BygningList and no BBR_Bygning;"
                    " choose the extract of Bygning."
                )
        if not found:
            raise self._broken("it is empty")
        self._refuse_missing_pages()

    def _refuse_missing_pages(self) -> None:
        """See that the last page of an answer, and no other, says that nothing follows."""
        if self._says_more and self._says_more[-1]:
            raise InputFileError(
                f"{self._what} is not the whole answer: its last page says that more follow. Fetch the"
                " remaining pages and give them all together in one .zip."
            )
        if not all(self._says_more[:-1]):
            raise InputFileError(
                f"{self._what} holds the last pages of more than one answer; give the pages of one query, in"
                " their order."
            )

    def _inside(self, name: str) -> Iterator[str]:
        self._take(b"[")
        self.list_ended, self._is_first = False, True
        yield name

    def _answers(self) -> Iterator[str]:
        self._take(b"[")
        yield from self._object()
        while self._peek() == b",":
            self._take(b",")
            yield from self._object()
        self._take(b"]")

    def _object(self) -> Iterator[str]:
        for key in self._keys():
            if key == "BygningList":
                if self._peek() != b"[":
                    raise InputFileError(
                        f"{self._what} has no list of buildings; expected one record per building."
                    )
                yield from self._inside(FILUDTRAEK)
            elif key == "data" and self._peek() == b"{":
                yield from self._data()
            elif key == "errors":
                self._refuse_errors(self._value())
            else:
                self._others.append(key)
                self._skip()

    def _data(self) -> Iterator[str]:
        """Find the pages of buildings in a GraphQL answer."""
        for key in self._keys():
            if not key.endswith("Bygning") or self._peek() != b"{":
                self._others.append(key)
                self._skip()
                continue
            for part in self._keys():
                if part in {"nodes", "edges"} and self._peek() == b"[":
                    yield from self._inside(GRAPHQL)
                elif part == "pageInfo":
                    page = self._value()
                    self._says_more.append(isinstance(page, dict) and bool(page.get("hasNextPage")))
                else:
                    self._skip()

    def _refuse_errors(self, errors: Any) -> None:
        if errors:
            first = errors[0] if isinstance(errors, list) else errors
            told = first.get("message", first) if isinstance(first, dict) else first
            raise InputFileError(f"{self._what} is an answer with an error, not data: {told}. Ask again.")

    # Records of the list that the cursor is in

    def cut(self, separator: bytes) -> Piece | None:
        """Take as many whole records as are in a piece of text; None when exact reading must go on."""
        held = memoryview(self._buffer)[self._at :]
        size = len(held)
        text = bytearray(max(size, self._piece_bytes) + PAD)  # read into, and never copied
        text[:size] = held
        while size < self._piece_bytes and not self._done:
            new = self._stream.readinto(memoryview(text)[size : self._piece_bytes])  # type: ignore[attr-defined]
            self._done = not new
            size += new or 0
        end = text.rfind(separator, 0, size) + 1
        self._buffer, self._at = bytes(memoryview(text)[end:size]), 0
        if not end:
            return None
        self._is_first = False
        return Piece(text, end)

    def ahead(self, length: int) -> bytes:
        """Look at the text from the cursor on, as far as it has been read."""
        return self._buffer[self._at : self._at + length]

    def put_back(self, pieces: list[Piece]) -> None:
        """Give back text that was cut off, in its order."""
        text = b"".join(piece.records for piece in pieces)
        self._is_first = not text.lstrip(_SPACE).startswith(b",")
        self._buffer = text + self._buffer[self._at :]
        self._at = 0

    def records(self, decoder: json.JSONDecoder) -> list[Any]:
        """Read records one by one: those of about one piece, or to the list's end."""
        length = self._piece_bytes if self.separator else min(self._piece_bytes, _FIRST_BYTES)
        while True:
            found, end = self._whole_records(self._decoded(length), decoder)
            if found:
                self._note_separator(end)
            self._at += end
            if found or self.list_ended:
                return found
            if length > _LONGEST_RECORD_BYTES or not (self._more() or len(self._buffer) > length):
                raise self._broken("a record is not whole")
            length *= 2

    def _whole_records(self, text: str, decoder: json.JSONDecoder) -> tuple[list[Any], int]:
        """Give the records of the text and where they end [byte]; note when the list ends."""
        found: list[Any] = []
        at = 0
        while (begin := _skip_blank(text, at)) < len(text):
            if text[begin] == "]":
                self.list_ended, at = True, begin + 1
                break
            if not self._is_first:
                if text[begin] != ",":
                    raise self._broken(f"{text[begin : begin + 20]!r} stands between two records")
                begin = _skip_blank(text, begin + 1)
            try:
                record, end = decoder.raw_decode(text, begin)
            except (ValueError, RecursionError):  # also a number of thousands of digits
                break  # not whole yet, or broken: told when more text does not help
            if _skip_blank(text, end) == len(text):
                break  # a number may go on in the text not yet read
            found.append(record)
            at, self._is_first = end, False
        return found, len(text[:at].encode())

    def _note_separator(self, length: int) -> None:
        if self.separator is None and (close := _BETWEEN.search(self._buffer, self._at, self._at + length)):
            self.separator = close[0]

    def _decoded(self, length: int) -> str:
        """Text from the cursor on; a letter cut in two at the end waits for more."""
        part = self._buffer[self._at : self._at + length]
        try:
            return part.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start < len(part) - 3:
                raise self._broken(f"it is no UTF-8 text, {error.reason}") from None
            return part[: error.start].decode("utf-8")

    # The cursor itself

    def _keys(self) -> Iterator[str]:
        """Keys of an object; whoever iterates reads the value."""
        self._take(b"{")
        while self._peek() != b"}":
            key = self._string()
            self._take(b":")
            yield key
            if self._peek() != b"}":
                self._take(b",")
        self._take(b"}")

    def _more(self) -> bool:
        new = b"" if self._done else self._stream.read(self._piece_bytes)
        self._done = not new
        if new:
            self._buffer = self._buffer[self._at :] + new
            self._at = 0
        return bool(new)

    def _peek(self) -> bytes:
        """Next byte that is no space; empty at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer) or not self._more():
                return self._buffer[self._at : self._at + 1]

    def _looks(self, pattern: re.Pattern[bytes]) -> bool:
        if len(self._buffer) - self._at < 100:
            self._more()
        return pattern.match(self._buffer, self._at) is not None

    def _take(self, byte: bytes) -> None:
        if (found := self._peek()) != byte:
            raise self._broken(f"{found!r} stands where {byte!r} was expected")
        self._at += 1

    def _string(self) -> str:
        if self._peek() != b'"':
            raise self._broken("a field has no name")
        while (text := _STRING.match(self._buffer, self._at)) is None:
            if len(self._buffer) - self._at > _LONGEST_RECORD_BYTES or not self._more():
                raise self._broken("a text has no end")
        self._at = text.end()
        try:
            return str(json.loads(text[0]))
        except ValueError as error:
            raise self._broken(str(error)) from None

    def _value(self) -> Any:
        """Read a small value."""
        self._peek()
        while True:
            try:
                value, end = json.JSONDecoder().raw_decode(text := self._decoded(_LONGEST_RECORD_BYTES))
            except (ValueError, RecursionError):
                if not self._more():
                    raise self._broken("a value is not whole") from None
                continue
            self._at += len(text[:end].encode())
            return value

    def _skip(self) -> None:
        """Step over a value of any length."""
        first = self._peek()
        if first == b'"':
            self._string()
        elif first and first in b"{[":
            self._skip_nested()
        elif scalar := _SCALAR.match(self._buffer, self._at):
            self._at = scalar.end()
        else:
            raise self._broken("a value is missing")

    def _skip_nested(self) -> None:
        depth = 0
        while True:
            token = _TOKEN.search(self._buffer, self._at)
            if token is None or token[0] == b'"':  # a text that goes on beyond the buffer
                self._at = token.start() if token else len(self._buffer)
                if len(self._buffer) - self._at > _LONGEST_RECORD_BYTES or not self._more():
                    raise self._broken("it breaks off")
                continue
            self._at = token.end()
            depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(token[0], 0)
            if depth == 0:
                return

    def _broken(self, why: str) -> InputFileError:
        return InputFileError(f"{self._what} is not complete JSON in UTF-8 ({why}); download it again.")


def as_lines(piece: bytes) -> bytes:
    """Write records that are parted by commas one to a line, for a parser of lines.

    Nothing is judged: where a separator stands inside a text, the parser meets half a text and refuses.

    Parameters
    ----------
    piece
        Whole records, the first may have a comma before it.

    Returns
    -------
    bytes
        The records.
    """
    lead = _COMMA.match(piece)
    text = piece[lead.end() :] if lead else piece
    if b"\n" in text:
        text = text.replace(b"\n", b" ")  # no text of JSON may hold a line break
    between = _BETWEEN.search(text)
    return text if between is None else text.replace(between[0], b"}\n{")


def _skip_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
