"""Neighbours alone and together: the town's chapter, and one sentence for its first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from screening import maps
from screening.economics import MEMBER_SEPARATOR
from screening.report.chapter import Chapter, make_chapter
from screening.report.chapters.parts import verdict_word
from screening.report.elements import (
    Column,
    heading,
    join,
    link,
    note,
    paragraph,
    sources,
    table,
)
from screening.report.results import with_results
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    from screening.assumptions import Assumptions
    from screening.views import Town

__all__ = [
    "gain_apart",
    "group_name",
    "joining_sentence",
    "main_columns",
    "main_numbers",
    "names_of",
    "rule_blocks",
    "with_neighbours",
]

_MOST_GROUPS = 10  # more rows than that nobody compares; the proposed group is always among them
_SOURCES = (
    "neighbour_distance_m",
    "min_customer_count",
    "plant_dkk",
    "reserve_dkk",
    "transmission_dkk_per_m",
)


def with_neighbours(town: Town, language: str = "da") -> Chapter:
    """Tell what the area is alone and in the proposed group, and which other groups there are.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 10.
    """
    t = load_texts(language)
    own = _own(town)
    groups = with_results(town.area_groups)
    chosen = groups[groups["members"] == own["members"]].iloc[0]
    blocks = [paragraph(joining_sentence(town, language), "lead")]
    if own["group_area_count"] > 1:
        blocks += [
            _members_table(town, groups, chosen, t),
            *(paragraph(text) for text in _differences(town, groups, chosen, t)),
            _carried(chosen, t),
        ]
    blocks += [_other_groups(town, groups, chosen, t), rule_blocks(town.joining, town.assumptions, t)]
    return make_chapter("with_neighbours", t("joining.title"), blocks)


def joining_sentence(town: Town, language: str = "da") -> Markup:
    """Say in one sentence whether the area should share plant and network with its neighbours.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    markupsafe.Markup
        The sentence.
    """
    t = load_texts(language)
    own = _own(town)
    groups = with_results(town.area_groups)
    group = groups[groups["members"] == own["members"]].iloc[0]
    others = [name for name in names_of(own["members"]) if name != town.area] or _neighbour_names(town)
    told = t(
        f"joining.lead.{_situation(own, town.assumptions)}",
        area=town.area,
        others=t.listing(others),
        customers=t.count("customer", float(own["customer_count"])),
        minimum=t.number(town.assumptions.min_customer_count),
        distance=t.number(town.assumptions.neighbour_distance_m),
    )
    if own["group_area_count"] == 1:
        return told
    together = t(
        "joining.together",
        customers=t.count("customer", float(group["customer_count"])),
        price=t.number(group["user_price_district_heating_dkk_per_year"]),
        gain=t.millions(float(group["society_saving_dkk"])),
    )
    return Markup("{} {}").format(told, together)


def _situation(own: pd.Series, assumptions: Assumptions) -> str:
    """Tell the cases apart that need different words."""
    advice = str(own["advice"])
    if advice == "join":
        if not own["is_viable"]:
            return "join_rescued"
        is_small = own["customer_count"] < assumptions.min_customer_count
        return "join_needed" if is_small else "join_gains"
    if advice in {"join_too_few", "no_customers"}:
        return advice
    return advice if own["neighbour_count"] else f"{advice}_far"


def _own(town: Town) -> pd.Series:
    return pd.Series(town.joining.set_index("area").loc[town.area])


def names_of(members: str) -> list[str]:
    """Give the areas of a group."""
    return str(members).split(MEMBER_SEPARATOR)


def _neighbour_names(town: Town) -> list[str]:
    """Those with whom the area is a pair, nearest first."""
    pairs = town.area_groups[town.area_groups["area_count"] == 2].sort_values("link_m", kind="stable")
    return [name for both in pairs["members"] for name in names_of(both) if name != town.area]


def _members_table(town: Town, groups: pd.DataFrame, chosen: pd.Series, t: Texts) -> Markup:
    """Every area of the proposed group alone, and all as one."""
    names = names_of(chosen["members"])
    single = groups[groups["area_count"] == 1].set_index("members").loc[names]
    return table(
        t("joining.members_caption"),
        [
            Column(t("column.area"), is_number=False),
            Column(t("answer.parts_verdict"), is_number=False),
            *_number_columns(t),
        ],
        [
            [_linked(name, town.area), verdict_word(bool(row["is_viable"]), t), *_numbers(row, t)]
            for name, (_, row) in zip(names, single.iterrows(), strict=True)
        ],
        total=[t("joining.together_row"), verdict_word(bool(chosen["is_viable"]), t), *_numbers(chosen, t)],
        source=sources(town.assumptions, _SOURCES, t),
    )


def _number_columns(t: Texts) -> list[Column]:
    return [
        Column(t("answer.parts_customers")),
        Column(t("answer.parts_density"), t("unit.kwh_m2")),
        Column(t("joining.price"), t("unit.kr_year")),
        Column(t("answer.parts_user"), t("unit.kr_year")),
        Column(t("answer.parts_society"), t("unit.mio")),
    ]


def _numbers(row: pd.Series, t: Texts) -> list[str]:
    return [
        t.number(row["customer_count"]),
        t.number(row["density_kwh_per_m2"], 1),
        t.number(row["user_price_district_heating_dkk_per_year"]),
        t.signed(row["user_saving_dkk_per_year"]),
        t.signed(row["society_saving_dkk"] / 1e6, 1),
    ]


def main_columns(t: Texts) -> list[Column]:
    """Fewer columns, where the names of the groups take the room."""
    return [
        Column(t("answer.parts_customers")),
        Column(t("joining.price"), t("unit.kr_year")),
        Column(t("answer.parts_society"), t("unit.mio")),
    ]


def main_numbers(row: pd.Series, t: Texts) -> list[str]:
    """Write the cells under ``main_columns``."""
    return [
        t.number(row["customer_count"]),
        t.number(row["user_price_district_heating_dkk_per_year"]),
        t.signed(row["society_saving_dkk"] / 1e6, 1),
    ]


def group_name(row: pd.Series, *, is_strong: bool = False) -> Markup:
    """Name the group with room for a line break between its areas."""
    names = Markup("\N{NO-BREAK SPACE}+ ").join(names_of(row["members"]))
    return Markup("<strong>{}</strong>").format(names) if is_strong else names


def _differences(town: Town, groups: pd.DataFrame, chosen: pd.Series, t: Texts) -> list[Markup]:
    """Tell what changes for society and for the user, and how far the areas lie apart."""
    single = groups[groups["area_count"] == 1].set_index("members")
    price = "user_price_district_heating_dkk_per_year"
    dearer = round(float(chosen[price])) - round(float(single[price].loc[town.area]))
    user = "same" if dearer == 0 else "dearer" if dearer > 0 else "cheaper"
    apart = gain_apart(single.loc[names_of(chosen["members"])])
    gain = float(chosen["society_saving_dkk"]) - apart
    own_plants = single["investment_dkk"].loc[names_of(chosen["members"])]
    investment = t(
        "joining.investment",
        together=t.millions(float(chosen["investment_dkk"])),
        apart=t.millions(float(own_plants.sum())),
        plants=t.number(len(own_plants)),
        reserve=t.millions((len(own_plants) - 1) * town.assumptions.reserve_dkk),
    )
    society = t(
        "joining.society_more" if gain >= 0 else "joining.society_less",
        difference=t.millions(abs(gain)),
        together=t.millions(float(chosen["society_saving_dkk"])),
        apart=t.millions(apart),
    )
    return [
        society + " " + investment,
        t(f"joining.user_{user}", area=town.area, difference=t.number(abs(dearer))),
        t("joining.distance", distance=t.number(chosen["link_m"])),
    ]


def gain_apart(single: pd.DataFrame) -> float:
    """Society's gain where each area is built by itself, those that are not viable not at all."""
    return float(single.loc[single["is_viable"].astype(bool), "society_saving_dkk"].sum())


