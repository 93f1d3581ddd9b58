"""Several processes on one building store: writers, readers, and writers that are killed."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest

from screening.errors import InputFileError
from screening.store import BuildingStore
from store_processes import WAIT_S, hang_in_import, hang_in_replace, write_rounds
from store_tables import as_buildings, assert_same, facts, make_buildings, make_table

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def register(tmp_path):
    return BuildingStore(tmp_path / "register")


@pytest.fixture
def start():
    started = []

    def run(target, *arguments):
        process = SPAWN.Process(target=target, args=arguments)
        process.start()
        started.append(process)
        return process

    yield run
    for process in started:
        if process.is_alive():
            process.kill()
        process.join(WAIT_S)


def wait_for(path: Path) -> None:
    end = time.monotonic() + WAIT_S
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not come"
        time.sleep(0.01)


def leftovers(register):
    named = set(register.partitions().values())
    found = {p for p in register.folder.glob("municipality_code=*/*") if p not in named}
    return (
        found | set((register.folder / "catalogue").glob(".*")) | set((register.folder / "spool").glob("*"))
    )


def test_writers_of_the_same_and_of_other_municipalities_do_no_harm(register, start):
    register.replace("0217", make_buildings("0217", 20), facts())
    work = [["0217", "0101"], ["0101", "0217"], ["0217", "0461"]]
    writers = [
        start(write_rounds, str(register.folder), codes, 12, number) for number, codes in enumerate(work, 1)
    ]
    seen = set()
    while any(process.is_alive() for process in writers):
        table = register.read("0217")
        (mark,) = set(table["dwelling_area_m2"])
        assert_same(table, make_buildings("0217", 20 + int(mark) % 7 if mark else 20, mark))
        seen.add(mark)
    assert [process.exitcode for process in writers] == [0, 0, 0]
    assert len(seen) > 3, "the reader saw no changes: the test shows nothing"
    assert register.codes() == ["0101", "0217", "0461"]
    last = {"0101": {1011, 2011}, "0217": {1011, 2011, 3011}, "0461": {3011}}
    for code, marks in last.items():
        (mark,) = set(register.read(code)["dwelling_area_m2"])
        assert mark in marks
        assert register.catalogue().loc[code, "mark"] == mark
    assert leftovers(register) == set()


@pytest.mark.parametrize(
    ("moment", "rows"),
    [("half a partition", 4), ("before the entry", 4), ("in the entry", 4), ("after the entry", 9)],
)
def test_a_killed_writer_leaves_a_whole_table_and_its_rests_are_swept(
    register, start, tmp_path, moment, rows
):
    register.replace("0217", make_buildings("0217", 4), facts())
    signal = tmp_path / "signal"
    writer = start(hang_in_replace, str(register.folder), moment, str(signal))
    wait_for(signal)
    assert_same(
        register.read("0217"), make_buildings("0217", rows, rows if rows == 9 else 0)
    )  # while it lives
    writer.kill()
    writer.join(WAIT_S)
    assert_same(register.read("0217"), make_buildings("0217", rows, rows if rows == 9 else 0))
    assert len(leftovers(register)) == (2 if moment == "in the entry" else 1)
    register.replace("0217", make_buildings("0217", 5, 5), facts())
    assert_same(register.read("0217"), make_buildings("0217", 5, 5))
    assert leftovers(register) == set()


@pytest.mark.parametrize("moment", ["half a partition", "before the entry", "in the entry"])
def test_what_a_live_writer_writes_is_never_swept(register, start, tmp_path, moment):
    register.replace("0217", make_buildings("0217", 4), facts())
    signal = tmp_path / "signal"
    writer = start(hang_in_replace, str(register.folder), moment, str(signal))
    wait_for(signal)
    rests = leftovers(register)
    assert rests
    impatient = BuildingStore(register.folder, wait_s=0.2)
    with pytest.raises(InputFileError, match="Another process has been writing municipality 0217"):
        impatient.replace("0217", make_buildings("0217", 5), facts())
    impatient.replace("0101", make_buildings("0101", 5), facts())
    with impatient.open_import() as importer:
        importer.append("0461", make_table("0461", 3))
        importer.finish(as_buildings)
    assert leftovers(register) == rests
    Path(f"{signal}.go").touch()
    writer.join(WAIT_S)
    assert writer.exitcode == 0
    assert_same(register.read("0217"), make_buildings("0217", 9, 9))
    assert leftovers(register) == set()


@pytest.mark.parametrize(
    ("moment", "files"),  # in the spool: parts as rows came, then files ready to be put in place
    [
        ("before the end", ["0101-000000.arrow", "0217-000000.arrow"]),
        ("in the second", ["0101.parquet", "0217-000000.arrow"]),
        ("before they are put", ["0101.parquet", "0217.parquet"]),
    ],
)
def test_an_import_that_dies_changes_nothing_and_is_swept_by_the_next(
    register, start, tmp_path, moment, files
):
    register.replace("0217", make_buildings("0217", 4), facts())
    signal = tmp_path / "signal"
    process = start(hang_in_import, str(register.folder), str(signal), moment)
    wait_for(signal)
    live = {path for path in leftovers(register) if path.is_dir()}
    assert len(live) == 1
    assert sorted(path.name for path in next(iter(live)).iterdir()) == files
    with register.open_import() as writer:  # a live import is left alone
        writer.append("0461", make_table("0461", 3))
    assert {path for path in leftovers(register) if path.is_dir()} == live
    process.kill()
    process.join(WAIT_S)
    assert register.codes() == ["0217"]
    assert_same(register.read("0217"), make_buildings("0217", 4))
    with register.open_import() as writer:
        writer.append("0101", make_table("0101", 3))
        assert not next(iter(live)).exists()
        writer.finish(as_buildings)
    assert leftovers(register) == set()
    assert register.codes() == ["0101", "0217"]


def test_an_import_beside_another_finishes(register, start, tmp_path):
    signal = tmp_path / "signal"
    process = start(hang_in_import, str(register.folder), str(signal))
    wait_for(signal)
    with register.open_import() as writer:
        writer.append("0217", make_table("0217", 3))
        writer.finish(as_buildings)
    Path(f"{signal}.go").touch()
    process.join(WAIT_S)
    assert process.exitcode == 0
    assert_same(register.read("0217"), make_buildings("0217", 50, 9))
    assert leftovers(register) == set()
