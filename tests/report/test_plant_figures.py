"""Figures of a plant's hours: names, both widths, odd input without a warning."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from screening import figures

COUNT = 24 * 21
LONG = "Internal operation with the tank's own water as its source"


@pytest.fixture
def hours():
    index = pd.date_range("2024-01-29", periods=COUNT, freq="h", tz="Europe/Copenhagen")
    hour = np.arange(COUNT)
    return pd.DataFrame({"pump": 3 + np.sin(hour / 9), LONG: 2 + np.cos(hour / 20)}, index=index)


def frame(key):
    return figures.Frame(key, "A plant", "Told", "MW", lambda value, digits: f"{value:.{digits}f}")


def names_in(svg):
    return set(re.findall(r">([^<>]+)</text>", svg))


def test_duration_curves_name_units_and_demand(hours):
    svg = figures.duration_curves(
        hours,
        hours.sum(axis=1).rename("demand"),
        frame("a"),
        colours=["#123456", "#654321"],
        hours_axis="hours",
    )
    assert svg.count("<svg") == 2
    assert {"pump", "demand", "hours", "MW"} <= names_in(svg)


def test_a_week_shows_its_days(hours):
    week = hours.iloc[24 * 7 : 24 * 14]
    layers = pd.DataFrame({"80 °C": 100.0, "40 °C": 50.0}, index=week.index)
    svg = figures.week_of_production(
        week,
        week.sum(axis=1).rename("demand"),
        pd.Series(-20.0, week.index),
        layers,
        frame("b"),
        colours=["#123456", "#654321"],
        layer_colours=["#aa0000", "#0000aa"],
        price_axis="DKK/MWh",
        layer_axis="m3",
    )
    assert {"5/2", "11/2", "demand", "80 °C", "DKK/MWh", "m3"} <= names_in(svg)


def test_a_year_of_layers_names_its_months(hours):
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    svg = figures.layer_year(hours, frame("c"), colours=["#123456", "#654321"], months=months)
    assert "Feb" in names_in(svg)
    assert "Jan" not in names_in(svg)  # the hours begin on 29 January


def test_price_against_cop_takes_a_pump_that_stands_still(hours):
    hour = np.arange(COUNT)
    price = pd.Series(300 + 200 * np.sin(hour / 5), hours.index)
    svg = figures.price_against_cop(
        hours.assign(pump=0.0),
        price,
        pd.Series(3 + np.sin(hour / 30), hours.index),
        frame("d"),
        colours=["#123456", "#654321"],
        cop_axis="COP",
    )
    assert {"pump", LONG, "COP"} <= names_in(svg)


def test_a_cop_and_a_price_that_never_change(hours):
    flat = pd.Series(3.0, hours.index)
    svg = figures.price_against_cop(
        hours, flat * 100, flat, frame("e"), colours=["#123456", "#654321"], cop_axis="COP"
    )
    assert svg.count("<svg") == 2
