"""The share of each outline's ground in each cell, exact, without cutting a single polygon.

An edge that goes north has the inside of its polygon on the west, an edge that goes south on the east. So
the area in a cell is the sum over edges of (how far north) times (how much of the cell lies west of it). All
edges are parted at the borders of the cells at once; nothing is sampled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from screening.areas.lattice import cell_number, last_cell_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["Shares", "cell_shares"]

_CELLS_AT_ONCE = 1_000_000  # bounds the memory; outlines are taken in groups of about so many cells
_ROUNDING = 1e-12  # a smaller share is a rounding error of a cell that the outline does not reach


@dataclass(frozen=True)
class Shares:
    """Cells of some polygons, one row per polygon and cell.

    Parameters
    ----------
    owner
        Position of the polygon.
    column, row
        Number of the cell on the lattice. [1]
    share
        Share of the polygon's area, above zero; those of a polygon add up to one. [1]
    """

    owner: IntArray
    column: FloatArray
    row: FloatArray
    share: FloatArray


def cell_shares(polygons: npt.NDArray[np.object_], cell_m: float) -> Iterator[Shares]:
    """Part valid polygons over the cells that they lie in.

    Parameters
    ----------
    polygons
        Polygons and multipolygons, valid and not empty.
    cell_m
        Side of a cell. [m]

    Yields
    ------
    Shares
        A group of polygons; all groups together have each polygon once. Most outlines lie in one cell, and
        come first.
    """
    bounds = shapely.bounds(polygons)
    first = cell_number(bounds[:, :2], cell_m)
    # A polygon may lie wholly on a border in rounding; it still has one cell.
    size = np.maximum(last_cell_number(bounds[:, 2:], cell_m) - first, 0.0) + 1.0
    cells = size[:, 0] * size[:, 1]
    single = np.flatnonzero(cells == 1.0)
    yield Shares(single, first[single, 0], first[single, 1], np.ones(len(single)))
    crossing = np.flatnonzero(cells > 1.0)
    groups = np.cumsum(cells[crossing]) // _CELLS_AT_ONCE
    for members in np.split(crossing, np.flatnonzero(np.diff(groups)) + 1):
        if len(members):
            yield _part(polygons[members], members, first[members], size[members].astype(np.int64), cell_m)


def _part(
    polygons: npt.NDArray[np.object_], names: IntArray, first: FloatArray, size: IntArray, cell_m: float
) -> Shares:
    """Shares of polygons in the block of cells round each."""
    count = size[:, 0] * size[:, 1]
    base = np.cumsum(count) - count
    owner, ends, sign = _edges(polygons)
    # In cells from the polygon's own corner: what is left after the large coordinates is exact enough.
    local = np.clip((ends - (first * cell_m)[owner][:, None]) / cell_m, 0.0, size[owner][:, None])
    edge, middle, rise = _pieces(local[:, 0], local[:, 1])
    owner, rise = owner[edge], rise * sign[edge]
    column, row = np.minimum(np.floor(middle).astype(np.int64), size[owner] - 1).T
    flat = base[owner] + row * size[owner, 0] + column
    total = int(count.sum())
    whole: FloatArray = np.bincount(flat, rise, minlength=total).astype(float)
    area: FloatArray = np.bincount(flat, rise * (middle[:, 0] - column), minlength=total).astype(float)
    area += _east_of(whole, np.repeat(size[:, 0], size[:, 1]))
    held = np.repeat(np.arange(len(polygons)), count)
    share = area / np.maximum(np.bincount(held, np.maximum(area, 0.0)), np.finfo(float).tiny)[held]
    inside = np.flatnonzero(share > _ROUNDING)
    # A sliver whose area is lost in rounding still has its heat: in its first cell.
    lost = np.setdiff1d(np.arange(len(polygons)), held[inside])
    inside = np.sort(np.concatenate([inside, base[lost]]))
    share[base[lost]] = 1.0
    held, share = held[inside], share[inside]
    share /= np.bincount(held, share)[held]
    row, column = np.divmod(inside - base[held], size[held, 0])
    return Shares(names[held], first[held, 0] + column, first[held, 1] + row, share)


def _edges(polygons: npt.NDArray[np.object_]) -> tuple[IntArray, FloatArray, FloatArray]:
    """All edges that go north or south: their polygon, both ends, and 1 where its inside is on the left."""
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    is_shell = np.diff(ring_part, prepend=-1) != 0
    ring_sign = np.where(shapely.is_ccw(rings) == is_shell, 1.0, -1.0)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    is_edge = (ring[1:] == ring[:-1]) & (points[1:, 1] != points[:-1, 1])
    ends = np.stack([points[:-1][is_edge], points[1:][is_edge]], axis=1)
    ring = ring[:-1][is_edge]
    return part_owner[ring_part[ring]], ends, ring_sign[ring]


def _pieces(start: FloatArray, end: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Part edges at whole numbers of both axes: each piece's edge, its middle and how far north it goes."""
    every = np.arange(len(start))
    edges, places = [every], [np.zeros(len(start))]
    for axis in (0, 1):
        a, b = start[:, axis], end[:, axis]
        low = np.floor(np.minimum(a, b))
        counts = np.maximum(np.ceil(np.maximum(a, b)) - low - 1.0, 0.0).astype(np.int64)
        crossed = np.repeat(every, counts)
        order = np.arange(len(crossed)) - np.repeat(np.cumsum(counts) - counts, counts)
        edges.append(crossed)
        places.append((low[crossed] + 1.0 + order - a[crossed]) / (b - a)[crossed])
    edge, place = np.concatenate(edges), np.clip(np.concatenate(places), 0.0, 1.0)
    order = np.lexsort((place, edge))
    edge, place = edge[order], place[order]
    following = np.append(place[1:], 1.0)
    following[np.append(edge[1:] != edge[:-1], True)] = 1.0
    reach = end - start
    middle = start[edge] + (0.5 * (place + following))[:, None] * reach[edge]
    return edge, middle, (following - place) * reach[edge, 1]


def _east_of(rises: FloatArray, lengths: IntArray) -> FloatArray:
    """For each cell the sum of the cells east of it in its row; rows of the given lengths in turn."""
    running = np.cumsum(rises)
    last = np.cumsum(lengths) - 1
    result: FloatArray = np.repeat(running[last], lengths) - running
    return result
