"""The tables of the page, as Markdown in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from screening.replication.compare import EXPLAINED_SHARE
from screening.replication.fit import fitted_lines
from screening.replication.published import quantities, words
from screening.replication.words import fill, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "all_numbers",
    "check_list",
    "gap_table",
    "line_table",
    "margin_note",
    "margin_table",
    "reading_note",
    "reading_table",
    "reason_table",
    "residual_table",
    "summary_table",
    "table_3_table",
    "unpublished_table",
]

_PRICE = "user_price_district_heating_dkk_per_year"
_PROJECT, _ALTERNATIVE = "npv_project_dkk", "npv_alternative_dkk"


def _say(name: str, language: str) -> str:
    """Word of the page, or the name itself where it needs none (areas, sizes)."""
    return words(language).get(name, name)


def _head(name: str, language: str) -> list[str]:
    return [column.strip() for column in words(language)[f"head_{name}"].split("|")]


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]], text_columns: int = 1) -> str:
    """Lay out a Markdown table, numbers to the right."""
    rule = ["---"] * text_columns + ["---:"] * (len(head) - text_columns)
    lines = [head, rule, *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |" for line in lines)


def _percent(share: float, language: str, sign: str = "+") -> str:
    return "" if pd.isna(share) else write(share, 1, language, is_percent=True, sign=sign)


def _thousand(amount_dkk: float, language: str) -> str:
    return "" if pd.isna(amount_dkk) else write(amount_dkk / 1e3, 0, language)


def _plain(number: float, language: str) -> str:
    return "" if pd.isna(number) else write(number, 0, language)


def summary_table(counts: pd.DataFrame, language: str) -> str:
    """Count the numbers by kind and verdict.

    Parameters
    ----------
    counts
        From ``summary``. [1]
    language
        "da" or "en".

    Returns
    -------
    str
        Markdown.
    """
    head = _head("summary", language)
    columns = ["number_count", "within", "outside", "input", "not_computed"]
    rows = [
        [_say(str(kind), language), *(str(int(row[column])) for column in columns)]
        for kind, row in counts.iterrows()
    ]
    return _rows(head, rows)


def table_3_table(table: pd.DataFrame, language: str) -> str:
    """Set table 3 beside what is computed, one row per area."""
    wide = table[table["quantity"].isin([_PRICE, _PROJECT, _ALTERNATIVE, "is_viable"])].pivot_table(
        index="area", columns="quantity", values=["published", "computed", "deviation_share"], sort=False
    )
    head = _head("table_3", language)
    rows = []
    for area, row in wide.iterrows():
        cells = [str(area)]
        for quantity in (_PRICE, _PROJECT, _ALTERNATIVE):
            form = _plain if quantity == _PRICE else _thousand
            cells += [form(row[source, quantity], language) for source in ("published", "computed")]
            cells.append(_percent(row["deviation_share", quantity], language))
        cells += ["Ja" if row[source, "is_viable"] else "Nej" for source in ("published", "computed")]
        rows.append(cells)
    return _rows(head, rows)


def margin_table(firm: pd.DataFrame, language: str) -> str:
    """Lay out ``margins``."""
    head = _head("margins", language)
    rows = [
        [
            str(area),
            "Ja" if row["is_viable_published"] else "Nej",
            _plain(row["user_margin_published_dkk_per_year"], language),
            _plain(row["user_margin_computed_dkk_per_year"], language),
            _say(row["nearest_published"], language),
            _thousand(row["society_margin_published_dkk"], language),
            _thousand(row["society_margin_computed_dkk"], language),
            _say("yes" if row["tips_within_deviation"] else "no", language),
        ]
        for area, row in firm.iterrows()
    ]
    return _rows(head, rows, 2)


def margin_note(firm: pd.DataFrame, language: str) -> str:
    """Name the conditions of which published and computed stand on different sides."""
    sides = {"user": "brugeren" if language == "da" else "user"}
    sides["society"] = "samfundet" if language == "da" else "society"
    apart = {told: firm.index[~firm[f"is_{side}_side_same"]] for side, told in sides.items()}
    told = "; ".join(f"{', '.join(areas)} ({side})" for side, areas in apart.items() if len(areas))
    return words(language)["head_apart" if told else "head_together"].format(told)


def reason_table(table: pd.DataFrame, language: str) -> str:
    """List every deviation above 2 % and all that is outside, with the reason in words."""
    needed = (table["deviation_share"].abs() > EXPLAINED_SHARE) | table["verdict"].isin(
        ["outside", "not_computed"]
    )
    kind = table["kind"].map({name: place for place, name in enumerate(("model", "arithmetic", "stated"))})
    size = table["deviation_share"].abs().fillna(0.0)
    order = table.assign(kind_order=kind, size=-size)[needed].sort_values(
        ["kind_order", "size"], kind="stable"
    )
    return _number_table(table.loc[order.index], language, with_reason=True)


def gap_table(found: pd.DataFrame, language: str) -> str:
    """Lay out ``gaps``."""
    head = _head("gaps", language)
    rows = [
        [
            str(area),
            _thousand(row["one_off_dkk"], language),
            _plain(row["one_off_dkk_per_customer"], language),
            write(row["area_km2"], 3, language),
            write(row["matching_area_km2"], 3, language),
            _plain(row["alternative_dkk_per_customer"], language),
        ]
        for area, row in found.iterrows()
    ]
    return _rows(head, rows)


def line_table(table: pd.DataFrame, language: str) -> str:
    """Show the lines through the published and through the computed net present costs."""
    wide = table[table["quantity"].isin([_PROJECT, _ALTERNATIVE])].pivot_table(
        index="area", columns="quantity", values="computed", sort=False
    )
    head = _head("lines", language)
    rows = []
    for source, lines in (("note", fitted_lines()), ("here", fitted_lines(wide))):
        shown = lines if source == "note" else lines[lines["left_out"] == ""]
        rows += [
            [
                _say(source, language),
                _say(row["side"], language),
                _say(row["weighting"], language),
                row["left_out"],
                *(_plain(row[n], language) for n in ("fixed_dkk", "dkk_per_customer", "dkk_per_mwh_year")),
                "" if pd.isna(row["dkk_per_km2"]) else write(row["dkk_per_km2"] / 1e6, 1, language),
            ]
            for _, row in shown.iterrows()
        ]
    return _rows(head, rows, 4)


def residual_table(language: str) -> str:
    """Show how far each published result lies from each line."""
    lines = fitted_lines()
    areas = list(lines.columns[7:])
    head = [*_head("residuals", language), *areas]
    rows = [
        [
            _say(row["side"], language),
            _say(row["weighting"], language),
            row["left_out"],
            *(_percent(row[area], language) for area in areas),
        ]
        for _, row in lines.iterrows()
    ]
    return _rows(head, rows, 3)


def reading_table(read: pd.DataFrame, language: str) -> str:
    """Lay out ``readings``."""
    head = _head("readings", language)
    rows = [
        [
            _say(str(name), language),
            _plain(row["user_price_gas_dkk_per_year"], language),
            _plain(row["user_price_heat_pump_dkk_per_year"], language),
            _percent(row["project_deviation_share"], language, ""),
            _percent(row["project_largest_share"], language),
            _percent(row["alternative_deviation_share"], language, ""),
            str(int(row["same_verdict_count"])),
        ]
        for name, row in read.iterrows()
    ]
    return _rows(head, rows)


def reading_note(read: pd.DataFrame, language: str) -> str:
    """Say which reading comes nearest in each of the two costs."""
    sides = ("project_deviation_share", "alternative_deviation_share")
    names = {f"name{i}": _say(str(read[side].idxmin()), language) for i, side in enumerate(sides)}
    shares = {f"share{i}": float(read[side].min()) for i, side in enumerate(sides)}
    danish = "Nærmest kommer for projektet: {name0} ({share0:%1}), for alternativet: {name1} ({share1:%1})."
    english = "Nearest for the project: {name0} ({share0:%1}), for the alternative: {name1} ({share1:%1})."
    return fill(danish if language == "da" else english, {**names, **shares}, language)


def check_list(checks: pd.DataFrame, language: str) -> str:
    """List the checks of the note against itself."""
    told = zip(checks[f"title_{language}"], checks[f"text_{language}"], strict=True)
    return "\n".join(f"- **{title if title.endswith('?') else title + '.'}** {text}" for title, text in told)


def unpublished_table(found: pd.DataFrame, language: str) -> str:
    """Lay out the areas without a published result."""
    head = _head("unpublished", language)
    rows = [
        [
            str(area),
            _plain(row["customer_count"], language),
            _plain(row[_PRICE], language),
            _thousand(row[_PROJECT], language),
            _thousand(row[_ALTERNATIVE], language),
            "Ja" if row["is_viable"] else "Nej",
        ]
        for area, row in found.iterrows()
    ]
    return _rows(head, rows)


def all_numbers(table: pd.DataFrame, language: str) -> str:
    """List every published number, folded away by chapter."""
    parts = []
    for chapter, rows in table.groupby("chapter", sort=False):
        title = f"{_say(str(chapter), language)}: {len(rows)}"
        parts.append(f"<details><summary>{title}</summary>\n\n{_number_table(rows, language)}\n\n</details>")
    return "\n\n".join(parts)


def _number_table(table: pd.DataFrame, language: str, *, with_reason: bool = False) -> str:
    head = _head("numbers", language)
    head[4] += f" ({_head('unit', language)[0]})"
    labels = quantities()[f"label_{language}"]
    rows = []
    for _, row in table.iterrows():
        size = _decimals(row)
        numbers = [
            "" if pd.isna(row[name]) else write(row[name], size, language, sign=sign)
            for name, sign in (("published", ""), ("computed", ""), ("deviation", "+"))
        ]
        tolerance = row["tolerance"]
        exact = next((n for n in range(size, 4) if round(tolerance, n) == tolerance), size)
        room = "" if tolerance == 0 else write(tolerance, exact, language)
        unit = "" if row["unit"] == "1" else f" {row['unit']}"
        star = "*" if row["is_inferred"] else ""
        share = _percent(row["deviation_share"], language)
        cells = [labels[row["quantity"]] + star, _say(row["area"], language), _say(row["kind"], language)]
        cells += [_say(row["verdict"], language), numbers[0] + unit, *numbers[1:], share, room]
        rows.append(cells + ([row[f"reason_{language}"]] if with_reason else []))
    if with_reason:
        return _with_reasons([*head, _head("reason", language)[0]], rows)
    return _rows(head, rows, 4)


def _with_reasons(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = _rows(head, rows, 4).splitlines()
    lines[1] = lines[1].removesuffix("---: |") + "--- |"
    return "\n".join(lines)


def _decimals(row: pd.Series) -> int:
    """Digits that show the number as the note prints it, and a small deviation too."""
    quantity, number = row["quantity"], abs(row["published"])
    if quantity.endswith(("_count", "_years")) or quantity.startswith("is_"):
        return 0
    if quantity.endswith(("_share", "_rate")):
        return 3
    return 0 if number >= 1000 else 1 if number >= 10 else 2
