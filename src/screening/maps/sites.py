"""The proposed sites of the plant on a town's map: ground, and how far the noise reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from screening.maps.leaflet import Canvas, Layer, Style
from screening.maps.style import COLORS, format_number
from screening.maps.words import words

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.views import Town

__all__ = ["site_bounds", "site_layers", "site_squares"]


def site_squares(town: Town) -> npt.NDArray[Any]:
    """Ground of every proposed site, drawn as a square on its place.

    Parameters
    ----------
    town
        The area's view.

    Returns
    -------
    numpy.ndarray
        Polygons, EPSG:25832.
    """
    half_m = float(np.sqrt(float(town.site["site_m2"]))) / 2
    x, y = (town.site_candidates[axis].to_numpy(float) for axis in ("easting_m", "northing_m"))
    return np.asarray(shapely.box(x - half_m, y - half_m, x + half_m, y + half_m), object)


def site_bounds(town: Town) -> npt.NDArray[np.float64]:
    """Bounds of the given area and the first proposed site, so that the map shows both.

    Parameters
    ----------
    town
        The area's view.

    Returns
    -------
    numpy.ndarray
        West, south, east, north. [m]
    """
    shapes = [town.original.geometry.union_all(), *site_squares(town)[:1]]
    return np.asarray(shapely.total_bounds(shapes), float)


def site_layers(town: Town, canvas: Canvas, language: str) -> list[Layer]:
    """Layers of the proposed sites: the circle in which the noise is above the limit, and the ground.

    Parameters
    ----------
    town
        The area's view.
    canvas
        Collects texts.
    language
        "da" or "en".

    Returns
    -------
    list of Layer
        Without features when there is no room.
    """
    w, places = words(language), town.site_candidates
    reach_m = float(town.site["noise_distance_m"])
    circles = shapely.buffer(places.geometry.to_numpy(), reach_m)
    told_reach = w["noise"].format(distance=format_number(reach_m, 0, language))
    noise = [{"g": parts} for parts in canvas.polygons(list(circles))]
    ground: list[dict[str, Any]] = [{"g": parts} for parts in canvas.polygons(list(site_squares(town)))]
    columns = ("dwelling_distance_m", "transmission_m", "heat_centre_distance_m")
    centres = canvas.points(places.geometry.to_numpy())
    for feature, (_, row), centre in zip(ground, places.iterrows(), centres, strict=True):
        title = w["site_number"].format(number=int(row["number"]))
        distances = [
            f"{format_number(row[name], 0, language)} m" if np.isfinite(row[name]) else w["unknown"]
            for name in columns
        ]
        feature |= {"t": canvas.text(title), "l": canvas.text(title), "a": centre}
        feature["r"] = [canvas.text(text) for text in distances]
    fields = [w["site_dwelling"], w["site_edge"], w["site_heat"]]
    dashed = Style(COLORS["site"], 1.5, "3 5", COLORS["site"], fill_opacity=0.05)
    filled = Style(COLORS["site"], 2, fill=COLORS["site"], fill_opacity=0.75)
    return [
        Layer("noise", told_reach, [dashed], noise),
        Layer("site", w["site"], [filled], ground, fields, count=str(len(ground))),
    ]
