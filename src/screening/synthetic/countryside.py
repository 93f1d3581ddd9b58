"""What lies outside the 15 areas: farms, country roads, and the edge of a town with district heating."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from screening.synthetic.coast import sea, to_metres
from screening.synthetic.plan import FARM_REGION, ROAD_LINKS, SHARES

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

from screening.synthetic.stock import with_size

__all__ = ["country_roads", "make_farms"]

FloatArray = npt.NDArray[np.float64]


def country_roads(main_streets: dict[str, shapely.LineString]) -> list[shapely.LineString]:
    """Draw the roads between the towns, each from the end of a main street, in whose direction it sets out.

    Parameters
    ----------
    main_streets
        Main street of each area, EPSG:25832.

    Returns
    -------
    list of shapely.LineString
        EPSG:25832.
    """
    return [_link(main_streets[one], main_streets[other]) for one, other in ROAD_LINKS]


def _link(one: shapely.LineString, other: shapely.LineString) -> shapely.LineString:
    """Draw a curve from the end of the first street nearest to the second, to the nearest end of that."""
    goal = shapely.get_coordinates(other.centroid)[0]
    start, ahead = _nearest_end(shapely.get_coordinates(one), goal)
    end, back = _nearest_end(shapely.get_coordinates(other), start)
    reach = min(0.35 * float(np.hypot(*(end - start))), 350.0)
    t = np.linspace(0.0, 1.0, 40)[:, None]
    first, second = start + reach * ahead, end + reach * back
    curve = (1 - t) ** 3 * start + 3 * t * (1 - t) ** 2 * first + 3 * t**2 * (1 - t) * second + t**3 * end
    return shapely.LineString(np.round(curve, 2))


def _nearest_end(line: FloatArray, goal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Find the end nearest to the goal, and the direction in which the street leaves there."""
    if np.hypot(*(line[0] - goal)) < np.hypot(*(line[-1] - goal)):
        line = line[::-1]
    ahead = line[-1] - line[-2]
    return line[-1], ahead / max(float(np.hypot(*ahead)), 1e-9)


def make_farms(
    roads: list[shapely.LineString],
    closed: shapely.Geometry,
    assumptions: Assumptions,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Farms along the country roads: a dwelling and one to three wings round a yard.

    Parameters
    ----------
    roads
        Country roads.
    closed
        Ground that farms keep away from.
    assumptions
        The set with the heat demand model.
    rng
        Source of randomness.

    Returns
    -------
    tuple of pandas.DataFrame
        Dwellings and wings, columns as of ``Place.main`` and ``Place.outbuildings``.
    """
    region = shapely.Polygon([to_metres(*place) for place in FARM_REGION])
    barred = shapely.buffer(shapely.union_all([closed, sea()]), 160.0)
    lines = np.array(roads, dtype=object)
    places: list[FloatArray] = []
    for _ in range(20 * SHARES.farms):
        line = lines[rng.integers(len(lines))]
        point = shapely.get_coordinates(line.interpolate(rng.uniform(0, line.length)))[0]
        spot = point + rng.uniform(45, 340) * _unit(rng.uniform(0, 2 * np.pi))
        near_road = shapely.distance(shapely.Point(spot), lines).min() < 35
        near_farm = any(np.hypot(*(spot - other)) < 210 for other in places)
        if (
            near_road
            or near_farm
            or not region.contains(shapely.Point(spot))
            or barred.contains(shapely.Point(spot))
        ):
            continue
        places.append(spot)
        if len(places) == SHARES.farms:
            break
    count = len(places)
    spots = np.array(places)
    turn = rng.uniform(0, np.pi, count)
    forms = np.array([("2", "3"), ("2", "4"), ("2", "6"), ("5", "1"), ("2", "7"), ("7", None)], dtype=object)
    form = forms[rng.choice(len(forms), count, p=[0.34, 0.2, 0.1, 0.2, 0.08, 0.08])]
    farms = pd.DataFrame(
        {
            "role": "farm", "kind": "house", "group": -1, "use_code": "110",
            "year_built": np.round(rng.normal(1890, 25, count)).clip(1780, 1960),
            "heat_mwh": rng.normal(34, 6, count).clip(20, 55),
            "installation_code": form[:, 0], "fuel_code": form[:, 1],
        }
    )  # fmt: skip
    farms = with_size(farms, assumptions, rng)
    farms = farms.assign(x_m=spots[:, 0], y_m=spots[:, 1], angle=turn, plot=np.arange(count))
    return farms, _wings(farms, rng)


def _wings(farms: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    tables = []
    for n, (along, across, quarter) in enumerate(((0.0, 34.0, 0), (24.0, 17.0, 1), (-24.0, 17.0, 1))):
        chosen = farms[rng.random(len(farms)) < (0.9, 0.75, 0.5)[n]]
        count = len(chosen)
        turn = chosen["angle"].to_numpy()
        tables.append(
            pd.DataFrame(
                {
                    "use_code": rng.choice(["216", "219", "212", "218", "970"], count),
                    "x_m": chosen["x_m"].to_numpy() + along * np.cos(turn) - across * np.sin(turn),
                    "y_m": chosen["y_m"].to_numpy() + along * np.sin(turn) + across * np.cos(turn),
                    "angle": turn + quarter * np.pi / 2,
                    "length_m": rng.uniform(18, 32, count),
                    "width_m": rng.uniform(8, 13, count),
                    "plot": chosen["plot"].to_numpy(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _unit(angle: float) -> FloatArray:
    return np.array([np.cos(angle), np.sin(angle)])
