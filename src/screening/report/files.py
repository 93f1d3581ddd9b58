"""The files beside a report: map, GeoPackage, Excel workbook, corrections, run record."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyogrio

from screening import __version__, sheets, store
from screening.networks import networks_to_show, pipes_to_show
from screening.units import unit_of

if TYPE_CHECKING:
    import geopandas as gpd

    from screening.assumptions import Assumptions
    from screening.views import Municipality, Town

__all__ = [
    "CORRECTIONS",
    "building_table",
    "run_record",
    "write_corrections",
    "write_geopackage",
    "write_workbook",
]

CORRECTIONS = "rettelser.csv"

_PACKAGES = (
    "numpy",
    "pandas",
    "geopandas",
    "shapely",
    "pyogrio",
    "rasterio",
    "folium",
    "matplotlib",
    "papermill",
)


def building_table(town: Town) -> gpd.GeoDataFrame:
    """Give the buildings as they may leave the house: without measured demand, which is personal data.

    Parameters
    ----------
    town
        The area's view.

    Returns
    -------
    geopandas.GeoDataFrame
        Point per building; ``heat_demand_mwh`` missing where it was measured, community id where it has one.
    """
    buildings = town.buildings.drop(columns="area").copy()
    measured = buildings["heat_demand_source"] == "measured"
    buildings.loc[measured, "heat_demand_mwh"] = float("nan")
    return buildings.assign(community_id=town.members.reindex(buildings.index))


def write_geopackage(town: Town, path: Path) -> None:
    """Write one layer per table with geometry, and a table that says what they are made from.

    Parameters
    ----------
    town
        The area's view.
    path
        File to write; must not exist.
    """
    layers = {
        "area_original": town.original,
        "area_trimmed": town.trimmed,
        "buildings": building_table(town).reset_index(),
        "outlines": town.outlines.reset_index(),
        "communities": town.communities,
        "community_parts": town.community_parts,
        "cut_links": town.cut_links,
        "site_candidates": town.site_candidates,
        "network_pipes": pipes_to_show(town.network_pipes, town.buildings),
    }
    for name, layer in layers.items():
        if len(layer) and not layer.geometry.is_empty.all():
            layer.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
    pyogrio.write_dataframe(_about(town), path, layer="about", driver="GPKG")


def write_workbook(town: Town, path: Path) -> None:
    """Write the tables behind the report, a sheet each, with the unit of every column.

    Parameters
    ----------
    town
        The area's view.
    path
        File to write.
    """
    network, sizes = networks_to_show(town.network.to_frame().T, town.network_sizes, town.buildings)
    key_figures = pd.concat([town.key_figures, town.economics])
    tables = {
        "about": _about(town),
        "key_figures": _with_units(key_figures),
        "communities": pd.DataFrame(town.communities.drop(columns="geometry")),
        "community_scales": town.community_scales,
        "splits": town.splits,
        "community_parts": pd.DataFrame(town.community_parts.drop(columns="geometry")),
        "cut_links": pd.DataFrame(town.cut_links.drop(columns="geometry")),
        "investments": town.investments,
        "company": town.company,
        "user": town.user,
        "society": town.society,
        "cash_flow": town.cash_flow,
        "reconciliation": town.reconciliation,
        "bills": town.bills,
        "typical_houses": town.typical_houses,
        "sensitivity": town.sensitivity,
        "uncertainty": town.uncertainty,
        "drivers": town.drivers,
        "break_even": town.break_even,
        "area_groups": town.area_groups,
        "joining": town.joining,
        "site": _with_units(town.site),
        "site_candidates": pd.DataFrame(town.site_candidates.drop(columns="geometry")),
        "network": _with_units(network.iloc[0]),
        "network_sizes": sizes,
        "network_unreachable": town.network_unreachable,
        "local_plant": _with_units(town.local_plant),
        "local_plant_years": town.local_plant_years,
        "local_plant_sizes": town.local_plant_sizes,
        "register_counts": town.register_counts.rename_axis("outcome").rename("row_count").reset_index(),
        "register_repairs": town.register_repairs.rename_axis("repair").rename("row_count").reset_index(),
        "register_checks": town.register_checks,
        "register_doubt": town.register_doubt,
        "buildings": pd.DataFrame(building_table(town).drop(columns="geometry")).reset_index(),
        "assumptions": town.assumptions.table(),
    }
    options = {
        "options": {"nan_inf_to_errors": False, "strings_to_formulas": False, "strings_to_urls": False}
    }
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs=options) as book:
        for name, table in tables.items():
            table.to_excel(book, sheet_name=name, index=False, freeze_panes=(1, 0))
            book.sheets[name].autofit(300)


def write_corrections(town: Town, path: Path, language: str = "da") -> None:
    """Write the corrections to propose to the register, as a spreadsheet opens them.

    Parameters
    ----------
    town
        The area's view.
    path
        File to write.
    language
        "da" or "en".
    """
    sheets.write_corrections(town.corrections, path, language)


def _about(town: Town) -> pd.DataFrame:
    """Say what the file is made from, synthetic data first of all."""
    facts = {
        "municipality": town.municipality.name,
        "area": town.area,
        "register_date": town.municipality.register_date,
        "synthetic_data": "ja / yes" if town.municipality.is_synthetic else "nej / no",
        "assumption_set": town.assumptions.name,
    }
    return pd.DataFrame({"name": list(facts), "value": list(facts.values())})


def _with_units(row: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {"name": row.index, "value": row.to_numpy(), "unit": [unit_of(str(n)) or "" for n in row.index]}
    )


def run_record(
    municipality: Municipality,
    assumptions: Assumptions,
    parameters: dict[str, Any],
    manifest: dict[str, Any],
    key: str,
) -> dict[str, Any]:
    """Collect what a reader needs to make the same report again.

    Parameters
    ----------
    municipality, assumptions, parameters, manifest
        What the report was made from.
    key
        Digest of everything that the report depends on.

    Returns
    -------
    dict
        JSON-able.
    """
    return {
        "key": key,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "municipality": municipality.name,
        "is_synthetic": municipality.is_synthetic,
        "register_date": municipality.register_date,
        "parameters": {k: v for k, v in parameters.items() if k != "data_dir"},
        "assumption_set": assumptions.name,
        "assumption_digest": assumptions.digest(),
        "assumptions": assumptions.table()[["name", "key", "value"]].to_dict("records"),
        "raw_files": manifest.get("files", {}),
        "program": {
            "version": __version__,
            "fingerprint": store.program_fingerprint(),
            "commit": _commit(Path(__file__).resolve().parents[3]),
        },
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in _PACKAGES},
    }


def _commit(root: Path) -> str:
    """Commit of the checkout, read from .git; empty for an installed package."""
    head = root / ".git" / "HEAD"
    if not head.is_file():
        return ""
    text = head.read_text(encoding="utf-8").strip()
    if not text.startswith("ref: "):
        return text
    reference = root / ".git" / text.removeprefix("ref: ")
    return reference.read_text(encoding="utf-8").strip() if reference.is_file() else ""
