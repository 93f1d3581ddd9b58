"""Make the default municipality: every file in the dialect of the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import yaml

from screening import assumptions as assumption_sets
from screening.synthetic import plan
from screening.synthetic.calibrate import make_fringe, make_place
from screening.synthetic.coast import sea
from screening.synthetic.countryside import country_roads, make_farms
from screening.synthetic.faults import add_rows, blemish, phase_out, spoil
from screening.synthetic.outlines import outline_of
from screening.synthetic.register_file import make_ids, spell, write_csv
from screening.tables import CRS

if TYPE_CHECKING:
    from pathlib import Path

    from screening.assumptions import Assumptions
    from screening.synthetic.draft import Place

__all__ = ["ASSUMPTION_SET", "FILES", "make_replica"]

ASSUMPTION_SET = "cowi-2022"
FILES = {
    "buildings": "BBR_Bygning.csv",
    "outlines": "GeoDanmark_Bygning.gpkg",
    "roads": "GeoDanmark_Vejmidte.gpkg",
    "areas": "areas.gpkg",
    "supply_areas": "supply_areas.gpkg",
}
_OUTBUILDING_LAST_YEAR = 2019
_FIRST_OUTLINE_ID = 9_100_000_000  # far above the numbers in use
_FIRST_ROAD_ID = 9_200_000_000


def make_replica(folder: Path, *, seed: int = 2022) -> Path:
    """Write the default municipality "Helsingør 2022 (replica)".

    Parameters
    ----------
    folder
        Where to write, e.g. data/raw/helsingor-replica; made when missing, files of the same name are
        replaced.
    seed
        Same seed, same rows.

    Returns
    -------
    pathlib.Path
        The municipality file.

    Raises
    ------
    RuntimeError
        If no layout gives the published figures (see ``calibrate``).
    """
    folder.mkdir(parents=True, exist_ok=True)
    assumptions = assumption_sets.load(ASSUMPTION_SET)
    places = _make_places(assumptions, seed)
    rng = np.random.default_rng([seed, 1000])
    fringe = make_fringe(assumptions, rng)
    closed = shapely.union_all([p.border for p in [*places, fringe]])
    country = country_roads({p.plan.name: p.roads[0] for p in [*places, fringe]})
    farms, wings = make_farms(country, closed, assumptions, rng)
    buildings = _collect(places, fringe, farms, wings, rng)
    buildings["use_code"] = phase_out(buildings["use_code"], assumptions, rng)
    # Only what stands outside all areas and needs heat is spoiled: the published figures stay exact.
    uncounted = buildings["place"].ge(len(places)) & buildings["role"].notna()
    outlines = _outline_table(buildings, rng)
    mapped = buildings["building_id"].isin(outlines["BBRUUID"])
    rows = spoil(blemish(spell(buildings, rng), rng), uncounted, mapped, rng)
    rows = add_rows(rows, rng)
    write_csv(rows, folder / FILES["buildings"])
    _write(outlines, folder / FILES["outlines"], "bygning")
    _write(_road_table(places, fringe, country, rng), folder / FILES["roads"], "vejmidte")
    _write(_area_table(places), folder / FILES["areas"], "areas")
    _write(_supply_table(fringe), folder / FILES["supply_areas"], "supply_areas")
    return _write_project(folder)


def _make_places(assumptions: Assumptions, seed: int) -> list[Place]:
    """All areas; of the parts of a town, each leaves the ground of those made before."""
    places: list[Place] = []
    for number, area in enumerate(plan.AREAS):
        same = [p.border for p in places if p.plan.town == area.town]
        taken = shapely.union_all(same) if same else None
        places.append(make_place(area, assumptions, np.random.default_rng([seed, number]), taken))
    return places


def _collect(
    places: list[Place], fringe: Place, farms: pd.DataFrame, wings: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """One table of all buildings, with identifiers and outlines."""
    tables = []
    for n, place in enumerate([*places, fringe]):
        tables += [part.assign(place=n) for part in (place.main, place.outbuildings)]
    tables += [farms.assign(place=len(places) + 1), wings.assign(place=len(places) + 1)]
    columns = ["role", "kind", "use_code", "year_built", "installation_code", "fuel_code", "area_m2",
               "floor_count",
               "x_m", "y_m", "angle", "length_m", "width_m", "plot", "place"]  # fmt: skip
    buildings = pd.concat([t.reindex(columns=columns).astype(object) for t in tables], ignore_index=True)
    numbers = ["year_built", "area_m2", "floor_count", "x_m", "y_m", "angle", "length_m", "width_m"]
    buildings[numbers] = buildings[numbers].astype(float)
    count = len(buildings)
    outbuilding = buildings["role"].isna()
    years = np.round(rng.normal(1985, 18, count)).clip(1900, _OUTBUILDING_LAST_YEAR)
    years[rng.random(count) < 0.2] = np.nan
    buildings["year_built"] = buildings["year_built"].where(~outbuilding, pd.Series(years))
    buildings["footprint_m2"] = (buildings["length_m"] * buildings["width_m"]).clip(lower=1.0)
    farm_work = buildings["use_code"].str.startswith("2") & outbuilding
    buildings["area_m2"] = buildings["area_m2"].mask(farm_work, buildings["footprint_m2"])
    buildings["installation_code"] = buildings["installation_code"].mask(farm_work, "9")
    buildings["floor_count"] = buildings["floor_count"].mask(farm_work, 1.0)
    buildings["building_id"] = make_ids(count, rng)
    buildings["plot_id"] = buildings["place"].astype(str) + "/" + buildings["plot"].astype(str)
    buildings["geometry"] = outline_of(buildings)
    return buildings


def _outline_table(buildings: pd.DataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Map most outlines; some belong to no building of the register."""
    may_lack = buildings["kind"].eq("house") | buildings["role"].isna()
    mapped = buildings[~(may_lack & (rng.random(len(buildings)) < plan.SHARES.outline_missing))]
    linked = mapped["building_id"].to_numpy(dtype=object)
    loose = (mapped["use_code"] == "930").to_numpy() & (
        rng.random(len(mapped)) < plan.SHARES.unlinked_outline
    )
    count = len(mapped)
    return gpd.GeoDataFrame(
        {
            "ID_LOKALID": (_FIRST_OUTLINE_ID + np.arange(count)).astype(str),
            "REGISTRERINGFRA": pd.Timestamp(plan.REGISTER_DATE, tz="UTC"),
            "BYGNINGSTYPE": "Bygning",
            "BBRUUID": pd.Series(linked).mask(loose, None).to_numpy(dtype=object),
            "METODE3D": "Tag",
            "MAALESTEDBYGNING": "Tag",
            "SYNLIGBYGNING": "true",
            "OVERLAPBYGNING": "false",
        },
        geometry=mapped["geometry"].to_numpy(),
        crs=CRS,
    )


