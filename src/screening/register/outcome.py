"""What becomes of each register row: exactly one outcome, and the counts add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from screening.register.codes import code_list
from screening.tables import MAX_EASTING_M, MAX_NORTHING_M, MIN_EASTING_M, MIN_NORTHING_M

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

__all__ = [
    "DROP_REASONS",
    "KEPT",
    "NOWHERE",
    "count",
    "dropped",
    "home_codes",
    "is_candidate",
    "judge",
    "place",
    "version_count",
]

KEPT = "kept"
NOWHERE = ""  # stands for the municipality of rows that name none
# In the order they are tried: a row gets the first that fits.
DROP_REASONS = (
    "dropped_malformed",
    "dropped_status_not_standing",
    "dropped_version_ended",
    "dropped_duplicate",
    "dropped_no_coordinate",
    "dropped_coordinate_other_system",
    "dropped_coordinate_unreadable",
    "dropped_coordinate_outside_denmark",
)
_NUMBER = r"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?"
_POINT = rf"(?i)^POINT\s*Z?\s*\(\s*(?P<x>{_NUMBER})\s+(?P<y>{_NUMBER})(?:\s+{_NUMBER})?\s*\)$"
_ETRS89_UTM32 = "5"


def place(rows: pd.DataFrame, outlines: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Take each row's point apart, and take it from the outline where the register has none of use.

    Parameters
    ----------
    rows
        Raw table with ``building_id`` in lower case.
    outlines
        Mapped outlines by building id, if any.

    Returns
    -------
    pandas.DataFrame
        The rows plus ``x_m``, ``y_m`` (missing where unknown), ``point_fault`` (drop reason or empty),
        ``coordinate_source`` and ``is_point_unreadable``.
    """
    text = rows["point"]
    x_m, y_m = _coordinates(text)
    empty = text.isna() | text.str[-5:].str.upper().eq("EMPTY").fillna(value=False)
    unreadable = ~empty & x_m.isna()
    other_system = (
        ~rows["coordinate_system_code"].isin([_ETRS89_UTM32]) & rows["coordinate_system_code"].notna()
    )
    missing = empty | ((x_m == 0) & (y_m == 0))
    outside = ~(x_m.between(MIN_EASTING_M, MAX_EASTING_M) & y_m.between(MIN_NORTHING_M, MAX_NORTHING_M))
    fault = np.select([missing, other_system, unreadable, outside], DROP_REASONS[-4:], default="")
    placed = rows.assign(
        x_m=x_m, y_m=y_m, point_fault=fault, coordinate_source="register", is_point_unreadable=unreadable
    )
    if outlines is None:
        return placed
    return _place_by_outline(placed, outlines)


