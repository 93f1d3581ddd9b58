"""Filudtræk's XML: the same table as any other dialect, in every form it comes in, and no bombs."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile

import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

from register.damage import differences, flip, flips, texts
from register.xml_writers import FORMS, to_xml
from screening.errors import InputFileError
from screening.register import is_building_file, read_buildings
from screening.register.dialects.xml_text import XmlReading


def assert_same(first, second):
    assert_geodataframe_equal(first[0], second[0])
    for part in ("counts", "repairs", "dropped"):
        one, other = getattr(first[1], part), getattr(second[1], part)
        assert one.equals(other), f"{part}\n{one}\n{other}"
    assert first[1].register_date == second[1].register_date


rows_of_any_kind = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from([None, "", "00000000-0000-4000-8000-0000000000ab", "ABC", "1"]),
            "use": st.sampled_from(["120", None, "", "130", "<&>", "Å"]),
            "year": st.sampled_from(["1970", "0", "1000", None, "x"]),
            "dwelling": st.sampled_from(["130", "-1", "0", None]),
            "fuel": st.sampled_from(["7", "3", None]),
            "point": st.sampled_from(
                ["POINT (720000.5 6215000.25)", "POINT(1 1)", "POINT(0 0)", None, "POINT (720001 6215001)"]
            ),
            "status": st.sampled_from(["6", "6", "9", None, "10"]),
            "registreringTil": st.sampled_from([None, None, "2020-01-01T00:00:00Z"]),
            "bygUlæst": st.sampled_from([None, "æøå", "a]]>b", "x"]),
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40)
@given(form=st.sampled_from(list(FORMS)), changes=rows_of_any_kind)
def test_the_same_rows_give_the_same_table(tmp_path_factory, row, form, changes):
    rows = [row(1)] + [row(number, **change) for number, change in enumerate(changes, 2)]
    folder = tmp_path_factory.getbasetemp()
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [*rows[0], "bygUlæst"])
    writer.writeheader()
    writer.writerows(rows)
    (folder / "B.csv").write_text(buffer.getvalue(), encoding="utf-8")
    (folder / "B.xml").write_bytes(to_xml(rows, **FORMS[form]))
    table, xml = read_buildings(folder / "B.csv"), read_buildings(folder / "B.xml")
    assert_same(table, xml)
    assert xml[1].dialect == "Filudtræk XML"


@pytest.mark.real_data
@pytest.mark.parametrize("form", ["default namespace", "fields left out", "wrapped, prefix, gml, Latin-1"])
def test_the_real_register_as_xml(real_data, tmp_path, form):
    source = real_data / "bbr" / "BBR_Bygning_2020-04-18.csv"
    with source.open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    path = tmp_path / "Bygning.xml"
    path.write_bytes(to_xml(rows, **FORMS[form]))
    found = read_buildings(path)
    assert found[1].rows == len(rows) == 2705
    assert_same(read_buildings(source), found)


def test_zipped(write, row, writers):
    content = to_xml([row(1), row(2)])
    plain = read_buildings(write(content, name="B.xml"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("BBR_Bygning.xml", content)
    assert_same(plain, read_buildings(write(buffer.getvalue(), name="B.xml")))


HERE = 720000.5, 6215000.25
PIECE = "<Bygning><id_lokalId>{}</id_lokalId><status>6</status>{}</Bygning>"


def wrap(*records):
    return f"<BygningList>{''.join(records)}</BygningList>".encode()


def read(content, piece_records=20_000):
    return list(XmlReading(io.BytesIO(content), "B.xml", piece_records=piece_records))


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ("<status>6</status>", "the field status twice"),
        ("<a>1</a><a>2</a>", "the field a twice"),
        ("<statuz>6</statuz>", "the field statuz where status was expected"),
        ("<byg026Opført>1970</byg026Opført>", "byg026Opførelsesår was expected"),
        ("<byg021BygningensAnvendelse><b>1</b></byg021BygningensAnvendelse>", "the element b inside a field"),
        ("<byg021BygningensAnvendelse><pos>1</pos></byg021BygningensAnvendelse>", "elements inside byg021"),
        ("<byg404Koordinat><pos>1 1</pos><pos>2 2</pos></byg404Koordinat>", "elements inside byg404"),
        ("<byg404Koordinat>x<pos>1 1</pos></byg404Koordinat>", "text between"),
        ("<byg404Koordinat><pos>1 1</pos>x</byg404Koordinat>", "text between"),
        ("junk<byg000X/>", "text between"),
        ("<byg000X/>junk", "text between"),
    ],
)
def test_a_record_that_is_no_building_is_one_malformed_row(more, word):
    good = "<byg026Opførelsesår>1970</byg026Opførelsesår>"
    [piece] = read(wrap(PIECE.format("a", good), PIECE.format("b", more), PIECE.format("c", good)))
    assert piece.rows.index.tolist() == [1, 3]
    assert piece.rows["building_id"].tolist() == ["a", "c"]
    assert piece.rows["year_built"].tolist() == ["1970", "1970"]
    assert piece.malformed.index.tolist() == [2]
    assert word in piece.malformed[2]


def test_another_element_among_the_buildings_is_malformed():
    [piece] = read(wrap(PIECE.format("a", ""), "<Enhed><id_lokalId>b</id_lokalId></Enhed>"))
    assert piece.rows["building_id"].tolist() == ["a"]
    assert piece.malformed.to_dict() == {2: "Enhed where Bygning was expected (line 1)"}


def test_row_numbers_run_on_through_the_pieces():
    records = [PIECE.format(n, "<status>6</status>" if n == 2 else "") for n in range(1, 6)]
    content = wrap(*records[:3]).replace(b"</BygningList>", b"") + b" " * (1 << 20)
    content += "".join(records[3:]).encode() + b"</BygningList>"
    first, second = read(content, piece_records=1)
    assert first.rows.index.tolist() == [1, 3]
    assert first.malformed.index.tolist() == [2]
    assert second.rows.index.tolist() == [4, 5]
    assert second.rows["building_id"].tolist() == ["4", "5"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<g:Point xmlns:g="x" srsName="EPSG:25832"><g:pos>720000.5 6215000.25</g:pos></g:Point>', HERE),
        ("<Point><pos> 720000.5\n 6215000.25 7</pos></Point>", HERE),
        ('<Point srsName="urn:ogc:def:crs:EPSG::25832"><pos>720000.5 6215000.25</pos></Point>', HERE),
        ("<Point><coordinates>720000.5,6215000.25</coordinates></Point>", HERE),
        ("POINT(720000.5 6215000.25)", HERE),
        ('<Point srsName="EPSG:4326"><pos>12.5 56</pos></Point>', "dropped_coordinate_unreadable"),
        ("<Point/>", "dropped_no_coordinate"),
        ("<Point><pos/></Point>", "dropped_no_coordinate"),
    ],
)  # fmt: skip
def test_points(write, row, text, expected):
    plain = to_xml([row(1), row(2, point="HERE")]).decode()
    buildings, report = read_buildings(write(plain.replace("HERE", text).encode(), name="B.xml"))
    if isinstance(expected, str):
        assert report.counts[expected] == 1
        assert len(buildings) == 1
    else:
        point = buildings.geometry.iloc[1]
        assert (point.x, point.y) == expected


def test_a_system_told_by_one_point_does_not_stick_to_the_next(write, row):
    plain = to_xml([row(1, point="ONE"), row(2, point="TWO"), row(3)]).decode()
    plain = plain.replace("ONE", '<Point srsName="EPSG:4326"><pos>12 56</pos></Point>')
    plain = plain.replace("TWO", "<pos>720000 6215000</pos>")
    buildings, report = read_buildings(write(plain.encode(), name="B.xml"))
    assert len(buildings) == 2
    assert report.counts["dropped_coordinate_unreadable"] == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><BygningList/>', ["document type", "line 1"]),
        (b'<!DOCTYPE BygningList SYSTEM "x.dtd"><BygningList/>', ["document type"]),
        (b"<BygningList>\n<Bygning>\n<status>6</statu>", ["whole XML", "mismatched tag", "line 3"]),
        (b"<BygningList>\n<Bygning><status>6</status>", ["whole XML", "no element found", "line 2"]),
        (b"<BygningList>\xff</BygningList>", ["whole XML", "line 1"]),
        (b'<?xml version="1.0" encoding="no-such"?><BygningList/>', ["whole XML"]),
        (b"<BygningList/>", ["no buildings"]),
        (b"<x><!--BygningList--><EnhedList/><GrundList/></x>", ["EnhedList, GrundList", "no BygningList"]),
        (wrap("<Bygning><navn>x</navn></Bygning>"), ["id_lokalId", "lacks"]),
        (wrap("<Bygning><id_lokalIX>x</id_lokalIX><status>6</status></Bygning>"), ["id_lokalI"]),
        (wrap("<Bygning><status>" + "6" * (3 << 20) + "</status></Bygning>"), ["does not end"]),
    ],
)  # fmt: skip
def test_texts_that_are_refused(write, content, words):
    with pytest.raises(InputFileError) as caught:
        read_buildings(write(content, name="B.xml"))
    for word in ["B.xml", *words]:
        assert word in str(caught.value)


def test_many_laughs_are_refused_before_they_grow(write):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><BygningList>&e9;</BygningList>'
    tracemalloc.start()
    with pytest.raises(InputFileError, match="document type"):
        read_buildings(write(bomb.encode(), name="B.xml"))
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_memory_does_not_grow_with_the_file():
    one = PIECE.format(
        "a", "<byg026Opførelsesår>1970</byg026Opførelsesår>" + "<byg999Ulæst>x</byg999Ulæst>"
    ).encode()

    def peak(count):
        stream = io.BytesIO(b"<BygningList>" + one * count + b"</BygningList>")
        tracemalloc.start()
        rows = sum(piece.row_count for piece in XmlReading(stream, "B.xml", piece_records=2000))
        high = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert rows == count
        return high

    assert peak(60_000) < 1.5 * peak(20_000)


def test_other_xml_is_no_building_file(write):
    assert is_building_file(write(wrap(PIECE.format("a", "")), name="B.xml"))
    for content in (b"<x/>", b"<?xml version='1.0'?><kml/>", b"<qgis></qgis>"):
        assert not is_building_file(write(content, name="B.xml"))


@pytest.fixture(scope="module")
def original(tmp_path_factory, row):
    rows = [
        row(n, use=f"1{n}0", year=f"19{n}5", dwelling=f"{n}30", point=f"POINT (72000{n}.5 621500{n}.25)")
        for n in range(1, 8)
    ]
    content = to_xml(rows)
    path = tmp_path_factory.mktemp("damage") / "B.xml"
    path.write_bytes(content)
    buildings, report = read_buildings(path)
    assert report.counts["kept"] == 7
    return content, texts(buildings), path


@given(data=st.data())
def test_one_byte_flipped_spoils_one_value_at_most(original, data):
    content, sound, path = original
    path.write_bytes(flip(content, *data.draw(flips(len(content)))))
    found = differences(path, sound)
    assert found is None or len(found) <= 1


@given(data=st.data())
def test_a_text_that_breaks_off_is_refused(original, data):
    content, _, path = original
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 2))])
    with pytest.raises(InputFileError):
        read_buildings(path)
