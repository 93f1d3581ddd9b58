"""One plant without layers in PyPSA and oemof.solph; run by an environment of its own that has them.

Reads a JSON file (demand_mw, tank_mwh, start_share, units: name, maximum_mw, cost_dkk_per_mwh) and prints one
JSON line: the tool's optimum and its seconds to build and solve. Usage: ``operation_peers.py pypsa FILE``.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

SLACK = 1e-12


def pypsa_optimum(plant: dict, index: pd.DatetimeIndex) -> float:
    """Heat bus, one generator per unit, a store that ends where it began."""
    import pypsa

    network = pypsa.Network()
    network.set_snapshots(index)
    network.add("Bus", "heat")
    network.add("Load", "demand", bus="heat", p_set=plant["demand_mw"])
    for unit in plant["units"]:
        largest = max(unit["maximum_mw"]) or 1.0
        network.add(
            "Generator",
            unit["name"],
            bus="heat",
            p_nom=largest,
            p_max_pu=np.asarray(unit["maximum_mw"]) / largest,
            marginal_cost=np.asarray(unit["cost_dkk_per_mwh"]),
        )
    least, most = np.zeros(len(index)), np.ones(len(index))
    least[-1] = most[-1] = plant["start_share"]
    size = plant["tank_mwh"]
    network.add(
        "Store",
        "tank",
        bus="heat",
        e_nom=size,
        e_initial=plant["start_share"] * size,
        e_min_pu=least,
        e_max_pu=most,
    )
    status, condition = network.optimize(solver_name="highs", log_to_console=False)
    if condition != "optimal":
        raise SystemExit(f"PyPSA: {status}, {condition}")
    return float(network.objective)


def solph_optimum(plant: dict, index: pd.DatetimeIndex) -> float:
    """Heat bus, one source per unit, a balanced storage."""
    from oemof import solph

    system = solph.EnergySystem(timeindex=index, infer_last_interval=True)
    bus = solph.Bus(label="heat")
    system.add(bus)
    demand = np.asarray(plant["demand_mw"])
    largest = demand.max()
    flow = solph.Flow(nominal_capacity=largest, fix=demand / largest)
    system.add(solph.components.Sink(label="demand", inputs={bus: flow}))
    for unit in plant["units"]:
        top = max(unit["maximum_mw"]) or 1.0
        flow = solph.Flow(
            nominal_capacity=top,
            maximum=np.asarray(unit["maximum_mw"]) / top,
            variable_costs=list(unit["cost_dkk_per_mwh"]),
        )
        system.add(solph.components.Source(label=unit["name"], outputs={bus: flow}))
    system.add(
        solph.components.GenericStorage(
            label="tank",
            nominal_capacity=plant["tank_mwh"],
            inputs={bus: solph.Flow()},
            outputs={bus: solph.Flow(variable_costs=SLACK)},
            initial_storage_level=plant["start_share"],
            balanced=True,
        )
    )
    model = solph.Model(system)
    model.solve(solver="highs")
    return float(model.objective())


def main() -> None:
    """Print the optimum and the time."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    tool, file = sys.argv[1:]
    plant = json.loads(Path(file).read_text(encoding="utf-8"))
    index = pd.date_range("2025-01-01", periods=len(plant["demand_mw"]), freq="h")
    solve = {"pypsa": pypsa_optimum, "solph": solph_optimum}[tool]
    solve({**plant, "demand_mw": plant["demand_mw"][:3], "units": _first(plant, 3)}, index[:3])  # imports
    begin = time.perf_counter()
    found = solve(plant, index)
    sys.stdout.write("\n" + json.dumps({"objective": found, "seconds": time.perf_counter() - begin}) + "\n")


def _first(plant: dict, hours: int) -> list[dict]:
    """Cut the units' series."""
    cut = ("maximum_mw", "cost_dkk_per_mwh")
    return [{**unit, **{key: unit[key][:hours] for key in cut}} for unit in plant["units"]]


if __name__ == "__main__":
    main()
