"""Corrections to propose to the register: a value only where the data give it, none of them applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from screening import assumptions as sets
from screening.register.checks.place_rules import flags, numbers, texts
from screening.register.checks.table import check_list, flag_buildings, heat_at_stake
from screening.register.codes import customer_type
from screening.register.evidence.installations import attach_installations
from screening.register.evidence.units import resolve_heating

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from screening.assumptions import Assumptions

__all__ = ["CORRECTION_COLUMNS", "REMOVE", "propose_corrections"]

CORRECTION_COLUMNS = [
    "building_id",
    "field",
    "registered_value",
    "proposed_value",
    "reason_da",
    "reason_en",
    "check_name",
    "heat_demand_mwh",
]
REMOVE = "(remove)"  # the field should be empty; told apart from "only a human can know", which is empty

_TOTAL, _DWELLING = "byg038SamletBygningsareal", "byg039BygningensSamledeBoligAreal"
_BUSINESS, _FOOTPRINT = "byg040BygningensSamledeErhvervsAreal", "byg041BebyggetAreal"
_FLOORS, _YEAR, _USE = "byg054AntalEtager", "byg026Opførelsesår", "byg021BygningensAnvendelse"
_INSTALLATION, _FUEL = "byg056Varmeinstallation", "byg057Opvarmningsmiddel"
_POINT, _MUNICIPALITY, _STATUS = "byg404Koordinat", "kommunekode", "status"
_COLUMNS = {
    _TOTAL: "registered_total_area_m2",
    _DWELLING: "registered_dwelling_area_m2",
    _BUSINESS: "registered_business_area_m2",
    _FOOTPRINT: "registered_footprint_area_m2",
    _FLOORS: "registered_floor_count",
    _YEAR: "registered_year",
    _USE: "use_code",
    _INSTALLATION: "heating_installation_code",
    _FUEL: "heating_fuel_code",
    _MUNICIPALITY: "municipality_code",
}
# Where the heating was taken from the units, what the building itself had.
_AS_REGISTERED = {_INSTALLATION: "registered_installation_code", _FUEL: "registered_fuel_code"}
_OIL, _GAS = "3", "7"
_STANDING = "6"
# Outgoing use codes of which one other took the place; the rest were split, and only a human knows.
_SUCCESSORS = {"440": "441"}


def _nothing(b: gpd.GeoDataFrame) -> pd.Series:
    """Propose nothing: only a human can know."""
    return pd.Series("", index=b.index, dtype=object)


def _whole(values: pd.Series) -> pd.Series:
    """Write positive numbers without decimals, others as nothing."""
    known = values.where(values >= 0.5)
    return known.map(lambda value: "" if np.isnan(value) else f"{value:.0f}").astype(object)


def _sum_of_parts(b: gpd.GeoDataFrame) -> pd.Series:
    """Dwelling plus business area, where neither is negative."""
    parts = pd.DataFrame({name: numbers(b, _COLUMNS[name]) for name in (_DWELLING, _BUSINESS)}, index=b.index)
    return _whole(parts.sum(axis=1).where(~(parts < 0).any(axis=1)))


def _outline_floors(b: gpd.GeoDataFrame) -> pd.Series:
    """Area of the mapped outline times the floors, where both are known."""
    return _whole(numbers(b, "outline_area_m2") * b["floor_count"])


def _area(b: gpd.GeoDataFrame) -> pd.Series:
    parts = _sum_of_parts(b)
    return parts.mask(parts == "", _outline_floors(b))


def _outline_area(b: gpd.GeoDataFrame) -> pd.Series:
    return _whole(numbers(b, "outline_area_m2"))


def _inner_point(b: gpd.GeoDataFrame) -> pd.Series:
    return texts(b, "_inner_point")


def _fuel_of_installations(b: gpd.GeoDataFrame) -> pd.Series:
    """Oil where a tank is in use or an oil burner stands, gas where a gas burner does; nothing if both."""
    oil = (texts(b, "oil_tank") == "in_use") | flags(b, "has_oil_burner")
    gas = flags(b, "has_gas_burner")
    return pd.Series(np.select([oil & gas, oil, gas], ["", _OIL, _GAS], ""), index=b.index, dtype=object)


def _successor(b: gpd.GeoDataFrame) -> pd.Series:
    proposed: pd.Series = b["use_code"].map(_SUCCESSORS).astype(object)
    return proposed.fillna("")


def _no_fuel(b: gpd.GeoDataFrame) -> pd.Series:
    return pd.Series(REMOVE, index=b.index, dtype=object)


def _no_fuel_but_in_dwellings(b: gpd.GeoDataFrame) -> pd.Series:
    """In a dwelling the missing heating is as likely to be the fault."""
    return _no_fuel(b).mask(customer_type(b["use_code"]) == "dwelling", "")


class _Rule(NamedTuple):
    """One correction: the check that finds it, the field, what to propose and on what ground."""

    check: str
    field: str
    propose: Callable[[gpd.GeoDataFrame], pd.Series] = _nothing
    basis_da: str = ""
    basis_en: str = ""


_PARTS_OR_OUTLINE = (
    "bolig- plus erhvervsareal, ellers omrids gange etager",
    "dwelling plus business area, or outline times floors",
)
_BY_OUTLINE = ("det kortlagte omrids", "the mapped outline")
_INSIDE = ("et punkt inde i bygningens omrids", "a point inside the building's outline")
# A building and field found by several checks is told once, by the first of them here.
_RULES = (
    *(
        _Rule("area_negative", field, propose, *basis)
        for field, propose, basis in (
            (_TOTAL, _area, _PARTS_OR_OUTLINE),
            (_DWELLING, _nothing, ()),
            (_BUSINESS, _nothing, ()),
            (_FOOTPRINT, _outline_area, _BY_OUTLINE),
            (_FLOORS, _nothing, ()),
        )
    ),
    _Rule(
        "total_area_missing",
        _TOTAL,
        _sum_of_parts,
        "bolig- plus erhvervsareal",
        "dwelling plus business area",
    ),
    _Rule("area_missing", _TOTAL, _area, *_PARTS_OR_OUTLINE),
    _Rule("area_zero", _TOTAL, _area, *_PARTS_OR_OUTLINE),
    _Rule("area_unknown", _TOTAL),
    _Rule("area_absurd", _TOTAL),
    _Rule("area_sum_differs", _TOTAL),
    _Rule("dwelling_exceeds_total", _DWELLING),
    _Rule("footprint_differs_from_outline", _FOOTPRINT, _outline_area, *_BY_OUTLINE),
    _Rule("floors_missing", _FLOORS),
    _Rule("floors_absurd", _FLOORS),
    _Rule("year_placeholder", _YEAR),
    _Rule("year_absurd", _YEAR),
    _Rule("year_unknown", _YEAR),
    _Rule("use_unknown", _USE),
    _Rule(
        "use_phased_out",
        _USE,
        _successor,
        "den eneste kode, der afløser den",
        "the only code that took its place",
    ),
    _Rule("summer_house_lived_in", _USE),
    _Rule(
        "boiler_without_fuel",
        _FUEL,
        _fuel_of_installations,
        "tank eller fyr blandt de tekniske anlæg",
        "tank or burner among the installations",
    ),
    _Rule(
        "district_heating_with_fuel",
        _FUEL,
        _no_fuel,
        "fjernvarme har intet opvarmningsmiddel",
        "district heating has no fuel",
    ),
    _Rule(
        "no_heating_with_fuel",
        _FUEL,
        _no_fuel_but_in_dwellings,
        "uden varmeinstallation intet opvarmningsmiddel",
        "no fuel without heating",
    ),
    *(
        _Rule(name, _FUEL)
        for name in (
            "boiler_on_electricity",
            "heat_pump_with_fuel",
            "electric_heating_with_fuel",
            "oil_boiler_tank_closed",
            "oil_boiler_without_tank",
            "oil_tank_without_oil",
            "oil_tank_beside_gas",
            "oil_burner_left_out",
            "gas_burner_left_out",
            "gas_without_network",
        )
    ),
    *(
        _Rule(name, _INSTALLATION)
        for name in (
            "heating_unknown",
            "heating_on_units",
            "units_disagree_counted",
            "units_disagree_left_out",
            "dwelling_without_heating",
            "heat_pump_beside_boiler",
            "ground_heat_beside_boiler",
            "biomass_beside_boiler",
            "summer_house_with_boiler",
        )
    ),
    _Rule("other_municipality", _MUNICIPALITY),
    _Rule("likely_same_building", _STATUS),
    _Rule("effective_later", _STATUS),
    _Rule("point_outside_outline", _POINT, _inner_point, *_INSIDE),
    _Rule("point_doubtful", _POINT, _inner_point, *_INSIDE),
    _Rule("point_on_parcel", _POINT, _inner_point, *_INSIDE),
)


def propose_corrections(
    buildings: gpd.GeoDataFrame,
    assumptions: Assumptions | None = None,
    outlines: gpd.GeoDataFrame | None = None,
    units: pd.DataFrame | None = None,
    installations: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List what the register should be asked to mend, the greatest heat demand first. Nothing is changed.

    A value is proposed only where the data give it: the total area from its parts or from outline and
    floors, the footprint and the point from the outline, a fuel from the tank or burner, a use code from its
    only successor, no fuel where none belongs. Otherwise the proposal is empty: only a human can know.

    Parameters
    ----------
    buildings
        ``BUILDINGS`` with the columns that the reader adds; with ``heat_demand_mwh`` sorted by it.
    assumptions
        Set with the limits of the checks; the shipped default set when not given.
    outlines
        As read by ``read_outlines``.
    units
        As read by ``read_units``; when the buildings do not know them yet.
    installations
        As read by ``read_installations``; when the buildings do not know them yet.

    Returns
    -------
    pandas.DataFrame
        One row per building and field: ``building_id``, ``field`` (the register's own name),
        ``registered_value``, ``proposed_value`` (text; empty where only a human can know, ``REMOVE`` where
        the field should be empty), ``reason_da``, ``reason_en``, ``check_name`` and ``heat_demand_mwh``
        [MWh/year], the mean of the buildings alike where it is unknown (``heat_at_stake``).
    """
    known = _with_evidence(buildings, outlines, units, installations)
    found = flag_buildings(known, assumptions or sets.load())
    labels = check_list().set_index("check_name")[["label_da", "label_en"]].astype(object)
    parts = [_rows(known, found[rule.check], rule, labels) for rule in _RULES]
    table = pd.concat(parts, ignore_index=True)
    table = table[~table.duplicated(["building_id", "field"])]
    heat = heat_at_stake(known) if "heat_demand_mwh" in known else pd.Series(np.nan, index=known.index)
    table["heat_demand_mwh"] = heat.reindex(table["building_id"]).to_numpy(dtype=float)
    order = ["heat_demand_mwh", "building_id", "field"]
    table = table.sort_values(order, ascending=[False, True, True], kind="stable")
    return table[CORRECTION_COLUMNS].reset_index(drop=True)


