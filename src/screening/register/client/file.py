"""Bring one file of the service whole to disk: continue, check, and only then give it its name.

While it comes, a file is ``<name>.part`` with what it will be beside it (``<name>.part.json``), so that a
killed process continues at the next run. Two processes would both write to that one part file; so the one
that comes second is turned away by a lock of the operating system, which ends with the process that holds it
(a lock file alone would stay behind after a crash). Part files with names of their own would need no lock,
but nobody could tell after a crash which of them to continue.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO

from screening.register.client.http import Answer, Attempts, DownloadError, Service
from screening.web import alone, write_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Download", "GoneError", "bring", "check_told", "fault_of", "file_address"]

_CHUNK_BYTES = 1 << 16
_PROGRESS_BYTES = 1 << 20  # an attempt that brings this much was not in vain
_FILE = "v1.0/GetFile"


class GoneError(DownloadError):
    """The file is listed but no longer there."""


@dataclass(frozen=True)
class Download:
    """One file that the service offers.

    Parameters
    ----------
    file_name
        Its name.
    entity
        Bygning, Enhed, TekniskAnlaeg ...
    download_type
        "TotalDownload" or "DeltaDownload".
    data_type
        "Current", "Temporal" or "Bitemporal".
    version
        Version of the data model. [1]
    generation_number
        Counts the weekly generations. [1]
    generation_time
        When the generation was made, as the service writes it.
    expiration_date
        When the service removes it.
    file_format
        csv, json ... inside the zip; lower case.
    municipality_code
        Four digits; None for the whole country.
    md5
        Checksum, 32 hexadecimal digits in lower case; None where the service gives none.
    size_bytes
        Size of the zip; None where unknown. [bytes]
    """

    file_name: str
    entity: str
    download_type: str
    data_type: str
    version: int
    generation_number: int
    generation_time: str
    expiration_date: str
    file_format: str
    municipality_code: str | None
    md5: str | None
    size_bytes: int | None


def file_address(service: Service, item: Download) -> str:
    """Write the address of a file, without the key."""
    return service.address(_FILE, {"Filename": item.file_name})


def bring(
    service: Service,
    item: Download,
    folder: Path,
    on_progress: Callable[[int, int | None], None] | None = None,
    *,
    is_known: bool = True,
) -> bool:
    """Fetch a file unless it is there whole; give whether it was fetched.

    Parameters
    ----------
    service
        The service.
    item
        The file.
    folder
        Where it goes, under its own name.
    on_progress
        Called with bytes on disk and bytes in all (None where unknown).
    is_known
        Whether a file of that name is known to be of this generation; asked only where there is no checksum.

    Returns
    -------
    bool
        False when the whole file was there.

    Raises
    ------
    DownloadError, GoneError, OSError
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / item.file_name
    with alone(folder / f"{item.file_name}.lock", item.file_name):
        if target.is_file() and (item.md5 or is_known) and fault_of(target, item) is None:
            return False
        part = _Part(folder, item)
        fault = ""
        for _ in range(2):  # a wrong file is thrown away and fetched once more, from the start
            _transfer(service, item, part, on_progress or (lambda _done, _all: None))
            fault = fault_of(part.path, item) or ""
            if not fault:
                part.path.replace(target)
                part.drop()
                return True
            part.drop()
        raise DownloadError(
            f"{item.file_name} came wrong twice and was thrown away: {fault}. Try again later."
        )


def fault_of(path: Path, item: Download) -> str | None:
    """Say what is wrong with a file on disk; None when it is the one that was listed."""
    if item.md5:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        return None if found == item.md5 else f"its checksum is {found}, listed is {item.md5}"
    size = path.stat().st_size
    if item.size_bytes and size != item.size_bytes:
        return f"it has {size:,} bytes, listed are {item.size_bytes:,}"
    return None if zipfile.is_zipfile(path) else "it is no whole zip file"


def check_told(item: Download) -> str:
    """Say which check a fetched file has passed."""
    if item.md5:
        return "md5"
    return "size and zip directory; the service gave no md5" if item.size_bytes else "zip directory only"


class _Part:
    """What has come of a file, and a note of what it is to become."""

    def __init__(self, folder: Path, item: Download) -> None:
        self.path = folder / f"{item.file_name}.part"
        self._note = folder / f"{item.file_name}.part.json"
        identity = {k: v for k, v in asdict(item).items() if k != "expiration_date"}
        if self._read_note() != identity:  # another generation, or of unknown origin: nothing to build on
            self.drop()
        self._identity = identity

    def _read_note(self) -> object:
        try:
            return json.loads(self._note.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def open(self, start: int) -> BinaryIO:
        """Open to write from a byte on."""
        if not start:
            write_json(self._note, self._identity)
            return self.path.open("wb")
        file = self.path.open("r+b")
        file.seek(start)
        file.truncate()
        return file

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)


def _transfer(
    service: Service, item: Download, part: _Part, on_progress: Callable[[int, int | None], None]
) -> None:
    """Add to the part until the server says that it is all, however often the line breaks."""
    attempts = service.attempts(f"Fetching {item.file_name}")
    while True:
        done = part.size()
        if item.size_bytes and done >= item.size_bytes:
            return
        # Compressed on the way, a byte range would count other bytes than those on disk.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
        with closing(service.ask(_FILE, {"Filename": item.file_name}, attempts, headers)) as answer:
            start = _start(answer, done, item)
            if start is None:
                if _is_all(answer, done):
                    return
                part.drop()
                attempts.again("the server cannot continue the file", wait_s=0)
                continue
            fault = _copy(answer, part, start, item, attempts, on_progress)
        if fault is None:
            return
        if part.size() - done >= _PROGRESS_BYTES:
            attempts.progressed()
        attempts.again(fault)


def _start(answer: Answer, done: int, item: Download) -> int | None:
    """Byte at which the answer goes on; None where it does not fit what is on disk."""
    if answer.status == 404:
        raise GoneError(
            f"{item.file_name} is listed but no longer there (404): the service keeps a generation about"
            " seven days. Run the command again; the listing may have the next one."
        )
    if answer.status == 200:
        return 0
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", "").strip())
    if answer.status != 206 or not found or int(found[1]) != done:
        return None
    is_other = item.size_bytes and found[2] != "*" and int(found[2]) != item.size_bytes
    return None if is_other else done


def _is_all(answer: Answer, done: int) -> bool:
    """Whether the server has no more bytes because all are here (416 with the very size)."""
    return (
        done > 0
        and answer.status == 416
        and answer.headers.get("Content-Range", "").strip() == f"bytes */{done}"
    )


def _copy(
    answer: Answer,
    part: _Part,
    start: int,
    item: Download,
    attempts: Attempts,
    on_progress: Callable[[int, int | None], None],
) -> str | None:
    """Write the body behind what is there; give the fault where it broke off."""
    chunk = answer.read(_CHUNK_BYTES)
    is_page = "html" in answer.headers.get("Content-Type", "").lower()
    if is_page or (chunk and not start and not b"PK".startswith(chunk[:2])):
        raise attempts.error(
            "the answer is no zip file but a page or a message. A proxy or a login page of this network may"
            " stand between; open the service's address in a browser, or try again later."
        )
    done = start
    with part.open(start) as file:
        while chunk:
            file.write(chunk)
            done += len(chunk)
            on_progress(done, item.size_bytes)
            chunk = answer.read(_CHUNK_BYTES)
    return answer.fault
