"""The building blocks of a chapter: paragraph, key figure, table, figure, list of sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screening.assumptions import Assumptions
    from screening.report.texts import Texts

__all__ = [
    "Column",
    "Fact",
    "anchor",
    "assumption_labels",
    "bullets",
    "definitions",
    "facts",
    "figure",
    "fold",
    "heading",
    "join",
    "link",
    "note",
    "paragraph",
    "sources",
    "table",
]


@dataclass(frozen=True)
class Column:
    """Heading of a table column.

    Parameters
    ----------
    title
        What stands in the column.
    unit
        Unit, shown small under the title; empty for text.
    is_number
        Whether the cells are right-aligned.
    """

    title: str
    unit: str = ""
    is_number: bool = True


@dataclass(frozen=True)
class Fact:
    """One key figure, shown large.

    Parameters
    ----------
    label
        What it is.
    value
        The number as text.
    unit
        Its unit.
    comment
        One short sentence that says what the number means.
    tone
        "good", "bad" or "plain".
    """

    label: str
    value: str
    unit: str
    comment: str
    tone: str = "plain"


def join(parts: Iterable[str]) -> Markup:
    """Put blocks after one another; text that is not yet HTML is escaped.

    Parameters
    ----------
    parts
        The blocks; empty ones are left out.

    Returns
    -------
    markupsafe.Markup
        HTML.
    """
    return Markup("\n").join(part for part in parts if part)


def paragraph(text: str, kind: str = "") -> Markup:
    """Write a paragraph.

    Parameters
    ----------
    text
        The text.
    kind
        CSS class, e.g. "lead".

    Returns
    -------
    markupsafe.Markup
        HTML.
    """
    return Markup('<p class="{}">{}</p>').format(kind, text) if kind else Markup("<p>{}</p>").format(text)


def heading(text: str) -> Markup:
    """Write a heading inside a chapter (level 3; the chapter's own is level 2)."""
    return Markup("<h3>{}</h3>").format(text)


def note(text: str, tone: str = "plain") -> Markup:
    """Write a paragraph that stands out.

    Parameters
    ----------
    text
        The text.
    tone
        "good", "bad", "plain" or "caution".

    Returns
    -------
    markupsafe.Markup
        HTML.
    """
    return Markup('<p class="note note-{}">{}</p>').format(tone, text)


def bullets(items: Iterable[str]) -> Markup:
    """Write a list; nothing when there are no items."""
    rows = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    return Markup("<ul>{}</ul>").format(rows) if rows else Markup("")


def definitions(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Write a list of names and what they are."""
    rows = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in pairs
    )
    return Markup('<dl class="pairs">{}</dl>').format(rows)


def facts(items: Iterable[Fact]) -> Markup:
    """Write key figures side by side."""
    cards = Markup("").join(
        Markup(
            '<div class="fact fact-{}"><p class="fact-label">{}</p>'
            '<p class="fact-value">{} <span class="fact-unit">{}</span></p>'
            '<p class="fact-comment">{}</p></div>'
        ).format(item.tone, item.label, item.value, item.unit, item.comment)
        for item in items
    )
    return Markup('<div class="facts">{}</div>').format(cards)


def link(target: str, text: str) -> Markup:
    """Write a link."""
    return Markup('<a href="{}">{}</a>').format(target, text)


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    total: Sequence[str] | None = None,
    source: str = "",
    sort_values: Sequence[Sequence[float | str]] | None = None,
) -> Markup:
    """Write a table whose first column names the row.

    Parameters
    ----------
    caption
        One sentence that says what the table shows.
    columns
        Headings.
    rows
        Cells as text, in the order of the columns.
    total
        Cells of the last row, set apart.
    source
        What the numbers rest on, shown under the table.
    sort_values
        Per row the values to sort by; makes the table sortable.

    Returns
    -------
    markupsafe.Markup
        HTML; a wide table scrolls in its own box.
    """
    head = Markup("").join(_header(column) for column in columns)
    body = [
        _row(row, columns, sort_values[i] if sort_values is not None else None) for i, row in enumerate(rows)
    ]
    foot = Markup("<tfoot>{}</tfoot>").format(_row(total, columns)) if total is not None else ""
    return Markup(
        '<div class="table-box" role="region" aria-label="{label}" tabindex="0">'
        '<table class="{kind}"><caption><span>{caption}</span></caption><thead><tr>{head}</tr></thead>'
        "<tbody>{body}</tbody>{foot}</table></div>{source}"
    ).format(
        label=Markup(caption).striptags(),  # noqa: S704  (escaped again by format)
        kind="sortable" if sort_values is not None else "plain",
        caption=caption,
        head=head,
        body=Markup("").join(body),
        foot=foot,
        source=source,
    )


def _header(column: Column) -> Markup:
    unit = Markup('<span class="unit">{}</span>').format(column.unit) if column.unit else ""
    kind = Markup(' class="number"') if column.is_number else ""
    return Markup('<th scope="col"{}>{}{}</th>').format(kind, column.title, unit)


def _row(
    cells: Sequence[str], columns: Sequence[Column], keys: Sequence[float | str] | None = None
) -> Markup:
    out = []
    for i, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        kind = Markup(' class="number"') if column.is_number else ""
        key = Markup(' data-sort="{}"').format(keys[i]) if keys is not None else ""
        tag = Markup('<th scope="row"{}{}>{}</th>') if i == 0 else Markup("<td{}{}>{}</td>")
        out.append(tag.format(kind, key, cell))
    return Markup("<tr>{}</tr>").format(Markup("").join(out))


def figure(image: str, caption: str, source: str = "") -> Markup:
    """Set an image with the sentence that says what it shows.

    Parameters
    ----------
    image
        HTML of the image (own code, not escaped).
    caption
        The sentence.
    source
        What it rests on.

    Returns
    -------
    markupsafe.Markup
        HTML.
    """
    return Markup("<figure>{}<figcaption>{}</figcaption>{}</figure>").format(
        Markup(image),  # noqa: S704  (drawn by own code)
        caption,
        source,
    )


def fold(title: str, content: str) -> Markup:
    """Fold a block away under a line that opens it.

    Parameters
    ----------
    title
        The line.
    content
        HTML of the block.

    Returns
    -------
    markupsafe.Markup
        HTML; printed open.
    """
    return Markup('<details class="fold"><summary>{}</summary>{}</details>').format(title, content)


def anchor(name: str) -> str:
    """Id of an assumption's row.

    Examples
    --------
    >>> anchor("loan_rate")
    'a-loan_rate'
    """
    return f"a-{name}"


def sources(assumptions: Assumptions, names: Iterable[str], t: Texts) -> Markup:
    """Name the assumptions that something rests on, each with a link to its row.

    Parameters
    ----------
    assumptions
        The set; names it does not have are left out.
    names
        Names of assumptions.
    t
        Texts.

    Returns
    -------
    markupsafe.Markup
        HTML; empty when there are none.
    """
    labels = assumption_labels(assumptions, t)
    links = [link(f"#{anchor(name)}", labels[name]) for name in names if name in labels]
    if not links:
        return Markup("")
    return Markup('<p class="source">{} {}</p>').format(t("common.rests_on"), Markup(", ").join(links))


def assumption_labels(assumptions: Assumptions, t: Texts) -> dict[str, str]:
    """Label of every assumption of a set in the language of the report.

    Parameters
    ----------
    assumptions
        The set.
    t
        Texts.

    Returns
    -------
    dict
        Label by name.
    """
    rows = assumptions.table().drop_duplicates("name")
    return {str(k): str(v) for k, v in zip(rows["name"], rows[f"label_{t.language}"], strict=True)}
