"""A Folium map that draws laid-out layers with our own script, and asks the network for nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from folium.template import Template

from screening.maps.offline import to_fragment, to_html
from screening.tables import CRS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Canvas", "Layer", "OfflineMap", "Style"]

_TO_DEGREES = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
# Coordinates travel as whole steps of a millionth of a degree: about 0.1 m.
_STEPS_PER_DEGREE = 1_000_000
_MAX_ZOOM = 20


@dataclass(frozen=True)
class Style:
    """How a shape is drawn.

    Parameters
    ----------
    color
        Line.
    weight
        Width of the line. [px]
    dash
        Lengths of dash and gap; empty for a full line.
    fill
        Ground; empty for none.
    opacity, fill_opacity
        From 0 (unseen) to 1. [1]
    hatch
        Whether the ground is hatched with its colour.
    """

    color: str
    weight: float = 1.0
    dash: str = ""
    fill: str = ""
    opacity: float = 1.0
    fill_opacity: float = 0.2
    hatch: bool = False

    def told(self) -> dict[str, Any]:
        """As the script reads it."""
        return {
            "color": self.color,
            "weight": self.weight,
            "dash": self.dash,
            "fill": self.fill,
            "opacity": self.opacity,
            "fillOpacity": self.fill_opacity,
            "hatch": self.hatch,
        }


@dataclass
class Layer:
    """One layer: what is drawn, how, and its line in the legend.

    Parameters
    ----------
    key, name
        Id, and name in the legend.
    styles
        One for all features, or one per class.
    features
        As made by the methods of ``Canvas``.
    fields
        Names of the rows of the popup.
    mark
        Shape of the building marks: circle, square, triangle, diamond; empty for none.
    sign
        Word before every label, e.g. a verdict.
    is_on, is_line
        Whether shown at first; whether the legend shows a line.
    count
        Number shown in the legend.
    classes, criterion, remark
        Names of the classes, the first class above the criterion, and what is said under them.
    """

    key: str
    name: str
    styles: Sequence[Style]
    features: list[dict[str, Any]]
    fields: Sequence[str] = ()
    mark: str = ""
    sign: str = ""
    is_on: bool = True
    is_line: bool = False
    count: str = ""
    classes: Sequence[str] = ()
    criterion: int = -1
    remark: str = ""

    def told(self) -> dict[str, Any]:
        """As the script reads it."""
        told: dict[str, Any] = {
            "key": self.key,
            "name": self.name,
            "styles": [style.told() for style in self.styles],
            "features": self.features,
            "fields": list(self.fields),
            "on": self.is_on,
            "isLine": self.is_line,
            "count": self.count,
            "mark": self.mark,
            "sign": self.sign,
        }
        if self.classes:
            told |= {"classes": list(self.classes), "criterion": self.criterion, "remark": self.remark}
        return told


@dataclass
class Canvas:
    """Coordinates and texts shared by all layers of a map, each text kept once.

    Parameters
    ----------
    bounds_m
        West, south, east and north of what the map shows at first, EPSG:25832. [m]
    """

    bounds_m: npt.NDArray[np.float64]
    texts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take the south-west corner as origin."""
        west, south, east, north = self.bounds_m
        longitudes, latitudes = _TO_DEGREES.transform([west, west, east, east], [south, north, south, north])
        self.bounds = [[min(latitudes), min(longitudes)], [max(latitudes), max(longitudes)]]
        self.bounds = [[round(degrees, 6) for degrees in corner] for corner in self.bounds]
        self.origin = self.bounds[0]

    def text(self, text: object) -> int:
        """Give the number of a text."""
        return self.texts.setdefault(str(text), len(self.texts))

    def points(self, geometries: Sequence[Any]) -> list[list[int]]:
        """Latitude and longitude of each point, in steps from the origin."""
        return self._steps(shapely.get_coordinates(geometries)).tolist()  # type: ignore[no-any-return]

    def polygons(self, geometries: Sequence[Any]) -> list[list[list[list[int]]]]:
        """Polygons of each geometry, each a list of rings; every ring one flat list of steps."""
        parts, owner = shapely.get_parts(geometries, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        shapes: list[list[list[list[int]]]] = [[] for _ in range(len(geometries))]
        seen = -1
        for index, flat in zip(part.tolist(), self._flat(rings, is_closed=True), strict=True):
            if index != seen:
                shapes[owner[index]].append([])
                seen = index
            shapes[owner[index]][-1].append(flat)
        return shapes

    def lines(self, geometries: Sequence[Any]) -> list[list[list[int]]]:
        """Lines of each geometry, each one flat list of steps."""
        parts, owner = shapely.get_parts(geometries, return_index=True)
        shapes: list[list[list[int]]] = [[] for _ in range(len(geometries))]
        for index, flat in zip(owner.tolist(), self._flat(parts, is_closed=False), strict=True):
            shapes[index].append(flat)
        return shapes

    def _flat(self, lines: npt.NDArray[Any], *, is_closed: bool) -> list[list[int]]:
        """Give the steps of each line; a ring's last point, which repeats the first, is left out."""
        counts = shapely.get_num_coordinates(lines)
        steps = self._steps(shapely.get_coordinates(lines)).ravel().tolist()
        ends = 2 * np.cumsum(counts)
        starts = ends - 2 * counts
        left_out = 2 if is_closed else 0
        return [steps[a : b - left_out] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]

    def _steps(self, metres: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        longitude, latitude = _TO_DEGREES.transform(metres[:, 0], metres[:, 1])
        offsets = np.column_stack([latitude - self.origin[0], longitude - self.origin[1]])
        steps: npt.NDArray[np.int64] = np.rint(offsets * _STEPS_PER_DEGREE).astype(np.int64)
        return steps


class OfflineMap(folium.Map):
    """Folium map without scripts, styles or tiles from elsewhere; ``to_html`` brings what it needs.

    Elements of Folium that need no further library can be added as usual.

    Parameters
    ----------
    told
        What the map's script draws; see map.js.
    title, language
        What a reader of the page is told that the map is.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  as in the class it narrows
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div class="folium-map" id="{{ this.get_name() }}" role="region"
            aria-label="{{ this.title|e }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }},
            {zoomControl: false, zoomSnap: 0.25, maxZoom: {{ this.max_zoom }}, preferCanvas: true});
        {% endmacro %}
        """
    )

    def __init__(self, told: dict[str, Any], title: str, language: str) -> None:
        super().__init__(tiles=None, prefer_canvas=True)
        self._id = "screening"  # the same map gives the same file
        self.told, self.title, self.language, self.max_zoom = told, title, language, _MAX_ZOOM

    def _repr_html_(self, **_: Any) -> str:
        return to_fragment(self)

    def save(self, outfile: str | Path, **_: Any) -> None:  # type: ignore[override]  # one kind of file
        """Write the map as one file that needs no network.

        Parameters
        ----------
        outfile
            File to write.
        """
        Path(outfile).write_text(to_html(self), encoding="utf-8")
