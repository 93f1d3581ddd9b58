"""Where the register comes from: opening a source and finding out in which dialect it is."""

from __future__ import annotations

import contextlib
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from screening.errors import InputFileError
from screening.register.dialects import json_pages, ois, postgis, table_source
from screening.register.dialects import recognise as dialects
from screening.register.dialects.json_text import JsonReading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from screening.register.dialects.recognise import Reading

__all__ = ["open_source"]

_HEAD_BYTES = 1 << 16
_T = TypeVar("_T")


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
        with zipfile.ZipFile(path) as archive, contextlib.ExitStack() as members:
            yield _begin_in_zip(archive, path.name, members)
    except (RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        locked = "password" in str(error)
        remedy = "unpack it with its password first" if locked else "download it again"
        raise InputFileError(f"{path.name} cannot be unpacked ({error}); {remedy}.") from error


def _begin(stream: BinaryIO, what: str) -> Reading:
    dialect = dialects.recognise(stream.read(_HEAD_BYTES), what)
    stream.seek(0)
    return dialect.read(stream, what)


def _begin_in_zip(archive: zipfile.ZipFile, what: str, members: contextlib.ExitStack) -> Reading:
    """Begin with the one data file; or with the pages of an answer, or with the two tables of OIS."""
    names = _members(archive, what)

    def opened(name: str) -> BinaryIO:
        return cast("BinaryIO", members.enter_context(archive.open(name)))

    if len(names) == 1:
        return _begin(opened(names[0]), what)
    heads = {name: _with_member(archive, name, lambda member: member.read(_HEAD_BYTES)) for name in names}
    if names and all(dialects.is_answer(head) for head in heads.values()):
        pages = {name: _with_member(archive, name, json_pages.page_info) for name in names}
        return JsonReading(json_pages.chain(json_pages.order(pages, what), opened), what)
    buildings = [name for name, head in heads.items() if ois.is_buildings(head)]
    points = [name for name, head in heads.items() if ois.is_points(head)]
    if len(buildings) == len(points) == 1 and len(names) == 2:
        found = _with_member(archive, points[0], lambda member: ois.read_points(member, points[0]))
        return ois.OisReading(opened(buildings[0]), what, found)
    held = ", ".join(names[:5]) or "nothing"
    raise InputFileError(
        f"{what} holds {len(names)} data files ({held}); expected one: unpack it and give the Bygning"
        " file. Only the pages of one GraphQL answer, and OIS's table of buildings with its table of points,"
        " belong into one .zip."
    )


def _with_member(archive: zipfile.ZipFile, name: str, use: Callable[[BinaryIO], _T]) -> _T:
    with archive.open(name) as member:
        return use(cast("BinaryIO", member))


def _members(archive: zipfile.ZipFile, what: str) -> list[str]:
    """Names of the data files; folders, hidden files and metadata do not count."""
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
    return names
