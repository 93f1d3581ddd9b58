"""The overview's part of the doubt: how probable a yes is in each area, and how many must connect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening import maps
from screening.figures import dot_rows
from screening.report.chapters.certainty import chance_in_short
from screening.report.chapters.parts import verdict_word
from screening.report.chapters.turning import least_connection
from screening.report.elements import Column, figure, heading, link, paragraph, table
from screening.report.look import LOW_HIGH, frame

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from screening.report.texts import Texts
    from screening.views import Overview

__all__ = ["chances_by_area", "overview_certainty_blocks"]

_SHARES = {
    "both": "viable_probability_share",
    "user": "user_cheaper_probability_share",
    "society": "society_better_probability_share",
}
_DRAWN = 30  # areas in the figure; the table has all
_WORTH_DRAWING_SHARE = 0.005  # rounds to one outcome of a hundred


def chances_by_area(overview: Overview) -> pd.DataFrame:
    """Give the probabilities of the areas that have customers, the likeliest first.

    Parameters
    ----------
    overview
        The municipality's view.

    Returns
    -------
    pandas.DataFrame
        Index area; both, user, society: 0 to 1. [1]
    """
    known = overview.uncertainty[overview.uncertainty["society_gain_p50_dkk"].notna()]
    found = known.set_index("area")[list(_SHARES.values())].astype(float).set_axis(list(_SHARES), axis=1)
    order = ["both", "society", "user"]
    return found.sort_index().sort_values(order, ascending=False, kind="stable")


def overview_certainty_blocks(overview: Overview, t: Texts) -> list[Markup]:
    """Tell how sure each area's answer is: a sentence, a figure, a table.

    Parameters
    ----------
    overview
        The municipality's view.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        Blocks with a heading; none where no area has customers.
    """
    chances = chances_by_area(overview)
    if chances.empty:
        return []
    likely = chances[chances["both"] > 0.5]
    names = [f"{area} ({chance_in_short(share, t)})" for area, share in likely["both"].items()]
    lead = (
        t("certainty.overview_likely", count=t.count("area", len(likely)), areas=t.listing(names))
        if names
        else t("certainty.overview_none_likely")
    )
    drawn = chances[chances.max(axis=1) >= _WORTH_DRAWING_SHARE].head(_DRAWN)
    image = _figure(drawn, len(chances) - len(drawn), t)
    return [
        heading(t("certainty.overview_title")),
        paragraph(lead),
        *image,
        _table(overview, chances, t),
        paragraph(
            t("certainty.overview_how", draws=t.number(int(overview.uncertainty["draw_count"].iloc[0])))
        ),
    ]


def _figure(drawn: pd.DataFrame, left_out: int, t: Texts) -> list[Markup]:
    if drawn.empty:
        return []
    shown = (100 * drawn[["user", "society"]]).set_axis(
        [str(t("certainty.user_short")), str(t("certainty.society_short"))], axis=1
    )
    told = "; ".join(f"{area}: {chance_in_short(share, t)}" for area, share in drawn["both"].items())
    image = dot_rows(
        shown,
        frame("chances", "certainty.chances", t, rows=told),
        colours=LOW_HIGH[::-1],
        limits=(0.0, 100.0),
        bar=(100 * drawn["both"]).rename(str(t("certainty.both_short"))),
    )
    caption = t("certainty.chances_caption")
    if left_out:
        caption += " " + t("certainty.chances_left_out", count=t.count("area", left_out))
    return [figure(image, caption)]


def _table(overview: Overview, chances: pd.DataFrame, t: Texts) -> Markup:
    unit = t("certainty.of_100")
    columns = [
        Column(t("column.area"), is_number=False),
        Column(t("answer.parts_verdict"), is_number=False),
        Column(t("certainty.both_short"), unit),
        Column(t("certainty.user_short"), unit),
        Column(t("certainty.society_short"), unit),
        Column(t("certainty.connection_column"), is_number=False),
    ]
    viable = set(overview.areas.loc[overview.areas["is_viable"].astype(bool), "area"])
    rows, keys = [], []
    for area, row in chances.iterrows():
        name = str(area)
        own = overview.break_even[overview.break_even["area"] == name]
        words, least = least_connection(own, overview.assumptions, t)
        is_viable = name in viable
        told = [chance_in_short(float(share), t) for share in row]
        linked = name if name in overview.failures else link(f"{maps.slugify(name)}/index.html", name)
        rows.append([linked, verdict_word(is_viable, t), *told, words])
        keys.append([name, 0 if is_viable else 1, *(round(float(share), 4) for share in row), least])
    return table(t("certainty.overview_caption"), columns, rows, sort_values=keys)
