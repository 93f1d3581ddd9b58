"""Chapter 5: plant and network, what they cost and where they stand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from markupsafe import Markup

from screening.figures import plain_bars
from screening.report.chapter import Chapter, make_chapter
from screening.report.chapters.network import network_along_roads
from screening.report.chapters.plant_hours import plant_by_hours
from screening.report.elements import Column, figure, heading, note, paragraph, sources, table
from screening.report.look import BAR, frame
from screening.report.results import has_customers
from screening.report.texts import Texts, load_texts
from screening.supply import plant_units
from screening.supply.site import HOURS

if TYPE_CHECKING:
    import pandas as pd

    from screening.views import Overview, Town

__all__ = ["distance_words", "plant_and_network", "site_in_short", "site_table"]

_NOISE_SOURCES = (
    "air_cooler_sound_power_db",
    "noise_spread_db",
    "noise_limit_day_db",
    "noise_limit_evening_db",
    "noise_limit_night_db",
)
_GROUND_SOURCES = ("heat_pump_plant_kw", "site_base_m2", "site_heat_pump_m2", "grid_connection_kw_per_a")
_PLACE_SOURCES = (
    "transmission_dkk_per_m",
    "site_dwelling_margin_m",
    "site_search_distance_m",
    "site_open_ground_m",
    "site_grid_m",
)
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
        *_site(town, t),
        *plant_by_hours(town, t),
        *network_along_roads(town, t, language),
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


def _site(town: Town, t: Texts) -> list[Markup]:
    row = town.site
    needs = t(
        "supply.site_units",
        pumps=t.count("heat_pump", int(row["heat_pump_count"])),
        diameter=t.number(row["tank_diameter_m"], 1),
        height=t.number(row["tank_height_m"], 1),
        site=_ground(row, t),
        side=t.number(math.sqrt(float(row["site_m2"]))),
        electric=t.number(row["electric_kw"]),
        current=t.number(row["grid_current_a"]),
    )
    strictest = max(HOURS, key=lambda hours: float(row[f"noise_distance_{hours}_m"]))
    noise = t(
        "supply.site_noise",
        power=t.number(row["sound_power_db"]),
        hours=t(f"supply.site_hours.{strictest}"),
        distance=t.number(row["noise_distance_m"]),
        wall=t.number(float(row["noise_distance_m"]) + town.assumptions.site_dwelling_margin_m),
        low=t.number(row["noise_distance_low_m"]),
        high=t.number(row["noise_distance_high_m"]),
    )
    return [
        paragraph(needs),
        sources(town.assumptions, _GROUND_SOURCES, t),
        paragraph(noise),
        _noise_table(town, t),
        *_places(town, t),
    ]


def _ground(site: pd.Series, t: Texts) -> str:
    return t.number(round(float(site["site_m2"]), -1))


def _noise_table(town: Town, t: Texts) -> Markup:
    row, metres = town.site, "m"
    columns = [
        Column(t("supply.site_column_hours"), is_number=False),
        Column(t("supply.site_column_limit"), "dB(A)"),
        Column(t("supply.site_column_low"), metres),
        Column(t("supply.site_column_distance"), metres),
        Column(t("supply.site_column_high"), metres),
    ]
    # All distances stretch alike when the coolers are quieter or louder.
    quieter, louder = (row[f"noise_distance_{end}_m"] / row["noise_distance_m"] for end in ("low", "high"))
    rows = []
    for hours in HOURS:
        distance_m = float(row[f"noise_distance_{hours}_m"])
        limit = t.number(getattr(town.assumptions, f"noise_limit_{hours}_db"))
        told = (t.number(distance_m * factor) for factor in (quieter, 1.0, louder))
        rows.append([t(f"supply.site_name.{hours}"), limit, *told])
    source = sources(town.assumptions, _NOISE_SOURCES, t)
    return table(t("supply.site_noise_caption"), columns, rows, source=source)


def _places(town: Town, t: Texts) -> list[Markup]:
    """Where there is room, as a sentence and a table, and what is not known about it."""
    source = sources(town.assumptions, _PLACE_SOURCES, t)
    if town.site_candidates.empty:
        reach = distance_words(town.assumptions.site_search_distance_m, t)
        none = t("supply.site_none", reach=reach, distance=t.number(town.site["noise_distance_m"]))
        return [paragraph(none), source]
    columns = [
        Column(t("supply.site_column_number"), is_number=False),
        Column(t("supply.site_column_dwelling"), "m"),
        Column(t("supply.site_column_edge"), "m"),
        Column(t("supply.site_column_heat"), "m"),
        Column(t("supply.site_column_east"), "m"),
        Column(t("supply.site_column_north"), "m"),
    ]
    names = (
        "dwelling_distance_m",
        "transmission_m",
        "heat_centre_distance_m",
        "easting_m",
        "northing_m",
    )
    rows = [
        [t.number(row["number"]), *(t.number(row[name]) for name in names)]
        for _, row in town.site_candidates.iterrows()
    ]
    told = table(t("supply.site_caption"), columns, rows, source=source)
    return [
        paragraph(_nearest(town, t)),
        told,
        note(t("supply.site_caution"), "caution"),
    ]


def _nearest(town: Town, t: Texts) -> Markup:
    """Where the first place lies, and what its pipe costs beside the one that the accounts reckon with."""
    first = town.site_candidates.iloc[0]
    key = "supply.site_found" if first["transmission_m"] > 0 else "supply.site_found_inside"
    place = t(
        key if math.isfinite(first["dwelling_distance_m"]) else "supply.site_found_free",
        distance=distance_words(float(first["transmission_m"]), t),
        dwelling=distance_words(float(first["dwelling_distance_m"]), t),
    )
    spent = town.investments.loc[town.investments["item"] == "transmission", "investment_dkk"].sum()
    pipe = t(
        "supply.site_pipe", here=t.millions(first["transmission_dkk"], 2), assumed=t.millions(float(spent), 2)
    )
    return Markup("{} {}").format(place, pipe)


def site_in_short(town: Town, t: Texts) -> Markup:
    """Tell in one line how large a site the plant needs and whether there is room.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        For the list of chapter 1.
    """
    if not has_customers(town):
        return t("supply.site_short_no_plant")
    nearest_m = float(town.site["site_distance_m"])
    key = "none" if not math.isfinite(nearest_m) else "found" if nearest_m > 0 else "inside"
    return t(
        f"supply.site_short_{key}",
        site=_ground(town.site, t),
        noise=t.number(town.site["noise_distance_m"]),
        distance=distance_words(nearest_m, t),
        reach=distance_words(town.assumptions.site_search_distance_m, t),
    )


def site_table(overview: Overview, t: Texts) -> Markup:
    """Table of all areas with a plant: its site, the distance the noise asks for, the nearest room.

    Parameters
    ----------
    overview
        The municipality's view.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        Heading and table; empty when no area has customers.
    """
    areas = overview.areas[overview.areas["site_m2"].astype(float) > 0]
    if areas.empty:
        return Markup("")
    names = ("site_m2", "noise_distance_m", "site_distance_m")
    columns = [
        Column(t("column.area"), is_number=False),
        Column(t("supply.site_column_ground"), "m²"),
        Column(t("supply.site_column_noise"), "m"),
        Column(t("supply.site_column_room"), "m"),
    ]
    values = areas[list(names)].astype(float).assign(site_m2=lambda table: table["site_m2"].round(-1))
    rows = [
        [area, *(t.number(value) if math.isfinite(value) else t("supply.site_no_room") for value in row)]
        for area, row in zip(areas["area"], values.to_numpy(), strict=True)
    ]
    told = table(t("supply.site_overview"), columns, rows)
    return heading(t("supply.site_short_name")) + told + paragraph(t("supply.site_caution"))


def distance_words(distance_m: float, t: Texts) -> str:
    """Write a distance: whole metres, from a kilometre on in kilometres.

    Parameters
    ----------
    distance_m
        The distance. [m]
    t
        Texts.

    Returns
    -------
    str
        "320 m", "1,4 km".
    """
    return f"{t.number(distance_m / 1000, 1)} km" if distance_m >= 1000 else f"{t.number(distance_m)} m"
