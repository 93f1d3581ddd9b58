"""Every area's plant through its years, the price of its heat, and what that changes in the answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from screening.economics import screen_areas
from screening.economics.inputs import customers, read_key_figures
from screening.errors import ScreeningError
from screening.local_plants.conditions import YEAR_HOURS, Conditions, conditions, price_years
from screening.local_plants.plant import Ran, Shares, run
from screening.local_plants.sizing import capital_dkk_per_year, investment_dkk, search
from screening.operation import PlantShortageError
from screening.supply import design

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["COMPARED", "LocalPlants", "add_heat_price", "chosen_heat_price", "run_local_plants"]

PRICE = "heat_production_dkk_per_mwh"
COMPARED = {
    "is_viable": "is_viable",
    "user_price_district_heating_dkk_per_year": "user_price_dkk_per_year",
    "npv_project_dkk": "npv_project_dkk",
}
_WHOLE_YEARS = (YEAR_HOURS, 8784)
_KW_PER_MW = 1000.0
_SIZES = {
    "heat_pump_kw": ("heat_pump_share", _KW_PER_MW),
    "electric_boiler_kw": ("boiler_share", _KW_PER_MW),
    "tank_m3": ("tank_m3", 1.0),
    "investment_dkk": ("investment_dkk", 1.0),
    "capital_dkk_per_year": ("capital_dkk_per_year", 1.0),
    "operation_dkk_per_year": ("operation_dkk_per_year", 1.0),
    "yearly_dkk": ("yearly_dkk", 1.0),
}


class LocalPlants(NamedTuple):
    """What ``run_local_plants`` gives.

    Parameters
    ----------
    plants
        One row per area, columns in the notes of ``run_local_plants``.
    years
        area, year, spot_dkk_per_mwh, electricity_price_dkk_per_mwh (all in, as bought),
        heat_price_dkk_per_mwh, heat_pump_heat_share, electricity_mwh.
    sizes
        area, kind ("package", "tried" or "best"), heat_pump_kw, electric_boiler_kw, tank_m3, investment_dkk,
        capital_dkk_per_year, operation_dkk_per_year, yearly_dkk.
    hours
        area, utc, demand_mw, heat_pump_mw, electric_boiler_mw, hot_m3, price_dkk_per_mwh; first year.
    """

    plants: pd.DataFrame
    years: pd.DataFrame
    sizes: pd.DataFrame
    hours: pd.DataFrame

    @property
    def tables(self) -> dict[str, Any]:
        """The tables by their names in the views."""
        names = ("local_plants", "local_plant_years", "local_plant_sizes", "local_plant_hours")
        return dict(zip(names, self, strict=True))


def run_local_plants(
    key_figures: pd.DataFrame, assumptions: Assumptions, series: pd.DataFrame | None = None
) -> LocalPlants:
    """Run the plant of every area hour by hour through all years, and screen the areas with its price.

    Parameters
    ----------
    key_figures
        KEY_FIGURES, with the network where the set prices it by its pipes.
    assumptions
        The set.
    series
        Hours of a whole year in place of the synthetic default year (``conditions``).

    Returns
    -------
    LocalPlants
        Areas, years, sizes and hours.

    Raises
    ------
    ScreeningError
        For faulty series. An area whose plant is too small is named in its row and stops no other.

    Notes
    -----
    Sizes are those that the set's tables give for the area's capacity. One number of each area is not taken
    from the first year: ``heat_price_dkk_per_mwh``, which the economy takes.

    ``error``
        Why the plant has no hours; empty where it has.
    ``produced_mwh`` [MWh/year], ``capacity_kw``, ``heat_pump_kw``, ``electric_boiler_kw`` [kW], ``tank_m3``
        Heat from the plant, the network's loss in it, and sizes.
    ``heat_price_dkk_per_mwh`` [DKK/MWh]
        Electricity and upkeep per MWh of heat from the plant: mean of all years, each by its present value.
    ``set_price_dkk_per_mwh``, ``set_electricity_dkk_per_mwh`` [DKK/MWh]
        The set's fixed price, and what electricity would have to cost for it with this plant's use.
    ``heat_pump_heat_share``, ``boiler_heat_share``, ``seasonal_cop`` [1]
        Of the heat made; of the heat pump.
    ``electricity_mwh`` [MWh/year], ``electricity_price_dkk_per_mwh``, ``mean_electricity_dkk_per_mwh``
        Bought, its price on the average MWh bought, and on the average hour. [DKK/MWh]
    ``heat_pump_full_load_hours``, ``boiler_full_load_hours`` [h]
        Electricity of the unit over its electric capacity.
    ``peak_utc``, ``peak_mw``, ``peak_heat_pump_mw``, ``peak_boiler_mw`` [MW]
        The hour of most heat, and who gives it; the tank gives the rest.
    ``is_synthetic``
        Whether the hours are the synthetic default year's.
    ``is_viable``, ``user_price_dkk_per_year`` [DKK/year], ``npv_project_dkk`` [DKK]
        With the hourly price; with ``set_`` before it, with the set's fixed one. Missing without hours.
    """
    work, wrong = _work(assumptions, series)
    figures = read_key_figures(key_figures, assumptions)
    served = figures[figures["is_served"]]
    laid = design(customers(served, assumptions), assumptions)
    rows, years, sizes, hours = [], [], [], []
    for place, area in enumerate(served.index):
        facts = {
            "area": area,
            "error": "",
            "produced_mwh": float(laid.produced_mwh[place]),
            "capacity_kw": float(laid.capacity_kw[place]),
            "heat_pump_kw": float(laid.heat_pump_kw[place]),
            "electric_boiler_kw": float(laid.electric_boiler_kw[place]),
            "tank_m3": float(laid.tank_m3[place]),
        }
        plant, why = _ran(work, facts) if work else (None, wrong)
        if plant is None:
            rows.append(facts | {"error": f"{area}: {why}"})
            continue
        rows.append(facts | plant.row)
        years.append(plant.years.assign(area=area))
        sizes.append(plant.sizes.assign(area=area))
        hours.append(plant.hours.assign(area=area))
    names = _row_columns()
    table = pd.DataFrame(rows).reindex(columns=names)
    table = table.set_index("area").reindex(pd.Index(figures.index, name="area")).reset_index()
    table["error"] = table["error"].astype(object).where(table["error"].notna(), "")  # no area has a plant
    return LocalPlants(
        _compared(table, key_figures, assumptions),
        _stacked(years, _YEARS),
        _stacked(sizes, ["kind", *_SIZES]),
        _stacked(hours, _HOURS),
    )


def _work(assumptions: Assumptions, series: pd.DataFrame | None) -> tuple[_Work | None, str]:
    """Set the hours up; where the set itself allows none, say why: the screening goes on without them."""
    try:
        met = conditions(assumptions, series)
    except ScreeningError as error:
        if series is not None:
            raise
        return None, str(error)
    if len(met.hours) not in _WHOLE_YEARS:
        raise ScreeningError(f"The hours are {len(met.hours)}; allowed is a whole year, 8,760 or 8,784.")
    return _Work(met), ""


def _ran(work: _Work, facts: dict[str, Any]) -> tuple[_Plant | None, str]:
    """Run one area's plant, or say why it cannot be run."""
    try:
        return work.plant(facts), ""
    except ScreeningError as error:
        return None, str(error)


