"""What every command of the shell shares: the application, its two outputs, options and tables."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from screening import assumptions as assumption_sets
from screening import workbench
from screening.errors import AssumptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = [
    "AssumptionOption",
    "DataDir",
    "SetOption",
    "app",
    "assumptions_of",
    "changed",
    "err",
    "out",
    "print_table",
    "progress",
]

app = typer.Typer(
    name="screening",
    help="Find out, town by town, whether oil- and gas-heated buildings can get collective green heat.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_ENDLESS = 10_000  # letters: a terminal in which every table fits
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

DataDir = Annotated[Path, typer.Option("--data-dir", help="The data folder.")]
AssumptionOption = Annotated[
    str | None, typer.Option("--assumptions", help="cowi-2022, dea-2026 or a YAML file of your own.")
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="Change one assumption: --set connection_rate_share=0.7.")
]


def assumptions_of(
    name: str | None, changes: list[str] | None, municipality: str, data_dir: Path
) -> Assumptions | None:
    """Load the set that the options name; None when they name none."""
    if name is None and not changes:
        return None
    return changed(assumption_sets.load(name or workbench.assumption_name(municipality, data_dir)), changes)


def changed(chosen: Assumptions, changes: list[str] | None) -> Assumptions:
    """Change assumptions by options of the form name=number."""
    values = {}
    for change in changes or []:
        key, sign, value = change.partition("=")
        try:
            values[key.strip()] = float(value)
        except ValueError:
            sign = ""
        if not sign:
            raise AssumptionError(f"--set {change}: write name=number, e.g. connection_rate_share=0.7")
    return chosen.replace(**values) if values else chosen


def print_table(table: pd.DataFrame, title: str) -> None:
    """Print a table; where it is too wide, the words of a header stand below each other.

    A value still too long for its column goes on below: nothing is cut off.
    """
    shown = _laid_out(table, title, " ")
    endless = out.options.update(max_width=_ENDLESS)
    if out.measure(shown, options=endless).maximum > out.width:
        shown = _laid_out(table, title, "\n")
    out.print(shown)


def _laid_out(table: pd.DataFrame, title: str, between_words: str) -> Table:
    headers = (str(column).replace("_", between_words) for column in table.columns)
    shown = Table(*(Column(header, overflow="fold") for header in headers), title=title)
    for row in table.itertuples(index=False):
        shown.add_row(*(f"{v:,.0f}" if isinstance(v, float) else str(v) for v in row))
    return shown


@contextmanager
def progress() -> Iterator[Progress]:
    """Show a bar of steps done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as bar:
        yield bar
