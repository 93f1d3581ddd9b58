"""Service lines that a building may get: from the wall to several streets, round other buildings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

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
# Where lines at an angle are looked for: how many streets, and how far apart they begin.
_PIECES_TRIED = 4
_STEP_M = 3.0


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

    No line crosses a street, and none runs through another building unless no other was found; then lines
    at an angle are tried before.

    Parameters
    ----------
    buildings
        Outlines.
    streets
        The street graph.
    assumptions
        The set: ``routing_service_max_m``, ``routing_candidate_count``, ``routing_service_detour_m``; streets
        nearer each other than ``routing_snap_m`` where a line leaves are one street drawn twice.
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
    reach_m, detour_m = assumptions.routing_service_max_m, assumptions.routing_service_detour_m
    apart_m = assumptions.routing_snap_m
    found = _near(walls(shapes), streets, tree, reach_m)
    found["line"] = np.asarray(
        shapely.shortest_line(streets.lines[found["piece"]], walls(shapes)[found["building"]]), object
    )
    found = found[~_crosses_street(found, tree, apart_m)]
    houses = Houses(shapes, buildings.index, obstacles)
    found["through"] = houses.blocks(found["line"].to_numpy(object), found["building"].to_numpy(np.intp))
    found = pd.concat([found, _slanted(found, houses, streets, tree, detour_m, apart_m)], ignore_index=True)
    found = found[found["length_m"] <= reach_m].sort_values(["building", "length_m", "piece"])
    found["position_m"] = shapely.line_locate_point(
        streets.lines[found["piece"]], shapely.get_point(found["line"].to_numpy(object), 0)
    )
    found["place"] = _places(found, streets)
    chosen = _choose(found, int(assumptions.routing_candidate_count), detour_m, apart_m)
    return Connections(
        chosen["building"].to_numpy(np.intp),
        chosen["piece"].to_numpy(np.intp),
        chosen["position_m"].to_numpy(float),
        chosen["line"].to_numpy(object),
        chosen["through"].to_numpy(bool),
        _nearest(shapes, streets, tree),
    )


class Houses:
    """What stands in the way of a service line.

    Parameters
    ----------
    shapes
        Shapes of the customers.
    ids
        Their ids.
    obstacles
        Outlines of other buildings; those of customers are left out.
    """

    def __init__(self, shapes: Lines, ids: pd.Index, obstacles: gpd.GeoDataFrame | None) -> None:
        self.own = shapes
        self.all = shapes
        if obstacles is not None:
            more = obstacles[~obstacles.index.isin(ids)]
            self.all = np.r_[shapes, shapely.force_2d(more.geometry.to_numpy())]
        self._tree = shapely.STRtree(self.all)

    def blocks(self, lines: Lines, building: Ints, *, own_too: bool = False) -> npt.NDArray[np.bool_]:
        """Tell which lines run through a building other than their own, or through any."""
        line, other = self._tree.query(lines, predicate="intersects")
        if not own_too:
            foreign = other != building[line]
            line, other = line[foreign], other[foreign]
        inside = shapely.length(shapely.intersection(lines[line], self.all[other])) > _THROUGH_M
        blocked = np.zeros(len(lines), bool)
        blocked[line[inside]] = True
        return blocked


def _crosses_street(found: pd.DataFrame, tree: shapely.STRtree, apart_m: float) -> npt.NDArray[np.bool_]:
    """Whether a line crosses a street on its way to a farther one: it should begin at the first.

    Its first metres may: there lies its own street, by rounding or because it is drawn twice.
    """
    lines = found["line"].to_numpy(object)
    ends = [shapely.line_interpolate_point(lines, max(apart_m, _THROUGH_M)), shapely.get_point(lines, -1)]
    rest = shapely.linestrings(np.stack([shapely.get_coordinates(p) for p in ends], axis=1))
    line, _ = tree.query(rest, predicate="crosses")
    crosses = np.zeros(len(lines), bool)
    crosses[line] = True
    return crosses


def _slanted(
    found: pd.DataFrame,
    houses: Houses,
    streets: Streets,
    tree: shapely.STRtree,
    detour_m: float,
    apart_m: float,
) -> pd.DataFrame:
    """Lines at an angle, to a corner, for buildings whose every straight line runs through another one."""
    stuck = found[found["through"].groupby(found["building"]).transform("all")]
    stuck = stuck[_street_number(stuck, apart_m) < _PIECES_TRIED]
    most_m = stuck.groupby("building")["length_m"].transform("min") + detour_m
    tries = stuck.assign(most_m=most_m)[["building", "piece", "line", "most_m"]]
    steps = np.arange(-detour_m * 2, detour_m * 2 + _STEP_M, _STEP_M)
    pieces = streets.lines[tries["piece"]]
    middle = shapely.line_locate_point(pieces, shapely.get_point(tries["line"].to_numpy(object), 0))
    where = np.clip(middle[:, None] + steps, 0, shapely.length(pieces)[:, None])
    begin = shapely.line_interpolate_point(np.repeat(pieces, len(steps)), where.ravel())
    tries = tries.loc[tries.index.repeat(len(steps))].assign(begin=begin)
    corner, owner = shapely.get_coordinates(walls(houses.own), return_index=True)
    corners = pd.DataFrame({"building": owner, "corner": shapely.points(corner)}).drop_duplicates()
    tries = tries.drop(columns="line").merge(corners, on="building")
    tries["line"] = np.asarray(
        shapely.shortest_line(tries["begin"].to_numpy(object), tries["corner"].to_numpy(object)), object
    )
    tries["length_m"] = shapely.length(tries["line"].to_numpy(object))
    tries = tries[(tries["length_m"] <= tries["most_m"]) & (tries["length_m"] > 2 * _THROUGH_M)]
    tries = tries.sort_values(["building", "piece", "length_m"], kind="stable")
    lines, building = tries["line"].to_numpy(object), tries["building"].to_numpy(np.intp)
    free = tries[~houses.blocks(lines, building, own_too=True)]
    free = free[~_crosses_street(free, tree, apart_m)].drop_duplicates(["building", "piece"])
    return free[["building", "piece", "length_m", "line"]].assign(through=False)


def _near(shapes: Lines, streets: Streets, tree: shapely.STRtree, reach_m: float) -> pd.DataFrame:
    building, piece = tree.query(shapes, predicate="dwithin", distance=reach_m)
    table = pd.DataFrame({"building": building, "piece": piece})
    table["length_m"] = shapely.distance(shapes[building], streets.lines[piece])
    return table.sort_values(["building", "length_m", "piece"], ignore_index=True)


def _places(found: pd.DataFrame, streets: Streets) -> Ints:
    """Give numbers to where candidates leave: at a node of several pieces they are the same."""
    piece, position = found["piece"].to_numpy(), found["position_m"].to_numpy()
    inner = (
        max(int(streets.start.max(initial=0)), int(streets.end.max(initial=0))) + 1 + np.arange(len(found))
    )
    at_end = position >= streets.length_m[piece]
    return np.where(position <= 0, streets.start[piece], np.where(at_end, streets.end[piece], inner))


def _choose(found: pd.DataFrame, count: int, detour_m: float, apart_m: float) -> pd.DataFrame:
    """Choose the nearest places of each building, those that run through no other building if there are any.

    A far longer line than the nearest would cross other people's gardens, although it may spare a street.
    """
    found = found.drop_duplicates(["building", "place"])
    has_free = (~found["through"]).groupby(found["building"]).transform("any")
    found = found[~(found["through"] & has_free)]
    shortest_m = found.groupby("building")["length_m"].transform("min")
    found = found[found["length_m"] <= shortest_m + detour_m]
    return found[_street_number(found, apart_m) < count]


def _street_number(found: pd.DataFrame, apart_m: float) -> Ints:
    """Give numbers to the streets that a building's lines leave; a street drawn twice has one number."""
    building = found["building"].to_numpy(np.intp)
    begin = shapely.get_coordinates(shapely.get_point(found["line"].to_numpy(object), 0))
    # Lines of different buildings stand too high above each other to be near.
    storey = building * (2 * apart_m + 1)
    near = cKDTree(np.column_stack([begin, storey])).query_pairs(apart_m, output_type="ndarray")
    leader = np.arange(len(found))
    np.minimum.at(leader, near.max(axis=1), near.min(axis=1))
    is_new = pd.Series(leader == np.arange(len(found)))
    number = is_new.groupby(building).cumsum().to_numpy(np.intp) - 1
    return np.asarray(number[leader], np.intp)


def _nearest(shapes: Lines, streets: Streets, tree: shapely.STRtree) -> Floats:
    nearest = np.full(len(shapes), np.inf)
    there = ~shapely.is_missing(shapes)
    if there.any() and len(streets.lines):
        row, piece = tree.query_nearest(shapes[there], all_matches=False)
        nearest[np.flatnonzero(there)[row]] = shapely.distance(shapes[there][row], streets.lines[piece])
    return nearest
