"""A frame that loads while it is hidden (lazy loading, a folded chapter) shows the whole area later."""

from __future__ import annotations

import html

from playwright.sync_api import sync_playwright

from factories import make_town
from screening import maps


def test_a_map_that_loads_hidden_fits_when_it_is_shown(chromium, tmp_path):
    page_file = tmp_path / "page.html"
    inner = html.escape(maps.to_html(maps.town_map(make_town()), "Kort"), quote=True)
    frame = f'<iframe style="width:700px;height:500px" srcdoc="{inner}"></iframe>'
    page_file.write_text(f'<div id="fold" style="display:none">{frame}</div>', encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 900, "height": 700})
        page.goto(page_file.as_uri())
        page.wait_for_timeout(500)
        page.evaluate("document.getElementById('fold').style.display = 'block'")
        scale = page.frames[1].wait_for_selector(".leaflet-control-scale-line")
        metres = int(scale.inner_text().split()[0])
        browser.close()
    # Drawn without a size the map showed a scale bar of 10 m; the village is some hundred metres across.
    assert metres >= 50
