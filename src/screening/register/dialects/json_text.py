"""The register as JSON: a list, Filudtræk's lists by name, or GraphQL answers; read in pieces of any length.

Whole records are cut out of the text at the separator that the writer uses, and taken apart piece by piece in
two threads: by what stands between the values where all records are written alike, else by Arrow's parser.
What neither accepts (another type, a field that was not there before, a separator inside a text, the end of
the list) is read again record by record, exactly. So the memory needed does not depend on the length of the
file, and speed never decides what is a building.
"""

from __future__ import annotations

import json
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import json as arrow_json

from screening.errors import InputFileError
from screening.register.dialects.json_scanner import GRAPHQL, Piece, Scanner, as_lines
from screening.register.dialects.json_template import Template, learn
from screening.register.dialects.raw import NULLS, RawTable, concatenate, raw_table
from screening.register.dialects.vocabulary import REQUIRED_IN_JSON, Match, match, misspelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

__all__ = ["JsonReading"]

_WORKERS = 2
_AHEAD = 4  # pieces being taken apart at a time
_HEAD_BYTES = 1 << 20  # holds the two first records
_MOST_OTHERS = 0.05  # of the records, before the template is no longer worth while


@dataclass(frozen=True)
class _Taken:
    """A piece taken apart: rows numbered from 0, and records read by themselves with their numbers."""

    table: RawTable
    others: list[Any]
    numbers: npt.NDArray[np.int64]


class _Twice(dict[str, Any]):
    """A record that has a field more than once."""


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    return record if len(record) == len(pairs) else _Twice(record)


_DECODER = json.JSONDecoder(object_pairs_hook=_fields, parse_constant=str)


