"""Chapter 1: the answer on one page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from markupsafe import Markup

from screening import maps
from screening.areas import is_dense_enough
from screening.register import is_relevant
from screening.report.chapter import Chapter, make_chapter
from screening.report.chapters.certainty import chance_words
from screening.report.chapters.joining import joining_sentence
from screening.report.chapters.parts import parts_table
from screening.report.chapters.supply import distance_words, site_in_short
from screening.report.chapters.turning import connection_sentence
from screening.report.elements import (
    Fact,
    definitions,
    facts,
    heading,
    join,
    paragraph,
    sources,
)
from screening.report.results import (
    has_customers,
    heating_form,
    horizon_years,
    nearby_supply,
    result_row,
)
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    import pandas as pd

    from screening.views import Overview, Town

__all__ = ["answer", "map_title", "overview_map_title"]

MAP_HEIGHT_PX = 560


def map_title(town: Town, language: str = "da") -> str:
    """Title of the map that stands alone."""
    return str(load_texts(language)("answer.map_title", area=town.area))


def overview_map_title(overview: Overview, language: str = "da") -> str:
    """Title of the municipality's map that stands alone."""
    return str(load_texts(language)("overview.map.map_title", municipality=overview.municipality.name))


def answer(town: Town, language: str = "da") -> Chapter:
    """Verdict, three key numbers, the most asked-for facts, and the interactive map.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 1.
    """
    t = load_texts(language)
    row = result_row(town)
    blocks = [
        paragraph(t("common.synthetic_note"), "note note-caution") if town.municipality.is_synthetic else "",
        _verdict(town, row, t),
        facts(_key_numbers(town, row, t)),
        sources(town.assumptions, ["density_criterion_kwh_per_m2", *_PRICE_SOURCES], t),
        heading(t("answer.more")),
        definitions(_in_short(town, row, t)),
        _parts(town, t),
        heading(t("answer.map")),
        paragraph(t("answer.map_text"), "screen-only"),
        paragraph(t("answer.map_print"), "print-only"),
        Markup(maps.to_fragment(maps.town_map(town, language), MAP_HEIGHT_PX, language)),  # noqa: S704  (own code)
    ]
    return make_chapter("answer", t("answer.title"), blocks)


# What the user price rests on most.
_PRICE_SOURCES = ("standard_consumer_heat_mwh", "min_customer_count")


def _verdict(town: Town, row: pd.Series, t: Texts) -> Markup:
    tone = "yes" if bool(row["is_viable"]) else "no"
    return Markup(
        '<div class="verdict verdict-box-{}"><p class="question">{}</p><p class="reply">{}</p>{}</div>'
    ).format(
        tone,
        t("answer.question", area=town.area),
        t(f"answer.verdict.{_answer_key(town, row)}"),
        join(paragraph(text) for text in _reasons(town, row, t)),
    )


def _answer_key(town: Town, row: pd.Series) -> str:
    """Advice, where boilers outside the trimmed area are not said to be none."""
    return "scattered" if row["advice"] == "no_oil_gas" and _scattered(town) else str(row["advice"])


def _scattered(town: Town) -> int:
    return int((town.buildings["is_oil_gas"] & ~town.buildings["is_in_trimmed"]).sum())


def _reasons(town: Town, row: pd.Series, t: Texts) -> list[Markup]:
    if not has_customers(town):
        assumed = town.assumptions
        return [
            t(
                f"answer.reason.{_answer_key(town, row)}",
                count=t.count("building", _scattered(town)),
                minimum=t.count("building", int(assumed.trim_min_buildings_count)),
                distance=t.number(assumed.trim_join_distance_m),
            )
        ]
    saving, gain = float(row["user_saving_dkk_per_year"]), float(row["society_saving_dkk"])
    if math.isfinite(saving):
        user = t(
            "answer.reason.user_cheaper" if saving > 0 else "answer.reason.user_dearer",
            district_heating=t.number(row["user_price_district_heating_dkk_per_year"]),
            difference=t.number(abs(saving)),
            alternative=t(f"alternative.{row['cheapest_alternative']}_inline"),
            alternative_price=t.number(row["cheapest_dkk_per_year"]),
        )
    else:
        user = t("answer.reason.user_unknown")
    reasons = [user]
    if math.isfinite(gain):
        key = "answer.reason.society_better" if gain > 0 else "answer.reason.society_worse"
        reasons.append(t(key, difference=t.millions(abs(gain)), years=horizon_years(town)))
    minimum, customers = town.assumptions.min_customer_count, int(row["customer_count"])
    key = "answer.reason.customers_enough" if customers >= minimum else "answer.reason.customers_few"
    reasons.append(t(key, customers=t.count("customer", customers), minimum=t.number(minimum)))
    return reasons


