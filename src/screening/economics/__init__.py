"""Whether local heating pays: for the company, for the user, for society."""

from screening.economics.bills import bills_by_year, present_bills
from screening.economics.house_types import typical_houses
from screening.economics.houses import house_economy, house_prices, house_summary
from screening.economics.joining import MEMBER_SEPARATOR, join_areas
from screening.economics.sensitivity import PARAMETERS, sensitivity
from screening.economics.verdict import (
    company_economy,
    investments,
    screen_areas,
    society_economy,
    user_economy,
)

__all__ = [
    "MEMBER_SEPARATOR",
    "PARAMETERS",
    "bills_by_year",
    "company_economy",
    "house_economy",
    "house_prices",
    "house_summary",
    "investments",
    "join_areas",
    "present_bills",
    "screen_areas",
    "sensitivity",
    "society_economy",
    "typical_houses",
    "user_economy",
]
