"""Names for the towns and parts that are found: from places, from compass and size, from an earlier round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from screening.errors import TableError

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt
    import pandas as pd

    from screening.assumptions import Assumptions

    FloatArray = npt.NDArray[np.float64]
    ObjectArray = npt.NDArray[np.object_]

__all__ = ["NUMBERED", "check_places", "keep_names", "name_parts", "name_towns", "place_of"]

NUMBERED = "Bebyggelse"  # and a number, where no place gives the name
_MIDDLE = "midt"
_CORNERS = (
    ("øst", "nord", "vest", "syd"),
    ("øst", "nordøst", "nord", "nordvest", "vest", "sydvest", "syd", "sydøst"),
)
_MIDDLE_SHARE = 1 / 4  # of the farthest part's distance: nearer to the centre is neither north nor south


def check_places(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Check a table of place names.

    Parameters
    ----------
    places
        Column ``name`` and points or polygons in EPSG:25832.

    Returns
    -------
    geopandas.GeoDataFrame
        Rows with a name and a shape, in the order of their names, smallest shape first.

    Raises
    ------
    TableError
        If the column is missing or the CRS another one.
    """
    if "name" not in places:
        raise TableError("place names: column name is missing; rename the column with the names to name.")
    if places.crs is None or places.crs.to_epsg() != 25832:
        raise TableError("place names: expected EPSG:25832; reproject the layer (to_crs) first.")
    shapes = places.geometry.to_numpy()
    usable = places["name"].notna().to_numpy() & ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    kept = places[usable].assign(size_m2=lambda t: t.area, x=lambda t: t.centroid.x)
    return kept.sort_values(["name", "size_m2", "x"]).reset_index(drop=True)


def place_of(points: FloatArray, places: gpd.GeoDataFrame, assumptions: Assumptions) -> ObjectArray:
    """Name the place of each building: the smallest polygon it stands in, else the nearest place in reach.

    Parameters
    ----------
    points
        Coordinates, one row per building. [m]
    places
        As from ``check_places``.
    assumptions
        The set to use (``found_place_distance_m``).

    Returns
    -------
    numpy.ndarray
        Names; None where no place is near.
    """
    names = np.full(len(points), None, dtype=object)
    if places.empty or not len(points):
        return names
    shapes, known = places.geometry.to_numpy(), places["name"].to_numpy(dtype=object)
    dots = shapely.points(points)
    (dot, place), distance_m = shapely.STRtree(shapes).query_nearest(
        dots, max_distance=assumptions.found_place_distance_m, return_distance=True, all_matches=True
    )
    # Of places equally near the smallest, then the first by name.
    order = np.lexsort((place, shapely.area(shapes)[place], distance_m, dot))
    first = order[np.unique(dot[order], return_index=True)[1]]
    names[dot[first]] = known[place[first]]
    return names


def name_towns(votes: list[pd.Series]) -> list[str]:
    """Name towns given from the largest: by the place that most of their heat lies in, else by number.

    Parameters
    ----------
    votes
        For each town heat demand by place name, empty where no place is near. [MWh/year]

    Returns
    -------
    list of str
        A name for each, none twice: a second town of the same place is "Place 2".
    """
    names: list[str] = []
    for vote in votes:
        place = _most(vote)
        names.append(_free(place or f"{NUMBERED} 1", set(names)))
    return names


def name_parts(
    town: str, votes: list[pd.Series], centres: FloatArray, centre: FloatArray, taken: set[str]
) -> list[str]:
    """Name the parts of a town by places of their own, else by the town and where they lie in it.

    Parameters
    ----------
    town
        The town's name.
    votes
        As in ``name_towns``, by part.
    centres
        Centre of the heat of each part. [m]
    centre
        Centre of the heat of the town. [m]
    taken
        Names of all towns and of the parts named so far; the names given here are added.

    Returns
    -------
    list of str
        "Bebyggelse 1 nord", or the town's own name where there is one part. A place whose name is taken
        gives none.
    """
    if len(votes) == 1:
        return [town]
    places = [_most(vote) for vote in votes]
    sides = _sides(centres - centre)
    own = [p is not None and p not in taken and places.count(p) == 1 for p in places]
    names: list[str] = []
    for place, is_own, side in zip(places, own, sides, strict=True):
        names.append(_free(str(place) if is_own else f"{town} {side}", taken))
        taken.add(names[-1])
    return names


def keep_names(areas: gpd.GeoDataFrame, earlier: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give areas and towns the names they had before, by the ground that they share.

    Parameters
    ----------
    areas
        Columns area, town and polygons, as found now.
    earlier
        The same from before.

    Returns
    -------
    geopandas.GeoDataFrame
        The areas with the names; one that was not there before keeps its new name, with a number where an
        earlier one is called that.
    """
    earlier = earlier.assign(town=earlier["town"] if "town" in earlier else earlier["area"])
    kept = areas.copy()
    for column in ("town", "area"):
        now = areas[[column, "geometry"]].dissolve(column, sort=True)
        before = earlier[[column, "geometry"]].dissolve(column, sort=True)
        kept[column] = areas[column].map(_matched(now.geometry, before.geometry)).astype(object)
    return kept


def _matched(now: gpd.GeoSeries, before: gpd.GeoSeries) -> dict[str, str]:
    one, other = shapely.STRtree(before.to_numpy()).query(now.to_numpy(), predicate="intersects")
    shared = shapely.area(shapely.intersection(now.to_numpy()[one], before.to_numpy()[other]))
    names: dict[str, str] = {}
    for pair in np.lexsort((other, one, -shared)):
        new, old = str(now.index[one[pair]]), str(before.index[other[pair]])
        if shared[pair] > 0 and new not in names and old not in names.values():
            names[new] = old
    for new in now.index:
        if new not in names:
            names[new] = _free(new, {*names.values(), *before.index})
    return names


def _most(vote: pd.Series) -> str | None:
    """Name with the most heat, the first by name where two have as much."""
    if vote.empty:
        return None
    return str(min(vote.index[vote == vote.max()]))


def _free(name: str, taken: set[str]) -> str:
    """Give the name, with the first free number where it is taken."""
    stem, _, number = name.rpartition(" ")
    start = int(number) if stem and number.isdigit() else 1
    stem = stem if stem and number.isdigit() else name
    while name in taken:
        start += 1
        name = f"{stem} {start}"
    return name


def _sides(offset: FloatArray) -> list[str]:
    """Tell the side each part lies on: one of four where that tells all apart, else of eight."""
    distance_m = np.hypot(*offset.T)
    angle = np.arctan2(offset[:, 1], offset[:, 0])
    is_middle = distance_m < _MIDDLE_SHARE * distance_m.max()
    sides: list[str] = []
    for names in _CORNERS:
        sector = np.rint(angle / (2 * np.pi / len(names))).astype(int) % len(names)
        corner = np.array(names, dtype=object)[sector]
        sides = [_MIDDLE if near else str(side) for near, side in zip(is_middle, corner, strict=True)]
        if len(set(sides)) == len(sides):
            break
    return sides
