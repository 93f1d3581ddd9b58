"""One area: laid out, peopled and scaled until the trimmed area gives the published density."""

from __future__ import annotations

import dataclasses
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
from screening.synthetic.outlines import place_houses, place_outbuildings, place_sites
from screening.synthetic.sites import Site, make_sites
from screening.synthetic.plan import FRINGE, FRINGE_HOUSES, FRINGE_PLOT_M2
from screening.synthetic.stock import houses_on_district_heating, make_stock
from screening.tables import CRS
from screening.units import M2_PER_KM2

if TYPE_CHECKING:
    from shapely import Polygon

    from screening.assumptions import Assumptions
    from screening.synthetic.plan import AreaPlan

__all__ = ["Place", "make_fringe", "make_place"]

FloatArray = npt.NDArray[np.float64]

_ATTEMPTS = 12  # throws of the dice before giving up
_ROUNDS = 5  # sizes of plots tried before the fine scaling, and exchanges of people after it
_FINE = (0.93, 1.08)  # scale of positions that leaves the plots looking right
_ROUGH, _TOLERANCE = 0.02, 1e-3  # of the trimmed area, while the layout is sought and at last
_SHIFT_M = 25.0
_SMALL_PLACE = 30  # houses up to which boilers are spread out on purpose
_WELL_INSIDE_M = 3.0  # from the border of the trimmed area, so that rounding moves nobody out
# What changes places with the people; where the building stands does not.
_MOVED = ["stock", "role", "use_code", "year_built", "heat_mwh", "installation_code", "fuel_code", "area_m2",
          "floor_count", "length_m", "width_m"]  # fmt: skip
_AREA_MARGIN_M = 38.0  # from the outermost plots' middles to the border a planner would draw


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


def make_place(
    plan: AreaPlan, assumptions: Assumptions, rng: np.random.Generator, taken: Polygon | None = None
) -> Place:
    """Make an area whose trimmed polygon has the published size.

    Parameters
    ----------
    plan
        The area.
    assumptions
        The set whose models the replica is made for.
    rng
        Source of randomness.
    taken
        Ground of areas already made.

    Returns
    -------
    Place
        Buildings, roads and border in EPSG:25832.

    Raises
    ------
    RuntimeError
        If no size of plots gives the published area.
    """
    stock = make_stock(plan, assumptions, rng)
    is_dense = plan.oil_gas_heat_mwh / plan.oil_gas_count > 60
    sites = make_sites(stock, assumptions, single_m2=1e9 if is_dense else 330.0)
    sited = np.concatenate([s.rows for s in sites]) if sites else np.array([], dtype=int)
    core = stock.drop(sited)["role"].ne("outskirt").sum()
    plot_m2 = _first_guess(plan, int(core), sites)
    for attempt in range(_ATTEMPTS):
        # A part of a town moves away from the parts made before until it stands clear of them.
        moved = dataclasses.replace(plan, shift_m=_SHIFT_M * attempt if taken is not None else 0.0)
        place = _attempt(moved, stock, sites, plot_m2, rng, taken, assumptions)
        if place is not None:
            return place
    raise RuntimeError(f"{plan.name}: no layout found whose trimmed area is the published one.")


def make_fringe(assumptions: Assumptions, rng: np.random.Generator) -> Place:
    """Make the edge of the town next door, whose houses all have district heating.

    Parameters
    ----------
    assumptions
        The set whose models the replica is made for.
    rng
        Source of randomness.

    Returns
    -------
    Place
        As ``make_place``; the border is that of the district heating area.
    """
    stock = houses_on_district_heating(FRINGE, FRINGE_HOUSES, assumptions, rng)
    return _draft(
        FRINGE, stock, [], FRINGE_PLOT_M2, (int(rng.integers(2**31)), int(rng.integers(2**31))), None
    ).finish(1.0)


def _attempt(
    plan: AreaPlan,
    stock: pd.DataFrame,
    sites: list[Site],
    plot_m2: float,
    rng: np.random.Generator,
    taken: Polygon | None,
    assumptions: Assumptions,
) -> Place | None:
    """One throw of the dice: first the size of the plots, then the scale, then who lives where."""
    seeds = tuple(int(n) for n in rng.integers(0, 2**31, 2))
    drafts: list[tuple[float, _Draft]] = []
    for _ in range(_ROUNDS):
        draft = _draft(plan, stock, sites, plot_m2, seeds, taken)
        scale, miss = _solve_scale(draft, assumptions, _ROUGH)
        drafts.append((abs(np.log(scale)) + (miss > _ROUGH), draft))
        if _FINE[0] <= scale <= _FINE[1]:
            break
        plot_m2 *= float(np.clip(scale**2, 0.55, 1.9))
    _, draft = min(drafts, key=lambda pair: pair[0])
    for _ in range(_ROUNDS):
        scale, miss = _solve_scale(draft, assumptions, _TOLERANCE)
        if miss > _TOLERANCE:
            return None
        trimmed = draft.trim(scale, assumptions)
        draft.main, is_wider = _move_inside(draft.main, draft.positions(draft.main, scale), trimmed)
        if not is_wider:
            return draft.finish(scale)
    return None


def _first_guess(plan: AreaPlan, core_count: int, sites: list[Site]) -> float:
    radius = np.sqrt(plan.trimmed_m2 / np.pi)
    inner = np.pi * max(radius - 20.0, 0.75 * radius) ** 2
    ground = inner - sum(1.3 * s.length_m * s.depth_m for s in sites)
    return float(max(ground, 0.35 * inner) / max(core_count, 4))


