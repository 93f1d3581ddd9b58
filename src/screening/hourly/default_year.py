"""The shipped year of weather and prices: synthetic, drawn from one seed, like a Danish year on the whole.

No value in it was measured. Its hours follow the real course of the sun over Denmark; clouds, temperature and
wind are drawn with the memory that the real ones have, and the price follows wind, sun, the day and the week.
The year is a ring: 31 December runs into 1 January, so that it can be repeated for twenty years. The
constants below shape the drawing and were chosen by comparing with measured years (docs/series.md says how
near it is).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.hourly.timeline import danish_time, hours_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["NOTE_DA", "NOTE_EN", "YEAR", "default_year"]

YEAR = 2025  # gives the week its place; no value belongs to that year
NOTE_EN = "Synthetic weather and prices drawn by the program from one seed; no hour was measured."
NOTE_DA = "Syntetisk vejr og elpriser, trukket af programmet fra ét frø; ingen time er målt."
_SEED = 20200229
_LATITUDE, _LONGITUDE = np.radians(56.0), 10.0
_STEPS = 6  # per hour, where the sun's height is averaged
_HOURS_PER_DAY = 24
_SOLAR_CONSTANT = 1361.0  # [W/m2]
_AT_NOON = 15.0  # degrees that the sun moves per hour


@functools.cache
def _drawn() -> pd.DataFrame:
    index = hours_of(YEAR)
    rng = np.random.default_rng(_SEED)
    hour = np.arange(len(index))
    season = np.cos(2 * np.pi * (hour / _HOURS_PER_DAY - 18) / 365)  # 1 in mid-January, -1 in mid-July
    cloud_days = _memory(rng, len(index), 30.0)
    cloud_hours = _memory(rng, len(index), 3.0)
    radiation, openness = _radiation(index, cloud_days, cloud_hours)
    wind = _memory(rng, len(index), 30.0)
    temperature = _temperature(rng, index, season, openness, wind)
    price = _price(rng, index, season, wind, radiation["ghi_w_m2"])
    return pd.DataFrame(
        {
            "temperature_c": temperature.round(2),
            **{name: values.round(1) for name, values in radiation.items()},
            "spot_dkk_per_mwh": price.round(2),
        },
        index=index,
    )


def default_year() -> pd.DataFrame:
    """Give the synthetic year: weather and day-ahead price by the hour.

    Returns
    -------
    pandas.DataFrame
        8,760 rows by UTC hour: ``temperature_c`` [C]; ``ghi_w_m2``, ``dni_w_m2``, ``dhi_w_m2``, the mean over
        the hour [W/m2]; ``spot_dkk_per_mwh`` [DKK/MWh]. ``attrs`` says in two languages that it is synthetic.

    Examples
    --------
    >>> year = default_year()
    >>> len(year), year.attrs["is_synthetic"]
    (8760, True)
    """
    year = _drawn().copy()
    year.attrs = {"is_synthetic": True, "note_da": NOTE_DA, "note_en": NOTE_EN, "seed": _SEED}
    return year


def _memory(rng: np.random.Generator, count: int, hours: float) -> FloatArray:
    """Draw a ring of numbers (mean 0, deviation 1) that forget one another over so many hours."""
    frequency = 2 * np.pi * np.fft.rfftfreq(count)
    spectrum = np.fft.rfft(rng.standard_normal(count)) / (1 / hours + 1j * frequency)
    spectrum[0] = 0.0
    drawn = np.fft.irfft(spectrum, count)
    return np.asarray(drawn / drawn.std())


def _sun(index: pd.DatetimeIndex) -> tuple[FloatArray, FloatArray]:
    """Mean sine of the sun's height over each hour, and the radiation outside the air. [1], [W/m2]."""
    start = np.arange(len(index))[:, None] + (np.arange(_STEPS) + 0.5) / _STEPS
    angle = 2 * np.pi * (start / _HOURS_PER_DAY) / 365
    # Spencer's series for the declination and the equation of time.
    declination = (
        0.006918 - 0.399912 * np.cos(angle) + 0.070257 * np.sin(angle)
        - 0.006758 * np.cos(2 * angle) + 0.000907 * np.sin(2 * angle)
    )  # fmt: skip
    minutes = 229.18 * (
        0.000075 + 0.001868 * np.cos(angle) - 0.032077 * np.sin(angle)
        - 0.014615 * np.cos(2 * angle) - 0.040849 * np.sin(2 * angle)
    )  # fmt: skip
    clock = start % _HOURS_PER_DAY + _LONGITUDE / _AT_NOON + minutes / 60
    height = np.sin(_LATITUDE) * np.sin(declination) + np.cos(_LATITUDE) * np.cos(declination) * np.cos(
        np.radians(_AT_NOON * (clock - 12))
    )
    outside = _SOLAR_CONSTANT * (1 + 0.033 * np.cos(angle.mean(axis=1)))
    return np.maximum(height, 0.0).mean(axis=1), outside


