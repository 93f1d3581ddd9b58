"""The answer for every area, and the tables that show how it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.economics import company, grant, society, user
from screening.economics.cash_flow import long_table
from screening.economics.inputs import customers, read_key_figures
from screening.supply import INVESTMENTS, design
from screening.tables import ECONOMICS, check

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["company_economy", "investments", "screen_areas", "society_economy", "user_economy"]

_VIABLE, _JOIN, _FEW = "viable", "viable_join_neighbour", "too_few_customers"
_DEAR, _WORSE, _NONE = "user_too_expensive", "society_worse", "no_oil_gas"
_UNKNOWN = "no_heat_demand"


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
        co2_saved_tonne_per_year, surplus_dkk (of the company's account in the last year),
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
    found = _screen(customers(areas, assumptions), assumptions)
    served = areas.loc[found.index]
    # The same town, as dense and with customers as large, but with the number that is advised.
    scale = assumptions.min_customer_count / found["customer_count"]
    scaled = served.mul(scale, axis=0).assign(
        **{name: served[name] for name in ("oil_share", "business_share", "public_share")}
    )
    larger = _screen(customers(scaled, assumptions), assumptions)
    found["advice"] = _advice(found, larger["is_viable"], assumptions)
    table = found.reindex(areas.index)
    for name in ("is_viable", "is_user_cheaper", "is_society_better"):
        table[name] = table[name].eq(True)
    for name in ("customer_count", "capacity_kw", "tank_m3", "investment_dkk", "heat_loss_mwh", "grant_dkk"):
        table[name] = table[name].fillna(0.0)
    table["co2_saved_tonne_per_year"] = table["co2_saved_tonne_per_year"].fillna(0.0)
    nobody = np.where(areas["oil_gas_count"] > 0, _UNKNOWN, _NONE)
    table["advice"] = table["advice"].where(table["advice"].notna(), nobody).astype(object)
    table["is_dense_enough"] = areas["density_kwh_per_m2"] >= assumptions.density_criterion_kwh_per_m2
    return check(table, ECONOMICS, "economics")


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
    areas, supply = _supply(key_figures, assumptions)
    life = assumptions.lookup("technical_lifetime_years")
    prices = np.stack([supply[f"{item}_dkk"].to_numpy(float) for item in INVESTMENTS], axis=1)
    index = pd.MultiIndex.from_product([areas.index, list(INVESTMENTS)], names=["area", "item"])
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
    areas, supply = _supply(key_figures, assumptions)
    flows = company.settle(areas, supply, assumptions).flows
    account = company.balance(flows, assumptions)
    return long_table(flows | {"balance": account}, areas.index, "payment_dkk")


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
    areas, supply = _supply(key_figures, assumptions)
    settled = company.settle(areas, supply, assumptions)
    costs = user.yearly_cost(settled.contribution_dkk, settled.tariff_reduction_share, assumptions)
    index = pd.MultiIndex.from_product(
        [areas.index, user.ALTERNATIVES, user.COMPONENTS], names=["area", "alternative", "component"]
    )
    values = np.stack([costs[a, c] for a in user.ALTERNATIVES for c in user.COMPONENTS], axis=1)
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
    areas, supply = _supply(key_figures, assumptions)
    project, alternative = society.present_costs(areas, supply, assumptions)
    index = pd.MultiIndex.from_product([areas.index, society.ITEMS], names=["area", "item"])
    values = {
        "project_dkk": np.stack([project[item] for item in society.ITEMS], axis=1).reshape(-1),
        "alternative_dkk": np.stack([alternative[item] for item in society.ITEMS], axis=1).reshape(-1),
    }
    return pd.DataFrame(values, index=index).reset_index()


def _supply(key_figures: pd.DataFrame, assumptions: Assumptions) -> tuple[pd.DataFrame, pd.DataFrame]:
    return _laid_out(customers(read_key_figures(key_figures, assumptions), assumptions), assumptions)


def _laid_out(areas: pd.DataFrame, assumptions: Assumptions) -> tuple[pd.DataFrame, pd.DataFrame]:
    fewest = grant.minimum_connection(areas, assumptions)
    granted = grant.granted_share(fewest, assumptions)
    areas = areas.assign(minimum_connection_share=fewest, granted_share=granted)
    return areas, design(areas, assumptions)


def _screen(areas: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    areas, supply = _laid_out(areas, assumptions)
    settled = company.settle(areas, supply, assumptions)
    costs = user.yearly_cost(settled.contribution_dkk, settled.tariff_reduction_share, assumptions)
    price = {a: np.sum([costs[a, c] for c in user.COMPONENTS], axis=0) for a in user.ALTERNATIVES}
    project, alternative = (
        np.sum(list(side.values()), axis=0) for side in society.present_costs(areas, supply, assumptions)
    )
    cheaper = price["district_heating"] < np.minimum(price["heat_pump"], price["gas"])
    better = project < alternative
    return pd.DataFrame(
        {
            "anlaegsbidrag_dkk": settled.contribution_dkk,
            "user_price_district_heating_dkk_per_year": price["district_heating"],
            "user_price_heat_pump_dkk_per_year": price["heat_pump"],
            "user_price_gas_dkk_per_year": price["gas"],
            "npv_project_dkk": project,
            "npv_alternative_dkk": alternative,
            "is_viable": cheaper & better,
            "customer_count": areas["customer_count"],
            "capacity_kw": supply["capacity_kw"],
            "tank_m3": supply["tank_m3"],
            "investment_dkk": supply[[f"{item}_dkk" for item in INVESTMENTS]].sum(axis=1),
            "heat_loss_mwh": supply["heat_loss_mwh"],
            "heat_loss_share": supply["heat_loss_mwh"] / supply["produced_mwh"],
            "grant_dkk": settled.flows["grant"].sum(axis=-1),
            "minimum_connection_share": areas["minimum_connection_share"],
            "co2_saved_tonne_per_year": society.co2_saved(areas, supply, assumptions),
            "surplus_dkk": company.balance(settled.flows, assumptions)[:, -1],
            "tariff_reduction_share": settled.tariff_reduction_share,
            "is_user_cheaper": cheaper,
            "is_society_better": better,
        },
        index=areas.index,
    )


def _advice(found: pd.DataFrame, is_larger_viable: pd.Series, assumptions: Assumptions) -> pd.Series:
    """Reason first: the user's price decides, for without customers there is no company."""
    few = found["customer_count"] < assumptions.min_customer_count
    choices = [
        found["is_viable"] & ~few,
        found["is_viable"] & few,
        few & is_larger_viable,
        ~found["is_user_cheaper"],
    ]
    names = np.select([c.to_numpy(bool) for c in choices], [_VIABLE, _JOIN, _FEW, _DEAR], default=_WORSE)
    return pd.Series(names, index=found.index, dtype=object)
