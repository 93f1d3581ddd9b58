"""The pieces of work of a national run: each carries names, reads files and writes a folder of its own."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import parquet

from screening import areas, communities, pipeline, register
from screening.errors import InputFileError
from screening.store import BuildingStore, write_density
from screening.views import Density
from screening.workbench.national.files import whole_folder
from screening.workbench.national.shapes import from_table, read_table, write_shapes

if TYPE_CHECKING:
    import geopandas as gpd

    from screening.assumptions import Assumptions

__all__ = ["Draw", "Label", "Place", "Select", "read_facts"]

_FACTS = "facts.json"


def read_facts(folder: str | Path) -> dict[str, Any]:
    """Read what a piece of work told of itself."""
    facts: dict[str, Any] = json.loads((Path(folder) / _FACTS).read_text(encoding="utf-8"))
    return facts


def _write_facts(folder: Path, facts: dict[str, Any]) -> None:
    (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")


def _texts(values: pd.Index | pd.Series) -> pa.Array:
    return pa.array(values.to_numpy(dtype=object), pa.string())


@dataclass(frozen=True)
class _Task(ABC):
    """A piece of work: done when its folder is there."""

    target: str

    @property
    @abstractmethod
    def name(self) -> str:
        """Say which one it is."""

    def is_done(self) -> bool:
        """Tell whether it has been done, by this run or an earlier one."""
        return Path(self.target).is_dir()

    @abstractmethod
    def make(self, folder: Path) -> None:
        """Write the files into a folder."""

    def __call__(self) -> None:
        """Do it, whole or not at all."""
        whole_folder(Path(self.target), self.make)


@dataclass(frozen=True)
class Select(_Task):
    """Choose the buildings of a municipality that may take part; its density grid and counts."""

    code: str
    store: str
    sha256: str
    moved: tuple[str, ...]  # ids that a newer file of another municipality has
    cell_m: float
    assumptions: Assumptions

    @property
    def name(self) -> str:
        """Say which one it is."""
        return f"municipality {self.code}"

    def make(self, folder: Path) -> None:
        """Write selected.parquet, uses.parquet, density.tif and the facts."""
        store = BuildingStore(self.store)
        stored = store.read(self.code)
        if store.entry(self.code).sha256 != self.sha256:
            raise InputFileError(f"{self.code} was replaced in {self.store} meanwhile; run again.")
        stored = stored[~stored.index.isin(self.moved)]
        buildings = pipeline.add_heat(stored, self.assumptions)
        unknown = buildings["heat_demand_mwh"].isna()
        chosen = communities.select(buildings, self.assumptions)
        selected = chosen[chosen["heat_demand_mwh"].notna()]
        numbers = ("area_m2", "floor_count", "footprint_area_m2", "heat_demand_mwh")
        columns = {name: pa.array(selected[name].to_numpy(dtype=float), from_pandas=True) for name in numbers}
        ids = {"building_id": _texts(selected.index)}
        write_shapes(folder / "selected.parquet", ids | columns, selected.geometry.to_numpy())
        communities.selection_counts(buildings, self.assumptions).to_parquet(folder / "uses.parquet")
        individual = pipeline.is_individual(buildings)
        heated = buildings[individual & ~unknown]
        facts: dict[str, Any] = {
            "moved_count": len(self.moved),
            "building_count": len(buildings),
            "oil_gas_count": int((buildings["is_oil"] | buildings["is_gas"]).sum()),
            "selected_count": len(chosen),
            "demand_unknown_count": len(chosen) - len(selected),
            "heated_count": len(heated),
            "heated_unknown_count": int((individual & unknown).sum()),
            "heated_mwh": float(heated["heat_demand_mwh"].sum()),
            "grid": None,
        }
        if len(heated):
            grid, transform, _ = areas.density_grid(heated, cell_m=self.cell_m)
            write_density(folder / "density.tif", Density(grid, transform, self.cell_m))
            facts["grid"] = [list(grid.shape), list(transform)[:6]]
        _write_facts(folder, facts)


@dataclass(frozen=True)
class Place(_Task):
    """Give a municipality's chosen buildings their outlines, and send them to the tiles they touch."""

    code: str
    selected: str
    parts: str | None
    tiling: communities.Tiling
    assumptions: Assumptions

    @property
    def name(self) -> str:
        """Say which one it is."""
        return f"municipality {self.code}"

    def make(self, folder: Path) -> None:
        """Write placed.parquet, sent.parquet (a row group per tile) and the facts."""
        selected = from_table(read_table(Path(self.selected) / "selected.parquet"), "building_id")
        attached = register.attach_outlines(selected, self._outlines(), self.assumptions)
        ordered = communities.check_outlines(attached)
        geometry = ordered.geometry.to_numpy()
        ids = _texts(ordered.index)
        columns = {
            "building_id": ids,
            "heat_demand_mwh": pa.array(ordered["heat_demand_mwh"].to_numpy(dtype=float)),
            "outline_source": _texts(ordered["outline_source"]),
        }
        write_shapes(folder / "placed.parquet", columns, geometry)
        reach_m = communities.max_distance(ordered["heat_demand_mwh"], self.assumptions)
        position, column, row = communities.touched_tiles(geometry, reach_m, self.tiling)
        begins = np.flatnonzero((np.diff(column) != 0) | (np.diff(row) != 0)) + 1
        tiles = []
        outlines = pa.array(shapely.to_wkb(geometry), pa.binary())
        writer = parquet.ParquetWriter(folder / "sent.parquet", _SENT, compression="zstd")
        with writer:
            for sent in np.split(position, begins) if len(position) else ():
                rows = pa.array(sent)
                here = [ids.take(rows), rows, pa.array(reach_m[sent]), outlines.take(rows)]
                writer.write_table(pa.table(here, schema=_SENT), row_group_size=max(len(sent), 1))
        for first, end in zip([0, *begins], [*begins, len(position)], strict=True):
            if end > first:
                tiles.append([int(column[first]), int(row[first]), int(end - first)])
        _write_facts(
            folder,
            {
                "placed_count": len(ordered),
                "outline_estimated_count": int((ordered["outline_source"] == "estimated").sum()),
                "sent_count": len(position),
                "reach_max_m": float(reach_m.max(initial=0.0)),
                "tiles": tiles,
            },
        )

    def _outlines(self) -> gpd.GeoDataFrame | None:
        if self.parts is None:
            return None
        with pa.OSFile(str(Path(self.parts) / "parts.arrow"), "rb") as source:
            parts = pa.ipc.open_stream(source).read_all()
        return register.join_parts(from_table(parts)) if len(parts) else None


