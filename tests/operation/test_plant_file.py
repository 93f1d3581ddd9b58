"""Bad plant files: each is told in one line with key, value and what is allowed."""

from __future__ import annotations

import copy
import re

import numpy as np
import pandas as pd
import pytest
import yaml

from screening import assumptions
from screening.errors import InputFileError
from screening.operation import example_plants, load_plant

A = assumptions.load()
GOOD = """
name: Test plant
year: 2025
demand: {heat_mwh_per_year: 6000, supply_c: 70, return_c: 40}
tank: {volume_m3: 300, temperatures_c: [70, 40], start_share: [0.5, 0.5]}
electricity: {spot: default, tariff: radius-2025 B-lav}
fuels:
  natural_gas: {price_dkk_per_mwh: 390, co2_kg_per_mwh: 205}
units:
  - {name: pump, kind: heat_pump, electric_capacity_mw: 0.4, source: outdoor_air}
  - name: gas_boiler
    kind: fuel_boiler
    fuel: natural_gas
    heat_capacity_mw: 2.5
    efficiency: 1.02
    minimum_load_mw: 0.25
    taxes: [{name: energy tax, dkk_per_gj_heat: 47.3}]
"""


def write(folder, text=GOOD, **files):
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    path = folder / "plant.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def hourly(count, start="2025-01-01", value=lambda hour: 300 + hour % 24):
    stamps = pd.date_range(start, periods=count, freq="h").strftime("%Y-%m-%d %H:%M")
    rows = "\n".join(f"{stamp},{value(hour)}" for hour, stamp in enumerate(stamps))
    return f"utc,price\n{rows}\n"


def test_the_good_file_is_good(tmp_path):
    plant = load_plant(write(tmp_path))
    assert list(plant.units) == ["pump", "gas_boiler"]
    assert plant.demand_mw.sum() == pytest.approx(6000)


