"""Interactive maps with Folium: vector layers on plain ground, so that no tile is needed to read them."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from branca.element import MacroElement
from folium.template import Template
from folium.utilities import JsCode

from screening import register
from screening.maps.style import (
    COLORS,
    DENSITY_COLORS,
    DENSITY_LIMITS_KWH_PER_M2,
    density_class,
    format_number,
    slugify,
    words,
)
from screening.tables import CRS
from screening.units import KWH_PER_MWH

if TYPE_CHECKING:
    from screening.maps.offline import TileSource
    from screening.pipeline import Density, Overview, Town

__all__ = ["overview_map", "town_map"]

_WGS84 = "EPSG:4326"
# Decimals of a degree kept in the file: 6 is about 0.1 m.
_DEGREE_DECIMALS = 6

# Builds the popup from text nodes, so that nothing in the data can become markup.
_POPUP = JsCode(
    """function(feature, layer) {
    const p = feature.properties;
    if (p.label) {
        const text = document.createElement('span');
        text.textContent = p.label;
        layer.bindTooltip(text, {permanent: true, direction: 'center', className: 'map-label'});
    }
    if (!p.title) { return; }
    layer.bindPopup(function() {
        const box = document.createElement('div');
        const head = document.createElement('h3');
        head.textContent = p.title;
        box.appendChild(head);
        const table = document.createElement('table');
        (p.rows || []).forEach(function(row) {
            const line = document.createElement('tr');
            row.forEach(function(text, index) {
                const cell = document.createElement(index ? 'td' : 'th');
                cell.textContent = text;
                line.appendChild(cell);
            });
            table.appendChild(line);
        });
        box.appendChild(table);
        if (p.href) {
            const link = document.createElement('a');
            link.textContent = p.link;
            link.href = p.href;
            link.target = '_top';
            box.appendChild(link);
        }
        return box;
    }, {maxWidth: 300});
}"""
)


class _OfflineMap(folium.Map):
    """Folium map that asks for no script or style from elsewhere; ``offline`` brings Leaflet."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  as in the class it narrows
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class _Box(MacroElement):
    """A box in a corner of the map with markup of our own, folded on a phone."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        (function() {
            const control = L.control({position: {{ this.corner|tojson }}});
            control.onAdd = function() {
                const box = L.DomUtil.create('div', {{ this.css_class|tojson }});
                box.innerHTML = {{ this.markup|tojson }};
                if (window.innerWidth < 600) {
                    box.querySelectorAll('details').forEach(function(d) { d.open = false; });
                }
                L.DomEvent.disableClickPropagation(box);
                return box;
            };
            control.addTo({{ this._parent.get_name() }});
        })();
        {% endmacro %}"""
    )

    def __init__(self, markup: str, corner: str, css_class: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.markup, self.corner, self.css_class = markup, corner, css_class


def town_map(town: Town, language: str = "da", tiles: TileSource | None = None) -> folium.Map:
    """Map of one area: given and trimmed polygon, buildings by heating, density, communities.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".
    tiles
        A basemap, if the user has configured one.

    Returns
    -------
    folium.Map
        For ``to_html``, ``to_fragment`` or ``show``. A building's popup tells what the register says and the
        modelled demand, never a measured one.
    """
    w = words(language)
    chart = _new_map(town.original, tiles)
    line = {"fill": False, "weight": 1}
    _add(chart, town.roads[["geometry"]], w["road"], line | {"color": COLORS["road"]}, control=False)
    if town.supply_areas is not None and len(town.supply_areas):
        near = town.supply_areas[["supply_name", "geometry"]].rename(columns={"supply_name": "title"})
        style = {"color": COLORS["supply"], "weight": 2, "dashArray": "2 5", "fillOpacity": 0.08}
        _add(chart, near, w["supply"], style)
    style = {"color": COLORS["original"], "weight": 2, "dashArray": "6 5", "fill": False}
    _add(chart, town.original[["geometry"]], w["original"], style)
    style = {
        "color": COLORS["trimmed_edge"],
        "weight": 2,
        "fillColor": COLORS["trimmed"],
        "fillOpacity": 0.28,
    }
    _add(chart, town.trimmed[["geometry"]], w["trimmed"], style)
    style = {"color": COLORS["outline"], "weight": 0.6, "fillColor": COLORS["outline"], "fillOpacity": 0.5}
    _add(chart, town.outlines[["geometry"]], w["outline"], style)
    _add_density(chart, town.density, w, language)
    for large in (False, True):
        chosen = town.communities[town.communities["is_collective_supply"] == large]
        _add(chart, _community_table(chosen, w, language), w[_community_kind(large)], _community_style(large))
    for kind, table in _building_tables(town, w, language).items():
        radius = 4.5 if kind in {"gas", "oil"} else 3.5
        style = {
            "color": "#ffffff",
            "weight": 0.7,
            "fill": True,
            "fillColor": COLORS[kind],
            "fillOpacity": 0.95,
            "radius": radius,
        }
        _add(chart, table, w[kind], style)
    kinds = ["original", "trimmed", "gas", "oil", "heat_pump", "other", "community_small", "community_large"]
    _finish(chart, _legend(w, [*kinds, "density"]), w, synthetic=town.municipality.is_synthetic)
    return chart


def overview_map(overview: Overview, language: str = "da", tiles: TileSource | None = None) -> folium.Map:
    """Map of all areas by verdict, each with a link to its report.

    Parameters
    ----------
    overview
        The municipality's view.
    language
        "da" or "en".
    tiles
        A basemap, if the user has configured one.

    Returns
    -------
    folium.Map
        For ``to_html``, ``to_fragment`` or ``show``.
    """
    w = words(language)
    chart = _new_map(overview.areas, tiles)
    for viable, kind in ((False, "no"), (True, "yes")):
        chosen = overview.areas[overview.areas["is_viable"] == viable]
        style = {
            "color": COLORS[kind],
            "weight": 3 if viable else 2,
            "dashArray": None if viable else "5 5",
            "fillColor": COLORS[kind],
            "fillOpacity": 0.45 if viable else 0.15,
        }
        _add(chart, _area_table(chosen, overview.failures, w, language), w[kind], style)
    for large in (False, True):
        chosen = overview.communities[overview.communities["is_collective_supply"] == large]
        table = _community_table(chosen, w, language).drop(columns="label")
        _add(chart, table, w[_community_kind(large)], _community_style(large))
    kinds = ["yes", "no", "community_small", "community_large"]
    _finish(chart, _legend(w, kinds), w, synthetic=overview.municipality.is_synthetic)
    return chart


def _new_map(extent: gpd.GeoDataFrame, tiles: TileSource | None) -> folium.Map:
    west, south, east, north = extent.to_crs(_WGS84).total_bounds
    chart = _OfflineMap(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        prefer_canvas=True,
        zoom_snap=0.25,
        max_zoom=20,
    )
    if tiles is not None:
        folium.TileLayer(tiles.url, attr=html.escape(tiles.attribution), control=False, max_zoom=20).add_to(
            chart
        )
    chart.fit_bounds([[south, west], [north, east]], padding=(12, 12))
    return chart


def _add(
    chart: folium.Map,
    table: gpd.GeoDataFrame,
    name: str,
    style: dict[str, Any],
    *,
    show: bool = True,
    control: bool = True,
) -> None:
    """Add a layer; a column ``style`` adds to the layer's style, other columns travel as properties."""
    shapes = table[~(table.geometry.is_empty | table.geometry.isna())]
    if not len(shapes):
        return
    lonlat = shapes.to_crs(_WGS84)
    rounded = shapely.set_precision(lonlat.geometry.to_numpy(), 10.0**-_DEGREE_DECIMALS, mode="pointwise")
    lonlat = lonlat.set_geometry(gpd.GeoSeries(rounded, index=lonlat.index, crs=_WGS84)).reset_index(
        drop=True
    )
    points = bool((lonlat.geom_type == "Point").all())
    folium.GeoJson(
        json.loads(lonlat.to_json(drop_id=False)),
        name=name,
        style_function=lambda feature: style | (feature["properties"].get("style") or {}),
        marker=folium.CircleMarker(radius=style["radius"]) if points and "radius" in style else None,
        on_each_feature=_POPUP,
        show=show,
        control=control,
        smooth_factor=1.0,
    ).add_to(chart)


def _building_tables(town: Town, w: dict[str, str], language: str) -> dict[str, gpd.GeoDataFrame]:
    """Individually heated buildings by heating, each with the rows of its popup."""
    chosen = town.buildings[town.buildings["is_individual"] | town.buildings["is_oil_gas"]]
    kind = np.select(
        [
            chosen["is_oil_gas"] & chosen["is_oil"],
            chosen["is_oil_gas"],
            register.is_heat_pump(chosen["heating_installation_code"]),
        ],
        ["oil", "gas", "heat_pump"],
        "other",
    )
    use = register.describe(chosen["use_code"], "use", language)
    installation = register.describe(chosen["heating_installation_code"], "heating_installation", language)
    fuel = register.describe(chosen["heating_fuel_code"], "heating_fuel", language)
    demand = _quantity(chosen["heat_demand_mwh"], "MWh", 1, w, language)
    columns = {
        w["year"]: chosen["year_built"].map(lambda y: f"{y:.0f}" if pd.notna(y) else w["unknown"]),
        w["heated_area"]: _quantity(chosen["area_m2"], "m²", 0, w, language),
        w["heating"]: installation + ", " + fuel.str.lower(),
        w["demand"]: demand.mask(chosen["heat_demand_source"] == "measured", w["measured"]),
    }
    rows = [
        list(map(list, zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)
    ]
    table = gpd.GeoDataFrame({"title": use, "rows": rows}, geometry=chosen.geometry, crs=CRS)
    return {name: table[kind == name] for name in ("other", "heat_pump", "gas", "oil")}


def _quantity(values: pd.Series, unit: str, decimals: int, w: dict[str, str], language: str) -> pd.Series:
    told = [f"{format_number(v, decimals, language)} {unit}" if pd.notna(v) else w["unknown"] for v in values]
    return pd.Series(told, index=values.index, dtype=object)


def _community_table(communities: gpd.GeoDataFrame, w: dict[str, str], language: str) -> gpd.GeoDataFrame:
    def write(name: str, unit: str) -> pd.Series:
        return communities[name].map(lambda v: f"{format_number(v, 0, language)}{unit}")

    rows = [
        [[w["buildings"], count], [w["demand"], heat], [w["capacity"], capacity]]
        for count, heat, capacity in zip(
            write("building_count", ""),
            write("heat_demand_mwh", " MWh"),
            write("capacity_kw", " kW"),
            strict=True,
        )
    ]
    number = communities["id"].astype(str)
    table = {"title": w["community"] + " " + number, "label": number, "rows": rows}
    return gpd.GeoDataFrame(table, geometry=communities.geometry, crs=CRS)


def _community_kind(large: bool) -> str:
    return "community_large" if large else "community_small"


def _community_style(large: bool) -> dict[str, Any]:
    color = COLORS[_community_kind(large)]
    return {
        "color": color,
        "weight": 2.5,
        "dashArray": None if large else "4 3",
        "fillColor": color,
        "fillOpacity": 0.3 if large else 0.15,
    }


def _area_table(
    areas: gpd.GeoDataFrame, failures: dict[str, str], w: dict[str, str], language: str
) -> gpd.GeoDataFrame:
    density = areas["density_kwh_per_m2"].map(lambda v: f"{format_number(v, 1, language)} {w['per_cell']}")
    verdict = np.where(areas["is_viable"], w["yes_short"], w["no_short"])
    rows = [
        [
            [w["verdict"], answer],
            [w["oil_gas"], format_number(count, 0, language)],
            [w["density_short"], dense],
        ]
        for answer, count, dense in zip(verdict, areas["oil_gas_count"], density, strict=True)
    ]
    names = areas["area"].astype(str)
    href = [None if name in failures else f"{slugify(name)}/index.html" for name in names]
    table = {"title": names, "label": names, "rows": rows, "href": href, "link": w["open"]}
    return gpd.GeoDataFrame(table, geometry=areas.geometry, crs=CRS)


def _add_density(chart: folium.Map, density: Density, w: dict[str, str], language: str) -> None:
    rows, columns = np.nonzero(density.heat_mwh)
    if not len(rows):
        return
    heat = density.heat_mwh[rows, columns]
    per_m2 = heat * KWH_PER_MWH / density.cell_m**2
    west = density.transform.c + columns * density.cell_m
    north = density.transform.f - rows * density.cell_m
    cells = shapely.box(west, north - density.cell_m, west + density.cell_m, north)
    table = gpd.GeoDataFrame(
        {
            "title": [f"{format_number(v, 1, language)} {w['per_cell']}" for v in per_m2],
            "rows": [[[w["demand"], f"{format_number(v, 0, language)} MWh"]] for v in heat],
            "style": [{"fillColor": density_class(v)} for v in per_m2],
        },
        geometry=cells,
        crs=CRS,
    )
    style = {"color": "#ffffff", "weight": 0.5, "fillOpacity": 0.75}
    _add(chart, table, w["density"], style, show=False)


def _legend(w: dict[str, str], kinds: list[str]) -> str:
    dot = '<svg width="22" height="14"><circle cx="11" cy="7" r="5" fill="{0}" stroke="#fff"/></svg>'
    area = (
        '<svg width="22" height="14"><rect x="2" y="2" width="18" height="10" fill="{0}" fill-opacity="{2}"'
        ' stroke="{0}" stroke-width="2" stroke-dasharray="{1}"/></svg>'
    )
    drawn = {
        "original": area.format(COLORS["original"], "4 3", 0),
        "trimmed": area.format(COLORS["trimmed_edge"], "none", 0.3),
        "community_small": area.format(COLORS["community_small"], "3 2", 0.15),
        "community_large": area.format(COLORS["community_large"], "none", 0.3),
        "yes": area.format(COLORS["yes"], "none", 0.45),
        "no": area.format(COLORS["no"], "4 3", 0.15),
        **{kind: dot.format(COLORS[kind]) for kind in ("gas", "oil", "heat_pump", "other")},
    }
    lines = [
        f"<li>{drawn[kind]}<span>{html.escape(w[kind])}</span></li>" for kind in kinds if kind != "density"
    ]
    if "density" in kinds:
        steps = "".join(
            f'<rect x="{i * 34}" y="0" width="34" height="10" fill="{color}"/>'
            for i, color in enumerate(DENSITY_COLORS)
        )
        limits = "".join(
            f'<text x="{(i + 1) * 34}" y="22" font-size="10" text-anchor="middle">{limit:g}</text>'
            for i, limit in enumerate(DENSITY_LIMITS_KWH_PER_M2)
        )
        lines.append(f"<li><span>{html.escape(w['density'])}</span></li>")
        lines.append(f'<li><svg width="206" height="25">{steps}{limits}</svg></li>')
    return f"<details open><summary>{html.escape(w['legend'])}</summary><ul>{''.join(lines)}</ul></details>"


class _Scale(MacroElement):
    """Scale bar in metres only, and a plain credit."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        L.control.scale({imperial: false}).addTo({{ this._parent.get_name() }});
        {{ this._parent.get_name() }}.attributionControl.setPrefix('Leaflet');
        {% endmacro %}"""
    )


def _finish(chart: folium.Map, legend: str, w: dict[str, str], *, synthetic: bool) -> None:
    _Box(legend, "bottomright", "map-box").add_to(chart)
    if synthetic:
        _Box(html.escape(w["synthetic"]), "topleft", "map-badge").add_to(chart)
    _Scale().add_to(chart)  # type: ignore[no-untyped-call]
    folium.LayerControl(collapsed=True).add_to(chart)
