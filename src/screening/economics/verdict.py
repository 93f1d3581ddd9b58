"""The answer for every area, and the tables that show how it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.areas import is_dense_enough
from screening.economics import company, society, user
from screening.economics.cash_flow import long_table
from screening.economics.evaluate import Result, evaluate
from screening.economics.inputs import customers, read_key_figures
from screening.supply import INVESTMENTS, site_needs
from screening.tables import ECONOMICS, check

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["company_economy", "evaluated", "investments", "screen_areas", "society_economy", "user_economy"]

_VIABLE, _JOIN, _FEW = "viable", "viable_join_neighbour", "too_few_customers"
_DEAR, _WORSE, _NONE = "user_too_expensive", "society_worse", "no_oil_gas"
_UNKNOWN, _NOBODY = "no_heat_demand", "nobody_connects"
_ZERO = (
    "customer_count",
    "capacity_kw",
    "tank_m3",
    "investment_dkk",
    "heat_loss_mwh",
    "grant_dkk",
    "co2_saved_tonne_per_year",
)


def screen_areas(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Say for every area whether local heating is worth pursuing.

    Parameters
    ----------
    key_figures
        KEY_FIGURES; a table typed in by hand will do. ``area`` may be a column or the index. Optional:
        oil_count, gas_count (default: ``oil_customer_share``), business_count, public_count (default:
        all customers are dwellings), heated_area_m2 (default: the standard consumer's m2 per MWh).
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        ECONOMICS, index area in the order given, and customer_count, capacity_kw, tank_m3,
        investment_dkk, heat_loss_mwh, heat_loss_share (of the heat sent out), grant_dkk,
        minimum_connection_share (of the customers, with whom the company balances without contribution;
        missing where not even all are enough),
        minimum_connection_count, site_m2 (ground of the plant), noise_distance_m (from its air coolers to the
        nearest dwelling), co2_saved_tonne_per_year, surplus_dkk (of the company's account in the last year),
        tariff_reduction_share (where the set gives a surplus back to the customers),
        is_user_cheaper, is_society_better, is_dense_enough, advice: "viable" |
        "viable_join_neighbour" (fewer customers than ``min_customer_count``) | "too_few_customers"
        (not viable, but the same town with ``min_customer_count`` customers would be) |
        "user_too_expensive" | "society_worse" | "no_oil_gas" | "no_heat_demand" (the demand of all
        oil and gas buildings is unknown).

    Raises
    ------
    TableError
        Naming every fault of the key figures.
    """
    areas = read_key_figures(key_figures, assumptions)
    served = customers(areas[areas["is_served"]], assumptions)
    result = evaluate(served, assumptions)
    found = _answer(result, assumptions)
    # The same town, as dense and with customers as large, but with the number that is advised.
    larger = evaluate(served.like(_growth(served.count, assumptions)), assumptions, needs_minimum=False)
    found["advice"] = _advice(found, larger.is_viable, assumptions)
    table = found.reindex(areas.index)
    for name in ("is_viable", "is_user_cheaper", "is_society_better"):
        table[name] = table[name].eq(True)
    table[list(_ZERO)] = table[list(_ZERO)].fillna(0.0)
    nobody = np.where(areas["oil_gas_count"] > 0, _UNKNOWN, _NONE)
    table["advice"] = table["advice"].where(table["advice"].notna(), nobody).astype(object)
    table["is_dense_enough"] = is_dense_enough(areas, assumptions)
    return check(table, ECONOMICS, "economics")


def evaluated(key_figures: pd.DataFrame, assumptions: Assumptions) -> Result:
    """Calculate all areas that have customers and a known demand.

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
    return evaluate(customers(areas[areas["is_served"]], assumptions), assumptions, needs_minimum=False)


def investments(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """List everything that is bought in year 0.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        area, item, investment_dkk (without VAT), lifetime_years; areas without customers have no rows.
    """
    found = evaluated(key_figures, assumptions)
    life = assumptions.lookup("technical_lifetime_years")
    prices = np.stack([_full(found.supply.investment_dkk[item], found) for item in INVESTMENTS], axis=1)
    index = pd.MultiIndex.from_product([found.customers.areas, list(INVESTMENTS)], names=["area", "item"])
    table = pd.DataFrame({"investment_dkk": prices.reshape(-1)}, index=index).reset_index()
    return table.assign(lifetime_years=table["item"].map(life).astype(float))


def company_economy(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Show the company's account year by year.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        area, year, item, payment_dkk (income positive, cost negative, without VAT); item "balance" is
        the account at the end of the year with interest. Areas without customers have no rows.
    """
    found = evaluated(key_figures, assumptions)
    names = found.customers.areas
    flows = company.account(found.project, found.timeline, len(names))
    held = company.balance(flows, found.timeline)
    return long_table(flows | {"balance": held}, names, "payment_dkk")


