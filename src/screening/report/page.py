"""Put the chapters together as one self-contained page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from screening import __version__, maps
from screening.report.quantities import set_name
from screening.report.texts import load_texts
from screening.views import Town

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screening.views import Municipality, Overview

__all__ = ["PageFacts", "assemble", "facts_of"]

_SECTION = re.compile(r'<section class="chapter" id="([^"]+)".*?<h2[^>]*>(.*?)</h2>', re.DOTALL)


# What in a chapter calls for which script.
_SCRIPTS = {'class="sortable"': "sort.js", 'class="calculator screen-only"': "house.js"}


@dataclass(frozen=True)
class PageFacts:
    """What the page's head and foot tell.

    Parameters
    ----------
    title
        Heading of the page.
    municipality
        Name, code, register date, whether synthetic.
    assumption_set, digest
        Name and fingerprint of the assumptions.
    files
        Target and text of each link to a file beside the page.
    """

    title: str
    municipality: Municipality
    assumption_set: str
    digest: str
    files: tuple[tuple[str, str], ...]


def facts_of(view: Town | Overview, language: str = "da") -> PageFacts:
    """Collect what the page's head and foot tell.

    Parameters
    ----------
    view
        A town's or the municipality's view.
    language
        "da" or "en".

    Returns
    -------
    PageFacts
        The facts.
    """
    t = load_texts(language)
    if isinstance(view, Town):
        title = t("page.town_title", area=view.area)
        names = {
            "kort.html": "map",
            "rapport.ipynb": "notebook",
            "data.gpkg": "geopackage",
            "data.xlsx": "workbook",
            "rettelser.csv": "corrections",
            "run.json": "record",
        }
    else:
        title = t("page.overview_title", municipality=view.municipality.name)
        names = {"kort.html": "map", "oversigt.ipynb": "notebook", "run.json": "record"}
    files = [(target, str(t(f"page.file_{name}"))) for target, name in names.items()]
    if isinstance(view, Town):
        files.append(("../index.html", str(t("page.overview_link"))))
    return PageFacts(
        title=title.unescape(),
        municipality=view.municipality,
        assumption_set=set_name(view.assumptions, t),
        digest=view.assumptions.digest()[:12],
        files=tuple(files),
    )


def assemble(chapter_htmls: Iterable[str], view: Town | Overview | PageFacts, language: str = "da") -> str:
    """Make one HTML document that needs no other file and no network.

    Parameters
    ----------
    chapter_htmls
        Chapters in order; other HTML between them (a planner's own cell) comes along.
    view
        What the page is about.
    language
        "da" or "en".

    Returns
    -------
    str
        The document, with a content security policy that allows exactly what is in it.
    """
    t = load_texts(language)
    told = view if isinstance(view, PageFacts) else facts_of(view, language)
    parts = [_part(html) for html in chapter_htmls]
    html = (
        _environment()
        .get_template("page.html.j2")
        .render(
            t=t,
            facts=told,
            date=t.date(told.municipality.register_date),
            contents=_contents(parts),
            parts=[Markup(part) for part in parts],  # noqa: S704  (chapters escape what comes from data)
            style=Markup(maps.style.font_face_css() + _text("page.css")),  # noqa: S704
            script=Markup(_script(parts)),  # noqa: S704
            version=__version__,
        )
    )
    return _with_policy(html.lstrip())


def _part(html: str) -> str:
    """Give a chapter as it is; anything else in a box of its own."""
    return (
        html
        if html.lstrip().startswith('<section class="chapter"')
        else f'<div class="own-cell">{html}</div>'
    )


def _contents(parts: Sequence[str]) -> list[tuple[str, Markup]]:
    """Key and title of every chapter, read from the chapters themselves."""
    return [
        (match.group(1), Markup(match.group(2)))  # noqa: S704  (escaped in the chapter)
        for part in parts
        for match in [_SECTION.match(part.lstrip())]
        if match
    ]


def _script(parts: Sequence[str]) -> str:
    """Join the scripts that the chapters need; nothing when they need none."""
    needed = [_text(name) for mark, name in _SCRIPTS.items() if any(mark in part for part in parts)]
    return "\n".join(needed)


def _with_policy(html: str) -> str:
    """Insert the policy last, when every script is known."""
    policy = maps.content_security_policy(html)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return html.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{meta}', 1)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("screening.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


@lru_cache(maxsize=4)
def _text(name: str) -> str:
    return (resources.files("screening.report") / "templates" / name).read_text(encoding="utf-8")
