"""A plant file over its years: payments, average price, carbon dioxide, key figures year by year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from screening.errors import ScreeningError
from screening.hourly import default_year
from screening.operation.economy import HeatPrice, heat_price, overheads_dkk
from screening.operation.energy_costs import GRID, co2_kg_per_mwh, fixed_costs
from screening.operation.model import PlantShortageError
from screening.operation.plant_content import named_series
from screening.operation.plant_units import FuelBoiler, HeatPump
from screening.operation.price_paths import FUELS, calendar_years, carbon, fuel_price, held
from screening.operation.units import problem_of
from screening.operation.years import Years, run_years

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from screening.assumptions import Assumptions
    from screening.operation.plant import Plant
    from screening.operation.years import Keeper

__all__ = [
    "PlantYears",
    "first_year",
    "key_figures",
    "official_prices",
    "plant_years",
    "refuse_part_of_a_year",
]

Changes = dict[int, dict[str, Any]]
YEAR_HOURS = (8760, 8784)
_ZONE = "Europe/Copenhagen"


@dataclass(frozen=True)
class PlantYears:
    """A plant's years and what they come to.

    Attributes
    ----------
    plant
        The plant.
    years
        The operation of each year.
    price
        Average heat production price and the payments behind it.
    by_year
        Index year; key figures of each year (``key_figures``).
    """

    plant: Plant
    years: Years
    price: HeatPrice
    by_year: pd.DataFrame

    @property
    def assumptions(self) -> Assumptions:
        """The plant's set, with the network's loss as the plant file has it."""
        return _own_loss(self.plant)

    @property
    def co2_tonne(self) -> float:
        """Carbon dioxide of all years, as CO2. [t]."""
        return float(self.by_year["co2_tonne"].sum())


def first_year(plant: Plant) -> int:
    """Tell which calendar year a plant's economy begins with.

    Parameters
    ----------
    plant
        The plant.

    Returns
    -------
    int
        The plant file's year, else that of its hours; that of the assumptions where the default year alone
        gives the hours.

    Raises
    ------
    ScreeningError
        If the file names no year and its hours lie in several.
    """
    if plant.content.year is not None:
        return plant.content.year
    if _has_default_hours(plant):
        return int(plant.assumptions.plant_first_year)
    for hours in (plant.hours, plant.hours.tz_convert(_ZONE)):  # a Danish year begins in the UTC year before
        if len(years := set(hours.year)) == 1:
            return int(years.pop())
    raise ScreeningError(
        f"{plant.path}: the hours from {_span(plant)} lie in several calendar years; name with year: whose"
        " prices and taxes hold first."
    )


def refuse_part_of_a_year(plant: Plant) -> None:
    """Refuse hours that are not one whole year: a year's fixed costs would be spread over their heat.

    Parameters
    ----------
    plant
        The plant.

    Raises
    ------
    ScreeningError
        If it has neither 8,760 nor 8,784 hours.
    """
    count = len(plant.hours)
    if count not in YEAR_HOURS:
        raise ScreeningError(
            f"{plant.path}: the {count:,} hours from {_span(plant)} are not one year (8,760 or 8,784):"
            " a price with a year's fixed costs needs a whole year. Give series or a period of one year."
        )


def _has_default_hours(plant: Plant) -> bool:
    """Tell whether nothing of the plant's own says which hours it has."""
    files = any(series.file is not None for _, series in named_series(plant.content))
    own = plant.frame is not None or plant.content.period is not None or files
    return not own and plant.hours.equals(default_year().index)


def _span(plant: Plant) -> str:
    return f"{plant.hours[0]:%Y-%m-%d %H:%M} to {plant.hours[-1]:%Y-%m-%d %H:%M} UTC"


def official_prices(plant: Plant, years: Sequence[int], *, with_spot: bool = False) -> Changes:
    """Give the official prices and emissions of each year as changes of a plant file.

    Parameters
    ----------
    plant
        The plant; its assumption set gives the paths.
    years
        Calendar years.
    with_spot
        Also multiply the spot hours of each year, so that their mean is the official one.

    Returns
    -------
    dict
        By year, what ``Plant.changed`` takes: price of wood chips and natural gas without taxes, CO2 of gas
        and electricity. Fuels without an official path keep the file's price.
    """
    a, every = plant.assumptions, list(years)
    paths: dict[str, Mapping[int, Any]] = {}
    for fuel in plant.content.fuels:
        if fuel in FUELS:
            paths[f"fuels.{fuel}.price_dkk_per_mwh"] = fuel_price(fuel, a, every)
        if fuel == "natural_gas":
            paths[f"fuels.{fuel}.co2_kg_per_mwh"] = carbon(fuel, a, every)
    if plant.content.electricity is not None:
        paths["electricity.co2_kg_per_mwh"] = carbon("electricity", a, every)
        if with_spot:
            spot = plant.content.electricity.spot
            given, means = spot.model_dump(exclude_defaults=True), _spot_means(plant, every)
            official = held(a.lookup("electricity_spot_dkk_per_mwh"), every)
            paths["electricity.spot"] = {
                year: {**given, "factor": spot.factor * official[year] / means[year]} for year in every
            }
    return {year: {key: path[year] for key, path in paths.items()} for year in every}


def _spot_means(plant: Plant, years: list[int]) -> dict[int, float]:
    """Give the mean spot price that the plant file has in each year. [DKK/MWh]."""
    electricity = plant.content.electricity
    by_year = electricity is not None and electricity.spot.by_year is not None
    plants = {year: plant.changed({"year": year}) if by_year else plant for year in years}
    means = {year: float(one.values("electricity.spot").mean()) for year, one in plants.items()}
    if not min(means.values()) > 0:
        raise ScreeningError(
            f"{plant.path}: the mean of electricity.spot is {min(means.values()):g} DKK/MWh, so no factor"
            " takes it to the official mean; take the prices of the file."
        )
    return means


