"""Schema of every table that crosses a stage; all faults of a table come in one error.

Hourly series (where a stage has them) have a time-zone aware UTC index, labelled at the start of the
hour, so that MWh per hour is the mean MW. Money is in DKK of the assumption set's price year, without
VAT unless the column says otherwise. Geometry is EPSG:25832 throughout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrors

from screening.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "AREAS",
    "BUILDINGS",
    "BUILDINGS_WITH_HEAT",
    "COMMUNITIES",
    "CRS",
    "ECONOMICS",
    "KEY_FIGURES",
    "MAX_EASTING_M",
    "MAX_NORTHING_M",
    "MIN_EASTING_M",
    "MIN_NORTHING_M",
    "OUTLINES",
    "ROADS",
    "TRIMMED",
    "check",
    "empty_like",
]

CRS = "EPSG:25832"

# Bounding box of Denmark with a margin, EPSG:25832: a point outside is a fault of the file. [m]
MIN_EASTING_M, MAX_EASTING_M = 430_000.0, 900_000.0
MIN_NORTHING_M, MAX_NORTHING_M = 6_040_000.0, 6_420_000.0


def _text(*, nullable: bool = False, isin: Iterable[str] | None = None) -> pa.Column:
    checks = [pa.Check.isin(list(isin))] if isin else []
    return pa.Column(object, checks=checks, nullable=nullable, coerce=True)


def _code() -> pa.Column:
    # The number 120 is on no code list, and would pass for an unknown use.
    is_text = pa.Check(lambda code: isinstance(code, str), element_wise=True, error="code written as text")
    return pa.Column(object, checks=[is_text], nullable=True, coerce=True)


def _number(
    low: float | None = None,
    *,
    nullable: bool = False,
    high: float | None = None,
    above: float | None = None,
) -> pa.Column:
    checks = [pa.Check(np.isfinite, error="not infinite")]
    if low is not None:
        checks.append(pa.Check.ge(low))
    if high is not None:
        checks.append(pa.Check.le(high))
    if above is not None:
        checks.append(pa.Check.gt(above))
    return pa.Column(float, checks=checks, nullable=nullable, coerce=True)


def _count() -> pa.Column:
    return pa.Column(int, checks=[pa.Check.ge(0)], coerce=True)


def _flag() -> pa.Column:
    return pa.Column(bool, coerce=False)


def _schema(columns: dict[str, pa.Column], index: str | None = None) -> pa.DataFrameSchema:
    key = pa.Index(name=index, unique=True) if index else None
    return pa.DataFrameSchema(columns, index=key, strict=False)


_BUILDING_COLUMNS = {
    "municipality_code": _code(),  # four digits
    "use_code": _code(),  # BBR byg021, either generation
    "year_built": _number(1000, high=2100, nullable=True),  # missing when 0, 1000 or absurd
    "area_m2": _number(nullable=True, above=0),  # heated area by the stated rule; missing = unknown, never 0
    "area_source": _text(isin=["dwelling_business", "total", "outline", "unknown"]),
    "dwelling_area_m2": _number(0, nullable=True),
    "business_area_m2": _number(0, nullable=True),
    "footprint_area_m2": _number(0, nullable=True),  # BBR byg041, built-up area
    "floor_count": _number(0, nullable=True),
    "heating_installation_code": _code(),  # BBR byg056
    "heating_fuel_code": _code(),  # BBR byg057
    "supplementary_heating_code": _code(),  # BBR byg058
    "is_oil": _flag(),
    "is_gas": _flag(),
    **{
        name: pa.Column(float, nullable=True, coerce=True, required=False)
        for name in (  # as registered, also 0 and negative; for the checks
            "registered_total_area_m2",
            "registered_dwelling_area_m2",
            "registered_business_area_m2",
            "registered_footprint_area_m2",
            "registered_floor_count",
            "registered_year",
        )
    },
}

BUILDINGS = _schema(_BUILDING_COLUMNS, "building_id")
BUILDINGS_WITH_HEAT = _schema(
    _BUILDING_COLUMNS
    | {
        "heat_demand_mwh": _number(0, nullable=True),  # per year; missing = unknown
        "heat_demand_source": _text(isin=["model", "measured", "unknown"]),
    },
    "building_id",
)
OUTLINES = _schema({"outline_source": _text(isin=["mapped", "estimated"])}, "building_id")
ROADS = _schema({"road_class": _text(nullable=True)})
AREAS = _schema({"area": pa.Column(object, unique=True, coerce=True), "town": _text()})
TRIMMED = _schema(
    {
        "area": pa.Column(object, unique=True, coerce=True),
        "area_km2": _number(0),
        "original_km2": _number(0),
    }
)
KEY_FIGURES = _schema(
    {
        "area": pa.Column(object, unique=True, coerce=True),
        "individual_count": _count(),
        "oil_gas_count": _count(),
        "individual_heat_mwh": _number(0),
        "oil_gas_heat_mwh": _number(0),
        "area_km2": _number(0),
        "density_kwh_per_m2": _number(0, nullable=True),
        "oil_gas_share": _number(0, high=1, nullable=True),
        "heat_pump_count": _count(),
        "heat_pump_share": _number(0, high=1, nullable=True),
    }
)
COMMUNITIES = _schema(
    {
        "id": _count(),
        "building_count": _count(),
        "heat_demand_mwh": _number(0),
        "capacity_kw": _number(0),
        "is_collective_supply": _flag(),
    }
)
ECONOMICS = _schema(
    {
        "anlaegsbidrag_dkk": _number(0, nullable=True),  # per customer, excl. VAT
        "user_price_district_heating_dkk_per_year": _number(nullable=True),  # incl. VAT
        "user_price_heat_pump_dkk_per_year": _number(nullable=True),  # incl. VAT
        "user_price_gas_dkk_per_year": _number(nullable=True),  # incl. VAT
        "npv_project_dkk": _number(nullable=True),  # cost, positive
        "npv_alternative_dkk": _number(nullable=True),  # cost, positive
        "is_viable": _flag(),
        "advice": _text(),
    },
    "area",
)


def check(table: pd.DataFrame, schema: pa.DataFrameSchema, what: str) -> pd.DataFrame:
    """Check a table against its schema and give it back with the schema's types.

    Parameters
    ----------
    table
        The table; a GeoDataFrame must be in EPSG:25832.
    schema
        One of this module's schemas.
    what
        What the table is, for the error text: a file name or "key figures".

    Returns
    -------
    pandas.DataFrame
        The table, coerced; a GeoDataFrame stays one.

    Raises
    ------
    TableError
        Naming all faults at once: column, number of rows, first rows, the rule broken.
    """
    faults = _crs_faults(table) + _fraction_faults(table, schema)
    checked: pd.DataFrame = table
    try:
        checked = schema.validate(table, lazy=True)
    except SchemaErrors as errors:
        faults += _describe(errors)
    except (SchemaError, TypeError) as error:
        faults.append(str(error))
    if faults:
        raise TableError(f"{what}: " + "; ".join(faults) + ".")
    return checked


def empty_like(table: pd.DataFrame) -> pd.DataFrame:
    """Give the same columns and types with no rows."""
    return table.iloc[:0].copy()


def _crs_faults(table: pd.DataFrame) -> list[str]:
    if not isinstance(table, gpd.GeoDataFrame):
        return []
    if table.crs is None:
        return [f"has no coordinate reference system; set it to {CRS}"]
    if table.crs.to_epsg() != 25832:
        return [f"is in {table.crs.to_string()}; expected {CRS}: reproject it (to_crs) first"]
    return []


def _fraction_faults(table: pd.DataFrame, schema: pa.DataFrameSchema) -> list[str]:
    """Find counts that are no whole numbers: the schema's type would cut them off in silence."""
    faults = []
    for name, column in schema.columns.items():
        if name in table and str(column.dtype) == "int64":
            numbers = pd.to_numeric(table[name], errors="coerce")
            broken = numbers[numbers % 1 > 0]
            if len(broken):
                rows = ", ".join(str(row) for row in broken.index[:3])
                faults.append(
                    f"{name}: {len(broken)} rows are no whole number, got {broken.iloc[0]:g} (rows {rows})"
                )
    return faults


def _describe(errors: SchemaErrors) -> list[str]:
    cases = errors.failure_cases
    faults = []
    unread = set(cases.loc[cases["check"].str.startswith("coerce_dtype"), "column"].dropna())
    for (column, rule), group in cases.groupby(["column", "check"], dropna=False, sort=False):
        name = column if isinstance(column, str) else "index"
        if column in unread and not rule.startswith("coerce_dtype"):
            continue  # what cannot be read breaks every other rule too
        if rule == "column_in_dataframe":
            faults += [f"column {missing} is missing" for missing in group["failure_case"]]
            continue
        rows = [str(row) for row in group["index"].dropna().head(3)]
        values = ", ".join(sorted({str(v) for v in group["failure_case"].head(3)}))
        where = f" (rows {', '.join(rows)}{' ...' if len(group) > 3 else ''})" if rows else ""
        broken = "are no number (with a decimal point)" if column in unread else f"break {rule}"
        faults.append(f"{name}: {len(group)} rows {broken}, got {values}{where}")
    return faults
