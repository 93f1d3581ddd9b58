"""Communities of a whole country: found tile by tile, and put together across the borders of tiles.

Each building is sent to every tile that its bounding box, widened by its own reach, touches. Two buildings
that are linked have widened boxes that overlap; the tile of the south-west corner of that overlap is touched
by both. So every link is seen in some tile, whatever the size of the tiles and the reach of others, and the
halo of a tile is no wider than the reach of the buildings themselves. What hangs together inside a tile
hangs together in the country, and buildings that are seen in several tiles join their groups: the result
is that of all buildings at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from screening import tables
from screening.communities.clusters import check_outlines, describe_groups, in_order, rank_groups
from screening.communities.distance import max_distance
from screening.communities.draw import widened
from screening.communities.pairs import linked_groups
from screening.errors import ScreeningError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from screening.assumptions import Assumptions

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Geometries = npt.NDArray[np.object_]

__all__ = ["Tiling", "find_communities_in_tiles", "label_tile", "stitch_tiles", "touched_tiles"]

_MARGIN_M = 1e-6  # above any rounding of coordinates
_MAX_SENT_PER_BUILDING = 1000  # on average: more is a tile size in the wrong unit


@dataclass(frozen=True)
class Tiling:
    """Square tiles without end.

    Parameters
    ----------
    size_m
        Side of a tile. [m]
    east_m, north_m
        A corner of tiles. [m]
    """

    size_m: float = 10_000.0
    east_m: float = 0.0
    north_m: float = 0.0

    def __post_init__(self) -> None:
        if not (np.isfinite([self.size_m, self.east_m, self.north_m]).all() and self.size_m > 0):
            raise ScreeningError(f"Tiles need a size above 0 m and a finite corner; got {self}.")


def touched_tiles(
    geometry: Geometries, reach_m: FloatArray, tiling: Tiling
) -> tuple[IntArray, IntArray, IntArray]:
    """Find the tiles that each building is sent to: those its bounding box, widened by its reach, touches.

    Parameters
    ----------
    geometry
        Outlines, none missing or empty.
    reach_m
        Maximum distance of each. [m]
    tiling
        The tiles.

    Returns
    -------
    position, column, row : numpy.ndarray
        Which building is sent to which tile; ordered by column, row and position.

    Raises
    ------
    ScreeningError
        If the tiles are absurdly small.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import points
    >>> position, column, row = touched_tiles(points([5, 95], 50.0), np.array([1.0, 10.0]), Tiling(100.0))
    >>> list(zip(position.tolist(), column.tolist(), row.tolist()))
    [(0, 0, 0), (1, 0, 0), (1, 1, 0)]
    """
    if len(geometry) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    bounds = shapely.bounds(geometry)
    wide_m = (reach_m + _MARGIN_M)[:, np.newaxis]
    corner_m = (tiling.east_m, tiling.north_m)
    # The number of a coordinate's tile never falls as the coordinate rises, rounding or not: that two boxes
    # overlap is enough for them to share a tile, also where they end exactly on a border.
    low = np.floor((bounds[:, :2] - wide_m - corner_m) / tiling.size_m).astype(np.int64)
    high = np.floor((bounds[:, 2:] + wide_m - corner_m) / tiling.size_m).astype(np.int64)
    across, up = (high - low + 1).T
    count = across * up
    if count.sum() > _MAX_SENT_PER_BUILDING * max(len(geometry), 1000):
        raise ScreeningError(
            f"Tiles of {tiling.size_m:g} m: {len(geometry)} buildings would be sent to {int(count.sum())};"
            " choose larger tiles."
        )
    position = np.repeat(np.arange(len(geometry)), count)
    step = np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)
    column = low[position, 0] + step // up[position]
    row = low[position, 1] + step % up[position]
    order = np.lexsort((position, row, column))
    return position[order], column[order], row[order]


def label_tile(geometry: Geometries, reach_m: FloatArray) -> tuple[IntArray, IntArray]:
    """Find what hangs together among the buildings sent to one tile.

    Parameters
    ----------
    geometry
        Outlines, in the order of the building ids, as in the country.
    reach_m
        Maximum distance of each. [m]

    Returns
    -------
    position, label : numpy.ndarray
        Buildings that are linked to another one here, and the number of their group from 0; a building
        alone is left out.
    """
    group = linked_groups(geometry, reach_m)
    position = np.flatnonzero(np.bincount(group)[group] > 1) if len(group) else group
    _, label = np.unique(group[position], return_inverse=True)
    return position, np.asarray(label, dtype=np.int64)


def stitch_tiles(building_count: int, tiles: Iterable[tuple[IntArray, IntArray]]) -> IntArray:
    """Put the groups of all tiles together through the buildings that several of them have.

    Parameters
    ----------
    building_count
        Buildings of the country. [1]
    tiles
        Of each tile the numbers of its buildings in the country, and their groups, as ``label_tile`` gives
        them.

    Returns
    -------
    numpy.ndarray
        Group of each building of the country, numbered from 0; a building alone is a group.

    Examples
    --------
    >>> import numpy as np
    >>> here = (np.array([0, 1, 4, 5]), np.array([0, 0, 1, 1]))
    >>> there = (np.array([1, 2]), np.array([0, 0]))
    >>> stitch_tiles(6, [here, there]).tolist()
    [0, 0, 0, 1, 2, 2]
    """
    buildings, groups, count = [np.empty(0, np.int64)], [np.empty(0, np.int64)], building_count
    for position, label in tiles:
        buildings.append(position)
        groups.append(label + count)  # a node for each group of a tile beside those for the buildings
        count += int(label.max()) + 1 if len(label) else 0
    one, other = np.concatenate(buildings), np.concatenate(groups)
    graph = coo_matrix((np.ones(len(one), dtype=np.int8), (one, other)), shape=(count, count))
    _, group = connected_components(graph, directed=False)
    return np.asarray(group[:building_count], dtype=np.int64)


def find_communities_in_tiles(
    buildings: gpd.GeoDataFrame, assumptions: Assumptions, tiling: Tiling
) -> tuple[pd.Series, gpd.GeoDataFrame]:
    """Find the communities tile by tile; the same result as ``find_communities``.

    Here all tiles are taken one after the other in one process: it shows, and lets one test, how the parts
    fit together. ``workbench.national_communities`` does it with files and workers.

    Parameters
    ----------
    buildings, assumptions
        As for ``find_communities``.
    tiling
        The tiles; any give the same result.

    Returns
    -------
    members : pandas.Series
        As ``find_communities``.
    communities : geopandas.GeoDataFrame
        As ``find_communities``.

    Raises
    ------
    TableError
        As ``find_communities``.
    """
    checked = check_outlines(buildings)
    ordered = checked.iloc[in_order(checked.index)]
    geometry = ordered.geometry.to_numpy()
    demand_mwh = ordered["heat_demand_mwh"].to_numpy(dtype=float)
    reach_m = max_distance(demand_mwh, assumptions)
    position, column, row = touched_tiles(geometry, reach_m, tiling)
    begins = np.flatnonzero((np.diff(column) != 0) | (np.diff(row) != 0)) + 1
    found = []
    for sent in np.split(position, begins):
        here, label = label_tile(geometry[sent], reach_m[sent])
        found.append((sent[here], label))
    group = stitch_tiles(len(ordered), found)
    min_count = assumptions.community_min_buildings_count
    rows, label = rank_groups(group, demand_mwh, ordered.index, min_count)
    community_id = np.full(len(ordered), -1)
    community_id[rows] = label
    members = pd.Series(community_id, index=ordered.index, name="community_id").astype("Int64")
    figures = describe_groups(label, demand_mwh[rows], assumptions)
    shapes = widened(geometry[rows], reach_m[rows], label)
    communities = gpd.GeoDataFrame(figures, geometry=shapes, crs=tables.CRS)
    members = members.mask(members < 0).reindex(buildings.index)
    return members, tables.check(communities, tables.COMMUNITIES, "communities")
