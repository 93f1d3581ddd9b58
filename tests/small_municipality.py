"""A hand-made municipality of two villages for tests of the border: a dozen buildings in the real dialect."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import geopandas as gpd
from shapely.geometry import LineString, Point, box

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = [
    "id_lokalId",
    "kommunekode",
    "status",
    "registreringFra",
    "registreringTil",
    "virkningTil",
    "byg021BygningensAnvendelse",
    "byg026Opførelsesår",
    "byg038SamletBygningsareal",
    "byg039BygningensSamledeBoligAreal",
    "byg040BygningensSamledeErhvervsAreal",
    "byg041BebyggetAreal",
    "byg054AntalEtager",
    "byg056Varmeinstallation",
    "byg057Opvarmningsmiddel",
    "byg058SupplerendeVarme",
    "byg404Koordinat",
    "byg406Koordinatsystem",
]
EAST, NORTH = 720_000.0, 6_210_000.0


def rows() -> list[dict[str, str]]:
    """Eight houses in Nordby (six gas, one oil, one heat pump), four in Sydby on electricity."""
    made = []
    for number in range(12):
        in_north = number < 8
        x, y = EAST + 30 * (number % 8), NORTH + (0 if in_north else -3000)
        heating = {3: ("5", "1"), 6: ("2", "3")}.get(number, ("2", "7") if in_north else ("7", "1"))
        made.append(
            dict.fromkeys(FIELDS, "")
            | {
                "id_lokalId": f"00000000-0000-4000-8000-{number:012d}",
                "kommunekode": "0217",
                "status": "6",
                "registreringFra": "2022-01-01T00:00:00Z",
                "byg021BygningensAnvendelse": "120",
                "byg026Opførelsesår": str(1950 + number),
                "byg038SamletBygningsareal": "130",
                "byg039BygningensSamledeBoligAreal": "130",
                "byg041BebyggetAreal": "130",
                "byg054AntalEtager": "1",
                "byg056Varmeinstallation": heating[0],
                "byg057Opvarmningsmiddel": heating[1],
                "byg404Koordinat": f"POINT ({x} {y})",
                "byg406Koordinatsystem": "5",
            }
        )
    return made


def write_register(path: Path, records: list[dict[str, str]]) -> Path:
    """Write rows as Fildownload CSV."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, FIELDS)
        writer.writeheader()
        writer.writerows(records)
    return path


def write_folder(folder: Path) -> Path:
    """Write building file, outlines, roads and area polygons as a planner would lay them out."""
    folder.mkdir(parents=True, exist_ok=True)
    records = rows()
    write_register(folder / "BBR_Bygning.csv", records)
    points = [Point(*map(float, r["byg404Koordinat"][7:-1].split())) for r in records]
    squares = [box(p.x - 6, p.y - 5, p.x + 6, p.y + 5) for p in points]
    ids = [r["id_lokalId"] for r in records]
    gpd.GeoDataFrame({"BBRUUID": ids}, geometry=squares, crs=25832).to_file(folder / "omrids.gpkg")
    road = LineString([(EAST - 50, NORTH - 15), (EAST + 300, NORTH - 15)])
    gpd.GeoDataFrame({"VEJKLASSE": ["Lokalvej"]}, geometry=[road], crs=25832).to_file(folder / "veje.gpkg")
    polygons = [box(EAST - 200, y - 200, EAST + 500, y + 200) for y in (NORTH, NORTH - 3000)]
    gpd.GeoDataFrame({"area": ["Nordby", "Sydby"]}, geometry=polygons, crs=25832).to_file(
        folder / "areas.gpkg"
    )
    return folder
