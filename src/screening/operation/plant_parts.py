"""The parts of a plant file: demand, tank, electricity, fuels, series; what each key may hold.

A field's description says what is allowed, with the unit. Errors show it, so it is written once.
"""

from typing import Annotated, Any, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

__all__ = [
    "FILES",
    "AboveZero",
    "Count",
    "Day",
    "Demand",
    "Electricity",
    "Fuel",
    "Lift",
    "Number",
    "Part",
    "Period",
    "Series",
    "Share",
    "TankPart",
    "Tax",
    "Temperature",
    "Text",
    "Weather",
    "Word",
    "Year",
    "ZeroUp",
    "refuse",
]

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
AboveZero = Annotated[Number, Field(gt=0)]
ZeroUp = Annotated[Number, Field(ge=0)]
Share = Annotated[Number, Field(ge=0, le=1)]
Temperature = Annotated[Number, Field(ge=0, le=200)]
Count = Annotated[int, Field(strict=True, ge=0)]
Year = Annotated[int, Field(strict=True, ge=1990, le=2200)]
Text = Annotated[str, Field(strict=True)]
Word = Annotated[str, Field(strict=True, pattern=r"^[^\W\d]\w*$")]
Day = Annotated[str, Field(strict=True)]


def refuse(key: str, value: object, allowed: str) -> NoReturn:
    """Refuse what a part says as a whole, naming the key that is at fault."""
    raise PydanticCustomError("plant", "{allowed}", {"key": key, "value": value, "allowed": allowed})


