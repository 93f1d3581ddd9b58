"""How much of a source's numbers, codes and points can be read: a source of which none can is refused whole.

A value here and there that cannot be read is counted and left empty. When most of a field are so, it is not
the register that is at fault but the file: saved with decimal commas (what has no decimals can be read even
then), or by a program that made numbers of codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from screening.errors import InputFileError
from screening.register.dialects.vocabulary import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CODES", "combine", "of_fields", "of_points", "refuse"]

CODES = ["use_code", "heating_installation_code", "heating_fuel_code", "supplementary_heating_code"]
_POINT = FIELDS["point"]


def of_points(placed: pd.DataFrame) -> pd.DataFrame:
    """Count the points given and those that cannot be read.

    Parameters
    ----------
    placed
        Rows with ``point`` and ``is_point_unreadable``.

    Returns
    -------
    pandas.DataFrame
        One row by field name: ``rows``, ``given``, ``lost`` and an ``example`` of the lost. [1]
    """
    lost = placed["is_point_unreadable"]
    is_empty = placed["point"].isna() | placed["point"].str[-5:].str.upper().eq("EMPTY").fillna(value=False)
    given = lost | ~is_empty
    return _table([(_POINT, placed["point"], given, lost)])


def of_fields(rows: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """Count the numbers that cannot be read and the codes that are written as decimal numbers.

    Parameters
    ----------
    rows
        Text by canonical name.
    numbers
        What could be read of the columns of numbers.

    Returns
    -------
    pandas.DataFrame
        One row by field name: ``rows``, ``given``, ``lost`` and an ``example`` of the lost. [1]
    """
    facts = [
        (FIELDS[column], rows[column], rows[column].notna(), rows[column].notna() & numbers[column].isna())
        for column in map(str, numbers)
    ]
    for column in CODES:
        decimal = rows[column].str.fullmatch(r"\d+\.0+").fillna(value=False)
        facts.append((FIELDS[column], rows[column], rows[column].notna(), decimal))
    return _table(facts)


def combine(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Add up the counts of parts of one source; the first example stays."""
    whole = pd.concat(list(parts))
    sums = whole.groupby(level=0, sort=False)[["rows", "given", "lost"]].sum()
    examples = whole["example"].where(whole["lost"] > 0).groupby(level=0, sort=False).first()
    return sums.assign(example=examples.reindex(sums.index).fillna(""))


def refuse(counts: pd.DataFrame, what: str) -> None:
    """Refuse a source of which a whole field cannot be read.

    Parameters
    ----------
    counts
        Of the whole source.
    what
        The source's name, for the error text.

    Raises
    ------
    InputFileError
        If fewer of the given points, or of a column of numbers, can be read than cannot, or if codes are
        written as decimal numbers.
    """
    codes = {FIELDS[column]: column for column in CODES}
    for fact in counts[counts["lost"] > 0].reset_index(names="name").to_dict("records"):
        name, example = str(fact["name"]), str(fact["example"])
        legible = int(fact["given"] - fact["lost"])
        most_lost, few = fact["lost"] > legible, f"only {legible}" if legible else "none"
        if name in codes:
            raise InputFileError(
                f"{what}: {fact['lost']} codes in {name} are written as numbers, e.g. {example!r}; expected"
                f" {example.partition('.')[0]!r}: give the file as the register delivers it, not saved from a"
                " spreadsheet or a program."
            )
        if name == _POINT and most_lost:
            raise InputFileError(
                f"{what}: {few} of the {fact['given']} coordinates ({name}) is readable, e.g. {example!r};"
                " expected 'POINT (721000.5 6213000.5)' in EPSG:25832 with decimal points."
            )
        if name != _POINT and most_lost and fact["given"] > fact["rows"] / 2:
            raise InputFileError(
                f"{what}: {few} of the {fact['given']} values of {name} is a number, e.g. {example!r};"
                " expected digits with a decimal point, as the register delivers them."
            )


def _table(facts: list[tuple[str, pd.Series, pd.Series, pd.Series]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "rows": [len(text) for _, text, _, _ in facts],
            "given": [int(given.sum()) for _, _, given, _ in facts],
            "lost": [int(lost.sum()) for _, _, _, lost in facts],
            "example": [text[lost].iloc[0] if lost.any() else "" for _, text, _, lost in facts],
        },
        index=[name for name, _, _, _ in facts],
    )
