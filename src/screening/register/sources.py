"""Where the register comes from: opening a source and finding out in which dialect it is."""

from __future__ import annotations

import contextlib
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from screening.errors import InputFileError
from screening.register import dialects, postgis, table_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.register.dialects import Reading

__all__ = ["open_source"]

_HEAD_BYTES = 1 << 16


@contextlib.contextmanager
def open_source(path: str | Path) -> Iterator[Reading]:
    """Open a building file in any dialect, or zipped, or a table in a database, and begin to read it.

    Parameters
    ----------
    path
        A file, whose dialect is told from the content, not from the name; or the address of a PostGIS table,
        see ``postgis``.

    Yields
    ------
    Reading
        The rows in pieces; read it before the block ends.

    Raises
    ------
    InputFileError
        If the file is missing, empty, a folder or in an unknown dialect.
    """
    if postgis.is_address(path):
        with postgis.open_address(path) as table:
            yield table
        return
    path = Path(path)
    if table_source.kind_of(path):
        with table_source.open_table(path) as table:
            yield table
        return
    if path.is_dir():
        raise InputFileError(f"{path} is a folder; give the building file in it.")
    if not path.is_file():
        raise InputFileError(f"Register file {path} does not exist; check the path.")
    if not zipfile.is_zipfile(path):
        with path.open("rb") as stream:
            yield _begin(stream, path.name)
        return
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_member(archive, path.name)) as member:
            yield _begin(cast("BinaryIO", member), path.name)
    except (RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputFileError(f"{path.name} cannot be unpacked ({error}); download it again.") from error


def _begin(stream: BinaryIO, what: str) -> Reading:
    dialect = dialects.recognise(stream.read(_HEAD_BYTES), what)
    stream.seek(0)
    return dialect.read(stream, what)


def _member(archive: zipfile.ZipFile, what: str) -> str:
    """Name of the one data file; folders, hidden files and metadata do not count."""
    names = [
        entry.filename
        for entry in archive.infolist()
        if not entry.is_dir()
        and not Path(entry.filename).name.startswith(".")
        and not entry.filename.startswith("__MACOSX")
        and "metadata" not in entry.filename.lower()
    ]
    if "xl/workbook.xml" in names:
        raise InputFileError(f"{what} is an Excel workbook; give the file as the register delivers it.")
    if len(names) != 1:
        held = ", ".join(names[:5]) or "nothing"
        raise InputFileError(
            f"{what} holds {len(names)} data files ({held}); expected one: unpack it and give the Bygning"
            " file."
        )
    return names[0]
