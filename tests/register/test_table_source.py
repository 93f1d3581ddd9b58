"""Map layers and Parquet files as register sources: the same rows give the same table as the CSV."""

from __future__ import annotations

import contextlib
import json
import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from register_tables import (
    EXTRA,
    POINT,
    frame_of,
    layer_of,
    write_layer,
    write_mapinfo,
    write_shapefile,
    zip_folder,
)
from screening.errors import InputFileError
from screening.register import code_list, read_buildings
from screening.register.dialects.label_columns import codes_from_labels
from screening.register.dialects.typed_table import as_text

USE, INSTALLATION, FUEL = "byg021BygningensAnvendelse", "byg056Varmeinstallation", "byg057Opvarmningsmiddel"
REAL = "bbr/BBR_Bygning_2020-04-18.csv"


def assert_same(got, want, *, tolerance_m=0.0):
    """Same table, counts, repairs, dropped rows and date; coordinates to the last digit unless told."""
    (buildings, report), (expected, told) = got, want
    if tolerance_m:
        assert buildings.distance(expected).max() < tolerance_m
        buildings = buildings.set_geometry(expected.geometry)
    assert_geodataframe_equal(buildings, expected)
    pd.testing.assert_series_equal(report.counts, told.counts)
    pd.testing.assert_series_equal(report.repairs, told.repairs)
    pd.testing.assert_frame_equal(report.dropped, told.dropped)
    assert report.register_date == told.register_date


WRITERS = {
    "GeoPackage": lambda t, d: write_layer(t, d / "bygning.gpkg", "GPKG"),
    "Shapefile": lambda t, d: write_shapefile(t, d / "bygning.shp"),
    "GeoJSON": lambda t, d: write_layer(t, d / "bygning.geojson", "GeoJSON", RFC7946="NO"),
    "FlatGeobuf": lambda t, d: write_layer(t, d / "bygning.fgb", "FlatGeobuf", SPATIAL_INDEX="NO"),
    "MapInfo": lambda t, d: write_mapinfo(t, d / "bygning.tab"),
    "GeoParquet": lambda t, d: to_parquet(t, d / "bygning.parquet"),
}


def to_parquet(table, path):
    table.to_parquet(path)
    return path


@pytest.fixture(scope="module")
def real(real_data):
    """Read the real cut as CSV, and its rows as text."""
    path = real_data / REAL
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    return read_buildings(path), frame_of(frame)


@pytest.fixture
def rows(row):
    """Give rows with missing and wrong values, strange letters and columns that nobody reads."""
    many = [
        row(1, fuel="3"),
        row(2, year=None, total=None, dwelling=None, business=None),
        row(3, point=None, system=None),
        row(4, status="10"),
        row(5, use="999", heating=None, fuel=None, footprint="-3"),
        row(6, year="1000", floors="0", kommunekode="155"),
        row(7, point="POINT (1.5 2.25)"),
        row(8, registreringTil="2021-01-01T00:00:00Z"),
        row(8, registreringFra="2019-06-01T08:04:25.3Z"),
        row(8, registreringFra="2020-06-01T08:04:25.35Z", year="1971"),
        row(9, use="x7", point="POINT (583116.47 6139276.92)"),
    ]
    return [r | EXTRA for r in many]


@pytest.mark.parametrize("dialect", ["GeoPackage", "Shapefile", "FlatGeobuf", "GeoParquet"])
def test_the_real_rows_in_a_layer_equal_the_csv(real, tmp_path, dialect):
    want, frame = real
    path = WRITERS[dialect](layer_of(frame), tmp_path)
    got = read_buildings(path)
    assert got[1].dialect == dialect
    assert got[1].absent_columns == want[1].absent_columns
    assert got[1].rows == 2705
    assert_same(got, want)


def test_the_real_rows_in_degrees_are_a_millimetre_off_at_most(real, tmp_path):
    want, frame = real
    table = layer_of(frame, crs="EPSG:4326")
    path = write_layer(table, tmp_path / "b.geojson", "GeoJSON", COORDINATE_PRECISION=10)
    assert_same(read_buildings(path), want, tolerance_m=0.001)


