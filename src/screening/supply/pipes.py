"""How large the pipes are: design power by simultaneity, capacity by pressure loss, rounded up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.assumptions import entry
from screening.errors import TableError
from screening.supply.tree import STREET, read_tree
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

    Floats = npt.NDArray[np.float64]

__all__ = ["PipeSizeError", "design_power", "pipe_capacity", "size_pipes"]

_PASSES = 60  # of two fixed points that gain about a digit each time
_MM_PER_M, _MM2_PER_M2 = 1000.0, 1e6


class PipeSizeError(TableError):
    """A pipe must carry more than the largest in the assumptions does."""


def pipe_capacity(assumptions: Assumptions, kind: str = STREET) -> pd.DataFrame:
    """Work out what every pipe of the catalogue can carry.

    Parameters
    ----------
    assumptions
        The set: diameters, roughness, ``pipe_pressure_gradient_pa_per_m``, ``pipe_velocity_m_per_s``,
        temperatures and properties of water.
    kind
        "street" or "service".

    Returns
    -------
    pandas.DataFrame
        Index pipe_dn, ascending; inner_diameter_mm, velocity_m_per_s, flow_kg_per_s, power_kw.

    Notes
    -----
    Darcy and Weisbach with Colebrook and White's friction factor: at the pressure loss allowed the
    velocity follows from the friction and the friction from the velocity.

    Examples
    --------
    >>> from screening import assumptions
    >>> pipe_capacity(assumptions.load("cowi-2022")).loc[50, "power_kw"].round()
    np.float64(190.0)
    """
    sizes, inner_mm = assumptions.column("pipe_inner_diameter_mm")
    inner = inner_mm / _MM_PER_M
    gradient = entry(assumptions, "pipe_pressure_gradient_pa_per_m", kind)
    allowed = np.asarray(gradient * inner / assumptions.water_density_kg_per_m3, float)
    velocity = np.minimum(_velocity(inner, allowed, assumptions), assumptions.pipe_velocity_m_per_s)
    flow = velocity * np.pi / 4 * inner**2 * assumptions.water_density_kg_per_m3
    table = {
        "inner_diameter_mm": inner_mm,
        "velocity_m_per_s": velocity,
        "flow_kg_per_s": flow,
        "power_kw": flow * _kj_per_kg(assumptions),
    }
    return pd.DataFrame(table, index=pd.Index(sizes.astype(int), name="pipe_dn"))


def design_power(
    heat_mwh: npt.ArrayLike, count: npt.ArrayLike, assumptions: Assumptions
) -> npt.NDArray[np.float64]:
    """Give the greatest heat power that a number of customers draws at once.

    Parameters
    ----------
    heat_mwh
        Heat of all of them. [MWh/year]
    count
        How many they are. [1]
    assumptions
        The set: ``customer_full_load_hours``, ``simultaneity_share``, ``hot_water_kw``.

    Returns
    -------
    numpy.ndarray
        The larger of space heating and hot water; heat exchangers let hot water go first. [kW]

    Examples
    --------
    >>> from screening import assumptions
    >>> a = assumptions.load("cowi-2022").replace(customer_full_load_hours=2000)
    >>> design_power([18.0, 1800.0], [1, 100], a).round(1).tolist()
    [37.6, 561.4]
    """
    heat, number = np.asarray(heat_mwh, float), np.asarray(count, float)
    many = assumptions.simultaneity_share
    with np.errstate(divide="ignore", invalid="ignore"):
        at_once = np.where(number > 0, many + (1 - many) / np.maximum(number, 1), 0.0)
    space = heat * KWH_PER_MWH / assumptions.customer_full_load_hours * at_once
    constant, root, linear = (entry(assumptions, "hot_water_kw", k) for k in ("constant", "root", "linear"))
    water = np.where((number > 0) & (heat > 0), constant + root * np.sqrt(number) + linear * number, 0.0)
    return np.asarray(np.maximum(space, water), float)


def size_pipes(edges: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Choose the size of every pipe of a tree: the smallest that carries the power, none below its branches.

    Parameters
    ----------
    edges
        As for ``read_tree``.
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        Index as the edges; design_power_kw, pipe_dn, velocity_m_per_s and pressure_gradient_pa_per_m at
        that power.

    Raises
    ------
    TableError
        If the edges are no tree.
    PipeSizeError
        If one carries more than the largest pipe.
    """
    tree = read_tree(edges)
    power = tree.highest(
        design_power(edges["heat_demand_mwh"].to_numpy(), edges["building_count"].to_numpy(), assumptions)
    )
    is_street = (edges["kind"] == STREET).to_numpy(bool)
    row = np.zeros(len(edges), np.intp)
    for kind, of_kind in ((STREET, is_street), ("service", ~is_street)):
        table = pipe_capacity(assumptions, kind)
        row[of_kind] = np.searchsorted(table["power_kw"].to_numpy(), power[of_kind] * (1 - 1e-12))
    if (row >= len(table)).any():
        most = power[row >= len(table)].max()
        raise PipeSizeError(
            f"edges: {most:,.0f} kW is more than DN {table.index[-1]} carries; add larger pipes to"
            " pipe_inner_diameter_mm, or raise pipe_pressure_gradient_pa_per_m."
        )
    row = tree.highest(row.astype(float)).astype(np.intp)
    inner = table["inner_diameter_mm"].to_numpy()[row] / _MM_PER_M
    flow = power / _kj_per_kg(assumptions)
    velocity = flow / (np.pi / 4 * inner**2 * assumptions.water_density_kg_per_m3)
    return pd.DataFrame(
        {
            "design_power_kw": power,
            "pipe_dn": table.index.to_numpy()[row],
            "velocity_m_per_s": velocity,
            "pressure_gradient_pa_per_m": _gradient(inner, velocity, assumptions),
        },
        index=edges.index,
    )


