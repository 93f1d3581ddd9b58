"""What the verdict would be where the register may be wrong: by hand, and what must always hold."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from screening import areas as area_stage
from screening import assumptions, economics
from screening.doubt import ALL, COLUMNS, register_doubt

A = assumptions.load("cowi-2022")
CRS = "EPSG:25832"
EAST, NORTH = 720_000.0, 6_210_000.0
CHECKS = pd.DataFrame(
    {
        "check_name": [
            "boiler_gone",
            "maybe_boiler",
            "year_unknown",
            "area_from_outline",
            "area_unknown",
            "odd",
        ],
        "effect": ["may_leave", "may_join", "demand", "demand", "demand", "none"],
    }
)
RESULTS = [
    "npv_project_dkk",
    "npv_alternative_dkk",
    "user_price_district_heating_dkk_per_year",
    "user_price_heat_pump_dkk_per_year",
    "user_price_gas_dkk_per_year",
]


def house(number, area, *, use="120", installation="2", fuel="7", heat=20.0, m2=150.0, source="model"):
    x = EAST + 30 * number + (5000 if area == "Sydby" else 0)
    return {
        "building_id": f"b{number}{area}",
        "area": area,
        "use_code": use,
        "heating_installation_code": installation,
        "heating_fuel_code": fuel,
        "is_oil": (installation, fuel) == ("2", "3"),
        "is_gas": (installation, fuel) == ("2", "7"),
        "heat_demand_mwh": heat,
        "heat_demand_source": source,
        "area_m2": m2,
        "area_source": "outline",
        "geometry": Point(x, NORTH),
    }


def town_of(*houses):
    frame = gpd.GeoDataFrame(list(houses), geometry="geometry", crs=CRS).set_index("building_id")
    return frame.astype({"heating_fuel_code": object})


def outlines(*, bare=()):
    shapes = [box(EAST - 100, NORTH - 100, EAST + 900, NORTH + 100)]
    shapes.append(box(EAST + 4900, NORTH - 100, EAST + 5900, NORTH + 100))
    areas = gpd.GeoDataFrame(
        {"area": ["Nordby", "Sydby"], "town": ["Nordby", "Sydby"]}, geometry=shapes, crs=CRS
    )
    trimmed = areas.copy()
    trimmed.geometry = [Polygon() if n in bare else s for n, s in zip(areas["area"], shapes, strict=True)]
    return areas, trimmed


def flags_of(buildings, **found):
    flags = pd.DataFrame(False, index=buildings.index, columns=CHECKS["check_name"].tolist())
    for name, numbers in found.items():
        flags.loc[buildings.index[list(numbers)], name] = True
    return flags


def doubt(buildings, flags, *, bare=(), with_set=A):
    return register_doubt(buildings, *outlines(bare=bare), with_set, flags=flags, checks=CHECKS)


def figures(count, heat, gas=None, m2=150.0):
    """Key figures of Nordby by hand: all gas unless told, in 1000 m x 200 m = 0.2 km2."""
    gas = count if gas is None else gas
    return pd.DataFrame(
        {
            "area": ["Nordby"], "individual_count": [count], "oil_gas_count": [count],
            "individual_heat_mwh": [heat], "oil_gas_heat_mwh": [heat], "area_km2": [0.2],
            "density_kwh_per_m2": [heat * 1000 / 0.2e6], "oil_gas_share": [1.0], "heat_pump_count": [0],
            "heat_pump_share": [0.0], "oil_count": [count - gas], "gas_count": [gas],
            "business_count": [0], "public_count": [0], "heated_area_m2": [count * m2],
        }
    )  # fmt: skip


def assert_screened_as(row, key_figures):
    expected = economics.screen_areas(key_figures, A).iloc[0]
    for name in RESULTS:
        assert row[name] == pytest.approx(expected[name]), name
    assert row["is_viable"] == expected["is_viable"]
    assert row["advice"] == expected["advice"]


def only(table, check, scenario):
    rows = table[(table["check_name"] == check) & (table["scenario"] == scenario)]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.fixture(scope="module")
def twenty():
    """Twenty gas houses of 20 MWh and two on district heating in Nordby."""
    return town_of(
        *(house(n, "Nordby") for n in range(20)),
        *(house(n, "Nordby", installation="1", fuel=None, heat=10.0) for n in (20, 21)),
    )


def test_who_may_leave_is_no_customer(twenty):
    table = doubt(twenty, flags_of(twenty, boiler_gone=[0, 1, 2]))
    row = only(table, "boiler_gone", "leave")
    assert len(table) == 1
    assert (row["building_count"], row["changed_count"], row["customer_count_change"]) == (3, 3, -3)
    assert row["heat_demand_change_mwh"] == pytest.approx(-60.0)
    assert_screened_as(row, figures(17, 340.0))


def test_who_may_join_comes_with_its_own_demand(twenty):
    row = only(doubt(twenty, flags_of(twenty, maybe_boiler=[20, 21, 0])), "maybe_boiler", "join")
    # The third one found is a customer already.
    assert (row["building_count"], row["changed_count"], row["customer_count_change"]) == (3, 2, 2)
    assert row["heat_demand_change_mwh"] == pytest.approx(20.0)
    assert_screened_as(row, figures(22, 420.0))


def test_an_unknown_demand_becomes_the_mean_of_its_kind():
    buildings = town_of(
        *(house(n, "Nordby", heat=20.0 + n % 2 * 4, m2=140.0) for n in range(10)),
        house(10, "Nordby", use="321", heat=200.0, m2=900.0),
        house(11, "Nordby", installation="9", fuel=None, heat=np.nan, m2=np.nan),
    )
    row = only(doubt(buildings, flags_of(buildings, maybe_boiler=[11])), "maybe_boiler", "join")
    assert row["heat_demand_change_mwh"] == pytest.approx(22.0)  # of the houses, not of the shop
    # Unknown demand of a customer counts when it is to be higher, not when it is to be lower.
    buildings.loc[buildings.index[0], ["heat_demand_mwh", "area_m2"]] = np.nan
    table = doubt(buildings, flags_of(buildings, area_unknown=[0]))
    assert only(table, "area_unknown", "lower")["changed_count"] == 0
    higher = only(table, "area_unknown", "higher")
    assert higher["heat_demand_change_mwh"] == pytest.approx((4 * 20 + 5 * 24) / 9)


def test_a_doubtful_demand_is_tried_lower_and_higher_by_the_stated_share(twenty):
    table = doubt(twenty, flags_of(twenty, year_unknown=[0, 1, 20]))
    share = A.lookup("doubtful_heat_share")["year_unknown"]
    higher, lower = only(table, "year_unknown", "higher"), only(table, "year_unknown", "lower")
    assert (higher["building_count"], higher["changed_count"], higher["customer_count_change"]) == (3, 2, 0)
    assert higher["heat_demand_change_mwh"] == pytest.approx(40 * share)
    assert lower["heat_demand_change_mwh"] == pytest.approx(40 / (1 + share) - 40)
    assert_screened_as(higher, figures(20, 400 + 40 * share))


def test_a_doubtful_area_takes_demand_and_tariff_area_along(twenty):
    row = only(doubt(twenty, flags_of(twenty, area_from_outline=range(20))), "area_from_outline", "higher")
    factor = 1 + A.lookup("doubtful_area_share")["area_from_outline"]
    assert_screened_as(row, figures(20, 400 * factor, m2=150 * factor))


def test_measured_demand_is_not_doubted(twenty):
    measured = twenty.assign(heat_demand_source="measured")
    table = doubt(measured, flags_of(measured, year_unknown=range(20)))
    assert (table["changed_count"] == 0).all()
    assert (table["society_margin_change_dkk"] == 0).all()


def test_floors_matter_only_where_the_area_rests_on_them(twenty):
    checks = pd.DataFrame({"check_name": ["floors_missing"], "effect": ["demand"]})
    flags = pd.DataFrame({"floors_missing": True}, index=twenty.index)
    mixed = twenty.assign(area_source=["outline", *["dwelling_business"] * 21])
    table = register_doubt(mixed, *outlines(), A, flags=flags, checks=checks)
    assert set(table["changed_count"]) == {1}
    assert set(table["building_count"]) == {22}


def test_the_fuel_of_who_joins_is_stated_or_the_commoner_of_the_area(twenty):
    oil = twenty.copy()
    oil.loc[oil.index[20], "heating_fuel_code"] = "3"
    row = only(doubt(oil, flags_of(oil, maybe_boiler=[20, 21])), "maybe_boiler", "join")
    # The one with oil needs 10 of the 420 MWh.
    assert_screened_as(row, figures(22, 420.0, gas=21).assign(oil_heat_mwh=10.0))


def test_a_summer_house_that_joins_counts_as_a_house(twenty):
    summer = twenty.copy()
    summer.loc[summer.index[20], "use_code"] = "510"
    row = only(doubt(summer, flags_of(summer, maybe_boiler=[20])), "maybe_boiler", "join")
    assert (row["changed_count"], row["customer_count_change"]) == (1, 1)


def test_several_checks_count_no_building_twice_and_the_largest_doubt_counts(twenty):
    flags = flags_of(twenty, year_unknown=[0, 1], area_unknown=[1, 2], boiler_gone=[1], maybe_boiler=[20])
    table = doubt(twenty, flags)
    together = table[(table["check_name"] == ALL) & (table["effect"] == "demand")].set_index("scenario")
    assert together.loc["higher", "building_count"] == 3
    heat = A.lookup("doubtful_heat_share")
    share = [heat["year_unknown"], max(heat["year_unknown"], heat["other"]), heat["other"]]
    assert together.loc["higher", "heat_demand_change_mwh"] == pytest.approx(20 * sum(share))
    least = only(table, ALL, "least")
    assert least["customer_count_change"] == -1
    lower = 20 / (1 + share[0]) + 20 / (1 + share[2]) - 40
    assert least["heat_demand_change_mwh"] == pytest.approx(lower - 20)
    assert only(table, ALL, "most")["customer_count_change"] == 1


def test_one_check_is_not_told_again_as_all(twenty):
    assert ALL not in set(doubt(twenty, flags_of(twenty, boiler_gone=[0]))["check_name"])


def test_the_verdict_changes_where_a_hand_made_table_says_so():
    """Where the verdict lies on the edge, told by screening hand-made key figures of 60 to 180 customers."""
    counts = list(range(60, 181))
    hand = pd.concat([figures(n, 30.0 * n).assign(area=f"n{n}") for n in counts])
    viable = economics.screen_areas(hand, A)["is_viable"].to_numpy()
    edge = int(np.flatnonzero(viable)[0])
    assert edge > 0  # not viable with sixty, viable with more
    first = counts[edge]
    houses = [house(n, "Nordby", heat=30.0) for n in range(first)]
    houses = [h | {"geometry": Point(EAST + 5 * n, NORTH)} for n, h in enumerate(houses)]
    buildings = town_of(*houses)
    turned = only(doubt(buildings, flags_of(buildings, boiler_gone=[0])), "boiler_gone", "leave")
    assert turned["verdict_changes"]
    assert not turned["is_viable"]
    boilers = buildings.copy()
    boilers.loc[boilers.index[0], ["is_gas", "heating_installation_code", "heating_fuel_code"]] = [
        False,
        "9",
        None,
    ]
    back = only(doubt(boilers, flags_of(boilers, maybe_boiler=[0])), "maybe_boiler", "join")
    assert back["verdict_changes"]
    assert back["is_viable"]


def test_losing_every_customer_is_told(twenty):
    row = only(doubt(twenty, flags_of(twenty, boiler_gone=range(20))), "boiler_gone", "leave")
    assert row["advice"] == "no_oil_gas"
    assert row["customer_count_change"] == -20
    assert not row["is_viable"]
    assert np.isnan(row["npv_project_dkk"])
    assert np.isnan(row["society_margin_change_dkk"])


def test_an_area_without_outline_gets_one_round_those_who_may_join():
    north = [house(n, "Nordby") for n in range(8)]
    south = [house(n, "Sydby", installation="9", fuel=None) for n in range(8)]
    buildings = town_of(*north, *south)
    table = doubt(buildings, flags_of(buildings, maybe_boiler=range(8, 16)), bare=["Sydby"])
    assert table["area"].tolist() == ["Sydby"]
    row = table.iloc[0]
    assert (row["changed_count"], row["customer_count_change"]) == (8, 8)
    assert row["heat_demand_change_mwh"] == pytest.approx(160.0)
    joined = buildings.assign(is_gas=True)
    drawn = area_stage.delineate(joined, outlines()[0], A)
    key_figures = area_stage.key_figures(joined, drawn, A)
    expected = economics.screen_areas(key_figures[key_figures["area"] == "Sydby"], A).iloc[0]
    assert row["npv_project_dkk"] == pytest.approx(expected["npv_project_dkk"])


def test_scattered_houses_without_outline_stay_outside():
    buildings = town_of(
        *(house(n, "Nordby") for n in range(8)), house(0, "Sydby", installation="9", fuel=None)
    )
    row = doubt(buildings, flags_of(buildings, maybe_boiler=[8]), bare=["Sydby"]).iloc[0]
    assert (row["building_count"], row["changed_count"], row["customer_count_change"]) == (1, 0, 0)
    assert row["advice"] == "no_oil_gas"


def test_an_absurd_demand_does_not_stop_the_screening(twenty):
    bound = A.plausible_heat_per_building_mwh
    huge = twenty.assign(heat_demand_mwh=bound * 0.99)
    row = only(doubt(huge, flags_of(huge, area_from_outline=range(20))), "area_from_outline", "higher")
    assert row["heat_demand_change_mwh"] == pytest.approx(20 * bound * 0.01)


def test_the_base_is_the_verdict_of_the_register_as_it_stands(twenty):
    """A scenario that touches no customer gives exactly what the areas get without any doubt."""
    row = only(doubt(twenty, flags_of(twenty, year_unknown=[20])), "year_unknown", "higher")
    assert row["building_count"] == 1
    assert row["changed_count"] == 0
    assert_screened_as(row, figures(20, 400.0))
    assert not row["verdict_changes"]
    assert row["user_margin_change_dkk_per_year"] == row["society_margin_change_dkk"] == 0


def test_checks_without_effect_and_buildings_outside_all_areas_are_left_out(twenty):
    outside = twenty.assign(area=None)
    assert doubt(outside, flags_of(outside, boiler_gone=[0])).empty
    assert doubt(twenty, flags_of(twenty, odd=range(22))).empty


def test_areas_named_with_a_bar_are_kept_apart(twenty):
    named = twenty.assign(area=[*["Nordby|1"] * 22])
    areas, trimmed = (table.assign(area=["Nordby|1", "Nordby"]) for table in outlines())
    table = register_doubt(named, areas, trimmed, A, flags=flags_of(named, boiler_gone=[0]), checks=CHECKS)
    assert table["area"].tolist() == ["Nordby|1"]
    assert table["customer_count_change"].tolist() == [-1]


@st.composite
def towns(draw):
    installations = st.sampled_from(
        [("2", "7"), ("2", "3"), ("1", None), ("9", None), ("5", "1"), ("99", None)]
    )
    houses = []
    for number in range(draw(st.integers(1, 12))):
        installation, fuel = draw(installations)
        houses.append(
            house(
                number,
                draw(st.sampled_from(["Nordby", "Sydby"])),
                use=draw(st.sampled_from(["120", "140", "321", "510", "910", "999"])),
                installation=installation,
                fuel=fuel,
                heat=draw(st.one_of(st.just(np.nan), st.floats(0, 400))),
                m2=draw(st.one_of(st.just(np.nan), st.floats(1, 4000))),
                source=draw(st.sampled_from(["model", "measured"])),
            )
        )
    buildings = town_of(*houses)
    cells = st.lists(st.booleans(), min_size=len(CHECKS), max_size=len(CHECKS))
    found = [draw(cells) for _ in range(len(buildings))]
    return buildings, pd.DataFrame(found, index=buildings.index, columns=CHECKS["check_name"].tolist())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_what_always_holds(town):
    buildings, flags = town
    table = doubt(buildings, flags)
    assert list(table.columns) == list(COLUMNS)
    assert table.astype(COLUMNS).equals(table)
    assert not table.duplicated(["area", "check_name", "effect", "scenario"]).any()
    assert (table["building_count"] > 0).all()
    assert (table["changed_count"] <= table["building_count"]).all()
    same = table[table["changed_count"] == 0]
    assert not same["verdict_changes"].any()
    assert (same["heat_demand_change_mwh"] == 0).all()
    assert (same["customer_count_change"] == 0).all()
    leave, join = table[table["scenario"] == "leave"], table[table["scenario"] == "join"]
    assert (leave["customer_count_change"] == -leave["changed_count"]).all()
    assert (join["customer_count_change"] == join["changed_count"]).all()
    assert (table.loc[table["scenario"].isin(["lower", "least"]), "heat_demand_change_mwh"] <= 1e-9).all()
    assert (table.loc[table["scenario"].isin(["higher", "most"]), "heat_demand_change_mwh"] >= -1e-9).all()
    # The buildings found are those that the flags name, by area.
    for area, check, count in zip(table["area"], table["check_name"], table["building_count"], strict=True):
        if check != ALL:
            assert count == int(flags.loc[buildings["area"] == area, check].sum())


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_no_flag_no_row(town):
    buildings, flags = town
    table = doubt(buildings, flags & False)
    assert table.empty
    assert list(table.columns) == list(COLUMNS)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_dropping_all_customers_never_fails_and_is_told(town):
    buildings, flags = town
    table = doubt(buildings, (flags & False).assign(boiler_gone=True))
    customers = area_stage.key_figures(buildings, outlines()[1], A).set_index("area")["oil_gas_count"]
    assert (table["advice"] == "no_oil_gas").all()
    assert (table["customer_count_change"].to_numpy() == -customers.loc[table["area"]].to_numpy()).all()