def _key_numbers(town: Town, row: pd.Series, t: Texts) -> list[Fact]:
    saving, gain = float(row["user_saving_dkk_per_year"]), float(row["society_saving_dkk"])
    comment = (
        t(
            "answer.facts.user_price_cheaper",
            price=t.number(row["user_price_district_heating_dkk_per_year"]),
            alternative=t(f"alternative.{row['cheapest_alternative']}"),
            alternative_price=t.number(row["cheapest_dkk_per_year"]),
        )
        if math.isfinite(saving)
        else t("answer.facts.unknown")
    )
    density = float(town.key_figures["density_kwh_per_m2"])
    criterion = town.assumptions.density_criterion_kwh_per_m2
    is_dense = is_dense_enough(town.key_figures.to_frame().T, town.assumptions).iloc[0]
    relation = t("common.above") if is_dense else t("common.below")
    return [
        Fact(
            t("answer.facts.user_price"),
            t.signed(-saving),
            t("answer.facts.user_price_unit"),
            comment,
            _tone(saving),
        ),
        Fact(
            t("answer.facts.society"),
            t.signed(gain / 1e6, 1),
            t("answer.facts.society_unit"),
            t("answer.facts.society_comment", years=horizon_years(town))
            if math.isfinite(gain)
            else t("answer.facts.unknown"),
            _tone(gain),
        ),
        Fact(
            t("answer.facts.density"),
            t.number(density, 1),
            t("answer.facts.density_unit"),
            t("answer.facts.density_comment", relation=relation.capitalize(), criterion=t.number(criterion))
            if math.isfinite(density)
            else t("answer.facts.density_unknown"),
            _tone(density - criterion + 1e-12),
        ),
    ]


def _tone(gain: float) -> str:
    if not math.isfinite(gain):
        return "plain"
    return "good" if gain > 0 else "bad"


def _in_short(town: Town, row: pd.Series, t: Texts) -> list[tuple[str, str]]:
    limit = t.number(town.assumptions.community_collective_supply_kw)
    total = len(town.communities)
    above = int(town.communities["is_collective_supply"].sum())
    communities = (
        t(
            "answer.communities_text",
            total=t.count("community", total),
            below=t.number(total - above),
            above=t.number(above),
            limit=limit,
        )
        if total
        else t("answer.communities_none")
    )
    return [
        (t("answer.buildings"), _oil_and_gas(town, t)),
        (t("answer.co2"), _co2(town, row, t)),
        (t("supply.site_short_name"), site_in_short(town, t)),
        (t("answer.communities"), communities),
        (t("joining.short"), joining_sentence(town, t.language)),
        (t("answer.neighbour"), _connected(town, t) + _neighbour(town, t)),
        *_certainty(town, t),
        (t("answer.register"), t.date(town.municipality.register_date)),
    ]


def _co2(town: Town, row: pd.Series, t: Texts) -> Markup:
    if not has_customers(town):
        return t(f"answer.co2_none.{_answer_key(town, row)}")
    return t("answer.co2_text", tonne=t.number(float(row["co2_saved_tonne_per_year"])))


def _oil_and_gas(town: Town, t: Texts) -> Markup:
    inside = town.buildings[town.buildings["is_in_trimmed"] & town.buildings["is_oil_gas"]]
    return t(
        "answer.buildings_text",
        oil=t.count("building", int(inside["is_oil"].sum())),
        gas=t.number(int((inside["is_gas"] & ~inside["is_oil"]).sum())),
    )


def _neighbour(town: Town, t: Texts) -> Markup:
    if town.supply_areas is None:
        return t("answer.neighbour_no_layer")
    limit_m = town.assumptions.supply_neighbour_distance_m
    near = nearby_supply(town, limit_m)
    if near.empty:
        return t("answer.neighbour_none", limit=distance_words(limit_m, t))
    first = near.iloc[0]
    key = "answer.neighbour_inside" if first["distance_m"] == 0 else "answer.neighbour_found"
    name = first["supply_name"] or t("common.unknown")
    told = t(key, name=name, distance=distance_words(float(first["distance_m"]), t))
    others = [str(other) for other in near["supply_name"].iloc[1:] if other]
    if others:
        told += " " + t("answer.neighbour_more", limit=distance_words(limit_m, t), names=t.listing(others))
    return told


def _connected(town: Town, t: Texts) -> Markup:
    """Tell of buildings that the register has on district heating: then it is there, mapped or not."""
    counted = town.buildings[is_relevant(town.buildings["use_code"])]
    count = int((heating_form(counted) == "district_heating").sum())
    if not count:
        return Markup("")
    return t("answer.neighbour_connected", count=t.count("building", count)) + " "


def _certainty(town: Town, t: Texts) -> list[tuple[str, str]]:
    """Tell how probable a yes is, and how many must connect."""
    if not has_customers(town) or town.drivers.empty:
        return []
    text = t(
        "answer.certainty_text",
        chance=chance_words(town.uncertainty.iloc[0], t),
        connection=connection_sentence(town.break_even, town.assumptions, t),
    )
    return [(t("answer.certainty"), text)]


def _parts(town: Town, t: Texts) -> Markup:
    if len(town.parts) < 2:
        return Markup("")
    text = t("answer.parts_text", town=town.town, count=t.count("area", len(town.parts)))
    caption = t("answer.parts_caption", town=town.town)
    return join(
        [
            heading(t("answer.parts", town=town.town)),
            paragraph(text),
            parts_table(town.parts, caption, t("common.total"), t, current=town.area),
        ]
    )
