"""Files written whole or not at all, and digests of files, tables and the program."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["digest_files", "digest_table", "flush", "program_fingerprint", "write_text", "write_whole"]


def write_whole(path: Path, write: Callable[[Path], object]) -> Path:
    """Write a file beside its name and rename it, so that it is there whole or not at all.

    Parameters
    ----------
    path
        Final name; missing folders are made.
    write
        Called with the name to write to; the ending stays the same.

    Returns
    -------
    pathlib.Path
        The final name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".partial-{os.getpid()}-{path.name}")
    try:
        write(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def write_text(path: Path, text: str) -> Path:
    """Write a text file whole or not at all, UTF-8."""
    return write_whole(path, lambda p: p.write_text(text, encoding="utf-8"))


def flush(path: Path) -> None:
    """Wait until a file is on the disk: a power cut must not leave a catalogue that names an empty file."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def digest_files(paths: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of files by name.

    Parameters
    ----------
    paths
        Files that exist.

    Returns
    -------
    dict
        File name -> hex digest.
    """
    digests = {}
    for path in paths:
        with path.open("rb") as stream:
            digests[path.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return digests


def digest_table(table: pd.DataFrame | pd.Series) -> str:
    """Digest of a table's columns, index and values, geometry included."""
    frame = table.to_frame() if isinstance(table, pd.Series) else pd.DataFrame(table)
    shapes = [c for c in frame.columns if frame[c].dtype.name == "geometry"]
    plain = frame.assign(**{c: gpd.GeoSeries(frame[c]).to_wkb(hex=True) for c in shapes})
    for column in filter(lambda c: pd.api.types.is_object_dtype(plain[c]), plain.columns):
        plain[column] = plain[column].astype(str)
    rows = pd.util.hash_pandas_object(plain, index=True)
    return hashlib.sha256(rows.to_numpy().tobytes() + "|".join(map(str, frame.columns)).encode()).hexdigest()


@lru_cache(maxsize=1)
def program_fingerprint() -> str:
    """Digest of the program's own files: a result made by other code is made anew."""
    root = Path(__file__).parents[1]
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            whole.update(path.relative_to(root).as_posix().encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()
