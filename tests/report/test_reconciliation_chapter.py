"""Chapter 14: who pays whom, the steps to society's cost, and what it says when figures do not agree."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from screening import assumptions, economics
from screening.figures import Frame, waterfall
from screening.figures.canvas import INK
from screening.report import chapters
from screening.report.texts import LANGUAGES, load_texts

DEA = assumptions.load("dea-2026")


def text_of(chapter) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]+>", " ", chapter.html, flags=re.DOTALL))


def number(words: str) -> float:
    return float(words.replace(".", "").replace(",", ".").replace("−", "-").replace("–", "0"))


def rows_of(chapter, caption: str) -> dict[str, list[str]]:
    """Cells by the name of the row, of the table with the caption."""
    start = chapter.html.index(caption)
    body = chapter.html[start : chapter.html.index("</table>", start)]
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", body, flags=re.DOTALL):
        cells = [re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        found[cells[0]] = cells[1:]
    return found


def with_set(town, chosen):
    figures = town.key_figures.to_frame().T.assign(area=town.area).infer_objects()
    return replace(
        town,
        assumptions=chosen,
        reconciliation=economics.reconciliation(figures, chosen),
        society=economics.society_economy(figures, chosen),
    )


def test_the_steps_end_at_the_cost_that_chapter_8_tells(towns):
    town = towns["large"]
    steps = rows_of(chapters.reconciled(town), "Fra kundernes betaling til samfundets udgift over")
    project, alternative, apart = (number(cell) for cell in steps["Samfundets udgift"])
    assert project == pytest.approx(float(town.economics["npv_project_dkk"]) / 1e6, abs=0.051)
    assert alternative == pytest.approx(float(town.economics["npv_alternative_dkk"]) / 1e6, abs=0.051)
    assert apart == pytest.approx(project - alternative, abs=0.11)


def test_the_steps_shown_add_up(towns):
    steps = rows_of(chapters.reconciled(towns["large"]), "Fra kundernes betaling til samfundets udgift over")
    names = list(steps)[1:]
    totals = ["Kunderne betaler i alt", "Betalt til leverandører", "Samfundets udgift"]
    for side in (0, 1):
        reached = 0.0
        for name in names:
            amount = number(steps[name][side])
            if name in totals[1:]:
                # Each step is rounded to a tenth.
                assert amount == pytest.approx(reached, abs=0.05 * len(names))
                reached = amount
            else:
                reached += amount


def test_rows_and_columns_of_the_parties_add_up(towns):
    paid = rows_of(chapters.reconciled(towns["large"]), "Betalinger med lokalvarme over")
    total = [number(cell) for cell in paid.pop("Modtager i alt")]
    rows = [[number(cell) for cell in cells] for name, cells in paid.items() if name != "Betaler"]
    assert {"Kunder", "Varmeselskab", "Stat", "Bank"} <= set(paid)
    for row in rows:
        assert row[-1] == pytest.approx(sum(row[:-1]), abs=0.3)
    for column, whole in enumerate(total):
        assert whole == pytest.approx(sum(row[column] for row in rows), abs=0.3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_that_all_agrees_and_how_many_figures_were_compared(towns, language):
    town, t = towns["large"], load_texts(language)
    told = text_of(chapters.reconciled(town, language))
    agrees = t("reconciliation.agrees", count=len(town.reconciliation), largest=t.number(0.0, 2))
    assert re.sub(r"\s+", " ", str(agrees.striptags())) in re.sub(r"\s+", " ", told)
    assert f" {t('reconciliation.no')} " not in told


def test_each_bar_of_the_waterfall_begins_where_the_one_before_ends():
    frame = Frame("w", "Steps", "", "mio.", lambda value, digits: f"{value:.{digits}f}", 1)
    amounts = pd.Series({"Start": 10.0, "Less": -4.0, "More": 2.0, "End": 8.0})
    drawn = waterfall(amounts, frame, totals=["Start", "End"], colours=("#00ff00", "#ff0000"))
    wide = drawn[: drawn.index('class="narrow"')]
    for label in ("10.0", "-4.0", "+2.0", "8.0"):
        assert f">{label}<" in wide
    bars = {}
    for colour in ("#00ff00", "#ff0000", INK):
        pattern = rf'd="M ([\d.]+) [\d.]+\s+L ([\d.]+) [^"]*"[^>]*fill: {colour}'
        bars[colour] = sorted(sorted(map(float, ends)) for ends in re.findall(pattern, wide))
    (zero, eight), (_, ten) = bars[INK]  # both from zero, the shorter first
    unit = (ten - zero) / 10
    assert eight == pytest.approx(zero + 8 * unit, abs=0.01)
    assert bars["#ff0000"] == [pytest.approx([zero + 6 * unit, ten], abs=0.01)]
    assert bars["#00ff00"] == [pytest.approx([zero + 6 * unit, eight], abs=0.01)]


def test_a_difference_of_a_few_kroner_is_told_with_its_check(towns):
    town = towns["large"]
    wrong = town.reconciliation.copy()
    row = wrong.index[(wrong["section"] == "bank") & (wrong["step"] == "repaid")][0]
    wrong.loc[row, "check_dkk"] = -4.25
    chapter = chapters.reconciled(replace(town, reconciliation=wrong))
    assert "Tallene stemmer ikke." in text_of(chapter)
    checks = rows_of(chapter, "Hvad der er regnet på to måder")
    assert checks["Lån er betalt tilbage eller står som gæld"][1:] == ["4,25", "stemmer ikke"]
    others = [cells for name, cells in checks.items() if cells[-1] == "stemmer"]
    assert len(others) == 8


def test_it_tells_whether_replacement_loans_are_in_the_price(towns):
    town = towns["large"]
    assert "betale af på lån til udskiftninger" in text_of(chapters.reconciled(town))
    repaid = with_set(town, DEA.replace(is_replacement_loan_repaid=1.0))
    assert "betale af på lån til udskiftninger" not in text_of(chapters.reconciled(repaid))


def test_a_town_without_customers_has_nothing_to_reconcile(towns):
    town = towns["large"]
    empty = replace(town, reconciliation=town.reconciliation.iloc[:0])
    assert "ingen betalinger at afstemme" in text_of(chapters.reconciled(empty))