def test_the_real_rows_as_text_in_parquet_equal_the_csv(real, tmp_path):
    want, frame = real
    frame.to_parquet(tmp_path / "b.parquet", row_group_size=500)
    assert_same(read_buildings(tmp_path / "b.parquet"), want)


def test_the_real_rows_in_a_zipped_shapefile_equal_the_csv(real, tmp_path):
    want, frame = real
    (tmp_path / "parts").mkdir()
    write_shapefile(layer_of(frame), tmp_path / "parts" / "bygning.shp")
    assert_same(read_buildings(zip_folder(tmp_path / "parts", tmp_path / "b.zip")), want)


# A number in a MapInfo table is never missing, so there numbers with gaps are kept as text.
@pytest.mark.parametrize(
    ("dialect", "typed"), [(d, t) for d in WRITERS for t in (True, False) if (d, t) != ("MapInfo", True)]
)
def test_any_rows_equal_the_csv(write, rows, tmp_path, dialect, typed):
    frame = frame_of(rows)
    path = WRITERS[dialect](layer_of(frame, typed=typed), tmp_path)
    # The reader of CSV ignores columns that it does not know, so the plain rows are the measure.
    want = read_buildings(write([{k: v for k, v in r.items() if k not in EXTRA} for r in rows]))
    assert_same(read_buildings(path), want)


def test_rows_in_several_pieces_keep_their_numbers(row, write, tmp_path, monkeypatch):
    from screening.register.dialects import layer_table

    monkeypatch.setattr(layer_table, "_BATCH_ROWS", 3)
    rows = [row(n, status="10" if n % 4 == 0 else "6") for n in range(1, 12)]
    want = read_buildings(write(rows))
    for dialect in ("GeoPackage", "FlatGeobuf"):
        assert_same(read_buildings(WRITERS[dialect](layer_of(frame_of(rows)), tmp_path)), want)
    assert want[1].dropped["row"].tolist() == [4, 8]


# Geometry and coordinates


def test_a_polygon_gives_a_point_inside_it_and_says_so(row, tmp_path):
    # A U whose centroid lies in the gap.
    u = shapely.Polygon([(0, 0), (30, 0), (30, 30), (20, 30), (20, 5), (10, 5), (10, 30), (0, 30)])
    outline = shapely.transform(u, lambda xy: xy + np.array([720000, 6215000]))
    table = layer_of(frame_of([row(1)])).set_geometry([outline], crs="EPSG:25832")
    buildings, report = read_buildings(write_layer(table, tmp_path / "b.gpkg", "GPKG"))
    assert report.dialect == "GeoPackage, a point inside each polygon"
    assert not outline.contains(outline.centroid)
    assert outline.contains(buildings.geometry.iloc[0])


@pytest.mark.parametrize(("crs", "apart"), [("EPSG:25833", 1e-6), ("EPSG:3857", 1e-5), ("EPSG:4258", 1e-5)])
def test_any_stated_reference_system_is_reprojected(row, tmp_path, crs, apart):
    table = layer_of(frame_of([row(1)]), crs=crs)
    buildings, _ = read_buildings(write_layer(table, tmp_path / "b.gpkg", "GPKG"))
    assert buildings.distance(shapely.Point(720000.5, 6215000.25)).max() < apart


def test_a_written_coordinate_wins_over_the_geometry_where_it_is_one(row, tmp_path):
    frame = frame_of([row(1), row(2), row(3)])
    table = layer_of(frame)
    table[POINT] = ["POINT (700000 6200000)", None, "here"]
    buildings, _ = read_buildings(write_layer(table, tmp_path / "b.gpkg", "GPKG"))
    assert buildings.geometry.x.tolist() == [700000, 720000.5, 720000.5]


