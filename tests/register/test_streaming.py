"""A source parted by municipality and judged part by part is the source judged whole."""

from __future__ import annotations

import contextlib
import csv
import json
import logging
import pickle
import re
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import assumptions
from screening.errors import InputFileError
from screening.register import legibility, outcome, read_buildings, streaming
from screening.register.dialects.raw import RawTable, raw_table
from screening.register.dialects.sources import open_source

ASSUMPTIONS = assumptions.load()


# -- Reading parted ----------------------------------------------------------------------------------------


class Whole:
    """All that the parts of a source say, put together as the import of the country does."""

    def __init__(self, path, batch_rows):
        self.facts = streaming.SourceFacts(path.name)
        parts = defaultdict(list)
        for part in streaming.part_source(path, self.facts, batch_rows=batch_rows):
            parts[part.code].append(part.rows)
        self.parts = {code: pd.concat(held, ignore_index=True) for code, held in parts.items()}
        none = next(iter(self.parts.values()), waiting_nothing()).iloc[:0]
        codes = sorted({*self.parts, *self.facts.early})
        judged = {
            code: streaming.judge_municipality(self.parts.get(code, none), code, self.facts, ASSUMPTIONS)
            for code in codes
        }
        self.buildings = {code: made[0] for code, made in judged.items()}
        self.counts = {code: made[1] for code, made in judged.items()}
        self.repairs = {code: made[2] for code, made in judged.items()}
        legible = [*self.facts.legible, *(made[3] for made in judged.values())]
        if legible:
            legibility.refuse(legibility.combine(legible), path.name)

    def total(self):
        counts = sum(self.counts.values(), start=pd.Series(0, index=["rows_read", *LABELS]))
        counts["dropped_malformed"] += len(self.facts.malformed)
        counts["rows_read"] += len(self.facts.malformed)
        return counts


LABELS = ["kept", *outcome.DROP_REASONS]


def waiting_nothing():
    rows = streaming.judging.with_times(raw_table({}, np.array([], dtype=np.int64), {}).rows)
    return rows.reset_index(names="row")


def cut_into_rows(opened):
    """Give a source row by row, so that a batch of any size can end after any row."""

    class ByRow:
        def __init__(self, reading):
            self._reading = reading

        def __getattr__(self, name):
            return getattr(self._reading, name)

        def __iter__(self):
            for piece in self._reading:
                for number in sorted([*piece.rows.index, *piece.malformed.index]):
                    yield RawTable(
                        piece.rows[piece.rows.index == number],
                        piece.malformed[piece.malformed.index == number],
                    )

    @contextlib.contextmanager
    def open_by_row(path):
        with opened(path) as reading:
            yield ByRow(reading)

    return open_by_row


@pytest.fixture
def by_row(monkeypatch):
    monkeypatch.setattr(streaming, "open_source", cut_into_rows(open_source))


def told(function):
    """What a function gives, or the words by which it refuses; of several examples any will do."""
    try:
        return function(), None
    except InputFileError as error:
        return None, re.sub(r"e\.g\. '.*?'(?=[ ;,])|expected '[^']*': give", "", str(error))


def assert_same_table(got, expected):
    """Same rows and values; text as Python's or as pandas' own, distances to a thousandth of a millimetre."""
    assert list(got.index) == list(expected.index)
    assert list(got.columns) == list(expected.columns)
    assert list(got.geometry.to_wkb()) == list(expected.geometry.to_wkb())
    for name in expected.columns.drop("geometry"):
        left, right = got[name], expected[name]
        if name == "gas_distance_m":
            np.testing.assert_allclose(left.astype(float), right.astype(float), rtol=0, atol=1e-6)
        else:
            assert list(left.isna()) == list(right.isna()), name
            assert list(left.dropna()) == list(right.dropna()), name


def assert_same_source(path, batch_rows):
    """Compare a source read whole with the same source read in parts; give what was read."""
    whole, refusal = told(lambda: read_buildings(path))
    parted, parted_refusal = told(lambda: Whole(path, batch_rows))
    assert parted_refusal == refusal
    if refusal:
        return None
    (buildings, report) = whole
    union = pd.concat([table for table in parted.buildings.values() if len(table)] or [buildings.iloc[:0]])
    assert_same_table(union.sort_index(), buildings)
    assert parted.total().to_dict() == report.counts.to_dict()
    for counts in parted.counts.values():
        assert counts["rows_read"] == counts[LABELS].sum()
    for code, table in parted.buildings.items():
        assert parted.counts[code]["kept"] == len(table)
    repairs = pd.DataFrame(list(parted.repairs.values())).sum()
    assert repairs[repairs > 0].to_dict() == report.repairs[report.repairs > 0].to_dict()
    assert parted.facts.row_count == report.rows
    assert parted.facts.dialect == report.dialect
    assert parted.facts.absent_columns == report.absent_columns
    assert (parted.facts.latest.date().isoformat() if parted.facts.latest else "") == report.register_date
    broken = report.dropped[report.dropped["detail"] != ""]
    assert parted.facts.malformed == dict(zip(broken["row"], broken["detail"], strict=True))
    return buildings, report, parted


