"""The command that sets published beside computed."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  typer reads the annotations
from typing import Annotated

import typer

from screening import assumptions as assumption_sets
from screening import replication, workbench
from screening.cli.console import SetOption, app, changed, out, print_table

__all__ = ["replicate"]


@app.command("replicate")
def replicate(
    out_file: Annotated[
        Path | None,
        typer.Option("--out", help="Write .md (the page and its figures) or .csv, .xlsx, .parquet."),
    ] = None,
    assumptions: Annotated[str, typer.Option(help="cowi-2022, dea-2026 or a YAML file.")] = "cowi-2022",
    changes: SetOption = None,
    language: Annotated[str, typer.Option(help="da or en, of the page.")] = "en",
) -> None:
    """Set every number that the 2022 note published beside the one computed here, with deviation and reason.

    Example: screening replicate --out replication.md
    """
    chosen = changed(assumption_sets.load(assumptions), changes)
    if out_file:
        for path in workbench.write_replication(out_file, chosen, language):
            out.print(str(path), markup=False, soft_wrap=True)
        return
    table = replication.replicate(chosen)
    print_table(replication.summary(table).reset_index(), "Published numbers by kind and verdict")
    outside = table[table["verdict"] == "outside"]
    columns = ["quantity", "area", "published", "computed", "deviation_share"]
    shown = outside[columns].assign(deviation_share=outside["deviation_share"].map("{:+.1%}".format))
    print_table(shown, f"Outside the tolerance, {chosen.name}")
