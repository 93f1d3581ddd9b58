"""Series hour by hour in UTC: prices, weather, heat; from files and from public services."""

from screening.hourly.default_year import default_year
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
    "PUBLISHED_TARIFF",
    "SeriesError",
    "danish_time",
    "default_year",
    "distribution_tariff",
    "electricity_price",
    "fill_told",
    "from_danish_time",
    "fuel_taxes",
    "gaps",
    "hours_of",
    "load_levels",
    "moved_to_year",
    "one_year",
    "tariffs",
    "to_hours",
    "yearly_grid_payment",
]
