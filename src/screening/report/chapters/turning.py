"""At which value of each assumption the verdict turns, in sentences whose rounding keeps them true."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from screening.report.elements import anchor, assumption_labels, bullets, fold, heading, link, note, paragraph
from screening.report.quantities import unit_words

if TYPE_CHECKING:
    from screening.assumptions import Assumptions
    from screening.report.texts import Texts

__all__ = ["connection_sentence", "least_connection", "parameter_names", "turning_blocks", "value_in_words"]

_CONNECTION = "connection_rate_share"
_PERCENT = ("_share", "_rate", "_factor")
_DIGITS = 3
_SHOWN = 8


def parameter_names(assumptions: Assumptions, t: Texts) -> dict[str, str]:
    """Name assumptions as a sentence does; one without a name of its own has its label.

    Parameters
    ----------
    assumptions
        The set.
    t
        Texts.

    Returns
    -------
    dict
        "lånerenten" by name.
    """
    labels = assumption_labels(assumptions, t)
    return {
        name: str(t(key)) if (key := f"doubt_name.{name}") in t.entries else label
        for name, label in labels.items()
    }


def connection_sentence(turns: pd.DataFrame, assumptions: Assumptions, t: Texts) -> Markup:
    """Tell how many must connect for a yes.

    Parameters
    ----------
    turns
        The area's rows of the table of ``break_even``.
    assumptions
        The set.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        One or two sentences; empty where the table does not tell.
    """
    rows = turns[turns["parameter"] == _CONNECTION]
    if rows.empty:
        return Markup("")
    row, now = rows.iloc[0], float(assumptions.connection_rate_share)
    verdict = "yes" if bool(row["is_viable"]) else "no"
    told = t("turning.connection_all") if now == 1 else t("turning.connection_now", now=t.percent(now))
    if row["direction"] == "none":
        key = f"turning.connection_{verdict}_none" + ("_all" if verdict == "no" and now == 1 else "")
        return t(key)
    share, digits = _connection_share(row, assumptions)
    key = "all" if share >= 100 else str(row["direction"])
    value = t.percent(share / 100, digits)
    return t(f"turning.connection_{verdict}_{key}", value=value) + " " + told


def least_connection(turns: pd.DataFrame, assumptions: Assumptions, t: Texts) -> tuple[str, float | str]:
    """Tell for a table from which connection rate the answer is yes.

    Parameters
    ----------
    turns
        The area's rows of the table of ``break_even``.
    assumptions
        The set.
    t
        Texts.

    Returns
    -------
    tuple of str and float or str
        Words, e.g. "mindst 62 %"; and the share to sort by, empty where there is none. [1]
    """
    rows = turns[turns["parameter"] == _CONNECTION]
    if rows.empty:
        return t.number(None), ""
    row = rows.iloc[0]
    if row["direction"] == "none":
        return str(t("turning.always" if bool(row["is_viable"]) else "turning.never_short")), ""
    share, digits = _connection_share(row, assumptions)
    value = t.percent(share / 100, digits)
    return str(t(f"turning.connection_short_{row['direction']}", value=value)), round(float(row["value"]), 4)


def _connection_share(row: pd.Series, assumptions: Assumptions) -> tuple[float, int]:
    """Give the per cent that must connect, rounded so that it is true, and its digits."""
    now = 100 * float(assumptions.connection_rate_share)
    return _rounded(100 * float(row["value"]), now, str(row["direction"]), 0)


def turning_blocks(turns: pd.DataFrame, assumptions: Assumptions, t: Texts) -> list[Markup]:
    """Tell all turns: connection, those within their range nearest first, the others in short.

    Parameters
    ----------
    turns
        The area's rows of the table of ``break_even``.
    assumptions
        The set.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        Blocks with a heading; none where there are no turns to tell.
    """
    if turns.empty:
        return []
    is_viable = bool(turns["is_viable"].iloc[0])
    names = parameter_names(assumptions, t)
    others = turns[turns["parameter"] != _CONNECTION]
    found = others[others["direction"] != "none"]
    effort = pd.Series(
        [_effort(row, assumptions) for _, row in found.iterrows()], index=found.index, dtype=float
    )
    found = found.loc[effort.sort_values(kind="stable").index]
    within = found[found["is_within_range"].astype(bool)]
    outside = found[~found["is_within_range"].astype(bool)]
    said = [_sentence(row, names, assumptions, t) for _, row in within.iterrows()]
    connection = connection_sentence(turns, assumptions, t)
    blocks = [
        heading(t("turning.title")),
        note(connection, "good" if is_viable else "caution") if connection else Markup(""),
        *_within(said, is_viable, t),
    ]
    if len(outside):
        listed = Markup(", ").join(_in_short(row, names, assumptions, t) for _, row in outside.iterrows())
        blocks.append(paragraph(t("turning.outside", parameters=listed)))
    never = [str(name) for name in others.loc[others["direction"] == "none", "parameter"]]
    if never:
        linked = Markup(", ").join(link(f"#{anchor(name)}", names[name]) for name in never)
        blocks.append(fold(t("turning.never", count=t.count("assumption", len(never))), paragraph(linked)))
    return blocks


def value_in_words(
    value: float, name: str, assumptions: Assumptions, t: Texts, decimals: int | None = None
) -> str:
    """Write a value as a sentence does: shares and factors in per cent, large amounts in millions.

    Parameters
    ----------
    value
        The value. [unit of the assumption]
    name
        Name of the assumption.
    assumptions
        The set.
    t
        Texts.
    decimals
        Digits after the decimal sign; by default three that count, or as few as it needs. [1]

    Returns
    -------
    str
        "72 mio. kr./km²".
    """
    scale, word = _scale(name, value, assumptions, t)
    scaled = value * scale
    digits = min(_fewest(scaled), max(_DIGITS - _whole_digits(scaled), 0)) if decimals is None else decimals
    return f"{t.number(scaled, digits)}{word}"


def _scale(name: str, value: float, assumptions: Assumptions, t: Texts) -> tuple[float, str]:
    """Factor from the assumption's unit to the one told, and the words that follow the number."""
    unit = assumptions.parameter(name).unit
    words = unit_words(name, unit, t)
    if name.endswith(_PERCENT):
        return 100.0, "\N{NO-BREAK SPACE}%" + (f" {words}" if words else "")
    if unit.startswith("DKK") and abs(value) >= 1e6:
        return 1e-6, f"\N{NO-BREAK SPACE}{t('turning.million', unit=words)}"
    return 1.0, f"\N{NO-BREAK SPACE}{words}" if words else ""