def _shore(plan: AreaPlan, origin: FloatArray, turn: float) -> tuple[FloatArray, FloatArray] | None:
    """The coast's distance across the main street, less that at the origin."""
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
class _Draft:
    """A layout with its people, still to be scaled."""

    plan: AreaPlan
    stock: pd.DataFrame
    layout: Layout
    main: pd.DataFrame
    outbuildings: pd.DataFrame
    origin: FloatArray
    turn: float
    taken: Polygon | None

    def to_map(self, points: FloatArray) -> FloatArray:
        """From the area's frame to EPSG:25832. [m]"""
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        u, v = points[..., 0], points[..., 1]
        return np.stack([u * cos - v * sin, u * sin + v * cos], axis=-1) + self.origin

    def positions(self, table: pd.DataFrame, scale: float) -> FloatArray:
        """Middles of buildings on the map, to the centimetre. [m]"""
        anchor = table[["anchor_u", "anchor_v"]].to_numpy(dtype=float)
        offset = table[["offset_u", "offset_v"]].to_numpy(dtype=float)
        return np.round(self.to_map(scale * anchor + offset), 2)

    def border(self, scale: float) -> Polygon:
        """The polygon a planner would draw round the area."""
        anchor = scale * self.main[["anchor_u", "anchor_v"]].to_numpy(dtype=float)
        offset = self.main[["offset_u", "offset_v"]].to_numpy(dtype=float)
        points = shapely.multipoints(anchor + offset)
        wide = 75.0
        shape = shapely.buffer(shapely.buffer(points, wide, quad_segs=4), _AREA_MARGIN_M - wide, quad_segs=4)
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

    def trim(self, scale: float, assumptions: Assumptions) -> Polygon:
        """What ``delineate`` makes of it."""
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
        areas = gpd.GeoDataFrame({"area": [self.plan.name]}, geometry=[self.border(scale)], crs=CRS)
        return delineate(buildings, areas, assumptions=assumptions).geometry.iloc[0]

    def holds_all(self, scale: float, trimmed: Polygon) -> bool:
        """Whether every building with a boiler stands in the trimmed area."""
        points = self.positions(self.main[self.main["role"] == "fossil"], scale)
        return bool(shapely.contains_xy(trimmed, points[:, 0], points[:, 1]).all())

    def finish(self, scale: float) -> Place:
        """Put all on the map."""
        main = self.main.assign(**dict(zip(("x_m", "y_m"), self.positions(self.main, scale).T, strict=True)))
        out = self.outbuildings
        out = out.assign(**dict(zip(("x_m", "y_m"), self.positions(out, scale).T, strict=True)))
        main["angle"], out["angle"] = main["angle"] + self.turn, out["angle"] + self.turn
        roads = [shapely.LineString(np.round(self.to_map(scale * line), 2)) for line in self.layout.roads]
        return Place(self.plan, main, out, roads, self.layout.road_classes, self.border(scale))


@functools.cache
def _sea_with_beach() -> Polygon:
    """No planner draws an area into the water."""
    return shapely.buffer(sea(), 8.0)


def _draft(
    plan: AreaPlan,
    stock: pd.DataFrame,
    sites: list[Site],
    plot_m2: float,
    seeds: tuple[int, ...],
    taken: Polygon | None,
) -> _Draft:
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
    return _Draft(plan, stock, layout, main, out, origin, turn, taken)


def _settle(plots: pd.DataFrame, houses: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Who lives where: boilers spread out to the rim, so that the rest lie between them; the outskirts last."""
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


def _solve_scale(draft: _Draft, assumptions: Assumptions, tolerance: float) -> tuple[float, float]:
    """Scale of the positions at which the trimmed area is the published one, and what is then missing.

    The area grows with the scale until a boiler is too far from the others to be joined; a scale that
    leaves one outside is therefore too large.
    """
    wanted = draft.plan.trimmed_m2
    low, high, scale = 0.5, 1.8, 1.0
    best = (1.0, np.inf)
    for _ in range(24):
        trimmed = draft.trim(scale, assumptions)
        found = trimmed.area if draft.holds_all(scale, trimmed) else np.inf
        miss = abs(found / wanted - 1)
        if miss < best[1]:
            best = (scale, miss)
        if miss < tolerance or high - low < 1e-5:
            break
        low, high = (scale, high) if found < wanted else (low, scale)
        guess = scale * float(np.sqrt(wanted / found)) if 0 < found < np.inf else 0.0
        scale = guess if low < guess < high else 0.5 * (low + high)
    return best


def _move_inside(main: pd.DataFrame, points: FloatArray, trimmed: Polygon) -> tuple[pd.DataFrame, bool]:
    """Change places between those who count but stand outside and others who stand inside.

    First with houses that do not count; where there are none left, with houses with a boiler well inside,
    which then widen the trimmed area (the second value is True: solve the scale again).
    """
    depth = np.where(
        shapely.contains_xy(trimmed, points[:, 0], points[:, 1]),
        shapely.distance(shapely.points(points), trimmed.boundary),
        -1.0,
    )
    role = main["role"].to_numpy(dtype=object)
    alike = (main["site"] < 0).to_numpy()
    lost = np.flatnonzero((role == "other") & (depth < _WELL_INSIDE_M) & alike)
    free = np.flatnonzero(np.isin(role, ["spare", "outskirt"]) & (depth >= _WELL_INSIDE_M) & alike)
    deep = np.flatnonzero((role == "fossil") & alike)
    deep = deep[np.argsort(-depth[deep])]
    gain = np.concatenate([free, deep])[: len(lost)]
    lost = lost[: len(gain)]
    swapped = main.copy()
    swapped.loc[main.index[lost], _MOVED] = main.loc[main.index[gain], _MOVED].to_numpy()
    swapped.loc[main.index[gain], _MOVED] = main.loc[main.index[lost], _MOVED].to_numpy()
    return swapped.astype(main.dtypes.to_dict()), len(lost) > len(free)
