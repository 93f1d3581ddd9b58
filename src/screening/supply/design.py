"""Lay out plant and network for every area: sizes, heat loss and what is invested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.errors import TableError
from screening.supply import network, plant

if TYPE_CHECKING:
    from screening.assumptions import Assumptions, Draws
    from screening.supply.customers import Customers

__all__ = ["INVESTMENTS", "Supply", "design"]

FloatArray = npt.NDArray[np.float64]

# In the order in which reports show them.
INVESTMENTS = ("plant", "grid_connection", "reserve", "network", "transmission", "service_lines")


@dataclass(frozen=True)
class Supply:
    """Plant and network of every area; arrays are (area,) or (draw, area).

    Parameters
    ----------
    heat_loss_mwh, produced_mwh
        Heat lost on the way and heat sent out in a year. [MWh/year]
    capacity_kw
        Greatest heat power to the town. [kW]
    heat_pump_kw, electric_boiler_kw
        Heat output of the plant's parts, the heat pump at -12 C. [kW]
    tank_m3
        Storage tank. [m3]
    investment_dkk
        Price without VAT of each of ``INVESTMENTS``. [DKK]
    """

    heat_loss_mwh: FloatArray
    produced_mwh: FloatArray
    capacity_kw: FloatArray
    heat_pump_kw: FloatArray
    electric_boiler_kw: FloatArray
    tank_m3: FloatArray
    investment_dkk: dict[str, FloatArray]

    @property
    def total_dkk(self) -> FloatArray:
        """Price of all [DKK]."""
        return np.asarray(sum(self.investment_dkk.values(), np.zeros(())), float)


def design(customers: Customers, assumptions: Assumptions | Draws) -> Supply:
    """Size and price the supply of every area.

    Parameters
    ----------
    customers
        Who is supplied.
    assumptions
        The set, or draws of it.

    Returns
    -------
    Supply
        Sizes, heat loss and prices.

    Raises
    ------
    TableError
        If the network is to be priced by its trench or its pipes and an area's are not known, or by both.
    """
    _check_network(customers, assumptions)
    count, heat, area = customers.count, customers.heat_mwh, customers.area_km2
    loss = network.heat_loss(area, count, assumptions, customers.trench_m, customers.network_heat_loss_mwh)
    size = plant.capacity(heat + loss, assumptions.network_full_load_hours)
    units = plant.unit_sizes(size, assumptions)
    prices = {
        "plant": plant.plant_price(size, assumptions),
        "grid_connection": plant.grid_connection_price(
            units["heat_pump_kw"], units["electric_boiler_kw"], assumptions
        ),
        "reserve": np.asarray(assumptions.reserve_dkk, float) * (size > 0),
        "network": network.network_price(area, assumptions, customers.trench_m, customers.network_dkk),
        "transmission": network.transmission_price(
            size, assumptions, customers.transmission_m, customers.link_m
        ),
        "service_lines": network.service_line_price(
            count, heat, customers.business_share, customers.public_share, assumptions
        ),
    }
    return Supply(loss, heat + loss, size, **units, investment_dkk=prices)


def _check_network(customers: Customers, assumptions: Assumptions | Draws) -> None:
    """Refuse a choice that the key figures cannot follow."""
    ways = {
        "is_network_by_trench": {"trench_m": customers.trench_m},
        "is_network_by_pipes": {
            "network_dkk": customers.network_dkk,
            "network_heat_loss_mwh": customers.network_heat_loss_mwh,
        },
    }
    chosen = [flag for flag in ways if getattr(assumptions, flag)]
    if len(chosen) > 1:
        raise TableError(f"the network cannot go by two ways at once; set {' or '.join(chosen)} to 0.")
    for flag in chosen:
        for name, values in ways[flag].items():
            missing = customers.areas[np.isnan(values)]
            if len(missing):
                raise TableError(
                    f"{name} is missing for areas {', '.join(map(str, missing[:5]))}; give it for their"
                    f" network or set {flag} to 0."
                )
