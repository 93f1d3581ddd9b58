"""The rules of the register checks that look at one building's own numbers and codes.

Each rule bears the name of its check and tells which buildings it finds. Columns that only some files give
may be missing: then the rule finds nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from screening.register.checks.place_rules import flags, numbers, texts
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
_PLACEHOLDER_YEARS = (0, 1000)
_STATED = ["registered_total_area_m2", "registered_dwelling_area_m2", "registered_business_area_m2"]
_AS_REGISTERED = [*_STATED, "registered_footprint_area_m2", "registered_floor_count"]


def _relevant(b: pd.DataFrame) -> pd.Series:
    return is_relevant(b["use_code"])


def _is_boiler(b: pd.DataFrame) -> pd.Series:
    return b["heating_installation_code"].isin(_BOILERS)


def _is_fossil(b: pd.DataFrame) -> pd.Series:
    return b["is_oil"] | b["is_gas"]


def _burns(b: pd.DataFrame) -> pd.Series:
    fuel = b["heating_fuel_code"]
    return is_listed(fuel, "heating_fuel") & (fuel != _ELECTRICITY)


def _registered(b: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame({name: numbers(b, name) for name in names}, index=b.index)


def area_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings whose heated area is not known: they have no demand."""
    return _relevant(b) & b["area_m2"].isna()


