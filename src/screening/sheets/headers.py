"""What the header of a column means: Danish or English, with or without a unit, in any order of words."""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from screening.units import GJ_PER_MWH, KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "COUNTS",
    "HEATS",
    "LENGTHS",
    "NETWORK",
    "SHARES",
    "TEXTS",
    "Meaning",
    "Misread",
    "is_unit",
    "meaning_of",
    "normal",
]

TEXTS = ("area", "town")
COUNTS = (
    "individual_count",
    "oil_gas_count",
    "oil_count",
    "gas_count",
    "heat_pump_count",
    "business_count",
    "public_count",
)
HEATS = ("individual_heat_mwh", "oil_gas_heat_mwh", "oil_heat_mwh", "gas_heat_mwh")
SHARES = ("oil_gas_share", "heat_pump_share")
LENGTHS = ("trench_m", "transmission_m", "link_m")
NETWORK = ("network_dkk", "network_heat_loss_mwh")

_HEAT_UNITS = {
    "mwh": 1.0,
    "kwh": 1 / KWH_PER_MWH,
    "gwh": 1000.0,
    "gj": 1 / GJ_PER_MWH,
    "tj": 1000 / GJ_PER_MWH,
}
_M2, _HA = 1 / M2_PER_KM2, 10_000 / M2_PER_KM2
_SIZE_UNITS = {
    **dict.fromkeys(("km2", "kvadratkilometer"), 1.0),
    **dict.fromkeys(("ha", "hektar", "hectare", "hectares"), _HA),
    **dict.fromkeys(("m2", "kvm", "kvadratmeter"), _M2),
}
_DENSITY_UNITS = {"kwh/m2": 1.0, "mwh/ha": 0.1, "gwh/km2": 1.0, "mwh/km2": 0.001}
_DENSITY_UNIT = re.compile(r"\b(kwh|mwh|gwh) (?:(?:pr|per) )?(m2|kvm|ha|hektar|km2)\b")
_SOURCES = {"oil", "gas", "individual", "heat_pump", "business", "public"}
_NEAR = 0.8  # how alike two words are that are taken for one, misspelled
_LONG = 4  # letters of a word from which a misspelling can be told from another word


@dataclass(frozen=True)
class Meaning:
    """A header that is understood.

    Parameters
    ----------
    column
        Name of the key figure.
    factor
        From the unit typed to the unit in the column's name. [1]
    is_percent
        Whether the header says that its numbers are percentages.
    is_unit_named
        Whether the header names a unit.
    """

    column: str
    factor: float = 1.0
    is_percent: bool = False
    is_unit_named: bool = True


@dataclass(frozen=True)
class Misread:
    """A header that nearly means something: what to do about it, and what it may be about.

    Parameters
    ----------
    advice
        What is wrong and what to do.
    about
        "count", "heat", "size" or "share"; empty where that cannot be told.
    """

    advice: str
    about: str = ""


def normal(header: str) -> str:
    """Write a header as plain lower-case words.

    Examples
    --------
    >>> normal("Tæthed [kWh/m²]"), normal("MWh_og"), normal("Olie-/gas-andel (%)")
    ('taethed kwh m2', 'mwh og', 'olie gas andel pct')
    """
    text = unicodedata.normalize("NFKC", header).casefold().replace("%", " pct ")
    for letter, plain in (("æ", "ae"), ("ø", "oe"), ("å", "aa"), ("ö", "oe"), ("ä", "ae")):
        text = text.replace(letter, plain)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z]+\d?|\d+", text))


def meaning_of(header: str) -> Meaning | Misread | None:
    """Tell which key figure a header names.

    Parameters
    ----------
    header
        As typed.

    Returns
    -------
    Meaning, Misread or None
        The column; or what to do when it nearly is one; None when it has nothing to do with the table.

    Examples
    --------
    >>> meaning_of("Varmebehov olie- og gasfyr (kWh/år)").column, meaning_of("n_ind").column
    ('oil_gas_heat_mwh', 'individual_count')
    >>> meaning_of("Bemærkninger") is None, meaning_of("denisty").advice
    (True, "is not known; did you mean 'density'? Rename the column, or delete it.")
    """
    words = normal(header)
    exact = _names().get(words)
    if exact is None and (bare := _names().get(words.removesuffix(" pct"))) in SHARES:
        exact = bare
    if exact is not None:
        is_unit_named = exact != "heated_area_m2" or "m2" in words
        return Meaning(exact, is_percent="pct" in words.split(), is_unit_named=is_unit_named)
    tokens = _tokens(words)
    known = _vocabulary()
    if any(known.get(word) == "other" for word in tokens):
        return None
    strange = [word for word in tokens if word not in known and word not in _DENSITY_UNITS]
    if strange:
        return _nearly(words, strange)
    return _compose(tokens, {known.get(word, "unit") for word in tokens})


def is_unit(text: str) -> bool:
    """Tell whether a text is a unit and nothing else.

    Examples
    --------
    >>> is_unit("MWh/år"), is_unit("[stk.]"), is_unit("Nordby"), is_unit("303")
    (True, True, False, False)
    """
    words = normal(text).split()
    units = {"unit", "count", "share", "filler"}
    return bool(words) and all(_vocabulary().get(w) in units or w in {"enhed", "kr", "dkk"} for w in words)


def _tokens(words: str) -> list[str]:
    """Split to words; "og" is oil and gas where neither is named, else "and"."""
    words = words.replace("heat pumps", "heatpump").replace("heat pump", "heatpump")
    words = _DENSITY_UNIT.sub(lambda m: f"{m[1]}/{m[2].replace('kvm', 'm2').replace('hektar', 'ha')}", words)
    tokens = words.split()
    vocabulary = _vocabulary()
    is_named = any(vocabulary.get(word) in {"oil", "gas", "oil_gas"} for word in tokens)
    return [("and" if is_named else "oilgas") if word == "og" else word for word in tokens]


