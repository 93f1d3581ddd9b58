"""The whole calculation of all areas at once, for one set of assumptions or for many draws of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.economics import company, grant, society, user
from screening.economics.lines import alternative_lines, contribution_lines, project_lines
from screening.economics.timeline import Timeline
from screening.supply import Supply, design

if TYPE_CHECKING:
    from screening.assumptions import Assumptions, Draws
    from screening.economics.cash_flow import Line
    from screening.supply import Customers

__all__ = ["Result", "evaluate"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """Everything that is known of the areas; arrays are (area,) or (draw, area).

    Parameters
    ----------
    customers
        Who connects.
    timeline
        Years and assumptions.
    supply
        Plant and network.
    minimum_connection_share
        Of the customers, with whom the company balances; None where it was not asked for. [1]
    granted_share
        Of the customers, for whom the grant is paid. [1]
    settlement
        Contribution, tariff reduction and surplus.
    project, alternative
        The ledgers, settled.
    """

    customers: Customers
    timeline: Timeline
    supply: Supply
    minimum_connection_share: FloatArray | None
    granted_share: FloatArray
    settlement: company.Settlement
    project: list[Line]
    alternative: list[Line]

    @cached_property
    def bills(self) -> dict[tuple[str, str], FloatArray]:
        """Yearly cost of the standard consumer by (alternative, component) [DKK/year]."""
        return self.bills_of(user.standard_house(self.timeline.assumptions))

    def bills_of(self, house: user.House) -> dict[tuple[str, str], FloatArray]:
        """Yearly cost of any consumer.

        Parameters
        ----------
        house
            Heat and area.

        Returns
        -------
        dict of numpy.ndarray
            By (alternative, component). [DKK/year]
        """
        settled = self.settlement
        return user.yearly_cost(
            house, settled.contribution_dkk, settled.tariff_reduction_share, self.timeline
        )

    @cached_property
    def prices(self) -> dict[str, FloatArray]:
        """Yearly cost of the standard consumer by alternative [DKK/year]."""
        return {
            name: np.asarray(sum(self.bills[name, part] for part in user.COMPONENTS), float)
            for name in user.ALTERNATIVES
        }

    @cached_property
    def project_costs(self) -> dict[str, FloatArray]:
        """Society's present costs of the project by item [DKK]."""
        return society.present_costs(self.project, self.timeline)

    @cached_property
    def alternative_costs(self) -> dict[str, FloatArray]:
        """Society's present costs of the alternative by item [DKK]."""
        return society.present_costs(self.alternative, self.timeline)

    @property
    def npv_project_dkk(self) -> FloatArray:
        """Society's cost of the project [DKK]."""
        return np.asarray(sum(self.project_costs.values(), np.zeros(())), float)

    @property
    def npv_alternative_dkk(self) -> FloatArray:
        """Society's cost of the alternative [DKK]."""
        return np.asarray(sum(self.alternative_costs.values(), np.zeros(())), float)

    @property
    def user_saving_dkk_per_year(self) -> FloatArray:
        """What the standard consumer saves against the cheaper of heat pump and gas [DKK/year]."""
        prices = self.prices
        return np.asarray(np.minimum(prices["heat_pump"], prices["gas"]) - prices["district_heating"], float)

    @property
    def society_gain_dkk(self) -> FloatArray:
        """What society saves against the alternative [DKK]."""
        return self.npv_alternative_dkk - self.npv_project_dkk

    @property
    def is_viable(self) -> npt.NDArray[np.bool_]:
        """Whether user and society both gain; not where a price is missing for want of customers."""
        return (self.user_saving_dkk_per_year > 0) & (self.society_gain_dkk > 0)


def evaluate(customers: Customers, assumptions: Assumptions | Draws, *, needs_minimum: bool = True) -> Result:
    """Calculate supply, company, user and society of every area.

    Parameters
    ----------
    customers
        Who connects.
    assumptions
        The set, or draws of it.
    needs_minimum
        Whether the minimum connection is wanted even where the grant does not depend on it.

    Returns
    -------
    Result
        The ledgers and what is read from them.
    """
    timeline = Timeline(assumptions)
    supply = design(customers, assumptions)
    fewest = None
    if needs_minimum or assumptions.is_grant_for_minimum_connection_only:
        fewest = grant.minimum_connection(customers, timeline)
    granted = grant.granted_share(np.nan if fewest is None else fewest, customers, timeline)
    project = project_lines(customers, supply, granted, timeline)
    settled = company.settle(project, customers, timeline)
    project = settled.lower(project) + contribution_lines(settled.contribution_dkk, customers, timeline)
    alternative = alternative_lines(customers, timeline)
    return Result(customers, timeline, supply, fewest, granted, settled, project, alternative)
