"""Site and noise against hand calculations; proposed places against a search through the whole grid."""

from __future__ import annotations

import math
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from screening import assumptions
from screening.supply import (
    combined_sound_power,
    grid_connection_price,
    noise_distance,
    plant_sites,
    site_candidates,
    site_needs,
    site_surroundings,
    sound_pressure,
)
from screening.supply.places import is_noise_sensitive
from screening.units import unit_of

A = assumptions.load("cowi-2022")
CRS = "EPSG:25832"
EAST, NORTH = 700_000.0, 6_200_000.0
# A small search with a coarse grid, so that a plain loop can go through it.
SMALL = A.replace(site_search_distance_m=200, site_grid_m=50, site_candidate_spacing_m=100)


def houses(points, use="120", footprint_m2=100.0):
    """Buildings at points given from (EAST, NORTH)."""
    uses = [use] * len(points) if isinstance(use, str) else use
    return gpd.GeoDataFrame(
        {
            "use_code": np.array(uses, dtype=object),
            "area_m2": np.nan,
            "footprint_area_m2": footprint_m2,
            "floor_count": 1.0,
        },
        index=pd.Index([f"b{i}" for i in range(len(points))], name="building_id", dtype=object),
        geometry=gpd.points_from_xy([EAST + x for x, _ in points], [NORTH + y for _, y in points]),
        crs=CRS,
    )


def square(side, x=0.0, y=0.0):
    return shapely.box(EAST + x, NORTH + y, EAST + x + side, NORTH + y + side)


def around(buildings, a=SMALL, roads=None):
    return site_surroundings(buildings, None, roads, a)


# --- sound


def test_twice_the_distance_is_six_decibels_less():
    near, far = sound_pressure(90.0, [37.0, 74.0], A)
    assert near - far == pytest.approx(6.0206, abs=1e-4)


@pytest.mark.parametrize(("count", "more"), [(2, 3.0103), (3, 4.7712), (6, 7.7815), (10, 10.0)])
def test_equal_sources_add_by_energy(count, more):
    assert float(combined_sound_power(80.0, count)) - 80.0 == pytest.approx(more, abs=1e-4)


def test_half_space_is_three_decibels_above_free_space():
    # 11 dB is 10 log10(4 pi), 8 dB is 10 log10(2 pi): the ground mirrors the sound.
    free = sound_pressure(90.0, 50.0, A.replace(noise_spread_db=11))
    assert float(sound_pressure(90.0, 50.0, A) - free) == pytest.approx(3.0)
    assert 10 * math.log10(2 * math.pi) == pytest.approx(A.noise_spread_db, abs=0.05)


def test_distance_by_hand():
    # 87.78 - 8 - 35 = 44.78 dB; 10^(44.78/20) = 173.4 m. A screen of 10 dB leaves 10^(34.78/20) = 54.8 m.
    assert float(noise_distance(87.7815, 35.0, A)) == pytest.approx(173.4, abs=0.05)
    assert float(noise_distance(87.7815, 35.0, A.replace(noise_screen_db=10))) == pytest.approx(
        54.8, abs=0.05
    )
    # Tones add 5 dB, which is a factor of 1.778 on the distance.
    assert float(noise_distance(87.7815, 35.0, A.replace(noise_tone_db=5))) == pytest.approx(308.4, abs=0.1)


@given(st.floats(60, 100), st.floats(30, 60))
def test_the_limit_is_just_kept_at_the_distance(power, limit):
    distance = noise_distance(power, limit, A)
    assert float(sound_pressure(power, distance, A)) == pytest.approx(limit)


# --- what the plant needs


