"""The plant as data: a YAML file, checked, with its hours."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from screening import assumptions as assumption_sets
from screening.errors import InputFileError, UnknownNameError
from screening.operation.energy_costs import check_rates
from screening.operation.plant_content import PlantContent
from screening.operation.plant_faults import explain, parse
from screening.operation.plant_series import HEAT, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from screening.assumptions import Assumptions
    from screening.operation.plant_units import Unit

__all__ = ["Plant", "example_plants", "load_plant"]


@dataclass(frozen=True)
class Plant:
    """A plant with its hours.

    Attributes
    ----------
    path
        The plant file.
    content
        What it says, checked.
    hours
        Start of each hour, UTC.
    series
        One value per hour by the file's dotted key ("electricity.spot"), the demand as "heat_mw".
    default_keys
        The series that the synthetic default year gave.
    assumptions
        The set that gives what the file leaves out.
    raw, frame
        What it was made of: the file as read, and the caller's own hours.
    filled_hours
        Hours that were mended, by key, where the file asks for it; of the whole period. [h]
    """

    path: Path
    content: PlantContent
    hours: pd.DatetimeIndex
    series: Mapping[str, NDArray[np.float64]] = field(repr=False)
    default_keys: tuple[str, ...]
    assumptions: Assumptions = field(repr=False)
    raw: Mapping[str, Any] = field(repr=False, default_factory=dict)
    frame: pd.DataFrame | None = field(repr=False, default=None)
    filled_hours: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As readers see it."""
        return self.content.name

    @property
    def units(self) -> dict[str, Unit]:
        """The units by name."""
        return {unit.name: unit for unit in self.content.units}

    @property
    def demand_mw(self) -> NDArray[np.float64]:
        """Heat that the network takes in each hour. [MW]."""
        return self.series[HEAT]

    @property
    def is_synthetic(self) -> bool:
        """Whether any series is the synthetic default year's."""
        return bool(self.default_keys)

    def values(self, key: str) -> NDArray[np.float64]:
        """Give a series of the plant, one value per hour, by its dotted key."""
        try:
            return self.series[key]
        except KeyError:
            raise UnknownNameError("series of the plant", key, self.series) from None

    def cut(self, first: int, hours: int) -> Plant:
        """Give the same plant with a part of its hours.

        Parameters
        ----------
        first
            Number of the first hour, from 0.
        hours
            How many.

        Returns
        -------
        Plant
            With these hours.
        """
        part = slice(first, first + hours)
        return replace(
            self, hours=self.hours[part], series={key: values[part] for key, values in self.series.items()}
        )

    def changed(
        self,
        changes: Mapping[str, Any],
        series: pd.DataFrame | None = None,
        assumptions: Assumptions | None = None,
    ) -> Plant:
        """Give the plant with other values at some keys, all its hours worked out anew.

        Parameters
        ----------
        changes
            By dotted key, units and taxes by name: ``{"tank.volume_m3": 3300,
            "units.heat_pump.source": "sea_water", "electricity.spot.factor": 1.1}``; None takes a key out
            ("units.gas_boiler": None, a unit).
        series
            Other hours in place of the default year, as in ``load_plant``.
        assumptions
            Another set, where wanted.

        Returns
        -------
        Plant
            Checked like a file.

        Raises
        ------
        InputFileError
            As ``load_plant``; for a unit that is not there.
        """
        raw = copy.deepcopy(dict(self.raw))
        for key, value in changes.items():
            _put(raw, key.split("."), value, f"{self.path}: {key}")
        frame = self.frame if series is None else series
        return _plant(self.path, raw, frame, assumptions or self.assumptions)


def load_plant(
    path: str | Path, series: pd.DataFrame | None = None, assumptions: Assumptions | None = None
) -> Plant:
    """Read a plant file.

    Parameters
    ----------
    path
        A YAML file (docs/plant-file.md), or the name of one of ``example_plants``.
    series
        Hours of the caller's own in place of the default year: index UTC, columns temperature_c, ghi_w_m2,
        dni_w_m2, dhi_w_m2, spot_dkk_per_mwh, as far as the plant needs them.
    assumptions
        The set that gives what the file leaves out; the default one without.

    Returns
    -------
    Plant
        Checked, with one value per hour of everything that varies.

    Raises
    ------
    InputFileError
        In one line: file, key, value, what is allowed.
    ScreeningError
        If ``series`` is not by the hour in UTC.

    Examples
    --------
    >>> plant = load_plant("small-town")
    >>> list(plant.units)
    ['heat_pump', 'electric_boiler', 'gas_boiler']
    >>> plant.cut(0, 24).demand_mw.shape
    (24,)
    """
    examples = example_plants()
    known = examples.get(str(path))
    path = Path(path) if known is None else known
    if not path.is_file():
        why = "is a folder" if path.is_dir() else "does not exist"
        raise InputFileError(
            f"{path} {why}; allowed is a plant file (.yaml) or an example: {', '.join(examples)}."
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise InputFileError(f"{path} is not readable as text in UTF-8; save it as UTF-8.") from error
    return _plant(path, parse(text, str(path)), series, assumptions or assumption_sets.load())


def example_plants() -> dict[str, Path]:
    """List the plants that come along, by name.

    Examples
    --------
    >>> sorted(example_plants())
    ['chip-alternative', 'chip-reference', 'small-town', 'solar-alternative', 'solar-reference']
    """
    folder = Path(str(resources.files("screening.operation") / "plants"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def _plant(path: Path, raw: dict[str, Any], frame: pd.DataFrame | None, assumptions: Assumptions) -> Plant:
    """Check a content and work out its hours."""
    try:
        content = PlantContent.model_validate(raw)
    except ValidationError as error:
        raise InputFileError(f"{path}: {explain(error, raw, PlantContent)}") from error
    check_rates(content, str(path), assumptions)
    hours, values, default_keys, filled = resolve(content, path.parent, str(path), frame, assumptions)
    return Plant(path, content, hours, values, default_keys, assumptions, raw, frame, filled)


def _put(content: Any, key: list[str], value: Any, label: str) -> None:
    """Set or take out what stands at a dotted key."""
    for step in key[:-1]:
        if isinstance(content, list):
            content = content[_place(content, step, label)]
        else:
            content[step] = _open(content.get(step))
            content = content[step]
    last = key[-1]
    place: Any = _place(content, last, label) if isinstance(content, list) else last
    if value is None:
        content.pop(place, None) if isinstance(content, dict) else content.pop(place)
    else:
        content[place] = copy.deepcopy(value)


def _open(value: Any) -> Any:
    """Write a series' short form out, so that a key can be put beside it."""
    if isinstance(value, dict) and value and all(isinstance(key, int) for key in value):
        return {"by_year": value}
    if isinstance(value, dict | list):
        return value
    if isinstance(value, int | float):
        return {"constant": value}
    if value == "default":
        return {"default": True}
    return {"file": value} if isinstance(value, str) else {}


def _place(content: list[Any], name: str, label: str) -> int:
    """Find a named entry of a list, or the one with that number, from 1."""
    names = [str(item.get("name", "")) if isinstance(item, dict) else "" for item in content]
    if name in names:
        return names.index(name)
    if name.isdigit() and 0 < int(name) <= len(content):
        return int(name) - 1
    raise InputFileError(f"{label}: no entry is named {name!r}; there are {', '.join(filter(None, names))}.")
