"""Take machine-written JSON apart by its first record: what stands before a value is the same in the next.

A program writes every record with the same fields in the same order. So one record tells what stands before
each value that is wanted, and a piece of text is read column by column, all records at a time: the text
before the value is expected where it mostly stood in the records before, and compared to the last letter. A
record in which it stands nowhere, or whose value is not plain text, a whole number or null, is left to the
exact reader.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from screening.register.dialects.json_scanner import PAD

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Flags = npt.NDArray[np.bool_]
    Places = npt.NDArray[np.int64]
    Words = npt.NDArray[np.uint64]

__all__ = ["Taken", "Template", "learn"]

_VALUE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,\]}]+', re.DOTALL)
_KEY = re.compile(rb'\s*"([^"\\]*)":\s*')  # as the colon is written by all programs known
_FOLLOWS = re.compile(rb"\s*([,}])")
_WORD = 8  # bytes compared at a time
_WORTH = 4  # records a distance or length must be expected for, to try it on all of them
_SEARCHED = 32  # records searched by themselves before what they teach is tried on the others
_BLOCK_BYTES = 1 << 18
_LONGEST = 64  # a longer value is left to the exact reader
_OPEN, _CLOSE, _QUOTE, _COLON, _MINUS, _ZERO, _SPACE = b'{}":-0 '
_IS_ODD = np.array([not 32 <= letter < 128 or letter in b'"\\' for letter in range(256)])
_IS_NO_DIGIT = np.array([letter not in b"0123456789" for letter in range(256)])
_NULL = int.from_bytes(b"null", "little")


@dataclass(frozen=True)
class Taken:
    """Records of one piece of text.

    Parameters
    ----------
    columns
        Text by field name, a row per regular record.
    plain
        Fields of which no value is empty text, has a blank at an end, or may be the word null.
    is_regular
        Of each record, in the order of the text.
    others
        Text of the records that are written otherwise, in order.
    last
        Text of the last record: not all of it was looked at, and the piece may have been cut inside it.
    """

    columns: dict[str, pa.Array]
    plain: set[str]
    is_regular: Flags
    others: list[bytes]
    last: bytes


class _Usual:
    """How often which number was met; those expected often are tried on all records at a time."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._total = 1

    def settle(
        self,
        left: Places,
        try_all: Callable[[int, Places], Flags],
        search: Callable[[int], int | None],
    ) -> None:
        """Find the number of each record: by trying the usual ones, else by a search of its own.

        Parameters
        ----------
        left
            Records.
        try_all
            Notes a number for the records that it fits, and tells which they are.
        search
            Notes the number of one record; gives it when it may be usual.
        """
        tried: set[int] = set()
        while len(left):
            for number in self._worth_trying(len(left)):
                if number not in tried and len(left):
                    tried.add(number)
                    fits = try_all(number, left)
                    self._met(number, int(np.count_nonzero(fits)))
                    left = left[~fits]
            for record in left[:_SEARCHED].tolist():
                if (found := search(record)) is not None:
                    self._met(found, 1)
            left = left[_SEARCHED:]

    def _worth_trying(self, records: int) -> list[int]:
        """Numbers by how often they were met, to those expected in a few of the records only."""
        least = _WORTH * self._total / records
        return [number for number, count in self._counts.most_common() if count >= least]

    def _met(self, number: int, times: int) -> None:
        self._counts[number] += times
        self._total += times


@dataclass
class _Field:
    """A wanted field: what stands before its value, the letter after it, and where and how long it was."""

    name: str
    before: bytes
    after: int
    distances: _Usual = field(default_factory=_Usual)
    lengths: _Usual = field(default_factory=_Usual)


