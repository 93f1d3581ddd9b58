"""What is doubtful in the register, and what it could change in the verdict of each area.

Each register check that could change an answer is turned into scenarios: the buildings it finds are no
customers, or are customers, or need less or more heat. Every scenario goes through the same key figures and
the same economics as the verdict itself; all of them are screened in one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from screening import areas as area_stage
from screening import economics, register
from screening.local_plants import chosen_heat_price
from screening.networks import add_network
from screening.units import KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import numpy.typing as npt

    from screening.assumptions import Assumptions

__all__ = ["ALL", "COLUMNS", "EFFECTS", "register_doubt"]

ALL = "all"  # in place of a check's name, or of an effect: all of them at once
EFFECTS = ("may_leave", "may_join", "demand")

_PRICES = [
    "user_price_district_heating_dkk_per_year",
    "user_price_heat_pump_dkk_per_year",
    "user_price_gas_dkk_per_year",
]
COLUMNS: dict[str, type] = {
    "area": object,
    "check_name": object,
    "effect": object,
    "scenario": object,
    "building_count": int,
    "changed_count": int,
    "customer_count_change": int,
    "heat_demand_change_mwh": float,
    "npv_project_dkk": float,
    "npv_alternative_dkk": float,
    **dict.fromkeys(_PRICES, float),
    "is_viable": bool,
    "advice": object,
    "verdict_changes": bool,
    "user_margin_change_dkk_per_year": float,
    "society_margin_change_dkk": float,
}

_BASE = ""  # in place of a check's name: the register as it stands
_HOUSE = "120"  # use of a summer house that is lived in all the year
_OIL_FUEL, _GAS_FUELS = "3", ("2", "7")
_OF_ESTIMATE = (
    "footprint_differs_from_outline",
    "floors_missing",
    "floors_absurd",
)  # matter to no other area
_OTHER = "other"  # key of the share for checks without one of their own


class _Scenario(NamedTuple):
    """One way in which the register may be wrong: the checks whose buildings leave, join, change."""

    check_name: str
    effect: str
    name: str
    leave: list[str]
    join: list[str]
    demand: list[str]
    is_higher: bool

    @property
    def checks(self) -> list[str]:
        return [*self.leave, *self.join, *self.demand]


def register_doubt(
    buildings: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    trimmed: gpd.GeoDataFrame,
    assumptions: Assumptions,
    *,
    flags: pd.DataFrame | None = None,
    checks: pd.DataFrame | None = None,
    networks: pd.DataFrame | None = None,
    plants: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Screen every area again with the register wrong where a check doubts it.

    Parameters
    ----------
    buildings
        BUILDINGS_WITH_HEAT with ``area``, as ``screen`` makes them.
    areas, trimmed
        AREAS and TRIMMED. The trimmed outline, and with it the network, stays as it is; only an area that
        has none gets one round the customers who may join.
    assumptions
        The set: ``doubtful_area_share`` and ``doubtful_heat_share`` by check.
    flags
        One boolean column per check, index as the buildings; by default ``register.flag_buildings``.
    checks
        Columns check_name and effect ("may_leave", "may_join", "demand" or "none"); by default
        ``register.check_list``.
    networks
        As from ``lay_networks``, where the set prices the network by its pipes; it stays as it is.
    plants
        As from ``run_local_plants``, where the set takes the price of heat from the hours; it stays as it is.

    Returns
    -------
    pandas.DataFrame
        One row per area, check and scenario, in this order, wherever the check finds a building; columns
        as in the notes. No row where nothing is doubted.

    Notes
    -----
    ``check_name``, ``effect``, ``scenario``
        "leave": the buildings found are no customers. "join": those that are none yet are, with their own
        demand or the mean of their kind. "lower", "higher": the demand of the customers among them is
        divided or multiplied by 1 plus the share, and in "higher" an unknown one becomes the mean of its
        kind. Measured demand is not doubted, nor are floors and footprint where the area does not rest on
        them. Check "all", where an effect has several checks with findings: all of them at once. Check and
        effect "all", where it is more than one effect: "least", all who may leave do so and demand is lower;
        "most", all join and it is higher.
    ``building_count``, ``changed_count``, ``customer_count_change`` [1]
        Buildings of the area found; those in the trimmed area that the scenario changes; customers more.
    ``heat_demand_change_mwh`` [MWh/year]
        Change of the customers' demand.
    ``npv_project_dkk``, ``npv_alternative_dkk``, the three user prices, ``is_viable``, ``advice``
        As in ECONOMICS, in the scenario.
    ``verdict_changes``
        Whether ``is_viable`` is another than with the register as it stands.
    ``user_margin_change_dkk_per_year`` [DKK/year], ``society_margin_change_dkk`` [DKK]
        Change of what the user saves against the cheaper alternative, and of society's gain; missing where
        there are no customers before or after.
    """
    flags = register.flag_buildings(buildings, assumptions) if flags is None else flags
    checks = register.check_list() if checks is None else checks
    effects = checks.loc[checks["effect"].isin(EFFECTS)].set_index("check_name")["effect"]
    flags = flags.loc[buildings.index, effects.index].astype(bool)
    told = buildings["area"].notna()
    flags = flags.loc[:, flags[told].any()]
    if flags.empty:
        return _empty()
    used = told & (_is_customer(buildings) | flags.any(axis=1))
    typical = _typical(buildings, assumptions)
    known = buildings.assign(home=area_stage.assign(buildings, trimmed), **typical)[used]
    stack, scenarios = _stack(known, flags[used], effects, trimmed, assumptions)
    changed = _changed(stack)
    screened = scenarios[scenarios["row"] == scenarios["source"]].reset_index(drop=True)
    home, outlines = _placed(changed, screened, areas, trimmed, assumptions)
    figures = area_stage.key_figures(changed, outlines, assumptions, home=home)
    figures = _capped(figures, assumptions)
    figures = _with_own(figures, assumptions, networks, plants)
    verdicts = economics.screen_areas(figures, assumptions)
    verdicts[["user_margin", "society_margin"]] = _margins(verdicts)
    verdicts[["customers", "heat_mwh"]] = figures[["oil_gas_count", "oil_gas_heat_mwh"]].to_numpy()
    return _compared(scenarios.join(verdicts, on="source"), stack, changed, home)