def test_an_undeclared_reference_system_is_refused(row, tmp_path):
    table = layer_of(frame_of([row(1)]))
    write_shapefile(table, tmp_path / "b.shp")
    (tmp_path / "b.prj").unlink()
    with pytest.raises(InputFileError, match=r"b\.shp does not say its coordinate reference system"):
        read_buildings(tmp_path / "b.shp")
    table.set_crs(None, allow_override=True).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputFileError, match="does not say its coordinate reference system"):
        read_buildings(tmp_path / "b.parquet")


def test_metres_called_degrees_are_refused(row, tmp_path):
    table = layer_of(frame_of([row(1)])).set_crs("EPSG:4326", allow_override=True)
    with pytest.raises(InputFileError, match=r"says degrees .* but its coordinates are metres"):
        read_buildings(write_layer(table, tmp_path / "b.gpkg", "GPKG"))


def test_lines_are_refused(row, tmp_path):
    line = shapely.LineString([(720000, 6215000), (720010, 6215000)])
    table = layer_of(frame_of([row(1)])).set_geometry([line], crs="EPSG:25832")
    with pytest.raises(InputFileError, match="has Linestring where a point or polygon"):
        read_buildings(write_layer(table, tmp_path / "b.gpkg", "GPKG"))


def test_a_table_without_geometry_needs_the_coordinate(row, write, tmp_path):
    rows = [row(1), row(2)]
    frame = frame_of(rows)
    path = tmp_path / "b.gpkg"
    pyogrio.write_dataframe(frame, path, driver="GPKG")
    assert_same(read_buildings(path), read_buildings(write(rows)))
    pyogrio.write_dataframe(frame.drop(columns=POINT), path, driver="GPKG", append=False)
    with pytest.raises(InputFileError, match="lacks 1 of the 12 columns needed: byg404Koordinat"):
        read_buildings(path)


@given(st.floats(430_000, 900_000), st.floats(6_040_000, 6_420_000))
def test_a_point_keeps_every_digit(x, y):
    from screening.register.dialects import typed_table

    text = typed_table._point_texts(np.array([shapely.Point(x, y)]), "EPSG:25832", "b")[0].as_py()
    got = text.removeprefix("POINT (").removesuffix(")").split()
    assert [float(part) for part in got] == [x, y]


# Layers


def test_the_layer_with_the_registers_columns_is_taken(row, write, tmp_path):
    path = tmp_path / "b.gpkg"
    towns = gpd.GeoDataFrame({"navn": ["By"]}, geometry=[shapely.Point(1, 1).buffer(1)], crs="EPSG:25832")
    write_layer(towns, path, "GPKG", layer="byer")
    write_layer(layer_of(frame_of([row(1)])), path, "GPKG", layer="bygninger")
    assert_same(read_buildings(path), read_buildings(write([row(1)])))
    write_layer(layer_of(frame_of([row(2)])), path, "GPKG", layer="gamle")
    with pytest.raises(InputFileError, match=r"2 layers with the register's columns \(bygninger, gamle\)"):
        read_buildings(path)


def test_layers_of_something_else_are_named(tmp_path):
    path = tmp_path / "b.gpkg"
    towns = gpd.GeoDataFrame({"navn": ["By"]}, geometry=[shapely.Point(1, 1)], crs="EPSG:25832")
    write_layer(towns, path, "GPKG", layer="byer")
    with pytest.raises(InputFileError, match="lacks 11 of the 11 columns needed: id_lokalId"):
        read_buildings(path)
    write_layer(towns, path, "GPKG", layer="veje")
    with pytest.raises(InputFileError, match=r"2 layers \(byer, veje\), none with the register's columns"):
        read_buildings(path)


# Types


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            pa.array([120.0, None, np.nan, -0.0, 12.5, 1e15]),
            ["120", None, None, "0", "12.5", "1000000000000000"],
        ),
        (pa.array(["120.0", " 7 ", None]), ["120.0", " 7 ", None]),
        (pa.array([120, None], pa.int16()), ["120", None]),
        (pa.array(["2", "7", "2"]).dictionary_encode(), ["2", "7", "2"]),
        (pa.array([1_496_406_577_000], pa.timestamp("ms", "Europe/Copenhagen")), ["2017-06-02T12:29:37Z"]),
        (pa.array([1_496_406_577_300], pa.timestamp("ms")), ["2017-06-02T12:29:37.3"]),
        (pa.array([17319], pa.date32()), ["2017-06-02"]),
        (pa.array([bytes(range(16))], pa.binary(16)), ["00010203-0405-0607-0809-0a0b0c0d0e0f"]),
    ],
)
def test_typed_values_are_written_as_in_the_csv(values, text):
    assert as_text(pa.chunked_array([values]), "x", "b").to_pylist() == text


