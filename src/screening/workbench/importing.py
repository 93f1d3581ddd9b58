"""Reading a municipality's files, and keeping them as tables of the chain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from screening import assumptions as assumption_sets
from screening import register, store
from screening.demand import read_measured
from screening.errors import InputFileError, UnknownNameError
from screening.maps import slugify
from screening.project import (
    LAYER_KEYS,
    STORED,
    ProjectFile,
    discover,
    is_elsewhere,
    read_project,
    write_project,
)
from screening.tables import CRS
from screening.views import Layers
from screening.workbench.country import FOLDER, NATIONAL, stored_buildings, stored_identity

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = [
    "import_files",
    "import_manifest",
    "import_register",
    "municipalities",
    "processed_folder",
    "project_named",
    "with_own_folders",
]


def municipalities(data_dir: str | Path = "data") -> list[str]:
    """Names of the municipalities whose files are registered under data/raw."""
    raw = Path(data_dir) / "raw"
    return sorted(p.parent.name for p in raw.glob("*/municipality.yaml"))


def import_register(
    source: str | Path,
    *,
    data_dir: str | Path = "data",
    municipality: str | None = None,
    name: str | None = None,
    **files: str | Path | None,
) -> tuple[Layers, str]:
    """Read and check a municipality's files and keep them as tables of the chain.

    Parameters
    ----------
    source
        Folder with the files (recognised by content), folder with a ``municipality.yaml``, or the BBR
        building file itself, or the address of a PostGIS table. Without area polygons, which these two do not
        bring, the tool finds the towns: see ``find_areas``.
    data_dir
        The data folder.
    municipality
        Folder name under data/raw and data/processed; by default made from ``name``.
    name
        Name as readers see it; by default the source folder's name.
    **files
        Layers named by hand: buildings, areas, places, outlines, roads, supply_areas, measured_demand, units,
        installations, gas_areas; also assumptions, municipality_code.

    Returns
    -------
    Layers
        What was read; ``register_counts`` tells what happened to every row.
    str
        The municipality's folder name.

    Raises
    ------
    InputFileError, TableError
        Naming file, rows, what is wrong and what to do.
    """
    if register.is_address(source):
        files["buildings"] = str(source)
        source = register.without_password(source).partition("table=")[2].partition("&")[0]
    elif str(source).startswith(STORED):
        files["buildings"] = str(source)
    source = Path(source)
    folder, project = _project_of(source, Path(data_dir), municipality, name, files)
    chosen = assumption_sets.load(project.assumptions)
    layers = import_files(project, chosen, processed_folder(data_dir, folder.name))
    if folder.resolve() != source.resolve() or project != read_project(folder):
        write_project(folder, project)
    return layers, folder.name


def processed_folder(data_dir: str | Path, municipality: str) -> Path:
    """Give the folder of a municipality's tables."""
    return Path(data_dir) / "processed" / municipality


def project_named(data_dir: str | Path, municipality: str) -> ProjectFile:
    """Read the municipality file of a folder under data/raw; names the near ones when there is none."""
    folder = Path(data_dir) / "raw" / municipality
    if not folder.is_dir():
        raise UnknownNameError(
            f"municipality under {Path(data_dir) / 'raw'}", municipality, municipalities(data_dir)
        )
    return read_project(folder)


def _project_of(
    source: Path,
    data_dir: Path,
    municipality: str | None,
    name: str | None,
    files: dict[str, str | Path | None],
) -> tuple[Path, ProjectFile]:
    """Folder under data/raw and project file of a source: its own, or made from what is found."""
    given: dict[str, Any] = {k: str(v) for k, v in files.items() if v is not None}
    is_table = is_elsewhere(given.get("buildings", ""))
    if not source.exists() and not is_table:
        raise InputFileError(f"{source} does not exist.")
    if source.is_dir() and (source / "municipality.yaml").is_file():
        project = read_project(source)
        changed = {k: str(v) for k, v in {"name": name, **files}.items() if v is not None}
        return (data_dir / "raw" / (municipality or source.name)), project.model_copy(update=changed)
    if not source.is_dir():
        if not is_table:
            given["buildings"] = str(source.resolve())
    else:
        given = discover(source, given) | given
    if given.get("buildings", "").startswith(STORED):
        given.setdefault("municipality_code", given["buildings"].removeprefix(STORED))
    label = name or (source.name if source.is_dir() else source.stem)
    project = ProjectFile(name=label, source=f"Read from {source.name}", **given)
    slug = municipality or slugify(label)
    if slug in {FOLDER, NATIONAL}:
        raise InputFileError(f"The folder {slug} is kept for the whole country; give another --municipality.")
    return data_dir / "raw" / slug, project


