"""One chapter of a report: shows itself in a notebook, and is cut out of it for the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from screening.report.elements import join

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Chapter", "make_chapter"]


@dataclass(frozen=True)
class Chapter:
    """A finished chapter.

    Parameters
    ----------
    key
        Id of the section, e.g. "answer".
    title
        Heading with its number, e.g. "1 Svaret på én side".
    html
        The whole section.
    """

    key: str
    title: str
    html: str

    def _repr_html_(self) -> str:
        return self.html


def make_chapter(key: str, title: str, blocks: Iterable[str]) -> Chapter:
    """Put the blocks of a chapter into its section.

    Parameters
    ----------
    key
        Id of the section.
    title
        Heading with its number.
    blocks
        HTML blocks in order; empty ones are left out.

    Returns
    -------
    Chapter
        The chapter.
    """
    html = Markup(
        '<section class="chapter" id="{0}" aria-labelledby="{0}-title">\n'
        '<h2 id="{0}-title">{1}</h2>\n{2}\n</section>'
    )
    return Chapter(key, title, str(html.format(key, title, join(blocks))))
