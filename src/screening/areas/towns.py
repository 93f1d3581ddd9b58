"""Find the towns and clusters worth looking at in a whole municipality, from its buildings alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from screening import tables
from screening.areas.cutting import PLACE_DECIMALS, cut_town, large_roads, share_ground
from screening.areas.inputs import check_areas, check_buildings, is_relevant_oil_gas
from screening.areas.mesh import split_by_label
from screening.areas.methods import DEFAULT_METHOD, METHODS, find_settlements
from screening.areas.naming import check_places, keep_names, name_parts, name_towns, place_of
from screening.errors import ScreeningError
from screening.units import KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    ObjectArray = npt.NDArray[np.object_]
    ShapeArray = npt.NDArray[np.object_]

__all__ = ["Survey", "compare_methods", "find_areas", "given_or_found", "survey_areas"]

_COLUMNS = ("use_code", "is_oil", "is_gas", "heat_demand_mwh")


@dataclass(frozen=True)
class Survey:
    """The areas found in a municipality, and what was left out.

    Parameters
    ----------
    areas
        ``area``, ``town``, ``building_count`` [1] and ``heat_demand_mwh`` [MWh/year] of the oil and gas
        buildings, ``method``, polygon; the largest town first, its parts together.
    left_out
        Settlements too small to be an area, the greatest heat first: ``building_count`` [1],
        ``heat_demand_mwh`` [MWh/year], ``reason`` ("few_buildings", "little_heat" or "below_density": the
        buildings outside all settlements, one row), and points of their buildings.
    home
        Area of each oil or gas building, None where it is left out; index as the buildings.
    """

    areas: gpd.GeoDataFrame
    left_out: gpd.GeoDataFrame
    home: pd.Series


@dataclass(frozen=True)
class _Part:
    """An area before it has a name."""

    rows: IntArray
    shape: object


def find_areas(
    buildings: gpd.GeoDataFrame,
    assumptions: Assumptions,
    *,
    method: str = DEFAULT_METHOD,
    places: gpd.GeoDataFrame | None = None,
    roads: gpd.GeoDataFrame | None = None,
    earlier: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Find towns, parts of large towns and clusters in a municipality without polygons.

    The table is taken by ``delineate`` and all that follows as if a planner had drawn it.

    Parameters
    ----------
    buildings
        Columns use_code, is_oil, is_gas, heat_demand_mwh and points in EPSG:25832. Summer houses and
        outbuildings are left out.
    assumptions
        The set to use.
    method
        "triangles", "circles" or "density", see ``methods.find_settlements``.
    places
        Place names: column ``name`` and points or polygons in EPSG:25832. Without them areas are numbered
        from the one with the most heat, "Bebyggelse 1".
    roads
        Column ``road_class`` and lines in EPSG:25832: towns are rather cut along the large ones.
    earlier
        Areas found before, to take the names from.

    Returns
    -------
    geopandas.GeoDataFrame
        As ``Survey.areas``.

    Raises
    ------
    TableError
        If a column is missing or a building has no point.
    UnknownNameError
        If there is no such method.
    AssumptionError
        If ``trim_margin_m`` is more than half ``trim_join_distance_m``.

    See Also
    --------
    survey_areas : Also what was left out, and the area of each building.
    """
    return survey_areas(
        buildings, assumptions, method=method, places=places, roads=roads, earlier=earlier
    ).areas


