"""The plant of a screened area hour by hour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screening.errors import UnknownNameError
from screening.local_plants import LocalPlants, run_local_plants
from screening.sheets import write_table
from screening.workbench.chain import DEFAULT_MUNICIPALITY, run_screening
from screening.workbench.operating import read_hours

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = ["operate_areas"]


def operate_areas(
    municipality: str = DEFAULT_MUNICIPALITY,
    area: str | None = None,
    *,
    series: str | Path | pd.DataFrame | None = None,
    data_dir: str | Path = "data",
    assumptions: str | Path | Assumptions | None = None,
    out: str | Path | None = None,
) -> LocalPlants:
    """Give the plant of every area hour by hour: shares, price of heat by year, the cheapest size.

    Parameters
    ----------
    municipality
        Folder name under data/raw.
    area
        Only this area; all when none is named.
    series
        Hours of a whole year in place of the synthetic default year: a table or a CSV or Parquet file with
        utc, temperature_c, spot_dkk_per_mwh and, where known, ghi_w_m2. Prices give the shape alone.
    data_dir
        The data folder.
    assumptions
        Set, file or loaded set; by default the one that the municipality file names.
    out
        Folder for the tables, as CSV.

    Returns
    -------
    LocalPlants
        Areas, years, sizes and hours. An area whose plant is too small says why in its row.

    Raises
    ------
    UnknownNameError
        If there is no such municipality or area; names the near ones.
    ScreeningError
        For faulty series.
    """
    hours = read_hours(series)
    work = run_screening(municipality, data_dir=data_dir, assumptions=assumptions)
    made = work.screening
    known = made.local_plants["area"]
    if area is not None and area not in set(known):
        raise UnknownNameError("area", area, known)
    if hours is None:
        names = LocalPlants._fields
        tables = [made.local_plants, *(getattr(made, f"local_plant_{name}") for name in names[1:])]
        found = LocalPlants(*(t if area is None else t[t["area"] == area] for t in tables))
    else:
        figures = made.key_figures
        chosen = figures if area is None else figures[figures["area"] == area]
        found = run_local_plants(chosen, work.assumptions, hours)
    found = LocalPlants(*(table.reset_index(drop=True) for table in found))
    if out is not None:
        for name, table in found.tables.items():
            write_table(table, Path(out) / f"{name}.csv")
    return found
