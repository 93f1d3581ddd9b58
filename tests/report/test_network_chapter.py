"""What chapter 5 tells of the network along the roads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup

from factories import make_town
from screening import maps
from screening.report.chapters import plant_and_network
from screening.report.chapters.network import network_along_roads
from screening.report.texts import load_texts


def told(town, language="da"):
    blocks = network_along_roads(town, load_texts(language), language)
    return str(Markup("").join(blocks)).replace("\xa0", " ")


@pytest.fixture(scope="module")
def town():
    return make_town()


def test_both_networks_stand_side_by_side(town):
    text = told(town)
    for figure in ("420 m", "162 m", "9 af 10 kunder", "2,40", "1,92", "−20 %", "19.400", "20.900"):
        assert figure in text, figure
    assert "vender svaret" in text
    assert "20 % billigere" in text


def test_it_is_part_of_the_chapter_in_both_languages(town):
    for language, title in (("da", "net langs vejene"), ("en", "network along the roads")):
        assert title in str(plant_and_network(town, language).html)


def test_who_is_not_reached_is_named(town):
    text = told(town)
    assert "1 bygning kan ikke nås" in text
    assert "00000000-0000-4000-8000-000000000007: ingen vej i nærheden, 140 m" in text
    all_in = replace(town, network_unreachable=town.network_unreachable.iloc[:0])
    assert "kan ikke nås" not in told(all_in)


def test_an_unchanged_answer_is_said(town):
    same = replace(town, network=pd.Series(town.network.to_dict() | {"area_is_viable": True}))
    assert "Svaret er det samme: ja" in told(same)


def test_the_network_that_counts_is_said(town):
    assert "regner ikke med nettet langs vejene" in told(town)
    chosen = replace(town, assumptions=town.assumptions.replace(is_network_by_pipes=1))
    assert "Resten af rapporten regner med nettet langs vejene" in told(chosen)


def test_without_a_network_it_says_so(town):
    none = town.network.to_dict() | {"reached_count": 0, "network_dkk": np.nan, "is_viable": pd.NA}
    text = told(replace(town, network=pd.Series(none)))
    assert "intet net at lægge ud" in text
    assert "<figure" not in text


def test_the_map_draws_wider_lines_for_larger_pipes(town):
    figure = maps.network_map(town)
    drawn = [c for c in figure.axes[0].collections if c.get_zorder() == 6]
    assert len(drawn) == 1
    width = dict(zip((50, 32), drawn[0].get_linewidths(), strict=True))
    assert width[50] > width[32] > 1
    names = [text.get_text() for text in figure.legends[0].get_texts()] if figure.legends else []
    names += [t.get_text() for a in figure.axes if a.get_legend() for t in a.get_legend().get_texts()]
    assert any("DN 50" in name for name in names)
    assert any("Kan ikke nås" in name for name in names)


def test_the_interactive_map_has_every_pipe_and_no_customers_demand(town):
    told_map = maps.town_map(town).told
    layer = next(layer for layer in told_map["layers"] if layer["key"] == "pipe")
    assert "Rør langs vejene" in layer["name"]
    assert "Stikledning, DN 25" in told_map["texts"]
    assert len(layer["features"]) == 3
    assert layer["fields"] == ["Længde", "Forsyner bygninger", "Pris uden moms"]
    assert not layer["on"]
