"""The streamed import: any order of parts gives the partitions that writing them whole would give."""

from __future__ import annotations

import shutil
import tempfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.errors import TableError
from screening.store import BuildingStore
from store_tables import CODES, assert_same, facts, make_buildings, make_table


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
        register, calls = BuildingStore(folder), []
        with register.open_import({"source": "all.csv"}, buffer_mb=buffer_mb) as writer:
            for code, rows in parts:
                writer.append(code, as_given(rows, kind))
            own = {code: {"kept": count - len(drop[code])} for code, count in counts.items()}
            # Positions count rows as they came, so the ids to go are read off the parts.
            gone = {
                code: pd.concat([rows for owner, rows in parts if owner == code])["building_id"].iloc[
                    sorted(drop[code])
                ]
                for code in counts
            }
            codes = writer.finish(
                own,
                {code: np.array(sorted(rows)) for code, rows in drop.items()},
                on_start=calls.append,
                on_done=calls.append,
            )
        assert codes == sorted(counts)
        assert calls == [len(counts), *sorted(counts)]
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
        writer.finish({"0217": facts()})
    assert register.catalogue().loc["0217", "sha256"] == one


def test_a_municipality_without_rows_stays_as_it_is(register):
    register.replace("0217", make_buildings("0217", 3), facts())
    with register.open_import() as writer:
        writer.append("0101", make_table("0101", 2))
        assert writer.finish({"0101": facts(), "0217": facts()}) == ["0101"]
    assert len(register.read("0217")) == 3


def test_further_columns_come_along_and_may_begin_late(register):
    with register.open_import(buffer_mb=0) as writer:
        writer.append("0217", make_table("0217", 2))
        writer.append("0217", make_table("0217", 2, first=2).assign(note=["a", None], count=[1, 2]))
        writer.finish({"0217": {}})
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
            writer.finish({"0101": {}, "0461": {}})
    assert register.codes() == ["0101"]
    assert len(register.read("0101")) == 3
    assert list((register.folder / "spool").iterdir()) == []


def test_what_does_not_fit_is_refused(register):
    with register.open_import() as writer:
        with pytest.raises(TableError, match="four digits"):
            writer.append("217", make_table("0217", 2))
        with pytest.raises(TableError, match="column x_m, y_m is missing"):
            writer.append("0217", make_table("0217", 2).drop(columns=["x_m", "y_m"]))
        writer.append("0217", make_table("0217", 2))
        with pytest.raises(TableError, match="no facts for municipality 0217"):
            writer.finish({})
        with pytest.raises(TableError, match="positions from 0 to 1"):
            writer.finish({"0217": {}}, {"0217": [2]})
    assert register.codes() == []


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
        writer.finish({code: {} for code in CODES})
    assert register.catalogue()["rows"].to_dict() == {"0101": 60, "0217": 71_880, "0461": 60}
