"""What the register says that cannot be, or not be known: counted, never mended in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening import assumptions as sets
from screening.register.checks import place_rules, rules
from screening.register.codes import code_list, customer_type, use_group

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from screening.assumptions import Assumptions

__all__ = [
    "CHECK_COLUMNS",
    "LIST_COLUMNS",
    "check_list",
    "check_register",
    "flag_buildings",
    "heat_at_stake",
    "heat_price",
]

LIST_COLUMNS = ["check_name", "label_da", "label_en", "severity", "effect"]
CHECK_COLUMNS = [
    "check_name",
    "label_da",
    "label_en",
    "building_count",
    "share",
    "heat_demand_mwh",
    "severity",
    "effect",
    "at_stake_mwh",
    "at_stake_dkk",
]


# In the order of the list "check", whose names the rules bear.
_RULES: dict[str, Callable[[pd.DataFrame, Assumptions], pd.Series]] = {
    name: getattr(rules, name, None) or getattr(place_rules, name) for name in code_list("check").index
}


def check_list() -> pd.DataFrame:
    """List the register checks.

    Returns
    -------
    pandas.DataFrame
        One row per check: ``check_name``, ``label_da``, ``label_en``; ``severity`` "error" (a number in the
        report rests on it), "warning" or "note"; and ``effect``, how a building found could change the
        answer: "may_leave" (counted as an oil or gas customer but may not be one), "may_join" (not counted
        though it may be one), "demand" (is or may be a customer, but its MWh are doubtful) or "none".
    """
    return code_list("check").rename_axis("check_name").reset_index()[LIST_COLUMNS]


def check_register(buildings: gpd.GeoDataFrame, assumptions: Assumptions | None = None) -> pd.DataFrame:
    """Count the buildings that each register check finds.

    Unless the check is about outbuildings or summer houses, only buildings that belong in the screening
    (``is_relevant``) are looked at: thousands of garages without a year would hide the houses.

    Parameters
    ----------
    buildings
        ``BUILDINGS``, all or those of one area; with ``heat_demand_mwh`` the demand concerned is summed.
        Columns that only some files give (outlines, units, installations, gas areas) switch their checks on.
    assumptions
        Set with the limits of the checks and the heat tariff; the shipped default set when not given.

    Returns
    -------
    pandas.DataFrame
        One row per check, also those that find nothing: ``check_name``, ``label_da``, ``label_en``,
        ``building_count`` [1], ``share`` of the buildings given [1], ``heat_demand_mwh`` of those found
        [MWh/year] (missing without demand), ``severity`` and ``effect`` as in ``check_list``;
        ``at_stake_mwh`` [MWh/year], the same with ``heat_at_stake`` where the demand is unknown; and
        ``at_stake_dkk``, that heat at ``heat_price`` [DKK/year, excl. VAT].
    """
    settings = assumptions or sets.load()
    flags = flag_buildings(buildings, settings)
    counts = flags.sum()
    heat = stake = pd.Series(np.nan, index=flags.columns)
    if "heat_demand_mwh" in buildings:
        found = flags.to_numpy(dtype=float)
        demand = buildings["heat_demand_mwh"].fillna(0).to_numpy(dtype=float)
        heat = pd.Series(demand @ found, index=flags.columns)
        stake = pd.Series(heat_at_stake(buildings).to_numpy() @ found, index=flags.columns)
    table = check_list().assign(
        building_count=counts.to_numpy(dtype=int),
        share=counts.to_numpy(dtype=float) / max(len(buildings), 1),
        heat_demand_mwh=heat.to_numpy(dtype=float),
        at_stake_mwh=stake.to_numpy(dtype=float),
        at_stake_dkk=stake.to_numpy(dtype=float) * heat_price(settings),
    )
    return table[CHECK_COLUMNS]


def flag_buildings(buildings: gpd.GeoDataFrame, assumptions: Assumptions | None = None) -> pd.DataFrame:
    """Tell for each building which checks find it.

    Parameters
    ----------
    buildings
        ``BUILDINGS``, all or those of one area.
    assumptions
        Set with the limits of the checks; the shipped default set when not given.

    Returns
    -------
    pandas.DataFrame
        One boolean column per check, same index.
    """
    settings = assumptions or sets.load()
    flags = {name: rule(buildings, settings).to_numpy(dtype=bool) for name, rule in _RULES.items()}
    return pd.DataFrame(flags, index=buildings.index)


def heat_at_stake(buildings: pd.DataFrame) -> pd.Series:
    """Heat demand, and where it is unknown the mean of the buildings alike.

    Alike are the buildings given of the same use group and customer type; where none of these has a known
    demand, those of the same customer type, else all.

    Parameters
    ----------
    buildings
        ``BUILDINGS_WITH_HEAT``: ``use_code``, ``heat_demand_mwh``.

    Returns
    -------
    pandas.Series
        ``at_stake_mwh`` on the same index; 0 where no demand is known at all. [MWh/year]
    """
    demand = buildings["heat_demand_mwh"].astype(float)
    kind, group = customer_type(buildings["use_code"]), use_group(buildings["use_code"])
    alike = demand.groupby([kind, group]).transform("mean")
    same_kind = demand.groupby(kind).transform("mean")
    mean = demand.mean()
    filled = demand.fillna(alike).fillna(same_kind).fillna(0.0 if np.isnan(mean) else mean)
    return filled.rename("at_stake_mwh")


def heat_price(assumptions: Assumptions) -> float:
    """Price of the heat sold to the standard consumer, all parts of the tariff together.

    Parameters
    ----------
    assumptions
        Set with the heat tariff and the standard consumer.

    Returns
    -------
    float
        Variable price, area charge and subscription over the standard consumer's heat, excl. VAT.
        [DKK/MWh]

    Examples
    --------
    >>> from screening import assumptions
    >>> round(heat_price(assumptions.load("cowi-2022")))  # 595 + (24.15 * 130 + 800) / 18.1
    813
    """
    a = assumptions
    fixed = (
        a.tariff_area_dkk_per_m2_year * a.standard_consumer_area_m2
        + a.tariff_subscription_dkk_per_customer_year
    )
    return float(a.tariff_variable_dkk_per_mwh + fixed / a.standard_consumer_heat_mwh)
