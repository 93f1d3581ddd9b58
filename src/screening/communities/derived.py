"""The published constants of the distance formula beside what their own inputs give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from screening.errors import AssumptionError
from screening.finance import annual_payment
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["derived_constants"]

_AGREES_SHARE = 0.005  # what rounding to three digits explains


def derived_constants(assumptions: Assumptions) -> pd.DataFrame:
    """Show each constant of the distance formula beside the value that its own inputs give.

    Parameters
    ----------
    assumptions
        The set to use. The formula always uses the constant itself; change that to use the derived one.

    Returns
    -------
    pandas.DataFrame
        ``name``, ``key``, ``unit``, ``used`` and ``derived`` (both in that unit), ``deviation_share``
        (used over derived, less 1) [1], ``derivation_da`` and ``remark_da``.

    Raises
    ------
    AssumptionError
        If the tables of the heat pump do not have the same two sizes.

    Examples
    --------
    >>> from screening import assumptions
    >>> derived_constants(assumptions.load("cowi-2022"))["derived"].round(2).tolist()
    [8945.71, 69199.59, 359.76, 36.9, 1.84]
    """
    price_dkk = assumptions.lookup("community_heat_pump_price_dkk").sort_index()
    life_years = assumptions.lookup("community_heat_pump_life_years").sort_index()
    payment = assumptions.lookup("community_heat_pump_payment_dkk_per_year").sort_index()
    if len(payment) != 2 or not (
        price_dkk.index.equals(payment.index) and life_years.index.equals(payment.index)
    ):
        raise AssumptionError(
            "community_heat_pump_price_dkk, _life_years and _payment_dkk_per_year must have the same two"
            " sizes in kW."
        )
    rate = assumptions.community_rate
    heat_mwh = payment.index.to_numpy(float) * assumptions.community_full_load_hours_per_year / KWH_PER_MWH
    unit_payment = payment.to_numpy() / heat_mwh
    rows = [
        (
            "community_heat_pump_payment_dkk_per_year",
            f"{size:g}",
            payment[size],
            float(annual_payment(price_dkk[size], rate, life_years[size])),
            "Annuitet af varmepumpens pris over levetiden",
        )
        for size in payment.index
    ]
    rows += [
        (
            "community_service_line_dkk_per_m_year",
            "",
            assumptions.community_service_line_dkk_per_m_year,
            float(
                annual_payment(
                    assumptions.community_service_line_price_dkk_per_m,
                    rate,
                    assumptions.community_service_line_life_years,
                )
            ),
            "Annuitet af stikledningens pris over levetiden",
        ),
        (
            "community_loss_dkk_per_m_year",
            "",
            assumptions.community_loss_dkk_per_m_year,
            assumptions.community_loss_mwh_per_m_year
            * assumptions.community_electricity_price_dkk_per_mwh
            / assumptions.community_cop,
            "Varmetab gange elpris over COP",
        ),
        (
            "community_scale_saving_dkk_per_mwh",
            "",
            assumptions.community_scale_saving_dkk_per_mwh,
            float((unit_payment[0] - unit_payment[1]) / (heat_mwh[1] - heat_mwh[0]))
            * assumptions.community_simultaneity_factor,
            "Fald i betaling pr. MWh fra lille til stor pumpe, over forskel i varmebehov, gange samtidighed",
        ),
    ]
    table = pd.DataFrame(rows, columns=["name", "key", "used", "derived", "derivation_da"])
    table.insert(2, "unit", [assumptions.parameter(name).unit for name in table["name"]])
    table["deviation_share"] = table["used"] / table["derived"] - 1
    agrees = table["deviation_share"].abs() <= _AGREES_SHARE
    table["remark_da"] = agrees.map(
        {True: "Stemmer", False: "Stemmer ikke; der regnes med den fastsatte værdi"}
    )
    return table
