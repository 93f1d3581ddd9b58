"""The maps in a real browser with no network: nothing is asked for, everything is drawn and answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from factories import make_overview, make_town
from screening import maps

LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
TILES = maps.TileSource("https://tiles.example/{z}/{x}/{y}.png", "Eksempelkort & co.")

# Where a feature of a layer lies in the window: its point from the map's own data.
PLACE = """([key, index]) => {
    const told = window.told, feature = told.layers.find((layer) => layer.key === key).features[index];
    const at = (flat) => map_screening.latLngToContainerPoint(
        [told.origin[0] + flat[0] / 1e6, told.origin[1] + flat[1] / 1e6]);
    if (feature.p) { const mark = at(feature.p); return [mark.x, mark.y]; }
    const corner = at(feature.g[0][0]), middle = at(feature.a), far = corner.distanceTo(middle);
    const step = middle.subtract(corner).multiplyBy(6 / far);  // just inside the edge
    return [corner.x + step.x, corner.y + step.y];
}"""
INK = """() => [...document.querySelectorAll('canvas')].reduce((sum, canvas) => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let drawn = 0;
    for (let i = 3; i < data.length; i += 4) { if (data[i]) { drawn += 1; } }
    return sum + drawn;
}, 0)"""
COLOURS = """() => {
    const found = new Set();
    document.querySelectorAll('canvas').forEach((canvas) => {
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] > 200) { found.add([data[i] >> 4, data[i + 1] >> 4, data[i + 2] >> 4].join()); }
        }
    });
    return found.size;
}"""


@dataclass
class Watch:
    """Everything a page asks for or complains about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def route(self, route):
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            route.abort()

    def on(self, page):
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def hear(self, message):
        if "willReadFrequently" not in message.text:  # about the counting of pixels in these tests
            self.complaints.append(message.text)

    @property
    def outside(self):
        return [url for url in self.requests if not url.startswith(("file:", "data:", "about:"))]


@pytest.fixture(scope="module")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        started = tool.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Open HTML as a file with the network off; gives the page and what it asked for."""
    contexts = []

    def open_page(html: str, size=LAPTOP, name="kort.html"):
        path = Path(tmp_path / name)
        path.write_text(html, encoding="utf-8")
        is_phone = size == PHONE
        context = browser.new_context(viewport=size, offline=True, has_touch=is_phone, is_mobile=is_phone)
        contexts.append(context)
        watch, page = Watch(), context.new_page()
        context.route("**/*", watch.route)
        watch.on(page)
        page.goto(path.as_uri())
        return page, watch

    yield open_page
    for context in contexts:
        context.close()


def with_told(html: str) -> str:
    """Let a test read what the map's script was given; the policy is made anew for the changed script."""
    changed = re.sub(r"screeningMap\(map_screening, ", "screeningMap(map_screening, window.told = ", html)
    policy = maps.content_security_policy(re.sub(r"<meta http-equiv[^>]+>", "", changed))
    return re.sub(r'(Content-Security-Policy" content=")[^"]+', lambda found: found[1] + policy, changed)


@pytest.fixture(scope="module")
def town_page():
    return with_told(maps.to_html(maps.town_map(make_town())))


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("kind", ["town", "overview"])
def test_the_map_draws_and_asks_for_nothing(opened, kind, size):
    chart = maps.town_map(make_town()) if kind == "town" else maps.overview_map(make_overview())
    page, watch = opened(maps.to_html(chart), size)
    page.wait_for_selector("canvas")
    assert page.evaluate(INK) > 3000
    assert page.evaluate(COLOURS) > 8
    assert page.evaluate("document.fonts.check('600 12px Inter')")
    assert watch.outside == []
    assert watch.complaints == []


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_building_answers_a_click(opened, town_page, size):
    page, watch = opened(town_page, size)
    x, y = page.evaluate(PLACE, ["other", 0])
    (page.touchscreen.tap if size == PHONE else page.mouse.click)(x, y)
    told = page.inner_text(".map-popup")
    assert "Anden egen varmeforsyning" in told
    assert "Elvarme, elektricitet" in told
    assert re.search(r"\d+,\d MWh/år", told)
    page.wait_for_timeout(500)  # the map moves until the whole popup is seen
    box = page.locator(".leaflet-popup").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert watch.complaints == []


