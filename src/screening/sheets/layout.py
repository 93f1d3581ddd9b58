"""Where in a typed table the header stands, what its columns mean, and which rows are areas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from string import ascii_uppercase
from typing import TYPE_CHECKING

from screening.sheets.faults import named, numbered
from screening.sheets.headers import Meaning, Misread, is_unit, meaning_of

if TYPE_CHECKING:
    from screening.sheets.cells import Cell, Grid
    from screening.sheets.faults import Faults

__all__ = ["Layout", "column_letter", "lay_out"]

_TOTAL = re.compile(r"\b(i ?alt|(sub)?total(t|en|er)?|sum(mer)?|samlet|tilsammen|hele kommunen|all areas)\b")
_FOOTNOTE = re.compile(r"(kilde|source|note|anm|anmærkning|bemærk|obs)\b|\*|\d\)|\[\d\]", re.IGNORECASE)
_UNITS = {"_mwh": "MWh", "r_m2": "kWh/m2", "a_m2": "m2"}  # by the end of the column's name
_SHOWN_LETTERS = 40
_TOP_ROWS = 25  # rows among which the header is looked for


@dataclass(frozen=True)
class Layout:
    """The table's parts.

    Parameters
    ----------
    header_row
        Its row in the spreadsheet.
    columns
        Position from the left -> what the column means.
    typed
        Key figure -> header as typed.
    areas
        Row -> cells, for the rows of areas.
    totals
        Row -> cells, for rows that sum up the others.
    notes
        What was passed over, to be told.
    """

    header_row: int
    columns: dict[int, Meaning]
    typed: dict[str, str]
    areas: dict[int, list[Cell]]
    totals: dict[int, list[Cell]]
    notes: list[str]


def lay_out(grid: Grid, faults: Faults) -> Layout:
    """Find the parts of a typed table.

    Parameters
    ----------
    grid
        All cells.
    faults
        What is found to be wrong is added here.

    Returns
    -------
    Layout
        The parts; without areas where there is no header.
    """
    header_row = _header_row(grid)
    if header_row is None:
        first = next(iter(grid.rows.values()))
        shown = ", ".join(repr(str(cell)) for cell in first[:6] if cell not in {None, ""})
        faults.add(
            f"has no header that names an area and its key figures; the first row holds {shown}. Write"
            " headers such as area, n_og, MWh_og, density (kWh/m2); see 'screening economics --example'."
        )
        return Layout(0, {}, {}, {}, {}, [])
    header = grid.rows[header_row]
    notes = [_passed("above the header", {n: c for n, c in grid.rows.items() if n < header_row})]
    below = {number: cells for number, cells in grid.rows.items() if number > header_row}
    units_row = next(iter(below), 0)
    if units_row and _is_units(below[units_row]):
        units = below.pop(units_row)
        header = [" ".join(str(c) for c in pair if c) or None for pair in zip_longest(header, units)]
        notes.append(f"Row {units_row} names units: read with the header.")
    columns, ignored = _columns(header, header_row, below, faults)
    notes.append(f"Not used, since they name no key figure: columns {named(ignored)}." if ignored else "")
    bare = [f"{header[p]!r} {_UNITS[m.column[-4:]]}" for p, m in columns.items() if not m.is_unit_named]
    notes.append(f"Read in the usual unit, since the header names none: {named(bare)}." if bare else "")
    typed = {meaning.column: str(header[place]) for place, meaning in columns.items()}
    columns, typed = _area_for_town(columns, typed)
    areas, totals, footnotes = _part(below, columns)
    notes.append(_passed("below the table", footnotes))
    if not areas:
        faults.add("has a header but no rows with areas below it.")
    if grid.widths_matter:
        areas = _of_full_width(header, areas, faults)
    return Layout(header_row, columns, typed, areas, totals, [note for note in notes if note])


def column_letter(place: int) -> str:
    """Name a column as spreadsheets do.

    Parameters
    ----------
    place
        Position from the left, from 0. [1]

    Returns
    -------
    str
        A, B ... Z, AA ...

    Examples
    --------
    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters


def _header_row(grid: Grid) -> int | None:
    """Find the row with the most headers understood, two at least."""
    best, most = None, 1
    for number, cells in list(grid.rows.items())[:_TOP_ROWS]:
        count = sum(_is_understood(cell) for cell in cells)
        if count > most:
            best, most = number, count
    return best


