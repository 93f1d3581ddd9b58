"""Buildings on their plots: the main ones, garages, carports and sheds, as rectangles and angles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from screening.synthetic.plan import SHARES

if TYPE_CHECKING:
    from screening.synthetic.layout import Layout
    from screening.synthetic.sites import Site

__all__ = ["draw", "outline_of", "place_houses", "place_outbuildings", "place_sites", "without_overlap"]

FloatArray = npt.NDArray[np.float64]

_ROOM_M = 0.4  # between a garage or shed and its neighbours

_COLUMNS = ["stock", "anchor_u", "anchor_v", "offset_u", "offset_v", "angle", "length_m", "width_m", "plot"]


def place_sites(layout: Layout, sites: list[Site], stock: pd.DataFrame) -> pd.DataFrame:
    """Place the buildings of the sites; each site keeps its shape and moves as a whole.

    Parameters
    ----------
    layout
        Plots of the area.
    sites
        The sites, numbered as in the layout.
    stock
        Main buildings with ``length_m`` and ``width_m``.

    Returns
    -------
    pandas.DataFrame
        ``stock`` (row label), ``anchor_u``, ``anchor_v`` (middle of the site), ``offset_u``,
        ``offset_v`` from there, ``angle``, ``length_m``, ``width_m``, ``plot``.
    """
    tables = [pd.DataFrame(columns=_COLUMNS)]
    plots = layout.plots[layout.plots["site"] >= 0]
    for plot, row in zip(plots.index, plots.to_dict("records"), strict=True):
        site = sites[int(row["site"])]
        turn, side = row["angle"], row["side"]
        x, y = site.x_m, side * site.y_m
        tables.append(
            pd.DataFrame(
                {
                    "stock": site.rows,
                    "anchor_u": row["mid_u"],
                    "anchor_v": row["mid_v"],
                    "offset_u": x * np.cos(turn) - y * np.sin(turn),
                    "offset_v": x * np.sin(turn) + y * np.cos(turn),
                    "angle": turn + np.where(site.turned, np.pi / 2, 0.0),
                    "length_m": stock.loc[site.rows, "length_m"].to_numpy(),
                    "width_m": stock.loc[site.rows, "width_m"].to_numpy(),
                    "plot": plot,
                }
            )
        )
    return _joined(tables)


def place_houses(plots: pd.DataFrame, stock: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Place one building on each plot, near the street, the long side mostly along it.

    Parameters
    ----------
    plots
        Plots of the layout without site, one per row of the stock.
    stock
        The buildings, in the order of the plots.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        As ``place_sites``.
    """
    count = len(plots)
    length, width = stock["length_m"].to_numpy(), stock["width_m"].to_numpy()
    plot_width, plot_depth = plots["width_m"].to_numpy(), plots["depth_m"].to_numpy()
    gable = (rng.random(count) < 0.18) | (length > plot_width - 3)
    across = np.where(gable, length, width)
    along = np.where(gable, width, length)
    garden = np.minimum(rng.normal(7.5, 1.2, count).clip(5, 11), np.maximum(plot_depth - across - 2, 2))
    y = plots["side"].to_numpy() * (garden + 0.5 * across - 0.5 * plot_depth)
    slack = np.maximum(plot_width - along - 4, 0)
    x = slack * (rng.random(count) - 0.5) * 0.7
    turn = plots["angle"].to_numpy() + np.deg2rad(rng.normal(0, 1.2, count))
    return _joined(
        [
            pd.DataFrame(
                {
                    "stock": stock.index.to_numpy(),
                    "anchor_u": plots["mid_u"].to_numpy(),
                    "anchor_v": plots["mid_v"].to_numpy(),
                    "offset_u": x * np.cos(turn) - y * np.sin(turn),
                    "offset_v": x * np.sin(turn) + y * np.cos(turn),
                    "angle": turn + np.where(gable, np.pi / 2, 0.0),
                    "length_m": length,
                    "width_m": width,
                    "plot": plots.index.to_numpy(),
                }
            )
        ]
    )