class Part(BaseModel):
    """Frozen, and nothing but the known keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_SERIES = (
    'a number, numbers by calendar year ({2020: 201, 2021: 4}), "default", or {file: name.csv, column: name}'
)

FILES = (".csv", ".csv.gz", ".json")  # how the names of files with series end


class Series(Part):
    """A value per hour: the same always, by calendar year, the default year's, or a column of a file.

    Attributes
    ----------
    constant
        The same in all hours.
    by_year
        From each calendar year on, until the next one named.
    default
        Whether it is the default year's.
    file, column
        A table with a column ``utc`` (start of the hour), beside the plant file; without
        ``column`` it has one more.
    area
        Price area ("DK1", "DK2") where the file has several.
    fill_gap_hours
        Longest gap of a file that is mended, by a line between its neighbours; left out, none is. [h]
    factor
        Multiplies the values. [1]
    """

    constant: Number | None = None
    by_year: dict[int, Number] | None = None
    default: bool = False
    file: Text | None = None
    column: Text | None = None
    area: Text | None = None
    fill_gap_hours: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        default=None, description="a whole number from 1 [h]"
    )
    factor: Number = 1.0

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        """Read the short ways to write it."""
        if isinstance(given, bool):
            refuse("", given, _SERIES)
        if isinstance(given, int | float):
            return {"constant": float(given)}
        if given == "default":
            return {"default": True}
        if isinstance(given, str) and given.lower().endswith(FILES):
            return {"file": given}
        if isinstance(given, dict) and given and all(isinstance(key, int) for key in given):
            return {"by_year": given}
        if not isinstance(given, dict | Series):
            refuse("", given, _SERIES)
        return given

    @model_validator(mode="after")
    def _one(self) -> "Series":
        kinds = [self.constant is not None, self.by_year is not None, self.default, self.file is not None]
        if sum(kinds) != 1:
            refuse(
                "",
                sorted(self.model_fields_set),
                f"exactly one of constant, by_year, default and file: {_SERIES}",
            )
        for key, given in (
            ("column", self.column),
            ("area", self.area),
            ("fill_gap_hours", self.fill_gap_hours),
        ):
            if given is not None and self.file is None:
                refuse(key, given, f"{key} only beside file")
        return self

    def known(self, years: NDArray[np.int64]) -> float | NDArray[np.float64] | None:
        """Give what holds in the hours' calendar years; None where the values come by the hour.

        Parameters
        ----------
        years
            Calendar year of each hour.

        Returns
        -------
        float or numpy.ndarray or None
            A number, or one per hour.

        Raises
        ------
        LookupError
            For a year before the first that is named.
        """
        if self.constant is not None:
            return self.constant * self.factor
        if self.by_year is None:
            return None
        named = np.array(sorted(self.by_year))
        place = np.searchsorted(named, years, side="right") - 1
        if (place < 0).any():
            raise LookupError(f"a year no later than {int(np.min(years))} (say with year: which prices hold)")
        values = np.array([self.by_year[year] for year in named], dtype=np.float64)[place] * self.factor
        return float(values[0]) if len(set(place)) == 1 else values


class Lift(Part):
    """Water that is heated from one layer's temperature to another's."""

    from_c: Temperature = Field(description="a temperature of the tank [C]")
    to_c: Temperature = Field(description="a temperature of the tank, above from_c [C]")

    @model_validator(mode="after")
    def _upwards(self) -> "Lift":
        if not self.to_c > self.from_c:
            refuse("to_c", self.to_c, f"a temperature above from_c, {self.from_c:g} C")
        return self


class Period(Part):
    """The hours that are worked out, both days in, UTC."""

    first_day: Day = Field(description="a day as 2025-01-01")
    last_day: Day = Field(description="a day as 2025-12-31, not before first_day")

    @field_validator("first_day", "last_day", mode="before")
    @classmethod
    def _day(cls, given: Any) -> str:
        """Read a day, which YAML may have read as a date."""
        try:
            return f"{pd.Timestamp(str(given)):%Y-%m-%d}"
        except ValueError:
            refuse("", str(given), "a day as 2025-01-01")

    @model_validator(mode="after")
    def _in_order(self) -> "Period":
        if self.last_day < self.first_day:
            refuse("last_day", self.last_day, f"a day not before first_day, {self.first_day}")
        return self

    @property
    def hours(self) -> pd.DatetimeIndex:
        """Start of each hour, UTC."""
        end = pd.Timestamp(self.last_day, tz="UTC") + pd.Timedelta(days=1)
        hours = pd.date_range(
            pd.Timestamp(self.first_day, tz="UTC"), end, freq="h", inclusive="left", unit="us"
        )
        return hours.rename("utc")


class Demand(Part):
    """Heat that the network takes."""

    heat_mwh_per_year: AboveZero | None = Field(default=None, description="a number above 0 [MWh/year]")
    peak_mw: AboveZero | None = Field(default=None, description="a number above the mean of the year [MW]")
    profile: Series = Field(default=Series(default=True), description=_SERIES)
    supply_c: Temperature = Field(description="a temperature of the tank, above return_c [C]")
    return_c: Temperature = Field(description="a temperature of the tank [C]")
    consumers_count: Count | None = Field(default=None, description="a whole number from 0")
    network_loss_share: Share | None = Field(default=None, description="a share from 0 to 1")

    @model_validator(mode="after")
    def _fits(self) -> "Demand":
        if not self.supply_c > self.return_c:
            refuse("supply_c", self.supply_c, f"a temperature above return_c, {self.return_c:g} C")
        if self.heat_mwh_per_year is None and self.profile.default:
            refuse(
                "heat_mwh_per_year",
                None,
                "a number above 0 [MWh/year]; only a profile from a file is in MW itself",
            )
        if self.heat_mwh_per_year is None and self.peak_mw is not None:
            refuse("peak_mw", self.peak_mw, "a peak only together with heat_mwh_per_year")
        return self


class TankPart(Part):
    """Water in layers of fixed temperatures."""

    volume_m3: ZeroUp = Field(description="a number from 0 [m3]")
    temperatures_c: tuple[Temperature, ...] = Field(
        min_length=2, description="two temperatures or more, the hottest first, each once [C]"
    )
    start_share: tuple[Share, ...] | None = Field(
        default=None,
        description="one share per temperature, summing to 1; left out, half hot and half at the return's",
    )
    loss_share_per_hour: Annotated[Share, Field(lt=1)] = Field(
        default=0.0, description="a share from 0 to below 1 [1/h]"
    )

    @model_validator(mode="after")
    def _fits(self) -> "TankPart":
        if list(self.temperatures_c) != sorted(set(self.temperatures_c), reverse=True):
            refuse(
                "temperatures_c",
                list(self.temperatures_c),
                "temperatures from the hottest down, each once [C]",
            )
        shares = self.start_share
        if shares is not None and len(shares) != len(self.temperatures_c):
            refuse("start_share", list(shares), f"{len(self.temperatures_c)} shares, one per temperature")
        if shares is not None and abs(sum(shares) - 1.0) > 1e-9:
            refuse("start_share", list(shares), f"shares that sum to 1, not {sum(shares):g}")
        return self


class Electricity(Part):
    """What a MWh of electricity costs the plant, by its parts, without VAT."""

    spot: Series = Field(default=Series(default=True), description=f"{_SERIES} [DKK/MWh]")
    tariff: Text | None = Field(
        default=None, description="a price sheet and customer category with dated rates"
    )
    schedule: Text | None = Field(default=None, description="the hours of the load levels")
    distribution_mean_dkk_per_mwh: ZeroUp | None = Field(
        default=None, description="a number from 0 [DKK/MWh]"
    )
    heating_tax_year: Year | None = Field(default=None, description="a calendar year")
    energy_tax_dkk_per_mwh: Series | None = Field(default=None, description=f"{_SERIES} [DKK/MWh]")
    system_dkk_per_mwh: Series | None = Field(default=None, description=f"{_SERIES} [DKK/MWh]")
    transmission_dkk_per_mwh: Series | None = Field(default=None, description=f"{_SERIES} [DKK/MWh]")
    distribution_dkk_per_mwh: Series | None = Field(default=None, description=f"{_SERIES} [DKK/MWh]")
    balance_dkk_per_mwh: Series | None = Field(default=None, description=f"{_SERIES} [DKK/MWh]")
    grid_dkk_per_year: ZeroUp | None = Field(default=None, description="a number from 0 [DKK/year]")
    co2_kg_per_mwh: Series | None = Field(default=None, description=f"{_SERIES} [kg/MWh]")

    @model_validator(mode="after")
    def _priced(self) -> "Electricity":
        parts = ("energy_tax", "system", "transmission", "distribution", "balance")
        missing = [f"{part}_dkk_per_mwh" for part in parts if getattr(self, f"{part}_dkk_per_mwh") is None]
        if self.tariff is None and missing:
            refuse(
                missing[0],
                None,
                "a number [DKK/MWh] for every part of the price, or a tariff with dated rates",
            )
        if self.tariff is None and (self.schedule or self.distribution_mean_dkk_per_mwh is not None):
            refuse("tariff", None, "a tariff beside schedule and distribution_mean_dkk_per_mwh")
        return self


_TAX = "a number, or numbers by calendar year ({2020: 201, 2021: 4})"
_BASES = ("dkk_per_mwh_fuel", "dkk_per_gj_fuel", "dkk_per_m3_fuel", "dkk_per_mwh_heat", "dkk_per_gj_heat")


class Tax(Part):
    """A tax with the basis that it is counted on."""

    name: Text = Field(description="text")
    dkk_per_mwh_fuel: Series | None = Field(
        default=None, description=f"{_TAX} [DKK/MWh fuel, lower heating value]"
    )
    dkk_per_gj_fuel: Series | None = Field(
        default=None, description=f"{_TAX} [DKK/GJ fuel, lower heating value]"
    )
    dkk_per_m3_fuel: Series | None = Field(default=None, description=f"{_TAX} [DKK/m3 gas]")
    dkk_per_mwh_heat: Series | None = Field(default=None, description=f"{_TAX} [DKK/MWh heat]")
    dkk_per_gj_heat: Series | None = Field(default=None, description=f"{_TAX} [DKK/GJ heat]")

    @model_validator(mode="after")
    def _one_basis(self) -> "Tax":
        given = [basis for basis in _BASES if getattr(self, basis) is not None]
        if len(given) != 1:
            refuse(
                given[-1] if given else _BASES[0], given or None, f"exactly one basis: {', '.join(_BASES)}"
            )
        return self

    @property
    def basis(self) -> str:
        """Which key was given."""
        return next(basis for basis in _BASES if getattr(self, basis) is not None)


class Fuel(Part):
    """What a MWh of fuel (lower heating value) costs and gives off."""

    price_dkk_per_mwh: Series = Field(description=f"{_SERIES} [DKK/MWh fuel]")
    taxes: tuple[Tax, ...] = Field(default=(), description="a list of taxes, each with name and one basis")
    dated_taxes: Text | None = Field(
        default=None, description="a fuel with dated taxes among the assumptions"
    )
    heat_value_kwh_per_m3: AboveZero | None = Field(default=None, description="a number above 0 [kWh/m3]")
    co2_kg_per_mwh: ZeroUp = Field(default=0.0, description="a number from 0 [kg/MWh fuel]")
    note: Text = Field(default="", description="text")

    @model_validator(mode="after")
    def _volume_is_known(self) -> "Fuel":
        if self.heat_value_kwh_per_m3 is None and any(tax.basis == "dkk_per_m3_fuel" for tax in self.taxes):
            refuse("heat_value_kwh_per_m3", None, "a number above 0 [kWh/m3] beside a tax per m3")
        return self


class Weather(Part):
    """Outdoor temperature and radiation."""

    temperature_c: Series = Field(default=Series(default=True), description=f"{_SERIES} [C]")
    ghi_w_m2: Series = Field(default=Series(default=True), description=f"{_SERIES} [W/m2]")
    dni_w_m2: Series | None = Field(default=None, description=f"{_SERIES} [W/m2]")
    dhi_w_m2: Series | None = Field(default=None, description=f"{_SERIES} [W/m2]")

    @model_validator(mode="before")
    @classmethod
    def _all_default(cls, given: Any) -> Any:
        """Take the default year's parts of the radiation where its sum is taken."""
        if isinstance(given, dict) and given.get("ghi_w_m2", "default") == "default":
            return {"dni_w_m2": "default", "dhi_w_m2": "default"} | given
        return given

    @model_validator(mode="after")
    def _both(self) -> "Weather":
        if (self.dni_w_m2 is None) != (self.dhi_w_m2 is None):
            missing = "dni_w_m2" if self.dni_w_m2 is None else "dhi_w_m2"
            refuse(missing, None, "direct and diffuse radiation both, or neither")
        return self
