"""The communities of the country from the labels of its tiles: who is in which, and which to draw where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from screening import communities
from screening.store import program_fingerprint, write_whole
from screening.workbench.national.files import digest
from screening.workbench.national.tasks import Draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import numpy.typing as npt

    from screening.assumptions import Assumptions

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["Chosen", "Found", "plan_shapes", "read_chosen", "stitch"]

_DRAWN_AT_ONCE = 50_000  # buildings


@dataclass(frozen=True)
class Chosen:
    """The chosen buildings of all municipalities, one below the other.

    Parameters
    ----------
    codes
        Municipalities, sorted.
    begins
        First row of each, and the number of all. [1]
    ids
        Id of each row.
    demand_mwh
        Heat demand of each row. [MWh/year]
    is_estimated
        Whether its outline is a square.
    """

    codes: list[str]
    begins: IntArray
    ids: pd.Index
    demand_mwh: FloatArray
    is_estimated: npt.NDArray[np.bool_]

    def municipality(self, rows: IntArray) -> IntArray:
        """Give the place of the municipality of each row in ``codes``."""
        return np.asarray(np.searchsorted(self.begins, rows, side="right") - 1, dtype=np.int64)


@dataclass(frozen=True)
class Found:
    """What is in which community.

    Parameters
    ----------
    rows, label
        The members and the community id of each, in the order of communities, then of building ids.
    community_id
        Of each chosen building; -1 for none.
    figures
        ``COMMUNITIES`` without shapes.
    """

    rows: IntArray
    label: IntArray
    community_id: IntArray
    figures: pd.DataFrame


def read_chosen(placed: Mapping[str, str]) -> Chosen:
    """Read ids, demand and kind of outline of the chosen buildings; not their shapes.

    Parameters
    ----------
    placed
        Municipality -> folder of its placed buildings.

    Returns
    -------
    Chosen
        All of them.
    """
    codes = sorted(placed)
    columns = ["building_id", "heat_demand_mwh", "outline_source"]
    tables = [parquet.read_table(Path(placed[code]) / "placed.parquet", columns=columns) for code in codes]
    begins = np.cumsum([0, *map(len, tables)])
    whole = pa.concat_tables(tables)
    return Chosen(
        codes,
        begins,
        pd.Index(whole["building_id"].to_pandas().astype("str")),
        whole["heat_demand_mwh"].to_numpy(),
        pc.equal(whole["outline_source"], "estimated").to_numpy(),
    )


def stitch(chosen: Chosen, tiles: Iterable[str], assumptions: Assumptions) -> Found:
    """Put the groups of the tiles together and number the communities, as ``find_communities`` does.

    Parameters
    ----------
    chosen
        From ``read_chosen``.
    tiles
        Folders of the labelled tiles.
    assumptions
        The set to use.

    Returns
    -------
    Found
        Members and figures.
    """
    offset = np.zeros(10_000, dtype=np.int64)
    offset[[int(code) for code in chosen.codes]] = chosen.begins[:-1]
    count = len(chosen.demand_mwh)
    group = communities.stitch_tiles(count, _labels(tiles, offset))
    min_count = assumptions.community_min_buildings_count
    rows, label = communities.rank_groups(group, chosen.demand_mwh, chosen.ids, min_count)
    community_id = np.full(count, -1, dtype=np.int64)
    community_id[rows] = label
    figures = communities.describe_groups(label, chosen.demand_mwh[rows], assumptions)
    return Found(rows, label, community_id, figures)


def _labels(tiles: Iterable[str], offset: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    for folder in tiles:
        table = parquet.read_table(Path(folder) / "labels.parquet")
        yield offset[table["code"].to_numpy()] + table["row"].to_numpy(), table["label"].to_numpy()


def plan_shapes(
    chosen: Chosen, found: Found, placed: Mapping[str, str], folder: Path, assumptions: Assumptions
) -> list[tuple[Draw, IntArray]]:
    """Share out the drawing: each community to the municipality of its first building, in heaps.

    Parameters
    ----------
    chosen, found
        As read and stitched.
    placed
        Municipality -> folder of its placed buildings.
    folder
        Where plans and shapes go.
    assumptions
        The set to use.

    Returns
    -------
    list of tuple
        Work, and the ids of the communities it draws.
    """
    rows, label, place = found.rows, found.label, chosen.municipality(found.rows)
    first = np.flatnonzero(np.diff(label, prepend=-1))
    size = np.diff(np.append(first, len(rows)))
    home = np.repeat(place[first], size)
    work = []
    for number, code in enumerate(chosen.codes):
        own = np.flatnonzero(home == number)
        if len(own):
            begins = np.flatnonzero(np.diff(label[own], prepend=-1))
            heap = np.repeat(begins // _DRAWN_AT_ONCE, np.diff(np.append(begins, len(own))))
            for chunk in np.split(own, np.flatnonzero(np.diff(heap)) + 1):
                ids, local = np.unique(label[chunk], return_inverse=True)
                task = _plan(code, chosen, rows[chunk], local, placed, folder, assumptions)
                work.append((task, ids))
    return work


def _plan(
    code: str,
    chosen: Chosen,
    rows: IntArray,
    local: IntArray,
    placed: Mapping[str, str],
    folder: Path,
    assumptions: Assumptions,
) -> Draw:
    """Write which buildings make up the communities of a heap; the file's name tells its content."""
    place = chosen.municipality(rows)
    inside = [chosen.codes[n] for n in np.unique(place)]
    numbers = np.array([int(c) for c in chosen.codes], dtype=np.int16)[place]
    plan = pd.DataFrame({"code": numbers, "row": rows - chosen.begins[place], "label": local})
    sources = [Path(placed[c]).name for c in inside]
    content = pd.util.hash_pandas_object(plan, index=False).to_numpy().tobytes().hex()
    key = digest(content, *sources, assumptions.digest("communities"), program_fingerprint())
    target = folder / f"{code}-{key}"
    path = write_whole(folder / f"{code}-{key}.parquet", plan.to_parquet)
    return Draw(str(target), code, str(path), tuple((c, placed[c]) for c in inside), assumptions)
