"""The plant hour by hour: units, a layered tank, the cheapest operation."""

from screening.operation.model import PlantShortageError, Solution, solve
from screening.operation.problem import Limit, Mode, Problem, Running, Stream, Tank
from screening.operation.result import Result, tell

__all__ = [
    "Limit",
    "Mode",
    "PlantShortageError",
    "Problem",
    "Result",
    "Running",
    "Solution",
    "Stream",
    "Tank",
    "solve",
    "tell",
]
