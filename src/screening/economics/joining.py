"""Neighbouring areas as one: every group of them screened, and the grouping that serves most proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from screening.economics.grouping import best_partition, greedy_partition, spanning_links
from screening.economics.verdict import screen_areas
from screening.errors import TableError, UnknownNameError
from screening.units import KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    from screening.assumptions import Assumptions
    from screening.economics.grouping import Score

__all__ = ["MEMBER_SEPARATOR", "join_areas"]

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

MEMBER_SEPARATOR = "\n"  # between the areas of a group: the one sign that no name of an area holds
_EXACT_LIMIT = 12  # areas that hang together: up to here every grouping is compared
_PRICE = "user_price_district_heating_dkk_per_year"
_ALTERNATIVES = ["user_price_heat_pump_dkk_per_year", "user_price_gas_dkk_per_year"]

_COUNTED = ["individual_count", "oil_gas_count", "heat_pump_count"]
_SUMMED = ["individual_heat_mwh", "oil_gas_heat_mwh", "area_km2"]
# Missing in one area makes the sum missing, and the economy takes its default for the whole group.
_NETWORK = ["trench_m", "network_dkk", "network_heat_loss_mwh"]
_OPTIONAL = ["oil_count", "oil_heat_mwh", "business_count", "public_count", "heated_area_m2", *_NETWORK]
_OF_PLANT = ["transmission_m", "heat_production_dkk_per_mwh"]


class _Edges(NamedTuple):
    """Pairs of neighbours by position, shortest gap first."""

    first: IntArray
    second: IntArray
    gap_m: FloatArray


class _Work(NamedTuple):
    """The areas in order of name, and what each is by itself."""

    names: npt.NDArray[np.object_]
    figures: pd.DataFrame
    alone: pd.DataFrame
    town: npt.NDArray[np.object_]
    edges: _Edges
    assumptions: Assumptions


def join_areas(
    key_figures: pd.DataFrame, neighbours: pd.DataFrame, assumptions: Assumptions
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Screen neighbouring areas alone and together, and propose which should share plant and network.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``; ``town``, where given, names a group that is a whole town.
    neighbours
        area, neighbour, gap_m, as from ``areas.neighbours``; also typed in by hand.
    assumptions
        The set.

    Returns
    -------
    tuple of pandas.DataFrame
        ``groups``: every connected group of neighbours that was screened, areas by themselves too, and
        ``proposal``: one row per area in the order given, alone and in the proposed group. Columns in the
        notes.

    Raises
    ------
    TableError
        Naming every fault of the key figures, or of the neighbours.
    UnknownNameError
        If a neighbour is no area of the key figures.

    Notes
    -----
    A group is screened as one area: counts, heat and km2 are sums, one plant, one reserve, and ``link_m``,
    the shortest set of pipes that joins its outlines. Of all ways to part the areas into connected groups
    the proposal is the one with most customers in groups that are viable and have ``min_customer_count``
    customers; among those the one with the largest gain of society, summed over viable groups, for nothing
    is built in others; among those the one that joins fewest; then the one where users save most.
    Where more than twelve areas hang together, neighbouring groups are instead merged two by two as long as
    that is better by the same rule (``is_exact`` is False). Areas without customers join nothing.

    ``group``, ``members`` (one name per line), ``area_count``, ``link_m``, ``society_gain_dkk``
    (alternative less project), ``society_gain_apart_dkk`` (the same of its areas one by one, those that are
    viable), ``is_large_enough``, ``is_proposed``, ``is_exact``
        In ``groups``, with the sums and the columns of ``screen_areas``.
    ``customer_count``, ``is_viable``, ``user_price_dkk_per_year``, ``society_gain_dkk``
        In ``proposal``: of the area alone; with ``group_`` before it of the proposed group.
    ``advice``
        In ``proposal``: "join" | "join_too_few" (viable together, yet with fewer customers than advised) |
        "alone" | "alone_too_few" | "not_viable" | "no_customers".
    """
    is_index = key_figures.index.name == "area" and "area" not in key_figures.columns
    given = key_figures.reset_index(drop=not is_index)
    work = _prepare(given, neighbours, screen_areas(given, assumptions), assumptions)
    groups, member = _screened_groups(work)
    proposal = _proposal(groups, member, work)
    return groups, proposal.loc[given["area"]].reset_index()


