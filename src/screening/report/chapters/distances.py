"""Parts of chapter 4: communities at shorter and longer distances, and the constants behind the distance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from screening.communities import derived_constants
from screening.figures import step_bars
from screening.maps import style
from screening.report.elements import (
    Column,
    assumption_labels,
    figure,
    fold,
    heading,
    join,
    paragraph,
    sources,
    table,
)
from screening.report.look import frame
from screening.report.quantities import unit_words

if TYPE_CHECKING:
    from markupsafe import Markup

    from screening.report.texts import Texts
    from screening.views import Town

__all__ = ["constants_block", "distance_blocks"]

_SOURCES = (
    "community_service_line_dkk_per_m_year",
    "community_loss_dkk_per_m_year",
    "community_scale_saving_dkk_per_mwh",
    "community_min_buildings_count",
)
_TOUCHING = 0.005  # of the distance: less is told as wall to wall


def distance_blocks(town: Town, t: Texts) -> list[Markup]:
    """Tell how many communities there are at every scale of the distance, and the margins of each.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    list of Markup
        Empty where there is no community at any scale.
    """
    scales = town.community_scales.sort_values("scale", ignore_index=True)
    if not scales["community_count"].any():
        return []
    limit = t.number(town.assumptions.community_collective_supply_kw)
    labels = [t.number(scale, 1) for scale in scales["scale"]]
    large = scales["collective_building_count"]
    parts = scales[[]].assign(
        **{
            str(t("communities.scales_small", limit=limit)): scales["building_count"] - large,
            str(t("communities.scales_large", limit=limit)): large,
        }
    )
    low, high = scales.iloc[0], scales.iloc[-1]
    words: dict[str, Any] = {
        "low": labels[0],
        "high": labels[-1],
        "low_count": t.count("community", low["community_count"]),
        "low_buildings": t.count("building", low["building_count"]),
        "high_count": t.count("community", high["community_count"]),
        "high_buildings": t.count("building", high["building_count"]),
    }
    image = step_bars(
        parts.set_axis(labels),
        scales["community_count"].tolist(),
        frame("community-scales", "communities.scales", t, **words),
        colours=[style.COLORS["community_small"], style.COLORS["community_large"]],
        step_axis=str(t("communities.scales_axis_x")),
        marked=t.number(1.0, 1),
    )
    blocks = [
        heading(t("communities.scales_heading")),
        paragraph(t("communities.scales_intro")),
        figure(image, t("communities.scales_caption", **words)),
    ]
    if len(town.communities):
        told = [paragraph(t("communities.margins_intro")), _margins(town, labels[-1], t)]
        blocks.append(fold(t("communities.margins_title"), join(told)))
    return blocks


def _margins(town: Town, highest: str, t: Texts) -> Markup:
    """List the scales at which each community appears, is whole, grows and meets another."""

    def told(scale: float) -> str:
        if math.isnan(scale):
            return str(t("communities.margins_beyond", high=highest))
        return str(t("communities.margins_touching")) if scale < _TOUCHING else t.number(scale, 2)

    found = town.communities.sort_values(["heat_demand_mwh", "id"], ascending=[False, True])
    names = ("appears", "whole", "grows", "merges")
    columns = [Column(t("communities.id"), is_number=False), Column(t("column.buildings"), t("unit.count"))]
    columns += [Column(t(f"communities.margins_{name}")) for name in names]
    rows = [
        [str(number), t.number(count), *map(told, scales)]
        for number, count, *scales in zip(
            found["id"],
            found["building_count"],
            *(found[f"{name}_scale"] for name in names),
            strict=True,
        )
    ]
    return table(
        t("communities.margins_caption"), columns, rows, source=sources(town.assumptions, _SOURCES, t)
    )


def constants_block(town: Town, t: Texts) -> Markup:
    """Fold away each constant of the distance beside what its own inputs give.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        HTML.
    """
    a = town.assumptions
    labels = assumption_labels(a, t)
    columns = [
        Column(t("communities.constants_name"), is_number=False),
        Column(t("communities.constants_used")),
        Column(t("communities.constants_derived")),
        Column(t("communities.constants_unit"), is_number=False),
        Column(t("communities.constants_how"), is_number=False),
        Column(t("communities.constants_deviation")),
    ]
    rows = [
        [
            f"{labels[name]}, {key} kW" if key else labels[name],
            t.number(used, 2 if used < 10 else 0),
            t.number(derived, 2 if used < 10 else 1),
            unit_words(name, unit, t),
            t(f"communities.constants.{name}"),
            t.percent(deviation, 1),
        ]
        for name, key, unit, used, derived, deviation in derived_constants(a)[
            ["name", "key", "unit", "used", "derived", "deviation_share"]
        ].itertuples(index=False)
    ]
    content = join(
        [
            paragraph(t("communities.constants_intro")),
            table(t("communities.constants_caption"), columns, rows),
        ]
    )
    return fold(t("communities.constants_title"), content)
