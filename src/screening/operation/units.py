"""From a plant to its problem: each unit becomes modes that move water between layers, with hourly costs.

============== =========================== ====================================================
unit           modes                       throughput (what a MWh of the mode is)
============== =========================== ====================================================
heat_pump      unit, or unit.external      heat that is lifted
               and unit.internal           and, beside it, water of the tank that is cooled
electric boiler unit                       heat
fuel_boiler    unit                        heat
               unit.condensation           further heat, never more than its share of the boiler's
solar          unit.40_80 ... (each lift)  heat; the lifts share the field
surplus_heat   unit                        heat
============== =========================== ====================================================
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.errors import InputFileError, ScreeningError
from screening.operation.collector import CollectorSite, collector_heat_mw, plane_radiation
from screening.operation.condensation import flue_gas_heat_share, water_heat_mwh
from screening.operation.energy_costs import electricity_costs, fuel_costs
from screening.operation.heat_pump import heat_pump_cop, lorenz_cop
from screening.operation.plant_parts import Lift
from screening.operation.plant_units import ElectricBoiler, FuelBoiler, HeatPump, Solar, SurplusHeat
from screening.operation.problem import Limit, Mode, Problem, Running, Stream, Tank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from screening.operation.plant import Plant
    from screening.operation.plant_units import Unit
    from screening.operation.problem import Hourly

__all__ = ["Costs", "mode_costs", "problem_of"]

Costs = dict[str, "Hourly"]  # DKK per MWh of throughput, by what is paid for
# A lift that gives less than this share of the field's best in an hour is left out: what it takes of the
# field would be a number too large to solve with.
_SMALLEST_SHARE = 1e-3


@dataclass
class _Built:
    """What one unit adds to the problem."""

    modes: list[Mode] = field(default_factory=list)
    costs: dict[str, Costs] = field(default_factory=dict)
    limits: list[Limit] = field(default_factory=list)
    running: list[Running] = field(default_factory=list)

    def add(
        self,
        name: str,
        unit: str,
        streams: tuple[Stream, ...],
        maximum_mw: Hourly,
        costs: Costs,
        electricity_mwh: Hourly = 0.0,
        fuel_mwh: Hourly = 0.0,
        fuel: str = "",
    ) -> None:
        """Add a mode whose cost is the sum of its parts."""
        total: Hourly = sum((np.asarray(part, float) for part in costs.values()), np.asarray(0.0))
        self.modes.append(Mode(name, unit, streams, maximum_mw, total, electricity_mwh, fuel_mwh, fuel))
        self.costs[name] = costs


def problem_of(plant: Plant) -> Problem:
    """Write a plant's hours as a problem.

    Parameters
    ----------
    plant
        As ``load_plant`` gives it, or a part of its hours (``Plant.cut``).

    Returns
    -------
    Problem
        For ``solve``.
    """
    built = _build(plant)
    demand = plant.content.demand
    return Problem(
        plant.demand_mw,
        demand.supply_c,
        demand.return_c,
        tuple(mode for part in built for mode in part.modes),
        tank_of(plant),
        tuple(limit for part in built for limit in part.limits),
        tuple(running for part in built for running in part.running),
        heat_capacity_kwh_per_m3_k=plant.assumptions.water_heat_capacity_kwh_per_m3_k,
    )


def mode_costs(plant: Plant) -> dict[str, Costs]:
    """Give what a MWh of each mode's throughput costs, by what is paid for.

    Parameters
    ----------
    plant
        The plant.

    Returns
    -------
    dict
        By mode: spot, each tariff and tax, fuel, operation; numbers or one per hour. [DKK/MWh]
    """
    return {name: costs for part in _build(plant) for name, costs in part.costs.items()}


def tank_of(plant: Plant) -> Tank:
    """Give the tank; without one in the file, one without water."""
    content, a = plant.content, plant.assumptions
    temperatures = content.temperatures_c
    given = None if content.tank is None else content.tank.start_share
    if given is None:
        hot = a.tank_start_hot_share
        begins = {content.demand.supply_c: hot, content.demand.return_c: 1.0 - hot}
        given = tuple(begins.get(t, 0.0) for t in temperatures)
    if content.tank is None:
        return Tank(0.0, temperatures, given)
    return Tank(content.tank.volume_m3, temperatures, given, content.tank.loss_share_per_hour)


def _build(plant: Plant) -> list[_Built]:
    return [_unit(unit, plant) for unit in plant.content.units]


def _unit(unit: Unit, plant: Plant) -> _Built:
    """Turn one unit into modes."""
    if isinstance(unit, HeatPump):
        return _heat_pump(unit, plant)
    if isinstance(unit, ElectricBoiler):
        return _electric_boiler(unit, plant)
    if isinstance(unit, FuelBoiler):
        return _fuel_boiler(unit, plant)
    if isinstance(unit, Solar):
        return _solar(unit, plant)
    return _surplus_heat(unit, plant)


@contextmanager
def _told(plant: Plant, key: str) -> Iterator[None]:
    """Say of which file and key an error is."""
    try:
        yield
    except ScreeningError as error:
        raise InputFileError(f"{plant.path}: {key}: {error}") from error


def _lift(given: Lift | None, plant: Plant) -> Lift:
    """Give a unit's lift; left out, from the return to the supply."""
    demand = plant.content.demand
    return given or Lift(from_c=demand.return_c, to_c=demand.supply_c)


