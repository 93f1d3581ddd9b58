"""The plant hour by hour: units, a layered tank, the cheapest operation."""

from screening.operation.energy_costs import co2_kg_per_mwh, fixed_costs
from screening.operation.model import PlantShortageError, Solution, solve
from screening.operation.plant import Plant, example_plants, load_plant
from screening.operation.problem import Limit, Mode, Problem, Running, Stream, Tank
from screening.operation.result import Result, optimise, tell
from screening.operation.units import mode_costs, problem_of

__all__ = [
    "Limit",
    "Mode",
    "Plant",
    "PlantShortageError",
    "Problem",
    "Result",
    "Running",
    "Solution",
    "Stream",
    "Tank",
    "co2_kg_per_mwh",
    "example_plants",
    "fixed_costs",
    "load_plant",
    "mode_costs",
    "optimise",
    "problem_of",
    "solve",
    "tell",
]
