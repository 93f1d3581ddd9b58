"""Finding the towns of a municipality that brings no polygons, for a planner to look at and correct."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd

from screening import areas as area_stage
from screening import assumptions as assumption_sets
from screening import register, store
from screening.assumptions import Assumptions
from screening.demand import heat_demand
from screening.tables import CRS
from screening.workbench.importing import import_files, import_manifest, processed_folder, project_named

if TYPE_CHECKING:
    import pandas as pd

    from screening.areas import Survey
    from screening.views import Layers

__all__ = ["compare_area_methods", "find_areas"]


def find_areas(
    municipality: str,
    *,
    data_dir: str | Path = "data",
    assumptions: str | Path | Assumptions | None = None,
    method: str | None = None,
    places: str | Path | None = None,
    earlier: str | Path | None = None,
) -> Survey:
    """Find the towns and clusters of a municipality from its buildings, whether or not it has polygons.

    Parameters
    ----------
    municipality
        Folder name under data/raw.
    data_dir
        The data folder.
    assumptions
        Set, file or loaded set; by default the one that the municipality file names.
    method
        "triangles", "circles" or "density"; by default the one that the municipality file names.
    places
        File with place names, in place of the one that the municipality file names.
    earlier
        File with areas to take the names from.

    Returns
    -------
    screening.areas.Survey
        Areas, what was left out, and the area of each building.

    Raises
    ------
    ScreeningError
        If there is no such municipality or method, or a file cannot be read.
    """
    project = project_named(data_dir, municipality)
    layers, buildings, chosen = _read(municipality, Path(data_dir), assumptions)
    return area_stage.survey_areas(
        buildings,
        chosen,
        method=method or project.area_method,
        places=register.read_places(places) if places else layers.places,
        roads=layers.roads,
        earlier=register.read_areas(earlier) if earlier else None,
    )


def compare_area_methods(
    municipality: str,
    *,
    data_dir: str | Path = "data",
    assumptions: str | Path | Assumptions | None = None,
) -> pd.DataFrame:
    """Put what each method finds in a municipality side by side.

    Parameters
    ----------
    municipality, data_dir, assumptions
        As for ``find_areas``.

    Returns
    -------
    pandas.DataFrame
        As ``areas.compare_methods``.

    Raises
    ------
    ScreeningError
        As ``find_areas``.
    """
    layers, buildings, chosen = _read(municipality, Path(data_dir), assumptions)
    return area_stage.compare_methods(buildings, chosen, roads=layers.roads)


def _read(
    municipality: str, data_dir: Path, assumptions: str | Path | Assumptions | None
) -> tuple[Layers, gpd.GeoDataFrame, Assumptions]:
    """Read the municipality's layers, imported anew where a file has changed, and its buildings with heat."""
    project = project_named(data_dir, municipality)
    folder = processed_folder(data_dir, municipality)
    chosen = assumptions or project.assumptions
    chosen = chosen if isinstance(chosen, Assumptions) else assumption_sets.load(chosen)
    imported = store.read_manifest(folder, store.IMPORT_MANIFEST)
    if imported is None or not import_manifest(project, chosen, data_dir).items() <= imported.items():
        import_files(project, chosen, folder)
    layers = store.read_layers(folder)
    demand, _ = heat_demand(layers.buildings, chosen, measured=layers.measured)
    joined = layers.buildings.join(demand)
    return layers, gpd.GeoDataFrame(joined, geometry="geometry", crs=CRS), chosen
