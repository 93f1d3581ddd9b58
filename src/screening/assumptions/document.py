"""The manual's page of assumptions, made from the same rows that the models read."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from screening.assumptions.loader import available, load

__all__ = ["to_markdown"]

_CALENDAR = (1990.0, 2200.0)  # keys that are years
_FEW = 3  # rows that need no folding


def to_markdown() -> str:
    """All shipped assumptions as a Markdown page, a section per stage, the sets side by side.

    Returns
    -------
    str
        The page.
    """
    sets = {name: load(name).table() for name in available()}
    first = next(iter(sets.values()))
    lines = [
        "# Assumptions",
        "",
        f"Made from the rows that the models read (`make docs`), never by hand. Sets: {', '.join(sets)}.",
        "A range is what the sensitivity analysis uses. Change a value with a YAML file (`base: cowi-2022`,",
        "then `name: value`) or with `--set name=value`.",
    ]
    for stage in first["stage"].drop_duplicates().sort_values():
        lines += ["", f"## {str(stage).capitalize()}", ""]
        lines += ["| name | key | unit | " + " | ".join(sets) + " | range | source |"]
        lines += ["|---|---|---|" + "---|" * (len(sets) + 2)]
        rows = _side_by_side({n: t[t["stage"] == stage] for n, t in sets.items()})
        lines += [f"| {' | '.join(map(_cell, row))} |" for row in _folded(rows).itertuples(index=False)]
    return "\n".join(lines) + "\n"


def _side_by_side(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    merged: pd.DataFrame | None = None
    for name, table in tables.items():
        source = [
            f"{s}{f' ({y})' if str(y) not in {'', 'nan'} else ''}{f'. {n}' if n else ''}"
            for s, y, n in zip(table["source"], table["price_year"], table["note"], strict=True)
        ]
        span = [
            f"{low:g} to {high:g}" if pd.notna(low) and pd.notna(high) else ""
            for low, high in zip(table["low"], table["high"], strict=True)
        ]
        own = table[["name", "key", "unit"]].copy()
        own[f"value {name}"] = table["value"].map("{:g}".format)
        own[f"range {name}"] = span
        own[f"source {name}"] = source
        merged = (
            own if merged is None else merged.merge(own, on=["name", "key", "unit"], how="outer", sort=False)
        )
    if merged is None:
        return pd.DataFrame()
    merged = merged.fillna("")
    parts = {
        kind: [
            "; ".join(dict.fromkeys(v for v in row if v)) for row in merged.filter(like=f"{kind} ").to_numpy()
        ]
        for kind in ("range", "source")
    }
    shown = merged[["name", "key", "unit", *[f"value {n}" for n in tables]]]
    return shown.assign(**parts)


def _folded(rows: pd.DataFrame) -> pd.DataFrame:
    """One line for a path over calendar years of one source: its values in the order of the years."""
    years = pd.to_numeric(rows["key"], errors="coerce")
    is_year = years.between(*_CALENDAR) & rows["name"].map(years.groupby(rows["name"]).count() > _FEW)
    path = (rows["name"] + rows["source"]).where(is_year, rows.index.astype(str))
    lines = []
    for _, group in rows.assign(year=years).groupby(path, sort=False):
        ordered = group.sort_values("year")
        line = ordered.iloc[0].astype(object)
        if len(ordered) > 1:
            line = line.copy()
            line["key"] = f"{ordered['key'].iloc[0]} to {ordered['key'].iloc[-1]}"
            for column in rows.columns.drop(["name", "key", "unit", "source"]):
                told = ordered[column].tolist()
                line[column] = told[0] if len(set(told)) == 1 else ", ".join(told)
        lines.append(line)
    return pd.DataFrame(lines, columns=rows.columns)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(to_markdown(), encoding="utf-8")
