"""How firm the communities are: what becomes of them where every building reaches less far, or farther."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from screening.communities.clusters import check_outlines, rank_groups
from screening.communities.distance import is_collective_supply, max_distance, shared_capacity
from screening.communities.forest import Forest, grow_forest, scale_of
from screening.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import numpy.typing as npt

    from screening.assumptions import Assumptions

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["SCALES", "distance_sensitivity"]

SCALES = tuple(tenth / 10 for tenth in range(5, 21))  # half the distance to twice the distance


def distance_sensitivity(
    buildings: gpd.GeoDataFrame,
    assumptions: Assumptions,
    scales: Sequence[float] = SCALES,
    areas: gpd.GeoDataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the communities at every scale of the maximum distances, in one pass.

    A scale of 2 is a pipe at half the cost for each metre, or twice the gain of sharing: every building
    reaches twice as far. The demands stay.

    Parameters
    ----------
    buildings
        As for ``find_communities``.
    assumptions
        The set to use.
    scales
        Factors on all maximum distances, above 0; the rows come in rising order. [1]
    areas
        Column ``area`` and polygons: count for each the communities whose reach touches it.

    Returns
    -------
    table : pandas.DataFrame
        One row per scale (and area, as first column): ``scale`` [1]; ``community_count``,
        ``building_count`` in them [1]; ``heat_demand_mwh`` [MWh/year]; ``collective_supply_count`` and
        ``collective_building_count``, those above ``community_collective_supply_kw`` [1];
        ``largest_building_count`` [1] and ``largest_heat_demand_mwh`` [MWh/year].
    margins : pandas.DataFrame
        One row per community of scale 1, by the ids of ``find_communities``: ``id``; ``appears_scale``, from
        which on enough of its buildings hang together to be a community; ``whole_scale``, from which on all
        of them do; ``grows_scale``, at which another building joins; ``merges_scale``, at which it meets
        another community [1]. The last two are missing where it takes more than the largest scale.

    Raises
    ------
    TableError
        As ``find_communities``, or if there is no scale, or one that is not above 0.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> from screening import assumptions
    >>> terrace = gpd.GeoDataFrame({"heat_demand_mwh": [12.0] * 6}, crs="EPSG:25832", geometry=[
    ...     box(700000 + west, 6200000, 700000 + west + 8, 6200010) for west in (0, 8, 16, 24, 32, 46)])
    >>> table, margins = distance_sensitivity(terrace, assumptions.load("cowi-2022"), [0.5, 1, 2])
    >>> table[["scale", "building_count"]].to_numpy().tolist()
    [[0.5, 5.0], [1.0, 5.0], [2.0, 6.0]]
    >>> margins.loc[0, ["appears_scale", "grows_scale", "merges_scale"]].astype(float).round(2).tolist()
    [0.0, 1.48, nan]
    """
    factors = np.unique(np.asarray(scales, dtype=float))
    if factors.size == 0 or not (np.isfinite(factors) & (factors > 0)).all():
        raise TableError(f"scales: got {list(scales)}; expected one or more numbers above 0.")
    checked = check_outlines(buildings)
    reach_m = max_distance(checked["heat_demand_mwh"].to_numpy(dtype=float), assumptions)
    top = max(float(factors[-1]), 1.0)
    forest = grow_forest(checked.geometry.to_numpy(), reach_m, top)
    touching = _touching(checked, reach_m, top, areas)
    names = [""] if areas is None else areas["area"].tolist()
    parts = [
        _found(forest.groups(scale), checked, assumptions, touching[touching["scale"] <= scale], len(names))
        for scale in factors
    ]
    table = pd.concat(parts, keys=factors, names=["scale", "part"]).reset_index()
    table = table.sort_values(["part", "scale"], kind="stable", ignore_index=True)
    table.insert(0, "area", np.array(names, dtype=object)[table.pop("part")])
    rows, label = rank_groups(
        forest.groups(1.0),
        checked["heat_demand_mwh"].to_numpy(dtype=float),
        checked.index,
        assumptions.community_min_buildings_count,
    )
    own = np.full(len(checked), -1)
    own[rows] = label
    margins = _margins(forest, own, assumptions.community_min_buildings_count)
    return table.drop(columns="area") if areas is None else table, margins


def _touching(
    buildings: gpd.GeoDataFrame, reach_m: FloatArray, top: float, areas: gpd.GeoDataFrame | None
) -> pd.DataFrame:
    """Which buildings reach which area (``part``, by position), and from which scale on."""
    geometry = buildings.geometry.to_numpy()
    if areas is None:
        return pd.DataFrame({"row": np.arange(len(geometry)), "part": 0, "scale": 0.0})
    shapes = areas.geometry.to_numpy()
    row, part = shapely.STRtree(shapes).query(geometry, predicate="dwithin", distance=reach_m * top)
    distance_m = shapely.distance(geometry[row], shapes[part])
    scale = scale_of(distance_m, reach_m[row], np.zeros(len(row)))
    return pd.DataFrame({"row": row, "part": part, "scale": scale})


