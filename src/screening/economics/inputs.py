"""What the economy needs of the key figures: checked, with stated defaults for what is not given."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.assumptions import Draws
from screening.errors import TableError
from screening.supply import Customers
from screening.tables import KEY_FIGURES, check
from screening.units import KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["customers", "read_key_figures"]

FloatArray = npt.NDArray[np.float64]

_COUNTS = ("oil_count", "gas_count", "business_count", "public_count")
_NETWORK = ("trench_m", "network_dkk", "network_heat_loss_mwh")
_PIPES = (*_NETWORK, "transmission_m", "link_m", "heat_production_dkk_per_mwh")
_OPTIONAL = (*_COUNTS, "heated_area_m2", "oil_heat_mwh", "gas_heat_mwh", *_PIPES)
_ROUNDING_MWH = 0.01  # parts written with two decimals
_SHOWN = 5  # areas named in an error


def read_key_figures(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Check key figures and fill in what is optional.

    Parameters
    ----------
    key_figures
        KEY_FIGURES, ``area`` as column or index; optional oil_count, gas_count, business_count,
        public_count, heated_area_m2, oil_heat_mwh, gas_heat_mwh of the oil and gas buildings, and of the
        supply trench_m, network_dkk, network_heat_loss_mwh, transmission_m, link_m,
        heat_production_dkk_per_mwh.
    assumptions
        The set: defaults and the bound of a plausible demand.

    Returns
    -------
    pandas.DataFrame
        Index area; oil_gas_count, heat_mwh, is_served, density_kwh_per_m2 and the fields of ``Customers``.
        Shares are 0 and areas without customers keep their row.

    Raises
    ------
    TableError
        Naming every fault with its areas: columns missing, negative values, demand without buildings,
        demand without an area, demand in kWh, counts that do not add up.
    """
    is_index = key_figures.index.name == "area" and "area" not in key_figures.columns
    table = check(key_figures.reset_index(drop=not is_index), KEY_FIGURES, "key figures")
    optional = table.reindex(columns=list(_OPTIONAL))
    numbers = optional.apply(pd.to_numeric, errors="coerce").astype(float)
    faults = _faults(table, numbers, (optional.notna() & numbers.isna()).any(axis=1), assumptions)
    if faults:
        raise TableError("key figures: " + "; ".join(faults) + ".")
    count, heat = table["oil_gas_count"].to_numpy(float), table["oil_gas_heat_mwh"].to_numpy(float)
    heated = numbers["heated_area_m2"].to_numpy(float)
    per_heat = assumptions.standard_consumer_area_m2 / assumptions.standard_consumer_heat_mwh
    oil_share = _oil_share(numbers, count, assumptions.oil_customer_share)
    oil_heat = _oil_heat(numbers, heat, oil_share)
    return pd.DataFrame(
        {
            "oil_gas_count": count,
            "heat_mwh": heat,
            "is_served": (count > 0) & (heat > 0),
            "oil_count": count * oil_share,
            "gas_count": count * (1.0 - oil_share),
            "oil_heat_mwh": oil_heat,
            "gas_heat_mwh": heat - oil_heat,
            "area_km2": table["area_km2"].to_numpy(float),
            "density_kwh_per_m2": table["density_kwh_per_m2"].to_numpy(float),
            "business_share": _share(numbers["business_count"].fillna(0.0).to_numpy(float), count),
            "public_share": _share(numbers["public_count"].fillna(0.0).to_numpy(float), count),
            "heated_area_m2": np.where(np.isnan(heated), heat * per_heat, heated),
            **{name: numbers[name].to_numpy(float) for name in _PIPES},
        },
        index=pd.Index(table["area"].to_numpy(), name="area"),
    ).fillna({"link_m": 0.0})


def customers(areas: pd.DataFrame, assumptions: Assumptions | Draws) -> Customers:
    """Count those who connect, with the heat they need.

    Parameters
    ----------
    areas
        Table of ``read_key_figures``, only areas with ``is_served``.
    assumptions
        The set, or draws of it: ``connection_rate_share`` (those who connect are taken to be average) and
        ``heat_demand_factor``.

    Returns
    -------
    Customers
        In the order of the table.
    """
    columns = {f.name: areas[f.name].to_numpy(float) for f in fields(Customers) if f.name != "areas"}
    everyone = Customers(areas.index, **columns)
    if isinstance(assumptions, Draws):
        # An area's own price of heat is in as much doubt as the set's.
        name = "heat_production_dkk_per_mwh"
        moved = getattr(assumptions, name) - getattr(assumptions.base, name)
        own = np.maximum(everyone.heat_production_dkk_per_mwh + moved, 0.0)
        everyone = replace(everyone, heat_production_dkk_per_mwh=own)
    return everyone.times(assumptions.connection_rate_share, assumptions.heat_demand_factor)


def _share(part: FloatArray, count: FloatArray) -> FloatArray:
    return np.asarray(np.divide(part, count, out=np.zeros_like(count), where=count > 0), float)


