"""Chapter 4: neighbours who could share a heat pump."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening import maps
from screening.report.chapter import Chapter, make_chapter
from screening.report.chapters.distances import constants_block, distance_blocks
from screening.report.chapters.splitting import splitting
from screening.report.elements import Column, note, paragraph, sources, table
from screening.report.look import map_figure
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    import geopandas as gpd
    from markupsafe import Markup

    from screening.views import Town

__all__ = ["communities"]

_SOURCES = (
    "community_collective_supply_kw",
    "community_min_buildings_count",
    "community_full_load_hours_per_year",
    "community_simultaneity_factor",
    "community_scale_saving_dkk_per_mwh",
    "community_service_line_dkk_per_m_year",
    "community_loss_dkk_per_m_year",
)


def communities(town: Town, language: str = "da") -> Chapter:
    """Which communities there are, which need a project proposal, which overlap local heating.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 4.
    """
    t = load_texts(language)
    intro = paragraph(t("communities.intro"), "lead")
    if town.communities.empty:
        minimum = t.number(town.assumptions.community_min_buildings_count)
        none = paragraph(t("communities.none", area=town.area, minimum=minimum))
        return make_chapter(
            "communities",
            t("communities.title"),
            [
                intro,
                none,
                sources(town.assumptions, _SOURCES, t),
                *distance_blocks(town, t),
                constants_block(town, t),
            ],
        )
    found = town.communities.sort_values(["heat_demand_mwh", "id"], ascending=[False, True])
    limit = t.number(town.assumptions.community_collective_supply_kw)
    above = int(found["is_collective_supply"].sum())
    summary = t(
        "communities.found",
        area=town.area,
        total=t.count("community", len(found)),
        buildings=t.count("building", int(found["building_count"].sum())),
        heat=t.number(float(found["heat_demand_mwh"].sum())),
    )
    rule = (
        t("communities.above", count=t.count("community", above), limit=limit)
        if above
        else t("communities.above_none", limit=limit)
    )
    blocks = [
        intro,
        paragraph(summary),
        note(rule, "caution") if above else paragraph(rule),
        paragraph(_overlap(town, t)),
        map_figure(
            maps.community_map(town, language),
            "map-communities",
            t("communities.map_caption", limit=limit),
            t,
        ),
        _table(found, limit, sources(town.assumptions, _SOURCES, t), t),
        *splitting(town, t),
        *distance_blocks(town, t),
        constants_block(town, t),
    ]
    return make_chapter("communities", t("communities.title"), blocks)


def _overlap(town: Town, t: Texts) -> Markup:
    inside = town.communities[town.communities["overlap_share"].fillna(0) > 0]
    if inside.empty:
        return t("communities.overlap_none")
    heat = float((inside["heat_demand_mwh"] * inside["overlap_share"]).sum())
    return t("communities.overlap", count=t.count("community", len(inside)), heat=t.number(heat))


def _table(found: gpd.GeoDataFrame, limit: str, source: Markup, t: Texts) -> Markup:
    columns = [
        Column(t("communities.id"), is_number=False),
        Column(t("column.buildings"), t("unit.count")),
        Column(t("column.heat"), t("unit.mwh")),
        Column(t("communities.capacity"), t("unit.kw")),
        Column(t("communities.above_limit", limit=limit), is_number=False),
        Column(t("communities.overlap_column")),
    ]
    rows = [
        [
            str(number),
            t.number(count),
            t.number(heat),
            t.number(capacity),
            t("common.yes") if is_above else t("common.no"),
            t.percent(overlap),
        ]
        for number, count, heat, capacity, is_above, overlap in zip(
            found["id"],
            found["building_count"],
            found["heat_demand_mwh"],
            found["capacity_kw"],
            found["is_collective_supply"],
            found["overlap_share"],
            strict=True,
        )
    ]
    total = [
        t("common.total"),
        t.number(float(found["building_count"].sum())),
        t.number(float(found["heat_demand_mwh"].sum())),
        t.number(float(found["capacity_kw"].sum())),
        "",
        "",
    ]
    return table(t("communities.caption"), columns, rows, total=total, source=source)
