"""The plant hour by hour: units, a layered tank, the cheapest operation."""

from screening.operation.model import PlantShortageError, Solution, solve
from screening.operation.problem import Limit, Mode, Problem, Running, Stream, Tank

__all__ = [
    "Limit",
    "Mode",
    "PlantShortageError",
    "Problem",
    "Running",
    "Solution",
    "Stream",
    "Tank",
    "solve",
]
