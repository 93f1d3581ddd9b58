"""Numbers as a Danish or an English reader writes them, and sentences with numbers in them."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["fill", "write"]

_DANISH = str.maketrans({",": ".", ".": ","})


def write(number: float, decimals: int, language: str, *, is_percent: bool = False, sign: str = "") -> str:
    """Write a number with thousands marked.

    Parameters
    ----------
    number
        The number; a share where it is written as per cent. [unit of the caller]
    decimals
        Digits after the decimal mark. [1]
    language
        "da" or "en".
    is_percent
        Whether a share is written as per cent.
    sign
        "+" shows the sign of positive numbers too.

    Returns
    -------
    str
        The number in words of the language.

    Examples
    --------
    >>> write(-1234.5, 1, "da"), write(0.0312, 1, "en", is_percent=True, sign="+")
    ('-1.234,5', '+3.1 %')
    """
    text = f"{number * 100 if is_percent else number:{sign},.{decimals}f}"
    if not text.strip("+-0.,"):
        text = text.lstrip("+-")  # no sign on what is rounded to zero
    return (text.translate(_DANISH) if language == "da" else text) + (" %" if is_percent else "")


class _Sentence(Formatter):
    """Fills ``{name:2}`` with two decimals and ``{name:%0}`` with per cent without decimals."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: float | str, format_spec: str) -> str:
        if isinstance(value, str):
            return value
        return write(
            value, int(format_spec.strip("%") or 0), self.language, is_percent=format_spec.startswith("%")
        )


def fill(text: str, numbers: Mapping[str, float | str], language: str) -> str:
    """Fill the numbers into a sentence.

    Parameters
    ----------
    text
        With ``{name:2}`` for two decimals and ``{name:%0}`` for per cent.
    numbers
        By name; text is filled in as it is.
    language
        "da" or "en".

    Returns
    -------
    str
        The sentence.

    Examples
    --------
    >>> fill("{a:1} km is {b:%0}", {"a": 1234.56, "b": 0.5}, "da")
    '1.234,6 km is 50 %'
    """
    return _Sentence(language).vformat(text, (), numbers)
