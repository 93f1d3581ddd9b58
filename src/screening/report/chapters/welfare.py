"""Chapter 8: what local heating costs society against individual heat pumps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from screening.figures import diverging_bars
from screening.report.chapter import Chapter, make_chapter
from screening.report.elements import Column, figure, note, paragraph, sources, table
from screening.report.look import GAIN_LOSS, frame
from screening.report.results import has_customers, horizon_years, result_row, shown_millions
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from screening.views import Town

__all__ = ["society"]

_SOURCES = (
    "calculation_rate",
    "net_tax_factor",
    "electricity_spot_dkk_per_mwh",
    "gas_factor_price_dkk_per_mwh",
    "co2_price_dkk_per_tonne",
    "damage_cost_dkk_per_kg",
    "tax_distortion_share",
    "technical_lifetime_years",
)


def society(town: Town, language: str = "da") -> Chapter:
    """Net present value of both, and where the difference comes from.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 8.
    """
    t = load_texts(language)
    row = result_row(town)
    gain = float(row["society_saving_dkk"])
    intro = paragraph(t("society.intro"), "lead")
    if not has_customers(town) or not math.isfinite(gain) or town.society.empty:
        return make_chapter("society", t("society.title"), [intro, paragraph(t("society.none"))])
    text = t(
        "society.better" if gain > 0 else "society.worse",
        project=t.millions(float(row["npv_project_dkk"])),
        alternative=t.millions(float(row["npv_alternative_dkk"])),
        difference=t.millions(abs(gain)),
        years=horizon_years(town),
    )
    costs = town.society.groupby("item", sort=False)[["project_dkk", "alternative_dkk"]].sum()
    costs = costs[costs.abs().max(axis=1) > 0.5]
    costs["difference_dkk"] = shown_millions(costs["alternative_dkk"]) - shown_millions(costs["project_dkk"])
    costs = costs.sort_values("difference_dkk", ascending=False, kind="stable")
    blocks = [
        intro,
        note(text, "good" if gain > 0 else "bad"),
        _figure(costs["difference_dkk"], gain, t),
        _table(town, costs, gain, t),
        paragraph(t("society.sign"), "small"),
    ]
    return make_chapter("society", t("society.title"), blocks)


def _figure(difference: pd.Series, gain_dkk: float, t: Texts) -> Markup:
    total = str(t("common.total"))
    visible = difference[difference.abs() >= 0.05e6]
    shown = (visible / 1e6).rename(index=lambda item: str(t.label("cost", item)))
    shown[total] = gain_dkk / 1e6
    drawn = frame("society", "society.figure", t, 1)
    caption = t(
        "society.figure_caption",
        best=t.inline("cost", difference.index[0]),
        best_amount=t.signed(float(difference.iloc[0]) / 1e6, 1),
        worst=t.inline("cost", difference.index[-1]),
        worst_amount=t.signed(float(difference.iloc[-1]) / 1e6, 1),
    )
    return figure(diverging_bars(shown, drawn, colours=GAIN_LOSS, total=total), caption)


def _table(town: Town, costs: pd.DataFrame, gain_dkk: float, t: Texts) -> Markup:
    columns = [
        Column(t("column.item"), is_number=False),
        Column(t("society.column_project"), t("unit.mio")),
        Column(t("society.column_alternative"), t("unit.mio")),
        Column(t("society.column_difference"), t("unit.mio")),
    ]
    rows = [
        [
            t.label("cost", item),
            t.millions(project, 1),
            t.millions(alternative, 1),
            t.signed(difference / 1e6, 1),
        ]
        for item, project, alternative, difference in zip(
            costs.index, costs["project_dkk"], costs["alternative_dkk"], costs["difference_dkk"], strict=True
        )
    ]
    sums = costs.sum()
    total = [
        t("common.total"),
        t.millions(sums["project_dkk"]),
        t.millions(sums["alternative_dkk"]),
        t.signed(gain_dkk / 1e6, 1),
    ]
    caption = t("society.caption", years=horizon_years(town))
    return table(caption, columns, rows, total=total, source=sources(town.assumptions, _SOURCES, t))
