"""Commands of the register: fetch it, import it, keep the country's, list what should be mended."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.request import getproxies

import typer
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

from screening import register, sheets, workbench
from screening.cli.console import DataDir, app, out
from screening.errors import ScreeningError
from screening.project import is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from screening.views import Layers

__all__ = ["corrections", "fetch_register", "import_register", "store_register"]

FILE_SERVICE_URL = register.PUBLIC_URL


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
    if item.entity == "Bygning":
        following = (
            f'import-register "{fetched.path}" --areas AREAS.gpkg --name NAME'
            if municipality_code
            else f'store-register "{fetched.path}"'
        )
        out.print(f"Next: screening {following}", markup=False, soft_wrap=True)


@app.command("import-register")
def import_register(
    source: Annotated[
        str,
        typer.Argument(
            help="Folder with the files, the BBR building file, postgresql://...?table=..., or register:CODE"
            " for a municipality kept by store-register."
        ),
    ],
    municipality: Annotated[str | None, typer.Option(help="Folder name to use under data/.")] = None,
    name: Annotated[str | None, typer.Option(help="Name as readers see it.")] = None,
    buildings: Annotated[str | None, typer.Option(help="BBR building file or database table.")] = None,
    areas: Annotated[
        Path | None, typer.Option(help="Polygons of the towns; without, the tool finds them.")
    ] = None,
    places: Annotated[Path | None, typer.Option(help="Place names, for towns found by the tool.")] = None,
    outlines: Annotated[Path | None, typer.Option(help="Building outlines (GeoDanmark).")] = None,
    roads: Annotated[Path | None, typer.Option(help="Road centre lines (GeoDanmark).")] = None,
    supply_areas: Annotated[Path | None, typer.Option(help="District heating areas (Plandata).")] = None,
    measured_demand: Annotated[Path | None, typer.Option(help="CSV: building_id, heat_demand_mwh.")] = None,
    units: Annotated[Path | None, typer.Option(help="BBR Enhed (CSV, JSON or zip).")] = None,
    installations: Annotated[Path | None, typer.Option(help="BBR TekniskAnlæg (CSV, JSON or zip).")] = None,
    gas_areas: Annotated[Path | None, typer.Option(help="Areas with a gas network.")] = None,
    data_dir: DataDir = Path("data"),
) -> None:
    """Read and check a municipality's files; say what happened to every row of the register.

    Example: screening import-register ~/download/bbr --name "Greve"
    """
    is_table = buildings is not None and is_elsewhere(buildings)
    files = {
        "buildings": Path(buildings) if buildings and not is_table else None,
        "areas": areas,
        "places": places,
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
    _print_counts(layers.register_counts, layers.register_repairs, f"Register rows of {slug}")
    drawn = "no polygons" if layers.areas is None else f"{len(layers.areas)} areas"
    out.print(f"{drawn}, {len(layers.buildings):,} buildings in data/processed/{slug}.")
    if layers.areas is None:
        out.print(
            "The towns are found from the buildings. See and correct them:"
            f" screening areas {slug} --out areas.gpkg",
            markup=False,
            soft_wrap=True,
        )
    empty = _empty_areas(layers)
    if empty:
        out.print(
            f"No building of the register lies in {', '.join(empty)}: their reports can only say no."
            " Does the register cover them?",
            markup=False,
            soft_wrap=True,
        )
    out.print(f"Next: screening report {slug} --all", markup=False)


@app.command("store-register")
def store_register(
    source: Annotated[str, typer.Argument(help="BBR building file of any length, or postgresql://...")],
    workers: Annotated[int, typer.Option(min=1, help="Processes on this machine.")] = 2,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler.")] = None,
    data_dir: DataDir = Path("data"),
) -> None:
    """Keep the buildings of a municipality, or of the whole country, ready for import by municipality.

    Each municipality of the source replaces the one kept before; the others stay. Import one with
    screening import-register register:CODE.

    Example: screening store-register ~/download/BBR_Bygning.zip
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as bar:
        rows = bar.add_task("rows read", total=None)
        judged = bar.add_task("municipalities judged", total=None, start=False)

        def begin(count: int) -> None:
            bar.update(judged, total=count)
            bar.start_task(judged)

        done = workbench.store_register(
            source,
            data_dir=data_dir,
            read_at=datetime.now(UTC).isoformat(timespec="seconds"),
            workers=workers,
            scheduler=scheduler,
            on_rows=lambda count: bar.update(rows, completed=count),
            on_start=begin,
            on_done=lambda _code: bar.advance(judged),
        )
    what = register.without_password(source) if register.is_address(source) else Path(source).name
    _print_counts(done.counts, done.repairs, f"Register rows of {what}")
    out.print(
        f"{len(done.codes)} municipalities in data/processed/register: {', '.join(done.codes[:10])}"
        f"{' ...' if len(done.codes) > 10 else ''}",
        markup=False,
        soft_wrap=True,
    )
    if done.without_buildings:
        out.print(
            "No standing building in the source, so the store is as it was:"
            f" {', '.join(done.without_buildings)}",
            markup=False,
            soft_wrap=True,
        )
    if done.codes:
        out.print(
            f"Next: screening import-register register:{done.codes[0]} --areas AREAS.gpkg --name NAME",
            markup=False,
            soft_wrap=True,
        )


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


def _empty_areas(layers: Layers) -> list[str]:
    """Name the areas without a building: drawn in a municipality that the register does not cover, say."""
    if layers.areas is None:
        return []
    holding = layers.buildings.sindex.query(layers.areas.geometry, predicate="intersects")[0]
    return list(layers.areas["area"].drop(layers.areas.index[sorted(set(holding))]))


def _print_counts(counts: pd.Series, repairs: pd.Series, title: str) -> None:
    """Print what happened to every row; of repairs those that occurred."""
    table = Table("what happened", "rows", title=title)
    for outcome, count in counts.items():
        table.add_row(str(outcome), f"{count:,}")
    out.print(table)
    occurred = repairs[repairs > 0]
    if len(occurred):
        mended = Table("repaired or missing in kept rows; rows of other files", "rows")
        for repair, count in occurred.items():
            mended.add_row(str(repair), f"{count:,}")
        out.print(mended)


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
