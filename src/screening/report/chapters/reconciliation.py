"""Chapter 14: who pays whom, from what customers pay to society's cost, and whether all figures agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from screening.figures import waterfall
from screening.report.chapter import Chapter, make_chapter
from screening.report.elements import Column, figure, heading, note, paragraph, sources, table
from screening.report.look import LOW_HIGH, frame
from screening.report.results import horizon_years
from screening.report.texts import Texts, load_texts

if TYPE_CHECKING:
    from screening.views import Town

__all__ = ["reconciled"]

_AGREES_DKK = 1.0  # less than a krone is the computer's rounding of millions
_SHOWN_DKK = 0.05e6  # less does not show in millions with one decimal
_PARTIES = {
    "customers": "reconciliation.party_customers",
    "company": "reconciliation.party_company",
    "state": "reconciliation.party_state",
    "bank": "reconciliation.party_bank",
    "suppliers": "reconciliation.party_suppliers",
}
_STEPS = {
    "customers_pay": "reconciliation.step_customers_pay",
    "vat": "reconciliation.step_vat",
    "tax": "reconciliation.step_tax",
    "grant": "reconciliation.step_grant",
    "loan_payment": "reconciliation.step_loan_payment",
    "investment": "reconciliation.step_investment",
    "reinvestment": "reconciliation.step_reinvestment",
    "account": "reconciliation.step_account",
    "suppliers_paid": "reconciliation.step_suppliers_paid",
    "price_base": "reconciliation.step_price_base",
    "net_tax_factor": "reconciliation.step_net_tax_factor",
    "co2": "reconciliation.step_co2",
    "air_pollution": "reconciliation.step_air_pollution",
    "tax_distortion": "reconciliation.step_tax_distortion",
    "scrap_value": "reconciliation.step_scrap_value",
    "npv": "reconciliation.step_npv",
}
_TOTALS = ("customers_pay", "suppliers_paid", "npv")
# Rows of the figure that stand for several steps.
_TOGETHER = {
    "tax": "reconciliation.figure_state",
    "grant": "reconciliation.figure_state",
    "vat": "reconciliation.figure_state",
    "loan_payment": "reconciliation.figure_financing",
    "investment": "reconciliation.figure_financing",
    "reinvestment": "reconciliation.figure_financing",
    "account": "reconciliation.figure_financing",
    "co2": "reconciliation.figure_harm",
    "air_pollution": "reconciliation.figure_harm",
}
_CHECKS = {
    "customers_company": "reconciliation.check_customers_company",
    "double_entry": "reconciliation.check_double_entry",
    "bank": "reconciliation.check_bank",
    "company": "reconciliation.check_company",
    "state": "reconciliation.check_state",
    "who_pays_whom": "reconciliation.check_who_pays_whom",
    "transfers": "reconciliation.check_transfers",
    "waterfall": "reconciliation.check_waterfall",
    "society_items": "reconciliation.check_society_items",
}
_SOURCES = (
    "calculation_rate",
    "price_growth_rate",
    "loan_rate",
    "is_replacement_loan_repaid",
    "vat_share",
    "net_tax_factor",
    "technical_lifetime_years",
)


def reconciled(town: Town, language: str = "da") -> Chapter:
    """Follow the money from the customers to society, and tell whether every figure agrees.

    Parameters
    ----------
    town
        The area's view.
    language
        "da" or "en".

    Returns
    -------
    Chapter
        Chapter 14.
    """
    t = load_texts(language)
    title = t("reconciliation.title")
    found = town.reconciliation
    if found.empty:
        return make_chapter("reconciled", title, [paragraph(t("reconciliation.none"), "lead")])
    steps = _steps(found)
    blocks = [
        paragraph(t("reconciliation.intro", years=horizon_years(town)), "lead"),
        _verdict(found, t),
        heading(t("reconciliation.who_heading")),
        *_who_pays_whom(town, t),
        paragraph(t("reconciliation.loans")),
        _bank(town, t),
        heading(t("reconciliation.steps_heading")),
        paragraph(
            t(
                "reconciliation.steps_intro",
                paid=t.millions(steps["customers_pay"][0]),
                cost=t.millions(steps["npv"][0]),
            )
        ),
        _figure(town, steps, t),
        _steps_table(town, steps, t),
        paragraph(t("reconciliation.steps_sign"), "small"),
        heading(t("reconciliation.checks_heading")),
        _checks_table(found, t),
        paragraph(t("reconciliation.checks_tables"), "small"),
    ]
    return make_chapter("reconciled", title, blocks)


def _verdict(found: pd.DataFrame, t: Texts) -> Markup:
    """Say whether everything agrees."""
    largest = float(found["check_dkk"].abs().max())
    agrees = largest < _AGREES_DKK
    text = t(
        "reconciliation.agrees" if agrees else "reconciliation.disagrees",
        count=t.number(len(found)),
        largest=t.number(largest, 2),
    )
    return note(text, "good" if agrees else "bad")


def _section(found: pd.DataFrame, section: str, scenario: str = "project") -> pd.DataFrame:
    return found[(found["section"] == section) & (found["scenario"] == scenario)]


def _steps(found: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Amount of each step with the project and with the alternative, in order."""
    sides = [
        _amounts(rows[rows["item"] != "recount"], "step")
        for rows in (_section(found, "waterfall"), _section(found, "waterfall", "alternative"))
    ]
    return {step: (sides[0].get(step, 0.0), sides[1].get(step, 0.0)) for step in _STEPS}


