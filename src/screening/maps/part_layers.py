"""Layers of the interactive map for communities divided into parts: the parts, and the links cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from screening.maps.leaflet import Canvas, Layer, Style
from screening.maps.style import COLORS, PART_COLORS, format_number
from screening.maps.words import words

if TYPE_CHECKING:
    import geopandas as gpd

    from screening.views import Town

__all__ = ["divided", "part_layers"]


def divided(town: Town, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows of the communities in sight that have parts."""
    shown = set(town.communities["id"]) & set(town.community_parts["id"])
    return table[table["id"].isin(shown)]


def part_layers(town: Town, canvas: Canvas, language: str) -> list[Layer]:
    """Parts, each with its number and figures, and the links that get no pipe; not shown at first.

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
        Parts, then links cut.
    """
    return [_parts(town, canvas, language), _cut_links(town, canvas, language)]


def _parts(town: Town, canvas: Canvas, language: str) -> Layer:
    w = words(language)
    parts = divided(town, town.community_parts)
    limit = format_number(float(town.assumptions.community_collective_supply_kw), 0, language)
    features: list[dict[str, Any]] = [{"g": rings} for rings in canvas.polygons(parts.geometry.to_numpy())]
    points = canvas.points(shapely.point_on_surface(parts.geometry.to_numpy()))
    for feature, point, row in zip(features, points, parts.itertuples(), strict=True):
        feature["s"] = (row.part - 1) % len(PART_COLORS)
        feature["t"] = canvas.text(w["part_number"].format(number=row.id, part=row.part))
        told = (
            format_number(row.building_count, 0, language),
            f"{format_number(row.heat_demand_mwh, 0, language)} {w['per_year']}",
            f"{format_number(row.capacity_kw, 0, language)} kW",
            f"{format_number(row.gain_dkk_per_year, 0, language)} {w['price_unit']}",
        )
        feature["r"] = [canvas.text(text) for text in told]
        feature["l"], feature["a"] = canvas.text(f"{row.id}.{row.part}"), point
    fields = [w["buildings"], w["heat"], w["capacity"], w["gain"]]
    styles = [Style(color, 2, fill=color, fill_opacity=0.4) for color in PART_COLORS]
    name = w["part"].format(limit=limit)
    return Layer("part", name, styles, features, fields, is_on=False, count=str(len(parts)))


def _cut_links(town: Town, canvas: Canvas, language: str) -> Layer:
    w = words(language)
    cut = divided(town, town.cut_links)
    features: list[dict[str, Any]] = [{"w": lines} for lines in canvas.lines(cut.geometry.to_numpy())]
    for feature, row in zip(features, cut.itertuples(), strict=True):
        feature["t"] = canvas.text(w["cut_link"])
        feature["r"] = [
            canvas.text(f"{format_number(row.distance_m, 1, language)} m"),
            canvas.text(f"{format_number(row.lost_dkk_per_year, 0, language)} {w['price_unit']}"),
        ]
    style = Style(COLORS["ink"], 3, "5 4")
    fields = [w["distance"], w["lost"]]
    return Layer("cut_link", w["cut_link"], [style], features, fields, is_on=False, is_line=True)
