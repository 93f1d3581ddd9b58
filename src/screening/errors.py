"""The few named errors: each says what, where, got, expected and what to do."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "AssumptionError",
    "InputFileError",
    "ParameterMismatchError",
    "ScreeningError",
    "TableError",
    "UnknownNameError",
    "near_misses",
]


class ScreeningError(ValueError):
    """Every error that the user can mend; the shell prints its text without a traceback."""


class InputFileError(ScreeningError):
    """A file is missing, empty, in an unknown dialect or in the wrong CRS."""


class TableError(ScreeningError):
    """A table breaks its schema; the message lists every fault with row counts."""


class AssumptionError(ScreeningError):
    """An assumption is unknown, outside its bounds or in the wrong unit."""


class UnknownNameError(ScreeningError):
    """A town, area or parameter does not exist; the message names the near ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        """Build the message.

        Parameters
        ----------
        kind
            What was looked for, e.g. "area".
        name
            The name that was given.
        known
            The names that exist.
        """
        names = sorted({str(item) for item in known})
        super().__init__(f"No {kind} is named {name!r}. {near_misses(name, names)}")


class ParameterMismatchError(ScreeningError):
    """The parameters given do not fit the notebook's parameter model."""


def near_misses(name: str, known: Iterable[str], limit: int = 5) -> str:
    """Write a sentence that names the known names closest to a misspelled one.

    Parameters
    ----------
    name
        The name that was given.
    known
        The names that exist.
    limit
        How many names to show at most. [1]

    Returns
    -------
    str
        "Did you mean ...?" or, when nothing is close, the list of what exists.

    Examples
    --------
    >>> near_misses("Hornbaek", ["Hornbæk", "Saunte"])
    'Did you mean Hornbæk?'
    >>> near_misses("x", ["Hornbæk", "Saunte"])
    'Known: Hornbæk, Saunte.'
    """
    names = list(known)
    folded = {item.casefold(): item for item in names}
    close = difflib.get_close_matches(name.casefold(), folded, n=limit, cutoff=0.6)
    if close:
        return "Did you mean " + " or ".join(folded[item] for item in close) + "?"
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    return f"Known: {shown}." if names else "None exist."
