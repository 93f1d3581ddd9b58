"""A planner's own measured demand: the door to the file, and what it replaces."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening import assumptions as sets
from screening.demand.annual import annual_heat_demand
from screening.errors import InputFileError

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["MeasuredReport", "heat_demand", "read_measured"]

_ID_NAMES = ("building_id", "bygning_id", "bygnings_id", "bygningsid", "bbruuid", "id_lokalid")
_HEAT_NAMES = ("heat_demand_mwh", "varmebehov_mwh", "varmeforbrug_mwh", "forbrug_mwh", "målt_mwh", "mwh")
_KWH_NAMES = ("heat_demand_kwh", "varmebehov_kwh", "varmeforbrug_kwh", "forbrug_kwh", "målt_kwh", "kwh")


@dataclass(frozen=True)
class MeasuredReport:
    """What a table of measured demand replaced.

    Parameters
    ----------
    counts
        "rows_read", "used", then one per reason for not using a row: "unreadable", "negative",
        "duplicate_id", "id_not_found"; rows_read = used + the rest. [1]
    model_mwh
        What the model gave for the replaced buildings (unknown ones count nothing). [MWh/year]
    measured_mwh
        What was measured for them. [MWh/year]
    ids_not_found
        Ids of the file that are no building of the table.
    """

    counts: pd.Series
    model_mwh: float
    measured_mwh: float
    ids_not_found: tuple[str, ...]


def read_measured(path: str | Path, assumptions: Assumptions | None = None) -> pd.DataFrame:
    """Read measured yearly heat demand per building.

    Parameters
    ----------
    path
        CSV with comma or semicolon, UTF-8; a column building_id (or bygning_id, BBRUUID, id_lokalId) and a
        column heat_demand_mwh (or varmebehov_mwh, varmeforbrug_mwh, forbrug_mwh, mwh). Decimal comma is
        understood, and a point that parts thousands where a decimal comma follows.
    assumptions
        Set with ``measured_heat_question_mwh``; the shipped default set when not given.

    Returns
    -------
    pandas.DataFrame
        ``heat_demand_mwh`` by building_id (lower case), one row per row of the file, missing where the value
        is no number: ``heat_demand`` judges and counts the rows. [MWh/year]

    Raises
    ------
    InputFileError
        If the file is missing or empty, lacks a column, has no readable value, or is in kWh.
    """
    path = Path(path)
    settings = assumptions or sets.load()
    header, rows = _rows(path)
    folded = [name.strip().casefold().replace(" ", "_") for name in header]
    if any(name in folded for name in _KWH_NAMES) and not any(name in folded for name in _HEAT_NAMES):
        raise InputFileError(f"{path.name} is in kWh; give MWh (kWh / 1000) in a column heat_demand_mwh.")
    id_column = _position(folded, _ID_NAMES, path)
    heat_column = _position(folded, _HEAT_NAMES, path)
    # A row with another number of fields (a decimal comma between commas) keeps its id and loses its value.
    ids = pd.Series([(row + [""] * len(header))[id_column] for row in rows], dtype=object)
    ids = ids.str.strip().str.lower()
    texts = [row[heat_column] if len(row) == len(header) else "" for row in rows]
    values = _parse_numbers(pd.Series(texts, dtype=object))
    if values.isna().all():
        raise InputFileError(
            f"{path.name} has no readable number in {header[heat_column]}; expected e.g. 18.1."
        )
    if (median := float(values.median())) > settings.measured_heat_question_mwh:
        raise InputFileError(
            f"{path.name}: half of the buildings need more than {median:,.0f} MWh a year, which looks like"
            " kWh; divide by 1000, or raise measured_heat_question_mwh if it is right."
        )
    return pd.DataFrame({"heat_demand_mwh": values.to_numpy()}, index=pd.Index(ids, name="building_id"))


def heat_demand(
    buildings: pd.DataFrame, assumptions: Assumptions, measured: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, MeasuredReport]:
    """Heat demand of each building: measured where the planner has it, else from the model.

    A measured row is used when its id occurs once, belongs to a building and its value is zero or more.
    An id that occurs several times is not used, for it cannot be told whether the rows are meters to be
    added or years to be chosen from.

    Parameters
    ----------
    buildings
        ``BUILDINGS``.
    assumptions
        Set with the demand's assumptions.
    measured
        As read by ``read_measured``; None when there is none.

    Returns
    -------
    tuple of pandas.DataFrame and MeasuredReport
        ``heat_demand_mwh`` [MWh/year] and ``heat_demand_source`` ("model", "measured" or "unknown") on the
        same index; and what the measured table replaced.
    """
    model = annual_heat_demand(buildings, assumptions)
    rows = pd.DataFrame({"heat_demand_mwh": pd.Series(dtype=float)}) if measured is None else measured
    ids, values = (
        pd.Series(rows.index, dtype=object),
        rows["heat_demand_mwh"].astype(float).reset_index(drop=True),
    )
    reasons = pd.Series(
        np.select(
            [values.isna(), values < 0, ids.duplicated(keep=False), ~ids.isin(buildings.index)],
            ["unreadable", "negative", "duplicate_id", "id_not_found"],
            default="used",
        ),
        dtype=object,
    )
    used = (reasons == "used").to_numpy()
    replacing = pd.Series(values[used].to_numpy(), index=ids[used].to_numpy(), dtype=float)
    known = buildings.index.isin(replacing.index)
    result = model.mask(known, replacing.reindex(buildings.index))
    source = np.select([known, model.notna()], ["measured", "model"], default="unknown").astype(object)
    order = ["used", "unreadable", "negative", "duplicate_id", "id_not_found"]
    counts = reasons.value_counts().reindex(order, fill_value=0)
    report = MeasuredReport(
        counts=pd.concat([pd.Series({"rows_read": len(rows)}), counts]).astype(int).rename("rows"),
        model_mwh=float(model[known].sum()),
        measured_mwh=float(replacing.sum()),
        ids_not_found=tuple(sorted(ids[reasons == "id_not_found"].astype(str))),
    )
    return pd.DataFrame({"heat_demand_mwh": result, "heat_demand_source": source}), report


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV, parted by semicolon if the header has one, else by comma."""
    if not path.is_file():
        raise InputFileError(f"File of measured demand {path} does not exist; check the path.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputFileError(f"{path.name} is not UTF-8 text; save it as 'CSV UTF-8'.") from error
    lines = text.splitlines()
    separator = ";" if lines and ";" in lines[0] else ","
    rows = [row for row in csv.reader(lines, delimiter=separator) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise InputFileError(f"{path.name} has no rows; expected building_id and heat_demand_mwh.")
    return rows[0], rows[1:]


def _position(folded: list[str], names: tuple[str, ...], path: Path) -> int:
    for name in names:
        if name in folded:
            return folded.index(name)
    raise InputFileError(
        f"{path.name} has no column {names[0]}; looked for {', '.join(names)}, the file has"
        f" {', '.join(folded)}."
    )


def _parse_numbers(text: pd.Series) -> pd.Series:
    """Turn 18.1, 18,1 and 1.018,1 into numbers; 1,018.1 has a comma that is no decimal one and stays text."""
    text = text.str.strip().str.replace(" ", "", regex=False)
    text = text.mask(text.str.contains(r",.*[.,]", regex=True), "")
    danish = text.str.contains(",", regex=False)
    text = text.mask(danish, text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False))
    numbers = pd.to_numeric(text, errors="coerce").astype(float)
    return numbers.replace([np.inf, -np.inf], np.nan)
