"""Finished years of a plant on disk: each a folder of its own, there whole or not at all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.operation.plant_years import PlantYears, plant_years
from screening.operation.years import Year
from screening.store import program_fingerprint
from screening.workbench.national.files import digest, whole_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from screening.operation.plant import Plant
    from screening.operation.plant_years import Changes

__all__ = ["KeptYears", "PlantTask"]


@dataclass(frozen=True)
class KeptYears:
    """Years in a folder.

    Attributes
    ----------
    folder
        One folder per year inside.
    with_hours
        Years whose hours are kept too.
    """

    folder: Path
    with_hours: frozenset[int]

    def load(self, year: int) -> Year | None:
        """Give a year that was kept."""
        own = self.folder / str(year)
        if not own.is_dir():
            return None
        totals = json.loads((own / "totals.json").read_text(encoding="utf-8"))
        hours = own / "hours.parquet"
        with np.load(own / "end.npz") as kept:
            end = (kept["columns"], kept["rows"]) if len(kept["rows"]) else None
        return Year(
            modes=pd.read_parquet(own / "modes.parquet"),
            hourly=pd.read_parquet(hours) if hours.exists() else pd.DataFrame(),
            end=end,
            **totals,
        )

    def save(self, year: Year) -> None:
        """Keep a year."""

        def write(own: Path) -> None:
            year.modes.to_parquet(own / "modes.parquet")
            if year.year in self.with_hours:
                year.hourly.to_parquet(own / "hours.parquet")
            columns, rows = year.end or (np.empty(0, np.int8), np.empty(0, np.int8))
            np.savez_compressed(own / "end.npz", columns=columns, rows=rows)
            names = ("year", "operation_dkk", "demand_mwh", "gap")
            totals = json.dumps({name: getattr(year, name) for name in names})
            (own / "totals.json").write_text(totals, encoding="utf-8")

        whole_folder(self.folder / str(year.year), write)


@dataclass(frozen=True)
class PlantTask:
    """A plant through its years, as a piece of work that a Dask worker can do.

    Attributes
    ----------
    name
        As the user sees it.
    plant
        The plant.
    years
        Calendar years.
    changes
        What changes by year.
    root
        Folder of all pieces.
    gap
        How far from the best possible a year may end, where it has minimum loads or start costs. [1]
    """

    name: str
    plant: Plant
    years: tuple[int, ...]
    changes: Changes
    root: Path
    gap: float = 1e-6

    @property
    def folder(self) -> Path:
        """Where the years are kept: another plant, series or program has another folder."""
        series = hashlib.sha256()
        for key, values in sorted(self.plant.series.items()):
            series.update(key.encode())
            series.update(np.ascontiguousarray(values, float).tobytes())
        content, a = self.plant.content.model_dump_json(), self.plant.assumptions
        parts = (
            content,
            series.hexdigest(),
            a.digest(),
            self.years,
            self.changes,
            self.gap,
            program_fingerprint(),
        )
        return self.root / digest(*parts)

    def is_done(self) -> bool:
        """Tell whether all years are kept."""
        folder = self.folder
        return all((folder / str(year)).is_dir() for year in self.years)

    def __call__(self) -> None:
        """Run the years that are missing."""
        self.result()

    def result(self, on_year: Callable[[int], None] | None = None) -> PlantYears:
        """Give the years, those that are kept from the folder."""
        ends = frozenset((self.years[0], self.years[-1]))
        keeper = KeptYears(self.folder, ends)
        return plant_years(
            self.plant, self.years, changes=self.changes, keeper=keeper, on_year=on_year, gap=self.gap
        )
