"""Find the communities: buildings linked through overlaps of what each of them can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
import shapely

from screening import tables
from screening.communities.distance import max_distance, shared_capacity
from screening.communities.pairs import linked_groups, linked_pairs
from screening.errors import TableError

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["find_communities", "links"]

_ARC_SEGMENTS = 8  # per quarter circle, for the map only: links are found by exact distance
_MIN_DRAWN_M = 0.01  # a building without demand reaches nowhere, yet is drawn


def find_communities(
    buildings: gpd.GeoDataFrame, assumptions: Assumptions
) -> tuple[pd.Series, gpd.GeoDataFrame]:
    """Find the groups of buildings that could share a heat pump.

    Two buildings are linked when the distance between their outlines is at most the sum of their maximum
    distances; a community is a group linked so, of at least ``community_min_buildings_count`` buildings.
    The order of rows does not matter.

    Parameters
    ----------
    buildings
        Column heat_demand_mwh (known for every row) and outlines in EPSG:25832, one row per building with
        a unique index; all rows are taken as selected. Points in place of polygons are taken as they are
        and find next to nothing, since a terraced house reaches 2 m.
    assumptions
        The set to use.

    Returns
    -------
    members : pandas.Series
        Community id of each building, missing where it is in none; same index as the buildings.
    communities : geopandas.GeoDataFrame
        ``id``, from 0 for the largest demand down; ``building_count`` [1]; ``heat_demand_mwh`` [MWh/year];
        ``capacity_kw`` [kW]; ``is_collective_supply``, whether the capacity is above
        ``community_collective_supply_kw``; geometry, the members' outlines widened by their maximum
        distances.

    Raises
    ------
    TableError
        If a demand is missing or negative, an outline missing, empty or invalid, or an index repeated.

    See Also
    --------
    links : The pairs that hold the communities together.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> from screening import assumptions
    >>> terrace = gpd.GeoDataFrame({"heat_demand_mwh": [12.0] * 6}, crs="EPSG:25832", geometry=[
    ...     box(700000 + west, 6200000, 700000 + west + 8, 6200010) for west in (0, 8, 16, 24, 32, 90)])
    >>> members, communities = find_communities(terrace, assumptions.load("cowi-2022"))
    >>> members.tolist()
    [0, 0, 0, 0, 0, <NA>]
    >>> communities.loc[0, ["heat_demand_mwh", "capacity_kw"]].tolist()
    [60.0, 30.0]
    """
    ordered = _check(buildings)
    geometry = ordered.geometry.to_numpy()
    demand_mwh = ordered["heat_demand_mwh"].to_numpy(dtype=float)
    reach_m = max_distance(demand_mwh, assumptions)
    label = _rank(linked_groups(geometry, reach_m), demand_mwh, assumptions.community_min_buildings_count)

    members = pd.Series(label, index=ordered.index, name="community_id").astype("Int64")
    members = members.mask(members < 0).reindex(buildings.index)

    inside = np.flatnonzero(label >= 0)
    order = inside[np.argsort(label[inside], kind="stable")]
    building_count = np.bincount(label[order])
    groups = np.split(order, np.cumsum(building_count)[:-1]) if len(order) else []
    wide = np.empty(len(ordered), dtype=object)
    drawn_m = np.maximum(reach_m[order], _MIN_DRAWN_M)
    wide[order] = shapely.buffer(geometry[order], drawn_m, quad_segs=_ARC_SEGMENTS)
    heat_mwh = np.bincount(label[order], weights=demand_mwh[order])
    capacity_kw = shared_capacity(heat_mwh, assumptions)
    communities = gpd.GeoDataFrame(
        {
            "id": np.arange(len(groups)),
            "building_count": building_count,
            "heat_demand_mwh": heat_mwh,
            "capacity_kw": capacity_kw,
            "is_collective_supply": capacity_kw > assumptions.community_collective_supply_kw,
        },
        geometry=[shapely.normalize(shapely.union_all(wide[group])) for group in groups],
        crs=tables.CRS,
    )
    return members, tables.check(communities, tables.COMMUNITIES, "communities")


def links(buildings: gpd.GeoDataFrame, assumptions: Assumptions) -> gpd.GeoDataFrame:
    """List the pairs of buildings that reach each other, with the shortest line between their outlines.

    Parameters
    ----------
    buildings
        As for ``find_communities``; give the members of one community for a map of it.
    assumptions
        The set to use.

    Returns
    -------
    geopandas.GeoDataFrame
        ``building_id``, ``neighbour_id``; ``distance_m`` between the outlines and ``reach_m``, the sum of
        the two maximum distances [m]; geometry, the shortest line.

    Raises
    ------
    TableError
        As ``find_communities``.
    """
    ordered = _check(buildings)
    geometry = ordered.geometry.to_numpy()
    reach_m = max_distance(ordered["heat_demand_mwh"].to_numpy(dtype=float), assumptions)
    first, second, distance_m = linked_pairs(geometry, reach_m)
    return gpd.GeoDataFrame(
        {
            "building_id": ordered.index.to_numpy()[first],
            "neighbour_id": ordered.index.to_numpy()[second],
            "distance_m": distance_m,
            "reach_m": reach_m[first] + reach_m[second],
        },
        geometry=shapely.shortest_line(geometry[first], geometry[second]),
        crs=tables.CRS,
    )


def _check(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Refuse what cannot be measured; give the rows in the order of their ids."""
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


def _rank(group: IntArray, demand_mwh: FloatArray, min_count: float) -> IntArray:
    """Community id of each building, -1 for none; the largest demand first, then the smallest building id."""
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