def test_the_packaged_plants_by_hand():
    table = site_needs([500, 1000, 3000], A)
    assert table["heat_pump_count"].tolist() == [1, 2, 6]
    assert table["heat_pump_kw"].tolist() == [225, 450, 1350]
    # 80 dB for each 225 kW: +0, +3.01, +7.78.
    assert table["sound_power_db"].round(2).tolist() == [80.0, 83.01, 87.78]
    assert table["noise_distance_night_m"].round(1).tolist() == [70.8, 100.1, 173.4]
    assert table["noise_distance_evening_m"].round(1).tolist() == [39.8, 56.3, 97.5]
    assert table["noise_distance_day_m"].round(1).tolist() == [22.4, 31.7, 54.8]
    # Tank of 100 m3, twice as high as wide: pi/4 d2 2d = 100 gives d = 3.993 m.
    assert table["tank_diameter_m"].iloc[0] == pytest.approx(3.993, abs=1e-3)
    assert table["tank_height_m"].iloc[0] == pytest.approx(7.986, abs=1e-3)
    # 600 + 150 + (3.993 + 6)^2 m2; and 600 + 900 + (5.031 + 6)^2.
    assert table["site_m2"].round(1).tolist()[::2] == [849.9, 1621.7]
    # 225 / 2 + 375 / 0.99 = 491.3 kW; over 0.69 kW/A = 712 A.
    assert table["electric_kw"].iloc[0] == pytest.approx(491.29, abs=0.01)
    assert table["grid_current_a"].iloc[0] == pytest.approx(712.0, abs=0.05)


def test_the_ampere_are_those_that_the_economics_pay_for():
    table = site_needs([180.0, 1733.0], A)
    price = grid_connection_price(table["heat_pump_kw"], table["electric_boiler_kw"], A)
    assert (table["grid_current_a"] * A.grid_connection_dkk_per_a).tolist() == pytest.approx(price.tolist())


def test_the_range_of_the_sound_power_is_told():
    row = site_needs(500, A).iloc[0]
    # 70 dB: 10^(27/20) = 22.4 m; 93 dB: 10^(50/20) = 316.2 m.
    assert row["noise_distance_low_m"] == pytest.approx(22.4, abs=0.05)
    assert row["noise_distance_high_m"] == pytest.approx(316.2, abs=0.05)


def test_the_strictest_limit_decides():
    row = site_needs(500, A.replace(noise_limit_evening_db=30)).iloc[0]
    assert row["noise_distance_m"] == row["noise_distance_evening_m"] > row["noise_distance_night_m"]


@given(st.floats(1, 20_000), st.floats(1, 20_000))
def test_a_larger_plant_needs_no_less(first, second):
    small, large = site_needs(sorted([first, second]), A).itertuples(index=False)
    for name in small._fields:
        assert getattr(large, name) >= getattr(small, name) - 1e-9, name


def test_no_plant_needs_nothing():
    row = site_needs(0.0, A).iloc[0]
    assert np.isnan(row["sound_power_db"])
    assert (row.drop("sound_power_db") == 0).all()


def test_every_column_names_its_unit():
    columns = [*site_needs(500, A).columns, *site_candidates(square(100), shapely.Point(EAST, NORTH),
               around(houses([])), 50.0, 800.0, SMALL).columns.drop(["number", "geometry"])]  # fmt: skip
    assert [name for name in columns if unit_of(name) is None] == []


# --- where there is room


def by_hand(outline, centre, buildings, roads, distance_m, site_m2, a):
    """Every point of the grid that keeps its distances, one after the other."""
    west, south, east, north = outline.buffer(a.site_search_distance_m).bounds
    step, kept = a.site_grid_m, []
    shapes = [shapely.box(p.x - 5, p.y - 5, p.x + 5, p.y + 5) for p in buildings.geometry]  # 100 m2
    sensitive = buildings["use_code"].isin(["120", "510"])
    for i in range(math.floor(west / step), math.ceil(east / step) + 1):
        for j in range(math.floor(south / step), math.ceil(north / step) + 1):
            place = shapely.Point(i * step, j * step)
            to_all = [place.distance(shape) for shape in shapes]
            to_dwelling = [d for d, is_near in zip(to_all, sensitive, strict=True) if is_near]
            if (
                place.distance(outline) <= a.site_search_distance_m
                and min(to_dwelling, default=math.inf) >= distance_m + a.site_dwelling_margin_m
                and min(to_all, default=math.inf) >= math.sqrt(site_m2 / 2)
                and min((place.distance(road) for road in roads), default=math.inf) >= math.sqrt(site_m2 / 2)
            ):
                kept.append((math.hypot(place.x - centre.x, place.y - centre.y), place.x, place.y))
    chosen = []
    for away, x, y in sorted(kept):
        if all(math.hypot(x - p, y - q) >= a.site_candidate_spacing_m for _, p, q in chosen):
            chosen.append((away, x, y))
    return chosen[: int(a.site_candidate_count)]


