"""Write the value of an assumption with its unit as the reader knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screening.assumptions import Assumptions
    from screening.report.texts import Texts

__all__ = ["plain_number", "quantity", "set_name", "unit_words", "value_words"]

# Shares and rates are told in per cent; other bare numbers as they are.
_PERCENT_SUFFIXES = ("_share", "_rate", "_efficiency")


def quantity(value: float | None, name: str, assumptions: Assumptions, t: Texts) -> str:
    """Value and unit of an assumption as one phrase.

    Parameters
    ----------
    value
        The value in the assumption's own unit; a missing one gives a dash. [unit of the assumption]
    name
        Name of the assumption.
    assumptions
        The set.
    t
        Texts.

    Returns
    -------
    str
        "3,5 % pr. år", "65.000.000 kr./km²".
    """
    unit = assumptions.parameter(name).unit
    return f"{value_words(value, name, unit, t)} {unit_words(name, unit, t)}".strip()


def value_words(value: float | None, name: str, unit: str, t: Texts) -> str:
    """Write the value of an assumption as the reader knows it: shares in per cent.

    Parameters
    ----------
    value
        The value. [unit of the assumption]
    name
        Name of the assumption.
    unit
        Its unit.
    t
        Texts.

    Returns
    -------
    str
        Number, with the per cent sign where it belongs.
    """
    if value is None:
        return t.number(None)
    if name.endswith(_PERCENT_SUFFIXES):
        return t.percent(value, _decimals(value * 100))
    if unit == "calendar year":
        return f"{value:.0f}"
    return plain_number(value, t)


def unit_words(name: str, unit: str, t: Texts) -> str:
    """Write a unit in the language of the report.

    Parameters
    ----------
    name
        Name of the assumption.
    unit
        Unit as the assumption states it.
    t
        Texts.

    Returns
    -------
    str
        "kr./MWh"; empty for shares and bare numbers.
    """
    if unit in {"", "1", "calendar year"}:
        return ""
    if name.endswith(_PERCENT_SUFFIXES):
        return str(t("units.per_year")) if unit == "1/year" else ""
    words = unit
    for english, key in (
        ("DKK", "units.dkk"), ("customer", "units.customer"), ("years", "units.years"),
        ("year", "units.year"), ("degC", "units.celsius"),
    ):  # fmt: skip
        words = words.replace(english, str(t(key)))
    return words.replace("m2", "m²").replace("m3", "m³")


def plain_number(value: float, t: Texts) -> str:
    """Write a number with as many decimals as it needs and no more.

    Parameters
    ----------
    value
        The number. [1]
    t
        Texts.

    Returns
    -------
    str
        "0,0352", "65.000.000".
    """
    return t.number(value, _decimals(value))


def _decimals(value: float) -> int:
    """Fewest decimals, at most six, that keep five significant digits of the value."""
    for decimals in range(6):
        if abs(round(value, decimals) - value) <= abs(value) * 1e-5:
            return decimals
    return 6


def set_name(assumptions: Assumptions, t: Texts) -> str:
    """Name a set as pages do: with the number of changes where a run changed some values.

    Parameters
    ----------
    assumptions
        The set.
    t
        Texts.

    Returns
    -------
    str
        E.g. "dea-2026 med 1 ændring".
    """
    count = len(assumptions.changed)
    if not count:
        return assumptions.name
    told = t("assumptions.set_changed", set=assumptions.name, count=t.count("change", count))
    return str(told.unescape())
