"""Solar collectors: hand calculations, pvlib used right, yields of Denmark, refusals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import assumptions
from screening.errors import ScreeningError
from screening.operation.collector import (
    CollectorSite,
    collector_heat_mw,
    plane_radiation,
    split_global_radiation,
)

SET = assumptions.load()
SITE = CollectorSite.from_assumptions(SET)
HEAT_KWH_PER_M3_K = SET.water_heat_capacity_kwh_per_m3_k


def hours(start, count):
    return pd.date_range(start, periods=count, freq="h", tz="UTC")


def radiation(beam, diffuse, incidence=0.0, index=None):
    index = hours("2024-06-01", 1) if index is None else index
    return pd.DataFrame(
        {"beam_w_m2": beam, "diffuse_w_m2": diffuse, "incidence_deg": incidence}, index=index, dtype=float
    )


def outdoor(value, index):
    return pd.Series(float(value), index=index)


@pytest.fixture(scope="module")
def aarhus(request):
    """A real year: temperature and radiation of Aarhus 2024 (reanalysis)."""
    folder = request.getfixturevalue("real_data")
    table = pd.read_csv(folder / "series" / "weather_openmeteo_aarhus_2024.csv.gz")
    return table.set_index(pd.DatetimeIndex(pd.to_datetime(table.pop("utc"), utc=True))).dropna()


def test_certificate_curve_by_hand():
    # 800 W/m2 of sun at right angles, 100 of sky, collector 60 C in air of 20 C; per gross m2:
    # 0.745 x (800 + 0.93 x 100) - 2.067 x 40 - 0.009 x 1600 = 568.205 W/m2
    # 10,000 m2 aperture are 10,804 m2 gross; 8 % lost in the field: 5.6477 MW
    light = radiation(800, 100)
    out = collector_heat_mw(10_000, light, outdoor(20, light.index), 40, 80, SET).iloc[0]
    assert out["heat_mw"] == pytest.approx(568.205 * 10_804 * 0.92 / 1e6, rel=1e-9)
    assert out["flow_m3_per_h"] == pytest.approx(out["heat_mw"] * 1000 / (HEAT_KWH_PER_M3_K * 40), rel=1e-12)


@pytest.mark.parametrize(
    ("degrees", "factor"), [(0, 1.0), (5, 1.0), (50, 0.90), (55, 0.86), (90, 0.0), (120, 0.0)]
)
def test_incidence_factor_between_the_certificates_angles(degrees, factor):
    light = radiation(1000, 0, degrees)
    cold = collector_heat_mw(1000, light, outdoor(60, light.index), 40, 80, SET)["heat_mw"].iloc[0]
    assert cold == pytest.approx(0.745 * 1000 * factor * 1080.4 * 0.92 / 1e6, rel=1e-9)


def test_a_field_that_would_lose_heat_stands():
    light = radiation([0, 100], [0, 50], index=hours("2024-01-01", 2))
    out = collector_heat_mw(30_000, light, outdoor(-5, light.index), 40, 80, SET)
    assert out.to_numpy().tolist() == [[0, 0], [0, 0]]


@given(
    st.floats(0, 1000),
    st.floats(0, 400),
    st.floats(-15, 30),
    st.floats(10, 50),
    st.floats(5, 40),
    st.floats(0, 20),
)
def test_colder_water_never_gives_less(beam, diffuse, air, inlet, lift, colder):
    light = radiation(beam, diffuse, 30)

    def heat(first, last):
        return collector_heat_mw(1000, light, outdoor(air, light.index), first, last, SET)["heat_mw"].iloc[0]

    assert heat(inlet - colder, inlet + lift) >= heat(inlet, inlet + lift)
    assert heat(inlet, inlet + lift) >= heat(inlet, inlet + lift + colder)
    # Never more than the light that falls on the gross area.
    assert heat(inlet, inlet + lift) <= max(beam + diffuse, 0) * 1080.4 / 1e6 or air > inlet


def test_sun_stands_in_the_middle_of_the_hour():
    # Equinox: due south at 12 h less 40 minutes (10 degrees east) plus 7.5 (equation of time): 11:27 UTC.
    # The hour from 11:00, middle 11:30, has the smallest incidence, and its neighbours are nearly alike;
    # a sun at the start of the hour would be 7 degrees off, at the end another way.
    index = hours("2024-03-20", 24)
    light = plane_radiation(
        pd.Series(300.0, index), SITE, SET, pd.Series(0.0, index), pd.Series(300.0, index)
    )
    angle = light["incidence_deg"]
    assert angle.idxmin().hour == 11
    assert angle.iloc[10] == pytest.approx(angle.iloc[12], abs=1.0)
    # South at equinox: height 90 - 56 = 34 degrees, zenith 56; a tilt of 38 leaves 18.
    assert angle.min() == pytest.approx(18, abs=0.5)


def test_direct_light_on_the_plane_follows_the_angle():
    index = hours("2024-06-21", 24)
    dni = pd.Series(600.0, index)
    light = plane_radiation(dni * 0 + 100, SITE, SET, dni, dni * 0 + 100)
    noon = light.iloc[11]
    assert noon["beam_w_m2"] == pytest.approx(600 * math.cos(math.radians(noon["incidence_deg"])), rel=1e-6)
    assert light["beam_w_m2"].iloc[[0, 1, 22, 23]].tolist() == [0, 0, 0, 0]


def test_a_level_plane_gets_the_global_radiation_back():
    index = hours("2024-06-01", 48)
    sine = np.clip(np.sin((index.hour.to_numpy() - 5) / 14 * np.pi), 0, None)
    ghi = pd.Series(700 * sine, index)
    level = CollectorSite(56, 10, 0, 180)
    light = plane_radiation(ghi, level, SET)
    assert (light["beam_w_m2"] + light["diffuse_w_m2"]).to_numpy() == pytest.approx(ghi.to_numpy(), abs=1e-6)
    parts = split_global_radiation(ghi, level)
    assert (parts["dhi_w_m2"] <= ghi + 1e-9).all()
    assert (parts >= 0).all(axis=None)


@pytest.mark.real_data
def test_yield_of_a_danish_year(aarhus):
    # Danish technology catalogue, sheet 46: 450 kWh/m2 in 2015, 473 in 2020, of 1,046 on the level. DTU 2018:
    # 405 to 566 calculated at 60 C mean for six places and nine years, 313 to 577 measured.
    index = aarhus.index
    light = plane_radiation(aarhus["ghi_w_m2"], SITE, SET, aarhus["dni_w_m2"], aarhus["dhi_w_m2"])
    out = collector_heat_mw(1.0, light, aarhus["temp_c"], 40, 80, SET)
    assert 440 < out["heat_mw"].sum() * 1000 < 560
    winter = out["heat_mw"][index.month.isin([12, 1])].sum()
    assert winter < 0.05 * out["heat_mw"].sum()
    # The cold lift gives more, the wide one lies between.
    cold = collector_heat_mw(1.0, light, aarhus["temp_c"], 20, 40, SET)["heat_mw"].sum()
    wide = collector_heat_mw(1.0, light, aarhus["temp_c"], 20, 80, SET)["heat_mw"].sum()
    assert cold > wide > out["heat_mw"].sum()


@pytest.mark.real_data
def test_split_radiation_gives_nearly_the_same_yield(aarhus):
    known = plane_radiation(aarhus["ghi_w_m2"], SITE, SET, aarhus["dni_w_m2"], aarhus["dhi_w_m2"])
    split = plane_radiation(aarhus["ghi_w_m2"], SITE, SET)
    heat = [collector_heat_mw(1.0, x, aarhus["temp_c"], 40, 80, SET)["heat_mw"].sum() for x in (known, split)]
    assert heat[1] == pytest.approx(heat[0], rel=0.08)


def test_refusals_say_what_to_do():
    index = hours("2024-06-01", 3)
    ghi = pd.Series(100.0, index)
    with pytest.raises(ScreeningError, match="both, or neither"):
        plane_radiation(ghi, SITE, SET, ghi)
    with pytest.raises(ScreeningError, match="time zone"):
        plane_radiation(ghi.tz_localize(None), SITE, SET)
    with pytest.raises(ScreeningError, match="missing or too low in 1 hours, the first 2024-06-01 01:00"):
        plane_radiation(ghi.where(ghi.index.hour != 1), SITE, SET)
    with pytest.raises(ScreeningError, match="not the same 3 hours"):
        plane_radiation(ghi, SITE, SET, ghi[:2], ghi[:2])
    light = radiation(1, 1, index=index)
    with pytest.raises(ScreeningError, match="outlet 40 C is not above inlet 40"):
        collector_heat_mw(1, light, ghi, 40, 40, SET)
    with pytest.raises(ScreeningError, match="area is -1"):
        collector_heat_mw(-1, light, ghi, 40, 80, SET)
    with pytest.raises(ScreeningError, match="Outdoor temperature is missing"):
        collector_heat_mw(1, light, ghi * np.nan, 40, 80, SET)
