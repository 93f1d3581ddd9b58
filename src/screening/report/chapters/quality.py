"""Chapter 11: what is doubtful in the register, and what happened to every row of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from screening.register import describe
from screening.report.chapter import Chapter, make_chapter
from screening.report.chapters.doubt import doubt_blocks
from screening.report.elements import Column, bullets, heading, join, link, paragraph, table
from screening.report.files import CORRECTIONS
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    import pandas as pd

    from screening.views import Town

__all__ = ["corrections_text", "counts_table", "register_quality", "repairs_table"]


def register_quality(town: Town, language: str = "da") -> Chapter:
    """Tell what is doubtful and what it could change, then count all rows.

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
    blocks = [
        paragraph(t("quality.intro", date=t.date(town.municipality.register_date)), "lead"),
        *doubt_blocks(town, t),
        corrections_text(town.corrections, t),
        paragraph(t("quality.measured")),
        counts_table(town.register_counts, t),
        repairs_table(town.register_repairs, t),
    ]
    return make_chapter("register_quality", t("quality.title"), blocks)


def corrections_text(corrections: pd.DataFrame, t: Texts) -> Markup:
    """Tell of the corrections that lie beside the report, and how to use them.

    Parameters
    ----------
    corrections
        As from ``register.propose_corrections``.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        HTML; empty when there is nothing to correct.
    """
    if corrections.empty:
        return Markup("")
    told = t(
        "quality.corrections.text",
        count=t.count("correction", len(corrections)),
        buildings=t.count("building", corrections["building_id"].nunique()),
        given=t.number(int((corrections["proposed_value"] != "").sum())),
        file=link(CORRECTIONS, CORRECTIONS),
    )
    steps = bullets([t("quality.corrections.send"), t("quality.corrections.again")])
    return join([heading(t("quality.corrections.heading")), paragraph(told), steps])


def counts_table(counts: pd.Series, t: Texts) -> Markup:
    """Table of what happened to the register's rows, with the sum.

    Parameters
    ----------
    counts
        Rows by reason; "rows_read" is the sum of the others.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        HTML.
    """
    outcomes = counts.drop("rows_read", errors="ignore")
    shown = outcomes[(outcomes > 0) | (outcomes.index == "kept")]
    read = int(counts.get("rows_read", outcomes.sum()))
    columns = [
        Column(t("quality.counts_column"), is_number=False),
        Column(t("quality.counts_rows"), t("unit.count")),
        Column(t("column.share")),
    ]
    rows = [
        [t.label("outcome", reason), t.number(int(n)), t.percent(n / read if read else None, 1)]
        for reason, n in shown.items()
    ]
    total = [t("common.total"), t.number(int(outcomes.sum())), t.percent(1.0 if read else None)]
    return join(
        [
            heading(t("quality.counts")),
            paragraph(t("quality.counts_text", read=t.count("row", read))),
            table(t("quality.counts_caption"), columns, rows, total=total),
        ]
    )


def repairs_table(repairs: pd.Series, t: Texts) -> Markup:
    """Table of what was repaired or is unknown on the rows that are used.

    Parameters
    ----------
    repairs
        Rows by repair; a row may be in several.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        HTML; a sentence when nothing was repaired.
    """
    shown = repairs[repairs > 0].sort_values(ascending=False, kind="stable")
    blocks = [heading(t("quality.repairs")), paragraph(t("quality.repairs_text"))]
    if len(shown):
        columns = [Column(t("quality.repairs_column"), is_number=False), Column(t("quality.counts_rows"))]
        labels = describe(shown.index.to_series(), "repair", t.language)
        rows = [[label, t.number(int(n))] for label, n in zip(labels, shown, strict=True)]
        blocks.append(table(t("quality.repairs_caption"), columns, rows))
    return join(blocks)
