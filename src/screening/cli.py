"""The shell: each command calls one function of workbench, report or register, and prints what it gives."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.request import getproxies

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)
from rich.table import Column, Table

from screening import assumptions as assumption_sets
from screening import register, sheets, workbench
from screening import report as reports
from screening.errors import AssumptionError, ScreeningError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = ["app", "main"]

app = typer.Typer(
    name="screening",
    help="Find out, town by town, whether oil- and gas-heated buildings can get collective green heat.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

FILE_SERVICE_URL = register.PUBLIC_URL

# What the shell shows of the screened areas; --out writes all columns under their own names.
_SHOWN = {
    "user_price_district_heating_dkk_per_year": "user local heating",
    "user_price_heat_pump_dkk_per_year": "user heat pump",
    "user_price_gas_dkk_per_year": "user gas",
    "npv_project_dkk": "society local heating",
    "npv_alternative_dkk": "society heat pumps",
    "is_viable": "viable",
    "advice": "advice",
}

DataDir = Annotated[Path, typer.Option("--data-dir", help="The data folder.")]
AssumptionOption = Annotated[
    str | None, typer.Option("--assumptions", help="cowi-2022, dea-2026 or a YAML file of your own.")
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="Change one assumption: --set connection_rate_share=0.7.")
]


def main() -> None:
    """Run the command line; an error that the user can mend is one line, not a traceback."""
    try:
        app()
    except ScreeningError as error:
        err.print(f"Error: {error}", markup=False, soft_wrap=True)
        sys.exit(2)
    except (
        OSError
    ) as error:  # a folder that may not be written, a full disk, a scheduler that does not answer
        told = f"{error.strerror}: {error.filename}" if error.strerror and error.filename else error
        err.print(f"Error: {told}", markup=False, soft_wrap=True)
        sys.exit(2)


@app.command("make-default")
def make_default(data_dir: DataDir = Path("data"), force: Annotated[bool, typer.Option()] = False) -> None:
    """Write the default municipality, "Helsingør 2022 (replica)": synthetic data in the real file formats.

    Example: screening make-default
    """
    out.print(f"Synthetic data in {workbench.make_default(data_dir, overwrite=force)}", markup=False)


@app.command("fetch-register")
def fetch_register(
    municipality_code: Annotated[str | None, typer.Option(help="Four digits, as 0217.")] = None,
    country: Annotated[bool, typer.Option("--country", help="The file of the whole country.")] = False,
    entity: Annotated[str, typer.Option(help="Bygning, Enhed or TekniskAnlaeg.")] = "Bygning",
    file_format: Annotated[str, typer.Option("--format", help="csv or json.")] = "csv",
    only_list: Annotated[bool, typer.Option("--list", help="Show what there is; fetch nothing.")] = False,
    key_file: Annotated[Path | None, typer.Option(help="File with the key.")] = None,
    data_dir: DataDir = Path("data"),
) -> None:
    """Fetch the newest building register of a municipality (Datafordeler Fildownload) to data/raw/bbr.

    The key comes from the environment variable DATAFORDELER_API_KEY or from --key-file, and is never shown.

    Example: screening fetch-register --municipality-code 0217
    """
    if municipality_code and country:
        raise ScreeningError("Give --municipality-code or --country, not both.")
    if not (municipality_code or country or only_list):
        raise ScreeningError("Give --municipality-code CODE (four digits), --country, or --list.")
    key = _key(key_file)
    connection = register.Connection(base_url=FILE_SERVICE_URL, proxies=getproxies())
    if only_list:
        _print_downloads(register.list_downloads(key, entity, connection), municipality_code, country=country)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=out) as bar:
        line = bar.add_task(f"{entity} {municipality_code or 'whole country'}", total=None)
        fetched = register.fetch_register(
            data_dir / "raw" / "bbr",
            key,
            municipality_code,
            entity,
            file_format,
            retrieved=datetime.now(UTC).isoformat(timespec="seconds"),
            connection=connection,
            on_progress=lambda done, total: bar.update(line, completed=done, total=total),
        )
    item = fetched.item
    out.print(
        f"{'Fetched' if fetched.is_new else 'There already'}: {fetched.path} (generation"
        f" {item.generation_number} of {item.generation_time}, checked by {register.check_told(item)})",
        markup=False,
        soft_wrap=True,
    )
    if municipality_code and item.entity == "Bygning":
        out.print(
            f'Next: screening import-register "{fetched.path}" --areas AREAS.gpkg --name NAME',
            markup=False,
            soft_wrap=True,
        )


@app.command("import-register")
def import_register(
    source: Annotated[
        str,
        typer.Argument(help="Folder with the files, the BBR building file, or postgresql://...?table=..."),
    ],
    municipality: Annotated[str | None, typer.Option(help="Folder name to use under data/.")] = None,
    name: Annotated[str | None, typer.Option(help="Name as readers see it.")] = None,
    buildings: Annotated[str | None, typer.Option(help="BBR building file or database table.")] = None,
    areas: Annotated[Path | None, typer.Option(help="Polygons of the towns.")] = None,
    outlines: Annotated[Path | None, typer.Option(help="Building outlines (GeoDanmark).")] = None,
    roads: Annotated[Path | None, typer.Option(help="Road centre lines (GeoDanmark).")] = None,
    supply_areas: Annotated[Path | None, typer.Option(help="District heating areas (Plandata).")] = None,
    measured_demand: Annotated[Path | None, typer.Option(help="CSV: building_id, heat_demand_mwh.")] = None,
    units: Annotated[Path | None, typer.Option(help="BBR Enhed.")] = None,
    installations: Annotated[Path | None, typer.Option(help="BBR TekniskAnlæg.")] = None,
    gas_areas: Annotated[Path | None, typer.Option(help="Areas with a gas network.")] = None,
    data_dir: DataDir = Path("data"),
) -> None:
    """Read and check a municipality's files; say what happened to every row of the register.

    Example: screening import-register ~/download/bbr --name "Greve"
    """
    is_table = buildings is not None and register.is_address(buildings)
    files = {
        "buildings": Path(buildings) if buildings and not is_table else None,
        "areas": areas,
        "outlines": outlines,
        "roads": roads,
        "supply_areas": supply_areas,
        "measured_demand": measured_demand,
        "units": units,
        "installations": installations,
        "gas_areas": gas_areas,
    }
    layers, slug = workbench.import_register(
        source,
        data_dir=data_dir,
        municipality=municipality,
        name=name,
        **{key: path.resolve() if path else None for key, path in files.items()}
        | ({"buildings": buildings} if is_table else {}),
    )
    table = Table("what happened", "rows", title=f"Register rows of {slug}")
    for outcome, count in layers.register_counts.items():
        table.add_row(str(outcome), f"{count:,}")
    out.print(table)
    repairs = layers.register_repairs[layers.register_repairs > 0]
    if len(repairs):
        mended = Table("repaired or missing in kept rows", "rows")
        for repair, count in repairs.items():
            mended.add_row(str(repair), f"{count:,}")
        out.print(mended)
    out.print(f"{len(layers.areas)} areas, {len(layers.buildings):,} buildings in data/processed/{slug}.")
    out.print(f"Next: screening report {slug} --all", markup=False)


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
    chosen = _assumptions(assumptions, changes, slug, data_dir)
    with _progress() as bar:
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


@app.command("communities")
def communities(
    municipality: Annotated[str, typer.Argument()] = workbench.DEFAULT_MUNICIPALITY,
    assumptions: AssumptionOption = None,
    changes: SetOption = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write .gpkg, .csv, .xlsx or .parquet.")
    ] = None,
    data_dir: DataDir = Path("data"),
) -> None:
    """List the energy communities of a municipality: buildings, MWh, kW, over 250 kW.

    Example: screening communities helsingor-replica --out communities.gpkg
    """
    chosen = _assumptions(assumptions, changes, municipality, data_dir)
    found = workbench.run_screening(municipality, data_dir=data_dir, assumptions=chosen).screening.communities
    if out_file:
        sheets.write_table(found, out_file)
        out.print(f"{len(found)} communities in {out_file}", markup=False)
        return
    _print(found.drop(columns="geometry"), "Energy communities")


@app.command("economics")
def economics(
    table: Annotated[Path, typer.Argument(help="CSV with key figures, a row per area.")],
    assumptions: Annotated[str, typer.Option(help="cowi-2022, dea-2026 or a YAML file.")] = "cowi-2022",
    changes: SetOption = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Write .csv, .xlsx or .parquet.")] = None,
) -> None:
    """Screen a table of key figures typed in by hand: company, user, society, verdict.

    Columns: area, individual_count, oil_gas_count, individual_heat_mwh, oil_gas_heat_mwh, area_km2,
    density_kwh_per_m2, oil_gas_share, heat_pump_count, heat_pump_share; where known also oil_count,
    gas_count, business_count, public_count, heated_area_m2.

    Example: screening economics table1.csv --assumptions cowi-2022 --out result.csv
    """
    chosen = _changed(assumption_sets.load(assumptions), changes)
    result = workbench.economics_table(table, chosen)
    if out_file:
        sheets.write_table(result.reset_index(), out_file)
        out.print(f"{len(result)} areas in {out_file}", markup=False)
        return
    shown = result[list(_SHOWN)].rename(columns=_SHOWN)
    society = [column for column in _SHOWN.values() if column.startswith("society")]
    shown[society] = (shown[society] / 1e6).map("{:,.1f}".format)
    _print(shown.reset_index(), f"Local heating, {chosen.name} (DKK/year with VAT; million DKK)")


@app.command("corrections")
def corrections(
    municipality: Annotated[str, typer.Argument(help="Folder name under data/raw, screened before.")],
    out_file: Annotated[Path, typer.Option("--out", help="The CSV file to write.")] = Path("corrections.csv"),
    language: Annotated[str, typer.Option(help="da or en.")] = "da",
    data_dir: DataDir = Path("data"),
) -> None:
    """List what the building register should be asked to mend, the greatest heat demand first.

    Example: screening corrections helsingor-replica --out rettelser.csv
    """
    work = workbench.load(municipality, data_dir=data_dir)
    table = register.propose_corrections(work.screening.buildings, work.assumptions, work.layers.outlines)
    path = sheets.write_corrections(table, out_file, language)
    out.print(f"{len(table):,} corrections in {path}.", markup=False, soft_wrap=True)


def _key(key_file: Path | None) -> register.ApiKey:
    """Read the key at the border; never from an option, which the shell's history would keep."""
    if key_file is None:
        return register.ApiKey(os.environ.get(register.KEY_VARIABLE, ""))
    if not key_file.is_file():
        raise ScreeningError(f"--key-file {key_file} is no file.")
    return register.ApiKey(key_file.read_text(encoding="utf-8-sig", errors="replace"))


