"""A file service on this machine that answers as the real one does, and fails on command."""

from __future__ import annotations

import hashlib
import io
import json
import random
import threading
import zipfile
from urllib.parse import parse_qsl, urlsplit

from loopback_server import LoopbackServer
from screening.register.client.service import Connection, fetch_register

KEY = "k3y+with/slash=and%percent"
LISTING, FILE = "/FileDownloads/v2.0/GetAvailableFileDownloads", "/FileDownloads/v1.0/GetFile"


def make_zip(size=200_000, seed=1, name="Bygning.csv"):
    """Zip with content that does not shrink, so that sizes are what they seem."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(name), random.Random(seed).randbytes(size))
    return buffer.getvalue()


def make_row(content=None, generation=176, code="0217", entity="Bygning", version="1", **changes):
    """One row of the listing; the name is made as the service makes it."""
    place = f"_{code}" if code else ""
    form = changes.get("containedFileFormat", "csv")
    row = {
        "fileName": f"BBR_V{version}_{entity}{place}_TotalDownload_{form}_Current_{generation}.zip",
        "register": "BBR",
        "entityName": entity,
        "typeOfDownload": "TotalDownload",
        "typeOfData": "Current",
        "version": version,
        "generationNumber": generation,
        "generationTime": "2026-11-14T03:12:00Z",
        "expirationDate": "2026-11-21T03:12:00Z",
        "containedFileFormat": form,
        "outputFileFormat": "zip",
        "municipalityCode": code,
        "md5Hash": hashlib.md5(content).hexdigest().upper() if content else None,
        "fileSizeInBytes": len(content) if content else 500_000,
    }
    return row | changes


class Fildownload(LoopbackServer):
    """The service; ``faults`` are used up one per request of a file, ``list_faults`` one per page."""

    path = "/FileDownloads"

    def __init__(self):
        self.rows, self.files = [], {}
        self.faults, self.list_faults = [], []
        self.page_size, self.is_bare, self.repeats_page = 1000, False, False
        self.requests = []  # (path, parameters, Range header)
        self.stop_stalling = threading.Event()
        super().__init__()

    def close(self):
        self.stop_stalling.set()
        super().close()

    def add(self, content, **row):
        """Offer a file; gives its row."""
        row = make_row(content, **row)
        self.rows.append(row)
        self.files[row["fileName"]] = content
        return row

    def ranges(self):
        """The Range header of each request of a file."""
        return [r for path, _, r in self.requests if path == FILE]

    def handle(self, handler):
        parts = urlsplit(handler.path)
        parameters = dict(parse_qsl(parts.query))
        self.requests.append((parts.path, parameters, handler.headers["Range"]))
        is_file = parts.path == FILE
        faults = self.faults if is_file else self.list_faults
        if faults:
            faults.pop(0)(self, handler, parameters)
        elif parameters.get("apikey") != KEY:
            status(401, body=b"Invalid key " + parameters.get("apikey", "").encode())(
                self, handler, parameters
            )
        elif is_file:
            self.send_file(handler, parameters)
        else:
            self.send_listing(handler, parameters)

    def send_listing(self, handler, parameters):
        rows = [r for r in self.rows if r["entityName"] == parameters["Entity"]]
        page = 1 if self.repeats_page else int(parameters.get("PageNumber", 1))
        shown = rows[(page - 1) * self.page_size : page * self.page_size]
        paging = {
            "currentPage": page,
            "pageSize": self.page_size,
            "totalCount": len(rows),
            "totalPages": -(-len(rows) // self.page_size),
        }
        content = shown if self.is_bare else {"paginationMetadata": paging, "availableFileDownloads": shown}
        reply(handler, 200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def send_file(self, handler, parameters, end=None, honours_range=True, change=None):
        """Send a file from where it was asked; ``end`` breaks it off, ``change`` makes it wrong."""
        content = self.files.get(parameters["Filename"])
        if content is None:
            reply(handler, 404, b"not found")
            return
        content = change(content) if change else content
        asked = handler.headers["Range"] if honours_range else None
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if start >= len(content) > 0 and asked:
            reply(handler, 416, b"", {"Content-Range": f"bytes */{len(content)}"})
            return
        headers = {"Content-Type": "application/zip"}
        if asked:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        body = content[start:]
        reply(handler, 206 if asked else 200, body[:end], headers, length=len(body))


def reply(handler, code, body=b"", headers=None, length=None):
    handler.send_response(code)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


def status(code, headers=None, body=b"<html>an answer that repeats the address</html>"):
    return lambda _service, handler, parameters: reply(
        handler, code, body + parameters.get("apikey", "").encode(), headers
    )


def cut(after):
    """Break off after so many bytes, with the length of the whole promised."""
    return lambda service, handler, parameters: service.send_file(handler, parameters, end=after)


def stall(after):
    """Fall silent after so many bytes."""

    def fault(service, handler, parameters):
        service.send_file(handler, parameters, end=after)
        service.stop_stalling.wait(10)

    return fault


def cut_chunked(after):
    """Break off inside a chunk, with no length promised."""

    def fault(service, handler, parameters):
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n" % (2 * after) + service.files[parameters["Filename"]][:after])
        handler.close_connection = True

    return fault


def whole(service, handler, parameters):
    """Ignore the range."""
    service.send_file(handler, parameters, honours_range=False)


def wrong(service, handler, parameters):
    """Change one byte in the middle."""
    service.send_file(handler, parameters, change=lambda c: c[:1000] + bytes([c[1000] ^ 1]) + c[1001:])


def page(service, handler, parameters):
    """A page with status 200."""
    reply(handler, 200, b"<html>Log ind</html>", {"Content-Type": "text/html; charset=utf-8"})


def hang_up(service, handler, parameters):
    """Close without a word."""
    handler.close_connection = True


def fetch_in_a_process(folder, url):
    """What a process runs that is to be killed."""
    fetch_register(folder, KEY, "0217", retrieved="", connection=Connection(base_url=url, timeout_s=60))