class Template:
    """What stands before the values of a record, and between two records.

    Parameters
    ----------
    opening
        Text from a record's bracket to its first value.
    between
        Text from the last value of a record to the first value of the next.
    fields
        Name, text before the value and letter after it, in their order.
    """

    def __init__(self, opening: bytes, between: bytes, fields: list[tuple[str, bytes, int]]) -> None:
        self.names = [name for name, _, _ in fields]
        self._opening = opening
        self._between = between
        self._all = fields
        self._fields: list[_Field] = []

    def want(self, names: set[str]) -> set[str]:
        """Say which fields are to be read; give those that can be found by what stands before them."""
        self._fields = [_Field(*known) for known in self._all if known[0] in names]
        return {known.name for known in self._fields if len(known.before) >= _WORD}

    def take(self, text: bytearray, size: int) -> Taken | None:
        """Take whole records apart; None when the piece is not of this kind.

        Parameters
        ----------
        text
            Whole records, the first possibly with a comma before it; then ``PAD`` bytes of anything.
        size
            Where the last record's closing bracket ends. [byte]

        Returns
        -------
        Taken or None
            The records.
        """
        letters = np.frombuffer(text, np.uint8)
        words = np.ndarray((len(text) - _WORD + 1,), "<u8", text, strides=(1,))
        brackets = _brackets(letters[:size])
        starts = self._starts(text, brackets, words)
        if starts is None:
            return None
        lead = len(self._between) - len(self._opening)
        ends = np.append(starts[1:] - lead, size - 1)
        # A record whose beginning is damaged would be taken for the end of the one before it.
        edges = np.append(starts, size)
        regular = np.diff(np.searchsorted(brackets, edges)) == 2
        # A record with more or fewer fields may have one twice, as where two were run together.
        regular &= np.diff(np.searchsorted(_colons(letters[:size]), edges)) == len(self._all)
        found: dict[str, tuple[Places, Places]] = {}
        at = starts
        for known in self._fields:
            begin = _find(known, text, words, at, ends, regular)
            length = _measure(known, text, letters, begin, ends, regular)
            found[known.name] = begin, length
            at = begin + length
        columns, plain, regular = _texts(text, letters, found, regular)
        bounds = np.append(starts, size + lead)
        others = [bytes(text[bounds[i] : bounds[i + 1] - lead + 1]) for i in np.flatnonzero(~regular)]
        return Taken(columns, plain, regular, others, bytes(text[starts[-1] : size]))

    def _starts(self, text: bytearray, brackets: Places, words: Words) -> Places | None:
        """Where records open: brackets with all of the text between two records round them."""
        first = int(brackets[0]) if len(brackets) else -1
        if first < 0 or text[:first].strip(b" \t\r\n,") or not text.startswith(self._opening, first):
            return None
        lead = len(self._between) - len(self._opening)
        later = brackets[brackets > first + lead]
        after = later[_equal(words, later - lead, self._between)]
        return np.concatenate([[first], after])


def learn(piece: bytes) -> Template | None:
    """Learn the template from the first two records of a text.

    Parameters
    ----------
    piece
        Two whole records at least, the first without a comma before it.

    Returns
    -------
    Template or None
        None when the records are not flat or differ in their fields.
    """
    first = _fields_of(piece, piece.find(b"{"))
    second = _fields_of(piece, piece.find(b"{", first[2])) if first else None
    if first is None or second is None or first[0] != second[0] or len(set(first[0])) < len(first[0]):
        return None
    opened = piece.find(b"{", first[2])
    opening = second[1][0]
    between = piece[first[2] : opened] + opening
    if not re.fullmatch(rb"\s*\}\s*,\s*", piece[first[2] : opened]):
        return None
    before = [opening, *first[1][1:]]
    after = [text[0] for text in [*first[1][1:], between]]
    return Template(opening, between, list(zip(first[0], before, after, strict=True)))


def _fields_of(piece: bytes, at: int) -> tuple[list[str], list[bytes], int] | None:
    """Names, what stands before each value, and where the last value ends."""
    if at < 0:
        return None
    names: list[str] = []
    before: list[bytes] = []
    begin = at
    at += 1
    while True:
        key = _KEY.match(piece, at)
        value = _VALUE.match(piece, key.end()) if key else None
        if key is None or value is None or value[0][:1] in b"{[":
            return None
        names.append(key[1].decode("utf-8", "replace"))
        before.append(piece[begin : value.start()])
        begin = value.end()
        following = _FOLLOWS.match(piece, begin)
        if following is None:
            return None
        if following[1] == b"}":
            return names, before, begin
        at = following.end()


def _equal(words: Words, places: Places, text: bytes) -> Flags:
    """Tell at which places a text of at least one word stands."""
    same = np.ones(len(places), bool)
    for step in {*range(0, len(text) - _WORD, _WORD), len(text) - _WORD}:
        same &= words[places + step] == np.uint64(int.from_bytes(text[step : step + _WORD], "little"))
    return same


def _brackets(letters: Bytes) -> Places:
    """Where records may open or close; looked for in blocks that stay near the processor."""
    found = []
    for start in range(0, len(letters), _BLOCK_BYTES):
        block = letters[start : start + _BLOCK_BYTES]
        found.append(np.flatnonzero((block == _OPEN) | (block == _CLOSE)) + start)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _colons(letters: Bytes) -> Places:
    """Where the name of a field ends: a quotation mark and a colon."""
    found = []
    for start in range(0, len(letters) - 1, _BLOCK_BYTES):
        block = letters[start : start + _BLOCK_BYTES + 1]
        found.append(np.flatnonzero((block[1:] == _COLON) & (block[:-1] == _QUOTE)) + start)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _find(known: _Field, piece: bytearray, words: Words, at: Places, ends: Places, regular: Flags) -> Places:
    """Where each record's value begins: after the text that stands before it."""
    text = known.before
    begin = np.zeros(len(at), np.int64)
    first = np.uint64(int.from_bytes(text[:_WORD], "little"))

    def try_all(distance: int, left: Places) -> Flags:
        place = at[left] + distance
        fits: Flags = words[place] == first
        begin[left[fits]] = place[fits]
        return fits

    def search(record: int) -> int | None:
        start = int(at[record])
        stands = piece.find(text, start, int(ends[record]))
        begin[record] = max(stands, 0)
        return stands - start if 0 <= stands <= start + PAD // 2 else None

    known.distances.settle(np.flatnonzero(regular), try_all, search)
    regular &= _equal(words, begin, text)
    return np.where(regular, begin + len(text), 0)


