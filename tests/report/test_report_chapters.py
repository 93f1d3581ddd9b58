"""Every chapter renders for every kind of town in both languages: well-formed, complete, nothing leaks."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pandas as pd
import pytest
from markupsafe import escape

from screening.report import chapters, page
from screening.report.texts import LANGUAGES, load_texts

KINDS = (
    "usual",
    "large",
    "without_boilers",
    "without_gas",
    "with_gaps",
    "unknown_demand",
    "hostile",
    "in_parts",
    "bare",
)
OVERVIEWS = ("usual", "in_parts", "none_viable", "all_viable", "hostile")
LEAK = re.compile(r"\b(nan|None|inf|NaT)\b|<NA>")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_page_of_a_town_is_sound(kind, language, pages, read_page):
    assert_sound(read_page(pages[kind, language]), len(chapters.CHAPTERS), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", OVERVIEWS)
def test_overview_is_sound(kind, language, overview_pages, read_page):
    assert_sound(read_page(overview_pages[kind, language]), len(chapters.OVERVIEW_CHAPTERS), language)


def assert_sound(seen, chapter_count, language):
    assert seen.faults == []
    assert LEAK.findall(seen.text) == []
    assert len(seen.ids) == len(set(seen.ids))
    assert seen.all("html")[0]["lang"] == language
    sections = [s for s in seen.all("section") if s.get("class") == "chapter"]
    assert len(sections) == chapter_count
    # Every link inside the page has a target; every reference to a name too.
    inside = {a["href"][1:] for a in seen.all("a") if a["href"].startswith("#")}
    named = {name for _, given in seen.elements for name in given.get("aria-labelledby", "").split()}
    assert (inside | named) - set(seen.ids) == set()
    # Headings step down one level at a time and there is one h1.
    levels = [int(tag[1]) for tag, _ in seen.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    # Every table has a caption and every heading cell says what it heads.
    tables, captions = len(seen.all("table")), len(seen.all("caption"))
    assert tables == captions
    assert all(cell.get("scope") in {"col", "row", "rowgroup"} for cell in seen.all("th"))
    # Every image is named and told.
    images = [s for s in seen.all("svg") if s.get("role") == "img"]
    assert len(images) == len(seen.all("svg"))
    assert len(seen.all("desc")) == len(images)
    assert len(seen.all("figcaption")) == len(seen.all("figure"))
    assert all(frame.get("title") for frame in seen.all("iframe"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_from_data_is_escaped(language, pages, overview_pages):
    for html in (pages["hostile", language], overview_pages["hostile", language]):
        assert '<script>alert("x")' not in html
        assert "&lt;script&gt;" in html


def test_languages_do_not_mix(rendered, read_page):
    danish, english = (load_texts(language).entries for language in LANGUAGES)
    only_danish = {v for k, v in danish.items() if v != english[k] and "{" not in v and len(v) > 12}
    for (kind, language), parts in rendered.items():
        if language == "en":
            text = "\n".join(parts.values())
            assert [v for v in only_danish if str(escape(v)) in text] == [], kind


def test_chapters_keep_their_order_and_names(rendered):
    for key, html in rendered["usual", "da"].items():
        assert html.startswith(f'<section class="chapter" id="{key}"')
    assert next(iter(rendered["usual", "da"])) == "answer"


def test_chapter_shows_itself_in_a_notebook(towns):
    made = chapters.method_and_reservations(towns["usual"])
    assert made._repr_html_() == made.html


def test_synthetic_data_are_named_as_such_and_real_ones_are_not(pages, read_page):
    synthetic, real = (read_page(pages[kind, "da"]).text for kind in ("usual", "with_gaps"))
    assert synthetic.count("yntetiske data") >= 3
    assert "yntetiske data" not in real.replace("SYNTETISKE DATA", "")


def cells(html, section_pattern):
    """Cells of each row of the first table whose caption matches."""
    table = next(
        t for t in re.findall(r"<table.*?</table>", html, re.DOTALL) if re.search(section_pattern, t)
    )
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


@pytest.mark.parametrize("kind", ["usual", "large", "without_gas", "in_parts"])
def test_answer_tells_the_same_prices_as_the_users_table(kind, rendered):
    parts = rendered[kind, "da"]
    rows = {row[0]: row for row in cells(parts["user"], "årlige udgift")}
    price = rows["Lokalvarme"][4]
    assert f"betaler {price} kr. om året for lokalvarme" in parts["answer"]
    # The sum of the parts stands in the column of the total, to the rounding of three numbers.
    for row in rows.values():
        if row[0] in {"Lokalvarme", "Egen varmepumpe", "Naturgasfyr"}:
            numbers = [int(cell.replace(".", "")) for cell in row[1:5]]
            assert abs(sum(numbers[:3]) - numbers[3]) <= 2
    # Whoever subtracts the prices shown gets the difference shown, in text and table.
    prices = {
        name: int(rows[name][4].replace(".", "")) for name in ("Lokalvarme", "Egen varmepumpe", "Naturgasfyr")
    }
    own = prices.pop("Lokalvarme")
    difference = min(prices.values()) - own
    assert f"Det er {load_texts('da').number(abs(difference))} kr." in parts["answer"]
    assert rows["Naturgasfyr"][5] == load_texts("da").signed(prices["Naturgasfyr"] - own)


@pytest.mark.parametrize("kind", ["usual", "large"])
def test_answer_tells_the_same_gain_as_societys_table(kind, rendered):
    parts = rendered[kind, "da"]
    total = cells(parts["society"], "Samfundets udgift")[-1]
    assert total[0] == "I alt"
    assert f">{total[3]} <" in parts["answer"].replace("\n", "")
    assert f"koster samfundet {total[1]} mio. kr." in parts["society"]


def test_investments_add_up_to_what_the_text_says(rendered):
    html = rendered["large", "da"]["plant_and_network"]
    rows = cells(html, "Investeringer i anlæg")
    amounts = [float(row[1].replace(".", "").replace(",", ".")) for row in rows[1:]]
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=0.03)
    assert f"<strong>{amounts[-1]:.1f}".replace(".", ",") in html


def test_register_rows_add_up(rendered):
    rows = cells(rendered["usual", "da"]["register_quality"], "Registerets rækker")
    numbers = [int(row[1].replace(".", "")) for row in rows[1:]]
    assert sum(numbers[:-1]) == numbers[-1] == 131
    assert "131 rækker" in rendered["usual", "da"]["register_quality"]


def test_buildings_of_the_town_add_up_in_every_table(rendered):
    html = rendered["usual", "da"]["today"]
    by_heating = cells(html, "efter opvarmning i hele")[-1]
    by_age = cells(html, "efter byggeår")[-1]
    by_use = cells(html, "efter anvendelse")[-1]
    assert by_heating[1] == by_age[-1] == by_use[1]


def test_parts_of_a_town_are_summed(rendered, towns):
    rows = cells(rendered["in_parts", "da"]["answer"], "delene af")
    assert [row[0] for row in rows[1:]] == [*towns["in_parts"].parts.index, "I alt"]
    customers = [int(row[2].replace(".", "")) for row in rows[1:]]
    assert sum(customers[:-1]) == customers[-1]
    assert 'href="../nordby-2/index.html"' in rendered["in_parts", "da"]["answer"]


def test_whole_town_has_no_table_of_parts(rendered):
    assert "delene af" not in rendered["usual", "da"]["answer"]


def plain(chapter):
    return chapter.html.replace("\N{NO-BREAK SPACE}", " ")


def test_neighbouring_district_heating(towns):
    # The factory's supply area lies about 100 m from the trimmed area.
    town = towns["usual"]
    assert "Prøveby Fjernvarme ligger 101 m fra" in plain(chapters.answer(town))
    far = replace(town, supply_areas=town.supply_areas.translate(5000, 0).to_frame("geometry").assign(
        supply_name="Prøveby Fjernvarme"))  # fmt: skip
    assert "Ingen eksisterende eller planlagt fjernvarme inden for 1,0 km" in plain(chapters.answer(far))
    over = replace(town, supply_areas=town.original[["geometry"]].assign(supply_name="Byens Varme"))
    assert "Byens Varme dækker allerede en del" in plain(chapters.answer(over))
    assert "ikke undersøgt" in plain(chapters.answer(replace(town, supply_areas=None)))


def test_district_heating_in_the_register_is_told_without_a_map(towns):
    town = replace(towns["without_boilers"], supply_areas=None)  # all on heat pumps
    assert "fjernvarme eller blokvarme" not in plain(chapters.answer(town))
    joined = town.buildings.index.isin(town.buildings.index[:2])
    buildings = town.buildings.assign(use_code="120")
    buildings.loc[joined, "heating_installation_code"] = "1"
    text = plain(chapters.answer(replace(town, buildings=buildings)))
    assert "2 bygninger i byområdet har allerede fjernvarme eller blokvarme efter registret." in text


def test_the_minimum_connection_is_told_in_customers(towns):
    town = towns["large"]
    known = town.economics.copy()
    known[["minimum_connection_share", "customer_count"]] = [0.8, 191.0]  # 152.8 customers
    text = plain(chapters.company(replace(town, economics=known)))
    assert "Minimumstilslutningen er 80 %: når mindst 153 kunder kommer med" in text
    known["minimum_connection_share"] = float("nan")
    assert "Minimumstilslutning" not in plain(chapters.company(replace(town, economics=known)))


def test_a_changed_set_does_not_pass_for_the_set_itself(towns):
    town = towns["usual"]
    assert ">cowi-2022<" in page.assemble([], town)
    changed = replace(town, assumptions=town.assumptions.replace(connection_rate_share=0.7, loan_rate=0.04))
    assert "cowi-2022 med 2 ændringer" in page.assemble([], changed)
    listed = plain(chapters.assumptions_used(changed))
    assert listed.count("Ændret for denne rapport (--set)") == 2
    assert re.search(r"Ændret i forhold til sættet: .*Lånerente", listed)
    assert "Ændret" not in plain(chapters.assumptions_used(town))


def test_an_area_of_summer_houses_says_what_stands_there(towns):
    town = towns["without_boilers"]
    text = plain(chapters.today(replace(town, buildings=town.buildings.assign(use_code="510"))))
    assert "ingen bygninger i byområdet, der indgår i beregningen" in text
    assert f"Uden for beregningen: {len(town.buildings)} bygninger" in text


def test_buildings_without_heating_are_counted_alike_in_text_and_tables(towns):
    town = towns["usual"]
    codes = town.buildings["heating_installation_code"].copy()
    codes.iloc[:1] = "9"
    unheated = town.buildings.assign(heating_installation_code=codes)
    unheated.loc[unheated.index[0], ["is_oil", "is_gas", "is_oil_gas", "is_individual"]] = False
    html = chapters.today(replace(town, buildings=unheated)).html
    total = cells(html, "Bygninger og varmebehov")[-1][1]
    assert f"står {total} bygninger, når" in html.replace("\N{NO-BREAK SPACE}", " ")


def test_the_companys_items_add_up_to_its_cash(towns):
    def number(text):
        return float(text.replace(".", "").replace(",", ".").replace("\N{MINUS SIGN}", "-"))

    for kind in ("usual", "large"):
        *rows, total = cells(chapters.company(towns[kind]).html, "Selskabets ind- og udbetalinger")[1:]
        assert sum(number(row[2]) for row in rows) == pytest.approx(number(total[2]), abs=0.005 * len(rows))


def test_no_boilers_means_a_plain_no(rendered):
    parts = rendered["without_boilers", "da"]
    assert "over 0 år" not in parts["answer"]
    assert "Nej, fordi der ingen olie- eller gasfyr er at erstatte." in parts["answer"]
    assert "<table" not in parts["company"] + parts["user"] + parts["society"]
    assert "intet afgrænset område" in parts["area_and_density"]


def test_scattered_boilers_are_not_said_to_be_none(towns):
    town = towns["without_boilers"]
    two = town.buildings.index.isin(town.buildings.index[:2])
    scattered = replace(town, buildings=town.buildings.assign(is_oil=two, is_oil_gas=two))
    text = plain(chapters.answer(scattered))
    assert "Nej, fordi olie- og gasfyrene er for få eller ligger for spredt." in text
    assert "2 bygninger i området har olie- eller gasfyr" in text
    assert "Det kræver mindst 3 bygninger" in text
    assert "Registret viser ingen bygninger" not in text


def test_unknown_demand_is_not_a_silent_zero(rendered):
    parts = rendered["unknown_demand", "da"]
    assert "Nej, fordi varmebehovet ikke kendes." in parts["answer"]
    assert "Kan ikke beregnes." in parts["answer"]


def test_every_assumption_of_the_set_has_a_row_and_its_sources(rendered, towns):
    html = rendered["usual", "da"]["assumptions_used"]
    table = towns["usual"].assumptions.table()
    assert [name for name in table["name"].unique() if f'id="a-{name}"' not in html] == []
    assert [s for s in table["source"].unique() if str(escape(s)) not in html] == []
    keyed = table[table["key"] != ""]
    assert html.count("<dt>") == len(keyed)


def test_figures_and_tables_name_the_assumptions_they_rest_on(rendered):
    for key in (
        "answer",
        "today",
        "area_and_density",
        "communities",
        "plant_and_network",
        "company",
        "user",
        "society",
    ):
        assert 'class="source"' in rendered["large", "da"][key], key


def test_sources_name_only_assumptions_that_exist(towns):
    import inspect

    from screening.report.chapters import area, economy, neighbours, supply, verdict, welfare

    names = set(towns["usual"].assumptions.table()["name"])
    for module in (area, economy, neighbours, supply, verdict, welfare):
        for group in re.findall(r"_SOURCES = \((.*?)\)", inspect.getsource(module), re.DOTALL):
            assert set(re.findall(r'"([a-z0-9_]+)"', group)) <= names, module.__name__


def test_ranking_puts_a_yes_first_and_links_to_reports_that_exist(overviews):
    html = chapters.overview_ranking(overviews["usual"]).html
    rows = cells(html, "Alle områder")[1:]
    assert rows[0][0] == "Ålsgårde"
    assert rows[0][1] == "Ja"
    assert {row[1] for row in rows[1:]} == {"Nej"}
    assert 'href="aalsgaarde/index.html"' in html
    failed = replace(overviews["usual"], failures={"Skibstrup": "went wrong"})
    told = chapters.overview_ranking(failed).html
    assert 'href="skibstrup/index.html"' not in told
    assert "went wrong" in told


def test_towns_in_parts_are_summed_in_the_overview(overviews):
    html = chapters.overview_towns(overviews["in_parts"]).html
    rows = cells(html, "Nordby: delene")
    assert len(rows) == 4  # head, two parts, sum
    assert rows[-1][0] == "Nordby i alt"
    assert "Ingen by er delt" in chapters.overview_towns(overviews["usual"]).html


def test_common_traits_are_medians(overviews):
    overview = overviews["usual"]
    rows = {row[0]: row for row in cells(chapters.overview_candidates(overview).html, "Median")}
    viable = overview.areas[overview.areas["is_viable"].astype(bool)]
    density = load_texts("da").number(float(viable["density_kwh_per_m2"].median()), 1)
    assert rows["Varmetæthed"][1] == density


def test_areas_without_customers_are_no_examples_of_a_no(overviews):
    overview = overviews["usual"]
    before = cells(chapters.overview_candidates(overview).html, "Median")
    empty = overview.areas.iloc[[0]].assign(
        area="Tomby", is_viable=False, customer_count=0.0, oil_gas_count=0, oil_gas_heat_mwh=0.0
    )
    more = replace(overview, areas=pd.concat([overview.areas, empty], ignore_index=True))
    chapter = chapters.overview_candidates(more)
    assert cells(chapter.html, "Median") == before
    assert "1 område uden kunder er holdt ude" in plain(chapter)


def test_a_planners_own_cell_comes_along(towns, rendered):
    html = page.assemble(["<p>Min egen tabel</p>", *rendered["usual", "da"].values()], towns["usual"])
    assert '<div class="own-cell"><p>Min egen tabel</p></div>' in html


def test_map_titles(towns, overviews):
    assert chapters.map_title(towns["usual"]) == "Hellebæk Øst: lokalvarme og energifællesskaber"
    assert "Prøvekommune" in chapters.overview_map_title(overviews["usual"], "en")
