"""Commands of hourly series: fetch prices and weather, check a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from screening import workbench
from screening.cli.console import DataDir, app, out

if TYPE_CHECKING:
    from collections.abc import Hashable

    from screening.hourly import Fetched

__all__ = ["check_series", "fetch_prices", "fetch_weather"]


@app.command("fetch-prices")
def fetch_prices(
    area: Annotated[str, typer.Option(help="DK1 (Jutland, Funen) or DK2 (Zealand and the islands).")],
    year: Annotated[int, typer.Option(help="Calendar year that is over.")],
    data_dir: DataDir = Path("data"),
) -> None:
    """Fetch a year's day-ahead electricity prices (Energi Data Service) to data/raw/series.

    Free, without a key. The service answers one question a minute, so 2025, which is in two data sets, may
    take a few minutes; a run that was ended goes on where it stopped.

    Example: screening fetch-prices --area DK1 --year 2025
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as bar:
        line = bar.add_task(f"{area} {year}", total=None)
        fetched = workbench.fetch_prices(
            area,
            year,
            data_dir=data_dir,
            on_progress=lambda done, total: bar.update(line, completed=done, total=total),
        )
    _tell(fetched)


@app.command("fetch-weather")
def fetch_weather(
    latitude: Annotated[float, typer.Option("--lat", help="Degrees north, as 56.03.")],
    longitude: Annotated[float, typer.Option("--lon", help="Degrees east, as 12.59.")],
    year: Annotated[int, typer.Option(help="Calendar year that is over.")],
    data_dir: DataDir = Path("data"),
) -> None:
    """Fetch a year's temperature, radiation and wind at a point (Open-Meteo) to data/raw/series.

    Free for non-commercial use, without a key. The values are a reanalysis of all measurements, not one
    station's.

    Example: screening fetch-weather --lat 56.03 --lon 12.59 --year 2025
    """
    fetched = workbench.fetch_weather(
        latitude,
        longitude,
        year,
        data_dir=data_dir,
    )
    _tell(fetched)


@app.command("check-series")
def check_series(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or JSON, packed with gzip or not.")],
    area: Annotated[str | None, typer.Option(help="Price area, where the file has several.")] = None,
) -> None:
    """Say what a file of series holds: hours, gaps, whole years, mean and unit of every column.

    Example: screening check-series data/raw/series/prices_DK1_2025.csv
    """
    table = workbench.check_series(path, area)
    title = f"{path.name}: hours in UTC"
    numbers = (Column(h, no_wrap=True) for h in ("missing hours", "mean", "lowest", "highest"))
    shown = Table(Column("series", overflow="fold"), "unit", *numbers, title=title, box=box.SIMPLE)
    for row in table.to_dict("records"):
        shown.add_row(*(escape(cell) for cell in _cells(row)))
    out.print(shown)
    for row in table.to_dict("records"):
        out.print(f"{row['series']}: {'; '.join(_sentences(row))}.", markup=False, soft_wrap=True)


def _cells(row: dict[Hashable, Any]) -> list[str]:
    unit = row["unit"] or "?"
    if not row["hours"]:
        return [str(row["series"]), unit, "", "", "", ""]
    return [
        str(row["series"]),
        unit,
        f"{row['missing_hours']:,.0f} of {row['hours']:,}",
        *(_short(row[figure]) for figure in ("mean", "minimum", "maximum")),
    ]


def _short(value: float) -> str:
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3g}"


def _sentences(row: dict[Hashable, Any]) -> list[str]:
    """Say what a table cell is too narrow for."""
    told = []
    if row["hours"]:
        told.append(f"{row['first']:%Y-%m-%d %H:%M} to {row['last']:%Y-%m-%d %H:%M}, step {row['step']}")
        told.append(f"whole years: {row['whole_years'] or 'none'}")
    if row["hours"] and row["missing_hours"] > 0:
        more = f" and {row['missing_hours'] - 5:,.0f} more" if row["missing_hours"] > 5 else ""
        told.append(f"missing: {row['first_missing']}{more}")
    return [*told, *([row["remark"]] if row["remark"] else [])]


def _tell(fetched: Fetched) -> None:
    out.print(
        f"{'Fetched' if fetched.is_new else 'There already'}: {fetched.path}", markup=False, soft_wrap=True
    )
    out.print(f'Next: screening check-series "{fetched.path}"', markup=False, soft_wrap=True)
