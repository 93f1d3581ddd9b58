"""What chapter 5 tells of the plant hour by hour."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from markupsafe import Markup

from factories import make_town
from screening.report.chapters import plant_and_network
from screening.report.chapters.plant_hours import plant_by_hours
from screening.report.texts import load_texts


def told(town, language="da"):
    blocks = plant_by_hours(town, load_texts(language))
    text = re.sub(r"<svg.*?</svg>", "<svg></svg>", str(Markup("").join(blocks)), flags=re.DOTALL)
    return re.sub(r"\s+", " ", text.replace("\xa0", " "))


@pytest.fixture(scope="module")
def town():
    return make_town()


def changed(town, **values):
    return replace(town, local_plant=pd.Series(town.local_plant.to_dict() | values, name=town.area))


def test_price_shares_and_what_they_change_are_told(town):
    text = told(town)
    for figure in ("228 kr./MWh", "340 kr./MWh", "93 %", "7 %", "95 MWh", "514", "565", "798", "COP er 2,9"):
        assert figure in text, figure
    assert "vender svaret</strong> fra nej til ja" in text
    assert "fra 20.900 til 19.400 kr./år" in text
    assert "14. januar kl. 6" in text  # 5 o'clock UTC


def test_the_synthetic_year_is_said_and_only_then(town):
    assert "syntetisk år" in told(town)
    assert "synthetic year" in told(town, "en")
    assert "syntetisk" not in told(changed(town, is_synthetic=False))


def test_an_unchanged_answer_is_said(town):
    same = changed(town, set_is_viable=True, set_user_price_dkk_per_year=19_400.0)
    assert "Svaret er det samme med begge priser: ja" in told(same)
    assert "Brugerprisen er den samme, 19.400 kr./år" in told(same)


def test_years_of_one_price_stand_together(town):
    text = told(town)
    assert "2023–2029" in text
    assert "2030–2052" in text
    flat = town.local_plant_years.assign(
        electricity_price_dkk_per_mwh=514.0, heat_price_dkk_per_mwh=228.0, spot_dkk_per_mwh=377.0
    )
    same = told(replace(town, local_plant_years=flat))
    assert "samme elpris i alle årene 2023–2052" in same
    assert "2030–2052" not in same


def test_the_cheapest_size_stands_beside_the_price_tables(town):
    text = told(town)
    assert "varmepumpe på 60 kW og en tank på 40 m³" in text
    assert "7.000 kr. om året</strong>, 7 %" in text
    for figure in ("710.000", "672.000", "95.000", "88.000"):
        assert figure in text, figure


def test_hours_run_are_counted_from_the_hours(town):
    hours = town.local_plant_hours
    assert int((hours["heat_pump_mw"] > 0).sum()) == 8760
    boiler = int((hours["electric_boiler_mw"] > 1e-5).sum())
    written = f"{boiler:,}".replace(",", ".")
    assert f"Varmepumpen kører i 8.760 timer om året, elkedlen i {written}" in told(town)


def test_two_figures_are_drawn_for_wide_and_narrow_pages(town):
    assert told(town).count("<svg></svg>") == 4


def test_the_price_that_counts_is_said(town):
    assert "regner med forudsætningens pris" in told(town)
    chosen = replace(town, assumptions=town.assumptions.replace(is_heat_price_by_hours=1))
    assert "Resten af rapporten regner med timeprisen" in told(chosen)


def test_a_plant_without_hours_says_why(town):
    none = changed(town, heat_price_dkk_per_mwh=float("nan"), error="Saunte: for lille <b>anlæg</b>")
    text = told(none)
    assert "Saunte: for lille &lt;b&gt;anlæg" in text
    assert "<figure" not in text


def test_it_is_part_of_the_chapter_in_both_languages(town):
    for language, title in (("da", "Anlægget time for time"), ("en", "The plant hour by hour")):
        assert title in str(plant_and_network(town, language).html)
