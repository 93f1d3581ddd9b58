"""Every assumption as a typed row: value, unit, source, price year, range; in one place."""

from screening.assumptions.loader import available, load, restore, write
from screening.assumptions.model import CHANGED, Assumptions, Parameter

__all__ = ["CHANGED", "Assumptions", "Parameter", "available", "load", "restore", "write"]