def _amounts(rows: pd.DataFrame, name: str) -> dict[str, float]:
    """Amount by what a column names."""
    return dict(zip(rows[name].astype(str), rows["amount_dkk"].astype(float), strict=True))


def _who_pays_whom(town: Town, t: Texts) -> list[Markup]:
    """Table of parties, and what it says of the customers' money."""
    rows = _section(town.reconciliation, "who_pays_whom")
    paid = {party: dict.fromkeys(_PARTIES, 0.0) for party in _PARTIES}
    for payer, cut in rows.groupby("step"):
        paid[str(payer)] |= _amounts(cut, "item")
    received = {party: sum(row[party] for row in paid.values()) for party in _PARTIES}
    own = _amounts(_section(town.reconciliation, "who_pays_whom", "alternative"), "item")
    told = t(
        "reconciliation.who_customers",
        paid=t.millions(sum(paid["customers"].values())),
        company=t.millions(paid["customers"]["company"]),
        state=t.millions(paid["customers"]["state"]),
        suppliers=t.millions(paid["customers"]["suppliers"]),
        own=t.millions(sum(own.values())),
        own_state=t.millions(own.get("state", 0.0)),
        own_suppliers=t.millions(own.get("suppliers", 0.0)),
    )
    columns = [
        Column(t("reconciliation.payer"), is_number=False),
        *(Column(t(key), t("unit.mio")) for key in _PARTIES.values()),
        Column(t("reconciliation.pays_all"), t("unit.mio")),
    ]
    cells = [
        [t(_PARTIES[payer]), *(_cell(amount, t) for amount in (*row.values(), sum(row.values())))]
        for payer, row in paid.items()
        if any(row.values())
    ]
    total = [_cell(amount, t) for amount in (*received.values(), sum(received.values()))]
    caption = t("reconciliation.who_caption", years=horizon_years(town))
    kept = received["company"] - sum(paid["company"].values())
    return [
        paragraph(told),
        table(
            caption,
            columns,
            cells,
            total=[t("reconciliation.receives_all"), *total],
            source=sources(town.assumptions, _SOURCES[:2], t),
        ),
        paragraph(_account(kept, t)) if abs(kept) >= _SHOWN_DKK else Markup(""),
    ]


def _account(account_dkk: float, t: Texts) -> Markup:
    """Say why the company's income and expenses differ in this table."""
    key = "reconciliation.account_in" if account_dkk > 0 else "reconciliation.account_out"
    return t(key, amount=t.millions(abs(account_dkk)))


