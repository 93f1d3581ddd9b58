"""One file that asks the network for nothing: inlined scripts, and a policy that forbids the rest."""

from __future__ import annotations

import base64
import hashlib
import html as html_text
import io
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from IPython.display import HTML, Image
from matplotlib.figure import Figure

from screening.errors import ScreeningError
from screening.maps.style import asset_bytes, font_face_css
from screening.maps.words import words

if TYPE_CHECKING:
    from screening.maps.leaflet import OfflineMap

__all__ = ["TileSource", "content_security_policy", "script_hashes", "show", "to_fragment", "to_html"]

# Scripts, frames and pictures that a page would fetch; links that a reader clicks are no requests.
_FETCH = re.compile(
    r"""<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)\s*=\s*["']?((?:https?:)?//[^"'\s>]+)"""
)
_NOTEBOOK_DPI = 110
_POLICY_MARK = "screening-content-security-policy"
# A browser lets no sandboxed frame lead its page to another file, so the map asks and the page goes: only to
# a report beside it, and only when one of its maps asks.
_FOLLOW_LINKS = """
window.followsMaps = window.followsMaps || (addEventListener("message", (event) => {
  const frames = [...document.querySelectorAll("iframe.map")];
  const target = event.data && event.data.openReport;
  const isOurs = frames.some((frame) => frame.contentWindow === event.source);
  if (isOurs && /^[a-z0-9-]+[/]index[.]html$/.test(target)) { location.href = target; }
}), true);
"""


@dataclass(frozen=True)
class TileSource:
    """A basemap that a user has configured; without one the maps need no network.

    Parameters
    ----------
    url
        Template with {z}, {x}, {y}, and {token} if the service needs one.
    attribution
        Credit that the service asks for.
    token
        The user's own token.
    """

    url: str
    attribution: str
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse an address that no tile can be had from."""
        parts = urlsplit(self.url)
        missing = [mark for mark in ("{z}", "{x}", "{y}") if mark not in self.url]
        if parts.scheme not in {"http", "https"} or not parts.hostname or missing or "{" in parts.netloc:
            raise ScreeningError(
                f"Tile source {self.url!r} is no tile address: expected https://host/.../{{z}}/{{x}}/{{y}}"
                " with one fixed host (replace a {s} by one of its letters)."
            )
        if "{token}" in self.url and not self.token:
            raise ScreeningError(
                f"Tile source {self.url!r} has {{token}} in its address, but no token is given."
            )

    @property
    def host(self) -> str:
        """Scheme and host, for the page's policy."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def address(self) -> str:
        """Template with the token filled in."""
        return self.url.replace("{token}", self.token)


def to_html(chart: OfflineMap, title: str = "", language: str = "", tiles: TileSource | None = None) -> str:
    """Write a map as one HTML document with everything inside.

    Parameters
    ----------
    chart
        Map from ``town_map`` or ``overview_map``.
    title
        Title of the document; by default the map's own.
    language
        "da" or "en"; by default the map's own.
    tiles
        A basemap to lie under the layers; its host is then the only one that the page may ask.

    Returns
    -------
    str
        The document, with a content security policy that allows nothing but its own scripts.

    Raises
    ------
    ScreeningError
        If an element was added to the map that would fetch something from the network.
    """
    language = language or chart.language
    root: Any = chart.get_root()
    root.render()
    header = root.header.render()
    _refuse_fetching(header)
    basemap = {"url": tiles.address, "attribution": tiles.attribution} if tiles else None
    start = f"screeningMap({chart.get_name()}, {_literal(chart.told)}, {_literal(basemap)});"
    scripts = [_leaflet_js(), _own("map.js"), root.script.render() + start]
    page = (
        f'<!DOCTYPE html>\n<html lang="{html_text.escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY_MARK}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html_text.escape(title or chart.title)}</title>\n"
        '<link rel="icon" href="data:,">\n'
        f"<style>{_leaflet_css()}\n{font_face_css()}\n{_own('map.css')}</style>\n{header}\n"
        f"</head>\n<body>\n{root.html.render()}\n"
        f"{''.join(f'<script>{script}</script>' for script in scripts)}\n</body>\n</html>\n"
    )
    return page.replace(_POLICY_MARK, content_security_policy(page, tiles), 1)


