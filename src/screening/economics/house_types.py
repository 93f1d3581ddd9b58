"""What each type of building in an area would pay, from the buildings that stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.economics import user
from screening.economics.bills import STANDARD
from screening.economics.houses import bills_of_rows, summary_of, totals_of
from screening.economics.verdict import evaluated
from screening.register import customer_type, use_group

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["TYPES", "typical_houses"]

TYPES = (STANDARD, "detached", "terraced", "farmhouse", "apartment", "business", "public", "other")

_FARMHOUSE = "110"
_OF_GROUP = {"detached_house": "detached", "terraced_house": "terraced", "apartment": "apartment"}
_DEDUCTED = ("business", "public")
_LEAST_MWH = 0.1  # of a row, which is rounded to one decimal


def typical_houses(
    buildings: pd.DataFrame, key_figures: pd.DataFrame, assumptions: Assumptions
) -> pd.DataFrame:
    """Work out the bill of the median oil or gas building of each type.

    Parameters
    ----------
    buildings
        BUILDINGS_WITH_HEAT with area, is_oil_gas and is_in_trimmed.
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        area, building_type (one of ``TYPES``, the standard consumer first), building_count (missing for the
        standard consumer), area_m2 and heat_mwh (medians, rounded to 1 m2 and 0.1 MWh), is_vat_deducted,
        and the columns of ``house_summary``: yearly bills with VAT, without for business and public types.
        Types with fewer than ``house_type_min_count`` buildings are together in "other"; where those are
        too few as well they are left out. Areas without customers have no rows.

    Notes
    -----
    A median of few buildings would tell what a known owner uses, so it is shown for no fewer than the set
    says, and rounded. "other" may hold businesses; its bills are with VAT.
    """
    found = evaluated(key_figures, assumptions)
    areas = found.customers.areas
    standard = user.standard_house(assumptions)
    first = pd.DataFrame(
        {
            "area": areas.to_numpy(object),
            "building_type": STANDARD,
            "building_count": pd.array([pd.NA] * len(areas), dtype="Int64"),
            "area_m2": float(np.asarray(standard.area_m2)),
            "heat_mwh": float(np.asarray(standard.heat_mwh)),
        }
    )
    real = _medians(buildings, int(assumptions.house_type_min_count))
    rows = pd.concat([first, real[real["area"].isin(areas)]], ignore_index=True)
    at = areas.get_indexer(pd.Index(rows["area"]))
    order = rows["building_type"].map({name: i for i, name in enumerate(TYPES)})
    sequence = np.lexsort([order.to_numpy(int), at])
    rows, at = rows.iloc[sequence].reset_index(drop=True), at[sequence]
    rows["is_vat_deducted"] = rows["building_type"].isin(_DEDUCTED)
    return summary_of(totals_of(bills_of_rows(found, at, rows)), rows)


def _medians(buildings: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Count and medians of each area's types, rare ones together."""
    known = (buildings["area_m2"] > 0) & (buildings["heat_demand_mwh"] > 0)
    is_customer = buildings["is_oil_gas"] & buildings["is_in_trimmed"] & buildings["area"].notna()
    chosen = pd.DataFrame(buildings.loc[known & is_customer, ["area", "area_m2", "heat_demand_mwh"]])
    chosen["building_type"] = _type(buildings.loc[chosen.index, "use_code"])
    keys = ["area", "building_type"]
    sizes = chosen.groupby(keys)["area_m2"].transform("size")
    chosen["building_type"] = chosen["building_type"].where(sizes >= fewest, "other")
    found = (
        chosen.groupby(keys, sort=False)
        .agg(
            building_count=("area_m2", "size"),
            area_m2=("area_m2", "median"),
            heat_mwh=("heat_demand_mwh", "median"),
        )
        .reset_index()
    )
    found = found[found["building_count"] >= fewest]
    return found.assign(
        building_count=found["building_count"].astype("Int64"),
        area_m2=found["area_m2"].round(),
        heat_mwh=found["heat_mwh"].round(1).clip(lower=_LEAST_MWH),
    )


def _type(use_codes: pd.Series) -> pd.Series:
    """Type of each building by use; "other" where the use is unknown."""
    kind = customer_type(use_codes)
    named = use_group(use_codes).map(_OF_GROUP).where(use_codes != _FARMHOUSE, "farmhouse")
    return kind.where(kind.isin(_DEDUCTED), named).fillna("other").astype(object)
