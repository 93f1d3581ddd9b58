"""Every BBR use code has a decision; what the list does not name is reported, never guessed."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from screening import assumptions, tables
from screening.communities import decide, select, selection_counts, use_decisions
from screening.errors import TableError
from screening.register import code_list

SET = assumptions.load("cowi-2022")


def buildings(codes, *, oil=True):
    return gpd.GeoDataFrame(
        {"use_code": codes, "is_oil": [oil] * len(codes), "is_gas": False, "heat_demand_mwh": 10.0},
        geometry=[Point(700_000, 6_200_000)] * len(codes),
        crs=tables.CRS,
    )


def test_the_list_covers_every_code_of_the_register_and_no_other():
    assert set(use_decisions(SET).index) == set(code_list("use").index)
    decisions = use_decisions(SET)
    assert decisions.index.is_unique
    assert set(decisions["decision"]) == {"included", "excluded", "unlisted"}
    assert (decisions["reason_da"] != "").all()
    named = decisions["decision"] != "unlisted"
    assert (decisions.loc[named, "note_type_da"] != "").all()
    assert (decisions.loc[~named, "note_type_da"] == "").all()


# The note's two lists, by the code whose label they are.
# fmt: off
INCLUDED = [
    "321", "140", "130", "331", "531", "419", "590", "442", "322", "441", "539", "421", "160",
    "521", "429", "415", "333", "449", "420", "533",
]
EXCLUDED = [
    "120", "223", "185", "414", "190", "325", "230", "239", "110", "323", "329", "210", "313",
    "334", "229", "231", "535", "319", "311", "232", "220", "221", "222",
]
# fmt: on


@pytest.mark.parametrize(("codes", "decision"), [(INCLUDED, "included"), (EXCLUDED, "excluded")])
def test_the_types_that_the_note_names(codes, decision):
    assert set(decide(pd.Series(codes), SET)) == {decision}


def test_left_out_uses_are_never_included():
    uses = code_list("use")
    left_out = uses.index[~uses["is_relevant"]]
    assert set(use_decisions(SET).loc[left_out, "decision"]) == {"excluded"}


def test_unknown_codes_are_unlisted():
    assert decide(pd.Series(["999", "777", None, "410"]), SET).tolist() == ["unlisted"] * 4


def test_single_family_houses_are_a_choice():
    codes = pd.Series(["120", "122", "110"])
    assert decide(codes, SET).tolist() == ["excluded"] * 3
    wide = SET.replace(community_single_family_is_included=1)
    assert decide(codes, wide).tolist() == ["included", "included", "excluded"]


def test_only_oil_and_gas_is_selected():
    assert select(buildings(["140", "120", "410"]), SET).index.tolist() == [0]
    assert select(buildings(["140"], oil=False), SET).empty


def test_counts_add_up_and_name_the_unlisted():
    table = buildings(["140", "140", "120", "410", None, "777"])
    table.loc[1, "heat_demand_mwh"] = None
    counts = selection_counts(table, SET)
    assert counts["building_count"].sum() == 6
    assert counts.loc[0, ["use_code", "decision", "building_count", "demand_unknown_count"]].tolist() == [
        "140",
        "included",
        2,
        1,
    ]
    assert counts.loc[counts["decision"] == "unlisted", "use_code"].tolist() == ["", "410", "777"]
    assert counts["heat_demand_mwh"].sum() == 50.0
    assert selection_counts(table.iloc[:0], SET).empty


def test_a_missing_column_is_named():
    with pytest.raises(TableError, match="use_code is missing"):
        select(buildings(["140"]).drop(columns="use_code"), SET)
