"""The streamed import: rows of the whole country come in any order, and leave as sorted partitions.

Rows are gathered per municipality and go to disk in numbered part files, one open file at a time. When all
rows are in, each municipality's parts are put together, sorted, checked and written; only when that has
worked for every one of them are they moved into the store. So memory is bounded by the buffer and the
largest municipality, and a fault in any row leaves the store as it was.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable  # noqa: TC003  # of a dataclass that is pickled
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import filelock
import numpy as np
import pandas as pd
import pyarrow as pa

from screening.errors import TableError
from screening.parallel import dask_client
from screening.store import catalogue, partition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from screening.store.buildings import BuildingStore

__all__ = ["ImportWriter"]

_BYTES_PER_MB = 1_000_000


class ImportWriter:
    """Takes rows of any municipality in any order and replaces the partitions at the end.

    Parameters
    ----------
    store
        Where the partitions go.
    facts
        Facts that hold for all municipalities.
    buffer_mb
        Rows held in memory before they go to disk. [MB]
    """

    def __init__(self, store: BuildingStore, facts: Mapping[str, Any], buffer_mb: float) -> None:
        self._store = store
        self._facts = dict(facts)
        self._limit = buffer_mb * _BYTES_PER_MB
        self._spools = store.folder / "spool"
        self._folder = self._spools / uuid.uuid4().hex
        self._lock = filelock.FileLock(self._folder.with_suffix(".lock"))
        self._held: dict[str, list[pa.Table]] = {}
        self._held_bytes: dict[str, int] = {}
        self._parts: dict[str, list[Path]] = {}
        self._rows: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._spools.mkdir(parents=True, exist_ok=True)
        sweep(self._spools)
        self._lock.acquire()  # before the folder is there: a folder without a live lock is a leftover
        self._folder.mkdir()
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.release()
        _remove_lock(self._folder)

    def append(self, code: str, part: pa.Table | pd.DataFrame) -> None:
        """Take over some rows of a municipality.

        Parameters
        ----------
        code
            Municipality code, four digits.
        part
            Rows of any columns; ``make`` in ``finish`` turns them to buildings.

        Raises
        ------
        TableError
            If the code is no municipality code.
        """
        if not catalogue.CODE.fullmatch(code):
            raise TableError(f"{code!r} is no municipality code; expected four digits as text, like '0217'.")
        table = _to_arrow(part)
        if table.get_total_buffer_size() > 2 * table.nbytes:  # a view would keep all of its parent in memory
            table = table.take(pa.array(np.arange(table.num_rows)))
        self._held.setdefault(code, []).append(table)
        self._held_bytes[code] = self._held_bytes.get(code, 0) + table.nbytes
        self._rows[code] = self._rows.get(code, 0) + table.num_rows
        if sum(self._held_bytes.values()) > self._limit:
            self._flush(self._limit / 2)

    def add_facts(self, facts: Mapping[str, Any]) -> None:
        """Add facts that hold for all municipalities, known only when all rows have come."""
        self._facts |= facts

    def finish(
        self,
        make: Callable[[str, pa.Table], tuple[gpd.GeoDataFrame, dict[str, Any]]],
        *,
        workers: int = 1,
        scheduler: str | None = None,
        before_put: Callable[[dict[str, dict[str, Any]]], None] = lambda _facts: None,
        on_start: Callable[[int], None] = lambda _count: None,
        on_done: Callable[[str], None] = lambda _code: None,
    ) -> list[str]:
        """Make, sort, check and write every municipality, then put all of them in place.

        Parameters
        ----------
        make
            Of a municipality's code and all its rows, in the order of appending: its buildings and facts of
            its own. With more than one worker it travels to other processes.
        workers
            Processes on this machine; with 1 no Dask is used. [1]
        scheduler
            Address of a Dask scheduler that sees the same folder; replaces ``workers``.
        before_put
            Called with the facts of every municipality before the first is put in place; an error there
            leaves the store as it was.
        on_start, on_done
            Called with the number of municipalities, and after each with its code.

        Returns
        -------
        list of str
            The codes replaced, sorted. A municipality without rows stays as it is.

        Raises
        ------
        TableError
            If a municipality's rows break the schema; nothing is replaced then.
        """
        codes = sorted(self._rows)
        on_start(len(codes))
        self._flush(0)
        tasks = [
            _Task(code, str(self._folder), tuple(map(str, self._parts[code])), self._facts, make)
            for code in codes
        ]
        ready = {}
        for made in _run(tasks, workers, scheduler):
            ready[made.code] = made
            on_done(made.code)
        before_put({code: ready[code].facts for code in codes})
        for code in codes:
            made = ready[code]
            self._store.put(code, _Move(Path(made.path), made.digest), made.rows, made.facts)
        self._rows.clear()
        return codes

    def _flush(self, limit: float) -> None:
        """Write the largest buffers until no more than ``limit`` bytes are held: few and large part files."""
        for code in sorted(self._held_bytes, key=self._held_bytes.__getitem__, reverse=True):
            if sum(self._held_bytes.values()) <= limit:
                return
            table = pa.concat_tables(self._held.pop(code), promote_options="permissive")
            del self._held_bytes[code]
            paths = self._parts.setdefault(code, [])
            path = self._folder / f"{code}-{len(paths):06d}.arrow"
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            with (
                pa.OSFile(str(path), "wb") as sink,
                pa.ipc.new_file(sink, table.schema, options=options) as out,
            ):
                out.write_table(table)
            paths.append(path)


@dataclass(frozen=True)
class _Made:
    """A municipality's file, ready to be put in place."""

    code: str
    path: str
    digest: str
    rows: int
    facts: dict[str, Any]


