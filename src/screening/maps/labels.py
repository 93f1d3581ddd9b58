"""Where names and numbers stand on a static map: beside what they name, on nothing else and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

__all__ = ["place_names"]


def place_names(
    sizes_m: Sequence[tuple[float, float]], shapes: Sequence[BaseGeometry], frame: BaseGeometry
) -> list[tuple[float, float]]:
    """Find a free place for each name: above its area, else below, right or left of it.

    Parameters
    ----------
    sizes_m
        Width and height of each name on the map. [m]
    shapes
        What each name belongs to.
    frame
        Where names may stand.

    Returns
    -------
    list of tuple of float
        Middle of each name; above the area where no place is free. [m]

    Examples
    --------
    >>> frame, house = shapely.box(0, 0, 100, 100), shapely.box(40, 40, 60, 60)
    >>> place_names([(20, 10)], [house], frame)
    [(50.0, 66.0)]
    >>> roof = shapely.box(40, 62, 60, 99)
    >>> place_names([(20, 10), (20, 10)], [house, roof], frame)
    [(50.0, 34.0), (71.0, 80.5)]
    """
    taken: list[Any] = []
    found = []
    for number, (size, shape) in enumerate(zip(sizes_m, shapes, strict=True)):
        others = [other for index, other in enumerate(shapes) if index != number]
        places = _candidates(size, shape, frame)
        boxes = [_box(place, size) for place in places]
        free = [
            index
            for index, box in enumerate(boxes)
            if frame.contains(box) and not any(box.intersects(other) for other in (*taken, *others))
        ]
        best = free[0] if free else 0
        taken.append(boxes[best])
        found.append(places[best])
    return found


def _candidates(
    size: tuple[float, float], shape: BaseGeometry, frame: BaseGeometry
) -> list[tuple[float, float]]:
    (wide, high), gap = size, size[1] / 10
    left, bottom, right, top = shape.bounds
    west, _, east, _ = frame.bounds
    x = min(max((left + right) / 2, west + wide / 2 + gap), east - wide / 2 - gap)
    y = (bottom + top) / 2
    aside = wide / 2 + gap
    return [(x, top + high / 2 + gap), (x, bottom - high / 2 - gap), (right + aside, y), (left - aside, y)]


def _box(place: tuple[float, float], size: tuple[float, float]) -> BaseGeometry:
    (x, y), (wide, high) = place, size
    return shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