def _radiation(
    index: pd.DatetimeIndex, cloud_days: FloatArray, cloud_hours: FloatArray
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Let clouds through the clear sky (Haurwitz), and part what comes into beam and sky (Erbs)."""
    height, outside = _sun(index)
    is_up = height > 0.005
    safe = np.where(is_up, height, 1.0)
    openness = 1 / (1 + np.exp(-(0.5 + 2.4 * cloud_days + 1.2 * cloud_hours)))
    clear = np.where(is_up, 1098.0 * height * np.exp(-0.057 / safe), 0.0)
    ghi = clear * (0.17 + 0.83 * openness)
    clearness = np.where(is_up, ghi / (outside * safe), 0.0)
    share = np.where(
        clearness <= 0.22,
        1.0 - 0.09 * clearness,
        0.9511 - 0.1604 * clearness + 4.388 * clearness**2 - 16.638 * clearness**3 + 12.336 * clearness**4,
    )
    share = np.where(clearness > 0.8, 0.165, np.clip(share, 0.0, 1.0))
    dni = np.minimum(np.where(is_up, ghi * (1 - share) / safe, 0.0), 0.75 * outside)
    return {"ghi_w_m2": ghi, "dni_w_m2": dni, "dhi_w_m2": ghi - dni * height}, openness


def _temperature(
    rng: np.random.Generator,
    index: pd.DatetimeIndex,
    season: FloatArray,
    openness: FloatArray,
    wind: FloatArray,
) -> FloatArray:
    """Season, weather of several days, and the day's swing, which clear sky widens."""
    slow = 0.85 * _memory(rng, len(index), 110.0) + 0.53 * _memory(rng, len(index), 14.0)
    late = np.roll(season, 12 * _HOURS_PER_DAY)  # the ground follows the sun with some delay
    day = np.cos(2 * np.pi * (np.arange(len(index)) % _HOURS_PER_DAY - 13.5) / _HOURS_PER_DAY)
    swing = (2.0 - 1.6 * season) * (0.5 + 0.9 * openness)
    steady = _smooth(openness, 36)
    mild = 0.8 * season * wind  # wind from the sea warms the winter and cools the summer
    return 8.3 - 7.6 * late + (3.1 + 0.5 * late) * slow + swing * day - 2.0 * season * (steady - 0.6) + mild


def _smooth(values: FloatArray, hours: int) -> FloatArray:
    """Average over so many hours of the ring."""
    kernel = np.zeros(len(values))
    kernel[:hours] = 1 / hours
    return np.asarray(np.fft.irfft(np.fft.rfft(values) * np.fft.rfft(kernel), len(values)))


def _price(
    rng: np.random.Generator, index: pd.DatetimeIndex, season: FloatArray, wind: FloatArray, ghi: FloatArray
) -> FloatArray:
    """Price the load that wind and sun leave; little is left below zero, much of it is dear."""
    local = danish_time(index)
    hour = local.hour.to_numpy() + 0.5
    is_weekend = local.day_of_week.to_numpy() >= 5  # from Saturday on
    peaks = np.exp(-(((hour - 8) / 2.2) ** 2)) + 1.5 * np.exp(-(((hour - 19.3) / 2.6) ** 2))
    night = np.exp(-(((hour - 3) / 3.2) ** 2))
    blown = 1 / (1 + np.exp(-(1.5 * wind - 0.4)))  # power of the wind, from 0 to 1
    fuel = 110 * _memory(rng, len(index), 400.0) + 100 * _memory(rng, len(index), 40.0)
    tight = 75 * _memory(rng, len(index), 3.0)
    left = (
        730 + 40 * season + 140 * peaks - 90 * night - 150 * is_weekend
        - 800 * (blown - 0.4) - 0.75 * ghi + fuel + tight
    )  # fmt: skip
    floor = np.where(left < 60, 60 + 0.2 * (left - 60), left) - 52
    return np.asarray(floor + 0.0035 * np.maximum(left - 950, 0.0) ** 2)
