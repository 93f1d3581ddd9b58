"""What the economy needs of the key figures: checked, with stated defaults for what is not given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.errors import TableError
from screening.tables import KEY_FIGURES, check
from screening.units import KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["customers", "read_key_figures"]

_OPTIONAL = ("oil_count", "gas_count", "business_count", "public_count", "heated_area_m2")
_SHOWN = 5  # areas named in an error


def read_key_figures(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Check key figures and fill in what is optional.

    Parameters
    ----------
    key_figures
        KEY_FIGURES, ``area`` as column or index; optional oil_count, gas_count, business_count,
        public_count, heated_area_m2 of the oil and gas buildings.
    assumptions
        The set: defaults and the bound of a plausible demand.

    Returns
    -------
    pandas.DataFrame
        Index area; oil_gas_count, heat_mwh, area_km2, density_kwh_per_m2, oil_share, business_share,
        public_share, heated_area_m2. Shares are 0 and areas without customers keep their row.

    Raises
    ------
    TableError
        Naming every fault with its areas: columns missing, negative values, demand without buildings,
        buildings without demand or area, demand in kWh, counts that do not add up.
    """
    table = key_figures.reset_index() if key_figures.index.name == "area" else key_figures
    table = check(table, KEY_FIGURES, "key figures")
    given = [name for name in _OPTIONAL if name in table.columns]
    numbers = table[given].apply(pd.to_numeric, errors="coerce").astype(float)
    faults = _faults(table, numbers, assumptions)
    if faults:
        raise TableError("key figures: " + "; ".join(faults) + ".")
    count = table["oil_gas_count"].to_numpy(float)
    heat = table["oil_gas_heat_mwh"].to_numpy(float)
    per_heat = assumptions.standard_consumer_area_m2 / assumptions.standard_consumer_heat_mwh
    heated = numbers.get("heated_area_m2", pd.Series(np.nan, table.index)).to_numpy(float)
    return pd.DataFrame(
        {
            "oil_gas_count": count,
            "heat_mwh": heat,
            "area_km2": table["area_km2"].to_numpy(float),
            "density_kwh_per_m2": table["density_kwh_per_m2"].to_numpy(float),
            "oil_share": _oil_share(numbers, count, assumptions.oil_customer_share),
            "business_share": _share(numbers, "business_count", count),
            "public_share": _share(numbers, "public_count", count),
            "heated_area_m2": np.where(np.isnan(heated), heat * per_heat, heated),
        },
        index=pd.Index(table["area"].to_numpy(), name="area"),
    )


def customers(areas: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Keep the areas that have oil or gas buildings, counting only those who connect.

    Parameters
    ----------
    areas
        Table of ``read_key_figures``.
    assumptions
        The set: ``connection_rate_share``; those who connect are taken to be average.

    Returns
    -------
    pandas.DataFrame
        The same columns with customer_count, heat_mwh and heated_area_m2 of the customers.
    """
    served = areas[areas["oil_gas_count"] > 0]
    share = assumptions.connection_rate_share
    return served.assign(
        customer_count=served["oil_gas_count"] * share,
        heat_mwh=served["heat_mwh"] * share,
        heated_area_m2=served["heated_area_m2"] * share,
    )


def _share(numbers: pd.DataFrame, name: str, count: np.ndarray) -> np.ndarray:
    given = numbers.get(name, pd.Series(0.0, numbers.index)).fillna(0.0).to_numpy(float)
    return np.divide(given, count, out=np.zeros_like(count), where=count > 0)


def _oil_share(numbers: pd.DataFrame, count: np.ndarray, default: float) -> np.ndarray:
    """Share of oil from whichever count is given, the stated default where neither is."""
    missing = pd.Series(np.nan, numbers.index)
    oil = numbers.get("oil_count", missing).to_numpy(float)
    gas = numbers.get("gas_count", missing).to_numpy(float)
    oil = np.where(np.isnan(oil), count - gas, oil)
    share = np.divide(oil, count, out=np.zeros_like(count), where=count > 0)
    return np.where(np.isnan(oil), default, share)


def _faults(table: pd.DataFrame, numbers: pd.DataFrame, assumptions: Assumptions) -> list[str]:
    count = table["oil_gas_count"].to_numpy(float)
    heat = table["oil_gas_heat_mwh"].to_numpy(float)
    area = table["area_km2"].to_numpy(float)
    density = table["density_kwh_per_m2"].to_numpy(float)
    bound = assumptions.plausible_heat_per_building_mwh
    served = count > 0
    computed = np.divide(
        heat * KWH_PER_MWH, area * M2_PER_KM2, out=np.full_like(heat, np.nan), where=area > 0
    )
    rules = {
        "oil_gas_heat_mwh above zero without oil or gas buildings": ~served & (heat > 0),
        "oil or gas buildings without heat demand; give their demand or leave the area out": served
        & (heat == 0),
        "oil or gas buildings on an area of 0 km2; give the trimmed area": served & (area == 0),
        f"more than {bound:g} MWh per oil or gas building; is oil_gas_heat_mwh in kWh?": heat > bound * count,
        "density_kwh_per_m2 more than a factor 2 from oil_gas_heat_mwh over area_km2; is area_km2 in km2?": (
            np.abs(np.log2(np.where(density > 0, density, np.nan) / computed)) > 1
        ),
    }
    counts = numbers.drop(columns="heated_area_m2", errors="ignore")
    rules["an optional count or area below zero"] = (numbers < 0).any(axis=1).to_numpy()
    rules["an oil, gas, business or public count above oil_gas_count"] = (
        counts.gt(pd.Series(count, table.index), axis=0).any(axis=1).to_numpy()
    )
    if {"oil_count", "gas_count"} <= set(numbers.columns):
        rules["oil_count + gas_count other than oil_gas_count"] = (
            numbers["oil_count"] + numbers["gas_count"] - count
        ).abs().to_numpy() > 0.5  # noqa: PLR2004 - counts are whole, half a building is rounding
    if {"business_count", "public_count"} <= set(numbers.columns):
        rules["business_count + public_count above oil_gas_count"] = (
            numbers["business_count"] + numbers["public_count"]
        ).to_numpy() > count
    names = table["area"].astype(str).to_numpy()
    return [f"{rule} ({_named(names[broken])})" for rule, broken in rules.items() if broken.any()]


def _named(names: np.ndarray) -> str:
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return "areas " + ", ".join(names[:_SHOWN]) + rest
