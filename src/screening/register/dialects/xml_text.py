"""The register as XML, as Filudtræk and the older OIS wrote it; read in pieces of any length.

The text goes through the standard library's Expat once, from front to end. A document type or an entity is
refused where it is declared, so that no text can grow in reading. A text that is not well-formed XML is an
error with its line; a record that is XML, but not a building, is one malformed row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat

import numpy as np
import pyarrow as pa

from screening.errors import InputFileError
from screening.register.dialects.raw import RawTable, raw_table
from screening.register.dialects.vocabulary import (
    REGISTER,
    REQUIRED_IN_JSON,
    concerns,
    fold,
    match,
    misspelled,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from screening.register.dialects.vocabulary import Match, Vocabulary

__all__ = ["FILUDTRAEK_XML", "Shape", "XmlReading", "is_register_xml"]

_READ_BYTES = 1 << 20
_LONGEST_FIELD = 1 << 20  # letters
_POINT_FIELD = "byg404"
_POSITIONS = ("pos", "coordinates")  # of GML 3 and 2
_ETRS89_UTM32 = "25832"


@dataclass(frozen=True)
class Shape:
    """Where the records are in a text.

    Parameters
    ----------
    name
        The dialect, as told in the register report.
    parent
        Element that the records are in.
    record
        Element of one record.
    beside
        Elements that may stand between the records.
    """

    name: str
    parent: str
    record: str
    beside: tuple[str, ...] = ()


FILUDTRAEK_XML = Shape("Filudtræk XML", "BygningList", "Bygning")


def is_register_xml(head: bytes) -> bool:
    """Tell from its first bytes whether a file is Filudtræk's XML.

    Parameters
    ----------
    head
        The first 64 kB or so.

    Returns
    -------
    bool
        Whether it is XML that names the list of buildings or the register's namespace.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text[:1] == b"<" and (b"BygningList" in head or b"//data.gov.dk/schemas/bbr" in head)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


