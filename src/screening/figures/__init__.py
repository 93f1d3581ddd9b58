"""Draw the report's figures as SVG that stands in the page: real text, one typeface, wide and narrow."""

from screening.figures.balance import balance_line
from screening.figures.bars import diverging_bars, plain_bars, stacked_bars
from screening.figures.canvas import Frame, embed
from screening.figures.tornado import tornado

__all__ = ["Frame", "balance_line", "diverging_bars", "embed", "plain_bars", "stacked_bars", "tornado"]
