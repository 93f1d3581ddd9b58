"""An area laid out in its own frame, with its people, still to be scaled; and put on the map."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from screening.areas import delineate
from screening.synthetic.coast import coast_line, sea, to_metres
from screening.synthetic.layout import Layout, lay_out
from screening.synthetic.outlines import place_houses, place_outbuildings, place_sites, without_overlap
from screening.tables import CRS

if TYPE_CHECKING:
    from shapely import Polygon

    from screening.assumptions import Assumptions
    from screening.synthetic.plan import AreaPlan
    from screening.synthetic.sites import Site

__all__ = ["Draft", "Place", "make_draft"]

FloatArray = npt.NDArray[np.float64]

_SMALL_PLACE = 30  # houses up to which boilers are spread out on purpose
_ANYWHERE_M = 5_000.0
_AREA_MARGIN_M = 38.0  # from the outermost buildings to the border a planner would draw
_BAY_M = 75.0


@dataclass
class Place:
    """An area on the map.

    Parameters
    ----------
    plan
        What it is made after.
    main
        Main buildings: the stock's columns, ``x_m``, ``y_m``, ``angle``, ``length_m``, ``width_m``, ``plot``.
    outbuildings
        ``use_code`` and the same geometry columns.
    roads
        Road lines, EPSG:25832.
    road_classes
        Their classes.
    border
        The area polygon as a planner would draw it.
    """

    plan: AreaPlan
    main: pd.DataFrame
    outbuildings: pd.DataFrame
    roads: list[shapely.LineString]
    road_classes: list[str]
    border: Polygon


def _shore(plan: AreaPlan, origin: FloatArray, turn: float) -> tuple[FloatArray, FloatArray] | None:
    """Measure the coast's distance across the main street, less that at the origin."""
    if not plan.is_coastal:
        return None
    points = shapely.get_coordinates(shapely.segmentize(coast_line(), 20.0)) - origin
    u = points[:, 0] * np.cos(turn) + points[:, 1] * np.sin(turn)
    v = -points[:, 0] * np.sin(turn) + points[:, 1] * np.cos(turn)
    near = (np.abs(u) < 2500) & (np.abs(v) < 1500)
    order = np.argsort(u[near])
    u, v = u[near][order], v[near][order]
    return u, v - np.interp(0.0, u, v)


@dataclass
class Draft:
    """A layout with its people, still to be scaled."""

    plan: AreaPlan
    stock: pd.DataFrame
    layout: Layout
    main: pd.DataFrame
    outbuildings: pd.DataFrame
    origin: FloatArray
    turn: float
    plot_m2: float
    taken: Polygon | None

    @property
    def bay_m(self) -> float:
        """Half the width of a gap in the built-up part that the border jumps, in metres."""
        return max(_BAY_M, 2.2 * float(np.sqrt(self.plot_m2)))

    def to_map(self, points: FloatArray) -> FloatArray:
        """Bring points from the area's frame to EPSG:25832."""
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        u, v = points[..., 0], points[..., 1]
        return np.stack([u * cos - v * sin, u * sin + v * cos], axis=-1) + self.origin

    def positions(self, table: pd.DataFrame, scale: float) -> FloatArray:
        """Give the middles of buildings on the map, to the centimetre."""
        anchor = table[["anchor_u", "anchor_v"]].to_numpy(dtype=float)
        offset = table[["offset_u", "offset_v"]].to_numpy(dtype=float)
        return np.round(self.to_map(scale * anchor + offset), 2)

    def border(self, scale: float) -> Polygon:
        """Draw the polygon that a planner would draw round the area."""
        anchor = scale * self.main[["anchor_u", "anchor_v"]].to_numpy(dtype=float)
        offset = self.main[["offset_u", "offset_v"]].to_numpy(dtype=float)
        points = shapely.multipoints(anchor + offset)
        wide = shapely.buffer(points, self.bay_m, quad_segs=4)
        shape = shapely.buffer(wide, _AREA_MARGIN_M - self.bay_m, quad_segs=4)
        if shape.geom_type != "Polygon":
            shape = shapely.buffer(shapely.concave_hull(points, ratio=0.25), _AREA_MARGIN_M)
        far = 20_000.0
        u, v = self.plan.quadrant
        window = shapely.box(
            0 if u > 0 else -far, 0 if v > 0 else -far, 0 if u < 0 else far, far if v >= 0 else 0
        )
        if self.plan.is_coastal:
            window = shapely.box(0 if u > 0 else -far, -far, 0 if u < 0 else far, far)
        shape = shapely.Polygon(shapely.intersection(shape, window).exterior)
        ring = self.to_map(shapely.get_coordinates(shapely.simplify(shape, 2.0)))
        land = shapely.difference(shapely.Polygon(ring), _sea_with_beach())
        if self.taken is not None:
            land = shapely.difference(land, self.taken)
        parts = shapely.get_parts(land)
        return shapely.set_precision(parts[np.argmax(shapely.area(parts))], 0.01)

    def trim(self, scale: float, assumptions: Assumptions, *, is_clipped: bool = True) -> Polygon:
        """Trim by ``delineate``: within the border, or anywhere."""
        fossil = self.main[self.main["role"] == "fossil"]
        buildings = gpd.GeoDataFrame(
            {
                "use_code": fossil["use_code"].to_numpy(dtype=object),
                "is_oil": False,
                "is_gas": True,
                "heat_demand_mwh": fossil["heat_mwh"].to_numpy(),
            },
            geometry=shapely.points(self.positions(fossil, scale)),
            crs=CRS,
        )
        border = self.border(scale) if is_clipped else shapely.Point(self.origin).buffer(_ANYWHERE_M)
        areas = gpd.GeoDataFrame({"area": [self.plan.name]}, geometry=[border], crs=CRS)
        return delineate(buildings, areas, assumptions=assumptions).geometry.iloc[0]

    def holds_all(self, scale: float, trimmed: Polygon, roles: tuple[str, ...] = ("fossil",)) -> bool:
        """Tell whether every building of these roles stands in the trimmed area."""
        points = self.positions(self.main[self.main["role"].isin(roles)], scale)
        return bool(shapely.contains_xy(trimmed, points[:, 0], points[:, 1]).all())

    def finish(self, scale: float) -> Place:
        """Put all on the map."""
        main = self.main.assign(**dict(zip(("x_m", "y_m"), self.positions(self.main, scale).T, strict=True)))
        out = self.outbuildings
        out = out.assign(**dict(zip(("x_m", "y_m"), self.positions(out, scale).T, strict=True)))
        main["angle"], out["angle"] = main["angle"] + self.turn, out["angle"] + self.turn
        out = without_overlap(main, out)
        roads = [shapely.LineString(np.round(self.to_map(scale * line), 2)) for line in self.layout.roads]
        return Place(self.plan, main, out, roads, self.layout.road_classes, self.border(scale))


