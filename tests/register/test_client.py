"""The file service: newest file, whole or not at all, and the key is never shown."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import multiprocessing
import pickle
import socket
import threading
import tomllib
import traceback
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from register import fildownload_server as fake
from screening import cli
from screening.errors import ScreeningError
from screening.project import discover
from screening.register import is_building_file
from screening.register.client import file as client_file
from screening.register.client import service as client
from screening.register.client.service import (
    ApiKey,
    Connection,
    DownloadError,
    choose_download,
    download,
    fetch_register,
    list_downloads,
)

NOW = "2026-11-15T10:00:00+00:00"
CONTENT = fake.make_zip()
NAME = "BBR_V1_Bygning_0217_TotalDownload_csv_Current_176.zip"


@pytest.fixture
def service():
    server = fake.Fildownload()
    yield server
    server.close()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def connection(service, waits):
    return Connection(base_url=service.url, sleep=waits.append, timeout_s=5.0)


@pytest.fixture
def fetch(service, connection, tmp_path):
    def _fetch(code="0217", **options):
        options = {"retrieved": NOW, "connection": connection} | options
        return fetch_register(tmp_path / "bbr", fake.KEY, code, **options)

    return _fetch


def names(folder):
    """What stands in the folder; an empty lock file may stay."""
    return sorted(p.name for p in folder.iterdir() if p.suffix != ".lock")


def item_of(row, connection):
    return next(d for d in list_downloads(fake.KEY, connection=connection) if d.file_name == row["fileName"])


# --- Listing


def test_all_pages_are_read(service, connection):
    service.rows = [fake.make_row(code=f"{n:04d}") for n in range(101, 108)]
    service.page_size = 3
    found = list_downloads(fake.KEY, connection=connection)
    assert [d.municipality_code for d in found] == [f"{n:04d}" for n in range(101, 108)]
    assert [p["PageNumber"] for _, p, _ in service.requests] == ["1", "2", "3"]
    assert {(p["Register"], p["Entity"]) for _, p, _ in service.requests} == {("BBR", "Bygning")}


def test_a_server_that_repeats_its_first_page_is_refused(service, connection):
    service.rows = [fake.make_row(code=f"{n:04d}") for n in range(101, 108)]
    service.page_size, service.repeats_page = 3, True
    with pytest.raises(DownloadError, match="page 2 was asked, page 1 came"):
        list_downloads(fake.KEY, connection=connection)


def paged(rows, **paging):
    body = json.dumps({"availableFileDownloads": rows, "paginationMetadata": paging}).encode()
    return lambda _service, handler, _parameters: fake.reply(handler, 200, body)


def test_a_repeated_page_is_found_where_the_server_does_not_number_its_pages(service, connection):
    service.list_faults = [paged([fake.make_row()], totalPages=2)] * 2
    with pytest.raises(DownloadError, match="page 2 repeats an earlier one"):
        list_downloads(fake.KEY, connection=connection)


def test_a_listing_with_fewer_files_than_promised_is_refused(service, connection):
    service.list_faults = [paged([fake.make_row()], currentPage=1, totalPages=1, totalCount=4)]
    with pytest.raises(DownloadError, match="1 of 4 listed files"):
        list_downloads(fake.KEY, connection=connection)


def test_a_bare_list_is_read(service, connection):
    service.rows, service.is_bare = [fake.make_row(), fake.make_row(code=None)], True
    found = list_downloads(fake.KEY, connection=connection)
    assert [(d.municipality_code, d.generation_number, d.size_bytes) for d in found] == [
        ("0217", 176, 500_000),
        (None, 176, 500_000),
    ]


def test_a_row_is_read_field_by_field(service, connection):
    service.rows = [
        fake.make_row(
            CONTENT, code=217, generation="9", version="2", entity="Enhed", containedFileFormat="JSON"
        )
    ]
    (item,) = list_downloads(fake.KEY, "Enhed", connection)
    assert item == client.Download(
        file_name="BBR_V2_Enhed_217_TotalDownload_JSON_Current_9.zip",
        entity="Enhed",
        download_type="TotalDownload",
        data_type="Current",
        version=2,
        generation_number=9,
        generation_time="2026-11-14T03:12:00Z",
        expiration_date="2026-11-21T03:12:00Z",
        file_format="json",
        municipality_code="0217",
        md5=hashlib.md5(CONTENT).hexdigest(),
        size_bytes=len(CONTENT),
    )


@pytest.mark.parametrize("name", ["../../etc/x.zip", "a/b.zip", "C:\\x.zip", "", ".zip", "x.exe", None])
def test_a_file_name_that_leads_elsewhere_is_refused(service, connection, name):
    service.rows = [fake.make_row(fileName=name)]
    with pytest.raises(DownloadError, match="no plain name"):
        list_downloads(fake.KEY, connection=connection)


@pytest.mark.parametrize("body", [b"<html>", b"", b'"text"', b'{"message": "x"}', b"\xff\xfe"])
def test_an_answer_that_is_no_listing_is_told(service, connection, body):
    service.list_faults = [
        fake.status(200, body=b"") if not body else lambda _s, h, _p: fake.reply(h, 200, body)
    ]
    with pytest.raises(DownloadError, match="no listing"):
        list_downloads(fake.KEY, connection=connection)


def test_a_listing_cut_short_is_asked_again(service, connection, waits):
    service.rows = [fake.make_row()]
    body = json.dumps(service.rows).encode()
    service.list_faults = [lambda _s, h, _p: fake.reply(h, 200, body[:50], length=len(body)), fake.hang_up]
    assert len(list_downloads(fake.KEY, connection=connection)) == 1
    assert waits == [2.0, 4.0]


# --- Choosing


def rows_of(*rows):
    service = type("Attempts", (), {"error": staticmethod(AssertionError)})
    return [client._read(row, service) for row in rows]


def test_the_newest_current_total_of_the_municipality_wins():
    rows = rows_of(
        fake.make_row(generation=175),
        fake.make_row(generation=176),
        fake.make_row(generation=200, typeOfDownload="DeltaDownload"),
        fake.make_row(generation=201, typeOfData="Bitemporal"),
        fake.make_row(generation=202, code="0201"),
        fake.make_row(generation=203, code=None),
        fake.make_row(generation=204, containedFileFormat="json"),
        fake.make_row(generation=205, entity="Enhed"),
    )
    chosen = {
        "csv": choose_download(rows, "0217"),
        "three digits": choose_download(rows, "217"),
        "country": choose_download(rows),
        "json": choose_download(rows, "0217", file_format="JSON"),
        "unit": choose_download(rows, "0217", entity="enhed"),
    }
    assert {k: d.generation_number for k, d in chosen.items()} == {
        "csv": 176,
        "three digits": 176,
        "country": 203,
        "json": 204,
        "unit": 205,
    }


def test_the_version_of_the_data_model_goes_before_the_generation_and_is_a_number():
    rows = rows_of(fake.make_row(version="9", generation=300), fake.make_row(version="10", generation=3))
    assert choose_download(rows, "0217").version == 10


def test_a_stub_does_not_win_over_a_filled_file():
    rows = rows_of(
        fake.make_row(version="1", fileSizeInBytes=900_000), fake.make_row(version="2", fileSizeInBytes=3_500)
    )
    assert choose_download(rows, "0217").version == 1


def test_a_small_municipality_is_no_stub():
    rows = rows_of(
        fake.make_row(generation=176, fileSizeInBytes=6_100),
        fake.make_row(generation=177, fileSizeInBytes=5_900),
    )
    assert choose_download(rows, "0217").generation_number == 177


@given(st.permutations([(1, 5), (1, 7), (2, 1), (2, 3), (2, 2)]))
def test_the_order_of_the_listing_does_not_matter(order):
    rows = rows_of(*(fake.make_row(version=str(v), generation=g) for v, g in order))
    chosen = choose_download(rows, "0217")
    assert (chosen.version, chosen.generation_number) == (2, 3)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"municipality_code": "0271"}, "3 municipalities, near are 0217"),
        ({"municipality_code": "0217", "file_format": "gpkg"}, "For municipality 0217 it has: csv, json"),
        ({}, "files of single municipalities: 0101, 0201, 0217"),
        ({"municipality_code": "0217", "entity": "Bygninger"}, "of use here: Bygning, Enhed, TekniskAnlaeg"),
        ({"municipality_code": "Helsingør"}, "write its four digits, as 0217"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(asked, told):
    rows = rows_of(
        fake.make_row(code="0101"),
        fake.make_row(code="0201"),
        fake.make_row(),
        fake.make_row(containedFileFormat="json"),
    )
    with pytest.raises(DownloadError, match=told):
        choose_download(rows, **asked)


def test_only_the_country_is_told():
    with pytest.raises(DownloadError, match="the whole country only"):
        choose_download(rows_of(fake.make_row(code=None)), "0217")


# --- Fetching


def test_a_file_is_fetched_whole_with_a_sidecar(service, fetch, tmp_path):
    row = service.add(CONTENT)
    steps = []
    fetched = fetch(on_progress=lambda done, total: steps.append((done, total)))
    assert fetched.is_new
    assert fetched.path == tmp_path / "bbr" / NAME
    assert fetched.path.read_bytes() == CONTENT
    assert names(tmp_path / "bbr") == [NAME, f"{NAME}.json"]
    assert json.loads(fetched.sidecar.read_text(encoding="utf-8")) == {
        "fileName": NAME,
        "register": "BBR",
        "entity": "Bygning",
        "municipalityCode": "0217",
        "containedFileFormat": "csv",
        "version": 1,
        "generationNumber": 176,
        "generationTime": "2026-11-14T03:12:00Z",
        "md5Hash": row["md5Hash"].lower(),
        "fileSizeInBytes": len(CONTENT),
        "checkedBy": "md5",
        "url": f"{service.url}/v1.0/GetFile?Filename={NAME}",
        "retrieved": NOW,
    }
    assert steps == sorted(steps)
    assert steps[-1] == (len(CONTENT), len(CONTENT))


def test_a_whole_file_is_not_fetched_again(service, fetch):
    service.add(CONTENT)
    fetch()
    again = fetch(retrieved="later")
    assert not again.is_new
    assert len(service.ranges()) == 1
    assert json.loads(again.sidecar.read_text(encoding="utf-8"))["retrieved"] == NOW


def test_a_damaged_file_or_a_lost_sidecar_is_mended(service, fetch):
    service.add(CONTENT)
    fetched = fetch()
    fetched.path.write_bytes(CONTENT[:-1])
    assert fetch().is_new
    assert fetched.path.read_bytes() == CONTENT
    fetched.sidecar.unlink()
    assert not fetch().is_new
    assert fetched.sidecar.is_file()


@pytest.mark.parametrize(
    ("faults", "ranges"),
    [
        ([fake.cut(70_000)], [None, "bytes=70000-"]),
        ([fake.cut(70_000), fake.cut(30_000)], [None, "bytes=70000-", "bytes=100000-"]),
        ([fake.cut_chunked(65_536)], [None, "bytes=65536-"]),
        ([fake.hang_up], [None, None]),
        ([fake.cut(70_000), fake.whole], [None, "bytes=70000-"]),
        ([fake.cut(70_000), fake.status(416)], [None, "bytes=70000-", None]),
        (
            [fake.cut(70_000), fake.status(206, {"Content-Range": "bytes 5-9/10"})],
            [None, "bytes=70000-", None],
        ),
        (
            [fake.cut(70_000), fake.status(206, {"Content-Range": "bytes 70000-300000/300001"})],
            [None, "bytes=70000-", None],
        ),
        ([fake.cut(70_000), fake.status(503)], [None, "bytes=70000-", "bytes=70000-"]),
        ([fake.wrong], [None, None]),
    ],
    ids=["cut", "twice", "chunk", "silent", "no ranges", "416", "other start", "other total", "503", "md5"],
)
def test_a_broken_transfer_ends_whole(service, fetch, tmp_path, faults, ranges):
    service.add(CONTENT)
    service.faults = list(faults)
    assert fetch().path.read_bytes() == CONTENT
    assert service.ranges() == ranges
    assert names(tmp_path / "bbr") == [NAME, f"{NAME}.json"]


@pytest.mark.parametrize(
    "told", [f"bytes 5-{len(CONTENT) - 1}/{len(CONTENT)}", "bytes 70000-300000/300001", "pages 1-2", ""]
)
def test_bytes_from_elsewhere_are_not_added(service, fetch, told):
    service.add(CONTENT)
    # Added, they would be the first wrong file and the next the second, which ends it.
    service.faults = [fake.cut(70_000), fake.status(206, {"Content-Range": told}), fake.wrong]
    assert fetch().path.read_bytes() == CONTENT
    assert service.ranges() == [None, "bytes=70000-", None, None]


def test_a_silent_server_is_left_and_the_file_continued(service, tmp_path, waits):
    service.add(CONTENT)
    service.faults = [fake.stall(131_072)]
    impatient = Connection(base_url=service.url, sleep=waits.append, timeout_s=0.3)
    fetched = fetch_register(tmp_path, fake.KEY, "0217", retrieved=NOW, connection=impatient)
    assert fetched.path.read_bytes() == CONTENT
    assert service.ranges() == [None, "bytes=131072-"]
    assert waits == [2.0]


def test_a_server_that_stays_silent_is_given_up(service, tmp_path, waits):
    service.add(CONTENT)
    service.faults = [fake.stall(0)] * 9
    impatient = Connection(base_url=service.url, sleep=waits.append, timeout_s=0.1, attempts=3)
    with pytest.raises(DownloadError, match=r"did not answer in time \(attempt 3\)"):
        fetch_register(tmp_path, fake.KEY, "0217", retrieved=NOW, connection=impatient)
    assert waits == [2.0, 4.0]


def test_attempts_that_bring_the_file_further_do_not_count(service, fetch, waits):
    content = fake.make_zip(9_000_000)
    service.add(content)
    service.faults = [fake.cut(1_200_000)] * 7  # more than the five attempts allowed
    assert fetch().path.read_bytes() == content
    assert waits == [2.0] * 7


def test_out_of_order_for_good_is_told_and_the_part_stays(service, fetch, tmp_path, waits):
    service.add(CONTENT)
    service.faults = [fake.cut(70_000)] + [fake.status(500)] * 9
    with pytest.raises(DownloadError, match=r"out of order \(500\) \(attempt 5\).*what came is kept"):
        fetch()
    assert waits == [2.0, 4.0, 8.0, 16.0]
    assert names(tmp_path / "bbr") == [f"{NAME}.part", f"{NAME}.part.json"]
    service.faults = []
    assert fetch().path.read_bytes() == CONTENT
    assert service.ranges()[-1] == "bytes=70000-"


def test_a_killed_process_continues_at_the_next_run(service, fetch, tmp_path):
    service.add(CONTENT)
    service.faults = [fake.stall(131_072)]
    process = multiprocessing.get_context("spawn").Process(
        target=fake.fetch_in_a_process, args=(tmp_path / "bbr", service.url)
    )
    process.start()
    part = tmp_path / "bbr" / f"{NAME}.part"
    pause = threading.Event()
    for _ in range(1500):
        if part.exists() and part.stat().st_size:
            break
        pause.wait(0.02)
    process.kill()
    process.join()
    done = part.stat().st_size
    assert 0 < done < len(CONTENT)
    assert not (tmp_path / "bbr" / NAME).exists()
    assert fetch().path.read_bytes() == CONTENT
    assert service.ranges() == [None, f"bytes={done}-"]


def test_a_part_of_another_generation_is_not_built_on(service, fetch, tmp_path):
    service.add(CONTENT)
    service.faults = [fake.cut(70_000), fake.status(403)]
    with pytest.raises(DownloadError):
        fetch()
    other = fake.make_zip(seed=2)  # the same name, other content: made anew at the service
    service.rows, service.faults = [], []
    service.add(other)
    assert fetch().path.read_bytes() == other
    assert service.ranges()[-1] is None


@pytest.mark.parametrize("note", [None, "", "[]", "{"])
def test_a_part_of_unknown_origin_is_not_built_on(service, fetch, tmp_path, note):
    service.add(CONTENT)
    folder = tmp_path / "bbr"
    folder.mkdir()
    (folder / f"{NAME}.part").write_bytes(CONTENT[:500])
    if note is not None:
        (folder / f"{NAME}.part.json").write_text(note)
    assert fetch().path.read_bytes() == CONTENT
    assert service.ranges() == [None]


def test_a_whole_part_is_checked_and_named_without_asking(service, fetch, tmp_path):
    service.add(CONTENT)
    service.faults = [fake.cut(70_000), fake.status(403)]
    with pytest.raises(DownloadError):
        fetch()
    (tmp_path / "bbr" / f"{NAME}.part").write_bytes(CONTENT)
    service.faults = []
    assert fetch().is_new
    assert len(service.ranges()) == 2


def test_a_file_that_comes_wrong_twice_leaves_nothing(service, fetch, tmp_path):
    service.add(CONTENT)
    service.faults = [fake.wrong, fake.wrong]
    with pytest.raises(DownloadError, match="came wrong twice and was thrown away: its checksum is"):
        fetch()
    assert names(tmp_path / "bbr") == []
    assert service.ranges() == [None, None]


def test_a_wrong_file_does_not_replace_an_older_right_one(service, fetch, tmp_path):
    service.add(CONTENT)
    fetched = fetch()
    service.rows = []
    service.add(fake.make_zip(seed=2))
    service.faults = [fake.wrong, fake.wrong]
    with pytest.raises(DownloadError):
        fetch()
    assert fetched.path.read_bytes() == CONTENT


def test_without_md5_the_size_is_checked_and_the_sidecar_says_so(service, fetch):
    service.add(CONTENT, md5Hash=None)
    fetched = fetch()
    sidecar = json.loads(fetched.sidecar.read_text(encoding="utf-8"))
    assert sidecar["md5Hash"] is None
    assert "no md5" in sidecar["checkedBy"]
    assert not fetch().is_new
    service.rows[0]["generationTime"] = "2026-11-21T03:00:00Z"  # may be another file of that name and size
    assert fetch().is_new


@pytest.mark.parametrize("size", [len(CONTENT) + 1, None])
def test_without_md5_a_wrong_size_or_a_cut_zip_is_refused(service, fetch, tmp_path, size):
    row = service.add(CONTENT, md5Hash=None, fileSizeInBytes=size)
    if size is None:
        service.files[row["fileName"]] = CONTENT[:-30]
    with pytest.raises(DownloadError, match="came wrong twice"):
        fetch()
    assert names(tmp_path / "bbr") == []


def test_without_size_and_md5_a_whole_part_is_told_by_416(service, fetch, tmp_path):
    service.add(CONTENT, md5Hash=None, fileSizeInBytes=None)
    service.faults = [fake.cut(70_000), fake.status(403)]
    with pytest.raises(DownloadError):
        fetch()
    (tmp_path / "bbr" / f"{NAME}.part").write_bytes(CONTENT)
    service.faults = []
    assert fetch().path.read_bytes() == CONTENT
    assert service.ranges()[-1] == f"bytes={len(CONTENT)}-"
    assert len(service.ranges()) == 3


def test_a_generation_that_was_replaced_meanwhile_is_chosen_anew(service, fetch):
    service.add(CONTENT)
    old = service.rows.copy()
    service.rows = []
    newer = service.add(fake.make_zip(seed=2), generation=177)
    service.files.pop(NAME)
    service.list_faults = [paged(old, currentPage=1, totalPages=1)]
    assert fetch().item.file_name == newer["fileName"]


def test_a_listed_file_that_is_not_there_is_told(service, fetch, tmp_path):
    service.add(CONTENT)
    service.files.clear()
    with pytest.raises(DownloadError, match=r"listed but no longer there \(404\)"):
        fetch()
    assert names(tmp_path / "bbr") == []


def test_nothing_to_continue_and_416_is_told(service, fetch, waits):
    service.add(CONTENT)
    service.faults = [fake.status(416, {"Content-Range": "bytes */0"})] * 9
    with pytest.raises(DownloadError, match="cannot continue the file"):
        fetch()
    assert waits == []


@pytest.mark.parametrize("fault", [fake.page, lambda _s, h, _p: fake.reply(h, 200, b'{"error": "no"}')])
def test_a_page_instead_of_a_zip_is_told_at_once(service, fetch, tmp_path, fault):
    service.add(CONTENT)
    service.faults = [fault]
    with pytest.raises(DownloadError, match="no zip file but a page"):
        fetch()
    assert names(tmp_path / "bbr") == []


def test_a_page_does_not_spoil_the_part(service, fetch):
    service.add(CONTENT)
    service.faults = [fake.cut(70_000), fake.page]
    with pytest.raises(DownloadError, match="no zip file"):
        fetch()
    assert fetch().path.read_bytes() == CONTENT
    assert service.ranges()[-1] == "bytes=70000-"


def test_a_folder_that_cannot_be_made_is_the_systems_error(service, connection, tmp_path):
    service.add(CONTENT)
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        fetch_register(tmp_path / "file" / "bbr", fake.KEY, "0217", retrieved=NOW, connection=connection)


class FullDisk:
    """A file on a disk that is full."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def write(self, _chunk):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_the_systems_error_and_leaves_no_file(service, fetch, tmp_path, monkeypatch):
    service.add(CONTENT)
    monkeypatch.setattr(client_file._Part, "open", lambda _part, _start: FullDisk())
    with pytest.raises(OSError, match="No space left") as caught:
        fetch()
    assert names(tmp_path / "bbr") == []
    assert_hidden(shown(caught.value))