def _bank(town: Town, t: Texts) -> Markup:
    """Set the debt that is left beside the value of what was bought for it."""
    rows = _section(town.reconciliation, "bank")
    left = _amounts(rows[rows["item"] == "end_of_horizon"], "step")
    words = {
        "years": horizon_years(town),
        "debt": t.millions(left["debt"]),
        "value": t.millions(left["scrap_value"]),
    }
    if abs(left["debt"]) < _SHOWN_DKK:
        return paragraph(t("reconciliation.debt_none", **words))
    told = t("reconciliation.debt", **words)
    if not town.assumptions.is_replacement_loan_repaid:
        told = Markup("{} {}").format(told, t("reconciliation.debt_unpaid", **words))
    return paragraph(told)


def _figure(town: Town, steps: dict[str, tuple[float, float]], t: Texts) -> Markup:
    totals = [str(t(_STEPS[step])) for step in _TOTALS]
    shown: dict[str, float] = {}
    for step, (amount, _) in steps.items():
        label = str(t(_TOGETHER.get(step, _STEPS[step])))
        shown[label] = shown.get(label, 0.0) + amount / 1e6
    seen = {k: v for k, v in shown.items() if k in totals or abs(v) * 1e6 >= _SHOWN_DKK}
    drawn = frame("reconciliation", "reconciliation.figure", t, 1)
    caption = t("reconciliation.figure_caption", years=horizon_years(town))
    return figure(waterfall(pd.Series(seen), drawn, totals=totals, colours=LOW_HIGH), caption)


def _steps_table(town: Town, steps: dict[str, tuple[float, float]], t: Texts) -> Markup:
    columns = [
        Column(t("reconciliation.column_step"), is_number=False),
        Column(t("society.column_project"), t("unit.mio")),
        Column(t("society.column_alternative"), t("unit.mio")),
        Column(t("reconciliation.column_difference"), t("unit.mio")),
    ]
    rows = [
        _step_row(step, *sides, t)
        for step, sides in steps.items()
        if step in _TOTALS or max(map(abs, sides)) >= _SHOWN_DKK
    ]
    caption = t("reconciliation.steps_caption", years=horizon_years(town))
    return table(caption, columns, rows[:-1], total=rows[-1], source=sources(town.assumptions, _SOURCES, t))


def _step_row(step: str, project: float, alternative: float, t: Texts) -> list[str]:
    is_total = step in _TOTALS
    name = t(_STEPS[step])
    return [
        Markup("<strong>{}</strong>").format(name) if is_total and step != "npv" else name,
        *(_cell(amount, t, is_signed=not is_total) for amount in (project, alternative)),
        # Of the amounts as shown, as everywhere in the report.
        _cell(1e6 * (round(project / 1e6, 1) - round(alternative / 1e6, 1)), t, is_signed=True),
    ]


def _cell(amount: float, t: Texts, *, is_signed: bool = False) -> str:
    if abs(amount) < _SHOWN_DKK:
        return t.number(None)
    return t.signed(amount / 1e6, 1) if is_signed else t.millions(amount)


def _checks_table(found: pd.DataFrame, t: Texts) -> Markup:
    columns = [
        Column(t("reconciliation.column_check"), is_number=False),
        Column(t("reconciliation.column_figures"), t("unit.count")),
        Column(t("reconciliation.column_largest"), t("unit.kr")),
        Column(t("reconciliation.column_result"), is_number=False),
    ]
    rows = []
    for section, key in _CHECKS.items():
        own = found[found["section"] == section]
        largest = float(own["check_dkk"].abs().max())
        result = t("reconciliation.yes" if largest < _AGREES_DKK else "reconciliation.no")
        rows.append([t(key), t.number(len(own)), t.number(largest, 2), result])
    return table(t("reconciliation.checks_caption"), columns, rows)
