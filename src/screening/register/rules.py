"""The rules of the register checks: each tells which buildings it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

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
    from screening.assumptions import Assumptions

_DISTRICT_HEATING, _ELECTRIC, _NONE, _ON_UNITS = "1", "7", "9", "99"
_BOILERS = ("2", "6")
_ELECTRICITY = "1"
_UNCERTAIN_POINT = "3"  # byg134: usikker geokodning


def _relevant(b: pd.DataFrame) -> pd.Series:
    return is_relevant(b["use_code"])


def _is_boiler(b: pd.DataFrame) -> pd.Series:
    return b["heating_installation_code"].isin(_BOILERS)


def area_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings whose heated area is not known, so that they have no demand."""
    return _relevant(b) & b["area_m2"].isna()


def area_from_outline(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings whose heated area is footprint times floors."""
    return _relevant(b) & (b["area_source"] == "outline")


def area_absurd(b: pd.DataFrame, a: Assumptions) -> pd.Series:
    """Find areas beyond the ground and floors they stand on, beyond any building, or below any dwelling."""
    space = b["footprint_area_m2"] * b["floor_count"].fillna(a.default_floor_count)
    dwelling = customer_type(b["use_code"]) == "dwelling"
    absurd = (
        (b["area_m2"] > a.plausible_area_ratio * space)
        | (b["area_m2"] > a.plausible_building_area_m2)
        | (dwelling & (b["area_m2"] < a.plausible_dwelling_area_m2))
    )
    return _relevant(b) & absurd


def year_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings without a year: they get the figure for all ages."""
    return _relevant(b) & b["year_built"].isna()


def use_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings whose use is missing, on no list or 999."""
    return use_group(b["use_code"]) == "unknown"


def use_phased_out(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find use codes that are being phased out, and say less than the new ones."""
    return is_phased_out(b["use_code"])


def heating_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings of which no heating installation on the list is stated."""
    return _relevant(b) & ~is_listed(b["heating_installation_code"], "heating_installation")


def heating_on_units(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings whose heating is registered on their units."""
    return b["heating_installation_code"].isin([_ON_UNITS])


def boiler_without_fuel(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find central heating of which no fuel on the list is stated."""
    return _is_boiler(b) & ~is_listed(b["heating_fuel_code"], "heating_fuel")


def fuel_contradicts_installation(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """District heating or none with a fuel, electric heating or heat pump on a fuel that burns."""
    fuel, installation = b["heating_fuel_code"], b["heating_installation_code"]
    burnt = is_listed(fuel, "heating_fuel") & (fuel != _ELECTRICITY)
    needs_none = installation.isin([_DISTRICT_HEATING, _NONE]) & fuel.notna()
    electric = (is_heat_pump(installation) | (installation == _ELECTRIC)) & burnt
    return (needs_none | electric).astype(bool)


def boiler_on_electricity(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find boilers that run on electricity."""
    return _is_boiler(b) & b["heating_fuel_code"].isin([_ELECTRICITY])


def dwelling_without_heating(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find year-round dwellings that say they have no heating."""
    unheated = b["heating_installation_code"].isin([_NONE])
    return _relevant(b) & unheated & (customer_type(b["use_code"]) == "dwelling")


def outbuilding_with_heating(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find outbuildings with a heating installation."""
    heated = is_individually_heated(b["heating_installation_code"]) | (
        b["heating_installation_code"].isin([_DISTRICT_HEATING])
    )
    return (use_group(b["use_code"]) == "unheated") & heated


def summer_house_with_boiler(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find summer houses with an oil or gas boiler."""
    return (use_group(b["use_code"]) == "holiday_house") & (b["is_oil"] | b["is_gas"])


def fossil_without_boiler(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find oil stoves and gas radiators."""
    return is_edge_case(b["heating_installation_code"], b["heating_fuel_code"])


def heat_pump_beside_boiler(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find boilers that have a heat pump beside them: they may be on their way out."""
    heat_pump = b["supplementary_heating_code"].isin(["1"])
    return heat_pump & (b["is_oil"] | b["is_gas"])


def same_point(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings that share their point with another."""
    geometry = gpd.GeoSeries(b["geometry"], index=b.index)
    centre = geometry.centroid
    place = pd.DataFrame({"x": centre.x, "y": centre.y}, index=b.index)
    return _relevant(b) & place.duplicated(keep=False)


def point_doubtful(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find points that the register calls uncertain or that come from the outline."""
    uncertain = _column(b, "coordinate_quality_code") == _UNCERTAIN_POINT
    return _relevant(b) & (uncertain | (_column(b, "coordinate_source") == "outline"))


def outline_estimated(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings drawn as a square."""
    return _relevant(b) & (_column(b, "outline_source") == "estimated")


def _column(b: pd.DataFrame, name: str) -> pd.Series:
    """Give an optional column as text, empty where the table does not have it."""
    return b[name].astype(object).fillna("") if name in b else pd.Series("", index=b.index, dtype=object)
