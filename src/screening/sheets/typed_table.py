"""A table of key figures that somebody typed: read, completed, and refused with all its faults at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.sheets.cells import read_cells
from screening.sheets.completing import complete
from screening.sheets.contradictions import find_contradictions
from screening.sheets.faults import Faults, named, numbered
from screening.sheets.headers import COUNTS, HEATS, LENGTHS, NETWORK, SHARES, TEXTS
from screening.sheets.layout import lay_out
from screening.sheets.numbers import Number, decimal_signs, read_number

if TYPE_CHECKING:
    from screening.assumptions import Assumptions
    from screening.sheets.cells import Cell
    from screening.sheets.layout import Layout

__all__ = ["TypedTable", "read_typed_table"]

_ORDER = (
    *TEXTS,
    *COUNTS,
    *HEATS,
    "area_km2",
    "density_kwh_per_m2",
    *SHARES,
    "heated_area_m2",
    *LENGTHS,
    *NETWORK,
    "heat_production_dkk_per_mwh",
)
_ROUNDING = 1e-9  # of computing, not of typing


@dataclass(frozen=True)
class TypedTable:
    """What a typed table says.

    Parameters
    ----------
    key_figures
        KEY_FIGURES and the optional columns that were typed, ready for ``economics``; what the economy does
        not need and was not typed is filled in.
    inputs
        The same without what was only filled in: index area, the figures used, and ``derived_inputs``,
        which names those that were not typed.
    notes
        What was passed over, derived or is worth a look; one sentence each.
    origin
        How the file was read.
    """

    key_figures: pd.DataFrame
    inputs: pd.DataFrame
    notes: list[str]
    origin: str


@dataclass(frozen=True)
class Typed:
    """Numbers as typed, in the units of the key figures' names.

    Parameters
    ----------
    figures
        Index row of the spreadsheet; missing where the cell is empty.
    steps
        One unit of the last digit written, in the same unit.
    shown
        Key figure -> row -> the cell as typed.
    headers
        Key figure -> header as typed.
    signs
        The decimal signs that the table shows.
    """

    figures: pd.DataFrame
    steps: pd.DataFrame
    shown: dict[str, dict[int, str]]
    headers: dict[str, str]
    signs: frozenset[str]


def read_typed_table(path: str | Path, assumptions: Assumptions, *, sheet: str | None = None) -> TypedTable:
    """Read key figures typed into a spreadsheet or a text file.

    Parameters
    ----------
    path
        .csv (commas, semicolons or tabs, decimal point or comma) or .xlsx. Needed are an area's name, the
        number of oil and gas buildings, their heat, and the area's size or heat density.
    assumptions
        The set: the bounds of what is plausible.
    sheet
        Sheet of the workbook; by default the first.

    Returns
    -------
    TypedTable
        The key figures, and what is to be told about them.

    Raises
    ------
    InputFileError
        Naming all faults with the rows of the spreadsheet and the headers as typed.
    """
    path, faults = Path(path), Faults()
    grid = read_cells(path, sheet)
    layout = lay_out(grid, faults)
    typed = _read(layout, faults)
    table, notes = complete(typed, layout.header_row, faults)
    notes += find_contradictions(table, typed, assumptions, faults)
    faults.refuse(path)
    notes = layout.notes + _about_totals(layout, table, typed.signs) + notes
    ordered = [column for column in _ORDER if column in table]
    whole = dict.fromkeys((column for column in COUNTS if column in table), "Int64")
    inputs = table[[*ordered, "derived_inputs"]].astype(whole).set_index("area")
    return TypedTable(_filled(_fitted(table[ordered], notes)), inputs, notes, grid.origin)


def _read(layout: Layout, faults: Faults) -> Typed:
    """Read all numbers; what cannot be read is missing, and a fault."""
    areas = layout.areas
    cells = {
        meaning.column: {n: row[place] if place < len(row) else None for n, row in areas.items()}
        for place, meaning in layout.columns.items()
    }
    factors = {m.column: m for m in layout.columns.values()}
    signs = decimal_signs(
        cell for column, given in cells.items() if column not in TEXTS for cell in given.values()
    )
    values, steps = pd.DataFrame(index=list(areas)), pd.DataFrame(index=list(areas))
    for column, given in cells.items():
        if column in TEXTS:
            values[column] = pd.Series({n: _name(cell) for n, cell in given.items()}, dtype=object)
            continue
        read = {n: read_number(cell, signs) for n, cell in given.items()}
        wrong: dict[str, list[int]] = {}
        for number, found in read.items():
            if isinstance(found, str):
                wrong.setdefault(found, []).append(number)
        for text, rows in wrong.items():
            faults.add(text, rows, [layout.typed[column]])
        good = {n: found for n, found in read.items() if isinstance(found, Number)}
        meaning = factors[column]
        scale = {n: _scale(found, meaning.factor, meaning.is_percent) for n, found in good.items()}
        values[column] = pd.Series({n: _scaled(f.value, scale[n]) for n, f in good.items()}, dtype=float)
        steps[column] = pd.Series({n: f.step * scale[n] for n, f in good.items()}, dtype=float)
    shown = {c: {n: _shown(cell) for n, cell in given.items()} for c, given in cells.items()}
    return Typed(values, steps, shown, layout.typed, signs)


def _scale(found: Number, factor: float, is_percent: bool) -> float:
    return 0.01 if is_percent and not found.is_percent else factor


def _scaled(value: float, scale: float) -> float:
    """Divide by a whole number where there is one, so that 62 % is the very number that 0.62 is."""
    inverse = 1 / scale
    return value / round(inverse) if scale < 1 and abs(inverse - round(inverse)) < 1e-9 else value * scale


def _shown(cell: Cell) -> str:
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)


def _name(cell: Cell) -> str:
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return " ".join(str(cell).split()) if cell is not None else ""


def _fitted(table: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Fit the heat of oil and of gas to their sum, from which each was rounded by itself."""
    parts = ["oil_heat_mwh", "gas_heat_mwh"]
    if not set(parts) <= set(table):
        return table
    together = table[parts].sum(axis=1, skipna=False)
    factor = (table["oil_gas_heat_mwh"] / together).where(together > 0).fillna(1.0)
    rounded = factor.sub(1.0).abs() > _ROUNDING
    if not rounded.any():
        return table
    names = named([str(name) for name in table["area"][rounded]])
    notes.append(
        f"The heat of oil and of gas is fitted to their sum, from which it differs by rounding: {names}."
    )
    return table.assign(**{part: table[part] * factor for part in parts})


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Complete KEY_FIGURES with what the economy does not read: the oil and gas buildings' own figures."""
    filled = table.copy()
    if "heat_pump_count" not in filled:
        filled["heat_pump_count"] = 0.0
    filled["heat_pump_count"] = filled["heat_pump_count"].fillna(0.0)
    for column in ("oil_gas_share", "heat_pump_share"):
        if column not in filled:
            filled[column] = np.nan
    counts = [column for column in COUNTS if column in filled and filled[column].notna().all()]
    return filled.astype(dict.fromkeys(counts, int)).reset_index(drop=True)


def _about_totals(layout: Layout, table: pd.DataFrame, signs: frozenset[str]) -> list[str]:
    """Name rows that sum up others, and where their sums differ from the rows'."""
    if not layout.totals:
        return []
    notes = [f"Not an area, but a sum: {numbered(layout.totals)}."]
    place_of = {m.column: (place, m) for place, m in layout.columns.items()}
    for column in (*COUNTS, *HEATS):
        if column not in place_of or column not in table:
            continue
        place, meaning = place_of[column]
        for number, row in layout.totals.items():
            found = read_number(row[place] if place < len(row) else None, signs)
            total = float(table[column].sum())
            if isinstance(found, Number) and abs(found.value * meaning.factor - total) > 0.5 * len(table):
                notes.append(
                    f"Look at row {number}: its {layout.typed[column]!r} is {found.value:.10g}, the areas'"
                    f" sum is {total / meaning.factor:.10g}."
                )
    return notes
