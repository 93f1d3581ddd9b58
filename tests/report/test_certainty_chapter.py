"""Chapter 9: the probability in words, turns whose rounding keeps them true, and what moves the result."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import assumptions
from screening.economics import PARAMETERS
from screening.report import chapters
from screening.report.chapters.certainty import out_of_100
from screening.report.chapters.turning import connection_sentence, turning_blocks
from screening.report.texts import LANGUAGES, load_texts

DA = load_texts("da")
SETS = {name: assumptions.load(name) for name in ("cowi-2022", "dea-2026")}


def text_of(html: str) -> str:
    """What is read, on one line, without figures."""
    bare = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    words = unescape(re.sub(r"<[^>]+>", "", bare)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", words)


def turn(parameter, direction, value=np.nan, change=np.nan, *, is_viable=True, is_within=True):
    row = {
        "area": "A", "parameter": parameter, "is_viable": is_viable, "direction": direction, "value": value,
        "change_share": change, "is_within_range": is_within,
    }  # fmt: skip
    return pd.DataFrame([row])


def told(rows, chosen="cowi-2022", language="da"):
    return text_of(" ".join(turning_blocks(rows, SETS[chosen], load_texts(language))))


def with_chance(town, both, user=0.54, society=0.86):
    changed = town.uncertainty.assign(
        viable_probability_share=both,
        user_cheaper_probability_share=user,
        society_better_probability_share=society,
    )
    return replace(town, uncertainty=changed)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, "0"),
        (0.001, "under 1"),
        (0.006, "1"),
        (0.5249, "52"),
        (0.525, "53"),
        (0.9951, "over 99"),
        (1.0, "100"),
    ],
)
def test_a_probability_is_told_as_outcomes_of_a_hundred(share, expected):
    assert out_of_100(share, DA) == expected


def test_the_first_sentence_is_the_probability(towns):
    text = text_of(chapters.what_changes(with_chance(towns["large"], 0.52)).html)
    assert (
        "9 Hvad ændrer svaret Lokalvarme slår alternativerne i 52 af 100 udfald (brugeren 54, samfundet 86),"
        in text
    )
    assert "Med ord: det kan gå begge veje." in text
    english = text_of(chapters.what_changes(with_chance(towns["large"], 0.95), "en").html)
    assert "in 95 of 100 outcomes (the user 54, society 86)" in english
    assert "In words: very likely." in english


def test_what_the_probability_is_and_is_not_is_told(towns):
    town = towns["large"]
    text = text_of(chapters.what_changes(town).html)
    drawn = town.drivers["parameter"].nunique()
    assert drawn > 20
    assert f"{drawn} forudsætninger er trukket på én gang, 128 gange." in text
    assert "Spændene er skøn." in text
    assert "Alle områder får de samme træk." in text
    # Standard error of 128 draws with one half: sqrt(0.25 / 128) = 4.4 points.
    changed = replace(town, uncertainty=town.uncertainty.assign(probability_error_share=0.0442))
    assert "standardfejl 4,4 procentpoint" in text_of(chapters.what_changes(changed).html)


def test_a_yes_that_most_outcomes_deny_is_explained(towns):
    town = towns["large"]
    yes = replace(town, economics=pd.Series({**town.economics.to_dict(), "is_viable": True}))
    text = text_of(chapters.what_changes(with_chance(yes, 0.2)).html)
    assert "Udgangspunktet siger ja, men de fleste udfald siger nej" in text
    assert "I udgangspunktet tilslutter alle sig, og det kan kun blive færre." in text
    assert "Udgangspunktet siger" not in text_of(chapters.what_changes(with_chance(yes, 0.8)).html)
    no = replace(town, economics=pd.Series({**town.economics.to_dict(), "is_viable": False}))
    text = text_of(chapters.what_changes(with_chance(no, 0.7)).html)
    assert "Udgangspunktet siger nej, men de fleste udfald siger ja" in text


@pytest.mark.parametrize(
    ("rows", "chosen", "expected"),
    [
        (turn("connection_rate_share", "at_least", 0.613), "cowi-2022",
         "Ja, hvis mindst 62 % tilslutter sig. I regnestykket tilslutter alle sig."),
        (turn("connection_rate_share", "at_least", 0.62), "dea-2026",
         "Ja, hvis mindst 62 % tilslutter sig. I regnestykket tilslutter 80 % sig."),
        (turn("connection_rate_share", "at_least", 0.997), "cowi-2022",
         "Ja, hvis mindst 99,7 % tilslutter sig."),
        (turn("connection_rate_share", "at_least", 0.921, is_viable=False), "dea-2026",
         "Bliver ja, hvis mindst 93 % tilslutter sig."),
        (turn("connection_rate_share", "at_least", 0.9999, is_viable=False), "dea-2026",
         "Bliver ja, hvis alle tilslutter sig."),
        (turn("connection_rate_share", "none"), "cowi-2022", "Ja, også selv om kun en fjerdedel"),
        (turn("connection_rate_share", "none", is_viable=False), "dea-2026",
         "Nej, selv hvis alle tilslutter sig."),
        (turn("connection_rate_share", "none", is_viable=False), "cowi-2022",
         "Nej, selv om alle tilslutter sig i regnestykket."),
    ],
)  # fmt: skip
def test_how_many_must_connect(rows, chosen, expected):
    sentence = text_of(connection_sentence(rows, SETS[chosen], DA))
    assert sentence.startswith(expected)
    assert expected in told(rows, chosen)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # cowi-2022: 65 million DKK/km2, from 50 to 85; 72.48 is rounded down, as it is a most.
        (turn("network_dkk_per_km2", "at_most", 72_480_000.0),
         "Ja, så længe prisen på fordelingsnettet højst er 72,4 mio. kr./km² (nu 65 mio. kr./km²;"),
        (turn("loan_rate", "at_most", 0.045139),
         "Ja, så længe lånerenten højst er 4,51 % pr. år (nu 3,5 % pr. år;"),
        (turn("electricity_spot_dkk_per_mwh", "at_most", change=0.349),
         "Ja, så længe den rå elpris højst stiger 34 % ("),
        (turn("gas_factor_price_dkk_per_mwh", "at_least", change=-0.2112),
         "Ja, så længe gasprisen uden afgifter højst falder 21 % ("),
        (turn("gas_factor_price_dkk_per_mwh", "at_least", change=0.2012, is_viable=False),
         "Bliver ja, hvis gasprisen uden afgifter stiger mindst 21 % ("),
        (turn("plant_dkk", "at_most", change=-0.0512, is_viable=False),
         "Bliver ja, hvis anlægsprisen falder mindst 6 % ("),
        (turn("loan_rate", "at_most", 0.0279, is_viable=False),
         "Bliver ja, hvis lånerenten højst er 2,79 % pr. år"),
        (turn("plant_dkk", "at_most", change=0.004), "højst stiger 0,4 %"),
    ],
)  # fmt: skip
def test_a_turn_is_a_sentence(rows, expected):
    assert expected in told(rows)


@given(
    st.floats(0.3, 0.999) | st.floats(1.001, 3.0),
    st.sampled_from(
        ["network_dkk_per_km2", "loan_rate", "plant_operation_dkk_per_mwh", "network_full_load_hours"]
    ),
)
def test_rounding_keeps_the_sentence_true(factor, parameter):
    # Oracle: a yes up to (or from) the value is also a yes at the number told.
    now = float(getattr(SETS["cowi-2022"], parameter))
    value = now * factor
    direction = "at_most" if factor > 1 else "at_least"
    text = told(turn(parameter, direction, value, factor - 1))
    number = float(re.search(r"(?:højst|mindst) er ([\d.,]+)", text)[1].replace(".", "").replace(",", "."))
    scale = {"network_dkk_per_km2": 1e-6, "loan_rate": 100.0}.get(parameter, 1.0)
    shown = number / scale
    if factor > 1:
        assert now * (1 - 1e-9) <= shown <= value * (1 + 1e-6)
    else:
        assert value * (1 - 1e-6) <= shown <= now * (1 + 1e-9)
    assert shown == pytest.approx(value, rel=0.011)


def test_the_nearest_turn_in_its_range_stands_first_and_the_others_in_short():
    rows = pd.concat(
        [
            # Share of the way to the range's end: network 13/20, loan 0.5/1.5, hours outside.
            turn("network_dkk_per_km2", "at_most", 78e6, 0.2),
            turn("loan_rate", "at_most", 0.04, 1 / 7),
            turn("network_full_load_hours", "at_least", 1000.0, -0.7, is_within=False),
            turn("plant_dkk", "at_most", change=2.34, is_within=False),
            turn("co2_price_dkk_per_tonne", "none", is_within=False),
            turn("connection_rate_share", "at_least", 0.7),
        ],
        ignore_index=True,
    )
    text = told(rows)
    places = [text.index(words) for words in (
        "mindst 70 % tilslutter", "lånerenten højst", "fordelingsnettet højst",
        "Svaret vender først uden for spændet:",
        "varmeværkets fuldlasttimer (under 1.000 h)", "1 forudsætning vender ikke svaret", "CO₂-prisen",
    )]  # fmt: skip
    assert places == sorted(places)
    assert "anlægsprisen (+234 %)" in text


def test_many_turns_are_folded_away():
    rows = pd.concat([turn(name, "at_most", change=0.1) for name in PARAMETERS[1:14]], ignore_index=True)
    blocks = " ".join(turning_blocks(rows, SETS["dea-2026"], DA))
    shown, folded = blocks.split("<details", 1)
    assert (shown.count("<li>"), folded.count("<li>")) == (8, 5)
    assert "Vis 5 mere" in folded


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_doubt_has_a_name_for_sentences(language):
    entries = load_texts(language).entries
    assert [name for name in PARAMETERS if f"doubt_name.{name}" not in entries] == []


def test_the_answer_has_one_line_of_doubt(towns):
    town = with_chance(towns["large"], 0.52)
    rows = turn("connection_rate_share", "at_least", 0.613, is_viable=bool(town.economics["is_viable"]))
    text = text_of(chapters.answer(replace(town, break_even=rows)).html)
    assert "Lokalvarme slår alternativerne i 52 af 100 udfald (brugeren 54, samfundet 86)." in text
    assert "hvis mindst 62 % tilslutter sig. I regnestykket tilslutter alle sig. Se kapitel 9." in text


def test_the_ten_that_move_most_are_drawn_and_all_are_in_the_table(towns):
    town = towns["large"]
    html = chapters.what_changes(town).html
    parameters = town.sensitivity["parameter"].nunique()
    assert parameters > 20
    assert text_of(html).count("de 10, der flytter den mest") == 2
    folded = re.search(r"<summary>Alle ændringer i en tabel</summary>(.*?)</details>", html, re.DOTALL)[1]
    assert folded.count("<tr>") == 2 + len(town.sensitivity)
    assert "nan" not in folded
    # A table has no single value: its change stands in per cent.
    plant = town.sensitivity[
        (town.sensitivity["parameter"] == "plant_dkk") & (town.sensitivity["case"] == "high")
    ]
    assert f">+{100 * plant['change_share'].iloc[0]:.0f} %<" in folded


def test_an_assumption_with_one_end_is_drawn_and_one_that_turns_is_bold(towns):
    # Connection cannot rise above all: its only end counts from the base.
    town = towns["large"]
    rows = town.sensitivity.assign(flips=town.sensitivity["parameter"] == "connection_rate_share")
    assert set(rows.loc[rows["flips"], "case"]) == {"low"}
    html = chapters.what_changes(replace(town, sensitivity=rows)).html
    drawn = re.search(r"<svg[^>]*tornado-society-w.*?</svg>", html, re.DOTALL).group()
    bold = re.findall(r"<text[^>]*font: 600[^>]*>([^<]+)<|<text[^>]*font-weight: ?600[^>]*>([^<]+)<", drawn)
    assert {"".join(pair) for pair in bold} == {"Tilslutningen"}


def test_the_spread_is_drawn_and_told(towns):
    town = towns["large"]
    spread = town.uncertainty.assign(
        society_gain_p10_dkk=-2.5e6, society_gain_p90_dkk=35e6, user_saving_p10_dkk_per_year=-2909.0,
        user_saving_p50_dkk_per_year=1017.0, user_saving_p90_dkk_per_year=4017.0,
    )  # fmt: skip
    html = chapters.what_changes(replace(town, uncertainty=spread)).html
    text = text_of(html)
    assert "mellem −2.909 og +4.017 kr./år, med +1.017 i midten" in text
    assert "mellem −2,5 og +35,0 mio. kr." in text
    described = re.search(r'spread-user-w-desc">([^<]+)<', html)[1]
    for name in ("Lokalvarme", "Egen varmepumpe", "Naturgasfyr"):
        assert name in described


def test_the_strongest_driver_is_named(towns):
    town = towns["large"]
    rows = town.drivers.assign(user_rank_correlation=0.1, society_rank_correlation=0.1)
    rows.loc[rows["parameter"] == "loan_rate", "society_rank_correlation"] = -0.7
    text = text_of(chapters.what_changes(replace(town, drivers=rows)).html)
    assert "Udfaldet følger mest lånerenten." in text


def test_an_area_without_customers_has_no_doubt_to_tell(towns):
    for kind in ("without_boilers", "bare", "unknown_demand"):
        text = text_of(chapters.what_changes(towns[kind]).html)
        assert "udfald" not in text
        assert "af 100" not in text_of(chapters.answer(towns[kind]).html)


def rows_of(html: str, caption: str) -> list[list[str]]:
    tables = re.findall(r"<table.*?</table>", html, re.DOTALL)
    table = next(found for found in tables if caption in found)
    return [
        [text_of(cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
    ]


def overview_with(overview, shares):
    names = list(overview.uncertainty["area"])
    found = overview.uncertainty.set_index("area")
    found["viable_probability_share"] = pd.Series(dict(zip(names, shares, strict=True)))
    return replace(overview, uncertainty=found.reset_index())


def test_the_overview_tells_the_chances_likeliest_first(overviews):
    overview = overview_with(overviews["usual"], [0.2, 0.79, 0.001, 0.55])
    html = chapters.overview_ranking(overview).html
    assert "I 2 områder er et ja mere sandsynligt end et nej" in text_of(html)
    assert "Ålsgårde (79) og Skibstrup (55) af 100 udfald." in text_of(html)
    rows = rows_of(html, "Sandsynligheden for")[1:]
    assert [(row[0], row[2]) for row in rows] == [
        ("Ålsgårde", "79"), ("Skibstrup", "55"), ("Hellebæk Øst", "20"), ("Sønder Kær", "<1"),
    ]  # fmt: skip
    ranked = {row[0]: row[2] for row in rows_of(html, "Alle områder")[1:]}
    assert ranked == {"Ålsgårde": "79", "Skibstrup": "55", "Hellebæk Øst": "20", "Sønder Kær": "<1"}
    none = chapters.overview_ranking(overview_with(overview, [0.2, 0.1, 0.0, 0.5])).html
    assert "I intet område er et ja mere sandsynligt end et nej" in text_of(none)


def test_the_overview_tells_the_connection_it_takes(overviews):
    overview = overviews["usual"]
    turns = pd.concat(
        [
            turn("connection_rate_share", "at_least", 0.613).assign(area="Ålsgårde"),
            turn("connection_rate_share", "none", is_viable=False).assign(area="Skibstrup"),
        ]
    )
    html = chapters.overview_ranking(replace(overview, break_even=turns)).html
    told = {row[0]: row[-1] for row in rows_of(html, "Sandsynligheden for")[1:]}
    assert told == {
        "Ålsgårde": "mindst 62 %",
        "Skibstrup": "nej, selv med alle",
        "Hellebæk Øst": "–",
        "Sønder Kær": "–",
    }


def test_areas_without_customers_are_not_in_the_overviews_chances(overviews):
    overview = overviews["usual"]
    gone = overview.uncertainty.copy()
    gone.loc[gone["area"] == "Skibstrup", "society_gain_p50_dkk"] = np.nan
    html = chapters.overview_ranking(replace(overview, uncertainty=gone)).html
    assert "Skibstrup" not in {row[0] for row in rows_of(html, "Sandsynligheden for")}
    none = replace(overview, uncertainty=gone.assign(society_gain_p50_dkk=np.nan))
    assert "Hvor sikre er svarene?" not in chapters.overview_ranking(none).html
