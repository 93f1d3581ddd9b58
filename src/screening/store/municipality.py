"""The processed folder of a municipality: numbered files, and a manifest that is written last.

A stage first removes its manifest, writes each file beside its final name and renames it, and writes the
manifest last: a folder without a valid manifest is incomplete and is refused, never read half.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from screening.assumptions import Assumptions, restore
from screening.errors import InputFileError
from screening.store.raster import read_density, write_density
from screening.store.whole import write_text, write_whole
from screening.views import Layers, Screening

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = [
    "IMPORT_MANIFEST",
    "SCREEN_MANIFEST",
    "read_assumptions",
    "read_layers",
    "read_manifest",
    "read_screening",
    "remove_manifest",
    "write_layers",
    "write_manifest",
    "write_screening",
]

IMPORT_MANIFEST = "19_import.json"
SCREEN_MANIFEST = "59_screening.json"

_LAYERS = {
    "buildings": "10_buildings",
    "outlines": "11_outlines",
    "register_counts": "12_register_counts",
    "areas": "13_areas",
    "roads": "14_roads",
    "supply_areas": "15_supply_areas",
    "measured": "16_measured_demand",
    "places": "18_places",
    "register_repairs": "17_register_repairs",
}
_SCREENING = {
    "buildings": "20_heat_demand",
    "areas": "30_areas",
    "left_out": "30_left_out",
    "trimmed": "31_trimmed",
    "key_figures": "32_key_figures",
    "density_contours": "35_density_contours",
    "members": "40_members",
    "communities": "41_communities",
    "outlines": "42_outlines",
    "community_scales": "43_community_scales",
    "splits": "44_splits",
    "community_parts": "45_parts",
    "part_members": "46_part_members",
    "cut_links": "47_cut_links",
    "networks": "49_networks",
    "network_pipes": "49_network_pipes",
    "network_sizes": "49_network_sizes",
    "network_unreachable": "49_network_unreachable",
    "local_plants": "48_local_plants",
    "local_plant_years": "48_local_plant_years",
    "local_plant_sizes": "48_local_plant_sizes",
    "local_plant_hours": "48_local_plant_hours",
    "economics": "50_economics",
    "investments": "51_investments",
    "company": "52_company",
    "user": "53_user",
    "society": "54_society",
    "bills": "54_bills",
    "typical_houses": "54_typical_houses",
    "house_prices": "54_house_prices",
    "cash_flow": "54_cash_flow",
    "reconciliation": "54_reconciliation",
    "sensitivity": "55_sensitivity",
    "uncertainty": "55_uncertainty",
    "drivers": "55_drivers",
    "break_even": "55_break_even",
    "register_doubt": "57_register_doubt",
    "area_groups": "58_area_groups",
    "joining": "58_joining",
    "site": "58_site",
    "site_candidates": "58_site_candidates",
}
_DENSITY = "33_density.tif"
_SMOOTHED = "34_density_smoothed.tif"
_ASSUMPTIONS = "56_assumptions.parquet"
_SERIES = {"register_counts", "register_repairs", "members"}
_WRITTEN = "files_written"


def write_layers(folder: Path, layers: Layers, manifest: dict[str, Any]) -> None:
    """Write what came in; ``manifest`` says from which files, by which program.

    Parameters
    ----------
    folder
        data/processed/<municipality>.
    layers
        What came in.
    manifest
        JSON-able.
    """
    remove_manifest(folder, IMPORT_MANIFEST)
    written = [_write(folder / f"{file}.parquet", getattr(layers, name)) for name, file in _LAYERS.items()]
    write_manifest(folder, IMPORT_MANIFEST, manifest, filter(None, written))


def read_layers(folder: Path) -> Layers:
    """Read what ``write_layers`` wrote.

    Raises
    ------
    InputFileError
        If the folder is incomplete.
    """
    if read_manifest(folder, IMPORT_MANIFEST) is None:
        raise InputFileError(
            f"{folder} holds no complete import. Run: screening import-register <folder with the files>"
        )
    return Layers(**{name: _read(folder / f"{file}.parquet", name) for name, file in _LAYERS.items()})


def write_screening(
    folder: Path, screening: Screening, assumptions: Assumptions, manifest: dict[str, Any]
) -> None:
    """Write the result of all stages, the density grids as GeoTIFF.

    Parameters
    ----------
    folder
        data/processed/<municipality>.
    screening
        The tables.
    assumptions
        The set they were made with.
    manifest
        JSON-able.
    """
    remove_manifest(folder, SCREEN_MANIFEST)
    tables = _SCREENING.items()
    written = [_write(folder / f"{file}.parquet", getattr(screening, name)) for name, file in tables]
    written.append(write_density(folder / _DENSITY, screening.density))
    written.append(write_density(folder / _SMOOTHED, screening.density_smoothed, per_m2=True))
    rows = assumptions.table().astype(dict.fromkeys(("key", "source", "price_year", "note"), str))
    written.append(_write(folder / _ASSUMPTIONS, rows))
    write_manifest(folder, SCREEN_MANIFEST, manifest, filter(None, written))


def read_screening(folder: Path) -> Screening:
    """Read what ``write_screening`` wrote.

    Raises
    ------
    InputFileError
        If the folder is incomplete.
    """
    if read_manifest(folder, SCREEN_MANIFEST) is None:
        raise InputFileError(f"{folder} holds no complete screening. Run: screening report --all")
    tables = {name: _read(folder / f"{file}.parquet", name) for name, file in _SCREENING.items()}
    density, smoothed = (read_density(folder / name, _remedy(folder)) for name in (_DENSITY, _SMOOTHED))
    return Screening(density=density, density_smoothed=smoothed, **tables)


def read_assumptions(folder: Path, name: str) -> Assumptions:
    """Read the assumption set that a screening was made with.

    Parameters
    ----------
    folder
        data/processed/<municipality>.
    name
        Name of the set.

    Returns
    -------
    Assumptions
        The set with all its sources.
    """
    return restore(_read_table(folder / _ASSUMPTIONS), name)


def read_manifest(folder: Path, name: str) -> dict[str, Any] | None:
    """Read a manifest; None when it is missing or not whole, or a file written with it is gone."""
    try:
        content = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or not all(
        (folder / file).is_file() for file in content.pop(_WRITTEN, [])
    ):
        return None
    return content


def write_manifest(folder: Path, name: str, manifest: dict[str, Any], written: Iterable[Path] = ()) -> None:
    """Write a manifest as readable JSON, last of all, with the names of the files written before it."""
    content = manifest | {_WRITTEN: [path.name for path in written]}
    write_text(folder / name, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def remove_manifest(folder: Path, name: str) -> None:
    """Mark a stage as incomplete."""
    (folder / name).unlink(missing_ok=True)


def _write(path: Path, table: pd.DataFrame | pd.Series | None) -> Path | None:
    if table is None:
        path.unlink(missing_ok=True)
        return None
    frame = table.to_frame(str(table.name or "value")) if isinstance(table, pd.Series) else table
    return write_whole(path, frame.to_parquet)


def _read(path: Path, name: str) -> Any:
    if not path.exists():
        return None
    if name in _SERIES:
        return _read_table(path).iloc[:, 0]
    try:
        return gpd.read_parquet(path)
    except ValueError:  # no geometry in the file
        return _read_table(path)


def _read_table(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's errors for a file cut short or overwritten
        raise _damaged(path) from error


def _damaged(path: Path) -> InputFileError:
    return InputFileError(f"{path} is damaged. {_remedy(path.parent)}.")


def _remedy(folder: Path) -> str:
    """Say how a processed folder is mended: all of it is made from the raw files."""
    return f"Remove the folder {folder} and run the command again"