def to_fragment(
    chart: OfflineMap, height_px: int = 560, language: str = "", tiles: TileSource | None = None
) -> str:
    """Write a map as an element for a larger page or a notebook.

    Parameters
    ----------
    chart
        Map from ``town_map`` or ``overview_map``.
    height_px
        Height of the element. [px]
    language
        "da" or "en"; by default the map's own.
    tiles
        A basemap to lie under the layers.

    Returns
    -------
    str
        An iframe that carries the whole map; a page round it lists its scripts in its own policy with
        ``content_security_policy``.
    """
    inner = html_text.escape(to_html(chart, language=language, tiles=tiles))
    has_links = any("h" in feature for layer in chart.told["layers"] for feature in layer["features"])
    title = html_text.escape(f"{words(language or chart.language)['map']}: {chart.title}")
    return (
        f'<iframe class="map" title="{title}" loading="lazy" sandbox="allow-scripts"'
        f' style="width:100%;height:{height_px}px;border:0" srcdoc="{inner}"></iframe>'
        + (f"<script>{_FOLLOW_LINKS}</script>" if has_links else "")
    )


def show(chart: OfflineMap | Figure, height_px: int = 560) -> HTML | Image:
    """Show a map in a notebook, without network.

    Parameters
    ----------
    chart
        An interactive map (``town_map``, ``overview_map``) or a static one (``static_map`` and the others).
    height_px
        Height of an interactive map. [px]

    Returns
    -------
    IPython.display.HTML or IPython.display.Image
        What the notebook displays.
    """
    if isinstance(chart, Figure):
        picture = io.BytesIO()
        chart.savefig(picture, format="png", dpi=_NOTEBOOK_DPI)
        return Image(picture.getvalue(), format="png")
    return HTML(f"<div>{to_fragment(chart, height_px)}</div>")


def script_hashes(page: str) -> list[str]:
    """Hashes of all inline scripts of a page, those of maps embedded in it included.

    Parameters
    ----------
    page
        HTML.

    Returns
    -------
    list of str
        Policy sources, each once, in order.

    Examples
    --------
    >>> script_hashes("<script>1</script>")
    ["'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"]
    """
    digests = (hashlib.sha256(script.encode()).digest() for script in _inline_scripts(page))
    return list(dict.fromkeys(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests))


def content_security_policy(page: str, tiles: TileSource | None = None) -> str:
    """Policy that allows the page's own scripts, styles, images and fonts, and nothing from outside.

    Parameters
    ----------
    page
        HTML, maps embedded with ``to_fragment`` included.
    tiles
        A configured basemap, whose images are then allowed.

    Returns
    -------
    str
        Content of the meta element.
    """
    images = "img-src data:" + (f" {tiles.host}" if tiles else "")
    scripts = " ".join(["script-src", *(script_hashes(page) or ["'none'"])])
    return (
        f"default-src 'none'; {scripts}; style-src 'unsafe-inline'; {images}; font-src data:;"
        " connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


class _Scripts(HTMLParser):
    """Collects the inline scripts as a browser reads them, and the documents in srcdoc."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.embedded: list[str] = []
        self._open: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given:
            self._open = []
        if tag == "iframe" and given.get("srcdoc"):
            self.embedded.append(str(given["srcdoc"]))

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._open is not None:
            self.found.append("".join(self._open))
            self._open = None


def _inline_scripts(page: str) -> list[str]:
    parser = _Scripts()
    parser.feed(page)
    parser.close()
    return parser.found + [script for inner in parser.embedded for script in _inline_scripts(inner)]


def _refuse_fetching(header: str) -> None:
    found = _FETCH.findall(header)
    if found:
        raise ScreeningError(
            f"The map needs {found[0]} from the network; municipal networks block it and the page would be"
            " broken. Take out the added element, or use one that needs no further library."
        )


def _literal(value: object) -> str:
    """JSON that can stand inside a script element, whatever the data hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@lru_cache(maxsize=4)
def _own(name: str) -> str:
    return (resources.files("screening.maps") / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _leaflet_js() -> str:
    return re.sub(r"\n//# sourceMappingURL=.*", "", asset_bytes("leaflet.js").decode())


@lru_cache(maxsize=1)
def _leaflet_css() -> str:
    """Leaflet's style without the pictures of its own layer control and marker, which are not used."""
    css = asset_bytes("leaflet.css").decode().replace("\r\n", "\n")
    css = css.replace("behavior: url(#default#VML);", "")
    return re.sub(r"url\(images/[^)]*\)", "none", css)
