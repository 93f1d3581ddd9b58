"""Made-up register rows as the tables of OIS 1.x."""

from __future__ import annotations

import csv
import io
import re
import uuid
import zipfile
from xml.sax.saxutils import escape

BUILDING = {
    "Bygning_id": "id_lokalId",
    "ObjStatus": "status",
    "Grund_id": "grund",
    "BYG_ANVEND_KODE": "byg021BygningensAnvendelse",
    "OPFOERELSE_AAR": "byg026Opførelsesår",
    "BYG_ARL_SAML": "byg038SamletBygningsareal",
    "BYG_BOLIG_ARL_SAML": "byg039BygningensSamledeBoligAreal",
    "ERHV_ARL_SAML": "byg040BygningensSamledeErhvervsAreal",
    "BYG_BEBYG_ARL": "byg041BebyggetAreal",
    "ETAGER_ANT": "byg054AntalEtager",
    "VARMEINSTAL_KODE": "byg056Varmeinstallation",
    "OPVARMNING_KODE": "byg057Opvarmningsmiddel",
    "VARME_SUPPL_KODE": "byg058SupplerendeVarme",
    "AENDR_TS": "registreringFra",
    "Ophoert_ts": "registreringTil",
    "KomKode": "kommunekode",
    "Gyldighedsdato": "virkningFra",
}
# In the table's own order, with columns that are not read in between.
COLUMNS = [
    "ois_id", "ois_ts", "Bygning_id", "ObjStatus", "Grund_id", "BYG_ANVEND_KODE", "OPFOERELSE_AAR",
    "BYG_AFLOEB_KODE", "BYG_ARL_SAML", "BYG_BOLIG_ARL_SAML", "ERHV_ARL_SAML", "BYG_BEBYG_ARL", "ETAGER_ANT",
    "ETAGER_AFVIG_KODE", "VARMEINSTAL_KODE", "OPVARMNING_KODE", "VARME_SUPPL_KODE", "BygPktNoejagtigKls",
    "BygPkt_id", "OPRET_TS", "AENDR_TS", "Aendr_Funk", "Ophoert_ts", "KomKode", "Gyldighedsdato",
]  # fmt: skip
POINT_COLUMNS = [
    "ois_id", "ois_ts", "BygPkt_id", "Kommune_id", "KoorOest", "KoorNord", "KoorSystem", "TxtRetn",
    "Ophoert_ts",
]  # fmt: skip
# What OIS has no field for.
NOT_IN_OIS = [
    "virkningTil", "husnummer", "byg134KvalitetAfKoordinatsæt", "byg135SupplerendeOplysningOmKoordinatsæt",
    "byg131DispensationFritagelseIftKollektivVarmeforsyning",
]  # fmt: skip


def without_what_ois_lacks(row):
    return row | dict.fromkeys(NOT_IN_OIS)


def point_of(number):
    return str(uuid.uuid5(uuid.NAMESPACE_OID, str(number)))


def building(row, number, braces=True, never="1753-01-01 00:00:00.000"):
    put = (
        (lambda text: f"{{{text}}}" if text and re.fullmatch(r"[\w-]{36}", text) else text) if braces else str
    )
    out = {name: row.get(field) or "" for name, field in BUILDING.items()}
    out |= {"ObjStatus": {"6": "1", "": "", None: ""}.get(row.get("status"), "3")}
    out |= {"Bygning_id": put(out["Bygning_id"]), "Grund_id": put(out["Grund_id"])}
    out |= {"Ophoert_ts": out["Ophoert_ts"] or never, "BygPkt_id": put(point_of(number))}
    return {"ois_id": str(number), "Aendr_Funk": "Tilføjet; koordinat, æøå"} | out


def place(row):
    """Easting and northing of a point; of a text that is none, the text itself."""
    text = row.get("byg404Koordinat") or ""
    inner = re.fullmatch(r"POINT ?\((\S+) (\S+)\)", text)
    return inner.groups() if inner else (text, text)


def point(row, number):
    east, north = place(row)
    return {
        "ois_id": str(number), "BygPkt_id": f"{{{point_of(number).upper()}}}", "KoorOest": east,
        "KoorNord": north, "KoorSystem": row.get("byg406Koordinatsystem") or "", "Ophoert_ts": "",
    }  # fmt: skip


def to_text(records, columns, separator=","):
    text = io.StringIO()
    writer = csv.DictWriter(
        text, columns, delimiter=separator, restval="", lineterminator="\r\n", extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def to_table_xml(records, columns, table):
    rows = "\n".join(
        f"<{table}>" + "".join(f"<{c}>{escape(record.get(c, ''))}</{c}>" for c in columns) + f"</{table}>"
        for record in records
    )
    head = f"<UDTRAEK><LOEBENUMMER>1</LOEBENUMMER><AF_TABEL>{table}</AF_TABEL></UDTRAEK>"
    text = f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<OIS_UDTRAEK>{head}\n{rows}\n</OIS_UDTRAEK>'
    return text.encode("iso-8859-1", "xmlcharrefreplace")


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def to_zip_of_tables(
    rows, separator=",", kind="csv", braces=True, never="1753-01-01 00:00:00.000", rename=str
):
    """Both tables in one zip."""
    buildings = [building(row, number, braces, never) for number, row in enumerate(rows)]
    points = [point(row, number) for number, row in enumerate(rows)][::-1]
    if kind == "xml":
        return zipped(
            CO40100T__XML=to_table_xml(buildings, COLUMNS, "CO40100T"),
            CO43100T__XML=to_table_xml(points, POINT_COLUMNS, "CO43100T"),
        )
    cut = [{rename(name): value for name, value in record.items()} for record in buildings]
    return zipped(
        bygning__csv=to_text(cut, [rename(name) for name in COLUMNS], separator),
        punkt__csv=to_text(points, POINT_COLUMNS, separator),
    )


def to_joined(rows, separator=",", comma=False, rename=str):
    """The coordinates stand in the table of buildings."""
    records = []
    for number, row in enumerate(rows):
        own = point(row, number)
        sides = {
            side: own[side].replace(".", ",") if comma else own[side] for side in ("KoorOest", "KoorNord")
        }
        record = building(row, number) | sides | {"KoorSystem": own["KoorSystem"]}
        records.append({rename(name): value for name, value in record.items()})
    columns = [rename(name) for name in [*COLUMNS, "KoorOest", "KoorNord", "KoorSystem"]]
    return to_text(records, columns, separator)


def cut_at_ten(name):
    return name[:10]


FORMS = {
    "zip, comma": to_zip_of_tables,
    "zip, semicolon": lambda rows: to_zip_of_tables(rows, ";"),
    "zip, xml": lambda rows: to_zip_of_tables(rows, kind="xml"),
    "zip, no braces, lower case, empty dates": lambda rows: to_zip_of_tables(
        rows, braces=False, never="", rename=str.lower
    ),
    "joined": to_joined,
    "joined, decimal comma": lambda rows: to_joined(rows, ";", comma=True),
    "joined, cut, upper case": lambda rows: to_joined(rows, rename=lambda name: cut_at_ten(name).upper()),
}