def _oil_share(numbers: pd.DataFrame, count: FloatArray, default: float) -> FloatArray:
    """Share of oil from whichever count is given, the stated default where neither is."""
    oil, gas = numbers["oil_count"].to_numpy(float), numbers["gas_count"].to_numpy(float)
    oil = np.where(np.isnan(oil), count - gas, oil)
    return np.asarray(np.where(np.isnan(oil), default, _share(oil, count)), float)


def _oil_heat(numbers: pd.DataFrame, heat: FloatArray, oil_share: FloatArray) -> FloatArray:
    """Heat of the oil customers: given, the rest of the gas customers' or average ones'."""
    oil, gas = numbers["oil_heat_mwh"].to_numpy(float), numbers["gas_heat_mwh"].to_numpy(float)
    oil = np.where(np.isnan(oil), heat - gas, oil)
    # Parts whose sum is off by a rounding of the whole must not leave a heat below zero.
    return np.asarray(np.clip(np.where(np.isnan(oil), heat * oil_share, oil), 0.0, heat), float)


def _faults(
    table: pd.DataFrame, numbers: pd.DataFrame, is_text: pd.Series, assumptions: Assumptions
) -> list[str]:
    """All that is wrong beyond the schema, each rule with the areas that break it."""
    count, heat = table["oil_gas_count"].to_numpy(float), table["oil_gas_heat_mwh"].to_numpy(float)
    area, density = table["area_km2"].to_numpy(float), table["density_kwh_per_m2"].to_numpy(float)
    bound = assumptions.plausible_heat_per_building_mwh
    served, known = count > 0, (area > 0) & (heat > 0) & (density > 0)
    ratio = np.divide(density * area * M2_PER_KM2, heat * KWH_PER_MWH, out=np.ones_like(heat), where=known)
    counts = numbers[list(_COUNTS)]
    by_fuel = numbers["oil_heat_mwh"] + numbers["gas_heat_mwh"]
    oil_share = _oil_share(numbers, count, assumptions.oil_customer_share)
    oil_heat, least = _oil_heat(numbers, heat, oil_share), _ROUNDING_MWH + 1e-6 * heat
    without = ((oil_share <= 0) & (oil_heat > least)) | ((oil_share >= 1) & (heat - oil_heat > least))
    without &= served
    upkeep = assumptions.plant_operation_dkk_per_mwh
    dearest = assumptions.parameter("heat_production_dkk_per_mwh").maximum
    rules = {
        "oil_gas_heat_mwh above zero without oil or gas buildings": ~served & (heat > 0),
        "heat demand on an area of 0 km2; give the trimmed area": served & (heat > 0) & (area == 0),
        f"more than {bound:g} MWh per oil or gas building; is oil_gas_heat_mwh in kWh?": served
        & (heat > bound * count),
        "density_kwh_per_m2 more than a factor 2 from oil_gas_heat_mwh over area_km2; is area_km2 in km2?": (
            (ratio > 2) | (ratio < 0.5)
        ),
        "an optional count or area that is no number": is_text.to_numpy(bool),
        "an optional count or area below zero": (numbers < 0).any(axis=1).to_numpy(),
        "oil, gas, business or public buildings above oil_gas_count": counts.gt(count, axis=0)
        .any(axis=1)
        .to_numpy(),
        "oil_count + gas_count other than oil_gas_count": (
            numbers["oil_count"] + numbers["gas_count"] - count
        )
        .abs()
        .gt(0)
        .to_numpy(),
        "oil_heat_mwh + gas_heat_mwh other than oil_gas_heat_mwh": (
            (by_fuel - heat).abs() > _ROUNDING_MWH + 1e-6 * heat
        ).to_numpy(),
        "oil_heat_mwh or gas_heat_mwh above oil_gas_heat_mwh": (
            numbers[["oil_heat_mwh", "gas_heat_mwh"]].max(axis=1) > heat + _ROUNDING_MWH + 1e-6 * heat
        ).to_numpy(),
        "heat of oil or gas customers where there are none": without,
        "an optional count, area or length that is infinite": np.isinf(numbers).any(axis=1),
        f"heat_production_dkk_per_mwh not between {upkeep:g} (operation of the plant) and"
        f" {dearest:g} DKK/MWh; is it in kr/kWh or kr/GJ?": (
            (numbers["heat_production_dkk_per_mwh"] < upkeep)
            | (numbers["heat_production_dkk_per_mwh"] > dearest)
        ).to_numpy(),
        "business_count + public_count above oil_gas_count": (
            (numbers["business_count"] + numbers["public_count"]).to_numpy(float) > count
        ),
    }
    names = table["area"].astype(str).to_numpy()
    return [f"{rule} ({_named(names[broken])})" for rule, broken in rules.items() if broken.any()]


def _named(names: npt.NDArray[np.str_]) -> str:
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return "areas " + ", ".join(names[:_SHOWN]) + rest
