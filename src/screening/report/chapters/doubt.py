"""Chapter 11 for the planner: what is doubtful in the register, and what it could change in the answer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from screening.doubt import ALL
from screening.report.chapters.parts import verdict_word
from screening.report.elements import Column, bullets, heading, join, note, paragraph, sources, table
from screening.report.results import with_results

if TYPE_CHECKING:
    import pandas as pd

    from screening.report.texts import Texts
    from screening.views import Town

__all__ = ["SOCIETY", "action", "counted", "doubt_answer", "doubt_blocks", "largest", "silent", "stacked"]

_SOURCES = ("doubtful_area_share", "doubtful_heat_share")
SOCIETY = "society_margin_change_dkk"
_USER = "user_margin_change_dkk_per_year"


def doubt_blocks(town: Town, t: Texts) -> list[Markup]:
    """Write what is doubtful about the town's buildings: answer, table by consequence, several at once.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        HTML blocks.
    """
    checks, doubt = town.register_checks, town.register_doubt
    return [
        doubt_answer(town, t),
        heading(t("quality.doubt.heading")),
        _doubt_table(checks, doubt, t),
        silent(checks, t),
        _together(town, t),
        paragraph(t("quality.doubt.how")),
        sources(town.assumptions, _SOURCES, t),
    ]


def doubt_answer(town: Town, t: Texts) -> Markup:
    """Say in one sentence whether the doubts in the register matter for the town's verdict.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        HTML; with a list of what turns the verdict, where something does.
    """
    doubt = town.register_doubt
    by_check = doubt[doubt["check_name"] != ALL]
    count = by_check["check_name"].nunique()
    base = t("common.yes" if bool(town.economics["is_viable"]) else "common.no")
    if not count:
        return note(t("quality.doubt.none", verdict=base), "good")
    turning = by_check[by_check["verdict_changes"].astype(bool)]
    together = _several(doubt)
    together = together[together["verdict_changes"].astype(bool)]
    told = {"total": t.count("doubt", count), "verdict": base}
    if len(turning):
        lead = t("quality.doubt.some", turning=t.number(turning["check_name"].nunique()), **told)
        return _turned(lead, _conditions(turning, town.register_checks, t))
    if len(together):
        lead = t("quality.doubt.together", **told)
        return _turned(lead, _conditions(together.iloc[:1], town.register_checks, t))
    return note(t("quality.doubt.one_holds" if count == 1 else "quality.doubt.holds", **told), "good")


def _turned(lead: str, conditions: list[Markup]) -> Markup:
    return Markup('<div class="note note-caution"><p><strong>{}</strong></p>{}</div>').format(
        lead, bullets(conditions)
    )


def _conditions(rows: pd.DataFrame, checks: pd.DataFrame, t: Texts) -> list[Markup]:
    """One line per scenario that turns the verdict: what must be so, and what the verdict becomes."""
    labels = checks.set_index("check_name")[f"label_{t.language}"]
    return [
        t(
            f"quality.doubt.condition.{scenario}",
            what=labels.get(name, t("quality.doubt.several")),
            count=t.count("building", changed),
            verdict=t("common.yes" if is_viable else "common.no"),
        )
        for name, scenario, changed, is_viable in zip(
            rows["check_name"], rows["scenario"], rows["changed_count"], rows["is_viable"], strict=True
        )
    ]


def _doubt_table(checks: pd.DataFrame, doubt: pd.DataFrame, t: Texts) -> Markup:
    """One row per check that found something, the weightiest first."""
    found = _ranked(checks[checks["effect"] != "none"], doubt)
    if found.empty:
        return Markup("")
    columns = [
        Column(t("quality.doubt.column_what"), is_number=False),
        Column(t("column.buildings"), t("unit.count")),
        Column(t("quality.doubt.column_heat"), t("unit.mwh")),
        Column(t("quality.doubt.column_society"), t("unit.mio")),
        Column(t("quality.doubt.column_verdict"), is_number=False),
        Column(t("quality.doubt.column_action"), is_number=False),
    ]
    rows = [
        [
            str(label),
            counted(int(count), float(doubt.loc[doubt["check_name"] == name, "changed_count"].max()), t),
            t.number(0.0 if math.isnan(heat) else heat),
            _span(doubt[doubt["check_name"] == name][SOCIETY], t),
            _consequence(doubt[doubt["check_name"] == name], t),
            action(str(name), str(effect), t),
        ]
        for name, effect, label, count, heat in zip(
            found["check_name"],
            found["effect"],
            found[f"label_{t.language}"],
            found["building_count"],
            found["heat_mwh"],
            strict=True,
        )
    ]
    return stacked(t("quality.doubt.caption"), columns, rows)


def stacked(caption: str, columns: list[Column], rows: list[list[str]]) -> Markup:
    """Write a table that a narrow page shows as one block per row, each cell under its own label."""
    label = Markup('<span class="cell-label">{}</span><span>{}</span>')
    units = [f"{column.title}, {column.unit}" if column.unit else column.title for column in columns]
    labelled = [
        [row[0], *(label.format(unit, cell) for unit, cell in zip(units[1:], row[1:], strict=True))]
        for row in rows
    ]
    return Markup('<div class="stacked">{}</div>').format(table(caption, columns, labelled))


def _ranked(checks: pd.DataFrame, doubt: pd.DataFrame) -> pd.DataFrame:
    """Sort the checks that found something: what turns the verdict first, then by money, then by number."""
    found = checks[checks["building_count"] > 0]
    by_check = doubt.groupby("check_name")
    named = found.set_index("check_name").index
    return (
        found.assign(
            turns=by_check["verdict_changes"].any().reindex(named, fill_value=False).to_numpy(bool),
            money=by_check[SOCIETY].agg(largest).reindex(named).to_numpy(float),
            heat_mwh=by_check["heat_demand_change_mwh"].agg(largest).reindex(named).to_numpy(float),
        )
        .sort_values(["turns", "money", "building_count"], ascending=False, na_position="last", kind="stable")
        .reset_index(drop=True)
    )


def largest(changes: pd.Series) -> float:
    """Give the value that is largest, whatever its sign."""
    known = changes.abs().dropna()
    return float(known.max()) if len(known) else 0.0


def counted(count: int, counted: float, t: Texts) -> Markup:
    """Write how many buildings are found, and how many of them the calculation rests on."""
    told = t("quality.doubt.counted", count=t.number(0.0 if math.isnan(counted) else counted))
    return Markup('{}<span class="unit">{}</span>').format(t.number(count), told)


def _span(changes_dkk: pd.Series, t: Texts) -> str:
    """Write the change of society's gain, from the lowest to the highest where there are two."""
    known = changes_dkk.dropna().to_numpy(float) / 1e6
    if not known.size:
        return t.number(0 if changes_dkk.empty else None)
    ends = [known.min(), known.max()] if known.size > 1 else [known[0]]
    if np.abs(known).max() < 0.05:
        return str(t("quality.doubt.small")) if np.abs(known).max() > 0 else t.number(0)
    return Markup(" {} ").format(t("quality.doubt.to")).join(t.signed(float(end), 1) for end in ends)


