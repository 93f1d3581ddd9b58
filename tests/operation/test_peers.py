"""A plant without layers has the same optimum in scipy, PyPSA and oemof.solph."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from operation_plants import WATER, plain
from screening.operation import Problem, solve

HOURS, VOLUME_M3, HALF = 336, 300.0, 0.5


@pytest.fixture(scope="module")
def year() -> Problem:
    return plain(HOURS, 3, VOLUME_M3)


@pytest.fixture(scope="module")
def optimum(year) -> float:
    return solve(year).objective_dkk


def per_hour(value) -> np.ndarray:
    return np.broadcast_to(np.asarray(value, float), HOURS)


def test_scipy_finds_the_same_with_energy_instead_of_water(year, optimum):
    # Columns: each unit's heat, then the heat in the tank at the end of each hour.
    one, count = sparse.eye(HOURS), len(year.modes)
    tank = VOLUME_M3 * 40 * WATER / 1000
    balance = sparse.hstack([*[one] * count, sparse.eye(HOURS, k=-1) - one], format="csr")
    right = year.demand_mw.copy()
    right[0] -= HALF * tank
    bounds = [(0.0, top) for mode in year.modes for top in per_hour(mode.maximum_mw)]
    bounds += [(0.0, tank)] * (HOURS - 1) + [(HALF * tank, HALF * tank)]
    cost = np.concatenate([*(per_hour(mode.cost_dkk_per_mwh) for mode in year.modes), np.zeros(HOURS)])
    found = linprog(cost, A_eq=balance, b_eq=right, bounds=bounds, method="highs")
    assert found.status == 0
    assert optimum == pytest.approx(found.fun, rel=1e-9)


@pytest.mark.parametrize("tool", ["pypsa", "solph"])
def test_other_tools_find_the_same(tool, year, optimum, peers, tmp_path):
    plant = {
        "demand_mw": year.demand_mw.tolist(),
        "tank_mwh": VOLUME_M3 * 40 * WATER / 1000,
        "start_share": HALF,
        "units": [
            {
                "name": mode.name,
                "maximum_mw": per_hour(mode.maximum_mw).tolist(),
                "cost_dkk_per_mwh": per_hour(mode.cost_dkk_per_mwh).tolist(),
            }
            for mode in year.modes
        ],
    }
    file = tmp_path / "plant.json"
    file.write_text(json.dumps(plant), encoding="utf-8")
    script = Path(__file__).parents[1] / "operation_peers.py"
    done = subprocess.run(
        [peers, script, tool, file], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told["objective"] == pytest.approx(optimum, rel=1e-6)
