"""What cannot be, or cannot all be true, in a typed table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.sheets.faults import named
from screening.sheets.headers import COUNTS, SHARES
from screening.units import KWH_PER_MWH, M2_PER_KM2

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions
    from screening.sheets.faults import Faults
    from screening.sheets.typed_table import Typed

__all__ = ["find_contradictions"]


def find_contradictions(
    table: pd.DataFrame, typed: Typed, assumptions: Assumptions, faults: Faults
) -> list[str]:
    """Compare the typed figures with what is possible and with one another.

    Parameters
    ----------
    table
        All figures, also the derived ones; index row of the spreadsheet.
    typed
        Numbers as typed.
    assumptions
        The set: bounds of what is plausible, and how far two figures may be apart.
    faults
        What is wrong is added here.

    Returns
    -------
    list of str
        What is worth a look though it may be right.
    """
    _check_names(table, typed, faults)
    _check_each(typed, faults)
    _check_counts(typed, faults)
    _check_units(table, typed, assumptions, faults)
    _check_fuels(typed, faults)
    _check_figures(typed, assumptions.typed_figure_tolerance_share, faults)
    return _doubts(table, typed, assumptions)


def _check_names(table: pd.DataFrame, typed: Typed, faults: Faults) -> None:
    if "area" not in typed.headers:
        return
    names = table["area"].astype(str)
    header = [typed.headers["area"]]
    rows = table.index[names.eq("")]
    if len(rows):
        faults.add("has no name of an area; type it, or empty the whole row.", rows, header)
    folded = names.str.casefold()
    for name in folded[folded.duplicated() & folded.ne("")].unique():
        rows = table.index[folded.eq(name)]
        faults.add(
            f"{names[rows[0]]!r} stands more than once; delete one row, or give each its own name.",
            rows,
            header,
        )


def _check_each(typed: Typed, faults: Faults) -> None:
    """Negative numbers, counts that are not whole, shares above 1."""
    for column in map(str, typed.steps):
        values, header = typed.figures[column], [typed.headers[column]]
        for bad, text in (
            (values < 0, "is negative; type the number without minus."),
            (values % 1 > 0 if column in COUNTS else values < 0, "is not a whole number of buildings."),
            (
                values > 1 if column in SHARES else values < 0,
                "is above 1; write a share as 62% or 0.62, or put % into the header.",
            ),
        ):
            rows = [r for r in values.index[bad] if not faults.has(r, header)]
            if rows:
                shown = ", ".join(dict.fromkeys(typed.shown[column][row] for row in rows[:3]))
                faults.add(f"{shown} {text}", rows, header)


def _check_counts(typed: Typed, faults: Faults) -> None:
    """Name parts that are more than the whole."""
    for part, whole in (
        (("oil_gas_count",), "individual_count"),
        (("oil_gas_heat_mwh",), "individual_heat_mwh"),
        (("heat_pump_count",), "individual_count"),
        (("oil_count",), "oil_gas_count"),
        (("gas_count",), "oil_gas_count"),
        (("oil_heat_mwh",), "oil_gas_heat_mwh"),
        (("gas_heat_mwh",), "oil_gas_heat_mwh"),
        (("business_count", "public_count"), "oil_gas_count"),
        (("business_count",), "oil_gas_count"),
        (("public_count",), "oil_gas_count"),
    ):
        columns = [*part, whole]
        if not set(columns) <= set(typed.steps):
            continue
        values = typed.figures
        # Heat is typed rounded; counts are exact.
        slack = typed.steps[columns].sum(axis=1) if whole.endswith("_mwh") else 0.0
        bad = values[list(part)].sum(axis=1, skipna=False) - values[whole] > slack
        if bad.any():
            headers = [typed.headers[c] for c in columns]
            is_or_are = "are" if len(part) > 1 else "is"
            faults.add(
                f"{' and '.join(map(repr, headers[:-1]))} {is_or_are} more than {headers[-1]!r}, of which"
                f" {'they are' if len(part) > 1 else 'it is'} a part; correct one of them.",
                values.index[bad],
                headers,
            )
    _check_sums(typed, faults)


def _check_sums(typed: Typed, faults: Faults) -> None:
    """Oil and gas make up the whole."""
    for parts, whole in (
        (("oil_count", "gas_count"), "oil_gas_count"),
        (("oil_heat_mwh", "gas_heat_mwh"), "oil_gas_heat_mwh"),
    ):
        columns = [*parts, whole]
        if set(columns) <= set(typed.steps):
            values = typed.figures
            slack = typed.steps[columns].sum(axis=1) if whole.endswith("_mwh") else 0.0
            bad = (values[parts[0]] + values[parts[1]] - values[whole]).abs() > slack
            if bad.any():
                headers = [typed.headers[c] for c in columns]
                text = (
                    f"{headers[0]!r} and {headers[1]!r} do not add up to {headers[2]!r}; correct one of them."
                )
                faults.add(text, values.index[bad], headers)


def _check_units(table: pd.DataFrame, typed: Typed, assumptions: Assumptions, faults: Faults) -> None:
    """Numbers that only make sense in another unit."""
    count, heat, area = table["oil_gas_count"], table["oil_gas_heat_mwh"], table["area_km2"]
    # Where the whole was not typed, it is the sum of oil and gas.
    both = [
        typed.headers[column]
        for whole, parts in (
            ("oil_gas_count", ("oil_count", "gas_count")),
            ("oil_gas_heat_mwh", ("oil_heat_mwh", "gas_heat_mwh")),
        )
        for column in ((whole,) if whole in typed.headers else parts)
        if column in typed.headers
    ]
    each = heat / count.where(count > 0)
    low, high = assumptions.plausible_min_heat_per_building_mwh, assumptions.plausible_heat_per_building_mwh
    checks = [
        (
            count.eq(0) & (heat > 0),
            both,
            f"heat without any oil or gas building; correct {' or '.join(map(repr, both))}.",
        ),
        (
            each > high,
            both,
            f"more than {high:g} MWh per building; is it kWh? Write (kWh) into the header, or MWh.",
        ),
        (
            (each < low) & (heat > 0),
            both,
            f"less than {low:g} MWh per building; is it GWh, or does a point mean thousands? Write MWh.",
        ),
    ]
    if "area_km2" in typed.steps:
        size = typed.headers["area_km2"]
        checks += [
            (
                area.eq(0) & (heat > 0),
                [size],
                "is 0 though there is heat; type the size of the trimmed area.",
            ),
            (
                area > assumptions.plausible_max_area_km2,
                [size],
                "is larger than any municipality; is it ha or m2? Write that unit into the header.",
            ),
        ]
    elif "density_kwh_per_m2" in typed.steps:
        dense = typed.headers["density_kwh_per_m2"]
        is_zero = typed.figures["density_kwh_per_m2"].eq(0) & (heat > 0)
        checks.append((is_zero, [dense], "is 0 though there is heat; type the density, or the area's size."))
    for bad, headers, text in checks:
        rows = [row for row in table.index[bad] if not faults.has(row, headers)]
        if rows:
            faults.add(text, rows, headers)


def _check_fuels(typed: Typed, faults: Faults) -> None:
    """Name heat of a fuel that no building burns."""
    for count, heat in (("oil_count", "oil_heat_mwh"), ("gas_count", "gas_heat_mwh")):
        if {count, heat} <= set(typed.steps):
            rows = typed.figures.index[typed.figures[count].eq(0) & typed.figures[heat].gt(0)]
            if len(rows):
                headers = [typed.headers[count], typed.headers[heat]]
                faults.add(
                    f"heat without any building; correct {' or '.join(map(repr, headers))}.", rows, headers
                )


def _check_figures(typed: Typed, tolerance: float, faults: Faults) -> None:
    """Two figures of the same: density against heat over area, shares against their parts."""
    million = KWH_PER_MWH / M2_PER_KM2
    for stated, above, below, factor in (
        ("density_kwh_per_m2", "oil_gas_heat_mwh", "area_km2", million),
        ("oil_gas_share", "oil_gas_heat_mwh", "individual_heat_mwh", 1.0),
        ("heat_pump_share", "heat_pump_count", "individual_count", 1.0),
    ):
        columns = [stated, above, below]
        if not set(columns) <= set(typed.steps):
            continue
        told, upper, lower = (typed.figures[c] for c in columns)
        step, upper_step, lower_step = (typed.steps[c] for c in columns)
        # Each number may have been cut off or rounded at its last digit.
        least = (upper - upper_step).clip(lower=0) / (lower + lower_step) * factor
        most = (upper + upper_step) / (lower - lower_step).where(lower > lower_step, 0) * factor
        low = (told - step) * (1 - tolerance)
        high = (told + step) * (1 + tolerance)
        bad = ((least > high) | (most < low)) & (lower > 0) & upper.notna() & told.notna()
        headers = [typed.headers[c] for c in columns]
        rows = [row for row in told.index[bad] if not faults.has(row, headers)]
        if rows:
            row = rows[0]
            found = upper[row] / lower[row] * factor
            hint = " Is it the right unit?" if not 1 / 2 < found / max(told[row], 1e-12) < 2 else ""
            faults.add(
                f"{headers[0]!r} says {told[row]:.4g}, but {headers[1]!r} over {headers[2]!r} gives"
                f" {found:.4g} (row {row}).{hint} Correct one of them, or delete the column {headers[0]!r}.",
                rows,
                headers,
            )


def _doubts(table: pd.DataFrame, typed: Typed, assumptions: Assumptions) -> list[str]:
    """Densities that are possible but rare."""
    density = table["density_kwh_per_m2"]
    low, high = assumptions.plausible_min_density_kwh_per_m2, assumptions.plausible_max_density_kwh_per_m2
    notes = []
    for bad, text in (
        (density.gt(0) & density.lt(low), f"below {low:g}"),
        (density.gt(high), f"above {high:g}"),
    ):
        if bad.any():
            names = named([str(name) for name in table["area"][bad]])
            shown = typed.headers.get("area_km2", typed.headers.get("density_kwh_per_m2", ""))
            notes.append(
                f"Look at {names}: the heat density is {text} kWh/m2. Is the unit of {shown!r} right?"
            )
    return notes
