"""Who could share a heat pump: buildings near each other, measured between their outlines."""

from screening.communities.clusters import (
    check_outlines,
    describe_groups,
    find_communities,
    links,
    rank_groups,
)
from screening.communities.derived import derived_constants
from screening.communities.distance import (
    is_collective_supply,
    max_distance,
    payment_line,
    shared_capacity,
    sharing_gain,
)
from screening.communities.draw import widened
from screening.communities.overlap import overlap
from screening.communities.pairs import linked_groups, linked_pairs
from screening.communities.selection import decide, select, selection_counts, use_decisions
from screening.communities.sensitivity import distance_sensitivity
from screening.communities.split import Split, split_communities
from screening.communities.tiles import (
    Tiling,
    find_communities_in_tiles,
    label_tile,
    stitch_tiles,
    touched_tiles,
)

__all__ = [
    "Split",
    "Tiling",
    "check_outlines",
    "decide",
    "derived_constants",
    "describe_groups",
    "distance_sensitivity",
    "find_communities",
    "find_communities_in_tiles",
    "is_collective_supply",
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
    "sharing_gain",
    "split_communities",
    "stitch_tiles",
    "touched_tiles",
    "use_decisions",
    "widened",
]