def _compose(tokens: list[str], meanings: set[str]) -> Meaning | Misread | None:
    """Put the words' meanings together."""
    if "oil_gas" in meanings or {"oil", "gas"} <= meanings:
        meanings = (meanings - {"oil_gas"}) | {"oil", "gas"}
    sources = frozenset(meanings & _SOURCES)
    density = next((_DENSITY_UNITS[w] for w in tokens if w in _DENSITY_UNITS), None)
    heat = next((_HEAT_UNITS[w] for w in tokens if w in _HEAT_UNITS), None)
    size = next((_SIZE_UNITS[w] for w in tokens if w in _SIZE_UNITS), None)
    if "share" in meanings:
        is_percent = bool({"pct", "procent", "percent"} & set(tokens))
        return _about(sources, "share", Meaning("", is_percent=is_percent))
    if density is not None or "density" in meanings:
        return Meaning("density_kwh_per_m2", density or 1.0, is_unit_named=density is not None)
    if heat is not None or "heat" in meanings:
        return _about(sources, "heat_mwh", Meaning("", heat or 1.0, is_unit_named=heat is not None))
    if "size" in meanings or (size is not None and not sources):
        return _sized(meanings, sources, size)
    return _counted(meanings, sources)


def _sized(meanings: set[str], sources: frozenset[str], size: float | None) -> Meaning | Misread:
    """Tell the floor area of the buildings from the size of the area."""
    if "heated" in meanings:
        return Meaning("heated_area_m2", (size or _M2) / _M2, is_unit_named=size is not None)
    if size is None or sources:
        return Misread(
            "may be of land or of floors, in any unit: write e.g. 'areal (ha)' or 'opvarmet areal (m2)'.",
            "size",
        )
    return Meaning("area_km2", size)


def _counted(meanings: set[str], sources: frozenset[str]) -> Meaning | Misread | None:
    if "count" in meanings or sources - {"individual"} == {"heat_pump"}:
        return _about(sources, "count", Meaning(""))
    if sources:
        return Misread("does not tell buildings, MWh or share; name it n_og, MWh_og or 'og share'.")
    return None


def _about(sources: frozenset[str], what: str, meaning: Meaning) -> Meaning | Misread:
    """Name the column of one kind of number by whose it is."""
    names = {
        frozenset({"individual"}): "individual",
        frozenset({"oil", "gas"}): "oil_gas",
        frozenset({"oil"}): "oil",
        frozenset({"gas"}): "gas",
        frozenset({"heat_pump"}): "heat_pump",
        frozenset({"business"}): "business",
        frozenset({"public"}): "public",
    }
    # "individual heat pumps" are heat pumps; "individually heated by oil" are oil boilers.
    narrow = sources - {"individual"} or sources
    column = f"{names.get(narrow, '')}_{what}"
    if column in (*COUNTS, *HEATS, *SHARES):
        return Meaning(column, meaning.factor, meaning.is_percent, meaning.is_unit_named)
    told = {"count": "n_og or n_ind", "heat_mwh": "MWh_og or MWh_ind", "share": "'og share' or 'hp share'"}[
        what
    ]
    advice = f"does not say whose number it is; name the column {told}, or delete it."
    return Misread(advice, what.removesuffix("_mwh"))


def _nearly(words: str, strange: list[str]) -> Misread | None:
    """Find the known name that a header nearly is."""
    near = difflib.get_close_matches(words, _told(), n=1, cutoff=_NEAR)
    if near:
        meant = _told()[near[0]]
        found = meaning_of(meant)
        about = _kind(found.column) if isinstance(found, Meaning) else ""
    else:
        vocabulary = [
            word for word, meaning in _vocabulary().items() if meaning != "filler" and len(word) >= _LONG
        ]
        close = [
            m for w in strange if len(w) >= _LONG for m in difflib.get_close_matches(w, vocabulary, 1, _NEAR)
        ]
        if not close:
            return None
        meant, about = close[0], ""
    word = _vocabulary().get(meant, "").replace("density", "size")
    return Misread(f"is not known; did you mean {meant!r}? Rename the column, or delete it.", about or word)


def _kind(column: str) -> str:
    """Tell what a needed column is about; other columns may be missing."""
    needed = {"oil_gas_count": "count", "oil_gas_heat_mwh": "heat", "area": "area"}
    return needed.get(column, "size" if column in {"area_km2", "density_kwh_per_m2"} else "")


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """Whole headers with a meaning of their own."""
    own = {normal(column): column for column in (*TEXTS, *COUNTS, *HEATS, *SHARES, *LENGTHS, *NETWORK)}
    return own | {normal(row["header"]): row["column"] for row in _rows("headers.csv")}


@lru_cache(maxsize=1)
def _told() -> Mapping[str, str]:
    """Headers to compare a misspelled one with, normal -> as typed."""
    published = next(csv.reader(_text("example.csv").splitlines()))
    numbers = (*COUNTS, *HEATS, *SHARES, *LENGTHS, *NETWORK)
    columns = (*numbers, "area_km2", "density_kwh_per_m2", "heated_area_m2")
    # "omrade" is understood, but nobody is advised to write it.
    whole = [row["header"] for row in _rows("headers.csv") if row["header"] != "omrade"]
    shown = [*whole, *columns, "density", "tæthed", *published]
    return {normal(header): header for header in shown}


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, str]:
    return {row["word"]: row["meaning"] for row in _rows("vocabulary.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(name).splitlines()))


def _text(name: str) -> str:
    return (resources.files("screening.sheets") / name).read_text(encoding="utf-8")