def add_heat_price(key_figures: pd.DataFrame, plants: pd.DataFrame) -> pd.DataFrame:
    """Give key figures the hourly model's price of heat; missing, and so the set's, where a plant has none.

    Parameters
    ----------
    key_figures
        KEY_FIGURES, ``area`` as a column.
    plants
        area and heat_price_dkk_per_mwh.

    Returns
    -------
    pandas.DataFrame
        The key figures with heat_production_dkk_per_mwh.
    """
    price = plants.set_index("area")["heat_price_dkk_per_mwh"].astype(float)
    return key_figures.assign(**{PRICE: price.reindex(key_figures["area"]).to_numpy()})


def chosen_heat_price(
    key_figures: pd.DataFrame, plants: pd.DataFrame, assumptions: Assumptions
) -> pd.DataFrame:
    """Give key figures the hourly price of heat where the set takes it (``is_heat_price_by_hours``).

    Parameters
    ----------
    key_figures, plants
        As for ``add_heat_price``.
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        The key figures, with the price or as they were.
    """
    return add_heat_price(key_figures, plants) if assumptions.is_heat_price_by_hours else key_figures


_YEARS = [
    "year", "spot_dkk_per_mwh", "electricity_price_dkk_per_mwh", "heat_price_dkk_per_mwh",
    "heat_pump_heat_share", "electricity_mwh",
]  # fmt: skip
_HOURS = [
    "utc", "demand_mw", "heat_pump_mw", "electric_boiler_mw", "hot_m3", "price_dkk_per_mwh",
]  # fmt: skip


