"""Both languages say the same things, and nothing that is never said."""

from __future__ import annotations

import re
from importlib import resources
from string import Formatter

import pytest

from screening import economics
from screening.economics import society
from screening.errors import UnknownNameError
from screening.register import outcome
from screening.report.texts import LANGUAGES, load_texts
from screening.supply import INVESTMENTS

# The codes that screen_areas promises in its docstring.
ADVICE = re.findall(r'"([a-z_]+)"', economics.screen_areas.__doc__.split("advice:")[1].split("Raises")[0])


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_languages_have_the_same_keys_and_fields():
    danish, english = (load_texts(language).entries for language in LANGUAGES)
    assert set(danish) == set(english)
    differing = [key for key, text in danish.items() if fields(text) != fields(english[key])]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_holds_a_break(language):
    entries = load_texts(language).entries
    assert [key for key, text in entries.items() if not text.strip() or "\n" in text.strip()] == []


def test_every_text_is_used():
    package = resources.files("screening.report")
    sources = [package / name for name in ("page.py", "look.py", "elements.py", "quantities.py")]
    sources += [entry for entry in (package / "chapters").iterdir() if entry.name.endswith(".py")]
    sources += [package / "templates" / "page.html.j2", package / "texts" / "texts.py", package / "batch.py"]
    code = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    # Groups whose last part is a code from a table, a class or a form of number.
    groups = (
        "advice", "alternative", "answer.verdict", "certainty.word", "doubt_name",
        "turning.connection", "turning.no", "turning.short", "turning.yes",
        "answer.reason", "answer.co2_none", "check",
        "communities.constants", "communities.margins",
        "component", "cost", "count", "density.rows", "found.methods", "heating", "house_type", "item",
        "joining.advice", "network.kind", "network.reason", "network.row", "splitting.reason",
        "joining.lead", "joining.user", "method", "outcome",
        "plant_hours.month", "plant_hours.row",
        "overview.common", "overview.answer.lead", "page.file", "payment", "period",
        "quality.action", "quality.doubt", "stage",
        "supply.site_hours", "supply.site_name", "supply.site_short",
        "today.demand", "unit", "use",
    )  # fmt: skip
    figures = ("_title", "_description", "_axis", "_axis_x", "_axis_y", "_caption")
    unused = [
        key
        for key in load_texts("da").entries
        if f'"{key}"' not in code
        and f"'{key}'" not in code
        and not key.startswith(tuple(f"{group}." for group in groups))
        and not key.startswith(tuple(f"{group}_" for group in groups))
        and not key.endswith(figures)
    ]
    assert unused == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_stages_has_a_name(language, towns):
    entries = load_texts(language).entries
    needed = {
        "answer.verdict": ADVICE,
        "advice": ADVICE,
        "item": INVESTMENTS,
        "cost": society.ITEMS,
        "outcome": (outcome.KEPT, *outcome.DROP_REASONS),
        "payment": set(towns["large"].company["item"]) - {"balance"},
        "stage": set(towns["usual"].assumptions.table()["stage"]),
    }
    missing = [f"{group}.{code}" for group, codes in needed.items() for code in codes]
    assert [key for key in missing if key not in entries] == []


def test_advice_codes_were_found():
    assert {"viable", "no_oil_gas"} <= set(ADVICE)


def test_values_are_escaped_and_texts_are_not():
    t = load_texts("da")
    told = t("overview.method.where", set="<b>")
    assert "<strong>&lt;b&gt;</strong>" in told


def test_a_misspelled_key_names_the_near_ones():
    with pytest.raises(UnknownNameError, match=r"answer\.title"):
        load_texts("da")("answer.titel")


@pytest.mark.parametrize(
    ("language", "value", "decimals", "expected"),
    [
        ("da", 1234567.891, 1, "1.234.567,9"),
        ("en", 1234567.891, 1, "1,234,567.9"),
        ("da", -1234.5, 1, "−1.234,5"),
        ("da", -0.04, 1, "0,0"),  # no minus before nothing
        ("da", float("nan"), 0, "–"),
        ("da", float("inf"), 0, "–"),
        ("da", None, 0, "–"),
    ],
)
def test_numbers(language, value, decimals, expected):
    assert load_texts(language).number(value, decimals) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(3.2, "+3"), (-3.2, "−3"), (0.0, "0"), (0.3, "0"), (None, "–")]
)
def test_signed_numbers(value, expected):
    assert load_texts("da").signed(value) == expected


@pytest.mark.parametrize(
    ("language", "iso", "expected"),
    [
        ("da", "2022-05-01", "1. maj 2022"),
        ("en", "2022-05-01T10:00:00", "1 May 2022"),
        ("da", "", "ukendt dato"),
        ("da", "april 2020", "april 2020"),
    ],
)
def test_dates(language, iso, expected):
    assert load_texts(language).date(iso) == expected


def test_words():
    t = load_texts("da")
    assert t.count("building", 1) == "1 bygning"
    assert t.count("building", 1200) == "1.200 bygninger"
    assert t.listing(["a", "b", "c"]) == "a, b og c"
    assert t.listing([]) == "–"
    assert t.inline("cost", "plant") == "anlæg"
    assert t.inline("cost", "co2") == "CO₂"
    assert t.label("item", "new_thing") == "new thing"
