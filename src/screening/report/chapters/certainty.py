"""How probable a yes is: in words and numbers, as figures, and what it follows most."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from screening.figures import dot_rows, percentile_bars
from screening.report.chapters.turning import parameter_names
from screening.report.elements import bullets, figure, fold, heading, paragraph
from screening.report.look import GAIN_LOSS, HEATING, LOW_HIGH, frame
from screening.report.results import result_row

if TYPE_CHECKING:
    from markupsafe import Markup

    from screening.report.texts import Texts
    from screening.views import Town

__all__ = [
    "chance_in_short",
    "chance_words",
    "driver_blocks",
    "lead_blocks",
    "meaning",
    "out_of_100",
    "spread_figures",
]

# Words for probabilities as climate panels use them: from this share up.
_WORDS = (
    (0.9, "very_likely"), (0.66, "likely"), (0.33, "open"), (0.1, "unlikely"), (0.0, "very_unlikely"),
)  # fmt: skip
_PERCENTILES = ("p10", "p50", "p90")
_DRIVERS_SHOWN = 8


def chance_in_short(share: float, t: Texts) -> str:
    """Write a probability where a table or a bracket has little room: "52", "<1"."""
    words = out_of_100(share, t)
    return words if words.isdigit() else {"0": "<1", "100": ">99"}[f"{100 * share:.0f}"]


def out_of_100(share: float, t: Texts) -> str:
    """Write a probability as outcomes of a hundred; never all or none unless it is so.

    Parameters
    ----------
    share
        0 to 1. [1]
    t
        Texts.

    Returns
    -------
    str
        "52", "under 1".
    """
    whole = math.floor(100 * share + 0.5)
    if whole == 0 and share > 0:
        return str(t("certainty.under_1"))
    if whole == 100 and share < 1:
        return str(t("certainty.over_99"))
    return t.number(whole)


def chance_words(row: pd.Series, t: Texts) -> Markup:
    """Tell in how many of a hundred outcomes a yes comes out.

    Parameters
    ----------
    row
        The area's row of the table of ``uncertainty``.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        "52 af 100 udfald (brugeren 54, samfundet 86)".
    """
    return t(
        "certainty.chance",
        both=out_of_100(float(row["viable_probability_share"]), t),
        user=out_of_100(float(row["user_cheaper_probability_share"]), t),
        society=out_of_100(float(row["society_better_probability_share"]), t),
    )


def lead_blocks(town: Town, t: Texts) -> list[Markup]:
    """Tell the probability, in number and word, and why it may disagree with the verdict.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        One or two paragraphs.
    """
    row, is_viable = town.uncertainty.iloc[0], bool(town.economics["is_viable"])
    share = float(row["viable_probability_share"])
    word = next(word for least, word in _WORDS if share >= least)
    told = t(
        "certainty.lead",
        chance=chance_words(row, t),
        word=t(f"certainty.word.{word}"),
        verdict=t("common.yes") if is_viable else t("common.no"),
    )
    blocks = [paragraph(told, "lead")]
    if is_viable and share < 0.5:
        _, now, high = town.assumptions.ends("connection_rate_share")
        more = t("certainty.only_fewer") if float(high[0]) <= float(now[0]) else ""
        blocks.append(paragraph(t("certainty.yes_but_unlikely", more=more)))
    elif not is_viable and share >= 0.5:
        blocks.append(paragraph(t("certainty.no_but_likely")))
    return blocks


def meaning(town: Town, t: Texts) -> Markup:
    """Tell what the probability means and what it does not mean.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        A folded list.
    """
    row = town.uncertainty.iloc[0]
    drawn = t.count("assumption", town.drivers["parameter"].nunique())
    points = [
        t("certainty.means_drawn", assumptions=drawn, draws=t.number(int(row["draw_count"]))),
        t("certainty.means_triangle"),
        t("certainty.means_judgement"),
        t("certainty.means_shared"),
        t("certainty.means_error", error=t.number(100 * float(row["probability_error_share"]), 1)),
        t("certainty.means_not"),
    ]
    return fold(t("certainty.means_title"), bullets(points))


def spread_figures(town: Town, t: Texts) -> list[Markup]:
    """Draw where eight outcomes in ten lie: the user's prices, society's gain.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        Heading and two figures.
    """
    row, result = town.uncertainty.iloc[0], result_row(town)
    prices = pd.DataFrame(
        {
            str(t(f"alternative.{name}")): _percentiles(row, f"{column}_{{}}_dkk_per_year")
            for name, column in (
                ("district_heating", "user_price"),
                ("heat_pump", "heat_pump_price"),
                ("gas", "gas_price"),
            )
        },
        index=list(_PERCENTILES),
    ).T.dropna()
    gain = pd.DataFrame(
        [_percentiles(row, "society_gain_{}_dkk", 1e6)],
        index=[str(t("certainty.society_row"))],
        columns=list(_PERCENTILES),
    )
    saving = _percentiles(row, "user_saving_{}_dkk_per_year")
    colours = [GAIN_LOSS[0], HEATING["heat_pump"], HEATING["gas"]]
    price_image = percentile_bars(
        prices, frame("spread-user", "certainty.user", t, rows=_told(prices, t, 0)), colours=colours
    )
    gain_image = percentile_bars(
        gain,
        frame("spread-society", "certainty.society", t, 1, rows=_told(gain, t, 1)),
        colours=colours,
        gain_loss=GAIN_LOSS,
    )
    society = t(
        "certainty.society_caption",
        low=t.signed(gain.iloc[0]["p10"], 1),
        high=t.signed(gain.iloc[0]["p90"], 1),
        base=t.signed(float(result["society_saving_dkk"]) / 1e6, 1),
    )
    user = t(
        "certainty.user_caption",
        low=t.signed(saving[0]),
        middle=t.signed(saving[1]),
        high=t.signed(saving[2]),
    )
    return [heading(t("certainty.spread")), figure(price_image, user), figure(gain_image, society)]


def _percentiles(row: pd.Series, column: str, scale: float = 1.0) -> list[float]:
    return [float(row[column.format(name)]) / scale for name in _PERCENTILES]


def _told(table: pd.DataFrame, t: Texts, decimals: int) -> str:
    """Write the rows of a figure for who cannot see it."""
    return "; ".join(
        f"{name}: {', '.join(t.number(float(value), decimals) for value in values)}"
        for name, values in zip(table.index, table[list(_PERCENTILES)].to_numpy(), strict=True)
    )


def driver_blocks(town: Town, t: Texts) -> list[Markup]:
    """Show which doubts the outcome follows most.

    Parameters
    ----------
    town
        The area's view.
    t
        Texts.

    Returns
    -------
    list of markupsafe.Markup
        A figure with its heading; nothing where no draw differs.
    """
    if town.drivers.empty:
        return []
    columns = {
        "user_rank_correlation": str(t("certainty.user_short")),
        "society_rank_correlation": str(t("certainty.society_short")),
    }
    table = town.drivers.set_index("parameter")[list(columns)].astype(float)
    strongest = table.abs().max(axis=1).sort_values(ascending=False, kind="stable").index[:_DRIVERS_SHOWN]
    names = parameter_names(town.assumptions, t)
    labels = [names[str(name)] for name in strongest]
    shown = table.loc[strongest].rename(columns=columns)
    shown.index = pd.Index([label[:1].upper() + label[1:] for label in labels])
    image = dot_rows(
        shown,
        frame("drivers", "certainty.drivers", t, 1, first=labels[0]),
        colours=LOW_HIGH[::-1],
        limits=(-1.0, 1.0),
    )
    return [
        heading(t("certainty.drivers")),
        figure(image, t("certainty.drivers_caption", first=labels[0])),
        paragraph(t("certainty.drivers_note"), "source"),
    ]
