"""Which buildings may form a community: oil or gas boiler, and a use on the published list."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

import pandas as pd
import pandera.pandas as pa

from screening import tables
from screening.register import describe

if TYPE_CHECKING:
    import geopandas as gpd

    from screening.assumptions import Assumptions

__all__ = ["decide", "select", "selection_counts", "use_decisions"]

INCLUDED, EXCLUDED, UNLISTED = "included", "excluded", "unlisted"
_SINGLE_FAMILY = "single_family"


@functools.cache
def _read() -> pd.DataFrame:
    entry = resources.files("screening.communities") / "use_codes.csv"
    with resources.as_file(entry) as path:
        return pd.read_csv(path, dtype=str, keep_default_na=False).set_index("code")


def use_decisions(assumptions: Assumptions) -> pd.DataFrame:
    """Give the list of BBR use codes, old and new, with the decision on each and its reason.

    Parameters
    ----------
    assumptions
        The set to use (``community_single_family_is_included``).

    Returns
    -------
    pandas.DataFrame
        Indexed by code: ``decision`` ("included", "excluded", or "unlisted" where the published lists name
        no such building), ``note_type_da`` (the type in the published lists) and ``reason_da``.

    Examples
    --------
    >>> from screening import assumptions
    >>> list_ = use_decisions(assumptions.load("cowi-2022"))
    >>> list_.loc[["140", "120", "410"], "decision"].tolist()
    ['included', 'excluded', 'unlisted']
    """
    decisions = _read()
    single = INCLUDED if assumptions.community_single_family_is_included else EXCLUDED
    return decisions.assign(decision=decisions["decision"].replace(_SINGLE_FAMILY, single))


def decide(use_codes: pd.Series, assumptions: Assumptions) -> pd.Series:
    """Decide by use whether a building may take part.

    Parameters
    ----------
    use_codes
        BBR byg021, either generation.
    assumptions
        The set to use.

    Returns
    -------
    pandas.Series
        "included", "excluded" or "unlisted" on the same index; a missing code, or one that BBR does not
        have, is unlisted.
    """
    decisions = use_decisions(assumptions)["decision"]
    return use_codes.map(decisions).astype(object).fillna(UNLISTED).rename("decision")


def select(buildings: gpd.GeoDataFrame, assumptions: Assumptions) -> gpd.GeoDataFrame:
    """Keep the oil and gas buildings whose use is on the list of those included.

    Parameters
    ----------
    buildings
        Columns use_code, is_oil, is_gas.
    assumptions
        The set to use.

    Returns
    -------
    geopandas.GeoDataFrame
        Their rows, unchanged. ``selection_counts`` tells what was left out, and what the list does not name.

    Raises
    ------
    TableError
        If a column is missing or a flag has no value.
    """
    chosen = _oil_gas(buildings, [])
    return chosen[decide(chosen["use_code"], assumptions) == INCLUDED]


def selection_counts(buildings: gpd.GeoDataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Count the oil and gas buildings by use and decision: the counts add up to all of them.

    Parameters
    ----------
    buildings
        Columns use_code, is_oil, is_gas, heat_demand_mwh.
    assumptions
        The set to use.

    Returns
    -------
    pandas.DataFrame
        One row per use code: ``use_code``, ``label_da``, ``decision``, ``reason_da``, ``building_count``,
        ``demand_unknown_count`` [1] and ``heat_demand_mwh``, the known demand [MWh/year]; the largest first.

    Raises
    ------
    TableError
        If a column is missing or a flag has no value.
    """
    chosen = _oil_gas(buildings, ["heat_demand_mwh"])
    codes = chosen["use_code"].astype(object)
    counts = (
        pd.DataFrame(
            {
                "use_code": codes.fillna(""),
                "label_da": describe(codes, "use"),
                "decision": decide(codes, assumptions),
                "building_count": 1,
                "demand_unknown_count": chosen["heat_demand_mwh"].isna().astype(int),
                "heat_demand_mwh": chosen["heat_demand_mwh"].fillna(0.0),
            }
        )
        .groupby(["use_code", "label_da", "decision"], as_index=False)
        .sum()
    )
    reason = counts["use_code"].map(_read()["reason_da"]).fillna("Koden findes ikke i BBR's kodeliste")
    counts.insert(3, "reason_da", reason)
    return counts.sort_values(["building_count", "use_code"], ascending=[False, True], ignore_index=True)


def _oil_gas(buildings: gpd.GeoDataFrame, more: list[str]) -> gpd.GeoDataFrame:
    columns = ["use_code", "is_oil", "is_gas", *more]
    schema = pa.DataFrameSchema({name: tables.BUILDINGS_WITH_HEAT.columns[name] for name in columns})
    checked = tables.check(buildings, schema, "buildings")
    return buildings[checked["is_oil"] | checked["is_gas"]]
