"""The standard consumer: what heat costs a year with district heating, own heat pump or gas boiler."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.economics.cash_flow import heat_pump_price
from screening.finance import annual_payment

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["ALTERNATIVES", "COMPONENTS", "yearly_cost"]

FloatArray = npt.NDArray[np.float64]

ALTERNATIVES = ("district_heating", "heat_pump", "gas")
COMPONENTS = ("energy", "fixed", "investment")


def yearly_cost(
    contribution_dkk: npt.ArrayLike, tariff_reduction_share: npt.ArrayLike, assumptions: Assumptions
) -> dict[tuple[str, str], FloatArray]:
    """Yearly cost of the standard consumer, in the prices of year 0, with VAT.

    Parameters
    ----------
    contribution_dkk
        Construction contribution of each customer, by area, without VAT. [DKK/customer]
    tariff_reduction_share
        How much lower the tariffs are, by area. [1]
    assumptions
        The set.

    Returns
    -------
    dict of numpy.ndarray
        By (alternative, component), one value per area. [DKK/year]

    Notes
    -----
    Gas is priced with VAT and electricity without, as the assumption names say; capital and operation
    get VAT. Investments are spread at ``user_rate`` over each technology's lifetime, the contribution
    over ``contribution_term_years``.
    """
    a, vat = assumptions, 1.0 + assumptions.vat_share
    contribution = np.asarray(contribution_dkk, float)
    heat = a.standard_consumer_heat_mwh
    life = a.lookup("technical_lifetime_years")
    tariff = 1.0 - np.asarray(tariff_reduction_share, float)
    fixed_dh = (
        a.tariff_area_dkk_per_m2_year * a.standard_consumer_area_m2
        + a.tariff_subscription_dkk_per_customer_year
    ) * tariff + a.substation_operation_dkk_per_customer_year
    one_off = contribution + a.connection_contribution_dkk_per_customer
    capital_dh = annual_payment(one_off, a.user_rate, a.contribution_term_years) + annual_payment(
        a.substation_dkk_per_customer, a.user_rate, life["substation"]
    )
    heat_pump = heat_pump_price(a.user_heat_pump_kw, a)
    costs: dict[tuple[str, str], npt.ArrayLike] = {
        ("district_heating", "energy"): a.tariff_variable_dkk_per_mwh * heat * tariff * vat,
        ("district_heating", "fixed"): fixed_dh * vat,
        ("district_heating", "investment"): capital_dh * vat,
        ("heat_pump", "energy"): heat
        / a.individual_heat_pump_cop
        * a.electricity_price_excl_vat_dkk_per_mwh
        * vat,
        ("heat_pump", "fixed"): a.individual_heat_pump_operation_dkk_per_year * vat,
        ("heat_pump", "investment"): annual_payment(heat_pump, a.user_rate, life["individual_heat_pump"])
        * vat,
        ("gas", "energy"): heat / a.gas_boiler_efficiency * a.gas_price_incl_vat_dkk_per_mwh,
        ("gas", "fixed"): a.gas_boiler_operation_dkk_per_year * vat,
        ("gas", "investment"): annual_payment(a.gas_boiler_dkk, a.user_rate, life["gas_boiler"]) * vat,
    }
    return {
        key: np.broadcast_to(np.asarray(value, float), contribution.shape) for key, value in costs.items()
    }
