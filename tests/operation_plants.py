"""Small plants for the tests, written as problems."""

from __future__ import annotations

import numpy as np

from screening.operation import Limit, Mode, Problem, Running, Stream, Tank

WATER = 1.163
K20 = 20 * WATER / 1000  # MWh per m3 over 20 K


def hours_of(count: int, seed: int) -> dict[str, np.ndarray]:
    """Draw demand, temperature and price: a day's rhythm and weather of several days."""
    rng = np.random.default_rng(seed)
    hour = np.arange(count)
    temperature = 8 - 8 * np.cos(2 * np.pi * hour / max(count, 24)) + np.cumsum(rng.normal(0, 0.3, count))
    demand = np.clip(2 + 0.4 * (17 - temperature) + rng.normal(0, 0.2, count), 0.5, None)
    price = 400 + 200 * np.sin(2 * np.pi * (hour % 24 - 6) / 24) + rng.normal(0, 120, count)
    return {"demand": demand, "temperature": temperature, "price": price, "cop": 3 + 0.06 * temperature}


def plain(count: int = 72, seed: int = 1, volume_m3: float = 500.0, **changes) -> Problem:
    """A gas boiler, an electric boiler and a heat pump beside a tank of two temperatures."""
    series = hours_of(count, seed)
    lift = (Stream(40, 80),)
    modes = (
        Mode("gas", "gas", lift, 12.0, 450.0),
        Mode("electric", "electric", lift, 3.0, series["price"] + 60),
        Mode("pump", "pump", lift, 4.0, (series["price"] + 110) / series["cop"]),
    )
    tank = Tank(volume_m3, (80.0, 40.0), (0.5, 0.5), changes.pop("loss", 0.0))
    return Problem(
        changes.pop("demand", series["demand"]),
        80.0,
        40.0,
        modes,
        tank,
        heat_capacity_kwh_per_m3_k=WATER,
        **changes,
    )


def layered(count: int = 72, seed: int = 1, volume_m3: float = 500.0, **changes) -> Problem:
    """A heat pump with internal operation, a chip boiler with condensation, a tank of three layers."""
    series = hours_of(count, seed)
    lift = (Stream(40, 80),)
    cop, electric = series["cop"], series["price"] + 110
    modes = (
        Mode("gas", "gas", lift, 12.0, 450.0),
        Mode("chips", "chips", lift, 3.0, 190.0),
        Mode("condensation", "chips", (Stream(20, 40),), 0.3, 1.0),
        Mode("outside", "pump", lift, 1.0 * cop, electric / cop, 1 / cop),
        Mode("inside", "pump", (Stream(40, 80, 5.6), Stream(40, 20, 4.6)), 1.0, electric, 1.0),
    )
    limits = (
        Limit("pump", {"outside": 1 / cop, "inside": 1.0}, 1.0),
        Limit("condensation", {"condensation": 1.0, "chips": -0.05}, 0.0),
    )
    tank = Tank(volume_m3, (80.0, 40.0, 20.0), (0.5, 0.5, 0.0), changes.pop("loss", 0.0))
    return Problem(
        changes.pop("demand", series["demand"]),
        80.0,
        40.0,
        modes,
        tank,
        limits,
        changes.pop("running", ()),
        heat_capacity_kwh_per_m3_k=WATER,
        **changes,
    )


def collector_minimum(problem: Problem) -> Problem:
    """Give the chip boiler a minimum load."""
    import dataclasses

    return dataclasses.replace(problem, running=(Running("chips", {"chips": 1.0}, 1.5, 3.0),))
