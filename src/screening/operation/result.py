"""What a plant's hours come to: tables by hour and by unit, the year's key figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from screening.operation.matrix import layer_transition
from screening.operation.model import PlantShortageError, solve
from screening.operation.units import problem_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from screening.operation.model import Solution
    from screening.operation.plant import Plant
    from screening.operation.problem import Mode, Problem

__all__ = ["Result", "optimise", "tell"]

# An hour runs when its throughput is above this; the solver's own tolerance is 1e-7. [MW]
_RUNS_MW = 1e-6


@dataclass(frozen=True)
class Result:
    """A plant's hours.

    Attributes
    ----------
    hourly
        Index utc. Columns: demand_mw; ``<unit>_heat_mw``, the heat that each unit brings into the water
        (moving heat between layers brings none); ``<mode>_mw``, the throughput of each mode where a unit has
        several; ``<unit>_electricity_mw``, ``<unit>_fuel_mw``; ``layer_<temperature>_c_m3`` at the end of the
        hour; stored_mwh above the coldest layer; loss_mw of the tank; marginal_price_dkk_per_mwh.
    units
        One row per unit: heat_mwh, heat_share, electricity_mwh, fuel_mwh, cost_dkk, running_hours, starts.
    modes
        One row per mode: unit, throughput_mwh, full_load_hours, heat_mwh, electricity_mwh, fuel_mwh,
        cost_dkk.
    summary
        objective_dkk, demand_mwh, heat_price_dkk_per_mwh (operation over demand), electricity_mwh,
        fuel_mwh, loss_mwh, gap, whole_numbers, heat_mwh and full_load_hours (by unit and mode).
    solution
        The solver's answer, a start for the same plant with other prices.
    """

    hourly: pd.DataFrame
    units: pd.DataFrame
    modes: pd.DataFrame
    summary: dict[str, Any]
    solution: Solution


def optimise(
    plant: Plant, *, start: Result | None = None, gap: float = 1e-4, time_limit_s: float = 600.0
) -> Result:
    """Find a plant's cheapest hours and tell what they come to.

    Parameters
    ----------
    plant
        From ``load_plant``.
    start
        Result of the same plant with other prices, to start from.
    gap
        Where minimum loads or start costs need whole numbers: how far from the best the search may end. [1]
    time_limit_s
        Where they do: when it ends anyway; the summary tells the gap that is left. [s]

    Returns
    -------
    Result
        ``hourly``, ``units``, ``modes`` and ``summary``.

    Raises
    ------
    PlantShortageError
        If the plant cannot meet the demand; names the hours and the missing MW.

    Examples
    --------
    >>> from screening.operation import load_plant
    >>> plant = load_plant("small-town").cut(0, 48)  # two days of January
    >>> result = optimise(plant)
    >>> sorted(result.summary["heat_mwh"])
    ['electric_boiler', 'gas_boiler', 'heat_pump']
    """
    problem = problem_of(plant)
    before = None if start is None else start.solution
    try:
        solution = solve(problem, start=before, gap=gap, time_limit_s=time_limit_s)
    except PlantShortageError as error:
        raise error.at(plant.hours) from error
    return tell(problem, solution, plant.hours)


def tell(problem: Problem, solution: Solution, index: pd.DatetimeIndex | None = None) -> Result:
    """Turn a solution into tables.

    Parameters
    ----------
    problem
        The plant's year.
    solution
        Its cheapest hours.
    index
        Start of each hour in UTC; numbers from 0 without.

    Returns
    -------
    Result
        Tables and key figures.
    """
    hours: pd.Index = pd.RangeIndex(problem.hours, name="hour") if index is None else index
    modes = pd.DataFrame.from_dict(
        {mode.name: _of_mode(problem, solution, mode.name) for mode in problem.modes}, orient="index"
    )
    hourly = {"demand_mw": problem.demand_mw}
    several = {m.unit for m in problem.modes if sum(other.unit == m.unit for other in problem.modes) > 1}
    for unit in dict.fromkeys(mode.unit for mode in problem.modes):
        hourly[f"{unit}_heat_mw"] = _sum(problem, solution, unit, "net_heat_mwh")
    for mode in problem.modes:
        if mode.unit in several:
            hourly[f"{mode.name}_mw"] = solution.throughput_mw[mode.name].to_numpy()
    for kind in ("electricity", "fuel"):
        for unit in dict.fromkeys(mode.unit for mode in problem.modes):
            used = _sum(problem, solution, unit, f"{kind}_mwh")
            if used.any():
                hourly[f"{unit}_{kind}_mw"] = used
    layers = solution.layers_m3.to_numpy()
    temperatures = np.array(problem.tank.temperatures_c)
    for place, temperature in enumerate(temperatures):
        hourly[f"layer_{temperature:g}_c_m3"] = layers[:, place]
    per_m3 = (temperatures - temperatures.min()) * problem.heat_capacity_kwh_per_m3_k / 1000.0
    hourly["stored_mwh"] = layers @ per_m3
    hourly["loss_mw"] = _loss(problem, layers, per_m3)
    hourly["marginal_price_dkk_per_mwh"] = solution.marginal_price_dkk_per_mwh
    table = pd.DataFrame(hourly).set_axis(hours, axis=0)
    units = _of_units(modes, table, float(problem.demand_mw.sum() + table["loss_mw"].sum()))
    return Result(table, units, modes, _summary(problem, solution, table, units, modes), solution)


def _throughput(problem: Problem, solution: Solution, name: str, attribute: str) -> NDArray[np.float64]:
    """Multiply a mode's throughput by one of its shares, hour by hour."""
    mode = next(mode for mode in problem.modes if mode.name == name)
    share = np.broadcast_to(np.asarray(getattr(mode, attribute), float), problem.hours)
    product: NDArray[np.float64] = share * solution.throughput_mw[name].to_numpy()
    return product


