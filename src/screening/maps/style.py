"""Colours, numbers and the typeface that maps and figures share."""

from __future__ import annotations

import base64
import math
import re
import unicodedata
from dataclasses import replace
from functools import lru_cache
from importlib import resources

import matplotlib as mpl
from matplotlib import font_manager

__all__ = [
    "COLORS",
    "DENSITY_COLORS",
    "FONT",
    "PART_COLORS",
    "asset_bytes",
    "density_limits",
    "font_face_css",
    "format_number",
    "slugify",
    "use_typeface",
]

FONT = "Inter"

# Told apart in greyscale by lightness and by shape, line or hatching as well as by hue (Okabe-Ito based).
COLORS = {
    "original": "#7c868d",
    "trimmed": "#f2c94c",
    "trimmed_edge": "#a97f00",
    "gas": "#dd4a28",
    "oil": "#5a0f05",
    "heat_pump": "#0072b2",
    "other": "#56a3c9",
    "outline": "#c3c8cc",
    "road": "#c9ccd0",
    "road_major": "#a3a9af",
    "community_small": "#00966d",
    "community_large": "#5b2a86",
    "supply": "#a8518a",
    "contour": "#12243d",
    "site": "#3b3f9b",
    "pipe": "#123f73",
    "yes": "#00795a",
    "no": "#b5532b",
    "ink": "#1d2a33",
    "muted": "#55636d",
    "paper": "#f6f5f1",
}

# Parts of a community that lie side by side; numbered on the maps as well.
PART_COLORS = tuple(
    COLORS[name]
    for name in (
        "heat_pump", "trimmed_edge", "community_small", "supply", "other", "no", "community_large", "muted",
    )
)  # fmt: skip

# From little to much heat; another hue than the buildings, which lie on top.
DENSITY_COLORS = ("#f0f5d8", "#c3e0b6", "#86c7bd", "#4a9dbb", "#2a6ea6", "#1f3f7a")
# Limits between the classes as multiples of the criterion, which is thereby one of them.
_DENSITY_STEPS = (0.2, 0.5, 1.0, 2.0, 4.0)


def density_limits(criterion_kwh_per_m2: float) -> tuple[float, ...]:
    """Limits between the classes of heat density; the criterion is the third.

    Parameters
    ----------
    criterion_kwh_per_m2
        Heat density from which local heating is worth looking at. [kWh/m2]

    Returns
    -------
    tuple of float
        One less than there are ``DENSITY_COLORS``. [kWh/m2]

    Examples
    --------
    >>> density_limits(10.0)
    (2.0, 5.0, 10.0, 20.0, 40.0)
    """
    return tuple(step * criterion_kwh_per_m2 for step in _DENSITY_STEPS)


def slugify(name: str) -> str:
    """Folder name of an area: lower case, æ, ø, å spelt out, everything else a dash.

    Parameters
    ----------
    name
        Name as readers see it.

    Returns
    -------
    str
        Safe in file systems and addresses.

    Examples
    --------
    >>> slugify("Ålsgårde2"), slugify("Høje Tåstrup / Øst")
    ('aalsgaarde2', 'hoeje-taastrup-oest')
    """
    spelt = unicodedata.normalize("NFC", name).casefold()
    for letter, letters in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
        spelt = spelt.replace(letter, letters)
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "area"


def format_number(value: float | None, decimals: int = 0, language: str = "da") -> str:
    """Write a number as readers of the language do; a dash where there is none.

    Parameters
    ----------
    value
        The number. [unit of the number]
    decimals
        Digits after the decimal sign. [1]
    language
        "da" (1.234,5) or "en" (1,234.5).

    Returns
    -------
    str
        The text, with a real minus sign.

    Examples
    --------
    >>> format_number(1234.5, 1), format_number(1234.5, 1, "en"), format_number(float("nan"))
    ('1.234,5', '1,234.5', '–')
    >>> format_number(-0.04, 1), format_number(-12.0)
    ('0,0', '−12')
    """
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:z,.{decimals}f}".replace("-", "−")
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


@lru_cache(maxsize=16)
def asset_bytes(name: str) -> bytes:
    """Content of a vendored file."""
    return (resources.files("screening") / "assets" / name).read_bytes()


@lru_cache(maxsize=1)
def font_face_css() -> str:
    """CSS that brings the typeface with the page, as data."""
    rules = []
    for weight in (400, 600):
        data = base64.b64encode(asset_bytes(f"inter-latin-{weight}.woff2")).decode()
        rules.append(
            f'@font-face{{font-family:"{FONT}";font-weight:{weight};font-style:normal;font-display:swap;'
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )
    return "\n".join(rules)


def _give_fallback_the_same_weight() -> None:
    """Enter the fallback's bold face under 600 too: a missing weight is logged at every single text."""
    known = font_manager.fontManager.ttflist
    bold = [e for e in known if e.name == "DejaVu Sans" and e.weight in {700, "bold"} and e.style == "normal"]
    known.extend(replace(entry, weight=600) for entry in bold)


@lru_cache(maxsize=1)
def use_typeface() -> str:
    """Make the typeface known to matplotlib and give its name."""
    for weight in (400, 600):
        with resources.as_file(resources.files("screening") / "assets" / f"inter-latin-{weight}.ttf") as path:
            font_manager.fontManager.addfont(str(path))
    _give_fallback_the_same_weight()
    mpl.rcParams["font.family"] = [FONT, "DejaVu Sans"]
    return FONT