@given(st.lists(st.none() | st.integers(-(2**53) + 1, 2**53 - 1)))
def test_whole_numbers_are_the_same_text_in_every_type(numbers):
    as_float = pa.chunked_array([pa.array(numbers, pa.float64())])
    as_integer = pa.chunked_array([pa.array(numbers, pa.int64())])
    assert as_text(as_float, "x", "b").to_pylist() == as_text(as_integer, "x", "b").to_pylist()


def test_true_and_false_are_refused(row, tmp_path):
    table = layer_of(frame_of([row(1)])).assign(**{FUEL: True})
    for path in (write_layer(table, tmp_path / "b.gpkg", "GPKG"), to_parquet(table, tmp_path / "b.parquet")):
        with pytest.raises(InputFileError, match=f"true/false values in the column {FUEL}"):
            read_buildings(path)


def test_codes_as_text_with_decimals_are_refused_as_in_the_csv(row, write, tmp_path):
    rows = [row(1, fuel="7.0")]
    with pytest.raises(InputFileError) as told:
        read_buildings(write(rows, name="b.gpkg"))
    path = write_layer(layer_of(frame_of(rows)), tmp_path / "b.gpkg", "GPKG")
    with pytest.raises(InputFileError) as again:
        read_buildings(path)
    assert str(again.value) == str(told.value)


def test_true_times_equal_the_text(row, write, tmp_path):
    rows = [row(1, registreringFra="2020-06-01T08:04:25.3Z", year="1971"), row(1), row(2)]
    table = layer_of(frame_of(rows))
    table["registreringFra"] = pd.to_datetime(table["registreringFra"], format="ISO8601")
    want = read_buildings(write(rows))
    for path in (write_layer(table, tmp_path / "b.gpkg", "GPKG"), to_parquet(table, tmp_path / "b.parquet")):
        assert_same(read_buildings(path), want)


# Municipal exports: names in lower case, labels


def with_labels(frame, *, beside):
    """Add (or put instead of the codes) the register's own Danish labels."""
    labels = {
        USE: {"120": "Fritliggende enfamiliehus", "510": "Sommerhus"},
        INSTALLATION: {"2": "Centralvarme med én fyringsenhed", "1": "Fjernvarme/blokvarme"},
        FUEL: {"3": "Flydende brændsel", "7": "Naturgas"},
    }
    texts = {f"{name}_t": frame[name].map(of) for name, of in labels.items()}
    plain = frame if beside else frame.drop(columns=list(labels))
    return plain.assign(**texts)


@pytest.fixture
def coded(row):
    return [row(1), row(2, fuel="3"), row(3, use="510", heating="1", fuel=None)]


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("dialect", ["GeoPackage", "GeoParquet", "Shapefile"])
def test_labels_beside_or_instead_of_codes_give_the_codes(coded, write, tmp_path, dialect, beside):
    frame = with_labels(frame_of(coded), beside=beside)
    frame.columns = [c if dialect == "Shapefile" else c.lower() for c in frame.columns]
    table = layer_of(frame.rename(columns={POINT.lower(): POINT}), typed=False)
    assert_same(read_buildings(WRITERS[dialect](table, tmp_path)), read_buildings(write(coded)))


