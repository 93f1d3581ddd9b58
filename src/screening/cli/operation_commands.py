"""The command that runs plants hour by hour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pandas as pd
import typer

from screening import assumptions as assumption_sets
from screening import workbench
from screening.cli.console import (
    AssumptionOption,
    DataDir,
    SetOption,
    app,
    assumptions_of,
    changed,
    out,
    print_table,
    progress,
)
from screening.errors import ScreeningError

if TYPE_CHECKING:
    from screening.local_plants import LocalPlants
    from screening.workbench import Operated

__all__ = ["operate"]

_ALL = "all"
_AREA_COLUMNS = {
    "produced_mwh": "heat MWh",
    "capacity_kw": "kW",
    "heat_pump_heat_share": "heat pump share",
    "seasonal_cop": "COP",
    "electricity_mwh": "electricity MWh",
    "heat_price_dkk_per_mwh": "DKK/MWh",
    "set_price_dkk_per_mwh": "fixed DKK/MWh",
    "is_viable": "pays",
    "set_is_viable": "pays, fixed",
}


@app.command("operate")
def operate(
    plants: Annotated[
        list[str] | None,
        typer.Argument(help="Plant files or names of examples; the first is the reference of the others."),
    ] = None,
    years: Annotated[int, typer.Option(min=1, max=60, help="How many years, the plant's year first.")] = 1,
    scenarios: Annotated[bool, typer.Option("--scenarios", help="The four published ones.")] = False,
    sensitivities: Annotated[
        bool, typer.Option("--sensitivities", help="Every sensitivity of each plant too.")
    ] = False,
    prices: Annotated[
        str, typer.Option(help="Fuels by year: file, official, or official-spot (the spot's mean too).")
    ] = "file",
    series: Annotated[
        Path | None,
        typer.Option(help="Hours of your own (CSV or Parquet with utc) in place of the synthetic year."),
    ] = None,
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="Folder for hours, tables and figures; replaced whole.")
    ] = None,
    area: Annotated[
        str | None,
        typer.Option(help="The plant of this screened area, or 'all', instead of plant files."),
    ] = None,
    municipality: Annotated[
        str, typer.Option(help="Folder name under data/raw, of the area.")
    ] = workbench.DEFAULT_MUNICIPALITY,
    data_dir: DataDir = Path("data"),
    language: Annotated[str, typer.Option(help="da or en, of the figures.")] = "da",
    workers: Annotated[int, typer.Option(min=1, help="Processes on this machine.")] = 1,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler instead.")] = None,
    assumptions: AssumptionOption = None,
    changes: SetOption = None,
) -> None:
    """Run plants hour by hour at the lowest cost: shares, prices, tank, CO2; over years, beside one another.

    A run with --out that was ended goes on where it stopped.

    Example: screening operate small-town --out operation

    Example: screening operate chip-reference chip-alternative --years 20 --workers 2 --out internal-operation

    Example: screening operate --scenarios --years 20 --prices official --sensitivities --out published

    Example: screening operate --area Saunte
    """
    if area is not None:
        _refuse_beside_area(plants, scenarios=scenarios, sensitivities=sensitivities)
        named = None if area == _ALL else area
        found = workbench.operate_areas(
            municipality,
            named,
            series=series,
            data_dir=data_dir,
            assumptions=assumptions_of(assumptions, changes, municipality, data_dir),
            out=out_folder,
        )
        _show_areas(found, one=named is not None)
        return
    chosen = changed(assumption_sets.load(*([assumptions] if assumptions else [])), changes)
    with progress() as bar:
        task = bar.add_task("plants", total=None)
        done = workbench.operate(
            plants or (),
            years=years,
            scenarios=scenarios,
            with_sensitivities=sensitivities,
            prices=prices,
            series=series,
            assumptions=chosen,
            out=out_folder,
            language=language,
            workers=workers,
            scheduler=scheduler,
            on_stage=lambda name, count: bar.update(task, description=name, total=count),
            on_done=lambda: bar.advance(task),
        )
    _show(done)
    if out_folder:
        out.print(str(out_folder), markup=False, soft_wrap=True)


def _refuse_beside_area(plants: list[str] | None, *, scenarios: bool, sensitivities: bool) -> None:
    """Refuse what means something for plant files only."""
    if plants or scenarios or sensitivities:
        raise ScreeningError(
            "--area runs a screened area's own plant; leave plant files and their options out."
        )


def _show_areas(found: LocalPlants, *, one: bool) -> None:
    """Print the areas, and of a single one its years and sizes."""
    told = found.plants[["area", *_AREA_COLUMNS]].rename(columns=_AREA_COLUMNS)
    print_table(_rounded(told), "Plants of the areas, first year; price of heat: mean of all years")
    if one:
        print_table(_rounded(_periods(found.years)), "By year, DKK/MWh")
        sizes = found.sizes[found.sizes["kind"] != "tried"].drop(columns=["area", "operation_dkk_per_year"])
        print_table(_rounded(sizes), "Package of the price table, and the size of the lowest yearly cost")
    for line in found.plants.loc[found.plants["error"] != "", "error"]:
        out.print(line, markup=False, soft_wrap=True)
    if found.plants["is_synthetic"].fillna(value=False).any():
        out.print("Weather and prices are the synthetic default year's, not measured ones.", markup=False)


def _periods(years: pd.DataFrame) -> pd.DataFrame:
    """Put following years of the same prices into one row."""
    prices = years[["electricity_price_dkk_per_mwh", "heat_price_dkk_per_mwh"]]
    run = (prices != prices.shift()).any(axis=1).cumsum()
    told = prices.groupby(run).first().set_axis(["electricity", "heat"], axis=1)
    ends = years.groupby(run)["year"].agg(["first", "last"])
    names = [f"{a}" if a == b else f"{a}-{b}" for a, b in ends.itertuples(index=False)]
    told.insert(0, "years", names)
    return told


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Write shares as per cent, other numbers whole."""

    def write(column: pd.Series) -> pd.Series:
        if column.dtype.kind != "f":
            return column
        name = str(column.name)
        form = "{:.1%}" if name.endswith("share") else "{:.2f}" if name == "COP" else "{:,.0f}"
        return column.map(lambda value: "" if pd.isna(value) else form.format(value))

    return table.apply(write)


