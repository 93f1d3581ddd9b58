"""How a town can be supplied: plant and network, their size, price and heat loss."""

from screening.supply.design import INVESTMENTS, design
from screening.supply.network import heat_loss, network_price, service_line_price, transmission_price
from screening.supply.plant import (
    along,
    capacity,
    electricity_use,
    grid_connection_price,
    plant_price,
    plant_units,
)

__all__ = [
    "INVESTMENTS",
    "along",
    "capacity",
    "design",
    "electricity_use",
    "grid_connection_price",
    "heat_loss",
    "network_price",
    "plant_price",
    "plant_units",
    "service_line_price",
    "transmission_price",
]
