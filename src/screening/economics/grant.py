"""Fjernvarmepuljen: the fewest customers with whom the company balances, and for whom the grant is paid."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from screening.economics import company
from screening.economics.lines import project_lines
from screening.supply import INVESTMENTS, Supply, capacity, design, heat_loss

if TYPE_CHECKING:
    from screening.assumptions import Assumptions, Draws
    from screening.economics.timeline import Timeline
    from screening.supply import Customers

__all__ = ["granted_share", "minimum_connection"]

FloatArray = npt.NDArray[np.float64]

_ROUNDING = 1e-9  # a customer that is whole but for rounding is whole


def minimum_connection(customers: Customers, timeline: Timeline) -> FloatArray:
    """Smallest share of the customers with whom the account balances without contribution.

    Parameters
    ----------
    customers
        All there is to connect.
    timeline
        Years and assumptions. All who convert get the grant; the network is laid in the whole area; the
        tariff is the price sheet's, before anything is laid on top or given back.

    Returns
    -------
    numpy.ndarray
        By area; missing where not even all customers are enough. [1]

    Notes
    -----
    Between two sizes of the price tables everything is a polynomial of degree two in the share: linear but
    for the pipe, whose length and price both follow the power. So the balance is found at every size in
    turn and the first crossing solved exactly, without a search.
    """
    a = timeline.assumptions
    empty = customers.times(0.0)
    lost = heat_loss(empty.area_km2, 0.0, a, empty.trench_m, empty.network_heat_loss_mwh)
    base = capacity(lost, a.network_full_load_hours)
    # Length 0 is a town without network; there the power goes from 0 with the customers.
    slope = design(customers, a).capacity_kw - base
    knots = _knots(a)
    shares = [
        np.clip(np.divide(size - base, slope, out=np.zeros_like(slope), where=slope > 0), 0.0, 1.0)
        for size in knots
    ]
    shares = [np.zeros_like(slope), *shares, np.ones_like(slope)]

    worth = _worth(customers, timeline)

    def left(share: FloatArray) -> FloatArray:
        supply = design(customers.times(share), a)
        bought = sum(worth.investment_dkk[item] * price for item, price in supply.investment_dkk.items())
        return np.asarray(share * worth.customers_dkk + worth.loss_dkk * supply.heat_loss_mwh + bought, float)

    found = np.full(np.shape(slope), np.nan)
    before, at_before = shares[0], left(shares[0])
    for after in shares[1:]:
        at_after = left(after)
        middle = left(0.5 * (before + after))
        root = before + (after - before) * _first_root(at_before, middle, at_after)
        found = np.where(np.isnan(found), root, found)
        before, at_before = after, at_after
    return found


def granted_share(minimum_share: npt.ArrayLike, customers: Customers, timeline: Timeline) -> FloatArray:
    """Share of the customers for whom the grant is paid.

    Parameters
    ----------
    minimum_share
        From ``minimum_connection``. [1]
    customers
        All there is to connect; the fewest are counted in whole customers, but never more than there are.
    timeline
        Years and assumptions: ``is_grant_for_minimum_connection_only``.

    Returns
    -------
    numpy.ndarray
        All, or the minimum where the grant goes no further; none where no number balances. [1]
    """
    share = np.asarray(minimum_share, float)
    if not timeline.assumptions.is_grant_for_minimum_connection_only:
        return np.ones_like(share)
    count = customers.count
    whole = np.minimum(np.ceil(share * count - _ROUNDING), count)
    return np.nan_to_num(np.divide(whole, count, out=np.zeros_like(whole), where=count > 0), nan=0.0)


class _Worth(NamedTuple):
    """What the company's account gains by all customers, by a MWh of loss, by a krone of each investment."""

    customers_dkk: FloatArray
    loss_dkk: FloatArray
    investment_dkk: dict[str, FloatArray]


def _worth(customers: Customers, timeline: Timeline) -> _Worth:
    """Part the account: it is a sum over customers, heat loss and investments, so each is found alone."""
    nothing: FloatArray = np.zeros(())
    bare = Supply(nothing, nothing, nothing, nothing, nothing, nothing, dict.fromkeys(INVESTMENTS, nothing))
    nobody = customers.times(0.0)

    def gain(who: Customers, supply: Supply) -> FloatArray:
        return company.present_net(project_lines(who, supply, 1.0, timeline), timeline)

    one: FloatArray = np.ones(())
    return _Worth(
        gain(customers, bare),
        gain(nobody, replace(bare, heat_loss_mwh=one)),
        {
            item: gain(nobody, replace(bare, investment_dkk=bare.investment_dkk | {item: one}))
            for item in INVESTMENTS
        },
    )


def _knots(assumptions: Assumptions | Draws) -> list[float]:
    """Every size at which a price table bends."""
    tables = (
        "plant_dkk",
        "plant_heat_pump_kw",
        "plant_electric_boiler_kw",
        "transmission_dkk_per_m",
        "transmission_m",
    )
    return sorted({float(size) for table in tables for size in assumptions.column(table)[0]})


def _first_root(start: FloatArray, middle: FloatArray, end: FloatArray) -> FloatArray:
    """First place in 0 to 1 where the parabola through three values reaches zero, missing if none."""
    if_already = np.where(start >= 0.0, 0.0, np.nan)
    curve, slope = 2.0 * (start - 2.0 * middle + end), -3.0 * start + 4.0 * middle - end
    scale = np.abs(start) + np.abs(middle) + np.abs(end)
    is_line = np.abs(curve) <= 1e-12 * scale
    inside = slope**2 - 4.0 * curve * start
    with np.errstate(divide="ignore", invalid="ignore"):
        line = -start / slope
        # The root that the curve meets while rising, in the form that does not lose digits.
        bent = 2.0 * start / (-slope - np.sqrt(inside))
        root = np.where(is_line, line, bent)
    root = np.where((root >= 0.0) & (root <= 1.0) & np.isfinite(root), root, np.nan)
    # At the end itself rounding must not hide a balance that is there.
    root = np.where(np.isnan(root) & (end >= 0.0), 1.0, root)
    return np.asarray(np.where(np.isnan(if_already), root, if_already), float)