def _print_downloads(
    downloads: Iterable[register.Download], municipality_code: str | None, *, country: bool
) -> None:
    columns = ("format", "version", "generation", "made", "MB")
    shown = Table(Column("municipality", no_wrap=True), *columns, title="Total files of what stands now")
    code = municipality_code.zfill(4) if municipality_code else None
    for item in sorted(downloads, key=lambda d: (d.municipality_code or "", d.file_name)):
        is_current_total = (item.download_type, item.data_type) == ("TotalDownload", "Current")
        if not is_current_total or ((code or country) and item.municipality_code != code):
            continue
        shown.add_row(
            item.municipality_code or "whole country",
            item.file_format,
            str(item.version),
            str(item.generation_number),
            item.generation_time[:10],
            f"{item.size_bytes / 1e6:,.2f}" if item.size_bytes else "",
        )
    out.print(shown)


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


def _assumptions(
    name: str | None, changes: list[str] | None, municipality: str, data_dir: Path
) -> Assumptions | None:
    if name is None and not changes:
        return None
    return _changed(assumption_sets.load(name or workbench.assumption_name(municipality, data_dir)), changes)


def _changed(chosen: Assumptions, changes: list[str] | None) -> Assumptions:
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


def _print(table: pd.DataFrame, title: str) -> None:
    # Headers wrap between words; a value too long for its column goes on below, nothing is cut off.
    shown = Table(*(Column(str(c).replace("_", " "), overflow="fold") for c in table.columns), title=title)
    for row in table.itertuples(index=False):
        shown.add_row(*(f"{v:,.0f}" if isinstance(v, float) else str(v) for v in row))
    out.print(shown)


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as bar:
        yield bar