def test_the_label_first_is_told_from_the_code_by_content(coded, write, tmp_path):
    frame = with_labels(frame_of(coded), beside=True)
    frame = frame[[f"{USE}_t", *[c for c in frame.columns if c != f"{USE}_t"]]]
    path = write_shapefile(layer_of(frame), tmp_path / "b.shp")
    names = pyogrio.read_info(path, encoding="ISO-8859-1")["fields"].tolist()
    assert names[0] == "byg021Bygn"  # the label has the plain cut name
    assert "byg021By_1" in names
    assert_same(read_buildings(path), read_buildings(write(coded)))


def test_labels_are_found_whatever_their_case_and_blanks_and_unknown_ones_are_counted(row, tmp_path):
    frame = frame_of([row(1), row(2), row(3)]).drop(columns=FUEL)
    frame[f"{FUEL}_t"] = ["  NATUR gas", "Flydende brændsel (olie, petroleum, flaskegas)", "Brint"]
    buildings, report = read_buildings(write_layer(layer_of(frame), tmp_path / "b.gpkg", "GPKG"))
    assert buildings["heating_fuel_code"].tolist() == ["7", "3", "Brint"]
    assert report.repairs["heating_fuel_code_unlisted"] == 1


def test_two_cut_columns_that_both_hold_codes_are_refused(coded, tmp_path):
    frame = frame_of(coded)
    frame["byg021BygningensAnvendelseFør"] = "130"
    path = write_shapefile(layer_of(frame), tmp_path / "b.shp")
    with pytest.raises(InputFileError, match="byg021Bygn and byg021By_1 may all be byg021Bygn"):
        read_buildings(path)


def test_beginning_and_end_of_a_registration_are_told_apart_when_cut(row, write, tmp_path):
    rows = [row(1), row(2, registreringTil="2021-01-01T00:00:00Z"), row(3)]
    for order in (["registreringTil", "registreringFra"], ["registreringFra", "registreringTil"]):
        frame = frame_of([r | EXTRA for r in rows])
        frame = frame[[*order, *[c for c in frame.columns if c not in order]]]
        path = write_shapefile(layer_of(frame), tmp_path / "b.shp")
        assert_same(read_buildings(path), read_buildings(write(rows)))


def test_two_beginnings_are_refused(row, tmp_path):
    rows = [row(1, registreringTil="2019-01-01T00:00:00Z"), row(2, registreringTil="2021-01-01T00:00:00Z")]
    path = write_shapefile(layer_of(frame_of(rows)), tmp_path / "b.shp")
    with pytest.raises(InputFileError, match="registreri do not tell which is registreringFra"):
        read_buildings(path)


# What is no register source


def test_the_programs_own_files_are_refused(row, write, tmp_path):
    buildings, _ = read_buildings(write([row(1)]))
    buildings.to_parquet(tmp_path / "0217.parquet")
    with pytest.raises(InputFileError, match=r"own store.*judged already.*register:<municipality code>"):
        read_buildings(tmp_path / "0217.parquet")


@pytest.mark.parametrize("missing", [".dbf", ".shx"])
def test_a_shapefile_without_its_parts_is_refused(row, tmp_path, missing):
    path = write_shapefile(layer_of(frame_of([row(1)])), tmp_path / "b.shp")
    path.with_suffix(missing).unlink()
    with pytest.raises(InputFileError, match=rf"b\{missing} is not beside it"):
        read_buildings(path)


def test_the_table_of_a_shapefile_stands_for_it(row, write, tmp_path):
    path = write_shapefile(layer_of(frame_of([row(1)])), tmp_path / "b.shp")
    assert_same(read_buildings(path.with_suffix(".dbf")), read_buildings(write([row(1)])))


def test_a_zip_with_two_tables_is_refused(row, tmp_path):
    (tmp_path / "parts").mkdir()
    for name in ("a", "b"):
        write_layer(layer_of(frame_of([row(1)])), tmp_path / "parts" / f"{name}.gpkg", "GPKG")
    with pytest.raises(InputFileError, match=r"holds 2 tables \(a\.gpkg, b\.gpkg\)"):
        read_buildings(zip_folder(tmp_path / "parts", tmp_path / "b.zip"))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("dialect", list(WRITERS))
