"""Running the stages on a municipality's tables, and reading what they made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screening import assumptions as assumption_sets
from screening import pipeline, store
from screening.assumptions import Assumptions
from screening.errors import InputFileError, UnknownNameError
from screening.networks import networks_to_show, pipes_to_show
from screening.synthetic import make_replica
from screening.views import Layers, Municipality, Overview, Screening, Town
from screening.workbench.importing import (
    import_files,
    import_manifest,
    processed_folder,
    project_named,
    with_own_folders,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = [
    "DEFAULT_MUNICIPALITY",
    "Workspace",
    "assumption_name",
    "load",
    "load_overview",
    "load_town",
    "make_default",
    "networks",
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
    project = project_named(data_dir, municipality)
    folder = processed_folder(data_dir, municipality)
    chosen = assumptions or project.assumptions
    chosen = chosen if isinstance(chosen, Assumptions) else assumption_sets.load(chosen)
    imported = store.read_manifest(folder, store.IMPORT_MANIFEST)
    if imported is None or not import_manifest(project, chosen, Path(data_dir)).items() <= imported.items():
        import_files(project, chosen, folder)
        imported = store.read_manifest(folder, store.IMPORT_MANIFEST)
    stamp = {**(imported or {}), "assumption_set": chosen.name, "assumption_digest": chosen.digest()}
    if store.read_manifest(folder, store.SCREEN_MANIFEST) != stamp:
        layers = store.read_layers(folder)
        made = pipeline.screen(layers, chosen, area_method=project.area_method)
        with_own_folders(made.areas, str(project.places or "the areas found"))
        store.write_screening(folder, made, chosen, stamp)
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
    folder = processed_folder(data_dir, municipality)
    manifest = folder / store.SCREEN_MANIFEST
    if not manifest.is_file():
        project_named(data_dir, municipality)  # names the near ones when it does not exist at all
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


def networks(
    municipality: str = DEFAULT_MUNICIPALITY,
    area: str | None = None,
    *,
    data_dir: str | Path = "data",
    assumptions: str | Path | Assumptions | None = None,
) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Give the networks along the roads, and every pipe of them.

    Parameters
    ----------
    municipality
        Folder name under data/raw.
    area
        Only this area; all when none is named.
    data_dir
        The data folder.
    assumptions
        Set, file or loaded set; by default the one that the municipality file names.

    Returns
    -------
    tuple
        The tables networks and pipes of ``networks.lay_networks``, the pipes without what is personal.

    Raises
    ------
    UnknownNameError
        If there is no such municipality or area; names the near ones.
    """
    work = run_screening(municipality, data_dir=data_dir, assumptions=assumptions)
    found, pipes, buildings = work.screening.networks, work.screening.network_pipes, work.screening.buildings
    if area is not None:
        if area not in set(found["area"]):
            raise UnknownNameError("area", area, found["area"])
        found, pipes = found[found["area"] == area], pipes[pipes["area"] == area]
        buildings = buildings[buildings["area"] == area]
    shown, _ = networks_to_show(found.reset_index(drop=True), work.screening.network_sizes, buildings)
    return shown, pipes_to_show(pipes.reset_index(drop=True), buildings)


def assumption_name(municipality: str, data_dir: str | Path = "data") -> str:
    """Name of the assumption set that a municipality's file names."""
    return project_named(data_dir, municipality).assumptions


@lru_cache(maxsize=2)
def _load_cached(data_dir: str, municipality: str, _stamp: int) -> Workspace:
    folder = processed_folder(data_dir, municipality)
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
