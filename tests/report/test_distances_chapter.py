"""Chapter 4 tells how the communities change with the distance, and what the distance rests on."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from factories import make_town
from screening.report import chapters
from screening.report.texts import LANGUAGES


def text_of(chapter):
    plain = re.sub(r"<svg.*?</svg>", " ", chapter.html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", plain).replace("\N{NO-BREAK SPACE}", " "))


def rows_of(chapter, caption):
    table = next(t for t in re.findall(r"<table.*?</table>", chapter.html, re.DOTALL) if caption in t)
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [
        [re.sub(r"<[^>]+>", "", c).replace("\N{NO-BREAK SPACE}", " ").strip() for c in row] for row in cells
    ]


def test_the_figure_and_its_words_tell_the_ends():
    chapter = chapters.communities(make_town(), "da")
    told = text_of(chapter)
    assert "Ved 0,5 gange afstanden er der 1 energifællesskab med 8 bygninger" in told
    assert "ved 2,0 gange 3 energifællesskaber med 31 bygninger" in told
    wide, narrow = re.findall(r'<svg[^>]*"community-scales-[wn]-title.*?</svg>', chapter.html, re.DOTALL)
    for drawn in (wide, narrow):
        texts = [
            t.strip().replace("\N{NO-BREAK SPACE}", " ")
            for t in re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
        ]
        assert "1,0" in texts
        assert "2" in texts  # two communities at the distance itself
        assert "I fællesskaber på højst 250 kW" in texts


def test_each_community_has_its_margins():
    rows = rows_of(chapters.communities(make_town(), "da"), "møder et andet")
    assert [row[2:] for row in rows[1:]] == [
        ["mur mod mur", "0,90", "1,25", "over 2,0"],
        ["0,40", "0,90", "2,25", "over 2,0"],
    ]


def test_the_constants_stand_beside_what_their_inputs_give():
    rows = rows_of(chapters.communities(make_town(), "da"), "Fastsat og udledt")[1:]
    assert [(row[1], row[2], row[5]) for row in rows] == [
        ("8.946", "8.945,7", "0,0 %"),
        ("69.200", "69.199,6", "0,0 %"),
        ("360", "359,8", "0,1 %"),
        ("40", "36,9", "8,4 %"),  # 0.09 MWh x 1,230 kr / 3
        ("1,92", "1,84", "4,2 %"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_communities_the_figure_comes_only_where_longer_distances_give_some(language):
    town = make_town()
    none = replace(town, communities=town.communities.iloc[:0])
    later = chapters.communities(
        replace(none, community_scales=town.community_scales.assign(community_count=[0, 0, 1, 2])), language
    )
    assert "community-scales-w" in later.html
    never = chapters.communities(
        replace(none, community_scales=town.community_scales.assign(community_count=0)), language
    )
    assert "community-scales-w" not in never.html
    assert "1.92" in never.html or "1,92" in never.html
