"""What the tests of the store run in processes of their own; a spawned process imports this file."""

from __future__ import annotations

import os
import time
from pathlib import Path

from screening.store import BuildingStore, buildings, catalogue, partition, whole
from store_tables import as_buildings, facts, make_buildings, make_table

WAIT_S = 60.0


def write_rounds(folder: str, codes: list[str], rounds: int, writer: int) -> None:
    """Replace the codes over and over; each table's size tells which table it is."""
    register = BuildingStore(folder)
    for number in range(rounds):
        mark = writer * 1000 + number
        for code in codes:
            register.replace(code, make_buildings(code, 20 + mark % 7, mark), facts(mark))


def _hang(signal: str) -> None:
    """Say that the moment has come, and wait there until told to go on (or killed)."""
    Path(signal).touch()
    end = time.monotonic() + WAIT_S
    while not Path(signal + ".go").exists() and time.monotonic() < end:
        time.sleep(0.01)


def hang_in_replace(folder: str, moment: str, signal: str) -> None:
    """Replace 0217 by nine buildings, and stop in the middle at the moment named."""
    write_partition, write_entry, flush = partition.write_partition, catalogue.write_entry, whole.flush

    def half(table, path):
        digest = write_partition(table, path)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        _hang(signal)
        path.write_bytes(content)
        return digest

    def before(directory, entry):
        _hang(signal)
        return write_entry(directory, entry)

    def in_entry(path):
        if path.suffix == ".json":
            _hang(signal)
        flush(path)

    def after(directory, entry):
        write_entry(directory, entry)
        _hang(signal)

    if moment == "half a partition":
        partition.write_partition = half
    elif moment == "before the entry":
        catalogue.write_entry = before
    elif moment == "in the entry":
        catalogue.flush = in_entry
    elif moment == "after the entry":
        catalogue.write_entry = after
    assert buildings.catalogue is catalogue
    BuildingStore(folder).replace("0217", make_buildings("0217", 9, 9), facts(9))


def hang_in_import(folder: str, signal: str, moment: str = "before the end") -> None:
    """Append rows, some of them to disk, and stop before the end, or with files made and none in place."""

    def make(code, table):
        if moment == "in the second" and code == "0217":
            _hang(signal)
        return as_buildings(code, table)

    with BuildingStore(folder).open_import(facts(), buffer_mb=0) as writer:
        for code in ("0217", "0101"):
            writer.append(code, make_table(code, 50, 9))
        if moment == "before the end":
            _hang(signal)
        writer.finish(make, before_put=lambda _: _hang(signal) if moment == "before they are put" else None)


def tell_process(code: str, table) -> tuple[object, dict[str, object]]:
    """Make buildings, and tell which process did it."""
    buildings, own = as_buildings(code, table)
    return buildings, {**own, "process": os.getpid()}


def fail_on_0461(code: str, table) -> tuple[object, dict[str, object]]:
    if code == "0461":
        raise ValueError("no luck with 0461")
    return as_buildings(code, table)


def summary(code: str, table) -> tuple[str, int, float]:
    return code, len(table), float(table["area_m2"].sum())


def fail_on_0101(code: str, table) -> int:
    if code == "0101":
        raise ValueError("no luck with 0101")
    return len(table)
