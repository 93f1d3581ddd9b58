"""Code lists: complete, consistent, and what the flags mean."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from screening import register

PHASED_OUT = [
    "130", "210", "220", "230", "290", "310", "320", "330",
    "390", "410", "420", "430", "440", "490", "520", "530",
]  # fmt: skip
GROUPS = {
    "detached_house", "terraced_house", "apartment", "institution", "office_retail", "industry",
    "storage_transport", "energy_supply", "farm_production", "culture", "public_service", "sport",
    "leisure", "holiday_house", "unheated", "unknown",
}  # fmt: skip


def codes(text):
    return pd.Series(text.split())


def test_phased_out_codes_are_the_published_ones():
    uses = register.code_list("use")
    assert uses.index[uses["is_phased_out"]].tolist() == PHASED_OUT
    assert register.is_phased_out(pd.Series(["130", "131", None, "777"])).tolist() == [
        True,
        False,
        False,
        False,
    ]


def test_every_use_has_group_customer_and_labels():
    uses = register.code_list("use")
    assert uses.index.is_unique
    assert set(uses["use_group"]) == GROUPS
    assert set(uses["customer_type"]) == {"dwelling", "business", "public", "unknown"}
    assert (uses[["label_da", "label_en"]] != "").all(axis=None)


def test_old_and_new_generation_of_a_use_agree():
    # An old code and those that replaced it: same group for heat, same relevance.
    for old, new in {
        "130": "131 132",
        "420": "421 422 429",
        "440": "441",
        "530": "531 533",
        "220": "221 222 223",
    }.items():
        series = codes(f"{old} {new}")
        assert len(set(register.use_group(series))) == 1
        assert len(set(register.customer_type(series))) == 1
        assert register.is_relevant(series).all()


def test_relevant_uses():
    outbuildings = codes("910 920 930 940 950 960 970 990")
    seasonal = codes("510 540 585")
    assert not register.is_relevant(outbuildings).any()
    assert not register.is_relevant(seasonal).any()
    assert register.use_group(outbuildings).eq("unheated").all()
    assert register.is_relevant(codes("110 120 140 190 210 322 421 523 590 999 777")).all()


def test_individually_heated_is_all_but_district_heating_none_and_units():
    known = codes("1 2 3 5 6 7 8 9 99 4")
    assert known[register.is_individually_heated(known)].tolist() == ["2", "3", "5", "6", "7", "8"]
    assert known[register.is_heat_pump(known)].tolist() == ["5"]
    missing = pd.Series([None, float("nan")], dtype=object)
    assert not register.is_individually_heated(missing).any()
    assert not register.is_heat_pump(missing).any()


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, "x", ""])
def test_missing_and_unlisted_codes(missing):
    series = pd.Series([missing], dtype=object)
    assert register.use_group(series).tolist() == ["unknown"]
    assert register.customer_type(series).tolist() == ["unknown"]
    assert register.is_relevant(series).tolist() == [True]
    assert register.is_oil(series, pd.Series(["3"])).tolist() == [False]
    assert register.is_gas(pd.Series(["2"]), series).tolist() == [False]
    assert register.is_listed(series, "use").tolist() == [False]


def test_boilers_and_edge_cases_exclude_each_other():
    pairs = pd.MultiIndex.from_product([list("123567899"), list("1234679")]).to_frame(index=False)
    oil = register.is_oil(pairs[0], pairs[1])
    gas = register.is_gas(pairs[0], pairs[1])
    edge = register.is_edge_case(pairs[0], pairs[1])
    assert not (oil & gas).any()
    assert not (edge & (oil | gas)).any()
    assert set(map(tuple, pairs[oil].to_numpy())) == {("2", "3"), ("6", "3")}
    assert set(map(tuple, pairs[gas].to_numpy())) == {("2", "7"), ("2", "2"), ("6", "7"), ("6", "2")}
    assert set(map(tuple, pairs[edge].to_numpy())) == {(i, f) for i in "38" for f in "237"}


def test_supplementary_heating_has_both_meanings():
    table = register.code_list("supplementary_heating")
    assert table.loc["4", "label_da"] == "Solvarmeanlæg"
    assert table.loc["4", "label_da_old"] == "Solpaneler"
    assert table.loc["3", "label_da_old"] == "Ovne til flydende brændsel"
    assert table.index[table["is_phased_out"]].tolist() == ["90"]


def test_status_six_alone_stands():
    status = register.code_list("status")
    assert status.index[status["is_standing"]].tolist() == ["6"]


def test_code_lists_cannot_be_changed_by_a_caller():
    mine = register.code_list("use")
    mine.loc["120", "use_group"] = "castle"
    assert register.code_list("use").loc["120", "use_group"] == "detached_house"
    with pytest.raises(KeyError, match="heating_fuel"):
        register.code_list("fuel")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("use", "codes_bygningsanvendelse.csv"),
        ("heating_installation", "codes_varmeinstallation.csv"),
        ("heating_fuel", "codes_opvarmningsmiddel.csv"),
        ("supplementary_heating", "codes_supplerendevarme.csv"),
        ("status", "codes_status.csv"),
    ],
)
def test_lists_hold_every_official_code(real_data, name, file):
    with (real_data / "bbr" / file).open(encoding="utf-8") as stream:
        official = {row["code"]: row["label_da"] for row in csv.DictReader(stream)}
    assert register.code_list(name)["label_da"].to_dict() == official
