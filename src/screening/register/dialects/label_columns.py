"""Finding the register's fields in tables that a municipality made: cut names, and labels for codes.

A shapefile cuts names at ten characters and numbers those that collide (``byg021Bygn``, ``byg021By_1``);
municipal databases keep the label of a code in a column of its own (``..._t``), or keep nothing else. A full
name decides by itself; of cut names the values decide: on the code list or on its labels.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from screening.errors import InputFileError
from screening.register.codes import code_list
from screening.register.dialects import vocabulary as names_of
from screening.register.dialects.ois import OIS
from screening.register.dialects.raw import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from screening.register.dialects.vocabulary import Match, Vocabulary

__all__ = ["Columns", "codes_from_labels", "find_columns", "find_vocabulary", "is_register_table"]

_LISTS = {
    "status_code": "status",
    "use_code": "use",
    "heating_installation_code": "heating_installation",
    "heating_fuel_code": "heating_fuel",
    "supplementary_heating_code": "supplementary_heating",
}
_GENERATIONS = (*names_of.VOCABULARIES, OIS)
_LABEL = re.compile(r"(?i)_(?:t|tekst)$")
_CUT_LENGTH = 10  # longest name in a shapefile's table
_NUMBERED_CUT = re.compile(r"(.+)_\d{1,2}$")
_NUMBERED_STEM = 5  # shortest beginning that is trusted before a collision number
_TIMES = ("registered_from", "registered_to")
_DISTINCT = 2000  # different values of a column looked at
_IS_TIME = r"^\d{4}[-/]\d\d[-/]\d\d"


@dataclass(frozen=True)
class Columns:
    """Which column of a table is which field.

    Parameters
    ----------
    match
        The fields found.
    labels
        Canonical columns whose text is labels, to be turned into codes.
    """

    match: Match
    labels: frozenset[str]


@dataclass
class _Found:
    """Columns that may be one field."""

    full: list[str] = field(default_factory=list)
    label: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.full or self.label or self.cut)


def is_register_table(names: Iterable[str]) -> bool:
    """Tell whether a table may be the register's: some column may be the id, and some the use of a building.

    Parameters
    ----------
    names
        Column names.

    Returns
    -------
    bool
        True also when it is open which of several columns is meant.
    """
    given = list(names)
    found = _candidates(find_vocabulary(given), given)
    return bool(found["building_id"]) and bool(found["use_code"] or found["status_code"])


def find_vocabulary(names: Iterable[str]) -> Vocabulary:
    """Find the generation of names of which a table has most.

    Parameters
    ----------
    names
        Column names.

    Returns
    -------
    Vocabulary
        The register's own, or that of OIS.
    """
    given = list(names)
    return max(_GENERATIONS, key=lambda v: sum(bool(f) for f in _candidates(v, given).values()))


def find_columns(
    names: Iterable[str],
    what: str,
    required: Iterable[str],
    look: Callable[[list[str]], Iterator[pa.Table]],
) -> Columns:
    """Find the register's fields among full names, cut names and names of labels.

    Parameters
    ----------
    names
        Column names, as the source spells them.
    what
        The source's name, for the error text.
    required
        Canonical columns that must be there.
    look
        Gives columns of the source as text, in pieces; asked only where names do not decide.

    Returns
    -------
    Columns
        The fields.

    Raises
    ------
    InputFileError
        If a required field is missing, or values do not tell which of several columns is meant.
    """
    given = list(names)
    vocabulary = find_vocabulary(given)
    found = _candidates(vocabulary, given)
    chosen, labels = _by_name(found)
    chosen |= _times(found, chosen, what, look, vocabulary)
    open_fields = {c: f.cut for c, f in found.items() if f.cut and c not in chosen and c not in _TIMES}
    _refuse_shared(open_fields, vocabulary, what)
    by_content, more_labels = _by_content(open_fields, what, look, vocabulary)
    chosen |= by_content
    settled = {name for f in found.values() for name in (*f.full, *f.label, *f.cut)}
    back = {vocabulary.fields[column]: name for column, name in chosen.items()}
    twice = [
        name for column, f in found.items() if len(f.full) > 1 and column not in chosen for name in f.full
    ]
    rest = [name for name in given if name not in settled or name in twice]
    match = names_of.match([*back, *rest], what, required, [vocabulary])
    columns = {column: back.get(name, name) for column, name in match.columns.items()}
    return Columns(names_of.Match(match.vocabulary, columns, is_exact=False), frozenset(labels | more_labels))


def codes_from_labels(labels: pa.ChunkedArray, column: str) -> pa.ChunkedArray:
    """Turn labels into codes; what is on no list, or means several codes, stays as it is.

    Parameters
    ----------
    labels
        Text.
    column
        Canonical column.

    Returns
    -------
    pyarrow.ChunkedArray
        Codes.
    """
    text = clean_text(labels)
    encoded = text.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    known = _codes(_LISTS[column])
    listed = code_list(_LISTS[column]).index
    values = [v if v in listed else known.get(_plain(v), v) for v in encoded.dictionary.to_pylist()]
    return pa.chunked_array([pa.array(values, pa.string()).take(encoded.indices)])


@functools.cache
def _codes(name: str) -> dict[str, str]:
    """Code by label, reduced to what counts; labels of several codes are left out."""
    table = code_list(name)
    codes: dict[str, set[str]] = defaultdict(set)
    for column in table.columns.intersection(["label_da", "label_da_old"]):
        for code, label in table[column].items():
            if label:
                codes[_plain(label)].add(str(code))
    return {label: min(of) for label, of in codes.items() if len(of) == 1}


def _plain(label: str) -> str:
    return "".join(label.casefold().split())


def _candidates(vocabulary: Vocabulary, names: list[str]) -> dict[str, _Found]:
    found = {column: _Found() for column in vocabulary.fields}
    for column, wanted in vocabulary.fields.items():
        target = names_of.fold(wanted)
        for name in names:
            is_label = column in _LISTS and _LABEL.search(name) is not None
            if name == wanted or names_of.fold(name) == target:
                found[column].full.append(name)
            elif is_label and names_of.fold(_LABEL.sub("", name)) == target:
                found[column].label.append(name)
            elif _is_cut(name, target):
                found[column].cut.append(name)
        if wanted in found[column].full:
            found[column].full = [wanted]
    taken = {name for f in found.values() for name in f.full}
    for f in found.values():
        f.cut = [name for name in f.cut if name not in taken]
    return found


def _is_cut(name: str, target: str) -> bool:
    """Tell whether a name may be the beginning of a field's name, as a shapefile or a database cuts it."""
    is_numbered = re.match(r"byg\d{3}.", target) is not None
    if len(name) > _CUT_LENGTH and not is_numbered:
        return False
    folded = names_of.fold(name)
    # Names with æ ø å may be cut a character earlier: the limit is in bytes.
    if target.startswith(folded) and (len(folded) > len("byg000") if is_numbered else len(name) >= 9):
        return True
    numbered = _NUMBERED_CUT.match(name)
    if numbered is None or len(name) < 9:
        return False
    stem = names_of.fold(numbered[1])
    return target.startswith(stem) and len(stem) >= (len("byg0000") if is_numbered else _NUMBERED_STEM)


