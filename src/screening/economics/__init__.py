"""Whether local heating pays: for the company, for the user, for society."""

from screening.economics.joining import join_areas
from screening.economics.sensitivity import PARAMETERS, sensitivity
from screening.economics.verdict import (
    company_economy,
    investments,
    screen_areas,
    society_economy,
    user_economy,
)

__all__ = [
    "PARAMETERS",
    "company_economy",
    "investments",
    "join_areas",
    "screen_areas",
    "sensitivity",
    "society_economy",
    "user_economy",
]
