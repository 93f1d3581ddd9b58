"""The buildings of the country, one partition per municipality: each is replaced whole, or not at all.

Readers go by the catalogue alone. A writer puts its file beside the valid one, then renames the catalogue's
entry over the old one, then removes what the catalogue no longer names; all under the municipality's lock,
which the operating system frees when the process ends, however it ends. So whatever lies in a partition's
folder, is not named by the catalogue and is seen by the holder of the lock, is a leftover.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock
import pandas as pd

from screening.errors import InputFileError, TableError, UnknownNameError
from screening.store import catalogue, partition
from screening.store.catalogue import CODE, Entry
from screening.store.spool import ImportWriter
from screening.store.whole import program_fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd

__all__ = ["BuildingStore"]


class BuildingStore:
    """Buildings by municipality in a folder of GeoParquet files, safe for several processes at once.

    Parameters
    ----------
    folder
        Made when something is written.
    wait_s
        How long to wait for another process that writes the same municipality. [s]

    Examples
    --------
    >>> BuildingStore("data/processed/register").partition("0217").as_posix()
    'data/processed/register/municipality_code=0217'
    """

    def __init__(self, folder: str | Path = "data/processed/register", *, wait_s: float = 600.0) -> None:
        self.folder = Path(folder)
        self.wait_s = wait_s

    def __repr__(self) -> str:
        return f"BuildingStore({str(self.folder)!r})"

    def replace(self, code: str, buildings: gpd.GeoDataFrame, facts: Mapping[str, Any]) -> Entry:
        """Write one municipality's partition, whole or not at all; the others are not touched.

        Parameters
        ----------
        code
            Municipality code, four digits.
        buildings
            ``BUILDINGS`` with points, any order, any further columns.
        facts
            Where they come from, JSON-able: source file and digest, dialect, register date, time of reading,
            counts. ``kept``, if given, must be the number of rows.

        Returns
        -------
        Entry
            What the catalogue now says.

        Raises
        ------
        TableError
            If the table breaks its schema or holds buildings of another municipality.
        InputFileError
            If another process holds the municipality for longer than ``wait_s``.
        """
        _require_code(code)
        table = partition.prepare(code, buildings)
        plain = catalogue.plain_facts(code, facts, len(table))

        def write(path: Path) -> str:
            return partition.write_partition(table, path)

        return self.put(code, write, len(table), plain)

    def put(self, code: str, write: Callable[[Path], str], rows: int, facts: dict[str, Any]) -> Entry:
        """Make a file that ``write`` puts in place the municipality's valid partition.

        Parameters
        ----------
        code
            Municipality code.
        write
            Writes or moves the file to the name given, and gives its SHA-256.
        rows
            Buildings in it. [1]
        facts
            Plain JSON values.

        Returns
        -------
        Entry
            What the catalogue now says.
        """
        with self._lock(code):
            name = f"{uuid.uuid4().hex}.parquet"
            final = self.partition(code) / name
            partial = final.with_name(f".{name}.partial")  # tools that read all *.parquet must not see half
            final.parent.mkdir(parents=True, exist_ok=True)
            try:
                digest = write(partial)
                partial.replace(final)
            finally:
                partial.unlink(missing_ok=True)
            entry = Entry(code, name, digest, rows, program_fingerprint(), facts)
            catalogue.write_entry(self._catalogue, entry)
            self._sweep(code, name)
        return entry

    def read(self, code: str, columns: Sequence[str] | None = None) -> gpd.GeoDataFrame:
        """Read one municipality, as it stood at one moment.

        Parameters
        ----------
        code
            Municipality code, four digits.
        columns
            Columns to read; all when None. Without ``geometry`` a plain DataFrame results.

        Returns
        -------
        geopandas.GeoDataFrame
            Index ``building_id``, sorted.

        Raises
        ------
        UnknownNameError
            If the store has no such municipality or column.
        InputFileError
            If the file of the partition was removed or damaged.
        """
        entry = self.entry(code)
        while True:
            path = self.partition(code) / entry.file
            try:
                content = catalogue.patiently(path.read_bytes)
            except FileNotFoundError:
                content = None
            now = entry if content is not None else self.entry(code)
            if now == entry:
                break
            entry = now  # replaced between the look into the catalogue and the opening of the file
        if content is None:
            raise partition.damaged(path)
        return partition.decode(content, path, entry.sha256, columns)

    def read_many(
        self, codes: Iterable[str] | None = None, columns: Sequence[str] | None = None
    ) -> gpd.GeoDataFrame:
        """Read several municipalities one below the other.

        Parameters
        ----------
        codes
            Municipality codes, in the order wanted; all when None.
        columns
            As for ``read``.

        Returns
        -------
        geopandas.GeoDataFrame
            Each municipality whole. A building that two files of different dates put into different
            municipalities occurs twice.
        """
        chosen = self.codes() if codes is None else list(codes)
        tables = [self.read(code, columns) for code in chosen]
        if tables:
            return pd.concat(tables)
        empty = partition.empty_buildings()
        return empty if columns is None else empty[list(columns)]

    def codes(self) -> list[str]:
        """Give the codes of the municipalities in the store, sorted."""
        return catalogue.list_codes(self._catalogue)

    def catalogue(self) -> pd.DataFrame:
        """Give one row per municipality: file, digest, rows, program and the facts of its import."""
        found = (catalogue.read_entry(self._catalogue, code) for code in self.codes())
        return catalogue.to_table(entry for entry in found if entry is not None)

    def partitions(self) -> dict[str, Path]:
        """Give the file that is valid now of each municipality, for tools that read GeoParquet themselves."""
        return {code: self.partition(code) / self.entry(code).file for code in self.codes()}

    def partition(self, code: str) -> Path:
        """Give the folder of a municipality's partition."""
        return self.folder / f"municipality_code={code}"

    def open_import(
        self, facts: Mapping[str, Any] | None = None, *, buffer_mb: float = 256.0
    ) -> ImportWriter:
        """Begin a streamed import: rows of any municipality in any order, in little memory.

        Parameters
        ----------
        facts
            Facts that hold for all municipalities of the import.
        buffer_mb
            Rows held in memory before they go to disk. [MB]

        Returns
        -------
        ImportWriter
            For a ``with`` block; left without ``finish`` it changes nothing.
        """
        return ImportWriter(self, facts or {}, buffer_mb)

    @property
    def _catalogue(self) -> Path:
        return self.folder / "catalogue"

    def entry(self, code: str) -> Entry:
        """Give what the catalogue says of a municipality; names the near ones when there is none."""
        entry = catalogue.read_entry(self._catalogue, code) if CODE.fullmatch(code) else None
        if entry is None:
            raise UnknownNameError("municipality in the building store", code, self.codes())
        return entry

    @contextmanager
    def _lock(self, code: str) -> Iterator[None]:
        path = self.folder / "locks" / f"{code}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path, timeout=self.wait_s)
        try:
            lock.acquire()
        except filelock.Timeout as error:
            raise InputFileError(
                f"Another process has been writing municipality {code} in {self.folder} for more than"
                f" {self.wait_s:g} s; let it finish or end it, then try again."
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _sweep(self, code: str, valid: str | None) -> None:
        """Remove all that the catalogue does not name; only under the municipality's lock."""
        leftovers = [path for path in self.partition(code).glob("*") if path.name != valid]
        leftovers += self._catalogue.glob(f".partial-*-{code}.json")
        for path in leftovers:
            try:
                path.unlink(missing_ok=True)
            except PermissionError:  # Windows, and a reader has it open: the next write removes it
                continue


def _require_code(code: str) -> None:
    if not CODE.fullmatch(code):
        raise TableError(f"{code!r} is no municipality code; expected four digits as text, like '0217'.")
