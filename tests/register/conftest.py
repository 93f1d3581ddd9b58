"""Made-up register rows in every dialect."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

# A standing gas-heated house; what a test is about is changed on top.
HOUSE = {
    "id_lokalId": "00000000-0000-4000-8000-000000000001",
    "kommunekode": "0217",
    "registreringFra": "2020-01-01T00:00:00Z",
    "registreringTil": None,
    "virkningTil": None,
    "status": "6",
    "byg021BygningensAnvendelse": "120",
    "byg026Opførelsesår": "1970",
    "byg038SamletBygningsareal": "140",
    "byg039BygningensSamledeBoligAreal": "130",
    "byg040BygningensSamledeErhvervsAreal": "0",
    "byg041BebyggetAreal": "150",
    "byg054AntalEtager": "1",
    "byg056Varmeinstallation": "2",
    "byg057Opvarmningsmiddel": "7",
    "byg058SupplerendeVarme": None,
    "byg134KvalitetAfKoordinatsæt": "1",
    "byg404Koordinat": "POINT (720000.5 6215000.25)",
    "byg406Koordinatsystem": "5",
    "byg135SupplerendeOplysningOmKoordinatsæt": "11",
    "virkningFra": "2019-12-01T00:00:00Z",
    "grund": "00000000-0000-4000-8000-00000000000a",
    "husnummer": "00000000-0000-4000-8000-00000000000b",
    "byg131DispensationFritagelseIftKollektivVarmeforsyning": None,
}
SHORT = {
    "id": "id_lokalId",
    "use": "byg021BygningensAnvendelse",
    "year": "byg026Opførelsesår",
    "total": "byg038SamletBygningsareal",
    "dwelling": "byg039BygningensSamledeBoligAreal",
    "business": "byg040BygningensSamledeErhvervsAreal",
    "footprint": "byg041BebyggetAreal",
    "floors": "byg054AntalEtager",
    "heating": "byg056Varmeinstallation",
    "fuel": "byg057Opvarmningsmiddel",
    "extra": "byg058SupplerendeVarme",
    "quality": "byg134KvalitetAfKoordinatsæt",
    "point": "byg404Koordinat",
    "system": "byg406Koordinatsystem",
}


def make_row(number=1, **changes):
    row = HOUSE | {"id_lokalId": f"00000000-0000-4000-8000-{number:012d}"}
    return row | {SHORT.get(name, name): value for name, value in changes.items()}


def to_csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(HOUSE), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def to_json_list(rows):
    return json.dumps(rows, ensure_ascii=False).encode()


def to_filudtraek(rows):
    records = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return json.dumps({"BygningList": records}, ensure_ascii=False, indent=1).encode()


def to_zip(content, name="Bygning.csv"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


WRITERS = {
    "csv": to_csv,
    "csv with BOM": lambda rows: b"\xef\xbb\xbf" + to_csv(rows),
    "json list": to_json_list,
    "filudtraek": to_filudtraek,
    "zipped csv": lambda rows: to_zip(to_csv(rows)),
    "zipped json": lambda rows: to_zip(to_json_list(rows), "Bygning.json"),
}


@pytest.fixture(scope="session")
def row():
    return make_row


@pytest.fixture(scope="session")
def writers():
    return WRITERS


@pytest.fixture(scope="session")
def write(tmp_path_factory):
    """Write rows as a file of a dialect, or bytes as they are; gives the path."""
    folder = tmp_path_factory.mktemp("register")

    def _write(content, dialect="csv", name="Bygning.csv"):
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else WRITERS[dialect](content))
        return path

    return _write
