"""Chapter 6: the company's accounts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from markupsafe import Markup

from screening.figures import balance_line
from screening.report.chapter import Chapter, make_chapter
from screening.report.elements import Column, figure, note, paragraph, sources, table
from screening.report.look import GAIN_LOSS, frame
from screening.report.results import has_customers, horizon_years
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    import pandas as pd

    from screening.views import Town

__all__ = ["company"]

_BALANCE = "balance"
_SHOWN_DKK = 5000.0  # what two decimals of a million show
_COMPANY_SOURCES = (
    "horizon_years",
    "loan_rate",
    "price_growth_rate",
    "connection_rate_share",
    "heat_production_dkk_per_mwh",
    "tariff_variable_dkk_per_mwh",
    "tariff_area_dkk_per_m2_year",
    "tariff_subscription_dkk_per_customer_year",
    "grant_dkk_per_customer",
)


def company(town: Town, language: str = "da") -> Chapter:
    """Tell of the company's cash over the years, its payments and the contribution that balances it.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 6.
    """
    t = load_texts(language)
    years = horizon_years(town)
    title = t("company.title")
    if not has_customers(town) or town.company.empty:
        return make_chapter("company", title, [paragraph(t("company.none"), "lead")])
    row = town.economics
    contribution, surplus = float(row["anlaegsbidrag_dkk"]), float(row["surplus_dkk"])
    result = (
        t("company.contribution", amount=t.number(contribution))
        if contribution > 0
        else t("company.contribution_zero", years=years, surplus=t.millions(surplus))
    )
    grant = float(row["grant_dkk"])
    blocks = [
        paragraph(t("company.intro", years=years), "lead"),
        note(result, "plain"),
        _fewest(row, t),
        paragraph(t("company.grant", grant=t.millions(grant))) if grant > 0 else "",
        _balance(town, years, t),
        _payments(town, years, t),
    ]
    return make_chapter("company", title, blocks)


def _fewest(row: pd.Series, t: Texts) -> Markup:
    """Tell how many must join for the accounts to balance; nothing where all customers are too few."""
    share = float(row["minimum_connection_share"])
    if not math.isfinite(share):
        return Markup("")
    count = math.ceil(round(share * float(row["customer_count"]), 6))
    return paragraph(t("company.fewest", share=t.percent(share), count=t.count("customer", count)))


def _balance(town: Town, years: int, t: Texts) -> Markup:
    rows = town.company[town.company["item"] == _BALANCE]
    balance = rows.groupby("year")["payment_dkk"].sum().sort_index() / 1e6
    words = {
        "years": years,
        "lowest": t.number(float(balance.min()), 1),
        "lowest_year": int(str(balance.idxmin())),
        "last": t.number(float(balance.iloc[-1]), 1),
    }
    drawn = frame("balance", "company.figure", t, 1, axis="axis_y", **words)
    image = balance_line(balance, drawn, year_axis=str(t("company.figure_axis_x")), colours=GAIN_LOSS)
    return figure(image, t("company.figure_caption", **words))


def _payments(town: Town, years: int, t: Texts) -> Markup:
    payments = town.company[town.company["item"] != _BALANCE]
    sums = payments.groupby("item", sort=False)["payment_dkk"].sum()
    sums = sums[sums.abs() > 0.5]
    last = payments[payments["year"] == years].groupby("item")["payment_dkk"].sum()
    ordered = [*sums[sums > 0].sort_values(ascending=False).index, *sums[sums < 0].sort_values().index]
    columns = [
        Column(t("company.column_item"), is_number=False),
        Column(t("company.column_year", year=years), t("unit.mio")),
        Column(t("company.column_sum", years=years), t("unit.mio")),
    ]
    rows = [
        [
            t.label("payment", item),
            t.number(float(last.get(item, 0.0)) / 1e6, 2),
            t.number(float(sums[item]) / 1e6, 2),
        ]
        for item in ordered
    ]
    balance = town.company[town.company["item"] == _BALANCE].groupby("year")["payment_dkk"].sum().sort_index()
    end, sum_dkk = float(balance.iloc[-1]), float(sums.sum())
    interest = balance.diff().iloc[-1] - float(last.sum())
    if abs(end - sum_dkk) > _SHOWN_DKK:
        rows.append([t("company.interest"), t.number(interest / 1e6, 2), t.number((end - sum_dkk) / 1e6, 2)])
    total = [t("company.balance"), "", t.number(end / 1e6, 2)]
    source = sources(town.assumptions, _COMPANY_SOURCES, t)
    told = table(t("company.caption", years=years), columns, rows, total=total, source=source)
    return told + paragraph(t("company.sign"), "small")