def _prepare(
    given: pd.DataFrame, neighbours: pd.DataFrame, alone: pd.DataFrame, assumptions: Assumptions
) -> _Work:
    """Put everything in order of name, so that the order of the areas given does not matter."""
    names = np.array(sorted(given["area"], key=str), dtype=object)
    figures = given.set_index("area").loc[names]
    alone = alone.loc[names]
    is_served = alone["customer_count"].to_numpy(float) > 0
    town = figures["town"].astype(str).to_numpy(object) if "town" in figures else names
    edges = _edges(neighbours, pd.Index(names), is_served)
    return _Work(names, _filled(figures, assumptions), alone, town, edges, assumptions)


def _edges(neighbours: pd.DataFrame, names: pd.Index, is_served: BoolArray) -> _Edges:
    missing = [name for name in ("area", "neighbour", "gap_m") if name not in neighbours]
    if missing:
        raise TableError(f"neighbours: column {missing[0]} is missing.")
    for name in pd.concat([neighbours["area"], neighbours["neighbour"]]).unique():
        if name not in names:
            raise UnknownNameError("neighbouring area", str(name), [str(known) for known in names])
    gap_m = pd.to_numeric(neighbours["gap_m"], errors="coerce").to_numpy(float)
    wrong = ~(gap_m >= 0) | ~np.isfinite(gap_m)
    if wrong.any():
        rows = ", ".join(str(row) for row in neighbours.index[wrong][:3])
        raise TableError(f"neighbours: gap_m is no distance of 0 m or more (rows {rows}); give it in metres.")
    ends = np.stack([names.get_indexer(pd.Index(neighbours[name])) for name in ("area", "neighbour")])
    first, second = np.sort(ends, axis=0).astype(np.int64)
    kept = (first < second) & is_served[first] & is_served[second]
    first, second, gap_m = first[kept], second[kept], gap_m[kept]
    order = np.lexsort((second, first, gap_m))
    return _Edges(first[order], second[order], gap_m[order])


