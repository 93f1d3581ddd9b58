"""Folders that are there whole or not at all: a piece of work that has its folder is done."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

__all__ = ["clear_partial", "digest", "keep_only", "swap_in", "whole_folder"]

_PARTIAL = ".partial-"
_OLD = ".old-"


def digest(*parts: object) -> str:
    """Tell one set of inputs from another, in 24 letters."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:24]


def whole_folder(target: Path, write: Callable[[Path], object]) -> Path:
    """Make a folder of files, there whole or not at all.

    Parameters
    ----------
    target
        The folder; one that is there already is the same work and stays.
    write
        Called with a folder to write into.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    partial = target.with_name(f"{_PARTIAL}{os.getpid()}-{target.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        write(partial)
        if not target.exists():
            partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def swap_in(made: Path, target: Path) -> Path:
    """Put a finished folder in the place of an older one."""
    restore(target)
    old = target.with_name(f"{_OLD}{target.name}")
    if target.exists():
        target.rename(old)
    made.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target


def restore(target: Path) -> None:
    """Put the older folder back when a swap was cut short; remove it when it was not."""
    old = target.with_name(f"{_OLD}{target.name}")
    if old.exists() and not target.exists():
        old.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def clear_partial(folder: Path) -> None:
    """Remove what runs that died have left half written."""
    for path in folder.glob(f"*/{_PARTIAL}*"):
        shutil.rmtree(path, ignore_errors=True)


def keep_only(folder: Path, names: Iterable[str]) -> None:
    """Remove the work that no longer belongs to the inputs."""
    wanted = set(names)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in wanted:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
