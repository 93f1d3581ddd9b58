"""What any house would pay for its heat: the bill of a given house, and prices to work it out from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.economics import user
from screening.economics.verdict import evaluated
from screening.errors import TableError
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.assumptions import Assumptions
    from screening.economics.evaluate import Result

__all__ = [
    "COMPARED",
    "bills_of_rows",
    "house_economy",
    "house_prices",
    "house_summary",
    "read_houses",
    "summary_of",
    "totals_of",
]

FloatArray = npt.NDArray[np.float64]

# A new oil boiler is no way out where gas or district heating is to be had, so nothing is compared with it.
COMPARED = ("heat_pump", "gas")

_SIZES = ("area_m2", "heat_mwh")
_FLAG = "is_vat_deducted"
_SHOWN = 5  # houses named in an error


def house_economy(key_figures: pd.DataFrame, assumptions: Assumptions, houses: pd.DataFrame) -> pd.DataFrame:
    """Work out what given houses would pay a year in every area.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.
    houses
        Columns house (a label), area_m2 and heat_mwh; one of the two may be missing and is then that of the
        standard consumer with as much of the other. Optional is_vat_deducted (default False): the owner
        gets the VAT back, as most businesses and public bodies do.

    Returns
    -------
    pandas.DataFrame
        area, house, area_m2, heat_mwh, filled (which of the two was filled in: "area_m2", "heat_mwh" or
        empty), alternative, component, payment_dkk_per_year (with VAT, without where it is deducted); areas
        without customers have no rows.

    Raises
    ------
    TableError
        Naming every fault of the houses or of the key figures.
    """
    given = read_houses(houses, assumptions)
    found = evaluated(key_figures, assumptions)
    rows, at = crossed(given, found)
    bills = bills_of_rows(found, at, rows)
    keys = ["area", "house", "area_m2", "heat_mwh", "filled"]
    long = rows.loc[rows.index.repeat(len(bills)), keys].reset_index(drop=True)
    names = pd.DataFrame(list(bills), columns=["alternative", "component"])
    named = pd.concat([names] * len(rows), ignore_index=True) if len(rows) else names.iloc[:0]
    payment = np.stack(list(bills.values()), axis=1).reshape(-1)
    return long.assign(
        alternative=named["alternative"].to_numpy(object),
        component=named["component"].to_numpy(object),
        payment_dkk_per_year=payment,
    )


def house_summary(bills: pd.DataFrame) -> pd.DataFrame:
    """Say in one line per area and house which heating is cheapest and what local heating saves.

    Parameters
    ----------
    bills
        Table of ``house_economy``.

    Returns
    -------
    pandas.DataFrame
        area, house, district_heating_dkk_per_year, heat_pump_dkk_per_year, gas_dkk_per_year,
        oil_dkk_per_year, cheapest_alternative (of all but oil), saving_dkk_per_year (with local heating
        against the cheaper of heat pump and gas, negative where it is dearer).
    """
    keys = ["area", "house"]
    wide = bills.pivot_table(
        index=keys, columns="alternative", values="payment_dkk_per_year", aggfunc="sum", observed=True
    )
    order = bills[keys].drop_duplicates(ignore_index=True)
    wide = wide.reindex(index=pd.MultiIndex.from_frame(order), columns=list(user.ALTERNATIVES))
    return summary_of({name: wide[name].to_numpy(float) for name in user.ALTERNATIVES}, order)


def house_prices(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Give the points from which the bill of any house follows exactly by a straight line.

    For every area and alternative the bill is ``p(heat) + payment_dkk_per_m2_year * area``, where ``p`` is
    linear between the points given and goes on along the last line above them.

    Parameters
    ----------
    key_figures
        As for ``screen_areas``.
    assumptions
        The set.

    Returns
    -------
    pandas.DataFrame
        area, alternative, heat_mwh, payment_dkk_per_year (of a house of that heat and no area, with VAT),
        payment_dkk_per_m2_year; areas without customers have no rows.
    """
    found = evaluated(key_figures, assumptions)
    heat = _knots(assumptions)
    given = pd.DataFrame({"house": "", "area_m2": 0.0, "heat_mwh": heat, "filled": "", _FLAG: False})
    rows, at = crossed(given, found)
    bare = totals_of(bills_of_rows(found, at, rows))
    with_area = totals_of(bills_of_rows(found, at, rows.assign(area_m2=1.0)))
    tables = [
        pd.DataFrame(
            {
                "area": rows["area"],
                "alternative": name,
                "heat_mwh": rows["heat_mwh"],
                "payment_dkk_per_year": bare[name],
                "payment_dkk_per_m2_year": with_area[name] - bare[name],
            }
        )
        for name in user.ALTERNATIVES
    ]
    return pd.concat(tables, ignore_index=True)


