"""From tables to the layers of the interactive maps."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from screening import register
from screening.maps.leaflet import Canvas, Layer, Style
from screening.maps.part_layers import part_layers
from screening.maps.pipes import pipe_layer
from screening.maps.sites import site_layers
from screening.maps.style import COLORS, DENSITY_COLORS, density_limits, format_number, slugify
from screening.maps.words import words
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from screening.views import Overview, Town

__all__ = [
    "area_layers",
    "at_criterion",
    "building_kind",
    "class_names",
    "contour_name",
    "overview_layers",
    "town_layers",
]

MARKS = {"other": "diamond", "heat_pump": "triangle", "gas": "circle", "oil": "square"}


def building_kind(buildings: pd.DataFrame) -> pd.Series:
    """How the maps show each building: oil, gas, heat_pump, other (individually heated) or outline.

    Parameters
    ----------
    buildings
        Buildings of a town.

    Returns
    -------
    pandas.Series
        Kind by building id; "outline" is drawn without a popup.
    """
    fossil = buildings["is_oil_gas"].to_numpy(bool)
    own = buildings["is_individual"].to_numpy(bool)
    pump = register.is_heat_pump(buildings["heating_installation_code"]).to_numpy(bool)
    conditions = [fossil & buildings["is_oil"].to_numpy(bool), fossil, own & pump, own]
    kinds = np.select(conditions, ["oil", "gas", "heat_pump", "other"], "outline")
    return pd.Series(kinds, index=buildings.index, dtype=object)


def class_names(limits: Iterable[float], language: str) -> list[str]:
    """Names of the classes between limits: below the first, between two, above the last."""
    told = [format_number(limit, 0 if limit == round(limit) else 1, language) for limit in limits]
    between = [f"{low}–{high}" for low, high in itertools.pairwise(told)]
    return [f"< {told[0]}", *between, f"> {told[-1]}"]


def town_layers(town: Town, canvas: Canvas, language: str) -> list[Layer]:
    """Layers of a town's map in drawing order; what is empty is left out.

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
        From the ground up.
    """
    w = words(language)
    kinds = building_kind(town.buildings)
    layers = [
        _density(town, canvas, language),
        _contour(town, canvas, language),
        _supply(town, canvas, w),
        _plain(canvas, town.original, "original", w, Style(COLORS["original"], 2, "7 5")),
        _trimmed(town, canvas, language),
        _roads(town, canvas, w),
        _outlines(town, canvas, kinds, w),
        *_communities(town.communities, canvas, language, _limit(town, language)),
        *part_layers(town, canvas, language),
        *(_buildings(town, canvas, kinds, kind, language) for kind in MARKS),
        pipe_layer(town, canvas, language),
        *site_layers(town, canvas, language),
    ]
    return [layer for layer in layers if layer.features]


def overview_layers(overview: Overview, canvas: Canvas, language: str) -> list[Layer]:
    """Layers of the municipality's map in drawing order; what is empty is left out.

    Parameters
    ----------
    overview
        The municipality's view.
    canvas
        Collects texts.
    language
        "da" or "en".

    Returns
    -------
    list of Layer
        From the ground up.
    """
    w = words(language)
    trimmed = Style(COLORS["trimmed_edge"], 1.2, fill=COLORS["trimmed"], fill_opacity=0.35)
    layers = [
        *area_layers(overview, canvas, language),
        _plain(canvas, overview.trimmed, "trimmed", w, trimmed),
        *_communities(overview.communities, canvas, language, _limit(overview, language), has_labels=False),
    ]
    return [layer for layer in layers if layer.features]


def area_layers(overview: Overview, canvas: Canvas, language: str) -> list[Layer]:
    """Areas by verdict, each with its key figures and a link to its report.

    Parameters
    ----------
    overview
        The municipality's view.
    canvas
        Collects texts.
    language
        "da" or "en".

    Returns
    -------
    list of Layer
        The areas with a no, then those with a yes.
    """
    w = words(language)
    fields = [w["verdict"], w["individual"], w["oil_gas"], w["density_short"], w["saving"]]
    layers = []
    for is_viable in (False, True):
        key = "is_viable" if is_viable else "is_not_viable"
        chosen = overview.areas[overview.areas["is_viable"].astype(bool) == is_viable]
        values = [
            [w[key]] * len(chosen),
            _numbers(chosen["individual_count"], 0, "", language),
            _numbers(chosen["oil_gas_count"], 0, "", language),
            _numbers(chosen["density_kwh_per_m2"], 1, " kWh/m²", language),
            _numbers(chosen["user_price_district_heating_dkk_per_year"], 0, f" {w['price_unit']}", language),
        ]
        features = _polygons(canvas, chosen.geometry)
        _tell(canvas, features, chosen["area"], values)
        _label(canvas, features, chosen["area"], chosen.geometry)
        for feature, name in zip(features, chosen["area"], strict=True):
            if name not in overview.failures:
                feature["h"] = canvas.text(f"{slugify(str(name))}/index.html")
        color = COLORS["yes" if is_viable else "no"]
        style = Style(
            color, 3 if is_viable else 2, "" if is_viable else "6 4", color, 1, 0.45 if is_viable else 0.13
        )
        sign = w["yes" if is_viable else "no"].capitalize()
        layers.append(Layer(key, w[key], [style], features, fields, sign=sign, count=str(len(chosen))))
    return layers


def _limit(view: Town | Overview, language: str) -> str:
    return format_number(float(view.assumptions.community_collective_supply_kw), 0, language)


def _polygons(canvas: Canvas, shapes: gpd.GeoSeries) -> list[dict[str, Any]]:
    return [{"g": parts} for parts in canvas.polygons(shapes.to_numpy())]


def _tell(
    canvas: Canvas, features: list[dict[str, Any]], titles: Iterable[object], columns: list[list[str]]
) -> None:
    """Give each feature its popup: a title and one value per field."""
    rows = zip(*columns, strict=True) if columns else iter([()] * len(features))
    for feature, title, row in zip(features, titles, rows, strict=True):
        feature["t"] = canvas.text(title)
        feature["r"] = [canvas.text(value) for value in row]


def _label(
    canvas: Canvas, features: list[dict[str, Any]], labels: Iterable[object], shapes: gpd.GeoSeries
) -> None:
    at = canvas.points(shapely.point_on_surface(shapes.to_numpy()))
    for feature, label, point in zip(features, labels, at, strict=True):
        feature["l"], feature["a"] = canvas.text(label), point


def _numbers(values: pd.Series, decimals: int, unit: str, language: str) -> list[str]:
    return [
        format_number(v, decimals, language) + unit if np.isfinite(v) else words(language)["unknown"]
        for v in values.astype(float)
    ]


def _plain(canvas: Canvas, table: gpd.GeoDataFrame, key: str, w: dict[str, str], style: Style) -> Layer:
    """Polygons with neither popup nor label."""
    shapes = table.geometry[~(table.geometry.is_empty | table.geometry.isna())]
    return Layer(key, w[key], [style], _polygons(canvas, shapes), is_line=not style.fill)


def _density(town: Town, canvas: Canvas, language: str) -> Layer:
    """Cells in classes; the popup tells the class only: a cell may hold a single, measured building."""
    w, density = words(language), town.density
    criterion = float(town.assumptions.density_criterion_kwh_per_m2)
    limits = density_limits(criterion)
    names = class_names(limits, language)
    rows, columns = np.nonzero(density.heat_mwh)
    per_m2 = density.heat_mwh[rows, columns] * KWH_PER_MWH / density.cell_m**2
    west = density.transform.c + columns * density.cell_m
    north = density.transform.f - rows * density.cell_m
    cells = shapely.box(west, north - density.cell_m, west + density.cell_m, north)
    classes = np.searchsorted(limits, per_m2, side="right")
    features = [{"g": parts, "s": int(s)} for parts, s in zip(canvas.polygons(cells), classes, strict=True)]
    _tell(canvas, features, [f"{names[s]} kWh/m²" for s in classes], [])
    styles = [Style("#ffffff", 0.5, fill=color, fill_opacity=0.8) for color in DENSITY_COLORS]
    remark = w["density_criterion"].format(limit=format_number(criterion, 0, language))
    above = limits.index(criterion) + 1
    return Layer(
        "density", w["density"], styles, features, is_on=False, classes=names, criterion=above, remark=remark
    )


def contour_name(town: Town, language: str) -> str:
    """Tell in words what the contour at the criterion is.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    str
        With level and radius.
    """
    a = town.assumptions
    limit = format_number(float(a.density_criterion_kwh_per_m2), 0, language)
    radius = format_number(float(a.density_radius_m), 0, language)
    return words(language)["density_contour"].format(limit=limit, radius=radius)


def at_criterion(town: Town) -> gpd.GeoDataFrame:
    """Ground whose smoothed density meets the criterion.

    Parameters
    ----------
    town
        The area's view.

    Returns
    -------
    geopandas.GeoDataFrame
        Rows of ``town.density_contours``.
    """
    levels = town.density_contours["level_kwh_per_m2"]
    return town.density_contours[levels == float(town.assumptions.density_criterion_kwh_per_m2)]


def _contour(town: Town, canvas: Canvas, language: str) -> Layer:
    """Line round the ground that meets the criterion, as far as the cells are shown."""
    density = town.density
    rows, columns = density.heat_mwh.shape
    west, north = density.transform.c, density.transform.f
    shown = shapely.box(west, north - rows * density.cell_m, west + columns * density.cell_m, north)
    lines = shapely.intersection(shapely.boundary(at_criterion(town).geometry.to_numpy()), shown)
    features = [{"w": parts} for parts in canvas.lines(lines[~shapely.is_empty(lines)])]
    style = Style(COLORS["contour"], 2, "10 4 2 4")
    name = contour_name(town, language)
    return Layer("density_contour", name, [style], features, is_on=False, is_line=True)


def _supply(town: Town, canvas: Canvas, w: dict[str, str]) -> Layer:
    style = Style(COLORS["supply"], 2, "2 4", COLORS["supply"], fill_opacity=0.12)
    near = town.supply_areas
    if near is None or near.empty:
        return Layer("supply", w["supply"], [style], [])
    features = _polygons(canvas, near.geometry)
    _tell(canvas, features, near["supply_name"].fillna(w["supply"]), [])
    return Layer("supply", w["supply"], [style], features)


def _trimmed(town: Town, canvas: Canvas, language: str) -> Layer:
    w, k = words(language), town.key_figures
    style = Style(COLORS["trimmed_edge"], 2, fill=COLORS["trimmed"], fill_opacity=0.26)
    layer = _plain(canvas, town.trimmed, "trimmed", w, style)
    layer.fields = [w["individual"], w["oil_gas"], w["oil_gas_heat"], w["density_short"]]
    figures = pd.Series(
        [k["individual_count"], k["oil_gas_count"], k["oil_gas_heat_mwh"], k["density_kwh_per_m2"]]
    )
    units = (("", 0), ("", 0), (f" {w['per_year']}", 0), (" kWh/m²", 1))
    values = [
        _numbers(figures.iloc[[i]], decimals, unit, language) * len(layer.features)
        for i, (unit, decimals) in enumerate(units)
    ]
    _tell(canvas, layer.features, [f"{town.area}: {w['trimmed'].lower()}"] * len(layer.features), values)
    return layer


def _roads(town: Town, canvas: Canvas, w: dict[str, str]) -> Layer:
    shapes = town.roads.geometry[town.roads.geom_type.isin(["LineString", "MultiLineString"])]
    features = [{"w": parts} for parts in canvas.lines(shapes.to_numpy())]
    return Layer("road", w["road"], [Style(COLORS["road_major"], 1.3)], features, is_line=True)


def _outlines(town: Town, canvas: Canvas, kinds: pd.Series, w: dict[str, str]) -> Layer:
    others = town.outlines.loc[town.outlines.index.intersection(kinds.index[kinds == "outline"])]
    style = Style(COLORS["outline"], 0.5, fill=COLORS["outline"], fill_opacity=0.75)
    return _plain(canvas, others, "outline", w, style)


def _communities(
    communities: gpd.GeoDataFrame, canvas: Canvas, language: str, limit: str, *, has_labels: bool = True
) -> list[Layer]:
    """Communities up to the limit with a dashed line, those above hatched with a full line."""
    w = words(language)
    fields = [w["buildings"], w["heat"], w["capacity"], w["collective_supply"]]
    layers = []
    for is_large in (False, True):
        key = "community_large" if is_large else "community_small"
        chosen = communities[communities["is_collective_supply"].astype(bool) == is_large]
        values = [
            _numbers(chosen["building_count"], 0, "", language),
            _numbers(chosen["heat_demand_mwh"], 0, f" {w['per_year']}", language),
            _numbers(chosen["capacity_kw"], 0, " kW", language),
            [w["yes" if is_large else "no"]] * len(chosen),
        ]
        features = _polygons(canvas, chosen.geometry)
        _tell(canvas, features, [w["community"].format(number=n) for n in chosen["id"]], values)
        if has_labels:
            _label(canvas, features, chosen["id"], chosen.geometry)
        color = COLORS[key]
        style = Style(color, 2.5, "" if is_large else "5 4", color, 1, 0.16, hatch=is_large)
        name = w[key].format(limit=limit)
        layers.append(Layer(key, name, [style], features, fields, count=str(len(chosen))))
    return layers


def _buildings(town: Town, canvas: Canvas, kinds: pd.Series, kind: str, language: str) -> Layer:
    """Draw buildings of a kind: outline where known, a mark, what the register says; no address."""
    w = words(language)
    chosen = town.buildings[kinds == kind]
    features: list[dict[str, Any]] = [{"p": point} for point in canvas.points(chosen.geometry.to_numpy())]
    known = np.flatnonzero(chosen.index.isin(town.outlines.index))
    shapes = town.outlines.geometry.loc[chosen.index[known]].to_numpy()
    for place, parts in zip(known, canvas.polygons(shapes), strict=True):
        features[place]["g"] = parts
    installation = register.describe(chosen["heating_installation_code"], "heating_installation", language)
    fuel = register.describe(chosen["heating_fuel_code"], "heating_fuel", language)
    demand = np.where(
        chosen["heat_demand_source"] == "measured",
        w["measured"],
        _numbers(chosen["heat_demand_mwh"], 1, f" {w['per_year']}", language),
    )
    years = chosen["year_built"]
    values = [
        [str(label) for label in register.describe(chosen["use_code"], "use", language)],
        [f"{year:.0f}" if np.isfinite(year) else w["unknown"] for year in years],
        _numbers(chosen["area_m2"], 0, " m²", language),
        [f"{how}, {what[:1].lower()}{what[1:]}" for how, what in zip(installation, fuel, strict=True)],
        [str(text) for text in demand],
    ]
    _tell(canvas, features, [w[kind]] * len(chosen), values)
    fields = [w["use"], w["year"], w["heated_area"], w["heating"], w["demand"]]
    style = Style(COLORS[kind], 0.8, fill=COLORS[kind], fill_opacity=0.92)
    count = format_number(len(chosen), 0, language)
    return Layer(kind, w[kind], [style], features, fields, mark=MARKS[kind], count=count)
