"""What the register says that cannot be, or not be known: counted, never mended in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from screening import assumptions as sets
from screening.register.codes import (
    customer_type,
    is_edge_case,
    is_heat_pump,
    is_individually_heated,
    is_listed,
    is_phased_out,
    is_relevant,
    use_group,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from screening.assumptions import Assumptions

__all__ = ["CHECK_COLUMNS", "check_register", "flag_buildings"]

CHECK_COLUMNS = [
    "check_name",
    "label_da",
    "label_en",
    "building_count",
    "share",
    "heat_demand_mwh",
    "severity",
]
_DISTRICT_HEATING, _ELECTRIC, _NONE, _ON_UNITS = "1", "7", "9", "99"
_BOILERS = ("2", "6")
_ELECTRICITY = "1"
_UNCERTAIN_POINT = "3"  # byg134: usikker geokodning


class _Check(NamedTuple):
    """One check: its name, what it says, how much it matters and which buildings it finds."""

    name: str
    label_da: str
    label_en: str
    severity: str
    find: Callable[[pd.DataFrame, Assumptions], pd.Series]


def check_register(buildings: gpd.GeoDataFrame, assumptions: Assumptions | None = None) -> pd.DataFrame:
    """Count the buildings that each register check finds.

    Unless the check is about outbuildings or summer houses, only buildings that belong in the screening
    (``is_relevant``) are looked at: thousands of garages without a year would hide the houses.

    Parameters
    ----------
    buildings
        ``BUILDINGS``, all or those of one area; with ``heat_demand_mwh`` the demand concerned is summed,
        with ``outline_source`` estimated outlines are counted.
    assumptions
        Set with the limits of credible areas; the shipped default set when not given.

    Returns
    -------
    pandas.DataFrame
        One row per check, also those that find nothing: ``check_name``, ``label_da``, ``label_en``,
        ``building_count`` [1], ``share`` of the buildings given [1], ``heat_demand_mwh`` of those found
        [MWh/year] (missing without demand), ``severity`` "error" (a number in the report rests on it),
        "warning" or "note".
    """
    flags = flag_buildings(buildings, assumptions)
    counts = flags.sum()
    heat = pd.Series(np.nan, index=flags.columns)
    if "heat_demand_mwh" in buildings:
        demand = buildings["heat_demand_mwh"].fillna(0).to_numpy(dtype=float)
        heat = pd.Series(demand @ flags.to_numpy(dtype=float), index=flags.columns)
    table = pd.DataFrame(
        {
            "check_name": [check.name for check in _CHECKS],
            "label_da": [check.label_da for check in _CHECKS],
            "label_en": [check.label_en for check in _CHECKS],
            "building_count": counts.to_numpy(dtype=int),
            "share": counts.to_numpy(dtype=float) / max(len(buildings), 1),
            "heat_demand_mwh": heat.to_numpy(dtype=float),
            "severity": [check.severity for check in _CHECKS],
        }
    )
    return table[CHECK_COLUMNS]


def flag_buildings(buildings: gpd.GeoDataFrame, assumptions: Assumptions | None = None) -> pd.DataFrame:
    """Tell for each building which checks find it.

    Parameters
    ----------
    buildings
        ``BUILDINGS``, all or those of one area.
    assumptions
        Set with the limits of credible areas; the shipped default set when not given.

    Returns
    -------
    pandas.DataFrame
        One boolean column per check, same index.
    """
    settings = assumptions or sets.load("cowi-2022")
    flags = {check.name: check.find(buildings, settings).to_numpy(dtype=bool) for check in _CHECKS}
    return pd.DataFrame(flags, index=buildings.index)


def _relevant(b: pd.DataFrame) -> pd.Series:
    return is_relevant(b["use_code"])


def _is_boiler(b: pd.DataFrame) -> pd.Series:
    return b["heating_installation_code"].isin(_BOILERS)


def _area_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return _relevant(b) & b["area_m2"].isna()


def _area_estimated(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return _relevant(b) & (b["area_source"] == "outline")


def _area_absurd(b: pd.DataFrame, a: Assumptions) -> pd.Series:
    space = b["footprint_area_m2"] * b["floor_count"].fillna(a.default_floor_count)
    dwelling = customer_type(b["use_code"]) == "dwelling"
    absurd = (
        (b["area_m2"] > a.plausible_area_ratio * space)
        | (b["area_m2"] > a.plausible_building_area_m2)
        | (dwelling & (b["area_m2"] < a.plausible_dwelling_area_m2))
    )
    return _relevant(b) & absurd


def _year_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return _relevant(b) & b["year_built"].isna()


def _use_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return use_group(b["use_code"]) == "unknown"


def _use_phased_out(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return is_phased_out(b["use_code"])


def _heating_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return _relevant(b) & ~is_listed(b["heating_installation_code"], "heating_installation")


def _heating_on_units(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return b["heating_installation_code"].eq(_ON_UNITS).fillna(value=False).astype(bool)


def _boiler_without_fuel(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return _is_boiler(b) & ~is_listed(b["heating_fuel_code"], "heating_fuel")


def _fuel_contradicts(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """District heating or none with a fuel, electric heating or heat pump on a fuel that burns."""
    fuel, installation = b["heating_fuel_code"], b["heating_installation_code"]
    burnt = is_listed(fuel, "heating_fuel") & (fuel != _ELECTRICITY)
    needs_none = installation.isin([_DISTRICT_HEATING, _NONE]) & fuel.notna()
    electric = (is_heat_pump(installation) | (installation == _ELECTRIC)) & burnt
    return (needs_none | electric).astype(bool)


def _boiler_on_electricity(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return _is_boiler(b) & b["heating_fuel_code"].eq(_ELECTRICITY).fillna(value=False).astype(bool)


def _dwelling_unheated(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    unheated = b["heating_installation_code"].eq(_NONE).fillna(value=False).astype(bool)
    return _relevant(b) & unheated & (customer_type(b["use_code"]) == "dwelling")


def _outbuilding_heated(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    heated = is_individually_heated(b["heating_installation_code"]) | (
        b["heating_installation_code"].eq(_DISTRICT_HEATING).fillna(value=False).astype(bool)
    )
    return (use_group(b["use_code"]) == "unheated") & heated


def _summer_house_boiler(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return (use_group(b["use_code"]) == "holiday_house") & (b["is_oil"] | b["is_gas"])


def _fossil_without_boiler(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return is_edge_case(b["heating_installation_code"], b["heating_fuel_code"])


def _heat_pump_beside_boiler(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    heat_pump = b["supplementary_heating_code"].eq("1").fillna(value=False).astype(bool)
    return heat_pump & (b["is_oil"] | b["is_gas"])


def _same_point(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    geometry = gpd.GeoSeries(b["geometry"], index=b.index)
    centre = geometry.centroid
    place = pd.DataFrame({"x": centre.x, "y": centre.y}, index=b.index)
    return _relevant(b) & place.duplicated(keep=False)


def _point_doubtful(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    uncertain = _column(b, "coordinate_quality_code") == _UNCERTAIN_POINT
    return _relevant(b) & (uncertain | (_column(b, "coordinate_source") == "outline"))


def _outline_estimated(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    return _relevant(b) & (_column(b, "outline_source") == "estimated")


def _column(b: pd.DataFrame, name: str) -> pd.Series:
    """Give an optional column as text, empty where the table does not have it."""
    return b[name].astype(object).fillna("") if name in b else pd.Series("", index=b.index, dtype=object)


_CHECKS = (
    _Check("area_unknown", "Opvarmet areal ukendt", "Heated area unknown", "error", _area_unknown),
    _Check(
        "area_from_outline",
        "Opvarmet areal skønnet af bebygget areal og etager",
        "Heated area estimated from footprint and floors",
        "warning",
        _area_estimated,
    ),
    _Check(
        "area_absurd",
        "Opvarmet areal utroværdigt stort eller lille",
        "Heated area too large or small to be true",
        "warning",
        _area_absurd,
    ),
    _Check("year_unknown", "Opførelsesår ukendt", "Year of construction unknown", "warning", _year_unknown),
    _Check("use_unknown", "Anvendelse ukendt", "Use unknown", "warning", _use_unknown),
    _Check(
        "use_phased_out",
        "Anvendelseskode under udfasning",
        "Use code being phased out",
        "note",
        _use_phased_out,
    ),
    _Check(
        "heating_unknown",
        "Varmeinstallation ikke oplyst eller ukendt kode",
        "Heating installation not stated or unknown code",
        "error",
        _heating_unknown,
    ),
    _Check(
        "heating_on_units",
        "Varmeinstallation registreret på enhederne (99), kilden ukendt her",
        "Heating registered on the units (99), source not known here",
        "warning",
        _heating_on_units,
    ),
    _Check(
        "boiler_without_fuel",
        "Centralvarme uden oplyst opvarmningsmiddel",
        "Central heating without a fuel",
        "error",
        _boiler_without_fuel,
    ),
    _Check(
        "boiler_on_electricity",
        "Centralvarmekedel med elektricitet som opvarmningsmiddel",
        "Boiler with electricity as fuel",
        "note",
        _boiler_on_electricity,
    ),
    _Check(
        "fuel_contradicts_installation",
        "Opvarmningsmiddel passer ikke til varmeinstallation",
        "Fuel does not fit the heating installation",
        "warning",
        _fuel_contradicts,
    ),
    _Check(
        "dwelling_without_heating",
        "Helårsbolig uden varmeinstallation",
        "Year-round dwelling without heating",
        "warning",
        _dwelling_unheated,
    ),
    _Check(
        "outbuilding_with_heating",
        "Udhus, garage o.l. med varmeinstallation (regnes uden varmebehov)",
        "Outbuilding with heating (reckoned without demand)",
        "note",
        _outbuilding_heated,
    ),
    _Check(
        "summer_house_with_boiler",
        "Sommerhus med olie- eller gaskedel (indgår ikke)",
        "Summer house with oil or gas boiler (left out)",
        "note",
        _summer_house_boiler,
    ),
    _Check(
        "fossil_without_boiler",
        "Olieovn eller gasradiator uden kedel (regnes ikke som olie/gas)",
        "Oil stove or gas radiator without a boiler (not counted as oil/gas)",
        "note",
        _fossil_without_boiler,
    ),
    _Check(
        "heat_pump_beside_boiler",
        "Olie- eller gaskedel med varmepumpe som supplement",
        "Oil or gas boiler with a heat pump beside it",
        "note",
        _heat_pump_beside_boiler,
    ),
    _Check(
        "same_point", "Flere bygninger i samme punkt", "Several buildings on one point", "note", _same_point
    ),
    _Check(
        "point_doubtful",
        "Beliggenhed usikker eller taget fra bygningsomrids",
        "Location uncertain or taken from the outline",
        "note",
        _point_doubtful,
    ),
    _Check(
        "outline_estimated",
        "Bygningsomrids skønnet (kvadrat af bebygget areal)",
        "Outline estimated (square of the footprint)",
        "note",
        _outline_estimated,
    ),
)
