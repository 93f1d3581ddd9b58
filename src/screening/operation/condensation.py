"""Heat in water, and in the flue gas that colder water condenses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["flue_gas_heat_share", "water_heat_mwh"]


def water_heat_mwh(volume_m3: float, hot_c: float, cold_c: float, a: Assumptions) -> float:
    """Heat that water takes up from one temperature to another.

    Parameters
    ----------
    volume_m3
        Volume of the water. [m3]
    hot_c, cold_c
        Temperatures. [C]
    a
        Gives the water's heat capacity.

    Returns
    -------
    float
        The heat. [MWh]
    """
    return volume_m3 * a.water_heat_capacity_kwh_per_m3_k * (hot_c - cold_c) / 1000.0


def flue_gas_heat_share(warm_c: float, cold_c: float, a: Assumptions) -> float:
    """Further heat of a wood-chip boiler when colder water cools its flue gas, as a share of its heat.

    Parameters
    ----------
    warm_c
        Temperature of the water that cools the flue gas anyway. [C]
    cold_c
        Temperature of the colder water. [C]
    a
        Gives the heat in the flue gas by temperature, and the fuel's water and heat.

    Returns
    -------
    float
        MWh per MWh of the boiler's heat. [1]

    Examples
    --------
    >>> from screening import assumptions
    >>> round(flue_gas_heat_share(40.0, 20.0, assumptions.load()), 4)
    0.0595
    """
    known = a.lookup("flue_gas_heat_kwh_per_kg")
    at = known.index.to_numpy(float)
    order = np.argsort(at)
    gas = [warm_c + a.flue_gas_approach_k, cold_c + a.flue_gas_approach_k]
    warm, cold = np.interp(gas, at[order], known.to_numpy(float)[order])
    return float((cold - warm) * a.wood_chip_dry_share / a.wood_chip_boiler_kwh_per_kg)
