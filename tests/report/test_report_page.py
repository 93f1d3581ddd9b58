"""One file, no network: the policy allows exactly the page's own scripts, and a browser agrees."""

from __future__ import annotations

import base64
import hashlib
import html as html_text
import re

import pytest
from playwright.sync_api import sync_playwright


def policy(html: str) -> str:
    return html_text.unescape(
        re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)"', html).group(1)
    )


def scripts(html: str) -> list[str]:
    inner = [html_text.unescape(found) for found in re.findall(r'srcdoc="([^"]*)"', html)]
    outer = re.sub(r'srcdoc="[^"]*"', "", html)
    return [
        s for text in (outer, *inner) for s in re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL)
    ]


@pytest.mark.parametrize("which", ["town", "overview"])
def test_policy_lists_every_script_and_nothing_else(which, pages, overview_pages):
    html = pages["usual", "da"] if which == "town" else overview_pages["usual", "da"]
    rules = policy(html)
    digests = {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts(html)}
    assert set(re.findall(r"'sha256-([^']+)'", rules)) == digests
    assert "default-src 'none'" in rules
    assert "'unsafe-inline'" not in rules.split("style-src")[0]
    assert "http" not in rules
    changed = hashlib.sha256((scripts(html)[-1] + " ").encode()).digest()
    assert base64.b64encode(changed).decode() not in rules


def test_policy_comes_before_everything_it_governs(pages):
    html = pages["usual", "da"]
    assert html.index("Content-Security-Policy") < html.index("<style")


@pytest.mark.parametrize("kind", ["usual", "hostile"])
def test_no_handler_and_no_address_outside(kind, pages, overview_pages, read_page):
    for html in (pages[kind, "da"], overview_pages[kind, "da"]):
        seen = read_page(html)
        assert [a for _, given in seen.elements for a in given if a.startswith("on")] == []
        targets = [given.get("href", "") + given.get("src", "") for _, given in seen.elements]
        assert [t for t in targets if t.startswith(("http", "//", "javascript"))] == []


def test_files_beside_the_page_are_linked(pages, overview_pages, read_page):
    def links(html):
        return {a["href"] for a in read_page(html).all("a")}

    assert {"kort.html", "rapport.ipynb", "data.gpkg", "data.xlsx", "run.json"} <= links(pages["usual", "da"])
    assert {"kort.html", "oversigt.ipynb", "run.json"} <= links(overview_pages["usual", "da"])


def test_head_and_foot_tell_where_the_numbers_come_from(pages, towns, read_page):
    text = read_page(pages["usual", "da"]).text
    assumptions = towns["usual"].assumptions
    assert "26. oktober 2022" in text
    assert assumptions.name in text
    assert assumptions.digest()[:12] in text


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium)
        yield started
        started.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Open a page offline; any request or console message fails the test at its end."""
    seen: list[str] = []
    opened = []

    def go(html: str, width: int, height: int):
        path = tmp_path / "index.html"
        path.write_text(html, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
        opened.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: seen.append(message.text))
        tab.on("pageerror", lambda error: seen.append(str(error)))
        tab.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("file:", "data:", "about:"))
                else seen.append(f"request {request.url}")
            ),
        )
        tab.goto(path.as_uri())
        return tab

    yield go
    for context in opened:
        context.close()
    assert seen == []


SIZES = {"laptop": (1366, 900), "phone": (390, 844)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["usual", "in_parts", "without_boilers"])
def test_page_fits_the_screen_and_the_map_draws(kind, size, visit, pages):
    tab = visit(pages[kind, "da"], *SIZES[size])
    assert tab.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    frame = tab.locator("iframe.map").first
    frame.scroll_into_view_if_needed()
    frame.content_frame.locator(".leaflet-pane path, .leaflet-pane canvas").first.wait_for(state="attached")
    figures = tab.locator("figure .wide")
    is_wide = size == "laptop"
    assert figures.count() > 0 or kind == "without_boilers"
    for number in range(figures.count()):
        assert figures.nth(number).is_visible() == is_wide
        assert tab.locator("figure .narrow").nth(number).is_visible() != is_wide
    assert tab.evaluate("document.fonts.check('16px Inter')")


@pytest.mark.parametrize("size", SIZES)
def test_overview_sorts_by_a_click(size, visit, overview_pages):
    tab = visit(overview_pages["usual", "da"], *SIZES[size])
    assert tab.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]

    def column(number: int) -> list[str]:
        return tab.locator(f"table.sortable tbody tr > :nth-child({number})").all_inner_texts()

    tab.locator("table.sortable thead button").nth(2).click()
    customers = [int(text.replace(".", "")) for text in column(3)]
    assert customers == sorted(customers)
    tab.locator("table.sortable thead button").nth(2).click()
    assert [int(text.replace(".", "")) for text in column(3)] == sorted(customers, reverse=True)
    tab.locator("table.sortable thead button").nth(0).click()
    assert column(1)[-1] == "Ålsgårde"  # the last letter of the Danish alphabet


def test_link_from_a_table_lands_on_its_assumption(visit, pages):
    tab = visit(pages["usual", "da"], *SIZES["laptop"])
    link = tab.locator(".source a").first
    target = link.get_attribute("href")
    link.click()
    assert tab.evaluate("location.hash") == target
    assert tab.locator(f"[id='{target[1:]}']").is_visible()


def test_print_leaves_the_screen_s_own_things_out(visit, pages):
    tab = visit(pages["usual", "da"], *SIZES["laptop"])
    tab.emulate_media(media="print")
    assert not tab.locator("nav").is_visible()
    assert not tab.locator("iframe").first.is_visible()
    assert tab.locator(".print-only").first.is_visible()
    assert tab.pdf().startswith(b"%PDF")
