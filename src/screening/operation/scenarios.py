"""Plants side by side, and the published scenarios beside what is computed."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

import pandas as pd

from screening.operation.economy import Gain, gain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.operation.plant_years import PlantYears

__all__ = ["REFERENCES", "SCENARIOS", "beside_published", "gains", "published", "side_by_side"]

SCENARIOS = {
    "Ref 1": "chip-reference",
    "Alt 1": "chip-alternative",
    "Ref 2": "solar-reference",
    "Alt 2": "solar-alternative",
}
REFERENCES = {"Alt 1": "Ref 1", "Alt 2": "Ref 2"}

_COMPARABLE = (20, "official", 2024)  # years, prices, hours that the reasons are written for
_PRICES_DA = {
    "file": "priser fra filen",
    "official": "officielle priser",
    "official-spot": "officielle priser, også elspottens middel",
}
_PRICES_EN = {
    "file": "prices of the file",
    "official": "official prices",
    "official-spot": "official prices, the spot's mean too",
}
_WEIGHTED = {
    "internal_cold_share": "internal_electricity_mwh",
    "external_cold_share": "external_electricity_mwh",
}
_MEANS = ("_share", "_full_load_hours")


@functools.cache
def _texts() -> pd.DataFrame:
    entry = resources.files("screening.operation") / "published.csv"
    with resources.as_file(entry) as path:
        return pd.read_csv(path, dtype=str, keep_default_na=False)


def published() -> pd.DataFrame:
    """List what is published of the scenarios.

    Returns
    -------
    pandas.DataFrame
        scenario, quantity, unit, published, low, high, label and reason in Danish and English.

    Examples
    --------
    >>> table = published().set_index(["scenario", "quantity"])
    >>> float(table.loc[("Ref 1", "price_dkk_per_mwh"), "published"])
    330.8
    """
    numbers = {name: pd.to_numeric(_texts()[name]) for name in ("published", "low", "high")}
    return _texts().assign(**numbers)


def gains(runs: Mapping[str, PlantYears], references: Mapping[str, str]) -> dict[str, Gain]:
    """Compare each alternative with its reference.

    Parameters
    ----------
    runs
        Plants over the same years, by name.
    references
        Name of the reference of each alternative.

    Returns
    -------
    dict
        By alternative.
    """
    return {
        name: gain(runs[reference].price, runs[name].price, runs[name].assumptions)
        for name, reference in references.items()
        if name in runs and reference in runs
    }


def side_by_side(runs: Mapping[str, PlantYears], references: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Set plants side by side.

    Parameters
    ----------
    runs
        Plants over their years, by name.
    references
        Name of the reference of each alternative; those of the published scenarios without.

    Returns
    -------
    pandas.DataFrame
        A row per quantity (means over the years; ``_first``, ``_later``, ``_last``, ``_most``: of the first
        year, the years after it, the last, the highest), a column per plant; empty where it has no such.
    """
    columns = {name: _figures(run) for name, run in runs.items()}
    for name, found in gains(runs, REFERENCES if references is None else references).items():
        columns[name] |= {
            "saving_dkk_per_mwh": found.price_dkk_per_mwh,
            "consumer_saving_dkk_per_year": found.consumer_dkk_per_year,
            "payback_years": found.payback_years,
            "payback_with_interest_years": found.payback_with_interest_years,
            "gain_dkk": found.present_value_dkk,
            "saving_smallest_dkk": float(found.yearly_dkk.min()),
            "saving_largest_dkk": float(found.yearly_dkk.max()),
        }
    quantities = list(dict.fromkeys(key for column in columns.values() for key in column))
    return pd.DataFrame(columns, index=pd.Index(quantities, name="quantity"))


def beside_published(runs: Mapping[str, PlantYears], prices: str = "file") -> pd.DataFrame:
    """Set what is published of the scenarios beside what is computed.

    Parameters
    ----------
    runs
        The scenarios, by their published names.
    prices
        As the runs were made: "file", "official" or "official-spot".

    Returns
    -------
    pandas.DataFrame
        As ``published``, for the scenarios that are there, with computed and deviation_share. Deviations and
        reasons stand only for a run of the published length with official prices and measured hours of 2024,
        for which they are written (docs/plant-operation.md); for others the reason tells what was run.
    """
    table = published()
    table = table[table["scenario"].isin(list(runs))].reset_index(drop=True)
    found = side_by_side(runs)
    computed = [
        found[scenario].get(quantity, float("nan"))
        for scenario, quantity in zip(table["scenario"], table["quantity"], strict=True)
    ]
    place = int(table.columns.get_loc("published"))  # type: ignore[arg-type]
    table.insert(place + 1, "computed", computed)
    table.insert(place + 2, "deviation_share", table["computed"] / table["published"] - 1.0)
    told = [_inputs(run, prices) for run in runs.values()]
    other = next((one for one in told if one != _COMPARABLE), None)
    if other is not None:
        count, kind, hours = other
        table["deviation_share"] = float("nan")
        table["reason_da"] = (
            f"{count} år, {_PRICES_DA[kind]}, {_hours_told(hours, 'da')}: ikke sammenligneligt"
        )
        years = "1 year" if count == 1 else f"{count} years"
        table["reason_en"] = f"{years}, {_PRICES_EN[kind]}, {_hours_told(hours, 'en')}: not comparable"
    return table


def _inputs(run: PlantYears, prices: str) -> tuple[int, str, int | None]:
    """Tell how many years were run, with which prices, and the year of the hours; None if synthetic."""
    hours = run.plant.hours
    return len(run.by_year), prices, None if run.plant.is_synthetic else int(hours[len(hours) // 2].year)


def _hours_told(year: int | None, language: str) -> str:
    if year is None:
        return "syntetiske timer" if language == "da" else "synthetic hours"
    return f"timer fra {year}" if language == "da" else f"hours of {year}"


def _figures(run: PlantYears) -> dict[str, float]:
    """Sum a plant's years up."""
    years = run.by_year
    figures = {
        "price_dkk_per_mwh": run.price.price_dkk_per_mwh,
        "investment_dkk": float(run.price.payments_dkk["investment"].iloc[0]),
        "operation_dkk_per_year": float(years["operation_dkk"].mean()),
        "co2_tonne": run.co2_tonne,
    }
    for name in map(str, years.columns):
        if name in _WEIGHTED:
            weight = years[_WEIGHTED[name]]
            figures[name] = float((years[name].fillna(0.0) * weight).sum() / weight.sum())
        elif name.endswith(_MEANS):
            figures[name] = float(years[name].mean())
        if name.endswith("_full_load_hours") and len(years) > 1:
            figures |= _ends(name, years[name])
        if name == "cold_water_m3":
            figures["cold_water_first_m3"] = float(years[name].iloc[0])
            figures["cold_water_last_m3"] = float(years[name].iloc[-1])
    return figures


def _ends(name: str, values: pd.Series) -> dict[str, float]:
    """First year, the mean of the later ones, and the highest."""
    return {
        f"{name}_first": float(values.iloc[0]),
        f"{name}_later": float(values.iloc[1:].mean()),
        f"{name}_most": float(values.max()),
    }
