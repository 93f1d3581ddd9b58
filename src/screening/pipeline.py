"""Compose the stages, tables in and tables out; and cut the views that a report tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from screening import areas as area_stage
from screening import communities as community_stage
from screening import economics, register, supply
from screening.demand import heat_demand
from screening.doubt import register_doubt
from screening.errors import UnknownNameError
from screening.local_plants import chosen_heat_price, run_local_plants
from screening.networks import add_network, lay_networks
from screening.tables import BUILDINGS, BUILDINGS_WITH_HEAT, CRS, KEY_FIGURES, check
from screening.views import Density, Overview, Screening, Town

if TYPE_CHECKING:
    from screening.assumptions import Assumptions
    from screening.views import Layers, Municipality

__all__ = ["add_heat", "cut_overview", "cut_town", "density_maps", "is_individual", "screen"]

_FINE_CELLS = 20_000_000  # cells of the smoothed density at most: 160 MB

# Tables with a column area, of which a report tells the area's rows.
_CUT = (
    "investments", "company", "user", "society", "bills", "typical_houses", "house_prices", "cash_flow",
    "reconciliation", "sensitivity", "uncertainty", "drivers", "break_even", "register_doubt",
    "network_pipes", "network_sizes", "network_unreachable", "community_scales", "local_plant_years",
    "local_plant_sizes", "local_plant_hours",
)  # fmt: skip


def add_heat(
    buildings: gpd.GeoDataFrame, assumptions: Assumptions, measured: pd.DataFrame | None = None
) -> gpd.GeoDataFrame:
    """Give buildings their heat demand.

    Parameters
    ----------
    buildings
        ``BUILDINGS``.
    assumptions
        The set to use.
    measured
        As for ``demand.heat_demand``.

    Returns
    -------
    geopandas.GeoDataFrame
        ``BUILDINGS_WITH_HEAT``.
    """
    demand, _ = heat_demand(buildings, assumptions, measured=measured)
    joined = gpd.GeoDataFrame(buildings.join(demand), geometry="geometry", crs=CRS)
    return cast("gpd.GeoDataFrame", check(joined, BUILDINGS_WITH_HEAT, "buildings with heat demand"))


def is_individual(buildings: pd.DataFrame) -> pd.Series:
    """Tell which buildings are heated by themselves and all year: those of the density grid."""
    heated = register.is_individually_heated(buildings["heating_installation_code"])
    return register.is_relevant(buildings["use_code"]) & heated


def screen(
    layers: Layers, assumptions: Assumptions, *, area_method: str = area_stage.DEFAULT_METHOD
) -> Screening:
    """Run every stage from buildings to verdict.

    Parameters
    ----------
    layers
        What came in.
    assumptions
        The set used throughout.
    area_method
        How the areas are found where none are given (``areas.find_areas``).

    Returns
    -------
    Screening
        Tables of all stages.

    Raises
    ------
    TableError
        If a table breaks its schema.
    ScreeningError
        If no areas are given and none are found.
    """
    read = check(layers.buildings, BUILDINGS, "buildings")
    buildings = add_heat(read, assumptions, layers.measured)

    areas, left_out = area_stage.given_or_found(
        layers.areas, buildings, assumptions, method=area_method, places=layers.places, roads=layers.roads
    )
    buildings["area"] = area_stage.assign(buildings, areas)
    relevant = register.is_relevant(buildings["use_code"])
    buildings["is_individual"] = is_individual(buildings)
    buildings["is_oil_gas"] = relevant & (buildings["is_oil"] | buildings["is_gas"])

    trimmed = area_stage.delineate(buildings, areas, assumptions)
    in_trimmed = area_stage.assign(buildings, trimmed[["area", "geometry"]])
    buildings["is_in_trimmed"] = in_trimmed.notna()
    key_figures = check(area_stage.key_figures(buildings, trimmed, assumptions), KEY_FIGURES, "key figures")
    heated = buildings[buildings["is_individual"] & buildings["heat_demand_mwh"].notna()]
    density, smoothed, contours = density_maps(heated, assumptions, bounds=tuple(areas.total_bounds))

    selected = community_stage.select(buildings, assumptions)
    wanted = buildings[buildings["area"].notna() | buildings.index.isin(selected.index)]
    outlines = register.attach_outlines(wanted, layers.outlines, assumptions)
    known = selected.index[selected["heat_demand_mwh"].notna()]
    members, communities = community_stage.find_communities(outlines.loc[known], assumptions)
    scales, margins = community_stage.distance_sensitivity(outlines.loc[known], assumptions, areas=areas)
    split = community_stage.split_communities(outlines.loc[known], assumptions, members)

    laid = lay_networks(buildings, outlines, layers.roads, key_figures, assumptions)
    if assumptions.is_network_by_pipes:
        key_figures = add_network(key_figures, laid.networks, assumptions)
    operated = run_local_plants(key_figures, assumptions)
    key_figures = chosen_heat_price(key_figures, operated.plants, assumptions)
    results = economics.screen_areas(key_figures, assumptions)
    drawn = economics.simulate(key_figures, assumptions)
    near = supply.site_surroundings(buildings, layers.outlines, layers.roads, assumptions)
    site, candidates = supply.plant_sites(trimmed, buildings, results["capacity_kw"], near, assumptions)

    bordering = area_stage.neighbours(trimmed, assumptions)
    named = key_figures.merge(areas[["area", "town"]], on="area", validate="1:1")
    area_groups, joining = economics.join_areas(named, bordering, assumptions)

    tables = {
        "investments": economics.investments,
        "company": economics.company_economy,
        "user": economics.user_economy,
        "society": economics.society_economy,
        "bills": economics.bills_by_year,
        "house_prices": economics.house_prices,
        "cash_flow": economics.cash_flow,
        "reconciliation": economics.reconciliation,
        "sensitivity": economics.sensitivity,
        "break_even": economics.break_even,
    }
    return Screening(
        buildings=buildings,
        outlines=outlines[["outline_source", "geometry"]],
        areas=areas,
        left_out=left_out,
        trimmed=trimmed,
        key_figures=key_figures,
        density=density,
        density_smoothed=smoothed,
        density_contours=contours,
        members=members,
        communities=_place(communities.merge(margins, on="id", validate="1:1"), areas),
        community_scales=scales,
        **split.named(),
        economics=results,
        uncertainty=drawn.summary().reset_index(),
        drivers=drawn.drivers(),
        site=site,
        site_candidates=candidates,
        register_doubt=register_doubt(
            buildings, areas, trimmed, assumptions, networks=laid.networks, plants=operated.plants
        ),
        **laid.tables,
        **operated.tables,
        area_groups=area_groups,
        joining=joining,
        typical_houses=economics.typical_houses(buildings, key_figures, assumptions),
        **{name: make(key_figures, assumptions) for name, make in tables.items()},
    )


def density_maps(
    buildings: gpd.GeoDataFrame,
    assumptions: Assumptions,
    *,
    cell_m: float | None = None,
    radius_m: float | None = None,
    bounds: tuple[float, ...] | None = None,
) -> tuple[Density, Density, gpd.GeoDataFrame]:
    """Make the three pictures of where heat lies together.

    Parameters
    ----------
    buildings
        Column heat_demand_mwh and points or outlines.
    assumptions
        Cell sizes, radius and levels.
    cell_m
        Side of a cell of the grid; ``density_cell_m`` when None. [m]
    radius_m
        Radius of the circle that heat is spread over; ``density_radius_m`` when None. [m]
    bounds
        West, south, east and north to cover where there is no building. [m]

    Returns
    -------
    density : Density
        The grid; it holds the heat of the buildings.
    smoothed : Density
        Heat spread over the circle, in cells fine enough to draw contours from (coarser where a building far
        off stretches the map over half the country).
    contours : geopandas.GeoDataFrame
        Ground at or above the criterion and each other level (``areas.density_contours``).

    Raises
    ------
    ScreeningError
        If there is neither building nor bounds, or a size is not above zero or absurd.
    """
    a = assumptions
    cell = a.density_cell_m if cell_m is None else cell_m
    radius = a.density_radius_m if radius_m is None else radius_m
    edge = (bounds[0], bounds[1], bounds[2], bounds[3]) if bounds and buildings.empty else None
    grid, transform, _ = area_stage.density_grid(buildings, cell_m=cell, bounds=edge)
    fine = _fine_cell(grid.size * cell**2, cell, a.density_smoothing_cell_m)
    fine_grid, fine_transform, _ = area_stage.density_grid(buildings, cell_m=fine, bounds=edge)
    smooth, moved, _ = area_stage.smooth_density(fine_grid, fine_transform, radius)
    levels = {a.density_criterion_kwh_per_m2, *a.lookup("density_contour_kwh_per_m2")}
    contours = area_stage.density_contours(smooth, moved, levels)
    return Density(grid, transform, cell), Density(smooth, moved, fine), contours


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
    if area not in set(known := screening.areas["area"]):
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
        **screening.divided(near["id"]),
        density=_window(screening.density, box.bounds),
        density_contours=screening.density_contours[screening.density_contours.intersects(box)],
        roads=gpd.clip(layers.roads, box),
        supply_areas=layers.supply_areas,
        **{
            name: table[table["area"] == area].reset_index(drop=True)
            for name in _CUT
            for table in [getattr(screening, name)]
        },
        site=_row(screening.site.set_index("area"), area),
        network=_row(screening.networks.set_index("area"), area),
        local_plant=_row(screening.local_plants.set_index("area"), area),
        site_candidates=screening.site_candidates[screening.site_candidates["area"] == area].reset_index(
            drop=True
        ),
        area_groups=_groups_near(screening.area_groups, area),
        joining=screening.joining[screening.joining["area"] == area].reset_index(drop=True),
        register_counts=layers.register_counts,
        register_repairs=layers.register_repairs,
        register_checks=register.check_register(buildings, assumptions),
        corrections=_corrections(buildings, layers.outlines, assumptions),
        assumptions=assumptions,
    )


def _fine_cell(ground_m2: float, cell_m: float, wanted_m: float) -> float:
    """Choose the cell that smoothing works in: as wanted, doubled until the grid is no burden."""
    fine = wanted_m
    while fine < cell_m and ground_m2 / fine**2 > _FINE_CELLS:
        fine *= 2
    return min(fine, cell_m)


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
        Area -> why it has no report.

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
        register_repairs=layers.register_repairs,
        register_checks=register.check_register(screening.buildings, assumptions),
        register_doubt=screening.register_doubt,
        area_groups=screening.area_groups,
        joining=screening.joining,
        uncertainty=screening.uncertainty,
        break_even=screening.break_even,
        sensitivity=screening.sensitivity,
        assumptions=assumptions,
        failures=failures,
        left_out=screening.left_out if "method" in screening.areas else None,
    )


def _results(screening: Screening) -> pd.DataFrame:
    """Key figures, economics and how far the site is, side by side; what two hold once."""
    figures = screening.key_figures.set_index("area")
    place = screening.site.set_index("area")[["site_distance_m"]]
    return figures.join(screening.economics.drop(columns=figures.columns, errors="ignore")).join(place)


def _groups_near(groups: pd.DataFrame, area: str) -> pd.DataFrame:
    """Cut the groups that the area is in, and each of their areas by itself."""
    members = groups["members"].str.split(economics.MEMBER_SEPARATOR)
    inside = members.map(lambda names: area in names).to_numpy(bool)
    near = {name for names in members[inside] for name in names}
    is_single = (groups["area_count"] == 1) & groups["members"].isin(near)
    return groups[inside | is_single].reset_index(drop=True)


def _corrections(
    buildings: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame | None, assumptions: Assumptions
) -> pd.DataFrame:
    """Propose corrections; measured demand is personal data and stays here, a mean stands in."""
    known = buildings["heat_demand_source"] != "measured"
    shown = buildings.assign(heat_demand_mwh=buildings["heat_demand_mwh"].where(known))
    mapped = None if outlines is None else outlines.loc[outlines.index.intersection(buildings.index)]
    return register.propose_corrections(shown, assumptions, mapped)


def _row(table: pd.DataFrame, area: str) -> pd.Series:
    return pd.Series(table.loc[[area]].iloc[0], name=area)


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