def test_the_second_process_is_turned_away(service, fetch, tmp_path):
    service.add(CONTENT)
    (tmp_path / "bbr").mkdir()
    with FileLock(tmp_path / "bbr" / f"{NAME}.lock"), pytest.raises(DownloadError, match="another process"):
        fetch()
    assert service.ranges() == []
    assert fetch().path.read_bytes() == CONTENT


def test_two_at_once_do_no_harm(service, connection, tmp_path):
    service.add(CONTENT)
    told, start = [], threading.Barrier(4)

    def run():
        start.wait()
        try:
            told.append(
                fetch_register(tmp_path, fake.KEY, "0217", retrieved=NOW, connection=connection).is_new
            )
        except DownloadError as error:
            told.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count(True) == 1
    assert all("another process" in t for t in told if isinstance(t, str))
    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert names(tmp_path) == [NAME, f"{NAME}.json"]


def test_download_alone_gives_the_path(service, connection, tmp_path):
    row = service.add(CONTENT)
    item = item_of(row, connection)
    assert download(fake.KEY, item, tmp_path / "here", connection=connection).read_bytes() == CONTENT
    assert names(tmp_path / "here") == [NAME]


# --- The service says no


@pytest.mark.parametrize("code", [401, 403])
def test_a_refused_key_is_told(service, fetch, code):
    service.list_faults = [fake.status(code)] * 3
    with pytest.raises(DownloadError, match=rf"refuses the key \({code}\).*DATAFORDELER_API_KEY"):
        fetch()
    assert len(service.requests) == (2 if code == 401 else 1)


