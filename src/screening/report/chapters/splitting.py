"""The part of chapter 4 that divides communities above the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening import maps
from screening.report.elements import Column, bullets, heading, paragraph, sources, table
from screening.report.look import map_figure

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from markupsafe import Markup

    from screening.report.texts import Texts
    from screening.views import Town

__all__ = ["splitting"]

_SOURCES = (
    "community_collective_supply_kw",
    "community_min_buildings_count",
    "community_heat_pump_payment_dkk_per_year",
    "community_scale_saving_dkk_per_mwh",
    "community_service_line_dkk_per_m_year",
    "community_loss_dkk_per_m_year",
)
_REASONS = ("too_large", "cut_off", "no_fit", "too_few", "no_room")


def splitting(town: Town, t: Texts) -> list[Markup]:
    """Parts below the limit, what the division costs a year, and why there is none.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        Blocks; none where no community is above the limit.
    """
    splits = town.splits[town.splits["id"].isin(town.communities["id"])]
    if splits.empty:
        return []
    limit = t.number(town.assumptions.community_collective_supply_kw)
    fewest = t.number(town.assumptions.community_min_buildings_count)
    parts = town.community_parts[town.community_parts["id"].isin(splits["id"])]
    blocks = [
        heading(t("splitting.title", limit=limit)),
        paragraph(t("splitting.intro", limit=limit, fewest=fewest)),
        bullets([_outcome(row, town, t) for _, row in splits.iterrows()]),
    ]
    if len(parts):
        caption = t("splitting.map_caption", limit=limit)
        blocks.append(map_figure(maps.split_map(town, t.language), "map-split", caption, t))
        blocks.append(_parts_table(parts, t))
    blocks.append(_loss_table(splits, sources(town.assumptions, _SOURCES, t), t))
    return blocks


def _outcome(row: pd.Series, town: Town, t: Texts) -> Markup:
    """Say in a sentence what becomes of a community, and why buildings are left out."""
    lost = float(row["lost_dkk_per_year"])
    limits = {
        "limit": t.number(town.assumptions.community_collective_supply_kw),
        "fewest": t.number(town.assumptions.community_min_buildings_count),
    }
    told = t(
        "splitting.parts" if row["part_count"] else "splitting.no_part",
        number=str(row["id"]),
        buildings=t.count("building", row["building_count"]),
        capacity=t.number(row["capacity_kw"]),
        parts=t.count("part", row["part_count"]),
        change=t("splitting.loses" if lost >= 0 else "splitting.saves", amount=t.number(abs(lost))),
        **limits,
    )
    counts = town.part_members.loc[town.part_members["id"] == row["id"], "reason"].value_counts()
    for reason in _REASONS:
        if reason in counts:
            told += " " + t(
                f"splitting.reason.{reason}", count=t.count("building", int(counts[reason])), **limits
            )
    return told


def _parts_table(parts: gpd.GeoDataFrame, t: Texts) -> Markup:
    columns = [
        Column(t("splitting.part"), is_number=False),
        Column(t("column.buildings"), t("unit.count")),
        Column(t("column.heat"), t("unit.mwh")),
        Column(t("communities.capacity"), t("unit.kw")),
        Column(t("splitting.pipe"), t("unit.m")),
        Column(t("splitting.gain"), t("unit.kr_year")),
    ]
    figures = parts[["building_count", "heat_demand_mwh", "capacity_kw", "pipe_m", "gain_dkk_per_year"]]
    names = [f"{number}.{part}" for number, part in zip(parts["id"], parts["part"], strict=True)]
    rows = [
        [name, *(t.number(float(value)) for value in row)]
        for name, row in zip(names, figures.to_numpy(dtype=float), strict=True)
    ]
    return table(t("splitting.parts_caption"), columns, rows)


def _loss_table(splits: pd.DataFrame, source: Markup, t: Texts) -> Markup:
    unit = t("unit.kr_year")
    columns = [
        Column(t("communities.id"), is_number=False),
        Column(t("splitting.part_count"), t("unit.count")),
        Column(t("splitting.left_out"), t("unit.count")),
        Column(t("splitting.whole_gain"), unit),
        Column(t("splitting.pumps"), unit),
        Column(t("splitting.left_out_gain"), unit),
        Column(t("splitting.pipe_saved"), unit),
        Column(t("splitting.lost"), unit),
    ]
    figures = splits.assign(pipe_saved_dkk_per_year=-splits["pipe_saved_dkk_per_year"])[
        [
            "part_count",
            "left_out_count",
            "gain_dkk_per_year",
            "further_pumps_dkk_per_year",
            "left_out_dkk_per_year",
            "pipe_saved_dkk_per_year",
            "lost_dkk_per_year",
        ]
    ]
    rows = [
        [str(number), *(t.number(float(value)) for value in row)]
        for number, row in zip(splits["id"], figures.to_numpy(dtype=float), strict=True)
    ]
    return table(t("splitting.loss_caption"), columns, rows, source=source)