def _kj_per_kg(assumptions: Assumptions) -> float:
    """Heat that a kilogram of water gives on its way from supply to return [kJ/kg]."""
    drop = assumptions.network_supply_c - assumptions.network_return_c
    if drop <= 0:
        raise TableError(
            f"network_supply_c ({assumptions.network_supply_c:g}) must be above network_return_c"
            f" ({assumptions.network_return_c:g})."
        )
    return float(assumptions.water_heat_capacity_kj_per_kg_k * drop)


def _friction(inner_m: Floats, velocity: Floats, assumptions: Assumptions) -> Floats:
    """Friction factor: laminar 64/Re, else Colebrook and White [1]."""
    viscosity = assumptions.water_viscosity_mm2_per_s / _MM2_PER_M2
    reynolds = np.maximum(velocity * inner_m / viscosity, 1e-9)
    rough = assumptions.pipe_roughness_mm / _MM_PER_M / inner_m / 3.7
    root = np.full_like(reynolds, 7.0)  # 1/sqrt(f)
    turbulent = np.maximum(reynolds, 2300.0)
    for _ in range(_PASSES):
        root = -2.0 * np.log10(rough + 2.51 * root / turbulent)
    return np.where(reynolds < 2300.0, 64.0 / reynolds, root**-2.0)


def _velocity(inner_m: Floats, allowed: Floats, assumptions: Assumptions) -> Floats:
    """Velocity at which the pressure loss is the one allowed [m/s]."""
    velocity = np.ones_like(inner_m)
    for _ in range(_PASSES):
        velocity = np.sqrt(2.0 * allowed / _friction(inner_m, velocity, assumptions))
    return velocity


def _gradient(inner_m: Floats, velocity: Floats, assumptions: Assumptions) -> Floats:
    """Pressure loss [Pa/m]."""
    friction = _friction(inner_m, velocity, assumptions)
    return np.asarray(friction / inner_m * assumptions.water_density_kg_per_m3 * velocity**2 / 2.0, float)