spot = st.tuples(st.integers(-300, 500), st.integers(-300, 500))


@given(
    st.lists(st.tuples(spot, st.sampled_from(["120", "510", "321", "910"])), max_size=12),
    st.lists(st.tuples(spot, spot).filter(lambda pair: pair[0] != pair[1]), max_size=2),
    st.integers(0, 250),
    st.integers(100, 3000),
)
def test_the_places_are_those_that_a_search_by_hand_finds(built, streets, distance_m, site_m2):
    buildings = houses([at for at, _ in built], [use for _, use in built])
    roads = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(EAST + x, NORTH + y) for x, y in street]) for street in streets],
        crs=CRS,
    )
    outline, centre = square(200), shapely.Point(EAST + 71, NORTH + 113)
    # With triangles between so few buildings all ground is unknown: here the distances alone are proved.
    near = replace(around(buildings, SMALL, roads), triangles=None)
    found = site_candidates(outline, centre, near, float(distance_m), float(site_m2), SMALL)
    expected = by_hand(outline, centre, buildings, roads.geometry, distance_m, site_m2, SMALL)
    assert list(zip(found["easting_m"], found["northing_m"], strict=True)) == [(x, y) for _, x, y in expected]
    assert found["heat_centre_distance_m"].tolist() == pytest.approx([away for away, _, _ in expected])
    assert found["number"].tolist() == list(range(1, len(expected) + 1))


def test_no_buildings_leave_the_place_at_the_heat():
    found = site_candidates(
        square(200), shapely.Point(EAST + 110, NORTH + 90), around(houses([])), 70.0, 800.0, SMALL
    )
    first = found.iloc[0]
    assert (first["easting_m"], first["northing_m"]) == (EAST + 100, NORTH + 100)
    assert first["transmission_m"] == 0
    assert np.isnan(first["dwelling_distance_m"])


def test_a_town_closed_in_by_houses_has_no_room():
    everywhere = [(x, y) for x in range(-300, 501, 40) for y in range(-300, 501, 40)]
    found = site_candidates(
        square(200), shapely.Point(EAST, NORTH), around(houses(everywhere)), 70.0, 800.0, SMALL
    )
    assert len(found) == 0
    assert "transmission_m" in found


def test_a_shed_keeps_the_site_off_but_not_the_noise():
    # The shed stands on the heat's centre: half the diagonal of 5,000 m2 is 50 m, from the wall 55 m.
    sheds = around(houses([(100, 100)], "910"))
    found = site_candidates(square(200), shapely.Point(EAST + 100, NORTH + 100), sheds, 500.0, 5_000.0, SMALL)
    assert found["building_distance_m"].iloc[0] == pytest.approx(math.hypot(45, 45))
    assert np.isnan(found["dwelling_distance_m"]).all()


def test_nothing_is_proposed_where_no_building_stands_beyond():
    # A town on a straight coast: all houses lie south of y = 0; the sea begins there.
    rng = np.random.default_rng(7)
    land = np.column_stack([rng.uniform(-2500, 2500, 400), rng.uniform(-3000, 0, 400)])
    town = [(x, y) for x in range(-200, 201, 40) for y in range(-200, 1, 40)]
    near = around(houses([*map(tuple, land), *town]), A)
    outline = square(400, -200, -250)
    found = site_candidates(outline, shapely.Point(EAST, NORTH - 20), near, 100.0, 1000.0, A)
    assert len(found) == 3
    assert (found["northing_m"] < NORTH).all()
    no_rule = replace(near, triangles=None)
    at_sea = site_candidates(outline, shapely.Point(EAST, NORTH - 20), no_rule, 100.0, 1000.0, A)
    assert (at_sea["northing_m"] > NORTH).any()  # without the rule the nearest place lies in the water


