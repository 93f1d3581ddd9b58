"""Table of a town's parts with their sum, and the mark for yes and no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from screening import maps
from screening.report.elements import Column, table
from screening.report.results import totals, with_results

if TYPE_CHECKING:
    import pandas as pd

    from screening.report.texts import Texts

__all__ = ["parts_table", "verdict_word"]


def verdict_word(is_viable: bool, t: Texts) -> Markup:
    """Write yes or no as a mark that does not rest on colour alone."""
    kind, word = ("yes", t("answer.yes")) if is_viable else ("no", t("answer.no"))
    return Markup('<span class="verdict-{}">{}</span>').format(kind, word)


def parts_table(parts: pd.DataFrame, caption: str, total: str, t: Texts, *, current: str = "") -> Markup:
    """Table of the parts of a town with their sum.

    Parameters
    ----------
    parts
        KEY_FIGURES joined with ECONOMICS, index area.
    caption
        Sentence over the table.
    total
        Name of the sum's row.
    t
        Texts.
    current
        Part to set off; the others link to their reports.

    Returns
    -------
    markupsafe.Markup
        HTML.
    """
    told = with_results(parts)
    whole = totals(told)
    columns = [
        Column(t("column.area"), is_number=False),
        Column(t("answer.parts_verdict"), is_number=False),
        Column(t("answer.parts_customers")),
        Column(t("column.oil_gas_heat"), t("unit.mwh")),
        Column(t("answer.parts_density"), t("unit.kwh_m2")),
        Column(t("answer.parts_user"), t("unit.kr_year")),
        Column(t("answer.parts_society"), t("unit.mio")),
    ]
    rows = [
        [
            _part_name(str(area), current),
            verdict_word(bool(viable), t),
            t.number(customers),
            t.number(heat),
            t.number(density, 1),
            t.signed(user),
            t.signed(society / 1e6, 1),
        ]
        for area, viable, customers, heat, density, user, society in zip(
            told.index,
            told["is_viable"],
            told["customer_count"],
            told["oil_gas_heat_mwh"],
            told["density_kwh_per_m2"],
            told["user_saving_dkk_per_year"],
            told["society_saving_dkk"],
            strict=True,
        )
    ]
    last = [
        total,
        "",
        t.number(whole["customer_count"]),
        t.number(whole["oil_gas_heat_mwh"]),
        t.number(whole["density_kwh_per_m2"], 1),
        "",
        t.signed(whole["society_saving_dkk"] / 1e6, 1),
    ]
    return table(caption, columns, rows, total=last)


def _part_name(area: str, current: str) -> Markup:
    if area == current:
        return Markup("<strong>{}</strong>").format(area)
    target = f"{maps.slugify(area)}/index.html"
    return Markup('<a href="{}">{}</a>').format(f"../{target}" if current else target, area)
