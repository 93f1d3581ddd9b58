"""Every assumption as a typed row: value, unit, source, price year, range; in one place."""

from screening.assumptions.draws import Draws, between, entry
from screening.assumptions.loader import available, load, restore, write
from screening.assumptions.model import CHANGED, Assumptions, Parameter

__all__ = [
    "CHANGED",
    "Assumptions",
    "Draws",
    "Parameter",
    "available",
    "between",
    "entry",
    "load",
    "restore",
    "write",
]
