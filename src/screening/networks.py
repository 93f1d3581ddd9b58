"""The network of every area along its roads, and what it changes against the price by area."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from screening.economics import screen_areas
from screening.routing import route
from screening.supply import PipeSizeError, heat_loss, lay_pipes, network_price
from screening.tables import CRS

if TYPE_CHECKING:
    import numpy.typing as npt

    from screening.assumptions import Assumptions
    from screening.routing import Route
    from screening.supply import PipeNetwork

__all__ = ["Networks", "add_network", "lay_networks", "networks_to_show", "pipes_to_show"]

_PIPES = [
    "area", "edge_id", "parent_edge_id", "kind", "length_m", "surface", "road_id", "building_id",
    "building_count", "heat_demand_mwh", "design_power_kw", "pipe_dn", "velocity_m_per_s",
    "pressure_gradient_pa_per_m", "flow_kg_per_s", "supply_start_c", "supply_end_c", "return_start_c",
    "return_end_c", "heat_loss_w_per_m", "heat_loss_mwh_per_year", "price_dkk", "is_through_building",
    "geometry",
]  # fmt: skip
_SUMMED = ["length_m", "price_dkk", "heat_loss_mwh_per_year"]
_COMPARED = {
    "is_viable": "is_viable",
    "user_price_district_heating_dkk_per_year": "user_price_dkk_per_year",
    "npv_project_dkk": "npv_project_dkk",
}


class Networks(NamedTuple):
    """What ``lay_networks`` gives.

    Parameters
    ----------
    networks
        One row per area, columns in the notes of ``lay_networks``.
    pipes
        Every pipe with its area, as ``supply.PipeNetwork.edges``; lines, EPSG:25832.
    sizes
        area, kind, pipe_dn, length_m, price_dkk, heat_loss_mwh_per_year.
    unreachable
        area, building_id, reason, distance_m, as ``routing.Route.unreachable``.
    """

    networks: pd.DataFrame
    pipes: gpd.GeoDataFrame
    sizes: pd.DataFrame
    unreachable: pd.DataFrame

    @property
    def tables(self) -> dict[str, Any]:
        """The tables by their names in the views."""
        names = ("networks", "network_pipes", "network_sizes", "network_unreachable")
        return dict(zip(names, self, strict=True))


def lay_networks(
    buildings: gpd.GeoDataFrame,
    outlines: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    key_figures: pd.DataFrame,
    assumptions: Assumptions,
) -> Networks:
    """Route, size, price and cool the network of every area, and screen it with both prices.

    Parameters
    ----------
    buildings
        BUILDINGS_WITH_HEAT with ``area``, ``is_in_trimmed`` and ``is_oil_gas``.
    outlines
        OUTLINES of them.
    roads
        ROADS, possibly empty.
    key_figures
        KEY_FIGURES of the areas.
    assumptions
        The set.

    Returns
    -------
    Networks
        Networks, pipes, lengths by size, and who is not reached.

    Raises
    ------
    PipeSizeError
        If the accounts rest on the pipes (``is_network_by_pipes``) and none is large enough for an area.

    Notes
    -----
    The plant is put in the heat's middle of the streets: the pipe from a plant outside the town is the
    transmission pipe, which has its own price. All oil and gas buildings of the trimmed area are customers.

    ``customer_count``, ``reached_count`` [1], ``street_m``, ``service_m``, ``bound_m`` [m], ``gap_share`` [1]
        Customers, those the roads lead to, trench, and how much shorter it could be at most.
    ``through_building_count`` [1]
        Service lines that pass through another building, since no other way was found.
    ``plant_easting_m``, ``plant_northing_m`` [m]
        Where the network begins.
    ``network_dkk`` [DKK], ``network_heat_loss_mwh`` [MWh/year]
        Street pipes, times customers over customers reached; missing where nobody is reached.
    ``area_network_dkk`` [DKK], ``area_network_heat_loss_mwh`` [MWh/year]
        The same by the trimmed area.
    ``service_pipes_dkk`` [DKK], ``service_heat_loss_mwh_per_year`` [MWh/year]
        Service lines of the customers reached by length and size, for comparison: the economy keeps its
        price and loss per service line.
    ``heat_loss_share`` [1], ``lowest_supply_c`` [degC], ``largest_pipe_dn`` [mm]
        Of the heat sent out; at the last customer at the mean flow of the year; of the pipes.
    ``is_viable``, ``user_price_dkk_per_year`` [DKK/year], ``npv_project_dkk`` [DKK]
        With the network by its pipes; with ``area_`` before it by area. Missing where nobody is reached.
    """
    chosen = buildings["is_in_trimmed"].to_numpy(bool) & buildings["is_oil_gas"].to_numpy(bool)
    customers = gpd.GeoDataFrame(
        {"area": buildings["area"], "heat_demand_mwh": _known_or_mean(buildings, chosen)},
        geometry=outlines.geometry.reindex(buildings.index),
        crs=CRS,
    )
    found, pipes, sizes, unreachable = [], [], [], []
    for area in key_figures["area"]:
        here = (customers["area"] == area).to_numpy(bool)
        around = customers[here & customers.geometry.notna().to_numpy(bool)]
        laid = route(customers[here & chosen], roads, assumptions, obstacles=around)
        net, laid = _sized(laid, str(area), assumptions)
        reached = net.summary.drop("customer_count")
        facts = {
            "area": area,
            "customer_count": int((here & chosen).sum()),
            "reached_count": int(net.summary["customer_count"]),
            "bound_m": laid.bound_m,
            "gap_share": laid.gap_share,
            "through_building_count": int(laid.edges["is_through_building"].sum()),
            "plant_easting_m": np.nan if laid.plant is None else laid.plant.x,
            "plant_northing_m": np.nan if laid.plant is None else laid.plant.y,
        }
        found.append(facts | reached.to_dict())
        pipes.append(net.edges.assign(area=area))
        sizes.append(net.sizes.assign(area=area))
        unreachable.append(laid.unreachable.assign(area=area))
    table = _compared(_scaled(pd.DataFrame(found), key_figures, assumptions), key_figures, assumptions)
    lines = gpd.GeoDataFrame(pd.concat(pipes, ignore_index=True)[_PIPES], geometry="geometry", crs=CRS)
    lengths = pd.concat(sizes, ignore_index=True)[["area", "kind", "pipe_dn", *_SUMMED]]
    left = pd.concat(unreachable, ignore_index=True)[["area", "building_id", "reason", "distance_m"]]
    return Networks(table, lines, lengths, left)


def _known_or_mean(buildings: gpd.GeoDataFrame, chosen: npt.NDArray[np.bool_]) -> pd.Series:
    """Give customers of unknown or no demand the mean of their area: their pipe is warm all the same."""
    known = buildings["heat_demand_mwh"].where(buildings["heat_demand_mwh"] > 0)
    mean: pd.Series = known.where(chosen).groupby(buildings["area"]).transform("mean")
    filled: pd.Series = known.fillna(mean)
    return filled


def _sized(laid: Route, area: str, assumptions: Assumptions) -> tuple[PipeNetwork, Route]:
    """Lay the pipes; without any where none is large enough, unless the accounts are to rest on them."""
    try:
        return lay_pipes(laid.edges, assumptions), laid
    except PipeSizeError as error:
        if assumptions.is_network_by_pipes:
            raise PipeSizeError(f"{area}: {error}") from error
    customers = laid.edges.loc[laid.edges["building_id"].notna(), "building_id"]
    told = pd.DataFrame({"building_id": customers, "reason": "no_pipe_size", "distance_m": np.nan})
    none = laid.edges.iloc[:0]
    left = pd.concat([laid.unreachable, told], ignore_index=True) if len(laid.unreachable) else told
    return lay_pipes(none, assumptions), replace(laid, edges=none, unreachable=left)


def add_network(key_figures: pd.DataFrame, networks: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Give key figures the network by its pipes; by area where nobody is reached along roads.

    Parameters
    ----------
    key_figures
        KEY_FIGURES.
    networks
        area, network_dkk and network_heat_loss_mwh.
    assumptions
        The set: the rates per km2.

    Returns
    -------
    pandas.DataFrame
        The key figures with network_dkk and network_heat_loss_mwh.
    """
    laid = networks.set_index("area")[["network_dkk", "network_heat_loss_mwh"]].astype(float)
    by_area = _by_area(key_figures, assumptions)
    own = laid.reindex(key_figures["area"]).set_axis(key_figures.index)
    return key_figures.assign(**own.fillna(by_area))


