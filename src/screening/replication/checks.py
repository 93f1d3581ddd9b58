"""The note held against itself: where two of its numbers say the same, and where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from screening import communities
from screening.finance import annual_payment, annuity_factor
from screening.replication.fit import fitted_lines
from screening.replication.margins import readings
from screening.replication.published import check_texts, published, table_1, table_3, value
from screening.replication.words import fill
from screening.supply import plant
from screening.units import KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.assumptions import Assumptions

__all__ = ["SOURCE_VERDICTS", "source_checks"]

SOURCE_VERDICTS = ("contradicts", "odd", "agrees")

_Table = Any  # a pandas table of which single numbers are read; pandas types them as anything
_PRICE = "user_price_district_heating_dkk_per_year"
_GAS, _HEAT_PUMP = "user_price_gas_dkk_per_year", "user_price_heat_pump_dkk_per_year"
_DENSE = ["Hellebæk", "Kvistgård1", "Kvistgård2"]
_ODD = "Ålsgårde3"
_SMALL_KW, _LARGE_KW = 7.0, 160.0  # the two heat pumps of the note


class _Check(NamedTuple):
    """One number of the note, another that should be the same, and what rounding explains of it."""

    name: str
    one: float
    other: float
    numbers: dict[str, float]
    tolerance_share: float = 0.005


def source_checks(assumptions: Assumptions) -> pd.DataFrame:
    """Check the note's numbers against one another.

    Parameters
    ----------
    assumptions
        The set; only the checks that need a number which the note does not print use it, and say so.

    Returns
    -------
    pandas.DataFrame
        name; one, other: two numbers that ought to be equal, in the same unit; difference_share (one over
        other, less 1) [1]; verdict ("contradicts", "odd" where the two need not be equal but the note leaves
        the difference unexplained, "agrees"); title_da, title_en, text_da, text_en, the arithmetic in
        words. What contradicts comes first.
    """
    found = [
        *_table_1_checks(),
        *_power_checks(assumptions),
        *_price_checks(assumptions),
        *_plant_checks(assumptions),
        *_result_checks(assumptions),
        *_community_checks(assumptions),
    ]
    words: _Table = check_texts()
    rows = []
    for check in found:
        share = check.one / check.other - 1.0
        numbers = check.numbers | {"one": check.one, "other": check.other, "difference": share}
        row = {"name": check.name, "one": check.one, "other": check.other, "difference_share": share}
        row["verdict"] = _verdict(check, words.loc[check.name, "kind"])
        for language in ("da", "en"):
            row[f"title_{language}"] = words.loc[check.name, f"title_{language}"]
            row[f"text_{language}"] = fill(str(words.loc[check.name, f"text_{language}"]), numbers, language)
        rows.append(row)
    table = pd.DataFrame(rows)
    order = {name: place for place, name in enumerate(SOURCE_VERDICTS)}
    return table.sort_values("verdict", key=lambda v: v.map(order), kind="stable", ignore_index=True)


def _verdict(check: _Check, kind: str) -> str:
    if kind == "odd":
        return "odd"
    return "agrees" if abs(check.one / check.other - 1.0) <= check.tolerance_share else "contradicts"


def _table_1_checks() -> Iterator[_Check]:
    t: _Table = table_1().set_index("area")
    # A printed share may be any within half a per cent of a quotient of numbers rounded to whole MWh.
    low = (t["oil_gas_heat_mwh"] - 0.5) / (t["individual_heat_mwh"] + 0.5)
    high = (t["oil_gas_heat_mwh"] + 0.5) / (t["individual_heat_mwh"] - 0.5)
    explained = (t["oil_gas_share"] >= low - 0.005) & (t["oil_gas_share"] <= high + 0.005)
    plain = t["oil_gas_heat_mwh"] / t["individual_heat_mwh"]
    worst = (plain - t["oil_gas_share"]).abs().idxmax()
    worst_share = {"plain": plain[worst], "printed": t.loc[worst, "oil_gas_share"], "high": high[worst]}
    yield _Check("oil_gas_share", explained.sum(), len(t), worst_share)
    pumps = t["heat_pump_count"] / t["individual_count"]
    yield _Check("heat_pump_share", ((pumps - t["heat_pump_share"]).abs() <= 0.005).sum(), len(t), {})
    told: _Table = table_3()
    same = told["customer_count"] == t.loc[told.index, "oil_gas_count"]
    havreholm = {"havreholm": told.loc["Havreholm", "customer_count"]}
    yield _Check("customers", same.sum(), len(told), havreholm)
    ground = t["area_km2"] * M2_PER_KM2 / t["oil_gas_count"]
    km2 = {"total": t["area_km2"].sum(), "least": ground.min(), "most": ground.max()}
    industrial = km2 | {"kvistgaard2": ground["Kvistgård2"], "kvistgaard3": ground["Kvistgård3"]}
    yield _Check("implied_area", ground["Kvistgård2"], ground["Kvistgård3"], industrial)
    rest = (t["individual_heat_mwh"] - t["oil_gas_heat_mwh"]) / (t["individual_count"] - t["oil_gas_count"])
    odd = {"horsered": rest["Horserød"], "usual": rest.median()}
    yield _Check("horsered_rest", rest["Horserød"], rest.median(), odd)
    small = t["oil_gas_count"]
    criterion = {
        "density": t.loc["Havreholm", "density_kwh_per_m2"],
        "criterion": value("density_criterion_kwh_per_m2"),
    }
    yield _Check("unattractive", small["Havreholm"], small["Skibstrup"], criterion)


def _power_checks(a: Assumptions) -> Iterator[_Check]:
    heat, line_kw = value("standard_consumer_heat_mwh"), value("service_line_kw", "bolig")
    dwelling_h, community_h = heat * KWH_PER_MWH / line_kw, value("community_full_load_hours", "7 kW")
    together_h = KWH_PER_MWH / value("community_capacity_kw_per_mwh")
    pump_h = heat * KWH_PER_MWH / _SMALL_KW
    need_kw = heat * KWH_PER_MWH / community_h
    hours = {"dwelling": dwelling_h, "community": community_h, "together": together_h, "pump": pump_h}
    yield _Check("full_load_hours", dwelling_h, community_h, hours)
    small, large = (value("community_heat_pump_payment_dkk_per_year", k) for k in ("7 kW", "160 kW"))
    slope = (large - small) / (_LARGE_KW - _SMALL_KW)
    more = slope * (need_kw - _SMALL_KW) * (1.0 + a.vat_share)
    larger = {"need": need_kw, "more": more, "line_kw": line_kw, "pump": pump_h}
    yield _Check("user_heat_pump_size", need_kw, _SMALL_KW, larger | {"heat_pump_price": value(_HEAT_PUMP)})
    kinds = ("bolig", "erhverv", "offentlig")
    dkk, kw = ([value(f"service_line_{unit}", k) for k in kinds] for unit in ("dkk", "kw"))
    per_kw = dict(zip(kinds, (d / k for d, k in zip(dkk, kw, strict=True)), strict=True))
    steps = {
        "step1": (dkk[1] - dkk[0]) / (kw[1] - kw[0]),
        "step2": (dkk[2] - dkk[1]) / (kw[2] - kw[1]),
    }
    yield _Check("service_line_scale", steps["step2"], steps["step1"], per_kw | steps)


def _price_checks(a: Assumptions) -> Iterator[_Check]:
    gas, power = value("gas_price_dkk_per_mwh"), value("electricity_price_dkk_per_mwh")
    read: _Table = readings(a)
    prices = {"gas": gas, "power": power}
    prices |= {"gas_out": read.loc["gas_without_vat", _GAS], "gas_in": read.loc["as_set", _GAS]}
    prices |= {
        "power_in": read.loc["electricity_with_vat", _HEAT_PUMP],
        "power_out": read.loc["as_set", _HEAT_PUMP],
    }
    told = {"told_gas": value(_GAS), "told_pump": value(_HEAT_PUMP)}
    yield _Check("vat", read.loc["gas_without_vat", _GAS], value(_GAS), prices | told, 0.01)
    made = value("heat_production_dkk_per_mwh")
    use = float(plant.electricity_use(1.0, a))
    share = value("heat_pump_heat_share")
    boiler = (1.0 - share) / a.electric_boiler_efficiency
    heat = {"made": made, "power": power, "at_power": use * power, "implied": made / use}
    heat |= {"cop": share / (made / power - boiler), "set_cop": a.plant_heat_pump_cop}
    yield _Check("heat_production", use * power, made, heat, 0.02)
    small, large = (value("community_heat_pump_price_dkk", k) for k in ("7 kW", "160 kW"))
    surcharge = 1.0 + value("community_small_unit_surcharge_share")
    rate = value("community_rate")
    per_kw = {"small": small / _SMALL_KW, "bare": small / surcharge / _SMALL_KW, "large": large / _LARGE_KW}
    per_kw |= {f"years{n}": float(annual_payment(small, rate, n)) for n in (15, 16, 20)}
    payment = value("community_heat_pump_payment_dkk_per_year", "7 kW")
    yield _Check("heat_pump_payment", per_kw["years16"], payment, per_kw | {"printed": payment})
    # With the surcharge at one end only, the straight line between the sizes is too flat.
    span_kw = _LARGE_KW - _SMALL_KW
    slopes = {"with": (large - small) / span_kw, "without": (large - small / surcharge) / span_kw}
    yield _Check("surcharge_on_the_line", slopes["with"], slopes["without"], per_kw | slopes)


def _plant_checks(a: Assumptions) -> Iterator[_Check]:
    table = published()
    table = table[table["chapter"].eq("plant") & table["area"].str.fullmatch(r"\d+ kW")]
    rows = table.pivot_table(index="area", columns="quantity", values="value", sort=False)
    size = rows.index.str.removesuffix(" kW").astype(float)
    power = rows["plant_heat_pump_kw"] + rows["plant_electric_boiler_kw"]
    short = {"short_rows": float((power.to_numpy() < size.to_numpy()).sum()), "rows": float(len(rows))}
    short |= {"power": power.iloc[1], "size": size[1], "first": power.iloc[0], "first_size": size[0]}
    yield _Check("plant_power", power.iloc[1], size[1], short)
    module = rows["plant_dkk"].iloc[1] - rows["plant_dkk"].iloc[0]  # one heat pump more, the same tank
    tank = rows["plant_dkk"].iloc[0] - module
    tanks = rows["plant_tank_m3"] / rows["plant_tank_m3"].iloc[0]
    built = module * rows["plant_heat_pump_count"] + tank * tanks
    same = built.eq(rows["plant_dkk"]).sum()
    middle = {"between": float(plant.plant_price(1750.0, a)), "step": tank, "module": module}
    yield _Check("plant_price_parts", same, len(rows), middle)
    first = {"boiler": rows["plant_electric_boiler_kw"].iloc[0], "half": size[0] / 2.0}
    yield _Check("first_boiler", first["boiler"], first["half"], first)


def _result_checks(a: Assumptions) -> Iterator[_Check]:
    told: _Table = table_3()
    lines: _Table = fitted_lines()
    lines = lines[lines["side"] == "project"].set_index(["weighting", "left_out"]).sort_index()
    off = lines[_ODD]
    others = lines.loc[("share", ""), list(told.index.drop(_ODD))].astype(float).abs().max()
    result = told.loc[_ODD, "npv_project_dkk"]
    seen = {"least": -off.max(), "most": -off.min(), "others": others, "result": result / 1e6}
    line = result / (1.0 + float(off[("kroner", "")]))
    yield _Check("aalsgaarde3", result, line, seen | {"line": line / 1e6}, 0.1)
    yearly = float(annuity_factor(a.user_rate, a.contribution_term_years)) * (1.0 + a.vat_share)
    price, dense = told.loc[_ODD, _PRICE], told.loc[_DENSE, _PRICE]
    more = {"price": price, "dense": dense.mean(), "more": price - dense.mean()}
    more |= {"contribution": (price - dense.mean()) / yearly}
    yield _Check("aalsgaarde3_price", price, dense.mean(), more | seen)
    spread = {"low": dense.min(), "high": dense.max(), "spread": dense.max() - dense.min()}
    spread |= {"contribution": (dense.max() - dense.min()) / yearly}
    yield _Check("dense_prices", dense.max(), dense.min(), spread)
    customers: _Table = fitted_lines().set_index(["side", "weighting", "left_out"])["dkk_per_customer"]
    per_customer = customers["project_with_customers", "kroner", ""]
    factor, line_dkk = value("net_tax_factor"), value("service_line_dkk", "bolig")
    per_mwh = line_dkk / value("service_line_kw", "bolig") * KWH_PER_MWH / value("customer_full_load_hours")
    lines_seen = {"found": per_customer, "expected": line_dkk * factor, "per_mwh": per_mwh * factor}
    yield _Check("service_lines_in_results", per_customer, line_dkk * factor, lines_seen)
    cheaper = told[_PRICE] < min(value(_GAS), value(_HEAT_PUMP))
    better = told["npv_project_dkk"] < told["npv_alternative_dkk"]
    yield _Check("verdict_rule", ((cheaper & better) == told["is_viable"]).sum(), len(told), {})
    few = told["is_viable"] & (told["customer_count"] < value("min_customer_count"))
    yield _Check(
        "fewest_customers",
        told.loc["Kvistgård2", "customer_count"],
        value("min_customer_count"),
        {"count": float(few.sum())},
    )


def _community_checks(a: Assumptions) -> Iterator[_Check]:
    table = published().set_index(["quantity", "area"])["value"]
    count, largest = table["community_count"], table["community_largest_count"]
    above = table["community_is_collective_supply"]
    told = {"text_count": count["i teksten"], "table_count": count["i tabellen"], "above": above.sum()}
    told |= {"text_largest": largest["i teksten"], "table_largest": largest["i tabellen"]}
    yield _Check("community_count", count["i teksten"], count["i tabellen"], told)
    kw = table["community_heat_demand_mwh"] * value("community_capacity_kw_per_mwh")
    exact = ((kw - table["community_capacity_kw"]).abs() <= 0.75).sum()
    flagged = ((kw > value("community_collective_supply_kw")) == (above == 1.0)).sum()
    yield _Check("community_kw", exact, len(kw), {"flagged": float(flagged)})
    loss: _Table = communities.derived_constants(a).set_index("name")
    row = loss.loc["community_loss_dkk_per_m_year"]
    yield _Check("community_loss", float(row["used"]), float(row["derived"]), {})
    row = loss.loc["community_scale_saving_dkk_per_mwh"]
    scale = {"used": float(row["used"]), "derived": float(row["derived"])}
    yield _Check("community_scale", scale["used"], scale["derived"], scale)
    yield _scale_left_out(a)
    pipe = value("community_service_line_price_dkk_per_m")
    long_life = float(annual_payment(pipe, value("loan_rate"), value("horizon_years")))
    used = value("community_service_line_dkk_per_m_year")
    reach = {"long": long_life, "used": used, "loss": value("community_loss_dkk_per_m_year")}
    reach["further"] = (used + reach["loss"]) / (long_life + reach["loss"]) - 1.0
    yield _Check("community_pipe_life", used, long_life, reach)


def _scale_left_out(a: Assumptions) -> _Check:
    """Two neighbours of 7 kW: what the note's payment line says they save, and what its formula says."""
    slope, fixed = communities.payment_line(a)
    heat = value("community_heat_mwh", "7 kW")
    alone = 2.0 * (fixed + slope * _SMALL_KW)
    together = fixed + slope * float(communities.shared_capacity(2.0 * heat, a))
    pipe = value("community_service_line_dkk_per_m_year") + value("community_loss_dkk_per_m_year")
    formula = float(communities.max_distance([heat], a)[0]) * pipe * 2.0
    numbers = {"alone": alone, "together": together, "saved": alone - together, "formula": formula}
    numbers |= {"fixed": fixed, "reach": (alone - together) / 2.0 / pipe, "told": formula / 2.0 / pipe}
    return _Check("scale_left_out", formula, alone - together, numbers, 0.05)
