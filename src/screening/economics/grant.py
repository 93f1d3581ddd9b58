"""Fewest customers with whom the company balances, and to how many the grant goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.economics import company
from screening.supply import design

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = ["granted_share", "minimum_connection"]

_STEPS = 100  # shares that are tried, linear between them


def minimum_connection(areas: pd.DataFrame, assumptions: Assumptions) -> npt.NDArray[np.float64]:
    """Smallest share of the customers with whom the account balances without contribution.

    Parameters
    ----------
    areas
        Table of ``inputs.customers``: what there is to connect.
    assumptions
        The set. All who convert get the grant; the network is laid in the whole area.

    Returns
    -------
    numpy.ndarray
        By area; missing where not even all customers are enough. [1]
    """
    shares = np.arange(1, _STEPS + 1) / _STEPS
    tried = areas.loc[areas.index.repeat(_STEPS)]
    scaled = {
        name: tried[name] * np.tile(shares, len(areas))
        for name in ("customer_count", "heat_mwh", "heated_area_m2")
    }
    tried = tried.assign(granted_share=1.0, **scaled)
    flows = company.flows_without_contribution(tried, design(tried, assumptions), assumptions)
    left = company.present_balance(flows, assumptions).reshape(len(areas), _STEPS)
    first = np.argmax(left >= 0.0, axis=1)
    here, before = (
        np.take_along_axis(left, at[:, None], axis=1)[:, 0] for at in (first, np.maximum(first - 1, 0))
    )
    gap = np.where(here > before, here - before, 1.0)
    back = np.where(first > 0, here / gap, 0.0) / _STEPS
    return np.asarray(np.where((left >= 0.0).any(axis=1), shares[first] - back, np.nan), float)


def granted_share(minimum_share: npt.ArrayLike, assumptions: Assumptions) -> npt.NDArray[np.float64]:
    """Share of the customers for whom the grant is paid.

    Parameters
    ----------
    minimum_share
        From ``minimum_connection``. [1]
    assumptions
        The set: ``is_grant_for_minimum_connection_only``.

    Returns
    -------
    numpy.ndarray
        All, or the minimum where the grant goes no further; none where no number balances. [1]
    """
    share = np.asarray(minimum_share, float)
    if assumptions.is_grant_for_minimum_connection_only:
        return np.asarray(np.nan_to_num(share, nan=0.0), float)
    return np.ones_like(share)