def test_a_file_cut_off_gives_an_error_or_every_building(row, write, tmp_path, dialect, share):
    rows = [row(n) for n in range(1, 801)]
    want = read_buildings(write(rows))
    path = WRITERS[dialect](layer_of(frame_of(rows)), tmp_path)
    for part in sorted(p for p in tmp_path.iterdir() if p.suffix not in {".prj", ".cpg", ".id", ".tab"}):
        whole = part.read_bytes()
        part.write_bytes(whole[: int(len(whole) * share)])
        got = None
        with contextlib.suppress(InputFileError):
            got = read_buildings(path)
        if got is None:
            with pytest.raises(InputFileError) as error:
                read_buildings(path)
            assert path.name in str(error.value)
            assert str(tmp_path) not in str(error.value)
        else:
            assert_same(got, want)
        part.write_bytes(whole)


def test_broken_metadata_are_refused(row, tmp_path):
    table = pa.table({"id_lokalId": ["1"]}).replace_schema_metadata({"geo": "{"})
    parquet.write_table(table, tmp_path / "b.parquet")
    with pytest.raises(InputFileError, match="broken GeoParquet metadata"):
        read_buildings(tmp_path / "b.parquet")


def test_a_geojson_of_wrong_types_is_refused(row, tmp_path):
    table = layer_of(frame_of([row(1)]), crs="EPSG:4326")
    content = json.loads(write_layer(table, tmp_path / "b.geojson", "GeoJSON").read_text())
    content["features"][0]["properties"][FUEL] = ["7"]
    (tmp_path / "b.geojson").write_text(json.dumps(content))
    with pytest.raises(InputFileError, match=f"values of the kind list.* in the column {FUEL}"):
        read_buildings(tmp_path / "b.geojson")


def test_a_file_geodatabase_is_a_folder_that_is_read(row, write, tmp_path):
    path = tmp_path / "b.gdb"
    write_layer(layer_of(frame_of([row(1)])), path, "OpenFileGDB")
    assert_same(read_buildings(path), read_buildings(write([row(1)])))
    shutil.rmtree(path)
    path.mkdir()
    with pytest.raises(InputFileError, match="is a folder"):
        read_buildings(path)


# The names of OIS, as Spatial Suite and LOIS keep them

OIS_NAMES = {
    "id_lokalId": "Bygning_id",
    "status": "ObjStatus",
    USE: "BYG_ANVEND_KODE",
    "byg026Opførelsesår": "OPFOERELSE_AAR",
    "byg038SamletBygningsareal": "BYG_ARL_SAML",
    "byg039BygningensSamledeBoligAreal": "BYG_BOLIG_ARL_SAML",
    "byg040BygningensSamledeErhvervsAreal": "ERHV_ARL_SAML",
    "byg041BebyggetAreal": "BYG_BEBYG_ARL",
    "byg054AntalEtager": "ETAGER_ANT",
    INSTALLATION: "VARMEINSTAL_KODE",
    FUEL: "OPVARMNING_KODE",
    "registreringFra": "AENDR_TS",
    "registreringTil": "Ophoert_ts",
    "kommunekode": "KomKode",
    POINT: POINT,
}
OIS_LABELS = {
    "BYG_ANVEND_KODE_T": {"120": "Fritliggende enfamiliehus", "510": "Sommerhus"},
    "OPVARMNING_KODE_T": {"3": "Flydende brændsel", "7": "Naturgas"},
}


@pytest.mark.parametrize("labels", ["none", "beside", "instead"])
@pytest.mark.parametrize("dialect", ["GeoPackage", "Shapefile"])
def test_a_layer_with_the_names_of_ois_gives_the_same_buildings(coded, write, tmp_path, dialect, labels):
    want = read_buildings(write([{k: v for k, v in r.items() if k in OIS_NAMES} for r in coded]))
    frame = frame_of(coded)[list(OIS_NAMES)].rename(columns=OIS_NAMES).assign(ObjStatus="1")
    texts = {name: frame[name.removesuffix("_T")].map(of) for name, of in OIS_LABELS.items()}
    if labels != "none":
        frame = frame.assign(**texts)
    if labels == "instead":
        frame = frame.drop(columns=[name.removesuffix("_T") for name in texts])
    if dialect == "GeoPackage":
        frame.columns = [c if c == POINT else c.lower() for c in frame.columns]
    table = layer_of(frame, typed=False)
    got = read_buildings(WRITERS[dialect](table, tmp_path))
    plain = [
        "use_code",
        "year_built",
        "area_m2",
        "heating_installation_code",
        "heating_fuel_code",
        "geometry",
    ]
    assert_geodataframe_equal(got[0][plain], want[0][plain])
    pd.testing.assert_series_equal(got[1].counts, want[1].counts)


