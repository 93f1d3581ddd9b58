"""Split a community that would be collective heat supply into parts that are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from screening.communities.clusters import check_outlines, find_communities, links
from screening.communities.distance import (
    is_collective_supply,
    payment_line,
    pipe_payment,
    shared_capacity,
    sharing_gain,
)
from screening.communities.partition import divide
from screening.communities.problem import OUTSIDE, Problem, shortest_forest
from screening.communities.split_tables import cut_table, member_table, part_table, summary_row
from screening.errors import TableError

if TYPE_CHECKING:
    import geopandas as gpd

    from screening.assumptions import Assumptions
    from screening.communities.problem import FloatArray, IntArray

__all__ = ["Split", "split_communities"]


@dataclass(frozen=True)
class Split:
    """How the communities above the limit can be divided, and what that costs.

    Attributes
    ----------
    splits
        One row per community above the limit: ``id``, ``building_count`` [1], ``heat_demand_mwh``
        [MWh/year], ``capacity_kw`` [kW]; ``part_count`` and ``left_out_count`` [1], ``left_out_mwh``
        [MWh/year]; ``pipe_m`` of the whole, ``parts_pipe_m``, and ``detour_m``, how much longer the parts'
        pipes with the cut links are than the whole's [m]; ``gain_dkk_per_year`` of the whole,
        ``parts_gain_dkk_per_year``; what is lost: ``further_pumps_dkk_per_year``, ``left_out_dkk_per_year``
        and, against it, ``pipe_saved_dkk_per_year``; their sum ``lost_dkk_per_year`` [DKK/year]; ``reason``,
        why buildings are left out or no part exists, empty where none is left out.
    parts
        One row per part: ``id`` of the community, ``part`` from 1 for the largest demand down,
        ``building_count`` [1], ``heat_demand_mwh`` [MWh/year], ``capacity_kw`` [kW], ``pipe_m`` [m],
        ``gain_dkk_per_year`` [DKK/year]; geometry, the outlines widened by their reach.
    members
        Index building_id, every building of these communities: ``id``, ``part`` (missing where it is in
        none), ``gain_dkk_per_year`` before pipes [DKK/year], ``reason`` (too_large, cut_off, no_fit,
        too_few, no_room or empty).
    cut_links
        The cheapest links that would make the parts and the buildings left out one community again: ``id``,
        ``building_id``, ``neighbour_id``, ``part``, ``neighbour_part`` (missing where left out),
        ``distance_m`` [m]; ``pump_dkk_per_year`` of one more heat pump, ``pipe_saved_dkk_per_year`` and
        their difference ``lost_dkk_per_year`` [DKK/year]; geometry, the shortest line.
    """

    splits: pd.DataFrame
    parts: gpd.GeoDataFrame
    members: pd.DataFrame
    cut_links: gpd.GeoDataFrame

    def named(self) -> dict[str, Any]:
        """Give the tables under the names that a screening has for them."""
        return {
            "splits": self.splits,
            "community_parts": self.parts,
            "part_members": self.members,
            "cut_links": self.cut_links,
        }


def split_communities(
    buildings: gpd.GeoDataFrame, assumptions: Assumptions, members: pd.Series | None = None
) -> Split:
    """Divide each community above the limit into parts that are no collective heat supply.

    A part holds at least ``community_min_buildings_count`` buildings, joined by links between them, and its
    capacity is not collective supply (``is_collective_supply``: exactly the limit is still a part). As many
    buildings as possible are placed; among those divisions the one that loses least is sought. The search
    is near-optimal, not exact; how near is measured in docs/splitting.md. The order of rows does not matter.

    Parameters
    ----------
    buildings
        As for ``find_communities``; rows that are in no community are passed over.
    assumptions
        The set to use.
    members
        Community id per building, as from ``find_communities``; found when not given.

    Returns
    -------
    Split
        Tables of communities, parts, members and cut links; empty where nothing is above the limit.

    Raises
    ------
    TableError
        As ``find_communities``; if ``members`` places buildings that are not in the table, or one twice.

    Notes
    -----
    The yearly gain of a group is what the published distance formula counts: for each building
    (A_before - A_after) + scale saving * Q, less service line and heat loss for each metre of the shortest
    tree of links between the outlines. A is the straight payment line a + b * kW. It is linear, so that a
    division loses nothing of (A_before - A_after) or of the scale saving for a building that is in a part. It
    loses

    - a (about 6,189 DKK a year by the published payments) for every heat pump more than one: one per further
      part, and one per building left out,
    - the gain of each building left out,
    - and saves the pipe that is not laid; a link longer than about 15 m costs more than a heat pump more.

    So lost = gain of the whole - gain of the parts + further pumps, and it may be below 0. Members given by
    hand that hang together in n pieces only have n heat pumps undivided; further ones are those beyond them.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> from screening import assumptions
    >>> row = gpd.GeoDataFrame({"heat_demand_mwh": [60.0] * 12}, crs="EPSG:25832", geometry=[
    ...     box(700000 + west, 6200000, 700000 + west + 20, 6200010) for west in range(0, 240, 20)])
    >>> split = split_communities(row, assumptions.load("cowi-2022"))
    >>> split.parts["building_count"].sum(), (split.parts["capacity_kw"] <= 250).tolist()
    (np.int64(12), [True, True])
    >>> split.splits["lost_dkk_per_year"].round().tolist()
    [6189.0]
    """
    if members is None:
        found = find_communities(buildings, assumptions)[0]
    else:
        buildings = check_outlines(buildings)
        found = _known_members(members, buildings)
    ordered = buildings.iloc[np.argsort(buildings.index.to_numpy(dtype=str), kind="stable")]
    community = found.reindex(ordered.index)
    heat_mwh = ordered["heat_demand_mwh"].groupby(community).sum()
    above = heat_mwh.index[is_collective_supply(shared_capacity(heat_mwh, assumptions), assumptions)]
    community = community[community.isin(above)].astype(np.int64)
    inside = ordered.loc[community.index, ["heat_demand_mwh", ordered.geometry.name]]
    pairs = links(inside, assumptions)
    linked, other = (
        community.loc[pairs[end]].to_numpy(dtype=np.int64) for end in ("building_id", "neighbour_id")
    )
    within = linked == other  # members given by hand may part what is linked
    pieces = [
        _split_one(
            int(number),
            inside[community == number],
            pairs[within & (linked == number)].reset_index(drop=True),
            assumptions,
        )
        for number in above
    ]
    if not pieces:
        pieces = [_split_one(0, inside, pairs, assumptions)]
    names = ("splits", "parts", "members", "cut_links")
    stacked = [
        pd.concat([getattr(piece, name) for piece in pieces], ignore_index=name != "members")
        for name in names
    ]
    return Split(*stacked)


def _known_members(members: pd.Series, buildings: gpd.GeoDataFrame) -> pd.Series:
    """Refuse members that are not among the buildings: their communities would vanish without a word."""
    if members.index.has_duplicates:
        raise TableError("members name a building more than once; expected one community id per building.")
    placed = members.dropna()
    unknown = placed.index[~placed.index.isin(buildings.index)]
    if len(unknown):
        shown = ", ".join(repr(name) for name in unknown[:3])
        raise TableError(
            f"members: {len(unknown)} of {len(placed)} ids are not in the index of the buildings ({shown}); "
            f"give the members of these buildings, with ids of the same type."
        )
    return members


def _split_one(
    number: int, buildings: gpd.GeoDataFrame, pairs: gpd.GeoDataFrame, assumptions: Assumptions
) -> Split:
    problem = _problem(buildings, pairs, assumptions)
    label = _by_demand(divide(problem), buildings["heat_demand_mwh"].to_numpy(dtype=float))
    kept = shortest_forest(problem, label)
    members = member_table(number, buildings, problem, label)
    parts = part_table(number, buildings, pairs, label, kept, assumptions)
    cut_links = cut_table(number, problem, pairs, members, kept)
    summary = pd.DataFrame([summary_row(number, buildings, problem, members, parts, cut_links, assumptions)])
    return Split(summary.iloc[: len(buildings)], parts, members, cut_links)


def _problem(buildings: gpd.GeoDataFrame, pairs: gpd.GeoDataFrame, assumptions: Assumptions) -> Problem:
    heat_mwh = buildings["heat_demand_mwh"].to_numpy(dtype=float)
    place = pd.Series(np.arange(len(buildings)), index=buildings.index)
    _, intercept = payment_line(assumptions)
    return Problem(
        capacity_kw=shared_capacity(heat_mwh, assumptions),
        gain_dkk=sharing_gain(heat_mwh, assumptions),
        first=place.loc[pairs["building_id"]].to_numpy(dtype=np.int64),
        second=place.loc[pairs["neighbour_id"]].to_numpy(dtype=np.int64),
        pipe_dkk=pairs["distance_m"].to_numpy(dtype=float) * pipe_payment(assumptions),
        pump_dkk=intercept,
        limit_kw=float(assumptions.community_collective_supply_kw),
        min_count=int(np.ceil(assumptions.community_min_buildings_count)),
    )


def _by_demand(label: IntArray, heat_mwh: FloatArray) -> IntArray:
    """Give the parts numbers from the largest demand down; equal demands by their first building."""
    if not (label >= 0).any():
        return label
    total = np.bincount(label[label >= 0], weights=heat_mwh[label >= 0]).round(6)
    rank = np.empty(len(total), dtype=np.int64)
    rank[np.argsort(-total, kind="stable")] = np.arange(len(total))
    return np.where(label == OUTSIDE, OUTSIDE, rank[label])
