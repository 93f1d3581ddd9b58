"""Chapter 7: what the user pays, over the years, in the area's houses and in the reader's own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from markupsafe import Markup

from screening.economics import present_bills
from screening.figures import stacked_bars, year_lines
from screening.maps import style
from screening.report.chapter import Chapter, make_chapter
from screening.report.chapters.calculator import calculator
from screening.report.elements import Column, figure, heading, note, paragraph, sources, table
from screening.report.look import COMPONENTS, HEATING, frame
from screening.report.quantities import quantity
from screening.report.results import result_row
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    from screening.views import Town

__all__ = ["user"]

_ALTERNATIVES = ("district_heating", "heat_pump", "gas", "oil")
_COLOURS = (style.COLORS["yes"], HEATING["heat_pump"], HEATING["gas"], HEATING["oil"])
_STEP_SHARE = 0.1  # of a bill, from which a change between two years is told
_STANDARD = "standard"
_USER_SOURCES = (
    "standard_consumer_heat_mwh",
    "standard_consumer_area_m2",
    "user_rate",
    "contribution_term_years",
    "gas_price_incl_vat_dkk_per_mwh",
    "oil_price_incl_vat_dkk_per_mwh",
    "electricity_price_excl_vat_dkk_per_mwh",
    "individual_heat_pump_dkk",
    "individual_heat_pump_cop",
    "gas_boiler_dkk",
    "oil_boiler_dkk",
    "vat_share",
)


def user(town: Town, language: str = "da") -> Chapter:
    """Tell what heat costs a year: a standard consumer, by year, by type of house, the reader's own house.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 7.
    """
    t = load_texts(language)
    title = t("user.title")
    bills = town.user.pivot_table(
        index="alternative", columns="component", values="payment_dkk_per_year", aggfunc="sum", dropna=True
    )
    bills = bills.reindex(index=[a for a in _ALTERNATIVES if a in bills.index], columns=list(COMPONENTS))
    bills = bills.dropna(how="all").fillna(0.0)
    if bills.empty:
        return make_chapter("user", title, [paragraph(t("user.none"), "lead")])
    a = town.assumptions
    intro = t(
        "user.intro",
        heat=t.number(a.standard_consumer_heat_mwh, 1),
        area=t.number(a.standard_consumer_area_m2),
        rate=quantity(a.user_rate, "user_rate", a, t),
    )
    blocks = [
        paragraph(intro, "lead"),
        _answer(town, t),
        _bill_figure(bills, t),
        _bill_table(town, bills, t),
        paragraph(t("user.oil")) if "oil" in bills.index else "",
        paragraph(t("user.all_pay")),
        *_years(town, t),
        *_types(town, t),
        calculator(town, t),
    ]
    return make_chapter("user", title, blocks)


def _answer(town: Town, t: Texts) -> Markup | str:
    """Say whether local heating is cheapest and by how much; nothing where a price is missing."""
    row = result_row(town)
    saving = float(row["user_saving_dkk_per_year"])
    if not math.isfinite(saving):
        return ""
    text = t(
        "user.cheaper" if saving > 0 else "user.dearer",
        difference=t.number(abs(saving)),
        alternative=t(f"alternative.{row['cheapest_alternative']}_inline"),
    )
    return note(text, "good" if saving > 0 else "bad")


def _bill_figure(bills: pd.DataFrame, t: Texts) -> Markup:
    totals = bills.drop(index="oil", errors="ignore").sum(axis=1)
    cheapest = str(totals.idxmin())
    shown = bills.rename(
        index=lambda a: str(t(f"alternative.{a}")), columns=lambda c: str(t(f"component.{c}"))
    )
    caption = t(
        "user.figure_caption",
        cheapest=t(f"alternative.{cheapest}_inline"),
        price=t.number(float(totals.min())),
    )
    drawn = frame("user", "user.figure", t)
    return figure(stacked_bars(shown, drawn, colours=list(COMPONENTS.values())), caption)


def _bill_table(town: Town, bills: pd.DataFrame, t: Texts) -> Markup:
    totals = bills.sum(axis=1).round()  # as shown, so that differences can be checked
    own = float(totals.get("district_heating", math.nan))
    columns = [Column(t("user.column"), is_number=False)]
    columns += [Column(t(f"component.{c}"), t("unit.kr_year")) for c in bills.columns]
    columns += [Column(t("user.total"), t("unit.kr_year")), Column(t("user.compared"), t("unit.kr_year"))]
    rows = [
        [
            t(f"alternative.{name}"),
            *(t.number(float(part)) for part in parts),
            t.number(float(totals[name])),
            "" if name == "district_heating" else t.signed(float(totals[name]) - own),
        ]
        for name, parts in zip(bills.index, bills.to_numpy(), strict=True)
    ]
    return table(t("user.caption"), columns, rows, source=sources(town.assumptions, _USER_SOURCES, t))


def _years(town: Town, t: Texts) -> list[Markup | str]:
    """Draw the bill year by year and sum it to the first year and the present value."""
    yearly = town.bills.pivot_table(
        index="year", columns="alternative", values="payment_dkk", aggfunc="sum", observed=True
    )
    yearly = yearly.reindex(columns=[name for name in _ALTERNATIVES if name in yearly])
    if yearly.empty:
        return []
    drawn = frame("user-years", "user.years", t, first=int(yearly.index[0]), last=int(yearly.index[-1]))
    image = year_lines(
        yearly.rename(columns=lambda a: str(t(f"alternative.{a}"))),
        drawn,
        year_axis=str(t("user.years_axis_x")),
        colours=_COLOURS[: len(yearly.columns)],
    )
    a = town.assumptions
    return [
        heading(t("user.years_heading")),
        figure(image, Markup(" ").join([t("user.years_caption"), *_steps(yearly, t)])),
        _present(town, len(yearly), quantity(a.user_rate, "user_rate", a, t), t),
    ]


def _steps(yearly: pd.DataFrame, t: Texts) -> list[Markup]:
    """Tell each alternative's largest change from one year to the next, where it is large."""
    told = []
    for name in yearly.columns:
        bill = yearly[name]
        change = bill.diff() / bill.shift()
        if not change.abs().max() > _STEP_SHARE:
            continue
        year = int(yearly.index[int(np.nanargmax(change.abs().to_numpy(float)))])
        words = {
            "alternative": t(f"alternative.{name}"),
            "before": t.number(float(bill.loc[year - 1])),
            "after": t.number(float(bill.loc[year])),
            "year": year,
        }
        told.append(t("user.step_up" if change.loc[year] > 0 else "user.step_down", **words))
    return told


