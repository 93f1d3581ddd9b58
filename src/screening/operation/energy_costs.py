"""What energy costs a plant, by its parts: electricity by the hour, fuel with taxes on their stated basis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.operation.standins import electricity_price, fuel_taxes
from screening.units import GJ_PER_MWH, KWH_PER_MWH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from screening.operation.plant import Plant
    from screening.operation.plant_units import FuelBoiler

__all__ = ["ELECTRICITY_PARTS", "electricity_costs", "fuel_costs"]

ELECTRICITY_PARTS = ("spot", "energy_tax", "system", "transmission", "distribution", "balance")
_DATED = {"energy_tax": "tax_dkk_per_mwh"}  # where the dated rates call a part otherwise


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
        dated = electricity_price(
            pd.Series(spot, index=plant.hours),
            plant.assumptions,
            given.tariff,
            rates_of=plant.content.year,
            tax_of=given.heating_tax_year,
            schedule=given.schedule,
            distribution_mean_dkk_per_mwh=given.distribution_mean_dkk_per_mwh,
        )
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
        years = plant.hours.year.to_numpy() if plant.content.year is None else np.array([plant.content.year])
        by_year = {
            int(year): fuel_taxes(plant.assumptions, fuel.dated_taxes, int(year)) for year in set(years)
        }
        for name in next(iter(by_year.values())).index:
            rates = np.array([by_year[int(year)][name] for year in years])
            part = str(name).removesuffix("_dkk_per_mwh") + "_tax"
            costs[part] = np.broadcast_to(rates, len(plant.hours)) / unit.efficiency
    return costs


def _per_mwh_heat(basis: str, efficiency: float, heat_value_kwh_per_m3: float | None) -> float:
    """Factor from a tax on its basis to DKK per MWh of heat."""
    if basis == "dkk_per_m3_fuel":
        return KWH_PER_MWH / float(heat_value_kwh_per_m3 or np.nan) / efficiency
    unit = GJ_PER_MWH if "_gj_" in basis else 1.0
    return unit if basis.endswith("_heat") else unit / efficiency
