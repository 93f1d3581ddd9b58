"""Maps: interactive (one self-contained file, no network) and static (for print)."""

from screening.maps import style
from screening.maps.interactive import overview_map, town_map
from screening.maps.offline import TileSource, content_security_policy, show, to_fragment, to_html
from screening.maps.static import community_map, density_map, overview_figure, static_map
from screening.maps.style import slugify

__all__ = [
    "TileSource",
    "community_map",
    "content_security_policy",
    "density_map",
    "overview_figure",
    "overview_map",
    "show",
    "slugify",
    "static_map",
    "style",
    "to_fragment",
    "to_html",
    "town_map",
]
