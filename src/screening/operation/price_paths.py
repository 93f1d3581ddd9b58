"""Prices by calendar year from the assumptions: the years reckoned with, the official path of each fuel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.errors import UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = ["FUELS", "calendar_years", "carbon", "fuel_price", "held"]

FUELS = {"wood_chips": "plant_wood_chips_dkk_per_mwh", "natural_gas": "plant_gas_dkk_per_mwh"}
_CARBON = {"electricity": "electricity_kg_co2_per_mwh", "natural_gas": "gas_kg_co2_per_mwh"}


def calendar_years(a: Assumptions, count: int | None = None, first: int | None = None) -> list[int]:
    """Give the calendar years of a plant's economy.

    Parameters
    ----------
    a
        Gives the first year and how many there are.
    count
        Another number of years.
    first
        Another first year.

    Returns
    -------
    list of int
        In order.
    """
    begin = first or int(a.plant_first_year)
    return list(range(begin, begin + (count or int(a.plant_horizon_years))))


def fuel_price(fuel: str, a: Assumptions, years: list[int]) -> dict[int, float]:
    """Give the official price of a fuel at the plant, without taxes.

    Parameters
    ----------
    fuel
        A key of ``FUELS``.
    a
        Gives the path.
    years
        Calendar years; those before the path take its first value, those after it its last.

    Returns
    -------
    dict
        Price by year. [DKK/MWh fuel]

    Raises
    ------
    UnknownNameError
        If there is no path of the fuel.
    """
    if fuel not in FUELS:
        raise UnknownNameError("fuel", fuel, list(FUELS))
    return held(a.lookup(FUELS[fuel]), years)


def carbon(carrier: str, a: Assumptions, years: list[int]) -> dict[int, float]:
    """Give the greenhouse gases of electricity and gas by year, as CO2.

    Parameters
    ----------
    carrier
        "electricity" or "natural_gas".
    a
        Gives the paths.
    years
        Calendar years.

    Returns
    -------
    dict
        By year. [kg/MWh]

    Raises
    ------
    UnknownNameError
        If there is no path of the carrier.
    """
    if carrier not in _CARBON:
        raise UnknownNameError("carrier", carrier, list(_CARBON))
    return held(a.lookup(_CARBON[carrier]), years)


def held(path: pd.Series, years: list[int]) -> dict[int, float]:
    """Read a path at calendar years: between its own years the latest before, outside them its ends.

    Parameters
    ----------
    path
        Values by calendar year.
    years
        Calendar years.

    Returns
    -------
    dict
        Value by year.

    Examples
    --------
    >>> import pandas as pd
    >>> held(pd.Series({2025: 70.0, 2030: 62.0}), [2020, 2027, 2035])
    {2020: 70.0, 2027: 70.0, 2035: 62.0}
    """
    path = path.sort_index()
    found = path.reindex(path.index.union(years)).ffill().bfill()
    return {year: float(found.loc[year]) for year in years}
