"""Screening a table of key figures that somebody typed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from screening import assumptions as assumption_sets
from screening import economics, sheets
from screening.assumptions import Assumptions
from screening.errors import InputFileError, TableError

__all__ = ["TypedScreening", "economics_table", "screen_typed_table"]


_CONNECTION = "connection_rate_share"


@dataclass(frozen=True)
class TypedScreening:
    """The answer for a typed table, and what it rests on.

    Parameters
    ----------
    economics
        ECONOMICS and its further columns, index area.
    inputs
        The figures used, index area; ``derived_inputs`` names those that were not typed.
    notes
        How the table was read: what was passed over, derived or is worth a look.
    assumed
        What was assumed where the table says nothing.
    origin
        Separator and encoding, or the sheet.
    doubt
        Index area: what ``economics.uncertainty`` gives, and ``break_even_connection_share``, the share of
        the customers at which the verdict turns, with ``break_even_connection_direction`` ("at_least",
        "at_most", "none"); without columns where no draws were asked for.
    """

    economics: pd.DataFrame
    inputs: pd.DataFrame
    notes: list[str]
    assumed: list[str]
    origin: str
    doubt: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """Give one table: area, the figures used, then all results."""
        own = [column for column in self.economics if column not in self.inputs]
        return self.inputs.join(self.economics[own]).join(self.doubt).reset_index()


def screen_typed_table(
    path: str | Path,
    assumptions: str | Path | Assumptions = "cowi-2022",
    *,
    sheet: str | None = None,
    draw_count: int = 0,
    seed: int = economics.SEED,
) -> TypedScreening:
    """Screen a table of key figures typed in by hand.

    Parameters
    ----------
    path
        .csv or .xlsx as people type it: docs/hand-typed-table.md.
    assumptions
        Set, file or loaded set.
    sheet
        Sheet of the workbook; by default the first.
    draw_count
        Draws of the doubtful assumptions; 0 leaves the doubt out. [1]
    seed
        The same seed gives the same draws. [1]

    Returns
    -------
    TypedScreening
        Result, inputs and everything that is to be told about them.

    Raises
    ------
    InputFileError, TableError
        Naming all faults with rows and headers as in the spreadsheet.
    """
    chosen = assumptions if isinstance(assumptions, Assumptions) else assumption_sets.load(assumptions)
    typed = sheets.read_typed_table(path, chosen, sheet=sheet)
    try:
        result = economics.screen_areas(typed.key_figures, chosen)
        doubt = _doubt(typed.key_figures, chosen, draw_count, seed)
    except TableError as error:
        raise InputFileError(f"{Path(path)}: {error}") from error
    assumed = _assumed(typed.inputs, chosen)
    return TypedScreening(result, typed.inputs, typed.notes, assumed, typed.origin, doubt)


def economics_table(path: str | Path, assumptions: str | Path | Assumptions = "cowi-2022") -> pd.DataFrame:
    """Screen a table of key figures typed in by hand, giving the result alone.

    Parameters
    ----------
    path
        .csv or .xlsx: docs/hand-typed-table.md.
    assumptions
        Set, file or loaded set.

    Returns
    -------
    pandas.DataFrame
        ECONOMICS, index area.

    Raises
    ------
    InputFileError, TableError
        Naming all faults with rows and headers as in the spreadsheet.
    """
    return screen_typed_table(path, assumptions).economics


def _doubt(key_figures: pd.DataFrame, chosen: Assumptions, draw_count: int, seed: int) -> pd.DataFrame:
    """Tell how probable a yes is, and the connection at which it turns."""
    if not draw_count:
        return pd.DataFrame(index=pd.Index(key_figures["area"]))
    drawn = economics.uncertainty(key_figures, chosen, draw_count=draw_count, seed=seed)
    turns = economics.break_even(key_figures, chosen, (_CONNECTION,)).set_index("area")
    turns = turns[["value", "direction"]].set_axis(
        ["break_even_connection_share", "break_even_connection_direction"], axis=1
    )
    return drawn.join(turns)


def _assumed(inputs: pd.DataFrame, a: Assumptions) -> list[str]:
    """Say what stands for the optional figures that are missing, in all areas or in some."""
    m2_per_mwh = a.standard_consumer_area_m2 / a.standard_consumer_heat_mwh
    told = _unused_network(inputs, a)
    told += [f"{a.connection_rate_share:.0%} of the oil and gas buildings connect (connection_rate_share)."]
    for columns, text in (
        (
            ("oil_count", "gas_count"),
            f"{a.oil_customer_share:.0%} of the oil and gas buildings burn oil (oil_customer_share)",
        ),
        (("business_count",), "no customer is a business"),
        (("public_count",), "no customer is a public building"),
        (
            ("heated_area_m2",),
            f"{m2_per_mwh:.1f} m2 heated area per MWh, as the standard consumer",
        ),
    ):
        given = inputs.reindex(columns=list(columns)).notna().any(axis=1)
        if not given.any():
            told.append(f"{text[0].upper()}{text[1:]}.")
        elif not given.all():
            names = [str(name) for name in inputs.index[~given]]
            rest = f" and {len(names) - 5} more" if len(names) > 5 else ""
            told.append(f"{text[0].upper()}{text[1:]}: in {', '.join(names[:5])}{rest}.")
    return told


def _unused_network(inputs: pd.DataFrame, a: Assumptions) -> list[str]:
    """Name what was typed of the network though the set goes another way."""
    by_trench, by_pipes = bool(a.is_network_by_trench), bool(a.is_network_by_pipes)
    used = "trench_m" if by_trench else "network_dkk" if by_pipes else "the area's size"
    ways = {
        "trench_m": (by_trench, "is_network_by_trench"),
        "network_dkk": (by_pipes, "is_network_by_pipes"),
        "network_heat_loss_mwh": (by_pipes, "is_network_by_pipes"),
    }
    return [
        f"The network goes by {used}, not by {column} ({flag})."
        for column, (is_used, flag) in ways.items()
        if not is_used and column in inputs and inputs[column].notna().any()
    ]
