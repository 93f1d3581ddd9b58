"""The register's door: open a building file, keep what stands, account for every row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from screening import assumptions as sets
from screening.errors import InputFileError
from screening.register import legibility, outcome
from screening.register.codes import code_list
from screening.register.dialects.postgis import is_address, without_password
from screening.register.dialects.raw import concatenate
from screening.register.dialects.sources import open_source
from screening.register.judging import judge_rows, newest_registration, with_times
from screening.tables import BUILDINGS, check

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from screening.assumptions import Assumptions

__all__ = ["RegisterReport", "is_building_file", "read_buildings", "require_buildings", "stored_report"]


@dataclass(frozen=True)
class RegisterReport:
    """What happened to every row of a register file.

    Parameters
    ----------
    counts
        "rows_read", "kept" and one "dropped_..." per reason; rows_read = kept + all dropped.
    repairs
        How many kept rows had which repair or gap; a row may be in several.
    dropped
        ``building_id``, ``reason``, ``row`` (number in the file, first data row 1) and ``detail`` of each
        dropped row.
    dialect
        The dialect found.
    source
        Name of the file.
    register_date
        ISO date of the newest registreringFra in the file (UTC): the register is at least that new;
        empty when the file has none.
    absent_columns
        Optional register fields that the file does not have.
    """

    counts: pd.Series
    repairs: pd.Series
    dropped: pd.DataFrame
    dialect: str
    source: str
    register_date: str
    absent_columns: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Number of rows in the file."""
        return int(self.counts["rows_read"])


def read_buildings(
    path: str | Path,
    *,
    outlines: gpd.GeoDataFrame | None = None,
    assumptions: Assumptions | None = None,
) -> tuple[gpd.GeoDataFrame, RegisterReport]:
    """Read a BBR building file of any known dialect and keep the buildings that stand.

    Kept is each row with status 6 (opført) whose registreringTil and virkningTil are empty, once per
    id_lokalId (the newest registreringFra), with a point in Denmark or, failing that, an outline.

    Parameters
    ----------
    path
        A file in any dialect (docs/register-dialects.md), zipped or not, or the address of a PostGIS table.
        The dialect is told from the content, not from the name.
    outlines
        As read by ``read_outlines``: gives a point to buildings whose coordinate is missing, and a built-up
        area to those that lack it.
    assumptions
        Set with the register's assumptions; the shipped default set when not given.

    Returns
    -------
    tuple of geopandas.GeoDataFrame and RegisterReport
        ``BUILDINGS`` (EPSG:25832, index building_id in lower case, sorted), plus ``coordinate_source``
        ("register" or "outline") and ``coordinate_quality_code``; and what happened to every row.

    Raises
    ------
    InputFileError
        If the file is missing, empty, a folder, in an unknown dialect, wrongly encoded, or lacks a column.
    """
    name = without_password(path) if is_address(path) else Path(path).name
    settings = assumptions or sets.load()
    with open_source(path) as reading:
        raw = concatenate(list(reading))
    if not raw.row_count:
        raise InputFileError(f"{name} has a header but no buildings; download the file again.")

    rows = with_times(raw.rows)
    newest = newest_registration(rows)
    judged = judge_rows(rows, raw.malformed, settings, outlines=outlines, latest=newest)
    legibility.refuse(judged.legible, name)
    report = RegisterReport(
        counts=outcome.count(judged.reasons),
        repairs=judged.repairs,
        dropped=outcome.dropped(judged.reasons, raw.rows["building_id"], raw.malformed),
        dialect=reading.name,
        source=name,
        register_date=newest.date().isoformat() if newest is not None else "",
        absent_columns=reading.absent,
    )
    return cast("gpd.GeoDataFrame", check(judged.buildings, BUILDINGS, name)), report


def stored_report(facts: Mapping[str, Any]) -> RegisterReport:
    """Make the report of a municipality that was read before, from the facts kept with it.

    Parameters
    ----------
    facts
        "source", "dialect", "register_date", the counts by outcome, and ``repairs`` by name.

    Returns
    -------
    RegisterReport
        Without the list of dropped rows.
    """
    counts = pd.Series({name: int(facts[name]) for name in code_list("outcome").index}, name="rows")
    known = [name for name in code_list("repair").index if name in facts["repairs"]]
    repairs = pd.Series({name: int(facts["repairs"][name]) for name in known}, name="rows", dtype=int)
    nothing = pd.DataFrame({"building_id": [], "reason": [], "row": [], "detail": []}, dtype=object)
    return RegisterReport(
        counts, repairs, nothing, str(facts["dialect"]), str(facts["source"]), str(facts["register_date"]), ()
    )


def require_buildings(report: RegisterReport) -> None:
    """Refuse a file of which no row is kept: the wrong file, not a municipality without houses.

    Parameters
    ----------
    report
        From ``read_buildings``.

    Raises
    ------
    InputFileError
        If no row is kept; says why and what was expected.
    """
    if report.counts[outcome.KEPT]:
        return
    labels = code_list("outcome")["label_en"]
    why = "; ".join(
        f"{labels[name]}: {report.counts[name]}" for name in outcome.DROP_REASONS if report.counts[name]
    )
    raise InputFileError(
        f"{report.source}: none of the {report.rows} rows is a standing building in Denmark ({why})."
        " Expected rows with status 6 and coordinates like POINT (721000.5 6213000.5) in EPSG:25832."
    )


def is_building_file(path: str | Path) -> bool:
    """Tell whether a file is a building file in a known dialect, from its first bytes.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    bool
        False also for a missing file or a folder.
    """
    try:
        with open_source(path):
            return True
    except InputFileError:
        return False
