"""The national run: municipalities to tiles, tiles to groups, groups to communities and their shapes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock
import numpy as np
import pandas as pd
from pyarrow import parquet

from screening import assumptions as assumption_sets
from screening.communities import Tiling
from screening.errors import InputFileError
from screening.store import program_fingerprint
from screening.workbench.country import NATIONAL, building_store
from screening.workbench.national.files import clear_partial, digest, keep_only
from screening.workbench.national.outlines import outlines_identity, spool_outlines
from screening.workbench.national.result import NationalRun, load_national, write_result
from screening.workbench.national.running import open_runner
from screening.workbench.national.stitching import plan_shapes, read_chosen, stitch
from screening.workbench.national.tasks import Label, Place, Select, read_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from screening.assumptions import Assumptions
    from screening.store import BuildingStore
    from screening.workbench.national.running import Runner

__all__ = ["national_communities"]

_STAGES = ("select", "outlines", "place", "tiles", "draw")


def national_communities(
    *,
    data_dir: str | Path = "data",
    outlines: str | Path | None = None,
    assumptions: Assumptions | None = None,
    codes: Iterable[str] | None = None,
    tiling: Tiling | None = None,
    cell_m: float = 100.0,
    workers: int = 1,
    scheduler: str | None = None,
    on_stage: Callable[[str, int], None] = lambda _name, _count: None,
    on_done: Callable[[], None] = lambda: None,
    on_rows: Callable[[int], None] = lambda _count: None,
) -> NationalRun:
    """Find the communities and the density grid of all municipalities in the building store.

    The result is that of ``find_communities`` with all their chosen buildings at once, also across the
    borders of municipalities. Work that was done with the same inputs, parameters and program is not done
    again: a run that was ended goes on where it was.

    Parameters
    ----------
    data_dir
        The data folder; the result goes to processed/national in it.
    outlines
        File of building outlines (GeoPackage or GeoParquet, the whole country), or a folder of such files;
        without one every building is an estimated square.
    assumptions
        The set to use; the shipped default set when not given.
    codes
        Municipalities; all in the store when None.
    tiling
        The tiles; any give the same result.
    cell_m
        Side of a cell of the density grid. [m]
    workers
        Processes on this machine; with 1 no Dask is used. [1]
    scheduler
        Address of a Dask scheduler that sees the same folder; replaces ``workers``.
    on_stage, on_done
        Called with a stage's name and number of pieces, and after each piece.
    on_rows
        Called with the outlines read so far.

    Returns
    -------
    NationalRun
        The result, as written.

    Raises
    ------
    InputFileError
        If the store is empty, no municipality is asked for, or another run is at work in the same folder.
    ScreeningError
        If a piece fails; it is named, and what is finished is kept.
    """
    chosen_set = assumptions or assumption_sets.load()
    store = building_store(data_dir)
    known = store.codes() if codes is None else sorted(set(codes))
    if codes is not None and not known:
        raise InputFileError("codes names no municipality; give their codes, or None for all in the store.")
    if not known:
        raise InputFileError(f"{store.folder} holds no municipality. Run: screening store-register FILE")
    root = (Path(data_dir) / "processed" / NATIONAL).resolve()
    root.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(root / "run.lock")
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout as error:
        raise InputFileError(
            f"Another national run is at work in {root}; let it finish or end it."
        ) from error
    try:
        clear_partial(root / "pieces")
        with open_runner(workers, scheduler, on_stage, on_done) as runner:
            run = _Run(root, store, known, chosen_set, tiling or Tiling(), cell_m, outlines, runner)
            run.make(on_rows)
    finally:
        lock.release()
    return load_national(data_dir)


class _Run:
    """One run: the stages in their order, and the folders of each."""

    def __init__(
        self,
        root: Path,
        store: BuildingStore,
        codes: list[str],
        assumptions: Assumptions,
        tiling: Tiling,
        cell_m: float,
        outlines: str | Path | None,
        runner: Runner,
    ) -> None:
        self.root, self.store, self.codes, self.assumptions = root, store, codes, assumptions
        self.tiling, self.cell_m, self.outlines, self.runner = tiling, cell_m, outlines, runner
        self.entries = {code: store.entry(code) for code in codes}
        self.used: dict[str, set[str]] = {stage: set() for stage in _STAGES}

    def make(self, on_rows: Callable[[int], None]) -> None:
        """Run every stage, write the result, and remove the work of other inputs."""
        identity = outlines_identity(self.outlines)
        selected = self.select(self.moved())
        ids = {code: _ids(folder) for code, folder in selected.items()}
        parts: Mapping[str, str] = {}
        if self.outlines is not None:
            self.runner.on_stage("outlines read", 0)
            folder = self.root / "pieces" / "outlines"
            parts = spool_outlines(self.outlines, identity, ids, selected, folder, on_rows)
            self.used["outlines"] = {Path(path).name for path in parts.values()}
        del ids
        placed = self.place(selected, parts)
        tiles = self.label(placed)
        chosen = read_chosen(placed)
        found = stitch(chosen, tiles, self.assumptions)
        work = plan_shapes(chosen, found, placed, self._folder("draw"), self.assumptions)
        self.runner.run("shapes", [task for task, _ in work])
        self.used["draw"] = {
            name for task, _ in work for name in (Path(task.target).name, Path(task.plan).name)
        }
        shapes = [(task.target, ids_) for task, ids_ in work]
        write_result(self.root, chosen, found, shapes, selected, placed, self.facts(identity, len(tiles)))
        for stage, names in self.used.items():
            keep_only(self.root / "pieces" / stage, names)

    def moved(self) -> dict[str, tuple[str, ...]]:
        """Find the buildings of each municipality that a newer file of another one has too.

        A number per id is kept of the whole country; the ids themselves only of buildings that may be twice.
        """
        numbers = {code: pd.util.hash_array(self._stored_ids(code)) for code in self.codes}
        seen = pd.Series(np.concatenate(list(numbers.values())))
        twice = seen[seen.duplicated()].unique()
        ids = {
            code: pd.Index(self._stored_ids(code)[np.isin(own, twice)])
            for code, own in numbers.items()
            if np.isin(own, twice).any()
        }
        dates = {code: str(entry.facts.get("register_date", "")) for code, entry in self.entries.items()}
        return dict.fromkeys(self.codes, ()) | _moved(ids, dates)

    def _stored_ids(self, code: str) -> np.ndarray[Any, Any]:
        return np.asarray(self.store.read(code, ["municipality_code"]).index, dtype=object)

    def select(self, moved: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        """Choose the buildings of each municipality."""
        a = self.assumptions
        key = (a.digest("register", "demand", "communities"), self.cell_m, program_fingerprint())
        tasks = []
        for code, entry in self.entries.items():
            target = self._target("select", code, entry.sha256, *key, *moved[code])
            store = str(self.store.folder.resolve())
            tasks.append(Select(target, code, store, entry.sha256, moved[code], self.cell_m, a))
        self.runner.run("municipalities selected", tasks)
        return {task.code: task.target for task in tasks}

    def place(self, selected: Mapping[str, str], parts: Mapping[str, str]) -> dict[str, str]:
        """Give the buildings outlines, and send them to tiles."""
        tasks = []
        for code, folder in selected.items():
            source = parts.get(code)
            names = (Path(folder).name, Path(source).name if source else "")
            target = self._target("place", code, self.tiling, *names)
            tasks.append(Place(target, code, folder, source, self.tiling, self.assumptions))
        self.runner.run("municipalities placed", tasks)
        return {task.code: task.target for task in tasks}

    def label(self, placed: Mapping[str, str]) -> list[str]:
        """Find the groups in each tile; a tile of one building has none."""
        sent: dict[tuple[int, int], list[tuple[str, str, int]]] = {}
        count: dict[tuple[int, int], int] = {}
        for code, folder in placed.items():
            for group, (column, row, buildings) in enumerate(read_facts(folder)["tiles"]):
                sent.setdefault((column, row), []).append((code, folder, group))
                count[column, row] = count.get((column, row), 0) + buildings
        tasks = []
        # The largest first: no worker is left with one of them at the end.
        for (column, row), sources in sorted(sent.items(), key=lambda item: -count[item[0]]):
            if count[column, row] > 1:
                names = [f"{code} {Path(folder).name} {group}" for code, folder, group in sources]
                target = self._target("tiles", f"{column}_{row}", *names)
                tasks.append(Label(target, column, row, tuple(sources)))
        self.runner.run("tiles", tasks)
        return [task.target for task in tasks]

    def facts(self, identity: str, tile_count: int) -> dict[str, Any]:
        """Say from what the result was made."""
        return {
            "register": {code: entry.sha256 for code, entry in self.entries.items()},
            "outlines": Path(self.outlines).name if self.outlines is not None else "",
            "outlines_identity": identity,
            "assumption_set": self.assumptions.name,
            "assumptions": self.assumptions.digest("register", "demand", "communities"),
            "tile_m": self.tiling.size_m,
            "tile_count": tile_count,
            "cell_m": self.cell_m,
            "program": program_fingerprint(),
        }

    def _folder(self, stage: str) -> Path:
        return self.root / "pieces" / stage

    def _target(self, stage: str, name: str, *parts: object) -> str:
        folder = f"{name}-{digest(name, *parts)}"
        self.used[stage].add(folder)
        return str(self._folder(stage) / folder)


def _ids(folder: str) -> pd.Index:
    table = parquet.read_table(Path(folder) / "selected.parquet", columns=["building_id"])
    ids: pd.Index = pd.Index(table["building_id"].to_pandas().astype("str"))
    return ids


def _moved(ids: Mapping[str, pd.Index], dates: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Find buildings that several municipalities have: the newest register keeps them."""
    order = sorted(sorted(ids), key=lambda code: dates[code], reverse=True)
    if not order:
        return {}
    several = pd.concat([pd.Series(code, index=ids[code], dtype="str") for code in order])
    later = several[several.index.duplicated()]
    return {code: tuple(later.index[later == code]) for code in ids}
