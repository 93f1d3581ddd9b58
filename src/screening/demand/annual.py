"""Heat demand of each building from its use, age and heated area.

Heat demand is the heat delivered to the building, room heating and hot water together, at the
building's own side of any boiler or heat exchanger: no boiler efficiency is in it. The kWh/m2 are metered
district heating per registered m2; modelled (calculated) figures are never mixed in.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pandera.pandas as pa

from screening.errors import AssumptionError
from screening.register import customer_type, use_group
from screening.tables import BUILDINGS, check
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["annual_heat_demand", "specific_heat_demand", "split_hot_water"]

_TABLE = "specific_heat_kwh_per_m2_year"
_NO_INSTALLATION = "9"
_READ = ("use_code", "year_built", "area_m2", "heating_installation_code")


def annual_heat_demand(buildings: pd.DataFrame, assumptions: Assumptions) -> pd.Series:
    """Heat demand of each building from heated area times the figure of its use and age.

    Unknown area gives an unknown demand, never zero. Outbuildings need none. A building other than a
    dwelling that says "no heating installation" (byg056 9) gets no heat; a dwelling that says so is taken
    for a fault of the register and reckoned like any other.

    Parameters
    ----------
    buildings
        ``BUILDINGS``: ``use_code``, ``year_built``, ``area_m2``, ``heating_installation_code``.
    assumptions
        Set with ``specific_heat_kwh_per_m2_year``.

    Returns
    -------
    pandas.Series
        ``heat_demand_mwh`` on the same index, missing where the area is unknown. [MWh/year]

    Raises
    ------
    TableError
        If a column is missing, an area negative or no number, a code no text.
    AssumptionError
        If the table has no figure for a use and age that occurs.

    Examples
    --------
    >>> from screening import assumptions
    >>> houses = pd.DataFrame({"use_code": ["120", "120", "930"], "year_built": [1970.0, None, 1970.0],
    ...                        "area_m2": [130.0, 130.0, 20.0],
    ...                        "heating_installation_code": ["2", "2", None]})
    >>> annual_heat_demand(houses, assumptions.load("cowi-2022")).round(2).tolist()
    [14.95, 15.73, 0.0]
    """
    schema = pa.DataFrameSchema({name: BUILDINGS.columns[name] for name in _READ})
    buildings = check(pd.DataFrame(buildings)[[n for n in _READ if n in buildings]], schema, "buildings")
    specific = specific_heat_demand(buildings["use_code"], buildings["year_built"], assumptions)
    demand = buildings["area_m2"] * specific / KWH_PER_MWH
    unheated = buildings["heating_installation_code"].isin([_NO_INSTALLATION])
    unheated &= customer_type(buildings["use_code"]) != "dwelling"
    return demand.mask(unheated | (specific == 0), 0.0).rename("heat_demand_mwh")


def specific_heat_demand(use_codes: pd.Series, year_built: pd.Series, assumptions: Assumptions) -> pd.Series:
    """Heat demand per heated m2 by use and year.

    Parameters
    ----------
    use_codes
        BBR byg021.
    year_built
        Year of construction, missing where unknown: then the group's figure for all ages is used.
        [calendar year]
    assumptions
        Set with ``specific_heat_kwh_per_m2_year``; its keys "group:1963-1978" make the age classes.

    Returns
    -------
    pandas.Series
        Heat demand on the same index. [kWh/(m2 year)]

    Raises
    ------
    AssumptionError
        If the table has no figure for a use and age that occurs.
    """
    table = assumptions.lookup(_TABLE)
    groups = use_group(use_codes)
    result = pd.Series(np.nan, index=use_codes.index, dtype=float)
    years = year_built.astype(float)
    for key, value in table.items():
        group, span = _span(str(key))
        low, high, takes_unknown = span
        ages = years.between(low, high) | (years.isna() & takes_unknown)
        result = result.mask((groups == group) & ages, float(value))
    if result.isna().any():
        lost = sorted(set(groups[result.isna()]))
        raise AssumptionError(
            f"{_TABLE} has no figure for every year of {', '.join(lost)}: its keys must be 'group:all', or"
            " 'group:-1920' to 'group:2016-' without gaps and 'group:unknown'."
        )
    return result.rename(_TABLE)


@functools.cache
def _span(key: str) -> tuple[str, tuple[float, float, bool]]:
    """Take "group:1963-1978" apart: group, first year, last year, whether unknown years belong."""
    group, _, ages = key.partition(":")
    if ages == "all":
        return group, (-np.inf, np.inf, True)
    if ages == "unknown":
        return group, (np.inf, -np.inf, True)
    first, dash, last = ages.partition("-")
    if not dash or not (first or "0").isdigit() or not (last or "0").isdigit():
        raise AssumptionError(
            f"{_TABLE}[{key}] is no 'group:first-last'; write e.g. 'detached_house:1963-1978'."
        )
    return group, (float(first or -np.inf), float(last or np.inf), False)


def split_hot_water(heat_demand_mwh: pd.Series, assumptions: Assumptions) -> pd.DataFrame:
    """Split the heat demand into room heating and hot water by the stated share.

    Parameters
    ----------
    heat_demand_mwh
        Heat delivered to the building, hot water included. [MWh/year]
    assumptions
        Set with ``hot_water_share``.

    Returns
    -------
    pandas.DataFrame
        ``space_heating_mwh`` and ``hot_water_mwh`` on the same index; they add up. [MWh/year]

    Examples
    --------
    >>> from screening import assumptions
    >>> split_hot_water(pd.Series([20.0]), assumptions.load("cowi-2022")).iloc[0].tolist()
    [17.0, 3.0]
    """
    hot_water = heat_demand_mwh * assumptions.hot_water_share
    return pd.DataFrame({"space_heating_mwh": heat_demand_mwh - hot_water, "hot_water_mwh": hot_water})
