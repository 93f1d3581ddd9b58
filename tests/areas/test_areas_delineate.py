"""Trimming: what joins, what falls away, what every building belongs to."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from screening import assumptions, tables
from screening.areas import assign, delineate, outline, outside
from screening.errors import TableError

EAST, NORTH = 700_000.0, 6_200_000.0
SET = assumptions.load("cowi-2022")


def town(places, *, use="120", demand_mwh=18.0, oil=True, start=0):
    """Buildings at places in metres from a corner of the test map."""
    count = len(places)
    return gpd.GeoDataFrame(
        {
            "use_code": [use] * count,
            "heating_installation_code": ["2" if oil else "1"] * count,
            "is_oil": np.full(count, oil),
            "is_gas": np.full(count, fill_value=False),
            "heat_demand_mwh": [demand_mwh] * count,
        },
        geometry=[Point(EAST + x, NORTH + y) for x, y in places],
        index=pd.Index([f"b{start + i:04d}" for i in range(count)], name="building_id"),
        crs=tables.CRS,
    )


def polygons(**named):
    return gpd.GeoDataFrame(
        {"area": list(named)},
        geometry=[shapely.transform(p, lambda c: np.add(c, (EAST, NORTH))) for p in named.values()],
        crs=tables.CRS,
    )


STREET = [(50.0 * i, 0.0) for i in range(10)]
SQUARE = box(-500, -500, 1500, 500)


def test_a_street_becomes_a_strip_of_the_margin_on_each_side():
    trimmed = delineate(town(STREET), polygons(a=SQUARE), SET)
    # 450 m x 60 m, and a circle of radius 30 m made of its two ends.
    assert trimmed.loc[0, "area_km2"] * 1e6 == pytest.approx(450 * 60 + np.pi * 30**2, rel=2e-3)
    assert trimmed.loc[0, "original_km2"] == pytest.approx(2.0)
    assert trimmed.loc[0, ["outside_count", "outside_heat_mwh"]].tolist() == [0, 0.0]


def test_the_join_distance_is_the_longest_gap_bridged():
    pairs = np.array([(0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (170.0, 0.0), (180.0, 0.0), (190.0, 0.0)])
    joined = outline(pairs, join_distance_m=150.0, margin_m=30.0, min_count=3)
    apart = outline(pairs, join_distance_m=149.9, margin_m=30.0, min_count=3)
    assert len(shapely.get_parts(joined)) == 1
    assert len(shapely.get_parts(apart)) == 2


def test_fewer_buildings_than_the_minimum_fall_away_and_are_reported():
    far = town([(1000.0, 0.0), (1010.0, 0.0)], start=100)
    buildings = pd.concat([town(STREET), far])
    areas = polygons(a=SQUARE)
    trimmed = delineate(buildings, areas, SET)
    assert trimmed.loc[0, ["outside_count", "outside_heat_mwh"]].tolist() == [2, 36.0]
    left = outside(buildings, areas, trimmed)
    assert left.index.tolist() == far.index.tolist()
    assert left["area"].tolist() == ["a", "a"]
    low = delineate(buildings, areas, SET.replace(trim_min_buildings_count=2))
    assert low.loc[0, "outside_count"] == 0


def test_buildings_that_share_a_point_count_each():
    trimmed = delineate(town([(0.0, 0.0)] * 3), polygons(a=SQUARE), SET)
    assert trimmed.loc[0, "area_km2"] * 1e6 == pytest.approx(np.pi * 30**2, rel=2e-3)


def test_an_area_without_oil_or_gas_stays_as_an_empty_row():
    areas = polygons(a=SQUARE, b=box(2000, 0, 3000, 500))
    buildings = pd.concat([town(STREET), town([(2100.0, 100.0)] * 5, oil=False, start=50)])
    trimmed = delineate(buildings, areas, SET)
    assert trimmed["area"].tolist() == ["a", "b"]
    assert trimmed.loc[1, "area_km2"] == 0.0
    assert trimmed.geometry.iloc[1].is_empty
    none = delineate(buildings.iloc[:0], areas, SET)
    assert none["area_km2"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("use", ["510", "910", "930"])
def test_summer_houses_and_outbuildings_are_left_out(use):
    trimmed = delineate(town(STREET, use=use), polygons(a=SQUARE), SET)
    assert trimmed.loc[0, ["area_km2", "outside_count"]].tolist() == [0.0, 0]


def test_one_building_more_or_less_does_not_move_another_town():
    areas = polygons(a=box(-500, -500, 700, 500), b=box(700, -500, 3000, 500))
    other = town([(1000.0 + 40 * i, 30.0 * (i % 3)) for i in range(20)], start=100)
    before = delineate(pd.concat([town(STREET), other]), areas, SET)
    after = delineate(pd.concat([town(STREET[:-1]), other]), areas, SET)
    assert before.geometry.iloc[1].equals_exact(after.geometry.iloc[1], 0.0)
    assert after.loc[0, "area_km2"] < before.loc[0, "area_km2"]


def test_the_polygon_is_never_left_and_a_piece_without_building_goes():
    # The polygon has a slit; north of it no building stands, though the margin reaches across.
    slit = Polygon(
        [(-200, -200), (700, -200), (700, 200), (-200, 200), (-200, 20), (650, 20), (650, 10), (-200, 10)]
    )
    areas = polygons(a=slit)
    trimmed = delineate(town(STREET), areas, SET)
    assert trimmed.geometry.iloc[0].geom_type == "Polygon"
    assert trimmed.geometry.iloc[0].bounds[3] == pytest.approx(NORTH + 10)
    assert areas.geometry.iloc[0].buffer(1e-6).covers(trimmed.geometry.iloc[0])


def test_a_small_hole_is_filled_and_a_large_one_kept():
    def ring(radius_m, count):
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
        return radius_m * np.column_stack([np.cos(angle), np.sin(angle)])

    assert len(outline(ring(100, 12), 100.0, 20.0, 3).interiors) == 1
    assert len(outline(ring(60, 12), 100.0, 20.0, 3).interiors) == 0


def test_other_columns_and_the_index_of_areas_stay():
    areas = polygons(a=SQUARE).assign(town="A by").set_index(pd.Index([7]))
    trimmed = delineate(town(STREET), areas, SET)
    assert trimmed.index.tolist() == [7]
    assert trimmed.loc[7, "town"] == "A by"


def test_trimmed_areas_never_overlap_and_the_part_goes_before_the_whole():
    areas = polygons(whole=SQUARE, part=box(200, -100, 1000, 100))
    trimmed = delineate(town(STREET), areas, SET)
    assert trimmed.geometry.iloc[0].intersection(trimmed.geometry.iloc[1]).area == pytest.approx(0, abs=1e-6)
    # x = 200 to 450 stand in the part: 6 of 10.
    assert assign(town(STREET), areas).value_counts().to_dict() == {"part": 6, "whole": 4}
    assert assign(town(STREET), trimmed).value_counts().to_dict() == {"part": 6, "whole": 4}


def test_a_point_on_a_shared_border_belongs_to_one_area_whatever_the_order():
    areas = polygons(b=box(0, 0, 100, 100), a=box(100, 0, 200, 100))
    point = town([(100.0, 50.0)])
    assert assign(point, areas).tolist() == ["a"]  # equally large: by name
    assert assign(point, areas.iloc[::-1]).tolist() == ["a"]


def test_assign_says_none_outside_all():
    home = assign(town([(5000.0, 0.0)]), polygons(a=SQUARE))
    assert home.isna().all()
    assert home.name == "area"
    assert assign(town(STREET).iloc[:0], polygons(a=SQUARE)).empty


places = st.lists(st.tuples(st.integers(-400, 900), st.integers(-400, 400)), min_size=0, max_size=40)


@given(places, st.randoms())
def test_order_of_rows_does_not_matter_and_no_building_is_lost(points, random):
    buildings = town(points)
    areas = polygons(a=box(-500, -500, 300, 500), b=box(200, -500, 900, 500))
    trimmed = delineate(buildings, areas, SET)
    shuffled = random.sample(range(len(points)), len(points))
    again = delineate(buildings.iloc[shuffled], areas.iloc[::-1], SET).iloc[::-1]
    assert again["area"].tolist() == trimmed["area"].tolist()
    for one, other in zip(trimmed.geometry, again.geometry, strict=True):
        assert one.equals_exact(other, 1e-6)
    inside = assign(buildings, trimmed).notna().sum()
    assert inside + trimmed["outside_count"].sum() == len(buildings)
    assert trimmed.geometry.is_valid.all()
    first, second = trimmed.geometry
    assert first.intersection(second).area == pytest.approx(0, abs=1e-6)


@given(places)
def test_members_are_those_with_enough_neighbours(points):
    # Brute force: grow each settlement pair by pair.
    left = set(range(len(points)))
    kept = 0
    while left:
        group = {left.pop()}
        grown = True
        while grown:
            near = {
                i for i in left if any(np.hypot(*np.subtract(points[i], points[j])) <= 150 for j in group)
            }
            left -= near
            group |= near
            grown = bool(near)
        kept += len(group) * (len(group) >= 3)
    trimmed = delineate(town(points), polygons(a=box(-500, -500, 1000, 500)), SET)
    # A lone building can stand inside a settlement's bay that the outline rounds off: never fewer than kept.
    assert len(points) - trimmed.loc[0, "outside_count"] >= kept
    assert all(trimmed.geometry.iloc[0].area >= 0.99 * np.pi * 30**2 for _ in range(kept > 0))


def test_faults_are_named():
    with pytest.raises(TableError, match="is_oil is missing"):
        delineate(town(STREET).drop(columns="is_oil"), polygons(a=SQUARE), SET)
    with pytest.raises(TableError, match="EPSG:4326; expected EPSG:25832"):
        delineate(town(STREET), polygons(a=SQUARE).to_crs(4326), SET)
    with pytest.raises(TableError, match="'a' are invalid polygons"):
        delineate(town(STREET), polygons(a=Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])), SET)
    with pytest.raises(TableError, match="'a' have no polygon"):
        delineate(town(STREET), polygons(a=Polygon()), SET)
    with pytest.raises(TableError, match="'a' are no polygons"):
        delineate(town(STREET), polygons(a=SQUARE.exterior), SET)
    twice = pd.concat([polygons(a=SQUARE), polygons(a=SQUARE)], ignore_index=True)
    with pytest.raises(TableError, match="area: 2 rows break"):
        delineate(town(STREET), twice, SET)
    lost = town(STREET)
    lost.loc["b0003", "geometry"] = None
    with pytest.raises(TableError, match=r"1 rows have no point \(rows b0003\)"):
        delineate(lost, polygons(a=SQUARE), SET)
