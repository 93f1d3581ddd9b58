"""The chapters of the municipality's overview."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from screening import maps
from screening.report.chapter import Chapter, make_chapter
from screening.report.chapters.candidates import ranked_areas
from screening.report.chapters.certainty import chance_in_short
from screening.report.chapters.certainty_overview import chances_by_area, overview_certainty_blocks
from screening.report.chapters.doubt_overview import overview_doubt_blocks
from screening.report.chapters.method import found_blocks, method_blocks
from screening.report.chapters.parts import parts_table, verdict_word
from screening.report.chapters.quality import counts_table, repairs_table
from screening.report.chapters.supply import site_table
from screening.report.chapters.verdict import MAP_HEIGHT_PX
from screening.report.elements import (
    Column,
    Fact,
    facts,
    heading,
    join,
    link,
    note,
    paragraph,
    table,
)
from screening.report.look import map_figure
from screening.report.quantities import set_name
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    from screening.views import Overview

__all__ = [
    "overview_answer",
    "overview_method",
    "overview_ranking",
    "overview_register",
    "overview_towns",
]


def overview_answer(overview: Overview, language: str = "da") -> Chapter:
    """How many areas can get local heating, and the map of all areas by verdict.

    Parameters
    ----------
    overview
        The municipality's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 1 of the overview.
    """
    t = load_texts(language)
    ranked = ranked_areas(overview)
    viable = ranked[ranked["is_viable"]]
    key = "lead_none" if viable.empty else "lead_all" if len(viable) == len(ranked) else "lead_some"
    lead = t(
        f"overview.answer.{key}",
        viable=t.number(len(viable)),
        total=t.number(len(ranked)),
        municipality=overview.municipality.name,
    )
    interactive = maps.to_fragment(maps.overview_map(overview, language), MAP_HEIGHT_PX, language)
    caption = t("overview.answer.figure_caption")
    blocks = [
        paragraph(t("common.synthetic_note"), "note note-caution")
        if overview.municipality.is_synthetic
        else "",
        paragraph(t("found.note"), "note") if "method" in overview.areas else "",
        paragraph(lead, "answer"),
        facts(_key_numbers(overview, ranked, viable, t)),
        paragraph(t("overview.answer.caption"), "screen-only"),
        Markup(interactive),  # noqa: S704  (own code)
        Markup('<div class="print-only">{}</div>').format(
            map_figure(maps.overview_figure(overview, language), "map-overview", caption, t)
        ),
    ]
    return make_chapter("overview_answer", t("overview.answer.title"), blocks)


def _key_numbers(overview: Overview, ranked: pd.DataFrame, viable: pd.DataFrame, t: Texts) -> list[Fact]:
    communities = overview.communities
    above = int(communities["is_collective_supply"].sum())
    limit = t.number(overview.assumptions.community_collective_supply_kw)
    return [
        Fact(
            t("overview.answer.viable"),
            t.number(len(viable)),
            "",
            t("overview.answer.viable_comment", total=t.number(len(ranked))),
            "good" if len(viable) else "bad",
        ),
        Fact(
            t("overview.answer.customers"),
            t.number(float(viable["customer_count"].sum())),
            "",
            t("overview.answer.customers_comment"),
        ),
        Fact(
            t("overview.answer.co2"),
            t.number(float(viable["co2_saved_tonne_per_year"].sum())),
            t("unit.tonne"),
            t("overview.answer.co2_comment"),
        ),
        Fact(
            t("overview.answer.communities"),
            t.number(len(communities)),
            "",
            t("overview.answer.communities_comment", above=t.number(above), limit=limit),
        ),
    ]


def overview_ranking(overview: Overview, language: str = "da") -> Chapter:
    """Sortable table of all areas with links to their reports, and the reports that are missing.

    Parameters
    ----------
    overview
        The municipality's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 2 of the overview.
    """
    t = load_texts(language)
    blocks = [
        paragraph(t("overview.ranking.intro"), "lead"),
        _ranking_table(overview, t),
        *overview_certainty_blocks(overview, t),
        site_table(overview, t),
        _failures(overview, t),
    ]
    return make_chapter("overview_ranking", t("overview.ranking.title"), blocks)


def _ranking_table(overview: Overview, t: Texts) -> Markup:
    ranked = ranked_areas(overview)
    chances = chances_by_area(overview)["both"]
    columns = [
        Column(t("column.area"), is_number=False),
        Column(t("answer.parts_verdict"), is_number=False),
        Column(t("certainty.chance_column"), t("certainty.per_100")),
        Column(t("answer.parts_customers")),
        Column(t("answer.parts_density"), t("unit.kwh_m2")),
        Column(t("answer.parts_user"), t("unit.kr_year")),
        Column(t("answer.parts_society"), t("unit.mio")),
        Column(t("answer.co2"), t("unit.tonne")),
        Column(t("overview.ranking.advice"), is_number=False),
    ]
    rows, keys = [], []
    for area, viable, customers, density, user, society, co2, advice in zip(
        *(
            ranked[name]
            for name in (
                "area", "is_viable", "customer_count", "density_kwh_per_m2", "user_saving_dkk_per_year",
                "society_saving_dkk", "co2_saved_tonne_per_year", "advice",
            )
        ),
        strict=True,
    ):  # fmt: skip
        chance = float(chances.get(area, math.nan))
        name = area if area in overview.failures else link(f"{maps.slugify(area)}/index.html", area)
        rows.append(
            [
                name,
                verdict_word(viable, t),
                chance_in_short(chance, t) if math.isfinite(chance) else t.number(None),
                t.number(customers),
                t.number(density, 1),
                t.signed(user),
                t.signed(society / 1e6, 1),
                t.number(co2),
                t.label("advice", advice),
            ]
        )
        numbers = (chance, customers, density, user, society, co2)
        keys.append([area, 0 if viable else 1, *map(_sort_key, numbers), str(t.label("advice", advice))])
    return table(t("overview.ranking.caption"), columns, rows, sort_values=keys)


def _sort_key(value: float) -> float | str:
    return round(float(value), 3) if math.isfinite(float(value)) else ""


def _failures(overview: Overview, t: Texts) -> Markup:
    title = heading(t("overview.failures.title"))
    if not overview.failures:
        return Markup("")
    columns = [
        Column(t("column.area"), is_number=False),
        Column(t("overview.failures.reason"), is_number=False),
    ]
    count = t.count("area", len(overview.failures))
    return join(
        [
            title,
            note(t("overview.failures.some", count=count), "bad"),
            table(
                t("overview.failures.caption"), columns, [list(item) for item in overview.failures.items()]
            ),
        ]
    )


def overview_towns(overview: Overview, language: str = "da") -> Chapter:
    """Towns that are cut into several areas, with the sum of their parts.

    Parameters
    ----------
    overview
        The municipality's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 3 of the overview.
    """
    t = load_texts(language)
    areas = pd.DataFrame(overview.areas.drop(columns="geometry")).set_index("area")
    tables = [
        join(
            [
                heading(str(town)),
                parts_table(
                    parts, t("overview.towns.caption", town=town), t("overview.towns.sum", town=town), t
                ),
            ]
        )
        for town, parts in areas.groupby("town", sort=True)
        if len(parts) > 1
    ]
    intro = t("overview.towns.intro") if tables else t("overview.towns.none")
    return make_chapter("overview_towns", t("overview.towns.title"), [paragraph(intro, "lead"), *tables])


def overview_register(overview: Overview, language: str = "da") -> Chapter:
    """Quality of the register for the whole municipality.

    Parameters
    ----------
    overview
        The municipality's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 6 of the overview.
    """
    t = load_texts(language)
    blocks = [
        paragraph(t("quality.intro", date=t.date(overview.municipality.register_date)), "lead"),
        *overview_doubt_blocks(overview, t),
        counts_table(overview.register_counts, t),
        repairs_table(overview.register_repairs, t),
    ]
    return make_chapter("overview_register", t("overview.quality.title"), blocks)


def overview_method(overview: Overview, language: str = "da") -> Chapter:
    """Tell the method, what was left out, reservations.

    Parameters
    ----------
    overview
        The municipality's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 7 of the overview.
    """
    t = load_texts(language)
    blocks = [
        paragraph(t("overview.method.where", set=set_name(overview.assumptions, t)), "lead"),
        *method_blocks(overview.assumptions, overview.municipality.is_synthetic, t),
        *found_blocks(overview.areas, overview.left_out, t),
    ]
    return make_chapter("overview_method", t("overview.method.title"), blocks)
