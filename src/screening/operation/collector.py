"""Heat of a field of solar collectors, hour by hour, between two water temperatures.

The sun's place and the radiation on the tilted plane come from pvlib. The collector is the steady-state curve
of its certificate (ISO 9806): optical efficiency with incidence angle for the sun's own light, one factor for
sky and ground, less a heat loss linear and quadratic in the temperature over the surroundings. What the
certificate cannot know (pipes, rows shading one another, dirt, the morning) is one stated share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pvlib import irradiance, solarposition

from screening.errors import ScreeningError

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["CollectorSite", "collector_heat_mw", "plane_radiation", "split_global_radiation"]

_HALF_HOUR = pd.Timedelta(minutes=30)
_W_PER_MW = 1e6
_KWH_PER_MWH = 1e3
_DARK_DEG = 90.0


@dataclass(frozen=True)
class CollectorSite:
    """Where the collectors stand and which way they look.

    Attributes
    ----------
    latitude_deg, longitude_deg
        Of the site, north and east positive. [deg]
    tilt_deg
        Of the collectors from the horizontal. [deg]
    azimuth_deg
        Compass direction they look in, 180 is south. [deg]
    """

    latitude_deg: float
    longitude_deg: float
    tilt_deg: float
    azimuth_deg: float

    @classmethod
    def from_assumptions(cls, assumptions: Assumptions) -> CollectorSite:
        """Make the assumed site: the middle of Denmark, facing south."""
        return cls(
            assumptions.site_latitude_deg,
            assumptions.site_longitude_deg,
            assumptions.collector_tilt_deg,
            assumptions.collector_azimuth_deg,
        )


def split_global_radiation(ghi_w_m2: pd.Series, site: CollectorSite) -> pd.DataFrame:
    """Part global radiation into the sun's own and the sky's, after Erbs.

    Parameters
    ----------
    ghi_w_m2
        Global radiation on the level, mean of each hour; index UTC, start of the hour. [W/m2]
    site
        Its latitude and longitude are used.

    Returns
    -------
    pandas.DataFrame
        ``dni_w_m2`` on a plane facing the sun and ``dhi_w_m2`` on the level; together they give the global
        radiation back. [W/m2]
    """
    hours = _hours(ghi_w_m2)
    parts = irradiance.erbs(ghi_w_m2, _sun(hours, site)["apparent_zenith"], hours.day_of_year.to_numpy())
    return pd.DataFrame({"dni_w_m2": parts["dni"], "dhi_w_m2": parts["dhi"]}, index=ghi_w_m2.index)


def plane_radiation(
    ghi_w_m2: pd.Series,
    site: CollectorSite,
    assumptions: Assumptions,
    dni_w_m2: pd.Series | None = None,
    dhi_w_m2: pd.Series | None = None,
) -> pd.DataFrame:
    """Radiation on the collectors' plane.

    The sun stands where it is in the middle of each hour. Sky radiation after Hay and Davies, the ground
    reflects an assumed share.

    Parameters
    ----------
    ghi_w_m2
        Global radiation on the level, mean of each hour; index UTC, start of the hour. [W/m2]
    site
        Place, tilt and direction.
    assumptions
        Set with the operation's assumptions.
    dni_w_m2, dhi_w_m2
        The sun's own on a plane facing it, and the sky's on the level; both or neither, then they are split
        from the global radiation. [W/m2]

    Returns
    -------
    pandas.DataFrame
        ``beam_w_m2`` and ``diffuse_w_m2`` (sky and ground) on the plane [W/m2], ``incidence_deg`` between the
        sun and the plane's normal [deg].

    Raises
    ------
    ScreeningError
        For hours without a time zone, missing or negative radiation, or only one of the two parts.
    """
    hours = _hours(ghi_w_m2)
    if (dni_w_m2 is None) != (dhi_w_m2 is None):
        raise ScreeningError("Give direct and diffuse radiation both, or neither: then global is split.")
    if dni_w_m2 is None or dhi_w_m2 is None:
        parts = split_global_radiation(ghi_w_m2, site)
        dni_w_m2, dhi_w_m2 = parts["dni_w_m2"], parts["dhi_w_m2"]
    for name, series in (("Global", ghi_w_m2), ("Direct", dni_w_m2), ("Diffuse", dhi_w_m2)):
        _check(series, hours, f"{name} radiation", at_least=0.0)
    sun = _sun(hours, site)
    plane = irradiance.get_total_irradiance(
        site.tilt_deg,
        site.azimuth_deg,
        sun["apparent_zenith"],
        sun["azimuth"],
        dni_w_m2,
        ghi_w_m2,
        dhi_w_m2,
        dni_extra=irradiance.get_extra_radiation(hours.day_of_year.to_numpy()),
        albedo=assumptions.ground_reflection_share,
        model="haydavies",
    )
    incidence = irradiance.aoi(site.tilt_deg, site.azimuth_deg, sun["apparent_zenith"], sun["azimuth"])
    # With the sun's middle-of-hour place below the horizon, what light there was came from the sky.
    beam = plane["poa_direct"].where(sun["apparent_zenith"] < _DARK_DEG, 0.0)
    diffuse = plane["poa_diffuse"]
    return pd.DataFrame(
        {"beam_w_m2": beam, "diffuse_w_m2": diffuse, "incidence_deg": incidence}, index=ghi_w_m2.index
    ).fillna({"beam_w_m2": 0.0, "diffuse_w_m2": 0.0})


def collector_heat_mw(
    area_m2: float,
    radiation: pd.DataFrame,
    outdoor_c: pd.Series,
    inlet_c: float,
    outlet_c: float,
    assumptions: Assumptions,
) -> pd.DataFrame:
    """Heat and flow of a collector field that lifts water from one temperature to another.

    Parameters
    ----------
    area_m2
        Aperture area of the collectors. [m2]
    radiation
        As ``plane_radiation`` gives it.
    outdoor_c
        Outdoor temperature in the same hours. [C]
    inlet_c, outlet_c
        Temperatures between which water is heated; the collectors are taken to be at their mean. [C]
    assumptions
        Set with the operation's assumptions.

    Returns
    -------
    pandas.DataFrame
        ``heat_mw`` that the field can give in each hour, zero when it would lose heat [MW], and the flow
        ``flow_m3_per_h`` that carries it away at the outlet temperature [m3/h].

    Raises
    ------
    ScreeningError
        For an outlet not above the inlet, a negative area, or hours that differ or are missing.
    """
    if not outlet_c > inlet_c:
        raise ScreeningError(f"Collector field: outlet {outlet_c:g} C is not above inlet {inlet_c:g} C.")
    if not area_m2 >= 0:
        raise ScreeningError(f"Collector field: area is {area_m2:g} m2; give zero or more.")
    _check(outdoor_c, radiation.index, "Outdoor temperature")
    degrees, factors = assumptions.column("collector_incidence_factor")
    falls = np.interp(radiation["incidence_deg"].to_numpy(), [0.0, *degrees], [1.0, *factors])
    light = (
        falls * radiation["beam_w_m2"].to_numpy()
        + assumptions.collector_diffuse_factor * radiation["diffuse_w_m2"].to_numpy()
    )
    over = (inlet_c + outlet_c) / 2 - outdoor_c.to_numpy(dtype=np.float64)
    loss = (
        assumptions.collector_loss_w_per_m2_k * over
        + assumptions.collector_loss_w_per_m2_k2 * over * np.abs(over)
    )
    gross_m2 = area_m2 * assumptions.collector_gross_area_ratio
    net = np.maximum(assumptions.collector_optical_efficiency * light - loss, 0.0) * gross_m2
    heat = net * (1.0 - assumptions.collector_field_loss_share) / _W_PER_MW
    per_m3 = assumptions.water_heat_capacity_kwh_per_m3_k * (outlet_c - inlet_c) / _KWH_PER_MWH
    return pd.DataFrame({"heat_mw": heat, "flow_m3_per_h": heat / per_m3}, index=radiation.index)


def _sun(hours: pd.DatetimeIndex, site: CollectorSite) -> pd.DataFrame:
    """Place of the sun in the middle of each hour, under the hour's own label."""
    place = solarposition.get_solarposition(hours + _HALF_HOUR, site.latitude_deg, site.longitude_deg)
    return pd.DataFrame(place).set_axis(hours)


def _hours(series: pd.Series) -> pd.DatetimeIndex:
    if not isinstance(series.index, pd.DatetimeIndex) or series.index.tz is None:
        raise ScreeningError("Radiation needs hours with a time zone as index; use UTC, start of the hour.")
    return series.index


def _check(series: pd.Series, hours: pd.Index, what: str, at_least: float = -np.inf) -> None:
    """Refuse other hours, gaps and values below what is possible; names the first."""
    if not series.index.equals(hours):
        raise ScreeningError(
            f"{what} has {len(series)} hours, not the same {len(hours)} hours as global radiation."
        )
    wrong = ~(series >= at_least)
    if wrong.any():
        first = f"{wrong.idxmax():%Y-%m-%d %H:%M}"
        raise ScreeningError(
            f"{what} is missing or too low in {int(wrong.sum())} hours, the first {first} UTC;"
            " mend the series."
        )
