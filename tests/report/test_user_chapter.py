"""The user's chapter: oil beside the others, the bill by year and by type, and a calculator that agrees."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from playwright.sync_api import sync_playwright

from screening import assumptions, economics
from screening.report import chapters, page
from screening.report.texts import load_texts

ALTERNATIVES = ("district_heating", "heat_pump", "gas", "oil")


def figures_of(town) -> pd.DataFrame:
    return town.key_figures.to_frame().T.infer_objects().assign(area=town.area)


def with_set(town, name: str):
    """The town's user economy with another set of assumptions."""
    chosen, figures = assumptions.load(name), figures_of(town)
    return replace(
        town,
        assumptions=chosen,
        economics=economics.screen_areas(figures, chosen).loc[town.area],
        user=economics.user_economy(figures, chosen),
        bills=economics.bills_by_year(figures, chosen),
        house_prices=economics.house_prices(figures, chosen),
        typical_houses=economics.typical_houses(town.buildings, figures, chosen),
    )


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html).replace("\N{NO-BREAK SPACE}", " ")


def test_oil_is_told_and_not_recommended(towns):
    town = towns["large"]
    html = chapters.user(town).html
    assert "må et gammelt oliefyr siden 1. juli 2016 som hovedregel ikke erstattes af et nyt" in plain(html)
    cheap = town.user.copy()
    cheap.loc[cheap["alternative"] == "oil", "payment_dkk_per_year"] = 1.0
    told = plain(chapters.user(replace(town, user=cheap)).html)
    assert "Billigst er oliefyr" not in told
    assert "Billigst er" in told


def test_the_step_of_the_gas_price_is_told_where_the_set_has_one(towns):
    dea = with_set(towns["large"], "dea-2026")
    paid = dea.bills.query("alternative == 'gas'").groupby("year")["payment_dkk"].sum()
    t = load_texts("da")
    expected = (
        f"Naturgasfyr stiger fra {t.number(paid[2031])} kr. til {t.number(paid[2032])} kr. om året i 2032."
    )
    assert expected in plain(chapters.user(dea).html)
    assert "stiger fra" not in plain(chapters.user(towns["large"]).html)  # cowi-2022 has one price


def test_first_year_and_present_value_are_in_the_table(towns):
    town = towns["large"]
    a, t = town.assumptions, load_texts("da")
    gas = town.bills.query("alternative == 'gas'").groupby("year")["payment_dkk"].sum()
    years = gas.index.to_numpy() - a.calculation_start_year
    present = (gas.to_numpy() / (1 + a.user_rate) ** years).sum()
    text = " ".join(plain(chapters.user(town).html).split())
    assert f"Naturgasfyr {t.number(gas.iloc[0])} {t.number(round(present, -3))}" in text


def test_types_show_bills_without_vat_for_those_who_get_it_back(towns):
    town = towns["usual"]
    types = pd.DataFrame(
        {
            "area": town.area,
            "building_type": ["standard", "detached", "public"],
            "building_count": pd.array([pd.NA, 12, 5], dtype="Int64"),
            "area_m2": [130.0, 150.0, 900.0],
            "heat_mwh": [18.1, 20.25, 101.0],
            "is_vat_deducted": [False, False, True],
            "district_heating_dkk_per_year": [20_000.4, 21_000.0, 80_000.0],
            "heat_pump_dkk_per_year": [22_000.6, 23_000.0, 70_000.0],
            "gas_dkk_per_year": [25_000.0, 20_000.0, 90_000.0],
            "oil_dkk_per_year": [9_000.0, 9_000.0, 9_000.0],
            "cheapest_alternative": ["district_heating", "gas", "heat_pump"],
            "saving_dkk_per_year": [2_000.2, -1_000.0, -10_000.0],
        }
    )
    text = " ".join(plain(chapters.user(replace(town, typical_houses=types)).html).split())
    assert "Standardforbruger 130 m², 18,1 MWh 20.000 22.001 25.000 9.000 +2.001" in text  # as shown
    assert "Parcelhus 12 bygninger, 150 m², 20,2 MWh 21.000 23.000 20.000 9.000 −1.000" in text
    assert "Offentlig og fælles (uden moms) 5 bygninger" in text
    alone = chapters.user(replace(town, typical_houses=types.iloc[:1])).html
    assert "for få huse af hver type" in plain(alone)


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def calculator(browser, tmp_path):
    """Open a town's chapter offline with the page's own policy; any message or request fails the test."""
    seen: list[str] = []
    contexts = []

    def start(town, language="da"):
        path = tmp_path / "index.html"
        parts = [chapters.user(town, language).html, chapters.assumptions_used(town, language).html]
        path.write_text(page.assemble(parts, town, language), encoding="utf-8")
        contexts.append(browser.new_context(offline=True))
        tab = contexts[-1].new_page()
        tab.on("console", lambda message: seen.append(message.text))
        tab.on("pageerror", lambda error: seen.append(str(error)))
        tab.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else seen.append(r.url))
        tab.goto(path.as_uri())

        def ask(area: str, heat: str) -> tuple[dict[str, float], dict[str, list[str]], str]:
            tab.fill("#house-area", area)
            tab.fill("#house-heat", heat)
            rows = tab.locator(".calculator tbody tr")
            shown = {
                r.get_attribute("data-alternative"): r.locator("td").all_inner_texts() for r in rows.all()
            }
            exact = {r.get_attribute("data-alternative"): r.get_attribute("data-dkk") for r in rows.all()}
            told = tab.inner_text(".calculator-told").replace("\N{NO-BREAK SPACE}", " ")
            return {name: float(v) for name, v in exact.items() if v is not None}, shown, told

        return ask

    yield start
    for context in contexts:
        context.close()
    assert seen == []


