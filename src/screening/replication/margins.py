"""How firm each verdict is, what would close each gap, and what other readings of the note would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.economics import screen_areas
from screening.finance import annuity_factor
from screening.replication.published import table_1, table_3, value
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["gaps", "margins", "readings", "unpublished"]

_PRICE = "user_price_district_heating_dkk_per_year"
_NEAREST = {"gas": "user_price_gas_dkk_per_year", "heat_pump": "user_price_heat_pump_dkk_per_year"}
_STEPS = 8  # of the search for an area; the cost is almost a straight line
_CLOSE_DKK, _LEAST_KM2 = 1.0, 1e-3


def margins(assumptions: Assumptions) -> pd.DataFrame:
    """Tell how far each verdict is from turning, as published and as computed.

    Parameters
    ----------
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        Index area; user_margin_published_dkk_per_year and user_margin_computed_dkk_per_year, the price of
        the nearest alternative less that of local heating; nearest_published, nearest_computed ("gas",
        "heat_pump"); society_margin_published_dkk and society_margin_computed_dkk, alternative less
        project; is_viable_published, is_viable_computed; is_user_side_same, is_society_side_same, whether
        each of the two conditions is met in both; tips_within_deviation, whether the published verdict
        hangs on less than what separates published and computed.
    """
    told = table_3()
    told = told.assign(**{name: value(name) for name in _NEAREST.values()})
    found = screen_areas(table_1(), assumptions).loc[told.index]
    table = pd.DataFrame(index=told.index)
    for source, given in (("published", told), ("computed", found)):
        nearest = given[list(_NEAREST.values())].astype(float)
        table[f"user_margin_{source}_dkk_per_year"] = nearest.min(axis=1) - given[_PRICE]
        table[f"nearest_{source}"] = np.array(list(_NEAREST))[nearest.to_numpy().argmin(axis=1)]
        table[f"society_margin_{source}_dkk"] = given["npv_alternative_dkk"] - given["npv_project_dkk"]
        table[f"is_viable_{source}"] = given["is_viable"].astype(bool)
    user, society = (
        (table[f"{side}_published_{unit}"], table[f"{side}_computed_{unit}"])
        for side, unit in (("user_margin", "dkk_per_year"), ("society_margin", "dkk"))
    )
    table["is_user_side_same"] = (user[0] > 0) == (user[1] > 0)
    table["is_society_side_same"] = (society[0] > 0) == (society[1] > 0)
    # What counts is the condition that decides: the smaller of both for a Ja, the failing one for a Nej.
    weak_user = user[0].abs() < (user[1] - user[0]).abs()
    weak_society = society[0].abs() < (society[1] - society[0]).abs()
    fails_both = (user[0] < 0) & (society[0] < 0)
    is_viable = told["is_viable"].to_numpy()
    by_user = (user[0] < 0) & ~fails_both
    table["tips_within_deviation"] = np.select(
        [is_viable, fails_both, by_user],
        [weak_user | weak_society, weak_user & weak_society, weak_user],
        default=weak_society,
    ).astype(bool)
    return table


def gaps(assumptions: Assumptions) -> pd.DataFrame:
    """Tell what would have to be otherwise for the computed number to equal the published one.

    Parameters
    ----------
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        Index area; one_off_dkk: payment at the start that the company has more (below 0: less) according
        to the user price, for all customers together, and one_off_dkk_per_customer, where both prices hold
        a contribution (else missing); area_km2 of table 1 and matching_area_km2, with which the project's
        cost is the published one; alternative_dkk_per_customer, what the alternative costs more per
        customer in the note.
    """
    told, given = table_3(), table_1().set_index("area")
    given = given.loc[told.index]
    found = screen_areas(given.reset_index(), assumptions)
    a = assumptions
    yearly = float(annuity_factor(a.user_rate, a.contribution_term_years)) * (1.0 + a.vat_share)
    per_customer = (told[_PRICE] - found[_PRICE]) / yearly
    customers = told["customer_count"]
    table = pd.DataFrame(
        {
            "one_off_dkk": (per_customer * customers).where(found["anlaegsbidrag_dkk"] > 0),
            "one_off_dkk_per_customer": per_customer.where(found["anlaegsbidrag_dkk"] > 0),
            "area_km2": given["area_km2"],
            "matching_area_km2": _matching_area(given, told["npv_project_dkk"], assumptions),
            "alternative_dkk_per_customer": (told["npv_alternative_dkk"] - found["npv_alternative_dkk"])
            / customers,
        }
    )
    return table.rename_axis("area")


def readings(assumptions: Assumptions) -> pd.DataFrame:
    """Compute table 3 once more with other readings of what the note leaves open, one at a time.

    Parameters
    ----------
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        Index reading ("as_set" first); user_price_gas_dkk_per_year, user_price_heat_pump_dkk_per_year;
        project_deviation_share and alternative_deviation_share, the root of the mean square over the eight
        areas; project_largest_share, the largest deviation; same_verdict_count of the eight.
    """
    told = table_3()
    found = {
        name: screen_areas(table_1(), changed).loc[told.index]
        for name, changed in _readings(assumptions).items()
    }
    rows = {}
    for name, result in found.items():
        project, alternative = (
            result[side] / told[side] - 1.0 for side in ("npv_project_dkk", "npv_alternative_dkk")
        )
        rows[name] = {
            **{price: float(result[price].iloc[0]) for price in _NEAREST.values()},
            "project_deviation_share": float(np.sqrt((project**2).mean())),
            "project_largest_share": float(project.to_numpy()[project.abs().to_numpy().argmax()]),
            "alternative_deviation_share": float(np.sqrt((alternative**2).mean())),
            "same_verdict_count": int((result["is_viable"] == told["is_viable"]).sum()),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("reading")


def unpublished(assumptions: Assumptions) -> pd.DataFrame:
    """Compute the areas of table 1 that table 3 leaves out: there is nothing to compare them with.

    Parameters
    ----------
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        Index area; columns of ``screen_areas``.
    """
    return screen_areas(table_1(), assumptions).drop(index=table_3().index)


def _readings(a: Assumptions) -> dict[str, Assumptions]:
    dwelling_dkk, dwelling_kw = (
        float(a.lookup(name)["dwelling"]) for name in ("service_line_dkk", "service_line_kw")
    )
    vat = 1.0 + a.vat_share
    own_kw = a.standard_consumer_heat_mwh * KWH_PER_MWH / a.community_full_load_hours_per_year
    in_proportion = a.replace(service_line_dkk_per_kw=dwelling_dkk / dwelling_kw)
    return {
        "as_set": a,
        "service_lines_in_proportion": in_proportion,
        "cop_of_communities": a.replace(individual_heat_pump_cop=a.community_cop),
        "both_of_these": in_proportion.replace(individual_heat_pump_cop=a.community_cop),
        "gas_without_vat": a.replace(gas_price_incl_vat_dkk_per_mwh=value("gas_price_dkk_per_mwh") * vat),
        "electricity_with_vat": a.replace(
            electricity_price_excl_vat_dkk_per_mwh=value("electricity_price_dkk_per_mwh") / vat
        ),
        "heat_pump_at_1500_hours": a.replace(user_heat_pump_kw=own_kw),
        "network_at_2130_hours": a.replace(network_full_load_hours=a.customer_full_load_hours),
        "network_without_30_percent": a.replace(network_dkk_per_km2=value("network_dkk_per_km2") / 1.3),
    }


def _matching_area(given: pd.DataFrame, wanted_dkk: pd.Series, assumptions: Assumptions) -> pd.Series:
    """Area with which the project costs what is wanted, by the secant through two areas."""
    before = given["area_km2"]
    now = before * 1.05
    cost_before = _project_cost(given, before, assumptions)
    for _ in range(_STEPS):
        cost = _project_cost(given, now, assumptions)
        is_moving = (cost - wanted_dkk).abs() > _CLOSE_DKK
        slope = ((cost - cost_before) / (now - before).where(is_moving)).where(is_moving)
        following = (now + (wanted_dkk - cost) / slope).clip(lower=_LEAST_KM2).fillna(now)
        before, cost_before, now = (
            before.where(~is_moving, now),
            cost_before.where(~is_moving, cost),
            following,
        )
    return now


def _project_cost(given: pd.DataFrame, area_km2: pd.Series, assumptions: Assumptions) -> pd.Series:
    density = given["oil_gas_heat_mwh"] / area_km2 / KWH_PER_MWH
    table = given.assign(area_km2=area_km2, density_kwh_per_m2=density).reset_index()
    cost: pd.Series = screen_areas(table, assumptions)["npv_project_dkk"]
    return cost