def test_one_refusal_of_a_good_key_is_forgiven_on_each_page(service, connection):
    service.rows, service.page_size = [fake.make_row(code="0101"), fake.make_row()], 1
    refused = fake.status(401)
    service.list_faults = [refused, lambda s, h, p: s.send_listing(h, p), refused]
    assert len(list_downloads(fake.KEY, connection=connection)) == 2


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Sat, 21 Nov 2026 08:00:30 GMT", "Date": "Sat, 21 Nov 2026 08:00:00 GMT"}, 30.0),
        ({"Retry-After": "Sat, 21 Nov 2026 08:00:00 GMT", "Date": "Sat, 21 Nov 2026 08:00:30 GMT"}, None),
        ({"Retry-After": "soon"}, 2.0),
        ({}, 2.0),
    ],
)
def test_the_wait_that_the_server_asks_for_is_kept(service, fetch, waits, headers, wait_s, monkeypatch):
    service.add(CONTENT)
    date = "http.server.BaseHTTPRequestHandler.date_time_string"
    monkeypatch.setattr(date, lambda *_: headers.get("Date", "never"))
    kept = {k: v for k, v in headers.items() if k != "Date"}
    service.list_faults = [fake.status(429, kept)]
    assert fetch().is_new
    assert waits == ([] if wait_s is None else [wait_s])


