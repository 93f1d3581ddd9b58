"""One function over all municipalities: the same result with and without Dask."""

from __future__ import annotations

import subprocess
import sys

import pytest

from screening.errors import UnknownNameError
from screening.store import BuildingStore, map_partitions
from store_processes import fail_on_0101, summary
from store_tables import CODES, facts, make_buildings


@pytest.fixture
def register(tmp_path):
    store = BuildingStore(tmp_path / "register")
    for number, code in enumerate(CODES, 3):
        store.replace(code, make_buildings(code, number), facts())
    return store


# Areas are 50, 51, ... m2.
EXPECTED = {"0101": ("0101", 4, 206.0), "0217": ("0217", 3, 153.0), "0461": ("0461", 5, 260.0)}


def test_one_after_the_other(register):
    assert map_partitions(register, summary) == EXPECTED
    assert list(map_partitions(register, summary, ["0461", "0101"])) == ["0461", "0101"]
    assert map_partitions(BuildingStore(register.folder / "none"), summary) == {}


def test_dask_gives_the_same_in_the_same_order(register, monkeypatch):
    monkeypatch.chdir(register.folder.parent)
    got = map_partitions(BuildingStore("register"), summary, workers=2)  # a relative folder travels too
    assert list(got.items()) == list(EXPECTED.items())
    with pytest.raises(ValueError, match="no luck with 0101"):
        map_partitions(register, fail_on_0101, workers=2)


def test_a_scheduler_that_runs_already_is_used(register):
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster:
        assert map_partitions(register, summary, scheduler=cluster.scheduler_address) == EXPECTED


def test_errors_come_through(register):
    with pytest.raises(ValueError, match="no luck with 0101"):
        map_partitions(register, fail_on_0101)
    with pytest.raises(UnknownNameError, match="Did you mean 0217"):
        map_partitions(register, summary, ["0271"])


def test_serial_work_needs_no_dask(register):
    code = (
        "import sys; from screening.store import BuildingStore, map_partitions;"
        f"assert len(map_partitions(BuildingStore({str(register.folder)!r}), lambda code, table: code)) == 3;"
        "sys.exit(bool({'dask', 'distributed'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
