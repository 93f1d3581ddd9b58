"""The heat density of a municipality as files for a geographic information system."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from screening import pipeline, store
from screening.sheets import write_table
from screening.workbench.chain import DEFAULT_MUNICIPALITY, run_screening

if TYPE_CHECKING:
    from screening.assumptions import Assumptions
    from screening.views import Density

__all__ = ["DensityMaps", "density_maps"]


@dataclass(frozen=True)
class DensityMaps:
    """Heat density of the individually heated buildings of a municipality.

    Parameters
    ----------
    density
        The grid; it holds the heat of the buildings.
    smoothed
        Heat spread over a circle.
    contours
        Ground at or above each level of the smoothed density (``areas.density_contours``).
    building_count, unknown_count, outline_count
        Buildings in the grid, left out because their demand is unknown, and parted by their outline. [1]
    criterion_kwh_per_m2, radius_m
        Level that local heating needs, and radius of the circle. [kWh/m2, m]
    """

    density: Density
    smoothed: Density
    contours: gpd.GeoDataFrame
    building_count: int
    unknown_count: int
    outline_count: int
    criterion_kwh_per_m2: float
    radius_m: float

    def by_level(self) -> pd.DataFrame:
        """Sum the pieces of ground at each level.

        Returns
        -------
        pandas.DataFrame
            level_kwh_per_m2, piece_count, area_km2, heat_mwh; the criterion always has a row.
        """
        grouped = self.contours.groupby("level_kwh_per_m2")
        sums = grouped.agg(
            piece_count=("area_km2", "size"), area_km2=("area_km2", "sum"), heat_mwh=("heat_mwh", "sum")
        )
        levels = sums.index.union([self.criterion_kwh_per_m2]).rename("level_kwh_per_m2")
        filled = sums.reindex(levels, fill_value=0.0).astype({"piece_count": int})
        return pd.DataFrame(filled.reset_index())

    def write(
        self,
        out: str | Path | None = None,
        *,
        smoothed: str | Path | None = None,
        contours: str | Path | None = None,
    ) -> list[Path]:
        """Write the maps that a file is named for, each whole or not at all.

        Parameters
        ----------
        out
            GeoTIFF of the grid, MWh per cell.
        smoothed
            GeoTIFF of the smoothed density, kWh per m2.
        contours
            .gpkg or .parquet (with geometry), .csv or .xlsx (without).

        Returns
        -------
        list of pathlib.Path
            The files written.
        """
        written = []
        if out is not None:
            written.append(store.write_density(Path(out), self.density))
        if smoothed is not None:
            written.append(store.write_density(Path(smoothed), self.smoothed, per_m2=True))
        if contours is not None:
            written.append(write_table(self.contours, contours))
        return written


def density_maps(
    municipality: str = DEFAULT_MUNICIPALITY,
    *,
    data_dir: str | Path = "data",
    assumptions: str | Path | Assumptions | None = None,
    cell_m: float | None = None,
    radius_m: float | None = None,
    by_outline: bool = False,
) -> DensityMaps:
    """Map where the heat of individually heated buildings lies together.

    Parameters
    ----------
    municipality
        Folder name under data/raw.
    data_dir
        The data folder.
    assumptions
        Set, file or loaded set; by default the one that the municipality file names.
    cell_m
        Side of a cell; ``density_cell_m`` when None. [m]
    radius_m
        Radius of the circle that heat is spread over; ``density_radius_m`` when None. [m]
    by_outline
        Part each building that has a valid mapped outline over the cells it stands in, instead of having all
        its heat where its point is.

    Returns
    -------
    DensityMaps
        Grid, smoothed grid, contours, and how many buildings are in them.

    Raises
    ------
    UnknownNameError
        If there is no such municipality; names the near ones.
    ScreeningError
        If a size is not above zero or absurd.
    """
    work = run_screening(municipality, data_dir=data_dir, assumptions=assumptions)
    buildings = work.screening.buildings
    chosen = buildings[buildings["is_individual"]]
    heated = chosen[chosen["heat_demand_mwh"].notna()]
    outline_count = 0
    if by_outline and work.layers.outlines is not None:
        heated, outline_count = _on_outlines(heated, work.layers.outlines)
    density, smooth, contours = pipeline.density_maps(
        heated,
        work.assumptions,
        cell_m=cell_m,
        radius_m=radius_m,
        bounds=tuple(work.screening.areas.total_bounds),
    )
    return DensityMaps(
        density=density,
        smoothed=smooth,
        contours=contours,
        building_count=len(heated),
        unknown_count=len(chosen) - len(heated),
        outline_count=outline_count,
        criterion_kwh_per_m2=work.assumptions.density_criterion_kwh_per_m2,
        radius_m=work.assumptions.density_radius_m if radius_m is None else radius_m,
    )


def _on_outlines(buildings: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Put outlines in place of points where they can be measured."""
    first = outlines[~outlines.index.duplicated()]
    shapes = first.geometry.reindex(buildings.index).to_numpy()
    kinds = shapely.get_type_id(shapes)
    polygonal = (kinds == shapely.GeometryType.POLYGON) | (kinds == shapely.GeometryType.MULTIPOLYGON)
    usable = polygonal & ~shapely.is_empty(shapes) & shapely.is_valid(shapes)
    placed = np.where(usable, shapes, buildings.geometry.to_numpy())
    return buildings.set_geometry(gpd.GeoSeries(placed, buildings.index, crs=buildings.crs)), int(
        usable.sum()
    )
