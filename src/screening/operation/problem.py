"""One plant's year as a problem: streams that lift water between temperatures, limits, a layered tank.

Every way of running a unit is a ``Mode`` with one throughput in every hour. Per MWh of throughput it moves
heat in ``Stream`` s: water of one temperature becomes water of another. A stream's heat and its volume belong
together (heat = volume x heat capacity x temperature difference), so a plant described in streams can neither
make nor lose energy or water. Nothing here knows what a heat pump is; ``units`` turns a plant into modes,
``model`` finds the cheapest hours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from screening.errors import ScreeningError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Hourly = float | NDArray[np.float64]

__all__ = ["Limit", "Mode", "Problem", "Running", "Stream", "Tank"]


@dataclass(frozen=True)
class Stream:
    """Water that enters a mode at one temperature and leaves it at another.

    Attributes
    ----------
    from_c
        Temperature of the layer that the water is taken from. [C]
    to_c
        Temperature of the layer that it is given to; lower than ``from_c`` where the water is cooled. [C]
    heat_mwh
        Size of the heat that the water takes up (or gives off, where it is cooled) per MWh of the mode's
        throughput: a number or one per hour, never negative. [MWh/MWh]
    """

    from_c: float
    to_c: float
    heat_mwh: Hourly = 1.0

    @property
    def net_heat_mwh(self) -> Hourly:
        """Heat brought into the water per MWh of throughput; negative where water is cooled. [MWh/MWh]."""
        return self.heat_mwh if self.to_c > self.from_c else -np.asarray(self.heat_mwh)


@dataclass(frozen=True)
class Mode:
    """One way of running a unit.

    Attributes
    ----------
    name
        The mode's own name, e.g. "heat_pump.external".
    unit
        The unit it belongs to, e.g. "heat_pump".
    streams
        What a MWh of throughput does to the water.
    maximum_mw
        Largest throughput, a number or one per hour. [MW]
    cost_dkk_per_mwh
        All that varies with the throughput: energy, taxes, tariffs, operation and maintenance. [DKK/MWh]
    electricity_mwh, fuel_mwh
        Used per MWh of throughput. [MWh/MWh]
    fuel
        Which fuel, empty without.
    """

    name: str
    unit: str
    streams: tuple[Stream, ...]
    maximum_mw: Hourly
    cost_dkk_per_mwh: Hourly
    electricity_mwh: Hourly = 0.0
    fuel_mwh: Hourly = 0.0
    fuel: str = ""

    @property
    def net_heat_mwh(self) -> Hourly:
        """Heat brought into the water per MWh of throughput, all streams together. [MWh/MWh]."""
        return sum((np.asarray(s.net_heat_mwh) for s in self.streams), np.asarray(0.0))


@dataclass(frozen=True)
class Limit:
    """Modes that share something: the sum of ``shares`` x throughput stays within ``maximum`` in every hour.

    Attributes
    ----------
    name
        What is shared, e.g. "heat_pump.electric_capacity".
    shares
        Per mode, how much of it a MWh of throughput takes; a negative share gives room (condensation follows
        its boiler). [1/MW]
    maximum
        How much there is, a number or one per hour.
    """

    name: str
    shares: Mapping[str, Hourly]
    maximum: Hourly = 0.0


@dataclass(frozen=True)
class Running:
    """A unit that stands still or runs between a minimum and a maximum; starting it may cost.

    Attributes
    ----------
    name
        The unit, e.g. "wood_chip_boiler".
    shares
        Per mode, its share in what is bounded (1 for a boiler's heat; m3 per MWh for a collector's flow).
    minimum, maximum
        Bounds while it runs, a number or one per hour. With a minimum above the maximum the unit stands.
    start_cost_dkk
        Per start. [DKK]
    ran_before
        Whether it ran in the hour before the first; None: the last hour comes before the first.
    """

    name: str
    shares: Mapping[str, Hourly]
    minimum: Hourly
    maximum: Hourly
    start_cost_dkk: float = 0.0
    ran_before: bool | None = None


@dataclass(frozen=True)
class Tank:
    """Water in layers of fixed temperatures, whose volumes always sum to the tank.

    Attributes
    ----------
    volume_m3
        The whole tank; 0 without one. [m3]
    temperatures_c
        Of the layers, from the hottest down. [C]
    start_share
        Share of the tank's water in each layer at the start; sums to 1. [1]
    loss_share_per_hour
        Share of a layer's water that cools to the next layer below in an hour; 0 is lossless. [1/h]
    end_share
        The same at the end; as at the start when None. [1]
    """

    volume_m3: float
    temperatures_c: tuple[float, ...]
    start_share: tuple[float, ...]
    loss_share_per_hour: float = 0.0
    end_share: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Problem:
    """A year (or any number of hours) of one plant.

    Attributes
    ----------
    demand_mw
        Heat drawn from the hottest to the return temperature, one per hour. [MW]
    supply_c, return_c
        Temperatures of the demand's water; both are layers of the tank. [C]
    modes, limits, running
        The units.
    tank
        The layered tank.
    heat_capacity_kwh_per_m3_k
        Of the water. [kWh/(m3 K)]
    """

    demand_mw: NDArray[np.float64]
    supply_c: float
    return_c: float
    modes: tuple[Mode, ...]
    tank: Tank
    limits: tuple[Limit, ...] = ()
    running: tuple[Running, ...] = ()
    heat_capacity_kwh_per_m3_k: float = field(kw_only=True)

    def __post_init__(self) -> None:
        """Refuse streams between temperatures that the tank does not have, and names given twice."""
        known = set(self.tank.temperatures_c)
        streams = [(m.name, s.from_c, s.to_c) for m in self.modes for s in m.streams]
        for name, low, high in [*streams, ("demand", self.supply_c, self.return_c)]:
            if not {low, high} <= known or low == high:
                raise ScreeningError(
                    f"{name} moves water from {low:g} to {high:g} C, but the layers are "
                    f"{', '.join(f'{t:g}' for t in self.tank.temperatures_c)} C."
                )
        if list(self.tank.temperatures_c) != sorted(known, reverse=True):
            raise ScreeningError("The tank's layers are listed from the hottest down, each once.")
        names = [mode.name for mode in self.modes]
        if len(set(names)) != len(names):
            raise ScreeningError(f"Two modes have the same name among {', '.join(names)}.")

    @property
    def hours(self) -> int:
        """How many hours the problem has. [1]."""
        return len(self.demand_mw)

    def volume_m3_per_mwh(self, hot_c: float, cold_c: float) -> float:
        """Water that carries one MWh between two temperatures. [m3/MWh]."""
        return 1000.0 / (self.heat_capacity_kwh_per_m3_k * abs(hot_c - cold_c))
