"""Which colour stands for what in the report's figures, and how a figure is set up from the texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from screening.figures import Frame, embed
from screening.maps import style
from screening.report.elements import figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from screening.report.texts import Texts

__all__ = ["BAR", "COMPONENTS", "GAIN_LOSS", "HEATING", "LOW_HIGH", "frame", "map_figure"]

HEATING = {name: style.COLORS[name] for name in ("oil", "gas", "heat_pump", "other")}
COMPONENTS = {
    "energy": style.COLORS["heat_pump"],
    "fixed": style.COLORS["other"],
    "investment": style.COLORS["trimmed"],
}
GAIN_LOSS = (style.COLORS["yes"], style.COLORS["no"])
LOW_HIGH = (style.COLORS["other"], style.COLORS["heat_pump"])
BAR = style.COLORS["heat_pump"]


def frame(key: str, group: str, t: Texts, decimals: int = 0, *, axis: str = "axis", **words: object) -> Frame:
    """Set up a figure from the texts ``<group>_title``, ``_description`` and ``_<axis>``.

    Parameters
    ----------
    key
        Unique in the page.
    group
        Beginning of the texts' keys, e.g. "company.figure".
    t
        Texts.
    decimals
        Digits of the numbers in the figure. [1]
    axis
        End of the key of the value axis.
    **words
        Fields of the description.

    Returns
    -------
    Frame
        With the shared typeface made known.
    """
    style.use_typeface()
    return Frame(
        key=key,
        title=str(t(f"{group}_title")),
        description=str(t(f"{group}_description", **words)),
        axis=str(t(f"{group}_{axis}")),
        write=t.number,
        decimals=decimals,
    )


def map_figure(drawn: Figure, key: str, caption: str, t: Texts) -> Markup:
    """Set a static map with its sentence; the sentence is also what is read aloud.

    On a phone the map keeps a size at which its text is readable and scrolls in its own box.

    Parameters
    ----------
    drawn
        The map.
    key
        Unique in the page.
    caption
        What the map shows.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        HTML.
    """
    plain = str(Markup(caption).striptags())  # noqa: S704  (escaped again where it is used)
    image = embed(drawn, key, str(t("common.map")), plain)
    return figure(f'<div class="map-image" tabindex="0">{image}</div>', caption)
