"""What notebooks and the shell call: read, run the stages, write; the same functions for both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from screening import assumptions as assumption_sets
from screening import economics, pipeline, register, sheets, store
from screening.assumptions import Assumptions
from screening.demand import read_measured
from screening.errors import InputFileError, UnknownNameError
from screening.maps import slugify
from screening.project import LAYER_KEYS, ProjectFile, discover, read_project, write_project
from screening.synthetic import make_replica
from screening.tables import CRS
from screening.views import Layers, Municipality, Overview, Screening, Town

__all__ = [
    "DEFAULT_MUNICIPALITY",
    "Workspace",
    "assumption_name",
    "economics_table",
    "import_register",
    "load",
    "load_overview",
    "load_town",
    "make_default",
    "municipalities",
    "run_screening",
]

DEFAULT_MUNICIPALITY = "helsingor-replica"


@dataclass(frozen=True)
class Workspace:
    """Everything about a municipality that has been imported and screened.

    Parameters
    ----------
    municipality
        Name, code, date.
    layers
        What came in.
    screening
        What the stages made of it.
    assumptions
        The set used.
    manifest
        Which files, which program, which assumptions.
    """

    municipality: Municipality
    layers: Layers
    screening: Screening
    assumptions: Assumptions
    manifest: dict[str, Any]


def make_default(data_dir: str | Path = "data", *, overwrite: bool = False) -> Path:
    """Write the shipped default municipality, "Helsingør 2022 (replica)": synthetic data.

    Parameters
    ----------
    data_dir
        The data folder; files go to raw/helsingor-replica in it.
    overwrite
        Write again although the files are there.

    Returns
    -------
    pathlib.Path
        The folder written.
    """
    folder = Path(data_dir) / "raw" / DEFAULT_MUNICIPALITY
    stamp = folder / ".made-by"
    fingerprint = store.program_fingerprint()
    if overwrite or not stamp.is_file() or stamp.read_text(encoding="utf-8") != fingerprint:
        make_replica(folder)
        store.write_text(stamp, fingerprint)
    return folder


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
        building file itself, or the address of a PostGIS table (then name the areas with ``areas=``).
    data_dir
        The data folder.
    municipality
        Folder name under data/raw and data/processed; by default made from ``name``.
    name
        Name as readers see it; by default the source folder's name.
    **files
        Layers named by hand: buildings, areas, outlines, roads, supply_areas, measured_demand, units,
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
    source = Path(source)
    folder, project = _project_of(source, Path(data_dir), municipality, name, files)
    chosen = assumption_sets.load(project.assumptions)
    layers = _import(project, chosen, _processed(data_dir, folder.name))
    if folder.resolve() != source.resolve():
        write_project(folder, project)
    return layers, folder.name


def run_screening(
    municipality: str = DEFAULT_MUNICIPALITY,
    *,
    data_dir: str | Path = "data",
    assumptions: str | Path | Assumptions | None = None,
) -> Workspace:
    """Run every stage that is not up to date, from the municipality's files to the verdicts.

    Parameters
    ----------
    municipality
        Folder name under data/raw.
    data_dir
        The data folder.
    assumptions
        Set, file or loaded set; by default the one that the municipality file names.

    Returns
    -------
    Workspace
        Tables of all stages.

    Raises
    ------
    UnknownNameError
        If there is no such municipality; names the near ones.
    """
    project = _project(data_dir, municipality)
    folder = _processed(data_dir, municipality)
    chosen = assumptions or project.assumptions
    chosen = chosen if isinstance(chosen, Assumptions) else assumption_sets.load(chosen)
    imported = store.read_manifest(folder, store.IMPORT_MANIFEST)
    if imported is None or not _import_manifest(project, chosen).items() <= imported.items():
        _import(project, chosen, folder)
        imported = store.read_manifest(folder, store.IMPORT_MANIFEST)
    stamp = {**(imported or {}), "assumption_set": chosen.name, "assumption_digest": chosen.digest()}
    if store.read_manifest(folder, store.SCREEN_MANIFEST) != stamp:
        layers = store.read_layers(folder)
        store.write_screening(folder, pipeline.screen(layers, chosen), chosen, stamp)
    return load(municipality, data_dir=data_dir)


def load(municipality: str = DEFAULT_MUNICIPALITY, *, data_dir: str | Path = "data") -> Workspace:
    """Read the tables of a municipality that has been screened.

    Parameters
    ----------
    municipality
        Folder name under data/processed.
    data_dir
        The data folder.

    Returns
    -------
    Workspace
        Tables of all stages.
    """
    folder = _processed(data_dir, municipality)
    manifest = folder / store.SCREEN_MANIFEST
    if not manifest.is_file():
        _project(data_dir, municipality)  # names the near ones when it does not exist at all
        raise InputFileError(
            f"{municipality} has not been screened yet. Run: screening report {municipality}"
        )
    return _load_cached(str(Path(data_dir).resolve()), municipality, manifest.stat().st_mtime_ns)


def load_town(area: str, municipality: str = DEFAULT_MUNICIPALITY, *, data_dir: str | Path = "data") -> Town:
    """Cut everything the report of one area tells.

    Parameters
    ----------
    area
        Name of the area.
    municipality
        Folder name under data/processed.
    data_dir
        The data folder.

    Returns
    -------
    Town
        The view.

    Raises
    ------
    UnknownNameError
        If there is no such area; names the near ones.
    """
    w = load(municipality, data_dir=data_dir)
    return pipeline.cut_town(w.screening, w.layers, w.municipality, area, w.assumptions)


def load_overview(
    municipality: str = DEFAULT_MUNICIPALITY,
    *,
    data_dir: str | Path = "data",
    failures: dict[str, str] | None = None,
) -> Overview:
    """Cut everything the municipality's overview tells.

    Parameters
    ----------
    municipality
        Folder name under data/processed.
    data_dir
        The data folder.
    failures
        Area -> why it has no report.

    Returns
    -------
    Overview
        The view.
    """
    w = load(municipality, data_dir=data_dir)
    return pipeline.cut_overview(w.screening, w.layers, w.municipality, w.assumptions, failures or {})


def economics_table(path: str | Path, assumptions: str | Path | Assumptions = "cowi-2022") -> pd.DataFrame:
    """Screen a table of key figures typed in by hand.

    Parameters
    ----------
    path
        CSV file with the key figures' columns, comma or semicolon, decimal point or comma.
    assumptions
        Set, file or loaded set.

    Returns
    -------
    pandas.DataFrame
        ECONOMICS, index area.

    Raises
    ------
    InputFileError, TableError
        If the file is missing, empty, lacks a column (named) or holds a value that cannot be.
    """
    chosen = assumptions if isinstance(assumptions, Assumptions) else assumption_sets.load(assumptions)
    return economics.screen_areas(sheets.read_key_figures(Path(path)), chosen)


def assumption_name(municipality: str, data_dir: str | Path = "data") -> str:
    """Name of the assumption set that a municipality's file names."""
    return _project(data_dir, municipality).assumptions


