"""Commands of the screening: the default data, reports, communities."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screening import report as reports
from screening import sheets, workbench
from screening.cli.console import (
    AssumptionOption,
    DataDir,
    SetOption,
    app,
    assumptions_of,
    err,
    out,
    print_table,
    progress,
)
from screening.errors import ScreeningError, UnknownNameError

__all__ = ["communities", "make_default", "network", "report"]

# What the command's help names; all columns are in the file.
_LISTED = ["id", "building_count", "heat_demand_mwh", "capacity_kw", "is_collective_supply", "area"]
# The division in two tables: in one, no line of a terminal of 80 columns would hold it.
_DIVIDED = [
    "id", "building_count", "heat_demand_mwh", "capacity_kw", "part_count", "left_out_count", "left_out_mwh",
    "pipe_m", "parts_pipe_m",
]  # fmt: skip
_YEARLY = "_dkk_per_year"


@app.command("make-default")
def make_default(data_dir: DataDir = Path("data"), force: Annotated[bool, typer.Option()] = False) -> None:
    """Write the default municipality, "Helsingør 2022 (replica)": synthetic data in the real file formats.

    Example: screening make-default
    """
    out.print(f"Synthetic data in {workbench.make_default(data_dir, overwrite=force)}", markup=False)


@app.command("report")
def report(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Areas, or a municipality (folder under data/raw) followed by areas."),
    ] = None,
    all_areas: Annotated[bool, typer.Option("--all", help="All areas of the municipality.")] = False,
    municipality: Annotated[str | None, typer.Option(help="Folder name under data/raw.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes on this machine.")] = 1,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler.")] = None,
    assumptions: AssumptionOption = None,
    changes: SetOption = None,
    language: Annotated[str, typer.Option(help="da or en.")] = "da",
    force: Annotated[bool, typer.Option(help="Render although nothing changed.")] = False,
    data_dir: DataDir = Path("data"),
    reports_dir: Annotated[Path, typer.Option(help="Where the reports go.")] = Path("reports"),
) -> None:
    """Render one report per area and the municipality's overview; only what changed is made again.

    Example: screening report --all --workers 2
    """
    slug, areas = _split_names(names or [], municipality, data_dir, all_areas=all_areas)
    chosen = assumptions_of(assumptions, changes, slug, data_dir)
    with progress() as bar:
        line = bar.add_task("screening", total=None)

        def start(count: int) -> None:
            bar.update(line, total=count, description="reports")

        def done(outcome: reports.Outcome) -> None:
            bar.advance(line)
            bar.console.print(
                f"{outcome.status:>9}  {outcome.area}  {outcome.detail}", markup=False, soft_wrap=True
            )

        outcomes = reports.make_reports(
            slug,
            None if all_areas else areas,
            data_dir=data_dir,
            reports_dir=reports_dir,
            assumptions=chosen,
            language=language,
            workers=workers,
            scheduler=scheduler,
            force=force,
            on_start=start,
            on_done=done,
        )
    failed = [o for o in outcomes if o.status == "failed"]
    out.print(f"Overview: {reports_dir / slug / 'index.html'}", markup=False)
    if failed:
        err.print(f"{len(failed)} of {len(outcomes)} reports failed:", markup=False)
        for outcome in failed:
            err.print(f"  {outcome.area}: {outcome.detail}", markup=False, soft_wrap=True)
        raise typer.Exit(1)


def _without_unit(column: str) -> str:
    return column.removesuffix(_YEARLY)


@app.command("communities")
def communities(
    municipality: Annotated[str, typer.Argument()] = workbench.DEFAULT_MUNICIPALITY,
    assumptions: AssumptionOption = None,
    changes: SetOption = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write .gpkg, .csv, .xlsx or .parquet.")
    ] = None,
    split: Annotated[
        bool,
        typer.Option("--split", help="Divide those above the limit; a .gpkg gets the parts too."),
    ] = False,
    data_dir: DataDir = Path("data"),
) -> None:
    """List the energy communities of a municipality: buildings, MWh, kW, over 250 kW.

    Example: screening communities helsingor-replica --split --out communities.gpkg
    """
    chosen = assumptions_of(assumptions, changes, municipality, data_dir)
    screening = workbench.run_screening(municipality, data_dir=data_dir, assumptions=chosen).screening
    found = screening.communities
    if out_file:
        layers = {"community_parts": screening.community_parts, "cut_links": screening.cut_links}
        sheets.write_table(found, out_file, layers if split else {})
        out.print(f"{len(found)} communities in {out_file}", markup=False)
    else:
        print_table(found[_LISTED], "Energy communities")
    if split:
        print_table(screening.splits[_DIVIDED], "Divided communities")
        cost = screening.splits.set_index("id").filter(like=_YEARLY).rename(columns=_without_unit)
        print_table(cost.reset_index(), "What their division costs, DKK a year")
        print_table(screening.community_parts.drop(columns="geometry").round(1), "Parts")
        for row in screening.splits[screening.splits["reason"] != ""].itertuples():
            out.print(f"Community {row.id}: {row.reason}.", markup=False)


@app.command("network")
def network(
    municipality: Annotated[str, typer.Argument()] = workbench.DEFAULT_MUNICIPALITY,
    area: Annotated[str | None, typer.Option(help="Only this area.")] = None,
    assumptions: AssumptionOption = None,
    changes: SetOption = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write every pipe to .gpkg, .csv, .xlsx or .parquet.")
    ] = None,
    data_dir: DataDir = Path("data"),
) -> None:
    """Lay the network of each area along its roads: metres, price and loss beside those by area.

    Example: screening network helsingor-replica --area Hellebæk --out network.gpkg
    """
    chosen = assumptions_of(assumptions, changes, municipality, data_dir)
    found, pipes = workbench.networks(municipality, area, data_dir=data_dir, assumptions=chosen)
    if out_file:
        sheets.write_table(pipes, out_file)
        out.print(f"{len(pipes)} pipes in {out_file}", markup=False)
        return
    shown = ["area", "customer_count", "reached_count", "street_m", "network_dkk", "area_network_dkk",
             "network_heat_loss_mwh", "is_viable", "area_is_viable"]  # fmt: skip
    print_table(found[shown], "Networks along the roads")


def _split_names(
    names: list[str], municipality: str | None, data_dir: Path, *, all_areas: bool
) -> tuple[str, list[str]]:
    """Part the municipality from the areas: the first name, where there is one of that name.

    With --all a name can only be the municipality's: a misspelled one must not render another's areas.
    """
    known = workbench.municipalities(data_dir)
    slug, areas = municipality or workbench.DEFAULT_MUNICIPALITY, names
    if municipality is None and names and (names[0] in known or all_areas or slug not in known):
        slug, areas = names[0], names[1:]
    if slug not in known:
        raise UnknownNameError(f"municipality under {data_dir / 'raw'}", slug, known)
    if all_areas and areas:
        raise ScreeningError(f"--all makes every area of {slug}; leave out --all or {', '.join(areas)}.")
    if not all_areas and not areas:
        raise ScreeningError("Name one or more areas, or give --all.")
    return slug, areas
