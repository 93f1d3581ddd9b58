"""What one house in one area of a municipality would pay for its heat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from screening import economics
from screening.errors import ScreeningError, UnknownNameError
from screening.workbench.chain import DEFAULT_MUNICIPALITY, run_screening

if TYPE_CHECKING:
    from pathlib import Path

    from screening.assumptions import Assumptions

__all__ = ["HouseBill", "house_bill"]


@dataclass(frozen=True)
class HouseBill:
    """A house's heat by alternative.

    Parameters
    ----------
    area, municipality
        Names.
    area_m2, heat_mwh, filled
        The house, and which of the two was filled in ("area_m2", "heat_mwh" or empty). [m2, MWh/year]
    bills
        Index alternative; energy, fixed, investment, total_dkk_per_year, first_year_dkk, present_value_dkk.
        [DKK/year]
    saving_dkk_per_year
        With local heating against the cheaper of heat pump and gas. [DKK/year]
    cheapest_alternative
        Of all but oil.
    anlaegsbidrag_dkk
        Construction contribution of each customer, without VAT. [DKK]
    assumptions
        The set used.
    """

    area: str
    municipality: str
    area_m2: float
    heat_mwh: float
    filled: str
    bills: pd.DataFrame
    saving_dkk_per_year: float
    cheapest_alternative: str
    anlaegsbidrag_dkk: float
    assumptions: Assumptions


def house_bill(
    area: str,
    municipality: str = DEFAULT_MUNICIPALITY,
    *,
    area_m2: float | None = None,
    heat_mwh: float | None = None,
    data_dir: str | Path = "data",
    assumptions: str | Path | Assumptions | None = None,
) -> HouseBill:
    """Work out what a house would pay.

    Parameters
    ----------
    area
        Name of the area.
    municipality
        Folder name under data/raw.
    area_m2, heat_mwh
        Of the house; one may be left out. [m2, MWh/year]
    data_dir
        The data folder.
    assumptions
        Set, file or loaded set; by default the one that the municipality file names.

    Returns
    -------
    HouseBill
        The bills.

    Raises
    ------
    UnknownNameError
        If there is no such area or municipality; names the near ones.
    TableError
        If the house is not plausible.
    ScreeningError
        If nobody in the area could be a customer.
    """
    work = run_screening(municipality, data_dir=data_dir, assumptions=assumptions)
    figures = work.screening.key_figures
    row = figures[figures["area"] == area]
    if row.empty:
        raise UnknownNameError("area", area, figures["area"])
    house = pd.DataFrame({"house": [area], "area_m2": [area_m2], "heat_mwh": [heat_mwh]})
    found = economics.house_economy(row, work.assumptions, house)
    if found.empty:
        raise ScreeningError(
            f"{area} has no oil or gas buildings of known heat demand, so local heating has no price."
        )
    bills = found.pivot_table(
        index="alternative", columns="component", values="payment_dkk_per_year", aggfunc="sum"
    )
    bills = bills.reindex(index=found["alternative"].unique(), columns=found["component"].unique())
    years = economics.present_bills(economics.bills_by_year(row, work.assumptions, house), work.assumptions)
    years = years.set_index("alternative")[["first_year_dkk", "present_value_dkk"]]
    line = economics.house_summary(found)
    contribution = work.screening.economics["anlaegsbidrag_dkk"]
    return HouseBill(
        area=area,
        municipality=work.municipality.name,
        area_m2=float(found["area_m2"].iloc[0]),
        heat_mwh=float(found["heat_mwh"].iloc[0]),
        filled=str(found["filled"].iloc[0]),
        bills=bills.assign(total_dkk_per_year=bills.sum(axis=1)).join(years),
        saving_dkk_per_year=float(line["saving_dkk_per_year"].iloc[0]),
        cheapest_alternative=str(line["cheapest_alternative"].iloc[0]),
        anlaegsbidrag_dkk=float(contribution[contribution.index == area].iloc[0]),
        assumptions=work.assumptions,
    )
