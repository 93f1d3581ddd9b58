"""The result of a national run: a folder of files that is swapped in whole."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from affine import Affine
from pyarrow import parquet

from screening import areas
from screening.errors import InputFileError
from screening.store import read_density, read_manifest, write_density, write_manifest
from screening.tables import COMMUNITIES, check
from screening.views import Density
from screening.workbench.country import NATIONAL
from screening.workbench.national.files import restore, swap_in
from screening.workbench.national.shapes import plane, read_table
from screening.workbench.national.tasks import read_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.workbench.national.stitching import Chosen, Found

__all__ = ["NationalRun", "load_national", "write_result"]

_RESULT = "result"
_MANIFEST = "59_national.json"
_GRID = "33_density.tif"
_MEMBERS = "40_members.parquet"
_COMMUNITIES = "41_communities.parquet"
_MUNICIPALITIES = "12_municipalities.parquet"
_USES = "43_uses.parquet"


@dataclass(frozen=True)
class NationalRun:
    """Communities and density of all municipalities of the store.

    Parameters
    ----------
    folder
        Where the files are.
    communities
        As ``find_communities``, plus ``municipality_codes`` and ``outline_estimated_count``.
    municipalities
        One row per municipality: what was counted.
    uses
        As ``communities.selection_counts``, of the country.
    facts
        Inputs, parameters and totals.
    """

    folder: Path
    communities: gpd.GeoDataFrame
    municipalities: pd.DataFrame
    uses: pd.DataFrame
    facts: dict[str, Any]

    def members(self) -> pd.DataFrame:
        """Read the chosen buildings: ``municipality_code``, ``community_id``, demand, kind of outline."""
        return pd.read_parquet(self.folder / _MEMBERS).set_index("building_id")

    def density(self) -> Density | None:
        """Read the density grid; None where no building is heated by itself."""
        path = self.folder / _GRID
        return read_density(path, _again(self.folder)) if path.is_file() else None


def load_national(data_dir: str | Path = "data") -> NationalRun:
    """Read the result of the last national run.

    Parameters
    ----------
    data_dir
        The data folder.

    Returns
    -------
    NationalRun
        The result.

    Raises
    ------
    InputFileError
        If there is none.
    """
    folder = Path(data_dir) / "processed" / NATIONAL / _RESULT
    facts = read_manifest(folder, _MANIFEST)
    if facts is None:
        raise InputFileError(f"{folder} holds no national run. Run: screening national-communities")
    return NationalRun(
        folder,
        gpd.read_parquet(folder / _COMMUNITIES),
        pd.read_parquet(folder / _MUNICIPALITIES),
        pd.read_parquet(folder / _USES),
        facts,
    )


def write_result(
    root: Path,
    chosen: Chosen,
    found: Found,
    shapes: list[tuple[str, Any]],
    selected: Mapping[str, str],
    placed: Mapping[str, str],
    facts: dict[str, Any],
) -> Path:
    """Write all files of the result, then put them in place of the older ones.

    Parameters
    ----------
    root
        data/processed/national.
    chosen, found
        Buildings and communities.
    shapes
        Folder of shapes, and the ids of the communities in it.
    selected, placed
        Municipality -> folder.
    facts
        What the manifest says.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    restore(root / _RESULT)
    made = root / ".partial-result"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    try:
        files = [made / _COMMUNITIES, made / _MUNICIPALITIES, made / _USES, made / _MEMBERS]
        _communities(chosen, found, shapes).to_parquet(files[0])
        counts = _municipalities(chosen, found, selected, placed)
        counts.to_parquet(files[1])
        _uses(selected).to_parquet(files[2])
        _write_members(files[3], chosen, found, placed)
        grid = _write_grid(made / _GRID, selected)
        totals = {
            name: np.sum(counts[name].to_numpy()).item() for name in counts if name != "community_count"
        }
        told = {"communities": len(found.figures), "totals": totals}
        write_manifest(made, _MANIFEST, facts | told, files + grid)
        return swap_in(made, root / _RESULT)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _communities(chosen: Chosen, found: Found, shapes: list[tuple[str, Any]]) -> gpd.GeoDataFrame:
    geometry = np.empty(len(found.figures), dtype=object)
    for folder, ids in shapes:
        geometry[ids] = shapely.from_wkb(read_table(Path(folder) / "shapes.parquet")["geometry"].to_numpy())
    table = gpd.GeoDataFrame(found.figures, geometry=gpd.GeoSeries(geometry, crs=plane()))
    label = found.label
    pairs = pd.DataFrame({"id": label, "code": chosen.municipality(found.rows)}).drop_duplicates()
    pairs["code"] = np.array(chosen.codes, dtype=object)[pairs["code"]]
    named = pairs.sort_values(["id", "code"]).groupby("id")["code"].agg(",".join)
    table.insert(5, "municipality_codes", named.reindex(table["id"]).to_numpy(dtype=object).astype(str))
    estimated = np.bincount(label[chosen.is_estimated[found.rows]], minlength=len(table))
    table.insert(6, "outline_estimated_count", estimated)
    checked: gpd.GeoDataFrame = check(table, COMMUNITIES, "national communities")
    return checked


