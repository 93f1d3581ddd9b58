"""Contours of the heat density: where it is at least a level, as closed polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import contourpy
import geopandas as gpd
import numpy as np
import shapely

from screening import tables
from screening.areas.density import kwh_per_m2
from screening.areas.shares import cell_shares
from screening.errors import ScreeningError
from screening.units import M2_PER_KM2

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from affine import Affine

    FloatArray = npt.NDArray[np.float64]

__all__ = ["density_contours"]

_ROUNDING = 1e-9
_SPECK = 1e-6  # share of a cell; a smaller piece is a single cell at just the level, not ground


def density_contours(
    array: FloatArray, transform: Affine, levels_kwh_per_m2: Iterable[float]
) -> gpd.GeoDataFrame:
    """Draw the ground where the heat density is at least each level.

    The density of a cell is taken at its centre and runs straight from centre to centre. Beyond the grid
    there is none, so that contours at the edge are closed: the first centre outside has the density zero.
    Ground at exactly the level belongs to it, as the criterion is met from exactly its value on. Smooth the
    grid first (``smooth_density``): contours of single buildings are rings round chimneys.

    Parameters
    ----------
    array
        Heat demand, rows from north to south. [MWh/year per cell]
    transform
        From column and row to easting and northing. [m]
    levels_kwh_per_m2
        Levels above zero. [kWh/m2 per year]

    Returns
    -------
    geopandas.GeoDataFrame
        One row per connected piece of ground, by level and then from the largest down: level_kwh_per_m2,
        area_km2, heat_mwh (within the piece, from the grid by exact shares of its cells; MWh per year), and
        the polygon with its holes. Lines are the ``boundary`` of the polygons. Empty where no density reaches
        a level.

    Raises
    ------
    ScreeningError
        If a level is not above zero.

    Examples
    --------
    >>> from affine import Affine
    >>> peak = np.array([[0.0, 0.0, 0.0], [0.0, 200.0, 0.0], [0.0, 0.0, 0.0]])  # 20 kWh/m2 in the middle
    >>> found = density_contours(peak, Affine(100, 0, 0, 0, -100, 300), [10.0, 30.0])
    >>> found[["level_kwh_per_m2", "area_km2"]].round(6).values.tolist()  # a tilted square
    [[10.0, 0.005]]
    """
    levels = sorted({float(level) for level in levels_kwh_per_m2})
    wrong = [level for level in levels if not (np.isfinite(level) and level > 0)]
    if wrong:
        raise ScreeningError(f"A contour needs a level above 0 kWh/m2; got {wrong[0]:g}.")
    padded = np.pad(kwh_per_m2(array, transform), 1)
    columns, rows = (np.arange(count) - 0.5 for count in padded.shape[::-1])
    draw = contourpy.contour_generator(
        transform.c + transform.a * columns,
        transform.f + transform.e * rows,
        padded,
        name="serial",
        fill_type=contourpy.FillType.OuterOffset,
    )
    pieces = [_pieces(draw, level, abs(transform.determinant)) for level in levels]
    shapes = np.concatenate([*pieces, np.empty(0, dtype=object)])
    found = gpd.GeoDataFrame(
        {
            "level_kwh_per_m2": np.repeat(np.array(levels, dtype=float), [len(piece) for piece in pieces]),
            "area_km2": shapely.area(shapes) / M2_PER_KM2,
            "heat_mwh": _heat_mwh(shapes, array, transform),
        },
        geometry=shapes,
        crs=tables.CRS,
    )
    order = np.lexsort((-found["area_km2"], found["level_kwh_per_m2"]))
    return gpd.GeoDataFrame(found.iloc[order].reset_index(drop=True))


def _pieces(draw: contourpy.ContourGenerator, level: float, cell_m2: float) -> npt.NDArray[np.object_]:
    """Polygons of the ground at or above a level."""
    # Contours part what is above from what is not: from just below the level on, the level itself is above,
    # also where smoothing has rounded it down.
    found: Any = draw.filled(level * (1.0 - _ROUNDING), np.inf)
    rings = [np.split(piece, ends[1:-1]) for piece, ends in zip(*found[:2], strict=True)]
    shapes = [shapely.Polygon(outer, holes) for outer, *holes in rings]
    polygons = np.array(shapes, dtype=object)
    large = polygons[shapely.area(polygons) > _SPECK * cell_m2] if len(polygons) else polygons
    # Two cells may touch in one corner: the piece falls into two there.
    mended = shapely.get_parts(shapely.get_parts(shapely.make_valid(large))) if len(large) else large
    is_ground = shapely.get_type_id(mended) == shapely.GeometryType.POLYGON
    return np.asarray(mended[is_ground], dtype=object)


def _heat_mwh(shapes: npt.NDArray[np.object_], array: FloatArray, transform: Affine) -> FloatArray:
    """Heat within each polygon, its cells by the share of their ground in it."""
    heat_mwh = np.zeros(len(shapes))
    if not len(shapes):
        return heat_mwh
    row_count, column_count = array.shape
    south_west = np.array([transform.c, transform.f + transform.e * row_count])
    ground = shapely.area(shapes) / abs(transform.determinant)
    for part in cell_shares(shapely.transform(shapes, lambda xy: xy - south_west), transform.a):
        # Contours reach half a cell beyond the grid, where there is no heat.
        inside = (part.column >= 0) & (part.column < column_count) & (part.row >= 0) & (part.row < row_count)
        owner, row, column = part.owner[inside], part.row[inside], part.column[inside]
        found = array[(row_count - 1 - row).astype(int), column.astype(int)]
        heat_mwh += np.bincount(owner, found * part.share[inside] * ground[owner], minlength=len(shapes))
    return heat_mwh
