"""The register's file service (Datafordeler Fildownload): list, choose the newest file, fetch it whole."""

from __future__ import annotations

import difflib
import json
import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screening.register.client.file import (
    Download,
    GoneError,
    bring,
    check_told,
    file_address,
)
from screening.register.client.http import Answer, ApiKey, Attempts, Connection, DownloadError, Service
from screening.web import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "ApiKey",
    "Connection",
    "Download",
    "DownloadError",
    "Fetched",
    "choose_download",
    "download",
    "fetch_register",
    "list_downloads",
]

ENTITIES = ("Bygning", "Enhed", "TekniskAnlaeg")  # what the register offers and this program has a use for
_LISTING = "v2.0/GetAvailableFileDownloads"
_REGISTER = "BBR"
_MOST_PAGES = 1000
_BODY_BYTES = 1 << 20
# A new version of the data model is first listed with header-only files of a few kB. The files of the
# smallest municipalities are small too; so small alone is not empty, small beside a large one is.
_STUB_BYTES = 10_000
_STUB_SHARE = 0.2


@dataclass(frozen=True)
class Fetched:
    """A file of the register on disk.

    Parameters
    ----------
    path
        The zip.
    sidecar
        JSON beside it that says what it is.
    item
        Its row in the listing.
    is_new
        False when it was there already, whole.
    """

    path: Path
    sidecar: Path
    item: Download
    is_new: bool


def list_downloads(
    key: ApiKey | str, entity: str = "Bygning", connection: Connection | None = None
) -> list[Download]:
    """List all files that the service offers for an entity of the building register.

    Parameters
    ----------
    key
        Key of the file service.
    entity
        Bygning, Enhed, TekniskAnlaeg ...
    connection
        Where the service is and how patient to be.

    Returns
    -------
    list of Download
        All pages of the listing, each file once.

    Raises
    ------
    DownloadError
        If the key is refused, the service does not answer, or its answer is no listing or not a whole one.
    """
    return _list(Service(key, connection or Connection()), entity)


def choose_download(
    downloads: Iterable[Download],
    municipality_code: str | None = None,
    entity: str = "Bygning",
    file_format: str = "csv",
) -> Download:
    """Choose the newest total file of what stands now.

    Parameters
    ----------
    downloads
        The listing.
    municipality_code
        Three or four digits; None for the file of the whole country.
    entity
        Bygning, Enhed, TekniskAnlaeg ...
    file_format
        csv or json.

    Returns
    -------
    Download
        Highest version of the data model, then highest generation number, among the files with content.

    Raises
    ------
    DownloadError
        If there is none; the message names what there is.
    """
    code = _code(municipality_code)
    totals = [
        d
        for d in downloads
        if d.entity.casefold() == entity.casefold()
        and d.download_type.casefold() == "totaldownload"
        and d.data_type.casefold() == "current"
    ]
    asked = file_format.casefold()
    fitting = [d for d in totals if d.file_format == asked and d.municipality_code == code]
    if not fitting:
        raise DownloadError(_what_there_is(totals, code, entity, asked))
    largest = max(d.size_bytes or 0 for d in fitting)
    filled = [
        d for d in fitting if d.size_bytes is None or d.size_bytes >= min(_STUB_BYTES, _STUB_SHARE * largest)
    ]
    return max(filled, key=lambda d: (d.version, d.generation_number, d.generation_time))


