"""The table of points of the old register (OIS 1.x): held whole, found by id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals
from pyarrow import csv as arrow_csv

from screening.errors import InputFileError
from screening.register.dialects.ois_text import (
    HEADER_BYTES,
    SHORTEST_CUT,
    coordinate,
    is_xml,
    plain_code,
    plain_id,
    refuse_repeated,
    take_header,
    without_never,
)
from screening.register.dialects.raw import NULLS
from screening.register.dialects.vocabulary import Match, Vocabulary, match
from screening.register.dialects.xml_text import Shape, XmlReading

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    _Rows = tuple[npt.NDArray[np.bytes_], npt.NDArray[np.float64], npt.NDArray[np.float64], pd.Categorical]

__all__ = ["OIS_POINTS", "POINTS_XML", "Points", "read_points"]

POINTS_XML = Shape("OIS XML", "OIS_UDTRAEK", "CO43100T", ("UDTRAEK",))
OIS_POINTS = Vocabulary(
    "OIS points",
    {
        "point_id": "BygPkt_id",
        "easting": "KoorOest",
        "northing": "KoorNord",
        "coordinate_system_code": "KoorSystem",
        "registered_to": "Ophoert_ts",
    },
    shortest_cut=SHORTEST_CUT,
)
_REQUIRED = ("point_id", "easting", "northing")
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True)
class Points:
    """The table of points, sorted by id.

    Parameters
    ----------
    keys
        16 bytes of each id.
    x_m, y_m
        Easting and northing, not a number where they are unreadable or contradict each other. [m]
    systems
        Code of the coordinate system, as text.
    """

    keys: npt.NDArray[np.bytes_]
    x_m: npt.NDArray[np.float64]
    y_m: npt.NDArray[np.float64]
    systems: pd.Categorical

    def find(self, ids: pd.Series) -> tuple[pd.Series, pd.Series]:
        """Give points and coordinate systems for the ids of points.

        Parameters
        ----------
        ids
            As the buildings have them.

        Returns
        -------
        tuple of pandas.Series
            "POINT (x y)" and the code of the system, missing where the table has no such point.
        """
        wanted, is_id = _keys(ids)
        at = np.minimum(np.searchsorted(self.keys, wanted), max(len(self.keys) - 1, 0))
        found = np.zeros(len(ids), bool)
        found[is_id] = (self.keys[at] == wanted) if len(self.keys) else False
        place = np.zeros(len(ids), np.int64)
        place[is_id] = at
        point = pd.Series(None, index=ids.index, dtype=ids.dtype)
        system = point.copy()
        place = place[found]
        x, y = (pd.Series(side[place]).astype(str).fillna("?") for side in (self.x_m, self.y_m))
        point[found] = ("POINT (" + x + " " + y + ")").to_numpy()
        system[found] = np.asarray(self.systems[place], dtype=object)
        return point, system


def read_points(stream: BinaryIO, what: str) -> Points:
    """Read OIS's table of building points.

    Ended rows and rows without a coordinate are left out. A point that has two places has none: its
    buildings are counted as unreadable, not put somewhere.

    Parameters
    ----------
    stream
        From its first byte.
    what
        The file's name, for error texts.

    Returns
    -------
    Points
        The points.

    Raises
    ------
    InputFileError
        If a column is missing or the file cannot be taken apart.
    """
    head = stream.read(HEADER_BYTES)
    stream.seek(0)
    pieces = _points_of_xml(stream, what) if is_xml(head) else _points_of_csv(stream, what)
    parts = [_point_rows(piece) for piece in pieces] or [
        _point_rows(pd.DataFrame(columns=[*OIS_POINTS.fields]))
    ]
    keys = np.concatenate([part[0] for part in parts])
    x_m, y_m = (np.concatenate([part[side] for part in parts]) for side in (1, 2))
    systems = union_categoricals([part[3] for part in parts])
    order = np.argsort(keys, kind="stable")
    keys, x_m, y_m, systems = keys[order], x_m[order], y_m[order], systems[order]
    is_repeated = keys[1:] == keys[:-1]
    differs = (x_m[1:] != x_m[:-1]) | (y_m[1:] != y_m[:-1]) | (systems.codes[1:] != systems.codes[:-1])
    for of_pair in (keys[1:], keys[:-1]):
        torn = np.isin(keys, of_pair[is_repeated & differs])
        x_m[torn], y_m[torn] = np.nan, np.nan
    return Points(keys, x_m, y_m, systems)


def _point_rows(rows: pd.DataFrame) -> _Rows:
    """Give keys, easting, northing and system of the rows that give a place."""
    rows = rows.astype(pd.StringDtype(na_value=np.nan)).apply(lambda column: column.str.strip())
    rows = rows.where(~rows.isin(NULLS))
    x, y = (coordinate(rows[side]) for side in ("easting", "northing"))
    is_nowhere = (x.isna() | (_number(x) == 0)) & (y.isna() | (_number(y) == 0))
    is_open = without_never(rows["registered_to"]).isna()
    keys, is_id = _keys(rows["point_id"].where(is_open & ~is_nowhere))
    x_m, y_m = (_number(side)[is_id].to_numpy(copy=True) for side in (x, y))
    broken = np.isnan(x_m) | np.isnan(y_m)
    x_m[broken], y_m[broken] = np.nan, np.nan
    systems = pd.Categorical(plain_code(rows["coordinate_system_code"])[is_id].fillna("").astype(object))
    return keys, x_m, y_m, systems


def _points_of_xml(stream: BinaryIO, what: str) -> Iterator[pd.DataFrame]:
    carried = dict(zip(OIS_POINTS.fields, ("point", "year_built", "floor_count"), strict=False))
    carried |= {name: name for name in OIS_POINTS.fields if name not in carried}

    def find(names: list[str]) -> Match:
        found = match(names, f"{what}: no point", _REQUIRED, [OIS_POINTS])
        return Match(
            OIS_POINTS, {carried[column]: name for column, name in found.columns.items()}, found.is_exact
        )

    for piece in XmlReading(stream, what, shape=POINTS_XML, vocabulary=OIS_POINTS, find=find):
        yield pd.DataFrame({name: piece.rows[column] for name, column in carried.items()})


def _points_of_csv(stream: BinaryIO, what: str) -> Iterator[pd.DataFrame]:
    header, rest = take_header(stream, what)
    found = match(list(dict.fromkeys(header.names)), what, _REQUIRED, [OIS_POINTS])
    refuse_repeated(header, found, what)
    names = [name if header.names.count(name) == 1 else f"{name} {n}" for n, name in enumerate(header.names)]
    wanted = list(found.columns.values())
    if not rest.peek(1):  # type: ignore[attr-defined]  # Arrow refuses a table without rows
        return
    try:
        reader = arrow_csv.open_csv(
            pa.PythonFile(rest, mode="r"),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=8 << 20),
            parse_options=arrow_csv.ParseOptions(delimiter=header.separator),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string())
            ),
        )
        for batch in reader:
            columns = {column: batch.column(name).to_pandas() for column, name in found.columns.items()}
            yield pd.DataFrame(columns).reindex(columns=list(OIS_POINTS.fields))
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise InputFileError(
            f"{what} has rows that do not fit its header or are no UTF-8 text; export the table of points"
            " again as 'CSV UTF-8'."
        ) from error


def _keys(ids: pd.Series) -> tuple[npt.NDArray[np.bytes_], npt.NDArray[np.bool_]]:
    """Give 16 bytes for each id that is one, and which are."""
    text = plain_id(ids).str.lower()
    is_id = text.str.fullmatch(_UUID).fillna(value=False).to_numpy(dtype=bool)
    digits = "".join(text[is_id]).replace("-", "")
    return np.frombuffer(bytes.fromhex(digits), dtype="S16"), is_id


def _number(text: pd.Series) -> pd.Series:
    return pd.to_numeric(text, errors="coerce").astype(float)
