"""Streets of an area in its own frame: main street, collector roads, cul-de-sacs; and how they bend.

The frame has ``u`` along the main street and ``v`` across, in metres, the origin where the plan says. Streets
are straight here, so that plots can be laid out as rectangles; ``Bend`` makes them curved on the way to
the map.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["HALF_ROAD_M", "LANE", "Bend", "Street", "draw_streets"]

HALF_ROAD_M = 5.0
MAIN, COLLECTOR, LANE = "Trafikvej-Fordeling", "Lokalvej-Primær", "Lokalvej-Tertiær"
_BORDER_GAP_M = 16.0  # between the outermost gardens of two parts of a town runs a belt of green
_SHORE_DEPTH_M = 600.0  # how far inland streets still follow the coast

FloatArray = npt.NDArray[np.float64]


@dataclass
class Street:
    """A straight street in the frame of its area.

    Parameters
    ----------
    start, end
        Ends. [m]
    road_class
        GeoDanmark road class.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    road_class: str

    @property
    def length_m(self) -> float:
        """Length in metres."""
        return float(np.hypot(self.end[0] - self.start[0], self.end[1] - self.start[1]))

    @property
    def direction(self) -> FloatArray:
        """Unit vector from start to end."""
        return np.subtract(self.end, self.start) / max(self.length_m, 1e-9)

    def at(self, along_m: float | FloatArray) -> FloatArray:
        """Give the points this far from the start."""
        return np.asarray(self.start) + np.multiply.outer(along_m, self.direction)


@dataclass(frozen=True)
class Bend:
    """Smooth bending of the plane that leaves the borders of the quadrant where they are.

    Parameters
    ----------
    quadrant
        Signs of the half-planes the area keeps to.
    phase
        Four phases of the waves.
    sway_m
        Amplitude of the waves. [m]
    length_m
        Length of the waves. [m]
    shore
        Places along (first) and how far the coast lies across there (second), which the streets near it
        follow; None inland. [m]
    """

    quadrant: tuple[int, int]
    phase: tuple[float, float, float, float]
    sway_m: float
    length_m: float
    shore: tuple[FloatArray, FloatArray] | None

    def __call__(self, points: FloatArray) -> FloatArray:
        """Bend points."""
        u, v = points[..., 0], points[..., 1]
        k = 2 * np.pi / self.length_m
        along = np.tanh(np.abs(u) / 120) if self.quadrant[0] else 1.0
        across = np.tanh(np.abs(v) / 120) if self.quadrant[1] else 1.0
        du = self.sway_m * np.sin(k * v + self.phase[0]) + 0.4 * self.sway_m * np.sin(
            2.3 * k * v + self.phase[1]
        )
        dv = self.sway_m * np.sin(k * u + self.phase[2]) + 0.4 * self.sway_m * np.sin(
            2.1 * k * u + self.phase[3]
        )
        if self.shore is not None:
            dv = across * dv + np.interp(u, *self.shore) * np.exp(-np.abs(v) / _SHORE_DEPTH_M)
            across = 1.0
        return np.stack([u + along * du, v + across * dv], axis=-1)

    def angle(self, points: FloatArray, direction: FloatArray, length_m: FloatArray) -> FloatArray:
        """Give the direction, in radians, of the chord that a straight line round each point becomes."""
        step = 0.5 * length_m[:, None]
        moved = self(points + step * direction) - self(points - step * direction)
        return np.asarray(np.arctan2(moved[..., 1], moved[..., 0]))


def draw_streets(
    reach_u: float,
    reach_v: float,
    quadrant: tuple[int, int],
    plot_depth_m: float,
    lane_m: float,
    blocked: list[tuple[float, float, float, float]],
    rng: np.random.Generator,
) -> list[Street]:
    """Draw the streets of a quadrant: the main street first, each later one begins on an earlier one.

    Parameters
    ----------
    reach_u, reach_v
        How far the area may reach along and across the main street. [m]
    quadrant
        Signs of the half-planes the area keeps to.
    plot_depth_m
        Depth of the plots. [m]
    lane_m
        Length of a cul-de-sac. [m]
    blocked
        Rectangles (u0, v0, u1, v1) of large sites along the main street.
    rng
        Source of randomness.

    Returns
    -------
    list of Street
        The streets in the order of building them.
    """
    row = 2 * (plot_depth_m + HALF_ROAD_M)
    low = _BORDER_GAP_M - HALF_ROAD_M if quadrant[0] > 0 else -reach_u
    high = -_BORDER_GAP_M + HALF_ROAD_M if quadrant[0] < 0 else reach_u
    if quadrant[0] == 0:
        low, high = -reach_u, reach_u
    spine_v = quadrant[1] * main_street_offset(plot_depth_m)
    streets = [Street((low, spine_v), (high, spine_v), MAIN)]
    for side in (-1, 1):
        limit = reach_v if quadrant[1] in (0, side) else 0.0
        if limit - abs(spine_v) < 0.8 * row:
            continue
        step = 2 * lane_m + 10
        first = min(rng.uniform(0.3, 0.7) * step, 0.5 * (high - low))
        if quadrant[0]:  # the first as near to the border as its cul-de-sacs allow
            first = min(lane_m + 12, 0.5 * (high - low))
        places = np.arange(0, high - low - first, step) + rng.uniform(-8, 8)
        places = high - first - places if quadrant[0] < 0 else low + first + places
        for place in places:
            streets += _collector(float(place), spine_v, side, limit, row, lane_m, (low, high), blocked, rng)
    return streets


def main_street_offset(plot_depth_m: float) -> float:
    """Tell how far from the border, in metres, the main street of a half-plane runs."""
    return plot_depth_m + HALF_ROAD_M + _BORDER_GAP_M / 2


def _collector(
    place: float,
    spine_v: float,
    side: int,
    limit: float,
    row: float,
    lane_m: float,
    bounds: tuple[float, float],
    blocked: list[tuple[float, float, float, float]],
    rng: np.random.Generator,
) -> list[Street]:
    begin = spine_v
    streets = []
    for u0, v0, u1, v1 in blocked:
        if u0 - 12 < place < u1 + 12 and np.sign(0.5 * (v0 + v1) - spine_v) == side:
            begin = v1 + HALF_ROAD_M + 3 if side > 0 else v0 - HALF_ROAD_M - 3
            # A street behind the large site leads to the main street beside it.
            beside = u1 + HALF_ROAD_M + 3 if u1 + 20 < bounds[1] else u0 - HALF_ROAD_M - 3
            streets.append(Street((beside, spine_v), (beside, begin), COLLECTOR))
            streets.append(Street((beside, begin), (place, begin), COLLECTOR))
    end = side * limit
    if abs(end - begin) < 0.8 * row:
        return streets
    streets.append(Street((place, begin), (place, end), COLLECTOR))
    count = int(max((abs(end - begin) - 0.5 * row) // row, 0)) + 1
    for n in range(1, count + 1):
        v = begin + side * n * row
        if abs(v) > limit:
            break
        for way in (-1, 1):
            length = lane_m * (rng.uniform(0.86, 1.0) if rng.random() < 0.75 else 1.06)
            tip = float(np.clip(place + way * length, bounds[0] + 8, bounds[1] - 8))
            if abs(tip - place) > 25:
                streets.append(Street((place, v), (tip, v), LANE))
    return streets
