"""Interactive maps with Folium: vector layers on plain ground, so that no tile is needed to read them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from screening.maps.layers import overview_layers, town_layers
from screening.maps.leaflet import Canvas, Layer, OfflineMap
from screening.maps.sites import site_bounds
from screening.maps.words import words

if TYPE_CHECKING:
    from screening.views import Municipality, Overview, Town

__all__ = ["overview_map", "source_line", "town_map"]

# Order of the legend: what the reader looks for first.
_LEGEND = (
    "is_viable", "is_not_viable", "gas", "oil", "heat_pump", "other", "trimmed", "original",
    "pipe", "site", "noise", "community_large", "community_small", "part", "cut_link", "density",
    "density_contour", "supply", "outline", "road",
)  # fmt: skip


def town_map(town: Town, language: str = "da") -> OfflineMap:
    """Map of one area: given and trimmed polygon, buildings by heating, density, communities, roads.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    OfflineMap
        A folium.Map for ``to_html``, ``to_fragment`` or ``show``. A building's popup tells what the register
        says and the modelled demand, never a measured one, and no address.
    """
    w = words(language)
    canvas = Canvas(site_bounds(town))
    subtitle = f"{w['town_subtitle']} · {town.municipality.name}"
    layers = town_layers(town, canvas, language)
    return _map(canvas, layers, town.area, subtitle, town.municipality, language)


def overview_map(overview: Overview, language: str = "da") -> OfflineMap:
    """Map of all areas by verdict, each with its key figures and a link to its report.

    Parameters
    ----------
    overview
        The municipality's view.
    language
        "da" or "en".

    Returns
    -------
    OfflineMap
        A folium.Map for ``to_html``, ``to_fragment`` or ``show``.
    """
    w = words(language)
    canvas = Canvas(np.asarray(overview.areas.total_bounds, dtype=float))
    layers = overview_layers(overview, canvas, language)
    name = overview.municipality.name
    return _map(canvas, layers, name, w["overview_subtitle"], overview.municipality, language)


def source_line(municipality: Municipality, language: str = "da") -> str:
    """Say where the buildings come from and how old they are; that data are synthetic goes first.

    Parameters
    ----------
    municipality
        Name, register date, whether synthetic.
    language
        "da" or "en".

    Returns
    -------
    str
        "Bygninger: BBR, udtræk af 26-10-2022".
    """
    w = words(language)
    if municipality.is_synthetic:
        return w["synthetic"]
    return w["source"] + _extract(municipality.register_date, w)


def _extract(register_date: str, w: dict[str, str]) -> str:
    if not register_date:
        return ""
    try:
        told = date.fromisoformat(register_date[:10]).strftime("%d-%m-%Y")
    except ValueError:
        told = register_date
    return ", " + w["extract"].format(date=told)


def _map(
    canvas: Canvas, layers: list[Layer], title: str, subtitle: str, municipality: Municipality, language: str
) -> OfflineMap:
    w = words(language)
    keys = [layer.key for layer in layers]
    told = {
        "title": title,
        "subtitle": subtitle,
        "badge": w["synthetic"] if municipality.is_synthetic else "",
        "source": source_line(municipality, language),
        "words": {key: w[key] for key in ("legend", "whole", "zoom_in", "zoom_out", "open")},
        "bounds": canvas.bounds,
        "origin": canvas.origin,
        "layers": [layer.told() for layer in layers],
        "legend": [keys.index(key) for key in _LEGEND if key in keys],
        "texts": list(canvas.texts),
    }
    return OfflineMap(told, f"{title}: {subtitle}", language)