def test_a_table_of_ois_without_a_shape_needs_the_coordinates(row, tmp_path):
    frame = frame_of([row(1)])[list(OIS_NAMES)].rename(columns=OIS_NAMES).assign(ObjStatus="1")
    frame = frame.drop(columns=POINT)
    frame.to_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputFileError, match="KoorOest, KoorNord"):
        read_buildings(tmp_path / "b.parquet")
    frame.assign(KoorOest=720000.5, KoorNord=6215000.25).to_parquet(tmp_path / "b.parquet")
    assert read_buildings(tmp_path / "b.parquet")[0].geometry.iloc[0] == shapely.Point(720000.5, 6215000.25)


# Invariants


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("use_code", "use"),
        ("heating_installation_code", "heating_installation"),
        ("heating_fuel_code", "heating_fuel"),
        ("supplementary_heating_code", "supplementary_heating"),
        ("status_code", "status"),
    ],
)
def test_every_label_of_one_code_becomes_it_and_every_other_stays(column, name):
    labels = code_list(name)["label_da"]
    occurs = labels.str.casefold().str.replace(" ", "").value_counts()
    want = [
        code if occurs[label.casefold().replace(" ", "")] == 1 else label for code, label in labels.items()
    ]
    given = pa.chunked_array([pa.array(labels.str.upper().tolist())])
    got = codes_from_labels(given, column).to_pylist()
    assert [g.casefold() for g in got] == [w.casefold() for w in want]
    codes = pa.chunked_array([pa.array(labels.index.tolist())])
    assert codes_from_labels(codes, column).to_pylist() == labels.index.tolist()


def field(*values):
    return st.none() | st.sampled_from(values)


@settings(max_examples=25)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "use": field("120", "510", "999", "x", "æøå"),
                "year": field("1970", "0", "2999", "-5"),
                "dwelling": field("130", "0", "-1", "99999"),
                "floors": field("1", "0"),
                "fuel": field("3", "7", "Naturgas"),
                "status": field("6", "10"),
                "point": field("POINT (720000.5 6215000.25)", "POINT(0 0)", "POINT EMPTY", "POINT (1 2)"),
                "registreringTil": field("2021-01-01T00:00:00Z"),
            }
        ),
        min_size=1,
        max_size=12,
    )
)
def test_any_values_give_the_same_as_in_the_csv(tmp_path_factory, row, write, changes):
    # The first row is sound, so that no column is wrong throughout.
    rows = [row(1), *(row(n, **change) for n, change in enumerate(changes, 2))]
    path = tmp_path_factory.mktemp("any") / "b.parquet"
    typed = layer_of(frame_of(rows))
    # An empty point is no shape; 0 0 stays one, and both are no coordinate.
    typed.to_parquet(path)
    assert_same(read_buildings(path), read_buildings(write(rows)))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_zip_with_damage_in_it_is_refused(row, tmp_path, share):
    (tmp_path / "parts").mkdir()
    write_layer(layer_of(frame_of([row(n) for n in range(50)])), tmp_path / "parts" / "b.gpkg", "GPKG")
    path = zip_folder(tmp_path / "parts", tmp_path / "b.zip")
    content = bytearray(path.read_bytes())
    at = int(len(content) * share)
    content[at : at + 200] = bytes(200)
    path.write_bytes(content)
    with pytest.raises(InputFileError, match=r"b\.zip"):
        read_buildings(path)
