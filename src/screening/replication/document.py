"""The page that sets published beside computed, made from the tables of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.replication import sections
from screening.replication.checks import SOURCE_VERDICTS, source_checks
from screening.replication.compare import replicate, summary
from screening.replication.margins import gaps, margins, readings, unpublished
from screening.replication.published import page_template
from screening.replication.words import fill, write

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = ["to_markdown"]

_PRICE = "user_price_district_heating_dkk_per_year"


def to_markdown(assumptions: Assumptions, language: str = "en") -> str:
    """Write the page.

    Parameters
    ----------
    assumptions
        The set.
    language
        "da" or "en".

    Returns
    -------
    str
        Markdown; it names two pictures in the folder images beside it.
    """
    table, checks = replicate(assumptions), source_checks(assumptions)
    firm, read = margins(assumptions), readings(assumptions)
    parts: dict[str, float | str] = {
        "set_name": assumptions.name,
        "summary_table": sections.summary_table(summary(table), language),
        "table_3": sections.table_3_table(table, language),
        "margins": sections.margin_table(firm, language),
        "margin_note": sections.margin_note(firm, language),
        "reasons": sections.reason_table(table, language),
        "gaps": sections.gap_table(gaps(assumptions), language),
        "lines": sections.line_table(table, language),
        "residuals": sections.residual_table(language),
        "readings": sections.reading_table(read, language),
        "reading_note": sections.reading_note(read, language),
        "unpublished": sections.unpublished_table(unpublished(assumptions), language),
        "all_numbers": sections.all_numbers(table, language),
    }
    for verdict in SOURCE_VERDICTS:
        chosen = checks[checks["verdict"] == verdict]
        parts[verdict] = sections.check_list(chosen, language)
        parts[f"{verdict}_count"] = float(len(chosen))
    return fill(page_template(language), parts | _numbers(table, language), language)


def _numbers(table: pd.DataFrame, language: str) -> dict[str, float | str]:
    off = table.set_index("quantity")["deviation_share"].abs()
    npv, price = off.filter(regex=r"^npv_"), off.loc[_PRICE]
    verdicts = table[table["quantity"] == "is_viable"]
    numbers: dict[str, float | str] = {
        "npv_count": float(len(npv)),
        "npv_median": npv.median(),
        "npv_largest": npv.max(),
        "price_count": float(len(price)),
        "price_median": price.median(),
        "price_largest": price.max(),
        "verdict_count": float(len(verdicts)),
        "verdict_same": float((verdicts["verdict"] == "within").sum()),
    }
    for name, quantity in (("gas", "gas"), ("pump", "heat_pump")):
        row = table[table["quantity"] == f"user_price_{quantity}_dkk_per_year"].iloc[0]
        numbers |= {f"{name}_published": row["published"], f"{name}_computed": row["computed"]}
        numbers[f"{name}_share"] = write(row["deviation_share"], 1, language, is_percent=True, sign="+")
    return numbers
