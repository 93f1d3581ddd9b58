"""Chapter 9: which assumptions would turn the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from screening.figures import tornado
from screening.report.chapter import Chapter, make_chapter
from screening.report.chapters.parts import verdict_word
from screening.report.elements import (
    Column,
    anchor,
    assumption_labels,
    bullets,
    figure,
    link,
    note,
    paragraph,
    table,
)
from screening.report.look import LOW_HIGH, frame
from screening.report.quantities import quantity
from screening.report.results import has_customers, horizon_years, result_row, with_results
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions
    from screening.views import Town

__all__ = ["what_changes"]

_CASES = ("low", "high")


def what_changes(town: Town, language: str = "da") -> Chapter:
    """Tell the verdict when one assumption at a time is low or high.

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
    if not has_customers(town) or town.sensitivity.empty:
        return make_chapter("what_changes", t("changes.title"), [paragraph(t("changes.none"), "lead")])
    cases = with_results(town.sensitivity)
    cases["label"] = cases["parameter"].map(assumption_labels(town.assumptions, t))
    cases["label"] = cases["label"].fillna(cases["parameter"])
    row = result_row(town)
    word = t("common.yes") if bool(row["is_viable"]) else t("common.no")
    blocks = [
        paragraph(t("changes.intro", years=horizon_years(town), verdict=word), "lead"),
        *_sentences(cases, town.assumptions, t),
        _tornado(cases, row, "society", t),
        _tornado(cases, row, "user", t),
        _table(cases, row, town.assumptions, t),
    ]
    return make_chapter("what_changes", t("changes.title"), blocks)


def _sentences(cases: pd.DataFrame, assumptions: Assumptions, t: Texts) -> list[Markup]:
    flips = cases[cases["flips"].astype(bool)]
    turned = [
        t(
            "changes.flip_to_yes" if is_viable else "changes.flip_to_no",
            parameter=link(f"#{anchor(name)}", label),
            value=quantity(value, name, assumptions, t),
            base=quantity(_base(assumptions, name), name, assumptions, t),
        )
        for name, label, value, is_viable in zip(
            flips["parameter"], flips["label"], flips["value"], flips["is_viable"], strict=True
        )
    ]
    steady = cases[~cases["parameter"].isin(flips["parameter"])].drop_duplicates("parameter")
    names = [
        link(f"#{anchor(n)}", label) for n, label in zip(steady["parameter"], steady["label"], strict=True)
    ]
    held = paragraph(t("changes.holds", parameters=Markup(", ").join(names))) if names else Markup("")
    if not turned:
        return [note(t("changes.robust"), "good"), held]
    told = Markup('<div class="note note-caution"><p>{}</p>{}</div>').format(
        t("changes.flips"), bullets(turned)
    )
    return [told, held]


def _base(assumptions: Assumptions, name: str) -> float | None:
    return getattr(assumptions, name, None)


def _tornado(cases: pd.DataFrame, row: pd.Series, which: str, t: Texts) -> Markup:
    column = "society_saving_dkk" if which == "society" else "user_saving_dkk_per_year"
    scale, decimals = (1e6, 1) if which == "society" else (1.0, 0)
    stretch = cases.pivot_table(index="label", columns="case", values=column, aggfunc="first", sort=False)
    stretch = stretch.reindex(columns=list(_CASES)).astype(float) / scale
    base = float(row[column]) / scale
    moved = (stretch.max(axis=1) - stretch.min(axis=1)) > 0.5 * 10.0**-decimals
    stretch = stretch[moved]
    if stretch.empty:
        return Markup("")
    image = tornado(
        stretch,
        base,
        frame(f"tornado-{which}", f"changes.{which}", t, decimals),
        names=(str(t("changes.low")), str(t("changes.high"))),
        colours=LOW_HIGH,
    )
    return figure(image, t(f"changes.{which}_caption", base=t.signed(base, decimals)))


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
            quantity(value, name, assumptions, t),
            t.signed(user),
            t.signed(society / 1e6, 1),
            verdict_word(bool(is_viable), t),
        ]
        for name, label, value, user, society, is_viable in zip(
            cases["parameter"],
            cases["label"],
            cases["value"],
            cases["user_saving_dkk_per_year"],
            cases["society_saving_dkk"],
            cases["is_viable"],
            strict=True,
        )
    ]
    return table(t("changes.caption"), columns, rows)