def test_a_measured_building_keeps_it_to_itself(opened, town_page):
    page, _ = opened(town_page)
    page.mouse.click(*page.evaluate(PLACE, ["oil", 0]))  # the first oil house is the measured one
    assert "målt – vises ikke" in page.inner_text(".map-popup")


def test_title_badge_scale_and_credit_stand_there(opened, town_page):
    page, _ = opened(town_page)
    assert page.inner_text(".map-title h1") == "Hellebæk Øst"
    assert page.inner_text(".map-badge") == "Syntetiske data"
    assert re.fullmatch(r"\d+ k?m", page.inner_text(".leaflet-control-scale-line"))
    assert page.inner_text(".leaflet-control-attribution") == "Syntetiske data"


def test_a_layer_can_be_switched_off_and_on(opened, town_page):
    page, watch = opened(town_page)
    before = page.evaluate(INK)
    density = page.locator("input[value=density]")
    assert not density.is_checked()
    assert page.locator(".map-scale").is_hidden()
    density.check()
    page.wait_for_timeout(200)
    assert page.locator(".map-scale").is_visible()
    assert page.evaluate(INK) > before
    place = page.evaluate(PLACE, ["gas", 0])
    page.mouse.click(*place)
    assert "Gasfyr" in page.inner_text(".map-popup h3")  # the cells came later but lie below
    page.keyboard.press("Escape")
    page.locator("input[value=gas]").uncheck()
    page.wait_for_timeout(500)
    page.mouse.click(*place)
    assert "Gasfyr" not in page.inner_text(".map-popup h3")
    assert watch.complaints == []


def test_a_community_answers_beside_its_buildings(opened, town_page):
    page, _ = opened(town_page)
    page.mouse.click(*page.evaluate(PLACE, ["community_large", 0]))
    told = page.inner_text(".map-popup")
    assert "Energifællesskab 0" in told
    assert re.search(r"Kollektiv forsyning\s+ja", told)


def test_the_legend_is_folded_on_a_phone_and_unfolds(opened, town_page):
    page, _ = opened(town_page, PHONE)
    panel = page.locator(".map-panel")
    assert panel.get_attribute("open") is None
    title = page.locator(".map-title").bounding_box()
    assert title["x"] + title["width"] <= panel.bounding_box()["x"]  # they do not overlap
    page.locator(".map-panel summary").tap()
    assert page.locator("input[value=gas]").is_visible()
    box = panel.bounding_box()
    assert box["x"] >= 0
    assert box["y"] + box["height"] <= PHONE["height"]


def test_the_whole_area_comes_back(opened, town_page):
    page, _ = opened(town_page)
    start = page.evaluate("map_screening.getZoom()")
    page.evaluate("() => { map_screening.setView([56, 12], 8, {animate: false}); }")
    page.locator(".map-whole").click()
    assert page.evaluate("map_screening.getZoom()") == start


def test_labels_never_lie_on_one_another(opened):
    page, _ = opened(maps.to_html(maps.overview_map(make_overview())))
    page.evaluate("() => { map_screening.setZoom(9, {animate: false}); }")
    page.wait_for_timeout(300)
    shown = "[...document.querySelectorAll('.map-tag')].filter(tag => tag.offsetParent)"
    boxes = page.evaluate(f"{shown}.map(tag => tag.querySelector('span').offsetWidth)")
    assert len(boxes) == 4  # the signs stay
    assert 0 in boxes  # names have given way
    page.locator(".map-whole").click()
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelectorAll('.map-tag-short, .map-tag-gone').length") == 0


def report(*fragments: str, before: str = "") -> str:
    body = before + "".join(fragments) + '<p style="height:2000px">Rapporten går videre</p>'
    policy = maps.content_security_policy(body)
    return (
        '<!DOCTYPE html><html lang="da"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"></head><body>{body}</body></html>'
    )


