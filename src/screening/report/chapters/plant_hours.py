"""The part of chapter 5 on the area's plant hour by hour: price of heat, who makes it, the cheapest size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from markupsafe import Markup

from screening.figures import duration_curves, week_of_production
from screening.report.elements import Column, figure, fold, heading, note, paragraph, sources, table
from screening.report.look import HEATING, frame

if TYPE_CHECKING:
    from screening.report.texts import Texts
    from screening.views import Town

__all__ = ["plant_by_hours"]

_ZONE = "Europe/Copenhagen"
_WEEK = 168
_KW_PER_MW = 1000.0
_RUNS_MW = 1e-5  # more heat than this is running
_COLOURS = (HEATING["heat_pump"], "#6a4c93")
_LAYERS = ("#c8442d", "#56a3c9")
_UNITS = {"plant_hours.heat_pump": "heat_pump_mw", "plant_hours.electric_boiler": "electric_boiler_mw"}
_SIZE_ROWS = (
    "heat_pump_kw", "electric_boiler_kw", "tank_m3", "investment_dkk", "capital_dkk_per_year",
    "operation_dkk_per_year", "yearly_dkk",
)  # fmt: skip
_SOURCES = (
    "heat_production_dkk_per_mwh",
    "electricity_spot_dkk_per_mwh",
    "electricity_plant_addition_dkk_per_mwh",
    "plant_operation_dkk_per_mwh",
    "plant_heat_pump_cold_cop",
    "local_plant_design_c",
    "network_full_load_hours",
    "local_plant_tank_loss_share_per_hour",
)
_SIZE_SOURCES = (
    "local_plant_heat_pump_dkk_per_kw",
    "local_plant_electric_boiler_dkk_per_kw",
    "local_plant_tank_dkk_per_m3",
    "local_plant_tank_lifetime_years",
    "grid_connection_dkk_per_a",
    "technical_lifetime_years",
    "loan_rate",
)


def plant_by_hours(town: Town, t: Texts) -> list[Markup]:
    """Tell of the area's plant hour by hour.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        Heading, price, what it changes, two figures, price by year, the cheapest size.
    """
    row = town.local_plant
    title = heading(t("plant_hours.title"))
    if pd.isna(row["heat_price_dkk_per_mwh"]):
        return [title, paragraph(t("plant_hours.none", why=str(row["error"])))] if row["error"] else []
    hours = town.local_plant_hours.set_index("utc").sort_index()
    return [
        title,
        *([note(t("plant_hours.synthetic"), "caution")] if bool(row["is_synthetic"]) else []),
        paragraph(_price(row, t)),
        note(_effect(row, t), "plain"),
        paragraph(_electricity(row, t)),
        paragraph(_running(row, t)),
        sources(town.assumptions, _SOURCES, t),
        _duration(hours, t),
        _week(town, hours, t),
        _years(town, t),
        *_size(town, t),
        paragraph(t(_used(town)), "small"),
    ]


def _used(town: Town) -> str:
    return "plant_hours.used_hours" if town.assumptions.is_heat_price_by_hours else "plant_hours.used_fixed"


def _price(row: pd.Series, t: Texts) -> Markup:
    return t(
        "plant_hours.lead",
        price=t.number(float(row["heat_price_dkk_per_mwh"])),
        fixed=t.number(float(row["set_price_dkk_per_mwh"])),
        pump=t.percent(float(row["heat_pump_heat_share"])),
        boiler=t.percent(float(row["boiler_heat_share"])),
    )


def _effect(row: pd.Series, t: Texts) -> Markup:
    """Say what the other price does to the answer and to the user."""
    before, after = bool(row["set_is_viable"]), bool(row["is_viable"])
    words = {True: t("common.yes"), False: t("common.no")}
    answer = t(
        "plant_hours.turns" if before != after else "plant_hours.stays",
        before=words[before],
        after=words[after],
    )
    prices = [float(row[name]) for name in ("set_user_price_dkk_per_year", "user_price_dkk_per_year")]
    told = [t.number(round(price, -1)) for price in prices]
    key = "plant_hours.user_same" if told[0] == told[1] else "plant_hours.user"
    return Markup("{} {}").format(answer, t(key, before=told[0], after=told[1]))


def _electricity(row: pd.Series, t: Texts) -> Markup:
    return t(
        "plant_hours.electricity",
        mwh=t.number(float(row["electricity_mwh"])),
        paid=t.number(float(row["electricity_price_dkk_per_mwh"])),
        mean=t.number(float(row["mean_electricity_dkk_per_mwh"])),
        fixed=t.number(float(row["set_price_dkk_per_mwh"])),
        needed=t.number(float(row["set_electricity_dkk_per_mwh"])),
    )


def _running(row: pd.Series, t: Texts) -> Markup:
    peak = pd.Timestamp(row["peak_utc"], tz="UTC").tz_convert(_ZONE)
    return t(
        "plant_hours.running",
        pump_hours=t.number(round(float(row["heat_pump_full_load_hours"]), -1)),
        boiler_hours=t.number(round(float(row["boiler_full_load_hours"]), -1)),
        cop=t.number(float(row["seasonal_cop"]), 1),
        peak=t("plant_hours.peak", day=peak.day, month=t(f"plant_hours.month.{peak.month}"), hour=peak.hour),
        peak_kw=t.number(float(row["peak_mw"]) * _KW_PER_MW),
        pump_kw=t.number(float(row["peak_heat_pump_mw"]) * _KW_PER_MW),
        boiler_kw=t.number(float(row["peak_boiler_mw"]) * _KW_PER_MW),
    )


def _heat(hours: pd.DataFrame, t: Texts) -> tuple[pd.DataFrame, pd.Series]:
    """Heat by unit and the demand, named for the reader. [kW]."""
    units = {str(t(key)): hours[column] * _KW_PER_MW for key, column in _UNITS.items()}
    return pd.DataFrame(units), (hours["demand_mw"] * _KW_PER_MW).rename(str(t("plant_hours.demand")))


def _duration(hours: pd.DataFrame, t: Texts) -> Markup:
    heat, demand = _heat(hours, t)
    drawn = duration_curves(
        heat,
        demand,
        frame("plant-duration", "plant_hours.duration", t),
        colours=_COLOURS,
        hours_axis=str(t("plant_hours.hours_axis")),
    )
    pump, boiler = (t.number(int((hours[column] > _RUNS_MW).sum())) for column in _UNITS.values())
    return figure(drawn, t("plant_hours.duration_caption", pump=pump, boiler=boiler))


def _week(town: Town, hours: pd.DataFrame, t: Texts) -> Markup:
    """Draw the week, Monday to Sunday, of most heat."""
    local = hours.set_axis(pd.DatetimeIndex(hours.index).tz_convert(_ZONE), axis=0)
    clock = pd.DatetimeIndex(local.index)
    starts = np.flatnonzero((clock.hour == 0) & (clock.day_of_week == 0))
    starts = starts[starts + _WEEK <= len(local)]
    heat_of = [float(local["demand_mw"].iloc[start : start + _WEEK].sum()) for start in starts]
    first = int(starts[int(np.argmax(heat_of))])
    week = local.iloc[first : first + _WEEK]
    heat, demand = _heat(week, t)
    hot = week["hot_m3"]
    layers = {t("plant_hours.hot"): hot, t("plant_hours.cold"): float(town.local_plant["tank_m3"]) - hot}
    drawn = week_of_production(
        heat,
        demand,
        week["price_dkk_per_mwh"],
        pd.DataFrame({str(name): values.clip(lower=0) for name, values in layers.items()}),
        frame("plant-week", "plant_hours.week", t),
        colours=_COLOURS,
        layer_colours=_LAYERS,
        price_axis=str(t("plant_hours.price_axis")),
        layer_axis=str(t("plant_hours.tank_axis")),
    )
    return figure(drawn, t("plant_hours.week_caption"))


def _years(town: Town, t: Texts) -> Markup:
    """Price by year; years that follow one another at the same price stand together."""
    years = town.local_plant_years.sort_values("year")
    names = ["electricity_price_dkk_per_mwh", "heat_price_dkk_per_mwh", "heat_pump_heat_share"]
    run = (years[names] != years[names].shift()).any(axis=1).cumsum()
    if (run == 1).all():
        return paragraph(
            t("plant_hours.years_same", first=int(years["year"].iloc[0]), last=int(years["year"].iloc[-1]))
        )
    columns = [
        Column(t("plant_hours.column_years"), is_number=False),
        Column(t("plant_hours.column_electricity"), t("plant_hours.unit")),
        Column(t("plant_hours.column_heat"), t("plant_hours.unit")),
        Column(t("plant_hours.column_share")),
    ]
    rows = []
    for _, part in years.groupby(run):
        first, last, one = int(part["year"].iloc[0]), int(part["year"].iloc[-1]), part.iloc[0]
        rows.append(
            [
                str(first) if first == last else f"{first}–{last}",
                t.number(float(one[names[0]])),
                t.number(float(one[names[1]])),
                t.percent(float(one[names[2]])),
            ]
        )
    mean = t("plant_hours.years_mean", price=t.number(float(town.local_plant["heat_price_dkk_per_mwh"])))
    told = table(t("plant_hours.years_caption"), columns, rows) + paragraph(mean, "small")
    return fold(t("plant_hours.years_title"), told)


def _size(town: Town, t: Texts) -> list[Markup]:
    """Tell the cheapest size beside the price table's."""
    sizes = town.local_plant_sizes
    package, best = (pd.Series(sizes[sizes["kind"] == kind].iloc[0]) for kind in ("package", "best"))
    gain = float(package["yearly_dkk"]) - float(best["yearly_dkk"])
    if not np.isfinite(gain):
        return []
    lead = t(
        "plant_hours.size_lead",
        pump=t.number(round(float(best["heat_pump_kw"]), -1)),
        tank=t.number(round(float(best["tank_m3"]), -1)),
        own_pump=t.number(round(float(package["heat_pump_kw"]), -1)),
        own_tank=t.number(float(package["tank_m3"])),
        gain=t.number(round(gain, -3)),
        share=t.percent(gain / float(package["yearly_dkk"])),
    )
    columns = [
        Column(t("plant_hours.column_size"), is_number=False),
        Column(t("plant_hours.column_package")),
        Column(t("plant_hours.column_best")),
    ]
    cold = t.number(town.assumptions.local_plant_design_c)
    rows = [
        [t(f"plant_hours.row.{name}", cold=cold), *(_amount(side, name, t) for side in (package, best))]
        for name in _SIZE_ROWS
    ]
    source = sources(town.assumptions, _SIZE_SOURCES, t)
    return [
        paragraph(lead),
        table(t("plant_hours.size_caption"), columns, rows, source=source),
        paragraph(t("plant_hours.size_caution"), "small"),
    ]


def _amount(side: pd.Series, name: str, t: Texts) -> str:
    digits = -3 if "dkk" in name else 0
    return t.number(round(float(side[name]), digits))
