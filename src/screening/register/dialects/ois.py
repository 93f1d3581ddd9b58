"""The register as it was before 2017 (OIS 1.x): a table of buildings, and one of points apart from it.

The fields have other names, a building that stands is ObjStatus 1, "not ended" is the year 1753, ids stand
in braces, and a building's point is found by its BygPkt_id. The tables come as separated text, with their
names whole or cut off at ten letters, or as XML with one element per row. Buildings are read in pieces by the
readers of text and XML, which get to see the register's own field names; the points are held.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

import pandas as pd

from screening.errors import InputFileError
from screening.register.dialects.csv_text import CsvReading, header_columns
from screening.register.dialects.ois_points import OIS_POINTS, POINTS_XML, Points, read_points
from screening.register.dialects.ois_text import (
    HEADER_BYTES,
    SHORTEST_CUT,
    after,
    coordinate,
    is_xml,
    plain_code,
    plain_id,
    refuse_repeated,
    take_header,
    without_decimals,
    without_never,
)
from screening.register.dialects.raw import RawTable
from screening.register.dialects.vocabulary import FIELDS, REQUIRED, Match, Vocabulary, fold, match
from screening.register.dialects.xml_text import Shape, XmlReading

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "OIS",
    "OIS_POINTS",
    "OisReading",
    "Points",
    "is_buildings",
    "is_points",
    "read_points",
    "translate",
]

_UTF8_BOM = b"\xef\xbb\xbf"
_BUILDINGS_XML = Shape("OIS XML", "OIS_UDTRAEK", "CO40100T", ("UDTRAEK",))

_READ = {
    "building_id": "Bygning_id",
    "status_code": "ObjStatus",
    "use_code": "BYG_ANVEND_KODE",
    "year_built": "OPFOERELSE_AAR",
    "total_area_m2": "BYG_ARL_SAML",
    "dwelling_area_m2": "BYG_BOLIG_ARL_SAML",
    "business_area_m2": "ERHV_ARL_SAML",
    "footprint_area_m2": "BYG_BEBYG_ARL",
    "floor_count": "ETAGER_ANT",
    "heating_installation_code": "VARMEINSTAL_KODE",
    "heating_fuel_code": "OPVARMNING_KODE",
    "supplementary_heating_code": "VARME_SUPPL_KODE",
    "municipality_code": "KomKode",
    "registered_from": "AENDR_TS",
    "registered_to": "Ophoert_ts",
    "effective_from": "Gyldighedsdato",
    "plot_id": "Grund_id",
    "coordinate_system_code": "KoorSystem",
}
# What else is read of a building, and the column of the common table that carries it until ``translate``:
# columns of which OIS has no field.
_CARRIED = {"created": "coordinate_note_code", "northing": "effective_to"}
_EXTRA = {"created": "OPRET_TS", "point_id": "BygPkt_id", "easting": "KoorOest", "northing": "KoorNord"}
OIS = Vocabulary("OIS", _READ | _EXTRA, shortest_cut=SHORTEST_CUT)
_REQUIRED = tuple(column for column in REQUIRED if column != "point")
_IDS = ("building_id", "plot_id")
_CODES = (
    "status_code",
    "use_code",
    "heating_installation_code",
    "heating_fuel_code",
    "supplementary_heating_code",
    "coordinate_system_code",
)
_TIMES = ("registered_from", "registered_to", "effective_from", _CARRIED["created"])
_NOT_STANDING = "ObjStatus "


def is_buildings(head: bytes) -> bool:
    """Tell from its first bytes whether a file is OIS's table of buildings.

    Parameters
    ----------
    head
        The first 64 kB or so.

    Returns
    -------
    bool
        By the column names, or by the table that the XML holds.
    """
    if is_xml(head):
        return f"<{_BUILDINGS_XML.record}>".encode() in head
    return {"bygningid", "objstatus"} <= {fold(name) for name in _header_names(head)}


def is_points(head: bytes) -> bool:
    """Tell from its first bytes whether a file is OIS's table of building points.

    Parameters
    ----------
    head
        The first 64 kB or so.

    Returns
    -------
    bool
        By the column names, or by the table that the XML holds.
    """
    if is_xml(head):
        return f"<{POINTS_XML.record}>".encode() in head
    names = {fold(name) for name in _header_names(head)}
    return {"bygpktid", "kooroest", "koornord"} <= names and "bygningid" not in names


def _header_names(head: bytes) -> list[str]:
    if b"\0" in head:
        return []
    line = re.split(rb"[\r\n]", head.removeprefix(_UTF8_BOM), maxsplit=1)[0]
    return header_columns(line.decode("utf-8", "replace"))


class OisReading:
    """The buildings of OIS, piece by piece.

    Parameters
    ----------
    stream
        The table of buildings from its first byte.
    what
        The source's name, for error texts.
    points
        The table of points; not needed when the buildings have KoorOest and KoorNord themselves.

    Raises
    ------
    InputFileError
        If the header lacks a column.
    """

    def __init__(self, stream: BinaryIO, what: str, points: Points | None = None) -> None:
        self._what = what
        self._points = points
        self._found: Match | None = None
        head = stream.read(HEADER_BYTES)
        stream.seek(0)
        self._is_xml = is_xml(head)
        self.name = _BUILDINGS_XML.name if self._is_xml else "OIS CSV"
        self._reading: XmlReading | CsvReading = (
            XmlReading(stream, what, shape=_BUILDINGS_XML, vocabulary=OIS, find=self._find_in_xml)
            if self._is_xml
            else CsvReading(self._renamed(stream), what)
        )

    @property
    def absent(self) -> tuple[str, ...]:
        """Field names of today's register that OIS, or this table of it, does not have."""
        known = set(self._found.columns) if self._found else set()
        if self._points is not None:
            known.add("coordinate_system_code")
        return tuple(name for column, name in FIELDS.items() if column not in known and column != "point")

    def __iter__(self) -> Iterator[RawTable]:
        """Give the rows in pieces, in today's terms."""
        for piece in self._reading:
            has_own = self._found is not None and "easting" in self._found.columns
            if not has_own and self._points is None:
                raise InputFileError(
                    f"{self._what} is OIS's table of buildings without coordinates, which are in a table of"
                    f" points ({POINTS_XML.record}): put both tables into one .zip, or join KoorOest and"
                    " KoorNord to the buildings by BygPkt_id."
                )
            yield RawTable(translate(piece.rows, None if has_own else self._points), piece.malformed)

    def _renamed(self, stream: BinaryIO) -> BinaryIO:
        """Put the register's own field names over the columns, and any over those that are not read."""
        header, rest = take_header(stream, self._what)
        found = match(list(dict.fromkeys(header.names)), self._what, _REQUIRED, [OIS])
        refuse_repeated(header, found, self._what)
        self._found = found
        new = {name: FIELDS[column] for column, name in _carriers(found, self._what).items()}
        names = [new.get(name, f"unread {place}") for place, name in enumerate(header.names)]
        return after(header.separator.join(names).encode() + header.line_end, rest)

    def _find_in_xml(self, names: list[str]) -> Match:
        found = match(names, self._what, ("building_id", "status_code"), [OIS])
        self._found = found
        return Match(OIS, _carriers(found, self._what), found.is_exact)