def _heat_pump(unit: HeatPump, plant: Plant) -> _Built:
    """Lift heat from outside; or from the tank's own water. Both share the electric capacity."""
    built = _Built()
    lift = _lift(unit.lift, plant)
    cop = _cop(unit, lift, plant)
    inside = unit.internal_operation
    name = unit.name if inside is None else f"{unit.name}.external"
    paid = electricity_costs(plant) | {"operation": unit.variable_dkk_per_mwh_electric}
    built.add(
        name,
        unit.name,
        (Stream(lift.from_c, lift.to_c),),
        unit.electric_capacity_mw * cop,
        _over(paid, cop),
        electricity_mwh=1.0 / cop,
    )
    if inside is None:
        return built
    heated = _lift(inside.lift, plant)
    own = _internal_cop(unit, heated, plant)
    built.add(
        f"{unit.name}.internal",
        unit.name,
        (Stream(heated.from_c, heated.to_c), Stream(inside.from_c, inside.to_c, 1.0 - 1.0 / own)),
        unit.electric_capacity_mw * own,
        _over(paid, own),
        electricity_mwh=1.0 / own,
    )
    shares: dict[str, Hourly] = {name: 1.0 / cop, f"{unit.name}.internal": 1.0 / own}
    built.limits.append(Limit(f"{unit.name}.electric_capacity", shares, unit.electric_capacity_mw))
    return built


def _cop(unit: HeatPump, lift: Lift, plant: Plant) -> NDArray[np.float64]:
    """COP in each hour: given, or by the source's temperature. [1]."""
    if unit.source is None:
        return np.full(len(plant.hours), unit.cop)
    source: str | pd.Series = unit.source.place or pd.Series(
        plant.values(f"units.{unit.name}.source"), index=plant.hours
    )
    with _told(plant, f"units.{unit.name}.source"):
        return heat_pump_cop(
            source,
            plant.hours,
            lift.from_c,
            lift.to_c,
            plant.assumptions,
            outdoor_c=plant.series.get("weather.temperature_c"),
            source_cooling_k=unit.source_cooling_k,
            efficiency=unit.lorenz_efficiency,
        ).to_numpy(float)


def _internal_cop(unit: HeatPump, heated: Lift, plant: Plant) -> float:
    """COP with the tank's water as source. [1]."""
    inside, a = unit.internal_operation, plant.assumptions
    if inside is None or inside.cop is not None:
        return float(inside.cop if inside and inside.cop else np.nan)
    efficiency = unit.lorenz_efficiency or a.heat_pump_lorenz_efficiency
    cooling = inside.from_c - inside.to_c
    with _told(plant, f"units.{unit.name}.internal_operation"):
        cop = lorenz_cop(
            inside.from_c,
            cooling,
            heated.from_c,
            heated.to_c,
            efficiency=efficiency,
            largest_cop=a.heat_pump_largest_cop,
        )
    return float(cop)


def _electric_boiler(unit: ElectricBoiler, plant: Plant) -> _Built:
    built = _Built()
    lift = _lift(unit.lift, plant)
    costs = _over(electricity_costs(plant), unit.efficiency) | {"operation": unit.variable_dkk_per_mwh_heat}
    built.add(
        unit.name,
        unit.name,
        (Stream(lift.from_c, lift.to_c),),
        unit.electric_capacity_mw * unit.efficiency,
        costs,
        electricity_mwh=1.0 / unit.efficiency,
    )
    return built


def _fuel_boiler(unit: FuelBoiler, plant: Plant) -> _Built:
    """Burn fuel; where colder water cools the flue gas, further heat follows the boiler's."""
    built = _Built()
    lift = _lift(unit.lift, plant)
    built.add(
        unit.name,
        unit.name,
        (Stream(lift.from_c, lift.to_c),),
        unit.heat_capacity_mw,
        fuel_costs(unit, plant) | {"operation": unit.variable_dkk_per_mwh_heat},
        fuel_mwh=1.0 / unit.efficiency,
        fuel=unit.fuel,
    )
    if unit.minimum_load_mw > 0 or unit.start_cost_dkk > 0:
        bounds = (unit.minimum_load_mw, unit.heat_capacity_mw, unit.start_cost_dkk)
        built.running.append(Running(unit.name, {unit.name: 1.0}, *bounds))
    extra = unit.extra_condensation
    if extra is not None:
        name = f"{unit.name}.condensation"
        share = condensation_share(unit, plant)
        streams = (Stream(extra.cold_c, extra.warm_c),)
        costs: Costs = {"operation": extra.variable_dkk_per_mwh_heat}
        built.add(name, unit.name, streams, share * unit.heat_capacity_mw, costs)
        built.limits.append(Limit(name, {name: 1.0, unit.name: -share}, 0.0))
    return built


