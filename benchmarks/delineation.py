"""Towns found from buildings alone: speed against a peer, stability by method, and pictures of real towns.

python benchmarks/delineation.py speed [--buildings 100000]
python benchmarks/delineation.py stability BBR_Bygning.csv
python benchmarks/delineation.py pictures BBR_Bygning.csv areas.gpkg roads.gpkg docs/images
"""

from __future__ import annotations

import argparse
import io
import time
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import shapely
from matplotlib import pyplot as plt
from PIL import Image

from screening import assumptions
from screening.areas import METHODS, assign, delineate, survey_areas
from screening.areas.inputs import is_relevant_oil_gas
from screening.demand import heat_demand
from screening.maps.style import COLORS, use_typeface
from screening.register import read_buildings, read_roads

SET = assumptions.load("cowi-2022")
PICTURES = {
    "karlslunde": ("Karlslunde",),
    "greve-strand": ("Greve Strand",),
    "dragoer": ("Dragør", "Søvang"),
}
NAMES = {"triangles": "trekanter (valgt)", "circles": "cirkler", "density": "tæthed"}


def made_up(count: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Towns of all sizes over a country: 70 % of the buildings in towns, the rest in hamlets and alone."""
    rng = np.random.default_rng(seed)
    town_count = max(count // 300, 1)
    centre = rng.uniform((450_000, 6_060_000), (720_000, 6_380_000), (town_count, 2))
    weight = rng.pareto(1.2, town_count) + 0.2
    town = rng.choice(town_count, int(0.7 * count), p=weight / weight.sum())
    spread = 25 * np.sqrt(np.bincount(town, minlength=town_count))[town]
    hamlet = rng.uniform((450_000, 6_060_000), (720_000, 6_380_000), (count // 20, 2))
    rest = count - len(town)
    places = np.concatenate(
        [
            centre[town] + rng.normal(0, 1, (len(town), 2)) * spread[:, None],
            hamlet[rng.integers(0, len(hamlet), rest)] + rng.normal(0, 120, (rest, 2)),
        ]
    )
    return gpd.GeoDataFrame(
        {
            "use_code": np.full(count, "120", dtype=object),
            "is_oil": True,
            "is_gas": False,
            "heat_demand_mwh": rng.uniform(8, 40, count),
        },
        geometry=shapely.points(places.round(2)),
        index=pd.RangeIndex(count, name="building_id"),
        crs="EPSG:25832",
    )


def peer(buildings: gpd.GeoDataFrame) -> int:
    """Do what one would with geopandas alone: buffer, dissolve, explode, join back, count."""
    wide = gpd.GeoDataFrame(geometry=buildings.buffer(75)).dissolve().explode(ignore_index=True)
    outline = gpd.GeoDataFrame(geometry=wide.buffer(-45))
    joined = gpd.sjoin(buildings, outline, predicate="intersects")
    return int((joined.groupby("index_right").size() >= SET.found_min_buildings_count).sum())


def speed(count: int) -> None:
    for number in (count // 10, count):
        buildings = made_up(number)
        for method in METHODS:
            start = time.process_time()
            found = survey_areas(buildings, SET, method=method)
            spent = time.process_time() - start
            print(f"{number:>9,} {method:10} {spent:7.1f} s CPU, {len(found.areas):,} areas")
        start = time.process_time()
        areas = peer(buildings)
        spent = time.process_time() - start
        print(f"{number:>9,} geopandas  {spent:7.1f} s CPU, {areas:,} areas, none cut or named")


def read(path: str) -> gpd.GeoDataFrame:
    buildings, _ = read_buildings(path)
    demand, _ = heat_demand(buildings, SET)
    return buildings.join(demand)


def stability(path: str) -> None:
    """Take each building of the areas found away, one at a time."""
    buildings = read(path)
    rows = []
    for method in METHODS:
        before = survey_areas(buildings, SET, method=method)
        ground = before.areas.union_all()
        for goes in before.home.dropna().index:
            after = survey_areas(buildings.drop(index=goes), SET, method=method)
            stays = before.home.drop(index=goes)
            moved = shapely.symmetric_difference(ground, after.areas.union_all())
            thick = shapely.get_coordinates(shapely.buffer(moved, -0.5))
            reach = np.hypot(*(thick - shapely.get_coordinates(buildings.geometry[goes])).T)
            rows.append(
                {
                    "method": method,
                    "same_names": list(after.areas["area"]) == list(before.areas["area"]),
                    "lost_others": int((stays.notna() & after.home.isna()).sum()),
                    "moved_m2": moved.area,
                    "reach_m": reach.max() if len(reach) else 0.0,
                }
            )
    table = pd.DataFrame(rows).groupby("method")
    print(
        pd.DataFrame(
            {
                "buildings": table.size(),
                "names_changed": table["same_names"].agg(lambda same: int((~same).sum())),
                "took_others_along": table["lost_others"].agg(lambda lost: int((lost > 0).sum())),
                "unmoved": table["moved_m2"].agg(lambda moved: int((moved < 1).sum())),
                "moved_m2_p95": table["moved_m2"].quantile(0.95).round(),
                "moved_m2_max": table["moved_m2"].max().round(),
                "reach_m_p95": table["reach_m"].quantile(0.95).round(),
                "reach_m_max": table["reach_m"].max().round(),
            }
        ).T.to_string()
    )


def pictures(path: str, areas: str, roads: str, folder: str) -> None:
    buildings, lines, drawn = read(path), read_roads(roads), gpd.read_file(areas)
    dots = buildings[is_relevant_oil_gas(buildings)]
    mpl.rcParams["font.family"] = use_typeface()
    for name, towns in PICTURES.items():
        frame = drawn[drawn["area"].isin(towns)]
        near = dots[assign(dots, frame).notna().to_numpy()]
        west, south, east, north = near.buffer(130).total_bounds
        height = 8.6 * (north - south) / (east - west) + 0.6
        figure, panels = plt.subplots(len(METHODS), 1, figsize=(8.6, 3 * height), layout="constrained")
        for panel, method in zip(panels, METHODS, strict=True):
            found = survey_areas(buildings, SET, method=method).areas
            trimmed = delineate(buildings, found, SET)
            lines.plot(ax=panel, color=COLORS["road"], linewidth=0.6, zorder=0)
            frame.boundary.plot(ax=panel, color=COLORS["original"], linewidth=1.3, linestyle=(0, (5, 3)))
            found.boundary.plot(ax=panel, color=COLORS["original"], linewidth=1.6)
            trimmed.plot(ax=panel, color=COLORS["trimmed"], alpha=0.5, zorder=1)
            trimmed.boundary.plot(ax=panel, color=COLORS["trimmed_edge"], linewidth=1.2, zorder=2)
            dots.plot(ax=panel, color=COLORS["gas"], markersize=9, zorder=3, edgecolor="white", linewidth=0.3)
            panel.set(xlim=(west, east), ylim=(south, north))
            panel.set_axis_off()
            box = shapely.box(west, south, east, north)
            here = found[found.intersects(box)]
            density = here["heat_demand_mwh"].sum() * 1000 / here.area.sum()
            told = f"{here['building_count'].sum()} bygninger, {here.area.sum() / 1e4:.0f} ha"
            told = f"{NAMES[method]}: {told}, {density:.1f} kWh/m²".replace(".", ",")
            panel.set_title(told, fontsize=10.5, loc="left")
        panels[0].plot([west + 40, west + 240], [south + 30] * 2, color=COLORS["ink"], linewidth=2)
        panels[0].text(west + 140, south + 45, "200 m", ha="center", fontsize=9)
        held = io.BytesIO()
        figure.savefig(held, dpi=100, facecolor="white")
        plt.close(figure)
        target = Path(folder) / f"delineation-{name}.png"
        Image.open(held).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)
        print(f"{target}: {target.stat().st_size // 1024} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    chosen = parser.add_subparsers(required=True)
    part = chosen.add_parser("speed")
    part.add_argument("--buildings", type=int, default=100_000)
    part.set_defaults(run=lambda given: speed(given.buildings))
    part = chosen.add_parser("stability")
    part.add_argument("register")
    part.set_defaults(run=lambda given: stability(given.register))
    part = chosen.add_parser("pictures")
    for name in ("register", "areas", "roads", "folder"):
        part.add_argument(name)
    part.set_defaults(run=lambda given: pictures(given.register, given.areas, given.roads, given.folder))
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
