"""The chapter on the register's quality tells truthfully what could turn the verdict, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from factories import make_overview, make_town
from screening import register
from screening.doubt import ALL
from screening.report import chapters
from screening.report.files import write_corrections
from screening.report.texts import LANGUAGES, load_texts

LABEL = {"da": "Opvarmet areal ukendt", "en": "Heated area unknown"}


def text_of(chapter):
    """What a reader sees, one blank between words."""
    plain = re.sub(r"<[^>]+>", " ", chapter.html)
    return re.sub(r"\s+", " ", plain)


def note_of(chapter):
    """The sentence at the top, with its conditions."""
    found = re.search(r'<(p|div) class="note note-(\w+)">(.*?)</\1>', chapter.html, re.DOTALL)
    if found.group(1) == "div":
        found = re.search(r'<(div) class="note note-(\w+)">(.*?)</div>', chapter.html, re.DOTALL)
    return found.group(2), re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group(3))).strip()


def cells(chapter, caption):
    """Cells as text of the first table whose caption says so, without the labels for narrow pages."""
    html = re.sub(r'<span class="cell-label">.*?</span>', "", chapter.html)
    table = next(t for t in re.findall(r"<table.*?</table>", html, re.DOTALL) if caption in t)
    return [
        [
            re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]


def first_table(chapter):
    return cells(chapter, "")


def changed(town, **columns):
    return replace(town, register_doubt=town.register_doubt.assign(**columns))


@pytest.fixture(scope="module")
def town():
    return make_town()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_turns_the_verdict_is_told_first(town, language):
    chapter = chapters.register_quality(town, language)
    tone, told = note_of(chapter)
    assert tone == "caution"
    yes, no = ("ja", "nej") if language == "da" else ("yes", "no")
    assert LABEL[language] in told
    # One of two doubts, and one building of it, turns the no of this town to a yes.
    assert re.search(rf"\b1\b.*\b2\b.*{no}", told, re.IGNORECASE)
    assert re.search(rf"\b1 b\w+.*{yes}", told, re.IGNORECASE)
    rows = first_table(chapter)
    assert [row[0] for row in rows[1:]] == [LABEL[language], rows[2][0]]
    assert rows[1][4].lower().startswith("ja" if language == "da" else "yes")
    assert rows[2][4].lower().startswith("nej" if language == "da" else "no")


def test_a_steady_verdict_is_told_as_steady(town):
    steady = changed(town, verdict_changes=False, is_viable=False)
    tone, told = note_of(chapters.register_quality(steady))
    assert tone == "good"
    assert told.startswith("Svaret holder: ingen af de 2 forhold")
    assert not re.search(
        r"\bJa\b", " ".join(row[4] for row in first_table(chapters.register_quality(steady)))
    )


def test_several_at_once_are_told_where_none_alone_turns_the_verdict(town):
    rows = town.register_doubt
    alone = rows["check_name"] != ALL
    two = replace(town, register_doubt=rows.assign(
        verdict_changes=rows["verdict_changes"] & ~alone, is_viable=rows["is_viable"] & ~alone))  # fmt: skip
    tone, told = note_of(chapters.register_quality(two))
    assert tone == "caution"
    assert told.startswith("Ingen af de 2 forhold i registeret kan hver for sig vende svaret fra nej")
    assert "hvis 2 bygninger bruger mere varme end beregnet, bliver svaret ja" in told


def test_one_doubt_is_no_several(town):
    one = town.register_doubt[town.register_doubt["check_name"].isin(["year_unknown"])]
    chapter = chapters.register_quality(replace(town, register_doubt=one))
    assert note_of(chapter)[1].startswith("Svaret holder: der er fundet 1 forhold")
    assert "Hvis flere forhold er forkerte" not in chapter.html


def test_no_doubt_says_so(towns):
    chapter = chapters.register_quality(towns["bare"])
    assert note_of(chapter) == ("good", note_of(chapter)[1])
    assert "fandt intet i området, der kan ændre svaret" in note_of(chapter)[1]
    assert "3 andre kontroller fandt ingen bygninger" in text_of(chapter)


def test_the_verdict_of_a_viable_town_is_a_yes_that_may_become_a_no(town):
    economics = town.economics.copy()
    economics["is_viable"] = True
    rows = town.register_doubt.assign(is_viable=~town.register_doubt["verdict_changes"])
    chapter = chapters.register_quality(replace(town, economics=economics, register_doubt=rows))
    assert "vende svaret fra ja" in note_of(chapter)[1]
    assert "bliver svaret nej" in note_of(chapter)[1]


def test_numbers_in_the_table_are_those_of_the_scenarios(town):
    rows = first_table(chapters.register_quality(town))
    # The demand that changes most, the society's gain from lowest to highest, the user's largest change.
    assert rows[1][1:4] == ["1 1 tæller med", "16", "0,0 til +0,3"]
    assert rows[2][1:4] == ["2 1 tæller med", "4", "−0,1 til +0,1"]
    assert "højst 260 kr./år" in rows[2][4].replace("\N{NO-BREAK SPACE}", " ")


def test_the_gain_with_several_doubts_adds_up(town):
    """The result shown is the result of the register as it stands plus the change."""
    rows = cells(chapters.register_quality(town), "i samme retning")
    users = [int(row[3].replace(".", "").replace("−", "-")) for row in rows[1:]]
    base = 22_400 - 23_850
    assert users == [base, base - 240, base + 2_360]


def test_losing_all_customers_is_told(town):
    rows = town.register_doubt.iloc[[0]].assign(
        check_name="year_unknown", effect="may_leave", scenario="leave", changed_count=41,
        advice="no_oil_gas", is_viable=False, verdict_changes=False, user_margin_change_dkk_per_year=np.nan,
        society_margin_change_dkk=np.nan,
    )  # fmt: skip
    chapter = chapters.register_quality(replace(town, register_doubt=rows))
    assert "der er ingen kunder tilbage" in text_of(chapter)
    assert not re.search(r"\bnan\b", text_of(chapter))


def test_checks_that_found_nothing_are_counted_not_listed(town):
    chapter = chapters.register_quality(town)
    assert "Varmeinstallation ikke oplyst" not in chapter.html
    assert "1 anden kontrol fandt ingen bygninger" in text_of(chapter)


def test_what_has_no_weight_for_the_verdict_is_named_in_one_line(town):
    checks = town.register_checks.assign(effect=["demand", "none", "may_join"])
    chapter = chapters.register_quality(replace(town, register_checks=checks))
    assert "Fundet uden at det ændrer økonomien: opførelsesår ukendt (2)." in text_of(chapter)
    assert [row[0] for row in first_table(chapter)[1:]] == ["Opvarmet areal ukendt"]


def test_every_check_has_something_to_do_in_both_languages():
    """By its own text or by that of its effect; and no text is left over for a check that is gone."""
    checks = register.check_list()
    for language in LANGUAGES:
        entries = load_texts(language).entries
        own = {key.removeprefix("quality.action.") for key in entries if key.startswith("quality.action.")}
        assert own - set(checks["check_name"]) - set(checks["effect"]) == set()
        assert set(checks["effect"]) <= own


def test_every_share_belongs_to_a_check_of_the_demand(town):
    checks = register.check_list().set_index("check_name")["effect"]
    named = [
        *town.assumptions.lookup("doubtful_area_share").index,
        *town.assumptions.lookup("doubtful_heat_share").index,
    ]
    assert {checks[name] for name in named if name != "other"} == {"demand"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_corrections_lie_beside_the_report(town, towns, language, tmp_path):
    chapter = chapters.register_quality(town, language)
    assert 'href="rettelser.csv"' in chapter.html
    assert re.search(r"2 .*2 .*rettelser.csv.* 1 ", text_of(chapter))
    assert "rettelser.csv" not in chapters.register_quality(towns["bare"], language).html
    write_corrections(town, tmp_path / "rettelser.csv", language)
    table = pd.read_csv(tmp_path / "rettelser.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert len(table) == 2


def test_the_overview_names_the_areas_that_hang_on_the_register(town):
    overview = make_overview()
    chapter = chapters.overview_register(overview)
    tone, told = note_of(chapter)
    assert tone == "caution"
    assert told.startswith("Svaret afhænger af registeret i 1 af 4 områder.")
    rows = first_table(chapter)
    assert rows[1] == [town.area, "Nej", "Ja", "Opvarmet areal ukendt"]
    assert 'href="hellebaek-oest/index.html"' in chapter.html
    steady = replace(overview, register_doubt=overview.register_doubt.assign(verdict_changes=False))
    tone, told = note_of(chapters.overview_register(steady))
    assert (tone, "Ingen af svarene afhænger af registeret: i 4 områder" in told) == ("good", True)


def test_the_overview_sums_over_the_areas():
    overview = make_overview()
    other = overview.register_doubt.assign(area="Skibstrup", verdict_changes=False)
    both = replace(overview, register_doubt=pd.concat([overview.register_doubt, other], ignore_index=True))
    chapter = chapters.overview_register(both)
    rows = cells(chapter, "Tvivl om kommunens bygninger")
    # The larger of lower and higher in each area: 16.1 + 16.1 MWh, 0.31 + 0.31 million; one of two turns.
    assert rows[1][:5] == ["Opvarmet areal ukendt", "1 2 tæller med", "32", "0,6", "1"]
    assert rows[2][:5] == ["Opførelsesår ukendt", "2 2 tæller med", "7", "0,1", "0"]
