"""How much of each community lies in areas that may get local heating."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["overlap"]


def overlap(communities: gpd.GeoDataFrame, trimmed: gpd.GeoDataFrame) -> pd.DataFrame:
    """Share of each community's ground inside each trimmed area.

    A community that goes ahead may block local heating where both coincide, and the other way round.

    Parameters
    ----------
    communities
        Column ``id`` and polygons, as from ``find_communities``.
    trimmed
        Column ``area`` and polygons, as from ``areas.delineate``.

    Returns
    -------
    pandas.DataFrame
        One row per pair with common ground: ``id``, ``area``, ``overlap_share`` of the community [1],
        ordered by id, the largest share first.
    """
    inner = communities.geometry.to_numpy()
    outer = trimmed.geometry.to_numpy()
    which, where = shapely.STRtree(outer).query(inner, predicate="intersects")
    common_m2 = shapely.area(shapely.intersection(inner[which], outer[where]))
    pairs = pd.DataFrame(
        {
            "id": communities["id"].to_numpy()[which],
            "area": trimmed["area"].to_numpy(dtype=object)[where],
            "overlap_share": common_m2 / shapely.area(inner[which]),
        }
    )
    return pairs[pairs["overlap_share"] > 0].sort_values(
        ["id", "overlap_share", "area"], ascending=[True, False, True], ignore_index=True
    )