@dataclass(frozen=True)
class _Task:
    """Make one municipality's file of its parts; carries names of files only, so it travels to any worker."""

    code: str
    folder: str
    parts: tuple[str, ...]
    facts: dict[str, Any]
    make: Callable[[str, pa.Table], tuple[gpd.GeoDataFrame, dict[str, Any]]]

    def __call__(self) -> _Made:
        tables = []
        for part in self.parts:
            with pa.OSFile(part, "rb") as source:
                tables.append(pa.ipc.open_file(source).read_all())
        made, facts = self.make(self.code, pa.concat_tables(tables, promote_options="permissive"))
        del tables
        buildings = partition.prepare(self.code, made)
        plain = catalogue.plain_facts(self.code, self.facts | facts, len(buildings))
        path = Path(self.folder) / f"{self.code}.parquet"
        digest = partition.write_partition(buildings, path)
        for part in self.parts:
            Path(part).unlink()
        return _Made(self.code, str(path), digest, len(buildings), plain)


def _run(tasks: list[_Task], workers: int, scheduler: str | None) -> Iterator[_Made]:
    """Give what each task makes, as it comes."""
    count = min(workers, len(tasks))
    if not tasks or (scheduler is None and count <= 1):
        for task in tasks:
            yield task()
        return
    from distributed import as_completed  # noqa: PLC0415  # one worker needs no Dask

    with dask_client(count, scheduler) as client:
        futures = [client.submit(task, pure=False) for task in tasks]
        for future in as_completed(futures):
            yield future.result()


class _Move:
    """Put a file that was written before in its place."""

    def __init__(self, path: Path, digest: str) -> None:
        self.path, self.digest = path, digest

    def __call__(self, target: Path) -> str:
        self.path.replace(target)
        return self.digest


def sweep(spools: Path) -> None:
    """Remove the spool folders of imports that died; a live one holds its lock."""
    for folder in [path for path in spools.glob("*") if path.is_dir()]:
        lock = filelock.FileLock(folder.with_suffix(".lock"))
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
        _remove_lock(folder)


def _remove_lock(folder: Path) -> None:
    try:
        folder.with_suffix(".lock").unlink(missing_ok=True)
    except PermissionError:  # Windows, and another import is just trying it: an empty file stays behind
        return


def _to_arrow(part: pa.Table | pd.DataFrame) -> pa.Table:
    if isinstance(part, pa.Table):
        return part.replace_schema_metadata(None)
    frame = part.reset_index() if part.index.name == "building_id" else part
    return pa.Table.from_pandas(pd.DataFrame(frame), preserve_index=False).replace_schema_metadata(None)
