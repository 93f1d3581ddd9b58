"""A network laid out along roads: every pipe's size, price and loss, and what they sum up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.supply.pipe_losses import pipe_losses
from screening.supply.pipes import size_pipes
from screening.supply.tree import STREET

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

__all__ = ["PipeNetwork", "lay_pipes", "pipe_price"]

_SERVICE, _OTHER = "service", "other"


@dataclass(frozen=True)
class PipeNetwork:
    """Pipes of a town.

    Parameters
    ----------
    edges
        The edges given, with design_power_kw, pipe_dn, velocity_m_per_s, pressure_gradient_pa_per_m, flow,
        temperatures, heat_loss_w_per_m, heat_loss_mwh_per_year, price_dkk.
    sizes
        One row per kind and size: kind, pipe_dn, length_m, price_dkk, heat_loss_mwh_per_year.
    summary
        street_m, service_m, network_dkk (street pipes), network_heat_loss_mwh_per_year (street pipes),
        service_pipes_dkk and service_heat_loss_mwh_per_year (for comparison: the economy keeps its price per
        service line), heat_demand_mwh, heat_loss_share (of the heat sent out, service lines too),
        lowest_supply_c (at a customer, at the mean flow of the year), largest_pipe_dn, customer_count.
    """

    edges: pd.DataFrame
    sizes: pd.DataFrame
    summary: pd.Series


def lay_pipes(edges: pd.DataFrame, assumptions: Assumptions) -> PipeNetwork:
    """Size, price and cool every pipe of a tree of trenches.

    Parameters
    ----------
    edges
        As ``routing.Route.edges``: edge_id, kind, parent_edge_id, length_m, surface, building_count,
        heat_demand_mwh.
    assumptions
        The set: the rows of pipes, ``customer_full_load_hours``.

    Returns
    -------
    PipeNetwork
        The pipes and their sums.

    Raises
    ------
    TableError
        If the edges are no tree or carry more than the largest pipe.
    """
    sized = edges.join(size_pipes(edges, assumptions))
    lost = pipe_losses(edges, sized["pipe_dn"].to_numpy(), assumptions)
    sized = sized.join(lost.drop(columns="heat_loss_w"))
    sized["price_dkk"] = edges["length_m"].to_numpy(float) * pipe_price(sized, assumptions)
    sums = ["length_m", "price_dkk", "heat_loss_mwh_per_year"]
    table = pd.DataFrame(sized[["kind", "pipe_dn", *sums]])
    by_size = table.groupby(["kind", "pipe_dn"], as_index=False)[sums].sum()
    by_size = by_size.sort_values(["kind", "pipe_dn"], ascending=[False, True], ignore_index=True)
    return PipeNetwork(sized, by_size, _summary(sized))


def pipe_price(pipes: pd.DataFrame, assumptions: Assumptions) -> npt.NDArray[np.float64]:
    """Price pipe and trench per metre, by size and by what the trench is dug in.

    Parameters
    ----------
    pipes
        kind, pipe_dn, surface (road class; missing off the road).
    assumptions
        The set: ``pipe_dkk_per_m``, ``pipe_surface_factor``, ``pipe_allowance_share``.

    Returns
    -------
    numpy.ndarray
        Price without VAT. [DKK/m]

    Examples
    --------
    >>> from screening import assumptions
    >>> a = assumptions.load("cowi-2022")
    >>> pipe = pd.DataFrame({"kind": ["street"], "pipe_dn": [50], "surface": ["Lokalvej-Tertiær"]})
    >>> pipe_price(pipe, a).round().tolist()
    [4191.0]
    """
    prices = assumptions.lookup("pipe_dkk_per_m")
    prices.index = prices.index.astype(int)
    factors = assumptions.lookup("pipe_surface_factor")
    of_street = pipes["surface"].map(factors).fillna(factors[_OTHER]).to_numpy(float)
    surface = np.where(pipes["kind"] == STREET, of_street, factors[_SERVICE])
    per_m = prices.reindex(pipes["pipe_dn"]).to_numpy(float)
    return np.asarray(per_m * surface * (1.0 + assumptions.pipe_allowance_share), float)


def _summary(pipes: pd.DataFrame) -> pd.Series:
    is_street = pipes["kind"] == STREET
    street, service = pipes[is_street], pipes[~is_street]
    root = pipes["parent_edge_id"] == -1
    sold = float(pipes.loc[root, "heat_demand_mwh"].sum())
    lost = float(pipes["heat_loss_mwh_per_year"].sum())
    return pd.Series(
        {
            "customer_count": int(pipes.loc[root, "building_count"].sum()),
            "heat_demand_mwh": sold,
            "street_m": float(street["length_m"].sum()),
            "service_m": float(service["length_m"].sum()),
            "network_dkk": float(street["price_dkk"].sum()),
            "service_pipes_dkk": float(service["price_dkk"].sum()),
            "network_heat_loss_mwh_per_year": float(street["heat_loss_mwh_per_year"].sum()),
            "service_heat_loss_mwh_per_year": float(service["heat_loss_mwh_per_year"].sum()),
            "heat_loss_share": lost / (sold + lost) if sold + lost > 0 else np.nan,
            "lowest_supply_c": float(service["supply_end_c"].min()) if len(service) else np.nan,
            "largest_pipe_dn": int(pipes["pipe_dn"].max()) if len(pipes) else 0,
        },
        dtype=object,
    )