# -- Made-up rows ------------------------------------------------------------------------------------------

# The instant 2021-05-05 10:00 stands here in two ways, and a day without a time.
TIMES = [
    "2020-01-01T00:00:00Z",
    "2021-05-05T10:00:00Z",
    "2021-05-05T12:00:00+02:00",
    "2021-05-05T10:00:00.123456Z",
    "2021-05-05T10:00:00.1234567Z",
    "0001-01-01T00:00:00Z",
    "2019-03-01",
    None,
    "rubbish",
]
POINTS = [
    "POINT (720000.5 6215000.25)",
    "POINT(720100 6215000)",
    "POINT (719000.125 6214000.5)",
    "POINT (580000 6140000)",
]
BAD_POINTS = [None, "POINT EMPTY", "POINT(0 0)", "rubbish", "POINT (1 2)", "POINT (720000,5 6215000,25)"]
ENDS = ["2019-01-01T00:00:00Z", "2031-01-01T00:00:00Z"]
NUMBERS = ["140", "-5", "x", "0", "1e3", None]


def mostly(usual, odd):
    return st.one_of(st.sampled_from(usual), st.sampled_from(usual), st.sampled_from([*usual, *odd]))


IDS = [f"abcdef00-0000-4000-8000-{number:012d}" for number in range(1, 7)]
building_ids = st.sampled_from([*IDS, *IDS, *map(str.upper, IDS), ""])
made_rows = st.fixed_dictionaries(
    {
        "id": building_ids,
        "kommunekode": mostly(["0217", "217", "0101"], ["101", "0461", None, "abcd", "99999", "0"]),
        "registreringFra": st.sampled_from(TIMES),
        "registreringTil": mostly([None], ENDS),
        "virkningTil": mostly([None], ENDS),
        "virkningFra": st.sampled_from([None, "1999-07-01T00:00:00Z", "2022-02-02T00:00:00Z", "no day"]),
        "status": mostly(["6"], ["10", "7", None, "6.0"]),
        "point": mostly(POINTS, BAD_POINTS),
        "system": mostly(["5", None], ["3"]),
        "dwelling": mostly(["130", None], NUMBERS),
        "total": mostly(["140"], NUMBERS),
        "year": mostly(["1970"], ["2021", "2022", "2023", "1000", "x", "0"]),
        "use": mostly(["120"], ["140", "910", "777", None]),
        "heating": mostly(["2", "6"], ["1", "9", None]),
        "fuel": mostly(["7", "3"], ["1", None, "4"]),
        "byg131DispensationFritagelseIftKollektivVarmeforsyning": mostly([None], ["1"]),
    }
)
batch_sizes = st.integers(1, 4) | st.integers(1, 50)
# Without these many a short file would be refused, and show little.
SOUND = [{"id": f"sound-{number}", "kommunekode": ("0101", "0217")[number % 2]} for number in range(4)]
BROKEN = {"csv": b"half a line,0217", "json list": b"5"}


def content_of(rows, dialect, writers, broken):
    """A file of the rows, with lines that are no rows at the places given."""
    if dialect == "csv":
        lines = writers["csv"](rows).splitlines()
        head, texts, frame = [lines[0]], lines[1:], b"%s\r\n"
    else:
        head, texts, frame = [], [json.dumps(row, ensure_ascii=False).encode() for row in rows], b"[%s]"
    for place in sorted(broken, reverse=True):
        texts.insert(place % (len(texts) + 1), BROKEN[dialect])
    return frame % ((b"\r\n" if dialect == "csv" else b",\n").join([*head, *texts]))


@pytest.mark.parametrize("dialect", ["csv", "json list"])
@pytest.mark.usefixtures("by_row")
@settings(max_examples=40)
@given(
    changes=st.lists(made_rows, min_size=1, max_size=16),
    broken=st.lists(st.integers(0, 20), max_size=2),
    is_sound=st.sampled_from([True, True, False]),
    batch_rows=batch_sizes,
)
def test_parts_of_any_size_are_the_whole(row, write, writers, dialect, changes, broken, is_sound, batch_rows):
    rows = [row(1, **change) for change in [*changes, *(SOUND if is_sound else [])]]
    path = write(content_of(rows, dialect, writers, broken), name="Bygning")
    assert_same_source(path, batch_rows)


