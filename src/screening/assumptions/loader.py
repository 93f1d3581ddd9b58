"""The door to assumption files: shipped sets by name, the user's own by path."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from screening.assumptions.model import COLUMNS, Assumptions, Parameter, entries_of
from screening.errors import AssumptionError, near_misses

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_DETAILS = ("source", "price_year", "low", "high", "note")

__all__ = ["DEFAULT_SET", "available", "load", "restore", "write"]

DEFAULT_SET = "cowi-2022"


def available() -> list[str]:
    """Names of the shipped sets.

    Examples
    --------
    >>> available()
    ['cowi-2022', 'dea-2026']
    """
    return sorted(
        entry.name
        for entry in _data().iterdir()
        if entry.is_dir() and entry.name not in {"parameters", "common"}
    )


def load(name_or_path: str | Path = DEFAULT_SET) -> Assumptions:
    """Load a shipped set by name or the user's own from a YAML file.

    Parameters
    ----------
    name_or_path
        "cowi-2022" (the default), "dea-2026", or the path of a YAML file: ``base`` names a shipped set, every
        other key an assumption with a number, a mapping of keys to numbers (tables), or a mapping
        with ``value`` and any of ``source``, ``price_year``, ``low``, ``high``, ``note``.

    Returns
    -------
    Assumptions
        The checked set.

    Raises
    ------
    AssumptionError
        For an unknown set or name (naming the near ones), a missing file, a faulty value.
    """
    name = str(name_or_path)
    if name in available():
        return Assumptions(name, _parameters(), _rows(name))
    path = Path(name_or_path)
    if path.suffix.lower() in {".yaml", ".yml"}:
        return _load_file(path)
    raise AssumptionError(
        f"No assumption set {name!r}. {near_misses(name, available())}"
        " A file of your own ends in .yaml and begins with 'base: cowi-2022'."
    )


def write(assumptions: Assumptions, path: str | Path) -> Path:
    """Write all values of a set as a YAML file that ``load`` reads back.

    Parameters
    ----------
    assumptions
        The set.
    path
        File to write.

    Returns
    -------
    pathlib.Path
        The file written.
    """
    content: dict[str, object] = {"base": _base_of(assumptions)}
    for name, group in assumptions.table().groupby("name", sort=False):
        if group["kind"].iloc[0] == "table":
            content[str(name)] = dict(zip(group["key"], group["value"].astype(float), strict=True))
        else:
            content[str(name)] = float(group["value"].iloc[0])
    path = Path(path)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    return path


def restore(table: pd.DataFrame, name: str) -> Assumptions:
    """Make a set from the rows that ``Assumptions.table`` gave.

    Parameters
    ----------
    table
        Rows with at least name, key, value, source, price_year, low, high, note.
    name
        Name of the set.

    Returns
    -------
    Assumptions
        The checked set.
    """
    return Assumptions(name, _parameters(), table)


def _base_of(assumptions: Assumptions) -> str:
    return assumptions.name if assumptions.name in available() else available()[0]


def _data() -> Traversable:
    return resources.files("screening.assumptions") / "data"


def _read(entry: Traversable) -> pd.DataFrame:
    with resources.as_file(entry) as path:
        return pd.read_csv(path, dtype=str, keep_default_na=False)


def _csv_files(folder: str) -> list[Traversable]:
    entries = (_data() / folder).iterdir()
    return sorted((e for e in entries if e.name.endswith(".csv")), key=lambda e: e.name)


def _parameters() -> dict[str, Parameter]:
    parameters: dict[str, Parameter] = {}
    for entry in _csv_files("parameters"):
        stage = entry.name.removesuffix(".csv")
        for row in _read(entry).to_dict("records"):
            parameters[row["name"]] = Parameter(
                name=row["name"],
                unit=row["unit"],
                kind=row["kind"],
                minimum=float(row["minimum"]),
                maximum=float(row["maximum"]),
                label_da=row["label_da"],
                label_en=row["label_en"],
                stage=stage,
            )
    return parameters


def _rows(name: str) -> pd.DataFrame:
    """Rows of a shipped set: the common ones, replaced where the set has its own."""
    common, own = (
        pd.concat([pd.DataFrame(columns=COLUMNS), *map(_read, _csv_files(folder))], ignore_index=True)
        for folder in ("common", name)
    )
    merged = pd.concat([common[~common["name"].isin(own["name"])], own], ignore_index=True)
    return merged.fillna("")


def _load_file(path: Path) -> Assumptions:
    if not path.is_file():
        raise AssumptionError(f"Assumption file {path} does not exist.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = str(error).replace("\n", " ")
        raise AssumptionError(f"Assumption file {path} is not readable as YAML: {reason}") from error
    if not isinstance(content, dict) or "base" not in content:
        raise AssumptionError(f"{path} has no line 'base: cowi-2022' that names the set it changes.")
    base = load(str(content.pop("base")))
    parameters = _parameters()
    rows = base.table()[COLUMNS].astype({"value": object})
    for name, given in content.items():
        if name not in parameters:
            raise AssumptionError(f"{path}: unknown name {name!r}. {near_misses(str(name), parameters)}")
        details = given if isinstance(given, dict) and "value" in given else {"value": given}
        rows = _changed(rows, str(name), details, path)
    return Assumptions(path.stem, parameters, rows)


def _changed(rows: pd.DataFrame, name: str, details: dict[str, object], path: Path) -> pd.DataFrame:
    """Set what a file says of one assumption; what it does not say stays as shipped."""
    unknown = sorted(str(key) for key in set(details) - {"value", *_DETAILS})
    if unknown:
        raise AssumptionError(
            f"{path}: {name} has {', '.join(unknown)}; allowed beside value are"
            " source, price_year, low, high, note. A decimal point, not a comma, stands in a number."
        )
    own = rows["name"] == name
    try:
        entries = entries_of(name, details["value"], rows.loc[own, "key"])
    except AssumptionError as error:
        raise AssumptionError(f"{path}: {error}") from error
    told = {detail: str(given) for detail, given in details.items() if detail != "value"}
    changes: dict[str, Any] = {"source": path.name, "note": ""} | told | _ends(details, f"{path}: {name}")
    rows = rows.copy()
    for key, value in entries.items():
        for column, new in (changes | {"value": value}).items():
            rows.loc[own & (rows["key"] == key), column] = new
    return rows


def _ends(details: dict[str, object], label: str) -> dict[str, float]:
    """Read the ends of the range; the shipped ones hold where none is given."""
    found: dict[str, float] = {}
    for side in ("low", "high"):
        if side in details:
            given = details[side]
            if isinstance(given, bool) or not isinstance(given, int | float):
                raise AssumptionError(f"{label}: {side} is {given!r}, not a number; write 0.035.")
            found[side] = float(given)
    if len(found) == 2 and found["low"] > found["high"]:
        raise AssumptionError(f"{label}: low is {found['low']:g}, above high, {found['high']:g}.")
    return found
