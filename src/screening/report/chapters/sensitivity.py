"""Chapter 9: how probable a yes is, where it turns, and what moves it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from markupsafe import Markup

from screening.figures import tornado
from screening.report.chapter import Chapter, make_chapter
from screening.report.chapters.certainty import driver_blocks, lead_blocks, meaning, spread_figures
from screening.report.chapters.parts import verdict_word
from screening.report.chapters.turning import parameter_names, turning_blocks, value_in_words
from screening.report.elements import (
    Column,
    anchor,
    figure,
    fold,
    heading,
    link,
    paragraph,
    table,
)
from screening.report.look import LOW_HIGH, frame
from screening.report.results import has_customers, result_row, with_results
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions
    from screening.views import Town

__all__ = ["what_changes"]

_CASES = ("low", "high")
_BARS = 10


def what_changes(town: Town, language: str = "da") -> Chapter:
    """Tell how probable a yes is, at which values the verdict turns, and what moves the result.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 9.
    """
    t = load_texts(language)
    if not has_customers(town) or town.sensitivity.empty or town.drivers.empty:
        return make_chapter("what_changes", t("changes.title"), [paragraph(t("changes.none"), "lead")])
    cases = with_results(town.sensitivity)
    names = parameter_names(town.assumptions, t)
    cases["label"] = [name[:1].upper() + name[1:] for name in cases["parameter"].map(names)]
    row = result_row(town)
    blocks = [
        *lead_blocks(town, t),
        meaning(town, t),
        *spread_figures(town, t),
        *turning_blocks(town.break_even, town.assumptions, t),
        heading(t("changes.one_at_a_time")),
        paragraph(t("changes.intro", count=t.count("assumption", cases["parameter"].nunique()))),
        _tornado(cases, row, "user", t),
        _tornado(cases, row, "society", t),
        fold(t("changes.all"), _table(cases, row, town.assumptions, t)),
        *driver_blocks(town, t),
    ]
    return make_chapter("what_changes", t("changes.title"), blocks)


def _tornado(cases: pd.DataFrame, row: pd.Series, which: str, t: Texts) -> Markup:
    column = "society_saving_dkk" if which == "society" else "user_saving_dkk_per_year"
    scale, decimals = (1e6, 1) if which == "society" else (1.0, 0)
    stretch = cases.pivot_table(index="label", columns="case", values=column, aggfunc="first", sort=False)
    stretch = stretch.reindex(columns=list(_CASES)).astype(float) / scale
    base = float(row[column]) / scale
    # An end that equals the value itself is no case of its own.
    stretch = stretch.fillna(base)
    moved = (stretch.max(axis=1) - stretch.min(axis=1)) > 0.5 * 10.0**-decimals
    if not moved.any():
        return Markup("")
    span = (stretch.max(axis=1) - stretch.min(axis=1))[moved]
    stretch = stretch.loc[span.nlargest(_BARS).index]
    image = tornado(
        stretch,
        base,
        frame(f"tornado-{which}", f"changes.{which}", t, decimals),
        names=(str(t("changes.low")), str(t("changes.high"))),
        colours=LOW_HIGH,
        marked=set(cases.loc[cases["flips"].astype(bool), "label"]),
    )
    return figure(
        image, t(f"changes.{which}_caption", base=t.signed(base, decimals), shown=t.number(len(stretch)))
    )


def _table(cases: pd.DataFrame, row: pd.Series, assumptions: Assumptions, t: Texts) -> Markup:
    columns = [
        Column(t("column.assumption"), is_number=False),
        Column(t("changes.column_value")),
        Column(t("changes.column_user"), t("unit.kr_year")),
        Column(t("changes.column_society"), t("unit.mio")),
        Column(t("changes.column_verdict"), is_number=False),
    ]
    rows = [
        [
            t("changes.base"),
            "",
            t.signed(float(row["user_saving_dkk_per_year"])),
            t.signed(float(row["society_saving_dkk"]) / 1e6, 1),
            verdict_word(bool(row["is_viable"]), t),
        ]
    ]
    rows += [
        [
            link(f"#{anchor(name)}", label),
            t("changes.times", change=t.signed(100 * change))
            if math.isnan(value)
            else value_in_words(value, name, assumptions, t),
            t.signed(user),
            t.signed(society / 1e6, 1),
            verdict_word(bool(is_viable), t),
        ]
        for name, label, value, change, user, society, is_viable in zip(
            cases["parameter"],
            cases["label"],
            cases["value"].astype(float),
            cases["change_share"].astype(float),
            cases["user_saving_dkk_per_year"],
            cases["society_saving_dkk"],
            cases["is_viable"],
            strict=True,
        )
    ]
    return table(t("changes.caption"), columns, rows)