def _found(
    group: IntArray,
    buildings: gpd.GeoDataFrame,
    assumptions: Assumptions,
    touching: pd.DataFrame,
    part_count: int,
) -> pd.DataFrame:
    """Count the communities of one scale by part."""
    demand_mwh = buildings["heat_demand_mwh"].to_numpy(dtype=float)
    rows, label = rank_groups(group, demand_mwh, buildings.index, assumptions.community_min_buildings_count)
    own = np.full(len(group), -1)
    own[rows] = label
    pairs = touching[["part"]].assign(id=own[touching["row"]])
    pairs = pairs[pairs["id"] >= 0].drop_duplicates()
    heat_mwh, size = np.bincount(label, weights=demand_mwh[rows]), np.bincount(label)
    above = is_collective_supply(shared_capacity(heat_mwh, assumptions), assumptions)
    number = pairs["id"].to_numpy()
    each = pairs.assign(size=size[number], heat=heat_mwh[number], above=above[number])
    found = each.assign(above_size=each["size"] * each["above"]).groupby("part")
    table = pd.DataFrame(
        {
            "community_count": found["size"].count(),
            "building_count": found["size"].sum(),
            "heat_demand_mwh": found["heat"].sum(),
            "collective_supply_count": found["above"].sum(),
            "collective_building_count": found["above_size"].sum(),
            "largest_building_count": found["size"].max(),
            "largest_heat_demand_mwh": found["heat"].max(),
        }
    ).reindex(np.arange(part_count), fill_value=0)
    return table.astype({name: int for name in table.columns if "count" in str(name)})


def _margins(forest: Forest, own: IntArray, min_count: float) -> pd.DataFrame:
    """Tell when each community of scale 1 (``own``) appears, is whole, grows and merges."""
    count = int(own.max(initial=-1)) + 1
    one, other = own[forest.first], own[forest.second]
    inner = (one == other) & (one >= 0)
    whole = np.zeros(count)
    np.maximum.at(whole, one[inner], forest.scale[inner])
    grows = np.full(count, np.inf)
    for end in (one, other):  # the first join across its border is in the forest
        outer = ~inner & (end >= 0)
        np.minimum.at(grows, end[outer], forest.scale[outer])
    appears, merges = _walk(forest, own, count, min_count)
    margins = pd.DataFrame(
        {
            "id": np.arange(count),
            "appears_scale": appears,
            "whole_scale": whole,
            "grows_scale": grows,
            "merges_scale": merges,
        }
    )
    return margins.replace(np.inf, np.nan)


def _walk(forest: Forest, own: IntArray, count: int, min_count: float) -> tuple[FloatArray, FloatArray]:
    """Scales at which each community has enough buildings, and at which it meets another one.

    Only joins in groups that hold a community in the end are walked through, smallest scale first.
    """
    appears = np.full(count, 0.0 if min_count <= 1 else np.inf)
    merges = np.full(count, np.inf)
    final = forest.groups(np.inf)
    held = np.zeros(final.max(initial=-1) + 1, dtype=bool)
    held[final[own >= 0]] = True
    kept = held[final[forest.first]]
    trees = _Trees(own)
    joins = zip(
        forest.first[kept].tolist(), forest.second[kept].tolist(), forest.scale[kept].tolist(), strict=True
    )
    for first, second, scale in joins:
        one, other = trees.root(first), trees.root(second)
        size, mine, theirs = trees.join(one, other)
        if mine == theirs:
            if mine >= 0 and size >= min_count:
                appears[mine] = min(appears[mine], scale)
        elif mine >= 0 and theirs >= 0:
            merges[[mine, theirs]] = np.minimum(merges[[mine, theirs]], scale)
    return appears, merges


class _Trees:
    """Sets of positions that are joined, their sizes and the community each holds."""

    def __init__(self, own: IntArray) -> None:
        self.parent = list(range(len(own)))
        self.size = [1] * len(own)
        self.own = own.tolist()

    def root(self, position: int) -> int:
        parent = self.parent
        while parent[position] != position:
            parent[position] = parent[parent[position]]
            position = parent[position]
        return position

    def join(self, one: int, other: int) -> tuple[int, int, int]:
        """Put the smaller under the larger; give the size, and the communities that the two held."""
        mine, theirs = self.own[one], self.own[other]
        if self.size[one] < self.size[other]:
            one, other = other, one
        self.parent[other] = one
        self.size[one] += self.size[other]
        self.own[one] = max(mine, theirs)
        return self.size[one], mine, theirs
