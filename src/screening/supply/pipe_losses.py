"""Heat that pipes lose on the way, by the exponential law along the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.supply.tree import read_tree
from screening.units import HOURS_PER_YEAR, KWH_PER_MWH

if TYPE_CHECKING:
    from screening.assumptions import Assumptions
    from screening.supply.tree import Tree

    Floats = npt.NDArray[np.float64]

__all__ = ["cool", "pipe_losses"]

_W_PER_KW = 1000.0
_KWH_PER_W_YEAR = HOURS_PER_YEAR / _W_PER_KW


def cool(
    inlet_c: npt.ArrayLike,
    ground_c: npt.ArrayLike,
    loss_w_per_m_k: npt.ArrayLike,
    length_m: npt.ArrayLike,
    capacity_w_per_k: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """Temperature at the end of a pipe: Tg + (Tin - Tg) exp(-U'L / (m c)).

    Parameters
    ----------
    inlet_c, ground_c
        Water at the start, and the ground. [degC]
    loss_w_per_m_k
        Heat loss of the pipe, U'. [W/(m K)]
    length_m
        Length. [m]
    capacity_w_per_k
        Flow times heat capacity of the water, m c. [W/K]

    Returns
    -------
    numpy.ndarray
        Water at the end; the ground's where nothing flows. [degC]

    Examples
    --------
    500 m, 1 kg/s at 70 degC into 9 degC:

    >>> cool(70.0, 9.0, 0.2, 500.0, 4180.0).round(2)
    np.float64(68.56)
    """
    inlet, ground, flow = (np.asarray(x, float) for x in (inlet_c, ground_c, capacity_w_per_k))
    lost = np.asarray(loss_w_per_m_k, float) * np.asarray(length_m, float)
    flow, lost = np.broadcast_arrays(flow, lost)
    share = np.divide(lost, flow, out=np.where(lost > 0, np.inf, 0.0), where=flow > 0)
    return np.asarray(ground + (inlet - ground) * np.exp(-share), float)


def pipe_losses(edges: pd.DataFrame, pipe_dn: npt.ArrayLike, assumptions: Assumptions) -> pd.DataFrame:
    """Temperatures and yearly loss of every pipe, supply and return, at the mean flow of the year.

    Parameters
    ----------
    edges
        As for ``read_tree``.
    pipe_dn
        Nominal diameter of each pipe. [mm]
    assumptions
        The set: temperatures, loss of each size, heat capacity of water.

    Returns
    -------
    pandas.DataFrame
        Index as the edges; flow_kg_per_s, supply_start_c, supply_end_c, return_start_c, return_end_c (in the
        direction of the water), heat_loss_w, heat_loss_w_per_m, heat_loss_mwh_per_year.

    Raises
    ------
    TableError
        If the edges are no tree.

    Notes
    -----
    The flow is the heat of the year over its hours and the difference of supply and return at the plant
    and the customer. Where return pipes meet, the water mixes by its flow. A pair of pipes loses what each
    loses alone: for twin pipes the loss of each is the one that their mean temperature drives, so that the
    sum is right and only its parting between supply and return is not.
    """
    tree, a = read_tree(edges), assumptions
    loss = loss_table(a).reindex(np.asarray(pipe_dn)).to_numpy(float)
    length = edges["length_m"].to_numpy(float)
    drop = a.network_supply_c - a.network_return_c
    mean_w = edges["heat_demand_mwh"].to_numpy(float) * KWH_PER_MWH / _KWH_PER_W_YEAR
    capacity = mean_w / drop
    supply, supply_end = _supply(tree, loss, length, capacity, a)
    back, back_end = _return(tree, loss, length, capacity, a)
    lost = capacity * (supply - supply_end + back - back_end)
    per_m = np.divide(lost, length, out=np.zeros_like(lost), where=length > 0)
    return pd.DataFrame(
        {
            "flow_kg_per_s": capacity / (a.water_heat_capacity_kj_per_kg_k * _W_PER_KW),
            "supply_start_c": supply,
            "supply_end_c": supply_end,
            "return_start_c": back,
            "return_end_c": back_end,
            "heat_loss_w": lost,
            "heat_loss_w_per_m": per_m,
            "heat_loss_mwh_per_year": lost * _KWH_PER_W_YEAR / KWH_PER_MWH,
        },
        index=edges.index,
    )


def loss_table(assumptions: Assumptions) -> pd.Series:
    """Heat loss of one pipe by size, twin or single as the set says.

    Parameters
    ----------
    assumptions
        The set.

    Returns
    -------
    pandas.Series
        Index pipe_dn. [W/(m K)]
    """
    twin = "pipe_twin_heat_loss_w_per_m_k"
    table = assumptions.lookup(twin if assumptions.is_twin_pipe else "pipe_single_heat_loss_w_per_m_k")
    return table.set_axis(table.index.astype(int))


def _supply(
    tree: Tree, loss: Floats, length: Floats, capacity: Floats, a: Assumptions
) -> tuple[Floats, Floats]:
    """Supply water from the plant outwards, at start and end of each pipe [degC]."""
    start = np.full(len(length), a.network_supply_c)
    end = start.copy()
    for level, rows in enumerate(tree.levels):
        if level:
            start[rows] = end[tree.parent[rows]]
        end[rows] = cool(start[rows], a.ground_c, loss[rows], length[rows], capacity[rows])
    return start, end


def _return(
    tree: Tree, loss: Floats, length: Floats, capacity: Floats, a: Assumptions
) -> tuple[Floats, Floats]:
    """Return water from the customers inwards, mixed by flow where pipes meet [degC]."""
    start = np.full(len(length), a.network_return_c)
    end = start.copy()
    for rows in reversed(tree.levels):
        end[rows] = cool(start[rows], a.ground_c, loss[rows], length[rows], capacity[rows])
        fed = rows[tree.parent[rows] >= 0]
        parent = tree.parent[fed]
        brought, flow = np.zeros(len(length)), np.zeros(len(length))
        np.add.at(brought, parent, capacity[fed] * end[fed])
        np.add.at(flow, parent, capacity[fed])
        # What the pipe carries beyond its branches comes straight from customers at its end.
        own = np.maximum(capacity - flow, 0.0)
        met = np.unique(parent)
        met = met[capacity[met] > 0]
        start[met] = (brought[met] + own[met] * a.network_return_c) / (flow[met] + own[met])
    return start, end
