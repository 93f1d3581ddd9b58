"""Units, installations and gas areas at the border, and the list of corrections as a spreadsheet opens it."""

from __future__ import annotations

import csv

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import yaml
from shapely.geometry import box
from typer.testing import CliRunner

from screening import cli, register, sheets, workbench
from screening.errors import InputFileError, UnknownNameError
from screening.register.checks.corrections import CORRECTION_COLUMNS, REMOVE
from small_municipality import EAST, NORTH, rows, write_folder, write_register

ID = "00000000-0000-4000-8000-{:012d}"
UNITS = (
    "id_lokalId,status,registreringFra,registreringTil,virkningTil,bygning,enh020EnhedensAnvendelse,"
    "enh023Boligtype,enh026EnhedensSamledeAreal,enh051Varmeinstallation,enh052Opvarmningsmiddel\n"
    f"u-1,6,2022-01-01T00:00:00Z,,,{ID.format(0)},120,1,130,2,3\n"
    "u-2,6,2022-01-01T00:00:00Z,,,elsewhere,120,1,130,2,3\n"
    f"u-3,10,2022-01-01T00:00:00Z,,,{ID.format(0)},120,1,130,2,3\n"
)
INSTALLATIONS = (
    "id_lokalId,status,registreringFra,registreringTil,virkningTil,bygning,tek020Klassifikation,"
    "tek034IndholdOlietank\n"
    f"t-1,6,2022-01-01T00:00:00Z,,,{ID.format(3)},1110,12\n"
    f"t-2,6,2022-01-01T00:00:00Z,,,{ID.format(1)},1230,\n"
)


@pytest.fixture
def folder(tmp_path):
    made = write_folder(tmp_path / "Ny By")
    records = rows()
    records[0] |= {"byg056Varmeinstallation": "99", "byg057Opvarmningsmiddel": ""}
    write_register(made / "BBR_Bygning.csv", records)
    (made / "BBR_Enhed.csv").write_text(UNITS, encoding="utf-8")
    (made / "BBR_TekniskAnlaeg.csv").write_text(INSTALLATIONS, encoding="utf-8")
    gas = box(EAST - 100, NORTH - 100, EAST + 40, NORTH + 100)  # the first two houses of Nordby
    gpd.GeoDataFrame({"navn": ["Gas"]}, geometry=[gas], crs=25832).to_file(made / "gasområder.gpkg")
    return made


def test_a_folder_with_all_files_is_recognised_and_used(folder, tmp_path):
    layers, slug = workbench.import_register(folder, data_dir=tmp_path / "data")
    stated = yaml.safe_load((tmp_path / "data/raw" / slug / "municipality.yaml").read_text(encoding="utf-8"))
    assert stated["units"].endswith("BBR_Enhed.csv")
    assert stated["installations"].endswith("BBR_TekniskAnlaeg.csv")
    assert stated["gas_areas"].endswith("gasområder.gpkg")
    assert stated["buildings"].endswith("BBR_Bygning.csv")
    repairs = layers.register_repairs
    assert (
        repairs["units_read"]
        == 3
        == repairs[["units_not_standing", "units_linked", "units_not_linked"]].sum()
    )
    assert repairs["installations_read"] == 2
    told = ["not_standing", "other", "linked", "shared", "not_linked"]
    assert repairs[[f"installations_{name}" for name in told]].sum() == 2
    assert repairs["heating_from_units"] == 1
    assert set(repairs.index) <= set(register.code_list("repair").index)
    house = layers.buildings.loc[ID.format(0)]
    assert (house["heating_installation_code"], house["heating_source"], house["is_oil"]) == (
        "2",
        "units",
        True,
    )
    flags = register.flag_buildings(layers.buildings)
    assert flags.index[flags["oil_tank_without_oil"]].tolist() == [ID.format(3)]
    assert flags["gas_without_network"].sum() == 4  # houses 2, 4, 5 and 7


def test_the_screening_rests_on_the_resolved_heating_and_sees_changed_files(folder, tmp_path):
    _, slug = workbench.import_register(folder, data_dir=tmp_path / "data")
    screened = workbench.run_screening(slug, data_dir=tmp_path / "data").screening
    assert screened.buildings.loc[ID.format(0), "is_oil_gas"]
    (folder / "BBR_Enhed.csv").write_text(UNITS.replace("130,2,3", "130,5,1"), encoding="utf-8")
    again = workbench.run_screening(slug, data_dir=tmp_path / "data").screening
    assert not again.buildings.loc[ID.format(0), "is_oil_gas"]