def _consequence(rows: pd.DataFrame, t: Texts) -> Markup:
    """Say in plain words what the doubt could change in the verdict."""
    turning = rows[rows["verdict_changes"].astype(bool)]
    if len(turning):
        row = turning.iloc[0]
        return t(
            f"quality.doubt.turns.{row['scenario']}",
            count=t.count("building", int(row["changed_count"])),
            verdict=t("common.yes" if row["is_viable"] else "common.no"),
        )
    if not (rows["changed_count"] > 0).any():
        return t("quality.doubt.outside")
    if (rows["advice"] == "no_oil_gas").any():
        return t("quality.doubt.nobody")
    most = largest(rows[_USER])
    key = "quality.doubt.user" if most >= 0.5 else "quality.doubt.user_same"
    return t(key, change=t.number(most))


def action(check: str, effect: str, t: Texts) -> Markup:
    """Say what to do about a check's buildings: by the check's own text, else by its effect.

    Parameters
    ----------
    check, effect
        Name and effect of the check.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        A sentence.
    """
    own = f"quality.action.{check}"
    return t(own if own in t.entries else f"quality.action.{effect}")


def silent(checks: pd.DataFrame, t: Texts) -> Markup:
    """Name what was found without weight for the verdict, and count the checks that found nothing."""
    found = checks[(checks["building_count"] > 0) & (checks["effect"] == "none")]
    found = found.sort_values("building_count", ascending=False, kind="stable")
    named = [
        f"{str(label)[:1].lower()}{str(label)[1:]} ({t.number(int(count))})"
        for label, count in zip(found[f"label_{t.language}"], found["building_count"], strict=True)
    ]
    count = int((checks["building_count"] == 0).sum())
    return join(
        [
            paragraph(t("quality.doubt.weightless", what=t.listing(named))) if named else "",
            paragraph(t("quality.doubt.silent", count=t.count("check", count))) if count else "",
        ]
    )


def _together(town: Town, t: Texts) -> Markup:
    """Show what happens when several doubts are true at once."""
    rows = _several(town.register_doubt)
    if rows.empty:
        return Markup("")
    base = with_results(town.economics.to_frame().T)
    columns = [
        Column(t("quality.doubt.column_scenario"), is_number=False),
        Column(t("quality.doubt.column_customers"), t("unit.count")),
        Column(t("quality.doubt.column_demand"), t("unit.mwh")),
        Column(t("changes.column_user"), t("unit.kr_year")),
        Column(t("changes.column_society"), t("unit.mio")),
        Column(t("changes.column_verdict"), is_number=False),
    ]
    scenarios = with_results(rows)
    names = [
        t(f"quality.doubt.scenario.{scenario}", count=t.count("building", int(count)))
        for scenario, count in zip(rows["scenario"], rows["changed_count"], strict=True)
    ]
    lines = [[t("quality.doubt.base"), "", "", *_results(base, t)[0]]]
    lines += [
        [name, t.signed(int(customers)), t.signed(float(heat)), *result]
        for name, customers, heat, result in zip(
            names,
            rows["customer_count_change"],
            rows["heat_demand_change_mwh"],
            _results(scenarios, t),
            strict=True,
        )
    ]
    caption = t("quality.doubt.together_caption")
    return join([heading(t("quality.doubt.together_heading")), stacked(caption, columns, lines)])


def _several(doubt: pd.DataFrame) -> pd.DataFrame:
    """Scenarios of one area in which more than one check, or more than one effect, changes something."""
    matters = doubt[(doubt["changed_count"] > 0) & (doubt["check_name"] != ALL)]
    checks = matters.groupby("effect")["check_name"].nunique()
    rows = doubt[(doubt["check_name"] == ALL) & (doubt["changed_count"] > 0)]
    enough = rows["effect"].map(checks).fillna(0).where(rows["effect"] != ALL, len(checks)) > 1
    return rows[enough]


def _results(table_of: pd.DataFrame, t: Texts) -> list[list[str]]:
    return [
        [t.signed(float(user)), t.signed(float(society) / 1e6, 1), verdict_word(bool(viable), t)]
        for user, society, viable in zip(
            table_of["user_saving_dkk_per_year"],
            table_of["society_saving_dkk"],
            table_of["is_viable"],
            strict=True,
        )
    ]
