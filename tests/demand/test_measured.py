"""Measured demand: read with Danish habits, used only where unmistakable, every row counted."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import assumptions
from screening.demand import annual_heat_demand, heat_demand, read_measured
from screening.errors import InputFileError

SET = assumptions.load("cowi-2022")
BUILDINGS = pd.DataFrame(
    {
        "use_code": ["120", "120", "120", "930"],
        "year_built": [1970.0] * 4,
        "area_m2": [100.0, 200.0, None, 20.0],
        "heating_installation_code": "2",
    },
    index=pd.Index(list("abcd"), name="building_id"),
)


def save(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "measured.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "building_id,heat_demand_mwh\nA,18.1\nb,1018.5\n",
        "\ufeffbuilding_id;heat_demand_mwh\r\nA;18,1\r\nb;1.018,5\r\n",
        "Navn;Bygning_ID;Varmeforbrug MWh\nx;A;18,1\n\ny; b ;1018.5\n",
        'BBRUUID,forbrug_mwh\nA,"18,1"\nb,"1 018,5"\n',
    ],
)
def test_danish_and_english_habits(tmp_path, text):
    measured = read_measured(save(tmp_path, text))
    assert measured.index.tolist() == ["a", "b"]
    assert measured.index.name == "building_id"
    assert measured["heat_demand_mwh"].tolist() == [18.1, 1018.5]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no rows"),
        ("building_id,heat_demand_mwh\n", "has no rows"),
        ("id,heat_demand_mwh\na,1\n", "no column building_id.*the file has id"),
        ("building_id,heat\na,1\n", "no column heat_demand_mwh.*the file has building_id, heat"),
        ("building_id,forbrug_kwh\na,18000\n", "is in kWh; give MWh"),
        ("building_id,heat_demand_mwh\na,18100\nb,12000\n", "looks like kWh; divide by 1000"),
        ("building_id,heat_demand_mwh\na,18,1\nb,12,0\n", "no readable number"),
        ("building_id,heat_demand_mwh\na,many\n", "no readable number"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, text, words):
    with pytest.raises(InputFileError, match=words):
        read_measured(save(tmp_path, text))


def test_missing_and_wrongly_encoded_files(tmp_path):
    with pytest.raises(InputFileError, match="does not exist"):
        read_measured(tmp_path / "none.csv")
    with pytest.raises(InputFileError, match="not UTF-8"):
        read_measured(save(tmp_path, "building_id;målt_mwh\na;1\n", "cp1252"))


def test_measured_replaces_the_model(tmp_path):
    text = "building_id;mwh\nA;20,5\nC;8\nD;2\nx;5\nb;1\nB;2\nz;-3\ny;?\n"
    measured = read_measured(save(tmp_path, text))
    table, report = heat_demand(BUILDINGS, SET, measured=measured)
    # b is given twice and stays with the model: 200 m2 x 115 kWh/m2 = 23 MWh
    assert table["heat_demand_mwh"].tolist() == [20.5, 23.0, 8.0, 2.0]
    assert table["heat_demand_source"].tolist() == ["measured", "model", "measured", "measured"]
    assert report.counts.to_dict() == {
        "rows_read": 8,
        "used": 3,
        "unreadable": 1,
        "negative": 1,
        "duplicate_id": 2,
        "id_not_found": 1,
    }
    assert report.ids_not_found == ("x",)
    assert report.model_mwh == pytest.approx(11.5)  # a: 100 m2 x 115; c unknown; d outbuilding
    assert report.measured_mwh == 30.5


def test_without_measured_table():
    table, report = heat_demand(BUILDINGS, SET)
    pd.testing.assert_series_equal(table["heat_demand_mwh"], annual_heat_demand(BUILDINGS, SET))
    assert table["heat_demand_source"].tolist() == ["model", "model", "unknown", "model"]
    assert report.counts.sum() == 0
    assert report.measured_mwh == report.model_mwh == 0


@given(
    st.lists(st.tuples(st.sampled_from("abcdxyz"), st.one_of(st.none(), st.floats(-10, 500))), max_size=12)
)
def test_counts_add_up_and_only_used_rows_change_anything(rows):
    measured = pd.DataFrame(rows, columns=["building_id", "heat_demand_mwh"]).set_index("building_id")
    measured = measured.astype(float)
    table, report = heat_demand(BUILDINGS, SET, measured=measured)
    assert report.counts["rows_read"] == len(rows) == report.counts.drop("rows_read").sum()
    replaced = table["heat_demand_source"] == "measured"
    assert replaced.sum() == report.counts["used"]
    assert table.loc[replaced, "heat_demand_mwh"].sum() == pytest.approx(report.measured_mwh)
    model = annual_heat_demand(BUILDINGS, SET)
    pd.testing.assert_series_equal(table.loc[~replaced, "heat_demand_mwh"], model[~replaced])
    assert not (table["heat_demand_mwh"] < 0).any()


def test_a_comma_that_parts_thousands_is_not_taken_for_a_decimal_one(tmp_path):
    # 1,018.5 means 1018.5 in English; read the Danish way it would be 1.0185.
    text = 'building_id,heat_demand_mwh\na,"1,018.5"\nb,"1,018,500"\nc,18.1\n'
    measured = read_measured(save(tmp_path, text))
    assert measured["heat_demand_mwh"].isna().tolist() == [True, True, False]
