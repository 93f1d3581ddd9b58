"""How a town can be supplied: plant and network, their size, price and heat loss."""

from screening.supply.customers import Customers
from screening.supply.design import INVESTMENTS, Supply, design
from screening.supply.network import heat_loss, network_price, service_line_price, transmission_price
from screening.supply.pipe_losses import cool, pipe_losses
from screening.supply.pipe_network import PipeNetwork, lay_pipes, pipe_price
from screening.supply.pipes import PipeSizeError, design_power, pipe_capacity, size_pipes
from screening.supply.places import Surroundings, plant_sites, site_candidates, site_surroundings
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
from screening.supply.site import combined_sound_power, noise_distance, site_needs, sound_pressure

__all__ = [
    "INVESTMENTS",
    "Customers",
    "PipeNetwork",
    "PipeSizeError",
    "Supply",
    "Surroundings",
    "along",
    "boiler_price",
    "capacity",
    "combined_sound_power",
    "cool",
    "design",
    "design_power",
    "electricity_use",
    "grid_connection_price",
    "heat_loss",
    "individual_heat_pump_price",
    "lay_pipes",
    "network_price",
    "noise_distance",
    "pipe_capacity",
    "pipe_losses",
    "pipe_price",
    "plant_price",
    "plant_sites",
    "plant_units",
    "service_line_price",
    "site_candidates",
    "site_needs",
    "site_surroundings",
    "size_pipes",
    "sound_pressure",
    "transmission_price",
]
