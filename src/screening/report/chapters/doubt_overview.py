"""The overview's part of the register's doubts: which areas' answers hang on them, and the sums per check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from screening import maps
from screening.doubt import ALL
from screening.report.chapters.doubt import SOCIETY, action, counted, largest, silent, stacked
from screening.report.chapters.parts import verdict_word
from screening.report.elements import Column, heading, join, link, note, paragraph

if TYPE_CHECKING:
    from screening.report.texts import Texts
    from screening.views import Overview

__all__ = ["overview_doubt_blocks"]


def overview_doubt_blocks(overview: Overview, t: Texts) -> list[Markup]:
    """Write which areas' verdicts hang on doubts in the register, and the municipality's total per check.

    Parameters
    ----------
    overview
        The municipality's view.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        HTML blocks.
    """
    return [
        _hanging(overview, t),
        heading(t("quality.checks_overview")),
        _overview_table(overview, t),
        silent(overview.register_checks, t),
        paragraph(t("quality.doubt.how")),
    ]


def _hanging(overview: Overview, t: Texts) -> Markup:
    """Name the areas whose verdict the register could turn, each with what turns it."""
    doubt = overview.register_doubt
    turning = doubt[doubt["verdict_changes"].astype(bool)]
    total = t.count("area", len(overview.areas))
    if turning.empty:
        return note(t("quality.doubt.areas_none", total=total), "good")
    labels = overview.register_checks.set_index("check_name")[f"label_{t.language}"]
    viable = overview.areas.set_index("area")["is_viable"].astype(bool)
    rows = []
    for area, group in turning.groupby("area", sort=False):
        alone = group.loc[group["check_name"] != ALL, "check_name"].drop_duplicates()
        what = [str(labels.get(name, name)) for name in alone] or [str(t("quality.doubt.several"))]
        now = bool(viable.get(area, not group["is_viable"].iloc[0]))
        rows.append(
            [_area_link(str(area), overview), verdict_word(now, t), verdict_word(not now, t), "; ".join(what)]
        )
    columns = [
        Column(t(f"{name}"), is_number=False)
        for name in (
            "column.area",
            "quality.doubt.column_now",
            "quality.doubt.column_may",
            "quality.doubt.column_by",
        )
    ]
    lead = t("quality.doubt.areas_some", count=t.number(len(rows)), total=total)
    return join([note(lead, "caution"), stacked(t("quality.doubt.areas_caption"), columns, rows)])


def _area_link(area: str, overview: Overview) -> str:
    return area if area in overview.failures else link(f"{maps.slugify(area)}/index.html", area)


def _overview_table(overview: Overview, t: Texts) -> Markup:
    checks, doubt = overview.register_checks, overview.register_doubt
    found = checks[(checks["building_count"] > 0) & (checks["effect"] != "none")]
    if found.empty:
        return Markup("")
    by_area = doubt.groupby(["check_name", "area"])
    sums = pd.DataFrame(
        {
            "heat_mwh": by_area["heat_demand_change_mwh"].agg(largest),
            "money_dkk": by_area[SOCIETY].agg(largest),
            "counted": by_area["changed_count"].max(),
            "turned": by_area["verdict_changes"].any(),
        }
    )
    found = found.join(sums.groupby("check_name").sum(), on="check_name")
    names = sums.columns.tolist()
    found[names] = found[names].astype(float).fillna(0.0)  # outside all areas: no verdict changes
    order = ["turned", "money_dkk", "building_count"]
    found = found.sort_values(order, ascending=False, na_position="last", kind="stable")
    columns = [
        Column(t("quality.doubt.column_what"), is_number=False),
        Column(t("column.buildings"), t("unit.count")),
        Column(t("quality.doubt.column_heat"), t("unit.mwh")),
        Column(t("quality.doubt.column_society"), t("unit.mio")),
        Column(t("quality.doubt.column_areas"), t("unit.count")),
        Column(t("quality.doubt.column_action"), is_number=False),
    ]
    rows = [
        [
            str(row[f"label_{t.language}"]),
            counted(int(row["building_count"]), float(row["counted"]), t),
            t.number(float(row["heat_mwh"])),
            t.number(float(row["money_dkk"]) / 1e6, 1),
            t.number(float(row["turned"])),
            action(str(row["check_name"]), str(row["effect"]), t),
        ]
        for row in found.to_dict("records")
    ]
    return stacked(t("quality.doubt.overview_caption"), columns, rows)
