"""Read the default municipality back through the readers and models of real data: it keeps its promises."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
import yaml

from screening import areas, communities, register
from screening import assumptions as assumption_sets
from screening.demand import annual_heat_demand
from screening.project import read_project
from screening.synthetic import FILES, make_replica
from screening.synthetic.coast import sea

# Table 1 of COWI, Kortlægning af lokalvarme og energifællesskaber, Helsingør Kommune, v2.0, 26-10-2022, typed
# in here once more, so that a slip in the package's own copy shows.
TABLE_1 = """\
area n_ind n_og MWh_ind MWh_og density hp
Havreholm 15 9 492 303 10.3 3
Hellebæk 246 191 6982 5884 18.0 10
Horserød 7 5 433 187 5.5 1
Kvistgård1 179 142 3990 3337 15.2 18
Kvistgård2 71 61 6892 6440 17.6 1
Kvistgård3 124 104 2123 1791 11.1 9
Kvistgård4 63 58 5671 5505 17.9 1
Langesø 5 4 102 89 2.9 1
Nygård 49 32 1149 899 13.7 8
Saunte 86 62 2389 1930 11.5 7
Skibstrup 11 10 359 352 15.1 0
Stenstrup 240 53 3264 782 2.5 101
Ålsgårde1 473 368 8675 7099 12.2 44
Ålsgårde2 768 613 15750 13419 14.6 54
Ålsgårde3 175 128 3836 2886 10.4 21
"""
# Fildownload CSV of BBR Bygning, fields of the schema version 2.4.4 in the order of the download.
HEADER = (
    "forretningshændelse,forretningsområde,forretningsproces,id_namespace,id_lokalId,kommunekode,registreringFra,"
    "registreringsaktør,virkningFra,virkningsaktør,virkningTil,status,byg007Bygningsnummer,"
    "byg021BygningensAnvendelse,byg024AntalLejlighederMedKøkken,byg025AntalLejlighederUdenKøkken,"
    "byg026Opførelsesår,byg027OmTilbygningsår,byg032YdervæggensMateriale,byg033Tagdækningsmateriale,"
    "byg034SupplerendeYdervæggensMateriale,byg035SupplerendeTagdækningsMateriale,"
    "byg037KildeTilBygningensMaterialer,byg038SamletBygningsareal,byg039BygningensSamledeBoligAreal,"
    "byg040BygningensSamledeErhvervsAreal,byg041BebyggetAreal,byg042ArealIndbyggetGarage,"
    "byg043ArealIndbyggetCarport,byg044ArealIndbyggetUdhus,byg045ArealIndbyggetUdestueEllerLign,"
    "byg046SamletArealAfLukkedeOverdækningerPåBygningen,byg047ArealAfAffaldsrumITerrænniveau,byg048AndetAreal,"
    "byg049ArealAfOverdækketAreal,byg050ArealÅbneOverdækningerPåBygningenSamlet,byg051Adgangsareal,"
    "byg053BygningsarealerKilde,byg054AntalEtager,byg056Varmeinstallation,byg057Opvarmningsmiddel,"
    "byg069Sikringsrumpladser,byg094Revisionsdato,byg130ArealAfUdvendigEfterisolering,"
    "byg133KildeTilKoordinatsæt,byg134KvalitetAfKoordinatsæt,byg135SupplerendeOplysningOmKoordinatsæt,"
    "byg136PlaceringPåSøterritorie,byg302Tilflytterkommune,byg404Koordinat,byg406Koordinatsystem,byg151Frihøjde,"
    "jordstykke,husnummer,grund,registreringTil,byg058SupplerendeVarme,byg052BeregningsprincipCarportAreal,"
    "byg122Gyldighedsdato,byg055AfvigendeEtager,byg030Vandforsyning,byg031Afløbsforhold,"
    "byg113Byggeskadeforsikringsselskab,byg121OmfattetAfByggeskadeforsikring,byg119Udledningstilladelse,"
    "byg114DatoForByggeskadeforsikring,byg036AsbestholdigtMateriale,byg070Fredning,"
    "byg029DatoForMidlertidigOpførtBygning"
)


@pytest.fixture(scope="session")
def replica_folder(tmp_path_factory) -> Path:
    return make_replica(tmp_path_factory.mktemp("replica")).parent


@pytest.fixture(scope="session")
def replica(replica_folder) -> SimpleNamespace:
    """All stages that make the promised figures, by the public readers and models."""
    assumptions = assumption_sets.load("cowi-2022")
    outlines = register.read_outlines(replica_folder / FILES["outlines"])
    buildings, report = register.read_buildings(replica_folder / FILES["buildings"], outlines=outlines)
    buildings["heat_demand_mwh"] = annual_heat_demand(buildings, assumptions=assumptions)
    given = register.read_areas(replica_folder / FILES["areas"])
    trimmed = areas.delineate(buildings, given, assumptions=assumptions)
    figures = areas.key_figures(buildings, trimmed, assumptions=assumptions).set_index("area")
    selected = communities.select(buildings, assumptions)
    selected = selected[selected["heat_demand_mwh"].notna()]
    shapes = register.attach_outlines(selected, outlines)
    members, found = communities.find_communities(shapes, assumptions)
    return SimpleNamespace(
        assumptions=assumptions, outlines=outlines, buildings=buildings, report=report, areas=given,
        trimmed=trimmed, figures=figures, members=members, communities=found,
    )  # fmt: skip


@pytest.fixture(scope="session")
def published() -> pd.DataFrame:
    lines = [line.split() for line in TABLE_1.splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0]).set_index("area").astype(float)


@pytest.fixture(scope="session")
def raw(replica_folder) -> pd.DataFrame:
    return pd.read_csv(replica_folder / FILES["buildings"], dtype=str, keep_default_na=False)


def test_the_fifteen_areas_are_there(replica, published):
    assert sorted(replica.areas["area"]) == sorted(published.index)
    towns = replica.areas.set_index("area")["town"]
    assert towns[towns.index != towns].groupby(towns).groups.keys() == {"Kvistgård", "Ålsgårde"}


@pytest.mark.parametrize(
    ("column", "name"), [("n_ind", "individual_count"), ("n_og", "oil_gas_count"), ("hp", "heat_pump_count")]
)
def test_counts_are_exact(replica, published, column, name):
    assert replica.figures[name].to_dict() == published[column].to_dict()


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("MWh_ind", "individual_heat_mwh"),
        ("MWh_og", "oil_gas_heat_mwh"),
        ("density", "density_kwh_per_m2"),
    ],
)
def test_sums_are_within_half_a_per_cent(replica, published, column, name):
    ratio = replica.figures[name] / published[column]
    assert ratio.between(0.995, 1.005).all(), ratio


def test_every_boiler_of_an_area_is_in_its_trimmed_polygon(replica):
    assert (replica.trimmed["outside_count"] == 0).all()
    assert (replica.trimmed["original_km2"] > replica.trimmed["area_km2"]).all()


def test_about_a_quarter_burns_oil(replica):
    share = replica.figures["oil_count"].sum() / replica.figures["oil_gas_count"].sum()
    assert 0.15 < share < 0.35


def test_communities_arise_in_three_towns_only(replica):
    found = replica.communities
    assert 30 <= len(found) <= 45
    assert (found["building_count"] >= 5).all()
    assert found["is_collective_supply"].sum() >= 4
    members = replica.members.dropna()
    home = areas.assign(replica.buildings.loc[members.index], replica.areas)
    town = home.map(replica.areas.set_index("area")["town"])
    assert set(town) == {"Hellebæk", "Ålsgårde", "Kvistgård"}


def test_communities_are_those_published(replica):
    # Counts and MWh of the five published communities above 250 kW: ids 26, 34, 13, 1, 33.
    large = replica.communities[replica.communities["is_collective_supply"]]
    assert large["building_count"].tolist() == [52, 27, 19, 18, 8]
    np.testing.assert_allclose(large["heat_demand_mwh"], [3024, 2493, 777, 675, 515], rtol=0.01)


def test_rows_add_up_and_every_fault_of_the_real_register_occurs(replica):
    counts, repairs = replica.report.counts, replica.report.repairs
    assert counts.drop("rows_read").sum() == counts["rows_read"]
    for reason in ("status_not_standing", "version_ended", "duplicate", "no_coordinate"):
        assert counts[f"dropped_{reason}"] > 0, reason
    for fault in (
        "id_lower_cased", "municipality_code_padded", "coordinate_from_outline", "area_from_total",
        "area_from_outline", "area_unknown", "negative_number_ignored", "year_unknown", "use_code_missing",
        "use_code_unlisted", "heating_installation_code_unlisted", "oil_or_gas_without_boiler",
    ):  # fmt: skip
        assert repairs[fault] > 0, fault
    phased_out = register.is_phased_out(replica.buildings["use_code"])
    assert phased_out.sum() > 50


def test_spellings_of_missing_values(raw):
    assert {"", "POINT(0 0)", "GEOMETRYCOLLECTION EMPTY"} <= set(raw["byg404Koordinat"])
    assert {"0", "1000"} <= set(raw["byg026Opførelsesår"])
    assert {"9", "10", "11"} <= set(raw["status"])
    assert set(raw["kommunekode"]) == {"0217", "217"}
    assert raw["byg404Koordinat"].str.match(r"POINT \(").any()
    assert raw["byg404Koordinat"].str.match(r"POINT\(7").any()
    assert "99" in set(raw["byg056Varmeinstallation"])


def test_the_csv_is_in_the_dialect_of_the_download(replica_folder, raw):
    content = (replica_folder / FILES["buildings"]).read_bytes()
    assert content.split(b"\n", 1)[0].decode("utf-8") == HEADER
    uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
    assert raw["id_lokalId"].map(lambda text: uuid.fullmatch(text) is not None).all()


def test_the_real_file_has_the_same_header(real_data):
    files = sorted((real_data / "bbr").glob("BBR_Bygning_*.csv"))
    assert files[0].read_text(encoding="utf-8").split("\n", 1)[0] == HEADER


@pytest.mark.parametrize(
    ("key", "name", "layer"),
    [
        ("outlines", "GeoDanmark_Bygning.gpkg", "bygning"),
        ("roads", "GeoDanmark_Vejmidte.gpkg", "vejmidte"),
    ],
)
def test_layers_have_the_fields_of_the_real_ones(replica_folder, real_data, key, name, layer):
    made = pyogrio.read_info(replica_folder / FILES[key], layer=layer)
    real = pyogrio.read_info(real_data / "bbr" / name, layer=layer)
    assert list(made["fields"]) == list(real["fields"])
    assert made["crs"] == real["crs"]


def test_no_row_is_real(raw, real_data):
    real = pd.read_csv(next((real_data / "bbr").glob("BBR_Bygning_*.csv")), dtype=str)
    assert not set(raw["id_lokalId"].str.lower()) & set(real["id_lokalId"].str.lower())
    assert not set(raw["jordstykke"]) & set(real["jordstykke"])


def test_no_house_stands_in_the_sea(replica):
    water = sea()
    assert not shapely.intersects(replica.outlines.geometry.to_numpy(), water).any()
    assert not shapely.intersects(replica.buildings.geometry.to_numpy(), water).any()
    assert not shapely.intersects(replica.areas.geometry.to_numpy(), water).any()


def test_areas_do_not_overlap(replica):
    shapes = replica.areas.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))[first != second]
    assert shared.sum() < 1.0


def test_buildings_overlap_seldom(replica):
    shapes = shapely.buffer(replica.outlines.geometry.to_numpy(), -0.3)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    overlapping = np.unique(first[first != second])
    assert len(overlapping) < 0.02 * len(shapes)


def test_houses_line_the_streets(replica, replica_folder):
    # A map that looks like towns: nine of ten houses within 60 m of a road.
    roads = register.read_roads(replica_folder / FILES["roads"])
    houses = replica.buildings[replica.buildings["use_code"] == "120"]
    tree = shapely.STRtree(roads.geometry.to_numpy())
    near = tree.query(houses.geometry.to_numpy(), predicate="dwithin", distance=60.0)[0]
    assert len(np.unique(near)) > 0.9 * len(houses)


def test_a_district_heating_area_is_near(replica, replica_folder):
    supply = gpd.read_file(replica_folder / FILES["supply_areas"])
    assert supply["supply_name"].str.contains("syntetisk").all()
    hellebaek = replica.areas.set_index("area").geometry["Hellebæk"]
    assert 100 < supply.distance(hellebaek).min() < 2000


def test_everything_says_synthetic(replica_folder):
    content = yaml.safe_load((replica_folder / "municipality.yaml").read_text(encoding="utf-8"))
    assert content["is_synthetic"] is True
    assert "replica" in content["name"]
    assert "yntetisk" in content["source"]
    assert "COWI" in content["source"]
    project = read_project(replica_folder)
    assert project.municipality_code == "0217"
    assert Path(project.buildings).name == FILES["buildings"]


def test_same_seed_same_rows(replica_folder, tmp_path):
    make_replica(tmp_path)
    for name in (FILES["buildings"], "municipality.yaml"):
        digests = {
            hashlib.sha256((folder / name).read_bytes()).hexdigest() for folder in (tmp_path, replica_folder)
        }
        assert len(digests) == 1, name
    for key in ("outlines", "roads", "areas", "supply_areas"):
        made, again = (gpd.read_file(folder / FILES[key]) for folder in (replica_folder, tmp_path))
        assert made.drop(columns="geometry").equals(again.drop(columns="geometry")), key
        assert made.geometry.to_wkb().equals(again.geometry.to_wkb()), key