def survey_areas(
    buildings: gpd.GeoDataFrame,
    assumptions: Assumptions,
    *,
    method: str = DEFAULT_METHOD,
    places: gpd.GeoDataFrame | None = None,
    roads: gpd.GeoDataFrame | None = None,
    earlier: gpd.GeoDataFrame | None = None,
) -> Survey:
    """Find areas as ``find_areas``, and say what was left out: every oil and gas building is in one of both.

    Parameters
    ----------
    buildings, assumptions, method, places, roads, earlier
        As for ``find_areas``.

    Returns
    -------
    Survey
        Areas, settlements left out, and the area of each building.

    Raises
    ------
    TableError, UnknownNameError, AssumptionError
        As ``find_areas``.
    """
    buildings = check_buildings(buildings, _COLUMNS)
    places = None if places is None else check_places(places)
    chosen = buildings[is_relevant_oil_gas(buildings)]
    points, heat_mwh, row = _in_place_order(chosen)
    shapes, settlement = find_settlements(points, heat_mwh, assumptions, method)
    members = split_by_label(np.arange(len(points)), settlement + 1, len(shapes) + 1)
    unsettled, members = members[0], members[1:]
    count = np.array([len(rows) for rows in members], dtype=np.int64)
    known_mwh = np.array([heat_mwh[rows].sum() for rows in members], dtype=float)
    is_small = count < assumptions.found_min_buildings_count
    is_cold = known_mwh < assumptions.found_min_heat_mwh_per_year
    kept = np.flatnonzero(~(is_small | is_cold))
    # From the most heat; where two have as much, from the west.
    kept = kept[np.lexsort(([members[k][0] for k in kept], -known_mwh[kept]))]
    lines = large_roads(roads)
    towns = [_parts(points, heat_mwh, members[k], shapes[k], assumptions, lines) for k in kept]
    place = np.full(len(points), None) if places is None else place_of(points, places, assumptions)
    areas = _name(towns, points, heat_mwh, place, method)
    if earlier is not None and len(areas):
        areas = keep_names(areas, check_areas(earlier))
    home = np.full(len(points), None, dtype=object)
    for name, part in zip(areas["area"], [part for town in towns for part in town], strict=True):
        home[row[part.rows]] = name
    left = [
        (members[k], "few_buildings" if is_small[k] else "little_heat")
        for k in np.flatnonzero(is_small | is_cold)
    ]
    left += [(unsettled, "below_density")] if len(unsettled) else []
    return Survey(
        areas,
        _left_out(left, points, heat_mwh),
        pd.Series(home, index=chosen.index, name="area", dtype=object),
    )