def _is_units(cells: list[Cell]) -> bool:
    """Tell a row of units below the header: "stk", "MWh/år", "%"."""
    texts = [cell for cell in cells if cell not in {None, ""}]
    return all(isinstance(text, str) and is_unit(text) for text in texts)


def _is_understood(cell: Cell) -> bool:
    return isinstance(cell, str) and meaning_of(cell) is not None


def _columns(
    header: list[Cell], row: int, below: dict[int, list[Cell]], faults: Faults
) -> tuple[dict[int, Meaning], list[str]]:
    """Read the header; columns without meaning are named, nearly understood ones are faults."""
    columns: dict[int, Meaning] = {}
    ignored = []
    width = max([len(header), *(len(cells) for cells in below.values())])
    for place in range(width):
        title = header[place] if place < len(header) else None
        text = "" if title is None else str(title)
        if not text:
            filled = [
                n for n, cells in below.items() if place < len(cells) and cells[place] not in {None, ""}
            ]
            if filled and place < len(header):
                faults.add(
                    f"column {column_letter(place)} has values but no header; name or empty it.", filled
                )
            continue
        meaning = meaning_of(text)
        if meaning is None:
            ignored.append(repr(text))
        elif isinstance(meaning, Misread):
            faults.add(meaning.advice, [row], [text])
            faults.about.add(meaning.about)
        else:
            columns[place] = meaning
    _check_twice(header, row, columns, faults)
    return columns, ignored


def _check_twice(header: list[Cell], row: int, columns: dict[int, Meaning], faults: Faults) -> None:
    places: dict[str, list[int]] = {}
    for place, meaning in columns.items():
        places.setdefault(meaning.column, []).append(place)
    for column, found in places.items():
        if len(found) > 1:
            faults.add(f"both are {column}; delete or rename one.", [row], [str(header[p]) for p in found])


def _area_for_town(
    columns: dict[int, Meaning], typed: dict[str, str]
) -> tuple[dict[int, Meaning], dict[str, str]]:
    """Take towns for the areas where no other column names the areas."""
    if "area" in typed or "town" not in typed:
        return columns, typed
    renamed = {p: Meaning("area") if m.column == "town" else m for p, m in columns.items()}
    return renamed, {("area" if column == "town" else column): text for column, text in typed.items()}


def _part(
    below: dict[int, list[Cell]], columns: dict[int, Meaning]
) -> tuple[dict[int, list[Cell]], dict[int, list[Cell]], dict[int, list[Cell]]]:
    """Part the rows into areas, totals and footnotes."""
    place = next((p for p, m in columns.items() if m.column == "area"), None)
    areas, totals, footnotes = {}, {}, {}
    for number, cells in below.items():
        name = "" if place is None or place >= len(cells) or cells[place] is None else str(cells[place])
        first = next(str(cell) for cell in cells if cell not in {None, ""})
        is_alone = sum(cell not in {None, ""} for cell in cells) == 1
        if is_alone and _FOOTNOTE.match(first):
            footnotes[number] = cells
        elif _TOTAL.search(" ".join((name or first).casefold().split())):
            totals[number] = cells
        else:
            areas[number] = cells
    return areas, totals, footnotes


def _of_full_width(header: list[Cell], areas: dict[int, list[Cell]], faults: Faults) -> dict[int, list[Cell]]:
    """Keep the rows as long as the header: in others the values may stand in the wrong columns."""
    width = len(header)
    kept = {}
    for number, cells in areas.items():
        if len(cells) < width or any(cell not in {None, ""} for cell in cells[width:]):
            faults.add(
                f"{len(cells)} values, but the header has {width} columns. Leave a value empty, but keep what"
                " separates the columns; where that is a comma, numbers need a decimal point.",
                [number],
            )
        else:
            kept[number] = cells
    return kept


def _passed(where: str, rows: dict[int, list[Cell]]) -> str:
    """Name rows that were passed over, with how the first begins."""
    if not rows:
        return ""
    first = next(str(cell) for cell in next(iter(rows.values())) if cell not in {None, ""})
    shown = first if len(first) <= _SHOWN_LETTERS else first[:_SHOWN_LETTERS].rstrip() + " ..."
    return f"Passed over {where}: {numbered(rows)} ({shown!r})."
