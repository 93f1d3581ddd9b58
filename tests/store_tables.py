"""Made-up buildings for the tests of the store: whole numbers and dates that a reader can check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

CODES = ["0217", "0101", "0461"]


def make_table(code: str, count: int, mark: float = 0.0, first: int = 0) -> pd.DataFrame:
    """Rows as the streamed import gives them; ``mark`` stands in every row, to tell versions apart."""
    numbers = range(first, first + count)
    return pd.DataFrame(
        {
            "building_id": [f"{code}-{n:06d}" for n in numbers],
            "municipality_code": code,
            "use_code": ["120" if n % 3 else "140" for n in numbers],
            "year_built": [1900.0 + n % 100 if n % 5 else None for n in numbers],
            "area_m2": [50.0 + n for n in numbers],
            "area_source": "total",
            "dwelling_area_m2": mark,
            "business_area_m2": 0.0,
            "footprint_area_m2": [40.5 + n for n in numbers],
            "floor_count": 1.0,
            "heating_installation_code": "2",
            "heating_fuel_code": ["7" if n % 2 else None for n in numbers],
            "supplementary_heating_code": pd.Series([None] * count, dtype=object),
            "is_oil": False,
            "is_gas": [bool(n % 2) for n in numbers],
            "x_m": [700_000.0 + n for n in numbers],
            "y_m": [6_200_000.0 + 2 * n for n in numbers],
        }
    ).astype(
        {"is_oil": bool, "is_gas": bool, "year_built": float, "area_m2": float, "x_m": float, "y_m": float}
    )


def make_buildings(code: str, count: int, mark: float = 0.0) -> gpd.GeoDataFrame:
    """Buildings as the register gives them, sorted by id."""
    table = make_table(code, count, mark).set_index("building_id")
    points = gpd.points_from_xy(table.pop("x_m"), table.pop("y_m"), crs="EPSG:25832")
    return gpd.GeoDataFrame(table, geometry=points)


def as_buildings(code: str, table: pa.Table) -> tuple[gpd.GeoDataFrame, dict[str, object]]:
    """Make buildings of gathered rows, as an import does with rows of its own kind."""
    rows = table.to_pandas().set_index("building_id")
    points = gpd.points_from_xy(rows.pop("x_m"), rows.pop("y_m"), crs="EPSG:25832")
    return gpd.GeoDataFrame(rows, geometry=points), {"kept": len(rows)}


def facts(mark: float = 0.0, **more: object) -> dict[str, object]:
    return {"source": "Bygning.csv", "register_date": "2026-10-01", "rows_read": 99, "mark": mark, **more}


def assert_same(got: gpd.GeoDataFrame, expected: gpd.GeoDataFrame) -> None:
    """Same rows, order, columns and values; text may be held as pandas or as Python text."""
    assert got.crs == expected.crs
    assert got.index.name == expected.index.name
    assert list(got.index) == list(expected.index)
    assert list(got.columns) == list(expected.columns)
    for column in expected.columns:
        if column == "geometry":
            assert [p.wkb for p in got.geometry] == [p.wkb for p in expected.geometry]
            continue
        left, right = got[column], expected[column]
        assert list(left.isna()) == list(right.isna()), column
        assert list(left.dropna()) == list(right.dropna()), column
