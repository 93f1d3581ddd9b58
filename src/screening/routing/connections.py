"""Service lines that a building may get: from the wall to several streets, round other buildings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from screening.assumptions import Assumptions
    from screening.routing.streets import Streets

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]
    Lines = npt.NDArray[np.object_]

__all__ = ["Connections", "connections", "walls"]

# A line that runs along a neighbour's wall is not through the neighbour. [m]
_THROUGH_M = 0.1


@dataclass(frozen=True)
class Connections:
    """Candidate service lines.

    Parameters
    ----------
    building
        Row of the building of each candidate.
    piece
        Street piece it leaves.
    position_m
        Where on the piece, from its start. [m]
    lines
        From the street to the wall.
    is_through
        Whether it runs through another building: only where no other was found.
    nearest_m
        Distance of each building to the nearest street piece; infinite without a shape. [m]
    """

    building: Ints
    piece: Ints
    position_m: Floats
    lines: Lines
    is_through: npt.NDArray[np.bool_]
    nearest_m: Floats

    @property
    def length_m(self) -> Floats:
        """Length of each candidate [m]."""
        return np.asarray(shapely.length(self.lines), float)


def walls(shapes: Lines) -> Lines:
    """Give the walls of outlines; a point or line stands for itself.

    Parameters
    ----------
    shapes
        Geometry of the buildings.

    Returns
    -------
    numpy.ndarray
        Lines, or what was no polygon.
    """
    is_polygon = np.isin(shapely.get_type_id(shapes), (3, 6))
    return np.where(is_polygon, shapely.boundary(shapes), shapes)


def connections(
    buildings: gpd.GeoDataFrame,
    streets: Streets,
    assumptions: Assumptions,
    obstacles: gpd.GeoDataFrame | None = None,
) -> Connections:
    """Find candidate service lines: the nearest street pieces within the greatest length.

    Parameters
    ----------
    buildings
        Outlines.
    streets
        The street graph.
    assumptions
        The set: ``routing_service_max_m``, ``routing_candidate_count``, ``routing_service_detour_m``.
    obstacles
        Outlines of all buildings round about, customers among them or not; those of ``buildings`` count
        in any case.

    Returns
    -------
    Connections
        Candidates in the order of the buildings, the shortest first.
    """
    shapes = shapely.force_2d(buildings.geometry.to_numpy())
    shapes = np.asarray(np.where(shapely.is_empty(shapes), np.array(None), shapes), object)
    tree = shapely.STRtree(streets.lines)
    found = _near(walls(shapes), streets, tree, assumptions.routing_service_max_m)
    lines = shapely.shortest_line(streets.lines[found["piece"]], walls(shapes)[found["building"]])
    found["line"] = np.asarray(lines, object)
    found["through"] = _runs_through(found, shapes, buildings.index, obstacles)
    found["position_m"] = shapely.line_locate_point(
        streets.lines[found["piece"]], shapely.get_point(lines, 0)
    )
    found["place"] = _places(found, streets)
    chosen = _choose(found, int(assumptions.routing_candidate_count), assumptions.routing_service_detour_m)
    return Connections(
        chosen["building"].to_numpy(np.intp),
        chosen["piece"].to_numpy(np.intp),
        chosen["position_m"].to_numpy(float),
        chosen["line"].to_numpy(object),
        chosen["through"].to_numpy(bool),
        _nearest(shapes, streets, tree),
    )


def _near(shapes: Lines, streets: Streets, tree: shapely.STRtree, reach_m: float) -> pd.DataFrame:
    building, piece = tree.query(shapes, predicate="dwithin", distance=reach_m)
    table = pd.DataFrame({"building": building, "piece": piece})
    table["length_m"] = shapely.distance(shapes[building], streets.lines[piece])
    return table.sort_values(["building", "length_m", "piece"], ignore_index=True)


def _runs_through(
    found: pd.DataFrame, shapes: Lines, ids: pd.Index, obstacles: gpd.GeoDataFrame | None
) -> npt.NDArray[np.bool_]:
    """Whether each line runs through a building other than its own."""
    others, own_row = shapes, np.arange(len(shapes))
    if obstacles is not None:
        more = obstacles[~obstacles.index.isin(ids)]
        others = np.r_[shapes, shapely.force_2d(more.geometry.to_numpy())]
        own_row = np.arange(len(others))
    lines = found["line"].to_numpy(object)
    line, other = shapely.STRtree(others).query(lines, predicate="intersects")
    foreign = own_row[other] != found["building"].to_numpy()[line]
    line, other = line[foreign], other[foreign]
    inside = shapely.length(shapely.intersection(lines[line], others[other])) > _THROUGH_M
    through = np.zeros(len(found), bool)
    through[line[inside]] = True
    return through


def _places(found: pd.DataFrame, streets: Streets) -> Ints:
    """Give numbers to where candidates leave: at a node of several pieces they are the same."""
    piece, position = found["piece"].to_numpy(), found["position_m"].to_numpy()
    inner = (
        max(int(streets.start.max(initial=0)), int(streets.end.max(initial=0))) + 1 + np.arange(len(found))
    )
    at_end = position >= streets.length_m[piece]
    return np.where(position <= 0, streets.start[piece], np.where(at_end, streets.end[piece], inner))


def _choose(found: pd.DataFrame, count: int, detour_m: float) -> pd.DataFrame:
    """Choose the nearest places of each building, those that run through no other building if there are any.

    A far longer line than the nearest would cross other people's gardens, although it may spare a street.
    """
    found = found.drop_duplicates(["building", "place"])
    has_free = (~found["through"]).groupby(found["building"]).transform("any")
    found = found[~(found["through"] & has_free)]
    shortest_m = found.groupby("building")["length_m"].transform("min")
    found = found[found["length_m"] <= shortest_m + detour_m]
    return found[found.groupby("building").cumcount() < count]


def _nearest(shapes: Lines, streets: Streets, tree: shapely.STRtree) -> Floats:
    nearest = np.full(len(shapes), np.inf)
    there = ~shapely.is_missing(shapes)
    if there.any() and len(streets.lines):
        row, piece = tree.query_nearest(shapes[there], all_matches=False)
        nearest[np.flatnonzero(there)[row]] = shapely.distance(shapes[there][row], streets.lines[piece])
    return nearest