def _by_name(found: dict[str, _Found]) -> tuple[dict[str, str], set[str]]:
    """Fields that their names decide."""
    chosen = {column: f.full[0] for column, f in found.items() if len(f.full) == 1}
    labels = {
        column: f.label[0] for column, f in found.items() if len(f.label) == 1 and not f.full and not f.cut
    }
    return chosen | labels, set(labels)


def _refuse_shared(fields: dict[str, list[str]], vocabulary: Vocabulary, what: str) -> None:
    """Refuse a cut name that may be either of two fields."""
    meant: dict[str, list[str]] = defaultdict(list)
    for column, names in fields.items():
        for name in names:
            meant[name].append(vocabulary.fields[column])
    for name, several in meant.items():
        if len(several) > 1:
            raise InputFileError(
                f"{what}: the cut column name {name} may be {' or '.join(several)}; save it as a GeoPackage,"
                " which keeps whole names."
            )


def _by_content(
    fields: dict[str, list[str]],
    what: str,
    look: Callable[[list[str]], Iterator[pa.Table]],
    vocabulary: Vocabulary,
) -> tuple[dict[str, str], set[str]]:
    """Fields of cut names: of code fields the values tell which column is the code and which its label."""
    chosen: dict[str, str] = {}
    labels: set[str] = set()
    coded = sorted({name for column, names in fields.items() if column in _LISTS for name in names})
    values = _distinct(look(coded)) if coded else {}
    for column, names in fields.items():
        kinds = {name: _kind(values[name], column) for name in names} if column in _LISTS else {}
        name = _the_one(names, kinds)
        if name is None:
            raise InputFileError(
                f"{what}: the cut column names {' and '.join(names)} may all be {vocabulary.fields[column]},"
                " and their values do not tell which; keep one, or save the table as a GeoPackage, which"
                " keeps whole names."
            )
        chosen[column] = name
        if kinds.get(name) == "label":
            labels.add(column)
    return chosen, labels