def _carriers(found: Match, what: str) -> dict[str, str]:
    """Tell which column of the common table carries which column of the source."""
    carriers = {column: name for column, name in found.columns.items() if column in _READ}
    if "created" in found.columns:
        carriers[_CARRIED["created"]] = found.columns["created"]
    if {"easting", "northing"} <= found.columns.keys():
        carriers["point"] = found.columns["easting"]
        carriers[_CARRIED["northing"]] = found.columns["northing"]
    elif "point_id" in found.columns:
        carriers["point"] = found.columns["point_id"]
    else:
        raise InputFileError(
            f"{what} has neither coordinates (KoorOest, KoorNord) nor the id of a point (BygPkt_id); give the"
            " table of buildings with BygPkt_id, and the table of points, in one .zip."
        )
    return carriers


def translate(rows: pd.DataFrame, points: Points | None) -> pd.DataFrame:
    """Bring OIS's values to those of today.

    Parameters
    ----------
    rows
        Text under canonical names; ``point`` holds the id of the point or, without ``points``, the
        easting, and ``effective_to`` the northing.
    points
        The table of points; None when the rows have their own coordinates.

    Returns
    -------
    pandas.DataFrame
        The rows as today's register has them.
    """
    out = rows.copy()
    for column in _IDS:
        out[column] = plain_id(rows[column])
    for column in _CODES:
        out[column] = plain_code(rows[column])
    for column in _TIMES:
        out[column] = without_never(rows[column])
    out["municipality_code"] = without_decimals(rows["municipality_code"])
    status = out["status_code"]
    out["status_code"] = (_NOT_STANDING + status).where(status != "1", "6").where(status.notna())
    out["registered_from"] = out["registered_from"].fillna(out[_CARRIED["created"]])
    if points is None:
        out["point"] = _own_points(rows["point"], rows[_CARRIED["northing"]])
    else:
        out["point"], out["coordinate_system_code"] = points.find(rows["point"])
        out["coordinate_system_code"] = out["coordinate_system_code"].replace("", None)
    for column in _CARRIED.values():
        out[column] = pd.Series(None, index=out.index, dtype=rows[column].dtype)
    return out.astype(rows.dtypes)


def _own_points(easting: pd.Series, northing: pd.Series) -> pd.Series:
    x, y = coordinate(easting), coordinate(northing)
    text = "POINT (" + x.fillna("") + " " + y.fillna("") + ")"
    return text.where(x.notna() | y.notna())
