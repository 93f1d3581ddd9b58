"""One file, no request, a policy that fits it."""

from __future__ import annotations

import base64
import hashlib
import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import make_overview, make_town
from screening import maps
from screening.errors import ScreeningError
from screening.maps.style import asset_bytes

DATAFORSYNINGEN = maps.TileSource(
    "https://api.dataforsyningen.dk/topo_skaermkort_daempet_DAF?x={x}&y={y}&z={z}&token={token}",
    "Klimadatastyrelsen & <b>kort</b>",
    token="abc123",
)


def sha(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


@pytest.fixture(scope="module", params=["town", "overview"])
def chart(request):
    return maps.town_map(make_town()) if request.param == "town" else maps.overview_map(make_overview())


@pytest.fixture(scope="module")
def page(chart):
    return maps.to_html(chart, "Kort over Ærøskøbing")


def test_nothing_is_fetched(page):
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)  # scripts: see the browser tests
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", markup)
    assert not re.search(r"url\((?!data:)", markup)
    assert not re.search(r"@import|<link rel=.stylesheet|<base", markup)
    assert not re.search(r"<script[^>]+src", page)
    assert "sourceMappingURL" not in page


def test_the_policy_lists_exactly_the_scripts(page):
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1])
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["connect-src"] == "'none'"
    assert directives["img-src"] == "data:"
    assert directives["script-src"].split() == [sha(script) for script in scripts]
    assert "unsafe" not in directives["script-src"]


def test_no_event_handlers_in_the_markup(page):
    without_scripts = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"<[^>]+\son\w+\s*=", without_scripts)


def test_head_of_the_document(page):
    assert page.startswith('<!DOCTYPE html>\n<html lang="da">')
    assert "<title>Kort over Ærøskøbing</title>" in page
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page


def test_an_embedding_page_allows_the_scripts_of_its_maps(chart, page):
    own = "document.title"
    outer = f"<p>x</p><script>{own}</script>" + maps.to_fragment(chart)
    expected = [sha(own)] + [sha(s) for s in re.findall(r"<script>(.*?)</script>", page, re.DOTALL)]
    follows_links = "followsMaps" in outer
    assert follows_links == ("index.html" in page)
    assert len(maps.script_hashes(outer)) == len(expected) + follows_links
    assert set(expected) <= set(maps.script_hashes(outer))
    assert set(expected) <= set(maps.content_security_policy(outer).replace(";", "").split())


def test_a_page_without_scripts_allows_none():
    assert "script-src 'none'" in maps.content_security_policy("<p>no script</p>")


def test_a_fragment_is_a_sandboxed_frame(chart):
    fragment = maps.to_fragment(chart, 480)
    head = fragment[: fragment.index(" srcdoc=")]
    assert 'sandbox="allow-scripts"' in head
    assert "height:480px" in head
    assert 'loading="lazy"' in head
    assert re.search(r'title="Kort: [^"]+"', head)


def test_tiles_open_the_policy_for_their_host_only():
    page = maps.to_html(maps.town_map(make_town()), tiles=DATAFORSYNINGEN)
    assert "img-src data: https://api.dataforsyningen.dk;" in page
    assert "token=abc123" in page
    assert "<b>kort</b>" not in page
    assert "{token}" not in page


@pytest.mark.parametrize(
    "url", ["https://tiles.dk/{z}/{x}", "tiles/{z}/{x}/{y}.png", "https://{s}.tiles.dk/{z}/{x}/{y}"]
)
def test_a_wrong_tile_address_is_told(url):
    with pytest.raises(ScreeningError, match="is no tile address"):
        maps.TileSource(url, "credit")


def test_a_missing_token_is_told():
    with pytest.raises(ScreeningError, match="no token is given"):
        maps.TileSource("https://tiles.dk/{z}/{x}/{y}?token={token}", "credit")


@given(st.text())
@settings(max_examples=40)
def test_whatever_stands_in_srcdoc_its_scripts_are_found(text):
    script = re.sub(r"</|<!--|\r|\x00", "", text, flags=re.IGNORECASE)
    inner = f"<p>{html.escape(text)}</p><script>{script}</script>"
    page = f'<iframe title="a > b" srcdoc="{html.escape(inner)}"></iframe><script>2</script>'
    assert maps.script_hashes(page) == list(dict.fromkeys([sha("2"), sha(script)]))


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        # dist/leaflet.js and dist/leaflet.css of the npm package leaflet 1.9.4: the digests its own
        # documentation gives for use from elsewhere.
        ("leaflet.js", "20nQCchB9co0qIjJZRGuk2/Z9VM+kNiyxNV1lvTlZBo="),
        ("leaflet.css", "p4NxAoJBhIIN+hmNHrzRCf9tD/miZyoHS5obTRR9BMY="),
    ],
)
def test_vendored_files_are_those_published(name, digest):
    assert base64.b64encode(hashlib.sha256(asset_bytes(name)).digest()).decode() == digest


def test_a_token_is_never_shown():
    source = maps.TileSource("https://tiles.example/{z}/{x}/{y}.png?token={token}", "Kort", token="hemmelig")
    assert "hemmelig" not in repr(source)
