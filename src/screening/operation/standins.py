"""A plain heat profile, until the fitted one is in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from screening.assumptions import Assumptions

__all__ = ["heat_profile"]


def heat_profile(
    temperature_c: NDArray[np.float64], index: pd.DatetimeIndex, a: Assumptions
) -> NDArray[np.float64]:
    """Give degree hours and a base, summing to 1."""
    shape = (
        np.clip(17.0 - pd.Series(temperature_c).rolling(24, min_periods=1).mean().to_numpy(), 0, None) + 3.0
    )
    return np.asarray(shape / shape.sum()) * (len(index) / len(shape)) * (a.tank_start_hot_share >= 0)
