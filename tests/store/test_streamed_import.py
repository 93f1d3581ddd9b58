"""The streamed import: any order of parts gives the partitions that writing them whole would give."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.errors import TableError
from screening.store import BuildingStore
from store_processes import fail_on_0461, tell_process
from store_tables import CODES, as_buildings, assert_same, facts, make_buildings, make_table


@pytest.fixture
def register(tmp_path):
    return BuildingStore(tmp_path / "register")


@st.composite
def deliveries(draw):
    """Rows of some municipalities, cut into parts and mixed; and which of the rows to leave out."""
    counts = {code: draw(st.integers(1, 12)) for code in draw(st.sets(st.sampled_from(CODES), min_size=1))}
    parts, drop = [], {}
    for code, count in counts.items():
        order = draw(st.permutations(range(count)))
        cuts = sorted(draw(st.lists(st.integers(0, count), max_size=4)))
        rows = make_table(code, count).iloc[order]
        parts += [(code, rows.iloc[a:b]) for a, b in zip([0, *cuts], [*cuts, count], strict=True)]
        drop[code] = draw(st.sets(st.integers(0, count - 1)))
    # Mixed among municipalities; within one, the order of the parts is the order of the positions.
    mixed = draw(st.permutations([code for code, _ in parts]))
    queues = {code: [part for owner, part in parts if owner == code] for code in counts}
    return counts, [(code, queues[code].pop(0)) for code in mixed], drop


def as_given(rows, kind):
    if kind == "frame":
        return rows
    if kind == "indexed":
        return rows.set_index("building_id")
    return pa.Table.from_pandas(rows, preserve_index=False)


@settings(max_examples=25)
@given(deliveries(), st.sampled_from([0, 0.002, 100]), st.sampled_from(["frame", "indexed", "arrow"]))
def test_any_order_of_parts_gives_the_same_partitions(delivery, buffer_mb, kind):
    counts, parts, drop = delivery
    folder = tempfile.mkdtemp()
    try:
        register, calls, told = BuildingStore(folder), [], {}
        with register.open_import({"source": "all.csv"}, buffer_mb=buffer_mb) as writer:
            for code, rows in parts:
                writer.append(code, as_given(rows, kind))
            came = {
                code: pd.concat([rows for owner, rows in parts if owner == code])["building_id"].tolist()
                for code in counts
            }

            def make(code, table):
                assert table["building_id"].to_pylist() == came[code]
                buildings, _ = as_buildings(code, table)
                left = buildings.drop(index=gone[code])
                return left, {"kept": len(left)}

            gone = {code: [came[code][place] for place in drop[code]] for code in counts}
            codes = writer.finish(make, before_put=told.update, on_start=calls.append, on_done=calls.append)
        assert codes == sorted(counts)
        assert calls == [len(counts), *sorted(counts)]
        kept = {code: count - len(drop[code]) for code, count in counts.items()}
        assert told == {code: {"source": "all.csv", "kept": number} for code, number in kept.items()}
        assert register.catalogue()["kept"].to_dict() == kept
        for code, count in counts.items():
            assert_same(register.read(code), make_buildings(code, count).drop(index=gone[code]))
        assert set(register.catalogue()["source"]) == {"all.csv"}
        assert list((register.folder / "spool").iterdir()) == []
    finally:
        shutil.rmtree(folder)


def test_an_import_writes_the_same_bytes_as_a_replacement(register):
    register.replace("0217", make_buildings("0217", 30), facts())
    one = register.catalogue().loc["0217", "sha256"]
    with register.open_import(buffer_mb=0) as writer:
        writer.append("0217", make_table("0217", 10, first=20))
        writer.append("0217", make_table("0217", 20))
        writer.finish(as_buildings)
    assert register.catalogue().loc["0217", "sha256"] == one


def test_a_municipality_without_rows_stays_as_it_is(register):
    register.replace("0217", make_buildings("0217", 3), facts())
    with register.open_import() as writer:
        writer.append("0101", make_table("0101", 2))
        assert writer.finish(as_buildings) == ["0101"]
    assert len(register.read("0217")) == 3


def test_further_columns_come_along_and_may_begin_late(register):
    with register.open_import(buffer_mb=0) as writer:
        writer.append("0217", make_table("0217", 2))
        writer.append("0217", make_table("0217", 2, first=2).assign(note=["a", None], count=[1, 2]))
        writer.finish(as_buildings)
    got = register.read("0217")
    assert got["note"].isna().tolist() == [True, True, False, True]
    assert got["count"].iloc[2:].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda t: t.assign(area_m2=-5.0), "municipality 0461: area_m2"),
        (lambda t: pd.concat([t, t]), "municipality 0461: building_id: 4 rows break field_uniqueness"),
        (lambda t: t.assign(municipality_code="0101"), "municipality 0461: 2 rows belong elsewhere"),
    ],
)
def test_a_fault_in_one_municipality_replaces_none(register, spoil, words):
    register.replace("0101", make_buildings("0101", 3), facts())
    with register.open_import() as writer:
        writer.append("0101", make_table("0101", 5))
        writer.append("0461", spoil(make_table("0461", 2)))
        with pytest.raises(TableError, match=words):
            writer.finish(as_buildings)
    assert register.codes() == ["0101"]
    assert len(register.read("0101")) == 3
    assert list((register.folder / "spool").iterdir()) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_municipality_that_cannot_be_made_replaces_none(register, workers):
    register.replace("0101", make_buildings("0101", 3), facts())
    before, asked = register.catalogue(), []
    with register.open_import(buffer_mb=0) as writer:
        for code in CODES:
            writer.append(code, make_table(code, 5))
        with pytest.raises(ValueError, match="no luck with 0461"):
            writer.finish(fail_on_0461, workers=workers, before_put=asked.append)
    assert asked == []
    assert_unchanged(register, before)


def test_a_refusal_at_the_end_replaces_none(register):
    register.replace("0101", make_buildings("0101", 3), facts())
    before = register.catalogue()

    def refuse(own):
        assert sorted(own) == sorted(CODES)
        raise RuntimeError(f"{sum(entry['kept'] for entry in own.values())} rows, none legible")

    with register.open_import() as writer:
        for code in CODES:
            writer.append(code, make_table(code, 5))
        with pytest.raises(RuntimeError, match="15 rows, none legible"):
            writer.finish(as_buildings, before_put=refuse)
    assert_unchanged(register, before)


def assert_unchanged(register, before):
    pd.testing.assert_frame_equal(register.catalogue(), before)
    assert_same(register.read("0101"), make_buildings("0101", 3))
    assert list((register.folder / "spool").iterdir()) == []


@pytest.mark.parametrize("facts_of_its_own", [{"kept": 3}, {"when": object()}, {"share": float("nan")}])
def test_facts_that_do_not_fit_replace_none(register, facts_of_its_own):
    with register.open_import() as writer:
        writer.append("0217", make_table("0217", 2))
        with pytest.raises(TableError, match="Facts of municipality 0217"):
            writer.finish(lambda code, table: (as_buildings(code, table)[0], facts_of_its_own))
    assert register.codes() == []


# "" is how rows without municipality are named before they come here.
@pytest.mark.parametrize("code", ["", "217", "02171", "abcd", " 0217", "0217\n", "../0217"])
def test_rows_without_a_municipality_are_refused(register, code):
    with register.open_import(buffer_mb=0) as writer:
        with pytest.raises(TableError, match=r"is no municipality code; expected four digits as text"):
            writer.append(code, make_table("0217", 2))
        assert writer.finish(as_buildings) == []
    assert register.codes() == []


def test_rows_of_any_columns_are_gathered(register):
    """Raw rows: nothing of the schema in them, text that is missing throughout in some parts, times."""
    parts = [
        pd.DataFrame({"row": [7, 3], "what": ["a", None], "when": pd.to_datetime(["2020-01-01", None])}),
        pd.DataFrame({"row": [5], "what": pd.Series([None], dtype="str"), "when": pd.to_datetime([None])}),
    ]
    seen = []

    def make(code, table):
        seen.append(table.to_pylist())
        return make_buildings(code, 3), {}

    with register.open_import(buffer_mb=0) as writer:
        for part in parts:
            writer.append("0217", part)
        writer.finish(make)
    day = pd.Timestamp("2020-01-01").to_pydatetime()
    assert seen == [
        [
            {"row": 7, "what": "a", "when": day},
            {"row": 3, "what": None, "when": None},
            {"row": 5, "what": None, "when": None},
        ]
    ]
    assert len(register.read("0217")) == 3


def test_facts_of_all_may_come_late_and_those_of_one_go_before(register):
    with register.open_import({"source": "all.csv", "register_date": ""}) as writer:
        writer.append("0217", make_table("0217", 2))
        writer.append("0101", make_table("0101", 2))
        writer.add_facts({"register_date": "2026-10-01", "note": "all"})
        writer.finish(lambda code, table: (as_buildings(code, table)[0], {"note": code}))
    got = register.catalogue()
    assert got["register_date"].tolist() == ["2026-10-01"] * 2
    assert got["note"].to_dict() == {"0101": "0101", "0217": "0217"}
    assert set(got["source"]) == {"all.csv"}


def test_workers_write_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a relative folder travels too
    digests, processes = {}, {}
    for workers in (1, 2):
        register, first = BuildingStore(f"register-{workers}"), dict.fromkeys(CODES, 0)
        with register.open_import({"source": "all.csv"}, buffer_mb=0) as writer:
            for code in CODES * 2:
                writer.append(code, make_table(code, 20, first=first[code]))
                first[code] += 20
            seen = []
            codes = writer.finish(tell_process, workers=workers, on_done=seen.append)
        assert codes == sorted(seen) == sorted(CODES)
        digests[workers] = register.catalogue()["sha256"].to_dict()
        processes[workers] = set(register.catalogue()["process"])
        assert register.catalogue()["rows"].tolist() == [40, 40, 40]
        assert list((register.folder / "spool").iterdir()) == []
    assert digests[2] == digests[1]
    assert processes[1] == {os.getpid()}
    assert os.getpid() not in processes[2]


def test_a_scheduler_that_runs_already_is_used(register):
    from distributed import LocalCluster

    options = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.ERROR}
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, **options) as cluster,
        register.open_import() as writer,
    ):
        writer.append("0217", make_table("0217", 4))
        writer.finish(tell_process, scheduler=cluster.scheduler_address)
    assert_same(register.read("0217"), make_buildings("0217", 4))
    assert register.catalogue().loc["0217", "process"] != os.getpid()


def test_an_error_of_the_caller_ends_the_import(register):
    def read_badly():
        with register.open_import(buffer_mb=0) as writer:
            writer.append("0217", make_table("0217", 2))
            raise RuntimeError("line 7")

    with pytest.raises(RuntimeError, match="line 7"):
        read_badly()
    assert register.codes() == []
    assert list((register.folder / "spool").iterdir()) == []


def test_memory_holds_the_buffer_only(register):
    block = pa.Table.from_pandas(
        make_table("0217", 6000).drop(columns="municipality_code"), preserve_index=False
    )
    limit, before, most = 1_000_000, pa.total_allocated_bytes(), 0
    assert block.nbytes > limit / 2
    with register.open_import(buffer_mb=limit / 1e6) as writer:
        for number in range(12):
            ids = pa.array([f"{number}-{n}" for n in range(block.num_rows)])
            copy = block.take(pa.array(range(block.num_rows)))  # new memory, as a reader's next block
            copy = pa.table({**{name: copy[name] for name in copy.column_names}, "building_id": ids})
            # Views of one block, as a reader would cut them: two small municipalities stay in the buffer.
            writer.append("0217", copy.slice(0, 5990))
            writer.append("0101", copy.slice(5990, 5))
            writer.append("0461", copy.slice(5995, 5))
            del copy, ids
            most = max(most, pa.total_allocated_bytes() - before)
        assert 12 * block.nbytes > 5 * limit, "too few rows to show anything"
        assert most < 2 * limit
        writer.finish(as_buildings)
    assert register.catalogue()["rows"].to_dict() == {"0101": 60, "0217": 71_880, "0461": 60}
