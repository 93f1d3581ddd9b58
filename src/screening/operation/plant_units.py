"""The units of a plant file: what each kind may hold."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from screening.errors import near_misses
from screening.operation.heat_pump import SOURCES
from screening.operation.plant_parts import (
    FILES,
    AboveZero,
    Lift,
    Number,
    Part,
    Series,
    Tax,
    Temperature,
    Text,
    Word,
    ZeroUp,
    refuse,
)

__all__ = [
    "KINDS",
    "ElectricBoiler",
    "ExtraCondensation",
    "FuelBoiler",
    "HeatPump",
    "HeatSource",
    "InternalOperation",
    "Solar",
    "SurplusHeat",
    "Unit",
]

Efficiency = Annotated[Number, Field(gt=0, le=1.5)]
_SOURCE = f"{', '.join(SOURCES)}, a temperature [C], or {{file: name.csv, column: name}}"
_TAXES = "a list of taxes, each with name and one basis"


class _Named(Part):
    """What every unit has."""

    name: Word = Field(
        description="letters, digits and underscores, beginning with a letter, once in the plant"
    )
    investment_dkk: ZeroUp = Field(default=0.0, description="a number from 0 [DKK]")
    note: Text = Field(default="", description="text")
    lift: Lift | None = Field(
        default=None, description="{from_c, to_c}; left out, from the return to the supply"
    )


class HeatSource(Part):
    """Where a heat pump takes its heat: a known source, or a temperature of its own."""

    place: Text | None = None
    own_c: Series | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: object) -> object:
        if isinstance(given, dict) and set(given) <= {"place", "own_c"}:
            return given
        if isinstance(given, str) and not given.lower().endswith(FILES):
            if given not in SOURCES:
                refuse("", given, f"{_SOURCE}. {near_misses(given, SOURCES)}")
            return {"place": given}
        return {"own_c": given}

    @model_validator(mode="after")
    def _one(self) -> "HeatSource":
        if self.own_c is not None and self.own_c.default:
            refuse("", "default", _SOURCE)
        return self


class InternalOperation(Part):
    """The same heat pump with water of the tank as its source: it cools one stream and heats another."""

    from_c: Temperature = Field(description="a temperature of the tank: water that is cooled [C]")
    to_c: Temperature = Field(description="a temperature of the tank below from_c [C]")
    cop: Annotated[Number, Field(gt=1)] | None = Field(
        default=None, description="a number above 1; left out, the Lorenz COP times the efficiency"
    )
    lift: Lift | None = Field(
        default=None, description="{from_c, to_c} of the heated stream; left out, return to supply"
    )
    investment_dkk: ZeroUp = Field(default=0.0, description="a number from 0 [DKK]")

    @model_validator(mode="after")
    def _downwards(self) -> "InternalOperation":
        if not self.to_c < self.from_c:
            refuse("to_c", self.to_c, f"a temperature below from_c, {self.from_c:g} C")
        return self


class HeatPump(_Named):
    """Electric heat pump."""

    kind: Literal["heat_pump"]
    electric_capacity_mw: AboveZero = Field(description="a number above 0 [MW electricity]")
    source: HeatSource | None = Field(default=None, description=_SOURCE)
    source_cooling_k: AboveZero | None = Field(default=None, description="a number above 0 [K]")
    cop: Annotated[Number, Field(gt=1)] | None = Field(
        default=None, description="a number above 1, instead of a source"
    )
    lorenz_efficiency: Annotated[Number, Field(gt=0, le=1)] | None = Field(
        default=None, description="a share above 0, at most 1"
    )
    variable_dkk_per_mwh_electric: ZeroUp = Field(
        default=0.0, description="a number from 0 [DKK/MWh electricity]"
    )
    fixed_dkk_per_mw_year: ZeroUp = Field(
        default=0.0, description="a number from 0 [DKK/(MW electricity year)]"
    )
    internal_operation: InternalOperation | None = Field(
        default=None, description="{from_c, to_c, cop, lift}"
    )

    @model_validator(mode="after")
    def _one(self) -> "HeatPump":
        if (self.source is None) == (self.cop is None):
            refuse(
                "source", None if self.source is None else "beside cop", f"either cop or a source: {_SOURCE}"
            )
        if self.source is not None and self.source.own_c is not None and self.source_cooling_k is None:
            refuse("source_cooling_k", None, "how much the own source is cooled, a number above 0 [K]")
        return self


class ElectricBoiler(_Named):
    """Electric boiler."""

    kind: Literal["electric_boiler"]
    electric_capacity_mw: AboveZero = Field(description="a number above 0 [MW electricity]")
    efficiency: Annotated[Number, Field(gt=0, le=1)] = Field(description="a share above 0, at most 1")
    variable_dkk_per_mwh_heat: ZeroUp = Field(default=0.0, description="a number from 0 [DKK/MWh heat]")
    fixed_dkk_per_mw_year: ZeroUp = Field(
        default=0.0, description="a number from 0 [DKK/(MW electricity year)]"
    )


class ExtraCondensation(Part):
    """Further heat from a boiler's flue gas, where colder water cools it; follows the boiler's load."""

    SIZES: ClassVar[tuple[str, ...]] = ("heat_share", "efficiency_gain", "water_m3_per_hour", "by_flue_gas")

    cold_c: Temperature = Field(description="a temperature of the tank: the colder water [C]")
    warm_c: Temperature = Field(
        description="a temperature of the tank above cold_c, that it is heated to [C]"
    )
    heat_share: AboveZero | None = Field(
        default=None, description="a number above 0 [MWh per MWh of the boiler's heat]"
    )
    efficiency_gain: AboveZero | None = Field(
        default=None, description="a number above 0 [MWh heat per MWh fuel]"
    )
    water_m3_per_hour: AboveZero | None = Field(
        default=None, description="a number above 0 [m3/h at full load]"
    )
    by_flue_gas: Literal[True] | None = Field(
        default=None, description="true: from the flue gas table of wood chips"
    )
    variable_dkk_per_mwh_heat: ZeroUp = Field(default=0.0, description="a number from 0 [DKK/MWh heat]")
    investment_dkk: ZeroUp = Field(default=0.0, description="a number from 0 [DKK]")

    @model_validator(mode="after")
    def _fits(self) -> "ExtraCondensation":
        if not self.warm_c > self.cold_c:
            refuse("warm_c", self.warm_c, f"a temperature above cold_c, {self.cold_c:g} C")
        given = [key for key in self.SIZES if getattr(self, key) is not None]
        if len(given) != 1:
            refuse(
                given[-1] if given else "heat_share", given or None, f"exactly one of {', '.join(self.SIZES)}"
            )
        return self


class FuelBoiler(_Named):
    """Boiler that burns a fuel."""

    kind: Literal["fuel_boiler"]
    fuel: Text = Field(description="a key of fuels")
    heat_capacity_mw: AboveZero = Field(description="a number above 0 [MW heat]")
    efficiency: Efficiency = Field(description="a number above 0, at most 1.5 [MWh heat per MWh fuel]")
    minimum_load_mw: ZeroUp = Field(default=0.0, description="a number from 0 to heat_capacity_mw [MW heat]")
    start_cost_dkk: ZeroUp = Field(default=0.0, description="a number from 0 [DKK/start]")
    variable_dkk_per_mwh_heat: ZeroUp = Field(default=0.0, description="a number from 0 [DKK/MWh heat]")
    fixed_dkk_per_mw_year: ZeroUp = Field(default=0.0, description="a number from 0 [DKK/(MW heat year)]")
    taxes: tuple[Tax, ...] = Field(default=(), description=_TAXES)
    extra_condensation: ExtraCondensation | None = Field(
        default=None, description="{cold_c, warm_c, heat_share}"
    )

    @model_validator(mode="after")
    def _fits(self) -> "FuelBoiler":
        if self.minimum_load_mw > self.heat_capacity_mw:
            told = f"a number from 0 to heat_capacity_mw, {self.heat_capacity_mw:g} [MW heat]"
            refuse("minimum_load_mw", self.minimum_load_mw, told)
        return self


class Solar(_Named):
    """Field of solar collectors."""

    kind: Literal["solar"]
    area_m2: AboveZero = Field(description="a number above 0: aperture of the collectors, not gross [m2]")
    lifts: tuple[Lift, ...] = Field(
        default=(), description="a list of {from_c, to_c}; left out, from the return to the supply"
    )
    minimum_flow_m3_per_hour: ZeroUp = Field(default=0.0, description="a number from 0 [m3/h]")
    latitude_deg: Annotated[Number, Field(ge=-90, le=90)] | None = Field(
        default=None, description="from -90 to 90 [deg]"
    )
    longitude_deg: Annotated[Number, Field(ge=-180, le=180)] | None = Field(
        default=None, description="from -180 to 180 [deg]"
    )
    tilt_deg: Annotated[Number, Field(ge=0, le=90)] | None = Field(
        default=None, description="from 0 to 90 [deg]"
    )
    azimuth_deg: Annotated[Number, Field(ge=0, le=360)] | None = Field(
        default=None, description="from 0 to 360, 180 is south [deg]"
    )
    variable_dkk_per_mwh_heat: ZeroUp = Field(default=0.0, description="a number from 0 [DKK/MWh heat]")
    fixed_dkk_per_m2_year: ZeroUp = Field(default=0.0, description="a number from 0 [DKK/(m2 year)]")

    @model_validator(mode="after")
    def _fits(self) -> "Solar":
        if self.lift is not None:
            refuse("lift", f"{self.lift.from_c:g} to {self.lift.to_c:g}", "a list under lifts")
        pairs = [(lift.from_c, lift.to_c) for lift in self.lifts]
        if len(set(pairs)) < len(pairs):
            refuse("lifts", pairs, "each lift once")
        return self


class SurplusHeat(_Named):
    """Heat bought from others."""

    kind: Literal["surplus_heat"]
    capacity_mw: Series = Field(description="a number from 0, or a series [MW heat]")
    price_dkk_per_mwh: Series = Field(description="a number, or a series [DKK/MWh heat]")
    fixed_dkk_per_year: ZeroUp = Field(default=0.0, description="a number from 0 [DKK/year]")

    @model_validator(mode="after")
    def _fits(self) -> "SurplusHeat":
        if self.capacity_mw.constant is not None and self.capacity_mw.constant < 0:
            refuse("capacity_mw", self.capacity_mw.constant, "a number from 0, or a series [MW heat]")
        return self


Unit = HeatPump | ElectricBoiler | FuelBoiler | Solar | SurplusHeat
KINDS: dict[str, type[Unit]] = {
    "heat_pump": HeatPump,
    "electric_boiler": ElectricBoiler,
    "fuel_boiler": FuelBoiler,
    "solar": Solar,
    "surplus_heat": SurplusHeat,
}