def test_a_wait_that_is_too_long_is_told(service, fetch, waits):
    service.list_faults = [fake.status(429, {"Retry-After": "7200"})]
    with pytest.raises(DownloadError, match="asks to wait 7200 s"):
        fetch()
    assert waits == []


def test_a_server_that_is_always_busy_is_given_up(service, fetch, waits):
    service.list_faults = [fake.status(429, {"Retry-After": "1"})] * 9
    with pytest.raises(DownloadError, match=r"too often \(429\) \(attempt 5\)"):
        fetch()
    assert waits == [1.0] * 4


def test_an_unknown_entity_is_told(service, fetch):
    service.list_faults = [fake.status(404)]
    with pytest.raises(DownloadError, match=r"knows no files of 'Bygningen'.*TekniskAnlaeg"):
        fetch(entity="Bygningen")


def test_another_status_is_told(service, fetch):
    service.list_faults = [fake.status(400)]
    with pytest.raises(DownloadError, match="status 400"):
        fetch()


def test_the_key_does_not_follow_to_another_host(service, fetch):
    other = fake.Fildownload()
    try:
        other.add(CONTENT)
        service.add(CONTENT)
        elsewhere = f"{other.url}/v1.0/GetFile?Filename={NAME}&apikey={quote(fake.KEY)}"
        service.faults = [fake.status(302, {"Location": elsewhere})]
        with pytest.raises(DownloadError, match=r"another host, 127\.0\.0\.1"):
            fetch()
        assert other.requests == []
    finally:
        other.close()


