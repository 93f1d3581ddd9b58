"""The note's table 1 (key figures of 15 areas) and table 3 (results of eight of them)."""

from __future__ import annotations

import pandas as pd
import pytest

from screening import assumptions

# area, individual buildings, oil/gas, MWh individual, MWh oil/gas, kWh/m2, oil/gas share, heat pumps, share
_TABLE_1 = [
    ("Havreholm", 15, 9, 492, 303, 10.3, 0.62, 3, 0.20),
    ("Hellebæk", 246, 191, 6982, 5884, 18.0, 0.84, 10, 0.04),
    ("Horserød", 7, 5, 433, 187, 5.5, 0.43, 1, 0.14),
    ("Kvistgård1", 179, 142, 3990, 3337, 15.2, 0.84, 18, 0.10),
    ("Kvistgård2", 71, 61, 6892, 6440, 17.6, 0.93, 1, 0.01),
    ("Kvistgård3", 124, 104, 2123, 1791, 11.1, 0.84, 9, 0.07),
    ("Kvistgård4", 63, 58, 5671, 5505, 17.9, 0.97, 1, 0.02),
    ("Langesø", 5, 4, 102, 89, 2.9, 0.88, 1, 0.20),
    ("Nygård", 49, 32, 1149, 899, 13.7, 0.78, 8, 0.16),
    ("Saunte", 86, 62, 2389, 1930, 11.5, 0.81, 7, 0.08),
    ("Skibstrup", 11, 10, 359, 352, 15.1, 0.98, 0, 0.0),
    ("Stenstrup", 240, 53, 3264, 782, 2.5, 0.24, 101, 0.42),
    ("Ålsgårde1", 473, 368, 8675, 7099, 12.2, 0.82, 44, 0.09),
    ("Ålsgårde2", 768, 613, 15750, 13419, 14.6, 0.85, 54, 0.07),
    ("Ålsgårde3", 175, 128, 3836, 2886, 10.4, 0.75, 21, 0.12),
]

# area, district heating DKK/year, NPV project and alternative in 1000 DKK, verdict
_TABLE_3 = [
    ("Havreholm", 58719, 9295, 6082, False),
    ("Hellebæk", 19282, 93577, 117310, True),
    ("Kvistgård1", 19314, 56209, 70926, True),
    ("Kvistgård2", 19173, 99428, 102171, True),
    ("Langesø", 87162, 7361, 1933, False),
    ("Nygård", 23390, 17137, 18646, False),
    ("Stenstrup", 54088, 41987, 19362, False),
    ("Ålsgårde3", 19881, 48086, 65008, True),
]


@pytest.fixture(scope="session")
def table_1() -> pd.DataFrame:
    columns = [
        "area",
        "individual_count",
        "oil_gas_count",
        "individual_heat_mwh",
        "oil_gas_heat_mwh",
        "density_kwh_per_m2",
        "oil_gas_share",
        "heat_pump_count",
        "heat_pump_share",
    ]
    table = pd.DataFrame(_TABLE_1, columns=columns)
    table["area_km2"] = table["oil_gas_heat_mwh"] / table["density_kwh_per_m2"] / 1000
    return table


@pytest.fixture(scope="session")
def table_3() -> pd.DataFrame:
    columns = ["area", "district_heating", "project", "alternative", "is_viable"]
    table = pd.DataFrame(_TABLE_3, columns=columns).set_index("area")
    return table.assign(project=table["project"] * 1000.0, alternative=table["alternative"] * 1000.0)


@pytest.fixture(scope="session")
def cowi() -> assumptions.Assumptions:
    return assumptions.load("cowi-2022")


@pytest.fixture(scope="session")
def one_area():
    """Make key figures of one area from customers, MWh and km2."""

    def make(
        customers: int, heat_mwh: float, area_km2: float, area: str = "A", **more: float
    ) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "area": [area],
                "individual_count": [customers],
                "oil_gas_count": [customers],
                "individual_heat_mwh": [float(heat_mwh)],
                "oil_gas_heat_mwh": [float(heat_mwh)],
                "area_km2": [float(area_km2)],
                "density_kwh_per_m2": [heat_mwh / area_km2 / 1000 if area_km2 else float("nan")],
                "oil_gas_share": [1.0 if customers else float("nan")],
                "heat_pump_count": [0],
                "heat_pump_share": [0.0],
            }
            | {name: [value] for name, value in more.items()}
        )

    return make
