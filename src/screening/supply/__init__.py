"""How a town can be supplied: plant and network, their size, price and heat loss."""

from screening.supply.customers import Customers
from screening.supply.design import INVESTMENTS, Supply, design
from screening.supply.network import heat_loss, network_price, service_line_price, transmission_price
from screening.supply.plant import (
    along,
    boiler_price,
    capacity,
    electricity_use,
    grid_connection_price,
    individual_heat_pump_price,
    plant_price,
    plant_units,
)

__all__ = [
    "INVESTMENTS",
    "Customers",
    "Supply",
    "along",
    "boiler_price",
    "capacity",
    "design",
    "electricity_use",
    "grid_connection_price",
    "heat_loss",
    "individual_heat_pump_price",
    "network_price",
    "plant_price",
    "plant_units",
    "service_line_price",
    "transmission_price",
]