def _with_evidence(
    buildings: gpd.GeoDataFrame,
    outlines: gpd.GeoDataFrame | None,
    units: pd.DataFrame | None,
    installations: pd.DataFrame | None,
) -> gpd.GeoDataFrame:
    """Give a copy that knows all that came in."""
    known = buildings.copy()
    if units is not None and "heating_source" not in known:
        known, _ = resolve_heating(known, units)
    if installations is not None and "oil_tank" not in known:
        known, _ = attach_installations(known, installations)
    if outlines is not None:
        own = outlines.geometry.reindex(known.index)
        inner = own.representative_point()
        wkt = [
            "" if np.isnan(x) else f"POINT ({x:.2f} {y:.2f})" for x, y in zip(inner.x, inner.y, strict=True)
        ]
        known["_inner_point"] = pd.Series(wkt, index=known.index, dtype=object)
        if "outline_area_m2" not in known:
            known["outline_area_m2"] = own.area
    return known


def _rows(known: gpd.GeoDataFrame, found: pd.Series, rule: _Rule, labels: pd.DataFrame) -> pd.DataFrame:
    """Give the corrections that one rule proposes."""
    chosen = known[found.to_numpy()]
    registered = _registered(chosen, rule.field)
    if rule.check == "area_negative":  # only the fields that are negative
        chosen = chosen[numbers(chosen, _COLUMNS[rule.field]) < 0]
    if rule.field == _FUEL:  # what came from the units is not the building's to mend
        chosen = chosen[texts(chosen, "heating_source") != "units"]
    if rule.check == "point_on_parcel":  # a point inside its own outline is right, whatever its note says
        chosen = chosen[~(numbers(chosen, "outline_distance_m") == 0)]
    proposed = rule.propose(chosen)
    proposed = proposed.mask(proposed == registered.loc[chosen.index], "")
    given = proposed != ""
    return pd.DataFrame(
        {
            "building_id": chosen.index.to_numpy(dtype=object),
            "field": rule.field,
            "registered_value": registered.loc[chosen.index].to_numpy(dtype=object),
            "proposed_value": proposed.to_numpy(dtype=object),
            "reason_da": _reason(str(labels.loc[rule.check, "label_da"]), rule.basis_da, "Forslag", given),
            "reason_en": _reason(str(labels.loc[rule.check, "label_en"]), rule.basis_en, "Proposal", given),
            "check_name": rule.check,
        }
    )


def _reason(label: str, basis: str, word: str, given: pd.Series) -> list[str]:
    return [f"{label}. {word}: {basis}." if has_value else f"{label}." for has_value in given]


def _registered(b: gpd.GeoDataFrame, field: str) -> pd.Series:
    """Write what the register has in a field, empty where nothing stands."""
    if field == _STATUS:
        return pd.Series(_STANDING, index=b.index, dtype=object)
    if field == _POINT:
        # Drawn as outlines, the buildings no longer know their registered point.
        own = (b.geometry.geom_type == "Point") & (texts(b, "coordinate_source") != "outline")
        wkt = b.geometry.to_wkt(rounding_precision=2).to_numpy(dtype=object)
        return pd.Series(np.where(own, wkt, ""), index=b.index, dtype=object)
    column = _AS_REGISTERED.get(field, _COLUMNS[field])
    column = column if column in b else _COLUMNS[field]
    values = b[column] if column in b else pd.Series(None, index=b.index, dtype=object)
    if pd.api.types.is_numeric_dtype(values):
        return pd.Series(["" if np.isnan(v) else f"{v:.15g}" for v in values], index=b.index, dtype=object)
    return texts(b, column)
