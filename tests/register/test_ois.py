"""OIS 1.x: other names, other values, points in a table of their own; the same table in the end."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from register import ois_writers as ois
from register.damage import differences, flip, flips, texts
from register.test_xml import assert_same
from screening.errors import InputFileError
from screening.register import is_building_file, read_buildings
from screening.register.dialects.ois import read_points

QUICK = 40
PLOT = "c1651fe7-f4fe-484f-949b-ddc056dca99c"
HERE = "POINT (720000.5 6215000.25)"
rows_of_any_kind = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from([None, "00000000-0000-4000-8000-0000000000ab", "ABC", "1"]),
            "use": st.sampled_from(["120", None, "130", "<&>", "Å"]),
            "year": st.sampled_from(["1970", "0", "1000", None, "x"]),
            "dwelling": st.sampled_from(["130", "-1", "0", None]),
            "fuel": st.sampled_from(["7", "3", None]),
            "point": st.sampled_from([HERE, "POINT(1 1)", "POINT(0 0)", None, "POINT (720001 6215001)"]),
            "system": st.sampled_from(["5", "5", "1", None]),
            "status": st.sampled_from(["6", "6", "9", None, "10"]),
            "registreringTil": st.sampled_from([None, None, "2020-01-01T00:00:00Z"]),
            "registreringFra": st.sampled_from([None, "2019-01-01T00:00:00.773Z", "2020-01-01 00:00:00"]),
        }
    ),
    min_size=1,
    max_size=8,
)


def to_plain_csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@settings(max_examples=QUICK)
@given(form=st.sampled_from(list(ois.FORMS)), changes=rows_of_any_kind)
def test_the_same_rows_give_the_same_table(tmp_path_factory, row, form, changes):
    rows = [row(1)] + [row(number, **change) for number, change in enumerate(changes, 2)]
    rows = [ois.without_what_ois_lacks(one) for one in rows]
    for one in rows:
        # A point without coordinates has no row of its own, so that its system is not known either.
        if one["byg404Koordinat"] in {None, "POINT(0 0)"}:
            one["byg406Koordinatsystem"] = None
    folder = tmp_path_factory.getbasetemp()
    (folder / "O.csv").write_bytes(to_plain_csv(rows))
    (folder / "O.bin").write_bytes(ois.FORMS[form](rows))
    found = read_buildings(folder / "O.bin")
    assert_same(read_buildings(folder / "O.csv"), found)
    assert found[1].dialect == ("OIS XML" if "xml" in form else "OIS CSV")
    assert set(found[1].absent_columns) == set(ois.NOT_IN_OIS)


@pytest.mark.real_data
@pytest.mark.parametrize("form", ["zip, comma", "zip, xml", "joined, cut, upper case"])
def test_the_real_register_as_ois(real_data, tmp_path, form):
    with (real_data / "bbr" / "BBR_Bygning_2020-04-18.csv").open(encoding="utf-8-sig") as stream:
        rows = [ois.without_what_ois_lacks(row) for row in csv.DictReader(stream)]
    (tmp_path / "O.csv").write_bytes(to_plain_csv(rows))
    (tmp_path / "O.bin").write_bytes(ois.FORMS[form](rows))
    found = read_buildings(tmp_path / "O.bin")
    assert found[1].rows == 2705
    assert_same(read_buildings(tmp_path / "O.csv"), found)


def joined(row, **columns):
    """One house with its coordinates, some columns changed, as text."""
    record = ois.building(row(1), 1) | {
        "KoorOest": "720000.50", "KoorNord": "6215000.25", "KoorSystem": "5"
    } | columns  # fmt: skip
    return ois.to_text([record], list(record))


@pytest.mark.parametrize(
    ("columns", "column", "value"),
    [
        ({"BYG_ANVEND_KODE": "120.0"}, "use_code", "120"),
        ({"VARMEINSTAL_KODE": "02"}, "heating_installation_code", "2"),
        ({"OPVARMNING_KODE": "3.0"}, "heating_fuel_code", "3"),
        ({"VARME_SUPPL_KODE": "00"}, "supplementary_heating_code", "0"),
        ({"KomKode": "101.0"}, "municipality_code", "0101"),
        ({"KomKode": "0101"}, "municipality_code", "0101"),
        ({"Grund_id": "{00000000-0000-0000-0000-000000000000}"}, "plot_id", None),
        ({"Grund_id": f"{{{PLOT.upper()}}}"}, "plot_id", PLOT.upper()),
        ({"ObjStatus": "1.0"}, "use_code", "120"),
        ({"Ophoert_ts": "1753-01-01T00:00:00"}, "use_code", "120"),
        ({"Ophoert_ts": "01-01-1753 00:00:00"}, "use_code", "120"),
    ],
)  # fmt: skip
def test_values_of_the_old_generation(write, row, columns, column, value):
    buildings, report = read_buildings(write(joined(row, **columns), name="O.csv"))
    assert report.counts["kept"] == 1
    assert buildings.index.tolist() == ["00000000-0000-4000-8000-000000000001"]
    assert (buildings.geometry.iloc[0].x, buildings.geometry.iloc[0].y) == (720000.5, 6215000.25)
    assert buildings[column].iloc[0] == value or (value is None and buildings[column].isna().all())


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"ObjStatus": "6"}, "dropped_status_not_standing"),
        ({"ObjStatus": "3"}, "dropped_status_not_standing"),
        ({"ObjStatus": ""}, "dropped_status_not_standing"),
        ({"Ophoert_ts": "2014-08-08T14:55:54.210"}, "dropped_version_ended"),
        ({"KoorSystem": "3"}, "dropped_coordinate_other_system"),
        ({"KoorOest": ""}, "dropped_coordinate_unreadable"),
        ({"KoorOest": "0.00", "KoorNord": "0.00"}, "dropped_no_coordinate"),
        ({"KoorOest": "", "KoorNord": ""}, "dropped_no_coordinate"),
        ({"KoorOest": "0"}, "dropped_coordinate_outside_denmark"),
        ({"Bygning_id": "{00000000-0000-0000-0000-000000000000}"}, "dropped_malformed"),
    ],
)
def test_rows_that_are_not_standing_buildings(write, row, columns, reason):
    sound = ois.building(row(2), 2) | {"KoorOest": "720001", "KoorNord": "6215001", "KoorSystem": "5"}
    content = joined(row, **columns) + ois.to_text([sound], list(sound)).partition(b"\n")[2]
    _, report = read_buildings(write(content, name="O.csv"))
    assert report.dropped["reason"].tolist() == [reason]
    assert report.counts["kept"] == 1


def test_never_changed_means_registered_when_created(write, row):
    created = joined(row, AENDR_TS="", OPRET_TS="2004-01-30T10:27:23.000")
    assert read_buildings(write(created, name="O.csv"))[1].register_date == "2004-01-30"
    changed = joined(row, AENDR_TS="2014-08-08T14:55:54.210", OPRET_TS="2004-01-30T10:27:23.000")
    assert read_buildings(write(changed, name="O.csv"))[1].register_date == "2014-08-08"


def test_points_by_id(write, row):
    """Ended points do not count; a point with two places has none; an unknown id finds nothing."""
    rows = [row(n, point=f"POINT (72000{n} 621500{n})") for n in range(1, 6)]
    buildings = [ois.building(one, n) for n, one in enumerate(rows)]
    points = [ois.point(one, n) for n, one in enumerate(rows)]
    ended = points[0] | {"KoorOest": "700000", "Ophoert_ts": "2010-01-01 00:00:00"}
    twice = points[1] | {"KoorOest": "700000"}
    same = dict(points[2])
    content = ois.zipped(
        a__csv=ois.to_text(buildings, ois.COLUMNS),
        b__csv=ois.to_text([ended, *points[:4], twice, same], ois.POINT_COLUMNS, ";"),
    )
    found, report = read_buildings(write(content, name="O.zip"))
    assert found.geometry.x.tolist() == [720001, 720003, 720004]
    assert report.dropped[["row", "reason"]].to_numpy().tolist() == [
        [2, "dropped_coordinate_unreadable"],
        [5, "dropped_no_coordinate"],
    ]


def test_an_empty_table_of_points(write, row):
    rows = [row(1)]
    content = ois.zipped(
        a__csv=ois.to_text([ois.building(rows[0], 0)], ois.COLUMNS), b__csv=ois.to_text([], ois.POINT_COLUMNS)
    )
    assert read_buildings(write(content, name="O.zip"))[1].counts["dropped_no_coordinate"] == 1


def test_the_points_are_held_in_few_bytes():
    numbers = range(20_000)
    records = [ois.point({"byg404Koordinat": f"POINT ({n} 1)"}, n) for n in numbers]
    points = read_points(io.BytesIO(ois.to_text(records, ois.POINT_COLUMNS)), "p.csv")
    assert len(points.keys) == 20_000
    size = sum(a.nbytes for a in (points.keys, points.x_m, points.y_m, points.systems.codes))
    assert size <= 40 * 20_000
    assert np.array_equal(np.sort(points.x_m), np.arange(20_000))


def only_buildings(row, columns=ois.COLUMNS):
    return ois.to_text([ois.building(row(1), 1)], columns)


def without_floors(row):
    return only_buildings(row, [*(c for c in ois.COLUMNS if c != "ETAGER_ANT"), "KoorOest", "KoorNord"])


def three_tables(row):
    points = ois.to_text([], ois.POINT_COLUMNS)
    return ois.zipped(a__csv=joined(row), b__csv=joined(row), c__csv=points)


def misspelled_points(row):
    return ois.zipped(a__csv=only_buildings(row), b__csv=b"BygPkt_id;KoorOest;KoorNurd\r\n")


CASES = {
    "no points": (only_buildings, ["without coordinates", "CO43100T", "one .zip", "KoorOest"]),
    "no points, xml": (
        lambda row: ois.to_table_xml([ois.building(row(1), 1)], ois.COLUMNS, "CO40100T"),
        ["without coordinates", "CO43100T"],
    ),
    "no id of a point": (
        lambda row: only_buildings(row, [c for c in ois.COLUMNS if c != "BygPkt_id"]),
        ["KoorOest, KoorNord", "BygPkt_id"],
    ),
    "a column lacks": (without_floors, ["lacks 1 of the 11", "ETAGER_ANT"]),
    "two cuts": (
        lambda row: joined(row, OPVARMNING_="1").replace(b"OPVARMNING_KODE", b"OPVARMNING_K"),
        ["more than once", "OPVARMNING_K, OPVARMNING_"],
    ),
    "a column twice": (
        lambda row: joined(row, x="1").replace(b",x\r\n", b",KomKode\r\n"),
        ["KomKode more than once"],
    ),
    "misspelled": (lambda row: joined(row).replace(b"KomKode", b"KomKude"), ["KomKude where KomKode"]),
    "two tables of buildings": (three_tables, ["3 data files", "table of points"]),
    "points without a column": (misspelled_points, ["2 data files"]),
}


@pytest.mark.parametrize("case", CASES)
def test_tables_that_are_refused(write, row, case):
    content, words = CASES[case]
    with pytest.raises(InputFileError) as caught:
        read_buildings(write(content(row), name="O.bin"))
    for word in ["O.bin", *words]:
        assert word in str(caught.value)


def test_a_table_of_buildings_is_a_building_file(write, row):
    assert is_building_file(write(joined(row), name="O.csv"))
    assert not is_building_file(write(ois.to_text([], ois.POINT_COLUMNS), name="P.csv"))


@pytest.fixture(scope="module", params=["csv", "xml"])
def original(tmp_path_factory, row, request):
    rows = [
        row(n, use=f"1{n}0", year=f"19{n}5", dwelling=f"{n}30", point=f"POINT (72000{n}.5 621500{n}.25)")
        for n in range(1, 7)
    ]
    buildings, points = ([make(one, n) for n, one in enumerate(rows)] for make in (ois.building, ois.point))
    if request.param == "csv":
        tables = [ois.to_text(buildings, ois.COLUMNS), ois.to_text(points, ois.POINT_COLUMNS)]
    else:
        tables = [
            ois.to_table_xml(buildings, ois.COLUMNS, "CO40100T"),
            ois.to_table_xml(points, ois.POINT_COLUMNS, "CO43100T"),
        ]
    path = tmp_path_factory.mktemp("damage") / "O.zip"
    path.write_bytes(ois.zipped(a__txt=tables[0], b__txt=tables[1]))
    found, report = read_buildings(path)
    assert report.counts["kept"] == 6
    return tables, texts(found), path


def damaged(original, which, spoilt):
    tables, sound, path = original
    both = [*tables[:which], spoilt, *tables[which + 1 :]]
    path.write_bytes(ois.zipped(a__txt=both[0], b__txt=both[1]))
    return differences(path, sound)


@settings(max_examples=QUICK)
@given(data=st.data())
def test_one_byte_flipped_spoils_one_value_at_most(original, data):
    which = data.draw(st.integers(0, 1))
    table = original[0][which]
    found = damaged(original, which, flip(table, *data.draw(flips(len(table)))))
    assert found is None or len(found) <= 1


@settings(max_examples=QUICK)
@given(data=st.data())
def test_a_table_that_breaks_off_spoils_the_last_value_at_most(original, data):
    which = data.draw(st.integers(0, 1))
    table = original[0][which]
    found = damaged(original, which, table[: data.draw(st.integers(0, len(table)))])
    assert found is None or len(found) <= 1