class JsonReading:
    """The buildings of one JSON text, piece by piece.

    Parameters
    ----------
    stream
        From its first byte.
    what
        The source's name, for error texts.
    piece_bytes
        How much is read at a time. [byte]
    """

    def __init__(self, stream: BinaryIO, what: str, *, piece_bytes: int = 16 << 20) -> None:
        self.name = ""
        self._what = what
        self._text = Scanner(stream, what, piece_bytes)
        self._match: Match | None = None
        self._types: dict[str, pa.DataType | None] = {}
        self._names: set[str] = set()
        self._misspelled: dict[str, str] = {}
        self._no_text: set[str] = set()
        self._row = 1

    @property
    def absent(self) -> tuple[str, ...]:
        """Field names that no record has; known when all has been read."""
        return self._match.absent if self._match else ()

    def __iter__(self) -> Iterator[RawTable]:
        """Give the records in pieces."""
        with ThreadPoolExecutor(_WORKERS) as pool:
            for name in self._text.lists():
                self.name = name
                for piece in self._records(pool):
                    self._row += piece.row_count
                    yield piece

    def _records(self, pool: ThreadPoolExecutor) -> Iterator[RawTable]:
        """Read the list that the scanner stands in, to its closing bracket."""
        head = self._text.ahead(_HEAD_BYTES)
        while self._match is None and not self._text.list_ended:
            yield from self._exactly()  # tells names, types and separator
        if self._text.list_ended:
            return
        self._templates = self._learned(head)
        waiting: deque[tuple[Piece, Future[_Taken | None]]] = deque()
        while not self._text.list_ended:
            while len(waiting) < _AHEAD and (piece := self._cut()):
                waiting.append((piece, pool.submit(self._quickly, piece, self._matched(), self._schema())))
            if not waiting:
                yield from self._exactly()
                continue
            piece, future = waiting.popleft()
            done = future.result()
            if done is not None:
                yield self._placed(done)
                continue
            self._text.put_back([piece, *(later for later, _ in waiting)])
            waiting.clear()
            yield from self._exactly()

    def _cut(self) -> Piece | None:
        return self._text.cut(self._text.separator) if self._text.separator else None

    def _schema(self) -> pa.Schema | None:
        """Types that Arrow must meet; without misspelled names, so that records with one are read exactly."""
        types = {name: kind for name, kind in self._types.items() if name not in self._misspelled}
        return pa.schema(list(types.items())) if all(types.values()) else None

    def _learned(self, head: bytes) -> SimpleQueue[Template]:
        """One template for each thread, as each takes note of what it meets."""
        wanted = set(self._matched().columns.values())
        made: SimpleQueue[Template] = SimpleQueue()
        for _ in range(_AHEAD):
            template = learn(head)
            if template is not None and template.want(wanted) >= wanted:
                made.put(template)
        return made

    def _quickly(self, piece: Piece, found: Match, schema: pa.Schema | None) -> _Taken | None:
        """Take a piece apart; None when it does not look as the records before it."""
        try:
            template = self._templates.get_nowait()
        except Empty:
            return self._by_arrow(piece, found, schema)
        taken = template.take(piece.text, piece.size)
        self._templates.put(template)
        if taken is None or len(taken.others) > _MOST_OTHERS * len(taken.is_regular):
            return self._by_arrow(piece, found, schema)
        try:
            _DECODER.decode(taken.last.decode("utf-8"))
            others = [_DECODER.decode(text.decode("utf-8")) for text in taken.others]
        except (ValueError, RecursionError):
            return self._by_arrow(piece, found, schema)
        columns = {column: taken.columns[name] for column, name in found.columns.items()}
        plain = {column for column, name in found.columns.items() if name in taken.plain}
        rows = raw_table(columns, np.flatnonzero(taken.is_regular), {}, plain)
        return _Taken(rows, others, np.flatnonzero(~taken.is_regular))

    @staticmethod
    def _by_arrow(piece: Piece, found: Match, schema: pa.Schema | None) -> _Taken | None:
        if schema is None:
            return None
        try:
            table = arrow_json.read_json(
                pa.BufferReader(as_lines(piece.records)),
                read_options=arrow_json.ReadOptions(use_threads=False, block_size=1 << 20),
                parse_options=arrow_json.ParseOptions(
                    explicit_schema=schema, unexpected_field_behavior="error"
                ),
            )
            table.validate(full=True)  # also that all text is UTF-8, which the parser does not look at
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowKeyError):
            return None  # not as regular as Arrow asks: the piece is read record by record, its faults named
        columns = {}
        for column, name in found.columns.items():
            values = table.column(name)
            if pa.types.is_struct(values.type):
                values = pa.chunked_array([chunk.field("wkt") for chunk in values.chunks], pa.string())
            columns[column] = values
        return _Taken(raw_table(columns, np.arange(table.num_rows), {}), [], np.array([], np.int64))

    def _placed(self, piece: _Taken) -> RawTable:
        """Give the rows of a piece their numbers, and join the records read by themselves."""
        piece.table.rows.index += self._row
        if not piece.others:
            return piece.table
        self._learn([record for record in piece.others if isinstance(record, dict)])
        parts = [piece.table]
        for number, record in zip(piece.numbers.tolist(), piece.others, strict=True):
            parts.append(self._from_records([record], self._row + number))
        whole = concatenate(parts)
        return RawTable(whole.rows.sort_index(), whole.malformed)

    def _exactly(self) -> Iterator[RawTable]:
        """Read what is in the buffer record by record; more is read while not one record is whole."""
        records = self._text.records(_DECODER)
        if not records:
            return
        if self.name == GRAPHQL:
            records = [_node(record) for record in records]
        self._learn([record for record in records if isinstance(record, dict)])
        yield self._from_records(records, self._row)

    def _learn(self, records: list[dict[str, Any]]) -> None:
        """Take note of names and types not seen before."""
        seen: dict[str, set[Any]] = {}
        for record in records:
            for name, value in record.items():
                seen.setdefault(name, set()).add(type(value))
        for name in [name for name in seen if not _is_text(name)]:
            del seen[name]
            self._no_text.add(name)
        if not seen:
            return
        samples = {
            n: next(r[n] for r in records if isinstance(r.get(n), dict)) for n in seen if dict in seen[n]
        }
        for name, kinds in seen.items():
            kind = _arrow_type(kinds - {type(None)}, samples.get(name))
            if name not in self._types or kinds != {type(None)}:
                self._types[name] = kind
        if self._types.keys() != self._names:
            self._names = set(self._types)
            self._match = match(self._types, self._what, REQUIRED_IN_JSON)
            self._misspelled = misspelled(self._match, self._types)

    def _matched(self) -> Match:
        if self._match is None:
            raise InputFileError(f"{self._what} has no list of buildings; expected one record per building.")
        return self._match

    def _from_records(self, records: list[Any], first_row: int) -> RawTable:
        columns = self._match.columns if self._match else {}
        broken: dict[int, str] = {}
        good: list[dict[str, Any]] = []
        numbers: list[int] = []
        for number, record in enumerate(records, first_row):
            fault = self._fault(record, list(columns.values()))
            if fault:
                broken[number] = fault
            else:
                good.append(record)
                numbers.append(number)
        arrays = {
            column: pa.array([_text(record.get(name)) for record in good], pa.string())
            for column, name in columns.items()
        }
        return raw_table(arrays, np.array(numbers, dtype=np.int64), broken)

    def _fault(self, record: Any, names: list[str]) -> str:
        if not isinstance(record, dict):
            return f"a {type(record).__name__} where a record was expected"
        if isinstance(record, _Twice):
            return "a field occurs twice in the record"
        if self._no_text & record.keys():
            return "half a letter in the name of a field"
        if wrong := self._misspelled_in(record):
            return f"the field {wrong} where {self._misspelled[wrong]} was expected"
        return next(filter(None, (_value_fault(name, record.get(name)) for name in names)), "")

    def _misspelled_in(self, record: dict[str, Any]) -> str:
        """Give a name that stands in place of a field; beside the field it is a field of its own."""
        found = self._misspelled.keys() & record.keys()
        return min((name for name in found if self._misspelled[name] not in record), default="")


def _value_fault(name: str, value: Any) -> str:
    if isinstance(value, list | bool) or (isinstance(value, dict) and "wkt" not in value):
        return f"a {type(value).__name__} in {name} where text was expected"
    if not _is_text(value.get("wkt") if isinstance(value, dict) else value):
        return f"half a letter in {name}"
    return ""


def _node(record: Any) -> Any:
    """Unwrap an edge of a GraphQL answer."""
    return record["node"] if isinstance(record, dict) and "node" in record else record


def _is_text(value: Any) -> bool:
    """Tell a value that can be written as UTF-8: an escape of JSON may be half a letter."""
    if not isinstance(value, str) or value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("wkt")
    return None if value is None or value in NULLS else str(value)


def _arrow_type(kinds: set[Any], sample: dict[str, Any] | None) -> pa.DataType | None:
    """Type that Arrow must meet to give the same text as reading exactly; None when there is no such."""
    if not kinds or kinds == {str}:
        return pa.string()
    if kinds == {int}:
        return pa.int64()
    if sample is not None and all(issubclass(kind, dict) for kind in kinds) and "wkt" in sample:
        inner = [(n, _arrow_type({type(v)} - {type(None)}, None)) for n, v in sample.items()]
        return pa.struct(inner) if all(kind for _, kind in inner) else None
    return None
