"""How a year's heat ab værk is spread over its hours, from the weather.

Three parts, all counted in kelvin: as much heat as so many degrees of heating.

- Room heating: how far the outdoor temperature, as houses feel it, lies below a limit. They feel part of it
  at once and part through their walls, an average over past hours; the sun counts as warmer air. Houses
  differ: their limits are spread evenly about the mean one. A rhythm over the day, Danish time.
- Hot water: the same every day but for weekday and weekend, with a rhythm over the day, Danish time.
- Loss of the network: pipes warmer than the ground, whose temperature follows the year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.signal import lfilter

from screening.demand.seasons import seasonal_temperature
from screening.errors import ScreeningError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from screening.assumptions import Assumptions

__all__ = [
    "HeatShape",
    "heat_demand_mw",
    "heat_parts",
    "heat_profile",
    "possible_peaks_mw",
    "usual_radiation",
]

_DANISH_TIME = "Europe/Copenhagen"
_SATURDAY = 5
_DAY = 24
_SOLAR_CONSTANT_W_M2 = 1361.0
_EARTH_TILT_DEG = 23.45
_SPRING_EQUINOX_DAY = 81
_STEEPEST = 8.0  # power of the profile beyond which no peak is believed


@dataclass(frozen=True)
class HeatShape:
    """What the spread of heat over the hours depends on.

    Attributes
    ----------
    limit_c
        Mean limit of room heating, on the temperature as houses feel it. [C]
    spread_k
        The houses' limits lie evenly from this much below the mean one to this much above. [K]
    inertia_hours
        Time constant of the average over past hours. [h]
    direct_share
        Share of the outdoor temperature that is felt at once. [1]
    sun_k_m2_per_w
        How much warmer the air feels per W/m2 of global radiation. [K m2/W]
    hot_water_k, loss_k
        Hot water and the network's loss, mean of the year, as so many degrees of heating. [K]
    room_rhythm, weekday_rhythm, weekend_rhythm
        Factors by hour of the day in Danish time, mean 1: room heating; hot water. [1]
    pipe_c
        Mean of supply and return in the network. [C]
    ground_c, ground_amplitude_k, ground_coldest_month
        Temperature of the ground over the year: mean [C], swing [K] and when it is coldest [month].
    """

    limit_c: float
    spread_k: float
    inertia_hours: float
    direct_share: float
    sun_k_m2_per_w: float
    hot_water_k: float
    loss_k: float
    room_rhythm: NDArray[np.float64]
    weekday_rhythm: NDArray[np.float64]
    weekend_rhythm: NDArray[np.float64]
    pipe_c: float
    ground_c: float
    ground_amplitude_k: float
    ground_coldest_month: float

    @classmethod
    def from_assumptions(cls, a: Assumptions) -> HeatShape:
        """Take the shape from the assumptions."""
        return cls(
            limit_c=a.heat_profile_limit_c,
            spread_k=a.heat_profile_spread_k,
            inertia_hours=a.heat_profile_inertia_hours,
            direct_share=a.heat_profile_direct_share,
            sun_k_m2_per_w=a.heat_profile_sun_k_m2_per_w,
            hot_water_k=a.heat_profile_hot_water_k,
            loss_k=a.heat_profile_loss_k,
            room_rhythm=a.column("heat_profile_room_factor")[1],
            weekday_rhythm=a.column("heat_profile_weekday_factor")[1],
            weekend_rhythm=a.column("heat_profile_weekend_factor")[1],
            pipe_c=(a.network_supply_c + a.network_return_c) / 2,
            ground_c=a.ground_c,
            ground_amplitude_k=a.ground_amplitude_k,
            ground_coldest_month=a.ground_coldest_month,
        )


def heat_profile(
    temperature_c: pd.Series,
    assumptions: Assumptions,
    *,
    ghi_w_m2: pd.Series | None = None,
    hot_water_share: float | None = None,
    loss_share: float | None = None,
) -> pd.Series:
    """Share of the heat ab værk that falls in each hour.

    Parameters
    ----------
    temperature_c
        Outdoor temperature; index UTC, start of the hour, every hour once. [C]
    assumptions
        Set with the profile's assumptions.
    ghi_w_m2
        Global radiation in the same hours. Without it the sky is equally cloudy all the time. [W/m2]
    hot_water_share, loss_share
        Share of hot water and of the network's loss in the heat of all these hours; both or neither. Without
        them as fitted, so that a cold year has less of both. [1]

    Returns
    -------
    pandas.Series
        ``heat_share`` over the same hours, never negative; sums to 1. [1]

    Raises
    ------
    ScreeningError
        For hours without a time zone, missing hours or values, or shares that are no shares.
    """
    shape = HeatShape.from_assumptions(assumptions)
    _check_hours(temperature_c, "Outdoor temperature")
    if ghi_w_m2 is None:
        ghi_w_m2 = usual_radiation(pd.DatetimeIndex(temperature_c.index), assumptions)
    parts = heat_parts(temperature_c, ghi_w_m2, shape)
    if hot_water_share is not None or loss_share is not None:
        parts = _with_shares(parts, hot_water_share, loss_share)
    whole = parts.sum(axis=1)
    if not whole.sum() > 0:
        raise ScreeningError(
            "No heat is needed in any hour: neither heating, hot water nor loss; see the shares."
        )
    return (whole / whole.sum()).rename("heat_share")


def heat_parts(temperature_c: pd.Series, ghi_w_m2: pd.Series, shape: HeatShape) -> pd.DataFrame:
    """Room heating, hot water and loss in each hour, all as degrees of heating.

    Parameters
    ----------
    temperature_c
        Outdoor temperature; index UTC, start of the hour, every hour once. [C]
    ghi_w_m2
        Global radiation in the same hours. [W/m2]
    shape
        What the spread depends on.

    Returns
    -------
    pandas.DataFrame
        ``room_k``, ``hot_water_k``, ``loss_k``. [K]
    """
    hours = _check_hours(temperature_c, "Outdoor temperature")
    if not _check_hours(ghi_w_m2, "Global radiation").equals(hours):
        raise ScreeningError("Outdoor temperature and global radiation have different hours; give the same.")
    local = hours.tz_convert(_DANISH_TIME)
    hour, weekend = local.hour.to_numpy(), local.day_of_week.to_numpy() >= _SATURDAY
    felt = _felt(temperature_c.to_numpy(np.float64), ghi_w_m2.to_numpy(np.float64), shape)
    rhythm = np.where(weekend, shape.weekend_rhythm[hour], shape.weekday_rhythm[hour])
    ground = seasonal_temperature(hours, shape.ground_c, shape.ground_amplitude_k, shape.ground_coldest_month)
    return pd.DataFrame(
        {
            "room_k": _mean_below(shape.limit_c - felt, shape.spread_k) * shape.room_rhythm[hour],
            "hot_water_k": shape.hot_water_k * rhythm,
            "loss_k": shape.loss_k * (shape.pipe_c - ground) / (shape.pipe_c - shape.ground_c),
        },
        index=hours,
    )


def heat_demand_mw(profile: pd.Series, heat_mwh: float, peak_mw: float | None = None) -> pd.Series:
    """Heat ab værk in each hour.

    With a peak of its own the profile is raised to a power and scaled back to the same heat: hours keep their
    order, the heat its sum, and the hour of most heat gets the peak. A power above one makes the winter
    steeper and the summer lower.

    Parameters
    ----------
    profile
        Shares that sum to 1. [1]
    heat_mwh
        Heat of all hours together. [MWh]
    peak_mw
        Heat in the hour of most heat; without it, as the profile has it. [MW]

    Returns
    -------
    pandas.Series
        ``demand_mw``. [MW]

    Raises
    ------
    ScreeningError
        When no peak like that is possible with this heat.
    """
    shape = profile.to_numpy(np.float64)
    if peak_mw is not None:
        low, high = possible_peaks_mw(profile, heat_mwh)
        if not low < peak_mw <= high:
            raise ScreeningError(
                f"Peak {peak_mw:g} MW does not go with {heat_mwh:g} MWh in {len(shape)} hours: it lies above"
                f" the mean, {low:.3g} MW, and at most at {high:.3g} MW."
            )
    power = 1.0 if peak_mw is None else _power_to_peak(shape, heat_mwh, peak_mw)
    raised = (shape / shape.max()) ** power
    return pd.Series(heat_mwh * raised / raised.sum(), index=profile.index, name="demand_mw")


def possible_peaks_mw(profile: pd.Series, heat_mwh: float) -> tuple[float, float]:
    """Give the bounds of a peak of its own in ``heat_demand_mw``: above the first, at most the second.

    Parameters
    ----------
    profile
        Shares that sum to 1. [1]
    heat_mwh
        Heat of all hours together. [MWh]

    Returns
    -------
    tuple of float
        The mean, and where the profile is as steep as is believed. [MW]
    """
    relative = profile.to_numpy(np.float64) / profile.max()
    return heat_mwh / len(profile), float(heat_mwh / (relative**_STEEPEST).sum())


def usual_radiation(hours: pd.DatetimeIndex, assumptions: Assumptions) -> pd.Series:
    """Global radiation under a sky that is equally cloudy all the time, from the height of the sun alone.

    Parameters
    ----------
    hours
        UTC, start of the hour.
    assumptions
        Give the place and the share of the radiation above the air that reaches the ground.

    Returns
    -------
    pandas.Series
        Global radiation on the level. [W/m2]
    """
    utc = hours.tz_convert("UTC")
    turn = np.radians(360.0 * (utc.day_of_year.to_numpy() - _SPRING_EQUINOX_DAY) / 365.25)
    declination = np.radians(_EARTH_TILT_DEG) * np.sin(turn)
    solar_hour = utc.hour.to_numpy() + 0.5 + assumptions.site_longitude_deg / 15.0
    angle = np.radians(15.0 * (solar_hour - 12.0))
    latitude = np.radians(assumptions.site_latitude_deg)
    height = np.sin(latitude) * np.sin(declination)
    height = height + np.cos(latitude) * np.cos(declination) * np.cos(angle)
    reaching = assumptions.radiation_reaching_ground_share * _SOLAR_CONSTANT_W_M2
    return pd.Series(reaching * np.maximum(height, 0.0), index=hours)


def _felt(temperature: NDArray[np.float64], sun: NDArray[np.float64], s: HeatShape) -> NDArray[np.float64]:
    """Outdoor temperature as houses feel it: part at once, the rest and the sun over past hours."""
    stays = np.exp(-1.0 / s.inertia_hours)
    slow = (1.0 - s.direct_share) * temperature + s.sun_k_m2_per_w * sun
    start = slow[:_DAY].mean()  # the day before was like the first
    kept, _ = lfilter([1.0 - stays], [1.0, -stays], slow, zi=[stays * start])
    return np.asarray(s.direct_share * temperature + kept, dtype=np.float64)


def _mean_below(gap: NDArray[np.float64], spread: float) -> NDArray[np.float64]:
    """Mean over houses of how far it is below their limits, which are spread evenly about the mean one."""
    if spread <= 0:
        return np.asarray(np.maximum(gap, 0.0))
    between = np.clip(gap + spread, 0.0, 2 * spread) ** 2 / (4 * spread)
    return np.asarray(np.where(gap >= spread, gap, between))


def _with_shares(
    parts: pd.DataFrame, hot_water_share: float | None, loss_share: float | None
) -> pd.DataFrame:
    if hot_water_share is None or loss_share is None:
        raise ScreeningError("Give the shares of hot water and of loss both, or neither.")
    shares = np.array([1.0 - hot_water_share - loss_share, hot_water_share, loss_share])
    if not ((shares >= 0) & (shares <= 1)).all():
        raise ScreeningError(
            f"Hot water {hot_water_share:g} and loss {loss_share:g} are no shares of the heat:"
            " each from 0 to 1, together at most 1."
        )
    sums = parts.sum().to_numpy()
    if ((sums <= 0) & (shares > 0)).any():
        raise ScreeningError("A part that is given a share of the heat is zero in all these hours.")
    factors = np.divide(shares, sums, out=np.zeros(3), where=sums > 0)
    return pd.DataFrame(parts.to_numpy() * factors, index=parts.index, columns=parts.columns)


def _power_to_peak(shape: NDArray[np.float64], heat_mwh: float, peak_mw: float) -> float:
    """Power of the profile that gives the peak; the peak grows with it."""
    relative = shape / shape.max()

    def excess(power: float) -> float:
        return float(heat_mwh / (relative**power).sum() - peak_mw)

    return float(brentq(excess, 0.0, _STEEPEST, xtol=1e-13, rtol=1e-14))


def _check_hours(series: pd.Series, what: str) -> pd.DatetimeIndex:
    """Refuse gaps in hours or values, naming the first."""
    hours = series.index
    if not isinstance(hours, pd.DatetimeIndex) or hours.tz is None or not len(hours):
        raise ScreeningError(f"{what} needs hours with a time zone as index; use UTC, start of the hour.")
    steps = np.diff(hours.tz_convert("UTC").as_unit("ns").asi8)
    wrong = np.flatnonzero(steps != pd.Timedelta(hours=1).value)
    if len(wrong):
        raise ScreeningError(
            f"{what}: {len(wrong)} steps are not one hour, the first after {hours[wrong[0]]:%Y-%m-%d %H:%M};"
            " every hour must be there once."
        )
    gaps = ~np.isfinite(series.to_numpy(np.float64))
    if gaps.any():
        raise ScreeningError(
            f"{what} is missing in {gaps.sum()} hours, the first {hours[gaps.argmax()]:%Y-%m-%d %H:%M}."
        )
    return hours
