"""Which assumptions change the answer: one at a time, from its low to its high value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.economics.verdict import screen_areas

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["PARAMETERS", "sensitivity"]

PARAMETERS = (
    "connection_rate_share",
    "network_dkk_per_km2",
    "electricity_price_excl_vat_dkk_per_mwh",
    "gas_price_incl_vat_dkk_per_mwh",
    "heat_production_dkk_per_mwh",
    "loan_rate",
    "price_growth_rate",
    "grant_dkk_per_customer",
)
_SHOWN = [
    "user_price_district_heating_dkk_per_year",
    "user_price_heat_pump_dkk_per_year",
    "user_price_gas_dkk_per_year",
    "npv_project_dkk",
    "npv_alternative_dkk",
    "is_viable",
]


def sensitivity(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Screen every area again with each main assumption at the ends of its range.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set; a parameter without low and high value is left out.

    Returns
    -------
    pandas.DataFrame
        area, parameter, case ("low" or "high"), value (unit of the parameter), the three user prices,
        the two NPVs, is_viable, flips (whether the verdict differs from the base).
    """
    base = screen_areas(key_figures, assumptions)
    rows = assumptions.table().set_index("name").loc[list(PARAMETERS), ["low", "high"]].astype(float)
    parts = []
    for parameter, ends in rows.iterrows():
        for case in ("low", "high"):
            if np.isnan(ends[case]):
                continue
            changed = screen_areas(key_figures, assumptions.replace(**{str(parameter): float(ends[case])}))
            parts.append(
                changed[_SHOWN].assign(
                    parameter=str(parameter),
                    case=case,
                    value=float(ends[case]),
                    flips=changed["is_viable"] != base["is_viable"],
                )
            )
    table = pd.concat(parts).reset_index()
    return table[["area", "parameter", "case", "value", *_SHOWN, "flips"]]
