"""What the register says that cannot be, or not be known: counted, never mended in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening import assumptions as sets
from screening.register import rules
from screening.register.codes import code_list

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from screening.assumptions import Assumptions

__all__ = ["CHECK_COLUMNS", "LIST_COLUMNS", "check_list", "check_register", "flag_buildings"]

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
]


# In the order of the list "check", whose names they bear.
_RULES: dict[str, Callable[[pd.DataFrame, Assumptions], pd.Series]] = {
    name: getattr(rules, name) for name in code_list("check").index
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
        ``BUILDINGS``, all or those of one area; with ``heat_demand_mwh`` the demand concerned is summed,
        with ``outline_source`` estimated outlines are counted.
    assumptions
        Set with the limits of credible areas; the shipped default set when not given.

    Returns
    -------
    pandas.DataFrame
        One row per check, also those that find nothing: ``check_name``, ``label_da``, ``label_en``,
        ``building_count`` [1], ``share`` of the buildings given [1], ``heat_demand_mwh`` of those found
        [MWh/year] (missing without demand), ``severity`` and ``effect`` as in ``check_list``.
    """
    flags = flag_buildings(buildings, assumptions)
    counts = flags.sum()
    heat = pd.Series(np.nan, index=flags.columns)
    if "heat_demand_mwh" in buildings:
        demand = buildings["heat_demand_mwh"].fillna(0).to_numpy(dtype=float)
        heat = pd.Series(demand @ flags.to_numpy(dtype=float), index=flags.columns)
    table = check_list().assign(
        building_count=counts.to_numpy(dtype=int),
        share=counts.to_numpy(dtype=float) / max(len(buildings), 1),
        heat_demand_mwh=heat.to_numpy(dtype=float),
    )
    return table[CHECK_COLUMNS]


def flag_buildings(buildings: gpd.GeoDataFrame, assumptions: Assumptions | None = None) -> pd.DataFrame:
    """Tell for each building which checks find it.

    Parameters
    ----------
    buildings
        ``BUILDINGS``, all or those of one area.
    assumptions
        Set with the limits of credible areas; the shipped default set when not given.

    Returns
    -------
    pandas.DataFrame
        One boolean column per check, same index.
    """
    settings = assumptions or sets.load()
    flags = {name: rule(buildings, settings).to_numpy(dtype=bool) for name, rule in _RULES.items()}
    return pd.DataFrame(flags, index=buildings.index)