def _present(town: Town, years: int, rate: str, t: Texts) -> Markup:
    sums = present_bills(town.bills, town.assumptions).set_index("alternative")
    sums = sums.reindex([name for name in _ALTERNATIVES if name in sums.index])
    columns = [
        Column(t("user.column"), is_number=False),
        Column(t("user.first_year"), t("unit.kr_year")),
        Column(t("user.present", years=years), t("unit.kr")),
    ]
    rows = [
        [
            t(f"alternative.{name}"),
            t.number(first),
            t.number(round(present, -3)),
        ]
        for name, first, present in zip(
            sums.index, sums["first_year_dkk"], sums["present_value_dkk"], strict=True
        )
    ]
    caption = t("user.present_caption", years=years)
    return table(caption, columns, rows, source=paragraph(t("user.present_note", rate=rate), "source"))


def _types(town: Town, t: Texts) -> list[Markup | str]:
    """Tell what each type of building in the area would pay."""
    houses = town.typical_houses
    if houses.empty:
        return []
    blocks: list[Markup | str] = [heading(t("user.types_heading"))]
    if houses["building_type"].eq(_STANDARD).all():
        return [*blocks, paragraph(t("user.types_none"))]
    columns = [Column(t("user.types_column"), is_number=False)]
    columns += [Column(t(f"alternative.{name}"), t("unit.kr_year")) for name in _ALTERNATIVES]
    columns.append(Column(t("user.types_saving"), t("unit.kr_year")))
    rows = [_type_row(row, t) for _, row in houses.iterrows()]
    fewest = t.number(town.assumptions.house_type_min_count)
    return [
        *blocks,
        paragraph(t("user.types_intro")),
        table(t("user.types_caption"), columns, rows),
        paragraph(t("user.types_note", fewest=fewest), "small"),
    ]


def _type_row(row: pd.Series, t: Texts) -> list[str]:
    name = t(f"house_type.{row['building_type']}")
    shown = [round(float(row[f"{a}_dkk_per_year"])) for a in _ALTERNATIVES]
    count = row["building_count"]
    saving = min(shown[1:3]) - shown[0]  # of the numbers as shown
    size = t(
        "user.types_size", area=t.number(float(row["area_m2"])), heat=t.number(float(row["heat_mwh"]), 1)
    )
    if not pd.isna(count):
        size = Markup("{}, {}").format(t.count("building", float(count)), size)
    shown_name = t("user.types_without_vat", name=name) if row["is_vat_deducted"] else name
    return [
        Markup('{} <span class="unit small">{}</span>').format(shown_name, size),
        *(t.number(number) for number in shown),
        t.signed(saving),
    ]
