"""Whether local heating pays: for the company, for the user, for society."""

from screening.economics.bills import bills_by_year, present_bills
from screening.economics.break_even import break_even
from screening.economics.house_types import typical_houses
from screening.economics.houses import house_economy, house_prices, house_summary
from screening.economics.joining import MEMBER_SEPARATOR, join_areas
from screening.economics.payments import cash_flow
from screening.economics.reconciliation import reconciliation
from screening.economics.sensitivity import PARAMETERS, sensitivity
from screening.economics.uncertainty import DRAW_COUNT, SEED, Simulation, simulate, uncertainty
from screening.economics.verdict import (
    company_economy,
    investments,
    screen_areas,
    society_economy,
    user_economy,
)

__all__ = [
    "DRAW_COUNT",
    "MEMBER_SEPARATOR",
    "PARAMETERS",
    "SEED",
    "Simulation",
    "bills_by_year",
    "break_even",
    "cash_flow",
    "company_economy",
    "house_economy",
    "house_prices",
    "house_summary",
    "investments",
    "join_areas",
    "present_bills",
    "reconciliation",
    "screen_areas",
    "sensitivity",
    "simulate",
    "society_economy",
    "typical_houses",
    "uncertainty",
    "user_economy",
]