def _coordinates(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Easting and northing of points written as text; missing where the text is no point."""
    parts = pc.extract_regex(pa.array(text, pa.string()), _POINT)
    axes = (pc.struct_field(parts, axis).cast(pa.float64()) for axis in ("x", "y"))
    x_m, y_m = (
        pd.Series(axis.to_numpy(zero_copy_only=False), index=text.index, dtype=float) for axis in axes
    )
    finite = np.isfinite(x_m) & np.isfinite(y_m)
    return x_m.where(finite), y_m.where(finite)


def _place_by_outline(placed: pd.DataFrame, outlines: gpd.GeoDataFrame) -> pd.DataFrame:
    wanted = (placed["point_fault"] != "") & placed["building_id"].isin(outlines.index)
    inner = outlines.geometry.loc[placed.loc[wanted, "building_id"]].representative_point()
    placed.loc[wanted, "x_m"] = inner.x.to_numpy()
    placed.loc[wanted, "y_m"] = inner.y.to_numpy()
    placed.loc[wanted, "point_fault"] = ""
    placed.loc[wanted, "coordinate_source"] = "outline"
    return placed


def home_codes(rows: pd.DataFrame) -> pd.Series:
    """Give the municipality of each row as four digits, ``NOWHERE`` where it names none.

    Parameters
    ----------
    rows
        Raw rows.

    Returns
    -------
    pandas.Series
        Codes on the same index.
    """
    codes = rows["municipality_code"].str.zfill(4)
    is_code = codes.str.fullmatch(r"[0-9]{4}").fillna(value=False)
    home: pd.Series = codes.where(is_code, NOWHERE).astype(object)
    return home


def is_candidate(rows: pd.DataFrame) -> pd.Series:
    """Tell which rows say of a building that it stands now: each needs no other row to tell.

    Parameters
    ----------
    rows
        Raw table.

    Returns
    -------
    pandas.Series
        Booleans on the same index.
    """
    candidate: pd.Series = rows["building_id"].notna() & _is_standing(rows) & ~_has_ended(rows)
    return candidate


def judge(placed: pd.DataFrame, malformed: pd.Series) -> pd.Series:
    """Give every row its one outcome.

    Parameters
    ----------
    placed
        Rows from ``place`` with ``registered`` (time of registreringFra).
    malformed
        Rows that could not be taken apart, by row number.

    Returns
    -------
    pandas.Series
        "kept" or one of ``DROP_REASONS`` by row number, in the order of the file.
    """
    tests: list[npt.NDArray[np.bool_]] = [
        placed["building_id"].isna().to_numpy(),
        (~_is_standing(placed)).to_numpy(),
        _has_ended(placed).to_numpy(),
        _superseded(placed, is_candidate(placed)).to_numpy(),
    ]
    early = np.select(tests, DROP_REASONS[:4], default="")
    reasons = pd.Series(early, index=placed.index, dtype=object)
    reasons = reasons.where(reasons != "", placed["point_fault"].astype(object)).replace("", KEPT)
    broken = pd.Series(DROP_REASONS[0], index=malformed.index, dtype=object)
    return pd.concat([reasons, broken]).sort_index()


def _is_standing(rows: pd.DataFrame) -> pd.Series:
    status = code_list("status")
    return rows["status_code"].isin(status.index[status["is_standing"]])


def _has_ended(rows: pd.DataFrame) -> pd.Series:
    ended: pd.Series = rows[["registered_to", "effective_to"]].notna().any(axis=1)
    return ended


def version_count(placed: pd.DataFrame) -> pd.Series:
    """Count the open rows of each row's building: more than one are versions that overlap.

    Parameters
    ----------
    placed
        Rows of which those that are candidates count.

    Returns
    -------
    pandas.Series
        Rows on the same index, 0 for rows that are no candidate. [1]
    """
    candidate = is_candidate(placed)
    ids = placed.loc[candidate, "building_id"]
    several = ids[ids.duplicated(keep=False)]
    counts = candidate.astype(int)
    if len(several):
        counts.loc[several.index] = several.groupby(several).transform("size").to_numpy(dtype=int)
    return counts


def _superseded(placed: pd.DataFrame, candidate: pd.Series) -> pd.Series:
    """Tell which candidates are not the newest of their id; equal times are settled by the row's content."""
    ids = placed.loc[candidate, "building_id"]
    rows = placed.loc[ids.index[ids.duplicated(keep=False)]]
    rows = rows.assign(home=home_codes(rows))
    first = ["registered", "home"]
    ties = sorted(column for column in rows.columns if column not in {"building_id", *first})
    order = rows.sort_values([*first, *ties], ascending=False, na_position="last", kind="stable")
    later = order["building_id"].duplicated(keep="first")
    superseded: pd.Series = later.reindex(placed.index, fill_value=False)
    return superseded


def count(reasons: pd.Series) -> pd.Series:
    """Count rows by outcome.

    Parameters
    ----------
    reasons
        From ``judge``.

    Returns
    -------
    pandas.Series
        "rows_read", "kept" and every drop reason, also those with none. [1]
    """
    found = reasons.value_counts().reindex([KEPT, *DROP_REASONS], fill_value=0)
    counts = pd.concat([pd.Series({"rows_read": len(reasons)}), found])
    return counts.astype(int).rename("rows")


def dropped(reasons: pd.Series, original_ids: pd.Series, malformed: pd.Series) -> pd.DataFrame:
    """List the dropped rows.

    Parameters
    ----------
    reasons
        From ``judge``.
    original_ids
        The id as the file has it, by row number.
    malformed
        Why a row could not be taken apart, by row number.

    Returns
    -------
    pandas.DataFrame
        ``building_id`` (missing for malformed rows), ``reason``, ``row`` and ``detail`` (what is wrong with a
        row that could not be taken apart, else empty); in the order of the file.
    """
    out = reasons[reasons != KEPT]
    return pd.DataFrame(
        {
            "building_id": original_ids.reindex(out.index).to_numpy(dtype=object),
            "reason": out.to_numpy(dtype=object),
            "row": out.index.to_numpy(dtype=int),
            "detail": malformed.reindex(out.index).fillna("").to_numpy(dtype=object),
        }
    )