def area_from_outline(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find heated areas that are footprint times floors."""
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


def area_missing(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings with no area stated, neither total nor dwelling nor business."""
    if not set(_STATED) & set(b.columns):
        return pd.Series(False, index=b.index)
    return _relevant(b) & _registered(b, _STATED).isna().all(axis=1)


def total_area_missing(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings that state the parts of their area and not the whole."""
    stated = _registered(b, _STATED)
    no_total = stated[_STATED[0]].fillna(0) == 0
    return _relevant(b) & no_total & (stated[_STATED[1:]] > 0).any(axis=1)


def area_zero(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find areas stated, and all of them zero."""
    stated = _registered(b, _STATED)
    return _relevant(b) & (stated.max(axis=1) == 0) & (stated.min(axis=1) == 0)


def area_negative(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find areas or floors below zero."""
    return _relevant(b) & (_registered(b, _AS_REGISTERED) < 0).any(axis=1)


def area_sum_differs(b: pd.DataFrame, a: Assumptions) -> pd.Series:
    """Find dwelling plus business area far from the total area."""
    parts = _registered(b, _STATED[1:]).clip(lower=0).sum(axis=1)
    ratio = parts.where(parts > 0) / numbers(b, _STATED[0]).where(lambda total: total > 0)
    limit = a.plausible_area_sum_ratio
    return _relevant(b) & ((ratio > limit) | (ratio < 1 / limit))


def dwelling_exceeds_total(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find dwelling area beyond the total area and one attic of the whole footprint."""
    total = numbers(b, _STATED[0]).where(lambda area: area > 0)
    attic = numbers(b, "registered_footprint_area_m2").clip(lower=0).fillna(0)
    return _relevant(b) & (numbers(b, _STATED[1]) > total + attic)


def footprint_differs_from_outline(b: pd.DataFrame, a: Assumptions) -> pd.Series:
    """Find built-up areas far from the area of the mapped outline."""
    ratio = b["footprint_area_m2"] / numbers(b, "outline_area_m2")
    limit = a.plausible_footprint_ratio
    return _relevant(b) & ((ratio > limit) | (ratio < 1 / limit))


def floors_missing(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings whose floors are not stated or zero."""
    return _relevant(b) & b["floor_count"].isna() & ~(numbers(b, "registered_floor_count") < 0)


def floors_absurd(b: pd.DataFrame, a: Assumptions) -> pd.Series:
    """Find more floors than can be true."""
    return _relevant(b) & (b["floor_count"] > a.plausible_floor_count)


def year_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings without a year: they get the figure for all ages."""
    return _relevant(b) & b["year_built"].isna()


def year_placeholder(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find the numbers that the register writes where the year is not known."""
    return _relevant(b) & numbers(b, "registered_year").isin(_PLACEHOLDER_YEARS)


def year_absurd(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find years that were stated and not believed."""
    year = numbers(b, "registered_year")
    stated = year.notna() & ~year.isin(_PLACEHOLDER_YEARS)
    return _relevant(b) & stated & b["year_built"].isna()


def use_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find uses missing, on no list or 999."""
    return use_group(b["use_code"]) == "unknown"


def use_phased_out(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find use codes that are being phased out, and say less than the new ones."""
    return is_phased_out(b["use_code"])


def heating_unknown(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings of which no heating installation on the list is stated."""
    return _relevant(b) & ~is_listed(b["heating_installation_code"], "heating_installation")


def heating_on_units(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find heating registered on units that do not tell."""
    return b["heating_installation_code"].isin([_ON_UNITS])


def heating_from_units(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find heating taken from the units."""
    return texts(b, "heating_source") == "units"


def units_disagree_counted(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find customers by the larger part of their units."""
    return flags(b, "has_unit_disagreement") & _is_fossil(b)


def units_disagree_left_out(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings left out by the larger part of their units, though another has a boiler."""
    return flags(b, "has_unit_disagreement") & flags(b, "has_unit_on_oil_or_gas") & ~_is_fossil(b)


def boiler_without_fuel(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find central heating of which no fuel on the list is stated."""
    return _is_boiler(b) & ~is_listed(b["heating_fuel_code"], "heating_fuel")


def boiler_on_electricity(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find boilers that run on electricity."""
    return _is_boiler(b) & b["heating_fuel_code"].isin([_ELECTRICITY])


def district_heating_with_fuel(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find district heating with a fuel: it needs none."""
    return b["heating_installation_code"].isin([_DISTRICT_HEATING]) & b["heating_fuel_code"].notna()


def no_heating_with_fuel(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find buildings without heating that state a fuel."""
    return b["heating_installation_code"].isin([_NONE]) & b["heating_fuel_code"].notna()


def heat_pump_with_fuel(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find heat pumps on a fuel that burns."""
    return is_heat_pump(b["heating_installation_code"]) & _burns(b)


def electric_heating_with_fuel(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find electric heating on a fuel that burns."""
    return b["heating_installation_code"].isin([_ELECTRIC]) & _burns(b)


def dwelling_without_heating(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find year-round dwellings that say they have no heating."""
    unheated = b["heating_installation_code"].isin([_NONE])
    return _relevant(b) & unheated & (customer_type(b["use_code"]) == "dwelling")


def outbuilding_with_heating(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find outbuildings with a heating installation."""
    installation = b["heating_installation_code"]
    heated = is_individually_heated(installation) | installation.isin([_DISTRICT_HEATING])
    return (use_group(b["use_code"]) == "unheated") & heated


def summer_house_with_boiler(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find summer houses with an oil or gas boiler."""
    return (use_group(b["use_code"]) == "holiday_house") & _is_fossil(b)


def summer_house_lived_in(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find summer houses with a unit that is a year-round dwelling."""
    return (use_group(b["use_code"]) == "holiday_house") & flags(b, "has_year_round_unit")


def fossil_without_boiler(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find oil stoves and gas radiators."""
    return is_edge_case(b["heating_installation_code"], b["heating_fuel_code"])


def heat_pump_beside_boiler(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find boilers that have a heat pump beside them: they may be on their way out."""
    return b["supplementary_heating_code"].isin(["1"]) & _is_fossil(b)


def oil_tank_without_oil(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find an oil tank in use, and no boiler that could empty it."""
    return _relevant(b) & (texts(b, "oil_tank") == "in_use") & ~_is_fossil(b)


def oil_tank_beside_gas(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find an oil tank in use where gas is burnt."""
    return _relevant(b) & (texts(b, "oil_tank") == "in_use") & b["is_gas"]


def oil_boiler_without_tank(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find oil boilers of which no tank is known: where the register of tanks is given."""
    return _relevant(b) & b["is_oil"] & (texts(b, "oil_tank") == "none")


def oil_boiler_tank_closed(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find oil boilers whose only tanks are out of use."""
    return _relevant(b) & b["is_oil"] & (texts(b, "oil_tank") == "closed")


def oil_burner_left_out(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find an oil burner that the building does not know of."""
    return _relevant(b) & flags(b, "has_oil_burner") & ~_is_fossil(b)


def gas_burner_left_out(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find a gas burner that the building does not know of."""
    return _relevant(b) & flags(b, "has_gas_burner") & ~_is_fossil(b)


def ground_heat_beside_boiler(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find ground source hoses in use where a boiler is counted."""
    return _relevant(b) & flags(b, "has_ground_heat") & _is_fossil(b)


def biomass_beside_boiler(b: pd.DataFrame, _: Assumptions) -> pd.Series:
    """Find a pellet or straw burner where a boiler is counted."""
    return _relevant(b) & flags(b, "has_biomass_burner") & _is_fossil(b)
