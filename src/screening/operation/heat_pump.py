"""How much heat a heat pump gives per unit of electricity, hour by hour, from its temperatures.

Lorenz: a heat pump that follows the temperatures of the water it heats and of the source it cools cannot do
better than T_sink / (T_sink - T_source), both as logarithmic means in kelvin. Real ones reach a share of it,
one half here. Heat exchangers, compressor and auxiliaries are inside that share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.demand.seasons import seasonal_temperature
from screening.errors import ScreeningError, UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from screening.assumptions import Assumptions

__all__ = ["SOURCES", "heat_pump_cop", "log_mean_k", "lorenz_cop", "source_temperature"]

SOURCES = ("outdoor_air", "ground_water", "sea_water")
_ZERO_C_K = 273.15
_SHOWN = 3


def log_mean_k(first_c: ArrayLike, second_c: ArrayLike) -> NDArray[np.float64]:
    """Logarithmic mean of two temperatures.

    Parameters
    ----------
    first_c, second_c
        The ends; where they are equal, the mean is that temperature. [C]

    Returns
    -------
    numpy.ndarray
        The mean, in kelvin. [K]

    Examples
    --------
    >>> log_mean_k(40, 80).round(2).tolist()
    332.75
    """
    low = np.asarray(first_c, dtype=np.float64) + _ZERO_C_K
    ratio = (np.asarray(second_c, dtype=np.float64) + _ZERO_C_K) / low - 1.0
    flat = np.abs(ratio) < 1e-9
    return np.asarray(low * np.where(flat, 1.0, ratio / np.where(flat, 1.0, np.log1p(ratio))))


def lorenz_cop(
    source_in_c: ArrayLike,
    source_cooling_k: ArrayLike,
    sink_in_c: ArrayLike,
    sink_out_c: ArrayLike,
    *,
    efficiency: float = 0.5,
    largest_cop: float = np.inf,
) -> NDArray[np.float64]:
    """Heat per electricity: the Lorenz COP times an efficiency.

    Parameters
    ----------
    source_in_c
        Temperature of the source as it comes, a number or one per hour. [C]
    source_cooling_k
        How much the heat pump cools it, zero or more. [K]
    sink_in_c, sink_out_c
        Temperatures between which the heat pump heats water. [C]
    efficiency
        Share of the Lorenz COP that is reached. [1]
    largest_cop
        Upper end where the source is nearly as warm as the sink; infinity means none. [1]

    Returns
    -------
    numpy.ndarray
        Heat over electricity, at most ``largest_cop``. [1]

    Raises
    ------
    ScreeningError
        Where a temperature is missing, the sink is not heated, the source is not cooled, or the source is on
        average as warm as the sink, so that no heat pump is needed. Names the first places.

    Examples
    --------
    A heat pump that cools water of 40 C to 20 C and heats other water from 40 C to 80 C:

    >>> lorenz_cop(40, 20, 40, 80).round(2).tolist()
    5.6
    """
    source_in, cooling, sink_in, sink_out = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64) for v in (source_in_c, source_cooling_k, sink_in_c, sink_out_c))
    )
    _refuse(~np.isfinite(source_in + cooling + sink_in + sink_out), "a temperature is missing")
    _refuse(cooling < 0, "the source is heated, not cooled; give the cooling as zero or more")
    _refuse(sink_out <= sink_in, "the sink's outlet is not above its inlet")
    sink, source = log_mean_k(sink_in, sink_out), log_mean_k(source_in - cooling, source_in)
    _refuse(
        source >= sink,
        "the source is on average as warm as the sink, no heat pump is needed;"
        " heat directly in these hours or give a warmer sink",
    )
    return np.asarray(np.minimum(efficiency * sink / (sink - source), largest_cop))


def source_temperature(
    source: str,
    index: pd.DatetimeIndex,
    assumptions: Assumptions,
    outdoor_c: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Temperature of a heat source as it comes, hour by hour.

    Parameters
    ----------
    source
        "outdoor_air" (the outdoor temperature less a stated difference), "ground_water" (constant) or
        "sea_water" (a wave over the year).
    index
        Hours, with a time zone.
    assumptions
        Set with the operation's assumptions.
    outdoor_c
        Outdoor temperature in the same hours; needed for outdoor air only. [C]

    Returns
    -------
    numpy.ndarray
        Temperature in each hour. [C]

    Raises
    ------
    ScreeningError
        For an unknown source, or outdoor air without as many temperatures as hours.
    """
    if source == "ground_water":
        return np.full(len(index), assumptions.ground_water_c)
    if source == "sea_water":
        return seasonal_temperature(
            index,
            assumptions.sea_water_mean_c,
            assumptions.sea_water_amplitude_k,
            assumptions.sea_water_coldest_month,
        )
    if source != "outdoor_air":
        raise UnknownNameError("heat source", source, SOURCES)
    air = np.asarray([] if outdoor_c is None else outdoor_c, dtype=np.float64)
    if air.shape != (len(index),):
        raise ScreeningError(
            f"A heat pump on outdoor air needs one outdoor temperature per hour: {len(index)} hours,"
            f" {air.size} temperatures."
        )
    return air - assumptions.outdoor_air_difference_k


