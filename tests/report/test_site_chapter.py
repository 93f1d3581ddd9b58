"""Site and noise in chapter 5, in chapter 1 and on the map."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from factories import make_overview, make_town
from screening import maps
from screening.report.chapters.overview import overview_ranking
from screening.report.chapters.supply import plant_and_network, site_in_short
from screening.report.chapters.verdict import answer
from screening.report.texts import load_texts


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(html)).replace("\N{NO-BREAK SPACE}", " "))


def without_room(town):
    site = town.site.copy()
    site["candidate_count"], site["site_distance_m"] = 0, np.nan
    return replace(town, site=site, site_candidates=town.site_candidates.iloc[:0])


def test_the_numbers_of_the_site_are_told():
    told = words(plant_and_network(make_town()).html)
    # 780 kW: two heat pumps of 351 kW; 80 + 10 log10(351/225) = 81.93 dB; 10^(38.93/20) = 88.4 m.
    assert "2 varmepumper" in told
    assert "tilsammen med en lydeffekt på 82 dB(A)" in told
    assert "mindst 88 m fra nærmeste bolig" in told
    assert "her regnet som 98 m fra ydervæggen" in told
    # 10 dB less is a factor of 0.316, 13 dB more one of 4.467.
    assert "28 m med de mest støjsvage og 395 m med de mest støjende" in told
    # 600 + 2 * 150 + (3.99 + 6)^2 = 999.9 m2.
    assert "1.000 m²" in told
    assert "Nat kl. 22-7 35 28 88 395" in told
    assert "Ledningen dertil koster omkring 0,32 mio. kr." in told
    assert "86 m fra kanten af det afgrænsede område og 112 m fra nærmeste bolig" in told
    assert "ikke en plan" in told


@pytest.mark.parametrize(("language", "none"), [("da", "ingen plads"), ("en", "no room")])
def test_a_town_without_room_is_told_so(language, none):
    town = without_room(make_town())
    assert none in words(plant_and_network(town, language).html)
    assert "1,0 km" in words(answer(town).html)
    assert "Plads 1" not in maps.to_html(maps.town_map(town))


def test_a_place_inside_the_town_is_at_no_distance():
    town = make_town()
    inside = replace(
        town,
        site=town.site.mask(town.site.index == "site_distance_m", 0.0),
        site_candidates=town.site_candidates.assign(transmission_m=0.0),
    )
    assert "inde i det afgrænsede område" in words(plant_and_network(inside).html)
    assert "et sted med plads inde i området" in str(site_in_short(inside, load_texts("da")))


def test_no_dwellings_are_told_instead_of_a_missing_distance():
    town = make_town()
    free = replace(town, site_candidates=town.site_candidates.assign(dwelling_distance_m=np.nan))
    told = words(plant_and_network(free).html)
    assert "ingen boliger" in told
    assert "nan" not in told


def test_chapter_1_tells_the_site_and_the_co2():
    told = words(answer(make_town()).html)
    assert "Plads til anlægget Grund på 1.000 m², mindst 88 m fra nærmeste bolig." in told
    assert "Nærmeste sted med plads er 86 m fra området." in told
    assert "Sparet CO₂ 318 ton om året" in told


def test_the_map_shows_each_site_with_its_distances():
    html = maps.to_html(maps.town_map(make_town()))
    for text in (
        "Plads 1",
        "Plads 2",
        "Mulig plads til anlægget (forslag)",
        "Støj over grænsen: 88 m",
        "112 m",
    ):
        assert text in html


def test_the_overview_lists_every_town_with_a_plant():
    view = make_overview()
    areas = view.areas.copy()
    areas.loc[3, "site_m2"] = 0.0  # nobody to supply
    told = words(overview_ranking(replace(view, areas=areas)).html).split("Plads til anlægget")[1]
    rows = told.split("Fra byen til plads")[1]
    assert f"{areas['area'].iloc[0]} 1.000 88 ingen plads" in rows
    assert f"{areas['area'].iloc[1]} 1.000 88 86" in rows
    assert areas["area"].iloc[3] not in rows
