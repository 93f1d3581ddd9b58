"""Find which boxes come near each other, by sorted grids: one for each doubling of the boxes' size.

A terraced house reaches 2 m and a hospital 100 m, so that no single cell size suits both. Each box stands in
the grid whose cells are at least as large as the box with its reach; it looks for others in its own grid and
in the finer ones, never in the coarser, since those look for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["near_boxes"]

_SLICE, _PIECE = 50_000, 500_000  # boxes asking, and pairs looked at, together: bounds the memory
_COMMON_SHARE = 0.9  # of the boxes stand in the finest grid
_LEAST_CELL_M = 1.0
_MARGIN_M = 1e-6  # above any rounding of coordinates


class _Boxes(NamedTuple):
    """Boxes and reaches in the order of their cells; ``number`` is their place in the order given."""

    number: IntArray
    low_x: FloatArray
    low_y: FloatArray
    high_x: FloatArray
    high_y: FloatArray
    reach_m: FloatArray


class _Level(NamedTuple):
    """One grid: its boxes from ``begin`` on, ordered by cell; ``key`` is row times columns plus column."""

    begin: int
    cell_m: float
    column_count: int
    row_count: int
    key: IntArray


def near_boxes(bounds: FloatArray, reach_m: FloatArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Give the pairs of boxes at most the sum of their reaches apart, each once, piece by piece.

    Parameters
    ----------
    bounds
        West, south, east and north side of each box, as from ``shapely.bounds``. [m]
    reach_m
        Reach of each, 0 or more. [m]

    Yields
    ------
    first, second : numpy.ndarray
        Positions of the boxes of each pair; a hair's breadth more than the sum counts as near.
    """
    if len(bounds) == 0:
        return
    boxes, levels = _sorted(bounds, np.asarray(reach_m, dtype=float))
    for place, coarse in enumerate(levels):
        for fine in levels[: place + 1]:
            for start in range(0, len(coarse.key), _SLICE):
                asking = coarse.begin + np.arange(start, min(start + _SLICE, len(coarse.key)))
                yield from _near(boxes, *_ranges(boxes, coarse, fine, asking))


def _sorted(bounds: FloatArray, reach_m: FloatArray) -> tuple[_Boxes, list[_Level]]:
    low_x, low_y, high_x, high_y = bounds.T
    side_m = np.maximum(high_x - low_x, high_y - low_y) + 2 * (reach_m + _MARGIN_M)
    finest_m = max(float(np.quantile(side_m, _COMMON_SHARE)), _LEAST_CELL_M)
    level = np.ceil(np.log2(np.maximum(side_m / finest_m, 1.0))).astype(np.int64)
    west, south = low_x.min(), low_y.min()
    column_m, row_m = (low_x + high_x) / 2 - west, (low_y + high_y) / 2 - south
    widest_m, highest_m = float(column_m.max()), float(row_m.max())
    parts, levels, begin = [], [], 0
    for number in np.unique(level):
        rows = np.flatnonzero(level == number)
        cell_m = finest_m * 2.0**number
        columns, row_count = int(widest_m // cell_m) + 1, int(highest_m // cell_m) + 1
        key = (row_m[rows] // cell_m).astype(np.int64) * columns + (column_m[rows] // cell_m).astype(np.int64)
        order = np.argsort(key, kind="stable")
        parts.append(rows[order])
        levels.append(_Level(begin, cell_m, columns, row_count, key[order]))
        begin += len(rows)
    every = np.concatenate(parts)
    moved = (bounds - np.array([west, south, west, south]))[every].T
    low_x, low_y, high_x, high_y = (np.ascontiguousarray(side) for side in moved)
    return _Boxes(every, low_x, low_y, high_x, high_y, reach_m[every]), levels


def _ranges(
    boxes: _Boxes, coarse: _Level, fine: _Level, asking: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """For each asking box and each row of the fine grid near it: the box, and the range to look at."""
    span_m = fine.cell_m / 2 + boxes.reach_m[asking] + 2 * _MARGIN_M
    left, right, below, above = (
        np.clip(np.floor(side / fine.cell_m), 0, count - 1).astype(np.int64)
        for side, count in (
            (boxes.low_x[asking] - span_m, fine.column_count),
            (boxes.high_x[asking] + span_m, fine.column_count),
            (boxes.low_y[asking] - span_m, fine.row_count),
            (boxes.high_y[asking] + span_m, fine.row_count),
        )
    )
    if fine is coarse:  # what comes before has looked already
        own = asking - coarse.begin
        below = coarse.key[own] // coarse.column_count
    rows = above - below + 1
    row = np.repeat(below - (np.cumsum(rows) - rows), rows) + np.arange(rows.sum())
    asked = np.repeat(np.arange(len(asking)), rows)
    begin = np.searchsorted(fine.key, row * fine.column_count + left[asked], side="left")
    end = np.searchsorted(fine.key, row * fine.column_count + right[asked], side="right")
    if fine is coarse:
        begin = np.maximum(begin, own[asked] + 1)
    some = np.flatnonzero(end > begin)
    return asking[asked[some]], fine.begin + begin[some], fine.begin + end[some]


def _near(
    boxes: _Boxes, asking: IntArray, begin: IntArray, end: IntArray
) -> Iterator[tuple[IntArray, IntArray]]:
    """Look at the boxes of each range; keep the pairs whose boxes are near enough."""
    if len(asking) == 0:
        return
    count = end - begin
    until = np.cumsum(count)
    cuts = np.unique(np.searchsorted(until, np.arange(0, until[-1], _PIECE)))
    for start, stop in zip(cuts, [*cuts[1:], len(count)], strict=True):
        many = count[start:stop]
        first = np.repeat(asking[start:stop], many)
        second = np.repeat(begin[start:stop] - (np.cumsum(many) - many), many) + np.arange(len(first))
        gap_x = np.maximum(
            boxes.low_x[second] - boxes.high_x[first], boxes.low_x[first] - boxes.high_x[second]
        )
        limit_m = boxes.reach_m[first] + boxes.reach_m[second] + _MARGIN_M
        kept = np.flatnonzero(gap_x <= limit_m)
        first, second, limit_m = first[kept], second[kept], limit_m[kept]
        gap_x = np.maximum(gap_x[kept], 0)
        gap_y = np.maximum(
            boxes.low_y[second] - boxes.high_y[first], boxes.low_y[first] - boxes.high_y[second]
        )
        near = gap_x**2 + np.maximum(gap_y, 0) ** 2 <= limit_m**2
        yield boxes.number[first[near]], boxes.number[second[near]]