SPOT = ("spot: default", "spot: {file: prices.csv, column: price}")
# What is written instead of what; the key, the value and what is allowed that the error must name.
CASES = {
    "unknown kind": (
        "kind: heat_pump",
        "kind: heatpump",
        ["units.pump.kind", "'heatpump'", "heat_pump", "Did you mean"],
    ),
    "kind missing": ("kind: heat_pump, ", "", ["units.pump.kind is missing", "electric_boiler"]),
    "misspelled key": (
        "heat_capacity_mw",
        "heat_capasity_mw",
        ["units.gas_boiler.heat_capasity_mw", "Did you mean heat_capacity_mw"],
    ),
    "misspelled key at the top": ("fuels:", "fuel:", ["fuel is", "Did you mean fuels"]),
    "negative capacity": (
        "electric_capacity_mw: 0.4",
        "electric_capacity_mw: -0.4",
        ["units.pump.electric_capacity_mw is -0.4", "above 0 [MW electricity]"],
    ),
    "text for a number": (
        "volume_m3: 300",
        "volume_m3: large",
        ["tank.volume_m3 is 'large'", "a number from 0 [m3]"],
    ),
    "number in quotation marks": (
        "volume_m3: 300",
        "volume_m3: '300'",
        ["tank.volume_m3 is '300'", "without quotation marks"],
    ),
    "decimal comma": (
        "efficiency: 1.02",
        "efficiency: 1,02",
        ["units.gas_boiler.efficiency is '1,02'", "decimal point"],
    ),
    "yes for a number": ("volume_m3: 300", "volume_m3: yes", ["tank.volume_m3 is True", "a number from 0"]),
    "not a number": ("volume_m3: 300", "volume_m3: .nan", ["tank.volume_m3 is nan", "a number from 0"]),
    "efficiency 0": ("efficiency: 1.02", "efficiency: 0", ["units.gas_boiler.efficiency is 0", "above 0"]),
    "minimum above maximum": (
        "minimum_load_mw: 0.25",
        "minimum_load_mw: 3",
        ["units.gas_boiler.minimum_load_mw is 3", "2.5"],
    ),
    "temperatures not sorted": (
        "[70, 40], start",
        "[40, 70], start",
        ["tank.temperatures_c is [40.0, 70.0]", "from the hottest down"],
    ),
    "shares not summing to one": ("[0.5, 0.5]", "[0.5, 0.4]", ["tank.start_share is [0.5, 0.4]", "sum to 1"]),
    "too many shares": ("[0.5, 0.5]", "[0.5, 0.3, 0.2]", ["tank.start_share", "2 shares"]),
    "temperature that is no layer": (
        "source: outdoor_air}",
        "source: outdoor_air, lift: {from_c: 40, to_c: 80}}",
        ["units.pump.lift.to_c is 80", "70, 40 C"],
    ),
    "lift downwards": (
        "source: outdoor_air}",
        "source: outdoor_air, lift: {from_c: 70, to_c: 40}}",
        ["units.pump.lift.to_c is 40", "above from_c, 70 C"],
    ),
    "return above supply": (
        "return_c: 40",
        "return_c: 75",
        ["demand.supply_c is 70", "above return_c, 75 C"],
    ),
    "unknown fuel": (
        "fuel: natural_gas",
        "fuel: natural_gass",
        ["units.gas_boiler.fuel is 'natural_gass'", "Did you mean natural_gas"],
    ),
    "unknown source": (
        "source: outdoor_air",
        "source: outdoor_water",
        ["units.pump.source is 'outdoor_water'", "Did you mean outdoor_air"],
    ),
    "neither source nor cop": (", source: outdoor_air", "", ["units.pump.source is missing", "cop"]),
    "unknown tariff": (
        "radius-2025 B-lav",
        "radius-2025 B-low",
        ["electricity.tariff is 'radius-2025 B-low'", "Did you mean radius-2025 B-lav"],
    ),
    "no price of electricity": (
        "electricity: {spot: default, tariff: radius-2025 B-lav}\n",
        "",
        ["electricity is missing", "pump"],
    ),
    "part of the price missing": (
        "tariff: radius-2025 B-lav",
        "system_dkk_per_mwh: 44",
        ["electricity.energy_tax_dkk_per_mwh is missing", "tariff"],
    ),
    "two names alike": ("name: gas_boiler", "name: pump", ["units.pump.name is 'pump'", "no other unit"]),
    "a name with a space": (
        "name: gas_boiler",
        "name: gas boiler",
        ["units.gas boiler.name is 'gas boiler'", "letters, digits and underscores"],
    ),
    "no units": (GOOD[GOOD.index("units:") :], "units: []\n", ["units is []", "one unit or more"]),
    "units missing": (GOOD[GOOD.index("units:") :], "", ["units is missing", "one unit or more"]),
    "two bases of a tax": (
        "dkk_per_gj_heat: 47.3",
        "dkk_per_gj_heat: 47.3, dkk_per_mwh_fuel: 1",
        ["units.gas_boiler.taxes.energy tax", "exactly one basis"],
    ),
    "prices before the year": (
        "price_dkk_per_mwh: 390",
        "price_dkk_per_mwh: {2030: 390}",
        ["fuels.natural_gas.price_dkk_per_mwh is [2030]", "2025"],
    ),
    "peak below the mean": (
        "heat_mwh_per_year: 6000",
        "heat_mwh_per_year: 6000, peak_mw: 0.5",
        ["demand.peak_mw is 0.5", "above the year's mean, 0.685"],
    ),
    "no heat at all": (
        "heat_mwh_per_year: 6000",
        "heat_mwh_per_year: 6000, profile: 0",
        ["demand.profile is 0 in all hours"],
    ),
    "unknown series file": (*SPOT, ["electricity.spot", "prices.csv", "does not exist"]),
    "a list for a number": (
        "volume_m3: 300",
        "volume_m3: [300]",
        ["tank.volume_m3 is [300]", "a number from 0"],
    ),
    "a day that is none": (
        "year: 2025",
        "period: {first_day: 2025-02-30, last_day: 2025-12-31}",
        ["period.first_day is '2025-02-30'", "2025-01-01"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_told_in_one_line(tmp_path, case):
    old, new, told = CASES[case]
    assert GOOD.count(old) == 1 or case == "misspelled key at the top"
    path = write(tmp_path, GOOD.replace(old, new, 1))
    error = one_line(path)
    assert [words for words in told if words not in error] == []


def one_line(path) -> str:
    with pytest.raises(InputFileError) as caught:
        load_plant(path, assumptions=A)
    error = str(caught.value)
    assert "\n" not in error
    assert error.startswith(str(path))
    assert len(error) < 420 + len(str(path))
    return error


@pytest.mark.parametrize(
    ("prices", "told"),
    [
        (hourly(8000), ["electricity.spot (prices.csv) lacks 760 of 8760 hours", "2025-11-30 08:00"]),
        (
            hourly(8760).replace("2025-03-01 05:00,305\n", ""),
            ["lacks 1 of 8760 hours", "2025-03-01 05:00 UTC"],
        ),
        (
            hourly(8760).replace("2025-03-01 05:00,305", "2025-03-01 05:00,"),
            ["lacks 1 of 8760", "2025-03-01 05:00"],
        ),
        (
            hourly(8760).replace("2025-03-01 05:00,305", "2025-03-01 05:00,abc"),
            ["electricity.spot: prices.csv", "abc"],
        ),
        (
            hourly(8760).replace("utc,", "time,"),
            ["electricity.spot: prices.csv", "time, price", "utc"],
        ),
        (
            hourly(8760).replace("utc,price", "utc,prise"),
            ["electricity.spot.column is 'price'", "Did you mean prise"],
        ),
        (hourly(8760, "2024-01-01"), ["lacks 8760 of 8760 hours"]),
        ("", ["electricity.spot: prices.csv is empty"]),
    ],
    ids=["too short", "a gap", "an empty value", "text", "no utc", "unknown column", "another year", "empty"],
)
def test_a_bad_series_is_told_in_one_line(tmp_path, prices, told):
    text = GOOD.replace(*SPOT).replace("year: 2025", "period: {first_day: 2025-01-01, last_day: 2025-12-31}")
    error = one_line(write(tmp_path, text, prices=prices))
    assert [words for words in told if words not in error] == []


ODD = [
    None,
    -1,
    1e9,
    "x",
    True,
    [],
    {},
    [1],
    {"a": 1},
    float("inf"),
    {2020: "x"},
    "default",
    {"file": "no.csv"},
]


def places(content, place=()):
    """Give every key of a content, however deep."""
    inside = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in inside:
        yield (*place, key)
        if isinstance(value, dict | list):
            yield from places(value, (*place, key))


@pytest.mark.parametrize("seed", range(3))
def test_odd_values_anywhere_are_read_or_refused_in_one_line(tmp_path, seed):
    rng = np.random.default_rng(seed)
    for name in ("chip-alternative", "solar-alternative"):
        content = yaml.safe_load(example_plants()[name].read_text(encoding="utf-8"))
        known = list(places(content))
        for place in rng.choice(len(known), 7, replace=False):
            changed = copy.deepcopy(content)
            part = changed
            for key in known[place][:-1]:
                part = part[key]
            part[known[place][-1]] = ODD[rng.integers(len(ODD))]
            path = write(tmp_path, yaml.safe_dump(changed, sort_keys=False))
            try:
                load_plant(path, assumptions=A)
            except InputFileError as error:
                assert "\n" not in str(error)  # noqa: PT017
                assert str(error).startswith(str(path))  # noqa: PT017


def test_an_empty_a_missing_and_a_broken_file_are_told(tmp_path):
    assert "is empty" in one_line(write(tmp_path, "# nothing\n"))
    assert "name, demand and units" in one_line(write(tmp_path, "- a list\n"))
    assert "line 4 is not readable as YAML" in one_line(
        write(tmp_path, "name: x\nyear: 2025\ndemand:\n\t- tab\n")
    )
    assert "line 3 is not readable as YAML: the key 'name' stands twice" in one_line(
        write(tmp_path, "name: x\nyear: 2025\nname: y\n")
    )
    (tmp_path / "latin.yaml").write_bytes("name: Værk\n".encode("latin-1"))
    assert "UTF-8" in one_line(tmp_path / "latin.yaml")
    assert "small-town" in one_line(tmp_path / "none.yaml")
    assert "is a folder" in one_line(tmp_path)


def test_several_faults_stand_in_one_line(tmp_path):
    bad = GOOD.replace("volume_m3: 300", "volume_m3: -1").replace("efficiency: 1.02", "efficiency: 9")
    error = one_line(write(tmp_path, bad))
    assert "tank.volume_m3 is -1" in error
    assert "units.gas_boiler.efficiency is 9" in error


def test_a_hole_in_the_heat_of_a_part_of_a_year_is_refused(tmp_path):
    text = GOOD.replace("heat_mwh_per_year: 6000", "heat_mwh_per_year: 6000, profile: heat.csv")
    error = one_line(write(tmp_path, text, heat=hourly(1000)))
    assert "demand.heat_mwh_per_year is 6000" in error
    assert "1000 hours" in error
    negative = text.replace("heat_mwh_per_year: 6000, ", "")
    told = one_line(write(tmp_path, negative, heat=hourly(1000, value=lambda hour: 5 - hour)))
    assert "demand.profile is -994" in told


@pytest.mark.parametrize("name", sorted(example_plants()))
def test_the_examples_are_read_and_every_changed_key_is_checked(name):
    text = example_plants()[name].read_text(encoding="utf-8")
    plant = load_plant(name)
    assert plant.name == yaml.safe_load(text)["name"]
    assert plant.is_synthetic
    with pytest.raises(InputFileError, match=re.escape("tank.volume_m3 is -5")):
        plant.changed({"tank.volume_m3": -5})
