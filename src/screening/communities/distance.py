"""How far a building can reach: the distance at which the pipe eats the gain of sharing a heat pump."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from screening.errors import AssumptionError, TableError
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

    FloatArray = npt.NDArray[np.float64]

__all__ = [
    "is_collective_supply",
    "max_distance",
    "payment_line",
    "pipe_payment",
    "shared_capacity",
    "sharing_gain",
]

_KW_DECIMALS = 6  # a milliwatt: far above the rounding of a sum, far below any building


def max_distance(heat_demand_mwh: npt.ArrayLike, assumptions: Assumptions) -> FloatArray:
    """Distance at which the cost and heat loss of the pipe equal the gain of a shared heat pump.

    Parameters
    ----------
    heat_demand_mwh
        Yearly heat demand of each building, any length. [MWh/year]
    assumptions
        The set to use.

    Returns
    -------
    numpy.ndarray
        Distance round each building. [m]

    Raises
    ------
    TableError
        If a demand is missing, infinite or negative.
    AssumptionError
        If the payment table does not have exactly two rising sizes, or pipe and loss cost nothing.

    Notes
    -----
    ((A_before - A_after) + scale saving * Q) / (service line + loss), where A is the yearly payment for the
    heat pump [1]_: A_before for the building's own capacity, Q over the full-load hours, A_after for that
    times the simultaneity factor. A is the straight line through the two sizes of the payment table, also
    beyond them.

    References
    ----------
    .. [1] COWI, Kortlægning af lokalvarme og energifællesskaber, Helsingør Kommune, v2.0, 26-10-2022.

    Examples
    --------
    >>> from screening import assumptions
    >>> max_distance([10.5, 515.0], assumptions.load("cowi-2022")).round(1).tolist()
    [1.8, 87.0]
    """
    demand_mwh = np.atleast_1d(np.asarray(heat_demand_mwh, dtype=float))
    faulty = ~(np.isfinite(demand_mwh) & (demand_mwh >= 0))
    if faulty.any():
        raise TableError(
            f"heat_demand_mwh: {int(faulty.sum())} of {demand_mwh.size} values are missing or negative;"
            " a reach needs a known demand of 0 MWh or more: leave these buildings out and count them."
        )
    pipe_dkk_per_m_year = pipe_payment(assumptions)
    if pipe_dkk_per_m_year <= 0:
        raise AssumptionError(
            "community_service_line_dkk_per_m_year and community_loss_dkk_per_m_year are both 0: a free"
            " pipe reaches everywhere; give one of them a value above 0."
        )
    return sharing_gain(demand_mwh, assumptions) / pipe_dkk_per_m_year


def sharing_gain(heat_demand_mwh: npt.ArrayLike, assumptions: Assumptions) -> FloatArray:
    """Yearly saving of a building that shares a heat pump, before any pipe: the formula's numerator.

    Parameters
    ----------
    heat_demand_mwh
        Yearly heat demand of each building, 0 or more. [MWh/year]
    assumptions
        The set to use.

    Returns
    -------
    numpy.ndarray
        (A_before - A_after) + scale saving * Q. [DKK/year]

    Examples
    --------
    >>> from screening import assumptions
    >>> sharing_gain([10.5, 515.0], assumptions.load("cowi-2022")).round().tolist()
    [709.0, 34791.0]
    """
    demand_mwh = np.atleast_1d(np.asarray(heat_demand_mwh, dtype=float))
    slope, _ = payment_line(assumptions)
    own_kw = demand_mwh * KWH_PER_MWH / assumptions.community_full_load_hours_per_year
    saved_kw = own_kw * (1 - assumptions.community_simultaneity_factor)
    return np.asarray(
        slope * saved_kw + assumptions.community_scale_saving_dkk_per_mwh * demand_mwh, dtype=float
    )


def pipe_payment(assumptions: Assumptions) -> float:
    """Yearly payment for a metre of service line and the heat it loses.

    Parameters
    ----------
    assumptions
        The set to use.

    Returns
    -------
    float
        Service line and loss together. [DKK/(m year)]
    """
    return float(
        assumptions.community_service_line_dkk_per_m_year + assumptions.community_loss_dkk_per_m_year
    )


def payment_line(assumptions: Assumptions) -> tuple[float, float]:
    """Straight line through the two sizes of the heat pump's payment table.

    Parameters
    ----------
    assumptions
        The set to use.

    Returns
    -------
    slope : float
        Yearly payment for each further kW. [DKK/(kW year)]
    intercept : float
        Yearly payment at 0 kW on that line. [DKK/year]

    Raises
    ------
    AssumptionError
        If the table does not have exactly two sizes, or the larger costs less.

    Examples
    --------
    >>> from screening import assumptions
    >>> slope, intercept = payment_line(assumptions.load("cowi-2022"))
    >>> round(slope, 2), round(intercept)
    (393.82, 6189)
    """
    payment = assumptions.lookup("community_heat_pump_payment_dkk_per_year").sort_index()
    if len(payment) != 2:
        raise AssumptionError(
            f"community_heat_pump_payment_dkk_per_year has {len(payment)} sizes; the formula draws a line"
            " through exactly two."
        )
    small_kw, large_kw = (float(size) for size in payment.index)
    slope = float(payment.iloc[1] - payment.iloc[0]) / (large_kw - small_kw)
    if slope < 0:
        raise AssumptionError(
            f"community_heat_pump_payment_dkk_per_year falls from {small_kw:g} to {large_kw:g} kW; a larger"
            " heat pump must cost at least as much a year."
        )
    return slope, float(payment.iloc[0]) - slope * small_kw


def shared_capacity(heat_demand_mwh: npt.ArrayLike, assumptions: Assumptions) -> FloatArray:
    """Capacity of a heat pump shared by buildings that together need this heat.

    Parameters
    ----------
    heat_demand_mwh
        Yearly heat demand of all buildings together. [MWh/year]
    assumptions
        The set to use.

    Returns
    -------
    numpy.ndarray
        Demand over the full-load hours, times the simultaneity factor. [kW]

    Examples
    --------
    >>> from screening import assumptions
    >>> shared_capacity(515.0, assumptions.load("cowi-2022")).tolist()
    257.5
    """
    own_kw = (
        np.asarray(heat_demand_mwh, dtype=float)
        * KWH_PER_MWH
        / assumptions.community_full_load_hours_per_year
    )
    return np.asarray(own_kw * assumptions.community_simultaneity_factor, dtype=float)


def is_collective_supply(capacity_kw: npt.ArrayLike, assumptions: Assumptions) -> npt.NDArray[np.bool_]:
    """Whether a plant of this capacity is collective heat supply: the one rule for communities and parts.

    Parameters
    ----------
    capacity_kw
        Capacity of the shared heat pump. [kW]
    assumptions
        The set to use.

    Returns
    -------
    numpy.ndarray
        True above ``community_collective_supply_kw``. Exactly the limit is not above it, in whatever order
        the demands were added: the capacity is taken to the nearest milliwatt. [flag]

    Examples
    --------
    >>> from screening import assumptions
    >>> is_collective_supply([250.0, 250.1], assumptions.load("cowi-2022")).tolist()
    [False, True]
    """
    rounded = np.round(np.asarray(capacity_kw, dtype=float), _KW_DECIMALS)
    return np.asarray(rounded > assumptions.community_collective_supply_kw, dtype=bool)
