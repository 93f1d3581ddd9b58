"""Stand-ins for the hourly series until their own modules are in place; synthetic and plain."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from screening.assumptions import Assumptions

__all__ = [
    "default_year",
    "electricity_price",
    "fuel_taxes",
    "heat_profile",
    "moved_to_year",
    "tariffs",
    "to_hours",
]


@functools.cache
def default_year() -> pd.DataFrame:
    """Give a plain year."""
    index = pd.date_range("2023-01-01", periods=8760, freq="h", tz="UTC", unit="us", name="utc")
    hour = np.arange(8760)
    rng = np.random.default_rng(1)
    season, day = np.cos(2 * np.pi * (hour / 24 - 18) / 365), np.cos(2 * np.pi * (hour % 24 - 13) / 24)
    sun = np.clip(800 * (0.55 - 0.45 * season) * (day - 0.2 - 0.4 * season), 0, None)
    noise = np.convolve(rng.normal(0, 1, 8760), np.ones(48) / 7, mode="same")
    return pd.DataFrame(
        {
            "temperature_c": 8.5 - 8.5 * season + 2.5 * day * (1 - season) / 2 + 2.5 * noise,
            "ghi_w_m2": sun,
            "dni_w_m2": sun * 0.7,
            "dhi_w_m2": sun * 0.4,
            "spot_dkk_per_mwh": 500
            + 100 * season
            - 100 * noise
            + 150 * np.sin(2 * np.pi * (hour % 24 - 6) / 12),
        },
        index=index,
    )


def moved_to_year(series: pd.Series, year: int, *, keep: str = "date") -> pd.Series:
    """Lay a year over another."""
    index = pd.date_range(
        f"{year}-01-01", f"{year + 1}-01-01", freq="h", tz="UTC", inclusive="left", unit="us"
    )
    return pd.Series(np.resize(series.to_numpy(), len(index)), index=index, name=series.name)


def to_hours(series: pd.Series) -> pd.Series:
    """Average the parts of each hour."""
    return series.resample("h").mean()


def heat_profile(
    temperature_c: NDArray[np.float64], index: pd.DatetimeIndex, a: Assumptions
) -> NDArray[np.float64]:
    """Give degree hours and a base, summing to 1."""
    shape = (
        np.clip(17.0 - pd.Series(temperature_c).rolling(24, min_periods=1).mean().to_numpy(), 0, None) + 3.0
    )
    return np.asarray(shape / shape.sum())


def tariffs(assumptions: Assumptions) -> list[str]:
    """List the tariffs."""
    return ["published-2020 B-lav"]


def electricity_price(
    spot: pd.Series, assumptions: Assumptions, tariff: str = "published-2020 B-lav", **_: object
) -> pd.DataFrame:
    """Price electricity with the rates of 2020."""
    rates = {"system": 44.0, "transmission": 53.0, "balance": 1.87, "distribution": 96.5, "tax": 201.0}
    parts = {f"{name}_dkk_per_mwh": np.full(len(spot), rate) for name, rate in rates.items()}
    return pd.DataFrame({"spot_dkk_per_mwh": spot, **parts}, index=spot.index)


def fuel_taxes(assumptions: Assumptions, fuel: str, year: int) -> pd.Series:
    """Give no taxes."""
    return pd.Series({"energy_dkk_per_mwh": 0.0})
