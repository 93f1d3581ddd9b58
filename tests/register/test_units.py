"""Units and technical installations: every row counted, linked only where the file tells to what."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from screening import register
from screening.errors import InputFileError

UNIT = {
    "id_lokalId": "U-1",
    "status": "6",
    "registreringFra": "2020-01-01T00:00:00Z",
    "registreringTil": None,
    "virkningTil": None,
    "bygning": "HOUSE-0",
    "opgang": "e-1",
    "enh020EnhedensAnvendelse": "140",
    "enh023Boligtype": "1",
    "enh026EnhedensSamledeAreal": "80",
    "enh027ArealTilBeboelse": "80",
    "enh028ArealTilErhverv": "0",
    "enh051Varmeinstallation": "2",
    "enh052Opvarmningsmiddel": "7",
    "enh053SupplerendeVarme": None,
}
TANK = {
    "id_lokalId": "T-1",
    "status": "6",
    "registreringFra": "2020-01-01T00:00:00Z",
    "registreringTil": None,
    "virkningTil": None,
    "bygning": None,
    "husnummer": None,
    "grund": "Plot-0",
    "tek020Klassifikation": "1110",
    "tek034IndholdOlietank": "12",
    "tek028SløjfningOlietank": None,
    "tek072Sløjfningsår": "0",
}
ASCII = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})


def to_csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def folded(rows):
    return [{name.translate(ASCII): value for name, value in row.items()} for row in rows]


def zipped(content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data.csv", content)
    return buffer.getvalue()


WRITERS = {
    "csv": to_csv,
    "csv with BOM": lambda rows: b"\xef\xbb\xbf" + to_csv(rows),
    "csv, ASCII names": lambda rows: to_csv(folded(rows)),
    "json": lambda rows: json.dumps(rows).encode(),
    "filudtraek": lambda rows: json.dumps({"EnhedList": rows}).encode(),
    "graphql": lambda rows: json.dumps(
        {"data": {"BBR_X": {"pageInfo": {"hasNextPage": False}, "nodes": folded(rows)}}}
    ).encode(),
    "zipped csv": lambda rows: zipped(to_csv(rows)),
}


@pytest.fixture
def write(tmp_path):
    def _write(content, writer="csv"):
        path = tmp_path / "file"
        path.write_bytes(content if isinstance(content, bytes) else WRITERS[writer](content))
        return path

    return _write


def buildings(*changes):
    house = {
        "use_code": "140",
        "heating_installation_code": "99",
        "heating_fuel_code": None,
        "is_oil": False,
        "is_gas": False,
        "plot_id": "plot-0",
    }
    frame = pd.DataFrame([house | change for change in changes]).astype({"heating_fuel_code": object})
    frame.index = pd.Index([f"house-{n}" for n in range(len(frame))], name="building_id", dtype=object)
    points = [Point(720_000 + 100 * n, 6_215_000) for n in range(len(frame))]
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:25832")


# ---- units ----


@pytest.mark.parametrize("writer", WRITERS)
def test_units_in_every_spelling(write, writer):
    units, report = register.read_units(write([UNIT, UNIT | {"id_lokalId": "u-2", "status": "10"}], writer))
    assert report.counts.to_dict() == {
        "rows_read": 2,
        "kept": 1,
        "dropped_malformed": 0,
        "dropped_status_not_standing": 1,
        "dropped_version_ended": 0,
        "dropped_duplicate": 0,
    }
    assert report.gaps.to_dict() == {"building_missing": 0}
    assert units.index.tolist() == ["u-1"]
    row = units.iloc[0]
    assert (row["building_id"], row["use_code"], row["dwelling_type_code"]) == ("house-0", "140", "1")
    assert (row["total_area_m2"], row["dwelling_area_m2"], row["business_area_m2"]) == (80, 80, 0)
    assert (row["heating_installation_code"], row["heating_fuel_code"]) == ("2", "7")


def test_of_several_versions_the_newest_stands(write):
    rows = [
        UNIT | {"registreringFra": "2020-01-01T00:00:00Z", "enh052Opvarmningsmiddel": "3"},
        UNIT | {"registreringFra": "2020-01-01T00:00:00.5Z", "enh052Opvarmningsmiddel": "7"},
        UNIT | {"registreringTil": "2020-01-01T00:00:00Z"},
        UNIT | {"virkningTil": "2020-01-01T00:00:00Z"},
        UNIT | {"id_lokalId": ""},
    ]
    units, report = register.read_units(write(rows))
    assert units["heating_fuel_code"].tolist() == ["7"]
    assert report.counts.tolist() == [5, 1, 1, 0, 2, 1]


def test_rows_that_cannot_be_taken_apart_are_counted(write):
    content = to_csv([UNIT]) + b"broken,row\r\n"
    assert register.read_units(write(content))[1].counts[["rows_read", "dropped_malformed"]].tolist() == [
        2,
        1,
    ]
    _, report = register.read_units(write(json.dumps([UNIT, "x", 3]).encode()))
    assert report.counts[["rows_read", "kept", "dropped_malformed"]].tolist() == [3, 1, 2]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"a,b\r\n1,2\r\n", "id_lokalId"),
        (to_csv([UNIT])[: to_csv([UNIT]).index(b"\n") + 1], "no rows"),
        (b"[]", "no rows"),
        (b"[{", "not complete JSON"),
        (b'{"a": [], "b": []}', "2 lists"),
        (to_csv(folded([UNIT])).replace(b"enh020EnhedensAnvendelse", b"enh020Anvendelse"), "enh020"),
        ("id_lokalId,status,é\r\n".encode("latin-1"), "UTF-8"),
    ],
)
def test_unreadable_files_are_told(write, content, told):
    with pytest.raises(InputFileError, match=told):
        register.read_units(write(content))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputFileError, match="does not exist"):
        register.read_units(tmp_path / "nothing.csv")


def units_of(write, *changes):
    rows = [UNIT | {"id_lokalId": f"u-{n}"} | change for n, change in enumerate(changes)]
    return register.read_units(write(rows))[0]


def heating(result, building="house-0"):
    row = result.loc[building]
    return row["heating_installation_code"], row["heating_fuel_code"], row["heating_source"]


def test_the_largest_share_of_the_area_decides(write):
    electric = {"enh051Varmeinstallation": "7", "enh052Opvarmningsmiddel": "1"}
    units = units_of(write, {"enh026EnhedensSamledeAreal": "100"}, electric, electric)
    result, counts = register.resolve_heating(buildings({}), units)
    assert heating(result) == ("7", "1", "units")  # 160 m2 against 100
    assert result.loc["house-0", ["has_unit_disagreement", "has_unit_on_oil_or_gas"]].tolist() == [True, True]
    assert not result.loc["house-0", "is_gas"]
    assert counts.to_dict() == {
        "units_linked": 3,
        "units_not_linked": 0,
        "heating_from_units": 1,
        "heating_units_disagree": 1,
        "heating_units_unresolved": 0,
    }


def test_resolved_boilers_count_as_oil_and_gas(write):
    oil = {"bygning": "house-1", "enh051Varmeinstallation": "6", "enh052Opvarmningsmiddel": "3"}
    result, _ = register.resolve_heating(buildings({}, {}, {}), units_of(write, {}, oil))
    assert result["is_gas"].tolist() == [True, False, False]
    assert result["is_oil"].tolist() == [False, True, False]
    assert heating(result, "house-2") == ("99", None, "building")
    assert result["registered_installation_code"].tolist() == ["99"] * 3
    assert result["has_unit_disagreement"].sum() == 0


def test_areas_missing_or_in_parts(write):
    parts = {"enh026EnhedensSamledeAreal": "", "enh027ArealTilBeboelse": "30", "enh028ArealTilErhverv": "60"}
    pump = {"enh051Varmeinstallation": "5", "enh052Opvarmningsmiddel": "1"}
    result, _ = register.resolve_heating(buildings({}), units_of(write, {}, pump | parts))
    assert heating(result) == ("5", "1", "units")  # 90 m2 against 80
    bare = {"enh026EnhedensSamledeAreal": "", "enh027ArealTilBeboelse": "", "enh028ArealTilErhverv": ""}
    result, _ = register.resolve_heating(buildings({}), units_of(write, bare, pump | bare, pump | bare))
    assert heating(result) == ("5", "1", "units")  # two units against one


@pytest.mark.parametrize("code", ["", "99", "4"])
def test_units_that_do_not_tell_leave_99(write, code):
    units = units_of(write, {"enh051Varmeinstallation": code})
    result, counts = register.resolve_heating(buildings({}), units)
    assert heating(result) == ("99", None, "building")
    assert counts[["heating_from_units", "heating_units_unresolved"]].tolist() == [0, 1]


def test_what_the_building_itself_says_stays(write):
    house = buildings({"heating_installation_code": "2", "heating_fuel_code": "3", "is_oil": True})
    result, _ = register.resolve_heating(house, units_of(write, {}))
    assert heating(result) == ("2", "3", "building")
    assert result["is_oil"].all()
    assert not result["has_unit_disagreement"].any()


def test_year_round_units(write):
    units = units_of(write, {"enh023Boligtype": "5"}, {"bygning": "house-1", "enh023Boligtype": "1"})
    result, _ = register.resolve_heating(buildings({}, {}), units)
    assert result["has_year_round_unit"].tolist() == [False, True]


CHOICES = st.sampled_from([("2", "3"), ("2", "7"), ("7", "1"), ("5", "1"), ("", "")])


@settings(max_examples=20)
@given(
    st.lists(st.tuples(CHOICES, st.integers(0, 200)), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_units_does_not_matter(choices, random):
    units = pd.DataFrame(
        [
            {
                "building_id": "house-0",
                "dwelling_type_code": "1",
                "total_area_m2": float(area),
                "dwelling_area_m2": float(area),
                "business_area_m2": 0.0,
                "heating_installation_code": installation or None,
                "heating_fuel_code": fuel or None,
            }
            for (installation, fuel), area in choices
        ]
    )
    order = list(range(len(units)))
    random.shuffle(order)
    first, counts = register.resolve_heating(buildings({}), units)
    second, again = register.resolve_heating(buildings({}), units.iloc[order])
    pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(second))
    assert counts.equals(again)
    sums = Counter()
    for (installation, fuel), area in choices:
        sums[installation, fuel] += area if installation else -1
    best = max(sums.values())
    if best >= 0:
        row = first.iloc[0]
        assert sums[row["heating_installation_code"], row["heating_fuel_code"]] == best


# ---- installations ----


def attached(write, houses, *changes):
    rows = [TANK | {"id_lokalId": f"t-{n}"} | change for n, change in enumerate(changes)]
    return register.attach_installations(houses, register.read_installations(write(rows))[0])


@pytest.mark.parametrize("writer", WRITERS)
def test_installations_in_every_spelling(write, writer):
    rows = [TANK, TANK | {"id_lokalId": "T-2", "tek028SløjfningOlietank": "3"}]
    installations, report = register.read_installations(write(rows, writer))
    assert report.counts["kept"] == 2
    assert report.gaps["building_missing"] == 2
    assert installations["evidence"].tolist() == ["oil_tank"] * 2
    assert installations["is_closed"].tolist() == [False, True]
    assert installations["plot_id"].tolist() == ["plot-0"] * 2


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "in_use"),
        ({"tek072Sløjfningsår": "1986"}, "closed"),
        ({"tek028SløjfningOlietank": "1"}, "closed"),
        ({"tek034IndholdOlietank": ""}, "in_use"),
        ({"tek034IndholdOlietank": "40"}, "none"),  # slurry
        ({"tek034IndholdOlietank": "13"}, "none"),  # diesel
        ({"grund": "elsewhere"}, "none"),
        ({"grund": "elsewhere", "bygning": "HOUSE-0"}, "in_use"),
        ({"tek020Klassifikation": "1255"}, "none"),
    ],
)
def test_states_of_the_tank(write, changes, state):
    result, _ = attached(write, buildings({"heating_installation_code": "2"}), changes)
    assert result["oil_tank"].tolist() == [state]


@pytest.mark.parametrize(
    ("code", "column"),
    [
        ("1255", "has_oil_burner"),
        ("1265", "has_gas_burner"),
        ("1220", "has_ground_heat"),
        ("1285", "has_biomass_burner"),
        ("1275", "has_biomass_burner"),
    ],
)
def test_burners(write, code, column):
    changes = {"tek020Klassifikation": code, "tek034IndholdOlietank": ""}
    result, _ = attached(write, buildings({"heating_installation_code": "2"}), changes)
    given = result.filter(like="has_").iloc[0]
    assert given.index[given.astype(bool)].tolist() == [column]
    closed, _ = attached(write, buildings({}), changes | {"tek028SløjfningOlietank": "10"})
    assert not closed.filter(like="has_").any(axis=None)


def test_a_plot_with_several_houses_shares_its_tank_and_no_burner(write):
    houses = buildings(*[{"heating_installation_code": "2"}] * 2)
    burner = {"tek020Klassifikation": "1255", "tek034IndholdOlietank": ""}
    result, counts = attached(
        write, houses, {}, burner, {"grund": "nowhere"}, {"tek020Klassifikation": "1230"}
    )
    assert result["oil_tank"].tolist() == ["shared", "shared"]
    assert not result["has_oil_burner"].any()
    assert counts.to_dict() == {
        "installations_other": 1,
        "installations_linked": 0,
        "installations_shared": 2,
        "installations_not_linked": 1,
    }


def test_the_one_heated_house_of_a_plot_has_its_tank(write):
    barn = {"use_code": "219", "heating_installation_code": "9"}
    shed = {"use_code": "910", "heating_installation_code": "2"}
    houses = buildings({"heating_installation_code": "2"}, barn, shed)
    assert attached(write, houses, {})[0]["oil_tank"].tolist() == ["in_use", "none", "none"]
    cold = buildings({"heating_installation_code": "9"}, shed)
    assert attached(write, cold, {})[0]["oil_tank"].tolist() == ["in_use", "none"]


def test_the_address_goes_before_the_plot(write):
    houses = buildings(*[{"heating_installation_code": "2"}] * 2).assign(address_id=["a-0", "a-1"])
    result, _ = attached(write, houses, {"husnummer": "A-1"})
    assert result["oil_tank"].tolist() == ["none", "in_use"]


def test_gas_areas(tmp_path):
    areas = gpd.GeoDataFrame(geometry=[box(719_950, 6_214_950, 720_050, 6_215_050)], crs="EPSG:25832")
    areas.to_file(tmp_path / "gas.gpkg", driver="GPKG", engine="pyogrio")
    known = register.attach_gas_areas(buildings({}, {}), register.read_gas_areas(tmp_path / "gas.gpkg"))
    assert known["is_in_gas_area"].tolist() == [True, False]


# ---- real files, against counts made here with nothing but the csv module ----


def real_rows(real_data, name):
    with (real_data / "bbr" / f"{name}_2020-04-18.csv").open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def test_real_units(real_data):
    rows = real_rows(real_data, "BBR_Enhed")
    units, report = register.read_units(real_data / "bbr" / "BBR_Enhed_2020-04-18.csv")
    standing = [r for r in rows if r["status"] == "6" and not r["registreringTil"] and not r["virkningTil"]]
    assert report.counts["rows_read"] == len(rows) == 2738
    assert report.counts["kept"] == len(standing) == len(units) == 2471
    assert report.gaps["building_missing"] == 2471  # a file of 2020 names the entrance alone
    house, _ = register.read_buildings(real_data / "bbr" / "BBR_Bygning_2020-04-18.csv")
    result, counts = register.resolve_heating(house, units)
    assert counts["units_linked"] == 0
    assert counts["heating_units_unresolved"] == 1
    assert result["is_oil"].equals(house["is_oil"])


def test_real_installations(real_data):
    rows = real_rows(real_data, "BBR_TekniskAnlaeg")
    installations, report = register.read_installations(
        real_data / "bbr" / "BBR_TekniskAnlaeg_2020-04-18.csv"
    )
    standing = [r for r in rows if r["status"] == "6" and not r["registreringTil"]]
    oil = [
        r
        for r in standing
        if r["tek020Klassifikation"] == "1110" and r["tek034IndholdOlietank"] in {"", "10", "11", "12"}
    ]
    closed = [r for r in oil if r["tek028SløjfningOlietank"] or float(r["tek072Sløjfningsår"] or 0) > 0]
    assert report.counts["kept"] == len(standing) == 376
    tanks = installations[installations["evidence"] == "oil_tank"]
    assert len(tanks) == len(oil) == 323
    assert tanks["is_closed"].sum() == len(closed)
    assert (installations["evidence"] == "ground_heat").sum() == 19
