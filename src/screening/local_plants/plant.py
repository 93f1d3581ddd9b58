"""One local plant: heat pump on outdoor air, electric boiler, tank of two layers; run at the lowest cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screening.operation import Mode, Problem, Solution, Stream, Tank, solve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from screening.local_plants.conditions import Conditions

    FloatArray = NDArray[np.float64]

__all__ = ["BOILER", "HEAT_PUMP", "Ran", "Shares", "problem_of", "run"]

HEAT_PUMP, BOILER = "heat_pump", "electric_boiler"


@dataclass(frozen=True)
class Shares:
    """Sizes of a plant per MW of its capacity.

    Attributes
    ----------
    heat_pump
        Heat output at the design temperature. [MW/MW]
    boiler
        Electric boiler. [MW/MW]
    tank_m3
        Water of the tank. [m3/MW]
    """

    heat_pump: float
    boiler: float
    tank_m3: float


@dataclass(frozen=True)
class Ran:
    """A plant's cheapest hours, per MW of its capacity.

    Attributes
    ----------
    heat_pump_mw, boiler_mw
        Heat by hour. [MW]
    electricity_mw
        Used by hour. [MW]
    hot_m3
        Hot water in the tank at the end of each hour. [m3]
    price
        Of the electricity by hour. [DKK/MWh]
    cost_dkk
        Electricity and upkeep of all hours. [DKK]
    solution
        What the solver gave, to start others from.
    """

    heat_pump_mw: FloatArray
    boiler_mw: FloatArray
    electricity_mw: FloatArray
    hot_m3: FloatArray
    price: FloatArray
    cost_dkk: float
    solution: Solution


def problem_of(shares: Shares, met: Conditions, price: FloatArray) -> Problem:
    """Write the hours of a plant of 1 MW as a problem.

    Parameters
    ----------
    shares
        Its sizes.
    met
        Weather and demand.
    price
        Of electricity by hour, all in. [DKK/MWh]

    Returns
    -------
    Problem
        For ``operation.solve``.

    Notes
    -----
    The heat pump's electric capacity is its output at the design temperature over the COP there; in milder
    hours it gives more heat. Upkeep is paid per MWh of heat, whichever unit makes it.
    """
    a = met.assumptions
    lift = (Stream(a.network_return_c, a.network_supply_c),)
    electric = shares.heat_pump / met.cold_cop
    upkeep, efficiency = a.plant_operation_dkk_per_mwh, a.electric_boiler_efficiency
    hot = a.tank_start_hot_share
    return Problem(
        met.demand_mw,
        a.network_supply_c,
        a.network_return_c,
        (
            Mode(HEAT_PUMP, HEAT_PUMP, lift, electric * met.cop, price / met.cop + upkeep, 1.0 / met.cop),
            Mode(BOILER, BOILER, lift, shares.boiler, price / efficiency + upkeep, 1.0 / efficiency),
        ),
        Tank(
            shares.tank_m3,
            (a.network_supply_c, a.network_return_c),
            (hot, 1.0 - hot),
            a.local_plant_tank_loss_share_per_hour,
        ),
        heat_capacity_kwh_per_m3_k=a.water_heat_capacity_kwh_per_m3_k,
    )


def run(
    shares: Shares,
    met: Conditions,
    price: FloatArray,
    *,
    like: Ran | None = None,
    is_other_size: bool = False,
) -> Ran:
    """Find the cheapest hours of a plant of 1 MW.

    Parameters
    ----------
    shares
        Its sizes.
    met
        Weather and demand.
    price
        Of electricity by hour, all in. [DKK/MWh]
    like
        A plant to start from: of the same size with other prices.
    is_other_size
        Whether it is one of another size with the same prices instead.

    Returns
    -------
    Ran
        Its hours.

    Raises
    ------
    PlantShortageError
        If it cannot meet the demand.
    """
    start = None if like is None else like.solution
    found = solve(problem_of(shares, met, price), start=start, is_start_of_other_size=is_other_size)
    heat, boiler = (found.throughput_mw[name].to_numpy(float) for name in (HEAT_PUMP, BOILER))
    used = heat / met.cop + boiler / met.assumptions.electric_boiler_efficiency
    hot = found.layers_m3[met.assumptions.network_supply_c].to_numpy(float)
    return Ran(heat, boiler, used, hot, price, float(found.objective_dkk), found)
