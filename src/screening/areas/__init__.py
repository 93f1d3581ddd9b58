"""Where heat demand lies together: trimmed areas, their key figures, the density grid."""

from screening.areas.assign import assign
from screening.areas.contours import density_contours
from screening.areas.delineate import delineate, outside
from screening.areas.density import density_grid, kwh_per_m2
from screening.areas.grid_sum import add_grid, frame_grids
from screening.areas.key_figures import is_dense_enough, key_figures
from screening.areas.methods import DEFAULT_METHOD, METHODS
from screening.areas.neighbours import neighbours
from screening.areas.outline import outline
from screening.areas.smoothing import smooth_density
from screening.areas.towns import Survey, compare_methods, find_areas, given_or_found, survey_areas

__all__ = [
    "DEFAULT_METHOD",
    "METHODS",
    "Survey",
    "add_grid",
    "assign",
    "compare_methods",
    "delineate",
    "density_contours",
    "density_grid",
    "find_areas",
    "frame_grids",
    "given_or_found",
    "is_dense_enough",
    "key_figures",
    "kwh_per_m2",
    "neighbours",
    "outline",
    "outside",
    "smooth_density",
    "survey_areas",
]
