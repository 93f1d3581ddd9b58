"""What the interactive maps contain, read from what their script is told."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import folium
import geopandas as gpd
import numpy as np
import pytest
from folium.plugins import MarkerCluster
from pyproj import Transformer
from shapely.geometry import MultiPolygon, Point, Polygon, box

from factories import AREA, make_municipality, make_overview, make_town
from screening import maps
from screening.errors import ScreeningError
from screening.maps.layers import building_kind
from screening.maps.leaflet import Canvas
from screening.maps.words import WORDS, words


def layer(chart, key):
    return next(found for found in chart.told["layers"] if found["key"] == key)


def keys(chart):
    return [found["key"] for found in chart.told["layers"]]


def popup(chart, found, feature):
    texts = chart.told["texts"]
    return {"title": texts[feature["t"]]} | dict(
        zip(found["fields"], (texts[i] for i in feature["r"]), strict=True)
    )


@pytest.fixture(scope="module")
def town():
    return make_town()


@pytest.fixture(scope="module")
def chart(town):
    return maps.town_map(town)


def test_a_town_map_is_a_folium_map(chart):
    assert isinstance(chart, folium.Map)


def test_every_building_is_on_the_map_once(town, chart):
    shown = {
        kind: len(layer(chart, kind)["features"]) for kind in ("oil", "gas", "heat_pump", "other", "outline")
    }
    assert sum(shown.values()) == len(town.buildings)
    assert shown["oil"] == int((town.buildings["is_oil"] & town.buildings["is_oil_gas"]).sum())
    assert shown["gas"] == int((town.buildings["is_gas"] & town.buildings["is_oil_gas"]).sum())
    assert shown["heat_pump"] == 3  # three of the made-up houses
    counted = {k: layer(chart, k)["count"] for k in ("oil", "gas")}
    assert counted == {k: str(shown[k]) for k in counted}


def test_a_summer_house_with_a_gas_boiler_is_no_customer(town):
    buildings = town.buildings.copy()
    first = buildings.index[0]
    buildings.loc[first, ["is_gas", "is_oil_gas", "is_individual"]] = [True, False, False]
    assert building_kind(buildings)[first] == "outline"


def test_density_is_off_at_first_and_all_else_on(chart):
    assert [found["key"] for found in chart.told["layers"] if not found["on"]] == [
        "density",
        "density_contour",
        "pipe",
    ]


def test_every_layer_has_a_line_in_the_legend(chart):
    assert sorted(chart.told["legend"]) == list(range(len(chart.told["layers"])))
    assert all(found["name"] for found in chart.told["layers"])


def test_a_popup_tells_what_the_register_says(chart):
    gas = layer(chart, "gas")
    told = [popup(chart, gas, feature) for feature in gas["features"]]
    # First house: use 120, 1931, 118 m2, 118 * 0.128 = 15.104 MWh.
    assert told[0] == {
        "title": "Gasfyr",
        "Anvendelse": "Fritliggende enfamiliehus",
        "Opført": "1931",
        "Opvarmet areal": "118 m²",
        "Opvarmning": "Centralvarme med én fyringsenhed, naturgas",
        "Varmebehov (beregnet)": "15,1 MWh/år",
    }
    assert any(row["Opført"] == "ukendt" for row in told)


def test_english_popups(town):
    chart = maps.town_map(town, "en")
    gas = layer(chart, "gas")
    assert popup(chart, gas, gas["features"][0])["Heat demand (modelled)"] == "15.1 MWh/year"


def test_measured_demand_is_nowhere_in_the_file(town, chart):
    measured = town.buildings[town.buildings["heat_demand_source"] == "measured"]
    assert measured["heat_demand_mwh"].round(4).tolist() == [23.4567]
    # Numbers stand in texts only; the rest of the file is coordinates.
    assert not [text for text in chart.told["texts"] if re.search(r"\b23[.,][45]", text)]
    oil = layer(chart, "oil")
    assert [popup(chart, oil, f)["Varmebehov (beregnet)"] for f in oil["features"]].count(
        "målt – vises ikke"
    ) == 1


def test_a_density_cell_tells_its_class_only(chart):
    """A cell may hold a single measured building, whose demand its number would give away."""
    cells = layer(chart, "density")
    titles = {chart.told["texts"][feature["t"]] for feature in cells["features"]}
    assert titles <= {f"{name} kWh/m²" for name in cells["classes"]}
    assert all(feature["r"] == [] for feature in cells["features"])


def test_density_classes_turn_at_the_criterion(town):
    heat = np.array([[99.0, 100.0, 0.0]])  # MWh in cells of 100 m: 9.9 and 10 kWh/m2
    density = replace(town.density, heat_mwh=heat)
    cells = layer(maps.town_map(replace(town, density=density)), "density")
    assert [cells["classes"][feature["s"]] for feature in cells["features"]] == ["5–10", "10–20"]
    assert cells["criterion"] == 3
    assert cells["remark"] == "Kriterium for lokalvarme: 10 kWh/m²"


def test_no_building_is_named_by_id_or_address(town, chart):
    page = maps.to_html(chart)
    assert not any(str(identifier) in page for identifier in town.buildings.index)


def test_communities_above_the_limit_look_different(chart):
    small, large = layer(chart, "community_small"), layer(chart, "community_large")
    assert small["name"] == "Energifællesskab, højst 250 kW"
    assert large["name"] == "Energifællesskab over 250 kW"
    assert small["styles"][0]["dash"]
    assert large["styles"][0]["hatch"]
    assert small["styles"][0]["color"] != large["styles"][0]["color"]
    texts = chart.told["texts"]
    assert [texts[f["l"]] for f in small["features"]] == ["1"]
    assert popup(chart, small, small["features"][0])["Bygninger"] == "10"


def test_synthetic_data_are_called_so_and_real_data_not(town):
    assert maps.town_map(town).told["badge"] == "Syntetiske data"
    real = replace(town, municipality=make_municipality(is_synthetic=False))
    told = maps.town_map(real).told
    assert (told["badge"], told["source"]) == ("", "Bygninger: BBR, udtræk af 26-10-2022")
    undated = replace(town, municipality=make_municipality(is_synthetic=False, register_date=""))
    assert maps.town_map(undated).told["source"] == "Bygninger: BBR"
    odd = replace(town, municipality=make_municipality(is_synthetic=False, register_date="efterår 2022"))
    assert maps.town_map(odd).told["source"] == "Bygninger: BBR, udtræk af efterår 2022"


def test_text_from_the_data_cannot_become_a_script(town):
    evil = "</script><script>alert(1)</script>"
    areas = town.original.assign(area=evil)
    supply = town.supply_areas.assign(supply_name=evil)
    chart = maps.town_map(replace(town, area=evil, town=evil, original=areas, supply_areas=supply))
    page = maps.to_html(chart, evil)
    assert len(re.findall("<script", page)) == 3  # Leaflet, the map's script, the map's data
    assert len(maps.script_hashes(page)) == 3
    assert "alert(1)</script>" not in page.replace("\\u003c", "<sign>")
    assert evil in json.loads(json.dumps(chart.told["texts"]))  # and yet it is told as it is


def test_the_same_town_gives_the_same_file(town):
    assert maps.to_html(maps.town_map(town)) == maps.to_html(maps.town_map(make_town()))


def test_a_town_with_nothing_to_show_still_gives_a_map(town):
    bare = replace(
        town,
        trimmed=town.trimmed.iloc[:0],
        buildings=town.buildings.iloc[:0],
        outlines=town.outlines.iloc[:0],
        communities=town.communities.iloc[:0],
        roads=town.roads.iloc[:0],
        supply_areas=None,
        site_candidates=town.site_candidates.iloc[:0],
        network_pipes=town.network_pipes.iloc[:0],
        density=replace(town.density, heat_mwh=np.zeros((0, 0))),
    )
    assert keys(maps.town_map(bare)) == ["original"]  # where no grid is shown, no contour is


def test_the_contour_is_a_line_round_the_ground_that_meets_the_criterion(town, chart):
    found = layer(chart, "density_contour")
    assert found["name"] == "Mindst 10 kWh/m² i gennemsnit inden for 75 m"
    assert found["isLine"]
    # The upper level has a border and a hole; the lower level is not drawn.
    assert [len(feature["w"]) for feature in found["features"]] == [2]
    low = town.density_contours[town.density_contours["level_kwh_per_m2"] < 10]
    assert "density_contour" not in keys(maps.town_map(replace(town, density_contours=low)))


def test_an_area_trimmed_to_nothing_is_left_out(town):
    nothing = town.trimmed.set_geometry(gpd.GeoSeries([Polygon()], crs=25832))
    assert "trimmed" not in keys(maps.town_map(replace(town, trimmed=nothing)))


def test_a_building_without_outline_keeps_its_mark(town):
    some = town.outlines.iloc[5:]
    gas = layer(maps.town_map(replace(town, outlines=some)), "gas")
    assert all("p" in feature for feature in gas["features"])
    assert sum("g" not in feature for feature in gas["features"]) == 3  # rows 0, 1 and 3 of the first five


def test_overview_areas_by_verdict_with_links():
    overview = make_overview(failures={"Skibstrup": "no buildings"})
    chart = maps.overview_map(overview)
    yes, no = layer(chart, "is_viable"), layer(chart, "is_not_viable")
    texts = chart.told["texts"]
    assert [texts[f["l"]] for f in yes["features"]] == ["Ålsgårde"]
    assert (yes["sign"], no["sign"]) == ("Ja", "Nej")
    links = {texts[f["l"]]: texts[f["h"]] if "h" in f else None for f in [*yes["features"], *no["features"]]}
    assert links == {
        "Ålsgårde": "aalsgaarde/index.html",
        AREA: "hellebaek-oest/index.html",
        "Sønder Kær": "soender-kaer/index.html",
        "Skibstrup": None,  # its report could not be made
    }
    assert popup(chart, yes, yes["features"][0])["Brugerpris, fjernvarme"] == "23.850 kr./år"


def test_coordinates_come_out_to_a_decimetre():
    shapes = [
        Polygon([(721_000, 6_219_000), (721_100, 6_219_000), (721_100, 6_219_100)]),
        MultiPolygon([box(0, 0, 1, 1), box(5, 5, 9, 9).difference(box(6, 6, 7, 7))]),
    ]
    shapes[1] = MultiPolygon([Polygon(np.add(p.exterior.coords, [720_000, 6_218_000]),
                                      [np.add(r.coords, [720_000, 6_218_000]) for r in p.interiors])
                              for p in shapes[1].geoms])  # fmt: skip
    canvas = Canvas(np.array([720_000.0, 6_218_000.0, 722_000.0, 6_220_000.0]))
    first, second = canvas.polygons(np.array(shapes, dtype=object))
    assert [len(rings) for rings in first] == [1]
    assert [len(rings) for rings in second] == [1, 2]  # a hole stays a hole of its own polygon
    back = Transformer.from_crs(4326, 25832, always_xy=True)
    steps = np.array(first[0][0]).reshape(-1, 2) / 1e6 + canvas.origin
    x, y = back.transform(steps[:, 1], steps[:, 0])
    expected = np.array(shapes[0].exterior.coords)[:-1]
    assert np.abs(np.column_stack([x, y]) - expected).max() < 0.1
    assert canvas.points([Point(721_000, 6_219_000)])[0] == first[0][0][:2]


def test_a_map_shows_and_saves_itself_without_network(chart, tmp_path):
    assert chart._repr_html_().startswith('<iframe class="map"')
    chart.save(tmp_path / "kort.html")
    assert (tmp_path / "kort.html").read_text(encoding="utf-8") == maps.to_html(chart)
    assert "srcdoc" in maps.show(chart).data


def test_an_added_element_is_drawn_and_one_that_needs_the_network_is_refused(town):
    chart = maps.town_map(town)
    folium.Circle([56.07, 12.55], radius=50).add_to(chart)
    assert "L.circle(" in maps.to_html(chart)
    MarkerCluster().add_to(chart)
    with pytest.raises(ScreeningError, match=r"needs https://\S+ from the network"):
        maps.to_html(chart)


def test_both_languages_have_the_same_words():
    assert WORDS["da"].keys() == WORDS["en"].keys()
    with pytest.raises(ScreeningError, match=r"No language is named 'dk'.*da"):
        words("dk")
