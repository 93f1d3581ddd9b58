"""The whole country in little memory: rows are parted by municipality first, and judged there.

What a row says by itself (it cannot be read, it does not stand, its version has ended) is settled as it comes
by. What needs the building's other rows, or the date of the whole source, waits: the rows go to their
municipality, and ``judge_municipality`` does with them what ``read_buildings`` does with a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from screening.errors import InputFileError
from screening.register import judging, legibility, outcome
from screening.register.dialects.raw import RawTable, concatenate
from screening.register.dialects.sources import open_source
from screening.tables import BUILDINGS, check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd

    from screening.assumptions import Assumptions

__all__ = ["NOWHERE", "MunicipalityRows", "SourceFacts", "judge_municipality", "part_source"]

NOWHERE = judging.NOWHERE
_BATCH_ROWS = 100_000
_SUPERSEDED = "dropped_duplicate"
_HASH_KEYS = ("screening-rows-1", "screening-rows-2")  # two of 64 bits: no two ids share both


@dataclass(frozen=True)
class MunicipalityRows:
    """Rows of one municipality that need others to be judged.

    Parameters
    ----------
    code
        Four digits, or ``NOWHERE``.
    rows
        Raw rows as from ``judging.with_times``, with ``row`` (number in the source) as a column.
    """

    code: str
    rows: pd.DataFrame


@dataclass
class SourceFacts:
    """What is known of a source when it has been parted.

    Parameters
    ----------
    source, dialect
        Its name, and how it is written.
    absent_columns
        Optional fields that it does not have.
    latest
        Newest registration; None when it has none.
    early
        Rows settled as they came by: municipality code, outcome -> rows.
    legible
        How much of their points could be read (``legibility``): one table if there are any rows, to be
        combined with those of the municipalities.
    malformed
        Why a row could not be taken apart, by row number; such rows have no municipality.
    superseded
        Municipality code -> numbers of the rows of buildings whose newest row another municipality has.
    elsewhere
        Municipality code -> row number -> how many more rows of its building other municipalities have.
    row_count
        Rows of the source.
    """

    source: str
    dialect: str = ""
    absent_columns: tuple[str, ...] = ()
    latest: pd.Timestamp | None = None
    early: dict[str, dict[str, int]] = field(default_factory=dict)
    legible: list[pd.DataFrame] = field(default_factory=list)
    malformed: dict[int, str] = field(default_factory=dict)
    superseded: dict[str, list[int]] = field(default_factory=dict)
    elsewhere: dict[str, dict[int, int]] = field(default_factory=dict)
    row_count: int = 0


class _Ids:
    """Which building each waiting row is of: 32 bytes a row, to find those of two municipalities."""

    def __init__(self) -> None:
        self._parts: list[pd.DataFrame] = []

    def add(self, rows: pd.DataFrame, codes: pd.Series) -> None:
        ids = rows["building_id"].to_numpy(dtype=object)
        self._parts.append(
            pd.DataFrame(
                {
                    "id": pd.util.hash_array(ids, hash_key=_HASH_KEYS[0], categorize=False),
                    "id_too": pd.util.hash_array(ids, hash_key=_HASH_KEYS[1], categorize=False),
                    "registered": rows["registered"].to_numpy(dtype="datetime64[us]"),
                    "row": rows.index.to_numpy(dtype=np.int64),
                    "code": codes.astype("category").to_numpy(),
                }
            )
        )

    def settle(self, facts: SourceFacts) -> None:
        """Note the buildings that have rows in more than one municipality."""
        if not self._parts:
            return
        every = pd.concat([part.assign(code=part["code"].astype(object)) for part in self._parts])
        self._parts = []
        key = ["id", "id_too"]
        several = every[every.duplicated(key, keep=False)]
        moved = several[several.groupby(key)["code"].transform("nunique") > 1]
        order = moved.sort_values(["registered", "code"], ascending=False, na_position="last")
        newest = order.drop_duplicates(key).set_index(key)["code"]
        is_home = moved["code"].to_numpy() == newest.reindex(pd.MultiIndex.from_frame(moved[key])).to_numpy()
        more = moved.groupby(key)["row"].transform("size") - moved.groupby([*key, "code"])["row"].transform(
            "size"
        )
        for code, rows in moved[~is_home].groupby("code")["row"]:
            facts.superseded[str(code)] = sorted(rows.tolist())
        for code, rows in moved[is_home].assign(more=more[is_home]).groupby("code"):
            facts.elsewhere[str(code)] = dict(zip(rows["row"].tolist(), rows["more"].tolist(), strict=True))


def part_source(
    source: str | Path, facts: SourceFacts, *, batch_rows: int = _BATCH_ROWS
) -> Iterator[MunicipalityRows]:
    """Read a source of any length and give its standing rows by municipality.

    Parameters
    ----------
    source
        As for ``read_buildings``.
    facts
        Filled in while reading; whole when the last rows have been given.
    batch_rows
        Rows parted at a time. [1]

    Yields
    ------
    MunicipalityRows
        Many times for the same municipality, its rows in the order of the source.

    Raises
    ------
    InputFileError
        As ``read_buildings``.
    """
    ids = _Ids()
    with open_source(source) as reading:
        for raw in _batches(iter(reading), batch_rows):
            facts.row_count += raw.row_count
            facts.malformed |= dict(zip(raw.malformed.index.tolist(), raw.malformed.tolist(), strict=True))
            rows = judging.with_times(raw.rows)
            latest = judging.newest_registration(rows)
            if latest is not None:
                facts.latest = latest if facts.latest is None else max(facts.latest, latest)
            codes = judging.home_codes(rows)
            waiting = outcome.is_candidate(rows)
            _settle_early(facts, rows[~waiting], codes[~waiting])
            rows, codes = rows[waiting], codes[waiting]
            ids.add(rows, codes)
            for code, part in rows.groupby(codes, sort=True):
                yield MunicipalityRows(str(code), part.reset_index(names="row"))
        facts.dialect, facts.absent_columns = reading.name, reading.absent
    if not facts.row_count:
        raise InputFileError(f"{facts.source} has a header but no buildings; download the file again.")
    ids.settle(facts)


def judge_municipality(
    rows: pd.DataFrame, code: str, facts: SourceFacts, assumptions: Assumptions
) -> tuple[gpd.GeoDataFrame, pd.Series, pd.Series, pd.DataFrame]:
    """Judge the rows of one municipality as ``read_buildings`` judges a file.

    Parameters
    ----------
    rows
        All that ``part_source`` gave for the municipality.
    code
        Its code.
    facts
        Of the whole source.
    assumptions
        The set with the register's assumptions.

    Returns
    -------
    geopandas.GeoDataFrame
        ``BUILDINGS``.
    pandas.Series
        What happened to the rows of the municipality: "rows_read", "kept" and every drop reason. [1]
    pandas.Series
        Repairs. [1]
    pandas.DataFrame
        How much could be read, by field (``legibility``).
    """
    waiting = rows.set_index("row").sort_index()
    moved = waiting.index.isin(facts.superseded.get(code, []))
    none_broken = pd.Series({}, dtype=object)
    elsewhere = pd.Series(facts.elsewhere.get(code, {}), dtype=float)
    judged = judging.judge_rows(
        waiting[~moved], none_broken, assumptions, latest=facts.latest, elsewhere=elsewhere
    )
    counts = outcome.count(judged.reasons)
    early = {**facts.early.get(code, {}), _SUPERSEDED: int(moved.sum())}
    for reason, number in early.items():
        counts[reason] += number
    counts["rows_read"] += sum(early.values())
    buildings = check(judged.buildings, BUILDINGS, f"{facts.source}, municipality {code}")
    points = legibility.of_points(outcome.place(waiting[moved], None))
    legible = legibility.combine([judged.legible, points])
    return cast("gpd.GeoDataFrame", buildings), counts, judged.repairs, legible


def _batches(pieces: Iterator[RawTable], batch_rows: int) -> Iterator[RawTable]:
    """Put small pieces together: parting has a price for each batch."""
    held: list[RawTable] = []
    count = 0
    for piece in pieces:
        held.append(piece)
        count += piece.row_count
        if count >= batch_rows:
            yield concatenate(held)
            held, count = [], 0
    if held:
        yield concatenate(held)


def _settle_early(facts: SourceFacts, rows: pd.DataFrame, codes: pd.Series) -> None:
    """Count the rows that need no other row to be judged."""
    if rows.empty:
        return
    placed = outcome.place(rows, None)
    facts.legible = [legibility.combine([*facts.legible, legibility.of_points(placed)])]
    reasons = outcome.judge(placed, pd.Series({}, dtype=object))
    table = pd.crosstab(codes, reasons)
    for code, row in zip(table.index, table.to_dict("records"), strict=True):
        known = facts.early.setdefault(str(code), {})
        for reason, number in row.items():
            known[str(reason)] = known.get(str(reason), 0) + int(number)
