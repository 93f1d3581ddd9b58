"""The heating plant: how large it must be, what it costs, what the electricity grid charges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions, Draws

__all__ = [
    "along",
    "boiler_price",
    "capacity",
    "electricity_use",
    "grid_connection_price",
    "individual_heat_pump_price",
    "plant_price",
    "plant_units",
    "unit_sizes",
]


def along(sizes: npt.ArrayLike, values: npt.ArrayLike, size: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Read a table by size: proportional below the first row, linear between, last slope above.

    Parameters
    ----------
    sizes
        Sizes of the table, ascending, at least two. [1]
    values
        Values at the sizes, (row,) or one row of them for each draw. [1]
    size
        Sizes to read at, (area,) or (draw, area), in the unit of ``sizes``. [1]

    Returns
    -------
    numpy.ndarray
        Values in the unit of the table. [1]

    Examples
    --------
    >>> along([500.0, 1000.0, 1500.0], [2.7, 4.9, 7.1], [0, 250, 750, 2000]).round(2).tolist()
    [0.0, 1.35, 3.8, 9.3]
    """
    rows = np.asarray(values, float)
    knots = np.concatenate([[0.0], np.asarray(sizes, float)])
    rows = np.concatenate([np.zeros_like(rows[..., :1]), rows], axis=-1)
    wanted = np.asarray(size, float)
    row = np.clip(np.searchsorted(knots, wanted, side="right") - 1, 0, len(knots) - 2)
    start, end = _pick(rows, row), _pick(rows, row + 1)
    part = (wanted - knots[row]) / (knots[row + 1] - knots[row])
    return np.asarray(start + part * (end - start), float)


