"""The command that screens a table typed in by hand."""

from __future__ import annotations

import math
from pathlib import Path  # noqa: TC003  typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from screening import assumptions as assumption_sets
from screening import sheets, workbench
from screening.cli.console import SetOption, app, changed, out
from screening.economics import DRAW_COUNT, SEED
from screening.errors import ScreeningError

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = ["economics"]

_WHY = {
    "viable": "",
    "viable_join_neighbour": "Ja, but fewer customers than advised; join with a neighbouring area",
    "too_few_customers": "Nej, too few customers (the same town with as many as advised would do)",
    "user_too_expensive": "Nej, dearer for the customer than the cheapest alternative",
    "society_worse": "Nej, dearer for society than heat pumps",
    "no_oil_gas": "Nej, no oil or gas buildings",
    "no_heat_demand": "Nej, no heat demand given",
}
_LOCAL = "user_price_district_heating_dkk_per_year"
_PRICES = {
    "user_price_heat_pump_dkk_per_year": "heat pump",
    "user_price_gas_dkk_per_year": "gas boiler",
}
_WORTH_TELLING_SHARE = 0.01
_AREA_WIDTH = 10  # letters, more where the terminal is wide
_READ_ME = (
    "Local heating: DKK/year of the standard consumer, with VAT. Society: net present cost, million DKK.",
    "Anlægsbidrag: DKK per customer, without VAT, so that the company balances.",
    "Least connection: share of the customers with whom it balances without anlægsbidrag.",
)


@app.command("economics")
def economics(
    table: Annotated[Path | None, typer.Argument(help=".csv or .xlsx, a row per area.")] = None,
    assumptions: Annotated[str, typer.Option(help="cowi-2022, dea-2026 or a YAML file.")] = "cowi-2022",
    changes: SetOption = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write all columns to .csv, .xlsx or .parquet.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of the workbook; by default the first.")] = None,
    danish: Annotated[
        bool, typer.Option("--danish", help="Write .csv with semicolons and decimal commas.")
    ] = False,
    draws: Annotated[
        int, typer.Option(min=0, max=100_000, help="Draws of the doubtful assumptions; 0 for none.")
    ] = DRAW_COUNT,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same draws.")] = SEED,
    example: Annotated[
        bool, typer.Option("--example", help="Give a published table to start from, with --out as a file.")
    ] = False,
) -> None:
    """Screen a table of key figures typed in by hand: company, user, society, verdict.

    Needed: the area's name, its oil and gas buildings (n_og), their heat (MWh_og), and the area's size
    (areal (ha), km2 or m2) or heat density (tæthed). Headers may be Danish or English; the rest is derived
    or optional, see docs/hand-typed-table.md.

    To start from a published table: screening economics --example --out table1.csv

    Example: screening economics table1.csv --assumptions cowi-2022 --out result.csv
    """
    if example:
        _give_example(table, out_file, danish=danish)
        return
    if table is None:
        raise ScreeningError(
            "Name a table, e.g. screening economics table1.csv; for one to start from:"
            " screening economics --example"
        )
    if out_file is not None and out_file.resolve() == table.resolve():
        raise ScreeningError(f"--out {out_file} is the table itself; give the result another name.")
    chosen = changed(assumption_sets.load(assumptions), changes)
    found = workbench.screen_typed_table(table, chosen, sheet=sheet, draw_count=draws, seed=seed)
    if out_file:
        sheets.write_table(found.table(), out_file, danish=danish)
    _show(found, chosen, table, _chances(found.doubt, draws, seed))
    if out_file:
        out.print(f"{len(found.economics)} areas in {out_file}", markup=False, soft_wrap=True)


def _give_example(table: Path | None, out_file: Path | None, *, danish: bool) -> None:
    if table is not None:
        raise ScreeningError("--example takes no table; to write it to a file: --example --out table1.csv")
    if out_file is None:
        typer.echo(sheets.example_text(danish=danish), nl=False)
        return
    out.print(f"Example in {sheets.write_example(out_file, danish=danish)}", markup=False, soft_wrap=True)


