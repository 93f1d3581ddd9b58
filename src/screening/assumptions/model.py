"""An immutable set of assumptions that knows unit, source and range of each value."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.errors import AssumptionError, near_misses

__all__ = ["CHANGED", "COLUMNS", "Assumptions", "Parameter"]

COLUMNS = ["name", "key", "value", "unit", "source", "price_year", "low", "high", "note"]
_CALENDAR = (1990, 2200)  # keys that are years
_SHOWN_KEYS = 6
CHANGED = "changed by the user"  # how the source of a changed row begins


@dataclass(frozen=True)
class Parameter:
    """What an assumption is, apart from its value.

    Parameters
    ----------
    name
        Snake case, the unit as suffix.
    unit
        The unit that the suffix promises; empty for flags.
    kind
        "number", "flag" (0 or 1) or "table" (one value per key).
    minimum, maximum
        Values outside are refused; in the unit of the parameter.
    label_da, label_en
        What a reader of the report sees.
    stage
        The package that uses it.
    """

    name: str
    unit: str
    kind: str
    minimum: float
    maximum: float
    label_da: str
    label_en: str
    stage: str


class Assumptions:
    """A frozen set of assumptions; numbers as attributes, tables through ``lookup``.

    Parameters
    ----------
    name
        Name of the set, shown in reports.
    parameters
        Definitions by name.
    rows
        One row per value: columns of ``COLUMNS``; ``key`` is empty for numbers and flags.

    Raises
    ------
    AssumptionError
        Listing every unknown name, missing value, value that is no number or out of bounds.

    Examples
    --------
    >>> from screening import assumptions
    >>> a = assumptions.load("cowi-2022")
    >>> a.loan_rate
    0.035
    >>> a.replace(loan_rate=0.04).loan_rate
    0.04
    """

    __slots__ = ("_columns", "_parameters", "_rows", "_tables", "_values", "name")
    name: str
    _columns: dict[str, tuple[npt.NDArray[Any], npt.NDArray[np.float64]]]
    _parameters: dict[str, Parameter]
    _rows: pd.DataFrame
    _tables: dict[str, pd.Series]
    _values: dict[str, float]

    def __init__(self, name: str, parameters: Mapping[str, Parameter], rows: pd.DataFrame) -> None:
        rows = rows.reindex(columns=COLUMNS).reset_index(drop=True)
        faults = _faults(parameters, rows)
        if faults:
            raise AssumptionError(f"Assumption set {name!r}: " + " ".join(faults))
        rows = rows.astype({"value": float}).assign(
            low=pd.to_numeric(rows["low"], errors="coerce"), high=pd.to_numeric(rows["high"], errors="coerce")
        )
        values: dict[str, float] = {}
        tables: dict[str, pd.Series] = {}
        for key, group in rows.groupby("name", sort=False):
            kind = parameters[str(key)].kind
            if kind == "table":
                tables[str(key)] = _table(str(key), group)
            else:
                values[str(key)] = float(group["value"].iloc[0])
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "_parameters", dict(parameters))
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_tables", tables)
        object.__setattr__(self, "_columns", {})

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a set is frozen, ``replace`` gives a new one."""
        raise AssumptionError(f"Assumptions are frozen; use replace({name}=...) for a new set.")

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by rebuilding, so that workers get the same checked set."""
        return (Assumptions, (self.name, self._parameters, self._rows))

    def __getattr__(self, name: str) -> float:
        """Value of a number."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            pass
        if name in self._tables:
            raise AttributeError(f"{name} is a table; read it with lookup({name!r}).")
        raise AttributeError(f"No assumption {name!r}. {near_misses(name, self._parameters)}")

    def __repr__(self) -> str:
        """Name, size and hash."""
        return f"Assumptions({self.name!r}, {len(self._rows)} rows, {self.digest()[:12]})"

    def lookup(self, name: str) -> pd.Series:
        """Values of a table parameter, indexed by key.

        Parameters
        ----------
        name
            Name of the table parameter.

        Returns
        -------
        pandas.Series
            Float values in the parameter's unit; the index is numeric when every key is.

        Raises
        ------
        AssumptionError
            If there is no such table.
        """
        if name not in self._tables:
            raise AssumptionError(f"No table {name!r}. {near_misses(name, self._tables)}")
        return self._tables[name].copy()

    def column(self, name: str) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64]]:
        """Keys and values of a table, in the order of the keys.

        Parameters
        ----------
        name
            Name of the table parameter.

        Returns
        -------
        tuple of numpy.ndarray
            Keys, numeric when every key is, and the values in the parameter's unit.
        """
        if name not in self._columns:
            rows = self.lookup(name).sort_index()
            self._columns[name] = rows.index.to_numpy(), rows.to_numpy(float)
        return self._columns[name]

    def ends(
        self, name: str
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Low end, value and high end of a parameter's range.

        Parameters
        ----------
        name
            A number (one element) or a table (in the order of ``column``).

        Returns
        -------
        tuple of numpy.ndarray
            In the parameter's unit; an end that is not given is the value itself.
        """
        self.parameter(name)
        rows = self._rows[self._rows["name"] == name]
        keys = pd.to_numeric(rows["key"], errors="coerce")
        rows = rows.iloc[np.argsort((keys if keys.notna().all() else rows["key"]).to_numpy(), kind="stable")]
        value = rows["value"].to_numpy(float)
        low, high = (rows[side].to_numpy(float) for side in ("low", "high"))
        # A value set outside its shipped range stretches it: the value itself is never out of the question.
        return np.fmin(low, value), value, np.fmax(high, value)

    def parameter(self, name: str) -> Parameter:
        """Definition of a parameter: unit, bounds, labels."""
        if name not in self._parameters:
            raise AssumptionError(f"No assumption {name!r}. {near_misses(name, self._parameters)}")
        return self._parameters[name]

    def replace(self, **changes: float | Mapping[object, float]) -> Assumptions:
        """Give a new set with some values changed.

        Parameters
        ----------
        **changes
            New numbers by name; for a table a mapping of the keys to change, or one number for all
            its keys.

        Returns
        -------
        Assumptions
            The source of a changed row says so.

        Raises
        ------
        AssumptionError
            For an unknown name (names the near ones), an unknown key or a value out of bounds.
        """
        rows = self._rows.astype({"value": object})
        for name, change in changes.items():
            self.parameter(name)
            own = rows["name"] == name
            for key, value in entries_of(name, change, rows.loc[own, "key"]).items():
                mask = own & (rows["key"] == key)
                if rows.loc[mask, "value"].iloc[0] == value:
                    continue
                rows.loc[mask, "value"] = value
                rows.loc[mask, ["source", "note"]] = [f"{CHANGED} (set {self.name})", ""]
        return Assumptions(self.name, self._parameters, rows)

    @property
    def changed(self) -> list[str]:
        """Names whose values ``replace`` changed: the set's own name alone would mislead a reader."""
        return list(dict.fromkeys(self._rows.loc[self._rows["source"].str.startswith(CHANGED), "name"]))

    def table(self) -> pd.DataFrame:
        """All rows with definition, for reading and for the report.

        Returns
        -------
        pandas.DataFrame
            Columns name, key, value, unit, source, price_year, low, high, note, kind, minimum,
            maximum, label_da, label_en, stage.
        """
        definitions = pd.DataFrame([vars(p) for p in self._parameters.values()])
        return self._rows.drop(columns="unit").merge(definitions, on="name", how="left", validate="m:1")[
            [*COLUMNS, "kind", "minimum", "maximum", "label_da", "label_en", "stage"]
        ]

    def digest(self, *stages: str) -> str:
        """SHA-256 of names, keys and values: two sets with the same digest give the same result.

        Parameters
        ----------
        *stages
            Only the parameters of these stages; all when none is named.

        Returns
        -------
        str
            Hex digest.
        """
        lines = sorted(
            f"{name}|{key}|{float(value)!r}"
            for name, key, value in zip(
                self._rows["name"], self._rows["key"], self._rows["value"], strict=True
            )
            if not stages or self._parameters[name].stage in stages
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def entries_of(name: str, change: object, written: pd.Series) -> dict[str, Any]:
    """Part a change into the rows it means.

    Parameters
    ----------
    name
        Of the parameter.
    change
        A number, or a mapping of keys to numbers. One number for a table by year, or of rates by period,
        holds for all of them.
    written
        The keys of the parameter's rows; a number has the empty one.

    Returns
    -------
    dict
        New value by key as written.

    Raises
    ------
    AssumptionError
        For a key that the table does not have, one number for a table by size or kind, or true and false.
    """
    keys = [str(key) for key in written]
    if isinstance(change, bool):
        raise AssumptionError(f"{name} is {change}, not a number; a flag is 0 or 1.")
    if not isinstance(change, Mapping):
        over_time = (
            name.endswith("_rate") or pd.to_numeric(written, errors="coerce").between(*_CALENDAR).all()
        )
        if keys != [""] and not over_time and len(keys) > 1:
            raise AssumptionError(
                f"{name} is a table: it takes a key, as in {{{keys[0]}: NUMBER}}; its keys are"
                f" {', '.join(keys[:_SHOWN_KEYS])}{', ...' if len(keys) > _SHOWN_KEYS else ''}."
            )
        return dict.fromkeys(keys, change)
    found: dict[str, Any] = {}
    for key, value in change.items():
        told = f"{key:g}" if isinstance(key, float) else str(key)
        if told not in keys:
            raise AssumptionError(f"{name} has no key {key!r}. {near_misses(told, keys)}")
        found[told] = value
    return found


def _table(name: str, group: pd.DataFrame) -> pd.Series:
    keys = pd.to_numeric(group["key"], errors="coerce")
    index = pd.Index(keys if keys.notna().all() else group["key"], name="key")
    return pd.Series(group["value"].astype(float).to_numpy(), index=index, name=name)


def _faults(parameters: Mapping[str, Parameter], rows: pd.DataFrame) -> list[str]:
    """All faults of a set at once, each a sentence."""
    names = set(rows["name"])
    unknown = sorted(names - set(parameters))
    faults = [f"Unknown name {name!r}. {near_misses(name, parameters)}" for name in unknown]
    missing = sorted(set(parameters) - names)
    if missing:
        faults.append(f"No value for {', '.join(missing)}.")
    repeated = rows[rows.duplicated(["name", "key"])]
    if len(repeated):
        faults.append(f"Given twice: {', '.join(sorted(set(repeated['name'])))}.")
    for name, key, value in zip(rows["name"], rows["key"], rows["value"], strict=True):
        parameter = parameters.get(name)
        if parameter is None:
            continue
        label = f"{name}[{key}]" if key else name
        if (parameter.kind == "table") != bool(key):
            faults.append(f"{label} is a {parameter.kind}: it takes {'a key' if not key else 'no key'}.")
        try:
            number = float(value)
        except (TypeError, ValueError):
            faults.append(f"{label} is {value!r}, not a number; write 0.035, not 0,035 or 3.5 %.")
            continue
        if not np.isfinite(number) or not parameter.minimum <= number <= parameter.maximum:
            faults.append(
                f"{label} is {number:g} {parameter.unit}; allowed is"
                f" {parameter.minimum:g} to {parameter.maximum:g}."
            )
        if parameter.kind == "flag" and number not in (0.0, 1.0):
            faults.append(f"{label} is {number:g}; a flag is 0 or 1.")
    return faults
