"""The planner's map layers: one clear message for each thing that is wrong with them."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import LineString, MultiLineString, Point, Polygon, box

from screening.errors import InputFileError
from screening.register import read_areas, read_roads, read_supply_areas

TOWN = box(720000, 6215000, 721000, 6216000)
NEXT = box(722000, 6215000, 723000, 6216000)


def save(path, columns, shapes, crs=25832):
    gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(path, engine="pyogrio")
    return path


@pytest.mark.parametrize("column", ["area", "Navn", "NAME", "by", "område"])
@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson"])
def test_areas_by_any_name_column(tmp_path, column, name):
    areas = read_areas(save(tmp_path / name, {column: ["Ålsgårde", "Saunte"]}, [TOWN, NEXT]))
    assert areas["area"].tolist() == areas["town"].tolist() == ["Ålsgårde", "Saunte"]
    assert areas.crs.to_epsg() == 25832
    assert areas.area.tolist() == pytest.approx([1e6, 1e6], rel=1e-6)


def test_parts_of_a_town(tmp_path):
    columns = {"navn": ["Kvistgård1", "Saunte"], "by": ["Kvistgård", None]}
    areas = read_areas(save(tmp_path / "a.gpkg", columns, [TOWN, NEXT]))
    assert areas["town"].tolist() == ["Kvistgård", "Saunte"]


def test_degrees_are_reprojected(tmp_path):
    degrees = gpd.GeoSeries([TOWN], crs=25832).to_crs(4326)
    areas = read_areas(save(tmp_path / "a.geojson", {"navn": ["X"]}, degrees, 4326))
    assert areas.crs.to_epsg() == 25832
    assert areas.geometry.iloc[0].symmetric_difference(TOWN).area < 10  # GeoJSON rounds to 1e-7 degrees


@pytest.mark.parametrize(("name", "crs"), [("a.gpkg", 7416), ("a.shp", 25832), ("a.gpkg", 4258)])
def test_other_ways_to_say_the_same_reference_system(tmp_path, name, crs):
    shapes = gpd.GeoSeries([TOWN], crs=25832).to_crs(crs)
    areas = read_areas(save(tmp_path / name, {"navn": ["X"]}, shapes, crs))
    assert areas.crs.to_epsg() == 25832
    assert areas.geometry.iloc[0].symmetric_difference(TOWN).area < 10


def test_invalid_polygons_are_made_valid(tmp_path):
    x, y = 720000, 6215000
    bow_tie = Polygon([(x, y), (x + 40, y + 40), (x + 40, y), (x, y + 40)])
    areas = read_areas(save(tmp_path / "a.gpkg", {"navn": ["X"]}, [bow_tie]))
    assert areas.is_valid.all()
    assert areas.area.iloc[0] == pytest.approx(800)  # two triangles of 40 x 20 / 2


@pytest.mark.parametrize(
    ("columns", "shapes", "crs", "words"),
    [
        ({"navn": ["X", "X"]}, [TOWN, NEXT], 25832, "X more than once"),
        ({"navn": ["X", None]}, [TOWN, NEXT], 25832, "1 areas have no name in the column navn"),
        ({"kode": ["X"]}, [TOWN], 25832, "no column with the name.*the file has kode"),
        ({"navn": ["X"]}, [TOWN], 25833, "EPSG:25833; expected EPSG:25832"),
        ({"navn": ["X"]}, [TOWN], None, "does not say its coordinate reference system"),
        ({"navn": ["X"]}, [TOWN], 4326, "says degrees .* but its coordinates are metres"),
        ({"navn": ["X"]}, [box(0, 0, 10, 10)], 25832, "outside Denmark"),
        ({"navn": ["X"]}, [box(56.0, 12.5, 56.1, 12.6)], 4326, "outside Denmark.*order of its axes"),
        ({"navn": ["X"]}, [Point(720000, 6215000)], 25832, "Point where polygons were expected"),
        ({"navn": ["X"]}, [None], 25832, "no shapes"),
        ({"navn": ["X"]}, [Polygon([(720000, 6215000)] * 4)], 25832, "X has no area"),
    ],
)
def test_faulty_areas(tmp_path, columns, shapes, crs, words):
    if crs is None:
        with pytest.warns(UserWarning, match="crs"):
            path = save(tmp_path / "a.gpkg", columns, shapes, crs)
    else:
        path = save(tmp_path / "a.gpkg", columns, shapes, crs)
    with pytest.raises(InputFileError, match=words) as error:
        read_areas(path)
    assert "a.gpkg" in str(error.value)


@pytest.mark.parametrize("shape", [None, Polygon()])
def test_a_named_area_without_a_polygon_is_refused_by_name(tmp_path, shape):
    path = save(tmp_path / "a.gpkg", {"navn": ["Saunte", "Skibstrup"]}, [TOWN, shape])
    with pytest.raises(InputFileError, match=r"a\.gpkg: Skibstrup has no polygon"):
        read_areas(path)


@pytest.mark.parametrize("name", [None, " "])
def test_an_empty_row_is_no_area(tmp_path, name):
    areas = read_areas(save(tmp_path / "a.gpkg", {"navn": [name, "Saunte"]}, [None, TOWN]))
    assert areas["area"].tolist() == ["Saunte"]
    assert areas.index.tolist() == [0]


def test_files_that_are_no_map(tmp_path):
    with pytest.raises(InputFileError, match="does not exist"):
        read_areas(tmp_path / "none.gpkg")
    for content in (b"", b"not a map"):
        path = tmp_path / "a.gpkg"
        path.write_bytes(content)
        with pytest.raises(InputFileError, match="no map file that can be read"):
            read_areas(path)
    table = tmp_path / "a.csv"
    table.write_text("navn,x\nX,1\n")
    with pytest.raises(InputFileError, match="no shapes"):
        read_areas(table)
    (tmp_path / "empty.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(InputFileError, match="no shapes"):
        read_areas(tmp_path / "empty.geojson")


def test_several_layers_are_asked_about(tmp_path):
    path = save(tmp_path / "a.gpkg", {"navn": ["X"]}, [TOWN])
    gpd.GeoDataFrame({"navn": ["Y"]}, geometry=[NEXT], crs=25832).to_file(
        path, layer="more", engine="pyogrio"
    )
    with pytest.raises(InputFileError, match="2 layers"):
        read_areas(path)


def test_roads(tmp_path):
    line = LineString([(720000, 6215000), (720100, 6215000)])
    both = MultiLineString([line, LineString([(720000, 6215100), (720100, 6215100)])])
    roads = read_roads(save(tmp_path / "r.gpkg", {"VEJKLASSE": ["Sti", "Lokalvej"]}, [line, both]))
    assert roads["road_class"].tolist() == ["Sti", "Lokalvej", "Lokalvej"]
    assert roads.geom_type.eq("LineString").all()
    roads = read_roads(save(tmp_path / "q.gpkg", {"x": [1]}, [line]))
    assert roads["road_class"].isna().all()
    with pytest.raises(InputFileError, match="Polygon where road centre lines"):
        read_roads(save(tmp_path / "p.gpkg", {"x": [1]}, [TOWN]))


def test_supply_areas(tmp_path):
    named = read_supply_areas(save(tmp_path / "s.gpkg", {"plannavn": ["Værket", None]}, [TOWN, NEXT]))
    assert named["supply_name"].tolist() == ["Værket", "Område 2"]
    bare = read_supply_areas(save(tmp_path / "t.gpkg", {"x": [1]}, [TOWN]))
    assert bare["supply_name"].tolist() == ["Område 1"]