def _measure(
    known: _Field, piece: bytearray, letters: Bytes, begin: Places, ends: Places, regular: Flags
) -> Places:
    """How long each value is: to the first letter that may follow a value, at one of the usual lengths."""
    length = np.zeros(len(begin), np.int64)

    def try_all(size: int, left: Places) -> Flags:
        fits: Flags = letters[begin[left] + size] == known.after
        length[left[fits]] = size
        return fits

    def search(record: int) -> int | None:
        value = _VALUE.match(piece, int(begin[record]))
        size = value.end() - value.start() if value else 0
        if value and size <= _LONGEST and piece[value.end() : value.end() + 1] == bytes([known.after]):
            length[record] = size
            return size
        regular[record] = False
        return None

    known.lengths.settle(np.flatnonzero(regular), try_all, search)
    regular &= begin + length <= ends
    return np.where(regular, length, 0)


def _texts(
    text: bytearray, letters: Bytes, found: dict[str, tuple[Places, Places]], regular: Flags
) -> tuple[dict[str, pa.Array], set[str], Flags]:
    """Copy the wanted values out; a record with a value that is not plain is not regular."""
    values = {}
    plain = set()
    for name, (begin, length) in found.items():
        is_text = (letters[begin] == _QUOTE) & (length >= 2)
        closes = ~is_text | (letters[np.maximum(begin + length - 1, 0)] == _QUOTE)
        size = length - 2 * is_text
        regular = regular & closes & (size <= _LONGEST)
        size = np.where(regular, size, 0)
        offsets = np.zeros(len(begin) + 1, np.int32)
        np.cumsum(size, out=offsets[1:])
        data = _copy(text, begin + is_text, size)
        is_null = ~is_text & _are_null(text, begin, size)
        regular = regular & _are_plain(data, offsets, ~is_text & ~is_null & regular)
        values[name] = offsets, data, is_null
        ends = np.minimum(letters[begin + is_text], letters[np.maximum(begin + is_text + size - 1, 0)])
        if not (is_text & ((size == 0) | (size == len("null")) | (ends <= _SPACE))).any():
            plain.add(name)
    columns = {}
    whole = bool(regular.all())
    chosen = pa.array(np.flatnonzero(regular))
    for name, (offsets, data, is_null) in values.items():
        valid = pa.py_buffer(np.packbits(~is_null, bitorder="little")) if is_null.any() else None
        array = pa.StringArray.from_buffers(len(regular), pa.py_buffer(offsets), pa.py_buffer(data), valid)
        columns[name] = array if whole else array.take(chosen)
    return columns, plain, regular


def _copy(text: bytearray, begin: Places, size: Places) -> Bytes:
    """Letters of all values, one after the other."""
    longest = int(size.max(initial=0))
    if longest == 0:
        return np.empty(0, np.uint8)
    windows = np.ndarray((len(text) - longest + 1,), f"V{longest}", text, strides=(1,))
    rows = windows[begin].view(np.uint8).reshape(len(begin), longest)
    if (size == longest).all():
        return rows.ravel()
    return rows[np.arange(longest) < size[:, None]]


def _are_null(text: bytearray, begin: Places, size: Places) -> Flags:
    null = np.zeros(len(size), bool)
    four = np.flatnonzero(size == 4)
    if len(four):
        null[four] = np.ndarray((len(text) - 3,), "<u4", text, strides=(1,))[begin[four]] == _NULL
    return null


def _are_plain(data: Bytes, offsets: npt.NDArray[np.int32], is_number: Flags) -> Flags:
    """Tell which values are text without escapes, null, or whole numbers without a leading zero or "-0"."""
    plain = np.ones(len(is_number), bool)
    odd = np.flatnonzero(_IS_ODD[data])
    if len(odd):
        plain[np.searchsorted(offsets, odd, side="right") - 1] = False
    if is_number.any():
        beyond = np.zeros(len(data) + 1, np.int32)
        np.cumsum(_IS_NO_DIGIT[data], out=beyond[1:])
        strange = beyond[offsets[1:]] - beyond[offsets[:-1]]
        padded = np.append(data, np.zeros(2, np.uint8))
        minus = padded[offsets[:-1]] == _MINUS
        digits = np.diff(offsets) - minus
        zero = padded[offsets[:-1] + minus] == _ZERO
        plain &= ~is_number | ((strange == minus) & (digits >= 1) & ~(zero & (digits + minus > 1)))
    return plain
