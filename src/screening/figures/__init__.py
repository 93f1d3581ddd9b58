"""Draw the report's figures as SVG that stands in the page: real text, one typeface, wide and narrow."""

from screening.figures.balance import balance_line
from screening.figures.bars import diverging_bars, plain_bars, stacked_bars
from screening.figures.canvas import Frame, embed
from screening.figures.dots import dot_rows
from screening.figures.hours import duration_curves, layer_year, price_against_cop, week_of_production
from screening.figures.lines import year_lines
from screening.figures.published import published_beside_computed, stand_alone
from screening.figures.ranges import percentile_bars
from screening.figures.scales import step_bars
from screening.figures.tornado import tornado
from screening.figures.waterfall import waterfall

__all__ = [
    "Frame",
    "balance_line",
    "diverging_bars",
    "dot_rows",
    "duration_curves",
    "embed",
    "layer_year",
    "percentile_bars",
    "plain_bars",
    "price_against_cop",
    "published_beside_computed",
    "stacked_bars",
    "stand_alone",
    "step_bars",
    "tornado",
    "waterfall",
    "week_of_production",
    "year_lines",
]