def read_houses(houses: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Check a table of houses and fill in what is missing.

    Parameters
    ----------
    houses
        As for ``house_economy``.
    assumptions
        The set: standard consumer and bounds of what is plausible.

    Returns
    -------
    pandas.DataFrame
        house, area_m2, heat_mwh, filled, is_vat_deducted; a new index.

    Raises
    ------
    TableError
        Naming every fault with its houses.
    """
    missing = [name for name in ("house",) if name not in houses.columns]
    missing += _SIZES if not set(_SIZES) & set(houses.columns) else ()
    if missing:
        raise TableError(
            f"houses: column {' and column '.join(missing)} missing; give house and at least one of area_m2"
            " and heat_mwh."
        )
    table = houses.reset_index(drop=True)
    text = table.reindex(columns=list(_SIZES))
    sizes = text.apply(pd.to_numeric, errors="coerce").astype(float)
    faults = _faults(table["house"], sizes, (text.notna() & sizes.isna()).any(axis=1), assumptions)
    if faults:
        raise TableError("houses: " + "; ".join(faults) + ".")
    filled = np.select([sizes["area_m2"].isna(), sizes["heat_mwh"].isna()], list(_SIZES), default="")
    per_heat = assumptions.standard_consumer_area_m2 / assumptions.standard_consumer_heat_mwh
    flags = table[_FLAG].eq(True) if _FLAG in table else pd.Series(data=False, index=table.index)
    return pd.DataFrame(
        {
            "house": table["house"].astype(str),
            "area_m2": sizes["area_m2"].fillna(sizes["heat_mwh"] * per_heat),
            "heat_mwh": sizes["heat_mwh"].fillna(sizes["area_m2"] / per_heat),
            "filled": filled.astype(object),
            _FLAG: flags.astype(bool),
        }
    )


def crossed(houses: pd.DataFrame, found: Result) -> tuple[pd.DataFrame, npt.NDArray[np.intp]]:
    """Set every house in every area.

    Parameters
    ----------
    houses
        Table of ``read_houses``.
    found
        The areas.

    Returns
    -------
    tuple
        One row per area and house, and the position of each row's area.
    """
    areas = found.customers.areas
    at = np.repeat(np.arange(len(areas)), len(houses))
    rows = houses.iloc[np.tile(np.arange(len(houses)), len(areas))].reset_index(drop=True)
    rows.insert(0, "area", areas.to_numpy(object)[at])
    return rows, at


def bills_of_rows(
    found: Result, at: npt.NDArray[np.intp], rows: pd.DataFrame
) -> dict[tuple[str, str], FloatArray]:
    """Yearly bills of houses that each lie in an area of their own.

    Parameters
    ----------
    found
        The areas.
    at
        Position of each house's area.
    rows
        heat_mwh, area_m2, is_vat_deducted of each house.

    Returns
    -------
    dict of numpy.ndarray
        By (alternative, component), one value per row. [DKK/year]
    """
    count, settled = len(found.customers.areas), found.settlement
    bills = user.yearly_cost(
        user.House(rows["heat_mwh"].to_numpy(float), rows["area_m2"].to_numpy(float)),
        np.broadcast_to(settled.contribution_dkk, (count,))[at],
        np.broadcast_to(settled.tariff_reduction_share, (count,))[at],
        found.timeline,
    )
    paid = np.where(rows[_FLAG].to_numpy(bool), 1.0 / (1.0 + found.timeline.assumptions.vat_share), 1.0)
    return {key: np.broadcast_to(bill, (len(rows),)) * paid for key, bill in bills.items()}


def totals_of(bills: Mapping[tuple[str, str], FloatArray]) -> dict[str, FloatArray]:
    """Sum the components of each alternative [DKK/year]."""
    return {
        name: np.asarray(sum(bills[name, part] for part in user.COMPONENTS), float)
        for name in user.ALTERNATIVES
    }


def summary_of(totals: Mapping[str, FloatArray], keys: pd.DataFrame) -> pd.DataFrame:
    """Set yearly bills side by side with the cheapest alternative and the saving.

    Parameters
    ----------
    totals
        Bill by alternative. [DKK/year]
    keys
        Columns that name the rows.

    Returns
    -------
    pandas.DataFrame
        The keys and the columns of ``house_summary``.
    """
    own = totals["district_heating"]
    choices = ("district_heating", *COMPARED)
    best = np.argmin(np.stack([totals[name] for name in choices]), axis=0)
    others = np.minimum.reduce([totals[name] for name in COMPARED])
    return keys.assign(
        **{f"{name}_dkk_per_year": totals[name] for name in user.ALTERNATIVES},
        cheapest_alternative=np.array(choices, dtype=object)[best],
        saving_dkk_per_year=others - own,
    )


def _knots(assumptions: Assumptions) -> FloatArray:
    """Heat at which the price of some plant changes its slope, nothing, and one point above all [MWh]."""
    boilers = [assumptions.column(f"{fuel}_boiler_dkk")[0] for fuel in ("gas", "oil")]
    boiler_kw = np.concatenate(boilers).astype(float)
    pump_kw = np.asarray(assumptions.column("individual_heat_pump_dkk")[0], float)
    heat = np.concatenate(
        [
            boiler_kw * assumptions.customer_full_load_hours / KWH_PER_MWH,
            pump_kw * assumptions.standard_consumer_heat_mwh / assumptions.user_heat_pump_kw,
        ]
    )
    return np.asarray(np.unique([0.0, *heat, 2.0 * heat.max()]), float)


def _faults(
    labels: pd.Series, sizes: pd.DataFrame, is_text: pd.Series, assumptions: Assumptions
) -> list[str]:
    """All that is wrong, each rule with the houses that break it."""
    area, heat = sizes["area_m2"], sizes["heat_mwh"]
    most, largest = assumptions.plausible_heat_per_building_mwh, assumptions.plausible_building_area_m2
    low = assumptions.plausible_min_house_heat_kwh_per_m2_year
    high = assumptions.plausible_max_house_heat_kwh_per_m2_year
    specific = heat * KWH_PER_MWH / area.where(area > 0)
    too_much = (heat > most) | (specific.gt(high) & (heat > 0))
    rules = {
        "no label": labels.isna() | labels.astype(str).str.strip().eq(""),
        "a label given twice": labels.duplicated(keep=False) & labels.notna(),
        "neither area_m2 nor heat_mwh": area.isna() & heat.isna() & ~is_text,
        "area_m2 or heat_mwh is no number": is_text | sizes.isin([np.inf, -np.inf]).any(axis=1),
        "area_m2 or heat_mwh is zero or below": (sizes <= 0).any(axis=1),
        f"heat_mwh above {most:g} MWh or above {high:g} kWh/m2; is it in kWh?": too_much & ~np.isinf(heat),
        f"heat_mwh below {low:g} kWh/m2; is it in GWh?": specific.lt(low) & (heat > 0),
        f"area_m2 above {largest:g} m2": (area > largest) & ~np.isinf(area),
    }
    return [f"{rule} ({_named(labels[broken].tolist())})" for rule, broken in rules.items() if broken.any()]


def _named(labels: Sequence[object]) -> str:
    rest = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
    return "house " + ", ".join(str(label) for label in labels[:_SHOWN]) + rest