def test_a_move_on_the_same_host_is_followed(service, fetch):
    service.add(CONTENT)
    moved = f"/FileDownloads/v1.0/GetFile?Filename={NAME}&apikey={quote(fake.KEY, safe='')}"
    service.faults = [fake.status(307, {"Location": moved})]
    assert fetch().path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "location", ["http://[", "http://x:99999/", "//evil.example/", "file:///etc/passwd", ""]
)
def test_a_move_to_nowhere_is_told(service, fetch, location):
    service.add(CONTENT)
    service.faults = [fake.status(302, {"Location": location})] * 9
    with pytest.raises(DownloadError, match=r"another host|in a circle"):
        fetch()


def test_no_server_is_told(tmp_path, waits):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nowhere = Connection(base_url=f"http://127.0.0.1:{port}", sleep=waits.append, attempts=2)
    with pytest.raises(DownloadError, match="no connection to the server"):
        list_downloads(fake.KEY, connection=nowhere)


@pytest.mark.parametrize(
    "url", ["http://api.datafordeler.dk/x", "ftp://x/", "https://", "https://x/?a=1", "x"]
)
def test_an_address_that_would_show_the_key_is_refused(url):
    with pytest.raises(DownloadError, match="https"):
        Connection(base_url=url)


def test_only_the_client_and_the_database_reader_may_reach_the_network():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (c for c in project["tool"]["importlinter"]["contracts"] if "network" in c["name"])
    assert contract["ignore_imports"] == [
        "screening.web.http -> urllib",
        "screening.web.http -> http",
        "screening.register.client.http -> urllib",
        "screening.register.dialects.postgis -> psycopg",
    ]
    assert {"urllib", "http", "socket", "psycopg"} <= set(contract["forbidden_modules"])
    assert {"screening.register", "screening.hourly", "screening.web"} <= set(contract["source_modules"])


