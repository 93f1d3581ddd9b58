"""The chapters of the reports, one function each; the notebooks call them in order."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from screening.report.chapter import Chapter
from screening.report.chapters.area import area_and_density, today
from screening.report.chapters.assumption_list import assumptions_used
from screening.report.chapters.candidates import overview_candidates
from screening.report.chapters.economy import company
from screening.report.chapters.joining import with_neighbours
from screening.report.chapters.joining_overview import overview_joining
from screening.report.chapters.method import method_and_reservations
from screening.report.chapters.neighbours import communities
from screening.report.chapters.overview import (
    overview_answer,
    overview_method,
    overview_ranking,
    overview_register,
    overview_towns,
)
from screening.report.chapters.quality import register_quality
from screening.report.chapters.reconciliation import reconciled
from screening.report.chapters.sensitivity import what_changes
from screening.report.chapters.supply import plant_and_network
from screening.report.chapters.user import user
from screening.report.chapters.verdict import answer, map_title, overview_map_title
from screening.report.chapters.welfare import society

if TYPE_CHECKING:
    from screening.views import Overview, Town

__all__ = [
    "CHAPTERS",
    "OVERVIEW_CHAPTERS",
    "Chapter",
    "answer",
    "area_and_density",
    "assumptions_used",
    "communities",
    "company",
    "map_title",
    "method_and_reservations",
    "overview_answer",
    "overview_candidates",
    "overview_joining",
    "overview_map_title",
    "overview_method",
    "overview_ranking",
    "overview_register",
    "overview_towns",
    "plant_and_network",
    "reconciled",
    "register_quality",
    "society",
    "today",
    "user",
    "what_changes",
    "with_neighbours",
]

CHAPTERS: dict[str, Callable[["Town", str], Chapter]] = {
    "answer": answer,
    "today": today,
    "area_and_density": area_and_density,
    "communities": communities,
    "plant_and_network": plant_and_network,
    "company": company,
    "user": user,
    "society": society,
    "what_changes": what_changes,
    "with_neighbours": with_neighbours,
    "register_quality": register_quality,
    "assumptions_used": assumptions_used,
    "method_and_reservations": method_and_reservations,
    "reconciled": reconciled,
}

OVERVIEW_CHAPTERS: dict[str, Callable[["Overview", str], Chapter]] = {
    "overview_answer": overview_answer,
    "overview_ranking": overview_ranking,
    "overview_towns": overview_towns,
    "overview_joining": overview_joining,
    "overview_candidates": overview_candidates,
    "overview_register": overview_register,
    "overview_method": overview_method,
}
