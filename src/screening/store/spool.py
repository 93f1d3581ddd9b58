"""The streamed import: rows of the whole country come in any order, and leave as sorted partitions.

Rows are gathered per municipality and go to disk in numbered part files, one open file at a time. When all
rows are in, each municipality's parts are put together, sorted, checked and written; only when that has
worked for every one of them are they moved into the store. So memory is bounded by the buffer and the
largest municipality, and a fault in any row leaves the store as it was.
"""

from __future__ import annotations

import shutil
import uuid
from typing import TYPE_CHECKING, Any, Self

import filelock
import numpy as np
import pandas as pd
import pyarrow as pa

from screening.errors import TableError
from screening.store import catalogue, partition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy.typing as npt

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
            ``BUILDINGS`` columns with ``building_id``, ``x_m`` and ``y_m`` instead of index and geometry, and
            any further columns.

        Raises
        ------
        TableError
            If the code is no municipality code, or a key column is missing.
        """
        if not catalogue.CODE.fullmatch(code):
            raise TableError(f"{code!r} is no municipality code; expected four digits as text, like '0217'.")
        table = _to_arrow(part)
        missing = sorted({"building_id", "x_m", "y_m"} - set(table.column_names))
        if missing:
            raise TableError(f"Rows of municipality {code}: column {', '.join(missing)} is missing.")
        if table.get_total_buffer_size() > 2 * table.nbytes:  # a view would keep all of its parent in memory
            table = table.take(pa.array(np.arange(table.num_rows)))
        self._held.setdefault(code, []).append(table)
        self._held_bytes[code] = self._held_bytes.get(code, 0) + table.nbytes
        self._rows[code] = self._rows.get(code, 0) + table.num_rows
        if sum(self._held_bytes.values()) > self._limit:
            self._flush_largest()

    def finish(
        self,
        facts: Mapping[str, Mapping[str, Any]],
        drop: Mapping[str, npt.ArrayLike] | None = None,
        *,
        on_start: Callable[[int], None] = lambda _count: None,
        on_done: Callable[[str], None] = lambda _code: None,
    ) -> list[str]:
        """Sort, check and write every municipality, then put all of them in place.

        Parameters
        ----------
        facts
            Municipality code -> facts of its own; one for every municipality that has rows.
        drop
            Municipality code -> positions of rows to leave out, counted from 0 in the order in which the
            municipality's rows were appended.
        on_start, on_done
            Called with the number of municipalities, and after each with its code.

        Returns
        -------
        list of str
            The codes replaced, sorted. A municipality without rows stays as it is.

        Raises
        ------
        TableError
            If a municipality's rows break the schema or its facts are missing; nothing is replaced then.
        """
        codes = sorted(self._rows)
        bare = [code for code in codes if code not in facts]
        if bare:
            raise TableError(f"The import has rows but no facts for municipality {', '.join(bare)}.")
        on_start(len(codes))
        ready = {}
        for code in codes:
            ready[code] = self._prepare(code, facts[code], (drop or {}).get(code))
            on_done(code)
        for code, (path, digest, rows, plain) in ready.items():
            self._store.put(code, _Move(path, digest), rows, plain)
        self._rows.clear()
        return codes

    def _prepare(
        self, code: str, facts: Mapping[str, Any], drop: npt.ArrayLike | None
    ) -> tuple[Path, str, int, dict[str, Any]]:
        buildings = partition.prepare(code, partition.from_points(_without(self._take(code), code, drop)))
        plain = catalogue.plain_facts(code, self._facts | dict(facts), len(buildings))
        path = self._folder / f"{code}.parquet"
        return path, partition.write_partition(buildings, path), len(buildings), plain

    def _take(self, code: str) -> pa.Table:
        """Put together all rows of a municipality in the order of appending, and let go of them."""
        tables = []
        for path in self._parts.pop(code, []):
            with pa.OSFile(str(path), "rb") as source:
                tables.append(pa.ipc.open_file(source).read_all())
            path.unlink()
        tables += self._held.pop(code, [])
        self._held_bytes.pop(code, None)
        return pa.concat_tables(tables, promote_options="permissive")

    def _flush_largest(self) -> None:
        """Write the largest buffers until half of the room is free: few and large part files."""
        for code in sorted(self._held_bytes, key=self._held_bytes.__getitem__, reverse=True):
            if sum(self._held_bytes.values()) <= self._limit / 2:
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


def _without(table: pa.Table, code: str, drop: npt.ArrayLike | None) -> pa.Table:
    if drop is None:
        return table
    positions = np.asarray(drop, dtype=np.int64)
    if positions.size and (positions.min() < 0 or positions.max() >= table.num_rows):
        raise TableError(
            f"Municipality {code}: rows to leave out must be positions from 0 to {table.num_rows - 1}."
        )
    keep = np.ones(table.num_rows, dtype=bool)
    keep[positions] = False
    return table.filter(pa.array(keep))