def _row_columns() -> list[str]:
    return [
        "area", "error", "produced_mwh", "capacity_kw", "heat_pump_kw", "electric_boiler_kw", "tank_m3",
        "heat_price_dkk_per_mwh", "set_price_dkk_per_mwh", "set_electricity_dkk_per_mwh",
        "heat_pump_heat_share", "boiler_heat_share", "seasonal_cop", "electricity_mwh",
        "electricity_price_dkk_per_mwh", "mean_electricity_dkk_per_mwh", "heat_pump_full_load_hours",
        "boiler_full_load_hours", "peak_utc", "peak_mw", "peak_heat_pump_mw", "peak_boiler_mw",
        "is_synthetic",
    ]  # fmt: skip


@dataclass(frozen=True)
class _Plant:
    """What one area adds to the tables."""

    row: dict[str, Any]
    years: pd.DataFrame
    sizes: pd.DataFrame
    hours: pd.DataFrame


class _Work:
    """What all areas of a set have in common, each worked out once."""

    def __init__(self, met: Conditions) -> None:
        self.met = met
        self.paths = price_years(met.assumptions)

    @cached_property
    def reference(self) -> Ran:
        """A plant that every area's starts from, so that no area's hours depend on which others there are."""
        shares = Shares(0.5, 1.0, 100.0)
        return run(shares, self.met, self._price(0))

    @cached_property
    def mean_price(self) -> Any:
        """Electricity by the hour at the mean of all years, each by its present value. [DKK/MWh]."""
        parts = ("spot_dkk_per_mwh", "grid_dkk_per_mwh", "tax_dkk_per_mwh")
        return self.met.price(*(float((self.paths[part] * self.paths["weight"]).sum()) for part in parts))

    @cached_property
    def sizes(self) -> pd.DataFrame:
        """The sizes tried on a plant of 1 MW."""
        return search(self.met, self.mean_price)

    def _price(self, place: int) -> Any:
        row = self.paths.iloc[place]
        return self.met.price(row["spot_dkk_per_mwh"], row["grid_dkk_per_mwh"], row["tax_dkk_per_mwh"])

    def plant(self, facts: dict[str, Any]) -> _Plant:
        """Run an area's plant through its years."""
        mw = facts["capacity_kw"] / _KW_PER_MW
        shares = Shares(
            facts["heat_pump_kw"] / facts["capacity_kw"],
            facts["electric_boiler_kw"] / facts["capacity_kw"],
            facts["tank_m3"] / mw,
        )
        try:
            first = run(shares, self.met, self._price(0), like=self.reference, is_other_size=True)
        except PlantShortageError as error:
            raise PlantShortageError(_named(error.missing_mw * mw, self.met.hours)) from error
        years = self._years(shares, first, mw)
        mean = float((years["heat_price_dkk_per_mwh"].to_numpy() * self.paths["weight"].to_numpy()).sum())
        self._check(mean)
        row = self._row(first, shares, mw) | {"heat_price_dkk_per_mwh": mean}
        return _Plant(row, years, self._sizes(shares, first, mw), self._hours(first, mw))

    def _check(self, price: float) -> None:
        """Refuse a price that the economy would refuse."""
        a = self.met.assumptions
        least, most = a.plant_operation_dkk_per_mwh, a.parameter(PRICE).maximum
        if not least <= price <= most:
            raise ScreeningError(
                f"the hours give {price:.0f} DKK/MWh of heat; allowed is from {least:g} to {most:g}."
            )

    def _years(self, shares: Shares, first: Ran, mw: float) -> pd.DataFrame:
        """Run each year that has prices of its own, starting from the one before."""
        known: dict[tuple[float, ...], dict[str, float]] = {}
        rows, last = [], first
        heat = float(self.met.demand_mw.sum())
        for place, prices in enumerate(self.paths.drop(columns="weight").itertuples(index=False)):
            key = tuple(float(price) for price in prices)
            if key not in known:
                last = last if place == 0 else run(shares, self.met, self._price(place), like=last)
                made = last.heat_pump_mw.sum() + last.boiler_mw.sum()
                used = last.electricity_mw.sum()
                known[key] = {
                    "spot_dkk_per_mwh": key[0],
                    "electricity_price_dkk_per_mwh": float((last.electricity_mw * last.price).sum() / used),
                    "heat_price_dkk_per_mwh": last.cost_dkk / heat,
                    "heat_pump_heat_share": float(last.heat_pump_mw.sum() / made),
                    "electricity_mwh": float(used * self.met.per_year * mw),
                }
            rows.append(known[key])
        return pd.DataFrame(rows).assign(year=self.paths.index)

    def _row(self, first: Ran, shares: Shares, mw: float) -> dict[str, Any]:
        """Give the key figures of the first year."""
        met, a = self.met, self.met.assumptions
        pump, boiler = first.heat_pump_mw.sum(), first.boiler_mw.sum()
        used, pump_used = first.electricity_mw.sum(), (first.heat_pump_mw / met.cop).sum()
        peak = int(met.demand_mw.argmax())
        per_heat = used / met.demand_mw.sum()
        boiler_capacity = shares.boiler / a.electric_boiler_efficiency
        return {
            "set_price_dkk_per_mwh": a.heat_production_dkk_per_mwh,
            "set_electricity_dkk_per_mwh": (a.heat_production_dkk_per_mwh - a.plant_operation_dkk_per_mwh)
            / per_heat,
            "heat_pump_heat_share": pump / (pump + boiler),
            "boiler_heat_share": boiler / (pump + boiler),
            "seasonal_cop": pump / pump_used if pump_used else np.nan,
            "electricity_mwh": used * met.per_year * mw,
            "electricity_price_dkk_per_mwh": (first.electricity_mw * first.price).sum() / used,
            "mean_electricity_dkk_per_mwh": first.price.mean(),
            "heat_pump_full_load_hours": _hours_of(pump_used * met.per_year, shares.heat_pump / met.cold_cop),
            "boiler_full_load_hours": _hours_of(
                boiler / a.electric_boiler_efficiency * met.per_year, boiler_capacity
            ),
            "peak_utc": f"{met.hours[peak]:%Y-%m-%d %H:%M}",
            "peak_mw": met.demand_mw[peak] * mw,
            "peak_heat_pump_mw": first.heat_pump_mw[peak] * mw,
            "peak_boiler_mw": first.boiler_mw[peak] * mw,
            "is_synthetic": met.is_synthetic,
        }

    def _sizes(self, shares: Shares, first: Ran, mw: float) -> pd.DataFrame:
        """Scale the sizes tried to the area, and put those of the package table beside them."""
        same = run(shares, self.met, self.mean_price, like=first)
        operation = same.cost_dkk * self.met.per_year
        invested = investment_dkk(shares, self.met)
        capital = capital_dkk_per_year(invested, self.met)
        package = {
            "heat_pump_share": shares.heat_pump,
            "boiler_share": shares.boiler,
            "tank_m3": shares.tank_m3,
            "investment_dkk": sum(invested.values()),
            "capital_dkk_per_year": capital,
            "operation_dkk_per_year": operation,
            "yearly_dkk": capital + operation,
        }
        best = self.sizes["is_best"].to_numpy(bool)
        table = pd.concat([pd.DataFrame([package]), self.sizes], ignore_index=True)
        scaled = {name: table[column] * factor * mw for name, (column, factor) in _SIZES.items()}
        return pd.DataFrame(scaled).assign(kind=["package", *np.where(best, "best", "tried")])

    def _hours(self, first: Ran, mw: float) -> pd.DataFrame:
        values = {
            "demand_mw": self.met.demand_mw * mw,
            "heat_pump_mw": first.heat_pump_mw * mw,
            "electric_boiler_mw": first.boiler_mw * mw,
            "hot_m3": first.hot_m3 * mw,
            "price_dkk_per_mwh": first.price,
        }
        return pd.DataFrame(values).astype("float32").assign(utc=self.met.hours)


