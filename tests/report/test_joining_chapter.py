"""The chapters on neighbours tell the numbers of the economy, and every case in words of its own."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from factories import join_in_a_row, make_overview, make_town
from screening import assumptions
from screening.economics import screen_areas
from screening.report import chapters
from screening.report.chapters.joining import joining_sentence
from screening.report.texts import LANGUAGES

PRICE = "user_price_district_heating_dkk_per_year"


def key_figures(rows):
    """Rows of (area, customers, MWh per customer, kWh/m2)."""
    table = pd.DataFrame(rows, columns=["area", "oil_gas_count", "each", "density_kwh_per_m2"])
    heat = table["oil_gas_count"] * table.pop("each")
    return table.assign(
        town=table["area"].str[:-2],
        individual_count=table["oil_gas_count"],
        individual_heat_mwh=heat,
        oil_gas_heat_mwh=heat,
        area_km2=heat / table["density_kwh_per_m2"] / 1000,
        oil_gas_share=1.0,
        heat_pump_count=0,
        heat_pump_share=0.0,
    )


def town_of(rows, area, *, borders=True):
    figures = key_figures(rows)
    groups, joining = join_in_a_row(figures if borders else figures[figures["area"] == area])
    return replace(
        make_town(),
        area=area,
        area_groups=groups,
        joining=joining[joining["area"] == area].reset_index(drop=True),
    )


def text_of(chapter):
    plain = re.sub(r"<[^>]+>", " ", chapter.html).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+([.,:])", r"\1", re.sub(r"\s+", " ", plain))


def rows_of(chapter, number):
    table = re.findall(r"<table.*?</table>", chapter.html, re.DOTALL)[number]
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [
        [re.sub(r"<[^>]+>", "", cell).replace("\N{NO-BREAK SPACE}", " ").strip() for cell in row]
        for row in cells
    ]


THREE = [("Nordby 1", 142, 23.5, 15.2), ("Nordby 2", 61, 105.6, 17.6), ("Nordby 3", 104, 17.2, 11.1)]


def test_a_small_area_is_told_whom_to_join_and_what_it_gives():
    chapter = chapters.with_neighbours(town_of(THREE, "Nordby 2"))
    one = key_figures(THREE).drop(columns="town").set_index("area").sum()
    one["density_kwh_per_m2"] = one["oil_gas_heat_mwh"] / one["area_km2"] / 1000
    one["oil_gas_share"] = 1.0
    counts = dict.fromkeys(("oil_gas_count", "individual_count"), 307)
    whole = pd.DataFrame([one]).assign(area="all", link_m=2 * 35.0, **counts)
    together = screen_areas(whole, assumptions.load("cowi-2022")).iloc[0]
    price = f"{together[PRICE]:,.0f}".replace(",", ".")
    millions = round(together["npv_alternative_dkk"] / 1e6, 1) - round(together["npv_project_dkk"] / 1e6, 1)
    gain = f"{millions:.1f}".replace(".", ",")
    assert (
        "Nordby 2 har 61 kunder og bør lægges sammen med Nordby 1 og Nordby 3. "
        f"Sammen: 307 kunder, brugerpris {price} kr. om året, samfundsgevinst {gain} mio. kr."
    ) in text_of(chapter)


def test_the_table_holds_every_area_alone_and_all_together():
    rows = rows_of(chapters.with_neighbours(town_of(THREE, "Nordby 2")), 0)
    assert [row[0] for row in rows[1:]] == ["Nordby 1", "Nordby 2", "Nordby 3", "Sammen"]
    assert [row[2] for row in rows[1:]] == ["142", "61", "104", "307"]
    # The proposed group stands last among the other groups; two of them are pairs.
    others = rows_of(chapters.with_neighbours(town_of(THREE, "Nordby 2")), 1)
    assert others[1][0] == "Nordby 2"
    assert others[-1][0] == "Nordby 1 + Nordby 2 + Nordby 3"
    assert {row[0] for row in others[2:-1]} == {"Nordby 1 + Nordby 2", "Nordby 2 + Nordby 3"}


def test_the_reserves_saved_are_told():
    # Two reserves of 2.5 million fewer.
    assert "Heraf er 5,0 mio. kr. færre reserver" in text_of(
        chapters.with_neighbours(town_of(THREE, "Nordby 1"))
    )


LARGE, SMALL = ("Nordby 1", 191, 31.0, 18.0), ("Nordby 2", 61, 105.6, 17.6)


@pytest.mark.parametrize(
    ("rows", "area", "borders", "expected"),
    [
        (THREE, "Nordby 1", True, "Nordby 1 kan få lokalvarme alene, men bør bygges sammen med Nordby 2 og"),
        (
            [LARGE],
            "Nordby 1",
            False,
            "Nordby 1 har 191 kunder og kan få lokalvarme alene. Ingen andre områder",
        ),
        (
            [SMALL],
            "Nordby 2",
            False,
            "men der er kun 61 kunder. Et anlæg bør have mindst 100, og ingen andre",
        ),
        (
            [("Nordby 1", 9, 33.7, 10.3)],
            "Nordby 1",
            False,
            "Lokalvarme kan ikke betale sig i Nordby 1, og ingen andre områder med kunder ligger inden for",
        ),
        (
            [("Nordby 1", 9, 33.7, 10.3), ("Nordby 2", 4, 22.0, 2.9)],
            "Nordby 1",
            True,
            "kan ikke betale sig i Nordby 1 alene, og det hjælper ikke at bygge sammen med Nordby 2",
        ),
        (
            [("Nordby 1", 40, 45.0, 18.0), ("Nordby 2", 40, 45.0, 18.0)],
            "Nordby 1",
            True,
            "Også sammen er der færre end de 100 kunder",
        ),
        (
            [LARGE, ("Nordby 2", 62, 31.1, 11.5)],
            "Nordby 2",
            True,
            "Nordby 2 kan ikke få lokalvarme alene, men kan sammen med Nordby 1. Sammen: 253 kunder",
        ),
        (
            [("Nordby 1", 0, 0.0, 10.0)],
            "Nordby 1",
            False,
            "Nordby 1 har ingen kunder at lægge sammen med andre",
        ),
    ],
)
def test_every_case_has_words_of_its_own(rows, area, borders, expected):
    town = town_of(rows, area, borders=borders)
    assert expected in text_of(chapters.with_neighbours(town))
    first_page = joining_sentence(town)
    assert re.sub(r"<[^>]+>|\s", "", str(first_page)) in re.sub(r"<[^>]+>|\s", "", chapters.answer(town).html)


def test_a_group_that_society_loses_by_is_told():
    town = town_of(THREE, "Nordby 2")
    whole = town.area_groups["area_count"] == 3
    lost = town.area_groups["society_gain_dkk"].where(
        ~whole, town.area_groups["society_gain_apart_dkk"] - 2e6
    )
    chapter = chapters.with_neighbours(
        replace(town, area_groups=town.area_groups.assign(society_gain_dkk=lost))
    )
    assert "fordi flere kunder får lokalvarme" in text_of(chapter)
    assert "fordi flere kunder får lokalvarme" not in text_of(chapters.with_neighbours(town))


def test_a_grouping_that_may_be_bettered_is_told_as_such():
    town = town_of(THREE, "Nordby 2")
    merged = replace(town, joining=town.joining.assign(is_exact=False))
    assert "En bedre inddeling kan findes" in text_of(chapters.with_neighbours(merged))
    assert "En bedre inddeling kan findes" not in text_of(chapters.with_neighbours(town))


@pytest.mark.parametrize("language", LANGUAGES)
def test_overview_tells_groups_areas_and_who_needs_it(language):
    groups, joining = join_in_a_row(key_figures(THREE))
    chapter = chapters.overview_joining(
        replace(make_overview(), area_groups=groups, joining=joining), language
    )
    first, second = rows_of(chapter, 0), rows_of(chapter, 1)
    assert [row[0] for row in first[1:]] == ["Nordby 1 + Nordby 2 + Nordby 3"]
    assert first[1][2] == "307"
    assert [row[0] for row in second[1:]] == ["Nordby 1", "Nordby 2", "Nordby 3"]
    assert [row[3] for row in second[1:]] == ["142", "61", "104"]
    assert {row[4] for row in second[1:]} == {"307"}
    told = text_of(chapter)
    # Only Nordby 2 has fewer than 100 customers; alone 142 + 104 are in plants of 100 or more.
    assert ("Nordby 2 har for få kunder" if language == "da" else "to stand alone: Nordby 2.") in told
    assert re.search(r"\b307\b.*\b246\b", told)


def test_overview_without_neighbours_says_so():
    groups, joining = join_in_a_row(key_figures([LARGE]))
    told = text_of(chapters.overview_joining(replace(make_overview(), area_groups=groups, joining=joining)))
    assert "Ingen områder bør lægges sammen" in told
    assert "Byg alene" in told
