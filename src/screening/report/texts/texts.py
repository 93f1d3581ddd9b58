"""Look up a text by key, fill it in safely, and write numbers as the language does."""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import lru_cache
from importlib import resources

import yaml
from markupsafe import Markup

from screening.errors import UnknownNameError
from screening.maps.style import format_number

__all__ = ["LANGUAGES", "MISSING", "Texts", "load_texts"]

LANGUAGES = ("da", "en")

# What stands where a number is not known.
MISSING = "–"

# A number and its unit stay on one line.
_NO_BREAK = "\N{NO-BREAK SPACE}"
_UNIT = re.compile(
    r"(?<=\d) (?=(?:mio\.|kr\.|ton|år|kWh|MWh|kW|km|m|m²|m³|dB|million|years|tonnes)(?!\w))"
    r"|(?<=mio\.) (?=kr\.)|(?<=DKK) (?=\d)"
)


class Texts:
    r"""All texts of one language.

    Parameters
    ----------
    language
        "da" or "en".
    entries
        Text by dotted key, "answer.title"; may hold HTML and named fields in braces.

    Examples
    --------
    >>> t = load_texts("da")
    >>> t.number(1234.56, 1), t.number(float("nan")), t.percent(0.035, 1)
    ('1.234,6', '–', '3,5\xa0%')
    >>> t.millions(23_733_000)
    '23,7'
    """

    def __init__(self, language: str, entries: dict[str, str]) -> None:
        self.language = language
        self.entries = entries

    def __call__(self, key: str, **values: object) -> Markup:
        """Give the text of a key with its fields filled in; values are escaped, the text is not.

        Parameters
        ----------
        key
            Dotted key.
        **values
            Fields of the text.

        Returns
        -------
        markupsafe.Markup
            Safe HTML.

        Raises
        ------
        UnknownNameError
            If there is no such text.
        """
        if key not in self.entries:
            raise UnknownNameError(f"text ({self.language})", key, self.entries)
        filled = Markup(self.entries[key]).format(**values)  # noqa: S704  (own texts; values are escaped)
        return Markup(_UNIT.sub(_NO_BREAK, filled))  # noqa: S704

    def label(self, group: str, code: object) -> Markup:
        """Name a machine code; a code without a text of its own is shown in words, not dropped.

        Parameters
        ----------
        group
            First part of the key, e.g. "item".
        code
            Second part, e.g. "plant".

        Returns
        -------
        markupsafe.Markup
            The name, safe HTML.
        """
        key = f"{group}.{code}"
        return self(key) if key in self.entries else Markup.escape(str(code).replace("_", " "))

    def inline(self, group: str, code: object) -> Markup:
        """Name a machine code inside a sentence: with a small first letter, unless it is an abbreviation.

        Parameters
        ----------
        group
            First part of the key.
        code
            Second part.

        Returns
        -------
        markupsafe.Markup
            The name, safe HTML.
        """
        name = self.label(group, code)
        return name[:1].lower() + name[1:] if name[1:2].islower() else name

    def count(self, noun: str, number: float) -> str:
        """Write a number with its noun in the right form: "1 bygning", "2 bygninger".

        Parameters
        ----------
        noun
            Key under "count".
        number
            How many. [1]

        Returns
        -------
        str
            Number and noun.
        """
        form = "one" if number == 1 else "many"
        return str(self(f"count.{noun}.{form}", n=self.number(number)))

    def number(self, value: float | None, decimals: int = 0) -> str:
        """Write a number in the form of the language.

        Parameters
        ----------
        value
            The number; missing and infinite ones give a dash. [1]
        decimals
            Digits after the decimal sign. [1]

        Returns
        -------
        str
            "1.234,5" in Danish, "1,234.5" in English, with a true minus sign.
        """
        if value is None or not math.isfinite(value):
            return MISSING
        text = format_number(abs(value), decimals, self.language)
        is_zero = not re.search("[1-9]", text)
        return f"−{text}" if value < 0 and not is_zero else text

    def signed(self, value: float | None, decimals: int = 0) -> str:
        """Write a number with its sign, also when positive.

        Parameters
        ----------
        value
            The number. [1]
        decimals
            Digits after the decimal sign. [1]

        Returns
        -------
        str
            "+1.234" or "−1.234".
        """
        text = self.number(value, decimals)
        return f"+{text}" if value is not None and value > 0 and text not in {MISSING, "0"} else text

    def percent(self, share: float | None, decimals: int = 0) -> str:
        """Write a share as per cent.

        Parameters
        ----------
        share
            0 to 1. [1]
        decimals
            Digits after the decimal sign. [1]

        Returns
        -------
        str
            "3,5 %", with a space that does not break.
        """
        text = self.number(None if share is None else share * 100, decimals)
        return text if text == MISSING else f"{text}{_NO_BREAK}%"

    def millions(self, amount_dkk: float | None, decimals: int = 1) -> str:
        """Write an amount in millions.

        Parameters
        ----------
        amount_dkk
            The amount. [DKK]
        decimals
            Digits after the decimal sign. [1]

        Returns
        -------
        str
            Millions without unit.
        """
        return self.number(None if amount_dkk is None else amount_dkk / 1e6, decimals)

    def date(self, iso: str) -> str:
        """Write an ISO date in words; text that is no date is given back, an empty one as unknown.

        Parameters
        ----------
        iso
            "2022-05-01", possibly with a time.

        Returns
        -------
        str
            "1. maj 2022".
        """
        if not iso.strip():
            return str(self("common.unknown_date"))
        try:
            day = dt.datetime.fromisoformat(iso.strip()).date()
        except ValueError:
            return iso
        months = str(self("common.months")).split()
        return str(self("common.date", day=day.day, month=months[day.month - 1], year=day.year))

    def listing(self, parts: list[str]) -> str:
        """Join words as a sentence does: "a, b og c".

        Parameters
        ----------
        parts
            The words.

        Returns
        -------
        str
            One phrase; a dash when there are none.
        """
        if len(parts) < 2:
            return parts[0] if parts else MISSING
        return f"{', '.join(parts[:-1])} {self('common.and')} {parts[-1]}"


@lru_cache(maxsize=len(LANGUAGES))
def load_texts(language: str) -> Texts:
    """Read all texts of a language.

    Parameters
    ----------
    language
        "da" or "en".

    Returns
    -------
    Texts
        The texts.

    Raises
    ------
    UnknownNameError
        If there is no such language.
    """
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, LANGUAGES)
    entries: dict[str, str] = {}
    folder = resources.files("screening.report.texts") / language
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml"):
            entries |= _flatten(yaml.safe_load(entry.read_text(encoding="utf-8")))
    return Texts(language, entries)


def _flatten(tree: dict[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat
