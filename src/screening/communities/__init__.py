"""Who could share a heat pump: buildings near each other, measured between their outlines."""

from screening.communities.clusters import (
    check_outlines,
    describe_groups,
    find_communities,
    links,
    rank_groups,
)
from screening.communities.derived import derived_constants
from screening.communities.distance import max_distance, payment_line, shared_capacity
from screening.communities.draw import widened
from screening.communities.overlap import overlap
from screening.communities.pairs import linked_groups, linked_pairs
from screening.communities.selection import decide, select, selection_counts, use_decisions
from screening.communities.sensitivity import distance_sensitivity
from screening.communities.tiles import (
    Tiling,
    find_communities_in_tiles,
    label_tile,
    stitch_tiles,
    touched_tiles,
)

__all__ = [
    "Tiling",
    "check_outlines",
    "decide",
    "derived_constants",
    "describe_groups",
    "distance_sensitivity",
    "find_communities",
    "find_communities_in_tiles",
    "label_tile",
    "linked_groups",
    "linked_pairs",
    "links",
    "max_distance",
    "overlap",
    "payment_line",
    "rank_groups",
    "select",
    "selection_counts",
    "shared_capacity",
    "stitch_tiles",
    "touched_tiles",
    "use_decisions",
    "widened",
]