def test_the_shell_names_files_and_lists_corrections(folder, tmp_path):
    shell = CliRunner()
    elsewhere = tmp_path / "andetsteds"
    elsewhere.mkdir()
    for name in ("BBR_Enhed.csv", "BBR_TekniskAnlaeg.csv", "gasområder.gpkg"):
        (folder / name).rename(elsewhere / name)
    data = str(tmp_path / "data")
    named = ["--units", elsewhere / "BBR_Enhed.csv", "--installations", elsewhere / "BBR_TekniskAnlaeg.csv"]
    named += ["--gas-areas", elsewhere / "gasområder.gpkg", "--name", "Ny By", "--data-dir", data]
    made = shell.invoke(cli.app, ["import-register", str(folder), *map(str, named)])
    assert made.exit_code == 0, made.output
    assert "heating_from_units" in made.output
    workbench.run_screening("ny-by", data_dir=data)
    out = tmp_path / "rettelser.csv"
    listed = shell.invoke(cli.app, ["corrections", "ny-by", "--out", str(out), "--data-dir", data])
    assert listed.exit_code == 0, listed.output
    with out.open(encoding="utf-8-sig", newline="") as stream:
        table = list(csv.DictReader(stream, delimiter=";"))
    tank = [row for row in table if row["Kontrol"] == "Olietank i brug, men hverken olie- eller gaskedel"]
    assert [(row["Bygnings-id (id_lokalId)"], row["BBR-felt"]) for row in tank] == [
        (ID.format(3), "byg057Opvarmningsmiddel")
    ]


@pytest.mark.parametrize("key", ["units", "installations"])
def test_the_wrong_file_is_told(folder, tmp_path, key):
    with pytest.raises(InputFileError, match="lacks the fields"):
        workbench.import_register(folder, data_dir=tmp_path / "data", **{key: folder / "BBR_Bygning.csv"})


def correction(**changes):
    row = dict.fromkeys(CORRECTION_COLUMNS, "") | {
        "building_id": "a",
        "field": "byg038SamletBygningsareal",
        "reason_da": "Areal; mangler",
        "reason_en": "Area missing",
        "check_name": "area_missing",
        "heat_demand_mwh": 1234.5,
    }
    return pd.DataFrame([row | changes])[CORRECTION_COLUMNS]


def written(tmp_path, table, language="da"):
    path = sheets.write_corrections(table, tmp_path / "ny" / "rettelser.csv", language)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    header, *lines = list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
    return header, lines


def test_corrections_open_in_a_danish_spreadsheet(tmp_path):
    table = correction(registered_value="1.5", proposed_value=REMOVE)
    header, (line,) = written(tmp_path, table)
    assert header == [
        "Bygnings-id (id_lokalId)", "BBR-felt", "Registreret værdi", "Foreslået værdi", "Begrundelse",
        "Kontrol", "Varmebehov (MWh/år)",
    ]  # fmt: skip
    assert line == [
        "a", "byg038SamletBygningsareal", "1,5", "(slettes)", "Areal; mangler",
        "Intet areal oplyst (hverken samlet, bolig eller erhverv)", "1234,50",
    ]  # fmt: skip


def test_corrections_in_english(tmp_path):
    header, (line,) = written(tmp_path, correction(proposed_value=REMOVE), "en")
    assert header[0] == "Building id (id_lokalId)"
    assert line[3:5] == ["(remove)", "Area missing"]
    with pytest.raises(UnknownNameError, match="da"):
        sheets.write_corrections(correction(), tmp_path / "x.csv", "de")
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("-240", "-240"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1+1", "'-1+1"),
        ("POINT (1.5 2.5)", "POINT (1.5 2.5)"),
        ("120", "120"),
        ("", ""),
    ],
)
def test_text_from_the_register_is_no_formula(tmp_path, value, expected):
    _, (line,) = written(tmp_path, correction(registered_value=value))
    assert line[2] == expected


def test_no_corrections_and_unknown_demand(tmp_path):
    assert written(tmp_path, correction().iloc[:0])[1] == []
    _, (line,) = written(tmp_path, correction(heat_demand_mwh=np.nan))
    assert line[-1] == ""
