"""The coast, drawn by hand: a few points read off a map, so that no house stands in the sea."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import Transformer

from screening.tables import CRS

__all__ = ["coast_line", "sea", "to_metres"]

# Latitude, longitude along the Kattegat and Øresund shore, from west to east and then south.
_SHORE = (
    (56.100, 12.380), (56.0975, 12.420), (56.0950, 12.455), (56.0938, 12.480), (56.0912, 12.503),
    (56.0868, 12.520), (56.0818, 12.5365), (56.0765, 12.5475), (56.0712, 12.5585), (56.0640, 12.5715),
    (56.0560, 12.5860), (56.0485, 12.5995), (56.0430, 12.6120), (56.0385, 12.6220), (56.0330, 12.6180),
    (56.0250, 12.6080), (56.0130, 12.5990), (55.9960, 12.5780), (55.9700, 12.5600),
)  # fmt: skip
_OPEN_WATER = ((55.970, 12.75), (56.180, 12.75), (56.180, 12.380))  # closes the sea to the east and north


def to_metres(latitude: float, longitude: float) -> tuple[float, float]:
    """Project a place to EPSG:25832.

    Parameters
    ----------
    latitude, longitude
        WGS84. [degrees]

    Returns
    -------
    tuple of float
        Easting and northing. [m]

    Examples
    --------
    >>> x, y = to_metres(56.0, 12.5)
    >>> round(x, -3), round(y, -3)
    (718000.0, 6212000.0)
    """
    x, y = Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(longitude, latitude)
    return float(x), float(y)


def coast_line() -> shapely.LineString:
    """Draw the shore as a rounded line, EPSG:25832."""
    points = shapely.LineString([to_metres(*place) for place in _SHORE])
    return _rounded(points)


def sea() -> shapely.Polygon:
    """Draw the sea east and north of the shore, EPSG:25832."""
    shore = shapely.get_coordinates(coast_line())
    corners = np.array([to_metres(*place) for place in _OPEN_WATER])
    return shapely.Polygon(np.concatenate([shore, corners]))


def _rounded(line: shapely.LineString) -> shapely.LineString:
    """Chaikin's corner cutting, three times."""
    points = shapely.get_coordinates(line)
    for _ in range(3):
        first, second = points[:-1], points[1:]
        cut = np.stack([0.75 * first + 0.25 * second, 0.25 * first + 0.75 * second], axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], cut, points[-1:]])
    return shapely.LineString(points)
