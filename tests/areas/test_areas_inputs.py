"""The quick way past the schema lets through what the schema lets through, and nothing else."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from screening import tables
from screening.areas import density_grid
from screening.areas.inputs import check_columns, is_without_repeats
from screening.errors import TableError

HEAT = "heat_demand_mwh"
values = st.one_of(
    st.none(), st.floats(), st.floats(0, 50), st.integers(-3, 60), st.sampled_from(["12", "x"])
)


@given(st.lists(values, max_size=5), st.sampled_from([object, None]))
def test_the_quick_way_decides_as_the_schema_does(rows, dtype):
    table = gpd.GeoDataFrame(
        {HEAT: pd.Series(rows, dtype=dtype)},
        geometry=shapely.points(np.zeros((len(rows), 2))),
        crs=tables.CRS,
    )
    schema = pandera.DataFrameSchema({HEAT: tables.BUILDINGS_WITH_HEAT.columns[HEAT]})
    expected = outcome(lambda: tables.check(table, schema, "buildings"))
    assert outcome(lambda: check_columns(table, [HEAT])) == expected


def outcome(checked):
    """What a check gives: the numbers as text (so that no number equals itself), or the faults."""
    try:
        return [repr(float(value)) for value in checked()[HEAT]]
    except TableError as refused:
        return str(refused)


def test_another_coordinate_system_and_none_are_refused():
    table = gpd.GeoDataFrame({HEAT: [1.0]}, geometry=[shapely.Point(12.0, 56.0)])
    with pytest.raises(TableError, match="no coordinate reference system"):
        density_grid(table)
    with pytest.raises(TableError, match="EPSG:4326; expected EPSG:25832"):
        density_grid(table.set_crs("EPSG:4326"))


def test_a_missing_column_is_named():
    with pytest.raises(TableError, match="column heat_demand_mwh is missing"):
        density_grid(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=tables.CRS))


@st.composite
def labels(draw):
    length = draw(st.sampled_from([0, 1, 7, 8, 9, 16, 36]))
    text = st.text("ab0-é", min_size=length, max_size=length)
    count = draw(st.integers(2, 40))
    made = draw(st.lists(text, min_size=count, max_size=count))
    return pd.Index(made, dtype="str")


@given(labels())
def test_no_repeat_is_overlooked(index):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("screening.areas.inputs._FEW", 0)
        proven = is_without_repeats(index)
    # It may leave a table without repeats for a closer look, but never lets one with repeats through.
    assert not (proven and len(set(index)) < len(index))


@pytest.mark.parametrize("cut", [slice(None), slice(5_000, None)])
def test_ids_as_the_register_has_them_are_proven_at_once(cut):
    rng = np.random.default_rng(3)
    ids = [f"{a:08x}-{b:04x}-4000-8000-{c:012x}" for a, b, c in rng.integers(0, 2**16, (30_000, 3))]
    index = pd.Index(ids, dtype="str")[cut]
    assert is_without_repeats(index)
    assert not is_without_repeats(index.append(index[:1]))


def test_a_building_given_twice_is_refused():
    index = pd.Index([f"{number:036d}" for number in range(20_000)], dtype="str").append(
        pd.Index([f"{7:036d}"], dtype="str")
    )
    houses = gpd.GeoDataFrame(
        {HEAT: np.ones(len(index))}, geometry=shapely.points(np.zeros((len(index), 2))), index=index,
        crs=tables.CRS,
    )  # fmt: skip
    with pytest.raises(TableError, match=r"1 rows appear more than once \(rows 0+7\)"):
        density_grid(houses)
