"""Commands of the areas: find the towns of a municipality without polygons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening import sheets, workbench
from screening.cli.console import (
    AssumptionOption,
    DataDir,
    SetOption,
    app,
    assumptions_of,
    out,
    print_table,
)

if TYPE_CHECKING:
    from screening.areas import Survey

__all__ = ["areas"]


@app.command("areas")
def areas(
    municipality: Annotated[str, typer.Argument(help="Folder name under data/raw.")],
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write .gpkg, .csv, .xlsx or .parquet.")
    ] = None,
    method: Annotated[str | None, typer.Option(help="triangles, circles or density.")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Show all methods side by side.")] = False,
    places: Annotated[Path | None, typer.Option(help="Points or polygons with place names.")] = None,
    names_from: Annotated[Path | None, typer.Option(help="Areas of before, to keep the names.")] = None,
    assumptions: AssumptionOption = None,
    changes: SetOption = None,
    data_dir: DataDir = Path("data"),
) -> None:
    """Find towns, parts of large towns and clusters from the buildings alone, to open, correct and give back.

    Example: screening areas min-kommune --out areas.gpkg

    Correct the polygons in QGIS and give them back:
    screening import-register data/raw/min-kommune --areas areas.gpkg
    """
    chosen = assumptions_of(assumptions, changes, municipality, data_dir)
    if compare:
        table = workbench.compare_area_methods(municipality, data_dir=data_dir, assumptions=chosen)
        shown = table.set_index("method").map("{:,.1f}".format).T.reset_index(names="")
        print_table(shown, "What each method finds")
        return
    found = workbench.find_areas(
        municipality,
        data_dir=data_dir,
        assumptions=chosen,
        method=method,
        places=places,
        earlier=names_from,
    )
    if out_file:
        sheets.write_table(found.areas, out_file)
        out.print(f"{len(found.areas)} areas in {out_file}", markup=False, soft_wrap=True)
    else:
        print_table(found.areas.drop(columns=["geometry", "method"]), "Areas found")
    out.print(_told(found), markup=False, soft_wrap=True)
    if out_file and len(found.areas) and out_file.suffix in {".gpkg", ".parquet"}:
        out.print(
            f"Give them back: screening import-register {data_dir / 'raw' / municipality} --areas {out_file}",
            markup=False,
            soft_wrap=True,
        )


def _told(found: Survey) -> str:
    left = found.left_out
    return (
        f"{found.areas['building_count'].sum():,} of {len(found.home):,} oil and gas buildings;"
        f" {left['building_count'].sum():,} with {left['heat_demand_mwh'].sum():,.0f} MWh a year lie apart or"
        " too thinly."
    )
