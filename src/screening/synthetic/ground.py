"""Rectangles of ground beside a street, and the streets that they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from screening.synthetic.streets import HALF_ROAD_M, LANE, Street

if TYPE_CHECKING:
    from screening.synthetic.plan import AreaPlan

__all__ = ["Box", "Row", "TooSmallError", "box_of", "corners", "cut_lanes", "make_row", "rank"]

FloatArray = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]  # u0, v0, u1, v1
Row = dict[str, float]  # a plot, see ``make_row``

_NORM = 3.0  # towns are rounder than a square and squarer than an ellipse


class TooSmallError(Exception):
    """The streets drawn have too few plots."""


def rank(points: FloatArray, plan: AreaPlan) -> FloatArray:
    """Tell how far out each point lies, stretched by the aspect of the town."""
    scaled = np.abs(points) / np.array([plan.aspect, 1.0])
    return np.asarray((scaled**_NORM).sum(axis=1) ** (1 / _NORM))


def make_row(
    site: int, u: float, v: float, direction: tuple[float, float], side: int, width: float, depth: float
) -> Row:
    """Make a plot: middle of its street side on the centre line, and its own middle."""
    normal = (-direction[1] * side, direction[0] * side)
    away = HALF_ROAD_M + 0.5 * depth
    return {
        "site": site, "u": u, "v": v, "du": direction[0], "dv": direction[1], "side": side,
        "width_m": width, "depth_m": depth, "mid_u": u + away * normal[0], "mid_v": v + away * normal[1],
        "street": -1, "along": 0.0, "rank": 0.0,
    }  # fmt: skip


def corners(row: Row) -> FloatArray:
    """Give the corners of a plot, closed."""
    along = 0.5 * row["width_m"] * np.array([row["du"], row["dv"]])
    across = 0.5 * row["depth_m"] * np.array([-row["dv"], row["du"]])
    middle = np.array([row["mid_u"], row["mid_v"]])
    ring = [-along - across, along - across, along + across, -along + across, -along - across]
    return np.asarray(middle + np.array(ring), dtype=np.float64)


def box_of(row: Row) -> Box:
    """Give the rectangle that streets keep out of."""
    u0, v0, u1, v1 = shapely.Polygon(corners(row)).bounds
    return u0 - 4, v0 - 4, u1 + 4, v1 + 4


def cut_lanes(streets: list[Street], blocked: list[Box]) -> list[Street]:
    """End cul-de-sacs where a site begins."""
    return [cut for s in streets if (cut := _cut(s, blocked) if s.road_class == LANE else s) is not None]


def _cut(street: Street, blocked: list[Box]) -> Street | None:
    """Keep the part of the street before it meets a large site."""
    line = shapely.LineString([street.start, street.end])
    for box in blocked:
        line_left = line.difference(shapely.box(*box))
        parts = [p for p in shapely.get_parts(line_left) if p.distance(shapely.Point(street.start)) < 1e-6]
        if not parts:
            return None
        line = parts[0]
    ends = shapely.get_coordinates(line)
    if shapely.length(line) < 15:
        return None
    return Street(tuple(ends[0]), tuple(ends[-1]), street.road_class)
