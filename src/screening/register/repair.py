"""Numbers and codes of the kept rows by stated rules; every repair is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from screening.register.checks.place_rules import nearest_gas
from screening.register.codes import (
    is_edge_case,
    is_gas,
    is_listed,
    is_oil,
    is_relevant,
)
from screening.register.legibility import CODES
from screening.register.times import read_times
from screening.tables import CRS

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["heated_area", "identity_repairs", "read_numbers", "repair"]

_NUMBERS = [
    "total_area_m2",
    "dwelling_area_m2",
    "business_area_m2",
    "footprint_area_m2",
    "floor_count",
    "year_built",
]
_KEPT_AS_THEY_ARE = ("coordinate_note_code", "plot_id", "address_id", "dispensation_code")
_DAYS_PER_YEAR = 365.25
_UNKNOWN_YEAR = 1000  # BBR writes 1000 (and 0) where the year is not known
_LAST_YEAR = 2100


def repair(
    standing: pd.DataFrame,
    assumptions: Assumptions,
    *,
    outlines: gpd.GeoDataFrame | None,
    latest: pd.Timestamp | None,
) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Make the building table from the kept rows.

    Parameters
    ----------
    standing
        Kept rows of the raw table with ``x_m``, ``y_m``, ``coordinate_source`` and ``registered``; columns
        that the checks use are optional.
    assumptions
        The set with the register's assumptions.
    outlines
        Mapped outlines by building id, if any.
    latest
        Newest registration of the whole source, None when it has none: a year of construction beyond the
        next year is unknown.

    Returns
    -------
    tuple of geopandas.GeoDataFrame and pandas.Series
        The buildings, sorted by id, and how many rows had which repair. [1]
    """
    rows = standing.sort_values("building_id").set_index("building_id")
    rows.index = rows.index.astype(object)
    numbers = read_numbers(rows)
    unreadable = (rows[_NUMBERS].notna() & numbers.isna()).any(axis=1)
    negative = (numbers.drop(columns="year_built") < 0).any(axis=1)
    known = numbers.where(numbers > 0)
    mapped = _mapped_area(rows.index, outlines)
    area, source = heated_area(known, mapped, assumptions.default_floor_count)
    last = _LAST_YEAR if latest is None else latest.year + 1  # a house may be registered a year ahead
    year = known["year_built"].where(known["year_built"].between(_UNKNOWN_YEAR, last, inclusive="right"))
    municipality = rows["municipality_code"].str.zfill(4)
    buildings = gpd.GeoDataFrame(
        {
            "municipality_code": municipality,
            "use_code": rows["use_code"],
            "year_built": year,
            "area_m2": area,
            "area_source": source,
            "dwelling_area_m2": numbers["dwelling_area_m2"].where(numbers["dwelling_area_m2"] >= 0),
            "business_area_m2": numbers["business_area_m2"].where(numbers["business_area_m2"] >= 0),
            "footprint_area_m2": known["footprint_area_m2"],
            "floor_count": known["floor_count"],
            **{column: rows[column] for column in CODES[1:]},
            "is_oil": is_oil(rows["heating_installation_code"], rows["heating_fuel_code"]),
            "is_gas": is_gas(rows["heating_installation_code"], rows["heating_fuel_code"]),
            "coordinate_source": rows["coordinate_source"],
            "coordinate_quality_code": rows["coordinate_quality_code"],
            **{f"registered_{column.removesuffix('_built')}": numbers[column] for column in _NUMBERS},
            **_evidence(rows, outlines, latest),
        },
        geometry=gpd.points_from_xy(rows["x_m"], rows["y_m"]),
        index=rows.index,
        crs=CRS,
    )
    buildings["gas_distance_m"] = nearest_gas(buildings)
    relevant = is_relevant(rows["use_code"])
    by_outline = source == "outline"
    counts = {
        "municipality_code_padded": (rows["municipality_code"] != municipality) & municipality.notna(),
        "coordinate_from_outline": rows["coordinate_source"] == "outline",
        "area_from_total": source == "total",
        "area_from_outline": by_outline & relevant,
        "area_from_outline_outbuilding": by_outline & ~relevant,
        "area_unknown": source == "unknown",
        "floor_count_assumed": by_outline & known["floor_count"].isna(),
        "negative_number_ignored": negative,
        "unreadable_number_ignored": unreadable,
        "year_unknown": year.isna(),
        "use_code_missing": rows["use_code"].isna(),
        **{f"{name}_unlisted": rows[name].notna() & ~is_listed(rows[name], name[:-5]) for name in CODES},
        "oil_or_gas_without_boiler": is_edge_case(
            rows["heating_installation_code"], rows["heating_fuel_code"]
        ),
    }
    repairs = pd.Series({name: int(mask.sum()) for name, mask in counts.items()}, name="rows", dtype=int)
    return buildings, repairs