def pipes_to_show(pipes: gpd.GeoDataFrame, buildings: pd.DataFrame) -> gpd.GeoDataFrame:
    """Leave out what tells a single customer's demand, where any demand is measured: that is personal.

    Parameters
    ----------
    pipes
        As from ``lay_networks``.
    buildings
        BUILDINGS_WITH_HEAT of the same areas.

    Returns
    -------
    geopandas.GeoDataFrame
        All pipes; only place, length, size, price and the number of buildings they feed where the demand of
        one of these buildings is measured.
    """
    if (buildings["heat_demand_source"] != "measured").all():
        return pipes
    kept = ["area", "edge_id", "parent_edge_id", "kind", "length_m", "surface", "road_id", "building_id"]
    return pipes[[*kept, "building_count", "pipe_dn", "price_dkk", "is_through_building", "geometry"]]


def networks_to_show(
    networks: pd.DataFrame, sizes: pd.DataFrame, buildings: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out of the sums what a size with a single customer would tell, as ``pipes_to_show`` does.

    Parameters
    ----------
    networks, sizes
        As from ``lay_networks``.
    buildings
        BUILDINGS_WITH_HEAT of the same areas.

    Returns
    -------
    tuple
        Both tables; without the heat loss by size and the coldest customer's temperature where any demand is
        measured.
    """
    if (buildings["heat_demand_source"] != "measured").all():
        return networks, sizes
    return networks.drop(columns="lowest_supply_c"), sizes.drop(columns="heat_loss_mwh_per_year")


def _by_area(key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    by_area = assumptions.replace(is_network_by_pipes=0, is_network_by_trench=0)
    km2 = key_figures["area_km2"].to_numpy(float)
    return pd.DataFrame(
        {
            "network_dkk": network_price(km2, by_area),
            "network_heat_loss_mwh": heat_loss(km2, 0.0, by_area),
        },
        index=key_figures.index,
    )


def _scaled(found: pd.DataFrame, key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Give those whom no road leads to a network like the others', and put the price by area beside it."""
    reached, wanted = found["reached_count"].to_numpy(float), found["customer_count"].to_numpy(float)
    times = np.divide(wanted, reached, out=np.full_like(wanted, np.nan), where=reached > 0)
    by_area = _by_area(key_figures, assumptions).add_prefix("area_").reset_index(drop=True)
    return found.drop(columns="network_heat_loss_mwh_per_year").assign(
        network_dkk=found["network_dkk"].to_numpy(float) * times,
        network_heat_loss_mwh=found["network_heat_loss_mwh_per_year"].to_numpy(float) * times,
        **by_area,
    )


def _compared(table: pd.DataFrame, key_figures: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Screen all areas with both networks."""
    figures = add_network(key_figures, table, assumptions)
    is_laid = table["network_dkk"].notna().to_numpy(bool)
    for prefix, by_pipes in (("", 1), ("area_", 0)):
        chosen = assumptions.replace(is_network_by_pipes=by_pipes, is_network_by_trench=0)
        verdicts = screen_areas(figures, chosen)[list(_COMPARED)].rename(columns=_COMPARED)
        verdicts = verdicts.reset_index(drop=True).astype({"is_viable": "boolean"})
        verdicts.loc[~is_laid] = pd.NA
        table = table.join(verdicts.add_prefix(prefix))
    return table
