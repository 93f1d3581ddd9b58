"""Lay out plant and network for every area: sizes, heat loss and what is invested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.supply import network, plant

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = ["INVESTMENTS", "design"]

# In the order in which reports show them; each has a column <item>_dkk in the design.
INVESTMENTS = ("plant", "grid_connection", "reserve", "network", "transmission", "service_lines")


def design(areas: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Size and price the supply of every area.

    Parameters
    ----------
    areas
        Index area; customer_count, heat_mwh (delivered per year), area_km2, business_share,
        public_share.
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        Same index: heat_loss_mwh, produced_mwh, capacity_kw, heat_pump_kw, electric_boiler_kw,
        tank_m3, and <item>_dkk for each of ``INVESTMENTS``.
    """
    customers, heat = areas["customer_count"].to_numpy(float), areas["heat_mwh"].to_numpy(float)
    area_km2 = areas["area_km2"].to_numpy(float)
    loss = network.heat_loss(area_km2, customers, assumptions)
    size = plant.capacity(heat + loss, assumptions.network_full_load_hours)
    units = plant.plant_units(size, assumptions).set_index(areas.index)
    return units.assign(
        heat_loss_mwh=loss,
        produced_mwh=heat + loss,
        capacity_kw=size,
        plant_dkk=plant.plant_price(size, assumptions),
        grid_connection_dkk=plant.grid_connection_price(
            units["heat_pump_kw"], units["electric_boiler_kw"], assumptions
        ),
        reserve_dkk=assumptions.reserve_dkk,
        network_dkk=network.network_price(area_km2, assumptions),
        transmission_dkk=network.transmission_price(size, assumptions),
        service_lines_dkk=network.service_line_price(
            customers, heat, areas["business_share"], areas["public_share"], assumptions
        ),
    )
