"""What a typed table leaves out: derived where it follows from the rest, each derivation told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.sheets.faults import named
from screening.sheets.headers import SHARES
from screening.units import KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    from screening.sheets.faults import Faults
    from screening.sheets.typed_table import Typed

__all__ = ["complete"]

_NEEDED = {
    "area": "the area's name ('area' or 'område')",
    "oil_gas_count": "the number of oil and gas buildings ('n_og' or 'antal olie/gas')",
    "oil_gas_heat_mwh": "their heat demand ('MWh_og' or 'varmebehov olie/gas (MWh)')",
}
_ABOUT = {"area": "area", "oil_gas_count": "count", "oil_gas_heat_mwh": "heat"}
_SIZE = "the area's size ('areal (km2)', 'areal (ha)', 'areal (m2)') or its heat density ('tæthed (kWh/m2)')"
_GWH_PER_KM2 = KWH_PER_MWH / M2_PER_KM2  # one MWh/km2 in kWh/m2
# Key figure -> how it is told that it was derived.
_DERIVED = {
    "oil_gas_count": "oil_gas_count is oil_count + gas_count",
    "oil_gas_heat_mwh": "oil_gas_heat_mwh is oil_heat_mwh + gas_heat_mwh",
    "area_km2": "area_km2 follows from heat and density",
    "density_kwh_per_m2": "density_kwh_per_m2 follows from heat and area",
    "individual_heat_mwh": "individual_heat_mwh follows from the oil and gas buildings' heat and share",
    "individual_count": "individual_count is not given: oil_gas_count stands in, without effect",
    "individual_heat_mwh_unknown": "individual_heat_mwh is not given: oil_gas_heat_mwh stands in,"
    " without effect",
}


def complete(typed: Typed, header_row: int, faults: Faults) -> tuple[pd.DataFrame, list[str]]:
    """Derive what was not typed.

    Parameters
    ----------
    typed
        Numbers as typed.
    header_row
        Its row in the spreadsheet.
    faults
        What is missing is added here. [1]

    Returns
    -------
    table, notes
        All figures with ``derived_inputs`` (the names of those derived), and a sentence per derivation.
    """
    table = typed.figures.copy()
    derived: dict[str, pd.Series] = {}
    _check_columns(table, header_row, faults)
    for column in (
        *_NEEDED,
        *_parts(),
        "area_km2",
        "density_kwh_per_m2",
        "individual_count",
        "individual_heat_mwh",
    ):
        if column not in table:
            table[column] = pd.Series("", table.index, dtype=object) if column == "area" else np.nan
    for whole, parts in (
        ("oil_gas_count", ("oil_count", "gas_count")),
        ("oil_gas_heat_mwh", ("oil_heat_mwh", "gas_heat_mwh")),
    ):
        _fill(table, derived, whole, table[parts[0]] + table[parts[1]])
    _check_cells(table, typed, faults)
    heat, density = table["oil_gas_heat_mwh"], table["density_kwh_per_m2"]
    # Nothing to heat needs no size: 0 says so and is not used.
    size = (heat / density * _GWH_PER_KM2).where(density > 0).mask(heat == 0, 0.0)
    _fill(table, derived, "area_km2", size)
    area = table["area_km2"]
    _fill(table, derived, "density_kwh_per_m2", (heat / area * _GWH_PER_KM2).where(area > 0))
    if "oil_gas_share" in table:
        share = table["oil_gas_share"]
        _fill(
            table,
            derived,
            "individual_heat_mwh",
            (heat / share).where(share.between(0, 1, inclusive="right")),
        )
    _fill(table, derived, "individual_count", table["oil_gas_count"])
    _fill(table, derived, "individual_heat_mwh", heat, "individual_heat_mwh_unknown")
    notes = [_told(key, where, table["area"]) for key, where in derived.items()]
    names = pd.DataFrame(
        {key: where.map({True: key, False: ""}) for key, where in derived.items()}, index=table.index
    )
    table["derived_inputs"] = [
        ", ".join(dict.fromkeys(n.removesuffix("_unknown") for n in row if n)) for row in names.to_numpy(str)
    ]
    unused = [c for c in _parts() if table[c].isna().all()]
    return table.drop(columns=unused), notes + _unknown(typed)


def _parts() -> tuple[str, ...]:
    return ("oil_count", "gas_count", "oil_heat_mwh", "gas_heat_mwh")


def _fill(
    table: pd.DataFrame, derived: dict[str, pd.Series], column: str, values: pd.Series, key: str | None = None
) -> None:
    """Put values where the column is empty, and note where."""
    where = table[column].isna() & values.notna()
    if where.any():
        table[column] = table[column].where(~where, values)
        derived[key or column] = where


def _check_columns(table: pd.DataFrame, header_row: int, faults: Faults) -> None:
    """Name the columns that are missing, unless there was no header at all."""
    if not header_row:
        return
    parts = {
        "oil_gas_count": ("oil_count", "gas_count"),
        "oil_gas_heat_mwh": ("oil_heat_mwh", "gas_heat_mwh"),
    }
    for column, told in _NEEDED.items():
        is_told = column in table or set(parts.get(column, ("",))) <= set(table)
        if not is_told and _ABOUT[column] not in faults.about:
            faults.add(f"no column tells {told}; add one.", [header_row])
    if not {"area_km2", "density_kwh_per_m2"} & set(table) and "size" not in faults.about:
        faults.add(f"no column tells {_SIZE}; add one.", [header_row])


def _check_cells(table: pd.DataFrame, typed: Typed, faults: Faults) -> None:
    """Name the cells that are empty though the economy needs them."""
    headers = typed.headers
    for column in ("oil_gas_count", "oil_gas_heat_mwh"):
        if column in headers:
            rows = list(table.index[table[column].isna() & _is_readable(typed, column, faults)])
            if rows:
                faults.add("is empty; type the number, 0 if there is none.", rows, [headers[column]])
    sizes = [c for c in ("area_km2", "density_kwh_per_m2") if c in headers]
    if sizes:
        is_needed = table["oil_gas_heat_mwh"] > 0
        empty = table.index[is_needed & table[sizes].isna().all(axis=1)]
        rows = [row for row in empty if not faults.has(row, [headers[c] for c in sizes])]
        if rows:
            faults.add(
                "is empty; type the area's size or its heat density.", rows, [headers[c] for c in sizes]
            )


def _is_readable(typed: Typed, column: str, faults: Faults) -> pd.Series:
    """Tell which cells are not a fault already."""
    header = typed.headers[column]
    return pd.Series(
        [not faults.has(row, [header]) for row in typed.figures.index], index=typed.figures.index, dtype=bool
    )


def _told(key: str, where: pd.Series, areas: pd.Series) -> str:
    if where.all():
        return f"{_DERIVED[key]}."
    return f"{_DERIVED[key]} in {named([str(a) for a in areas[where]])}."


def _unknown(typed: Typed) -> list[str]:
    """Say what stays unknown."""
    missing = [column for column in ("heat_pump_count", *SHARES) if column not in typed.figures]
    return [f"Unknown, and not needed for the verdict: {named(missing)}."] if missing else []