def _carried(chosen: pd.Series, t: Texts) -> Markup:
    """Say so where the group is proposed for its customers although society would gain more without."""
    lost = float(chosen["society_gain_dkk"]) - float(chosen["society_gain_apart_dkk"])
    return note(t("joining.carried"), "caution") if lost < 0 else Markup("")


def _other_groups(town: Town, groups: pd.DataFrame, chosen: pd.Series, t: Texts) -> Markup:
    inside = [town.area in names_of(members) for members in groups["members"]]
    mine = groups[inside]
    if len(mine) < 2:
        return Markup("")
    single = groups[groups["area_count"] == 1].set_index("members")
    mine = mine.assign(is_chosen=mine["members"] == chosen["members"])
    mine = mine.sort_values(["area_count", "society_gain_dkk"], ascending=[True, False], kind="stable")
    shown = pd.concat([mine[~mine["is_chosen"]].head(_MOST_GROUPS - 1), mine[mine["is_chosen"]]])
    rows = [
        [
            group_name(row, is_strong=bool(row["is_chosen"])),
            verdict_word(bool(row["is_viable"]), t),
            *main_numbers(row, t),
            # Of the amounts as shown, so that the reader can add them up.
            t.signed(
                (float(row["society_saving_dkk"]) - gain_apart(single.loc[names_of(row["members"])])) / 1e6, 1
            ),
        ]
        for _, row in shown.iterrows()
    ]
    columns = [
        Column(t("joining.group"), is_number=False),
        Column(t("answer.parts_verdict"), is_number=False),
        *main_columns(t),
        Column(t("joining.against_apart"), t("unit.mio")),
    ]
    text = t(
        "joining.other_text" if len(shown) == len(mine) else "joining.other_text_cut",
        area=town.area,
        shown=t.number(len(shown)),
        total=t.number(len(mine)),
    )
    return join(
        [
            heading(t("joining.other")),
            paragraph(text),
            table(t("joining.other_caption", area=town.area), columns, rows),
        ]
    )


def rule_blocks(joining: pd.DataFrame, assumptions: Assumptions, t: Texts) -> Markup:
    """Tell how the groups are chosen, what is left out, and whether a better grouping may exist."""
    minimum, distance = t.number(assumptions.min_customer_count), t.number(assumptions.neighbour_distance_m)
    return join(
        [
            heading(t("joining.rule_heading")),
            paragraph(t("joining.rule", minimum=minimum, distance=distance)),
            paragraph(t("joining.left_out")) if (joining["group_area_count"] > 1).any() else "",
            "" if joining["is_exact"].all() else note(t("joining.not_exact"), "caution"),
        ]
    )


def _linked(area: str, current: str) -> Markup:
    if area == current:
        return Markup("<strong>{}</strong>").format(area)
    return link(f"../{maps.slugify(area)}/index.html", area)