def place_outbuildings(plots: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Place garages and carports beside the drive and sheds at the back of the garden.

    Parameters
    ----------
    plots
        Plots of the layout without site.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        As ``place_sites``, with ``use_code`` instead of a row of the stock.
    """
    tables = []
    for codes, share, sizes, is_back in (
        (("910", "920", "920"), SHARES.garage, (4.0, 7.0, 3.2, 4.2), False),
        (("930", "930", "930"), SHARES.shed, (2.6, 4.5, 2.0, 3.2), True),
    ):
        chosen = plots[rng.random(len(plots)) < share]
        count = len(chosen)
        length, width = rng.uniform(*sizes[:2], count), rng.uniform(*sizes[2:], count)
        plot_width, plot_depth = chosen["width_m"].to_numpy(), chosen["depth_m"].to_numpy()
        end = np.where(rng.random(count) < 0.5, -1, 1)
        x = end * (0.5 * plot_width - 0.5 * width - 0.8)
        deep = 0.46 if is_back else 0.14
        y = deep * plot_depth - (0.5 * length + 1.0 if is_back else rng.uniform(-4, 4, count))
        y = chosen["side"].to_numpy() * y
        turn = chosen["angle"].to_numpy()
        tables.append(
            pd.DataFrame(
                {
                    "use_code": rng.choice(codes, count),
                    "anchor_u": chosen["mid_u"].to_numpy(),
                    "anchor_v": chosen["mid_v"].to_numpy(),
                    "offset_u": x * np.cos(turn) - y * np.sin(turn),
                    "offset_v": x * np.sin(turn) + y * np.cos(turn),
                    "angle": turn + np.pi / 2,
                    "length_m": length,
                    "width_m": width,
                    "plot": chosen.index.to_numpy(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def without_overlap(main: pd.DataFrame, out: pd.DataFrame) -> pd.DataFrame:
    """Leave out the outbuildings for which there is no room.

    Parameters
    ----------
    main
        Main buildings with ``x_m``, ``y_m``, ``angle``, ``length_m``, ``width_m``.
    out
        Outbuildings with the same columns.

    Returns
    -------
    pandas.DataFrame
        Rows of ``out`` that overlap no main building and no outbuilding before them.
    """
    shapes = outline_of(out)
    room = np.ones(len(out), dtype=bool)
    room[shapely.STRtree(outline_of(main)).query(shapes, predicate="dwithin", distance=_ROOM_M)[0]] = False
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_ROOM_M)
    for one, other in zip(first[first > second], second[first > second], strict=True):
        room[one] &= not room[other]
    return out[room]


def outline_of(buildings: pd.DataFrame) -> FloatArray:
    """Draw the outlines of buildings with ``x_m``, ``y_m``, ``angle``, ``length_m``, ``width_m``.

    Parameters
    ----------
    buildings
        The buildings.

    Returns
    -------
    numpy.ndarray
        Polygons.
    """
    numbers = buildings[["x_m", "y_m", "angle", "length_m", "width_m"]].to_numpy(dtype=float)
    return draw(numbers[:, :2], numbers[:, 2], numbers[:, 3], numbers[:, 4])


def draw(centres: FloatArray, angle: FloatArray, length_m: FloatArray, width_m: FloatArray) -> FloatArray:
    """Rectangles as polygons.

    Parameters
    ----------
    centres
        Middles. [m]
    angle
        Direction of the long side. [rad]
    length_m, width_m
        Sides. [m]

    Returns
    -------
    numpy.ndarray
        Polygons.
    """
    corner = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]])
    x = corner[:, 0] * np.asarray(length_m)[:, None]
    y = corner[:, 1] * np.asarray(width_m)[:, None]
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    ring = np.stack([x * cos - y * sin, x * sin + y * cos], axis=-1) + np.asarray(centres)[:, None, :]
    return np.asarray(shapely.polygons(np.round(ring, 2)))


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    full = [t for t in tables if len(t)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame(columns=_COLUMNS)
