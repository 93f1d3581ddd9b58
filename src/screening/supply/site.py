"""The plant's site: how large it is, and how far the noise asks it to stand from dwellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.supply.plant import plant_units

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

__all__ = [
    "HOURS",
    "combined_sound_power",
    "noise_distance",
    "site_needs",
    "sound_pressure",
]

# Parts of the day that the guideline has limits for.
HOURS = ("day", "evening", "night")
# A plant that is whole multiples of a heat pump's share must not get one more by rounding.
_ROUNDING = 1e-9


def combined_sound_power(
    unit_sound_power_db: npt.ArrayLike, unit_count: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Sound power of equal units together: their energies add up.

    Parameters
    ----------
    unit_sound_power_db
        Sound power of one unit. [dB]
    unit_count
        Number of units; none gives minus infinity. [1]

    Returns
    -------
    numpy.ndarray
        Sound power of all. [dB]

    Examples
    --------
    >>> combined_sound_power(80.0, [1, 2, 10]).round(2).tolist()
    [80.0, 83.01, 90.0]
    """
    with np.errstate(divide="ignore"):
        return np.asarray(
            np.asarray(unit_sound_power_db, float) + 10 * np.log10(np.asarray(unit_count, float)), float
        )


def sound_pressure(
    sound_power_db: npt.ArrayLike, distance_m: npt.ArrayLike, assumptions: Assumptions
) -> npt.NDArray[np.float64]:
    """Sound pressure at a distance from a point source.

    Parameters
    ----------
    sound_power_db
        Sound power of the source. [dB]
    distance_m
        Distance. [m]
    assumptions
        The set: ``noise_spread_db``, ``noise_screen_db``, ``noise_tone_db``.

    Returns
    -------
    numpy.ndarray
        Level to hold against the limit. [dB]

    Examples
    --------
    >>> from screening import assumptions
    >>> sound_pressure(80.0, [10, 100], assumptions.load("cowi-2022")).tolist()
    [52.0, 32.0]
    """
    fall = 20 * np.log10(np.asarray(distance_m, float))
    return np.asarray(np.asarray(sound_power_db, float) + _at_one_metre(assumptions) - fall, float)


def noise_distance(
    sound_power_db: npt.ArrayLike, limit_db: npt.ArrayLike, assumptions: Assumptions
) -> npt.NDArray[np.float64]:
    """Distance from a point source at which a limit is just kept.

    Parameters
    ----------
    sound_power_db
        Sound power of the source; minus infinity for none. [dB]
    limit_db
        Limit. [dB]
    assumptions
        The set, as in ``sound_pressure``.

    Returns
    -------
    numpy.ndarray
        Distance, 0 without a source. [m]

    Examples
    --------
    80 - 8 - 35 = 37 dB must go to the distance, and 10^(37/20) is 70.8.

    >>> from screening import assumptions
    >>> float(noise_distance(80.0, 35.0, assumptions.load("cowi-2022")).round(1))
    70.8
    """
    excess = np.asarray(sound_power_db, float) + _at_one_metre(assumptions) - np.asarray(limit_db, float)
    return np.asarray(np.power(10.0, excess / 20), float)


def _at_one_metre(assumptions: Assumptions) -> float:
    return assumptions.noise_tone_db - assumptions.noise_spread_db - assumptions.noise_screen_db


def site_needs(capacity_kw: npt.ArrayLike, assumptions: Assumptions) -> pd.DataFrame:
    """Units, ground, noise and electricity of a plant of a given size.

    Parameters
    ----------
    capacity_kw
        Greatest heat power to the town. [kW]
    assumptions
        The set: the rows of supply for the units, those of site for the rest.

    Returns
    -------
    pandas.DataFrame
        heat_pump_count, heat_pump_kw and electric_boiler_kw (of all together), tank_m3,
        tank_diameter_m, tank_height_m, site_m2, sound_power_db (all air coolers, missing for no plant),
        noise_distance_day_m, _evening_m and _night_m, noise_distance_m (the greatest of them) and what it is
        at the low and high end of the sound power's range (noise_distance_low_m, _high_m), electric_kw,
        grid_current_a.
    """
    size = np.atleast_1d(np.asarray(capacity_kw, float))
    units = plant_units(size, assumptions)
    count = np.ceil(size / assumptions.heat_pump_plant_kw - _ROUNDING)
    loudness = _sound_power(
        units["heat_pump_kw"].to_numpy(), count, assumptions.air_cooler_sound_power_db, assumptions
    )
    table = pd.DataFrame({"heat_pump_count": count.astype(int)}).join(units)
    table = table.join(_ground(count, units["tank_m3"].to_numpy(), assumptions))
    table["sound_power_db"] = np.where(count > 0, loudness, np.nan)
    for hours in HOURS:
        limit = getattr(assumptions, f"noise_limit_{hours}_db")
        table[f"noise_distance_{hours}_m"] = noise_distance(loudness, limit, assumptions)
    table["noise_distance_m"] = table[[f"noise_distance_{hours}_m" for hours in HOURS]].max(axis=1)
    for end, change in _sound_range(assumptions).items():
        table[f"noise_distance_{end}_m"] = table["noise_distance_m"] * 10 ** (change / 20)
    table["electric_kw"] = (
        units["heat_pump_kw"] / assumptions.plant_heat_pump_cold_cop
        + units["electric_boiler_kw"] / assumptions.electric_boiler_efficiency
    )
    table["grid_current_a"] = table["electric_kw"] / assumptions.grid_connection_kw_per_a
    return table


def _sound_power(
    heat_pump_kw: npt.NDArray[np.float64],
    count: npt.NDArray[np.float64],
    unit_db: float,
    assumptions: Assumptions,
) -> npt.NDArray[np.float64]:
    """Sum over units of equal size; a unit's sound follows its output, since its air flow does."""
    each_kw = np.divide(heat_pump_kw, count, out=np.zeros_like(heat_pump_kw), where=count > 0)
    return combined_sound_power(
        combined_sound_power(unit_db, each_kw / assumptions.air_cooler_reference_kw), count
    )


def _sound_range(assumptions: Assumptions) -> dict[str, float]:
    """How far the low and high end of a unit's sound power lie from its value; 0 where none is stated."""
    rows = assumptions.table()
    row = rows[rows["name"] == "air_cooler_sound_power_db"].iloc[0]
    ends = {end: float(row[end]) - float(row["value"]) for end in ("low", "high")}
    return {end: change if np.isfinite(change) else 0.0 for end, change in ends.items()}


def _ground(
    count: npt.NDArray[np.float64], tank_m3: npt.NDArray[np.float64], assumptions: Assumptions
) -> pd.DataFrame:
    ratio = assumptions.tank_height_ratio
    diameter = np.cbrt(4 * tank_m3 / (np.pi * ratio))
    tank_side = diameter + 2 * assumptions.site_tank_clearance_m
    ground = assumptions.site_base_m2 + count * assumptions.site_heat_pump_m2 + tank_side**2
    return pd.DataFrame(
        {
            "tank_diameter_m": diameter,
            "tank_height_m": diameter * ratio,
            "site_m2": np.where(count > 0, ground, 0.0),
        }
    )