_SENT = pa.schema(
    [("building_id", pa.string()), ("row", pa.int64()), ("reach_m", pa.float64()), ("geometry", pa.binary())]
)


@dataclass(frozen=True)
class Label(_Task):
    """Find what hangs together in one tile."""

    column: int
    row: int
    sent: tuple[tuple[str, str, int], ...]  # municipality, folder, row group

    @property
    def name(self) -> str:
        """Say which one it is."""
        codes = ", ".join(code for code, _, _ in self.sent)
        return f"tile {self.column}, {self.row} (municipalities {codes})"

    def make(self, folder: Path) -> None:
        """Write labels.parquet: municipality, row in its placed.parquet, group in the tile."""
        tables = []
        for code, path, group in self.sent:
            with parquet.ParquetFile(Path(path) / "sent.parquet") as file:
                table = file.read_row_group(group)
            tables.append(table.append_column("code", pa.array([int(code)] * len(table), pa.int16())))
        # In the order of the ids, as in the country: a distance is measured the same way round.
        sent = pa.concat_tables(tables).sort_by("building_id")
        geometry = shapely.from_wkb(sent["geometry"].to_numpy())
        position, label = communities.label_tile(geometry, sent["reach_m"].to_numpy())
        linked = sent.select(["code", "row"]).take(pa.array(position))
        parquet.write_table(linked.append_column("label", pa.array(label)), folder / "labels.parquet")


@dataclass(frozen=True)
class Draw(_Task):
    """Draw the communities whose first building lies in one municipality."""

    code: str
    plan: str
    placed: tuple[tuple[str, str], ...]  # municipality, folder
    assumptions: Assumptions

    @property
    def name(self) -> str:
        """Say which one it is."""
        return f"shapes of municipality {self.code}"

    def make(self, folder: Path) -> None:
        """Write shapes.parquet: a shape for each group of the plan."""
        plan = pd.read_parquet(self.plan)  # members in the order of group and building id
        geometry = np.empty(len(plan), dtype=object)
        demand_mwh = np.empty(len(plan))
        for code, path in self.placed:
            here = (plan["code"] == int(code)).to_numpy()
            placed = read_table(Path(path) / "placed.parquet", ["heat_demand_mwh", "geometry"])
            members = placed.take(pa.array(plan["row"].to_numpy()[here]))
            geometry[here] = shapely.from_wkb(members["geometry"].to_numpy())
            demand_mwh[here] = members["heat_demand_mwh"].to_numpy()
        reach_m = communities.max_distance(demand_mwh, self.assumptions)
        shapes = communities.widened(geometry, reach_m, plan["label"].to_numpy())
        write_shapes(folder / "shapes.parquet", {}, shapes)
