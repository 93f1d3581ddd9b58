"""One area: laid out and scaled until the trimmed area gives the published density."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from screening.synthetic.draft import Draft, Place, make_draft
from screening.synthetic.plan import FRINGE, FRINGE_HOUSES, FRINGE_PLOT_M2
from screening.synthetic.sites import Site, make_sites
from screening.synthetic.stock import houses_on_district_heating, make_stock

if TYPE_CHECKING:
    import pandas as pd
    from shapely import Polygon

    from screening.assumptions import Assumptions
    from screening.synthetic.plan import AreaPlan

__all__ = ["make_fringe", "make_place"]

FloatArray = npt.NDArray[np.float64]

_ATTEMPTS = 12  # throws of the dice before giving up
_ROUNDS = 5  # sizes of plots tried before the fine scaling, and exchanges of people after it
_FINE = (0.93, 1.08)  # scale of positions that leaves the plots looking right
_ROUGH, _TOLERANCE = 0.02, 1e-3  # of the trimmed area, while the layout is sought and at last
_SHIFT_M = 25.0
_OWN_SITE_M2 = 330.0  # footprint above which a business has a site of its own among houses
_LARGE_HEAT_MWH = 60.0  # mean per boiler from which an area is one of businesses on large plots
_WELL_INSIDE_M = 3.0  # from the border of the trimmed area, so that rounding moves nobody out
# What changes places with the people; where the building stands does not.
_MOVED = ["stock", "role", "use_code", "year_built", "heat_mwh", "installation_code", "fuel_code", "area_m2",
          "floor_count", "length_m", "width_m"]  # fmt: skip


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
    has_large_plots = plan.oil_gas_heat_mwh / plan.oil_gas_count > _LARGE_HEAT_MWH
    sites = make_sites(stock, assumptions, single_m2=np.inf if has_large_plots else _OWN_SITE_M2)
    sited = np.concatenate([s.rows for s in sites]) if sites else np.array([], dtype=int)
    core = stock.drop(sited)["role"].ne("outskirt").sum()
    plot_m2 = _first_guess(plan, int(core), sites) * (0.8 if has_large_plots else 1.0)
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
    return make_draft(
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
    drafts: list[tuple[float, Draft]] = []
    for _ in range(_ROUNDS):
        draft = make_draft(plan, stock, sites, plot_m2, seeds, taken)
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
            return draft.finish(scale) if draft.holds_all(scale, trimmed, ("fossil", "other")) else None
    return None


def _first_guess(plan: AreaPlan, core_count: int, sites: list[Site]) -> float:
    radius = np.sqrt(plan.trimmed_m2 / np.pi)
    inner = np.pi * max(radius - 20.0, 0.75 * radius) ** 2
    ground = inner - sum(1.3 * s.length_m * s.depth_m for s in sites)
    return float(max(ground, 0.35 * inner) / max(core_count, 4))


def _solve_scale(draft: Draft, assumptions: Assumptions, tolerance: float) -> tuple[float, float]:
    """Scale of the positions at which the trimmed area is the published one, and what is then missing.

    The area grows with the scale until a boiler is too far from the others to be joined; a scale that
    leaves one outside is therefore too large.
    """
    wanted = draft.plan.trimmed_m2
    is_rough = tolerance >= _ROUGH
    low, high, scale = 0.5, 1.8, 1.0
    best = (1.0, np.inf)
    seen: list[tuple[float, float]] = []  # scale, side of a square of the area found
    for _ in range(6 if is_rough else 24):
        trimmed = draft.trim(scale, assumptions, is_clipped=not is_rough)
        found = trimmed.area if draft.holds_all(scale, trimmed) else np.inf
        miss = abs(found / wanted - 1)
        if miss < best[1]:
            best = (scale, miss)
        if miss < tolerance or high - low < 1e-5:
            break
        low, high = (scale, high) if found < wanted else (low, scale)
        if np.isfinite(found):
            seen.append((scale, float(np.sqrt(found))))
        guess = _extrapolate(seen, float(np.sqrt(wanted)))
        scale = guess if low < guess < high else 0.5 * (low + high)
    return best


def _extrapolate(seen: list[tuple[float, float]], wanted: float) -> float:
    """Find where the straight line through the last two scales and sides meets the one wanted, else 0."""
    if len(seen) == 1:
        return seen[0][0] * wanted / seen[0][1] if seen[0][1] > 0 else 0.0
    if len(seen) >= 2:
        (one, first), (other, second) = seen[-2:]
        if first != second:
            return other + (wanted - second) * (other - one) / (second - first)
    return 0.0


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
