"""Where there is room for the plant near a town: an exact geometric proposal, not a plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import Delaunay, QhullError

from screening import register
from screening.supply.network import transmission_price
from screening.supply.site import site_needs
from screening.tables import CRS

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

__all__ = ["Surroundings", "is_noise_sensitive", "plant_sites", "site_candidates", "site_surroundings"]

# People live, sleep or are looked after here; what is not known is not left out.
_SENSITIVE = ("detached_house", "terraced_house", "apartment", "institution", "holiday_house", "unknown")
_CHUNK = 1024
_COLUMNS = {
    "area": object,
    "number": int,
    "easting_m": float,
    "northing_m": float,
    "dwelling_distance_m": float,
    "building_distance_m": float,
    "heat_centre_distance_m": float,
    "transmission_m": float,
    "transmission_dkk": float,
}


@dataclass(frozen=True)
class Surroundings:
    """What stands round the towns, ready to be asked for the nearest.

    Parameters
    ----------
    dwellings, buildings, roads
        Trees of the outlines of noise-sensitive buildings, of all buildings, and of the roads.
    triangles
        Delaunay triangles between the buildings; None when they are too few to make one.
    open_ground_m
        Greatest radius of an empty circle between buildings that still counts as known ground. [m]
    """

    dwellings: shapely.STRtree
    buildings: shapely.STRtree
    roads: shapely.STRtree
    triangles: Delaunay | None
    open_ground_m: float

    def is_known_ground(self, places: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Tell whether buildings stand on all sides of each place.

        The sea and the next municipality look alike in a register: nothing stands there. No building lies in
        the circle through the corners of a Delaunay triangle, so a large circle is such empty ground.

        Parameters
        ----------
        places
            Easting and northing by row. [m]

        Returns
        -------
        numpy.ndarray
            Booleans; all true when there are no triangles.
        """
        if self.triangles is None or not len(places):
            return np.ones(len(places), bool)
        within = self.triangles.find_simplex(places)
        return np.asarray((within >= 0) & (self._radius_m[within] <= self.open_ground_m), bool)

    @cached_property
    def _radius_m(self) -> npt.NDArray[np.float64]:
        """Radius of the circle through the corners of each triangle: the sides' product over 4 areas."""
        if self.triangles is None:
            return np.empty(0)
        corners = self.triangles.points[self.triangles.simplices]
        first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        double_area = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])
        sides = np.prod([np.hypot(*side.T) for side in (first, second, first - second)], axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.nan_to_num(sides / (2 * double_area), nan=np.inf), float)


def is_noise_sensitive(use_codes: pd.Series) -> pd.Series:
    """Tell where the limits of dwellings are held: dwellings, institutions, holiday houses, unknown use.

    Parameters
    ----------
    use_codes
        BBR byg021, either generation.

    Returns
    -------
    pandas.Series
        Booleans on the same index.

    Examples
    --------
    >>> is_noise_sensitive(pd.Series(["120", "510", "321", "910", None])).tolist()
    [True, True, False, False, True]
    """
    return register.use_group(use_codes).isin(_SENSITIVE)


def site_surroundings(
    buildings: gpd.GeoDataFrame,
    outlines: gpd.GeoDataFrame | None,
    roads: gpd.GeoDataFrame | None,
    assumptions: Assumptions,
) -> Surroundings:
    """Prepare what a site must keep clear of.

    Parameters
    ----------
    buildings
        BUILDINGS with points: all of the municipality, since a town's neighbours count too.
    outlines
        Mapped OUTLINES; a building without one gets a square of its built-up area.
    roads
        ROADS; None or empty when unknown.
    assumptions
        The set.

    Returns
    -------
    Surroundings
        Trees for ``site_candidates``.
    """
    shapes = register.attach_outlines(buildings, outlines, assumptions).geometry.to_numpy()
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    sensitive = is_noise_sensitive(buildings["use_code"]).to_numpy(bool)
    lines = np.empty(0, object) if roads is None else roads.geometry.to_numpy()
    return Surroundings(
        shapely.STRtree(shapes[known & sensitive]),
        shapely.STRtree(shapes[known]),
        shapely.STRtree(lines),
        _triangles(shapes[known]),
        assumptions.site_open_ground_m,
    )


