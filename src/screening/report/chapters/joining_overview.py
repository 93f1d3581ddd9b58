"""Neighbours alone and together, for the whole municipality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from screening import maps
from screening.report.chapter import Chapter, make_chapter
from screening.report.chapters.joining import (
    gain_apart,
    group_name,
    main_columns,
    main_numbers,
    names_of,
    rule_blocks,
)
from screening.report.chapters.parts import verdict_word
from screening.report.elements import Column, Fact, facts, link, paragraph, table
from screening.report.results import with_results
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions
    from screening.views import Overview

__all__ = ["overview_joining"]


def overview_joining(overview: Overview, language: str = "da") -> Chapter:
    """Table of the proposed groups, and of every area alone and in its group.

    Parameters
    ----------
    overview
        The municipality's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 4 of the overview.
    """
    t = load_texts(language)
    groups = with_results(overview.area_groups)
    proposed = groups[groups["is_proposed"].astype(bool)]
    joined = proposed[proposed["area_count"] > 1]
    key = "joining.overview_lead" if len(joined) else "joining.overview_none"
    lead = t(
        key,
        areas=t.count("area", int(joined["area_count"].sum())),
        groups=t.count("group", len(joined)),
        distance=t.number(overview.assumptions.neighbour_distance_m),
    )
    blocks = [paragraph(lead, "lead"), _needy(overview, t)]
    if len(joined):
        single = groups[groups["area_count"] == 1]
        blocks += [
            facts(_overview_numbers(single, proposed, overview.assumptions, t)),
            _groups_table(joined, single, t),
        ]
    blocks += [
        _areas_table(overview, t),
        rule_blocks(overview.joining, overview.assumptions, t),
    ]
    return make_chapter("overview_joining", t("joining.overview_title"), blocks)


def _needy(overview: Overview, t: Texts) -> Markup:
    """Name the areas that cannot stand alone, for having too few customers or for the money."""
    joined = overview.joining[overview.joining["advice"].isin(["join", "join_too_few"])]
    viable = joined["is_viable"].astype(bool)
    few = viable & (joined["customer_count"] < overview.assumptions.min_customer_count)
    told = [
        t(
            key,
            areas=t.listing([str(name) for name in joined.loc[which, "area"]]),
            minimum=t.number(overview.assumptions.min_customer_count),
        )
        for key, which in (("joining.overview_few", few), ("joining.overview_rescued", ~viable))
        if which.any()
    ]
    return paragraph(Markup(" ").join(told)) if told else Markup("")


def _overview_numbers(
    single: pd.DataFrame, proposed: pd.DataFrame, assumptions: Assumptions, t: Texts
) -> list[Fact]:
    def served(table: pd.DataFrame) -> float:
        counted = table["is_viable"].astype(bool) & table["is_large_enough"].astype(bool)
        return float(table.loc[counted, "customer_count"].sum())

    minimum = t.number(assumptions.min_customer_count)
    before, after = served(single), served(proposed)
    gain_before, gain_after = gain_apart(single), gain_apart(proposed)
    return [
        Fact(
            t("joining.fact_customers"),
            t.number(after),
            "",
            t("joining.fact_customers_comment", before=t.number(before), minimum=minimum),
            "good" if after > before else "plain",
        ),
        Fact(
            t("joining.fact_gain"),
            t.signed(gain_after / 1e6, 1),
            t("unit.mio"),
            t("joining.fact_gain_comment", before=t.signed(gain_before / 1e6, 1)),
            "good" if gain_after > gain_before else "plain",
        ),
    ]


def _groups_table(joined: pd.DataFrame, single: pd.DataFrame, t: Texts) -> Markup:
    alone = single.set_index("members")
    best_first = joined.sort_values(["society_gain_dkk", "group"], ascending=[False, True])
    rows = [
        [
            group_name(row),
            verdict_word(bool(row["is_viable"]), t),
            *main_numbers(row, t),
            t.signed(gain_apart(alone.loc[names_of(row["members"])]) / 1e6, 1),
            t.number(row["link_m"]),
        ]
        for _, row in best_first.iterrows()
    ]
    columns = [
        Column(t("joining.group"), is_number=False),
        Column(t("answer.parts_verdict"), is_number=False),
        *main_columns(t),
        Column(t("joining.apart"), t("unit.mio")),
        Column(t("joining.gap"), "m"),
    ]
    return table(t("joining.groups_caption"), columns, rows)


def _areas_table(overview: Overview, t: Texts) -> Markup:
    """Every area alone and in its group; a number that is the same in both is not told twice."""
    told = overview.joining[overview.joining["advice"] != "no_customers"]
    columns = [
        Column(t("column.area"), is_number=False),
        Column(t("joining.alone"), is_number=False),
        Column(t("joining.in_group"), is_number=False),
        Column(t("joining.customers_alone")),
        Column(t("joining.customers_group")),
        Column(t("joining.price_alone"), t("unit.kr_year")),
        Column(t("joining.price_group"), t("unit.kr_year")),
        Column(t("joining.gain_alone"), t("unit.mio")),
        Column(t("joining.advice_column"), is_number=False),
    ]
    rows = [
        [
            str(row["area"])
            if row["area"] in overview.failures
            else link(f"{maps.slugify(row['area'])}/index.html", row["area"]),
            verdict_word(bool(row["is_viable"]), t),
            verdict_word(bool(row["group_is_viable"]), t) if row["group_area_count"] > 1 else t.number(None),
            t.number(row["customer_count"]),
            t.number(row["group_customer_count"] if row["group_area_count"] > 1 else None),
            t.number(row["user_price_dkk_per_year"]),
            t.number(row["group_user_price_dkk_per_year"] if row["group_area_count"] > 1 else None),
            t.signed(row["society_gain_dkk"] / 1e6, 1),
            _advice(row, t),
        ]
        for _, row in told.iterrows()
    ]
    return table(t("joining.areas_caption"), columns, rows) if rows else Markup("")


def _advice(row: pd.Series, t: Texts) -> Markup:
    others = [name for name in names_of(row["members"]) if name != row["area"]]
    return t(f"joining.advice.{row['advice']}", others=t.listing(others))
