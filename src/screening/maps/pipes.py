"""The network along the roads on a town's interactive map: wider lines for larger pipes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from screening.maps.leaflet import Canvas, Layer, Style
from screening.maps.style import COLORS, format_number
from screening.maps.words import words

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.views import Town

__all__ = ["pipe_layer", "pipe_width"]


def pipe_width(dn: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Width of a pipe's line: a little less than in proportion, so that the smallest can still be seen.

    Parameters
    ----------
    dn
        Nominal diameter. [mm]

    Returns
    -------
    numpy.ndarray
        In points or pixels. [1]
    """
    return np.asarray(np.asarray(dn, float) ** 0.8 / 10.0, float)


def pipe_layer(town: Town, canvas: Canvas, language: str) -> Layer:
    """Layer of the interactive map with every pipe; hidden at first. It tells no single customer's demand.

    Parameters
    ----------
    town
        The area's view.
    canvas
        Collects texts.
    language
        "da" or "en".

    Returns
    -------
    Layer
        Without features where there is no network.
    """
    w, pipes = words(language), town.network_pipes
    sizes = sorted(pipes["pipe_dn"].unique())
    styles = [Style(COLORS["pipe"], round(1.2 * float(pipe_width(dn)), 1)) for dn in sizes]
    styles.append(Style(COLORS["pipe"], 1))
    is_street = (pipes["kind"] == "street").to_numpy(bool)
    style = np.where(is_street, np.searchsorted(sizes, pipes["pipe_dn"]) if sizes else 0, len(sizes))
    features: list[dict[str, Any]] = [
        {"w": parts, "s": int(s)}
        for parts, s in zip(canvas.lines(pipes.geometry.to_numpy()), style, strict=True)
    ]
    columns = (pipes["length_m"], pipes["building_count"], pipes["price_dkk"])
    for feature, street, dn, length, count, price in zip(
        features, is_street, pipes["pipe_dn"], *columns, strict=True
    ):
        feature["t"] = canvas.text(f"{w['pipe_street' if street else 'pipe_service']}, DN {dn}")
        told = [f"{format_number(length, 0, language)} m", format_number(count, 0, language)]
        told.append(f"{format_number(round(price, -2), 0, language)} {w['pipe_unit']}")
        feature["r"] = [canvas.text(text) for text in told]
    fields = [w["pipe_length"], w["pipe_feeds"], w["pipe_price"]]
    return Layer(
        "pipe", w["pipe"], styles or [Style(COLORS["pipe"])], features, fields, is_on=False, is_line=True
    )
