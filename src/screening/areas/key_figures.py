"""Key figures of each trimmed area, and the criterion on its heat density."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from screening import tables
from screening.areas.assign import assign
from screening.areas.inputs import check_areas, check_buildings, is_relevant_oil_gas
from screening.register import customer_type, is_heat_pump, is_individually_heated, is_relevant
from screening.units import KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    import geopandas as gpd

    from screening.assumptions import Assumptions

__all__ = ["is_dense_enough", "key_figures"]

_COLUMNS = ("use_code", "heating_installation_code", "is_oil", "is_gas", "heat_demand_mwh", "area_m2")
_CUSTOMER_COLUMNS = {
    "dwelling_count": "dwelling",
    "business_count": "business",
    "public_count": "public",
    "customer_unknown_count": "unknown",
}

_ROUNDING = 1e-9  # 784 MWh on 78,400 m2 are 10 kWh/m2, whatever the last digit of the quotient says


def key_figures(
    buildings: gpd.GeoDataFrame,
    trimmed: gpd.GeoDataFrame,
    assumptions: Assumptions,
    *,
    home: pd.Series | None = None,
) -> pd.DataFrame:
    """Count buildings and heat of each trimmed area.

    Only buildings with a relevant use whose point lies in the trimmed area count (``assign`` says which
    area, so that none counts twice). Individually heated are those with heating installation
    2, 3, 5, 6, 7 or 8, and every oil or gas building.

    Parameters
    ----------
    buildings
        Columns use_code, heating_installation_code, is_oil, is_gas, heat_demand_mwh and points in
        EPSG:25832; area_m2 too, else every area counts as unknown.
    trimmed
        Column ``area`` and polygons in EPSG:25832, as from ``delineate``.
    assumptions
        The set to use (``density_criterion_kwh_per_m2``).
    home
        Trimmed area of each building, missing outside all, where that is known already; index as the
        buildings. By default ``assign`` finds it.

    Returns
    -------
    pandas.DataFrame
        One row per area, in the order given, with the columns of the notes.

    Raises
    ------
    TableError
        If a column is missing, a demand negative, a building without point, an area without polygon.

    Notes
    -----
    ``individual_count``, ``heat_pump_count`` [1], ``individual_heat_mwh`` [MWh/year]
        Of the buildings heated individually; ``heat_pump_share`` [1] is a share of their number.
    ``oil_gas_count``, ``oil_count``, ``gas_count`` [1], ``oil_gas_heat_mwh``, ``oil_heat_mwh``,
    ``gas_heat_mwh`` [MWh/year]
        Of the oil and gas buildings; ``oil_gas_share`` [1] is their share of the individual heat.
    ``dwelling_count``, ``business_count``, ``public_count``, ``customer_unknown_count`` [1],
    ``heated_area_m2`` [m2]
        Of the oil and gas buildings, by the kind of customer.
    ``demand_unknown_count``, ``area_unknown_count``, ``individual_demand_unknown_count`` [1]
        Oil and gas buildings (the last: individually heated ones) whose demand or area is unknown. They
        are in the counts and in no sum.
    ``area_km2`` [km2], ``density_kwh_per_m2`` [kWh/m2 a year], ``is_dense_enough``
        Heat of the oil and gas buildings over the trimmed area, and whether it reaches the criterion.

    A density or share is missing where there is nothing below the line, or where no demand of the area's
    oil and gas buildings is known.
    """
    if "area_m2" not in buildings:
        buildings = buildings.assign(area_m2=np.nan)
    buildings = check_buildings(buildings, _COLUMNS)
    trimmed = check_areas(trimmed, may_be_empty=True)
    relevant = is_relevant(buildings["use_code"]).to_numpy()
    fossil = is_relevant_oil_gas(buildings)
    installation = buildings["heating_installation_code"]
    individual = fossil | (is_individually_heated(installation).to_numpy() & relevant)
    chosen = buildings[individual]
    fossil = fossil[individual]
    oil = chosen["is_oil"].to_numpy()
    gas = fossil & ~oil
    heat_mwh = chosen["heat_demand_mwh"]
    customer = customer_type(chosen["use_code"])
    marks = pd.DataFrame(
        {
            "individual_count": 1,
            "oil_gas_count": fossil,
            "oil_count": oil,
            "gas_count": gas,
            "heat_pump_count": is_heat_pump(chosen["heating_installation_code"]),
            **{column: customer.eq(kind) & fossil for column, kind in _CUSTOMER_COLUMNS.items()},
            "area_unknown_count": chosen["area_m2"].isna() & fossil,
            "demand_unknown_count": heat_mwh.isna() & fossil,
            "individual_demand_unknown_count": heat_mwh.isna(),
        },
        index=chosen.index,
    ).astype(int)
    sums = pd.DataFrame(
        {
            "individual_heat_mwh": heat_mwh,
            "oil_gas_heat_mwh": heat_mwh.where(fossil),
            "oil_heat_mwh": heat_mwh.where(oil),
            "gas_heat_mwh": heat_mwh.where(gas),
            "heated_area_m2": chosen["area_m2"].where(fossil),
        }
    )
    home = assign(chosen, trimmed) if home is None else home.loc[chosen.index]
    counts = marks.groupby(home).sum().reindex(trimmed["area"], fill_value=0)
    heat = sums.groupby(home).sum().reindex(trimmed["area"], fill_value=0.0)
    figures = pd.concat([counts, heat], axis="columns").rename_axis("area").reset_index()
    figures["area_km2"] = shapely.area(trimmed.geometry.to_numpy()) / M2_PER_KM2
    is_known = (figures["demand_unknown_count"] < figures["oil_gas_count"]) | (figures["oil_gas_count"] == 0)
    heat_mwh = figures["oil_gas_heat_mwh"].where(is_known)
    figures["density_kwh_per_m2"] = _quotient(heat_mwh * KWH_PER_MWH, figures["area_km2"] * M2_PER_KM2)
    # Two sums of the same numbers may differ in the last digit: no share above 1.
    figures["oil_gas_share"] = _quotient(heat_mwh, figures["individual_heat_mwh"]).clip(upper=1.0)
    figures["heat_pump_share"] = _quotient(figures["heat_pump_count"], figures["individual_count"])
    figures["is_dense_enough"] = is_dense_enough(figures, assumptions)
    first = list(tables.KEY_FIGURES.columns)
    figures = figures[first + [name for name in figures if name not in first]]
    return tables.check(figures, tables.KEY_FIGURES, "key figures")


def is_dense_enough(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.Series:
    """Tell which areas reach the heat density that collective heating needs.

    Parameters
    ----------
    key_figures
        Column ``density_kwh_per_m2``.
    assumptions
        The set to use (``density_criterion_kwh_per_m2``).

    Returns
    -------
    pandas.Series
        Booleans on the same index: True at or above the criterion (but for the rounding of the quotient),
        False below it and where the density is missing.

    Examples
    --------
    >>> from screening import assumptions
    >>> figures = pd.DataFrame({"density_kwh_per_m2": [9.99, 10.0, None]})
    >>> is_dense_enough(figures, assumptions.load("cowi-2022")).tolist()
    [False, True, False]
    """
    density = key_figures["density_kwh_per_m2"].astype(float)
    criterion = assumptions.density_criterion_kwh_per_m2 * (1.0 - _ROUNDING)
    enough: pd.Series = density.ge(criterion).rename("is_dense_enough")
    return enough


def _quotient(above: pd.Series, below: pd.Series) -> pd.Series:
    return above / below.astype(float).where(below > 0, np.nan)