@dataclass
class _Handlers:
    """What Expat calls; gathers records as name -> text, or the text of what is wrong with one.

    Parameters
    ----------
    what
        The source's name, for error texts.
    shape
        Where the records are.
    vocabulary
        Tells which names matter.
    """

    what: str
    shape: Shape
    vocabulary: Vocabulary
    records: list[dict[str, str] | str] = field(default_factory=list)
    list_count: int = 0
    others: dict[str, None] = field(default_factory=dict)
    _names: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)
    _record: dict[str, str] | None = None
    _fault: str = ""
    _seen: set[str] = field(default_factory=set)
    _text: list[str] = field(default_factory=list)
    _length: int = 0
    _level: int = 0  # of the element inside the record: 1 is a field
    _is_nested: bool = False
    _points: list[str] = field(default_factory=list)
    _system: str = ""  # of the point, empty for the register's own

    def __post_init__(self) -> None:
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse

    @property
    def names(self) -> list[str]:
        """Names of all fields met so far."""
        return list(dict.fromkeys(local for local, _ in self._names.values()))

    def _refuse(self, *_: object) -> None:
        raise InputFileError(
            f"{self.what} declares a document type or an entity (line {self.parser.CurrentLineNumber}); the"
            " register's XML has none: download it again."
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._record is None:
            self._start_outside(_local(name))
            return
        self._level += 1
        if self._level > 1:
            self._start_nested(_local(name), attributes)
        elif self._text:
            self._judge_stray()
        self._text.clear()
        self._length = 0

    def _start_outside(self, name: str) -> None:
        in_list = bool(self._path) and self._path[-1] == self.shape.parent
        if in_list and name not in self.shape.beside:
            self._record, self._level = {}, 0
            self._seen.clear()
            self._text.clear()
            self._fault = ""
            if name != self.shape.record:
                self._find(f"{name} where {self.shape.record} was expected")
            self.parser.CharacterDataHandler = self._characters
            return
        self._path.append(name)
        if name == self.shape.parent:
            self.list_count += 1
        elif len(self._path) <= 2:
            self.others[name] = None

    def _start_nested(self, name: str, attributes: dict[str, str]) -> None:
        self._judge_stray()
        self._is_nested = True
        if name == "Point":
            system = attributes.get("srsName", _ETRS89_UTM32)
            self._system = "" if system.endswith(_ETRS89_UTM32) else f"{system} "
        elif name not in _POSITIONS:
            self._find(f"the element {name} inside a field")

    def _end(self, name: str) -> None:
        if self._record is None:
            self._path.pop()
        elif self._level == 1:
            self._end_field(name)
        elif self._level > 1:
            self._end_nested(_local(name))
        else:
            self._judge_stray()
            self.records.append(self._fault or self._record)
            self._record = None
            self.parser.CharacterDataHandler = None
            return
        self._level -= 1
        self._text.clear()
        self._length = 0

    def _end_nested(self, name: str) -> None:
        if name in _POSITIONS:
            self._points.append(" ".join("".join(self._text).replace(",", " ").split()))
        else:
            self._judge_stray()

    def _end_field(self, name: str) -> None:
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = _local(name), concerns(self.vocabulary, _local(name))
        local, matters = known
        if local in self._seen:
            self._find(f"the field {local} twice")
        self._seen.add(local)
        text = self._nested_text(local) if self._is_nested else "".join(self._text)
        if matters and self._record is not None:
            self._record[local] = text

    def _nested_text(self, name: str) -> str:
        self._judge_stray()
        points, self._points = self._points, []
        self._is_nested = False
        system, self._system = self._system, ""
        if not fold(name).startswith(_POINT_FIELD) or len(points) > 1:
            self._find(f"elements inside {name}")
        return f"{system}POINT ({points[0]})" if points and points[0] else ""

    def _characters(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)
        if self._length > _LONGEST_FIELD:
            raise InputFileError(
                f"{self.what} has a text that does not end (line {self.parser.CurrentLineNumber}); download"
                " it again."
            )

    def _judge_stray(self) -> None:
        """Find fault with text that stands between elements."""
        if self._text and not "".join(self._text).isspace():
            self._find("text between the fields")

    def _find(self, fault: str) -> None:
        self._fault = self._fault or f"{fault} (line {self.parser.CurrentLineNumber})"


class XmlReading:
    """The buildings of one XML text, piece by piece.

    Parameters
    ----------
    stream
        From its first byte.
    what
        The source's name, for error texts.
    shape
        Where the records are.
    vocabulary
        The names that matter.
    find
        Finds the fields among the names seen; by the vocabulary when not given.
    piece_records
        How many records make a piece, about. [1]
    """

    def __init__(
        self,
        stream: BinaryIO,
        what: str,
        *,
        shape: Shape = FILUDTRAEK_XML,
        vocabulary: Vocabulary = REGISTER,
        find: Callable[[list[str]], Match] | None = None,
        piece_records: int = 20_000,
    ) -> None:
        self.name = shape.name
        self._stream = stream
        self._what = what
        self._shape = shape
        self._find = find or (lambda names: match(names, what, REQUIRED_IN_JSON, [vocabulary]))
        self._handlers = _Handlers(what, shape, vocabulary)
        self._piece_records = piece_records
        self._name_count = 0
        self._match: Match | None = None
        self._misspelled: dict[str, str] = {}
        self._row = 1

    @property
    def absent(self) -> tuple[str, ...]:
        """Field names that no record has; known when all has been read."""
        return self._match.absent if self._match else ()

    def __iter__(self) -> Iterator[RawTable]:
        """Give the records in pieces."""
        records = self._handlers.records
        done = False
        while not done:
            done = self._parse(self._stream.read(_READ_BYTES))
            if records and (done or len(records) >= self._piece_records):
                piece = self._table(records)
                records.clear()
                self._row += piece.row_count
                yield piece
        if not self._handlers.list_count:
            held = ", ".join(list(self._handlers.others)[:5])
            raise InputFileError(
                f"{self._what} is XML that holds {held}, but no {self._shape.parent}; choose the extract of"
                " Bygning."
            )

    def _parse(self, part: bytes) -> bool:
        """Parse the next bytes; tell whether they were the last."""
        try:
            self._handlers.parser.Parse(part, not part)
        except (expat.ExpatError, LookupError, UnicodeError) as error:
            line = self._handlers.parser.ErrorLineNumber
            why = str(error).partition(":")[0]
            raise InputFileError(
                f"{self._what} is not whole XML ({why} in line {line}); download it again."
            ) from error
        return not part

    def _table(self, records: list[dict[str, str] | str]) -> RawTable:
        self._learn()
        broken: dict[int, str] = {}
        good: list[dict[str, str]] = []
        numbers: list[int] = []
        for number, record in enumerate(records, self._row):
            if isinstance(record, str):
                broken[number] = record
            elif wrong := self._misspelled.keys() & record.keys():
                name = min(wrong)
                broken[number] = f"the field {name} where {self._misspelled[name]} was expected"
            else:
                good.append(record)
                numbers.append(number)
        columns = self._match.columns if self._match else {}
        arrays = {
            column: pa.array([record.get(name) for record in good], pa.string())
            for column, name in columns.items()
        }
        return raw_table(arrays, np.array(numbers, dtype=np.int64), broken)

    def _learn(self) -> None:
        """Take note of names not seen before."""
        names = self._handlers.names
        if len(names) > self._name_count or self._match is None:
            self._name_count = len(names)
            self._match = self._find(names)
            self._misspelled = misspelled(self._match, names)