def plant_years(
    plant: Plant,
    years: Sequence[int] | None = None,
    *,
    changes: Changes | None = None,
    keeper: Keeper | None = None,
    on_year: Callable[[int], None] | None = None,
    gap: float = 1e-4,
) -> PlantYears:
    """Run a plant through its years: weather and demand repeated, prices and taxes of each year.

    Parameters
    ----------
    plant
        The plant.
    years
        Calendar years in order; all of the economy from ``first_year`` on without. One year stands
        for all years of the economy.
    changes
        By year, further keys of the plant file that change (``official_prices``).
    keeper
        Where finished years are kept.
    on_year
        Called with each year that is finished.
    gap
        With minimum loads or start costs: how far from the best possible a year may end. [1]

    Returns
    -------
    PlantYears
        Operation, price and key figures.

    Raises
    ------
    PlantShortageError
        If the plant cannot meet the demand; names the hours and the missing MW.
    ScreeningError
        If its hours are not one year.
    """
    refuse_part_of_a_year(plant)
    chosen = calendar_years(plant.assumptions, first=first_year(plant)) if years is None else list(years)
    at = partial(_at, plant, changes or {})
    temperature = plant.series.get("weather.temperature_c")
    limit = plant.assumptions.plant_cold_hours_below_c
    try:
        found = run_years(
            lambda year: problem_of(at(year)),
            chosen,
            co2_in=lambda year, mode: co2_kg_per_mwh(at(year), mode),
            index=plant.hours,
            cold=None if temperature is None else np.asarray(temperature) < limit,
            keeper=keeper,
            on_year=on_year,
            gap=gap,
        )
    except PlantShortageError as error:
        raise error.at(plant.hours) from error
    heat = float(found.totals["demand_mwh"].iloc[0])
    fixed = fixed_costs(plant)
    yearly = fixed["fixed_dkk_per_year"]
    operation = found.totals["operation_dkk"].to_numpy()
    if len(operation) == 1:  # one year stands for all of them
        operation = np.repeat(operation, int(plant.assumptions.plant_horizon_years))
    payments: dict[str, ArrayLike] = {
        "operation": operation,
        "fixed": float(yearly.drop(GRID, errors="ignore").sum()),
        "grid_by_electric_capacity": float(yearly.get(GRID, 0.0)),
        **overheads_dkk(heat, _own_loss(plant), plant.content.demand.consumers_count),
    }
    price = heat_price(
        payments, plant.assumptions, investment_dkk=float(fixed["investment_dkk"].sum()), heat_mwh=heat
    )
    return PlantYears(plant, found, price, key_figures(plant, found))


def key_figures(plant: Plant, years: Years) -> pd.DataFrame:
    """Give what a planner asks of each year.

    Parameters
    ----------
    plant
        The plant.
    years
        Its years.

    Returns
    -------
    pandas.DataFrame
        Index year: operation_dkk, co2_tonne; of the heat heat_pump_share, <fuel>_share, solar_share and
        condensation_share; <fuel>_full_load_hours, internal_full_load_hours, cold_water_m3,
        internal_electricity_mwh and external_electricity_mwh with their cold shares; as far as it has them;
        gap, how far the operation may lie above the cheapest. [1]
    """
    modes = years.modes.reset_index()
    kinds = {name: _kind(unit) for name, unit in plant.units.items()}
    mode_kind = modes["unit"].map(kinds)
    is_extra = modes["mode"].str.endswith(".condensation")
    modes["kind"] = mode_kind.mask(is_extra, "condensation")
    heat = modes.pivot_table(index="year", columns="kind", values="heat_mwh", aggfunc="sum")
    table = heat.div(heat.sum(axis=1), axis=0).add_suffix("_share")
    for kind in dict.fromkeys(kinds.values()):
        if kind != "heat_pump":
            hours = modes[modes["kind"] == kind].groupby("year")["full_load_hours"].max()
            table[f"{kind}_full_load_hours"] = hours
    table.insert(0, "operation_dkk", years.totals["operation_dkk"])
    table["co2_tonne"] = years.totals["co2_tonne"]
    for side in ("internal", "external"):
        own = modes[modes["mode"].str.endswith(f".{side}")].groupby("year")
        if len(own):
            table[f"{side}_full_load_hours"] = own["full_load_hours"].sum()
            table[f"{side}_electricity_mwh"] = own["electricity_mwh"].sum()
            table[f"{side}_cold_share"] = own["cold_electricity_mwh"].sum() / own["electricity_mwh"].sum()
            if side == "internal":
                table["cold_water_m3"] = own["cooled_m3"].sum()
    table["gap"] = years.totals["gap"]
    return table.rename_axis(columns=None)


def _own_loss(plant: Plant) -> Assumptions:
    """Give the plant's set with the loss that its file states."""
    loss = plant.content.demand.network_loss_share
    return plant.assumptions if loss is None else plant.assumptions.replace(plant_network_loss_share=loss)


def _at(plant: Plant, changes: Changes, year: int) -> Plant:
    """Give the plant with a year's prices and taxes."""
    return plant.changed({"year": year, **changes.get(year, {})})


def _kind(unit: object) -> str:
    """Name a unit in key figures: boilers by their fuel."""
    if isinstance(unit, FuelBoiler):
        return unit.fuel
    return "heat_pump" if isinstance(unit, HeatPump) else str(getattr(unit, "kind", "other"))