def condensation_share(unit: FuelBoiler, plant: Plant) -> float:
    """Further heat that colder water condenses, per MWh of the boiler's heat. [1]."""
    extra = unit.extra_condensation
    if extra is None:
        return 0.0
    if extra.heat_share is not None:
        return extra.heat_share
    if extra.efficiency_gain is not None:
        return extra.efficiency_gain / unit.efficiency
    if extra.water_m3_per_hour is not None:
        heat = water_heat_mwh(extra.water_m3_per_hour, extra.warm_c, extra.cold_c, plant.assumptions)
        return heat / unit.heat_capacity_mw
    return flue_gas_heat_share(extra.warm_c, extra.cold_c, plant.assumptions)


def _solar(unit: Solar, plant: Plant) -> _Built:
    """Let each lift have a share of the field; with too little flow in the best one, the field stands."""
    built = _Built()
    lifts = unit.lifts or (_lift(None, plant),)
    heat = _field_heat_mw(unit, lifts, plant)
    per_mwh = {
        lift: 1.0 / water_heat_mwh(1.0, lift.to_c, lift.from_c, plant.assumptions) for lift in lifts
    }  # m3 per MWh
    flow = np.max([heat[lift] * per_mwh[lift] for lift in lifts], axis=0)
    best = np.max(list(heat.values()), axis=0)
    stands = flow < unit.minimum_flow_m3_per_hour
    several = len(lifts) > 1
    names = {lift: f"{unit.name}.{lift.from_c:g}_{lift.to_c:g}" if several else unit.name for lift in lifts}
    shares: dict[str, Hourly] = {}
    for lift, name in names.items():
        runs = ~stands & (heat[lift] > _SMALLEST_SHARE * best)
        most = np.where(runs, heat[lift], 0.0)
        shares[name] = np.divide(best, most, out=np.ones_like(best), where=runs)
        costs: Costs = {"operation": unit.variable_dkk_per_mwh_heat}
        built.add(name, unit.name, (Stream(lift.from_c, lift.to_c),), most, costs)
    if several:
        built.limits.append(Limit(f"{unit.name}.field", shares, best))
    if unit.minimum_flow_m3_per_hour > 0:
        flows: Mapping[str, Hourly] = {name: per_mwh[lift] for lift, name in names.items()}
        most = np.where(stands, 0.0, flow)
        built.running.append(Running(unit.name, flows, unit.minimum_flow_m3_per_hour, most))
    return built


def _field_heat_mw(unit: Solar, lifts: tuple[Lift, ...], plant: Plant) -> dict[Lift, NDArray[np.float64]]:
    """Heat of the whole field with each lift. [MW]."""
    a = plant.assumptions
    assumed = CollectorSite.from_assumptions(a)
    given = {key: getattr(unit, key) for key in ("latitude_deg", "longitude_deg", "tilt_deg", "azimuth_deg")}
    site = CollectorSite(**{key: getattr(assumed, key) if v is None else v for key, v in given.items()})
    weather = {
        key: pd.Series(plant.series[f"weather.{key}"], index=plant.hours)
        for key in ("temperature_c", "ghi_w_m2", "dni_w_m2", "dhi_w_m2")
        if f"weather.{key}" in plant.series
    }
    with _told(plant, "weather"):
        radiation = plane_radiation(
            weather["ghi_w_m2"], site, a, dni_w_m2=weather.get("dni_w_m2"), dhi_w_m2=weather.get("dhi_w_m2")
        )
    return {
        lift: collector_heat_mw(unit.area_m2, radiation, weather["temperature_c"], lift.from_c, lift.to_c, a)[
            "heat_mw"
        ].to_numpy(float)
        for lift in lifts
    }


def _surplus_heat(unit: SurplusHeat, plant: Plant) -> _Built:
    built = _Built()
    lift = _lift(unit.lift, plant)
    built.add(
        unit.name,
        unit.name,
        (Stream(lift.from_c, lift.to_c),),
        _not_below_zero(plant, f"units.{unit.name}.capacity_mw"),
        {"heat": plant.values(f"units.{unit.name}.price_dkk_per_mwh")},
    )
    return built


def _not_below_zero(plant: Plant, key: str) -> NDArray[np.float64]:
    """Give a series, or name the first hour in which it is negative."""
    values = plant.values(key)
    if (values < 0).any():
        place = int(np.argmax(values < 0))
        told = f"{values[place]:g} at {plant.hours[place]:%Y-%m-%d %H:%M} UTC"
        raise InputFileError(f"{plant.path}: {key} is {told}; allowed are numbers from 0.")
    return values


def _over(costs: Mapping[str, Hourly], divisor: Hourly) -> Costs:
    """Spread what a MWh of electricity costs over the heat made of it."""
    return {name: np.asarray(cost, float) / divisor for name, cost in costs.items()}
