"""Outlines are parted over cells by exact shares of their ground, told by cutting them one by one."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from screening import tables
from screening.areas import density_grid, kwh_per_m2
from screening.errors import TableError

EAST, NORTH = 700_000.0, 6_200_000.0

cell_sizes = st.one_of(st.sampled_from([1.0, 33.3, 100.0, 1000.0]), st.floats(2.0, 300.0))
steps = st.one_of(st.integers(-8, 8), st.floats(-8, 8))


def table(shapes, demand_mwh):
    return gpd.GeoDataFrame(
        {"heat_demand_mwh": np.asarray(demand_mwh, dtype=float)},
        geometry=np.array(shapes, dtype=object),
        crs=tables.CRS,
    )


def cut(shapes, demand_mwh, cell_m, array, transform):
    """Expectation: every polygon cut by every cell with the geometry library."""
    rows, columns = np.indices(array.shape)
    west = transform.c + columns * cell_m
    north = transform.f - rows * cell_m
    cells = shapely.box(west, north - cell_m, west + cell_m, north)
    expected = np.zeros(array.shape)
    for shape, mwh in zip(shapes, demand_mwh, strict=True):
        expected += mwh * shapely.area(shapely.intersection(cells, shape)) / shape.area
    return expected


@st.composite
def outlines(draw):
    """Stars with many corners, L shapes, courtyards and pairs, also with corners on the borders of cells."""
    cell_m = draw(cell_sizes)
    origin = np.array(draw(st.sampled_from([(0.0, 0.0), (EAST, NORTH), (-350.5, -1e5)])))
    at = (np.round(origin / cell_m) + np.array([draw(steps), draw(steps)])) * cell_m
    radius_m = draw(st.one_of(st.sampled_from([0.5, 1.0, 2.0]), st.floats(0.05, 3.0))) * cell_m
    kind = draw(st.sampled_from(["star", "rectangle", "L", "courtyard", "pair"]))
    x, y = at
    block = shapely.box(x, y, x + radius_m, y + 0.7 * radius_m)
    if kind == "star":
        count = draw(st.integers(3, 12))
        lengths = np.array(draw(st.lists(st.floats(0.2, 1.0), min_size=count, max_size=count)))
        angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + draw(st.floats(0, 6))
        spokes = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        shape = shapely.Polygon(radius_m * lengths[:, None] * spokes + at)
        shape = shape if shape.is_valid else shape.convex_hull
    elif kind == "rectangle":
        shape = block
    elif kind == "L":
        shape = block.union(shapely.box(x, y, x + 0.4 * radius_m, y + 2 * radius_m))
    elif kind == "courtyard":
        shape = block.difference(block.buffer(-0.2 * radius_m))
    else:
        shape = block.union(shapely.box(x + 2 * radius_m, y, x + 3 * radius_m, y + radius_m))
    if draw(st.booleans()):
        shape = shapely.reverse(shape)  # either way round, as files have them
    return cell_m, shape


@given(outlines(), st.floats(0.001, 1e5))
def test_each_cell_has_its_exact_share(made, mwh):
    cell_m, shape = made
    array, transform, _ = density_grid(table([shape], [mwh]), cell_m=cell_m)
    assert array.sum() == pytest.approx(mwh, rel=1e-9)
    assert (array >= 0).all()
    # Coordinates of millions of metres carry a nanometre: in a cell of a metre a share of 1e-9.
    np.testing.assert_allclose(array, cut([shape], [mwh], cell_m, array, transform), atol=2e-7 * mwh)


@given(st.data(), cell_sizes, st.sampled_from([(0.0, 0.0), (EAST, NORTH), (-500.25, 77.7)]))
def test_points_and_outlines_together_conserve_the_heat_in_any_order(data, cell_m, origin):
    rows = data.draw(
        st.lists(
            st.tuples(steps, steps, st.floats(0, 4), st.floats(0, 1e4, allow_subnormal=False)), min_size=1
        )
    )
    corner = np.round(np.array(origin) / cell_m)
    places = (np.array([(x, y) for x, y, *_ in rows]) + corner) * cell_m
    demand_mwh = np.array([mwh for *_, mwh in rows])
    shapes = [
        shapely.Point(x, y) if size < 1 else shapely.box(x, y, x + size * cell_m, y + cell_m / 3)
        for (x, y), (_, _, size, _) in zip(places, rows, strict=True)
    ]
    array, transform, _ = density_grid(table(shapes, demand_mwh), cell_m=cell_m)
    assert array.sum() == pytest.approx(demand_mwh.sum(), rel=1e-9)
    assert (array >= 0).all()
    order = data.draw(st.permutations(range(len(rows))))
    again, moved, _ = density_grid(table([shapes[i] for i in order], demand_mwh[order]), cell_m=cell_m)
    assert moved == transform
    np.testing.assert_allclose(again, array, rtol=1e-12, atol=1e-12 * demand_mwh.max())


def test_an_outline_that_ends_on_a_border_does_not_reach_the_next_cell():
    array, transform, _ = density_grid(table([shapely.box(EAST, NORTH, EAST + 100, NORTH + 200)], [10.0]))
    assert array.tolist() == [[5.0], [5.0]]
    assert (transform.c, transform.f) == (EAST, NORTH + 200)


def test_a_factory_over_thousands_of_cells_is_parted_evenly():
    hall = shapely.box(-150.0, -250.0, 150.0, 50.0)
    array, _, _ = density_grid(table([hall], [900.0]), cell_m=2.0)
    assert array.shape == (150, 150)
    np.testing.assert_allclose(array, 900 / 150**2, rtol=1e-12)


def test_many_outlines_taken_in_groups_give_the_same_as_each_alone(monkeypatch):
    corners = [(EAST + 37.0 * i, NORTH + 91.0 * (i % 5)) for i in range(40)]
    shapes = [shapely.Point(corner).buffer(60.0) for corner in corners]
    whole, _, _ = density_grid(table(shapes, np.arange(40.0)), cell_m=25.0)
    monkeypatch.setattr("screening.areas.shares._CELLS_AT_ONCE", 50)
    parted, _, _ = density_grid(table(shapes, np.arange(40.0)), cell_m=25.0)
    np.testing.assert_allclose(parted, whole, rtol=1e-12)


def test_a_sliver_keeps_its_heat():
    sliver = shapely.Polygon([(99.0, 5.0), (101.0, 5.0), (101.0, 5.0 + 1e-13)])
    assert sliver.is_valid
    array, _, _ = density_grid(table([sliver], [3.0]))
    assert array.sum() == 3.0


def test_a_density_is_kwh_on_each_square_metre():
    array, transform, _ = density_grid(table([shapely.Point(EAST, NORTH)], [25.0]), cell_m=50.0)
    assert kwh_per_m2(array, transform).tolist() == [[10.0]]  # 25,000 kWh on 2,500 m2


def test_rows_without_point_or_outline_are_named():
    line = shapely.LineString([(0, 0), (1, 1)])
    shapes = [shapely.Point(0, 0), line, None, shapely.Point(), shapely.Point(np.inf, 0)]
    with pytest.raises(TableError, match=r"4 rows have neither point nor outline \(rows 1, 2, 3\)"):
        density_grid(table(shapes, [1.0] * 5))


def test_an_invalid_outline_is_named():
    bowtie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(TableError, match=r"1 outlines are invalid polygons \(Self-intersection.*rows 1"):
        density_grid(table([shapely.Point(0, 0), bowtie], [1.0, 1.0]))
