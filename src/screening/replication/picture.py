"""What the figures show: the published and the computed numbers of table 3, labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from screening.replication.published import value
from screening.replication.words import write

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FIGURES", "figure_data", "number_writer"]

_PRICE = "user_price_district_heating_dkk_per_year"
_SIDES = {"npv_project_dkk": ("projekt", "project"), "npv_alternative_dkk": ("alternativ", "alternative")}
FIGURES: dict[str, dict[str, tuple[str, str]]] = {
    "costs": {
        "title": ("Nutidsværdier, notatet og beregnet", "Net present costs, note and computed"),
        "axis": ("mio. kr., logaritmisk", "million DKK, logarithmic"),
    },
    "prices": {
        "title": ("Brugerpriser, notatet og beregnet", "User prices, note and computed"),
        "axis": ("1.000 kr./år med moms, logaritmisk", "1,000 DKK/year with VAT, logarithmic"),
    },
}
_LIMITS = {
    "user_price_gas_dkk_per_year": ("gasfyr, notatet", "gas boiler, note"),
    "user_price_heat_pump_dkk_per_year": ("varmepumpe, notatet", "heat pump, note"),
}


def figure_data(table: pd.DataFrame, figure: str, language: str) -> tuple[pd.DataFrame, dict[str, float]]:
    """Give the rows of a figure and the limits drawn across them.

    Parameters
    ----------
    table
        From ``replicate``.
    figure
        "costs" (million DKK) or "prices" (1,000 DKK/year).
    language
        "da" or "en".

    Returns
    -------
    rows : pandas.DataFrame
        Columns published and computed by label; the area with the largest project or price first.
        [million DKK or 1,000 DKK/year]
    limits : dict
        By name, in the same unit; empty for costs. [1,000 DKK/year]
    """
    place = 0 if language == "da" else 1
    wanted = list(_SIDES) if figure == "costs" else [_PRICE]
    scale = 1e6 if figure == "costs" else 1e3
    first = table[table["quantity"] == wanted[0]].set_index("area")["published"]
    rows = table[table["quantity"].isin(wanted)]
    order = rows["area"].map(first.rank(ascending=False)) + rows["quantity"].map(wanted.index) / 2.0
    rows = rows.loc[order.sort_values(kind="stable").index]
    labels = rows["area"].to_list()
    if figure == "costs":
        labels = [
            f"{area}, {_SIDES[side][place]}" for area, side in zip(labels, rows["quantity"], strict=True)
        ]
    numbers = rows[["published", "computed"]].set_axis(pd.Index(labels)) / scale
    limits = {} if figure == "costs" else {name[place]: value(key) / scale for key, name in _LIMITS.items()}
    return numbers, limits


def number_writer(language: str) -> Callable[[float, int], str]:
    """Give the function that writes a number with so many decimals in a language.

    Parameters
    ----------
    language
        "da" or "en".

    Returns
    -------
    callable
        Takes the number and its decimals. [unit of the caller]
    """

    def written(number: float, decimals: int) -> str:
        return write(number, decimals, language)

    return written