def test_a_hole_wider_than_the_limit_is_unknown_ground():
    # Buildings on a ring of 600 m radius: the ring's middle is the centre of an empty circle of 600 m.
    ring = [(600 * math.cos(t), 600 * math.sin(t)) for t in np.linspace(0, 2 * math.pi, 40, endpoint=False)]
    middle = np.array([[EAST, NORTH]])
    assert not around(houses(ring), A.replace(site_open_ground_m=590)).is_known_ground(middle)[0]
    assert around(houses(ring), A.replace(site_open_ground_m=610)).is_known_ground(middle)[0]


def test_houses_on_one_line_make_no_triangle():
    assert around(houses([(0, 0), (100, 0), (200, 0)])).triangles is None


def test_who_hears_it():
    codes = pd.Series(["110", "140", "510", "540", "160", "321", "930", "999", None], dtype=object)
    assert is_noise_sensitive(codes).tolist() == [True, True, True, True, True, False, False, True, True]


# --- for every area


def areas(count=2):
    shapes = [square(200, 1000 * i) for i in range(count)] + [shapely.Polygon()]
    names = [f"By {i}" for i in range(count)] + ["Tom"]
    return gpd.GeoDataFrame({"area": names}, geometry=shapes, crs=CRS)


def heated(points, area, mwh):
    return houses(points).assign(area=area, is_in_trimmed=True, is_oil_gas=True, heat_demand_mwh=mwh)


def test_one_row_for_each_area_and_the_nearest_place():
    buildings = heated([(20, 20), (180, 20)], "By 0", [30.0, 10.0])
    near = around(buildings)
    site, places = plant_sites(
        areas(), buildings, pd.Series({"By 0": 40.0, "By 1": np.nan, "Tom": 0.0}), near, SMALL
    )
    assert site["area"].tolist() == ["By 0", "By 1", "Tom"]
    assert site["site_m2"].tolist() == pytest.approx([849.9, 0.0, 0.0], abs=0.05)
    assert site["candidate_count"].tolist() == [3, 0, 0]
    assert np.isnan(site["site_distance_m"]).tolist() == [False, True, True]
    assert places["area"].unique().tolist() == ["By 0"]
    # The heat lies at three quarters towards the first house: (60, 20).
    first = places.iloc[0]
    away = math.hypot(first["easting_m"] - EAST - 60, first["northing_m"] - NORTH - 20)
    assert first["heat_centre_distance_m"] == pytest.approx(away)


def test_the_pipe_is_paid_by_the_metre():
    # 1,000 kW: 3,896 DKK/m (the catalogue's 460 EUR2015/m times 8.47).
    buildings = heated([(20, 20), (180, 180)], "By 0", 30.0)
    _, places = plant_sites(areas(), buildings, pd.Series({"By 0": 1000.0}), around(buildings), SMALL)
    outside = places[places["transmission_m"] > 0]
    assert len(outside)
    assert (outside["transmission_dkk"] / outside["transmission_m"]).tolist() == pytest.approx(
        [460 * 8.47] * len(outside), rel=1e-3
    )


def test_heat_that_is_not_known_is_taken_to_lie_in_the_middle():
    buildings = heated([(20, 20)], "By 0", np.nan)
    _, places = plant_sites(areas(), buildings, pd.Series({"By 0": 40.0}), around(buildings), SMALL)
    assert places["heat_centre_distance_m"].iloc[0] == 0  # (100, 100) is the middle and on the grid


def test_areas_without_a_plant_give_a_table_without_rows():
    site, places = plant_sites(
        areas(), houses([]).assign(area=""), pd.Series(dtype=float), around(houses([])), A
    )
    assert len(site) == 3
    assert len(places) == 0
    assert {"area", "transmission_m", "geometry"} <= set(places)