def _processed(data_dir: str | Path, municipality: str) -> Path:
    return Path(data_dir) / "processed" / municipality


def _project(data_dir: str | Path, municipality: str) -> ProjectFile:
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
    is_table = register.is_address(given.get("buildings", ""))
    if not source.exists() and not is_table:
        raise InputFileError(f"{source} does not exist.")
    if source.is_dir() and (source / "municipality.yaml").is_file():
        project = read_project(source)
        changed = {k: str(v) for k, v in {"name": name, **files}.items() if v is not None}
        return (data_dir / "raw" / (municipality or source.name)), project.model_copy(update=changed)
    if not source.is_dir():
        if not is_table:
            given["buildings"] = str(source.resolve())
        if "areas" not in given:
            raise InputFileError(f"{source} is one file; name the polygons of the towns with --areas FILE.")
    else:
        given = discover(source, given) | given
    label = name or (source.name if source.is_dir() else source.stem)
    project = ProjectFile(name=label, source=f"Read from {source.name}", **given)
    return data_dir / "raw" / (municipality or slugify(label)), project


def _read_layers(project: ProjectFile, chosen: Assumptions) -> tuple[Layers, str]:
    """Read every file that the project names; also the register's date."""
    outlines = register.read_outlines(project.outlines) if project.outlines else None
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
        areas=_with_own_folders(register.read_areas(project.areas), project.areas),
        roads=register.read_roads(project.roads) if project.roads else _no_roads(),
        supply_areas=register.read_supply_areas(project.supply_areas) if project.supply_areas else None,
        register_counts=report.counts,
        register_repairs=pd.concat([report.repairs, evidence]),
        measured=read_measured(measured, assumptions=chosen) if measured else None,
    )
    return layers, report.register_date


