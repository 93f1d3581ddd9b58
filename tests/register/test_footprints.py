"""Outlines: by id, in the right CRS, a square where there is none."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box

from screening.errors import InputFileError
from screening.register import attach_outlines, read_buildings, read_outlines

A, B, C = (f"aaaaaaaa-0000-4000-8000-00000000000{n}" for n in "123")
HERE = 720000.0, 6215000.0


def shape(dx=0.0, size=10.0):
    x, y = HERE
    return box(x + dx, y, x + dx + size, y + size)


def save(path, ids, shapes, crs=25832, column="BBRUUID"):
    gpd.GeoDataFrame({column: ids}, geometry=shapes, crs=crs).to_file(path, engine="pyogrio")
    return path


def test_outlines_come_by_lower_case_id_and_parts_together(tmp_path):
    bow_tie = shapely.Polygon(
        [HERE, (HERE[0] + 4, HERE[1] + 4), (HERE[0] + 4, HERE[1]), (HERE[0], HERE[1] + 4)]
    )
    path = save(
        tmp_path / "o.gpkg", [B, A.upper(), A, None, C], [shape(), shape(), shape(20), shape(40), bow_tie]
    )
    outlines = read_outlines(path)
    assert outlines.index.tolist() == [A, B, C]
    assert outlines["part_count"].tolist() == [2, 1, 1]
    assert outlines["is_repaired"].tolist() == [False, False, True]
    assert outlines.geometry.area.tolist() == [200, 100, 8]  # the bow tie: two triangles of 4 x 2 / 2
    assert outlines.is_valid.all()
    assert outlines.crs.to_epsg() == 25832


@pytest.mark.parametrize(
    ("ids", "crs", "column", "words"),
    [
        ([A], 25833, "BBRUUID", "EPSG:25833.*EPSG:25832"),
        ([A], 25832, "id", "no column with the BBR id.*BBRUUID"),
        ([None], 25832, "BBRUUID", "no polygon with a BBR id"),
    ],
)
def test_faulty_outline_files(tmp_path, ids, crs, column, words):
    path = save(tmp_path / "o.gpkg", ids, [shape()], crs, column)
    with pytest.raises(InputFileError, match=words):
        read_outlines(path)


def test_outlines_in_degrees_are_refused(tmp_path):
    path = save(tmp_path / "o.gpkg", [A], [box(12.5, 56.0, 12.51, 56.01)], 4326)
    with pytest.raises(InputFileError, match=r"EPSG:4326.*reproject"):
        read_outlines(path)


def test_each_building_gets_a_polygon(write, row):
    buildings, _ = read_buildings(
        write(
            [
                row(1),
                row(2, footprint="100"),
                row(3, footprint="", dwelling="128", floors="2"),
                row(4, footprint="", dwelling="", total=""),
            ]
        )
    )
    outlines = gpd.GeoDataFrame(index=buildings.index[:1], geometry=[shape()], crs=25832)
    attached = attach_outlines(buildings, outlines)
    assert attached.index.equals(buildings.index)
    assert attached["outline_source"].tolist() == ["mapped", "estimated", "estimated", "estimated"]
    assert attached["outline_basis"].tolist() == ["mapped", "footprint", "heated_area", "fallback"]
    assert attached["area_m2"].equals(buildings["area_m2"])
    np.testing.assert_allclose(attached.area, [100, 100, 128 / 2, 10])
    centres = attached.geometry.iloc[1:].centroid
    assert centres.distance(buildings.geometry.iloc[1:]).max() < 1e-6
    assert buildings.geometry.geom_type.eq("Point").all()
    assert attached.crs == buildings.crs

    without = attach_outlines(buildings, None)
    assert without["outline_source"].eq("estimated").all()
    assert len(attach_outlines(buildings.iloc[:0], None)) == 0