# --- The key


def shown(error):
    """All that a handler of this error could print: the chain, its parts, and the local variables."""
    texts, seen = [], []
    while error is not None and error not in seen:
        seen.append(error)
        texts += [str(error), repr(error), repr(error.args), repr(vars(error))]
        texts += traceback.TracebackException.from_exception(error, capture_locals=True).format()
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


def assert_hidden(text):
    # The test's own lines name fake.KEY, never its text.
    for form in {fake.KEY, quote(fake.KEY), quote(fake.KEY, safe=""), quote_plus(fake.KEY), "k3y"}:
        assert form.casefold() not in text.casefold()


FAULTS = {
    "refused": {"list_faults": [fake.status(401)] * 2},
    "forbidden": {"faults": [fake.status(403)]},
    "gone": {"faults": [fake.status(404)] * 2},
    "busy": {"faults": [fake.status(429, {"Retry-After": "9999"})]},
    "down": {"faults": [fake.status(500)] * 9},
    "silent": {"faults": [fake.hang_up] * 9},
    "cut": {"faults": [fake.cut(9)] * 9},
    "chunk": {"faults": [fake.cut_chunked(9)] * 9},
    "wrong": {"faults": [fake.wrong] * 9},
    "page": {"faults": [fake.page]},
    "listing": {"list_faults": [fake.status(200)]},
    "moved": {"faults": [fake.status(302, {"Location": f"http://other.example/?apikey={fake.KEY}"})]},
    "circle": {"faults": [fake.status(302, {"Location": f"?apikey={quote(fake.KEY)}"})] * 9},
    "odd": {"faults": [fake.status(418)]},
    "strange protocol": {"faults": [lambda _s, h, p: h.wfile.write(p["apikey"].encode())] * 9},
    "none": {},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_key_is_never_shown(service, tmp_path, connection, caplog, capfd, fault):
    caplog.set_level(logging.DEBUG)
    service.add(CONTENT)
    for name, value in FAULTS[fault].items():
        setattr(service, name, list(value))
    steps = []
    key = ApiKey(fake.KEY)
    told = ""
    try:
        fetched = fetch_register(
            tmp_path,
            key,
            "0217",
            retrieved=NOW,
            connection=connection,
            on_progress=lambda *s: steps.append(s),
        )
        told = repr(fetched)
    except DownloadError as error:
        # Not this frame: the handler of pytest knows the key in the service's own log.
        error.__traceback__ = error.__traceback__.tb_next
        told = shown(error)
    assert (fault == "none") == ("Fetched" in told)
    assert service.requests[0][1]["apikey"] == fake.KEY  # it was really sent
    printed = capfd.readouterr()
    files = [p.name + p.read_bytes().decode("latin-1") for p in tmp_path.iterdir()]
    told += caplog.text + printed.out + printed.err + repr(steps) + repr(connection) + "".join(files)
    assert_hidden(told)


def test_an_answer_forgets_the_address(service, connection):
    inner = client.Service(fake.KEY, connection)
    answer = inner.ask("v2.0/GetAvailableFileDownloads", {"Entity": "Bygning"}, inner.attempts("Listing"))
    assert service.requests[0][1]["apikey"] == fake.KEY
    assert_hidden(repr(vars(answer)) + repr(vars(answer._response)))
    answer.close()


def test_a_key_given_as_plain_text_is_not_in_the_traceback_either(service, connection, tmp_path):
    service.list_faults = [fake.status(403)]
    with pytest.raises(DownloadError) as caught:
        fetch_register(tmp_path, fake.KEY, "0217", retrieved=NOW, connection=connection)
    caught.value.__traceback__ = caught.tb.tb_next
    assert_hidden(shown(caught.value))


def test_the_search_for_the_key_can_fail():
    error = ValueError("harmless")
    error.__context__ = ValueError(quote(fake.KEY))
    with pytest.raises(AssertionError):
        assert_hidden(shown(error))


def test_the_key_hides_itself():
    key = ApiKey(f"  {fake.KEY}\n")
    assert key.reveal() == fake.KEY
    assert_hidden(repr(key) + str(key) + f"{key}" + repr([key]) + repr(key.__class__.__dict__))
    assert key.hide(f"x{quote(fake.KEY, safe='').lower()}y{fake.KEY}") == "x<key>y<key>"
    with pytest.raises(TypeError):
        pickle.dumps(key)


@pytest.mark.parametrize("text", ["", "  ", "two words", "a\x00b"])
def test_a_key_that_is_none_is_told_without_showing_it(text):
    with pytest.raises(DownloadError) as caught:
        ApiKey(text)
    assert "DATAFORDELER_API_KEY" in str(caught.value)
    assert not text.strip() or text not in str(caught.value)


# --- The shell


def run(*arguments, **environment):
    result = CliRunner().invoke(cli.app, ["fetch-register", *map(str, arguments)], env=environment)
    if isinstance(result.exception, ScreeningError):
        return 2, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture
def public(service, monkeypatch):
    """The loopback server in the place of the public one."""
    monkeypatch.setattr(cli.register_commands, "FILE_SERVICE_URL", service.url)
    return service


def test_shell_fetches_and_names_the_next_command(public, tmp_path):
    public.add(CONTENT)
    arguments = ("--municipality-code", "217", "--data-dir", tmp_path)
    code, text = run(*arguments, DATAFORDELER_API_KEY=fake.KEY)
    path = tmp_path / "raw" / "bbr" / NAME
    assert (code, path.read_bytes()) == (0, CONTENT)
    plain = text.replace("\n", "")
    assert f'screening import-register "{path}" --areas' in plain
    assert "176" in plain
    assert_hidden(text)
    sidecar = json.loads(path.with_name(f"{NAME}.json").read_text(encoding="utf-8"))
    assert sidecar["retrieved"].endswith("+00:00")
    code, text = run(*arguments, DATAFORDELER_API_KEY=fake.KEY)
    assert (code, "already" in text) == (0, True)


def test_shell_fetches_the_country_and_other_entities(public, tmp_path):
    public.add(CONTENT, code=None)
    public.add(CONTENT, entity="TekniskAnlaeg", containedFileFormat="json")
    (tmp_path / "key.txt").write_text(f"{fake.KEY}\n", encoding="utf-8")
    common = ("--data-dir", tmp_path, "--key-file", tmp_path / "key.txt")
    code, text = run("--country", *common)
    assert (code, "import-register" in text) == (0, False)
    code, _ = run("--municipality-code", "0217", "--entity", "TekniskAnlaeg", "--format", "json", *common)
    assert code == 0
    found = {json.loads(p.read_text())["entity"] for p in (tmp_path / "raw" / "bbr").glob("*.zip.json")}
    assert found == {"Bygning", "TekniskAnlaeg"}


def test_shell_lists(public, tmp_path):
    public.add(CONTENT)
    public.add(CONTENT, code="0101")
    public.add(CONTENT, code=None)
    public.add(CONTENT, code="0999", typeOfData="Bitemporal")  # nothing that the command would fetch
    code, text = run("--list", "--data-dir", tmp_path, DATAFORDELER_API_KEY=fake.KEY)
    assert (code, "0101" in text, "whole country" in text, "0999" in text) == (0, True, True, False)
    code, text = run(
        "--list", "--municipality-code", "217", "--entity", "bygning", DATAFORDELER_API_KEY=fake.KEY
    )
    assert ("0217" in text, "0101" in text) == (True, False)
    assert public.ranges() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "--municipality-code"),
        (("--country", "--municipality-code", "0217"), "not both"),
        (("--municipality-code", "0217"), "DATAFORDELER_API_KEY"),
        (("--municipality-code", "0217", "--key-file", "none.txt"), "none.txt"),
    ],
)
def test_shell_says_what_is_missing(public, arguments, told, monkeypatch):
    monkeypatch.delenv("DATAFORDELER_API_KEY", raising=False)
    code, text = run(*arguments)
    assert (code, told in text) == (2, True)
    assert public.requests == []


def test_what_was_fetched_can_be_imported_from_its_folder(public, row, writers, tmp_path):
    public.add(writers["zipped csv"]([row()]))
    run("--municipality-code", "0217", "--data-dir", tmp_path, DATAFORDELER_API_KEY=fake.KEY)
    folder = tmp_path / "raw" / "bbr"
    assert [p.name for p in sorted(folder.iterdir()) if is_building_file(p)] == [NAME]
    (folder / "areas.geojson").write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"area": "A"},'
        ' "geometry": {"type": "Polygon", "coordinates": [[[12, 56], [12.1, 56], [12.1, 56.1], [12, 56]]]}}]}'
    )
    assert discover(folder)["buildings"].endswith(NAME)
