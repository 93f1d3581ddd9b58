"""Files with one thing wrong, and what may come of them."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

from screening.errors import InputFileError
from screening.register import read_buildings

VALUES = [
    "use_code", "year_built", "dwelling_area_m2", "business_area_m2", "footprint_area_m2", "floor_count",
    "heating_installation_code", "heating_fuel_code", "supplementary_heating_code", "municipality_code",
    "coordinate_quality_code", "registered_total_area_m2", "geometry", "plot_id",
]  # fmt: skip


def flips(size):
    """Places and bits: one byte of a text is another."""
    return st.tuples(st.integers(0, size - 1), st.integers(1, 255))


def flip(content, place, bits):
    return content[:place] + bytes([content[place] ^ bits]) + content[place + 1 :]


def texts(buildings):
    """Each building's values as text, by id."""
    kept = [name for name in VALUES if name in buildings and name != "geometry"]
    table = pd.DataFrame(buildings.drop(columns="geometry"))[kept]
    table["geometry"] = buildings.geometry.to_wkt()
    return {index: dict(row) for index, row in table.astype(object).fillna("").astype(str).iterrows()}


def differences(path, original):
    """Values in which the buildings of a damaged file differ; None when it is refused.

    A building is compared with the original that it resembles most; another id counts as one value.
    """
    try:
        buildings, _ = read_buildings(path)
    except InputFileError:
        return None
    found = []
    for index, row in texts(buildings).items():
        gaps = [
            [name for name in row if row[name] != other[name]] + ["id"] * (index != other_index)
            for other_index, other in original.items()
        ]
        found += [(index, name) for name in min(gaps, key=len)]
    return found