def compare_methods(
    buildings: gpd.GeoDataFrame,
    assumptions: Assumptions,
    *,
    methods: tuple[str, ...] = tuple(METHODS),
    roads: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Put what each method finds side by side.

    Parameters
    ----------
    buildings, assumptions, roads
        As for ``find_areas``.
    methods
        The methods to compare.

    Returns
    -------
    pandas.DataFrame
        One row per ``method``: ``town_count``, ``area_count``, ``building_count``, ``left_out_count`` [1],
        ``area_km2`` [km2], ``heat_demand_mwh``, ``left_out_mwh`` [MWh/year], ``density_kwh_per_m2`` [kWh/m2 a
        year]: heat over the ground found, missing where nothing was found.
    """
    rows = []
    for method in methods:
        found = survey_areas(buildings, assumptions, method=method, roads=roads)
        area_km2 = found.areas.area.sum() / M2_PER_KM2
        heat_mwh = found.areas["heat_demand_mwh"].sum()
        rows.append(
            {
                "method": method,
                "town_count": found.areas["town"].nunique(),
                "area_count": len(found.areas),
                "building_count": int(found.areas["building_count"].sum()),
                "left_out_count": int(found.left_out["building_count"].sum()),
                "area_km2": area_km2,
                "heat_demand_mwh": heat_mwh,
                "left_out_mwh": found.left_out["heat_demand_mwh"].sum(),
                "density_kwh_per_m2": heat_mwh * KWH_PER_MWH / (area_km2 * M2_PER_KM2)
                if area_km2
                else np.nan,
            }
        )
    return pd.DataFrame(rows)


def given_or_found(
    areas: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame,
    assumptions: Assumptions,
    *,
    method: str = DEFAULT_METHOD,
    places: gpd.GeoDataFrame | None = None,
    roads: gpd.GeoDataFrame | None = None,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Take the areas that a planner brought; find them where there are none.

    Parameters
    ----------
    areas
        ``AREAS``; None to find them.
    buildings, assumptions, method, places, roads
        As for ``find_areas``.

    Returns
    -------
    areas : geopandas.GeoDataFrame
        ``AREAS``, with the column ``method`` where they were found.
    left_out : geopandas.GeoDataFrame
        As ``Survey.left_out``; without a row where areas were given.

    Raises
    ------
    TableError
        If a table breaks its schema.
    ScreeningError
        If no areas are given and none are found.
    """
    if areas is not None:
        given: gpd.GeoDataFrame = tables.check(areas, tables.AREAS, "areas")
        return given, _left_out([], np.empty((0, 2)), np.empty(0))
    found = survey_areas(buildings, assumptions, method=method, places=places, roads=roads)
    if found.areas.empty:
        raise ScreeningError(
            f"No polygons are given, and among {len(found.home)} oil and gas buildings there is no settlement"
            f" of {assumptions.found_min_buildings_count:g} with"
            f" {assumptions.found_min_heat_mwh_per_year:g} MWh a year: lower found_min_buildings_count or"
            " found_min_heat_mwh_per_year, or draw the areas and name them with --areas FILE."
        )
    columns = ["area", "town", "method", "geometry"]
    return tables.check(found.areas[columns], tables.AREAS, "areas found"), found.left_out


def _in_place_order(chosen: gpd.GeoDataFrame) -> tuple[FloatArray, FloatArray, IntArray]:
    """Points and heat from west to east, and the row of each, so that the order of rows cannot matter."""
    points = shapely.get_coordinates(chosen.geometry.to_numpy())
    heat_mwh = chosen["heat_demand_mwh"].fillna(0.0).to_numpy(dtype=float)
    row = np.lexsort((heat_mwh, points[:, 1], points[:, 0]))
    return points[row], heat_mwh[row], row


def _parts(
    points: FloatArray,
    heat_mwh: FloatArray,
    rows: IntArray,
    shape: object,
    assumptions: Assumptions,
    roads: ShapeArray | None,
) -> list[_Part]:
    if heat_mwh[rows].sum() <= assumptions.cut_large_heat_mwh_per_year:
        return [_Part(rows, shape)]
    # The ground between places that nearly coincide cannot be shared out.
    spots, spot = np.unique(points[rows].round(PLACE_DECIMALS), axis=0, return_inverse=True)
    spot = spot.reshape(-1)
    spot_mwh = np.bincount(spot, weights=heat_mwh[rows]).astype(float)
    part = cut_town(spots, spot_mwh, np.bincount(spot), assumptions, _near(roads, shape))
    grounds = share_ground(spots, part, shape)
    return [_Part(rows[part[spot] == number], ground) for number, ground in enumerate(grounds)]


def _near(roads: ShapeArray | None, shape: object) -> ShapeArray | None:
    if roads is None:
        return None
    near = roads[shapely.intersects(roads, shape)]
    return near if len(near) else None


def _name(
    towns: list[list[_Part]], points: FloatArray, heat_mwh: FloatArray, place: ObjectArray, method: str
) -> gpd.GeoDataFrame:
    def vote(rows: IntArray) -> pd.Series:
        return pd.Series(heat_mwh[rows]).groupby(pd.Series(place[rows], dtype=object)).sum()

    def centre(rows: IntArray) -> FloatArray:
        weights = heat_mwh[rows] if heat_mwh[rows].sum() > 0 else None
        return np.asarray(np.average(points[rows], axis=0, weights=weights), dtype=float)

    whole = [np.concatenate([part.rows for part in town]) for town in towns]
    town_names = name_towns([vote(rows) for rows in whole])
    taken, found = set(town_names), []
    for town, rows, name in zip(towns, whole, town_names, strict=True):
        centres = np.array([centre(part.rows) for part in town])
        names = name_parts(name, [vote(part.rows) for part in town], centres, centre(rows), taken)
        found += [
            {"area": own, "town": name, "building_count": len(part.rows),
             "heat_demand_mwh": heat_mwh[part.rows].sum(), "method": method, "geometry": part.shape}
            for own, part in zip(names, town, strict=True)
        ]  # fmt: skip
    columns = ["area", "town", "building_count", "heat_demand_mwh", "method", "geometry"]
    areas = gpd.GeoDataFrame(pd.DataFrame(found, columns=columns), geometry="geometry", crs=tables.CRS)
    return areas.astype({"area": object, "town": object, "building_count": int, "heat_demand_mwh": float})


def _left_out(left: list[tuple[IntArray, str]], points: FloatArray, heat_mwh: FloatArray) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(
        {
            "building_count": np.array([len(rows) for rows, _ in left], dtype=int),
            "heat_demand_mwh": np.array([heat_mwh[rows].sum() for rows, _ in left], dtype=float),
            "reason": np.array([reason for _, reason in left], dtype=object),
        },
        geometry=[shapely.multipoints(points[rows]) for rows, _ in left],
        crs=tables.CRS,
    )
    return table.sort_values("heat_demand_mwh", ascending=False, kind="stable", ignore_index=True)
