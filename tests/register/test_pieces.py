"""Long files are read in pieces, quickly where all is as expected: the result is that of exact reading."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.errors import InputFileError
from screening.register.dialects.csv_text import CsvReading
from screening.register.dialects.json_template import learn
from screening.register.dialects.json_text import JsonReading
from screening.register.dialects.raw import concatenate
from screening.register.dialects.vocabulary import FIELDS

NULLS = {"", "null", "NULL"}
NUMBERS = {name for name in FIELDS.values() if name[:6] in {"byg026", "byg038", "byg039", "byg040", "byg041"}}
NOTE = "byg500Notatlinjer"  # a field that is not read, and may hold any text
ODD = [
    '},{"',
    '"',
    "\\",
    ",",
    "æ}\n{ø",
    "POINT (1 2)",
    '","status":"9',
    "]",
    "\t",
    "{",
    " 7 ",
    "null",
    "é" * 40,
]

texts = st.one_of(st.sampled_from(ODD), st.text(max_size=12))
values = st.one_of(st.none(), st.sampled_from(["1", "120", "", " x ", "null"]), texts)
numbers = st.one_of(st.none(), st.integers(-3, 300))
records = st.lists(st.fixed_dictionaries({"year": numbers, "area": numbers, "note": values, "use": values}))


def make(row, changes):
    made = row(1)
    made |= {name: None if made[name] is None else int(made[name]) for name in NUMBERS & made.keys()}
    made = {"forretningshændelse": "Bygning", **made, NOTE: None}
    names = {"year": "byg026Opførelsesår", "area": "byg038SamletBygningsareal", "note": NOTE}
    return made | {names.get(key, "byg021BygningensAnvendelse"): value for key, value in changes.items()}


def expected(records):
    """What each record says, worked out with Python's own JSON types: text, stripped, or nothing."""
    rows = []
    for record in records:
        row = {}
        for column, name in FIELDS.items():
            value = record.get(name)
            text = None if value is None else str(value).strip()
            row[column] = None if text in NULLS else text
        rows.append(row)
    return rows


def read(reading):
    raw = concatenate(list(reading))
    return raw, [
        {column: None if pd.isna(value) else value for column, value in row.items()}
        for row in raw.rows.to_dict("records")
    ]


def as_json(records, layout):
    if layout == "compact":
        return json.dumps(records, ensure_ascii=False, separators=(",", ":")).encode()
    if layout == "escaped":
        return json.dumps(records).encode()
    if layout == "filudtraek":
        few = [{name: value for name, value in record.items() if value is not None} for record in records]
        return json.dumps({"BygningList": few}, ensure_ascii=False, indent=1).encode()
    page = {"data": {"BBR_Bygning": {"nodes": records, "pageInfo": {"hasNextPage": False}}}}
    return json.dumps(page, ensure_ascii=False, separators=(",", ": ")).encode()


LAYOUTS = ["compact", "escaped", "filudtraek", "graphql"]


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=60)
@given(changes=records, size=st.integers(200, 9_000))
def test_json_in_pieces_of_any_size_is_what_python_reads(row, layout, changes, size):
    made = [make(row, change) for change in [{}, {}, *changes]]
    content = as_json(made, layout)
    raw, rows = read(JsonReading(io.BytesIO(content), "x", piece_bytes=size))
    assert rows == expected(made)
    assert raw.rows.index.tolist() == list(range(1, len(made) + 1))
    assert raw.malformed.empty


