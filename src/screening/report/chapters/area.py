"""Chapters 2 and 3: the town today, the area and its heat density."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from screening import maps
from screening.areas import is_dense_enough
from screening.figures import stacked_bars
from screening.register import is_relevant, use_group
from screening.report.chapter import Chapter, make_chapter
from screening.report.elements import Column, figure, heading, note, paragraph, sources, table
from screening.report.look import HEATING, frame, map_figure
from screening.report.results import HEATING_FORMS, PERIODS, USE_CLASSES, heating_form, period_of, use_class
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    from screening.views import Town

__all__ = ["area_and_density", "today"]


def today(town: Town, language: str = "da") -> Chapter:
    """Tell of the buildings by heating, use and age.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 2.
    """
    t = load_texts(language)
    relevant = is_relevant(town.buildings["use_code"])
    buildings = pd.DataFrame(town.buildings[relevant].drop(columns="geometry"))
    left_out = int((~relevant).sum())
    outside = paragraph(t("today.left_out", count=t.count("building", left_out))) if left_out else ""
    if buildings.empty:
        return make_chapter("today", t("today.title"), [paragraph(t("today.none")), outside])
    buildings["form"] = heating_form(buildings)
    buildings["use_class"] = use_class(use_group(buildings["use_code"]))
    buildings["period"] = period_of(buildings["year_built"])
    blocks = [
        paragraph(
            t(
                "today.intro",
                area=town.area,
                buildings=t.count("building", len(buildings)),
                individual=t.number(int(buildings["is_individual"].sum())),
                oil_gas=t.number(int(buildings["is_oil_gas"].sum())),
            ),
            "lead",
        ),
        _heating_table(buildings, t),
        outside,
        _age_figure(buildings, t),
        _use_table(buildings, t),
        heading(t("today.demand")),
        _demand(buildings, t),
        sources(town.assumptions, ["specific_heat_kwh_per_m2_year", "hot_water_share"], t),
    ]
    return make_chapter("today", t("today.title"), blocks)


def _heating_table(buildings: pd.DataFrame, t: Texts) -> Markup:
    groups = buildings.groupby("form")
    count, heat = groups.size(), groups["heat_demand_mwh"].sum()
    whole = float(heat.sum())
    rows = [
        [
            t(f"heating.{form}"),
            t.number(int(count[form])),
            t.number(float(heat[form])),
            t.percent(float(heat[form]) / whole if whole else math.nan),
        ]
        for form in HEATING_FORMS
        if form in count.index
    ]
    columns = [
        Column(t("today.heating_column"), is_number=False),
        Column(t("column.buildings"), t("unit.count")),
        Column(t("column.heat"), t("unit.mwh")),
        Column(t("column.share")),
    ]
    last = [
        t("common.total"),
        t.number(len(buildings)),
        t.number(whole),
        t.percent(1.0 if whole else math.nan),
    ]
    return table(t("today.heating_caption"), columns, rows, total=last)


def _age_figure(buildings: pd.DataFrame, t: Texts) -> Markup:
    form = buildings["form"].where(buildings["form"].isin(HEATING), "other")
    counts = pd.crosstab(buildings["period"], form)
    counts = counts.reindex(
        index=[p for p in PERIODS if p in counts.index], columns=list(HEATING), fill_value=0
    )
    names = {key: str(t(f"heating.{key}")) for key in HEATING} | {"other": str(t("today.figure_other"))}
    shown = counts.rename(index=lambda p: str(t(f"period.{p}")), columns=names)
    oil_gas = counts[["oil", "gas"]].sum(axis=1)
    caption = (
        t("today.figure_caption", period=t(f"period.{oil_gas.idxmax()}"))
        if oil_gas.max() > 0
        else t("today.figure_caption_none")
    )
    columns = [Column(t("today.period_column"), is_number=False)]
    columns += [Column(name) for name in [*shown.columns, t("common.total")]]
    rows = [
        [label, *(t.number(int(n)) for n in row), t.number(int(sum(row)))]
        for label, row in zip(shown.index, shown.to_numpy(), strict=True)
    ]
    sums = shown.sum()
    total = [t("common.total"), *(t.number(int(n)) for n in sums), t.number(int(sums.sum()))]
    image = stacked_bars(shown, frame("age", "today.figure", t), colours=list(HEATING.values()))
    return figure(image, caption) + table(t("today.period_caption"), columns, rows, total=total)


def _use_table(buildings: pd.DataFrame, t: Texts) -> Markup:
    by_use = buildings.groupby("use_class")
    oil_gas = buildings[buildings["is_oil_gas"]].groupby("use_class")
    every, oil = by_use.size(), oil_gas["is_oil"].sum()
    gas = oil_gas.size() - oil
    heat = oil_gas["heat_demand_mwh"].sum()
    classes = [name for name in USE_CLASSES if name in every.index]
    every, oil, gas, heat = (s.reindex(classes, fill_value=0) for s in (every, oil, gas, heat))
    columns = [
        Column(t("today.use_column"), is_number=False),
        Column(t("today.use_total"), t("unit.count")),
        Column(t("column.oil"), t("unit.count")),
        Column(t("column.gas"), t("unit.count")),
        Column(t("column.oil_gas_heat"), t("unit.mwh")),
    ]
    rows = [
        [t(f"use.{name}"), *(t.number(float(series[name])) for series in (every, oil, gas, heat))]
        for name in classes
    ]
    total = [t("common.total"), *(t.number(float(series.sum())) for series in (every, oil, gas, heat))]
    return table(t("today.use_caption"), columns, rows, total=total)


def _demand(buildings: pd.DataFrame, t: Texts) -> Markup:
    counts = buildings["heat_demand_source"].value_counts()
    told = [
        t(f"today.demand_{origin}", count=t.count("building", int(counts[origin])))
        for origin in ("model", "measured", "unknown")
        if counts.get(origin, 0)
    ]
    return paragraph(Markup(" ").join(told))


def area_and_density(town: Town, language: str = "da") -> Chapter:
    """Key figures of the trimmed area, the density against the criterion, static map and grid.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 3.
    """
    t = load_texts(language)
    density = float(town.key_figures["density_kwh_per_m2"])
    criterion = town.assumptions.density_criterion_kwh_per_m2
    is_known = math.isfinite(density)
    is_dense = bool(is_dense_enough(town.key_figures.to_frame().T, town.assumptions).iloc[0])
    verdict = (
        t(
            "density.above" if is_dense else "density.below",
            density=t.number(density, 1),
            criterion=t.number(criterion),
        )
        if is_known
        else t("density.unknown")
    )
    cell = t.number(town.density.cell_m)
    names = [
        "density_criterion_kwh_per_m2",
        "trim_join_distance_m",
        "trim_margin_m",
        "trim_min_buildings_count",
    ]
    blocks = [
        paragraph(t("density.intro"), "lead"),
        paragraph(t("found.note_one"), "note") if "method" in town.original else "",
        note(verdict, "good" if is_dense else "bad"),
        _outside(town, t) if is_known else "",
        _figures_table(town, sources(town.assumptions, names, t), t),
        map_figure(maps.static_map(town, language), "map-area", t("density.map_caption"), t),
        heading(t("density.density_heading")),
        paragraph(t("density.density_text", cell=cell)),
        map_figure(maps.density_map(town, language), "map-density", t("density.density_map_caption"), t),
    ]
    return make_chapter("area_and_density", t("density.title"), blocks)


def _outside(town: Town, t: Texts) -> Markup:
    outside = int((town.buildings["is_oil_gas"] & ~town.buildings["is_in_trimmed"]).sum())
    if not outside:
        return paragraph(t("density.outside_none"))
    return paragraph(t("density.outside", count=t.count("building", outside)))


def _figures_table(town: Town, source: Markup, t: Texts) -> Markup:
    k = town.key_figures
    trimmed = town.trimmed.iloc[0] if len(town.trimmed) else None
    original_km2 = float(trimmed["original_km2"]) if trimmed is not None else math.nan
    inside = town.buildings[town.buildings["is_in_trimmed"] & town.buildings["is_oil_gas"]]
    oil = int(inside["is_oil"].sum())
    values = {
        "original": (t.number(original_km2, 2), "km2"),
        "trimmed": (t.number(float(k["area_km2"]), 2), "km2"),
        "individual": (t.number(float(k["individual_count"])), "count"),
        "oil_gas": (t.number(float(k["oil_gas_count"])), "count"),
        "oil": (t.number(oil), "count"),
        "gas": (t.number(len(inside) - oil), "count"),
        "individual_heat": (t.number(float(k["individual_heat_mwh"])), "mwh"),
        "oil_gas_heat": (t.number(float(k["oil_gas_heat_mwh"])), "mwh"),
        "oil_gas_share": (t.percent(float(k["oil_gas_share"])), "share"),
        "heat_pump": (t.number(float(k["heat_pump_count"])), "count"),
        "heat_pump_share": (t.percent(float(k["heat_pump_share"])), "share"),
        "density": (t.number(float(k["density_kwh_per_m2"]), 1), "kwh_m2"),
        "criterion": (t.number(town.assumptions.density_criterion_kwh_per_m2), "kwh_m2"),
    }
    columns = [
        Column(t("density.figure_column"), is_number=False),
        Column(t("column.value")),
        Column(t("column.unit"), is_number=False),
    ]
    rows = [
        [t(f"density.rows.{name}"), value, "" if unit == "share" else t(f"unit.{unit}")]
        for name, (value, unit) in values.items()
    ]
    return table(t("density.caption"), columns, rows, source=source)
