"""The main buildings of an area before they have a place: use, year, heat, heating form and size.

Heat is dealt out first, so that the sums are the published ones; the heated area follows from the heat
demand model turned round. What the model needs per m2 is asked of the model itself, so that the areas
follow when its figures change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.demand import annual_heat_demand
from screening.synthetic.plan import COMMUNITIES, SHARES, AreaPlan, Business, CommunityPlan
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

__all__ = ["houses_on_district_heating", "make_stock", "with_size"]

_GAS, _OIL = ("2", "7"), ("2", "3")
_BLOCK_ABOVE_MWH = (
    24.0  # communities of larger buildings are blocks of flats, offices, shops and institutions
)
_TERRACE_USES = ("131", "130", "132")
_BLOCK_USES = ("140", "321", "322", "140", "160", "140", "441", "140", "331", "449")
_OTHER_FORMS = (("7", None), ("3", "4"), ("2", "4"), ("2", "6"), ("6", "4"), ("2", None), ("7", "1"))
_OTHER_WEIGHTS = (0.52, 0.14, 0.12, 0.03, 0.05, 0.06, 0.08)


def make_stock(plan: AreaPlan, assumptions: Assumptions, rng: np.random.Generator) -> pd.DataFrame:
    """Deal out the published heat to the area's buildings.

    Parameters
    ----------
    plan
        The area.
    assumptions
        The set whose heat demand model the replica is made for.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row per main building: ``role`` (fossil, other, spare, outskirt), ``kind`` (house, business,
        terrace, block), ``group`` (community number, business number, -1), ``use_code``, ``year_built``,
        ``heat_mwh``, ``installation_code``, ``fuel_code``, ``area_m2``, ``floor_count``, ``length_m``,
        ``width_m``.
    """
    shared = [_community(c, plan.year, rng) for c in COMMUNITIES if c.area == plan.name]
    single = [_business(b, n, plan.year, rng) for n, b in enumerate(plan.businesses)]
    placed = pd.concat([_frame([]), *shared, *single], ignore_index=True)
    fossil = placed["role"] == "fossil"
    fossil_houses = plan.oil_gas_count - int(fossil.sum())
    other_count = plan.individual_count - plan.oil_gas_count
    other_mwh = plan.individual_heat_mwh - plan.oil_gas_heat_mwh
    others = other_count - int((~fossil).sum())
    spare = round(plan.spare_share * (fossil_houses + others))
    outskirt = round(plan.outskirt_share * (fossil_houses + others))
    houses = pd.concat(
        [
            _houses(
                "fossil", fossil_houses, plan, rng, plan.oil_gas_heat_mwh - placed["heat_mwh"][fossil].sum()
            ),
            _houses("other", others, plan, rng, other_mwh - placed["heat_mwh"][~fossil].sum()),
            _houses("spare", spare, plan, rng, SHARES.house_mwh * spare),
            _houses("outskirt", outskirt, plan, rng, SHARES.house_mwh * outskirt),
        ],
        ignore_index=True,
    )
    stock = pd.concat([placed, houses], ignore_index=True)
    stock = _heating(stock, plan, rng)
    return with_size(stock, assumptions, rng)


def houses_on_district_heating(
    plan: AreaPlan, count: int, assumptions: Assumptions, rng: np.random.Generator
) -> pd.DataFrame:
    """Houses that all have district heating.

    Parameters
    ----------
    plan
        The area.
    count
        Houses. [1]
    assumptions
        The set with the heat demand model.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        As ``make_stock``.
    """
    houses = _houses("spare", count, plan, rng, SHARES.house_mwh * count)
    return with_size(houses.assign(installation_code="1", fuel_code=None), assumptions, rng)


def with_size(stock: pd.DataFrame, assumptions: Assumptions, rng: np.random.Generator) -> pd.DataFrame:
    """Add heated area, floors and the sides of the outline that follow from use, year and heat.

    Parameters
    ----------
    stock
        Columns ``use_code``, ``year_built``, ``heat_mwh``, ``kind``, ``group``.
    assumptions
        The set with the heat demand model.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        The same rows with ``area_m2``, ``floor_count``, ``length_m``, ``width_m``.
    """
    probe = pd.DataFrame(
        {
            "use_code": stock["use_code"],
            "year_built": stock["year_built"],
            "area_m2": KWH_PER_MWH,
            "heating_installation_code": stock["installation_code"],
        }
    )
    mwh_per_1000_m2 = annual_heat_demand(probe, assumptions)
    sized = stock.copy()
    area = (KWH_PER_MWH * stock["heat_mwh"] / mwh_per_1000_m2.where(mwh_per_1000_m2 > 0)).fillna(70.0)
    summer = rng.uniform(*SHARES.summer_house_m2, len(stock))
    sized["area_m2"] = np.maximum(area.where(stock["use_code"] != "510", summer).round(), 20.0)
    sized["floor_count"] = _floors(sized, rng)
    footprint = sized["area_m2"] / sized["floor_count"]
    ratio = rng.uniform(1.25, 1.75, len(sized)) + 0.9 * (footprint > 600)
    width = np.sqrt(footprint / ratio)
    width = width.where(sized["kind"] != "house", width.clip(6.0, 10.5))
    width = width.where(sized["kind"] != "terrace", np.minimum(9.5, np.sqrt(footprint) * 1.15))
    width = width.where(sized["kind"] != "block", width.clip(upper=16.0))
    alike = sized["kind"] == "terrace"  # the houses of a row are alike
    width = width.mask(alike, width[alike].groupby(sized["group"][alike]).transform("first"))
    length = footprint / width
    sized["length_m"] = np.maximum(length, width).round(2)
    sized["width_m"] = np.minimum(length, width).round(2)
    return sized


def _floors(stock: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    floors = np.ones(len(stock), dtype=np.int64)
    large = stock["area_m2"].to_numpy()
    kind = stock["kind"].to_numpy()
    flats = stock["use_code"].isin(["140", "160", "331", "321"]).to_numpy()
    floors[(kind == "block") & (large > 180)] = 2
    floors[(kind == "block") & flats & (large > 700)] = 3
    floors[(kind == "terrace") & (large > 95)] = 2
    floors[(kind == "house") & (large > 210)] = 2
    floors[(kind == "house") & (rng.random(len(stock)) < 0.12) & (large > 130)] = 2
    floors[(kind == "business") & (flats & (large > 600) | (large > 1800))] = 2
    return floors


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    columns = ["role", "kind", "group", "use_code", "year_built", "heat_mwh"]
    return pd.DataFrame(rows, columns=columns).astype({"group": int, "year_built": float, "heat_mwh": float})


def _community(community: CommunityPlan, year: int, rng: np.random.Generator) -> pd.DataFrame:
    count, mean = community.building_count, community.heat_mwh / community.building_count
    if mean <= _BLOCK_ABOVE_MWH:
        heat = np.full(count, mean)
        use = np.full(count, _TERRACE_USES[community.number % len(_TERRACE_USES)])
        years = np.full(count, year + int(rng.integers(0, 30)))
        kind = "terrace"
    else:
        weights = rng.uniform(0.75, 1.3, count)
        heat = community.heat_mwh * weights / weights.sum()
        use = rng.choice(_BLOCK_USES, count)
        years = year + rng.integers(-15, 25, count)
        kind = "block"
    return _frame(
        [
            {
                "role": "fossil",
                "kind": kind,
                "group": community.number,
                "use_code": u,
                "year_built": y,
                "heat_mwh": q,
            }
            for u, y, q in zip(use, years, heat, strict=True)
        ]
    )


def _business(business: Business, number: int, year: int, rng: np.random.Generator) -> pd.DataFrame:
    role = "fossil" if business.is_fossil else "other"
    years = year + rng.integers(-25, 30, business.count)
    spread = rng.uniform(0.8, 1.2, business.count)
    heat = business.heat_mwh * business.count * spread / spread.sum()
    return _frame(
        [
            {
                "role": role,
                "kind": "business",
                "group": number,
                "use_code": business.use_code,
                "year_built": y,
                "heat_mwh": q,
            }
            for y, q in zip(years, heat, strict=True)
        ]
    )


def _houses(
    role: str, count: int, plan: AreaPlan, rng: np.random.Generator, total_mwh: float
) -> pd.DataFrame:
    """Detached houses that share a sum of heat, no two alike."""
    if count <= 0:
        return _frame([])
    weights = rng.lognormal(0.0, SHARES.house_spread, count).clip(0.6, 1.8)
    years = np.round(rng.normal(plan.year, 16.0, count)).clip(1860, 2018)
    years[rng.random(count) < SHARES.year_missing] = np.nan
    houses = pd.DataFrame(
        {
            "role": role,
            "kind": "house",
            "group": -1,
            "use_code": rng.choice(["120", "110", "190"], count, p=SHARES.house_uses),
            "year_built": years,
            "heat_mwh": total_mwh * weights / weights.sum(),
        }
    )
    if role in ("spare", "outskirt"):
        summer = rng.random(count) < plan.summer_share
        houses.loc[summer, "use_code"] = "510"
    return houses


def _heating(stock: pd.DataFrame, plan: AreaPlan, rng: np.random.Generator) -> pd.DataFrame:
    """Heating installation and fuel codes: exact numbers of heat pumps, oil by its share."""
    count = len(stock)
    installation = np.full(count, None, dtype=object)
    fuel = np.full(count, None, dtype=object)
    fossil = np.flatnonzero(stock["role"] == "fossil")
    terraces = stock["kind"].isin(["terrace", "block"]).to_numpy()
    oil = rng.random(count) < SHARES.oil
    group = stock["group"].to_numpy()
    oil[terraces] = (group[terraces] % 6) == 0  # one boiler fuel for a whole estate
    for mask, codes in ((oil, _OIL), (~oil, _GAS)):
        rows = fossil[mask[fossil]]
        installation[rows], fuel[rows] = codes
    second = fossil[rng.random(len(fossil)) < SHARES.two_boilers]
    installation[second] = "6"
    others = np.flatnonzero(stock["role"] == "other")
    is_house = (stock["kind"] == "house").to_numpy()
    pumps = rng.permutation(others[is_house[others]])[: plan.heat_pump_count]
    form = rng.choice(len(_OTHER_FORMS), count, p=_OTHER_WEIGHTS)
    for row in others:
        installation[row], fuel[row] = _OTHER_FORMS[form[row]]
    installation[pumps] = "5"
    fuel[pumps[rng.random(len(pumps)) < 0.7]] = "1"
    fuel[pumps[fuel[pumps] != "1"]] = None
    spare = np.flatnonzero(stock["role"].isin(["spare", "outskirt"]))
    unheated = rng.random(count)
    summer = (stock["use_code"] == "510").to_numpy()
    for row in spare:
        if summer[row]:
            installation[row] = "7" if unheated[row] < 0.7 else "3" if unheated[row] < 0.85 else "9"
            fuel[row] = "4" if installation[row] == "3" else None
        else:
            installation[row] = "1" if unheated[row] < 0.6 else "99" if unheated[row] < 0.75 else None
    return stock.assign(installation_code=installation, fuel_code=fuel)
