"""Chapter 11: every assumption with value, unit, source and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from screening.report.chapter import Chapter, make_chapter
from screening.report.elements import anchor, heading, join, paragraph
from screening.report.quantities import unit_words, value_words
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions
    from screening.pipeline import Town

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
        Chapter 11.
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
    rows = assumptions.table().fillna("")
    blocks = [paragraph(t("assumptions.intro", set=assumptions.name), "lead")]
    for stage, group in rows.groupby("stage", sort=True):
        title = t.label("stage", stage)
        blocks.append(join([heading(title), _stage_table(group, title, t)]))
    return blocks


def _stage_table(rows: pd.DataFrame, title: str, t: Texts) -> Markup:
    heads = (
        "column.assumption",
        "column.value",
        "column.unit",
        "column.range",
        "column.source",
        "column.year",
    )
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(
            Markup(' class="number"') if key == "column.value" else "", t(key)
        )
        for key in heads
    )
    body = Markup("\n").join(
        _rows_of(str(name), group, t) for name, group in rows.groupby("name", sort=False)
    )
    caption = t("assumptions.caption", stage=title)
    return Markup(
        '<div class="table-box" role="region" aria-label="{}" tabindex="0"><table class="assumptions">'
        "<caption>{}</caption><thead><tr>{}</tr></thead>{}</table></div>"
    ).format(Markup(caption).striptags(), caption, head, body)  # noqa: S704  (escaped again by format)


def _rows_of(name: str, group: pd.DataFrame, t: Texts) -> Markup:
    """One row for a number; for a table a row that names it and one per key."""
    records = group.to_dict("records")
    first = records[0]
    label = Markup("{}<br><code>{}</code>").format(first[f"label_{t.language}"], name)
    if first["kind"] != "table":
        cells = _cells(name, first, t)
        row = Markup('<tr id="{}"><th scope="row">{}</th>{}</tr>').format(anchor(name), label, cells)
        return Markup("<tbody>{}</tbody>").format(row)
    head = Markup('<tr id="{}"><th scope="rowgroup" colspan="6">{}</th></tr>').format(anchor(name), label)
    rest = Markup("").join(
        Markup('<tr class="key"><th scope="row">{}</th>{}</tr>').format(
            record["key"], _cells(name, record, t)
        )
        for record in records
    )
    return Markup("<tbody>{}{}</tbody>").format(head, rest)


def _cells(name: str, record: dict[str, object], t: Texts) -> Markup:
    low, high = (_number(record[side], name, t) for side in ("low", "high"))
    stretch = t("assumptions.low_high", low=low, high=high) if low and high else ""
    source = Markup.escape(str(record["source"]))
    if record["note"]:
        source += Markup('<br><span class="remark">{}</span>').format(str(record["note"]))
    year = str(record["price_year"]).removesuffix(".0")
    return Markup(
        '<td class="number">{}</td><td>{}</td><td>{}</td><td class="words">{}</td><td>{}</td>'
    ).format(
        _number(record["value"], name, t),
        unit_words(name, str(record["unit"] or ""), t),
        stretch,
        source,
        year,
    )


def _number(text: object, name: str, t: Texts) -> str:
    return "" if text == "" else value_words(float(str(text)), name, t)
