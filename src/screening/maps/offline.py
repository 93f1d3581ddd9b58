"""One file that asks the network for nothing: inlined scripts, and a policy that forbids the rest."""

from __future__ import annotations

import base64
import hashlib
import html as html_text
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from IPython.display import HTML

from screening.maps.style import FONT, asset_bytes, font_face_css

if TYPE_CHECKING:
    import folium

__all__ = ["TileSource", "content_security_policy", "script_hashes", "show", "to_fragment", "to_html"]

_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_SRCDOC = re.compile(r'\bsrcdoc="([^"]*)"', re.DOTALL)
_POLICY_MARK = "screening-content-security-policy"


@dataclass(frozen=True)
class TileSource:
    """A basemap that a user has configured; without one the maps need no network.

    Parameters
    ----------
    url
        Template with {z}, {x}, {y}, including a token if the service needs one.
    attribution
        Credit that the service asks for.
    """

    url: str
    attribution: str

    @property
    def host(self) -> str:
        """Scheme and host, for the page's policy."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


def to_html(chart: folium.Map, title: str, language: str = "da", tiles: TileSource | None = None) -> str:
    """Write a map as one HTML document with everything inside.

    Parameters
    ----------
    chart
        Map from ``town_map`` or ``overview_map``.
    title
        Title of the document.
    language
        "da" or "en".
    tiles
        The basemap that the map was made with, if any: its host is then allowed.

    Returns
    -------
    str
        The document, with a content security policy that allows nothing but its own scripts.
    """
    root: Any = chart.get_root()
    root.render()
    header = "".join(child.render() for child in root.header._children.values())  # noqa: SLF001  folium's own
    page = (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY_MARK}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html_text.escape(title)}</title>\n"
        f"<style>{_leaflet_css()}\n{font_face_css()}\n{_PAGE_CSS}</style>\n"
        f"<script>{_leaflet_js()}</script>\n{header}\n</head>\n<body>\n"
        f"{root.html.render()}\n<script>{root.script.render()}</script>\n</body>\n</html>\n"
    )
    return page.replace(_POLICY_MARK, content_security_policy(page, tiles), 1)


def to_fragment(
    chart: folium.Map, height_px: int = 520, language: str = "da", tiles: TileSource | None = None
) -> str:
    """Write a map as an element for a larger page or a notebook.

    Parameters
    ----------
    chart
        Map from ``town_map`` or ``overview_map``.
    height_px
        Height of the element. [px]
    language
        "da" or "en".
    tiles
        The basemap that the map was made with, if any.

    Returns
    -------
    str
        An iframe that carries the whole map; a page round it lists its scripts in its own policy with
        ``content_security_policy``.
    """
    title = "Kort" if language != "en" else "Map"
    inner = html_text.escape(to_html(chart, title, language, tiles), quote=True)
    return (
        f'<iframe class="map" title="{title}" loading="lazy" style="width:100%;height:{height_px}px;border:0"'
        ' sandbox="allow-scripts allow-popups allow-top-navigation-by-user-activation"'
        f' srcdoc="{inner}"></iframe>'
    )


def show(chart: folium.Map, height_px: int = 520) -> HTML:
    """Show a map in a notebook, without network.

    Parameters
    ----------
    chart
        Map from ``town_map`` or ``overview_map``.
    height_px
        Height. [px]

    Returns
    -------
    IPython.display.HTML
        What the notebook displays.
    """
    return HTML(to_fragment(chart, height_px))  # type: ignore[no-untyped-call]


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
    """
    embedded = [html_text.unescape(found) for found in _SRCDOC.findall(page)]
    outer = _SRCDOC.sub("", page)
    scripts = [script for text in (outer, *embedded) for script in _SCRIPT.findall(text)]
    digests = (base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts)
    return list(dict.fromkeys(f"'sha256-{digest}'" for digest in digests))


def content_security_policy(page: str, tiles: TileSource | None = None) -> str:
    """Policy that allows the page's own scripts, styles, images and fonts, and nothing from outside.

    Parameters
    ----------
    page
        HTML.
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
        " frame-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _leaflet_js() -> str:
    return re.sub(r"\n//# sourceMappingURL=.*", "", asset_bytes("leaflet.js").decode())


def _leaflet_css() -> str:
    css = asset_bytes("leaflet.css").decode()
    for name in ("layers.png", "layers-2x.png"):
        data = base64.b64encode(asset_bytes(name)).decode()
        css = css.replace(f"url(images/{name})", f"url(data:image/png;base64,{data})")
    # The default marker's picture and the rule for an old browser: neither is used, both would be requests.
    return css.replace("url(images/marker-icon.png)", "none").replace("behavior: url(#default#VML);", "")


_PAGE_CSS = f"""
html,body{{margin:0;height:100%;background:#f6f5f1;font-family:"{FONT}",system-ui,sans-serif}}
.leaflet-container{{background:#f6f5f1;font:13px/1.4 "{FONT}",system-ui,sans-serif;color:#1d2a33}}
.leaflet-popup-content{{margin:12px 14px;max-height:320px;overflow:auto}}
.leaflet-popup-content h3{{margin:0 0 6px;font-size:14px;font-weight:600}}
.leaflet-popup-content table{{border-collapse:collapse}}
.leaflet-popup-content th{{text-align:left;font-weight:400;color:#55636d;padding:1px 12px 1px 0;
vertical-align:top}}
.leaflet-popup-content td{{padding:1px 0;font-variant-numeric:tabular-nums}}
.leaflet-popup-content a{{color:#00608f;font-weight:600}}
.map-box{{background:rgba(255,255,255,.94);padding:8px 11px;border-radius:4px;
box-shadow:0 1px 4px rgba(0,0,0,.25);max-width:250px}}
.map-box summary{{font-weight:600;cursor:pointer}}
.map-box ul{{list-style:none;margin:6px 0 0;padding:0}}
.map-box li{{display:flex;align-items:center;gap:8px;margin:3px 0;line-height:1.25}}
.map-box svg{{flex:none}}
.map-badge{{background:#1d2a33;color:#fff;font-weight:600;letter-spacing:.04em;padding:4px 9px;
border-radius:4px}}
.map-label{{background:none;border:0;box-shadow:none;font-weight:600;color:#1d2a33;
text-shadow:0 0 3px #fff,0 0 3px #fff,0 0 3px #fff;white-space:nowrap}}
.map-label::before{{display:none}}
.leaflet-control-layers{{font-size:13px}}
"""
