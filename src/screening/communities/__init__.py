"""Who could share a heat pump: buildings near each other, measured between their outlines."""

from screening.communities.clusters import find_communities, links
from screening.communities.derived import derived_constants
from screening.communities.distance import max_distance, payment_line, shared_capacity
from screening.communities.overlap import overlap
from screening.communities.pairs import linked_groups, linked_pairs
from screening.communities.selection import decide, select, selection_counts, use_decisions
from screening.communities.sensitivity import distance_sensitivity

__all__ = [
    "decide",
    "derived_constants",
    "distance_sensitivity",
    "find_communities",
    "linked_groups",
    "linked_pairs",
    "links",
    "max_distance",
    "overlap",
    "payment_line",
    "select",
    "selection_counts",
    "shared_capacity",
    "use_decisions",
]
