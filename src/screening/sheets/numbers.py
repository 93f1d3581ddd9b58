"""Numbers as people type them: decimal point or comma, thousands, percent; never guessed at."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screening.sheets.cells import Cell, Percent

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Number", "decimal_signs", "read_number"]

_SPACES = re.compile(r"[\u00a0\u2007\u2009\u202f ]")
_PLAIN = re.compile(r"\d+")
_SPACED = re.compile(r"\d{1,3}( \d{3})+([.,]\d+)?")
_BOTH = re.compile(r"\d{1,3}(\.\d{3})+,\d+|\d{1,3}(,\d{3})+\.\d+")
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3}){2,}|(?:,\d{3}){2,})")
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")  # 1.930: 1930 or 1.93
_DECIMAL = re.compile(r"\d*[.,]\d+")
_DATE = re.compile(
    r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{4}-\d{2}-\d{2}.*"
    r"|\d{1,2}[-. ]+[a-zæøå]{3}\.?|[a-zæøå]{3}[-. ]+\d{1,2}",
    re.IGNORECASE,
)
_OTHER = {",": ".", ".": ","}
_NOTHING = {"", "-", "–", "—", "?", "..", "...", "n/a", "na", "nan", "ukendt", "unknown"}


@dataclass(frozen=True)
class Number:
    """A number read, and how finely it was written.

    Parameters
    ----------
    value
        The number; a percentage is a share.
    step
        One unit of the last digit written.
    is_percent
        Whether it was written as a percentage.
    """

    value: float
    step: float
    is_percent: bool = False


def decimal_signs(cells: Iterable[Cell]) -> frozenset[str]:
    """Find which decimal signs the table shows beyond doubt.

    Parameters
    ----------
    cells
        All cells that should be numbers.

    Returns
    -------
    frozenset of str
        "," or ".", both, or none.

    Examples
    --------
    >>> sorted(decimal_signs(["1.930", "11,5"])), sorted(decimal_signs(["1.930", "62"]))
    ([','], [])
    """
    found = set()
    for cell in cells:
        text = _clean(cell) if isinstance(cell, str) else ""
        if _GROUPS.fullmatch(text):
            found.add(_OTHER["." if "." in text else ","])
        elif _EITHER.fullmatch(text):
            continue
        elif _BOTH.fullmatch(text) or _SPACED.fullmatch(text) or _DECIMAL.fullmatch(text):
            found.update([c for c in text if c in _OTHER][-1:])
    return frozenset(found)


def read_number(cell: Cell, signs: frozenset[str]) -> Number | str | None:
    """Read one number.

    Parameters
    ----------
    cell
        What the cell holds.
    signs
        The table's decimal signs, from ``decimal_signs``.

    Returns
    -------
    Number, str or None
        The number, what is wrong and what to do, or None for an empty cell.

    Examples
    --------
    >>> read_number("1.930", frozenset(",")).value, read_number("62 %", frozenset()).value
    (1930.0, 0.62)
    >>> read_number("1.930", frozenset())
    "'1.930' may be 1930 or 1.93; write 1930 or 1.93."
    """
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return f"{cell!r} is no number; write the number alone."
        return Number(float(cell), _step(repr(float(cell))), isinstance(cell, Percent))
    if isinstance(cell, date):
        return _date_text(f"{cell:%d-%m-%Y}")
    if cell is None or cell.casefold() in _NOTHING:
        return None
    return _read_text(cell, signs)


def _read_text(cell: str, signs: frozenset[str]) -> Number | str:
    text = _clean(cell)
    plain = _plain(text, signs)
    if plain is None and _EITHER.fullmatch(text):
        whole, decimal = re.sub("[.,]", "", text), float(text.replace(",", "."))
        return f"{cell!r} may be {whole} or {decimal:g}; write {whole} or {decimal:g}."
    if plain is None and _DATE.fullmatch(text):
        return _date_text(cell)
    if plain is None:
        return f"{cell!r} is no number; write the number alone, without unit or words."
    is_percent = cell.rstrip().endswith("%")
    sign = -1.0 if cell.lstrip().startswith(("-", "−")) else 1.0
    factor = 0.01 if is_percent else 1.0
    # Divided, not multiplied, so that 62% is the very number that 0.62 is.
    value = float(plain) / 100.0 if is_percent else float(plain)
    return Number(sign * value, _step(plain) * factor, is_percent)


def _plain(text: str, signs: frozenset[str]) -> str | None:
    """Give the number with a decimal point and no thousands; None where that cannot be told."""
    if _PLAIN.fullmatch(text):
        return text
    if _EITHER.fullmatch(text) and len(signs) == 1:
        (decimal,) = signs
    elif _EITHER.fullmatch(text):
        return None
    elif _GROUPS.fullmatch(text):
        return re.sub("[.,]", "", text)
    elif _BOTH.fullmatch(text) or _SPACED.fullmatch(text) or _DECIMAL.fullmatch(text):
        decimal = next((c for c in reversed(text) if c in _OTHER), ".")
    else:
        return None
    return text.replace(" ", "").replace(_OTHER[decimal], "").replace(decimal, ".")


def _clean(text: str) -> str:
    """Take off sign and percent, and make every kind of space a plain one."""
    return _SPACES.sub(" ", text).strip().removesuffix("%").strip().lstrip("+-−").strip()


def _step(plain: str) -> float:
    _, _, decimals = plain.partition(".")
    return 1.0 if decimals in {"", "0"} or "e" in plain else 10.0 ** -len(decimals)


def _date_text(shown: str) -> str:
    return (
        f"{shown!r} is a date, which a spreadsheet makes of a number such as 10.3; type it again with the"
        " spreadsheet's own decimal sign, in a cell formatted as a number."
    )
