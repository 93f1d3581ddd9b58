"""The rules of the register checks that look at place, at other buildings or at the register's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from screening.register.codes import is_relevant

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

__all__ = ["flags", "nearest_gas", "numbers", "texts"]

_UNCERTAIN_POINT = "3"  # byg134: usikker geokodning
_ON_PARCEL = ("31", "32")  # byg135: on the parcel, unknown
_GAS = ("2", "7")


def texts(b: pd.DataFrame, name: str) -> pd.Series:
    """Give an optional column as text, empty where the table does not have it.

    Parameters
    ----------
    b
        Buildings.
    name
        The column.

    Returns
    -------
    pandas.Series
        Text, same index.
    """
    return b[name].astype(object).fillna("") if name in b else pd.Series("", index=b.index, dtype=object)


def numbers(b: pd.DataFrame, name: str) -> pd.Series:
    """Give an optional column as numbers, missing where the table does not have it.

    Parameters
    ----------
    b
        Buildings.
    name
        The column.

    Returns
    -------
    pandas.Series
        Numbers, same index, in the column's own unit.
    """
    return b[name].astype(float) if name in b else pd.Series(np.nan, index=b.index)


def flags(b: pd.DataFrame, name: str) -> pd.Series:
    """Give an optional column of flags, False where the table does not have it.

    Parameters
    ----------
    b
        Buildings.
    name
        The column.

    Returns
    -------
    pandas.Series
        Booleans, same index.
    """
    return b[name].astype(object).eq(True) if name in b else pd.Series(False, index=b.index)


_APART_M = 1e7


def _relevant(b: pd.DataFrame) -> pd.Series:
    return is_relevant(b["use_code"])


def _is_customer(b: pd.DataFrame) -> pd.Series:
    return _relevant(b) & (b["is_oil"] | b["is_gas"])


def _points(b: pd.DataFrame) -> npt.NDArray[np.float64]:
    centre = gpd.GeoSeries(b["geometry"], index=b.index).centroid
    return np.column_stack([centre.x, centre.y])


def nearest_gas(b: gpd.GeoDataFrame) -> pd.Series:
    """Distance from each gas-heated building to the nearest other one of its municipality.

    Within the municipality, so that a municipality read by itself is judged as in the country's file.

    Parameters
    ----------
    b
        ``BUILDINGS``.

    Returns
    -------
    pandas.Series
        ``gas_distance_m`` on the same index; missing for buildings not on gas and for one alone. [m]
    """
    burning = b["heating_fuel_code"].isin(_GAS)
    points = _points(b[burning])
    # Municipalities are moved so far apart that the nearest building is one of the same.
    points[:, 0] += pd.factorize(b.loc[burning, "municipality_code"].fillna(""))[0] * _APART_M
    gap_m = cKDTree(points).query(points, k=2)[0][:, 1]
    known: pd.Series = pd.Series(gap_m, index=b.index[burning]).where(gap_m < _APART_M / 2)
    return known.reindex(b.index).rename("gas_distance_m")


def gas_without_network(b: gpd.GeoDataFrame, a: Assumptions) -> pd.Series:
    """Find gas boilers outside the gas areas; where these are not known, far from any other gas building."""
    gas: pd.Series = _relevant(b) & b["is_gas"]
    if "is_in_gas_area" in b:
        return gas & ~flags(b, "is_in_gas_area")
    # The distance as read knows the neighbours beyond the buildings given.
    gap_m = numbers(b, "gas_distance_m") if "gas_distance_m" in b else nearest_gas(b)
    return gas & ~(gap_m <= a.gas_neighbour_distance_m)


def boiler_long_untouched(b: pd.DataFrame, a: Assumptions) -> pd.Series:
    """Find boilers of which the register has heard nothing for years."""
    return _is_customer(b) & (numbers(b, "untouched_years") > a.untouched_registration_years)


def exempt_from_supply(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find customers that need not connect."""
    return _is_customer(b) & (texts(b, "dispensation_code") != "")


def large_share_not_measured(b: pd.DataFrame, a: Assumptions) -> pd.Series:
    """Find one building with much of all the demand given, which is modelled."""
    demand = numbers(b, "heat_demand_mwh")
    large = demand > a.large_demand_share * demand.sum()
    return large & (texts(b, "heat_demand_source") != "measured")


def same_point(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings that share their point with another."""
    place = pd.DataFrame(_points(b), index=b.index)
    return _relevant(b) & place.duplicated(keep=False)


def likely_same_building(b: pd.DataFrame, a: Assumptions) -> pd.Series:
    """Find buildings alike in use, area and year on nearly the point of another, which goes before by id."""
    found = pd.Series(False, index=b.index)
    rows = b[_relevant(b) & b["area_m2"].notna()].sort_index()
    if rows.empty:
        return found
    pairs = cKDTree(_points(rows)).query_pairs(a.same_building_distance_m, output_type="ndarray")
    facts = rows[["use_code", "area_m2", "year_built"]].astype(object).fillna("").to_numpy()
    alike = (facts[pairs[:, 0]] == facts[pairs[:, 1]]).all(axis=1)
    found.loc[rows.index[np.unique(pairs[alike].max(axis=1))]] = True
    return found


def several_versions(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings of which more than one version is open."""
    return _relevant(b) & (numbers(b, "version_count") > 1)


def effective_later(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings that stand only from a later day than the register's."""
    return _relevant(b) & flags(b, "is_effective_later")


def other_municipality(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings of another municipality than most, where most are of one."""
    codes = b["municipality_code"]
    counts = codes.value_counts()
    if counts.empty or counts.iloc[0] * 2 <= len(b):
        return pd.Series(False, index=b.index)
    return _relevant(b) & ~codes.isin([counts.index[0]]) & codes.notna()


def point_doubtful(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find points that the register calls uncertain or that come from the outline."""
    uncertain = texts(b, "coordinate_quality_code") == _UNCERTAIN_POINT
    return _relevant(b) & (uncertain | (texts(b, "coordinate_source") == "outline"))


def point_on_parcel(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find points that say they lie on the parcel, or do not know."""
    return _relevant(b) & texts(b, "coordinate_note_code").isin(_ON_PARCEL)


def point_outside_outline(b: pd.DataFrame, a: Assumptions) -> pd.Series:
    """Find points well outside the building's own mapped outline."""
    return _relevant(b) & (numbers(b, "outline_distance_m") > a.plausible_outline_distance_m)


def outline_estimated(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings drawn as a square."""
    return _relevant(b) & (texts(b, "outline_source") == "estimated")
