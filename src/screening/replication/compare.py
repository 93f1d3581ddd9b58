"""Published against computed: deviation, tolerance, verdict and reason for every published number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.replication.computed import computed
from screening.replication.published import published, quantities, reasons, table_1

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["EXPLAINED_SHARE", "VERDICTS", "compare_key_figures", "replicate", "summary"]

EXPLAINED_SHARE = 0.02  # a larger deviation needs a reason in words
VERDICTS = ("input", "within", "outside", "not_computed")
_EQUAL = 1e-9  # what the arithmetic of a computer leaves


def replicate(assumptions: Assumptions) -> pd.DataFrame:
    """Set every number that the note publishes beside the one that is computed here.

    Parameters
    ----------
    assumptions
        The set. The reasons are written for cowi-2022.

    Returns
    -------
    pandas.DataFrame
        One row per published number: chapter, quantity, area, place, is_inferred, unit, published,
        computed, deviation (in the unit), deviation_share (of the size of the published number; missing
        where that is 0), tolerance (in the unit), kind, verdict, reason_da, reason_en, computed_by. A
        row of the kind "input" goes into the model: where the computed number equals it, the verdict is
        "input" and says nothing about the model. "arithmetic" follows from other numbers of the note; for
        "model" a model had to be built; "stated" has no counterpart here, and its verdict is "not_computed".

    Examples
    --------
    >>> from screening import assumptions
    >>> table = replicate(assumptions.load("cowi-2022")).set_index(["quantity", "area"])
    >>> row = table.loc[("community_service_line_dkk_per_m_year", "")]
    >>> float(row["published"]), str(row["verdict"])
    (360.0, 'within')
    """
    table = published().rename(columns={"value": "published"})
    found = table.merge(computed(assumptions), on=["quantity", "area"], how="left", validate="one_to_one")
    about = quantities().loc[found["quantity"]].set_axis(found.index)
    size = found["published"].abs()
    found["deviation"] = found["computed"] - found["published"]
    found["deviation_share"] = found["deviation"] / size.where(size > 0)
    found["tolerance"] = about["tolerance_absolute"].fillna(about["tolerance_share"] * size).fillna(0.0)
    found["kind"] = about["kind"]
    off = found["deviation"].abs()
    is_equal = off <= _EQUAL * np.maximum(size, 1.0)
    found["verdict"] = np.select(
        [
            found["computed"].isna(),
            (found["kind"] == "input") & is_equal,
            is_equal | (off <= found["tolerance"] * (1.0 + _EQUAL)),
        ],
        ["not_computed", "input", "within"],
        default="outside",
    )
    found = found.join(_reasons(found)).assign(computed_by=about["computed_by"])
    head = ["chapter", "quantity", "area", "place", "is_inferred", "unit", "published"]
    return found[head + [name for name in found if name not in head]]


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Count the numbers of each kind by verdict.

    Parameters
    ----------
    table
        From ``replicate``.

    Returns
    -------
    pandas.DataFrame
        Index kind; a column per verdict and ``number_count``, their sum. [1]
    """
    kinds = ["model", "arithmetic", "input", "stated"]
    counts = pd.crosstab(table["kind"], table["verdict"]).reindex(
        index=kinds, columns=list(VERDICTS), fill_value=0
    )
    return counts.rename_axis(columns=None).assign(number_count=counts.sum(axis=1))


def compare_key_figures(key_figures: pd.DataFrame) -> pd.DataFrame:
    """Set key figures of areas that bear the names of table 1 beside table 1.

    Parameters
    ----------
    key_figures
        KEY_FIGURES. The default municipality is built to match: its agreement proves nothing but itself.

    Returns
    -------
    pandas.DataFrame
        area, quantity, published, computed (in the unit that the name promises), deviation_share.
    """
    names = ["individual_count", "oil_gas_count", "individual_heat_mwh", "oil_gas_heat_mwh"]
    names += ["density_kwh_per_m2", "heat_pump_count"]
    told, found = (
        table.melt(id_vars="area", value_vars=names, var_name="quantity", value_name=column)
        for table, column in ((table_1(), "published"), (key_figures, "computed"))
    )
    both = told.merge(found, on=["area", "quantity"], validate="one_to_one")
    both[["published", "computed"]] = both[["published", "computed"]].astype(float)
    size = both["published"].where(both["published"] != 0)
    return both.assign(deviation_share=(both["computed"] - both["published"]) / size)


def _reasons(found: pd.DataFrame) -> pd.DataFrame:
    """Reasons where one is needed: the area's own, else the quantity's."""
    words = ["reason_da", "reason_en"]
    told = reasons().set_index(["quantity", "area"])[words]
    own = pd.MultiIndex.from_frame(found[["quantity", "area"]])
    general = pd.MultiIndex.from_arrays([found["quantity"], [""] * len(found)])
    chosen = told.reindex(own).fillna(told.reindex(general).set_axis(own)).fillna("").set_axis(found.index)
    needed = found["verdict"].isin(["outside", "not_computed"]) | (
        found["deviation_share"].abs() > EXPLAINED_SHARE
    )
    return chosen.where(needed, "")
