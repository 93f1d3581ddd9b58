"""What the answer follows: each sensitivity as a change of the plant file, and all of them in one table."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import yaml

from screening.errors import ScreeningError, UnknownNameError
from screening.operation.condensation import flue_gas_heat_share
from screening.operation.energy_costs import electricity_costs
from screening.operation.plant_units import FuelBoiler, HeatPump
from screening.operation.scenarios import side_by_side
from screening.operation.units import condensation_share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.operation.plant import Plant
    from screening.operation.plant_years import Changes, PlantYears

__all__ = ["Sensitivity", "apply", "compare", "sensitivities"]

_TEMPERATURES = {"supply_c", "return_c", "temperatures_c", "from_c", "to_c", "cold_c", "warm_c"}
_MEAN = "electricity.distribution_mean_dkk_per_mwh"
_SHOWN = (
    "price_dkk_per_mwh",
    "heat_pump_share",
    "condensation_share",
    "internal_full_load_hours",
    "cold_water_first_m3",
    "cold_water_last_m3",
    "consumer_saving_dkk_per_year",
    "payback_years",
    "gain_dkk",
    "co2_tonne",
)


@dataclass(frozen=True)
class Sensitivity:
    """One thing that is otherwise.

    Attributes
    ----------
    name
        Of the sensitivity.
    kind
        "set": keys of the plant file get values; "scale": series are multiplied; "slope": the price of a fuel
        grows evenly to this share more in the last year; "layers": temperatures become others; "network":
        the same of supply and return; "source": every outdoor heat pump gets another heat source; "tariff":
        distribution by the hours of a tariff, its mean as the plant has it.
    changes
        What, by key.
    label_da, label_en
        As readers see it.
    """

    name: str
    kind: str
    changes: Mapping[Any, Any] = field(hash=False)
    label_da: str
    label_en: str


@functools.cache
def sensitivities() -> dict[str, Sensitivity]:
    """List the sensitivities by name; the first changes nothing.

    Examples
    --------
    >>> list(sensitivities())[:3]
    ['base', 'electricity_high', 'electricity_low']
    """
    entry = resources.files("screening.operation") / "sensitivities.csv"
    with resources.as_file(entry) as path:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    return {
        str(row["name"]): Sensitivity(
            str(row["name"]),
            str(row["kind"]),
            yaml.safe_load(str(row["changes"])),
            str(row["label_da"]),
            str(row["label_en"]),
        )
        for row in rows.to_dict("records")
    }


def apply(
    name: str, plant: Plant, years: Sequence[int], changes: Changes | None = None
) -> tuple[Plant, Changes]:
    """Change a plant and its years as a sensitivity says.

    Parameters
    ----------
    name
        Of the sensitivity.
    plant
        The plant.
    years
        Its calendar years.
    changes
        What changes by year anyway (``official_prices``).

    Returns
    -------
    tuple
        The plant, and what changes by year.

    Raises
    ------
    UnknownNameError
        If there is no such sensitivity.
    ScreeningError
        If the plant has nothing that it could change.
    """
    if name not in sensitivities():
        raise UnknownNameError("sensitivity", name, list(sensitivities()))
    chosen, by_year = sensitivities()[name], dict(changes or {})
    if chosen.kind == "slope":
        return plant, _sloped(chosen, plant, years, by_year)
    asked = _ASKED[chosen.kind](plant, chosen.changes)
    for key in map(str, asked):
        part = key.split(".")[0]
        if getattr(plant.content, part, None) is None:
            raise ScreeningError(f"{plant.name} has no {part}, so {chosen.label_en!r} says nothing.")
    if chosen.kind == "tariff":
        means = {year: _with_mean(plant, by_year, year) for year in years}
        return plant.changed({**asked, _MEAN: next(iter(means.values()))[_MEAN]}), {**by_year, **means}
    if chosen.kind == "scale":
        by_year = {year: _times(keys, chosen.changes) for year, keys in by_year.items()}
    return plant.changed(asked), by_year


def _with_mean(plant: Plant, by_year: Changes, year: int) -> dict[str, Any]:
    """Add to a year's changes the mean that the plant's own distribution has in it. [DKK/MWh]."""
    known = by_year.get(year, {})
    costs = electricity_costs(plant.changed({"year": year, **known}))
    return {**known, _MEAN: float(costs["distribution"].mean())}


def _times(keys: dict[str, Any], factors: Mapping[Any, Any]) -> dict[str, Any]:
    """Multiply the series that a year changes anyway."""
    return {
        key: {**value, "factor": value["factor"] * factors[key]} if key in factors else value
        for key, value in keys.items()
    }


def compare(
    runs: Mapping[str, Mapping[str, PlantYears]], references: Mapping[str, str], language: str = "en"
) -> pd.DataFrame:
    """Set the sensitivities under one another.

    Parameters
    ----------
    runs
        By sensitivity, plants by name.
    references
        Name of the reference of each alternative.
    language
        "da" or "en", of the labels.

    Returns
    -------
    pandas.DataFrame
        A row per sensitivity and plant: sensitivity, label, plant, key figures; price_change_dkk_per_mwh
        against the first sensitivity.
    """
    rows: list[dict[str, Any]] = []
    for name, plants in runs.items():
        table = side_by_side(plants, references).reindex(list(_SHOWN))
        label = getattr(sensitivities()[name], f"label_{language}")
        head = {"sensitivity": name, "label": label}
        rows += [
            {**head, "plant": str(plant), **dict(zip(_SHOWN, table[plant], strict=True))} for plant in table
        ]
    found = pd.DataFrame(rows).dropna(axis="columns", how="all")
    first = found.groupby("plant")["price_dkk_per_mwh"].transform("first")
    found.insert(4, "price_change_dkk_per_mwh", found["price_dkk_per_mwh"] - first)
    return found


def _set(_plant: Plant, changes: Mapping[Any, Any]) -> dict[str, Any]:
    """Take the changes as they are."""
    return {str(key): value for key, value in changes.items()}


def _scaled(plant: Plant, changes: Mapping[Any, Any]) -> dict[str, Any]:
    """Multiply series, whichever way the file gives them."""
    asked = {}
    for key, factor in changes.items():
        part: Any = plant.content
        for step in str(key).split("."):
            part = getattr(part, step, None)
        if part is None:
            raise ScreeningError(f"{plant.name} has no {key}, so it cannot be multiplied.")
        given = part.model_dump(exclude_defaults=True)
        asked[str(key)] = {**given, "factor": part.factor * factor}
    return asked


def _sloped(chosen: Sensitivity, plant: Plant, years: Sequence[int], by_year: Changes) -> Changes:
    """Let the price of a fuel grow evenly from the first year to the last."""
    if len(years) < 2:
        raise ScreeningError(f"{plant.name} is run in one year, and {chosen.label_en!r} needs several years.")
    reach = max(years[-1] - years[0], 1)
    for fuel, share in chosen.changes.items():
        if fuel not in plant.content.fuels:
            raise ScreeningError(f"{plant.name} burns no {fuel}, so {chosen.label_en!r} says nothing.")
        key = f"fuels.{fuel}.price_dkk_per_mwh"
        own = plant.content.fuels[fuel].price_dkk_per_mwh
        for year in years:
            known = by_year.get(year, {}).get(key, own.known(np.array([year])))
            if known is None:
                raise ScreeningError(
                    f"{plant.name}: {key} comes by the hour and gets no slope over the years."
                )
            risen = float(np.mean(known)) * (1.0 + share * (year - years[0]) / reach)
            by_year[year] = {**by_year.get(year, {}), key: risen}
    return by_year


def _sourced(plant: Plant, changes: Mapping[Any, Any]) -> dict[str, Any]:
    """Give every heat pump with an outdoor source another one."""
    pumps = [u.name for u in plant.content.units if isinstance(u, HeatPump) and u.source is not None]
    if not pumps:
        raise ScreeningError(f"{plant.name} has no heat pump with a source, so no other source can be tried.")
    return {f"units.{name}.source": changes["source"] for name in pumps}


def _relayered(plant: Plant, changes: Mapping[Any, Any]) -> dict[str, Any]:
    """Put other temperatures in the place of some, everywhere; COP and condensation follow them."""
    swapped = {float(old): float(new) for old, new in changes.items()}
    missing = set(swapped) - set(plant.content.temperatures_c)
    if missing:
        told = ", ".join(f"{old:g}" for old in sorted(missing))
        raise ScreeningError(f"{plant.name} has no layer of {told} C, so no other can take its place.")
    asked = {key: _swap(value, swapped) for key, value in plant.raw.items() if key in {"demand", "tank"}}
    units = _swap(plant.raw["units"], swapped)
    for given in units:
        unit = plant.units[given["name"]]
        if isinstance(unit, HeatPump) and unit.internal_operation is not None:
            given["internal_operation"].pop("cop", None)  # by Lorenz, as the temperatures are others
        extra = unit.extra_condensation if isinstance(unit, FuelBoiler) else None
        if isinstance(unit, FuelBoiler) and extra is not None:
            given["extra_condensation"] = {
                "cold_c": swapped.get(extra.cold_c, extra.cold_c),
                "warm_c": swapped.get(extra.warm_c, extra.warm_c),
                "heat_share": condensation_share(unit, plant) * _more_condensation(unit, plant, swapped),
                "variable_dkk_per_mwh_heat": extra.variable_dkk_per_mwh_heat,
                "investment_dkk": extra.investment_dkk,
            }
    return {**asked, "units": units}


def _renetworked(plant: Plant, changes: Mapping[Any, Any]) -> dict[str, Any]:
    """Put other temperatures in the place of supply and return, where the plant has just these."""
    demand = plant.content.demand
    asked = tuple(float(old) for old in changes)
    if (demand.supply_c, demand.return_c) != asked:
        old, new = ("/".join(f"{t:g}" for t in pair) for pair in (asked, changes.values()))
        raise ScreeningError(
            f"{plant.name} has supply and return at {demand.supply_c:g}/{demand.return_c:g} C, so the step"
            f" from {old} to {new} C is not its own."
        )
    return _relayered(plant, changes)


def _with_tariff(plant: Plant, changes: Mapping[Any, Any]) -> dict[str, Any]:
    """Let distribution follow a tariff's hours."""
    asked = {f"electricity.{key}": value for key, value in changes.items()}
    given = plant.content.electricity
    own = given is not None and given.distribution_dkk_per_mwh is not None
    return {**asked, "electricity.distribution_dkk_per_mwh": None} if own else asked


def _more_condensation(unit: FuelBoiler, plant: Plant, swapped: Mapping[float, float]) -> float:
    """Tell how many times as much the flue gas gives between the new temperatures as between the old."""
    extra = unit.extra_condensation
    if extra is None:
        return 1.0
    warm, cold = (swapped.get(t, t) for t in (extra.warm_c, extra.cold_c))
    a = plant.assumptions
    return flue_gas_heat_share(warm, cold, a) / flue_gas_heat_share(extra.warm_c, extra.cold_c, a)


def _swap(part: Any, swapped: Mapping[float, float], key: str = "") -> Any:
    """Copy a part of a plant file with other temperatures."""
    if isinstance(part, dict):
        return {name: _swap(value, swapped, str(name)) for name, value in part.items()}
    if isinstance(part, list):
        return [_swap(value, swapped, key) for value in part]
    if key in _TEMPERATURES and isinstance(part, int | float):
        return swapped.get(float(part), part)
    return part


_ASKED = {
    "set": _set,
    "scale": _scaled,
    "layers": _relayered,
    "network": _renetworked,
    "source": _sourced,
    "tariff": _with_tariff,
}
