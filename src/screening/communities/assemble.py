"""From groups of buildings to communities: which count, their order, figures and shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pandera.pandas as pa
import shapely

from screening import tables
from screening.communities.distance import shared_capacity
from screening.errors import TableError

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from screening.assumptions import Assumptions

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Geometries = npt.NDArray[np.object_]

__all__ = ["check_outlines", "describe_groups", "draw_groups", "rank_groups"]

_ARC_SEGMENTS = 8  # per quarter circle, for the map only: links are found by exact distance
_MIN_DRAWN_M = 0.01  # a building without demand reaches nowhere, yet is drawn


def check_outlines(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Refuse what cannot be measured; give the rows in the order of their ids.

    Parameters
    ----------
    buildings
        As for ``find_communities``.

    Returns
    -------
    geopandas.GeoDataFrame
        The rows, sorted.

    Raises
    ------
    TableError
        If a demand is missing or negative, an outline missing, empty or invalid, or an index repeated.
    """
    column = tables.BUILDINGS_WITH_HEAT.columns["heat_demand_mwh"]
    checked = tables.check(buildings, pa.DataFrameSchema({"heat_demand_mwh": column}), "outlines")
    geometry = checked.geometry.to_numpy()
    empty = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    cases = {
        "appear more than once; expected one row per building": checked.index.duplicated(),
        "have no heat demand; leave them out and count them": checked["heat_demand_mwh"].isna().to_numpy(),
        "have no outline; give a mapped or an estimated one": empty,
        "have an invalid outline; mend it with make_valid": ~empty & ~shapely.is_valid(geometry),
    }
    faults = [
        f"{int(mask.sum())} rows {what} (rows {', '.join(str(row) for row in checked.index[mask][:3])})"
        for what, mask in cases.items()
        if mask.any()
    ]
    if faults:
        raise TableError("outlines: " + "; ".join(faults) + ".")
    return checked.iloc[np.argsort(checked.index.to_numpy(dtype=str), kind="stable")]


def rank_groups(group: IntArray, demand_mwh: FloatArray, min_count: float) -> IntArray:
    """Give ids to the groups that are large enough: the largest demand first, then the smallest building id.

    Parameters
    ----------
    group
        Group of each building, numbered from 0 without gaps; buildings in the order of their ids.
    demand_mwh
        Heat demand of each. [MWh/year]
    min_count
        Fewest buildings of a community. [1]

    Returns
    -------
    numpy.ndarray
        Community id of each building, -1 for none.
    """
    count = len(demand_mwh)
    size = np.bincount(group)
    group_count = len(size)
    # To the nearest watt-hour, so that equal sums are equal in whatever order they were added.
    heat_mwh = np.bincount(group, weights=demand_mwh, minlength=group_count).round(6)
    lowest = np.full(group_count, count)
    np.minimum.at(lowest, group, np.arange(count))
    order = np.lexsort((lowest, -heat_mwh))
    order = order[size[order] >= min_count]
    rank = np.full(group_count, -1)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[group], dtype=np.int64)


def describe_groups(label: IntArray, demand_mwh: FloatArray, assumptions: Assumptions) -> pd.DataFrame:
    """Give the figures of each community.

    Parameters
    ----------
    label
        Community id of each building, -1 for none; buildings in the order of their ids.
    demand_mwh
        Heat demand of each. [MWh/year]
    assumptions
        The set to use.

    Returns
    -------
    pandas.DataFrame
        ``COMMUNITIES`` without geometry, one row per id.
    """
    inside = label >= 0
    building_count = np.bincount(label[inside])
    heat_mwh = np.bincount(label[inside], weights=demand_mwh[inside])
    capacity_kw = shared_capacity(heat_mwh, assumptions)
    return pd.DataFrame(
        {
            "id": np.arange(len(building_count)),
            "building_count": building_count,
            "heat_demand_mwh": heat_mwh,
            "capacity_kw": capacity_kw,
            "is_collective_supply": capacity_kw > assumptions.community_collective_supply_kw,
        }
    )


def draw_groups(geometry: Geometries, reach_m: FloatArray, label: IntArray) -> list[shapely.Geometry]:
    """Draw each community: its members' outlines widened by their reaches.

    Parameters
    ----------
    geometry
        Outlines, in the order of the building ids.
    reach_m
        Maximum distance of each. [m]
    label
        Community of each, -1 for none.

    Returns
    -------
    list of shapely.Geometry
        One shape per community, in the order of the labels.
    """
    inside = np.flatnonzero(label >= 0)
    order = inside[np.argsort(label[inside], kind="stable")]
    drawn_m = np.maximum(reach_m[order], _MIN_DRAWN_M)
    wide = shapely.buffer(geometry[order], drawn_m, quad_segs=_ARC_SEGMENTS)
    begins = np.flatnonzero(np.diff(label[order])) + 1
    groups = np.split(wide, begins) if len(order) else []
    return [shapely.normalize(shapely.union_all(group)) for group in groups]
