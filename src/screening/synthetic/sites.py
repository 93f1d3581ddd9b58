"""Sites of more than one building, or of one large: rows of houses that touch, estates, businesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from screening.communities import decide, max_distance

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = ["Site", "make_sites"]

_EDGE_M = 5.0  # from a building to the edge of its site
_STAGGER_M = 0.7  # every second house of a row stands a little forward
_LEG_HOUSES = 2  # houses that join the two rows of a court
_SHIFT_SHARE = 0.5  # every second row of an estate begins so much of a block further on
_ONE_ROW = 9  # houses in a single row at most
_NEAR_SHARE = 0.6  # gap between the blocks of an estate over the gap at which they would part


@dataclass(frozen=True)
class Site:
    """A piece of ground with its buildings, x along the street, y away from it, origin in the middle.

    Parameters
    ----------
    number
        Number of the site within its area.
    rows
        Row labels of the buildings in the stock.
    x_m, y_m
        Middles of the buildings. [m]
    turned
        Whether each stands with its length across the street.
    length_m, depth_m
        Size of the ground along and across the street. [m]
    margin_m
        Clear distance to keep to other sites, so that their heat communities stay apart. [m]
    """

    number: int
    rows: npt.NDArray[np.int64]
    x_m: npt.NDArray[np.float64]
    y_m: npt.NDArray[np.float64]
    turned: npt.NDArray[np.bool_]
    length_m: float
    depth_m: float
    margin_m: float


def make_sites(stock: pd.DataFrame, assumptions: Assumptions, *, single_m2: float) -> list[Site]:
    """Group the stock's communities and large buildings to sites.

    Parameters
    ----------
    stock
        As from ``make_stock``.
    assumptions
        The set with the max distance's assumptions.
    single_m2
        Footprint above which a business has a site of its own. [m2]

    Returns
    -------
    list of Site
        Numbered from 0.
    """
    sites: list[Site] = []
    for kind in ("block", "terrace"):
        for _, group in stock[stock["kind"] == kind].groupby("group", sort=True):
            reach = np.asarray(
                max_distance(group["heat_mwh"].to_numpy(), assumptions=assumptions), dtype=float
            )
            make = _court if kind == "terrace" else _estate
            sites.append(make(len(sites), group, np.maximum(reach, 0.0)))
    alone = stock[(stock["kind"] == "business") & (stock["length_m"] * stock["width_m"] > single_m2)]
    joins = ((decide(alone["use_code"], assumptions) == "included") & (alone["role"] == "fossil")).to_numpy()
    reaches = np.asarray(max_distance(alone["heat_mwh"].to_numpy(), assumptions=assumptions), dtype=float)
    none = np.zeros(1)
    for label, length, width, reach, is_joining in zip(
        alone.index, alone["length_m"], alone["width_m"], reaches, joins, strict=True
    ):
        margin = float(reach) + 3.0 if is_joining else 1.0
        size = float(length) + 3 * _EDGE_M, float(width) + 3 * _EDGE_M
        sites.append(Site(len(sites), np.array([label]), none, none, np.zeros(1, dtype=bool), *size, margin))
    return sites


def _court(number: int, group: pd.DataFrame, reach: npt.NDArray[np.float64]) -> Site:
    """Set touching houses in a row, or in two rows joined at one end round a court."""
    count, width, depth = len(group), float(group["width_m"].iloc[0]), float(group["length_m"].iloc[0])
    rows = group.index.to_numpy()
    if count <= _ONE_ROW:
        x = (np.arange(count, dtype=np.float64) - 0.5 * (count - 1)) * width
        y = np.where(np.arange(count) % 2, _STAGGER_M, -_STAGGER_M)
        length, across = count * width, depth + 2 * _STAGGER_M
        turned = np.ones(count, dtype=bool)
    else:
        back = (count - _LEG_HOUSES) // 2
        front = count - _LEG_HOUSES - back
        end = front * width
        gap = _LEG_HOUSES * width
        x = np.concatenate(
            [
                (np.arange(front) + 0.5) * width,
                np.full(_LEG_HOUSES, end - 0.5 * depth),
                end - (np.arange(back) + 0.5) * width,
            ]
        )
        y = np.concatenate(
            [
                np.full(front, 0.5 * depth),
                depth + (np.arange(_LEG_HOUSES) + 0.5) * width,
                np.full(back, depth + gap + 0.5 * depth),
            ]
        )
        turned = np.concatenate([np.ones(front, bool), np.zeros(_LEG_HOUSES, bool), np.ones(back, bool)])
        length, across = end, 2 * depth + gap
        x, y = x - 0.5 * length, y - 0.5 * across
    return Site(
        number, rows, x, y, turned, length + 2 * _EDGE_M, across + 2 * _EDGE_M, float(reach.max()) + 2.0
    )


def _estate(number: int, group: pd.DataFrame, reach: npt.NDArray[np.float64]) -> Site:
    """Set blocks in rows, near enough that each shares heat with the next."""
    count = len(group)
    gap = max(2.0, _NEAR_SHARE * 2 * float(reach.min()))
    lengths = group["length_m"].to_numpy(dtype=np.float64)
    widths = group["width_m"].to_numpy(dtype=np.float64)
    deep = max(1, min(int(np.floor(np.sqrt(count * lengths.mean() / widths.mean()) / 1.5)), 6))
    wide = -(-count // deep)
    line = np.arange(count) // wide
    # Shorter blocks are pushed together, so that no gap grows beyond the one meant.
    x = np.zeros(count)
    for n in range(deep):
        inside = line == n
        ends = np.cumsum(lengths[inside] + gap)
        x[inside] = ends - gap - 0.5 * lengths[inside] + _SHIFT_SHARE * (n % 2) * lengths.mean()
    x -= 0.5 * (x.max() + x.min())
    y = (line - 0.5 * (deep - 1)) * (widths.mean() + gap) + np.where(np.arange(count) % 3 == 1, 1.5, 0.0)
    length = float((x + 0.5 * lengths).max() - (x - 0.5 * lengths).min())
    depth = float((y + 0.5 * widths).max() - (y - 0.5 * widths).min())
    return Site(
        number, group.index.to_numpy(), x, y, np.zeros(count, dtype=bool), length + 2 * _EDGE_M,
        depth + 2 * _EDGE_M, float(reach.max()) + 3.0,
    )  # fmt: skip