def _road_table(
    places: list[Place], fringe: Place, country: list[shapely.LineString], rng: np.random.Generator
) -> gpd.GeoDataFrame:
    lines = [line for p in [*places, fringe] for line in p.roads] + country
    classes = [c for p in [*places, fringe] for c in p.road_classes] + ["Trafikvej-Fordeling"] * len(country)
    number = np.arange(len(lines))
    ends = (
        shapely.get_coordinates(shapely.get_point(lines, 0)),
        shapely.get_coordinates(shapely.get_point(lines, -1)),
    )
    _, nodes = np.unique(np.round(np.concatenate(ends)), axis=0, return_inverse=True)
    nodes = (_FIRST_ROAD_ID + nodes.ravel()).astype(str)
    return gpd.GeoDataFrame(
        {
            "OBJECTID": (number + 1).astype(str),
            "ID_LOKALID": (_FIRST_ROAD_ID + number).astype(str),
            "REGISTRERINGFRA": pd.Timestamp(plan.REGISTER_DATE),
            "KOMMUNEKODE": plan.MUNICIPALITY_CODE,
            "VEJKODE": [f"{n:04d}" for n in rng.integers(1, 9999, len(lines))],
            "SLUTKNUDE": nodes[len(lines) :],
            "STARTKNUDE": nodes[: len(lines)],
            "VEJKLASSE": classes,
            "VEJMIDTETYPE": "Vej",
            "OBJEKTSTATUS": "Taget i brug",
            "GEOMETRISTATUS": "Endelig",
        },
        geometry=lines,
        crs=CRS,
    )


def _area_table(places: list[Place]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"area": [p.plan.name for p in places], "town": [p.plan.town for p in places]},
        geometry=[p.border for p in places],
        crs=CRS,
    )


def _supply_table(fringe: Place) -> gpd.GeoDataFrame:
    on_land = fringe.border.buffer(plan.SUPPLY_MARGIN_M).difference(sea())
    return gpd.GeoDataFrame({"supply_name": [plan.SUPPLY_NAME]}, geometry=[on_land], crs=CRS)


def _write(table: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    path.unlink(missing_ok=True)
    table.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")


def _write_project(folder: Path) -> Path:
    content = {
        "name": plan.NAME,
        "municipality_code": plan.MUNICIPALITY_CODE,
        "is_synthetic": True,
        "register_date": plan.REGISTER_DATE,
        **FILES,
        "assumptions": ASSUMPTION_SET,
        "source": plan.SOURCE,
    }
    path = folder / "municipality.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path
