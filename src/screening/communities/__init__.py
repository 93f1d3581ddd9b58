"""Who could share a heat pump: buildings near each other, measured between their outlines."""

from screening.communities.clusters import find_communities, links
from screening.communities.derived import derived_constants
from screening.communities.distance import (
    is_collective_supply,
    max_distance,
    payment_line,
    shared_capacity,
    sharing_gain,
)
from screening.communities.overlap import overlap
from screening.communities.pairs import linked_groups, linked_pairs
from screening.communities.selection import decide, select, selection_counts, use_decisions
from screening.communities.sensitivity import distance_sensitivity
from screening.communities.split import Split, split_communities

__all__ = [
    "Split",
    "decide",
    "derived_constants",
    "distance_sensitivity",
    "find_communities",
    "is_collective_supply",
    "linked_groups",
    "linked_pairs",
    "links",
    "max_distance",
    "overlap",
    "payment_line",
    "select",
    "selection_counts",
    "shared_capacity",
    "sharing_gain",
    "split_communities",
    "use_decisions",
]
