"""The whole plant file as one checked content: parts that must fit one another."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from screening.errors import near_misses
from screening.operation.plant_parts import (
    Demand,
    Electricity,
    Fuel,
    Lift,
    Part,
    Period,
    Series,
    TankPart,
    Tax,
    Text,
    Weather,
    Word,
    Year,
    refuse,
)
from screening.operation.plant_units import ElectricBoiler, FuelBoiler, HeatPump, Solar, Unit

__all__ = ["PlantContent", "named_series"]


class PlantContent(Part):
    """What a plant file says."""

    name: Text = Field(description="text")
    description: Text = Field(default="", description="text")
    note: Text = Field(default="", description="text")
    year: Year | None = Field(
        default=None, description="the calendar year whose prices, tariffs and taxes hold"
    )
    period: Period | None = Field(default=None, description="{first_day, last_day}")
    demand: Demand = Field(description="keys heat_mwh_per_year, supply_c, return_c")
    tank: TankPart | None = Field(default=None, description="keys volume_m3, temperatures_c")
    electricity: Electricity | None = Field(default=None, description="keys spot, tariff")
    fuels: dict[Word, Fuel] = Field(default={}, description="fuels by name, each with price_dkk_per_mwh")
    weather: Weather = Field(default_factory=Weather, description="keys temperature_c, ghi_w_m2")
    units: tuple[Annotated[Unit, Field(discriminator="kind")], ...] = Field(
        min_length=1, description="a list of one unit or more, each with name and kind"
    )

    @property
    def temperatures_c(self) -> tuple[float, ...]:
        """Of the tank's layers; supply and return without a tank. [C]."""
        if self.tank is None:
            return (self.demand.supply_c, self.demand.return_c)
        return self.tank.temperatures_c

    @model_validator(mode="after")
    def _fits(self) -> "PlantContent":
        names = [unit.name for unit in self.units]
        for number, name in enumerate(names):
            if name in names[:number]:
                refuse(
                    f"units.{name}.name", name, f"a name that no other unit has; units are {', '.join(names)}"
                )
        for key, temperature in self._streams():
            if temperature not in self.temperatures_c:
                layers = ", ".join(f"{t:g}" for t in self.temperatures_c)
                refuse(key, temperature, f"a layer of the tank (tank.temperatures_c): {layers} C")
        for unit in self.units:
            self._check(unit)
        for key, taxes in self._taxes():
            names = [tax.name for tax in taxes]
            for number, name in enumerate(names):
                if name in {"fuel", "operation", *names[:number]}:
                    refuse(
                        f"{key}.taxes.{name}.name",
                        name,
                        "a name that no other tax here has, nor fuel or operation",
                    )
        return self

    def _taxes(self) -> Iterator[tuple[str, tuple[Tax, ...]]]:
        """Give every list of taxes by the key of what bears them."""
        yield from ((f"fuels.{name}", fuel.taxes) for name, fuel in self.fuels.items())
        yield from ((f"units.{u.name}", u.taxes) for u in self.units if isinstance(u, FuelBoiler))

    def _check(self, unit: Unit) -> None:
        """Refuse a unit whose energy has no price."""
        if isinstance(unit, FuelBoiler):
            if unit.fuel not in self.fuels:
                refuse(
                    f"units.{unit.name}.fuel",
                    unit.fuel,
                    f"a key of fuels. {near_misses(unit.fuel, self.fuels)}",
                )
            volume = any(tax.basis == "dkk_per_m3_fuel" for tax in unit.taxes)
            if volume and self.fuels[unit.fuel].heat_value_kwh_per_m3 is None:
                key = f"fuels.{unit.fuel}.heat_value_kwh_per_m3"
                refuse(key, None, f"a number above 0 [kWh/m3], as {unit.name} pays a tax per m3")
        if isinstance(unit, HeatPump | ElectricBoiler) and self.electricity is None:
            refuse("electricity", None, f"a price of electricity, as {unit.name} uses it")

    def _streams(self) -> Iterator[tuple[str, float]]:
        """Give every temperature that water is taken from or given to, by its key."""
        yield "demand.supply_c", self.demand.supply_c
        yield "demand.return_c", self.demand.return_c
        for unit in self.units:
            key = f"units.{unit.name}"
            yield from _ends(f"{key}.lift", unit.lift)
            if isinstance(unit, HeatPump) and (inside := unit.internal_operation) is not None:
                yield f"{key}.internal_operation.from_c", inside.from_c
                yield f"{key}.internal_operation.to_c", inside.to_c
                yield from _ends(f"{key}.internal_operation.lift", inside.lift)
            if isinstance(unit, FuelBoiler) and (extra := unit.extra_condensation) is not None:
                yield f"{key}.extra_condensation.cold_c", extra.cold_c
                yield f"{key}.extra_condensation.warm_c", extra.warm_c
            if isinstance(unit, Solar):
                for number, lift in enumerate(unit.lifts, start=1):
                    yield from _ends(f"{key}.lifts.{number}", lift)


def _ends(key: str, lift: Lift | None) -> Iterator[tuple[str, float]]:
    if lift is not None:
        yield f"{key}.from_c", lift.from_c
        yield f"{key}.to_c", lift.to_c


def named_series(part: object, key: str = "") -> Iterator[tuple[str, Series]]:
    """Give every series of a content by its dotted key, units and taxes by their names.

    Parameters
    ----------
    part
        The content or a part of it.
    key
        Dotted key of the part.

    Yields
    ------
    tuple
        Dotted key and series.
    """
    if isinstance(part, Series):
        yield key, part
        return
    inside: list[tuple[str, object]] = []
    if isinstance(part, Part):
        inside = [(name, getattr(part, name)) for name in type(part).model_fields]
    elif isinstance(part, dict):
        inside = [(str(name), value) for name, value in part.items()]
    elif isinstance(part, tuple):
        inside = [(str(getattr(item, "name", number)), item) for number, item in enumerate(part, start=1)]
    for name, value in inside:
        dropped = name in {"own_c", "place"}  # a heat source is one key in the file
        yield from named_series(value, key if dropped else f"{key}.{name}".lstrip("."))