def test_a_map_inside_a_report_with_its_own_policy(opened):
    page, watch = opened(report(maps.to_fragment(maps.town_map(make_town()))))
    frame = page.frame_locator("iframe")
    frame.locator("canvas").first.wait_for()
    assert frame.locator(".map-title h1").inner_text() == "Hellebæk Øst"
    page.mouse.move(500, 300)
    page.mouse.wheel(0, 300)
    page.wait_for_timeout(300)
    assert page.evaluate("window.scrollY") > 100  # the wheel belongs to the page
    assert watch.outside == []
    assert watch.complaints == []


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_map_far_down_a_report_shows_the_whole_town(opened, size):
    """A frame that is loaded late has no size at first."""
    town = make_town()
    page, watch = opened(
        report(maps.to_fragment(maps.town_map(town)), before="<p style='height:9000px'>x</p>"), size
    )
    page.wait_for_timeout(300)
    page.locator("iframe").scroll_into_view_if_needed()
    inner = page.frame_locator("iframe")
    inner.locator("canvas").first.wait_for()
    page.wait_for_timeout(300)
    frame = next(found for found in page.frames if found != page.main_frame)
    shown = frame.evaluate("() => map_screening.getBounds().toBBoxString()").split(",")
    west, south, east, north = map(float, shown)
    bounds = town.original.to_crs(4326).total_bounds
    assert west < bounds[0] < bounds[2] < east
    assert south < bounds[1] < bounds[3] < north
    assert east - west < 6 * (bounds[2] - bounds[0])
    assert watch.complaints == []


def test_a_wrong_policy_is_noticed(opened):
    """The check above would see a script that the policy does not list."""
    html = report(maps.to_fragment(maps.town_map(make_town())))
    broken = re.sub(r"sha256-[^' ]+", "sha256-" + 43 * "A" + "=", html, count=1)
    page, watch = opened(broken)
    page.wait_for_timeout(500)
    assert any("Content Security Policy" in text for text in watch.complaints)


@pytest.mark.parametrize("is_framed", [False, True], ids=["alone", "in a report"])
def test_an_area_links_to_its_report(opened, tmp_path, is_framed):
    target = tmp_path / "aalsgaarde" / "index.html"
    target.parent.mkdir()
    target.write_text("<!DOCTYPE html><title>Rapport</title><p>Rapport</p>", encoding="utf-8")
    chart = maps.overview_map(make_overview())
    page, watch = opened(report(maps.to_fragment(chart)) if is_framed else maps.to_html(chart))
    frame = page.frame_locator("iframe") if is_framed else page
    frame.locator(".map-tag-is_viable").wait_for()
    anchor = frame.locator(".map-label:has(.map-tag-is_viable)").bounding_box()  # a point inside the area
    page.mouse.click(anchor["x"], anchor["y"])
    link = frame.locator(".map-popup a")
    assert link.get_attribute("href") == "aalsgaarde/index.html"
    link.click()
    page.wait_for_url("**/aalsgaarde/index.html", timeout=5000)
    assert watch.complaints == []


def test_a_configured_basemap_is_asked_for_and_nothing_else(opened):
    page, watch = opened(maps.to_html(maps.town_map(make_town()), tiles=TILES))
    page.wait_for_timeout(500)
    assert watch.outside
    assert all(url.startswith("https://tiles.example/") for url in watch.outside)
    assert page.inner_text(".leaflet-control-attribution") == "Syntetiske data, Eksempelkort & co."
    assert not any("Content Security Policy" in text for text in watch.complaints)


def test_text_from_the_data_runs_nothing(opened):
    evil = "<img src=x onerror='window.ran=1'></script><script>window.ran=1</script>"
    town = make_town()
    supply = town.supply_areas.assign(supply_name=evil)
    page, watch = opened(maps.to_html(maps.town_map(replace(town, area=evil, supply_areas=supply)), evil))
    assert page.inner_text(".map-title h1") == evil
    shape = town.supply_areas.to_crs(4326).union_all().centroid
    page.evaluate(f"() => {{ map_screening.setView([{shape.y}, {shape.x}], 17, {{animate: false}}); }}")
    page.wait_for_timeout(300)
    page.mouse.click(LAPTOP["width"] / 2, LAPTOP["height"] / 2)
    assert page.inner_text(".map-popup h3") == evil
    assert page.evaluate("window.ran") is None
    assert watch.complaints == []
