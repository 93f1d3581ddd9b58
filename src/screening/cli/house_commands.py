"""The command that tells what one house would pay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from screening import workbench
from screening.cli.console import AssumptionOption, DataDir, SetOption, app, assumptions_of, out

if TYPE_CHECKING:
    from screening.workbench import HouseBill

__all__ = ["house"]

_NAMES = {
    "district_heating": "local heating",
    "heat_pump": "own heat pump",
    "gas": "gas boiler",
    "oil": "oil boiler",
}
_PLAIN = {"heat_pump": "heat pump", "gas": "gas boiler"}
_FILLED = {
    "area_m2": "The area was not given and is the standard consumer's for as much heat.",
    "heat_mwh": "The heat was not given and is the standard consumer's for as many m2.",
}


def _number(text: str) -> float:
    """Read a number with a decimal comma or point."""
    try:
        return float(str(text).strip().replace(",", "."))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no number; write e.g. 150 or 18,1") from None


@app.command("house")
def house(
    area: Annotated[str, typer.Argument(help="Name of the area.")],
    area_m2: Annotated[
        float | None, typer.Option("--area-m2", parser=_number, help="Heated area of the house.")
    ] = None,
    heat_mwh: Annotated[
        float | None, typer.Option("--heat-mwh", parser=_number, help="Heat that it uses in a year.")
    ] = None,
    municipality: Annotated[
        str, typer.Option(help="Folder name under data/raw.")
    ] = workbench.DEFAULT_MUNICIPALITY,
    assumptions: AssumptionOption = None,
    changes: SetOption = None,
    data_dir: DataDir = Path("data"),
) -> None:
    """Tell what a house would pay with local heating, an own heat pump, a gas or an oil boiler.

    Give the heated area, the heat of a year or both; what is missing is the standard consumer's.

    Example: screening house Ålsgårde3 --area-m2 150 --heat-mwh 20
    """
    chosen = assumptions_of(assumptions, changes, municipality, data_dir)
    found = workbench.house_bill(
        area, municipality, area_m2=area_m2, heat_mwh=heat_mwh, data_dir=data_dir, assumptions=chosen
    )
    _show(found)


def _show(found: HouseBill) -> None:
    size = f"{found.area_m2:,.0f} m2, {found.heat_mwh:,.1f} MWh a year"
    table = Table(
        title=f"A house in {escape(found.area)}, {escape(found.municipality)}: {size}",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    bills = found.bills
    whole = bills["total_dkk_per_year"].round()
    more = whole - whole["district_heating"]
    columns = {
        "energy\na year": bills["energy"],
        "fixed\na year": bills["fixed"],
        "invest-\nment": bills["investment"],
        "all\na year": whole,
        "all\na month": whole / 12,
        "year 1": bills["first_year_dkk"],
        f"today's\nvalue of\n{found.assumptions.horizon_years:g} years": bills["present_value_dkk"].round(-3),
    }
    table.add_column("DKK with VAT")
    for head in (*columns, "against\nlocal"):
        table.add_column(head, justify="right", no_wrap=True)
    told = [more.map("{:+,.0f}".format).mask(more.index == "district_heating", "")]
    texts = [*(amounts.map("{:,.0f}".format) for amounts in columns.values()), *told]
    for name, *cells in zip(bills.index, *texts, strict=True):
        table.add_row(_NAMES[str(name)], *cells)
    out.print(table)
    for line in _lines(found):
        out.print(line, markup=False, soft_wrap=True)


def _lines(found: HouseBill) -> list[str]:
    """Say what the table means, and what it is not."""
    sums = found.bills["total_dkk_per_year"].round()
    other = str(sums[["heat_pump", "gas"]].idxmin())
    saving, a = sums[other] - sums["district_heating"], found.assumptions
    answer = "cheapest" if saving > 0 else "not cheapest"
    side = "below" if saving > 0 else "above"
    contribution = f"{found.anlaegsbidrag_dkk:,.0f} DKK without VAT for every customer"
    loan = f"its yearly payment over {a.contribution_term_years:g} years at {a.user_rate:.1%} is in the bill"
    return [
        f"Local heating is {answer}: {abs(saving):,.0f} DKK a year {side} an individual {_PLAIN[other]}.",
        f"Anlægsbidrag: {contribution}; {loan}.",
        "A new oil boiler is, as a rule, not allowed where there is gas or district heating.",
        *([_FILLED[found.filled]] if found.filled else []),
        f"Assumptions: {a.name}. Fixed prices; the energy is the mean over the plant's life.",
        "This is a screening with shared assumptions, not an offer: a company sets its own prices.",
    ]