def download(
    key: ApiKey | str,
    item: Download,
    folder: str | Path,
    *,
    connection: Connection | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Path:
    """Fetch a listed file whole: continued where the line breaks, checked, then given its name.

    Parameters
    ----------
    key
        Key of the file service.
    item
        The file.
    folder
        Where it goes, under the name it has at the service.
    connection
        Where the service is and how patient to be.
    on_progress
        Called with bytes on disk and bytes in all (None where unknown).

    Returns
    -------
    pathlib.Path
        The zip.

    Raises
    ------
    DownloadError
        If it cannot be fetched, or what came is twice not what was listed.
    OSError
        If the folder cannot be written or the disk is full.
    """
    bring(Service(key, connection or Connection()), item, Path(folder), on_progress)
    return Path(folder) / item.file_name


def fetch_register(
    folder: str | Path,
    key: ApiKey | str,
    municipality_code: str | None = None,
    entity: str = "Bygning",
    file_format: str = "csv",
    *,
    retrieved: str,
    connection: Connection | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Fetched:
    """Fetch the newest file of the register with a note of what it is; nothing where it is there already.

    Parameters
    ----------
    folder
        Where the zip and its sidecar go.
    key
        Key of the file service; it is shown and written nowhere.
    municipality_code
        Three or four digits; None for the whole country.
    entity
        Bygning, Enhed, TekniskAnlaeg ...
    file_format
        csv or json.
    retrieved
        The time now, for the sidecar; ISO.
    connection
        Where the service is and how patient to be.
    on_progress
        Called with bytes on disk and bytes in all (None where unknown).

    Returns
    -------
    Fetched
        The zip, its sidecar and whether it is new.

    Raises
    ------
    DownloadError
        If there is no such file, the key is refused, the service does not answer, or what comes is wrong.
    OSError
        If the folder cannot be written or the disk is full.
    """
    folder = Path(folder)
    service = Service(key, connection or Connection())
    del key  # the plain text, where it came so: not even in a traceback that shows local variables
    _code(municipality_code)  # a misspelled code is told before anything is asked
    for is_last in (False, True):
        item = choose_download(_list(service, entity), municipality_code, entity, file_format)
        sidecar = folder / f"{item.file_name}.json"
        note = _note(service, item, retrieved)
        is_known = _is_same(sidecar, note)
        try:
            is_new = bring(service, item, folder, on_progress, is_known=is_known)
        except GoneError:
            if is_last:
                raise
            continue  # its generation was replaced since the listing was made
        if is_new or not is_known:
            write_json(sidecar, note)
        break
    return Fetched(folder / item.file_name, sidecar, item, is_new)


def _list(service: Service, entity: str) -> list[Download]:
    """Walk the pages; a listing that may be cut short is refused, never read as whole."""
    entity = next((known for known in ENTITIES if known.casefold() == entity.casefold()), entity)
    attempts = service.attempts(f"Listing the files of {entity}")
    found: dict[str, Download] = {}
    for page in range(1, _MOST_PAGES + 1):
        rows, paging = _page(service, entity, page, attempts)
        attempts.progressed()
        fresh = {item.file_name: item for item in (_read(row, attempts) for row in rows)}
        if (current := _number(paging.get("currentpage"))) not in {None, page}:
            raise attempts.error(
                f"page {page} was asked, page {current} came: the listing would not be whole."
            )
        if fresh and fresh.keys() <= found.keys():
            raise attempts.error(f"page {page} repeats an earlier one: the listing would not be whole.")
        found |= fresh
        pages, total = _number(paging.get("totalpages")), _number(paging.get("totalcount"))
        is_last = page >= pages if pages is not None else total is not None and len(found) >= total
        if is_last or not rows:
            if total is not None and len(found) < total:
                raise attempts.error(f"{len(found)} of {total} listed files came. Run the command again.")
            return list(found.values())
    raise attempts.error("the listing has no end.")


def _page(
    service: Service, entity: str, page: int, attempts: Attempts
) -> tuple[list[object], dict[str, Any]]:
    """Read one page of the listing: its rows, and where it stands among the pages."""
    parameters = {"Register": _REGISTER, "Entity": entity, "PageNumber": str(page)}
    while True:
        with closing(service.ask(_LISTING, parameters, attempts)) as answer:
            if answer.status != 200:
                raise attempts.error(
                    f"the service knows no files of {entity!r} ({answer.status})."
                    f" Entities of use here: {', '.join(ENTITIES)}."
                )
            found = _rows(answer, page)
            fault = answer.fault
        if fault:
            attempts.again(fault)
        elif found is None:
            raise attempts.error(
                "the answer is no listing but a page or a message. A proxy or a login page of this network"
                " may stand between; open the service's address in a browser, or try again later."
            )
        else:
            return found


def _rows(answer: Answer, page: int) -> tuple[list[object], dict[str, Any]] | None:
    """Read rows and paging from an answer; None where it is no listing: what else it says is not told."""
    body = b"".join(iter(lambda: answer.read(_BODY_BYTES), b""))
    try:
        content = json.loads(body)
    except ValueError:
        return None
    if isinstance(content, list):  # some answers are the bare list, then it is all there is
        return content, {"totalpages": page}
    rows = _lower(content).get("availablefiledownloads")
    return (rows, _lower(_lower(content).get("paginationmetadata"))) if isinstance(rows, list) else None


def _read(row: object, attempts: Attempts) -> Download:
    """Take one row of the listing apart."""
    cells = {k: "" if v is None else str(v).strip() for k, v in _lower(row).items()}
    name = cells.get("filename", "")
    # The name becomes a path here: one plain name, nothing that leads elsewhere.
    if not re.fullmatch(r"\w[\w.-]*\.zip", name, flags=re.IGNORECASE):
        raise attempts.error("the listing holds a row whose fileName is no plain name of a zip file.")
    generation = re.search(r"_(\d+)\.zip$", name, flags=re.IGNORECASE)
    md5 = cells.get("md5hash", "").lower()
    code = cells.get("municipalitycode", "")
    return Download(
        file_name=name,
        entity=cells.get("entityname", ""),
        download_type=cells.get("typeofdownload", ""),
        data_type=cells.get("typeofdata", ""),
        version=_number(cells.get("version")) or 0,
        generation_number=_number(cells.get("generationnumber")) or int(generation[1] if generation else 0),
        generation_time=cells.get("generationtime", ""),
        expiration_date=cells.get("expirationdate", ""),
        file_format=cells.get("containedfileformat", "").casefold(),
        municipality_code=code.zfill(4) if code else None,
        md5=md5 if re.fullmatch(r"[0-9a-f]{32}", md5) else None,
        size_bytes=_number(cells.get("filesizeinbytes")) or None,
    )


def _lower(content: object) -> dict[str, Any]:
    return {str(k).casefold(): v for k, v in content.items()} if isinstance(content, dict) else {}


def _number(value: object) -> int | None:
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _code(municipality_code: str | None) -> str | None:
    if municipality_code is None:
        return None
    if not re.fullmatch(r"[0-9]{3,4}", municipality_code.strip()):
        raise DownloadError(f"{municipality_code!r} is no municipality code: write its four digits, as 0217.")
    return municipality_code.strip().zfill(4)


def _what_there_is(totals: list[Download], code: str | None, entity: str, file_format: str) -> str:
    """Say that the file asked for is not offered, and which near ones are."""
    place = f"municipality {code}" if code else "the whole country"
    told = f"The service offers no current total file of {entity} as {file_format} for {place}."
    formats = sorted({d.file_format for d in totals if d.municipality_code == code})
    if formats:
        return f"{told} For {place} it has: {', '.join(formats)}."
    codes = sorted({d.municipality_code for d in totals if d.municipality_code})
    if not totals:
        return f"{told} It has no such file of {entity} at all; entities of use here: {', '.join(ENTITIES)}."
    if code and codes:
        near = difflib.get_close_matches(code, codes, n=5, cutoff=0.5)
        named = f"near are {', '.join(near)}" if near else f"as {', '.join(codes[:5])}"
        return f"{told} It has {len(codes)} municipalities, {named}."
    if codes:
        return f"{told} It has files of single municipalities: {', '.join(codes[:5])} ..."
    return f"{told} It has the whole country only."


def _note(service: Service, item: Download, retrieved: str) -> dict[str, Any]:
    """Say what a file is: the sidecar's content, in the service's own words."""
    return {
        "fileName": item.file_name,
        "register": _REGISTER,
        "entity": item.entity,
        "municipalityCode": item.municipality_code,
        "containedFileFormat": item.file_format,
        "version": item.version,
        "generationNumber": item.generation_number,
        "generationTime": item.generation_time,
        "md5Hash": item.md5,
        "fileSizeInBytes": item.size_bytes,
        "checkedBy": check_told(item),
        "url": file_address(service, item),
        "retrieved": retrieved,
    }


def _is_same(sidecar: Path, note: dict[str, Any]) -> bool:
    """Whether a sidecar tells of the same file, whenever it was retrieved."""
    try:
        there = json.loads(sidecar.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return isinstance(there, dict) and {**there, "retrieved": ""} == {**note, "retrieved": ""}
