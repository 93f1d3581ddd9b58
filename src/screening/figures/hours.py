"""A plant hour by hour: duration curves, a week's production, the tank's layers, price against COP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from screening.figures.canvas import GRID, INK, MUTED, Frame, render, tick_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

__all__ = ["duration_curves", "layer_year", "price_against_cop", "week_of_production"]

_POINTS = 300  # along a curve: more cannot be seen, and the page must stay small
_BINS = (26, 34)  # of COP and price
_LARGEST_POINT = 150.0  # area of the largest point in the scatter [points^2]
_LONG = 20  # letters of a name that has a line of its own on a phone
_MONTH_SEEN = 5  # days of a month at the end of the axis that make it worth a name
_SMALLEST_SHARE = 0.004  # of the largest: what is less is not drawn


def duration_curves(
    table: pd.DataFrame, demand: pd.Series, frame: Frame, *, colours: Sequence[str], hours_axis: str
) -> str:
    """Draw each unit's hours from the highest to the lowest, and those of the demand.

    Parameters
    ----------
    table
        Heat by hour (rows) and unit (columns). [MW]
    demand
        Heat drawn, one per hour; its name stands in the legend. [MW]
    frame
        Title, description, value axis.
    colours
        One per unit.
    hours_axis
        Name of the axis of hours.

    Returns
    -------
    str
        HTML.
    """
    at = np.unique(np.linspace(0, max(len(table) - 1, 0), _POINTS).round().astype(int))

    def draw(ax: Axes, narrow: bool) -> None:
        ordered = np.sort(demand.to_numpy(float))[::-1]
        ax.fill_between(at, ordered[at], color=GRID, alpha=0.75, linewidth=0, label=str(demand.name))
        ax.plot(at, ordered[at], color=MUTED, linewidth=1.1)
        for name, colour in zip(table.columns, colours, strict=True):
            ordered = np.sort(table[name].to_numpy(float))[::-1]
            ax.plot(at, ordered[at], color=colour, linewidth=2.0, label=str(name))
        ax.set_xlim(0, len(table))
        ax.set_ylim(bottom=min(0.0, float(table.to_numpy().min(initial=0.0))))
        ax.xaxis.set_major_locator(MaxNLocator(4 if narrow else 9))
        ax.xaxis.set_major_formatter(tick_form(frame))
        ax.set_xlabel(hours_axis)
        _finish(ax, frame, frame.axis)
        _legend(ax, narrow=narrow)

    return render(frame, draw, 3.5, 3.9)


def week_of_production(
    table: pd.DataFrame,
    demand: pd.Series,
    price: pd.Series,
    layers: pd.DataFrame,
    frame: Frame,
    *,
    colours: Sequence[str],
    layer_colours: Sequence[str],
    price_axis: str,
    layer_axis: str,
) -> str:
    """Draw a week: heat by unit with the demand, below it the price and the tank's layers.

    Parameters
    ----------
    table
        Heat by hour (index: time) and unit. [MW]
    demand
        Its name stands in the legend. [MW]
    price
        Of electricity. [DKK/MWh]
    layers
        Water by layer, the hottest first. [m3]
    frame
        Title, description, axis of the heat.
    colours, layer_colours
        One per unit and per layer.
    price_axis, layer_axis
        Names of the other two axes.

    Returns
    -------
    str
        HTML.
    """
    clock, times = pd.DatetimeIndex(table.index), np.arange(len(table) + 1)

    def steps(values: Any) -> Any:
        return np.append(np.asarray(values, float), np.asarray(values, float)[-1])

    def draw(ax: Axes, narrow: bool) -> None:
        heat, cost, tank = _panels(ax, [2.2, 1.0, 1.2])
        base = np.zeros(len(times))
        for name, colour in zip(table.columns, colours, strict=True):
            top = base + steps(table[name].clip(lower=0))
            heat.fill_between(times, base, top, step="post", color=colour, linewidth=0, label=str(name))
            base = top
        heat.step(times, steps(demand), where="post", color=INK, linewidth=1.3, label=str(demand.name))
        heat.set_ylim(bottom=0)
        _finish(heat, frame, frame.axis)
        cost.step(times, steps(price), where="post", color=INK, linewidth=1.2)
        cost.set_ylim(bottom=min(0.0, float(price.min()) * 1.1))
        _finish(cost, frame, price_axis, count=3)
        base = np.zeros(len(times))
        for name, colour in zip(reversed(layers.columns), reversed(list(layer_colours)), strict=True):
            top = base + steps(layers[name])
            tank.fill_between(times, base, top, step="post", color=colour, linewidth=0, label=str(name))
            base = top
        tank.set_ylim(0, float(base.max()) or 1.0)
        _finish(tank, frame, layer_axis, count=3)
        days = [int(day) for day in np.flatnonzero(clock.hour == 0)]
        told = [f"{clock[d].day}/{clock[d].month}" for d in days]
        for panel in (heat, cost, tank):
            panel.set_xlim(0, len(table))
            panel.set_xticks(days, told if panel is tank else [""] * len(days))
            panel.grid(axis="x", color=GRID, linewidth=0.8)
        _legend(heat, narrow=narrow)
        _legend(tank, narrow=narrow, reverse=True)

    return render(frame, draw, 6.0, 6.6)


def layer_year(layers: pd.DataFrame, frame: Frame, *, colours: Sequence[str], months: Sequence[str]) -> str:
    """Draw the tank's layers over the year, as means of each day.

    Parameters
    ----------
    layers
        Water by hour (index: time) and layer, the hottest first. [m3]
    frame
        Title, description, axis.
    colours
        One per layer.
    months
        Twelve short names.

    Returns
    -------
    str
        HTML.
    """
    daily = layers.groupby(pd.DatetimeIndex(layers.index).normalize()).mean()

    def draw(ax: Axes, narrow: bool) -> None:
        upward = list(reversed(daily.columns))
        ax.stackplot(
            np.arange(len(daily)),
            *(daily[name] for name in upward),
            colors=list(reversed(list(colours))),
            labels=[str(name) for name in upward],
            linewidth=0,
        )
        ax.set_xlim(0, len(daily) - 1)
        ax.set_ylim(0, float(daily.sum(axis=1).max()) or 1.0)
        days = pd.DatetimeIndex(daily.index)
        begun = np.flatnonzero(days.day[: 1 - _MONTH_SEEN] == 1)  # not a month of a day or two at the end
        firsts = [int(day) for day in begun][:: 2 if narrow else 1]
        ax.set_xticks(firsts, [months[days[first].month - 1] for first in firsts], ha="left")
        _finish(ax, frame, frame.axis)
        _legend(ax, narrow=narrow, reverse=True)

    return render(frame, draw, 2.9, 3.2)


def price_against_cop(
    used: pd.DataFrame,
    price: pd.Series,
    cop: pd.Series,
    frame: Frame,
    *,
    colours: Sequence[str],
    cop_axis: str,
) -> str:
    """Draw when a heat pump uses its electricity, by price and outdoor COP; a point is as large as its MWh.

    Parameters
    ----------
    used
        Electricity by hour and way of running. [MW]
    price
        Of electricity in each hour. [DKK/MWh]
    cop
        Of outdoor operation in each hour. [1]
    frame
        Title, description, axis of the price.
    colours
        One per way of running.
    cop_axis
        Name of the axis of COP.

    Returns
    -------
    str
        HTML.
    """
    low, high = np.quantile(price, [0.002, 0.998])
    across = np.linspace(float(cop.min()), float(cop.max()) + 1e-9, _BINS[0] + 1)
    up = np.linspace(low, high + 1e-9, _BINS[1] + 1)
    clipped = price.clip(low, high)
    middle = [(edges[:-1] + edges[1:]) / 2 for edges in (across, up)]
    x, y = np.meshgrid(*middle, indexing="ij")
    shares = [np.histogram2d(cop, clipped, [across, up], weights=used[name])[0] for name in used.columns]
    shift = 0.2 * (across[1] - across[0])

    def draw(ax: Axes, narrow: bool) -> None:
        scale = _LARGEST_POINT * (0.45 if narrow else 1.0)
        for place, (name, colour) in enumerate(zip(used.columns, colours, strict=True)):
            size = shares[place] / (shares[place].max() or 1.0)
            seen = size > _SMALLEST_SHARE
            ax.scatter(
                x[seen] + shift * (2 * place - len(shares) + 1),
                y[seen],
                s=scale * size[seen],
                color=colour,
                alpha=0.6,
                linewidth=0,
                label=str(name),
            )
        ax.set_xlabel(cop_axis)
        ax.xaxis.set_major_locator(MaxNLocator(5 if narrow else 8))
        ax.xaxis.set_major_formatter(tick_form(frame))
        _finish(ax, frame, frame.axis)
        _legend(ax, narrow=narrow)
        for handle in ax.get_legend().legend_handles if ax.get_legend() else []:  # type: ignore[union-attr]
            handle.set_sizes([40.0])  # type: ignore[union-attr]

    return render(frame, draw, 3.9, 4.2)


def _panels(ax: Axes, heights: list[float]) -> list[Axes]:
    """Put panels above one another in place of the axes."""
    figure = ax.get_figure(root=True)
    ax.remove()
    if figure is None:  # an axes that was drawn on always has one
        return []
    made = figure.subplots(len(heights), 1, gridspec_kw={"height_ratios": heights})
    return list(made)


def _finish(ax: Axes, frame: Frame, name: str, *, count: int = 5) -> None:
    """Light grid, few numbers in the report's form."""
    ax.yaxis.set_major_locator(MaxNLocator(count))
    ax.yaxis.set_major_formatter(tick_form(frame))
    ax.set_ylabel(name)
    ax.grid(axis="y", color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _legend(ax: Axes, *, narrow: bool, reverse: bool = False) -> None:
    """Put the names above the drawing."""
    longest = max((len(str(name)) for name in ax.get_legend_handles_labels()[1]), default=0)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=(1 if longest > _LONG else 2) if narrow else 5,
        borderaxespad=0.2,
        handlelength=1.5,
        columnspacing=1.3,
        handletextpad=0.5,
        reverse=reverse,
    )