@pytest.mark.usefixtures("by_row")
@settings(max_examples=25)
@given(
    data=st.data(),
    changes=st.lists(made_rows, min_size=2, max_size=16),
    is_sound=st.sampled_from([True, True, False]),
    batch_rows=batch_sizes,
)
def test_the_order_of_the_rows_does_not_matter(row, write, data, changes, is_sound, batch_rows):
    rows = [row(1, **change) for change in [*changes, *(SOUND if is_sound else [])]]
    order = data.draw(st.permutations(range(len(rows))))
    first, refusal = told(lambda: Whole(write(rows), batch_rows))
    again, refusal_again = told(lambda: Whole(write([rows[i] for i in order], name="again.csv"), 7))
    if refusal:
        assert refusal_again == refusal.replace("Bygning.csv", "again.csv")
        return
    assert first.buildings.keys() == again.buildings.keys()
    for code, table in first.buildings.items():
        assert_same_table(again.buildings[code], table)
        assert again.counts[code].to_dict() == first.counts[code].to_dict()
        assert again.repairs[code].to_dict() == first.repairs[code].to_dict()


# -- By hand -----------------------------------------------------------------------------------------------


def in_parts(path):
    return Whole(path, batch_rows=100_000)


def test_a_building_with_rows_in_two_municipalities_is_where_the_newest_row_says(row, write):
    old, new = "2019-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
    rows = [
        row(1, registreringFra=new, kommunekode="101", dwelling="70"),
        row(1, registreringFra=old, kommunekode="0217"),
        row(1, registreringFra=old, kommunekode="0101"),
        row(1, registreringFra=new, kommunekode="0217", registreringTil=new),  # ended: counts nowhere
        row(2, registreringFra=old, kommunekode="0101"),
        row(2, registreringFra=old, kommunekode="0217"),  # of two as new, the higher code
        row(3, registreringFra=new, kommunekode="no code"),
        row(3, registreringFra=old, kommunekode="0217"),
    ]
    whole = in_parts(write(rows))
    kept = {code: table["version_count"].to_dict() for code, table in whole.buildings.items()}
    one, two, three = (f"00000000-0000-4000-8000-{number:012d}" for number in (1, 2, 3))
    assert kept == {"": {three: 2}, "0101": {one: 3}, "0217": {two: 2}}
    assert whole.buildings["0101"].loc[one, "area_m2"] == 70
    outcomes = {code: counts[counts > 0].to_dict() for code, counts in whole.counts.items()}
    assert outcomes == {
        "": {"rows_read": 1, "kept": 1},
        "0101": {"rows_read": 3, "kept": 1, "dropped_duplicate": 2},
        "0217": {"rows_read": 4, "kept": 1, "dropped_duplicate": 2, "dropped_version_ended": 1},
    }
    assert whole.repairs["0101"]["municipality_code_padded"] == 1


def test_the_date_of_the_source_is_that_of_its_newest_row_wherever_it_is(row, write):
    rows = [
        row(1, kommunekode="0217", virkningFra="2021-06-15T00:00:00Z", year="2022"),
        row(2, kommunekode="0101", registreringFra="2021-06-10T00:00:00Z", status="10"),
        row(3, kommunekode="0101", virkningFra="2020-06-10T00:00:00Z"),
    ]
    whole = in_parts(write(rows))
    house, other = whole.buildings["0217"].iloc[0], whole.buildings["0101"].iloc[0]
    assert house["year_built"] == 2022  # a year ahead of the newest registration, which is 2021
    assert house["is_effective_later"]
    assert other["untouched_years"] == 365 / 365.25


def test_a_header_without_rows_is_refused(write, writers):
    with pytest.raises(InputFileError, match=r"Bygning\.csv has a header but no buildings"):
        in_parts(write(writers["csv"]([])))


# -- A file that is spoilt ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ({"point": "POINT (720000,5 6215000,25)"}, r"none of the 8 coordinates \(byg404Koordinat\)"),
        ({"use": "120.0"}, r"8 codes in byg021BygningensAnvendelse are written as numbers, e\.g\. '120\.0'"),
        ({"dwelling": "130,5"}, "none of the 8 values of byg039BygningensSamledeBoligAreal is a number"),
    ],
)
def test_a_field_spoilt_throughout_is_refused_by_all_parts_together(row, write, spoilt, words):
    rows = [row(n, kommunekode=f"0{1 + n % 4}01", **spoilt) for n in range(8)]
    with pytest.raises(InputFileError, match=words):
        in_parts(write(rows))
    # One municipality spoilt, the others not: no fault of the file, but for codes.
    rows = [row(n, kommunekode=f"0{1 + n % 4}01", **(spoilt if n % 4 == 1 else {})) for n in range(8)]
    if "use" in spoilt:
        with pytest.raises(InputFileError, match="2 codes in"):
            in_parts(write(rows))
    else:
        assert len(in_parts(write(rows)).buildings) == 4


