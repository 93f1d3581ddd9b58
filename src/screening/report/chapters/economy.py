"""Chapters 6 and 7: the company's accounts and the user's bill."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from markupsafe import Markup

from screening.figures import balance_line, stacked_bars
from screening.report.chapter import Chapter, make_chapter
from screening.report.elements import Column, figure, note, paragraph, sources, table
from screening.report.look import COMPONENTS, GAIN_LOSS, frame
from screening.report.quantities import quantity
from screening.report.results import has_customers, horizon_years, result_row
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    import pandas as pd

    from screening.views import Town

__all__ = ["company", "user"]

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
_USER_SOURCES = (
    "standard_consumer_heat_mwh",
    "standard_consumer_area_m2",
    "user_rate",
    "contribution_term_years",
    "gas_price_incl_vat_dkk_per_mwh",
    "electricity_price_excl_vat_dkk_per_mwh",
    "individual_heat_pump_dkk",
    "individual_heat_pump_cop",
    "gas_boiler_dkk",
    "vat_share",
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


def user(town: Town, language: str = "da") -> Chapter:
    """Tell a standard consumer's yearly cost of heat by alternative.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 7.
    """
    t = load_texts(language)
    title = t("user.title")
    bills = town.user.pivot_table(
        index="alternative", columns="component", values="payment_dkk_per_year", aggfunc="sum", dropna=True
    )
    bills = bills.reindex(
        index=[a for a in ("district_heating", "heat_pump", "gas") if a in bills.index],
        columns=list(COMPONENTS),
    )
    bills = bills.dropna(how="all").fillna(0.0)
    row = result_row(town)
    saving = float(row["user_saving_dkk_per_year"])
    if bills.empty:
        return make_chapter("user", title, [paragraph(t("user.none"), "lead")])
    a = town.assumptions
    intro = t(
        "user.intro",
        heat=t.number(a.standard_consumer_heat_mwh, 1),
        area=t.number(a.standard_consumer_area_m2),
        rate=quantity(a.user_rate, "user_rate", a, t),
    )
    blocks = [paragraph(intro, "lead")]
    if math.isfinite(saving):
        text = t(
            "user.cheaper" if saving > 0 else "user.dearer",
            difference=t.number(abs(saving)),
            alternative=t(f"alternative.{row['cheapest_alternative']}_inline"),
        )
        blocks.append(note(text, "good" if saving > 0 else "bad"))
    blocks += [_bill_figure(bills, t), _bill_table(town, bills, t), paragraph(t("user.all_pay"))]
    return make_chapter("user", title, blocks)


def _bill_figure(bills: pd.DataFrame, t: Texts) -> Markup:
    totals = bills.sum(axis=1)
    cheapest = str(totals.idxmin())
    shown = bills.rename(
        index=lambda a: str(t(f"alternative.{a}")), columns=lambda c: str(t(f"component.{c}"))
    )
    caption = t(
        "user.figure_caption",
        cheapest=t(f"alternative.{cheapest}_inline"),
        price=t.number(float(totals.min())),
    )
    return figure(
        stacked_bars(shown, frame("user", "user.figure", t), colours=list(COMPONENTS.values())), caption
    )


def _bill_table(town: Town, bills: pd.DataFrame, t: Texts) -> Markup:
    totals = bills.sum(axis=1).round()  # as shown, so that differences can be checked
    own = float(totals.get("district_heating", math.nan))
    columns = [Column(t("user.column"), is_number=False)]
    columns += [Column(t(f"component.{c}"), t("unit.kr_year")) for c in bills.columns]
    columns += [Column(t("user.total"), t("unit.kr_year")), Column(t("user.compared"), t("unit.kr_year"))]
    rows = [
        [
            t(f"alternative.{name}"),
            *(t.number(float(part)) for part in parts),
            t.number(float(totals[name])),
            "" if name == "district_heating" else t.signed(float(totals[name]) - own),
        ]
        for name, parts in zip(bills.index, bills.to_numpy(), strict=True)
    ]
    return table(t("user.caption"), columns, rows, source=sources(town.assumptions, _USER_SOURCES, t))