def _triangles(shapes: npt.NDArray[np.object_]) -> Delaunay | None:
    corners = np.unique(shapely.get_coordinates(shapely.centroid(shapes)).round(), axis=0)
    try:
        return Delaunay(corners) if len(corners) >= 3 else None
    except QhullError:  # all on one line
        return None


def site_candidates(
    outline: shapely.Geometry,
    heat_centre: shapely.Point,
    surroundings: Surroundings,
    noise_distance_m: float,
    site_m2: float,
    assumptions: Assumptions,
) -> gpd.GeoDataFrame:
    """Find the places near a town where the plant can stand.

    Every point of a grid within the search distance of the town's outline is tried. It is kept when the
    nearest dwelling is at least the noise distance (and the margin) away and a square site round it
    touches neither building nor road, and when buildings stand on all sides of it
    (``Surroundings.is_known_ground``). The kept ones nearest to the heat are given, apart from each other.

    Parameters
    ----------
    outline
        The town's trimmed polygon, EPSG:25832.
    heat_centre
        Centre of gravity of the town's heat demand.
    surroundings
        As ``site_surroundings`` gives.
    noise_distance_m
        Distance that the noise asks for. [m]
    site_m2
        Size of the site. [m2]
    assumptions
        The set: rows named site_.

    Returns
    -------
    geopandas.GeoDataFrame
        Nearest to the heat first, no rows when there is no room: number, easting_m, northing_m,
        dwelling_distance_m and building_distance_m (to the nearest wall; missing when there is none),
        heat_centre_distance_m, transmission_m (to the town's outline, 0 inside), point geometry.
    """
    places = _grid(outline, heat_centre, assumptions)
    kept, best = [_kept(places[:0], surroundings, 0.0, 0.0)], pd.DataFrame()
    for start in range(0, len(places), _CHUNK):  # nearest first, so most of the grid is never measured
        chunk = places[start : start + _CHUNK]
        asked_m = noise_distance_m + assumptions.site_dwelling_margin_m
        # Half the diagonal: the square keeps clear whichever way it lies.
        kept.append(_kept(chunk, surroundings, asked_m, float(np.sqrt(site_m2 / 2))))
        best = _spread(pd.concat(kept[1:]), assumptions)
        if len(best) == assumptions.site_candidate_count:
            break
    best = (best if len(best) else kept[0]).reset_index(drop=True)
    points = gpd.points_from_xy(best["easting_m"], best["northing_m"])
    best.insert(0, "number", np.arange(1, len(best) + 1))
    best["heat_centre_distance_m"] = shapely.distance(points, heat_centre)
    best["transmission_m"] = shapely.distance(points, outline)
    return gpd.GeoDataFrame(best.replace(np.inf, np.nan), geometry=points, crs=CRS)


def _grid(
    outline: shapely.Geometry, heat_centre: shapely.Point, assumptions: Assumptions
) -> npt.NDArray[np.float64]:
    """Points on whole steps of the grid within reach, nearest to the heat first, then by west and south."""
    step, reach = assumptions.site_grid_m, assumptions.site_search_distance_m
    west, south, east, north = shapely.bounds(outline)
    columns = np.arange(np.ceil((west - reach) / step), np.floor((east + reach) / step) + 1) * step
    rows = np.arange(np.ceil((south - reach) / step), np.floor((north + reach) / step) + 1) * step
    places = np.column_stack([axis.ravel() for axis in np.meshgrid(columns, rows)])
    shapely.prepare(outline)
    places = places[shapely.dwithin(shapely.points(places), outline, reach)]
    to_heat = np.hypot(places[:, 0] - heat_centre.x, places[:, 1] - heat_centre.y)
    return np.asarray(places[np.lexsort([places[:, 1], places[:, 0], to_heat])], float)


def _kept(
    places: npt.NDArray[np.float64], surroundings: Surroundings, dwelling_m: float, clear_m: float
) -> pd.DataFrame:
    """Those of the places that keep all distances, in the order given."""
    points = shapely.points(places)
    table = pd.DataFrame(
        {
            "easting_m": places[:, 0],
            "northing_m": places[:, 1],
            "dwelling_distance_m": _nearest(surroundings.dwellings, points),
            "building_distance_m": _nearest(surroundings.buildings, points),
        }
    )
    has_room = (
        (table["dwelling_distance_m"] >= dwelling_m)
        & (table["building_distance_m"] >= clear_m)
        & (_nearest(surroundings.roads, points) >= clear_m)
        & surroundings.is_known_ground(places)
    )
    return table[has_room]