def test_points_of_rows_that_are_dropped_count_too(row, write):
    """Such as stand nowhere to be judged: ended, and superseded by another municipality."""
    spoilt = {"point": "POINT (720000,5 6215000,25)"}
    rows = [row(1, status="10"), row(2, **spoilt)]
    assert in_parts(write(rows)).counts["0217"]["dropped_coordinate_unreadable"] == 1
    rows = [row(1, status="10", **spoilt), row(2, point="POINT EMPTY")]
    with pytest.raises(InputFileError, match="none of the 1 coordinates"):
        in_parts(write(rows))
    older = {"registreringFra": "2019-01-01T00:00:00Z", "kommunekode": "0101"}
    rows = [row(1, **spoilt), row(1, **older)]
    assert in_parts(write(rows)).counts["0217"]["dropped_coordinate_unreadable"] == 1
    rows = [row(1, point="POINT EMPTY"), row(1, **older, **spoilt)]
    with pytest.raises(InputFileError, match="none of the 1 coordinates"):
        in_parts(write(rows))


# -- The real cut ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_csv(real_data):
    return real_data / "bbr" / "BBR_Bygning_2020-04-18.csv"


@pytest.mark.parametrize("batch_rows", [1, 97, 5000])
@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_real_cut_in_parts_is_the_real_cut(real_csv, tmp_path, monkeypatch, ending, batch_rows):
    monkeypatch.setattr(
        streaming, "open_source", cut_into_rows(open_source) if batch_rows == 97 else open_source
    )
    path = real_csv
    if ending == "json":
        with real_csv.open(encoding="utf-8-sig") as stream:
            rows = [{k: v or None for k, v in row.items()} for row in csv.DictReader(stream)]
        path = tmp_path / "Bygning.json"
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    buildings, report, _ = assert_same_source(path, batch_rows)
    assert report.rows == 2705
    assert len(buildings) == 2205


def test_every_real_row_is_accounted_for_in_its_municipality(real_csv):
    with real_csv.open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    homes = Counter(row["kommunekode"].zfill(4) for row in rows)
    standing = Counter(
        row["kommunekode"].zfill(4) for row in rows if row["status"] == "6" and not row["registreringTil"]
    )
    whole = in_parts(real_csv)
    assert {code: counts["rows_read"] for code, counts in whole.counts.items()} == homes
    assert {code: counts["kept"] for code, counts in whole.counts.items() if counts["kept"]} == standing
    for code, counts in whole.counts.items():
        assert counts["dropped_status_not_standing"] == homes[code] - standing[code]
    assert len(homes) > 10
    assert whole.total()["rows_read"] == len(rows) == 2705


# -- To other processes ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def several(row, write, writers):
    """A source with something in every field of its facts."""
    rows = [row(n, kommunekode=("0217", "0101")[n % 2]) for n in range(1, 9)]
    rows += [row(1, kommunekode="0217", registreringFra="2019-01-01T00:00:00Z"), row(9, status="10")]
    content = writers["csv"](rows).replace(b"grund,", b"zzz,") + b"half a line,0217\r\n"
    whole = in_parts(write(content, name="several.csv"))
    empty = [name for name, value in vars(whole.facts).items() if not value]
    assert empty == []
    return whole


def test_the_facts_travel(several):
    facts = pickle.loads(pickle.dumps(several.facts))
    plain, told_again = vars(several.facts).copy(), vars(facts).copy()
    (legible,), (legible_again,) = plain.pop("legible"), told_again.pop("legible")
    assert told_again == plain
    pd.testing.assert_frame_equal(legible_again, legible)


def test_a_worker_judges_as_this_process_does(several):
    options = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.ERROR}
    with LocalCluster(n_workers=1, threads_per_worker=1, **options) as cluster, Client(cluster) as client:
        for code, rows in several.parts.items():
            done = client.submit(streaming.judge_municipality, rows, code, several.facts, ASSUMPTIONS)
            buildings, counts, repairs, _ = done.result()
            assert_same_table(buildings, several.buildings[code])
            assert counts.to_dict() == several.counts[code].to_dict()
            assert repairs.to_dict() == several.repairs[code].to_dict()
    assert several.buildings["0101"]["version_count"].max() == 2
