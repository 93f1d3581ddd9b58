"""The part of chapter 5 on the network along the roads: metres, price, loss, the answer with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from screening import maps
from screening.report.elements import Column, bullets, fold, heading, note, paragraph, sources, table
from screening.report.look import map_figure

if TYPE_CHECKING:
    from screening.report.texts import Texts
    from screening.views import Town

__all__ = ["network_along_roads"]

_SOURCES = (
    "pipe_dkk_per_m",
    "pipe_surface_factor",
    "pipe_allowance_share",
    "pipe_pressure_gradient_pa_per_m",
    "simultaneity_share",
    "hot_water_kw",
    "network_supply_c",
    "network_return_c",
    "ground_c",
    "pipe_twin_heat_loss_w_per_m_k",
)
_COMPARED_SOURCES = ("network_dkk_per_km2", "network_heat_loss_mwh_per_km2_year", "is_network_by_pipes")


def network_along_roads(town: Town, t: Texts, language: str) -> list[Markup]:
    """Tell of the network laid along the roads against the one priced by area.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.
    language
        "da" or "en", for the map.

    Returns
    -------
    list of markupsafe.Markup
        Heading, what is laid, comparison, map, pipes by size, who is not reached.
    """
    row = town.network
    title = heading(t("network.title"))
    if not int(row["reached_count"]):
        return [title, paragraph(t("network.none")), *_unreached(town, t)]
    laid = t(
        "network.laid",
        street=t.number(float(row["street_m"])),
        service=t.number(float(row["service_m"])),
        reached=t.number(int(row["reached_count"])),
        customers=t.count("customer", int(row["customer_count"])),
        each=t.number(float(row["street_m"]) / int(row["reached_count"])),
    )
    return [
        title,
        paragraph(laid),
        note(_effect(row, t), "plain"),
        _comparison(town, t),
        map_figure(
            maps.network_map(town, language), "map-network", t("network.map_caption", area=town.area), t
        ),
        _sizes(town, t),
        paragraph(_service_lines(row, t)),
        *_through(row, t),
        *_unreached(town, t),
        paragraph(t("network.caution"), "small"),
    ]


def _effect(row: pd.Series, t: Texts) -> Markup:
    """Say what the other network does to the answer."""
    if pd.isna(row["is_viable"]) or pd.isna(row["area_is_viable"]) or not row["area_network_dkk"]:
        return t("network.effect_unknown")
    ratio = float(row["network_dkk"]) / float(row["area_network_dkk"]) - 1
    told = t("network.dearer" if ratio > 0 else "network.cheaper", share=t.percent(abs(ratio)))
    before, after = bool(row["area_is_viable"]), bool(row["is_viable"])
    key = "network.turns" if before != after else "network.stays"
    words = {True: t("common.yes"), False: t("common.no")}
    return Markup("{} {}").format(told, t(key, before=words[before], after=words[after]))


def _comparison(town: Town, t: Texts) -> Markup:
    row = town.network
    columns = [
        Column(t("network.column_what"), is_number=False),
        Column(t("network.column_area")),
        Column(t("network.column_pipes")),
        Column(t("network.column_difference")),
    ]
    rows = [
        [t(f"network.row.{name}"), *_pair(float(row[by_area]), float(row[by_pipes]), scale, digits, t)]
        for name, by_area, by_pipes, scale, digits in (
            ("price", "area_network_dkk", "network_dkk", 1e6, 2),
            ("loss", "area_network_heat_loss_mwh", "network_heat_loss_mwh", 1.0, 0),
            ("user", "area_user_price_dkk_per_year", "user_price_dkk_per_year", 1.0, 0),
            ("society", "area_npv_project_dkk", "npv_project_dkk", 1e6, 1),
        )
    ]
    if not pd.isna(row["is_viable"]):
        answers = [
            t("common.yes") if row[name] else t("common.no") for name in ("area_is_viable", "is_viable")
        ]
        rows.append([t("network.row.answer"), *answers, ""])
    used = "network.used_pipes" if town.assumptions.is_network_by_pipes else "network.used_other"
    told = table(t("network.caption"), columns, rows, source=sources(town.assumptions, _COMPARED_SOURCES, t))
    return told + paragraph(t(used), "small")


def _pair(by_area: float, by_pipes: float, scale: float, digits: int, t: Texts) -> list[str | Markup]:
    if not (math.isfinite(by_area) and math.isfinite(by_pipes)):
        return ["–", "–", ""]
    share = t.percent(by_pipes / by_area - 1) if by_area else ""
    sign = "+" if by_area and by_pipes > by_area else ""
    return [t.number(by_area / scale, digits), t.number(by_pipes / scale, digits), f"{sign}{share}"]


def _sizes(town: Town, t: Texts) -> Markup:
    sums = ["length_m", "price_dkk", "heat_loss_mwh_per_year"]
    sizes = town.network_sizes.sort_values(["kind", "pipe_dn"], ascending=[False, True])
    columns = [
        Column(t("network.column_pipe"), is_number=False),
        Column("DN"),
        Column(t("network.column_length"), "m"),
        Column(t("network.column_price"), t("unit.mio")),
        Column(t("network.column_loss"), t("unit.mwh")),
    ]
    rows = [
        [
            t(f"network.kind.{row['kind']}"),
            t.number(row["pipe_dn"]),
            t.number(row["length_m"]),
            t.millions(row["price_dkk"], 2),
            t.number(row["heat_loss_mwh_per_year"]),
        ]
        for _, row in sizes.iterrows()
    ]
    length, price, loss = (float(sizes[name].sum()) for name in sums)
    total = [t("common.total"), "", t.number(length), t.millions(price, 2), t.number(loss)]
    source = sources(town.assumptions, _SOURCES, t)
    return fold(
        t("network.sizes_title"), table(t("network.sizes_caption"), columns, rows, total=total, source=source)
    )


def _service_lines(row: pd.Series, t: Texts) -> Markup:
    reached = int(row["reached_count"])
    return t(
        "network.service_lines",
        each=t.number(float(row["service_m"]) / reached),
        pipes=t.number(round(float(row["service_pipes_dkk"]) / reached, -2)),
        coldest=t.number(float(row["lowest_supply_c"])),
        share=t.percent(float(row["heat_loss_share"])),
    )


def _through(row: pd.Series, t: Texts) -> list[Markup]:
    count = int(row["through_building_count"])
    return [paragraph(t("network.through", lines=t.count("service_line", count)))] if count else []


def _unreached(town: Town, t: Texts) -> list[Markup]:
    left = town.network_unreachable
    if left.empty:
        return []
    told = note(t("network.unreached", buildings=t.count("building", len(left))), "caution")
    items = []
    for _, one in left.iterrows():
        known = math.isfinite(float(one["distance_m"]))
        distance = f", {t.number(float(one['distance_m']))} m" if known else ""
        items.append(f"{one['building_id']}: {t('network.reason.' + str(one['reason']))}{distance}")
    return [told, fold(t("network.unreached_title"), bullets(items))]