def user_economy(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Show what the standard consumer pays a year.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        area, alternative, component, payment_dkk_per_year (with VAT); areas without customers have no
        rows.
    """
    found = evaluated(key_figures, assumptions)
    index = pd.MultiIndex.from_product(
        [found.customers.areas, user.ALTERNATIVES, user.COMPONENTS],
        names=["area", "alternative", "component"],
    )
    values = np.stack(
        [_full(found.bills[a, c], found) for a in user.ALTERNATIVES for c in user.COMPONENTS], axis=1
    )
    return pd.DataFrame({"payment_dkk_per_year": values.reshape(-1)}, index=index).reset_index()


def society_economy(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Where society's costs come from.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        area, item, project_dkk, alternative_dkk: present value of cost, gains negative; areas without
        customers have no rows.
    """
    found = evaluated(key_figures, assumptions)
    index = pd.MultiIndex.from_product([found.customers.areas, society.ITEMS], names=["area", "item"])
    sides = {"project_dkk": found.project_costs, "alternative_dkk": found.alternative_costs}
    values = {
        name: np.stack([_full(costs[item], found) for item in society.ITEMS], axis=1).reshape(-1)
        for name, costs in sides.items()
    }
    return pd.DataFrame(values, index=index).reset_index()


def _full(values: np.ndarray, found: Result) -> np.ndarray:
    """One value per area, also of what is the same for all."""
    return np.broadcast_to(values, (len(found.customers.areas),))


def _growth(count: np.ndarray, assumptions: Assumptions) -> np.ndarray:
    """How many times as many customers the advised number is; 1 where nobody connects."""
    wanted = np.full_like(count, assumptions.min_customer_count)
    return np.asarray(np.divide(wanted, count, out=np.ones_like(count), where=count > 0), float)


def _answer(found: Result, assumptions: Assumptions) -> pd.DataFrame:
    supply, settled = found.supply, found.settlement
    saving, gain = found.user_saving_dkk_per_year, found.society_gain_dkk
    sent = np.where(supply.produced_mwh > 0, supply.produced_mwh, np.nan)
    fewest = found.minimum_connection_share
    count = found.customers.count
    columns = {
        "anlaegsbidrag_dkk": settled.contribution_dkk,
        **{f"user_price_{name}_dkk_per_year": found.prices[name] for name in user.ALTERNATIVES},
        "npv_project_dkk": found.npv_project_dkk,
        "npv_alternative_dkk": found.npv_alternative_dkk,
        "is_viable": found.is_viable,
        "customer_count": count,
        "capacity_kw": supply.capacity_kw,
        "tank_m3": supply.tank_m3,
        "investment_dkk": supply.total_dkk,
        "heat_loss_mwh": supply.heat_loss_mwh,
        "heat_loss_share": supply.heat_loss_mwh / sent,
        "grant_dkk": found.timeline.assumptions.grant_dkk_per_customer * found.granted_share * count,
        "minimum_connection_share": fewest,
        "minimum_connection_count": np.minimum(
            np.ceil(np.multiply(np.nan if fewest is None else fewest, count) - 1e-9), count
        ),
        "co2_saved_tonne_per_year": society.co2_saved(found.customers, supply, found.timeline),
        "surplus_dkk": settled.surplus_dkk,
        "tariff_reduction_share": settled.tariff_reduction_share,
        "is_user_cheaper": saving > 0,
        "is_society_better": gain > 0,
    }
    index = found.customers.areas
    site = site_needs(np.broadcast_to(supply.capacity_kw, (len(index),)), assumptions)
    columns |= {name: site[name].to_numpy(float) for name in ("site_m2", "noise_distance_m")}
    return pd.DataFrame({name: np.broadcast_to(np.asarray(v), (len(index),)) for name, v in columns.items()},
                        index=index)  # fmt: skip


def _advice(found: pd.DataFrame, is_larger_viable: np.ndarray, assumptions: Assumptions) -> pd.Series:
    """Reason first: the user's price decides, for without customers there is no company."""
    few = found["customer_count"] < assumptions.min_customer_count
    choices = {
        _NOBODY: found["customer_count"] == 0,
        _VIABLE: found["is_viable"] & ~few,
        _JOIN: found["is_viable"] & few,
        _FEW: few & is_larger_viable,
        _DEAR: ~found["is_user_cheaper"],
    }
    names = np.select([c.to_numpy(bool) for c in choices.values()], list(choices), default=_WORSE)
    return pd.Series(names, index=found.index, dtype=object)
