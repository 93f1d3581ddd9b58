"""Which trimmed areas border on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from screening.areas.inputs import check_areas

if TYPE_CHECKING:
    import geopandas as gpd

    from screening.assumptions import Assumptions

__all__ = ["neighbours"]


def neighbours(trimmed: gpd.GeoDataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Find the pairs of areas that lie close enough to share one network.

    Parameters
    ----------
    trimmed
        Column ``area`` and polygons in EPSG:25832, as from ``delineate``; an empty polygon has no
        neighbours.
    assumptions
        The set to use (``neighbour_distance_m``).

    Returns
    -------
    pandas.DataFrame
        area, neighbour, gap_m (shortest distance between the two outlines, 0 where they touch or
        overlap); one row per pair, in the order of the areas given.

    Raises
    ------
    TableError
        If two areas share a name or one has no valid polygon.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from screening import assumptions
    >>> boxes = [shapely.box(0, 0, 100, 100), shapely.box(140, 0, 200, 100), shapely.box(900, 0, 999, 99)]
    >>> towns = gpd.GeoDataFrame({"area": ["A", "B", "C"]}, geometry=boxes, crs="EPSG:25832")
    >>> neighbours(towns, assumptions.load("cowi-2022")).to_dict("records")
    [{'area': 'A', 'neighbour': 'B', 'gap_m': 40.0}]
    """
    trimmed = check_areas(trimmed, may_be_empty=True)
    shapes, names = trimmed.geometry.to_numpy(), trimmed["area"].to_numpy(object)
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="dwithin", distance=assumptions.neighbour_distance_m)
    once = first < second
    order = np.lexsort((second[once], first[once]))
    first, second = first[once][order], second[once][order]
    gap_m = shapely.distance(shapes[first], shapes[second])
    return pd.DataFrame({"area": names[first], "neighbour": names[second], "gap_m": gap_m.astype(float)})