def _municipalities(
    chosen: Chosen, found: Found, selected: Mapping[str, str], placed: Mapping[str, str]
) -> pd.DataFrame:
    """Count by municipality what became of the buildings."""
    rows = []
    for number, code in enumerate(chosen.codes):
        label = found.community_id[chosen.begins[number] : chosen.begins[number + 1]]
        inside = label[label >= 0]
        facts = read_facts(selected[code]) | read_facts(placed[code])
        names = ("moved_count", "building_count", "oil_gas_count", "selected_count", "demand_unknown_count")
        rows.append(
            {name: facts[name] for name in names}
            | {name: facts[name] for name in ("placed_count", "outline_estimated_count")}
            | {"in_community_count": len(inside), "community_count": len(np.unique(inside))}
            | {name: facts[name] for name in ("heated_count", "heated_unknown_count", "heated_mwh")}
        )
    return pd.DataFrame(rows, index=pd.Index(chosen.codes, name="municipality_code", dtype=object))


def _uses(selected: Mapping[str, str]) -> pd.DataFrame:
    tables = [pd.read_parquet(Path(folder) / "uses.parquet") for folder in selected.values()]
    keys = ["use_code", "label_da", "decision", "reason_da"]
    summed = pd.concat(tables).groupby(keys, as_index=False, dropna=False).sum()
    return summed.sort_values(["building_count", "use_code"], ascending=[False, True], ignore_index=True)


def _write_members(path: Path, chosen: Chosen, found: Found, placed: Mapping[str, str]) -> None:
    """Write the chosen buildings one municipality after the other."""
    schema = pa.schema(
        [
            ("building_id", pa.string()),
            ("municipality_code", pa.string()),
            ("community_id", pa.int64()),
            ("heat_demand_mwh", pa.float64()),
            ("outline_source", pa.string()),
        ]
    )
    names = ["building_id", "heat_demand_mwh", "outline_source"]
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for number, code in enumerate(chosen.codes):
            rows = parquet.read_table(Path(placed[code]) / "placed.parquet", columns=names)
            label = found.community_id[chosen.begins[number] : chosen.begins[number + 1]]
            columns = {name: rows[name] for name in names} | {
                "municipality_code": pa.array([code] * len(label), pa.string()),
                "community_id": pa.array(label, mask=label < 0),
            }
            writer.write_table(pa.table({name: columns[name] for name in schema.names}).cast(schema))


def _write_grid(path: Path, selected: Mapping[str, str]) -> list[Path]:
    """Add the municipalities' density grids up, one at a time."""
    frames = {folder: read_facts(folder)["grid"] for folder in selected.values()}
    known = {folder: (tuple(grid[0]), Affine(*grid[1])) for folder, grid in frames.items() if grid}
    if not known:
        return []
    total, transform = areas.frame_grids(known.values())
    for folder in known:
        part = read_density(Path(folder) / "density.tif", _again(folder))
        areas.add_grid(total, transform, part.heat_mwh, part.transform)
    return [write_density(path, Density(total, transform, transform.a))]


def _again(folder: str | Path) -> str:
    """Say how a piece of the national work is made anew."""
    return f"Remove the folder {folder} and run screening national-communities again"
