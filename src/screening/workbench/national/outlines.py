"""The outlines of the chosen buildings, taken out of files of any length and kept by municipality."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from screening import register
from screening.store import program_fingerprint
from screening.workbench.national.files import digest, whole_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import geopandas as gpd

__all__ = ["outlines_identity", "spool_outlines"]

_PARTS = pa.schema(
    [
        ("building_id", pa.string()),
        ("is_repaired", pa.bool_()),
        ("part_count", pa.int64()),
        ("geometry", pa.binary()),
    ]
)
_ENDS_BYTES = 16 << 20


def outlines_identity(source: str | Path | None) -> str:
    """Tell one version of the outlines from another: names, lengths and the ends of the files."""
    if source is None:
        return "none"
    told = hashlib.sha256()
    for path in register.outline_files(source):
        size = path.stat().st_size
        told.update(f"{path.name} {size} {path.stat().st_mtime_ns}\n".encode())
        with path.open("rb") as stream:
            told.update(stream.read(_ENDS_BYTES))
            stream.seek(max(size - _ENDS_BYTES, 0))
            told.update(stream.read())
    return told.hexdigest()


def spool_outlines(
    source: str | Path,
    identity: str,
    ids: Mapping[str, pd.Index],
    selected: Mapping[str, str],
    folder: Path,
    on_rows: Callable[[int], None],
) -> dict[str, str]:
    """Take the outlines of the chosen buildings out of the files, in one pass; only for those that lack them.

    Parameters
    ----------
    source
        File or folder of outlines.
    identity
        From ``outlines_identity``.
    ids
        Municipality -> its chosen buildings.
    selected
        Municipality -> folder of its choice.
    folder
        Where the parts go.
    on_rows
        Called with the rows read so far.

    Returns
    -------
    dict
        Municipality -> folder with its parts.
    """
    key = (identity, program_fingerprint())
    targets = {code: folder / f"{code}-{digest(*key, Path(selected[code]).name)}" for code in ids}
    missing = [code for code, target in targets.items() if not target.is_dir()]
    if missing:
        home = pd.concat([pd.Series(code, index=ids[code], dtype="str") for code in missing])
        scratch = folder / ".partial-stream"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        try:
            _stream(register.outline_files(source), home, missing, scratch, on_rows)
            for code in missing:
                whole_folder(targets[code], lambda new, c=code: (scratch / c).rename(new / "parts.arrow"))  # type: ignore[misc]
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return {code: str(target) for code, target in targets.items()}


def _stream(
    paths: list[Path], home: pd.Series, codes: Iterable[str], scratch: Path, on_rows: Callable[[int], None]
) -> None:
    """Write each municipality's parts to a file of its own, in the order of the source."""
    with ExitStack() as stack:
        writers = {
            code: stack.enter_context(pa.ipc.new_stream(str(scratch / code), _PARTS)) for code in codes
        }
        for parts in register.stream_outlines(paths, home.index.unique(), on_rows=on_rows):
            for code, table in _by_municipality(parts, home):
                writers[code].write_table(table)


def _by_municipality(parts: gpd.GeoDataFrame, home: pd.Series) -> Iterable[tuple[str, pa.Table]]:
    """Part the pieces by the municipality of their building; of both, where two have it."""
    plain = pd.DataFrame(parts.drop(columns="geometry")).assign(geometry=parts.geometry.to_wkb())
    codes = home[home.index.isin(parts["building_id"])].rename("code").rename_axis("building_id")
    placed = plain.reset_index(names="order").merge(codes.reset_index(), on="building_id")
    for code, rows in placed.sort_values("order", kind="stable").groupby("code"):
        yield str(code), pa.Table.from_pandas(rows[_PARTS.names], schema=_PARTS, preserve_index=False)
