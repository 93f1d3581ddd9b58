"""Published against computed: the page, the table and the figures, written or shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screening import assumptions as assumption_sets
from screening import figures, replication, sheets
from screening.errors import UnknownNameError
from screening.maps.style import COLORS, use_typeface
from screening.store import write_text

if TYPE_CHECKING:
    import pandas as pd

    from screening.assumptions import Assumptions

__all__ = ["replication_figure", "write_replication"]

_LANGUAGES = ("da", "en")
_NAMES = {"da": ("notatet", "beregnet"), "en": ("note", "computed")}
_TOLD = {
    "da": "Åbne punkter er notatets tal, fyldte er de beregnede; afvigelsen står til højre.",
    "en": "Open points are the note's numbers, filled ones computed; the deviation stands at the right.",
}


def replication_figure(table: pd.DataFrame, figure: str, language: str = "da") -> str:
    """Draw the published beside the computed numbers of table 3.

    Parameters
    ----------
    table
        From ``replication.replicate``.
    figure
        "costs" or "prices".
    language
        "da" or "en".

    Returns
    -------
    str
        HTML, a wide and a narrow drawing.

    Raises
    ------
    UnknownNameError
        If there is no such figure or language.
    """
    if figure not in replication.FIGURES:
        raise UnknownNameError("figure", figure, list(replication.FIGURES))
    _check(language)
    use_typeface()
    rows, limits = replication.figure_data(table, figure, language)
    words = {key: told[_LANGUAGES.index(language)] for key, told in replication.FIGURES[figure].items()}
    frame = figures.Frame(
        f"replication-{figure}",
        words["title"],
        _TOLD[language],
        words["axis"],
        replication.number_writer(language),
        1,
    )
    return figures.published_beside_computed(
        rows, frame, names=_NAMES[language], colour=COLORS["heat_pump"], lines=limits
    )


def write_replication(
    path: str | Path, assumptions: Assumptions | None = None, language: str = "en"
) -> list[Path]:
    """Write published against computed as a page with its figures, or as a table.

    Parameters
    ----------
    path
        Ends in .md (the page; its figures go to the folder images beside it) or in .csv, .xlsx, .parquet
        (one row per published number).
    assumptions
        The set; cowi-2022 by default, for which the reasons are written.
    language
        "da" or "en", of the page.

    Returns
    -------
    list of pathlib.Path
        The files written.

    Raises
    ------
    UnknownNameError
        If there is no such language or kind of file.
    """
    _check(language)
    path, chosen = Path(path), assumptions or assumption_sets.load("cowi-2022")
    table = replication.replicate(chosen)
    if path.suffix != ".md":
        return [sheets.write_table(table, path)]
    drawings = {
        path.parent / "images" / f"replication-{figure}.svg": figures.stand_alone(
            replication_figure(table, figure, language)
        )
        for figure in replication.FIGURES
    }
    for picture, drawing in drawings.items():
        write_text(picture, drawing)
    write_text(path, replication.to_markdown(chosen, language))
    return [path, *drawings]


def _check(language: str) -> None:
    if language not in _LANGUAGES:
        raise UnknownNameError("language", language, list(_LANGUAGES))