def _the_one(names: list[str], kinds: dict[str, str]) -> str | None:
    if len(names) == 1:
        return names[0]
    for kind in ("code", "label"):
        of_kind = [name for name in names if kinds.get(name) == kind]
        if of_kind:
            return of_kind[0] if len(of_kind) == 1 else None
    return names[0] if set(kinds.values()) == {"empty"} else None


def _kind(values: set[str], column: str) -> str:
    """Tell what most values of a column are."""
    if not values:
        return "empty"
    listed = set(code_list(_LISTS[column]).index)
    known = _codes(_LISTS[column])
    counts = {
        "code": len(values & listed),
        "label": sum(value not in listed and _plain(value) in known for value in values),
    }
    best = max(counts, key=lambda kind: counts[kind])
    return best if counts[best] * 2 >= len(values) else "other"


def _distinct(pieces: Iterator[pa.Table]) -> dict[str, set[str]]:
    values: dict[str, set[str]] = defaultdict(set)
    for piece in pieces:
        for name in piece.column_names:
            if len(values[name]) < _DISTINCT:
                values[name] |= set(pc.unique(clean_text(piece.column(name)).drop_null()).to_pylist())
    return values


def _times(
    found: dict[str, _Found],
    chosen: dict[str, str],
    what: str,
    look: Callable[[list[str]], Iterator[pa.Table]],
    vocabulary: Vocabulary,
) -> dict[str, str]:
    """Tell registreringFra from registreringTil where both are cut to the same beginning.

    A registration always has a beginning, and ends later or not yet; a column that holds anything but times
    is registreringsaktør.
    """
    names = sorted({name for column in _TIMES if column in found for name in found[column].cut})
    if not names or any(column in chosen for column in _TIMES):
        return {column: found[column].cut[0] for column in _TIMES if _is_alone(found, chosen, column)}
    table = pd.concat([piece.to_pandas() for piece in _cleaned(look(names))], ignore_index=True)
    is_time = {name: table[name].dropna().astype(str).str.match(_IS_TIME).all() for name in names}
    times = [name for name in names if is_time[name] and table[name].notna().any()]
    empty = [name for name in names if table[name].isna().all()]
    parsed = {n: pd.to_datetime(table[n], utc=True, format="ISO8601", errors="coerce") for n in times}
    begins = [n for n in times if table[n].notna().all() and _begins(parsed, n)]
    rest = [name for name in times if name not in begins]
    if not len(table) or (len(begins) == 1 and len(rest) <= 1):
        ends = (rest or empty)[:1]
        return {column: n[0] for column, n in zip(_TIMES, (begins, ends), strict=True) if n}
    told = " and ".join(vocabulary.fields[column] for column in _TIMES)
    raise InputFileError(
        f"{what}: the values of the cut column names {', '.join(names)} do not tell which is {told}; save it"
        " as a GeoPackage, which keeps whole names."
    )


def _is_alone(found: dict[str, _Found], chosen: dict[str, str], column: str) -> bool:
    return column in found and column not in chosen and len(found[column].cut) == 1


def _cleaned(pieces: Iterator[pa.Table]) -> Iterator[pa.Table]:
    for piece in pieces:
        yield pa.table({name: clean_text(piece.column(name)) for name in piece.column_names})


def _begins(parsed: dict[str, pd.Series], name: str) -> bool:
    """Tell whether no other time of a row is earlier, and some row's is later or missing."""
    others = [other for n, other in parsed.items() if n != name]
    if not others:
        return True
    later = np.column_stack([(other > parsed[name]) | other.isna() for other in others])
    earlier = np.column_stack([other < parsed[name] for other in others])
    return bool(later.any() and not earlier.any())