def _nearest(tree: shapely.STRtree, points: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Distance to the nearest, infinite when there is none."""
    found = np.full(len(points), np.inf)
    if len(tree) and len(points):
        pairs, distances = tree.query_nearest(points, return_distance=True, all_matches=False)
        found[pairs[0]] = distances
    return found


def _spread(ranked: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Take the first, drop those too near to it, and so on."""
    chosen = [ranked.iloc[:0]]
    while len(ranked) and len(chosen) <= assumptions.site_candidate_count:
        first = ranked.iloc[[0]]
        chosen.append(first)
        east, north = (ranked[axis] - first[axis].iloc[0] for axis in ("easting_m", "northing_m"))
        ranked = ranked.iloc[1:][(np.hypot(east, north) >= assumptions.site_candidate_spacing_m).iloc[1:]]
    return pd.concat(chosen)


def plant_sites(
    trimmed: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    capacity_kw: pd.Series,
    surroundings: Surroundings,
    assumptions: Assumptions,
) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Size and propose a site for every area.

    Parameters
    ----------
    trimmed
        TRIMMED.
    buildings
        BUILDINGS_WITH_HEAT plus ``area``, ``is_in_trimmed``, ``is_oil_gas``.
    capacity_kw
        Greatest heat power by area; 0 or missing where nothing is to be supplied.
    surroundings
        As ``site_surroundings`` gives.
    assumptions
        The set.

    Returns
    -------
    site : pandas.DataFrame
        One row per area: area, capacity_kw, the columns of ``site_needs``, candidate_count, and of the
        first candidate site_distance_m (its ``transmission_m``, missing when there is no room).
    candidates : geopandas.GeoDataFrame
        area, the columns of ``site_candidates``, and transmission_dkk: what the pipe to the outline costs.
    """
    size = capacity_kw.reindex(trimmed["area"]).fillna(0.0).to_numpy(float)
    site = site_needs(size, assumptions)
    site.insert(0, "capacity_kw", size)
    site.insert(0, "area", trimmed["area"].to_numpy())
    found = [
        _sites_of(area, outline, distance, ground, buildings, surroundings, assumptions)
        for area, outline, distance, ground in zip(
            trimmed["area"], trimmed.geometry, site["noise_distance_m"], site["site_m2"], strict=True
        )
        if ground > 0 and not outline.is_empty
    ]
    candidates = _together(found)
    candidates["transmission_dkk"] = transmission_price(
        candidates["area"].map(dict(zip(site["area"], size, strict=True))).to_numpy(float),
        assumptions,
        candidates["transmission_m"].to_numpy(float),
    )
    first = candidates.drop_duplicates("area").set_index("area")["transmission_m"]
    counts = candidates.groupby("area").size()
    site["candidate_count"] = counts.reindex(site["area"]).fillna(0).astype(int).to_numpy()
    site["site_distance_m"] = first.reindex(site["area"]).to_numpy(float)
    return site, candidates


def _sites_of(
    area: str,
    outline: shapely.Geometry,
    noise_distance_m: float,
    site_m2: float,
    buildings: gpd.GeoDataFrame,
    surroundings: Surroundings,
    assumptions: Assumptions,
) -> gpd.GeoDataFrame:
    heated = buildings[(buildings["area"] == area) & buildings["is_in_trimmed"] & buildings["is_oil_gas"]]
    centre = _heat_centre(heated, outline)
    found = site_candidates(outline, centre, surroundings, noise_distance_m, site_m2, assumptions)
    found.insert(0, "area", area)
    return found


def _together(found: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """All areas' candidates; a table without rows has the same columns."""
    some = [table for table in found if len(table)]
    if some:
        return gpd.GeoDataFrame(pd.concat(some, ignore_index=True), geometry="geometry", crs=CRS)
    columns = {name: pd.Series(dtype=kind) for name, kind in _COLUMNS.items()}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=CRS), crs=CRS)


def _heat_centre(heated: gpd.GeoDataFrame, outline: shapely.Geometry) -> shapely.Point:
    """Mean place of the heat; the middle of the polygon when none is known."""
    weight = heated["heat_demand_mwh"].fillna(0.0).to_numpy(float)
    if weight.sum() <= 0:
        return shapely.centroid(outline)
    x, y = (np.average(axis, weights=weight) for axis in (heated.geometry.x, heated.geometry.y))
    return shapely.Point(x, y)
