"""Chapter 13: how it was worked out, what was left out, reservations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from screening.report.chapter import Chapter, make_chapter
from screening.report.elements import bullets, heading, paragraph
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions
    from screening.views import Town

__all__ = ["found_blocks", "method_and_reservations", "method_blocks"]


def method_and_reservations(town: Town, language: str = "da") -> Chapter:
    """Tell the method, what was left out, reservations, personal data.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 13.
    """
    t = load_texts(language)
    blocks = [
        *method_blocks(town.assumptions, town.municipality.is_synthetic, t),
        *found_blocks(town.original, None, t),
    ]
    return make_chapter("method_and_reservations", t("method.title"), blocks)


def method_blocks(assumptions: Assumptions, is_synthetic: bool, t: Texts) -> list[Markup]:
    """Write what a town's report and the overview both say of the method.

    Parameters
    ----------
    assumptions
        The set.
    is_synthetic
        Whether the data are made up.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        HTML blocks.
    """
    words = {"minimum": t.number(assumptions.min_customer_count)}
    blocks = [
        heading(t("method.steps_heading")),
        _ordered(_numbered("method.steps", t, **words)),
        heading(t("method.left_out_heading")),
        bullets(_numbered("method.left_out", t)),
        heading(t("method.reservations_heading")),
        bullets(_numbered("method.reservations", t)),
        heading(t("method.personal_heading")),
        paragraph(t("method.personal")),
    ]
    if is_synthetic:
        blocks += [heading(t("method.synthetic_heading")), paragraph(t("common.synthetic_note"))]
    return blocks


def found_blocks(areas: pd.DataFrame, left_out: pd.DataFrame | None, t: Texts) -> list[Markup]:
    """Say that the tool found the areas, how, and what it left out; nothing where a planner brought them.

    Parameters
    ----------
    areas
        Areas; the column ``method`` tells that the tool found them.
    left_out
        Settlements too small to be an area (``Screening.left_out``); None to leave them unsaid.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        HTML blocks.
    """
    if "method" not in areas:
        return []
    method = t(f"found.methods.{areas['method'].iloc[0]}")
    blocks = [heading(t("found.heading")), paragraph(t("found.how", method=method))]
    if left_out is not None and len(left_out):
        words = {
            "count": t.count("building", int(left_out["building_count"].sum())),
            "heat": t.number(float(left_out["heat_demand_mwh"].sum())),
        }
        blocks.append(paragraph(t("found.left_out", **words)))
    return blocks


def _numbered(group: str, t: Texts, **words: object) -> list[Markup]:
    keys = sorted((k for k in t.entries if k.startswith(f"{group}.")), key=lambda k: int(k.rsplit(".", 1)[1]))
    return [t(key, **words) for key in keys]


def _ordered(items: list[Markup]) -> Markup:
    rows = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    return Markup('<ol class="steps">{}</ol>').format(rows)
