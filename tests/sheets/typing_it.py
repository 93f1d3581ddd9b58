"""The published table 1, and ways in which people type it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import openpyxl

if TYPE_CHECKING:
    from pathlib import Path

# area, buildings individual, oil/gas, MWh individual, oil/gas, kWh/m2, oil/gas per cent, heat pumps, per cent
TABLE_1 = [
    ("Havreholm", 15, 9, 492, 303, "10.3", 62, 3, 20),
    ("Hellebæk", 246, 191, 6982, 5884, "18.0", 84, 10, 4),
    ("Horserød", 7, 5, 433, 187, "5.5", 43, 1, 14),
    ("Kvistgård1", 179, 142, 3990, 3337, "15.2", 84, 18, 10),
    ("Kvistgård2", 71, 61, 6892, 6440, "17.6", 93, 1, 1),
    ("Kvistgård3", 124, 104, 2123, 1791, "11.1", 84, 9, 7),
    ("Kvistgård4", 63, 58, 5671, 5505, "17.9", 97, 1, 2),
    ("Langesø", 5, 4, 102, 89, "2.9", 88, 1, 20),
    ("Nygård", 49, 32, 1149, 899, "13.7", 78, 8, 16),
    ("Saunte", 86, 62, 2389, 1930, "11.5", 81, 7, 8),
    ("Skibstrup", 11, 10, 359, 352, "15.1", 98, 0, 0),
    ("Stenstrup", 240, 53, 3264, 782, "2.5", 24, 101, 42),
    ("Ålsgårde1", 473, 368, 8675, 7099, "12.2", 82, 44, 9),
    ("Ålsgårde2", 768, 613, 15750, 13419, "14.6", 85, 54, 7),
    ("Ålsgårde3", 175, 128, 3836, 2886, "10.4", 75, 21, 12),
]
# Table 3: the eight areas that the note judges.
VERDICTS = {
    "Havreholm": False,
    "Hellebæk": True,
    "Kvistgård1": True,
    "Kvistgård2": True,
    "Langesø": False,
    "Nygård": False,
    "Stenstrup": False,
    "Ålsgårde3": True,
}
PUBLISHED = ["area", "n_ind", "n_og", "MWh_ind", "MWh_og", "density (kWh/m2)", "og share", "hp", "hp share"]
DANISH = [
    "Område",
    "Individuelt opvarmede bygninger",
    "Bygninger med olie- og gasfyr",
    "Varmebehov individuelle (MWh/år)",
    "Varmebehov olie/gas (MWh/år)",
    "Varmetæthed (kWh/m²)",
    "Olie/gas-andel",
    "Antal varmepumper",
    "Varmepumpeandel",
]
OWN = [
    "area",
    "individual_count",
    "oil_gas_count",
    "individual_heat_mwh",
    "oil_gas_heat_mwh",
    "density_kwh_per_m2",
    "oil_gas_share",
    "heat_pump_count",
    "heat_pump_share",
]
ENGLISH = [
    "Area name",
    "Number of individually heated buildings",
    "Buildings with oil or gas",
    "Heat demand individual [MWh per year]",
    "Heat demand oil/gas [MWh per year]",
    "Heat density",
    "Share of oil and gas",
    "Heat pumps",
    "Heat pump share",
]


@dataclass(frozen=True)
class Way:
    """One way of typing the table."""

    headers: list[str] = field(default_factory=lambda: PUBLISHED)
    separator: str = ","
    decimal: str = "."
    thousands: str = ""
    share: str = "{}%"  # of the per cent; "fraction" for 0.62
    heat_factor: int = 1
    encoding: str = "utf-8"
    line_end: str = "\n"
    quoting: int = csv.QUOTE_MINIMAL
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    blank_after: int = 0  # a blank line below this many areas
    unit_row: tuple[str, ...] = ()
    columns: tuple[int, ...] = tuple(range(9))
    extra: tuple[str, str] | None = None  # header and value of a further column
    rows: tuple[int, ...] = tuple(range(15))

    def number(self, value: int) -> str:
        return f"{value:,}".replace(",", self.thousands)

    def record(self, row: tuple) -> list[str]:
        area, n_ind, n_og, mwh_ind, mwh_og, density, og, pumps, hp = row
        cells = [area, *(self.number(n) for n in (n_ind, n_og))]
        cells += [self.number(n * self.heat_factor) for n in (mwh_ind, mwh_og)]
        cells += [density.replace(".", self.decimal), self.percent(og), str(pumps), self.percent(hp)]
        return [cells[c] for c in self.columns] + ([self.extra[1]] if self.extra else [])

    def percent(self, value: int) -> str:
        if self.share == "fraction":
            return f"{value / 100:.2f}".replace(".", self.decimal)
        return self.share.format(value)

    def text(self) -> str:
        records = [[self.headers[c] for c in self.columns] + ([self.extra[0]] if self.extra else [])]
        records += [list(self.unit_row)] if self.unit_row else []
        records += [self.record(TABLE_1[row]) for row in self.rows]
        body = io.StringIO(newline="")
        writer = csv.writer(body, delimiter=self.separator, quoting=self.quoting, lineterminator="\n")
        writer.writerows(records)
        lines = body.getvalue().splitlines()
        if self.blank_after:
            lines[self.blank_after + 1 : self.blank_after + 1] = ["", self.separator * (len(records[0]) - 1)]
        return self.line_end.join([*self.before, *lines, *self.after]) + self.line_end

    def write(self, path: Path) -> Path:
        path.write_bytes(self.text().encode(self.encoding))
        return path


@dataclass(frozen=True)
class Workbook:
    """One way of typing the table into a workbook."""

    headers: list[str] = field(default_factory=lambda: PUBLISHED)
    is_percent: bool = False  # cells formatted as per cent
    is_text: bool = False  # everything as text with decimal commas
    sheet: str | None = None  # behind a front page
    corner: tuple[int, int] = (1, 1)
    title: str = ""
    is_formula: bool = False  # a total row that sums up

    def write(self, path: Path) -> Path:
        book = openpyxl.Workbook()
        page = book.active
        if self.sheet:
            page["A1"] = "Forside"
            page = book.create_sheet(self.sheet)
        top, left = self.corner
        if self.title:
            page.cell(1, left, self.title)
        for place, header in enumerate(self.headers):
            page.cell(top, left + place, header)
        for down, row in enumerate(TABLE_1, start=1):
            self._row(page, top + down, left, row)
        book.save(path)
        return path

    def _row(self, page, number: int, left: int, row: tuple) -> None:
        area, *numbers = row
        values = [float(v) if isinstance(v, str) else v for v in numbers]
        values[5], values[7] = values[5] / 100, values[7] / 100
        page.cell(number, left, area)
        for place, value in enumerate(values, start=1):
            cell = page.cell(number, left + place, value)
            if self.is_text:
                cell.value = f"{value}".replace(".", ",")
            if self.is_percent and place in {6, 8}:
                cell.number_format = "0%"


SEMICOLON = {"separator": ";", "decimal": ","}
WAYS = {
    "as published": Way(),
    "Danish spreadsheet": Way(**SEMICOLON),
    "tabs": Way(separator="\t"),
    "tabs, decimal comma": Way(separator="\t", decimal=","),
    "Unicode text": Way(separator="\t", decimal=",", encoding="utf-16"),
    "Windows letters": Way(**SEMICOLON, encoding="cp1252"),
    "byte order mark": Way(**SEMICOLON, encoding="utf-8-sig"),
    "points for thousands": Way(**SEMICOLON, thousands="."),
    "spaces for thousands": Way(**SEMICOLON, thousands=" "),
    "hard spaces for thousands": Way(**SEMICOLON, thousands="\u00a0"),
    "commas for thousands": Way(separator=";", thousands=","),
    "commas for thousands, quoted": Way(thousands=","),
    "decimal commas, quoted": Way(decimal=",", quoting=csv.QUOTE_ALL),
    "fractions": Way(share="fraction"),
    "fractions with commas": Way(**SEMICOLON, share="fraction"),
    "percent with a space": Way(**SEMICOLON, share="{} %"),
    "percent in the header": Way(
        headers=[*PUBLISHED[:6], "Olie/gas-andel (%)", "hp", "VP andel i pct."], share="{}"
    ),
    "Danish headers": Way(headers=DANISH, **SEMICOLON),
    "English headers": Way(headers=ENGLISH),
    "own headers": Way(headers=OWN, share="fraction"),
    "capitals": Way(headers=[h.upper() for h in PUBLISHED]),
    "spaces about everything": Way(headers=[f"  {h} " for h in DANISH], **SEMICOLON, share=" {} % "),
    "title above": Way(before=("Tabel 1. Nøgletal for områderne", "")),
    "total and source below": Way(
        **SEMICOLON, after=("", "I alt;2512;1840;62107;50903;;;;", "Kilde: COWI 2022;;;;;;;;")
    ),
    "total of the municipality": Way(
        **SEMICOLON, thousands=".", after=("Helsingør Kommune i alt;2.512;1.840;62.107;50.903;;;;",)
    ),
    "blank lines between": Way(blank_after=4),
    "Windows line ends": Way(line_end="\r\n"),
    "old Mac line ends": Way(line_end="\r"),
    "line that names the separator": Way(**SEMICOLON, before=("sep=;",)),
    "remarks": Way(extra=("Bemærkninger", "se notat")),
    "empty columns at the right": Way(**SEMICOLON, extra=("", "")),
    "units in a row of their own": Way(
        headers=["Område", "ind.", "olie/gas", "ind.", "olie/gas", "tæthed", "og", "hp", "hp"],
        unit_row=("", "stk.", "stk.", "MWh/år", "MWh/år", "kWh/m²", "%", "stk.", "%"),
        share="{}",
        **SEMICOLON,
    ),
    "kWh said in the header": Way(
        headers=[h.replace("MWh/år", "kWh/år") for h in DANISH], heat_factor=1000, **SEMICOLON
    ),
    "kWh with points for thousands": Way(
        headers=[h.replace("MWh/år", "kWh/år") for h in DANISH], heat_factor=1000, thousands=".", **SEMICOLON
    ),
    "only what is needed": Way(columns=(0, 2, 4, 5)),
    "columns from the right": Way(columns=tuple(reversed(range(9)))),
    "workbook": Workbook(),
    "workbook with percentages": Workbook(is_percent=True),
    "workbook with text": Workbook(headers=DANISH, is_text=True),
    "workbook, second sheet": Workbook(sheet="Nøgletal"),
    "workbook, title and margin": Workbook(headers=DANISH, corner=(4, 3), title="Tabel 1", is_percent=True),
}
