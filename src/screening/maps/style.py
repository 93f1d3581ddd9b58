"""Colours, words and the typeface that maps and figures share."""

from __future__ import annotations

import base64
import math
import re
import unicodedata
from functools import lru_cache
from importlib import resources

import matplotlib as mpl
from matplotlib import font_manager

__all__ = [
    "COLORS",
    "DENSITY_COLORS",
    "DENSITY_LIMITS_KWH_PER_M2",
    "FONT",
    "WORDS",
    "asset_bytes",
    "density_class",
    "font_face_css",
    "format_number",
    "slugify",
    "use_typeface",
    "words",
]

FONT = "Inter"

# Told apart in greyscale by lightness and by shape or line as well as by hue (Okabe-Ito based).
COLORS = {
    "original": "#7c868d",
    "trimmed": "#f2c94c",
    "trimmed_edge": "#a97f00",
    "gas": "#d5401f",
    "oil": "#6b1206",
    "heat_pump": "#0072b2",
    "other": "#56a3c9",
    "outline": "#b9bfc4",
    "road": "#c9ccd0",
    "road_major": "#a3a9af",
    "community_small": "#009e73",
    "community_large": "#5b2a86",
    "supply": "#cc79a7",
    "yes": "#00795a",
    "no": "#b5532b",
    "ink": "#1d2a33",
    "muted": "#55636d",
    "paper": "#f6f5f1",
}

# Classes of the heat density; 10 kWh/m2 is the criterion for collective heating.
DENSITY_LIMITS_KWH_PER_M2 = (2.0, 5.0, 10.0, 20.0, 40.0)
DENSITY_COLORS = ("#fde6cf", "#fdc68f", "#f79a55", "#e0662e", "#ad3a12", "#6b1206")

WORDS: dict[str, dict[str, str]] = {
    "da": {
        "original": "Oprindeligt område",
        "trimmed": "Trimmet område",
        "gas": "Gasfyr",
        "oil": "Oliefyr",
        "heat_pump": "Varmepumpe",
        "other": "Anden individuel varme",
        "outline": "Bygninger",
        "road": "Veje",
        "density": "Varmetæthed (kWh/m² i celler på 100 m)",
        "community_small": "Energifællesskab til og med 250 kW",
        "community_large": "Energifællesskab over 250 kW",
        "communities": "Energifællesskaber",
        "supply": "Fjernvarmeområde",
        "synthetic": "SYNTETISKE DATA",
        "legend": "Signaturer",
        "use": "Anvendelse",
        "year": "Opført",
        "unknown": "ukendt",
        "heated_area": "Opvarmet areal",
        "heating": "Varme",
        "demand": "Varmebehov (model)",
        "measured": "målt – vises ikke",
        "buildings": "Bygninger",
        "capacity": "Effekt",
        "community": "Energifællesskab",
        "yes": "Ja: lokalvarme kan betale sig",
        "no": "Nej",
        "open": "Åbn rapporten",
        "verdict": "Svar",
        "yes_short": "Ja",
        "no_short": "Nej",
        "oil_gas": "Olie- og gasbygninger",
        "density_short": "Varmetæthed",
        "no_basemap": "uden baggrundskort",
        "source": "Bygninger: BBR og GeoDanmark",
        "source_synthetic": "Syntetiske data",
        "map": "Kort",
        "per_cell": "kWh/m²",
    },
    "en": {
        "original": "Original area",
        "trimmed": "Trimmed area",
        "gas": "Gas boiler",
        "oil": "Oil boiler",
        "heat_pump": "Heat pump",
        "other": "Other individual heating",
        "outline": "Buildings",
        "road": "Roads",
        "density": "Heat density (kWh/m² in cells of 100 m)",
        "community_small": "Energy community up to 250 kW",
        "community_large": "Energy community above 250 kW",
        "communities": "Energy communities",
        "supply": "District heating area",
        "synthetic": "SYNTHETIC DATA",
        "legend": "Legend",
        "use": "Use",
        "year": "Built",
        "unknown": "unknown",
        "heated_area": "Heated area",
        "heating": "Heating",
        "demand": "Heat demand (model)",
        "measured": "measured – not shown",
        "buildings": "Buildings",
        "capacity": "Capacity",
        "community": "Energy community",
        "yes": "Yes: local heating pays",
        "no": "No",
        "open": "Open the report",
        "verdict": "Answer",
        "yes_short": "Yes",
        "no_short": "No",
        "oil_gas": "Oil and gas buildings",
        "density_short": "Heat density",
        "no_basemap": "no basemap",
        "source": "Buildings: BBR and GeoDanmark",
        "source_synthetic": "Synthetic data",
        "map": "Map",
        "per_cell": "kWh/m²",
    },
}


def words(language: str) -> dict[str, str]:
    """Words of a language; Danish for anything but "en"."""
    return WORDS["en" if language == "en" else "da"]


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
    spelt = name.casefold()
    for letter, letters in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
        spelt = spelt.replace(letter, letters)
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "area"


def format_number(value: float, decimals: int = 0, language: str = "da") -> str:
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
        The text.

    Examples
    --------
    >>> format_number(1234.5, 1), format_number(1234.5, 1, "en"), format_number(float("nan"))
    ('1.234,5', '1,234.5', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:,.{decimals}f}"
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


def density_class(density_kwh_per_m2: float) -> str:
    """Colour of a heat density.

    Parameters
    ----------
    density_kwh_per_m2
        Heat demand over ground. [kWh/m2]

    Returns
    -------
    str
        Hex colour.

    Examples
    --------
    >>> density_class(1.0) == DENSITY_COLORS[0], density_class(10.0) == DENSITY_COLORS[3]
    (True, True)
    """
    return DENSITY_COLORS[sum(density_kwh_per_m2 >= limit for limit in DENSITY_LIMITS_KWH_PER_M2)]


@lru_cache(maxsize=16)
def asset_bytes(name: str) -> bytes:
    """Content of a vendored file."""
    return (resources.files("screening") / "assets" / name).read_bytes()


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


@lru_cache(maxsize=1)
def use_typeface() -> str:
    """Make the typeface known to matplotlib and give its name."""
    for weight in (400, 600):
        with resources.as_file(resources.files("screening") / "assets" / f"inter-latin-{weight}.ttf") as path:
            font_manager.fontManager.addfont(str(path))
    mpl.rcParams["font.family"] = [FONT]
    return FONT
