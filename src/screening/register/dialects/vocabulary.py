"""What the register's fields are called, and finding them under whatever spelling a source uses.

The same field is ``byg026Opførelsesår`` in the register's own files, ``byg026Opfoerelsesaar`` in GraphQL,
``byg026opfoerelsesaar`` in a database and ``byg026Opf`` in a shapefile. Names are compared folded (lower
case, æ ø å as ae oe aa, letters and digits only); a name that is cut off still tells by its field number.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screening.errors import InputFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "FIELDS",
    "REGISTER",
    "REQUIRED",
    "REQUIRED_IN_JSON",
    "Match",
    "Vocabulary",
    "concerns",
    "fold",
    "match",
    "misspelled",
]

# Canonical column -> field name in the REST, CSV and Filudtræk spelling.
FIELDS = {
    "building_id": "id_lokalId",
    "status_code": "status",
    "use_code": "byg021BygningensAnvendelse",
    "year_built": "byg026Opførelsesår",
    "total_area_m2": "byg038SamletBygningsareal",
    "dwelling_area_m2": "byg039BygningensSamledeBoligAreal",
    "business_area_m2": "byg040BygningensSamledeErhvervsAreal",
    "footprint_area_m2": "byg041BebyggetAreal",
    "floor_count": "byg054AntalEtager",
    "heating_installation_code": "byg056Varmeinstallation",
    "heating_fuel_code": "byg057Opvarmningsmiddel",
    "point": "byg404Koordinat",
    "municipality_code": "kommunekode",
    "registered_from": "registreringFra",
    "registered_to": "registreringTil",
    "effective_to": "virkningTil",
    "supplementary_heating_code": "byg058SupplerendeVarme",
    "coordinate_system_code": "byg406Koordinatsystem",
    "coordinate_quality_code": "byg134KvalitetAfKoordinatsæt",
    "coordinate_note_code": "byg135SupplerendeOplysningOmKoordinatsæt",
    "effective_from": "virkningFra",
    "plot_id": "grund",
    "address_id": "husnummer",
    "dispensation_code": "byg131DispensationFritagelseIftKollektivVarmeforsyning",
}
# Without these a source cannot be screened. The rest are told of when absent.
REQUIRED = tuple(FIELDS)[:12]
# Some JSON and XML leave empty fields out of a record, so only these must occur in some record.
REQUIRED_IN_JSON = ("building_id", "status_code")

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_NUMBERED = re.compile(r"(byg\d{3})")


@dataclass(frozen=True)
class Vocabulary:
    """One generation of field names.

    Parameters
    ----------
    name
        As told to the reader.
    fields
        Canonical column -> field name.
    translate
        Canonical column -> function that turns this generation's text into today's.
    shortest_cut
        Letters and digits that must be left of a name that is cut off. Without it only a name that begins
        with its field number may be cut. [1]
    """

    name: str
    fields: Mapping[str, str]
    translate: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    shortest_cut: int | None = None


@dataclass(frozen=True)
class Match:
    """Which column of a source is which field.

    Parameters
    ----------
    vocabulary
        The generation of names found.
    columns
        Canonical column -> name in the source.
    is_exact
        Whether every name is spelled as the register itself spells it.
    """

    vocabulary: Vocabulary
    columns: dict[str, str]
    is_exact: bool

    @property
    def absent(self) -> tuple[str, ...]:
        """Field names that the source does not have at all."""
        return tuple(name for column, name in FIELDS.items() if column not in self.columns)


REGISTER = Vocabulary("register", FIELDS)
VOCABULARIES = (REGISTER,)


def fold(name: str) -> str:
    """Reduce a name to lower-case letters and digits, æ ø å written out.

    Examples
    --------
    >>> fold("byg026Opførelsesår"), fold("BYG026_OPFOERELSESAAR"), fold("id.lokalId")
    ('byg026opfoerelsesaar', 'byg026opfoerelsesaar', 'idlokalid')
    """
    return re.sub(r"[^a-z0-9]", "", name.casefold().translate(_LETTERS))


def match(
    names: Iterable[str],
    what: str,
    required: Iterable[str] = REQUIRED,
    vocabularies: Iterable[Vocabulary] | None = None,
) -> Match:
    """Find the register's fields among the column names of a source.

    Parameters
    ----------
    names
        Column names, as the source spells them.
    what
        The source's name, for the error text.
    required
        Canonical columns that must be there.
    vocabularies
        Generations of names to try; ``VOCABULARIES`` when not given.

    Returns
    -------
    Match
        Of the vocabulary that finds most fields.

    Raises
    ------
    InputFileError
        If required columns are missing (says which were looked for and which came nearest), a field could be
        one of several columns, or a name is almost, but not quite, a field's.
    """
    found = list(names)
    best = max(
        (_match_one(vocabulary, found, what) for vocabulary in vocabularies or VOCABULARIES),
        key=lambda m: len(m.columns),
    )
    missing = [best.vocabulary.fields[column] for column in required if column not in best.columns]
    if missing:
        raise InputFileError(f"{what} {_compare(missing, found, len(list(required)))}")
    _refuse_near_names(best, found, what)
    return best


def is_register(names: Iterable[str]) -> bool:
    """Tell whether column names are those of the register: an id and a status are among them."""
    found = list(dict.fromkeys(names))
    try:
        matches = [_match_one(vocabulary, found, "") for vocabulary in VOCABULARIES]
    except InputFileError:  # a field twice: told with the source's name when it is read
        return True
    return any(one.columns.keys() >= set(REQUIRED_IN_JSON) for one in matches)


def misspelled(found: Match, names: Iterable[str]) -> dict[str, str]:
    """Find names that are almost, but not quite, one of the fields: a damaged record.

    Parameters
    ----------
    found
        Which names are fields.
    names
        All names of the source.

    Returns
    -------
    dict
        Misspelled name -> field meant.
    """
    wanted = dict(found.vocabulary.fields) | found.columns
    taken = set(found.columns.values())
    return {
        name: meant
        for name in names
        if name not in taken
        for meant in wanted.values()
        if _differs_in_one(name, meant) or _shares_number(name, meant)
    }


def concerns(vocabulary: Vocabulary, name: str) -> bool:
    """Tell whether a name is, or is almost, that of a field that is read.

    Parameters
    ----------
    vocabulary
        The generation of names.
    name
        A name of the source.

    Returns
    -------
    bool
        False for the many names that are not read and look like none that is.
    """
    return bool(_match_one(vocabulary, [name], "").columns) or any(
        _differs_in_one(name, wanted) or _shares_number(name, wanted) for wanted in vocabulary.fields.values()
    )


def _match_one(vocabulary: Vocabulary, found: list[str], what: str) -> Match:
    columns: dict[str, str] = {}
    folded = {name: fold(name) for name in found}
    for column, wanted in vocabulary.fields.items():
        exact = [name for name in found if name == wanted]
        target = fold(wanted)
        alike = exact or [name for name in found if folded[name] == target]
        candidates = alike or [
            name for name in found if _is_cut(folded[name], target, vocabulary.shortest_cut)
        ]
        if len(candidates) > 1:
            raise InputFileError(
                f"{what} has the field {wanted} more than once: {', '.join(candidates)}; keep one."
            )
        if candidates:
            columns[column] = candidates[0]
    return Match(vocabulary, columns, all(vocabulary.fields[c] == n for c, n in columns.items()))


def _is_cut(name: str, target: str, shortest: int | None) -> bool:
    """Tell whether a name is the beginning of a field's name: past its number, or long enough."""
    if shortest is not None:
        return len(name) >= shortest and target.startswith(name)
    return _NUMBERED.match(target) is not None and len(name) > len("byg000") and target.startswith(name)