@functools.cache
def _sea_with_beach() -> Polygon:
    """No planner draws an area into the water."""
    return shapely.buffer(sea(), 8.0)


def make_draft(
    plan: AreaPlan,
    stock: pd.DataFrame,
    sites: list[Site],
    plot_m2: float,
    seeds: tuple[int, ...],
    taken: Polygon | None,
) -> Draft:
    """Lay out an area and settle its people.

    Parameters
    ----------
    plan
        The area.
    stock
        Its main buildings.
    sites
        Those of them that stand on sites.
    plot_m2
        Ground for each house with its share of the street. [m2]
    seeds
        Seeds of the layout and of the people.
    taken
        Ground of areas already made.

    Returns
    -------
    Draft
        To be scaled.
    """
    rng = np.random.default_rng(seeds[0])
    turn = float(np.deg2rad(plan.bearing))
    across = np.array([-np.sin(turn), np.cos(turn)])
    origin = np.array(to_metres(plan.latitude, plan.longitude)) + plan.quadrant[1] * plan.shift_m * across
    sited = np.concatenate([s.rows for s in sites]) if sites else np.array([], dtype=int)
    houses = stock.drop(sited)
    is_core = houses["role"] != "outskirt"
    counts = int(is_core.sum()), int((~is_core).sum())
    layout = lay_out(plan, sites, counts, plot_m2, _shore(plan, origin, turn), rng)
    rng = np.random.default_rng(seeds[1])
    plots = layout.plots[layout.plots["site"] < 0]
    people = _settle(plots, houses, rng)
    placed = pd.concat(
        [place_sites(layout, sites, stock), place_houses(plots, people, rng)], ignore_index=True
    )
    attributes = stock.drop(columns=["length_m", "width_m"]).loc[placed["stock"].to_numpy(dtype=int)]
    placed["site"] = layout.plots["site"].reindex(placed["plot"]).to_numpy(dtype=int)
    main = pd.concat([placed.reset_index(drop=True), attributes.reset_index(drop=True)], axis=1)
    out = place_outbuildings(plots[people["kind"].to_numpy() == "house"], rng)
    return Draft(plan, stock, layout, main, out, origin, turn, plot_m2, taken)


def _settle(plots: pd.DataFrame, houses: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Say who lives where: boilers out to the rim, so that the rest lie between them; outskirts last."""
    core = houses[houses["role"] != "outskirt"]
    outskirt = houses[houses["role"] == "outskirt"]
    built = plots[plots["is_core"].to_numpy(dtype=bool)]
    fossil = core[core["role"] == "fossil"].sample(frac=1, random_state=rng)
    rest = core[core["role"] != "fossil"].sample(frac=1, random_state=rng)
    if len(fossil) < 0.5 * len(core) or len(core) <= _SMALL_PLACE:
        order = _spread(built[["mid_u", "mid_v"]].to_numpy(), len(fossil))
    else:
        rank = built["rank"].to_numpy()
        rim = rank > np.quantile(rank, 0.8) if len(rank) else rank > 0
        order = np.argsort(rng.random(len(rank)) - 0.45 * rim)
    labels = np.empty(len(core), dtype=int)
    labels[order] = np.concatenate([fossil.index, rest.index])
    return houses.loc[np.concatenate([labels, outskirt.index])]


def _spread(points: FloatArray, count: int) -> npt.NDArray[np.intp]:
    """Order of the points: first so many as far from each other as can be, then the rest."""
    gap = np.hypot(*(points - points.mean(axis=0)).T)
    chosen: list[int] = []
    for _ in range(count):
        chosen.append(int(np.argmax(gap)))
        step = np.hypot(*(points - points[chosen[-1]]).T)
        gap = step if len(chosen) == 1 else np.minimum(gap, step)
        gap[chosen] = -1.0
    rest = np.setdiff1d(np.arange(len(points)), chosen)
    return np.concatenate([np.array(chosen, dtype=np.intp), rest])
