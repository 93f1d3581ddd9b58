"""The whole way on the real register cut: import by the shell, reports, numbers against a count by hand."""

from __future__ import annotations

import csv
import re

import geopandas as gpd
import pytest
import shapely
from typer.testing import CliRunner

from screening import cli, workbench

TOWNS = ["Karlslunde", "Greve Strand", "Dragør"]
LEFT_OUT = {"510", "540", "585", "910", "920", "930", "940", "950", "960", "970", "990"}


@pytest.fixture(scope="module")
def made(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cut")
    shell = CliRunner()
    places = ["--data-dir", str(folder / "data")]
    done = shell.invoke(cli.app, ["import-register", str(real_data / "bbr"), "--name", "Udsnit", *places])
    assert done.exit_code == 0, done.output
    assert "2,705" in done.output
    done = shell.invoke(
        cli.app, ["report", "udsnit", *TOWNS, *places, "--reports-dir", str(folder / "reports")]
    )
    assert done.exit_code == 0, done.output
    return folder


def boilers_by_hand(folder, polygon):
    """Standing relevant buildings with an oil or gas boiler in a polygon: ids, oil, area, from the file."""
    found = []
    with (folder / "bbr" / "BBR_Bygning_2020-04-18.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            standing = row["status"] == "6" and not row["virkningTil"] and not row["registreringTil"]
            boiler = row["byg056Varmeinstallation"] in {"2", "6"}
            fossil = row["byg057Opvarmningsmiddel"] in {"2", "3", "7"}
            relevant = row["byg021BygningensAnvendelse"] not in LEFT_OUT
            if standing and boiler and fossil and relevant:
                point = shapely.from_wkt(row["byg404Koordinat"])
                area = int(row["byg039BygningensSamledeBoligAreal"] or 0)
                area += int(row["byg040BygningensSamledeErhvervsAreal"] or 0)
                if point.intersects(polygon):
                    found.append((row["byg057Opvarmningsmiddel"] == "3", area))
    return found


@pytest.mark.parametrize("name", TOWNS)
def test_the_report_tells_what_a_count_by_hand_gives(made, real_data, name):
    town = workbench.load_town(name, "udsnit", data_dir=made / "data")
    polygons = gpd.read_file(real_data / "bbr" / "sample_areas.gpkg").set_index("area")
    given = boilers_by_hand(real_data, polygons.loc[name, "geometry"])
    inside = boilers_by_hand(real_data, town.trimmed.geometry.iloc[0])
    assert town.buildings["is_oil_gas"].sum() == len(given)
    assert town.key_figures["oil_gas_count"] == len(inside)
    assert town.key_figures["oil_count"] == sum(is_oil for is_oil, _ in inside)
    assert town.key_figures["heated_area_m2"] == pytest.approx(sum(area for _, area in inside), rel=0.02)
    # Metered Danish houses of the 1930s to 1970s use 100 to 160 kWh/m2.
    heat = 1000 * town.key_figures["oil_gas_heat_mwh"] / town.key_figures["heated_area_m2"]
    assert 100 < heat < 160


@pytest.mark.parametrize("name", TOWNS)
def test_the_page_shows_the_counted_numbers(made, name):
    folder = made / "reports" / "udsnit" / {"Dragør": "dragoer"}.get(name, name.lower().replace(" ", "-"))
    page = (folder / "index.html").read_text(encoding="utf-8")
    figures = workbench.load_town(name, "udsnit", data_dir=made / "data").key_figures
    text = re.sub(r"\s|\u00a0|&nbsp;", " ", re.sub(r"<[^>]+>", " ", page.split("<body", 1)[1]))
    assert re.search(rf"\b{figures['gas_count']}\b.{{0,40}}gasfyr", text)
    assert "SYNTETISKE DATA" not in text