def _hours_of(energy: float, capacity: float) -> float:
    return float(energy / capacity) if capacity > 0 else 0.0


def _named(missing_mw: pd.Series, hours: pd.DatetimeIndex) -> pd.Series:
    """Put the time of each hour in the place of its number."""
    told = [f"{hours[int(hour)]:%Y-%m-%d %H:%M} UTC" for hour in missing_mw.index]
    return missing_mw.set_axis(pd.Index(told, name="hour"))


def _stacked(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    names = ["area", *columns]
    return pd.concat(tables, ignore_index=True)[names] if tables else pd.DataFrame(columns=names)


def _compared(table: pd.DataFrame, key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Screen all areas with both prices."""
    flat = key_figures if "area" in key_figures.columns else key_figures.reset_index()
    fixed = flat.drop(columns=PRICE, errors="ignore")
    ran = table["heat_price_dkk_per_mwh"].notna().to_numpy()
    for prefix, figures in (("", add_heat_price(fixed, table)), ("set_", fixed)):
        verdicts = screen_areas(figures, assumptions)[list(COMPARED)].rename(columns=COMPARED)
        verdicts = verdicts.reset_index(drop=True).astype({"is_viable": "boolean"})
        verdicts.loc[~ran] = pd.NA
        table = table.join(verdicts.add_prefix(prefix))
    return table
