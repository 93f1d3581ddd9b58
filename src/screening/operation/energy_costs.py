"""What a plant pays: electricity by the hour, fuel with taxes on a stated basis, fixed costs; its CO2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.errors import InputFileError, ScreeningError, near_misses
from screening.hourly import electricity_price, fuel_taxes, tariffs, yearly_grid_payment
from screening.hourly.tariffs import schedules
from screening.operation.plant_series import calendar_years_of
from screening.operation.plant_units import ElectricBoiler, FuelBoiler, HeatPump, Solar, SurplusHeat
from screening.units import GJ_PER_MWH, KW_PER_MW, KWH_PER_MWH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from screening.assumptions import Assumptions
    from screening.operation.plant import Plant
    from screening.operation.plant_content import PlantContent
    from screening.operation.plant_units import Unit
    from screening.operation.problem import Hourly, Mode

__all__ = [
    "ELECTRICITY_PARTS",
    "GRID",
    "check_rates",
    "co2_kg_per_mwh",
    "electricity_costs",
    "fixed_costs",
    "fuel_costs",
]

ELECTRICITY_PARTS = ("spot", "energy_tax", "system", "transmission", "distribution", "balance")
GRID = "electricity.grid"  # row of the fixed costs beside the units; no unit can have a name with a dot
_DATED = {"energy_tax": "tax_dkk_per_mwh"}  # where the dated rates call a part otherwise


def check_rates(content: PlantContent, label: str, assumptions: Assumptions) -> None:
    """Refuse names of tariffs, schedules and taxed fuels that the assumptions do not have.

    Parameters
    ----------
    content
        The plant file.
    label
        The file, for errors.
    assumptions
        The set with the rates.

    Raises
    ------
    InputFileError
        Naming key, value and the near names.
    """
    electricity = content.electricity
    if electricity is not None:
        _check_name(f"{label}: electricity.tariff", electricity.tariff, tariffs(assumptions))
        _check_name(f"{label}: electricity.schedule", electricity.schedule, schedules()["schedule"].unique())
    taxed = dict.fromkeys(str(key).split(" ")[0] for key in assumptions.lookup("fuel_tax_dkk_per_mwh").index)
    for name, fuel in content.fuels.items():
        _check_name(f"{label}: fuels.{name}.dated_taxes", fuel.dated_taxes, taxed)


def _check_name(key: str, name: str | None, known: Iterable[str]) -> None:
    names = list(known)
    if name is not None and name not in names:
        raise InputFileError(
            f"{key} is {name!r}; allowed is one of those that have dated rates. {near_misses(name, names)}"
        )


def electricity_costs(plant: Plant) -> dict[str, NDArray[np.float64]]:
    """Price the electricity that the plant buys: dated rates, and the plant file's own where it gives them.

    Parameters
    ----------
    plant
        The plant.

    Returns
    -------
    dict
        Spot and every tariff and tax, one per hour. [DKK/MWh]
    """
    given = plant.content.electricity
    if given is None:
        return {}
    spot = plant.values("electricity.spot")
    dated: pd.DataFrame | None = None
    if given.tariff is not None:
        try:
            dated = electricity_price(
                pd.Series(spot, index=plant.hours),
                plant.assumptions,
                given.tariff,
                rates_of=plant.content.year,
                tax_of=given.heating_tax_year,
                schedule=given.schedule,
                distribution_mean_dkk_per_mwh=given.distribution_mean_dkk_per_mwh,
            )
        except ScreeningError as error:
            raise InputFileError(f"{plant.path}: electricity.tariff is {given.tariff!r}; {error}") from error
    costs = {"spot": spot}
    for part in ELECTRICITY_PARTS[1:]:
        own = plant.series.get(f"electricity.{part}_dkk_per_mwh")
        if own is not None:
            costs[part] = own
        elif dated is not None:
            costs[part] = dated[_DATED.get(part, f"{part}_dkk_per_mwh")].to_numpy(float)
    return costs


def fuel_costs(unit: FuelBoiler, plant: Plant) -> dict[str, NDArray[np.float64]]:
    """Price a boiler's fuel and taxes, each tax on the basis that the plant file states.

    Parameters
    ----------
    unit
        The boiler.
    plant
        Its plant.

    Returns
    -------
    dict
        The fuel and every tax, one per hour. [DKK/MWh heat]
    """
    key = f"fuels.{unit.fuel}"
    fuel = plant.content.fuels[unit.fuel]
    costs = {"fuel": plant.values(f"{key}.price_dkk_per_mwh") / unit.efficiency}
    for place, taxes in ((key, fuel.taxes), (f"units.{unit.name}", unit.taxes)):
        for tax in taxes:
            values = plant.values(f"{place}.taxes.{tax.name}.{tax.basis}")
            costs[tax.name] = costs.get(tax.name, 0.0) + values * _per_mwh_heat(
                tax.basis, unit.efficiency, fuel.heat_value_kwh_per_m3
            )
    if fuel.dated_taxes is not None:
        years = calendar_years_of(plant.hours, plant.content.year)
        by_year = {
            int(year): fuel_taxes(plant.assumptions, fuel.dated_taxes, int(year)) for year in set(years)
        }
        for name in next(iter(by_year.values())).index:
            rates = np.array([by_year[int(year)][name] for year in years])
            part = str(name).removesuffix("_dkk_per_mwh") + "_tax"
            costs[part] = costs.get(part, 0.0) + rates / unit.efficiency
    return costs


def fixed_costs(plant: Plant) -> pd.DataFrame:
    """Give what each unit costs however it is run.

    Parameters
    ----------
    plant
        The plant.

    Returns
    -------
    pandas.DataFrame
        One row per unit: ``fixed_dkk_per_year`` and ``investment_dkk``, further operation modes in; and a row
        "electricity.grid" where the plant pays the grid for capacity and subscription.
    """
    rows = {name: (_fixed(unit), _investment(unit)) for name, unit in plant.units.items()}
    grid = _grid_dkk_per_year(plant)
    if grid > 0:
        rows[GRID] = (grid, 0.0)
    columns = ["fixed_dkk_per_year", "investment_dkk"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("unit")


def co2_kg_per_mwh(plant: Plant, mode: Mode) -> Hourly:
    """Carbon dioxide that a MWh of a mode's throughput gives off, from its fuel and its electricity.

    Parameters
    ----------
    plant
        The plant.
    mode
        One of its problem's modes.

    Returns
    -------
    float or numpy.ndarray
        A number or one per hour; electricity counts where the plant file gives its factor. [kg/MWh]
    """
    fuel = plant.content.fuels[mode.fuel].co2_kg_per_mwh if mode.fuel else 0.0
    electric = plant.series.get("electricity.co2_kg_per_mwh", 0.0)
    return np.asarray(mode.fuel_mwh) * fuel + np.asarray(mode.electricity_mwh) * electric


def _per_mwh_heat(basis: str, efficiency: float, heat_value_kwh_per_m3: float | None) -> float:
    """Factor from a tax on its basis to DKK per MWh of heat."""
    if basis == "dkk_per_m3_fuel":
        return KWH_PER_MWH / float(heat_value_kwh_per_m3 or np.nan) / efficiency
    unit = GJ_PER_MWH if "_gj_" in basis else 1.0
    return unit if basis.endswith("_heat") else unit / efficiency


def _grid_dkk_per_year(plant: Plant) -> float:
    """Give the payment for capacity and subscription: all units that use electricity may draw at once."""
    given = plant.content.electricity
    electric = [
        u.electric_capacity_mw for u in plant.content.units if isinstance(u, HeatPump | ElectricBoiler)
    ]
    if given is None or not electric:
        return 0.0
    if given.grid_dkk_per_year is not None:
        return given.grid_dkk_per_year
    if given.tariff is None:
        return 0.0
    return yearly_grid_payment(plant.assumptions, given.tariff, sum(electric) * KW_PER_MW)


def _fixed(unit: Unit) -> float:
    """Give fixed operation and maintenance. [DKK/year]."""
    if isinstance(unit, FuelBoiler):
        return unit.fixed_dkk_per_mw_year * unit.heat_capacity_mw
    if isinstance(unit, Solar):
        return unit.fixed_dkk_per_m2_year * unit.area_m2
    if isinstance(unit, SurplusHeat):
        return unit.fixed_dkk_per_year
    return unit.fixed_dkk_per_mw_year * unit.electric_capacity_mw


def _investment(unit: Unit) -> float:
    """Sum the unit and its further ways of running. [DKK]."""
    total = unit.investment_dkk
    if isinstance(unit, HeatPump) and unit.internal_operation is not None:
        total += unit.internal_operation.investment_dkk
    if isinstance(unit, FuelBoiler) and unit.extra_condensation is not None:
        total += unit.extra_condensation.investment_dkk
    return total
