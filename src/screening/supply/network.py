"""The pipes: distribution network, transmission pipe, service lines, and the heat they lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from screening.assumptions import entry
from screening.supply.plant import along
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions, Draws

__all__ = ["heat_loss", "network_price", "service_line_price", "transmission_price"]


def network_price(
    area_km2: npt.ArrayLike,
    assumptions: Assumptions | Draws,
    trench_m: npt.ArrayLike = np.nan,
    laid_dkk: npt.ArrayLike = np.nan,
) -> npt.NDArray[np.float64]:
    """Distribution network by area, by trench or as laid out, whether few or many connect.

    Parameters
    ----------
    area_km2
        The trimmed area. [km2]
    assumptions
        The set: ``network_dkk_per_km2``, or ``network_dkk_per_m`` where ``is_network_by_trench``, or
        ``network_pipes_price_factor`` where ``is_network_by_pipes``.
    trench_m
        Length of the network, for areas where it is known. [m]
    laid_dkk
        Price of the network laid out along the roads, for areas where there is one. [DKK]

    Returns
    -------
    numpy.ndarray
        Price without VAT; missing where what it goes by is not known. [DKK]

    Examples
    --------
    >>> from screening import assumptions
    >>> a = assumptions.load("cowi-2022").replace(is_network_by_trench=1, network_dkk_per_m=5000)
    >>> float(network_price(0.2, a, 1200.0))
    6000000.0
    """
    if assumptions.is_network_by_pipes:
        price = np.asarray(laid_dkk, float) * assumptions.network_pipes_price_factor
    elif assumptions.is_network_by_trench:
        price = np.asarray(trench_m, float) * assumptions.network_dkk_per_m
    else:
        price = np.asarray(area_km2, float) * assumptions.network_dkk_per_km2
    return np.asarray(price, float)


def transmission_price(
    capacity_kw: npt.ArrayLike,
    assumptions: Assumptions | Draws,
    transmission_m: npt.ArrayLike = np.nan,
    link_m: npt.ArrayLike = 0.0,
) -> npt.NDArray[np.float64]:
    """Pipe between plant and town, and between towns that share a plant, by power and length.

    Parameters
    ----------
    capacity_kw
        Greatest heat power to the town. [kW]
    assumptions
        The set: ``transmission_dkk_per_m`` and ``transmission_m`` by power.
    transmission_m
        Length to the plant where the site is known; else the table's. [m]
    link_m
        Further pipe of the same size. [m]

    Returns
    -------
    numpy.ndarray
        Price without VAT. [DKK]

    Notes
    -----
    Below the tables' first row the length goes with the power at the first row's price per metre: a small
    plant may stand between the houses.

    Examples
    --------
    >>> from screening import assumptions
    >>> a = assumptions.load("cowi-2022")
    >>> one, two = transmission_price([1000, 1000], a, [300, 300], [0, 300])
    >>> bool(two == 2 * one)
    True
    """
    power = np.asarray(capacity_kw, float)
    sizes, prices = assumptions.column("transmission_dkk_per_m")
    dkk_per_m = along(sizes, prices, np.maximum(power, sizes[0]))
    keys, lengths = assumptions.column("transmission_m")
    usual = along(keys, lengths, np.minimum(power, keys[-1]))
    length = np.where(np.isnan(transmission_m), usual, transmission_m) + np.asarray(link_m, float)
    return np.asarray(length * dkk_per_m, float)


def service_line_price(
    customers: npt.ArrayLike,
    heat_mwh: npt.ArrayLike,
    business_share: npt.ArrayLike,
    public_share: npt.ArrayLike,
    assumptions: Assumptions | Draws,
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
    typical_dkk, typical_kw = (
        sum((share * entry(assumptions, table, kind) for kind, share in shares.items()), np.zeros(()))
        for table in ("service_line_dkk", "service_line_kw")
    )
    power_kw = np.asarray(heat_mwh, float) * KWH_PER_MWH / assumptions.customer_full_load_hours
    extra_kw = power_kw - customers * typical_kw
    price = customers * typical_dkk + extra_kw * assumptions.service_line_dkk_per_kw
    return np.asarray(np.maximum(price, 0.0), float)


def heat_loss(
    area_km2: npt.ArrayLike,
    customers: npt.ArrayLike,
    assumptions: Assumptions | Draws,
    trench_m: npt.ArrayLike = np.nan,
    laid_mwh: npt.ArrayLike = np.nan,
) -> npt.NDArray[np.float64]:
    """Heat lost from distribution network and service lines.

    Parameters
    ----------
    area_km2
        The trimmed area. [km2]
    customers
        Number of customers. [1]
    assumptions
        The set: loss per km2, per metre where ``is_network_by_trench``, or
        ``network_pipes_heat_loss_factor`` where ``is_network_by_pipes``; loss per service line.
    trench_m
        Length of the network, for areas where it is known. [m]
    laid_mwh
        Loss of the network laid out along the roads, for areas where there is one. [MWh/year]

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
    if assumptions.is_network_by_pipes:
        net = np.asarray(laid_mwh, float) * assumptions.network_pipes_heat_loss_factor
    elif assumptions.is_network_by_trench:
        net = np.asarray(trench_m, float) * assumptions.network_heat_loss_mwh_per_m_year
    else:
        net = np.asarray(area_km2, float) * assumptions.network_heat_loss_mwh_per_km2_year
    lines = np.asarray(customers, float) * assumptions.service_line_heat_loss_mwh_per_year
    return np.asarray(net + lines, float)
