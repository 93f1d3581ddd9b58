"""Plant and network: the note's table, hand calculations, monotony."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import assumptions
from screening.supply import (
    INVESTMENTS,
    Customers,
    capacity,
    design,
    electricity_use,
    grid_connection_price,
    heat_loss,
    network_price,
    plant_price,
    plant_units,
    service_line_price,
    transmission_price,
)

COWI = assumptions.load("cowi-2022")


def test_plant_table_of_the_note():
    sizes = [500, 1000, 1500, 2000, 2500, 3000]
    prices = [2_700_000, 4_900_000, 7_100_000, 9_800_000, 12_000_000, 14_200_000]
    assert plant_price(sizes, COWI).tolist() == prices
    units = plant_units(sizes, COWI)
    assert units["heat_pump_kw"].tolist() == [225, 450, 675, 900, 1125, 1350]
    assert units["electric_boiler_kw"].tolist() == [375, 500, 750, 1000, 1250, 1500]
    assert units["tank_m3"].tolist() == [100, 100, 100, 200, 200, 200]


def test_plant_between_below_and_above_the_rows():
    # Between: (4.9 + 7.1)/2. Below: 5,400 DKK/kW. Above: 14.2 million + 1,000 kW x 4,400 DKK/kW.
    assert plant_price([1250, 100, 4000], COWI).tolist() == pytest.approx([6.0e6, 540_000, 18.6e6])
    # Tank: the next larger row; above the last in proportion; none without plant.
    assert plant_units([0, 10, 1600, 6000], COWI)["tank_m3"].tolist() == [0, 100, 200, 400]


def test_capacity_and_electricity_by_hand():
    assert capacity(822.0, 4110.0) == pytest.approx(200.0)
    # 100 MWh: 93/2.95 + 7/0.99 = 31.525 + 7.071 MWh.
    assert electricity_use(100.0, COWI) == pytest.approx(38.596, abs=0.001)


def test_grid_connection_by_hand():
    # 450 kW of heat at COP 2.0 is 225 kW; boiler 500/0.99 = 505.05 kW; 730.05/0.69 = 1,058.05 A x 1,145.
    assert grid_connection_price(450, 500, COWI) == pytest.approx(1_211_466, abs=50)


def test_network_and_loss_by_hand():
    assert network_price(0.2, COWI) == pytest.approx(13_000_000)
    # 0.2 km2 x 1,125 + 100 x 0.63 = 288 MWh.
    assert heat_loss(0.2, 100, COWI) == pytest.approx(288.0)


def test_heat_loss_rows_follow_from_the_published_figures():
    # 65 million with 30 % on top, pipes at 4,000 DKK/m, 0.09 MWh per metre and year; 28,000 DKK of line.
    assert pytest.approx(COWI.network_heat_loss_mwh_per_km2_year) == 65e6 / 1.3 / 4000 * 0.09
    assert pytest.approx(COWI.service_line_heat_loss_mwh_per_year) == 28000 / 4000 * 0.09


def test_service_lines_by_customer_type():
    hours = COWI.customer_full_load_hours / 1000
    for kind, kw, price, share in (
        ("dwelling", 8.5, 28000, (0.0, 0.0)),
        ("business", 19.7, 31000, (1.0, 0.0)),
        ("public", 23.7, 50000, (0.0, 1.0)),
    ):
        found = service_line_price(10, 10 * kw * hours, *share, COWI)
        assert found == pytest.approx(10 * price), kind
    # 10 kW above a dwelling's 8.5: 28,000 + 10 x 268.
    assert service_line_price(1, 18.5 * hours, 0.0, 0.0, COWI) == pytest.approx(30_680)


@given(st.floats(0, 5000), st.floats(0, 5000))
def test_larger_is_never_cheaper(one, other):
    low, high = sorted((one, other))
    for price in (plant_price, transmission_price):
        assert price(low, COWI) <= price(high, COWI) + 1e-6


def test_design_has_a_price_for_every_investment_and_conserves_heat():
    names = pd.Index(["a", "b"], name="area")
    none, unknown = np.zeros(2), np.full(2, np.nan)
    heat = np.array([200.0, 4000.0])
    found = design(
        Customers(names, none, np.array([10.0, 200.0]), none, heat, none, np.array([0.02, 0.3]), none, none,
                  unknown, unknown, none, unknown, unknown, unknown),
        COWI,
    )  # fmt: skip
    assert (found.produced_mwh == heat + found.heat_loss_mwh).all()
    assert list(found.investment_dkk) == list(INVESTMENTS)
    assert all((price > 0).all() for price in found.investment_dkk.values())
    assert found.total_dkk.tolist() == sum(found.investment_dkk.values()).tolist()