@settings(max_examples=60)
@given(changes=records, size=st.integers(200, 9_000))
def test_csv_in_pieces_of_any_size_is_what_python_reads(row, changes, size):
    made = [make(row, change) for change in [{}, *changes]]
    made = [
        {k: v.replace("\r", "") if isinstance(v, str) else v for k, v in record.items()} for record in made
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(made[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(made)
    raw, rows = read(CsvReading(io.BytesIO(text.getvalue().encode()), "x", piece_bytes=size))
    assert rows == expected(made)
    assert raw.malformed.empty


def test_the_quick_ways_are_taken(row, monkeypatch):
    """Without this the tests above could all have gone the slow way."""
    taken = []
    for name in ("_quickly", "_by_arrow"):
        plain = getattr(JsonReading, name)
        plain = plain if name == "_quickly" else staticmethod(plain)
        original = plain if name == "_quickly" else plain.__func__

        def spy(*args, _name=name, _original=original):
            found = _original(*args)
            taken.append((_name, found is not None))
            return found

        monkeypatch.setattr(JsonReading, name, spy if name == "_quickly" else staticmethod(spy))
    made = [make(row, {"year": 1900 + n}) for n in range(40)]
    read(JsonReading(io.BytesIO(as_json(made, "compact")), "x", piece_bytes=5_000))
    assert taken
    assert all(name == "_quickly" and found for name, found in taken)
    taken.clear()
    read(JsonReading(io.BytesIO(as_json(made, "filudtraek")), "x", piece_bytes=5_000))
    assert ("_quickly", True) in taken
    made = [
        make(row, {"year": 1900 + n}) | {"byg404Koordinat": {"wkt": "POINT (1 2)", "crs": 25832}}
        for n in range(40)
    ]
    taken.clear()
    _, rows = read(JsonReading(io.BytesIO(as_json(made, "graphql")), "x", piece_bytes=5_000))
    assert ("_by_arrow", True) in taken
    assert {row["point"] for row in rows} == {"POINT (1 2)"}


def test_a_template_needs_flat_records_of_the_same_fields():
    assert learn(b'{"a":"1","b":2},{"a":"3","b":null},{') is not None
    assert learn(b'{"a":"1","b":2},{"b":"3","a":null}') is None
    assert learn(b'{"a":"1","b":{"c":2}},{"a":"1","b":{"c":2}}') is None
    assert learn(b'{"a":"1"}') is None
    assert learn(b'{"a":"1","a":2},{"a":"1","a":2}') is None


@pytest.mark.parametrize("size", [4_000, 1 << 20])
def test_records_run_together_are_counted_wherever_the_pieces_end(row, size):
    """A block lost in a copy may join the head of one record to the tail of the next: fields occur twice."""
    made = [make(row, {}) | {"id_lokalId": f"house {n:02d}"} for n in range(30)]
    parts = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in made]
    head = parts[19][: parts[19].index(',"grund"')]
    tail = parts[20][parts[20].index(',"byg404') :]
    text = ",".join([*parts[:19], head + tail, *parts[21:]])
    raw, rows = read(JsonReading(io.BytesIO(f"[{text}]".encode()), "x", piece_bytes=size))
    assert raw.malformed.to_dict() == {20: "a field occurs twice in the record"}
    others = [record["id_lokalId"] for record in made if record not in made[19:21]]
    assert [found["building_id"] for found in rows] == others


@pytest.mark.parametrize("layout", ["compact", "graphql"])
def test_a_field_with_a_name_like_one_that_is_read_stands_beside_it(row, layout):
    made = [make(row, {"year": -n}) | {"byg026Opførelsesår_t": "aar", "Status": "x"} for n in range(60)]
    content = as_json(made, layout)
    raw, rows = read(JsonReading(io.BytesIO(content), "x", piece_bytes=4_000))
    assert raw.malformed.empty
    assert [found["year_built"] for found in rows] == [str(-n) for n in range(60)]


def test_a_negative_zero_is_written_as_exact_reading_writes_it(row):
    made = [make(row, {"year": 7}) for _ in range(60)]
    content = as_json(made, "compact").replace(b":7,", b":-0,")
    assert content.count(b":-0,") == 60
    _, rows = read(JsonReading(io.BytesIO(content), "x", piece_bytes=4_000))
    assert {found["year_built"] for found in rows} == {"0"}


@pytest.mark.parametrize("layout", ["compact", "graphql"])
def test_half_a_letter_costs_the_row_and_a_number_without_end_is_told(row, layout):
    made = [make(row, {"year": 1900 + n}) for n in range(5)]
    content = as_json(made, layout)
    half = content.replace(b'"POINT (720000.5 6215000.25)"', b'"\\ud800"', 1)
    assert half != content
    raw, rows = read(JsonReading(io.BytesIO(half), "x"))
    assert raw.malformed.to_dict() == {1: "half a letter in byg404Koordinat"}
    assert len(rows) == 4
    raw, rows = read(JsonReading(io.BytesIO(content.replace(b'"grund"', b'"\\udfff"', 1)), "x"))
    assert raw.malformed.to_dict() == {1: "half a letter in the name of a field"}
    assert len(rows) == 4
    with pytest.raises(InputFileError, match="a record is not whole"):
        read(JsonReading(io.BytesIO(content.replace(b"140", b"9" * 5_000, 1)), "x"))


def best_gap(row, originals):
    """In how many fields a row differs from the original that it resembles most."""
    return min(sum(row[name] != other[name] for name in row) for other in originals)


@pytest.mark.parametrize("layout", [*LAYOUTS, "csv"])
@settings(max_examples=300)
@given(data=st.data())
def test_a_flipped_byte_is_an_error_a_counted_row_or_one_value(row, writers, layout, data):
    # Rows differ in many fields, so that values of two rows in one would be noticed.
    made = [
        make(row, {"year": 1900 + n, "area": 100 + n, "use": str(110 + n), "note": f"note {n}"})
        | {"id_lokalId": f"{n:08d}-0000-4000-8000-000000000000", "grund": f"plot {n}"}
        for n in range(1, 13)
    ]
    content = writers["csv"]([{k: v for k, v in r.items() if k in row(1)} for r in made])
    content = content if layout == "csv" else as_json(made, layout)
    reading = CsvReading if layout == "csv" else JsonReading
    _, originals = read(reading(io.BytesIO(content), "x"))
    place = data.draw(st.integers(0, len(content) - 1))
    bits = data.draw(st.integers(1, 255))
    damaged = content[:place] + bytes([content[place] ^ bits]) + content[place + 1 :]
    try:
        raw, rows = read(reading(io.BytesIO(damaged), "x", piece_bytes=data.draw(st.integers(900, 4_000))))
    except InputFileError:
        return
    gaps = [best_gap(row, originals) for row in rows]
    assert sum(gaps) <= 1, [row for row, gap in zip(rows, gaps, strict=True) if gap]
    assert len(rows) + len(raw.malformed) >= len(made) - 1  # a lost line end makes two rows one
    if len(rows) < len(made):
        assert len(raw.malformed) >= 1


@pytest.mark.parametrize("layout", [*LAYOUTS, "csv"])
@settings(max_examples=100)
@given(data=st.data())
def test_a_truncated_file_is_an_error_or_a_counted_row(row, writers, layout, data):
    made = [make(row, {"year": 1900 + n, "use": str(110 + n)}) for n in range(1, 13)]
    content = writers["csv"]([{k: v for k, v in r.items() if k in row(1)} for r in made])
    content = content if layout == "csv" else as_json(made, layout)
    reading = CsvReading if layout == "csv" else JsonReading
    _, originals = read(reading(io.BytesIO(content), "x"))
    cut = data.draw(st.integers(1, len(content.rstrip()) - 1))
    try:
        _, rows = read(
            reading(io.BytesIO(content[:cut]), "x", piece_bytes=data.draw(st.integers(900, 4_000)))
        )
    except InputFileError:
        return
    assert layout == "csv"  # JSON says where it ends, lines do not
    assert all(row in originals for row in rows[:-1])
    assert best_gap(rows[-1], originals) <= 1 if rows else True


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_wrong_encoding_is_told(row, layout):
    content = as_json([make(row, {}) for _ in range(5)], layout)
    wrong = content.decode().encode("cp1252" if layout != "escaped" else "utf-16")
    with pytest.raises(InputFileError, match=r"UTF-8|JSON"):
        list(JsonReading(io.BytesIO(wrong), "x", piece_bytes=2_000))


def test_other_lists_before_and_after_the_buildings_are_passed_over(row):
    made = [make(row, {"year": 1900 + n}) for n in range(30)]
    others = [{"id_lokalId": "x", "note": 'a "}],[{'}] * 50
    content = json.dumps({"EnhedList": others, "BygningList": made, "GrundList": others, "n": 1.5e3})
    for size in (300, 2_000, 100_000):
        _, rows = read(JsonReading(io.BytesIO(content.encode()), "x", piece_bytes=size))
        assert rows == expected(made)


def test_a_field_that_turns_up_late_is_read_and_a_misspelled_one_is_counted(row):
    few = [{k: v for k, v in make(row, {"year": 1900 + n}).items() if v is not None} for n in range(60)]
    dispensation = FIELDS["dispensation_code"]
    few[50][dispensation] = "2"
    few[55]["byg05XVarmeinstallation"] = few[55].pop("byg056Varmeinstallation")
    content = json.dumps({"BygningList": few}, ensure_ascii=False).encode()
    reading = JsonReading(io.BytesIO(content), "x", piece_bytes=4_000)
    raw, _ = read(reading)
    assert raw.rows["dispensation_code"].dropna().to_dict() == {51: "2"}
    assert raw.malformed.to_dict() == {
        56: "the field byg05XVarmeinstallation where byg056Varmeinstallation was expected"
    }
    assert dispensation not in reading.absent
    assert "registreringTil" in reading.absent


def test_a_stray_quotation_mark_costs_one_row(row, writers):
    rows = [row(n, year=str(1900 + n)) for n in range(1, 101)]
    lines = writers["csv"](rows).split(b"\r\n")
    lines[50] = lines[50].replace(b",120,", b',"120,')
    raw, found = read(CsvReading(io.BytesIO(b"\r\n".join(lines)), "x", piece_bytes=2_000))
    assert raw.malformed.index.tolist() == [50]
    assert [row["year_built"] for row in found] == [str(1900 + n) for n in range(1, 101) if n != 50]


def page(records, more):
    return {"data": {"BBR_Bygning": {"pageInfo": {"hasNextPage": more}, "nodes": records}}}


@pytest.mark.parametrize("as_lines", [True, False])
def test_pages_of_one_answer_in_one_file(row, as_lines):
    made = [make(row, {"year": 1900 + n}) for n in range(40)]

    def written(flags):
        pages = [page(made[n * 10 : n * 10 + 10], more) for n, more in enumerate(flags)]
        lines = "\n".join(json.dumps(one) for one in pages)
        return io.BytesIO((lines if as_lines else json.dumps(pages)).encode())

    for size in (700, 5_000, 100_000):
        _, rows = read(JsonReading(written([True, True, True, False]), "x", piece_bytes=size))
        assert rows == expected(made)
    with pytest.raises(InputFileError, match="last page says that more follow"):
        list(JsonReading(written([True, True]), "x"))
    with pytest.raises(InputFileError, match="more than one answer"):
        list(JsonReading(written([True, False, False]), "x"))
    failed = io.BytesIO(json.dumps({"errors": [{"message": "no such field"}], "data": None}).encode())
    with pytest.raises(InputFileError, match="no such field"):
        list(JsonReading(failed, "x"))
