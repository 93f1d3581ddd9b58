"""What every local plant of an assumption set meets: weather, the shape of demand and price, the years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.demand import heat_demand_mw, heat_profile
from screening.economics.timeline import Timeline
from screening.errors import ScreeningError
from screening.hourly import default_year, distribution_tariff, electricity_price
from screening.operation.heat_pump import heat_pump_cop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from screening.assumptions import Assumptions

    FloatArray = NDArray[np.float64]

__all__ = ["COLUMNS", "YEAR_HOURS", "Conditions", "conditions", "price_years"]

COLUMNS = ("temperature_c", "spot_dkk_per_mwh")
YEAR_HOURS = 8760
_SOURCE = "outdoor_air"
_GRID = ("system_dkk_per_mwh", "transmission_dkk_per_mwh", "balance_dkk_per_mwh")


@dataclass(frozen=True)
class Conditions:
    """Hours that plants are run in; one plant of 1 MW stands for all, as sizes and heat grow together.

    Attributes
    ----------
    hours
        Start of each hour, UTC.
    demand_mw
        Heat drawn, its highest hour 1. [MW per MW of capacity]
    cop
        Of the heat pump. [1]
    cold_cop
        Of the heat pump where its output is stated. [1]
    spot_factor, grid_factor
        Spot price and grid tariffs of each hour over their mean. [1]
    temperature_c
        Outdoors. [C]
    assumptions
        The set.
    is_synthetic
        Whether the hours are the synthetic default year.
    """

    hours: pd.DatetimeIndex
    demand_mw: FloatArray
    cop: FloatArray
    cold_cop: float
    spot_factor: FloatArray
    grid_factor: FloatArray
    temperature_c: FloatArray
    assumptions: Assumptions
    is_synthetic: bool

    @property
    def per_year(self) -> float:
        """Years in these hours, upside down: what a sum over them is multiplied with. [1/year]."""
        return YEAR_HOURS / len(self.hours)

    def price(self, spot: float, grid: float, tax: float) -> FloatArray:
        """Electricity of a plant by the hour from the year's means. [DKK/MWh]."""
        return spot * self.spot_factor + grid * self.grid_factor + tax


def conditions(assumptions: Assumptions, series: pd.DataFrame | None = None) -> Conditions:
    """Work out what plants meet in each hour.

    Parameters
    ----------
    assumptions
        The set.
    series
        Hours in place of the synthetic default year: index UTC, ``temperature_c``, ``spot_dkk_per_mwh`` and,
        where known, ``ghi_w_m2``.

    Returns
    -------
    Conditions
        The hours.

    Raises
    ------
    ScreeningError
        For columns, hours or values that are missing, or prices whose mean is not above zero.

    Notes
    -----
    Spot prices give the shape alone: each year takes its mean from the set. So do the grid tariffs: the part
    that is distribution follows the load levels of a town's tariff (B low, three levels), the rest is flat.
    Demand has the full-load hours that the set gives every network, whatever the weather. The heat pump's
    efficiency is the one that gives it the set's COP at the design temperature.
    """
    a = assumptions
    frame = _sound(default_year() if series is None else series)
    index = pd.DatetimeIndex(frame.index)
    profile = heat_profile(frame["temperature_c"], a, ghi_w_m2=frame.get("ghi_w_m2"))
    heat = a.network_full_load_hours * len(index) / YEAR_HOURS
    spot = frame["spot_dkk_per_mwh"]
    temperature = frame["temperature_c"].to_numpy(float)
    return Conditions(
        hours=index,
        demand_mw=heat_demand_mw(profile, heat, 1.0).to_numpy(float),
        cop=_cop(index, temperature, a),
        cold_cop=float(a.plant_heat_pump_cold_cop),
        spot_factor=(spot / spot.mean()).to_numpy(float),
        grid_factor=_grid_factor(spot, a),
        temperature_c=temperature,
        assumptions=a,
        is_synthetic=series is None,
    )


def price_years(assumptions: Assumptions) -> pd.DataFrame:
    """Give the mean price of a plant's electricity in each year of the calculation.

    Parameters
    ----------
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        Index ``year`` (calendar), spot_dkk_per_mwh, grid_dkk_per_mwh, tax_dkk_per_mwh and ``weight``: the
        year's share of the present value of equal heat in all years, at the company's loan rate.
    """
    timeline = Timeline(assumptions)
    years = timeline.year[1:]
    weight = (1.0 + assumptions.loan_rate) ** -years
    return pd.DataFrame(
        {
            "spot_dkk_per_mwh": timeline.price("electricity_spot_dkk_per_mwh")[1:],
            "grid_dkk_per_mwh": timeline.price("electricity_plant_addition_dkk_per_mwh")[1:],
            "tax_dkk_per_mwh": timeline.price("plant_electricity_tax_dkk_per_mwh")[1:],
            "weight": weight / weight.sum(),
        },
        index=pd.Index((assumptions.calculation_start_year + years).astype(int), name="year"),
    )


def _sound(frame: pd.DataFrame) -> pd.DataFrame:
    """Refuse hours that no plant can be run in, by name."""
    missing = [name for name in COLUMNS if name not in frame]
    if missing:
        raise ScreeningError(
            f"The hours lack {', '.join(missing)}; give them beside {', '.join(map(str, frame))}."
        )
    for name in COLUMNS:
        gaps = ~np.isfinite(frame[name].to_numpy(float))
        if gaps.any():
            first = f"{frame.index[gaps.argmax()]}"
            raise ScreeningError(f"{name} is missing in {gaps.sum()} hours, first {first}; fill them first.")
    mean = float(frame["spot_dkk_per_mwh"].mean())
    if mean <= 0:
        raise ScreeningError(f"The mean of spot_dkk_per_mwh is {mean:.1f}; allowed is a mean above 0.")
    return frame


def _cop(index: pd.DatetimeIndex, temperature: FloatArray, a: Assumptions) -> FloatArray:
    """Scale the Lorenz COP until it is the set's at the design temperature."""
    lift = (a.network_return_c, a.network_supply_c)
    cold = heat_pump_cop(_SOURCE, index[:1], *lift, a, outdoor_c=[a.local_plant_design_c], efficiency=1.0)
    efficiency = min(a.plant_heat_pump_cold_cop / float(cold.iloc[0]), 1.0)
    cop = heat_pump_cop(_SOURCE, index, *lift, a, outdoor_c=temperature, efficiency=efficiency)
    return cop.to_numpy(float)


def _grid_factor(spot: pd.Series, a: Assumptions) -> FloatArray:
    """Let the part of the grid tariffs that is distribution follow the load levels."""
    year = int(a.calculation_start_year)
    distribution = distribution_tariff(pd.DatetimeIndex(spot.index), a).to_numpy(float)
    flat = float(electricity_price(spot, a, rates_of=year)[list(_GRID)].sum(axis=1).iloc[0])
    whole = distribution + flat
    return np.asarray(whole / whole.mean(), float)