def _show(found: workbench.TypedScreening, chosen: Assumptions, path: Path, chances: list[str]) -> None:
    result = found.economics
    others = {name: title for name, title in _PRICES.items() if result[name].max() == result[name].min()}
    columns = {
        "Ja/Nej": result["is_viable"].map({True: "Ja", False: "Nej"}),
        "customers": _whole(result["customer_count"]),
        "local heating": _whole(result[_LOCAL]),
        **{title: _whole(result[name]) for name, title in _PRICES.items() if name not in others},
        "society local": _millions(result["npv_project_dkk"]),
        "society pumps": _millions(result["npv_alternative_dkk"]),
        "anlægs-bidrag": _whole(result["anlaegsbidrag_dkk"]),
        "least connec-tion": _least(result),
    }
    table = Table(
        title=f"{path.name}, {chosen.name}", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False
    )
    table.add_column("area", overflow="fold", min_width=_AREA_WIDTH)
    for title in columns:
        table.add_column(title.replace("-", "-\n").replace(" ", "\n"), justify="right", no_wrap=True)
    for area, *values in zip(result.index, *columns.values(), strict=True):
        table.add_row(escape(str(area)), *values)
    out.print(table)
    told = [
        f"{title} {result[name].max():,.0f}" for name, title in others.items() if result[name].notna().any()
    ]
    lines = [f"In every area: {', '.join(told)} DKK/year."] if told else []
    lines += [*_READ_ME, "", *_reasons(result), "", *chances, f"Read: {found.origin}."]
    lines += [f"  {note}" for note in found.notes]
    lines += [
        "Assumed (--set NAME=NUMBER, or a column in the table, says otherwise):",
        *(f"  {text}" for text in found.assumed),
    ]
    for line in lines:
        out.print(line, markup=False, soft_wrap=True)


def _reasons(result: pd.DataFrame) -> list[str]:
    """Write a line per reason with its areas, as far as the verdict alone does not tell."""
    told = []
    for advice, text in _WHY.items():
        areas = [str(area) for area in result.index[result["advice"].eq(advice)]]
        if text and areas:
            told.append(f"{text}: {', '.join(areas)}.")
    return told


def _chances(doubt: pd.DataFrame, draws: int, seed: int) -> list[str]:
    """Write a line per area: the chance of Ja, and the connection at which the verdict turns."""
    if doubt.empty or not draws:
        return []
    told = [f"Chance of Ja when the doubtful assumptions vary ({draws:,} draws, seed {seed}; docs/doubt.md):"]
    unlikely = doubt["viable_probability_share"] < _WORTH_TELLING_SHARE
    shown = doubt[~unlikely].sort_values("viable_probability_share", ascending=False, kind="stable")
    for area, row in shown.iterrows():
        told.append(
            f"  {row['viable_probability_share']:4.0%} {area} (the customer"
            f" {row['user_cheaper_probability_share']:.0%}, society"
            f" {row['society_better_probability_share']:.0%}){_turn(row)}"
        )
    if unlikely.any():
        told.append(f"   <{_WORTH_TELLING_SHARE:.0%} {', '.join(map(str, doubt.index[unlikely]))}")
    return [*told, ""]


def _turn(row: pd.Series) -> str:
    share, direction = row["break_even_connection_share"], row["break_even_connection_direction"]
    if direction == "at_least":
        return f"; Ja if at least {math.ceil(100 * share - 1e-6)}% connect"
    return f"; Ja if at most {math.floor(100 * share + 1e-6)}% connect" if direction == "at_most" else ""


def _whole(numbers: pd.Series) -> pd.Series:
    return numbers.map(lambda number: f"{number:,.0f}", na_action="ignore").fillna("-")


def _millions(numbers: pd.Series) -> pd.Series:
    return numbers.map(lambda number: f"{number / 1e6:,.1f}", na_action="ignore").fillna("-")


def _least(result: pd.DataFrame) -> pd.Series:
    share = result["minimum_connection_share"].map("{:.0%}".format, na_action="ignore")
    return share.where(result["customer_count"].eq(0) | share.notna(), ">100%").fillna("-")
