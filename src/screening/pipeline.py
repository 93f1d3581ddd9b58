"""Compose the stages, tables in and tables out; and cut the views that a report tells of."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from screening import areas as area_stage
from screening import communities as community_stage
from screening import economics, register
from screening.demand import heat_demand
from screening.errors import UnknownNameError
from screening.tables import AREAS, BUILDINGS, BUILDINGS_WITH_HEAT, CRS, KEY_FIGURES, check

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from affine import Affine

    from screening.assumptions import Assumptions

__all__ = [
    "Density",
    "Layers",
    "Municipality",
    "Overview",
    "Screening",
    "Town",
    "cut_overview",
    "cut_town",
    "screen",
]


@dataclass(frozen=True)
class Municipality:
    """What is known of the municipality as a whole.

    Parameters
    ----------
    slug
        Folder name under data and reports, e.g. "helsingor-replica".
    name
        Name as readers see it.
    code
        Four digits.
    is_synthetic
        Whether the data are made up; every page says so.
    register_date
        Date of the register extract as ISO text, empty when unknown.
    """

    slug: str
    name: str
    code: str
    is_synthetic: bool
    register_date: str


@dataclass(frozen=True)
class Density:
    """Heat density grid: MWh per cell and year, north up, EPSG:25832.

    Parameters
    ----------
    heat_mwh
        Rows from north to south. [MWh/year per cell]
    transform
        Affine transform from column and row to metres.
    cell_m
        Side of a cell. [m]
    """

    heat_mwh: npt.NDArray[np.float64]
    transform: Affine
    cell_m: float


@dataclass(frozen=True)
class Layers:
    """What came in, read and checked.

    Parameters
    ----------
    buildings
        BUILDINGS.
    outlines
        OUTLINES for the buildings that have a mapped one; None when no outline file is given.
    areas
        AREAS.
    roads
        ROADS, possibly empty.
    supply_areas
        District heating areas (``supply_name``); None when no layer is given.
    register_counts
        What happened to every row of the register (reason -> rows).
    measured
        A planner's own measured demand (``heat_demand_mwh`` by building id); None when not given.
    """

    buildings: gpd.GeoDataFrame
    outlines: gpd.GeoDataFrame | None
    areas: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    supply_areas: gpd.GeoDataFrame | None
    register_counts: pd.Series
    measured: pd.DataFrame | None


@dataclass(frozen=True)
class Screening:
    """The result of all stages for a municipality.

    Parameters
    ----------
    buildings
        BUILDINGS_WITH_HEAT plus ``area`` (missing outside all areas), ``is_in_trimmed``,
        ``is_individual``, ``is_oil_gas``.
    outlines
        OUTLINES of the buildings in the areas and of all that may join a community.
    areas, trimmed, key_figures, density, members, communities
        The tables of the stages; communities with ``area``, the area each lies most in.
    economics, investments, company, user, society, sensitivity
        The economics tables.
    """

    buildings: gpd.GeoDataFrame
    outlines: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    trimmed: gpd.GeoDataFrame
    key_figures: pd.DataFrame
    density: Density
    members: pd.Series
    communities: gpd.GeoDataFrame
    economics: pd.DataFrame
    investments: pd.DataFrame
    company: pd.DataFrame
    user: pd.DataFrame
    society: pd.DataFrame
    sensitivity: pd.DataFrame

    def __post_init__(self) -> None:
        """No table may be missing: a report would say nothing where it should say none."""
        empty = [f.name for f in fields(self) if getattr(self, f.name) is None]
        if empty:
            raise TypeError(f"Screening without {', '.join(empty)}.")


@dataclass(frozen=True)
class Town:
    """Everything the report of one area tells, already cut to the area.

    Parameters
    ----------
    municipality, area, town
        Names; ``town`` groups the parts of a large town (equal to ``area`` for a whole one).
    key_figures, economics
        The area's rows of KEY_FIGURES and ECONOMICS (Series).
    parts
        KEY_FIGURES joined with ECONOMICS for all parts of the town, index area; one row for a whole town.
    buildings
        BUILDINGS_WITH_HEAT of all buildings in the original polygon, plus ``is_in_trimmed``,
        ``is_individual`` (individually heated), ``is_oil_gas`` (bool).
    outlines
        OUTLINES polygons of the same buildings where known.
    original, trimmed
        One-row GeoDataFrames.
    members
        Community id per building (Int64, missing where none), index building_id.
    communities
        COMMUNITIES that touch the area, plus ``overlap_share`` (share of its geometry in the trimmed area).
    density
        The heat density grid round the area.
    roads
        ROADS clipped to the area's surroundings, possibly empty.
    supply_areas
        District heating areas (``supply_name``), possibly empty; None when no layer is given.
    investments, company, user, society, sensitivity
        The area's rows of the economics tables.
    register_counts
        What happened to every row of the register (Series, reason -> rows), whole municipality.
    register_checks
        Checks of the area's rows: columns check_name, building_count, share, heat_demand_mwh.
    assumptions
        The set used.
    """

    municipality: Municipality
    area: str
    town: str
    key_figures: pd.Series
    economics: pd.Series
    parts: pd.DataFrame
    buildings: gpd.GeoDataFrame
    outlines: gpd.GeoDataFrame
    original: gpd.GeoDataFrame
    trimmed: gpd.GeoDataFrame
    members: pd.Series
    communities: gpd.GeoDataFrame
    density: Density
    roads: gpd.GeoDataFrame
    supply_areas: gpd.GeoDataFrame | None
    investments: pd.DataFrame
    company: pd.DataFrame
    user: pd.DataFrame
    society: pd.DataFrame
    sensitivity: pd.DataFrame
    register_counts: pd.Series
    register_checks: pd.DataFrame
    assumptions: Assumptions


@dataclass(frozen=True)
class Overview:
    """Everything the municipality's overview tells.

    Parameters
    ----------
    municipality
        Name, code, whether synthetic.
    areas
        AREAS joined with KEY_FIGURES, ECONOMICS: one row per area, original polygon as geometry.
    trimmed
        TRIMMED of all areas.
    communities
        COMMUNITIES of the municipality plus ``area`` (the area each lies most in, empty outside all).
    register_counts, register_checks
        As in ``Town``, whole municipality.
    sensitivity
        Economics table of all areas.
    assumptions
        The set used.
    failures
        Area -> error text of reports that could not be made.
    """

    municipality: Municipality
    areas: gpd.GeoDataFrame
    trimmed: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    register_counts: pd.Series
    register_checks: pd.DataFrame
    sensitivity: pd.DataFrame
    assumptions: Assumptions
    failures: dict[str, str]


def screen(layers: Layers, assumptions: Assumptions, *, cell_m: float = 100.0) -> Screening:
    """Run every stage from buildings to verdict.

    Parameters
    ----------
    layers
        What came in.
    assumptions
        The set used throughout.
    cell_m
        Side of a cell of the density grid. [m]

    Returns
    -------
    Screening
        Tables of all stages.

    Raises
    ------
    TableError
        If a table breaks its schema.
    """
    read = check(layers.buildings, BUILDINGS, "buildings")
    areas = check(layers.areas, AREAS, "areas")
    demand, _ = heat_demand(read, assumptions, measured=layers.measured)
    buildings = gpd.GeoDataFrame(read.join(demand), geometry="geometry", crs=CRS)
    buildings = check(buildings, BUILDINGS_WITH_HEAT, "buildings with heat demand")

    buildings["area"] = area_stage.assign(buildings, areas)
    relevant = register.is_relevant(buildings["use_code"])
    buildings["is_individual"] = relevant & register.is_individually_heated(
        buildings["heating_installation_code"]
    )
    buildings["is_oil_gas"] = relevant & (buildings["is_oil"] | buildings["is_gas"])

    trimmed = area_stage.delineate(buildings, areas, assumptions)
    in_trimmed = area_stage.assign(buildings, trimmed[["area", "geometry"]])
    buildings["is_in_trimmed"] = in_trimmed.notna()
    key_figures = check(area_stage.key_figures(buildings, trimmed, assumptions), KEY_FIGURES, "key figures")
    grid, transform, _ = area_stage.density_grid(
        buildings[buildings["is_individual"] & buildings["heat_demand_mwh"].notna()], cell_m=cell_m
    )

    selected = community_stage.select(buildings, assumptions)
    wanted = buildings[buildings["area"].notna() | buildings.index.isin(selected.index)]
    outlines = register.attach_outlines(wanted, layers.outlines, assumptions)
    known = selected.index[selected["heat_demand_mwh"].notna()]
    members, communities = community_stage.find_communities(outlines.loc[known], assumptions)

    tables = {
        "investments": economics.investments,
        "company": economics.company_economy,
        "user": economics.user_economy,
        "society": economics.society_economy,
        "sensitivity": economics.sensitivity,
    }
    return Screening(
        buildings=buildings,
        outlines=outlines[["outline_source", "geometry"]],
        areas=areas,
        trimmed=trimmed,
        key_figures=key_figures,
        density=Density(grid, transform, cell_m),
        members=members,
        communities=_place(communities, areas),
        economics=economics.screen_areas(key_figures, assumptions),
        **{name: make(key_figures, assumptions) for name, make in tables.items()},
    )


def cut_town(
    screening: Screening,
    layers: Layers,
    municipality: Municipality,
    area: str,
    assumptions: Assumptions,
    *,
    surroundings_m: float = 400.0,
) -> Town:
    """Cut everything the report of one area tells.

    Parameters
    ----------
    screening, layers, municipality, assumptions
        As made by ``screen`` and read before.
    area
        Name of the area.
    surroundings_m
        How far round the area roads and grid are shown. [m]

    Returns
    -------
    Town
        The view.

    Raises
    ------
    UnknownNameError
        If no area has the name; names the near ones.
    """
    known = screening.areas["area"]
    if area not in set(known):
        raise UnknownNameError("area", area, known)
    original = screening.areas[known == area].reset_index(drop=True)
    town = str(original["town"].iloc[0])
    parts = _results(screening)
    siblings = screening.areas.loc[screening.areas["town"] == town, "area"]
    buildings = screening.buildings[screening.buildings["area"] == area]
    trimmed = screening.trimmed[screening.trimmed["area"] == area].reset_index(drop=True)
    shape = original.geometry.iloc[0]
    box = shapely.box(*shapely.bounds(shape.buffer(surroundings_m)))
    near = screening.communities[screening.communities.intersects(shape)].reset_index(drop=True)
    near["overlap_share"] = near.intersection(trimmed.geometry.iloc[0]).area / near.area
    return Town(
        municipality=municipality,
        area=area,
        town=town,
        key_figures=_row(screening.key_figures.set_index("area"), area),
        economics=_row(screening.economics, area),
        parts=parts.loc[list(siblings)],
        buildings=buildings,
        outlines=screening.outlines.loc[screening.outlines.index.intersection(buildings.index)],
        original=original,
        trimmed=trimmed,
        members=screening.members.reindex(buildings.index),
        communities=near,
        density=_window(screening.density, box.bounds),
        roads=gpd.clip(layers.roads, box),
        supply_areas=layers.supply_areas,
        **{
            name: table[table["area"] == area].reset_index(drop=True)
            for name in ("investments", "company", "user", "society", "sensitivity")
            for table in [getattr(screening, name)]
        },
        register_counts=layers.register_counts,
        register_checks=register.check_register(buildings, assumptions),
        assumptions=assumptions,
    )


def cut_overview(
    screening: Screening,
    layers: Layers,
    municipality: Municipality,
    assumptions: Assumptions,
    failures: dict[str, str],
) -> Overview:
    """Cut everything the municipality's overview tells.

    Parameters
    ----------
    screening, layers, municipality, assumptions
        As made by ``screen`` and read before.
    failures
        Area -> error text of reports that could not be made.

    Returns
    -------
    Overview
        The view.
    """
    areas = screening.areas.join(_results(screening), on="area")
    return Overview(
        municipality=municipality,
        areas=gpd.GeoDataFrame(areas, geometry="geometry", crs=CRS),
        trimmed=screening.trimmed,
        communities=screening.communities,
        register_counts=layers.register_counts,
        register_checks=register.check_register(screening.buildings, assumptions),
        sensitivity=screening.sensitivity,
        assumptions=assumptions,
        failures=failures,
    )


def _results(screening: Screening) -> pd.DataFrame:
    """Key figures and economics side by side; what both hold once."""
    figures = screening.key_figures.set_index("area")
    return figures.join(screening.economics.drop(columns=figures.columns, errors="ignore"))


def _row(table: pd.DataFrame, area: str) -> pd.Series:
    row: pd.Series = table.loc[[area]].squeeze(axis=0)
    return row


def _place(communities: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Name the area that each community lies most in; empty where it lies in none."""
    placed = communities.copy()
    pairs = gpd.sjoin(communities[["geometry"]], areas[["area", "geometry"]], predicate="intersects")
    shared = shapely.area(
        shapely.intersection(
            communities.geometry.loc[pairs.index].to_numpy(),
            areas.geometry.loc[pairs["index_right"]].to_numpy(),
        )
    )
    pairs = pairs.assign(shared_m2=shared).sort_values(["shared_m2", "area"], ascending=[False, True])
    first = pairs[~pairs.index.duplicated()]["area"]
    placed["area"] = first.reindex(communities.index).fillna("").astype(object)
    return placed


def _window(density: Density, bounds: tuple[float, float, float, float]) -> Density:
    """Cells of the grid that touch the bounds."""
    left, bottom, right, top = bounds
    cell, origin = density.cell_m, density.transform
    rows, columns = density.heat_mwh.shape
    first_column = int(np.clip((left - origin.c) // cell, 0, columns))
    last_column = int(np.clip(-((origin.c - right) // cell), 0, columns))
    first_row = int(np.clip((origin.f - top) // cell, 0, rows))
    last_row = int(np.clip(-((bottom - origin.f) // cell), 0, rows))
    return Density(
        density.heat_mwh[first_row:last_row, first_column:last_column],
        origin @ origin.translation(first_column, first_row),
        cell,
    )
