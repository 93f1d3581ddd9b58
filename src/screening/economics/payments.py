"""Every payment of every year as a table: the ledger, unrolled to be read and added up by others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.economics.cash_flow import yearly
from screening.economics.evaluate import Result, evaluate
from screening.economics.inputs import customers, read_key_figures
from screening.economics.society import counts

if TYPE_CHECKING:
    from screening.assumptions import Assumptions
    from screening.economics.cash_flow import Line

__all__ = ["ALTERNATIVE", "PROJECT", "SCENARIOS", "Flow", "Key", "cash_flow", "flows", "with_customers"]

FloatArray = npt.NDArray[np.float64]

PROJECT, ALTERNATIVE = "project", "alternative"
SCENARIOS = (PROJECT, ALTERNATIVE)
_COLUMNS = [
    "area",
    "scenario",
    "year",
    "payer",
    "payee",
    "kind",
    "item",
    "payment_dkk",
    "nominal_dkk",
    "society_dkk",
    "is_transfer",
]


class Key(NamedTuple):
    """Who pays whom for what."""

    payer: str
    payee: str
    kind: str
    item: str


class Flow(NamedTuple):
    """Payments of a key by area and year.

    Parameters
    ----------
    payment
        In the prices of year 0. [DKK]
    nominal
        In the money of the year. [DKK]
    society
        Cost to society at factor prices; 0 for transfers. [DKK]
    is_transfer
        Whether it moves money without using anything up.
    """

    payment: FloatArray
    nominal: FloatArray
    society: FloatArray
    is_transfer: bool


def cash_flow(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """List who pays whom what in every year, with the project and with the alternative.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        area, scenario ("project" | "alternative"), year, payer, payee ("company" | "customers" | "state"
        | "suppliers" | "bank"; harm has the payee "environment"), kind, item, payment_dkk (prices of year
        0), nominal_dkk (money of the year), society_dkk (what it costs society at factor prices before
        the net tax factor; 0 for transfers), is_transfer. Years without any amount have no row, nor have
        areas where nobody connects.
    """
    found = with_customers(key_figures, assumptions)
    parts = [
        _rows(key, flow, found.customers.areas).assign(scenario=scenario)
        for scenario in SCENARIOS
        for key, flow in flows(found, scenario).items()
    ]
    table = pd.concat([_empty(), *(part for part in parts if len(part))])
    rank = pd.Index(found.customers.areas).get_indexer(table["area"])
    return table.iloc[np.argsort(rank, kind="stable")][_COLUMNS].reset_index(drop=True)


def with_customers(key_figures: pd.DataFrame, assumptions: Assumptions) -> Result:
    """Calculate the areas where somebody connects; there is no ledger without a customer.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.

    Returns
    -------
    Result
        The ledgers and what is read from them.
    """
    areas = read_key_figures(key_figures, assumptions)
    served = areas["is_served"] & (assumptions.connection_rate_share > 0)
    return evaluate(customers(areas[served], assumptions), assumptions, needs_minimum=False)


def flows(found: Result, scenario: str) -> dict[Key, Flow]:
    """Unroll the ledger of the project or of the alternative.

    Parameters
    ----------
    found
        Of a single set.
    scenario
        "project" or "alternative".

    Returns
    -------
    dict of Flow
        By payer, payee, kind and item, area x year; lines with the same key are added.
    """
    made: dict[Key, Flow] = {}
    for line in found.project if scenario == PROJECT else found.alternative:
        key = Key(line.payer, line.payee, line.kind, line.item)
        flow = _flow(line, found)
        made[key] = _sum(made[key], flow) if key in made else flow
    return made


def _flow(line: Line, found: Result) -> Flow:
    level = found.timeline.level
    shape = (len(found.customers.areas), found.timeline.horizon + 1)
    nominal = yearly(line.nominal(level), *shape)
    payment = yearly(line.money, *shape) if line.is_indexed else nominal / level
    is_resource = counts(line)
    terms = line.money if line.worth is None else line.worth
    society = yearly(terms, *shape) if is_resource else np.zeros(shape)
    return Flow(payment, nominal, society, not is_resource)


def _sum(one: Flow, other: Flow) -> Flow:
    return Flow(
        one.payment + other.payment,
        one.nominal + other.nominal,
        one.society + other.society,
        one.is_transfer and other.is_transfer,
    )


def _rows(key: Key, flow: Flow, areas: pd.Index) -> pd.DataFrame:
    """Rows of the years in which there is anything."""
    row, year = np.nonzero((flow.nominal != 0.0) | (flow.society != 0.0))
    return pd.DataFrame(
        {
            "area": areas.to_numpy()[row],
            "year": year,
            **key._asdict(),
            "payment_dkk": flow.payment[row, year],
            "nominal_dkk": flow.nominal[row, year],
            "society_dkk": flow.society[row, year],
            "is_transfer": flow.is_transfer,
        }
    )


def _empty() -> pd.DataFrame:
    kinds = dict.fromkeys(_COLUMNS, "object") | {"year": "int64", "is_transfer": "bool"}
    kinds |= dict.fromkeys(("payment_dkk", "nominal_dkk", "society_dkk"), "float64")
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
