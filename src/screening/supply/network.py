"""The pipes: distribution network, transmission pipe, service lines, and the heat they lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from screening.supply.plant import along
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

__all__ = ["heat_loss", "network_price", "service_line_price", "transmission_price"]


def network_price(area_km2: npt.ArrayLike, assumptions: Assumptions) -> npt.NDArray[np.float64]:
    """Distribution network by area, whether few or many connect.

    Parameters
    ----------
    area_km2
        The trimmed area. [km2]
    assumptions
        The set: ``network_dkk_per_km2``.

    Returns
    -------
    numpy.ndarray
        Price without VAT. [DKK]
    """
    return np.asarray(np.asarray(area_km2, float) * assumptions.network_dkk_per_km2, float)


def transmission_price(capacity_kw: npt.ArrayLike, assumptions: Assumptions) -> npt.NDArray[np.float64]:
    """Pipe between plant and town by power.

    Parameters
    ----------
    capacity_kw
        Greatest heat power to the town. [kW]
    assumptions
        The set: ``transmission_dkk``.

    Returns
    -------
    numpy.ndarray
        Price without VAT. [DKK]
    """
    return along(assumptions.lookup("transmission_dkk"), capacity_kw)


def service_line_price(
    customers: npt.ArrayLike,
    heat_mwh: npt.ArrayLike,
    business_share: npt.ArrayLike,
    public_share: npt.ArrayLike,
    assumptions: Assumptions,
) -> npt.NDArray[np.float64]:
    """All service lines of an area: the price of each type, plus or minus what its power differs.

    Parameters
    ----------
    customers
        Number of customers. [1]
    heat_mwh
        Heat delivered to all of them. [MWh/year]
    business_share, public_share
        Their shares of the customers; the rest are dwellings. [1]
    assumptions
        The set: ``service_line_dkk``, ``service_line_kw``, ``service_line_dkk_per_kw``,
        ``customer_full_load_hours``.

    Returns
    -------
    numpy.ndarray
        Price without VAT, never below zero. [DKK]

    Examples
    --------
    Ten typical houses of 8.5 kW each:

    >>> from screening import assumptions
    >>> a = assumptions.load("cowi-2022").replace(customer_full_load_hours=2000)
    >>> float(service_line_price(10, 170.0, 0.0, 0.0, a))
    280000.0
    """
    customers, business, public = (np.asarray(x, float) for x in (customers, business_share, public_share))
    shares = {"dwelling": 1.0 - business - public, "business": business, "public": public}
    prices, sizes = assumptions.lookup("service_line_dkk"), assumptions.lookup("service_line_kw")
    typical_dkk = sum((share * float(prices[kind]) for kind, share in shares.items()), np.zeros(()))
    typical_kw = sum((share * float(sizes[kind]) for kind, share in shares.items()), np.zeros(()))
    power_kw = np.asarray(heat_mwh, float) * KWH_PER_MWH / assumptions.customer_full_load_hours
    extra_kw = power_kw - customers * typical_kw
    price = customers * typical_dkk + extra_kw * assumptions.service_line_dkk_per_kw
    return np.asarray(np.maximum(price, 0.0), float)


def heat_loss(
    area_km2: npt.ArrayLike, customers: npt.ArrayLike, assumptions: Assumptions
) -> npt.NDArray[np.float64]:
    """Heat lost from distribution network and service lines.

    Parameters
    ----------
    area_km2
        The trimmed area. [km2]
    customers
        Number of customers. [1]
    assumptions
        The set: loss per km2 and per service line.

    Returns
    -------
    numpy.ndarray
        Loss; it does not depend on the heat sold. [MWh/year]

    Examples
    --------
    >>> from screening import assumptions
    >>> a = assumptions.load("cowi-2022")
    >>> a = a.replace(network_heat_loss_mwh_per_km2_year=1000, service_line_heat_loss_mwh_per_year=0.5)
    >>> float(heat_loss(0.2, 100, a))
    250.0
    """
    network = np.asarray(area_km2, float) * assumptions.network_heat_loss_mwh_per_km2_year
    lines = np.asarray(customers, float) * assumptions.service_line_heat_loss_mwh_per_year
    return np.asarray(network + lines, float)
