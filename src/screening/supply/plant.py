"""The heating plant: how large it must be, what it costs, what the electricity grid charges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

__all__ = ["along", "capacity", "electricity_use", "grid_connection_price", "plant_price", "plant_units"]


def along(table: pd.Series, size: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Read a table by size: proportional below the first row, linear between, last slope above.

    Parameters
    ----------
    table
        Values indexed by size, at least two rows, both in the units of the caller.
    size
        Sizes to read at, in the unit of the index. [1]

    Returns
    -------
    numpy.ndarray
        Values in the unit of the table. [1]

    Examples
    --------
    >>> prices = pd.Series({500.0: 2.7, 1000.0: 4.9, 1500.0: 7.1})
    >>> along(prices, [0, 250, 750, 2000]).round(2).tolist()
    [0.0, 1.35, 3.8, 9.3]
    """
    rows = table.sort_index()
    sizes = np.concatenate([[0.0], rows.index.to_numpy(float)])
    values = np.concatenate([[0.0], rows.to_numpy(float)])
    wanted = np.asarray(size, float)
    slope = (values[-1] - values[-2]) / (sizes[-1] - sizes[-2])
    above = np.maximum(wanted - sizes[-1], 0.0)
    return np.asarray(np.interp(wanted, sizes, values) + above * slope, float)


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


def plant_price(capacity_kw: npt.ArrayLike, assumptions: Assumptions) -> npt.NDArray[np.float64]:
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
    return along(assumptions.lookup("plant_dkk"), capacity_kw)


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
    size = np.atleast_1d(np.asarray(capacity_kw, float))
    tanks = assumptions.lookup("plant_tank_m3").sort_index()
    sizes = tanks.index.to_numpy(float)
    row = np.minimum(np.searchsorted(sizes, size), len(sizes) - 1)
    tank = tanks.to_numpy(float)[row] * np.maximum(size / sizes[-1], 1.0)
    return pd.DataFrame(
        {
            "heat_pump_kw": along(assumptions.lookup("plant_heat_pump_kw"), size),
            "electric_boiler_kw": along(assumptions.lookup("plant_electric_boiler_kw"), size),
            "tank_m3": np.where(size > 0, tank, 0.0),
        }
    )


def grid_connection_price(
    heat_pump_kw: npt.ArrayLike, electric_boiler_kw: npt.ArrayLike, assumptions: Assumptions
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


def electricity_use(heat_produced_mwh: npt.ArrayLike, assumptions: Assumptions) -> npt.NDArray[np.float64]:
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
