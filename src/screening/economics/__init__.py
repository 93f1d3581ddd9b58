"""Whether local heating pays: for the company, for the user, for society."""

from screening.economics.break_even import break_even
from screening.economics.joining import MEMBER_SEPARATOR, join_areas
from screening.economics.sensitivity import PARAMETERS, sensitivity
from screening.economics.uncertainty import Simulation, simulate, uncertainty
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
    "Simulation",
    "break_even",
    "company_economy",
    "investments",
    "join_areas",
    "screen_areas",
    "sensitivity",
    "simulate",
    "society_economy",
    "uncertainty",
    "user_economy",
]
