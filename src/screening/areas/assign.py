"""Which area each building belongs to: exactly one, also where areas overlap or share a border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from screening.areas.inputs import check_areas, check_buildings

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

__all__ = ["assign", "precedence"]


def assign(buildings: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Name the area that each building stands in.

    A building on a border counts as inside. In more than one area it belongs to the smallest of them (the
    part, not the whole), and to the first by name where these are equally large, so that each building
    counts once and the order of rows does not matter.

    Parameters
    ----------
    buildings
        Points in EPSG:25832.
    areas
        Column ``area`` and polygons in EPSG:25832; empty polygons hold no building.

    Returns
    -------
    pandas.Series
        Name of the area, None outside all of them; same index as the buildings.

    Raises
    ------
    TableError
        If a building has no point or an area no valid polygon.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> areas = gpd.GeoDataFrame({"area": ["west", "east"]},
    ...     geometry=[box(700000, 6200000, 700100, 6200100), box(700100, 6200000, 700300, 6200100)],
    ...     crs="EPSG:25832")
    >>> points = [Point(700050, 6200050), Point(700100, 6200050), Point(700900, 6200050)]
    >>> assign(gpd.GeoDataFrame(geometry=points, crs="EPSG:25832"), areas).tolist()
    ['west', 'west', None]
    """
    buildings = check_buildings(buildings, [])
    areas = check_areas(areas, may_be_empty=True)
    names = np.full(len(buildings), None, dtype=object)
    if len(areas) and len(buildings):
        tree = shapely.STRtree(buildings.geometry.to_numpy())
        order = precedence(areas)
        polygons = areas.geometry.to_numpy()[order]
        which, found = tree.query(polygons, predicate="intersects")
        # Written from the last in precedence to the first, so that the first one stays.
        backwards = np.argsort(-which, kind="stable")
        names[found[backwards]] = areas["area"].to_numpy(dtype=object)[order][which[backwards]]
    return pd.Series(names, index=buildings.index, name="area", dtype=object)


def precedence(areas: gpd.GeoDataFrame) -> npt.NDArray[np.intp]:
    """Positions of the areas in the order in which they claim ground: smallest first, then by name.

    Parameters
    ----------
    areas
        Column ``area`` and polygons.

    Returns
    -------
    numpy.ndarray
        Positions of rows. [1]
    """
    size_m2 = shapely.area(areas.geometry.to_numpy())
    return np.lexsort((areas["area"].to_numpy(dtype=str), size_m2))