def _read_layers(project: ProjectFile, chosen: Assumptions, data_dir: Path) -> tuple[Layers, str]:
    """Read every file that the project names; also the register's date."""
    outlines = register.read_outlines(project.outlines) if project.outlines else None
    if project.buildings.startswith(STORED):
        buildings, report = stored_buildings(project.buildings, data_dir)
    else:
        buildings, report = register.read_buildings(project.buildings, outlines=outlines, assumptions=chosen)
    register.require_buildings(report)
    buildings, evidence = register.add_evidence(
        buildings, units=project.units, installations=project.installations, gas_areas=project.gas_areas
    )
    if outlines is not None:
        outlines = outlines.loc[outlines.index.intersection(buildings.index)]
    measured = project.measured_demand
    layers = Layers(
        buildings=buildings,
        outlines=outlines,
        areas=with_own_folders(register.read_areas(project.areas), project.areas) if project.areas else None,
        roads=register.read_roads(project.roads) if project.roads else _no_roads(),
        supply_areas=register.read_supply_areas(project.supply_areas) if project.supply_areas else None,
        register_counts=report.counts,
        register_repairs=pd.concat([report.repairs, evidence]),
        measured=read_measured(measured, assumptions=chosen) if measured else None,
        places=register.read_places(project.places) if project.places else None,
    )
    return layers, report.register_date


def with_own_folders(areas: gpd.GeoDataFrame, file: str) -> gpd.GeoDataFrame:
    """Refuse names that would share a report's folder: the second report would replace the first."""
    shared = areas["area"].groupby(areas["area"].map(slugify)).agg(list)
    shared = shared[shared.map(len) > 1]
    if len(shared):
        told = "; ".join(f"{' and '.join(map(repr, names))} ({slug})" for slug, names in shared.items())
        raise InputFileError(f"{file} has areas whose reports would share a folder: {told}. Rename one.")
    return areas


def _no_roads() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"road_class": pd.Series(dtype=object)}, geometry=gpd.GeoSeries([], crs=CRS))


def import_files(project: ProjectFile, chosen: Assumptions, folder: Path) -> Layers:
    """Read the files and keep them; the register's own date stands in where the user gave none."""
    layers, date = _read_layers(project, chosen, folder.parent.parent)
    manifest = import_manifest(project, chosen, folder.parent.parent) | {
        "register_date": project.register_date or date
    }
    store.write_layers(folder, layers, manifest)
    return layers


def import_manifest(project: ProjectFile, chosen: Assumptions, data_dir: Path) -> dict[str, Any]:
    """Say from which files, by which program and which reading assumptions the tables are made."""
    given = [p for key in LAYER_KEYS if (p := getattr(project, key))]
    tables = [p for p in given if register.is_address(p)]
    stored = [p for p in given if p.startswith(STORED)]
    files = [part for p in given if not is_elsewhere(p) for part in _parts(Path(p))]
    return {
        "name": project.name,
        "municipality_code": project.municipality_code,
        "is_synthetic": project.is_synthetic,
        "area_method": "" if project.areas else project.area_method,
        "stated_register_date": project.register_date,
        # A table has no digest; its rows and newest registration tell whether it has changed.
        "files": store.digest_files(files)
        | {register.without_password(p): register.address_identity(p) for p in tables}
        | {p: stored_identity(p, data_dir) for p in stored},
        "reading_assumptions": chosen.digest("register", "demand"),
        "program": store.program_fingerprint(),
    }


def _parts(path: Path) -> list[Path]:
    """Give a file, and of a shapefile the parts that hold its table and its shapes."""
    beside = [path.with_suffix(suffix) for suffix in (".shp", ".dbf", ".prj")]
    return [part for part in beside if part.is_file()] if path.suffix.lower() in {".shp", ".dbf"} else [path]