def _show(done: Operated) -> None:
    """Print the tables."""
    table = workbench.plants_told(done.table, "en").rename_axis("").reset_index()
    print_table(table, "Plants side by side")
    if len(done.published):
        columns = ["scenario", "label_en", "published", "computed", "deviation_share"]
        told = done.published[columns].copy()
        for column in ("published", "computed"):
            told[column] = told[column].map("{:,.4g}".format)
        told["deviation_share"] = (
            told["deviation_share"].map("{:+.0%}".format).mask(told["deviation_share"].isna(), "")
        )
        print_table(told, "Published beside computed")
        if done.published["deviation_share"].isna().all():
            out.print(f"{done.published['reason_en'].iloc[0]}.", markup=False, soft_wrap=True)
    if len(done.sensitivities):
        columns = ["label", "plant", "price_dkk_per_mwh", "price_change_dkk_per_mwh"]
        told = done.sensitivities.drop(columns=["sensitivity", "co2_tonne"], errors="ignore")
        told = told[[c for c in (*columns, "consumer_saving_dkk_per_year") if c in told]]
        numbers = told.columns.difference(["label", "plant"])
        shown = {c: told[c].map("{:,.1f}".format).mask(told[c].isna(), "") for c in numbers}
        print_table(told.assign(**shown), "Sensitivities")
    for line in (*done.told_years, *done.told_gaps):
        out.print(line, markup=False, soft_wrap=True)
    for line in done.left_out:
        out.print(f"Left out: {line}", markup=False, soft_wrap=True)
    if done.is_synthetic:
        out.print(
            "Weather, prices or demand are the synthetic default year's, not measured ones.", markup=False
        )