def _pick(values: npt.NDArray[np.float64], row: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Values at the rows; where each draw has its own values, each at its own rows."""
    if values.ndim == 1:
        return np.asarray(values[row], float)
    return np.asarray(np.take_along_axis(values, np.atleast_2d(row), axis=-1), float)


def capacity(heat_produced_mwh: npt.ArrayLike, full_load_hours: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Greatest heat power that the plant must give.

    Parameters
    ----------
    heat_produced_mwh
        Heat sent out in a year, loss included. [MWh/year]
    full_load_hours
        Heat of a year over the greatest power; simultaneity and loss included. [h]

    Returns
    -------
    numpy.ndarray
        Power. [kW]

    Examples
    --------
    >>> float(capacity(4110.0, 4110.0))
    1000.0
    """
    return np.asarray(
        np.asarray(heat_produced_mwh, float) * KWH_PER_MWH / np.asarray(full_load_hours, float), float
    )


def plant_price(capacity_kw: npt.ArrayLike, assumptions: Assumptions | Draws) -> npt.NDArray[np.float64]:
    """Budget price of heat pumps, electric boiler and tank, without grid connection.

    Parameters
    ----------
    capacity_kw
        Greatest heat power to the town. [kW]
    assumptions
        The set: ``plant_dkk``.

    Returns
    -------
    numpy.ndarray
        Price without VAT. [DKK]

    Examples
    --------
    >>> from screening import assumptions
    >>> plant_price([250, 750, 3500], assumptions.load("cowi-2022")).tolist()
    [1350000.0, 3800000.0, 16400000.0]
    """
    return along(*assumptions.column("plant_dkk"), capacity_kw)


def plant_units(capacity_kw: npt.ArrayLike, assumptions: Assumptions) -> pd.DataFrame:
    """Size of the plant's parts.

    Parameters
    ----------
    capacity_kw
        Greatest heat power to the town. [kW]
    assumptions
        The set: ``plant_heat_pump_kw``, ``plant_electric_boiler_kw``, ``plant_tank_m3``.

    Returns
    -------
    pandas.DataFrame
        heat_pump_kw at -12 C and electric_boiler_kw by ``along``; tank_m3 of the next larger row,
        above the last row in proportion.
    """
    return pd.DataFrame(unit_sizes(np.atleast_1d(np.asarray(capacity_kw, float)), assumptions))


def unit_sizes(
    capacity_kw: npt.NDArray[np.float64], assumptions: Assumptions | Draws
) -> dict[str, npt.NDArray[np.float64]]:
    """Size of the plant's parts as arrays, also with drawn assumptions.

    Parameters
    ----------
    capacity_kw
        Greatest heat power to the town, (area,) or (draw, area). [kW]
    assumptions
        The set, or draws of it.

    Returns
    -------
    dict of numpy.ndarray
        The columns of ``plant_units``.
    """
    sizes, volumes = assumptions.column("plant_tank_m3")
    row = np.minimum(np.searchsorted(sizes, capacity_kw), len(sizes) - 1)
    tank = _pick(volumes, row) * np.maximum(capacity_kw / sizes[-1], 1.0)
    return {
        "heat_pump_kw": along(*assumptions.column("plant_heat_pump_kw"), capacity_kw),
        "electric_boiler_kw": along(*assumptions.column("plant_electric_boiler_kw"), capacity_kw),
        "tank_m3": np.where(capacity_kw > 0, tank, 0.0),
    }


def grid_connection_price(
    heat_pump_kw: npt.ArrayLike, electric_boiler_kw: npt.ArrayLike, assumptions: Assumptions | Draws
) -> npt.NDArray[np.float64]:
    """Price the connection of the plant to the electricity grid.

    Parameters
    ----------
    heat_pump_kw
        Heat output of the heat pumps at -12 C. [kW]
    electric_boiler_kw
        Electric boiler. [kW]
    assumptions
        The set: COP at -12 C, kW per ampere, DKK per ampere.

    Returns
    -------
    numpy.ndarray
        Contribution without VAT. [DKK]

    Examples
    --------
    225 kW of heat at COP 2 and a boiler of 375 kW (99 %) draw 491.3 kW, that is 712 A.

    >>> from screening import assumptions
    >>> a = assumptions.load("cowi-2022")
    >>> float(grid_connection_price(225, 375, a).round())
    815253.0
    """
    electric_kw = (
        np.asarray(heat_pump_kw, float) / assumptions.plant_heat_pump_cold_cop
        + np.asarray(electric_boiler_kw, float) / assumptions.electric_boiler_efficiency
    )
    return np.asarray(
        electric_kw / assumptions.grid_connection_kw_per_a * assumptions.grid_connection_dkk_per_a, float
    )


def electricity_use(
    heat_produced_mwh: npt.ArrayLike, assumptions: Assumptions | Draws
) -> npt.NDArray[np.float64]:
    """Electricity for the heat made by heat pump and electric boiler.

    Parameters
    ----------
    heat_produced_mwh
        Heat sent out. [MWh/year]
    assumptions
        The set: share, COP and efficiency.

    Returns
    -------
    numpy.ndarray
        Electricity. [MWh/year]
    """
    share = assumptions.heat_pump_heat_share
    per_heat = (
        share / assumptions.plant_heat_pump_cop + (1.0 - share) / assumptions.electric_boiler_efficiency
    )
    return np.asarray(np.asarray(heat_produced_mwh, float) * per_heat, float)


def individual_heat_pump_price(
    capacity_kw: npt.ArrayLike, assumptions: Assumptions | Draws
) -> npt.NDArray[np.float64]:
    """Price of an individual heat pump: linear between the sizes of the table, and beyond them.

    Parameters
    ----------
    capacity_kw
        Heat output. [kW]
    assumptions
        The set: ``individual_heat_pump_dkk``, at least two sizes.

    Returns
    -------
    numpy.ndarray
        Price without VAT; a small one costs less than the smallest of the table, but not in proportion.
        [DKK]

    Examples
    --------
    (940,445 - 104,238) / (160 - 7) = 5,465 DKK for each further kW:

    >>> from screening import assumptions
    >>> individual_heat_pump_price([5.0, 7.0, 160.0], assumptions.load("cowi-2022")).round().tolist()
    [93307.0, 104238.0, 940445.0]
    """
    sizes, prices = assumptions.column("individual_heat_pump_dkk")
    return _straight(sizes, prices, np.asarray(capacity_kw, float))


def boiler_price(
    capacity_kw: npt.ArrayLike, fuel: str, assumptions: Assumptions | Draws
) -> npt.NDArray[np.float64]:
    """Price of a new gas or oil boiler: never below the smallest of the table, linear above.

    Parameters
    ----------
    capacity_kw
        Heat output. [kW]
    fuel
        "gas" or "oil".
    assumptions
        The set: ``gas_boiler_dkk`` or ``oil_boiler_dkk``, at least two sizes.

    Returns
    -------
    numpy.ndarray
        Price without VAT. [DKK]

    Examples
    --------
    >>> from screening import assumptions
    >>> boiler_price([8.5, 10.0], "gas", assumptions.load("cowi-2022")).tolist()
    [26400.0, 26400.0]
    """
    sizes, prices = assumptions.column(f"{fuel}_boiler_dkk")
    return _straight(sizes, prices, np.maximum(np.asarray(capacity_kw, float), sizes[0]))


def _straight(
    sizes: npt.NDArray[np.float64], prices: npt.NDArray[np.float64], wanted: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Linear between the rows, along the outer ones beyond them."""
    row = np.clip(np.searchsorted(sizes, wanted) - 1, 0, len(sizes) - 2)
    start, end = _pick(prices, row), _pick(prices, row + 1)
    part = (wanted - sizes[row]) / (sizes[row + 1] - sizes[row])
    return np.asarray(start + part * (end - start), float)
