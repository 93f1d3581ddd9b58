"""Chapter 5: plant and network, what they cost and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from screening.figures import plain_bars
from screening.report.chapter import Chapter, make_chapter
from screening.report.elements import Column, figure, heading, paragraph, sources, table
from screening.report.look import BAR, frame
from screening.report.results import has_customers
from screening.report.texts import Texts, load_texts
from screening.supply import plant_units

if TYPE_CHECKING:
    import pandas as pd

    from screening.views import Town

__all__ = ["plant_and_network"]

_NOISE = ("noise_limit_day_db", "noise_limit_evening_db", "noise_limit_night_db")
_SIZE_SOURCES = ("network_full_load_hours", "plant_heat_pump_kw", "plant_electric_boiler_kw", "plant_tank_m3")
_PRICE_SOURCES = (
    "plant_dkk",
    "grid_connection_dkk_per_a",
    "reserve_dkk",
    "network_dkk_per_km2",
    "transmission_dkk_per_m",
    "transmission_m",
    "service_line_dkk",
    "technical_lifetime_years",
)


def plant_and_network(town: Town, language: str = "da") -> Chapter:
    """Size of the plant, investments, site and noise.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 5.
    """
    t = load_texts(language)
    intro = paragraph(t("supply.intro"), "lead")
    if not has_customers(town):
        return make_chapter("plant_and_network", t("supply.title"), [intro, paragraph(t("supply.none"))])
    blocks = [
        intro,
        paragraph(_size(town, t)),
        sources(town.assumptions, _SIZE_SOURCES, t),
        _investments(town, t),
        heading(t("supply.site")),
        paragraph(_noise(town, t)),
        paragraph(t("supply.site_text_place")),
        sources(town.assumptions, _NOISE, t),
    ]
    return make_chapter("plant_and_network", t("supply.title"), blocks)


def _size(town: Town, t: Texts) -> Markup:
    row = town.economics
    capacity_kw = float(row["capacity_kw"])
    parts = plant_units(capacity_kw, town.assumptions).iloc[0]
    size = t(
        "supply.size",
        capacity=t.number(capacity_kw),
        heat_pump=t.number(float(parts["heat_pump_kw"])),
        boiler=t.number(float(parts["electric_boiler_kw"])),
        tank=t.number(float(parts["tank_m3"])),
    )
    loss = t(
        "supply.loss",
        loss=t.number(float(row["heat_loss_mwh"])),
        share=t.percent(float(row["heat_loss_share"])),
    )
    return Markup("{} {}").format(size, loss)


def _investments(town: Town, t: Texts) -> Markup:
    spent = town.investments.groupby("item", sort=False).agg(
        investment_dkk=("investment_dkk", "sum"), lifetime_years=("lifetime_years", "max")
    )
    spent = spent[spent["investment_dkk"].fillna(0) > 0]
    whole = float(spent["investment_dkk"].sum())
    customers = float(town.economics["customer_count"])
    text = t("supply.total", total=t.millions(whole), per_customer=t.number(whole / customers))
    columns = [
        Column(t("supply.column_item"), is_number=False),
        Column(t("supply.column_amount"), t("unit.mio")),
        Column(t("supply.column_share")),
        Column(t("supply.column_lifetime"), t("unit.years")),
    ]
    rows = [
        [t.label("item", item), t.millions(amount, 2), t.percent(amount / whole), t.number(life)]
        for item, amount, life in zip(
            spent.index, spent["investment_dkk"], spent["lifetime_years"], strict=True
        )
    ]
    total = [t("common.total"), t.millions(whole, 2), t.percent(1.0), ""]
    told = table(
        t("supply.caption"), columns, rows, total=total, source=sources(town.assumptions, _PRICE_SOURCES, t)
    )
    return paragraph(text) + _figure(spent["investment_dkk"], whole, t) + told


def _figure(spent: pd.Series, whole: float, t: Texts) -> Markup:
    ordered = spent.sort_values(ascending=False)
    shown = (ordered / 1e6).rename(index=lambda item: str(t.label("item", item)))
    caption = t(
        "supply.figure_caption",
        largest=t.inline("item", ordered.index[0]),
        share=t.percent(float(ordered.iloc[0]) / whole),
    )
    return figure(plain_bars(shown, frame("investments", "supply.figure", t, 1), colour=BAR), caption)


def _noise(town: Town, t: Texts) -> Markup:
    day, evening, night = (t.number(getattr(town.assumptions, name)) for name in _NOISE)
    return t("supply.site_text", day=day, evening=evening, night=night)
