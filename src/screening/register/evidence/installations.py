"""Technical installations (BBR TekniskAnlæg): tanks and burners as evidence for or against a fuel."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from screening.register.codes import code_list, is_listed, is_relevant
from screening.register.evidence.side_files import SideReport, read_standing
from screening.register.layers import polygons_of, read_layer

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

__all__ = ["attach_gas_areas", "attach_installations", "read_gas_areas", "read_installations"]

_FIELDS = {
    "installation_id": "id_lokalId",
    "building_id": "bygning",
    "address_id": "husnummer",
    "plot_id": "grund",
    "class_code": "tek020Klassifikation",
    "content_code": "tek034IndholdOlietank",
    "closing_code": "tek028SløjfningOlietank",
    "closing_year": "tek072Sløjfningsår",
}
_OIL_TANK = "oil_tank"
_BURNERS = ("oil_burner", "gas_burner", "ground_heat", "biomass_burner")
_NO_HEATING = "9"


def read_installations(path: str | Path) -> tuple[pd.DataFrame, SideReport]:
    """Read BBR TekniskAnlæg and keep the installations that stand.

    Parameters
    ----------
    path
        TekniskAnlæg as CSV or JSON, in the register's or the ASCII spelling, also zipped.

    Returns
    -------
    tuple of pandas.DataFrame and SideReport
        Index ``installation_id``; ``building_id``, ``address_id``, ``plot_id`` (lower case),
        ``class_code``, ``content_code``, ``evidence`` ("oil_tank", "oil_burner", "gas_burner",
        "ground_heat", "biomass_burner" or empty) and ``is_closed`` (taken out of use); and what happened to
        every row.

    Raises
    ------
    InputFileError
        If the file is missing, unreadable, empty or lacks a field.
    """
    table, report = read_standing(path, _FIELDS, "installation_id", ["installation_id", "class_code"])
    for column in ("building_id", "address_id", "plot_id"):
        table[column] = table[column].str.lower()
    contents = code_list("tank_content")
    other_content = table["content_code"].notna() & ~table["content_code"].isin(
        contents.index[contents["is_heating_oil"]]
    )
    evidence = table["class_code"].map(code_list("installation")["evidence"]).astype(object).fillna("")
    # A tank that does not say what is in it is taken for oil, as the register's own conversion did.
    table["evidence"] = evidence.mask((evidence == _OIL_TANK) & other_content, "")
    year = pd.to_numeric(table["closing_year"], errors="coerce").fillna(0)
    table["is_closed"] = table["closing_code"].notna() | (year > 0)
    return table.drop(columns=["closing_code", "closing_year"]), report


def attach_installations(
    buildings: gpd.GeoDataFrame, installations: pd.DataFrame
) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Tell for each building which tank and burners the register knows of.

    An installation belongs to the building it names; failing that to the one heated building of its
    address, else of its plot (where none is heated: the one that could be). Where there are several of
    them, a tank counts for each as "shared" and a burner for none.

    Parameters
    ----------
    buildings
        ``BUILDINGS``, with ``plot_id`` and, better, ``address_id``.
    installations
        As read by ``read_installations``.

    Returns
    -------
    tuple of geopandas.GeoDataFrame and pandas.Series
        The buildings with ``oil_tank`` "in_use", "shared", "closed" or "none" and ``has_oil_burner``,
        ``has_gas_burner``, ``has_ground_heat``, ``has_biomass_burner`` (in use); and how many heating
        installations were linked how. [1]
    """
    used = installations[installations["evidence"] != ""]
    links = _links(buildings, used)
    own = links[~links["is_shared"]]
    in_use = own[~own["is_closed"]]
    columns = {
        f"has_{name}": buildings.index.isin(in_use.loc[in_use["evidence"] == name, "target"])
        for name in _BURNERS
    }
    tanks = links[links["evidence"] == _OIL_TANK]
    states = {
        "in_use": tanks[~tanks["is_closed"] & ~tanks["is_shared"]],
        "shared": tanks[~tanks["is_closed"] & tanks["is_shared"]],
        "closed": tanks[tanks["is_closed"]],
    }
    found = [buildings.index.isin(state["target"]) for state in states.values()]
    tank = np.select(found, list(states), default="none").astype(object)
    counts = {
        "installations_other": len(installations) - len(used),
        "installations_linked": int(own.index.nunique()),
        "installations_shared": int(links.index[links["is_shared"]].nunique()),
        "installations_not_linked": len(used) - int(links.index.nunique()),
    }
    attached = buildings.assign(oil_tank=tank, **columns)
    return cast("gpd.GeoDataFrame", attached), pd.Series(counts, name="rows", dtype=int)


def _links(buildings: pd.DataFrame, used: pd.DataFrame) -> pd.DataFrame:
    """Give a row per installation and building it may belong to: target, is_shared, evidence, is_closed."""
    facts = used[["evidence", "is_closed"]]
    named = used["building_id"].isin(buildings.index)
    parts = [facts[named].assign(target=used.loc[named, "building_id"], is_shared=False)]
    left = used[~named]
    for key in ("address_id", "plot_id"):
        if key not in buildings:
            continue
        places = _candidates(buildings, key)
        rows = left[left[key].isin(places[key])]
        pairs = (
            rows[[key, "evidence", "is_closed"]]
            .reset_index(names="installation_id")
            .merge(places, on=key)
            .set_index("installation_id")
        )
        parts.append(pairs.drop(columns=key))
        left = left[~left.index.isin(rows.index)]
    return pd.concat(parts)


def _candidates(buildings: pd.DataFrame, key: str) -> pd.DataFrame:
    """Give the buildings that an installation of each address or plot may belong to, and if they share."""
    installation = buildings["heating_installation_code"]
    heated = is_listed(installation, "heating_installation") & (installation != _NO_HEATING)
    rows = pd.DataFrame({key: buildings[key].str.lower(), "target": buildings.index, "heated": heated})
    rows = rows[is_relevant(buildings["use_code"]) & rows[key].notna()]
    rows = rows[rows["heated"] | ~rows.groupby(key)["heated"].transform("any")]
    return rows.assign(is_shared=rows[key].duplicated(keep=False))[[key, "target", "is_shared"]]


def read_gas_areas(path: str | Path) -> gpd.GeoSeries:
    """Read the areas with a gas network.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON or shapefile with polygons, in EPSG:25832 or in degrees.

    Returns
    -------
    geopandas.GeoSeries
        Polygons in EPSG:25832.

    Raises
    ------
    InputFileError
        If the file is missing or empty, has no known CRS or holds shapes other than polygons.
    """
    shapes, _ = polygons_of(read_layer(path, "gas supply areas"), path)
    return shapes


def attach_gas_areas(buildings: gpd.GeoDataFrame, gas_areas: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Tell for each building whether it stands in an area with a gas network.

    Parameters
    ----------
    buildings
        ``BUILDINGS``.
    gas_areas
        As read by ``read_gas_areas``.

    Returns
    -------
    geopandas.GeoDataFrame
        The buildings with ``is_in_gas_area``.
    """
    points = buildings.geometry.representative_point()
    inside = np.zeros(len(buildings), dtype=bool)
    inside[gas_areas.sindex.query(points.array, predicate="intersects")[0]] = True
    return cast("gpd.GeoDataFrame", buildings.assign(is_in_gas_area=inside))
