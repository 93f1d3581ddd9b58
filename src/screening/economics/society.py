"""Society: what the ledger's real resources cost it, and the harm; payments between parties are transfers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.assumptions import entry
from screening.economics.cash_flow import BANK, ENVIRONMENT, SUPPLIERS, Line, present
from screening.supply import electricity_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screening.economics.timeline import Timeline
    from screening.supply import Customers, Supply

__all__ = ["ITEMS", "co2_saved", "counts", "present_costs", "public_revenue"]

FloatArray = npt.NDArray[np.float64]

ITEMS = (
    "plant",
    "network",
    "electricity",
    "operation",
    "gas",
    "oil",
    "co2",
    "air_pollution",
    "tax_distortion",
    "scrap_value",
)
_PIPES = {"network", "transmission", "service_lines", "substation"}
_KG_PER_TONNE = 1000.0


def present_costs(lines: Sequence[Line], timeline: Timeline) -> dict[str, FloatArray]:
    """Present value of what one alternative costs society.

    Parameters
    ----------
    lines
        The ledger of the project or of the alternative.
    timeline
        Years and assumptions.

    Returns
    -------
    dict of numpy.ndarray
        Cost by item of ``ITEMS``, positive; gains (scrap value, tax revenue) negative. Fixed prices of
        year 0. [DKK]

    Notes
    -----
    What suppliers deliver counts at factor prices times the net tax factor; damage costs of air pollution
    are market prices already. Loans and what customers, company and state pay each other are transfers:
    they are not counted, but for ``tax_distortion_share`` of the public revenue where a set includes it.
    """
    a, factors = timeline.assumptions, timeline.society
    costs: dict[str, FloatArray] = {item: np.zeros(()) for item in ITEMS}
    for line in lines:
        if counts(line):
            terms = line.money if line.worth is None else line.worth
            factor = 1.0 if line.is_market_price else a.net_tax_factor
            costs[_item(line)] = costs[_item(line)] + factor * present(terms, factors)
    distortion = np.asarray(a.tax_distortion_share * a.is_tax_distortion_included)
    costs["tax_distortion"] = -distortion * public_revenue(lines, factors)
    return costs


def counts(line: Line) -> bool:
    """Tell whether a line is a real resource or harm, and no transfer.

    Parameters
    ----------
    line
        Of the ledger.

    Returns
    -------
    bool
        True for what suppliers deliver and what the environment bears.
    """
    return line.payee in {SUPPLIERS, ENVIRONMENT} and line.payer != BANK


def public_revenue(lines: Iterable[Line], factors: FloatArray) -> FloatArray:
    """Present value of taxes less grants; VAT stands in the net tax factor.

    Parameters
    ----------
    lines
        The ledger.
    factors
        Discount factors. [1]

    Returns
    -------
    numpy.ndarray
        Revenue of the state. [DKK]
    """
    sign = {"tax": 1.0, "grant": -1.0}
    total: FloatArray = np.zeros(())
    for line in lines:
        if line.kind in sign:
            total = total + sign[line.kind] * present(line.money, factors)
    return np.asarray(total, float)


def co2_saved(customers: Customers, supply: Supply, timeline: Timeline) -> FloatArray:
    """CO2e saved a year when all customers are connected: the mean of those years within the horizon.

    One year's factors would mislead where a forecast steps, as gas does when it becomes biogas.

    Parameters
    ----------
    customers
        Who connects.
    supply
        Plant and network.
    timeline
        Years and assumptions.

    Returns
    -------
    numpy.ndarray
        Emission of the replaced boilers less that of the plant's electricity, by area. [t/year]
    """
    a, t = timeline.assumptions, timeline
    slowest = np.max([np.max(a.gas_conversion_years), np.max(a.oil_conversion_years), 1.0])
    years = slice(min(math.ceil(slowest), t.horizon), t.horizon + 1)

    def mean(table: str) -> FloatArray:
        return np.asarray(t.price(table)[..., years].mean(axis=-1, keepdims=True), float)

    heat = {"gas": customers.gas_heat_mwh, "oil": customers.oil_heat_mwh}
    before = sum(
        heat[fuel] / entry(a, "existing_boiler_efficiency", fuel) * mean(f"{fuel}_kg_co2_per_mwh")
        for fuel in heat
    )
    after = electricity_use(supply.produced_mwh, a) * mean("electricity_kg_co2_per_mwh")
    return np.asarray((before - after) / _KG_PER_TONNE, float)


def _item(line: Line) -> str:
    """Item of ``ITEMS`` that a line belongs to."""
    if line.kind in {"scrap_value", "operation"}:
        return line.kind
    if line.kind in {"energy", "harm"}:
        return line.item
    return "network" if line.item in _PIPES else "plant"