def _with_own_folders(areas: gpd.GeoDataFrame, file: str) -> gpd.GeoDataFrame:
    """Refuse names that would share a report's folder: the second report would replace the first."""
    shared = areas["area"].groupby(areas["area"].map(slugify)).agg(list)
    shared = shared[shared.map(len) > 1]
    if len(shared):
        told = "; ".join(f"{' and '.join(map(repr, names))} ({slug})" for slug, names in shared.items())
        raise InputFileError(f"{file} has areas whose reports would share a folder: {told}. Rename one.")
    return areas


def _no_roads() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"road_class": pd.Series(dtype=object)}, geometry=gpd.GeoSeries([], crs=CRS))


def _import(project: ProjectFile, chosen: Assumptions, folder: Path) -> Layers:
    """Read the files and keep them; the register's own date stands in where the user gave none."""
    layers, date = _read_layers(project, chosen)
    manifest = _import_manifest(project, chosen) | {"register_date": project.register_date or date}
    store.write_layers(folder, layers, manifest)
    return layers


def _import_manifest(project: ProjectFile, chosen: Assumptions) -> dict[str, Any]:
    given = [p for key in LAYER_KEYS if (p := getattr(project, key))]
    tables = [p for p in given if register.is_address(p)]
    files = [part for p in given if p not in tables for part in _parts(Path(p))]
    return {
        "name": project.name,
        "municipality_code": project.municipality_code,
        "is_synthetic": project.is_synthetic,
        "stated_register_date": project.register_date,
        # A table has no digest; its rows and newest registration tell whether it has changed.
        "files": store.digest_files(files)
        | {register.without_password(p): register.address_identity(p) for p in tables},
        "reading_assumptions": chosen.digest("register", "demand"),
        "program": store.program_fingerprint(),
    }


def _parts(path: Path) -> list[Path]:
    """Give a file, and of a shapefile the parts that hold its table and its shapes."""
    beside = [path.with_suffix(suffix) for suffix in (".shp", ".dbf", ".prj")]
    return [part for part in beside if part.is_file()] if path.suffix.lower() in {".shp", ".dbf"} else [path]


@lru_cache(maxsize=2)
def _load_cached(data_dir: str, municipality: str, _stamp: int) -> Workspace:
    folder = _processed(data_dir, municipality)
    manifest = store.read_manifest(folder, store.SCREEN_MANIFEST)
    if manifest is None:
        raise InputFileError(f"{folder} is incomplete. Run: screening report {municipality}")
    facts = Municipality(
        slug=municipality,
        name=manifest["name"],
        code=manifest["municipality_code"],
        is_synthetic=manifest["is_synthetic"],
        register_date=manifest["register_date"],
    )
    chosen = store.read_assumptions(folder, manifest["assumption_set"])
    return Workspace(facts, store.read_layers(folder), store.read_screening(folder), chosen, manifest)