def _with_own(
    figures: pd.DataFrame,
    assumptions: Assumptions,
    networks: pd.DataFrame | None,
    plants: pd.DataFrame | None,
) -> pd.DataFrame:
    """Give every scenario its area's own network and price of heat, where the set takes them."""
    known = figures.assign(area=figures["area"].str.rsplit("|", n=1).str[0])
    if networks is not None and assumptions.is_network_by_pipes:
        known = add_network(known, networks, assumptions)
    if plants is not None:
        known = chosen_heat_price(known, plants, assumptions)
    return known.assign(area=figures["area"])


def _stack(
    buildings: gpd.GeoDataFrame,
    flags: pd.DataFrame,
    effects: pd.Series,
    trimmed: gpd.GeoDataFrame,
    assumptions: Assumptions,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Put the buildings of all scenarios under one another, first those of the register as it stands.

    Also one row per scenario and area that it finds a building in, named ``row``; ``source`` is the row that
    its result comes from, the register as it stands where no building found could change a number.
    """
    names = trimmed["area"].to_numpy()
    code = pd.Categorical(buildings["area"], categories=names).codes
    by_outline = buildings["area_source"] == "outline"
    weighed = flags.assign(**{name: flags[name] & by_outline for name in _OF_ESTIMATE if name in flags})
    customer = _is_customer(buildings).to_numpy()
    inside = (buildings["home"] == buildings["area"]).to_numpy()
    may_be_inside = inside | trimmed.geometry.is_empty.to_numpy()[code]
    nothing = _Scenario(_BASE, "", "", [], [], [], is_higher=False)
    parts, told = [], []
    for number, scenario in enumerate([nothing, *_scenarios(effects.loc[flags.columns])]):
        found = _found(flags, scenario.checks)
        counts = np.bincount(code[found], minlength=len(names))
        touched = np.flatnonzero((counts > 0) | (number == 0))
        joins = _found(weighed, scenario.join) & ~customer & may_be_inside
        matters = joins | (_found(weighed, [*scenario.leave, *scenario.demand]) & customer & inside)
        is_screened = np.isin(np.arange(len(names)), code[matters]) | (number == 0)
        rows = np.flatnonzero(is_screened[code])
        area_factor, heat_factor = _factors(weighed[scenario.demand].iloc[rows], scenario, assumptions)
        parts.append(
            pd.DataFrame(
                {
                    "position": rows,
                    "number": number,
                    "row": names[code[rows]] + f"|{number}",
                    "leave": _found(weighed, scenario.leave)[rows],
                    "join": _found(weighed, scenario.join)[rows],
                    "doubted": _found(weighed, scenario.demand)[rows],
                    "is_higher": scenario.is_higher,
                    "area_factor": area_factor,
                    "heat_factor": heat_factor,
                }
            )
        )
        told.append(
            pd.DataFrame(
                {
                    "area": names[touched],
                    "row": names[touched] + f"|{number}",
                    "source": names[touched]
                    + np.where(is_screened[touched], f"|{number}", "|0").astype(object),
                    "check_name": scenario.check_name,
                    "effect": scenario.effect,
                    "scenario": scenario.name,
                    "building_count": counts[touched],
                }
            )
        )
    plan = pd.concat(parts, ignore_index=True)
    stack = buildings.iloc[plan["position"].to_numpy()].reset_index(drop=True)
    return stack.join(plan.drop(columns="position")), pd.concat(told, ignore_index=True)


def _compared(
    table: pd.DataFrame, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, home: pd.Series
) -> pd.DataFrame:
    """Set every scenario beside the area as it stands."""
    is_base = table["check_name"] == _BASE
    base = table[is_base].set_index("area").loc[table["area"]].set_axis(table.index)
    was, now = _is_customer(before), _is_customer(after)
    needs = ["heat_demand_mwh", "area_m2"]
    other = (before[needs].fillna(-1.0) != after[needs].fillna(-1.0)).any(axis=1)
    touched = home[(was != now) | (now & other)].value_counts()
    changed = table["row"].map(touched).fillna(0)
    margins = ["user_margin", "society_margin"]
    # Where nothing changes, the last digit of a sum must not either.
    moved = (table[margins] - base[margins]).mask(changed == 0, base[margins] * 0.0)
    compared = table.assign(
        changed_count=changed,
        customer_count_change=table["customers"] - base["customers"],
        heat_demand_change_mwh=(table["heat_mwh"] - base["heat_mwh"]).mask(changed == 0, 0.0),
        verdict_changes=(table["is_viable"] != base["is_viable"]) & (changed > 0),
        user_margin_change_dkk_per_year=moved["user_margin"],
        society_margin_change_dkk=moved["society_margin"],
        order=table["area"].map({name: i for i, name in enumerate(table.loc[is_base, "area"])}),
    )
    compared = compared[~is_base].sort_values("order", kind="stable")
    return compared[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


def _scenarios(effects: pd.Series) -> Iterable[_Scenario]:
    """Each check by itself, then all of an effect together, then all that pulls the same way."""
    by_effect = {effect: list(effects.index[effects == effect]) for effect in EFFECTS}
    for effect, names in by_effect.items():
        for check, group in [*((name, [name]) for name in names), (ALL, names)]:
            if check != ALL or len(group) > 1:
                yield from _scenarios_of(check, effect, group)
    leave, join, demand = (by_effect[effect] for effect in EFFECTS)
    if leave and demand:
        yield _Scenario(ALL, ALL, "least", leave, [], demand, is_higher=False)
    if join and demand:
        yield _Scenario(ALL, ALL, "most", [], join, demand, is_higher=True)


def _scenarios_of(check: str, effect: str, group: list[str]) -> list[_Scenario]:
    if effect == "may_leave":
        return [_Scenario(check, effect, "leave", group, [], [], is_higher=False)]
    if effect == "may_join":
        return [_Scenario(check, effect, "join", [], group, [], is_higher=True)]
    return [
        _Scenario(check, effect, "lower", [], [], group, is_higher=False),
        _Scenario(check, effect, "higher", [], [], group, is_higher=True),
    ]


def _is_customer(buildings: pd.DataFrame) -> pd.Series:
    return register.is_relevant(buildings["use_code"]) & (buildings["is_oil"] | buildings["is_gas"])


def _typical(buildings: pd.DataFrame, assumptions: Assumptions) -> dict[str, pd.Series]:
    """Mean of the customers of the same use, else type, else of all; the commoner fuel of the area."""
    customer = _is_customer(buildings)
    kinds = (register.use_group(buildings["use_code"]), register.customer_type(buildings["use_code"]))

    def mean(column: str, standard: float) -> pd.Series:
        known = buildings[column].where(customer & (buildings[column] > 0)).astype(float)
        filled = pd.Series(np.nan, index=buildings.index)
        for kind in kinds:
            filled = filled.fillna(known.groupby(kind).transform("mean"))
        return filled.fillna(known.mean()).fillna(standard)

    oil = buildings["is_oil"].where(customer).astype(float).groupby(buildings["area"]).transform("mean")
    return {
        "typical_heat_mwh": mean("heat_demand_mwh", assumptions.standard_consumer_heat_mwh),
        "typical_area_m2": mean("area_m2", assumptions.standard_consumer_area_m2),
        "is_oil_common": oil.fillna(assumptions.oil_customer_share) > 0.5,
    }


def _found(flags: pd.DataFrame, names: list[str]) -> npt.NDArray[np.bool_]:
    """By building: whether any of the checks finds it."""
    return np.asarray(flags[names].any(axis=1), bool)


def _factors(
    flags: pd.DataFrame, scenario: _Scenario, assumptions: Assumptions
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """By building: what its area, and its demand per m2, are multiplied by: the largest doubt of each."""
    area = assumptions.lookup("doubtful_area_share").reindex(flags.columns)
    heat = assumptions.lookup("doubtful_heat_share")
    own = heat.reindex(flags.columns).fillna(area.isna() * heat[_OTHER])
    power = 1.0 if scenario.is_higher else -1.0
    area_factor, heat_factor = (
        (1.0 + (flags.to_numpy(float) * share.to_numpy(float)).max(axis=1, initial=0.0)) ** power
        for share in (area.fillna(0.0), own)
    )
    return area_factor, heat_factor


def _changed(stack: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the buildings as they would be."""
    relevant = register.is_relevant(stack["use_code"])
    customer = relevant & (stack["is_oil"] | stack["is_gas"])
    leave, join = stack["leave"] & customer, stack["join"] & ~customer
    fuel = stack["heating_fuel_code"]
    joins_oil = join & ((fuel == _OIL_FUEL) | (stack["is_oil_common"] & ~fuel.isin(_GAS_FUELS)))
    # A customer without demand, such as a house that says it has no heating, is no customer to be.
    heat = stack["heat_demand_mwh"].mask(join & ~(stack["heat_demand_mwh"] > 0), stack["typical_heat_mwh"])
    area = stack["area_m2"].mask(join & stack["area_m2"].isna(), stack["typical_area_m2"])
    doubted = stack["doubted"] & ((customer & ~leave) | join) & (stack["heat_demand_source"] != "measured")
    filled = doubted & stack["is_higher"]
    heat = heat.mask(doubted, heat * stack["area_factor"] * stack["heat_factor"])
    area = area.mask(doubted, area * stack["area_factor"])
    return stack.assign(
        use_code=stack["use_code"].mask(join & ~relevant, _HOUSE),
        is_oil=(stack["is_oil"] & ~leave & ~join) | joins_oil,
        is_gas=(stack["is_gas"] & ~leave & ~join) | (join & ~joins_oil),
        heat_demand_mwh=heat.mask(filled & heat.isna(), stack["typical_heat_mwh"]),
        area_m2=area.mask(filled & area.isna(), stack["typical_area_m2"]),
    )


def _placed(
    changed: gpd.GeoDataFrame,
    scenarios: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    trimmed: gpd.GeoDataFrame,
    assumptions: Assumptions,
) -> tuple[pd.Series, gpd.GeoDataFrame]:
    """Row of ``scenarios`` that each building counts in, and the outline of every row.

    The outlines stay; one is drawn only where there is none and customers may join.
    """
    outlines = trimmed.set_index("area").loc[scenarios["area"], ["geometry"]].reset_index(drop=True)
    outlines = outlines.assign(area=scenarios["row"])
    home = changed["row"].where(changed["home"] == changed["area"])
    bare = trimmed.loc[trimmed.geometry.is_empty.to_numpy(), "area"]
    joins = changed["join"].groupby(changed["number"]).transform("any")
    for _, rows in changed[changed["area"].isin(bare) & joins].groupby("number"):
        drawn = area_stage.delineate(rows, areas, assumptions).set_index("area").geometry
        mine = scenarios["row"].isin(rows["row"])
        outlines.loc[mine, "geometry"] = drawn.loc[scenarios.loc[mine, "area"]].to_numpy()
        inside = rows.geometry.intersects(drawn.loc[rows["area"]].set_axis(rows.index), align=False)
        home = home.where(~home.index.isin(rows.index[inside]), changed["row"])
    return home, outlines


def _capped(figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Keep the demand below what the economics takes for a mistake in the unit."""
    bound = assumptions.plausible_heat_per_building_mwh * figures["oil_gas_count"]
    whole = figures["oil_gas_heat_mwh"].to_numpy(float)
    heat = figures["oil_gas_heat_mwh"].clip(upper=bound)
    ground_m2 = figures["area_km2"] * M2_PER_KM2
    density = (heat * KWH_PER_MWH / ground_m2.where(ground_m2 > 0)).where(
        figures["density_kwh_per_m2"].notna()
    )
    kept = np.divide(heat, whole, out=np.ones(len(whole)), where=whole > 0)
    parts = {name: figures[name] * kept for name in ("oil_heat_mwh", "gas_heat_mwh") if name in figures}
    return figures.assign(oil_gas_heat_mwh=heat, density_kwh_per_m2=density, **parts)


def _margins(verdicts: pd.DataFrame) -> pd.DataFrame:
    cheapest = verdicts[_PRICES[1:]].min(axis=1)
    return pd.DataFrame(
        {
            "user_margin": cheapest - verdicts[_PRICES[0]],
            "society_margin": verdicts["npv_alternative_dkk"] - verdicts["npv_project_dkk"],
        }
    )