def _refuse_near_names(best: Match, found: list[str], what: str) -> None:
    """Refuse a misspelled field: its values would be lost in silence."""
    taken = set(best.columns.values())
    pairs = []
    for column, wanted in best.vocabulary.fields.items():
        if column in best.columns:
            continue
        for name in found:
            near = _shares_number(name, wanted) or _differs_in_one(name, wanted)
            if name not in taken and near:
                pairs.append(f"{name} where {wanted} was expected")
    if pairs:
        raise InputFileError(f"{what} has {', '.join(pairs[:5])}. Give the file as the register delivers it.")


def _shares_number(name: str, wanted: str) -> bool:
    number = _NUMBERED.match(wanted)
    return number is not None and name.casefold().startswith(number[1])


def _differs_in_one(name: str, wanted: str) -> bool:
    """Tell whether one letter was changed, lost or added."""
    if abs(len(name) - len(wanted)) > 1 or name == wanted:
        return False
    same = 0
    while same < min(len(name), len(wanted)) and name[same] == wanted[same]:
        same += 1
    left, right = name[same:], wanted[same:]
    return left[len(name) >= len(wanted) :] == right[len(wanted) >= len(name) :]


def _compare(missing: list[str], found: list[str], wanted_count: int) -> str:
    """Say which required fields are missing and what in the source comes nearest."""
    near = [name for wanted in missing for name in difflib.get_close_matches(wanted, found, n=1, cutoff=0.6)]
    nearest = ", ".join(dict.fromkeys(near)) or f"none; it has {', '.join(found[:8])}"
    return (
        f"lacks {len(missing)} of the {wanted_count} columns needed: {', '.join(missing)}."
        f" Nearest in the file: {nearest}."
    )
