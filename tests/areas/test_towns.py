"""Towns found without polygons: none lost, cut where it is weakest, named, and steady."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import Point, box

from screening import assumptions, tables
from screening.areas import (
    METHODS,
    assign,
    compare_methods,
    delineate,
    find_areas,
    given_or_found,
    survey_areas,
)
from screening.areas.cutting import cut_town, share_ground
from screening.errors import AssumptionError, TableError, UnknownNameError

EAST, NORTH = 700_000.0, 6_200_000.0
SET = assumptions.load("cowi-2022")
JOIN_M = 150.0
# How far from a building that comes or goes the outline may move: a step of the join distance, and a hole
# that is filled or opened by it, which is at most 17,671 m2 large and at least 60 m wide.
NEAR_M = JOIN_M + 17_671 / 60


def buildings_at(places, *, demand_mwh=18.0, start=0):
    """Oil-heated houses at places in metres from a corner of the test map."""
    demand = np.broadcast_to(np.asarray(demand_mwh, dtype=float), len(places))
    return gpd.GeoDataFrame(
        {"use_code": "120", "is_oil": True, "is_gas": False, "heat_demand_mwh": demand},
        geometry=[Point(EAST + x, NORTH + y) for x, y in places],
        index=pd.Index([f"b{start + i:04d}" for i in range(len(places))], name="building_id"),
        crs=tables.CRS,
    ).astype({"use_code": object})


def block(columns, rows, west=0.0, south=0.0, step=40.0):
    return [(west + step * x, south + step * y) for x in range(columns) for y in range(rows)]


def test_towns_are_found_numbered_by_heat_and_the_rest_is_counted():
    west, east = buildings_at(block(5, 4)), buildings_at(block(6, 4, 1000), start=100)
    few = buildings_at(block(2, 2, 0, 2000), start=200)
    cold = buildings_at(block(3, 2, 1000, 2000), demand_mwh=10.0, start=300)
    found = survey_areas(pd.concat([west, east, few, cold]), SET)
    assert found.areas["area"].tolist() == ["Bebyggelse 1", "Bebyggelse 2"]
    assert found.areas["town"].tolist() == ["Bebyggelse 1", "Bebyggelse 2"]
    assert found.areas["building_count"].tolist() == [24, 20]
    assert found.areas["heat_demand_mwh"].tolist() == pytest.approx([432.0, 360.0])
    assert found.home[east.index].eq("Bebyggelse 1").all()
    assert found.home[few.index].isna().all()
    assert found.left_out["reason"].tolist() == ["few_buildings", "little_heat"]
    assert found.left_out["building_count"].tolist() == [4, 6]
    assert found.left_out["heat_demand_mwh"].tolist() == pytest.approx([72.0, 60.0])


def test_summer_houses_and_other_heating_are_neither_found_nor_left_out():
    other = buildings_at(block(5, 4)).assign(use_code="510")
    electric = buildings_at(block(5, 4, 1000), start=100).assign(is_oil=False)
    found = survey_areas(pd.concat([other, electric]), SET)
    assert found.areas.empty
    assert found.left_out.empty
    assert list(found.areas.columns) == list(find_areas(buildings_at(block(5, 4)), SET).columns)


def test_what_is_found_is_trimmed_as_if_a_planner_had_drawn_it():
    buildings = buildings_at(block(5, 4) + block(4, 4, 1000))
    areas = find_areas(buildings, SET)
    trimmed = delineate(buildings, areas, SET)
    assert trimmed["outside_count"].tolist() == [0, 0]
    # The outline is the one that trimming draws.
    assert trimmed["area_km2"].to_numpy() == pytest.approx(trimmed["original_km2"].to_numpy(), rel=1e-3)


def test_a_large_town_is_cut_at_its_neck():
    # Two quarters of 100 houses with 3,600 MWh each, and a street of three houses between them.
    quarters = block(10, 10) + block(10, 10, 800)
    street = [(500.0, 180.0), (600.0, 180.0), (700.0, 180.0)]
    buildings = buildings_at(quarters + street, demand_mwh=36.0)
    large = SET.replace(cut_large_heat_mwh_per_year=5000)
    found = survey_areas(buildings, large)
    assert sorted(found.areas["area"]) == ["Bebyggelse 1 vest", "Bebyggelse 1 øst"]
    assert found.areas["town"].eq("Bebyggelse 1").all()
    home = found.home.to_numpy()
    assert set(home[:100]) == {"Bebyggelse 1 vest"}
    assert set(home[100:200]) == {"Bebyggelse 1 øst"}
    whole = find_areas(buildings, SET.replace(cut_large_heat_mwh_per_year=8000))
    assert whole["area"].tolist() == ["Bebyggelse 1"]
    first, second = found.areas.geometry
    assert first.intersection(second).area == pytest.approx(0, abs=1e-6)
    assert shapely.union(first, second).symmetric_difference(whole.geometry.iloc[0]).area < 1e-3


def test_a_large_road_draws_the_cut_to_it():
    # A town without a neck; the road runs well away from its middle.
    buildings = buildings_at(block(20, 8), demand_mwh=36.0)
    large = SET.replace(cut_large_heat_mwh_per_year=5000)
    line = shapely.LineString([(EAST + 500, NORTH - 100), (EAST + 500, NORTH + 400)])
    road = gpd.GeoDataFrame({"road_class": ["Trafikvej-Gennemfart"]}, geometry=[line], crs=tables.CRS)
    with_road = survey_areas(buildings, large, roads=road).home
    is_west = buildings.geometry.x.to_numpy() < EAST + 500
    assert set(with_road[is_west]) == {"Bebyggelse 1 vest"}
    assert set(with_road[~is_west]) == {"Bebyggelse 1 øst"}
    lane = survey_areas(buildings, large, roads=road.assign(road_class="Lokalvej-Tertiær")).home
    assert lane[is_west].nunique() + lane[~is_west].nunique() == 3  # elsewhere


def test_one_building_with_most_of_the_heat_is_not_cut():
    buildings = buildings_at(block(3, 2), demand_mwh=[20_000.0, 1, 1, 1, 1, 1])
    assert find_areas(buildings, SET)["area"].tolist() == ["Bebyggelse 1"]


def test_one_large_building_off_the_town_is_not_an_area_of_its_own():
    # 75 houses of 80 MWh, and one building of 12,000 MWh 140 m away: the weakest cut is between them.
    buildings = buildings_at([*block(15, 5), (700.0, 80.0)], demand_mwh=[80.0] * 75 + [12_000.0])
    areas = find_areas(buildings, SET)
    assert areas["building_count"].min() >= 5
    assert delineate(buildings, areas, SET)["outside_count"].sum() == 0
    # Where an area may have one building the cut is made.
    single = SET.replace(found_min_buildings_count=1, trim_min_buildings_count=1)
    assert sorted(find_areas(buildings, single)["building_count"]) == [1, 75]
    # The least number that trimming keeps counts as well.
    both = SET.replace(found_min_buildings_count=1)
    assert find_areas(buildings, both)["building_count"].min() >= 3


def test_the_next_direction_is_tried_where_the_best_cut_parts_nothing():
    # A town 600 m by 160 m that any cut across parts, and 140 m south of it one building with 40 %
    # of the heat: the weakest cut leaves it alone, which is too few, so the next best one is made.
    places = [*block(16, 5), (300.0, -140.0)]
    heat = np.array([100.0] * 80 + [5_300.0])
    order = np.lexsort(np.transpose(places)[::-1])
    spots, heat = np.array(places)[order], heat[order]
    count = np.ones(len(spots), dtype=np.int64)
    part = cut_town(spots, heat, count, SET.replace(cut_large_heat_mwh_per_year=10_000))
    assert part.max() == 1
    # Not south of the town but across it.
    large = int(np.argmax(heat))
    assert np.sum(part == part[large]) > 5
    assert np.bincount(part, weights=heat).max() <= 10_000


def test_no_direction_that_parts_the_town_leaves_it_whole():
    # Eight villages with an eighth of the heat each round a square: any piece has less than 15 %.
    places = [(0.0, 0.0)]
    for angle in np.arange(8) * np.pi / 4 + 0.03:
        way = np.array([np.cos(angle), np.sin(angle)])
        places += [tuple(way * far) for far in np.arange(100.0, 1500.0, 100.0)]
        places += [tuple(way * 1550 + (x, y)) for x in range(-60, 61, 30) for y in range(-60, 61, 30)]
    spots = np.unique(places, axis=0)
    heat = np.full(len(spots), 60_000 / len(spots))
    assert cut_town(spots, heat, np.ones(len(spots), dtype=np.int64), SET).max() == 0


def test_places_to_the_last_digit_are_cut_and_shared_out():
    # Five villages at the ends of five streets, at unrounded places: cells that do not fit to the last digit.
    places = []
    for k, angle in enumerate(np.arange(5) * 2 * np.pi / 5 + 0.03):
        way = np.array([np.cos(angle), np.sin(angle)])
        places += [tuple(way * far) for far in np.arange(100.0 if k else 0.0, 1500.0, 100.0)]
        places += [tuple(way * 1550 + (x, y)) for x in range(-60, 61, 30) for y in range(-60, 61, 30)]
    buildings = buildings_at(places, demand_mwh=60_000 / len(places))
    found = survey_areas(buildings, SET)
    assert len(found.areas) == 5
    shapes = found.areas.geometry.to_numpy()
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(shapely.area(shapes).sum(), abs=1e-3)


def test_ground_is_shared_out_between_places_that_nearly_coincide():
    # Pairs of places a millionth of a millimetre apart, in four quarters.
    for seed in (19, 25, 67, 89, 113):
        rng = np.random.default_rng(seed)
        base = rng.uniform(0, 400, (150, 2)) + np.array([EAST, NORTH]) + rng.uniform(0, 5000, 2)
        places = np.unique(np.vstack([base, base[:50] + rng.normal(0, 1e-9, (50, 2))]), axis=0)
        ground = shapely.buffer(shapely.convex_hull(shapely.multipoints(places)), 30)
        middle = np.median(places, axis=0)
        part = (places > middle) @ np.array([2, 1])
        shares = share_ground(places, part, ground)
        assert shapely.is_valid(shares).all()
        assert shapely.area(shares).sum() == pytest.approx(ground.area, abs=1e-3)


def test_ground_is_shared_out_where_cells_cross(monkeypatch):
    def crossing(_cells):
        raise shapely.GEOSException("CoverageUnion cannot process incorrectly noded inputs")

    monkeypatch.setattr(shapely, "coverage_union_all", crossing)
    # Three houses 100 m apart in a strip 60 m wide: the ground is parted in the middle between them.
    places = np.array([(EAST, NORTH), (EAST + 100, NORTH), (EAST + 200, NORTH)])
    ground = box(EAST - 30, NORTH - 30, EAST + 230, NORTH + 30)
    shares = share_ground(places, np.array([0, 1, 1]), ground)
    assert shapely.area(shares) == pytest.approx([80 * 60, 180 * 60], abs=1)
    assert shapely.bounds(shares[0])[2] == pytest.approx(EAST + 50, abs=0.01)


def test_roads_without_a_class_part_no_town():
    buildings = buildings_at(block(20, 8), demand_mwh=36.0)
    large = SET.replace(cut_large_heat_mwh_per_year=5000)
    line = shapely.LineString([(EAST + 500, NORTH - 100), (EAST + 500, NORTH + 400)])
    unknown = gpd.GeoDataFrame({"name": ["Strandvejen"]}, geometry=[line], crs=tables.CRS)
    assert find_areas(buildings, large, roads=unknown).equals(find_areas(buildings, large))


def test_a_margin_that_makes_neighbours_overlap_is_refused():
    buildings = buildings_at(block(5, 4))
    assert len(find_areas(buildings, SET.replace(trim_margin_m=75)))
    with pytest.raises(AssumptionError, match=r"trim_margin_m is 76 and trim_join_distance_m 150"):
        find_areas(buildings, SET.replace(trim_margin_m=76))


def test_a_part_is_not_called_as_another_town_or_part():
    # A long town of 250 houses with 60 MWh each, and a village 240 m off. The town's eastern part and the
    # village lie nearest to Østby: that name is the village's.
    buildings = buildings_at(block(50, 5) + block(5, 5, 2200), demand_mwh=60.0)
    spots = [Point(EAST + 600, NORTH + 100), Point(EAST + 1800, NORTH + 100)]
    places = gpd.GeoDataFrame({"name": ["Vestby", "Østby"]}, geometry=spots, crs=tables.CRS)
    found = survey_areas(buildings, SET, places=places)
    assert found.areas["area"].is_unique
    village = found.areas["building_count"] == 25
    assert found.areas.loc[village, "area"].tolist() == ["Østby"]
    parts = found.areas[~village]
    assert len(parts) == 2
    assert parts["town"].eq("Vestby").all()
    assert sorted(parts["area"]) == ["Vestby vest", "Vestby øst"]
    areas, _ = given_or_found(None, buildings, SET, places=places)
    assert len(areas) == 3


def test_places_give_the_names():
    buildings = buildings_at(block(5, 4) + block(6, 4, 1000) + block(5, 3, 5000))
    polygon = box(EAST - 100, NORTH - 100, EAST + 300, NORTH + 300)
    places = gpd.GeoDataFrame(
        {"name": ["Nordby", "Sydby"]}, geometry=[polygon, Point(EAST + 1100, NORTH + 200)], crs=tables.CRS
    )
    assert find_areas(buildings, SET, places=places)["area"].tolist() == ["Sydby", "Nordby", "Bebyggelse 1"]
    same = find_areas(buildings, SET, places=places.assign(name="Nordby"))
    assert same["area"].tolist() == ["Nordby", "Nordby 2", "Bebyggelse 1"]
    with pytest.raises(TableError, match="column name is missing"):
        find_areas(buildings, SET, places=places.rename(columns={"name": "by"}))


def test_names_are_kept_from_an_earlier_round():
    west, east = block(5, 4), block(6, 4, 1000)
    before = find_areas(buildings_at(west + east), SET)
    assert before["building_count"].tolist() == [24, 20]
    # Eight houses more make the western town the largest; a third appears.
    now = buildings_at([*west, *block(2, 4, 200), *block(7, 5, 3000)])
    now = pd.concat([now, buildings_at(east, start=500)])
    plain = find_areas(now, SET)
    assert plain["building_count"].tolist() == [35, 28, 24]
    assert plain["area"].tolist() == ["Bebyggelse 1", "Bebyggelse 2", "Bebyggelse 3"]
    kept = find_areas(now, SET, earlier=before)
    assert kept["area"].tolist() == ["Bebyggelse 3", "Bebyggelse 2", "Bebyggelse 1"]
    renamed = find_areas(now, SET, earlier=before[["geometry"]].assign(area=["Østby", "Vestby"]))
    assert renamed["area"].tolist() == ["Bebyggelse 1", "Vestby", "Østby"]


def test_methods_side_by_side_count_every_building():
    buildings = buildings_at(block(8, 8, step=30.0) + block(5, 4, 1000, step=90.0) + [(3000.0, 0.0)])
    table = compare_methods(buildings, SET).set_index("method")
    assert list(table.index) == list(METHODS)
    assert (table["building_count"] + table["left_out_count"]).eq(85).all()
    assert (table["heat_demand_mwh"] + table["left_out_mwh"]).to_numpy() == pytest.approx(85 * 18.0)
    assert table["area_count"].tolist() == [2, 2, 1]  # the scattered one is below 10 kWh/m2
    assert table.loc["density", "density_kwh_per_m2"] > table.loc["triangles", "density_kwh_per_m2"] / 2
    assert table.loc["circles", "area_km2"] < table.loc["triangles", "area_km2"]
    with pytest.raises(UnknownNameError, match="triangles"):
        find_areas(buildings, SET, method="triangle")


spots = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), min_size=1, max_size=60)
steps = st.sampled_from([20.0, 37.0, 60.0])


@settings(max_examples=25)
@given(spots, steps, st.sampled_from(list(METHODS)), st.randoms())
def test_order_of_rows_does_not_matter_and_no_building_is_lost(spots, step, method, random):
    rng = np.random.default_rng(len(spots))
    buildings = buildings_at(np.array(spots) * step, demand_mwh=rng.integers(10, 60, len(spots)))
    small = SET.replace(cut_large_heat_mwh_per_year=400)
    found = survey_areas(buildings, small, method=method)
    again = survey_areas(buildings.iloc[random.sample(range(len(spots)), len(spots))], small, method=method)
    assert found.areas.equals(again.areas)
    assert found.left_out.equals(again.left_out)
    assert found.areas["building_count"].sum() + found.left_out["building_count"].sum() == len(spots)
    known = found.areas["heat_demand_mwh"].sum() + found.left_out["heat_demand_mwh"].sum()
    assert known == pytest.approx(buildings["heat_demand_mwh"].sum())
    assert found.home.notna().sum() == found.areas["building_count"].sum()
    assert found.areas["area"].is_unique
    assert found.areas["building_count"].ge(5).all()
    shapes = found.areas.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(shapely.area(shapes).sum(), abs=1e-3)
    # Each building stands in the ground of the area that counts it.
    counted = found.home.dropna()
    stands = dict(zip(found.areas["area"], shapes, strict=True))
    points = buildings.geometry.loc[counted.index]
    assert all(stands[name].distance(p) < 1e-6 for name, p in zip(counted, points, strict=True))


def groups(found, ids):
    """Which buildings are together, whatever their town is called."""
    home = found.home.reindex(ids)
    return {frozenset(home.index[home == name]) for name in home.dropna().unique()}


@settings(max_examples=40)
@given(spots, steps, st.sampled_from(["triangles", "circles"]), st.data())
def test_a_building_more_or_less_moves_the_edge_and_not_the_town(spots, step, method, data):
    rng = np.random.default_rng(len(spots))
    places = np.array(spots) * step + rng.uniform(-5, 5, (len(spots), 2)).round(1)
    buildings = buildings_at(places)
    goes = buildings.index[data.draw(st.integers(0, len(spots) - 1))]
    stays = buildings.drop(index=goes)
    before, after = (survey_areas(table, SET, method=method) for table in (buildings, stays))
    # A bridge, or the one that makes a settlement large enough, decides which others are together.
    assume(groups(before, stays.index) == groups(after, stays.index))
    moved = before.areas.union_all().symmetric_difference(after.areas.union_all())
    thick = shapely.buffer(moved, -0.5)  # lines that move by less than a metre are no change on a map
    near = buildings.geometry[goes].buffer(NEAR_M, quad_segs=64)
    assert thick.difference(near).area == pytest.approx(0, abs=1e-6)
    kept = survey_areas(stays, SET, method=method, earlier=before.areas) if len(before.areas) else after
    for name in kept.areas["area"]:
        own = set(kept.home.index[kept.home == name])
        assert own == set(before.home.index[before.home == name]) - {goes}


def test_by_density_one_building_can_take_its_neighbours_along():
    # Six houses with 108 MWh in the one hectare: with one house less the hectare is below 100 MWh.
    buildings = buildings_at([(10.0 + 15 * i, 50.0) for i in range(6)])
    less = buildings.iloc[:-1]
    assert find_areas(buildings, SET, method="density")["building_count"].tolist() == [6]
    assert find_areas(less, SET.replace(found_min_heat_mwh_per_year=0), method="density").empty
    for method in ("triangles", "circles"):
        low = SET.replace(found_min_heat_mwh_per_year=0)
        assert find_areas(less, low, method=method)["building_count"].tolist() == [5]


def test_given_areas_hold_what_assign_says():
    buildings = buildings_at(block(10, 10) + block(10, 10, 800), demand_mwh=90.0)
    found = survey_areas(buildings, SET)
    home = assign(buildings, found.areas)
    assert home.tolist() == found.home.tolist()
