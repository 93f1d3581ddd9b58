"""The command of the heat density maps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screening import workbench
from screening.cli.console import AssumptionOption, DataDir, SetOption, app, assumptions_of, out, print_table

__all__ = ["density"]


@app.command("density")
def density(
    municipality: Annotated[str, typer.Argument()] = workbench.DEFAULT_MUNICIPALITY,
    cell_m: Annotated[float | None, typer.Option(help="Side of a cell, in m; 100 as shipped.")] = None,
    radius_m: Annotated[
        float | None, typer.Option(help="Radius that heat is spread over, in m; 75 as shipped.")
    ] = None,
    by_outline: Annotated[
        bool, typer.Option(help="Part buildings over cells by the ground of their mapped outline.")
    ] = False,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="GeoTIFF of the heat in each cell, MWh a year.")
    ] = None,
    smoothed: Annotated[
        Path | None, typer.Option(help="GeoTIFF of the smoothed density, kWh per m2 and year.")
    ] = None,
    contours: Annotated[
        Path | None, typer.Option(help="Contours at the criterion and other levels: .gpkg or .parquet.")
    ] = None,
    assumptions: AssumptionOption = None,
    changes: SetOption = None,
    data_dir: DataDir = Path("data"),
) -> None:
    """Map where the heat of individually heated buildings lies together: cells, smoothed, contours.

    The grid holds all their heat, so does the smoothed one. The table counts connected pieces of ground whose
    smoothed density is at least each level.

    Example: screening density helsingor-replica --cell-m 50 --radius-m 100 --out density.tif --contours
    contours.gpkg
    """
    chosen = assumptions_of(assumptions, changes, municipality, data_dir)
    found = workbench.density_maps(
        municipality,
        data_dir=data_dir,
        assumptions=chosen,
        cell_m=cell_m,
        radius_m=radius_m,
        by_outline=by_outline,
    )
    rows, columns = found.density.heat_mwh.shape
    told = f"{found.building_count:,} buildings, {found.density.heat_mwh.sum():,.0f} MWh a year in {rows} x"
    out.print(f"{told} {columns} cells of {found.density.cell_m:g} m", markup=False, soft_wrap=True)
    if by_outline:
        out.print(f"{found.outline_count:,} of them parted by their outline", markup=False)
    if found.unknown_count:
        out.print(f"{found.unknown_count:,} more of unknown demand are left out", markup=False)
    table = found.by_level()
    table["level_kwh_per_m2"] = table["level_kwh_per_m2"].map("{:g}".format)
    table["area_km2"] = table["area_km2"].map("{:.2f}".format)  # the table's own format has no decimals
    print_table(table, f"Heat density within {found.radius_m:g} m")
    for path in found.write(out_file, smoothed=smoothed, contours=contours):
        out.print(str(path), markup=False, soft_wrap=True)
