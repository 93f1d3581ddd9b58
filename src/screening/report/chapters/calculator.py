"""A small calculator in the page: the reader's own house, from prices that Python has worked out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from screening.report.elements import heading, paragraph

if TYPE_CHECKING:
    from screening.report.texts import Texts
    from screening.views import Town

__all__ = ["calculator"]

_ALTERNATIVES = ("district_heating", "heat_pump", "gas", "oil")
_COMPARED = ("heat_pump", "gas")


def calculator(town: Town, t: Texts) -> Markup | str:
    """Write the inputs, the table of the four bills and what the script needs.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup or str
        HTML, hidden until the page's script has started; empty where there are no prices.

    Notes
    -----
    The script adds nothing of its own: each bill is a straight line between the points of ``house_prices``
    plus an amount per m2, and the standard consumer's proportion stands in for what is not given.
    """
    if town.house_prices.empty:
        return ""
    a = town.assumptions
    rows = Markup("").join(
        Markup(
            '<tr data-alternative="{}"><th scope="row">{}</th><td class="number"></td>'
            '<td class="number"></td><td class="number"></td></tr>'
        ).format(name, t(f"alternative.{name}"))
        for name in _ALTERNATIVES
    )
    return Markup(
        '<div class="calculator screen-only" data-prices="{prices}" hidden>{heading}{intro}'
        '<div class="calculator-box"><div class="calculator-inputs">'
        '<p><label for="house-area">{area_label}</label>'
        '<input id="house-area" inputmode="decimal" autocomplete="off" value="{area}"></p>'
        '<p><label for="house-heat">{heat_label}</label>'
        '<input id="house-heat" inputmode="decimal" autocomplete="off" value="{heat}"></p></div>'
        '<p class="calculator-told" role="status"></p>'
        '<table class="plain"><caption><span>{caption}</span></caption><thead><tr>'
        '<th scope="col">{column}</th>'
        '<th scope="col" class="number">{year}<span class="unit">{unit}</span></th>'
        '<th scope="col" class="number">{month}<span class="unit">{unit_month}</span></th>'
        '<th scope="col" class="number">{compared}<span class="unit">{unit}</span></th></tr></thead>'
        "<tbody>{rows}</tbody></table></div>{note}</div>"
    ).format(
        heading=heading(t("user.own_heading")),
        intro=paragraph(t("user.own_intro")),
        note=paragraph(t("user.own_note"), "small"),
        prices=json.dumps(_prices(town, t), ensure_ascii=False),
        area_label=t("user.own_area"),
        area=t.number(a.standard_consumer_area_m2),
        heat_label=t("user.own_heat"),
        heat=t.number(a.standard_consumer_heat_mwh, 1),
        caption=t("user.own_caption"),
        column=t("user.column"),
        year=t("user.own_year"),
        month=t("user.own_month"),
        compared=t("user.compared"),
        unit=t("unit.kr_year"),
        unit_month=t("unit.kr_month"),
        rows=rows,
    )


def _prices(town: Town, t: Texts) -> dict[str, Any]:
    """Points, amounts per m2, bounds and words for the script."""
    a = town.assumptions
    prices = town.house_prices
    lines = {}
    for name in _ALTERNATIVES:
        points = prices[prices["alternative"] == name].sort_values("heat_mwh")
        lines[name] = {
            "points": points[["heat_mwh", "payment_dkk_per_year"]].to_numpy(float).tolist(),
            "per_m2": float(points["payment_dkk_per_m2_year"].iloc[0]),
        }
    most, largest = a.plausible_heat_per_building_mwh, a.plausible_building_area_m2
    low = a.plausible_min_house_heat_kwh_per_m2_year
    high = a.plausible_max_house_heat_kwh_per_m2_year
    difference = {"difference": "{difference}", "alternative": "{alternative}"}
    words = {
        "cheaper": t("user.cheaper", **difference),
        "dearer": t("user.dearer", **difference),
        "filled_area": t("user.own_filled_area", value="{value}"),
        "filled_heat": t("user.own_filled_heat", value="{value}"),
        "empty": t("user.own_empty"),
        "no_number": t("user.own_no_number"),
        "not_above_zero": t("user.own_zero"),
        "large_area": t("user.own_large_area", most=t.number(largest)),
        "large_heat": t("user.own_large_heat", most=t.number(most), high=t.number(high)),
        "small_heat": t("user.own_small_heat", low=t.number(low)),
        **{name: t(f"alternative.{name}_inline") for name in _COMPARED},
    }
    return {
        "lines": lines,
        "compared": _COMPARED,
        "standard": {"area": a.standard_consumer_area_m2, "heat": a.standard_consumer_heat_mwh},
        "bounds": {"area": largest, "heat": most, "low": low, "high": high},
        "words": {name: Markup(text).unescape() for name, text in words.items()},  # noqa: S704  (own texts)
    }
