"""Where heat demand lies together: trimmed areas, their key figures, the density grid."""

from screening.areas.assign import assign
from screening.areas.delineate import delineate, outside
from screening.areas.density import density_grid
from screening.areas.grid_sum import add_grid, frame_grids
from screening.areas.key_figures import is_dense_enough, key_figures
from screening.areas.neighbours import neighbours
from screening.areas.outline import outline

__all__ = [
    "add_grid",
    "assign",
    "delineate",
    "density_grid",
    "frame_grids",
    "is_dense_enough",
    "key_figures",
    "neighbours",
    "outline",
    "outside",
]
