"""What a table to be routed may not hold, and outlines that cross themselves set right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from screening.errors import TableError
from screening.routing.streets import labels

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

__all__ = ["check_buildings", "check_roads", "set_right"]

_LINES = (1, 2, 5)  # line, ring, lines
_POLYGONS = (3, 6)
_SHOWN = 3


def check_buildings(buildings: gpd.GeoDataFrame) -> None:
    """Check ids and heat of the buildings to be reached.

    Parameters
    ----------
    buildings
        Index building_id; ``heat_demand_mwh``, missing where unknown.

    Raises
    ------
    TableError
        Naming every fault with its buildings.
    """
    ids = buildings.index
    if "heat_demand_mwh" not in buildings:
        faults = ["column heat_demand_mwh is missing; estimate it first"]
    else:
        faults = _heat_faults(buildings["heat_demand_mwh"])
    if ids.has_duplicates:
        faults.append(f"{_named(ids[ids.duplicated()])} stand there twice; give each building one row")
    if ids.hasnans:
        faults.append(f"{int(ids.isna().sum())} rows have no building id; give each building one")
    kinds = _kinds(ids.dropna())
    if len(kinds) > 1:
        found = " and ".join(f"{kind} ({_named(own)})" for kind, own in kinds.items())
        faults.append(f"building ids are partly {found}; write all of them as text or all as numbers")
    if faults:
        raise TableError("buildings to be reached: " + "; ".join(faults) + ".")


def check_roads(roads: gpd.GeoDataFrame) -> None:
    """Check that roads are lines.

    Parameters
    ----------
    roads
        ``ROADS``; a row without a shape is allowed.

    Raises
    ------
    TableError
        Naming the roads that are something else.
    """
    shapes = roads.geometry
    broken = ~(np.isin(shapely.get_type_id(shapes), _LINES) | (shapes.isna() | shapes.is_empty).to_numpy())
    if broken.any():
        kinds = ", ".join(sorted(set(shapes.geom_type[broken])))
        raise TableError(
            f"roads: {int(broken.sum())} rows are no lines but {kinds} (roads"
            f" {_named(labels(roads)[broken])}); give centre lines, or leave these rows out."
        )


def set_right(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Set outlines right that cross or touch themselves: what they enclose stays, as one shape or several.

    Parameters
    ----------
    table
        Outlines; points and lines are left as they are.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows.
    """
    shapes = table.geometry.to_numpy()
    broken = np.isin(shapely.get_type_id(shapes), _POLYGONS) & ~shapely.is_valid(shapes)
    if not broken.any():
        return table
    shapes = np.asarray(shapes, object).copy()
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return table.set_geometry(shapes, crs=table.crs)


def _heat_faults(heat: pd.Series) -> list[str]:
    """Tell which heat demands are no amount of heat; a missing one is unknown, and allowed."""
    numbers = pd.to_numeric(heat, errors="coerce").to_numpy(float, na_value=np.nan)
    broken: dict[str, npt.NDArray[np.bool_]] = {
        "is no number": np.isnan(numbers) & heat.notna().to_numpy(bool),
        "is below zero": np.isfinite(numbers) & (numbers < 0),
        "is infinite": np.isinf(numbers),
    }
    return [
        f"heat_demand_mwh {what} in {int(rows.sum())} rows (buildings {_named(heat.index[rows])}, got"
        f" {_named(pd.unique(heat.to_numpy(object)[rows]))}); give MWh a year, or leave it empty if unknown"
        for what, rows in broken.items()
        if rows.any()
    ]


def _kinds(ids: pd.Index) -> dict[str, pd.Index]:
    """Sort ids into text, numbers and the rest: ids of different kinds have no order."""
    if ids.dtype != object:
        return {"ids": ids}
    kind = np.where(
        ids.map(lambda one: isinstance(one, str)).to_numpy(bool),
        "text",
        np.where(ids.map(pd.api.types.is_number).to_numpy(bool), "numbers", "neither"),
    )
    return {str(name): ids[kind == name] for name in np.unique(kind)}


def _named(items: pd.Index | npt.NDArray[np.object_]) -> str:
    more = " ..." if len(items) > _SHOWN else ""
    return ", ".join(str(item) for item in items[:_SHOWN]) + more
