"""What the register says that cannot be, or not be known: counted, never mended in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from screening import assumptions as sets
from screening.register import rules

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

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


class _Check(NamedTuple):
    """One check: its name, what it says, how much it matters and which buildings it finds."""

    name: str
    label_da: str
    label_en: str
    severity: str
    find: Callable[[pd.DataFrame, Assumptions], pd.Series]


_CHECKS = (
    _Check("area_unknown", "Opvarmet areal ukendt", "Heated area unknown", "error", rules.area_unknown),
    _Check(
        "area_from_outline",
        "Opvarmet areal skønnet af bebygget areal og etager",
        "Heated area estimated from footprint and floors",
        "warning",
        rules.area_estimated,
    ),
    _Check(
        "area_absurd",
        "Opvarmet areal utroværdigt stort eller lille",
        "Heated area too large or small to be true",
        "warning",
        rules.area_absurd,
    ),
    _Check(
        "year_unknown", "Opførelsesår ukendt", "Year of construction unknown", "warning", rules.year_unknown
    ),
    _Check("use_unknown", "Anvendelse ukendt", "Use unknown", "warning", rules.use_unknown),
    _Check(
        "use_phased_out",
        "Anvendelseskode under udfasning",
        "Use code being phased out",
        "note",
        rules.use_phased_out,
    ),
    _Check(
        "heating_unknown",
        "Varmeinstallation ikke oplyst eller ukendt kode",
        "Heating installation not stated or unknown code",
        "error",
        rules.heating_unknown,
    ),
    _Check(
        "heating_on_units",
        "Varmeinstallation registreret på enhederne (99), kilden ukendt her",
        "Heating registered on the units (99), source not known here",
        "warning",
        rules.heating_on_units,
    ),
    _Check(
        "boiler_without_fuel",
        "Centralvarme uden oplyst opvarmningsmiddel",
        "Central heating without a fuel",
        "error",
        rules.boiler_without_fuel,
    ),
    _Check(
        "boiler_on_electricity",
        "Centralvarmekedel med elektricitet som opvarmningsmiddel",
        "Boiler with electricity as fuel",
        "note",
        rules.boiler_on_electricity,
    ),
    _Check(
        "fuel_contradicts_installation",
        "Opvarmningsmiddel passer ikke til varmeinstallation",
        "Fuel does not fit the heating installation",
        "warning",
        rules.fuel_contradicts,
    ),
    _Check(
        "dwelling_without_heating",
        "Helårsbolig uden varmeinstallation",
        "Year-round dwelling without heating",
        "warning",
        rules.dwelling_unheated,
    ),
    _Check(
        "outbuilding_with_heating",
        "Udhus, garage o.l. med varmeinstallation (regnes uden varmebehov)",
        "Outbuilding with heating (reckoned without demand)",
        "note",
        rules.outbuilding_heated,
    ),
    _Check(
        "summer_house_with_boiler",
        "Sommerhus med olie- eller gaskedel (indgår ikke)",
        "Summer house with oil or gas boiler (left out)",
        "note",
        rules.summer_house_boiler,
    ),
    _Check(
        "fossil_without_boiler",
        "Olieovn eller gasradiator uden kedel (regnes ikke som olie/gas)",
        "Oil stove or gas radiator without a boiler (not counted as oil/gas)",
        "note",
        rules.fossil_without_boiler,
    ),
    _Check(
        "heat_pump_beside_boiler",
        "Olie- eller gaskedel med varmepumpe som supplement",
        "Oil or gas boiler with a heat pump beside it",
        "note",
        rules.heat_pump_beside_boiler,
    ),
    _Check(
        "same_point",
        "Flere bygninger i samme punkt",
        "Several buildings on one point",
        "note",
        rules.same_point,
    ),
    _Check(
        "point_doubtful",
        "Beliggenhed usikker eller taget fra bygningsomrids",
        "Location uncertain or taken from the outline",
        "note",
        rules.point_doubtful,
    ),
    _Check(
        "outline_estimated",
        "Bygningsomrids skønnet (kvadrat af bebygget areal)",
        "Outline estimated (square of the footprint)",
        "note",
        rules.outline_estimated,
    ),
)


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
    settings = assumptions or sets.load()
    flags = {check.name: check.find(buildings, settings).to_numpy(dtype=bool) for check in _CHECKS}
    return pd.DataFrame(flags, index=buildings.index)
