"""Tables of a divided community: parts, members, links cut, and what is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from screening import tables
from screening.communities.distance import max_distance, pipe_payment, shared_capacity, sharing_gain
from screening.communities.draw import widened
from screening.communities.problem import OUTSIDE, Problem, shortest_forest
from screening.communities.reasons import reason_words, why_outside

if TYPE_CHECKING:
    from screening.assumptions import Assumptions
    from screening.communities.problem import IntArray

__all__ = ["cut_table", "member_table", "part_table", "summary_row"]


def member_table(number: int, buildings: gpd.GeoDataFrame, problem: Problem, label: IntArray) -> pd.DataFrame:
    """Part of each building, or why it is in none."""
    is_outside = label == OUTSIDE
    return pd.DataFrame(
        {
            "id": np.full(len(buildings), number),
            "part": pd.array(np.where(is_outside, 0, label + 1), dtype="Int64"),
            "gain_dkk_per_year": problem.gain_dkk,
            "reason": np.array(why_outside(problem, label), dtype=object),
        },
        index=buildings.index,
    ).assign(part=lambda table: table["part"].mask(is_outside))


def part_table(
    number: int,
    buildings: gpd.GeoDataFrame,
    pairs: gpd.GeoDataFrame,
    label: IntArray,
    kept: IntArray,
    assumptions: Assumptions,
) -> gpd.GeoDataFrame:
    """One row per part; ``kept`` are the rows of the pairs along which pipes run."""
    count = int(label.max(initial=OUTSIDE)) + 1
    rows = np.flatnonzero(label >= 0)
    heat_mwh = buildings["heat_demand_mwh"].to_numpy(dtype=float)
    part_mwh = np.bincount(label[rows], weights=heat_mwh[rows], minlength=count)
    of_pipe = label[buildings.index.get_indexer(pairs["building_id"].iloc[kept])]
    pipe_m = np.bincount(of_pipe, weights=pairs["distance_m"].to_numpy(dtype=float)[kept], minlength=count)
    gain = np.bincount(label[rows], weights=sharing_gain(heat_mwh[rows], assumptions), minlength=count)
    order = rows[np.argsort(label[rows], kind="stable")]
    reach_m = max_distance(heat_mwh[order], assumptions)
    return gpd.GeoDataFrame(
        {
            "id": np.full(count, number),
            "part": np.arange(1, count + 1),
            "building_count": np.bincount(label[rows], minlength=count),
            "heat_demand_mwh": part_mwh,
            "capacity_kw": shared_capacity(part_mwh, assumptions),
            "pipe_m": pipe_m,
            "gain_dkk_per_year": gain - pipe_payment(assumptions) * pipe_m,
        },
        geometry=widened(buildings.geometry.to_numpy()[order], reach_m, label[order]),
        crs=tables.CRS,
    )


def cut_table(
    number: int, problem: Problem, pairs: gpd.GeoDataFrame, members: pd.DataFrame, kept: IntArray
) -> gpd.GeoDataFrame:
    """Cheapest links that would join the parts and the buildings left out to one community again."""
    cost = problem.pipe_dkk.copy()
    cost[kept] = -1.0
    rows = np.setdiff1d(shortest_forest(problem, cost=cost), kept)
    cut = pairs.iloc[rows].drop(columns="reach_m").reset_index(drop=True)
    cut.insert(0, "id", np.full(len(cut), number))
    for place, (column, end) in enumerate((("part", "building_id"), ("neighbour_part", "neighbour_id"))):
        cut.insert(3 + place, column, members["part"].loc[cut[end]].array)
    cut["pump_dkk_per_year"] = np.full(len(cut), problem.pump_dkk)
    cut["pipe_saved_dkk_per_year"] = problem.pipe_dkk[rows]
    cut["lost_dkk_per_year"] = cut["pump_dkk_per_year"] - cut["pipe_saved_dkk_per_year"]
    return cut


def summary_row(
    number: int,
    buildings: gpd.GeoDataFrame,
    problem: Problem,
    members: pd.DataFrame,
    parts: gpd.GeoDataFrame,
    cut_links: gpd.GeoDataFrame,
    assumptions: Assumptions,
) -> dict[str, object]:
    """Sum up the division of a community."""
    heat_mwh = buildings["heat_demand_mwh"].to_numpy(dtype=float)
    is_outside = members["part"].isna().to_numpy(dtype=bool)
    dkk_per_m = pipe_payment(assumptions)
    whole_dkk = float(problem.pipe_dkk[shortest_forest(problem)].sum())
    parts_dkk = float(parts["pipe_m"].sum()) * dkk_per_m
    # One cut link per heat pump more than undivided: one needs one, members in n pieces without links need n.
    pumps = len(cut_links)
    left_out_dkk = float(problem.gain_dkk[is_outside].sum())
    joined_dkk = parts_dkk + float(cut_links["pipe_saved_dkk_per_year"].sum())
    return {
        "id": number,
        "building_count": len(buildings),
        "heat_demand_mwh": float(heat_mwh.sum()),
        "capacity_kw": float(shared_capacity(heat_mwh.sum(), assumptions)),
        "part_count": len(parts),
        "left_out_count": int(is_outside.sum()),
        "left_out_mwh": float(heat_mwh[is_outside].sum()),
        "pipe_m": whole_dkk / dkk_per_m,
        "parts_pipe_m": float(parts["pipe_m"].sum()),
        "detour_m": max((joined_dkk - whole_dkk) / dkk_per_m, 0.0),
        "gain_dkk_per_year": float(problem.gain_dkk.sum()) - whole_dkk,
        "parts_gain_dkk_per_year": float(parts["gain_dkk_per_year"].sum()),
        "further_pumps_dkk_per_year": pumps * problem.pump_dkk,
        "left_out_dkk_per_year": left_out_dkk,
        "pipe_saved_dkk_per_year": whole_dkk - parts_dkk,
        "lost_dkk_per_year": pumps * problem.pump_dkk + left_out_dkk - (whole_dkk - parts_dkk),
        "reason": reason_words(members["reason"], problem.limit_kw, problem.min_count),
    }
