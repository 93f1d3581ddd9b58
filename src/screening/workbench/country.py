"""The buildings of the whole country: a register source of any length, kept by municipality."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from screening import assumptions as assumption_sets
from screening import register
from screening.errors import InputFileError
from screening.project import STORED
from screening.register import legibility, streaming
from screening.store import BuildingStore

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pyarrow as pa

    from screening.assumptions import Assumptions

__all__ = [
    "FOLDER",
    "NATIONAL",
    "Stored",
    "building_store",
    "store_register",
    "stored_buildings",
    "stored_identity",
]

FOLDER = "register"  # of the store, under data/processed
NATIONAL = "national"  # of the national run
_LARGEST_HASHED_BYTES = 64 << 20


@dataclass(frozen=True)
class Stored:
    """What became of a source that was put into the building store.

    Parameters
    ----------
    codes
        Municipalities replaced.
    without_buildings
        Municipalities of which the source has rows but no standing building: the store is as it was there.
    counts
        Rows of the source by what happened to them; "rows_read" is the sum of the others. [1]
    repairs
        How many kept rows had which repair. [1]
    dialect, register_date
        As in ``RegisterReport``.
    """

    codes: list[str]
    without_buildings: list[str]
    counts: pd.Series
    repairs: pd.Series
    dialect: str
    register_date: str


@dataclass(frozen=True)
class _Make:
    """Judge one municipality; travels to other processes."""

    facts: streaming.SourceFacts
    assumptions: Assumptions

    def __call__(self, code: str, table: pa.Table) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
        rows = table.to_pandas(types_mapper=register.text_columns)
        buildings, counts, repairs, legible = streaming.judge_municipality(
            rows, code, self.facts, self.assumptions
        )
        told = {str(name): int(number) for name, number in counts.items()}
        mended = {str(name): int(number) for name, number in repairs.items() if number}
        legible_rows = legible.reset_index(names="field").to_dict("records")
        return buildings, {**told, "repairs": mended, "legible": legible_rows}


def building_store(data_dir: str | Path = "data") -> BuildingStore:
    """Give the store of buildings in a data folder."""
    return BuildingStore(Path(data_dir) / "processed" / FOLDER)


def store_register(
    source: str | Path,
    *,
    data_dir: str | Path = "data",
    read_at: str = "",
    assumptions: Assumptions | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    on_rows: Callable[[int], None] = lambda _count: None,
    on_start: Callable[[int], None] = lambda _count: None,
    on_done: Callable[[str], None] = lambda _code: None,
) -> Stored:
    """Read a register source of any length and replace the municipalities in it, each whole or not at all.

    Parameters
    ----------
    source
        As for ``register.read_buildings``: one municipality or the whole country.
    data_dir
        The data folder; the store is processed/register in it.
    read_at
        When, as ISO text; kept in the catalogue.
    assumptions
        Set with the register's assumptions; the shipped default set when not given.
    workers
        Processes that judge the municipalities. [1]
    scheduler
        Address of a Dask scheduler that sees the same folder; replaces ``workers``.
    on_rows
        Called with the rows read so far.
    on_start, on_done
        Called with the number of municipalities, and after each with its code.

    Returns
    -------
    Stored
        What happened to every row.

    Raises
    ------
    InputFileError
        As ``register.read_buildings``; the store is as it was then.
    """
    chosen = assumptions or assumption_sets.load()
    name = register.without_password(source) if register.is_address(source) else Path(source).name
    facts = streaming.SourceFacts(str(name))
    nowhere: list[pd.DataFrame] = []
    shared = {"source": str(name), "source_digest": _identity(source), "read_at": read_at}
    appended = False
    with building_store(data_dir).open_import(shared) as writer:
        for part in streaming.part_source(source, facts):
            if part.code == streaming.NOWHERE:
                nowhere.append(part.rows)
            else:
                writer.append(part.code, part.rows)
                appended = True
            on_rows(facts.row_count)
        if not appended:
            raise InputFileError(
                f"{facts.source}: none of the {facts.row_count} rows is a standing building that names its"
                " municipality; expected rows with status 6 and kommunekode."
            )
        date = facts.latest.date().isoformat() if facts.latest is not None else ""
        writer.add_facts({"dialect": facts.dialect, "register_date": date})
        found: dict[str, dict[str, Any]] = {}

        def settle(made: dict[str, dict[str, Any]]) -> None:
            found.update(made)
            _refuse_illegible(made, facts)

        codes = writer.finish(
            _Make(facts, chosen),
            workers=workers,
            scheduler=scheduler,
            before_put=settle,
            on_start=on_start,
            on_done=on_done,
        )
    repairs = pd.DataFrame([entry["repairs"] for entry in found.values()]).sum().astype(int)
    counts = _counts(found, facts, sum(map(len, nowhere)))
    bare = sorted(set(facts.early) - {*codes, streaming.NOWHERE})
    return Stored(codes, bare, counts, repairs, facts.dialect, date)


def stored_buildings(name: str, data_dir: str | Path) -> tuple[gpd.GeoDataFrame, register.RegisterReport]:
    """Read a municipality from the building store, as ``register.read_buildings`` reads a file.

    Parameters
    ----------
    name
        "register:0217".
    data_dir
        The data folder.

    Returns
    -------
    tuple of geopandas.GeoDataFrame and RegisterReport
        Buildings; what happened to each row of the municipality when it was stored.
    """
    code = name.removeprefix(STORED)
    store = building_store(data_dir)
    return store.read(code), register.stored_report(store.entry(code).facts)


def stored_identity(name: str, data_dir: str | Path) -> str:
    """Tell one version of a municipality in the building store from another: its file's digest."""
    return building_store(data_dir).entry(name.removeprefix(STORED)).sha256


def _identity(source: str | Path) -> str:
    """Tell one version of a source from another: its digest, for a long file that of its ends and length."""
    if register.is_address(source):
        return register.address_identity(source)
    path = Path(source)
    if path.is_dir():
        raise InputFileError(f"{path} is a folder; give the building file in it.")
    if not path.is_file():
        raise InputFileError(f"Register file {path} does not exist; check the path.")
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as stream:
        digest.update(stream.read(_LARGEST_HASHED_BYTES))
        stream.seek(max(size - _LARGEST_HASHED_BYTES, 0))
        digest.update(stream.read())
    return digest.hexdigest()


def _refuse_illegible(made: dict[str, dict[str, Any]], facts: streaming.SourceFacts) -> None:
    """Refuse a source of which a whole field cannot be read, before anything is put in place."""
    parts = [pd.DataFrame(entry.pop("legible")).set_index("field") for entry in made.values()]
    if parts or facts.legible:
        legibility.refuse(legibility.combine([*facts.legible, *parts]), facts.source)


def _counts(
    found: dict[str, dict[str, Any]], facts: streaming.SourceFacts, standing_nowhere: int
) -> pd.Series:
    """Add up what happened to the rows of all municipalities, and to those that name none."""
    labels = register.code_list("outcome").index
    counts = pd.Series(0, index=pd.Index(labels), name="rows")
    for entry in found.values():
        counts += pd.Series({name: entry.get(name, 0) for name in counts.index})
    for code, early in facts.early.items():
        if code not in found:
            counts = counts.add(pd.Series(early), fill_value=0).reindex(labels)  # adding sorts
    counts["dropped_malformed"] += len(facts.malformed)
    counts["dropped_no_municipality"] = standing_nowhere
    counts["rows_read"] = counts.drop("rows_read").sum()
    return counts.astype(int)
