"""How much heat the buildings need."""

from screening.demand.annual import annual_heat_demand, specific_heat_demand, split_hot_water

__all__ = ["annual_heat_demand", "specific_heat_demand", "split_hot_water"]
