"""What is doubtful in the register, and what it could change in the verdict of each area.

Each register check that could change an answer is turned into scenarios: the buildings it finds are no
customers, or are customers, or need less or more heat. Every scenario goes through the same key figures and
the same economics as the verdict itself; all of them are screened in one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from screening import areas as area_stage
from screening import economics, register
from screening.units import KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    from collections.abc import Iterable

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

_BASE = ""  # scenario of the register as it stands
_HOUSE = "120"  # use of a summer house that is lived in all the year
_OIL_FUEL, _GAS_FUELS = "3", ("2", "7")
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


class _Typical(NamedTuple):
    """Per building what stands in where the register is silent."""

    heat_demand_mwh: pd.Series
    area_m2: pd.Series
    is_oil: pd.Series


def register_doubt(
    buildings: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    trimmed: gpd.GeoDataFrame,
    assumptions: Assumptions,
    *,
    flags: pd.DataFrame | None = None,
    checks: pd.DataFrame | None = None,
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
        kind; measured demand is not doubted. Check "all", where an effect has several checks with findings:
        all of them at once. Check and effect "all", where it is more than one effect: "least", all who may
        leave do so and demand is lower; "most", all join and it is higher.
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
    if flags.empty or not len(flags.columns):
        return _empty()
    typical = _typical(buildings, assumptions)
    used = told & (_is_customer(buildings) | flags.any(axis=1))
    typical = _Typical(*(values[used] for values in typical))
    return _screened(buildings[used], flags[used], effects, (areas, trimmed), typical, assumptions)


def _screened(
    buildings: gpd.GeoDataFrame,
    flags: pd.DataFrame,
    effects: pd.Series,
    outlines: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
    typical: _Typical,
    assumptions: Assumptions,
) -> pd.DataFrame:
    areas, trimmed = outlines
    base = area_stage.key_figures(buildings, trimmed, assumptions).set_index("area", drop=False)
    parts = [_capped(base, assumptions).assign(row=base["area"], scenario=_BASE)]
    for number, scenario in enumerate(_scenarios(effects.loc[flags.columns])):
        found = flags[scenario.checks].any(axis=1).groupby(buildings["area"]).sum()
        found = found[found > 0]
        changed = _changed(buildings, flags, scenario, typical, assumptions)
        ground = _outlines(changed, areas, trimmed, scenario, assumptions)
        figures = area_stage.key_figures(changed, ground, assumptions).set_index("area", drop=False)
        figures = _capped(figures.loc[[name for name in base.index if name in found.index]], assumptions)
        before = base.loc[figures.index]
        parts.append(
            figures.assign(
                row=figures["area"] + f"|{number}",
                check_name=scenario.check_name,
                effect=scenario.effect,
                scenario=scenario.name,
                building_count=found,
                changed_count=_count_changed(buildings, changed, ground).reindex(figures.index).fillna(0),
                customer_count_change=figures["oil_gas_count"] - before["oil_gas_count"],
                heat_demand_change_mwh=figures["oil_gas_heat_mwh"] - before["oil_gas_heat_mwh"],
            )
        )
    stacked = pd.concat(parts, ignore_index=True)
    verdicts = economics.screen_areas(stacked.assign(area=stacked["row"]), assumptions).reset_index(drop=True)
    verdicts[["user_margin", "society_margin"]] = _margins(verdicts)
    return _compared(stacked, verdicts, len(base))


def _compared(stacked: pd.DataFrame, verdicts: pd.DataFrame, base_count: int) -> pd.DataFrame:
    """Set every scenario beside the first rows, which are the areas as they stand."""
    table = stacked.join(verdicts.drop(columns=stacked.columns, errors="ignore")).iloc[base_count:]
    base = verdicts.iloc[:base_count].set_axis(stacked["area"].iloc[:base_count]).loc[table["area"]]
    table = table.assign(
        verdict_changes=table["is_viable"].to_numpy() != base["is_viable"].to_numpy(),
        user_margin_change_dkk_per_year=table["user_margin"] - base["user_margin"].to_numpy(),
        society_margin_change_dkk=table["society_margin"] - base["society_margin"].to_numpy(),
    )
    order = table["area"].map({name: i for i, name in enumerate(stacked["area"].iloc[:base_count])})
    table = table.assign(order=order).sort_values("order", kind="stable")
    return table[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


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


def _typical(buildings: pd.DataFrame, assumptions: Assumptions) -> _Typical:
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
    return _Typical(
        mean("heat_demand_mwh", assumptions.standard_consumer_heat_mwh),
        mean("area_m2", assumptions.standard_consumer_area_m2),
        oil.fillna(assumptions.oil_customer_share) > 0.5,
    )


def _changed(
    buildings: gpd.GeoDataFrame,
    flags: pd.DataFrame,
    scenario: _Scenario,
    typical: _Typical,
    assumptions: Assumptions,
) -> gpd.GeoDataFrame:
    """Give the buildings as they would be."""
    customer = _is_customer(buildings)
    leave = flags[scenario.leave].any(axis=1) & customer
    join = flags[scenario.join].any(axis=1) & ~customer
    fuel = buildings["heating_fuel_code"]
    joins_oil = join & ((fuel == _OIL_FUEL) | (typical.is_oil & ~fuel.isin(_GAS_FUELS)))
    heat, area = buildings["heat_demand_mwh"], buildings["area_m2"]
    changed = buildings.assign(
        use_code=buildings["use_code"].mask(join & ~register.is_relevant(buildings["use_code"]), _HOUSE),
        is_oil=(buildings["is_oil"] & ~leave) | joins_oil,
        is_gas=(buildings["is_gas"] & ~leave & ~joins_oil) | (join & ~joins_oil),
        heat_demand_mwh=heat.mask(join & ~(heat > 0), typical.heat_demand_mwh),
        area_m2=area.mask(join & area.isna(), typical.area_m2),
    )
    return _rescaled(changed, flags[scenario.demand], scenario, typical, assumptions)


def _rescaled(
    buildings: gpd.GeoDataFrame,
    flags: pd.DataFrame,
    scenario: _Scenario,
    typical: _Typical,
    assumptions: Assumptions,
) -> gpd.GeoDataFrame:
    """Divide or multiply the doubted demand of customers; to be higher, fill in what is unknown."""
    if not scenario.demand:
        return buildings
    doubted = flags.any(axis=1) & _is_customer(buildings) & (buildings["heat_demand_source"] != "measured")
    area_factor, heat_factor = (
        1.0 + (flags.to_numpy(float) * shares).max(axis=1) for shares in _shares(flags, assumptions)
    )
    power = 1.0 if scenario.is_higher else -1.0
    heat = buildings["heat_demand_mwh"] * (area_factor * heat_factor) ** power
    area = buildings["area_m2"] * area_factor**power
    if scenario.is_higher:
        heat, area = heat.fillna(typical.heat_demand_mwh), area.fillna(typical.area_m2)
    return buildings.assign(
        heat_demand_mwh=buildings["heat_demand_mwh"].mask(doubted, heat),
        area_m2=buildings["area_m2"].mask(doubted, area),
    )


def _shares(
    flags: pd.DataFrame, assumptions: Assumptions
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """By check: how far the area, and the demand per m2, are doubted."""
    area = assumptions.lookup("doubtful_area_share").reindex(flags.columns)
    heat = assumptions.lookup("doubtful_heat_share")
    own = heat.reindex(flags.columns).fillna(area.isna() * heat[_OTHER])
    return area.fillna(0.0).to_numpy(float), own.to_numpy(float)


def _outlines(
    changed: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    trimmed: gpd.GeoDataFrame,
    scenario: _Scenario,
    assumptions: Assumptions,
) -> gpd.GeoDataFrame:
    """Keep the outlines; draw one only where there is none and customers may join."""
    bare = trimmed.geometry.is_empty.to_numpy()
    if not scenario.join or not changed["area"].isin(trimmed.loc[bare, "area"]).any():
        return trimmed
    drawn = area_stage.delineate(changed, areas, assumptions).set_index("area").geometry
    shapes = trimmed.geometry.to_numpy().copy()
    shapes[bare] = drawn.loc[trimmed.loc[bare, "area"]].to_numpy()
    return trimmed.set_geometry(gpd.GeoSeries(shapes, index=trimmed.index, crs=trimmed.crs))


def _count_changed(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, ground: gpd.GeoDataFrame) -> pd.Series:
    """By area: buildings in the outline that become or cease to be customers or need another heat."""
    was, now = _is_customer(before), _is_customer(after)
    heat = before["heat_demand_mwh"].fillna(-1.0) != after["heat_demand_mwh"].fillna(-1.0)
    touched = after[(was != now) | (now & heat)]
    return area_stage.assign(touched, ground).value_counts()


def _capped(figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Keep the demand below what the economics takes for a mistake in the unit."""
    bound = assumptions.plausible_heat_per_building_mwh * figures["oil_gas_count"]
    heat = figures["oil_gas_heat_mwh"].clip(upper=bound)
    ground_m2 = figures["area_km2"] * M2_PER_KM2
    density = (heat * KWH_PER_MWH / ground_m2.where(ground_m2 > 0)).where(
        figures["density_kwh_per_m2"].notna()
    )
    return figures.assign(oil_gas_heat_mwh=heat, density_kwh_per_m2=density)


def _margins(verdicts: pd.DataFrame) -> pd.DataFrame:
    cheapest = verdicts[_PRICES[1:]].min(axis=1)
    return pd.DataFrame(
        {
            "user_margin": cheapest - verdicts[_PRICES[0]],
            "society_margin": verdicts["npv_alternative_dkk"] - verdicts["npv_project_dkk"],
        }
    )
