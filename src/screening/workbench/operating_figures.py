"""The figures of a plant's hours, in the report's colours and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening import figures
from screening.maps.style import COLORS, slugify, use_typeface
from screening.operation.plant_units import FuelBoiler
from screening.operation.units import problem_of
from screening.replication import number_writer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.operation.plant import Plant
    from screening.operation.plant_years import PlantYears

__all__ = ["is_synthetic", "plant_figures", "years_figure"]

_LANGUAGES = ("da", "en")
_ZONE = "Europe/Copenhagen"
_HOURS_OF_WEEK = 168
_KINDS = {  # colour, name in Danish and English
    "heat_pump": (COLORS["heat_pump"], "Varmepumpe", "Heat pump"),
    "wood_chips": ("#8c5a2b", "Fliskedel", "Chip boiler"),
    "natural_gas": (COLORS["gas"], "Gaskedel", "Gas boiler"),
    "solar": (COLORS["trimmed"], "Solvarme", "Solar heating"),
    "electric_boiler": ("#6a4c93", "Elkedel", "Electric boiler"),
    "surplus_heat": (COLORS["yes"], "Overskudsvarme", "Surplus heat"),
}
_OTHERS = ("#7c868d", "#cc79a7", "#56b4e9", "#b8ad00")
_LAYERS = ("#c8442d", "#f2c94c", "#56a3c9", "#2a6ea6", "#1f3f7a")
_MODES = (COLORS["heat_pump"], "#e69f00")
_MONTHS = {
    "da": ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_TEXTS = {
    "demand": ("Varmebehov", "Demand"),
    "mw": ("MW varme", "MW heat"),
    "hours": ("timer, fra den højeste", "hours, from the highest"),
    "spot": ("elspot, kr./MWh", "spot, DKK/MWh"),
    "tank": ("tank, m³", "tank, m3"),
    "cop": ("COP med udeluft eller anden kilde", "COP with outdoor air or other source"),
    "external": ("Ekstern drift", "External operation"),
    "internal": ("Intern drift (tankens eget vand)", "Internal operation (the tank's own water)"),
    "duration": ("Varighedskurver", "Duration curves"),
    "week_cold": ("Ugen med det største varmebehov", "The week of highest demand"),
    "week_mild": ("En uge med årets middelbehov", "A week of the year's mean demand"),
    "years": ("Varmens pris år for år", "The price of heat year by year"),
    "price": ("kr./MWh varme, uden moms", "DKK/MWh heat, without VAT"),
    "year": ("år", "year"),
    "years_told": (
        "Årets betalinger pr. MWh varme, uden den første investering.",
        "The year's payments per MWh of heat, without the first investment.",
    ),
    "layers": ("Tankens lag over året", "The tank's layers over the year"),
    "price_cop": ("Elpris mod COP, når varmepumpen kører", "Price against COP when the heat pump runs"),
    "duration_told": (
        "Hver enheds timer ordnet for sig fra den højeste; fladen er varmebehovet.",
        "Each unit's hours in order of their own from the highest; the area is the demand.",
    ),
    "week_told": (
        "Varme pr. enhed med behovet som linje, derunder elspot og tankens lag. Dansk tid.",
        "Heat by unit with the demand as a line, below it the spot price and the tank's layers. Danish time.",
    ),
    "layers_told": ("Døgnmiddel af vandet i hvert lag.", "Daily mean of the water in each layer."),
    "price_cop_told": (
        "Punktets flade er elforbruget, for hver driftsform målt på dens eget største.",
        "A point's area is the electricity used, each way of running on a scale of its own.",
    ),
    "synthetic": (" Vejr eller priser er et syntetisk år.", " Weather or prices are a synthetic year."),
}


def plant_figures(run: PlantYears, language: str = "da") -> dict[str, str]:
    """Draw the first year of a plant.

    Parameters
    ----------
    run
        The plant's years.
    language
        "da" or "en".

    Returns
    -------
    dict
        SVG by name: duration, week-cold (highest demand), week-mild (the year's mean demand), layers,
        price-cop; those that the plant has something for.
    """
    use_typeface()
    words = {key: told[_LANGUAGES.index(language)] for key, told in _TEXTS.items()}
    plant, hours = run.plant, run.years.first.copy()
    hours.index = pd.DatetimeIndex(hours.index).tz_convert(_ZONE)
    draw = _Drawing(plant, hours, words, language)
    drawn = {"duration": draw.duration()}
    if len(hours) >= 2 * _HOURS_OF_WEEK:
        drawn["week-cold"] = draw.week(coldest=True)
        drawn["week-mild"] = draw.week(coldest=False)
    if plant.content.tank is not None and plant.content.tank.volume_m3 > 0:
        drawn["layers"] = draw.layers()
    scatter = draw.price_cop()
    return {key: figures.stand_alone(svg, headed=True) for key, svg in {**drawn, **scatter}.items()}


def years_figure(runs: Mapping[str, PlantYears], language: str = "da") -> str:
    """Draw what a MWh of heat costs in each year, a line per plant.

    Parameters
    ----------
    runs
        Plants over the same years, by name; two years or more.
    language
        "da" or "en".

    Returns
    -------
    str
        SVG.
    """
    use_typeface()
    words = {key: told[_LANGUAGES.index(language)] for key, told in _TEXTS.items()}
    table = pd.DataFrame(
        {
            name: (
                run.price.payments_dkk.drop(columns="investment").iloc[1:].sum(axis=1) / run.price.heat_mwh
            ).set_axis(run.by_year.index)
            for name, run in runs.items()
        }
    )
    note = words["synthetic"] if any(is_synthetic(run.plant) for run in runs.values()) else ""
    frame = figures.Frame(
        key="plants-years",
        title=words["years"],
        description=words["years_told"] + note,
        axis=words["price"],
        write=number_writer(language),
    )
    colours = [*_MODES, *_OTHERS][: len(runs)]
    drawn = figures.year_lines(table, frame, year_axis=words["year"], colours=colours)
    return figures.stand_alone(drawn, headed=True)


def is_synthetic(plant: Plant) -> bool:
    """Tell whether any hour comes from the synthetic default year, not from the caller's own hours."""
    return plant.is_synthetic and plant.frame is None


class _Drawing:
    """One plant's hours, ready to be drawn."""

    def __init__(self, plant: Plant, hours: pd.DataFrame, words: dict[str, str], language: str) -> None:
        self.plant, self.hours, self.words, self.language = plant, hours, words, language
        self.demand = hours["demand_mw"].rename(words["demand"])
        self.heat, self.colours = self._units()
        layers = [column for column in hours if str(column).startswith("layer_")]
        names = [f"{str(c).removeprefix('layer_').removesuffix('_c_m3')} °C" for c in layers]
        self.water = hours[layers].set_axis(names, axis=1)
        self.water_colours = [_LAYERS[min(n, len(_LAYERS) - 1)] for n in range(len(names))]

    def _units(self) -> tuple[pd.DataFrame, list[str]]:
        """Heat by unit, named and coloured by its kind; the base load first."""
        table, colours, others = {}, [], iter(_OTHERS * 5)
        order = (
            self.hours[[f"{name}_heat_mw" for name in self.plant.units]].sum().sort_values(ascending=False)
        )
        kinds = [_kind(unit) for unit in self.plant.units.values()]
        for column in order.index:
            unit = str(column).removesuffix("_heat_mw")
            kind = _kind(self.plant.units[unit])
            known = kind in _KINDS and kinds.count(kind) == 1
            colour, *told = _KINDS[kind] if known else (next(others), unit, unit)
            table[told[_LANGUAGES.index(self.language)]] = self.hours[column]
            colours.append(colour)
        return pd.DataFrame(table), colours

    def frame(self, key: str, axis: str, kind: str = "", decimals: int = 0) -> figures.Frame:
        """Set up a figure; the kind, where a figure is drawn in several."""
        name = f"{key}_{kind}".rstrip("_")
        note = self.words["synthetic"] if is_synthetic(self.plant) else ""
        return figures.Frame(
            key=f"plant-{slugify(self.plant.name)}-{name}",
            title=f"{self.plant.name}: {self.words[name]}",
            description=self.words[f"{key}_told"] + note,
            axis=self.words[axis],
            write=number_writer(self.language),
            decimals=decimals,
        )

    def duration(self) -> str:
        """Draw the duration curves."""
        return figures.duration_curves(
            self.heat,
            self.demand,
            self.frame("duration", "mw"),
            colours=self.colours,
            hours_axis=self.words["hours"],
        )

    def week(self, *, coldest: bool) -> str:
        """Draw the week of highest demand, or the one nearest the year's mean."""
        clock = pd.DatetimeIndex(self.hours.index)
        days = np.flatnonzero((clock.hour == 0) & (clock.day_of_week == 0))
        days = days[days + _HOURS_OF_WEEK <= len(self.hours)]
        means = np.array([self.demand.iloc[d : d + _HOURS_OF_WEEK].mean() for d in days])
        best = means.argmax() if coldest else np.abs(means - self.demand.mean()).argmin()
        part = slice(int(days[best]), int(days[best]) + _HOURS_OF_WEEK)
        spot = self.plant.series.get("electricity.spot", np.zeros(len(self.hours)))
        heat = self.heat.iloc[part]
        seen = [bool((heat[name] > 0).any()) for name in heat]
        return figures.week_of_production(
            heat.loc[:, seen],
            self.demand.iloc[part],
            pd.Series(spot, index=self.hours.index).iloc[part],
            self.water.iloc[part],
            self.frame("week", "mw", "cold" if coldest else "mild"),
            colours=[colour for colour, there in zip(self.colours, seen, strict=True) if there],
            layer_colours=self.water_colours,
            price_axis=self.words["spot"],
            layer_axis=self.words["tank"],
        )

    def layers(self) -> str:
        """Draw the tank over the year."""
        return figures.layer_year(
            self.water,
            self.frame("layers", "tank"),
            colours=self.water_colours,
            months=_MONTHS[self.language],
        )

    def price_cop(self) -> dict[str, str]:
        """Draw price against COP for the heat pump with internal operation, else for the first heat pump."""
        modes = {mode.name: mode for mode in problem_of(self.plant).modes}
        inside = [name for name in modes if name.endswith(".internal")]
        if not inside or "electricity.spot" not in self.plant.series:
            return {}
        unit = inside[0].removesuffix(".internal")
        used = {}
        for side in ("external", "internal"):
            share = np.asarray(modes[f"{unit}.{side}"].electricity_mwh, float)
            used[self.words[side]] = self.hours[f"{unit}.{side}_mw"] * share
        cop = 1.0 / np.broadcast_to(np.asarray(modes[f"{unit}.external"].electricity_mwh), len(self.hours))
        svg = figures.price_against_cop(
            pd.DataFrame(used),
            pd.Series(self.plant.series["electricity.spot"], index=self.hours.index),
            pd.Series(cop, index=self.hours.index),
            self.frame("price_cop", "spot"),
            colours=_MODES,
            cop_axis=self.words["cop"],
        )
        return {"price-cop": svg}


def _kind(unit: object) -> str:
    return unit.fuel if isinstance(unit, FuelBoiler) else str(getattr(unit, "kind", ""))