def _evidence(
    rows: pd.DataFrame, outlines: gpd.GeoDataFrame | None, latest: pd.Timestamp | None
) -> dict[str, pd.Series]:
    """Give what the checks need beside the numbers: each column only where the file or a layer has it."""
    columns = {name: rows[name] for name in _KEPT_AS_THEY_ARE if name in rows}
    if "version_count" in rows:
        columns["version_count"] = rows["version_count"].astype(float)
    if "effective_from" in rows and latest is not None:
        # Rows that were converted in 2017 have that year as registration, but their own date of effect.
        effective = read_times(rows["effective_from"])
        changed = effective.fillna(rows["registered"])
        columns["is_effective_later"] = effective > latest
        columns["untouched_years"] = (latest - changed).dt.days.clip(lower=0) / _DAYS_PER_YEAR
    if outlines is not None:
        known = rows.index.isin(outlines.index) & (rows["coordinate_source"] == "register")
        own = outlines.geometry.reindex(rows.index[known])
        points = gpd.points_from_xy(rows.loc[known, "x_m"], rows.loc[known, "y_m"])
        gap = pd.Series(shapely.distance(points, own.to_numpy()), index=own.index)
        columns["outline_distance_m"] = gap.reindex(rows.index)
        columns["outline_area_m2"] = _mapped_area(rows.index, outlines)
    return columns


def heated_area(
    known: pd.DataFrame, mapped_area_m2: pd.Series, default_floor_count: float
) -> tuple[pd.Series, pd.Series]:
    """Heated area by the stated rule, and where it comes from.

    In this order: dwelling plus business area (byg039 + byg040); total area (byg038); built-up area
    (byg041, else the mapped outline's) times floors (byg054, else the default). One rule for every
    building: that outbuildings need no heat is decided by their use, not by leaving their area out.

    Parameters
    ----------
    known
        ``dwelling_area_m2``, ``business_area_m2``, ``total_area_m2``, ``footprint_area_m2`` and
        ``floor_count``; positive or missing.
    mapped_area_m2
        Area of the mapped outline, missing where there is none. [m2]
    default_floor_count
        Floors where the register states none. [1]

    Returns
    -------
    tuple of pandas.Series
        Heated area [m2], missing where unknown, never zero; and its source: "dwelling_business", "total",
        "outline" or "unknown".
    """
    stated = known[["dwelling_area_m2", "business_area_m2"]].sum(axis=1, min_count=1)
    ground = known["footprint_area_m2"].fillna(mapped_area_m2)
    outline = ground * known["floor_count"].fillna(default_floor_count)
    area = stated.fillna(known["total_area_m2"]).fillna(outline)
    source = np.select(
        [stated.notna(), known["total_area_m2"].notna(), outline.notna()],
        ["dwelling_business", "total", "outline"],
        default="unknown",
    )
    return area, pd.Series(source, index=known.index, dtype=object)


def identity_repairs(standing: pd.DataFrame) -> pd.Series:
    """Count the kept rows whose id was not in lower case.

    Parameters
    ----------
    standing
        Kept rows with ``original_id`` as the source has it, and ``building_id`` in lower case.

    Returns
    -------
    pandas.Series
        One row, "id_lower_cased". [1]
    """
    changed = standing["original_id"] != standing["building_id"]
    return pd.Series({"id_lower_cased": int(changed.sum())}, name="rows", dtype=int)


def read_numbers(rows: pd.DataFrame) -> pd.DataFrame:
    """Turn text into numbers; a value that is none is missing.

    Parameters
    ----------
    rows
        Text by canonical name.

    Returns
    -------
    pandas.DataFrame
        The columns of numbers, on the same index. [m2, floors, calendar year]
    """
    numbers = {column: pd.to_numeric(rows[column], errors="coerce").astype(float) for column in _NUMBERS}
    return pd.DataFrame(numbers).replace([np.inf, -np.inf], np.nan)


def _mapped_area(index: pd.Index, outlines: gpd.GeoDataFrame | None) -> pd.Series:
    if outlines is None:
        return pd.Series(np.nan, index=index)
    return pd.Series(outlines.geometry.area).reindex(index)
