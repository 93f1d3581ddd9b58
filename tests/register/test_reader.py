"""Reading the register: every row has one outcome, every repair a count, every dialect the same table."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.errors import InputFileError
from screening.register import code_list, is_building_file, read_buildings, require_buildings


def one(write, row, **changes):
    """The only building of a file, and the report."""
    buildings, report = read_buildings(write([row(**changes)]))
    assert len(buildings) == 1
    return buildings.iloc[0], report


def test_a_plain_house(write, row):
    house, report = one(write, row)
    assert house["area_m2"] == 130
    assert house["area_source"] == "dwelling_business"
    assert house["year_built"] == 1970
    assert house["municipality_code"] == "0217"
    assert house["is_gas"]
    assert not house["is_oil"]
    assert (house.geometry.x, house.geometry.y) == (720000.5, 6215000.25)
    assert report.counts["rows_read"] == report.rows == 1
    assert report.counts["kept"] == 1
    assert report.repairs.sum() == 0
    assert report.register_date == "2020-01-01"
    assert report.dialect == "Fildownload CSV"
    assert report.source == "Bygning.csv"
    assert report.absent_columns == ()
    assert code_list("outcome").index.tolist() == report.counts.index.tolist()
    assert code_list("repair").index.tolist()[: len(report.repairs)] == report.repairs.index.tolist()


# Rule: byg039 + byg040, else byg038, else byg041 x byg054 (one floor when missing), else unknown.
@pytest.mark.parametrize(
    ("changes", "area", "source"),
    [
        ({"dwelling": "100", "business": "50"}, 150, "dwelling_business"),
        ({"dwelling": "", "business": "50"}, 50, "dwelling_business"),
        ({"dwelling": "-100", "business": "50"}, 50, "dwelling_business"),
        ({"dwelling": "0", "business": "0"}, 140, "total"),
        ({"dwelling": "-5", "total": "140"}, 140, "total"),
        ({"dwelling": "0", "total": "0", "footprint": "80", "floors": "2"}, 160, "outline"),
        ({"dwelling": "", "total": "", "footprint": "80", "floors": ""}, 80, "outline"),
        ({"dwelling": "", "total": "-1", "footprint": "80", "floors": "0"}, 80, "outline"),
        ({"dwelling": "", "total": "", "footprint": "0"}, np.nan, "unknown"),
    ],
)
def test_heated_area_rule(write, row, changes, area, source):
    house, report = one(write, row, **changes)
    assert house["area_source"] == source
    np.testing.assert_equal(house["area_m2"], float(area))
    assert report.repairs["area_unknown"] == (source == "unknown")
    assert report.repairs["area_from_total"] == (source == "total")
    assert report.repairs["area_from_outline"] == (source == "outline")


def test_outbuilding_area_is_counted_apart(write, row):
    _, report = one(write, row, use="910", dwelling="0", total="0", footprint="30")
    assert report.repairs["area_from_outline_outbuilding"] == 1
    assert report.repairs["area_from_outline"] == 0


# The extract is of 2020: a house may be registered a year before it stands, not more.
@pytest.mark.parametrize(("year", "known"), [("0", False), ("1000", False), ("1001", True), ("1777", True)])
@pytest.mark.parametrize("use", ["120", "910"])
def test_unknown_years(write, row, year, known, use):
    house, report = one(write, row, year=year, use=use)
    assert pd.notna(house["year_built"]) == known
    assert report.repairs["year_unknown"] == (not known)


@pytest.mark.parametrize(
    ("year", "known"), [("2020", True), ("2021", True), ("2022", False), ("9999", False)]
)
def test_future_years(write, row, year, known):
    house, _ = one(write, row, year=year)
    assert pd.notna(house["year_built"]) == known


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": ""}, "dropped_malformed"),
        ({"status": "10"}, "dropped_status_not_standing"),
        ({"status": ""}, "dropped_status_not_standing"),
        ({"registreringTil": "2019-01-01T00:00:00Z"}, "dropped_version_ended"),
        ({"virkningTil": "2019-01-01T00:00:00Z"}, "dropped_version_ended"),
        ({"point": ""}, "dropped_no_coordinate"),
        ({"point": "null"}, "dropped_no_coordinate"),
        ({"point": "POINT(0 0)"}, "dropped_no_coordinate"),
        ({"point": "POINT (0.0 0.0)"}, "dropped_no_coordinate"),
        ({"point": "GEOMETRYCOLLECTION EMPTY"}, "dropped_no_coordinate"),
        ({"point": "POINT EMPTY"}, "dropped_no_coordinate"),
        ({"system": "2"}, "dropped_coordinate_other_system"),
        ({"point": "720000,5 6215000,25"}, "dropped_coordinate_unreadable"),
        ({"point": "POINT (720000,5 6215000,25)"}, "dropped_coordinate_unreadable"),
        ({"point": "POINT (6215000.25 720000.5)"}, "dropped_coordinate_outside_denmark"),
        ({"point": "POINT (12.5 56.0)"}, "dropped_coordinate_outside_denmark"),
    ],
)
def test_each_reason_for_dropping(write, row, changes, reason):
    buildings, report = read_buildings(write([row(1), row(2, **changes)]))
    assert len(buildings) == 1
    assert report.counts[reason] == 1
    assert report.counts["rows_read"] == 2 == report.counts.drop("rows_read").sum()
    assert report.dropped["reason"].tolist() == [reason]
    assert report.dropped["row"].tolist() == [2]


def test_both_point_spellings(write, row):
    buildings, _ = read_buildings(
        write([row(1, point="POINT(720000.5 6215000)"), row(2, point="POINT (720000.5 6215000)")])
    )
    assert buildings.geometry.iloc[0].equals(buildings.geometry.iloc[1])


def test_upper_case_id_and_short_municipality_code(write, row):
    buildings, report = read_buildings(
        write([row(id="ABCDEF00-0000-4000-8000-00000000000A", kommunekode="217")])
    )
    assert buildings.index.tolist() == ["abcdef00-0000-4000-8000-00000000000a"]
    assert buildings["municipality_code"].tolist() == ["0217"]
    assert report.repairs["id_lower_cased"] == 1
    assert report.repairs["municipality_code_padded"] == 1


def test_the_newest_of_two_versions_stays(write, row):
    # 12:00:00.5 is later than 12:00:00, though "Z" sorts after "." as text; ids differ in case only.
    rows = [
        row(id="aaaaaaaa-0000-4000-8000-000000000001", registreringFra="2020-01-01T12:00:00Z", dwelling="1"),
        row(
            id="AAAAAAAA-0000-4000-8000-000000000001", registreringFra="2020-01-01T12:00:00.5Z", dwelling="2"
        ),
        row(id="aaaaaaaa-0000-4000-8000-000000000001", registreringFra=None, dwelling="3"),
    ]
    for order in (rows, rows[::-1]):
        buildings, report = read_buildings(write(order))
        assert buildings["area_m2"].tolist() == [2]
        assert report.counts["dropped_duplicate"] == 2


def test_a_dropped_version_does_not_hide_a_standing_one(write, row):
    rows = [row(1), row(1, status="10", registreringFra="2021-01-01T00:00:00Z")]
    buildings, report = read_buildings(write(rows))
    assert len(buildings) == 1
    assert report.counts["dropped_duplicate"] == 0


def test_the_outline_stands_in_for_point_and_area(write, row):
    square = shapely.box(700000, 6200000, 700010, 6200010)
    outlines = gpd.GeoDataFrame(index=[row()["id_lokalId"]], geometry=[square], crs=25832)
    path = write([row(1, point="", dwelling="", total="", footprint="", floors="2"), row(2, point="")])
    buildings, report = read_buildings(path, outlines=outlines)
    assert len(buildings) == 1
    house = buildings.iloc[0]
    assert square.contains(house.geometry)
    assert house["coordinate_source"] == "outline"
    assert house["area_m2"] == 200  # 10 m x 10 m x 2 floors
    assert house["area_source"] == "outline"
    assert report.repairs["coordinate_from_outline"] == 1
    assert report.counts["dropped_no_coordinate"] == 1


@pytest.mark.parametrize(
    ("column", "code"), [("use", "777"), ("heating", "4"), ("fuel", "8"), ("extra", "55")]
)
def test_unlisted_codes_are_kept_and_counted(write, row, column, code):
    names = {"use": "use_code", "heating": "heating_installation_code", "fuel": "heating_fuel_code"}
    name = names.get(column, "supplementary_heating_code")
    house, report = one(write, row, **{column: code})
    assert house[name] == code
    assert report.repairs[f"{name}_unlisted"] == 1


def test_unreadable_numbers_are_counted(write, row):
    rows = [row(1), row(2, dwelling="130,5", total="", footprint="", business="ti")]
    buildings, report = read_buildings(write(rows))
    assert report.repairs["unreadable_number_ignored"] == 1
    assert report.repairs["area_unknown"] == 1
    assert buildings["area_m2"].isna().sum() == 1


def test_stoves_and_gas_radiators_are_no_boilers(write, row):
    buildings, report = read_buildings(
        write([row(1, heating="3", fuel="3"), row(2, heating="8", fuel="7"), row(3, heating="6", fuel="3")])
    )
    assert report.repairs["oil_or_gas_without_boiler"] == 2
    assert buildings["is_oil"].tolist() == [False, False, True]
    assert not buildings["is_gas"].any()


def test_optional_columns_may_be_absent(write, row):
    optional = ["kommunekode", "registreringFra", "registreringTil", "virkningTil"]
    lines = [",".join(k for k in row() if k not in optional)]
    lines += [",".join(v or "" for k, v in row().items() if k not in optional)]
    buildings, report = read_buildings(write("\n".join(lines).encode()))
    assert len(buildings) == 1
    assert set(report.absent_columns) == set(optional)
    assert report.register_date == ""
    assert buildings["municipality_code"].isna().all()


def test_broken_lines_are_counted_with_their_row_number(write, row, writers):
    lines = writers["csv"]([row(1), row(2), row(3, status="10")]).split(b"\r\n")
    lines.insert(2, b"half a line,0217")
    buildings, report = read_buildings(write(b"\r\n".join(lines)))
    assert len(buildings) == 2
    assert report.counts["dropped_malformed"] == 1
    assert report.dropped["row"].tolist() == [2, 4]
    assert report.dropped["detail"].tolist() == ["2 fields where the header has 24", ""]
    assert report.rows == 4


def test_records_that_are_no_records_are_counted(write, row):
    content = b'[{"id_lokalId": "a", "status": "6"}, 5, null]'
    _, report = read_buildings(write(content))
    assert report.counts["dropped_malformed"] == 2
    assert report.counts["dropped_no_coordinate"] == 1


def test_json_fields_under_another_spelling_are_not_lost_in_silence(write, row, writers):
    content = writers["filudtraek"]([row()])
    for name in ("byg056Varmeinstalation", "byg056_varme_installationen"):
        changed = content.replace(b"byg056Varmeinstallation", name.encode())
        with pytest.raises(InputFileError, match=f"has {name} where byg056Varmeinstallation was expected"):
            read_buildings(write(changed))
    # A field that is empty in every record is left out of the file: no fault, but told.
    _, report = read_buildings(write([row(fuel=None)], "filudtraek"))
    assert "byg057Opvarmningsmiddel" in report.absent_columns


FAULTS = [
    {},
    {"status": "10"},
    {"registreringTil": "2019-01-01T00:00:00Z"},
    {"point": None},
    {"point": "POINT(0 0)"},
    {"point": "POINT (1 2)"},
    {"id": None},
    {"dwelling": None, "total": "0"},
    {"dwelling": None, "total": None, "footprint": None},
    {"use": None, "heating": "99"},
    {"year": "1000", "kommunekode": "217"},
]


@pytest.mark.parametrize("dialect", ["csv with BOM", "json list", "filudtraek", "zipped csv", "zipped json"])
def test_every_dialect_gives_the_same_table(write, row, dialect):
    rows = [row(number, **faults) for number, faults in enumerate(FAULTS)]
    expected, report = read_buildings(write(rows))
    buildings, other = read_buildings(write(rows, dialect))
    assert_geodataframe_equal(buildings, expected)
    pd.testing.assert_series_equal(other.counts, report.counts)
    pd.testing.assert_series_equal(other.repairs, report.repairs)
    pd.testing.assert_frame_equal(other.dropped, report.dropped)


@settings(max_examples=25)
@given(
    faults=st.lists(st.tuples(st.integers(1, 6), st.integers(0, len(FAULTS) - 1)), max_size=15),
    seed=st.randoms(use_true_random=False),
)
def test_counts_add_up_and_order_does_not_matter(write, row, faults, seed):
    rows = [row(99)] + [row(number, **FAULTS[fault]) for number, fault in faults]
    expected, report = read_buildings(write(rows))
    drops = report.counts.drop(["rows_read", "kept"])
    assert drops.index.str.startswith("dropped_").all()
    assert report.counts["rows_read"] == len(rows) == report.counts["kept"] + drops.sum()
    assert len(expected) == report.counts["kept"]
    assert len(report.dropped) == drops.sum()
    assert report.dropped["reason"].value_counts().to_dict() == drops[drops > 0].to_dict()
    assert not (expected["area_m2"] == 0).any()
    assert (expected["area_m2"].isna() == (expected["area_source"] == "unknown")).all()

    seed.shuffle(rows)
    buildings, other = read_buildings(write(rows))
    assert_geodataframe_equal(buildings, expected)
    pd.testing.assert_series_equal(other.counts, report.counts)
    pd.testing.assert_series_equal(other.repairs, report.repairs)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["empty"]),
        (b"\n  \n", ["empty"]),
        (b"a,b,c\n1,2,3\n", ["12 of the 12 columns", "id_lokalId", "it has a, b, c"]),
        (b"<!DOCTYPE html><html></html>", ["web page", "download"]),
        (b'<?xml version="1.0"?><EnhedList/>', ["XML", "CSV or JSON"]),
        (b'{"data": {}}', ["JSON", "holds nothing", "BBR_Bygning"]),
        (b'{"GrundList": []}', ["GrundList", "no BygningList"]),
        (b'[{"navn": "x"}]', ["Bygning.csv lacks 2 of the 2", "id_lokalId"]),
        (b'[{"id_lokalId": "x", "sta', ["not complete JSON"]),
        (b"[]", ["no buildings"]),
        (b"PK\x03\x04broken", ["damaged zip"]),
        ("id_lokalId,status".encode("utf-16"), ["UTF-16"]),
        (b"SQLite format 3\x00\r\x07", ["no text file"]),
    ],
)
def test_files_that_are_no_register(write, content, words):
    path = write(content)
    with pytest.raises(InputFileError) as error:
        read_buildings(path)
    message = str(error.value)
    assert message.startswith("Bygning.csv")
    assert all(word in message for word in words), message


def test_header_faults_name_what_is_wrong(write, row, writers):
    content = writers["csv"]([row()])
    cases = {
        content.decode().encode("cp1252"): ["not UTF-8"],
        content.replace(b"byg056Varmeinstallation", b"byg056Varmeinstalation"): [
            "lacks 1",
            "byg056Varmeinstallation.",
            "Nearest in the file: byg056Varmeinstalation",
        ],
        content.replace(b"byg058SupplerendeVarme", b"status"): [
            "Bygning.csv has the column status more than once"
        ],
        content.replace(b"byg058SupplerendeVarme", b"STATUS").replace(b"status,", b"Status,", 1): [
            "Bygning.csv has the field status more than once: Status, STATUS"
        ],
        content.split(b"\r\n")[0] + b"\r\n": ["no buildings"],
        content.split(b"\r\n")[0]: ["no buildings"],
    }
    for changed, words in cases.items():
        with pytest.raises(InputFileError) as error:
            read_buildings(write(changed))
        assert all(word in str(error.value) for word in words), str(error.value)


def test_decimal_commas_throughout_are_refused(write, row):
    points = [row(n, point="POINT (720000,5 6215000,25)") for n in (1, 2)]
    with pytest.raises(InputFileError, match=r"none of the 2 coordinates .* decimal points"):
        read_buildings(write(points))
    whole = [
        *(row(n, point="POINT (720000,5 6215000,25)") for n in (1, 2)),
        row(3, point="POINT (720000 6215000)"),
    ]
    with pytest.raises(InputFileError, match=r"only 1 of the 3 coordinates .* decimal points"):
        read_buildings(write(whole))
    areas = [row(n, dwelling="130,5") for n in (1, 2)]
    with pytest.raises(InputFileError, match=r"none of the 2 values of byg039.*'130,5'.*decimal point"):
        read_buildings(write(areas))


def test_paths_that_are_no_file(tmp_path):
    with pytest.raises(InputFileError, match="does not exist"):
        read_buildings(tmp_path / "none.csv")
    with pytest.raises(InputFileError, match="folder"):
        read_buildings(tmp_path)


def test_zips(tmp_path, row, writers):
    import zipfile

    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x")
        archive.writestr("b.csv", "y")
        archive.writestr("BBR_Metadata.json", "{}")
    with pytest.raises(InputFileError, match=r"2 data files \(a.csv, b.csv\)"):
        read_buildings(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("folder/", "")
        archive.writestr("folder/Bygning.csv", writers["csv"]([row()]))
        archive.writestr("BBR_Metadata.json", "{}")
    assert len(read_buildings(path)[0]) == 1
    assert is_building_file(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("[Content_Types].xml", "<x/>")
    with pytest.raises(InputFileError, match="Excel workbook"):
        read_buildings(path)
    assert not is_building_file(path)


def test_a_damaged_member_is_told(tmp_path, row, writers):
    content = bytearray(writers["zipped csv"]([row(n) for n in range(200)]))
    content[60:90] = bytes(30)
    path = tmp_path / "damaged.zip"
    path.write_bytes(content)
    with pytest.raises(InputFileError, match=r"damaged.zip cannot be unpacked .* download it again"):
        read_buildings(path)


def test_building_files_are_told_from_others(tmp_path, write, row):
    assert is_building_file(write([row()]))
    assert is_building_file(write([row()], "filudtraek"))
    assert not is_building_file(write(b"a,b\n1,2\n"))
    assert not is_building_file(tmp_path)
    assert not is_building_file(tmp_path / "none")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"point": "POINT (12.5 56.0)"}, "Coordinate outside Denmark and no outline: 2"),
        ({"system": "2"}, "Coordinate in another system and no outline: 2"),
        ({"point": "POINT(0 0)"}, "No coordinate and no outline: 2"),
        ({"status": "06"}, "Not standing .status other than 6.: 2"),
        ({"id": ""}, "Unreadable row or no id: 2"),
    ],
)
def test_a_file_of_which_nothing_can_be_kept_is_refused_with_its_reason(write, row, changes, words):
    buildings, report = read_buildings(write([row(1, **changes), row(2, **changes)]))
    assert buildings.empty
    with pytest.raises(InputFileError, match=f"Bygning.csv: none of the 2 rows .*{words}.*EPSG:25832"):
        require_buildings(report)
    require_buildings(read_buildings(write([row(1, **changes), row(2)]))[1])


@pytest.mark.parametrize(("column", "code"), [("use", "120.0"), ("heating", "2.0"), ("fuel", "7.0")])
def test_codes_that_became_numbers_are_refused(write, row, column, code):
    with pytest.raises(InputFileError, match=f"1 codes in byg.*'{code}'; expected '{code[:-2]}'"):
        read_buildings(write([row(1), row(2, **{column: code})]))
