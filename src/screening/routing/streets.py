"""The street graph: centre lines cut where they meet, near-miss ends joined, components named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from screening.routing.cutting import SAME_PLACE_M, cut, places_on_lines
from screening.tables import CRS

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]
    Lines = npt.NDArray[np.object_]

__all__ = ["Streets", "allowed_roads", "labels", "street_graph"]

# How sources write the two kinds of road that a rule may leave out; every other class, and none, is kept.
_MOTORWAYS = ("motorvej", "motortrafikvej", "motorway")
_PATHS = ("sti", "hovedsti", "cykelsti", "gangsti", "footway", "path", "cycleway", "bridleway", "steps")


@dataclass(frozen=True)
class Streets:
    """Street pieces between crossings and ends.

    Parameters
    ----------
    lines
        The pieces.
    start, end
        Node at each end.
    road
        Row of the roads each piece comes from; -1 for a link over ground without a road.
    length_m
        Length. [m]
    component
        Component of each piece; 0 is the longest.
    snapped
        Where roads were joined: kind ("end" or "link"), road_id, joined_road_id, gap_m and the line.
    """

    lines: Lines
    start: Ints
    end: Ints
    road: Ints
    length_m: Floats
    component: Ints
    snapped: gpd.GeoDataFrame


@dataclass
class _Meetings:
    """Positions along lines, and which of them are the same place."""

    lines: int
    line: list[Ints] = field(default_factory=list)
    position_m: list[Floats] = field(default_factory=list)
    pairs: list[npt.NDArray[np.intp]] = field(default_factory=list)
    count: int = 0

    def add(self, line: Ints, position_m: Floats) -> Ints:
        """Note positions; gives their numbers."""
        self.line.append(np.asarray(line, np.intp))
        self.position_m.append(np.asarray(position_m, float))
        self.count += len(line)
        return np.arange(self.count - len(line), self.count)

    def same(self, first: Ints, second: Ints) -> None:
        """Note that positions are the same place."""
        self.pairs.append(np.column_stack([first, second]))

    def join(self, lines: Lines, joins: Lines, first: Ints, second: Ints) -> None:
        """Note pieces to be added, in the order given, each from one line to another."""
        new = np.arange(self.lines, self.lines + len(joins))
        self.lines += len(joins)
        for line, index in ((first, 0), (second, -1)):
            own = self.add(new, shapely.length(joins) * (index != 0))
            spot = shapely.line_locate_point(lines[line], shapely.get_point(joins, index))
            self.same(own, self.add(line, spot))

    def parts(self, count: int) -> Ints:
        """Give the connected part of each of the first lines."""
        line = np.concatenate(self.line)
        pairs = line[np.vstack(self.pairs)]
        graph = coo_array((np.ones(len(pairs)), pairs.T), shape=(self.lines, self.lines))
        return np.asarray(connected_components(graph, directed=False)[1][:count], np.intp)


def allowed_roads(roads: gpd.GeoDataFrame, assumptions: Assumptions) -> npt.NDArray[np.bool_]:
    """Tell in which roads a trench may lie: all but motorways and paths, unless the set allows these.

    Parameters
    ----------
    roads
        ``ROADS``; an unknown or missing class is kept.
    assumptions
        The set: ``routing_motorway_is_allowed``, ``routing_path_is_allowed``.

    Returns
    -------
    numpy.ndarray
        Booleans by row. [1]
    """
    text = roads["road_class"].astype("str").str.casefold().fillna("")
    keep = np.ones(len(roads), bool)
    if not assumptions.routing_motorway_is_allowed:
        keep &= ~text.str.startswith(_MOTORWAYS).to_numpy(bool)
    if not assumptions.routing_path_is_allowed:
        first_word = text.str.extract(r"^([^\W_]+)", expand=False).fillna("")
        keep &= ~first_word.isin(_PATHS).to_numpy(bool)
    return keep


def labels(roads: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """Name each road: its id in the source, else its row.

    Parameters
    ----------
    roads
        ``ROADS``, with ``road_id`` where the source has ids.

    Returns
    -------
    numpy.ndarray
        Texts by row.
    """
    rows = pd.Series(roads.index.astype(str), index=roads.index, dtype=object)
    if "road_id" not in roads:
        return np.asarray(rows, object)
    return np.asarray(roads["road_id"].astype(object).where(roads["road_id"].notna(), rows), object)


def street_graph(roads: gpd.GeoDataFrame, assumptions: Assumptions, weight: Floats | None = None) -> Streets:
    """Make a graph of road centre lines.

    Lines that touch or cross are cut there, unless both carry a ``level`` and these differ (a bridge); an
    end that touches another line is joined at any level, for a bridge ends on a road. An end that touches
    nothing is joined to the nearest line within a tolerance by a straight piece, and to another such end
    within a greater one. Parts that then still do
    not hang together are linked by the shortest straight line over ground without a road, if it is short
    enough.

    The same line may stand there twice, with another class or the other way round. One stays: the cheapest
    by ``weight``, then the one whose class is first by the alphabet (none comes last), then the one whose
    ``road_id`` is. A road drawn twice beside itself stays twice; a loose end is not joined to the line that
    runs along its own road, but to what lies ahead.

    Parameters
    ----------
    roads
        ``ROADS``, with ``road_id`` and ``level`` where the source has them.
    assumptions
        The set: ``routing_snap_m``, ``routing_snap_ends_m``, ``routing_link_m``, and the kinds of road
        allowed.
    weight
        Cost of a metre of each road, which decides between copies; all alike when None. [1]

    Returns
    -------
    Streets
        Pieces, nodes, components and what was joined; the same for any order of the rows.
    """
    lines, row, level = _usable(roads, allowed_roads(roads, assumptions))
    single = _without_copies(lines, level, None if weight is None else weight[row])
    lines, row, level = lines[single], row[single], level[single]
    meetings, touches = _meet(lines, level)
    joins, end, on_line = _near_misses(
        lines, level, touches, assumptions.routing_snap_m, assumptions.routing_snap_ends_m
    )
    meetings.join(lines, joins, end % max(len(lines), 1), on_line)
    links, from_line, to_line = _links(lines, meetings, assumptions.routing_link_m)
    meetings.join(lines, links, from_line, to_line)
    own = end % max(len(lines), 1)
    snapped = _snapped(
        labels(roads)[row], np.r_[joins, links], np.r_[own, from_line], np.r_[on_line, to_line], len(joins)
    )
    row = np.r_[row, row[own], np.full(len(links), -1)]
    pieces, start, stop, piece_line = _pieces(np.r_[lines, joins, links], meetings)
    component = _components(start, stop, shapely.length(pieces))
    return Streets(pieces, start, stop, row[piece_line], shapely.length(pieces), component, snapped)


def _usable(roads: gpd.GeoDataFrame, keep: npt.NDArray[np.bool_]) -> tuple[Lines, Ints, Floats]:
    """Give the allowed simple lines in an order of their own, with row and level (0 if none)."""
    level = pd.to_numeric(roads["level"], errors="coerce").fillna(0.0) if "level" in roads else None
    levels = np.zeros(len(roads)) if level is None else level.to_numpy(float)
    lines = shapely.force_2d(roads.geometry.to_numpy())
    keep = keep & ~shapely.is_missing(lines)
    lines, row = shapely.get_parts(lines[keep], return_index=True)
    row = np.flatnonzero(keep)[row]
    tangled = ~shapely.is_simple(lines)
    loose, which = shapely.get_parts(shapely.node(lines[tangled]), return_index=True)
    lines = np.r_[lines[~tangled], loose]
    row = np.r_[row[~tangled], row[tangled][which]]
    long = shapely.length(lines) > SAME_PLACE_M
    lines, row = lines[long], row[long]
    first, last = (shapely.get_point(lines, n) for n in (0, -1))
    ends = [f(p) for p in (last, first) for f in (shapely.get_y, shapely.get_x)]
    order = np.lexsort((*_ranks(roads, lines, row, levels), shapely.length(lines), *ends))
    return lines[order], row[order], levels[row[order]]


def _without_copies(lines: Lines, level: Floats, weight: Floats | None) -> Ints:
    """Of lines of the same course and level find the one that costs least, else the first."""
    course = np.unique(shapely.to_wkb(shapely.normalize(lines)), return_inverse=True)[1]
    cost = np.zeros(len(lines)) if weight is None else weight
    order = np.lexsort((cost, level, course))
    same = (np.diff(course[order]) == 0) & (np.diff(level[order]) == 0)
    return np.sort(order[np.r_[True, ~same][: len(order)]])


def _ranks(roads: gpd.GeoDataFrame, lines: Lines, row: Ints, level: Floats) -> tuple[Ints | Floats, ...]:
    """Tell lines apart that begin and end alike, by course, class, id and level; the last comes first."""
    shape, name = shapely.to_wkb(lines), labels(roads).astype(str)
    kind = roads["road_class"].astype(object)
    # A missing class comes last.
    missing = kind.isna().to_numpy(bool)
    text = kind.where(~missing, "").astype(str).to_numpy(object)
    course, surface, road_id = (np.unique(texts, return_inverse=True)[1] for texts in (shape, text, name))
    return level[row], road_id[row], surface[row], missing[row], course


def _ends(lines: Lines) -> Lines:
    return np.asarray(np.r_[shapely.get_point(lines, 0), shapely.get_point(lines, -1)], object)


def _meet(lines: Lines, level: Floats) -> tuple[_Meetings, npt.NDArray[np.bool_]]:
    """Where lines meet; and which ends touch anything (starts first, then ends)."""
    count = len(lines)
    meetings = _Meetings(count)
    own = np.tile(np.arange(count), 2)
    end = meetings.add(own, np.r_[np.zeros(count), shapely.length(lines)])
    closed = np.flatnonzero(shapely.is_closed(lines))
    meetings.same(end[closed], end[closed + count])
    ends = _ends(lines)
    tree = shapely.STRtree(lines)
    which, other = tree.query(ends, predicate="dwithin", distance=SAME_PLACE_M)
    which, other = which[own[which] != other], other[own[which] != other]
    spot = meetings.add(other, shapely.line_locate_point(lines[other], ends[which]))
    meetings.same(end[which], spot)
    touches = np.zeros(2 * count, bool)
    touches[which] = True
    touches[closed] = touches[closed + count] = True

    first, second = tree.query(lines, predicate="intersects")
    crossing = (first < second) & (level[first] == level[second])
    first, second = first[crossing], second[crossing]
    pair, points = _crossing_points(lines[first], lines[second])
    here = meetings.add(first[pair], shapely.line_locate_point(lines[first[pair]], points))
    there = meetings.add(second[pair], shapely.line_locate_point(lines[second[pair]], points))
    meetings.same(here, there)
    return meetings, touches


def _crossing_points(first: Lines, second: Lines) -> tuple[Ints, Lines]:
    """Points that two lines share; of a shared stretch its ends."""
    parts, pair = shapely.get_parts(shapely.intersection(first, second), return_index=True)
    is_point = shapely.get_type_id(parts) == 0
    stretch = parts[~is_point]
    ends = np.r_[parts[is_point], _ends(stretch)]
    return np.r_[pair[is_point], np.tile(pair[~is_point], 2)], ends


def _near_misses(
    lines: Lines, level: Floats, touches: npt.NDArray[np.bool_], tolerance_m: float, between_ends_m: float
) -> tuple[Lines, Ints, Ints]:
    """Straight pieces from ends that touch nothing to the nearest other line, or other such end."""
    loose = np.flatnonzero(~touches)
    own = loose % max(len(lines), 1)
    ends = _ends(lines)[loose]
    to_line, line = shapely.STRtree(lines).query(ends, predicate="dwithin", distance=tolerance_m)
    to_end, end = shapely.STRtree(ends).query(ends, predicate="dwithin", distance=between_ends_m)
    which, other = np.r_[to_line, to_end], np.r_[line, own[end]]
    joins = np.r_[
        shapely.shortest_line(ends[to_line], lines[line]), shapely.shortest_line(ends[to_end], ends[end])
    ]
    fits = (own[which] != other) & (level[own[which]] == level[other])
    fits &= ~_runs_along(lines[own[which]], lines[other], tolerance_m)
    which, other, joins = which[fits], other[fits], joins[fits]
    order = np.lexsort((other, shapely.length(joins), which))
    which, other, joins = which[order], other[order], joins[order]
    is_nearest = np.r_[True, which[1:] != which[:-1]][: len(which)]
    which, other, joins = which[is_nearest], other[is_nearest], joins[is_nearest]
    # Two loose ends that look at each other are one gap.
    middle = shapely.get_coordinates(shapely.line_interpolate_point(joins, 0.5, normalized=True)).round(6)
    _, keep = np.unique(middle, axis=0, return_index=True)
    keep = np.sort(keep)
    return np.asarray(joins[keep], object), loose[which[keep]], other[keep]


def _runs_along(lines: Lines, others: Lines, tolerance_m: float) -> npt.NDArray[np.bool_]:
    """Whether a line lies beside another in all its length, and is too long to lie across it."""
    beside = shapely.covers(shapely.buffer(others, tolerance_m), lines)
    return np.asarray(beside & (shapely.length(lines) > 2 * tolerance_m), bool)


def _links(lines: Lines, meetings: _Meetings, reach_m: float) -> tuple[Lines, Ints, Ints]:
    """Shortest straight lines that tie the connected parts together (a minimum spanning tree of them)."""
    part = meetings.parts(len(lines))
    first, second = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=reach_m)
    apart = part[first] < part[second]
    first, second = first[apart], second[apart]
    gap = shapely.distance(lines[first], lines[second])
    order = np.lexsort((second, first, gap, part[second], part[first]))
    first, second, gap = first[order], second[order], gap[order]
    a, b = part[first], part[second]
    nearest = np.r_[True, (a[1:] != a[:-1]) | (b[1:] != b[:-1])][: len(a)]
    first, second, gap = first[nearest], second[nearest], gap[nearest]
    count = int(part.max(initial=0)) + 1
    pairs = coo_array((gap, (part[first], part[second])), shape=(count, count)).tocsr()
    chosen = minimum_spanning_tree(pairs).tocoo()
    keep = np.isin(part[first] * count + part[second], chosen.row.astype(np.intp) * count + chosen.col)
    first, second = first[keep], second[keep]
    return np.asarray(shapely.shortest_line(lines[first], lines[second]), object), first, second


def _snapped(
    names: npt.NDArray[np.object_], joins: Lines, own: Ints, other: Ints, ends: int
) -> gpd.GeoDataFrame:
    columns = {
        "kind": np.repeat(["end", "link"], [ends, len(joins) - ends]).astype(object),
        "road_id": names[own],
        "joined_road_id": names[other],
        "gap_m": shapely.length(joins),
    }
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(joins, crs=CRS), crs=CRS)


def _pieces(lines: Lines, meetings: _Meetings) -> tuple[Lines, Ints, Ints, Ints]:
    line, position = np.concatenate(meetings.line), np.concatenate(meetings.position_m)
    place, on_line, where = places_on_lines(line, position, shapely.length(lines))
    pairs = place[np.vstack(meetings.pairs)]
    links = coo_array((np.ones(len(pairs)), pairs.T), shape=(len(on_line), len(on_line)))
    _, node = connected_components(links, directed=False)
    pieces, begins = cut(lines, on_line, where)
    return pieces, node[begins].astype(np.intp), node[begins + 1].astype(np.intp), on_line[begins]


def _components(start: Ints, end: Ints, length_m: Floats) -> Ints:
    """Give numbers to the connected parts, the longest first."""
    if not len(start):
        return np.empty(0, np.intp)
    count = int(max(start.max(), end.max())) + 1
    links = coo_array((np.ones(len(start)), (start, end)), shape=(count, count))
    _, label = connected_components(links, directed=False)
    total = np.bincount(label[start], weights=length_m)
    rank = np.empty(len(total), np.intp)
    rank[np.argsort(-total, kind="stable")] = np.arange(len(total))
    return np.asarray(rank[label[start]], np.intp)
