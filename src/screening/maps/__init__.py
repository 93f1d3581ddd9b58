"""Maps: interactive (one self-contained file, no network) and static (for print)."""

from screening.maps import style
from screening.maps.interactive import overview_map, town_map
from screening.maps.leaflet import OfflineMap
from screening.maps.networks import network_map
from screening.maps.offline import (
    TileSource,
    content_security_policy,
    script_hashes,
    show,
    to_fragment,
    to_html,
)
from screening.maps.parts import split_map
from screening.maps.static import community_map, density_map, overview_figure, static_map
from screening.maps.style import format_number, slugify
from screening.maps.trench import trench_map

__all__ = [
    "OfflineMap",
    "TileSource",
    "community_map",
    "content_security_policy",
    "density_map",
    "format_number",
    "network_map",
    "overview_figure",
    "overview_map",
    "script_hashes",
    "show",
    "slugify",
    "split_map",
    "static_map",
    "style",
    "to_fragment",
    "to_html",
    "town_map",
    "trench_map",
]
