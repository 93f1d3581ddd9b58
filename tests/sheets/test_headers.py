"""What headers mean; the worst fault would be to take a column for another one."""

from __future__ import annotations

import pytest

from screening.sheets.headers import Meaning, Misread, meaning_of

UNDERSTOOD = {
    "area": ["area", "Område", "OMRÅDE", "omrade", "Delområde", "navn"],
    "town": ["By", "town"],
    "individual_count": ["n_ind", "individual_count", "Individuelt opvarmede bygninger", "n ind.",
                         "Number of individually heated buildings", "Individual buildings"],
    "oil_gas_count": ["n_og", "oil_gas_count", "Antal olie- og gasfyr", "Antal bygn. m. olie/gas", "kunder",
                      "Oil and gas buildings", "Bygninger med olie eller gas", "Antal oliegas", "n.og",
                      "Individuelt opvarmede med olie/gas, antal"],
    "oil_count": ["Antal oliefyr", "oil_count", "oliefyr", "Buildings with oil"],
    "gas_count": ["Antal gasfyr", "gasfyr", "Bygninger m. naturgas"],
    "heat_pump_count": ["hp", "HP", "vp", "Varmepumper", "Antal varmepumper", "Individual heat pumps"],
    "business_count": ["Antal erhverv", "business_count", "Erhvervsbygninger, antal"],
    "public_count": ["Offentlige bygninger", "public_count"],
    "individual_heat_mwh": ["MWh_ind", "Varmebehov individuelle MWh", "individual_heat_mwh"],
    "oil_gas_heat_mwh": ["MWh_og", "Varmebehov olie/gas (MWh/år)", "Heat demand oil/gas [MWh/year]",
                         "Varmebehov, bygninger med olie- og gasfyr", "oil_gas_heat_mwh", "Olie/gas MWh"],
    "oil_heat_mwh": ["Varmebehov olie MWh", "oil_heat_mwh"],
    "gas_heat_mwh": ["MWh gas", "gas_heat_mwh"],
    "density_kwh_per_m2": ["density", "Tæthed", "Varmetæthed kWh/m²", "density (kWh/m2)", "Heat density",
                           "density_kwh_per_m2", "kWh pr. m2"],
    "area_km2": ["area_km2", "Areal (km2)", "Areal [ha]", "areal m²", "Area (ha)", "km²", "Trimmet areal ha"],
    "oil_gas_share": ["og share", "olie/gas-andel", "Andel olie/gas (%)", "oil_gas_share", "% olie/gas"],
    "heat_pump_share": ["hp share", "HP %", "Varmepumpeandel", "heat_pump_share", "vp-andel (pct.)"],
    "heated_area_m2": ["heated_area_m2", "Opvarmet areal", "Opvarmet areal (m2)", "heated m2"],
    "trench_m": ["trench_m", "Tracé (m)"],
    "network_dkk": ["network_dkk", "Fordelingsnet (kr)", "Pris på fordelingsnettet (kr.)", "Netpris [kr]"],
    "network_heat_loss_mwh": ["network_heat_loss_mwh", "Varmetab i fordelingsnet (MWh/år)", "Nettab (MWh)"],
}  # fmt: skip


@pytest.mark.parametrize(("header", "column"), [(h, c) for c, headers in UNDERSTOOD.items() for h in headers])
def test_headers_understood(header, column):
    found = meaning_of(header)
    assert isinstance(found, Meaning), found
    assert found.column == column


@pytest.mark.parametrize(
    ("header", "factor"),
    [
        ("areal (ha)", 0.01),
        ("areal (m2)", 1e-6),
        ("areal (km2)", 1.0),
        ("MWh_og", 1.0),
        ("varmebehov olie/gas kWh", 0.001),
        ("varmebehov olie/gas GWh", 1000.0),
        ("varmebehov olie/gas GJ", 1 / 3.6),
        ("tæthed MWh/ha", 0.1),  # 1,000 kWh on 10,000 m2
    ],
)
def test_units_of_headers(header, factor):
    assert meaning_of(header).factor == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(
    "header",
    ["Bemærkninger", "Kommune", "nr", "Område nr", "Befolkning", "Fjernvarme", "Gadenavn",
     "BBR-år", "dwelling_count",
     "customer_unknown_count", "demand_unknown_count", "is_dense_enough", "original_km2", "2030"],
)  # fmt: skip
def test_headers_of_other_things_are_left_alone(header):
    assert meaning_of(header) is None


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("denisty", "density"),
        ("MWh_ogg", "MWh_og"),
        ("Områd", "område"),
        ("n_idn", "n_ind"),
        ("varmbehov olie/gas MWh", "varmebehov"),
        ("Arel (ha)", "areal"),
        ("areal", "areal (ha)"),
        ("varmebehov (MWh)", "MWh_og or MWh_ind"),
        ("antal bygninger", "n_og or n_ind"),
        ("olie/gas", "MWh"),
        ("Areal af bygninger med olie m2", "opvarmet areal"),
    ],
)
def test_near_misses_say_what_to_write(header, told):
    found = meaning_of(header)
    assert isinstance(found, Misread)
    assert told in found.advice
