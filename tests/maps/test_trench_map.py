"""The map of a trench network says what it shows."""

from __future__ import annotations

import pytest

from routing_towns import houses, roads
from screening import assumptions
from screening.maps import trench_map
from screening.routing import route
from screening.views import Municipality


@pytest.mark.parametrize(
    ("language", "told"), [("da", "Bygninger, der ikke nås"), ("en", "Buildings not reached")]
)
def test_lengths_and_what_is_missed_are_in_the_legend(language, told):
    town = houses([(50, 20), (100, 20), (150, -20), (100, 400)])
    lines = roads([[(0, 0), (200, 0)]])
    found = route(town, lines, assumptions.load("cowi-2022"))
    figure = trench_map(found, town, lines, Municipality("x", "X", "0217", True, ""), language=language)
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert any(text.endswith(": 100 m") for text in texts)
    assert any(text.endswith(": 45 m") for text in texts)
    assert f"{told}: 1" in texts
