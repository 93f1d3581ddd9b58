"""Where heat demand lies together: trimmed areas, their key figures, the density grid."""

from screening.areas.assign import assign
from screening.areas.delineate import delineate, outside
from screening.areas.density import density_grid
from screening.areas.key_figures import is_dense_enough, key_figures
from screening.areas.neighbours import neighbours
from screening.areas.outline import outline

__all__ = [
    "assign",
    "delineate",
    "density_grid",
    "is_dense_enough",
    "key_figures",
    "neighbours",
    "outline",
    "outside",
]
