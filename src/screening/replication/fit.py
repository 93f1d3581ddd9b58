"""The straight lines through the note's own eight results, and how far each result lies from its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.replication.published import table_1, table_3

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

__all__ = ["WEIGHTINGS", "fitted_lines"]

WEIGHTINGS = ("kroner", "share")  # what is least: the squares of the kroner, or of the shares, that are off
_SIDES = {
    "project": ("fixed_dkk", "dkk_per_mwh_year", "dkk_per_km2"),
    "project_with_customers": ("fixed_dkk", "dkk_per_customer", "dkk_per_mwh_year", "dkk_per_km2"),
    "alternative": ("dkk_per_customer", "dkk_per_mwh_year"),
}
_COEFFICIENTS = _SIDES["project_with_customers"]
_ODD = "Ålsgårde3"


def fitted_lines(results: pd.DataFrame | None = None) -> pd.DataFrame:
    """Fit net present costs on the customers, heat and area of table 1 by least squares.

    Parameters
    ----------
    results
        npv_project_dkk and npv_alternative_dkk, index area (areas of table 1); by default the published ones.

    Returns
    -------
    pandas.DataFrame
        One row per line: side ("project", "project_with_customers", "alternative"); weighting ("kroner":
        ordinary least squares, "share": each area weighs the same); left_out (an area that the line does
        not see, or empty); fixed_dkk, dkk_per_customer, dkk_per_mwh_year, dkk_per_km2 (missing where the
        line has no such part); and one column per area, the result over the line, less 1.
    """
    results = table_3() if results is None else results
    every = _drivers(table_1().set_index("area").loc[results.index])
    rows = []
    for side, parts in _SIDES.items():
        result = results[f"npv_{side.split('_', maxsplit=1)[0]}_dkk"].astype(float)
        drivers = every[list(parts)]
        for weighting in WEIGHTINGS:
            for left_out in ("", _ODD):
                seen = drivers.index != left_out
                slopes = _least_squares(drivers[seen], result[seen], weighting)
                off = result / (drivers.to_numpy() @ slopes) - 1.0
                head = {"side": side, "weighting": weighting, "left_out": left_out}
                rows.append(head | dict(zip(parts, slopes, strict=True)) | off.to_dict())
    columns = ["side", "weighting", "left_out", *_COEFFICIENTS]
    found = pd.DataFrame(rows)
    return found[columns + [name for name in found if name not in columns]]


def _drivers(figures: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "fixed_dkk": 1.0,
            "dkk_per_customer": figures["oil_gas_count"].astype(float),
            "dkk_per_mwh_year": figures["oil_gas_heat_mwh"],
            "dkk_per_km2": figures["area_km2"],
        }
    )


def _least_squares(drivers: pd.DataFrame, result: pd.Series, weighting: str) -> FloatArray:
    weight = 1.0 / result.to_numpy() if weighting == "share" else np.ones(len(result))
    slopes, *_ = np.linalg.lstsq(drivers.to_numpy() * weight[:, None], result.to_numpy() * weight, rcond=None)
    return np.asarray(slopes, float)
