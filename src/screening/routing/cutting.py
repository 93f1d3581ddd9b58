"""Lines cut at positions along them, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]
    Lines = npt.NDArray[np.object_]

__all__ = ["SAME_PLACE_M", "cut", "places_on_lines"]

# Points this near are one place: what a file's rounding to centimetres can do. [m]
SAME_PLACE_M = 0.015


def places_on_lines(line: Ints, position_m: Floats, length_m: Floats) -> tuple[Ints, Ints, Floats]:
    """Find the separate places among positions along lines; positions nearly alike are one place.

    Parameters
    ----------
    line
        Line of each position; both ends of every line must be among them.
    position_m
        Distance from the line's start. [m]
    length_m
        Length of every line. [m]

    Returns
    -------
    tuple of numpy.ndarray
        Place of each position, and line and distance from its start of each place [m], in order along the
        lines. A place at an end of the line lies exactly there.
    """
    order = np.lexsort((position_m, line))
    row, along = line[order], position_m[order]
    is_new = np.ones(len(row), bool)
    is_new[1:] = (row[1:] != row[:-1]) | (np.diff(along) > SAME_PLACE_M)
    number = np.cumsum(is_new) - 1
    place = np.empty(len(row), np.intp)
    place[order] = number
    on_line, where = row[is_new], along[is_new]
    farthest = np.maximum.reduceat(along, np.flatnonzero(is_new)) if len(row) else along
    is_end = farthest >= length_m[on_line] - SAME_PLACE_M
    is_start = np.r_[True, on_line[1:] != on_line[:-1]][: len(on_line)]
    where = np.where(is_end, length_m[on_line], np.where(is_start, 0.0, where))
    return place, on_line, where


def cut(lines: Lines, on_line: Ints, where_m: Floats) -> tuple[Lines, Ints]:
    """Cut lines at places.

    Parameters
    ----------
    lines
        Lines.
    on_line, where_m
        Line and distance from its start of each place, in order, both ends of each line among them. [m]

    Returns
    -------
    tuple of numpy.ndarray
        The pieces, and the place that each begins at; it ends at the next one.
    """
    is_last = np.r_[on_line[1:] != on_line[:-1], True][: len(on_line)]
    is_first = np.r_[True, on_line[1:] != on_line[:-1]][: len(on_line)]
    begins = np.flatnonzero(~is_last)
    if not len(begins):
        return np.empty(0, object), begins
    xy, corner_line = shapely.get_coordinates(lines, return_index=True)
    corner_m = _along(xy, corner_line)
    # The place before each corner; a corner at a place is the place.
    piece = _last_place_before(corner_line, corner_m, on_line, where_m)
    behind = corner_m - where_m[piece] > 1e-6
    after = np.minimum(piece + 1, len(on_line) - 1)
    inside = behind & ~is_last[piece] & (where_m[after] - corner_m > 1e-6)
    spots = shapely.get_coordinates(shapely.line_interpolate_point(lines[on_line], where_m))
    ends = np.flatnonzero(~is_first)
    key = np.r_[begins, piece[inside], ends - 1]
    rank = np.repeat([0, 1, 2], [len(begins), int(inside.sum()), len(ends)])
    points = np.vstack([spots[begins], xy[inside], spots[ends]])
    order = np.lexsort((np.r_[np.zeros(len(begins)), corner_m[inside], np.zeros(len(ends))], rank, key))
    _, index = np.unique(key[order], return_inverse=True)
    return np.asarray(shapely.linestrings(points[order], indices=index), object), begins


def _along(xy: Floats, line: Ints) -> Floats:
    """Distance of each corner from the start of its line [m]."""
    step = np.r_[0.0, np.hypot(*np.diff(xy, axis=0).T)]
    is_first = np.r_[True, line[1:] != line[:-1]]
    step[is_first] = 0.0
    total = np.cumsum(step)
    return np.asarray(total - total[is_first][np.cumsum(is_first) - 1], float)


def _last_place_before(line: Ints, position_m: Floats, on_line: Ints, where_m: Floats) -> Ints:
    """Last place of the same line that is not behind each position."""
    rows = np.r_[on_line, line]
    metres = np.r_[where_m, position_m]
    kind = np.repeat([0, 1], [len(on_line), len(line)])
    order = np.lexsort((kind, metres, rows))
    latest = np.maximum.accumulate(np.where(kind[order] == 0, order, -1))
    # Places are already in order, so the running maximum of their numbers is the latest one.
    found = np.empty(len(rows), np.intp)
    found[order] = latest
    return found[len(on_line) :]
