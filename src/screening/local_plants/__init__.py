"""The heating plant of every screened area hour by hour: the price of its heat, and the cheapest size."""

from screening.local_plants.areas import LocalPlants, add_heat_price, chosen_heat_price, run_local_plants
from screening.local_plants.conditions import Conditions, conditions, price_years
from screening.local_plants.plant import Ran, Shares, problem_of, run
from screening.local_plants.sizing import cheapest, search

__all__ = [
    "Conditions",
    "LocalPlants",
    "Ran",
    "Shares",
    "add_heat_price",
    "cheapest",
    "chosen_heat_price",
    "conditions",
    "price_years",
    "problem_of",
    "run",
    "run_local_plants",
    "search",
]
