"""Plants side by side as readers see them: every quantity named with its unit, numbers in few digits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from screening.errors import UnknownNameError
from screening.maps.style import format_number

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["plants_told"]

_LANGUAGES = ("da", "en")
_NAMES = {
    "heat_pump": ("varmepumpe", "heat pump"),
    "wood_chips": ("fliskedel", "chip boiler"),
    "natural_gas": ("gaskedel", "gas boiler"),
    "solar": ("solvarme", "solar heating"),
    "electric_boiler": ("elkedel", "electric boiler"),
    "surplus_heat": ("overskudsvarme", "surplus heat"),
    "condensation": ("ekstra røggaskondensering", "extra condensation"),
    "internal": ("intern drift", "internal operation"),
    "external": ("ekstern drift", "external operation"),
}
_WHOLE = {  # decimals, Danish, English
    "price_dkk_per_mwh": (1, "Varmens pris, kr./MWh", "Price of heat, DKK/MWh"),
    "investment_dkk": (0, "Investering, kr.", "Investment, DKK"),
    "operation_dkk_per_year": (0, "Drift, kr./år", "Operation, DKK/year"),
    "co2_tonne": (0, "CO2 i de regnede år, ton", "CO2 of the years run, t"),
    "cold_water_first_m3": (0, "Afkølet vand, første år, m³", "Water cooled, first year, m3"),
    "cold_water_last_m3": (0, "Afkølet vand, sidste år, m³", "Water cooled, last year, m3"),
    "saving_dkk_per_mwh": (1, "Besparelse, kr./MWh", "Saving, DKK/MWh"),
    "consumer_saving_dkk_per_year": (
        0,
        "Forbrugerens besparelse, kr./år",
        "Consumer's saving, DKK/year",
    ),
    "payback_years": (1, "Tilbagebetalt efter, år", "Paid back after, years"),
    "payback_with_interest_years": (
        1,
        "Tilbagebetalt med renter efter, år",
        "Paid back with interest after, years",
    ),
    "gain_dkk": (0, "Gevinst i nutidsværdi, kr.", "Gain, present value, DKK"),
    "saving_smallest_dkk": (0, "Mindste årlige besparelse, kr.", "Smallest yearly saving, DKK"),
    "saving_largest_dkk": (0, "Største årlige besparelse, kr.", "Largest yearly saving, DKK"),
}
_ENDS = {  # of the quantities of a unit
    "_cold_share": ("Andel af el i kolde timer: {}", "Of its electricity in cold hours: {}"),
    "_share": ("Andel af varmen: {}", "Share of heat: {}"),
    "_full_load_hours": ("Fuldlasttimer: {}", "Full-load hours: {}"),
    "_full_load_hours_first": ("Fuldlasttimer, første år: {}", "Full-load hours, first year: {}"),
    "_full_load_hours_later": ("Fuldlasttimer, senere år: {}", "Full-load hours, later years: {}"),
    "_full_load_hours_most": ("Fuldlasttimer, højeste år: {}", "Full-load hours, highest year: {}"),
}
_SINGLE_YEARS = ("_first", "_later", "_most")
_NEVER = ("aldrig", "never")


def plants_told(table: pd.DataFrame, language: str = "da", *, briefly: bool = True) -> pd.DataFrame:
    """Write plants side by side for readers.

    Parameters
    ----------
    table
        A row per quantity, a column per plant, as ``Operated.table``.
    language
        "da" or "en".
    briefly
        Whether the full-load hours of single years are left out.

    Returns
    -------
    pandas.DataFrame
        Text: a row per quantity, named with its unit; a column per plant, empty where it has no such.

    Raises
    ------
    UnknownNameError
        For another language.
    """
    if language not in _LANGUAGES:
        raise UnknownNameError("language", language, list(_LANGUAGES))
    kept = [name for name in map(str, table.index) if not (briefly and name.endswith(_SINGLE_YEARS))]
    rows, names = [], []
    for name in kept:
        label, write = _quantity(name, language)
        names.append(label)
        rows.append([write(float(table.loc[name, column])) for column in table.columns])  # type: ignore[arg-type]
    return pd.DataFrame(rows, pd.Index(names), table.columns)


def _quantity(name: str, language: str) -> tuple[str, Callable[[float], str]]:
    """Give a quantity's name with unit, and how its numbers are written."""
    place = _LANGUAGES.index(language)
    decimals, scale, unit = 0, 1.0, ""
    label = name.replace("_", " ")
    if name in _WHOLE:
        decimals, *labels = _WHOLE[name]
        label = labels[place]
    elif end := max((end for end in _ENDS if name.endswith(end)), key=len, default=""):
        kind = name.removesuffix(end)
        label = _ENDS[end][place].format(_NAMES.get(kind, (kind.replace("_", " "),) * 2)[place])
        if end.endswith("_share"):
            decimals, scale, unit = 1, 100.0, " %" if language == "da" else "%"

    def write(value: float) -> str:
        if math.isnan(value):
            return ""
        if math.isinf(value):
            return _NEVER[place]
        told = format_number(scale * value, decimals, language)
        return f"{told}{unit}"

    return label, write
