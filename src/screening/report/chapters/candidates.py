"""Which areas are best, and what they have in common."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from screening.report.chapter import Chapter, make_chapter
from screening.report.elements import Column, paragraph, table
from screening.report.results import with_results
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    from screening.views import Overview

__all__ = ["overview_candidates", "ranked_areas"]

_COMPARED = {
    "customers": ("customer_count", 0, ""),
    "heat": ("oil_gas_heat_mwh", 0, "mwh"),
    "heat_per_customer": ("heat_per_customer_mwh", 1, "mwh"),
    "density": ("density_kwh_per_m2", 1, "kwh_m2"),
    "oil_gas_share": ("oil_gas_share", None, ""),
    "heat_pump_share": ("heat_pump_share", None, ""),
}


def ranked_areas(overview: Overview) -> pd.DataFrame:
    """Give the areas best first: those with a yes, then by society's gain.

    Parameters
    ----------
    overview
        The municipality's view.

    Returns
    -------
    pandas.DataFrame
        Its areas with what ``with_results`` adds.
    """
    told = with_results(pd.DataFrame(overview.areas.drop(columns="geometry")))
    told["is_viable"] = told["is_viable"].astype(bool)
    order = told.assign(gain=told["society_saving_dkk"].fillna(-math.inf))
    order = order.sort_values(["is_viable", "gain", "area"], ascending=[False, False, True])
    return order.drop(columns="gain").reset_index(drop=True)


def overview_candidates(overview: Overview, language: str = "da") -> Chapter:
    """Tell what the areas with a yes have in common, against those with a no; areas without customers apart.

    Parameters
    ----------
    overview
        The municipality's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 5 of the overview.
    """
    t = load_texts(language)
    ranked = ranked_areas(overview)
    buildings = ranked["oil_gas_count"].astype(float)
    ranked["heat_per_customer_mwh"] = ranked["oil_gas_heat_mwh"].astype(float) / buildings.where(
        buildings > 0
    )
    columns = [column for column, _, _ in _COMPARED.values()]
    served = ranked["customer_count"].astype(float) > 0  # an area without boilers is no example of a no
    yes = ranked.loc[ranked["is_viable"] & served, columns].astype(float)
    no = ranked.loc[~ranked["is_viable"] & served, columns].astype(float)
    middle = {"yes": yes.median(), "no": no.median()}
    if len(yes) and len(no):
        intro = t("overview.common.intro_both", yes=t.count("area", len(yes)), no=t.count("area", len(no)))
        sentence = t(
            "overview.common.sentence",
            customers_yes=t.number(middle["yes"]["customer_count"]),
            customers_no=t.number(middle["no"]["customer_count"]),
            density_yes=t.number(middle["yes"]["density_kwh_per_m2"], 1),
            density_no=t.number(middle["no"]["density_kwh_per_m2"], 1),
        )
    else:
        intro, sentence = t("overview.common.intro_one"), Markup("")
    blocks = [
        paragraph(intro, "lead"),
        paragraph(sentence) if sentence else "",
        paragraph(t("overview.common.apart", count=t.count("area", int((~served).sum()))))
        if not served.all()
        else "",
        _compared_table(middle, t),
    ]
    return make_chapter("overview_candidates", t("overview.common.title"), blocks)


def _compared_table(middle: dict[str, pd.Series], t: Texts) -> Markup:
    columns = [
        Column(t("overview.common.column"), is_number=False),
        Column(t("overview.common.yes")),
        Column(t("overview.common.no")),
        Column(t("column.unit"), is_number=False),
    ]
    rows = []
    for key, (column, decimals, unit) in _COMPARED.items():
        values = [
            t.percent(middle[side][column]) if decimals is None else t.number(middle[side][column], decimals)
            for side in ("yes", "no")
        ]
        rows.append([t(f"overview.common.{key}"), *values, t(f"unit.{unit}") if unit else ""])
    return table(t("overview.common.caption"), columns, rows)