def heat_pump_cop(
    source: str | pd.Series,
    index: pd.DatetimeIndex,
    sink_in_c: ArrayLike,
    sink_out_c: ArrayLike,
    assumptions: Assumptions,
    *,
    outdoor_c: ArrayLike | None = None,
    source_cooling_k: ArrayLike | None = None,
    efficiency: float | None = None,
) -> pd.Series:
    """COP of a heat pump in every hour.

    Parameters
    ----------
    source
        One of ``SOURCES``, or a source's own temperature as a series over the hours. [C]
    index
        Hours, with a time zone.
    sink_in_c, sink_out_c
        Temperatures between which the heat pump heats water, numbers or one per hour. [C]
    assumptions
        Set with the operation's assumptions.
    outdoor_c
        Outdoor temperature in the same hours; needed for outdoor air only. [C]
    source_cooling_k
        How much the source is cooled; by default as assumed. A series of your own needs it. [K]
    efficiency
        Share of the Lorenz COP; by default as assumed. [1]

    Returns
    -------
    pandas.Series
        ``cop`` over the hours, at most the assumed ``heat_pump_largest_cop``. [1]

    Raises
    ------
    ScreeningError
        As ``lorenz_cop`` and ``source_temperature``; for a series with other hours or without a cooling.
    """
    if isinstance(source, pd.Series):
        if source_cooling_k is None:
            raise ScreeningError("A heat source given as a series needs source_cooling_k, its cooling in K.")
        if not source.index.equals(index):
            raise ScreeningError(
                f"The heat source's {len(source)} hours are not the {len(index)} hours asked for;"
                " give the same hours."
            )
        source_in = source.to_numpy(dtype=np.float64)
    else:
        source_in = source_temperature(source, index, assumptions, outdoor_c)
        if source_cooling_k is None:
            source_cooling_k = float(assumptions.lookup("heat_source_cooling_k")[source])
    cop = lorenz_cop(
        source_in,
        source_cooling_k,
        sink_in_c,
        sink_out_c,
        efficiency=assumptions.heat_pump_lorenz_efficiency if efficiency is None else efficiency,
        largest_cop=assumptions.heat_pump_largest_cop,
    )
    return pd.Series(np.broadcast_to(cop, len(index)), index=index, name="cop")


def _refuse(wrong: NDArray[np.bool_], why: str) -> None:
    """Raise when any place is wrong, naming the first of them by number."""
    if not wrong.any():
        return
    if wrong.ndim == 0:
        raise ScreeningError(f"Heat pump: {why}.")
    places = np.flatnonzero(wrong.ravel())
    named = ", ".join(str(p) for p in places[:_SHOWN]) + (", ..." if len(places) > _SHOWN else "")
    raise ScreeningError(f"Heat pump: in {len(places)} hours (number {named}, from 0) {why}.")
