"""Series hour by hour in UTC: prices, weather, heat; from files and from public services."""

from screening.hourly.check import check_series, doubt
from screening.hourly.client import PRICE_URL, WEATHER_URL, Fetched, fetch_prices, fetch_weather, patient
from screening.hourly.default_year import default_year
from screening.hourly.readers import hour_before, read_heat, read_prices, read_table, read_weather
from screening.hourly.tariffs import (
    PUBLISHED_TARIFF,
    distribution_tariff,
    electricity_price,
    fuel_taxes,
    load_levels,
    tariffs,
    yearly_grid_payment,
)
from screening.hourly.timeline import (
    SeriesError,
    danish_time,
    fill_told,
    from_danish_time,
    gaps,
    hours_of,
    moved_to_year,
    one_year,
    to_hours,
)

__all__ = [
    "PRICE_URL",
    "PUBLISHED_TARIFF",
    "WEATHER_URL",
    "Fetched",
    "SeriesError",
    "check_series",
    "danish_time",
    "default_year",
    "distribution_tariff",
    "doubt",
    "electricity_price",
    "fetch_prices",
    "fetch_weather",
    "fill_told",
    "from_danish_time",
    "fuel_taxes",
    "gaps",
    "hour_before",
    "hours_of",
    "load_levels",
    "moved_to_year",
    "one_year",
    "patient",
    "read_heat",
    "read_prices",
    "read_table",
    "read_weather",
    "tariffs",
    "to_hours",
    "yearly_grid_payment",
]
