"""What else the register and the map know of a building: units, installations, gas areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from screening.register.evidence.installations import (
    attach_gas_areas,
    attach_installations,
    read_gas_areas,
    read_installations,
)
from screening.register.evidence.units import read_units, resolve_heating

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

__all__ = ["add_evidence"]


def add_evidence(
    buildings: gpd.GeoDataFrame,
    *,
    units: str | Path | None = None,
    installations: str | Path | None = None,
    gas_areas: str | Path | None = None,
) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Read the optional files and attach what they tell; heating on unit level is taken from the units.

    Parameters
    ----------
    buildings
        ``BUILDINGS`` as read by ``read_buildings``.
    units, installations, gas_areas
        Files for ``read_units``, ``read_installations`` and ``read_gas_areas``.

    Returns
    -------
    tuple of geopandas.GeoDataFrame and pandas.Series
        The buildings with the columns of ``resolve_heating``, ``attach_installations`` and
        ``attach_gas_areas``; and what became of every row of the files and of the buildings' heating. [1]

    Raises
    ------
    InputFileError
        If a file is missing, unreadable, empty or lacks a field.
    """
    counts = [pd.Series(dtype=int)]
    if units is not None:
        table, report = read_units(units)
        buildings, repairs = resolve_heating(buildings, table)
        counts += [_not_kept("units", report.counts), repairs]
    if installations is not None:
        table, report = read_installations(installations)
        buildings, repairs = attach_installations(buildings, table)
        counts += [_not_kept("installations", report.counts), repairs]
    if gas_areas is not None:
        buildings = attach_gas_areas(buildings, read_gas_areas(gas_areas))
    return buildings, pd.concat(counts).astype(int).rename("rows")


def _not_kept(what: str, counts: pd.Series) -> pd.Series:
    """Give what makes the account complete beside the rows linked: those read and those left out."""
    read = counts["rows_read"]
    return pd.Series({f"{what}_read": read, f"{what}_not_standing": read - counts["kept"]}, dtype=int)