def expected_bills(town, area_m2: float | None, heat_mwh: float | None) -> pd.Series:
    one = pd.DataFrame({"house": ["mit"], "area_m2": [area_m2], "heat_mwh": [heat_mwh]})
    bills = economics.house_economy(figures_of(town), town.assumptions, one)
    return bills.groupby("alternative")["payment_dkk_per_year"].sum()


HOUSES = [
    ("150", "20", 150.0, 20.0),
    ("150,5", "18,1", 150.5, 18.1),
    ("82.5", "9.05", 82.5, 9.05),
    ("1.250", "310,75", 1250.0, 310.75),
    (" 4 000 ", "360", 4000.0, 360.0),
    ("20000", "2400", 20000.0, 2400.0),
    ("30", "0,5", 30.0, 0.5),
    ("140", "", 140.0, None),
    ("", "33,3", None, 33.3),
]


@pytest.mark.parametrize(("kind", "name"), [("usual", "cowi-2022"), ("large", "dea-2026")])
def test_the_calculator_agrees_with_house_economy(kind, name, towns, calculator):
    town = with_set(towns[kind], name)
    ask, t = calculator(town), load_texts("da")
    for area, heat, area_m2, heat_mwh in HOUSES:
        exact, shown, told = ask(area, heat)
        expected = expected_bills(town, area_m2, heat_mwh)
        assert exact == pytest.approx(expected.to_dict(), rel=1e-9), (area, heat)
        for alternative in ALTERNATIVES:
            assert shown[alternative][0] == t.number(expected[alternative])
            assert shown[alternative][1] == t.number(expected[alternative] / 12)
        difference = round(expected["gas"]) - round(expected["district_heating"])
        assert shown["gas"][2] == t.signed(difference)
        saving = min(round(expected["gas"]), round(expected["heat_pump"])) - round(
            expected["district_heating"]
        )
        assert told.startswith("Lokalvarme er billigst" if saving > 0 else "Lokalvarme er ikke billigst")
        assert t.number(abs(saving)) in told
        assert ("som hos standardforbrugeren" in told) == (area_m2 is None or heat_mwh is None)


def test_the_calculator_begins_with_the_standard_consumer(towns, calculator):
    town = towns["large"]
    ask = calculator(town)
    exact, _, _ = ask("130", "18,1")
    sums = town.user.groupby("alternative")["payment_dkk_per_year"].sum()
    assert exact == pytest.approx(sums.to_dict(), rel=1e-9)


def test_in_english_a_comma_between_thousands_is_no_decimal_sign(towns, calculator):
    town = towns["large"]
    ask = calculator(town, "en")
    exact, shown, told = ask("1,250", "310.75")
    assert exact == pytest.approx(expected_bills(town, 1250.0, 310.75).to_dict(), rel=1e-9)
    assert shown["gas"][0] == load_texts("en").number(exact["gas"])
    assert told.startswith("Local heating is")
    assert ask("150", "20,5")[0] == pytest.approx(expected_bills(town, 150.0, 20.5).to_dict(), rel=1e-9)


@pytest.mark.parametrize(
    ("area", "heat", "words"),
    [
        ("", "", "Skriv et areal eller et varmeforbrug"),
        ("stort", "20", "Skriv tal"),
        ("1e3", "20", "Skriv tal"),
        ("150", "1.2.3", "Skriv tal"),
        ("0", "20", "over nul"),
        ("150", "-20", "over nul"),
        ("150", "18100", "Er det skrevet i kWh"),
        ("150", "18.100", "Er det skrevet i kWh"),
        ("40", "2400", "Er det skrevet i kWh"),
        ("90000", "2000", "Arealet er over 50.000 m²"),
        ("150", "0,02", "skal være i MWh"),
    ],
)
def test_wrong_input_says_so_and_shows_no_number(area, heat, words, towns, calculator):
    exact, shown, told = calculator(towns["large"])(area, heat)
    assert words in told
    assert exact == {}
    assert {cell for cells in shown.values() for cell in cells} == {"–"}


def test_a_town_without_customers_has_no_calculator(towns):
    assert "calculator" not in chapters.user(towns["without_boilers"]).html
