"""The views that cross the upper layers: what came in, what the stages made, what a report tells."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from affine import Affine

    from screening.assumptions import Assumptions

__all__ = ["Density", "Layers", "Municipality", "Overview", "Screening", "Town"]


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
        AREAS; None where no polygons are given, and the tool finds the towns.
    roads
        ROADS, possibly empty.
    supply_areas
        District heating areas (``supply_name``); None when no layer is given.
    register_counts
        What happened to every row of the register (reason -> rows).
    register_repairs
        How many kept rows had which repair or gap (repair -> rows).
    measured
        A planner's own measured demand (``heat_demand_mwh`` by building id); None when not given.
    places
        Place names (``name``) for the towns that the tool finds; None when not given.
    """

    buildings: gpd.GeoDataFrame
    outlines: gpd.GeoDataFrame | None
    areas: gpd.GeoDataFrame | None
    roads: gpd.GeoDataFrame
    supply_areas: gpd.GeoDataFrame | None
    register_counts: pd.Series
    register_repairs: pd.Series
    measured: pd.DataFrame | None
    places: gpd.GeoDataFrame | None = None


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
    areas, trimmed, key_figures, members, communities
        The tables of the stages; communities with ``area``, the area each lies most in, and the scales of
        the distance at which it appears, grows and merges. Areas that the tool found have the column
        ``method``.
    left_out
        Settlements too small to be an area, where the tool found them (``areas.Survey``); else no row.
    density, density_smoothed, density_contours
        The heat of individually heated buildings in cells; spread over a circle; and the ground at or above
        each level of it (``areas.density_contours``).
    community_scales
        Communities touching each area at every scale of the distance (``communities.distance_sensitivity``).
    splits, community_parts, part_members, cut_links
        How communities above the limit can be divided: the tables of ``communities.Split``.
    economics, investments, company, user, society, sensitivity
        The economics tables.
    bills, typical_houses, house_prices
        What ``economics.bills_by_year`` (standard consumer), ``typical_houses`` and ``house_prices`` give.
    cash_flow, reconciliation
        Who pays whom in every year, and every figure counted twice (functions of the same name).
    uncertainty, drivers, break_even
        How probable a yes is, which doubts it follows, and where it turns: what ``Simulation.summary``
        (with a column area), ``Simulation.drivers`` and ``economics.break_even`` give.
    register_doubt
        What the verdicts would be where the register may be wrong (columns in ``screening.doubt``).
    area_groups, joining
        What ``economics.join_areas`` gives: the groups of neighbours, and each area alone and joined.
    site, site_candidates
        What ``supply.plant_sites`` gives: one row per area; and the proposed places.
    networks, network_pipes, network_sizes, network_unreachable
        What ``networks.lay_networks`` gives: the network of each area along its roads.
    local_plants, local_plant_years, local_plant_sizes, local_plant_hours
        What ``local_plants.run_local_plants`` gives: the plant of each area hour by hour.
    """

    buildings: gpd.GeoDataFrame
    outlines: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    left_out: gpd.GeoDataFrame
    trimmed: gpd.GeoDataFrame
    key_figures: pd.DataFrame
    density: Density
    density_smoothed: Density
    density_contours: gpd.GeoDataFrame
    members: pd.Series
    communities: gpd.GeoDataFrame
    community_scales: pd.DataFrame
    splits: pd.DataFrame
    community_parts: gpd.GeoDataFrame
    part_members: pd.DataFrame
    cut_links: gpd.GeoDataFrame
    economics: pd.DataFrame
    investments: pd.DataFrame
    company: pd.DataFrame
    user: pd.DataFrame
    society: pd.DataFrame
    bills: pd.DataFrame
    typical_houses: pd.DataFrame
    house_prices: pd.DataFrame
    cash_flow: pd.DataFrame
    reconciliation: pd.DataFrame
    sensitivity: pd.DataFrame
    uncertainty: pd.DataFrame
    drivers: pd.DataFrame
    break_even: pd.DataFrame
    register_doubt: pd.DataFrame
    area_groups: pd.DataFrame
    joining: pd.DataFrame
    site: pd.DataFrame
    site_candidates: gpd.GeoDataFrame
    networks: pd.DataFrame
    network_pipes: gpd.GeoDataFrame
    network_sizes: pd.DataFrame
    network_unreachable: pd.DataFrame
    local_plants: pd.DataFrame
    local_plant_years: pd.DataFrame
    local_plant_sizes: pd.DataFrame
    local_plant_hours: pd.DataFrame

    def __post_init__(self) -> None:
        """No table may be missing: a report would say nothing where it should say none."""
        empty = [f.name for f in fields(self) if getattr(self, f.name) is None]
        if empty:
            raise TypeError(f"Screening without {', '.join(empty)}.")

    def divided(self, ids: pd.Series) -> dict[str, Any]:
        """Cut the tables of divided communities to some of them, by the name of the field."""
        names = ("splits", "community_parts", "part_members", "cut_links")
        return {name: table[table["id"].isin(ids)] for name in names for table in [getattr(self, name)]}


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
        KEY_FIGURES joined with ECONOMICS for all parts of the town, and the site's site_distance_m; index
        area, one row for a whole town.
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
        COMMUNITIES that touch the area, plus the columns of ``distance_sensitivity`` and ``overlap_share``
        (share of its geometry in the trimmed area).
    community_scales
        The area's rows of the table of ``Screening``.
    splits, community_parts, part_members, cut_links
        The rows of these communities in the tables of ``communities.Split``.
    density
        The heat density grid round the area.
    density_contours
        Ground round the area at or above each level of the smoothed density.
    roads
        ROADS clipped to the area's surroundings, possibly empty.
    supply_areas
        District heating areas (``supply_name``), possibly empty; None when no layer is given.
    investments, company, user, society, sensitivity, bills, typical_houses, house_prices, cash_flow,
    reconciliation, uncertainty, drivers, break_even
        The area's rows of the economics tables.
    site, site_candidates
        The area's row (Series) and proposed places, as in ``Screening``.
    network, network_pipes, network_sizes, network_unreachable
        The area's row (Series) of ``Screening.networks``, and its rows of the others.
    local_plant, local_plant_years, local_plant_sizes, local_plant_hours
        The area's row (Series) of ``Screening.local_plants``, and its rows of the others.
    register_counts, register_repairs
        What happened to every row of the register and to the kept ones (Series), whole municipality.
    register_checks
        Checks of the area's rows: columns check_name, building_count, share, heat_demand_mwh.
    register_doubt
        The area's rows of the table of ``Screening``.
    area_groups, joining
        The area's groups and those it may join, each alone too; the area's row of ``joining``.
    corrections
        Corrections to propose to the register (``register.propose_corrections``), without measured demand.
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
    community_scales: pd.DataFrame
    splits: pd.DataFrame
    community_parts: gpd.GeoDataFrame
    part_members: pd.DataFrame
    cut_links: gpd.GeoDataFrame
    density: Density
    density_contours: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    supply_areas: gpd.GeoDataFrame | None
    investments: pd.DataFrame
    company: pd.DataFrame
    user: pd.DataFrame
    society: pd.DataFrame
    bills: pd.DataFrame
    typical_houses: pd.DataFrame
    house_prices: pd.DataFrame
    cash_flow: pd.DataFrame
    reconciliation: pd.DataFrame
    sensitivity: pd.DataFrame
    uncertainty: pd.DataFrame
    drivers: pd.DataFrame
    break_even: pd.DataFrame
    register_counts: pd.Series
    register_repairs: pd.Series
    register_checks: pd.DataFrame
    register_doubt: pd.DataFrame
    area_groups: pd.DataFrame
    joining: pd.DataFrame
    corrections: pd.DataFrame
    site: pd.Series
    site_candidates: gpd.GeoDataFrame
    network: pd.Series
    network_pipes: gpd.GeoDataFrame
    network_sizes: pd.DataFrame
    network_unreachable: pd.DataFrame
    local_plant: pd.Series
    local_plant_years: pd.DataFrame
    local_plant_sizes: pd.DataFrame
    local_plant_hours: pd.DataFrame
    assumptions: Assumptions


@dataclass(frozen=True)
class Overview:
    """Everything the municipality's overview tells.

    Parameters
    ----------
    municipality
        Name, code, whether synthetic.
    areas
        AREAS joined with KEY_FIGURES, ECONOMICS and the site's site_distance_m: one row per area, original
        polygon as geometry.
    trimmed
        TRIMMED of all areas.
    communities
        COMMUNITIES of the municipality plus ``area`` (the area each lies most in, empty outside all).
    register_counts, register_repairs, register_checks
        As in ``Town``, whole municipality.
    register_doubt
        The table of ``Screening``, all areas.
    area_groups, joining
        The tables of ``Screening``.
    sensitivity, uncertainty, break_even
        Economics tables of all areas.
    assumptions
        The set used.
    failures
        Area -> why it has no report.
    left_out
        As in ``Screening``; None where a planner brought the areas.
    """

    municipality: Municipality
    areas: gpd.GeoDataFrame
    trimmed: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    register_counts: pd.Series
    register_repairs: pd.Series
    register_checks: pd.DataFrame
    register_doubt: pd.DataFrame
    area_groups: pd.DataFrame
    joining: pd.DataFrame
    uncertainty: pd.DataFrame
    break_even: pd.DataFrame
    sensitivity: pd.DataFrame
    assumptions: Assumptions
    failures: dict[str, str]
    left_out: gpd.GeoDataFrame | None = None
