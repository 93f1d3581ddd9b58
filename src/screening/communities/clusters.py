"""Find the communities: buildings linked through overlaps of what each of them can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from screening import tables
from screening.communities.assemble import check_outlines, describe_groups, draw_groups, rank_groups
from screening.communities.distance import max_distance
from screening.communities.pairs import linked_groups, linked_pairs

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["find_communities", "links"]


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
    ordered = check_outlines(buildings)
    geometry = ordered.geometry.to_numpy()
    demand_mwh = ordered["heat_demand_mwh"].to_numpy(dtype=float)
    reach_m = max_distance(demand_mwh, assumptions)
    label = rank_groups(
        linked_groups(geometry, reach_m), demand_mwh, assumptions.community_min_buildings_count
    )

    members = pd.Series(label, index=ordered.index, name="community_id").astype("Int64")
    members = members.mask(members < 0).reindex(buildings.index)

    figures = describe_groups(label, demand_mwh, assumptions)
    communities = gpd.GeoDataFrame(figures, geometry=draw_groups(geometry, reach_m, label), crs=tables.CRS)
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
    ordered = check_outlines(buildings)
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
