"""From raw rows to buildings: which rows stand, and what they say, by stated rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from screening.register import legibility, outcome, repair
from screening.register.outcome import NOWHERE, home_codes
from screening.register.times import read_times

if TYPE_CHECKING:
    import geopandas as gpd

    from screening.assumptions import Assumptions

__all__ = ["NOWHERE", "Judged", "home_codes", "judge_rows", "newest_registration", "with_times"]


@dataclass(frozen=True)
class Judged:
    """Rows with their outcome, and the buildings made of those that are kept.

    Parameters
    ----------
    buildings
        As from ``read_buildings``, not yet checked against ``BUILDINGS``.
    reasons
        "kept" or the drop reason by row number.
    repairs
        How many kept rows had which repair. [1]
    legible
        How much could be read, by field (``legibility``).
    """

    buildings: gpd.GeoDataFrame
    reasons: pd.Series
    repairs: pd.Series
    legible: pd.DataFrame


def with_times(rows: pd.DataFrame) -> pd.DataFrame:
    """Add ``registered`` (time of registreringFra) and ``original_id``; put the id in lower case.

    Parameters
    ----------
    rows
        Raw rows.

    Returns
    -------
    pandas.DataFrame
        The rows with two more columns.
    """
    return rows.assign(
        original_id=rows["building_id"],
        building_id=rows["building_id"].str.lower(),
        registered=read_times(rows["registered_from"]),
    )


def newest_registration(rows: pd.DataFrame) -> pd.Timestamp | None:
    """Give the newest registration of rows from ``with_times``; None when there is none."""
    newest = rows["registered"].max()
    return newest if pd.notna(newest) else None


def judge_rows(
    rows: pd.DataFrame,
    malformed: pd.Series,
    assumptions: Assumptions,
    *,
    outlines: gpd.GeoDataFrame | None = None,
    latest: pd.Timestamp | None = None,
    elsewhere: pd.Series | None = None,
) -> Judged:
    """Give every row its outcome and make the buildings of those that are kept.

    Parameters
    ----------
    rows
        Rows from ``with_times``: all open rows of each building among them.
    malformed
        Rows that could not be taken apart, by row number.
    assumptions
        The set with the register's assumptions.
    outlines
        Mapped outlines by building id, if any.
    latest
        Newest registration of the whole source.
    elsewhere
        By row number, how many more open rows of the building are not among these. [1]

    Returns
    -------
    Judged
        Outcomes and buildings.
    """
    placed = outcome.place(rows, outlines)
    placed["version_count"] = outcome.version_count(placed)
    if elsewhere is not None:
        placed["version_count"] += elsewhere.reindex(placed.index, fill_value=0).astype(int)
    reasons = outcome.judge(placed, malformed)
    standing = placed.loc[reasons.index[reasons == outcome.KEPT]]
    buildings, repairs = repair.repair(standing, assumptions, outlines=outlines, latest=latest)
    legible = legibility.combine(
        [legibility.of_points(placed), legibility.of_fields(standing, repair.read_numbers(standing))]
    )
    repairs = pd.concat([repair.identity_repairs(standing), repairs])
    return Judged(buildings, reasons, repairs, legible)
