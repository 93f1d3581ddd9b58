"""Static maps: what is on them, and that they stand without a network."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace

import numpy as np
import pytest
import rasterio
import requests
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from factories import make_municipality, make_overview, make_town
from screening import maps
from screening.errors import InputFileError
from screening.maps.furniture import scale_length_m
from screening.maps.style import COLORS, DENSITY_COLORS, density_limits, use_typeface

DRAWN = [maps.static_map, maps.community_map, maps.density_map]


def texts(figure):
    axes = figure.axes[0]
    legend = [text.get_text() for drawn in figure.legends for text in drawn.get_texts()]
    titles = [drawn.get_title().get_text() for drawn in figure.legends]
    return [*(t.get_text() for t in (*axes.texts, *figure.texts)), *legend, *titles]


def picture(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return np.asarray(Image.open(buffer).convert("RGB")) / 255


def share_of(image, color):
    return float((np.abs(image - np.array(to_rgb(color))).max(axis=2) < 0.02).mean())


@pytest.fixture(scope="module")
def town():
    return make_town()


@pytest.mark.parametrize("draw", DRAWN)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_map_has_its_furniture(draw, language, town):
    figure = draw(town, language)
    assert isinstance(figure, Figure)
    told = texts(figure)
    assert "N" in told
    assert "200 m" in told  # a fifth of the village's 810 m and a little round it
    credit = "Syntetiske data · uden baggrundskort" if language == "da" else "Synthetic data · no basemap"
    assert credit in told


@pytest.mark.parametrize("draw", DRAWN)
def test_a_narrow_map_for_a_phone_keeps_everything_inside(draw, town):
    figure = draw(town, width_in=3.5)
    assert figure.get_figwidth() == 3.5
    figure.canvas.draw()
    legend, credit = figure.legends[0], figure.texts[0]
    edges = [text.get_window_extent() for text in legend.get_texts()]
    assert max(edge.x1 for edge in [*edges, legend.get_title().get_window_extent()]) <= figure.bbox.x1
    assert min(edge.y0 for edge in edges) > credit.get_window_extent().y1


def test_the_legend_names_what_is_there(town):
    told = texts(maps.static_map(town))
    assert {"Gasfyr", "Oliefyr", "Varmepumpe", "Afgrænset område", "Byområde", "Fjernvarmeområde"} <= set(
        told
    )
    bare = replace(town, buildings=town.buildings[town.buildings["is_gas"]], supply_areas=None)
    told = texts(maps.static_map(bare))
    assert "Gasfyr" in told
    assert not {"Oliefyr", "Varmepumpe", "Fjernvarmeområde"} & set(told)


def test_the_colours_are_on_the_paper(town):
    image = picture(maps.static_map(town))
    assert share_of(image, COLORS["gas"]) > 0.003
    assert share_of(image, COLORS["oil"]) > 0.001
    assert share_of(image, COLORS["paper"]) > 0.3


def test_communities_bear_their_number_and_the_limit(town):
    told = texts(maps.community_map(town))
    assert {"0", "1", "Energifællesskab over 250 kW", "Energifællesskab, højst 250 kW"} <= set(told)


def test_density_legend_names_the_criterion(town):
    told = texts(maps.density_map(town))
    assert "Varmetæthed, kWh/m² jord om året\n(kriterium for lokalvarme: 10 kWh/m²)" in told
    assert {"< 2", "2–5", "5–10", "10–20", "20–40", "> 40"} <= set(told)


def test_the_density_map_draws_the_contour_at_the_criterion(town):
    name = "Mindst 10 kWh/m² i gennemsnit inden for 75 m"
    assert name in texts(maps.density_map(town))
    without = replace(town, density_contours=town.density_contours[lambda c: c["level_kwh_per_m2"] < 10])
    assert name not in texts(maps.density_map(without))
    changed = (picture(maps.density_map(town))[:400] != picture(maps.density_map(without))[:400]).any(axis=2)
    assert 0.001 < changed.mean() < 0.05  # a line, not a ground


def test_overview_names_every_area():
    told = texts(maps.overview_figure(make_overview()))
    assert {"Hellebæk Øst", "Ålsgårde", "Sønder Kær", "Skibstrup", "Nej"} <= set(told)


def test_real_data_name_register_and_date(town):
    real = replace(town, municipality=make_municipality(is_synthetic=False))
    assert "Bygninger: BBR, udtræk af 26-10-2022 · uden baggrundskort" in texts(maps.static_map(real))


@pytest.mark.parametrize("draw", DRAWN)
def test_an_empty_town_is_drawn(draw, town):
    bare = replace(
        town,
        trimmed=town.trimmed.iloc[:0],
        buildings=town.buildings.iloc[:0],
        outlines=town.outlines.iloc[:0],
        communities=town.communities.iloc[:0],
        members=town.members.iloc[:0],
        roads=town.roads.iloc[:0],
        supply_areas=None,
        density=replace(town.density, heat_mwh=np.zeros((0, 0))),
    )
    assert picture(draw(bare)).shape[2] == 3


# rasterio multiplies transforms in a way that affine is about to rename; nothing of ours.
@pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")
def test_a_local_geotiff_is_the_basemap(town, tmp_path):
    path = tmp_path / "kort.tif"
    west, south, east, north = town.original.buffer(500).total_bounds
    profile = {"driver": "GTiff", "width": 60, "height": 60, "count": 3, "dtype": "uint8", "crs": 25832}
    place = Affine((east - west) / 60, 0, west, 0, (south - north) / 60, north)
    green = np.zeros((3, 60, 60), dtype="uint8")
    green[1] = 200
    with rasterio.open(path, "w", transform=place, **profile) as file:
        file.write(green)
    figure = maps.static_map(town, basemap=path)
    assert "Syntetiske data" in texts(figure)  # and no word of a missing basemap
    image = picture(figure)
    assert (image[..., 1] - image[..., 0] > 0.2).mean() > 0.3


def test_without_answer_the_map_is_drawn_and_says_so(town, monkeypatch):
    def refuse(*_, timeout, **__):
        assert timeout == 0.5
        raise requests.ConnectionError("no network")

    monkeypatch.setattr(requests, "get", refuse)
    figure = maps.static_map(town, basemap="https://tiles.example/{z}/{x}/{y}.png", timeout_s=0.5)
    assert "Syntetiske data · uden baggrundskort (kilden svarede ikke)" in texts(figure)


def test_a_basemap_that_is_no_map_is_told(town, tmp_path):
    with pytest.raises(InputFileError, match="does not exist"):
        maps.static_map(town, basemap=tmp_path / "missing.tif")
    (tmp_path / "text.tif").write_text("no image")
    with pytest.raises(InputFileError, match="is no image with a place on earth"):
        maps.static_map(town, basemap=tmp_path / "text.tif")


@given(st.floats(10, 1e6))
def test_the_scale_bar_is_round_and_fits(width):
    length = scale_length_m(width)
    assert width / 10 <= length <= width / 4
    assert f"{length:.0e}"[0] in "125"


def luminance(color):
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(color)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_colours_are_told_apart_in_greyscale():
    """Contrast ratio as in WCAG 2.1, 1.4.11: what a reader must tell apart without hue."""

    def ratio(a, b):
        high, low = sorted((luminance(a), luminance(b)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    assert ratio(COLORS["oil"], COLORS["gas"]) > 3
    assert ratio(COLORS["community_large"], COLORS["community_small"]) > 2.3
    assert all(ratio(COLORS[kind], COLORS["paper"]) > 3 for kind in ("oil", "gas", "heat_pump", "yes", "no"))
    steps = [luminance(color) for color in DENSITY_COLORS]
    assert all(ratio(a, b) > 1.25 for a, b in itertools.pairwise(DENSITY_COLORS))
    assert steps == sorted(steps, reverse=True)  # darker with every class
    assert len(DENSITY_COLORS) == len(density_limits(10.0)) + 1


def test_the_typeface_is_our_own_with_danish_letters(caplog):
    from matplotlib import font_manager

    assert use_typeface() == "Inter"
    for weight in (400, 600):
        path = font_manager.findfont(font_manager.FontProperties(family="Inter", weight=weight))
        assert path.endswith(f"inter-latin-{weight}.ttf")
        letters = font_manager.get_font(path).get_charmap()
        assert all(ord(letter) in letters for letter in "æøåÆØÅ²·–−")
    assert not caplog.records