def _fewest(value: float) -> int:
    """Digits after the decimal sign that a number needs, at most four."""
    return next((d for d in range(4) if abs(round(value, d) - value) <= abs(value) * 1e-6), 4)


def _whole_digits(value: float) -> int:
    """Digits before the decimal sign; below 0.1 the zeros after it count as fewer."""
    return math.floor(math.log10(abs(value))) + 1 if value else 1


def _within(said: list[Markup], is_viable: bool, t: Texts) -> list[Markup]:
    if not said:
        return [paragraph(t("turning.none_within_yes" if is_viable else "turning.none_within_no"))]
    intro = t("turning.within_yes" if is_viable else "turning.within_no")
    blocks = [paragraph(intro), bullets(said[:_SHOWN])]
    if len(said) > _SHOWN:
        blocks.append(fold(t("turning.more", count=t.number(len(said) - _SHOWN)), bullets(said[_SHOWN:])))
    return blocks


def _effort(row: pd.Series, assumptions: Assumptions) -> float:
    """Give the part of its range that the turn takes: near means within easy reach."""
    low, now, high = (float(end.sum()) for end in assumptions.ends(str(row["parameter"])))
    turn = now * (1.0 + row["change_share"]) if math.isnan(row["value"]) else float(row["value"])
    reach = (high - now) if turn > now else (now - low)
    return abs(turn - now) / reach if reach > 0 else math.inf


def _sentence(row: pd.Series, names: dict[str, str], assumptions: Assumptions, t: Texts) -> Markup:
    name = str(row["parameter"])
    low, now, high = (float(end.sum()) for end in assumptions.ends(name))
    linked = link(f"#{anchor(name)}", names[name])
    verdict, direction = "yes" if bool(row["is_viable"]) else "no", str(row["direction"])
    if math.isnan(row["value"]):
        span = t(
            "turning.span_change", low=t.signed(100 * (low / now - 1)), high=t.signed(100 * (high / now - 1))
        )
        change = _change(row, t)
        return t(f"turning.{verdict}_{direction}_change", name=linked, value=change) + " " + span
    ends = [value_in_words(end, name, assumptions, t) for end in (now, low, high)]
    _, words = _scale(name, high, assumptions, t)
    span = t("turning.span", now=ends[0], low=ends[1].removesuffix(words), high=ends[2])
    value = _value(row, now, assumptions, t)
    return t(f"turning.{verdict}_{direction}", name=linked, value=value) + " " + span


def _in_short(row: pd.Series, names: dict[str, str], assumptions: Assumptions, t: Texts) -> Markup:
    name = str(row["parameter"])
    linked = link(f"#{anchor(name)}", names[name])
    if math.isnan(row["value"]):
        sign = "+" if row["change_share"] > 0 else "\N{MINUS SIGN}"
        return t("turning.short_change", name=linked, value=f"{sign}{_change(row, t)}")
    now = float(assumptions.ends(name)[1].sum())
    key = f"turning.short_{'yes' if bool(row['is_viable']) else 'no'}_{row['direction']}"
    return t(key, name=linked, value=_value(row, now, assumptions, t))


def _value(row: pd.Series, now: float, assumptions: Assumptions, t: Texts) -> str:
    name, value = str(row["parameter"]), float(row["value"])
    scale, _ = _scale(name, value, assumptions, t)
    size = _whole_digits(value * scale)
    shown, digits = _rounded(value * scale, now * scale, str(row["direction"]), max(_DIGITS - size, 0))
    if size > _DIGITS:
        step = 10.0 ** (size - _DIGITS)
        coarse, _ = _rounded(value * scale / step, now * scale / step, str(row["direction"]), 0, more=0)
        shown = coarse * step if (coarse * step - now * scale) * (value - now) > 0 else shown
    return value_in_words(shown / scale, name, assumptions, t, digits)


def _change(row: pd.Series, t: Texts) -> str:
    """Per cent, without sign, rounded so that the sentence stays true."""
    change = 100 * float(row["change_share"])
    shown, digits = _rounded(change, 0.0, str(row["direction"]), 0 if abs(change) >= 1 else 1)
    return t.percent(abs(shown) / 100, digits)


def _rounded(value: float, now: float, direction: str, decimals: int, *, more: int = 3) -> tuple[float, int]:
    """Round up what is "at least" and down what is "at most", with more digits where it would reach now."""
    shown, digits = value, decimals
    for digits in range(decimals, decimals + more + 1):
        step = 10.0**digits
        # A hair off, so that 62.000000001 is 62.
        up = direction == "at_least"
        shown = (math.ceil(value * step - 1e-6) if up else math.floor(value * step + 1e-6)) / step
        if (shown - now) * (value - now) > 0:
            break
    return shown, min(digits, _fewest(shown))
