"""Find the communities: buildings linked through overlaps of what each of them can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
import shapely

from screening import tables
from screening.communities.distance import is_collective_supply, max_distance, shared_capacity
from screening.communities.draw import widened
from screening.communities.pairs import linked_groups, linked_pairs
from screening.errors import TableError

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["check_outlines", "describe_groups", "find_communities", "in_order", "links", "rank_groups"]


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
    checked = check_outlines(buildings)
    geometry = checked.geometry.to_numpy()
    demand_mwh = checked["heat_demand_mwh"].to_numpy(dtype=float)
    reach_m = max_distance(demand_mwh, assumptions)
    group = linked_groups(geometry, reach_m)
    rows, label = rank_groups(group, demand_mwh, checked.index, assumptions.community_min_buildings_count)

    community_id = np.full(len(checked), -1)
    community_id[rows] = label
    members = pd.Series(community_id, index=buildings.index, name="community_id").astype("Int64")
    figures = describe_groups(label, demand_mwh[rows], assumptions)
    shapes = widened(geometry[rows], reach_m[rows], label)
    communities = gpd.GeoDataFrame(figures, geometry=shapes, crs=tables.CRS)
    return members.mask(members < 0), tables.check(communities, tables.COMMUNITIES, "communities")


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
    checked = check_outlines(buildings)
    ordered = checked.iloc[in_order(checked.index)]
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


def check_outlines(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Refuse what cannot be measured.

    Parameters
    ----------
    buildings
        As for ``find_communities``.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows in the same order.

    Raises
    ------
    TableError
        As ``find_communities``; all faults at once.
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
    return checked


def in_order(index: pd.Index) -> IntArray:
    """Positions in the order of the ids, as text: what follows does not depend on the order of rows."""
    return np.asarray(index.astype(str).argsort(kind="stable"), dtype=np.int64)


def rank_groups(
    group: IntArray, demand_mwh: FloatArray, index: pd.Index, min_count: float
) -> tuple[IntArray, IntArray]:
    """Choose the groups that are communities and number them.

    Parameters
    ----------
    group
        Number of each building's group, from 0 without gaps.
    demand_mwh
        Heat demand of each. [MWh/year]
    index
        Building ids.
    min_count
        Fewest buildings of a community. [1]

    Returns
    -------
    rows : numpy.ndarray
        Positions of the members, in the order of communities, then of building ids.
    label : numpy.ndarray
        Community id of each: the largest demand first, then the smallest building id.
    """
    size = np.bincount(group)
    rows = np.flatnonzero(size[group] >= min_count)
    rows = rows[in_order(index[rows])]
    kept, lowest, number = np.unique(group[rows], return_index=True, return_inverse=True)
    # To the nearest watt-hour, so that equal sums are equal in whatever order they were added.
    heat_mwh = np.bincount(number, weights=demand_mwh[rows], minlength=len(kept)).round(6)
    rank = np.empty(len(kept), dtype=np.int64)
    rank[np.lexsort((lowest, -heat_mwh))] = np.arange(len(kept))
    label = rank[number]
    order = np.argsort(label, kind="stable")
    return rows[order], label[order]


def describe_groups(label: IntArray, demand_mwh: FloatArray, assumptions: Assumptions) -> pd.DataFrame:
    """Give the figures of each community.

    Parameters
    ----------
    label
        Community id of each member, in the order of ``rank_groups``.
    demand_mwh
        Heat demand of each member. [MWh/year]
    assumptions
        The set to use.

    Returns
    -------
    pandas.DataFrame
        ``COMMUNITIES`` without geometry, one row per id.
    """
    heat_mwh = np.bincount(label, weights=demand_mwh)
    capacity_kw = shared_capacity(heat_mwh, assumptions)
    return pd.DataFrame(
        {
            "id": np.arange(len(heat_mwh)),
            "building_count": np.bincount(label),
            "heat_demand_mwh": heat_mwh,
            "capacity_kw": capacity_kw,
            "is_collective_supply": is_collective_supply(capacity_kw, assumptions),
        }
    )
