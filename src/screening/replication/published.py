"""The door to what the note publishes: its numbers, and what this project says about them in words."""

from __future__ import annotations

import functools
from importlib import resources

import pandas as pd

from screening.tables import KEY_FIGURES, check
from screening.units import KWH_PER_MWH

__all__ = [
    "check_texts",
    "page_template",
    "published",
    "quantities",
    "reasons",
    "table_1",
    "table_3",
    "value",
    "words",
]

_TABLE_1_COLUMNS = (
    "individual_count",
    "oil_gas_count",
    "individual_heat_mwh",
    "oil_gas_heat_mwh",
    "density_kwh_per_m2",
    "oil_gas_share",
    "heat_pump_count",
    "heat_pump_share",
)


@functools.cache
def _read(name: str) -> pd.DataFrame:
    entry = resources.files("screening.replication") / "data" / f"{name}.csv"
    with resources.as_file(entry) as path:
        return pd.read_csv(path, dtype=str, keep_default_na=False)


def published() -> pd.DataFrame:
    """List every number that the note publishes, in the order of the note.

    Returns
    -------
    pandas.DataFrame
        chapter, quantity, area (the area, size or id it belongs to; empty for a rule), value in ``unit``,
        place (where in the note), is_inferred (not printed in the note, but read out of it).

    Examples
    --------
    >>> table = published()
    >>> table[(table["quantity"] == "npv_project_dkk") & (table["area"] == "Nygård")]["value"].item()
    17137000.0
    """
    table = _read("published")
    return table.assign(value=table["value"].astype(float), is_inferred=table["is_inferred"] == "1")


def quantities() -> pd.DataFrame:
    """Tell what each quantity is, how near it should come and which function computes it.

    Returns
    -------
    pandas.DataFrame
        Index quantity; kind ("input", "arithmetic", "model", "stated"), tolerance_absolute (in the unit of
        the quantity), tolerance_share, computed_by, label_da, label_en.
    """
    table = _read("quantities").set_index("quantity")
    numbers = table[["tolerance_absolute", "tolerance_share"]].apply(pd.to_numeric, errors="coerce")
    return table.assign(**{name: numbers[name] for name in numbers})


def reasons() -> pd.DataFrame:
    """Give the reasons for deviations, in words.

    Returns
    -------
    pandas.DataFrame
        quantity, area (empty: all areas without a reason of their own), reason_da, reason_en.
    """
    return _read("reasons").copy()


def check_texts() -> pd.DataFrame:
    """Give the words of the checks of the note against itself.

    Returns
    -------
    pandas.DataFrame
        Index name; title_da, title_en, text_da, text_en with the names of numbers in braces.
    """
    return _read("checks").set_index("name")


def page_template(language: str) -> str:
    """Give the prose of the page.

    Parameters
    ----------
    language
        "da" or "en".

    Returns
    -------
    str
        Markdown with the names of tables and numbers in braces.
    """
    entry = resources.files("screening.replication") / "data" / f"page_{language}.md"
    return entry.read_text(encoding="utf-8")


def value(quantity: str, area: str = "") -> float:
    """Give one published number.

    Parameters
    ----------
    quantity
        Name of the quantity.
    area
        Area, size or id; empty for a rule.

    Returns
    -------
    float
        In the unit of the quantity, see ``published``. [unit of the quantity]
    """
    table = published()
    return float(table.loc[(table["quantity"] == quantity) & (table["area"] == area), "value"].item())


def table_1() -> pd.DataFrame:
    """Type the note's table 1 in as key figures.

    Returns
    -------
    pandas.DataFrame
        KEY_FIGURES of the 15 areas; area_km2 is the heat of the oil and gas buildings over the density,
        since the note does not print the area.
    """
    table = published()
    table = table[table["quantity"].isin(_TABLE_1_COLUMNS) & (table["place"] == "tabel 1")]
    wide = table.pivot_table(index="area", columns="quantity", values="value", sort=False)
    wide = wide.assign(area_km2=wide["oil_gas_heat_mwh"] / wide["density_kwh_per_m2"] / KWH_PER_MWH)
    wide = wide.astype({name: int for name in _TABLE_1_COLUMNS if name.endswith("_count")})
    return check(wide.rename_axis(columns=None).reset_index(), KEY_FIGURES, "table 1")


def table_3() -> pd.DataFrame:
    """Give the note's results of eight areas.

    Returns
    -------
    pandas.DataFrame
        Index area; customer_count, user_price_district_heating_dkk_per_year, npv_project_dkk,
        npv_alternative_dkk, is_viable.
    """
    table = published()
    wide = table[table["place"] == "tabel 3"].pivot_table(
        index="area", columns="quantity", values="value", sort=False
    )
    return wide.rename_axis(columns=None).astype({"customer_count": int, "is_viable": bool})


@functools.cache
def words(language: str) -> dict[str, str]:
    """Give the words of the tables and figures.

    Parameters
    ----------
    language
        "da" or "en".

    Returns
    -------
    dict
        By name; those that begin with head_ are names of columns, parted by bars.
    """
    table = _read("words")
    return dict(zip(table["name"], table[language], strict=True))
