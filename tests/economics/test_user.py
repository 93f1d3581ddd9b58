"""Yearly cost of the standard consumer, by hand."""

from __future__ import annotations

import pytest

from screening.economics import user_economy


@pytest.fixture(scope="module")
def costs(one_area, cowi):
    table = user_economy(one_area(50, 905.0, 0.06), cowi)
    return table.set_index(["alternative", "component"])["payment_dkk_per_year"]


def test_gas_by_hand(costs):
    # 18.1 MWh / 0.97 x 848 = 15,823.51; 1,740 x 1.25 = 2,175; 33,000 at 4 % over 20 years = 2,428.20.
    assert costs["gas"].tolist() == pytest.approx([15823.51, 2175, 2428.2], abs=0.01)
    assert costs["gas"].sum() == pytest.approx(20427, abs=1)  # 20,427 in the method


def test_heat_pump_by_hand(costs):
    # 18.1 / 3.35 x 1,230 x 1.25 = 8,307; 2,350 x 1.25 = 2,937.50; 8,946 x 1.25 = 11,182.
    assert costs["heat_pump", "energy"] == pytest.approx(8307, abs=1)
    assert costs["heat_pump", "fixed"] == pytest.approx(2937.5)
    assert costs["heat_pump", "investment"] == pytest.approx(8946 * 1.25, abs=1)
    assert costs["heat_pump"].sum() == pytest.approx(22427, abs=1)


def test_district_heating_tariff_by_hand(costs):
    # 595 x 18.1 x 1.25 = 13,461.88; (24.15 x 130 + 800) x 1.25 = 4,924.38.
    assert costs["district_heating", "energy"] == pytest.approx(13461.88, abs=0.01)
    assert costs["district_heating", "fixed"] == pytest.approx(4924.38, abs=0.01)


def test_a_unit_at_the_customer_raises_the_price_by_its_annuity(one_area, cowi):
    figures = one_area(50, 905.0, 0.06)
    unit = cowi.replace(substation_dkk_per_customer=16000, substation_operation_dkk_per_customer_year=400)
    before, after = (
        user_economy(figures, a).set_index(["alternative", "component"])["payment_dkk_per_year"]
        for a in (cowi, unit)
    )
    # 16,000 x 1.25 at 4 % over 25 years: x 0.0640120 = 1,280.24; 400 x 1.25 = 500.
    rise = (after - before)["district_heating"]
    assert rise["investment"] == pytest.approx(1280.24, abs=0.01)
    assert rise["fixed"] == pytest.approx(500)