def _filled(figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Write out the defaults that the economy takes area by area, so that sums hold them."""
    given = [*_COUNTED, *_SUMMED, *_OPTIONAL, "gas_count", "gas_heat_mwh", *_OF_PLANT]
    table = figures.reindex(columns=given).astype(float)
    count, heat = table["oil_gas_count"], table["oil_gas_heat_mwh"]
    oil = table["oil_count"].fillna(count - table["gas_count"]).fillna(count * assumptions.oil_customer_share)
    of_average = oil * heat / count.where(count > 0, 1.0)
    oil_heat = table["oil_heat_mwh"].fillna(heat - table["gas_heat_mwh"]).fillna(of_average)
    per_heat = assumptions.standard_consumer_area_m2 / assumptions.standard_consumer_heat_mwh
    return table.assign(
        oil_count=oil,
        oil_heat_mwh=oil_heat.clip(lower=0.0, upper=heat),
        business_count=table["business_count"].fillna(0.0),
        public_count=table["public_count"].fillna(0.0),
        heated_area_m2=table["heated_area_m2"].fillna(heat * per_heat),
    )


def _screened_groups(work: _Work) -> tuple[pd.DataFrame, BoolArray]:
    """Screen all groups that are compared, and mark those proposed."""
    count = len(work.names)
    graph = coo_matrix((np.ones(len(work.edges.gap_m)), work.edges[:2]), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    size = np.bincount(component, minlength=1)[component] if count else component
    singles = np.eye(count, dtype=bool)
    exact = [
        np.flatnonzero(component == c) for c in np.unique(component[(size > 1) & (size <= _EXACT_LIMIT)])
    ]
    large = [np.flatnonzero(component == c) for c in np.unique(component[size > _EXACT_LIMIT])]
    together = [_connected(areas, work.edges, count) for areas in exact]
    member = np.concatenate([singles, *together])
    groups = _evaluate(member, work)
    proposed = np.concatenate([size == 1, np.zeros(len(member) - count, dtype=bool)])
    at = count
    for areas, found in zip(exact, together, strict=True):
        rows = np.concatenate([areas, np.arange(at, at + len(found))])
        at += len(found)
        proposed[rows[best_partition(member[np.ix_(rows, areas)], _scores(groups.iloc[rows]))]] = True
    for areas in large:
        groups, member, proposed = _greedy(areas, groups, member, proposed, work)
    groups = groups.assign(is_proposed=proposed, is_exact=size[member.argmax(axis=1)] <= _EXACT_LIMIT)
    order = np.lexsort((groups["members"].astype(str), groups["area_count"]))
    return groups.iloc[order].reset_index(drop=True), member[order]


def _connected(areas: IntArray, edges: _Edges, count: int) -> BoolArray:
    """All groups of two or more of these areas that hang together, a row each."""
    masks = np.arange(1, 1 << len(areas))
    local = (masks[:, None] >> np.arange(len(areas)) & 1).astype(bool)
    member = np.zeros((len(masks), count), dtype=bool)
    member[:, areas] = local
    link_count, _ = spanning_links(member, *edges)
    return np.asarray(member[(link_count == local.sum(axis=1) - 1) & (link_count > 0)], dtype=bool)


def _greedy(
    areas: IntArray, groups: pd.DataFrame, member: BoolArray, proposed: BoolArray, work: _Work
) -> tuple[pd.DataFrame, BoolArray, BoolArray]:
    """Merge two by two; every group that was looked at is kept with the others."""
    tables, rows = [groups], [member]
    row_of = {frozenset([int(area)]): int(area) for area in areas}
    scores = dict(zip(row_of, _scores(groups.iloc[areas]), strict=True))

    def score(group_list: list[frozenset[int]]) -> list[Score]:
        new = [group for group in group_list if group not in scores]
        if new:
            marks = np.array([np.isin(np.arange(len(work.names)), list(group)) for group in new])
            table = _evaluate(marks, work)
            row_of.update(
                zip(new, range(sum(map(len, tables)), sum(map(len, tables)) + len(new)), strict=True)
            )
            scores.update(zip(new, _scores(table), strict=True))
            tables.append(table)
            rows.append(marks)
        return [scores[group] for group in group_list]

    chosen = greedy_partition([int(a) for a in areas], work.edges.first, work.edges.second, score)
    joined = pd.concat(tables, ignore_index=True)
    marked = np.zeros(len(joined), dtype=bool)
    marked[: len(proposed)] = proposed
    marked[[row_of[group] for group in chosen]] = True
    return joined, np.concatenate(rows), marked


def _evaluate(member: BoolArray, work: _Work) -> pd.DataFrame:
    """Screen groups, a row of marks each, as if each were one area."""
    _, link_m = spanning_links(member, *work.edges)
    area_count = member.sum(axis=1)
    table = _as_areas(member, work.figures).assign(link_m=link_m)
    is_single = area_count == 1
    found = screen_areas(table[~is_single], work.assumptions)
    own = work.alone.iloc[member[is_single].argmax(axis=1)].set_axis(table.index[is_single])
    found = pd.concat([part for part in (own, found) if len(part)]).loc[table.index] if len(table) else own
    gain = _gain(found)
    apart = _gain(work.alone).where(work.alone["is_viable"].astype(bool), 0.0).fillna(0.0).to_numpy(float)
    sums = table[[*_COUNTED, *_SUMMED, "density_kwh_per_m2", "link_m"]]
    named = pd.DataFrame(
        {
            "group": [_name(marks, work) for marks in member],
            "members": [MEMBER_SEPARATOR.join(map(str, work.names[marks])) for marks in member],
            "area_count": area_count.astype(int),
            "society_gain_dkk": gain,
            "society_gain_apart_dkk": (member * apart).sum(axis=1),
            "is_large_enough": found["customer_count"] >= work.assumptions.min_customer_count,
        },
        index=table.index,
    )
    return named.join(sums).join(found).reset_index(drop=True)


def _as_areas(member: BoolArray, figures: pd.DataFrame) -> pd.DataFrame:
    """Key figures of groups; a number that one of the areas lacks is missing for the group."""
    weights = member.astype(float)

    def total(values: pd.DataFrame) -> pd.DataFrame:
        numbers = values.to_numpy(float)
        sums = weights @ np.nan_to_num(numbers)
        sums[(weights @ np.isnan(numbers)) > 0] = np.nan
        return pd.DataFrame(sums, columns=values.columns)

    table = total(figures[[*_COUNTED, *_SUMMED, *_OPTIONAL]])
    heat = figures["oil_gas_heat_mwh"]
    cost = total(figures[["heat_production_dkk_per_mwh"]].mul(heat, axis=0)).iloc[:, 0]
    pipe_m = figures["transmission_m"].to_numpy(float)
    served_km2 = table["area_km2"].where(table["area_km2"] > 0)
    people = table["individual_count"].where(table["individual_count"] > 0)
    return table.assign(
        area=[str(i) for i in range(len(table))],
        density_kwh_per_m2=table["oil_gas_heat_mwh"] * KWH_PER_MWH / (served_km2 * M2_PER_KM2),
        oil_gas_share=(table["oil_gas_heat_mwh"] / table["individual_heat_mwh"].replace(0.0, np.nan)).clip(
            upper=1
        ),
        heat_pump_share=(table["heat_pump_count"] / people).clip(upper=1),
        heat_production_dkk_per_mwh=cost / table["oil_gas_heat_mwh"].replace(0.0, np.nan),
        # One plant, set where its pipe is shortest.
        transmission_m=np.where(member, pipe_m, np.inf).min(axis=1, initial=np.inf),
    ).set_index("area")


def _scores(groups: pd.DataFrame) -> list[Score]:
    """Rate each group by the rule, in whole numbers, so that sums do not depend on their order."""
    viable = groups["is_viable"].to_numpy(bool)
    counted = viable & groups["is_large_enough"].to_numpy(bool)
    customers = groups["customer_count"].to_numpy(float)
    saving = groups[_ALTERNATIVES].min(axis=1) - groups[_PRICE]
    columns = [
        np.where(counted, customers * 1000, 0.0),
        np.where(viable, groups["society_gain_dkk"].to_numpy(float), 0.0),
        1.0 - groups["area_count"].to_numpy(float),
        np.where(viable, customers * saving.to_numpy(float), 0.0),
    ]
    whole = np.rint(np.stack(columns, axis=1)).astype(np.int64)
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in whole]


def _proposal(groups: pd.DataFrame, member: BoolArray, work: _Work) -> pd.DataFrame:
    chosen = groups["is_proposed"].to_numpy(bool)
    row_of = np.flatnonzero(chosen)[member[chosen].argmax(axis=0)]
    group = groups.iloc[row_of].set_axis(pd.Index(work.names, name="area"))
    pairs = np.concatenate([work.edges.first, work.edges.second])
    alone = work.alone
    return pd.DataFrame(
        {
            "group": group["group"],
            "members": group["members"],
            "group_area_count": group["area_count"],
            "neighbour_count": np.bincount(pairs, minlength=len(work.names)),
            "customer_count": alone["customer_count"],
            "group_customer_count": group["customer_count"],
            "is_viable": alone["is_viable"],
            "group_is_viable": group["is_viable"],
            "group_is_large_enough": group["is_large_enough"],
            "user_price_dkk_per_year": alone[_PRICE],
            "group_user_price_dkk_per_year": group[_PRICE],
            "society_gain_dkk": _gain(alone),
            "group_society_gain_dkk": group["society_gain_dkk"],
            "group_society_gain_apart_dkk": group["society_gain_apart_dkk"],
            "group_link_m": group["link_m"],
            "is_exact": group["is_exact"],
            "advice": _advice(group),
        }
    ).rename_axis("area")


def _advice(group: pd.DataFrame) -> pd.Series:
    viable, enough = group["is_viable"].to_numpy(bool), group["is_large_enough"].to_numpy(bool)
    joined = group["area_count"].to_numpy() > 1
    conditions = {
        "no_customers": group["customer_count"].to_numpy(float) == 0,
        "not_viable": ~viable,
        "join": joined & enough,
        "join_too_few": joined,
        "alone": enough,
    }
    named = np.select(list(conditions.values()), list(conditions), default="alone_too_few")
    return pd.Series(named, index=group.index, dtype=object)


def _gain(table: pd.DataFrame) -> pd.Series:
    return table["npv_alternative_dkk"].astype(float) - table["npv_project_dkk"].astype(float)


def _name(marks: BoolArray, work: _Work) -> str:
    """Name a group by its areas; a whole town of several is named first."""
    told = "+".join(map(str, work.names[marks]))
    towns = np.unique(work.town[marks])
    is_whole = marks.sum() > 1 and len(towns) == 1 and (work.town == towns[0]).sum() == marks.sum()
    return f"{towns[0]} ({told})" if is_whole else told
