"""Units (BBR Enhed): what the register says of a building on the level of its dwellings and shops."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from screening.register.checks.place_rules import nearest_gas
from screening.register.codes import is_gas, is_listed, is_oil
from screening.register.evidence.side_files import SideReport, read_standing

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

__all__ = ["read_units", "resolve_heating"]

_FIELDS = {
    "unit_id": "id_lokalId",
    "building_id": "bygning",
    "entrance_id": "opgang",
    "use_code": "enh020EnhedensAnvendelse",
    "dwelling_type_code": "enh023Boligtype",
    "total_area_m2": "enh026EnhedensSamledeAreal",
    "dwelling_area_m2": "enh027ArealTilBeboelse",
    "business_area_m2": "enh028ArealTilErhverv",
    "heating_installation_code": "enh051Varmeinstallation",
    "heating_fuel_code": "enh052Opvarmningsmiddel",
    "supplementary_heating_code": "enh053SupplerendeVarme",
}
_AREAS = ["total_area_m2", "dwelling_area_m2", "business_area_m2"]
_HEATING = ["heating_installation_code", "heating_fuel_code"]
_ON_UNITS = "99"
_YEAR_ROUND = ("1", "2", "3", "4")  # enh023: dwellings with kitchen, rooms, shared; 5 is a holiday dwelling


def read_units(path: str | Path) -> tuple[pd.DataFrame, SideReport]:
    """Read BBR Enhed and keep the units that stand.

    Parameters
    ----------
    path
        Enhed as CSV or JSON, in the register's or the ASCII spelling, also zipped. Files before 2021 name
        only the unit's entrance (opgang), not its building: such units cannot be linked, and are counted.

    Returns
    -------
    tuple of pandas.DataFrame and SideReport
        Index ``unit_id``; ``building_id`` (lower case, missing where the file has none), ``entrance_id``,
        ``use_code``, ``dwelling_type_code``, areas [m2], heating codes; and what happened to every row.

    Raises
    ------
    InputFileError
        If the file is missing, unreadable, empty or lacks a field.
    """
    table, report = read_standing(path, _FIELDS, "unit_id", ["unit_id", "use_code"])
    table["building_id"] = table["building_id"].str.lower()
    for column in _AREAS:
        table[column] = pd.to_numeric(table[column], errors="coerce").where(lambda area: area >= 0)
    return table, report


def resolve_heating(buildings: gpd.GeoDataFrame, units: pd.DataFrame) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Take the heating of buildings that register it on their units (99) from those units.

    The installation and fuel with the largest share of the units' area win; where no unit states an area,
    the most units. A building none of whose units states an installation stays at 99.

    Parameters
    ----------
    buildings
        ``BUILDINGS``.
    units
        As read by ``read_units``.

    Returns
    -------
    tuple of geopandas.GeoDataFrame and pandas.Series
        The buildings with ``heating_source`` "building" or "units", ``registered_installation_code`` and
        ``registered_fuel_code`` as they were, ``is_oil`` and ``is_gas`` reckoned anew,
        ``has_unit_disagreement`` (the units state more than one kind of heating),
        ``has_unit_on_oil_or_gas`` and ``has_year_round_unit``; and how many units and buildings were
        linked, resolved or not. [1]
    """
    linked = units[units["building_id"].isin(buildings.index)]
    on_units = buildings["heating_installation_code"] == _ON_UNITS
    stated = linked[is_listed(linked["heating_installation_code"], "heating_installation")]
    stated = stated[stated["heating_installation_code"] != _ON_UNITS]
    stated = stated[stated["building_id"].isin(buildings.index[on_units])]
    kinds = _kinds(stated)
    first = kinds[~kinds.index.duplicated()]
    resolved = buildings.index.isin(first.index)
    changed = {
        column: buildings[column].mask(resolved, first[column].reindex(buildings.index))
        for column in _HEATING
    }
    year_round = linked.loc[linked["dwelling_type_code"].isin(_YEAR_ROUND), "building_id"]
    fossil = is_oil(*(kinds[column] for column in _HEATING)) | is_gas(*(kinds[column] for column in _HEATING))
    result = buildings.assign(
        **changed,
        registered_installation_code=buildings["heating_installation_code"],
        registered_fuel_code=buildings["heating_fuel_code"],
        heating_source=np.where(resolved, "units", "building").astype(object),
        has_unit_disagreement=buildings.index.isin(kinds.index[kinds.index.duplicated()]),
        has_unit_on_oil_or_gas=buildings.index.isin(kinds.index[fossil]),
        has_year_round_unit=buildings.index.isin(year_round),
    )
    result["is_oil"] = is_oil(result["heating_installation_code"], result["heating_fuel_code"])
    result["is_gas"] = is_gas(result["heating_installation_code"], result["heating_fuel_code"])
    if "gas_distance_m" in result:
        result["gas_distance_m"] = nearest_gas(result)
    counts = {
        "units_linked": len(linked),
        "units_not_linked": len(units) - len(linked),
        "heating_from_units": int(resolved.sum()),
        "heating_units_disagree": int(result["has_unit_disagreement"].sum()),
        "heating_units_unresolved": int((on_units & ~resolved).sum()),
    }
    return cast("gpd.GeoDataFrame", result), pd.Series(counts, name="rows", dtype=int)


def _kinds(stated: pd.DataFrame) -> pd.DataFrame:
    """Give the kinds of heating of each building, the one with most area first; index building id."""
    area = stated["total_area_m2"].fillna(stated[_AREAS[1:]].sum(axis=1))
    rows = stated.assign(area_m2=area.astype(float), unit_count=1)
    keys = ["building_id", *_HEATING]
    kinds = rows.groupby(keys, dropna=False)[["area_m2", "unit_count"]].sum().reset_index()
    order = [True, False, False, True, True]
    kinds = kinds.sort_values(
        ["building_id", "area_m2", "unit_count", *_HEATING], ascending=order, kind="stable"
    )
    return kinds.set_index("building_id")
