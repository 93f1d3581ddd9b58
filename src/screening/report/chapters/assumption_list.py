"""Chapter 12: every assumption with value, unit, source and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from screening.assumptions import CHANGED
from screening.report.chapter import Chapter, make_chapter
from screening.report.elements import anchor, assumption_labels, heading, join, link, note, paragraph
from screening.report.quantities import set_name, unit_words, value_words
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from screening.assumptions import Assumptions
    from screening.views import Town

__all__ = ["assumption_blocks", "assumptions_used"]


def assumptions_used(town: Town, language: str = "da") -> Chapter:
    """All assumptions of the set, grouped by the stage that uses them.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 12.
    """
    t = load_texts(language)
    blocks = assumption_blocks(town.assumptions, t)
    return make_chapter("assumptions_used", t("assumptions.title"), blocks)


def assumption_blocks(assumptions: Assumptions, t: Texts) -> list[Markup]:
    """Introduction and one table per stage; each assumption's row can be linked to.

    Parameters
    ----------
    assumptions
        The set.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        HTML blocks.
    """
    rows = assumptions.table().astype(object)
    rows = rows.where(rows.notna(), "")
    blocks = [paragraph(t("assumptions.intro", set=set_name(assumptions, t)), "lead")]
    if assumptions.changed:
        labels = assumption_labels(assumptions, t)
        names = Markup(", ").join(link(f"#{anchor(name)}", labels[name]) for name in assumptions.changed)
        blocks.append(note(t("assumptions.changed", names=names), "caution"))
    for stage, group in rows.groupby("stage", sort=True):
        title = t.label("stage", stage)
        blocks.append(join([heading(title), _stage_table(group, title, t)]))
    return blocks


def _stage_table(rows: pd.DataFrame, title: str, t: Texts) -> Markup:
    heads = ("column.assumption", "column.value", "column.range", "column.source", "column.year")
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(
            Markup(' class="number"') if key in {"column.value", "column.range"} else "", t(key)
        )
        for key in heads
    )
    body = Markup("\n").join(
        _rows_of(str(name), group, t) for name, group in rows.groupby("name", sort=False)
    )
    caption = t("assumptions.caption", stage=title)
    return Markup(
        '<div class="table-box" role="region" aria-label="{}" tabindex="0"><table class="assumptions">'
        '<caption class="unseen">{}</caption><thead><tr>{}</tr></thead>{}</table></div>'
    ).format(Markup(caption).striptags(), caption, head, body)  # noqa: S704  (escaped again by format)


def _rows_of(name: str, group: pd.DataFrame, t: Texts) -> Markup:
    """One row for a number; for a table its name, then a row for the keys that share a source."""
    first = group.iloc[0].to_dict()
    label = Markup("{}<br><code>{}</code>").format(first[f"label_{t.language}"], name)
    if first["kind"] != "table":
        row = Markup('<tr id="{}"><th scope="row">{}</th>{}</tr>').format(
            anchor(name), label, _cells(first, t)
        )
        return Markup("<tbody>{}</tbody>").format(row)
    head = Markup('<tr id="{}"><th scope="rowgroup" colspan="5">{}</th></tr>').format(anchor(name), label)
    rest = Markup("").join(
        Markup('<tr class="keyed"><td colspan="3"><dl class="keys">{}</dl></td>{}</tr>').format(
            Markup("").join(_key(record, t) for record in keys.to_dict("records")),
            _origin(keys.iloc[0].to_dict(), t),
        )
        for _, keys in group.groupby(["source", "note", "price_year"], sort=False)
    )
    return Markup("<tbody>{}{}</tbody>").format(head, rest)


def _key(record: dict[Hashable, Any], t: Texts) -> Markup:
    stretch = _stretch(record, t)
    value = _quantity(record, t) + (f" ({stretch})" if stretch else "")
    return Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(record["key"], value)


def _cells(record: dict[Hashable, Any], t: Texts) -> Markup:
    return Markup('<td class="number">{}</td><td class="number">{}</td>{}').format(
        _quantity(record, t), _stretch(record, t), _origin(record, t)
    )


def _quantity(record: dict[Hashable, Any], t: Texts) -> str:
    unit = unit_words(str(record["name"]), str(record["unit"]), t)
    return f"{_number(record['value'], record, t)} {unit}".strip()


def _stretch(record: dict[Hashable, Any], t: Texts) -> str:
    low, high = (_number(record[side], record, t) for side in ("low", "high"))
    return str(t("assumptions.low_high", low=low, high=high)) if low and high else ""


def _origin(record: dict[Hashable, Any], t: Texts) -> Markup:
    """Source with its note, and the price year."""
    told = str(record["source"])
    source = t("assumptions.changed_source") if told.startswith(CHANGED) else Markup.escape(told)
    if record["note"]:
        source += Markup('<br><span class="remark">{}</span>').format(str(record["note"]))
    year = str(record["price_year"]).removesuffix(".0")
    return Markup('<td class="words">{}</td><td>{}</td>').format(source, year)


def _number(text: object, record: dict[Hashable, Any], t: Texts) -> str:
    return "" if text == "" else value_words(float(str(text)), str(record["name"]), str(record["unit"]), t)
