"""How much heat the buildings need: from the register by stated figures, or as measured."""

from screening.demand.annual import annual_heat_demand, specific_heat_demand, split_hot_water
from screening.demand.measured import MeasuredReport, heat_demand, read_measured
from screening.demand.profile import heat_demand_mw, heat_profile, possible_peaks_mw

__all__ = [
    "MeasuredReport",
    "annual_heat_demand",
    "heat_demand",
    "heat_demand_mw",
    "heat_profile",
    "possible_peaks_mw",
    "read_measured",
    "specific_heat_demand",
    "split_hot_water",
]