def _sum(problem: Problem, solution: Solution, unit: str, attribute: str) -> NDArray[np.float64]:
    """Add a share over the modes of a unit."""
    parts = [_throughput(problem, solution, m.name, attribute) for m in problem.modes if m.unit == unit]
    total: NDArray[np.float64] = np.sum(parts, axis=0)
    return total


def _of_mode(problem: Problem, solution: Solution, name: str) -> dict[str, Any]:
    """Sum a mode over the hours."""
    mode = next(mode for mode in problem.modes if mode.name == name)
    sums = {
        key: float(_throughput(problem, solution, name, attribute).sum())
        for key, attribute in {
            "heat_mwh": "net_heat_mwh",
            "electricity_mwh": "electricity_mwh",
            "fuel_mwh": "fuel_mwh",
            "cost_dkk": "cost_dkk_per_mwh",
        }.items()
    }
    return {
        "unit": mode.unit,
        "throughput_mwh": float(solution.throughput_mw[name].sum()),
        "full_load_hours": _full_load_hours(mode, sums, float(solution.throughput_mw[name].sum())),
        **sums,
    }


def _full_load_hours(mode: Mode, sums: dict[str, float], throughput_mwh: float) -> float:
    """Divide by the rated capacity: of electricity or fuel where there is any, for a pump's heat varies."""
    for used, share in (
        (sums["electricity_mwh"], mode.electricity_mwh),
        (sums["fuel_mwh"], mode.fuel_mwh),
        (throughput_mwh, 1.0),
    ):
        rated_mw = float(np.max(np.asarray(share, float) * np.asarray(mode.maximum_mw, float)))
        if rated_mw > 0:
            return used / rated_mw
    return 0.0


def _of_units(modes: pd.DataFrame, hourly: pd.DataFrame, made_mwh: float) -> pd.DataFrame:
    """Sum the modes of each unit; count its running hours and starts, the year taken as a ring."""
    sums = ["heat_mwh", "electricity_mwh", "fuel_mwh", "cost_dkk"]
    units = modes.groupby("unit", sort=False)[sums].sum().astype(float)
    units.insert(1, "heat_share", units["heat_mwh"] / made_mwh if made_mwh else 0.0)
    on = pd.DataFrame({unit: hourly[f"{unit}_heat_mw"].abs() > _RUNS_MW for unit in units.index})
    units["running_hours"] = on.sum()
    units["starts"] = (on & ~np.roll(on, 1, axis=0)).sum()
    return units


def _loss(problem: Problem, layers: NDArray[np.float64], per_m3: NDArray[np.float64]) -> NDArray[np.float64]:
    """Heat that the tank loses in each hour, from the water that cools to the layer below. [MW]."""
    start = np.array(problem.tank.start_share) * problem.tank.volume_m3
    before = np.vstack([start, layers[:-1]])
    lost: NDArray[np.float64] = before @ per_m3 - before @ layer_transition(problem).T @ per_m3
    return lost


def _summary(
    problem: Problem, solution: Solution, hourly: pd.DataFrame, units: pd.DataFrame, modes: pd.DataFrame
) -> dict[str, Any]:
    """Give the year's key figures."""
    demand = float(problem.demand_mw.sum())
    return {
        "objective_dkk": solution.objective_dkk,
        "demand_mwh": demand,
        "heat_price_dkk_per_mwh": solution.objective_dkk / demand if demand else float("nan"),
        "electricity_mwh": float(units["electricity_mwh"].sum()),
        "fuel_mwh": float(units["fuel_mwh"].sum()),
        "loss_mwh": float(hourly["loss_mw"].sum()),
        "gap": solution.gap,
        "whole_numbers": solution.whole_numbers,
        "heat_mwh": units["heat_mwh"].to_dict(),
        "full_load_hours": modes["full_load_hours"].astype(float).to_dict(),
    }
