"""Figures are well-formed, named, drawn wide and narrow, and stand any number."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.figures import (
    Frame,
    balance_line,
    diverging_bars,
    dot_rows,
    percentile_bars,
    plain_bars,
    stacked_bars,
    step_bars,
    tornado,
    year_lines,
)
from screening.maps import style
from screening.report.texts import load_texts

NUMBERS = st.floats(-1e9, 1e9) | st.just(float("nan"))
FRAME = Frame("key", "Titel <1>", "Beskrivelse & mere", "kr.", load_texts("da").number, 1)


@pytest.fixture(autouse=True, scope="module")
def _typeface():
    style.use_typeface()


def drawings(html: str) -> list[ET.Element]:
    return [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


def assert_sound(html: str) -> None:
    wide, narrow = drawings(html)
    ids = [e.get("id") for svg in (wide, narrow) for e in svg.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert all(i.startswith("key-") for i in ids)
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', html))
    assert used <= set(ids)
    assert wide[0].text == "Titel <1>"
    assert wide[1].text == "Beskrivelse & mere"
    assert not re.search(r"\bnan\b", html)
    assert "<style" not in html


def examples() -> dict[str, str]:
    values = pd.Series({"Net": 21.25, "Anlæg": 13.1})
    table = pd.DataFrame({"Energi": [9.0, 8.0], "Fast": [4.0, 3.0]}, index=["Lokalvarme", "Gas"])
    years = pd.DataFrame({"Lokalvarme": [9.0, 8.0], "Gas": [4.0, 30.0]}, index=[2031, 2032])
    ends = pd.DataFrame({"low": [-1.0, 3.0], "high": [2.0, 1.0]}, index=["Rente", "Elpris " * 12])
    spread = pd.DataFrame(
        {"p10": [-4.0, 3.0], "p50": [1.0, 3.0], "p90": [2.0, 9.0]}, index=["Lokalvarme", "Gas " * 12]
    )
    return {
        "plain": plain_bars(values, FRAME, colour="#000"),
        "stacked": stacked_bars(table, FRAME, colours=["#111", "#222"]),
        "diverging": diverging_bars(values - 15, FRAME, colours=("#111", "#222"), total="Anlæg"),
        "balance": balance_line(
            pd.Series([0.0, -2.0, 1.0]), FRAME, year_axis="år", colours=("#111111", "#222222")
        ),
        "years": year_lines(years, FRAME, year_axis="år", colours=["#111", "#222"]),
        "tornado": tornado(
            ends, 1.5, FRAME, names=("Lav", "Høj"), colours=("#111", "#222"), marked=["Rente"]
        ),
        "ranges": percentile_bars(spread, FRAME, colours=["#111", "#222"]),
        "gains": percentile_bars(spread, FRAME, colours=["#111", "#222"], gain_loss=("#333", "#444")),
        "steps": step_bars(
            years.set_axis([f"{i},5" for i in range(len(years))]),
            list(range(len(years))),
            FRAME,
            colours=["#111", "#222"],
            step_axis="trin",
            marked="1,5",
        ),
        "dots": dot_rows(table, FRAME, colours=["#111", "#222"], limits=(0, 10)),
        "dots_on_bars": dot_rows(
            table, FRAME, colours=["#111", "#222"], limits=(0, 10), bar=table["Fast"].rename("Sum")
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "stacked",
        "diverging",
        "balance",
        "tornado",
        "years",
        "steps",
        "ranges",
        "gains",
        "dots",
        "dots_on_bars",
    ],
)
def test_figures_are_sound(name):
    assert_sound(examples()[name])


def test_numbers_stand_in_the_figure_in_danish_form():
    texts = [
        "".join(e.itertext())
        for e in drawings(plain_bars(pd.Series({"Net": 21.25}), FRAME, colour="#000"))[0].iter()
    ]
    assert "21,2" in texts


def test_figure_is_the_same_every_time():
    first, second = (plain_bars(pd.Series({"Net": 21.25}), FRAME, colour="#000") for _ in range(2))
    assert first == second


@settings(max_examples=15)
@given(st.lists(NUMBERS, min_size=1, max_size=6))
def test_bars_stand_any_number(values):
    series = pd.Series(values, index=[f"Post {i}" for i in range(len(values))])
    assert_sound(diverging_bars(series, FRAME, colours=("#111", "#222")))
    assert_sound(plain_bars(series.abs(), FRAME, colour="#000"))


@settings(max_examples=10)
@given(st.lists(NUMBERS, min_size=2, max_size=31))
def test_balance_stands_any_number(values):
    series = pd.Series(values, index=np.arange(len(values)))
    assert_sound(balance_line(series, FRAME, year_axis="år", colours=("#111111", "#222222")))


@settings(max_examples=10)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5), st.floats(-1e6, 1e6))
def test_tornado_stands_any_number(rows, base):
    table = pd.DataFrame(rows, columns=["low", "high"], index=[f"P{i}" for i in range(len(rows))])
    assert_sound(tornado(table, base, FRAME, names=("Lav", "Høj"), colours=("#111", "#222")))
