"""Exact conversion factors, and the unit that each name suffix promises."""

from __future__ import annotations

__all__ = [
    "GJ_PER_MWH",
    "HOURS_PER_YEAR",
    "KWH_PER_MWH",
    "KW_PER_MW",
    "M2_PER_KM2",
    "SUFFIX_UNITS",
    "unit_of",
]

KWH_PER_MWH = 1000.0
KW_PER_MW = 1000.0
GJ_PER_MWH = 3.6
M2_PER_KM2 = 1_000_000.0
HOURS_PER_YEAR = 8760

# Longest suffix wins. An empty unit means that the value is a name, a code or a flag.
SUFFIX_UNITS: dict[str, str] = {
    "_dkk_per_mwh": "DKK/MWh",
    "_dkk_per_year": "DKK/year",
    "_dkk_per_km2": "DKK/km2",
    "_dkk_per_m": "DKK/m",
    "_dkk_per_m2": "DKK/m2",
    "_dkk_per_m2_year": "DKK/(m2 year)",
    "_dkk_per_m_year": "DKK/(m year)",
    "_dkk_per_m3": "DKK/m3",
    "_dkk_per_customer": "DKK/customer",
    "_dkk_per_customer_year": "DKK/(customer year)",
    "_dkk_per_kw": "DKK/kW",
    "_dkk_per_kw_year": "DKK/(kW year)",
    "_dkk_per_kw_m": "DKK/(kW m)",
    "_dkk_per_a": "DKK/A",
    "_dkk_per_tonne": "DKK/t",
    "_dkk_per_kg": "DKK/kg",
    "_dkk_per_gj": "DKK/GJ",
    "_dkk_per_mwh_year": "DKK/(MWh/year)",
    "_dkk": "DKK",
    "_eur_per_mwh": "EUR/MWh",
    "_kwh_per_m2_year": "kWh/(m2 year)",
    "_kwh_per_m2": "kWh/m2",
    "_kwh_per_m3_k": "kWh/(m3 K)",
    "_kwh_per_kg": "kWh/kg",
    "_mwh_per_m_year": "MWh/(m year)",
    "_mwh_per_km2_year": "MWh/(km2 year)",
    "_mwh_per_year": "MWh/year",
    "_kg_co2_per_mwh": "kg/MWh",
    "_kg_co2_per_gj": "kg/GJ",
    "_tonne_co2_per_year": "t/year",
    "_tonne_co2": "t",
    "_g_per_gj": "g/GJ",
    "_g_per_mwh": "g/MWh",
    "_gj_per_mwh": "GJ/MWh",
    "_kw_per_a": "kW/A",
    "_w_per_m": "W/m",
    "_w_per_m_k": "W/(m K)",
    "_w_per_m2_k": "W/(m2 K)",
    "_w_per_m2_k2": "W/(m2 K2)",
    "_pa_per_m": "Pa/m",
    "_m_per_s": "m/s",
    "_kg_per_s": "kg/s",
    "_mm2_per_s": "mm2/s",
    "_kj_per_kg_k": "kJ/(kg K)",
    "_kg_per_m3": "kg/m3",
    "_mm": "mm",
    "_w": "W",
    "_kwh": "kWh",
    "_mwh": "MWh",
    "_kw": "kW",
    "_mw": "MW",
    "_km2": "km2",
    "_m2": "m2",
    "_m3": "m3",
    "_ha": "ha",
    "_m": "m",
    "_km": "km",
    "_k_m2_per_w": "K m2/W",
    "_deg": "deg",
    "_month": "month",
    "_c": "degC",
    "_k": "K",
    "_hours": "h",
    "_hours_per_year": "h/year",
    "_share": "1",
    "_share_per_hour": "1/h",
    "_rate": "1/year",
    "_factor": "1",
    "_cop": "1",
    "_efficiency": "1",
    "_ratio": "1",
    "_count": "1",
    "_years": "years",
    "_year": "calendar year",
    "_level": "1",
    "_score": "1",
    "_db": "dB",
    "_a": "A",
    "_id": "",
    "_code": "",
    "_name": "",
    "_source": "",
    "_quality": "",
    "_reason": "",
}


def unit_of(name: str) -> str | None:
    """Give the unit that a name promises by its suffix; the longest suffix wins.

    Parameters
    ----------
    name
        Column or parameter name.

    Returns
    -------
    str or None
        The unit, empty for names, codes and flags, None when no suffix is known.

    Examples
    --------
    >>> unit_of("heat_demand_mwh"), unit_of("loan_rate"), unit_of("is_gas"), unit_of("price")
    ('MWh', '1/year', '', None)
    """
    if name.startswith(("is_", "has_")):
        return ""
    for start in range(len(name)):
        if name[start] == "_" and (unit := SUFFIX_UNITS.get(name[start:])) is not None:
            return unit
    return None
