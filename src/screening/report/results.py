"""What the chapters say about the results, worked out once from the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

    from screening.views import Town

__all__ = [
    "ALTERNATIVES",
    "has_customers",
    "heating_form",
    "horizon_years",
    "nearby_supply",
    "period_of",
    "result_row",
    "shown_millions",
    "totals",
    "use_class",
    "with_results",
]

ALTERNATIVES = ("heat_pump", "gas")

# Order of the rows in tables and of the parts in figures.
HEATING_FORMS = ("oil", "gas", "heat_pump", "district_heating", "electric", "solid", "other", "none")
USE_CLASSES = ("detached", "terraced", "apartment", "business", "public", "unknown")
PERIODS = (
    "before_1930", "1930_1960", "1961_1978", "1979_1998", "1999_2010", "after_2010", "unknown",
)  # fmt: skip

_USE_CLASS_OF_GROUP = {
    "detached_house": "detached",
    "terraced_house": "terraced",
    "apartment": "apartment",
    "farm_production": "business",
    "industry": "business",
    "energy_supply": "business",
    "office_retail": "business",
    "storage_transport": "business",
    "institution": "public",
    "culture": "public",
    "public_service": "public",
    "sport": "public",
    "leisure": "public",
}


def with_results(table: pd.DataFrame) -> pd.DataFrame:
    """Add what a reader compares: the cheapest alternative, the user's and society's gain.

    Parameters
    ----------
    table
        Rows of ECONOMICS.

    Returns
    -------
    pandas.DataFrame
        Plus ``cheapest_alternative`` (heat_pump, gas or empty), ``cheapest_dkk_per_year``,
        ``user_saving_dkk_per_year`` and ``society_saving_dkk``; gains of local heating are positive,
        missing where a price is.
    """
    prices = table[[f"user_price_{name}_dkk_per_year" for name in ALTERNATIVES]].astype(float)
    known = prices.notna().any(axis=1)
    cheapest = prices.min(axis=1)
    filled = prices.fillna(np.inf).to_numpy()
    names = np.array(ALTERNATIVES, dtype=object)[filled.argmin(axis=1)]
    own = table["user_price_district_heating_dkk_per_year"].astype(float)
    # Differences of the numbers as they are shown, so that a reader who subtracts gets the same.
    exact = table["npv_alternative_dkk"].astype(float) - table["npv_project_dkk"].astype(float)
    shown = shown_millions(table["npv_alternative_dkk"]) - shown_millions(table["npv_project_dkk"])
    society = shown.where(shown.round() != 0, exact)
    return table.assign(
        cheapest_alternative=np.where(known, names, ""),
        cheapest_dkk_per_year=cheapest,
        user_saving_dkk_per_year=cheapest.round() - own.round(),
        society_saving_dkk=society,
    )


def shown_millions(amounts_dkk: pd.Series) -> pd.Series:
    """Round amounts as reports show them: to a tenth of a million.

    Parameters
    ----------
    amounts_dkk
        Amounts. [DKK]

    Returns
    -------
    pandas.Series
        Rounded. [DKK]
    """
    return amounts_dkk.astype(float).round(-5)


def result_row(town: Town) -> pd.Series:
    """Give the area's economics with what ``with_results`` adds.

    Parameters
    ----------
    town
        The area's view.

    Returns
    -------
    pandas.Series
        One value per column.
    """
    return with_results(town.economics.to_frame().T).iloc[0]


def totals(parts: pd.DataFrame) -> pd.Series:
    """Sum of the parts of a town; the density is that of all parts together.

    Parameters
    ----------
    parts
        KEY_FIGURES joined with ECONOMICS and ``with_results``.

    Returns
    -------
    pandas.Series
        customer_count, oil_gas_count, individual_count, oil_gas_heat_mwh, individual_heat_mwh, area_km2,
        society_saving_dkk, co2_saved_tonne_per_year, density_kwh_per_m2.
    """
    summed = (
        "customer_count", "oil_gas_count", "individual_count", "oil_gas_heat_mwh", "individual_heat_mwh",
        "area_km2", "society_saving_dkk", "co2_saved_tonne_per_year",
    )  # fmt: skip
    row = pd.Series({name: float(parts[name].astype(float).sum()) for name in summed})
    area = row["area_km2"]
    row["density_kwh_per_m2"] = row["oil_gas_heat_mwh"] / area / 1000 if area > 0 else float("nan")
    return row


def has_customers(town: Town) -> bool:
    """Tell whether there is anyone to sell heat to.

    Parameters
    ----------
    town
        The area's view.

    Returns
    -------
    bool
        False where plant, company, user and society have nothing to tell.
    """
    return float(town.economics["customer_count"]) > 0


def horizon_years(town: Town) -> int:
    """Last year of the company's accounts.

    Parameters
    ----------
    town
        The area's view.

    Returns
    -------
    int
        Years; 0 when there are no accounts. [years]
    """
    years = pd.to_numeric(town.company["year"], errors="coerce").dropna()
    return int(years.max()) if len(years) else 0


def heating_form(buildings: pd.DataFrame) -> pd.Series:
    """Form of heating of each building, one of ``HEATING_FORMS``.

    Parameters
    ----------
    buildings
        BUILDINGS.

    Returns
    -------
    pandas.Series
        Same index; oil and gas come first, then the installation code, then the fuel.
    """
    installation = buildings["heating_installation_code"].fillna("").astype(str)
    fuel = buildings["heating_fuel_code"].fillna("").astype(str)
    conditions = [
        buildings["is_oil"].to_numpy(bool),
        buildings["is_gas"].to_numpy(bool),
        (installation == "5").to_numpy(),
        (installation == "1").to_numpy(),
        (installation == "9").to_numpy(),
        ((installation == "7") | (fuel == "1")).to_numpy(),
        fuel.isin(["4", "6"]).to_numpy(),
    ]
    forms = ["oil", "gas", "heat_pump", "district_heating", "none", "electric", "solid"]
    return pd.Series(np.select(conditions, forms, default="other"), index=buildings.index, dtype=object)


def use_class(use_groups: pd.Series) -> pd.Series:
    """Group the register's groups of use into the few classes that the report shows.

    Parameters
    ----------
    use_groups
        Group per building.

    Returns
    -------
    pandas.Series
        One of ``USE_CLASSES`` per building.
    """
    return use_groups.map(_USE_CLASS_OF_GROUP).fillna("unknown").astype(object)


def period_of(year_built: pd.Series) -> pd.Series:
    """Period in which each building was built, one of ``PERIODS``.

    Parameters
    ----------
    year_built
        Year, missing when unknown. [calendar year]

    Returns
    -------
    pandas.Series
        Same index.

    Examples
    --------
    >>> period_of(pd.Series([1929.0, 1930.0, 2011.0, float("nan")])).tolist()
    ['before_1930', '1930_1960', 'after_2010', 'unknown']
    """
    edges = [-np.inf, 1929, 1960, 1978, 1998, 2010, np.inf]
    cut = pd.cut(year_built.astype(float), edges, labels=list(PERIODS[:-1]))
    return cut.astype(object).fillna("unknown").astype(object)


def nearby_supply(town: Town, within_m: float) -> pd.DataFrame:
    """District heating areas near the area, nearest first.

    Parameters
    ----------
    town
        The area's view.
    within_m
        Farthest distance told. [m]

    Returns
    -------
    pandas.DataFrame
        Columns supply_name, distance_m (0 where it overlaps); one row per name.
    """
    empty = pd.DataFrame({"supply_name": pd.Series(dtype=object), "distance_m": pd.Series(dtype=float)})
    if town.supply_areas is None or town.supply_areas.empty:
        return empty
    shape = _shape(town.trimmed, town.original)
    near = pd.DataFrame(
        {
            "supply_name": town.supply_areas["supply_name"].fillna("").astype(object),
            "distance_m": town.supply_areas.distance(shape),
        }
    )
    near = near[near["distance_m"] <= within_m].sort_values("distance_m", kind="stable")
    return near.drop_duplicates("supply_name").reset_index(drop=True) if len(near) else empty


def _shape(trimmed: gpd.GeoDataFrame, original: gpd.GeoDataFrame) -> object:
    """Trimmed polygon, or the original one where nothing was left."""
    shape = trimmed.geometry.iloc[0] if len(trimmed) else None
    return original.geometry.iloc[0] if shape is None or shape.is_empty else shape
