"""Commands for the whole country: communities and heat density of all municipalities in the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from screening import assumptions as assumption_sets
from screening import sheets, workbench
from screening.cli.console import AssumptionOption, DataDir, SetOption, app, changed, out
from screening.communities import Tiling

__all__ = ["national_communities"]

_KM = 1000.0
_SHOWN = 10
_COUNTS = {
    "building_count": "buildings, each counted once",
    "oil_gas_count": "with oil or gas",
    "selected_count": "of a use that may form a community",
    "demand_unknown_count": "left out: demand unknown",
    "moved_count": "not counted: in a newer file of another municipality",
    "outline_estimated_count": "measured by an estimated square, not an outline",
    "in_community_count": "in a community",
    "heated_unknown_count": "individually heated, demand unknown: not in the density grid",
}


@app.command("national-communities")
def national_communities(
    outlines: Annotated[
        Path | None,
        typer.Option(help="Building outlines: GeoPackage or GeoParquet of the country, or a folder."),
    ] = None,
    municipality_code: Annotated[
        list[str] | None, typer.Option(help="Four digits; again for more. All in the store when left out.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes on this machine.")] = 2,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler.")] = None,
    tile_km: Annotated[float, typer.Option(help="Side of a tile: smaller takes less memory.")] = 10.0,
    cell_m: Annotated[float, typer.Option(help="Side of a cell of the density grid.")] = 100.0,
    assumptions: AssumptionOption = None,
    changes: SetOption = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write the communities: .gpkg, .csv, .xlsx or .parquet.")
    ] = None,
    data_dir: DataDir = Path("data"),
) -> None:
    """Find the energy communities of the whole country, also across municipal borders, and the heat density.

    Takes the municipalities that store-register has kept. A run that was ended goes on where it was.

    Example: screening national-communities --outlines bygning.gpkg --out communities.gpkg
    """
    chosen = changed(assumption_sets.load(*([assumptions] if assumptions else [])), changes)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as bar:
        lines = [bar.add_task("begin", total=0)]

        def stage(name: str, count: int) -> None:
            bar.stop_task(lines[-1])
            lines.append(bar.add_task(name, total=count or None))

        run = workbench.national_communities(
            data_dir=data_dir,
            outlines=outlines,
            assumptions=chosen,
            codes=municipality_code or None,
            tiling=Tiling(tile_km * _KM),
            cell_m=cell_m,
            workers=workers,
            scheduler=scheduler,
            on_stage=stage,
            on_done=lambda: bar.advance(lines[-1]),
            on_rows=lambda count: bar.update(lines[-1], completed=count),
        )
    _print_run(run)
    if out_file:
        sheets.write_table(run.communities, out_file)
        out.print(f"{len(run.communities):,} communities in {out_file}", markup=False, soft_wrap=True)


def _print_run(run: workbench.NationalRun) -> None:
    """Print what was counted, and the largest communities."""
    totals = run.municipalities.sum()
    table = Table("what was counted", "buildings", title=f"{len(run.municipalities)} municipalities")
    for name, told in _COUNTS.items():
        table.add_row(told, f"{int(totals[name]):,}")
    out.print(table)
    found = run.communities
    across = found["municipality_codes"].str.contains(",")
    out.print(
        f"{len(found):,} communities, {int(across.sum()):,} of them in several municipalities,"
        f" {int(found['is_collective_supply'].sum()):,} above the limit of collective supply.",
        markup=False,
        soft_wrap=True,
    )
    largest = Table("id", "buildings", "MWh/year", "kW", "municipalities", title="The largest")
    for row in found.head(_SHOWN).itertuples():
        largest.add_row(
            str(row.id),
            f"{row.building_count:,}",
            f"{row.heat_demand_mwh:,.0f}",
            f"{row.capacity_kw:,.0f}",
            row.municipality_codes,
        )
    if len(found):
        out.print(largest)
    out.print(f"Files in {run.folder}", markup=False, soft_wrap=True)
